"""«13-18, Questions de Justice»: totals of two years, the year before, finished, and this one as it stands today."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo import textes
from demo.lignes import inserer
from models import BilanCollege, Classe, College, Etape, Participation, Seance, SeancePartenaire
from models.lists import EtatSeance, SensEtape, Volet
from services.projets.classes import cle_classe
from services.socle import conges, periodes

HORAIRES = (time(9), time(14))


def annees_13_18(session: Session, *, today: date, hasard: Random, animateurs: Sequence[int], scale: int) -> None:
    """`scale` multiplies the classes of each collège."""
    etapes: dict[Volet, list[int]] = {v: [] for v in Volet}
    refus = 0
    for etape in session.exec(select(Etape).order_by(col(Etape.ordre), col(Etape.id))).all():
        if etape.sens is SensEtape.REFUSE:
            refus = etape.id
        else:
            etapes[etape.volet].append(etape.id)
    colleges = list(session.exec(select(College.partenaire_id).order_by(col(College.partenaire_id))).all())
    courante = periodes.annee_scolaire(today).debut.year
    inserer(
        session,
        BilanCollege,
        [
            {
                "annee": annee,
                "college_id": college,
                "classes": classes,
                "eleves": 26 * classes,
                "presents": 25 * classes,
                "seances": classes,
            }
            for annee in (courante - 3, courante - 2)
            for college in colleges[:-2]
            for classes in (hasard.randint(3, 6),)
        ],
    )
    for annee in (courante - 1, courante):
        _annee(session, annee, today, hasard, colleges, animateurs, etapes, refus, scale)


def _annee(
    session: Session,
    annee: int,
    today: date,
    h: Random,
    colleges: Sequence[int],
    animateurs: Sequence[int],
    etapes: dict[Volet, list[int]],
    refus: int,
    scale: int,
) -> None:
    """A collège a fortnight from mid-November on; each is as far as its turn and today's date allow."""
    participations, classes, plans = [], [], []
    for rang, college in enumerate(h.sample(list(colleges), len(colleges))):
        semaine = _semaine_de_cours(date(annee, 11, 16) + timedelta(weeks=2 * rang))
        attente = (semaine - today).days
        dedans = rang < len(colleges) - 2
        a_contacter, contacte, d_accord = etapes[Volet.CONTACT]
        contact = d_accord if attente < 150 else contacte
        if not dedans:
            contact = refus if rang == len(colleges) - 1 else a_contacter
        accepte = contact == d_accord
        fait = accepte and attente < -14
        convention = 2 if accepte and attente < 25 and (annee < today.year or rang != 2) else 1 if accepte else 0
        planning = (3 if attente < -40 else 2) if fait else 1 if accepte and attente < 60 else 0
        participations.append(
            {
                "annee": annee,
                "college_id": college,
                "contact_id": contact,
                "convention_id": etapes[Volet.CONVENTION][convention],
                "planning_id": etapes[Volet.PLANNING][planning],
                "note": "",
            }
        )
        plans.append((semaine, planning >= 1 or fait, h.randint(4, 7) * scale if accepte and attente < 90 else 0))
    for participation_id, (semaine, planifie, nombre) in zip(
        inserer(session, Participation, participations), plans, strict=True
    ):
        for n in range(nombre):
            nom = f"4e {chr(65 + n % 26)}{n // 26 or ''}"
            effectif = h.randint(22, 30)
            ligne = {"participation_id": participation_id, "nom": nom, "cle": cle_classe(nom)}
            oublie = n == nombre - 1 and h.random() < 0.3  # a class without séance yet
            classes.append((ligne | {"effectif": effectif}, semaine, n, planifie and not oublie))
    ids = inserer(session, Classe, [c[0] for c in classes])
    _seances(session, today, h, animateurs, [(i, *c) for i, c in zip(ids, classes, strict=True)])


def _semaine_de_cours(lundi: date) -> date:
    while conges.entre(lundi, lundi + timedelta(days=5)):
        lundi += timedelta(weeks=1)
    return lundi - timedelta(days=lundi.weekday())


def _seances(session: Session, today: date, h: Random, animateurs: Sequence[int], classes: list[Any]) -> None:
    seances: list[dict[str, Any]] = []
    for classe_id, classe, semaine, n, planifie in classes:
        if not planifie:
            continue
        jour = semaine + timedelta(days=(n // 2) % 5)
        debut = datetime.combine(jour, HORAIRES[n % 2])
        seance = {
            "classe_id": classe_id,
            "debut": debut,
            "fin": debut + timedelta(hours=2),
            "salle": h.choice(textes.SALLES),
            "attendus": classe["effectif"],
            "presents": None,
            "etat": EtatSeance.PREVUE,
            "motif": "",
        }
        if debut.date() < today:
            hasard = h.random()
            if hasard < 0.06:
                etat = EtatSeance.REPORTEE if hasard < 0.04 else EtatSeance.ANNULEE
                seances.append(seance | {"etat": etat, "motif": h.choice(textes.MOTIFS_SEANCE)})
                if etat is EtatSeance.ANNULEE:
                    continue
                debut += timedelta(weeks=1)
                seance |= {"debut": debut, "fin": debut + timedelta(hours=2)}
            if debut.date() < today:
                seance |= {"etat": EtatSeance.REALISEE, "presents": classe["effectif"] - h.randint(0, 4)}
        seances.append(seance)
    ids = inserer(session, Seance, seances)
    inserer(
        session,
        SeancePartenaire,
        [{"seance_id": i, "partenaire_id": p} for i in ids for p in h.sample(list(animateurs), h.choice((1, 2)))],
    )
