"""Late actions mailed to the partenaire that pilots them, if it chose so: one message a week, its own actions only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from models import Action, Envoi, Fonction, Partenaire, Personne
from models.lists import ETATS_ACTION_OUVERTS, EtatEnvoi, GenreEnvoi
from services.actions import suivi
from services.actions.suivi import ActionVue, Filtre
from services.courrier import envois
from services.partenaires import fonctions
from services.socle import chargement, journal, parametres
from services.socle.acteur import Acteur, Droit, require
from services.socle.horloge import civil
from services.socle.temps import jour_long, retard
from services.socle.texte import accord

ECART = timedelta(days=6)  # between two messages to one partenaire, whatever happened to the clock


@dataclass(frozen=True)
class PilotageVu:
    """A partenaire that pilots open actions. `ecrire_a` "": it has no address."""

    partenaire_id: int
    nom: str
    ouvertes: int
    en_retard: int
    acceptees: int
    relance: bool
    ecrire_a: str
    version: int
    telephone: str
    derniere: date | None  # when it was last sent its late actions


# --- queries --------------------------------------------------------------------------------------------------------


def pilotages(session: Session, *, today: date, partenaire_id: int | None = None) -> list[PilotageVu]:
    """Those that pilot open actions, the most late first; or that one, even if it has none."""
    ouvertes = func.count(col(Action.id))
    en_retard = func.count(col(Action.id)).filter(col(Action.echeance) < today)
    acceptees = func.count(col(Action.acceptee_le))
    requete = (
        select(Partenaire, ouvertes, en_retard, acceptees)
        .join(
            Action,
            (col(Action.pilote_id) == Partenaire.id) & col(Action.etat).in_(ETATS_ACTION_OUVERTS),
            isouter=partenaire_id is not None,
        )
        .group_by(*Partenaire.__table__.columns)  # type: ignore[attr-defined]
        .order_by(en_retard.desc(), ouvertes.desc(), col(Partenaire.nom), col(Partenaire.id))
    )
    if partenaire_id is not None:
        requete = requete.where(Partenaire.id == partenaire_id)
    rows = session.exec(requete).all()
    ids = [p.id for p, *_ in rows]
    adresses, envoyees = _adresses(session, ids, today), _dernieres(session, ids)
    return [
        PilotageVu(
            partenaire_id=p.id,
            nom=f"{p.sigle} – {p.nom}" if p.sigle and p.sigle != p.nom else p.nom,
            ouvertes=n,
            en_retard=tard,
            acceptees=dites,
            relance=p.relance_actions,
            ecrire_a=p.courriel or adresses.get(p.id, ""),
            version=p.version,
            telephone=p.telephone,
            derniere=civil(envoyees[p.id]).date() if p.id in envoyees else None,
        )
        for p, n, tard, dites in rows
    ]


def _adresses(session: Session, ids: list[int], today: date) -> dict[int, str]:
    """The address of the person longest in function there, for a partenaire without one of its own."""
    rows = session.exec(
        select(Fonction.partenaire_id, Personne.courriel)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .where(
            col(Fonction.partenaire_id).in_(ids),
            Personne.courriel != "",
            fonctions.en_cours(today),
        )
        .order_by(col(Fonction.debut).desc(), col(Fonction.id).desc())
    ).all()
    return dict(rows)  # the last one wins: the oldest function


def _dernieres(session: Session, ids: list[int]) -> dict[int, datetime]:
    rows = session.exec(
        select(Envoi.partenaire_id, func.max(Envoi.cree_le))
        .where(Envoi.genre == GenreEnvoi.RELANCE, col(Envoi.partenaire_id).in_(ids), Envoi.etat != EtatEnvoi.ECHEC)
        .group_by(col(Envoi.partenaire_id))
    ).all()
    return {id: le for id, le in rows if id is not None}


# --- commands -------------------------------------------------------------------------------------------------------


def choisir(session: Session, *, partenaire_id: int, relance: bool, version: int, by: Acteur) -> None:
    """Whether the late actions of a partenaire are mailed to it.

    Raises:
        Conflict: a colleague changed its page since `version`.
        NotFound: no such partenaire.
    """
    require(by, Droit.ECRIRE)
    p = chargement.charger(session, Partenaire, partenaire_id)
    if p.relance_actions == relance:
        return
    chargement.exiger_a_jour(p, version)
    p.relance_actions = relance
    session.add(p)
    session.flush()
    quoi = "ses actions en retard lui sont envoyées" if relance else "ses actions en retard ne lui sont plus envoyées"
    journal.note(
        session, by=by, acte="modifier", objet="partenaire", objet_id=partenaire_id, resume=f"{p.nom} : {quoi}"
    )


def deposer(session: Session, *, now: datetime, by: Acteur) -> str:
    """Put in line one message for each partenaire that chose it and has late actions; what was done. `now` is UTC."""
    today = civil(now).date()
    choisis = session.exec(
        select(Partenaire).where(col(Partenaire.relance_actions), col(Partenaire.archive_le).is_(None))
    ).all()
    deposes, muets = 0, 0
    for p in choisis:
        (vu,) = pilotages(session, today=today, partenaire_id=p.id)
        if not vu.en_retard or (vu.derniere and vu.derniere > today - ECART):
            continue
        if not vu.ecrire_a:
            muets += 1
            continue
        en_retard = suivi.liste(session, today=today, etat=Filtre.EN_RETARD, pilote_id=p.id, par_page=None).lignes
        envois.deposer(
            session,
            genre=GenreEnvoi.RELANCE,
            courriel=vu.ecrire_a,
            objet=f"{accord(len(en_retard), 'action')} à échéance dépassée",
            texte=lettre(session, en_retard, today),
            partenaire_id=p.id,
            by=by,
        )
        deposes += 1
    faits = [f"{accord(deposes, 'message')} en file" if deposes else "Aucune action en retard à relancer"]
    if muets:
        faits.append(f"{accord(muets, 'partenaire')} sans adresse")
    return ", ".join(faits)


def lettre(session: Session, en_retard: list[ActionVue], today: date) -> str:
    """What a partenaire reads: each action in its own words, its date, and how to answer. Nothing of the points."""
    lignes = "\n".join(
        f"- {' '.join(a.quoi.split())}\n  pour le {jour_long(a.echeance)}, {retard(a.echeance, today)}"
        for a in en_retard
    )
    telephone = _telephone_du_service(session)
    appel = f" ou appelez le {telephone}" if telephone else ""
    return (
        "Bonjour,\n\n"
        "Voici ce que nous avons noté de ce que vous pilotez, et dont l’échéance est passée :\n\n"
        f"{lignes}\n\n"
        f"Pour nous dire que c’est fait, ou proposer une autre date, répondez à ce message{appel}.\n\n"
        "Cette relance part une fois par semaine au plus. Pour ne plus la recevoir, répondez « stop ».\n\n"
        f"{envois.emetteur(session)}\n"
    )


def _telephone_du_service(session: Session) -> str:
    id = parametres.lire(session, "service_partenaire_id")
    service = session.get(Partenaire, int(id)) if id.isdecimal() else None
    return service.telephone if service else ""
