"""Charts: valid, French, legible; a table and a CSV file that open as they should."""

import itertools
from typing import Any

import altair as alt
import pytest

from services.agenda.plan import Marque
from ui.commun import charts
from ui.partenaires import reseau
from ui.pilotage import graphiques, graphiques_actions

BLANC, SOMBRE = "#ffffff", "#10181f"  # the grounds of both themes (.streamlit/config.toml)
COULEURS = {"Cellule de veille": charts.BLEU, "Réunion technique": charts.ORANGE, "Autre réunion": charts.CIEL}
GRAPHIQUES = {
    "colonnes": charts.colonnes(
        [("sept. 2026", "Réunion technique", 1200), ("sept. 2026", "Cellule de veille", 1)],
        ordre={"août 2026": Marque.SANS_DONNEE, "sept. 2026": 1201, "oct. 2026": 0, "nov. 2026": Marque.A_VENIR},
        couleurs=COULEURS,
        serie="Type",
    ),
    "bandes": charts.bandes(
        [("L’État", "Cellule de veille", 3), ("L’État", "Autre réunion", 2)],
        couleurs=COULEURS,
        notes={"L’État": "n trop petit (n = 5)", "Vide": "0"},
        serie="Type",
    ),
    "barres": charts.barres([("Bruit", 3), ("Rodéo", 1)]),
    "grille": charts.grille(
        [("Nuisances", "Nord", 4), ("Nuisances", "Est", Marque.PREVUE), ("Cadre de vie", "Est", Marque.SANS_DONNEE)],
        rangees=["Nuisances", "Cadre de vie"],
        ordre=["Nord", "Sud", "Est"],
        coupe=" - ",
    ),
}


def contraste(a: str, b: str) -> float:
    def clarte(couleur: str) -> float:
        rvb = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, v, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rvb)
        return 0.2126 * r + 0.7152 * v + 0.0722 * b

    claire, foncee = sorted((clarte(a), clarte(b)), reverse=True)
    return (claire + 0.05) / (foncee + 0.05)


