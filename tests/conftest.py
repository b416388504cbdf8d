"""Fixtures. The schema under test is built by the migrations; rules run on SQLite and on PostgreSQL.

`session`, `cast`: rules. `base`, `cast_base`, `ecran`: real commits and screens. `serveur`, `page`, `connexion`:
journeys.
Screens and journeys run on SQLite; `@pytest.mark.deux_bases` runs one on PostgreSQL too.
"""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from models import Agent
from services.commun import connexions
from services.socle import db
from services.socle.db import make_engine
from services.socle.horloge import utcnow
from settings import ROOT
from tests.bases import (
    MODELES,
    SGBD,
    Base,
    Postgres,
    melanger,
    migrated_sqlite,
    oublier_la_base,
    remplir_modele,
    unique_name,
)
from tests.cast import Cast, create_cast, open_session
from tests.sections import a_partir_de
from tests.serveur import Serveur, data_dir

_ON_ONE = {"ecran", "serveur"}  # screens and journeys: SQLite, unless marked


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = set(metafunc.fixturenames)
    marked = metafunc.definition.get_closest_marker
    both = marked("deux_bases") or not names & _ON_ONE
    bases = ["sqlite"] if marked("sqlite") or not both else ["postgresql"] if marked("postgresql") else list(SGBD)
    if "sgbd" in names:
        metafunc.parametrize("sgbd", bases, indirect=True)
    if "sgbd_serveur" in names:
        metafunc.parametrize("sgbd_serveur", bases, indirect=True, scope="module")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--melange", type=int, metavar="SEED", help="shuffle the rows that a query puts in no order")
    parser.addoption("--section", help="only the tests of that room and of those above it")


def pytest_configure(config: pytest.Config) -> None:
    if (graine := config.getoption("melange")) is not None:
        melanger(graine)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Rules, then screens, then journeys: a wrong rule is seen first."""
    dossiers = ("pages", "browser")
    items.sort(key=lambda item: next((dossiers.index(d) for d in dossiers if d in item.path.parts), -1))
    if section := config.getoption("section"):
        fichiers = a_partir_de(section, {item.path for item in items})
        config.hook.pytest_deselected(items=[item for item in items if item.path not in fichiers])
        items[:] = [item for item in items if item.path in fichiers]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed journey leaves a screenshot under captures/echecs/ and the end of the server's log in the report."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when != "call" or not report.failed:
        return
    fixtures = getattr(item, "funcargs", {})
    page, serveur = fixtures.get("page"), fixtures.get("serveur")
    if hasattr(page, "screenshot"):
        image = ROOT / "captures" / "echecs" / f"{item.name}.png"
        image.parent.mkdir(parents=True, exist_ok=True)
        try:
            page.screenshot(path=image, full_page=True)
            texte = page.locator("body").inner_text()[-1500:]  # where the image is not kept, as on the CI machine
            report.sections.append(("Écran", f"{page.url}\n{image}\n{texte}"))
        except Exception as error:  # noqa: BLE001 - the browser may be the one that failed
            report.sections.append(("Écran", f"pas de capture : {error}"))
    if isinstance(serveur, Serveur):
        report.sections.append(("Journal du serveur", serveur.log()))


# --- bases -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _sqlite_modele(request: pytest.FixtureRequest) -> Path:
    return migrated_sqlite(Path(request.config.cache.mkdir("carnet")))  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The cluster of this session. `.create(name)` gives an empty base, `.stop()` and `.start()` a power cut."""
    try:
        cluster = Postgres()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    yield cluster
    cluster.close()


@pytest.fixture
def sgbd(request: pytest.FixtureRequest) -> str:
    """ "sqlite" or "postgresql"; every test that needs a base runs once for each."""
    return str(request.param)


