"""The bytes of attached files: what is admitted, judged by content, and where they lie.

A file lies in `DATA_DIR/pieces/<SHA-256>`, out of any web root, whole or not at all: written aside, then renamed.

Tests: tests/services/commun/test_pieces.py.
"""

import io
import os
import re
import secrets
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import puremagic
from PIL import Image, UnidentifiedImageError

from services.socle.erreurs import Invalid
from services.socle.texte import clean
from settings import get_settings

OCTETS = 20 * 1024 * 1024
DEPLIE = 150_000_000  # bytes of a docx or xlsx once unfolded
MEMBRES = 3000
COTE, PIXELS = 20_000, 80_000_000  # of an image: a browser that shows it unfolds it whole
NOM_MAX = 200
_OFFICE = "application/vnd.openxmlformats-officedocument."
# Ending of the name -> its type, and how a refusal names it.
TYPES = {
    "pdf": ("application/pdf", "un PDF"),
    "docx": (f"{_OFFICE}wordprocessingml.document", "un document Word"),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", "un classeur Excel"),
    "png": ("image/png", "une image PNG"),
    "jpg": ("image/jpeg", "une image JPEG"),
    "jpeg": ("image/jpeg", "une image JPEG"),
    "webp": ("image/webp", "une image WebP"),
    "heic": ("image/heic", "une image HEIC"),
}
_ADMIS = "Joignez un PDF, un document Word (.docx), un classeur Excel (.xlsx) ou une image (PNG, JPEG, WebP, HEIC)."
_IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_MACROS = ("docm", "xlsm", "dotm", "xltm", "xlsb")


@dataclass(frozen=True)
class Fichier:
    """A file that was admitted; its bytes are on the disk under `empreinte`."""

    nom: str
    type_mime: str
    taille: int
    empreinte: str


# --- what is admitted -----------------------------------------------------------------------------------------------


def examiner(nom: str, contenu: bytes) -> tuple[str, str]:
    """The clean name and the type of a file.

    Raises:
        Invalid: it is not admitted, and why.
    """
    propre = clean(re.split(r"[/\\]", nom)[-1])
    fin = propre.rpartition(".")[2].lower()
    if not contenu:
        raise _refus("Ce fichier est vide.")
    if len(contenu) > OCTETS:
        raise _refus("Ce fichier est trop lourd : 20 Mo au plus.")
    if len(propre) > NOM_MAX:
        raise _refus(f"Raccourcissez le nom de ce fichier : {NOM_MAX} caractères au plus.")
    if fin in _MACROS:
        raise _refus(f"Un fichier .{fin} peut contenir des macros. Enregistrez-le au format .docx ou .xlsx.")
    if fin not in TYPES or propre == f".{fin}":
        raise _refus(f"Ce type de fichier n’est pas admis. {_ADMIS}")
    type_mime, ce_que_c_est = TYPES[fin]
    if type_mime.startswith(_OFFICE):
        _verifier_office(contenu, type_mime, ce_que_c_est)
    elif not _reconnu(contenu, type_mime):
        raise _refus(f"Ce fichier n’est pas {ce_que_c_est}, malgré son nom en .{fin}. {_ADMIS}")
    elif type_mime in _IMAGES:
        _verifier_image(contenu, _IMAGES[type_mime], ce_que_c_est)
    return propre, type_mime


def _refus(phrase: str) -> Invalid:
    return Invalid({"fichier": phrase})


def _reconnu(contenu: bytes, type_mime: str) -> bool:
    """The first bytes are those of this type."""
    try:
        trouves = {m.mime_type for m in puremagic.magic_string(contenu[:4096])}
    except (puremagic.PureError, ValueError):
        return False
    if type_mime == "image/heic":
        return bool(trouves & {"image/heic", "image/heif"})
    return type_mime in trouves


