"""Writing up a meeting: its draft, shared and kept field by field, and the one command that makes it a fact.

Fields of the draft, by name (values are what JSON holds; `L` is a line: "12" for a saved point, "n3-1" for the first
new line of agent 3):

    habitants                       number of residents, never who
    presence.M                      EtatPresence of M: "s4" a seat, "a9" partenaire 9, "f7" who holds function 7,
                                    "d2" an invitee who is no member
    annonce.M                       (saved only) true where that state is what M answered to the convocation
    remplacant.M                    who came instead of M, represented: a function, or what was announced
    ajoute.M                        true once that partenaire or person is added to the list
    suite.A, motif.A                new EtatAction of open action A, why it is abandoned
    point.L.theme .quartier .origine        ids
    point.L.lieu .note .reponse .public     texts
    point.L.partenaires             ids of the partenaires concerned
    point.L.quoi .pilote .echeance  the action decided on that line; .quoi2 .pilote2 .echeance2 a second one, and so on
    point.L.retire                  true once the line is taken out
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from models import (
    Action,
    EvenementAction,
    Fonction,
    Partenaire,
    Personne,
    Point,
    PointPartenaire,
    Presence,
    Reunion,
)
from models.lists import ETATS_REUNION_SAISIE, ETATS_REUNION_SANS_SUITE, EtatReunion, Reponse
from services.actions import suivi
from services.agenda import instances, reunions
from services.agenda.reunions import ReunionVue
from services.commun import etats_releve
from services.convocation import destinataires, reponses
from services.partenaires import fiches, fonctions, personnes, sieges
from services.partenaires.fiches import ChoixPartenaire
from services.socle import brouillons, conges
from services.socle.acteur import Acteur, Droit, require
from services.socle.brouillons import Champ, Formulaire, Reste
from services.socle.texte import nom_complet
from settings import get_settings

DELAI = timedelta(days=30)  # an action is due a month later unless said otherwise
SEANCE_AVANT = timedelta(
    minutes=60
)  # how long before its start a meeting may be opened, to be written up as it is held
TEXTES = {"lieu": 200, "note": 2000, "reponse": 2000, "public": 2000, "quoi": 500}


@dataclass(frozen=True)
class MembreAttendu:
    """A line of the attendance list."""

    cle: str
    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str
    personne_id: int | None
    personne: str


@dataclass(frozen=True)
class Ligne:
    """A line of the points: `cle` as in the field names; `point_id` once saved; `vide` for the line to fill in next."""

    cle: str
    point_id: int | None
    a_inscrire: bool = False
    vide: bool = False


@dataclass(frozen=True)
class Saisie:
    """The entry of one meeting as it stands: saved values (`base`) under the shared draft (`champs`)."""

    reunion: ReunionVue
    form: Formulaire
    membres: list[MembreAttendu]
    suites: list[suivi.ActionVue]
    lignes: list[Ligne]
    quartier_ids: list[int]
    base: dict[str, Any]
    champs: dict[str, Champ]
    ecarts: dict[str, Champ]  # what this agent wrote where a colleague wrote too, to be settled

    def valeur(self, champ: str) -> Any:
        """What the field holds now: the draft's value, else the saved one, else None."""
        return self.champs[champ].valeur if champ in self.champs else self.base.get(champ)

    def decisions(self, ligne: str) -> list[str]:
        """How the names of the fields of each action of a line end: "" for the first, then "2", "3"…"""
        nom = re.compile(rf"point\.{ligne}\.(?:quoi|pilote|echeance)(\d*)")
        fins = {m[1] for champ in (*self.base, *self.champs) if (m := nom.fullmatch(champ))}
        return [fin_decision(n) for n in range(max((int(f or 1) for f in fins), default=1))]


def cle_brouillon(reunion_id: int) -> str:
    """The name of the draft that all agents share for this meeting."""
    return f"saisie:{reunion_id}"


def fin_decision(rang: int) -> str:
    """How the names of the fields of the action of that rank, from 0, end."""
    return str(rang + 1) if rang else ""


def sorte(champ: str) -> str:
    """What a field of the draft is about, whatever its line and the rank of its action: "quoi" of "point.n1.quoi2"."""
    return champ.rsplit(".", 1)[-1].rstrip("0123456789")


def echeance_usuelle(jour: date) -> date:
    """When an action decided that day is due, unless said otherwise: a month later, on a working day."""
    return conges.premier_ouvre(jour + DELAI)


def est_tape(champ: str, valeur: Any) -> bool:
    """Is this a field of the draft that one types in, and of its kind?"""
    genre, fin = champ.split(".")[0], sorte(champ)
    if genre == "habitants":
        return valeur is None or (isinstance(valeur, int) and not isinstance(valeur, bool))
    return isinstance(valeur, str) and (genre == "motif" or (genre == "point" and fin in TEXTES))


