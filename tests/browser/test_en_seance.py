"""A meeting written up while it is held, on a tablet: presences, suites, points in turn; then a file opened."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlmodel import select

from models import Agent, Point, Reunion
from models.lists import EtatReunion, GenrePhrase
from services.agenda import points
from services.releves import lecture, saisie
from services.releves.phrases import DEFAUTS
from services.socle import brouillons
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from tests import scene
from tests.browser.operateur import choix
from tests.browser.outils import aller, pret, redemarrer, until
from tests.fichiers.pieces import EXE, PDF
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
NOTE = "Deux bancs abîmés place de l’Europe"
PHRASE = DEFAUTS[GenrePhrase.NOTE][0]


def acteur(session: Any, identifiant: str = "secretaire") -> Acteur:
    agent = session.exec(select(Agent).where(Agent.identifiant == identifiant)).one()
    return Acteur(agent.id, agent.nom, agent.role)


@pytest.fixture(scope="module")
def cas(serveur: Serveur) -> int:
    with serveur.session() as session:
        now = maintenant().replace(second=0, microsecond=0)
        return scene.poser_cas(session, now=now, by=acteur(session))


@pytest.fixture
def reunion(serveur: Serveur, cas: int) -> int:
    """A meeting that begins in ten minutes, with two points that wait for it."""
    with serveur.session() as session:
        by, debut = acteur(session), maintenant().replace(second=0, microsecond=0) + timedelta(minutes=10)
        id = scene.tenir(session, scene.CAS["instance"], debut, by)
        for libelle, note in (("Dépôt sauvage", "Encombrants rue A"), ("Rodéo motorisé", "Le soir, rue B")):
            points.noter(
                session,
                theme_id=scene.theme(session, libelle),
                instance_id=session.get_one(Reunion, id).instance_id,
                quartier_id=None,
                lieu="",
                note=note,
                origine_id=None,
                jeton=scene.jeton(session),
                by=by,
            )
    return id


@pytest.fixture
def tablette(contextes: Callable[..., Any]) -> Callable[[], Any]:
    """`tablette()`: the browser of one more tablet."""
    return lambda: contextes(viewport={"width": 820, "height": 1180}, has_touch=True).new_page()


def champs(serveur: Serveur, reunion: int) -> list[Any]:
    with serveur.session() as session:
        return [c.valeur for c in brouillons.champs(session, cle=saisie.cle_brouillon(reunion)).values()]


def taper(page: Any, bouton: str) -> None:
    page.get_by_role("button", name=bouton, exact=True).tap()
    pret(page)


def sans_entrave(page: Any) -> None:
    """Nothing serious or critical for those who listen, on the screen as it stands."""
    fautes = [f for f in Axe().run(page).response["violations"] if f["impact"] in ("serious", "critical")]
    assert not fautes, "\n".join(f"{f['id']} {[n['html'][:160] for n in f['nodes'][:3]]}" for f in fautes)


def test_a_meeting_on_a_tablet_from_accueil_to_the_releve(
    tablette: Callable[[], Any], connexion: Callable[..., None], serveur: Serveur, reunion: int
) -> None:
    page = tablette()
    connexion(page, "secretaire")
    page.get_by_role("link", name="Ouvrir la séance").first.tap()
    page.get_by_role("button", name="Ouvrir la séance").wait_for()
    pret(page)
    page.get_by_role("button", name="Ouvrir la séance").tap()
    pret(page)
    expect(page.get_by_text("ne pas projeter")).to_have_count(2)  # above, and always in sight below
    cible = choix(page, "PJJ", "Présent")
    assert cible.bounding_box()["height"] >= 44, "a target for a thumb"
    cible.tap()
    choix(page, "PM", "Présent").tap()
    choix(page, "OPH", "Excusé").tap()
    expect(page.get_by_text("2 présents")).to_be_visible()
    expect(page.get_by_text("1 excusé")).to_be_visible()
    sans_entrave(page)

    taper(page, "Suivant")
    choix(page, "État de l’action", "Réalisée").tap()
    taper(page, "Suivant")
    constat = page.get_by_role("textbox", name="Point 1 : constat")
    expect(constat).to_have_value("Encombrants rue A")
    constat.press("End")
    constat.press_sequentially(", et rue C")
    taper(page, "Suivant")  # at once: the last letter comes along
    expect(page.get_by_role("textbox", name="Point 2 : constat")).to_have_value("Le soir, rue B")
    page.get_by_role("textbox", name="Point 2 : action décidée").fill("Passages en soirée")
    choix(page, "Point 2 : pilote", "PM").tap()
    taper(page, "Précédent")
    expect(constat).to_have_value("Encombrants rue A, et rue C")
    taper(page, "Ajouter un point")
    choix(page, "Point 3 : thème", "Dégradation de mobilier urbain").tap()
    page.get_by_role("textbox", name="Point 3 : constat").fill(NOTE)
    sans_entrave(page)
    taper(page, "Terminer")
    expect(page.get_by_text("Passages en soirée")).to_be_visible()
    taper(page, "Terminer et enregistrer")
    page.wait_for_url("**/releve?reunion=*")
    with serveur.session() as session:
        releve = lecture.lire(session, reunion_id=reunion, today=maintenant().date())
    assert releve.reunion.etat is EtatReunion.TENUE
    assert [p.note for p in releve.points] == ["Encombrants rue A, et rue C", "Le soir, rue B", NOTE]
    assert [a.quoi for p in releve.points for a in p.actions] == ["Passages en soirée"]
    assert [s.etat.libelle for s in releve.suites] == ["Réalisée"]
    assert sum(len(p) for p in releve.presences.values()) == 3


def test_two_tablets_see_each_other_and_a_restart_loses_nothing(
    tablette: Callable[[], Any], connexion: Callable[..., None], serveur: Serveur, reunion: int
) -> None:
    un, deux = tablette(), tablette()
    for page, role in ((un, "secretaire"), (deux, "collaborateur")):
        connexion(page, role, suite=f"en-seance?reunion={reunion}")
        ouvrir = page.get_by_role("button", name="Ouvrir la séance")
        suivant = page.get_by_role("button", name="Suivant")
        ouvrir.or_(suivant).wait_for()
        if ouvrir.count():
            taper(page, "Ouvrir la séance")
        suivant.wait_for()
    choix(un, "PJJ", "Présent").tap()
    expect(deux.get_by_text("1 présent")).to_be_visible()
    for page in (un, deux):
        page.get_by_role("button", name="1. Dépôt sauvage").tap()
        pret(page)
    constat, sien = (p.get_by_role("textbox", name="Point 1 : constat") for p in (un, deux))
    constat.fill(NOTE)
    un.keyboard.press("Tab")
    expect(sien).to_have_value(NOTE)
    # Elsewhere meanwhile, it comes back to what the other wrote, and goes on from there: nothing to settle.
    taper(deux, "Suivant")
    constat.fill(f"{NOTE} et rue B")
    un.keyboard.press("Tab")
    assert until(lambda: f"{NOTE} et rue B" in champs(serveur, reunion))
    taper(deux, "Précédent")
    expect(sien).to_have_value(f"{NOTE} et rue B")
    sien.fill(f"{NOTE}, rue B, rue C")
    redemarrer(deux, serveur, annonce=True)
    expect(sien).to_be_focused()  # the notice took the caret: without it back, the text would never be sent
    taper(deux, "Suivant")
    assert until(lambda: f"{NOTE}, rue B, rue C" in champs(serveur, reunion))
    assert deux.get_by_text("a mis entre-temps").count() == 0
    expect(deux.get_by_role("textbox", name="Point 2 : constat")).to_be_visible()


def test_a_ready_phrase_comes_after_what_was_just_typed(
    page: Any, connexion: Callable[..., None], serveur: Serveur, cas: int
) -> None:
    """On the one-page entry: typed, then the button at once, then the phrase."""
    connexion(page, "secretaire", suite=f"saisie?reunion={cas}")
    constat = page.get_by_role("textbox", name="Point 1 : constat")
    constat.click()
    page.keyboard.type(NOTE)
    page.get_by_role("button", name="Phrases").first.click(delay=0)
    page.get_by_role("button", name=PHRASE).click(delay=0)
    expect(constat).to_have_value(f"{NOTE} {PHRASE}")
    assert until(lambda: f"{NOTE} {PHRASE}" in champs(serveur, cas))
    expect(page.get_by_role("button", name=PHRASE)).to_have_count(0)
    page.get_by_role("button", name="Phrases").first.click(delay=0)
    page.get_by_role("button", name=DEFAUTS[GenrePhrase.REPONSE][1]).click(delay=0)  # its field is folded away
    expect(page.get_by_text("Rempli : réponse")).to_be_visible()
    with serveur.session() as session:
        assert session.exec(select(Point).where(Point.reunion_id == cas)).all() == []


def test_a_file_is_attached_then_opened_and_a_bad_one_is_said(
    page: Any, connexion: Callable[..., None], serveur: Serveur, cas: int, tmp_path: Path
) -> None:
    for nom, contenu in (("Plan d’été.pdf", PDF), ("facture.pdf", EXE)):
        (tmp_path / nom).write_bytes(contenu)
    connexion(page, "secretaire", suite=f"reunion?id={cas}&volet=Pi%C3%A8ces+jointes")
    page.locator('input[type="file"]').set_input_files([tmp_path / "Plan d’été.pdf", tmp_path / "facture.pdf"])
    lien = page.get_by_role("link", name="Plan d’été.pdf")
    expect(lien).to_be_visible()
    expect(page.get_by_text("n’est pas un PDF, malgré son nom")).to_be_visible()
    lien.evaluate("e => e.removeAttribute('target')")  # here, and not in a tab that closes at once
    with page.expect_download() as telecharge:
        lien.click()
    assert telecharge.value.suggested_filename == "Plan d’été.pdf"
    assert Path(telecharge.value.path()).read_bytes() == PDF
    page.get_by_role("button", name="Retirer").click()
    expect(lien).to_have_count(0)
    page.get_by_role("button", name="Annuler le retrait").click()
    expect(lien).to_be_visible()
    aller(page, f"{serveur.url}/reunion?id={cas}&volet=Pi%C3%A8ces+jointes")
    expect(lien).to_be_visible()
    sans_entrave(page)
