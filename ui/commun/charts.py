"""Charts: one theme, one pure function per form, and the one block that shows a chart with its words and its table."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import tee
from typing import Any, Literal

import altair as alt
import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from documents.tableur import csv_octets
from services.agenda.plan import Marque, Nombre
from services.socle.temps import JOURS, JOURS_COURTS, MOIS, MOIS_COURTS
from ui.commun.feedback import md

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
# What came to nothing is hollow: who sees neither red nor green cannot tell a grey from the green of what was done.
CREUX = "transparent"
_ENCRE, _BLANC, _BORD = "#1b2733", "#ffffff", "#7a7a7a"
# The ends of a heat table, and where its numbers turn white: at least 4.5:1 on every cell, in both themes.
_PALE, _FONCE, _NOIR, _BASCULE = "#eef3f8", "#0b5394", "#000000", 0.75
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


def ecart(n: int, unite: str = "") -> str | int:
    """+1 234, -1 point; 0 (no arrow is drawn) for no change."""
    suite = f" {unite}{'s' if abs(n) > 1 else ''}" if unite else ""
    return f"{'+' * (n > 0)}{nombre(n)}{suite}" if n else 0


def pour_cent(p: float | None) -> str:
    """85 %, or why there is none."""
    return TROP_PETIT if p is None else f"{nombre(p)}\u00a0%"


def house(graphique: Chart, *, sombre: bool = False, pied: Sequence[str] = ()) -> Chart:
    """The theme of all charts: French, large enough for a projector. `pied`: the lines that an image keeps with it."""
    encre = "#e6edf3" if sombre else _ENCRE
    graphique = graphique.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))  # rows stay as high
    if pied:
        titre = alt.TitleParams(list(pied), orient="bottom", fontSize=12, fontWeight="normal", color=encre, offset=8)
        graphique = graphique.properties(title=titre)
    return graphique.configure(
        locale=LOCALE,
        aria=False,  # the description and the table say it in French; Vega's own words are English
        axis=alt.AxisConfig(
            labelFontSize=14,
            labelColor=encre,
            labelLimit=_selon_la_fenetre(245, 420),
            labelFlush=False,
            labelPadding=8,
        ),
        legend=alt.LegendConfig(
            orient="top",
            title=None,
            labelFontSize=14,
            labelColor=encre,
            labelLimit=300,
            symbolType="square",
            symbolStrokeColor=_BORD,
            symbolStrokeWidth=1,
            columns=alt.ExprRef(f"{_TELEPHONE} ? 1 : {_TABLETTE} ? 2 : 0"),
        ),
        mark=alt.MarkConfig(aria=False),
        text=alt.MarkConfig(color=encre, fontSize=14),
        # Pale colours keep their edge on white, dark ones on black.
        bar=alt.BarConfig(stroke=_BORD, strokeWidth=1),
    )


# --- forms ---------------------------------------------------------------------------------------------------------


def colonnes(
    lignes: Sequence[tuple[str, str, int]],
    *,
    ordre: Mapping[str, Nombre],
    couleurs: Mapping[str, str],
    serie: str,
) -> Chart:
    """Stacked columns along the months, with their total: (month, series, n). `ordre`: every month, and what stands
    over an empty one."""
    donnees = pd.DataFrame(lignes, columns=["Mois", serie, "Nombre"])
    mois = alt.X(
        "Mois:N",
        scale=alt.Scale(domain=list(ordre)),
        axis=_tetes(list(ordre), " ", "bottom", (290, 440, 1010)),
    )
    base = alt.Chart(donnees).properties(height=220)
    barres = (
        base.transform_calculate(rang=_rang(serie, couleurs))
        .mark_bar()
        .encode(
            mois,
            alt.Y("Nombre:Q", stack="zero", title=None, axis=alt.Axis(format="d", tickMinStep=1, tickCount=5)),
            alt.Color(f"{serie}:N", scale=_echelle(couleurs, donnees[serie])),
            order=alt.Order("rang:Q"),
            tooltip=["Mois:N", f"{serie}:N", _NOMBRE],
        )
    )
    totaux = base.mark_text(dy=-9, fontWeight="bold").encode(
        mois, alt.Y("sum(Nombre):Q"), alt.Text("sum(Nombre):Q", format=",d")
    )
    vides = pd.DataFrame(
        [(m, 0, *_texte(n)) for m, n in ordre.items() if not n or isinstance(n, Marque)],
        columns=["Mois", "Nombre", "Signe", "Mot"],
    )
    signes = (
        alt.Chart(vides)
        .transform_calculate(Texte=_signe_ou_mot(len(ordre)))
        .mark_text(dy=-9)
        .encode(mois, alt.Y("Nombre:Q"), alt.Text("Texte:N"), tooltip=["Mois:N", alt.Tooltip("Mot:N", title="Nombre")])
    )
    return barres + totaux + signes


def bandes(
    lignes: Sequence[tuple[str, str, int]], *, couleurs: Mapping[str, str], notes: Mapping[str, str], serie: str
) -> Chart:
    """Stacked bars with a note at their end: (line, series, n). `notes`: one for each line, in their order."""
    donnees = pd.DataFrame(lignes, columns=["Nom", serie, "Nombre"])
    longueurs = dict.fromkeys(notes, 0)
    for nom, _, n in lignes:
        longueurs[nom] += n
    fins = pd.DataFrame([(nom, longueurs[nom], note) for nom, note in notes.items()], columns=["Nom", "Fin", "Note"])
    y = alt.Y("Nom:N", sort=list(notes), title=None, axis=_rangees(notes))
    barres = (
        alt.Chart(donnees)
        .transform_calculate(rang=_rang(serie, couleurs))
        .mark_bar()
        .encode(
            alt.X("Nombre:Q", stack="zero", axis=None, scale=_place(longueurs.values())),
            y,
            alt.Color(f"{serie}:N", scale=_echelle(couleurs, donnees[serie])),
            order=alt.Order("rang:Q"),
            tooltip=["Nom:N", f"{serie}:N", _NOMBRE],
        )
    )
    bouts = alt.Chart(fins).mark_text(align="left", dx=6).encode(alt.X("Fin:Q"), y, alt.Text("Note:N"))
    return (barres + bouts).properties(height=_hauteur(notes))


def barres(lignes: Sequence[tuple[str, int]], *, couleurs: Mapping[str, str] | None = None) -> Chart:
    """Plain bars, in the order given, with their number; each in its colour if `couleurs` says so."""
    donnees = pd.DataFrame(lignes, columns=["Nom", "Nombre"])
    base = alt.Chart(donnees).encode(
        alt.X("Nombre:Q", axis=None, scale=_place(n for _, n in lignes)),
        alt.Y("Nom:N", sort=[nom for nom, _ in lignes], title=None, axis=_rangees(nom for nom, _ in lignes)),
        tooltip=["Nom:N", _NOMBRE],
    )
    pleines = base.mark_bar(color=BLEU)
    if couleurs:
        pleines = pleines.encode(alt.Color("Nom:N", scale=_echelle(couleurs, donnees["Nom"]), legend=None))
    nombres = base.mark_text(align="left", dx=6, fontWeight="bold").encode(alt.Text("Nombre:Q", format=",d"))
    return (pleines + nombres).properties(height=_hauteur([nom for nom, _ in lignes]))


def grille(
    lignes: Sequence[tuple[str, str, Nombre]], *, rangees: Sequence[str], ordre: Sequence[str], coupe: str
) -> Chart:
    """A heat table with its numbers in the cells: (row, column, n). Every cell is there, even at 0; one where there is
    nothing to count has no ground, and says why.

    Args:
        coupe: where the names of the columns may be cut, to stand on several lines.
    """
    lues = {(r, c): n for r, c, n in lignes}
    toutes = [(r, c, lues.get((r, c), 0)) for r in rangees for c in ordre]
    donnees = pd.DataFrame(
        [(r, c, None if isinstance(n, Marque) else n, *_texte(n)) for r, c, n in toutes],
        columns=["Ligne", "Colonne", "Nombre", "Signe", "Mot"],
    )
    fort = max([n for n in lues.values() if not isinstance(n, Marque)] + [1])
    base = alt.Chart(donnees).encode(
        alt.X("Colonne:N", sort=list(ordre), title=None, axis=_tetes(ordre, coupe, "top", (130, 260, 740))),
        alt.Y("Ligne:N", sort=list(rangees), title=None, axis=_rangees(rangees)),
        tooltip=["Ligne:N", "Colonne:N", alt.Tooltip("Mot:N", title="Nombre")],
    )
    comptees = base.transform_filter("datum.Nombre !== null")
    cases = comptees.mark_rect(stroke=_BLANC, strokeWidth=1).encode(
        alt.Color("Nombre:Q", scale=alt.Scale(domain=[0, fort], range=[_PALE, _FONCE]), legend=None),
    )
    nombres = comptees.mark_text(fontSize=15, fontWeight="bold").encode(
        alt.Text("Nombre:Q", format=",d"),
        color=alt.condition(alt.datum.Nombre > _BASCULE * fort, alt.value(_BLANC), alt.value(_NOIR)),
    )
    marques = base.transform_filter("datum.Nombre === null").transform_calculate(Texte=_signe_ou_mot(len(ordre)))
    return (cases + nombres + marques.mark_text().encode(alt.Text("Texte:N"))).properties(height=_hauteur(rangees))


_SIGNES = {Marque.SANS_DONNEE: "–"}
_PAS_ENCORE = "…"


def legende(nombres: Iterable[Nombre]) -> str:
    """What the signs among these mean, for the definition of a chart."""
    marques = {n for n in nombres if isinstance(n, Marque)}
    dites = [" « – » : sans donnée, rien n’était suivi."] * (Marque.SANS_DONNEE in marques)
    if suite := [m.value for m in Marque if m in marques and m not in _SIGNES]:
        dites.append(f" « {_PAS_ENCORE} » : {' ou '.join([', '.join(suite[:-1]), suite[-1]][len(suite) == 1 :])}.")
    return "".join(dites)


def _texte(n: Nombre) -> tuple[str, str]:
    """Its sign, and its word."""
    return (_SIGNES.get(n, _PAS_ENCORE), n.value) if isinstance(n, Marque) else (nombre(n), nombre(n))


def _signe_ou_mot(colonnes: int) -> str:
    """Vega expression: the sign alone where columns are many or the window is narrow, else with its word."""
    mot = "datum.Signe == datum.Mot ? datum.Mot : datum.Signe + ' ' + datum.Mot"
    return f"{_TABLETTE} ? datum.Signe : {mot}" if colonnes <= 7 else "datum.Signe"


_NOMBRE = alt.Tooltip("Nombre:Q", format=",d")


def _tetes(noms: Sequence[str], coupe: str, orient: Literal["top", "bottom"], places: tuple[int, int, int]) -> alt.Axis:
    """The names of columns, whole: on several lines where they fit side by side, else upright.

    Args:
        coupe: where they may be cut.
        places: what all of them have, in pixels, on a phone, a tablet and a screen.
    """
    telephone, tablette, poste = (place // max(len(noms), 1) for place in places)
    mots = {nom: [ligne for mot in nom.split(coupe) for ligne in _deux(mot, 16, "-")] for nom in noms}
    large = 7 * max((len(ligne) for lignes in mots.values() for ligne in lignes), default=0)
    debout = f"{large} > ({_TELEPHONE} ? {telephone} : {_TABLETTE} ? {tablette} : {poste})"
    haut = orient == "top"
    suivantes = max(map(len, mots.values()), default=1) - 1
    return alt.Axis(
        title=None,
        orient=orient,
        labelAngle=alt.ExprRef(f"{debout} ? -90 : 0"),
        labelAlign=alt.ExprRef(f"{debout} ? '{'left' if haut else 'right'}' : 'center'"),
        labelBaseline=alt.ExprRef(f"{debout} ? 'middle' : '{'bottom' if haut else 'top'}'"),
        labelExpr=f"{debout} ? datum.label : ({json.dumps(mots)})[datum.label]",
        labelOverlap=False,
        labelLimit=400,
        # Vega hangs the other lines under the first.
        labelPadding=alt.ExprRef(f"{debout} ? 8 : {8 + 17 * suivantes * haut}"),
    )


def _rangees(noms: Iterable[str]) -> alt.Axis:
    """The names of rows, whole: a long one stands on two lines."""
    etroit, large = ({nom: _deux(nom, place) for nom in noms} for place, noms in zip((40, 58), tee(noms), strict=True))
    lignes = f"({_TABLETTE} ? {json.dumps(etroit)} : {json.dumps(large)})[datum.label]"
    return alt.Axis(
        labelOverlap=False,
        labelExpr=lignes,
        labelFontSize=_selon_la_fenetre(12, 14 if all(len(x) == 1 for x in large.values()) else 12),
        labelLineHeight=12,
        # Vega hangs the second line under the first: both stand around the middle of the row.
        labelBaseline={"condition": {"test": f"length({lignes}) > 1", "value": "bottom"}, "value": "middle"},
    )


def _deux(nom: str, place: int, blanc: str = " ") -> list[str]:
    """On two lines if it needs more than so many letters: cut near the middle, rather after a dash than before."""
    if len(nom) <= place or blanc not in nom[:-1]:
        return [nom]
    ou = (i for i, lettre in enumerate(nom[:-1]) if lettre == blanc)
    milieu = min(ou, key=lambda i: abs(2 * i - len(nom)) + 12 * (nom[i + 1] in "–-·/")) + 1
    return [nom[:milieu].rstrip(), nom[milieu:]]


def _place(nombres: Iterable[int]) -> alt.Scale:
    """Room at the right for what stands at the end of the bars."""
    fin = max([*nombres, 1])
    return alt.Scale(domainMin=0, domainMax=_sur_un_telephone(3 * fin, 1.35 * fin), nice=False)


def _echelle(couleurs: Mapping[str, str], series: Any) -> alt.Scale:
    """The colours of the series that are there, in their order."""
    la = {s: c for s, c in couleurs.items() if s in set(series)}
    return alt.Scale(domain=list(la), range=list(la.values()))


def _rang(serie: str, couleurs: Mapping[str, str]) -> str:
    """Vega expression: the place of a series in the legend, so that stacks follow it."""
    return f"indexof({json.dumps(list(couleurs))}, datum[{json.dumps(serie)}])"


def _selon_la_fenetre(etroite: int, large: int) -> alt.ExprRef:
    """A length in pixels, on a tablet and on a screen."""
    return alt.ExprRef(f"{_TABLETTE} ? {etroite} : {large}")


_TELEPHONE = "windowSize()[0] <= 640"
_TABLETTE = "windowSize()[0] < 1000"  # or narrower


def _sur_un_telephone(etroit: float | str, large: float | str) -> alt.ExprRef:
    """One thing on a phone, another on what is wider."""
    return alt.ExprRef(f"{_TELEPHONE} ? {json.dumps(etroit)} : {json.dumps(large)}")


def _hauteur(noms: Collection[str]) -> int:
    """Rows close up when they are many: the first chart of a screen stands without scrolling. Two lines need 25."""
    n, longs = len(noms), any(len(nom) > 40 for nom in noms)
    return n * (30 if n <= 8 else 25 if n <= 12 or longs else 20)


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
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(titre, anchor=False, width="content")
            if restreint:
                st.badge(PUBLIC, icon=":material/lock:", color="orange")
        st.markdown(f"{md(periode[:1].upper() + periode[1:])} · **n = {nombre(n)}**. {definition}")
    pied = [titre, f"{periode} · n = {nombre(n)}", *([PUBLIC] if restreint else [])]
    sombre = st.context.theme.type == "dark"
    # What `st.altair_chart` draws, without its check of the whole schema, half of its time: tests check it.
    spec = house(graphique, sombre=sombre, pied=pied).to_dict(validate=False)
    st.vega_lite_chart(spec, alt=description, key=f"graphique.{fichier}")
    with st.expander("Tableau", icon=":material/table:"):
        st.markdown(tableau_markdown(tableau))
        st.download_button(
            "Télécharger le tableau",
            lambda: csv_octets(list(tableau[0]), [list(ligne.values()) for ligne in tableau]),
            file_name=f"{fichier}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv.{fichier}",
        )


def tableau_markdown(lignes: Sequence[Ligne]) -> str:
    """The table as Markdown: numbers at the right, as French prints them; a dash where there is none, a word
    where there is none yet."""

    def cellule(valeur: Any) -> str:
        if valeur is None:
            return "–"
        return md(valeur) if isinstance(valeur, str) else nombre(valeur, int(isinstance(valeur, float)))

    colonnes = zip(*(ligne.values() for ligne in lignes), strict=True)
    bords = ("---" if all(isinstance(v, str) and not isinstance(v, Marque) for v in c) else "---:" for c in colonnes)
    rangees = [map(md, lignes[0]), bords, *(map(cellule, ligne.values()) for ligne in lignes)]
    return "\n".join(f"| {' | '.join(rangee)} |" for rangee in rangees)
