"""Duplicates, of partenaires and of people: found in the whole base, compared, set aside, merged, made two again."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from models import Agent, Base, Categorie, Fusion, PaireEcartee, Parametre, Partenaire, Personne
from models.base import libelles
from models.lists import GenreCoordonnee
from services.commun import operations
from services.partenaires import champs, fiches, fusions, mouvements, personnes, ressemblance
from services.partenaires.fusions import Ligne
from services.socle import brouillons, journal, mots, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid, NotFound
from services.socle.horloge import utcnow

ECARTER = "doublon.ecarter"
_GARDEES = timedelta(days=180)  # what a merge replaced holds names: it is forgotten after that
_PERIMEE = "Un collègue a modifié une des deux fiches : rien n’a été fusionné. Relisez-les, puis recommencez."


class Famille(StrEnum):
    PARTENAIRE = "partenaire"
    PERSONNE = "personne"


@dataclass(frozen=True)
class Cote:
    """One of two records: `suite` says what it is; `liens` counts what points to it, by table."""

    id: int
    nom: str
    suite: str
    archive: bool
    version: int
    champs: Mapping[str, str]
    liens: Mapping[str, int]


@dataclass(frozen=True)
class Paire:
    """Two records that are probably one. `score` of 100, `raisons` in French."""

    a: Cote
    b: Cote
    score: int
    raisons: tuple[str, ...]


@dataclass(frozen=True)
class Comparaison:
    """Two records side by side; the fields that differ first. `garde` has more that points to it."""

    garde: Cote
    absorbe: Cote
    differents: tuple[str, ...]
    communs: tuple[str, ...]


@dataclass(frozen=True)
class FusionVue:
    """A merge that may still be undone."""

    id: int
    famille: Famille
    quand: datetime
    agent: str
    garde_id: int
    garde: str
    absorbe: str


_TABLES: dict[str, type[Partenaire] | type[Personne]] = {"partenaire": Partenaire, "personne": Personne}
_CHAMPS = {
    Famille.PARTENAIRE: tuple(c for c in champs.TOUS if c != "statut"),  # said with the UAI
    Famille.PERSONNE: tuple(libelles(Personne)),
}


# --- queries --------------------------------------------------------------------------------------------------------


def scanner(
    session: Session, *, famille: Famille = Famille.PARTENAIRE, limite: int | None = None, today: date = date.max
) -> list[Paire]:
    """The pairs of the whole base that are probably one record, the surest first, without those set aside."""
    ecartees = {
        (e.a_id, e.b_id) for e in session.exec(select(PaireEcartee).where(PaireEcartee.famille == famille)).all()
    }
    lire = ressemblance.des_partenaires if famille is Famille.PARTENAIRE else ressemblance.des_personnes
    trouves = [r for r in ressemblance.rapprocher(lire(session)) if (r.a_id, r.b_id) not in ecartees][:limite]
    cotes = _apercus(session, famille, {i for r in trouves for i in (r.a_id, r.b_id)}, today)
    return [Paire(cotes[r.a_id], cotes[r.b_id], r.score, r.raisons) for r in trouves]


def _apercus(session: Session, famille: Famille, ids: set[int], today: date = date.max) -> dict[int, Cote]:
    """What a list of pairs says of each."""
    if famille is Famille.PERSONNE:
        gens = session.exec(select(Personne).where(col(Personne.id).in_(ids))).all()
        vues = personnes.decrire(session, gens, today=today)
        return {v.id: Cote(v.id, v.complet, v.fonctions, False, v.version, {}, {}) for v in vues}
    rows = session.exec(
        select(Partenaire, Categorie.nom)
        .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        .where(col(Partenaire.id).in_(ids))
    ).all()
    return {
        p.id: Cote(
            p.id,
            p.nom,
            " · ".join(t for t in (p.sigle, categorie, p.commune) if t),
            p.archive_le is not None,
            p.version,
            {},
            {},
        )
        for p, categorie in rows
    }


def comparer(
    session: Session, *, famille: Famille = Famille.PARTENAIRE, a: int, b: int, today: date = date.max
) -> Comparaison:
    """The two records, field by field. The one that is not archived, then has more behind it, is kept.

    Raises:
        NotFound: one of them is no longer there.
    """
    cotes = _apercus(session, famille, {a, b}, today)
    if len(cotes) < 2:
        raise NotFound("Une des deux fiches n’existe plus : un collègue l’a peut-être déjà fusionnée.")
    lus = [
        replace(c, champs=_textes(session, famille, c.id), liens=_liens(session, famille, c.id))
        for c in (cotes[a], cotes[b])
    ]
    garde, absorbe = sorted(lus, key=lambda c: (c.archive, -sum(c.liens.values()), c.id))
    differents = tuple(c for c in _CHAMPS[famille] if garde.champs[c] != absorbe.champs[c])
    communs = tuple(c for c in _CHAMPS[famille] if c not in differents and garde.champs[c])
    return Comparaison(garde, absorbe, differents, communs)


def _textes(session: Session, famille: Famille, id: int) -> dict[str, str]:
    """The fields as the screen prints them."""
    if famille is Famille.PERSONNE:
        p = session.get(Personne, id)
        return {c: getattr(p, c) for c in _CHAMPS[famille]}
    fiche = fiches.get(session, id=id)
    textes = fiches.en_texte(fiche)
    return textes | {"uai": f"{fiche.uai} ({fiche.statut.libelle})" if fiche.uai and fiche.statut else ""}


def _liens(session: Session, famille: Famille, id: int) -> dict[str, int]:
    """How many rows of each table point to it."""
    comptes: Counter[str] = Counter()
    for nom in fusions.REGLES[famille]:
        table, colonne = nom.split(".")
        t = Base.metadata.tables[table]
        comptes[table] += session.execute(select(func.count()).select_from(t).where(t.c[colonne] == id)).scalar_one()
    return comptes


def dernieres(session: Session) -> list[FusionVue]:
    """The last merges that were not undone, the latest first."""
    rows = session.exec(
        select(Fusion, Agent.nom)
        .join(Agent, col(Agent.id) == Fusion.agent_id, isouter=True)
        .where(col(Fusion.annulee_le).is_(None), Fusion.operations != "")
        .order_by(col(Fusion.id).desc())
    ).all()
    return [FusionVue(f.id, Famille(f.famille), f.quand, nom or "", f.garde_id, f.garde, f.absorbe) for f, nom in rows]


# --- commands -------------------------------------------------------------------------------------------------------


def ecarter(session: Session, *, famille: Famille = Famille.PARTENAIRE, a: int, b: int, by: Acteur) -> None:
    """Remember that these two are not one: no scan names them again."""
    require(by, Droit.ECRIRE)
    a, b = sorted((a, b))
    if session.get(PaireEcartee, (famille.value, a, b)):
        return
    noms = {i: c.nom for i, c in _apercus(session, famille, {a, b}).items()}
    if len(noms) < 2:
        raise NotFound("Une des deux fiches n’existe plus. Revenez à la liste.")
    resume = f"Pas un doublon : {noms[a]} et {noms[b]}" if famille is Famille.PARTENAIRE else "Pas un doublon"
    with operations.suivre(session, acte=ECARTER, resume=resume, now=utcnow(), by=by) as suivi:
        paire = PaireEcartee(famille=famille.value, a_id=a, b_id=b, agent_id=by.id, quand=utcnow())
        session.add(paire)
        suivi.ajouter(paire)


def fusionner(
    session: Session,
    *,
    famille: Famille = Famille.PARTENAIRE,
    garde: int,
    absorbe: int,
    champs: Mapping[str, int],
    versions: Mapping[int, int],
    jeton: str,
    by: Acteur,
) -> int:
    """Make one record of two: all that pointed to `absorbe` points to `garde`, whose id it returns.

    Args:
        champs: field -> id of the record whose value is kept (`garde` for those not named).
        versions: the version of each that was shown.

    Raises:
        Conflict: a colleague changed one of the two since.
        NotFound: one of them is no longer there.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    if garde == absorbe:
        raise Invalid({"": "Choisissez deux fiches différentes."})
    session.flush()
    paire = comparer(session, famille=famille, a=garde, b=absorbe)
    cotes = {c.id: c for c in (paire.garde, paire.absorbe)}
    if any(c.version != versions.get(c.id) for c in cotes.values()):
        raise Conflict(_PERIMEE)
    pris = {champ for champ, id in champs.items() if id == absorbe}
    registre = _reunir(session, famille, garde, absorbe, pris)
    fusion = Fusion(
        famille=famille.value,
        quand=utcnow(),
        agent_id=by.id,
        garde_id=garde,
        absorbe_id=absorbe,
        garde=_nom(session, famille, garde),
        absorbe=cotes[absorbe].nom[:250],
        operations=json.dumps(registre.operations),
        empreintes=json.dumps(fusions.empreintes(session, famille, garde, registre.operations)),
    )
    session.add(fusion)
    _oublier_anciennes(session)
    session.flush()
    brouillons.consommer(session, jeton=jeton, objet=famille.value, objet_id=garde)
    resume = f"Fusion : {cotes[absorbe].nom} rejoint {fusion.garde}"
    journal.note(
        session,
        by=by,
        acte="doublon.fusionner",
        objet=famille.value,
        objet_id=garde,
        resume=resume if famille is Famille.PARTENAIRE else "Fusion de deux fiches de personne",
    )
    return garde


