"""Filters of a screen kept under a name: what its address held, for oneself or for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session, col, or_, select

from models import Agent, FiltreGarde
from services.socle import journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Forbidden, Invalid
from services.socle.texte import clean, folded

NOM_MAX = 60
_PARAMETRES_MAX = 2000


@dataclass(frozen=True)
class FiltreVu:
    """A kept filter as `by` sees it. `agent` is who shares it, "" for one's own."""

    id: int
    nom: str
    parametres: dict[str, str]
    partage: bool
    agent: str
    supprimable: bool


def liste(session: Session, *, ecran: str, by: Acteur) -> list[FiltreVu]:
    """One's own, and those that colleagues share, by name."""
    rows = session.exec(
        select(FiltreGarde, Agent.nom)
        .join(Agent, col(Agent.id) == FiltreGarde.agent_id)
        .where(FiltreGarde.ecran == ecran, or_(col(FiltreGarde.partage), FiltreGarde.agent_id == by.id))
    ).all()
    vus = [
        FiltreVu(
            id=f.id,
            nom=f.nom,
            parametres=dict(parse_qsl(f.parametres)),
            partage=f.partage,
            agent="" if f.agent_id == by.id else agent,
            supprimable=_peut_supprimer(f, by),
        )
        for f, agent in rows
    ]
    return sorted(vus, key=lambda f: (folded(f.nom), f.id))


def garder(
    session: Session, *, ecran: str, nom: str, parametres: Mapping[str, str], partage: bool = False, by: Acteur
) -> int:
    """Keep a filter under a name; the same one kept twice is one.

    Raises:
        Duplicate: another filter of this agent has that name on that screen.
        Invalid: no name, or too long.
    """
    require(by, Droit.ECRIRE)
    if by.id is None:
        raise Forbidden("Un filtre se garde depuis un compte. Connectez-vous, puis recommencez.")
    nom, texte = clean(nom), urlencode({cle: valeur for cle, valeur in parametres.items() if valeur})
    if not folded(nom):
        raise Invalid({"nom": "Donnez un nom à ce filtre."})
    if len(nom) > NOM_MAX:
        raise Invalid({"nom": f"Raccourcissez le nom : {NOM_MAX} caractères au plus."})
    if len(texte) > _PARAMETRES_MAX:
        raise Invalid({"nom": "Cette recherche est trop longue pour être gardée. Raccourcissez-la."})
    miens = session.exec(select(FiltreGarde).where(FiltreGarde.agent_id == by.id, FiltreGarde.ecran == ecran)).all()
    deja = next((f for f in miens if folded(f.nom) == folded(nom)), None)
    if deja is not None and (deja.parametres, deja.partage) == (texte, partage):
        return deja.id
    if deja is not None:
        raise Duplicate(
            f"Vous avez déjà un filtre « {deja.nom} ». Donnez un autre nom, ou supprimez l’ancien.", champ="nom"
        )
    row = FiltreGarde(nom=nom, ecran=ecran, parametres=texte, agent_id=by.id, partage=partage)
    session.add(row)
    session.flush()
    pour = "pour tous" if partage else "pour soi"
    _noter(session, by, "garder", row, f"Filtre gardé {pour} : {nom}")
    return row.id


def supprimer(session: Session, *, id: int, by: Acteur) -> None:
    """Forget a kept filter. Gone already: nothing to do.

    Raises:
        Forbidden: another agent's; the responsable may delete those that are shared.
    """
    require(by, Droit.ECRIRE)
    row = session.get(FiltreGarde, id)
    if row is None:
        return
    if not _peut_supprimer(row, by):
        raise Forbidden(
            "Ce filtre est celui d’un collègue : demandez-lui, ou à la personne responsable, de le supprimer."
        )
    session.delete(row)
    session.flush()
    _noter(session, by, "supprimer", row, f"Filtre supprimé : {row.nom}")


def _peut_supprimer(f: FiltreGarde, by: Acteur) -> bool:
    return f.agent_id == by.id or (f.partage and by.peut(Droit.COMPTES))


def _noter(session: Session, by: Acteur, acte: str, row: FiltreGarde, resume: str) -> None:
    journal.note(session, by=by, acte=acte, objet="filtre_garde", objet_id=row.id, resume=resume)
