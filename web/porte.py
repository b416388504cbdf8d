"""The one gate, before everything: HTTP and WebSocket. Without a live session row, nothing behind it is reached.

Streamlit is told who is here by one header, which only this file may write; it reads Origin only after us.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import anyio
import anyio.to_thread
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.commun import connexions
from services.commun.connexions import SessionOuverte
from services.socle import db
from services.socle.erreurs import Unavailable
from services.socle.horloge import utcnow
from settings import get_settings
from ui.commun.adresse import de_maintenant
from web.demarrage import demarrage
from web.rendu import page
from web.statiques import STATIQUES, servir

log = logging.getLogger("carnet.porte")

IDENTITE = "x-carnet-session"
ONGLET = "x-carnet-onglet"  # which tab of that browser, as it says when it opens the WebSocket
_RETIRES = frozenset({IDENTITE.encode(), ONGLET.encode(), b"origin", b"accept-encoding"})
# Open to all. Each of the first four guards itself.
PAGES_OUVERTES = frozenset({"/connexion", "/deconnexion", "/premier-compte", "/session", "/sante"})
# Calendar programs have no cookie: the secret of the address is judged by `web/flux.py`.
CHEMIN_FLUX = "/agenda/"
ICONE = "/favicon.png"
WEBSOCKET = "/_stcore/stream"
# Streamlit's own doors that nobody needs here: figures on the process, its agent API, its sign-in.
CONDAMNES = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health", "/auth", "/oauth2callback")
PREFIXES_SANS_PAGE = ("/_stcore", "/media", "/component", "/app/static", "/auth", "/oauth2callback")

T = TypeVar("T")
_fils: anyio.CapacityLimiter | None = None


async def en_fil(travail: Callable[[], T]) -> T:
    """Run a call to the base in a thread; a base that hangs may take at most twelve of them."""
    global _fils
    _fils = _fils or anyio.CapacityLimiter(12)
    return await anyio.to_thread.run_sync(travail, limiter=_fils)


def nom_du_cookie() -> str:
    """Behind TLS the prefix forbids a sub-domain or plain HTTP to set it."""
    return "__Host-carnet" if get_settings().https else "carnet"


def cookie(scope: Scope, nom: str) -> str:
    """The value of a cookie, "" when absent or given twice with different values."""
    valeurs: set[str] = set()
    for cle, brut in scope["headers"]:
        if cle.lower() == b"cookie":
            for morceau in brut.decode("latin-1").split(";"):
                jarre = SimpleCookie()
                try:
                    jarre.load(morceau.strip())
                except CookieError:
                    continue
                valeurs.update(m.value for k, m in jarre.items() if k == nom)
    return valeurs.pop() if len(valeurs) == 1 else ""


def entetes_de(scope: Scope, nom: str) -> list[str]:
    """All values of a header."""
    return [v.decode("latin-1") for k, v in scope["headers"] if k.lower() == nom.encode()]


def origine_admise(scope: Scope) -> bool:
    """True when the one Origin given is this very host, or in ORIGINES. Decided here: a refusal by Streamlit calls
    an outside host, and waits for it."""
    origines, hotes = entetes_de(scope, "origin"), entetes_de(scope, "host")
    if len(origines) != 1 or len(hotes) != 1:
        return False
    origine = origines[0].lower()
    if origine in get_settings().origines_admises:
        return True
    try:
        parts = urlsplit(origine)
        hote = urlsplit(f"{parts.scheme}://{hotes[0].lower()}")
        attendu = {"http": 80, "https": 443}
        return (
            parts.scheme in attendu
            and (parts.scheme == "https" or not get_settings().https)
            and bool(parts.hostname)
            and parts.hostname == hote.hostname
            and (parts.port or attendu[parts.scheme]) == (hote.port or attendu[parts.scheme])
            and origine == f"{parts.scheme}://{parts.netloc}"
        )
    except ValueError:
        return False


def est_un_flux(path: str) -> bool:
    """`/agenda/<secret>.ics` and nothing under it."""
    return path.startswith(CHEMIN_FLUX) and path.endswith(".ics") and path.count("/") == 2


def suite_sure(adresse: str | None) -> str:
    """The address to go back to after sign-in: a path of ours, or "/"."""
    adresse = adresse or "/"
    # A browser reads "\" as "/" and drops control characters: "/\evil" and "/\t/evil" leave the site.
    if not adresse.startswith("/") or any(c == "\\" or ord(c) < 33 or ord(c) == 127 for c in adresse):
        return "/"
    try:
        parts = urlsplit(adresse)
    except ValueError:
        return "/"
    if adresse.startswith("//") or parts.scheme or parts.netloc or parts.path in PAGES_OUVERTES | {ICONE}:
        return "/"
    if parts.path.startswith((*PREFIXES_SANS_PAGE, "/static/")):
        return "/"
    return adresse[:2000]


def adresse_connexion(scope: Scope) -> str:
    """The sign-in page, which comes back to the address asked for."""
    demande = quote(scope["path"], safe="/-._~") + (
        f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
    )
    suite = suite_sure(demande)
    return "/connexion" if suite == "/" else f"/connexion?suite={quote(suite, safe='')}"


class Porte:
    """ASGI middleware. Everything is refused but what is named here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, lecture = scope["path"], scope["method"] in {"GET", "HEAD"}
        if not lecture and not origine_admise(scope):
            await _refus(403, "Origine refusée.")(scope, receive, send)
            return
        if path.startswith("/static/") and (path not in STATIQUES or not lecture):
            await _refus(404, "Fichier inconnu.")(scope, receive, send)
            return
        if path in STATIQUES:
            await servir(scope, receive, send)
            return
        if path in {"/sante", ICONE}:
            await self.app(_pour_streamlit(scope, None), receive, send)
            return
        if not demarrage.pret:
            await page("attente", statut=503)(scope, receive, send)
            return
        if path in PAGES_OUVERTES or (lecture and est_un_flux(path)):
            await self.app(_pour_streamlit(scope, None), receive, send)
            return
        try:
            ouverte = await session_vivante(scope)
        except Unavailable:
            await page("indisponible", statut=503)(scope, receive, send)
            return
        if ouverte is not None and path.startswith(CONDAMNES):
            await _refus(404, "Adresse inconnue.")(scope, receive, send)
        elif (
            ouverte is not None
            and lecture
            and (dit := de_maintenant(path[1:], scope["query_string"].decode("latin-1")))
        ):
            # Here rather than on the screen: "Back" would lead to the address of before, whose fields are drawn.
            await RedirectResponse(f"{path}?{dit}", headers={"Cache-Control": "no-store"})(scope, receive, send)
        elif ouverte is not None:
            await self.app(_pour_streamlit(scope, ouverte), receive, send)
        elif lecture and not path.startswith(PREFIXES_SANS_PAGE):
            reponse: Response = RedirectResponse(
                adresse_connexion(scope), status_code=303, headers={"Cache-Control": "no-store"}
            )
            await reponse(scope, receive, send)
        else:
            await _refus(401, "Connectez-vous.")(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        ouverte = None
        if scope["path"] == WEBSOCKET and demarrage.pret and origine_admise(scope):
            with suppress(Unavailable):
                ouverte = await session_vivante(scope)
        # A tab that shows the screen of another agent would bring its fields into this one's.
        if ouverte is None or _demande(scope, "agent") not in ("", str(ouverte.acteur.id)):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        ferme = False

        async def recevoir() -> Message:
            """Each message asks again: once signed out, not even a fragment runs."""
            nonlocal ferme
            message = await receive()
            if message["type"] == "websocket.receive" and not await _encore_la(scope):
                ferme = True
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        async def envoyer(message: Message) -> None:
            if not ferme:
                await send(message)

        await self.app(_pour_streamlit(scope, ouverte), recevoir, envoyer)


async def session_vivante(scope: Scope) -> SessionOuverte | None:
    """The live session of the cookie, asked of the base each time: signing out acts at once, everywhere.

    Raises:
        Unavailable: the base does not answer.
    """
    jeton = cookie(scope, nom_du_cookie())
    if not 20 <= len(jeton) <= 100:
        return None

    def demander() -> SessionOuverte | None:
        with db.reading() as session:
            return connexions.session_du_cookie(session, jeton=jeton, now=utcnow())

    return await en_fil(demander)


async def _encore_la(scope: Scope) -> bool:
    try:
        return await session_vivante(scope) is not None
    except Unavailable:
        return True  # without the base nothing can be read or written: the command says so, the typed text stays


def _refus(statut: int, phrase: str) -> Response:
    return PlainTextResponse(phrase, status_code=statut, headers={"Cache-Control": "no-store"})


def _demande(scope: Scope, nom: str) -> str:
    """What the address of a request says under that name, "" when nothing."""
    query: str = scope["query_string"].decode("latin-1")
    return parse_qs(query).get(nom, [""])[0]


def nom_onglet(brut: str, agent_id: int) -> str:
    """What drafts call this tab while that agent is there, "" for a tab that gives no name: who signs in there next has
    seen nothing of what the first wrote."""
    return f"{(int(brut, 16) + agent_id) % 2**32:08x}" if re.fullmatch("[0-9a-f]{8}", brut) else ""


def _pour_streamlit(scope: Scope, ouverte: SessionOuverte | None) -> Scope:
    """The same request with the verified identity and no other; Origin, judged already, no longer asks anything, and
    compression is the outermost layer's work alone."""
    entetes = [(k, v) for k, v in scope["headers"] if k.lower().replace(b"_", b"-") not in _RETIRES]
    if ouverte is not None:
        entetes.append((IDENTITE.encode(), str(ouverte.id).encode()))
    if ouverte is not None and scope["type"] == "websocket":
        if onglet := nom_onglet(_demande(scope, "onglet"), ouverte.acteur.id or 0):
            entetes.append((ONGLET.encode(), onglet.encode()))
        hote = entetes_de(scope, "host")[0]
        entetes.append((b"origin", f"http://{hote}".encode("latin-1")))
    return {**scope, "headers": entetes}
