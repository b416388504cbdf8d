"""Write the Word templates of documents/modeles/ anew. They may then be edited in Word like any other.

.venv/bin/python -m scripts.modeles
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from scripts.briques import (
    BLEU,
    CELLULE,
    ENCRE,
    FILET,
    FOND,
    GRIS,
    bandeau,
    bords,
    colonnes,
    d_un_bloc,
    espace,
    fond,
    fragment,
    grille,
    nouveau,
    police,
    presidence,
    quand,
    ranger,
    rendez_vous,
    riche,
    si,
    tableau,
    titre,
)

DOSSIER = Path(__file__).resolve().parent.parent / "documents" / "modeles"
PERSONNE = "Personne n’est encore sur la liste de cette réunion : composez-la d’abord, à l’étape « Convoquer »."
RESTREINT = "Diffusion restreinte aux membres ayant signé la charte – ne pas transmettre"


def convocation() -> Any:
    d = nouveau()
    d.add_paragraph("{%p for lettre in lettres %}")
    p = d.add_paragraph()  # the first paragraph of each letter begins a page
    p.paragraph_format.page_break_before = True
    p.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    p.add_run("Le {{ date_du_jour }}")
    d.add_paragraph("{%p if lettre.partenaire %}")
    p = riche(
        d.add_paragraph(), "**{{ lettre.partenaire }}**{% if lettre.fonction %}\n{{ lettre.fonction }}{% endif %}"
    )
    p.paragraph_format.left_indent, p.paragraph_format.space_before = Mm(90), Pt(16)
    d.add_paragraph("{%p endif %}")
    p = d.add_paragraph("{% if lettre.invite %}Invitation{% else %}Convocation{% endif %}", style="Title")
    p.paragraph_format.space_before = Pt(26)
    d.add_paragraph("{{ reunion.titre }}", style="Subtitle").paragraph_format.space_after = Pt(14)
    presidence(d)
    d.add_paragraph("{%p if texte and not lettre.invite %}")  # it may say "convoquer", and begins as a letter does
    d.add_paragraph("{{ texte }}")
    d.add_paragraph("{%p else %}")
    d.add_paragraph("Madame, Monsieur,")
    d.add_paragraph("{%p if lettre.invite %}")
    d.add_paragraph("Nous avons l’honneur de vous inviter à participer à cette réunion, qui se tiendra :")
    d.add_paragraph("{%p else %}")
    d.add_paragraph("Vous êtes convoqué·e à cette réunion, où votre structure est attendue. Elle se tiendra :")
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p endif %}")
    espace(d)
    rendez_vous(d)
    si(d, "ordre_du_jour", ("Heading 1", "Ordre du jour"))
    d.add_paragraph("{%p for sujet in ordre_du_jour %}")
    d.add_paragraph("{{ sujet }}", style="List Bullet")
    d.add_paragraph("{%p endfor %}")
    p = d.add_paragraph(
        "En cas d’empêchement, merci de nous en informer et de nous indiquer qui vous représentera. "
        "Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées."
    )
    p.paragraph_format.space_before = Pt(12)
    p = d.add_paragraph("{{ emetteur }}")
    p.alignment, p.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.RIGHT, Pt(22)
    d.add_paragraph("{%p endfor %}")
    si(d, "not lettres", ("Normal", PERSONNE))
    return d


def invitation() -> Any:
    d = nouveau()
    p = d.add_paragraph("Vous êtes invité·e", style="Title")
    p.alignment, p.paragraph_format.space_before, p.runs[0].font.size = WD_ALIGN_PARAGRAPH.CENTER, Pt(60), Pt(34)
    p = d.add_paragraph("{{ reunion.titre }}", style="Subtitle")
    p.alignment, p.paragraph_format.space_after, p.runs[0].font.size = WD_ALIGN_PARAGRAPH.CENTER, Pt(30), Pt(20)
    d.add_paragraph("{%p if texte %}")
    grand(d, "{{ texte }}")
    d.add_paragraph("{%p else %}")
    grand(
        d,
        "La Ville et ses partenaires vous rencontrent pour parler de la tranquillité publique dans votre quartier : "
        "ce que vous constatez, ce qui a été fait, ce qui peut l’être.",
    )
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p if reunion.presidence %}")
    grand(d, "{{ reunion.presidence }}.")
    d.add_paragraph("{%p endif %}")
    espace(d, 20)
    t = d.add_table(rows=1, cols=1)
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    c = t.rows[0].cells[0]
    fond(c, FOND)
    for n, (texte, taille) in enumerate(
        (
            ("**{{ reunion.date | capitalize }}**", 22),
            ("**{{ reunion.horaires }}**", 18),
            (
                "{% if reunion.lieu %}{{ reunion.lieu }}{% if reunion.adresse %}\n{{ reunion.adresse }}{% endif %}"
                "{% else %}Lieu communiqué prochainement{% endif %}",
                15,
            ),
        )
    ):
        p = riche(c.paragraphs[0] if n == 0 else c.add_paragraph(), texte)
        p.alignment, p.paragraph_format.space_before, p.paragraph_format.space_after = 1, Pt(10), Pt(10)
        for r in p.runs:
            r.font.size, r.font.color.rgb = Pt(taille), BLEU if n < 2 else ENCRE
    espace(d, 26)
    grand(d, "Réunion publique, entrée libre.")
    grand(d, "Merci de ne citer aucune personne : on y parle de lieux et de situations.", 11)
    return d


def grand(d: Any, texte: str, taille: float = 14) -> None:
    p = d.add_paragraph()
    p.alignment = WD_ALIGN_PARAGRAPH.CENTER
    p.add_run(texte).font.size = Pt(taille)


def ordre_du_jour() -> Any:
    d = nouveau(pied="Ordre du jour – document de travail des membres")
    titre(d, "Ordre du jour", "{{ reunion.titre }}")
    quand(d)
    d.add_paragraph("{%p if suites %}")
    d.add_paragraph("1. Suites des réunions précédentes", style="Heading 1")
    tableau(
        d,
        ("Action décidée", "Pilote", "Échéance", "État"),
        "a in suites",
        ("{{ a.quoi }}", "{{ a.pilote }}", "{{ a.echeance }}{% if a.retard %} (en retard){% endif %}", "{{ a.etat }}"),
        (62, 42, 44, 22),
    )
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p for p in points %}")
    d.add_paragraph("{{ p.numero }}. {{ p.theme }}", style="Heading 1")
    si(d, "p.lieu", ("Normal", "{{ p.lieu }}"))
    d.add_paragraph("{%p endfor %}")
    si(d, "not suites and not points", ("Normal", "Aucun point n’est encore inscrit."))
    d.add_paragraph("Questions diverses", style="Heading 1")
    d.add_paragraph("Date de la prochaine réunion", style="Heading 1")
    return d


def emargement() -> Any:
    d = nouveau(paysage=True, marges=15, pied="Feuille d’émargement")
    titre(d, "Feuille d’émargement", "{{ reunion.titre }}")
    quand(d)
    tableau(
        d,
        ("Partenaire", "Fonction", "Nom et prénom", "Signature"),
        "l in lignes",
        ("{{ l.partenaire }}", "{{ l.fonction }}", "", ""),
        (85, 62, 60, 60),
        hauteur=10.5,
        vides=3,
    )
    return d


def chevalets() -> Any:
    """A4 folded along its length: the two faces of a tent, each read from its own side."""
    d = Document()
    d.core_properties.author = d.core_properties.comments = ""
    s = d.sections[0]
    s.page_width, s.page_height = Mm(210), Mm(297)
    s.left_margin = s.right_margin = s.top_margin = Mm(8)
    s.bottom_margin = Mm(4)
    s.header_distance = s.footer_distance = Mm(2)
    police(d.styles["Normal"], 11)
    d.styles["Normal"].paragraph_format.space_after = Pt(0)
    t = d.add_table(rows=3, cols=2)
    colonnes(t, Mm(97), Mm(97))
    t.rows[0].cells[0].paragraphs[0].add_run("{%tr for c in chevalets %}")
    t.rows[2].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    ligne = t.rows[1]
    ligne.height, ligne.height_rule = Mm(280), WD_ROW_HEIGHT_RULE.EXACTLY
    d_un_bloc(ligne)
    for cellule, sens in zip(ligne.cells, ("tbRl", "btLr"), strict=True):
        ranger(cellule._tc.get_or_add_tcPr(), fragment("w:textDirection", val=sens), CELLULE)
        cellule.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        for n, (texte, taille, couleur, gras) in enumerate(
            (
                ("{%p if c.court %}", 0, BLEU, False),
                ("{{ c.nom }}", 80, BLEU, True),
                ("{%p elif c.nom | length <= 60 %}", 0, BLEU, False),
                ("{{ c.nom }}", 44, BLEU, True),
                ("{%p else %}", 0, BLEU, False),
                ("{{ c.nom }}", 30, BLEU, True),
                ("{%p endif %}", 0, BLEU, False),
                ("{%p if c.partenaire %}", 0, BLEU, False),
                ("{{ c.partenaire }}", 22, ENCRE, False),
                ("{%p endif %}", 0, BLEU, False),
                ("{%p if c.fonction %}", 0, BLEU, False),
                ("{{ c.fonction }}", 18, GRIS, False),
                ("{%p endif %}", 0, BLEU, False),
            )
        ):
            p = cellule.paragraphs[0] if n == 0 else cellule.add_paragraph()
            p.alignment = WD_ALIGN_PARAGRAPH.CENTER
            r = p.add_run(texte)
            if taille:
                r.font.size, r.font.color.rgb, r.bold = Pt(taille), couleur, gras
    bords(ligne.cells[0], right=("dashed", 4, FILET))
    si(d, "not chevalets", ("Normal", PERSONNE))
    espace(d, 1)
    return d


def presences(d: Any) -> None:
    d.add_paragraph("{%p if presences %}")
    t = d.add_table(rows=3, cols=2)
    t.alignment = WD_TABLE_ALIGNMENT.CENTER
    grille(t)
    colonnes(t, Mm(32), Mm(138))
    t.rows[0].cells[0].paragraphs[0].add_run("{%tr for x in presences %}")
    t.rows[2].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    for cellule, texte in zip(t.rows[1].cells, ("**{{ x.etat }}**", "{{ x.qui | join(' ; ') }}"), strict=True):
        p = riche(cellule.paragraphs[0], texte)
        p.paragraph_format.space_after = Pt(0)
        for r in p.runs:
            r.font.size = Pt(9.5)
    fond(t.rows[1].cells[0], FOND)
    d.add_paragraph("{%p endif %}")
    si(d, "habitants", ("Normal", "**Habitants présents :** {{ habitants }}"))


def points_restreints(d: Any) -> None:
    d.add_paragraph("{%p for t in themes %}")
    d.add_paragraph("{{ t.titre }}", style="Heading 1")
    d.add_paragraph("{%p for p in t.points %}")
    d.add_paragraph(
        "{{ p.numero }}. {{ p.theme }}{% if p.lieu %} – {{ p.lieu }}{% endif %}", style="Heading 2"
    ).paragraph_format.keep_with_next = True
    si(d, "p.origine", ("Normal", "Signalé par : {{ p.origine }}"))
    si(d, "p.note", ("Normal", "{{ p.note }}"))
    si(d, "p.reponse", ("Normal", "**Réponse :** {{ p.reponse }}"))
    si(d, "p.partenaires", ("Normal", "**Partenaires concernés :** {{ p.partenaires }}"))
    d.add_paragraph("{%p if p.actions %}")
    tableau(
        d,
        ("Action décidée", "Pilote", "Échéance", "État"),
        "a in p.actions",
        ("{{ a.quoi }}", "{{ a.pilote }}", "{{ a.echeance }}", "{{ a.etat }}"),
        (62, 42, 44, 22),
    )
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p endfor %}")
    d.add_paragraph("{%p endfor %}")


def releve() -> Any:
    d = nouveau(pied=RESTREINT)
    titre(d, "Relevé de conclusions{% if version %} – {{ version }}{% endif %}", "{{ reunion.titre }}")
    quand(d)
    bandeau(d, "**Diffusion restreinte.** Ce relevé est réservé aux membres qui ont signé la charte. {{ statut }}")
    presences(d)
    d.add_paragraph("{%p if suites %}")
    d.add_paragraph("Suites du précédent relevé", style="Heading 1")
    tableau(
        d,
        ("Action", "Pilote", "État"),
        "s in suites",
        ("{{ s.quoi }}", "{{ s.pilote }}", "{{ s.etat }}{% if s.motif %} – {{ s.motif }}{% endif %}"),
        (84, 44, 42),
    )
    d.add_paragraph("{%p endif %}")
    points_restreints(d)
    si(d, "not themes", ("Normal", "Aucun point noté à cette réunion."))
    si(d, "prochaine", ("Heading 1", "Prochaine réunion"), ("Normal", "{{ prochaine }}"))
    return d


def points_publics(d: Any) -> None:
    d.add_paragraph("{%p for t in themes %}")
    d.add_paragraph("{{ t.titre }}", style="Heading 1")
    d.add_paragraph("{%p for texte in t.textes %}")
    d.add_paragraph("{{ texte }}", style="List Bullet")
    d.add_paragraph("{%p endfor %}")
    d.add_paragraph("{%p endfor %}")


def releve_public() -> Any:
    d = nouveau(pied="Relevé de conclusions – version publique")
    titre(d, "Relevé de conclusions", "{{ reunion.titre }}")
    d.add_paragraph("Réunion du {{ reunion.date }}").paragraph_format.space_after = Pt(8)
    si(d, "version", ("Normal", "**{{ version | capitalize }}.**"))
    presidence(d)
    si(d, "presents", ("Normal", "**Étaient présents :** {{ presents | join(' ; ') }}."))
    si(d, "habitants", ("Normal", "**Habitants présents :** {{ habitants }}."))
    points_publics(d)
    si(d, "not themes", ("Normal", "Aucun point n’a été rendu public."))
    return d


def recueil() -> Any:
    d = nouveau(pied="Recueil {{ annee }} – {{ secteur }}{% if restreint %} – " + RESTREINT + "{% endif %}")
    p = d.add_paragraph("Recueil des relevés de conclusions", style="Title")
    p.paragraph_format.space_before = Pt(40)
    d.add_paragraph("Secteur {{ secteur }} – année {{ annee }}", style="Subtitle")
    d.add_paragraph("{%p if restreint %}")
    bandeau(d, "**Diffusion restreinte.** Ce recueil est réservé aux membres qui ont signé la charte.")
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p for r in releves %}")
    d.add_paragraph("{{ r.reunion.date | capitalize }} – {{ r.reunion.titre }}", style="List Bullet")
    d.add_paragraph("{%p endfor %}")
    si(d, "not releves", ("Normal", "Aucun relevé validé cette année."))
    d.add_paragraph("{%p for r in releves %}")
    p = d.add_paragraph("{{ r.reunion.titre }}", style="Title")
    p.paragraph_format.page_break_before = True
    p.runs[0].font.size = Pt(18)
    d.add_paragraph("{{ r.reunion.date | capitalize }}", style="Subtitle")
    si(d, "r.version", ("Normal", "**{{ r.version | capitalize }}.**"))
    presidence(d, "r.reunion")
    si(d, "r.presents", ("Normal", "**Étaient présents :** {{ r.presents | join(' ; ') }}."))
    si(d, "r.habitants", ("Normal", "**Habitants présents :** {{ r.habitants }}."))
    d.add_paragraph("{%p if restreint %}")
    d.add_paragraph("{%p set themes = r.themes %}")
    points_restreints(d)
    d.add_paragraph("{%p else %}")
    d.add_paragraph("{%p set themes = r.themes %}")
    points_publics(d)
    d.add_paragraph("{%p endif %}")
    d.add_paragraph("{%p endfor %}")
    return d


MODELES = (convocation, invitation, ordre_du_jour, emargement, chevalets, releve, releve_public, recueil)


def main() -> None:
    for modele in MODELES:
        modele().save(DOSSIER / f"{modele.__name__}.docx")


if __name__ == "__main__":
    main()
