"""From an empty base to sign-out: the whole of a first day, in one browser, on both databases."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from services.actions import avancement
from services.agenda import reunions
from services.partenaires import annuaire
from services.partenaires.annuaire import Filtre
from services.releves import lecture
from services.socle.acteur import SYSTEME
from services.socle.horloge import maintenant
from services.socle.texte import folded
from tests import scene
from tests.browser.operateur import Operateur, saisir_le_cas
from tests.browser.outils import aller, pret, until
from tests.browser.test_calendrier import cadre, evenement, point, tirer
from tests.cast import MOT_DE_PASSE
from tests.serveur import Serveur
from ui.commun.navigation import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
INSTANCE = scene.CAS["instance"]


@pytest.fixture
def neuf(sgbd: str, lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(sgbd=sgbd, modele=None)


def premier_compte(page: Page, serveur: Serveur) -> None:
    trouve = re.search(r"usage unique : (\S+)", serveur.log(500))
    assert trouve, "no one-time code was printed"
    page.goto(serveur.url)
    page.fill('input[name="code"]', trouve[1])
    page.fill('input[name="identifiant"]', "responsable")
    page.fill('input[name="nom"]', "Rachel Responsable")
    page.fill('input[name="mot_de_passe"]', MOT_DE_PASSE)
    page.fill('input[name="confirmation"]', MOT_DE_PASSE)
    page.click('button[type="submit"]')
    page.wait_for_selector('[data-testid="stApp"]')
    pret(page)


def menu(page: Page, nom: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=nom, exact=True).click()
    pret(page)


def une_personne_a_l_oph(page: Page) -> None:
    menu(page, "Partenaires")
    page.get_by_role("searchbox", name="Rechercher", exact=True).press_sequentially("OPH")
    page.get_by_test_id("stMain").get_by_role("link", name=re.compile(OPH)).first.click()
    pret(page)
    page.get_by_role("link", name="Ajouter une personne").click()
    pret(page)
    page.get_by_label("Prénom").fill("Camille")
    page.get_by_label("Nom", exact=True).fill("Exemple")
    page.get_by_label("Fonction").press_sequentially("Responsable de secteur")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Camille Exemple", exact=True)).to_be_visible()


def les_membres(page: Page) -> None:
    menu(page, "Instances")
    page.get_by_test_id("stMain").get_by_role("searchbox").first.press_sequentially("technique mireuil")
    expect(page.get_by_text("Réunion technique (1)")).to_be_visible()
    pret(page)
    page.get_by_test_id("stMain").get_by_role("button", name=re.compile(r"^Mireuil")).click()
    pret(page)
    for n, membre in enumerate(scene.CAS["members"], 1):
        cherche = page.get_by_role("searchbox", name="Ajouter un partenaire")
        cherche.fill(folded(membre["structure"]))
        page.get_by_role("radio", name=re.compile(re.escape(membre["structure"]))).first.click()
        pret(page)
        fonction = page.get_by_role("radio", name=re.compile("Camille Exemple"))
        if fonction.count():
            fonction.click()
            pret(page)
        page.get_by_role("button", name="Ajouter", exact=True).click()
        expect(page.get_by_text(f"Membres permanents ({n})")).to_be_visible()
        pret(page)


def la_reunion(page: Page, serveur: Serveur) -> int:
    """Create last Tuesday's meeting by selecting a slot on the Monday, then move it to its day."""
    mardi = maintenant().date() - timedelta(days=(maintenant().weekday() - 1) % 7 or 7)
    lundi = mardi - timedelta(days=1)
    aller(page, f"{serveur.url}/calendrier?vue=Semaine&jour={lundi}")
    expect(cadre(page).locator(".fc-view")).to_be_visible()
    tirer(page, point(page, lundi, 14), point(page, lundi, 15))
    fenetre = page.get_by_role("dialog")
    instance = fenetre.get_by_label("Instance", exact=True)
    instance.click()
    instance.press_sequentially(INSTANCE)
    page.get_by_role("option", name=INSTANCE).first.click()
    pret(page)
    expect(fenetre.get_by_label("Titre")).to_have_value(INSTANCE)
    fenetre.get_by_role("button", name="Créer la réunion").click()
    expect(fenetre).to_have_count(0)
    expect(evenement(page, INSTANCE)).to_be_visible()
    pret(page)
    tirer(page, point(page, lundi, 14.1), point(page, mardi, 14.1))

    def toutes() -> list[reunions.ReunionVue]:
        with serveur.session() as session:
            return reunions.entre(session, debut=datetime(2000, 1, 1), fin=datetime(2100, 1, 1))

    assert until(lambda: [v.debut for v in toutes()] == [datetime.combine(mardi, time(14))]), "a day later, same hour"
    return toutes()[0].id


