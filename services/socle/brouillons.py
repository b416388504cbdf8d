"""Forms that count once, and the shared draft of an entry.

A form's token and the version it shows live in the base: a restart of the server forgets neither, so a form sent
again after the answer was lost returns what the first sending wrote.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from models import Agent, Brouillon, ChampBrouillon, JetonUtilise
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Forbidden, Invalid
from services.socle.horloge import utcnow

_PERIME = timedelta(hours=24)
_GARDE = timedelta(days=30)  # words nobody came back to
_VALEUR_MAX, _CHAMP_MAX = 8000, 80
_TROP_LONG = f"Raccourcissez ce texte : {_VALEUR_MAX} caractères au plus."
_PARTAGE = "saisie:"  # an entry: all who may write fill it in
_ECART = "ecart."  # "ecart.3.note": what agent 3 wrote in "note" while a colleague wrote there too
_DEVENU = "devenu."  # (in a draft that was saved) "devenu.n3-1": the id of the point that line became
DEJA_ENREGISTREE = "Cette saisie a déjà été enregistrée : ouvrez son relevé, puis « Corriger » pour la compléter."


@dataclass(frozen=True)
class Champ:
    """One field of a draft, with who wrote it last, in which tab."""

    valeur: Any
    version: int
    agent_id: int
    agent: str
    onglet: str
    modifie_le: datetime
    rang: int


@dataclass(frozen=True)
class Formulaire:
    """An open form: `jeton` is accepted once; `version` is that of the object when the form was opened; `champs` what
    was typed and chosen in it and not sent yet."""

    cle: str
    jeton: str
    version: int | None
    champs: Mapping[str, Champ] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Ecrit:
    """What a write to a draft did: the versions now current, the fields a colleague had changed (what was written
    there is kept beside), and whether a colleague had saved the draft (then all of it is kept beside)."""

    versions: dict[str, int]
    divergents: dict[str, Champ]
    envoye: bool = False


@dataclass(frozen=True)
class Reste:
    """What somebody was typing when a colleague saved: `devenu` is the point its line became, if it did."""

    id: int
    champ: str
    valeur: Any
    quand: datetime
    devenu: int | None


def ouvrir(session: Session, *, cle: str, version: int | None = None, neuf: bool = False) -> Formulaire:
    """The form named `cle`, opened if it is not. A form left open over a day, or `neuf`, starts afresh, unless it holds
    words (`abandonner` forgets them).

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
    return _formulaire(session, brouillon)


def _formulaire(session: Session, b: Brouillon) -> Formulaire:
    return Formulaire(cle=b.cle, jeton=b.jeton, version=b.version_vue, champs=champs(session, cle=b.cle))


def abandonner(session: Session, *, jeton: str) -> None:
    """Forget a form and what was typed in it."""
    if brouillon := session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first():
        _effacer(session, [brouillon.id])


def relire(session: Session, *, jeton: str, version: int | None) -> None:
    """The agent was shown that version of the object beside what this form holds: the form is on it from now on."""
    if brouillon := session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first():
        brouillon.version_vue = version
        session.add(brouillon)
        session.flush()


def _effacer(session: Session, ids: Sequence[int | None]) -> None:
    session.exec(delete(ChampBrouillon).where(col(ChampBrouillon.brouillon_id).in_(ids)))
    session.exec(delete(Brouillon).where(col(Brouillon.id).in_(ids)))
    session.flush()


def _a_des_champs(session: Session, brouillon: Brouillon) -> bool:
    champs = select(ChampBrouillon.id).where(ChampBrouillon.brouillon_id == brouillon.id)
    return session.exec(champs.limit(1)).first() is not None


def _perime(session: Session, brouillon: Brouillon) -> bool:
    return utcnow() - brouillon.ouvert_le > _PERIME and not _a_des_champs(session, brouillon)


def purger(session: Session) -> None:
    """Forget the forms that were left: without words after days (a tab closed without saving leaves one), one agent's
    own, and what was kept of a draft already saved, after a month. An entry not saved yet is never forgotten."""
    vivants = select(ChampBrouillon.brouillon_id).where(col(ChampBrouillon.modifie_le) > utcnow() - _GARDE)
    avec = select(ChampBrouillon.brouillon_id)
    laisses = (col(Brouillon.ouvert_le) < utcnow() - 7 * _PERIME) & col(Brouillon.id).not_in(avec)
    a_un_agent = ~col(Brouillon.cle).startswith(_PARTAGE) | col(Brouillon.envoye_le).is_not(None)
    oublies = (col(Brouillon.ouvert_le) < utcnow() - _GARDE) & col(Brouillon.id).not_in(vivants) & a_un_agent
    _effacer(session, session.exec(select(Brouillon.id).where(laisses | oublies)).all())


