"""What the charts cost the server on a base of 20,000 meetings."""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from benchmarks._base import base_20000
from models import Agent
from services import db
from services.acteur import Acteur
from settings import ROOT
from tests.bases import oublier_la_base
from tests.cast import open_session

ESSAIS = 7
SUJETS = ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions")
PERIODES: dict[str, dict[str, str]] = {
    "12 mois": {"periode": "12 derniers mois"},
    "dix ans": {"periode": "Dates libres", "du": "2000-01-01", "au": "2035-12-31"},
}


def figures() -> dict[str, float]:
    """`charts_20000_ms`: one run of the slowest chart screen, over a year and over all meetings; median of seven."""
    with tempfile.TemporaryDirectory() as dossier:
        url = base_20000(Path(dossier))
        with mock.patch.dict(os.environ, {"DATABASE_URL": url, "DATA_DIR": dossier}):
            oublier_la_base()
            durees = {f"{s}, {p}": _duree(s, demande) for s in SUJETS for p, demande in PERIODES.items()}
            oublier_la_base()
    print(*(f"{nom} : {ms:.0f} ms" for nom, ms in durees.items()), sep="\n", file=sys.stderr)
    return {"charts_20000_ms": round(max(durees.values()))}


def _duree(sujet: str, demande: dict[str, str]) -> float:
    with db.writing() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
        ouverte = open_session(session, Acteur(agent.id, agent.nom, agent.role))
    ecran = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    ecran.user = {"session": str(ouverte)}
    ecran.run()
    ecran.query_params.update({"sujet": sujet} | demande)
    ecran.switch_page(str(ROOT / "pages" / "pilotage" / "graphiques.py")).run()
    assert not ecran.exception, sujet
    assert ecran.subheader, sujet  # a chart is there
    durees = []
    for _ in range(ESSAIS):
        debut = time.perf_counter()
        ecran.run()
        durees.append(1000 * (time.perf_counter() - debut))
    return statistics.median(durees)
