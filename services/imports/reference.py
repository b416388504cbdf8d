"""Imports that can be run again: field by field, against the value last imported.

A field that still holds what an import last wrote there follows the new file. A field that differs was changed by
staff and is left alone. Rows are known by their key, so one that staff renamed, archived or deleted is still
recognised: never created twice, never restored. `preparer` only reads (a dry run is that alone); `appliquer` writes.

To import another kind of rows (a file of the staff's own), write a `Famille`: its fields, how to read and write one of
them, and how to recognise a row that no import knows yet (`rapprocher`). With `fait_foi` the file is right: staff read
the plan first, nothing is remembered of what it wrote, and an empty cell changes nothing.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import insert
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, select

from models import (
    Base,
    Categorie,
    College,
    Etape,
    Instance,
    InstanceQuartier,
    Origine,
    Parametre,
    Partenaire,
    Quartier,
    SecteurVeille,
    Theme,
    ValeurImportee,
)
from models.lists import Frequence, SensEtape, StatutCollege, TypeReunion, Volet
from services.agenda import jalons_types
from services.commun.operations import Suivi
from services.socle import journal, mots, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.texte import folded
from settings import ROOT

REFERENCE = ROOT / "reference"
SERVICE = "ville-secteur-tranquillite-publique"  # key of the service itself, a partenaire like others


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


def _membre(liste: type[StrEnum], valeur: str) -> StrEnum:
    return next(m for m in liste if m.value == valeur)


class _Categorie(Famille):
    nom, table, champs = "categorie", Categorie, ("nom",)


class _Origine(Famille):
    nom, table, champs = "origine", Origine, ("libelle", "ordre")

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        setattr(objet, champ, int(valeur) if champ == "ordre" else valeur)


class _Theme(Famille):
    nom, table, champs = "theme", Theme, ("libelle", "rubrique", "ordre")

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        setattr(objet, champ, int(valeur) if champ == "ordre" else valeur)

    def achever(self, objet: Theme) -> None:
        objet.recherche = folded(objet.libelle, objet.rubrique)[:300]


class _Etape(Famille):
    """Steps of «13-18». `limite` is "15/10", a day of the school year, or nothing."""

    nom, table, champs = "etape", Etape, ("libelle", "volet", "sens", "ordre", "limite")

    def lire(self, objet: Any, champ: str) -> str:
        if champ == "limite":
            return f"{objet.limite_jour:02d}/{objet.limite_mois:02d}" if objet.limite_mois else ""
        return super().lire(objet, champ)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "limite":
            jour, mois = valeur.split("/") if valeur else (None, None)
            objet.limite_jour, objet.limite_mois = jour and int(jour), mois and int(mois)
        elif champ == "ordre":
            objet.ordre = int(valeur)
        elif champ in ("volet", "sens"):
            setattr(objet, champ, _membre(Volet if champ == "volet" else SensEtape, valeur))
        else:
            super().ecrire(objet, champ, valeur)


class _Secteur(Famille):
    nom, table, champs = "secteur", SecteurVeille, ("nom", "source")


class _Quartier(Famille):
    nom, table, champs = "quartier", Quartier, ("nom", "secteur")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.secteurs = Renvoi.vers(session, _Secteur)

    def lire(self, objet: Any, champ: str) -> str:
        return self.secteurs.cle(objet.secteur_id) if champ == "secteur" else super().lire(objet, champ)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "secteur":
            objet.secteur_id = self.secteurs.id(valeur)
        else:
            super().ecrire(objet, champ, valeur)


class _Instance(_Quartier):
    nom, table, champs = "instance", Instance, ("nom", "type", "frequence", "secteur")  # type: ignore[assignment]
    lies = ("quartiers",)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.quartiers = Renvoi.vers(session, _Quartier)
        self.places: dict[int, set[int]] = {}
        for row in session.exec(select(InstanceQuartier)).all():
            self.places.setdefault(row.instance_id, set()).add(row.quartier_id)

    def lire(self, objet: Any, champ: str) -> str:
        if champ == "quartiers":
            return ", ".join(sorted(self.quartiers.cle(q) for q in self.places.get(objet.id, ())))
        return super().lire(objet, champ)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "quartiers":
            voulus = {q for c in valeur.split(", ") if (q := self.quartiers.id(c)) is not None}
            actuels = self.places.get(objet.id, set())
            for q in actuels - voulus:
                self.session.delete(self.session.get(InstanceQuartier, (objet.id, q)))
            self.session.add_all(InstanceQuartier(instance_id=objet.id, quartier_id=q) for q in voulus - actuels)
            self.places[objet.id] = voulus
        elif champ == "type":
            objet.type = _membre(TypeReunion, valeur)
        elif champ == "frequence":
            objet.frequence = _membre(Frequence, valeur)
        else:
            super().ecrire(objet, champ, valeur)


class ImportPartenaire(Famille):
    """Partenaires and collèges. `categorie` is its name; `uai` and `statut` make a collège of the row."""

    nom, table = "partenaire", Partenaire
    champs = ("nom", "sigle", "categorie", "sous_categorie", "commune", "site")
    lies = ("uai", "statut")

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.categories = Renvoi.vers(session, _Categorie)
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
            setattr(college, champ, _membre(StatutCollege, valeur) if champ == "statut" else valeur)
            self.session.add(college)
            flag_modified(objet, "nom")  # kept elsewhere, shown in its form: the version goes up all the same
        else:
            super().ecrire(objet, champ, valeur)

    def rapprocher(self, ligne: Ligne) -> int | None:
        uai = ligne.valeurs.get("uai")
        meme_uai = (c.partenaire_id for c in self.colleges.values() if uai and c.uai == uai)
        return next(meme_uai, None) or super().rapprocher(ligne)

    def achever(self, objet: Partenaire) -> None:
        categorie = self.noms_categories.get(objet.categorie_id, "")
        objet.recherche = pli.partenaire(objet.nom, objet.sigle, categorie, objet.sous_categorie, objet.telephone)


# --- reference/ ---------------------------------------------------------------------------------------------------


def charger_reference(session: Session, *, by: Acteur, dossier: Path = REFERENCE) -> dict[str, Plan]:
    """Import the public facts of `reference/`; the plan of each family. A second run writes nothing."""
    plans: dict[str, Plan] = {}
    faits = []
    for famille, lire in _LECTEURS:
        instance = famille(session)  # made now: it reads what the families before it wrote
        plans[famille.nom] = plan = preparer(instance, lire(dossier))
        if plan.changements:
            ids = appliquer(instance, plan, by=by)
            _retenir_service(session, ids)
        if n := plan.crees + plan.modifies:
            faits.append(mots.compte(str(famille.table.__tablename__), n))
    if faits:
        resume = f"Ajouté ou mis à jour au démarrage, d’après les données publiques : {', '.join(faits)}"
        journal.note(session, by=by, acte="importer", objet="reference", objet_id=None, resume=resume)
    jalons_types.amorcer(session)
    return plans


def _retenir_service(session: Session, ids: Mapping[str, int]) -> None:
    """Say which partenaire is the service itself, unless staff already did."""
    if SERVICE in ids and session.get(Parametre, "service_partenaire_id") is None:
        session.add(Parametre(nom="service_partenaire_id", valeur=str(ids[SERVICE])))


def _csv(chemin: Path) -> list[dict[str, str]]:
    with chemin.open(encoding="utf-8", newline="") as fichier:
        return [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(fichier)]


def _slug(texte: str) -> str:
    return folded(texte).replace(" ", "-")


def _categories(dossier: Path) -> list[Ligne]:
    noms = dict.fromkeys(r["categorie"] for r in _csv(dossier / "partenaires.csv")) | {"Éducation nationale": None}
    return [Ligne(_slug(nom), {"nom": nom}) for nom in noms]


def _origines(dossier: Path) -> list[Ligne]:
    rows = _csv(dossier / "origines.csv")
    return [Ligne(r["cle"], {"libelle": r["libelle"], "ordre": str(n)}) for n, r in enumerate(rows, start=1)]


def _themes(dossier: Path) -> list[Ligne]:
    rows = _csv(dossier / "typologie.csv")
    return [
        Ligne(r["cle"], {"libelle": r["libelle"], "rubrique": r["theme"], "ordre": str(n)})
        for n, r in enumerate(rows, start=1)
    ]


def _etapes(dossier: Path) -> list[Ligne]:
    rows = _csv(dossier / "etapes.csv")
    return [
        Ligne(r["cle"], {c: r[c] for c in ("libelle", "volet", "sens", "limite")} | {"ordre": str(n)})
        for n, r in enumerate(rows, start=1)
    ]


def _secteurs(dossier: Path) -> list[Ligne]:
    return [Ligne(r["cle"], {"nom": r["secteur"], "source": r["source"]}) for r in _csv(dossier / "secteurs.csv")]


def _noms_quartiers(row: Mapping[str, str]) -> list[str]:
    return [q.strip() for q in row["quartiers"].split(",") if q.strip()]


def _quartiers(dossier: Path) -> list[Ligne]:
    rows = _csv(dossier / "secteurs.csv")
    return [Ligne(_slug(q), {"nom": q, "secteur": r["cle"]}) for r in rows for q in _noms_quartiers(r)]


def _instances(dossier: Path) -> list[Ligne]:
    """One cellule de veille a secteur, one réunion technique a quartier; members, day and place are staff's."""
    cellules, techniques = [], []
    for r in _csv(dossier / "secteurs.csv"):
        quartiers = _noms_quartiers(r)
        commun = {"secteur": r["cle"]}
        cellules.append(
            Ligne(
                f"cellule:{r['cle']}",
                {
                    "nom": f"Cellule de veille – {r['secteur']}",
                    "type": TypeReunion.CELLULE.value,
                    "frequence": Frequence.SEMESTRIELLE.value,
                    "quartiers": ", ".join(sorted(_slug(q) for q in quartiers)),
                    **commun,
                },
            )
        )
        techniques += [
            Ligne(
                f"technique:{_slug(q)}",
                {
                    "nom": f"Réunion technique – {q}",
                    "type": TypeReunion.TECHNIQUE.value,
                    "frequence": Frequence.MENSUELLE.value,
                    "quartiers": _slug(q),
                    **commun,
                },
            )
            for q in quartiers
        ]
    return cellules + techniques


def _partenaires(dossier: Path) -> list[Ligne]:
    champs = ("nom", "sigle", "sous_categorie", "commune", "site")
    lignes = [
        Ligne(r["cle"], {c: r[c] for c in champs} | {"categorie": _slug(r["categorie"])})
        for r in _csv(dossier / "partenaires.csv")
    ]
    for r in _csv(dossier / "colleges.csv"):
        valeurs = {"nom": r["nom"], "categorie": _slug("Éducation nationale"), "sous_categorie": "Collège"}
        valeurs |= {"commune": r["commune"], "uai": r["uai"], "statut": folded(r["statut"])}
        lignes.append(Ligne(r["cle"], valeurs))
    return lignes


_LECTEURS: list[tuple[type[Famille], Callable[[Path], list[Ligne]]]] = [
    (_Categorie, _categories),
    (_Origine, _origines),
    (_Theme, _themes),
    (_Etape, _etapes),
    (_Secteur, _secteurs),
    (_Quartier, _quartiers),
    (_Instance, _instances),
    (ImportPartenaire, _partenaires),
]
