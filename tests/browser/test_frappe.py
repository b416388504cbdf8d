"""Nothing typed is lost, nothing false is shown: from a field being typed in, whatever one does next, with a finger or
a mouse, without a pause, one goes where one asked, the base holds what was typed, and nothing else moved."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, delete, select

from models import ChampBrouillon, Reunion, SessionAgent
from models.lists import EtatReunion
from services.agenda import programmation
from services.releves import saisie
from services.socle import brouillons
from services.socle.horloge import maintenant
from tests import scene
from tests.browser.outils import aller, charger, pret, until
from tests.browser.test_saisie import acteur, choix
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cas(serveur: Serveur) -> int:
    with serveur.session() as session:
        now = maintenant().replace(second=0, microsecond=0)
        return scene.poser_cas(session, now=now, by=acteur(session))


@pytest.fixture(scope="module")
def reunions(serveur: Serveur, cas: int) -> list[int]:
    """Two meetings of the queue, held and not written up."""
    with serveur.session() as session:
        debut: datetime = session.get_one(Reunion, cas).debut
        return [
            scene.tenir(session, scene.CAS["instance"], debut - timedelta(days=7 * n), acteur(session)) for n in (1, 2)
        ]


@pytest.fixture
def tactile(contextes: Callable[..., Any]) -> Page:
    """A tab that takes fingers and a mouse."""
    return contextes(has_touch=True).new_page()  # type: ignore[no-any-return]


def tenu(serveur: Serveur, reunion: int) -> dict[str, Any]:
    """What the base holds of the draft, lines by their number: what is shown is what is kept."""
    with serveur.session() as session:
        champs = brouillons.champs(session, cle=saisie.cle_brouillon(reunion))
    return {nom.split("-")[-1]: c.valeur for nom, c in champs.items() if not nom.startswith("ecart.")}


# --- from every kind of field, by every way out ----------------------------------------------------------------------

CHAMPS: dict[str, tuple[str, str, Any]] = {  # role and name on screen -> end of its name in the draft
    "constat": ("textbox", "Point 1 : constat", "note"),
    "action décidée": ("textbox", "Point 1 : action décidée", "quoi"),
    "lieu": ("textbox", "Point 1 : lieu", "lieu"),
    "habitants": ("spinbutton", "Habitants présents", "habitants"),
}


def _menu(page: Page) -> Any:
    return page.get_by_test_id("stSidebarNav").get_by_role("link", name="Réseau")


def _tap_menu(page: Page) -> str:
    _menu(page).tap()
    return "**/reseau"


def _clic_menu(page: Page) -> str:
    _menu(page).click(delay=0)
    return "**/reseau"


def _file(page: Page) -> str:
    lien = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
    lien.filter(has_text="radio_button_unchecked").first.tap()
    return "**/saisie?reunion=*"


def _retour(page: Page) -> str:
    page.go_back()
    return "**/plan"


def _recharger(page: Page) -> str:
    page.reload()
    return "**/saisie?reunion=*"


def _recherche(page: Page) -> str:
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()
    return "**/saisie?reunion=*"


def _tab(page: Page) -> str:
    page.keyboard.press("Tab")
    return "**/saisie?reunion=*"


GESTES: dict[str, Callable[[Page], str]] = {
    "tap-menu": _tap_menu,
    "clic-menu": _clic_menu,
    "file": _file,
    "retour": _retour,
    "retour-lien": _retour,  # to a screen of this document: no page is loaded in between
    "f5": _recharger,
    "recherche": _recherche,
    "tab": _tab,
}
TABLE = [
    (c, g)
    for c in CHAMPS
    for g in GESTES
    if c in ("constat", "habitants") or g in ("tap-menu", "retour", "retour-lien", "f5")
]


@pytest.mark.parametrize(("champ", "geste"), TABLE)
def test_what_is_typed_is_kept_and_one_goes_where_one_asked(
    tactile: Page, connexion: Any, serveur: Serveur, reunions: list[int], champ: str, geste: str
) -> None:
    reunion = reunions[0]
    if geste == "retour":
        connexion(tactile, "secretaire", suite="plan")
        charger(tactile, f"{serveur.url}/saisie?reunion={reunion}")
    elif geste == "retour-lien":
        connexion(tactile, "secretaire", suite="plan")
        aller(tactile, f"{serveur.url}/saisie?reunion={reunion}")
    else:
        connexion(tactile, "secretaire", suite=f"saisie?reunion={reunion}")
    choix(tactile, "PJJ", "Excusé").click()
    pret(tactile)
    avant = tenu(serveur, reunion)
    role, nom, fin = CHAMPS[champ]
    texte = str(len(avant) + 7) if champ == "habitants" else f"{champ}, {geste} Z"
    ici = tactile.get_by_role(role, name=nom)  # type: ignore[arg-type]
    ici.fill("")
    ici.click()
    tactile.keyboard.type(texte)
    attendue = GESTES[geste](tactile)
    tactile.wait_for_url(attendue)
    voulu: Any = int(texte) if champ == "habitants" else texte
    cle = "habitants" if champ == "habitants" else f"1.{fin}"
    assert until(lambda: tenu(serveur, reunion).get(cle) == voulu), (geste, tenu(serveur, reunion))
    pret(tactile)
    tactile.wait_for_timeout(500)
    tactile.wait_for_url(attendue)
    assert {k: v for k, v in tenu(serveur, reunion).items() if k != cle} == {k: v for k, v in avant.items() if k != cle}
    # Back on the entry, what is shown is what is kept; a gesture on another field changes nothing else.
    if geste == "recherche":
        tactile.keyboard.press("Escape")
    aller(tactile, f"{serveur.url}/saisie?reunion={reunion}")
    expect(ici).to_have_value(texte)
    expect(choix(tactile, "PJJ", "Excusé")).to_be_checked()
    choix(tactile, "PJJ", "Absent").click()
    pret(tactile)
    assert tenu(serveur, reunion)[cle] == voulu


# --- two agents in one field -----------------------------------------------------------------------------------------


@pytest.fixture
def deux(
    contextes: Callable[..., Any], connexion: Any, serveur: Serveur, reunions: list[int]
) -> tuple[Page, Page, int]:
    """Two agents, each in a browser, on one more entry without a draft."""
    with serveur.session() as session:
        debut = min(session.exec(select(Reunion.debut))) - timedelta(days=1)  # an instance meets once at a time
        reunion = scene.tenir(session, scene.CAS["instance"], debut, acteur(session))
    un, autre = (contextes().new_page() for _ in range(2))
    for page, role in ((un, "secretaire"), (autre, "collaborateur")):
        connexion(page, role, suite=f"saisie?reunion={reunion}")
    choix(un, "Point 1 : thème", "Dépôt sauvage").click()
    expect(choix(autre, "Point 1 : thème", "Dépôt sauvage")).to_be_checked()
    return un, autre, reunion


def constat(page: Page) -> Any:
    return page.get_by_role(
        "textbox", name="Point 1 : constat"
    ).first  # while a run draws, the one it replaces is there too


ENTRE = "a mis entre-temps"


@pytest.mark.parametrize("moment", ["avant", "pendant", "apres"])
def test_two_texts_in_one_field_are_both_shown(deux: tuple[Page, Page, int], serveur: Serveur, moment: str) -> None:
    """A colleague writes the field in which one is about to type, types, or has typed: both texts are there, nobody's
    is lost, the caret stays, and whoever came second chooses."""
    a, b, reunion = deux
    constat(b).click()
    if moment != "avant":
        b.keyboard.type("Texte de B", delay=10)
    if moment == "apres":
        b.keyboard.press("Tab")
        assert until(lambda: tenu(serveur, reunion).get("1.note") == "Texte de B")
        expect(constat(a)).to_have_value("Texte de B")
        constat(a).click()
        a.keyboard.press("End")
        a.keyboard.type(" repris par A")
        assert until(lambda: tenu(serveur, reunion).get("1.note") == "Texte de B repris par A")
        constat(b).click()
        b.keyboard.press("End")
        expect(constat(b)).to_have_value("Texte de B repris par A")  # untouched here, hence shown
        b.keyboard.type(", puis par B")
        assert until(lambda: tenu(serveur, reunion).get("1.note") == "Texte de B repris par A, puis par B")
        return
    constat(a).fill("Texte de A")
    a.keyboard.press("Tab")
    if moment == "avant":
        expect(constat(b)).to_have_value("Texte de A")
        b.keyboard.type(" et de B")  # the caret is still there
        assert until(lambda: tenu(serveur, reunion).get("1.note") == "Texte de A et de B")
        expect(b.get_by_text(ENTRE)).to_have_count(0)
        return
    b.get_by_text(ENTRE).first.wait_for()
    b.keyboard.type(", la suite")  # what appeared under the field did not take the caret
    b.keyboard.press("Tab")
    pret(b)
    textes = {tenu(serveur, reunion)["1.note"], constat(b).input_value()}
    assert textes in ({"Texte de A", "Texte de B, la suite"}, {"Texte de B, la suite"}) or textes == {"Texte de B"}
    for page in (a, b):
        if page.get_by_role("button", name="Garder les deux").count():
            page.get_by_role("button", name="Garder les deux").first.click()
            break
    assert until(
        lambda: all(t in str(tenu(serveur, reunion)["1.note"]) for t in ("Texte de A", "Texte de B, la suite"))
    ), tenu(serveur, reunion)


def test_a_field_left_long_after_the_other_asks(deux: tuple[Page, Page, int], serveur: Serveur) -> None:
    """The trial of the issue: both write, A leaves, B leaves after the watch has run: B is asked, A loses nothing."""
    a, b, reunion = deux
    constat(a).click()
    a.keyboard.type("A : des bancs")
    constat(b).click()
    b.keyboard.type("B : un abribus")
    a.keyboard.press("Tab")
    b.wait_for_timeout(6000)
    b.keyboard.press("Tab")
    qui = next(p for p in (a, b) if until(lambda p=p: p.get_by_text(ENTRE).count() > 0, attente=8))
    assert tenu(serveur, reunion)["1.note"] in ("A : des bancs", "B : un abribus")
    expect(constat(a)).to_have_value("A : des bancs")
    expect(constat(b)).to_have_value("B : un abribus")
    qui.reload()
    pret(qui)
    expect(qui.get_by_text(ENTRE)).to_be_visible()
    qui.get_by_role("button", name="Garder les deux").click()
    attendus = {"A : des bancs\nB : un abribus", "B : un abribus\nA : des bancs"}
    assert until(lambda: tenu(serveur, reunion)["1.note"] in attendus)
    for page in (a, b):
        expect(page.get_by_text(ENTRE)).to_have_count(0, timeout=20_000)
        assert until(lambda page=page: constat(page).input_value() in attendus)


def test_a_colleague_who_saves_leaves_me_my_words(deux: tuple[Page, Page, int], serveur: Serveur) -> None:
    a, b, reunion = deux
    constat(a).fill("Constat de A")
    a.keyboard.press("Tab")
    expect(constat(b)).to_have_value("Constat de A")
    constat(b).click()
    b.keyboard.press("End")
    lieu = b.get_by_role("textbox", name="Point 1 : lieu")
    lieu.click()
    b.keyboard.type("Place tapée")
    assert until(lambda: tenu(serveur, reunion).get("1.lieu") == "Place tapée")
    b.get_by_role("textbox", name="Point 2 : constat").click()
    b.keyboard.type("Un mot que personne n’a")
    a.get_by_role("button", name="Enregistrer le relevé").click()
    a.wait_for_url("**/releve?reunion=*")
    b.get_by_text("pendant qu’un collègue enregistrait").first.wait_for()
    expect(b.get_by_text("Un mot que personne n’a")).to_be_visible()
    b.get_by_role("button", name="Ajouter au relevé").first.click()
    expect(b.get_by_role("textbox", name="Point 2 : constat")).to_have_value("Un mot que personne n’a")
    expect(b.get_by_role("textbox", name="Point 1 : lieu")).to_have_value("Place tapée")


@pytest.mark.parametrize(
    ("geste", "phrase"), [("annuler", "notée « annulée »"), ("déplacer", "n’a pas encore commencé")]
)
def test_a_meeting_cancelled_or_moved_under_who_writes_it_up_is_said(
    page: Page, connexion: Any, serveur: Serveur, a_remplir: int, geste: str, phrase: str
) -> None:
    """At once, without a gesture; the caret and the words stay."""
    connexion(page, "secretaire", suite=f"saisie?reunion={a_remplir}")
    constat(page).click()
    page.keyboard.type("Deux bancs")
    with serveur.session() as session:
        r, by = session.get_one(Reunion, a_remplir), acteur(session, "collaborateur")
        if geste == "annuler":
            sans = EtatReunion.ANNULEE
            programmation.changer_etat(session, id=a_remplir, etat=sans, motif="Salle prise", version=r.version, by=by)
        else:
            debut, fin = (d + timedelta(days=60) for d in (r.debut, r.fin))
            programmation.deplacer(session, id=a_remplir, debut=debut, fin=fin, version=r.version, by=by)
    page.get_by_text(phrase).first.wait_for()
    page.keyboard.type(" cassés")
    expect(constat(page)).to_have_value("Deux bancs cassés")
    assert until(lambda: "Deux bancs cassés" in tenu(serveur, a_remplir).values())


# --- who types -------------------------------------------------------------------------------------------------------


def auteurs(serveur: Serveur, reunion: int) -> dict[str, str]:
    """Who wrote what the draft holds."""
    with serveur.session() as session:
        champs = brouillons.champs(session, cle=saisie.cle_brouillon(reunion))
    return {str(c.valeur): c.agent for c in champs.values()}


@pytest.fixture
def a_remplir(serveur: Serveur, reunions: list[int]) -> int:
    """One more entry without a draft."""
    with serveur.session() as session:
        debut = session.get_one(Reunion, reunions[1]).debut - timedelta(days=2)
        return scene.tenir(session, scene.CAS["instance"], debut, acteur(session))


def finir(serveur: Serveur) -> None:
    """Every session ends."""
    with serveur.session() as session:
        session.exec(delete(SessionAgent))


def test_what_an_ended_session_leaves_in_a_tab_waits_for_its_agent(
    page: Page, connexion: Any, serveur: Serveur, a_remplir: int
) -> None:
    """Typed while the session ends; a colleague signs in in that tab; then the agent comes back."""
    connexion(page, "secretaire", suite=f"saisie?reunion={a_remplir}")
    choix(page, "Point 1 : thème", "Dépôt sauvage").click()
    pret(page)
    constat(page).click()
    finir(serveur)
    page.keyboard.type("Mots de Sarah")
    page.keyboard.press("Tab")
    page.wait_for_url("**/connexion?ferme*")
    connexion(page, "collaborateur", suite=f"saisie?reunion={a_remplir}")
    expect(constat(page)).to_have_value("")
    constat(page).click()
    page.keyboard.type("Mots de Colin")
    page.keyboard.press("Tab")
    assert until(lambda: "Mots de Colin" in auteurs(serveur, a_remplir))
    assert "Mots de Sarah" not in auteurs(serveur, a_remplir)
    connexion(page, "secretaire", suite=f"saisie?reunion={a_remplir}")
    page.get_by_text(ENTRE).first.wait_for()
    expect(constat(page)).to_have_value("Mots de Sarah")
    tenus = {"Mots de Colin": "Colin Collaborateur", "Mots de Sarah": "Sarah Secrétaire"}
    assert tenus.items() <= auteurs(serveur, a_remplir).items()


def test_a_tab_left_open_does_not_write_for_who_signed_in_beside_it(
    page: Page, contexte: Any, connexion: Any, serveur: Serveur, a_remplir: int
) -> None:
    """The two share the browser's cookie: the tab of the first shows and writes nothing for the second."""
    connexion(page, "secretaire", suite=f"saisie?reunion={a_remplir}")
    constat(page).click()
    page.keyboard.type("Mots de Sarah")
    assert until(lambda: "Mots de Sarah" in auteurs(serveur, a_remplir))
    finir(serveur)
    connexion(contexte.new_page(), "collaborateur", suite="plan")
    page.keyboard.type(", puis d’autres")
    page.keyboard.press("Tab")
    page.get_by_test_id("stSidebar").get_by_text("Colin Collaborateur").wait_for()
    page.wait_for_url(f"**/saisie?reunion={a_remplir}")
    expect(constat(page)).to_have_value("Mots de Sarah")
    assert auteurs(serveur, a_remplir) == {"Mots de Sarah": "Sarah Secrétaire"}


