"""The directory: the partenaires that answer a filter, a page at a time, most useful first.

They are found by their own words, by the people in function there, and by a phone number of either.

Tests: tests/services/partenaires/test_fiches.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from sqlmodel import Session, col, select

from models import Action, Categorie, Fonction, Partenaire, PartenaireSecteur, Personne, Siege
from models.lists import ETATS_ACTION_OUVERTS
from services.partenaires import fonctions
from services.partenaires.fiches import correspond, rang, secteurs_de
from services.socle.coordonnees import chiffres, requete
from services.socle.texte import clean, first_words, folded, matches, nom_complet

ETATS = ("actifs", "archives", "tous")
_CHIFFRES = 4  # of a phone number being typed


@dataclass(frozen=True)
class Filtre:
    """Which partenaires; `secteur_id`: they act there or in the whole town; `instance_id`: they sit there; `today`: the
    day whose people find them."""

    texte: str = ""
    categorie_id: int | None = None
    secteur_id: int | None = None
    instance_id: int | None = None
    etat: str = "actifs"
    today: date = date.max


@dataclass(frozen=True)
class LignePartenaire:
    """A row of the directory. `secteurs` empty: the whole town. `motif`: why it was found, if not by its words."""

    id: int
    nom: str
    sigle: str
    categorie: str
    sous_categorie: str
    commune: str
    secteurs: tuple[str, ...]
    actions_ouvertes: int
    archive: bool
    motif: str = ""


@dataclass(frozen=True)
class PagePartenaires:
    lignes: tuple[LignePartenaire, ...]
    total: int


def conditions(filtre: Filtre) -> list[ColumnElement[bool]]:
    """What a row of `Partenaire` answers to."""
    voulu: list[ColumnElement[bool]] = [_trouve(filtre)]
    if filtre.categorie_id is not None:
        voulu.append(col(Partenaire.categorie_id) == filtre.categorie_id)
    if filtre.secteur_id is not None:
        places = select(PartenaireSecteur).where(col(PartenaireSecteur.partenaire_id) == col(Partenaire.id))
        ici = places.where(PartenaireSecteur.secteur_id == filtre.secteur_id)
        voulu.append(or_(ici.exists(), ~places.exists()))
    if filtre.instance_id is not None:
        voulu.append(col(Partenaire.id).in_(select(Siege.partenaire_id).where(Siege.instance_id == filtre.instance_id)))
    if filtre.etat != "tous":
        archive = col(Partenaire.archive_le)
        voulu.append(archive.is_(None) if filtre.etat == "actifs" else archive.is_not(None))
    return voulu


def ids(session: Session, *, filtre: Filtre) -> list[int]:
    """All of them, in the order of the directory."""
    rows = session.exec(select(Partenaire.id).where(*conditions(filtre)).order_by(*_ordre(filtre.texte))).all()
    return [i for i in rows if i is not None]


def chercher(session: Session, *, filtre: Filtre, page: int = 1, par_page: int = 25) -> PagePartenaires:
    """A page of the directory, most useful first; `page` counts from 1."""
    trouves = session.exec(
        # The count comes along: to look twice would cost twice. Ids alone: it carries every row found.
        select(Partenaire.id, func.count().over())
        .where(*conditions(filtre))
        .order_by(*_ordre(filtre.texte))
        .limit(par_page)
        .offset((max(page, 1) - 1) * par_page)
    ).all()
    total = trouves[0][1] if trouves else 0
    if not trouves and page > 1:  # an old link: the list has grown shorter
        total = session.exec(select(func.count()).select_from(Partenaire).where(*conditions(filtre))).one()
    ids = [i or 0 for i, _ in trouves]
    rows = session.exec(
        select(Partenaire, Categorie.nom)
        .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        .where(col(Partenaire.id).in_(ids))
    ).all()
    rows = sorted(rows, key=lambda row: ids.index(row[0].id))
    secteurs = secteurs_de(session, ids)
    ouvertes = dict(
        session.exec(
            select(Action.pilote_id, func.count())
            .where(col(Action.pilote_id).in_(ids), col(Action.etat).in_(ETATS_ACTION_OUVERTS))
            .group_by(col(Action.pilote_id))
        ).all()
    )
    autrement = [p for p, _ in rows if not matches(p.recherche.removesuffix(chiffres(p.telephone)), filtre.texte)]
    motifs = _motifs(session, filtre, autrement)
    lignes = tuple(
        LignePartenaire(
            id=p.id,
            nom=p.nom,
            sigle=p.sigle,
            categorie=categorie,
            sous_categorie=p.sous_categorie,
            commune=p.commune,
            secteurs=tuple(secteurs.get(p.id, {}).values()),
            actions_ouvertes=ouvertes.get(p.id, 0),
            archive=p.archive_le is not None,
            motif=motifs.get(p.id, ""),
        )
        for p, categorie in rows
    )
    return PagePartenaires(lignes=lignes, total=total)


# --- by its people, by a phone number --------------------------------------------------------------------------------


def _trouve(filtre: Filtre) -> ColumnElement[bool]:
    """Found by its own words, by those of someone in function there, or by a phone number of either."""
    mots, numero = _des_gens(filtre.texte), _numero(filtre.texte)
    trouve = [correspond(filtre.texte)]
    if numero or mots:
        gens = _par_ses_gens(col(Fonction.partenaire_id), mots, numero, filtre.today)
        trouve.append(col(Partenaire.id).in_(gens))
    return or_(*trouve)


def _ordre(texte: str) -> tuple[Any, ...]:
    """Found by its own words first."""
    par_son_nom = case((correspond(texte), rang(texte)), else_=9) if folded(texte) else rang(texte)
    return par_son_nom, col(Partenaire.recherche), col(Partenaire.id)


def _par_ses_gens(quoi: Any, mots: list[str], numero: str, today: date) -> Select[Any]:
    """Of the functions that are not over: by people whose words begin so, or who have that number."""
    plie = " " + col(Personne.recherche)
    la = select(quoi).join(Personne, col(Personne.id) == Fonction.personne_id).where(fonctions.pas_finie(today))
    if numero:
        return la.where(plie.like(f"%{numero}%"))
    # Beginnings only: "oph" looks for the offices, not for every Sophie.
    return la.where(and_(True, *(plie.like(f"% {mot}%") for mot in mots)))


def _des_gens(texte: str) -> list[str]:
    """The words of `texte`, if they may be those of a person."""
    mots = folded(texte).split()
    return mots if any(len(m) > 1 and not m.isdecimal() for m in mots) else []


def _numero(texte: str) -> str:
    """The digits of a phone number, or of its beginning, as the folded texts hold them; "" if `texte` is none."""
    chiffres = requete(clean(texte))
    return chiffres if chiffres.isdecimal() and len(chiffres) >= _CHIFFRES else ""


def _motifs(session: Session, filtre: Filtre, rows: Iterable[Partenaire]) -> dict[int, str]:
    """Why each of these was found: who is there, or its number."""
    mots, numero = _des_gens(filtre.texte), _numero(filtre.texte)
    motifs = {p.id: "" for p in rows}
    if not motifs:
        return {}
    gens = _par_ses_gens(Fonction, mots, numero, filtre.today).add_columns(Personne)
    gens = gens.order_by(col(Personne.recherche).desc(), col(Fonction.id).desc())
    for f, p in session.execute(gens.where(col(Fonction.partenaire_id).in_(motifs))):
        qui = first_words([nom_complet(p.prenom, p.nom)])
        motifs[f.partenaire_id] = ", ".join(t for t in (qui, f.intitule, p.telephone if numero else "") if t)
    return motifs | {p.id: p.telephone for p in rows if numero and not motifs[p.id]}
