"""The relevé de conclusions of a meeting, as screen and documents show it. Restricted: never for the public.

Tests: tests/services/releves/test_versions_releve.py.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from models import (
    Action,
    Agent,
    EvenementAction,
    Lieu,
    Origine,
    Partenaire,
    Point,
    PointPartenaire,
    Presence,
    Quartier,
    Reunion,
    Theme,
    VersionReleve,
)
from models import Releve as VieReleve
from models.lists import ETATS_REUNION_SANS_SUITE, EtatAction, EtatPresence, EtatReleve
from services.actions import suivi
from services.actions.suivi import ActionVue
from services.agenda import presidences, reunions
from services.agenda.reunions import ReunionVue
from services.socle.erreurs import NotFound

# A version that was sent is kept as JSON of `Releve`: a field added to what it is made of needs a default.


@dataclass(frozen=True)
class PresenceVue:
    """A partenaire at the meeting, with the function called and who came instead (never more than that)."""

    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str
    remplacant: str = ""


@dataclass(frozen=True)
class ActionReleve:
    """An action decided there, as the relevé says it."""

    id: int
    quoi: str
    pilote_nom: str
    echeance: date
    etat: EtatAction
    retard_jours: int


@dataclass(frozen=True)
class PointReleve:
    """A point as the relevé prints it."""

    id: int
    theme: str
    rubrique: str
    quartier: str
    lieu: str
    origine: str
    note: str
    reponse: str
    texte_public: str
    partenaires: list[str]
    actions: list[ActionReleve]


@dataclass(frozen=True)
class SuiteReleve:
    """An action decided earlier, and what this meeting made of it."""

    action_id: int
    quoi: str
    pilote: str
    etat: EtatAction
    motif: str


@dataclass(frozen=True)
class Prochaine:
    """The next meeting of the instance."""

    debut: datetime
    fin: datetime
    lieu: str


@dataclass(frozen=True)
class Releve:
    """Everything a relevé holds: presences by state, in the order of the list of members; points of one theme together,
    in the order they were said. `prochaine` None: not planned yet. `version`: which one it replaces, "" for the first.
    `presidence`: who chaired, "" for nobody.
    """

    reunion: ReunionVue
    presences: dict[EtatPresence, list[PresenceVue]]
    habitants: int | None
    suites: list[SuiteReleve]
    points: list[PointReleve]
    saisie_le: datetime | None
    saisie_par: str
    prochaine: Prochaine | None = None
    version: str = ""
    presidence: str = ""


def lire(session: Session, *, reunion_id: int, today: date) -> Releve:
    """The relevé of a meeting, empty lists if it is not written up.

    Raises:
        NotFound: no such meeting.
    """
    vue = reunions.get(session, id=reunion_id)
    reunion = session.get_one(Reunion, reunion_id)
    auteur = session.get(Agent, reunion.saisie_par) if reunion.saisie_par else None
    return Releve(
        reunion=vue,
        presidence=presidences.qui_preside(session, reunion_id=reunion_id),
        presences=_presences(session, reunion_id),
        habitants=reunion.habitants,
        suites=_suites(session, reunion_id),
        points=_points(session, reunion_id, today),
        saisie_le=reunion.saisie_le,
        saisie_par=auteur.nom if auteur else "",
        prochaine=_prochaine(session, vue),
    )


def version(session: Session, *, reunion_id: int, numero: int, today: date) -> Releve:
    """The relevé as that version of it was sent. One whose words were not kept is read as it stands, if nothing could
    change since.

    Raises:
        NotFound: no such version, or its words were not kept.
    """
    v = session.exec(
        select(VersionReleve).where(
            VersionReleve.reunion_id == reunion_id,
            VersionReleve.numero == numero,
            col(VersionReleve.diffuse_le).is_not(None),
        )
    ).first()
    if v is None:
        raise NotFound("Cette version du relevé n’existe pas. Ouvrez le relevé, puis choisissez parmi ses versions.")
    if v.contenu:
        return _relu(session, reunion_id, v.contenu)
    vie = session.get(VieReleve, reunion_id)
    suivante = select(VersionReleve.id).where(VersionReleve.reunion_id == reunion_id, VersionReleve.numero > numero)
    if vie is None or vie.etat is not EtatReleve.DIFFUSE or session.exec(suivante).first():
        raise NotFound("Le texte de cette version n’a pas été gardé : elle a été diffusée puis rouverte avant que le "
                       "carnet ne garde les versions. Ceux qui l’ont reçue l’ont dans leur messagerie.")  # fmt: skip
    return lire(session, reunion_id=reunion_id, today=today)


def en_vigueur(session: Session, *, reunion_id: int, today: date) -> Releve:
    """What partenaires hold: the version sent last; before any was, the relevé as it stands."""
    numero = session.exec(
        select(VersionReleve.numero)
        .where(
            VersionReleve.reunion_id == reunion_id,
            col(VersionReleve.diffuse_le).is_not(None),
            VersionReleve.contenu != "",
        )
        .order_by(col(VersionReleve.numero).desc())
    ).first()
    if numero is None:
        return lire(session, reunion_id=reunion_id, today=today)
    return version(session, reunion_id=reunion_id, numero=numero, today=today)


def du_secteur(session: Session, *, secteur_id: int, annee: int, today: date) -> list[Releve]:
    """The restricted relevés of a secteur's year, those validated or sent once, in order: as they were sent last."""
    reunions_de_l_annee = reunions.entre(
        session,
        debut=datetime.combine(date(annee, 1, 1), time()),
        fin=datetime.combine(date(annee + 1, 1, 1), time()),
        secteur_id=secteur_id,
    )
    ids = [r.id for r in reunions_de_l_annee]
    prets = {
        *session.exec(
            select(VieReleve.reunion_id).where(
                col(VieReleve.reunion_id).in_(ids), col(VieReleve.etat) != EtatReleve.PROJET
            )
        ).all(),
        *session.exec(
            select(VersionReleve.reunion_id).where(
                col(VersionReleve.reunion_id).in_(ids),
                col(VersionReleve.diffuse_le).is_not(None),
                VersionReleve.contenu != "",
            )
        ).all(),
    }
    return [en_vigueur(session, reunion_id=r.id, today=today) for r in reunions_de_l_annee if r.id in prets]


