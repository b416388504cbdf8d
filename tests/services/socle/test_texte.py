"""Folding, search, and what is kept of typed text."""

from datetime import date, datetime, timedelta

import pytest

from services.socle import temps
from services.socle.texte import clean, first_words, folded, insecables, like_patterns, matches


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("École élémentaire", "ecole elementaire"),
        ("  L’Œuvre  d'Æsop ", "l oeuvre d aesop"),
        ("RODÉO MOTORISÉ", "rodeo motorise"),
        ("e\u0301cole", "ecole"),  # an accent typed apart, as some keyboards send it
        ("13-18", "13 18"),
        ("100 %_*", "100"),
        ("ﬁn de scolarité", "fin de scolarite"),
        ("", ""),
        ("…!?", ""),
    ],
)
def test_folded(texte: str, attendu: str) -> None:
    assert folded(texte) == attendu


def test_folded_joins_several_texts() -> None:
    assert folded("Office public", "OPH", "") == "office public oph"


@pytest.mark.parametrize(
    ("recherche", "trouve"),
    [("habitat oph", True), ("OPH hab", True), ("Öph", True), ("", True), ("oph police", False), ("phare", False)],
)
def test_matches_every_word_in_any_order(recherche: str, *, trouve: bool) -> None:
    assert matches(folded("OPH Habitat du Val"), recherche) is trouve


def test_like_patterns_leave_no_wildcard() -> None:
    assert like_patterns("100 % d'École_") == ["%100%", "%d%", "%ecole%"]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        (None, ""),
        ("  deux   mots ", "deux mots"),
        ("une\nligne\tseule", "une ligne seule"),
        ("nul\x00 et retour\x1b[31m", "nul et retour[31m"),
        ("zéro\u200blargeur", "zérolargeur"),
        ("renversé\u202egpj.exe", "renverségpj.exe"),
        ("e\u0301", "é"),
        ("14\u00a0h\u00a000", "14 h 00"),
    ],
)
def test_clean(texte: str | None, attendu: str) -> None:
    assert clean(texte) == attendu


def test_clean_keeps_lines_when_asked() -> None:
    assert clean(" une\r\ndeux\rtrois\n", lignes=True) == "une\ndeux\ntrois"


def test_first_words_cuts_at_the_limit() -> None:
    assert first_words(["un", "", "deux"]) == "un – deux"
    coupe = first_words(["x" * 50, "y" * 50])
    assert len(coupe) == 80
    assert coupe.endswith("…")


@pytest.mark.parametrize(
    "compose",
    [
        "Réunion du mardi 24~novembre~2026, de 18~h~00 à 20~h~00",
        "«~oui~»~: 15~%, 6~jours~; 12~345 habitants~!",
        "le 1er~mai~2026, dans 3~mois~?",
        "05 46 51 51 51, http://exemple.fr/a:b, 4 rue du 8~mai~1945",
        "en mai 2026~: rien",
        "",
    ],
)
def test_what_goes_together_keeps_to_its_line(compose: str) -> None:
    attendu = compose.replace("~", "\u00a0")
    assert insecables(compose.replace("~", " ")) == attendu
    assert insecables(attendu) == attendu, "once or twice"
    assert folded(attendu) == folded(compose.replace("~", " ")), "searched alike"


def test_every_date_the_house_prints_keeps_to_its_line() -> None:
    """A day never parts from its month, nor a month from its year, nor an hour from its minutes."""
    for n in range(0, 366, 7):
        jour = date(2027, 1, 1) + timedelta(days=n)
        quand = datetime(jour.year, jour.month, jour.day, n % 24, 5)
        for dite in (
            temps.jour(jour, annee_de=date(2026, 1, 1)),
            temps.jour_long(jour),
            temps.moment(quand, annee_de=date(2026, 1, 1)),
            temps.periode(quand, quand + timedelta(hours=30)),
            temps.retard(jour, jour + timedelta(days=n + 2)),
        ):
            assert insecables(dite) == dite


@pytest.mark.parametrize("entre", ["\t", "\v", "\f", "\x85", "\u2028", "\u2029", "\r\n", "\r", "\n", " "])
def test_no_two_words_become_one(entre: str) -> None:
    """What a table, a line break of Word or of a web page puts between two words parts them still."""
    assert clean(f"hall{entre}cave") == "hall cave"
    assert clean(f"hall{entre}cave", lignes=True) == ("hall cave" if entre in "\t " else "hall\ncave")
