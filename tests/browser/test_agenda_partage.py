"""A calendar address from the screen to a program that reads it; a partenaire's actions gone through on the phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import icalendar
import pytest
from playwright.sync_api import expect
from sqlmodel import select

from models import Action, Partenaire
from models.lists import EtatAction, TypeReunion
from services.actions import avancement
from services.agenda import programmation
from services.socle.horloge import aujourdhui, maintenant
from tests.browser.outils import pret, until
from tests.browser.test_actions import acteur, row
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


def test_an_address_made_read_logged_out_then_revoked(
    page: Any, connexion: Callable[..., None], serveur: Serveur
) -> None:
    with serveur.session() as session:
        debut = maintenant().replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=3)
        fin = debut + timedelta(hours=2)
        saisie = programmation.Saisie(TypeReunion.TECHNIQUE, None, "Au sujet de Jean Secret", debut, fin)
        programmation.creer(session, saisie=saisie, jeton=uuid4().hex, by=acteur(session))
    connexion(page, "responsable", suite="taches")
    page.get_by_text("Les programmes d’agenda peuvent lire les réunions").click()
    pret(page)
    page.get_by_role("link", name="Mon compte").click()
    pret(page)
    page.get_by_role("button", name="Créer mon adresse").click()
    pret(page)
    adresse = page.locator(".st-key-copie code").inner_text().strip()
    assert adresse.startswith(f"{serveur.url}/agenda/")
    lu = httpx.get(adresse)
    (evenement,) = icalendar.Calendar.from_ical(lu.text).walk("VEVENT")
    assert str(evenement["SUMMARY"]) == "Réunion technique"
    assert evenement["DTSTART"].dt.replace(tzinfo=None) == debut
    assert "Secret" not in lu.text
    page.get_by_role("button", name="C’est copié").click()
    pret(page)
    assert adresse not in page.content()
    page.get_by_role("button", name="Révoquer").click()
    page.get_by_role("dialog", name="Révoquer 1 adresse d’agenda ?").get_by_role("button", name="Révoquer").click()
    expect(page.get_by_text("Aucune adresse pour le moment.")).to_be_visible()
    assert httpx.get(adresse).status_code == 404


def test_the_actions_of_a_partenaire_gone_through(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    with serveur.session() as session:
        pilote = session.exec(select(Partenaire).order_by(Partenaire.id)).first()
        assert pilote
        pilote_id = pilote.id
        une, deux, trois = (
            avancement.creer(
                session, quoi=quoi, pilote_id=pilote_id, echeance=aujourdhui() - timedelta(days=n), instance_id=None,
                today=aujourdhui(), by=acteur(session),
            )
            for n, quoi in enumerate(("Poser un banc", "Passer le soir", "Réparer la porte"), 3)
        )  # fmt: skip
    connexion(page, "secretaire", suite=f"actions-partenaire?partenaire={pilote_id}")
    page.locator(f".st-key-actions-partenaire-action{une}-acceptee").get_by_role("button").click()
    pret(page)
    expect(page.get_by_text("acceptée le").first).to_be_visible()

    def etat(id: int, libelle: str) -> Any:
        return page.locator(f".st-key-actions-partenaire-action{id}-etat").get_by_role("radio", name=libelle)

    etat(deux, "Réalisée").click()
    pret(page)
    etat(trois, "Abandonnée").click()
    pret(page)
    page.get_by_label("Pourquoi cette action est-elle abandonnée ?").fill("Hall démoli")
    page.keyboard.press("Enter")
    assert until(lambda: row(serveur, trois).etat is EtatAction.ABANDONNEE)
    pret(page)
    voulue = aujourdhui() + timedelta(days=30)
    page.locator(f".st-key-actions-partenaire-action{une}-echeance").get_by_role("spinbutton").first.click()
    page.keyboard.type(f"{voulue:%d%m%Y}")
    page.get_by_role("heading", level=1).click()
    assert until(lambda: row(serveur, une).echeance == voulue)
    vue: Action = row(serveur, une)
    assert (vue.acceptee_le, vue.etat) == (aujourdhui(), EtatAction.A_FAIRE)
    assert row(serveur, deux).etat is EtatAction.REALISEE
    expect(page.get_by_text("Passer le soir", exact=True)).to_be_visible()  # nothing moved
