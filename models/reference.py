"""Lists that staff edit, and what the last import put there."""

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field

from models.base import Base, Versioned


class SecteurVeille(Base, Versioned, table=True):
    """One of the zones of a cellule de veille. `a_valider` until staff confirm it: the true map is not public."""

    __tablename__ = "secteur_veille"

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=120, unique=True, title="Nom")
    a_valider: bool = True
    archive: bool = False
    source: str = Field(default="", max_length=500)


class Quartier(Base, Versioned, table=True):
    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=120, unique=True, title="Nom")
    secteur_id: int = Field(foreign_key="secteur_veille.id", index=True, title="Secteur de veille")
    archive: bool = False


class Categorie(Base, Versioned, table=True):
    """Family of partenaires ("Bailleur social", "Justice"…)."""

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=120, unique=True, title="Nom")
    archive: bool = False


class Theme(Base, Versioned, table=True):
    """What a point is about. `rubrique` is its heading; `recherche` is folded for search."""

    id: int = Field(default=None, primary_key=True)
    libelle: str = Field(max_length=120, unique=True, title="Nom")
    rubrique: str = Field(max_length=120, title="Rubrique")
    recherche: str = Field(max_length=300)
    ordre: int = 0
    archive: bool = False


class Origine(Base, Versioned, table=True):
    """Where a point comes from (police, bailleur, habitants…): a closed list, never a name."""

    id: int = Field(default=None, primary_key=True)
    libelle: str = Field(max_length=120, unique=True, title="Nom")
    ordre: int = 0
    archive: bool = False


class Lieu(Base, Versioned, table=True):
    """A room where meetings are held, and who lends it: a service or a function, rather than a name."""

    id: int = Field(default=None, primary_key=True)
    nom: str = Field(max_length=160, unique=True, title="Nom")
    adresse: str = Field(default="", max_length=200, title="Adresse")
    capacite: int | None = Field(default=None, title="Places")
    contact: str = Field(default="", max_length=120, title="Contact")
    telephone: str = Field(default="", max_length=40, title="Téléphone")
    courriel: str = Field(default="", max_length=200, title="Courriel")
    archive: bool = False


class Parametre(Base, table=True):
    """A setting that staff change on screen (`emetteur`, `service_partenaire_id`…); `contenu` for an image (`logo`)."""

    nom: str = Field(primary_key=True, max_length=60)
    valeur: str = Field(max_length=500)
    contenu: bytes | None = Field(default=None, sa_type=LargeBinary)


class ValeurImportee(Base, table=True):
    """The value an import last wrote in one field: a field that differs from it was changed by staff."""

    __tablename__ = "valeur_importee"
    __table_args__ = (UniqueConstraint("famille", "cle", "champ"),)

    id: int = Field(default=None, primary_key=True)
    famille: str = Field(max_length=40)
    cle: str = Field(max_length=200)
    champ: str = Field(max_length=40)
    valeur: str = Field(max_length=1000)
    objet_id: int
