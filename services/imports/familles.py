"""Imports that can be run again: field by field, against the value last imported.

A field that still holds what an import last wrote there follows the new file. A field that differs was changed by
staff and is left alone. Rows are known by their key, so one that staff renamed, archived or deleted is still
recognised: never created twice, never restored. `preparer` only reads (a dry run is that alone); `appliquer` writes.

To import another kind of rows (a file of the staff's own), write a `Famille`: its fields, how to read and write one of
them, and how to recognise a row that no import knows yet (`rapprocher`). With `fait_foi` the file is right: staff read
the plan first, nothing is remembered of what it wrote, and an empty cell changes nothing.

Tests: tests/services/imports/test_reference.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import insert
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, select

from models import (
    Base,
    Categorie,
    College,
    Partenaire,
    ValeurImportee,
)
from models.lists import StatutCollege
from services.commun.operations import Suivi
from services.socle import pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.texte import folded


@dataclass(frozen=True)
class Ligne:
    """A row of a file: its key, and the text of each field it gives (a field it does not give is not touched)."""

    cle: str
    valeurs: Mapping[str, str]


@dataclass(frozen=True)
class Champ:
    """What one field becomes. `garde`: staff changed it, so it keeps `avant`."""

    champ: str
    avant: str
    apres: str
    garde: bool = False


@dataclass(frozen=True)
class Changement:
    """What one row becomes. `objet_id` None: created. `connu`: an earlier import brought this key."""

    ligne: Ligne
    objet_id: int | None
    connu: bool
    champs: tuple[Champ, ...]


@dataclass(frozen=True)
class Plan:
    """What an import would do, before anything is written."""

    famille: str
    changements: tuple[Changement, ...]
    inchanges: int
    supprimes: int  # rows that staff deleted: left so

    @property
    def crees(self) -> int:
        return sum(c.objet_id is None for c in self.changements)

    @property
    def modifies(self) -> int:
        return sum(c.objet_id is not None and any(not x.garde for x in c.champs) for c in self.changements)

    @property
    def gardes(self) -> int:
        """Fields of the file refused because staff changed them."""
        return sum(x.garde for c in self.changements for x in c.champs)


class Famille:
    """One kind of rows: which table, which fields, and how each is read and written as text."""

    nom: ClassVar[str]
    table: ClassVar[type[Base]]
    champs: ClassVar[tuple[str, ...]]
    # Fields written once the row has its id (they live in another table).
    lies: ClassVar[tuple[str, ...]] = ()
    fait_foi: ClassVar[bool] = False
    suivi: Suivi | None = None  # what keeps the rows as they were, so that the import can be undone

    def __init__(self, session: Session) -> None:
        self.session = session

    def objets(self, ids: Sequence[int]) -> dict[int, Any]:
        """The rows that still exist, by id."""
        if not ids:
            return {}
        rows = self.session.exec(select(self.table).where(self.table.id.in_(ids))).all()  # type: ignore[attr-defined]
        return {r.id: r for r in rows}  # type: ignore[attr-defined]

    def lire(self, objet: Any, champ: str) -> str:
        """The field as the file would write it."""
        valeur = getattr(objet, champ)
        return "" if valeur is None else str(valeur)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        """Put the text of the file in the field."""
        setattr(objet, champ, valeur)

    def achever(self, objet: Any) -> None:
        """Recompute what depends on the fields (the folded text of a search)."""

    def remplace(self, ligne: Ligne, champ: str, avant: str, apres: str) -> bool:
        """With `fait_foi`: the file's text takes the place of what the row holds."""
        return bool(apres) and avant != apres

    def rapprocher(self, ligne: Ligne) -> int | None:
        """The row that is this line though no import brought it (same name), if any."""
        return self._noms().get(folded(ligne.valeurs[self.champs[0]]))

    def porte_deja(self, nom: str, objet_id: int) -> bool:
        """Another row than this one bears that name."""
        return self._noms().get(folded(nom), objet_id) != objet_id

    def _noms(self) -> dict[str, int]:
        if not hasattr(self, "_par_nom"):
            champ = self.champs[0]
            rows = self.session.exec(select(self.table)).all()
            self._par_nom = {folded(getattr(r, champ)): r.id for r in rows}  # type: ignore[attr-defined]
        return self._par_nom


