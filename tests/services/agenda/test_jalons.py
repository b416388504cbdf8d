"""The échéancier: steps dated back from the meeting, done by hand or by the facts, late ones for Accueil; rooms."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from models import Envoi, JalonFait, JalonType, Journal, Lieu, Releve, Reunion
from models.lists import (
    EtatEnvoi,
    EtatReleve,
    EtatReunion,
    EtatSalle,
    GenreEnvoi,
    GenreJourEvite,
    SensJalon,
    TypeReunion,
)
from services.agenda import jalons, jalons_types, jours_evites, programmation, reunions, salles
from services.socle import conges
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.cast import Cast

TODAY = date(2026, 11, 25)
MIDI = datetime.combine(TODAY, time(12))
INSTANT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def reunion(session: Session, dans: int, **autres: Any) -> int:
    debut = datetime.combine(TODAY + timedelta(days=dans), time(18))
    defaut: dict[str, Any] = {"type": TypeReunion.CELLULE, "titre": "Cellule", "fin": debut + timedelta(hours=2)}
    row = Reunion(debut=debut, **(defaut | autres))
    session.add(row)
    session.flush()
    return row.id


def lieu(session: Session) -> int:
    row = Lieu(nom="Maison de quartier", contact="Accueil", telephone="05 36 49 00 00", capacite=80)
    session.add(row)
    session.flush()
    return row.id


def lire(session: Session, id: int) -> dict[str, jalons.Jalon]:
    return {j.libelle: j for j in jalons.de_la_reunion(session, reunion=reunions.get(session, id=id))}


@pytest.fixture
def amorce(session: Session) -> None:
    jalons_types.amorcer(session)


@pytest.mark.usefixtures("amorce")
def test_a_new_base_has_its_steps_once(session: Session) -> None:
    n = session.exec(select(func.count()).select_from(JalonType)).one()
    jalons_types.amorcer(session)
    assert session.exec(select(func.count()).select_from(JalonType)).one() == n
    par_type = jalons_types.liste(session)
    assert len(par_type[TypeReunion.CELLULE]) == 8
    assert [t.quand for t in par_type[TypeReunion.TECHNIQUE]][:2] == ["21 jours avant", "14 jours avant"]


@pytest.mark.usefixtures("amorce")
def test_steps_are_dated_back_from_the_meeting(session: Session) -> None:
    id = reunion(session, 20)
    vus = lire(session, id)
    assert vus["Convocation envoyée"].limite == TODAY + timedelta(days=5)
    assert [j.libelle for j in vus.values() if j.en_retard(TODAY)] == [
        "Date validée avec l’élu·e",
        "Salle demandée",
        "Salle confirmée",
        "Chiffres demandés aux partenaires",
    ]


@pytest.mark.usefixtures("amorce")
def test_the_facts_do_the_steps(session: Session, cast: Cast) -> None:
    id = reunion(session, 20, lieu_id=lieu(session))
    salles.noter(session, id=id, salle=EtatSalle.DEMANDEE, version=1, by=cast.secretaire)
    vus = lire(session, id)
    assert (vus["Salle demandée"].fait, vus["Salle confirmée"].fait) == (True, False)
    salles.noter(session, id=id, salle=EtatSalle.CONFIRMEE, version=2, by=cast.secretaire)
    assert lire(session, id)["Salle confirmée"].de_lui_meme

    def envoi(etat: EtatEnvoi) -> None:
        commun: dict[str, Any] = {"genre": GenreEnvoi.CONVOCATION, "courriel": "a@example.org", "objet": "x"}
        session.add(Envoi(reunion_id=id, message_id=etat.value, etat=etat, cree_le=INSTANT, **commun))
        session.flush()

    envoi(EtatEnvoi.ECHEC)
    assert not lire(session, id)["Convocation envoyée"].fait
    envoi(EtatEnvoi.ENVOYE)
    assert lire(session, id)["Convocation envoyée"].fait_le == date(2026, 11, 20)
    session.add(Releve(reunion_id=id, etat=EtatReleve.VALIDE, valide_le=INSTANT))
    session.flush()
    vus = lire(session, id)
    assert (vus["Relevé validé"].fait, vus["Relevé diffusé"].fait) == (True, False)


@pytest.mark.usefixtures("amorce")
def test_ticked_not_needed_open_again(session: Session, cast: Cast) -> None:
    id = reunion(session, 20)
    type_id = lire(session, id)["Note signée"].type_id
    geste: dict[str, Any] = {"reunion_id": id, "type_id": type_id, "today": TODAY, "by": cast.secretaire}
    jalons.cocher(session, fait=True, **geste)
    jalons.cocher(session, fait=True, **geste)
    assert (lire(session, id)["Note signée"].fait, lire(session, id)["Note signée"].fait_le) == (True, TODAY)
    jalons.cocher(session, fait=False, sans_objet=True, **geste)
    assert (lire(session, id)["Note signée"].fait, lire(session, id)["Note signée"].sans_objet) == (False, True)
    jalons.cocher(session, fait=False, **geste)
    assert lire(session, id)["Note signée"].ouvert
    assert len(session.exec(select(Journal)).all()) == 3
    with pytest.raises(Forbidden):
        jalons.cocher(session, fait=True, **(geste | {"by": cast.elu}))
    session.get_one(Reunion, id).etat = EtatReunion.ANNULEE
    with pytest.raises(Invalid, match="annulée"):
        jalons.cocher(session, fait=True, **geste)


@pytest.mark.usefixtures("amorce")
def test_late_meetings_the_most_late_first(session: Session, cast: Cast) -> None:
    """To come: what precedes; held: what follows; a meeting to write up, cancelled or too old: nothing."""
    bientot, plus_tard = reunion(session, 10, titre="Bientôt"), reunion(session, 40, titre="Plus tard")
    reunion(session, 200, titre="Loin")
    reunion(session, -20, titre="Tenue", etat=EtatReunion.TENUE)
    reunion(session, -20, titre="À saisir", etat=EtatReunion.CONVOQUEE)
    reunion(session, -90, titre="Vieille", etat=EtatReunion.TENUE)
    reunion(session, 10, titre="Annulée", etat=EtatReunion.ANNULEE)
    reunion(session, 10, titre="Autre", type=TypeReunion.AUTRE)
    vus = jalons.en_retard(session, now=MIDI)
    assert [(v.titre, v.libelle, v.autres) for v in vus] == [
        ("Bientôt", "Date validée avec l’élu·e", 4),
        ("Plus tard", "Date validée avec l’élu·e", 1),
        ("Tenue", "Relevé validé", 1),
    ]
    for id in (bientot, plus_tard):
        for j in lire(session, id).values():
            jalons.cocher(session, reunion_id=id, type_id=j.type_id, fait=True, today=TODAY, by=cast.secretaire)
    assert [v.titre for v in jalons.en_retard(session, now=MIDI)] == ["Tenue"]


@pytest.mark.usefixtures("amorce")
def test_a_meeting_that_has_begun_is_to_write_up_not_to_prepare(session: Session) -> None:
    reunion(session, 0, titre="Ce soir")
    assert [v.titre for v in jalons.en_retard(session, now=MIDI)] == ["Ce soir"]
    assert jalons.en_retard(session, now=datetime.combine(TODAY, time(18))) == []


@pytest.mark.usefixtures("amorce")
def test_staff_set_the_steps(session: Session, cast: Cast) -> None:
    id = reunion(session, 20)
    commun: dict[str, Any] = {"type": TypeReunion.CELLULE, "sens": SensJalon.MANUEL, "by": cast.secretaire}
    etape = jalons_types.ajouter(session, libelle="Affiches posées", jours=-7, jeton="a" * 32, **commun)
    assert lire(session, id)["Affiches posées"].limite == TODAY + timedelta(days=13)
    with pytest.raises(Duplicate):
        jalons_types.ajouter(session, libelle="affiches  POSEES", jours=0, jeton="b" * 32, **commun)
    for champ, valeurs in (("libelle", {"libelle": " "}), ("jours", {"jours": None}), ("jours", {"jours": 400})):
        with pytest.raises(Invalid) as refus:
            jalons_types.ajouter(session, **({"libelle": "x", "jours": 0, "jeton": "c" * 32} | commun | valeurs))
        assert list(refus.value.erreurs) == [champ]
    change: dict[str, Any] = {"id": etape, "libelle": "Affiches", "sens": SensJalon.MANUEL, "by": cast.secretaire}
    jalons_types.modifier(session, jours=-9, version=1, **change)
    with pytest.raises(Conflict):
        jalons_types.modifier(session, jours=-8, version=1, **change)
    jalons.cocher(session, reunion_id=id, type_id=etape, fait=True, today=TODAY, by=cast.secretaire)
    jalons_types.archiver(session, id=etape, version=2, by=cast.secretaire)
    assert "Affiches" not in lire(session, id)
    jalons_types.archiver(session, id=etape, version=3, archive=False, by=cast.secretaire)
    assert lire(session, id)["Affiches"].fait
    assert session.exec(select(func.count()).select_from(JalonFait)).one() == 1


# --- rooms -----------------------------------------------------------------------------------------------------------


def test_the_room_of_a_meeting(session: Session, cast: Cast) -> None:
    salle = lieu(session)
    sans, avec = reunion(session, 20), reunion(session, 20, lieu_id=salle)
    with pytest.raises(Invalid, match="Choisissez d’abord le lieu"):
        salles.noter(session, id=sans, salle=EtatSalle.DEMANDEE, version=1, by=cast.secretaire)
    salles.noter(session, id=avec, salle=EtatSalle.DEMANDEE, version=1, by=cast.secretaire)
    salles.noter(session, id=avec, salle=EtatSalle.DEMANDEE, version=1, by=cast.secretaire)  # a second click
    with pytest.raises(Conflict):
        salles.noter(session, id=avec, salle=EtatSalle.CONFIRMEE, version=1, by=cast.collaborateur)
    reunion(session, 20, titre="Jury", lieu_id=salle)
    with pytest.raises(Invalid, match="« Maison de quartier » est déjà pris par « Jury »"):
        salles.noter(session, id=avec, salle=EtatSalle.CONFIRMEE, version=2, by=cast.secretaire)
    assert reunions.get(session, id=avec).salle is EtatSalle.DEMANDEE
    assert salles.du_lieu(session, lieu_id=salle).telephone == "05 36 49 00 00"
    with pytest.raises(NotFound):
        salles.noter(session, id=999, salle=EtatSalle.DEMANDEE, version=1, by=cast.secretaire)


def test_a_meeting_that_moves_has_its_room_to_book_again(session: Session, cast: Cast) -> None:
    id = reunion(session, 20, lieu_id=lieu(session), salle=EtatSalle.CONFIRMEE)
    vue = reunions.get(session, id=id)
    saisie = programmation.Saisie(vue.type, None, "Autre titre", vue.debut, vue.fin, vue.lieu_id)
    programmation.modifier(session, id=id, saisie=saisie, version=1, by=cast.secretaire)
    assert reunions.get(session, id=id).salle is EtatSalle.CONFIRMEE
    programmation.deplacer(session, id=id, debut=vue.debut + timedelta(days=7), version=2, by=cast.secretaire)
    assert reunions.get(session, id=id).salle is EtatSalle.A_RESERVER


# --- days to avoid ---------------------------------------------------------------------------------------------------


def test_days_to_avoid_are_kept_by_staff(session: Session, cast: Cast) -> None:
    commun: dict[str, Any] = {"genre": GenreJourEvite.EVENEMENT, "by": cast.secretaire}
    debut = date(2027, 7, 9)
    id = jours_evites.ajouter(session, libelle="Festival", debut=debut, fin=None, jeton="a" * 32, **commun)
    assert jours_evites.ajouter(session, libelle="Festival", debut=debut, fin=None, jeton="a" * 32, **commun) == id
    (vu,) = jours_evites.liste(session, depuis=debut)
    assert (vu.debut, vu.fin) == (debut, debut)
    jours_evites.modifier(session, id=id, libelle="Festival", debut=debut, fin=date(2027, 7, 14), version=1, **commun)
    with pytest.raises(Conflict):
        jours_evites.supprimer(session, id=id, version=1, by=cast.collaborateur)
    for champ, valeurs in (
        ("libelle", {"libelle": ""}),
        ("debut", {"debut": None}),
        ("debut", {"debut": date(1850, 1, 1)}),
        ("fin", {"fin": date(2027, 7, 1)}),
    ):
        with pytest.raises(Invalid) as refus:
            jours_evites.modifier(
                session, **({"id": id, "libelle": "x", "debut": debut, "fin": None, "version": 2} | commun | valeurs)
            )
        assert list(refus.value.erreurs) == [champ]
    jours_evites.supprimer(session, id=id, version=2, by=cast.secretaire)
    assert jours_evites.liste(session) == []
    dits = [j.resume.partition("\n")[0] for j in session.exec(select(Journal).order_by(col(Journal.id))).all()]
    assert ["14" in dit for dit in dits] == [False, True, True], "both ends are said"


@pytest.mark.usefixtures("amorce")
def test_a_step_falls_on_a_working_day(session: Session) -> None:
    """Held on 15 December 2026: its relevé is not due on Christmas day, nor its room asked for on a Sunday."""
    id = reunion(session, 20, type=TypeReunion.TECHNIQUE)
    assert lire(session, id)["Relevé diffusé"].limite == date(2026, 12, 28)
    assert all(j.limite.weekday() < 5 and not conges.ferie(j.limite) for j in lire(session, id).values())
    samedi = reunion(session, 24, type=TypeReunion.TECHNIQUE)
    etapes = {t.libelle: t for t in jalons_types.liste(session)[TypeReunion.TECHNIQUE]}
    avant = [j.limite for nom, j in lire(session, samedi).items() if etapes[nom].jours <= 0]
    assert max(avant) <= date(2026, 12, 19)
