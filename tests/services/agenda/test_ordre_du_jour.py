"""What a meeting goes through: what is open today, or what was when it began."""

from datetime import UTC, date, datetime

from sqlmodel import Session, select

from models import EvenementAction, Point, Reunion, Theme
from models.lists import EtatAction, EtatReunion
from services.actions import avancement
from services.agenda import ordre_du_jour, reunions
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor

TODAY = date(2026, 11, 25)


def test_a_meeting_written_up_keeps_the_one_it_had(session: Session, cast: Cast) -> None:
    d = decor(session)
    instance = creer_instance(session, cast, d)
    premiere, tenue, suivante = (
        creer_reunion(session, cast, instance_id=instance, debut=datetime(2026, mois, 6, 14)) for mois in (9, 10, 12)
    )

    def decider(quoi: str, reunion_id: int, quand: datetime) -> int:
        id = avancement.creer(
            session, quoi=quoi, pilote_id=d.oph, echeance=date(2026, 10, 1), instance_id=instance,
            reunion_id=reunion_id, today=TODAY, by=cast.secretaire,
        )  # fmt: skip
        session.exec(select(EvenementAction).where(EvenementAction.action_id == id)).one().quand = quand
        return id

    theme = Theme(libelle="Dépôt sauvage", rubrique="Cadre de vie", recherche="depot")
    session.add(theme)
    session.flush()
    for lieu, reunion_id, cree_le in (
        ("square", tenue, datetime(2026, 9, 20, 8, tzinfo=UTC)),
        ("noté depuis", None, datetime(2026, 11, 2, 8, tzinfo=UTC)),
    ):
        session.add(Point(instance_id=instance, reunion_id=reunion_id, theme_id=theme.id, lieu=lieu, cree_le=cree_le))
    for id in (premiere, tenue):
        session.get_one(Reunion, id).etat = EtatReunion.TENUE
    finie = decider("Enlever le dépôt", premiere, datetime(2026, 9, 6, 14, tzinfo=UTC))
    decider("Poser une benne", tenue, datetime(2026, 10, 6, 15, tzinfo=UTC))
    avancement.changer(
        session, id=finie, version=1, etat=EtatAction.REALISEE, echeance=date(2026, 11, 30), today=TODAY,
        by=cast.secretaire,
    )  # fmt: skip
    session.flush()

    alors = ordre_du_jour.lire(session, reunion=reunions.get(session, id=tenue), today=TODAY)
    assert [(a.quoi, a.etat, a.echeance, a.retard_jours) for a in alors.suites] == [
        ("Enlever le dépôt", EtatAction.A_FAIRE, date(2026, 10, 1), 5)
    ]
    assert [p.lieu for p in alors.points] == ["square"]
    prochain = ordre_du_jour.lire(session, reunion=reunions.get(session, id=suivante), today=TODAY)
    assert [a.quoi for a in prochain.suites] == ["Poser une benne"]
    assert [p.lieu for p in prochain.points] == ["noté depuis"]
