"""What writing up a meeting costs (tests/cas/after-meeting.json), with six earlier meetings of others, and without; and
an evening with people nobody expected (tests/cas/evening-21h.json)."""

import csv
import statistics
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from sqlmodel import select

from models import Agent
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from settings import ROOT
from tests import scene
from tests.bases import Base
from tests.browser.operateur import Operateur, choix, saisir_le_cas
from tests.browser.outils import CHROMIUM, DRAPEAUX, pret, se_connecter
from tests.serveur import Serveur

ESSAIS = 3
# What finds the one theme of the case that an empty base does not propose.
MOTS = {
    "Rodéo motorisé": "rod",
    "Occupation de hall ou de parties communes": "hall",
    "Dégradation de mobilier urbain": "mob",
}


def _un_collegue(navigateur: Browser, serveur: Serveur, reunion_id: int) -> None:
    """The server has served before, as on any morning: a colleague began to write up another meeting."""
    page = navigateur.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR").new_page()
    se_connecter(page, serveur.url, "collaborateur", suite=f"saisie?reunion={reunion_id}")
    choix(page, "Point 1 : thème", "Rodéo motorisé").click()
    page.get_by_role("textbox", name="Point 1 : constat").fill("Passages en soirée")
    pret(page)
    page.context.close()


def _une_saisie(*, histoire: bool, cas: dict[str, Any] = scene.CAS) -> Operateur:
    """One agent, one new base, one new browser."""
    with (ROOT / "reference" / "partenaires.csv").open(encoding="utf-8") as f:
        sigles = {ligne["nom"]: ligne["sigle"] for ligne in csv.DictReader(f)}
    with tempfile.TemporaryDirectory() as dossier, sync_playwright() as p:
        serveur = Serveur(Base("sqlite", f"sqlite:///{dossier}/carnet.db", Path(dossier)))
        serveur.start()
        try:
            serveur.create_accounts()
            with serveur.session() as session:
                agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
                by, now = Acteur(agent.id, agent.nom, agent.role), maintenant().replace(second=0, microsecond=0)
                scene.poser_cas(session, now=now, by=by, histoire=histoire)
                autre = scene.tenir(session, "Réunion technique – Lafond", now - timedelta(weeks=20), by)
            navigateur = p.chromium.launch(executable_path=CHROMIUM, args=DRAPEAUX)
            _un_collegue(navigateur, serveur, autre)
            page = navigateur.new_page(viewport={"width": 1366, "height": 768}, locale="fr-FR")
            se_connecter(page, serveur.url, "secretaire")
            operateur = Operateur(page)
            saisir_le_cas(operateur, sigles, cas=cas, cherche=MOTS)
            print(f"{operateur.operations} operations:", *(f"{a:.2f}" for a in operateur.attentes), file=sys.stderr)
            navigateur.close()
        finally:
            serveur.stop()
    return operateur


def figures() -> dict[str, float]:
    """`entry_operations` and `entry_waiting_s` (median of three) with history; `entry_cold_operations` without any;
    `entry_21h_operations` for the evening."""
    tiedes = [_une_saisie(histoire=True) for _ in range(ESSAIS)]
    froide = _une_saisie(histoire=False)
    soiree = _une_saisie(histoire=True, cas=scene.SOIREE)
    return {
        "entry_operations": max(o.operations for o in tiedes),
        "entry_waiting_s": round(statistics.median(o.attente for o in tiedes), 2),
        "entry_cold_operations": froide.operations,
        "entry_21h_operations": soiree.operations,
        "entry_21h_waiting_s": round(soiree.attente, 2),
    }