def empechement(reunion: ReunionVue, *, now: datetime) -> str:
    """Why this meeting cannot be written up now, "" if it can."""
    if reunion.etat in ETATS_REUNION_SANS_SUITE:
        return (
            f"Cette réunion est notée « {reunion.etat.libelle.lower()} ». "
            "Changez son état dans le calendrier avant de la saisir."
        )
    avance = SEANCE_AVANT if reunion.etat is EtatReunion.EN_SEANCE else timedelta(0)
    if reunion.debut - avance > now:
        return "Cette réunion n’a pas encore commencé. Corrigez sa date dans le calendrier, ou revenez après."
    return ""


def ouvrir(session: Session, *, reunion_id: int, by: Acteur) -> Formulaire:
    """Open the shared draft of a meeting (or find it open)."""
    require(by, Droit.ECRIRE)
    reunion = reunions.get(session, id=reunion_id)
    return brouillons.ouvrir(session, cle=cle_brouillon(reunion_id), version=reunion.version)


def lire(session: Session, *, reunion: ReunionVue, form: Formulaire, by: Acteur, today: date) -> Saisie:
    """Everything the entry screen of this meeting shows."""
    champs = brouillons.champs(session, cle=form.cle)
    base: dict[str, Any] = {"habitants": reunion.habitants}
    membres = _membres(session, reunion, champs, base, today)
    suites = _suites(session, reunion, today)
    lignes = _lignes(session, reunion, champs, base, by)
    quartier_ids = instances.quartiers(session, instance_id=reunion.instance_id) if reunion.instance_id else []
    ecarts = brouillons.ecarts(champs, agent_id=by.id)
    return Saisie(reunion, form, membres, suites, lignes, quartier_ids, base, champs, ecarts)


def _suites(session: Session, reunion: ReunionVue, today: date) -> list[suivi.ActionVue]:
    """Actions decided before this meeting in its instance: open, or moved on at this very meeting."""
    if reunion.instance_id is None:
        return []
    ouvertes = suivi.ouvertes(session, instance_id=reunion.instance_id, today=today)
    changees = select(EvenementAction.action_id).where(EvenementAction.reunion_id == reunion.id)
    ids = dict.fromkeys([*(a.id for a in ouvertes), *session.exec(changees.distinct()).all()])
    avant = set(
        session.exec(
            select(Action.id)
            .outerjoin(Reunion, col(Reunion.id) == Action.reunion_id)
            .where(col(Action.id).in_(ids), col(Reunion.id).is_(None) | (col(Reunion.debut) < reunion.debut))
        ).all()
    )
    return suivi.par_ids(session, ids=[i for i in ids if i in avant], today=today)


def _membres(
    session: Session, reunion: ReunionVue, champs: dict[str, Champ], base: dict[str, Any], today: date
) -> list[MembreAttendu]:
    """Standing members (who held the function that day), those recorded, those added in the draft; fills `base` with
    the recorded states."""
    le, instance_id = reunion.debut.date(), reunion.instance_id
    assis = sieges.membres(session, instance_id=instance_id, today=today, le=le) if instance_id else []
    membres = [
        MembreAttendu(f"s{m.siege_id}", m.partenaire_id, m.partenaire, m.sigle, m.fonction, m.personne_id, m.personne)
        for m in assis
    ]
    vus = {(m.partenaire_id, m.fonction): m.cle for m in membres}
    recorded = session.exec(
        select(Presence, Partenaire)
        .join(Partenaire, col(Partenaire.id) == Presence.partenaire_id)
        .where(Presence.reunion_id == reunion.id)
        .order_by(col(Presence.ordre))
    ).all()
    for presence, partenaire in recorded:
        cle = vus.get((presence.partenaire_id, presence.fonction))
        if cle is None:
            cle = vus[(presence.partenaire_id, presence.fonction)] = f"p{presence.id}"
            membres.append(
                MembreAttendu(
                    cle=cle,
                    partenaire_id=presence.partenaire_id,
                    partenaire=partenaire.nom,
                    sigle=partenaire.sigle,
                    fonction=presence.fonction,
                    personne_id=presence.personne_id,
                    personne="",
                )
            )
        base |= {f"presence.{cle}": presence.etat.value, f"remplacant.{cle}": presence.remplacant}
    if not recorded:
        _annonces(session, reunion, membres, vus, base)
    ajouts = sorted((c.rang, nom.split(".")[1]) for nom, c in champs.items() if nom.startswith("ajoute.") and c.valeur)
    for _, cle in ajouts:
        membre = _ajoute(session, cle)
        if membre and (membre.partenaire_id, membre.fonction) not in vus:
            vus[(membre.partenaire_id, membre.fonction)] = cle
            membres.append(membre)
    return membres


