"""The échéancier of a meeting: the steps its type brings, dated back from its day; done by hand, or by the facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from models import Envoi, JalonFait, JalonType, Releve, Reunion
from models.lists import (
    ETATS_REUNION_A_SAISIR,
    ETATS_REUNION_SAISIE,
    EtatEnvoi,
    EtatReleve,
    EtatReunion,
    EtatSalle,
    GenreEnvoi,
    SensJalon,
    TypeReunion,
)
from services.agenda import jalons_types
from services.agenda.jalons_types import JalonTypeVu
from services.agenda.reunions import ReunionVue
from services.socle import conges, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid, NotFound

# Accueil stops speaking of what was left undone so long after the meeting, or of meetings older than the tool.
OUBLI = timedelta(days=60)


@dataclass(frozen=True)
class Jalon:
    """A step of one meeting. `de_lui_meme`: the tool saw the fact; nobody ticked it."""

    type_id: int
    libelle: str
    limite: date
    sens: SensJalon
    fait: bool
    fait_le: date | None
    de_lui_meme: bool
    sans_objet: bool

    @property
    def ouvert(self) -> bool:
        """Still to do."""
        return not (self.fait or self.sans_objet)

    def en_retard(self, today: date) -> bool:
        """Left behind."""
        return self.ouvert and self.limite < today


@dataclass(frozen=True)
class RetardReunion:
    """A meeting whose preparation is late: its most late step, and how many others are."""

    reunion_id: int
    titre: str
    debut: datetime
    libelle: str
    limite: date
    autres: int


@dataclass(frozen=True)
class _Faits:
    """What the tool saw of a meeting; `None` where nothing."""

    salle: EtatSalle
    convocation: datetime | None
    releve: EtatReleve
    valide_le: datetime | None
    diffuse_le: datetime | None


# --- queries -------------------------------------------------------------------------------------------------------


def de_la_reunion(session: Session, *, reunion: ReunionVue) -> list[Jalon]:
    """The steps of a meeting, first due first."""
    row = session.get(Reunion, reunion.id)
    return _jalons(session, [row], jalons_types.actives(session))[reunion.id] if row else []


def en_retard(session: Session, *, now: datetime) -> list[RetardReunion]:
    """The meetings whose preparation or follow-up is late, the most late first. Once a meeting has begun, only what
    comes after it counts; cancelled or put off, nothing."""
    today = now.date()
    types = jalons_types.actives(session)
    avance = max((-t.jours for t in types), default=0)
    ce_jour = datetime.combine(today, time())
    rows: Sequence[Any] = session.exec(
        select(  # type: ignore[call-overload]  # more columns than it has signatures for
            Reunion.id, Reunion.type, Reunion.titre, Reunion.debut, Reunion.salle, Reunion.lieu_id
        ).where(
            Reunion.debut >= ce_jour - OUBLI,
            Reunion.debut < ce_jour + timedelta(days=max(0, avance)),
            # held and not written up: that comes first, and Accueil says so
            col(Reunion.etat).in_(ETATS_REUNION_SAISIE)
            | (col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR) & (col(Reunion.debut) > now)),
            col(Reunion.type).in_({t.type for t in types}),
        )
    ).all()
    retards = []
    jalons = _jalons(session, rows, types, avant=today)
    for r in rows:
        passee = r.debut <= now
        siens = [j for j in jalons[r.id] if j.en_retard(today) and not (passee and j.limite <= r.debut.date())]
        if siens:
            pire = siens[0]
            retards.append(RetardReunion(r.id, r.titre, r.debut, pire.libelle, pire.limite, len(siens) - 1))
    return sorted(retards, key=lambda x: (x.limite, x.debut, x.reunion_id))


def _jalons(
    session: Session, rows: Sequence[Any], types: Sequence[JalonTypeVu], *, avant: date = date.max
) -> dict[int, list[Jalon]]:
    """The steps of each of these meetings due before that day, first due first: three queries in all."""
    ids = [r.id for r in rows]
    faits = _faits(session, rows)
    coches = {
        (f.reunion_id, f.jalon_type_id): f
        for f in session.exec(select(JalonFait).where(col(JalonFait.reunion_id).in_(ids))).all()
    }
    par_type: dict[TypeReunion, list[JalonTypeVu]] = {}
    for t in sorted(types, key=lambda t: t.jours):
        par_type.setdefault(t.type, []).append(t)
    sortie: dict[int, list[Jalon]] = {}
    for r in rows:
        siens = sortie[r.id] = []
        for t in par_type.get(r.type, ()):
            limite = conges.premier_ouvre(r.debut.date() + timedelta(days=t.jours))
            if t.jours <= 0:  # before the meeting all the same
                limite = min(limite, r.debut.date())
            if limite >= avant:
                break
            vu, le = _vu(t.sens, faits[r.id])
            coche = coches.get((r.id, t.id))
            fait = vu or bool(coche and not coche.sans_objet)
            siens.append(
                Jalon(
                    type_id=t.id,
                    libelle=t.libelle,
                    limite=limite,
                    sens=t.sens,
                    fait=fait,
                    fait_le=le.date() if le else (coche.fait_le if coche and fait and not vu else None),
                    de_lui_meme=vu,
                    sans_objet=bool(coche and coche.sans_objet and not vu),
                )
            )
    return sortie


def _faits(session: Session, rows: Sequence[Any]) -> dict[int, _Faits]:
    ids = [r.id for r in rows]
    envois = dict(
        session.exec(
            select(Envoi.reunion_id, func.min(Envoi.cree_le))
            .where(
                col(Envoi.reunion_id).in_(ids),
                Envoi.genre == GenreEnvoi.CONVOCATION,
                Envoi.etat != EtatEnvoi.ECHEC,
            )
            .group_by(col(Envoi.reunion_id))
        ).all()
    )
    releves: dict[int, Any] = {  # without its document
        id: (etat, valide_le, diffuse_le)
        for id, etat, valide_le, diffuse_le in session.exec(
            select(Releve.reunion_id, Releve.etat, Releve.valide_le, Releve.diffuse_le).where(
                col(Releve.reunion_id).in_(ids)
            )
        ).all()
    }
    faits = {}
    for r in rows:
        releve, valide_le, diffuse_le = releves.get(r.id, (EtatReleve.PROJET, None, None))
        faits[r.id] = _Faits(
            salle=r.salle if r.lieu_id else EtatSalle.A_RESERVER,
            convocation=envois.get(r.id),
            releve=releve,
            valide_le=valide_le,
            diffuse_le=diffuse_le,
        )
    return faits


def _vu(sens: SensJalon, faits: _Faits) -> tuple[bool, datetime | None]:
    """Is the fact there, and since when if known?"""
    if sens is SensJalon.SALLE_DEMANDEE:
        return faits.salle is not EtatSalle.A_RESERVER, None
    if sens is SensJalon.SALLE_CONFIRMEE:
        return faits.salle is EtatSalle.CONFIRMEE, None
    if sens is SensJalon.CONVOCATION:
        return faits.convocation is not None, faits.convocation
    if sens is SensJalon.RELEVE_VALIDE:
        return faits.releve is not EtatReleve.PROJET, faits.valide_le
    if sens is SensJalon.RELEVE_DIFFUSE:
        return faits.releve is EtatReleve.DIFFUSE, faits.diffuse_le
    return False, None


# --- commands ------------------------------------------------------------------------------------------------------


def cocher(
    session: Session,
    *,
    reunion_id: int,
    type_id: int,
    fait: bool,
    sans_objet: bool = False,
    today: date,
    by: Acteur,
) -> None:
    """Tick a step of a meeting, say it is not needed (`sans_objet`), or open it again (`fait` False).

    Raises:
        Invalid: the meeting will not take place.
        NotFound: no such meeting or step.
    """
    require(by, Droit.ECRIRE)
    reunion, type_ = session.get(Reunion, reunion_id), session.get(JalonType, type_id)
    if reunion is None or type_ is None:
        raise NotFound("Cette réunion ou cette étape n’existe plus. Rechargez l’écran.")
    if reunion.etat in (EtatReunion.ANNULEE, EtatReunion.REPORTEE, EtatReunion.PAS_EU_LIEU):
        raise Invalid({"": f"Cette réunion est {reunion.etat.libelle.lower()} : elle n’a plus rien à préparer."})
    row = session.get(JalonFait, (reunion_id, type_id))
    voulu = None if not (fait or sans_objet) else sans_objet
    if (row.sans_objet if row else None) == voulu:
        return  # a second click
    if voulu is None:
        session.delete(row)
    else:
        row = row or JalonFait(reunion_id=reunion_id, jalon_type_id=type_id, fait_le=today)
        row.fait_le, row.fait_par, row.sans_objet = today, by.id, sans_objet
        session.add(row)
    session.flush()
    mot = "rouverte" if voulu is None else "sans objet" if sans_objet else "faite"
    resume = f"Étape {mot}, {type_.libelle.lower()} : {reunion.titre}"
    journal.note(session, by=by, acte="jalon", objet="reunion", objet_id=reunion_id, resume=resume)
