"""What is done to an action: decided, changed, accepted, corrected. services/actions/suivi.py reads it.

Tests: tests/services/actions/test_suivi.py.
"""

from datetime import date

from sqlmodel import Session

from models import Action, EvenementAction, Partenaire
from models.lists import ETATS_ACTION_OUVERTS, EtatAction
from services.actions.suivi import MOTIF_MAX, QUOI_MAX
from services.socle import chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, first_words

_ANNEES_AVANT, _ANNEES_APRES = 10, 10


def _quoi_verifie(quoi: str) -> tuple[str, dict[str, str]]:
    quoi = clean(quoi, lignes=True)
    if not quoi:
        return quoi, {"quoi": "Écrivez ce qui est décidé."}
    if len(quoi) > QUOI_MAX:
        return quoi, {"quoi": f"Raccourcissez l’action : {QUOI_MAX} caractères au plus, elle en compte {len(quoi)}."}
    return quoi, {}


def _echeance_verifiee(echeance: date | None, today: date) -> dict[str, str]:
    if echeance is None:
        return {"echeance": "Donnez une échéance : une date."}
    if not today.year - _ANNEES_AVANT <= echeance.year <= today.year + _ANNEES_APRES:
        return {"echeance": f"Vérifiez l’année de l’échéance ({echeance.year})."}
    return {}


def _pilote_verifie(session: Session, pilote_id: int | None) -> dict[str, str]:
    if pilote_id is None or session.get(Partenaire, pilote_id) is None:
        return {"pilote_id": "Choisissez le partenaire qui pilote l’action."}
    return {}


def _evenement(session: Session, action: Action, *, motif: str, reunion_id: int | None, by: Acteur) -> None:
    session.add(
        EvenementAction(
            action_id=action.id,
            quand=utcnow(),
            agent_id=by.id,
            reunion_id=reunion_id,
            etat=action.etat,
            echeance=action.echeance,
            motif=motif,
        )
    )


def creer(
    session: Session,
    *,
    quoi: str,
    pilote_id: int | None,
    echeance: date | None,
    instance_id: int | None,
    reunion_id: int | None = None,
    point_id: int | None = None,
    today: date,
    by: Acteur,
) -> int:
    """Record a decision. It counts once through the token of the entry that carries it.

    Raises:
        Invalid: `quoi`, `pilote_id` or `echeance` is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    quoi, erreurs = _quoi_verifie(quoi)
    erreurs |= _pilote_verifie(session, pilote_id) | _echeance_verifiee(echeance, today)
    if erreurs or pilote_id is None or echeance is None:
        raise Invalid(erreurs)
    action = Action(
        quoi=quoi,
        pilote_id=pilote_id,
        echeance=echeance,
        etat=EtatAction.A_FAIRE,
        instance_id=instance_id,
        reunion_id=reunion_id,
        point_id=point_id,
    )
    session.add(action)
    session.flush()
    _evenement(session, action, motif="", reunion_id=reunion_id, by=by)
    journal.note(
        session,
        by=by,
        acte="creer",
        objet="action",
        objet_id=action.id,
        resume=f"Action décidée : {first_words([quoi])}",
    )
    return action.id


def _a_jour(session: Session, id: int, version: int) -> Action:
    def actuel(action: Action) -> dict[str, str]:
        return {
            "etat": action.etat.libelle,
            "echeance": action.echeance.strftime("%d/%m/%Y"),
            "motif": action.motif,
            "quoi": action.quoi,
        }

    return chargement.charger_a_jour(session, Action, id, version, actuel)


def changer(
    session: Session,
    *,
    id: int,
    version: int,
    etat: EtatAction | None = None,
    echeance: date | None = None,
    motif: str = "",
    reunion_id: int | None = None,
    today: date,
    by: Acteur,
) -> None:
    """Move an action on: its state, its date, or both. None leaves as it is; one line of history if anything changed.

    Args:
        motif: the reason; asked when the action is abandoned.
        reunion_id: the meeting where the change was said, if any.
    """
    require(by, Droit.ECRIRE)
    action = _a_jour(session, id, version)
    etat = action.etat if etat is None else etat
    echeance = action.echeance if echeance is None else echeance
    motif = clean(motif)
    erreurs = {} if echeance == action.echeance else _echeance_verifiee(echeance, today)
    reste_abandonnee = etat is EtatAction.ABANDONNEE and action.etat is EtatAction.ABANDONNEE
    if etat is EtatAction.ABANDONNEE and not motif and not reste_abandonnee:
        erreurs["motif"] = "Écrivez pourquoi l’action est abandonnée."
    if len(motif) > MOTIF_MAX:
        erreurs["motif"] = f"Raccourcissez le motif : {MOTIF_MAX} caractères au plus, il en compte {len(motif)}."
    if erreurs:
        raise Invalid(erreurs)
    if reste_abandonnee and not motif:
        motif = action.motif
    garde = motif if etat is EtatAction.ABANDONNEE else ""
    if (etat, echeance, garde) == (action.etat, action.echeance, action.motif):
        return
    if etat is not action.etat:
        action.terminee_le = None if etat in ETATS_ACTION_OUVERTS else today
    action.etat, action.echeance, action.motif = etat, echeance, garde
    session.add(action)
    session.flush()
    _evenement(session, action, motif=motif, reunion_id=reunion_id, by=by)
    journal.note(
        session,
        by=by,
        acte="changer",
        objet="action",
        objet_id=action.id,
        resume=f"Action « {first_words([action.quoi])} » : {etat.libelle.lower()}, "
        f"échéance {echeance.strftime('%d/%m/%Y')}",
    )


def accepter(session: Session, *, id: int, version: int, le: date | None, by: Acteur) -> None:
    """Note that the pilote agreed to an open action that day; None takes it back.

    Raises:
        Conflict: a colleague changed it since `version`.
        Invalid: the action is ended.
    """
    require(by, Droit.ECRIRE)
    action = _a_jour(session, id, version)
    if action.etat not in ETATS_ACTION_OUVERTS:
        raise Invalid({"": "Cette action est terminée : rouvrez-la d’abord."})
    if action.acceptee_le == le:
        return
    action.acceptee_le = le
    session.add(action)
    session.flush()
    dit = f"Acceptée par son pilote le {le:%d/%m/%Y}" if le else "Acceptation retirée"
    _evenement(session, action, motif=dit, reunion_id=None, by=by)
    resume = f"Action « {first_words([action.quoi])} » : {dit[0].lower()}{dit[1:]}"
    journal.note(session, by=by, acte="accepter", objet="action", objet_id=action.id, resume=resume)


def corriger(session: Session, *, id: int, version: int, quoi: str, pilote_id: int | None, by: Acteur) -> None:
    """Correct the wording or the pilot of an action, when a relevé is read again."""
    require(by, Droit.ECRIRE)
    action = _a_jour(session, id, version)
    quoi, erreurs = _quoi_verifie(quoi)
    erreurs |= _pilote_verifie(session, pilote_id)
    if erreurs or pilote_id is None:
        raise Invalid(erreurs)
    if (quoi, pilote_id) == (action.quoi, action.pilote_id):
        return
    action.quoi, action.pilote_id = quoi, pilote_id
    session.add(action)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="corriger",
        objet="action",
        objet_id=action.id,
        resume=f"Action corrigée : {first_words([quoi])}",
    )