def _annonces(
    session: Session,
    reunion: ReunionVue,
    membres: list[MembreAttendu],
    vus: dict[tuple[int, str], str],
    base: dict[str, Any],
) -> None:
    """Before anything was recorded: who was called without being a member joins the list, and answers prefill it."""
    if reunion.ecrite:
        return
    repondu = reponses.presences(session, reunion_id=reunion.id)
    for c in destinataires.gardes(session, reunion_id=reunion.id):
        if c.cle not in vus and c.retenu:
            vus[c.cle] = f"d{c.id}"
            membres.append(
                MembreAttendu(
                    cle=f"d{c.id}",
                    partenaire_id=c.partenaire_id,
                    partenaire=c.partenaire,
                    sigle=c.sigle,
                    fonction=c.fonction,
                    personne_id=c.personne_id,
                    personne=c.personne,
                )
            )
        cle = vus.get(c.cle)
        if cle and c.cle in repondu:
            base |= {f"presence.{cle}": repondu[c.cle].value, f"annonce.{cle}": True}
        if cle and c.reponse is Reponse.REMPLACE:
            base[f"remplacant.{cle}"] = c.remplacant


def _ajoute(session: Session, cle: str) -> MembreAttendu | None:
    """The participant that `cle` names: "a9" partenaire 9, "f7" the person in function 7."""
    fonction = session.get(Fonction, int(cle[1:])) if cle.startswith("f") else None
    partenaire = session.get(Partenaire, fonction.partenaire_id if fonction else int(cle[1:]))
    personne = session.get(Personne, fonction.personne_id) if fonction else None
    return _membre(partenaire, fonction, personne) if partenaire else None


def _membre(
    partenaire: Partenaire | ChoixPartenaire, fonction: Fonction | None = None, personne: Personne | None = None
) -> MembreAttendu:
    return MembreAttendu(
        cle=f"f{fonction.id}" if fonction else f"a{partenaire.id}",
        partenaire_id=partenaire.id,
        partenaire=partenaire.nom,
        sigle=partenaire.sigle,
        fonction=fonction.intitule if fonction else "",
        personne_id=personne.id if personne else None,
        personne=nom_complet(personne.prenom, personne.nom) if personne else "",
    )


def venus_possibles(session: Session, *, saisie: Saisie, texte: str) -> list[MembreAttendu]:
    """Who may be added to the list: people in function, then active partenaires, that `texte` finds, not there yet; a
    hundred of each at most."""
    la = {(m.partenaire_id, m.fonction) for m in saisie.membres}
    en_poste = session.exec(
        select(Partenaire, Fonction, Personne)
        .join(Fonction, col(Fonction.partenaire_id) == Partenaire.id)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .where(fonctions.pas_finie(saisie.reunion.debut.date()), personnes.correspond(texte))
        .order_by(col(Personne.recherche), col(Fonction.id))
        .limit(100)
    ).all()
    trouves = [_membre(*qui) for qui in en_poste]
    trouves += [_membre(p) for p in fiches.choix(session, texte=texte, limite=100)]
    return [m for m in trouves if (m.partenaire_id, m.fonction) not in la]


