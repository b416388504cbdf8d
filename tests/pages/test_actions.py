"""All actions: filters in the address, state and date changed in place, history on demand, rows that stay."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models import Action, Partenaire
from models.lists import EtatAction
from services.actions import avancement, suivi
from services.actions.suivi import ActionVue
from services.commun import edition_listes
from services.commun.listes import Famille
from services.partenaires import fiches
from services.socle import db
from services.socle.horloge import aujourdhui
from settings import ROOT
from tests.cast import Cast

Ecran = Callable[..., AppTest]
PAGE = "pages/actions/suivi.py"
ACCUEIL = "pages/aujourdhui/accueil.py"


def said(at: AppTest) -> str:
    blocs = [*at.markdown, *at.caption, *at.text, *at.info, *at.error]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def shown(at: AppTest) -> list[str]:
    """The actions on screen, in order."""
    return [str(m.value).replace("\\", "").split(" ")[0] for m in at.markdown if str(m.value).startswith("act")]


@pytest.fixture
def pilotes(cast_base: Cast) -> dict[str, int]:
    """Two partenaires that pilot."""
    with db.writing() as session:
        by = cast_base.secretaire
        categorie = edition_listes.ajouter(session, famille=Famille.CATEGORIE, nom="Police", jeton=uuid4().hex, by=by)
        return {
            nom: fiches.creer(session, saisie=fiches.Saisie(nom=nom, categorie_id=categorie), jeton=uuid4().hex, by=by)
            for nom in ("Police municipale", "Habitat 17")
        }


@pytest.fixture
def creer(cast_base: Cast, pilotes: dict[str, int]) -> Callable[..., int]:
    def faire(quoi: str, jours: int = 10, pilote: str = "Police municipale") -> int:
        with db.writing() as session:
            return avancement.creer(
                session,
                quoi=quoi,
                pilote_id=pilotes[pilote],
                echeance=aujourdhui() + timedelta(days=jours),
                instance_id=None,
                today=aujourdhui(),
                by=cast_base.secretaire,
            )

    return faire


def now(id: int) -> ActionVue:
    with db.reading() as session:
        return suivi.par_ids(session, ids=[id], today=aujourdhui())[0]


def test_an_empty_list_says_what_will_stand_there(ecran: Ecran) -> None:
    at = ecran(PAGE)
    assert not at.exception
    assert "Celles que vous écrirez dans la saisie après réunion viendront ici" in said(at)


def test_late_ones_come_first_and_say_so(ecran: Ecran, creer: Callable[..., int]) -> None:
    creer("act-demain", 1)
    creer("act-retard", -6)
    creer("act-hier", -1)
    at = ecran(PAGE)
    assert shown(at) == ["act-retard", "act-hier", "act-demain"]
    assert "en retard de 6\u00a0jours" in said(at)
    assert "en retard de 1\u00a0jour]" in said(at)


def test_the_state_is_changed_in_one_click_and_the_row_stays(ecran: Ecran, creer: Callable[..., int]) -> None:
    a, b = creer("act-a", 1), creer("act-b", 2)
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.REALISEE).run()
    assert now(a).etat is EtatAction.REALISEE
    assert shown(at) == ["act-a", "act-b"]
    at.get_by_key(f"actions.action{b}.etat").set_value(EtatAction.EN_COURS).run()
    assert now(b).etat is EtatAction.EN_COURS
    assert shown(at) == ["act-a", "act-b"]
    at.switch_page(str(ROOT / ACCUEIL)).run()
    at.switch_page(str(ROOT / PAGE)).run()
    assert shown(at) == ["act-b"]  # another visit


def test_another_filter_or_the_button_reads_the_list_again(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    creer("act-b")
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.REALISEE).run()
    at.get_by_key("voir").set_value("Toutes").run()
    assert shown(at) == ["act-b", "act-a"]
    at.get_by_key("voir").set_value("Ouvertes").run()
    assert shown(at) == ["act-b"]
    b = next(i for i in range(a + 1, a + 9) if now(i).quoi == "act-b")
    at.get_by_key(f"actions.action{b}.etat").set_value(EtatAction.REALISEE).run()
    assert shown(at) == ["act-b"]
    next(x for x in at.button if x.label == "Actualiser").click().run()
    assert shown(at) == []


def test_the_date_is_changed_in_place(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    voulue = aujourdhui() + timedelta(days=40)
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.echeance").set_value(voulue).run()
    assert now(a).echeance == voulue


def test_a_date_wiped_out_comes_back(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.echeance").set_value(None).run()
    assert not at.exception
    assert at.get_by_key(f"actions.action{a}.echeance").value == now(a).echeance == aujourdhui() + timedelta(days=10)


def test_an_action_of_long_ago_is_shown_with_its_date(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    with db.writing() as session:
        row = session.get(Action, a)
        assert row is not None
        row.echeance = date(2009, 5, 4)
        session.add(row)
    at = ecran(PAGE)
    assert not at.exception
    assert at.get_by_key(f"actions.action{a}.echeance").value == date(2009, 5, 4)


def test_an_action_is_abandoned_once_its_reason_is_given(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.ABANDONNEE).run()
    assert now(a).etat is EtatAction.A_FAIRE
    next(b for b in at.button if b.label == "Abandonner l’action").click().run()
    assert "Écrivez pourquoi l’action est abandonnée" in said(at)
    assert now(a).etat is EtatAction.A_FAIRE
    next(t for t in at.text_input if t.label.startswith("Pourquoi")).set_value("Hall fermé")
    next(b for b in at.button if b.label == "Abandonner l’action").click().run()
    assert (now(a).etat, now(a).motif) == (EtatAction.ABANDONNEE, "Hall fermé")
    assert "Motif : Hall fermé" in said(at)


def test_a_reason_asked_then_left_is_not_asked_again_on_return(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.ABANDONNEE).run()
    at.switch_page(str(ROOT / "pages/aujourdhui/accueil.py")).run()
    at.switch_page(str(ROOT / PAGE)).run()
    assert not at.exception
    assert [b for b in at.button if b.label == "Abandonner l’action"] == []
    assert at.get_by_key(f"actions.action{a}.etat").value == EtatAction.A_FAIRE


def test_giving_up_abandoning_leaves_the_state(ecran: Ecran, creer: Callable[..., int]) -> None:
    a = creer("act-a")
    at = ecran(PAGE)
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.ABANDONNEE).run()
    next(b for b in at.button if b.label == "Ne pas abandonner").click().run()
    assert at.get_by_key(f"actions.action{a}.etat").value == EtatAction.A_FAIRE
    assert now(a).etat is EtatAction.A_FAIRE
    assert [b for b in at.button if b.label == "Abandonner l’action"] == []


def test_a_stale_change_is_refused_and_the_true_state_shown(
    ecran: Ecran, creer: Callable[..., int], cast_base: Cast
) -> None:
    a = creer("act-a")
    at = ecran(PAGE)
    with db.writing() as session:
        avancement.changer(
            session, id=a, version=1, etat=EtatAction.EN_COURS, today=aujourdhui(), by=cast_base.collaborateur
        )
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.REALISEE).run()
    assert "Un collègue vient de modifier cette action" in said(at)
    assert at.get_by_key(f"actions.action{a}.etat").value == EtatAction.EN_COURS
    at.get_by_key(f"actions.action{a}.etat").set_value(EtatAction.REALISEE).run()
    assert now(a).etat is EtatAction.REALISEE
    assert "Un collègue" not in said(at)


def test_filters_come_from_the_address(ecran: Ecran, creer: Callable[..., int], pilotes: dict[str, int]) -> None:
    creer("act-police", -1)
    creer("act-habitat", 5, "Habitat 17")
    assert shown(ecran(PAGE, voir="En retard")) == ["act-police"]
    assert shown(ecran(PAGE, pilote="Habitat 17")) == ["act-habitat"]
    assert shown(ecran(PAGE, pilote=str(pilotes["Habitat 17"]))) == ["act-habitat"]
    at = ecran(PAGE, voir="En retard", pilote="Habitat 17")
    assert shown(at) == []
    assert "Aucune action ne correspond à ces filtres" in said(at)


def test_twenty_five_a_page_whatever_their_number(ecran: Ecran, creer: Callable[..., int]) -> None:
    for n in range(30):
        creer(f"act-{n:02}", n)
    at = ecran(PAGE)
    assert shown(at) == [f"act-{n:02}" for n in range(25)]
    assert "30 actions" in said(at)
    assert shown(ecran(PAGE, feuille="2")) == [f"act-{n}" for n in range(25, 30)]


@pytest.mark.parametrize("feuille", ["2", "0", "abc", "99999999999"])
def test_an_old_or_wrong_page_in_the_address_shows_the_first(
    ecran: Ecran, creer: Callable[..., int], feuille: str
) -> None:
    creer("act-a")
    at = ecran(PAGE, feuille=feuille)
    assert not at.exception
    assert shown(at) == ["act-a"]


def test_history_is_read_when_it_is_opened(ecran: Ecran, creer: Callable[..., int], cast_base: Cast) -> None:
    a = creer("act-a")
    with db.writing() as session:
        avancement.changer(
            session, id=a, version=1, etat=EtatAction.EN_COURS, today=aujourdhui(), by=cast_base.collaborateur
        )
    at = ecran(PAGE)
    assert "Colin Collaborateur" not in said(at)
    at.session_state[f"actions.action{a}.h"] = True
    at.run()
    assert "Colin Collaborateur" in said(at)
    assert "Sarah Secrétaire" in said(at)


def test_user_text_stays_text(ecran: Ecran, creer: Callable[..., int]) -> None:
    creer("act-![x](http://dehors)")
    at = ecran(PAGE)
    assert not any("![x]" in str(m.value) for m in at.markdown)


def test_the_elu_does_not_reach_actions(ecran: Ecran) -> None:
    with pytest.raises(Exception, match=r"not found|Could not find"):
        ecran(PAGE, role="elu")


# --- a partenaire's actions, on the phone ----------------------------------------------------------------------------

PARTENAIRE = "pages/actions/partenaire.py"


def test_whom_to_call_then_its_actions_gone_through(
    ecran: Ecran, creer: Callable[..., int], pilotes: dict[str, int]
) -> None:
    tard, prevue = creer("act-tard", -4), creer("act-prevue", 6)
    creer("act-autre", 6, "Habitat 17")
    at = ecran(PARTENAIRE)
    lignes = [b for b in at.button if str(b.key).startswith("pilote.")]
    assert [("Police" in b.label, "1 en retard" in b.label) for b in lignes] == [(True, True), (False, False)]
    lignes[0].click().run()
    assert at.query_params["partenaire"] == str(pilotes["Police municipale"])
    assert shown(at) == ["act-tard", "act-prevue"]
    at.button(key=f"actions-partenaire.action{tard}.acceptee").click().run()
    at.get_by_key(f"actions-partenaire.action{prevue}.etat").set_value(EtatAction.REALISEE).run()
    assert shown(at) == ["act-tard", "act-prevue"]  # what is done stays until the list is read afresh
    assert "acceptée le" in said(at)
    assert not any(b.key == f"actions-partenaire.action{prevue}.acceptee" for b in at.button)
    with db.reading() as session:
        assert session.get_one(Action, tard).acceptee_le == aujourdhui()
        assert session.get_one(Action, prevue).etat is EtatAction.REALISEE
    at.button(key=f"actions-partenaire.action{tard}.acceptee").click().run()
    with db.reading() as session:
        assert session.get_one(Action, tard).acceptee_le is None


def test_its_late_actions_are_mailed_by_choice(
    ecran: Ecran, creer: Callable[..., int], pilotes: dict[str, int]
) -> None:
    id = pilotes["Police municipale"]
    at = ecran(PARTENAIRE, partenaire=str(id))
    assert "Aucune action ouverte" in said(at)
    at.toggle(key=f"actions-partenaire.relance.{id}").set_value(True).run()
    assert any("pas d’adresse" in str(w.value) for w in at.warning)
    with db.reading() as session:
        assert session.get_one(Partenaire, id).relance_actions
