"""The house rules that can be read in the source: who imports whom, how a page begins, what is never written."""

import ast
import re
from pathlib import Path

import pytest

from scripts import architecture
from scripts.architecture import arbre, importes
from settings import ROOT
from tests.sources import sources

# A layer imports those under it, never those above. `settings` and `models.lists` stand under all of them.
ETAGES: dict[str, set[str]] = {
    "app": {"web", "ui", "pages", "services", "documents", "models"},
    "cli": {"web", "services", "documents", "models"},
    "web": {"ui", "services", "documents", "models"},
    "pages": {"ui", "services", "documents", "models.lists"},
    "ui": {"services", "documents", "models"},
    "demo": {"services", "models"},
    "documents": {"services", "models"},  # they print the dataclasses that queries return
    "services": {"models"},
    "models": set(),
    "settings": set(),
}
# The only doors up: migrations are written and applied by a service; alembic hands them their connection.
PERMIS = {("models/migrations/nouvelle.py", "services")}
SANS_STREAMLIT = ("models", "services", "documents", "settings", "cli", "demo")
# Within `services` and `ui`, a room imports itself and those before it.
SECTIONS = (
    "socle", "courrier", "commun", "partenaires", "actions", "projets", "agenda", "convocation", "releves", "pilotage",
    "imports", "aujourdhui", "administration",
)  # fmt: skip
# A screen gathers, so `ui` may ask a question of a later room of `services`. This list only shrinks.
DEMANDES = {
    ("ui/agenda/fenetre.py", "services.convocation.convocations"),
    ("ui/agenda/instance_textes.py", "services.convocation.courriers"),
    ("ui/agenda/presidences.py", "services.releves.vie_releve"),
    ("ui/agenda/reunion_preparation.py", "services.convocation.reponses"),
    ("ui/commun/charts.py", "services.agenda.plan.Marque"),
    ("ui/commun/charts.py", "services.agenda.plan.Nombre"),
    ("ui/convocation/documents.py", "services.releves.lecture"),
    ("ui/convocation/documents.py", "services.releves.lecture.Releve"),
    ("ui/convocation/documents.py", "services.releves.releve_public"),
    ("ui/convocation/documents.py", "services.releves.releve_public.RelevePublic"),
    ("ui/convocation/documents.py", "services.releves.vie_releve"),
    ("ui/partenaires/annuaire.py", "services.agenda.instances"),
    ("ui/partenaires/lot.py", "services.agenda.instances"),
    ("ui/partenaires/reseau.py", "services.pilotage.statistiques"),
}
INSTRUCTIONS = 90  # of a page
NOTRES = {*ETAGES, "tests", "benchmarks"}


def _sources() -> list[Path]:
    seuls = [seul for nom in ETAGES if (seul := ROOT / f"{nom}.py").exists()]
    return sorted([*seuls, *sources(*(nom for nom in ETAGES if ROOT / f"{nom}.py" not in seuls))])


def climbs(etage: str, nom: str) -> bool:
    """True when a module of the layer `etage` may not import the dotted name `nom`."""
    racine = nom.split(".")[0]
    if racine not in NOTRES or racine in (etage, "settings"):
        return False
    return not any(nom == permis or nom.startswith(permis + ".") for permis in ETAGES[etage])


