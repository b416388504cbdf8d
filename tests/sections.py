"""Which rooms a test file is about, for `make test SECTION=…`: what it imports, the pages and addresses it names."""

import ast
import re
from functools import cache
from pathlib import Path

from settings import ROOT
from ui.commun.navigation import PAGES

_SECTION = re.compile(r"\b(?:services|ui|pages)[./](\w+)")
_ADRESSES = {url: script.split("/")[0] for pages in PAGES.values() for script, _, _, url, *_ in pages}
_AIDE = re.compile(r"^from tests(?:\.(\S+))? import (.+)$", re.MULTILINE)


@cache
def sections(fichier: Path) -> set[str]:
    """Empty for a file that is about all of them."""
    source = fichier.read_text(encoding="utf-8")
    if re.search(r"\bPAGES\b", source):
        return set()
    trouvees = set(_SECTION.findall(source))
    if fichier.parent.name in ("browser", "web"):
        mots = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
        noms = [fichier.stem[5:].replace("_", "-"), *(m for m in mots if isinstance(m, str))]
        trouvees |= {_ADRESSES[a] for n in noms if (a := re.split(r"[?&]", n.strip("/"))[0]) in _ADRESSES}
    for module, noms in _AIDE.findall(source):
        for nom in [module.replace(".", "/")] if module else noms.split(", "):
            aide = ROOT / "tests" / f"{nom}.py"
            if aide.exists() and aide.name not in ("bases.py", fichier.name):  # bases fills the demo year
                trouvees |= sections(aide)
    return trouvees


def a_partir_de(section: str, fichiers: set[Path]) -> set[Path]:
    """The test files of that room and of those above it, and those of the whole house."""
    from tests.test_imports import SECTIONS

    au_dessus = SECTIONS[SECTIONS.index(section) :]
    return {f for f in fichiers if not (lues := sections(f) & set(SECTIONS)) or lues & set(au_dessus)}
