"""A file from the desk to the notebook, and back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from models import Partenaire, Personne
from tests.browser.outils import pret, until
from tests.serveur import Serveur

pytestmark = pytest.mark.browser

FICHIERS = Path(__file__).parent.parent / "fichiers"


def personnes(serveur: Serveur) -> set[str]:
    with serveur.session() as session:
        return set(session.exec(select(Personne.nom)).all())


def test_upload_dry_run_import_undo(
    page: Any, connexion: Callable[..., None], serveur: Serveur, tmp_path: Path
) -> None:
    connexion(page, "secretaire", suite="import")
    page.get_by_role("button", name="Choisir un fichier").wait_for()
    gros = tmp_path / "gros.csv"
    gros.write_bytes(b"x" * 21_500_000)
    page.set_input_files("input[type=file]", gros)
    page.get_by_text("Fichier trop lourd").wait_for(state="attached")
    page.get_by_role("button", name="Retirer gros.csv").click()
    page.get_by_role("button", name="Choisir un fichier").wait_for()
    page.set_input_files("input[type=file]", FICHIERS / "outlook.csv")
    page.get_by_role("combobox", name="Catégorie des nouveaux").click()
    page.get_by_role("option", name="Association", exact=True).click()
    page.get_by_role("button", name="Faire un essai").click()
    page.get_by_role("radio", name="Refusées (2)").wait_for()
    pret(page)
    assert not personnes(serveur)
    with page.expect_download() as attendu:
        page.get_by_role("button", name="Lignes refusées (2)").click()
    refusees = attendu.value.path().read_text(encoding="utf-8-sig")
    assert refusees.startswith("Ligne;Motif du refus;Titre;Prénom;")
    assert "faux@" in refusees
    page.get_by_role("button", name="Importer 3 lignes").click(click_count=3, delay=0)
    page.get_by_text("C’est fait.").wait_for()
    assert personnes(serveur) == {"Benoît-Œuvrard", "Durand"}
    pret(page)
    page.get_by_role("button", name="Annuler :").click()
    assert until(lambda: not personnes(serveur))
    with serveur.session() as session:
        restes = session.exec(select(Partenaire).where(col(Partenaire.nom).startswith("Régie de quartier"))).all()
    assert not restes


def test_the_refused_lines_come_back_once_corrected(
    page: Any, connexion: Callable[..., None], serveur: Serveur, tmp_path: Path
) -> None:
    connexion(page, "secretaire", suite="import")
    page.set_input_files("input[type=file]", FICHIERS / "outlook.csv")
    page.get_by_role("button", name="Faire un essai").click()
    page.get_by_role("button", name="Lignes refusées").wait_for()
    pret(page)
    with page.expect_download() as attendu:
        page.get_by_role("button", name="Lignes refusées").click()
    corrige = tmp_path / "corrigees.csv"
    corrige.write_bytes(attendu.value.path().read_bytes().replace(b"faux@", b"faux@exemple.fr"))
    page.get_by_role("button", name="Choisir un autre fichier").click()
    page.set_input_files("input[type=file]", corrige)
    page.get_by_role("combobox", name="Catégorie des nouveaux").click()
    page.get_by_role("option", name="Association", exact=True).click()
    page.get_by_role("button", name="Faire un essai").click()
    expect(page.get_by_text("faux@exemple.fr")).to_be_visible()


def test_a_reload_during_the_import_shows_it_until_its_end(
    page: Any, connexion: Callable[..., None], serveur: Serveur
) -> None:
    connexion(page, "secretaire", suite="import")
    # many, so that the import outlasts a reload on a quick machine
    lignes = "".join(f"Massif {n};Association;Lagord\n" for n in range(12_000))
    octets = f"Structure;Catégorie;Ville\n{lignes}".encode()
    page.set_input_files("input[type=file]", [{"name": "gros.csv", "mimeType": "text/csv", "buffer": octets}])
    page.get_by_role("button", name="Faire un essai").click()
    page.get_by_role("button", name="Importer 12000 lignes").click()
    page.get_by_text("Import en cours").wait_for()
    page.reload()
    page.get_by_text("Import en cours").wait_for()
    assert not page.get_by_role("button", name="Choisir un fichier").count(), "not sent a second time meanwhile"
    page.get_by_text("Import de « gros.csv » : 12000 lignes nouvelles").first.wait_for(timeout=90_000)
    page.get_by_role("button", name="Choisir un fichier").wait_for()


def test_an_import_is_undone_from_the_journal(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    connexion(page, "secretaire", suite="import")
    octets = "Structure;Catégorie\nRégie du Journal;Association\n".encode("cp1252")
    page.set_input_files("input[type=file]", [{"name": "journal.csv", "mimeType": "text/csv", "buffer": octets}])
    page.get_by_role("button", name="Faire un essai").click()
    page.get_by_role("button", name="Importer 1 ligne").click()
    page.get_by_text("C’est fait.").wait_for()
    page.get_by_role("link", name="Journal", exact=True).click()
    pret(page)
    page.get_by_role("button", name="Annuler :").first.click()
    page.get_by_text("Seront retirés : 1 partenaire.").wait_for()
    pret(page)
    page.get_by_role("button", name="Tout annuler").click()

    def reste() -> bool:
        with serveur.session() as session:
            return bool(session.exec(select(Partenaire).where(Partenaire.nom == "Régie du Journal")).all())

    assert until(lambda: not reste())
    page.get_by_text("Opération annulée").wait_for()
