"""One line per command: who, when, what."""

from sqlmodel import Session

from models import Journal
from services.acteur import Acteur
from services.horloge import utcnow


def note(session: Session, *, by: Acteur, acte: str, objet: str, objet_id: int | None, resume: str) -> None:
    """Write the journal line of a command, in its own transaction: they live or die together."""
    session.add(Journal(quand=utcnow(), agent_id=by.id, acte=acte, objet=objet, objet_id=objet_id, resume=resume[:300]))
