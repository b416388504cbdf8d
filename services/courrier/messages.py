"""One e-mail message, in bytes: text, attached files, and the calendar event it carries.

Tests: tests/services/convocation/test_convocations.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.socle.texte import clean


@dataclass(frozen=True)
class Piece:
    """A file attached: its name, its type ("application/pdf"), its bytes."""

    nom: str
    type_mime: str
    contenu: bytes


@dataclass(frozen=True)
class Evenement:
    """An iCalendar object and its METHOD (REQUEST, CANCEL), sent as RFC 6047 asks: a part of type text/calendar."""

    methode: str
    contenu: bytes


def message(
    *,
    de: str,
    nom_de: str,
    a: str,
    objet: str,
    texte: str,
    le: datetime,
    message_id: str,
    pieces: Sequence[Piece] = (),
    evenement: Evenement | None = None,
    brouillon: bool = False,
) -> bytes:
    """The message as a relay, or an .eml file, takes it. `le` is aware; `message_id` without its angle brackets.

    Args:
        de: "" for a draft that the agent's mail program signs with its own account.
        brouillon: for a mail program, which opens it ready to send and keeps attached files, not alternatives.
    """
    m = EmailMessage(policy=SMTP)
    if de:
        m["From"] = Address(clean(nom_de), addr_spec=de)
    m["To"] = Address(addr_spec=a)
    m["Subject"] = clean(objet)
    m["Date"] = format_datetime(le)
    m["Message-ID"] = f"<{message_id}>"
    if brouillon:
        m["X-Unsent"] = "1"
    m.set_content(texte)
    if evenement and not brouillon:
        m.add_alternative(evenement.contenu, maintype="text", subtype="calendar", cte="base64")
        _typer(m.get_payload()[-1], evenement)  # type: ignore[index,arg-type]
    for piece in pieces:
        grand, petit = piece.type_mime.split("/", 1)
        m.add_attachment(piece.contenu, maintype=grand, subtype=petit, filename=clean(piece.nom))
    if evenement and brouillon:
        m.add_attachment(evenement.contenu, maintype="text", subtype="calendar", filename="invitation.ics")
        _typer(m.get_payload()[-1], evenement)  # type: ignore[index,arg-type]
    return m.as_bytes()


def _typer(partie: EmailMessage, evenement: Evenement) -> None:
    """What Outlook and Thunderbird look for to show an invitation rather than a file."""
    partie.set_param("method", evenement.methode)
    partie.set_param("charset", "utf-8")
