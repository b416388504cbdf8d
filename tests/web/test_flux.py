"""Calendar addresses over HTTP: read without a session, by programs of others; closed on everything else."""

from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import icalendar
import pytest
import vobject
from sqlmodel import select

from models import Agent, Flux, Journal
from models.lists import TypeReunion
from services.administration import flux
from services.agenda import programmation
from services.commun import connexions
from services.socle.acteur import Acteur
from services.socle.horloge import utcnow
from tests.serveur import Serveur
from tests.web.outils import visiteur
from web.flux import ESSAIS


def acteur(session, identifiant: str) -> Acteur:
    agent = session.exec(select(Agent).where(Agent.identifiant == identifiant)).one()
    return Acteur(agent.id, agent.nom, agent.role)


@pytest.fixture(scope="module")
def secret(serveur: Serveur) -> str:
    """An address, and two meetings at 18:00 on each side of the change of clocks."""
    with serveur.session() as session:
        by = acteur(session, "responsable")
        flux.activer(session, oui=True, by=by)
        for jour in (datetime(2027, 3, 27, 18), datetime(2027, 3, 28, 18)):
            saisie = programmation.Saisie(TypeReunion.TECHNIQUE, None, "Titre libre", jour, jour + timedelta(hours=2))
            programmation.creer(session, saisie=saisie, jeton=uuid4().hex, by=by)
        return flux.creer(session, jeton=uuid4().hex, now=utcnow(), by=by)


def test_others_programs_read_it_logged_out_in_town_time(serveur: Serveur, secret: str) -> None:
    with visiteur(serveur) as client:
        reponse = client.get(f"/agenda/{secret}.ics")
    assert reponse.status_code == 200
    assert reponse.headers["content-type"] == "text/calendar; charset=utf-8"
    assert reponse.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in reponse.headers
    for evenements in (
        [(str(e.summary.value), e.dtstart.value) for e in vobject.readOne(reponse.text).vevent_list],
        [(str(e["SUMMARY"]), e["DTSTART"].dt) for e in icalendar.Calendar.from_ical(reponse.text).walk("VEVENT")],
    ):
        assert [t for t, _ in evenements] == ["Réunion technique"] * 2
        assert [d.replace(tzinfo=None).hour for _, d in evenements] == [18, 18]
        assert [d.utcoffset() for _, d in evenements] == [timedelta(hours=1), timedelta(hours=2)]


def test_what_did_not_change_is_not_sent_again(serveur: Serveur, secret: str) -> None:
    with visiteur(serveur) as client:
        etiquette = client.get(f"/agenda/{secret}.ics").headers["etag"]
        encore = client.get(f"/agenda/{secret}.ics", headers={"If-None-Match": etiquette})
    assert (encore.status_code, encore.content) == (304, b"")
    with serveur.session() as session:
        assert session.exec(select(Flux)).one().lu_le is not None


def test_the_secret_opens_nothing_else_and_is_written_nowhere(serveur: Serveur, secret: str) -> None:
    with visiteur(serveur) as client:
        assert client.get(f"/agenda/{secret}").status_code == 303  # the sign-in page
        assert client.get(f"/agenda/{secret}.ics/x").status_code == 303
        assert client.get(f"/agenda/../comptes/{secret}.ics").status_code == 303
        assert client.post(f"/agenda/{secret}.ics").status_code in {401, 405}
        assert client.get("/comptes", headers={"Cookie": f"carnet={secret}"}).status_code == 303
    assert secret not in serveur.log(100_000)
    with serveur.session() as session:
        assert not any(secret in ligne.resume for ligne in session.exec(select(Journal)).all())
        assert connexions.empreinte(secret) == session.exec(select(Flux)).one().empreinte


def test_guesses_are_refused_and_bounded(lancer) -> None:
    neuf = lancer()
    with visiteur(neuf) as client:
        statuts = [client.get(f"/agenda/{'A' * 42}{n % 10}.ics").status_code for n in range(ESSAIS + 5)]
        court = httpx.get(f"{neuf.url}/agenda/x.ics")
    assert statuts == [404] * ESSAIS + [429] * 5
    assert court.status_code == 429
