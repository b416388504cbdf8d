"""Who chairs: an élu·e, for a time, over all cellules de veille, those of a secteur, or one instance.

Read at the date of each meeting. What is written up keeps who chaired it (`Reunion.presidee_par`): a change made today
rewrites no relevé.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models import Agent, Instance, Presidence, Reunion, SecteurVeille
from models.lists import ETATS_REUNION_SAISIE, TypeReunion
from services.socle import brouillons, chargement, journal, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.texte import clean, folded

NOM_MAX, QUALITE_MAX, QUI_MAX = 120, 160, 290
TOUTES = "Toutes les cellules de veille"
ANNEES = (2000, 2099)


@dataclass(frozen=True)
class PresidenceVue:
    """Who chairs what, and when; `fin` None: until further notice. `portee` is ready to print."""

    id: int
    nom: str
    qualite: str
    agent_id: int | None
    agent: str
    secteur_id: int | None
    instance_id: int | None
    portee: str
    interim: bool
    debut: date
    fin: date | None
    version: int

    @property
    def periode(self) -> str:
        """depuis le lundi 2 mars 2026, or both ends."""
        return _periode(self.debut, self.fin)


@dataclass(frozen=True)
class Saisie:
    """What the form holds. At most one of `secteur_id` and `instance_id`; neither: all cellules de veille."""

    nom: str = ""
    qualite: str = ""
    agent_id: int | None = None
    secteur_id: int | None = None
    instance_id: int | None = None
    interim: bool = False
    debut: date | None = None
    fin: date | None = None


# --- queries --------------------------------------------------------------------------------------------------------


def liste(session: Session) -> list[PresidenceVue]:
    """All of them, the latest to begin first."""
    rows = session.exec(
        select(Presidence, Agent.nom, SecteurVeille.nom, Instance.nom)
        .outerjoin(Agent, col(Agent.id) == Presidence.agent_id)
        .outerjoin(SecteurVeille, col(SecteurVeille.id) == Presidence.secteur_id)
        .outerjoin(Instance, col(Instance.id) == Presidence.instance_id)
        .order_by(col(Presidence.debut).desc(), col(Presidence.id).desc())
    ).all()
    return [
        PresidenceVue(
            id=p.id,
            nom=p.nom,
            qualite=p.qualite,
            agent_id=p.agent_id,
            agent=agent or "",
            secteur_id=p.secteur_id,
            instance_id=p.instance_id,
            portee=instance or (f"Cellules de veille, secteur {secteur}" if secteur else TOUTES),
            interim=p.interim,
            debut=p.debut,
            fin=p.fin,
            version=p.version,
        )
        for p, agent, secteur, instance in rows
    ]


def qui_preside(session: Session, *, reunion_id: int) -> str:
    """Who chairs a meeting, as it is printed: « Mme Claire Exemple, adjointe au maire, par intérim »; "" if nobody."""
    return qui_president(session, ids=[reunion_id]).get(reunion_id, "")


def qui_president(session: Session, *, ids: Collection[int]) -> dict[int, str]:
    """The same for many meetings; those nobody chairs are left out."""
    rows = session.exec(
        select(Reunion, Instance.secteur_id)
        .outerjoin(Instance, col(Instance.id) == Reunion.instance_id)
        .where(col(Reunion.id).in_(ids))
    ).all()
    if all(r.presidee_par is not None for r, _ in rows):
        return {r.id: r.presidee_par for r, _ in rows if r.presidee_par}
    toutes = session.exec(select(Presidence)).all()
    dites = {
        r.id: r.presidee_par if r.presidee_par is not None else _dite(_en_charge(toutes, r, secteur_id))
        for r, secteur_id in rows
    }
    return {id: qui for id, qui in dites.items() if qui}


def en_charge(session: Session, *, reunion: Reunion) -> str:
    """Who chairs such a meeting that day, whatever was said on the meeting itself."""
    instance = session.get(Instance, reunion.instance_id) if reunion.instance_id else None
    toutes = session.exec(select(Presidence)).all()
    return _dite(_en_charge(toutes, reunion, instance.secteur_id if instance else None))


def de_l_agent(session: Session, *, agent_id: int | None) -> list[Presidence]:
    """The periods during which this account chairs, past and to come."""
    if not agent_id:
        return []
    siennes = select(Presidence).where(Presidence.agent_id == agent_id)
    return list(session.exec(siennes.order_by(col(Presidence.debut), col(Presidence.id))).all())


def presidees(session: Session, *, agent_id: int, rows: Sequence[tuple[Reunion, int | None]]) -> list[Reunion]:
    """Of these meetings (each with its secteur), those this account chairs: in charge that day, nobody else named."""
    toutes = session.exec(select(Presidence)).all()
    siennes = []
    for reunion, secteur_id in rows:
        qui = _en_charge(toutes, reunion, secteur_id)
        if qui and qui.agent_id == agent_id and reunion.presidee_par in (None, _dite(qui)):
            siennes.append(reunion)
    return siennes


def sous_la_presidence(qui: str) -> str:
    """Sous la présidence de Mme Claire Exemple, adjointe au maire; "" for nobody."""
    if not qui:
        return ""
    for article, contracte in (("le ", "du "), ("les ", "des ")):
        if qui.lower().startswith(article):
            return f"Sous la présidence {contracte}{qui[len(article) :]}"
    elide = re.match(r"[aeiouh]|y[^aeiou]", folded(qui))
    return f"Sous la présidence d’{qui}" if elide else f"Sous la présidence de {qui}"


# --- commands -------------------------------------------------------------------------------------------------------


def creer(session: Session, *, saisie: Saisie, jeton: str, by: Acteur) -> int:
    """Say who chairs, from when, and what.

    Raises:
        Invalid: a field is missing or wrong, or somebody already chairs there at these dates.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    _retenir_le_passe(session)
    row = Presidence(nom="", debut=date.min)
    _remplir(session, row, saisie)
    session.add(row)
    session.flush()
    _noter(session, by, "creer", row, "Présidence ajoutée")
    brouillons.consommer(session, jeton=jeton, objet="presidence", objet_id=row.id)
    return row.id


