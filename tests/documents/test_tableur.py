"""Exports for a spreadsheet."""

import csv
import io

import pytest

from documents.tableur import cellule, csv_octets


@pytest.mark.parametrize("texte", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("http://x")', "--"])
def test_no_cell_is_a_formula(texte: str) -> None:
    assert cellule(texte) == f"'{texte}"


@pytest.mark.parametrize(
    ("texte", "ecrit"),
    [("0546515151", "05 46 51 51 51"), ("+33 5 46 51 51 51", "05 46 51 51 51"), ("+442079460958", "00 44 20 7946 0958"),
     ("17", "17"), ("17000", "17000"), ("0170035W", "0170035W")],
)  # fmt: skip
def test_a_telephone_stays_readable(texte: str, ecrit: str) -> None:
    assert cellule(texte) == ecrit


def test_the_file_opens_in_a_french_spreadsheet() -> None:
    octets = csv_octets(["Nom", "=Ville"], [["Œuvre; l’Îlot", 'a "b"\nc']])
    assert octets.startswith(b"\xef\xbb\xbf")
    lu = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert lu == [["Nom", "'=Ville"], ["Œuvre; l’Îlot", 'a "b"\nc']]


def test_numbers_are_those_of_a_french_spreadsheet() -> None:
    octets = csv_octets(["Taux (%)", "n", "Reste"], [[84.25, 1200, None], [-0.5, -3, None]])
    assert octets.decode("utf-8-sig").splitlines()[1:] == ["84,2;1200;", "-0,5;-3;"]