def lignes(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [ligne for donnees in spec["datasets"].values() for ligne in donnees]


@pytest.mark.parametrize("nom", GRAPHIQUES)
@pytest.mark.parametrize("sombre", [False, True])
def test_a_chart_is_what_vega_lite_knows_and_french(nom: str, sombre: bool) -> None:
    spec = charts.house(GRAPHIQUES[nom], sombre=sombre, pied=["Pied", "n = 3"]).to_dict(validate=True)
    assert spec["title"]["text"] == ["Pied", "n = 3"]
    locale = spec["config"]["locale"]
    assert (locale["number"]["decimal"], locale["number"]["thousands"]) == (",", "\u202f")
    assert (locale["time"]["days"][0], locale["time"]["shortMonths"][1]) == ("dimanche", "févr.")
    assert len(locale["time"]["months"]) == 12
    assert spec["config"]["aria"] is False  # Vega's own words are English
    ground = SOMBRE if sombre else BLANC
    assert contraste(spec["config"]["text"]["color"], ground) > 7
    assert contraste(spec["config"]["axis"]["labelColor"], ground) > 7
    assert min(spec["config"][x]["labelFontSize"] for x in ("axis", "legend")) >= 14


def test_colours_are_apart_from_both_grounds_by_themselves_or_their_edge() -> None:
    bord = charts.house(GRAPHIQUES["barres"]).to_dict()["config"]["bar"]["stroke"]
    for fond in (BLANC, SOMBRE):
        assert contraste(bord, fond) >= 3
        assert contraste(charts.GRIS, fond) >= 3


def test_numbers_stand_out_of_every_cell_of_a_heat_table() -> None:
    def entre(part: float) -> str:
        return "#" + "".join(
            f"{round(int(charts._PALE[i : i + 2], 16) * (1 - part) + int(charts._FONCE[i : i + 2], 16) * part):02x}"
            for i in (1, 3, 5)
        )

    for centieme in range(101):
        texte = charts._BLANC if centieme > 100 * charts._BASCULE else charts._NOIR
        assert contraste(texte, entre(centieme / 100)) >= 4.5, centieme


def test_a_heat_table_has_every_cell() -> None:
    cases = {(x["Ligne"], x["Colonne"]): x["Nombre"] for x in lignes(GRAPHIQUES["grille"].to_dict())}
    assert cases == {
        ("Nuisances", "Nord"): 4,
        ("Nuisances", "Sud"): 0,
        ("Nuisances", "Est"): None,
        ("Cadre de vie", "Nord"): 0,
        ("Cadre de vie", "Sud"): 0,
        ("Cadre de vie", "Est"): None,
    }


def test_a_true_zero_no_data_and_not_yet_are_three_marks() -> None:
    """In a heat table and over the columns; the word where there is room, the sign else; a ground for numbers only."""
    grille = GRAPHIQUES["grille"].to_dict()
    cases = {(x["Ligne"], x["Colonne"]): (x["Signe"], x["Mot"]) for x in lignes(grille)}
    assert cases["Cadre de vie", "Nord"] == ("0", "0")
    assert cases["Cadre de vie", "Est"] == ("–", "sans donnée")
    assert cases["Nuisances", "Est"] == ("…", "prévue")
    fonds = [c for c in grille["layer"] if c["mark"]["type"] == "rect"]
    assert [c["transform"] for c in fonds] == [[{"filter": "datum.Nombre !== null"}]]
    mois = {x["Mois"]: (x["Signe"], x["Mot"]) for x in lignes(GRAPHIQUES["colonnes"].to_dict()) if "Signe" in x}
    assert mois == {"août 2026": ("–", "sans donnée"), "oct. 2026": ("0", "0"), "nov. 2026": ("…", "à venir")}


def test_the_signs_of_a_chart_are_said_in_its_definition() -> None:
    assert charts.legende([0, 3]) == ""
    dite = charts.legende([Marque.A_VENIR, 2, Marque.SANS_DONNEE, Marque.PREVUE])
    assert dite == " « – » : sans donnée, rien n’était suivi. « … » : prévue ou à venir."


def test_an_empty_month_and_an_empty_line_keep_their_place() -> None:
    spec = GRAPHIQUES["colonnes"].to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == ["août 2026", "sept. 2026", "oct. 2026", "nov. 2026"]
    fins = [x for x in lignes(GRAPHIQUES["bandes"].to_dict()) if "Note" in x]
    assert [(x["Nom"], x["Fin"]) for x in fins] == [("L’État", 5), ("Vide", 0)]


def test_the_legend_names_what_is_there_in_its_order() -> None:
    spec = GRAPHIQUES["bandes"].to_dict()
    assert spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["Cellule de veille", "Autre réunion"]


def test_numbers() -> None:
    assert (charts.nombre(1234567), charts.nombre(-1234.56, 1)) == ("1\u202f234\u202f567", "-1\u202f234,6")
    assert (charts.pour_cent(84.6), charts.pour_cent(None)) == ("85\u00a0%", "n trop petit")


def test_the_table_shows_text_as_it_is() -> None:
    table = charts.tableau_markdown([{"Nom": "a|b *c*", "n": 1200, "Taux": 1.5, "Reste": None}])
    assert table.splitlines()[1:] == [
        "| --- | ---: | ---: | ---: |",
        "| a\\|b \\*c\\* | 1\u202f200 | 1,5 | – |",
    ]


def test_the_type_of_a_chart() -> None:
    assert all(isinstance(g, alt.LayerChart) for g in GRAPHIQUES.values())


# --- without red or green --------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes (2009), in linear light, for who has none of the cones that see red, or green.
VISIONS = {
    "ordinaire": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopie": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutéranopie": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}
SERIES = {
    "réunions": graphiques._COULEURS_TYPES,
    "présences": graphiques._COULEURS_PRESENCE,
    "actions": graphiques_actions._COULEURS,
    "séances": graphiques_actions._COULEURS_SEANCES,
    "réseau": reseau.COULEURS,
}


def lab(couleur: str, vision: str) -> tuple[float, float, float]:
    """As it is seen, in CIE L*a*b*: a distance of 2 is just noticed."""
    canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lumiere = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux]
    vue = [min(1, max(0, sum(a * b for a, b in zip(rang, lumiere, strict=True)))) for rang in VISIONS[vision]]
    blanc = ((0.4124, 0.3576, 0.1805, 0.95047), (0.2126, 0.7152, 0.0722, 1), (0.0193, 0.1192, 0.9505, 1.08883))
    xyz = [sum(a * b for a, b in zip(rang[:3], vue, strict=True)) / rang[3] for rang in blanc]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("nom", SERIES)
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("fond", [BLANC, SOMBRE])
def test_series_of_a_chart_are_told_apart_without_red_or_green(nom: str, vision: str, fond: str) -> None:
    """« Réalisée » and « Abandonnée », « Annulée », were a green and a grey: 9 apart. A hollow bar shows the ground."""
    vues = {s: lab(fond if c == charts.CREUX else c, vision) for s, c in SERIES[nom].items()}
    for (un, a), (autre, b) in itertools.combinations(vues.items(), 2):
        ecart = sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5
        assert ecart > 16, (un, autre, vision, ecart)


@pytest.mark.parametrize(
    ("n", "unite", "dit"),
    [(0, "", 0), (0, "point", 0), (1, "", "+1"), (-1200, "", "-1\u202f200"), (1, "point", "+1 point"),
     (-1, "point", "-1 point"), (-12, "point", "-12 points")],
)  # fmt: skip
def test_a_change_is_said_in_french(n: int, unite: str, dit: str | int) -> None:
    """« +0 », « -1 points » and « +1200 » were read on screen."""
    assert charts.ecart(n, unite) == dit
