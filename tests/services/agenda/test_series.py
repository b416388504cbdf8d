"""Several meetings at once: which dates are proposed, why others are left out, and what refuses their creation."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from sqlmodel import Session, col, func, select

from models import Categorie, Fonction, Instance, JourEvite, Journal, Lieu, Partenaire, Personne, Reunion, Serie, Siege
from models.lists import EtatReunion, EtatSalle, Frequence, GenreJourEvite, TypeReunion
from services.agenda import reunions, rythmes, series, suites
from services.agenda.obstacles import Creneau
from services.agenda.series import Soirees
from services.commun import operations
from services.socle.erreurs import Conflict, Forbidden, Invalid
from services.socle.horloge import utcnow
from tests.cast import Cast

NOW = datetime(2026, 9, 1, 9)
SOIREES = Soirees(jours=(1, 3), heure_debut=time(18), heure_fin=time(20))


def lieu(session: Session, nom: str = "Mairie") -> int:
    row = Lieu(nom=nom)
    session.add(row)
    session.flush()
    return row.id


def instance(session: Session, nom: str, **autres: Any) -> int:
    defaut: dict[str, Any] = {"type": TypeReunion.TECHNIQUE, "frequence": Frequence.MENSUELLE, "jour": 1, "rang": 3}
    defaut |= {"heure_debut": time(14), "heure_fin": time(16)}
    row = Instance(nom=nom, **(defaut | autres))
    session.add(row)
    session.flush()
    return row.id


def cellules(session: Session, n: int, **autres: Any) -> list[int]:
    commun = {"type": TypeReunion.CELLULE, "frequence": Frequence.SEMESTRIELLE, "jour": None, "rang": None} | autres
    return [instance(session, f"Cellule {i}", **commun) for i in range(1, n + 1)]


def reunion(session: Session, instance_id: int | None, debut: datetime, **autres: Any) -> int:
    defaut: dict[str, Any] = {
        "type": TypeReunion.TECHNIQUE,
        "titre": "Autre",
        "fin": debut.replace(hour=debut.hour + 2),
    }
    row = Reunion(instance_id=instance_id, debut=debut, **(defaut | autres))
    session.add(row)
    session.flush()
    return row.id


def rythme(session: Session, *ids: int, debut: date = date(2026, 9, 1), fin: date = date(2027, 1, 31)) -> Any:
    return series.selon_rythme(session, instance_ids=ids, debut=debut, fin=fin, now=NOW)


def jours(proposition: series.Proposition) -> list[str]:
    return [f"{x.debut:%Y-%m-%d %H:%M}" for x in proposition.lignes]


def toutes(session: Session) -> list[Reunion]:
    return list(session.exec(select(Reunion).order_by(col(Reunion.debut))).all())


# --- what is proposed ------------------------------------------------------------------------------------------------


def test_the_third_tuesday_keeps_its_hour_across_the_clock_change(session: Session) -> None:
    proposition = rythme(session, instance(session, "RT"))
    assert jours(proposition) == [
        "2026-09-15 14:00",
        "2026-10-13 14:00",  # the 20th and the 27th are holidays
        "2026-11-17 14:00",
        "2026-12-15 14:00",
        "2027-01-19 14:00",
    ]
    assert proposition.connu is None


def test_a_skipped_date_is_explained_and_the_next_possible_one_proposed(session: Session) -> None:
    session.add(
        JourEvite(
            genre=GenreJourEvite.EVENEMENT, libelle="Salon nautique", debut=date(2026, 9, 15), fin=date(2026, 9, 16)
        )
    )
    proposition = rythme(session, instance(session, "RT"), fin=date(2026, 10, 31))
    premiere, seconde = proposition.lignes
    assert (premiere.debut.date(), [e.phrase() for e in premiere.ecarts]) == (
        date(2026, 9, 22),
        ["mar.\u00a015\u00a0sept. : Salon nautique"],
    )
    assert [e.phrase() for e in seconde.ecarts] == [
        "mar.\u00a020\u00a0oct. : vacances de la Toussaint",
        "mar.\u00a027\u00a0oct. : vacances de la Toussaint",
    ]


def test_public_holidays_and_a_month_without_any_day(session: Session) -> None:
    """11 November 2026 is a Wednesday; in July 2027 every Tuesday from the 6th on is in the summer holidays."""
    proposition = rythme(
        session, instance(session, "RT", jour=2, rang=2), debut=date(2026, 11, 1), fin=date(2026, 11, 30)
    )
    (ligne,) = proposition.lignes
    assert (ligne.debut.date(), ligne.ecarts[0].phrase()) == (
        date(2026, 11, 18),
        "mer.\u00a011\u00a0nov. : jour férié (Armistice)",
    )
    ete = rythme(session, instance(session, "Été"), debut=date(2027, 7, 1), fin=date(2027, 7, 31))
    assert (ete.lignes, ete.manques) == ([], [])  # a month off: nothing is missing
    assert "mar.\u00a020\u00a0juil. : vacances d’été" in [e.phrase() for e in ete.ecarts]


def test_never_a_past_date_nor_a_month_already_served(session: Session) -> None:
    id = instance(session, "RT", rang=1)
    reunion(session, id, datetime(2026, 10, 1, 14))
    proposition = rythme(session, id, debut=date(2026, 1, 1), fin=date(2026, 10, 31))
    assert jours(proposition) == []  # the first Tuesday of September is today
    assert [(m.raison, m.prevue) for m in proposition.manques] == [("déjà une réunion : jeu.\u00a01er\u00a0oct.", True)]


def test_place_taken_and_people_who_sit_in_both(session: Session) -> None:
    salle = lieu(session)
    categorie = Categorie(nom="Ville")
    session.add(categorie)
    session.flush()
    police = Partenaire(nom="Police municipale", recherche="", categorie_id=categorie.id)
    personne = Personne(prenom="Camille", nom="Fictive", recherche="")
    session.add_all([police, personne])
    session.flush()
    fonction = Fonction(partenaire_id=police.id, personne_id=personne.id, intitule="Chef", debut=date(2020, 1, 1))
    session.add(fonction)
    session.flush()
    une, deux = instance(session, "RT 1", lieu_id=salle), instance(session, "RT 2", jour=1)
    for id in (une, deux):
        session.add(Siege(instance_id=id, partenaire_id=police.id, fonction="Chef", fonction_id=fonction.id))
    reunion(session, None, datetime(2026, 9, 15, 15), lieu_id=salle, titre="Jury")
    proposition = rythme(session, une, deux, fin=date(2026, 9, 30))
    par_instance = {x.instance: x for x in proposition.lignes}
    assert par_instance["RT 2"].debut.date() in (date(2026, 9, 15), date(2026, 9, 29))
    assert par_instance["RT 1"].ecarts[0].phrase() == "mar.\u00a015\u00a0sept. : Mairie : lieu déjà pris par « Jury »"
    creneaux = [Creneau(i, datetime(2026, 9, 22, 14), datetime(2026, 9, 22, 16), None) for i in (une, deux)]
    libre, pris = series.verifier(session, creneaux=creneaux, now=NOW)
    assert libre == []
    assert [o.phrase for o in pris] == ["Police municipale siège à « RT 1 » à la même heure"]


def test_meetings_that_touch_do_not_clash(session: Session) -> None:
    salle = lieu(session)
    reunion(session, None, datetime(2026, 9, 22, 16), lieu_id=salle, titre="Jury")  # until 18 h

    def contre(debut: datetime) -> list[str]:
        creneau = Creneau(une, debut, debut + timedelta(hours=2), salle)
        return [o.phrase for o in series.verifier(session, creneaux=[creneau], now=NOW)[0]]

    une = instance(session, "RT 1")
    assert contre(datetime(2026, 9, 22, 14)) == contre(datetime(2026, 9, 22, 18)) == []
    pris = ["Mairie : lieu déjà pris par « Jury »"]
    assert contre(datetime(2026, 9, 22, 14, 1)) == contre(datetime(2026, 9, 22, 17, 59)) == pris


def test_a_seat_without_a_person_counts_too(session: Session) -> None:
    """By its organisation and function; held by the only one of that title, it is that person's."""
    categorie = Categorie(nom="Ville")
    session.add(categorie)
    session.flush()
    police, bailleur = (Partenaire(nom=n, recherche="", categorie_id=categorie.id) for n in ("PM", "Bailleur"))
    personne = Personne(prenom="Camille", nom="Fictive", recherche="")
    session.add_all([police, bailleur, personne])
    session.flush()
    chef = Fonction(partenaire_id=police.id, personne_id=personne.id, intitule="Chef", debut=date(2020, 1, 1))
    session.add(chef)
    session.flush()
    une, deux, trois = (instance(session, f"RT {n}") for n in (1, 2, 3))
    for id, partenaire, fonction, fonction_id in (
        (une, police, "Chef", chef.id),
        (deux, police, "chef", None),
        (une, bailleur, "", None),
        (trois, bailleur, "", None),
        (deux, bailleur, "Gardien", None),
    ):
        session.add(Siege(instance_id=id, partenaire_id=partenaire.id, fonction=fonction, fonction_id=fonction_id))
    creneaux = [Creneau(i, datetime(2026, 9, 22, 14), datetime(2026, 9, 22, 16), None) for i in (une, deux, trois)]
    assert [[o.phrase for o in x] for x in series.verifier(session, creneaux=creneaux, now=NOW)] == [
        [],
        ["PM siège à « RT 1 » à la même heure"],
        ["Bailleur siège à « RT 1 » à la même heure"],
    ]


