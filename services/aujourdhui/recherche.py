"""Search everywhere: partenaires, people, meetings, points, actions, collèges, by the folded texts of their rows."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlmodel import Session, col, func, select

from models import (
    Action,
    Categorie,
    College,
    Fonction,
    Partenaire,
    Participation,
    Personne,
    Point,
    Quartier,
    Reunion,
    Theme,
)
from models.lists import ETATS_ACTION_OUVERTS, ETATS_REUNION_SAISIE, EtatReunion
from services.partenaires import fiches, fonctions, personnes
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import requete
from services.socle.texte import first_words, folded, like_patterns, nom_complet

PAR_GENRE = 5
EN_TOUT = 20
MAXIMUM = 100  # of a kind: beyond that, a word more finds it sooner
_MINIMUM = 2  # letters


class Genre(StrEnum):
    """What was found, in the order shown."""

    PARTENAIRE = "partenaire"
    PERSONNE = "personne"
    REUNION = "reunion"
    ACTION = "action"
    POINT = "point"
    COLLEGE = "college"


@dataclass(frozen=True)
class Resultat:
    """Something found. `rang` 0 begins like the text, 1 has words that do, 2 holds them.

    `vers_id` is what to open where it is not the thing itself: the partenaire of a person, the meeting written up of
    a point, the year of a collège. `jour` is that of a meeting not written up, of an action.
    """

    genre: Genre
    id: int
    titre: str
    suite: str
    rang: int
    archive: bool = False
    vers_id: int | None = None
    jour: date | None = None


def partout(session: Session, *, texte: str, by: Acteur, tout: bool = False, today: date = date.max) -> list[Resultat]:
    """At most 5 of each kind and 20 in all: the kind that answers best first, and the best of each first.

    With `tout`, all of them, up to `MAXIMUM` of each kind. `today`: the day on which people are in function.

    Raises:
        Forbidden: the role may not read all this.
    """
    require(by, Droit.LIRE)
    if len(folded(texte).replace(" ", "")) < _MINIMUM:
        return []
    limite = MAXIMUM if tout else PAR_GENRE
    chercheurs = (_partenaires, _reunions, _actions, _points, _colleges)
    trouves = [r for chercher in chercheurs for r in chercher(session, texte, limite)]
    trouves += _personnes(session, texte, limite, today)
    genres = list(Genre)
    # The best 20, then by kind: the kind whose first answer is the best comes first.
    retenus = sorted(trouves, key=lambda r: (r.rang, r.archive))[: None if tout else EN_TOUT]
    premiers: dict[Genre, tuple[int, bool]] = {}
    for r in retenus:
        premiers.setdefault(r.genre, (r.rang, r.archive))
    return sorted(retenus, key=lambda r: (premiers[r.genre], genres.index(r.genre)))


# --- what matches, and how well ---------------------------------------------------------------------------------------


def _tous_les_mots(colonne: Any, texte: str) -> ColumnElement[bool]:
    return and_(True, *(colonne.like(motif) for motif in like_patterns(texte)))


def _rang(colonne: Any, texte: str) -> ColumnElement[int]:
    plie = folded(texte)
    debuts = [or_(colonne.like(f"{mot}%"), colonne.like(f"% {mot}%")) for mot in plie.split()]
    return case((colonne.like(f"{plie}%"), 0), (and_(True, *debuts), 1), else_=2)


def _partenaires(session: Session, texte: str, limite: int) -> list[Resultat]:
    cherche = col(Partenaire.recherche)
    archive = col(Partenaire.archive_le).is_not(None)
    # The exact acronym is as good as the beginning of the name.
    rang = case((cherche.like(f"%| {folded(texte)} |%"), 0), else_=_rang(cherche, requete(texte))).label("rang")
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom, Partenaire.sigle, Partenaire.commune, Categorie.nom, archive, rang)  # type: ignore[call-overload]
        .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        .where(fiches.correspond(texte))
        .order_by(rang, archive, cherche, col(Partenaire.id))
        .limit(limite)
    ).all()
    return [
        Resultat(Genre.PARTENAIRE, i, nom, _suite(sigle, categorie, commune), r, archive=bool(a))
        for i, nom, sigle, commune, categorie, a, r in rows
    ]


def _personnes(session: Session, texte: str, limite: int, today: date) -> list[Resultat]:
    """People, "Martin Claire" or "Claire Martin"; each leads to the partenaire where they are, or were last."""
    cherche = col(Personne.recherche)
    rang = _rang(cherche, requete(texte)).label("rang")
    parties = ~select(Fonction.id).where(Fonction.personne_id == Personne.id, fonctions.pas_finie(today)).exists()
    rows = session.exec(
        select(Personne, parties, rang)
        .where(personnes.correspond(texte))
        .order_by(rang, parties, cherche, col(Personne.id))
        .limit(limite)
    ).all()
    la = case((fonctions.en_cours(today), 2), (fonctions.pas_finie(today), 1), else_=0)
    tenues = session.exec(
        select(Fonction, Partenaire.nom)
        .join(Partenaire, col(Partenaire.id) == Fonction.partenaire_id)
        .where(col(Fonction.personne_id).in_([p.id for p, _, _ in rows]))
        .order_by(la, col(Fonction.debut), col(Fonction.id))
    ).all()
    tient = {f.personne_id: (f, nom) for f, nom in tenues}  # the last one read: current, the latest
    return [
        Resultat(
            Genre.PERSONNE,
            p.id,
            nom_complet(p.prenom, p.nom),
            _suite(tient[p.id][0].intitule, tient[p.id][1]),
            r,
            archive=bool(partie),
            vers_id=tient[p.id][0].partenaire_id,
        )
        for p, partie, r in rows
        if p.id in tient
    ]


def _reunions(session: Session, texte: str, limite: int) -> list[Resultat]:
    cherche = col(Reunion.recherche)
    rang = _rang(cherche, texte).label("rang")
    sans_suite = col(Reunion.etat).in_((EtatReunion.ANNULEE, EtatReunion.REPORTEE, EtatReunion.PAS_EU_LIEU))
    rows = session.exec(
        select(Reunion.id, Reunion.titre, Reunion.debut, Reunion.etat, rang)  # type: ignore[call-overload]
        .where(_tous_les_mots(cherche, texte))
        .order_by(rang, sans_suite, col(Reunion.debut).desc(), col(Reunion.id))
        .limit(limite)
    ).all()
    return [
        Resultat(
            Genre.REUNION,
            i or 0,
            titre,
            etat.libelle,
            r,
            vers_id=i if etat in ETATS_REUNION_SAISIE else None,
            jour=debut.date(),
        )
        for i, titre, debut, etat, r in rows
    ]


def _actions(session: Session, texte: str, limite: int) -> list[Resultat]:
    cherche = col(Action.recherche)
    rang = _rang(cherche, texte).label("rang")
    finie = col(Action.etat).not_in(ETATS_ACTION_OUVERTS)
    rows = session.exec(
        select(Action.id, Action.quoi, Action.etat, Action.echeance, Partenaire.nom, Partenaire.sigle, finie, rang)  # type: ignore[call-overload]
        .join(Partenaire, col(Partenaire.id) == Action.pilote_id)
        .where(_tous_les_mots(cherche, texte))
        .order_by(rang, finie, col(Action.echeance).desc(), col(Action.id))
        .limit(limite)
    ).all()
    return [
        Resultat(
            Genre.ACTION, i, first_words([quoi], 90), _suite(etat.libelle, sigle or nom), r, archive=bool(f), jour=jour
        )
        for i, quoi, etat, jour, nom, sigle, f, r in rows
    ]


def _points(session: Session, texte: str, limite: int) -> list[Resultat]:
    """Points by their place, their quartier, what was noted and answered, and their theme; the latest first."""
    themes = session.exec(select(Theme.id, Theme.recherche)).all()
    quartiers = [(i, folded(nom)) for i, nom in session.exec(select(Quartier.id, Quartier.nom)).all()]
    cherche = col(Point.recherche)
    mots = []
    for mot in folded(texte).split():
        la = [cherche.like(f"%{mot}%")]
        for colonne, choix in ((col(Point.theme_id), themes), (col(Point.quartier_id), quartiers)):
            ids = [i for i, plie in choix if mot in plie]
            la += [colonne.in_(ids)] if ids else []
        mots.append(or_(*la))
    rows = session.exec(
        select(Point.id, Point.lieu, Point.note, Theme.libelle, Quartier.nom, Reunion.id, Reunion.debut, Reunion.etat)  # type: ignore[call-overload]
        .join(Theme, col(Theme.id) == Point.theme_id)
        .join(Quartier, col(Quartier.id) == Point.quartier_id, isouter=True)
        .join(Reunion, col(Reunion.id) == Point.reunion_id, isouter=True)
        .where(*mots)
        .order_by(col(Reunion.debut).is_not(None), col(Reunion.debut).desc(), col(Point.id).desc())
        .limit(limite)
    ).all()
    return [
        Resultat(
            Genre.POINT,
            i,
            theme,
            _suite(lieu or quartier or "", first_words([note], 70)),
            1,
            vers_id=reunion if etat in ETATS_REUNION_SAISIE else None,
            jour=debut.date() if debut else None,
        )
        for i, lieu, note, theme, quartier, reunion, debut, etat in rows
    ]


def _colleges(session: Session, texte: str, limite: int) -> list[Resultat]:
    """Collèges of «13-18», at their last school year."""
    cherche = col(Partenaire.recherche)
    rang = _rang(cherche, texte).label("rang")
    annee = func.max(Participation.annee)
    rows = session.exec(
        select(College.partenaire_id, Partenaire.nom, annee, rang)
        .join(Partenaire, col(Partenaire.id) == College.partenaire_id)
        .join(Participation, col(Participation.college_id) == College.partenaire_id)
        .where(_tous_les_mots(cherche, texte))
        .group_by(col(College.partenaire_id), col(Partenaire.nom), cherche)
        .order_by(rang, cherche, col(College.partenaire_id))
        .limit(limite)
    ).all()
    annees = {
        p.college_id: p.id
        for p in session.exec(
            select(Participation)
            .where(col(Participation.college_id).in_([i for i, *_ in rows]))
            .order_by(col(Participation.annee))
        )
    }
    return [
        Resultat(Genre.COLLEGE, i, nom, f"13-18, {an}-{an + 1}", r, vers_id=annees.get(i)) for i, nom, an, r in rows
    ]


def _suite(*textes: str) -> str:
    return " · ".join(t for t in textes if t)
