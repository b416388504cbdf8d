"""The steps followed for each collège of «13-18»: rows that staff rename, order, date and archive. Never deleted.

Tests: tests/services/projets/test_participations.py.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from models import Etape
from models.lists import SensEtape, Volet
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid
from services.socle.periodes import RENTREE
from services.socle.texte import clean, folded

LIBELLE_MAX = 80


@dataclass(frozen=True)
class EtapeVue:
    """A step. `limite` is "15/10", the day of the school year by which it is left behind, or ""."""

    id: int
    volet: Volet
    libelle: str
    sens: SensEtape
    limite: str
    archive: bool
    version: int

    def echeance(self, annee: int) -> date | None:
        """The day it becomes late in the school year that begins in `annee`; only a step not reached its end can."""
        if not self.limite or self.sens not in (SensEtape.DEBUT, SensEtape.EN_COURS):
            return None
        jour, mois = (int(n) for n in self.limite.split("/"))
        civile = annee if mois >= RENTREE else annee + 1
        return date(civile, mois, min(jour, monthrange(civile, mois)[1]))


def vue(etape: Etape) -> EtapeVue:
    """A row as screens read it."""
    limite = f"{etape.limite_jour:02d}/{etape.limite_mois:02d}" if etape.limite_mois else ""
    return EtapeVue(
        etape.id, etape.volet, etape.libelle, etape.sens, limite, archive=etape.archive, version=etape.version
    )


def liste(session: Session, *, archives: bool = False) -> dict[Volet, list[EtapeVue]]:
    """The steps of each volet, in the staff's order; the archived ones too if `archives`."""
    query = select(Etape).order_by(col(Etape.ordre), col(Etape.id))
    rows = session.exec(query if archives else query.where(col(Etape.archive).is_(False))).all()
    return {volet: [vue(e) for e in rows if e.volet is volet] for volet in Volet}


def premiere(session: Session, *, volet: Volet) -> int:
    """The step a collège begins with.

    Raises:
        Invalid: none is left.
    """
    id = session.exec(
        select(Etape.id)
        .where(Etape.volet == volet, Etape.sens == SensEtape.DEBUT, col(Etape.archive).is_(False))
        .order_by(col(Etape.ordre), col(Etape.id))
    ).first()
    if id is None:
        raise Invalid({"": f"Ajoutez d’abord une étape « {SensEtape.DEBUT.libelle} » à « {volet.libelle} »."})
    return id


# --- commands ------------------------------------------------------------------------------------------------------


def _a_jour(session: Session, id: int, version: int) -> Etape:
    def actuel(etape: Etape) -> dict[str, str]:
        actuelle = vue(etape)
        return {"libelle": actuelle.libelle, "sens": actuelle.sens.libelle, "limite": actuelle.limite}

    return chargement.charger_a_jour(session, Etape, id, version, actuel)


def _remplir(session: Session, etape: Etape, *, libelle: str, sens: SensEtape, limite: str) -> None:
    """Check every field, then write them in the row."""
    libelle, limite = clean(libelle), clean(limite)
    erreurs = {}
    if not folded(libelle):
        erreurs["libelle"] = "Écrivez le nom de l’étape : lettres ou chiffres."
    elif len(libelle) > LIBELLE_MAX:
        erreurs["libelle"] = f"Raccourcissez ce nom : {LIBELLE_MAX} caractères au plus."
    quand = None
    if limite:
        try:
            quand = datetime.strptime(f"{limite}/2028", "%d/%m/%Y")  # noqa: DTZ007 - a leap year: 29/02 exists
        except ValueError:
            erreurs["limite"] = "Écrivez un jour et un mois, par exemple 15/10, ou laissez vide."
    if erreurs:
        raise Invalid(erreurs)
    for autre in session.exec(select(Etape).where(Etape.volet == etape.volet)).all():
        if autre is not etape and folded(autre.libelle) == folded(libelle):
            suite = ", mais archivée : restaurez-la." if autre.archive else ". Choisissez un autre nom."
            raise Duplicate(f"« {autre.libelle} » existe déjà{suite}", champ="libelle", objet_id=autre.id)
    if etape.id and etape.sens is SensEtape.DEBUT and sens is not SensEtape.DEBUT:
        _garder_un_debut(session, etape, champ="sens")
    etape.libelle, etape.sens = libelle, sens
    etape.limite_jour, etape.limite_mois = (quand.day, quand.month) if quand else (None, None)


