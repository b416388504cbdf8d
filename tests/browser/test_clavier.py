"""Keyboard and phone: few Tabs to the first constat, notices that cover nothing, a menu and filters that give way."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from services.socle.horloge import aujourdhui
from tests.browser.acces import TAILLES
from tests.browser.outils import aller, charger, pret
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
A_PORTEE = """() => {
  const caches = [];
  const boutons = document.querySelectorAll('[data-testid="stMain"] :is(a[href], button:not(:disabled), input)');
  for (const e of boutons) {
    const r = e.getBoundingClientRect(), [x, y] = [r.left + r.width / 2, r.top + r.height / 2];
    if (!e.checkVisibility() || r.width < 2 || x < 0 || y < 60 || x > innerWidth || y > innerHeight) continue;
    const dessus = document.elementFromPoint(x, y);
    if (dessus?.closest('[data-testid="stToastContainer"]')) caches.push(e.innerText || e.ariaLabel);
  }
  return caches;
}"""


@pytest.fixture(scope="module")
def serveur(lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(modele="annee")


def telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})


def tabs_jusqu_au_constat(page: Page) -> int:
    """Tab, and Enter on a link that leads past what comes first, until the first constat has the focus."""
    for n in range(1, 60):
        page.keyboard.press("Tab")
        nom = page.evaluate("() => document.activeElement.ariaLabel || document.activeElement.innerText || ''")
        if "constat" in nom:
            return n
        if nom.startswith("Aller aux points"):
            page.keyboard.press("Enter")
    return 60


def test_few_tabs_to_the_first_constat_from_the_address_and_from_the_menu(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire")
    charger(page, f"{serveur.url}/saisie")
    assert tabs_jusqu_au_constat(page) <= 14
    aller(page, f"{serveur.url}/actions")
    page.get_by_role("link", name="Saisie après réunion").click()
    expect(page.get_by_role("heading", name="Saisie après réunion")).to_be_visible()
    pret(page)
    assert page.evaluate("() => document.activeElement.dataset.testid") == "stMain"  # Tab goes on in the screen
    page.get_by_role("textbox", name="Point 1 : constat").wait_for()


def test_tab_goes_line_by_line_in_the_form_of_a_person(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire")
    aller(page, f"{serveur.url}/personne?partenaire=1")
    page.get_by_role("textbox", name="Prénom").focus()
    vus = []
    for _ in range(2):
        page.keyboard.press("Tab")
        vus.append(page.evaluate("() => document.activeElement.ariaLabel"))
    assert vus == ["Nom", "Fonction"]


def test_a_notice_covers_no_button_and_is_not_printed(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire")
    aller(page, f"{serveur.url}/partenaires")
    page.get_by_role("button", name="Filtres gardés").click()
    page.get_by_role("textbox", name="Garder les filtres d’ici").fill("Essai")
    page.get_by_role("button", name="Garder", exact=True).click()
    avis = page.get_by_test_id("stToast")
    expect(avis).to_be_visible()
    for largeur, hauteur in TAILLES.values():
        page.set_viewport_size({"width": largeur, "height": hauteur})
        assert page.evaluate(A_PORTEE) == []
        r = avis.bounding_box()
        assert r
        assert r["y"] > hauteur / 2  # in the corner, far from what stands at the top
    page.emulate_media(media="print")
    expect(avis).to_be_hidden()


def test_on_a_phone_menu_and_filters_give_way_and_the_calendar_is_a_list(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    telephone(page)
    connexion(page, "secretaire")
    menu = page.get_by_test_id("stSidebar")
    page.get_by_role("button", name="Déplier le menu").or_(page.get_by_role("button", name="Ouvrir le menu")).click()
    expect(menu).to_have_attribute("data-collapsed", "false")
    page.get_by_role("link", name="Actions", exact=True).click()
    expect(page.get_by_role("heading", name="Actions", exact=True)).to_be_visible()
    expect(menu).to_have_attribute("data-collapsed", "true")
    pret(page)

    pilote = page.get_by_role("combobox", name="Pilote")
    expect(pilote).to_be_hidden()
    page.get_by_role("button", name="Filtres", exact=True).click()
    expect(pilote).to_be_visible()
    page.get_by_role("radio", name="Toutes", exact=True).click()
    pret(page)
    page.get_by_role("button", name="Replier les filtres").click()
    expect(page.get_by_role("button", name="Filtres (1)")).to_be_visible()
    expect(pilote).to_be_hidden()
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(pilote).to_be_visible()

    telephone(page)
    aller(page, f"{serveur.url}/calendrier")
    cadre = page.frame_locator("iframe[title='streamlit_calendar.calendar']")
    expect(cadre.locator(".fc-list, .fc-list-empty").first).to_be_visible()


def test_on_a_phone_the_filters_of_every_list_stand_behind_one_button(
    page: Page, connexion: Callable[..., None], serveur: Serveur
) -> None:
    telephone(page)
    connexion(page, "secretaire")
    fautes = []
    for adresse, bouton, sorte, nom in (
        ("partenaires", "Filtres", "combobox", "Catégorie"),
        ("reseau", "Filtres", "combobox", "Catégorie"),
        ("diffusion", "Filtres", "combobox", "Catégorie"),
        ("a-verifier", "Filtres", "combobox", "Catégorie"),
        ("journal", "Filtres", "combobox", "Par"),
        ("actions", "Filtres", "combobox", "Pilote"),
        ("plan", "Filtres", "radio", "Année civile"),
        ("releves", f"Centre-ville, {aujourdhui().year}", "combobox", "Année"),
        ("graphiques", "Filtres", "combobox", "Période"),
        ("listes", "Liste : Thèmes", "radio", "Catégories"),
    ):
        aller(page, f"{serveur.url}/{adresse}")
        filtre = page.get_by_role(sorte, name=nom, exact=True)  # type: ignore[arg-type]
        ouvrir = page.get_by_role("button", name=bouton, exact=True)
        if filtre.is_visible() or not ouvrir.is_visible():
            fautes.append(adresse)
            continue
        ouvrir.click()
        expect(filtre).to_be_visible()
    assert not fautes


def test_on_a_phone_the_instance_that_is_chosen_takes_the_place_of_the_list(
    page: Page, connexion: Callable[..., None]
) -> None:
    telephone(page)
    connexion(page, "secretaire", suite="instances")
    page.get_by_role("button", name="Mireuil : Cellule de veille").click()
    pret(page)
    expect(page.get_by_role("heading", name="Cellule de veille – Mireuil")).to_be_in_viewport()
    page.get_by_role("button", name="Choisir une autre instance").click()
    page.get_by_role("button", name="Centre-ville : Cellule de veille").click()
    pret(page)
    expect(page.get_by_role("heading", name="Cellule de veille – Centre-ville")).to_be_in_viewport()
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.get_by_role("button", name="Mireuil : Cellule de veille")).to_be_visible()
