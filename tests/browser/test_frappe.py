"""Nothing typed is lost, nothing false is shown: from a field being typed in, whatever one does next, with a finger or a
mouse, without a pause, one goes where one asked, the base holds what was typed, and nothing else moved."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from models import Reunion
from services import brouillons, saisie
from services.horloge import maintenant
from tests import scene
from tests.browser.outils import SUIVI, aller, pret, until
from tests.browser.test_saisie import acteur, choix
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cas(serveur: Serveur) -> int:
    with serveur.session() as session:
        now = maintenant().replace(second=0, microsecond=0)
        return scene.poser_cas(session, now=now, by=acteur(session), reference=False)


@pytest.fixture(scope="module")
def reunions(serveur: Serveur, cas: int) -> list[int]:
    """Two meetings of the queue, held and not written up."""
    with serveur.session() as session:
        debut: datetime = session.get_one(Reunion, cas).debut
        return [
            scene.tenir(session, scene.CAS["instance"], debut - timedelta(days=7 * n), acteur(session)) for n in (1, 2)
        ]


@pytest.fixture
def tactile(navigateur: Any) -> Iterator[Page]:
    """A tab that takes fingers and a mouse."""
    context = navigateur.new_context(
        viewport={"width": 1366, "height": 768},
        locale="fr-FR",
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
        has_touch=True,
    )
    context.set_default_timeout(20_000)
    context.add_init_script(SUIVI)
    yield context.new_page()
    context.close()


def tenu(serveur: Serveur, reunion: int) -> dict[str, Any]:
    """What the base holds of the draft, lines by their number: what is shown is what is kept."""
    with serveur.session() as session:
        champs = brouillons.champs(session, cle=saisie.cle_brouillon(reunion))
    return {nom.split("-")[-1]: c.valeur for nom, c in champs.items()}


# --- from every kind of field, by every way out ----------------------------------------------------------------------

CHAMPS: dict[str, tuple[str, str, Any]] = {  # role and name on screen -> end of its name in the draft
    "constat": ("textbox", "Point 1 : constat", "note"),
    "action décidée": ("textbox", "Point 1 : action décidée", "quoi"),
    "lieu": ("textbox", "Point 1 : lieu", "lieu"),
    "habitants": ("spinbutton", "Habitants présents", "habitants"),
}


def _menu(page: Page) -> Any:
    return page.get_by_test_id("stSidebarNav").get_by_role("link", name="Réseau")


def _tap_menu(page: Page) -> str:
    _menu(page).tap()
    return "**/reseau"


def _clic_menu(page: Page) -> str:
    _menu(page).click(delay=0)
    return "**/reseau"


def _file(page: Page) -> str:
    lien = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
    lien.filter(has_text="radio_button_unchecked").first.tap()
    return "**/saisie?reunion=*"


def _retour(page: Page) -> str:
    page.go_back()
    return "**/plan"


def _recharger(page: Page) -> str:
    page.reload()
    return "**/saisie?reunion=*"


def _recherche(page: Page) -> str:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()
    return "**/saisie?reunion=*"


def _tab(page: Page) -> str:
    page.keyboard.press("Tab")
    return "**/saisie?reunion=*"


GESTES: dict[str, Callable[[Page], str]] = {
    "tap-menu": _tap_menu,
    "clic-menu": _clic_menu,
    "file": _file,
    "retour": _retour,
    "f5": _recharger,
    "recherche": _recherche,
    "tab": _tab,
}
TABLE = [(c, g) for c in CHAMPS for g in GESTES if c in ("constat", "habitants") or g in ("tap-menu", "retour", "f5")]


@pytest.mark.parametrize(("champ", "geste"), TABLE)
def test_what_is_typed_is_kept_and_one_goes_where_one_asked(
    tactile: Page, connexion: Any, serveur: Serveur, reunions: list[int], champ: str, geste: str
) -> None:
    reunion = reunions[0]
    connexion(tactile, "secretaire", suite="plan")
    aller(tactile, f"{serveur.url}/saisie?reunion={reunion}")
    choix(tactile, "PJJ", "Excusé").click()
    pret(tactile)
    avant = tenu(serveur, reunion)
    role, nom, fin = CHAMPS[champ]
    texte = str(len(avant) + 7) if champ == "habitants" else f"{champ}, {geste} Z"
    ici = tactile.get_by_role(role, name=nom)  # type: ignore[arg-type]
    ici.fill("")
    ici.click()
    tactile.keyboard.type(texte)
    attendue = GESTES[geste](tactile)
    tactile.wait_for_url(attendue)
    voulu: Any = int(texte) if champ == "habitants" else texte
    cle = "habitants" if champ == "habitants" else f"1.{fin}"
    assert until(lambda: tenu(serveur, reunion).get(cle) == voulu), (geste, tenu(serveur, reunion))
    pret(tactile)
    tactile.wait_for_timeout(500)
    tactile.wait_for_url(attendue)
    assert {k: v for k, v in tenu(serveur, reunion).items() if k != cle} == {k: v for k, v in avant.items() if k != cle}
    # Back on the entry, what is shown is what is kept; a gesture on another field changes nothing else.
    if geste == "recherche":
        tactile.keyboard.press("Escape")
    aller(tactile, f"{serveur.url}/saisie?reunion={reunion}")
    expect(ici).to_have_value(texte)
    expect(choix(tactile, "PJJ", "Excusé")).to_be_checked()
    choix(tactile, "PJJ", "Absent").click()
    pret(tactile)
    assert tenu(serveur, reunion)[cle] == voulu
