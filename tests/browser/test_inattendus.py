"""Who is not known yet: an evening with people nobody expected, and one line wherever a name is searched."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from models import Agent, Instance, Partenaire, Participation, Presence
from models.lists import EtatPresence
from services.projets import classes, participations
from services.releves import lecture
from services.socle.acteur import SYSTEME, Acteur
from services.socle.horloge import aujourdhui, maintenant
from tests import scene
from tests.browser.operateur import Operateur, saisir_le_cas
from tests.browser.outils import pret
from tests.serveur import Serveur

pytestmark = pytest.mark.browser


def _secretaire(session: Any) -> Acteur:
    agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
    return Acteur(agent.id, agent.nom, agent.role)


def test_an_evening_in_twenty_six_operations(page: Any, connexion: Callable[..., None], serveur: Serveur) -> None:
    with serveur.session() as session:
        now = maintenant().replace(second=0, microsecond=0)
        reunion = scene.poser_cas(session, now=now, by=_secretaire(session))
        sigles = scene.sigles(session)
    connexion(page, "secretaire")
    op, cas = Operateur(page), scene.SOIREE
    saisir_le_cas(op, sigles, cas=cas)
    assert op.operations <= 26
    with serveur.session() as session:
        releve = lecture.lire(session, reunion_id=reunion, today=now.date())
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


# Where a name is searched: the address, the search, and what shows that the organisation is taken.
def _a_saisir(session: Any, by: Acteur) -> str:
    return f"saisie?reunion={scene.tenir(session, 'Réunion technique – Lafond', maintenant() - timedelta(days=3), by)}"


def _a_venir(session: Any, by: Acteur) -> str:
    id = scene.tenir(session, "Réunion technique – Port-Neuf", maintenant() + timedelta(days=9), by)
    return f"reunion?id={id}&volet=Convoquer"


def _une_instance(session: Any, by: Acteur) -> str:
    return f"instances?instance={session.exec(select(Instance.id).order_by(Instance.nom)).first()}"


def _un_college(session: Any, by: Acteur) -> str:
    annee = participations.annee_scolaire(aujourdhui())
    participations.inviter(session, annee=annee, by=SYSTEME)
    id = session.exec(
        select(Participation.id).where(Participation.annee == annee).order_by(col(Participation.id))
    ).first()
    classes.ajouter(session, participation_id=id or 0, nom="4e A", effectif=25, jeton=scene.jeton(session), by=SYSTEME)
    return f"13-18-semaine?participation={id}"


LIEUX = {
    "pilote": (_a_saisir, "Point 1 : chercher un autre pilote", "radio"),
    "siege": (_une_instance, "Ajouter un partenaire", "radio"),
    "convie": (_a_venir, "Ajouter pour cette fois", "text"),
    "structure": (_un_college, "Chercher une autre structure", "search"),
}


@pytest.mark.parametrize("lieu", LIEUX)
def test_one_line_wherever_a_name_is_searched(
    page: Any, connexion: Callable[..., None], serveur: Serveur, lieu: str
) -> None:
    ou, champ, signe = LIEUX[lieu]
    nom = f"Amicale fictive {lieu}"
    with serveur.session() as session:
        adresse = ou(session, _secretaire(session))
    connexion(page, "secretaire", suite=adresse)
    recherche = page.get_by_role("searchbox", name=champ)
    recherche.click()
    page.keyboard.type(nom)
    expect(page.get_by_role("button", name="Quelqu’un d’autre")).to_have_count(2 if lieu == "pilote" else 1)
    page.get_by_role("button", name="Quelqu’un d’autre").last.click()
    pret(page)
    expect(page.get_by_role("textbox", name="Qui : organisation, prénom nom, fonction")).to_have_value(nom)
    page.get_by_role("radio", name="Association", exact=True).click()
    page.get_by_role("button", name="Ajouter au carnet").click()
    pret(page)
    with serveur.session() as session:
        assert session.exec(select(Partenaire.id).where(Partenaire.nom == nom)).one()
    principal = page.get_by_test_id("stMain")
    if signe == "radio":
        expect(principal.get_by_role("radio", name=nom)).to_be_checked()
    elif signe == "text":
        expect(principal.get_by_text(nom, exact=True).first).to_be_visible()
    else:
        expect(recherche).to_have_value(nom)
    assert page.get_by_role("dialog").count() == 0
    assert page.url.endswith(adresse)
