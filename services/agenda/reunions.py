"""Meetings: when, where, in what state. What was said there is the entry's business (`services/releves/saisie.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, false, or_, true
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from models import Instance, InstanceQuartier, Lieu, Quartier, Reunion
from models.lists import (
    ETATS_REUNION_A_SAISIR,
    ETATS_REUNION_SAISIE,
    ETATS_REUNION_SANS_SUITE,
    EtatReunion,
    EtatSalle,
    TypeReunion,
)
from services.agenda import presidences
from services.socle import chargement
from services.socle.temps import periode

DUREE = timedelta(hours=2)  # of a meeting whose instance does not say
DUREE_MAX = timedelta(hours=24)
DEBUT = time(14)
ANNEES = (2000, 2099)

_E = EtatReunion
# From a state, the states a person may set. "Tenue" comes from the entry, which writes the meeting up.
TRANSITIONS: dict[EtatReunion, tuple[EtatReunion, ...]] = {
    _E.BROUILLON: (_E.CONVOQUEE, _E.EN_SEANCE, _E.TENUE, _E.REPORTEE, _E.ANNULEE, _E.PAS_EU_LIEU),
    _E.CONVOQUEE: (_E.EN_SEANCE, _E.TENUE, _E.REPORTEE, _E.ANNULEE, _E.PAS_EU_LIEU, _E.BROUILLON),
    _E.EN_SEANCE: (_E.TENUE, _E.CONVOQUEE, _E.PAS_EU_LIEU),
    _E.TENUE: (_E.CLOSE,),
    _E.CLOSE: (_E.TENUE,),
    _E.REPORTEE: (_E.CONVOQUEE, _E.BROUILLON),
    _E.ANNULEE: (_E.CONVOQUEE, _E.BROUILLON),
    _E.PAS_EU_LIEU: (_E.CONVOQUEE, _E.BROUILLON),
}


@dataclass(frozen=True)
class ReunionVue:
    """A meeting as the calendar shows it: nothing of what was said there."""

    id: int
    type: TypeReunion
    titre: str
    instance_id: int | None
    instance: str
    secteur_id: int | None
    debut: datetime
    fin: datetime
    lieu_id: int | None
    lieu: str
    adresse: str
    salle: EtatSalle
    serie_id: int | None
    sequence: int
    etat: EtatReunion
    motif: str
    habitants: int | None
    version: int

    @property
    def ecrite(self) -> bool:
        """Written up: it cannot move any more."""
        return self.etat in ETATS_REUNION_SAISIE

    @property
    def mobile(self) -> bool:
        """May be moved: neither written up, nor reported, cancelled or not held."""
        return self.etat in ETATS_REUNION_A_SAISIR


@dataclass(frozen=True)
class Defauts:
    """What a new meeting of an instance starts from."""

    type: TypeReunion
    titre: str
    debut: datetime
    fin: datetime
    lieu_id: int | None


# --- queries -------------------------------------------------------------------------------------------------------


def get(session: Session, *, id: int) -> ReunionVue:
    """One meeting.

    Raises:
        NotFound: no such meeting.
    """
    row = session.exec(_requete().where(Reunion.id == id)).first()
    if row is None:
        raise chargement.introuvable(Reunion)
    return _vue(*row)


def entre(
    session: Session,
    *,
    debut: datetime,
    fin: datetime,
    types: Sequence[TypeReunion] | None = None,
    secteur_id: int | None = None,
    instance_id: int | None = None,
    limite: int | None = None,
) -> list[ReunionVue]:
    """The meetings that touch [debut, fin[, first ones first. A secteur takes its instances and its quartiers'."""
    requete = (
        _requete()
        .where(Reunion.fin > debut, Reunion.debut > debut - DUREE_MAX, Reunion.debut < fin)
        .order_by(col(Reunion.debut), col(Reunion.id))
        .limit(limite)
    )
    if types:
        requete = requete.where(col(Reunion.type).in_(types))
    if secteur_id is not None:
        quartier_du_secteur = exists().where(
            col(InstanceQuartier.instance_id) == Reunion.instance_id,
            col(InstanceQuartier.quartier_id) == Quartier.id,
            col(Quartier.secteur_id) == secteur_id,
        )
        requete = requete.where(or_(col(Instance.secteur_id) == secteur_id, quartier_du_secteur))
    if instance_id is not None:
        requete = requete.where(Reunion.instance_id == instance_id)
    return [_vue(*row) for row in session.exec(requete).all()]


def a_saisir(session: Session, *, now: datetime, limite: int | None = None) -> list[ReunionVue]:
    """The meetings that began and are not written up, latest first."""
    requete = (
        _requete()
        .where(Reunion.debut <= now, col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR))
        .order_by(col(Reunion.debut).desc(), col(Reunion.id).desc())
        .limit(limite)
    )
    return [_vue(*row) for row in session.exec(requete).all()]


def nombre_a_saisir(session: Session, *, now: datetime) -> int:
    """How many meetings wait to be written up."""
    critere = col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR)
    return session.exec(select(func.count()).select_from(Reunion).where(Reunion.debut <= now, critere)).one()


def prochaines(session: Session, *, now: datetime, instance_id: int | None = None, limite: int = 5) -> list[ReunionVue]:
    """The meetings to come (not cancelled, not reported), nearest first."""
    requete = (
        _requete()
        .where(Reunion.debut > now, col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR))
        .order_by(col(Reunion.debut), col(Reunion.id))
        .limit(limite)
    )
    if instance_id is not None:
        requete = requete.where(Reunion.instance_id == instance_id)
    return [_vue(*row) for row in session.exec(requete).all()]


