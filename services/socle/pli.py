"""The folded columns that searches compare, written by every command that changes what stands in them.

Tests: tests/services/partenaires/test_autres_coordonnees.py.
"""

from collections.abc import Iterable

from models import Partenaire
from services.socle.coordonnees import chiffres
from services.socle.texte import folded


def partenaire(nom: str, sigle: str, categorie: str, sous_categorie: str, telephone: str = "") -> str:
    """ "name | acronym | category, sub-category, digits". Folding leaves no bar in the parts."""
    return f"{folded(nom)} | {folded(sigle)} | {folded(categorie, sous_categorie, chiffres(telephone))}"[:600]


def du_partenaire(p: Partenaire, categorie: str) -> str:
    """What the search reads of a partenaire."""
    return partenaire(p.nom, p.sigle, categorie, " ".join(getattr(p, c) for c in p.CHERCHES), p.telephone)


def personne(nom: str, prenom: str, telephones: Iterable[str]) -> str:
    """ "name | digits of each number"."""
    numeros = " ".join(dict.fromkeys(chiffres(t) for t in telephones if t))
    return " | ".join(t for t in (folded(nom, prenom), numeros) if t)[:400]