def test_six_cellules_spread_over_a_semester(session: Session) -> None:
    """One evening each, in the same room, far apart; never in holidays, on an avoided day, nor when the élu is away."""
    salle = lieu(session)
    ids = cellules(session, 6, lieu_id=salle)
    session.add(
        JourEvite(genre=GenreJourEvite.ELU, libelle="Élu·e absent·e", debut=date(2027, 3, 1), fin=date(2027, 3, 31))
    )
    proposition = series.en_soirees(
        session, instance_ids=ids, soirees=SOIREES, debut=date(2027, 1, 4), fin=date(2027, 6, 30), now=NOW
    )
    assert proposition.manques == []
    soirs = [x.debut for x in proposition.lignes]
    assert len({s.date() for s in soirs}) == 6
    assert {(s.weekday() in (1, 3), s.hour) for s in soirs} == {(True, 18)}
    assert not [s for s in soirs if s.month == 3]
    assert min((b - a).days for a, b in pairwise(soirs)) >= 7
    assert {"mar.\u00a02\u00a0mars : Élu·e absent·e", "mar.\u00a016\u00a0févr. : vacances d’hiver"} <= {
        e.phrase() for e in proposition.ecarts
    }
    assert len(proposition.ecarts) + len({s.date() for s in soirs}) <= 52


