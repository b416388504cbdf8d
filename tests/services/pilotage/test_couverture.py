"""Coverage: one rule for the plan and the charts, and the same figures as a count in plain Python."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models import Instance, Point, Quartier, Reunion, SecteurVeille, Theme
from models.lists import EtatReunion, Frequence, TypeReunion
from services.agenda import frequences, instances, plan
from services.agenda.plan import Etat, Marque
from services.pilotage import statistiques
from services.pilotage.statistiques import Filtre
from services.socle.horloge import utcnow
from services.socle.periodes import Periode
from tests import compte
from tests.cast import Cast

TODAY = date(2026, 11, 23)
ANNEE = Filtre(date(2026, 1, 1), date(2027, 1, 1))
AVANT = datetime(2024, 1, 1, tzinfo=UTC)
TECHNIQUE = TypeReunion.TECHNIQUE


def instance(session: Session, frequence: Frequence, *jours: str, nom: str = "RT", **champs: Any) -> Instance:
    """With a meeting held on each of these days."""
    tous: dict[str, Any] = {"type": TECHNIQUE, "cree_le": AVANT} | champs
    row = Instance(nom=nom, frequence=frequence, **tous)
    session.add(row)
    session.flush()
    for jour in jours:
        reunion(session, row, jour)
    return row


def reunion(session: Session, de: Instance, jour: str, etat: EtatReunion = EtatReunion.TENUE) -> Reunion:
    debut = datetime.fromisoformat(jour if "T" in jour else f"{jour}T14:00")
    row = Reunion(type=de.type, instance_id=de.id, titre="r", debut=debut, fin=debut + timedelta(hours=1), etat=etat)
    session.add(row)
    session.flush()
    return row


def lue(session: Session, filtre: Filtre = ANNEE, today: date = TODAY) -> statistiques.CouvertureInstance:
    (une,) = statistiques.couverture_instances(session, filtre=filtre, today=today)
    return une


TOUS = [f"2026-{m:02}-10" for m in range(1, 11)]


@pytest.mark.parametrize(
    ("jours", "tenues", "attendues"),
    [
        (TOUS, 8, 8),  # January to October, without July and August
        ([*TOUS, "2026-11-03"], 8, 8),  # the month in progress counts on neither side
        ([*TOUS, "2026-11-03", "2026-11-10"], 8, 8),
        ([j for j in TOUS if j[5:7] not in ("07", "08")], 8, 8),  # nobody is late in summer
        ([j for j in TOUS if j[5:7] != "07"], 8, 8),  # nor ahead: the meeting of August does not make up for another
        (["2026-09-08", "2026-09-22"], 1, 8),  # twice in September does not make up for October
        (["2026-01-31T23:30", "2026-03-01T00:00"], 2, 8),  # the last hour of a month, the first of another
        ([], 0, 8),
    ],
)
def test_the_month_in_progress_and_the_summer_count_on_neither_side(
    session: Session, jours: list[str], tenues: int, attendues: int
) -> None:
    instance(session, Frequence.MENSUELLE, *jours)
    une = lue(session)
    assert (une.tenues, une.attendues) == (tenues, attendues)
    assert une.reunions == len(jours)


@pytest.mark.parametrize("etat", [EtatReunion.ANNULEE, EtatReunion.REPORTEE, EtatReunion.PAS_EU_LIEU])
def test_a_meeting_called_off_is_still_expected(session: Session, etat: EtatReunion) -> None:
    reunion(session, instance(session, Frequence.TRIMESTRIELLE), "2026-05-05", etat)
    assert (lue(session).tenues, lue(session).attendues, lue(session).reunions) == (0, 3, 0)


@pytest.mark.parametrize(
    ("frequence", "attendues"),
    [
        (Frequence.HEBDOMADAIRE, 24),
        (Frequence.QUINZAINE, 12),  # one only in the months cut by holidays
        (Frequence.MENSUELLE, 8),
        (Frequence.BIMESTRIELLE, 4),  # July and August are one of them
        (Frequence.TRIMESTRIELLE, 3),
        (Frequence.SEMESTRIELLE, 1),
        (Frequence.ANNUELLE, 0),
        (Frequence.A_LA_DEMANDE, None),
    ],
)
def test_what_each_frequency_expected_by_now(session: Session, frequence: Frequence, attendues: int | None) -> None:
    instance(session, frequence, "2026-02-03")
    assert lue(session).attendues == attendues


def test_a_year_cut_anywhere_expects_the_same(session: Session) -> None:
    """Each expectation counts in one period only: two school years, or four civil semestres, of the same 24 months."""
    for frequence in Frequence:
        instance(session, frequence, nom=frequence.value)

    def attendues(*bornes: str) -> list[int]:
        jours = [date.fromisoformat(b) for b in bornes]
        return [
            sum(
                x.attendues or 0
                for i, de in enumerate(jours[:-1])
                for x in statistiques.couverture_instances(session, filtre=Filtre(de, jours[i + 1]), today=TODAY)
                if x.nom == f
            )
            for f in Frequence
        ]

    entiers = attendues("2024-09-01", "2026-09-01")
    assert entiers[3:] == [20, 10, 8, 4, 2, 0]
    assert attendues("2024-09-01", "2025-09-01", "2026-09-01") == entiers
    assert attendues("2024-09-01", "2025-01-01", "2025-07-01", "2026-01-01", "2026-07-01", "2026-09-01") == entiers


def test_nothing_is_expected_of_an_instance_before_it_was_made(session: Session) -> None:
    instance(session, Frequence.MENSUELLE, cree_le=datetime(2026, 9, 15, tzinfo=UTC))
    une = lue(session)
    assert (une.tenues, une.attendues) == (0, 1)  # October
    assert [n for _, n in une.par_mois] == [Marque.SANS_DONNEE] * 8 + [0, 0] + [Marque.A_VENIR] * 2


def test_a_meeting_before_it_was_made_says_since_when(session: Session) -> None:
    """The past was imported."""
    instance(session, Frequence.MENSUELLE, "2026-03-10", cree_le=datetime(2026, 9, 15, tzinfo=UTC))
    assert (lue(session).tenues, lue(session).attendues) == (1, 6)


def test_one_archived_since_is_judged_until_then(session: Session, cast: Cast) -> None:
    row = instance(session, Frequence.MENSUELLE, "2026-01-13", "2026-02-10", "2026-04-14")
    instances.archiver(session, id=row.id, version=row.version, by=cast.secretaire)
    assert row.archive_le
    row.archive_le = datetime(2026, 5, 20, tzinfo=UTC)
    session.flush()
    une = lue(session)
    assert (une.tenues, une.attendues, une.reunions) == (3, 4, 3)
    assert [n for _, n in une.par_mois] == [1, 1, 0, 1, 0, *[Marque.SANS_DONNEE] * 7]
    assert plan.par_instance(session, periode=ANNEE, today=TODAY) == []  # no longer proposed
    instances.restaurer(session, id=row.id, version=row.version, by=cast.secretaire)
    assert row.archive_le is None


def test_three_marks(session: Session) -> None:
    """A true zero, nothing known yet, and not yet: planned, to write up, to come."""
    de = instance(session, Frequence.MENSUELLE, "2026-08-25", cree_le=None)
    reunion(session, de, "2026-10-13", EtatReunion.CONVOQUEE)
    reunion(session, de, "2026-12-15", EtatReunion.BROUILLON)
    assert [n for _, n in lue(session).par_mois[6:]] == [
        Marque.SANS_DONNEE, 1, 0, Marque.A_SAISIR, Marque.A_VENIR, Marque.PREVUE,
    ]  # fmt: skip


def test_a_planned_cellule_is_no_zero(session: Session) -> None:
    for nom, jour, etat in (
        ("Prévue", "2026-12-03", EtatReunion.BROUILLON),
        ("À saisir", "2026-11-03", EtatReunion.CONVOQUEE),
        ("Annulée", "2026-11-03", EtatReunion.ANNULEE),
        ("Tenue", "2026-10-01", EtatReunion.TENUE),
    ):
        secteur = SecteurVeille(nom=nom)
        session.add(secteur)
        session.flush()
        de = instance(
            session, Frequence.SEMESTRIELLE, nom=nom, type=TypeReunion.CELLULE, secteur_id=secteur.id, cree_le=None
        )
        reunion(session, de, jour, etat)
    lus = defaultdict(list)
    for c in statistiques.couverture_secteurs(session, filtre=ANNEE, today=TODAY):
        lus[c.secteur].append(c.nombre)
    rien = Marque.SANS_DONNEE
    assert lus == {
        "Prévue": [rien, Marque.PREVUE],
        "À saisir": [rien, Marque.A_SAISIR],
        "Annulée": [rien, Marque.A_VENIR],
        "Tenue": [rien, 1],
    }
    fini = statistiques.couverture_secteurs(session, filtre=ANNEE, today=date(2027, 1, 1))
    assert [c.nombre for c in fini if c.secteur == "Annulée"] == [rien, rien]  # known in November only
    suite = Filtre(date(2027, 1, 1), date(2027, 7, 1))
    assert {c.nombre for c in statistiques.couverture_secteurs(session, filtre=suite, today=date(2027, 7, 1))} == {0}


# --- against a count in plain Python ---------------------------------------------------------------------------------


@pytest.fixture
def hasardeuse(session: Session) -> Session:
    """Every frequency and every state, made and archived at any time, meetings at the borders of months."""
    hasard = random.Random(1010)  # noqa: S311
    secteurs = [SecteurVeille(nom=nom) for nom in ("Est", "Nord", "Sud")]
    themes = [Theme(libelle=f"T{n}", rubrique="R", recherche="", ordre=n) for n in range(3)]
    session.add_all([*secteurs, *themes])
    session.flush()
    quartiers = [Quartier(nom=s.nom, secteur_id=s.id) for s in secteurs]
    session.add_all(quartiers)
    session.flush()
    for n in range(40):
        cellule = n % 4 == 0
        cree = datetime(2025, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=hasard.randrange(600))
        de = instance(
            session,
            Frequence.SEMESTRIELLE if cellule else hasard.choice(list(Frequence)),
            nom=f"I{n:02}",
            type=TypeReunion.CELLULE if cellule else TECHNIQUE,
            secteur_id=hasard.choice(secteurs).id if cellule else None,
            cree_le=hasard.choice([None, AVANT, cree]),
        )
        for _ in range(hasard.randrange(1, 16)):
            jour = date(2025, 3, 1) + timedelta(days=hasard.randrange(700))
            jour = hasard.choice([jour, jour.replace(day=1), jour.replace(day=1) - timedelta(days=1)])
            passes = [EtatReunion.TENUE, EtatReunion.CLOSE, *EtatReunion]
            futurs = [EtatReunion.BROUILLON, EtatReunion.CONVOQUEE, EtatReunion.ANNULEE]
            heure = hasard.choice(["00:00", "14:00", "23:59"])
            r = reunion(session, de, f"{jour}T{heure}", hasard.choice(passes if jour < TODAY else futurs))
            for _ in range(hasard.randrange(3)):
                quartier = hasard.choice([None, *quartiers])
                champs = {"quartier_id": quartier.id} if quartier else {}
                theme = hasard.choice(themes).id
                session.add(Point(reunion_id=r.id, theme_id=theme, cree_le=utcnow(), **champs))
        if n % 7 == 0 and not cellule:
            de.archive = True
            de.archive_le = hasard.choice([None, datetime(2026, 6, 15, tzinfo=UTC)])
    session.flush()
    return session


@pytest.mark.parametrize(
    ("debut", "fin"),
    [
        ("2026-07-01", "2026-12-31"),
        ("2025-01-01", "2025-12-31"),
        ("2025-09-01", "2026-08-31"),
        ("2025-11-24", "2026-11-23"),
        ("2026-10-05", "2026-10-20"),
        ("2027-01-01", "2027-06-30"),
    ],
)
def test_the_same_as_a_count_in_python(hasardeuse: Session, debut: str, fin: str) -> None:
    session, de, a = hasardeuse, date.fromisoformat(debut), date.fromisoformat(fin)
    filtre = Filtre(de, a + timedelta(days=1))
    attendu = compte.instances(session, debut=de, fin=a, today=TODAY)
    lues = statistiques.couverture_instances(session, filtre=filtre, today=TODAY)
    assert {x.nom for x in lues} == set(attendu)
    for x in lues:
        c = attendu[x.nom]
        assert {(m.year, m.month): n for m, n in x.par_mois} == c.mois, x.nom
        assert (x.tenues, x.attendues) == (c.tenues, c.attendues), x.nom
        assert x.tenues <= (x.tenues if x.attendues is None else x.attendues)
    secteurs = statistiques.couverture_secteurs(session, filtre=filtre, today=TODAY)
    assert {(c.secteur, c.semestre): c.nombre for c in secteurs} == compte.secteurs(
        session, debut=de, fin=a, today=TODAY
    )
    points, sources = compte.situations(session, debut=de, fin=a)
    themes = {t.libelle: t.id for t in session.exec(select(Theme)).all()}
    assert {(themes[x.theme], x.secteur): x.n for x in statistiques.points(session, filtre=filtre)} == points
    lu = statistiques.sources(session, filtre=filtre)
    assert lu.reunions == len(set().union(*sources.values()))
    reunis = compte.reunis(session, debut=de, fin=a)
    noms = {"Est", "Nord", "Sud", *sources}
    assert lu.par_secteur == {s: len(sources[s]) if s in sources else 0 if s in reunis else None for s in noms}


def test_the_plan_and_the_charts_say_the_same(hasardeuse: Session) -> None:
    """Of every instance in use: the months judged not held, the expectations met, and the cellules of the secteurs."""
    session = hasardeuse
    lues = {x.nom: x for x in statistiques.couverture_instances(session, filtre=ANNEE, today=TODAY)}
    for ligne in plan.par_instance(session, periode=Periode(ANNEE.debut, ANNEE.fin), today=TODAY):
        x = lues[ligne.nom]
        assert (x.tenues, x.attendues) == (ligne.tenues, ligne.attendues)
        if ligne.attendues is not None and ligne.frequence not in frequences.SOUVENT:
            manquees = sum(c.etat in (Etat.NON_TENUE, Etat.A_SAISIR) for c in ligne.cases)
            assert ligne.attendues - ligne.tenues <= manquees
        for (_, n), c in zip(x.par_mois, ligne.cases, strict=True):
            if c.etat in (Etat.NON_TENUE, Etat.TENUE):
                assert (n == 0) == (c.etat is Etat.NON_TENUE)
