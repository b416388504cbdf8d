"""Actions: what was decided, who pilots it, by when, and every change since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, or_
from sqlmodel import Session, col, func, select

from models import Action, Agent, EvenementAction, Instance, Partenaire, PieceJointe, Point, Quartier, Reunion
from models.lists import ETATS_ACTION_OUVERTS, ETATS_REUNION_A_SAISIR, EtatAction
from services.commun import exports
from services.commun.exports import Format
from services.socle.acteur import Acteur

PAR_PAGE = 25
QUOI_MAX = 500
MOTIF_MAX = 300


class Filtre(StrEnum):
    """Which actions a list shows; "en retard" is computed."""

    OUVERTES = "ouvertes"
    EN_RETARD = "en_retard"
    A_FAIRE = "a_faire"
    EN_COURS = "en_cours"
    REALISEES = "realisees"
    ABANDONNEES = "abandonnees"
    TOUTES = "toutes"


@dataclass(frozen=True)
class ActionVue:
    """An action as screens show it; `retard_jours` is 0 unless it is open and its date is past."""

    id: int
    quoi: str
    pilote_id: int
    pilote: str
    echeance: date
    etat: EtatAction
    motif: str
    retard_jours: int
    instance_id: int | None
    instance: str
    reunion_id: int | None
    point_id: int | None
    version: int
    terminee_le: date | None = None
    reunion: str = ""
    reunion_debut: datetime | None = None
    acceptee_le: date | None = None  # when its pilote agreed to it
    pilote_nom: str = ""  # in full; `pilote` is the acronym where there is one
    pieces: int = 0  # files attached to it


@dataclass(frozen=True)
class PageActions:
    """One page of actions, and how many there are in all."""

    lignes: list[ActionVue]
    total: int


@dataclass(frozen=True)
class EvenementVu:
    """One line of an action's history."""

    quand: datetime
    agent: str
    reunion: str
    etat: EtatAction
    echeance: date
    motif: str


# --- queries -------------------------------------------------------------------------------------------------------


def _select() -> Any:
    jointes = (
        select(func.count())
        .where(PieceJointe.action_id == Action.id, col(PieceJointe.retire_le).is_(None))
        .correlate(Action)
        .scalar_subquery()
    )
    return (
        select(Action, Partenaire.nom, Partenaire.sigle, Instance.nom, Reunion.titre, Reunion.debut, jointes)  # type: ignore[call-overload]
        .join(Partenaire, col(Partenaire.id) == Action.pilote_id)
        .join(Instance, col(Instance.id) == Action.instance_id, isouter=True)
        .join(Reunion, col(Reunion.id) == Action.reunion_id, isouter=True)
    )


def _vue(row: Any, today: date) -> ActionVue:
    action, nom, sigle, instance, reunion, debut, jointes = row
    en_retard = action.etat in ETATS_ACTION_OUVERTS and action.echeance < today
    return ActionVue(
        id=action.id,
        quoi=action.quoi,
        pilote_id=action.pilote_id,
        pilote=sigle or nom,
        echeance=action.echeance,
        etat=action.etat,
        motif=action.motif,
        retard_jours=(today - action.echeance).days if en_retard else 0,
        instance_id=action.instance_id,
        instance=instance or "",
        reunion_id=action.reunion_id,
        point_id=action.point_id,
        version=action.version,
        terminee_le=action.terminee_le,
        reunion=reunion or "",
        reunion_debut=debut,
        acceptee_le=action.acceptee_le,
        pilote_nom=nom,
        pieces=jointes,
    )


def _ouverte() -> ColumnElement[bool]:
    return col(Action.etat).in_(ETATS_ACTION_OUVERTS)


def _en_etat(filtre: Filtre, today: date) -> ColumnElement[bool] | None:
    if filtre is Filtre.OUVERTES:
        return _ouverte()
    if filtre is Filtre.EN_RETARD:
        return _ouverte() & (col(Action.echeance) < today)
    etats = {
        Filtre.A_FAIRE: EtatAction.A_FAIRE,
        Filtre.EN_COURS: EtatAction.EN_COURS,
        Filtre.REALISEES: EtatAction.REALISEE,
        Filtre.ABANDONNEES: EtatAction.ABANDONNEE,
    }
    return col(Action.etat) == etats[filtre] if filtre in etats else None


def du_secteur(secteur_id: int) -> ColumnElement[bool]:
    """The instance is that of the secteur, or the point lies in one of its quartiers."""
    return or_(
        col(Action.instance_id).in_(select(Instance.id).where(Instance.secteur_id == secteur_id)),
        col(Action.point_id).in_(
            select(Point.id)
            .join(Quartier, col(Quartier.id) == Point.quartier_id)
            .where(Quartier.secteur_id == secteur_id)
        ),
    )


def liste(
    session: Session,
    *,
    today: date,
    etat: str = Filtre.OUVERTES,
    pilote_id: int | None = None,
    secteur_id: int | None = None,
    instance_id: int | None = None,
    page: int = 1,
    par_page: int | None = PAR_PAGE,
) -> PageActions:
    """One page of actions: open ones first, the latest of all at the top; then the ended ones, last ended first.

    `par_page` None: all of them."""
    criteres: list[ColumnElement[bool]] = []
    if (critere := _en_etat(Filtre(etat), today)) is not None:
        criteres.append(critere)
    if pilote_id is not None:
        criteres.append(col(Action.pilote_id) == pilote_id)
    if secteur_id is not None:
        criteres.append(du_secteur(secteur_id))
    if instance_id is not None:
        criteres.append(col(Action.instance_id) == instance_id)
    total = session.exec(select(func.count()).select_from(Action).where(*criteres)).one()
    ouverte = case((_ouverte(), 0), else_=1)
    rows = session.exec(
        _select()
        .where(*criteres)
        .order_by(
            ouverte,
            case((_ouverte(), col(Action.echeance))),
            col(Action.terminee_le).desc(),
            col(Action.id),
        )
        .limit(par_page)
        .offset((max(page, 1) - 1) * (par_page or 0))
    ).all()
    return PageActions(lignes=[_vue(row, today) for row in rows], total=total)


