"""No field of a partenaire or of a person is forgotten: every list that names them is gone through the public way.

A failure says which fields a list is missing; README's « Add a field » says where each is written.
"""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from documents import tableaux
from models import Categorie, Fonction, Journal, Partenaire, Personne
from models.base import libelles
from services.commun.exports import Format
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.imports.importation import Demande, importer
from services.imports.imports_carnet import preparer_carnet
from services.imports.rapprochement import ImportPersonne
from services.partenaires import annuaire, diffusion, doublons, fiches, mouvements, personnes
from services.partenaires.annuaire import Filtre
from services.partenaires.champs import COLONNES, LIBELLES
from services.partenaires.fiches import Saisie
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from tests.cast import Cast

TODAY = date(2026, 11, 24)
# Texts of a partenaire that the search does not read, and the list to write to does not give.
SANS_RECHERCHE = {
    "commune": "most are of one town",
    "adresse": "a street would find everybody in it",
    "courriel": "found with an @",
    "site": "its words are those of the name",
    "note": "said in passing, it would find too much",
}
SANS_EXPORT = {"note": "not for a file that goes round"}
# What a form holds otherwise than as words.
FORMES = {"telephone": "05 46 00 00 0{n}", "courriel": "accueil{n}@exemple.fr", "site": "https://exemple{n}.fr"}


def valeurs(n: int) -> dict[str, str]:
    """Words of its own in every text."""
    return {c: FORMES.get(c, f"{c.replace('_', '')}{n}").format(n=n) for c in COLONNES}


@pytest.fixture
def categorie(session: Session) -> int:
    row = Categorie(nom="Associations")
    session.add(row)
    session.flush()
    return row.id or 0


@pytest.fixture
def id(session: Session, cast: Cast, categorie: int) -> int:
    return creer(session, cast, categorie, 1)


def creer(session: Session, cast: Cast, categorie: int, n: int) -> int:
    saisie = Saisie(categorie_id=categorie, **valeurs(n))
    return fiches.creer(session, saisie=saisie, confirme=True, jeton=f"creer{n}", by=cast.secretaire)


def modifier(session: Session, cast: Cast, id: int, *, version: int | None = None, **textes: str) -> None:
    fiche = fiches.get(session, id=id)
    saisie = Saisie(categorie_id=fiche.categorie_id, **textes)
    fiches.modifier(session, id=id, saisie=saisie, version=version or fiche.version, by=cast.secretaire)


def lus(session: Session, id: int) -> dict[str, str]:
    fiche = fiches.get(session, id=id)
    return {c: getattr(fiche, c) for c in COLONNES}


def test_a_text_of_the_table_is_a_field_of_the_form_and_has_a_label() -> None:
    textes = {nom for nom, champ in Partenaire.model_fields.items() if champ.annotation is str}
    assert textes - set(COLONNES) == {"recherche"}
    assert [c for c in COLONNES if c not in LIBELLES] == []


def test_each_text_is_kept_when_created_and_when_changed(session: Session, cast: Cast, id: int) -> None:
    assert lus(session, id) == valeurs(1)
    modifier(session, cast, id, **valeurs(2))
    assert lus(session, id) == valeurs(2)


def test_each_text_too_long_is_refused_under_its_field(session: Session, cast: Cast, id: int) -> None:
    longueurs = {c: Partenaire.metadata.tables["partenaire"].c[c].type.length for c in COLONNES}  # type: ignore[attr-defined]
    with pytest.raises(Invalid) as refus:
        modifier(session, cast, id, **{c: "x" * (longueurs[c] + 1) for c in COLONNES})
    assert set(refus.value.erreurs) == set(COLONNES)


def test_each_text_stands_in_the_version_of_the_colleague(session: Session, cast: Cast, id: int) -> None:
    vue = fiches.get(session, id=id).version
    modifier(session, cast, id, **valeurs(2))
    with pytest.raises(Conflict) as refus:
        modifier(session, cast, id, version=vue, **valeurs(3))
    assert {c: refus.value.actuel.get(c) for c in COLONNES} == valeurs(2)


def test_each_text_is_told_by_the_journal(session: Session, cast: Cast, id: int) -> None:
    modifier(session, cast, id, **valeurs(2))
    resume = session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or ""
    assert [c for c in COLONNES if f"{LIBELLES[c]} : " not in resume] == []


