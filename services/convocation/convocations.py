"""Convening: what would leave, shown first; then one message per invitee, in line for the relay (or as files).

What each was told is compared with what the meeting is now (`envois.annonce`): who was told nothing is convoked, who
was told another date is sent the update, whose meeting is called off is told so. The words are those of
`convocation/courriers.py`; the calendar object is made by `documents/icalendrier.py`, handed in as `calendrier`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from models import Destinataire, Reunion
from models.lists import EtatReunion, GenreEnvoi, Reponse
from services.agenda import reunions
from services.agenda.presidences import qui_preside, sous_la_presidence
from services.agenda.reunions import ReunionVue
from services.convocation import composition, destinataires
from services.convocation.courriers import (
    A_CONFIRMER,
    DECALEES,
    Textes,
    ancienne_date,
    dit_a_confirmer,
    lieu_a_confirmer,
    presidence_dite,
    sans_lieu,
)
from services.convocation.destinataires import Cle, Convie
from services.courrier import envois
from services.courrier.messages import Evenement, Piece
from services.socle import brouillons, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import civil, utcnow
from services.socle.temps import heure
from services.socle.texte import accord, clean
from settings import get_settings

MOT_MAX = 1000

_A_LIRE = "La réunion ou ses destinataires ont changé depuis cet aperçu : relisez-le, puis envoyez."


class Acte(StrEnum):
    """What is sent: what is missing; everything again; a reminder."""

    ENVOYER = "envoyer"
    RENVOYER = "renvoyer"
    RELANCER = "relancer"


@dataclass(frozen=True)
class Invitation:
    """What a calendar object says, to one invitee."""

    methode: str
    uid: str
    sequence: int
    titre: str
    debut: datetime
    fin: datetime
    lieu: str
    modifie_le: datetime
    annule: bool
    organisateur: str
    courriel_organisateur: str
    invite: str
    courriel_invite: str
    reponse: Reponse
    mot: str = ""


Calendrier = Callable[[Invitation], bytes]
Pieces = Callable[[Convie], Sequence[Piece]]


@dataclass(frozen=True)
class Options:
    """What the agent chose of the messages: the ordre du jour's lines, a few words, whom (None: all)."""

    ordre_du_jour: bool = False
    mot: str = ""
    seulement: tuple[Cle, ...] | None = None


@dataclass(frozen=True)
class Depart:
    """A message that would leave."""

    convie: Convie
    genre: GenreEnvoi
    objet: str
    texte: str


@dataclass(frozen=True)
class Apercu:
    """What sending would do now. `refus`: why it cannot, "" if it can. `empreinte` names exactly this list."""

    reunion: ReunionVue
    acte: Acte
    departs: list[Depart]
    sans_adresse: list[Convie]
    en_erreur: list[Convie]
    deja: list[Convie]
    sequence: int
    refus: str
    empreinte: str


@dataclass(frozen=True)
class Situation:
    """Where a meeting stands with those it calls. `perimes` hold another date or place than the meeting's; `alerte`
    says what they hold that is no longer so, in one sentence, "" if nothing, or once the meeting is past."""

    convies: list[Convie]
    perimes: list[Convie]
    a_annuler: list[Convie]
    alerte: str

    @property
    def appeles(self) -> list[Convie]:
        return [c for c in self.convies if c.retenu]

    @property
    def convoquee(self) -> bool:
        """Somebody holds an invitation."""
        return any(c.informe for c in self.convies)


def uid(reunion_id: int, uid_externe: str = "") -> str:
    """The name of a meeting among all the calendars of the world: that of the file it came from, if there was one."""
    return uid_externe or f"reunion-{reunion_id}@carnet-de-veille"


# --- queries --------------------------------------------------------------------------------------------------------


def situation(session: Session, *, reunion_id: int, now: datetime) -> Situation:
    """The list, and whom a change makes what they were told wrong for."""
    convies = destinataires.lister(session, reunion_id=reunion_id, today=now.date())
    reunion = session.get_one(Reunion, reunion_id)
    ici = envois.annonce_actuelle(session, reunion)
    perimes = [c for c in convies if _geste(c, reunion, ici) is GenreEnvoi.MISE_A_JOUR]
    a_annuler = [c for c in convies if _geste(c, reunion, ici) is GenreEnvoi.ANNULATION]
    alerte = ""
    if reunion.debut > now:
        alerte = _alerte(reunion, perimes, a_annuler) or _change_depuis(session, reunion, convies)
    return Situation(convies=convies, perimes=perimes, a_annuler=a_annuler, alerte=alerte)


