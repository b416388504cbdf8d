"""One e-mail message, in bytes: text, attached files, and the calendar event it carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime


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
) -> bytes:
    """The message as a relay, or an .eml file, takes it. `le` is aware; `message_id` without its angle brackets."""
    m = EmailMessage(policy=SMTP)
    m["From"] = Address(nom_de, addr_spec=de)
    m["To"] = Address(addr_spec=a)
    m["Subject"] = objet
    m["Date"] = format_datetime(le)
    m["Message-ID"] = f"<{message_id}>"
    m.set_content(texte)
    if evenement:
        m.add_alternative(evenement.contenu, maintype="text", subtype="calendar", cte="base64")
        partie = m.get_payload()[-1]  # type: ignore[index]
        partie.set_param("method", evenement.methode)  # type: ignore[union-attr]
        partie.set_param("charset", "utf-8")  # type: ignore[union-attr]
    for piece in pieces:
        grand, petit = piece.type_mime.split("/", 1)
        m.add_attachment(piece.contenu, maintype=grand, subtype=petit, filename=piece.nom)
    return m.as_bytes()
