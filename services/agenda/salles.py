"""The room of a meeting: à réserver, demandée, confirmée; and whom to ask for it.

Tests: tests/services/agenda/test_jalons.py.
"""

from dataclasses import dataclass

from sqlmodel import Session

from models import Lieu, Reunion
from models.lists import ETATS_REUNION_A_SAISIR, EtatSalle
from services.agenda import reunions
from services.socle import chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid

A_RESERVER = EtatSalle.A_RESERVER


@dataclass(frozen=True)
class Salle:
    """The place of a meeting as one asks for it."""

    nom: str
    adresse: str
    capacite: int | None
    contact: str
    telephone: str
    courriel: str


def du_lieu(session: Session, *, lieu_id: int) -> Salle:
    """A place and whom to ask.

    Raises:
        NotFound: no such place.
    """
    lieu = chargement.charger(session, Lieu, lieu_id)
    return Salle(lieu.nom, lieu.adresse, lieu.capacite, lieu.contact, lieu.telephone, lieu.courriel)


def noter(session: Session, *, id: int, salle: EtatSalle, version: int, by: Acteur) -> None:
    """Say where the booking of the room stands.

    Raises:
        Conflict: a colleague changed the meeting since `version` was read.
        Invalid: the meeting has no place, took place or will not, or the place is taken by another meeting.
        NotFound: no such meeting.
    """
    require(by, Droit.ECRIRE)
    reunion = chargement.charger(session, Reunion, id)
    if reunion.salle is salle:
        return
    chargement.exiger_a_jour(reunion, version)
    if reunion.lieu_id is None:
        raise Invalid({"salle": "Choisissez d’abord le lieu de la réunion."})
    if reunion.etat not in ETATS_REUNION_A_SAISIR:
        raise Invalid({"salle": f"Cette réunion est {reunion.etat.libelle.lower()} : sa salle ne change plus."})
    if salle is EtatSalle.CONFIRMEE:
        pris = reunions.conflits(
            session,
            debut=reunion.debut,
            fin=reunion.fin,
            instance_id=None,
            lieu_id=reunion.lieu_id,
            sauf=reunion.id,
        )
        if pris:
            raise Invalid({"salle": f"{pris[0]} Déplacez l’une des deux, ou changez de lieu."})
    reunion.salle = salle
    session.add(reunion)
    session.flush()
    resume = f"Salle {salle.libelle.lower()} : {reunion.titre}"
    journal.note(session, by=by, acte="salle", objet="reunion", objet_id=id, resume=resume)
