"""Accounts, passwords and sign-in sessions."""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, delete, func, select, update

from models import Agent, SessionAgent
from models.lists import Role
from services.socle import brouillons, chargement, journal
from services.socle.acteur import SYSTEME, Acteur, Droit, require
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from services.socle.texte import clean
from settings import get_settings

LONGUEUR_MINIMALE = 12
LONGUEUR_MAXIMALE = 200  # hashing costs time: a password is not a file
ECHECS_AVANT_VERROU = 5
VERROU = timedelta(minutes=15)
_SESSIONS_GARDEES = timedelta(days=30)

_IDENTIFIANT = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")
_HACHEUR = PasswordHasher()

REFUS_CONNEXION = "Identifiant ou mot de passe incorrect. Vérifiez-les, puis recommencez."
REFUS_VERROU = (
    "Trop d’essais avec cet identifiant : attendez un quart d’heure, "
    "ou demandez un nouveau mot de passe à la personne responsable du service."
)
DERNIER_RESPONSABLE = "C’est le dernier compte responsable encore ouvert : donnez d’abord ce rôle à une autre personne."


# --- who acts, read at every run -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionVue:
    """A live session: who acts, and whether its "last seen" is old enough to be written again."""

    acteur: Acteur
    a_rafraichir: bool


def _vue(row: SessionAgent, agent: Agent, now: datetime) -> SessionVue | None:
    reglages = get_settings()
    if row.fermee_le is not None or not agent.actif:
        return None
    if now - row.vue_le > timedelta(minutes=reglages.session_inactive_minutes):
        return None
    if now - row.creee_le > timedelta(hours=reglages.session_max_heures):
        return None
    return SessionVue(
        acteur=Acteur(id=agent.id, nom=agent.nom, role=agent.role),
        a_rafraichir=now - row.vue_le > timedelta(minutes=1),
    )


def acteur(session: Session, *, session_id: int, now: datetime) -> SessionVue | None:
    """Who is behind a session row, or None once it is closed, idle or too old, or the account is closed."""
    trouve = session.exec(
        select(SessionAgent, Agent)
        .join(Agent, col(Agent.id) == SessionAgent.agent_id)
        .where(SessionAgent.id == session_id)
    ).first()
    return _vue(*trouve, now) if trouve else None


def toucher(session: Session, *, session_id: int, now: datetime) -> None:
    """Remember that a session was seen now."""
    row = session.get(SessionAgent, session_id)
    if row is not None:
        row.vue_le = now
        session.add(row)


# --- sign-in sessions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SessionOuverte:
    """The live session behind a cookie."""

    id: int
    acteur: Acteur