# --- every form keeps what is typed in it ----------------------------------------------------------------------------


def _lien(nom: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_test_id("stMain").get_by_role("link", name=nom).first.click()


def _bouton(nom: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_test_id("stMain").get_by_role("button", name=nom).first.click()


def _deplier(nom: str) -> Callable[[Page], None]:
    return lambda page: page.locator("summary").filter(has_text=nom).first.click()


# form -> (where it is opened from, the gesture that opens it, the name of a field in it)
FORMULAIRES: dict[str, tuple[str, Callable[[Page], None] | None, str]] = {
    "partenaire par un lien": ("partenaires", _bouton("Ajouter un partenaire"), "Sous-catégorie"),
    "partenaire par l’adresse": ("partenaire-edition", None, "Commune"),
    "partenaire à modifier": ("partenaire?id=1", _lien("Modifier"), "Commune"),
    "personne": ("personne?partenaire=1", None, "Fonction"),
    "point à inscrire": ("a-inscrire", None, "Note"),
    "instance": ("instances?instance=nouvelle", None, "Nom"),
    "réunion": ("calendrier", _bouton("Nouvelle réunion"), "Titre"),
    "thème": ("listes", _deplier("Ajouter un thème"), "Nom"),
    "compte": ("comptes", None, "Prénom et nom"),
    "émetteur": ("modeles", None, "Émetteur"),
    "qui préside": ("reunion?id=1", _bouton("Qui préside"), "Présidée par"),
}


@pytest.mark.parametrize("nom", FORMULAIRES)
def test_a_form_keeps_what_is_typed_in_it(tactile: Page, connexion: Any, serveur: Serveur, cas: int, nom: str) -> None:
    """Typed as soon as the field is there, whatever the way in; left by a tap on the menu; there again on coming back,
    and after F5; forgotten once one says so."""
    adresse, geste, libelle = FORMULAIRES[nom]
    connexion(tactile, "responsable", suite=adresse)
    if geste:
        geste(tactile)
    ici = tactile.get_by_role("textbox", name=libelle).first
    ici.click()
    avant = ici.input_value()
    tactile.keyboard.press("End")
    tactile.keyboard.type(" Zx")
    tactile.wait_for_timeout(1500)
    pret(tactile)
    expect(ici).to_have_value(f"{avant} Zx")
    tactile.keyboard.type("y")
    formulaire = tactile.url
    if tactile.get_by_role("dialog").count():
        tactile.reload()
        pret(tactile)
    else:
        _menu(tactile).tap()
        tactile.wait_for_url("**/reseau")
        pret(tactile)
        aller(tactile, formulaire)

    def rouvrir() -> None:
        ecrit = "/partenaire-edition" in tactile.url
        if geste and not ecrit and not tactile.get_by_role("dialog").count():
            geste(tactile)
        ici.wait_for()

    for _ in range(2):
        rouvrir()
        expect(ici).to_have_value(f"{avant} Zxy")
        tactile.reload()
        pret(tactile)
    rouvrir()
    tactile.get_by_role("button", name="Effacer ce brouillon").first.click()
    expect(ici).to_have_value(avant)


@pytest.mark.parametrize("nom", ["partenaire par l’adresse", "point à inscrire", "réunion", "thème"])
def test_a_draft_whose_tab_is_gone_is_offered(tactile: Page, connexion: Any, serveur: Serveur, nom: str) -> None:
    """The browser crashed, or its tab was closed: the same form, in another tab of the same agent."""
    adresse, geste, libelle = FORMULAIRES[nom]
    connexion(tactile, "responsable", suite=adresse)
    page = tactile

    def champ() -> Any:
        if geste:
            geste(page)
        ici = page.get_by_role("textbox", name=libelle).first
        ici.wait_for()
        return ici

    with serveur.session() as session:
        session.exec(delete(ChampBrouillon))
    champ().fill("Laissé là")
    assert until(lambda: garde(serveur, "Laissé là") == 1)
    page = tactile.context.new_page()
    tactile.close()
    aller(page, f"{serveur.url}/{adresse}")
    ici = champ()
    expect(ici).to_have_value("")
    page.get_by_role("button", name="Le reprendre").first.click()
    expect(page.get_by_role("textbox", name=libelle).first).to_have_value("Laissé là")
    page.get_by_role("button", name="Effacer ce brouillon").first.click()
    expect(page.get_by_role("textbox", name=libelle).first).to_have_value("")
    expect(page.get_by_role("button", name="Le reprendre")).to_have_count(0)
    assert garde(serveur, "Laissé là") == 0


@pytest.mark.parametrize("ou", ["action abandonnée", "réunion annulée"])
def test_a_reason_being_typed_is_kept(tactile: Page, connexion: Any, serveur: Serveur, cas: int, ou: str) -> None:
    """A tap on the menu, or the page loaded anew; asked for again, the reason is there."""
    action = ou.startswith("action")
    with serveur.session() as session:
        demain = maintenant().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
        scene.tenir(session, scene.CAS["instance"], demain, acteur(session))

    def ouvrir() -> Any:
        if action:
            aller(tactile, f"{serveur.url}/actions")
            choix(tactile, "État de l’action", "Abandonnée").click()
        else:
            aller(tactile, f"{serveur.url}/calendrier?vue=Semaine&jour={demain.date()}")
            cadre = tactile.frame_locator("iframe[title='streamlit_calendar.calendar']")
            cadre.locator(".fc-event", has_text=scene.CAS["instance"].split(" – ")[-1]).last.click()
        nom = "Pourquoi cette action est-elle abandonnée ?" if action else "Motif (réunion reportée"
        ici = tactile.get_by_role("textbox", name=nom)
        ici.wait_for()
        return ici

    connexion(tactile, "responsable", suite="plan")
    ouvrir().click()
    tactile.keyboard.type("Hall fermé")
    if action:
        _menu(tactile).tap()
        tactile.wait_for_url("**/reseau")
    else:
        tactile.reload()
    pret(tactile)
    expect(ouvrir()).to_have_value("Hall fermé")


def garde(serveur: Serveur, texte: str) -> int:
    """How many drafts hold the text."""
    with serveur.session() as session:
        return len(session.exec(select(ChampBrouillon).where(col(ChampBrouillon.valeur) == f'"{texte}"')).all())
