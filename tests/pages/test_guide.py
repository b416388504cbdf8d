"""The guide opens from the application, at the chapter of the screen one comes from."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from ui.commun import guide
from ui.commun.navigation import PAGES

Ecran = Callable[..., AppTest]
SCRIPT = "pages/administration/guide.py"
URLS = [url for pages in PAGES.values() for _, _, _, url, *_ in pages]


@pytest.mark.parametrize("url", URLS)
def test_every_screen_has_its_chapter(ecran: Ecran, url: str) -> None:
    titre = guide.chapitre_de(url)
    assert (titre == "Guide de l’équipe") == (url == "guide"), "no chapter tells of it"
    at = ecran(SCRIPT, role="elu", chapitre=titre)
    assert not at.exception
    assert titre in {h.value for h in at.header}
    assert at.markdown


def test_a_word_finds_its_chapters(ecran: Ecran) -> None:
    at = ecran(SCRIPT)
    next(t for t in at.text_input if t.label == "Chercher dans le guide").set_value("EMARGEMENT").run()
    trouves = [c.titre for c in guide.chapitres() if "margement" in c.texte]
    assert trouves
    assert [h.value for h in at.header] == trouves
    next(t for t in at.text_input if t.label == "Chercher dans le guide").set_value("zzz").run()
    assert "Aucun chapitre" in at.info[0].value


def test_a_chapter_comes_with_those_under_it(ecran: Ecran) -> None:
    at = ecran(SCRIPT, chapitre="Actions")
    assert [h.value for h in at.header] == ["Actions", "Actions d’un partenaire"]
