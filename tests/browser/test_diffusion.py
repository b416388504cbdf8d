"""A list to write to, in a real browser: what is copied, and what the files hold."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import vobject
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from sqlmodel import col, select

from models import Action, Agent, Categorie, Fonction, Journal, Partenaire, Personne, SessionAgent
from models.lists import Role
from services.socle.horloge import aujourdhui, utcnow
from tests.browser.outils import pret, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
Connexion = Callable[..., None]


@pytest.fixture(scope="module", autouse=True)
def _rempli(serveur: Serveur) -> None:
    """One person at each bailleur, the last without an address; an action."""
    with serveur.session() as session:
        bailleurs = session.exec(
            select(Partenaire)
            .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
            .where(Categorie.nom == "Bailleur social")
            .order_by(Partenaire.recherche)
        ).all()
        for n, partenaire in enumerate(bailleurs):
            reste = partenaire is not bailleurs[-1]
            personne = Personne(
                nom=f"Exemple {n}",
                prenom="Zoé",
                courriel=f"zoe{n}@exemple.fr" if reste else "",
                telephone="05 46 51 51 51",
                recherche=f"exemple {n} zoe",
            )
            session.add(personne)
            session.flush()
            session.add(
                Fonction(
                    personne_id=personne.id, partenaire_id=partenaire.id, intitule="=Directrice", debut=aujourdhui()
                )
            )
            partenaire.adresse = "1 rue de l’Exemple, 17000"
        session.add(Action(quoi="=1+1", pilote_id=bailleurs[0].id, echeance=aujourdhui()))


def telecharger(page: Page, nom: str, vers: Path) -> tuple[str, bytes]:
    with page.expect_download() as fichier:
        page.get_by_role("button", name=nom).click()
    fichier.value.save_as(vers / "fichier")
    return fichier.value.suggested_filename, (vers / "fichier").read_bytes()


def exports(serveur: Serveur) -> list[str]:
    with serveur.session() as session:
        return list(session.exec(select(Journal.resume).where(Journal.objet == "export").order_by(Journal.id)).all())


def test_filter_copy_and_take_the_files(page: Page, connexion: Connexion, serveur: Serveur, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=serveur.url)
    connexion(page, "secretaire", suite="diffusion")
    page.get_by_role("combobox", name="Catégorie").click()
    page.get_by_role("option", name="Bailleur social").click()
    pret(page)
    assert "categorie=Bailleur" in page.url
    copier = page.locator(".st-key-copie").get_by_role("button", name="Copier")
    expect(copier).to_be_visible()  # without hovering
    copier.click()
    attendues = page.locator(".st-key-copie code").inner_text()
    assert attendues.startswith("Zoé Exemple 0 <zoe0@exemple.fr>; Zoé Exemple 1 <")
    assert until(lambda: page.evaluate("() => navigator.clipboard.readText()") == attendues)
    lien = page.get_by_role("link", name="Ouvrir un message").get_attribute("href") or ""
    assert lien.startswith("mailto:?bcc=zoe0@exemple.fr;zoe1@exemple.fr")

    nom, octets = telecharger(page, "Excel", tmp_path)
    assert nom == "les-personnes-en-fonction-bailleur-social.xlsx"
    titres, *lignes = CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_index(0).to_python()
    vue = dict(zip(titres, lignes[0], strict=True))
    assert (vue["Écrire à"], vue["Téléphone"], vue["Fonction"]) == ("zoe0@exemple.fr", "05 46 51 51 51", "=Directrice")
    assert (vue["Adresse"], vue["Code postal"]) == ("1 rue de l’Exemple", "17000")
    nom, octets = telecharger(page, "Cartes de visite", tmp_path)
    assert nom.endswith(".vcf")
    cartes = list(vobject.readComponents(octets.decode()))
    assert [c.fn.value for c in cartes] == [f"Zoé Exemple {n}" for n in range(len(lignes))]
    nom, octets = telecharger(page, "Étiquettes", tmp_path)
    assert nom.endswith(".docx")
    assert octets.startswith(b"PK")
    liste = f"liste de diffusion « Les personnes en fonction – Bailleur social », {len(lignes)} lignes"
    assert exports(serveur) == [f"Export {f} : {liste}" for f in ("Excel", "vCard", "étiquettes")]

    page.get_by_role("link", name=f"Zoé Exemple {len(lignes) - 1}").click()
    expect(page.get_by_role("heading", name="Personnes")).to_be_visible()


def test_actions_as_a_file(page: Page, connexion: Connexion, tmp_path: Path) -> None:
    connexion(page, "secretaire", suite="actions")
    nom, octets = telecharger(page, "Autre tableur", tmp_path)
    assert nom == f"actions-{aujourdhui()}.csv"
    (ligne,) = csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";")
    assert (ligne["Action"], ligne["Échéance"]) == ("'=1+1", f"{aujourdhui():%d/%m/%Y}")


def test_a_role_lost_meanwhile_takes_no_file(page: Page, connexion: Connexion, serveur: Serveur) -> None:
    connexion(page, "collaborateur", suite="diffusion?categorie=Bailleur%20social")
    with serveur.session() as session:
        session.exec(select(Agent).where(Agent.identifiant == "collaborateur")).one().role = Role.LECTURE
    avant = exports(serveur)
    page.get_by_role("button", name="Excel").click()
    expect(page.get_by_text("Le fichier n’a pas pu être préparé")).to_be_visible()
    assert exports(serveur) == avant


def test_signed_out_meanwhile_one_is_sent_to_sign_in(page: Page, connexion: Connexion, serveur: Serveur) -> None:
    connexion(page, "secretaire", suite="diffusion?categorie=Bailleur%20social")
    with serveur.session() as session:
        for ouverte in session.exec(select(SessionAgent)).all():
            ouverte.fermee_le = utcnow()
    avant = exports(serveur)
    page.get_by_role("button", name="Excel").click()
    expect(page).to_have_url(re.compile("/connexion"))
    assert exports(serveur) == avant
