"""Folding, for search and for comparing names: lower case, no accents, words only."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": " ", "'": " "})


@lru_cache(maxsize=50_000)  # an import and a scan fold the same names again and again
def folded(*textes: str) -> str:
    """The words of the texts, lower case and without accents, one space between them."""
    if not any(textes):
        return ""
    brut = " ".join(textes).translate(_LIGATURES)
    if brut.isascii():
        nu = brut
    else:
        nu = "".join(c for c in unicodedata.normalize("NFKD", brut) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", nu.lower()))
