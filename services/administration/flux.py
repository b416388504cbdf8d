"""Addresses that calendar programs read: kind, place and time of meetings, never a word typed by hand.

An address opens without a session, by its secret (256 bits, of which only the SHA-256 is kept). Off until the
responsable turns them on; revoked one by one; that of an agent dies with the account.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from models import Agent, Flux, SecteurVeille
from models.lists import EtatReunion, EtatSeance
from services.agenda import reunions
from services.agenda.reunions import ReunionVue
from services.commun import connexions
from services.projets import seances
from services.projets.creneaux import SeanceVue
from services.socle import brouillons, journal, parametres
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid, NotFound
from services.socle.horloge import civil

ACTIFS = "flux_actifs"
PASSE = timedelta(days=366)
LU_TOUTES_LES = timedelta(minutes=10)  # the last reading is noted no more often
MAX_VIVANTS = 20  # of one agent: more is a mistake
ETEINTS = (
    "Les agendas ne sont pas ouverts. La personne responsable les active dans « Tâches et envois », puis recommencez."
)
_SANS_SUITE = {
    EtatReunion.REPORTEE: "Reportée : ",
    EtatReunion.ANNULEE: "Annulée : ",
    EtatReunion.PAS_EU_LIEU: "N’a pas eu lieu : ",
}
_SEANCE_SANS_SUITE = {EtatSeance.REPORTEE: "Reportée : ", EtatSeance.ANNULEE: "Annulée : "}


@dataclass(frozen=True)
class FluxVu:
    """An address as its screen shows it, without its secret; instants in UTC. `qui`: the agent it dies with."""

    id: int
    quoi: str
    qui: str
    cree_le: datetime
    lu_le: datetime | None


@dataclass(frozen=True)
class FluxOuvert:
    """An address that was rightly asked for."""

    id: int
    nom: str
    secteur_id: int | None
    cree_le: datetime
    a_noter: bool


@dataclass(frozen=True)
class Rendez:
    """What a calendar program is told of a meeting or a séance. `debut` and `fin` are civil time.

    `modifie_le` only has to rise at each change, for programs that keep the later of two: the row keeps no such date,
    so it is the day the address was made, and a second a version.
    """

    genre: str  # "reunion", "seance"
    id: int
    titre: str
    lieu: str
    debut: datetime
    fin: datetime
    sequence: int
    annule: bool
    provisoire: bool
    modifie_le: datetime


# --- the switch -----------------------------------------------------------------------------------------------------


def actifs(session: Session) -> bool:
    """Do addresses answer at all?"""
    return parametres.lire(session, ACTIFS) == parametres.OUI


def activer(session: Session, *, oui: bool, by: Acteur) -> None:
    """Let every address answer, or none: they are kept, and answer again once turned on again."""
    require(by, Droit.COMPTES)
    if actifs(session) == oui:
        return
    parametres.ecrire(session, ACTIFS, parametres.OUI if oui else "non")
    resume = "Agendas ouverts aux programmes d’agenda" if oui else "Agendas fermés : plus aucune adresse ne répond"
    journal.note(session, by=by, acte="regler", objet="parametre", objet_id=None, resume=resume)


# --- addresses ------------------------------------------------------------------------------------------------------


def liste(session: Session, *, by: Acteur) -> list[FluxVu]:
    """The live addresses: one's own; those of everybody for the responsable. Last made first."""
    require(by, Droit.CONSULTER)
    requete = (
        select(Flux, Agent.nom, SecteurVeille.nom)
        .join(Agent, col(Agent.id) == Flux.agent_id, isouter=True)
        .join(SecteurVeille, col(SecteurVeille.id) == Flux.secteur_id, isouter=True)
        .where(col(Flux.revoque_le).is_(None))
        .order_by(col(Flux.id).desc())
    )
    if not by.peut(Droit.COMPTES):
        requete = requete.where(Flux.agent_id == by.id)
    return [
        FluxVu(
            id=f.id,
            quoi=f"Secteur {secteur}" if secteur else "Toute la ville",
            qui=agent or "",
            cree_le=f.cree_le,
            lu_le=f.lu_le,
        )
        for f, agent, secteur in session.exec(requete).all()
    ]


def combien(session: Session) -> int:
    """How many live addresses there are, whoever they belong to."""
    return session.exec(select(func.count()).select_from(Flux).where(col(Flux.revoque_le).is_(None))).one()


