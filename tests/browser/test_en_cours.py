"""What lasts says that it runs: a callback, a page, a file being made. A small act does not blink."""

import socket
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from models.lists import GenreEnvoi
from services.courrier import envois
from services.socle.acteur import SYSTEME
from tests.browser.outils import aller, pret, se_connecter
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def muet() -> Iterator[int]:
    """A relay that takes the call and never says a word: sending lasts."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(20)
        yield s.getsockname()[1]


@pytest.fixture(scope="module")
def serveur(muet: int, lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(SMTP_HOTE="127.0.0.1", SMTP_PORT=str(muet), SMTP_EXPEDITEUR="tranquillite@ville.example")


def test_a_callback_that_lasts_says_so(serveur: Serveur, page: Page) -> None:
    se_connecter(page, serveur.url, "secretaire")
    with serveur.session() as session:
        id = envois.deposer(
            session, genre=GenreEnvoi.RELANCE, courriel="a@exemple.fr", objet="Essai", texte="Essai", by=SYSTEME
        )
        envoi = session.get_one(envois.Envoi, id)
        envoi.erreur, envoi.essais, envoi.prochain_essai = "Le relais ne répond pas.", 1, None
        session.add(envoi)
    aller(page, f"{serveur.url}/taches")
    dit = page.get_by_text("En cours…")
    expect(dit).to_be_hidden()
    page.get_by_role("button", name="Réessayer :").click()
    expect(dit).to_be_visible(timeout=5000)
    pret(page)
    expect(dit).to_be_hidden()


def test_a_small_act_does_not_blink(serveur: Serveur, page: Page) -> None:
    se_connecter(page, serveur.url, "secretaire")
    page.evaluate(
        """() => {
          window.__vu = false;
          const voir = () => {
            const e = document.querySelector('.en-cours');
            if (e && getComputedStyle(e).visibility === 'visible') window.__vu = true;
            requestAnimationFrame(voir);
          };
          voir();
        }"""
    )
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    pret(page)
    assert page.evaluate("window.__vu") is False
