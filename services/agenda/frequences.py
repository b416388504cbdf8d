"""Is each instance held as often as it should be? The one place that says what a frequency expects."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from sqlmodel import Session, col, func, select

from models import Instance, Reunion, SecteurVeille
from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, EtatReunion, Frequence, TypeReunion
from services.socle import conges
from services.socle.periodes import Periode, mois_entiers, plus_mois, semestre

# One meeting in so many months; "à la demande" expects none, and those of SOUVENT several a month.
MOIS_PAR_REUNION = {
    Frequence.MENSUELLE: 1,
    Frequence.BIMESTRIELLE: 2,
    Frequence.TRIMESTRIELLE: 3,
    Frequence.SEMESTRIELLE: 6,
    Frequence.ANNUELLE: 12,
}
# More often than once a month: so many days between two meetings, and on each side of one where another is too many.
SOUVENT = {
    Frequence.HEBDOMADAIRE: (7, 3),
    Frequence.QUINZAINE: (14, 6),
    Frequence.BIMENSUELLE: (14, 6),
}
# "déjà une réunion ce mois-là".
DANS_LA_PERIODE = {
    Frequence.HEBDOMADAIRE: "à moins de quatre jours",
    Frequence.QUINZAINE: "à moins d’une semaine",
    Frequence.BIMENSUELLE: "à moins d’une semaine",
    Frequence.MENSUELLE: "ce mois-là",
    Frequence.BIMESTRIELLE: "dans ces deux mois",
    Frequence.TRIMESTRIELLE: "ce trimestre",
    Frequence.SEMESTRIELLE: "ce semestre",
    Frequence.ANNUELLE: "cette année-là",
}
DELAI = timedelta(days=15)  # a meeting put off by a fortnight is not a missed one
RELACHE = 3 / 4  # of its days in school holidays: a month off
_VIVANTES = (*ETATS_REUNION_A_SAISIR, *ETATS_REUNION_SAISIE)


@dataclass(frozen=True)
class SecteurSansCellule:
    """A secteur de veille without any cellule, held or planned, in the semestre."""

    secteur_id: int
    secteur: str
    instance_id: int | None
    reportee: bool = False  # put off, its new date not chosen yet


@dataclass(frozen=True)
class InstanceEnRetard:
    """An instance that has not met for longer than its frequency allows, and has no meeting to come."""

    instance_id: int
    nom: str
    frequence: Frequence
    derniere: date | None


def secteurs_sans_cellule(session: Session, *, today: date) -> list[SecteurSansCellule]:
    """Secteurs whose cellule de veille of the semestre (January-June, July-December) is neither held nor planned."""
    debut, fin = semestre(today).civile
    du_semestre = (
        select(col(Instance.secteur_id))
        .join(Reunion, col(Reunion.instance_id) == Instance.id)
        .where(
            Reunion.type == TypeReunion.CELLULE,
            Reunion.debut >= debut,
            Reunion.debut < fin,
            col(Instance.secteur_id).is_not(None),
        )
    )
    avec = du_semestre.where(col(Reunion.etat).in_(_VIVANTES))
    reportees = set(session.exec(du_semestre.where(Reunion.etat == EtatReunion.REPORTEE)).all())
    rows = session.exec(
        select(SecteurVeille.id, SecteurVeille.nom, func.min(Instance.id))
        .join(
            Instance,
            (col(Instance.secteur_id) == SecteurVeille.id)
            & (col(Instance.type) == TypeReunion.CELLULE)
            & col(Instance.archive).is_(False),
            isouter=True,
        )
        .where(col(SecteurVeille.archive).is_(False), col(SecteurVeille.id).not_in(avec))
        .group_by(col(SecteurVeille.id), col(SecteurVeille.nom))
        .order_by(col(SecteurVeille.nom))
    ).all()
    return [SecteurSansCellule(id or 0, nom, instance_id, id in reportees) for id, nom, instance_id in rows]


def instances_en_retard(session: Session, *, today: date) -> list[InstanceEnRetard]:
    """Instances (cellules apart: their semestre judges them) last held more than their frequency and a fortnight ago,
    and without a meeting to come; those that never met first."""
    minuit = datetime.combine(today, time())
    dernieres = (
        select(col(Reunion.instance_id), func.max(Reunion.debut).label("le"))
        .where(col(Reunion.etat).in_(_VIVANTES), col(Reunion.instance_id).is_not(None))
        .group_by(col(Reunion.instance_id))
        .subquery()
    )
    rows = session.exec(
        select(Instance.id, Instance.nom, Instance.frequence, dernieres.c.le)
        .join(dernieres, dernieres.c.instance_id == Instance.id, isouter=True)
        .where(
            col(Instance.archive).is_(False),
            col(Instance.type) != TypeReunion.CELLULE,
            col(Instance.frequence) != Frequence.A_LA_DEMANDE,
            dernieres.c.le.is_(None) | (dernieres.c.le < minuit),
        )
        .order_by(dernieres.c.le, col(Instance.nom))
    ).all()
    vues = [
        InstanceEnRetard(id or 0, nom, Frequence(frequence), le.date() if le else None)
        for id, nom, frequence, le in rows
    ]
    en_retard = [v for v in vues if v.derniere is None or _attendue(v.frequence, v.derniere) < today]
    return sorted(en_retard, key=lambda v: (v.derniere or date.min, v.nom))  # NULLs sort apart on each database


def _attendue(frequence: Frequence, derniere: date) -> date:
    """The last day on which the next meeting is not late."""
    if souvent := SOUVENT.get(frequence):
        return _hors_relache(frequence, derniere + timedelta(days=souvent[0]), 1) + DELAI
    n = MOIS_PAR_REUNION[frequence]
    return _hors_relache(frequence, plus_mois(derniere, n), n) + DELAI


def _hors_relache(frequence: Frequence, jour: date, mois: int) -> date:
    """That day, or the same one as many times `mois` later as it takes to leave the months off."""
    while (p := periode(frequence, jour)) and not nombre(frequence, p):
        jour = plus_mois(jour, mois)
    return jour


def periode(frequence: Frequence, jour: date) -> Periode | None:
    """The months, counted from January, in which the frequency expects `nombre` meetings; None when it expects none."""
    n = 1 if frequence in SOUVENT else MOIS_PAR_REUNION.get(frequence)
    if n is None:
        return None
    debut = date(jour.year, (jour.month - 1) // n * n + 1, 1)
    return Periode(debut, plus_mois(debut, n))


def nombre(frequence: Frequence, p: Periode) -> int:
    """How many meetings the frequency expects in one of its own periods: one, or as many as fit for sure between the
    school holidays of a month; none of a period off."""
    if de_relache(p):
        return 0
    if souvent := SOUVENT.get(frequence):
        return max(1, ((p.fin - p.debut).days - _en_vacances(p)) // souvent[0])
    return 1 if frequence in MOIS_PAR_REUNION else 0


def attendues(frequence: Frequence, p: Periode) -> list[tuple[Periode, int]]:
    """The months in which the frequency expects so many meetings, months off apart, when they end in `p`: each counts
    in one period only, that of its end."""
    toutes = dict.fromkeys(periode(frequence, mois) for mois in mois_entiers(p))
    return [(a, n) for a in toutes if a and p.debut < a.fin <= p.fin and (n := nombre(frequence, a))]


def autour(frequence: Frequence, jour: date) -> Periode | None:
    """The days, around this one, in which a second meeting is one too many."""
    if souvent := SOUVENT.get(frequence):
        ecart = timedelta(days=souvent[1])
        return Periode(jour - ecart, jour + ecart + timedelta(days=1))
    return periode(frequence, jour)


def de_relache(p: Periode) -> bool:
    """Nearly all school holidays, as July and August are: no meeting is expected."""
    return _en_vacances(p) > RELACHE * (p.fin - p.debut).days


@cache
def _en_vacances(p: Periode) -> int:
    return sum(
        (min(v.fin + timedelta(days=1), p.fin) - max(v.debut, p.debut)).days
        for v in conges.entre(p.debut, p.fin)
        if v.genre is conges.Genre.VACANCES
    )


def en_retard(frequence: Frequence, derniere: date | None, *, today: date) -> bool:
    """The last meeting is too old for the frequency; an instance that never met is to be planned, not late."""
    attendue = frequence in MOIS_PAR_REUNION or frequence in SOUVENT
    return derniere is not None and attendue and _attendue(frequence, derniere) < today
