"""One line per command: who, when, what."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models import Journal
from services.acteur import Acteur
from services.horloge import utcnow


def note(session: Session, *, by: Acteur, acte: str, objet: str, objet_id: int | None, resume: str) -> None:
    """Write the journal line of a command, in its own transaction: they live or die together."""
    session.add(Journal(quand=utcnow(), agent_id=by.id, acte=acte, objet=objet, objet_id=objet_id, resume=resume[:300]))


@dataclass(frozen=True)
class LigneJournal:
    """What was done, and when."""

    quand: datetime
    resume: str


def dernier(session: Session, *, agent_id: int, depuis: datetime) -> LigneJournal | None:
    """The last thing this agent wrote since that instant, sign-in apart: what a browser cut off is told."""
    ligne = session.exec(
        select(Journal)
        .where(Journal.agent_id == agent_id, col(Journal.quand) >= depuis, col(Journal.objet) != "agent")
        .order_by(col(Journal.id).desc())
        .limit(1)
    ).first()
    return LigneJournal(ligne.quand, ligne.resume) if ligne else None
