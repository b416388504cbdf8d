"""Convening in a real browser, through a real relay: what is shown leaves once; three replies on the phone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from models import Agent, Envoi, Reunion
from models.lists import EtatEnvoi, EtatReunion, Reponse
from services.agenda import programmation
from services.convocation import destinataires
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from tests import scene
from tests.browser.operateur import Operateur, convoquer, noter_une_reponse
from tests.browser.outils import aller, charger, pret, se_connecter, until
from tests.relais import Relais, agenda, relais
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
TITRE = "Réunion technique – Port-Neuf"


@pytest.fixture(scope="module")
def poste() -> Iterator[Relais]:
    with relais() as r:
        yield r


@pytest.fixture(scope="module")
def serveur(poste: Relais, lancer: Callable[..., Serveur]) -> Serveur:
    """The application, with the town's relay."""
    return lancer(SMTP_HOTE="127.0.0.1", SMTP_PORT=str(poste.port), SMTP_EXPEDITEUR="tranquillite@ville.example")


def secretaire(session: Session) -> Acteur:
    a = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
    return Acteur(a.id, a.nom, a.role)


def test_convene_twelve_then_take_three_replies_then_move(serveur: Serveur, poste: Relais, page: Page) -> None:
    with serveur.session() as session:
        r = scene.poser_convocation(session, now=maintenant(), by=secretaire(session))
        vus = [c.partenaire for c in destinataires.lister(session, reunion_id=r, today=maintenant().date())]
        noms = [nom for nom in vus if nom.replace(" ", "").isalnum()][:3]
    se_connecter(page, serveur.url, "secretaire")
    op = Operateur(page)
    convoquer(op, TITRE, 12)
    assert op.operations <= 6
    assert until(lambda: len(poste.recus) == 12)
    message = poste.a("partenaire1@exemple.fr")[0]
    assert agenda(message).method.value == "REQUEST"
    assert next(p.get_filename() for p in message.iter_attachments()).endswith(".docx")  # type: ignore[union-attr]
    with serveur.session() as session:
        assert session.get_one(Reunion, r).etat is EtatReunion.CONVOQUEE
        assert {e.etat for e in session.exec(select(Envoi)).all()} == {EtatEnvoi.ENVOYE}
    for nom, reponse in zip(noms, ("Vient", "Excusé", "Remplacé par…"), strict=True):
        charger(page, f"{serveur.url}/calendrier")
        op = Operateur(page)
        noter_une_reponse(op, TITRE, nom, reponse)
        assert op.operations <= 3
    page.get_by_placeholder("Fonction, jamais un nom").fill("adjointe de direction")
    page.get_by_placeholder("Fonction, jamais un nom").press("Tab")
    expect(page.get_by_text("9 sans réponse")).to_be_visible()

    def repondu() -> list[tuple[Reponse, str]]:
        with serveur.session() as session:
            vus = destinataires.gardes(session, reunion_id=r)
        return [(c.reponse, c.remplacant) for c in vus if c.reponse is not Reponse.SANS_REPONSE]

    attendu = [(Reponse.VIENT, ""), (Reponse.EXCUSE, ""), (Reponse.REMPLACE, "adjointe de direction")]
    assert until(lambda: repondu() == attendu)

    with serveur.session() as session:
        reunion = session.get_one(Reunion, r)
        debut = reunion.debut + timedelta(days=7)
        programmation.deplacer(session, id=r, debut=debut, version=reunion.version, by=secretaire(session))
    aller(page, f"{serveur.url}/reunion?id={r}&volet=Convoquer")
    expect(page.get_by_text("Les invités ont l’ancienne date (12 destinataires)")).to_be_visible()
    page.get_by_role("button", name="Envoyer la mise à jour").click()
    expect(page.get_by_label("Mot ajouté")).to_be_visible()
    page.go_back()
    page.wait_for_url(lambda adresse: "volet=Convoquer" not in adresse)
    pret(page)
    page.go_forward()  # the window was left: it does not open by itself
    expect(page.get_by_role("button", name="Envoyer la mise à jour")).to_be_visible()
    pret(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Envoyer la mise à jour").click()
    pret(page)
    page.get_by_label("Mot ajouté").fill("Salle à l’étage")
    page.get_by_role("button", name="Envoyer 12 messages").click(delay=0)  # what was typed last goes along
    assert until(lambda: len(poste.recus) == 24)
    mise_a_jour = poste.a("partenaire1@exemple.fr")[1]
    assert agenda(mise_a_jour).vevent.sequence.value == "1"
    assert "Salle à l’étage" in mise_a_jour.get_body().get_content()  # type: ignore[union-attr]
