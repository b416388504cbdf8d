"""Plain HTML pages: Jinja templates, always escaped, never cached."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.responses import HTMLResponse

from settings import VERSION
from web.precharge import liens

DOSSIER = Path(__file__).resolve().parent
_MODELES = Environment(loader=FileSystemLoader(DOSSIER / "templates"), autoescape=True, trim_blocks=True)

# While the agent types a password, the browser fetches what the first screen needs.
_MODELES.globals["precharge"] = Markup(liens(rel="prefetch"))  # noqa: S704 - file names of the installed package


def page(modele: str, *, statut: int = 200, **valeurs: object) -> HTMLResponse:
    """The template `modele`.html with these values."""
    texte = _MODELES.get_template(f"{modele}.html").render(version=VERSION, **valeurs)
    return HTMLResponse(texte, status_code=statut, headers={"Cache-Control": "no-store"})
