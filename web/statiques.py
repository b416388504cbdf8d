"""Streamlit's own files, open to all, each read and compressed once: a hundred of them leave at every first visit."""

import gzip
import mimetypes
from functools import cache
from pathlib import Path

import anyio.to_thread
import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_DOSSIER = Path(streamlit.__file__).parent / "static"
# Streamlit answers an unknown file under /static/ with its page: only these names are files.
STATIQUES = frozenset(
    f"/static/{f.relative_to(_DOSSIER / 'static').as_posix()}" for f in (_DOSSIER / "static").rglob("*") if f.is_file()
)
_TEXTES = {".js", ".css", ".svg", ".json", ".txt", ".map"}


@cache
def _corps(path: str, *, compresse: bool) -> bytes:
    corps = (_DOSSIER / path.removeprefix("/")).read_bytes()
    return gzip.compress(corps, 9, mtime=0) if compresse else corps


async def servir(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET or HEAD on one of `STATIQUES`."""
    path: str = scope["path"]
    compresse = Path(path).suffix in _TEXTES and "gzip" in Headers(scope=scope).get("accept-encoding", "")
    corps = await anyio.to_thread.run_sync(lambda: _corps(path, compresse=compresse))
    entetes = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if compresse else {})
    type_ = mimetypes.guess_type(path)[0] or "application/octet-stream"
    await Response(corps, media_type=type_, headers=entetes)(scope, receive, send)
