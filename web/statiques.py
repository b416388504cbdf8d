"""Files open to all, each read and compressed once: Streamlit's own, a hundred of which leave at every first visit, and
those of `web/browser/`."""

import gzip
import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path

import anyio.to_thread
import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_STREAMLIT = Path(streamlit.__file__).parent / "static" / "static"
_NOTRES = sorted((Path(__file__).parent / "browser").iterdir())
# The address of our files changes with them: a browser keeps each for a year.
NOTRES = f"/static/{sha256(b''.join(f.read_bytes() for f in _NOTRES)).hexdigest()[:12]}"
# Streamlit answers an unknown file under /static/ with its page: only these addresses are files.
STATIQUES = {f"/static/{f.relative_to(_STREAMLIT).as_posix()}": f for f in _STREAMLIT.rglob("*") if f.is_file()}
STATIQUES |= {f"{NOTRES}/{f.name}": f for f in _NOTRES}
_TEXTES = {".js", ".css", ".svg", ".json", ".txt", ".map"}


@cache
def _corps(path: str, *, compresse: bool) -> bytes:
    corps = STATIQUES[path].read_bytes()
    return gzip.compress(corps, 9, mtime=0) if compresse else corps


async def servir(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET or HEAD on one of `STATIQUES`."""
    path: str = scope["path"]
    compresse = Path(path).suffix in _TEXTES and "gzip" in Headers(scope=scope).get("accept-encoding", "")
    corps = await anyio.to_thread.run_sync(lambda: _corps(path, compresse=compresse))
    entetes = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if compresse else {})
    type_ = mimetypes.guess_type(path)[0] or "application/octet-stream"
    await Response(corps, media_type=type_, headers=entetes)(scope, receive, send)
