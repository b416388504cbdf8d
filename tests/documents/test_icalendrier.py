"""iCalendar objects, read back by somebody else's program (vobject)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import vobject

from documents.icalendrier import Contact, EvenementAgenda, calendrier, uid

ZONE = ZoneInfo("Europe/Paris")
LE = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def evenement(**change: object) -> EvenementAgenda:
    return EvenementAgenda(
        **{  # type: ignore[arg-type]
            "uid": uid(12),
            "titre": "Cellule de veille – Centre-ville",
            "debut": datetime(2026, 12, 8, 18, 0),
            "fin": datetime(2026, 12, 8, 20, 0),
            "modifie_le": LE,
            **change,
        }
    )


def test_civil_time_is_kept_on_both_sides_of_a_clock_change() -> None:
    for jour in (datetime(2026, 10, 20, 18), datetime(2026, 10, 27, 18)):
        lu = vobject.readOne(
            calendrier([evenement(debut=jour, fin=jour + timedelta(hours=2))], zone=ZONE).decode()
        ).vevent
        assert lu.dtstart.value.replace(tzinfo=None) == jour
        assert lu.dtstart.value.utcoffset() == jour.replace(tzinfo=ZONE).utcoffset()


def test_a_request_names_organiser_and_invitee() -> None:
    octets = calendrier(
        [
            evenement(
                organisateur=Contact("Tranquillité publique", "tranquillite@ville.example"),
                invites=[Contact('Habitat 17 "agence"; référent', "agence@habitat.example")],
                sequence=2,
            )
        ],
        zone=ZONE,
        methode="REQUEST",
    )
    c = vobject.readOne(octets.decode())
    assert c.method.value == "REQUEST"
    assert c.vevent.sequence.value == "2"
    assert c.vevent.organizer.value == "mailto:tranquillite@ville.example"
    assert [a.value for a in c.vevent.attendee_list] == ["mailto:agence@habitat.example"]


def test_a_line_break_adds_no_property() -> None:
    octets = calendrier(
        [evenement(titre="Réunion\r\nATTENDEE:mailto:x@y.example", lieu="Salle\nORGANIZER:mailto:x@y.example")],
        zone=ZONE,
    )
    c = vobject.readOne(octets.decode())
    assert not hasattr(c.vevent, "attendee")
    assert not hasattr(c.vevent, "organizer")