@pytest.mark.parametrize("fichier", _sources(), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_imports_point_down(fichier: Path) -> None:
    relatif = fichier.relative_to(ROOT)
    etage = relatif.parts[0].removesuffix(".py")
    for ligne, nom in importes(fichier):
        racine = nom.split(".")[0]
        if (relatif.as_posix(), racine) in PERMIS:
            continue
        assert not climbs(etage, nom), (
            f"{relatif}:{ligne}: {etage} may not import {nom}, only {ETAGES[etage] or 'itself'}"
        )
        if etage in SANS_STREAMLIT:
            assert not racine.startswith("streamlit"), (
                f"{relatif}:{ligne}: {etage} does without Streamlit, what draws goes to ui/"
            )


@pytest.mark.parametrize(
    ("etage", "nom", "monte"),
    [
        ("services", "ui.commun.feedback.md", True),
        ("services", "tests.cast", True),
        ("pages", "models.Partenaire", True),
        ("pages", "models.lists.Role", False),
        ("models", "services.socle.texte", True),
        ("ui", "web.porte", True),
        ("web", "services.socle.db", False),
        ("services", "documents.releve", True),
        ("documents", "services.socle.texte", False),
        ("services", "settings.ROOT", False),
        ("services", "sqlmodel.Session", False),
    ],
)
def test_the_rule_itself(etage: str, nom: str, *, monte: bool) -> None:
    assert climbs(etage, nom) is monte


def section(nom: str) -> int | None:
    """The rank of the room of a dotted name or of a path of `services` or `ui`; None elsewhere, and for ui/frame.py."""
    etage, *reste = nom.replace("/", ".").split(".")
    return SECTIONS.index(reste[0]) if etage in ("services", "ui") and reste[0] in SECTIONS else None


@pytest.mark.parametrize(
    "fichier",
    [f for f in _sources() if section(f.relative_to(ROOT).as_posix()) is not None],
    ids=lambda f: f.relative_to(ROOT).as_posix(),
)
def test_a_room_imports_those_before_it(fichier: Path) -> None:
    relatif = fichier.relative_to(ROOT).as_posix()
    ici = section(relatif)
    for ligne, nom in importes(fichier):
        la = section(nom)
        if ici is None or la is None or la <= ici or (relatif, nom) in DEMANDES:
            continue
        pytest.fail(
            f"{relatif}:{ligne}: {SECTIONS[ici]} may not import {nom}, whose room comes after it. What needs both goes "
            f"to {SECTIONS[la]} or later, or is read in models/"
        )


def test_every_file_has_its_room() -> None:
    dossiers = {f.relative_to(ROOT).parent.as_posix() for f in _sources() if f.name not in ("__init__.py", "frame.py")}
    dehors = {d for d in dossiers if d.split("/")[0] in ("services", "ui")} - {
        f"{etage}/{s}" for etage in ("services", "ui") for s in SECTIONS
    }
    assert not dehors, "a file of services/ or ui/ goes to a room of SECTIONS; a new room takes its place in that list"


def test_the_drawing_is_that_of_the_code() -> None:
    if architecture.DOCUMENT.read_text(encoding="utf-8") != architecture.dessin():
        pytest.fail("docs/architecture.md is out of date: .venv/bin/python -m scripts.architecture")


def test_no_question_is_listed_in_vain() -> None:
    posees = {
        (f.relative_to(ROOT).as_posix(), nom)
        for f in _sources()
        for _, nom in importes(f)
    }  # fmt: skip
    assert not DEMANDES - posees, "nobody imports these any more: take them out of DEMANDES"


@pytest.mark.parametrize(
    "fichier",
    [f for f in sources("services") if f.name != "__init__.py"],
    ids=lambda f: f.relative_to(ROOT).as_posix(),
)
def test_each_service_says_where_its_tests_are(fichier: Path) -> None:
    """A test file of its name in the same room of tests/services, or one line of its docstring that leads there."""
    relatif = fichier.relative_to(ROOT)
    if (ROOT / "tests" / relatif.parent / f"test_{fichier.name}").exists():
        return
    dit = re.search(r"^Tests: (\S+\.py)\.$", ast.get_docstring(arbre(fichier)) or "", re.MULTILINE)
    sien = f"tests/{relatif.parent}/test_{fichier.name}"
    assert dit, f"{relatif}: write {sien}, or end the docstring by « Tests: the/file/that/tests/it.py. »"
    assert (ROOT / dit[1]).exists(), f"{relatif}: its docstring names {dit[1]}, which does not exist"


def _calls(noeud: ast.AST) -> set[str]:
    return {n.func.id for n in ast.walk(noeud) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


@pytest.mark.parametrize("ecran", sources("pages"), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_page_begins_with_its_guard(ecran: Path) -> None:
    for noeud in arbre(ecran).body:
        defines = isinstance(noeud, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        constante = isinstance(noeud, ast.Assign | ast.AnnAssign) and not _calls(noeud)
        docstring = isinstance(noeud, ast.Expr) and isinstance(noeud.value, ast.Constant)
        if defines or constante or docstring:
            continue
        assert "require_agent" in _calls(noeud), f"{ecran.name}:{noeud.lineno}: `agent = require_agent()` comes first"
        return
    pytest.fail(f"{ecran.name}: no require_agent()")


@pytest.mark.parametrize("ecran", sources("pages"), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_page_is_short(ecran: Path) -> None:
    """What it does, not how many lines its imports and arguments take; what overflows goes to its room of `ui/`."""
    actes = sum(
        isinstance(n, ast.stmt) and not isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(arbre(ecran))
    )
    assert actes <= INSTRUCTIONS, (
        f"{ecran.relative_to(ROOT)}: {actes} statements, {INSTRUCTIONS} at most; the rest goes to ui/"
    )


# A migration is written once.
LUS = [f for f in [*_sources(), *sources("scripts", "benchmarks")] if "versions" not in f.parts]


@pytest.mark.parametrize("fichier", LUS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_file_is_read_in_one_sitting(fichier: Path) -> None:
    lignes = len(fichier.read_text(encoding="utf-8").splitlines())
    assert lignes <= 500, f"{fichier.relative_to(ROOT)}: {lignes} lines, 500 at most; cut it where the trade cuts it"


@pytest.mark.parametrize("fichier", LUS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_function_is_read_at_a_glance(fichier: Path) -> None:
    """From its `def` to its last line: the docstring counts, the decorators do not."""
    longues = {
        f"{f.name} (line {f.lineno})": n
        for f in ast.walk(arbre(fichier))
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) and (n := (f.end_lineno or 0) - f.lineno + 1) > 60
    }
    assert longues == {}, f"{fichier.relative_to(ROOT)}: 60 lines at most; cut it where the trade cuts it"


@pytest.mark.parametrize("fichier", _sources(), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_never_written(fichier: Path) -> None:
    for noeud in ast.walk(arbre(fichier)):
        if isinstance(noeud, ast.keyword):
            assert noeud.arg != "unsafe_allow_html", f"line {noeud.value.lineno}: {noeud.arg}"
            assert noeud.arg != "unsafe_allow_javascript", f"line {noeud.value.lineno}: {noeud.arg}"
        if isinstance(noeud, ast.ExceptHandler):
            assert noeud.type is not None, f"line {noeud.lineno}: an except names its class"


@pytest.mark.parametrize(
    "fichier",
    [f for f in _sources() if f.relative_to(ROOT).parts[0] in ("services", "pages", "ui", "documents")],
    ids=lambda f: f.relative_to(ROOT).as_posix(),
)
def test_only_horloge_reads_a_clock(fichier: Path) -> None:
    if fichier.name == "horloge.py":
        return
    for noeud in ast.walk(arbre(fichier)):
        if (
            isinstance(noeud, ast.Call)
            and isinstance(noeud.func, ast.Attribute)
            and isinstance(noeud.func.value, ast.Name)
        ):
            appel = f"{noeud.func.value.id}.{noeud.func.attr}"
            assert appel not in {"datetime.now", "datetime.utcnow", "date.today", "datetime.today"}, (
                f"{fichier.name}:{noeud.lineno}: {appel}(); the time comes from services.socle.horloge, as an argument"
            )


@pytest.mark.parametrize(
    "fichier",
    [f for f in _sources() if f.relative_to(ROOT).parts[0] == "services" and f.name not in ("db.py", "schema.py")],
    ids=lambda f: f.name,
)
def test_services_never_commit(fichier: Path) -> None:
    for noeud in ast.walk(arbre(fichier)):
        if isinstance(noeud, ast.Call) and isinstance(noeud.func, ast.Attribute):
            assert noeud.func.attr not in ("commit", "rollback"), (
                f"{fichier.name}:{noeud.lineno}: {noeud.func.attr}() is whoever opened the session's to say"
            )


def test_tests_read_the_sources_through_one_reader() -> None:
    directs = [f.name for f in sources("tests") if re.search(r"ROOT\b.*\.r?glob\(", f.read_text(encoding="utf-8"))]
    assert directs == ["sources.py"], "tests/sources.py refuses an empty folder, on which a test would pass"
