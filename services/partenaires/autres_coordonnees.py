"""The numbers and addresses of a person besides those for convocations, and what their search reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models import Coordonnee
from models.lists import GenreCoordonnee
from services.socle.coordonnees import courriel_valide, telephone_valide
from services.socle.erreurs import BusinessError
from services.socle.texte import clean

_NORMALISE = {GenreCoordonnee.COURRIEL: courriel_valide, GenreCoordonnee.TELEPHONE: telephone_valide}


@dataclass(frozen=True)
class Autre:
    """Another number or address, and what it is ("portable", "secrétariat")."""

    valeur: str
    libelle: str = ""

    @property
    def genre(self) -> GenreCoordonnee:
        """A number has digits and no @."""
        numero = "@" not in self.valeur and any(c.isdecimal() for c in self.valeur)
        return GenreCoordonnee.TELEPHONE if numero else GenreCoordonnee.COURRIEL

    @property
    def texte(self) -> str:
        return f"{self.valeur} ({self.libelle})" if self.libelle else self.valeur


def en_texte(autres: Iterable[Autre]) -> str:
    return " · ".join(a.texte for a in autres if a.valeur)


def des_personnes(session: Session, *, ids: Iterable[int] | None = None) -> dict[int, tuple[Autre, ...]]:
    """Those of each person, numbers first, as they were added; of everybody without `ids`."""
    choix = select(Coordonnee).order_by(col(Coordonnee.genre).desc(), col(Coordonnee.id))
    rows = session.exec(choix if ids is None else choix.where(col(Coordonnee.personne_id).in_(set(ids)))).all()
    par_personne: dict[int, tuple[Autre, ...]] = {}
    for c in rows:
        par_personne[c.personne_id] = (*par_personne.get(c.personne_id, ()), Autre(c.valeur, c.libelle))
    return par_personne


def valider(
    saisies: Sequence[Autre], *, courriel: str, telephone: str
) -> tuple[str, str, tuple[Autre, ...], dict[str, str]]:
    """The address and the number for convocations, the others normalised, each once, and one sentence per wrong field.

    An address typed among the others is for convocations if there is none; so is a number.
    """
    erreurs: dict[str, str] = {}
    principaux = {GenreCoordonnee.COURRIEL: courriel, GenreCoordonnee.TELEPHONE: telephone}
    retenus: dict[str, Autre] = {}
    for n, a in enumerate(saisies):
        libelle = clean(a.libelle)
        if len(libelle) > 40:
            erreurs[f"libelle.{n}"] = "Raccourcissez cette précision : 40 caractères au plus."
        try:
            valeur = _NORMALISE[a.genre](a.valeur)
        except BusinessError as refus:
            erreurs[f"autre.{n}"] = refus.phrase
            continue
        if valeur and not principaux[a.genre]:
            principaux[a.genre] = valeur
        elif valeur and valeur.casefold() != principaux[a.genre].casefold():
            retenus.setdefault(valeur.casefold(), Autre(valeur, libelle))
    return (*principaux.values(), tuple(retenus.values()), erreurs)  # type: ignore[return-value]


def poser(session: Session, *, personne_id: int, autres: Iterable[Autre]) -> None:
    """A person has these others, and no more."""
    voulues = {(a.genre, a.valeur): a.libelle for a in autres}
    for row in session.exec(select(Coordonnee).where(Coordonnee.personne_id == personne_id)).all():
        libelle = voulues.pop((row.genre, row.valeur), None)
        if libelle is None:
            session.delete(row)
        else:
            row.libelle = libelle
            session.add(row)
    session.add_all(
        Coordonnee(personne_id=personne_id, genre=genre, valeur=valeur, libelle=libelle)
        for (genre, valeur), libelle in voulues.items()
    )
    session.flush()
