"""Organisations, the people who work there, and the functions they hold for a time."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcDateTime, Versioned, choice
from models.lists import GenreCoordonnee, StatutCollege


class Partenaire(Base, Versioned, table=True):
    """An organisation. `verifie_le`: when its page was last checked with it.
    `relance_actions`: its late actions are sent to it by mail.

    `recherche` holds name, acronym, category and CHERCHES, folded, and the digits of its number.
    """

    CHERCHES: ClassVar[tuple[str, ...]] = ("sous_categorie",)

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=200, title="Nom")
    sigle: str = Field(default="", max_length=40, title="Sigle")
    categorie_id: int = Field(foreign_key="categorie.id", index=True, title="Catégorie")
    sous_categorie: str = Field(default="", max_length=120, title="Sous-catégorie")
    commune: str = Field(default="", max_length=120, title="Commune")
    adresse: str = Field(default="", max_length=300, title="Adresse")
    telephone: str = Field(default="", max_length=40, title="Téléphone")
    courriel: str = Field(default="", max_length=200, title="Courriel")
    site: str = Field(default="", max_length=300, title="Site")
    note: str = Field(default="", max_length=2000, title="Note")
    recherche: str = Field(default="", max_length=600)
    archive_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verifie_le: date | None = None
    relance_actions: bool = Field(default=False, title="Rappel d’actions")


class PartenaireSecteur(Base, table=True):
    """Where a partenaire acts; no row means the whole town."""

    __tablename__ = "partenaire_secteur"

    partenaire_id: int = Field(foreign_key="partenaire.id", primary_key=True)
    secteur_id: int = Field(foreign_key="secteur_veille.id", primary_key=True, index=True)


class College(Base, Versioned, table=True):
    """What a collège has beyond a partenaire."""

    partenaire_id: int = Field(foreign_key="partenaire.id", primary_key=True)
    uai: str = Field(max_length=8, unique=True, title="UAI")
    statut: StatutCollege = Field(
        default=StatutCollege.PUBLIC, sa_type=choice(StatutCollege), title="Statut du collège"
    )


class Personne(Base, Versioned, table=True):
    """A professional at a partner organisation. Never a resident, a pupil, a victim or an author.

    Convocations go to `courriel`, calls to `telephone`; `Coordonnee` has the others. `recherche` holds the name,
    folded, then the digits of every number.
    """

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=120, title="Nom")
    prenom: str = Field(default="", max_length=120, title="Prénom")
    courriel: str = Field(default="", max_length=200, title="Courriel")
    telephone: str = Field(default="", max_length=40, title="Téléphone")
    recherche: str = Field(default="", max_length=400)


class Coordonnee(Base, table=True):
    """Another number or address of a person."""

    __table_args__ = (UniqueConstraint("personne_id", "genre", "valeur"),)

    id: int = Field(default=None, primary_key=True)
    personne_id: int = Field(foreign_key="personne.id", index=True)
    genre: GenreCoordonnee = Field(sa_type=choice(GenreCoordonnee), title="Genre")
    valeur: str = Field(max_length=200, title="Autre coordonnée")
    libelle: str = Field(default="", max_length=40, title="Libellé de la coordonnée")


class Fonction(Base, Versioned, table=True):
    """A person's dated function in a partenaire; `fin` is its last day, None while none is known. Both may be to come.

    `remplace_id`: the function it takes over from, seats included: who holds one is told by the date.
    """

    id: int = Field(default=None, primary_key=True)
    personne_id: int = Field(foreign_key="personne.id", index=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", index=True)
    intitule: str = Field(max_length=160, title="Fonction")
    debut: date = Field(title="Début")
    fin: date | None = Field(default=None, title="Fin")
    remplace_id: int | None = Field(default=None, foreign_key="fonction.id", index=True)
