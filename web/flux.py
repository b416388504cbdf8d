"""`GET /agenda/<secret>.ics`: meetings for a calendar program, which has no session. The gate lets this path in."""

import logging
import re
import time
from collections import defaultdict, deque
from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from documents.icalendrier import EvenementAgenda, calendrier
from services.administration import flux
from services.administration.flux import Rendez
from services.socle import db
from services.socle.erreurs import Unavailable
from services.socle.horloge import utcnow
from settings import get_settings
from web.porte import CHEMIN_FLUX, en_fil

log = logging.getLogger("carnet.flux")

# Wrong addresses asked for by one computer, each minute. 2^256 secrets: this only spares the base.
ESSAIS, FENETRE_S, ADRESSES = 30, 60, 1000
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_rates: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=ESSAIS))

ENTETES = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


async def agenda(request: Request) -> Response:
    """The calendar of that secret; 404 whatever is wrong with it."""
    qui = request.client.host if request.client else ""
    if _trop(qui):
        return PlainTextResponse("Trop d’essais.", status_code=429, headers={**ENTETES, "Retry-After": str(FENETRE_S)})
    secret = request.url.path.removeprefix(CHEMIN_FLUX).removesuffix(".ics")
    octets = None
    if _SECRET.fullmatch(secret):
        try:
            octets = await en_fil(lambda: _octets(secret))
        except Unavailable:
            return PlainTextResponse("Réessayez plus tard.", status_code=503, headers={**ENTETES, "Retry-After": "60"})
    if octets is None:
        _noter_essai(qui)
        return PlainTextResponse("Agenda inconnu.", status_code=404, headers=ENTETES)
    etiquette = f'"{sha256(octets).hexdigest()[:32]}"'
    entetes = {**ENTETES, "ETag": etiquette}
    if etiquette in re.findall(r'"[^"]*"', request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=entetes)
    return Response(
        octets,
        media_type="text/calendar; charset=utf-8",
        headers={**entetes, "Content-Disposition": 'inline; filename="carnet-de-veille.ics"'},
    )


def _octets(secret: str) -> bytes | None:
    now = utcnow()
    with db.reading() as session:
        ouvert = flux.ouvrir(session, secret=secret, now=now)
        if ouvert is None:
            return None
        rendez_vous = flux.rendez_vous(session, flux=ouvert, now=now)
    octets = _ecrit(tuple(rendez_vous), ouvert.nom)
    if ouvert.a_noter:
        try:
            with db.writing() as session:
                flux.noter_lecture(session, id=ouvert.id, now=now)
        except Unavailable:
            log.info("the reading of feed %s was not noted", ouvert.id)
    return octets


@lru_cache(maxsize=8)
def _ecrit(rendez_vous: tuple[Rendez, ...], nom: str) -> bytes:
    """The same meetings are the same bytes: most readings find nothing new, and writing takes 0.6 ms a meeting."""
    return calendrier((_evenement(r) for r in rendez_vous), zone=get_settings().zone, nom=nom)


def _evenement(r: Rendez) -> EvenementAgenda:
    return EvenementAgenda(
        uid=f"{r.genre}-{r.id}@carnet-de-veille",
        titre=r.titre,
        debut=r.debut,
        fin=r.fin,
        modifie_le=r.modifie_le,
        lieu=r.lieu,
        sequence=r.sequence,
        annule=r.annule,
        provisoire=r.provisoire,
    )


def _trop(qui: str) -> bool:
    essais = _rates.get(qui)
    return essais is not None and len(essais) == ESSAIS and time.monotonic() - essais[0] < FENETRE_S


def _noter_essai(qui: str) -> None:
    if len(_rates) >= ADRESSES:
        _rates.clear()
    _rates[qui].append(time.monotonic())
