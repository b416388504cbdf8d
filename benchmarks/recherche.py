"""What the search everywhere costs the server among 50,000 partenaires, on both databases."""

import os
import statistics
import sys
import tempfile
import time
from random import Random
from unittest import mock

from sqlmodel import Session, select

from demo.annee import remplir
from demo.lignes import inserer
from models import Categorie, Fonction, Partenaire, Personne
from models.lists import Role
from services.aujourdhui import recherche
from services.socle import db, pli, schema
from services.socle.acteur import Acteur
from services.socle.horloge import aujourdhui
from tests.bases import Postgres, oublier_la_base

PARTENAIRES = 50_000
ECHELLE = 8  # 2,000 meetings, 6,000 points
ESSAIS = 9
TEXTES = ("po", "oph", "ecole", "martin", "rodeo", "mireuil", "eclairage", "college", "zzzz", "association des jardins",
          "+33 5 46 03 12 17", "p31217@exemple.fr")  # fmt: skip
GENRES = ("Association", "École", "Comité de quartier", "Amicale", "Centre social", "Régie", "Club sportif", "Foyer")
LIEUX = ("de la Motte", "des Jardins", "du Prieuré", "de Mireuil", "Saint-Éloi", "du Port", "des Halles", "Lafond")
NOMS = ("Martin", "Durand", "Lefèvre", "Noël", "Petit", "Rousseau", "Girard", "Bonnet", "Fournier", "Mercier")


def remplir_50000(session: Session) -> None:
    """The demo year, 50,000 partenaires and as many people."""
    remplir(session, today=aujourdhui(), scale=ECHELLE)
    h = Random(5)
    categories = {c.id: c.nom for c in session.exec(select(Categorie))}
    vide = dict.fromkeys(("sous_categorie", "adresse", "telephone", "courriel", "site", "note"), "")
    partenaires, personnes = [], []
    for i in range(PARTENAIRES):
        nom, categorie = f"{h.choice(GENRES)} {h.choice(LIEUX)} {i}", h.choice(list(categories))
        plie = pli.partenaire(nom, "", categories[categorie], "")
        partenaires.append({"nom": nom, "sigle": "", "categorie_id": categorie, "commune": "La Rochelle", **vide,
                            "recherche": plie, "archive_le": None})  # fmt: skip
        prenom, famille = h.choice(("Claire", "Jean", "Zoé", "Hervé", "Inès")), f"{h.choice(NOMS)} {i % 997}"
        telephone = f"05 46 {i // 10000:02d} {i // 100 % 100:02d} {i % 100:02d}"
        personnes.append({"nom": famille, "prenom": prenom, "courriel": f"p{i}@exemple.fr", "telephone": telephone,
                          "recherche": pli.personne(famille, prenom, [telephone])})  # fmt: skip
    ou, qui = inserer(session, Partenaire, partenaires), inserer(session, Personne, personnes)
    inserer(
        session,
        Fonction,
        [
            {"personne_id": p, "partenaire_id": o, "intitule": "Responsable", "debut": aujourdhui(), "fin": None}
            for p, o in zip(qui, ou, strict=True)
        ],
    )


def duree(url: str) -> float:
    """The slowest of these searches, in ms: each the median of nine."""
    by = Acteur(None, "", Role.SECRETAIRE)
    pires = {}
    with (
        tempfile.TemporaryDirectory() as dossier,
        mock.patch.dict(os.environ, {"DATABASE_URL": url.format(dossier=dossier), "DATA_DIR": dossier}),
    ):
        oublier_la_base()
        schema.migrate(db.engine())
        with db.writing() as session:
            remplir_50000(session)
        for texte in TEXTES:
            durees = []
            for _ in range(ESSAIS):
                with db.reading() as session:
                    debut = time.perf_counter()
                    trouves = recherche.partout(session, texte=texte, by=by)
                    durees.append(1000 * (time.perf_counter() - debut))
            assert trouves or texte == "zzzz", texte
            pires[texte] = statistics.median(durees)
        oublier_la_base()
    print(url.split(":")[0], *(f"« {t} » {ms:.0f} ms" for t, ms in pires.items()), file=sys.stderr)
    return max(pires.values())


def figures() -> dict[str, float]:
    """`search_50000_ms`, `search_50000_pg_ms`: server time of one search, the slowest text, median of nine."""
    cluster = Postgres()
    try:
        return {
            "search_50000_ms": round(duree("sqlite:///{dossier}/carnet.db")),
            "search_50000_pg_ms": round(duree(cluster.create("recherche"))),
        }
    finally:
        cluster.close()
