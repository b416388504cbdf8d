"""Organisations, people, functions, seats, duplicates, the network."""
