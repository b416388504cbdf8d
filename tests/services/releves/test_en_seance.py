"""A meeting written up while it is held: from when, by whom, and what becomes of it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from models import Journal, Point
from models.lists import EtatReunion
from services.agenda import programmation, reunions
from services.releves import en_seance, enregistrement, saisie
from services.socle import brouillons
from services.socle.erreurs import Conflict, Forbidden, NotFound
from tests import scene
from tests.cast import Cast
from tests.services.outils_agenda import creer_reunion

DEBUT = datetime(2026, 11, 24, 14, 0)


@pytest.fixture
def reunion(session: Session, cast: Cast) -> int:
    return creer_reunion(session, cast, titre="Réunion de quartier", debut=DEBUT)


@pytest.mark.parametrize(
    ("now", "dit"),
    [
        (DEBUT - timedelta(minutes=61), "à partir de 13\u00a0h\u00a000"),
        (DEBUT - timedelta(minutes=60), ""),
        (DEBUT + timedelta(hours=8), ""),
        (DEBUT + timedelta(days=1), "est passée"),
    ],
)
def test_it_opens_from_an_hour_before_to_the_end_of_the_day(
    session: Session, cast: Cast, reunion: int, now: datetime, dit: str
) -> None:
    assert dit in en_seance.refus(reunions.get(session, id=reunion), now=now)
    if dit:
        with pytest.raises(Conflict, match=dit):
            en_seance.ouvrir(session, reunion_id=reunion, now=now, by=cast.secretaire)
    else:
        en_seance.ouvrir(session, reunion_id=reunion, now=now, by=cast.secretaire)
    attendu = EtatReunion.BROUILLON if dit else EtatReunion.EN_SEANCE
    assert reunions.get(session, id=reunion).etat is attendu


def test_two_agents_open_the_same_draft_and_one_line_is_noted(session: Session, cast: Cast, reunion: int) -> None:
    deux = [
        en_seance.ouvrir(session, reunion_id=reunion, now=DEBUT, by=by) for by in (cast.secretaire, cast.collaborateur)
    ]
    assert deux[0].jeton == deux[1].jeton
    lignes = session.exec(select(Journal).where(Journal.acte == "reunion.changer_etat")).all()
    assert [j.agent_id for j in lignes] == [cast.secretaire.id]


def test_left_open_overnight_it_can_still_be_ended(session: Session, cast: Cast, reunion: int) -> None:
    en_seance.ouvrir(session, reunion_id=reunion, now=DEBUT, by=cast.secretaire)
    assert en_seance.refus(reunions.get(session, id=reunion), now=DEBUT + timedelta(days=1)) == ""


def test_opened_before_its_start_it_is_ended_without_waiting(session: Session, cast: Cast, reunion: int) -> None:
    tot = DEBUT - timedelta(minutes=40)
    with pytest.raises(Conflict, match="pas encore commencé"):
        scene.saisir(session, reunion, {"habitants": 3}, cast.secretaire, now=tot)
    en_seance.ouvrir(session, reunion_id=reunion, now=tot, by=cast.secretaire)
    form = brouillons.lire(session, cle=saisie.cle_brouillon(reunion))
    assert form
    enregistrement.enregistrer(
        session, reunion_id=reunion, jeton=form.jeton, today=tot.date(), now=tot, by=cast.secretaire
    )
    assert reunions.get(session, id=reunion).etat is EtatReunion.TENUE


def test_opened_then_put_off_by_a_week_it_waits_again(session: Session, cast: Cast, reunion: int) -> None:
    en_seance.ouvrir(session, reunion_id=reunion, now=DEBUT, by=cast.secretaire)
    vue = reunions.get(session, id=reunion)
    apres = DEBUT + timedelta(days=7)
    programmation.deplacer(session, id=reunion, debut=apres, version=vue.version, by=cast.secretaire)
    deplacee = reunions.get(session, id=reunion)
    assert "pourra s’ouvrir" in en_seance.refus(deplacee, now=DEBUT)
    assert str(apres.year) not in en_seance.refus(deplacee, now=DEBUT), "the year goes without saying"
    assert str(apres.year) in en_seance.refus(deplacee, now=DEBUT - timedelta(days=366))
    assert "pas encore commencé" in saisie.empechement(deplacee, now=DEBUT)


def test_neither_the_elu_nor_a_cancelled_meeting_opens(session: Session, cast: Cast, reunion: int) -> None:
    with pytest.raises(Forbidden):
        en_seance.ouvrir(session, reunion_id=reunion, now=DEBUT, by=cast.elu)
    with pytest.raises(NotFound):
        en_seance.ouvrir(session, reunion_id=reunion + 1, now=DEBUT, by=cast.secretaire)
    annulee = EtatReunion.ANNULEE
    programmation.changer_etat(session, id=reunion, etat=annulee, motif="Salle prise", version=1, by=cast.secretaire)
    with pytest.raises(Conflict, match="notée « annulée »"):
        en_seance.ouvrir(session, reunion_id=reunion, now=DEBUT, by=cast.secretaire)
    assert session.exec(select(Point)).all() == []
