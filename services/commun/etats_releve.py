"""What other commands ask of a relevé: is its meeting locked, and to know that it was written anew; the rows that say
where it stands, to which one adds.

Tests: tests/services/releves/test_vie_releve.py.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, func, select

from models import Envoi, EvenementReleve, Releve, VersionReleve
from models.lists import ActeReleve, EtatEnvoi, EtatReleve, GenreEnvoi
from services.courrier import envois
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict
from services.socle.horloge import utcnow

VERROU = (
    "Ce relevé est diffusé : cette réunion ne change plus. "
    "Demandez à la personne responsable du service de le rouvrir, puis corrigez-le."
)
VERROU_IMPORT = "Son relevé est diffusé : le fichier n’y change plus rien. La responsable peut le rouvrir."


def verrouillee(session: Session, *, reunion_id: int) -> bool:
    """Was its relevé sent? Then nothing of the meeting changes any more."""
    return bool(verrouillees(session, ids=[reunion_id]))


def verrouillees(session: Session, *, ids: Iterable[int] | None = None) -> set[int]:
    """Those of these meetings (None: of all) whose relevé was sent."""
    requete = select(Releve.reunion_id).where(Releve.etat == EtatReleve.DIFFUSE)
    if ids is not None:
        requete = requete.where(col(Releve.reunion_id).in_(ids))
    return set(session.exec(requete).all())


def exiger_modifiable(session: Session, *, reunion_id: int) -> None:
    """Before a change of a meeting or of what was said there.

    Raises:
        Conflict: its relevé was sent.
    """
    if verrouillee(session, reunion_id=reunion_id):
        raise Conflict(VERROU)


def corrige(session: Session, *, reunion_id: int, by: Acteur) -> bool:
    """The relevé was written anew: validated, it is a projet again, and messages prepared do not leave."""
    releve = session.get(Releve, reunion_id)
    if releve is None or releve.etat is not EtatReleve.VALIDE:
        return False
    ajouter(session, releve, ActeReleve.CORRIGER, utcnow(), by)
    retirer(session, reunion_id, "Le relevé a été corrigé avant l’envoi.")
    en_projet(session, releve)
    return True


# --- its rows, for releves/vie_releve.py ---------------------------------------------------------------------------


def version(session: Session, reunion_id: int, numero: int) -> VersionReleve | None:
    """That version, sent or prepared."""
    return session.exec(
        select(VersionReleve).where(VersionReleve.reunion_id == reunion_id, VersionReleve.numero == numero)
    ).first()


def numero(session: Session, reunion_id: int, releve: Releve | None) -> int:
    """The version in hand: the one sent last until it is reopened, then the next."""
    derniere = session.exec(
        select(func.max(VersionReleve.numero)).where(
            VersionReleve.reunion_id == reunion_id, col(VersionReleve.diffuse_le).is_not(None)
        )
    ).one()
    return (derniere or 0) + (0 if derniere and releve and releve.etat is EtatReleve.DIFFUSE else 1)


def ajouter(session: Session, releve: Releve, acte: ActeReleve, quand: datetime, by: Acteur, motif: str = "") -> None:
    """Add an act to the story of a relevé, on the version in hand."""
    session.add(
        EvenementReleve(
            reunion_id=releve.reunion_id,
            numero=numero(session, releve.reunion_id, releve),
            acte=acte,
            quand=quand,
            agent_id=by.id,
            motif=motif,
        )
    )


def retirer(session: Session, reunion_id: int, pourquoi: str) -> None:
    """What waits of this relevé, by hand or for the relay, does not leave; a version prepared and unsent is undone."""
    for envoi in session.exec(
        select(Envoi).where(
            Envoi.reunion_id == reunion_id, Envoi.genre == GenreEnvoi.RELEVE, Envoi.etat == EtatEnvoi.A_ENVOYER
        )
    ).all():
        envois.ecarter(envoi, pourquoi)
        session.add(envoi)
    for prepare in session.exec(
        select(VersionReleve).where(VersionReleve.reunion_id == reunion_id, col(VersionReleve.diffuse_le).is_(None))
    ).all():
        session.delete(prepare)  # nobody has it
    session.flush()


def en_projet(session: Session, releve: Releve) -> None:
    """What this row says now; the version sent and the events keep what it said."""
    releve.etat, releve.valide_le, releve.valide_par = EtatReleve.PROJET, None, None
    releve.diffuse_le, releve.diffuse_par = None, None
    session.add(releve)
