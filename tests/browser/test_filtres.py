"""Filters of a screen, chosen by hand, left, and come back to: by the menu, "Back", F5."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.outils import pret

pytestmark = pytest.mark.browser

# Screen in the menu, its address, what is chosen there, what the address then says.
ECRANS = {
    "actions": ("Actions", "radio", "Réalisées", "voir="),
    "calendrier": ("Calendrier", "radio", "Mois", "vue="),
    "graphiques": ("Graphiques", "radio", "Couverture", "sujet="),
    "plan": ("Plan", "button", "Réunion technique", "type="),
    "journal": ("Journal", "combobox", "Sur", "sur="),
    "releves": ("Relevés de l’année", "combobox", "Année", "annee="),
    "partenaires": ("Partenaires", "combobox", "Catégorie", "categorie="),
    "reseau": ("Réseau", "combobox", "Catégorie", "categorie="),
    "diffusion": ("Liste de diffusion", "combobox", "Catégorie", "categorie="),
    "a-verifier": ("Fiches à vérifier", "combobox", "Catégorie", "categorie="),
    "listes": ("Listes", "radio", "Phrases prêtes", "liste="),
}


@pytest.mark.parametrize("ecran", ECRANS)
def test_a_filter_is_there_again(page: Any, connexion: Callable[..., None], ecran: str) -> None:
    titre, role, choix, dit = ECRANS[ecran]
    connexion(page, "responsable", suite=ecran)
    principal = page.get_by_test_id("stMain")
    champ = principal.get_by_role(role, name=choix).first
    champ.click()
    if role == "combobox":
        page.get_by_role("option").last.click()
    pret(page)
    assert dit in page.url
    choisi = page.url
    montre = principal.inner_text()

    for maniere in ("menu", "back", "reload"):
        if maniere == "reload":
            page.reload()
        else:
            page.get_by_test_id("stSidebarNav").get_by_role("link", name="À inscrire", exact=True).click()
            pret(page)
            assert page.url.endswith("/a-inscrire")
            if maniere == "menu":
                page.get_by_test_id("stSidebarNav").get_by_role("link", name=titre, exact=True).click()
            else:
                page.go_back()
        pret(page)
        assert page.url == choisi, maniere
        assert principal.inner_text() == montre, maniere


def test_an_address_that_says_something_wins(page: Any, connexion: Callable[..., None]) -> None:
    connexion(page, "responsable", suite="actions?voir=Réalisées")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="À inscrire", exact=True).click()
    pret(page)
    page.evaluate("() => history.pushState({}, '', '/actions?voir=Toutes')")
    page.go_back()
    page.go_forward()
    pret(page)
    assert page.get_by_role("radio", name="Toutes").is_checked()
