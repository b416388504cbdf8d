"""Forms that count once, and the shared draft of an entry.

A form's token and the version it shows live in the base: a restart of the server forgets neither, so a form sent
again after the answer was lost returns what the first sending wrote.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from models import Agent, Brouillon, ChampBrouillon, JetonUtilise
from services.acteur import Acteur, Droit, require
from services.erreurs import Conflict, Invalid
from services.horloge import utcnow

_PERIME = timedelta(hours=24)
_VALEUR_MAX, _CHAMP_MAX = 8000, 80


@dataclass(frozen=True)
class Formulaire:
    """An open form: `jeton` is accepted once; `version` is that of the object when the form was opened."""

    cle: str
    jeton: str
    version: int | None


@dataclass(frozen=True)
class Champ:
    """One field of a shared draft, with who wrote it last."""

    valeur: Any
    version: int
    agent_id: int
    agent: str
    modifie_le: datetime
    rang: int


@dataclass(frozen=True)
class Ecrit:
    """What a write to a shared draft did: the versions now current, and the fields a colleague had changed."""

    versions: dict[str, int]
    divergents: dict[str, Champ]


def ouvrir(session: Session, *, cle: str, version: int | None = None, neuf: bool = False) -> Formulaire:
    """The form named `cle`, opened if it is not. A form left open over a day, or `neuf`, starts afresh.

    Args:
        version: version of the object edited, kept as shown when the form is opened first.
    """
    brouillon = session.exec(select(Brouillon).where(Brouillon.cle == cle)).first()
    if brouillon and (_perime(session, brouillon) or (neuf and not _a_des_champs(session, brouillon))):
        session.delete(brouillon)
        session.flush()
        brouillon = None
    if brouillon is None:
        brouillon = Brouillon(cle=cle, jeton=secrets.token_hex(16), version_vue=version, ouvert_le=utcnow())
        session.add(brouillon)
        session.flush()
    return Formulaire(cle=brouillon.cle, jeton=brouillon.jeton, version=brouillon.version_vue)


def _a_des_champs(session: Session, brouillon: Brouillon) -> bool:
    champs = select(ChampBrouillon.id).where(ChampBrouillon.brouillon_id == brouillon.id)
    return session.exec(champs.limit(1)).first() is not None


def _perime(session: Session, brouillon: Brouillon) -> bool:
    return utcnow() - brouillon.ouvert_le > _PERIME and not _a_des_champs(session, brouillon)


def purger(session: Session) -> None:
    """Forget the forms without fields that were left open for days (a tab closed without saving leaves one)."""
    avec = select(ChampBrouillon.brouillon_id)
    session.exec(
        delete(Brouillon).where(col(Brouillon.ouvert_le) < utcnow() - 7 * _PERIME, col(Brouillon.id).not_in(avec))
    )


def lire(session: Session, *, cle: str) -> Formulaire | None:
    """The open form named `cle`, if any; a form without fields is closed after a day."""
    b = session.exec(select(Brouillon).where(Brouillon.cle == cle)).first()
    return Formulaire(cle=b.cle, jeton=b.jeton, version=b.version_vue) if b and not _perime(session, b) else None


def deja_fait(session: Session, *, jeton: str) -> int | None:
    """The object this token already wrote, or None. Every command that takes a token asks this first."""
    utilise = session.get(JetonUtilise, jeton)
    return utilise.objet_id if utilise else None


def consommer(session: Session, *, jeton: str, objet: str, objet_id: int) -> None:
    """Spend the token in the transaction of the command and close its form: the next one gets a new token."""
    session.add(JetonUtilise(jeton=jeton, objet=objet, objet_id=objet_id, quand=utcnow()))
    brouillon = session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first()
    if brouillon:
        session.exec(delete(ChampBrouillon).where(col(ChampBrouillon.brouillon_id) == brouillon.id))
        session.delete(brouillon)
    session.flush()


def champs(session: Session, *, cle: str) -> dict[str, Champ]:
    """The fields of the draft named `cle`, by name."""
    rows = session.exec(
        select(ChampBrouillon, Agent.nom)
        .join(Brouillon, col(Brouillon.id) == ChampBrouillon.brouillon_id)
        .join(Agent, col(Agent.id) == ChampBrouillon.agent_id)
        .where(Brouillon.cle == cle)
    ).all()
    return {c.champ: _champ(c, nom) for c, nom in rows}


def _champ(c: ChampBrouillon, agent: str) -> Champ:
    return Champ(
        valeur=json.loads(c.valeur),
        version=c.version,
        agent_id=c.agent_id,
        agent=agent,
        modifie_le=c.modifie_le,
        rang=c.id or 0,
    )


def ecrire(session: Session, *, jeton: str, valeurs: dict[str, Any], vues: dict[str, int], by: Acteur) -> Ecrit:
    """Write the fields that differ from the draft, but none that a colleague changed since it was last seen.

    Args:
        valeurs: field name -> value (anything JSON holds).
        vues: field name -> version last seen on this screen, 0 for a field never seen.

    Raises:
        Conflict: the form was already sent.
        Invalid: a text is far too long to be kept.
    """
    require(by, Droit.ECRIRE)
    brouillon = session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first()
    if brouillon is None or brouillon.id is None or by.id is None:
        raise Conflict("Cette saisie a déjà été enregistrée : ouvrez son relevé, puis « Corriger » pour la compléter.")
    rows = session.exec(select(ChampBrouillon).where(ChampBrouillon.brouillon_id == brouillon.id)).all()
    actuels = {c.champ: c for c in rows}
    versions: dict[str, int] = {}
    divergents: dict[str, Champ] = {}
    for champ, valeur in valeurs.items():
        texte = json.dumps(valeur, ensure_ascii=False)
        if len(texte) > _VALEUR_MAX or len(champ) > _CHAMP_MAX:
            raise Invalid({champ: f"Raccourcissez ce texte : {_VALEUR_MAX} caractères au plus."})
        actuel = actuels.get(champ)
        if actuel is None:
            session.add(
                ChampBrouillon(
                    brouillon_id=brouillon.id, champ=champ, valeur=texte, agent_id=by.id, modifie_le=utcnow()
                )
            )
            versions[champ] = 1
        elif actuel.valeur == texte:
            versions[champ] = actuel.version
        elif actuel.version != vues.get(champ, 0):
            agent = session.get(Agent, actuel.agent_id)
            divergents[champ] = _champ(actuel, agent.nom if agent else "")
        else:
            actuel.valeur, actuel.agent_id, actuel.modifie_le = texte, by.id, utcnow()
            actuel.version += 1
            versions[champ] = actuel.version
            session.add(actuel)
    session.flush()
    return Ecrit(versions=versions, divergents=divergents)
