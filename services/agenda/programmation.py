"""Meetings are created, moved, changed, held, cancelled, chaired: what is done to what agenda/reunions.py reads."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models import Instance, Lieu, Reunion
from models.lists import (
    ETATS_REUNION_SAISIE,
    ETATS_REUNION_SANS_SUITE,
    EtatReunion,
    EtatSalle,
    TypeReunion,
)
from services.agenda import presidences
from services.agenda.reunions import DUREE, TRANSITIONS, conflits, defauts, erreurs_horaires, get
from services.commun import edition_listes, etats_releve, listes
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import BusinessError, Invalid
from services.socle.temps import periode
from services.socle.texte import clean, folded

_ECRITE = (
    "Cette réunion a déjà son relevé : sa date, son type et son instance ne changent plus. "
    "Corrigez le titre ou le lieu, ou le relevé lui-même."
)


@dataclass(frozen=True)
class Saisie:
    """What a form says of a meeting. Without `fin`, the usual length, or the present one. `lieu_nom` names a place that
    may not exist yet; it wins over `lieu_id`."""

    type: TypeReunion
    instance_id: int | None
    titre: str
    debut: datetime
    fin: datetime | None = None
    lieu_id: int | None = None
    lieu_nom: str = ""


class Chevauchement(BusinessError):
    """It would overlap what staff have not read: `phrases` says all that it overlaps. The screen asks, and sends them
    back as `vus`."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        super().__init__(" ".join(phrases))
        self.phrases = phrases


def creer(session: Session, *, saisie: Saisie, vus: Collection[str] = (), jeton: str, by: Acteur) -> int:
    """Create a meeting. Without title, the instance's name.

    Args:
        vus: the overlaps that staff have read, and go over; likewise below.

    Raises:
        Chevauchement: it overlaps something else.
        Invalid: a field is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    if saisie.instance_id is not None and (not clean(saisie.titre) or saisie.fin is None):
        base = defauts(session, instance_id=saisie.instance_id, jour=saisie.debut.date())
        fin = saisie.fin or saisie.debut + (base.fin - base.debut)
        saisie = replace(saisie, titre=clean(saisie.titre) or base.titre, fin=fin)
    fin = saisie.fin or saisie.debut + DUREE
    reunion = Reunion(type=saisie.type, titre="", debut=saisie.debut, fin=fin, etat=EtatReunion.BROUILLON)
    _remplir(session, reunion, saisie, fin, vus=vus, by=by)
    session.add(reunion)
    session.flush()
    id = reunion.id
    _noter(session, by, "creer", reunion, f"Réunion créée, {periode(reunion.debut, reunion.fin)}")
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=id)
    return id


def deplacer(
    session: Session,
    *,
    id: int,
    debut: datetime,
    fin: datetime | None = None,
    vus: Collection[str] = (),
    version: int,
    by: Acteur,
) -> None:
    """Change when a meeting takes place; without `fin` it keeps its length, in civil time.

    Raises:
        Chevauchement: it would overlap something else.
        Conflict: a colleague changed the meeting since `version` was read.
        Invalid: it is written up, cancelled or reported, or the hours are wrong.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    actuelle = session.get(Reunion, id)
    if actuelle and (debut, fin or debut + (actuelle.fin - actuelle.debut)) == (actuelle.debut, actuelle.fin):
        return  # there already: the same move sent again, or nothing to do
    reunion = _a_jour(session, id, version)
    fin = fin or debut + (reunion.fin - reunion.debut)
    if reunion.etat in ETATS_REUNION_SAISIE:
        raise Invalid({"debut": "Cette réunion a déjà son relevé : elle ne peut plus être déplacée."})
    if reunion.etat in ETATS_REUNION_SANS_SUITE:
        raise Invalid(
            {
                "debut": f"Cette réunion est notée « {reunion.etat.libelle} ». "
                "Remettez-la d’abord en brouillon, ou créez-en une autre."
            }
        )
    if erreurs := erreurs_horaires(debut, fin):
        raise Invalid(erreurs)
    _exiger_vus(session, reunion, (debut, fin, reunion.instance_id, reunion.lieu_id), vus)
    avant = periode(reunion.debut, reunion.fin)
    reunion.debut, reunion.fin = debut, fin
    reunion.salle = EtatSalle.A_RESERVER  # what was booked was another hour
    session.add(reunion)
    session.flush()
    _noter(session, by, "deplacer", reunion, f"Réunion déplacée, {avant} → {periode(debut, fin)}")


