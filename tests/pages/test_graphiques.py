"""The charts' screen: filters in the address, figures with their comparison, words for what is not there yet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import BilanCollege, College, Point, Presence, Reunion
from models.lists import EtatPresence, EtatReunion, SensEtape, TypeReunion, Volet
from services.agenda import instances
from services.commun import listes
from services.partenaires import fiches
from services.projets import etapes, participations
from services.projets.participations import annee_scolaire
from services.socle import db
from services.socle.horloge import aujourdhui, utcnow
from tests.cast import Cast

Ecran = Callable[..., AppTest]
PAGE = "pages/pilotage/graphiques.py"
AN_PROCHAIN = aujourdhui().year + 1
SUJETS = ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions", "13-18")


def said(at: AppTest) -> str:
    blocs = [*at.markdown, *at.caption, *at.info, *at.error, *at.header]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def figures(at: AppTest) -> dict[str, tuple[str, str]]:
    return {m.label: (m.value, m.delta) for m in at.metric}


@pytest.fixture
def reference(reference: None, cast_base: Cast) -> Cast:
    with db.writing() as session:
        instances.creer_manquantes(session, by=cast_base.secretaire)
    return cast_base


@pytest.fixture
def tenir(reference: Cast) -> Callable[..., None]:
    """A cellule de veille held that day, with a point, and one partenaire present."""

    def faire(jour: date, n: int = 1) -> None:
        with db.writing() as session:
            cellule = next(i for i in instances.liste(session) if i.type is TypeReunion.CELLULE)
            theme = listes.themes(session)[0].id
            qui = fiches.choix(session, texte="police")[0].id
            for _ in range(n):
                debut = datetime(jour.year, jour.month, jour.day, 14)
                reunion = Reunion(
                    type=TypeReunion.CELLULE,
                    instance_id=cellule.id,
                    titre="Cellule",
                    debut=debut,
                    fin=debut + timedelta(hours=2),
                    etat=EtatReunion.TENUE,
                )
                session.add(reunion)
                session.flush()
                session.add(Presence(reunion_id=reunion.id, partenaire_id=qui, etat=EtatPresence.PRESENT))
                session.add(Point(reunion_id=reunion.id, theme_id=theme, cree_le=utcnow()))

    return faire


@pytest.mark.parametrize("sujet", SUJETS)
def test_an_empty_base_says_what_will_stand_there(ecran: Ecran, sujet: str) -> None:
    at = ecran(PAGE, sujet=sujet)
    assert not at.exception
    assert not at.header
    assert "viendront ici" in said(at) or "viendra ici" in said(at) or "apporte ici" in said(at)


@pytest.mark.parametrize("sujet", SUJETS[:5])
@pytest.mark.parametrize("role", ["secretaire", "elu"])
def test_every_subject_draws_for_agents_and_for_the_elue(
    ecran: Ecran, tenir: Callable[..., None], sujet: str, role: str
) -> None:
    tenir(aujourdhui())
    at = ecran(PAGE, role=role, sujet=sujet)
    assert not at.exception
    assert not at.error
    if sujet != "Actions":
        assert at.header
        assert len(at.get("vega_lite_chart")) == len(at.header) == len(at.expander)
    assert "élinquance" not in said(at)


def test_figures_with_the_period_before_and_a_year_before(ecran: Ecran, tenir: Callable[..., None]) -> None:
    tenir(date(2026, 3, 10), 5)
    tenir(date(2025, 10, 1), 2)
    tenir(date(2025, 3, 1), 1)
    libre = {"periode": "Dates libres", "du": "2026-01-01", "au": "2026-06-30"}
    at = ecran(PAGE, **libre)
    assert figures(at)["Réunions tenues"] == ("5", "+3")
    assert "1er semestre 2026 · **n = 5**" in said(at)
    at.get_by_key("comparer").set_value("Comparé à un an avant").run()
    assert figures(at)["Cellules de veille"] == ("5", "+4")
    at.get_by_key("du").set_value(date(2026, 3, 10)).run()
    at.get_by_key("au").set_value(date(2026, 3, 10)).run()
    assert figures(at)["Réunions tenues"] == ("5", "+5")  # the last day counts


def test_nothing_is_compared_to_a_time_before_the_first_figures(ecran: Ecran, tenir: Callable[..., None]) -> None:
    """« +5, contre 0 » would be false: nothing was followed then."""
    tenir(date(2026, 3, 10), 5)
    libre = {"periode": "Dates libres", "du": "2026-01-01", "au": "2026-06-30"}
    for sujet, chiffre in (
        ("Réunions", "Réunions tenues"),
        ("Couverture", "Cellules de veille tenues"),
        ("Participation", "Présences notées"),
        ("Situations évoquées", "Situations évoquées"),
    ):
        at = ecran(PAGE, sujet=sujet, **libre)
        assert figures(at)[chiffre] == ("5", "")
        assert "Pas de comparaison : rien n’était suivi avant le 10/03/2026." in said(at)


@pytest.mark.parametrize(
    ("du", "au", "mot"),
    [("2026-01-01", "2026-01-31", "sans donnée"), (f"{AN_PROCHAIN}-01-01", f"{AN_PROCHAIN}-06-30", "à venir")],
)
@pytest.mark.parametrize("sujet", SUJETS[:4])
def test_no_figure_is_not_zero(
    ecran: Ecran, tenir: Callable[..., None], sujet: str, du: str, au: str, mot: str
) -> None:
    tenir(date(2026, 3, 10))
    chiffres = figures(ecran(PAGE, sujet=sujet, periode="Dates libres", du=du, au=au))
    assert chiffres
    assert {v for v, _ in chiffres.values()} == {mot}


def test_a_period_in_progress_is_compared_to_the_same_days(ecran: Ecran, tenir: Callable[..., None]) -> None:
    """Thirty days of which twenty-one are past: against the first twenty-one of the thirty before."""
    today = aujourdhui()
    tenir(today)
    tenir(today - timedelta(days=40), 2)
    tenir(today - timedelta(days=25), 3)  # the rest of them
    tenir(today - timedelta(days=100))
    libre = {"du": str(today - timedelta(days=20)), "au": str(today + timedelta(days=9))}
    at = ecran(PAGE, periode="Dates libres", **libre)
    assert figures(at)["Réunions tenues"] == ("1", "-1")
    assert ", en cours, comparé à : " in said(at)
    assert "les mêmes jours" in said(at)


def test_the_colleges_of_13_18_are_counted_as_on_their_screen(ecran: Ecran, reference: Cast) -> None:
    annee = annee_scolaire(aujourdhui())
    with db.writing() as session:
        participations.inviter(session, annee=annee, by=reference.secretaire)
        accepte = next(e for e in etapes.liste(session)[Volet.CONTACT] if e.sens is SensEtape.ABOUTI)
        for p in participations.participations(session, annee=annee, today=aujourdhui())[:3]:
            participations.changer_etape(
                session, id=p.id, volet=Volet.CONTACT, etape_id=accepte.id, version=p.version, by=reference.secretaire
            )
        invites = participations.bilan(session, annee=annee).invites
    at = ecran(PAGE, sujet="13-18", periode="Année scolaire")
    assert figures(at)["Collèges participants"][0] == "3"
    assert f"Collèges participants : 3 sur {invites} invités" in said(at)
    ecran_annee = figures(ecran("pages/projets/questions_de_justice.py"))
    assert ecran_annee["Collèges participants"][0] == f"3 sur {invites}"


def test_too_few_cases_for_a_percentage(ecran: Ecran, tenir: Callable[..., None]) -> None:
    tenir(aujourdhui(), 19)
    at = ecran(PAGE, sujet="Participation")
    assert figures(at)["Présents ou représentés"] == ("n trop petit", "")
    tenir(aujourdhui())
    at.run()
    assert figures(at)["Présents ou représentés"][0] == "100\u00a0%"


def test_restricted_charts_say_so(ecran: Ecran, tenir: Callable[..., None]) -> None:
    tenir(aujourdhui())
    assert said(ecran(PAGE, sujet="Situations évoquées")).count("Non destiné à l’affichage public") == 2
    assert said(ecran(PAGE, sujet="Participation")).count("Non destiné à l’affichage public") == 1
    assert "Non destiné" not in said(ecran(PAGE))


def test_filters_come_from_the_address(ecran: Ecran, tenir: Callable[..., None]) -> None:
    tenir(aujourdhui(), 3)
    with db.reading() as session:
        autre = next(s for s in listes.secteurs(session) if s.nom == "Mireuil")
    assert figures(ecran(PAGE, type="Réunion technique"))["Réunions tenues"][0] == "0"
    assert figures(ecran(PAGE, type="Cellule de veille"))["Réunions tenues"][0] == "3"
    at = ecran(PAGE, secteur=autre.nom)
    assert figures(at)["Réunions tenues"][0] == "0"
    assert "· Mireuil" in said(at)


@pytest.mark.parametrize(("du", "au"), [("2026-06-30", "2026-01-01"), ("2026-06-30", None)])
def test_a_period_upside_down_is_one_sentence_and_keeps_the_dates(ecran: Ecran, du: str, au: str | None) -> None:
    at = ecran(PAGE, periode="Dates libres", du=du, au=au or "2026-12-31")
    if au is None:
        at.get_by_key("au").set_value(None).run()
    assert not at.exception
    assert len(at.error) == 1
    attendu = "à partir du 30/06/2026" if au else "Choisissez les deux dates"
    assert attendu in at.error[0].value
    assert at.get_by_key("du").value == date(2026, 6, 30)
    assert not at.metric


@pytest.mark.parametrize(
    "adresse",
    [{"sujet": "x"}, {"periode": "x"}, {"secteur": "x"}, {"type": "x"}, {"du": "x", "periode": "Dates libres"}],
)
def test_a_wrong_address_shows_the_screen_all_the_same(ecran: Ecran, adresse: dict[str, str]) -> None:
    at = ecran(PAGE, **adresse)
    assert not at.exception
    assert at.metric


def test_imported_totals_stand_beside_the_years_of_the_tool(ecran: Ecran, reference: Cast) -> None:
    annee = annee_scolaire(aujourdhui())
    with db.writing() as session:
        college = session.exec(select(College.partenaire_id).where(College.uai == "0170088D")).one()
        session.add(BilanCollege(annee=annee - 1, college_id=college, classes=4, presents=97, seances=8))
        participations.inviter(session, annee=annee, by=reference.secretaire)
    at = ecran(PAGE, sujet="13-18", periode="Année scolaire")
    assert not at.exception
    chiffre = {m.label: m for m in at.metric}
    assert chiffre["Élèves présents"].proto.delta_description == "contre 97"
    assert not chiffre["Séances programmées"].delta  # the totals do not tell
    assert "d’après le bilan importé" in said(at)
