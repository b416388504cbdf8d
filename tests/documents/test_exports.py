"""Files that leave the notebook: read back by other programs, with what people should never have typed in them."""

import io
import re
import zipfile
from datetime import date
from email.utils import getaddresses
from typing import Any

import pytest
import vobject
from docx import Document
from docx.shared import Mm
from python_calamine import CalamineWorkbook

from documents import tableaux
from documents.adresses import adresses, mailto
from documents.cartes import vcf_octets
from documents.etiquettes import docx_octets
from documents.tableur import csv_octets, xlsx_octets
from models.lists import EtatAction
from services.actions.suivi import ActionVue
from services.imports.colonnes import Nature, deviner, lire, tableau
from services.imports.fichiers import Feuille
from services.imports.fichiers import lire as lire_fichier
from services.partenaires.autres_coordonnees import Autre
from services.partenaires.diffusion import Destinataire
from services.socle.coordonnees import postale

HOSTILES = [
    "=cmd|' /C calc'!A0", "{=1+1}", "+33546515151", "@SUM(A1:A9)", "-2+3", "\t=1", 'dit "oui"', "deux\nlignes",
    "http://exemple.test", "fin\\", "a\\;b", "é" * 200, "🚓 Médiation 👩‍🚒", "a;b,c", "BEGIN:VCARD", "<b>&amp;</b>",
    "\x01x",
]  # fmt: skip
CLAIRE = Destinataire(
    1,
    "OPH, agence Nord",
    categorie="Bailleur social",
    personne_id=7,
    nom="Exemple",
    prenom="Claire",
    fonction="Directrice",
    courriel="claire@exemple.fr",
    telephone="05 46 51 51 51",
    autres=(Autre("06 11 22 33 44", "portable"), Autre("05 46 22 22 22"), Autre("secretariat@exemple.fr")),
    courriel_partenaire="accueil@exemple.fr",
    telephone_partenaire="0546000000",
    adresse="12 rue de l’Exemple\nBâtiment B, 17000",
    commune="La Rochelle",
)
OPH = Destinataire(2, "OPH", courriel_partenaire="accueil@oph.fr", telephone_partenaire="05 46 00 00 00")


