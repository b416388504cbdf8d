"""Forms that count once, whatever happens to the tab or the server: one row, the right text, and the user told."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from models import Brouillon
from services.partenaires import annuaire, fiches
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie
from tests.browser.outils import pret, redemarrer
from tests.browser.test_saisie import acteur
from tests.cast import MOT_DE_PASSE
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
Connexion = Callable[..., None]


def nouvelle_fiche(page: Page, nom: str) -> None:
    page.get_by_role("combobox", name="Catégorie").click()
    page.get_by_role("option", name="Association", exact=True).click()
    pret(page)
    page.get_by_label("Nom", exact=True).fill(nom)


def combien(serveur: Serveur, texte: str) -> int:
    with serveur.session() as session:
        return annuaire.chercher(session, filtre=Filtre(texte=texte)).total


def test_two_tabs_of_one_agent_create_two_partenaires(
    page: Page, contexte: Any, serveur: Serveur, connexion: Connexion
) -> None:
    connexion(page, "secretaire", suite="partenaire-edition")
    autre = contexte.new_page()
    autre.goto(f"{serveur.url}/partenaire-edition")
    pret(autre)
    nouvelle_fiche(page, "Amicale du Prieuré")
    nouvelle_fiche(autre, "Régie de quartier fictive")
    for onglet, nom in ((page, "Amicale du Prieuré"), (autre, "Régie de quartier fictive")):
        onglet.get_by_role("button", name="Enregistrer").click()
        expect(onglet.get_by_test_id("stMain").get_by_role("heading", level=1)).to_have_text(nom)
    assert (combien(serveur, "amicale prieure"), combien(serveur, "regie fictive")) == (1, 1)


def test_killed_after_the_commit_the_form_is_empty_and_the_user_told(
    page: Page, serveur: Serveur, connexion: Connexion
) -> None:
    connexion(page, "secretaire", suite="partenaire-edition")
    nouvelle_fiche(page, "Club nautique fictif")
    page.keyboard.press("Tab")
    pret(page)
    with serveur.session() as session:  # the commit whose answer the browser never gets
        ouvert = select(Brouillon).where(col(Brouillon.cle).startswith("partenaire:nouveau:"))
        jeton = session.exec(ouvert.order_by(col(Brouillon.id).desc())).first().jeton
        erilia = annuaire.chercher(session, filtre=Filtre(texte="erilia")).lignes[0].id
        categorie = fiches.get(session, id=erilia)
        fiches.creer(
            session,
            saisie=Saisie(nom="Club nautique fictif", categorie_id=fiches.get(session, id=categorie.id).categorie_id),
            jeton=jeton,
            by=acteur(session),
        )
    redemarrer(page, serveur)
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Partenaire ajouté : Club nautique fictif")
    expect(page.get_by_label("Nom", exact=True)).to_have_value("")
    assert combien(serveur, "club nautique fictif") == 1


def test_what_one_typed_while_signed_out_is_shown_after_signing_in(
    page: Page, contexte: Any, serveur: Serveur, connexion: Connexion
) -> None:
    """It waits in the tab: it is in the draft before the form is drawn, not behind an empty field."""
    with serveur.session() as session:
        id = annuaire.chercher(session, filtre=Filtre(texte="erilia")).lignes[0].id
    connexion(page, "secretaire", suite=f"partenaire-edition?id={id}")
    note = page.get_by_role("textbox", name="Note")
    note.click()
    contexte.new_page().goto(f"{serveur.url}/deconnexion")
    page.keyboard.type("Écrit trop tard")
    page.get_by_role("button", name="Enregistrer").dispatch_event("click")
    page.wait_for_url("**/connexion?*")
    page.fill('input[name="identifiant"]', "secretaire")
    page.fill('input[name="mot_de_passe"]', MOT_DE_PASSE)
    page.click('button[type="submit"]')
    expect(note).to_have_value("Écrit trop tard")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/partenaire?id=*")
    with serveur.session() as session:
        assert fiches.get(session, id=id).note == "Écrit trop tard"
