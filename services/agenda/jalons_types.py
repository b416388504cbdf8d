"""The steps that each type of meeting brings: rows that staff name, date back from the meeting, and archive.

Tests: tests/services/agenda/test_jalons.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models import JalonType
from models.lists import SensJalon, TypeReunion
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid
from services.socle.texte import accord, clean, folded

LIBELLE_MAX = 120
JOURS_MAX = 365

_S = SensJalon
# What a new base starts with: days from the meeting, words, what the tool sees by itself.
DEFAUTS: dict[TypeReunion, Sequence[tuple[int, str, SensJalon]]] = {
    TypeReunion.CELLULE: (
        (-60, "Date validée avec l’élu·e", _S.MANUEL),
        (-45, "Salle demandée", _S.SALLE_DEMANDEE),
        (-30, "Salle confirmée", _S.SALLE_CONFIRMEE),
        (-21, "Chiffres demandés aux partenaires", _S.MANUEL),
        (-15, "Convocation envoyée", _S.CONVOCATION),
        (-5, "Note signée", _S.MANUEL),
        (10, "Relevé validé", _S.RELEVE_VALIDE),
        (15, "Relevé diffusé", _S.RELEVE_DIFFUSE),
    ),
    TypeReunion.TECHNIQUE: (
        (-21, "Salle demandée", _S.SALLE_DEMANDEE),
        (-14, "Salle confirmée", _S.SALLE_CONFIRMEE),
        (-8, "Convocation envoyée", _S.CONVOCATION),
        (7, "Relevé validé", _S.RELEVE_VALIDE),
        (10, "Relevé diffusé", _S.RELEVE_DIFFUSE),
    ),
}


@dataclass(frozen=True)
class JalonTypeVu:
    """A step of a type of meeting; `jours` from its day, negative before."""

    id: int
    type: TypeReunion
    libelle: str
    jours: int
    sens: SensJalon
    archive: bool
    version: int

    @property
    def quand(self) -> str:
        return quand(self.jours)


def quand(jours: int) -> str:
    """15 jours avant, le jour même, 10 jours après."""
    return f"{accord(abs(jours), 'jour')} {'avant' if jours < 0 else 'après'}" if jours else "le jour même"


def _vu(row: JalonType) -> JalonTypeVu:
    return JalonTypeVu(row.id, row.type, row.libelle, row.jours, row.sens, row.archive, row.version)


def liste(session: Session, *, archives: bool = False) -> dict[TypeReunion, list[JalonTypeVu]]:
    """The steps of each type of meeting, first due first; the archived ones too if `archives`."""
    query = select(JalonType).order_by(col(JalonType.jours), col(JalonType.ordre), col(JalonType.id))
    rows = session.exec(query if archives else query.where(col(JalonType.archive).is_(False))).all()
    return {t: [_vu(r) for r in rows if r.type is t] for t in TypeReunion}


def actives(session: Session) -> list[JalonTypeVu]:
    """Every step in use, first due first."""
    return [t for lignes in liste(session).values() for t in lignes]


def amorcer(session: Session) -> None:
    """Give a base that has no step at all those of `DEFAUTS`."""
    if session.exec(select(func.count()).select_from(JalonType)).one():
        return
    for type_, lignes in DEFAUTS.items():
        for ordre, (jours, libelle, sens) in enumerate(lignes):
            session.add(JalonType(type=type_, libelle=libelle, jours=jours, sens=sens, ordre=ordre))
    session.flush()


# --- commands ------------------------------------------------------------------------------------------------------


def ajouter(
    session: Session, *, type: TypeReunion, libelle: str, jours: int | None, sens: SensJalon, jeton: str, by: Acteur
) -> int:
    """Add a step to a type of meeting.

    Raises:
        Duplicate: the type has one of that name.
        Invalid: a field is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    dernier = session.exec(select(func.max(JalonType.ordre))).one() or 0
    row = JalonType(type=type, libelle="", jours=0, sens=sens, ordre=dernier + 1)
    _remplir(session, row, libelle=libelle, jours=jours, sens=sens)
    id = _ecrire(session, row, "creer", "ajoutée", by)
    brouillons.consommer(session, jeton=jeton, objet="jalon_type", objet_id=id)
    return id


def modifier(
    session: Session, *, id: int, libelle: str, jours: int | None, sens: SensJalon, version: int, by: Acteur
) -> None:
    """Rename a step, change its day or what the tool sees of it."""
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    _remplir(session, row, libelle=libelle, jours=jours, sens=sens)
    if session.is_modified(row):
        _ecrire(session, row, "modifier", "modifiée", by)


def archiver(session: Session, *, id: int, version: int, archive: bool = True, by: Acteur) -> None:
    """Take a step out of every échéancier, or bring it back with what was ticked."""
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    if row.archive != archive:
        row.archive = archive
        _ecrire(session, row, "archiver" if archive else "restaurer", "archivée" if archive else "restaurée", by)


def _a_jour(session: Session, id: int, version: int) -> JalonType:
    def actuel(row: JalonType) -> dict[str, str]:
        return {"libelle": row.libelle, "jours": quand(row.jours), "sens": row.sens.libelle}

    return chargement.charger_a_jour(session, JalonType, id, version, actuel)


def _remplir(session: Session, row: JalonType, *, libelle: str, jours: int | None, sens: SensJalon) -> None:
    libelle = clean(libelle)
    erreurs = {}
    if not folded(libelle):
        erreurs["libelle"] = "Écrivez le nom de l’étape : lettres ou chiffres."
    elif len(libelle) > LIBELLE_MAX:
        erreurs["libelle"] = f"Raccourcissez ce nom : {LIBELLE_MAX} caractères au plus."
    if jours is None or abs(jours) > JOURS_MAX:
        erreurs["jours"] = f"Donnez un nombre de jours, {JOURS_MAX} au plus."
    if erreurs or jours is None:
        raise Invalid(erreurs)
    for autre in session.exec(select(JalonType).where(JalonType.type == row.type)).all():
        if autre is not row and folded(autre.libelle) == folded(libelle):
            suite = ", mais archivée : restaurez-la." if autre.archive else ". Choisissez un autre nom."
            raise Duplicate(f"« {autre.libelle} » existe déjà{suite}", champ="libelle", objet_id=autre.id)
    row.libelle, row.jours, row.sens = libelle, jours, sens


def _ecrire(session: Session, row: JalonType, acte: str, mot: str, by: Acteur) -> int:
    session.add(row)
    session.flush()
    resume = f"Étape {mot}, {row.type.libelle.lower()} : {row.libelle}"
    journal.note(session, by=by, acte=acte, objet="jalon_type", objet_id=row.id, resume=resume)
    return row.id
