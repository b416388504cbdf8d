"""Start-up beside the server, so that a database down at start is waited for while `/sante` answers."""

import ast
import gc
import importlib
import logging
import os
import secrets
import sys
import threading
import time
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.commun import comptes
from services.imports import reference
from services.socle import brouillons, db, schema
from services.socle.acteur import SYSTEME
from services.socle.erreurs import BusinessError, Unavailable
from services.socle.horloge import utcnow
from settings import ROOT, get_settings
from web.planificateur import planificateur

log = logging.getLogger("carnet.demarrage")
# Components imported outside a screen warn that they are; it says nothing to whoever reads the log.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(
    lambda ligne: "missing ScriptRunContext" not in ligne.getMessage()
)

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that reads like something else


class Demarrage:
    """What the gate and the pages ask of the start: is the base ready, and which code opens the first account."""

    def __init__(self) -> None:
        self.pret = False
        self._code = ""
        self._verrou = threading.Lock()
        self._fil: threading.Thread | None = None

    def lancer(self) -> None:
        """Begin, beside the server."""
        self._fil = threading.Thread(target=self._preparer, name="demarrage", daemon=True)
        self._fil.start()

    def code_valable(self, code: str) -> bool:
        """True when `code` is the one printed at start, however it was typed."""
        donne = "".join(c for c in code.upper() if c.isalnum())
        return bool(self._code) and secrets.compare_digest(donne.encode(), self._code.replace("-", "").encode())

    def oublier_code(self) -> None:
        """The code was used."""
        self._code = ""

    def annoncer_code(self) -> None:
        """Print the one-time code while there is no account. Only the console sees it; each start makes a new one."""
        with self._verrou:
            if not self._code:
                self._code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
        reglages = get_settings()
        protocole = "https" if reglages.https else "http"
        adresse = f"{protocole}://{reglages.adresse_ecoute}:{port_servi()}/premier-compte"
        sys.stdout.write(f"\nAucun compte : créez le premier sur {adresse}\nCode à usage unique : {self._code}\n\n")
        sys.stdout.flush()

    def _preparer(self) -> None:
        limite = get_settings().attente_base_s
        debut, attente = time.monotonic(), 0.5
        while True:
            try:
                schema.migrate(db.engine())
                with db.reading() as session:
                    premier = comptes.aucun(session)
                if premier:
                    charger_reference()
                break
            except (SQLAlchemyError, Unavailable) as error:
                if not _absente(error):
                    _arreter("Démarrage arrêté : la base refuse la mise à jour de son schéma.", error)
                if limite and time.monotonic() - debut > limite:
                    _arreter(f"Démarrage arrêté : la base ne répond pas depuis {limite} s (ATTENTE_BASE_S).", error)
                log.warning("La base ne répond pas : nouvel essai dans %.1f s.", attente)
                time.sleep(attente)
                attente = min(attente * 2, 5)
            except schema.UnknownSchema as error:
                _arreter("Démarrage arrêté : la base vient d’une version plus récente de l’application.", error)
            except BusinessError as error:
                _arreter(f"Démarrage arrêté : {error.phrase}", error)
        declarer_les_composants()
        if premier:
            self.annoncer_code()
        self.pret = True
        if not premier:
            try:
                charger_reference()  # an upgrade may bring corrected facts; nobody waits for them
            except BusinessError as error:
                log.warning("Référence non relue : %s", error.phrase)
        planificateur.lancer()
        rechauffer()


def charger_reference() -> None:
    """Import the public facts of `reference/`; a second run writes nothing, and never over what staff changed."""
    from services.commun import operations
    from services.releves import phrases

    with db.writing() as session:
        reference.charger_reference(session, by=SYSTEME)
        phrases.semer(session)
        brouillons.purger(session)
        operations.purger(session, now=utcnow())


def _absente(error: Exception) -> bool:
    """True when the base cannot be reached for now, as opposed to one that answers and refuses."""
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    return isinstance(error, Unavailable | OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _arreter(phrase: str, error: Exception) -> None:
    log.error("%s", phrase, exc_info=error)
    sys.stderr.write(f"{phrase}\n")
    sys.stderr.flush()
    os._exit(1)  # from a thread beside the server, the only exit that leaves no half-started process behind


def port_servi() -> int:
    """The port Streamlit really listens on (`--server.port` wins over PORT)."""
    from streamlit import config

    return int(config.get_option("server.port") or get_settings().port)


def modules_des_pages(dossier: Path = ROOT / "pages") -> list[str]:
    """What the screens import, found without running them."""
    noms: set[str] = set()
    for fichier in dossier.rglob("*.py"):
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8"))):
            if isinstance(noeud, ast.Import):
                noms.update(alias.name for alias in noeud.names)
            elif isinstance(noeud, ast.ImportFrom) and noeud.module and not noeud.level:
                noms.add(noeud.module)
    return sorted(noms)


def rechauffer() -> None:
    """Import now what the first visitor would otherwise wait for, then tell the collector to leave it alone."""
    for nom in ["altair", "pandas", "pyarrow", *modules_des_pages()]:
        try:
            importlib.import_module(nom)
        except Exception:  # a screen that cannot be imported says so itself when it is opened
            log.exception("Import à chaud impossible : %s", nom)
    gc.collect()
    gc.freeze()


def declarer_les_composants() -> None:
    """Import and register them before any screen may: Streamlit registers one only if a screen imports it first."""
    from streamlit.components.v1.custom_component import CustomComponent
    from streamlit.runtime import get_instance

    for nom in ("streamlit_calendar",):
        for objet in vars(importlib.import_module(nom)).values():
            if isinstance(objet, CustomComponent):
                get_instance().component_registry.register_component(objet)


demarrage = Demarrage()
