"""What convening twelve invitees costs from Accueil, and one reply from the calendar; through a relay on loopback."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from sqlmodel import select

from models import Agent, Partenaire
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from tests import scene
from tests.bases import Base
from tests.browser.operateur import Operateur, convoquer, noter_une_reponse
from tests.browser.outils import CHROMIUM, DRAPEAUX, aller, se_connecter
from tests.relais import relais
from tests.serveur import Serveur

TITRE = "Réunion technique – Port-Neuf"


def figures() -> dict[str, float]:
    """`convene_12_operations` and `reply_operations`: clicks and keys, and how long one waits for the first."""
    with tempfile.TemporaryDirectory() as dossier, sync_playwright() as p, relais() as poste:
        serveur = Serveur(
            Base("sqlite", f"sqlite:///{dossier}/carnet.db", Path(dossier)),
            SMTP_HOTE="127.0.0.1",
            SMTP_PORT=str(poste.port),
            SMTP_EXPEDITEUR="tranquillite@ville.example",
        )
        serveur.start()
        try:
            serveur.create_accounts()
            with serveur.session() as session:
                a = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
                scene.poser_convocation(session, now=maintenant(), by=Acteur(a.id, a.nom, a.role))
                nom = session.exec(select(Partenaire.nom).where(Partenaire.courriel == "partenaire1@exemple.fr")).one()
            navigateur = p.chromium.launch(executable_path=CHROMIUM, args=DRAPEAUX)
            page = navigateur.new_page(viewport={"width": 1366, "height": 768}, locale="fr-FR")
            se_connecter(page, serveur.url, "secretaire")
            envoi = Operateur(page)
            convoquer(envoi, TITRE, 12)
            aller(page, f"{serveur.url}/calendrier")
            reponse = Operateur(page)
            noter_une_reponse(reponse, TITRE, nom, "Vient")
            print("convene:", *(f"{x:.2f}" for x in envoi.attentes), file=sys.stderr)
            navigateur.close()
        finally:
            serveur.stop()
    return {
        "convene_12_operations": envoi.operations,
        "convene_12_waiting_s": round(envoi.attente, 2),
        "reply_operations": reponse.operations,
    }