def _alerte(reunion: Reunion, perimes: Sequence[Convie], a_annuler: Sequence[Convie]) -> str:
    if perimes:
        dit = perimes[0].dit
        quoi = "ont l’ancien lieu"
        if dit and ancienne_date(dit.annonce, reunion.debut, reunion.fin):
            quoi = "ont l’ancienne date"
        elif dit and sans_lieu(dit.annonce):
            quoi = "n’ont pas le lieu"
        return f"Les invités {quoi} ({accord(len(perimes), 'destinataire')}) : envoyez la mise à jour."
    if a_annuler and reunion.etat in DECALEES:
        n = accord(len(a_annuler), "destinataire")
        return f"Les invités ne savent pas que la réunion est {reunion.etat.libelle.lower()} ({n}) : prévenez-les."
    if a_annuler:
        return f"{accord(len(a_annuler), 'invité')} à décommander : envoyez l’annulation."
    return ""


def _change_depuis(session: Session, reunion: Reunion, convies: Sequence[Convie]) -> str:
    """What the messages said that is so no more, date and place apart: who chairs, and whether the room is sure."""
    if reunion.etat is not EtatReunion.CONVOQUEE:
        return ""
    textes = [c.dit.texte for c in convies if c.retenu and c.informe and c.dit and c.dit.texte]
    preside = sous_la_presidence(qui_preside(session, reunion_id=reunion.id))
    doute = lieu_a_confirmer(reunions.get(session, id=reunion.id))
    autre_presidence = sum(presidence_dite(t) != preside for t in textes)
    autre_salle = sum(dit_a_confirmer(t) != doute for t in textes)
    phrases = []
    if autre_presidence:
        phrases.append(f"Qui préside a changé depuis l’envoi ({accord(autre_presidence, 'destinataire')}).")
    if autre_salle:
        salle = "n’est plus confirmée" if doute else "est confirmée"
        lu = "" if doute else f" dont le message dit « {A_CONFIRMER} »"
        phrases.append(f"La salle {salle} depuis l’envoi ({accord(autre_salle, 'destinataire')}{lu}).")
    return " ".join([*phrases, "« Envoyer de nouveau… », à l’étape « Convoquer », le leur dira."]) if phrases else ""


def apercu(session: Session, *, reunion_id: int, acte: Acte, options: Options, now: datetime) -> Apercu:
    """What would leave, to whom, with which words; and who would get nothing, and why.

    Raises:
        NotFound: no such meeting.
    """
    vue = reunions.get(session, id=reunion_id)
    reunion = session.get_one(Reunion, reunion_id)
    ici = envois.annonce_actuelle(session, reunion)
    convies = destinataires.lister(session, reunion_id=reunion_id, today=now.date())
    departs: list[tuple[Convie, GenreEnvoi]] = []
    groupes: dict[str, list[Convie]] = {"sans_adresse": [], "en_erreur": [], "deja": []}
    for c in convies:
        genre = _genre(c, reunion, ici, acte)
        if options.seulement is not None and c.cle not in options.seulement:
            continue
        if genre is None:
            groupes["deja"] += [c] if c.informe and c.retenu else []
        elif not c.courriel:
            groupes["sans_adresse"].append(c)
        elif (c.en_erreur and acte is not Acte.RENVOYER) or not _envoyable(c.courriel):
            groupes["en_erreur"].append(c)
        else:
            departs.append((c, genre))
    sequence = reunion.sequence + any(_change(c, genre, ici) for c, genre in departs)
    textes = Textes(session, vue, mot=options.mot, ordre_du_jour=options.ordre_du_jour, now=now)
    prets = [Depart(c, g, textes.objet(c, g), textes.texte(c, g)) for c, g in departs]
    return Apercu(
        reunion=vue,
        acte=acte,
        departs=prets,
        **groupes,
        sequence=sequence,
        refus=_refus(reunion, acte, [g for _, g in departs], now),
        empreinte=_empreinte(ici, reunion, prets),
    )


# --- commands -------------------------------------------------------------------------------------------------------


