"""What a meeting will go through: the actions still open in its instance come first, then the points that wait."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from services import actions, points
from services.actions import ActionVue
from services.points import PointVu
from services.reunions import ReunionVue


@dataclass(frozen=True)
class OrdreDuJour:
    """`suites` is its first point: what earlier meetings decided and that is not closed."""

    suites: list[ActionVue]
    points: list[PointVu]


def lire(session: Session, *, reunion: ReunionVue, today: date) -> OrdreDuJour:
    """The ordre du jour of a meeting as it stands today; empty for a meeting of no instance."""
    if reunion.instance_id is None:
        return OrdreDuJour([], [])
    ouvertes = actions.ouvertes(session, instance_id=reunion.instance_id, today=today)
    return OrdreDuJour(
        suites=[a for a in ouvertes if a.reunion_debut is None or a.reunion_debut < reunion.debut],
        points=points.a_inscrire(session, instance_id=reunion.instance_id),
    )
