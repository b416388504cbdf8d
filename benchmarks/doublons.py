"""How long a scan of 5,000 partenaires takes."""

import os
import tempfile
import time
from random import Random
from unittest import mock

from sqlmodel import select

from demo.lignes import inserer
from models import Categorie, Partenaire
from services.imports.reference import charger_reference
from services.partenaires import doublons
from services.socle import db, pli, schema
from services.socle.acteur import SYSTEME
from tests.bases import oublier_la_base

PARTENAIRES = 5_000
DEBUTS = ("Association", "Comité de quartier", "École", "Centre social", "Amicale laïque", "Régie", "Club", "Maison")
SYLLABES = ("ba", "ri", "mon", "ta", "lou", "ve", "chan", "per", "di", "sau", "gre", "nel", "fo", "ques", "tou")


def figures() -> dict[str, float]:
    """`scan_5000_s`: one scan of a base where each tenth partenaire was typed again, a letter or its case changed."""
    h = Random(11)
    noms: list[str] = []
    while len(noms) < PARTENAIRES:
        mots = ("".join(h.choices(SYLLABES, k=h.randint(2, 4))).capitalize() for _ in range(h.randint(1, 3)))
        noms.append(f"{h.choice(DEBUTS)} {' '.join(mots)}")
        if len(noms) % 10 == 0:
            noms.append(noms[-1].upper() if h.random() < 0.5 else noms[-1][:-2] + noms[-1][-1])
    with tempfile.TemporaryDirectory() as dossier:
        url = f"sqlite:///{dossier}/carnet.db"
        with mock.patch.dict(os.environ, {"DATABASE_URL": url, "DATA_DIR": dossier}):
            oublier_la_base()
            schema.migrate(db.engine())
            with db.writing() as session:
                charger_reference(session, by=SYSTEME)
                categorie = session.exec(select(Categorie).order_by(Categorie.nom).limit(1)).one()
                vide = dict.fromkeys(("sigle", "sous_categorie", "adresse", "courriel", "site", "note"), "")
                inserer(
                    session,
                    Partenaire,
                    [
                        {"nom": nom, "categorie_id": categorie.id, "commune": "La Rochelle", **vide,
                         "telephone": f"05 46 {i // 100 % 100:02d} {i % 100:02d} 00", "archive_le": None,
                         "recherche": pli.partenaire(nom, "", categorie.nom, "")}
                        for i, nom in enumerate(noms)
                    ],
                )  # fmt: skip
            with db.reading() as session:
                debut = time.perf_counter()
                trouves = doublons.scanner(session, limite=PARTENAIRES)
                duree = time.perf_counter() - debut
            oublier_la_base()
    assert len(trouves) >= PARTENAIRES / 11, len(trouves)
    return {"scan_5000_s": round(duree, 1)}
