"""Days on which no meeting is proposed: the élu is away (cellules only), or an event takes the town.

Tests: tests/services/agenda/test_jalons.py.
"""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from models import JourEvite
from models.lists import GenreJourEvite
from services.agenda.reunions import ANNEES
from services.commun import operations
from services.socle import brouillons, chargement, journal, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.texte import clean, folded

LIBELLE_MAX = 120


@dataclass(frozen=True)
class JourEviteVu:
    """Days to avoid, both ends included."""

    id: int
    genre: GenreJourEvite
    libelle: str
    debut: date
    fin: date
    version: int


def liste(session: Session, *, depuis: date | None = None) -> list[JourEviteVu]:
    """Days to avoid, first ones first; only those not over at `depuis`."""
    query = select(JourEvite).order_by(col(JourEvite.debut), col(JourEvite.id))
    if depuis is not None:
        query = query.where(JourEvite.fin >= depuis)
    return [JourEviteVu(j.id, j.genre, j.libelle, j.debut, j.fin, j.version) for j in session.exec(query).all()]


def ajouter(
    session: Session,
    *,
    genre: GenreJourEvite,
    libelle: str,
    debut: date | None,
    fin: date | None,
    jeton: str,
    by: Acteur,
) -> int:
    """Add days to avoid; without `fin`, one day.

    Raises:
        Invalid: a field is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    libelle, de, a = _verifier(libelle, debut, fin)
    row = JourEvite(genre=genre, libelle=libelle, debut=de, fin=a)
    id = _ecrire(session, row, "creer", "ajoutés", by)
    brouillons.consommer(session, jeton=jeton, objet="jour_evite", objet_id=id)
    return id


def modifier(
    session: Session,
    *,
    id: int,
    genre: GenreJourEvite,
    libelle: str,
    debut: date | None,
    fin: date | None,
    version: int,
    by: Acteur,
) -> None:
    """Change days to avoid.

    Raises:
        Conflict: a colleague changed them since `version` was read.
        Invalid: a field is missing or wrong.
        NotFound: they are gone.
    """
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    row.genre = genre
    row.libelle, row.debut, row.fin = _verifier(libelle, debut, fin)
    if session.is_modified(row):
        _ecrire(session, row, "modifier", "modifiés", by)


def supprimer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take them out: these days are free again."""
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    resume = f"Jours à éviter retirés : {_nom(row)}"
    operations.retirer(session, row, acte="jour_evite.supprimer", resume=resume, by=by)


def _a_jour(session: Session, id: int, version: int) -> JourEvite:
    def actuel(row: JourEvite) -> dict[str, str]:
        dates = {"debut": f"{row.debut:%d/%m/%Y}", "fin": f"{row.fin:%d/%m/%Y}"}
        return {"libelle": row.libelle, "genre": row.genre.libelle} | dates

    return chargement.charger_a_jour(session, JourEvite, id, version, actuel)


def _verifier(libelle: str, debut: date | None, fin: date | None) -> tuple[str, date, date]:
    libelle = clean(libelle)
    fin = fin or debut
    erreurs = {}
    if not folded(libelle):
        erreurs["libelle"] = "Dites pourquoi ces jours sont à éviter : « Francofolies », « Élu·e en congés »."
    elif len(libelle) > LIBELLE_MAX:
        erreurs["libelle"] = f"Raccourcissez : {LIBELLE_MAX} caractères au plus."
    if debut is None or fin is None:
        erreurs["debut"] = "Choisissez le premier jour à éviter."
    elif not all(ANNEES[0] <= j.year <= ANNEES[1] for j in (debut, fin)):
        erreurs["debut"] = f"Choisissez des dates entre {ANNEES[0]} et {ANNEES[1]}."
    elif fin < debut:
        erreurs["fin"] = "Le dernier jour doit venir après le premier."
    if erreurs or debut is None or fin is None:
        raise Invalid(erreurs)
    return libelle, debut, fin


def _nom(row: JourEvite) -> str:
    suite = "" if row.fin == row.debut else f" – {temps.jour(row.fin, annee_de=row.debut)}"
    return f"{row.libelle} ({temps.jour_long(row.debut)}{suite})"


def _ecrire(session: Session, row: JourEvite, acte: str, mot: str, by: Acteur) -> int:
    session.add(row)
    session.flush()
    journal.note(
        session, by=by, acte=acte, objet="jour_evite", objet_id=row.id, resume=f"Jours à éviter {mot} : {_nom(row)}"
    )
    return row.id
