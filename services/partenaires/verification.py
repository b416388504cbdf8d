"""Pages of partenaires checked with them: since when, by whom, and which ones wait for a call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlmodel import Session, col, select

from models import Action, Agent, Instance, Journal, Partenaire, Siege
from models.lists import ETATS_ACTION_OUVERTS
from services.partenaires import annuaire, personnes
from services.partenaires.annuaire import Filtre
from services.partenaires.personnes import FonctionVue
from services.socle import chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.horloge import civil

DELAI = timedelta(days=365)  # the page of a partenaire is to be checked again after that
_ACTE = "verifier"
# At stake: a seat of each in an instance that still meets, the pilot of each open action.
_SIEGES = (
    select(Siege.partenaire_id)
    .join(Instance, col(Instance.id) == Siege.instance_id)
    .where(col(Instance.archive).is_(False))
)
_PILOTES = select(Action.pilote_id).where(col(Action.etat).in_(ETATS_ACTION_OUVERTS))


@dataclass(frozen=True)
class LigneAVerifier:
    """A partenaire to call: how to reach it, who is there, and what is at stake."""

    id: int
    nom: str
    sigle: str
    telephone: str
    courriel: str
    verifie_le: date | None
    sieges: int
    actions: int
    personnes: tuple[FonctionVue, ...]
    version: int


@dataclass(frozen=True)
class PageAVerifier:
    """`total` counts the rows that `faites` keeps in place, `reste` does not."""

    lignes: tuple[LigneAVerifier, ...]
    total: int
    reste: int


# --- queries --------------------------------------------------------------------------------------------------------


def _perimee(verifie_le: Any, today: date) -> ColumnElement[bool]:
    """The rule: never checked, or not for a year."""
    return or_(verifie_le.is_(None), verifie_le < today - DELAI)


def nombre(session: Session, *, today: date, filtre: Filtre | None = None) -> int:
    """How many active partenaires are to be checked."""
    ou = (*annuaire.conditions(filtre or Filtre()), _perimee(col(Partenaire.verifie_le), today))
    return session.exec(select(func.count()).select_from(Partenaire).where(*ou)).one()


def liste(
    session: Session,
    *,
    today: date,
    filtre: Filtre | None = None,
    page: int = 1,
    par_page: int = 25,
    faites: Mapping[int, date | None] | None = None,
) -> PageAVerifier:
    """Those with seats or open actions first, then those left alone the longest; `page` counts from 1.

    Args:
        faites: those just checked on this screen, with the date they had: no row moves under the pointer.
    """
    filtre = filtre or Filtre()
    id: Any = col(Partenaire.id)
    avant: Any = col(Partenaire.verifie_le)
    if faites:
        avant = case(*((id == i, le) for i, le in faites.items()), else_=avant)
    ou = (*annuaire.conditions(filtre), _perimee(avant, today))
    rows = session.exec(
        select(Partenaire)
        .where(*ou)
        .order_by(
            case((or_(id.in_(_SIEGES), id.in_(_PILOTES)), 0), else_=1),
            avant.is_not(None),
            avant,
            col(Partenaire.recherche),
            id,
        )
        .limit(par_page)
        .offset((max(page, 1) - 1) * par_page)
    ).all()
    lignes = _lignes(session, rows, today)
    total = session.exec(select(func.count()).select_from(Partenaire).where(*ou)).one()
    return PageAVerifier(lignes, total, nombre(session, today=today, filtre=filtre) if faites else total)


def _lignes(session: Session, rows: Sequence[Partenaire], today: date) -> tuple[LigneAVerifier, ...]:
    ids = [p.id for p in rows]
    assis = Counter(session.exec(_SIEGES.where(col(Siege.partenaire_id).in_(ids))).all())
    pilotent = Counter(session.exec(_PILOTES.where(col(Action.pilote_id).in_(ids))).all())
    gens = personnes.en_fonction(session, partenaire_ids=ids, today=today)
    return tuple(
        LigneAVerifier(
            id=p.id,
            nom=p.nom,
            sigle=p.sigle,
            telephone=p.telephone,
            courriel=p.courriel,
            verifie_le=p.verifie_le,
            sieges=assis[p.id],
            actions=pilotent[p.id],
            personnes=tuple(gens.get(p.id, ())),
            version=p.version,
        )
        for p in rows
    )


def par(session: Session, *, id: int, le: date) -> str:
    """Who checked this partenaire that day; "" once the journal has forgotten it."""
    minuit = datetime.combine(le, time.min, UTC)
    lignes = session.exec(
        select(Agent.nom, Journal.quand)
        .join(Journal, col(Journal.agent_id) == Agent.id)
        .where(
            Journal.acte == f"partenaire.{_ACTE}",
            Journal.objet == "partenaire",
            Journal.objet_id == id,
            col(Journal.quand).between(minuit - timedelta(days=1), minuit + timedelta(days=2)),
        )
        .order_by(col(Journal.id).desc())
    ).all()
    return next((nom for nom, quand in lignes if civil(quand).date() == le), "")


# --- commands -------------------------------------------------------------------------------------------------------


def verifier(session: Session, *, id: int, today: date, version: int, by: Acteur) -> None:
    """Say that the page of a partenaire was checked with it today.

    Raises:
        Conflict: a colleague changed the page since `version` was shown: it is another that was checked.
        NotFound: no such partenaire.
    """
    _dater(session, id=id, le=today, version=version, acte=_ACTE, resume="Fiche vérifiée", by=by)


def annuler(session: Session, *, id: int, avant: date | None, version: int, by: Acteur) -> None:
    """Take back a check made by mistake: the page has the date it had.

    Raises:
        Conflict: a colleague changed the page since `version` was shown.
        NotFound: no such partenaire.
    """
    _dater(session, id=id, le=avant, version=version, acte="annuler", resume="Vérification annulée", by=by)


def _dater(session: Session, *, id: int, le: date | None, version: int, acte: str, resume: str, by: Acteur) -> None:
    require(by, Droit.ECRIRE)
    row = chargement.charger(session, Partenaire, id)
    chargement.exiger_a_jour(row, version, quoi=f"« {row.nom} »")
    if row.verifie_le == le:
        return
    # Not through the row, whose version would rise: a form open on this partenaire shows nothing of it.
    ici = (col(Partenaire.id) == id, col(Partenaire.version) == version)
    session.execute(update(Partenaire).where(*ici).values(verifie_le=le))
    journal.note(session, by=by, acte=acte, objet="partenaire", objet_id=id, resume=f"{resume} : {row.nom}")
