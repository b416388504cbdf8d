"""The demo year: plausible, wholly fictional, and the same each time."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from demo import pieces as demo_pieces
from demo import textes
from demo.__main__ import main
from demo.annee import GRAINE, remplir
from demo.ville import COMPTES, MOT_DE_PASSE
from models import (
    Action,
    Base,
    College,
    Destinataire,
    Envoi,
    Partenaire,
    Participation,
    Personne,
    PieceJointe,
    Point,
    Presence,
    Releve,
    Reunion,
    Seance,
    Theme,
)
from models.lists import ETATS_REUNION_A_SAISIR, EtatAction, EtatEnvoi, EtatReleve, EtatReunion, EtatSeance, Reponse
from services.commun import connexions, operations
from services.commun.fichiers_joints import chemin
from services.convocation import convocations
from services.partenaires import doublons, sieges, vitalite
from services.partenaires.annuaire import Filtre
from services.socle import conges, db, vigilance
from services.socle.horloge import utcnow
from tests.bases import Base as BaseServie

FIN = date(2026, 6, 12)


def nombre(session: Session, table: type[Base]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def empreinte(session: Session) -> list[Any]:
    return [
        session.exec(select(Reunion.titre, Reunion.debut, Reunion.etat).order_by(col(Reunion.id))).all(),
        session.exec(select(Point.note, Point.lieu, Theme.libelle).join(Theme).order_by(col(Point.id))).all(),
        session.exec(select(Action.quoi, Action.echeance, Action.etat).order_by(col(Action.id))).all(),
        session.exec(select(Seance.debut, Seance.attendus, Seance.presents).order_by(col(Seance.id))).all(),
        session.exec(select(Personne.nom, Personne.prenom).order_by(col(Personne.id))).all(),
    ]


def test_the_same_date_gives_the_same_year(session: Session) -> None:
    remplir(session, today=FIN)
    premiere = empreinte(session)
    session.rollback()
    remplir(session, today=FIN)
    assert empreinte(session) == premiere


def test_a_year_that_ends_today(annee_2026: None, session: Session) -> None:
    fin = datetime(2026, 6, 12, 23)
    tenues = session.exec(select(func.min(Reunion.debut), func.max(Reunion.debut)).where(Reunion.etat == "tenue")).one()
    assert datetime(2025, 6, 12) <= tenues[0] < datetime(2025, 7, 31)
    assert datetime(2026, 5, 15) < tenues[1] <= fin
    etats = set(session.exec(select(Reunion.etat).distinct()).all())
    assert etats >= {EtatReunion.TENUE, EtatReunion.CONVOQUEE, EtatReunion.ANNULEE, EtatReunion.REPORTEE}
    a_saisir = col(Reunion.etat).in_(ETATS_REUNION_A_SAISIR)
    assert session.exec(select(Reunion).where(a_saisir, Reunion.debut < fin)).first()
    assert session.exec(select(Reunion).where(a_saisir, Reunion.debut > fin)).first()
    assert set(session.exec(select(Action.etat).distinct()).all()) == set(EtatAction)
    assert session.exec(select(Point).where(col(Point.reunion_id).is_(None))).all()
    assert not session.exec(select(Action).where(col(Action.terminee_le) > FIN)).all()


@pytest.mark.sqlite
@pytest.mark.parametrize("graine", [GRAINE, 1, 2])
def test_some_have_stopped_coming(session: Session, graine: int) -> None:
    """All those who are plainly fictional; another by chance."""
    remplir(session, today=FIN, graine=graine)
    absents = vitalite.ne_viennent_plus(session, filtre=Filtre(), today=FIN).lignes
    assert {x.nom for x in absents if x.a_joindre} >= set(textes.PARTIS)
    assert len(absents) < 6


@pytest.mark.sqlite
@pytest.mark.parametrize("graine", [GRAINE, 1, 2])
def test_one_association_and_one_person_are_there_twice(session: Session, graine: int) -> None:
    remplir(session, today=FIN, graine=graine)
    (paire,) = doublons.scanner(session)
    assert {paire.a.nom, paire.b.nom} == {"AFP", "Association fictive Passerelle"}
    (paire,) = doublons.scanner(session, famille=doublons.Famille.PERSONNE)
    assert paire.a.nom == paire.b.nom
    assert operations.dernieres(session, acte="importer", now=utcnow())


@pytest.mark.sqlite
def test_meetings_have_a_life(annee_2026: None, session: Session) -> None:
    """Chartes, relevés in each state, what was sent, what failed, every reply; and nothing that the tool would send."""
    assert set(session.exec(select(Releve.etat).distinct()).all()) == {EtatReleve.VALIDE, EtatReleve.DIFFUSE}
    projets = select(Reunion).where(Reunion.etat == "tenue", col(Reunion.id).not_in(select(Releve.reunion_id)))
    assert session.exec(projets).all()
    chartes = [m.charte_signee_le for ms in sieges.par_instance(session, today=FIN).values() for m in ms]
    assert 0 < chartes.count(None) < len(chartes) / 2
    assert {e.etat for e in session.exec(select(Envoi)).all()} == {EtatEnvoi.ENVOYE, EtatEnvoi.ECHEC}
    assert set(session.exec(select(Destinataire.reponse).distinct()).all()) == set(Reponse)
    a_venir = select(Reunion).where(Reunion.etat == "convoquee", Reunion.debut > datetime(2026, 6, 12))
    for r in session.exec(a_venir).all():
        assert convocations.situation(session, reunion_id=r.id, now=datetime(2026, 6, 12)).alerte == ""
    assert session.exec(select(Partenaire).where(Partenaire.relance_actions)).all()


@pytest.mark.sqlite
def test_letters_say_what_the_meetings_are_until_somebody_changes_them(annee_2026: None, session: Session) -> None:
    """Who chairs, whether the room is sure: the demo shows the alert as soon as one of them changes."""
    now = datetime.combine(FIN, datetime.min.time())
    a_venir = select(Reunion).where(Reunion.etat == EtatReunion.CONVOQUEE, Reunion.debut > now)
    for r in session.exec(a_venir).all():
        assert not convocations.situation(session, reunion_id=r.id, now=now).alerte
        r.presidee_par = "Mme Zoé Fictive"
        session.flush()
        assert "préside a changé" in convocations.situation(session, reunion_id=r.id, now=now).alerte


@pytest.mark.sqlite
def test_files_are_attached(annee_2026: None, base: BaseServie) -> None:
    with db.writing() as session:
        demo_pieces.joindre(session, now=datetime(2026, 6, 12, 23))
        jointes = session.exec(select(PieceJointe)).all()
        assert {p.type_mime for p in jointes} == {"image/png", "application/pdf"}
        assert all(chemin(p.empreinte).is_file() for p in jointes)


@pytest.mark.sqlite
def test_two_school_years(annee_2026: None, session: Session) -> None:
    colleges = nombre(session, College)
    assert dict(session.exec(select(Participation.annee, func.count()).group_by(col(Participation.annee))).all()) == {
        2024: colleges,
        2025: colleges,
    }
    assert not session.exec(
        select(Seance).where(Seance.etat == EtatSeance.REALISEE, Seance.debut > datetime(2026, 6, 12, 23))
    ).all()
    assert not session.exec(select(Seance).where(col(Seance.presents) > Seance.attendus)).all()


@pytest.mark.sqlite
def test_nobody_real(annee_2026: None, session: Session) -> None:
    """Names come from the lists of plainly fictional ones, and no text trips the watch on personal data."""
    for p in session.exec(select(Personne)).all():
        assert p.prenom in textes.PRENOMS
        assert p.nom.split("-")[0] in textes.NOMS
        assert not p.courriel or p.courriel.endswith("@example.org")
        assert p.telephone.startswith("05 36 49")  # kept for fiction by the Arcep
    for texte in session.exec(select(Point.note).distinct()).all():
        assert vigilance.avertissements(texte) == []


@pytest.mark.sqlite
def test_scale_multiplies(session: Session) -> None:
    remplir(session, today=FIN)
    une = {t: nombre(session, t) for t in (Reunion, Presence, Point, Action, Seance)}
    session.rollback()
    remplir(session, today=FIN, scale=3)
    for table, n in une.items():
        assert 2.3 * n < nombre(session, table) < 3.7 * n


@pytest.mark.sqlite
def test_one_account_a_role_can_sign_in(annee_2026: None, session: Session) -> None:
    for identifiant, nom in COMPTES.items():
        candidat = connexions.candidat(session, identifiant=identifiant, now=utcnow())
        assert connexions.verifier(MOT_DE_PASSE, candidat.hache)
        assert "démo" in nom


def test_another_base_is_never_touched(base: BaseServie, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    resultat = CliRunner().invoke(main, [])
    assert resultat.exit_code == 1
    assert "make demo" in resultat.output


def test_nobody_meets_on_a_day_off(session: Session) -> None:
    """The year of the demo holds 1 January, Easter Monday and every school holiday."""
    remplir(session, today=date(2026, 11, 25), scale=2)
    jours = {d.date() for d in session.exec(select(Reunion.debut)).all()}
    assert [j for j in jours if conges.entre(j, j + timedelta(days=1))] == []
