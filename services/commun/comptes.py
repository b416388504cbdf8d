"""Accounts: who may sign in, under which role. services/commun/connexions.py knows who is signed in."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from models import Agent
from models.lists import Role
from services.commun.connexions import LONGUEUR_MAXIMALE, fermer_sessions, hacher, plier_identifiant, sans_version
from services.socle import brouillons, chargement, journal
from services.socle.acteur import SYSTEME, Acteur, Droit, require
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from services.socle.texte import clean
from settings import get_settings

LONGUEUR_MINIMALE = 12


_IDENTIFIANT = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


DERNIER_RESPONSABLE = "C’est le dernier compte responsable encore ouvert : donnez d’abord ce rôle à une autre personne."


@dataclass(frozen=True)
class CompteVu:
    """An account as its screen shows it; `derniere_connexion` is civil time."""

    id: int
    identifiant: str
    nom: str
    role: Role
    actif: bool
    verrouille: bool
    derniere_connexion: datetime | None
    version: int


def _compte(agent: Agent, now: datetime) -> CompteVu:
    return CompteVu(
        id=agent.id,
        identifiant=agent.identifiant,
        nom=agent.nom,
        role=agent.role,
        actif=agent.actif,
        verrouille=bool(agent.verrouille_jusqua and agent.verrouille_jusqua > now),
        derniere_connexion=(
            agent.derniere_connexion.astimezone(get_settings().zone).replace(tzinfo=None)
            if agent.derniere_connexion
            else None
        ),
        version=agent.version,
    )


def liste(session: Session, *, now: datetime) -> list[CompteVu]:
    """All accounts, open ones first, by name."""
    agents = session.exec(select(Agent).order_by(col(Agent.actif).desc(), func.lower(Agent.nom), col(Agent.id))).all()
    return [_compte(agent, now) for agent in agents]


def get(session: Session, *, id: int, now: datetime) -> CompteVu:
    """One account.

    Raises:
        NotFound: no such account.
    """
    return _compte(chargement.charger(session, Agent, id), now)


def aucun(session: Session) -> bool:
    """True while the base holds no account at all: the first-account page is open."""
    return session.exec(select(Agent.id).limit(1)).first() is None


def par_identifiant(session: Session, *, identifiant: str) -> int:
    """The account of that identifier.

    Raises:
        NotFound: no such account.
    """
    trouve = session.exec(select(Agent.id).where(Agent.identifiant == plier_identifiant(identifiant))).first()
    if trouve is None:
        raise NotFound(f"Aucun compte « {identifiant} ». La liste des comptes : carnet compte liste.")
    return trouve


def _erreur_nom(nom: str) -> dict[str, str]:
    if not nom:
        return {"nom": "Écrivez le prénom et le nom de la personne."}
    if len(nom) > 120:
        return {"nom": "Raccourcissez le nom à 120 caractères."}
    return {}


def _erreur_mot_de_passe(mot_de_passe: str, identifiant: str, champ: str = "mot_de_passe") -> dict[str, str]:
    if len(mot_de_passe) < LONGUEUR_MINIMALE:
        return {champ: f"Choisissez au moins {LONGUEUR_MINIMALE} caractères, par exemple quatre mots sans lien."}
    if len(mot_de_passe) > LONGUEUR_MAXIMALE:
        return {champ: f"Choisissez au plus {LONGUEUR_MAXIMALE} caractères."}
    if plier_identifiant(mot_de_passe) == identifiant:
        return {champ: "Le mot de passe ne peut pas être l’identifiant : choisissez-en un autre."}
    if len(set(mot_de_passe)) < 5:
        return {champ: "Ce mot de passe se devine trop vite : variez davantage les caractères."}
    return {}


def creer(
    session: Session,
    *,
    identifiant: str,
    nom: str,
    role: Role,
    mot_de_passe: str,
    jeton: str | None = None,
    by: Acteur,
) -> int:
    """Create an account.

    Raises:
        Duplicate: the identifier is taken.
    """
    require(by, Droit.COMPTES)
    if jeton and (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    identifiant, nom = plier_identifiant(identifiant), clean(nom)
    erreurs = _erreur_nom(nom) | _erreur_mot_de_passe(mot_de_passe, identifiant)
    if not _IDENTIFIANT.fullmatch(identifiant):
        erreurs["identifiant"] = (
            "Choisissez un identifiant de 2 à 60 caractères : lettres, chiffres, point, tiret ou arobase, sans espace."
        )
    if erreurs:
        raise Invalid(erreurs)
    existant = session.exec(select(Agent.id).where(Agent.identifiant == identifiant)).first()
    if existant is not None:
        raise Duplicate(
            "Cet identifiant est déjà pris. Choisissez-en un autre.", champ="identifiant", objet_id=existant
        )
    agent = Agent(identifiant=identifiant, nom=nom, role=role, mot_de_passe=hacher(mot_de_passe))
    session.add(agent)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="creer",
        objet="agent",
        objet_id=agent.id,
        resume=f"Compte créé : {nom}, rôle {role.libelle}",
    )
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="agent", objet_id=agent.id)
    return agent.id


def creer_premier(session: Session, *, identifiant: str, nom: str, mot_de_passe: str) -> int:
    """Create the first account, which is responsable.

    Raises:
        Forbidden: there is an account already.
    """
    if not aucun(session):
        raise Forbidden("Le premier compte existe déjà. Connectez-vous.")
    return creer(
        session, identifiant=identifiant, nom=nom, role=Role.RESPONSABLE, mot_de_passe=mot_de_passe, by=SYSTEME
    )


def modifier(
    session: Session, *, id: int, nom: str, role: Role, version: int, jeton: str | None = None, by: Acteur
) -> None:
    """Change the name and the role of an account.

    Raises:
        Conflict: a colleague changed it since `version`, or it is the last responsable.
    """
    require(by, Droit.COMPTES)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    agent = chargement.charger(session, Agent, id)
    nom = clean(nom)
    if erreurs := _erreur_nom(nom):
        raise Invalid(erreurs)
    _exiger_a_jour(agent, version)
    if role is not Role.RESPONSABLE:
        _refuser_dernier_responsable(session, agent, champ="role")
    if (agent.nom, agent.role) != (nom, role):
        ancien = agent.nom
        agent.nom, agent.role = nom, role
        session.add(agent)
        session.flush()
        journal.note(session, by=by, acte="modifier", objet="agent", objet_id=id, resume=f"Compte modifié : {ancien}")
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="agent", objet_id=id)


def fermer(session: Session, *, id: int, version: int, by: Acteur, now: datetime) -> None:
    """Close an account and its sessions: the agent is out at once. Nothing the agent wrote is lost.

    Raises:
        Conflict: a colleague changed it since `version`, or it is the last responsable.
    """
    require(by, Droit.COMPTES)
    agent = chargement.charger(session, Agent, id)
    _exiger_a_jour(agent, version)
    if not agent.actif:
        return
    _refuser_dernier_responsable(session, agent)
    agent.actif = False
    session.add(agent)
    session.flush()
    fermer_sessions(session, id, now)
    journal.note(session, by=by, acte="fermer", objet="agent", objet_id=id, resume=f"Compte fermé : {agent.nom}")


def rouvrir(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Open a closed account again, with the password it had."""
    require(by, Droit.COMPTES)
    agent = chargement.charger(session, Agent, id)
    _exiger_a_jour(agent, version)
    if agent.actif:
        return
    agent.actif = True
    session.add(agent)
    session.flush()
    journal.note(session, by=by, acte="rouvrir", objet="agent", objet_id=id, resume=f"Compte rouvert : {agent.nom}")


