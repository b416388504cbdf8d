"""The lists that staff edit: themes, categories, origins, places, secteurs and quartiers. Archived, never deleted."""

from dataclasses import dataclass, fields
from enum import StrEnum

from sqlmodel import Session, col, func, select

from models import (
    Categorie,
    Instance,
    InstanceQuartier,
    Lieu,
    Origine,
    Partenaire,
    Point,
    Quartier,
    Reunion,
    SecteurVeille,
    Theme,
)
from services.socle.texte import folded


class Famille(StrEnum):
    """One list. The value is the name of the object in the journal."""

    THEME = "theme"
    CATEGORIE = "categorie"
    ORIGINE = "origine"
    LIEU = "lieu"
    SECTEUR = "secteur"
    QUARTIER = "quartier"


@dataclass(frozen=True)
class ThemeVu:
    """A theme of points; `recherche` is folded."""

    id: int
    libelle: str
    rubrique: str
    recherche: str
    archive: bool = False
    version: int = 1


@dataclass(frozen=True)
class CategorieVu:
    """A family of partenaires."""

    id: int
    nom: str
    archive: bool = False
    version: int = 1


@dataclass(frozen=True)
class OrigineVu:
    """Where a point comes from."""

    id: int
    libelle: str
    archive: bool = False
    version: int = 1


@dataclass(frozen=True)
class LieuVu:
    """A room where meetings are held, and whom to ask for it."""

    id: int
    nom: str
    adresse: str
    capacite: int | None
    archive: bool = False
    version: int = 1
    contact: str = ""
    telephone: str = ""
    courriel: str = ""


@dataclass(frozen=True)
class SecteurVu:
    """A secteur de veille; `a_valider` until staff confirm it."""

    id: int
    nom: str
    a_valider: bool
    archive: bool = False
    version: int = 1
    source: str = ""


@dataclass(frozen=True)
class QuartierVu:
    """A quartier and the secteur it stands in."""

    id: int
    nom: str
    secteur_id: int
    archive: bool = False
    version: int = 1


# --- queries ---------------------------------------------------------------------------------------------------------


def themes(session: Session, *, archives: bool = False) -> list[ThemeVu]:
    """Themes, heading by heading; the archived ones too if `archives`."""
    query = select(Theme).order_by(col(Theme.ordre), col(Theme.id))
    rows = session.exec(query if archives else query.where(col(Theme.archive).is_(False))).all()
    rang: dict[str, int] = {}
    for row in rows:
        rang.setdefault(row.rubrique, len(rang))
    return [
        ThemeVu(t.id, t.libelle, t.rubrique, t.recherche, t.archive, t.version)
        for t in sorted(rows, key=lambda t: rang[t.rubrique])  # stable: a theme added later joins its heading
    ]


def rubriques(session: Session) -> list[str]:
    """The headings in use, in order."""
    return list(dict.fromkeys(t.rubrique for t in themes(session)))


def categories(session: Session, *, archives: bool = False) -> list[CategorieVu]:
    """Categories of partenaires, by name."""
    query = select(Categorie)
    rows = session.exec(query if archives else query.where(col(Categorie.archive).is_(False))).all()
    vues = [CategorieVu(c.id, c.nom, c.archive, c.version) for c in rows]
    return sorted(vues, key=lambda c: folded(c.nom))


def origines(session: Session, *, archives: bool = False) -> list[OrigineVu]:
    """Origins of points, in the staff's order."""
    query = select(Origine).order_by(col(Origine.ordre), col(Origine.id))
    rows = session.exec(query if archives else query.where(col(Origine.archive).is_(False))).all()
    return [OrigineVu(o.id, o.libelle, o.archive, o.version) for o in rows]


def lieux(session: Session, *, archives: bool = False) -> list[LieuVu]:
    """Meeting places, by name."""
    query = select(Lieu)
    rows = session.exec(query if archives else query.where(col(Lieu.archive).is_(False))).all()
    vues = [LieuVu(**{f.name: getattr(x, f.name) for f in fields(LieuVu)}) for x in rows]
    return sorted(vues, key=lambda x: folded(x.nom))


def secteurs(session: Session, *, archives: bool = False) -> list[SecteurVu]:
    """Secteurs de veille, by name."""
    query = select(SecteurVeille)
    rows = session.exec(query if archives else query.where(col(SecteurVeille.archive).is_(False))).all()
    vues = [SecteurVu(s.id, s.nom, s.a_valider, s.archive, s.version, s.source) for s in rows]
    return sorted(vues, key=lambda s: folded(s.nom))


def quartiers(session: Session, *, secteur_id: int | None = None, archives: bool = False) -> list[QuartierVu]:
    """Quartiers, by name; those of one secteur if asked."""
    query = select(Quartier)
    if secteur_id is not None:
        query = query.where(Quartier.secteur_id == secteur_id)
    rows = session.exec(query if archives else query.where(col(Quartier.archive).is_(False))).all()
    vues = [QuartierVu(q.id, q.nom, q.secteur_id, q.archive, q.version) for q in rows]
    return sorted(vues, key=lambda q: folded(q.nom))


def instances_du_quartier(session: Session, *, quartier_id: int) -> list[str]:
    """Names of the live instances that cover a quartier: to be looked at when it moves to another secteur."""
    return list(
        session.exec(
            select(Instance.nom)
            .join(InstanceQuartier, col(InstanceQuartier.instance_id) == Instance.id)
            .where(InstanceQuartier.quartier_id == quartier_id, col(Instance.archive).is_(False))
            .order_by(Instance.nom)
        ).all()
    )


def emplois(session: Session, *, famille: Famille) -> dict[int, int]:
    """How many objects use each row of a list: what the screen shows before one archives."""
    colonne = {
        Famille.THEME: Point.theme_id,
        Famille.CATEGORIE: Partenaire.categorie_id,
        Famille.ORIGINE: Point.origine_id,
        Famille.LIEU: Reunion.lieu_id,
        Famille.SECTEUR: Quartier.secteur_id,
        Famille.QUARTIER: Point.quartier_id,
    }[famille]
    query = select(colonne, func.count()).where(col(colonne).is_not(None)).group_by(col(colonne))
    if famille is Famille.SECTEUR:
        query = query.where(col(Quartier.archive).is_(False))
    return {i: n for i, n in session.exec(query).all() if i is not None}
