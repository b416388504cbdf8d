"""What the public may read of a cellule de veille. Its own queries take only what was written for the public:
organisations and no person but the élu·e who chairs, no note, no answer, no action, no place or origin of a point.

Tests: tests/services/releves/test_versions_releve.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from models import Instance, Lieu, Partenaire, Point, Presence, Reunion, SecteurVeille, Theme, VersionReleve
from models import Releve as VieReleve
from models.lists import ETATS_PRESENCE_VENU, ETATS_REUNION_SAISIE, EtatReleve, EtatReunion, TypeReunion
from services.agenda import presidences
from services.convocation.dossier import EnTete, entete
from services.releves.lecture import par_theme
from services.socle import chargement, vigilance
from services.socle.erreurs import Conflict

SEUIL = 5  # below it, a number of people is not given
RIEN = "Une {} ne publie rien : seule une cellule de veille a un relevé public."
_PAS_SAISIE = "Cette réunion n’est pas encore saisie : elle n’a pas de relevé à publier."
_PAS_VALIDE = "Validez d’abord ce relevé : sa version publique se télécharge ensuite."
_PAS_INVITES = "Les habitants ne sont invités qu’aux cellules de veille."


@dataclass(frozen=True)
class PointPublic:
    """A point in its public wording, under the heading of its theme."""

    rubrique: str
    texte: str


@dataclass(frozen=True)
class RelevePublic:
    """A public relevé. `habitants` is ready to print, "" if they were not counted. `alertes`: what looks personal.
    `version` says which one it replaces, "" for the first. Kept as JSON: a field added needs a default.
    """

    titre: str
    debut: datetime
    presents: list[str]
    habitants: str
    points: list[PointPublic]
    alertes: list[str]
    numero: int = 1
    version: str = ""
    presidence: str = ""


@dataclass(frozen=True)
class Invitation:
    """What residents are told of a cellule to come; `texte` in the instance's own words, "" for the usual ones."""

    titre: str
    debut: datetime
    fin: datetime
    lieu: str
    adresse: str
    presidence: str
    texte: str
    entete: EnTete
    alertes: list[str]


def lire(session: Session, *, reunion_id: int, apercu: bool = False) -> RelevePublic:
    """The public relevé of a cellule de veille: that of the version sent last, or once validated, before any was;
    `apercu`: as the relevé in hand would make it.

    Raises:
        Conflict: this meeting publishes nothing, or nothing yet.
        NotFound: no such meeting.
    """
    cellule = _cellule(session, reunion_id, RIEN)
    if cellule.etat not in ETATS_REUNION_SAISIE:
        raise Conflict(_PAS_SAISIE)
    if not apercu and (envoyee := _envoyees(session, [reunion_id]).get(reunion_id)):
        return envoyee
    vie = session.exec(select(VieReleve.etat).where(VieReleve.reunion_id == reunion_id)).first()
    if not apercu and vie in (None, EtatReleve.PROJET):
        raise Conflict(_PAS_VALIDE)
    (releve,) = _releves(session, {reunion_id: (cellule.titre, cellule.debut)})
    return releve