def reinitialiser_mot_de_passe(
    session: Session, *, id: int, mot_de_passe: str, jeton: str | None = None, by: Acteur, now: datetime
) -> None:
    """Give an account a new password, unlock it and close its sessions."""
    require(by, Droit.COMPTES)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    agent = chargement.charger(session, Agent, id)
    if erreurs := _erreur_mot_de_passe(mot_de_passe, agent.identifiant):
        raise Invalid(erreurs)
    sans_version(session, id, mot_de_passe=hacher(mot_de_passe), echecs=0, verrouille_jusqua=None)
    fermer_sessions(session, id, now)
    resume = f"Mot de passe réinitialisé : {agent.nom}"
    journal.note(session, by=by, acte="mot_de_passe", objet="agent", objet_id=id, resume=resume)
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="agent", objet_id=id)


def changer_mot_de_passe(session: Session, *, nouveau: str, session_id: int, by: Acteur, now: datetime) -> None:
    """Change one's own password, the present one having been verified; one's other sessions are closed."""
    if by.id is None:
        raise Forbidden("Connectez-vous pour changer votre mot de passe.")
    agent = chargement.charger(session, Agent, by.id)
    if erreurs := _erreur_mot_de_passe(nouveau, agent.identifiant, champ="nouveau"):
        raise Invalid(erreurs)
    sans_version(session, by.id, mot_de_passe=hacher(nouveau), echecs=0, verrouille_jusqua=None)
    fermer_sessions(session, by.id, now, sauf=session_id)
    journal.note(
        session, by=by, acte="mot_de_passe", objet="agent", objet_id=by.id, resume="Mot de passe changé par l’agent"
    )


def _exiger_a_jour(agent: Agent, version: int) -> None:
    def actuel(agent: Agent) -> dict[str, str]:
        return {"nom": agent.nom, "role": agent.role.libelle, "etat": "Ouvert" if agent.actif else "Fermé"}

    chargement.exiger_a_jour(agent, version, actuel)


def _refuser_dernier_responsable(session: Session, agent: Agent, champ: str | None = None) -> None:
    if agent.role is not Role.RESPONSABLE or not agent.actif:
        return
    autres = session.exec(
        select(Agent.id).where(Agent.role == Role.RESPONSABLE, col(Agent.actif), Agent.id != agent.id).limit(1)
    ).first()
    if autres is None:
        raise Conflict(DERNIER_RESPONSABLE, champ=champ)
