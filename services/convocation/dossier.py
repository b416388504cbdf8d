"""What the Word documents of a meeting print before it is held: who comes, what is on the ordre du jour, who signs.

Tests: tests/services/convocation/test_modeles.py.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models import Instance, SecteurVeille
from models.lists import Reponse
from services.agenda import ordre_du_jour, presidences, reunions
from services.agenda.ordre_du_jour import OrdreDuJour
from services.agenda.reunions import ReunionVue
from services.convocation import destinataires
from services.courrier import envois
from services.socle import parametres

LOGO = "logo"


@dataclass(frozen=True)
class Invite:
    """Who comes: an organisation and a function. `invite`: invited rather than convoqué; `remplacant`: who comes
    instead, as it was announced."""

    partenaire: str
    sigle: str
    fonction: str
    invite: bool
    destinataire_id: int | None = None
    remplacant: str = ""


@dataclass(frozen=True)
class EnTete:
    """Who signs a document."""

    emetteur: str
    logo: bytes


@dataclass(frozen=True)
class Dossier:
    """A meeting to come. `presidence`: who chairs it, "" for nobody; `texte_*`: its instance's own words, "" for the
    usual ones."""

    reunion: ReunionVue
    secteur: str
    presidence: str
    entete: EnTete
    texte_convocation: str
    texte_invitation: str
    invites: list[Invite]
    ordre_du_jour: OrdreDuJour


def entete(session: Session) -> EnTete:
    """The issuer and its logo, which staff set."""
    return EnTete(envois.emetteur(session), parametres.contenu(session, LOGO))


def lire(session: Session, *, reunion_id: int, today: date) -> Dossier:
    """The dossier of a meeting; who comes is who was called, else the instance's members.

    Raises:
        NotFound: no such meeting.
    """
    reunion = reunions.get(session, id=reunion_id)
    instance = session.get(Instance, reunion.instance_id) if reunion.instance_id else None
    secteur = session.get(SecteurVeille, reunion.secteur_id) if reunion.secteur_id else None
    return Dossier(
        reunion=reunion,
        secteur=secteur.nom if secteur else "",
        presidence=presidences.qui_preside(session, reunion_id=reunion_id),
        entete=entete(session),
        texte_convocation=instance.texte_convocation if instance else "",
        texte_invitation=instance.texte_invitation if instance else "",
        invites=[
            Invite(
                c.partenaire,
                c.sigle,
                c.fonction,
                c.invite,
                c.id,
                c.remplacant if c.reponse is Reponse.REMPLACE else "",
            )
            for c in destinataires.lister(session, reunion_id=reunion_id, today=today)
            if c.retenu
        ],
        ordre_du_jour=ordre_du_jour.lire(session, reunion=reunion, today=today),
    )
