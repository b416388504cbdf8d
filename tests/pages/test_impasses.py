"""No end of road: whatever a screen refuses or has nothing of, something on it leads on."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.proto.PageLink_pb2 import PageLink
from streamlit.testing.v1 import AppTest

from demo import annee, ville
from models import Agent
from services.socle import db
from services.socle.horloge import aujourdhui
from tests.cast import Cast
from ui.commun.navigation import PAGES

Ecran = Callable[..., AppTest]
SCRIPTS = [f"pages/{script}" for pages in PAGES.values() for script, *_ in pages]
INCONNU = "987654"
_NULLE_PART = re.compile("ne désigne|n’existe")
ADRESSE = dict.fromkeys(("id", "reunion", "partenaire", "participation", "fonction"), INCONNU)


@pytest.mark.parametrize("script", SCRIPTS)
def test_something_leads_on(ecran: Ecran, script: str) -> None:
    """On an empty base, with the address of something that is not there (any more)."""
    at = ecran(script, role="responsable", **ADRESSE)
    assert not at.exception
    gestes = [*at.main.get("page_link"), *at.main.button, *at.main.get("file_uploader")]
    assert gestes, [str(e.value) for e in (*at.main.info, *at.main.error, *at.main.caption)]


def suivre(ecran: Ecran, lien: Any, role: str) -> AppTest:
    """The screen that a link opens, and nothing in its way."""
    script = next(
        f"pages/{s}" for pages in PAGES.values() for s, _, _, url, *_ in pages if url == (lien.page or "accueil")
    )
    at = ecran(script, role=role, **{n: v[0] for n, v in parse_qs(lien.query_string).items()})
    assert not at.exception, (lien, at.exception)
    return at


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["responsable", "secretaire", "elu"])
def test_every_link_of_every_screen_leads_to_what_it_names(
    ecran: Ecran, cast_base: Cast, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the demo year, from screen to screen: one link of each kind, of those that this role is shown."""
    monkeypatch.setattr(ville.comptes, "creer", lambda *_, **__: None)  # the cast is there
    with db.writing() as session:
        session.get_one(Agent, cast_base.elu.id).identifiant = "lecture"
        session.flush()
        annee.remplir(session, today=aujourdhui())
    agent = getattr(cast_base, role)
    permis = {url for pages in PAGES.values() for *_, url, droit, _ in pages if agent.peut(droit)}
    vus: set[tuple[str, ...]] = set()
    menu = [url for pages in PAGES.values() for *_, url, _, visible in pages if visible and url in permis]
    file = [("menu", PageLink(page="" if url == "accueil" else url)) for url in menu]
    fautes: list[str] = []
    while file:
        de, lien = file.pop()
        genre = (lien.page, *sorted(parse_qs(lien.query_string)))
        if lien.external or genre in vus:
            continue
        vus.add(genre)
        if (lien.page or "accueil") not in permis:
            fautes.append(f"{de} → {lien.page}")
            continue
        at = suivre(ecran, lien, role)
        mots = " ".join(str(e.value) for e in (*at.main.warning, *at.main.error))
        fautes += [f"{de} → {lien.page}?{lien.query_string} : {mots}"] * bool(_NULLE_PART.search(mots))
        file += [(lien.page, x.proto) for x in at.main.get("page_link")]
    assert not fautes


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


@pytest.mark.parametrize(
    ("script", "nom", "voulu"),
    [("agenda/planifier.py", "debut", "9999-12-31"), ("agenda/planifier.py", "fin", "0001-01-01"),
     ("agenda/planifier.py", "fin", "2026-02-30"), ("agenda/planifier.py", "instances", "1,abc"),
     ("administration/journal.py", "depuis", "0001-01-01"), ("agenda/calendrier.py", "jour", "0026-03-04")],
)  # fmt: skip
def test_a_day_out_of_the_calendar_is_said_and_left_out(ecran: Ecran, script: str, nom: str, voulu: str) -> None:
    at = ecran(f"pages/{script}", **{nom: voulu})
    assert not at.exception
    assert any("Cette adresse demande" in str(e.value) for e in at.main.warning)
    assert not any("passée" in str(e.value) for e in (*at.main.markdown, *at.main.error))
