"""How long a file of 5,000 lines takes: all new, then all changed."""

import csv
import io
import os
import sys
import tempfile
import time
from unittest import mock

from services.commun.listes import categories
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.imports.importation import Demande, importer
from services.imports.imports_carnet import preparer_carnet
from services.imports.reference import charger_reference
from services.socle import db, schema
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui, utcnow
from tests.bases import oublier_la_base

LIGNES = 5_000
TITRES = ["Nom", "Prénom", "Société", "Titre professionnel", "Adresse de messagerie", "Tél. (bureau)", "Ville (bureau)"]


def fichier(tour: int) -> bytes:
    """People, two an organisation; the second file changes every telephone."""
    texte = io.StringIO()
    ecrit = csv.writer(texte, delimiter=";")
    ecrit.writerow(TITRES)
    for n in range(LIGNES):
        fonction, telephone = f"Fonction {n % 40}", f"05 46 {n // 100:02d} {n % 100:02d} {tour:02d}"
        adresse = f"personne{n}@exemple.fr"
        ecrit.writerow([f"Nom{n}", "Prénom", f"Organisme {n // 2}", fonction, adresse, telephone, "La Rochelle"])
    return texte.getvalue().encode("cp1252")


def figures() -> dict[str, float]:
    """`import_5000_s`: reading, dry run and import of 5,000 lines, new then changed: the slower of the two."""
    durees = []
    with tempfile.TemporaryDirectory() as dossier:
        url = f"sqlite:///{dossier}/carnet.db"
        with mock.patch.dict(os.environ, {"DATABASE_URL": url, "DATA_DIR": dossier}):
            oublier_la_base()
            schema.migrate(db.engine())
            with db.writing() as session:
                charger_reference(session, by=SYSTEME)
                categorie = categories(session)[0].id
            for tour in (1, 2):
                octets, debut = fichier(tour), time.perf_counter()
                t = colonnes.tableau(fichiers.lire(octets)[0])
                lues = colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET)
                lu = time.perf_counter()
                demande = Demande(lues, aujourdhui(), categorie)
                with db.reading() as session:
                    vu = preparer_carnet(session, demande).essai
                essaye = time.perf_counter()
                assert vu.ecrit == LIGNES, vu.nombres()
                with db.writing() as session:
                    importer(
                        session, preparer=preparer_carnet, demande=demande, vu=vu, fichier="f.csv", jeton=f"t{tour}",
                        now=utcnow(), by=SYSTEME,
                    )  # fmt: skip
                fin = time.perf_counter()
                durees.append(fin - debut)
                print(f"lecture {lu - debut:.2f} essai {essaye - lu:.2f} import {fin - essaye:.2f}", file=sys.stderr)
            oublier_la_base()
    return {"import_5000_s": round(max(durees), 2)}