def lire(session: Session, *, cle: str) -> Formulaire | None:
    """The open form named `cle`, if any; a form without fields is closed after a day."""
    b = session.exec(select(Brouillon).where(Brouillon.cle == cle)).first()
    return _formulaire(session, b) if b and not _perime(session, b) else None


@dataclass(frozen=True)
class Laisse:
    """A draft of the same form, left in another tab of the same agent; `quand`: when it was last written in."""

    jeton: str
    quand: datetime


def laisse(session: Session, *, form: Formulaire) -> Laisse | None:
    """The last draft of this form that a closed tab, or another one, left with words in it."""
    meme = form.cle.rpartition(":")[0] + ":"
    dernier = func.max(ChampBrouillon.modifie_le)
    trouve = session.exec(
        select(Brouillon.jeton, dernier)
        .join(ChampBrouillon, col(ChampBrouillon.brouillon_id) == Brouillon.id)
        .where(col(Brouillon.cle).startswith(meme, autoescape=True), Brouillon.cle != form.cle)
        .group_by(col(Brouillon.id), col(Brouillon.jeton))
        .order_by(dernier.desc(), col(Brouillon.id).desc())
    ).first()
    return Laisse(trouve[0], trouve[1]) if trouve else None


def amener(session: Session, *, jeton: str, form: Formulaire, by: Acteur) -> None:
    """Take a draft left in another tab into this one, in place of `form`, which is empty."""
    require(by, Droit.ECRIRE)
    brouillon = session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first()
    if (
        brouillon is None
        or not _est_a(brouillon, by)
        or brouillon.cle.rpartition(":")[0] != form.cle.rpartition(":")[0]
    ):
        raise Conflict("Ce brouillon n’est plus là : il a été enregistré ou effacé.")
    abandonner(session, jeton=form.jeton)
    brouillon.cle = form.cle
    session.add(brouillon)
    session.flush()


def _est_a(brouillon: Brouillon, by: Acteur) -> bool:
    """An entry is of all who may write; any other draft of the agent its name says."""
    return brouillon.cle.startswith(_PARTAGE) or brouillon.cle.split(":")[2:3] == [str(by.id)]


def deja_fait(session: Session, *, jeton: str) -> int | None:
    """The object this token already wrote, or None. Every command that takes a token asks this first."""
    utilise = session.get(JetonUtilise, jeton)
    return utilise.objet_id if utilise else None


def consommer(
    session: Session,
    *,
    jeton: str,
    objet: str,
    objet_id: int,
    partage: Acteur | None = None,
    onglet: str = "",
    devenus: Mapping[str, int] | None = None,
) -> None:
    """Spend the token in the transaction of the command and close its form: the next one gets a new token.

    Args:
        partage: who saves a draft that several agents write in: it is kept aside, for the words still on their way.
        onglet: the tab that saves it.
        devenus: line of the draft -> id of the point it became.
    """
    session.add(JetonUtilise(jeton=jeton, objet=objet, objet_id=objet_id, quand=utcnow()))
    brouillon = session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first()
    if brouillon and partage is not None and partage.id is not None:
        brouillon.cle, brouillon.envoye_le, brouillon.envoye_onglet = f"{brouillon.cle}:{jeton[:8]}", utcnow(), onglet
        session.add(brouillon)
        for ligne, point_id in (devenus or {}).items():
            _poser(session, brouillon, f"{_DEVENU}{ligne}", json.dumps(point_id), agent_id=partage.id, onglet=onglet)
    elif brouillon:
        _effacer(session, [brouillon.id])
    session.flush()


def champs(session: Session, *, cle: str) -> dict[str, Champ]:
    """The fields of the draft named `cle`, by name."""
    rows = session.exec(
        select(ChampBrouillon, Agent.nom)
        .join(Brouillon, col(Brouillon.id) == ChampBrouillon.brouillon_id)
        .join(Agent, col(Agent.id) == ChampBrouillon.agent_id)
        .where(Brouillon.cle == cle)
        .order_by(col(ChampBrouillon.id))
    ).all()
    return {c.champ: _champ(c, nom) for c, nom in rows}


