"""Files that staff bring: read in a process of their own."""

import json
import subprocess
import sys
from dataclasses import dataclass

from services.imports.lecteur import SECONDES
from services.socle.erreurs import Invalid
from settings import ROOT

OCTETS = 20_000_000
_TROP_LOURD = "Ce fichier est trop lourd : 20 Mo au plus. Coupez-le en plusieurs."
_TROP_LONG = (
    "Ce fichier demande trop de temps ou de mémoire pour être lu : il est refusé. "
    "Copiez ses lignes utiles dans un classeur neuf, puis recommencez."
)


@dataclass(frozen=True)
class Feuille:
    """A sheet as it is: rows of text. The first row is number 1, as in a spreadsheet."""

    nom: str
    lignes: list[list[str]]


def lire(contenu: bytes) -> list[Feuille]:
    """The sheets of a file that hold something.

    Raises:
        Invalid: it is not read, and why.
    """
    if len(contenu) > OCTETS:
        raise Invalid({"fichier": _TROP_LOURD})
    try:
        fini = subprocess.run(
            [sys.executable, "-m", "services.imports.lecteur"],
            input=contenu,
            cwd=ROOT,
            capture_output=True,
            timeout=2 * SECONDES,
            check=True,
        )
        reponse = json.loads(fini.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Invalid({"fichier": _TROP_LONG}) from error
    if "refus" in reponse:
        raise Invalid({"fichier": reponse["refus"]})
    return [Feuille(nom, lignes) for nom, lignes in reponse["feuilles"]]