def _oublier_anciennes(session: Session) -> None:
    perimees = select(Fusion).where(col(Fusion.quand) < utcnow() - _GARDEES, Fusion.operations != "")
    for ancienne in session.exec(perimees).all():
        ancienne.operations, ancienne.garde, ancienne.absorbe = "", "", ""


def _reunir(session: Session, famille: Famille, garde: int, absorbe: int, pris: set[str]) -> fusions.Registre:
    """Make one of the two, with these fields of the one that goes; all that was done, to undo it."""
    registre = fusions.Registre(session)
    if famille is Famille.PARTENAIRE:
        _poser_partenaire(registre, garde, absorbe, pris)
    else:
        _poser_personne(registre, garde, absorbe, pris)
    session.expire_all()  # written under the session: what it had read is no longer true
    return registre


def _poser_partenaire(registre: fusions.Registre, garde: int, absorbe: int, pris: set[str]) -> None:
    session = registre.session
    _reunir_colleges(registre, garde, absorbe, prendre="uai" in pris)
    fusions.deplacer(registre, "partenaire", garde=garde, absorbe=absorbe)
    for college in registre.lignes("college", partenaire_id=absorbe):
        registre.supprimer("college", college)
    if "secteurs" in pris:
        for lien in registre.lignes("partenaire_secteur", partenaire_id=garde):
            registre.supprimer("partenaire_secteur", lien)
    for lien in registre.lignes("partenaire_secteur", partenaire_id=absorbe):
        if "secteurs" in pris:
            registre.modifier("partenaire_secteur", lien, partenaire_id=garde)
        else:
            registre.supprimer("partenaire_secteur", lien)
    service = session.get(Parametre, "service_partenaire_id")
    if service is not None and service.valeur == str(absorbe):
        (row,) = registre.lignes("parametre", nom="service_partenaire_id")
        registre.modifier("parametre", row, valeur=str(garde))
    (a,), (b,) = (registre.lignes("partenaire", id=i) for i in (garde, absorbe))
    valeurs: dict[str, Any] = {c: b[c] for c in pris if c in a}
    fait = {**a, **valeurs}
    categorie = session.get(Categorie, fait["categorie_id"])
    plie = pli.du_partenaire(Partenaire(**fait), categorie.nom if categorie else "")
    # Archived only if both were.
    archive = a["archive_le"] and b["archive_le"]
    registre.supprimer("partenaire", b)
    registre.modifier("partenaire", a, **valeurs, recherche=plie, archive_le=archive)


