"""Merge and undo, and Ctrl+K, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models import Partenaire
from services.partenaires import fiches
from services.partenaires.fiches import Saisie
from services.socle.acteur import SYSTEME
from tests.browser.outils import pret, until

pytestmark = pytest.mark.browser

OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
Connexion = Callable[..., None]


def nombre(serveur: Any, nom: str) -> int:
    with serveur.session() as session:
        return len(session.exec(select(Partenaire).where(Partenaire.nom == nom)).all())


def test_compare_merge_undo(page: Page, serveur: Any, connexion: Connexion) -> None:
    with serveur.session() as session:
        oph = session.exec(select(Partenaire).where(Partenaire.nom == OPH)).one()
        saisie = Saisie(nom=OPH.upper(), categorie_id=oph.categorie_id, courriel="contact@oph.exemple.fr")
        fiches.creer(session, saisie=saisie, confirme=True, jeton="doublon", by=SYSTEME)
        session.commit()
    connexion(page, "secretaire", suite="doublons")
    page.get_by_role("link", name="Comparer").first.click()
    choix = page.get_by_role("radiogroup", name="Courriel")
    expect(choix.get_by_role("radio").nth(1)).to_be_checked()
    pret(page)
    page.get_by_role("radiogroup", name="Nom").get_by_text(OPH.upper(), exact=True).click()
    bouton = page.get_by_role("button", name="Fusionner").bounding_box()
    page.mouse.click(bouton["x"] + 20, bouton["y"] + 12, click_count=2)
    expect(page.get_by_role("button", name="Annuler la fusion")).to_be_visible()
    assert until(lambda: nombre(serveur, OPH) == 0)
    assert nombre(serveur, OPH.upper()) == 1
    pret(page)
    page.get_by_role("button", name="Annuler la fusion").click()
    assert until(lambda: nombre(serveur, OPH) == 1)
    expect(page.get_by_role("button", name="Annuler la fusion")).to_have_count(0)
    assert nombre(serveur, OPH.upper()) == 1


def test_ctrl_k_types_and_opens_by_keyboard(page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="calendrier")
    page.keyboard.press("Control+k")
    champ = page.get_by_role("dialog").get_by_role("searchbox", name="Rechercher partout", exact=True)
    expect(champ).to_be_focused()
    page.keyboard.type("ecole oph"[6:], delay=30)
    premier = page.get_by_role("dialog").get_by_role("link").first
    expect(premier).to_contain_text(OPH)
    pret(page)
    page.keyboard.press("Enter")
    expect(premier).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(premier).not_to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(champ).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(OPH)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ctrl_k_keeps_the_text_being_typed(page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaire-edition")
    page.get_by_label("Commune").press_sequentially("Aytré")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("searchbox", name="Rechercher partout", exact=True)).to_be_focused()
    pret(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Commune")).to_have_value("Aytré")


def test_ctrl_k_leaves_an_open_dialog_alone(page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="calendrier")
    page.get_by_role("button", name="Nouvelle réunion").click()
    titre = page.get_by_role("dialog").get_by_label("Titre")
    titre.press_sequentially("Réunion du matin")
    page.keyboard.press("Control+k")
    pret(page)
    expect(titre).to_have_value("Réunion du matin")
    expect(page.get_by_role("dialog")).not_to_contain_text("Rechercher partout")
