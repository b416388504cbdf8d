"""Rhythms: the rule, its words and its dates, against dates counted one by one over several years."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from models.lists import Frequence
from services.agenda import rythmes
from services.agenda.rythmes import RANG_DERNIER, Rythme

DEBUT, FIN = date(2024, 1, 1), date(2030, 12, 31)  # two leap years, months of five Thursdays, months of four
TOUS = [DEBUT + timedelta(days=n) for n in range((FIN - DEBUT).days + 1)]


def rang(jour: date) -> int:
    """Counted by hand: how many such weekdays of the month are not after this one."""
    return sum((jour - timedelta(weeks=n)).month == jour.month for n in range(6))


def dernier(jour: date) -> bool:
    return (jour + timedelta(weeks=1)).month != jour.month


def est(jour: date, r: int) -> bool:
    return dernier(jour) if r == RANG_DERNIER else rang(jour) == r


def attendus(test: Callable[[date], bool]) -> list[date]:
    return [j for j in TOUS if test(j)]


@pytest.mark.parametrize("jour", range(7))
@pytest.mark.parametrize("r", list(rythmes.RANGS))
@pytest.mark.parametrize(
    ("frequence", "pas"), [(f, n) for f, n in rythmes.MOIS.items() if f is not Frequence.BIMENSUELLE]
)
def test_a_rank_of_the_month(frequence: Frequence, pas: int, r: int, jour: int) -> None:
    rythme = Rythme(frequence, jour, r)
    trouves = rythmes.dates(rythme, debut=DEBUT, fin=FIN, depuis=DEBUT)
    assert trouves == attendus(
        lambda j: j.weekday() == jour and est(j, r) and ((j.year - 2024) * 12 + j.month - 1) % pas == 0
    )
    assert rythmes.lire(rythme.regle or "") == rythme


@pytest.mark.parametrize("jour", range(7))
@pytest.mark.parametrize(("r", "bis"), [(1, 3), (2, 4), (3, 1), (2, RANG_DERNIER), (1, 2)])
def test_two_ranks_of_the_month(r: int, bis: int, jour: int) -> None:
    rythme = Rythme(Frequence.BIMENSUELLE, jour, r, bis)
    trouves = rythmes.dates(rythme, debut=DEBUT, fin=FIN, depuis=DEBUT)
    assert trouves == attendus(lambda j: j.weekday() == jour and (est(j, r) or est(j, bis)))
    assert rythmes.lire(rythme.regle or "") == Rythme(Frequence.BIMENSUELLE, jour, min(r, bis), max(r, bis))


@pytest.mark.parametrize("jour", range(7))
@pytest.mark.parametrize(("frequence", "semaines"), rythmes.SEMAINES.items())
@pytest.mark.parametrize("depuis", [date(2023, 12, 20), date(2024, 2, 29)])
def test_every_so_many_weeks(frequence: Frequence, semaines: int, jour: int, depuis: date) -> None:
    rythme = Rythme(frequence, jour)
    premier = depuis + timedelta(days=jour - depuis.weekday())  # of the week of `depuis`
    trouves = rythmes.dates(rythme, debut=depuis, fin=FIN, depuis=depuis)
    assert trouves == [j for n in range(400) if depuis <= (j := premier + timedelta(weeks=n * semaines)) <= FIN]
    assert rythmes.lire(rythme.regle or "") == rythme


@pytest.mark.parametrize("n", range(1, 32))
@pytest.mark.parametrize(("frequence", "pas"), [(Frequence.MENSUELLE, 1), (Frequence.BIMESTRIELLE, 2)])
def test_a_day_of_the_month(frequence: Frequence, pas: int, n: int) -> None:
    """The 31st of a shorter month is its last day."""
    rythme = Rythme(frequence, jour_du_mois=n)
    trouves = rythmes.dates(rythme, debut=DEBUT, fin=FIN, depuis=DEBUT)
    assert trouves == [DEBUT + relativedelta(months=m, day=n) for m in range(0, 84, pas)]
    assert rythmes.lire(rythme.regle or "") == rythme


@pytest.mark.parametrize(
    ("rythme", "phrase"),
    [
        (Rythme(Frequence.MENSUELLE, 1, 3), "3e mardi du mois"),
        (Rythme(Frequence.MENSUELLE, 1), "le mardi"),
        (Rythme(Frequence.MENSUELLE, 3, RANG_DERNIER), "dernier jeudi du mois"),
        (Rythme(Frequence.BIMENSUELLE, 1, 3, 1), "1er et 3e mardi du mois"),
        (Rythme(Frequence.BIMENSUELLE, 4, 2, RANG_DERNIER), "2e et dernier vendredi du mois"),
        (Rythme(Frequence.HEBDOMADAIRE, 0), "tous les lundis"),
        (Rythme(Frequence.QUINZAINE, 6), "un dimanche sur deux"),
        (Rythme(Frequence.MENSUELLE, jour_du_mois=15), "le 15 du mois"),
        (Rythme(Frequence.MENSUELLE, jour_du_mois=1), "le 1er du mois"),
        (Rythme(Frequence.BIMESTRIELLE, 3, 2), "2e jeudi du mois, tous les deux mois"),
        (Rythme(Frequence.TRIMESTRIELLE, jour_du_mois=15), "le 15 du mois, tous les trois mois"),
        (Rythme(Frequence.A_LA_DEMANDE), ""),
    ],
)
def test_said_in_french(rythme: Rythme, phrase: str) -> None:
    assert rythme.phrase == phrase


@pytest.mark.parametrize(
    ("rythme", "erreur"),
    [
        (Rythme(Frequence.MENSUELLE, rang=3), "aussi le jour"),
        (Rythme(Frequence.MENSUELLE, 1, 3, jour_du_mois=15), "pas les deux"),
        (Rythme(Frequence.MENSUELLE, jour_du_mois=32), "de 1 à 31"),
        (Rythme(Frequence.MENSUELLE, jour_du_mois=0), "de 1 à 31"),
        (Rythme(Frequence.QUINZAINE, jour_du_mois=15), "un jour de la semaine"),
        (Rythme(Frequence.BIMENSUELLE, 1, 3), "deux rangs différents"),
        (Rythme(Frequence.BIMENSUELLE, 1, 3, 3), "deux rangs différents"),
        (Rythme(Frequence.MENSUELLE, 1, 1, 3), "deux réunions par mois"),
        (Rythme(Frequence.HEBDOMADAIRE, 1, 3), "videz le rang"),
        (Rythme(Frequence.MENSUELLE, 9, 3), "un jour de la semaine"),
        (Rythme(Frequence.MENSUELLE, 1, 7), "un jour de la semaine"),
        (Rythme(Frequence.BIMENSUELLE, 1, 1, 3), ""),
        (Rythme(Frequence.BIMENSUELLE), ""),
        (Rythme(Frequence.QUINZAINE, 3), ""),
        (Rythme(Frequence.ANNUELLE, jour_du_mois=31), ""),
    ],
)
def test_what_cannot_be_is_said(rythme: Rythme, erreur: str) -> None:
    trouvee = rythmes.erreur(rythme)
    assert erreur in trouvee
    assert bool(trouvee) == bool(erreur)


@pytest.mark.parametrize("regle", ["FREQ=DAILY", "FREQ=MONTHLY;BYDAY=1TU,2WE", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", "x"])
def test_a_rule_of_another_form(regle: str) -> None:
    assert rythmes.lire(regle) is None


def test_what_a_rhythm_becomes_has_the_day_it_was_moved_to() -> None:
    """The first answer is always a rhythm that meets that very day, whatever the day and the rhythm before."""
    de = [
        Rythme(Frequence.MENSUELLE, 1, 3),
        Rythme(Frequence.BIMESTRIELLE, 4, RANG_DERNIER),
        Rythme(Frequence.BIMENSUELLE, 1, 1, 3),
        Rythme(Frequence.QUINZAINE, 2),
        Rythme(Frequence.HEBDOMADAIRE, 2),
        Rythme(Frequence.MENSUELLE, jour_du_mois=15),
    ]
    for rythme in de:
        for avant in rythmes.dates(rythme, debut=date(2026, 1, 1), fin=date(2027, 6, 30), depuis=date(2026, 1, 1)):
            for n in range(-10, 11):
                jour = avant + timedelta(days=n)
                possibles = rythme.vers(jour, depuis=avant)
                siens = rythmes.dates(possibles[0], debut=jour, fin=jour, depuis=jour)
                assert siens == [jour], (rythme, avant, jour, possibles)
                assert all(not rythmes.erreur(p) and p.frequence is rythme.frequence for p in possibles)


def test_third_tuesday_to_the_thursday_after() -> None:
    """In October 2026 the Thursday after the 3rd Tuesday is the 4th: both are asked."""
    mardi = Rythme(Frequence.MENSUELLE, 1, 3)
    possibles = mardi.vers(date(2026, 10, 22), depuis=date(2026, 10, 20))
    assert [p.phrase for p in possibles] == ["4e jeudi du mois", "3e jeudi du mois"]
    possibles = mardi.vers(date(2026, 11, 19), depuis=date(2026, 11, 17))
    assert [p.phrase for p in possibles] == ["3e jeudi du mois"]
    possibles = mardi.vers(date(2026, 11, 26), depuis=date(2026, 11, 17))
    assert [p.phrase for p in possibles] == ["4e jeudi du mois", "dernier jeudi du mois", "3e jeudi du mois"]
    double = Rythme(Frequence.BIMENSUELLE, 1, 1, 3)
    possibles = double.vers(date(2026, 11, 19), depuis=date(2026, 11, 17))
    assert possibles[0].phrase == "1er et 3e jeudi du mois"


@pytest.mark.parametrize("apres", [date(2026, 2, 28), date(2026, 10, 31), date(2026, 12, 31)])
def test_the_next_usual_day(apres: date) -> None:
    for j in range(7):
        suivant = rythmes.prochain(Rythme(Frequence.QUINZAINE, j), apres=apres)
        assert suivant
        assert suivant.weekday() == j
        assert apres <= suivant < apres + timedelta(days=7)
    for n in (1, 15, 31):
        attendu = next(
            apres + relativedelta(months=m, day=n) for m in (0, 1) if apres + relativedelta(months=m, day=n) >= apres
        )
        assert rythmes.prochain(Rythme(Frequence.MENSUELLE, jour_du_mois=n), apres=apres) == attendu
    assert rythmes.prochain(Rythme(Frequence.MENSUELLE), apres=apres) is None
