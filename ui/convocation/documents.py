"""The Word documents of a meeting, each made of its template and of what the base holds at that moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st
from sqlmodel import Session

from documents import contextes, word
from documents.contextes import Contexte
from models.lists import GenreModele
from services.agenda import reunions
from services.agenda.reunions import ReunionVue
from services.commun import exports, listes
from services.convocation import dossier, modeles
from services.convocation.dossier import Dossier, Invite
from services.courrier.messages import Piece
from services.releves import lecture, releve_public, vie_releve
from services.releves.lecture import Releve
from services.releves.releve_public import RelevePublic
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid, NotFound
from services.socle.horloge import utcnow
from settings import ROOT
from ui.commun.access import writing_later
from ui.commun.adresse import cle
from ui.commun.feedback import named

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RECOURS = (
    "Rien n’a changé dans le carnet. Corrigez ce modèle Word et déposez-le de nouveau dans « Modèles et émetteur », "
    "ou revenez-y au modèle de la maison, puis téléchargez ce document encore une fois."
)
_PUBLICS = (GenreModele.INVITATION, GenreModele.RELEVE_PUBLIC)
_NOMS = {
    GenreModele.RELEVE: "Relevé de conclusions",
    GenreModele.RELEVE_PUBLIC: "Relevé de conclusions public",
}


@dataclass(frozen=True)
class APreparer:
    """A document ready to be made, once the base is left to others. `envoye`: its bytes, if they were sent already."""

    titre: str
    nom: str
    genre: GenreModele
    modele: bytes | None
    contexte: Contexte
    logo: bytes
    envoye: bytes | None = None

    def faire(self) -> Piece:
        """The document itself.

        Raises:
            Invalid: the template that staff uploaded is broken.
        """
        if self.envoye is not None:
            return Piece(self.nom, WORD, self.envoye)
        rendre = word.rendre if self.modele is None else word.rendre_a_part
        modele = de_la_maison(self.genre) if self.modele is None else self.modele
        return Piece(self.nom, WORD, rendre(modele, self.contexte, quand=utcnow(), logo=self.logo, titre=self.titre))


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
    version: int | None = None,
) -> APreparer:
    """What `piece` makes, read from the base: making it takes no lock. `une_page_chacun`: a letter each, to print;
    `version`: of a relevé, the one that was sent under that number, rather than the one in hand."""
    require(by, Droit.LIRE)
    if genre is GenreModele.RELEVE:
        return _releve(session, reunion_id, version, today)
    r = reunions.get(session, id=reunion_id)
    entete = dossier.entete(session)
    libelle, numero = _libelle(genre), 1
    if genre is GenreModele.RELEVE_PUBLIC:
        public = releve_public.lire(session, reunion_id=reunion_id)
        contexte, numero = contextes.releve_public(public, entete=entete, today=today), public.numero
    elif genre is GenreModele.INVITATION:
        contexte = contextes.invitation(releve_public.invitation(session, reunion_id=reunion_id), today=today)
    elif genre is GenreModele.CONVOCATION:
        d = dossier.lire(session, reunion_id=reunion_id, today=today)
        lettres = d.invites if une_page_chacun else [_lettre(d, destinataire_id)]
        contexte = contextes.convocation(d, lettres=lettres, today=today)
        if lettres and all(x.invite for x in lettres):
            libelle = "Invitation"  # the file's name and title too never say "convocation" to them, nor "habitants"
    else:
        ecrire: dict[GenreModele, Callable[..., Contexte]] = {
            GenreModele.ORDRE_DU_JOUR: contextes.ordre_du_jour,
            GenreModele.EMARGEMENT: contextes.emargement,
            GenreModele.CHEVALETS: contextes.chevalets,
        }
        contexte = ecrire[genre](dossier.lire(session, reunion_id=reunion_id, today=today), today=today)
    return APreparer(
        titre=f"{libelle} – {contexte['reunion']['titre']}",
        nom=_nom(libelle, r.titre if genre not in _PUBLICS else "", r, numero),
        genre=genre,
        modele=modeles.contenu(session, genre=genre, instance_id=r.instance_id),
        contexte=contexte,
        logo=entete.logo,
    )


def _releve(session: Session, reunion_id: int, version: int | None, today: date) -> APreparer:
    """The relevé in hand, or a version of it: its file if it was sent, else made of what it says."""
    vie = vie_releve.lire(session, reunion_id=reunion_id)
    envoyee = vie.version(vie.numero if version is None else version)
    if envoyee:
        releve = lecture.version(session, reunion_id=reunion_id, numero=envoyee.numero, today=today)
    else:
        releve = lecture.lire(session, reunion_id=reunion_id, today=today)
    numero = envoyee.numero if envoyee else vie.numero
    entete = dossier.entete(session)
    libelle = _libelle(GenreModele.RELEVE)
    return APreparer(
        titre=f"{libelle} – {releve.reunion.titre}",
        nom=_nom(libelle, releve.reunion.titre, releve.reunion, numero),
        genre=GenreModele.RELEVE,
        modele=modeles.contenu(session, genre=GenreModele.RELEVE, instance_id=releve.reunion.instance_id),
        contexte=contextes.releve(releve, entete=entete, numero=numero, statut=(envoyee or vie).statut, today=today),
        logo=entete.logo,
        envoye=vie_releve.document(session, reunion_id=reunion_id, numero=numero),
    )


def _lettre(d: Dossier, destinataire_id: int | None) -> Invite:
    """The letter of that recipient; for nobody in particular, an invitation only if all are invited."""
    if destinataire_id is None:
        return Invite("", "", "", invite=bool(d.invites) and all(x.invite for x in d.invites))
    for invite in d.invites:
        if invite.destinataire_id == destinataire_id:
            return invite
    raise NotFound("Ce destinataire n’est plus sur la liste de la réunion. Rechargez la page.")


def nom(genre: GenreModele, r: ReunionVue, version: int = 1) -> str:
    """The name of the file, in clear French, that every system takes; of a public one, without the meeting's title."""
    return _nom(_libelle(genre), "" if genre in _PUBLICS else r.titre, r, version)