def _lignes(
    session: Session, reunion: ReunionVue, champs: dict[str, Champ], base: dict[str, Any], by: Acteur
) -> list[Ligne]:
    """Saved points, points that waited for this meeting, lines of the draft, then an empty line for this agent."""
    lignes: list[Ligne] = []
    saved = session.exec(select(Point).where(Point.reunion_id == reunion.id).order_by(col(Point.ordre))).all()
    waiting = _en_attente(session, reunion)
    ids = [p.id for p in (*saved, *waiting)]
    concernes: dict[int, list[int]] = {}
    for lien in (
        session.exec(select(PointPartenaire).where(col(PointPartenaire.point_id).in_(ids))).all() if ids else []
    ):
        concernes.setdefault(lien.point_id, []).append(lien.partenaire_id)
    decided: dict[int | None, list[Action]] = {}
    for a in session.exec(
        select(Action).where(col(Action.point_id).in_(ids), Action.reunion_id == reunion.id).order_by(col(Action.id))
    ).all():
        decided.setdefault(a.point_id, []).append(a)
    for point in (*saved, *waiting):
        cle = str(point.id)
        lignes.append(Ligne(cle, point.id, a_inscrire=point.reunion_id is None))
        base |= {
            f"point.{cle}.theme": point.theme_id,
            f"point.{cle}.quartier": point.quartier_id,
            f"point.{cle}.origine": point.origine_id,
            f"point.{cle}.lieu": point.lieu,
            f"point.{cle}.note": point.note,
            f"point.{cle}.reponse": point.reponse,
            f"point.{cle}.public": point.texte_public,
            f"point.{cle}.partenaires": concernes.get(point.id, []),
        }
        for rang, action in enumerate(decided.get(point.id, [])):
            fin = fin_decision(rang)
            base |= {
                f"point.{cle}.quoi{fin}": action.quoi,
                f"point.{cle}.pilote{fin}": action.pilote_id,
                f"point.{cle}.echeance{fin}": action.echeance.isoformat(),
            }
    rangs: dict[str, int] = {}
    for nom, champ in champs.items():
        if nom.startswith("point.n"):
            cle = nom.split(".")[1]
            rangs[cle] = min(rangs.get(cle, champ.rang), champ.rang)
    lignes += [Ligne(cle, None) for cle in sorted(rangs, key=lambda c: rangs[c])]
    n = sum(1 for cle in rangs if cle.startswith(f"n{by.id}-")) + 1
    lignes.append(Ligne(f"n{by.id}-{n}", None, vide=True))
    return [
        ligne
        for ligne in lignes
        if not (f"point.{ligne.cle}.retire" in champs and champs[f"point.{ligne.cle}.retire"].valeur)
    ]


def _en_attente(session: Session, reunion: ReunionVue) -> list[Point]:
    """Points "à inscrire" of the instance, noted before this meeting ended, while it is not written up."""
    if reunion.instance_id is None or reunion.etat in ETATS_REUNION_SAISIE:
        return []
    fin = reunion.fin.replace(tzinfo=get_settings().zone)
    return list(
        session.exec(
            select(Point)
            .where(
                col(Point.instance_id) == reunion.instance_id,
                col(Point.reunion_id).is_(None),
                col(Point.cree_le) <= fin,
            )
            .order_by(col(Point.id))
        ).all()
    )


# --- what is likely here ------------------------------------------------------------------------------------------


def noms_courts(session: Session, *, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and acronym of these partenaires, by id."""
    rows = session.exec(
        select(Partenaire).where(col(Partenaire.id).in_(set(ids))).order_by(col(Partenaire.nom), col(Partenaire.id))
    ).all()
    return {p.id: (p.nom, p.sigle) for p in rows}


def pilotes_vraisemblables(
    session: Session, *, instance_id: int | None, membres: list[int], limite: int = 10
) -> list[int]:
    """Pilots: members of the instance, those who pilot most first, then others who piloted here."""
    poids = func.sum(case((col(Action.instance_id) == instance_id, 9), else_=1))
    connus = list(
        session.exec(
            select(Action.pilote_id)
            .where(col(Action.pilote_id).in_(membres) | (col(Action.instance_id) == instance_id))
            .group_by(col(Action.pilote_id))
            .order_by(poids.desc(), col(Action.pilote_id))
        ).all()
    )
    ordre = [p for p in connus if p in membres] + [m for m in membres if m not in connus]
    return list(dict.fromkeys(ordre + connus))[:limite]


# --- what came too late ---------------------------------------------------------------------------------------------


def reprendre(session: Session, *, reunion_id: int, reste: Reste, today: date, by: Acteur) -> None:
    """Add to a relevé just saved what this agent was typing when a colleague saved it: after what its field holds, in
    a correction that remains to be saved.

    Raises:
        Conflict: the relevé was sent meanwhile.
        Invalid: the two texts together are too long.
    """
    etats_releve.exiger_modifiable(session, reunion_id=reunion_id)
    form = ouvrir(session, reunion_id=reunion_id, by=by)
    s = lire(session, reunion=reunions.get(session, id=reunion_id), form=form, by=by, today=today)
    champ, valeur = reste.champ, reste.valeur
    if champ.startswith("point."):
        ligne = next(
            (x.cle for x in s.lignes if x.point_id is not None and x.point_id == reste.devenu), s.lignes[-1].cle
        )
        champ = f"point.{ligne}.{champ.split('.')[2]}"
    actuel = s.valeur(champ)
    if isinstance(valeur, str) and actuel:
        valeur = f"{actuel}\n{valeur}" if champ.endswith((".note", ".reponse", ".public")) else f"{actuel} ; {valeur}"
    brouillons.ecrire(session, jeton=form.jeton, valeurs={champ: valeur}, vues={champ: None}, by=by)
    brouillons.oublier_reste(session, id=reste.id, by=by)
