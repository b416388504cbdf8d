"""The directory in a real browser: many partenaires at once, filters kept for oneself and for all."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import func, select

from models import Categorie, FiltreGarde, Operation, Partenaire
from services.partenaires import mouvements
from services.partenaires.personnes import Identite
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from tests.browser.outils import charger, pret, until
from tests.browser.test_partenaires import choisir, resultats
from tests.serveur import Serveur

pytestmark = pytest.mark.browser

Connexion = Callable[..., None]


def categories(serveur: Serveur) -> list[str]:
    with serveur.session() as session:
        return list(
            session.exec(
                select(Categorie.nom).join(Partenaire).where(Partenaire.nom.in_(("Erilia", "Habitat 17")))  # type: ignore[attr-defined]
            ).all()
        )


def test_back_from_a_page_leads_to_the_list_as_it_was_filtered(
    page: Page, serveur: Serveur, connexion: Connexion
) -> None:
    connexion(page, "secretaire", suite="partenaires?categorie=Bailleur+social")
    resultats(page).filter(has_text="Erilia").click()
    expect(page.get_by_role("heading", name="Erilia")).to_be_visible()
    pret(page)
    page.go_back()
    expect(page).to_have_url(re.compile(r"/partenaires\?categorie=Bailleur\+social$"))
    expect(page.get_by_text("3 partenaires")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Erilia")).to_be_visible()


def test_filter_tick_two_by_keyboard_change_apply_undo(page: Page, serveur: Serveur, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaires?categorie=Bailleur+social")
    expect(resultats(page)).to_have_count(3)
    page.get_by_role("switch", name="Plusieurs à la fois").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    pret(page)
    page.get_by_role("checkbox", name="Erilia").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 cochés")).to_be_visible()
    pret(page)
    page.get_by_role("button", name="Changer un champ").click()
    choisir(page, "Nouvelle catégorie", "Justice")
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_role("heading", name="Aperçu : catégorie « Justice »")).to_be_visible()
    expect(page.locator("del", has_text="Bailleur social")).to_have_count(2)
    assert categories(serveur) == ["Bailleur social"] * 2
    pret(page)
    page.get_by_role("button", name="Appliquer à 2 partenaires").click(click_count=3, delay=0)
    expect(page.get_by_text("C’est fait. 2 partenaires")).to_be_visible()
    assert categories(serveur) == ["Justice"] * 2
    with serveur.session() as session:
        assert session.exec(select(func.count()).select_from(Operation)).one() == 1
    expect(page.get_by_role("checkbox")).to_have_count(1)  # the filter stands: they left it
    pret(page)
    page.get_by_role("button", name="Annuler :").first.click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    assert until(lambda: categories(serveur) == ["Bailleur social"] * 2)


def garder(page: Page, nom: str, pour: str) -> None:
    page.get_by_role("button", name="Filtres gardés").click()
    page.get_by_label("Garder les filtres d’ici").press_sequentially(nom)
    page.get_by_role("radio", name=pour).click()
    page.get_by_role("button", name="Garder", exact=True).click()
    expect(page.get_by_text(f"Filtre gardé : {nom}")).to_be_visible()
    pret(page)


def test_a_filter_kept_comes_back_in_one_click_one_s_own_or_of_all(
    page: Page, serveur: Serveur, connexion: Connexion
) -> None:
    connexion(page, "secretaire", suite="partenaires?categorie=Bailleur+social&q=habitat")
    garder(page, "Mes bailleurs", "Pour moi")
    page.keyboard.press("Escape")
    page.get_by_role("searchbox", name="Rechercher", exact=True).fill("")
    expect(resultats(page)).to_have_count(3)
    pret(page)
    garder(page, "Tous les bailleurs", "Pour tous")
    charger(page, f"{serveur.url}/partenaires")
    expect(page.get_by_text("58 partenaires")).to_be_visible()
    page.get_by_role("button", name="Filtres gardés").click()
    page.get_by_role("button", name="Mes bailleurs", exact=True).click()
    expect(resultats(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"q=habitat"))
    expect(page).to_have_url(re.compile(r"categorie=Bailleur"))
    expect(page.get_by_label("Garder les filtres d’ici")).to_be_hidden()  # the menu is closed

    connexion(page, "collaborateur", suite="partenaires")
    page.get_by_role("button", name="Filtres gardés").click()
    expect(page.get_by_role("button", name="Tous les bailleurs")).to_be_visible()
    expect(page.get_by_role("button", name="Mes bailleurs")).to_have_count(0)
    expect(page.get_by_role("button", name="Supprimer")).to_have_count(0)
    page.get_by_role("button", name="Tous les bailleurs").click()
    expect(resultats(page)).to_have_count(3)
    with serveur.session() as session:
        assert len(session.exec(select(FiltreGarde)).all()) == 2


@pytest.fixture
def querou(serveur: Serveur) -> None:
    with serveur.session() as session:
        id = session.exec(select(Partenaire.id).where(Partenaire.nom == "Erilia")).one()
        mouvements.creer(
            session,
            partenaire_id=id or 0,
            identite=Identite(nom="Quérou", prenom="Zélie"),
            intitule="Cheffe d’agence",
            debut=aujourdhui(),
            jeton="querou",
            by=SYSTEME,
        )


def test_by_name_of_a_person_while_typing(page: Page, querou: None, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaires")
    page.get_by_role("searchbox", name="Rechercher", exact=True).press_sequentially("quero", delay=30)
    expect(resultats(page)).to_have_count(1)
    expect(resultats(page)).to_contain_text("Zélie Quérou, Cheffe d’agence")
    resultats(page).click()
    expect(page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text("Erilia")
