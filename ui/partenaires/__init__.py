"""Directory, fiche, duplicates, lists to write to, the network."""
