"""«13-18» in a real browser: a year in miniature, quick hands, and the calendar."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from models import Classe, Partenaire, Participation
from models.lists import EtatSeance
from services.projets import classes, participations, seances
from services.projets.creneaux import LigneSeance, SeanceVue
from services.projets.participations import Bilan, annee_scolaire
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from tests.browser.outils import aller, pret
from tests.browser.test_actions import fill_quick_click, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
Connexion = Callable[..., None]
ANNEE = annee_scolaire(aujourdhui()) - 1  # over or nearly: its séances can be noted
MARDI = next(d for d in (date(ANNEE, 11, 15 + n) for n in range(7)) if d.weekday() == 1)


@pytest.fixture
def college(serveur: Serveur) -> Callable[[str, str], int]:
    """`college("Missy", "4e A, 4e B")`: invited that year, with these classes of 28 besides those it has."""

    def faire(nom: str, noms: str = "") -> int:
        with serveur.session() as session:
            participations.inviter(session, annee=ANNEE, by=SYSTEME)
            id = session.exec(
                select(Participation.id)
                .join(Partenaire, col(Partenaire.id) == Participation.college_id)
                .where(Participation.annee == ANNEE, col(Partenaire.nom).contains(nom))
            ).one()
            for classe in noms.split(", ") if noms else ():
                classes.ajouter(
                    session, participation_id=id or 0, nom=classe, effectif=28, jeton=uuid4().hex, by=SYSTEME
                )
            return id or 0

    return faire


def creer(serveur: Serveur, college: int, debut: datetime) -> SeanceVue:
    """A séance of its first class."""
    with serveur.session() as session:
        classe = session.exec(select(Classe.id).where(Classe.participation_id == college)).first()
        ligne = LigneSeance("s", classe, debut, attendus=28)
        seances.creer_semaine(session, participation_id=college, lignes=[ligne], jeton=uuid4().hex, by=SYSTEME)
    return toutes(serveur, college)[-1]


def toutes(serveur: Serveur, college: int) -> list[SeanceVue]:
    with serveur.session() as session:
        return seances.de_la_participation(session, participation_id=college)


def noms(serveur: Serveur, college: int) -> list[tuple[str, int | None]]:
    with serveur.session() as session:
        return [(c.nom, c.effectif) for c in classes.liste(session, participation_id=college)]


def choisir(page: Any, label: str, texte: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.keyboard.type(texte)
    page.get_by_role("option", name=texte).click()
    pret(page)


def pastille(page: Any, groupe: str, texte: str) -> None:
    page.get_by_role("radiogroup", name=groupe, exact=True).get_by_role("radio", name=texte).click()
    pret(page)


def geste(page: Any, seance: int, texte: str) -> None:
    """Choose in the menu of a séance."""
    page.locator(f".st-key-seance{seance}-menu").get_by_role("button").click()
    page.get_by_role("menuitem", name=texte).or_(page.get_by_role("option", name=texte)).first.click()
    pret(page)


def dater(page: Any, label: str, jour: date) -> None:
    """Type a date."""
    page.get_by_test_id("stDateInput").filter(has_text=label).get_by_role("spinbutton").first.click()
    page.keyboard.type(f"{jour:%d%m%Y}")
    page.keyboard.press("Tab")
    pret(page)


def test_a_year_in_miniature(page: Any, connexion: Connexion, serveur: Serveur) -> None:
    connexion(page, "secretaire", suite=f"13-18?annee={ANNEE}")
    page.get_by_role("button", name="Inviter les 12 collèges").click()
    demande = page.get_by_role("dialog", name="Inviter 12 collèges ?")
    demande.get_by_role("button", name="Inviter les 12 collèges").click(click_count=3, delay=20)
    pret(page)
    choisir(page, "Contact, Collège Missy", "Accepté")
    choisir(page, "Convention, Collège Missy", "Signée")
    page.get_by_role("link", name="Collège Missy").click()
    page.get_by_role("heading", name="Collège Missy").wait_for()
    pret(page)
    college = int(re.search(r"participation=(\d+)", page.url)[1])  # type: ignore[index]

    # Two classes without the mouse but once: Enter goes back to the name.
    page.get_by_role("textbox", name="Nouvelle classe").click()
    for nom, effectif in (("4e A", 28), ("4e B", 27)):
        page.keyboard.type(nom)
        page.keyboard.press("Tab")
        page.keyboard.type(str(effectif))
        page.keyboard.press("Enter")
        page.get_by_text(f"{effectif} élèves").wait_for()
        pret(page)
    assert noms(serveur, college) == [("4e A", 28), ("4e B", 27)]

    # A week, its last letter typed as the button is pressed three times.
    page.get_by_role("link", name="Saisir une semaine").click()
    page.get_by_role("heading", name="Semaine de séances").wait_for()
    aller(page, f"{serveur.url}/13-18-semaine?participation={college}&semaine={MARDI}")
    pastille(page, "Jour, 4e A", "mar.")
    pastille(page, "Jour, 4e B", "mar.")
    pastille(page, "Demi-journée, 4e B", "Après-midi")
    choisir(page, "Structures animatrices, pour toutes", "Centre social de Port-Neuf")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Salle, pour toutes").click()
    page.keyboard.type("CDI")
    page.get_by_role("button", name="Enregistrer 2 séances").click(click_count=3, delay=0)
    pret(page)
    assert until(lambda: len(toutes(serveur, college)) > 0)
    page.wait_for_timeout(500)
    a, b = toutes(serveur, college)
    assert [(s.classe, s.debut.date(), s.debut.hour, s.salle, s.attendus) for s in (a, b)] == [
        ("4e A", MARDI, 9, "CDI", 28),
        ("4e B", MARDI, 14, "CDI", 27),
    ]
    assert list(a.structures.values()) == ["Centre social de Port-Neuf"]

    # One held, one put off.
    page.get_by_role("link", name="Collège Missy").click()
    page.get_by_role("heading", name="Collège Missy").wait_for()
    pret(page)
    page.get_by_role("spinbutton", name="Élèves présents, 4e A").click()
    page.keyboard.type("26")
    page.keyboard.press("Enter")
    page.get_by_text("Réalisée, 26 présents sur 28").wait_for()
    pret(page)
    geste(page, b.id, "Reporter")
    dater(page, "Nouvelle date", MARDI + timedelta(days=7))
    fill_quick_click(
        page,
        page.get_by_role("textbox", name="Motif"),
        "Grève",
        page.get_by_role("button", name="Reporter", exact=True),
    )
    assert until(lambda: len(toutes(serveur, college)) == 3)
    assert [(s.etat, s.motif) for s in toutes(serveur, college)] == [
        (EtatSeance.REALISEE, ""),
        (EtatSeance.REPORTEE, "Grève"),
        (EtatSeance.PREVUE, ""),
    ]
    page.get_by_role("link", name=f"13-18, {ANNEE}-{ANNEE + 1}").click()
    page.get_by_text("1 sur 12").wait_for()
    page.get_by_text("1 sur 2", exact=True).wait_for()
    with serveur.session() as session:
        assert participations.bilan(session, annee=ANNEE) == Bilan(12, 1, 0, 2, 55, 26, 2, 1)


def test_quick_hands_keep_the_last_letter(
    page: Any, connexion: Connexion, serveur: Serveur, college: Callable[..., int]
) -> None:
    id = college("Beauregard", "4e A")
    connexion(page, "secretaire", suite=f"13-18-college?participation={id}")
    page.get_by_role("spinbutton", name="Effectif").fill("25")
    bouton = page.get_by_role("button", name="Ajouter", exact=True)
    page.get_by_role("textbox", name="Nouvelle classe").click()
    page.keyboard.type("4e Bilingue")
    bouton.click(click_count=3, delay=0)
    pret(page)
    assert until(lambda: len(noms(serveur, id)) == 2)
    page.wait_for_timeout(500)
    assert noms(serveur, id) == [("4e A", 28), ("4e Bilingue", 25)]
    page.get_by_role("button", name="Ajouter une note").click()
    pret(page)
    champ = page.get_by_role("textbox", name="Note")
    fill_quick_click(page, champ, "Au CDI", page.get_by_role("button", name="Enregistrer la note"))
    page.get_by_text("Au CDI", exact=True).wait_for()
    s = creer(serveur, id, datetime.combine(MARDI, time(10)))
    aller(page, f"{serveur.url}/13-18-college?participation={id}")
    champ = page.get_by_role("spinbutton", name="Élèves présents, 4e A")
    fill_quick_click(page, champ, "27", page.get_by_role("button", name="Noter :"))
    assert until(lambda: toutes(serveur, id)[0].presents == 27)
    geste(page, s.id, "Corriger les présents")
    champ.fill("")
    fill_quick_click(page, champ, "26", page.get_by_role("button", name="Noter :"))
    assert until(lambda: toutes(serveur, id)[0].presents == 26)


def test_the_calendar_leads_to_the_collège(
    page: Any, connexion: Connexion, serveur: Serveur, college: Callable[..., int]
) -> None:
    id = college("Dolto", "4e A")
    creer(serveur, id, datetime.combine(MARDI + timedelta(days=1), time(11)))
    adresse = f"calendrier?vue=Semaine&jour={MARDI}"
    connexion(page, "secretaire", suite=adresse)
    cadre = page.frame_locator("iframe[title='streamlit_calendar.calendar']")
    evenement = cadre.locator(".fc-event.type-seance", has_text="Dolto")
    for _ in range(2):  # the same séance a second time
        expect(evenement).to_have_count(1)
        evenement.click()
        page.get_by_role("heading", name="Collège Françoise Dolto").wait_for()
        pret(page)
        assert f"participation={id}" in page.url
        page.go_back()
        pret(page)
    page.get_by_role("button", name="Cellule de veille").first.click()
    pret(page)
    expect(evenement).to_have_count(0)
    page.get_by_role("button", name="Cellule de veille").first.click()
    page.get_by_role("button", name="Séances 13-18").click()
    pret(page)
    expect(evenement).to_have_count(1)
