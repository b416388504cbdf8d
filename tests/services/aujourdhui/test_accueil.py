"""What waits for the team, and the week that is shown."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session

from models import Reunion
from models.lists import EtatReunion, TypeReunion
from services.agenda import programmation
from services.aujourdhui import accueil
from services.aujourdhui.accueil import MAX_A_SAISIR
from tests.cast import Cast

MARDI = date(2026, 11, 24)


def reunion(session: Session, cast: Cast, titre: str, quand: str) -> int:
    debut = datetime.fromisoformat(quand)
    saisie = programmation.Saisie(TypeReunion.AUTRE, None, titre, debut, debut + timedelta(hours=1))
    return programmation.creer(session, saisie=saisie, jeton=uuid4().hex, by=cast.secretaire)


@pytest.mark.parametrize(
    ("today", "debut", "fin"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 29)),  # Monday
        (date(2026, 11, 27), date(2026, 11, 23), date(2026, 11, 29)),  # Friday
        (date(2026, 11, 28), date(2026, 11, 28), date(2026, 12, 6)),  # Saturday: what remains, and the next week
        (date(2026, 11, 29), date(2026, 11, 29), date(2026, 12, 6)),
    ],
)
def test_the_week_shown(today: date, debut: date, fin: date) -> None:
    assert accueil.bornes(today) == (debut, fin)


def test_the_meetings_of_the_week_in_order(session: Session, cast: Cast) -> None:
    for titre, quand in [
        ("dimanche d’avant", "2026-11-22T22:00"),
        ("jeudi", "2026-11-26T09:00"),
        ("lundi", "2026-11-23T00:00"),
        ("dimanche soir", "2026-11-29T23:00"),
        ("lundi d’après", "2026-11-30T00:00"),
    ]:
        reunion(session, cast, titre, quand)
    semaine = accueil.semaine(session, today=MARDI)
    assert [r.titre for r in semaine.reunions] == ["lundi", "jeudi", "dimanche soir"]
    assert not semaine.suivante


def test_what_began_and_is_not_written_waits_the_latest_first(session: Session, cast: Cast) -> None:
    now = datetime.fromisoformat("2026-11-24T10:00")
    ids = [reunion(session, cast, f"r{n}", f"2026-11-{10 + n}T10:00") for n in range(7)]
    reunion(session, cast, "à venir", "2026-11-24T10:01")
    tenue = session.get(Reunion, ids[6])
    assert tenue is not None
    tenue.etat = EtatReunion.TENUE
    session.add(tenue)
    session.flush()
    attente = accueil.attente(session, now=now)
    assert attente.nb_a_saisir == 6
    assert [r.titre for r in attente.a_saisir] == ["r5", "r4", "r3", "r2", "r1"]
    assert len(attente.a_saisir) == MAX_A_SAISIR


def test_nothing_waits_on_an_empty_base(session: Session) -> None:
    attente = accueil.attente(session, now=datetime.fromisoformat("2026-11-24T10:00"))
    assert (attente.nb_a_saisir, attente.nb_en_retard, attente.ouvertes, attente.a_inscrire) == (0, 0, 0, 0)
    assert attente.vide
