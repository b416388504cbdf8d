"""The guide of the staff (docs/guide.md), a chapter at a time, and the chapter that tells of a screen."""

import re
from dataclasses import dataclass
from functools import cache

from services.socle.texte import folded
from settings import ROOT
from ui.commun.navigation import PAGES

# Address -> chapter, for the screens that the guide tells of under another title than theirs.
AILLEURS = {
    "planifier": "Plan",
    "reunion": "Préparer une réunion",
    "reponses": "Convoquer, et suivre les réponses",
    "partenaire": "Partenaires",
    "partenaire-edition": "Partenaires",
    "personne": "Partenaires",
    "13-18-college": "13-18, Questions de Justice",
    "13-18-semaine": "13-18, Questions de Justice",
    "guide": "Guide de l’équipe",
}


@dataclass(frozen=True)
class Chapitre:
    """One heading of the guide and what follows it, up to the next one. `niveau`: 1, the guide itself, to 3."""

    titre: str
    niveau: int
    texte: str


@cache
def chapitres() -> list[Chapitre]:
    """All of them, in order."""
    morceaux = re.split(r"^(#{1,3}) (.+)$", (ROOT / "docs" / "guide.md").read_text(encoding="utf-8"), flags=re.M)[1:]
    triples = zip(morceaux[::3], morceaux[1::3], morceaux[2::3], strict=True)
    insecables = re.compile(r"(?<=«) | (?=[»:;?!])")
    return [Chapitre(titre, len(d), insecables.sub("\u00a0", texte.strip())) for d, titre, texte in triples]


@cache
def chapitre_de(url: str) -> str:
    """The title of the chapter that tells of the screen at that address."""
    titres = {c.titre for c in chapitres()}
    ecrans = {adresse: titre for pages in PAGES.values() for _, titre, _, adresse, *_ in pages}
    titre = AILLEURS.get(url, ecrans.get(url, ""))
    return titre if titre in titres else chapitres()[0].titre


def lus(titre: str) -> list[Chapitre]:
    """That chapter, and those under it; of the guide itself, what stands before the first one."""
    tous = chapitres()
    rang = next(n for n, c in enumerate(tous) if c.titre == titre)
    fin = next((n for n, c in enumerate(tous) if n > rang and c.niveau <= max(2, tous[rang].niveau)), len(tous))
    return tous[rang:fin]


def cherches(mots: str) -> list[Chapitre]:
    """The chapters that hold all these words, whatever their accents."""
    voulus = folded(mots).split()
    return [c for c in chapitres() if all(m in folded(f"{c.titre} {c.texte}") for m in voulus)]