def test_the_elu_away_stops_cellules_only(session: Session) -> None:
    session.add(
        JourEvite(genre=GenreJourEvite.ELU, libelle="Élu·e absent·e", debut=date(2026, 9, 15), fin=date(2026, 9, 15))
    )
    assert jours(rythme(session, instance(session, "RT"), fin=date(2026, 9, 30))) == ["2026-09-15 14:00"]


def test_a_cellule_already_planned_is_left_out_and_said(session: Session) -> None:
    ids = cellules(session, 2)
    reunion(session, ids[0], datetime(2026, 12, 3, 18), type=TypeReunion.CELLULE)
    proposition = series.en_soirees(
        session, instance_ids=ids, soirees=SOIREES, debut=date(2026, 9, 1), fin=date(2026, 12, 18), now=NOW
    )
    assert [x.instance for x in proposition.lignes] == ["Cellule 2"]
    assert [(m.instance, m.raison) for m in proposition.manques] == [
        ("Cellule 1", "déjà une réunion ce semestre : jeu.\u00a03\u00a0déc.")
    ]


def test_beyond_the_known_school_calendar_it_is_said(session: Session) -> None:
    proposition = rythme(session, instance(session, "RT"), debut=date(2028, 9, 1), fin=date(2028, 10, 31))
    assert proposition.connu == date(2028, 8, 31)


