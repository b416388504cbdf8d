"""Actions, waiting points and lists in a real browser: what only a browser shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from models import Action, Agent, Instance, Lieu, Partenaire, Point, SessionAgent
from models.lists import EtatAction
from services.actions import avancement
from services.commun import listes
from services.socle.acteur import Acteur
from services.socle.horloge import aujourdhui, utcnow
from tests.browser.outils import aller, pret, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


def acteur(session: Any, identifiant: str = "secretaire") -> Acteur:
    agent = session.exec(select(Agent).where(Agent.identifiant == identifiant)).one()
    return Acteur(agent.id, agent.nom, agent.role)


@pytest.fixture
def creer(serveur: Serveur) -> Callable[..., int]:
    """One more open action of an instance; late by `retard` days, so that it comes first."""

    def faire(quoi: str, retard: int = 900) -> int:
        with serveur.session() as session:
            return avancement.creer(
                session,
                quoi=quoi,
                pilote_id=session.exec(select(Partenaire.id).order_by(Partenaire.id)).first(),
                echeance=aujourdhui() - timedelta(days=retard),
                instance_id=session.exec(select(Instance.id).order_by(Instance.id)).first(),
                today=aujourdhui(),
                by=acteur(session),
            )

    return faire


def row(serveur: Serveur, id: int) -> Action:
    with serveur.session() as session:
        action = session.get_one(Action, id)
        session.expunge(action)
        return action


def etat(page: Any, id: int, libelle: str) -> Any:
    return page.locator(f".st-key-actions-action{id}-etat").get_by_role("radio", name=libelle)


def fill_quick_click(page: Any, champ: Any, texte: str, bouton: Any) -> None:
    """Type, then press the button without leaving the field first and without a pause."""
    champ.click()
    page.keyboard.type(texte)
    bouton.click(delay=0)
    pret(page)


# --- actions ---------------------------------------------------------------------------------------------------------


def test_a_date_out_of_bounds_is_said_in_french(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    id = creer("Date de trop loin", 910)
    connexion(page, "secretaire", suite="actions")
    date = page.locator(f".st-key-actions-action{id}-echeance")
    date.get_by_role("spinbutton").nth(2).click()
    page.keyboard.type("2099")
    expect(date).to_contain_text("Choisissez une date au plus tard le 31/12/")


def test_a_state_in_one_click_and_nothing_moves(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    premiere, seconde = creer("Première à finir", 901), creer("Seconde à finir", 900)
    connexion(page, "secretaire", suite="actions")
    avant = etat(page, seconde, "Réalisée").bounding_box()
    etat(page, premiere, "Réalisée").click()
    pret(page)
    assert until(lambda: row(serveur, premiere).etat is EtatAction.REALISEE)
    assert etat(page, seconde, "Réalisée").bounding_box() == avant
    etat(page, seconde, "Réalisée").click()
    pret(page)
    assert until(lambda: row(serveur, seconde).etat is EtatAction.REALISEE)
    aller(page, f"{serveur.url}/actions")
    assert etat(page, premiere, "Réalisée").count() == 0


def test_a_state_by_keyboard(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    action = creer("Au clavier")
    connexion(page, "secretaire", suite="actions")
    etat(page, action, "À faire").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    pret(page)
    assert until(lambda: row(serveur, action).etat is EtatAction.EN_COURS)


@pytest.mark.parametrize("maniere", ["clic", "Enter"])
def test_the_reason_keeps_its_last_letter(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int], maniere: str
) -> None:
    action = creer(f"À abandonner par {maniere}")
    connexion(page, "secretaire", suite="actions")
    etat(page, action, "Abandonnée").click()
    pret(page)
    assert row(serveur, action).etat is EtatAction.A_FAIRE
    champ = page.get_by_role("textbox", name="Pourquoi cette action est-elle abandonnée ?")
    if maniere == "clic":
        fill_quick_click(page, champ, "Hall fermé", page.get_by_role("button", name="Abandonner l’action"))
    else:
        champ.click()
        page.keyboard.type("Hall fermé")
        page.keyboard.press("Enter")
        pret(page)
    assert until(lambda: row(serveur, action).etat is EtatAction.ABANDONNEE)
    assert row(serveur, action).motif == "Hall fermé"


def test_who_and_when(page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]) -> None:
    action = creer("Avec son histoire")
    with serveur.session() as session:
        avancement.changer(
            session,
            id=action,
            version=1,
            etat=EtatAction.EN_COURS,
            today=aujourdhui(),
            by=acteur(session, "collaborateur"),
        )
    connexion(page, "secretaire", suite="actions")
    page.locator(f".st-key-actions-action{action}-h").get_by_role("button", name="Historique").click()
    page.get_by_text("Colin Collaborateur").wait_for()
    assert page.get_by_text("Sarah Secrétaire").count() >= 1


def test_signed_out_in_another_tab_nothing_is_written(
    page: Any, contexte: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    action = creer("Après la déconnexion")
    connexion(page, "secretaire", suite="actions")
    etat(page, action, "Réalisée").wait_for()
    with serveur.session() as session:
        for s in session.exec(select(SessionAgent)).all():
            s.fermee_le = utcnow()
            session.add(s)
    etat(page, action, "Réalisée").click()
    page.wait_for_timeout(1500)
    assert row(serveur, action).etat is EtatAction.A_FAIRE


def test_filters_stand_in_the_address(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    creer("En retard de beaucoup")
    connexion(page, "secretaire", suite="actions")
    page.get_by_role("radio", name="En retard").click()
    pret(page)
    adresse = page.url
    assert "voir=" in adresse
    aller(page, f"{serveur.url}/partenaires")
    aller(page, adresse)
    assert page.get_by_role("radio", name="En retard").is_checked()


def test_a_partenaire_leads_to_its_actions(
    page: Any, connexion: Callable[..., None], serveur: Serveur, creer: Callable[..., int]
) -> None:
    action = row(serveur, creer("De ce partenaire"))
    connexion(page, "secretaire", suite=f"partenaire?id={action.pilote_id}")
    page.get_by_role("link", name="Faire le point avec ce partenaire").click()
    page.get_by_role("button", name="Acceptée aujourd’hui").first.wait_for()
    pret(page)
    expect(page.get_by_test_id("stMain").get_by_text("De ce partenaire").first).to_be_visible()
    with serveur.session() as session:
        nom = session.get_one(Partenaire, action.pilote_id).nom
    aller(page, f"{serveur.url}/actions?pilote={quote(nom)}")
    assert nom in page.get_by_role("combobox", name="Pilote").input_value()
    page.get_by_role("link", name="Accueil").click()
    pret(page)
    page.get_by_role("link", name="Actions", exact=True).click()
    pret(page)
    assert nom in page.get_by_role("combobox", name="Pilote").input_value()  # kept, and shown
    assert "pilote=" in page.url


# --- points ----------------------------------------------------------------------------------------------------------


def points(serveur: Serveur) -> list[Point]:
    with serveur.session() as session:
        rows = session.exec(select(Point).order_by(Point.id)).all()
        session.expunge_all()
        return list(rows)


def test_a_call_is_noted_once_with_its_last_letter(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    connexion(page, "secretaire", suite="a-inscrire")
    page.get_by_role("combobox", name="Instance").click()
    page.keyboard.type("Mireuil")
    page.get_by_role("option", name="Réunion technique – Mireuil").click()
    pret(page)
    page.get_by_role("searchbox", name="Thème").fill("RODEO moto")
    page.get_by_role("radio", name="Rodéo motorisé").click()
    pret(page)
    page.get_by_role("textbox", name="Note").click()
    page.keyboard.type("Deux scooters")
    page.get_by_role("button", name="Noter le point").click(click_count=3, delay=0)
    pret(page)
    (point,) = points(serveur)
    assert point.note == "Deux scooters"
    assert point.quartier_id is not None
    assert page.get_by_role("textbox", name="Note").input_value() == ""
    assert page.get_by_text("Deux scooters", exact=True).count() == 1


# --- lists -----------------------------------------------------------------------------------------------------------


def lieux(serveur: Serveur) -> list[str]:
    with serveur.session() as session:
        return sorted(session.exec(select(Lieu.nom)).all())


def test_a_place_is_added_with_enter_and_renamed_with_a_quick_click(
    page: Any, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire", suite="listes?liste=Lieux")
    page.get_by_text("Ajouter un lieu de réunion").click()
    nom = f"Salle {uuid4().hex[:6]}"
    page.get_by_role("textbox", name="Nom").fill(nom)
    page.keyboard.press("Enter")
    pret(page)
    assert until(lambda: nom in lieux(serveur))
    with serveur.session() as session:
        lieu = session.exec(select(Lieu.id).where(Lieu.nom == nom)).one()
    page.locator(f".st-key-lieu-{lieu}-m").get_by_role("button", name="Modifier").click()
    pret(page)
    fill_quick_click(
        page,
        page.get_by_role("textbox", name="Nom").last,
        " bis",
        page.get_by_role("button", name="Enregistrer"),
    )
    assert until(lambda: f"{nom} bis" in lieux(serveur))


def test_a_theme_may_open_a_new_heading(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    connexion(page, "secretaire", suite="listes")
    page.get_by_text("Ajouter un thème").click()
    page.get_by_role("textbox", name="Nom").fill("Drones de loisir")
    page.get_by_role("combobox", name="Rubrique").click()
    page.keyboard.type("Nouveaux usages")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    pret(page)

    def themes() -> list[tuple[str, str]]:
        with serveur.session() as session:
            return [(t.libelle, t.rubrique) for t in listes.themes(session)]

    assert until(lambda: ("Drones de loisir", "Nouveaux usages") in themes())
