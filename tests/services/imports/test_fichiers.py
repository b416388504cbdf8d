"""Files of all kinds, well made, broken and hostile: what is read of them, and how they are refused."""

import io
import re
import time
import zipfile

import pytest

from documents.tableur import csv_octets
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.socle.erreurs import Invalid
from settings import ROOT

FICHIERS = ROOT / "tests" / "fichiers"


def archive(**membres: str | bytes) -> bytes:
    """A zip; `__` in a name is a slash."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as z:
        for nom, contenu in membres.items():
            z.writestr(nom.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), contenu)
    return octets.getvalue()


def ods(lignes: int, cellules: int) -> bytes:
    """One cell that asks to be repeated."""
    noms = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    return archive(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        **{"META-INF__manifest_xml": "<manifest/>"},
        content_xml=f"<office:document-content {noms}><office:body><office:spreadsheet>"
        f'<table:table table:name="A"><table:table-row table:number-rows-repeated="{lignes}">'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{cellules}"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>",
    )


def bombe() -> bytes:
    """400 kB that unfold to 400 MB."""
    return archive(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml=b" " * 400_000_000)


def menteur() -> bytes:
    """Its directory says that the 70 MB are 10 bytes."""
    octets = archive(xl__workbook_xml="<workbook/>", gros=b" " * 70_000_000)
    return octets.replace((70_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def cellule_au_bout() -> bytes:
    """Two cells, the second in the last row and column: as a full table, 17 billion."""
    source = (FICHIERS / "partenaires_xlsxwriter.xlsx").read_bytes()
    octets = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as lue, zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as z:
        for info in lue.infolist():
            contenu = lue.read(info).decode()
            if info.filename.endswith("sheet1.xml"):
                bout = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                contenu = re.sub(r"<dimension[^>]*>", "", contenu).replace("</sheetData>", bout)
            z.writestr(info.filename, contenu)
    return octets.getvalue()


HOSTILES = {
    "vide": (b"  \r\n", "vide"),
    "exe renommé": (b"MZ\x90\x00" + b"\x00" * 500, "pas un tableau"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "pas un tableau"),
    "image": (b"\x89PNG\r\n\x1a\n\x00\x00", "pas un tableau"),
    "page web nommée .xls": (b"<html><table><tr><td>a</td></tr></table></html>", "page web"),
    "document Word": (archive(word__document_xml="<w/>"), "pas un tableau"),
    "macros": (archive(xl__workbook_xml="<w/>", xl__vbaProject_bin=b"x"), "macros"),
    "ancien classeur à macros": (
        (FICHIERS / "partenaires_xlwt.xls").read_bytes() + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macros"),
    "protégé": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    "tronqué": ((FICHIERS / "partenaires_openpyxl.xlsx").read_bytes()[:-400], "abîmé"),
    "trop lourd": (b"a;b\n" * 5_100_000, "20 Mo"),
    "trop de lignes": (b"a;b\n" * 20_001, "trop grand"),
    "trop de colonnes": (b";".join([b"a"] * 201), "trop grand"),
    "guillemet ouvert": (b'Nom;Ville\n"PJJ;Aytr\xe9\nOPH;Lagord\n', "guillemets"),
    "vCard coupée": (b"BEGIN:VCARD\nVERSION:3.0\nFN:A B\n", "Aucune carte"),
}  # fmt: skip


@pytest.mark.parametrize("nom", HOSTILES)
def test_what_is_not_a_table_is_refused_with_its_reason(nom: str) -> None:
    octets, mot = HOSTILES[nom]
    with pytest.raises(Invalid, match=mot):
        fichiers.lire(octets)


@pytest.mark.parametrize("fabrique", [bombe, menteur, cellule_au_bout, lambda: ods(1_048_576, 16_384),
                                      lambda: ods(1, 10**9)])  # fmt: skip
def test_bombs_are_refused_and_hurt_only_their_own_process(fabrique: object) -> None:
    octets = fabrique()  # type: ignore[operator]
    debut = time.monotonic()
    with pytest.raises(Invalid):
        fichiers.lire(octets)
    assert time.monotonic() - debut < 15  # about 1 s alone; the machine may be loaded


def test_a_small_ods_of_the_same_make_is_read() -> None:
    assert fichiers.lire(ods(2, 3))[0].lignes == [["x"] * 3] * 2


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_encodings_and_separators(encodage: str, separateur: str) -> None:
    lignes = [
        ["Organisme", "Adresse"],
        ["Œuvre de l’Îlot – 30 €", 'rue "neuve"\nbât. B; hall, 2'],
        ["", ""],
        ["b", "c"],
    ]
    texte = "\r\n".join(
        separateur.join('"' + c.replace('"', '""') + '"' if c else "" for c in ligne) for ligne in lignes
    )
    (feuille,) = fichiers.lire(texte.encode(encodage))
    assert feuille.lignes == lignes


def test_a_title_above_blank_lines_and_thirty_odd_columns() -> None:
    titres = ["Structure", *[f"Divers {n}" for n in range(30)], "Tél. (bureau)", "Mél"]
    ligne = ["PJJ", *[""] * 30, "0546000001", "a@b.fr"]
    texte = "Annuaire 2025;;\n\n" + ";".join(titres) + "\n\n" + ";".join(ligne) + "\n;;;\n"
    t = colonnes.tableau(fichiers.lire(texte.encode("cp1252"))[0])
    assert (t.entete, len(t.titres)) == (3, 33)
    choix = colonnes.deviner(t, Nature.CARNET)
    assert choix == {0: "organisme", 31: "telephone", 32: "courriel"}
    attendue = {"organisme": "PJJ", "telephone": "0546000001", "courriel": "a@b.fr"}
    assert colonnes.lire(t, choix, Nature.CARNET) == [(5, attendue)]


VCARD_4 = """BEGIN:VCARD\r
VERSION:4.0\r
FN:Marie Müller\r
N:Müller;Marie;;;\r
ORG:Mission locale;Accueil\r
TITLE:Conseillère\\, référente\r
EMAIL;TYPE=home:privee@exemple.fr\r
EMAIL;PREF=1;TYPE=work:marie@ml.ex\r
 emple\r
