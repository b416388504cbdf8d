"""The door, as a browser meets it."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from models import Agent
from tests.browser.outils import ANGLAIS, DIT, aller, charger, pret
from tests.cast import MOT_DE_PASSE
from ui.commun.navigation import PAGES

expect.set_options(timeout=15_000)
pytestmark = pytest.mark.browser

# The default screen answers at the root only.
ECRANS = ["" if url == "accueil" else url for pages in PAGES.values() for _, _, _, url, _, visible in pages if visible]


def comptes_nommes(serveur, identifiant: str) -> int:
    with serveur.session() as session:
        return len(session.exec(select(Agent.id).where(Agent.identifiant == identifiant)).all())


def test_by_keyboard_a_deep_link_signs_in_and_comes_back(serveur, page):
    page.goto(f"{serveur.url}/partenaires?q=oph")
    expect(page).to_have_title("Connexion – Carnet de veille")
    page.keyboard.type("secretaire")
    page.keyboard.press("Tab")
    page.keyboard.type("pas le bon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("incorrect")
    expect(page.get_by_label("Identifiant")).to_have_value("secretaire")
    expect(page.get_by_label("Mot de passe")).to_be_focused()
    page.keyboard.type(MOT_DE_PASSE)
    page.keyboard.press("Enter")
    page.wait_for_url("**/partenaires**")
    pret(page)
    assert page.url == f"{serveur.url}/partenaires?q=oph"
    assert page.evaluate("document.documentElement.lang") == "fr"
    expect(page.get_by_text("Sarah Secrétaire")).to_be_visible()


def test_signing_in_needs_no_script(serveur, contextes):
    page = contextes(java_script_enabled=False).new_page()
    page.goto(f"{serveur.url}/calendrier")
    page.fill("#identifiant", "elu")
    page.fill("#mot_de_passe", MOT_DE_PASSE)
    page.click("button")
    assert page.url == f"{serveur.url}/calendrier"
    page.wait_for_load_state()  # all of it: the words stand at its end
    assert "a besoin de JavaScript" in page.content()
    page.goto(f"{serveur.url}/deconnexion")
    expect(page.get_by_role("heading")).to_have_text("Vous êtes déconnecté·e")


def test_signing_out_in_one_tab_hides_the_other_and_stops_its_save(serveur, contexte, page, connexion):
    connexion(page, "responsable", suite="comptes")
    autre = contexte.new_page()
    aller(autre, f"{serveur.url}/comptes")
    autre.get_by_role("textbox", name="Identifiant").fill("ne.doit.pas")
    autre.get_by_role("textbox", name="Prénom et nom").fill("Ne Doit Pas")
    autre.get_by_role("textbox", name="Mot de passe provisoire").fill(MOT_DE_PASSE)

    page.get_by_role("link", name="Se déconnecter").click()
    expect(page.get_by_role("heading")).to_have_text("Vous êtes déconnecté·e")
    assert page.url == f"{serveur.url}/deconnexion"  # in its own tab, not in a new one
    assert len(contexte.pages) == 2

    # No focus() here: the click itself is what arrives first.
    autre.get_by_role("button", name="Créer le compte").dispatch_event("click")
    autre.wait_for_url("**/connexion?ferme*")
    expect(autre.get_by_role("status")).to_contain_text("Vous n’êtes plus connecté·e")
    assert comptes_nommes(serveur, "ne.doit.pas") == 0
    autre.fill("#identifiant", "responsable")
    autre.fill("#mot_de_passe", MOT_DE_PASSE)
    autre.click("button")
    autre.wait_for_url("**/comptes")
    pret(autre)
    assert autre.url == f"{serveur.url}/comptes"

    page.bring_to_front()
    page.go_back()  # what the history kept shows nothing either
    page.wait_for_url(re.compile("/(comptes|connexion)"))


def test_a_tab_looked_at_again_after_sign_out_leads_to_sign_in(serveur, contexte, page, connexion):
    connexion(page, "secretaire", suite="partenaires?q=oph")
    autre = contexte.new_page()
    autre.goto(f"{serveur.url}/deconnexion")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_url("**/connexion?ferme*")
    assert "suite=%2Fpartenaires%3Fq%3Doph" in page.url


def test_an_account_lives_on_its_screen(serveur, page, connexion):
    connexion(page, "responsable", suite="comptes")
    champ = {nom: page.get_by_role("textbox", name=nom) for nom in ("Identifiant", "Prénom et nom")}
    champ["Identifiant"].fill("Paul.Durand")
    champ["Prénom et nom"].fill("Paul *Durand*")
    page.get_by_role("textbox", name="Mot de passe provisoire").fill("court")
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_text("au moins 12 caractères", exact=False).first).to_be_visible()
    expect(champ["Prénom et nom"]).to_have_value("Paul *Durand*")
    page.get_by_role("textbox", name="Mot de passe provisoire").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Créer le compte").click(click_count=3)
    expect(page.get_by_role("button", name="Paul *Durand*")).to_be_visible()
    pret(page)
    assert comptes_nommes(serveur, "paul.durand") == 1
    expect(champ["Identifiant"]).to_have_value("")

    page.get_by_role("button", name="Paul *Durand*").click()
    expect(page.get_by_role("heading", name="Paul *Durand*")).to_be_visible()
    page.get_by_text("Collaborateur·rice", exact=True).last.click()
    page.get_by_role("textbox", name="Prénom et nom").fill("Paul Durand")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("button", name="Paul Durand")).to_be_visible()
    page.get_by_role("button", name="Fermer le compte").click()
    expect(page.get_by_role("button", name="Rouvrir le compte")).to_be_visible()
    expect(page.get_by_test_id("stMarkdown").get_by_text("Fermé")).to_be_visible()
    with serveur.session() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "paul.durand")).one()
        assert (agent.nom, agent.role.value, agent.actif) == ("Paul Durand", "collaborateur", False)
    page.get_by_role("button", name="Rouvrir le compte").click()
    expect(page.get_by_role("button", name="Fermer le compte")).to_be_visible()

    page.get_by_role("button", name="Rachel Responsable").click()
    expect(page.get_by_role("heading", name="Rachel Responsable")).to_be_visible()
    page.get_by_role("button", name="Fermer le compte").click()
    expect(page.get_by_text("dernier compte responsable")).to_be_visible()


def test_every_screen_is_french_and_the_policy_lets_it_work(serveur, page, connexion):
    """On a base that is still empty; on a full one, see test_accessibilite.py."""
    plaintes: list[str] = []
    page.on("console", lambda m: m.type == "error" and plaintes.append(m.text))
    page.on("pageerror", lambda e: plaintes.append(str(e)))
    connexion(page, "responsable")
    for ecran in ECRANS:
        aller(page, f"{serveur.url}/{ecran}")
        anglais = [t for t in page.evaluate(DIT) if ANGLAIS.search(t)]
        assert not anglais, (ecran, anglais)
    assert not plaintes


def test_a_page_that_does_not_exist_is_said_in_french(serveur, page, connexion):
    connexion(page, "elu")
    charger(page, f"{serveur.url}/nexiste-pas")
    expect(page.get_by_text("Page introuvable")).to_be_visible()
    assert not [t for t in page.evaluate(DIT) if ANGLAIS.search(t)]


def test_a_server_that_dies_is_said_in_french_and_comes_back(lancer, page):
    serveur = lancer()
    from tests.browser.outils import se_connecter

    se_connecter(page, serveur.url, "secretaire", suite="partenaires")
    serveur.kill()
    expect(page.get_by_text("Le serveur ne répond plus")).to_be_visible(timeout=60_000)
    assert not [t for t in page.evaluate(DIT) if ANGLAIS.search(t)]
    serveur.start()
    expect(page.get_by_text("Le serveur ne répond plus")).to_be_hidden(timeout=60_000)
    pret(page)
    assert page.url == f"{serveur.url}/partenaires"  # signed in still


@pytest.mark.parametrize("touche", ["Control+s", "Control+Enter"])
def test_the_shortcut_leaves_the_field_first_so_that_its_text_is_sent(serveur, page, connexion, touche):
    connexion(page, "responsable", suite="comptes")
    champ = page.get_by_role("textbox", name="Prénom et nom")
    champ.click()
    page.keyboard.type("Dernière lettre")
    page.evaluate("""() => {
        window.vu = null;
        addEventListener('keydown', (e) => {
            window.vu = { dehors: document.activeElement === document.body, retenu: e.defaultPrevented };
        }, true);
    }""")
    page.keyboard.press(touche)
    vu = page.evaluate("window.vu")
    assert vu["dehors"]
    assert vu["retenu"] or touche != "Control+s"  # the browser's own "save page" stays closed
    pret(page)
    expect(champ).to_have_value("Dernière lettre")
