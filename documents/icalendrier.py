"""Meetings as iCalendar (RFC 5545): in town time, with its VTIMEZONE; an event sent to invitees (RFC 5546), a feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

from models.lists import Reponse
from services.convocation.convocations import Invitation, uid
from services.socle.texte import clean

__all__ = [
    "Contact",
    "EvenementAgenda",
    "calendrier",
    "invitation",
    "uid",
]  # uid: that of services/convocation/convocations.py

PRODUIT = "-//Ville de La Rochelle//Carnet de veille//FR"


@dataclass(frozen=True)
class Contact:
    """Somebody of an event, by organisation and function, and what they answered."""

    nom: str
    courriel: str
    reponse: Reponse = Reponse.SANS_REPONSE


@dataclass(frozen=True)
class EvenementAgenda:
    """`debut` and `fin` are civil time of the town; `modifie_le` is an instant. `provisoire`: not sure yet."""

    uid: str
    titre: str
    debut: datetime
    fin: datetime
    modifie_le: datetime
    lieu: str = ""
    description: str = ""
    commentaire: str = ""
    sequence: int = 0
    annule: bool = False
    provisoire: bool = False
    organisateur: Contact | None = None
    invites: Sequence[Contact] = field(default_factory=tuple)


_PARTSTAT = {
    Reponse.VIENT: "ACCEPTED",
    Reponse.EXCUSE: "DECLINED",
    Reponse.REMPLACE: "DELEGATED",
    Reponse.SANS_REPONSE: "NEEDS-ACTION",
}


def invitation(i: Invitation, *, zone: ZoneInfo) -> bytes:
    """What a message to one invitee carries; nobody else called is named in it."""
    organisateur = Contact(i.organisateur, i.courriel_organisateur) if i.courriel_organisateur else None
    invites = [] if i.methode == "PUBLISH" else [Contact(i.invite, i.courriel_invite, i.reponse)]
    evenement = EvenementAgenda(
        uid=i.uid,
        titre=i.titre,
        debut=i.debut,
        fin=i.fin,
        modifie_le=i.modifie_le,
        lieu=i.lieu,
        commentaire=i.mot,
        sequence=i.sequence,
        annule=i.annule,
        organisateur=organisateur,
        invites=invites,
    )
    return calendrier([evenement], zone=zone, methode=i.methode)


def calendrier(
    evenements: Iterable[EvenementAgenda], *, zone: ZoneInfo, methode: str = "PUBLISH", nom: str = ""
) -> bytes:
    """A whole .ics. `methode`: PUBLISH for a feed, REQUEST or CANCEL for a message to invitees."""
    c = Calendar()
    c.add("prodid", PRODUIT)
    c.add("version", "2.0")
    c.add("calscale", "GREGORIAN")
    c.add("method", methode)
    if nom:
        c.add("x-wr-calname", nom)
    if fuseau := _fuseau(zone):
        c.add_component(fuseau)
    for e in evenements:
        c.add_component(_evenement(e, zone))
    c.add_missing_timezones()  # a zone that changes its clocks another day than the Union
    octets: bytes = c.to_ical()
    return octets


# Directive 2000/84/CE, articles 2 and 3: the last Sundays of March and October, at 1:00 UTC.
_ETE, _HIVER = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)


def _fuseau(zone: ZoneInfo) -> Timezone | None:
    """The VTIMEZONE of a zone of the Union, as two rules. The library writes one date a year, which Outlook and others
    misread: an hour off in summer (seen with vobject). None for a zone with other rules."""
    seconde = timedelta(seconds=1)
    hiver, ete = ((x.astimezone(zone).utcoffset() or timedelta()) for x in (_ETE - seconde, _ETE))
    if ete - hiver != timedelta(hours=1) or _HIVER.astimezone(zone).utcoffset() != hiver:
        return None
    f = Timezone()
    f.add("tzid", zone.key)
    for partie, nom, avant, apres, bascule, mois in (
        (TimezoneDaylight(), "CEST", hiver, ete, _ETE, 3),
        (TimezoneStandard(), "CET", ete, hiver, _HIVER, 10),
    ):
        locale = (bascule + avant).replace(tzinfo=None)
        partie.add("dtstart", locale.replace(year=1996, day=31 if mois == 3 else 27))
        partie.add("rrule", vRecur(freq="yearly", bymonth=mois, byday="-1SU"))
        partie.add("tzoffsetfrom", avant)
        partie.add("tzoffsetto", apres)
        partie.add("tzname", nom)
        f.add_component(partie)
    return f


def _evenement(e: EvenementAgenda, zone: ZoneInfo) -> Event:
    x = Event()
    x.add("uid", e.uid)
    x.add("dtstamp", e.modifie_le)
    x.add("last-modified", e.modifie_le)
    x.add("dtstart", e.debut.replace(tzinfo=zone))
    x.add("dtend", e.fin.replace(tzinfo=zone))
    x.add("summary", clean(e.titre))
    x.add("sequence", e.sequence)
    x.add("status", "CANCELLED" if e.annule else "TENTATIVE" if e.provisoire else "CONFIRMED")
    if e.lieu:
        x.add("location", clean(e.lieu))
    if e.description:
        x.add("description", clean(e.description, lignes=True))
    if e.commentaire:
        x.add("comment", clean(e.commentaire, lignes=True))
    if e.organisateur:
        x["organizer"] = _adresse(e.organisateur)
    for invite in e.invites:
        adresse = _adresse(invite)
        adresse.params["PARTSTAT"] = vText(_PARTSTAT[invite.reponse])
        adresse.params["RSVP"] = vText("TRUE" if invite.reponse is Reponse.SANS_REPONSE else "FALSE")
        adresse.params["ROLE"] = vText("REQ-PARTICIPANT")
        x.add("attendee", adresse, encode=False)
    return x


def _adresse(contact: Contact) -> vCalAddress:
    adresse = vCalAddress(f"mailto:{contact.courriel}")
    if contact.nom:
        adresse.params["CN"] = vText(clean(contact.nom).replace('"', "’"))
    return adresse