def _reunir_colleges(registre: fusions.Registre, garde: int, absorbe: int, *, prendre: bool) -> None:
    """The collège of the result: the one chosen, or the only one. (A UAI is never there twice, even for a moment.)"""
    a, b = (next(iter(registre.lignes("college", partenaire_id=i)), None) for i in (garde, absorbe))
    if b is None or (a is not None and not prendre):
        return
    registre.modifier("college", b, uai="")
    if a is None:
        registre.creer("college", partenaire_id=garde, uai=b["uai"], statut=b["statut"])
    else:
        registre.modifier("college", a, uai=b["uai"], statut=b["statut"])


def _poser_personne(registre: fusions.Registre, garde: int, absorbe: int, pris: set[str]) -> None:
    fusions.deplacer(registre, "personne", garde=garde, absorbe=absorbe)
    (a,), (b,) = (registre.lignes("personne", id=i) for i in (garde, absorbe))
    valeurs = {c: b[c] for c in pris if c in _CHAMPS[Famille.PERSONNE]}
    fait = {**a, **valeurs}
    numeros = _garder_les_deux(registre, garde, fait, (a, b))
    plie = pli.personne(fait["nom"], fait["prenom"], [fait["telephone"], *numeros])
    registre.supprimer("personne", b)
    registre.modifier("personne", a, **valeurs, recherche=plie)
    mouvements.perimer(registre.session, ids=[garde])


