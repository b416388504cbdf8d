"""Partner organisations: search, page of one, create, change, archive, probable duplicates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from models import Categorie, College, Fusion, Partenaire, PartenaireSecteur, SecteurVeille
from models.lists import StatutCollege
from services.partenaires.champs import COLONNES, LIGNES, LIMITES, TEXTES, Champs
from services.partenaires.ressemblance import chiffres, initiales, mots, se_ressemblent
from services.socle import brouillons, chargement, journal, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import courriel_valide, requete, site_valide, telephone_valide
from services.socle.erreurs import BusinessError, Duplicate, Invalid, NotFound
from services.socle.texte import clean, folded, like_patterns

_LETTRES_UAI = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True)
class ChoixPartenaire:
    """What a picker shows."""

    id: int
    nom: str
    sigle: str


@dataclass(frozen=True, kw_only=True)
class FichePartenaire(Champs):
    """A partenaire and what belongs to it alone."""

    id: int
    categorie_id: int
    categorie: str
    secteurs: dict[int, str]
    archive_le: datetime | None
    verifie_le: date | None
    version: int


@dataclass(frozen=True)
class Doublon:
    """A partenaire that may be the one being typed."""

    id: int
    nom: str
    sigle: str
    archive: bool


@dataclass(frozen=True, kw_only=True)
class Saisie(Champs):
    """What the form of a partenaire holds, as typed."""

    statut: StatutCollege = StatutCollege.PUBLIC


# --- search -------------------------------------------------------------------------------------------------------


def correspond(texte: str) -> ColumnElement[bool]:
    """Every word of `texte` stands in the folded column, in any order; with an @, it stands in the address."""
    if "@" in texte:
        return func.lower(col(Partenaire.courriel)).contains(clean(texte).lower(), autoescape=True)
    return and_(True, *(col(Partenaire.recherche).like(motif) for motif in like_patterns(requete(texte))))


def rang(texte: str) -> ColumnElement[int]:
    """Most useful first: the exact acronym, a name that begins so, words that begin so, then the rest."""
    plie = folded(requete(texte))
    recherche = col(Partenaire.recherche)
    if not plie:
        return literal(0)
    debuts = [or_(recherche.like(f"{mot}%"), recherche.like(f"% {mot}%")) for mot in plie.split()]
    return case(
        (recherche.like(f"%| {plie} |%"), 0),
        (recherche.like(f"{plie}%"), 1),
        (and_(True, *debuts), 2),
        else_=3,
    )


def secteurs_de(session: Session, ids: Iterable[int]) -> dict[int, dict[int, str]]:
    rows = session.exec(
        select(PartenaireSecteur.partenaire_id, SecteurVeille.id, SecteurVeille.nom)
        .join(SecteurVeille, col(SecteurVeille.id) == PartenaireSecteur.secteur_id)
        .where(col(PartenaireSecteur.partenaire_id).in_(list(ids)))
        .order_by(col(SecteurVeille.nom))
    ).all()
    par_partenaire: dict[int, dict[int, str]] = {}
    for partenaire_id, secteur_id, nom in rows:
        par_partenaire.setdefault(partenaire_id, {})[secteur_id or 0] = nom
    return par_partenaire


def choix(session: Session, *, texte: str = "", limite: int = 20, exclus: Iterable[int] = ()) -> list[ChoixPartenaire]:
    """At most `limite` active partenaires that match, most useful first; without text, the first by name."""
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom, Partenaire.sigle)
        .where(col(Partenaire.archive_le).is_(None), correspond(texte), col(Partenaire.id).not_in(list(exclus)))
        .order_by(rang(texte), col(Partenaire.recherche), col(Partenaire.id))
        .limit(limite)
    ).all()
    return [ChoixPartenaire(id=i or 0, nom=nom, sigle=sigle) for i, nom, sigle in rows]


def combien(session: Session, *, texte: str, exclus: Iterable[int] = ()) -> int:
    """How many active partenaires match: what `choix` shows the first of."""
    criteres = (col(Partenaire.archive_le).is_(None), correspond(texte), col(Partenaire.id).not_in(list(exclus)))
    return session.exec(select(func.count()).select_from(Partenaire).where(*criteres)).one()


def noms(session: Session, *, ids: Iterable[int]) -> dict[int, str]:
    """Names by id, archived ones too."""
    rows = session.exec(select(Partenaire.id, Partenaire.nom).where(col(Partenaire.id).in_(set(ids)))).all()
    return {i: nom for i, nom in rows if i is not None}


def get(session: Session, *, id: int) -> FichePartenaire:
    """The page of a partenaire.

    Raises:
        NotFound: no such partenaire.
    """
    p = _row(session, id)
    college = session.get(College, id)
    categorie = session.get(Categorie, p.categorie_id)
    return FichePartenaire(
        id=id,
        categorie_id=p.categorie_id,
        categorie=categorie.nom if categorie else "",
        **{c: getattr(p, c) for c in COLONNES},
        secteurs=secteurs_de(session, [id]).get(id, {}),
        uai=college.uai if college else "",
        statut=college.statut if college else None,
        archive_le=p.archive_le,
        verifie_le=p.verifie_le,
        version=p.version,
    )


# --- probable duplicates --------------------------------------------------------------------------------------------


def doublons_probables(
    session: Session,
    *,
    nom: str = "",
    sigle: str = "",
    courriel: str = "",
    telephone: str = "",
    sauf: int | None = None,
) -> list[Doublon]:
    """Partenaires that are probably the one typed, archived ones too: its name, its acronym, how to reach it."""
    plie, sigle_plie = folded(nom), folded(sigle)
    les_mots = mots(plie)
    adresse, numero = clean(courriel).lower(), chiffres(telephone)
    if len(plie) < 2 and len(sigle_plie) < 2 and not adresse and not numero:
        return []
    alias = {a for a in (plie, sigle_plie, initiales(les_mots) if len(les_mots) > 2 else "") if a}
    trouves: list[tuple[int, int]] = []
    # The folded column only: folding again every name of the base at each letter typed would be slow.
    rows = session.exec(select(Partenaire.id, Partenaire.recherche, Partenaire.courriel, Partenaire.telephone)).all()
    for id, recherche, autre_courriel, autre_telephone in rows:
        if id is None or id == sauf:
            continue
        autre, s, *_ = [*recherche.split(" | "), "", ""]
        autres_mots = mots(autre)
        debut = s.split()[0] if s else ""  # "SDIS" of "SDIS 17"
        meme_sigle = s in alias or (len(debut) > 2 and (debut in alias or s in plie.split()))
        par_initiales = len(autres_mots) > 2 and initiales(autres_mots) in {plie, sigle_plie} - {""}
        if autre == plie:
            rang = 0
        elif s and meme_sigle:
            rang = 1
        elif par_initiales or se_ressemblent(les_mots, autres_mots):
            rang = 2
        elif (adresse and autre_courriel.lower() == adresse) or (numero and chiffres(autre_telephone) == numero):
            rang = 3
        else:
            continue
        trouves.append((rang, id))
    ids = [id for _, id in sorted(trouves)]
    lus = {p.id: p for p in session.exec(select(Partenaire).where(col(Partenaire.id).in_(ids))).all()} if ids else {}
    return [Doublon(id=i, nom=lus[i].nom, sigle=lus[i].sigle, archive=lus[i].archive_le is not None) for i in ids]


# --- commands -------------------------------------------------------------------------------------------------------


def creer(session: Session, *, saisie: Saisie, confirme: bool = False, jeton: str, by: Acteur) -> int:
    """Create a partenaire.

    Args:
        confirme: the agent read the probable duplicates and says it is another one.

    Raises:
        Invalid: one sentence per wrong field.
        Duplicate: one that looks like it exists, and `confirme` was not given.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    propre = _valider(session, saisie, sauf=None)
    if not confirme:
        doublons = doublons_probables(session, nom=propre.nom, sigle=propre.sigle)
        if doublons:
            d = doublons[0]
            archive = " (archivé)" if d.archive else ""
            raise Duplicate(
                f"« {d.nom} »{archive} existe déjà et y ressemble. Ouvrez sa fiche, ou confirmez que c’est un autre.",
                champ="nom",
                objet_id=d.id,
            )
    row = Partenaire(nom="", categorie_id=0)
    _poser(session, row, propre)
    session.add(row)
    session.flush()
    _poser_liens(session, row.id, propre)
    brouillons.consommer(session, jeton=jeton, objet="partenaire", objet_id=row.id)
    journal.note(
        session, by=by, acte="creer", objet="partenaire", objet_id=row.id, resume=f"Partenaire ajouté : {row.nom}"
    )
    return row.id


