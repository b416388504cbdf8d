"""The screen of the journal: an import undone from there, refused with its reason, shown to the team only."""

from collections.abc import Callable

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Categorie, Partenaire
from services.commun import operations
from services.socle import db
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.pages.test_partenaires import bouton, textes

Ecran = Callable[..., AppTest]
PAGE = "pages/administration/journal.py"


@pytest.fixture
def importe(cast_base: Cast) -> int:
    """An import of one partenaire; its id."""
    by = cast_base.secretaire
    with db.writing() as session:
        session.add(categorie := Categorie(nom="Associations"))
        session.flush()
        with operations.suivre(session, acte="importer", resume="Import de « p.csv »", now=utcnow(), by=by) as suivi:
            row = Partenaire(nom="Régie", categorie_id=categorie.id)
            session.add(row)
            suivi.ajouter(row)
        return row.id


def test_an_import_is_undone_from_the_journal(ecran: Ecran, importe: int) -> None:
    at = ecran(PAGE)
    assert "Import de « p.csv »" in textes(at)
    bouton(at, "Annuler").click()
    at.run()
    assert "Seront retirés : 1 partenaire." in textes(at)
    with db.reading() as session:
        assert session.get(Partenaire, importe), "asked, not done"
    bouton(at, "Tout annuler").click()
    at.run()
    assert not at.exception
    assert "Annulée le" in textes(at)
    assert not [b for b in at.button if b.label.startswith("Annuler")]
    with db.reading() as session:
        assert not session.exec(select(Partenaire)).all()


def test_what_served_since_is_not_undone_and_says_so(ecran: Ecran, importe: int) -> None:
    at = ecran(PAGE)
    bouton(at, "Annuler").click()
    at.run()
    with db.writing() as session:
        session.get_one(Partenaire, importe).commune = "Aytré"
    bouton(at, "Tout annuler").click()
    at.run()
    assert "Modifié ou utilisé depuis : « Régie »" in textes(at)
    with db.reading() as session:
        assert session.get(Partenaire, importe)


def test_filters_come_from_the_address(ecran: Ecran, importe: int) -> None:
    assert "0 ligne" in textes(ecran(PAGE, q="introuvable"))
    assert "1 ligne" in textes(ecran(PAGE, sur="Imports", q="p csv"))
    assert "Comptes" not in next(s for s in ecran(PAGE).selectbox if s.key == "sur").options
    assert "Comptes" in next(s for s in ecran(PAGE, role="responsable").selectbox if s.key == "sur").options


def test_the_elue_is_refused(ecran: Ecran) -> None:
    with pytest.raises(ValueError, match="navigation page"):
        ecran(PAGE, role="elu")
