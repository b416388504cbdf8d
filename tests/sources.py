"""The files of the project that tests read: in one place, since a test of no file passes."""

from pathlib import Path

from settings import ROOT


def sources(*dossiers: str, motif: str = "*.py") -> list[Path]:
    """Those of these folders, in order. A folder without any has moved."""
    lues = {nom: set((ROOT / nom).rglob(motif)) for nom in dossiers}
    vides = [nom for nom, fichiers in lues.items() if not fichiers]
    assert not vides, f"aucun {motif} sous {', '.join(vides) or 'rien'} : ce dossier a-t-il changé de nom ?"
    assert lues, "quels dossiers ?"
    return sorted(set().union(*lues.values()))
