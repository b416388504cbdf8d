"""Planning a semester in a real browser: from Accueil to six cellules in the calendar; a date changed by hand."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, delete, select

from models import Instance, Journal, Reunion
from models.lists import EtatSalle, TypeReunion
from services.agenda import reunions
from services.commun import edition_listes
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from services.socle.periodes import plus_mois, semestre
from tests.browser.operateur import Operateur, planifier_le_semestre
from tests.browser.outils import aller, pret, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
Connexion = Callable[..., None]
SUIVANT = semestre(plus_mois(semestre(aujourdhui()).debut, 6))


@pytest.fixture
def plan(serveur: Serveur) -> Iterator[Serveur]:
    """Six cellules that meet in one room, without any meeting."""
    with serveur.session() as session:
        salle = edition_listes.lieu_nomme(session, nom="Salle du conseil", by=SYSTEME)
        for i in session.exec(select(Instance).where(Instance.type == TypeReunion.CELLULE)).all():
            i.lieu_id = salle
            session.add(i)
    yield serveur
    with serveur.session() as session:
        session.exec(delete(Reunion).where(col(Reunion.id) > 0))


def toutes(serveur: Serveur) -> list[reunions.ReunionVue]:
    debut, fin = SUIVANT.civile
    with serveur.session() as session:
        return reunions.entre(session, debut=debut, fin=fin)


def test_a_semester_is_planned_then_a_room_confirmed(plan: Serveur, page: Any, connexion: Connexion) -> None:
    connexion(page)
    op = Operateur(page)
    planifier_le_semestre(op, f"{SUIVANT.debut}")
    creees = toutes(plan)
    assert len({r.debut.date() for r in creees}) == 6
    assert {r.debut.weekday() for r in creees} <= {1, 3}
    assert op.operations <= 15
    with plan.session() as session:
        assert session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first().startswith("6 réunions")
    # from the board to the meeting, and its room
    premiere = creees[0]
    page.get_by_role("link", name=re.compile("Prévue")).first.click()
    page.get_by_role("radio", name="Confirmée").click()
    pret(page)
    assert until(lambda: EtatSalle.CONFIRMEE in {r.salle for r in toutes(plan)})
    aller(page, f"{plan.url}/plan")
    page.get_by_role("link", name=re.compile(rf"{premiere.debut.day}\s*prévue")).first.click()  # a cell of the table
    expect(page.get_by_text("Échéancier")).to_be_visible()


def test_a_date_typed_then_a_quick_click(plan: Serveur, page: Any, connexion: Connexion) -> None:
    """What stands in the date is what is created, or it is refused with its reason: never the date before."""
    with plan.session() as session:
        id = session.exec(select(Instance.id).where(Instance.type == TypeReunion.CELLULE)).first()
    adresse = f"planifier?instances={id}&debut={SUIVANT.debut}&fin={SUIVANT.dernier}"
    connexion(page, suite=adresse)
    ligne = page.get_by_test_id("stDateInput").locator("visible=true").nth(2)  # after those of the span
    morceaux = ligne.get_by_role("spinbutton")
    morceaux.nth(0).click()
    page.keyboard.type("14")
    page.get_by_role("button", name="Créer 1 réunion").click(delay=0)
    pret(page)
    until(lambda: bool(toutes(plan)) or page.get_by_test_id("stAlert").count() > 0)
    creees = toutes(plan)
    if creees:
        assert creees[0].debut.day == 14
    else:
        expect(page.get_by_test_id("stAlert")).to_contain_text("Rien n’a été enregistré")