def modifier(
    session: Session,
    *,
    id: int,
    saisie: Saisie,
    vus: Collection[str] = (),
    version: int,
    jeton: str = "",
    by: Acteur,
) -> None:
    """Change a meeting. Once written up, only its title and place. `jeton`, if given, is the form's: closed here.

    Raises:
        Chevauchement: at its new hours, of its new instance or in its new place, it would overlap something else.
        Conflict: a colleague changed the meeting since `version` was read.
        Invalid: a field is wrong, or may not change any more.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        vue = get(session, id=id)
        fin = saisie.fin or saisie.debut + (vue.fin - vue.debut)
        voulu = (saisie.type, saisie.instance_id, clean(saisie.titre), saisie.debut, fin)
        if voulu == (vue.type, vue.instance_id, vue.titre, vue.debut, vue.fin):
            return  # the same form sent again; another text under a spent token is a stale form
        version = chargement.DEPASSEE
    etats_releve.exiger_modifiable(session, reunion_id=id)
    reunion = _a_jour(session, id, version)
    fin = saisie.fin or saisie.debut + (reunion.fin - reunion.debut)
    fond = (reunion.type, reunion.instance_id, reunion.debut, reunion.fin)
    if reunion.etat in ETATS_REUNION_SAISIE and (saisie.type, saisie.instance_id, saisie.debut, fin) != fond:
        raise Invalid({"": _ECRITE})
    _remplir(session, reunion, saisie, fin, vus=vus, by=by)
    session.add(reunion)
    session.flush()
    etats_releve.corrige(session, reunion_id=id, by=by)
    _noter(session, by, "modifier", reunion, f"Réunion modifiée, {periode(reunion.debut, reunion.fin)}")
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=id)


def changer_etat(
    session: Session,
    *,
    id: int,
    etat: EtatReunion,
    motif: str = "",
    vus: Collection[str] = (),
    version: int,
    by: Acteur,
) -> None:
    """Set the state of a meeting, with a reason when it did not take place as planned.

    Raises:
        Chevauchement: put back where it was, it would overlap something else.
        Conflict: a colleague changed the meeting since `version` was read.
        Invalid: not from this state, or the reason is missing or too long.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    reunion = _a_jour(session, id, version)
    if etat not in TRANSITIONS[reunion.etat]:
        raise Invalid({"etat": f"Une réunion « {reunion.etat.libelle} » ne peut pas passer à « {etat.libelle} »."})
    motif = clean(motif)
    if etat in ETATS_REUNION_SANS_SUITE and not motif:
        raise Invalid({"motif": "Indiquez le motif en quelques mots, sans nom de personne."})
    if len(motif) > 300:
        raise Invalid({"motif": "Le motif est trop long : 300 caractères au plus."})
    if reunion.etat in ETATS_REUNION_SANS_SUITE and etat not in ETATS_REUNION_SANS_SUITE:
        _exiger_vus(session, reunion, _place(reunion), vus)
    reunion.etat = etat
    reunion.motif = motif if etat in ETATS_REUNION_SANS_SUITE else ""
    session.add(reunion)
    session.flush()
    _noter(session, by, "changer_etat", reunion, f"Réunion {etat.libelle.lower()}")


