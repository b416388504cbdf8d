"""The figures of the charts counted a second time: every row read, plain Python, none of the services' own rules."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session, select
from vacances_scolaires_france import SchoolHolidayDates

from models import Instance, InstanceQuartier, Point, Quartier, Reunion, SecteurVeille
from models.lists import TypeReunion
from services.socle.horloge import civil

TENUES = ("tenue", "close")
PERDUES = ("reportee", "annulee", "pas_eu_lieu")
PAS = {"mensuelle": 1, "bimestrielle": 2, "trimestrielle": 3, "semestrielle": 6, "annuelle": 12, "a_la_demande": 0}
JOURS = {"hebdomadaire": 7, "quinzaine": 14, "bimensuelle": 14}  # more often: once in so many days of school
SEMESTRE = 6
VACANCES = SchoolHolidayDates()


@dataclass
class Compte:
    """Of an instance: what stands in each month (year, month), and its expectations met, out of those over."""

    mois: dict[tuple[int, int], int | str] = field(default_factory=dict)
    tenues: int = 0
    attendues: int | None = 0


def toutes(session: Session, table: Any) -> list[Any]:
    return list(session.exec(select(table)).all())


def rang(jour: date) -> int:
    """Months since year 0."""
    return jour.year * 12 + jour.month - 1


def premier(rang: int) -> date:
    return date(rang // 12, rang % 12 + 1, 1)


def instances(session: Session, *, debut: date, fin: date, today: date) -> dict[str, Compte]:
    """Each instance over the months from `debut` to `fin`, its last day; July and August expect nothing."""
    reunions: dict[int, list[Reunion]] = defaultdict(list)
    for r in toutes(session, Reunion):
        reunions[r.instance_id].append(r)
    mois = range(rang(debut), rang(fin) + 1)
    comptes = {}
    for i in toutes(session, Instance):
        siennes = reunions[i.id]
        nee, morte = _vie(i, siennes)
        if i.archive and not any(rang(r.debut) in mois for r in siennes if r.etat not in PERDUES):
            continue
        n = PAS.get(i.frequence, 1)
        compte = Compte(attendues=0 if n else None)
        for m in mois:
            compte.mois[m // 12, m % 12 + 1] = _case(siennes, m, m + 1, nee, morte, today)
            if not n or (m + 1) % n or premier(m + 1) > today:
                continue  # no expectation ends there, or it is in progress
            suite = range(m + 1 - n, m + 1)
            if all(x % 12 + 1 in (7, 8) for x in suite):
                continue
            voulues = max(1, _jours_d_ecole(m) // JOURS[i.frequence]) if i.frequence in JOURS else 1
            tenues = min(voulues, sum(rang(r.debut) in suite for r in siennes if r.etat in TENUES))
            compte.tenues += tenues
            connue = nee <= premier(suite[0]) and premier(m + 1) - timedelta(days=1) <= morte
            compte.attendues = (compte.attendues or 0) + (voulues if connue else tenues)
        if compte.attendues is None:
            compte.tenues = sum(rang(r.debut) in mois for r in siennes if r.etat in TENUES)
        comptes[i.nom] = compte
    return comptes


def secteurs(session: Session, *, debut: date, fin: date, today: date) -> dict[tuple[str, date], int | str]:
    """The cellules of each secteur in the semestres from `debut` to `fin`, its last day."""
    cellules = [i for i in toutes(session, Instance) if i.type is TypeReunion.CELLULE]
    lues = {}
    for s in toutes(session, SecteurVeille):
        if s.archive:
            continue
        ids = {i.id for i in cellules if i.secteur_id == s.id}
        siennes = [r for r in toutes(session, Reunion) if r.instance_id in ids]
        nee = min(_vie(i, [r for r in siennes if r.instance_id == i.id])[0] for i in cellules if i.id in ids)
        for d in range(rang(debut) // SEMESTRE, rang(fin) // SEMESTRE + 1):
            de, a = d * SEMESTRE, (d + 1) * SEMESTRE
            case = _case(siennes, de, a, nee, date.max, today)
            # A semestre begun before anything was known is no zero: nobody can tell.
            lues[s.nom, premier(de)] = "sans donnée" if case == 0 and nee > premier(de) else case
    return lues


def situations(session: Session, *, debut: date, fin: date) -> tuple[Counter[tuple[int, str]], dict[str, set[int]]]:
    """Points of meetings held from `debut` to `fin`, its last day, by theme and secteur; and the meetings of each."""
    secteurs = {s.id: s.nom for s in toutes(session, SecteurVeille)} | {None: ""}
    quartiers = {q.id: q.secteur_id for q in toutes(session, Quartier)} | {None: None}
    instances = {i.id: i.secteur_id for i in toutes(session, Instance)} | {None: None}
    reunions = {r.id: r for r in toutes(session, Reunion) if r.etat in TENUES and debut <= r.debut.date() <= fin}
    n: Counter[tuple[int, str]] = Counter()
    sources: dict[str, set[int]] = defaultdict(set)
    for p in toutes(session, Point):
        if r := reunions.get(p.reunion_id):
            secteur = secteurs[quartiers[p.quartier_id] or instances[r.instance_id]]
            n[p.theme_id, secteur] += 1
            sources[secteur].add(p.reunion_id)
    return n, sources


def reunis(session: Session, *, debut: date, fin: date) -> set[str]:
    """The secteurs with a meeting held from `debut` to `fin`, its last day: of theirs, or of one of their quartiers."""
    secteurs = {s.id: s.nom for s in toutes(session, SecteurVeille)}
    quartiers = {q.id: q.secteur_id for q in toutes(session, Quartier)}
    des_instances = defaultdict(set, {i.id: {i.secteur_id} for i in toutes(session, Instance)})
    for lien in toutes(session, InstanceQuartier):
        des_instances[lien.instance_id].add(quartiers[lien.quartier_id])
    tenues = [r for r in toutes(session, Reunion) if r.etat in TENUES and debut <= r.debut.date() <= fin]
    return {secteurs[s] for r in tenues for s in des_instances[r.instance_id] if s}


def _vie(i: Instance, siennes: list[Reunion]) -> tuple[date, date]:
    """From when it is known, and until when."""
    jours = [r.debut.date() for r in siennes]
    nee = min([*jours, *([civil(i.cree_le).date()] if i.cree_le else [])])
    if not i.archive:
        return nee, date.max
    return nee, civil(i.archive_le).date() if i.archive_le else max(jours)


@cache
def _jours_d_ecole(m: int) -> int:
    jours = [premier(m) + timedelta(days=n) for n in range((premier(m + 1) - premier(m)).days)]
    return sum(not VACANCES.is_holiday_for_zone(j, "A") for j in jours)


def _case(siennes: list[Reunion], de: int, a: int, nee: date, morte: date, today: date) -> int | str:
    """A number of meetings held in the months [de, a[, or why there is none."""
    dedans = [r for r in siennes if de <= rang(r.debut) < a and r.etat not in PERDUES]
    if tenues := sum(r.etat in TENUES for r in dedans):
        return tenues
    if any(r.debut.date() < today for r in dedans):
        return "à saisir"
    if dedans:
        return "prévue"
    if premier(de) > morte or premier(a) <= min(nee, today):
        return "sans donnée"
    return "à venir" if premier(a) > today else 0
