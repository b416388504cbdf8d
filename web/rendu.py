"""Plain HTML pages: Jinja templates, always escaped, never cached."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.responses import HTMLResponse

from web.precharge import liens
from web.statiques import NOTRES

_MODELES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True)
_MODELES.globals["notres"] = NOTRES
# While the agent types a password, the browser fetches what the first screen needs.
_MODELES.globals["precharge"] = Markup(liens(rel="prefetch"))  # noqa: S704 - file names of the installed package


def page(modele: str, *, statut: int = 200, **valeurs: object) -> HTMLResponse:
    """The template `modele`.html with these values."""
    texte = _MODELES.get_template(f"{modele}.html").render(**valeurs)
    return HTMLResponse(texte, status_code=statut, headers={"Cache-Control": "no-store"})
