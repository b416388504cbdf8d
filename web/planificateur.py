"""Looks every minute for a task that is due, beside the server. One per process; the base lets one of them run it."""

import logging
import threading

from services.administration import taches
from services.socle.erreurs import Unavailable
from services.socle.horloge import utcnow

log = logging.getLogger("carnet.planificateur")

PERIODE_S = 60
ARRET_S = 5


class Planificateur:
    """A thread that ends with the server: what it is doing then is finished, or done again by another process."""

    def __init__(self) -> None:
        self._fin = threading.Event()
        self._fil: threading.Thread | None = None

    def lancer(self) -> None:
        """Begin: once now, for what fell due while nothing ran, then every minute."""
        self._fil = threading.Thread(target=self._tourner, name="planificateur", daemon=True)
        self._fil.start()

    def arreter(self) -> None:
        """Stop at the end of the task under way, which is not waited for beyond a few seconds."""
        self._fin.set()
        if self._fil is not None:
            self._fil.join(ARRET_S)

    def _tourner(self) -> None:
        while not self._fin.is_set():
            try:
                taches.passer(now=utcnow())
            except Unavailable as error:
                log.warning("tasks wait for the base: %s", error.phrase)
            except Exception:
                log.exception("tasks: tried again in a minute")
            self._fin.wait(PERIODE_S)


planificateur = Planificateur()
