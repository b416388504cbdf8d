"""The plan: secteurs × semestres, and instances × months, judged by what each instance's frequency expects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from models import Instance, Reunion, SecteurVeille
from models.lists import (
    ETATS_REUNION_SAISIE,
    ETATS_REUNION_SANS_SUITE,
    Frequence,
    TypeReunion,
)
from services import frequences
from services.periodes import Periode, mois_entiers, nom_semestre, plus_mois, semestre
from services.texte import folded


class Etat(StrEnum):
    """Where what a frequency expects stands; the value is the word on screen."""

    TENUE = "Tenue"
    A_SAISIR = "À saisir"
    PREVUE = "Prévue"
    A_PLANIFIER = "À planifier"
    EN_RETARD = "En retard"
    NON_TENUE = "Non tenue"
    RELACHE = "Vacances"
    RIEN = ""


@dataclass(frozen=True)
class Case:
    """A cell: its state, the meetings it leads to, and the instance to plan if there is none. `attendues`: how many
    meetings this month expects, of an instance that meets several times a month (0 for the others)."""

    etat: Etat
    reunions: tuple["Vue", ...] = ()
    instance_id: int | None = None
    attendues: int = 0

    @property
    def premiere(self) -> "Vue":
        """The first of its meetings that stands where the cell says."""
        return next(v for v in self.reunions if v.etat is self.etat)


@dataclass(frozen=True)
class Vue:
    """A meeting in a cell."""

    id: int
    debut: datetime
    etat: Etat


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
        attendues = (Etat.A_PLANIFIER, Etat.EN_RETARD)
        return [c.instance_id for x in self.lignes if (c := x.cases[rang]).etat in attendues and c.instance_id]

    def compte(self, rang: int) -> tuple[int, int]:
        """How many of that semestre are held or have a date, of how many."""
        prises = sum(x.cases[rang].etat in (Etat.TENUE, Etat.A_SAISIR, Etat.PREVUE) for x in self.lignes)
        return prises, len(self.lignes)

    def nom(self, rang: int) -> str:
        """2e semestre 2026."""
        return nom_semestre(self.semestres[rang].debut)


@dataclass(frozen=True)
class LigneInstance:
    """An instance and its months."""

    id: int
    nom: str
    type: TypeReunion
    frequence: Frequence
    cases: tuple[Case, ...]

    @property
    def a_planifier(self) -> bool:
        """Something is expected that has no date."""
        return any(c.etat in (Etat.A_PLANIFIER, Etat.EN_RETARD) for c in self.cases)


def par_secteur(session: Session, *, today: date, avant: int = 2, apres: int = 1) -> PlanSecteurs:
    """The cellule of each secteur: the semestre in progress, `avant` before it and `apres` after it."""
    courant = semestre(today)
    semestres = [semestre(plus_mois(courant.debut, 6 * n)) for n in range(-avant, apres + 1)]
    cellules: dict[int, list[Instance]] = {}
    for i in session.exec(
        select(Instance)
        .where(Instance.type == TypeReunion.CELLULE, col(Instance.secteur_id).is_not(None))
        .order_by(col(Instance.id))
    ).all():
        cellules.setdefault(i.secteur_id or 0, []).append(i)
    reunions = _reunions(session, Periode(semestres[0].debut, semestres[-1].fin))
    secteurs = session.exec(select(SecteurVeille).where(col(SecteurVeille.archive).is_(False))).all()
    lignes = []
    for s in sorted(secteurs, key=lambda s: folded(s.nom)):
        siennes = cellules.get(s.id or 0, [])
        lues = [v for i in siennes for v in reunions.get(i.id or 0, [])]
        premiere = next((i for i in siennes if not i.archive), None)  # one that is no more was held all the same
        cases = tuple(
            _case(premiere, [v for v in lues if p.debut <= v.debut.date() < p.fin], p, lues, today=today)
            for p in semestres
        )
        lignes.append(LigneSecteur(s.nom, cases))
    return PlanSecteurs(semestres, lignes)


def par_instance(
    session: Session, *, periode: Periode, today: date, types: Sequence[TypeReunion] = ()
) -> list[LigneInstance]:
    """Each instance over the months of that period. What a frequency expects of several months stands in their last
    one, and in the present one when they are in progress."""
    query = select(Instance).where(col(Instance.archive).is_(False))
    if types:
        query = query.where(col(Instance.type).in_(types))
    lues = _reunions(session, Periode(plus_mois(periode.debut, -12), plus_mois(periode.fin, 12)))
    mois = [Periode(m, plus_mois(m, 1)) for m in mois_entiers(periode)]
    relaches = {m.debut for m in mois if frequences.de_relache(m)}
    ordre = list(TypeReunion)
    lignes = []
    for i in session.exec(query).all():
        siennes = lues.get(i.id or 0, [])
        cases = tuple(_case_du_mois(i, m, siennes, m.debut in relaches, today=today) for m in mois)
        lignes.append(LigneInstance(i.id or 0, i.nom, i.type, Frequence(i.frequence), cases))
    return sorted(lignes, key=lambda x: (ordre.index(x.type), folded(x.nom)))


# --- inside ----------------------------------------------------------------------------------------------------------


def _reunions(session: Session, periode: Periode) -> dict[int, list[Vue]]:
    """The meetings of each instance, save those that will not take place, first ones first."""
    debut, fin = periode.civile
    rows = session.exec(
        select(Reunion.instance_id, Reunion.id, Reunion.debut, Reunion.etat)
        .where(
            Reunion.debut >= debut,
            Reunion.debut < fin,
            col(Reunion.instance_id).is_not(None),
            col(Reunion.etat).not_in(ETATS_REUNION_SANS_SUITE),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    par_instance: dict[int, list[Vue]] = {}
    for instance_id, id, quand, etat in rows:
        vue = Vue(id or 0, quand, Etat.TENUE if etat in ETATS_REUNION_SAISIE else Etat.PREVUE)
        par_instance.setdefault(instance_id or 0, []).append(vue)
    return par_instance


def _case(instance: Instance | None, dedans: Sequence[Vue], p: Periode, toutes: Sequence[Vue], *, today: date) -> Case:
    """What stands in the months `p`, in which one meeting is expected."""
    id = instance.id if instance else None
    if dedans:
        vues = tuple(_juger(v, today) for v in dedans)
        return Case(_dominant(vues), vues, id)
    if p.fin <= today:
        return Case(Etat.NON_TENUE, (), id)
    if instance and p.debut <= today:
        derniere = max((v.debut.date() for v in toutes if v.debut.date() < p.debut), default=None)
        if frequences.en_retard(Frequence(instance.frequence), derniere, today=today):
            return Case(Etat.EN_RETARD, (), id)
    return Case(Etat.A_PLANIFIER, (), id)


def _case_du_mois(instance: Instance, mois: Periode, siennes: Sequence[Vue], relache: bool, *, today: date) -> Case:
    frequence = Frequence(instance.frequence)
    dedans = [v for v in siennes if mois.debut <= v.debut.date() < mois.fin]
    if dedans:
        case = replace(_case(instance, dedans, mois, siennes, today=today), instance_id=instance.id)
        n = frequences.nombre(frequence, mois) if frequence in frequences.SOUVENT else 0
        a_planifier = n > len(dedans) and mois.fin > today and case.etat is not Etat.A_SAISIR
        return replace(case, attendues=n, etat=Etat.A_PLANIFIER if a_planifier else case.etat)
    attendue = frequences.periode(frequence, mois.debut)
    if attendue is None or any(attendue.debut <= v.debut.date() < attendue.fin for v in siennes):
        return Case(Etat.RELACHE if relache else Etat.RIEN)
    if not frequences.nombre(frequence, attendue):
        return Case(Etat.RELACHE)
    montre = mois.fin == attendue.fin
    if attendue.debut <= today < attendue.fin:
        montre = mois.debut <= today < mois.fin
    if not montre:
        return Case(Etat.RELACHE if relache else Etat.RIEN)
    return _case(instance, (), attendue, siennes, today=today)


def _juger(v: Vue, today: date) -> Vue:
    """A meeting of a day gone by that nobody wrote up."""
    return replace(v, etat=Etat.A_SAISIR) if v.etat is Etat.PREVUE and v.debut.date() < today else v


def _dominant(vues: Sequence[Vue]) -> Etat:
    """What a cell with several meetings says: what is still to do first."""
    etats = {v.etat for v in vues}
    return next(e for e in (Etat.A_SAISIR, Etat.TENUE, Etat.PREVUE) if e in etats)
