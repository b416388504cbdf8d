"""What waits for the agent who signs in: meetings to write up, the week, late actions, points to inscribe."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from services import actions, points, reunions
from services.reunions import ReunionVue

MAX_A_SAISIR = 5
MAX_SEMAINE = 25


@dataclass(frozen=True)
class Semaine:
    """The meetings of a week; `suivante` on a week-end: what remains of it, and the week that comes."""

    debut: date
    fin: date
    suivante: bool
    reunions: list[ReunionVue]


@dataclass(frozen=True)
class Attente:
    """What waits, restricted: never for the élu."""

    a_saisir: list[ReunionVue]
    nb_a_saisir: int
    en_retard: int
    ouvertes: int
    a_inscrire: int


def bornes(today: date) -> tuple[date, date]:
    """First and last day shown: Monday to Sunday, or from a week-end day to the Sunday after the next one."""
    lundi = today - timedelta(days=today.weekday())
    if today.weekday() < 5:
        return lundi, lundi + timedelta(days=6)
    return today, lundi + timedelta(days=13)


def semaine(session: Session, *, today: date) -> Semaine:
    """The meetings of the week, first ones first."""
    debut, fin = bornes(today)
    trouvees = reunions.entre(
        session,
        debut=datetime.combine(debut, time.min),
        fin=datetime.combine(fin + timedelta(days=1), time.min),
        limite=MAX_SEMAINE,
    )
    return Semaine(debut=debut, fin=fin, suivante=today.weekday() >= 5, reunions=trouvees)


def attente(session: Session, *, now: datetime) -> Attente:
    """What waits for the team."""
    a_saisir = reunions.a_saisir(session, now=now)
    today = now.date()
    return Attente(
        a_saisir=a_saisir[:MAX_A_SAISIR],
        nb_a_saisir=len(a_saisir),
        en_retard=actions.en_retard(session, today=today),
        ouvertes=actions.liste(session, today=today, par_page=1).total,
        a_inscrire=points.nombre_a_inscrire(session),
    )