def modifier(session: Session, *, id: int, saisie: Saisie, version: int, by: Acteur) -> None:
    """Change it, for the meetings not written up yet.

    Raises:
        Conflict: a colleague changed it since `version` was read.
        Invalid: a field is wrong, or somebody already chairs there at these dates.
        NotFound: it is gone.
    """
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    _retenir_le_passe(session)
    _remplir(session, row, saisie)
    if session.is_modified(row):
        session.add(row)
        session.flush()
        _noter(session, by, "modifier", row, "Présidence modifiée")


def supprimer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take out what was entered by mistake; relevés already written keep who chaired."""
    require(by, Droit.ECRIRE)
    row = _a_jour(session, id, version)
    _retenir_le_passe(session)
    session.delete(row)
    session.flush()
    _noter(session, by, "supprimer", row, "Présidence retirée")


def retenir(session: Session, *, reunion: Reunion, definitif: bool = False) -> None:
    """A meeting is written up: keep with it who chaired it. `definitif`: even nobody, for its relevé is validated."""
    if reunion.presidee_par is None:
        reunion.presidee_par = en_charge(session, reunion=reunion) or ("" if definitif else None)


# --- inside ---------------------------------------------------------------------------------------------------------


def _en_charge(toutes: Sequence[Presidence], reunion: Reunion, secteur_id: int | None) -> Presidence | None:
    """Réunions techniques and others have no président unless one is given to their instance. An intérim comes first,
    then what is said most closely: the instance, its secteur, all cellules."""
    possibles = [
        p
        for p in toutes
        if _couvre(p, reunion.debut)
        and (
            p.instance_id == reunion.instance_id
            if p.instance_id
            else reunion.type is TypeReunion.CELLULE and p.secteur_id in (None, secteur_id)
        )
    ]
    return max(
        possibles,
        key=lambda p: (p.interim, p.instance_id is not None, p.secteur_id is not None, p.debut, p.id),
        default=None,
    )


def _couvre(p: Presidence, quand: datetime) -> bool:
    return p.debut <= quand.date() <= (p.fin or date.max)


def _dite(p: Presidence | None) -> str:
    return ", ".join(x for x in (p.nom, p.qualite, "par intérim" if p.interim else "") if x) if p else ""


def _periode(debut: date, fin: date | None) -> str:
    if fin is None:
        return f"depuis le {temps.jour_long(debut)}"
    return f"du {temps.jour_long(debut)} au {temps.jour_long(fin)}"


def _a_jour(session: Session, id: int, version: int) -> Presidence:
    row = chargement.charger(session, Presidence, id)

    def actuel(row: Presidence) -> dict[str, str]:
        vue = next(p for p in liste(session) if p.id == row.id)
        return {
            "nom": vue.nom,
            "qualite": vue.qualite,
            "portee": vue.portee,
            "agent_id": vue.agent,
            "debut": f"{vue.debut:%d/%m/%Y}",
            "fin": f"{vue.fin:%d/%m/%Y}" if vue.fin else "",
            "interim": "Oui" if vue.interim else "Non",
        }

    chargement.exiger_a_jour(row, version, actuel, quoi=f"la présidence de {row.nom}")
    return row


def _remplir(session: Session, row: Presidence, s: Saisie) -> None:
    """Check every field, then write them in the row."""
    compte = session.get(Agent, s.agent_id) if s.agent_id else None
    nom = clean(s.nom) or (compte.nom if compte else "")
    qualite = clean(s.qualite)
    erreurs = {}
    if not nom:
        erreurs["nom"] = "Dites qui préside, par exemple « Mme Claire Exemple »."
    elif len(nom) > NOM_MAX:
        erreurs["nom"] = f"Raccourcissez : {NOM_MAX} caractères au plus."
    if len(qualite) > QUALITE_MAX:
        erreurs["qualite"] = f"Raccourcissez : {QUALITE_MAX} caractères au plus."
    if s.agent_id and compte is None:
        erreurs["agent_id"] = "Ce compte n’existe plus. Choisissez-en un autre."
    if s.debut is None:
        erreurs["debut"] = "Choisissez le premier jour."
    elif not all(ANNEES[0] <= j.year <= ANNEES[1] for j in (s.debut, s.fin or s.debut)):
        erreurs["debut"] = f"Choisissez des dates entre {ANNEES[0]} et {ANNEES[1]}."
    elif s.fin and s.fin < s.debut:
        erreurs["fin"] = "Le dernier jour doit venir après le premier."
    if (s.secteur_id and s.instance_id) or not _portee_connue(session, s):
        erreurs["portee"] = "Ce qui est présidé n’existe plus. Choisissez dans la liste."
    if erreurs or s.debut is None:
        raise Invalid(erreurs)
    if autre := _deja(session, row.id, s, s.debut):
        quoi = "y assure déjà l’intérim" if s.interim else "y préside déjà"
        remede = "Donnez-lui d’abord un dernier jour" if autre.fin is None else "Choisissez d’autres dates"
        interim = "" if s.interim else ", ou cochez « Par intérim » pour un remplacement"
        raise Invalid({"debut": f"{autre.nom} {quoi} {_periode(autre.debut, autre.fin)}. {remede}{interim}."})
    row.nom, row.qualite, row.agent_id = nom, qualite, s.agent_id
    row.secteur_id, row.instance_id, row.interim = s.secteur_id, s.instance_id, s.interim
    row.debut, row.fin = s.debut, s.fin


def _portee_connue(session: Session, s: Saisie) -> bool:
    return (s.secteur_id is None or session.get(SecteurVeille, s.secteur_id) is not None) and (
        s.instance_id is None or session.get(Instance, s.instance_id) is not None
    )


def _deja(session: Session, sauf: int | None, s: Saisie, debut: date) -> Presidence | None:
    """Whoever holds the same thing, in the same way, on one of these days."""
    with session.no_autoflush:
        rows = session.exec(
            select(Presidence)
            .where(
                col(Presidence.secteur_id).is_not_distinct_from(s.secteur_id),
                col(Presidence.instance_id).is_not_distinct_from(s.instance_id),
                Presidence.interim == s.interim,
                Presidence.debut <= (s.fin or date.max),
                col(Presidence.fin).is_(None) | (col(Presidence.fin) >= debut),
            )
            .order_by(col(Presidence.debut))
        ).all()
    return next((p for p in rows if p.id != sauf), None)


def _retenir_le_passe(session: Session) -> None:
    """Before a change: what is written up keeps who is in charge until now."""
    for reunion in session.exec(
        select(Reunion).where(col(Reunion.presidee_par).is_(None), col(Reunion.etat).in_(ETATS_REUNION_SAISIE))
    ).all():
        retenir(session, reunion=reunion)


def _noter(session: Session, by: Acteur, acte: str, row: Presidence, quoi: str) -> None:
    qui = f"{_dite(row)} ({_periode(row.debut, row.fin)})"
    journal.note(session, by=by, acte=acte, objet="presidence", objet_id=row.id, resume=f"{quoi} : {qui}")