# --- kept as it was sent --------------------------------------------------------------------------------------------

_FORME = TypeAdapter(Releve)
_REUNION = TypeAdapter(ReunionVue)
_DITS = ("type", "titre", "instance", "debut", "fin", "lieu", "adresse")  # what a relevé says of its meeting


def figer(releve: Releve, *, version: str) -> str:
    """The relevé as text, to be kept with the version that is sent."""
    lu = _FORME.dump_python(replace(releve, version=version), mode="json")
    lu["reunion"] = {nom: lu["reunion"][nom] for nom in _DITS}
    return json.dumps(lu, ensure_ascii=False)


def _relu(session: Session, reunion_id: int, contenu: str) -> Releve:
    """The reverse: what it said then, in the meeting as it is known now."""
    lu: dict[str, Any] = json.loads(contenu)
    vue = _REUNION.dump_python(reunions.get(session, id=reunion_id), mode="json")
    return _FORME.validate_python({**lu, "reunion": vue | lu["reunion"]})


# --- inside ---------------------------------------------------------------------------------------------------------


def _prochaine(session: Session, vue: ReunionVue) -> Prochaine | None:
    """The first meeting after this one in its instance that is planned, or was held."""
    if vue.instance_id is None:
        return None
    suite = session.exec(
        select(Reunion.debut, Reunion.fin, Lieu.nom)
        .outerjoin(Lieu, col(Lieu.id) == Reunion.lieu_id)
        .where(
            Reunion.instance_id == vue.instance_id,
            Reunion.debut > vue.debut,
            col(Reunion.etat).not_in(ETATS_REUNION_SANS_SUITE),
        )
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).first()
    return Prochaine(suite[0], suite[1], suite[2] or "") if suite else None


