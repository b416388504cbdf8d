"""Whatever is pressed or left while the base is away, on every screen: no bug, no empty page, and it is said."""

import time
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from services.socle import db
from services.socle.erreurs import Unavailable
from ui.agenda.evenements import Deplacer
from ui.commun import panne
from ui.commun.navigation import PAGES

Ecran = Callable[..., AppTest]
SCRIPTS = [f"pages/{script}" for pages in PAGES.values() for script, *_ in pages]


@pytest.fixture
def coupee(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it: the base is away until the page has waited for it once."""
    vraies = {nom: getattr(db, nom) for nom in ("reading", "writing", "accepte_ecriture")}

    def absente(*_: Any, **__: Any) -> Any:
        raise Unavailable(db.INDISPONIBLE)

    def revenir(_: float) -> None:
        for nom, vraie in vraies.items():
            monkeypatch.setattr(db, nom, vraie)

    def couper() -> None:
        monkeypatch.setattr(db, "reading", absente)
        monkeypatch.setattr(db, "writing", absente)
        monkeypatch.setattr(db, "accepte_ecriture", lambda: False)

    monkeypatch.setattr(panne, "PAUSE_S", 0.1)
    monkeypatch.setattr(panne, "time", SimpleNamespace(monotonic=time.monotonic, sleep=revenir))
    return couper


def dessines(at: AppTest) -> int:
    return len(at.main.children)


@pytest.mark.parametrize("script", SCRIPTS)
def test_pressed_while_the_base_is_away(ecran: Ecran, coupee: Callable[[], None], script: str) -> None:
    at = ecran(script, role="responsable")
    attendus = dessines(at)
    for cle in [b.key for b in at.button if b.key and not b.disabled]:
        if cle not in [b.key for b in at.button]:
            continue  # of a form that another button has begun anew
        coupee()
        at.button(key=cle).click().run()
        assert not at.exception, (cle, at.exception)
        assert dessines(at) >= attendus, cle
        assert [t.value for t in at.toast if "La base répond de nouveau" in t.value], cle
        at.run()


def champs(at: AppTest) -> dict[str, Any]:
    """The fields whose text reaches the server when they are left: those of an `st.form` keep it until it is sent."""
    tous = [c for c in (*at.text_input, *at.text_area) if c.key and not c.disabled and not c.proto.form_id]
    return {c.key: c for c in tous if c.key != "onglet"}


# Without a record these two lead to the directory, which is tried by itself.
SANS_FICHE = {"pages/partenaires/fiche.py", "pages/partenaires/personne.py"}


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s not in SANS_FICHE])
def test_left_while_the_base_is_away(ecran: Ecran, coupee: Callable[[], None], script: str) -> None:
    at = ecran(script, role="responsable")
    for cle in champs(at):
        coupee()
        champs(at)[cle].set_value("Écrit pendant la coupure").run()
        assert not at.exception, (cle, at.exception)
        assert champs(at)[cle].value == "Écrit pendant la coupure", cle


@pytest.mark.parametrize("reprise", [True, False])
def test_what_was_dragged_while_the_base_was_away_goes_back(reprise: bool) -> None:
    """The calendar still answers it once the base is back: it was said not to be saved."""

    def ecran() -> None:
        from ui.agenda.dialogues import suivre

        suivre({"callback": "eventChange"}, modifiable=True, instance_id=None)

    at = AppTest.from_function(ecran)
    at.session_state["panne.reprise"] = reprise
    geste = Deplacer(1, 1, datetime(2026, 3, 3, 9), datetime(2026, 3, 3, 10))
    with patch("ui.agenda.dialogues.lire", return_value=geste), patch("ui.agenda.dialogues.deplacer") as deplacer:
        at.run()
    assert deplacer.called is not reprise
    assert ("agenda_tour" in at.session_state) is reprise