@dataclass
class Renvoi:
    """A reference from one family to another: the file's key <-> the row's id."""

    ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def vers(cls, session: Session, famille: type[Famille]) -> "Renvoi":
        """What the imports of `famille` created or recognised."""
        rows = session.exec(
            select(ValeurImportee.cle, ValeurImportee.objet_id).where(ValeurImportee.famille == famille.nom).distinct()
        ).all()
        return cls(dict(rows))

    def id(self, cle: str) -> int | None:
        return self.ids.get(cle)

    def cle(self, objet_id: int | None) -> str:
        """The key of the row; `#id` for one that staff added, so that it differs from any key of a file."""
        if objet_id is None:
            return ""
        return next((c for c, i in self.ids.items() if i == objet_id), f"#{objet_id}")


# --- the two steps ------------------------------------------------------------------------------------------------


def preparer(famille: Famille, lignes: Iterable[Ligne]) -> Plan:
    """What importing these rows would do. Reads only."""
    lignes = list(lignes)
    importees: dict[str, dict[str, ValeurImportee]] = {}
    requete = select(ValeurImportee).where(ValeurImportee.famille == famille.nom)
    for valeur in famille.session.exec(requete).all():
        importees.setdefault(valeur.cle, {})[valeur.champ] = valeur
    connus = {cle: next(iter(champs.values())).objet_id for cle, champs in importees.items()}
    nouveaux = {ligne.cle: famille.rapprocher(ligne) for ligne in lignes if ligne.cle not in connus}
    objets = famille.objets([i for i in {*connus.values(), *nouveaux.values()} if i is not None])
    changements, inchanges, supprimes = [], 0, 0
    for ligne in lignes:
        connu = ligne.cle in connus
        objet = objets.get(connus[ligne.cle] if connu else nouveaux[ligne.cle] or 0)
        if connu and objet is None:
            supprimes += 1
            continue
        champs = tuple(_champs(famille, objet, ligne, importees.get(ligne.cle, {})))
        if connu and not champs:
            inchanges += 1
        else:
            changements.append(Changement(ligne, objet.id if objet is not None else None, connu, champs))
    return Plan(famille.nom, tuple(changements), inchanges, supprimes)


def _champs(famille: Famille, objet: Any, ligne: Ligne, importees: Mapping[str, ValeurImportee]) -> Iterable[Champ]:
    for champ, apres in ligne.valeurs.items():
        if objet is None:
            yield Champ(champ, "", apres)
            continue
        avant = famille.lire(objet, champ)
        if famille.fait_foi:
            if famille.remplace(ligne, champ, avant, apres):
                yield Champ(champ, avant, apres)
            continue
        if champ == famille.champs[0] and avant != apres and famille.porte_deja(apres, objet.id):
            yield Champ(champ, avant, apres, garde=True)  # another row bears that name
            continue
        derniere = importees.get(champ)
        if derniere is None:
            # Never imported here: staff's own text stays, an empty field is filled.
            yield Champ(champ, avant, apres, garde=avant not in ("", apres))
        elif apres != derniere.valeur:
            garde = avant not in (derniere.valeur, apres)
            yield Champ(champ, avant, apres, garde=garde)


