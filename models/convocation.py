"""Who is called to a meeting, what they answered, what was sent, from which template; calendars read outside."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Base, UtcDateTime, Versioned, choice
from models.lists import EtatEnvoi, GenreEnvoi, GenreModele, Reponse


class Destinataire(Base, Versioned, table=True):
    """An invitee of one meeting: a partenaire and the function called. `invite`: invited, not convoqué.

    `courriel` is the address chosen for this once, "" for that of the directory. `retenu` false: left out this time.
    `remplacant` says who comes instead, by function rather than by name.
    """

    __table_args__ = (UniqueConstraint("reunion_id", "partenaire_id", "fonction"),)

    id: int = Field(default=None, primary_key=True)
    reunion_id: int = Field(foreign_key="reunion.id", index=True)
    partenaire_id: int = Field(foreign_key="partenaire.id", index=True)
    personne_id: int | None = Field(default=None, foreign_key="personne.id", index=True)
    fonction: str = Field(default="", max_length=160, title="Fonction")
    courriel: str = Field(default="", max_length=200, title="Adresse pour cette fois")
    invite: bool = Field(default=False, title="Invité")
    retenu: bool = Field(default=True, title="Appelé")
    ordre: int = 0
    reponse: Reponse = Field(default=Reponse.SANS_REPONSE, sa_type=choice(Reponse), title="Réponse")
    remplacant: str = Field(default="", max_length=160, title="Remplacé par")
    repondu_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Envoi(Base, table=True):
    """One message to one address. `message` holds its bytes until the relay takes it, so that it can be tried again.

    `message_id` is the same at each try: a mail program shows one message though the relay was given it twice.
    `annonce` is what it said of its meeting (begin, end, place), to know whom a change makes it wrong for; `mot` the
    words that the agent added; `texte` all that it said, kept once its bytes are gone; `version_releve` which version
    of the relevé it carried.
    """

    __table_args__ = (Index(None, "etat", "prochain_essai"),)

    id: int = Field(default=None, primary_key=True)
    genre: GenreEnvoi = Field(sa_type=choice(GenreEnvoi))
    reunion_id: int | None = Field(default=None, foreign_key="reunion.id", index=True)
    destinataire_id: int | None = Field(default=None, foreign_key="destinataire.id", index=True)
    partenaire_id: int | None = Field(default=None, foreign_key="partenaire.id", index=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", index=True)
    courriel: str = Field(max_length=200)
    objet: str = Field(max_length=200)
    sequence: int = 0
    annonce: str = Field(default="", max_length=400)
    mot: str = Field(default="", max_length=1000)
    texte: str = Field(default="", sa_type=Text)
    version_releve: int | None = None
    message_id: str = Field(max_length=120, unique=True)
    message: bytes | None = Field(default=None, sa_type=LargeBinary)
    etat: EtatEnvoi = Field(default=EtatEnvoi.A_ENVOYER, sa_type=choice(EtatEnvoi))
    erreur: str = Field(default="", max_length=300)
    essais: int = 0
    prochain_essai: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    cree_par: int | None = Field(default=None, foreign_key="agent.id")
    envoye_le: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Modele(Base, Versioned, table=True):
    """A Word template that staff uploaded, in place of the house's own; `instance_id` None: for every instance."""

    __table_args__ = (UniqueConstraint("genre", "instance_id"),)

    id: int = Field(default=None, primary_key=True)
    genre: GenreModele = Field(sa_type=choice(GenreModele))
    instance_id: int | None = Field(default=None, foreign_key="instance.id")
    nom: str = Field(max_length=200, title="Fichier")
    contenu: bytes = Field(sa_type=LargeBinary, title="Contenu du modèle")
    depose_le: datetime = Field(sa_type=UtcDateTime)
    depose_par: int | None = Field(default=None, foreign_key="agent.id")


class Flux(Base, table=True):
    """An address calendar programs read; of its secret only the SHA-256 is kept. Neither agent nor secteur: all."""

    id: int = Field(default=None, primary_key=True)
    agent_id: int | None = Field(default=None, foreign_key="agent.id", index=True)
    secteur_id: int | None = Field(default=None, foreign_key="secteur_veille.id", index=True)
    empreinte: str = Field(max_length=64, unique=True)
    cree_le: datetime = Field(sa_type=UtcDateTime)
    cree_par: int | None = Field(default=None, foreign_key="agent.id")
    revoque_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lu_le: datetime | None = Field(default=None, sa_type=UtcDateTime)