def du_secteur(session: Session, *, secteur_id: int, annee: int) -> list[RelevePublic]:
    """The public relevés of a secteur's year, those sent or validated, in order."""
    rows = session.exec(
        select(Reunion.id, Reunion.debut, VieReleve.etat)
        .join(Instance, col(Instance.id) == Reunion.instance_id)
        .join(VieReleve, col(VieReleve.reunion_id) == Reunion.id)
        .where(
            Reunion.type == TypeReunion.CELLULE,
            col(Reunion.etat).in_(ETATS_REUNION_SAISIE),
            Instance.secteur_id == secteur_id,
            Reunion.debut >= datetime.combine(date(annee, 1, 1), time()),
            Reunion.debut < datetime.combine(date(annee + 1, 1, 1), time()),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    envoyees = _envoyees(session, [id or 0 for id, _, _ in rows])
    titre = _titre(session, secteur_id)
    valides = {id: (titre, debut) for id, debut, etat in rows if id not in envoyees and etat is not EtatReleve.PROJET}
    lus = dict(zip(valides, _releves(session, {id or 0: x for id, x in valides.items()}), strict=True)) | envoyees
    return [lus[id] for id, _, _ in rows if id in lus]


def figer(session: Session, *, reunion_id: int, numero: int, version: str) -> str:
    """The public relevé as text, to be kept with the version that is sent; "" for a meeting that publishes nothing."""
    if session.exec(select(Reunion.type).where(Reunion.id == reunion_id)).one() != TypeReunion.CELLULE:
        return ""
    public = replace(lire(session, reunion_id=reunion_id, apercu=True), numero=numero, version=version)
    return _FORME.dump_json(public).decode()


def invitation(session: Session, *, reunion_id: int) -> Invitation:
    """The invitation of residents to a cellule de veille.

    Raises:
        Conflict: residents are not invited to that kind of meeting.
        NotFound: no such meeting.
    """
    cellule = _cellule(session, reunion_id, _PAS_INVITES)
    lieu, adresse = session.exec(
        select(Lieu.nom, Lieu.adresse).join(Reunion, col(Reunion.lieu_id) == Lieu.id).where(Reunion.id == reunion_id)
    ).first() or ("", "")
    texte = cellule.texte_invitation
    return Invitation(
        titre=cellule.titre,
        debut=cellule.debut,
        fin=cellule.fin,
        lieu=lieu,
        adresse=adresse,
        presidence=presidences.qui_preside(session, reunion_id=reunion_id),
        texte=texte,
        entete=entete(session),
        alertes=vigilance.avertissements(texte),
    )


# --- inside ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cellule:
    titre: str
    debut: datetime
    fin: datetime
    etat: EtatReunion
    texte_invitation: str


def _cellule(session: Session, reunion_id: int, refus: str) -> _Cellule:
    """What of a cellule de veille is public; any other meeting is refused."""
    row = session.exec(
        select(Reunion.type, Reunion.debut, Reunion.fin, Reunion.etat).where(Reunion.id == reunion_id)
    ).first()
    if row is None:
        raise chargement.introuvable(Reunion)
    type, debut, fin, etat = row
    if type != TypeReunion.CELLULE:
        raise Conflict(refus.format(TypeReunion(type).libelle.lower()))
    secteur_id, texte = session.exec(
        select(Instance.secteur_id, Instance.texte_invitation)
        .join(Reunion, col(Reunion.instance_id) == Instance.id)
        .where(Reunion.id == reunion_id)
    ).first() or (None, "")
    return _Cellule(_titre(session, secteur_id), debut, fin, EtatReunion(etat), texte)


_FORME = TypeAdapter(RelevePublic)


def _envoyees(session: Session, ids: Sequence[int]) -> dict[int | None, RelevePublic]:
    """Of these meetings, the public relevé of the version sent last."""
    textes = session.exec(
        select(VersionReleve.reunion_id, VersionReleve.public)
        .where(
            col(VersionReleve.reunion_id).in_(ids),
            col(VersionReleve.diffuse_le).is_not(None),
            VersionReleve.public != "",
        )
        .order_by(col(VersionReleve.numero))
    ).all()
    return {id: _FORME.validate_json(texte) for id, texte in dict(textes).items()}


def _titre(session: Session, secteur_id: int | None) -> str:
    """Said of the secteur: the title of a meeting is free text, which the public does not see."""
    nom = session.exec(select(SecteurVeille.nom).where(SecteurVeille.id == secteur_id)).first()
    return f"Cellule de veille – {nom}" if nom else "Cellule de veille"


def _releves(session: Session, reunions: dict[int, tuple[str, datetime]]) -> list[RelevePublic]:
    presents: dict[int, list[str]] = {id: [] for id in reunions}
    for id, nom in session.exec(
        select(Presence.reunion_id, Partenaire.nom)
        .join(Partenaire, col(Partenaire.id) == Presence.partenaire_id)
        .where(col(Presence.reunion_id).in_(reunions), col(Presence.etat).in_(ETATS_PRESENCE_VENU))
        .order_by(col(Presence.ordre), col(Partenaire.nom), col(Presence.id))
    ).all():
        if nom not in presents[id]:
            presents[id].append(nom)
    dits: dict[int | None, list[tuple[str, str, str]]] = {id: [] for id in reunions}
    for reunion_id, rubrique, theme, texte in session.exec(
        select(Point.reunion_id, Theme.rubrique, Theme.libelle, Point.texte_public)
        .join(Theme, col(Theme.id) == Point.theme_id)
        .where(col(Point.reunion_id).in_(reunions), Point.texte_public != "")
        .order_by(col(Point.ordre), col(Point.id))
    ).all():
        dits[reunion_id].append((rubrique, theme, texte))
    points = {
        id: [PointPublic(siens[i][0], siens[i][2]) for i in par_theme([(r, t) for r, t, _ in siens])]
        for id, siens in dits.items()
    }
    presidents = presidences.qui_president(session, ids=reunions)
    habitants = dict(session.exec(select(Reunion.id, Reunion.habitants).where(col(Reunion.id).in_(reunions))).all())
    return [
        RelevePublic(
            titre=titre,
            debut=debut,
            presidence=presidents.get(id, ""),
            presents=presents[id],
            habitants=_nombre(habitants[id]),
            points=points[id],
            alertes=list(dict.fromkeys(a for p in points[id] for a in vigilance.avertissements(p.texte))),
        )
        for id, (titre, debut) in reunions.items()
    ]


def _nombre(n: int | None) -> str:
    if n is None:
        return ""
    return str(n) if n == 0 or n >= SEUIL else f"moins de {SEUIL}"
