"""Figures of a period: meetings held, coverage, attendance, situations evoked. Counted by the base, never in Python.

A meeting counts when it is held (tenue or close) and begins in the period. Nothing here is about a person.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, extract, or_
from sqlmodel import Session, col, func, select

from models import (
    Categorie,
    Instance,
    InstanceQuartier,
    Partenaire,
    Point,
    Presence,
    Quartier,
    Reunion,
    SecteurVeille,
    Theme,
)
from models.lists import ETATS_PRESENCE_VENU, ETATS_REUNION_SAISIE, EtatPresence, Frequence, TypeReunion
from services.frequences import MOIS_PAR_REUNION
from services.periodes import Periode, mois_entiers, plus_mois, semestres_entiers

CAS_MIN = 20  # no percentage under that many cases
TOP = 15
INSTANCES_MAX, MOIS_MAX = 60, 24  # as many rows and columns as one can read


@dataclass(frozen=True)
class Filtre(Periode):
    """What is counted: from `debut` to `fin` (excluded), of a secteur de veille (None: all), of these kinds of
    meetings (empty: all)."""

    secteur_id: int | None = None
    types: tuple[TypeReunion, ...] = ()


@dataclass(frozen=True)
class ReunionsDuMois:
    """Meetings of a kind held in a month (its first day)."""

    mois: date
    type: TypeReunion
    n: int


@dataclass(frozen=True)
class CellulesDuSemestre:
    """Cellules de veille held for a secteur in a semestre (its first day); 0 when there was none."""

    secteur: str
    semestre: date
    n: int


@dataclass(frozen=True)
class CouvertureInstance:
    """What an instance held, month by month, and what its frequency expected (None: at request)."""

    nom: str
    par_mois: tuple[tuple[date, int], ...]
    tenues: int
    attendues: int | None


@dataclass(frozen=True)
class Presences:
    """Attendance noted at meetings held, of a partenaire or of several together."""

    nom: str
    categorie: str
    presents: int
    representes: int
    excuses: int
    absents: int

    @property
    def n(self) -> int:
        return self.presents + self.representes + self.excuses + self.absents

    @property
    def venus(self) -> int:
        """Present or represented."""
        return sum(getattr(self, _ETATS[etat]) for etat in ETATS_PRESENCE_VENU)


@dataclass(frozen=True)
class Points:
    """Situations evoked on a theme, in a secteur ("" when neither the point nor its meeting has one)."""

    theme: str
    rubrique: str
    secteur: str
    n: int


def pourcentage(n: int, total: int) -> float | None:
    """n out of total, as a percentage; None under CAS_MIN cases, where it would say nothing."""
    return 100 * n / total if total >= CAS_MIN else None


# --- meetings ------------------------------------------------------------------------------------------------------


def reunions_par_mois(session: Session, *, filtre: Filtre) -> list[ReunionsDuMois]:
    """Meetings held, by month and kind; months without any are left out."""
    annee, mois = extract("year", col(Reunion.debut)), extract("month", col(Reunion.debut))
    rows = session.exec(
        select(annee, mois, Reunion.type, func.count())
        .where(*_tenues(filtre))
        .group_by(annee, mois, Reunion.type)
        .order_by(annee, mois)
    ).all()
    return [ReunionsDuMois(date(int(a), int(m), 1), TypeReunion(t), n) for a, m, t, n in rows]


# --- coverage ------------------------------------------------------------------------------------------------------


def couverture_secteurs(session: Session, *, filtre: Filtre) -> list[CellulesDuSemestre]:
    """Cellules de veille held, for each secteur in use and each semestre that the period touches, taken whole."""
    debuts = semestres_entiers(filtre)
    annee = extract("year", col(Reunion.debut))
    premier = case((extract("month", col(Reunion.debut)) <= 6, 1), else_=7)
    entiers = Filtre(debuts[0], plus_mois(debuts[-1], 6), filtre.secteur_id, (TypeReunion.CELLULE,))
    tenues = {
        (secteur_id, date(int(a), m, 1)): n
        for secteur_id, a, m, n in session.exec(
            select(Instance.secteur_id, annee, premier, func.count())
            .join(Reunion, col(Reunion.instance_id) == Instance.id)
            .where(*_tenues(entiers))
            .group_by(col(Instance.secteur_id), annee, premier)
        ).all()
    }
    secteurs = select(SecteurVeille.id, SecteurVeille.nom).where(col(SecteurVeille.archive).is_(False))
    if filtre.secteur_id is not None:
        secteurs = secteurs.where(SecteurVeille.id == filtre.secteur_id)
    return [
        CellulesDuSemestre(nom, debut, tenues.get((secteur_id, debut), 0))
        for secteur_id, nom in session.exec(secteurs.order_by(SecteurVeille.nom)).all()
        for debut in debuts
    ]


def couverture_instances(session: Session, *, filtre: Filtre, today: date) -> list[CouvertureInstance]:
    """What each instance in use held in each month that the period touches (the last MOIS_MAX), taken whole, by kind
    then name; at most INSTANCES_MAX. Its frequency expects meetings of the months that are over, rounded down: one a
    semestre expects none before six of them are."""
    mois = mois_entiers(filtre)[-MOIS_MAX:]
    instances = select(Instance.id, Instance.nom, Instance.frequence).where(col(Instance.archive).is_(False))
    if filtre.types:
        instances = instances.where(col(Instance.type).in_(filtre.types))
    if filtre.secteur_id is not None:
        instances = instances.where(col(Instance.id).in_(_instances_du_secteur(filtre.secteur_id)))
    lues = session.exec(instances.order_by(col(Instance.type), col(Instance.nom)).limit(INSTANCES_MAX)).all()
    annee, numero = extract("year", col(Reunion.debut)), extract("month", col(Reunion.debut))
    tenues = {
        (instance_id, date(int(a), int(m), 1)): n
        for instance_id, a, m, n in session.exec(
            select(Reunion.instance_id, annee, numero, func.count())
            .where(
                *_tenues(Filtre(mois[0], plus_mois(mois[-1], 1))), col(Reunion.instance_id).in_([i for i, _, _ in lues])
            )
            .group_by(col(Reunion.instance_id), annee, numero)
        ).all()
    }
    finis = sum(plus_mois(m, 1) <= today for m in mois)
    return [
        CouvertureInstance(
            nom,
            par_mois=(par_mois := tuple((m, tenues.get((id, m), 0)) for m in mois)),
            tenues=sum(n for _, n in par_mois),
            attendues=finis // pas if (pas := MOIS_PAR_REUNION.get(Frequence(frequence))) else None,
        )
        for id, nom, frequence in lues
    ]


# --- attendance ----------------------------------------------------------------------------------------------------


def presences(session: Session, *, filtre: Filtre) -> list[Presences]:
    """Attendance noted, by partenaire, the most noted first. One scan: `par_categorie` and `premiers` sum its rows."""
    etats = [func.count(case((col(Presence.etat) == etat, 1))).label(nom) for etat, nom in _ETATS.items()]
    comptees = (
        select(col(Presence.partenaire_id), func.count().label("n"), *etats)
        .join(Reunion, col(Reunion.id) == Presence.reunion_id)
        .where(*_tenues(filtre))
        .group_by(col(Presence.partenaire_id))
        .subquery()
    )
    rows: Sequence[Any] = session.exec(
        select(Partenaire.nom, Partenaire.sigle, Categorie.nom, *(comptees.c[nom] for nom in _ETATS.values()))
        .join(comptees, comptees.c.partenaire_id == col(Partenaire.id))
        .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        .order_by(comptees.c.n.desc(), col(Partenaire.nom))
    ).all()
    noms = noms_courts([(nom, sigle) for nom, sigle, *_ in rows])
    return [Presences(nom, categorie, *nombres) for nom, (_, _, categorie, *nombres) in zip(noms, rows, strict=True)]


def noms_courts(partenaires: Sequence[tuple[str, str]]) -> list[str]:
    """Of each name and acronym, the acronym where it names one partenaire only."""
    sigles = Counter(sigle for _, sigle in partenaires)
    return [sigle if sigle and sigles[sigle] == 1 else nom for nom, sigle in partenaires]


def par_categorie(lignes: Sequence[Presences]) -> list[Presences]:
    """The same, by category, the most noted first."""
    groupes: dict[str, list[Presences]] = {}
    for ligne in lignes:
        groupes.setdefault(ligne.categorie, []).append(ligne)
    sommes = [_somme(nom, nom, groupe) for nom, groupe in groupes.items()]
    return sorted(sommes, key=lambda s: (-s.n, s.nom))


def premiers(lignes: Sequence[Presences]) -> list[Presences]:
    """The TOP first, then one line for all the others."""
    reste = lignes[TOP:]
    autres = [_somme(f"Les {len(reste)} autres", "", reste)] if len(reste) > 1 else list(reste)
    return [*lignes[:TOP], *autres]


def total(lignes: Sequence[Presences]) -> Presences:
    return _somme("", "", lignes)


def _somme(nom: str, categorie: str, lignes: Sequence[Presences]) -> Presences:
    return Presences(nom, categorie, *(sum(getattr(x, champ) for x in lignes) for champ in _ETATS.values()))


_ETATS = {
    EtatPresence.PRESENT: "presents",
    EtatPresence.REPRESENTE: "representes",
    EtatPresence.EXCUSE: "excuses",
    EtatPresence.ABSENT: "absents",
}


# --- situations ----------------------------------------------------------------------------------------------------


def points(session: Session, *, filtre: Filtre) -> list[Points]:
    """Situations evoked at meetings held, by theme (in the staff's order) and secteur: that of the point's quartier,
    else that of the meeting's instance. A filter on a secteur keeps the points of that secteur. One scan: screens sum
    its rows."""
    secteur = func.coalesce(col(Quartier.secteur_id), col(Instance.secteur_id))
    comptes = (
        select(col(Point.theme_id), secteur.label("secteur_id"), func.count().label("n"))
        .join(Reunion, col(Reunion.id) == Point.reunion_id)
        .join(Instance, col(Instance.id) == Reunion.instance_id, isouter=True)
        .join(Quartier, col(Quartier.id) == Point.quartier_id, isouter=True)
        .where(*_tenues(filtre, du_secteur=False))
        .group_by(col(Point.theme_id), secteur)
    )
    if filtre.secteur_id is not None:
        comptes = comptes.where(secteur == filtre.secteur_id)
    lus = comptes.subquery()
    rows = session.exec(
        select(Theme.libelle, Theme.rubrique, SecteurVeille.nom, lus.c.n)
        .join(lus, lus.c.theme_id == col(Theme.id))
        .join(SecteurVeille, col(SecteurVeille.id) == lus.c.secteur_id, isouter=True)
        .order_by(col(Theme.ordre), col(Theme.id), col(SecteurVeille.nom))
    ).all()
    return [Points(theme, rubrique, secteur or "", n) for theme, rubrique, secteur, n in rows]


# --- inside --------------------------------------------------------------------------------------------------------


def _instances_du_secteur(secteur_id: int) -> Any:
    """Those of the secteur and those of its quartiers, as the calendar filters."""
    de_ses_quartiers = (
        select(InstanceQuartier.instance_id)
        .join(Quartier, col(Quartier.id) == InstanceQuartier.quartier_id)
        .where(Quartier.secteur_id == secteur_id)
    )
    return select(Instance.id).where(
        or_(col(Instance.secteur_id) == secteur_id, col(Instance.id).in_(de_ses_quartiers))
    )


def _tenues(filtre: Filtre, *, du_secteur: bool = True) -> list[ColumnElement[bool]]:
    """Meetings held in the period, of the filter's kinds and, if `du_secteur`, of its secteur."""
    debut, fin = filtre.civile
    criteres = [col(Reunion.etat).in_(ETATS_REUNION_SAISIE), col(Reunion.debut) >= debut, col(Reunion.debut) < fin]
    if filtre.types:
        criteres.append(col(Reunion.type).in_(filtre.types))
    if du_secteur and filtre.secteur_id is not None:
        criteres.append(col(Reunion.instance_id).in_(_instances_du_secteur(filtre.secteur_id)))
    return criteres
