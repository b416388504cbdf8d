"""Records that were one and the same, merged (and how to undo it), and those that staff said are not."""

from datetime import datetime

from sqlmodel import Field

from models.base import Base, UtcDateTime


class Fusion(Base, table=True):
    """A merge. `operations` and `empreintes` are JSON: each row changed, before and after; what the result then was.

    `famille` is the table merged ("partenaire", "personne"); ids and names outlive the rows.
    """

    id: int = Field(default=None, primary_key=True)
    famille: str = Field(max_length=40)
    quand: datetime = Field(sa_type=UtcDateTime)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    garde_id: int
    absorbe_id: int
    garde: str = Field(max_length=250)
    absorbe: str = Field(max_length=250)
    operations: str
    empreintes: str
    annulee_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PaireEcartee(Base, table=True):
    """Two records that look alike and are not the same, `a_id` < `b_id`."""

    __tablename__ = "paire_ecartee"

    famille: str = Field(max_length=40, primary_key=True)
    a_id: int = Field(primary_key=True)
    b_id: int = Field(primary_key=True, index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id")
    quand: datetime = Field(sa_type=UtcDateTime)
