"""`GET /pieces/<id>`: an attached file, for who is signed in (the gate) and may read everything (asked here).

Images are shown, under a policy that runs nothing (web/entetes.py); all else is downloaded.
"""

import logging
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from services.commun import connexions, fichiers_joints, pieces
from services.commun.pieces import PieceOuverte
from services.socle import db
from services.socle.erreurs import BusinessError, Forbidden, NotFound, Unavailable
from services.socle.horloge import utcnow
from web.porte import IDENTITE, en_fil
from web.rendu import page

log = logging.getLogger("carnet.pieces")


def _trouver(session_id: str, numero: str) -> tuple[PieceOuverte, Path]:
    if not (numero.isascii() and numero.isdecimal() and len(numero) < 10):
        raise NotFound("Cette adresse ne désigne aucune pièce jointe.")
    with db.reading() as session:
        vu = connexions.acteur(session, session_id=int(session_id), now=utcnow())
        if vu is None:
            raise Forbidden("Vous n’êtes plus connecté·e. Reconnectez-vous, puis rouvrez cette pièce.")
        piece = pieces.ouvrir(session, id=int(numero), by=vu.acteur)
    chemin = fichiers_joints.chemin(piece.empreinte)
    if not chemin.is_file():
        log.error("Fichier absent du disque : pièce %s, %s", numero, chemin)
        raise NotFound(f"Le fichier « {piece.nom} » manque sur le serveur. Prévenez le service informatique.")
    return piece, chemin


async def piece_jointe(request: Request) -> Response:
    """The file, or one sentence that says why not."""
    try:
        piece, chemin = await en_fil(
            lambda: _trouver(request.headers.get(IDENTITE, "0"), request.path_params["numero"])
        )
    except BusinessError as error:
        statut = {Forbidden: 403, NotFound: 404, Unavailable: 503}.get(type(error), 400)
        return page("message", statut=statut, titre="Pièce jointe", phrase=error.phrase)
    montree = piece.type_mime in ("image/png", "image/jpeg", "image/webp")
    return FileResponse(
        chemin,
        media_type=piece.type_mime,
        filename=piece.nom,
        content_disposition_type="inline" if montree else "attachment",
        headers={"Cache-Control": "private, no-store"},
    )
