"""What is being prepared in the demo year: rooms, steps done and late, series to come, days to avoid."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo.lignes import inserer
from models import Instance, JalonFait, JourEvite, Reunion
from models.lists import (
    ETATS_REUNION_A_SAISIR,
    ETATS_REUNION_SAISIE,
    EtatReunion,
    EtatSalle,
    GenreJourEvite,
    Role,
    SensJalon,
    TypeReunion,
)
from services.agenda import jalons, jalons_types, series
from services.socle.acteur import Acteur
from services.socle.periodes import plus_mois

SERIES = 3  # réunions techniques whose next months are planned already
SALLES = {SensJalon.SALLE_DEMANDEE: EtatSalle.DEMANDEE, SensJalon.SALLE_CONFIRMEE: EtatSalle.CONFIRMEE}
RELEVES = (SensJalon.RELEVE_VALIDE, SensJalon.RELEVE_DIFFUSE)
OUBLIS = 7  # one meeting in so many has a step that nobody did


def preparer(session: Session, *, today: date, hasard: Random, agent_id: int) -> None:
    """Days to avoid, series, then what is done and what is late for the meetings that matter today."""
    _jours_evites(session, today)
    _series(session, today, agent_id)
    types = jalons_types.actives(session)
    rows = session.exec(
        select(Reunion)
        .where(
            Reunion.debut > datetime.combine(today - jalons.OUBLI, time()),
            col(Reunion.etat).in_((*ETATS_REUNION_A_SAISIR, *ETATS_REUNION_SAISIE)),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    faits: list[dict[str, Any]] = []
    for r in rows:
        oubli = hasard.randint(1, OUBLIS) == 1
        dus = [t for t in types if t.type is r.type and r.debut.date() + timedelta(days=t.jours) < today]
        if dus and (oubli or (dus[-1].sens is SensJalon.CONVOCATION and r.etat is EtatReunion.BROUILLON)):
            dus.pop()  # nobody did it
        for t in dus:
            if t.sens in RELEVES:
                continue  # seen on the relevé itself (demo/vie.py)
            if t.sens in SALLES:
                r.salle = SALLES[t.sens]
                continue
            le = min(today, r.debut.date() + timedelta(days=t.jours - hasard.randint(1, 4)))
            fait = {"reunion_id": r.id, "jalon_type_id": t.id, "fait_le": le, "fait_par": agent_id}
            faits.append(fait | {"sans_objet": False})
        session.add(r)
    inserer(session, JalonFait, faits)


def _series(session: Session, today: date, agent_id: int) -> None:
    """The months to come of a few réunions techniques, as the assistant proposes them."""
    ids = session.exec(
        select(Instance.id).where(Instance.type == TypeReunion.TECHNIQUE).order_by(col(Instance.id)).limit(SERIES)
    ).all()
    now = datetime.combine(today, time(9))
    debut = plus_mois(today.replace(day=1), 3)
    proposition = series.selon_rythme(
        session, instance_ids=[i or 0 for i in ids], debut=debut, fin=plus_mois(debut, 4), now=now
    )
    by = Acteur(agent_id, "", Role.SECRETAIRE)
    if proposition.lignes:
        creneaux = [x.creneau for x in proposition.lignes]
        series.creer(session, creneaux=creneaux, jeton="demo-serie", now=now, by=by)


def _jours_evites(session: Session, today: date) -> None:
    """A festival next July and the élu away for a week, both fictional."""
    juillet = date(today.year + (today.month > 7), 7, 8)
    absence = today + timedelta(days=49 - today.weekday())
    inserer(
        session,
        JourEvite,
        [
            {
                "genre": GenreJourEvite.EVENEMENT,
                "libelle": "Festival d’été (fictif)",
                "debut": juillet,
                "fin": juillet + timedelta(days=5),
            },
            {
                "genre": GenreJourEvite.ELU,
                "libelle": "Élu·e en déplacement (fictif)",
                "debut": absence,
                "fin": absence + timedelta(days=4),
            },
        ],
    )
