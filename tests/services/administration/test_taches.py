"""Tasks: once each time they are due, whatever the number of processes, kills and stops."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from models import Journal, Tache
from services.administration import taches
from services.administration.taches import BAIL, REPRISE, Definition
from services.courrier import envois
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.erreurs import BusinessError, Conflict, Forbidden
from services.socle.journal import note
from settings import ROOT, get_settings
from tests.bases import Base
from tests.cast import Cast

T0 = datetime(2026, 11, 25, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def minute(_: Session, apres: datetime) -> datetime:
    return apres + MINUTE


def ecrire(session: Session, now: datetime) -> str:
    note(session, by=SYSTEME, acte="essai", objet="essai", objet_id=None, resume=f"{now:%H:%M}")
    return "fait"


def rater(session: Session, now: datetime) -> str:
    ecrire(session, now)
    raise RuntimeError("mot secret")


def essai(faire: Any = ecrire, suivante: Any = minute) -> dict[str, Definition]:
    return {"essai": Definition("Essai", suivante, en_base=faire, par_relais=False)}


def faits() -> int:
    with db.reading() as session:
        return session.exec(select(func.count()).select_from(Journal).where(Journal.acte == "essai.essai")).one()


def tache(nom: str = "essai") -> Tache:
    with db.reading() as session:
        row = session.get_one(Tache, nom)
        session.expunge(row)
        return row


# Two of these, told of each minute at the same moment; the clock is the test's, the base and its locks are real.
PROCESSUS = """
import sys
from services.administration import taches
from tests.services.administration.test_taches import T0, MINUTE, essai
print("pret", flush=True)
for n in range(1, 21):
    sys.stdin.readline()
    print(len(taches.passer(now=T0 + n * MINUTE, taches=essai())), flush=True)
"""
TUE = """
import time
from services.administration import taches
from tests.services.administration.test_taches import T0, MINUTE, ecrire, essai
def lente(session, now):
    ecrire(session, now)
    session.flush()
    print("dedans", flush=True)
    time.sleep(60)
