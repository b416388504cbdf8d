"""Every screen of the menu on the demo year: French, without a console error, judged by axe in both themes; names,
headings, order, targets, focus and width at the three sizes."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlmodel import col, select

from models import Base, Fonction, Partenaire, Participation, Reunion
from models.lists import EtatReunion
from tests.browser.acces import fautes_d_acces
from tests.browser.outils import ANGLAIS, DIT, aller, pret
from tests.serveur import Serveur
from ui.commun.navigation import PAGES

pytestmark = pytest.mark.browser
GRAVES = ("serious", "critical")
VOLETS = ("Convoquer", "Documents", "Pièces+jointes")
SUJETS = ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions")


@pytest.fixture(scope="module")
def serveur(lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(modele="annee")


def ecrans(serveur: Serveur) -> list[str]:
    """Every address, with the object that some ask for."""
    with serveur.session() as session:

        def premier(table: type[Base], *ou: Any) -> int:
            return session.exec(select(col(table.id)).where(*ou).order_by(col(table.id)).limit(1)).one()  # type: ignore[attr-defined]

        saisie = premier(Reunion, col(Reunion.etat) == EtatReunion.TENUE)
        partenaire = premier(Partenaire)
        de = {
            "saisie": f"?reunion={saisie}",
            "releve": f"?reunion={saisie}",
            "en-seance": f"?reunion={saisie}",
            "reunion": f"?id={saisie}",
            "partenaire": f"?id={partenaire}",
            "partenaire-edition": f"?id={partenaire}",
            "personne": f"?fonction={premier(Fonction)}&geste=corriger",
            "13-18-college": f"?participation={premier(Participation)}",
            "13-18-semaine": f"?participation={premier(Participation)}",
        }
    adresses = ["" if url == "accueil" else url + de.get(url, "") for p in PAGES.values() for _, _, _, url, *_ in p]
    adresses += [f"graphiques?sujet={s}" for s in SUJETS]
    adresses += [f"reunion?id={saisie}&volet={v}" for v in VOLETS]
    return [*adresses, "partenaire-edition", f"personne?partenaire={partenaire}"]


def juger(page: Any, **options: Any) -> list[dict[str, Any]]:
    """What axe finds wrong."""
    return Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]  # type: ignore[no-any-return]


FOND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"


@pytest.mark.timeout(1200)  # forty-odd screens
def test_every_screen_is_french_readable_and_within_the_policy(
    page: Any, connexion: Callable[..., None], serveur: Serveur
) -> None:
    """One visit for all that is true of every screen: each opening costs more than what is asked of it."""
    plaintes: list[str] = []
    page.on("console", lambda m: m.type == "error" and plaintes.append(m.text))
    page.on("pageerror", lambda e: plaintes.append(str(e)))
    connexion(page, "responsable")
    fautes, theme = [], "light"
    for adresse in ecrans(serveur):
        aller(page, f"{serveur.url}/{adresse}")
        page.wait_for_selector("h1")
        pret(page)
        fautes += [f"{adresse} : {t}" for t in page.evaluate(DIT) if ANGLAIS.search(t)]
        fautes += [f"{adresse or 'accueil'} : {faute}" for faute in fautes_d_acces(page)]
        trouves = juger(page)  # in the theme that the screen before was left in
        avant, theme = page.evaluate(FOND), "dark" if theme == "light" else "light"
        page.emulate_media(color_scheme=theme)  # the screen follows the system's theme at once
        page.wait_for_function(f"avant => {FOND} !== avant", arg=avant)
        pret(page)
        trouves += juger(page, runOnly=["color-contrast"])  # what the theme changes: the colours
        for faute in trouves:
            if faute["impact"] in GRAVES:
                ou = [n["html"][:120] for n in faute["nodes"][:3]]
                fautes.append(f"{adresse or 'accueil'} : {faute['id']} ({faute['impact']}) {ou}")
    assert not fautes, "\n".join(fautes)
    assert not plaintes
