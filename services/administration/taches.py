"""What runs by itself: each task once when it is due, however many processes there are, and once only after a stop.

The base holds the clock of each task (`Tache`): the process that takes its lease runs it alone. A process killed
meanwhile frees it when the lease ends. Like `expedition`, this module opens its own transactions: a task may take long.
"""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from models import Tache
from services.actions import relances
from services.aujourdhui import recapitulatif
from services.convocation import rappels
from services.courrier import envois, expedition
from services.socle import conges, db, journal, parametres
from services.socle.acteur import SYSTEME, Acteur, Droit, require
from services.socle.erreurs import BusinessError, Conflict, Invalid
from services.socle.horloge import civil
from services.socle.texte import accord
from settings import get_settings

log = logging.getLogger("carnet.taches")

BAIL = timedelta(minutes=10)  # longer than any task: a process killed frees its task after that
REPRISE = timedelta(minutes=10)  # a task that failed is tried again then, if it was not due before
MOI = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Definition:
    """A task. `faire` returns what it did, in French; `suivante` the next due time after an instant (all in UTC).

    `en_base`: what it does is written in the very transaction that ends it, hence once or not at all, even killed.
    Otherwise it is called without a session, opens its own transactions, and may be done again after a kill.
    """

    libelle: str
    suivante: Callable[[Session, datetime], datetime]
    en_base: Callable[[Session, datetime], str] | None = None
    hors_base: Callable[[], str] | None = None
    par_relais: bool = True  # idle while there is no relay


@dataclass(frozen=True)
class TacheVue:
    """A task as its screen shows it; instants in UTC. `en_pause`: no relay to send through. `a_lancer`: due, or it
    failed, and nobody runs it."""

    nom: str
    libelle: str
    prochaine: datetime | None
    finie_le: datetime | None
    resultat: str
    erreur: str
    en_cours: bool
    en_pause: bool
    a_lancer: bool


# --- when -----------------------------------------------------------------------------------------------------------

HEURE_RECAPITULATIF, HEURE_RECAPITULATIF_DEFAUT = "recapitulatif_heure", "07:30"
JOUR_RELANCES, HEURE_RELANCES = 1, time(9)  # Tuesdays: a Monday is often a holiday
HEURE_RAPPELS = time(8)


def heure_recapitulatif(session: Session) -> time:
    """When the digest leaves, in town time."""
    return time.fromisoformat(parametres.lire(session, HEURE_RECAPITULATIF, HEURE_RECAPITULATIF_DEFAUT))


def _chaque_minute(_: Session, apres: datetime) -> datetime:
    return apres + timedelta(minutes=1)


def _matin_ouvre(session: Session, apres: datetime) -> datetime:
    return _prochaine(apres, heure_recapitulatif(session))


def _chaque_matin(_: Session, apres: datetime) -> datetime:
    return _prochaine(apres, HEURE_RAPPELS)


def _chaque_semaine(_: Session, apres: datetime) -> datetime:
    return _prochaine(apres, HEURE_RELANCES, jour=JOUR_RELANCES)


def _prochaine(apres: datetime, heure: time, *, jour: int | None = None) -> datetime:
    """The first working day after that instant at this hour of the town. Of a weekday: that day, or the first working
    one after it when it is a holiday."""
    zone = get_settings().zone
    le = apres.astimezone(zone).date()
    while True:
        voulu = le if jour is None else le - timedelta(days=(le.weekday() - jour) % 7)
        instant = datetime.combine(le, heure, zone)
        if instant > apres and conges.premier_ouvre(voulu) == le:
            return instant
        le += timedelta(days=1)


# --- what -----------------------------------------------------------------------------------------------------------


def _expedier() -> str:
    partis, rates = expedition.partir()
    return f"{accord(partis, 'envoyé')}, {rates} à retenter" if partis or rates else "Rien à envoyer"


def _recapituler(session: Session, now: datetime) -> str:
    return recapitulatif.deposer(session, now=civil(now), by=SYSTEME)


def _relancer(session: Session, now: datetime) -> str:
    return relances.deposer(session, now=now, by=SYSTEME)


def _rappeler(session: Session, now: datetime) -> str:
    n = rappels.rappels(session, now=civil(now))
    return f"{accord(n, 'rappel')} en file" if n else "Aucun rappel à envoyer"


TACHES: dict[str, Definition] = {
    "expedition": Definition("Envoi des messages en attente", _chaque_minute, hors_base=_expedier),
    "recapitulatif": Definition("Récapitulatif du matin", _matin_ouvre, en_base=_recapituler),
    "rappels": Definition("Rappel avant la réunion", _chaque_matin, en_base=_rappeler),
    "relances": Definition("Relance des actions en retard", _chaque_semaine, en_base=_relancer),
}


# --- running them ---------------------------------------------------------------------------------------------------


def passer(*, now: datetime, taches: Mapping[str, Definition] = TACHES, par: str = MOI) -> list[str]:
    """Run what is due; the names of the tasks that this process ran. One that fails does not stop the others.

    Raises:
        Unavailable: the base does not answer; nothing was run, or its end could not be written.
    """
    if not _quelque_chose(now, taches):
        return []
    faites = []
    for nom, definition in taches.items():
        if _arrete(definition) or not _prendre(nom, definition, now=now, par=par):
            continue
        faites.append(nom)
        _faire(nom, definition, now=now, par=par)
    return faites


def _arrete(definition: Definition) -> bool:
    return definition.par_relais and not envois.relais()


def _libre(tache: Tache, now: datetime, *, a_la_main: bool = False) -> bool:
    """Due, and nobody runs it. By hand, one that failed is due at once."""
    due = tache.prochaine <= now or (a_la_main and tache.erreur != "")
    return due and (tache.bail_jusqua is None or tache.bail_jusqua <= now)


