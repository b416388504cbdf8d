"""A base as large as it may ever be, 20,000 meetings of the demo year, and what a screen costs the server on it."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest import mock

from sqlmodel import func, select
from streamlit.testing.v1 import AppTest

from demo.annee import remplir
from models import Agent, Reunion
from services.socle import db, schema
from services.socle.acteur import Acteur
from services.socle.horloge import aujourdhui
from settings import ROOT
from tests.bases import oublier_la_base
from tests.cast import open_session

ECHELLE = 103  # 20,000 meetings
ESSAIS = 7


@cache
def _dossier() -> tempfile.TemporaryDirectory[str]:
    """Where that base lies: filled once, gone with the process."""
    dossier = tempfile.TemporaryDirectory()
    with _ouverte(dossier.name):
        schema.migrate(db.engine())
        with db.writing() as session:
            remplir(session, today=aujourdhui(), scale=ECHELLE)
            assert session.exec(select(func.count()).select_from(Reunion)).one() >= 20_000
    return dossier


@contextmanager
def _ouverte(dossier: str) -> Iterator[None]:
    with mock.patch.dict(os.environ, {"DATABASE_URL": f"sqlite:///{dossier}/carnet.db", "DATA_DIR": dossier}):
        oublier_la_base()
        yield
        oublier_la_base()


@contextmanager
def sur_20000() -> Iterator[None]:
    """That base, for the screens run meanwhile."""
    with _ouverte(_dossier().name):
        yield


def duree(page: str, **adresse: str) -> float:
    """Server time of one run of that screen, in ms: the median of seven, after a first one."""
    with db.writing() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
        ouverte = open_session(session, Acteur(agent.id, agent.nom, agent.role))
    ecran = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
    ecran.user = {"session": str(ouverte)}
    ecran.run()
    ecran.query_params.update(adresse)
    ecran.switch_page(str(ROOT / page)).run()
    assert not ecran.exception, (page, adresse)
    assert ecran.header, (page, adresse)  # there is something to see
    durees = []
    for _ in range(ESSAIS):
        debut = time.perf_counter()
        ecran.run()
        durees.append(1000 * (time.perf_counter() - debut))
    return statistics.median(durees)