def modifier(session: Session, *, id: int, saisie: Saisie, version: int, jeton: str | None = None, by: Acteur) -> None:
    """Change a partenaire. The same form sent again (`jeton`) does nothing more.

    Raises:
        Conflict: a colleague changed it since `version` was shown; `actuel` holds what it says now.
        Invalid: one sentence per wrong field.
        NotFound: no such partenaire.
    """
    require(by, Droit.ECRIRE)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    row = _a_jour(session, id, version)
    propre = _valider(session, saisie, sauf=id)
    with session.no_autoflush:
        _poser(session, row, propre)
        _poser_liens(session, id, propre)
        flag_modified(row, "archive_le")  # secteurs and UAI live elsewhere: the version goes up all the same, once
    session.flush()
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="partenaire", objet_id=id)
    journal.note(
        session, by=by, acte="modifier", objet="partenaire", objet_id=id, resume=f"Partenaire modifié : {row.nom}"
    )


def archiver(session: Session, *, id: int, version: int, now: datetime, by: Acteur) -> None:
    """Put a partenaire away: no longer proposed anywhere, its meetings and actions stay. `now` is an instant (UTC).

    Raises:
        Conflict: a colleague changed it since `version` was shown.
        NotFound: no such partenaire.
    """
    require(by, Droit.ECRIRE)
    if _row(session, id).archive_le is not None:
        return
    row = _a_jour(session, id, version)
    row.archive_le = now
    session.add(row)
    session.flush()
    journal.note(
        session, by=by, acte="archiver", objet="partenaire", objet_id=id, resume=f"Partenaire archivé : {row.nom}"
    )