@pytest.fixture
def vide(sgbd: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A base without any table."""
    if sgbd == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'vide.db'}")
        yield engine
        engine.dispose()
        return
    cluster: Postgres = request.getfixturevalue("postgres")
    url = cluster.create(unique_name())
    engine = make_engine(url)
    yield engine
    engine.dispose()
    cluster.drop(url)


@pytest.fixture(scope="session")
def copie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """`copie("sqlite", dossier, "annee")`: address of a new base, a copy of that model; "": no rows."""

    @cache
    def modele(sgbd: str, nom: str) -> str:
        if sgbd == "sqlite":
            vide = str(request.getfixturevalue("_sqlite_modele"))
            if not nom:
                return vide
            fichier = str(tmp_path_factory.mktemp("modele") / "carnet.db")
            shutil.copyfile(vide, fichier)
            remplir_modele(f"sqlite:///{fichier}", nom)
            return fichier
        if nom:
            remplir_modele(request.getfixturevalue("postgres").create(f"modele_{nom}", modele="modele"), nom)
        return f"modele_{nom}" if nom else "modele"

    def copier(sgbd: str, dossier: Path, nom: str = "") -> str:
        if sgbd == "postgresql":
            return str(request.getfixturevalue("postgres").create(unique_name(), modele=modele(sgbd, nom)))
        shutil.copyfile(modele(sgbd, nom), dossier / "carnet.db")
        return f"sqlite:///{dossier / 'carnet.db'}"

    return copier


def _modele(request: pytest.FixtureRequest) -> str:
    """The model that the test asks for by its name, among its fixtures."""
    return next((nom for nom in MODELES if nom in request.fixturenames), "")


@pytest.fixture
def reference() -> None:
    """The base of this test, `session` or `base`, holds the public facts of reference/."""


@pytest.fixture
def annee() -> None:
    """The base of this test holds the demo year that ends today."""


@pytest.fixture
def annee_2026() -> None:
    """The base of this test holds the demo year that ends on 12 June 2026."""


@pytest.fixture(scope="session")
def _engines(copie: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    engines: dict[tuple[str, str], Engine] = {}

    def get(sgbd: str, nom: str) -> Engine:
        if (sgbd, nom) not in engines:
            engines[sgbd, nom] = make_engine(copie(sgbd, tmp_path_factory.mktemp("regles"), nom))
        return engines[sgbd, nom]

    yield get
    for engine in engines.values():
        engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest, sgbd: str, _engines: Callable[[str, str], Engine]) -> Iterator[Session]:
    """A session on a migrated base, without rows unless a model is asked for; what the test writes is rolled back."""
    engine = _engines(sgbd, _modele(request))
    with engine.connect().execution_options(writer=True) as connection, Session(connection) as s:
        yield s
        s.rollback()


@pytest.fixture
def cast(session: Session) -> Cast:
    """One account per role, in `session`."""
    return create_cast(session)


@pytest.fixture
def base(
    sgbd: str,
    request: pytest.FixtureRequest,
    copie: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Base]:
    """A base like that of `session`, which `services.socle.db` uses in the test: for real commits, threads, screens."""
    url = copie(sgbd, tmp_path, _modele(request))
    cluster = request.getfixturevalue("postgres") if sgbd == "postgresql" else None
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    oublier_la_base()
    yield Base(sgbd=sgbd, url=url, dossier=tmp_path)
    oublier_la_base()
    if cluster:
        cluster.drop(url)


@pytest.fixture
def cast_base(base: Base) -> Cast:
    """One account per role, committed in `base`."""
    with db.writing() as session:
        return create_cast(session)


# --- screens ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _composants_lus_une_fois() -> Iterator[None]:
    """Each new AppTest looks for components in every installed package: nine tenths of what opening a screen costs."""
    with pytest.MonkeyPatch.context() as mp:
        mp.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def ecran(base: Base, cast_base: Cast) -> Callable[..., AppTest]:
    """`ecran("pages/partenaires/annuaire.py", role="secretaire", q="oph")`: that screen, already run.

    `role=None` is a visitor. Call it again for a second browser of the same or another agent.
    """

    def ouvrir(page: str = "", role: str | None = "secretaire", **query: str | list[str]) -> AppTest:
        at = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=20)
        at.user = {}
        if role:
            with db.writing() as session:
                at.user = {"session": str(open_session(session, getattr(cast_base, role)))}
        at.run()
        at.query_params.update(query)
        if page:
            at.switch_page(str(ROOT / page))
        return at.run() if page or query else at

    return ouvrir


# --- journeys --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sgbd_serveur(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def lancer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, copie: Callable[..., str]
) -> Iterator[Callable[..., Serveur]]:
    """`lancer(sgbd="sqlite", modele="servie", **env)`: one more real server on its own base, started and ready.

    `modele=None`: nothing there; its first start migrates, loads the reference data and asks for the first account.
    """
    with ExitStack() as fin:

        def nouveau(
            *, sgbd: str = "sqlite", modele: str | None = "servie", demarrer: bool = True, **env: str
        ) -> Serveur:
            dossier = data_dir(tmp_path_factory.getbasetemp())
            if modele:
                url = copie(sgbd, dossier, modele)
            elif sgbd == "sqlite":
                url = f"sqlite:///{dossier / 'carnet.db'}"
            else:
                url = request.getfixturevalue("postgres").create(unique_name())
            if sgbd == "postgresql":
                request.getfixturevalue("postgres").checkpoint()
                fin.callback(request.getfixturevalue("postgres").drop, url)
            serveur = Serveur(Base(sgbd=sgbd, url=url, dossier=dossier), **env)
            fin.callback(serveur.close)
            if demarrer:
                serveur.start()
            return serveur

        yield nouveau


@pytest.fixture(scope="module")
def serveur(sgbd_serveur: str, lancer: Callable[..., Serveur]) -> Serveur:
    """The real application on an empty base with the reference data and the cast's accounts; one per test file."""
    return lancer(sgbd=sgbd_serveur)


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Any]:
    """Chromium; one a session. Journeys come last: an open Playwright forbids asyncio.run in the same thread."""
    from playwright.sync_api import sync_playwright

    from tests.browser.outils import CHROMIUM, DRAPEAUX

    if not os.path.exists(CHROMIUM):
        pytest.skip("Chromium n’est pas installé (apt-get install chromium-headless-shell)")
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=DRAPEAUX)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def _contextes_libres() -> dict[str, list[Any]]:
    return defaultdict(list)


