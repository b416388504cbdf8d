"""The calendar in a real browser: select, drag, stretch, refuse, by mouse and by keyboard only."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect
from sqlmodel import col, delete, select

from models import Instance, JetonUtilise, Reunion
from models.lists import TypeReunion
from services.agenda import programmation, reunions
from services.commun import edition_listes
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from tests.browser.outils import aller, pret, se_connecter, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)

LUNDI = date(2026, 11, 23)
SEMAINE = "calendrier?vue=Semaine&jour=2026-11-23"
Connexion = Callable[..., None]


def a(jour: date, heure: int, minute: int = 0) -> datetime:
    return datetime.combine(jour, time(heure, minute))


@pytest.fixture
def vide(serveur: Serveur) -> Iterator[Serveur]:
    """The server of this file, without any meeting."""
    yield serveur
    with serveur.session() as session:
        session.exec(delete(Reunion).where(col(Reunion.id) > 0))


def semer(serveur: Serveur, *, debut: datetime, titre: str = "", heures: int = 2, **autres: Any) -> int:
    with serveur.session() as session:
        instance_id = session.exec(select(Instance.id).where(col(Instance.nom).contains("Mireuil"))).first()
        n = len(session.exec(select(JetonUtilise.jeton)).all())
        valeurs: dict[str, Any] = {
            "type": TypeReunion.CELLULE,
            "instance_id": instance_id,
            "titre": titre,
            "debut": debut,
            "fin": debut + timedelta(hours=heures),
        }
        saisie = programmation.Saisie(**(valeurs | autres))
        return programmation.creer(session, saisie=saisie, jeton=f"semis{n}", by=SYSTEME)


def toutes(serveur: Serveur) -> list[reunions.ReunionVue]:
    with serveur.session() as session:
        return reunions.entre(session, debut=datetime(2000, 1, 1), fin=datetime(2100, 1, 1))


def cadre(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='streamlit_calendar.calendar']")


def evenement(page: Page, texte: str) -> Locator:
    return cadre(page).locator(".fc-event:not(.fc-bg-event):not(.fc-event-mirror)", has_text=texte)


def point(page: Page, jour: date, heure: float) -> tuple[float, float]:
    """Where that hour of that day is drawn, in the page."""
    colonne = cadre(page).locator(f"td.fc-timegrid-col[data-date='{jour}']")
    ligne = cadre(page).locator(f"td.fc-timegrid-slot-lane[data-time='{int(heure):02d}:00:00']")
    ligne.scroll_into_view_if_needed()
    c, r = colonne.bounding_box(), ligne.bounding_box()
    assert c
    assert r
    return c["x"] + c["width"] / 2, r["y"] + 4 + 2 * r["height"] * (heure - int(heure))


def tirer(page: Page, depart: tuple[float, float], arrivee: tuple[float, float]) -> None:
    """Press, move in steps (the component ignores a jump), release."""
    page.mouse.move(*depart)
    page.mouse.down()
    for pas in range(1, 9):
        page.mouse.move(*(d + (b - d) * pas / 8 for d, b in zip(depart, arrivee, strict=True)))
    page.mouse.up()
    pret(page)


def ouvrir(page: Page, connexion: Connexion, adresse: str = SEMAINE, role: str = "secretaire") -> None:
    connexion(page, role, suite=adresse)
    expect(cadre(page).locator(".fc-view")).to_be_visible()


def choisir(page: Page, label: str, texte: str) -> None:
    """Choose in the list of that label, in the window over the page."""
    champ = page.get_by_role("dialog").get_by_label(label, exact=True)
    champ.click()
    champ.press_sequentially(texte)
    page.get_by_role("option", name=re.compile(texte)).first.click()
    pret(page)


# --- creating --------------------------------------------------------------------------------------------------------


def test_what_stands_in_the_date_is_what_is_saved(vide: Serveur, page: Page, connexion: Connexion) -> None:
    """Out of Streamlit's bounds, or emptied, the date before came back and was saved."""
    ouvrir(page, connexion)
    page.get_by_role("button", name="Nouvelle réunion").click()
    fenetre = page.get_by_role("dialog")
    fenetre.get_by_label("Titre", exact=True).fill("Archives")
    morceaux = fenetre.get_by_test_id("stDateInput").get_by_role("spinbutton")
    morceaux.nth(2).click()
    page.keyboard.type("1850")
    fenetre.get_by_label("Titre", exact=True).click()
    fenetre.get_by_role("button", name="Créer la réunion").click()
    expect(fenetre).to_contain_text("Choisissez une date entre 2000 et 2099.")
    for morceau in reversed(morceaux.all()):
        morceau.click()
        for _ in range(4):
            page.keyboard.press("Backspace")
    fenetre.get_by_label("Titre", exact=True).click()
    fenetre.get_by_role("button", name="Créer la réunion").click()
    expect(fenetre).to_contain_text("Choisissez la date de la réunion.")
    assert toutes(vide) == []


