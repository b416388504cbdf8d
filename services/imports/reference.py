"""The public reference data of reference/, loaded at each start without touching what staff changed."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from models import (
    Etape,
    Instance,
    InstanceQuartier,
    Origine,
    Parametre,
    Quartier,
    SecteurVeille,
    Theme,
)
from models.lists import Frequence, SensEtape, TypeReunion, Volet
from services.agenda import jalons_types
from services.imports.familles import (
    CategorieImportee,
    Famille,
    ImportPartenaire,
    Ligne,
    Plan,
    Renvoi,
    appliquer,
    membre,
    preparer,
)
from services.socle import journal, mots
from services.socle.acteur import Acteur, Droit, require
from services.socle.texte import folded
from settings import ROOT

REFERENCE = ROOT / "reference"


SERVICE = "ville-secteur-tranquillite-publique"  # key of the service itself, a partenaire like others


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
            setattr(objet, champ, membre(Volet if champ == "volet" else SensEtape, valeur))
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
            objet.type = membre(TypeReunion, valeur)
        elif champ == "frequence":
            objet.frequence = membre(Frequence, valeur)
        else:
            super().ecrire(objet, champ, valeur)


def charger_reference(session: Session, *, by: Acteur, dossier: Path = REFERENCE) -> dict[str, Plan]:
    """Import the public facts of `reference/`; the plan of each family. A second run writes nothing."""
    require(by, Droit.ECRIRE)
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
    (CategorieImportee, _categories),
    (_Origine, _origines),
    (_Theme, _themes),
    (_Etape, _etapes),
    (_Secteur, _secteurs),
    (_Quartier, _quartiers),
    (_Instance, _instances),
    (ImportPartenaire, _partenaires),
]