TEL;VALUE=uri;TYPE="work,voice":tel:+33-5-46-51-51-51\r
TEL;TYPE=fax:0546000000\r
ADR;TYPE=work:;;12\\, rue X;La Rochelle;;17000;France\r
item1.URL:https://ml.exemple\r
END:VCARD\r
"""
VCARD_3 = """BEGIN:VCARD
VERSION:3.0
FN:OPH de l'agglomération
N:;;;;
ORG:OPH de l'agglomération
TEL;TYPE=WORK,VOICE:05 46 00 00 01
PHOTO;ENCODING=b;TYPE=JPEG:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Beno=C3=AEt;A=C3=AFcha
ORG:PJJ
END:VCARD
"""


def test_vcards_of_three_versions() -> None:
    lues = []
    for texte in (VCARD_4, VCARD_3):
        t = colonnes.tableau(fichiers.lire(texte.encode())[0])
        lues += [v for _, v in colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET)]
    assert lues[0] == {
        "nom": "Müller", "prenom": "Marie", "organisme": "Mission locale", "fonction": "Conseillère, référente",
        "courriel": "marie@ml.exemple", "telephone": "+33-5-46-51-51-51", "adresse": "12, rue X",
        "commune": "La Rochelle", "code_postal": "17000", "site": "https://ml.exemple",
    }  # fmt: skip
    assert lues[1] == {"organisme": "OPH de l'agglomération", "telephone": "05 46 00 00 01"}
    assert lues[2] == {"nom": "Benoît", "prenom": "Aïcha", "organisme": "PJJ"}


def carte(nom: str) -> list[dict[str, str]]:
    t = colonnes.tableau(fichiers.lire((FICHIERS / nom).read_bytes())[0])
    return [v for _, v in colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET)]


def test_vcards_as_outlook_google_apple_and_thunderbird_print_them() -> None:
    (outlook,) = carte("contacts_outlook.vcf")
    assert (outlook["nom"], outlook["prenom"], outlook["fonction"]) == ("Benoît-Œuvrard", "Aïcha", "Conseillère")
    assert (outlook["telephone"], outlook["courriel"]) == ("05 46 27 65 00", "aicha.b@missionlocale.example")
    assert "a cote du parc" in outlook["adresse"]
    (google,) = carte("contacts_google.vcf")
    assert google == {
        "nom": "Martin", "prenom": "Léa", "organisme": "PJJ", "fonction": "Éducatrice",
        "courriel": "lea.martin@pjj.example", "telephone": "+33 5 46 00 00 02\n+33 6 00 00 00 01", "site": "https://pjj.example",
        "note": "Vue le 3 mars\nrappeler",
    }  # fmt: skip
    apple, regie = carte("contacts_apple.vcf")
    assert apple == {
        "nom": "Petit", "prenom": "Zoé", "organisme": "OPH de l’agglomération",
        "fonction": "Responsable de secteur, Mireuil", "courriel": "zoe.petit@oph.example",
        "telephone": "+33 5 46 00 00 03", "adresse": "12 avenue du Général\nde Gaulle", "code_postal": "17000",
        "commune": "La Rochelle",
    }  # fmt: skip
    assert regie == {"organisme": "Régie Diagonales", "telephone": "05 46 44 55 66"}
    (thunderbird,) = carte("contacts_thunderbird.vcf")
    assert thunderbird == {
        "nom": "Durand", "prenom": "Noé", "organisme": "CCAS", "fonction": "Travailleur social",
        "courriel": "noe.durand@ccas.example", "telephone": "05.46.00.00.04\n+33600000005", "site": "https://ccas.example",
    }  # fmt: skip


@pytest.mark.parametrize("sorte", ["xlsx", "xls", "ods"])
def test_a_libreoffice_workbook_shows_its_visible_sheets(sorte: str) -> None:
    feuilles = fichiers.lire((FICHIERS / f"libreoffice.{sorte}").read_bytes())
    assert [f.nom for f in feuilles] == ["Annuaire", "Réunions", "Bilans"]
    natures = [colonnes.nature(colonnes.tableau(f)) for f in feuilles]
    assert natures == [Nature.CARNET, Nature.REUNIONS, Nature.BILANS]


def test_titles_on_two_rows_under_merged_cells() -> None:
    t = colonnes.tableau(fichiers.lire((FICHIERS / "libreoffice.ods").read_bytes())[0])
    assert t.entete == 5
    assert t.titres[1:5] == ["Organisme", "Sigle", "Téléphone", "Courriel"]
    assert [n for n, _ in t.lignes] == [6, 8, 9]


def test_windows_1252_as_an_office_writes_it() -> None:
    """A title above, blank lines, line breaks inside quotes, thirty odd columns, all in one file."""
    titres = ["Structure", *[f"Divers {n}" for n in range(30)], "Adresse", "Tél. (bureau)"]
    ligne = ["Œuvre de l’Îlot", *[""] * 30, '"12 rue ""neuve""\r\nbât. B ; hall 2"', "0546000001"]
    vide = ";" * 32
    texte = "\r\n".join(["Annuaire – édité le 3 février" + vide, "", ";".join(titres), vide, ";".join(ligne), vide, ""])
    t = colonnes.tableau(fichiers.lire(texte.encode("cp1252"))[0])
    assert (t.entete, len(t.titres)) == (3, 33)
    ((numero, valeurs),) = colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET)
    assert numero == 5
    assert valeurs["organisme"] == "Œuvre de l’Îlot"
    assert valeurs["adresse"].splitlines() == ['12 rue "neuve"', "bât. B ; hall 2"]


@pytest.mark.parametrize("nature", [n for n in Nature if n is not Nature.AGENDA])  # a calendar file: no columns to fill
def test_a_model_filled_in_is_read_as_what_it_is(nature: Nature) -> None:
    champs = colonnes.CHAMPS[nature]
    t = colonnes.tableau(fichiers.lire(csv_octets([c.libelle for c in champs], [["x"] * len(champs)]))[0])
    assert colonnes.nature(t) is nature
    assert colonnes.deviner(t, nature) == {n: c.cle for n, c in enumerate(champs)}
