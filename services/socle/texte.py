"""Folding (`models/texte.py`), what is searched with it, and text as typed made clean."""

import re
import unicodedata
from collections.abc import Iterable

from models.texte import folded
from services.socle.temps import MOIS

__all__ = ["clean", "first_words", "folded", "like_patterns", "matches"]


def matches(recherche: str, texte: str) -> bool:
    """True when every word of `texte` begins or stands within `recherche` (already folded), in any order."""
    return all(mot in recherche for mot in folded(texte).split())


def like_patterns(texte: str) -> list[str]:
    """One SQL LIKE pattern per word of `texte`, to be ANDed over a folded column. Folding leaves no wildcard."""
    return [f"%{mot}%" for mot in folded(texte).split()]


def clean(texte: str | None, *, lignes: bool = False) -> str:
    """What the user typed, without control characters and outer blanks; line breaks kept only if `lignes`."""
    if not texte:
        return ""
    texte = unicodedata.normalize("NFC", texte)
    if texte.isprintable():  # hence no other blank than the space, and nothing to take out
        return " ".join(texte.split()) if not lignes else texte.strip()
    garde = "\n" if lignes else ""
    if lignes:  # a tab, a line break of Word (U+000B) or of a web page: no two words become one
        texte = re.sub(r"\r\n|[\r\v\f\x85\u2028\u2029]", "\n", texte).replace("\t", " ")
    else:
        texte = re.sub(r"\s+", " ", texte)
    return "".join(c for c in texte if c in garde or not unicodedata.category(c).startswith("C")).strip()


_DATE = re.compile(rf"\b(?:\d{{1,2}}|1er) (?:{'|'.join(MOIS)})(?: \d{{4}})?\b")
_FIXES = re.compile(
    r"(?<=«) | (?=[;:!?»%€])|(?<=\d) (?=\d{3}\b)|(?<=\bh) (?=\d\d\b)"
    r"|(?<=\d) (?=(?:h|min|km|m|m²|ans?|mois|jours?|semaines?|heures?|minutes?)\b)"
)


def insecables(texte: str) -> str:
    """The same text, whose signs, quotation marks, dates, hours and units keep to their line, as French prints them."""
    return _FIXES.sub("\u00a0", _DATE.sub(lambda m: m[0].replace(" ", "\u00a0"), texte))


def first_words(textes: Iterable[str], n: int = 80) -> str:
    """The texts joined and cut at `n` characters, for a journal line."""
    joint = " – ".join(t for t in textes if t)
    return joint if len(joint) <= n else joint[: n - 1].rstrip() + "…"


def accord(n: int, nom: str) -> str:
    """2 réunions."""
    return f"{n} {nom}{'s' if n > 1 else ''}"


def nom_complet(prenom: str, nom: str) -> str:
    """« Claire Exemple », or what is known of it."""
    return f"{prenom} {nom}".strip()
