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


# Screen -> a name of its address that gives records.
NUMEROS = {
    "aujourdhui/saisie.py": "reunion", "aujourdhui/a_inscrire.py": "point", "agenda/reunion.py": "id",
    "agenda/instances.py": "instance", "agenda/planifier.py": "instances", "partenaires/fiche.py": "id",
    "actions/suivi.py": "action", "actions/partenaire.py": "partenaire",
}  # fmt: skip


@pytest.mark.parametrize("voulu", ["0", "-1", "1" * 5000, "x" * 5000, "٣", "1,5"])
@pytest.mark.parametrize("script", NUMEROS)
def test_a_number_that_is_none_is_said_in_one_short_sentence(ecran: Ecran, script: str, voulu: str) -> None:
    at = ecran(f"pages/{script}", **{NUMEROS[script]: voulu})
    assert not at.exception
    dits = [str(e.value) for e in (*at.main.warning, *at.main.info, *at.main.error)]
    assert any("Cette adresse" in d for d in dits), dits
    assert max(map(len, dits)) < 300
