"""A base as it may be after many years: 20,000 meetings with nine presences, two points and an action each; and what
a screen costs the server on it."""

import os
import random
import statistics
import tempfile
import time as horloge
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from unittest import mock

from sqlmodel import Session, insert, select
from streamlit.testing.v1 import AppTest

from models import Action, Agent, Categorie, Instance, Partenaire, Point, Presence, Quartier, Reunion, Theme
from models.lists import EtatAction, EtatPresence, EtatReunion, TypeReunion
from services import db, instances, schema
from services.acteur import SYSTEME, Acteur
from services.db import make_engine
from services.horloge import aujourdhui, utcnow
from services.imports import charger_reference
from settings import ROOT
from tests.bases import oublier_la_base
from tests.cast import create_cast, open_session

REUNIONS = 20_000
JOURS = 3650  # they spread over the ten years before today
_PAR_ENVOI = 20_000
ESSAIS = 7


def base_20000(dossier: Path) -> str:
    """Build that base (SQLite) in `dossier`, always the same but for today's date; its address."""
    url = f"sqlite:///{dossier / 'carnet.db'}"
    moteur = make_engine(url)
    schema.migrate(moteur)
    with moteur.connect().execution_options(writer=True) as connection, Session(connection) as session:
        charger_reference(session, by=SYSTEME)
        create_cast(session)
        instances.creer_manquantes(session, by=SYSTEME)
        session.flush()
        for table, lignes in _lignes(session, random.Random(1), aujourdhui()).items():  # noqa: S311
            for i in range(0, len(lignes), _PAR_ENVOI):
                session.execute(insert(table), lignes[i : i + _PAR_ENVOI])
        session.commit()
    moteur.dispose()
    return url


def _lignes(session: Session, hasard: random.Random, today: date) -> dict[type, list[dict[str, object]]]:
    categories = session.exec(select(Categorie.id).order_by(Categorie.id)).all()
    session.execute(
        insert(Partenaire),
        [
            {"nom": f"Structure {n}", "categorie_id": hasard.choice(categories), "version": 1, "recherche": ""}
            for n in range(400)
        ],
    )
    partenaires = session.exec(select(Partenaire.id).order_by(Partenaire.id)).all()
    corps = session.exec(select(Instance.id, Instance.type).order_by(Instance.id)).all()
    themes = session.exec(select(Theme.id).order_by(Theme.id)).all()
    quartiers = session.exec(select(Quartier.id).order_by(Quartier.id)).all()
    lignes: dict[type, list[dict[str, object]]] = {Reunion: [], Presence: [], Point: [], Action: []}
    for id in range(1, REUNIONS + 1):
        instance_id, type_ = hasard.choice(corps) if hasard.random() < 0.9 else (None, TypeReunion.AUTRE)
        jour = today - timedelta(days=hasard.randrange(JOURS))
        debut = datetime.combine(jour, time(hasard.randrange(9, 19)))
        lignes[Reunion].append(
            {
                "id": id,
                "version": 1,
                "type": type_,
                "instance_id": instance_id,
                "titre": f"Réunion {id}",
                "debut": debut,
                "fin": debut + timedelta(hours=2),
                "etat": hasard.choices((EtatReunion.TENUE, EtatReunion.CLOSE, EtatReunion.ANNULEE), (60, 35, 5))[0],
                "motif": "",
            }
        )
        lignes[Presence] += [
            {
                "version": 1,
                "reunion_id": id,
                "partenaire_id": p,
                "fonction": "",
                "etat": hasard.choices(list(EtatPresence), (60, 20, 10, 10))[0],
                "ordre": n,
            }
            for n, p in enumerate(hasard.sample(partenaires, 9))
        ]
        lignes[Point] += [
            {
                "version": 1,
                "instance_id": instance_id,
                "reunion_id": id,
                "ordre": n,
                "theme_id": hasard.choice(themes),
                "quartier_id": hasard.choice([*quartiers, None]),
                "lieu": "",
                "note": "Situation signalée à plusieurs reprises, en soirée",
                "reponse": "",
                "texte_public": "",
                "cree_le": utcnow(),
            }
            for n in range(2)
        ]
        etat = hasard.choices(list(EtatAction), (10, 10, 70, 10))[0]
        lignes[Action].append(
            {
                "version": 1,
                "instance_id": instance_id,
                "reunion_id": id,
                "quoi": "Passages réguliers en soirée",
                "pilote_id": hasard.choice(partenaires),
                "echeance": jour + timedelta(days=60),
                "etat": etat,
                "motif": "Sans objet" if etat is EtatAction.ABANDONNEE else "",
            }
        )
    return lignes


@contextmanager
def sur_20000() -> Iterator[None]:
    """That base, for the screens run meanwhile."""
    with tempfile.TemporaryDirectory() as dossier:
        url = base_20000(Path(dossier))
        with mock.patch.dict(os.environ, {"DATABASE_URL": url, "DATA_DIR": dossier}):
            oublier_la_base()
            yield
            oublier_la_base()


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
    assert ecran.subheader, (page, adresse)  # there is something to see
    durees = []
    for _ in range(ESSAIS):
        debut = horloge.perf_counter()
        ecran.run()
        durees.append(1000 * (horloge.perf_counter() - debut))
    return statistics.median(durees)
