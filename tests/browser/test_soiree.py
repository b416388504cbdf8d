"""An evening, written up at 21:00: people nobody expected, a theme out of the likely ones, two actions on one point."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from models import Agent, Partenaire, Presence
from models.lists import EtatPresence
from services import releves
from services.acteur import Acteur
from services.horloge import maintenant
from tests import scene
from tests.browser.operateur import Operateur, saisir_le_cas
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


def test_an_evening_in_twenty_six_operations(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    with serveur.session() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
        by, now = Acteur(agent.id, agent.nom, agent.role), maintenant().replace(second=0, microsecond=0)
        reunion = scene.poser_cas(session, now=now, by=by, reference=False)
        sigles = scene.sigles(session)
    connexion(page, "secretaire")
    op, cas = Operateur(page), scene.SOIREE
    saisir_le_cas(op, sigles, cas=cas)
    assert op.operations <= 26
    with serveur.session() as session:
        releve = releves.lire(session, reunion_id=reunion, today=now.date())
        venus = session.exec(
            select(Partenaire.nom, Partenaire.sigle, Presence.fonction)
            .select_from(Presence)
            .join(Partenaire)
            .where(Presence.reunion_id == reunion, Presence.etat == EtatPresence.PRESENT)
        ).all()
    assert sorted((p.theme, p.note, p.quartier) for p in releve.points) == sorted(
        (p["theme"], p["note"], p["quartier"]) for p in cas["points"]
    )
    assert sorted((a.quoi, a.pilote_nom) for p in releve.points for a in p.actions) == sorted(
        (a["what"], a["structure"]) for p in cas["points"] for a in p["actions"]
    )
    connu, inconnu = cas["unexpected"]
    assert (connu["structure"], "médiatrice") in {(sigle, fonction) for _, sigle, fonction in venus}
    assert inconnu["structure"] in {nom for nom, _, _ in venus}
    assert len(venus) == sum(m["presence"] == "présent" for m in cas["members"]) + 2