def _quelque_chose(now: datetime, taches: Mapping[str, Definition]) -> bool:
    """Is anything due, or never seen? One read: nearly every minute, nothing is, and nothing is written."""
    with db.reading() as session:
        connues = {t.nom: t for t in session.exec(select(Tache)).all()}
        return any(not _arrete(d) and (nom not in connues or _libre(connues[nom], now)) for nom, d in taches.items())


def _prendre(nom: str, definition: Definition, *, now: datetime, par: str, a_la_main: bool = False) -> bool:
    """Take the lease of a task that is due. Writers come one after the other: one process alone gets it."""
    with db.writing() as session:
        tache = session.get(Tache, nom)
        if tache is None:
            session.add(Tache(nom=nom, prochaine=definition.suivante(session, now)))
            return False
        if not _libre(tache, now, a_la_main=a_la_main):
            return False
        tache.bail_par, tache.bail_jusqua, tache.commencee_le = par, now + BAIL, now
        session.add(tache)
        return True


def _faire(nom: str, definition: Definition, *, now: datetime, par: str) -> None:
    try:
        resultat = definition.hors_base() if definition.hors_base else ""
        with db.writing() as session:
            tache = session.get_one(Tache, nom)
            if tache.bail_par != par:
                log.warning("task %s: its lease ended before it did, another process has it", nom)
                return
            if definition.en_base:
                resultat = definition.en_base(session, now)
            tache.prochaine = definition.suivante(session, now)
            tache.bail_par, tache.bail_jusqua = "", None
            tache.finie_le, tache.resultat, tache.erreur = now, resultat[:300], ""
            session.add(tache)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other tasks run, and the screen says it
        _rater(nom, error, now=now, par=par)


def _rater(nom: str, error: Exception, *, now: datetime, par: str) -> None:
    """The task failed: its error is kept, and it is due again soon."""
    reference = secrets.token_hex(4).upper()
    log.error("Erreur %s, tâche %s", reference, nom, exc_info=error)
    phrase = error.phrase if isinstance(error, BusinessError) else "Problème imprévu."
    with db.writing() as session:
        tache = session.get_one(Tache, nom)
        if tache.bail_par == par:
            tache.bail_par, tache.bail_jusqua = "", None
            tache.prochaine = now + REPRISE
            tache.erreur = f"{phrase} Référence pour le service informatique : {reference}."[:300]
            session.add(tache)


def lancer(nom: str, *, now: datetime, by: Acteur, taches: Mapping[str, Definition] = TACHES) -> str:
    """Run a task that is due, or that failed, without waiting for its minute; what it did. It opens its own
    transactions. The lease is the scheduler's: it never runs twice, whoever comes first.

    Raises:
        BusinessError: it failed; the sentence says why.
        Conflict: no relay, not due (any more), or running just now.
    """
    require(by, Droit.ECRIRE)
    definition = taches[nom]
    if _arrete(definition):
        raise Conflict("Le carnet n’envoie pas encore de messages lui-même : demandez-le au service informatique.")
    par = f"{MOI}:{secrets.token_hex(4)}"
    if not _prendre(nom, definition, now=now, par=par, a_la_main=True):
        raise Conflict("Cette tâche n’est plus à lancer : elle vient d’être faite, ou se fait en ce moment.")
    with db.writing() as session:
        resume = f"Tâche lancée à la main : {definition.libelle}"
        journal.note(session, by=by, acte="lancer", objet="envoi", objet_id=None, resume=resume)
    _faire(nom, definition, now=now, par=par)
    with db.reading() as session:
        tache = session.get_one(Tache, nom)
        if tache.erreur:
            raise BusinessError(tache.erreur)
        return tache.resultat


# --- what the screen asks -------------------------------------------------------------------------------------------


def liste(session: Session, *, now: datetime) -> list[TacheVue]:
    """Every task, as it stands."""
    connues = {t.nom: t for t in session.exec(select(Tache).where(col(Tache.nom).in_(TACHES))).all()}
    vues = []
    for nom, definition in TACHES.items():
        t = connues.get(nom)
        vues.append(
            TacheVue(
                nom=nom,
                libelle=definition.libelle,
                prochaine=t.prochaine if t else None,
                finie_le=t.finie_le if t else None,
                resultat=t.resultat if t else "",
                erreur=t.erreur if t else "",
                en_cours=bool(t and t.bail_jusqua and t.bail_jusqua > now),
                en_pause=_arrete(definition),
                a_lancer=bool(t and not _arrete(definition) and _libre(t, now, a_la_main=True)),
            )
        )
    return vues


# --- command --------------------------------------------------------------------------------------------------------


def regler_recapitulatif(session: Session, *, heure: time | None, now: datetime, by: Acteur) -> None:
    """When the digest leaves each working morning. `now` is an instant.

    Raises:
        Invalid: no hour.
    """
    require(by, Droit.COMPTES)
    if heure is None:
        raise Invalid({"heure": "Donnez une heure, par exemple 07:30."})
    avant = heure_recapitulatif(session)
    if heure == avant:
        return
    parametres.ecrire(session, HEURE_RECAPITULATIF, heure.strftime("%H:%M"))
    if tache := session.get(Tache, "recapitulatif"):
        tache.prochaine = _matin_ouvre(session, now)
        session.add(tache)
    journal.note(
        session,
        by=by,
        acte="regler",
        objet="parametre",
        objet_id=None,
        resume=f"Récapitulatif du matin, heure de départ : {avant:%H:%M} → {heure:%H:%M}",
    )
