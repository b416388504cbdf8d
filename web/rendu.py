"""Plain HTML pages: Jinja templates, always escaped, never cached."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from settings import VERSION

DOSSIER = Path(__file__).resolve().parent
_MODELES = Environment(loader=FileSystemLoader(DOSSIER / "templates"), autoescape=True, trim_blocks=True)


def page(modele: str, *, statut: int = 200, **valeurs: object) -> HTMLResponse:
    """The template `modele`.html with these values."""
    texte = _MODELES.get_template(f"{modele}.html").render(version=VERSION, **valeurs)
    return HTMLResponse(texte, status_code=statut, headers={"Cache-Control": "no-store"})