@pytest.mark.parametrize(
    ("champ", "demande"),
    [
        ("instances", {"instance_ids": []}),
        ("fin", {"debut": date(2026, 12, 1), "fin": date(2026, 11, 1)}),
        ("fin", {"debut": date(2026, 1, 1), "fin": date(2026, 8, 31)}),
        ("fin", {"fin": date(2030, 1, 1)}),
        ("jours", {"soirees": Soirees((), time(18), time(20))}),
        ("heure_debut", {"soirees": Soirees((1,), None, time(20))}),
        ("heure_fin", {"soirees": Soirees((1,), time(20), time(18))}),
    ],
)
def test_bad_input_is_said_beside_its_field(session: Session, champ: str, demande: dict[str, Any]) -> None:
    defaut: dict[str, Any] = {
        "instance_ids": cellules(session, 1),
        "soirees": SOIREES,
        "debut": date(2026, 9, 1),
        "fin": date(2026, 12, 1),
    }
    with pytest.raises(Invalid) as refus:
        series.en_soirees(session, now=NOW, **(defaut | demande))
    assert list(refus.value.erreurs) == [champ]


def dates(proposition: series.Proposition) -> list[str]:
    return [f"{x.debut:%m-%d}" for x in proposition.lignes]


def test_twice_a_month(session: Session) -> None:
    """A day off is put off a week; two weeks of holidays leave the date out."""
    id = instance(session, "RT", frequence=Frequence.BIMENSUELLE, rang=1, rang_bis=3)
    reunion(session, id, datetime(2026, 9, 15, 14))  # planned already: the rest goes on from September
    p = rythme(session, id, fin=date(2027, 2, 28))
    assert dates(p) == ["10-06", "11-03", "11-17", "12-01", "12-15", "01-05", "01-19", "02-02"]
    assert [m.raison for m in p.manques] == ["déjà une réunion : mar.\u00a015\u00a0sept."]
    assert [f"{e.jour:%m-%d}" for e in p.ecarts] == ["10-20", "10-27", "02-16", "02-23"]
    mercredis = instance(session, "GT", frequence=Frequence.BIMENSUELLE, jour=2, rang=2, rang_bis=4)
    assert dates(rythme(session, mercredis, debut=date(2026, 11, 1), fin=date(2026, 11, 30))) == ["11-18", "11-25"]
    assert dates(rythme(session, id, debut=date(2027, 1, 12), fin=date(2027, 2, 28))) == ["01-19", "02-02"]


def test_every_fortnight_goes_on_from_the_last_series(session: Session, cast: Cast) -> None:
    """A date put off by a week does not shift those of the next semester."""
    id = instance(session, "RT", frequence=Frequence.QUINZAINE, jour=3, rang=None)
    p = rythme(session, id, debut=date(2026, 9, 8), fin=date(2026, 12, 20))
    assert dates(p) == ["09-10", "09-24", "10-08", "11-05", "11-19", "12-03", "12-17"]  # 22 and 29 October: holidays
    creer(session, cast, p)
    derniere = toutes(session)[-1]
    derniere.debut, derniere.fin = datetime(2026, 12, 10, 14), datetime(2026, 12, 10, 16)
    session.flush()
    suite = rythme(session, id, debut=date(2027, 1, 4), fin=date(2027, 1, 31))
    assert dates(suite) == ["01-14", "01-28"]


def test_every_week_leaves_out_days_off(session: Session) -> None:
    id = instance(session, "RT", frequence=Frequence.HEBDOMADAIRE, jour=2, rang=None)
    p = rythme(session, id, debut=date(2026, 11, 1), fin=date(2026, 12, 31))
    assert dates(p) == ["11-04", "11-18", "11-25", "12-02", "12-09", "12-16"]
    assert p.manques == []
    assert next(e.phrase() for e in p.ecarts) == "mer.\u00a011\u00a0nov. : jour férié (Armistice)"


def test_a_day_of_the_month_never_on_a_week_end(session: Session) -> None:
    id = instance(session, "RT", jour=None, rang=None, jour_du_mois=15)
    p = rythme(session, id, debut=date(2026, 9, 1), fin=date(2027, 2, 28))
    assert dates(p) == ["09-15", "10-15", "11-16", "12-15", "01-15", "02-12"]  # from 13 February on, holidays
    assert [e.phrase() for e in p.lignes[2].ecarts] == ["dim.\u00a015\u00a0nov. : dimanche"]


# --- creating --------------------------------------------------------------------------------------------------------


def creer(session: Session, cast: Cast, proposition: series.Proposition, **autres: Any) -> int:
    defaut: dict[str, Any] = {"creneaux": [x.creneau for x in proposition.lignes], "jeton": "a" * 32, "now": NOW}
    return series.creer(session, **(defaut | {"by": cast.secretaire} | autres))


