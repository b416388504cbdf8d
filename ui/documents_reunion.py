"""The Word documents of a meeting, each made of its template and of what the base holds at that moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from documents import contextes, word
from documents.contextes import Contexte
from models.lists import GenreModele
from services import dossier, modeles, releve_public, releves, reunions
from services.acteur import Acteur, Droit, require
from services.dossier import Dossier, Invite
from services.erreurs import NotFound
from services.messages import Piece
from settings import ROOT

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NOMS = {
    GenreModele.RELEVE: "Relevé de conclusions",
    GenreModele.RELEVE_PUBLIC: "Relevé de conclusions public",
}


@dataclass(frozen=True)
class APreparer:
    """A document ready to be made, once the base is left to others."""

    titre: str
    nom: str
    genre: GenreModele
    modele: bytes | None
    contexte: Contexte
    logo: bytes

    def faire(self) -> Piece:
        """The document itself.

        Raises:
            Invalid: the template that staff uploaded is broken.
        """
        if self.modele is None:
            octets = word.rendre(de_la_maison(self.genre), self.contexte, logo=self.logo, titre=self.titre)
        else:
            octets = word.rendre_a_part(self.modele, self.contexte, logo=self.logo, titre=self.titre)
        return Piece(self.nom, WORD, octets)


def de_la_maison(genre: GenreModele) -> bytes:
    """The template that ships with the application."""
    return (ROOT / "documents" / "modeles" / f"{genre.value}.docx").read_bytes()


def piece(
    session: Session,
    *,
    reunion_id: int,
    genre: GenreModele,
    today: date,
    by: Acteur,
    destinataire_id: int | None = None,
) -> Piece:
    """A Word document of a meeting.

    Args:
        destinataire_id: for a convocation, whom it is for: "invitation" for who is invited. None: for all, unnamed.

    Raises:
        Conflict: this meeting has no such document (a réunion technique publishes nothing), or not yet.
        Invalid: the template that staff uploaded is broken.
    """
    return preparer(
        session, reunion_id=reunion_id, genre=genre, today=today, by=by, destinataire_id=destinataire_id
    ).faire()


def preparer(
    session: Session,
    *,
    reunion_id: int,
    genre: GenreModele,
    today: date,
    by: Acteur,
    destinataire_id: int | None = None,
    une_page_chacun: bool = False,
) -> APreparer:
    """What `piece` makes, read from the base: making it takes no lock. `une_page_chacun`: a letter each, to print."""
    require(by, Droit.LIRE)
    r = reunions.get(session, id=reunion_id)
    entete = dossier.entete(session)
    if genre is GenreModele.RELEVE_PUBLIC:
        contexte = contextes.releve_public(
            releve_public.lire(session, reunion_id=reunion_id), entete=entete, today=today
        )
    elif genre is GenreModele.INVITATION:
        contexte = contextes.invitation(releve_public.invitation(session, reunion_id=reunion_id), today=today)
    elif genre is GenreModele.RELEVE:
        contexte = contextes.releve(
            releves.lire(session, reunion_id=reunion_id, today=today), entete=entete, statut="", today=today
        )
    elif genre is GenreModele.CONVOCATION:
        d = dossier.lire(session, reunion_id=reunion_id, today=today)
        lettres = d.invites if une_page_chacun else [_lettre(d, destinataire_id)]
        contexte = contextes.convocation(d, lettres=lettres, today=today)
    else:
        ecrire: dict[GenreModele, Callable[..., Contexte]] = {
            GenreModele.ORDRE_DU_JOUR: contextes.ordre_du_jour,
            GenreModele.EMARGEMENT: contextes.emargement,
            GenreModele.CHEVALETS: contextes.chevalets,
        }
        contexte = ecrire[genre](dossier.lire(session, reunion_id=reunion_id, today=today), today=today)
    libelle = _NOMS.get(genre, genre.libelle)
    quoi = contexte["reunion"]["titre"]
    return APreparer(
        titre=f"{libelle} – {quoi}",
        nom=nom_de_fichier(f"{libelle} - {quoi} - {r.debut:%Y-%m-%d}"),
        genre=genre,
        modele=modeles.contenu(session, genre=genre, instance_id=r.instance_id),
        contexte=contexte,
        logo=entete.logo,
    )


def _lettre(d: Dossier, destinataire_id: int | None) -> Invite:
    """The letter of that recipient; for nobody in particular, an invitation only if all are invited."""
    if destinataire_id is None:
        return Invite("", "", "", invite=bool(d.invites) and all(x.invite for x in d.invites))
    for invite in d.invites:
        if invite.destinataire_id == destinataire_id:
            return invite
    raise NotFound("Ce destinataire n’est plus sur la liste de la réunion. Rechargez la page.")


def nom_de_fichier(texte: str) -> str:
    """A name that every system takes, in clear French."""
    garde = "".join(c if c.isalnum() or c in " -–’'" else " " for c in texte)
    return f"{' '.join(garde.split())[:120].strip()}.docx"
