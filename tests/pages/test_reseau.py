"""The network's screen: whom to call, how often each comes, the groups; the élu sees the groups only."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from models import Action, Categorie, Fonction, Partenaire, Personne, Presence, Reunion
from models.lists import EtatPresence, EtatReunion, TypeReunion
from services.partenaires.vitalite import Vitalite, Vue
from services.socle import db, pli
from services.socle.horloge import aujourdhui
from services.socle.periodes import plus_mois
from services.socle.temps import MOIS
from settings import ROOT
from ui.partenaires.reseau import presence

Ecran = Callable[..., AppTest]
PAGE, FICHE, ACCUEIL = "pages/partenaires/reseau.py", "pages/partenaires/fiche.py", "pages/aujourdhui/accueil.py"
TELEPHONE = "05 36 49 00 01"
HOSTILE = "![x](http://evil.example/x.png)"
P, A, E = EtatPresence.PRESENT, EtatPresence.ABSENT, EtatPresence.EXCUSE


def ecrit(at: AppTest) -> str:
    """All that the screen says, escapes removed."""
    blocs = [*at.title, *at.header, *at.markdown, *at.caption, *at.info, *at.success]
    return "\n".join([*(str(b.value) for b in blocs), *liens(at)]).replace("\\", "").replace("\u2060", "")


def liens(at: AppTest) -> list[str]:
    return [e.proto.label.replace("\\", "").replace("\u2060", "") for e in at.main.get("page_link")]


def ajouter(session: Any, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)


def partenaire(session: Any, nom: str, categorie: int) -> int:
    return ajouter(session, Partenaire(nom=nom, categorie_id=categorie, recherche=pli.partenaire(nom, "", "", "")))


def noter(session: Any, jours: int, **presences: Any) -> None:
    """A meeting so many days ago, and who was noted there ("p3": partenaire 3)."""
    debut = datetime.combine(aujourdhui() - timedelta(days=jours), time(14))
    reunion = ajouter(
        session,
        Reunion(
            type=TypeReunion.TECHNIQUE,
            titre=f"Réunion d’il y a {jours} jours",
            debut=debut,
            fin=debut + timedelta(hours=1),
            etat=EtatReunion.TENUE,
        ),
    )
    for qui, etat in presences.items():
        session.add(Presence(reunion_id=reunion, partenaire_id=int(qui[1:]), etat=etat))


@pytest.fixture
def parti(cast_base: Any) -> int:
    """One that came, then missed three meetings, beside one that comes; the first pilots a late action."""
    with db.writing() as session:
        categorie = ajouter(session, Categorie(nom="Association"))
        parti, fidele = partenaire(session, f"Amicale {HOSTILE}", categorie), partenaire(session, "Fidèle", categorie)
        for jours, etat in ((200, P), (170, P), (150, A), (130, E), (110, A)):
            noter(session, jours, **{f"p{parti}": etat, f"p{fidele}": P})
        personne = ajouter(session, Personne(nom="Exemple", prenom="Alix", telephone=TELEPHONE))
        session.add(Fonction(personne_id=personne, partenaire_id=parti, intitule="Directrice", debut=date(2020, 1, 1)))
        session.add(Action(quoi="Agir", pilote_id=parti, echeance=aujourdhui() - timedelta(days=1)))
    return parti


def test_who_has_stopped_coming_and_whom_to_call(ecran: Ecran, parti: int) -> None:
    at = ecran(PAGE)
    assert not at.exception
    dit, depuis = ecrit(at), aujourdhui() - timedelta(days=170)
    assert at.header[0].value == "1 partenaire ne vient plus"
    assert f"Ne vient plus depuis {MOIS[depuis.month - 1]} {depuis.year}" in dit
    assert "Réunion d’il y a 170 jours" in dit
    assert "Depuis : 3 réunions manquées, dont 1 excusée." in dit
    assert f"Alix Exemple** · Directrice · {TELEPHONE}" in dit
    assert "1 action ouverte" in dit
    assert "1 en retard" in dit
    assert "Fidèle" not in dit
    [lien] = at.main.get("page_link")
    assert (lien.proto.page, lien.proto.query_string) == ("partenaire", f"id={parti}")
    assert "![" not in lien.proto.label, "user text is shown as typed"


def test_everyone_with_what_they_came_to(ecran: Ecran, parti: int) -> None:
    at = ecran(PAGE, vue="Tous")
    assert [HOSTILE in lien for lien in liens(at)] == [True, False], "who comes least comes first"
    assert [p.proto.text for p in at.get("progress")] == ["2 sur 5", "5 sur 5"]
    assert [HOSTILE in lien for lien in liens(ecran(PAGE, vue="Tous", q="fidele"))] == [False]


def test_it_opens_on_its_first_view_after_the_calendar(ecran: Ecran, parti: int) -> None:
    """Both keep what they show under the same name."""
    at = ecran("pages/agenda/calendrier.py", vue="Semaine")
    at.query_params.clear()
    at.switch_page(str(ROOT / PAGE)).run()
    assert not at.exception
    assert at.header[0].value == "1 partenaire ne vient plus"


def test_nobody_is_missing_where_nobody_was_noted(ecran: Ecran) -> None:
    """An empty base knows nothing: it does not say that all is well."""
    at = ecran(PAGE)
    assert not at.exception
    assert not at.success
    assert "Aucune présence n’est encore notée" in at.info[0].value


def test_nobody_has_stopped(ecran: Ecran, cast_base: Any) -> None:
    with db.writing() as session:
        fidele = partenaire(session, "Fidèle", ajouter(session, Categorie(nom="Association")))
        noter(session, 5, **{f"p{fidele}": P})
    at = ecran(PAGE)
    assert not at.exception
    assert "Personne ne manque" in at.success[0].value
    assert "0 partenaire" in at.header[0].value


@pytest.mark.parametrize("vue", list(Vue))
@pytest.mark.parametrize("role", ["secretaire", "elu"])
def test_the_chart_and_its_table_say_the_same(ecran: Ecran, parti: int, vue: Vue, role: str) -> None:
    at = ecran(PAGE, role=role, vue=vue.value)
    assert not at.exception
    if vue is Vue.INSTANCE:
        assert "Aucun partenaire" in at.info[0].value  # these meetings are of no instance
        return
    spec = next(iter(at.get("vega_lite_chart"))).proto
    dessine: dict[str, int] = {}
    for ligne in donnees(spec):
        dessine[ligne["Partenaires"]] = dessine.get(ligne["Partenaires"], 0) + ligne["Nombre"]
    assert dessine == {"Actifs": 2}
    tableau = next(m.value for m in at.markdown if m.value.startswith("|")).splitlines()
    titres, rangee = ([c.strip() for c in tableau[n].strip("|").split("|")] for n in (0, 2))
    lue = dict(zip(titres, rangee, strict=True))
    assert (lue["Partenaires"], lue["Actifs"], lue["En sommeil"], lue["Pas attendus"]) == ("2", "2", "0", "0")
    assert (lue["Ne viennent plus"], lue["Attendus"], lue["Présents ou représentés"]) == ("1", "10", "7")
    assert rangee[-1] == "–", "no percentage of ten cases"
    assert "Non destiné à l’affichage public" in ecrit(at)


def donnees(proto: Any) -> list[dict[str, Any]]:
    """The rows that the bars are drawn from."""
    jeux = [convert_arrow_bytes_to_pandas_df(jeu.data.data) for jeu in proto.datasets]
    return list(next(jeu for jeu in jeux if "Partenaires" in jeu.columns).to_dict("records"))


@pytest.mark.parametrize("vue", ["", "Ne viennent plus", "Tous"])
def test_the_elu_sees_groups_and_nobody(ecran: Ecran, parti: int, vue: str) -> None:
    at = ecran(PAGE, role="elu", **({"vue": vue} if vue else {}))
    assert not at.exception
    assert at.header[0].value == "Réseau par catégorie"
    dit = ecrit(at)
    assert not liens(at)
    assert not [c for c in at.text_input if c.label == "Rechercher"]
    assert not any(mot in dit for mot in (TELEPHONE, "Exemple", "Amicale", "Fidèle"))


def test_the_page_of_a_partenaire_says_so(ecran: Ecran, parti: int) -> None:
    dit = ecrit(ecran(FICHE, id=str(parti)))
    assert "Ne vient plus depuis" in dit
    assert "Venu à 2 réunions sur 5 en douze mois, dernière venue" in dit
    assert "Actions ouvertes :gray-badge[1] :red-badge[1 en retard]" in dit
    fidele = ecrit(ecran(FICHE, id=str(parti + 1)))
    assert "Ne vient plus" not in fidele
    assert "Venu à 5 réunions sur 5" in fidele


def test_the_page_of_one_never_expected(ecran: Ecran, parti: int) -> None:
    with db.writing() as session:
        id = partenaire(session, "Nouveau", 1)
    assert "Jamais attendu à une réunion." in ecrit(ecran(FICHE, id=str(id)))
    with db.writing() as session:
        noter(session, (aujourdhui() - plus_mois(aujourdhui(), -13)).days, **{f"p{id}": P})
    assert "Attendu à aucune réunion depuis douze mois, dernière venue" in ecrit(ecran(FICHE, id=str(id)))


def test_a_sentence_that_ends_with_a_short_month_has_one_full_stop() -> None:
    v = Vitalite(attendu=4, venu=4, derniere=datetime(2026, 10, 7, 14))
    assert (
        presence(v, date(2026, 11, 24)) == "Venu à 4 réunions sur 4 en douze mois, dernière venue mer.\u00a07\u00a0oct."
    )
