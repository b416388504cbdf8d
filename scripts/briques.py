"""The bricks of the Word templates: a page, a table, a heading, a condition, as Word writes them."""

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

ENCRE, BLEU, GRIS = RGBColor(0x1B, 0x27, 0x33), RGBColor(0x0B, 0x53, 0x94), RGBColor(0x56, 0x63, 0x70)
FOND, FILET, AMBRE = "EEF3F8", "C5D0DB", "FDF3E7"


# --- bricks ----------------------------------------------------------------------------------------------------------


def fragment(nom: str, **attributs: str) -> Any:
    element = OxmlElement(nom)
    for cle, valeur in attributs.items():
        element.set(qn(f"w:{cle}"), valeur)
    return element


# In the order of the standard, which Word asks for.
CELLULE = ("w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")
_TABLE = ("w:tblBorders", "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def ranger(dans: Any, element: Any, ordre: tuple[str, ...]) -> None:
    nom = next(x for x in ordre if qn(x) == element.tag)
    dans.insert_element_before(element, *ordre[ordre.index(nom) + 1 :])


def police(style: Any, taille: float, couleur: RGBColor = ENCRE, *, gras: bool = False) -> None:
    fontes = style.element.get_or_add_rPr().get_or_add_rFonts()
    for cle in list(fontes.attrib):
        del fontes.attrib[cle]
    for cle in ("ascii", "hAnsi", "cs", "eastAsia"):
        fontes.set(qn(f"w:{cle}"), "Arial")
    style.font.size, style.font.bold, style.font.italic, style.font.color.rgb = Pt(taille), gras, False, couleur


def nouveau(*, paysage: bool = False, pied: str = "", marges: float = 20) -> Any:
    """An A4 page in the house's styles, its head with logo and issuer; its foot, if it says anything, with page
    numbers (letters printed together are not the pages of one document)."""
    d = Document()
    d.core_properties.author = d.core_properties.comments = ""
    s = d.sections[0]
    s.page_width, s.page_height = (Mm(297), Mm(210)) if paysage else (Mm(210), Mm(297))
    s.orientation = WD_ORIENT.LANDSCAPE if paysage else WD_ORIENT.PORTRAIT
    s.left_margin = s.right_margin = Mm(marges)
    s.top_margin, s.bottom_margin = (Mm(28), Mm(17)) if paysage else (Mm(34), Mm(20))
    s.header_distance, s.footer_distance = Mm(10), Mm(9)
    styles = d.styles
    for langue in styles.element.iter(qn("w:lang")):
        langue.set(qn("w:val"), "fr-FR")
    for nom, taille, couleur, gras, avant, apres in (
        ("Normal", 10.5, ENCRE, False, 0, 4),
        ("Title", 22, BLEU, True, 0, 2),
        ("Subtitle", 13, ENCRE, True, 0, 2),
        ("Heading 1", 13, BLEU, True, 14, 4),
        ("Heading 2", 11, ENCRE, True, 10, 2),
        ("List Bullet", 10.5, ENCRE, False, 0, 2),
        ("Header", 10, ENCRE, False, 0, 0),
        ("Footer", 8.5, GRIS, False, 0, 0),
    ):
        style = styles[nom]
        police(style, taille, couleur, gras=gras)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(avant), Pt(apres)
        style.paragraph_format.line_spacing = 1.12
        for bord in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            style.element.pPr.remove(bord)
        for ecart in style.element.rPr.findall(qn("w:spacing")):
            style.element.rPr.remove(ecart)
    entete(s)
    if pied:
        pied_de_page(s, pied)
    return d


def entete(section: Any) -> None:
    largeur = section.page_width - section.left_margin - section.right_margin
    section.header.paragraphs[0].paragraph_format.line_spacing = Pt(1)
    t = section.header.add_table(1, 2, largeur)
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    colonnes(t, largeur * 0.3, largeur * 0.7)
    gauche, droite = t.rows[0].cells
    gauche.paragraphs[0].add_run("{% if logo %}{{ logo }}{% endif %}")
    p = droite.paragraphs[0]
    p.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    r = p.add_run("{{ emetteur }}")
    r.bold, r.font.color.rgb = True, BLEU
    for c in (gauche, droite):
        c.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        bords(c, bottom=("single", 8, "0B5394"))
    marges = fragment("w:tblCellMar")
    for cote, mesure in (("left", "0"), ("bottom", "60"), ("right", "0")):
        marges.append(fragment(f"w:{cote}", w=mesure, type="dxa"))
    ranger(t._tbl.tblPr, marges, _TABLE)
    espace(section.header, 8)  # between a tall logo and the text


def pied_de_page(section: Any, texte: str) -> None:
    p = section.footer.paragraphs[0]
    p.paragraph_format.tab_stops.clear_all()
    for stop in p.style.element.pPr.findall(qn("w:tabs")):
        p.style.element.pPr.remove(stop)
    p.paragraph_format.tab_stops.add_tab_stop(
        section.page_width - section.left_margin - section.right_margin, WD_TAB_ALIGNMENT.RIGHT
    )
    p.add_run(f"{texte}\tPage ")
    champ(p, "PAGE")
    p.add_run(" sur ")
    champ(p, "NUMPAGES")


def champ(paragraphe: Any, code: str) -> None:
    for genre, texte in (("begin", ""), ("", code), ("separate", ""), ("texte", "1"), ("end", "")):
        run = paragraphe.add_run()
        if genre == "":
            instr = OxmlElement("w:instrText")
            instr.text = texte
            run._r.append(instr)
        elif genre == "texte":
            run.text = texte
        else:
            run._r.append(fragment("w:fldChar", fldCharType=genre))


def bords(cellule: Any, **cotes: tuple[str, int, str]) -> None:
    tc = cellule._tc.get_or_add_tcPr()
    b = fragment("w:tcBorders")
    for cote in ("top", "left", "bottom", "right"):
        if cote in cotes:
            genre, taille, couleur = cotes[cote]
            b.append(fragment(f"w:{cote}", val=genre, sz=str(taille), space="0", color=couleur))
    ranger(tc, b, CELLULE)


def fond(cellule: Any, couleur: str) -> None:
    ranger(cellule._tc.get_or_add_tcPr(), fragment("w:shd", val="clear", color="auto", fill=couleur), CELLULE)


def colonnes(table: Any, *largeurs: float) -> None:
    table.autofit = False
    for colonne, largeur in zip(table.columns, largeurs, strict=True):
        colonne.width = int(largeur)
    for ligne in table.rows:
        for cellule, largeur in zip(ligne.cells, largeurs, strict=True):
            cellule.width = int(largeur)


def grille(table: Any) -> None:
    pr = table._tbl.tblPr
    b = fragment("w:tblBorders")
    for cote in ("top", "left", "bottom", "right", "insideH", "insideV"):
        b.append(fragment(f"w:{cote}", val="single", sz="4", space="0", color=FILET))
    ranger(pr, b, _TABLE)
    marges = fragment("w:tblCellMar")
    for cote, mesure in (("top", "50"), ("left", "100"), ("bottom", "50"), ("right", "100")):
        marges.append(fragment(f"w:{cote}", w=mesure, type="dxa"))
    ranger(pr, marges, _TABLE)


def repeter(ligne: Any) -> None:
    ligne._tr.get_or_add_trPr().append(fragment("w:tblHeader"))


def d_un_bloc(ligne: Any) -> None:
    ligne._tr.get_or_add_trPr().append(fragment("w:cantSplit"))


def tableau(
    d: Any,
    titres: tuple[str, ...],
    boucle: str,
    valeurs: tuple[str, ...],
    mm: tuple[float, ...],
    *,
    hauteur: float = 0,
    vides: int = 0,
) -> Any:
    """A table with a row a value, then rows to fill by hand; its head repeated on each page."""
    t = d.add_table(rows=4 + vides, cols=len(titres))
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    grille(t)
    colonnes(t, *(Mm(x) for x in mm))
    for cellule, titre in zip(t.rows[0].cells, titres, strict=True):
        p = cellule.paragraphs[0]
        p.paragraph_format.space_after = Pt(0)
        p.paragraph_format.keep_with_next = True
        r = p.add_run(titre)
        r.bold, r.font.size = True, Pt(9.5)
        fond(cellule, FOND)
    repeter(t.rows[0])
    t.rows[1].cells[0].paragraphs[0].add_run("{%tr for " + boucle + " %}")
    for cellule, valeur in zip(t.rows[2].cells, valeurs, strict=True):
        p = cellule.paragraphs[0]
        p.paragraph_format.space_after = Pt(0)
        p.add_run(valeur).font.size = Pt(9.5)
        cellule.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for ligne in (t.rows[2], *t.rows[4:]):
        if hauteur:
            ligne.height, ligne.height_rule = Mm(hauteur), WD_ROW_HEIGHT_RULE.AT_LEAST
        d_un_bloc(ligne)
    t.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    return t


def si(d: Any, condition: str, *textes: tuple[str, str]) -> None:
    """Paragraphs (style, text) that are there only if the condition holds."""
    d.add_paragraph("{%p if " + condition + " %}")
    for style, texte in textes:
        riche(d.add_paragraph(style=style), texte)
    d.add_paragraph("{%p endif %}")


def riche(p: Any, texte: str) -> Any:
    """`**` around what is bold."""
    for n, morceau in enumerate(texte.split("**")):
        if morceau:
            p.add_run(morceau).bold = True if n % 2 else None
    return p


def bandeau(d: Any, texte: str, couleur: str = AMBRE) -> None:
    t = d.add_table(rows=1, cols=1)
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    c = t.rows[0].cells[0]
    fond(c, couleur)
    p = riche(c.paragraphs[0], texte)
    p.paragraph_format.space_before = p.paragraph_format.space_after = Pt(3)
    espace(d)


def espace(d: Any, points: float = 4) -> None:
    p = d.add_paragraph()
    p.paragraph_format.space_after, p.paragraph_format.line_spacing = Pt(0), Pt(points)


def titre(d: Any, texte: str, sous: str = "") -> None:
    d.add_paragraph(texte, style="Title")
    if sous:
        d.add_paragraph(sous, style="Subtitle")


def presidence(d: Any, de: str = "reunion") -> None:
    si(d, f"{de}.presidence", ("Normal", "{{ " + de + ".presidence }}"))


def quand(d: Any) -> None:
    lieu = "{% if reunion.lieu %} – {{ reunion.lieu }}{% endif %}"
    adresse = "{% if reunion.adresse %}, {{ reunion.adresse }}{% endif %}"
    p = d.add_paragraph("{{ reunion.date | capitalize }}, {{ reunion.horaires }}" + lieu + adresse)
    p.paragraph_format.space_after = Pt(8)
    presidence(d)


def rendez_vous(d: Any, largeurs: tuple[float, float] = (32, 138)) -> None:
    t = d.add_table(rows=3, cols=2)
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    grille(t)
    colonnes(t, *(Mm(x) for x in largeurs))
    for ligne, (gauche, droite) in zip(
        t.rows,
        (
            ("Date", "**{{ reunion.date | capitalize }}**"),
            ("Horaires", "**{{ reunion.horaires }}**"),
            (
                "Lieu",
                "{% if reunion.lieu %}**{{ reunion.lieu }}**{% if reunion.adresse %}, {{ reunion.adresse }}{% endif %}"
                "{% else %}à préciser{% endif %}",
            ),
        ),
        strict=True,
    ):
        fond(ligne.cells[0], FOND)
        for cellule, texte in zip(ligne.cells, (gauche, droite), strict=True):
            riche(cellule.paragraphs[0], texte).paragraph_format.space_after = Pt(0)
    espace(d, 8)
