"""Ask early for the code that screens need: without this, each kind of field is fetched when it first shows."""

import re
from pathlib import Path

import streamlit

from web.statiques import NOTRES, STATIQUES

_JS = Path(streamlit.__file__).parent / "static" / "static" / "js"
# The elements our screens are made of, by the name of their file in Streamlit's build (a test says if one is gone).
ELEMENTS = (
    "Button",
    "ButtonGroup",
    "TextInput",
    "TextArea",
    "Selectbox",
    "DateInput",
    "NumberInput",
    "PageLink",
    "Html",
    "Toast",
)
_IMPORT = re.compile(r'(?:from|import)\s*"\./([^"]+\.js)"')


def fichiers() -> list[str]:
    """Names of the files of these elements and of all they import, entry point excepted."""
    vus: dict[str, None] = {}
    restent = [f.name for nom in ELEMENTS for f in sorted(_JS.glob(f"{nom}.*.js"))]
    while restent:
        nom = restent.pop(0)
        if nom not in vus:
            vus[nom] = None
            restent += _IMPORT.findall((_JS / nom).read_text(encoding="utf-8", errors="ignore"))
    return list(vus)


def liens(html: str = "", *, rel: str = "modulepreload") -> str:
    """The links that ask for them and for our scripts, without those that `html` has already. `rel` "prefetch" asks for
    later use."""
    adresses = [f for f in STATIQUES if f.startswith(NOTRES) and f.endswith(".js")]
    adresses += [f"/static/js/{nom}" for nom in fichiers()]
    return "".join(f'<link rel="{rel}" crossorigin href="{adresse}">' for adresse in adresses if adresse not in html)
