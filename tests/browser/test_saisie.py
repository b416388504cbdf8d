"""The entry screen in a real browser: nothing typed is lost, whatever the way it is saved or cut."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models import Agent, Point, Presence, Reunion
from models.lists import EtatReunion
from services.releves import enregistrement, lecture, saisie
from services.socle import brouillons
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from tests import scene
from tests.browser.operateur import Operateur, choix, groupe, saisir_le_cas
from tests.browser.outils import aller, pret, redemarrer, se_connecter, until
from tests.cast import MOT_DE_PASSE
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
NOTE = "Deux bancs abîmés place de l’Europe"
SAVE = "Enregistrer le relevé"


def acteur(session: Any, identifiant: str = "secretaire") -> Acteur:
    agent = session.exec(select(Agent).where(Agent.identifiant == identifiant)).one()
    return Acteur(agent.id, agent.nom, agent.role)


@pytest.fixture(scope="module")
def cas(serveur: Serveur) -> int:
    """The case, warm: six earlier meetings of other instances."""
    with serveur.session() as session:
        now = maintenant().replace(second=0, microsecond=0)
        return scene.poser_cas(session, now=now, by=acteur(session))


_RANG = count(1)


@pytest.fixture
def reunion(serveur: Serveur, cas: int) -> int:
    """One more meeting of the same instance, held and not written up."""
    with serveur.session() as session:
        debut: datetime = session.get_one(Reunion, cas).debut
        return scene.tenir(session, scene.CAS["instance"], debut - timedelta(days=7 * next(_RANG)), acteur(session))


@pytest.fixture
def ecran(page: Any, connexion: Callable[..., None], serveur: Serveur, reunion: int) -> Any:
    connexion(page, "secretaire", suite=f"saisie?reunion={reunion}")
    page.get_by_role("textbox", name="Point 1 : constat").wait_for()
    return page


def constat(page: Any, n: int = 1) -> Any:
    return page.get_by_role("textbox", name=f"Point {n} : constat")


def brouillon(serveur: Serveur, reunion: int) -> dict[str, Any]:
    """The draft in the base: field -> value, lines by their number."""
    with serveur.session() as session:
        champs = brouillons.champs(session, cle=saisie.cle_brouillon(reunion))
    return {nom.split("-")[-1]: c.valeur for nom, c in champs.items() if not nom.startswith("ecart.")}


def points(serveur: Serveur, reunion: int) -> list[str]:
    with serveur.session() as session:
        return [
            p.note for p in session.exec(select(Point).where(Point.reunion_id == reunion).order_by(Point.ordre)).all()
        ]


def etat(serveur: Serveur, reunion: int) -> EtatReunion:
    with serveur.session() as session:
        return session.get_one(Reunion, reunion).etat


def releve_affiche(page: Any) -> None:
    page.wait_for_url("**/releve?reunion=*")
    pret(page)


def test_the_case_in_sixteen_operations(page: Any, connexion: Callable[..., None], serveur: Serveur, cas: int) -> None:
    connexion(page, "secretaire")
    with serveur.session() as session:
        sigles = scene.sigles(session)
    op = Operateur(page)
    saisir_le_cas(op, sigles)
    assert op.operations <= 16
    with serveur.session() as session:
        releve = lecture.lire(session, reunion_id=cas, today=maintenant().date())
        presences = session.exec(select(Presence).where(Presence.reunion_id == cas)).all()
    assert [(p.theme, p.note, p.quartier) for p in releve.points] == [
        (p["theme"], p["note"], p["quartier"]) for p in scene.CAS["points"]
    ]
    assert [(a.quoi, a.pilote_nom) for p in releve.points for a in p.actions] == [
        (p["action"]["what"], p["action"]["structure"]) for p in scene.CAS["points"] if "action" in p
    ]
    assert len(presences) == len(scene.CAS["members"])
    assert [s.etat.libelle for s in releve.suites] == ["Réalisée"]
    assert page.get_by_text(scene.CAS["points"][0]["note"]).is_visible()


def _clic(page: Any) -> None:
    page.get_by_role("button", name=SAVE).click(delay=0)


def _raccourci(page: Any) -> None:
    page.keyboard.press("Control+s")


def _clavier(page: Any) -> None:
    page.get_by_role("button", name=SAVE).focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("enregistrer", [_clic, _raccourci, _clavier], ids=["click", "shortcut", "enter-on-button"])
@pytest.mark.parametrize("champ", ["constat", "action décidée"])
def test_saving_keeps_the_last_letter(
    ecran: Any, serveur: Serveur, reunion: int, enregistrer: Callable[[Any], None], champ: str
) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    choix(ecran, "Point 1 : pilote", "PM").click()
    pret(ecran)
    autre = "action décidée" if champ == "constat" else "constat"
    ecran.get_by_role("textbox", name=f"Point 1 : {autre}").click()
    ecran.keyboard.type("Le premier texte")
    ecran.get_by_role("textbox", name=f"Point 1 : {champ}").click()
    ecran.keyboard.type("Le dernier texte, jusqu’à la dernière lettre Z")
    enregistrer(ecran)
    releve_affiche(ecran)
    with serveur.session() as session:
        releve = lecture.lire(session, reunion_id=reunion, today=maintenant().date())
    ecrits = {"constat": releve.points[0].note, "action décidée": releve.points[0].actions[0].quoi}
    assert ecrits == {champ: "Le dernier texte, jusqu’à la dernière lettre Z", autre: "Le premier texte"}


def test_a_deadline_mistyped_is_refused_not_put_back(ecran: Any, serveur: Serveur, reunion: int) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    choix(ecran, "Point 1 : pilote", "PM").click()
    pret(ecran)
    ecran.get_by_role("textbox", name="Point 1 : action décidée").fill("Poser une barrière")
    ecran.get_by_test_id("stMain").get_by_test_id("stDateInput").locator("visible=true").first.get_by_role(
        "spinbutton"
    ).nth(2).click()
    ecran.keyboard.type("1850")
    ecran.get_by_role("textbox", name="Point 1 : lieu").click()
    _clic(ecran)
    expect(ecran.get_by_test_id("stBottom")).to_contain_text("Choisissez une échéance après la réunion.")
    assert points(serveur, reunion) == []


@pytest.mark.parametrize("touche", ["Enter", "Tab"])
def test_a_field_is_in_the_draft_as_it_is_left(ecran: Any, serveur: Serveur, reunion: int, touche: str) -> None:
    ecran.get_by_role("textbox", name="Point 1 : lieu").click()
    ecran.keyboard.type("Rue de la Paix Z")
    ecran.keyboard.press(touche)
    assert until(lambda: brouillon(serveur, reunion).get("1.lieu") == "Rue de la Paix Z"), "not in the draft"
    assert etat(serveur, reunion) == EtatReunion.BROUILLON


def test_an_empty_line_stays_one_and_out_of_the_draft(ecran: Any, serveur: Serveur, reunion: int) -> None:
    for etat_presence in ("Excusé", "Absent", "Présent"):
        choix(ecran, "PJJ", etat_presence).click()
        pret(ecran)
    expect(ecran.get_by_role("textbox", name="constat")).to_have_count(1)
    assert [c for c in brouillon(serveur, reunion) if c.startswith(("1.", "point"))] == []
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    expect(ecran.get_by_role("textbox", name="constat")).to_have_count(2)


def test_reloading_in_the_middle_keeps_what_was_left(ecran: Any, serveur: Serveur) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    choix(ecran, "PJJ", "Excusé").click()
    pret(ecran)
    ecran.reload()
    pret(ecran)
    expect(constat(ecran)).to_have_value(NOTE)
    expect(choix(ecran, "Point 1 : thème", "Dépôt sauvage")).to_be_checked()
    expect(choix(ecran, "PJJ", "Excusé")).to_be_checked()


def test_a_killed_server_loses_nothing_and_writes_once(ecran: Any, serveur: Serveur, reunion: int) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    pret(ecran)
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    redemarrer(ecran, serveur)
    expect(constat(ecran)).to_have_value(NOTE)
    constat(ecran).press_sequentially(", et un abribus")
    _clic(ecran)
    releve_affiche(ecran)
    assert points(serveur, reunion) == [f"{NOTE}, et un abribus"]


def test_saved_then_killed_before_the_answer_is_not_saved_twice(ecran: Any, serveur: Serveur, reunion: int) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    choix(ecran, "PJJ", "Excusé").click()
    pret(ecran)
    with serveur.session() as session:  # the commit whose answer the browser never gets
        form = brouillons.lire(session, cle=saisie.cle_brouillon(reunion))
        enregistrement.enregistrer(
            session,
            reunion_id=reunion,
            jeton=form.jeton if form else "",
            today=maintenant().date(),
            now=maintenant(),
            by=acteur(session),
        )
    serveur.kill()
    serveur.start()
    ecran.get_by_text("Cette réunion est saisie").wait_for()
    assert points(serveur, reunion) == [NOTE]
    ecran.get_by_role("link", name="Voir le relevé").click()
    releve_affiche(ecran)
    assert ecran.get_by_text(NOTE).is_visible()


def test_saved_one_does_not_come_back_to_the_entry(
    page: Page, connexion: Callable[..., None], serveur: Serveur, reunion: int
) -> None:
    """A busy browser has not heard yet that the relevé follows, and still says something from the entry: here, that a
    word came too late, as web/browser/frappe.js does."""
    retenus: list[tuple[Any, str | bytes]] | None = None

    def relayer(navigateur: Any) -> None:
        distant = navigateur.connect_to_server()
        distant.on_message(lambda m: navigateur.send(m) if retenus is None else retenus.append((navigateur, m)))

    page.route_web_socket("**/_stcore/stream*", relayer)
    connexion(page, "secretaire", suite=f"saisie?reunion={reunion}")
    constat(page).fill(NOTE)
    choix(page, "Point 1 : thème", "Dépôt sauvage").click()
    pret(page)
    retenus = []
    _clic(page)
    avant = -1
    while len(retenus) > avant:  # the server has drawn the relevé when it has no more to say
        avant = len(retenus)
        page.wait_for_timeout(700)
    assert points(serveur, reunion) == [NOTE]
    page.locator(".st-key-relire button").evaluate("bouton => bouton.click()")
    page.wait_for_timeout(1500)  # its answer too
    tenus, retenus = retenus, None
    for navigateur, message in tenus:
        navigateur.send(message)
    page.wait_for_timeout(700)
    releve_affiche(page)
    expect(page.get_by_text(NOTE)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Cette réunion est saisie")).to_be_visible()


def test_a_triple_click_writes_once(ecran: Any, serveur: Serveur, reunion: int) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    ecran.get_by_role("button", name=SAVE).click(click_count=3, delay=0)
    releve_affiche(ecran)  # also when the third click cuts the way there
    expect(ecran.get_by_text(NOTE)).to_be_visible()
    assert points(serveur, reunion) == [NOTE]


def test_what_is_missing_is_said_and_nothing_is_lost(ecran: Any, serveur: Serveur, reunion: int) -> None:
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    _clic(ecran)
    ecran.get_by_text("Choisissez le thème de ce point.").first.wait_for()
    expect(constat(ecran)).to_have_value(NOTE)
    assert etat(serveur, reunion) == EtatReunion.BROUILLON
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    pret(ecran)
    _clic(ecran)
    releve_affiche(ecran)
    assert points(serveur, reunion) == [NOTE]


@pytest.fixture
def collegue(contextes: Callable[..., Any], serveur: Serveur, ecran: Any, reunion: int) -> Any:
    """Another agent, in another browser, on the same entry."""
    onglet = contextes().new_page()
    se_connecter(onglet, serveur.url, "collaborateur")
    aller(onglet, f"{serveur.url}/saisie?reunion={reunion}")
    return onglet


def test_two_agents_see_each_others_fields(ecran: Any, collegue: Any) -> None:
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    choix(ecran, "PJJ", "Excusé").click()
    pret(ecran)
    collegue.wait_for_function(
        "t => [...document.querySelectorAll('textarea')].some(e => e.value === t)", arg=NOTE, timeout=15_000
    )
    expect(choix(collegue, "PJJ", "Excusé")).to_be_checked()
    collegue.get_by_text("Avec Sarah Secrétaire").wait_for()


def test_the_same_field_changed_by_both_shows_both_texts(
    ecran: Any, collegue: Any, serveur: Serveur, reunion: int
) -> None:
    lieu, sien = (p.get_by_role("textbox", name="Point 1 : lieu") for p in (ecran, collegue))
    lieu.click()
    ecran.keyboard.type("Rue A")
    ecran.keyboard.press("Tab")
    collegue.wait_for_function("() => [...document.querySelectorAll('input')].some(e => e.value === 'Rue A')")
    lieu.fill("Rue A, côté nord")
    sien.fill("Rue A, côté sud")
    ecran.keyboard.press("Tab")
    assert until(lambda: "Rue A, côté nord" in brouillon(serveur, reunion).values()), "first text not kept"
    collegue.keyboard.press("Tab")
    collegue.get_by_text("a mis entre-temps").wait_for()
    expect(sien).to_have_value("Rue A, côté sud")
    assert collegue.get_by_text("Rue A, côté nord").is_visible()
    assert "Rue A, côté nord" in brouillon(serveur, reunion).values(), "nothing overwritten"
    collegue.get_by_role("button", name="Garder le mien").click()
    assert until(lambda: "Rue A, côté sud" in brouillon(serveur, reunion).values()), "choice not kept"


def test_the_folded_part_stays_open_while_one_fills_it(ecran: Any) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    pret(ecran)
    ecran.get_by_test_id("stExpander").first.locator("summary").click()
    ecran.get_by_role("textbox", name="Réponse apportée").fill("Passages effectués")
    ecran.keyboard.press("Tab")
    pret(ecran)
    expect(ecran.get_by_role("textbox", name="Réponse apportée")).to_have_value("Passages effectués")
    ecran.get_by_test_id("stExpander").first.locator("summary").click()
    expect(ecran.get_by_text("Rempli : réponse")).to_be_visible()


def test_two_agents_who_differ_on_a_folded_field_or_a_presence_can_settle_it(ecran: Any, collegue: Any) -> None:
    choix(ecran, "PJJ", "Excusé").click()
    pret(ecran)
    expect(choix(collegue, "PJJ", "Excusé")).to_be_checked()
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    reponses = []
    for onglet in (ecran, collegue):
        expect(choix(onglet, "Point 1 : thème", "Dépôt sauvage")).to_be_checked()
        onglet.get_by_test_id("stExpander").first.locator("summary").click()
        reponses.append(onglet.get_by_role("textbox", name="Réponse apportée").first)
        reponses[-1].wait_for()
        pret(onglet)
    for reponse, texte in zip(reponses, ("Passage au nord", "Passage au sud"), strict=True):
        reponse.fill(texte)
    for onglet in (ecran, collegue):
        onglet.keyboard.press("Tab")
        pret(onglet)
    collegue.get_by_role("button", name="Prendre le sien").click()
    expect(reponses[1]).to_have_value("Passage au nord")


def test_two_pages_pasted_are_kept_and_said_too_long(ecran: Any, serveur: Serveur, reunion: int) -> None:
    """With a maximum, the field took nothing of a longer text, in silence."""
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    pret(ecran)
    constat(ecran).click()
    ecran.keyboard.insert_text("n" * 2500)
    _clic(ecran)
    expect(ecran.get_by_test_id("stBottom")).to_contain_text("2500 caractères, 2000 au plus")
    expect(constat(ecran)).to_have_value("n" * 2500)
    constat(ecran).fill("n" * 9000)
    ecran.get_by_role("textbox", name="Point 1 : lieu").fill("Rue A")
    ecran.keyboard.press("Tab")
    assert until(lambda: "Rue A" in brouillon(serveur, reunion).values()), "another field is kept out"
    expect(ecran.get_by_test_id("stBottom")).to_contain_text("8000 caractères au plus")


def test_signed_out_in_another_tab_the_save_is_refused_and_the_text_waits(
    ecran: Any, contexte: Any, serveur: Serveur, reunion: int
) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    pret(ecran)
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    choix(ecran, "PJJ", "Excusé").click()
    pret(ecran)
    autre = contexte.new_page()
    aller(autre, serveur.url)
    autre.get_by_role("link", name="Se déconnecter").click()
    autre.get_by_text("déconnecté").first.wait_for()
    ecran.get_by_role("button", name=SAVE).dispatch_event("click")  # before the tab knows
    ecran.wait_for_timeout(1500)
    assert etat(serveur, reunion) == EtatReunion.BROUILLON
    assert points(serveur, reunion) == []
    ecran.bring_to_front()
    ecran.wait_for_url("**/connexion?*")
    ecran.fill('input[name="identifiant"]', "secretaire")
    ecran.fill('input[name="mot_de_passe"]', MOT_DE_PASSE)
    ecran.click('button[type="submit"]')
    expect(constat(ecran)).to_have_value(NOTE)


def test_hostile_text_is_shown_as_typed(ecran: Any, serveur: Serveur, reunion: int) -> None:
    hostile = (
        "![x](http://evil.example/a.png) :red[rouge] $a$ <script>alert(1)</script> :material/home: :smile: **gras** "
        "www.evil.example -> <- -- >= <= _a_ # un 1. deux | `c` ~~d~~ &amp; \\( https://evil.example"
    )
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    constat(ecran).click()
    ecran.keyboard.type(hostile)
    _clic(ecran)
    releve_affiche(ecran)
    vu = ecran.get_by_test_id("stMarkdownContainer").filter(has_text="alert(1)").first
    # The relevé keeps its signs to their line: fixed spaces are spaces all the same.
    assert vu.inner_text().replace("\u2060", "").replace("\xa0", " ").split("\n") == [
        "1. Dépôt sauvage – Mireuil",
        hostile,
    ]
    assert vu.locator("a, img, script, b, code, del, em").count() == 0
    assert vu.locator("strong").all_inner_texts() == ["1. Dépôt sauvage – Mireuil"]
    assert points(serveur, reunion) == [hostile]


def test_presences_by_keyboard(ecran: Any, serveur: Serveur, reunion: int) -> None:
    groupe(ecran, "PJJ").get_by_role("radio").first.focus()
    ecran.keyboard.press("ArrowRight")
    ecran.keyboard.press("Space")
    pret(ecran)
    ecran.keyboard.press("Alt+p")
    assert until(lambda: len(brouillon(serveur, reunion)) >= len(scene.CAS["members"])), "presences not kept"
    pret(ecran)
    _clic(ecran)
    releve_affiche(ecran)
    with serveur.session() as session:
        etats = [p.etat.value for p in session.exec(select(Presence).where(Presence.reunion_id == reunion)).all()]
    assert sorted(etats) == ["excuse"] + ["present"] * (len(scene.CAS["members"]) - 1)


def test_corrected_next_morning(ecran: Any, serveur: Serveur, reunion: int) -> None:
    choix(ecran, "Point 1 : thème", "Dépôt sauvage").click()
    constat(ecran).click()
    ecran.keyboard.type(NOTE)
    _clic(ecran)
    releve_affiche(ecran)
    ecran.get_by_role("link", name="Corriger").click()
    constat(ecran).wait_for()
    pret(ecran)
    expect(constat(ecran)).to_have_value(NOTE)
    constat(ecran).fill(f"{NOTE} et remplacés")
    _clic(ecran)
    releve_affiche(ecran)
    assert points(serveur, reunion) == [f"{NOTE} et remplacés"]


def test_someone_who_was_not_expected_is_added(ecran: Any, serveur: Serveur, reunion: int) -> None:
    ecran.get_by_role("searchbox", name="Ajouter un partenaire ou une personne").click()
    ecran.keyboard.type("tremplin")
    ecran.get_by_role("button", name="Tremplin 17").click()
    pret(ecran)
    expect(choix(ecran, "Tremplin 17", "Présent")).to_be_checked()
    _clic(ecran)
    releve_affiche(ecran)
    assert ecran.get_by_text("Tremplin 17").is_visible()
