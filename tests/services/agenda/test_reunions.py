"""Meetings: defaults, hours, places, states, overlaps, and what a colleague's change refuses."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, col, func, select

from models import Journal, Lieu, Reunion
from models.lists import EtatReunion, Frequence, TypeReunion
from services.agenda import instances, programmation, reunions
from services.commun import edition_listes
from services.socle.erreurs import Conflict, Forbidden, Invalid, NotFound
from tests.cast import Cast
from tests.services.outils_agenda import QUATORZE, creer_instance, creer_reunion, decor, envoi


def test_created_from_its_instance(session: Session, cast: Cast) -> None:
    d = decor(session)
    lieu = edition_listes.lieu_nomme(session, nom="Hôtel de ville", by=cast.secretaire)
    instance = creer_instance(
        session, cast, d, heure_debut=time(9, 30), heure_fin=time(12), lieu_id=lieu, nom="Cellule de veille Mireuil"
    )
    base = reunions.defauts(session, instance_id=instance, jour=date(2026, 11, 24))
    assert (base.type, base.titre, base.lieu_id) == (TypeReunion.CELLULE, "Cellule de veille Mireuil", lieu)
    assert (base.debut, base.fin) == (datetime(2026, 11, 24, 9, 30), datetime(2026, 11, 24, 12))
    id = creer_reunion(session, cast, instance_id=instance, titre="  ", debut=base.debut, fin=None)
    vue = reunions.get(session, id=id)
    assert (vue.titre, vue.fin - vue.debut, vue.etat) == (
        "Cellule de veille Mireuil",
        timedelta(hours=2, minutes=30),
        EtatReunion.BROUILLON,
    )
    assert vue.secteur_id == d.mireuil


def test_without_instance_two_hours(session: Session, cast: Cast) -> None:
    vue = reunions.get(session, id=creer_reunion(session, cast, titre="Point presse", fin=None))
    assert vue.fin - vue.debut == timedelta(hours=2)
    assert (vue.instance_id, vue.instance, vue.lieu) == (None, "", "")


def test_one_token_one_row(session: Session, cast: Cast) -> None:
    un = creer_reunion(session, cast, jeton="a" * 32)
    deux = creer_reunion(session, cast, jeton="a" * 32, titre="Autre chose")
    assert un == deux
    assert session.exec(select(func.count()).select_from(Reunion)).one() == 1
    assert session.exec(select(Journal.acte).where(Journal.objet == "reunion")).all() == ["reunion.creer"]


@pytest.mark.parametrize(
    ("champ", "valeurs"),
    [
        ("titre", {"titre": " \t"}),
        ("titre", {"titre": "x" * 201}),
        ("fin", {"fin": QUATORZE}),
        ("fin", {"fin": QUATORZE - timedelta(minutes=1)}),
        ("fin", {"fin": QUATORZE + timedelta(hours=24, minutes=1)}),
        ("debut", {"debut": datetime(1926, 11, 24, 14), "fin": datetime(1926, 11, 24, 16)}),
        ("debut", {"debut": datetime(2126, 11, 24, 14), "fin": datetime(2126, 11, 24, 16)}),
        ("instance", {"instance_id": 999_999}),
        ("lieu", {"lieu_id": 999_999}),
        ("lieu", {"lieu_nom": "x" * 161}),
    ],
)
def test_bad_field_gets_its_sentence(session: Session, cast: Cast, champ: str, valeurs: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refus:
        creer_reunion(session, cast, **valeurs)
    assert champ in refus.value.erreurs
    assert refus.value.erreurs[champ].endswith(".")
    assert session.exec(select(func.count()).select_from(Reunion)).one() == 0


def test_longest_meeting_is_a_day(session: Session, cast: Cast) -> None:
    assert creer_reunion(session, cast, fin=QUATORZE + timedelta(hours=24))


def test_new_place_is_created_once(session: Session, cast: Cast) -> None:
    un = creer_reunion(session, cast, lieu_nom="Salle  de l’Oratoire")
    deux = creer_reunion(session, cast, lieu_nom="salle de l'oratoire", debut=QUATORZE + timedelta(days=1))
    assert reunions.get(session, id=un).lieu == "Salle de l’Oratoire"
    assert reunions.get(session, id=un).lieu_id == reunions.get(session, id=deux).lieu_id
    assert session.exec(select(func.count()).select_from(Lieu)).one() == 1


def test_archived_instance_takes_no_new_meeting(session: Session, cast: Cast) -> None:
    instance = creer_instance(session, cast, decor(session))
    ancienne = creer_reunion(session, cast, instance_id=instance)
    instances.archiver(session, id=instance, version=1, by=cast.secretaire)
    with pytest.raises(Invalid):
        creer_reunion(session, cast, instance_id=instance)
    vue = reunions.get(session, id=ancienne)
    _modifier(session, cast, ancienne, titre="Son titre peut changer")
    assert reunions.get(session, id=ancienne).instance_id == vue.instance_id


# --- moving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "jour",
    [date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26), date(2027, 3, 27), date(2027, 3, 28)],
    ids=["eve of winter time", "winter time", "day after", "eve of summer time", "summer time"],
)
def test_moved_across_a_clock_change_keeps_hour_and_length(session: Session, cast: Cast, jour: date) -> None:
    id = creer_reunion(session, cast, debut=datetime(2026, 10, 20, 14), fin=datetime(2026, 10, 20, 16, 30))
    programmation.deplacer(session, id=id, debut=datetime.combine(jour, time(14)), version=1, by=cast.secretaire)
    session.expire_all()
    vue = reunions.get(session, id=id)
    assert (vue.debut, vue.fin) == (datetime.combine(jour, time(14)), datetime.combine(jour, time(16, 30)))
    assert vue.debut.tzinfo is None


def test_night_of_the_clock_change_is_stored_as_written(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast, debut=datetime(2026, 10, 25, 2, 30), fin=datetime(2026, 10, 25, 3, 30))
    session.expire_all()
    assert reunions.get(session, id=id).debut == datetime(2026, 10, 25, 2, 30)


def test_stretched(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    programmation.deplacer(
        session, id=id, debut=QUATORZE, fin=QUATORZE + timedelta(hours=3), version=1, by=cast.secretaire
    )
    assert reunions.get(session, id=id).fin == QUATORZE + timedelta(hours=3)
    with pytest.raises(Invalid):
        programmation.deplacer(session, id=id, debut=QUATORZE, fin=QUATORZE, version=2, by=cast.secretaire)


def test_stale_move_is_refused_and_names_the_new_hours(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    programmation.deplacer(session, id=id, debut=QUATORZE + timedelta(days=1), version=1, by=cast.collaborateur)
    with pytest.raises(Conflict) as refus:
        programmation.deplacer(session, id=id, debut=QUATORZE + timedelta(days=2), version=1, by=cast.secretaire)
    assert refus.value.actuel["debut"] == "25/11/2026 14:00"
    assert reunions.get(session, id=id).debut == QUATORZE + timedelta(days=1)


def test_same_move_twice_is_one(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    for _ in range(2):  # the second: the answer was lost, the same version is sent again
        programmation.deplacer(session, id=id, debut=QUATORZE + timedelta(days=1), version=1, by=cast.secretaire)
    assert reunions.get(session, id=id).version == 2
    actes = session.exec(select(Journal.acte).where(Journal.objet_id == id).order_by(col(Journal.id))).all()
    assert actes == ["reunion.creer", "reunion.deplacer"]


@pytest.mark.parametrize(
    "etat", [EtatReunion.TENUE, EtatReunion.CLOSE, EtatReunion.ANNULEE, EtatReunion.REPORTEE, EtatReunion.PAS_EU_LIEU]
)
def test_meeting_over_does_not_move(session: Session, cast: Cast, etat: EtatReunion) -> None:
    id = creer_reunion(session, cast)
    _forcer(session, id, etat)
    vue = reunions.get(session, id=id)
    assert not vue.mobile
    with pytest.raises(Invalid):
        programmation.deplacer(
            session, id=id, debut=QUATORZE + timedelta(days=1), version=vue.version, by=cast.secretaire
        )
    assert reunions.get(session, id=id).debut == QUATORZE


def test_written_up_only_title_and_place_change(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    _forcer(session, id, EtatReunion.TENUE)
    _modifier(session, cast, id, titre="Titre corrigé", lieu_nom="Mairie annexe")
    vue = reunions.get(session, id=id)
    assert (vue.titre, vue.lieu) == ("Titre corrigé", "Mairie annexe")
    for change in ({"type": TypeReunion.PROJET}, {"fin": QUATORZE + timedelta(hours=1)}):
        with pytest.raises(Invalid):
            _modifier(session, cast, id, **change)


def test_stale_form_is_refused(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    _modifier(session, cast, id, titre="Titre du collègue")
    with pytest.raises(Conflict) as refus:
        _modifier(session, cast, id, titre="Mon titre", version=1)
    assert refus.value.actuel["titre"] == "Titre du collègue"
    assert reunions.get(session, id=id).titre == "Titre du collègue"


def test_form_sent_again_is_silent_another_text_is_not(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    for _ in range(2):
        _modifier(session, cast, id, titre="Nouveau titre", version=1, jeton="f" * 32)
    assert reunions.get(session, id=id).version == 2
    with pytest.raises(Conflict):
        _modifier(session, cast, id, titre="Autre titre", version=1, jeton="f" * 32)
    assert reunions.get(session, id=id).titre == "Nouveau titre"


# --- states --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depuis", list(EtatReunion))
@pytest.mark.parametrize("vers", list(EtatReunion))
def test_states_follow_the_table(session: Session, cast: Cast, depuis: EtatReunion, vers: EtatReunion) -> None:
    id = creer_reunion(session, cast)
    _forcer(session, id, depuis)
    version = reunions.get(session, id=id).version
    if vers in reunions.TRANSITIONS[depuis]:
        programmation.changer_etat(session, id=id, etat=vers, motif="Grève", version=version, by=cast.secretaire)
        assert reunions.get(session, id=id).etat is vers
    else:
        with pytest.raises(Invalid):
            programmation.changer_etat(session, id=id, etat=vers, motif="Grève", version=version, by=cast.secretaire)
        assert reunions.get(session, id=id).etat is depuis


def test_reason_is_asked_kept_and_forgotten(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    for motif in ("  ", "x" * 301):
        with pytest.raises(Invalid) as refus:
            programmation.changer_etat(
                session, id=id, etat=EtatReunion.ANNULEE, motif=motif, version=1, by=cast.secretaire
            )
        assert set(refus.value.erreurs) == {"motif"}
    programmation.changer_etat(
        session, id=id, etat=EtatReunion.ANNULEE, motif="Salle inondée", version=1, by=cast.secretaire
    )
    assert reunions.get(session, id=id).motif == "Salle inondée"
    programmation.changer_etat(session, id=id, etat=EtatReunion.BROUILLON, version=2, by=cast.secretaire)
    assert reunions.get(session, id=id).motif == ""


def test_stale_state_is_refused(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    programmation.changer_etat(session, id=id, etat=EtatReunion.CONVOQUEE, version=1, by=cast.collaborateur)
    with pytest.raises(Conflict) as refus:
        programmation.changer_etat(
            session, id=id, etat=EtatReunion.ANNULEE, motif="Grève", version=1, by=cast.secretaire
        )
    assert refus.value.actuel["etat"] == "Convoquée"


def test_a_meeting_to_come_has_not_failed_to_take_place(session: Session, cast: Cast) -> None:
    vue = reunions.get(session, id=creer_reunion(session, cast))
    veille, lendemain = QUATORZE - timedelta(days=1), QUATORZE + timedelta(days=1)
    assert EtatReunion.PAS_EU_LIEU not in reunions.etats_possibles(vue, now=veille)
    assert EtatReunion.PAS_EU_LIEU in reunions.etats_possibles(vue, now=lendemain)
    assert EtatReunion.TENUE not in reunions.etats_possibles(vue, now=lendemain)


# --- queries -------------------------------------------------------------------------------------------------------


def test_range_takes_what_touches_it(session: Session, cast: Cast) -> None:
    jour = datetime(2026, 11, 24)
    ids = [
        creer_reunion(session, cast, debut=jour - timedelta(hours=2), fin=jour),  # ends as it begins: out
        creer_reunion(session, cast, debut=jour - timedelta(hours=2), fin=jour + timedelta(minutes=15)),
        creer_reunion(session, cast, debut=jour + timedelta(hours=14)),
        creer_reunion(session, cast, debut=jour + timedelta(days=1)),  # begins as it ends: out
    ]
    vues = reunions.entre(session, debut=jour, fin=jour + timedelta(days=1))
    assert [v.id for v in vues] == ids[1:3]
    assert len(reunions.entre(session, debut=jour, fin=jour + timedelta(days=1), limite=1)) == 1


def test_filters(session: Session, cast: Cast) -> None:
    d = decor(session)
    cellule = creer_instance(session, cast, d)
    technique = creer_instance(
        session,
        cast,
        d,
        nom="Réunion technique Gabut",
        type=TypeReunion.TECHNIQUE,
        frequence=Frequence.MENSUELLE,
        secteur_id=d.centre,
        quartier_ids=[d.gabut],
    )
    un = creer_reunion(session, cast, instance_id=cellule, type=TypeReunion.CELLULE)
    deux = creer_reunion(session, cast, instance_id=technique, type=TypeReunion.TECHNIQUE)
    trois = creer_reunion(session, cast, titre="Hors instance", type=TypeReunion.PROJET)
    bornes = {"debut": QUATORZE, "fin": QUATORZE + timedelta(days=1)}

    def vus(**filtres: object) -> set[int]:
        return {v.id for v in reunions.entre(session, **bornes, **filtres)}  # type: ignore[arg-type]

    assert vus() == {un, deux, trois}
    assert vus(types=[TypeReunion.CELLULE, TypeReunion.PROJET]) == {un, trois}
    assert vus(secteur_id=d.mireuil) == {un}
    assert vus(secteur_id=d.centre) == {deux}
    assert vus(instance_id=technique) == {deux}
    assert vus(instance_id=technique, types=[TypeReunion.CELLULE]) == set()


def test_queue_holds_what_began_and_is_not_written_up_latest_first(session: Session, cast: Cast) -> None:
    def a(jours: int) -> int:
        return creer_reunion(session, cast, debut=QUATORZE + timedelta(days=jours))

    ancienne, recente, future = a(-30), a(-1), a(1)
    for etat in (EtatReunion.TENUE, EtatReunion.CLOSE, EtatReunion.ANNULEE, EtatReunion.REPORTEE):
        _forcer(session, a(-2), etat)
    commencee = creer_reunion(session, cast, debut=QUATORZE)
    assert [v.id for v in reunions.a_saisir(session, now=QUATORZE)] == [commencee, recente, ancienne]
    assert [v.id for v in reunions.prochaines(session, now=QUATORZE)] == [future]


def test_overlaps_of_instance_and_place(session: Session, cast: Cast) -> None:
    instance = creer_instance(session, cast, decor(session))
    lieu = edition_listes.lieu_nomme(session, nom="Salle A", by=cast.secretaire)
    pris = creer_reunion(session, cast, instance_id=instance, titre="Première", lieu_id=lieu)

    def conflits(debut: datetime, **options: int | None) -> list[str]:
        defaut: dict[str, int | None] = {"instance_id": instance, "lieu_id": lieu}
        return reunions.conflits(session, debut=debut, fin=debut + timedelta(hours=2), **(defaut | options))  # type: ignore[arg-type]

    a_cheval = QUATORZE + timedelta(hours=1)
    assert [("Salle A" in p, "déjà une réunion" in p) for p in conflits(a_cheval)] == [(False, True), (True, False)]
    assert len(conflits(a_cheval, lieu_id=None)) == 1
    assert len(conflits(a_cheval, instance_id=None)) == 1
    assert conflits(a_cheval, instance_id=None, lieu_id=None) == []
    assert conflits(a_cheval, sauf=pris) == []
    assert conflits(QUATORZE + timedelta(hours=2)) == []  # back to back is no overlap
    assert conflits(QUATORZE - timedelta(hours=2)) == []
    _forcer(session, pris, EtatReunion.ANNULEE)
    assert conflits(a_cheval) == []


# --- who -----------------------------------------------------------------------------------------------------------


def test_reader_changes_nothing(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast)
    with pytest.raises(Forbidden):
        creer_reunion(session, cast, by=cast.elu)
    with pytest.raises(Forbidden):
        programmation.deplacer(session, id=id, debut=QUATORZE + timedelta(days=1), version=1, by=cast.elu)
    with pytest.raises(Forbidden):
        programmation.changer_etat(session, id=id, etat=EtatReunion.CONVOQUEE, version=1, by=cast.elu)
    with pytest.raises(Forbidden):
        _modifier(session, cast, id, titre="Non", by=cast.elu)


def test_unknown_meeting(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        reunions.get(session, id=999_999)
    with pytest.raises(NotFound):
        programmation.deplacer(session, id=999_999, debut=QUATORZE, version=1, by=cast.secretaire)


def _forcer(session: Session, id: int, etat: EtatReunion) -> None:
    """Put a meeting in a state, whatever the rules."""
    reunion = session.get(Reunion, id)
    assert reunion
    reunion.etat = etat
    session.add(reunion)
    session.flush()


def _modifier(session: Session, cast: Cast, id: int, **change: object) -> None:
    vue = reunions.get(session, id=id)
    valeurs: dict[str, object] = {
        "type": vue.type,
        "instance_id": vue.instance_id,
        "titre": vue.titre,
        "debut": vue.debut,
        "fin": vue.fin,
        "lieu_id": vue.lieu_id,
        "version": vue.version,
        "jeton": "",
    }
    programmation.modifier(session, id=id, **envoi(programmation.Saisie, cast, valeurs | change))