def _champ(c: ChampBrouillon, agent: str) -> Champ:
    return Champ(
        valeur=json.loads(c.valeur),
        version=c.version,
        agent_id=c.agent_id,
        agent=agent,
        onglet=c.onglet,
        modifie_le=c.modifie_le,
        rang=c.id,
    )


def nom_de(session: Session, *, jeton: str) -> str:
    """The name of the draft this token is of, "" when it is gone."""
    return session.exec(select(Brouillon.cle).where(Brouillon.jeton == jeton)).first() or ""


def contient(session: Session, *, jeton: str, champ: str, valeur: Any) -> bool:
    """Does the draft hold this already? Nothing need be written then."""
    texte = json.dumps(valeur, ensure_ascii=False)
    ce_champ = select(ChampBrouillon.id).join(Brouillon, col(Brouillon.id) == ChampBrouillon.brouillon_id)
    ce_champ = ce_champ.where(Brouillon.jeton == jeton, ChampBrouillon.champ == champ, ChampBrouillon.valeur == texte)
    return session.exec(ce_champ).first() is not None


def trop_long(valeur: Any) -> str:
    """Why a draft does not keep that text, "" if it does."""
    return _TROP_LONG if isinstance(valeur, str) and len(json.dumps(valeur, ensure_ascii=False)) > _VALEUR_MAX else ""


def ecarts(champs: Mapping[str, Champ], *, agent_id: int | None) -> dict[str, Champ]:
    """What this agent wrote where a colleague wrote too, by field: to be settled by that agent, kept until then."""
    debut = f"{_ECART}{agent_id}."
    return {nom.removeprefix(debut): c for nom, c in champs.items() if nom.startswith(debut)}


def ecrire(
    session: Session,
    *,
    jeton: str,
    valeurs: Mapping[str, Any],
    vues: Mapping[str, int | None],
    by: Acteur,
    onglet: str = "",
    tranche: bool = False,
) -> Ecrit:
    """Write fields into a draft, but over nothing that a colleague wrote since it was last seen: there, and in a draft
    that a colleague saved, what is written is kept beside, until this agent settles it.

    Args:
        valeurs: field name -> value (anything JSON holds).
        vues: field name -> version last seen in this tab, 0 for a field never seen; None: whatever is there.
        onglet: this tab. What it wrote itself, it has seen.
        tranche: the agent has seen both texts and chosen this one.

    Raises:
        Forbidden: the form is a colleague's.
        Conflict: the form was already sent, and nothing of it is kept.
        Invalid: a text is far too long to be kept; nothing is written.
    """
    require(by, Droit.ECRIRE)
    brouillon = session.exec(select(Brouillon).where(Brouillon.jeton == jeton)).first()
    if brouillon is None or by.id is None:
        raise Conflict(DEJA_ENREGISTREE)
    if not _est_a(brouillon, by):
        raise Forbidden("Ce brouillon est celui d’un collègue : rien n’y a été écrit.")
    textes = {champ: json.dumps(valeur, ensure_ascii=False) for champ, valeur in valeurs.items()}
    longs = [champ for champ, texte in textes.items() if len(texte) > _VALEUR_MAX or len(champ) > _CHAMP_MAX]
    if longs:
        raise Invalid(dict.fromkeys(longs, _TROP_LONG))
    rows = session.exec(select(ChampBrouillon).where(ChampBrouillon.brouillon_id == brouillon.id)).all()
    actuels = {c.champ: c for c in rows}
    versions: dict[str, int] = {}
    divergents: dict[str, Champ] = {}
    for champ, texte in textes.items():
        actuel, vue, ecart = actuels.get(champ), vues.get(champ, 0), actuels.get(f"{_ECART}{by.id}.{champ}")
        if brouillon.envoye_le is not None:
            if _encore_a_dire(brouillon, actuel, valeurs[champ], onglet):
                _poser(session, brouillon, f"{_ECART}{by.id}.{champ}", texte, agent_id=by.id, onglet=onglet)
        elif actuel is None or actuel.valeur != texte:
            vu = actuel is None or vue in (None, actuel.version) or (onglet and actuel.onglet == onglet)
            if actuel and not (vu and (tranche or ecart is None)):
                agent = session.get(Agent, actuel.agent_id)
                divergents[champ] = _champ(actuel, agent.nom if agent else "")
                _poser(session, brouillon, f"{_ECART}{by.id}.{champ}", texte, agent_id=by.id, onglet=onglet)
                continue
            versions[champ] = _poser(session, brouillon, champ, texte, agent_id=by.id, onglet=onglet)
        else:
            versions[champ] = actuel.version
        if ecart and champ in versions:
            session.delete(ecart)
    session.flush()
    return Ecrit(versions=versions, divergents=divergents, envoye=brouillon.envoye_le is not None)