def _presences(session: Session, reunion_id: int) -> dict[EtatPresence, list[PresenceVue]]:
    rows = session.exec(
        select(Presence, Partenaire)
        .join(Partenaire, col(Partenaire.id) == Presence.partenaire_id)
        .where(Presence.reunion_id == reunion_id)
        .order_by(col(Presence.ordre), col(Partenaire.nom), col(Presence.id))
    ).all()
    classees: dict[EtatPresence, list[PresenceVue]] = {etat: [] for etat in EtatPresence}
    for presence, partenaire in rows:
        classees[presence.etat].append(
            PresenceVue(
                presence.partenaire_id, partenaire.nom, partenaire.sigle, presence.fonction, presence.remplacant
            )
        )
    return classees


def _suites(session: Session, reunion_id: int) -> list[SuiteReleve]:
    """The last state this meeting gave to each action decided before it."""
    rows = session.exec(
        select(EvenementAction, Action, Partenaire.nom)
        .join(Action, col(Action.id) == EvenementAction.action_id)
        .join(Partenaire, col(Partenaire.id) == Action.pilote_id)
        .where(
            EvenementAction.reunion_id == reunion_id,
            col(Action.reunion_id).is_(None) | (col(Action.reunion_id) != reunion_id),
        )
        .order_by(col(EvenementAction.id))
    ).all()
    derniers = {a.id: SuiteReleve(a.id, a.quoi, pilote, e.etat, e.motif) for e, a, pilote in rows}
    return list(derniers.values())


def _comme_diffusees(session: Session, reunion_id: int, vues: list[ActionVue]) -> list[ActionVue]:
    """Actions live on; a relevé that was sent goes on saying the state and the date that it told then."""
    vie = session.get(VieReleve, reunion_id)
    if vie is None or vie.etat is not EtatReleve.DIFFUSE or vie.diffuse_le is None:
        return vues
    return suivi.telles_que(session, vues=vues, quand=vie.diffuse_le)


def _points(session: Session, reunion_id: int, today: date) -> list[PointReleve]:
    decidees: dict[int | None, list[ActionReleve]] = {}
    for a in _comme_diffusees(session, reunion_id, suivi.de_la_reunion(session, reunion_id=reunion_id, today=today)):
        decidee = ActionReleve(a.id, a.quoi, a.pilote_nom, a.echeance, a.etat, a.retard_jours)
        decidees.setdefault(a.point_id, []).append(decidee)
    rows = session.exec(
        select(Point, Theme, Quartier, Origine)
        .join(Theme, col(Theme.id) == Point.theme_id)
        .outerjoin(Quartier, col(Quartier.id) == Point.quartier_id)
        .outerjoin(Origine, col(Origine.id) == Point.origine_id)
        .where(Point.reunion_id == reunion_id)
        .order_by(col(Point.ordre), col(Point.id))
    ).all()
    concernes: dict[int, list[str]] = {}
    for point_id, nom in session.exec(
        select(PointPartenaire.point_id, Partenaire.nom)
        .join(Partenaire, col(Partenaire.id) == PointPartenaire.partenaire_id)
        .where(col(PointPartenaire.point_id).in_([p.id for p, *_ in rows]))
        .order_by(col(Partenaire.nom), col(Partenaire.id))
    ).all():
        concernes.setdefault(point_id, []).append(nom)
    dits = [
        PointReleve(
            id=p.id,
            theme=theme.libelle,
            rubrique=theme.rubrique,
            quartier=quartier.nom if quartier else "",
            lieu=p.lieu,
            origine=origine.libelle if origine else "",
            note=p.note,
            reponse=p.reponse,
            texte_public=p.texte_public,
            partenaires=concernes.get(p.id, []),
            actions=decidees.get(p.id, []),
        )
        for p, theme, quartier, origine in rows
    ]
    return [dits[i] for i in par_theme([(p.rubrique, p.theme) for p in dits])]


def par_theme(sujets: Sequence[tuple[str, str]]) -> list[int]:
    """The order in which points are read, from the heading and the theme of each as they were said: those of one
    heading, then of one theme, together, where the first of them was said."""
    rubriques, themes = list(dict.fromkeys(r for r, _ in sujets)), list(dict.fromkeys(t for _, t in sujets))
    return sorted(range(len(sujets)), key=lambda i: (rubriques.index(sujets[i][0]), themes.index(sujets[i][1])))
