"""Fixtures. The schema under test is built by the migrations; rules run on SQLite and on PostgreSQL.

`session`, `cast`: rules. `base`, `cast_base`, `ecran`: real commits and screens. `serveur`, `page`, `connexion`:
journeys.
Screens and journeys run on SQLite; `@pytest.mark.deux_bases` runs one on PostgreSQL too.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from models import Agent
from services.commun import comptes
from services.socle import db
from services.socle.db import make_engine
from services.socle.horloge import utcnow
from settings import ROOT
from tests.bases import SGBD, Base, Postgres, migrated_sqlite, oublier_la_base, servir, unique_name
from tests.cast import Cast, create_cast, open_session
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
    nom = unique_name()
    engine = make_engine(cluster.create(nom))
    yield engine
    engine.dispose()
    cluster.drop(nom)


@pytest.fixture(scope="session")
def _engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    engines: dict[str, Engine] = {}

    def get(sgbd: str) -> Engine:
        if sgbd not in engines:
            if sgbd == "sqlite":
                fichier = tmp_path_factory.mktemp("regles") / "carnet.db"
                shutil.copyfile(request.getfixturevalue("_sqlite_modele"), fichier)
                engines[sgbd] = make_engine(f"sqlite:///{fichier}")
            else:
                cluster = request.getfixturevalue("postgres")
                engines[sgbd] = make_engine(cluster.create(unique_name(), modele="modele"))
        return engines[sgbd]

    yield get
    for engine in engines.values():
        engine.dispose()


@pytest.fixture
def session(sgbd: str, _engines: Callable[[str], Engine]) -> Iterator[Session]:
    """A session on a migrated base without rows; what the test writes is rolled back."""
    with _engines(sgbd).connect().execution_options(writer=True) as connection, Session(connection) as s:
        yield s
        s.rollback()


@pytest.fixture
def cast(session: Session) -> Cast:
    """One account per role, in `session`."""
    return create_cast(session)


@pytest.fixture
def base(sgbd: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Base]:
    """An empty migrated base that `services.socle.db` uses during the test: for real commits, threads and screens."""
    if sgbd == "sqlite":
        shutil.copyfile(request.getfixturevalue("_sqlite_modele"), tmp_path / "carnet.db")
        url = f"sqlite:///{tmp_path / 'carnet.db'}"
    else:
        cluster, nom = request.getfixturevalue("postgres"), unique_name()
        url = cluster.create(nom, modele="modele")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    oublier_la_base()
    yield Base(sgbd=sgbd, url=url, dossier=tmp_path)
    oublier_la_base()
    if sgbd == "postgresql":
        cluster.drop(nom)


@pytest.fixture
def cast_base(base: Base) -> Cast:
    """One account per role, committed in `base`."""
    with db.writing() as session:
        return create_cast(session)


# --- screens ---------------------------------------------------------------------------------------------------------


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


@pytest.fixture(scope="session")
def base_servie(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """What a new server's base is copied from: the reference data and the cast's accounts, loaded once a session."""
    pretes: dict[str, str] = {}

    def get(sgbd: str) -> str:
        if sgbd not in pretes:
            if sgbd == "sqlite":
                pretes[sgbd] = str(tmp_path_factory.mktemp("servie") / "carnet.db")
                shutil.copyfile(request.getfixturevalue("_sqlite_modele"), pretes[sgbd])
                servir(f"sqlite:///{pretes[sgbd]}")
            else:
                pretes[sgbd] = "servie"
                servir(request.getfixturevalue("postgres").create("servie", modele="modele"))
        return pretes[sgbd]

    return get


@pytest.fixture(scope="module")
def lancer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, base_servie: Callable[[str], str]
) -> Iterator[Callable[..., Serveur]]:
    """`lancer(sgbd="sqlite", comptes=True, **env)`: one more real server on its own base, started and ready.

    `comptes=False`: an empty base, whose first start migrates, loads the reference data and asks for the first account.
    """
    serveurs: list[tuple[Serveur, str | None]] = []

    def nouveau(*, sgbd: str = "sqlite", comptes: bool = True, demarrer: bool = True, **env: str) -> Serveur:
        dossier, nom = data_dir(tmp_path_factory.getbasetemp()), None
        if sgbd == "sqlite":
            url = f"sqlite:///{dossier / 'carnet.db'}"
            if comptes:
                shutil.copyfile(base_servie(sgbd), dossier / "carnet.db")
        else:
            nom = unique_name()
            modele = base_servie(sgbd) if comptes else "template1"
            url = request.getfixturevalue("postgres").create(nom, modele=modele)
        serveur = Serveur(Base(sgbd=sgbd, url=url, dossier=dossier), **env)
        serveurs.append((serveur, nom))
        if demarrer:
            serveur.start()
        return serveur

    yield nouveau
    for serveur, nom in serveurs:
        serveur.close()
        if nom:
            request.getfixturevalue("postgres").drop(nom)


@pytest.fixture(scope="module")
def serveur(sgbd_serveur: str, lancer: Callable[..., Serveur]) -> Serveur:
    """The real application on an empty base with the reference data and the cast's accounts; one per test file."""
    return lancer(sgbd=sgbd_serveur)


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Any]:
    """Chromium; one per test file (an open Playwright forbids asyncio.run in the same thread)."""
    from playwright.sync_api import sync_playwright

    from tests.browser.outils import CHROMIUM, DRAPEAUX

    if not os.path.exists(CHROMIUM):
        pytest.skip("Chromium n’est pas installé (apt-get install chromium-headless-shell)")
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=DRAPEAUX)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def _contexte(navigateur: Any) -> Iterator[Any]:
    """One context per test file: the browser keeps the application's code, as an agent's does."""
    from tests.browser.outils import SUIVI

    context = navigateur.new_context(
        viewport={"width": 1366, "height": 768}, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    context.add_init_script(SUIVI)
    yield context
    context.close()


@pytest.fixture
def contexte(_contexte: Any) -> Iterator[Any]:
    """A browser without cookies. `contexte.new_page()` is a second tab. No request may leave for another host."""
    dehors: list[str] = []

    def noter(demande: Any) -> None:
        if demande.url.startswith(("http", "ws")) and "://127.0.0.1:" not in demande.url:
            dehors.append(demande.url)

    _contexte.clear_cookies()
    _contexte.on("request", noter)
    yield _contexte
    for onglet in _contexte.pages:
        onglet.close()
    _contexte.remove_listener("request", noter)
    assert not dehors, f"demandes parties vers l’extérieur : {dehors}"


@pytest.fixture
def page(contexte: Any) -> Any:
    """A tab of 1366 × 768, in French, without cookies."""
    return contexte.new_page()


@pytest.fixture
def connexion(serveur: Serveur) -> Callable[..., None]:
    """`connexion(page, "secretaire")`: that agent's browser, signed in on `serveur`, on the screen `suite`.

    The cookie is written as the door writes it; the sign-in page itself is what tests/web and test_porte.py are about.
    """
    from tests.browser.outils import aller

    def faire(page: Any, role: str = "secretaire", *, suite: str = "") -> None:
        with serveur.session() as session:
            agent = session.exec(select(Agent).where(Agent.identifiant == role)).one()
            jeton = comptes.ouvrir_session(session, agent_id=agent.id or 0, now=utcnow())
        page.context.add_cookies([{"name": "carnet", "value": jeton, "url": serveur.url, "httpOnly": True}])
        aller(page, f"{serveur.url}/{suite}")

    return faire
