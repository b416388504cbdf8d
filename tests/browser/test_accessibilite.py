"""Every screen of the menu on the demo year, judged by axe, in both themes."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlmodel import col, select

from demo.annee import remplir
from models import Base, Fonction, Partenaire, Participation, Reunion
from models.lists import EtatReunion
from services.horloge import aujourdhui
from tests.browser.outils import aller, pret
from tests.serveur import Serveur
from ui.navigation import PAGES

pytestmark = pytest.mark.browser
GRAVES = ("serious", "critical")
SUJETS = ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions")


@pytest.fixture(scope="module")
def serveur(lancer: Callable[..., Serveur]) -> Serveur:
    serveur = lancer(comptes=False)
    with serveur.session() as session:
        remplir(session, today=aujourdhui())
    return serveur


def ecrans(serveur: Serveur) -> list[str]:
    """Every address, with the object that some ask for."""
    with serveur.session() as session:

        def premier(table: type[Base], *ou: Any) -> int:
            return session.exec(select(col(table.id)).where(*ou).order_by(col(table.id)).limit(1)).one()  # type: ignore[attr-defined]

        saisie = premier(Reunion, col(Reunion.etat) == EtatReunion.TENUE)
        de = {
            "saisie": f"?reunion={saisie}",
            "releve": f"?reunion={saisie}",
            "en-seance": f"?reunion={saisie}",
            "reunion": f"?id={saisie}",
            "partenaire": f"?id={premier(Partenaire)}",
            "partenaire-edition": f"?id={premier(Partenaire)}",
            "personne": f"?fonction={premier(Fonction)}&geste=corriger",
            "13-18-college": f"?participation={premier(Participation)}",
            "13-18-semaine": f"?participation={premier(Participation)}",
        }
    adresses = ["" if url == "accueil" else url + de.get(url, "") for p in PAGES.values() for _, _, _, url, *_ in p]
    return adresses + [f"graphiques?sujet={s}" for s in SUJETS]


@pytest.mark.timeout(600)  # thirty screens
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_hindrance_on_any_screen(
    page: Any, connexion: Callable[..., None], serveur: Serveur, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)
    connexion(page, "responsable")
    trouves = []
    for adresse in ecrans(serveur):
        aller(page, f"{serveur.url}/{adresse}")
        page.wait_for_function("document.querySelectorAll('h1').length > 0")
        pret(page)
        for faute in Axe().run(page).response["violations"]:
            if faute["impact"] in GRAVES:
                ou = [n["html"][:120] for n in faute["nodes"][:3]]
                trouves.append(f"{adresse or 'accueil'} : {faute['id']} ({faute['impact']}) {ou}")
    assert not trouves, "\n".join(trouves)