def test_created_at_once_once_with_its_rule(session: Session, cast: Cast) -> None:
    id = instance(session, "RT", lieu_id=lieu(session))
    proposition = rythme(session, id)
    premiere = creer(session, cast, proposition)
    assert toutes(session)[0].id == premiere
    assert creer(session, cast, proposition) == premiere
    assert [(r.titre, r.debut, r.etat, r.salle) for r in toutes(session)] == [
        ("RT", x.debut, EtatReunion.BROUILLON, EtatSalle.A_RESERVER) for x in proposition.lignes
    ]
    (serie,) = session.exec(select(Serie)).all()
    assert rrulestr(serie.regle, dtstart=datetime(2026, 9, 1, 14))[0] == serie.debut
    assert {r.serie_id for r in toutes(session)} == {serie.id}
    lignes = session.exec(select(Journal.resume)).all()
    assert lignes == ["5 réunions planifiées : RT"]


def test_six_cellules_are_no_series(session: Session, cast: Cast) -> None:
    ids = cellules(session, 6)
    proposition = series.en_soirees(
        session, instance_ids=ids, soirees=SOIREES, debut=date(2027, 1, 4), fin=date(2027, 6, 30), now=NOW
    )
    creer(session, cast, proposition)
    assert len(toutes(session)) == 6
    assert session.exec(select(func.count()).select_from(Serie)).one() == 0


def test_a_place_taken_meanwhile_refuses_all(session: Session, cast: Cast) -> None:
    salle = lieu(session)
    proposition = rythme(session, instance(session, "RT", lieu_id=salle))
    reunion(session, None, datetime(2026, 11, 17, 13), lieu_id=salle, titre="Jury")
    with pytest.raises(Invalid, match="Mairie : lieu déjà pris par « Jury »") as refus:
        creer(session, cast, proposition, vus=["Mairie : lieu déjà pris par « Jury »"])
    assert "Rien n’a été enregistré" in refus.value.phrase
    assert len(toutes(session)) == 1


def test_two_agents_plan_the_same_semester(session: Session, cast: Cast) -> None:
    """The second one sees other dates, chosen before the first saved: refused too."""
    ids = cellules(session, 3)
    demande: dict[str, Any] = {"instance_ids": ids, "fin": date(2027, 6, 30), "now": NOW}
    une = series.en_soirees(session, soirees=SOIREES, debut=date(2027, 1, 4), **demande)
    autre = series.en_soirees(session, soirees=SOIREES, debut=date(2027, 4, 1), **demande)
    creer(session, cast, une)
    with pytest.raises(Invalid, match="déjà une réunion ce semestre"):
        creer(session, cast, autre, jeton="b" * 32, by=cast.collaborateur)
    assert len(toutes(session)) == 3


def test_a_date_in_holidays_needs_to_have_been_read(session: Session, cast: Cast) -> None:
    id = instance(session, "RT")
    creneaux = [Creneau(id, datetime(2026, 10, 20, 14), datetime(2026, 10, 20, 16), None)]
    with pytest.raises(Invalid, match="vacances de la Toussaint"):
        series.creer(session, creneaux=creneaux, jeton="a" * 32, now=NOW, by=cast.secretaire)
    vus = ["vacances de la Toussaint"]
    series.creer(session, creneaux=creneaux, vus=vus, jeton="a" * 32, now=NOW, by=cast.secretaire)
    assert len(toutes(session)) == 1


@pytest.mark.parametrize(
    ("debut", "fin", "phrase"),
    [
        (datetime(2026, 8, 25, 14), datetime(2026, 8, 25, 16), "date passée"),
        (datetime(2026, 9, 15, 14), datetime(2026, 9, 15, 13), "La fin doit venir après le début"),
    ],
)
def test_past_or_backwards_is_refused(
    session: Session, cast: Cast, debut: datetime, fin: datetime, phrase: str
) -> None:
    id = instance(session, "RT")
    with pytest.raises(Invalid, match=phrase):
        series.creer(
            session,
            creneaux=[Creneau(id, debut, fin, None)],
            vus=["date passée"],
            jeton="a" * 32,
            now=NOW,
            by=cast.secretaire,
        )


