"""What whoever chairs is told: theirs alone, to come and late, in counts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session

from models import Destinataire, Envoi, Reunion
from models.lists import EtatEnvoi, EtatReunion, GenreEnvoi, Reponse, TypeReunion
from services.agenda import presidences
from services.agenda.presidences import Saisie
from services.aujourdhui import presidees
from services.aujourdhui.presidees import Presidees
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.outils_agenda import Decor, creer_instance, creer_reunion, decor

NOW = datetime(2026, 11, 25, 10)


@pytest.fixture
def d(session: Session, cast: Cast) -> Decor:
    return decor(session)


def preside(session: Session, cast: Cast, **valeurs: Any) -> int:
    saisie = Saisie(**{"nom": "M. Élie Élu", "agent_id": cast.elu.id, "debut": date(2026, 1, 1)} | valeurs)
    return presidences.creer(session, saisie=saisie, jeton=uuid4().hex, by=cast.secretaire)


def lues(session: Session, cast: Cast) -> Presidees:
    siennes = presidees.lire(session, agent_id=cast.elu.id, now=NOW)
    assert siennes
    return siennes


def test_who_chairs_nothing_or_no_longer_is_told_nothing(session: Session, cast: Cast, d: Decor) -> None:
    assert presidees.lire(session, agent_id=cast.elu.id, now=NOW) is None
    preside(session, cast, fin=date(2026, 11, 24))
    assert presidees.lire(session, agent_id=cast.elu.id, now=NOW) is None
    assert presidees.lire(session, agent_id=None, now=NOW) is None


def test_theirs_alone_with_what_is_ready(session: Session, cast: Cast, d: Decor) -> None:
    preside(session, cast)
    cellule = creer_instance(session, cast, d)
    technique = creer_instance(
        session, cast, d, nom="Technique", type=TypeReunion.TECHNIQUE, quartier_ids=[d.quartier_mireuil]
    )
    id = creer_reunion(session, cast, instance_id=cellule, debut=NOW + timedelta(days=9), titre="Mienne")
    creer_reunion(session, cast, instance_id=technique, type=TypeReunion.TECHNIQUE, debut=NOW + timedelta(days=1))
    creer_reunion(session, cast, debut=NOW + timedelta(days=30), titre="Déléguée")
    autre = creer_reunion(session, cast, debut=NOW + timedelta(days=31), titre="Autre")
    session.get_one(Reunion, autre).presidee_par = "Mme Autre"
    preside(session, cast, nom="Mme Intérim", agent_id=None, interim=True, debut=date(2026, 12, 20),
            fin=date(2026, 12, 25))  # fmt: skip
    for n, (partenaire, reponse) in enumerate(((d.oph, Reponse.VIENT), (d.police, Reponse.SANS_REPONSE))):
        ligne = Destinataire(reunion_id=id, partenaire_id=partenaire, reponse=reponse)
        session.add(ligne)
        session.flush()
        session.add(
            Envoi(genre=GenreEnvoi.CONVOCATION, reunion_id=id, destinataire_id=ligne.id, partenaire_id=partenaire,
                  courriel="a@exemple.fr", objet="x", message_id=f"m{n}", etat=EtatEnvoi.REMIS, cree_le=utcnow(),
                  annonce="2026-12-04T10:00|2026-12-04T12:00||")
        )  # fmt: skip
    session.flush()
    (vue,) = lues(session, cast).a_venir
    assert (vue.reunion.titre, vue.appeles, vue.reponses, vue.points) == ("Mienne", 2, 1, 0)


def test_late_is_what_is_neither_held_nor_planned_or_not_written(session: Session, cast: Cast, d: Decor) -> None:
    preside(session, cast, secteur_id=d.mireuil)
    mireuil = creer_instance(session, cast, d)
    creer_instance(session, cast, d, nom="Centre", secteur_id=d.centre)
    siennes = lues(session, cast)
    assert [(s.secteur, s.decalee) for s in siennes.sans_date] == [("Mireuil", None)], "Centre-ville is not theirs"
    id = creer_reunion(session, cast, instance_id=mireuil, debut=datetime(2026, 9, 20, 18))
    siennes = lues(session, cast)
    assert (siennes.sans_date, [r.id for r in siennes.sans_releve], siennes.en_retard) == ([], [id], 1)
    session.get_one(Reunion, id).etat = EtatReunion.REPORTEE
    session.flush()
    siennes = lues(session, cast)
    assert [(s.secteur, s.decalee) for s in siennes.sans_date] == [("Mireuil", EtatReunion.REPORTEE)]
    session.get_one(Reunion, id).etat = EtatReunion.TENUE
    session.flush()
    assert lues(session, cast).en_retard == 0


def test_a_meeting_held_today_is_neither_to_come_nor_late(session: Session, cast: Cast, d: Decor) -> None:
    preside(session, cast)
    creer_reunion(session, cast, debut=NOW - timedelta(hours=3), fin=NOW - timedelta(hours=1))
    siennes = lues(session, cast)
    assert (siennes.a_venir, siennes.sans_releve) == ([], [])