def creer(
    session: Session,
    *,
    secteur_id: int | None = None,
    personnel: bool = True,
    jeton: str,
    now: datetime,
    by: Acteur,
) -> str:
    """Make an address; its secret, which nothing can tell again. "" when this form made it already.

    Args:
        personnel: it is the agent's own and dies with the account. If not, it may be given to a colleague or a shared
            calendar, and only the responsable makes one.

    Raises:
        Conflict: addresses are turned off.
        Invalid: no such secteur, or too many addresses.
    """
    require(by, Droit.CONSULTER if personnel else Droit.COMPTES)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return ""
    if not actifs(session):
        raise Conflict(ETEINTS)
    if secteur_id is not None and session.get(SecteurVeille, secteur_id) is None:
        raise Invalid({"secteur": "Ce secteur n’existe plus. Choisissez-en un autre."})
    agent_id = by.id if personnel else None
    vivants = select(func.count()).select_from(Flux).where(Flux.agent_id == agent_id, col(Flux.revoque_le).is_(None))
    if session.exec(vivants).one() >= MAX_VIVANTS:
        raise Invalid({"secteur": f"Il y a déjà {MAX_VIVANTS} adresses : révoquez celles qui ne servent plus."})
    secret = secrets.token_urlsafe(32)
    flux = Flux(
        agent_id=agent_id, secteur_id=secteur_id, empreinte=connexions.empreinte(secret), cree_le=now, cree_par=by.id
    )
    session.add(flux)
    session.flush()
    a_qui = f"de {by.nom}" if personnel else "à partager"
    journal.note(session, by=by, acte="creer", objet="flux", objet_id=flux.id, resume=f"Adresse d’agenda {a_qui} créée")
    brouillons.consommer(session, jeton=jeton, objet="flux", objet_id=flux.id)
    return secret


def revoquer(session: Session, *, id: int, now: datetime, by: Acteur) -> None:
    """The address no longer answers, for ever. Revoked already: nothing.

    Raises:
        NotFound: no such address among one's own (any one for the responsable).
    """
    require(by, Droit.CONSULTER)
    flux = session.get(Flux, id)
    if flux is None or (flux.agent_id != by.id and not by.peut(Droit.COMPTES)):
        raise NotFound("Cette adresse n’existe plus. Rechargez l’écran.")
    if flux.revoque_le is None:
        flux.revoque_le = now
        session.add(flux)
        session.flush()
        agent = session.get(Agent, flux.agent_id) if flux.agent_id else None
        a_qui = f"de {agent.nom}" if agent else "à partager"
        resume = f"Adresse d’agenda {a_qui} révoquée"
        journal.note(session, by=by, acte="revoquer", objet="flux", objet_id=id, resume=resume)


# --- what is read ---------------------------------------------------------------------------------------------------


def ouvrir(session: Session, *, secret: str, now: datetime) -> FluxOuvert | None:
    """The address of that secret, if it answers. Found by the SHA-256 of the secret: how long it takes says nothing."""
    row = session.exec(
        select(Flux, Agent, SecteurVeille.nom)
        .join(Agent, col(Agent.id) == Flux.agent_id, isouter=True)
        .join(SecteurVeille, col(SecteurVeille.id) == Flux.secteur_id, isouter=True)
        .where(Flux.empreinte == connexions.empreinte(secret))
    ).first()
    if row is None or not actifs(session):
        return None
    flux, agent, secteur = row
    if flux.revoque_le is not None or (flux.agent_id is not None and not (agent and agent.actif)):
        return None
    return FluxOuvert(
        id=flux.id,
        nom=f"Carnet de veille – {secteur}" if secteur else "Carnet de veille",
        secteur_id=flux.secteur_id,
        cree_le=flux.cree_le,
        a_noter=flux.lu_le is None or now - flux.lu_le > LU_TOUTES_LES,
    )


def noter_lecture(session: Session, *, id: int, now: datetime) -> None:
    """It was read just now."""
    flux = session.get(Flux, id)
    if flux:
        flux.lu_le = now
        session.add(flux)


def rendez_vous(session: Session, *, flux: FluxOuvert, now: datetime) -> list[Rendez]:
    """Meetings and séances from a year ago on; of a secteur, its meetings. `now` is an instant."""
    debut, fin = (datetime.combine(d, time()) for d in (civil(now).date() - PASSE, date.max))
    des_reunions = reunions.entre(session, debut=debut, fin=fin, secteur_id=flux.secteur_id)
    des_seances = [] if flux.secteur_id else seances.entre(session, debut=debut, fin=fin)
    return [_reunion(r, flux.cree_le) for r in des_reunions] + [_seance(s, flux.cree_le) for s in des_seances]


def _reunion(r: ReunionVue, depuis: datetime) -> Rendez:
    """Its kind and its instance: the title is free text, and stays here."""
    genre = r.type.libelle
    nom = r.instance or genre
    titre = nom if nom.lower().startswith(genre.lower()) else f"{genre} – {nom}"
    return Rendez(
        genre="reunion",
        id=r.id,
        titre=_SANS_SUITE.get(r.etat, "") + titre,
        lieu=", ".join(x for x in (r.lieu, r.adresse) if x),
        debut=r.debut,
        fin=r.fin,
        sequence=r.sequence,
        annule=r.etat in _SANS_SUITE,
        provisoire=r.etat is EtatReunion.BROUILLON,
        modifie_le=depuis + timedelta(seconds=r.version),
    )


def _seance(s: SeanceVue, depuis: datetime) -> Rendez:
    return Rendez(
        genre="seance",
        id=s.id,
        titre=_SEANCE_SANS_SUITE.get(s.etat, "") + "13-18, Questions de Justice",
        lieu=s.college,
        debut=s.debut,
        fin=s.fin,
        sequence=0,
        annule=s.etat in _SEANCE_SANS_SUITE,
        provisoire=False,
        modifie_le=depuis + timedelta(seconds=s.version),
    )