def test_nothing_ticked_an_instance_archived_and_the_elu(session: Session, cast: Cast) -> None:
    id = instance(session, "RT")
    proposition = rythme(session, id)
    with pytest.raises(Invalid, match="Gardez au moins une date"):
        creer(session, cast, proposition, creneaux=[])
    session.get_one(Instance, id).archive = True
    with pytest.raises(Invalid, match="archivée"):
        creer(session, cast, proposition)
    with pytest.raises(Forbidden):
        creer(session, cast, proposition, by=cast.elu)


# --- the rest of a series --------------------------------------------------------------------------------------------


@pytest.fixture
def serie(session: Session, cast: Cast) -> list[Reunion]:
    """Third Tuesdays from September to January; the first one written up, the room of the others confirmed."""
    creer(session, cast, rythme(session, instance(session, "RT", lieu_id=lieu(session))))
    rows = toutes(session)
    rows[0].etat = EtatReunion.TENUE
    for r in rows[1:]:
        r.salle = EtatSalle.CONFIRMEE
    session.flush()
    return rows


def proposer(session: Session, r: Reunion, jour: date, **autres: Any) -> list[suites.Deplacement]:
    vue = reunions.get(session, id=r.id)
    defaut: dict[str, Any] = {"heure_debut": time(9), "heure_fin": time(11), "lieu_id": r.lieu_id, "now": NOW}
    return suites.proposer(session, reunion=vue, jour=jour, **(defaut | autres))


def test_the_rest_moves_to_thursdays(session: Session, cast: Cast, serie: list[Reunion]) -> None:
    deplacements = proposer(session, serie[2], date(2026, 11, 19))
    assert [d.debut for d in deplacements] == [
        datetime(2026, 11, 19, 9),
        datetime(2026, 12, 17, 9),
        datetime(2027, 1, 21, 9),
    ]
    assert suites.deplacer(session, deplacements=deplacements, jeton="m" * 32, now=NOW, by=cast.secretaire) == 3
    assert suites.deplacer(session, deplacements=deplacements, jeton="m" * 32, now=NOW, by=cast.secretaire) == 0
    session.expire_all()
    assert [r.debut.weekday() for r in serie] == [1, 1, 3, 3, 3]
    assert [r.salle for r in serie[1:3]] == [EtatSalle.CONFIRMEE, EtatSalle.A_RESERVER]
    assert session.exec(select(Journal.acte).order_by(col(Journal.id))).all() == ["serie.creer", "serie.deplacer"]


def test_third_tuesdays_become_third_thursdays(session: Session, serie: list[Reunion]) -> None:
    """Not two days later: in October the third Thursday comes before the third Tuesday, and is asked."""
    serie[1].debut, serie[1].fin = datetime(2026, 10, 13, 14), datetime(2026, 10, 13, 16)  # no holidays yet
    session.flush()
    vue = reunions.get(session, id=serie[2].id)
    assert [r.phrase for r in suites.rythmes_possibles(session, reunion=vue, jour=date(2026, 11, 19))] == [
        "3e jeudi du mois"
    ]
    assert suites.rythmes_possibles(session, reunion=vue, jour=date(2026, 11, 17)) == []
    deplacements = proposer(session, serie[1], date(2026, 10, 15))
    assert [f"{d.debut:%m-%d}" for d in deplacements] == ["10-15", "11-19", "12-17", "01-21"]
    quatrieme = proposer(session, serie[2], date(2026, 11, 26))
    assert [f"{d.debut:%m-%d}" for d in quatrieme] == ["11-26", "12-17", "01-28"]
    assert quatrieme[1].ecarts[0].phrase() == "jeu.\u00a024\u00a0déc. : vacances de Noël"
    voulu = rythmes.Rythme(Frequence.MENSUELLE, 3, 3)
    troisieme = proposer(session, serie[2], date(2026, 11, 26), voulu=voulu)
    assert [f"{d.debut:%m-%d}" for d in troisieme] == ["11-19", "12-17", "01-21"]


