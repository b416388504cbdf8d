"""What invitees answer: noted on the phone, or read from the answers their calendar programs send."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from models import Destinataire, Envoi, Fonction, Partenaire, Personne, Reunion, Siege
from models.lists import (
    ETATS_REUNION_SAISIE,
    ETATS_REUNION_SANS_SUITE,
    EtatEnvoi,
    EtatPresence,
    EtatReunion,
    GenreEnvoi,
    Reponse,
)
from services.commun import operations
from services.convocation import composition, destinataires, reponses_lues
from services.convocation.destinataires import Cle, Convie
from services.convocation.reponses_lues import ReponseLue
from services.courrier import envois
from services.partenaires import fiches, fonctions, personnes, sieges
from services.socle import journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import BusinessError, Conflict, Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, nom_complet

RECUES = "reponses.recues"
REMPLACANT_MAX = 160
PRESENCES = {
    Reponse.VIENT: EtatPresence.PRESENT,
    Reponse.EXCUSE: EtatPresence.EXCUSE,
    Reponse.REMPLACE: EtatPresence.REPRESENTE,
}


@dataclass(frozen=True)
class Compte:
    """How many were called, convoqués or invited, and what they answered; `remplaces` come too, by somebody else."""

    convoques: int
    invites: int
    viennent: int
    remplaces: int
    excuses: int
    sans_reponse: int

    @property
    def appeles(self) -> int:
        return self.convoques + self.invites


@dataclass(frozen=True)
class Attendu:
    """A partenaire on the phone, and its next meeting."""

    reunion_id: int
    titre: str
    debut: datetime
    cle: Cle
    partenaire: str
    fonction: str
    personne: str
    reponse: Reponse
    remplacant: str


# --- queries --------------------------------------------------------------------------------------------------------


def compter(convies: Sequence[Convie | Destinataire]) -> Compte:
    """Of those who are called (who was left out does not count)."""
    appeles = [c for c in convies if c.retenu]
    etats = [c.reponse for c in appeles]
    invites = sum(c.invite for c in appeles)
    return Compte(
        convoques=len(appeles) - invites,
        invites=invites,
        viennent=etats.count(Reponse.VIENT),
        remplaces=etats.count(Reponse.REMPLACE),
        excuses=etats.count(Reponse.EXCUSE),
        sans_reponse=etats.count(Reponse.SANS_REPONSE),
    )


def comptes(session: Session, *, reunion_ids: Sequence[int], today: date) -> dict[int, Compte]:
    """The count of each of these meetings, read together; of one whose list is not kept yet, that of its instance."""
    gardes: dict[int, list[Destinataire]] = {}
    for d in session.exec(select(Destinataire).where(col(Destinataire.reunion_id).in_(reunion_ids))).all():
        gardes.setdefault(d.reunion_id, []).append(d)
    return {
        id: compter(gardes.get(id) or destinataires.lister(session, reunion_id=id, today=today)) for id in reunion_ids
    }


def presences(session: Session, *, reunion_id: int) -> dict[Cle, EtatPresence]:
    """What the answers say of who comes, for those who gave one."""
    rows = session.exec(
        select(Destinataire).where(Destinataire.reunion_id == reunion_id, col(Destinataire.retenu).is_(True))
    ).all()
    return {(r.partenaire_id, r.fonction): PRESENCES[r.reponse] for r in rows if r.reponse in PRESENCES}


def qui_appelle(session: Session, *, texte: str, now: datetime) -> list[Attendu]:
    """Those called to a meeting to come that `texte` finds (partenaire, person): the next meeting of each first."""
    if not clean(texte):
        return []
    rows = session.exec(
        select(Destinataire, Reunion, Partenaire, Personne)
        .join(Reunion, col(Reunion.id) == Destinataire.reunion_id)
        .join(Partenaire, col(Partenaire.id) == Destinataire.partenaire_id)
        .outerjoin(Personne, col(Personne.id) == Destinataire.personne_id)
        .where(
            Reunion.debut > now,
            Reunion.etat == EtatReunion.CONVOQUEE,
            col(Destinataire.retenu).is_(True),
            fiches.correspond(texte) | _de_la_maison(texte, col(Destinataire.partenaire_id), now.date()),
        )
        .order_by(col(Reunion.debut), col(Destinataire.ordre))
    ).all()
    trouves = [
        _attendu(r, o, nom_complet(p.prenom, p.nom) if p else "", d.fonction, d.reponse, d.remplacant)
        for d, r, o, p in rows
    ]
    # Convoquée without the tool: its list is still that of the instance.
    places = session.exec(
        select(Siege, Reunion, Partenaire)
        .join(Reunion, col(Reunion.instance_id) == Siege.instance_id)
        .join(Partenaire, col(Partenaire.id) == Siege.partenaire_id)
        .where(
            Reunion.debut > now,
            Reunion.etat == EtatReunion.CONVOQUEE,
            ~select(Destinataire.id).where(Destinataire.reunion_id == Reunion.id).exists(),
            fiches.correspond(texte) | _de_la_maison(texte, col(Siege.partenaire_id), now.date()),
        )
        .order_by(col(Reunion.debut), col(Siege.ordre))
    ).all()
    for r in {r.id: r for _, r, _ in places}.values():
        ce_jour = sieges.membres(session, instance_id=r.instance_id or 0, today=now.date(), le=r.debut.date())
        tenants = {m.siege_id: m.personne for m in ce_jour}
        trouves += [_attendu(r, o, tenants[s.id], s.fonction, Reponse.SANS_REPONSE, "") for s, x, o in places if x is r]
    return _prochaines_d_abord(trouves)


def convoquees(session: Session, *, now: datetime) -> list[int]:
    """The meetings to come for which answers are awaited, nearest first."""
    return [
        id or 0
        for id in session.exec(
            select(Reunion.id)
            .where(Reunion.debut > now, Reunion.etat == EtatReunion.CONVOQUEE)
            .order_by(col(Reunion.debut), col(Reunion.id))
        ).all()
    ]


# --- commands -------------------------------------------------------------------------------------------------------


def noter(
    session: Session,
    *,
    reunion_id: int,
    cle: Cle,
    reponse: Reponse,
    vue: Reponse,
    remplacant: str = "",
    now: datetime,
    by: Acteur,
) -> None:
    """Note what somebody answered; `remplacant` is the function of who comes instead, never a name.

    Args:
        vue: the answer that was shown: another one that a colleague noted meanwhile is not overwritten.

    Raises:
        Conflict: a colleague noted another answer.
        Invalid: the meeting takes no answer any more, or the text is too long.
    """
    row = composition.ligne(session, reunion_id=reunion_id, cle=cle, today=now.date(), by=by)
    reunion = session.get_one(Reunion, reunion_id)
    if reunion.etat in (*ETATS_REUNION_SAISIE, *ETATS_REUNION_SANS_SUITE):
        raise Invalid({"": f"Cette réunion est notée « {reunion.etat.libelle} » : elle ne prend plus de réponse."})
    remplacant = clean(remplacant) if reponse is Reponse.REMPLACE else ""
    if len(remplacant) > REMPLACANT_MAX:
        raise Invalid({"remplacant": f"La fonction est trop longue : {REMPLACANT_MAX} caractères au plus."})
    if (row.reponse, row.remplacant) == (reponse, remplacant):
        return
    if row.reponse not in (vue, reponse):
        raise Conflict(f"Un collègue vient de noter « {row.reponse.libelle} » : rien n’a été changé.")
    _ecrire(session, row, reponse, remplacant, by)


def deposer(session: Session, *, contenu: bytes, now: datetime, by: Acteur) -> list[str]:
    """Note the answers of a file (.ics or .eml); one sentence for each says what was noted, for which meeting.

    Raises:
        Invalid: the file is no answer to one of our meetings, and why. Nothing is noted then.
    """
    require(by, Droit.ECRIRE)
    lues = [_verifier_lue(session, lue) for lue in reponses_lues.lire(contenu)]
    return _noter_lues(session, lues, by)


def recevoir(
    session: Session, *, fichiers: Sequence[tuple[str, bytes]], by: Acteur
) -> tuple[list[str], dict[str, str]]:
    """Note the answers of these files (name, bytes), to be undone together; what was noted, and why a file was refused:
    it does not take the others with it."""
    require(by, Droit.ECRIRE)
    lues: list[_Lue] = []
    refus: dict[str, str] = {}
    for nom, contenu in fichiers:
        try:
            lues += [_verifier_lue(session, lue) for lue in reponses_lues.lire(contenu)]
        except BusinessError as error:
            refus[nom] = error.phrase
    if not lues:
        return [], refus
    resume = f"Réponses reçues par messagerie : {len(lues)}"
    with operations.suivre(session, acte=RECUES, resume=resume, now=utcnow(), by=by) as suivi:
        suivi.retenir(*(x.row for x in lues))
        return _noter_lues(session, lues, by), refus


# --- inside ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lue:
    """An answer read in a file, whose it is, and the sentence that says so."""

    row: Destinataire
    reponse: Reponse
    remplacant: str
    phrase: str


def _verifier_lue(session: Session, lue: ReponseLue) -> _Lue:
    reunion = _reunion(session, lue.uid)
    row, dit = _destinataire(session, reunion, lue)
    partenaire = session.get_one(Partenaire, row.partenaire_id)
    if lue.provisoire:
        raise Invalid(
            {"fichier": f"{partenaire.nom} répond « peut-être » pour « {reunion.titre} » : rien n’a été noté."}
        )
    if dit.annonce != envois.annonce_actuelle(session, reunion) or lue.sequence < dit.sequence:
        raise Invalid(
            {
                "fichier": f"{partenaire.nom} répond pour l’ancienne date ou l’ancien lieu de « {reunion.titre} » : "
                "rien n’a été noté. Demandez sa réponse à nouveau."
            }
        )
    if reunion.etat in (*ETATS_REUNION_SAISIE, *ETATS_REUNION_SANS_SUITE):
        raise Invalid(
            {"fichier": f"« {reunion.titre} » est notée « {reunion.etat.libelle} » : elle ne prend plus de réponse."}
        )
    if row.repondu_le and lue.quand and lue.quand < row.repondu_le and row.reponse is not lue.reponse:
        raise Invalid(
            {
                "fichier": f"{partenaire.nom} a répondu « {row.reponse.libelle} » depuis : "
                "cette réponse plus ancienne n’a pas été notée."
            }
        )
    remplacant = clean(lue.remplacant)[:REMPLACANT_MAX]
    return _Lue(row, lue.reponse, remplacant, f"{partenaire.nom} : {lue.reponse.libelle.lower()} – {reunion.titre}")


def _noter_lues(session: Session, lues: Sequence[_Lue], by: Acteur) -> list[str]:
    for x in lues:
        if x.row.reponse is not x.reponse:
            _ecrire(session, x.row, x.reponse, x.remplacant, by)
    return [x.phrase for x in lues]


def _reunion(session: Session, uid: str) -> Reunion:
    """The meeting of that UID: of a file it came from, or born here."""
    trouve = re.fullmatch(r"reunion-(\d{1,9})@carnet-de-veille", uid)
    reunion = session.exec(select(Reunion).where(Reunion.uid_externe == uid).order_by(col(Reunion.id))).first()
    if reunion is None and trouve:
        reunion = session.get(Reunion, int(trouve[1]))
        if reunion is not None and reunion.uid_externe:
            reunion = None
    if reunion is None:
        raise Invalid({"fichier": "Cette réponse concerne une réunion que le carnet ne connaît pas."})
    return reunion


def _destinataire(session: Session, reunion: Reunion, lue: ReponseLue) -> tuple[Destinataire, Envoi]:
    """Whom that address was called as, and what they were told last there."""
    rows = session.exec(
        select(Destinataire, Envoi)
        .join(Envoi, col(Envoi.destinataire_id) == Destinataire.id)
        .where(
            Destinataire.reunion_id == reunion.id,
            func.lower(Envoi.courriel) == lue.courriel,
            col(Envoi.genre).in_((GenreEnvoi.CONVOCATION, GenreEnvoi.MISE_A_JOUR)),
            col(Envoi.etat).not_in((EtatEnvoi.RETIRE, EtatEnvoi.ECHEC)),
        )
        .order_by(col(Envoi.id).desc())
    ).all()
    if not rows:
        raise Invalid(
            {
                "fichier": f"Cette réponse vient de {lue.courriel}, une adresse qui n’a pas été convoquée à "
                f"« {reunion.titre} »."
            }
        )
    if len({d.id for d, _ in rows}) > 1:
        raise Invalid(
            {
                "fichier": f"L’adresse {lue.courriel} est celle de plusieurs destinataires de « {reunion.titre} » : "
                "cochez la réponse à la main."
            }
        )
    return rows[0]


def _ecrire(session: Session, row: Destinataire, reponse: Reponse, remplacant: str, by: Acteur) -> None:
    row.reponse, row.remplacant = reponse, remplacant
    row.repondu_le = None if reponse is Reponse.SANS_REPONSE else utcnow()
    session.add(row)
    session.flush()
    reunion, partenaire = session.get_one(Reunion, row.reunion_id), session.get_one(Partenaire, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="reponse",
        objet="reunion",
        objet_id=row.reunion_id,
        resume=f"Réponse notée, {reponse.libelle.lower()} : {partenaire.nom} – {reunion.titre}",
    )


def _prochaines_d_abord(attendus: Sequence[Attendu]) -> list[Attendu]:
    """The next meeting of each partenaire, then their later ones."""
    rangs: dict[int, int] = {}
    ranges = []
    for a in sorted(attendus, key=lambda a: a.debut):
        rangs[a.cle[0]] = rangs.get(a.cle[0], 0) + 1
        ranges.append((rangs[a.cle[0]], a.debut, a))
    return [a for _, _, a in sorted(ranges, key=lambda x: x[:2])]


def _attendu(r: Reunion, o: Partenaire, personne: str, fonction: str, reponse: Reponse, remplacant: str) -> Attendu:
    return Attendu(
        reunion_id=r.id,
        titre=r.titre,
        debut=r.debut,
        cle=(o.id, fonction),
        partenaire=o.nom,
        fonction=fonction,
        personne=personne,
        reponse=reponse,
        remplacant=remplacant,
    )


def _de_la_maison(texte: str, partenaire_id: Any, today: date) -> ColumnElement[bool]:
    """The partenaire of a person in function that `texte` names: the assistant calls for the director."""
    de_ce_nom = (
        select(Fonction.partenaire_id)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .where(fonctions.pas_finie(today), personnes.correspond(texte))
    )
    ici: ColumnElement[bool] = partenaire_id.in_(de_ce_nom)
    return ici