def _encore_a_dire(brouillon: Brouillon, final: ChampBrouillon | None, valeur: Any, onglet: str) -> bool:
    """Does this, arriving once the draft was saved, say something that was not saved? What a tab typed before it saved
    by itself, or the beginning of the text that was saved, does not."""
    if valeur in (None, "", []) or (onglet and brouillon.envoye_onglet == onglet):
        return False
    garde = json.loads(final.valeur) if final else None
    return garde != valeur and not (isinstance(valeur, str) and str(garde or "").startswith(valeur))


def _poser(session: Session, brouillon: Brouillon, champ: str, texte: str, *, agent_id: int, onglet: str) -> int:
    """Write one field, and return its version."""
    actuel = session.exec(
        select(ChampBrouillon).where(ChampBrouillon.brouillon_id == brouillon.id, ChampBrouillon.champ == champ)
    ).first()
    ecrit: dict[str, Any] = {"valeur": texte, "agent_id": agent_id, "onglet": onglet, "modifie_le": utcnow()}
    if actuel is None:
        actuel = ChampBrouillon(brouillon_id=brouillon.id, champ=champ, **ecrit)
    else:
        actuel.sqlmodel_update({**ecrit, "version": actuel.version + 1})
    session.add(actuel)
    session.flush()
    return actuel.version


def oublier_ecart(session: Session, *, jeton: str, champ: str, by: Acteur) -> None:
    """This agent takes the colleague's text: its own goes."""
    require(by, Droit.ECRIRE)
    sien = f"{_ECART}{by.id}.{champ}"
    brouillon = select(Brouillon.id).where(Brouillon.jeton == jeton).scalar_subquery()
    session.exec(
        delete(ChampBrouillon).where(col(ChampBrouillon.champ) == sien, col(ChampBrouillon.brouillon_id) == brouillon)
    )


def restes(session: Session, *, cle: str, agent_id: int | None) -> list[Reste]:
    """What this agent was typing in drafts named `cle` when a colleague saved them, oldest first."""
    gardes = session.exec(
        select(ChampBrouillon)
        .join(Brouillon, col(Brouillon.id) == ChampBrouillon.brouillon_id)
        .where(
            col(Brouillon.cle).startswith(f"{cle}:"),
            col(Brouillon.envoye_le).is_not(None),
            col(ChampBrouillon.champ).startswith(f"{_ECART}{agent_id}.", autoescape=True)
            | col(ChampBrouillon.champ).startswith(_DEVENU),
        )
        .order_by(col(ChampBrouillon.modifie_le), col(ChampBrouillon.id))
    ).all()
    devenus = {
        (c.brouillon_id, c.champ.removeprefix(_DEVENU)): int(c.valeur) for c in gardes if c.champ.startswith(_DEVENU)
    }
    tous = []
    for c in gardes:
        if c.champ.startswith(_ECART):
            champ = c.champ.removeprefix(f"{_ECART}{agent_id}.")
            ligne = champ.split(".")[1] if champ.startswith("point.") else ""
            devenu = int(ligne) if ligne.isdecimal() else devenus.get((c.brouillon_id, ligne))
            tous.append(Reste(c.id, champ, json.loads(c.valeur), c.modifie_le, devenu))
    return tous


def oublier_reste(session: Session, *, id: int, by: Acteur) -> None:
    """This agent has taken these words up, or leaves them."""
    require(by, Droit.ECRIRE)
    reste = session.get(ChampBrouillon, id)
    if reste and reste.champ.startswith(f"{_ECART}{by.id}."):
        session.delete(reste)
        session.flush()
