"""What whoever chairs is told of their meetings: those to come and how ready they are, and what is late. Counts and
dates only: nothing of who was called, who answered, or what was said."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models import Instance, Reunion
from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SANS_SUITE, EtatReunion, Reponse, TypeReunion
from services.agenda import frequences, ordre_du_jour, presidences, reunions
from services.agenda.reunions import ReunionVue
from services.convocation import destinataires
from services.socle.periodes import semestre


@dataclass(frozen=True)
class AVenir:
    """A meeting to come. `appeles`: organisations called, 0 while nothing was sent; `points`: on its ordre du jour."""

    reunion: ReunionVue
    appeles: int
    reponses: int
    points: int


@dataclass(frozen=True)
class SansDate:
    """A secteur whose cellule of the semestre is neither held nor planned; `decalee`: one was put off or cancelled."""

    secteur: str
    decalee: EtatReunion | None


@dataclass(frozen=True)
class Presidees:
    """The meetings an account chairs. `sans_releve`: their day is past and nothing is written up."""

    a_venir: list[AVenir]
    sans_date: list[SansDate]
    sans_releve: list[ReunionVue]

    @property
    def en_retard(self) -> int:
        return len(self.sans_date) + len(self.sans_releve)


def lire(session: Session, *, agent_id: int | None, now: datetime) -> Presidees | None:
    """What an account chairs, first meetings first; None if it chairs nothing, now or later."""
    periodes = presidences.de_l_agent(session, agent_id=agent_id)
    if agent_id is None or not any(p.fin is None or p.fin >= now.date() for p in periodes):
        return None
    rows = session.exec(
        select(Reunion, Instance.secteur_id)
        .outerjoin(Instance, col(Instance.id) == Reunion.instance_id)
        .where(col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR))
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    siennes = [reunions.get(session, id=r.id) for r in presidences.presidees(session, agent_id=agent_id, rows=rows)]
    return Presidees(
        a_venir=[_a_venir(session, r, now) for r in siennes if r.fin > now],
        sans_date=_sans_date(session, agent_id, now),
        sans_releve=[r for r in siennes if r.debut.date() < now.date() and r.fin <= now],
    )


def _a_venir(session: Session, r: ReunionVue, now: datetime) -> AVenir:
    appeles = [c for c in destinataires.lister(session, reunion_id=r.id, today=now.date()) if c.retenu and c.informe]
    odj = ordre_du_jour.lire(session, reunion=r, today=now.date())
    return AVenir(
        reunion=r,
        appeles=len(appeles),
        reponses=sum(c.reponse is not Reponse.SANS_REPONSE for c in appeles),
        points=len(odj.points) + bool(odj.suites),
    )


def _sans_date(session: Session, agent_id: int, now: datetime) -> list[SansDate]:
    """Of the secteurs without a cellule this semestre, those this account would chair today."""
    sans = frequences.secteurs_sans_cellule(session, today=now.date())
    vides = {
        s.secteur_id: Reunion(type=TypeReunion.CELLULE, instance_id=s.instance_id, titre="", debut=now, fin=now)
        for s in sans
    }
    rows = [(reunion, secteur_id) for secteur_id, reunion in vides.items()]
    siens = [id(r) for r in presidences.presidees(session, agent_id=agent_id, rows=rows)]
    debut, fin = semestre(now.date()).civile
    decalees = {
        secteur_id: EtatReunion(etat)
        for secteur_id, etat in session.exec(
            select(Instance.secteur_id, Reunion.etat)
            .join(Instance, col(Instance.id) == Reunion.instance_id)
            .where(
                Reunion.type == TypeReunion.CELLULE,
                Reunion.debut >= debut,
                Reunion.debut < fin,
                col(Reunion.etat).in_(ETATS_REUNION_SANS_SUITE),
            )
            .order_by(col(Reunion.debut), col(Reunion.id))
        ).all()
    }
    return [SansDate(s.secteur, decalees.get(s.secteur_id)) for s in sans if id(vides[s.secteur_id]) in siens]
