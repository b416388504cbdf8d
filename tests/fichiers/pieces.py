"""Files as staff bring them, and as nobody should."""

import io
import struct
import zipfile
import zlib

from PIL import Image

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_DOCM = "application/vnd.ms-word.document.macroEnabled.main+xml"


def archive(types: str, **membres: bytes) -> bytes:
    """An Office file of that main part."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", f'<Types><Override PartName="/x" ContentType="{types}"/></Types>')
        for nom, contenu in membres.items():
            z.writestr(nom.replace("__", "/"), contenu)
    return sortie.getvalue()


def png(largeur: int = 4, hauteur: int = 4) -> bytes:
    """An image that says it is that large; it holds four lines."""

    def bloc(genre: bytes, corps: bytes) -> bytes:
        return struct.pack(">I", len(corps)) + genre + corps + struct.pack(">I", zlib.crc32(genre + corps))

    entete = struct.pack(">IIBBBBB", largeur, hauteur, 8, 2, 0, 0, 0)
    lignes = zlib.compress(b"".join(b"\0" + b"\x0b\x53\x94" * 4 for _ in range(4)))
    return b"\x89PNG\r\n\x1a\n" + bloc(b"IHDR", entete) + bloc(b"IDAT", lignes) + bloc(b"IEND", b"")


def _image(format: str) -> bytes:
    octets = io.BytesIO()
    Image.new("RGB", (4, 4), "navy").save(octets, format)
    return octets.getvalue()


def _menteuse() -> bytes:
    """An archive that unfolds to 400 MB and announces one byte."""
    brut = archive(_WORD, word__media=b"\0" * 400_000_000)
    vraie, fausse = struct.pack("<I", 400_000_000), struct.pack("<I", 1)
    return brut.replace(vraie, fausse)


PNG = png()
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
DOCX = archive(_WORD, word__document=b"<w:document/>")
XLSX = archive(_EXCEL, xl__workbook=b"<workbook/>")
JPEG, WEBP = _image("JPEG"), _image("WEBP")
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40
BONS = {"plan.pdf": PDF, "Relevé n° 2.docx": DOCX, "chiffres.XLSX": XLSX, "banc.png": PNG, "banc.jpg": JPEG,
        "banc.jpeg": JPEG, "banc.webp": WEBP, "banc.heic": HEIC}  # fmt: skip
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200


def mauvais() -> dict[str, tuple[str, bytes, str]]:
    """Case -> name, bytes, what the refusal says."""
    return {
        "empty": ("vide.pdf", b"", "vide"),
        "executable": ("facture.exe", EXE, "pas admis"),
        "executable renamed": ("facture.pdf", EXE, "n’est pas un PDF"),
        "double ending": ("facture.pdf.exe", EXE, "pas admis"),
        "right to left": ("facture\u202efdp.exe", EXE, "pas admis"),
        "page": ("page.html", b"<html><script>alert(1)</script>", "pas admis"),
        "page as a PDF": ("page.pdf", b"<html>%PDF-1.7<script>alert(1)</script>", "n’est pas un PDF"),
        "drawing": ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "pas admis"),
        "drawing as an image": ("dessin.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "n’est pas une image PNG"),
        "huge image": ("carte.png", png(30_000, 30_000), "trop grande"),
        "wide image": ("bandeau.png", png(100_000, 20), "trop grande"),
        "broken image": ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 60, "n’est pas une image JPEG"),
        "PNG as a JPEG": ("photo.jpg", PNG, "n’est pas une image JPEG"),
        "no ending": ("LISEZMOI", PDF, "pas admis"),
        "only an ending": (".pdf", PDF, "pas admis"),
        "macros by name": ("modele.docm", DOCX, "macros"),
        "macros by type": ("modele.docx", archive(_DOCM, word__document=b"x"), "macros"),
        "macros inside": (
            "modele.docx",
            archive(_WORD, word__vbaProject=b"", **{"word__vbaProject.bin": b"x"}),
            "macros",
        ),
        "old macros": ("table.xlsx", archive(_EXCEL, xl__macrosheets__feuille=b"x"), "macros"),
        "Word as Excel": ("table.xlsx", DOCX, "n’est pas un classeur Excel"),
        "archive": ("lot.docx", archive("application/zip"), "n’est pas un document Word"),
        "broken": ("casse.docx", DOCX[:-30], "abîmé"),
        "bomb": ("bombe.docx", archive(_WORD, word__media=b"\0" * 200_000_000), "anormalement gros"),
        "bomb that lies": ("bombe.docx", _menteuse(), "abîmé"),
        "long name": ("n" * 250 + ".pdf", PDF, "Raccourcissez"),
        "heavy": ("lourd.pdf", PDF + b"0" * 21_000_000, "20 Mo au plus"),
    }