@pytest.mark.parametrize("habituel", [False, True])
def test_the_series_keeps_its_new_rule_and_all_is_undone(
    session: Session, cast: Cast, serie: list[Reunion], habituel: bool
) -> None:
    """The instance changes its usual day only if one says so."""
    (regle,) = session.exec(select(Serie)).all()
    avant = (regle.regle, regle.debut, [r.debut for r in serie])
    voulu = rythmes.Rythme(Frequence.MENSUELLE, 3, 3)
    suites.deplacer(
        session, deplacements=proposer(session, serie[2], date(2026, 11, 19)), nouveau=voulu, habituel=habituel,
        jeton="m" * 32, now=NOW, by=cast.secretaire,
    )  # fmt: skip
    assert regle.regle == voulu.regle
    assert rrulestr(regle.regle, dtstart=regle.debut)[0] == regle.debut == datetime(2026, 11, 19, 9)
    vue = reunions.get(session, id=serie[2].id)
    assert suites.rythme(session, reunion=vue) == voulu
    instance = session.get_one(Instance, serie[2].instance_id or 0)
    assert rythmes.de(instance) == (voulu if habituel else rythmes.Rythme(Frequence.MENSUELLE, 1, 3))
    (operation,) = operations.dernieres(session, acte=suites.DEPLACER, now=utcnow())
    assert operation.resume == "Série déplacée à partir du jeu.\u00a019\u00a0nov., 3 réunions, 3e jeudi du mois : RT"
    operations.annuler(session, id=operation.id, now=utcnow(), by=cast.secretaire)
    session.expire_all()
    assert (regle.regle, regle.debut, [r.debut for r in serie]) == avant
    assert rythmes.de(instance) == rythmes.Rythme(Frequence.MENSUELLE, 1, 3)


def test_a_date_put_off_by_a_holiday_follows_the_new_rule(session: Session, cast: Cast) -> None:
    """The planner had put it off: it is not a date put by hand."""
    id = instance(session, "RT", jour=2, rang=2)
    creer(session, cast, rythme(session, id, debut=date(2026, 10, 1), fin=date(2027, 1, 31)))
    rows = toutes(session)
    assert [f"{r.debut:%m-%d}" for r in rows] == ["10-14", "11-18", "12-09", "01-13"]
    prevus = proposer(session, rows[0], date(2026, 10, 8))
    assert [f"{d.debut:%m-%d}" for d in prevus] == ["10-08", "11-12", "12-10", "01-14"]


@pytest.mark.parametrize("frequence", [f for f in Frequence if f not in (Frequence.A_LA_DEMANDE, Frequence.ANNUELLE)])
@pytest.mark.parametrize("ecart", [-9, -2, 1, 2, 5, 16])
def test_every_rhythm_moved_to_any_day(session: Session, frequence: Frequence, ecart: int) -> None:
    """Two years, months of five Thursdays among them: each meeting goes to the day of the new rhythm that has its
    number, or was put off from it by a public holiday."""
    tous = rythmes.Rythme(frequence, 1, None if frequence in rythmes.SEMAINES else 2)
    if frequence is Frequence.BIMENSUELLE:
        tous = rythmes.Rythme(frequence, 1, 2, 4)
    jours = rythmes.dates(tous, debut=date(2031, 3, 1), fin=date(2033, 2, 28), depuis=date(2031, 3, 1))
    id = instance(session, "RT", frequence=frequence)
    row = Serie(instance_id=id, regle=tous.regle or "", debut=datetime.combine(jours[0], time(14)), creee_le=utcnow())
    session.add(row)
    session.flush()
    ids = [reunion(session, id, datetime.combine(j, time(14)), serie_id=row.id) for j in jours]
    vers = jours[0] + timedelta(days=ecart)
    vue = reunions.get(session, id=ids[0])
    (voulu, *_) = suites.rythmes_possibles(session, reunion=vue, jour=vers)
    prevus = suites.proposer(
        session, reunion=vue, jour=vers, heure_debut=time(14), heure_fin=time(16), lieu_id=None, voulu=voulu, now=NOW
    )
    assert len(prevus) == len(jours)
    for d, attendu in zip(prevus, comptes(voulu, vers, len(jours)), strict=True):
        assert attendu in (d.debut.date(), *(e.jour for e in d.ecarts)), (frequence, ecart, d)
    assert sum(not d.ecarts for d in prevus) > len(prevus) / 2


