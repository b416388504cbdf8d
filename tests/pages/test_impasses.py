"""No end of road: whatever a screen refuses or has nothing of, something on it leads on."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from ui.navigation import PAGES

Ecran = Callable[..., AppTest]
SCRIPTS = [f"pages/{script}" for pages in PAGES.values() for script, *_ in pages]
INCONNU = "987654"
ADRESSE = dict.fromkeys(("id", "reunion", "partenaire", "participation", "fonction"), INCONNU)


@pytest.mark.parametrize("script", SCRIPTS)
def test_something_leads_on(ecran: Ecran, script: str) -> None:
    """On an empty base, with the address of something that is not there (any more)."""
    at = ecran(script, role="responsable", **ADRESSE)
    assert not at.exception
    gestes = [*at.main.get("page_link"), *at.main.button, *at.main.get("file_uploader")]
    assert gestes, [str(e.value) for e in (*at.main.info, *at.main.error, *at.main.caption)]
