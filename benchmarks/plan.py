"""What planning a semestre costs: the six cellules, from Accueil, on a base that serves for the first time."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from sqlmodel import func, select

from models import Reunion
from services.socle.horloge import aujourdhui
from services.socle.periodes import plus_mois, semestre
from tests.bases import Base
from tests.browser.operateur import Operateur, planifier_le_semestre
from tests.browser.outils import CHROMIUM, DRAPEAUX, se_connecter
from tests.serveur import Serveur


def figures() -> dict[str, float]:
    """`plan_semester_operations`: clicks and keys until six cellules are planned."""
    suivant = semestre(plus_mois(semestre(aujourdhui()).debut, 6))
    with tempfile.TemporaryDirectory() as dossier, sync_playwright() as p:
        serveur = Serveur(Base("sqlite", f"sqlite:///{dossier}/carnet.db", Path(dossier)))
        serveur.start()
        try:
            serveur.create_accounts()
            navigateur = p.chromium.launch(executable_path=CHROMIUM, args=DRAPEAUX)
            page = navigateur.new_page(viewport={"width": 1366, "height": 768}, locale="fr-FR")
            se_connecter(page, serveur.url, "secretaire")
            operateur = Operateur(page)
            planifier_le_semestre(operateur, f"{suivant.debut}")
            print(f"{operateur.operations} operations:", *(f"{a:.2f}" for a in operateur.attentes), file=sys.stderr)
            navigateur.close()
            with serveur.session() as session:
                assert session.exec(select(func.count()).select_from(Reunion)).one() == 6
        finally:
            serveur.stop()
    return {"plan_semester_operations": operateur.operations}
