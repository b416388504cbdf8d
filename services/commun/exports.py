"""What leaves the notebook as a file: who took what, and how many lines, is in the journal.

Tests: tests/services/partenaires/test_diffusion.py.
"""

from enum import StrEnum

from sqlmodel import Session

from services.socle import journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.texte import accord


class Format(StrEnum):
    """The value is the end of the file's name."""

    EXCEL = "xlsx"
    CSV = "csv"
    VCARD = "vcf"
    ETIQUETTES = "docx"


_NOMS = {Format.EXCEL: "Excel", Format.CSV: "CSV", Format.VCARD: "vCard", Format.ETIQUETTES: "étiquettes"}


def noter(session: Session, *, quoi: str, format: Format, lignes: int, by: Acteur) -> None:
    """Every export passes here: refused to who may not read everything, else written in the journal."""
    require(by, Droit.LIRE)
    resume = f"Export {_NOMS[format]} : {quoi}, {accord(lignes, 'ligne')}"
    journal.note(session, by=by, acte="exporter", objet="export", objet_id=None, resume=resume)


def noter_document(session: Session, *, quoi: str, droit: Droit, by: Acteur) -> None:
    """A Word document leaves: refused to who may not read what it holds, else written in the journal."""
    require(by, droit)
    journal.note(session, by=by, acte="exporter", objet="export", objet_id=None, resume=f"Document Word : {quoi}")
