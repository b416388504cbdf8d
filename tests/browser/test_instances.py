"""Instances in a real browser: members several in a row, triple and quick clicks, two tabs, the keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, delete, select

from models import Instance, Siege
from services.agenda import instances
from services.partenaires import sieges
from tests.browser.outils import pret
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)
Connexion = Callable[..., None]


@pytest.fixture
def mireuil(serveur: Serveur) -> int:
    """The cellule de veille of Mireuil, from the reference data, without members."""
    with serveur.session() as session:
        session.exec(delete(Siege).where(col(Siege.id) > 0))
        id = session.exec(select(Instance.id).where(Instance.nom == "Cellule de veille – Mireuil")).one()
        assert id
        return id


def membres(serveur: Serveur, instance_id: int) -> list[sieges.Membre]:
    with serveur.session() as session:
        return sieges.membres(session, instance_id=instance_id)


def chercher(page: Page, texte: str, nom: str) -> None:
    page.get_by_label("Ajouter un partenaire", exact=True).fill(texte)
    page.get_by_role("radio", name=re.compile(nom)).or_(page.get_by_role("button", name=re.compile(nom))).last.click()
    pret(page)


def test_three_members_in_a_row_and_one_row_a_triple_click(
    serveur: Serveur, mireuil: int, page: Page, connexion: Connexion
) -> None:
    connexion(page, "secretaire", suite="instances")
    page.get_by_test_id("stMain").get_by_role("button", name=re.compile(r"^Mireuil")).first.click()
    pret(page)
    expect(page).to_have_url(re.compile(rf"\?instance={mireuil}$"))
    for texte, nom, fonction in (
        ("oph", "Office public", "Directrice"),
        ("police nat", "Police nationale", "Commissaire"),
        ("camus", "Collège Albert Camus", "Principale"),
    ):
        chercher(page, texte, nom)
        page.get_by_label("Fonction qui vient", exact=True).fill(fonction)
        page.get_by_role("button", name="Ajouter", exact=True).click(click_count=3, delay=40)
        pret(page)
        expect(page.get_by_label("Ajouter un partenaire", exact=True).first).to_have_value("")
    assert [m.fonction for m in membres(serveur, mireuil)] == ["Directrice", "Commissaire", "Principale"]
    page.get_by_role("button", name=re.compile("Monter : Coll")).click()
    pret(page)
    assert [m.fonction for m in membres(serveur, mireuil)] == ["Directrice", "Principale", "Commissaire"]
    page.reload()
    pret(page)
    expect(page.get_by_text("Membres permanents (3)")).to_be_visible()


def test_title_typed_then_a_click_without_a_pause_is_kept(
    serveur: Serveur, mireuil: int, page: Page, connexion: Connexion
) -> None:
    with serveur.session() as session:
        nom = "Cellule de veille – Mireuil"
        version = instances.get(session, id=mireuil).version
    connexion(page, "secretaire", suite=f"instances?instance={mireuil}")
    champ = page.get_by_label("ou un nouveau lieu", exact=True)
    champ.click()
    page.keyboard.type("Mairie annexe de Mireuil")
    bouton = page.get_by_role("button", name="Enregistrer", exact=True)
    bouton.scroll_into_view_if_needed()
    boite = bouton.bounding_box()
    assert boite
    page.mouse.click(boite["x"] + 20, boite["y"] + 10)
    expect(page.get_by_text("Instance enregistrée")).to_be_visible()
    with serveur.session() as session:
        vue = instances.get(session, id=mireuil)
    assert (vue.nom, vue.lieu, vue.version) == (nom, "Mairie annexe de Mireuil", version + 1)


def test_search_and_choice_by_keyboard(serveur: Serveur, mireuil: int, page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="instances")
    page.get_by_label("Rechercher une instance").focus()
    page.keyboard.type("cellule mireuil")
    pret(page)
    liste = page.locator(".st-key-inst_liste button")
    expect(liste).to_have_count(1)
    for _ in range(6):
        page.keyboard.press("Tab")
        if liste.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    pret(page)
    expect(page).to_have_url(re.compile(rf"\?instance={mireuil}$"))
    expect(page.get_by_role("heading", name="Cellule de veille – Mireuil")).to_be_visible()


def test_two_tabs_on_one_instance(serveur: Serveur, mireuil: int, page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite=f"instances?instance={mireuil}")
    autre = page.context.new_page()
    autre.goto(f"{serveur.url}/instances?instance={mireuil}")
    pret(autre)
    for onglet, nom in ((autre, "Nom du second onglet"), (page, "Nom du premier onglet")):
        onglet.get_by_label("Nom", exact=True).fill(nom)
        onglet.get_by_role("button", name="Enregistrer", exact=True).click()
        pret(onglet)
    with serveur.session() as session:
        assert instances.get(session, id=mireuil).nom == "Nom du second onglet"
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Nom du premier onglet")
    expect(page.get_by_text("Nom du second onglet").first).to_be_visible()
    page.get_by_role("button", name="Prendre sa version").click()
    pret(page)
    expect(page.get_by_label("Nom", exact=True)).to_have_value("Nom du second onglet")
