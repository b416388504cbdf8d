"""Files kept beside a meeting or an action: attached, opened, taken away, put back, forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models import Action, Agent, PieceJointe, Reunion
from services.commun import fichiers_joints
from services.commun.fichiers_joints import Fichier
from services.socle import chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid, NotFound
from services.socle.horloge import utcnow
from services.socle.texte import first_words

PAR_OBJET = 50
RETENUE = timedelta(days=30)  # how long a file taken away can be put back
_RECENT = timedelta(days=1)  # a file without a row that is younger may be waiting for it


@dataclass(frozen=True)
class PieceVue:
    """A file as a screen lists it."""

    id: int
    nom: str
    type_mime: str
    taille: int
    depose_le: datetime
    depose_par: str
    retiree: bool
    version: int


@dataclass(frozen=True)
class PieceOuverte:
    """A file about to be sent."""

    nom: str
    type_mime: str
    empreinte: str


def liste(
    session: Session, *, reunion_id: int | None = None, action_id: int | None = None, retirees: bool = False
) -> list[PieceVue]:
    """The files of a meeting or of an action, in the order they came; with `retirees`, those taken away too."""
    requete = (
        select(PieceJointe, Agent.nom)
        .join(Agent, col(Agent.id) == PieceJointe.depose_par, isouter=True)
        .where(PieceJointe.reunion_id == reunion_id, PieceJointe.action_id == action_id)
        .order_by(col(PieceJointe.id))
    )
    if not retirees:
        requete = requete.where(col(PieceJointe.retire_le).is_(None))
    return [
        PieceVue(
            p.id, p.nom, p.type_mime, p.taille, p.depose_le, agent or "Système", p.retire_le is not None, p.version
        )
        for p, agent in session.exec(requete).all()
    ]


def ouvrir(session: Session, *, id: int, by: Acteur) -> PieceOuverte:
    """A file, for who may read everything.

    Raises:
        Forbidden: the role may not.
        NotFound: no such file, or it was taken away.
    """
    require(by, Droit.LIRE)
    piece = session.get(PieceJointe, id)
    if piece is None or piece.retire_le is not None:
        raise chargement.introuvable(PieceJointe)
    return PieceOuverte(piece.nom, piece.type_mime, piece.empreinte)


def joindre(
    session: Session, *, fichier: Fichier, reunion_id: int | None = None, action_id: int | None = None, by: Acteur
) -> int:
    """Attach a file, already on the disk, to a meeting or to an action. The same bytes are attached once.

    Raises:
        Duplicate: it is there already.
        Invalid: there are too many.
        NotFound: no such meeting or action.
    """
    require(by, Droit.ECRIRE)
    objet, objet_id, titre = _objet(session, reunion_id, action_id)
    la = session.exec(
        select(PieceJointe).where(
            PieceJointe.reunion_id == reunion_id,
            PieceJointe.action_id == action_id,
            col(PieceJointe.retire_le).is_(None),
        )
    ).all()
    meme = next((p for p in la if p.empreinte == fichier.empreinte), None)
    if meme is not None:
        raise Duplicate(f"Ce fichier est déjà joint, sous le nom « {meme.nom} ».", objet_id=meme.id)
    if len(la) >= PAR_OBJET:
        raise Invalid({"fichier": f"Il y a déjà {PAR_OBJET} pièces jointes : retirez-en avant d’en ajouter."})
    piece = PieceJointe(
        reunion_id=reunion_id,
        action_id=action_id,
        nom=fichier.nom,
        type_mime=fichier.type_mime,
        taille=fichier.taille,
        empreinte=fichier.empreinte,
        depose_le=utcnow(),
        depose_par=by.id,
    )
    session.add(piece)
    session.flush()
    _noter(session, by, "joindre", objet, objet_id, f"Pièce jointe « {fichier.nom} » : {titre}")
    return piece.id


def retirer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take a file away; it can be put back for a month."""
    _basculer(session, id=id, version=version, retire_le=utcnow(), by=by)


def remettre(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Put back a file that was taken away."""
    _basculer(session, id=id, version=version, retire_le=None, by=by)


def _basculer(session: Session, *, id: int, version: int, retire_le: datetime | None, by: Acteur) -> None:
    require(by, Droit.ECRIRE)
    piece = chargement.charger(session, PieceJointe, id)
    if (piece.retire_le is None) == (retire_le is None):
        return  # a colleague did the same
    chargement.exiger_a_jour(piece, version)
    objet, objet_id, titre = _objet(session, piece.reunion_id, piece.action_id)
    piece.retire_le = retire_le
    session.add(piece)
    session.flush()
    acte, mot = ("retirer", "retirée") if retire_le else ("remettre", "remise")
    _noter(session, by, acte, objet, objet_id, f"Pièce jointe « {piece.nom} » {mot} : {titre}")


def purger(session: Session, *, now: datetime) -> int:
    """Forget the files taken away over a month ago; how many. Their bytes go with the next `balayer`."""
    vieilles = session.exec(select(PieceJointe).where(col(PieceJointe.retire_le) < now - RETENUE)).all()
    for piece in vieilles:
        session.delete(piece)
    return len(vieilles)


def balayer(session: Session, *, now: datetime) -> int:
    """Delete the bytes that no row names; how many files.

    By a command of IT only, never by itself: a base restored from an older copy would lose its newer files.
    """
    gardees = set(session.exec(select(PieceJointe.empreinte).distinct()).all())
    return fichiers_joints.balayer(gardees, avant=now - _RECENT)


def _objet(session: Session, reunion_id: int | None, action_id: int | None) -> tuple[str, int, str]:
    """What carries the file, as the journal says it."""
    if (reunion_id is None) == (action_id is None):
        raise ValueError("a meeting or an action")
    objet: Any = session.get(Reunion, reunion_id) if reunion_id is not None else session.get(Action, action_id)
    if objet is None:
        raise NotFound("Cette réunion ou cette action n’existe plus. Rechargez la page.")
    if isinstance(objet, Reunion):
        return "reunion", objet.id, objet.titre
    return "action", objet.id, first_words([objet.quoi])


def _noter(session: Session, by: Acteur, acte: str, objet: str, objet_id: int, resume: str) -> None:
    journal.note(session, by=by, acte=f"piece.{acte}", objet=objet, objet_id=objet_id, resume=resume)