def _garder_un_debut(session: Session, etape: Etape, *, champ: str) -> None:
    """A collège newly invited needs a step to begin with."""
    if etape.sens is SensEtape.DEBUT and not etape.archive:
        query = select(Etape.id).where(
            Etape.volet == etape.volet, Etape.sens == SensEtape.DEBUT, col(Etape.archive).is_(False)
        )
        if session.exec(query.where(Etape.id != etape.id)).first() is None:
            raise Invalid(
                {
                    champ: f"« {etape.libelle} » est la seule étape par laquelle « {etape.volet.libelle} » commence : "
                    "ajoutez-en une autre d’abord."
                }
            )


def _ecrire(session: Session, etape: Etape, acte: str, resume: str, by: Acteur) -> int:
    session.add(etape)
    session.flush()
    journal.note(session, by=by, acte=acte, objet="etape", objet_id=etape.id, resume=resume)
    return etape.id


def ajouter(
    session: Session, *, volet: Volet, libelle: str, sens: SensEtape, limite: str = "", jeton: str, by: Acteur
) -> int:
    """Add a step, the last of its volet.

    Raises:
        Duplicate: the volet has one of that name.
        Invalid: a field is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    dernier = session.exec(select(func.max(Etape.ordre))).one() or 0
    etape = Etape(volet=volet, libelle="", sens=sens, ordre=dernier + 1)
    _remplir(session, etape, libelle=libelle, sens=sens, limite=limite)
    id = _ecrire(session, etape, "creer", f"Étape ajoutée à « {volet.libelle} » : {etape.libelle}", by)
    brouillons.consommer(session, jeton=jeton, objet="etape", objet_id=id)
    return id


def modifier(
    session: Session, *, id: int, libelle: str, sens: SensEtape, limite: str, version: int, by: Acteur
) -> None:
    """Rename a step, change what it means or the day it becomes late."""
    require(by, Droit.ECRIRE)
    etape = _a_jour(session, id, version)
    _remplir(session, etape, libelle=libelle, sens=sens, limite=limite)
    if session.is_modified(etape):
        _ecrire(session, etape, "modifier", f"Étape de « {etape.volet.libelle} » modifiée : {etape.libelle}", by)


def monter(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Put a step before the one that precedes it."""
    require(by, Droit.ECRIRE)
    etape = _a_jour(session, id, version)
    rows = session.exec(
        select(Etape)
        .where(Etape.volet == etape.volet, col(Etape.archive).is_(False))
        .order_by(col(Etape.ordre), col(Etape.id))
    ).all()
    rang = next((n for n, e in enumerate(rows) if e.id == id), 0)
    if not rang:
        return
    avant = rows[rang - 1]
    avant.ordre, etape.ordre = etape.ordre, avant.ordre
    session.add(avant)
    _ecrire(session, etape, "ordonner", f"Étape de « {etape.volet.libelle} » avancée : {etape.libelle}", by)


def archiver(session: Session, *, id: int, version: int, archive: bool = True, by: Acteur) -> None:
    """Take a step out of the choices, or bring it back; the collèges that stand there keep it."""
    require(by, Droit.ECRIRE)
    etape = _a_jour(session, id, version)
    if etape.archive == archive:
        return
    if archive:
        _garder_un_debut(session, etape, champ="")
    etape.archive = archive
    acte = "archiver" if archive else "restaurer"
    mot = "archivée" if archive else "restaurée"
    _ecrire(session, etape, acte, f"Étape de « {etape.volet.libelle} » {mot} : {etape.libelle}", by)
