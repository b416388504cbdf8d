"""The fictional year of `make demo`: rows written in bulk, the same ones for the same date, scale and seed."""

from datetime import date
from random import Random

from sqlmodel import Session

from demo.plan import preparer
from demo.projet import annees_13_18
from demo.reunions import poser_a_inscrire, prevoir, tenir
from demo.vie import faire_vivre
from demo.ville import (
    COMPTES,
    MOT_DE_PASSE,
    fonder,
    poser_associations,
    poser_coordonnees,
    poser_doublons,
    poser_filtres,
    poser_instances,
    poser_personnes,
    poser_presidences,
    poser_verifications,
)
from models.lists import Role
from services.commun import comptes
from services.imports import reference
from services.socle.acteur import SYSTEME

GRAINE = 17


def remplir(session: Session, *, today: date, scale: int = 1, graine: int = GRAINE) -> None:
    """Accounts, reference data and a year that ends at `today`, `scale` times as many meetings, in an empty base."""
    reference.charger_reference(session, by=SYSTEME)
    for role, nom in COMPTES.items():
        comptes.creer(session, identifiant=role, nom=nom, role=Role(role), mot_de_passe=MOT_DE_PASSE, by=SYSTEME)
    poser_presidences(session, today)
    ville = fonder(session, today, Random(graine))
    poser_associations(session, ville, scale)
    poser_coordonnees(session, ville)
    poser_personnes(session, ville)
    poser_verifications(session, ville)
    poser_instances(session, ville)
    reunions = [r for copie in range(scale) for r in prevoir(ville, copie)]
    tenir(session, ville, reunions)
    preparer(session, today=today, hasard=Random(graine), agent_id=ville.agent_id)
    faire_vivre(session, today=today, hasard=Random(graine), agent_id=ville.agent_id)
    poser_a_inscrire(session, ville)
    poser_filtres(session)
    poser_doublons(session, ville)
    annees_13_18(
        session,
        today=today,
        hasard=ville.hasard,
        animateurs=[i for nom, i in ville.partenaires.items() if nom.startswith(("Centre s", "Structure jeunesse"))],
        scale=scale,
    )
