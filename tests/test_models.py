"""What tables do by themselves: two kinds of time, closed lists, versions."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel, select

import models
from models import Agent, Base, Journal, Reunion, lists
from models.base import Versioned
from models.lists import EtatReunion, Role, TypeReunion

PARIS = ZoneInfo("Europe/Paris")


def meeting(debut: datetime) -> Reunion:
    return Reunion(type=TypeReunion.CELLULE, titre="Essai", debut=debut, fin=debut + timedelta(hours=2))


def journal_line(quand: datetime) -> Journal:
    return Journal(quand=quand, acte="essai", objet="essai", resume="essai")


def stored_text(session: Session, ordre: str) -> str:
    return str(session.execute(text(ordre)).scalar_one())


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "debut",
    [
        datetime(2026, 3, 28, 14),
        datetime(2026, 3, 29, 2, 30),  # an hour that the clocks skip
        datetime(2026, 10, 25, 2, 30),  # an hour that comes twice
        datetime(2026, 12, 31, 23, 59),
    ],
)
def test_civil_time_comes_back_as_it_was(session: Session, debut: datetime) -> None:
    session.add(meeting(debut))
    session.flush()
    session.expire_all()
    lu = session.exec(select(Reunion)).one()
    assert (lu.debut, lu.debut.tzinfo, lu.fin) == (debut, None, debut + timedelta(hours=2))


def test_civil_time_refuses_a_zone(session: Session) -> None:
    session.add(meeting(datetime(2026, 3, 28, 14, tzinfo=PARIS)))
    with pytest.raises(StatementError, match="civil time is naive"):
        session.flush()


@pytest.mark.parametrize("zone", [UTC, PARIS, timezone(timedelta(hours=-5))])
def test_an_instant_comes_back_in_utc(session: Session, zone: timezone) -> None:
    quand = datetime(2026, 10, 25, 2, 30, 15, tzinfo=zone)
    session.add(journal_line(quand))
    session.flush()
    session.expire_all()
    lu = session.exec(select(Journal)).one().quand
    assert (lu, lu.tzinfo) == (quand.astimezone(UTC), UTC)


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    session.add(journal_line(datetime(2026, 10, 25, 2, 30)))
    with pytest.raises(StatementError, match="carries its zone"):
        session.flush()


# --- closed lists ------------------------------------------------------------------------------------------------


def test_a_choice_is_stored_by_its_value(session: Session) -> None:
    session.add(meeting(datetime(2026, 11, 24, 14)))
    session.flush()
    assert stored_text(session, "SELECT type FROM reunion") == "cellule_veille"
    session.expire_all()
    assert session.exec(select(Reunion)).one().etat is EtatReunion.BROUILLON


def test_the_base_refuses_a_value_out_of_the_list(session: Session) -> None:
    session.add(meeting(datetime(2026, 11, 24, 14)))
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE reunion SET etat = 'peut_etre'"))


def _lists() -> list[type[StrEnum]]:
    return [
        c for c in vars(lists).values() if isinstance(c, type) and issubclass(c, lists._Liste) and c is not lists._Liste
    ]


@pytest.mark.parametrize("liste", _lists(), ids=lambda c: c.__name__)
def test_every_choice_has_its_own_words(liste: type[StrEnum]) -> None:
    libelles = [membre.libelle for membre in liste]  # type: ignore[attr-defined]
    assert all(libelles)
    assert len(set(libelles)) == len(libelles)
    assert all(len(membre.value) <= 30 for membre in liste)


def test_lists_do_not_overlap() -> None:
    a_saisir, saisie, sans_suite = (
        set(lists.ETATS_REUNION_A_SAISIR),
        set(lists.ETATS_REUNION_SAISIE),
        set(lists.ETATS_REUNION_SANS_SUITE),
    )
    assert a_saisir | saisie | sans_suite == set(EtatReunion)
    assert len(a_saisir) + len(saisie) + len(sans_suite) == len(EtatReunion)


# --- versions ----------------------------------------------------------------------------------------------------


def test_each_change_raises_the_version(session: Session) -> None:
    agent = Agent(identifiant="a", nom="A", role=Role.SECRETAIRE, mot_de_passe="x")
    session.add(agent)
    session.flush()
    assert agent.version == 1
    agent.nom = "B"
    session.flush()
    assert agent.version == 2


def test_a_row_changed_meanwhile_is_stale(session: Session) -> None:
    agent = Agent(identifiant="a", nom="A", role=Role.SECRETAIRE, mot_de_passe="x")
    session.add(agent)
    session.flush()
    session.execute(text("UPDATE agent SET version = 7"))
    agent.nom = "B"
    with pytest.raises(StaleDataError):
        session.flush()


def test_every_table_is_declared_in_the_package() -> None:
    tables = {m.class_.__name__ for m in Base._sa_registry.mappers}  # type: ignore[attr-defined]
    assert tables == {nom for nom in models.__all__ if nom != "Base"}
    assert SQLModel.metadata.tables == {}  # none strays onto SQLModel's own registry, which hot reload breaks


def test_what_staff_edit_is_versioned() -> None:
    """Everything edited in a form carries a version; what is only added or removed whole does not."""
    sans_version = {
        m.class_.__name__
        for m in Base._sa_registry.mappers  # type: ignore[attr-defined]
        if not issubclass(m.class_, Versioned)
    }
    assert sans_version == {
        "BilanCollege",
        "Brouillon",
        "ChampBrouillon",
        "ColonnesRetenues",
        "Coordonnee",
        "Envoi",
        "EvenementAction",
        "EvenementReleve",
        "Flux",
        "Fusion",
        "InstanceQuartier",
        "JalonFait",
        "JetonUtilise",
        "Journal",
        "Operation",
        "OperationLigne",
        "PaireEcartee",
        "Parametre",
        "PartenaireSecteur",
        "PointPartenaire",
        "SeancePartenaire",
        "SessionAgent",
        "Siege",
        "Tache",
        "ValeurImportee",
        "VersionReleve",
    }