def _verifier_image(contenu: bytes, format: str, ce_que_c_est: str) -> None:
    """Its head says that format and a reasonable size. (A HEIC is never shown, only downloaded.)"""
    trop = _refus("Cette image est trop grande : 80 millions de points au plus. Réduisez-la, puis joignez-la.")
    try:
        with Image.open(io.BytesIO(contenu), formats=(format,)) as image:
            largeur, hauteur = image.size
    except Image.DecompressionBombError as error:
        raise trop from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _refus(f"Ce fichier n’est pas {ce_que_c_est}, ou il est abîmé. {_ADMIS}") from error
    if max(largeur, hauteur) > COTE or largeur * hauteur > PIXELS:
        raise trop


def _verifier_office(contenu: bytes, type_mime: str, ce_que_c_est: str) -> None:
    """It holds the main part of its type, no macros, and unfolds to a reasonable size: for real, since the sizes that
    an archive announces may lie."""
    autre = _refus(f"Ce fichier n’est pas {ce_que_c_est}, malgré son nom. {_ADMIS}")
    macros = _refus("Ce fichier contient des macros. Enregistrez-le au format .docx ou .xlsx, sans macros.")
    trop = _refus("Ce fichier est anormalement gros une fois déplié : il est refusé.")
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            membres = archive.infolist()
            noms = {m.filename.lower() for m in membres}
            if "[content_types].xml" not in noms:
                raise autre
            if len(membres) > MEMBRES or sum(m.file_size for m in membres) > DEPLIE:
                raise trop
            if any(n.endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) or "/macrosheets/" in n for n in noms):
                raise macros
            types, total = b"", 0
            for membre in membres:
                with archive.open(membre) as flux:
                    while morceau := flux.read(1_000_000):
                        total += len(morceau)
                        if total > DEPLIE:
                            raise trop
                        if membre.filename.lower() == "[content_types].xml":
                            types += morceau
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _refus("Ce fichier est abîmé, incomplet ou protégé par un mot de passe.") from error
    if b"macroenabled" in types.lower():
        raise macros
    if f"{type_mime}.main+xml".encode() not in types:
        raise autre


# --- where they lie -------------------------------------------------------------------------------------------------


def dossier() -> Path:
    """The folder of the files, there whatever the base is."""
    chemin = get_settings().data_dir.absolute() / "pieces"
    chemin.mkdir(mode=0o700, parents=True, exist_ok=True)
    return chemin


def chemin(empreinte: str) -> Path:
    """Where the bytes of that SHA-256 lie."""
    if not re.fullmatch(r"[0-9a-f]{64}", empreinte):
        raise ValueError("not a SHA-256")
    return dossier() / empreinte


def ranger(nom: str, contenu: bytes) -> Fichier:
    """Judge a file and put its bytes on the disk, before any row names them.

    Raises:
        Invalid: it is not admitted, or the disk refuses it.
    """
    propre, type_mime = examiner(nom, contenu)
    empreinte = sha256(contenu).hexdigest()
    try:
        _ecrire(chemin(empreinte), contenu)
    except OSError as error:
        raise _refus(
            "Le fichier n’a pas pu être enregistré (disque plein ou protégé). Prévenez l’informatique."
        ) from error
    return Fichier(propre, type_mime, len(contenu), empreinte)


def _ecrire(cible: Path, contenu: bytes) -> None:
    """Whole or not at all, even if the power is cut; the same bytes are kept once."""
    if cible.is_file() and cible.stat().st_size == len(contenu):
        os.utime(cible)  # young again: the sweep leaves it to the row that comes
        return
    a_cote = cible.with_name(f".{secrets.token_hex(8)}")
    descripteur = os.open(a_cote, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descripteur, "wb") as fichier:
            fichier.write(contenu)
            fichier.flush()
            os.fsync(fichier.fileno())
        a_cote.replace(cible)
    except OSError:
        a_cote.unlink(missing_ok=True)
        raise
    parent = os.open(cible.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def balayer(gardees: set[str], *, avant: datetime) -> int:
    """Delete the files that no row names, if they were there before that instant; how many."""
    n = 0
    for fichier in dossier().iterdir():
        if fichier.name not in gardees and fichier.stat().st_mtime < avant.timestamp():
            fichier.unlink(missing_ok=True)
            n += 1
    return n
