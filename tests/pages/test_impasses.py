"""No end of road: whatever a screen refuses or has nothing of, something on it leads on."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlmodel import col, select
from streamlit.proto.PageLink_pb2 import PageLink
from streamlit.testing.v1 import AppTest

from demo import annee
from models import Agent, Instance, Partenaire
from services import db
from services.acteur import SYSTEME
from services.horloge import aujourdhui
from services.imports import charger_reference
from tests.cast import Cast
from ui.navigation import PAGES

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
    monkeypatch.setattr(annee.comptes, "creer", lambda *_, **__: None)  # the cast is there
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


def test_the_way_to_a_partenaire_without_anyone_opens_it(ecran: Ecran) -> None:
    with db.writing() as session:
        charger_reference(session, by=SYSTEME)
        instance = session.exec(select(Instance.id).limit(1)).one()
        seul = session.exec(select(Partenaire.id).where(col(Partenaire.nom) == "ADEI 17")).one()
    at = ecran("pages/agenda/instances.py", instance=str(instance))
    at = next(x for x in at.text_input if x.label == "Ajouter un partenaire").set_value("ADEI 17").run()
    at = next(x for x in at.button_group if x.label.endswith("résultats")).set_value(seul).run()
    (lien,) = [x.proto for x in at.main.get("page_link") if "compléter la fiche" in x.proto.label]
    assert suivre(ecran, lien, "secretaire").title[0].value == "ADEI 17"