def _garder_les_deux(registre: fusions.Registre, garde: int, fait: Ligne, deux: tuple[Ligne, Ligne]) -> list[str]:
    """The number and the address that were not chosen join the others, each once; the numbers of these."""
    autres = {(c["genre"], c["valeur"].casefold()): c for c in registre.lignes("coordonnee", personne_id=garde)}
    for genre in GenreCoordonnee:
        principale = fait[genre.value].casefold()
        if (genre, principale) in autres:
            registre.supprimer("coordonnee", autres.pop((genre, principale)))
        for p in deux:
            valeur = p[genre.value]
            if valeur and valeur.casefold() != principale and (genre, valeur.casefold()) not in autres:
                ligne = {"personne_id": garde, "genre": genre, "valeur": valeur, "libelle": ""}
                registre.creer("coordonnee", **ligne)
                autres[genre, valeur.casefold()] = ligne
    return [c["valeur"] for (genre, _), c in autres.items() if genre is GenreCoordonnee.TELEPHONE]


def _nom(session: Session, famille: Famille, id: int) -> str:
    return _apercus(session, famille, {id})[id].nom[:250]


def annuler_fusion(session: Session, *, id: int, by: Acteur) -> None:
    """Make two records again of one, as they were. Undone already: nothing to do.

    Raises:
        Conflict: the result, or something that points to it, changed since.
        NotFound: no such merge, or too old to be undone.
    """
    require(by, Droit.ECRIRE)
    fusion = session.get(Fusion, id)
    if fusion is None or not fusion.operations:
        raise NotFound("Cette fusion est trop ancienne pour être annulée.")
    if fusion.annulee_le is not None:
        return
    famille, operations = Famille(fusion.famille), json.loads(fusion.operations)
    session.flush()
    if session.get(_TABLES[famille], fusion.garde_id) is None:
        raise Conflict(f"« {fusion.garde} » a été fusionné depuis : annulez d’abord cette autre fusion.")
    avant, la = json.loads(fusion.empreintes), fusions.empreintes(session, famille, fusion.garde_id, operations)
    changes = {
        "sa fiche" if t == famille.value else f"ses {mots.NOMS[t][1]}"
        for t in avant.keys() | la.keys()
        if avant.get(t) != la.get(t)
    }
    if changes:
        raise Conflict(
            f"« {fusion.garde} » a servi depuis la fusion ({', '.join(sorted(changes))}) : elle ne peut plus être "
            "annulée. Ajoutez l’autre fiche à la main si c’était une erreur."
        )
    if famille is Famille.PERSONNE:
        mouvements.perimer(session, ids=[fusion.garde_id])
    fusions.rejouer_a_l_envers(session, famille, operations)
    fusion.annulee_le = utcnow()
    session.add(fusion)
    session.flush()
    resume = f"Fusion annulée : {fusion.absorbe} redevient une fiche à part"
    journal.note(
        session,
        by=by,
        acte="doublon.annuler",
        objet=famille.value,
        objet_id=fusion.garde_id,
        resume=resume if famille is Famille.PARTENAIRE else "Fusion de deux fiches de personne annulée",
    )