def envoyer(
    session: Session,
    *,
    reunion_id: int,
    acte: Acte,
    options: Options,
    empreinte: str,
    calendrier: Calendrier,
    pieces: Pieces = lambda _: (),
    jeton: str,
    now: datetime,
    by: Acteur,
) -> list[int]:
    """Put in line exactly what was shown; a meeting in brouillon becomes convoquée. Returns the messages' ids.

    Args:
        empreinte: of the preview that was shown; the same token sent again sends nothing.
        pieces: the files attached to the message of each.

    Raises:
        Conflict: something changed since, for example a colleague convened at the same time.
        Invalid: nothing to send, or nothing may leave now.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return []
    if len(options.mot) > MOT_MAX:
        raise Invalid({"mot": f"Raccourcissez ce mot : {MOT_MAX} caractères au plus."})
    composition.figer(session, reunion_id=reunion_id, today=now.date())
    vu = apercu(session, reunion_id=reunion_id, acte=acte, options=options, now=now)
    if vu.empreinte != empreinte:
        raise Conflict(_deja_parti(vu, by) or _A_LIRE)
    if vu.refus:
        raise Invalid({"": vu.refus})
    reunion = session.get_one(Reunion, reunion_id)
    mot = clean(options.mot, lignes=True)
    ids = [deposer(session, reunion, vu, d, calendrier, pieces, mot, by) for d in vu.departs]
    convoquee = reunion.etat is EtatReunion.BROUILLON
    if convoquee:
        reunion.etat = EtatReunion.CONVOQUEE
    reunion.sequence = vu.sequence
    flag_modified(reunion, "sequence")  # two agents on one version: the second is told
    session.add(reunion)
    session.flush()
    journal.note(
        session,
        by=by,
        acte=acte,
        objet="reunion",
        objet_id=reunion_id,
        resume=f"{_titre_du_journal(vu)} : {reunion.titre}, {accord(len(ids), 'destinataire')}"
        + (" ; réunion convoquée" if convoquee else ""),
    )
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=reunion_id)
    return ids


# --- what is sent to whom -------------------------------------------------------------------------------------------


def _geste(c: Convie, reunion: Reunion, ici: str) -> GenreEnvoi | None:
    """What is missing for this line."""
    if reunion.etat in DECALEES or not c.retenu:
        return GenreEnvoi.ANNULATION if c.informe else None
    if not c.informe:
        return GenreEnvoi.CONVOCATION
    return GenreEnvoi.MISE_A_JOUR if c.dit and c.dit.annonce != ici else None


def _genre(c: Convie, reunion: Reunion, ici: str, acte: Acte) -> GenreEnvoi | None:
    manque = _geste(c, reunion, ici)
    if acte is Acte.ENVOYER:
        return manque
    if acte is Acte.RELANCER:
        attendu = c.retenu and c.joint and manque is None and c.reponse is Reponse.SANS_REPONSE
        return GenreEnvoi.RAPPEL if attendu else None
    if reunion.etat in DECALEES:
        deja = c.dit is not None and c.dit.genre is GenreEnvoi.ANNULATION
        return GenreEnvoi.ANNULATION if deja else manque
    return (manque or GenreEnvoi.CONVOCATION) if c.retenu else manque


def _change(c: Convie, genre: GenreEnvoi, ici: str) -> bool:
    """Calendars that know the meeting take this for something new only under a higher SEQUENCE."""
    if c.dit is None or genre is GenreEnvoi.RAPPEL:
        return False
    return (c.dit.genre is GenreEnvoi.ANNULATION) != (genre is GenreEnvoi.ANNULATION) or c.dit.annonce != ici


def _envoyable(courriel: str) -> bool:
    try:
        return bool(envois.adresse_sure(courriel))
    except Invalid:
        return False


def _refus(reunion: Reunion, acte: Acte, genres: Sequence[GenreEnvoi], now: datetime) -> str:
    if not genres:
        return "Il n’y a rien à envoyer."
    if reunion.debut <= now:
        return "Cette réunion est passée : elle ne peut plus être convoquée. Corrigez d’abord sa date."
    if reunion.etat in DECALEES:
        return ""  # only cancellations are left to send
    if reunion.etat not in (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE):
        return f"Cette réunion est notée « {reunion.etat.libelle} » : rien ne peut être envoyé."
    if acte is Acte.RELANCER and reunion.etat is EtatReunion.BROUILLON:
        return "Cette réunion est revenue en brouillon : convoquez-la d’abord."
    return ""


def _empreinte(ici: str, reunion: Reunion, departs: Sequence[Depart]) -> str:
    lignes = [f"{d.convie.cle}|{d.convie.courriel}|{d.genre}|{d.objet}" for d in departs]
    deja = [f"{d.convie.dit.quand}" for d in departs if d.convie.dit]
    rappeles = [f"{d.convie.rappele_le}" for d in departs]
    texte = "\n".join([ici, reunion.etat, reunion.titre, *lignes, *deja, *rappeles])
    return hashlib.sha256(texte.encode()).hexdigest()[:24]


def _deja_parti(vu: Apercu, by: Acteur) -> str:
    """A colleague sent it a moment ago: who, and when."""
    derniers = [c.dit for c in vu.deja if c.dit and c.dit.par]
    if not derniers or vu.departs:
        return ""
    dernier = max(derniers, key=lambda d: d.quand)
    qui = "Vous avez" if dernier.par == by.nom else f"{dernier.par} a"
    return f"{qui} déjà envoyé ces messages à {heure(civil(dernier.quand))} : rien n’est parti une seconde fois."


def deposer(
    session: Session,
    reunion: Reunion,
    vu: Apercu,
    d: Depart,
    calendrier: Calendrier | None,
    pieces: Pieces,
    mot: str,
    by: Acteur,
) -> int:
    c = d.convie
    ici = envois.annonce_actuelle(session, reunion)
    if d.genre is not GenreEnvoi.RAPPEL:
        envois.retirer(session, destinataire_ids=[c.id or 0])
    if d.genre is GenreEnvoi.MISE_A_JOUR and c.dit and ancienne_date(c.dit.annonce, reunion.debut, reunion.fin):
        row = session.get_one(Destinataire, c.id)
        row.reponse, row.remplacant, row.repondu_le = Reponse.SANS_REPONSE, "", None
        session.add(row)
    evenement = None
    if calendrier and d.genre is not GenreEnvoi.RAPPEL:
        invitation = _invitation(session, reunion, vu, d, mot)
        evenement = Evenement(invitation.methode, calendrier(invitation))
    return envois.deposer(
        session,
        genre=d.genre,
        courriel=c.courriel,
        objet=d.objet,
        texte=d.texte,
        reunion_id=reunion.id,
        destinataire_id=c.id,
        partenaire_id=c.partenaire_id,
        sequence=vu.sequence,
        annonce=ici,
        pieces=pieces(c) if d.genre in (GenreEnvoi.CONVOCATION, GenreEnvoi.MISE_A_JOUR) else (),
        evenement=evenement,
        mot=mot,
        by=by,
    )


def _invitation(session: Session, reunion: Reunion, vu: Apercu, d: Depart, mot: str) -> Invitation:
    annule = d.genre is GenreEnvoi.ANNULATION
    courriel = get_settings().smtp_expediteur
    date_changee = bool(d.convie.dit and ancienne_date(d.convie.dit.annonce, reunion.debut, reunion.fin))
    return Invitation(
        methode="CANCEL" if annule else "REQUEST" if courriel else "PUBLISH",
        uid=uid(reunion.id, reunion.uid_externe),
        sequence=vu.sequence,
        titre=reunion.titre,
        debut=reunion.debut,
        fin=reunion.fin,
        lieu=", ".join(x for x in (vu.reunion.lieu, vu.reunion.adresse) if x),
        modifie_le=utcnow(),
        annule=annule,
        organisateur=envois.emetteur(session),
        courriel_organisateur=courriel,
        invite=d.convie.a_qui,
        courriel_invite=envois.adresse_sure(d.convie.courriel),
        reponse=Reponse.SANS_REPONSE if date_changee else d.convie.reponse,
        mot=mot,
    )


def _titre_du_journal(vu: Apercu) -> str:
    if vu.acte is Acte.RELANCER:
        return "Rappels envoyés"
    if vu.acte is Acte.RENVOYER:
        return "Messages envoyés de nouveau"
    genres = {d.genre for d in vu.departs}
    if genres == {GenreEnvoi.ANNULATION}:
        return "Annulations envoyées"
    return "Mises à jour envoyées" if GenreEnvoi.MISE_A_JOUR in genres else "Convocations envoyées"
