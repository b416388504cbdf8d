"""What every answer carries: security headers, French, caching. Streamlit sends none of these."""

import gc
import re
from pathlib import Path

import streamlit
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import get_settings
from web.porte import ICONE, PAGES_OUVERTES, PREFIXES_SANS_PAGE
from web.precharge import liens
from web.statiques import NOTRES

# Streamlit's styles are written inline; its charts compile WebAssembly and nothing else is evaluated.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    )
)
# A file that staff brought: shown, it may load and run nothing, and has no part in our origin.
CSP_PIECE = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
ENTETES = {
    "Content-Security-Policy": CSP,
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UN_AN = "max-age=31536000"
_HACHE = re.compile(r"\.[0-9a-zA-Z_-]{8,}\.(chunk\.)?(js|css|woff2?|ttf|png|svg)$")

_SANS_SCRIPT = (
    "<noscript><p>Carnet de veille a besoin de JavaScript pour afficher ses écrans. "
    "Activez-le dans votre navigateur, puis rechargez la page.</p></noscript>"
)


def page_francaise(html: str) -> str:
    """Streamlit's one page, in French: language, title, what is said without JavaScript; with our small scripts, and
    without its inline one, which our policy forbids, nor its pointer to an API that is off."""
    html = html.replace('<html lang="en">', '<html lang="fr">')
    html = html.replace("<title>Streamlit</title>", "<title>Carnet de veille</title>")
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    html = re.sub(r'<link rel="service-desc"[^>]*>', "", html)
    html = re.sub(r"<noscript>.*?</noscript>", _SANS_SCRIPT, html, flags=re.DOTALL)
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    html = html.replace('href="./', 'href="/').replace('src="./', 'src="/')
    # Before Streamlit's script: modules run in the order of the page.
    html = html.replace("<script type=", f'<script type="module" src="{NOTRES}/carnet.js"></script>\n<script type=', 1)
    html = html.replace("</head>", f"{liens(html)}</head>")
    # In the body: Streamlit writes its styles into the head, which ours come after.
    html = html.replace("<body>", f'<body>\n<link rel="stylesheet" href="{NOTRES}/screens.css">')
    return re.sub(r"\n\s*\n+", "\n", html)


PAGE = page_francaise((Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")).encode()


def cache_de(path: str) -> str | None:
    """How long a browser may keep the answer to this address; None: as the answer says."""
    if path.startswith("/static/"):
        return f"public, immutable, {_UN_AN}"
    if path.startswith("/component/"):
        # Fetched again at every mount of the calendar otherwise. Private: behind the gate.
        return f"private, immutable, {_UN_AN}" if _HACHE.search(path) else "private, max-age=3600"
    if path.startswith("/media/"):
        return "private, no-store"
    return None


def taire_le_serveur() -> None:
    """Stop naming uvicorn in every answer. Streamlit builds uvicorn's configuration itself and passes no option on."""
    for objet in gc.get_objects():
        if type(objet) is uvicorn.Config:
            objet.encoded_headers = [(nom, valeur) for nom, valeur in objet.encoded_headers if nom != b"server"]


class Entetes:
    """ASGI middleware around the gate, so that refusals carry the headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        ecran = path not in PAGES_OUVERTES | {ICONE} and not path.startswith((*PREFIXES_SANS_PAGE, "/static/"))
        remplace = False

        async def envoyer(message: Message) -> None:
            nonlocal remplace
            if message["type"] == "http.response.start":
                entetes = MutableHeaders(scope=message)
                html = entetes.get("content-type", "").startswith("text/html")
                # Our own pages say no-store; Streamlit's one page does not.
                if (
                    ecran
                    and html
                    and message["status"] in {200, 206, 304}
                    and "no-store" not in entetes.get("cache-control", "")
                ):
                    remplace = True
                    message["status"] = 200
                    for nom in ("etag", "last-modified", "content-range", "accept-ranges"):
                        if nom in entetes:
                            del entetes[nom]
                    entetes["content-length"] = str(len(PAGE))
                    entetes["cache-control"] = "no-cache"
                elif message["status"] == 200 and (cache := cache_de(path)):
                    entetes["cache-control"] = cache
                for nom, valeur in ENTETES.items():
                    entetes[nom] = valeur
                if path.startswith("/pieces/") and message["status"] in {200, 206}:
                    entetes["Content-Security-Policy"] = CSP_PIECE
                if get_settings().https:
                    entetes["Strict-Transport-Security"] = _UN_AN
            elif message["type"] == "http.response.body" and remplace:
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else PAGE}
            await send(message)

        await self.app(scope, receive, envoyer)