def restaurer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take an archived partenaire out again.

    Raises:
        Conflict: a colleague changed it since `version` was shown.
        NotFound: no such partenaire.
    """
    require(by, Droit.ECRIRE)
    if _row(session, id).archive_le is None:
        return
    row = _a_jour(session, id, version)
    row.archive_le = None
    session.add(row)
    session.flush()
    journal.note(
        session, by=by, acte="restaurer", objet="partenaire", objet_id=id, resume=f"Partenaire restauré : {row.nom}"
    )


def uai_valide(uai: str) -> bool:
    """Seven digits and the letter they give."""
    if not re.fullmatch(r"[0-9]{7}[A-Z]", uai):
        return False
    return uai[7] == _LETTRES_UAI[int(uai[:7]) % 23]


def introuvable(session: Session, id: int) -> NotFound:
    """Why no partenaire has this number: it was made one with another, or it is simply not there."""
    reuni = select(Fusion.garde).where(Fusion.famille == "partenaire", Fusion.absorbe_id == id)
    reuni = reuni.where(col(Fusion.annulee_le).is_(None)).order_by(col(Fusion.id).desc())
    if garde := session.exec(reuni).first():
        return NotFound(f"Ce partenaire a été réuni à « {garde} » : un texte commencé ici attend dans sa fiche.")
    return chargement.introuvable(Partenaire)


def _row(session: Session, id: int) -> Partenaire:
    row = session.get(Partenaire, id)
    if row is None:
        raise introuvable(session, id)
    return row


def _a_jour(session: Session, id: int, version: int) -> Partenaire:
    row = _row(session, id)
    chargement.exiger_a_jour(row, version, lambda _: en_texte(get(session, id=id)))
    return row


def en_texte(f: FichePartenaire) -> dict[str, str]:
    """The fields as the screen prints them, to be read beside one's own."""
    return {
        **{c: getattr(f, c) for c in TEXTES},
        "categorie_id": f.categorie,
        "secteurs": ", ".join(f.secteurs.values()) or "Toute la ville",
        "statut": f.statut.libelle if f.statut else "",
        "archive": "Archivé" if f.archive_le else "Actif",
    }


