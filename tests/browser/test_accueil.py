"""From Accueil to where each thing is dealt with, and back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from models import Action, Instance, Partenaire
from models.lists import EtatAction
from services.actions import avancement
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from services.socle.periodes import semestre
from tests.browser.outils import pret, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


@pytest.fixture
def en_retard(serveur: Serveur) -> int:
    with serveur.session() as session:
        return avancement.creer(
            session,
            quoi=f"Réparer l’éclairage {uuid4().hex[:6]}",
            pilote_id=session.exec(select(Partenaire.id).where(Partenaire.nom == "Habitat 17")).one() or 0,
            echeance=aujourdhui() - timedelta(days=6),
            instance_id=session.exec(select(Instance.id).order_by(Instance.id)).first(),
            today=aujourdhui(),
            by=SYSTEME,
        )


@pytest.mark.deux_bases
def test_from_home_to_a_late_action_done_and_back(
    page: Any, connexion: Callable[..., None], serveur: Serveur, en_retard: int
) -> None:
    connexion(page, "secretaire")
    expect(page.get_by_role("heading", name="En retard : 1 action")).to_be_visible()
    page.get_by_role("link", name="Réparer l’éclairage").click()
    pret(page)
    expect(page.get_by_text("en retard de 6 jours")).to_be_visible()
    page.get_by_role("radio", name="Réalisée", exact=True).click()

    def etat() -> EtatAction:
        with serveur.session() as session:
            return session.get_one(Action, en_retard).etat

    assert until(lambda: etat() is EtatAction.REALISEE)
    page.get_by_role("link", name="Accueil").click()
    pret(page)
    expect(
        page.get_by_role("heading", name="Cette semaine").or_(page.get_by_text("La semaine qui vient"))
    ).to_be_visible()
    expect(page.get_by_role("heading", name="En retard")).to_have_count(0)


def test_a_cellule_without_a_date_leads_to_dates_of_this_semestre(page: Any, connexion: Callable[..., None]) -> None:
    connexion(page, "secretaire")
    page.get_by_role("link", name="Cellule de veille – Mireuil").click()
    pret(page)
    expect(page.get_by_test_id("stMain").get_by_text("Cellule de veille – Mireuil").first).to_be_visible()
    assert f"fin={semestre(aujourdhui()).dernier.isoformat()}" in page.url