def appliquer(famille: Famille, plan: Plan, *, by: Acteur) -> dict[str, int]:
    """Write a plan just prepared, in the same transaction; the id of each key it touched. Journals nothing itself."""
    require(by, Droit.ECRIRE)
    session = famille.session
    objets = famille.objets([c.objet_id for c in plan.changements if c.objet_id is not None])
    ecrits: list[tuple[Changement, Any]] = []
    for changement in plan.changements:
        objet = objets[changement.objet_id] if changement.objet_id else famille.table()
        if famille.suivi and changement.objet_id and changement.champs:
            famille.suivi.retenir(objet)
        for x in changement.champs:
            if x.champ not in famille.lies and not x.garde and (x.avant != x.apres or changement.objet_id is None):
                famille.ecrire(objet, x.champ, x.apres)
        famille.achever(objet)
        session.add(objet)
        ecrits.append((changement, objet))
    session.flush()
    valeurs: list[dict[str, Any]] = []
    for changement, objet in ecrits:
        if famille.suivi and changement.objet_id is None:
            famille.suivi.ajouter(objet)
        for x in changement.champs:
            if x.champ in famille.lies and not x.garde and x.avant != x.apres:
                famille.ecrire(objet, x.champ, x.apres)
        if not famille.fait_foi:
            valeurs += _retenir(famille, changement, objet.id)
    session.flush()
    if valeurs:
        session.execute(insert(ValeurImportee), valeurs)
    return {c.ligne.cle: o.id for c, o in ecrits}


def _retenir(famille: Famille, changement: Changement, objet_id: int) -> list[dict[str, Any]]:
    """Remember what was written: rows to insert; those that exist are changed in place. A field kept keeps its own."""
    cle = changement.ligne.cle
    anciennes: dict[str, ValeurImportee] = {}
    if changement.connu:
        requete = select(ValeurImportee).where(ValeurImportee.famille == famille.nom, ValeurImportee.cle == cle)
        anciennes = {v.champ: v for v in famille.session.exec(requete).all()}
    nouvelles = []
    for x in changement.champs:
        ancienne = anciennes.get(x.champ)
        if ancienne is None:
            nouvelles.append(
                {"famille": famille.nom, "cle": cle, "champ": x.champ, "valeur": x.apres, "objet_id": objet_id}
            )
        elif not x.garde:
            ancienne.valeur = x.apres
            famille.session.add(ancienne)
    return nouvelles


# --- the families of the reference data ---------------------------------------------------------------------------


def membre(liste: type[StrEnum], valeur: str) -> StrEnum:
    return next(m for m in liste if m.value == valeur)


class CategorieImportee(Famille):
    nom, table, champs = "categorie", Categorie, ("nom",)


class ImportPartenaire(Famille):
    """Partenaires and collèges. `categorie` is its name; `uai` and `statut` make a collège of the row."""

    nom, table = "partenaire", Partenaire
    champs = ("nom", "sigle", "categorie", "sous_categorie", "commune", "site")
    lies = ("uai", "statut")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.categories = Renvoi.vers(session, CategorieImportee)
        self.noms_categories = dict(session.exec(select(Categorie.id, Categorie.nom)).all())
        self.colleges = {c.partenaire_id: c for c in session.exec(select(College)).all()}

    def lire(self, objet: Any, champ: str) -> str:
        if champ == "categorie":
            return self.categories.cle(objet.categorie_id)
        if champ in self.lies:
            college = self.colleges.get(objet.id)
            return str(getattr(college, champ)) if college else ""
        return super().lire(objet, champ)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "categorie":
            objet.categorie_id = self.categories.id(valeur)
        elif champ in self.lies:
            if nouveau := objet.id not in self.colleges:
                self.colleges[objet.id] = College(partenaire_id=objet.id, uai="")
            college = self.colleges[objet.id]
            if self.suivi:
                (self.suivi.ajouter if nouveau else self.suivi.retenir)(college)
            setattr(college, champ, membre(StatutCollege, valeur) if champ == "statut" else valeur)
            self.session.add(college)
            flag_modified(objet, "nom")  # kept elsewhere, shown in its form: the version goes up all the same
        else:
            super().ecrire(objet, champ, valeur)

    def rapprocher(self, ligne: Ligne) -> int | None:
        uai = ligne.valeurs.get("uai")
        meme_uai = (c.partenaire_id for c in self.colleges.values() if uai and c.uai == uai)
        return next(meme_uai, None) or super().rapprocher(ligne)

    def achever(self, objet: Partenaire) -> None:
        objet.recherche = pli.du_partenaire(objet, self.noms_categories.get(objet.categorie_id, ""))
