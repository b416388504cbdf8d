"""Our addresses beside Streamlit's pages, and the layers around everything."""

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from settings import ROOT
from web.connexion import Connexion, Deconnexion, MotDePasse, PremierCompte, etat_session
from web.entetes import Entetes
from web.flux import agenda
from web.frappe import frappe
from web.pieces import piece_jointe
from web.porte import CHEMIN_FLUX, Porte
from web.sante import sante


async def icone(_: Request) -> Response:
    return FileResponse(ROOT / "static" / "favicon.png", headers={"Cache-Control": "public, max-age=3600"})


async def accueil(request: Request) -> Response:
    """Streamlit gives its first page no name: the one in our list, kept or typed, leads there."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/", status_code=303)


ROUTES = [
    Route("/accueil", accueil, methods=["GET"]),
    Route("/sante", sante, methods=["GET"]),
    Route("/session", etat_session, methods=["GET"]),
    Route("/connexion", Connexion(), methods=["GET", "POST"]),
    Route("/premier-compte", PremierCompte(), methods=["GET", "POST"]),
    Route("/deconnexion", Deconnexion(), methods=["GET", "POST"]),
    Route("/mot-de-passe", MotDePasse(), methods=["GET", "POST"]),
    Route(f"{CHEMIN_FLUX}{{secret}}.ics", agenda, methods=["GET"]),
    Route("/frappe", frappe, methods=["POST"]),
    Route("/pieces/{numero}", piece_jointe, methods=["GET"]),
    Route("/favicon.png", icone, methods=["GET"]),
]

# From the outside in: compression, headers (refusals carry them too), the gate, then Streamlit.
COUCHES = [Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6), Middleware(Entetes), Middleware(Porte)]