def _valider(session: Session, s: Saisie, *, sauf: int | None) -> Saisie:
    """The entry cleaned and normalised, or Invalid with one sentence per wrong field."""
    erreurs: dict[str, str] = {}
    textes: dict[str, str] = {}
    for champ, (maximum, mot) in LIMITES.items():
        textes[champ] = clean(getattr(s, champ), lignes=champ in LIGNES)
        if len(textes[champ]) > maximum:
            erreurs[champ] = f"Raccourcissez {mot} : {maximum} caractères au plus."
    if not folded(textes["nom"]):
        erreurs["nom"] = "Indiquez le nom du partenaire."
    for champ, normalise in (("telephone", telephone_valide), ("courriel", courriel_valide), ("site", site_valide)):
        try:
            textes[champ] = normalise(getattr(s, champ))
        except BusinessError as refus:
            erreurs[champ] = refus.phrase
    if s.categorie_id is None or session.get(Categorie, s.categorie_id) is None:
        erreurs["categorie_id"] = "Choisissez une catégorie dans la liste."
    secteurs = sorted(set(s.secteurs))
    connus = session.exec(select(SecteurVeille.id).where(col(SecteurVeille.id).in_(secteurs))).all()
    if len(connus) != len(secteurs):
        erreurs["secteurs"] = "Un des secteurs choisis n’existe plus. Choisissez-les de nouveau."
    uai = re.sub(r"[\s.-]", "", clean(s.uai)).upper()
    if uai and not uai_valide(uai):
        erreurs["uai"] = "Cet UAI n’est pas valable : sept chiffres et la lettre de contrôle, par exemple 0170035W."
    elif uai:
        autre = session.exec(
            select(Partenaire).join(College, col(College.partenaire_id) == Partenaire.id).where(College.uai == uai)
        ).first()
        if autre is not None and autre.id != sauf:
            erreurs["uai"] = f"Cet UAI est déjà celui de « {autre.nom} »."
    if erreurs:
        raise Invalid(erreurs)
    return Saisie(categorie_id=s.categorie_id, secteurs=secteurs, uai=uai, statut=s.statut, **textes)


def _poser(session: Session, row: Partenaire, s: Saisie) -> None:
    assert s.categorie_id is not None  # noqa: S101 - validated
    for champ in (*COLONNES, "categorie_id"):
        setattr(row, champ, getattr(s, champ))
    categorie = session.get(Categorie, s.categorie_id)
    row.recherche = pli.du_partenaire(row, categorie.nom if categorie else "")


def _poser_liens(session: Session, id: int, s: Saisie) -> None:
    """The secteurs and the row of a collège."""
    liens = session.exec(select(PartenaireSecteur).where(PartenaireSecteur.partenaire_id == id)).all()
    actuels, voulus = {lien.secteur_id for lien in liens}, set(s.secteurs)
    for lien in liens:
        if lien.secteur_id not in voulus:
            session.delete(lien)
    session.add_all(PartenaireSecteur(partenaire_id=id, secteur_id=secteur) for secteur in voulus - actuels)
    college = session.get(College, id)
    if s.uai:
        college = college or College(partenaire_id=id, uai="")
        college.uai, college.statut = s.uai, s.statut
        session.add(college)
    elif college is not None:
        session.delete(college)
