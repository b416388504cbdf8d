"""The board: what each frequency expects, held, planned, to plan or late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from models import Instance, Reunion, SecteurVeille
from models.lists import EtatReunion, Frequence, TypeReunion
from services.agenda import frequences, plan
from services.agenda.plan import Etat
from services.socle.periodes import Periode

TODAY = date(2026, 11, 25)
AVANT = datetime(2024, 1, 1, tzinfo=UTC)


def instance(session: Session, nom: str, frequence: Frequence, **autres: Any) -> int:
    row = Instance(nom=nom, frequence=frequence, **({"type": TypeReunion.TECHNIQUE, "cree_le": AVANT} | autres))
    session.add(row)
    session.flush()
    return row.id


def reunion(session: Session, instance_id: int, quand: str, etat: EtatReunion = EtatReunion.TENUE) -> int:
    debut = datetime.fromisoformat(f"{quand}T18:00")
    row = Reunion(
        type=TypeReunion.CELLULE,
        instance_id=instance_id,
        titre="r",
        debut=debut,
        fin=debut + timedelta(hours=1),
        etat=etat,
    )
    session.add(row)
    session.flush()
    return row.id


def cellule(session: Session, nom: str) -> int:
    secteur = SecteurVeille(nom=nom)
    session.add(secteur)
    session.flush()
    return instance(session, f"C {nom}", Frequence.SEMESTRIELLE, type=TypeReunion.CELLULE, secteur_id=secteur.id)


def test_secteurs_by_semestre(session: Session) -> None:
    tenue, prevue, saisir, tard, neuve = (cellule(session, n) for n in ("A", "B", "C", "D", "E"))
    id = reunion(session, tenue, "2026-10-01")
    reunion(session, prevue, "2026-12-03", EtatReunion.BROUILLON)
    reunion(session, saisir, "2026-11-03", EtatReunion.CONVOQUEE)
    reunion(session, tard, "2026-03-03")
    reunion(session, tard, "2026-11-03", EtatReunion.ANNULEE)
    vu = plan.par_secteur(session, today=TODAY)
    assert [vu.nom(n) for n in range(4)] == [
        "2e semestre 2025", "1er semestre 2026", "2e semestre 2026", "1er semestre 2027",
    ]  # fmt: skip
    assert [x.cases[2].etat for x in vu.lignes] == [
        Etat.TENUE, Etat.PREVUE, Etat.A_SAISIR, Etat.EN_RETARD, Etat.A_PLANIFIER,
    ]  # fmt: skip
    assert vu.lignes[0].cases[2].reunions[0].id == id
    assert [x.cases[1].etat for x in vu.lignes][3:] == [Etat.TENUE, Etat.NON_TENUE]
    assert (vu.a_planifier(2), vu.compte(2)) == ([tard, neuve], (3, 5))
    assert vu.a_planifier(3) == [tenue, prevue, saisir, tard, neuve]
    assert vu.a_planifier(1) == []


def test_a_cellule_put_off_is_not_late(session: Session) -> None:
    """Its new date is to be found, and that is what is said; once it has one, it is planned."""
    id = cellule(session, "A")
    reunion(session, id, "2026-03-03")
    reunion(session, id, "2026-11-03", EtatReunion.REPORTEE)

    def cases() -> list[Etat]:
        return [c.etat for c in plan.par_secteur(session, today=TODAY).lignes[0].cases[1:3]]

    assert cases() == [Etat.TENUE, Etat.REPORTEE]
    assert plan.par_secteur(session, today=TODAY).a_planifier(2) == [id]
    assert plan.par_secteur(session, today=TODAY).compte(2) == (0, 1)
    assert etats(session, id, ANNEE)[2] == "r"
    (sans,) = frequences.secteurs_sans_cellule(session, today=TODAY)
    assert sans.reportee
    reunion(session, id, "2026-12-08", EtatReunion.BROUILLON)
    assert cases() == [Etat.TENUE, Etat.PREVUE]
    assert frequences.secteurs_sans_cellule(session, today=TODAY) == []


def test_a_secteur_without_its_instance_is_seen(session: Session) -> None:
    session.add(SecteurVeille(nom="Neuf"))
    session.flush()
    (ligne,) = plan.par_secteur(session, today=TODAY).lignes
    assert (ligne.cases[2].etat, ligne.cases[2].instance_id) == (Etat.A_PLANIFIER, None)


def test_a_cellule_archived_since_was_held_all_the_same(session: Session) -> None:
    id = cellule(session, "A")
    reunion(session, id, "2026-10-01")
    session.get_one(Instance, id).archive = True
    session.flush()
    (ligne,) = plan.par_secteur(session, today=TODAY).lignes
    assert [(c.etat, c.instance_id) for c in ligne.cases[2:]] == [(Etat.TENUE, None), (Etat.A_PLANIFIER, None)]


def test_a_cell_leads_to_the_meeting_it_speaks_of(session: Session) -> None:
    """Two in the month, the first one held: what is left to write up is the second."""
    id = instance(session, "RT", Frequence.MENSUELLE)
    reunion(session, id, "2026-11-03")
    deuxieme = reunion(session, id, "2026-11-24", EtatReunion.CONVOQUEE)
    (ligne,) = plan.par_instance(session, periode=ANNEE, today=TODAY)
    case = ligne.cases[2]
    assert (case.etat, case.premiere.id, len(case.reunions)) == (Etat.A_SAISIR, deuxieme, 2)


def etats(session: Session, id: int, periode: Periode) -> str:
    """One letter a month."""
    (ligne,) = [x for x in plan.par_instance(session, periode=periode, today=TODAY) if x.id == id]
    lettres = {Etat.TENUE: "T", Etat.PREVUE: "P", Etat.A_SAISIR: "S", Etat.A_PLANIFIER: "p"}
    lettres |= {Etat.EN_RETARD: "R", Etat.REPORTEE: "r", Etat.NON_TENUE: "n", Etat.RELACHE: "v", Etat.RIEN: "."}
    return "".join(lettres[c.etat] for c in ligne.cases)


ANNEE = Periode(date(2026, 9, 1), date(2027, 9, 1))


@pytest.mark.parametrize(
    ("frequence", "jours", "attendu"),
    [
        (Frequence.MENSUELLE, [], "nnppppppppvv"),  # July and August are holidays
        (Frequence.MENSUELLE, ["2026-09-15", "2026-10-13", "2026-11-17", "2026-12-15"], "TTTPppppppvv"),
        (Frequence.MENSUELLE, ["2026-09-01"], "TnRpppppppvv"),  # a month and a fortnight ago
        (Frequence.BIMESTRIELLE, ["2026-09-15"], "T.p..p.p.pvv"),
        (Frequence.TRIMESTRIELLE, ["2026-10-13"], "nT....p..pvv"),
        (Frequence.SEMESTRIELLE, ["2026-10-13"], ".T.......pvv"),
        (Frequence.ANNUELLE, ["2026-03-10"], "..........vv"),
        (Frequence.A_LA_DEMANDE, ["2026-10-13"], ".T........vv"),
        # November, in progress, has one of its two meetings: the other is to be planned. September was one short.
        (Frequence.BIMENSUELLE, ["2026-09-01", "2026-10-06", "2026-10-20", "2026-11-03"], "TTppppppppvv"),
        (Frequence.QUINZAINE, ["2026-10-13", "2026-11-05", "2026-11-19"], "nTTpppppppvv"),
    ],
)
def test_instances_by_month(session: Session, frequence: Frequence, jours: list[str], attendu: str) -> None:
    id = instance(session, "RT", frequence)
    for jour in jours:
        reunion(session, id, jour, EtatReunion.TENUE if jour < "2026-11-25" else EtatReunion.BROUILLON)
    assert etats(session, id, ANNEE) == attendu


def test_months_off_and_periods() -> None:
    assert frequences.de_relache(Periode(date(2027, 8, 1), date(2027, 9, 1)))
    assert not frequences.de_relache(Periode(date(2027, 2, 1), date(2027, 3, 1)))
    assert not frequences.de_relache(Periode(date(2040, 8, 1), date(2040, 9, 1)))  # nobody has published it
    assert frequences.periode(Frequence.TRIMESTRIELLE, date(2026, 11, 25)) == Periode(
        date(2026, 10, 1), date(2027, 1, 1)
    )
    assert frequences.periode(Frequence.A_LA_DEMANDE, date(2026, 11, 25)) is None
