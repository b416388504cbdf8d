"""Addresses followed one after the other in the same screen: each one says what it asks for itself, and no more."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.outils import aller, charger, pret
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
EN_VAIN = "Cette adresse demande"


def test_what_one_address_asks_in_vain_is_not_said_of_the_next(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire", suite="partenaires")
    avis = page.get_by_test_id("stMain").get_by_role("alert")
    aller(page, f"{serveur.url}/partenaires?page=999")
    expect(avis).to_contain_text(f"{EN_VAIN} la page 999")
    aller(page, f"{serveur.url}/partenaires?categorie=Inconnue")
    expect(avis).to_contain_text(f"{EN_VAIN} « Inconnue », qui n’existe pas")
    aller(page, f"{serveur.url}/partenaires?categorie=Bailleur+social")
    expect(avis).to_have_count(0)


def test_an_instance_chosen_after_one_that_is_gone(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire", suite="instances?instance=99999")
    principal = page.get_by_test_id("stMain")
    expect(principal).to_contain_text("l’instance nº 99999")
    principal.get_by_role("button", name="Mireuil : Cellule de veille").click()
    expect(principal.get_by_role("heading", name="Cellule de veille – Mireuil")).to_be_visible()
    expect(principal).not_to_contain_text(EN_VAIN)


def test_back_from_an_address_of_before_leads_to_the_screen_before(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    """Its short names are understood, and no entry of the history keeps them."""
    connexion(page, "secretaire", suite="actions")
    charger(page, f"{serveur.url}/partenaires?secteur=Mireuil&categorie=Bailleur+social")
    assert page.url == f"{serveur.url}/partenaires?partenaires.secteur=Mireuil&categorie=Bailleur+social"
    expect(page.get_by_role("combobox", name="Secteur")).to_have_value("Mireuil")
    page.go_back()
    pret(page)
    assert page.url == f"{serveur.url}/actions"
    expect(page.get_by_role("heading", name="Actions", exact=True)).to_be_visible()
