"""What was decided, by whom it is piloted, by when, and every change since."""

from datetime import date, datetime

from sqlmodel import Field

from models.base import Base, Cherchable, UtcDateTime, Versioned, choice
from models.lists import EtatAction


class Action(Base, Versioned, Cherchable, table=True):
    """A decision. "En retard" is computed: open and `echeance` past. `acceptee_le`: when its pilote agreed to it."""

    CHERCHES = ("quoi",)

    id: int = Field(default=None, primary_key=True)
    instance_id: int | None = Field(default=None, foreign_key="instance.id", index=True, title="Instance")
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id", index=True)
    point_id: int | None = Field(default=None, foreign_key="point.id", index=True)
    quoi: str = Field(max_length=500, title="Action")
    pilote_id: int = Field(foreign_key="partenaire.id", index=True, title="Pilote")
    echeance: date = Field(index=True, title="Échéance")
    etat: EtatAction = Field(default=EtatAction.A_FAIRE, sa_type=choice(EtatAction), index=True, title="État")
    motif: str = Field(default="", max_length=300, title="Motif")
    terminee_le: date | None = None
    acceptee_le: date | None = Field(default=None, title="Acceptée le")


class EvenementAction(Base, table=True):
    """One change of an action: who, when, and the state and date it then had."""

    __tablename__ = "evenement_action"

    id: int = Field(default=None, primary_key=True)
    action_id: int = Field(foreign_key="action.id", index=True)
    quand: datetime = Field(sa_type=UtcDateTime)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id")
    etat: EtatAction = Field(sa_type=choice(EtatAction))
    echeance: date
    motif: str = Field(default="", max_length=300)