def ouverte_de_la_derniere_fois(serveur: Serveur) -> None:
    """What an earlier meeting would have left open: the one thing a first day cannot have."""
    with serveur.session() as session:
        [ouverte] = scene.CAS["open_from_last_time"]
        avancement.creer(
            session,
            quoi=ouverte["what"],
            pilote_id=scene.partenaire(session, ouverte["structure"]),
            echeance=maintenant().date() + timedelta(days=5),
            instance_id=scene.instance(session, INSTANCE),
            today=maintenant().date(),
            by=SYSTEME,
        )


def test_a_first_day(page: Page, neuf: Serveur) -> None:
    premier_compte(page, neuf)
    une_personne_a_l_oph(page)
    les_membres(page)
    reunion_id = la_reunion(page, neuf)
    ouverte_de_la_derniere_fois(neuf)
    aller(page, neuf.url)
    with neuf.session() as session:
        sigles = scene.sigles(session)
    saisir_le_cas(Operateur(page), sigles, cherche={"Occupation de hall ou de parties communes": "hall"})

    premier, decidee = scene.CAS["points"][0], scene.CAS["points"][0]["action"]
    for texte in (premier["note"], decidee["what"], "Protection judiciaire de la jeunesse (PJJ)"):
        expect(page.get_by_text(texte).first).to_be_visible()
    menu(page, "Actions")
    expect(page.get_by_text(decidee["what"]).first).to_be_visible()
    with neuf.session() as session:
        pilote = annuaire.chercher(session, filtre=Filtre(texte="police municipale")).lignes[0].id
    aller(page, f"{neuf.url}/partenaire?id={pilote}")
    expect(page.get_by_text(decidee["what"]).first).to_be_visible()
    expect(page.get_by_text(INSTANCE).first).to_be_visible()

    aller(page, f"{neuf.url}/releve?reunion={reunion_id}")
    page.get_by_role("link", name="Corriger").click()
    constat = page.get_by_role("textbox", name="Point 1 : constat")
    expect(constat).to_have_value(premier["note"])
    constat.fill(premier["note"] + ", surtout le vendredi")
    page.get_by_role("button", name="Enregistrer le relevé").click(delay=0)
    page.wait_for_url("**/releve?reunion=*")
    expect(page.get_by_text("surtout le vendredi")).to_be_visible()
    with neuf.session() as session:
        releve = lecture.lire(session, reunion_id=reunion_id, today=maintenant().date())
    assert releve.points[0].note == premier["note"] + ", surtout le vendredi"
    assert len(releve.points) == len(scene.CAS["points"])

    page.get_by_role("link", name="Se déconnecter").click()
    expect(page.get_by_text("déconnecté").first).to_be_visible()
    adresses = ["", *(p[3] for pages in PAGES.values() for p in pages)]
    ferme_partout(page, neuf, adresses)
    neuf.kill()
    neuf.start()
    ferme_partout(page, neuf, adresses[::-1])


def ferme_partout(page: Page, serveur: Serveur, adresses: list[str]) -> None:
    """Every address leads to sign-in: in this browser for one of them, over HTTP with its cookies for all."""
    cookies: dict[str, Any] = {c["name"]: c["value"] for c in page.context.cookies()}
    for adresse in adresses:
        reponse = httpx.get(f"{serveur.url}/{adresse}", cookies=cookies, follow_redirects=False)
        assert (reponse.status_code, reponse.headers["location"].split("?")[0]) == (303, "/connexion"), adresse
    page.goto(f"{serveur.url}/{adresses[0]}")
    page.wait_for_url("**/connexion*")
