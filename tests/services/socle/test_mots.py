"""A list that one part keeps of what another part knows is whole: tables and their words, kinds and their screens."""

import ast
from collections.abc import Iterator

from models import Base
from services.partenaires import doublons, fusions
from services.socle import journal, mots
from settings import ROOT
from tests.sources import sources
from ui.administration import journal as ecran_journal
from ui.partenaires.fiche import LIBELLES


def test_every_table_has_its_word() -> None:
    assert set(mots.NOMS) == set(Base.metadata.tables)


def test_every_table_that_a_merge_knows_can_be_counted_on_screen() -> None:
    for famille in fusions.REGLES:
        for nom in fusions.REGLES[famille]:
            assert mots.compte(nom.split(".")[0], 2).startswith("2 ")


def test_every_field_compared_has_its_label() -> None:
    for famille in doublons.Famille:
        assert set(doublons._CHAMPS[famille]) <= set(LIBELLES)


def objets_notes() -> Iterator[str]:
    """What the lines of the journal are about, as the sources write it."""
    for fichier in sources("services"):
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.Call) and ast.unparse(noeud.func) == "journal.note":
                objet = next(k.value for k in noeud.keywords if k.arg == "objet")
                yield from (
                    c.value for c in ast.walk(objet) if isinstance(c, ast.Constant) and isinstance(c.value, str)
                )


def test_every_line_of_the_journal_is_found_under_a_subject() -> None:
    ranges = [objet for objets in journal.FAMILLES.values() for objet in objets]
    assert len(ranges) == len(set(ranges))
    assert {"action", "reunion"} <= set(objets_notes()) <= set(ranges)


def test_every_line_of_the_journal_that_leads_somewhere_has_its_screen() -> None:
    source = ast.parse((ROOT / "services" / "socle" / "journal.py").read_text(encoding="utf-8"))
    cibles = next(n for n in ast.walk(source) if isinstance(n, ast.FunctionDef) and n.name == "_cibles")
    genres = {c.value for c in ast.walk(cibles) if isinstance(c, ast.Constant) and c.value in mots.NOMS}
    menent = {"fonction", "siege", "point", "classe", "seance"}  # to what they belong to
    assert genres - menent == set(ecran_journal._ADRESSES)
