"""The screen of imports, run from the frame."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Partenaire, Reunion
from services.commun import listes
from services.socle import db
from tests.pages.test_partenaires import bouton, textes

PAGE = "pages/partenaires/import.py"
OUTLOOK = (Path(__file__).parent.parent / "fichiers" / "outlook.csv").read_bytes()
Ecran = Callable[..., AppTest]


@pytest.fixture
def avant(reference: None, base: Any) -> set[str]:
    return noms()


def noms() -> set[str]:
    with db.reading() as session:
        return set(session.exec(select(Partenaire.nom)).all())


def deposer(at: AppTest, nom: str, octets: bytes) -> AppTest:
    at.file_uploader[0].upload(nom, octets)
    return at.run()


def essayer(at: AppTest) -> AppTest:
    """The category of new partenaires, then the dry run."""
    categorie = next(s for s in at.selectbox if s.label.startswith("Catégorie des nouveaux"))
    with db.reading() as session:
        categorie.set_value(listes.categories(session)[0].id)
    bouton(at, "Faire un essai").click()
    return at.run()


def importer(at: AppTest) -> AppTest:
    bouton(at, "Importer 3 lignes").click()
    for _ in range(50):
        at.run()
        if at.success:
            return at
        time.sleep(0.1)
    raise AssertionError(textes(at))


def test_outlook_from_the_file_to_the_notebook_and_back(ecran: Ecran, avant: set[str]) -> None:
    at = deposer(ecran(PAGE), "outlook.csv", OUTLOOK)
    assert not at.exception
    assert sum(s.label.startswith("Champ de la colonne") for s in at.selectbox) == 33
    essayer(at)
    assert not at.exception
    vu = textes(at)
    assert "Toutes (5)" in str(at.segmented_control[0].options)
    assert "ligne 6" in vu
    assert ":red[« faux@ »" in vu
    assert noms() == avant, "a dry run writes nothing"
    importer(at)
    assert noms() - avant == {
        "Habitat Atlantique", "Régie de quartier Diagonales", "Mission locale La Rochelle Ré Pays d’Aunis"
    } - avant  # fmt: skip
    bouton(at, "Annuler").click()
    at.run()
    assert noms() == avant
    assert "3 lignes nouvelles" in at.info[0].value
    assert "Annulé" in textes(at)


def test_the_dry_run_survives_another_page(ecran: Ecran, avant: set[str]) -> None:
    from settings import ROOT

    at = essayer(deposer(ecran(PAGE), "outlook.csv", OUTLOOK))
    at.switch_page(str(ROOT / "pages/partenaires/annuaire.py")).run()
    at.switch_page(str(ROOT / PAGE)).run()
    assert "ligne 6" in textes(at)


def test_the_columns_looked_at_again_keep_the_category(ecran: Ecran, avant: set[str]) -> None:
    at = essayer(deposer(ecran(PAGE), "outlook.csv", OUTLOOK))
    bouton(at, "Revoir les colonnes").click().run()
    bouton(at, "Faire un essai").click().run()
    assert "Importer 3 lignes" in [b.label for b in at.button]


def test_a_very_long_name_does_not_fill_the_dry_run(ecran: Ecran, avant: set[str]) -> None:
    at = deposer(ecran(PAGE), "x.csv", f"Type;Organisme\nAssociation;{'x' * 40_000}\nAssociation;Régie\n".encode())
    bouton(at, "Faire un essai").click().run()
    assert "Importer 1 ligne" in [b.label for b in at.button]
    assert "x" * 100 in textes(at)
    assert "x" * 200 not in textes(at)


def test_lines_are_filtered_by_what_becomes_of_them(ecran: Ecran, avant: set[str]) -> None:
    at = essayer(deposer(ecran(PAGE), "outlook.csv", OUTLOOK))
    at.segmented_control[0].set_value("refuse")
    at.run()
    vu = textes(at)
    assert "ligne 5" in vu
    assert "ligne 2" not in vu


def test_columns_are_corrected_by_hand_and_remembered(ecran: Ecran, avant: set[str]) -> None:
    octets = b"Machin;Truc\nR\xe9gie Nord;Aytr\xe9\n"
    at = deposer(ecran(PAGE), "x.csv", octets)
    bouton(at, "Faire un essai").click()
    at.run()
    assert "Dites quelle colonne est" in textes(at)
    next(s for s in at.selectbox if s.label == "Champ de la colonne Machin").set_value("organisme")
    essayer(at)
    assert "Régie Nord" in textes(at)
    autre = deposer(ecran(PAGE, role="collaborateur"), "y.csv", octets)
    assert next(s for s in autre.selectbox if s.label == "Champ de la colonne Machin").value == "organisme"


def test_a_model_of_each_kind_is_offered(ecran: Ecran, base: Any) -> None:
    boutons = [b.label for b in ecran(PAGE).get("download_button")]
    assert boutons == ["Partenaires et personnes", "Actions", "Réunions et présences", "Bilans 13-18"]


def test_a_file_that_is_no_table_is_refused_in_french(ecran: Ecran, base: Any) -> None:
    at = deposer(ecran(PAGE), "photo.xlsx", b"MZ\x00\x00")
    assert "pas un tableau" in at.error[0].value
    assert at.file_uploader


def test_an_unknown_category_is_told_once_and_remembered(ecran: Ecran, avant: set[str]) -> None:
    octets = "Organisme;Catégorie\nRégie Nord;Les assos\nMission Sud;LES ASSOS\nOffice;Zorglub\n".encode()
    for role, choisie in (("secretaire", None), ("collaborateur", "Association")):
        at = deposer(ecran(PAGE, role=role), "x.csv", octets)
        choix = next(s for s in at.selectbox if s.label.endswith("pour Les assos"))
        assert choix.value == choisie
        choix.set_value("Association")
        bouton(at, "Faire un essai").click()
        at.run()
        assert not at.exception
        assert "Nouvelles (2)" in str(at.segmented_control[0].options)
        assert "Zorglub" in textes(at)


def test_a_file_of_titles_only_says_what_to_do(ecran: Ecran, base: Any) -> None:
    at = deposer(ecran(PAGE), "titres.csv", b"Organisme;Commune\n")
    assert "Aucune ligne sous les titres" in at.warning[0].value
    assert bouton(at, "Faire un essai").disabled


def test_a_colleague_who_wrote_meanwhile_stops_the_import(ecran: Ecran, avant: set[str]) -> None:
    at = essayer(deposer(ecran(PAGE), "outlook.csv", OUTLOOK))
    autre = importer(essayer(deposer(ecran(PAGE, role="collaborateur"), "outlook.csv", OUTLOOK)))
    assert not autre.exception
    bouton(at, "Importer 3 lignes").click()
    for _ in range(50):
        at.run()
        if at.error:
            break
        time.sleep(0.1)
    assert "a changé depuis l’essai" in at.error[0].value
    assert "Identiques (3)" in str(at.segmented_control[0].options)


def test_a_reader_is_not_offered_it(ecran: Ecran) -> None:
    with pytest.raises(ValueError, match="navigation page"):
        ecran(PAGE, role="elu")


def test_the_dry_run_of_a_calendar_file_says_what_overlaps(ecran: Ecran, avant: set[str]) -> None:
    point = "BEGIN:VEVENT\nUID:{n}\nDTSTART:20270702T{h}0000\nSUMMARY:Point {n}\nLOCATION:Mairie annexe\nEND:VEVENT\n"
    trois = "".join(point.format(n=n, h=h) for n, h in enumerate((10, 14, 15), 1))
    fichier = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{trois}END:VCALENDAR\n"
    at = deposer(ecran(PAGE), "agenda.ics", fichier.encode())
    assert not at.exception
    assert "Le même lieu est déjà pris par « Point 2 », plus haut dans le fichier" in textes(at)
    assert [w.value.split(" :")[0] for w in at.warning] == ["Ligne 4"]  # as under it: the titles are line 1
    assert bouton(at, "Importer 3 lignes")


def test_a_calendar_file_goes_straight_to_its_dry_run(ecran: Ecran, avant: set[str]) -> None:
    agenda = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
        "BEGIN:VEVENT\nUID:1\nDTSTART:20270702T140000\nDTEND:20270702T160000\nSUMMARY:Point budget\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:2\nDTSTART:20270703T140000\nCLASS:PRIVATE\nSUMMARY:Dentiste\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    at = deposer(ecran(PAGE), "agenda.ics", agenda.encode())
    assert not at.exception
    vu = textes(at)
    assert "Point budget" in vu
    assert "vendredi 2\u00a0juillet\u00a02027" in vu
    assert "marqué privé" in vu
    assert "Dentiste" not in vu
    assert not any(b.label == "Revoir les colonnes" for b in at.button)
    bouton(at, "Importer 1 ligne").click()
    for _ in range(50):
        at.run()
        if at.success:
            break
        time.sleep(0.1)
    with db.reading() as session:
        assert [r.titre for r in session.exec(select(Reunion)).all()] == ["Point budget"]
    bouton(at, "Annuler").click().run()
    with db.reading() as session:
        assert session.exec(select(Reunion)).all() == []