def par_ids(session: Session, *, ids: list[int], today: date) -> list[ActionVue]:
    """These actions, in that order: a screen keeps its rows in place while their state changes."""
    rows = session.exec(_select().where(col(Action.id).in_(ids))).all()
    vues = {row[0].id: _vue(row, today) for row in rows}
    return [vues[i] for i in ids if i in vues]


def ouvertes(session: Session, *, instance_id: int, today: date, debut: datetime | None = None) -> list[ActionVue]:
    """What is open in an instance, the oldest date first: what its next meeting begins with.

    Args:
        debut: rather what a meeting that began then found: decided before it, and not ended before its day.
    """
    critere = _ouverte()
    if debut is not None:
        critere = (critere | (col(Action.terminee_le) >= debut.date())) & (col(Reunion.debut) < debut)
    rows = session.exec(
        _select().where(col(Action.instance_id) == instance_id, critere).order_by(col(Action.echeance), col(Action.id))
    ).all()
    return [_vue(row, today) for row in rows]


def telles_que(session: Session, *, vues: Sequence[ActionVue], quand: datetime) -> list[ActionVue]:
    """These actions with the state and the date they had at that instant, where their history tells; none is late."""
    dits = {
        e.action_id: e
        for e in session.exec(
            select(EvenementAction)
            .where(col(EvenementAction.action_id).in_([a.id for a in vues]), col(EvenementAction.quand) <= quand)
            .order_by(col(EvenementAction.id))
        ).all()
    }
    return [
        replace(a, etat=dits[a.id].etat, echeance=dits[a.id].echeance, retard_jours=0) if a.id in dits else a
        for a in vues
    ]


def du_partenaire(session: Session, *, partenaire_id: int, today: date, limite: int = 25) -> list[ActionVue]:
    """The open actions that a partenaire pilots, the oldest date first, at most `limite`."""
    return liste(session, today=today, pilote_id=partenaire_id, par_page=limite).lignes


def de_la_reunion(session: Session, *, reunion_id: int, today: date) -> list[ActionVue]:
    """The actions decided at a meeting, in the order they were written."""
    rows = session.exec(_select().where(col(Action.reunion_id) == reunion_id).order_by(col(Action.id))).all()
    return [_vue(row, today) for row in rows]


def retours(session: Session, *, vues: Sequence[ActionVue], now: datetime) -> dict[int, datetime]:
    """When each open action comes up again: the next meeting of its instance. `now` is civil time."""
    instances = {a.instance_id for a in vues if a.instance_id is not None and a.etat in ETATS_ACTION_OUVERTS}
    rows = session.exec(
        select(Reunion.instance_id, func.min(Reunion.debut))
        .where(
            col(Reunion.instance_id).in_(instances),
            Reunion.debut > now,
            col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR),
        )
        .group_by(col(Reunion.instance_id))
    ).all()
    prochaines = dict(rows)
    return {
        a.id: prochaines[a.instance_id]
        for a in vues
        if a.etat in ETATS_ACTION_OUVERTS
        and a.instance_id in prochaines
        and not (a.reunion_debut and a.reunion_debut >= prochaines[a.instance_id])
    }


def nombre_ouvertes(session: Session) -> int:
    """How many actions are open, late or not."""
    return session.exec(select(func.count()).select_from(Action).where(_ouverte())).one()


def pilotes(session: Session) -> list[tuple[int, str]]:
    """The partenaires that pilot at least one action, by short name: choices of the filter."""
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom, Partenaire.sigle)
        .where(col(Partenaire.id).in_(select(Action.pilote_id)))
        .order_by(Partenaire.nom, col(Partenaire.id))
    ).all()
    return [(i, f"{sigle} – {nom}" if sigle else nom) for i, nom, sigle in rows if i is not None]


def historique(session: Session, *, id: int) -> list[EvenementVu]:
    """Every change of an action, the last one first: who, when, and at which meeting."""
    rows = session.exec(
        select(EvenementAction, Agent.nom, Reunion.titre)
        .join(Agent, col(Agent.id) == EvenementAction.agent_id, isouter=True)
        .join(Reunion, col(Reunion.id) == EvenementAction.reunion_id, isouter=True)
        .where(EvenementAction.action_id == id)
        .order_by(col(EvenementAction.id).desc())
    ).all()
    return [
        EvenementVu(
            quand=e.quand,
            agent=agent or "Système",
            reunion=reunion or "",
            etat=e.etat,
            echeance=e.echeance,
            motif=e.motif,
        )
        for e, agent, reunion in rows
    ]


def exporter(session: Session, *, format: Format, by: Acteur, **filtre: Any) -> list[ActionVue]:
    """The actions that go into a file, noted in the journal. `filtre`: that of `liste`."""
    lignes = liste(session, **filtre, par_page=None).lignes
    exports.noter(session, quoi="actions", format=format, lignes=len(lignes), by=by)
    return lignes