def comptes(voulu: rythmes.Rythme, premier: date, n: int) -> Iterator[date]:
    """The rhythm counted by hand from its first day: days one by one, kept when they fit."""
    jour = premier
    while n:
        mois = (jour.year - premier.year) * 12 + jour.month - premier.month
        rang = {(jour.day - 1) // 7 + 1}
        if (jour + timedelta(weeks=1)).month != jour.month:
            rang |= {rythmes.RANG_DERNIER}
        if voulu.frequence in rythmes.SEMAINES:
            convient = (jour - premier).days % (7 * rythmes.SEMAINES[voulu.frequence]) == 0
        else:
            convient = bool(rang & set(voulu.rangs)) and mois % rythmes.MOIS[voulu.frequence] == 0
        if convient and jour.weekday() == premier.weekday():
            yield jour
            n -= 1
        jour += timedelta(days=1)


def test_one_date_moved_alone_keeps_what_the_series_does_not_change(session: Session, serie: list[Reunion]) -> None:
    """December was moved alone, to 10:00 in another room: a new room for all leaves its hour, a new hour its room."""
    annexe, ecole = lieu(session, "Annexe"), lieu(session, "École")
    serie[3].debut, serie[3].fin, serie[3].lieu_id = datetime(2026, 12, 10, 10), datetime(2026, 12, 10, 11), annexe
    session.flush()
    inchange = {"heure_debut": time(14), "heure_fin": time(16)}
    _, decembre, janvier = proposer(session, serie[2], date(2026, 11, 17), lieu_id=ecole, **inchange)
    assert (decembre.debut, decembre.fin) == (datetime(2026, 12, 10, 10), datetime(2026, 12, 10, 11))
    assert (decembre.lieu_id, janvier.lieu_id) == (ecole, ecole)
    _, decembre, janvier = proposer(session, serie[2], date(2026, 11, 18))
    assert (decembre.debut, decembre.lieu_id) == (datetime(2026, 12, 10, 9), annexe)
    assert decembre.reste == "déplacée à la main : sa date reste"
    assert janvier.lieu_id == serie[4].lieu_id


def test_each_new_date_is_checked_and_explained(session: Session, serie: list[Reunion]) -> None:
    """As at planning: put off a week or more within its month, else brought forward."""
    decembre, janvier = proposer(session, serie[3], date(2026, 12, 22))
    assert decembre.debut.date() == date(2026, 12, 15)
    assert [e.phrase() for e in decembre.ecarts] == [
        "mar.\u00a022\u00a0déc. : vacances de Noël",
        "mar.\u00a029\u00a0déc. : vacances de Noël",
    ]
    assert (janvier.debut.date(), janvier.ecarts) == (date(2027, 1, 26), ())


def test_a_written_up_meeting_never_moves(session: Session, cast: Cast, serie: list[Reunion]) -> None:
    deplacements = proposer(session, serie[1], date(2026, 10, 15))
    assert serie[0].id not in {d.reunion.id for d in deplacements}
    serie[1].etat = EtatReunion.TENUE
    session.flush()
    with pytest.raises(Conflict):
        suites.deplacer(session, deplacements=deplacements, jeton="m" * 32, now=NOW, by=cast.secretaire)
    with pytest.raises(Invalid, match="tenue"):
        suites.annuler(session, versions={serie[0].id: serie[0].version}, motif="x", jeton="n" * 32, by=cast.secretaire)


def test_moving_back_in_time_or_hours_in_disorder(session: Session, serie: list[Reunion]) -> None:
    with pytest.raises(Invalid, match="date à venir"):
        proposer(session, serie[1], date(2026, 8, 1))
    with pytest.raises(Invalid, match="La fin doit venir après le début"):
        proposer(session, serie[1], date(2026, 10, 15), heure_fin=time(8))


def test_the_rest_is_cancelled_with_a_reason(session: Session, cast: Cast, serie: list[Reunion]) -> None:
    reste = suites.suite(session, reunion=reunions.get(session, id=serie[3].id))
    versions = {r.id: r.version for r in reste}
    with pytest.raises(Invalid, match="motif"):
        suites.annuler(session, versions=versions, motif=" ", jeton="n" * 32, by=cast.secretaire)
    assert suites.annuler(session, versions=versions, motif="Travaux", jeton="n" * 32, by=cast.secretaire) == 2
    assert [(r.etat, r.motif) for r in toutes(session)][3:] == [(EtatReunion.ANNULEE, "Travaux")] * 2
    assert toutes(session)[2].etat is EtatReunion.BROUILLON
