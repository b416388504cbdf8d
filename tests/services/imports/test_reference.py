"""The reference import: what it brings, and that it never undoes what staff did."""

import csv
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from models import (
    Base,
    Categorie,
    College,
    Instance,
    InstanceQuartier,
    Journal,
    Origine,
    Parametre,
    Partenaire,
    Quartier,
    SecteurVeille,
    Theme,
)
from models.lists import Frequence, StatutCollege, TypeReunion
from services.commun import listes
from services.imports import familles
from services.imports.familles import Ligne, appliquer, preparer
from services.imports.reference import REFERENCE, charger_reference
from services.partenaires import annuaire, fiches
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie
from services.socle.acteur import SYSTEME

PM = "Ville de La Rochelle - Police municipale"


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A copy of reference/ to be edited."""
    return Path(shutil.copytree(REFERENCE, tmp_path / "reference"))


def editer(chemin: Path, cle: str, **valeurs: str) -> None:
    """Change one row of a CSV, or add it."""
    with chemin.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    ligne = next((r for r in rows if r["cle"] == cle), None)
    if ligne is None:
        ligne = dict.fromkeys(rows[0], "") | {"cle": cle}
        rows.append(ligne)
    ligne.update(valeurs)
    with chemin.open("w", encoding="utf-8", newline="") as f:
        ecrit = csv.DictWriter(f, list(rows[0]))
        ecrit.writeheader()
        ecrit.writerows(rows)


def partenaire(session: Session, nom: str) -> Partenaire:
    return session.exec(select(Partenaire).where(Partenaire.nom == nom)).one()


def contenu(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, journal and versions included."""
    session.flush()
    return {
        t.name: sorted((tuple(r) for r in session.connection().execute(t.select())), key=repr)
        for t in Base.metadata.sorted_tables
    }


def test_first_load_brings_the_public_facts(session: Session) -> None:
    charger_reference(session, by=SYSTEME)

    def nombre(table: type[Base]) -> int:
        return session.exec(select(func.count()).select_from(table)).one()

    assert nombre(Partenaire) == 45 + 1 + 12
    assert nombre(College) == 12
    assert nombre(Theme) == 60
    assert len(listes.rubriques(session)) == 11
    assert nombre(SecteurVeille) == 6
    assert nombre(Quartier) == 21
    assert nombre(Origine) == 11
    assert all(s.a_valider for s in session.exec(select(SecteurVeille)).all())
    prive = session.exec(select(College).where(College.statut == StatutCollege.PRIVE)).one()
    assert session.get(Partenaire, prive.partenaire_id).nom == "Collège privé Fénelon Notre-Dame"
    assert all(fiches.uai_valide(c.uai) for c in session.exec(select(College)).all())
    service = session.get(Parametre, "service_partenaire_id")
    assert session.get(Partenaire, int(service.valeur)).nom == "Ville de La Rochelle - Secteur Tranquillité publique"


def test_first_load_brings_the_instances_with_their_quartiers(session: Session) -> None:
    charger_reference(session, by=SYSTEME)
    technique = session.exec(select(Instance).where(Instance.nom == "Réunion technique – Mireuil")).one()
    assert (technique.type, technique.frequence) == (TypeReunion.TECHNIQUE, Frequence.MENSUELLE)
    cellules = session.exec(select(Instance).where(Instance.type == TypeReunion.CELLULE)).all()
    assert len(cellules) == 6
    assert {c.frequence for c in cellules} == {Frequence.SEMESTRIELLE}
    centre = next(c for c in cellules if c.nom == "Cellule de veille – Centre-ville")
    noms = session.exec(
        select(Quartier.nom)
        .join(InstanceQuartier, col(InstanceQuartier.quartier_id) == Quartier.id)
        .where(InstanceQuartier.instance_id == centre.id)
    ).all()
    assert set(noms) == {"Centre-ville", "Gabut", "Préfecture - Verdun"}


def test_second_run_writes_nothing(session: Session) -> None:
    charger_reference(session, by=SYSTEME)
    avant = contenu(session)
    assert len(avant["journal"]) == 1
    charger_reference(session, by=SYSTEME)
    session.flush()
    assert contenu(session) == avant


