"""What needs the agent who signs in: what to write up, what is late, what to plan; and the week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from models import Fonction, Reunion, Siege
from services.actions import suivi
from services.actions.suivi import ActionVue
from services.agenda import frequences, jalons, points, reunions
from services.agenda.frequences import InstanceEnRetard, SecteurSansCellule
from services.agenda.jalons import RetardReunion
from services.agenda.reunions import ReunionVue
from services.partenaires import verification
from services.projets import participations, seances
from services.projets.creneaux import SeanceVue
from services.projets.participations import EtapeEnRetard

MAX_A_SAISIR = 5
MAX_EN_RETARD = 4


@dataclass(frozen=True)
class Semaine:
    """The meetings of a week; `suivante` on a week-end: what remains of it, and the week that comes."""

    debut: date
    fin: date
    suivante: bool
    reunions: list[ReunionVue]
    seances: list[SeanceVue]


@dataclass(frozen=True)
class Attente:
    """What waits, restricted: never for the élu."""

    a_saisir: list[ReunionVue]
    nb_a_saisir: int
    en_retard: list[ActionVue]
    nb_en_retard: int
    ouvertes: int
    a_inscrire: int
    a_verifier: int
    secteurs: list[SecteurSansCellule]
    instances: list[InstanceEnRetard]
    colleges: list[EtapeEnRetard]
    preparations: list[RetardReunion]
    prochaine: ReunionVue | None

    @property
    def vide(self) -> bool:
        """Nothing waits today."""
        a_prevoir = self.secteurs or self.instances or self.colleges
        return not (self.nb_a_saisir or self.nb_en_retard or self.preparations or a_prevoir)


class Pas(StrEnum):
    """What a carnet begins with, in order."""

    CONTACTS = "contacts"
    MEMBRES = "membres"
    REUNION = "reunion"


def premiers_pas(session: Session) -> list[Pas]:
    """The first steps not taken yet, none once the carnet is in use. The partenaires and instances of the town come
    with it: nobody works there yet, nobody sits there, nothing is planned."""
    faits = {Pas.CONTACTS: Fonction.id, Pas.MEMBRES: Siege.id, Pas.REUNION: Reunion.id}
    return [pas for pas, id in faits.items() if session.exec(select(id).limit(1)).first() is None]


def bornes(today: date) -> tuple[date, date]:
    """First and last day shown: Monday to Sunday, or from a week-end day to the Sunday after the next one."""
    lundi = today - timedelta(days=today.weekday())
    if today.weekday() < 5:
        return lundi, lundi + timedelta(days=6)
    return today, lundi + timedelta(days=13)


def semaine(session: Session, *, today: date) -> Semaine:
    """The meetings of the week, first ones first."""
    debut, fin = bornes(today)
    de, a = datetime.combine(debut, time.min), datetime.combine(fin + timedelta(days=1), time.min)
    return Semaine(
        debut=debut,
        fin=fin,
        suivante=today.weekday() >= 5,
        reunions=reunions.entre(session, debut=de, fin=a),
        seances=seances.entre(session, debut=de, fin=a),
    )


def attente(session: Session, *, now: datetime) -> Attente:
    """What waits for the team."""
    today = now.date()
    en_retard = suivi.liste(session, today=today, etat=suivi.Filtre.EN_RETARD, par_page=MAX_EN_RETARD)
    return Attente(
        a_saisir=reunions.a_saisir(session, now=now, limite=MAX_A_SAISIR),
        nb_a_saisir=reunions.nombre_a_saisir(session, now=now),
        en_retard=en_retard.lignes,
        nb_en_retard=en_retard.total,
        ouvertes=suivi.nombre_ouvertes(session),
        a_inscrire=points.nombre_a_inscrire(session),
        a_verifier=verification.nombre(session, today=today),
        secteurs=frequences.secteurs_sans_cellule(session, today=today),
        instances=frequences.instances_en_retard(session, today=today),
        colleges=participations.etapes_en_retard(session, today=today),
        preparations=jalons.en_retard(session, now=now),
        prochaine=next(iter(reunions.prochaines(session, now=now, limite=1)), None),
    )
