"""Answers that calendar programs send (iCalendar REPLY, RFC 5546 § 3.2.3), read from an .ics or .eml file.

A file comes from outside: bounded, read without following anything in it, refused with the reason.

Tests: tests/services/convocation/test_reponses.py.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from models.lists import Reponse
from services.socle.erreurs import Invalid

MESSAGE_MAX, CALENDRIER_MAX, PARTIES_MAX, EVENEMENTS_MAX = 5_000_000, 200_000, 50, 20
_OUTLOOK = b"\xd0\xcf\x11\xe0"
_ETATS = {
    "ACCEPTED": Reponse.VIENT,
    "DECLINED": Reponse.EXCUSE,
    "DELEGATED": Reponse.REMPLACE,
    "TENTATIVE": Reponse.SANS_REPONSE,
}
_METHODES = {
    "REQUEST": "Ce fichier est une invitation, pas une réponse.",
    "CANCEL": "Ce fichier est une annulation, pas une réponse.",
    "COUNTER": "Ce fichier propose une autre date : ce n’est pas une réponse. Voyez avec son auteur.",
    "PUBLISH": "Ce fichier est un agenda, pas une réponse.",
}


@dataclass(frozen=True)
class ReponseLue:
    """One answer: to which event, from which address. `quand` is its DTSTAMP, if it can be read."""

    uid: str
    courriel: str
    reponse: Reponse
    sequence: int
    quand: datetime | None
    provisoire: bool  # "peut-être"
    remplacant: str = ""  # whom the delegation names, as it names them


def lire(contenu: bytes) -> list[ReponseLue]:
    """The answers that a file holds.

    Raises:
        Invalid: it holds none, and why.
    """
    if not contenu:
        raise Invalid({"fichier": "Ce fichier est vide."})
    if contenu.startswith(_OUTLOOK):
        raise Invalid({"fichier": "Ce message est au format d’Outlook (.msg) : enregistrez-le en .eml ou .ics."})
    if len(contenu) > MESSAGE_MAX:
        raise Invalid({"fichier": "Ce fichier est trop lourd pour une réponse : 5 Mo au plus."})
    try:
        agendas = [contenu] if _est_agenda(contenu) else _agendas_du_message(contenu)
        lues = [r for a in agendas for r in _reponses(a)]
    except RecursionError as error:
        raise Invalid({"fichier": "Ce fichier est trop imbriqué pour être lu : il est refusé."}) from error
    # A message holds the same answer twice, as a part and as an attached file.
    return list(dict.fromkeys(lues))


def _est_agenda(contenu: bytes) -> bool:
    return contenu.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"


def _agendas_du_message(contenu: bytes) -> list[bytes]:
    if b"\0" in contenu[:2000] or not re.match(rb"[!-9;-~]+[ \t]*:|From ", contenu):
        raise Invalid({"fichier": "Ce fichier n’est ni un message (.eml) ni un agenda (.ics)."})
    agendas: list[bytes] = []
    for n, partie in enumerate(message_from_bytes(contenu).walk()):
        if n >= PARTIES_MAX:
            raise Invalid({"fichier": "Ce message a trop de parties : il est refusé."})
        if octets := _agenda(partie):
            agendas.append(octets)
    if not agendas:
        raise Invalid(
            {"fichier": "Ce message ne contient pas de réponse d’agenda. Lisez-le, puis cochez la réponse à la main."}
        )
    return agendas


def _agenda(partie: Message) -> bytes:
    if partie.get_content_type() not in ("text/calendar", "application/ics"):
        return b""
    octets = partie.get_payload(decode=True)
    return octets if isinstance(octets, bytes) else b""


def _reponses(contenu: bytes) -> list[ReponseLue]:
    if len(contenu) > CALENDRIER_MAX:
        raise Invalid({"fichier": "Cet agenda est trop lourd pour une réponse : 200 ko au plus."})
    try:
        agenda = Calendar.from_ical(contenu.decode("utf-8-sig", "replace"))
        evenements = [c for c in agenda.subcomponents if c.name == "VEVENT"]
        methode = str(agenda.get("METHOD", "")).upper()
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Invalid({"fichier": "Cet agenda est illisible : il est refusé."}) from error
    if methode != "REPLY":
        raise Invalid({"fichier": _METHODES.get(methode, "Cet agenda n’est pas une réponse à une invitation.")})
    if not 1 <= len(evenements) <= EVENEMENTS_MAX:
        raise Invalid({"fichier": "Cet agenda ne répond à aucune réunion, ou à trop de réunions."})
    return [_reponse(e) for e in evenements]


def _reponse(evenement: Component) -> ReponseLue:
    uid, participants = str(evenement.get("UID", "")), evenement.get("ATTENDEE", [])
    participants = participants if isinstance(participants, list) else [participants]
    if not uid or len(uid) > 255:
        raise Invalid({"fichier": "Cette réponse ne dit pas à quelle réunion elle répond."})
    delegue = next((p for p in participants if p.params.get("DELEGATED-FROM")), None)
    if len(participants) > 1:  # who delegates names the delegate too (RFC 5546, 3.2.3)
        participants = [p for p in participants if str(p.params.get("PARTSTAT", "")).upper() == "DELEGATED"]
    if len(participants) != 1:
        raise Invalid({"fichier": "Cette réponse ne dit pas de qui elle vient, ou nomme plusieurs participants."})
    participant = participants[0]
    partstat = str(participant.params.get("PARTSTAT", "")).upper()
    if partstat not in _ETATS:
        raise Invalid({"fichier": "Cette réponse ne dit ni oui ni non. Cochez-la à la main."})
    try:
        estampille = getattr(evenement.get("DTSTAMP"), "dt", None)
    except BrokenCalendarProperty:
        estampille = None
    return ReponseLue(
        uid=uid,
        courriel=re.sub(r"^mailto:", "", str(participant), flags=re.IGNORECASE).strip().lower()[:200],
        reponse=_ETATS[partstat],
        sequence=_entier(evenement.get("SEQUENCE")),
        quand=estampille if isinstance(estampille, datetime) and estampille.tzinfo else None,
        provisoire=partstat == "TENTATIVE",
        remplacant=str(delegue.params.get("CN", "")) if delegue is not None and partstat == "DELEGATED" else "",
    )


def _entier(valeur: object) -> int:
    texte = str(valeur) if valeur is not None else "0"
    return int(texte) if re.fullmatch(r"\d{1,9}", texte) else 0
