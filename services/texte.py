"""Folding, for search and for comparing names: lower case, no accents, words only."""

import re
import unicodedata
from collections.abc import Iterable

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": " ", "'": " "})


def folded(*textes: str) -> str:
    """The words of the texts, lower case and without accents, one space between them."""
    brut = " ".join(textes).translate(_LIGATURES)
    nu = "".join(c for c in unicodedata.normalize("NFKD", brut) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", nu.lower()))


def matches(recherche: str, texte: str) -> bool:
    """True when every word of `texte` begins or stands within `recherche` (already folded), in any order."""
    return all(mot in recherche for mot in folded(texte).split())


def like_patterns(texte: str) -> list[str]:
    """One SQL LIKE pattern per word of `texte`, to be ANDed over a folded column. Folding leaves no wildcard."""
    return [f"%{mot}%" for mot in folded(texte).split()]


def clean(texte: str | None, *, lignes: bool = False) -> str:
    """What the user typed, without control characters and outer blanks; line breaks kept only if `lignes`."""
    texte = unicodedata.normalize("NFC", texte or "")
    garde = "\n" if lignes else ""
    texte = texte.replace("\r\n", "\n").replace("\r", "\n")
    if not lignes:
        texte = re.sub(r"\s+", " ", texte)
    return "".join(c for c in texte if c in garde or not unicodedata.category(c).startswith("C")).strip()


def first_words(textes: Iterable[str], n: int = 80) -> str:
    """The texts joined and cut at `n` characters, for a journal line."""
    joint = " – ".join(t for t in textes if t)
    return joint if len(joint) <= n else joint[: n - 1].rstrip() + "…"
