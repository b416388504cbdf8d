"""Figures of the actions decided in a period, and of «13-18, Questions de Justice». Counted by the base.

Tests: tests/services/pilotage/test_statistiques.py.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, true
from sqlmodel import Session, col, func, select

from models import (
    Action,
    Classe,
    Etape,
    EvenementAction,
    Instance,
    Partenaire,
    PartenaireSecteur,
    Participation,
    Reunion,
    Seance,
)
from models.lists import ETATS_ACTION_OUVERTS, EtatAction, EtatSeance, SensEtape
from services.actions import suivi
from services.pilotage.statistiques import TOP, Filtre, noms_courts
from services.projets import participations
from services.socle.horloge import civil
from services.socle.periodes import plus_mois
from settings import get_settings


class Situation(StrEnum):
    """Where an action stands today, one of five; the value is what the screen shows."""

    REALISEE = "Réalisée"
    EN_COURS = "En cours"
    A_FAIRE = "À faire"
    EN_RETARD = "En retard"  # open, and its date past
    ABANDONNEE = "Abandonnée"


class Age(StrEnum):
    """How long ago an action was decided."""

    UN_MOIS = "Moins d’1 mois"
    TROIS_MOIS = "1 à 3 mois"
    SIX_MOIS = "3 à 6 mois"
    UN_AN = "6 à 12 mois"
    PLUS = "Plus d’un an"


_AGES = {Age.UN_MOIS: 1, Age.TROIS_MOIS: 3, Age.SIX_MOIS: 6, Age.UN_AN: 12}  # younger than so many months
OUVERTES = (Situation.EN_COURS, Situation.A_FAIRE, Situation.EN_RETARD)


@dataclass(frozen=True)
class ActionsDe:
    """Actions of a pilot, of an age or all, by situation."""

    nom: str
    par_situation: dict[Situation, int]

    @property
    def n(self) -> int:
        return sum(self.par_situation.values())

    @property
    def ouvertes(self) -> int:
        return sum(self.par_situation[s] for s in OUVERTES)

    @property
    def resolution(self) -> tuple[int, int]:
        """Taux de résolution: the réalisées, out of réalisées and ouvertes. The abandonnées are counted apart."""
        realisees = self.par_situation[Situation.REALISEE]
        return realisees, realisees + self.ouvertes


@dataclass(frozen=True)
class College1318:
    """A collège in a school year. Numbers of classes, of their pupils, of pupils present at the séances held: None when
    nobody noted it, which is not 0. `participe`: it takes part, as the screen of the year says."""

    annee: int
    college: str
    participe: bool
    classes: int | None
    effectif: int | None
    presents: int | None
    par_etat: dict[EtatSeance, int | None]
    sans_compte: int = 0  # séances held whose pupils nobody counted
    importe: bool = False  # known by its imported totals only

    @property
    def realisees(self) -> int | None:
        return self.par_etat[EtatSeance.REALISEE]

    @property
    def programmees(self) -> int | None:
        """Held, to come or called off; the one put off is counted at its new date. Imported totals do not tell."""
        lues = [self.par_etat[e] for e in EtatSeance if e is not EtatSeance.REPORTEE]
        return None if None in lues else participations.somme(*lues)


def depuis(session: Session) -> date | None:
    """The day on which the first action was decided."""
    en_reunion = session.exec(
        select(func.min(Reunion.debut)).where(select(Action.id).where(Action.reunion_id == Reunion.id).exists())
    ).one()
    ecrite = session.exec(
        select(func.min(EvenementAction.quand))
        .join(Action, col(Action.id) == EvenementAction.action_id)
        .where(col(Action.reunion_id).is_(None))
    ).one()
    jours = [en_reunion.date()] if en_reunion else []
    return min([*jours, *([civil(ecrite).date()] if ecrite else [])], default=None)


# --- actions -------------------------------------------------------------------------------------------------------


def actions_par_situation(session: Session, *, filtre: Filtre, today: date) -> ActionsDe:
    """The actions decided in the period, by where they stand today."""
    rows = session.exec(_actions(select(*_situations(today)), filtre)).one()
    return _actions_de("", rows)


def actions_par_pilote(session: Session, *, filtre: Filtre, today: date) -> list[ActionsDe]:
    """The same, of the TOP pilots with most actions."""
    rows = session.exec(
        _actions(select(Partenaire.nom, Partenaire.sigle, *_situations(today)), filtre)
        .join(Partenaire, col(Partenaire.id) == Action.pilote_id)
        .group_by(col(Partenaire.id), col(Partenaire.nom), col(Partenaire.sigle))
        .order_by(func.count().desc(), col(Partenaire.nom), col(Partenaire.id))
        .limit(TOP)
    ).all()
    noms = noms_courts([(nom, sigle) for nom, sigle, *_ in rows])
    return [_actions_de(nom, nombres) for nom, (_, _, *nombres) in zip(noms, rows, strict=True)]


def actions_par_age(session: Session, *, filtre: Filtre, today: date) -> list[ActionsDe]:
    """The same, of those still open, by age; every age is there, even with none."""
    age = case(
        *((~_decidee_avant(plus_mois(today, -mois) + timedelta(days=1)), age.value) for age, mois in _AGES.items()),
        else_=Age.PLUS.value,
    )
    rows = session.exec(
        _actions(select(age, *_situations(today)), filtre)
        .where(col(Action.etat).in_(ETATS_ACTION_OUVERTS))
        .group_by(age)
    ).all()
    lues = {nom: nombres for nom, *nombres in rows}
    return [_actions_de(a, lues.get(a, [0] * len(Situation))) for a in Age]


# --- 13-18 ---------------------------------------------------------------------------------------------------------


def colleges_1318(session: Session, *, annees: Sequence[int], secteur_id: int | None = None) -> list[College1318]:
    """Each collège of these school years, by year then name. A secteur keeps the collèges that act in it; those
    whose secteur is not told act in the whole town."""
    ses_secteurs = select(PartenaireSecteur.secteur_id).where(col(PartenaireSecteur.partenaire_id) == Partenaire.id)
    du_secteur: ColumnElement[bool] = true()
    if secteur_id is not None:
        du_secteur = or_(
            ~ses_secteurs.exists(), ses_secteurs.where(PartenaireSecteur.secteur_id == secteur_id).exists()
        )
    criteres = (col(Participation.annee).in_(annees), du_secteur)
    # Classes and séances are counted apart: joined together, each class would count once a séance.
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Participation.id,
            Participation.annee,
            Partenaire.nom,
            Etape.sens,
            func.count(col(Classe.id)),
            func.sum(Classe.effectif),
        )
        .join(Etape, col(Etape.id) == Participation.contact_id)
        .join(Partenaire, col(Partenaire.id) == Participation.college_id)
        .join(Classe, col(Classe.participation_id) == Participation.id, isouter=True)
        .where(*criteres)
        .group_by(col(Participation.id), col(Participation.annee), col(Partenaire.nom), col(Etape.sens))
        .order_by(col(Participation.annee), col(Partenaire.nom), col(Participation.id))
    ).all()
    seances, presents = _seances(session, criteres)
    lus = [
        College1318(
            annee,
            nom,
            sens is SensEtape.ABOUTI,
            classes,
            (int(effectif) if effectif is not None else None) if classes else 0,
            presents[id][0],
            seances[id],
            presents[id][1],
        )
        for id, annee, nom, sens, classes, effectif in rows
    ]
    lus += [
        College1318(
            b.annee,
            b.college,
            True,
            b.classes,
            b.eleves,
            b.presents,
            dict.fromkeys(EtatSeance) | {EtatSeance.REALISEE: b.seances},
            importe=True,
        )
        for b in participations.bilans_importes(session, annees=annees, critere=du_secteur)
    ]
    return sorted(lus, key=lambda c: (c.annee, c.college))


def _seances(
    session: Session, criteres: Sequence[ColumnElement[bool]]
) -> tuple[dict[int, dict[EtatSeance, int | None]], dict[int, tuple[int | None, int]]]:
    """Of each participation: how many séances by state, then pupils present and séances held without a count."""
    seances: dict[int, dict[EtatSeance, int | None]] = defaultdict(lambda: dict.fromkeys(EtatSeance, 0))
    presents: dict[int, tuple[int | None, int]] = defaultdict(lambda: (0, 0))
    for id, etat, n, eleves, comptees in session.exec(
        select(  # type: ignore[call-overload]
            Classe.participation_id,
            Seance.etat,
            func.count(),
            func.sum(Seance.presents),
            func.count(col(Seance.presents)),
        )
        .join(Seance, col(Seance.classe_id) == Classe.id)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .join(Partenaire, col(Partenaire.id) == Participation.college_id)
        .where(*criteres)
        .group_by(col(Classe.participation_id), col(Seance.etat))
    ).all():
        seances[id][EtatSeance(etat)] = n
        if etat == EtatSeance.REALISEE:
            presents[id] = (None if eleves is None else int(eleves), n - comptees)
    return seances, presents


# --- inside --------------------------------------------------------------------------------------------------------


def _decidee_avant(jour: date) -> ColumnElement[bool]:
    """Decided before that day: at its meeting or, without one, when it was written (an instant, in UTC)."""
    ecrite = (
        select(func.min(EvenementAction.quand))
        .where(col(EvenementAction.action_id) == col(Action.id))
        .scalar_subquery()
    )
    minuit = datetime.combine(jour, time())
    return or_(
        and_(col(Action.reunion_id).is_not(None), col(Reunion.debut) < minuit),
        and_(col(Action.reunion_id).is_(None), ecrite < minuit.replace(tzinfo=get_settings().zone)),
    )


def _actions(requete: Any, filtre: Filtre) -> Any:
    """The actions decided in the period, of the secteur (as their list filters), of these kinds of meetings."""
    requete = (
        requete.select_from(Action)
        .join(Reunion, col(Reunion.id) == Action.reunion_id, isouter=True)
        .join(Instance, col(Instance.id) == Action.instance_id, isouter=True)
        .where(_decidee_avant(filtre.fin), ~_decidee_avant(filtre.debut))
    )
    if filtre.types:
        requete = requete.where(func.coalesce(col(Reunion.type), col(Instance.type)).in_(filtre.types))
    return requete if filtre.secteur_id is None else requete.where(suivi.du_secteur(filtre.secteur_id))


def _situations(today: date) -> list[ColumnElement[int]]:
    """One count for each situation, in their order."""
    etat, passee = col(Action.etat), col(Action.echeance) < today
    criteres = {
        Situation.REALISEE: etat == EtatAction.REALISEE,
        Situation.EN_COURS: and_(etat == EtatAction.EN_COURS, ~passee),
        Situation.A_FAIRE: and_(etat == EtatAction.A_FAIRE, ~passee),
        Situation.EN_RETARD: and_(etat.in_(ETATS_ACTION_OUVERTS), passee),
        Situation.ABANDONNEE: etat == EtatAction.ABANDONNEE,
    }
    return [func.count(case((criteres[s], 1))) for s in Situation]


def _actions_de(nom: str, nombres: Sequence[int]) -> ActionsDe:
    return ActionsDe(nom, dict(zip(Situation, nombres, strict=True)))
