"""Address labels for the sheet of 24 that French offices keep: A4, 3 across and 8 down, 70 × 37 mm each."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE
from docx.shared import Mm, Pt

from services.partenaires.diffusion import Destinataire
from services.socle.texte import clean, first_words

PAR_LIGNE = 3
_NOM, _LIGNE, _RUES = 72, 40, 3  # characters of a name (two lines) and of a line, lines of the street: the town fits


def docx_octets(destinataires: Sequence[Destinataire]) -> bytes:
    """Who, where: one label each, in the order given, line after line."""
    document = Document()
    document.core_properties.author, document.core_properties.comments = "Carnet de veille", ""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    # Eight rows of 37 mm and a last line of one point, which Word asks for after a table: nothing goes over.
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(0.5), Mm(0), Mm(0), Mm(0)
    page.header_distance = page.footer_distance = Mm(0)
    normal: Any = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(9)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), 1.0
    table = document.add_table(rows=0, cols=PAR_LIGNE)
    table.autofit = False
    for colonne in table.columns:
        colonne.width = Mm(70)
    for debut in range(0, len(destinataires), PAR_LIGNE):
        rangee = table.add_row()
        rangee.height, rangee.height_rule = Mm(37), WD_ROW_HEIGHT_RULE.EXACTLY
        for cellule, d in zip(rangee.cells, destinataires[debut : debut + PAR_LIGNE], strict=False):
            _etiquette(cellule, d)
    fin = document.add_paragraph()
    fin.paragraph_format.line_spacing = Pt(1)
    octets = io.BytesIO()
    document.save(octets)
    return octets.getvalue()


def _etiquette(cellule: Any, d: Destinataire) -> None:
    rue, code, ville = d.postale
    rues = [first_words([ligne], _LIGNE) for ligne in clean(rue, lignes=True).splitlines()[:_RUES]]
    personne, commune = (first_words([clean(t)], _LIGNE) for t in (d.personne, f"{code} {ville}"))
    cellule.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraphe = cellule.paragraphs[0]
    paragraphe.paragraph_format.left_indent, paragraphe.paragraph_format.right_indent = Mm(5), Mm(3)
    paragraphe.add_run(first_words([clean(d.partenaire)], _NOM)).bold = True
    paragraphe.add_run("".join(f"\n{t}" for t in (personne, *rues, commune) if t))
