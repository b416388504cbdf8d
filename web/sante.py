"""`GET /sante`: is the application able to work? Says nothing of where anything lies."""

import logging

import anyio
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.socle import db, schema
from settings import VERSION, get_settings
from web.demarrage import demarrage

log = logging.getLogger("carnet.sante")

DELAI_S = 4
_fils: anyio.CapacityLimiter | None = None


def _schema() -> str | None:
    with db.reading() as session:
        session.execute(text("SELECT 1"))
    return schema.version(db.engine())


async def sante(_: Request) -> JSONResponse:
    global _fils
    _fils = _fils or anyio.CapacityLimiter(2)
    version: str | None = None
    statut = "demarrage" if not demarrage.pret else "base_injoignable"
    try:
        with anyio.fail_after(DELAI_S):
            version = await anyio.to_thread.run_sync(_schema, abandon_on_cancel=True, limiter=_fils)
        if demarrage.pret:
            statut = "ok"
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is 503 and tells nothing of it
        log.warning("/sante : %s", type(error).__name__)
    return JSONResponse(
        {
            "statut": statut,
            "version": VERSION,
            "base": "sqlite" if get_settings().url.startswith("sqlite") else "postgresql",
            "schema": version,
        },
        status_code=200 if statut == "ok" else 503,
        headers={"Cache-Control": "no-store"},
    )
