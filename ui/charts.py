"""Charts: one theme, one pure function per form, and the one block that shows a chart with its words and its table."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from services.temps import JOURS, JOURS_COURTS, MOIS, MOIS_COURTS
from ui.feedback import md

# Okabe–Ito, told apart by the colour-blind; without its yellow, lost on white, and with a grey seen on both grounds.
BLEU, ORANGE, VERT, ROSE, CIEL, VERMILLON, GRIS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#8a8a8a",
)
PALETTE = (BLEU, ORANGE, VERT, ROSE, CIEL, VERMILLON, GRIS)
_PALE, _FONCE = "#eef3f8", "#0b5394"  # the ends of a heat table; their own text colours, in both themes
_ENCRE, _BLANC = "#1b2733", "#ffffff"
_FINE = "\u202f"  # narrow no-break space
PUBLIC = "Non destiné à l’affichage public"
TROP_PETIT = "n trop petit"

Chart = Any  # alt.LayerChart: Altair's own annotations give Any for most of what is done with one
Ligne = Mapping[str, Any]  # a row of a table: text, numbers, None

LOCALE = alt.Locale(
    number=alt.NumberLocale(decimal=",", thousands=_FINE, grouping=[3], currency=["", "\u00a0€"]),
    time=alt.TimeLocale(
        dateTime="%A %e %B %Y à %X",
        date="%d/%m/%Y",
        time="%H:%M:%S",
        periods=["", ""],
        days=[*JOURS[6:], *JOURS[:6]],  # from Sunday
        shortDays=[*JOURS_COURTS[6:], *JOURS_COURTS[:6]],
        months=list(MOIS),
        shortMonths=list(MOIS_COURTS),
    ),
)


def nombre(n: float, decimales: int = 0) -> str:
    """1 234,5, with narrow no-break spaces."""
    return f"{n:,.{decimales}f}".replace(",", _FINE).replace(".", ",")


def pour_cent(p: float | None) -> str:
    """85 %, or why there is none."""
    return TROP_PETIT if p is None else f"{nombre(p)}\u00a0%"


def house(graphique: Chart, *, sombre: bool = False, pied: str = "") -> Chart:
    """The theme of all charts: French, large enough for a projector. `pied`: the line that an image keeps with it."""
    encre = "#e6edf3" if sombre else _ENCRE
    if pied:
        titre = alt.TitleParams(pied, orient="bottom", fontSize=12, fontWeight="normal", color=encre, offset=8)
        graphique = graphique.properties(title=titre)
    return graphique.configure(
        locale=LOCALE,
        aria=False,  # the description and the table say it in French; Vega's own words are English
        axis=alt.AxisConfig(labelFontSize=14, labelColor=encre, labelLimit=340, titleFontSize=14, titleColor=encre),
        legend=alt.LegendConfig(
            orient="top", title=None, labelFontSize=14, labelColor=encre, labelLimit=300, symbolType="square"
        ),
        text=alt.MarkConfig(color=encre, fontSize=14),
        # Pale colours keep their edge on white, dark ones on black.
        bar=alt.BarConfig(stroke="#7a7a7a", strokeWidth=0.5),
    )


# --- forms ---------------------------------------------------------------------------------------------------------


def colonnes(
    lignes: Sequence[tuple[str, str, int]], *, ordre: Sequence[str], couleurs: Mapping[str, str], x: str, serie: str
) -> Chart:
    """Stacked columns along time, with their total: (month, series, n). `ordre`: every month, even an empty one."""
    donnees = pd.DataFrame(lignes, columns=[x, serie, "Nombre"])
    axe = alt.X(
        f"{x}:N",
        sort=list(ordre),
        scale=alt.Scale(domain=list(ordre)),
        axis=alt.Axis(title=None, labelAngle=0 if len(ordre) <= 12 else -45),
    )
    base = alt.Chart(donnees).properties(height=270)
    barres = base.mark_bar().encode(
        axe,
        alt.Y("Nombre:Q", stack="zero", title=None, axis=alt.Axis(format="d", tickMinStep=1)),
        alt.Color(f"{serie}:N", scale=_echelle(couleurs)),
        order=alt.Order("rang:Q"),
        tooltip=[f"{x}:N", f"{serie}:N", alt.Tooltip("Nombre:Q", format=",d")],
    )
    totaux = base.mark_text(dy=-9, fontWeight="bold").encode(
        axe, alt.Y("sum(Nombre):Q"), alt.Text("sum(Nombre):Q", format=",d")
    )
    barres = barres.transform_calculate(rang=_rang(serie, couleurs))
    return barres + totaux


def bandes(
    lignes: Sequence[tuple[str, str, int]],
    *,
    ordre: Sequence[str],
    couleurs: Mapping[str, str],
    notes: Mapping[str, str],
    serie: str,
) -> Chart:
    """Stacked bars, one a line, with a note at their end: (line, series, n)."""
    donnees = pd.DataFrame(lignes, columns=["Nom", serie, "Nombre"])
    fins = pd.DataFrame(
        [(nom, sum(n for x, _, n in lignes if x == nom), note) for nom, note in notes.items()],
        columns=["Nom", "Total", "Note"],
    )
    y = alt.Y("Nom:N", sort=list(ordre), title=None)
    # Room at the right for the notes, which are wider than their bars.
    bout = max([*fins["Total"], 1]) * 1.28
    x = alt.X("Nombre:Q", stack="zero", title=None, axis=_GRADUEE, scale=alt.Scale(domain=[0, bout], nice=False))
    barres = (
        alt.Chart(donnees)
        .transform_calculate(rang=_rang(serie, couleurs))
        .mark_bar()
        .encode(
            x,
            y,
            alt.Color(f"{serie}:N", scale=_echelle(couleurs)),
            order=alt.Order("rang:Q"),
            tooltip=["Nom:N", f"{serie}:N", alt.Tooltip("Nombre:Q", format=",d")],
        )
    )
    bouts = alt.Chart(fins).mark_text(align="left", dx=6).encode(alt.X("Total:Q"), y, alt.Text("Note:N"))
    return (barres + bouts).properties(height=_hauteur(len(ordre)))


def barres(lignes: Sequence[tuple[str, int]], *, couleur: str = BLEU) -> Chart:
    """Plain bars, in the order given, with their number."""
    donnees = pd.DataFrame(lignes, columns=["Nom", "Nombre"])
    base = alt.Chart(donnees).encode(
        alt.X("Nombre:Q", title=None, axis=_GRADUEE),
        alt.Y("Nom:N", sort=[nom for nom, _ in lignes], title=None),
        tooltip=["Nom:N", alt.Tooltip("Nombre:Q", format=",d")],
    )
    nombres = base.mark_text(align="left", dx=6, fontWeight="bold").encode(alt.Text("Nombre:Q", format=",d"))
    return (base.mark_bar(color=couleur) + nombres).properties(height=_hauteur(len(lignes)))


def grille(
    lignes: Sequence[tuple[str, str, int]], *, rangees: Sequence[str], ordre: Sequence[str], hauteur: int = 34
) -> Chart:
    """A heat table with its numbers in the cells: (row, column, n). Every cell is there, even at 0."""
    lues = {(r, c): n for r, c, n in lignes}
    donnees = pd.DataFrame(
        [(r, c, lues.get((r, c), 0)) for r in rangees for c in ordre], columns=["Rangee", "Colonne", "Nombre"]
    )
    fort = max([*lues.values(), 1])
    angle = 0 if len(ordre) <= 8 and all(len(c) <= 18 for c in ordre) else -35
    base = alt.Chart(donnees).encode(
        alt.X("Colonne:N", sort=list(ordre), title=None, axis=alt.Axis(orient="top", labelAngle=angle)),
        alt.Y("Rangee:N", sort=list(rangees), title=None),
    )
    cases = base.mark_rect(stroke="#ffffff", strokeWidth=1).encode(
        alt.Color("Nombre:Q", scale=alt.Scale(domain=[0, fort], range=[_PALE, _FONCE]), legend=None),
        tooltip=[
            alt.Tooltip("Rangee:N", title="Ligne"),
            alt.Tooltip("Colonne:N", title="Colonne"),
            alt.Tooltip("Nombre:Q", format=",d"),
        ],
    )
    nombres = base.mark_text(fontSize=15, fontWeight="bold").encode(
        alt.Text("Nombre:Q", format=",d"),
        color=alt.condition(alt.datum.Nombre > 0.65 * fort, alt.value(_BLANC), alt.value(_ENCRE)),
    )
    return (cases + nombres).properties(height=hauteur * len(rangees) + 40)


_GRADUEE = alt.Axis(format="d", tickMinStep=1)


def _echelle(couleurs: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(couleurs), range=list(couleurs.values()))


def _rang(serie: str, couleurs: Mapping[str, str]) -> str:
    """Vega expression: the place of a series in the legend, so that stacks follow it."""
    return f"indexof({list(couleurs)!r}, datum[{serie!r}])"


def _hauteur(lignes: int) -> int:
    return 30 * lignes + 40


# --- the block -----------------------------------------------------------------------------------------------------


def chart_block(
    titre: str,
    graphique: Chart,
    *,
    periode: str,
    n: int,
    definition: str,
    description: str,
    tableau: Sequence[Ligne],
    fichier: str,
    restreint: bool = False,
) -> None:
    """A chart with its title, period, n and definition, its table and its CSV file.

    Args:
        definition: what is counted, in a sentence of ours.
        description: what the chart shows, in plain French, for those who do not see it.
        fichier: name of the CSV file, without its end.
        restreint: it shows what is not public, and says so, in the image too.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(titre, anchor=False, width="content")
        if restreint:
            st.badge(PUBLIC, icon=":material/lock:", color="orange")
    st.markdown(f"{md(periode[:1].upper() + periode[1:])} · **n = {nombre(n)}**. {definition}")
    pied = " · ".join([titre, periode, f"n = {nombre(n)}", *([PUBLIC] if restreint else [])])
    sombre = st.context.theme.type == "dark"
    st.altair_chart(house(graphique, sombre=sombre, pied=pied), alt=description, key=f"graphique.{fichier}")
    with st.expander("Tableau", icon=":material/table:"):
        table = pd.DataFrame(list(tableau))
        st.table(table.style.format(_affichee), hide_index=True)
        st.download_button(
            "Télécharger le tableau (CSV)",
            partial(csv_francais, tableau),
            file_name=f"{fichier}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv.{fichier}",
        )


def _affichee(valeur: Any) -> str:
    if valeur is None or valeur != valeur:
        return "–"
    return valeur if isinstance(valeur, str) else nombre(valeur, 0 if float(valeur).is_integer() else 1)


def csv_francais(lignes: Sequence[Ligne]) -> bytes:
    """The table as French Excel opens it: UTF-8 with a mark, semicolons, decimal commas; no text is a formula."""
    sortie = io.StringIO()
    ecrire = csv.writer(sortie, delimiter=";", lineterminator="\r\n").writerow
    ecrire(_en_cellule(titre) for titre in lignes[0])
    for ligne in lignes:
        ecrire(_en_cellule(valeur) for valeur in ligne.values())
    return sortie.getvalue().encode("utf-8-sig")


def _en_cellule(valeur: Any) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, str):
        return f"'{valeur}" if valeur.lstrip().startswith(("=", "+", "-", "@")) else valeur
    return str(round(valeur, 1)).replace(".", ",")