def test_each_text_is_compared_and_chosen_in_a_merge_which_is_undone(
    session: Session, cast: Cast, id: int, categorie: int
) -> None:
    autre = creer(session, cast, categorie, 2)
    paire = doublons.comparer(session, a=id, b=autre)
    assert [c for c in COLONNES if c not in paire.differents] == []
    garde, absorbe = paire.garde.id, paire.absorbe.id
    versions = {c.id: c.version for c in (paire.garde, paire.absorbe)}
    choix = dict.fromkeys(paire.differents, absorbe)
    avant = lus(session, garde), lus(session, absorbe)
    doublons.fusionner(
        session, garde=garde, absorbe=absorbe, champs=choix, versions=versions, jeton="f", by=cast.secretaire
    )
    assert lus(session, garde) == avant[1]
    doublons.annuler_fusion(session, id=doublons.dernieres(session)[0].id, by=cast.secretaire)
    assert (lus(session, garde), lus(session, absorbe)) == avant


def test_each_text_comes_in_from_a_file_under_its_label(session: Session, cast: Cast, categorie: int) -> None:
    titres = LIBELLES | {"nom": "Partenaire (organisme)"}
    fichier = "\n".join(";".join(ligne) for ligne in ([titres[c] for c in COLONNES], valeurs(4).values()))
    t = colonnes.tableau(fichiers.lire(fichier.encode())[0])
    demande = Demande(colonnes.lire(t, colonnes.deviner(t, Nature.CARNET), Nature.CARNET), TODAY, categorie)
    essai = preparer_carnet(session, demande).essai
    annonces = {c.libelle for c in essai.lignes[0].champs}
    importer(session, preparer=preparer_carnet, demande=demande, vu=essai, fichier="p.csv", jeton="i", now=utcnow(),
             by=cast.secretaire)  # fmt: skip
    id = session.exec(select(Partenaire.id)).one()
    assert lus(session, id or 0) == valeurs(4)
    assert [c for c in COLONNES if c != "nom" and LIBELLES[c] not in annonces] == []


def test_each_text_leaves_in_the_list_to_write_to(session: Session, cast: Cast, id: int) -> None:
    demande = diffusion.Demande(Filtre(), diffusion.Qui.ORGANISATIONS, TODAY)
    partis = diffusion.exporter(session, demande=demande, format=Format.EXCEL, by=cast.secretaire)
    (ligne,) = tableaux.diffusion(partis)
    assert {c for c, v in valeurs(1).items() if v not in ligne} == set(SANS_EXPORT)
    assert len(tableaux.DIFFUSION) == len(ligne)


def test_each_text_is_searched_or_said_not_to_be(session: Session, id: int) -> None:
    def trouve(texte: str) -> bool:
        return annuaire.chercher(session, filtre=Filtre(texte=texte)).total == 1

    assert {c for c, v in valeurs(1).items() if not trouve(v.replace("@", " "))} == set(SANS_RECHERCHE)
    assert trouve(valeurs(1)["courriel"])


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "liste",
    [
        {f.name for f in fields(personnes.Identite)},
        {f.name for f in fields(personnes.FonctionVue)},
        {f.name for f in fields(diffusion.Destinataire)},
        set(ImportPersonne.champs),
        set(colonnes._DITS),
        set(doublons._CHAMPS[doublons.Famille.PERSONNE]),
    ],
    ids=["form", "page", "list to write to", "import", "columns of a file", "merge"],
)
def test_each_field_of_a_person_is_in_every_list(liste: set[str]) -> None:
    assert set(libelles(Personne)) - liste == set()


def test_each_field_of_a_person_and_of_their_function_stands_beside_one_s_own(
    session: Session, cast: Cast, id: int
) -> None:
    identite = personnes.Identite("Martin", "Claire", "claire@exemple.fr", "05 46 00 00 09")
    fonction = mouvements.creer(session, partenaire_id=id, identite=identite, intitule="Cheffe", debut=TODAY, jeton="p",
                               by=cast.secretaire)  # fmt: skip
    textes: dict[str, Any] = personnes.en_texte(personnes.fonction(session, id=fonction))
    manquent = (set(libelles(Personne)) | set(libelles(Fonction))) - set(textes)
    assert manquent == {"fin"}  # a departure has a form of its own