def _nom(quoi: str, titre: str, r: ReunionVue, version: int = 1) -> str:
    titre = titre[: 120 - len(quoi) - 30]  # neither the date nor the version is cut
    fin = [f"version {version}"] if version > 1 else []
    return nom_de_fichier(" - ".join([quoi, *([titre] if titre else []), f"{r.debut:%Y-%m-%d}", *fin]))


def _libelle(genre: GenreModele) -> str:
    return _NOMS.get(genre, genre.libelle)


def nom_de_fichier(texte: str) -> str:
    """Letters, digits, blanks and dashes only, and .docx."""
    garde = "".join(c if c.isalnum() or c in " -–’'" else " " for c in texte)
    return f"{' '.join(garde.split())[:120].strip()}.docx"


def ou_pourquoi(a_preparer: APreparer) -> bytes:
    """The document; or, if the template that staff uploaded fails on these values (its trial is made on others), a page
    that says why: out of any screen, an error would only be shown as Streamlit's own, in English."""
    try:
        return a_preparer.faire().contenu
    except Invalid as refus:
        return word.page(f"{a_preparer.titre} : document non produit", refus.phrase, RECOURS)


def telecharger(
    libelle: str, preparer: Callable[..., APreparer], *, nom: str, key: str, droit: Droit = Droit.LIRE, **options: Any
) -> None:
    """A button that downloads a document, made when it is clicked by whoever is signed in then.

    Args:
        preparer: reads what the document holds, from a session and who acts.
    """
    ecriture = writing_later(droit)

    def octets() -> bytes:
        with ecriture() as (session, by):
            a_preparer = preparer(session, by=by)
            exports.noter_document(session, quoi=a_preparer.titre, droit=droit, by=by)
        return ou_pourquoi(a_preparer)

    st.download_button(
        libelle,
        octets,
        file_name=nom,
        mime=WORD,
        on_click="ignore",
        key=key,
        icon=options.pop("icon", ":material/download:"),
        **options,
    )


def bouton(r: ReunionVue, genre: GenreModele, *, today: date, libelle: str = "", **options: Any) -> None:
    """A button that downloads that document of a meeting."""
    une_page_chacun = bool(options.pop("une_page_chacun", False))
    version: int | None = options.pop("version", None)
    telecharger(
        named(libelle, _libelle(genre)) if libelle else _libelle(genre),
        partial(preparer, reunion_id=r.id, genre=genre, today=today, une_page_chacun=une_page_chacun, version=version),
        nom=nom(genre, r, version or 1),
        key=options.pop("key", cle("word", r.id, genre.value)),
        **options,
    )


# --- a year of a secteur --------------------------------------------------------------------------------------------


def recueil(session: Session, *, secteur_id: int, annee: int, restreint: bool, today: date, by: Acteur) -> APreparer:
    """The relevés of a secteur's year: restricted ones for agents, public ones for all."""
    require(by, Droit.LIRE if restreint else Droit.CONSULTER)
    secteur = {s.id: s.nom for s in listes.secteurs(session, archives=True)}.get(secteur_id)
    if secteur is None:
        raise NotFound("Ce secteur de veille n’existe plus. Choisissez-en un autre.")
    entete = dossier.entete(session)
    lus: list[Releve] | list[RelevePublic]
    if restreint:
        lus = lecture.du_secteur(session, secteur_id=secteur_id, annee=annee, today=today)
    else:
        lus = releve_public.du_secteur(session, secteur_id=secteur_id, annee=annee)
    return APreparer(
        titre=f"Recueil {annee} – {secteur}",
        nom=nom_du_recueil(secteur, annee, restreint=restreint),
        genre=GenreModele.RECUEIL,
        modele=modeles.contenu(session, genre=GenreModele.RECUEIL, instance_id=None),
        contexte=contextes.recueil(lus, secteur=secteur, annee=annee, restreint=restreint, entete=entete, today=today),
        logo=entete.logo,
    )


def nom_du_recueil(secteur: str, annee: int, *, restreint: bool) -> str:
    """The name of the file of a recueil."""
    return nom_de_fichier(f"Recueil {'restreint' if restreint else 'public'} - {secteur} - {annee}")
