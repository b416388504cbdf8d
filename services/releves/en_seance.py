"""Writing up a meeting while it is held: from when, and how it becomes "en séance". Its draft is that of the entry."""

from datetime import datetime

from sqlmodel import Session

from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, ETATS_REUNION_SANS_SUITE, EtatReunion
from services.agenda import programmation, reunions
from services.agenda.reunions import ReunionVue
from services.releves import saisie
from services.releves.saisie import SEANCE_AVANT
from services.socle.acteur import Acteur, Droit, require
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Conflict
from services.socle.temps import heure, jour


def refus(reunion: ReunionVue, *, now: datetime) -> str:
    """Why this meeting cannot be written up while it is held, "" if it can: from an hour before its start to the end of
    its day, and for as long as it is "en séance"."""
    if reunion.etat in ETATS_REUNION_SAISIE:
        return "Cette réunion est saisie : son relevé est enregistré."
    if reunion.etat in ETATS_REUNION_SANS_SUITE:
        return saisie.empechement(reunion, now=now)
    ouverture = reunion.debut - SEANCE_AVANT
    if now < ouverture:
        return (
            f"La séance pourra s’ouvrir une heure avant le début : {jour(ouverture.date(), annee_de=now.date())} "
            f"à partir de {heure(ouverture)}."
        )
    if now.date() > reunion.fin.date() and reunion.etat is not EtatReunion.EN_SEANCE:
        return "Cette réunion est passée : saisissez-la d’une traite."
    return ""


def du_moment(reunions_: list[ReunionVue], *, now: datetime) -> list[ReunionVue]:
    """Those of these meetings that are about to begin, being held, or just over: what a screen leads to."""
    return [
        r
        for r in reunions_
        if r.etat in ETATS_REUNION_A_SAISIR
        and not refus(r, now=now)
        and (r.etat is EtatReunion.EN_SEANCE or now <= r.fin + SEANCE_AVANT)
    ]


def ouvrir(session: Session, *, reunion_id: int, now: datetime, by: Acteur) -> Formulaire:
    """Open the séance: the meeting becomes "en séance" (or is already: two agents may open it), with its draft.

    Raises:
        Conflict: too early, or the meeting is written up, cancelled, put off.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    reunion = reunions.get(session, id=reunion_id)
    if phrase := refus(reunion, now=now):
        raise Conflict(phrase)
    if reunion.etat is not EtatReunion.EN_SEANCE:
        programmation.changer_etat(session, id=reunion_id, etat=EtatReunion.EN_SEANCE, version=reunion.version, by=by)
    return saisie.ouvrir(session, reunion_id=reunion_id, by=by)
