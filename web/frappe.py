"""`POST /frappe`: a text as it is typed, sent by web/browser/frappe.js, kept in the draft of its form.

Streamlit hears of a text when its field is left, and not at all when the field, the page or the tab goes first.
"""

import json
import logging
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.commun import connexions
from services.releves import saisie
from services.socle import brouillons, db
from services.socle.erreurs import BusinessError, Forbidden, Invalid, Unavailable
from services.socle.horloge import utcnow
from web.porte import IDENTITE, en_fil, nom_onglet

log = logging.getLogger("carnet.frappe")

_POIDS_MAX = 64_000  # bytes
# As Streamlit writes a key in a class: every other sign is a dash. "…-point-n3-1-note_v2": born with version 2.
_CLE = re.compile(r"([0-9a-f]{32})-([\w-]{1,80}?)(?:_v(-?\d{1,9}))?", re.ASCII)


def champ_de(nom: str) -> str:
    """The field that a class names: "point-n3-1-note" is "point.n3-1.note"."""
    return re.sub(r"\bn(\d+)\.(\d+)\b", r"n\1-\2", nom.replace("-", "."))


def _garder(session_id: str, cle: str, valeur: Any, agent: Any, brut: str) -> bool:
    lue, onglet = _CLE.fullmatch(cle), nom_onglet(brut, agent) if isinstance(agent, int) else ""
    if lue is None or not isinstance(valeur, str | int | float | None) or not onglet:
        raise Invalid({"cle": "Cette frappe ne désigne aucun champ."})
    jeton, nom, vue = lue.groups()
    champ = champ_de(nom)
    with db.reading() as session:
        vu = connexions.acteur(session, session_id=int(session_id), now=utcnow())
        if vu is None:
            raise Forbidden("Vous n’êtes plus connecté·e.")
        if vu.acteur.id != agent:
            raise Forbidden("Ces mots sont d’un collègue, qui s’est déconnecté depuis.")
        if brouillons.nom_de(session, jeton=jeton).startswith("saisie:") and not saisie.est_tape(champ, valeur):
            raise Invalid({"cle": "Ce champ ne se tape pas."})
        if brouillons.contient(session, jeton=jeton, champ=champ, valeur=valeur):
            return True
    with db.writing() as session:
        ecrit = brouillons.ecrire(
            session,
            jeton=jeton,
            valeurs={champ: valeur},
            vues={champ: None if vue is None else int(vue)},
            by=vu.acteur,
            onglet=onglet,
        )
    return not ecrit.divergents and not ecrit.envoye


async def frappe(request: Request) -> Response:
    """`{"garde": true}`: in the draft; false: kept beside it, a colleague wrote there or saved."""
    brut = await request.body()
    try:
        lu: Any = json.loads(brut) if len(brut) <= _POIDS_MAX else None
        cle, valeur, agent, onglet = str(lu["cle"]), lu["valeur"], lu["agent"], str(lu["onglet"])
    except (ValueError, TypeError, KeyError):
        return JSONResponse({}, status_code=400)
    try:
        garde = await en_fil(lambda: _garder(request.headers.get(IDENTITE, "0"), cle, valeur, agent, onglet))
    except BusinessError as error:
        statut = {Forbidden: 403, Unavailable: 503}.get(type(error), 409)
        return JSONResponse({"phrase": error.phrase}, status_code=statut)
    return JSONResponse({"garde": garde})