def presider(session: Session, *, id: int, qui: str, version: int, by: Acteur) -> None:
    """Say who in fact chairs a meeting; `qui` empty: whoever is in charge that day. The relevé follows.

    Raises:
        Conflict: a colleague changed the meeting since `version` was read, or its relevé was sent.
        Invalid: the text is too long.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    qui = clean(qui)
    actuelle = session.get(Reunion, id)
    if qui and actuelle and actuelle.presidee_par == qui:
        return  # said already: the same form sent again
    etats_releve.exiger_modifiable(session, reunion_id=id)
    reunion = chargement.charger_a_jour(
        session, Reunion, id, version, lambda r: {"qui": presidences.qui_preside(session, reunion_id=r.id)}
    )
    if len(qui) > presidences.QUI_MAX:
        raise Invalid({"qui": f"Raccourcissez : {presidences.QUI_MAX} caractères au plus."})
    avant = presidences.qui_preside(session, reunion_id=id)
    reunion.presidee_par = qui or None
    if reunion.etat in ETATS_REUNION_SAISIE:
        presidences.retenir(session, reunion=reunion)
    session.add(reunion)
    session.flush()
    apres = presidences.qui_preside(session, reunion_id=id)
    if apres != avant:
        etats_releve.corrige(session, reunion_id=id, by=by)
        _noter(session, by, "presider", reunion, f"Présidence, {avant or 'personne'} → {apres or 'personne'}")


def _a_jour(session: Session, id: int, version: int) -> Reunion:
    def actuel(_: Reunion) -> dict[str, str]:
        vue = get(session, id=id)
        return {
            "titre": vue.titre,
            "type": vue.type.libelle,
            "instance": vue.instance,
            "debut": vue.debut.strftime("%d/%m/%Y %H:%M"),
            "fin": vue.fin.strftime("%d/%m/%Y %H:%M"),
            "lieu": vue.lieu,
            "etat": vue.etat.libelle,
        }

    return chargement.charger_a_jour(session, Reunion, id, version, actuel)


_Place = tuple[datetime, datetime, int | None, int | None]  # from, to, of what instance, in what place


def _place(r: Reunion) -> _Place:
    return r.debut, r.fin, r.instance_id, r.lieu_id


def _exiger_vus(session: Session, reunion: Reunion, place: _Place, vus: Collection[str]) -> None:
    """Refuse that place, unless all that it would overlap was read."""
    debut, fin, instance_id, lieu_id = place
    phrases = conflits(session, debut=debut, fin=fin, instance_id=instance_id, lieu_id=lieu_id, sauf=reunion.id)
    if not set(phrases) <= set(vus):
        raise Chevauchement(tuple(phrases))


def _remplir(session: Session, reunion: Reunion, s: Saisie, fin: datetime, *, vus: Collection[str], by: Acteur) -> None:
    """Check every field, then write them in the row."""
    titre, lieu_nom, lieu_id = clean(s.titre), clean(s.lieu_nom), s.lieu_id
    erreurs: dict[str, str] = {}
    if not titre:
        erreurs["titre"] = "Donnez un titre à la réunion, ou choisissez son instance."
    elif len(titre) > 200:
        erreurs["titre"] = "Le titre est trop long : 200 caractères au plus."
    instance = session.get(Instance, s.instance_id) if s.instance_id is not None else None
    if s.instance_id is not None and instance is None:
        erreurs["instance"] = "Cette instance n’existe plus. Choisissez-en une autre."
    elif instance and instance.archive and s.instance_id != reunion.instance_id:
        erreurs["instance"] = "Cette instance est archivée. Restaurez-la, ou choisissez-en une autre."
    erreurs |= erreurs_horaires(s.debut, fin)
    if len(lieu_nom) > 160:
        erreurs["lieu"] = "Le nom du lieu est trop long : 160 caractères au plus."
    elif not lieu_nom and lieu_id is not None and session.get(Lieu, lieu_id) is None:
        erreurs["lieu"] = "Ce lieu n’existe plus. Choisissez-en un autre."
    if erreurs:
        raise Invalid(erreurs)
    if lieu_nom:
        lieu_id = next((x.id for x in listes.lieux(session) if folded(x.nom) == folded(lieu_nom)), None)
    if _place(reunion) != (place := (s.debut, fin, s.instance_id, lieu_id)):
        _exiger_vus(session, reunion, place, vus)
    if lieu_nom:
        lieu_id = edition_listes.lieu_nomme(session, nom=lieu_nom, by=by)
    if reunion.id and (reunion.debut, reunion.fin, reunion.lieu_id) != (s.debut, fin, lieu_id):
        reunion.salle = EtatSalle.A_RESERVER  # what was booked was another hour, or another room
    reunion.type, reunion.instance_id, reunion.titre = s.type, s.instance_id, titre
    reunion.debut, reunion.fin, reunion.lieu_id = s.debut, fin, lieu_id


def _noter(session: Session, by: Acteur, acte: str, reunion: Reunion, resume: str) -> None:
    journal.note(
        session,
        by=by,
        acte=acte,
        objet="reunion",
        objet_id=reunion.id,
        resume=f"{resume} : {reunion.titre}",
    )