def feuille(octets: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_index(0).to_python()


def xml(octets: bytes, fichier: str = "xl/worksheets/sheet1.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(octets)).read(fichier).decode()


# --- Excel, CSV -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texte", HOSTILES)
def test_a_text_is_a_text_in_excel(texte: str) -> None:
    octets = xlsx_octets(["Nom", texte], [[texte, "suite"]], feuille="Liste")
    assert "<f>" not in xml(octets)
    assert "<f " not in xml(octets)
    assert "hyperlink" not in xml(octets)
    (ligne,) = feuille(octets)[1:]
    assert ligne == ["05 46 51 51 51" if texte.startswith("+33") else texte, "suite"]


def test_a_formula_typed_again_stays_a_text() -> None:
    octets = xlsx_octets(["Nom"], [["=1+1"], ["0546515151"]], feuille="Liste")
    assert 'quotePrefix="1"' in xml(octets, "xl/styles.xml")
    assert feuille(octets)[1:] == [["=1+1"], ["05 46 51 51 51"]]
    assert 'formatCode="@"' in xml(octets, "xl/styles.xml")  # text


def test_dates_are_dates_written_as_the_french_do() -> None:
    octets = xlsx_octets(["Échéance"], [[date(2026, 11, 3)]], feuille="Liste")
    assert feuille(octets)[1] == [date(2026, 11, 3)]
    assert "dd/mm/yyyy" in xml(octets, "xl/styles.xml")
    assert b"03/11/2026" in csv_octets(["Date"], [[date(2026, 11, 3)]])


def test_titles_stay_in_place_with_filters() -> None:
    octets = xlsx_octets(["A", "B"], [["x", "un texte assez long pour élargir sa colonne"]], feuille="Liste")
    assert 'state="frozen"' in xml(octets)
    assert '<autoFilter ref="A1:B2"' in xml(octets)
    largeurs = [float(w) for w in re.findall(r'<col [^>]*width="([\d.]+)"', xml(octets))]
    assert largeurs[1] > 3 * largeurs[0]


def test_an_empty_table_opens() -> None:
    assert feuille(xlsx_octets(["A"], [], feuille="Liste")) == [["A"]]


def test_what_excel_gives_our_import_reads() -> None:
    octets = xlsx_octets(tableaux.DIFFUSION, tableaux.diffusion([CLAIRE, OPH]), feuille="Liste")
    (lue,) = lire_fichier(octets)
    t = tableau(lue)
    lignes = [v for _, v in lire(t, deviner(t, Nature.CARNET, categories=["Bailleur social"]), Nature.CARNET)]
    assert lignes[0]["organisme"] == "OPH, agence Nord"
    assert (lignes[0]["prenom"], lignes[0]["nom"], lignes[0]["fonction"]) == ("Claire", "Exemple", "Directrice")
    assert lignes[0]["courriel"].split("\n") == ["claire@exemple.fr", "secretariat@exemple.fr"]
    assert lignes[0]["telephone"].split("\n") == ["05 46 51 51 51", "06 11 22 33 44, 05 46 22 22 22"]
    assert (lignes[0]["courriel_organisme"], lignes[0]["telephone_organisme"]) == (
        "accueil@exemple.fr", "05 46 00 00 00",
    )  # fmt: skip
    assert (lignes[0]["code_postal"], lignes[0]["commune"]) == ("17000", "La Rochelle")
    assert lignes[1]["courriel_organisme"] == "accueil@oph.fr"
    assert not {"nom", "courriel"} & set(lignes[1])


def test_actions_as_a_table() -> None:
    action = ActionVue(
        1, "Tailler la haie", 1, "OPH", date(2026, 11, 3), EtatAction.A_FAIRE, "", 6, 1, "Cellule", None, None, 1,
        pilote_nom="Office public",
    )  # fmt: skip
    (ligne,) = tableaux.actions([action])
    assert dict(zip(tableaux.ACTIONS, ligne, strict=True)) == {
        "Action": "Tailler la haie", "Pilote": "Office public", "Échéance": date(2026, 11, 3), "État": "À faire",
        "Jours de retard": 6, "Motif d’abandon": "", "Terminée le": "", "Instance": "Cellule", "Réunion": "",
        "Date de la réunion": "",
    }  # fmt: skip


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separateur", ["; ", ", "])
@pytest.mark.parametrize(
    "nom", [*HOSTILES, "Faux <x@y.fr>, Autre", "a@b.fr; c@d.fr", "Nom\r\nBcc: x@y.fr", 'a" <x@y.fr>']
)
def test_a_name_brings_in_no_other_address(nom: str, separateur: str) -> None:
    hostile = Destinataire(1, nom, personne_id=1, nom=nom, prenom="", courriel="vrai@exemple.fr")
    colle = separateur.join(adresses([hostile, OPH], noms=True))
    assert "\n" not in colle
    assert "\r" not in colle
    morceaux = colle.split(separateur.strip())  # even a program that knows nothing of quotation marks
    assert len(morceaux) == 2
    assert [getaddresses([m])[0][1] for m in morceaux] == ["vrai@exemple.fr", "accueil@oph.fr"]


def test_names_are_written_as_they_are() -> None:
    assert adresses([CLAIRE, OPH], noms=True) == ["Claire Exemple <claire@exemple.fr>", "OPH <accueil@oph.fr>"]
    elise = Destinataire(1, "Lycée", personne_id=2, nom="Éxemple (DSDEN)", prenom="Élise", courriel="e@exemple.fr")
    assert adresses([elise], noms=True) == ['"Élise Éxemple (DSDEN)" <e@exemple.fr>']


def test_each_address_once_whatever_its_case_and_of_the_partenaire_when_the_person_has_none() -> None:
    autre = Destinataire(1, "OPH", personne_id=3, nom="Sans", courriel_partenaire="Accueil@OPH.fr")
    personne = Destinataire(3, "Sans rien")
    assert adresses([OPH, autre, personne], noms=False) == ["accueil@oph.fr"]
    assert adresses([autre], noms=True) == ["OPH <Accueil@OPH.fr>"]


def test_a_message_opens_only_if_its_link_is_short() -> None:
    assert mailto(["a@b.fr", "c+d&e@f.fr"], "; ") == "mailto:?bcc=a@b.fr;c%2Bd%26e@f.fr"
    assert mailto(["nom@exemple.fr"] * 200, ", ") == ""


# --- vCard ----------------------------------------------------------------------------------------------------------


def test_a_card_is_read_by_another_library() -> None:
    (carte,) = vobject.readComponents(vcf_octets([CLAIRE]).decode())
    assert carte.version.value == "3.0"
    assert carte.fn.value == "Claire Exemple"
    assert (carte.n.value.family, carte.n.value.given) == ("Exemple", "Claire")
    assert carte.org.value == ["OPH, agence Nord"]
    assert carte.title.value == "Directrice"
    assert [e.value for e in carte.contents["email"]] == ["claire@exemple.fr", "secretariat@exemple.fr"]
    assert [t.value for t in carte.contents["tel"]] == ["05 46 51 51 51", "06 11 22 33 44", "05 46 22 22 22"]
    assert carte.contents["tel"][1].params["TYPE"] == ["CELL", "VOICE"]
    adr = carte.adr.value
    assert (adr.street, adr.city, adr.code) == ("12 rue de l’Exemple\nBâtiment B", "La Rochelle", "17000")


@pytest.mark.parametrize("texte", HOSTILES)
def test_a_card_keeps_any_text_and_lets_nothing_out(texte: str) -> None:
    propre = texte.replace("\x01", "").replace("\t", "").replace("\u200d", "")
    hostile = Destinataire(1, texte, personne_id=1, nom=texte, prenom="P", fonction=texte, courriel="a@b.fr")
    octets = vcf_octets([hostile, OPH])
    assert all(len(ligne) <= 75 for ligne in octets.split(b"\r\n"))
    carte, suivante = vobject.readComponents(octets.decode())
    assert [e.value for e in carte.contents["email"]] == ["a@b.fr"]
    assert (carte.n.value.family, carte.title.value) == (propre, propre)
    assert suivante.fn.value == "OPH"
    ligne = lire_fichier(octets)[0].lignes[1]
    assert ligne[:5] == [propre, "P", propre, propre, "a@b.fr"]


def test_what_a_card_gives_our_import_reads() -> None:
    (lue,) = lire_fichier(vcf_octets([CLAIRE, OPH]))
    assert lue == Feuille(
        "vCard",
        [
            lue.lignes[0],
            ["Exemple", "Claire", "OPH, agence Nord", "Directrice", "claire@exemple.fr", "secretariat@exemple.fr", "",
             "05 46 51 51 51", "05 46 22 22 22", "06 11 22 33 44", "12 rue de l’Exemple\nBâtiment B", "17000",
             "La Rochelle", "", ""],
            ["", "", "OPH", "", "accueil@oph.fr", "", "", "05 46 00 00 00", "", "", "", "", "", "", ""],
        ],
    )  # fmt: skip


# --- labels ---------------------------------------------------------------------------------------------------------


def test_labels_fall_on_their_sheet() -> None:
    table = Document(io.BytesIO(docx_octets([CLAIRE] * 25))).tables[0]
    assert len(table.columns) == 3
    assert len(table.rows) == 9
    assert [c.width.mm for c in table.columns] == pytest.approx([70] * 3, abs=0.1)
    assert [r.height.mm for r in table.rows] == pytest.approx([37] * 9, abs=0.1)
    page = Document(io.BytesIO(docx_octets([CLAIRE]))).sections[0]
    assert page.page_width.mm == pytest.approx(210, abs=0.1)
    utile = page.page_height - page.top_margin - page.bottom_margin
    assert 8 * table.rows[0].height < utile < 9 * Mm(37)


def test_a_label_says_who_and_where() -> None:
    cellules = [c.text for r in Document(io.BytesIO(docx_octets([CLAIRE, OPH]))).tables[0].rows for c in r.cells]
    assert cellules[0] == "OPH, agence Nord\nClaire Exemple\n12 rue de l’Exemple\nBâtiment B\n17000 La Rochelle"
    assert cellules[1] == "OPH"
    assert cellules[2] == ""


@pytest.mark.parametrize("texte", HOSTILES)
def test_a_label_takes_any_text(texte: str) -> None:
    document = Document(io.BytesIO(docx_octets([Destinataire(1, texte, nom=texte, adresse=texte, commune=texte)])))
    assert len(document.tables[0].cell(0, 0).text.splitlines()) <= 8


@pytest.mark.parametrize(
    ("adresse", "commune", "attendu"),
    [
        ("12 rue X, 17000", "La Rochelle", ("12 rue X", "17000", "La Rochelle")),
        ("12 rue X\n17000 La Rochelle", "La Rochelle", ("12 rue X", "17000", "La Rochelle")),
        ("BP 10523 17022 La Rochelle Cedex 1", "La Rochelle", ("BP 10523", "17022", "La Rochelle Cedex 1")),
        ("17000 La Rochelle", "", ("", "17000", "La Rochelle")),
        ("12 rue X", "Aytré", ("12 rue X", "", "Aytré")),
        ("", "", ("", "", "")),
    ],
)
def test_a_postal_address_in_three(adresse: str, commune: str, attendu: tuple[str, str, str]) -> None:
    assert postale(adresse, commune) == attendu