def empreinte(jeton: str) -> str:
    """What the base keeps of a cookie: it opens nothing."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def session_du_cookie(session: Session, *, jeton: str, now: datetime) -> SessionOuverte | None:
    """The live session of this cookie, or None."""
    trouve = session.exec(
        select(SessionAgent, Agent)
        .join(Agent, col(Agent.id) == SessionAgent.agent_id)
        .where(SessionAgent.empreinte == empreinte(jeton))
    ).first()
    vue = _vue(*trouve, now) if trouve else None
    if trouve is None or vue is None or trouve[0].id is None:
        return None
    return SessionOuverte(id=trouve[0].id, acteur=vue.acteur)


def ouvrir_session(session: Session, *, agent_id: int, now: datetime, hache: str | None = None) -> str:
    """Open a session for an agent whose password was just verified; return the cookie's token, kept nowhere else.

    Args:
        hache: a newer hash of the same password, when the stored one is out of date.

    Raises:
        Forbidden: the account was closed or locked meanwhile (a guess verified beside the one that locked it).
    """
    agent = session.get(Agent, agent_id)
    if agent is None or not agent.actif:
        raise Forbidden(REFUS_CONNEXION)
    if agent.verrouille_jusqua and agent.verrouille_jusqua > now:
        raise Forbidden(REFUS_VERROU)
    valeurs: dict[str, object] = {"echecs": 0, "verrouille_jusqua": None, "derniere_connexion": now}
    _sans_version(session, agent_id, **valeurs, **({"mot_de_passe": hache} if hache else {}))
    session.exec(delete(SessionAgent).where(col(SessionAgent.creee_le) < now - _SESSIONS_GARDEES))
    jeton = secrets.token_urlsafe(32)
    session.add(SessionAgent(empreinte=empreinte(jeton), agent_id=agent_id, creee_le=now, vue_le=now))
    by = Acteur(id=agent_id, nom=agent.nom, role=agent.role)
    journal.note(session, by=by, acte="connexion", objet="agent", objet_id=agent_id, resume="Connexion")
    return jeton


def fermer_session(session: Session, *, jeton: str, now: datetime) -> None:
    """Sign out: the cookie, replayed, opens nothing any more. Closing a closed session is not an error."""
    row = session.exec(select(SessionAgent).where(SessionAgent.empreinte == empreinte(jeton))).first()
    if row is None or row.fermee_le is not None:
        return
    row.fermee_le = now
    session.add(row)
    agent = session.get(Agent, row.agent_id)
    by = Acteur(id=agent.id, nom=agent.nom, role=agent.role) if agent else SYSTEME
    journal.note(session, by=by, acte="deconnexion", objet="agent", objet_id=by.id, resume="Déconnexion")


def _fermer_sessions(session: Session, agent_id: int, now: datetime, sauf: int | None = None) -> None:
    ouvertes = update(SessionAgent).where(col(SessionAgent.agent_id) == agent_id, col(SessionAgent.fermee_le).is_(None))
    if sauf is not None:
        ouvertes = ouvertes.where(col(SessionAgent.id) != sauf)
    session.exec(ouvertes.values(fermee_le=now))


# --- passwords: read, verify outside any transaction, then write what came of it -----------------------------------


@dataclass(frozen=True)
class Candidat:
    """Who tries to sign in. `agent_id` None: nobody of that name may, but the answer must not say so."""

    agent_id: int | None
    hache: str
    echecs: int = 0
    verrouille: bool = False


@cache
def _hache_de_personne() -> str:
    """A hash to verify against when the identifier is unknown, so that the answer takes as long."""
    return _HACHEUR.hash(secrets.token_urlsafe(16))


def plier_identifiant(texte: str | None) -> str:
    """An identifier as stored: lower case, without accents or outer blanks."""
    nu = unicodedata.normalize("NFKD", texte or "")
    return "".join(c for c in nu if not unicodedata.combining(c)).strip().lower()


def candidat(session: Session, *, identifiant: str, now: datetime) -> Candidat:
    """What is needed to verify a password; never fails, so that unknown identifiers are answered alike."""
    agent = session.exec(select(Agent).where(Agent.identifiant == plier_identifiant(identifiant))).first()
    return _candidat(agent, now)


def candidat_de(session: Session, *, id: int, now: datetime) -> Candidat:
    """The same for an agent who is in already and gives the present password again."""
    return _candidat(session.get(Agent, id), now)


def _candidat(agent: Agent | None, now: datetime) -> Candidat:
    if agent is None or not agent.actif:
        return Candidat(agent_id=None, hache=_hache_de_personne())
    return Candidat(
        agent_id=agent.id,
        hache=agent.mot_de_passe,
        echecs=agent.echecs,
        verrouille=bool(agent.verrouille_jusqua and agent.verrouille_jusqua > now),
    )


def verifier(mot_de_passe: str, hache: str) -> bool:
    """True when the password is the one behind the hash. Slow on purpose: call it outside any transaction."""
    try:
        return _HACHEUR.verify(hache, mot_de_passe[: LONGUEUR_MAXIMALE + 1])
    except (VerificationError, InvalidHashError):
        return False


def a_rehacher(hache: str) -> bool:
    """True when the stored hash was made with weaker parameters than today's."""
    return _HACHEUR.check_needs_rehash(hache)


def hacher(mot_de_passe: str) -> str:
    return _HACHEUR.hash(mot_de_passe)


def noter_echec(session: Session, *, agent_id: int, now: datetime) -> bool:
    """Count a wrong password; True when this one locks the account (journaled)."""
    agent = session.get(Agent, agent_id)
    if agent is None:
        return False
    echecs = agent.echecs + 1
    verrou = echecs >= ECHECS_AVANT_VERROU
    if verrou:
        _sans_version(session, agent_id, echecs=0, verrouille_jusqua=now + VERROU)
        noter_verrou(session, agent_id=agent_id)
    else:
        _sans_version(session, agent_id, echecs=echecs)
    return verrou


def noter_verrou(session: Session, *, agent_id: int | None) -> None:
    """Journal that an identifier is refused for a while. What was typed is never kept: it may be a password."""
    agent = session.get(Agent, agent_id) if agent_id else None
    qui = f"le compte de {agent.nom}" if agent else "un identifiant inconnu"
    resume = f"{ECHECS_AVANT_VERROU} mots de passe refusés de suite pour {qui} : verrouillé un quart d’heure"
    journal.note(session, by=SYSTEME, acte="verrouiller", objet="agent", objet_id=agent_id, resume=resume)


def _sans_version(session: Session, agent_id: int, **valeurs: object) -> None:
    """Change what sign-in remembers without raising the version: an account form open meanwhile stays valid."""
    session.exec(update(Agent.__table__).where(Agent.__table__.c.id == agent_id).values(**valeurs))  # type: ignore[attr-defined]
    agent = session.get(Agent, agent_id)
    if agent is not None:
        session.refresh(agent)


# --- accounts ------------------------------------------------------------------------------------------------------


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
        id=agent.id or 0,
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
    agents = session.exec(select(Agent).order_by(col(Agent.actif).desc(), func.lower(Agent.nom))).all()
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
        brouillons.consommer(session, jeton=jeton, objet="agent", objet_id=agent.id or 0)
    return agent.id or 0


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
    _fermer_sessions(session, id, now)
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
    _sans_version(session, id, mot_de_passe=hacher(mot_de_passe), echecs=0, verrouille_jusqua=None)
    _fermer_sessions(session, id, now)
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
    _sans_version(session, by.id, mot_de_passe=hacher(nouveau), echecs=0, verrouille_jusqua=None)
    _fermer_sessions(session, by.id, now, sauf=session_id)
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
