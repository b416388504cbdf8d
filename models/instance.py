"""Standing bodies: each cellule de veille, each réunion technique, with who sits and who chairs there."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcDateTime, Versioned, choice
from models.lists import Frequence, TypeReunion


class Instance(Base, Versioned, table=True):
    """`jour` is a weekday 0 (lundi) to 6; `rang` the week in the month, 1 to 4, 5 for the last; `rang_bis` that of the
    other of two meetings a month. `jour_du_mois`: 1 to 31, in place of these ("le 15 du mois").

    `texte_*`: the words of its convocations and of its invitations to residents; "" for the usual ones. `cree_le`: None
    for those made before it was kept.
    """

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=160, unique=True, title="Nom")
    type: TypeReunion = Field(sa_type=choice(TypeReunion), title="Type")
    secteur_id: int | None = Field(default=None, foreign_key="secteur_veille.id", index=True, title="Secteur de veille")
    frequence: Frequence = Field(sa_type=choice(Frequence), title="Fréquence")
    jour: int | None = Field(default=None, title="Jour")
    rang: int | None = Field(default=None, title="Rang dans le mois")
    rang_bis: int | None = Field(default=None, title="Second rang dans le mois")
    jour_du_mois: int | None = Field(default=None, title="Jour du mois")
    heure_debut: time | None = Field(default=None, title="Heure de début")
    heure_fin: time | None = Field(default=None, title="Heure de fin")
    lieu_id: int | None = Field(default=None, foreign_key="lieu.id", title="Lieu")
    texte_convocation: str = Field(default="", max_length=2000, title="Texte des convocations")
    texte_invitation: str = Field(default="", max_length=2000, title="Texte des invitations")
    archive: bool = False
    cree_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    archive_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InstanceQuartier(Base, table=True):
    __tablename__ = "instance_quartier"

    instance_id: int = Field(foreign_key="instance.id", primary_key=True)
    quartier_id: int = Field(foreign_key="quartier.id", primary_key=True, index=True)


class Presidence(Base, Versioned, table=True):
    """Who chairs (an élu·e), from `debut` to `fin`, both included: one instance, the cellules of a secteur, or
    (neither) all cellules de veille. An `interim` comes before whoever else chairs there. `agent_id`: their account.
    """

    __table_args__ = (CheckConstraint("instance_id IS NULL OR secteur_id IS NULL", name="une_portee"),)

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=120, title="Qui préside")
    qualite: str = Field(default="", max_length=160, title="Qualité")
    agent_id: int | None = Field(default=None, foreign_key="agent.id", index=True, title="Compte")
    secteur_id: int | None = Field(default=None, foreign_key="secteur_veille.id", index=True, title="Secteur de veille")
    instance_id: int | None = Field(default=None, foreign_key="instance.id", index=True, title="Instance")
    interim: bool = Field(default=False, title="Par intérim")
    debut: date = Field(title="À partir du")
    fin: date | None = Field(default=None, title="Jusqu’au")


class Siege(Base, table=True):
    """A standing member: a partenaire, the function that comes, and who holds it now if known.

    `invite`: invited, never convoqué (a procureur). `charte_signee_le`: a signature of the charte whose author is not
    known (nobody is known on that seat, or somebody came since): a person's own is in `CharteSignee`.
    """

    __table_args__ = (UniqueConstraint("instance_id", "partenaire_id", "fonction"),)

    id: int = Field(default=None, primary_key=True)
    instance_id: int = Field(foreign_key="instance.id", index=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", index=True)
    fonction: str = Field(default="", max_length=160, title="Fonction")
    fonction_id: int | None = Field(default=None, foreign_key="fonction.id", index=True, title="Titulaire")
    ordre: int = 0
    invite: bool = Field(default=False, title="Invité")
    charte_signee_le: date | None = Field(default=None, title="Charte signée le")


class CharteSignee(Base, table=True):
    """Who signed the charte of an instance, and may be sent its restricted relevés since then, on whatever seat."""

    __tablename__ = "charte_signee"

    personne_id: int = Field(foreign_key="personne.id", primary_key=True)
    instance_id: int = Field(foreign_key="instance.id", primary_key=True, index=True)
    signee_le: date
