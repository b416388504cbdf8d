"""The fields of a partenaire, each said once: entry, page, limits, conflict, merge, import and export derive from here.

What people call a field (`title`), and its length, are those of its column in models/partenaire.py.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from models import Partenaire
from models.base import libelles
from models.lists import StatutCollege


def texte(mot: str = "", *, lignes: bool = False) -> Any:
    """A text, "" while unknown.

    Args:
        mot: what a sentence calls it ("Raccourcissez la commune"); none if a rule of its own says what is wrong.
        lignes: it may have several lines.
    """
    return field(default="", metadata={"mot": mot, "lignes": lignes})


@dataclass(frozen=True, kw_only=True)
class Champs:
    """In the order of the form. `secteurs` empty: the whole town; `uai` "" unless it is a collège."""

    nom: str = texte("le nom")
    sigle: str = texte("le sigle")
    categorie_id: int | None = None
    sous_categorie: str = texte("la sous-catégorie")
    secteurs: Collection[int] = ()
    commune: str = texte("la commune")
    adresse: str = texte("l’adresse", lignes=True)
    telephone: str = texte()
    courriel: str = texte()
    site: str = texte()
    note: str = texte("la note", lignes=True)
    uai: str = texte()
    statut: StatutCollege | None = None


TOUS = tuple(f.name for f in fields(Champs))
TEXTES = tuple(f.name for f in fields(Champs) if f.type is str)
COLONNES = tuple(c for c in TEXTES if c in Partenaire.model_fields)  # the UAI stands in the table of collèges
LIBELLES = libelles(Partenaire)
LIGNES = frozenset(f.name for f in fields(Champs) if f.metadata.get("lignes"))
# Text -> how long it may be, what a sentence calls it.
LIMITES: dict[str, tuple[int, str]] = {
    f.name: (Partenaire.metadata.tables["partenaire"].c[f.name].type.length, f.metadata["mot"])  # type: ignore[attr-defined]
    for f in fields(Champs)
    if f.metadata.get("mot")
}
