"""`make test SECTION=…` runs the tests of a room and of those above it."""

from settings import ROOT
from tests.sections import a_partir_de
from tests.sources import sources
from tests.test_imports import SECTIONS

FICHIERS = set(sources("tests", motif="test_*.py"))


def test_a_room_runs_its_own_tests_and_those_above() -> None:
    siens = {f for f in FICHIERS if f.parent.name in SECTIONS}
    assert len(siens) > 50
    assert [f for f in siens if f not in a_partir_de(f.parent.name, FICHIERS)] == []
    menu = ROOT / "tests" / "browser" / "test_accueil.py"
    assert menu in a_partir_de("agenda", FICHIERS)


def test_what_stands_under_is_left_out() -> None:
    texte = ROOT / "tests" / "services" / "socle" / "test_texte.py"
    assert texte in a_partir_de("socle", FICHIERS)
    assert texte not in a_partir_de("courrier", FICHIERS)


def test_what_is_about_the_whole_house_always_runs() -> None:
    partout = {ROOT / "tests" / "browser" / "test_accessibilite.py", ROOT / "tests" / "test_readme.py"}
    assert partout <= a_partir_de(SECTIONS[-1], FICHIERS)
