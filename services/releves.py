"""The relevé de conclusions of a meeting, as screen and documents show it. Restricted: never for the public."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from models import (
    Action,
    Agent,
    EvenementAction,
    Origine,
    Partenaire,
    Point,
    PointPartenaire,
    Presence,
    Quartier,
    Reunion,
    Theme,
)
from models import Releve as VieReleve
from models.lists import EtatAction, EtatPresence, EtatReleve
from services import actions, presidences, reunions
from services.actions import ActionVue
from services.reunions import ReunionVue


@dataclass(frozen=True)
class PresenceVue:
    """A partenaire at the meeting, with the function that came (never more than the organisation and function)."""

    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str


@dataclass(frozen=True)
class PointReleve:
    """A point as the relevé prints it."""

    id: int
    theme: str
    rubrique: str
    quartier: str
    lieu: str
    origine: str
    note: str
    reponse: str
    texte_public: str
    partenaires: list[str]
    actions: list[ActionVue]


@dataclass(frozen=True)
class SuiteReleve:
    """An action decided earlier, and what this meeting made of it."""

    action_id: int
    quoi: str
    pilote: str
    etat: EtatAction
    motif: str


@dataclass(frozen=True)
class Releve:
    """Everything a relevé holds: who chaired ("" nobody), presences by state in the order of the list of members…"""

    reunion: ReunionVue
    presidence: str
    presences: dict[EtatPresence, list[PresenceVue]]
    habitants: int | None
    suites: list[SuiteReleve]
    points: list[PointReleve]
    saisie_le: datetime | None
    saisie_par: str


def lire(session: Session, *, reunion_id: int, today: date) -> Releve:
    """The relevé of a meeting, empty lists if it is not written up.

    Raises:
        NotFound: no such meeting.
    """
    vue = reunions.get(session, id=reunion_id)
    reunion = session.get_one(Reunion, reunion_id)
    auteur = session.get(Agent, reunion.saisie_par) if reunion.saisie_par else None
    return Releve(
        reunion=vue,
        presidence=presidences.qui_preside(session, reunion_id=reunion_id),
        presences=_presences(session, reunion_id),
        habitants=reunion.habitants,
        suites=_suites(session, reunion_id),
        points=_points(session, reunion_id, today),
        saisie_le=reunion.saisie_le,
        saisie_par=auteur.nom if auteur else "",
    )


def _presences(session: Session, reunion_id: int) -> dict[EtatPresence, list[PresenceVue]]:
    rows = session.exec(
        select(Presence, Partenaire)
        .join(Partenaire, col(Partenaire.id) == Presence.partenaire_id)
        .where(Presence.reunion_id == reunion_id)
        .order_by(col(Presence.ordre), col(Partenaire.nom))
    ).all()
    classees: dict[EtatPresence, list[PresenceVue]] = {etat: [] for etat in EtatPresence}
    for presence, partenaire in rows:
        classees[presence.etat].append(
            PresenceVue(presence.partenaire_id, partenaire.nom, partenaire.sigle, presence.fonction)
        )
    return classees


def _suites(session: Session, reunion_id: int) -> list[SuiteReleve]:
    """The last state this meeting gave to each action decided before it."""
    rows = session.exec(
        select(EvenementAction, Action, Partenaire.nom)
        .join(Action, col(Action.id) == EvenementAction.action_id)
        .join(Partenaire, col(Partenaire.id) == Action.pilote_id)
        .where(
            EvenementAction.reunion_id == reunion_id,
            col(Action.reunion_id).is_(None) | (col(Action.reunion_id) != reunion_id),
        )
        .order_by(col(EvenementAction.id))
    ).all()
    derniers = {a.id: SuiteReleve(a.id or 0, a.quoi, pilote, e.etat, e.motif) for e, a, pilote in rows}
    return list(derniers.values())


def _comme_diffusees(session: Session, reunion_id: int, vues: list[ActionVue]) -> list[ActionVue]:
    """Actions live on; a relevé that was sent goes on saying the state and the date that it told then."""
    vie = session.get(VieReleve, reunion_id)
    if vie is None or vie.etat is not EtatReleve.DIFFUSE or vie.diffuse_le is None:
        return vues
    return actions.telles_que(session, vues=vues, quand=vie.diffuse_le)


def _points(session: Session, reunion_id: int, today: date) -> list[PointReleve]:
    decidees: dict[int | None, list[ActionVue]] = {}
    for action in _comme_diffusees(
        session, reunion_id, actions.de_la_reunion(session, reunion_id=reunion_id, today=today)
    ):
        decidees.setdefault(action.point_id, []).append(action)
    rows = session.exec(
        select(Point, Theme, Quartier, Origine)
        .join(Theme, col(Theme.id) == Point.theme_id)
        .outerjoin(Quartier, col(Quartier.id) == Point.quartier_id)
        .outerjoin(Origine, col(Origine.id) == Point.origine_id)
        .where(Point.reunion_id == reunion_id)
        .order_by(col(Point.ordre), col(Point.id))
    ).all()
    concernes: dict[int, list[str]] = {}
    for point_id, nom in session.exec(
        select(PointPartenaire.point_id, Partenaire.nom)
        .join(Partenaire, col(Partenaire.id) == PointPartenaire.partenaire_id)
        .where(col(PointPartenaire.point_id).in_([p.id for p, *_ in rows]))
        .order_by(col(Partenaire.nom))
    ).all():
        concernes.setdefault(point_id, []).append(nom)
    return [
        PointReleve(
            id=p.id or 0,
            theme=theme.libelle,
            rubrique=theme.rubrique,
            quartier=quartier.nom if quartier else "",
            lieu=p.lieu,
            origine=origine.libelle if origine else "",
            note=p.note,
            reponse=p.reponse,
            texte_public=p.texte_public,
            partenaires=concernes.get(p.id or 0, []),
            actions=decidees.get(p.id, []),
        )
        for p, theme, quartier, origine in rows
    ]


def du_secteur(session: Session, *, secteur_id: int, annee: int, today: date) -> list[Releve]:
    """The restricted relevés of a secteur's year, those validated, in order."""
    reunions_de_l_annee = reunions.entre(
        session,
        debut=datetime.combine(date(annee, 1, 1), time()),
        fin=datetime.combine(date(annee + 1, 1, 1), time()),
        secteur_id=secteur_id,
    )
    valides = set(
        session.exec(
            select(VieReleve.reunion_id).where(
                col(VieReleve.reunion_id).in_([r.id for r in reunions_de_l_annee]), VieReleve.etat != EtatReleve.PROJET
            )
        ).all()
    )
    return [lire(session, reunion_id=r.id, today=today) for r in reunions_de_l_annee if r.id in valides]
