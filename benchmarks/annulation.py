"""How long undoing an import of 5,000 lines holds the write lock: all new, then all changed."""

import os
import tempfile
import time
from datetime import timedelta
from unittest import mock

from services.commun import operations
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


def _fichier(tour: int) -> bytes:
    lignes = (f"Organisme {n};05 46 {n // 100:02d} {n % 100:02d} {tour:02d};Ville {tour}\n" for n in range(LIGNES))
    return ("Organisme;Téléphone;Ville\n" + "".join(lignes)).encode()


def _importer(tour: int, categorie: int) -> int:
    t = colonnes.tableau(fichiers.lire(_fichier(tour))[0])
    lues = colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET)
    demande = Demande(lues, aujourdhui(), categorie)
    with db.reading() as session:
        vu = preparer_carnet(session, demande).essai
    assert vu.ecrit == LIGNES, vu.nombres()
    with db.writing() as session:
        return importer(
            session, preparer=preparer_carnet, demande=demande, vu=vu, fichier="f.csv", jeton=f"t{tour}",
            now=utcnow(), by=SYSTEME,
        )  # fmt: skip


def figures() -> dict[str, float]:
    """`annuler_5000_s`: the write lock is held so long; the slower of 5,000 changed and 5,000 new partenaires."""
    durees = []
    with tempfile.TemporaryDirectory() as dossier:
        url = f"sqlite:///{dossier}/carnet.db"
        with mock.patch.dict(os.environ, {"DATABASE_URL": url, "DATA_DIR": dossier}):
            oublier_la_base()
            schema.migrate(db.engine())
            with db.writing() as session:
                charger_reference(session, by=SYSTEME)
                categorie = categories(session)[0].id
            for id in reversed([_importer(tour, categorie) for tour in (1, 2)]):
                with db.writing() as session:
                    debut = time.perf_counter()
                    operations.annuler(session, id=id, now=utcnow() + timedelta(seconds=1), by=SYSTEME)
                durees.append(time.perf_counter() - debut)
                print(f"annulation {durees[-1]:.2f}")
            oublier_la_base()
    return {"annuler_5000_s": round(max(durees), 2)}
