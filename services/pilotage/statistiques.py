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
from models.lists import ETATS_PRESENCE_VENU, ETATS_REUNION_SAISIE, EtatPresence, TypeReunion
from services.agenda import plan
from services.agenda.plan import Case, Etat, Marque, Nombre
from services.socle.periodes import Periode, mois_entiers, plus_mois

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
class CelluleDuSemestre:
    """The cellules de veille of a secteur in a semestre (its first day); `tenues` of them in the period itself."""

    secteur: str
    semestre: date
    nombre: Nombre
    tenues: int


@dataclass(frozen=True)
class CouvertureInstance:
    """What an instance held in each month, taken whole; how many of the times its frequency expected it, over by now,
    it met (None: at request)."""

    nom: str
    par_mois: tuple[tuple[date, Nombre], ...]
    tenues: int
    attendues: int | None
    reunie: bool  # in the period itself

    @property
    def reunions(self) -> int:
        """Meetings held in these months."""
        return sum(n for _, n in self.par_mois if isinstance(n, int))


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


@dataclass(frozen=True)
class Sources:
    """How many meetings situations come from, in all and by secteur ("" without one): None where none was held."""

    reunions: int
    par_secteur: dict[str, int | None]


def pourcentage(n: int, total: int) -> float | None:
    """n out of total, as a percentage; None under CAS_MIN cases, where it would say nothing."""
    return 100 * n / total if total >= CAS_MIN else None


def depuis(session: Session, *, avec: Any = None) -> date | None:
    """The day of the first meeting held; with `avec` (Presence, Point), of the first one with such rows. Before it
    there is nothing to count: not even 0."""
    premiere = select(Reunion.debut).where(col(Reunion.etat).in_(ETATS_REUNION_SAISIE))
    if avec is not None:
        premiere = premiere.where(select(avec.id).where(avec.reunion_id == Reunion.id).exists())
    debut = session.exec(premiere.order_by(col(Reunion.debut)).limit(1)).first()
    return debut.date() if debut else None


def sans_reunion(mois: date, *, depuis: date | None, today: date) -> Nombre:
    """What stands for a month without any meeting: 0 only once it is over, and if something was followed by then."""
    fin = plus_mois(mois, 1)
    if fin > today:
        return Marque.A_VENIR
    return Marque.SANS_DONNEE if depuis is None or fin <= depuis else 0


# --- meetings ------------------------------------------------------------------------------------------------------


def reunions_par_mois(session: Session, *, filtre: Filtre) -> list[ReunionsDuMois]:
    """Meetings held, by month and kind; months without any are left out."""
    annee, mois = extract("year", col(Reunion.debut)), extract("month", col(Reunion.debut))
    rows = session.exec(
        select(annee, mois, Reunion.type, func.count())
        .where(*_tenues(filtre))
        .group_by(annee, mois, Reunion.type)
        .order_by(annee, mois, col(Reunion.type))
    ).all()
    return [ReunionsDuMois(date(int(a), int(m), 1), TypeReunion(t), n) for a, m, t, n in rows]


# --- coverage ------------------------------------------------------------------------------------------------------


def couverture_secteurs(session: Session, *, filtre: Filtre, today: date) -> list[CelluleDuSemestre]:
    """The cellules de veille of each secteur in use, in each semestre that the period touches, taken whole."""
    if filtre.types and TypeReunion.CELLULE not in filtre.types:
        return []
    lu = plan.par_secteur(session, today=today, periode=filtre, secteur_id=filtre.secteur_id)
    return [
        CelluleDuSemestre(
            ligne.secteur,
            p.debut,
            case.nombre(p.fin, today),
            _tenues_dans(case, filtre),
        )
        for ligne in lu.lignes
        for p, case in zip(lu.semestres, ligne.cases, strict=True)
    ]


def couverture_instances(session: Session, *, filtre: Filtre, today: date) -> list[CouvertureInstance]:
    """What each instance held in each month that the period touches (the last MOIS_MAX), by kind then name. Those
    archived since are there if they met."""
    mois = mois_entiers(filtre)[-MOIS_MAX:]
    lignes = plan.par_instance(
        session,
        periode=Periode(mois[0], plus_mois(mois[-1], 1)),
        today=today,
        types=filtre.types,
        parmi=None if filtre.secteur_id is None else _instances_du_secteur(filtre.secteur_id),
        archivees=True,
    )
    return [
        CouvertureInstance(
            ligne.nom,
            tuple((m, c.nombre(plus_mois(m, 1), today)) for m, c in zip(mois, ligne.cases, strict=True)),
            ligne.tenues,
            ligne.attendues,
            any(_tenues_dans(c, filtre) for c in ligne.cases),
        )
        for ligne in lignes
    ]


def _tenues_dans(case: Case, p: Periode) -> int:
    return sum(v.etat is Etat.TENUE and p.debut <= v.debut.date() < p.fin for v in case.reunions)


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
        .order_by(comptees.c.n.desc(), col(Partenaire.nom), col(Partenaire.id))
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
    p = _points(filtre).c
    lus = select(p.theme_id, p.secteur_id, func.count().label("n")).group_by(p.theme_id, p.secteur_id).subquery()
    rows = session.exec(
        select(Theme.libelle, Theme.rubrique, SecteurVeille.nom, lus.c.n)
        .join(lus, lus.c.theme_id == col(Theme.id))
        .join(SecteurVeille, col(SecteurVeille.id) == lus.c.secteur_id, isouter=True)
        .order_by(col(Theme.ordre), col(Theme.id), col(SecteurVeille.nom))
    ).all()
    return [Points(theme, rubrique, secteur or "", n) for theme, rubrique, secteur, n in rows]


def sources(session: Session, *, filtre: Filtre) -> Sources:
    """The meetings that these situations come from; the secteurs in use without a situation are there too."""
    p = _points(filtre).c
    compte = func.count(func.distinct(p.reunion_id))
    lues: dict[int | None, int] = dict(session.exec(select(p.secteur_id, compte).group_by(p.secteur_id)).all())
    tenues = select(Reunion.instance_id).where(*_tenues(filtre))
    reunis = set(session.exec(select(Instance.secteur_id).where(col(Instance.id).in_(tenues))).all())
    reunis |= set(
        session.exec(
            select(Quartier.secteur_id)
            .join(InstanceQuartier, col(InstanceQuartier.quartier_id) == Quartier.id)
            .where(col(InstanceQuartier.instance_id).in_(tenues))
        ).all()
    )
    secteurs = [
        s
        for s in session.exec(select(SecteurVeille).order_by(col(SecteurVeille.nom))).all()
        if s.id in lues or (not s.archive and filtre.secteur_id in (None, s.id))
    ]
    par_secteur = {s.nom: lues.get(s.id, 0 if s.id in reunis else None) for s in secteurs}
    if None in lues:
        par_secteur[""] = lues[None]
    return Sources(session.exec(select(compte)).one(), par_secteur)


def _points(filtre: Filtre) -> Any:
    """The situations evoked at meetings held, each with its secteur."""
    secteur = func.coalesce(col(Quartier.secteur_id), col(Instance.secteur_id))
    lus = (
        select(col(Point.theme_id), col(Point.reunion_id), secteur.label("secteur_id"))
        .join(Reunion, col(Reunion.id) == Point.reunion_id)
        .join(Instance, col(Instance.id) == Reunion.instance_id, isouter=True)
        .join(Quartier, col(Quartier.id) == Point.quartier_id, isouter=True)
        .where(*_tenues(filtre, du_secteur=False))
    )
    return (lus if filtre.secteur_id is None else lus.where(secteur == filtre.secteur_id)).subquery()


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