def test_slot_selected_creates_once_even_by_a_triple_click(vide: Serveur, page: Page, connexion: Connexion) -> None:
    ouvrir(page, connexion)
    mardi = LUNDI + timedelta(days=1)
    tirer(page, point(page, mardi, 14), point(page, mardi, 15.5))
    fenetre = page.get_by_role("dialog")
    expect(fenetre).to_contain_text("Nouvelle réunion")
    choisir(page, "Instance", "Cellule de veille – Mireuil")
    expect(fenetre.get_by_label("Titre")).to_have_value("Cellule de veille – Mireuil")
    fenetre.get_by_role("button", name="Créer la réunion").click(click_count=3, delay=0)
    expect(fenetre).to_have_count(0)
    pret(page)
    [vue] = toutes(vide)
    assert (vue.debut, vue.fin) == (a(mardi, 14), a(mardi, 16))  # the last half hour touched is included
    expect(evenement(page, "Cellule de veille – Mireuil")).to_be_visible()


def test_same_slot_again_after_closing_opens_again(vide: Serveur, page: Page, connexion: Connexion) -> None:
    """The component answers the same thing twice: the second time must count, a mere rerun must not."""
    ouvrir(page, connexion)
    for _ in range(2):
        page.mouse.click(*point(page, LUNDI, 10))
        pret(page)
        expect(page.get_by_role("dialog")).to_contain_text("Nouvelle réunion")
        page.keyboard.press("Escape")
        pret(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Suivant").click()
    pret(page)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_last_letter_typed_is_kept_by_a_click_without_a_pause(vide: Serveur, page: Page, connexion: Connexion) -> None:
    ouvrir(page, connexion)
    page.mouse.click(*point(page, LUNDI, 10))
    pret(page)
    titre = page.get_by_role("dialog").get_by_label("Titre")
    titre.click()
    page.keyboard.type("Réunion publique")
    bouton = page.get_by_role("button", name="Créer la réunion").bounding_box()
    assert bouton
    page.mouse.click(bouton["x"] + 20, bouton["y"] + 10)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [v.titre for v in toutes(vide)] == ["Réunion publique"]


def test_created_and_moved_by_keyboard_only(vide: Serveur, page: Page, connexion: Connexion) -> None:
    ouvrir(page, connexion)

    def jusqua(role: str, nom: str) -> None:
        """Tab until that element has the focus."""
        cible = page.get_by_role(role, name=nom, exact=True)  # type: ignore[arg-type]
        for _ in range(60):
            if cible.count() and cible.evaluate("e => e === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"« {nom} » n’est pas atteint au clavier")

    page.locator("body").focus()
    jusqua("button", "Nouvelle réunion")
    page.keyboard.press("Enter")
    pret(page)
    jusqua("textbox", "Titre")
    page.keyboard.type("Au clavier")
    page.keyboard.press("Enter")  # sends the form
    expect(page.get_by_role("dialog")).to_have_count(0)
    pret(page)
    [vue] = toutes(vide)
    assert (vue.titre, vue.debut.time(), vue.fin.time()) == ("Au clavier", time(14), time(16))

    aller(page, f"{vide.url}/calendrier?vue=Liste&jour={vue.debut.date()}")
    lien = evenement(page, "Au clavier")
    expect(lien).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if lien.evaluate("e => e === document.activeElement || e.contains(document.activeElement)"):
            break
    page.keyboard.press("Enter")
    pret(page)
    expect(page.get_by_role("dialog")).to_contain_text("Au clavier")
    jusqua("button", "Modifier")
    page.keyboard.press("Enter")
    pret(page)
    titre = page.get_by_role("dialog").get_by_label("Titre")
    jusqua("textbox", "Titre")
    expect(titre).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for _ in range(12):  # on to the start: segments of a date, then of a time
        if "Début" in (page.evaluate("document.activeElement.closest('[data-testid=stTimeInput]')?.innerText") or ""):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("15")
    jusqua("button", "Enregistrer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    pret(page)
    assert [v.debut.time() for v in toutes(vide)] == [time(15)]


# --- moving ----------------------------------------------------------------------------------------------------------


def test_dragged_then_stretched(vide: Serveur, page: Page, connexion: Connexion) -> None:
    semer(vide, debut=a(LUNDI, 9))
    ouvrir(page, connexion)
    jeudi = LUNDI + timedelta(days=3)
    tirer(page, point(page, LUNDI, 9.5), point(page, jeudi, 14.5))
    expect(page.get_by_text("Réunion déplacée")).to_be_visible()
    assert [(v.debut, v.fin) for v in toutes(vide)] == [(a(jeudi, 14), a(jeudi, 16))]
    boite = evenement(page, "Mireuil").bounding_box()
    assert boite
    poignee = (boite["x"] + boite["width"] / 2, boite["y"] + boite["height"] - 3)
    page.mouse.move(*poignee)
    tirer(page, poignee, (poignee[0], point(page, jeudi, 17)[1]))
    assert until(lambda: [(v.debut, v.fin) for v in toutes(vide)] == [(a(jeudi, 14), a(jeudi, 17, 30))])
    assert [v.version for v in toutes(vide)] == [3]  # each once


@pytest.mark.parametrize(
    ("avant", "apres"), [(date(2026, 10, 23), date(2026, 10, 26)), (date(2027, 3, 26), date(2027, 3, 29))]
)
def test_dragged_over_a_clock_change_keeps_its_hour(
    vide: Serveur, page: Page, connexion: Connexion, avant: date, apres: date
) -> None:
    """In the month view, where only the day is chosen: 18:00 stays 18:00."""
    semer(vide, debut=a(avant, 18))
    ouvrir(page, connexion, f"calendrier?vue=Mois&jour={avant}")
    depart = evenement(page, "Mireuil").bounding_box()
    arrivee = cadre(page).locator(f"td.fc-daygrid-day[data-date='{apres}']").bounding_box()
    assert depart
    assert arrivee
    expect(evenement(page, "Mireuil")).to_contain_text("18:00")
    tirer(
        page,
        (depart["x"] + 20, depart["y"] + 8),
        (arrivee["x"] + arrivee["width"] / 2, arrivee["y"] + arrivee["height"] / 2),
    )
    assert until(lambda: [(v.debut, v.fin) for v in toutes(vide)] == [(a(apres, 18), a(apres, 20))])
    expect(evenement(page, "Mireuil")).to_contain_text("18:00")


def test_refused_move_snaps_back(vide: Serveur, page: Page, connexion: Connexion) -> None:
    id = semer(vide, debut=a(LUNDI, 9))
    ouvrir(page, connexion)
    mercredi = LUNDI + timedelta(days=2)
    with vide.session() as session:  # a colleague, meanwhile
        programmation.deplacer(session, id=id, debut=a(mercredi, 9), version=1, by=SYSTEME)
    tirer(page, point(page, LUNDI, 9.5), point(page, LUNDI + timedelta(days=4), 14.5))
    expect(page.get_by_text("Un collègue vient de modifier cette réunion")).to_be_visible()
    assert [(v.debut, v.version) for v in toutes(vide)] == [(a(mercredi, 9), 2)]
    expect(cadre(page).locator(f"td.fc-timegrid-col[data-date='{mercredi}'] .fc-event")).to_have_count(1)
    tirer(page, point(page, mercredi, 9.5), point(page, LUNDI, 9.5))  # the calendar is alive: its version moves
    assert until(lambda: [v.debut for v in toutes(vide)] == [a(LUNDI, 9)])


def test_overlap_of_place_asks_first(vide: Serveur, page: Page, connexion: Connexion) -> None:
    with vide.session() as session:
        lieu = edition_listes.lieu_nomme(session, nom="Salle des commissions", by=SYSTEME)
    semer(vide, debut=a(LUNDI, 9), lieu_id=lieu, titre="Première")
    semer(vide, debut=a(LUNDI, 14), lieu_id=lieu, titre="Seconde", instance_id=None)
    ouvrir(page, connexion)
    tirer(page, point(page, LUNDI, 14.5), point(page, LUNDI, 10.5))
    fenetre = page.get_by_role("dialog")
    expect(fenetre).to_contain_text("« Salle des commissions » est déjà pris par « Première »")
    fenetre.get_by_role("button", name="Laisser à sa place").click()
    pret(page)
    assert [v.debut for v in toutes(vide)] == [a(LUNDI, 9), a(LUNDI, 14)]
    tirer(page, point(page, LUNDI, 14.5), point(page, LUNDI, 10.5))  # it is back there, and can be tried again
    fenetre.get_by_role("button", name="Déplacer quand même").click()
    expect(fenetre).to_have_count(0)
    pret(page)
    assert [(v.titre, v.debut) for v in toutes(vide)] == [("Première", a(LUNDI, 9)), ("Seconde", a(LUNDI, 10))]


def test_a_window_left_by_its_link_is_closed_on_return(vide: Serveur, page: Page, connexion: Connexion) -> None:
    """And the same click opens it again."""
    semer(vide, debut=a(LUNDI, 9), titre="Première")
    ouvrir(page, connexion)
    fenetre = page.get_by_role("dialog")
    evenement(page, "Première").click()
    fenetre.get_by_role("link").first.click()
    page.wait_for_url(lambda adresse: "/calendrier" not in adresse)
    pret(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Calendrier").click()
    expect(cadre(page).locator(".fc-view")).to_be_visible()
    pret(page)
    expect(fenetre).to_have_count(0)
    evenement(page, "Première").click()
    expect(fenetre).to_be_visible()


# --- looking ---------------------------------------------------------------------------------------------------------


def test_today_is_the_towns_wherever_the_server_runs(lancer: Callable[..., Serveur], page: Page) -> None:
    """Streamlit leaves today out of the address: its own would be the machine's."""
    ailleurs = next(z for z in ("Etc/GMT+12", "Pacific/Kiritimati") if datetime.now(ZoneInfo(z)).date() != aujourdhui())
    loin = lancer(TZ=ailleurs)
    la_bas = datetime.now(ZoneInfo(ailleurs)).date()
    se_connecter(page, loin.url, "secretaire", suite=f"calendrier?vue=Mois&jour={la_bas}")
    page.get_by_text("Réunion de projet", exact=True).click()
    pret(page)
    assert f"jour={la_bas}" in page.url


def test_filters_view_and_date_survive_a_reload(vide: Serveur, page: Page, connexion: Connexion) -> None:
    semer(vide, debut=a(LUNDI, 9), titre="Cellule du lundi")
    semer(vide, debut=a(LUNDI, 11), titre="Projet du lundi", type=TypeReunion.PROJET)
    ouvrir(page, connexion, "calendrier")
    page.get_by_label("Jour montré").first.wait_for()
    page.get_by_role("radio", name="Mois").or_(page.get_by_text("Mois", exact=True)).first.click()
    pret(page)
    page.get_by_text("Réunion de projet", exact=True).click()
    pret(page)
    jour = LUNDI if aujourdhui() != LUNDI else LUNDI + timedelta(days=1)  # today is not written in the address
    aller(page, f"{page.url}&jour={jour}")
    expect(evenement(page, "Projet du lundi")).to_be_visible()
    expect(evenement(page, "Cellule du lundi")).to_have_count(0)
    adresse = page.url
    assert "vue=Mois" in adresse
    assert f"jour={jour}" in adresse
    page.reload()
    pret(page)
    assert page.url == adresse
    expect(evenement(page, "Projet du lundi")).to_be_visible()
    expect(evenement(page, "Cellule du lundi")).to_have_count(0)


def test_views_and_steps_never_mount_the_component_again(vide: Serveur, page: Page, connexion: Connexion) -> None:
    """One frame for all: its view and dates change through options (ui/agenda/evenements.py says how)."""
    semer(vide, debut=a(LUNDI, 9), titre="Cellule du lundi")
    charges: list[str] = []
    page.on("request", lambda r: "/component/" in r.url and r.resource_type == "document" and charges.append(r.url))
    ouvrir(page, connexion)
    for vue, classe in (("Mois", "daygrid"), ("Jour", "timegrid"), ("Liste", "list"), ("Semaine", "timegrid")):
        page.get_by_test_id("stMain").get_by_text(vue, exact=True).first.click()
        pret(page)
        expect(cadre(page).locator(f".fc-{classe}").first).to_be_visible()
        expect(evenement(page, "Cellule du lundi")).to_be_visible()
    page.get_by_role("button", name="Suivant").click()
    pret(page)
    expect(cadre(page).locator("[data-date='2026-11-30']").first).to_be_visible()
    expect(evenement(page, "Cellule du lundi")).to_have_count(0)
    assert len(charges) == 1


def test_everything_is_french_and_days_off_are_named(vide: Serveur, page: Page, connexion: Connexion) -> None:
    ouvrir(page, connexion, "calendrier?vue=Mois&jour=2026-12-25")
    for _ in range(4):
        semer(vide, debut=a(date(2026, 12, 22), 9), instance_id=None, titre="Bilan")
    page.reload()
    pret(page)
    texte = cadre(page).locator("body").inner_text()
    assert "Vacances de Noël" in texte
    assert "Noël" in texte
    assert "1 en plus" in texte
    page.get_by_test_id("stMain").get_by_text("Liste", exact=True).first.click()
    pret(page)
    expect(cadre(page).locator("body")).to_contain_text("mardi 22 décembre")
    page.get_by_role("button", name="Suivant").click()
    pret(page)
    expect(cadre(page).locator("body")).to_contain_text("Aucune réunion dans cette période")
    anglais = re.compile(r"\b(today|month|week|day|list|events?|more|all-day|monday|december|close)\b", re.IGNORECASE)
    assert not anglais.search(texte)
    titres = (
        cadre(page)
        .locator("[title], [aria-label]")
        .evaluate_all("es => es.map(e => (e.title || '') + ' ' + (e.getAttribute('aria-label') || ''))")
    )
    assert not [t for t in titres if anglais.search(t)]


def test_reader_can_only_look(vide: Serveur, page: Page, connexion: Connexion) -> None:
    semer(vide, debut=a(LUNDI, 9))
    ouvrir(page, connexion, role="elu")
    expect(page.get_by_role("button", name="Nouvelle réunion")).to_have_count(0)
    tirer(page, point(page, LUNDI, 9.5), point(page, LUNDI + timedelta(days=1), 14.5))
    assert [v.debut for v in toutes(vide)] == [a(LUNDI, 9)]
    page.keyboard.press("Escape")
    pret(page)
    page.mouse.click(*point(page, LUNDI + timedelta(days=2), 10))
    pret(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    evenement(page, "Mireuil").click()
    pret(page)
    fenetre = page.get_by_role("dialog")
    expect(fenetre).to_contain_text("lundi 23 novembre 2026")
    expect(fenetre.get_by_role("button")).to_have_count(1)  # close


def test_hostile_title_is_shown_as_typed(vide: Serveur, page: Page, connexion: Connexion) -> None:
    titre = "<img src=x onerror=alert(1)> ![a](http://192.0.2.1/x.png) :red[b]"
    semer(vide, debut=a(LUNDI, 9), titre=titre, heures=4)
    dialogues: list[str] = []
    page.on("dialog", lambda d: (dialogues.append(d.message), d.dismiss()))
    ouvrir(page, connexion)
    evenement(page, "onerror").click()
    pret(page)
    montre = page.get_by_role("dialog").inner_text().replace("\u2060", "")  # `md` breaks addresses invisibly
    assert titre in montre
    assert dialogues == []