@pytest.fixture
def contextes(navigateur: Any, _contextes_libres: dict[str, list[Any]]) -> Iterator[Callable[..., Any]]:
    """`contextes(has_touch=True)`: one more browser without cookies, in French, of 1366 × 768 unless one says so.

    It keeps the application's code from a test to the next, as an agent's does. No request may leave for another host.
    """
    from tests.browser.outils import SUIVI

    pris: list[tuple[str, Any]] = []
    dehors: list[str] = []

    def noter(demande: Any) -> None:
        if demande.url.startswith(("http", "ws")) and "://127.0.0.1:" not in demande.url:
            dehors.append(demande.url)

    def prendre(**options: Any) -> Any:
        cle = repr(options)
        if _contextes_libres[cle]:
            contexte = _contextes_libres[cle].pop()
        else:
            francais = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
            contexte = navigateur.new_context(**{"viewport": {"width": 1366, "height": 768}, **francais, **options})
            contexte.set_default_timeout(20_000)
            contexte.add_init_script(SUIVI)
        contexte.on("request", noter)
        pris.append((cle, contexte))
        return contexte

    yield prendre
    for cle, contexte in pris:
        for onglet in contexte.pages:
            onglet.close()
        contexte.remove_listener("request", noter)
        contexte.clear_cookies()
        contexte.clear_permissions()
        _contextes_libres[cle].append(contexte)
    assert not dehors, f"demandes parties vers l’extérieur : {dehors}"


@pytest.fixture
def contexte(contextes: Callable[..., Any]) -> Any:
    """A browser without cookies. `contexte.new_page()` is a second tab."""
    return contextes()


@pytest.fixture
def page(contexte: Any) -> Any:
    """A tab of 1366 × 768, in French, without cookies."""
    return contexte.new_page()


@pytest.fixture
def connexion(serveur: Serveur) -> Callable[..., None]:
    """`connexion(page, "secretaire")`: that agent's browser, signed in on `serveur`, on the screen `suite`.

    The cookie is written as the door writes it; the sign-in page itself is what tests/web and test_porte.py are about.
    """
    from tests.browser.outils import charger

    def faire(page: Any, role: str = "secretaire", *, suite: str = "") -> None:
        with serveur.session() as session:
            agent = session.exec(select(Agent).where(Agent.identifiant == role)).one()
            jeton = connexions.ouvrir_session(session, agent_id=agent.id, now=utcnow())
        page.context.add_cookies([{"name": "carnet", "value": jeton, "url": serveur.url, "httpOnly": True}])
        charger(page, f"{serveur.url}/{suite}")

    return faire
