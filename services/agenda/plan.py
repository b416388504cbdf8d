"""The plan: secteurs × semestres, and instances × months, judged by what each instance's frequency expects."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlmodel import Session, col, func, select

from models import Instance, Reunion, SecteurVeille
from models.lists import (
    ETATS_REUNION_SAISIE,
    ETATS_REUNION_SANS_SUITE,
    EtatReunion,
    Frequence,
    TypeReunion,
)
from services.agenda import frequences
from services.socle.horloge import civil
from services.socle.periodes import Periode, mois_entiers, nom_semestre, plus_mois, semestre, semestres_entiers
from services.socle.texte import folded


class Etat(StrEnum):
    """Where what a frequency expects stands; the value is the word on screen."""

    TENUE = "Tenue"
    A_SAISIR = "À saisir"
    PREVUE = "Prévue"
    A_PLANIFIER = "À planifier"
    EN_RETARD = "En retard"
    REPORTEE = "Reportée"  # put off, its new date not chosen yet: known, not forgotten
    NON_TENUE = "Non tenue"
    SANS_DONNEE = "Sans donnée"  # before anything is known of it
    RELACHE = "Vacances"
    RIEN = ""


SANS_DATE = (Etat.A_PLANIFIER, Etat.EN_RETARD, Etat.REPORTEE)  # a date is to be found


class Marque(StrEnum):
    """What stands where a number of meetings held would be a false 0; the value is the word on screen."""

    SANS_DONNEE = "sans donnée"
    A_SAISIR = "à saisir"
    PREVUE = "prévue"
    A_VENIR = "à venir"


Nombre = int | Marque
_MARQUES = {
    Etat.SANS_DONNEE: Marque.SANS_DONNEE,
    Etat.A_SAISIR: Marque.A_SAISIR,
    Etat.PREVUE: Marque.PREVUE,
}


@dataclass(frozen=True)
class Vue:
    """A meeting in a cell."""

    id: int
    debut: datetime
    etat: Etat


@dataclass(frozen=True)
class Case:
    """A cell: its state, the meetings it leads to, and the instance to plan if there is none. `attendues`: how many
    meetings this month expects, of an instance that meets several times a month (0 for the others)."""

    etat: Etat
    reunions: tuple[Vue, ...] = ()
    instance_id: int | None = None
    attendues: int = 0

    @property
    def premiere(self) -> Vue:
        """The first of its meetings that stands where the cell says."""
        return next(v for v in self.reunions if v.etat is self.etat)

    def nombre(self, fin: date, today: date) -> Nombre:
        """How many meetings were held until `fin`, excluded: 0 only once it is past, and something was known."""
        if tenues := sum(v.etat is Etat.TENUE for v in self.reunions):
            return tenues
        etats = {self.etat, *(v.etat for v in self.reunions)}
        return next((m for e, m in _MARQUES.items() if e in etats), Marque.A_VENIR if fin > today else 0)


@dataclass(frozen=True)
class LigneSecteur:
    """A secteur de veille and its cellule in each semestre."""

    secteur: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class PlanSecteurs:
    """Semestres (their first day), and a line a secteur."""

    semestres: list[Periode]
    lignes: list[LigneSecteur]

    def a_planifier(self, rang: int) -> list[int]:
        """The instances whose cellule of that semestre has no date yet."""
        return [c.instance_id for x in self.lignes if (c := x.cases[rang]).etat in SANS_DATE and c.instance_id]

    def compte(self, rang: int) -> tuple[int, int]:
        """How many of that semestre are held or have a date, of how many of which something is known."""
        prises = sum(x.cases[rang].etat in (Etat.TENUE, Etat.A_SAISIR, Etat.PREVUE) for x in self.lignes)
        return prises, sum(x.cases[rang].etat is not Etat.SANS_DONNEE for x in self.lignes)

    def nom(self, rang: int) -> str:
        """2e semestre 2026."""
        return nom_semestre(self.semestres[rang].debut)


@dataclass(frozen=True)
class LigneInstance:
    """An instance and its months. `attendues`: how many meetings its frequency expected in the months that are over
    (None: at request); `tenues`: how many of them were held."""

    id: int
    nom: str
    type: TypeReunion
    frequence: Frequence
    cases: tuple[Case, ...]
    tenues: int
    attendues: int | None

    @property
    def a_planifier(self) -> bool:
        """Something is expected that has no date."""
        return any(c.etat in SANS_DATE for c in self.cases)


def par_secteur(
    session: Session, *, today: date, periode: Periode | None = None, secteur_id: int | None = None
) -> PlanSecteurs:
    """The cellule of each secteur in each semestre that `periode` touches; without it: the semestre in progress, two
    before it and one after."""
    courant = semestre(today)
    periode = periode or Periode(plus_mois(courant.debut, -12), plus_mois(courant.fin, 6))
    semestres = [semestre(debut) for debut in semestres_entiers(periode)]
    cellules: dict[int, list[Instance]] = {}
    for i in session.exec(
        select(Instance)
        .where(Instance.type == TypeReunion.CELLULE, col(Instance.secteur_id).is_not(None))
        .order_by(col(Instance.id))
    ).all():
        cellules.setdefault(i.secteur_id or 0, []).append(i)
    reunions, connues = _reunions(session, Periode(semestres[0].debut, semestres[-1].fin)), _Connues(session)
    secteurs = select(SecteurVeille).where(col(SecteurVeille.archive).is_(False))
    if secteur_id is not None:
        secteurs = secteurs.where(SecteurVeille.id == secteur_id)
    lignes = []
    for s in sorted(session.exec(secteurs).all(), key=lambda s: folded(s.nom)):
        siennes = cellules.get(s.id, [])
        leurs = [reunions.get(i.id, _Siennes()) for i in siennes]
        lues = _Siennes(*(sorted(chain(*x), key=lambda v: v.debut) for x in (leurs, [x.reportees for x in leurs])))
        premiere = next((i for i in siennes if not i.archive), None)  # one that is no more was held all the same
        connue = connues.ensemble(siennes)
        cases = tuple(_case(premiere, _dans(lues, p), p, lues, connue, today=today) for p in semestres)
        lignes.append(LigneSecteur(s.nom, cases))
    return PlanSecteurs(semestres, lignes)


def par_instance(
    session: Session,
    *,
    periode: Periode,
    today: date,
    types: Sequence[TypeReunion] = (),
    parmi: Any = None,
    archivees: bool = False,
) -> list[LigneInstance]:
    """Each instance over the months of that period. What a frequency expects of several months stands in their last
    one, and in the present one when they are in progress.

    Args:
        parmi: a query of the ids to keep; None: all.
        archivees: those archived since too, if they met in that period.
    """
    query = select(Instance)
    if types:
        query = query.where(col(Instance.type).in_(types))
    if parmi is not None:
        query = query.where(col(Instance.id).in_(parmi))
    lues = _reunions(session, Periode(plus_mois(periode.debut, -12), plus_mois(periode.fin, 12)))
    connues = _Connues(session)
    mois = [Periode(m, plus_mois(m, 1)) for m in mois_entiers(periode)]
    ordre = list(TypeReunion)
    lignes = []
    for i in session.exec(query).all():
        siennes, connue = lues.get(i.id, _Siennes()), connues.de(i)
        if i.archive and not (archivees and _dans(siennes, periode)):
            continue
        cases = tuple(_case_du_mois(i, m, siennes, connue, today=today) for m in mois)
        tenues, attendues = _couverture(i, periode, siennes, connue, today=today)
        lignes.append(LigneInstance(i.id, i.nom, i.type, Frequence(i.frequence), cases, tenues, attendues))
    return sorted(lignes, key=lambda x: (ordre.index(x.type), folded(x.nom)))


# --- inside ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Connue:
    """The days, both included, between which something is known of an instance: outside of them nothing is expected."""

    debut: date
    fin: date

    def attend(self, p: Periode) -> bool:
        return self.debut <= p.debut and p.dernier <= self.fin


class _Connues:
    """When each instance began, by its first meeting or the day it was made, and ended, if it is archived."""

    def __init__(self, session: Session) -> None:
        rows = session.exec(
            select(Reunion.instance_id, func.min(Reunion.debut), func.max(Reunion.debut)).group_by(
                col(Reunion.instance_id)
            )
        ).all()
        self._bornes = {id: (premiere.date(), derniere.date()) for id, premiere, derniere in rows}
        self._base = min((premiere for premiere, _ in self._bornes.values()), default=date.max)

    def de(self, instance: Instance) -> _Connue:
        premiere, derniere = self._bornes.get(instance.id, (date.max, date.min))
        cree, archive = instance.cree_le, instance.archive_le
        debut = min(premiere, civil(cree).date() if cree else date.max)
        if debut == date.max:  # made nobody knows when
            debut = self._base
        return _Connue(debut, (civil(archive).date() if archive else derniere) if instance.archive else date.max)

    def ensemble(self, instances: Sequence[Instance]) -> _Connue:
        """The cellule of a secteur, whichever instance it was held by."""
        toutes = [self.de(i) for i in instances]
        return _Connue(min((c.debut for c in toutes), default=self._base), date.max)


def _dans(vues: Sequence[Vue], p: Periode) -> Sequence[Vue]:
    """Those of that period, of meetings in their order."""
    debut, fin = (bisect_left(vues, minuit, key=attrgetter("debut")) for minuit in p.civile)
    return vues[debut:fin]


class _Siennes(list[Vue]):
    """The meetings of an instance, first ones first, save those that will not take place; apart, those put off."""

    def __init__(self, vues: Iterable[Vue] = (), reportees: Iterable[Vue] = ()) -> None:
        super().__init__(vues)
        self.reportees = list(reportees)


def _reunions(session: Session, periode: Periode) -> dict[int, _Siennes]:
    """The meetings of each instance."""
    debut, fin = periode.civile
    rows = session.exec(
        select(Reunion.instance_id, Reunion.id, Reunion.debut, Reunion.etat)
        .where(
            Reunion.debut >= debut,
            Reunion.debut < fin,
            col(Reunion.instance_id).is_not(None),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    par_instance: dict[int, _Siennes] = {}
    for instance_id, id, quand, etat in rows:
        siennes = par_instance.setdefault(instance_id or 0, _Siennes())
        if etat is EtatReunion.REPORTEE:
            siennes.reportees.append(Vue(id or 0, quand, Etat.REPORTEE))
        elif etat not in ETATS_REUNION_SANS_SUITE:
            siennes.append(Vue(id or 0, quand, Etat.TENUE if etat in ETATS_REUNION_SAISIE else Etat.PREVUE))
    return par_instance


def _case(
    instance: Instance | None,
    dedans: Sequence[Vue],
    p: Periode,
    toutes: _Siennes,
    connue: _Connue,
    *,
    today: date,
) -> Case:
    """What stands in the months `p`, in which one meeting is expected."""
    id = instance.id if instance else None
    if dedans:
        vues = tuple(_juger(v, today) for v in dedans)
        return Case(_dominant(vues), vues, id)
    if p.fin <= today:
        return Case(Etat.NON_TENUE if connue.attend(p) else Etat.SANS_DONNEE, (), id)
    if _dans(toutes.reportees, p):
        return Case(Etat.REPORTEE, (), id)
    if instance and p.debut <= today:
        derniere = max((v.debut.date() for v in toutes if v.debut.date() < p.debut), default=None)
        if frequences.en_retard(Frequence(instance.frequence), derniere, today=today):
            return Case(Etat.EN_RETARD, (), id)
    return Case(Etat.A_PLANIFIER, (), id)


def _case_du_mois(instance: Instance, mois: Periode, siennes: _Siennes, connue: _Connue, *, today: date) -> Case:
    frequence = Frequence(instance.frequence)
    if dedans := _dans(siennes, mois):
        case = replace(_case(instance, dedans, mois, siennes, connue, today=today), instance_id=instance.id)
        n = frequences.nombre(frequence, mois) if frequence in frequences.SOUVENT else 0
        a_planifier = n > len(dedans) and mois.fin > today and case.etat is not Etat.A_SAISIR
        return replace(case, attendues=n, etat=Etat.A_PLANIFIER if a_planifier else case.etat)
    if mois.fin <= min(connue.debut, today) or mois.debut > connue.fin:
        return Case(Etat.SANS_DONNEE)
    relache = Case(Etat.RELACHE if frequences.de_relache(mois) else Etat.RIEN)
    attendue = frequences.periode(frequence, mois.debut)
    if attendue is None or _dans(siennes, attendue):
        return relache
    if attendue.fin <= today and not connue.attend(attendue):  # it was made, or archived, meanwhile
        return relache
    if not frequences.nombre(frequence, attendue):
        return Case(Etat.RELACHE)
    montre = mois.fin == attendue.fin
    if attendue.debut <= today < attendue.fin:
        montre = mois.debut <= today < mois.fin
    return _case(instance, (), attendue, siennes, connue, today=today) if montre else relache


def _couverture(
    instance: Instance, periode: Periode, siennes: Sequence[Vue], connue: _Connue, *, today: date
) -> tuple[int, int | None]:
    """How many of the meetings that its frequency expected, the months that expect them being over, it held; and how
    many they were. Of the first months, begun before anything was known, those it held count."""
    frequence = Frequence(instance.frequence)
    tenues = [v for v in siennes if v.etat is Etat.TENUE]
    if frequence is Frequence.A_LA_DEMANDE:
        return len(_dans(tenues, periode)), None
    finies = [(a, n) for a, n in frequences.attendues(frequence, periode) if a.fin <= today]
    tenus = [min(n, len(_dans(tenues, a))) for a, n in finies]
    return sum(tenus), sum(n if connue.attend(a) else t for t, (a, n) in zip(tenus, finies, strict=True))


def _juger(v: Vue, today: date) -> Vue:
    """A meeting of a day gone by that nobody wrote up."""
    return replace(v, etat=Etat.A_SAISIR) if v.etat is Etat.PREVUE and v.debut.date() < today else v


def _dominant(vues: Sequence[Vue]) -> Etat:
    """What a cell with several meetings says: what is still to do first."""
    etats = {v.etat for v in vues}
    return next(e for e in (Etat.A_SAISIR, Etat.TENUE, Etat.PREVUE) if e in etats)
