"""The base goes away and comes back: the fields stay with their text, the sentence stands above, nothing is clicked."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text
from sqlmodel import col, select

from models import ChampBrouillon, Reunion
from models.lists import EtatReunion
from services.socle.db import make_engine
from services.socle.horloge import maintenant
from tests.bases import Postgres
from tests.browser.outils import aller, pret, until
from tests.browser.test_accessibilite import ecrans
from tests.serveur import Serveur

pytestmark = [pytest.mark.browser, pytest.mark.deux_bases]
Coupure = Callable[[], AbstractContextManager[None]]
AVIS = "La base ne répond pas"
TEXTE = "Écrit pendant la coupure"
BOUTON = re.compile(r"^(Enregistrer|Ajouter|Créer|Valider|Chercher|Planifier|Envoyer)")
# A field that nothing else fills, of a kind one writes in: what one searches with is not a text to keep.
CHAMPS = (
    '[data-testid="stMain"] [data-testid="stTextInput"] input:not([type="search"], [type="password"]):enabled:visible,'
    '[data-testid="stMain"] textarea:enabled:visible'
)


@pytest.fixture(scope="module")
def serveur(sgbd_serveur: str, lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(sgbd=sgbd_serveur, modele="annee")


# --- ways to be away -----------------------------------------------------------------------------------------------


@contextmanager
def fichier_parti(serveur: Serveur) -> Iterator[None]:
    ailleurs = serveur.data_dir / "ailleurs"
    ailleurs.mkdir()
    for fichier in list(serveur.data_dir.glob("carnet.db*")):
        fichier.rename(ailleurs / fichier.name)
    try:
        yield
    finally:
        for fichier in ailleurs.iterdir():
            fichier.rename(serveur.data_dir / fichier.name)
        ailleurs.rmdir()


@contextmanager
def verrou_long(serveur: Serveur) -> Iterator[None]:
    autre = sqlite3.connect(serveur.data_dir / "carnet.db", isolation_level=None)
    autre.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        autre.execute("ROLLBACK")
        autre.close()


@contextmanager
def arretee(postgres: Postgres) -> Iterator[None]:
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


@contextmanager
def lecture_seule(postgres: Postgres) -> Iterator[None]:
    def regler(ordre: str) -> None:
        engine = make_engine(postgres.url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(ordre))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()

    regler("ALTER SYSTEM SET default_transaction_read_only = on")
    try:
        yield
    finally:
        regler("ALTER SYSTEM RESET default_transaction_read_only")


@pytest.fixture(params=[False, True], ids=["absente", "lecture_seule"])
def reste_lisible(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def coupure(request: pytest.FixtureRequest, serveur: Serveur, reste_lisible: bool) -> Coupure:
    """A base that answers nothing, or that reads and does not write."""
    if serveur.base.sgbd == "sqlite":
        faire = verrou_long if reste_lisible else fichier_parti
        return lambda: faire(serveur)
    postgres = request.getfixturevalue("postgres")
    couper = lecture_seule if reste_lisible else arretee
    return lambda: couper(postgres)


# --- what holds on every screen -------------------------------------------------------------------------------------


def avis(page: Page) -> Locator:
    return page.locator(".st-key-panne").get_by_text(AVIS)


def formulaires(serveur: Serveur) -> list[str]:
    """The screens where one writes: their addresses."""
    with serveur.session() as session:
        a_saisir = session.exec(
            select(Reunion.id)
            .where(col(Reunion.etat).in_([EtatReunion.BROUILLON, EtatReunion.CONVOQUEE]), Reunion.debut < maintenant())
            .order_by(col(Reunion.debut).desc())
        ).first()
    avec = ("a-inscrire", "partenaire-edition", "personne", "13-18-college", "13-18-semaine", "mon-compte", "comptes")
    return [f"saisie?reunion={a_saisir}", *(a for a in ecrans(serveur) if a.startswith(avec))]


def ouvrir(page: Page, adresse: str) -> Locator:
    """The first field to write in of this screen, unfolding what is folded."""
    aller(page, adresse)
    expect(page.locator("h1").first).to_be_visible()
    pret(page)
    champ = page.locator(CHAMPS).first
    for pli in page.locator('[data-testid="stMain"] summary').all():
        if champ.count():
            break
        pli.click()
        pret(page)
    return champ


# Its key begins with the token of a form that keeps a draft, shared or not.
UN_JETON = "c => /st-key-[0-9a-f]{32}-/.test(c.closest('[data-testid=\"stElementContainer\"]').className)"


_RANG = count(1)


def gardes(serveur: Serveur, texte: str) -> int:
    """How many drafts hold the text."""
    with serveur.session() as session:
        ou = col(ChampBrouillon.valeur).contains(texte)
        return len(set(session.exec(select(ChampBrouillon.brouillon_id).where(ou)).all()))


@pytest.mark.timeout(900)
def test_every_field_keeps_its_text(
    contexte: Any, serveur: Serveur, connexion: Callable[..., None], coupure: Coupure, reste_lisible: bool
) -> None:
    """Left, then a button pressed, then the clock: after each, and once the base is back, the text is in its field."""
    connexion(contexte.new_page(), "responsable")
    champs = {a: ouvrir(contexte.new_page(), f"{serveur.url}/{a}") for a in formulaires(serveur)}
    perdus: list[str] = []
    texte = f"{TEXTE} {next(_RANG)}"  # what the draft holds from the trial before would have nothing to write

    def relever(quand: str) -> None:
        tenus = {a: c.input_value(timeout=2000) if c.count() else None for a, c in champs.items()}
        perdus.extend(f"{a} {quand} : {valeur}" for a, valeur in tenus.items() if valeur != texte)

    with coupure():
        for champ in champs.values():
            champ.fill(texte)
            champ.press("Tab")
        for champ in champs.values():
            bouton = champ.page.get_by_test_id("stMain").get_by_role("button", name=BOUTON).first
            if bouton.count() and bouton.is_enabled():
                bouton.click()
        for adresse, champ in champs.items():
            if reste_lisible and not adresse.startswith("saisie"):
                continue  # what was pressed may have been refused before anything was asked of the base
            try:
                expect(avis(champ.page)).to_be_visible(timeout=25_000)
            except AssertionError:
                perdus.append(f"{adresse} : rien n’est dit")
        relever("pendant la coupure")
    for champ in champs.values():
        expect(avis(champ.page)).to_have_count(0, timeout=25_000)
        pret(champ.page)
    relever("au retour")
    avec_brouillon = [c for c in champs.values() if c.evaluate(UN_JETON)]
    assert len(avec_brouillon) >= 2  # the entry, À inscrire
    if not until(lambda: gardes(serveur, texte) >= len(avec_brouillon)):
        perdus.append(f"{gardes(serveur, texte)} textes aux brouillons, pour {len(avec_brouillon)} champs")
    assert not perdus, "\n".join(perdus)
