"""Points "à inscrire": noted before any meeting, from a call or a letter; they wait for their instance's next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from models import Agent, Instance, Origine, Point, PointPartenaire, Quartier, Reunion, Theme
from services.commun import operations
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, first_words

LIEU_MAX = 200
TEXTE_MAX = 2000


@dataclass(frozen=True)
class PointVu:
    """A point as screens show it."""

    id: int
    instance_id: int | None
    instance: str
    theme_id: int
    theme: str
    quartier_id: int | None
    quartier: str
    lieu: str
    note: str
    origine_id: int | None
    origine: str
    reponse: str
    texte_public: str
    version: int
    cree_le: datetime
    cree_par: str = ""


# --- queries -------------------------------------------------------------------------------------------------------


def a_inscrire(session: Session, *, instance_id: int | None = None) -> list[PointVu]:
    """The points that wait for a meeting, by instance, the oldest first."""
    query = _select().where(col(Point.reunion_id).is_(None))
    if instance_id is not None:
        query = query.where(Point.instance_id == instance_id)
    return _vues(session, query)


def en_attente_alors(session: Session, *, instance_id: int, debut: datetime, instant: datetime) -> list[PointVu]:
    """The points that waited in an instance when a meeting began there (`debut`, civil time; `instant`, the same):
    noted before it, taken by no earlier one."""
    return _vues(
        session,
        _select()
        .join(Reunion, col(Reunion.id) == Point.reunion_id, isouter=True)
        .where(
            Point.instance_id == instance_id,
            Point.cree_le <= instant,
            col(Reunion.id).is_(None) | (col(Reunion.debut) >= debut),
        ),
    )


def _select() -> Any:
    return (
        select(Point, Instance.nom, Theme.libelle, Quartier.nom, Origine.libelle, Agent.nom)  # type: ignore[call-overload]
        .join(Theme, col(Theme.id) == Point.theme_id)
        .join(Instance, col(Instance.id) == Point.instance_id, isouter=True)
        .join(Quartier, col(Quartier.id) == Point.quartier_id, isouter=True)
        .join(Origine, col(Origine.id) == Point.origine_id, isouter=True)
        .join(Agent, col(Agent.id) == Point.cree_par, isouter=True)
        .order_by(Instance.nom, col(Point.cree_le), col(Point.id))
    )


def _vues(session: Session, query: Any) -> list[PointVu]:
    return [
        PointVu(
            id=p.id,
            instance_id=p.instance_id,
            instance=instance or "",
            theme_id=p.theme_id,
            theme=theme,
            quartier_id=p.quartier_id,
            quartier=quartier or "",
            lieu=p.lieu,
            note=p.note,
            origine_id=p.origine_id,
            origine=origine or "",
            reponse=p.reponse,
            texte_public=p.texte_public,
            version=p.version,
            cree_le=p.cree_le,
            cree_par=agent or "",
        )
        for p, instance, theme, quartier, origine, agent in session.exec(query).all()
    ]


def nombre_a_inscrire(session: Session) -> int:
    """How many points wait for a meeting."""
    return session.exec(select(func.count()).select_from(Point).where(col(Point.reunion_id).is_(None))).one()


def themes_vraisemblables(
    session: Session,
    *,
    instance_id: int | None,
    quartier_ids: Sequence[int] = (),
    completes: bool = False,
    limite: int = 8,
) -> list[int]:
    """Themes by how often they came: in this instance first, then in its quartiers, then anywhere.

    Args:
        completes: without enough history, the first theme of each heading completes them.
    """
    poids = func.sum(
        case((col(Point.instance_id) == instance_id, 9), (col(Point.quartier_id).in_(quartier_ids), 4), else_=1)
    )
    connus = session.exec(
        select(Point.theme_id)
        .join(Theme, col(Theme.id) == Point.theme_id)
        .where(col(Theme.archive).is_(False))
        .group_by(col(Point.theme_id))
        .order_by(poids.desc(), col(Point.theme_id))
        .limit(limite)
    ).all()
    if not completes:
        return list(connus)
    premiers = select(func.min(Theme.ordre)).where(col(Theme.archive).is_(False)).group_by(col(Theme.rubrique))
    typiques = session.exec(select(Theme.id).where(col(Theme.ordre).in_(premiers)).order_by(col(Theme.ordre))).all()
    return list(dict.fromkeys([*connus, *(t for t in typiques if t)]))[:limite]


# --- commands ------------------------------------------------------------------------------------------------------


def _verifier(
    session: Session,
    *,
    instance_id: int | None,
    theme_id: int | None,
    quartier_id: int | None,
    lieu: str,
    note: str,
    origine_id: int | None,
    avant: Point | None = None,
) -> tuple[str, str]:
    """The cleaned place and note. An archived choice is refused, unless the point already had it.

    Raises:
        Invalid: one sentence per field.
    """
    lieu, note = clean(lieu), clean(note, lignes=True)
    erreurs: dict[str, str] = {}
    instance = session.get(Instance, instance_id) if instance_id is not None else None
    if instance is None or (instance.archive and (avant is None or avant.instance_id != instance_id)):
        erreurs["instance_id"] = "Choisissez l’instance qui en parlera."
    theme = session.get(Theme, theme_id) if theme_id is not None else None
    if theme is None or (theme.archive and (avant is None or avant.theme_id != theme_id)):
        erreurs["theme_id"] = "Choisissez un thème."
    if quartier_id is not None:
        quartier = session.get(Quartier, quartier_id)
        if quartier is None or (quartier.archive and (avant is None or avant.quartier_id != quartier_id)):
            erreurs["quartier_id"] = "Choisissez un quartier de la liste."
    if origine_id is not None:
        origine = session.get(Origine, origine_id)
        if origine is None or (origine.archive and (avant is None or avant.origine_id != origine_id)):
            erreurs["origine_id"] = "Choisissez une origine de la liste."
    if len(lieu) > LIEU_MAX:
        erreurs["lieu"] = f"Raccourcissez le lieu : {LIEU_MAX} caractères au plus, il en compte {len(lieu)}."
    if len(note) > TEXTE_MAX:
        erreurs["note"] = f"Raccourcissez la note : {TEXTE_MAX} caractères au plus, elle en compte {len(note)}."
    if erreurs:
        raise Invalid(erreurs)
    return lieu, note


def noter(
    session: Session,
    *,
    instance_id: int | None,
    theme_id: int | None,
    quartier_id: int | None,
    lieu: str,
    note: str,
    origine_id: int | None,
    jeton: str,
    by: Acteur,
) -> int:
    """Note a point for the next meeting of an instance."""
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    lieu, note = _verifier(
        session,
        instance_id=instance_id,
        theme_id=theme_id,
        quartier_id=quartier_id,
        lieu=lieu,
        note=note,
        origine_id=origine_id,
    )
    point = Point(
        instance_id=instance_id,
        theme_id=theme_id or 0,
        quartier_id=quartier_id,
        lieu=lieu,
        note=note,
        origine_id=origine_id,
        cree_le=utcnow(),
        cree_par=by.id,
    )
    session.add(point)
    session.flush()
    journal.note(session, by=by, acte="noter", objet="point", objet_id=point.id, resume=_resume(session, point, "noté"))
    brouillons.consommer(session, jeton=jeton, objet="point", objet_id=point.id)
    return point.id


def _resume(session: Session, point: Point, verbe: str) -> str:
    """A journal line that says the theme, never the note."""
    theme = session.get(Theme, point.theme_id)
    instance = session.get(Instance, point.instance_id) if point.instance_id is not None else None
    ou = f" pour « {instance.nom} »" if instance else ""
    return f"Point « {first_words([theme.libelle if theme else ''])} » {verbe}{ou}"


def _a_jour(session: Session, id: int, version: int) -> Point:
    point = chargement.charger(session, Point, id)
    if point.reunion_id is not None:
        raise Conflict("Ce point est déjà inscrit à une réunion : corrigez-le dans le relevé de celle-ci.")

    def actuel(_: Point) -> dict[str, str]:
        (vu,) = _vues(session, _select().where(Point.id == id))
        champs = ("instance", "theme", "quartier", "lieu", "origine", "note")
        return {champ: getattr(vu, champ) for champ in champs}

    chargement.exiger_a_jour(point, version, actuel)
    return point


def modifier(
    session: Session,
    *,
    id: int,
    version: int,
    instance_id: int | None,
    theme_id: int | None,
    quartier_id: int | None,
    lieu: str,
    note: str,
    origine_id: int | None,
    jeton: str | None = None,
    by: Acteur,
) -> None:
    """Change a point that still waits for its meeting. `jeton` is that of the form, spent once it is written."""
    require(by, Droit.ECRIRE)
    if jeton is not None and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    point = _a_jour(session, id, version)
    lieu, note = _verifier(
        session,
        instance_id=instance_id,
        theme_id=theme_id,
        quartier_id=quartier_id,
        lieu=lieu,
        note=note,
        origine_id=origine_id,
        avant=point,
    )
    if jeton is not None:
        brouillons.consommer(session, jeton=jeton, objet="point", objet_id=id)
    voulu = (instance_id, theme_id, quartier_id, lieu, note, origine_id)
    if voulu == (point.instance_id, point.theme_id, point.quartier_id, point.lieu, point.note, point.origine_id):
        return
    point.instance_id, point.theme_id, point.quartier_id = instance_id, theme_id or 0, quartier_id
    point.lieu, point.note, point.origine_id = lieu, note, origine_id
    session.add(point)
    session.flush()
    resume = _resume(session, point, "modifié")
    journal.note(session, by=by, acte="modifier", objet="point", objet_id=point.id, resume=resume)


def retirer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Withdraw a point that no meeting has seen: nothing refers to it, so it goes."""
    require(by, Droit.ECRIRE)
    point = _a_jour(session, id, version)
    concernes = session.exec(select(PointPartenaire).where(PointPartenaire.point_id == id)).all()
    resume = _resume(session, point, "retiré")
    operations.retirer(session, *concernes, point, acte="point.retirer", resume=resume, by=by)