taches.passer(now=T0 + MINUTE, taches=essai(lente))
"""


def processus(programme: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", programme], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def test_two_processes_run_a_task_exactly_once_each_time_it_is_due(base: Base) -> None:
    assert taches.passer(now=T0, taches=essai()) == []  # seen for the first time: due in a minute
    deux = [processus(PROCESSUS) for _ in range(2)]
    for p in deux:
        assert p.stdout.readline() == "pret\n"
    for _ in range(20):
        for p in deux:
            p.stdin.write("\n")
            p.stdin.flush()
        assert sorted(int(p.stdout.readline()) for p in deux) == [0, 1]
    for p in deux:
        p.communicate(timeout=30)
    assert faits() == 20


def test_a_process_killed_in_the_middle_leaves_nothing_and_another_takes_over_once_the_lease_ends(base: Base) -> None:
    taches.passer(now=T0, taches=essai())
    p = processus(TUE)
    assert p.stdout.readline() == "dedans\n"
    p.kill()
    p.communicate()
    assert faits() == 0
    assert taches.passer(now=T0 + 5 * MINUTE, taches=essai()) == []  # its lease holds
    assert taches.passer(now=T0 + MINUTE + BAIL, taches=essai()) == ["essai"]
    assert faits() == 1


def test_after_a_long_stop_it_is_caught_up_once(base: Base) -> None:
    taches.passer(now=T0, taches=essai())
    plus_tard = T0 + timedelta(days=3)
    assert taches.passer(now=plus_tard, taches=essai()) == ["essai"]
    assert taches.passer(now=plus_tard, taches=essai()) == []
    assert faits() == 1
    assert tache().prochaine == plus_tard + MINUTE


def test_a_task_that_fails_is_said_tried_again_and_stops_no_other(base: Base, caplog: pytest.LogCaptureFixture) -> None:
    deux = {"casse": essai(rater)["essai"], **essai()}
    taches.passer(now=T0, taches=deux)
    assert taches.passer(now=T0 + MINUTE, taches=deux) == ["casse", "essai"]
    assert faits() == 1  # what the failed one wrote went with it
    casse = tache("casse")
    reference = casse.erreur.split(" : ")[1].rstrip(".")
    assert "mot secret" not in casse.erreur
    (dite,) = [r for r in caplog.records if reference in r.getMessage()]
    assert dite.exc_info, "where it failed is told to who looks for it"
    assert (casse.prochaine, casse.bail_jusqua) == (T0 + MINUTE + REPRISE, None)
    assert taches.passer(now=casse.prochaine, taches={"casse": essai()["essai"]}) == ["casse"]
    assert tache("casse").erreur == ""


def test_one_that_lost_its_lease_writes_nothing(base: Base) -> None:
    def voler(session: Session, now: datetime) -> datetime:
        return now + MINUTE

    def longue() -> str:
        with db.writing() as session:  # its lease ended, another process took it
            row = session.get_one(Tache, "essai")
            row.bail_par = "un autre"
            session.add(row)
        return "fini trop tard"

    hors = {"essai": Definition("Essai", voler, hors_base=longue, par_relais=False)}
    taches.passer(now=T0, taches=hors)
    taches.passer(now=T0 + MINUTE, taches=hors)
    assert (tache().resultat, tache().bail_par) == ("", "un autre")


# --- by hand --------------------------------------------------------------------------------------------------------


def test_what_is_due_is_run_by_hand_once_and_says_what_it_did(base: Base, cast_base: Cast) -> None:
    by = cast_base.secretaire
    with pytest.raises(Conflict, match="n’est plus à lancer"):
        taches.lancer("essai", now=T0, by=by, taches=essai())  # never seen: due in a minute
    assert taches.lancer("essai", now=T0 + MINUTE, by=by, taches=essai()) == "fait"
    with pytest.raises(Conflict, match="n’est plus à lancer"):
        taches.lancer("essai", now=T0 + MINUTE, by=by, taches=essai())
    assert taches.passer(now=T0 + MINUTE, taches=essai()) == []  # nor does the scheduler
    assert faits() == 1
    with pytest.raises(Forbidden):
        taches.lancer("essai", now=T0 + 2 * MINUTE, by=cast_base.elu, taches=essai())
    with db.reading() as session:
        assert session.exec(select(Journal.resume).where(Journal.acte == "envoi.lancer")).all() == [
            "Tâche lancée à la main : Essai"
        ]


def test_by_hand_and_the_scheduler_at_the_same_moment_run_it_once(base: Base, cast_base: Cast) -> None:
    taches.passer(now=T0, taches=essai())
    depart = threading.Barrier(6)

    def a_la_main() -> None:
        depart.wait()
        with suppress(Conflict):
            taches.lancer("essai", now=T0 + MINUTE, by=cast_base.secretaire, taches=essai())

    def seule() -> None:
        depart.wait()
        taches.passer(now=T0 + MINUTE, taches=essai())

    fils = [threading.Thread(target=f) for f in (a_la_main, seule) * 3]
    for f in fils:
        f.start()
    for f in fils:
        f.join()
    assert faits() == 1


def test_one_that_failed_is_tried_again_by_hand_at_once(base: Base, cast_base: Cast) -> None:
    taches.passer(now=T0, taches=essai())
    with pytest.raises(BusinessError, match="Problème imprévu"):
        taches.lancer("essai", now=T0 + MINUTE, by=cast_base.secretaire, taches=essai(rater))
    assert tache().prochaine == T0 + MINUTE + REPRISE
    assert taches.lancer("essai", now=T0 + 2 * MINUTE, by=cast_base.secretaire, taches=essai()) == "fait"
    assert tache().erreur == ""


def test_nothing_runs_without_a_relay(base: Base) -> None:
    assert not envois.relais()
    assert taches.passer(now=T0) == []
    with db.reading() as session:
        assert not any(t.a_lancer for t in taches.liste(session, now=T0))
        assert all(t.en_pause and t.prochaine is None for t in taches.liste(session, now=T0))


@pytest.mark.parametrize(
    ("apres", "attendu"),
    [
        ("2026-11-25 05:00", "2026-11-25 07:30"),  # before the hour, the same day
        ("2026-11-27 07:30", "2026-11-30 07:30"),  # a Friday: over to Monday
        ("2026-12-24 08:00", "2026-12-28 07:30"),  # Christmas, then a week-end
        ("2026-03-27 08:00", "2026-03-30 07:30"),  # the clock changes in between: half past seven all the same
    ],
)
@pytest.mark.sqlite
def test_the_digest_is_due_each_working_morning_in_town_time(session: Session, apres: str, attendu: str) -> None:
    zone = get_settings().zone
    instant = datetime.fromisoformat(apres).replace(tzinfo=zone)
    due = taches.TACHES["recapitulatif"].suivante(session, instant)
    assert due.astimezone(zone).strftime("%Y-%m-%d %H:%M") == attendu


@pytest.mark.sqlite
def test_late_actions_leave_on_a_tuesday_or_the_day_after_a_holiday(session: Session) -> None:
    zone = get_settings().zone
    suivante = taches.TACHES["relances"].suivante
    mardi = suivante(session, datetime(2026, 11, 25, 12, tzinfo=zone))
    assert mardi == datetime(2026, 12, 1, 9, tzinfo=zone)
    assert suivante(session, datetime(2026, 7, 8, tzinfo=zone)).day == 15  # the 14th is a holiday


def test_the_hour_of_the_digest_is_the_responsables(base: Base, cast_base: Cast) -> None:
    from datetime import time

    with db.writing() as session:
        session.add(Tache(nom="recapitulatif", prochaine=T0))
        with pytest.raises(Forbidden):
            taches.regler_recapitulatif(session, heure=time(8), now=T0, by=cast_base.secretaire)
        taches.regler_recapitulatif(session, heure=time(8), now=T0, by=cast_base.responsable)
    with db.reading() as session:
        assert taches.heure_recapitulatif(session) == time(8)
    assert tache("recapitulatif").prochaine == datetime(2026, 11, 26, 7, tzinfo=UTC)  # 8:00 in the town
