"""What a meeting will go through: the actions still open in its instance come first, then the points that wait."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from services.actions import suivi
from services.actions.suivi import ActionVue
from services.agenda import points
from services.agenda.points import PointVu
from services.agenda.reunions import ReunionVue
from settings import get_settings


@dataclass(frozen=True)
class OrdreDuJour:
    """`suites` is its first point: what earlier meetings decided and that is not closed."""

    suites: list[ActionVue]
    points: list[PointVu]


def lire(session: Session, *, reunion: ReunionVue, today: date) -> OrdreDuJour:
    """The ordre du jour of a meeting as it stands today, or as it stood when a meeting written up began; empty for a
    meeting of no instance."""
    if reunion.instance_id is None:
        return OrdreDuJour([], [])
    if reunion.ecrite:
        return _alors(session, reunion, reunion.instance_id)
    ouvertes = suivi.ouvertes(session, instance_id=reunion.instance_id, today=today)
    return OrdreDuJour(
        suites=[a for a in ouvertes if a.reunion_debut is None or a.reunion_debut < reunion.debut],
        points=points.a_inscrire(session, instance_id=reunion.instance_id),
    )


def _alors(session: Session, reunion: ReunionVue, instance_id: int) -> OrdreDuJour:
    jour, instant = reunion.debut.date(), reunion.debut.replace(tzinfo=get_settings().zone)
    ouvertes = suivi.ouvertes(session, instance_id=instance_id, today=jour, debut=reunion.debut)
    return OrdreDuJour(
        suites=[
            replace(a, retard_jours=max(0, (jour - a.echeance).days))
            for a in suivi.telles_que(session, vues=ouvertes, quand=instant)
        ],
        points=points.en_attente_alors(session, instance_id=instance_id, debut=reunion.debut, instant=instant),
    )
