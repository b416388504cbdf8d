"""Two rows that a merge makes one: what only the one that goes holds is not lost in silence."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from models import Base
from models.lists import EtatPresence, GenreCoordonnee, Reponse, SensEtape
from services.partenaires import fusions
from services.socle import ecarts

# Column -> why the row that stays keeps its own.
GARDES = {
    "siege.invite": "convoqué on one of the two is convoqué",
    "destinataire.invite": "the row that stays says how it is called",
    "fonction.intitule": "the same on both, or they are two functions",
    "coordonnee.genre": "the same on both, as the value is",
    "coordonnee.valeur": "what makes them one",
    "bilan_college.classes": "two totals of a year are never added up: those of the record that stays count",
    "bilan_college.eleves": "as its classes",
    "bilan_college.presents": "as its classes",
    "bilan_college.seances": "as its classes",
}
LISTES: dict[str, tuple[Any, Any]] = {
    "etat": (EtatPresence.ABSENT, EtatPresence.PRESENT),
    "reponse": (Reponse.SANS_REPONSE, Reponse.VIENT),
    "genre": (GenreCoordonnee.TELEPHONE, GenreCoordonnee.COURRIEL),
}
JOUES = {int: (1, 2), bool: (False, True), str: ("", "x"), date: (date(2026, 3, 2), date(2026, 3, 1))}


class Notees(fusions.Registre):
    """Keeps what would be written in the row that stays, and writes nothing."""

    def __init__(self, session: Session, table: str) -> None:
        super().__init__(session)
        self.table = table
        self.poses: dict[str, Any] = {}

    def lignes(self, nom: str, /, **egales: Any) -> list[fusions.Ligne]:
        return [{"id": 1, "sens": SensEtape.DEBUT}, {"id": 2, "sens": SensEtape.EN_COURS}] if nom == "etape" else []

    def modifier(self, nom: str, row: fusions.Ligne, /, **valeurs: Any) -> None:
        self.poses |= valeurs if nom == self.table else {}


def ligne(table: str, rang: int) -> dict[str, Any]:
    """Row 0 holds as little as it may, row 1 something in every column."""
    row = {}
    for nom, champ in ecarts._classe(table).model_fields.items():
        sorte = next(s for s in JOUES if s.__name__ in str(champ.annotation)) if nom not in LISTES else None
        vide = rang == 0 and Base.metadata.tables[table].c[nom].nullable
        row[nom] = None if vide else (JOUES[sorte] if sorte else LISTES[nom])[rang]
    return row


@pytest.mark.parametrize(
    ("table", "regle"),
    [(nom.split(".")[0], r) for regles in fusions.REGLES.values() for nom, r in regles.items() if r.par],
)
def test_a_column_that_only_the_row_that_goes_holds_is_kept(session: Session, table: str, regle: fusions.Regle) -> None:
    garde, autre = ligne(table, 0), ligne(table, 1)
    registre = Notees(session, table)
    regle.reunir(registre, garde, autre)
    perdus = {f"{table}.{c}" for c in ecarts.LIBELLES.get(table, ()) if registre.poses.get(c, garde[c]) != autre[c]}
    assert perdus == {g for g in GARDES if g.startswith(f"{table}.")}
