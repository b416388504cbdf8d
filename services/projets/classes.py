"""The classes of a collège of «13-18» in a school year: a name and a number of pupils, never a pupil.

Tests: tests/services/projets/test_participations.py.
"""

from dataclasses import dataclass

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from models import Classe, Participation, Seance
from services.commun import operations
from services.projets import participations
from services.projets.participations import VIVANTES
from services.socle import brouillons, chargement
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid
from services.socle.texte import clean, folded

ELEVES_MAX = 60  # more is a slip of the finger
NOM_MAX = 40


@dataclass(frozen=True)
class ClasseVue:
    """A class; `seances` counts those that take place."""

    id: int
    nom: str
    effectif: int | None
    seances: int
    version: int


def liste(session: Session, *, participation_id: int) -> list[ClasseVue]:
    """The classes of a collège that year, by name."""
    rows = session.exec(
        select(Classe, func.sum(case((col(Seance.etat).in_(VIVANTES), 1), else_=0)))
        .join(Seance, col(Seance.classe_id) == Classe.id, isouter=True)
        .where(Classe.participation_id == participation_id)
        .group_by(col(Classe.id))
        .order_by(col(Classe.cle))
    ).all()
    return [ClasseVue(c.id, c.nom, c.effectif, n, c.version) for c, n in rows]


def _a_jour(session: Session, id: int, version: int) -> Classe:
    def actuel(classe: Classe) -> dict[str, str]:
        return {"nom": classe.nom, "effectif": "" if classe.effectif is None else str(classe.effectif)}

    return chargement.charger_a_jour(session, Classe, id, version, actuel)


def eleves_faux(n: int | None) -> str:
    """What is wrong with a number of pupils, or ""."""
    if n is not None and not 0 <= n <= ELEVES_MAX:
        return f"Vérifiez ce nombre d’élèves : de 0 à {ELEVES_MAX}."
    return ""


def cle_classe(nom: str) -> str:
    """What makes two names of a class the same: "4e A", "4eA", "4E a"."""
    return folded(nom).replace(" ", "")


def _nommer(session: Session, classe: Classe, *, nom: str, effectif: int | None) -> None:
    """Check every field, then write them in the row."""
    nom = clean(nom)
    cle = cle_classe(nom)
    erreurs = {}
    if not cle:
        erreurs["nom"] = "Écrivez le nom de la classe, par exemple 4e A."
    elif len(nom) > NOM_MAX:
        erreurs["nom"] = f"Raccourcissez le nom de la classe : {NOM_MAX} caractères au plus."
    if phrase := eleves_faux(effectif):
        erreurs["effectif"] = phrase
    if erreurs:
        raise Invalid(erreurs)
    meme = session.exec(
        select(Classe).where(Classe.participation_id == classe.participation_id, Classe.cle == cle)
    ).first()
    if meme is not None and meme is not classe:
        raise Duplicate(
            f"La classe « {meme.nom} » est déjà dans la liste. Donnez un autre nom.", champ="nom", objet_id=meme.id
        )
    classe.nom, classe.cle, classe.effectif = nom, cle, effectif


def _noter(session: Session, by: Acteur, acte: str, classe: Classe, resume: str) -> None:
    p = session.get_one(Participation, classe.participation_id)
    participations.noter(session, by, acte, p, f"{resume} {classe.nom}")


def ajouter(session: Session, *, participation_id: int, nom: str, effectif: int | None, jeton: str, by: Acteur) -> int:
    """Add a class to a collège.

    Raises:
        Duplicate: it has one of that name, whatever the case, the accents and the spaces.
        Invalid: a field is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    chargement.charger(session, Participation, participation_id)
    classe = Classe(participation_id=participation_id, nom="", cle="")
    _nommer(session, classe, nom=nom, effectif=effectif)
    session.add(classe)
    session.flush()
    _noter(session, by, "creer_classe", classe, "classe ajoutée,")
    brouillons.consommer(session, jeton=jeton, objet="classe", objet_id=classe.id)
    return classe.id


def modifier(session: Session, *, id: int, nom: str, effectif: int | None, version: int, by: Acteur) -> None:
    """Rename a class or correct its number of pupils."""
    require(by, Droit.ECRIRE)
    classe = _a_jour(session, id, version)
    _nommer(session, classe, nom=nom, effectif=effectif)
    if session.is_modified(classe):
        session.add(classe)
        session.flush()
        _noter(session, by, "modifier_classe", classe, "classe modifiée,")


def supprimer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Delete a class that never had a séance."""
    require(by, Droit.ECRIRE)
    classe = _a_jour(session, id, version)
    if session.exec(select(Seance.id).where(Seance.classe_id == id)).first() is not None:
        raise Invalid({"": f"La classe « {classe.nom} » a des séances : elle ne peut pas être supprimée."})
    p = session.get_one(Participation, classe.participation_id)
    resume = participations.phrase(session, p, f"classe supprimée, {classe.nom}")
    operations.retirer(session, classe, acte="classe.supprimer", resume=resume, by=by)
