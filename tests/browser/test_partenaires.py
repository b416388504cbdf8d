"""Partenaires in a real browser: typing, clicking at once, the keyboard, hostile names."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models import Partenaire, Personne
from services.partenaires import annuaire, mouvements, personnes, verification
from services.partenaires import fiches as partenaires
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie
from services.partenaires.personnes import Identite
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from tests.browser.outils import aller, pret, redemarrer

pytestmark = pytest.mark.browser

OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
Connexion = Callable[..., None]


def resultats(page: Page) -> Any:
    return page.locator(".st-key-trouves").get_by_test_id("stPageLink-NavLink")


def titre(page: Page) -> Any:
    return page.get_by_test_id("stMain").get_by_role("heading", level=1)


def chercher(page: Page, texte: str, trouve: str) -> None:
    """Type as a person does, without Enter, and wait for the first result."""
    page.get_by_role("searchbox", name="Rechercher", exact=True).press_sequentially(texte, delay=30)
    expect(resultats(page).first).to_contain_text(trouve)
    pret(page)


def choisir(page: Page, libelle: str, option: str) -> None:
    page.get_by_role("combobox", name=libelle).click()
    page.get_by_role("option", name=option, exact=True).click()
    pret(page)


def test_find_open_add_someone(page: Page, serveur: Any, connexion: Connexion) -> None:
    """The path of every morning, and the button clicked at once after the last letter."""
    connexion(page, "secretaire", suite="partenaires")
    chercher(page, "oph", OPH)
    expect(page).to_have_url(re.compile(r"q=oph"))
    resultats(page).first.click()
    expect(titre(page)).to_have_text(OPH)
    pret(page)
    page.get_by_role("link", name="Ajouter une personne").click()
    expect(titre(page)).to_have_text("Ajouter une personne")
    pret(page)
    page.get_by_label("Prénom").fill("Claire")
    page.get_by_label("Nom", exact=True).fill("Martin")
    page.get_by_label("Fonction").fill("Cheffe d’agence")
    page.get_by_label("Courriel").press_sequentially("claire.martin@exemple.fr")
    boite = page.get_by_role("button", name="Enregistrer").bounding_box()
    page.mouse.move(boite["x"] + 20, boite["y"] + 12)
    page.mouse.down()
    page.mouse.up()
    expect(titre(page)).to_have_text(OPH)
    expect(page.get_by_text("Claire Martin", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="claire.martin@exemple.fr")).to_be_visible()
    with serveur.session() as session:
        assert [p.courriel for p in session.exec(select(Personne).where(Personne.nom == "Martin"))] == [
            "claire.martin@exemple.fr"
        ]


def test_second_number_then_the_page_is_checked_from_the_list(page: Page, serveur: Any, connexion: Connexion) -> None:
    """Another address becomes the one for convocations; then two quick clicks check the page once."""
    with serveur.session() as session:
        oph = session.exec(select(Partenaire.id).where(Partenaire.nom == OPH)).one()
        id = mouvements.creer(
            session, partenaire_id=oph, identite=Identite(nom="Martin", courriel="claire@exemple.fr"),
            intitule="Cheffe", debut=aujourdhui(), jeton="a", by=SYSTEME,
        )  # fmt: skip
    connexion(page, "secretaire", suite=f"personne?fonction={id}&geste=corriger")
    page.get_by_text("Autres numéros et courriels").click()
    lignes = page.get_by_label("Numéro ou adresse")
    lignes.first.press_sequentially("accueil@exemple.fr", delay=20)
    expect(lignes).to_have_count(2)
    pret(page)
    page.get_by_role("button", name="Pour les convocations").click()
    expect(page.get_by_label("Courriel", exact=True)).to_have_value("accueil@exemple.fr")
    expect(lignes.first).to_have_value("claire@exemple.fr")
    lignes.nth(1).press_sequentially("+33 5 46 51 51 51", delay=20)
    expect(lignes).to_have_count(3)
    boite = page.get_by_role("button", name="Enregistrer").bounding_box()
    page.mouse.click(boite["x"] + 20, boite["y"] + 12)
    expect(titre(page)).to_have_text(OPH)
    pret(page)
    with serveur.session() as session:
        f = personnes.fonction(session, id=id)
        assert (f.courriel, f.telephone) == ("accueil@exemple.fr", "05 46 51 51 51")
        assert [a.valeur for a in f.autres] == ["claire@exemple.fr"]

    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("searchbox", name="Rechercher partout", exact=True).press_sequentially(
        "0546515151", delay=20
    )
    expect(page.get_by_role("dialog").get_by_text("Martin")).to_be_visible()
    aller(page, f"{serveur.url}/a-verifier?categorie=Bailleur+social")
    expect(page.get_by_text("05 46 51 51 51")).to_be_visible()
    boutons = page.get_by_role("button", name="Vérifiée aujourd’hui")
    liens = page.get_by_test_id("stMain").get_by_test_id("stPageLink-NavLink")
    expect(liens.filter(has_text="jamais vérifiée").filter(has_text=OPH)).to_be_visible()
    fiches = liens.filter(has_text="jamais vérifiée").all_inner_texts()
    rang = next(n for n, texte in enumerate(fiches) if OPH in texte)
    boite = boutons.nth(rang).bounding_box()
    page.mouse.click(boite["x"] + 20, boite["y"] + 12, click_count=2, delay=60)
    expect(boutons.nth(rang)).to_be_disabled()
    assert boutons.nth(rang).bounding_box() == boite, "nothing moved under the pointer"
    pret(page)
    with serveur.session() as session:
        assert partenaires.get(session, id=oph).verifie_le == aujourdhui()
        assert verification.nombre(session, today=aujourdhui()) == 57
    page.get_by_role("link", name="Modifier").nth(rang).click()
    expect(titre(page)).to_have_text(OPH)
    pret(page)
    page.get_by_label("Commune").fill("Aytré")
    page.get_by_role("button", name="Enregistrer").click()
    expect(titre(page)).to_have_text("Fiches à vérifier")
    expect(page).to_have_url(re.compile(r"categorie=Bailleur"))


def test_other_numbers_being_typed_survive_a_restart(page: Page, serveur: Any, connexion: Connexion) -> None:
    with serveur.session() as session:
        erilia = session.exec(select(Partenaire.id).where(Partenaire.nom == "Erilia")).one()
    connexion(page, "secretaire", suite=f"personne?partenaire={erilia}")
    page.get_by_label("Nom", exact=True).fill("Quérou")
    page.get_by_label("Fonction").fill("Cheffe")
    page.get_by_label("Téléphone").fill("05 46 51 51 51")
    page.get_by_text("Autres numéros et courriels").click()
    lignes = page.get_by_label("Numéro ou adresse")
    for n, numero in enumerate(("06 12 34 56 01", "06 12 34 56 02")):
        lignes.nth(n).fill(numero)
        expect(lignes).to_have_count(n + 2)
    pret(page)
    redemarrer(page, serveur)
    expect(lignes).to_have_count(3)
    page.get_by_role("button", name="Enregistrer").click()
    expect(titre(page)).to_have_text("Erilia")
    with serveur.session() as session:
        (f,) = personnes.du_partenaire(session, partenaire_id=erilia)
        assert [a.valeur for a in f.autres] == ["06 12 34 56 01", "06 12 34 56 02"]


def test_triple_click_adds_one_partenaire(page: Page, serveur: Any, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaire-edition")
    choisir(page, "Catégorie", "Association")
    page.get_by_label("Nom", exact=True).press_sequentially("Jardins partagés du Prieuré")
    bouton = page.get_by_role("button", name="Enregistrer")
    boite = bouton.bounding_box()
    page.mouse.click(boite["x"] + 20, boite["y"] + 12, click_count=3)
    expect(titre(page)).to_have_text("Jardins partagés du Prieuré")
    pret(page)
    with serveur.session() as session:
        assert annuaire.chercher(session, filtre=Filtre(texte="jardins partages")).total == 1


def test_triple_click_on_a_change_is_not_a_conflict(page: Page, serveur: Any, connexion: Connexion) -> None:
    with serveur.session() as session:
        id = session.exec(select(Partenaire.id).where(Partenaire.nom == "Erilia")).one()
    connexion(page, "secretaire", suite=f"partenaire-edition?id={id}")
    page.get_by_label("Commune").fill("Rochefort")
    boite = page.get_by_role("button", name="Enregistrer").bounding_box()
    page.mouse.click(boite["x"] + 20, boite["y"] + 12, click_count=3)
    expect(titre(page)).to_have_text("Erilia")
    pret(page)
    expect(page.get_by_text("Rochefort")).to_be_visible()
    expect(page.get_by_text("Un collègue vient de modifier")).not_to_be_visible()


def test_by_keyboard_alone(page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaires")
    page.get_by_role("searchbox", name="Rechercher", exact=True).focus()
    page.keyboard.type("mission tranquillite"[8:], delay=30)
    expect(resultats(page).first).to_contain_text("Secteur Tranquillité publique")
    pret(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        if "Tranquillité" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    expect(titre(page)).to_have_text("Ville de La Rochelle - Secteur Tranquillité publique")


def test_filters_live_in_the_address(page: Page, serveur: Any, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaires?q=centre&categorie=Structure+socio-%C3%A9ducative")
    expect(page.get_by_role("searchbox", name="Rechercher", exact=True)).to_have_value("centre")
    expect(page.get_by_text("9 partenaires pour « centre »")).to_be_visible()
    choisir(page, "Secteur de veille", "Mireuil")
    expect(page).to_have_url(re.compile(r"secteur=Mireuil"))
    page.reload()
    pret(page)
    expect(page.get_by_text("9 partenaires pour « centre »")).to_be_visible()
    aller(page, f"{serveur.url}/partenaires?page=3")
    expect(page.get_by_text("Tribunal judiciaire de La Rochelle")).to_be_visible()
    expect(page.get_by_text("ADEI 17")).not_to_be_visible()


def test_duplicate_is_named_while_typing(page: Page, serveur: Any, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="partenaire-edition")
    page.get_by_label("Nom", exact=True).press_sequentially("Francofolie", delay=20)
    expect(page.get_by_text("Déjà au carnet ?")).to_be_visible()
    expect(page.get_by_text("Les Francofolies", exact=True)).to_be_visible()
    page.get_by_role("link", name="Ouvrir sa fiche").click()
    expect(titre(page)).to_have_text("Les Francofolies")


def test_two_tabs_edit_the_same_partenaire(page: Page, contexte: Any, serveur: Any, connexion: Connexion) -> None:
    with serveur.session() as session:
        id = session.exec(select(Partenaire.id).where(Partenaire.nom == "Habitat 17")).one()
    connexion(page, "secretaire", suite=f"partenaire-edition?id={id}")
    with serveur.session() as session:
        f = partenaires.get(session, id=id)
        saisie = Saisie(nom=f.nom, categorie_id=f.categorie_id, commune="Aytré")
        partenaires.modifier(session, id=id, saisie=saisie, version=f.version, by=SYSTEME)
    page.get_by_label("Commune").fill("Périgny")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Un collègue vient de modifier ce partenaire")).to_be_visible()
    expect(page.get_by_text("Aytré", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Commune")).to_have_value("Périgny")
    with serveur.session() as session:
        assert partenaires.get(session, id=id).commune == "Aytré"
    page.get_by_role("button", name="Prendre sa version").click()
    pret(page)  # while one form takes the place of the other, both stand there
    expect(page.get_by_role("textbox", name="Commune")).to_have_value("Aytré")


HOSTILE = (
    "![x](http://evil.example/x.png) :red[rouge] $x$ :material/home: =1+1 <img src=x onerror=alert(1)> "
    "[l](//evil.example)"
)


def test_hostile_names_are_shown_as_typed(page: Page, serveur: Any, connexion: Connexion) -> None:
    """The `contexte` fixture fails the test if any request leaves for another host."""
    dialogues: list[str] = []
    page.on("dialog", lambda d: (dialogues.append(d.message), d.dismiss()))
    with serveur.session() as session:
        categorie = session.exec(select(Partenaire.categorie_id)).first()
        saisie = Saisie(
            nom=f"Zz {HOSTILE}", sigle=":red[s]", categorie_id=categorie, sous_categorie=HOSTILE[:100],
            commune=HOSTILE[:100], adresse=HOSTILE, note=HOSTILE, site="https://exemple.fr/a_b_c*d*",
        )  # fmt: skip
        id = partenaires.creer(session, saisie=saisie, jeton="h", confirme=True, by=SYSTEME)
        fonction = mouvements.creer(
            session, partenaire_id=id, identite=Identite(nom=HOSTILE[:110]), intitule=HOSTILE, debut=aujourdhui(),
            confirme=True, jeton="f", by=SYSTEME,
        )  # fmt: skip
    connexion(page, "secretaire", suite=f"partenaire?id={id}")
    for adresse in (
        f"partenaire?id={id}",
        f"partenaire-edition?id={id}",
        f"personne?fonction={fonction}&geste=remplacer",
        f"personne?fonction={fonction}&geste=corriger",
        f"personne?partenaire={id}",
        "partenaires?q=zz+evil",
    ):
        aller(page, f"{serveur.url}/{adresse}")
        ecran = page.get_by_test_id("stMain")
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        assert ecran.locator("img").count() == 0, adresse
        assert ecran.locator("a[href*='evil']:not([href^='diffusion?'])").count() == 0, adresse
        texte = (ecran.text_content() or "").replace("\u2060", "")
        if "corriger" not in adresse:
            assert f"Zz {HOSTILE}" in texte, adresse
    assert dialogues == []


@pytest.mark.parametrize(
    "adresse", ["partenaires", "partenaires?q=zzzz", "partenaire?id=1", "partenaire-edition", "personne?partenaire=1"]
)
def test_no_english_on_screen(page: Page, connexion: Connexion, adresse: str) -> None:
    connexion(page, "secretaire", suite=adresse)
    tout = page.locator("body").inner_text()
    tout += " ".join(page.locator("[placeholder]").evaluate_all("l => l.map(e => e.placeholder)"))
    assert not re.search(r"\b(Choose|Select|Search|Press|Enter|options?|No results|Add|Clear)\b", tout), tout


def _contraste(a: str, b: str) -> float:
    def luminance(couleur: str) -> float:
        canaux = [float(n) / 255 for n in re.findall(r"[\d.]+", couleur)[:3]]
        r, v, bleu = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
        return 0.2126 * r + 0.7152 * v + 0.0722 * bleu

    clair, sombre = sorted((luminance(a), luminance(b)), reverse=True)
    return (clair + 0.05) / (sombre + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_option_is_readable(page: Page, connexion: Callable[..., None], theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    connexion(page, "secretaire", suite="partenaires")
    choisie = page.get_by_role("radio", name="Actifs")
    expect(choisie).to_be_checked()
    texte, fond = choisie.evaluate(
        "e => [getComputedStyle(e.querySelector('p')).color,"
        " getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor]"
    )
    assert _contraste(texte, fond) >= 4.5
