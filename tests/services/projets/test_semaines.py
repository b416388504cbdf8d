"""A week of séances of a collège, moved to another: all or none, the unusual is asked, undone in one step."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from models import Journal
from models.lists import EtatSeance
from services.commun import operations
from services.projets import seances, semaines
from services.projets.creneaux import CONFIRMER, LigneSeance
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from tests.services.projets.test_participations import MARDI, Decor, decor, refuse

__all__ = ["decor"]
LUNDI = MARDI.date() - timedelta(days=MARDI.weekday())
SUIVANTE = timedelta(days=7)


def deplacer(decor: Decor, vers: date | None, *, p: int = 0, confirme: bool = False, jeton: str = "") -> int:
    p = p or decor.une().id
    vues = semaines.a_deplacer(seances.de_la_participation(decor.session, participation_id=p), LUNDI)
    return semaines.deplacer(
        decor.session,
        participation_id=p,
        versions={s.id: s.version for s in vues},
        de=LUNDI,
        vers=vers,
        confirme=confirme,
        jeton=jeton or uuid4().hex,
        now=utcnow(),
        by=decor.by,
    )


def debuts(decor: Decor) -> list[datetime]:
    return [s.debut for s in seances.de_la_participation(decor.session, participation_id=decor.une().id)]


@pytest.fixture
def prevues(decor: Decor) -> list[int]:
    """Two séances of Missy in that week, and one the week after."""
    decor.inviter()
    a, b = decor.classe("4e A"), decor.classe("4e B")
    return [
        decor.seance(a, MARDI, salle="CDI", structures=[decor.centre]),
        decor.seance(b, MARDI + timedelta(days=2, hours=4)),
        decor.seance(b, MARDI + 3 * SUIVANTE),
    ]


def test_the_week_moves_whole_with_its_days_hours_rooms(decor: Decor, session: Session, prevues: list[int]) -> None:
    assert deplacer(decor, LUNDI + SUIVANTE + timedelta(days=4), jeton="une-fois") == 2  # any day of that week
    assert debuts(decor) == [MARDI + SUIVANTE, MARDI + SUIVANTE + timedelta(days=2, hours=4), MARDI + 3 * SUIVANTE]
    premiere = seances.get(session, id=prevues[0])
    assert (premiere.fin - premiere.debut, premiere.salle, list(premiere.structures)) == (
        timedelta(hours=2),
        "CDI",
        [decor.centre],
    )
    assert deplacer(decor, LUNDI + 2 * SUIVANTE, jeton="une-fois") == 0  # sent twice
    dernier = session.exec(select(Journal).order_by(Journal.id.desc())).first()  # type: ignore[union-attr]
    assert dernier is not None
    assert "Missy, 2 séances : de la semaine du" in dernier.resume


@pytest.mark.usefixtures("prevues")
def test_undone_in_one_step(decor: Decor, session: Session) -> None:
    avant = debuts(decor)
    deplacer(decor, LUNDI + SUIVANTE)
    [vue] = operations.dernieres(session, acte=semaines.ACTE, now=utcnow())
    operations.annuler(session, id=vue.id, now=utcnow(), by=decor.by)
    session.expire_all()
    assert debuts(decor) == avant


def test_what_was_held_stays(decor: Decor, session: Session, prevues: list[int]) -> None:
    decor.noter(prevues[0], 20)
    assert deplacer(decor, LUNDI + SUIVANTE) == 1
    assert debuts(decor)[0] == MARDI
    assert seances.get(session, id=prevues[0]).etat is EtatSeance.REALISEE


@pytest.mark.usefixtures("prevues")
def test_the_exposition_has_one_place_at_a_time(decor: Decor, session: Session) -> None:
    """Asked, at whatever hour and in whatever room the other collège has it that week."""
    autre = decor.une("Fénelon")
    classe = decor.classe("4e 1", p=autre.id)
    decor.semaine(LigneSeance("s", classe, MARDI + SUIVANTE + timedelta(days=3)), p=autre.id)
    with pytest.raises(Invalid) as refus:
        deplacer(decor, LUNDI + SUIVANTE)
    refuse(refus, exposition="déjà ailleurs cette semaine-là : Collège Fénelon", confirme="quand même")
    assert debuts(decor)[0] == MARDI
    assert deplacer(decor, LUNDI + SUIVANTE, confirme=True) == 2


@pytest.mark.usefixtures("prevues")
def test_days_off_are_asked(decor: Decor) -> None:
    with pytest.raises(Invalid) as refus:
        deplacer(decor, date(2026, 12, 22))
    assert refus.value.erreurs.keys() == {"jours", CONFIRMER}
    assert "Noël" in refus.value.erreurs["jours"]


@pytest.mark.usefixtures("prevues")
def test_not_beyond_the_school_year_nor_nowhere(decor: Decor) -> None:
    for vers, mots in ((None, "autre semaine"), (LUNDI + timedelta(days=6), "autre semaine")):
        with pytest.raises(Invalid) as refus:
            deplacer(decor, vers)
        refuse(refus, vers=mots)
    with pytest.raises(Invalid) as refus:
        deplacer(decor, date(2027, 10, 4), confirme=True)
    assert all("année scolaire" in phrase for phrase in refus.value.erreurs.values())
    assert debuts(decor)[0] == MARDI


def test_what_a_colleague_changed_meanwhile_is_not_moved(decor: Decor, session: Session, prevues: list[int]) -> None:
    versions = {i: decor.version(i) for i in prevues[:2]}
    seances.annuler(session, id=prevues[0], motif="Grève", version=versions[prevues[0]], by=decor.by)
    with pytest.raises(Conflict):
        semaines.deplacer(
            session,
            participation_id=decor.une().id,
            versions=versions,
            de=LUNDI,
            vers=LUNDI + SUIVANTE,
            jeton=uuid4().hex,
            now=utcnow(),
            by=decor.by,
        )
    assert debuts(decor)[0] == MARDI
