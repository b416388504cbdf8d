"""The digest: what an agent who chose it reads in the morning, before opening the notebook.

Tests: tests/services/actions/test_relances.py.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models import Agent
from models.lists import ETATS_REUNION_SANS_SUITE, GenreEnvoi
from services.agenda.reunions import ReunionVue
from services.aujourdhui import accueil
from services.aujourdhui.accueil import Attente, Semaine
from services.courrier import envois
from services.projets.creneaux import SeanceVue
from services.socle import conges, journal
from services.socle.acteur import DROITS, Acteur, Droit, require
from services.socle.coordonnees import courriel_valide
from services.socle.erreurs import Invalid
from services.socle.temps import heure, jour, jour_long, moment, retard
from services.socle.texte import accord

MAX_PREPARATIONS = 5
FIN = (
    "\nLe détail est dans Carnet de veille, écran Accueil.\n"
    "Pour ne plus recevoir ce message : écran « Mon compte », Récapitulatif du matin.\n"
)


@dataclass(frozen=True)
class Choix:
    """Where an agent receives the digest, and whether."""

    courriel: str
    recapitulatif: bool


def choix(session: Session, *, by: Acteur) -> Choix:
    """What this agent chose."""
    agent = session.get(Agent, by.id)
    return Choix(agent.courriel, agent.recapitulatif) if agent else Choix("", False)


def choisir(session: Session, *, courriel: str, oui: bool, by: Acteur) -> None:
    """One's own choice.

    Raises:
        Invalid: no address to send it to, or a wrong one.
    """
    require(by, Droit.CONSULTER)
    adresse = courriel_valide(courriel)
    if oui and not adresse:
        raise Invalid({"courriel": "Donnez l’adresse où le recevoir."})
    agent = session.get(Agent, by.id)
    if agent is None or (agent.courriel, agent.recapitulatif) == (adresse, oui):
        return
    agent.courriel, agent.recapitulatif = adresse, oui
    session.add(agent)
    session.flush()
    resume = "Récapitulatif du matin : demandé" if oui else "Récapitulatif du matin : non demandé"
    journal.note(session, by=by, acte="modifier", objet="agent", objet_id=agent.id, resume=resume)


def deposer(session: Session, *, now: datetime, by: Acteur) -> str:
    """Put the digest of the day in line for each agent who chose it; what was done. `now` is civil time.

    Nothing on a day off, and nothing to an agent whom nothing awaits.
    """
    today = now.date()
    if conges.premier_ouvre(today) != today:
        return "Jour non ouvré : rien à envoyer"
    agents = session.exec(
        select(Agent).where(col(Agent.recapitulatif), col(Agent.actif), Agent.courriel != "").order_by(col(Agent.id))
    ).all()
    if not agents:
        return "Personne n’a choisi de le recevoir"
    semaine, attente = accueil.semaine(session, today=today), accueil.attente(session, now=now)
    deposes = 0
    for agent in agents:
        contenu = texte(semaine, attente if Droit.LIRE in DROITS[agent.role] else None, now=now)
        if not contenu:
            continue
        envois.deposer(
            session,
            genre=GenreEnvoi.RECAPITULATIF,
            courriel=agent.courriel,
            objet=f"Carnet de veille : {jour_long(today)}",
            texte=f"Bonjour {agent.nom},\n\n{contenu}{FIN}",
            agent_id=agent.id,
            by=by,
        )
        deposes += 1
    return f"{accord(deposes, 'message')} en file" if deposes else "Rien n’attendait personne"


def texte(semaine: Semaine, attente: Attente | None, *, now: datetime) -> str:
    """What the message says between its greeting and its end; "" when there is nothing. `attente` None: the élu."""
    today = now.date()
    blocs = [_bloc("Aujourd’hui", _du_jour(semaine, today)), _bloc("Ensuite cette semaine", _ensuite(semaine, today))]
    if attente:
        a_saisir = [f"{r.titre}, {moment(r.debut, annee_de=today)}" for r in attente.a_saisir]
        titre = f"À saisir : {accord(attente.nb_a_saisir, 'réunion')}"
        blocs.append(_bloc(titre, a_saisir, reste=attente.nb_a_saisir - len(a_saisir)))
        en_retard = [f"{' '.join(a.quoi.split())} ({a.pilote}), {retard(a.echeance, today)}" for a in attente.en_retard]
        titre = f"En retard : {accord(attente.nb_en_retard, 'action')}"
        blocs.append(_bloc(titre, en_retard, reste=attente.nb_en_retard - len(en_retard)))
    return "\n".join(b for b in blocs if b)


def _du_jour(semaine: Semaine, today: date) -> list[str]:
    return [f"{heure(e.debut)}, {_quoi(e)}" for e in _evenements(semaine) if e.debut.date() == today]


def _ensuite(semaine: Semaine, today: date) -> list[str]:
    suivants = [e for e in _evenements(semaine) if e.debut.date() > today]
    return [f"{jour(e.debut)}, {heure(e.debut)}, {_quoi(e)}" for e in suivants]


def _evenements(semaine: Semaine) -> list[ReunionVue | SeanceVue]:
    reunions = [r for r in semaine.reunions if r.etat not in ETATS_REUNION_SANS_SUITE]
    return sorted([*reunions, *semaine.seances], key=lambda e: e.debut)


def _quoi(e: ReunionVue | SeanceVue) -> str:
    if isinstance(e, SeanceVue):
        return f"13-18, {e.college}, {e.classe}"
    return f"{e.titre} ({e.lieu})" if e.lieu else e.titre


def _bloc(titre: str, lignes: list[str], *, reste: int = 0) -> str:
    if not lignes:
        return ""
    suite = [f"- et {accord(reste, 'autre')}"] if reste > 0 else []
    return "\n".join([titre, *(f"- {ligne}" for ligne in lignes), *suite, ""])
