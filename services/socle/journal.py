"""One line per command: who, when, what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, func, select

from models import (
    Action,
    Agent,
    Classe,
    Fonction,
    Instance,
    Journal,
    Operation,
    Partenaire,
    Participation,
    Point,
    Reunion,
    Seance,
    Siege,
)
from services.socle import ecarts
from services.socle.acteur import Acteur, Droit, require
from services.socle.horloge import utcnow
from services.socle.texte import like_patterns

# What a line is about, as the screen's filter says it -> the objects of the lines.
FAMILLES: dict[str, tuple[str, ...]] = {
    "Partenaires et personnes": ("partenaire", "personne", "fonction"),
    "Réunions et saisies": ("reunion", "point"),
    "Instances": ("instance", "siege", "presidence"),
    "Actions": ("action",),
    "13-18": ("participation", "classe", "seance", "etape", "bilan_college"),
    "Réglages, agendas et envois": ("parametre", "flux", "envoi", "filtre_garde"),
    "Imports": ("operation", "reference"),
    "Exports": ("export",),
    "Comptes": ("agent",),
    "Listes": ("theme", "categorie", "origine", "lieu", "secteur", "quartier", "phrase", "jalon_type", "jour_evite"),
    "Modèles et émetteur": ("modele",),
}
# Large changes, by what they did: with the family that says it; the others are imports.
_OPERATIONS = {
    "Réunions et saisies": ("serie.creer", "serie.deplacer", "serie.annuler", "reponses.recues", "point.retirer"),
    "Instances": ("instance.creer_manquantes",),
    "13-18": ("participation.inviter", "participation.retirer", "bilan.retirer", "classe.supprimer",
              "seance.creer_semaine", "semaine.deplacer"),
    "Partenaires et personnes": ("operation.lot", "doublon.ecarter"),
    "Listes": ("jour_evite.supprimer",),
    "Modèles et émetteur": ("modele.changer",),
}  # fmt: skip
_AILLEURS = tuple(a for actes in _OPERATIONS.values() for a in actes)
_COMPTES = FAMILLES["Comptes"]
RESUME, ENTIER = 300, 3000  # of its first line, of the whole


def note(session: Session, *, by: Acteur, acte: str, objet: str, objet_id: int | None, resume: str) -> None:
    """Write the journal line of a command, in its own transaction: they live or die together.

    Args:
        acte: the verb, kept as "objet.verbe"; with a dot already, it tells of a part of the object ("piece.retirer").
        objet: what the line leads to, one of those of FAMILLES.
        resume: what was done to what; each change, from what to what, comes under it by itself
            (`services/socle/ecarts.py`).
    """
    acte = acte if "." in acte else f"{objet}.{acte}"
    lignes = [resume[:RESUME], *ecarts.prendre(session, objet=objet, objet_id=objet_id, deja=resume)]
    session.add(
        Journal(
            quand=utcnow(), agent_id=by.id, acte=acte, objet=objet, objet_id=objet_id, resume="\n".join(lignes)[:ENTIER]
        )
    )


@dataclass(frozen=True)
class LigneJournal:
    """What was done, and when."""

    quand: datetime
    resume: str


def dernier(session: Session, *, agent_id: int, depuis: datetime) -> LigneJournal | None:
    """The last thing this agent wrote since that instant, sign-in and files apart: what a browser cut off is told."""
    ligne = session.exec(
        select(Journal)
        .where(
            Journal.agent_id == agent_id,
            col(Journal.quand) >= depuis,
            col(Journal.objet).not_in(("agent", "export")),
        )
        .order_by(col(Journal.id).desc())
        .limit(1)
    ).first()
    return LigneJournal(ligne.quand, ligne.resume.partition("\n")[0]) if ligne else None


# --- the journal as a screen reads it --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filtre:
    """What of the journal is wanted. `famille` is one of FAMILLES; `depuis` is an instant."""

    texte: str = ""
    agent_id: int | None = None
    famille: str = ""
    depuis: datetime | None = None


@dataclass(frozen=True)
class Entree:
    """A line. `changements`: each from what to what. `vers`: what it is about, or where that stands, if it still
    exists. `operation_id`: a large change that this line made."""

    id: int
    quand: datetime
    agent: str
    resume: str
    changements: list[str]
    vers: tuple[str, int] | None
    operation_id: int | None
    annulee_le: datetime | None


@dataclass(frozen=True)
class Page:
    total: int
    lignes: list[Entree]


def chercher(session: Session, *, filtre: Filtre, by: Acteur, page: int = 1, par_page: int = 25) -> Page:
    """A page of the journal, the latest first. What is done to accounts is for those who keep them.

    Raises:
        Forbidden: the role may not read it.
    """
    require(by, Droit.ECRIRE)
    criteres: list[Any] = [col(Journal.recherche).like(motif) for motif in like_patterns(filtre.texte)]
    if not by.peut(Droit.COMPTES):
        criteres.append(col(Journal.objet).not_in(_COMPTES))
    if filtre.agent_id:
        criteres.append(Journal.agent_id == filtre.agent_id)
    if filtre.famille:
        operation = col(Journal.objet) == "operation"
        criteres.append(
            col(Journal.objet).in_(FAMILLES[filtre.famille]) & ~(operation & col(Journal.acte).in_(_AILLEURS))
            | operation & col(Journal.acte).in_(_OPERATIONS.get(filtre.famille, ()))
        )
    if filtre.depuis:
        criteres.append(col(Journal.quand) >= filtre.depuis)
    total = session.exec(select(func.count()).select_from(Journal).where(*criteres)).one()
    faite = and_(
        col(Operation.id) == col(Journal.objet_id),
        col(Journal.objet) == "operation",
        col(Journal.acte) != "operation.annuler",
    )
    rows = session.exec(
        select(Journal, Agent.nom, Operation)
        .join(Agent, col(Agent.id) == Journal.agent_id, isouter=True)
        .join(Operation, faite, isouter=True)
        .where(*criteres)
        .order_by(col(Journal.id).desc())
        .offset((page - 1) * par_page)
        .limit(par_page)
    ).all()
    cibles = _cibles(session, [j for j, *_ in rows])
    return Page(
        total,
        [
            Entree(
                j.id, j.quand, agent or "Système", *_lignes(j.resume), cibles.get((j.objet, j.objet_id)),
                o.id if o else None, o.annulee_le if o else None,
            )
            for j, agent, o in rows
        ],
    )  # fmt: skip


def _lignes(resume: str) -> tuple[str, list[str]]:
    tete, *changements = resume.split("\n")
    return tete, changements


def _cibles(session: Session, lignes: list[Journal]) -> dict[tuple[str, int | None], tuple[str, int]]:
    """(object, id) of these lines -> what to open for it. What was deleted has none."""
    # Object -> what is opened, its id, the id to open.
    adresses: dict[str, tuple[str, Any, Any]] = {
        **{
            nom: (nom, table.id, table.id)  # type: ignore[attr-defined]
            for nom, table in {
                "partenaire": Partenaire, "reunion": Reunion, "action": Action, "instance": Instance,
                "participation": Participation, "agent": Agent,
            }.items()
        },
        "fonction": ("partenaire", Fonction.id, Fonction.partenaire_id),
        "siege": ("instance", Siege.id, Siege.instance_id),
        "point": ("reunion", Point.id, Point.reunion_id),
        "classe": ("participation", Classe.id, Classe.participation_id),
        "seance": ("participation", Seance.id, Classe.participation_id),
    }  # fmt: skip
    cibles: dict[tuple[str, int | None], tuple[str, int]] = {}
    for objet, (genre, cle, vers) in adresses.items():
        ids = {j.objet_id for j in lignes if j.objet == objet and j.objet_id}
        if not ids:
            continue
        requete = select(cle, vers).where(cle.in_(ids))
        if objet == "seance":
            requete = requete.join(Classe, col(Classe.id) == Seance.classe_id)
        cibles |= {(objet, id): (genre, la) for id, la in session.exec(requete).all() if la}
    return cibles