def test_field_changed_by_staff_survives_while_another_follows_the_file(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    row = partenaire(session, PM)
    row.sigle = "PM 17"
    session.flush()
    editer(dossier / "partenaires.csv", "ville-de-la-rochelle-police-municipale", sigle="POLMUN", commune="Lagord")
    plans = charger_reference(session, by=SYSTEME, dossier=dossier)
    session.flush()
    session.refresh(row)
    assert (row.sigle, row.commune) == ("PM 17", "Lagord")
    assert (plans["partenaire"].modifies, plans["partenaire"].gardes) == (1, 1)

    avant = contenu(session)
    charger_reference(session, by=SYSTEME, dossier=dossier)
    session.flush()
    assert contenu(session) == avant, "a refused field must not be written or journaled again"


def test_row_renamed_by_staff_is_known_by_its_key(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    row = partenaire(session, PM)
    theme = session.exec(select(Theme).where(Theme.libelle == "Rodéo motorisé")).one()
    row.nom, theme.libelle = "Police municipale rochelaise", "Rodéos"
    session.flush()
    editer(dossier / "partenaires.csv", "ville-de-la-rochelle-police-municipale", site="https://pm.example.fr")
    plans = charger_reference(session, by=SYSTEME, dossier=dossier)
    assert (plans["partenaire"].crees, plans["theme"].crees) == (0, 0)
    assert (row.nom, row.site, theme.libelle) == ("Police municipale rochelaise", "https://pm.example.fr", "Rodéos")


def test_archived_stays_archived(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    row = partenaire(session, PM)
    categorie = session.exec(select(Categorie).where(Categorie.nom == "Secours")).one()
    row.archive_le = quand = datetime(2026, 11, 1, tzinfo=UTC)
    categorie.archive = True
    session.flush()
    editer(dossier / "partenaires.csv", "ville-de-la-rochelle-police-municipale", commune="Lagord")
    charger_reference(session, by=SYSTEME, dossier=dossier)
    session.flush()
    session.refresh(row)
    assert (row.archive_le, row.commune, categorie.archive) == (quand, "Lagord", True)


def test_row_deleted_by_staff_does_not_come_back(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    session.delete(partenaire(session, PM))
    session.flush()
    plans = charger_reference(session, by=SYSTEME, dossier=dossier)
    assert (plans["partenaire"].crees, plans["partenaire"].supprimes) == (0, 1)
    assert not session.exec(select(Partenaire).where(Partenaire.nom == PM)).all()


def test_new_row_of_the_file_is_added_once(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    editer(dossier / "partenaires.csv", "immobiliere", nom="Immobilière Atlantic", categorie="Bailleur social")
    for _ in range(2):
        charger_reference(session, by=SYSTEME, dossier=dossier)
    row = partenaire(session, "Immobilière Atlantic")
    assert session.get(Categorie, row.categorie_id).nom == "Bailleur social"
    assert annuaire.chercher(session, filtre=Filtre(texte="atlantic bailleur")).total == 1


def test_row_that_staff_had_already_typed_is_recognised(session: Session, cast) -> None:
    """Same name typed by staff before the file brings it: one row, staff's text kept, empty fields filled."""
    categorie = Categorie(nom="Associations")
    session.add(categorie)
    session.flush()
    saisie = Saisie(nom="Tremplin 17", categorie_id=categorie.id, sous_categorie="Prévention santé")
    id = fiches.creer(session, saisie=saisie, jeton="a", by=cast.secretaire)
    charger_reference(session, by=SYSTEME)
    row = partenaire(session, "Tremplin 17")
    assert row.id == id
    assert (row.sous_categorie, row.commune, row.categorie_id) == ("Prévention santé", "La Rochelle", categorie.id)
    charger_reference(session, by=SYSTEME)
    assert (row.sous_categorie, row.categorie_id) == ("Prévention santé", categorie.id)


def test_file_never_takes_a_name_that_another_row_bears(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    session.add(Origine(libelle="Voisinage"))
    session.flush()
    editer(dossier / "origines.csv", "habitant", libelle="Voisinage")
    charger_reference(session, by=SYSTEME, dossier=dossier)
    session.flush()
    libelles = session.exec(select(Origine.libelle)).all()
    assert libelles.count("Voisinage") == 1
    assert "Habitant" in libelles


def test_staff_moves_a_quartier_and_the_file_leaves_it(session: Session, dossier: Path) -> None:
    charger_reference(session, by=SYSTEME, dossier=dossier)
    gabut = session.exec(select(Quartier).where(Quartier.nom == "Gabut")).one()
    mireuil = session.exec(select(SecteurVeille).where(SecteurVeille.nom == "Mireuil")).one()
    gabut.secteur_id = mireuil.id
    session.flush()
    charger_reference(session, by=SYSTEME, dossier=dossier)
    assert gabut.secteur_id == mireuil.id


def test_dry_run_only_reads(session: Session) -> None:
    charger_reference(session, by=SYSTEME)
    avant = contenu(session)
    famille = familles.ImportPartenaire(session)
    lignes = [
        Ligne("ville-de-la-rochelle-police-municipale", {"nom": PM, "sigle": "POL"}),
        Ligne("nouveau", {"nom": "Nouveau", "categorie": "ville"}),
    ]
    plan = preparer(famille, lignes)
    assert (plan.crees, plan.modifies) == (1, 1)
    session.flush()
    assert contenu(session) == avant
    appliquer(famille, plan, by=SYSTEME)
    assert partenaire(session, PM).sigle == "POL"
    assert annuaire.chercher(session, filtre=Filtre(texte="nouveau")).total == 1


def test_the_journal_says_in_words_what_the_first_start_brought(session: Session) -> None:
    charger_reference(session, by=SYSTEME)
    (resume,) = session.exec(select(Journal.resume).where(Journal.objet == "reference")).all()
    assert "15 catégories" in resume
    assert "58 partenaires" in resume
    assert not re.search(r"[+~]|categorie", resume)
