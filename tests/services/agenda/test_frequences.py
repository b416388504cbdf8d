"""Which secteurs have no cellule this semestre, and which instances meet too rarely."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from models import Instance, Reunion, SecteurVeille
from models.lists import EtatReunion, Frequence, TypeReunion
from services.agenda import frequences

TODAY = date(2026, 11, 24)


def instance(session: Session, nom: str, frequence: Frequence = Frequence.MENSUELLE, **autres: object) -> int:
    row = Instance(nom=nom, frequence=frequence, **({"type": TypeReunion.TECHNIQUE} | autres))
    session.add(row)
    session.flush()
    return row.id


def reunion(session: Session, instance_id: int, quand: str, etat: EtatReunion = EtatReunion.TENUE) -> None:
    type_ = session.get_one(Instance, instance_id).type
    debut = datetime.fromisoformat(quand)
    session.add(
        Reunion(type=type_, instance_id=instance_id, titre="r", debut=debut, fin=debut + timedelta(hours=1), etat=etat)
    )
    session.flush()


def secteur(session: Session, nom: str) -> tuple[int, int]:
    row = SecteurVeille(nom=nom)
    session.add(row)
    session.flush()
    cellule = instance(session, f"C {nom}", Frequence.SEMESTRIELLE, type=TypeReunion.CELLULE, secteur_id=row.id)
    return row.id, cellule


@pytest.mark.parametrize(
    ("quand", "etat", "manque"),
    [
        ("2026-07-01T00:00", EtatReunion.TENUE, False),  # the first instant of the semestre
        ("2026-12-31T20:00", EtatReunion.BROUILLON, False),  # planned
        ("2026-10-02T18:00", EtatReunion.CONVOQUEE, False),  # held, not written up yet
        ("2026-06-30T23:00", EtatReunion.TENUE, True),
        ("2027-01-01T00:00", EtatReunion.CONVOQUEE, True),
        ("2026-10-02T18:00", EtatReunion.ANNULEE, True),
        ("2026-10-02T18:00", EtatReunion.REPORTEE, True),
        ("2026-10-02T18:00", EtatReunion.PAS_EU_LIEU, True),
    ],
)
def test_a_secteur_without_its_cellule(session: Session, quand: str, etat: EtatReunion, manque: bool) -> None:
    id, cellule = secteur(session, "Nord")
    reunion(session, cellule, quand, etat)
    trouves = frequences.secteurs_sans_cellule(session, today=TODAY)
    assert [(s.secteur_id, s.secteur, s.instance_id) for s in trouves] == ([(id, "Nord", cellule)] if manque else [])


def test_a_technique_of_the_secteur_is_not_its_cellule(session: Session) -> None:
    id, _ = secteur(session, "Nord")
    reunion(session, instance(session, "T", secteur_id=id), "2026-10-02T14:00")
    assert len(frequences.secteurs_sans_cellule(session, today=TODAY)) == 1


def test_an_archived_secteur_is_left_alone(session: Session) -> None:
    id, _ = secteur(session, "Nord")
    session.get_one(SecteurVeille, id).archive = True
    session.flush()
    assert frequences.secteurs_sans_cellule(session, today=TODAY) == []


@pytest.mark.parametrize(
    ("frequence", "derniere", "en_retard"),
    [
        (Frequence.MENSUELLE, "2026-10-09T14:00", False),  # a month and a fortnight: 24 November, today
        (Frequence.MENSUELLE, "2026-10-08T14:00", True),
        (Frequence.BIMESTRIELLE, "2026-09-09T14:00", False),
        (Frequence.BIMESTRIELLE, "2026-09-08T14:00", True),
        (Frequence.TRIMESTRIELLE, "2026-08-09T14:00", False),
        (Frequence.TRIMESTRIELLE, "2026-08-08T14:00", True),
        (Frequence.ANNUELLE, "2025-11-09T14:00", False),
        (Frequence.ANNUELLE, "2025-11-08T14:00", True),
        (Frequence.A_LA_DEMANDE, "2020-01-01T14:00", False),
    ],
)
def test_last_held_too_long_ago(session: Session, frequence: Frequence, derniere: str, en_retard: bool) -> None:
    id = instance(session, "T", frequence)
    reunion(session, id, derniere)
    trouvees = frequences.instances_en_retard(session, today=TODAY)
    assert [i.instance_id for i in trouvees] == ([id] if en_retard else [])


@pytest.mark.parametrize(
    ("frequence", "derniere", "premier_retard"),
    [
        (Frequence.MENSUELLE, "2026-06-19", "2026-10-05"),  # as after 19 August: nothing is expected in summer
        (Frequence.BIMESTRIELLE, "2026-06-19", "2026-11-04"),  # July and August are one of its periods
        (Frequence.QUINZAINE, "2026-06-19", "2026-09-19"),  # due on 3 July: put off to the end of the summer
        (Frequence.TRIMESTRIELLE, "2026-06-05", "2026-09-21"),  # it may meet in September
    ],
)
def test_nobody_is_late_of_a_meeting_of_the_summer(
    session: Session, frequence: Frequence, derniere: str, premier_retard: str
) -> None:
    """The plan excuses July and August: so does what is said to be late."""
    reunion(session, instance(session, "T", frequence), f"{derniere}T14:00")
    jour = date(2026, 6, 20)
    while not frequences.instances_en_retard(session, today=jour):
        jour += timedelta(days=1)
    assert str(jour) == premier_retard
    assert frequences.en_retard(frequence, date.fromisoformat(derniere), today=jour)
    assert not frequences.en_retard(frequence, date.fromisoformat(derniere), today=jour - timedelta(days=1))


def test_a_meeting_to_come_settles_it_a_cancelled_one_does_not(session: Session) -> None:
    prevue, annulee, jamais = (instance(session, nom) for nom in ("A", "B", "C"))
    for id in (prevue, annulee):
        reunion(session, id, "2026-05-05T14:00")
    reunion(session, prevue, "2026-12-15T14:00", EtatReunion.BROUILLON)
    reunion(session, annulee, "2026-12-15T14:00", EtatReunion.ANNULEE)
    trouvees = frequences.instances_en_retard(session, today=TODAY)
    assert [(i.instance_id, i.derniere) for i in trouvees] == [(jamais, None), (annulee, date(2026, 5, 5))]


def test_cellules_are_judged_by_their_semestre_only(session: Session) -> None:
    secteur(session, "Nord")
    assert frequences.instances_en_retard(session, today=TODAY) == []