def conflits(
    session: Session,
    *,
    debut: datetime,
    fin: datetime,
    instance_id: int | None,
    lieu_id: int | None,
    sauf: int | None = None,
) -> list[str]:
    """French warnings: meetings of the same instance, in the same place or chaired by the same person that overlap
    [debut, fin[."""
    if instance_id is None and lieu_id is None:
        return []
    requete = (
        _requete()
        .where(
            Reunion.fin > debut,
            Reunion.debut > debut - DUREE_MAX,
            Reunion.debut < fin,
            col(Reunion.etat).not_in(ETATS_REUNION_SANS_SUITE),
            or_(
                col(Reunion.instance_id) == instance_id if instance_id is not None else false(),
                col(Reunion.lieu_id) == lieu_id if lieu_id is not None else false(),
            ),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    )
    if sauf is not None:
        requete = requete.where(Reunion.id != sauf)
    phrases = []
    for vue in (_vue(*row) for row in session.exec(requete).all()):
        quand = periode(vue.debut, vue.fin)
        if instance_id is not None and vue.instance_id == instance_id:
            phrases.append(f"L’instance « {vue.instance} » a déjà une réunion : {quand}.")
        if lieu_id is not None and vue.lieu_id == lieu_id:
            phrases.append(f"Le lieu « {vue.lieu} » est déjà pris par « {vue.titre} » : {quand}.")
    return phrases + _presidees_ailleurs(session, debut=debut, fin=fin, instance_id=instance_id, sauf=sauf)


def _presidees_ailleurs(
    session: Session, *, debut: datetime, fin: datetime, instance_id: int | None, sauf: int | None
) -> list[str]:
    """The meetings of other instances at these hours that the same person chairs."""
    instance = session.get(Instance, instance_id) if instance_id is not None else None
    if instance is None:
        return []
    cette = Reunion(type=instance.type, instance_id=instance_id, titre="", debut=debut, fin=fin)
    dite = presidences.qui_preside(session, reunion_id=sauf) if sauf is not None else ""
    qui = (dite or presidences.en_charge(session, reunion=cette)).split(",")[0]
    if not qui:
        return []
    autres = session.exec(
        select(Reunion)
        .where(
            Reunion.fin > debut,
            Reunion.debut > debut - DUREE_MAX,
            Reunion.debut < fin,
            Reunion.id != sauf if sauf is not None else true(),
            col(Reunion.instance_id).is_distinct_from(instance_id),
            col(Reunion.etat).not_in(ETATS_REUNION_SANS_SUITE),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    presidees = presidences.qui_president(session, ids=[r.id for r in autres])
    return [
        f"{qui} préside déjà « {r.titre} » : {periode(r.debut, r.fin)}."
        for r in autres
        if presidees.get(r.id, "").split(",")[0] == qui
    ]


def defauts(session: Session, *, instance_id: int | None, jour: date) -> Defauts:
    """What a new meeting that day starts from: the instance's name, hours and place."""
    instance = session.get(Instance, instance_id) if instance_id is not None else None
    heure = (instance and instance.heure_debut) or DEBUT
    debut = datetime.combine(jour, heure)
    if instance and instance.heure_debut and instance.heure_fin:
        fin = datetime.combine(jour, instance.heure_fin)
    else:
        fin = debut + DUREE
    return Defauts(
        type=instance.type if instance else TypeReunion.AUTRE,
        titre=instance.nom if instance else "",
        debut=debut,
        fin=fin,
        lieu_id=instance.lieu_id if instance else None,
    )


def etats_possibles(vue: ReunionVue, *, now: datetime) -> list[EtatReunion]:
    """The states a person may set by hand now. "Tenue" is left to the entry, save to reopen a closed meeting."""
    possibles = []
    for etat in TRANSITIONS[vue.etat]:
        if etat is EtatReunion.TENUE and vue.etat is not EtatReunion.CLOSE:
            continue
        if etat in (EtatReunion.EN_SEANCE, EtatReunion.PAS_EU_LIEU) and vue.debut.date() > now.date():
            continue
        possibles.append(etat)
    return possibles


# --- inside --------------------------------------------------------------------------------------------------------


def _requete() -> Select[Reunion, Instance, Lieu]:
    """Meetings with their instance and place, both None where there is none."""
    return (
        select(Reunion, Instance, Lieu)
        .join(Instance, col(Instance.id) == Reunion.instance_id, isouter=True)
        .join(Lieu, col(Lieu.id) == Reunion.lieu_id, isouter=True)
    )


def _vue(reunion: Reunion, instance: Instance | None, lieu: Lieu | None) -> ReunionVue:
    return ReunionVue(
        id=reunion.id,
        type=reunion.type,
        titre=reunion.titre,
        instance_id=reunion.instance_id,
        instance=instance.nom if instance else "",
        secteur_id=instance.secteur_id if instance else None,
        debut=reunion.debut,
        fin=reunion.fin,
        lieu_id=reunion.lieu_id,
        lieu=lieu.nom if lieu else "",
        adresse=lieu.adresse if lieu else "",
        salle=reunion.salle,
        serie_id=reunion.serie_id,
        sequence=reunion.sequence,
        etat=reunion.etat,
        motif=reunion.motif,
        habitants=reunion.habitants,
        version=reunion.version,
    )


def erreurs_horaires(debut: datetime, fin: datetime) -> dict[str, str]:
    """What is wrong with these hours, by field."""
    if not ANNEES[0] <= debut.year <= ANNEES[1]:
        return {"debut": f"Choisissez une date entre {ANNEES[0]} et {ANNEES[1]}."}
    if fin <= debut:
        return {"fin": "La fin doit venir après le début."}
    if fin - debut > DUREE_MAX:
        return {"fin": "Une réunion dure au plus 24 heures : avancez la fin."}
    return {}
