"""A row gone, a row changed: one wording for all tables."""

import pytest
from sqlmodel import Session

from models import Agent
from services.socle import chargement
from services.socle.erreurs import Conflict, NotFound
from tests.cast import Cast


@pytest.mark.parametrize("table", chargement.MOTS, ids=lambda t: t.__name__)
def test_a_row_that_is_gone(session: Session, table: type) -> None:
    with pytest.raises(NotFound, match=r"^C\w+ .+\.$"):
        chargement.charger(session, table, 999_999)


def test_a_row_changed_meanwhile(session: Session, cast: Cast) -> None:
    row = chargement.charger(session, Agent, cast.secretaire.id)
    assert chargement.charger_a_jour(session, Agent, row.id, row.version) is row
    with pytest.raises(Conflict) as seul:
        chargement.exiger_a_jour(row, row.version + 1)
    assert (
        str(seul.value) == "Un collègue vient de modifier ce compte : rien n’a été écrasé. Relisez, puis recommencez."
    )
    with pytest.raises(Conflict) as montre:
        chargement.exiger_a_jour(row, chargement.DEPASSEE, lambda a: {"nom": a.nom}, quoi="« lui »")
    assert montre.value.actuel == {"nom": row.nom}
    assert "« lui »" in str(montre.value)
    assert montre.value.version == row.version


def test_no_row_has_the_version_of_a_spent_form(session: Session, cast: Cast) -> None:
    assert chargement.charger(session, Agent, cast.secretaire.id).version > chargement.DEPASSEE
