"""What a browser is given stands in `web/browser`: styles and scripts in files of their own, words in one of them."""

import ast
import json
import re
from pathlib import Path

import pytest
import streamlit

from settings import ROOT
from tests.sources import sources

BROWSER = ROOT / "web" / "browser"
SOURCES = sources("pages", "ui", "web")
# Of a style, Python writes one thing: the value of a custom property (`--teinte`), for a file of ours to use.
STYLE = re.compile(r"""[{;]\s*[a-z][a-z-]*\s*:[^{}"']*[;}]|style=["'](?!--)""")
# Not in Streamlit's scripts as one text: put together there, or sent by its server.
COMPOSED = {
    "Failed to generate file for download",
    "Remove",
    "The page that you have requested does not seem to exist. Running the app's main page.",
    "add icon",
}


def strings(source: str) -> list[str]:
    """Every string written in that Python, "0" in the place of what an f-string computes."""
    return [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in noeud.values)
        if isinstance(noeud, ast.JoinedStr)
        else str(noeud.value)
        for noeud in ast.walk(ast.parse(source))
        if isinstance(noeud, ast.JoinedStr) or (isinstance(noeud, ast.Constant) and isinstance(noeud.value, str))
    ]


@pytest.mark.parametrize("fichier", SOURCES, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_no_style_in_python(fichier: Path) -> None:
    fautes = [m[0] for texte in strings(fichier.read_text(encoding="utf-8")) for m in STYLE.finditer(texte)]
    assert not fautes, f"à écrire dans un fichier de web/browser : {fautes}"


@pytest.mark.parametrize(
    ("source", "faute"),
    [
        ('CSS = """<style>\n.plan {overflow-x: auto;}\n</style>"""', True),
        ('st.html("<style>.plan a, .plan b " "{text-align: left;}</style>")', True),
        ('f"@media print {{.plan {{color: {couleur}; width: 1px}}}}"', True),
        ("f'<p style=\"color: {couleur}\">'", True),
        ('f".plan {{--teinte: {couleur}}}"', False),
        ("f'<p style=\"--teinte: {couleur}\">'", False),
        ("f'{{\"ouvert\": {n}}}'", False),
    ],
)
def test_the_rule_itself(source: str, *, faute: bool) -> None:
    assert any(STYLE.search(texte) for texte in strings(source)) is faute


@pytest.mark.parametrize("fichier", sources("web/browser", motif="*.js"), ids=lambda f: f.name)
def test_a_script_is_short(fichier: Path) -> None:
    lignes = len(fichier.read_text(encoding="utf-8").splitlines())
    assert lignes <= 250, f"{fichier.name} : {lignes} lignes, 250 au plus"


def unknown(mots: list[str]) -> set[str]:
    """Those that Streamlit's scripts do not hold as a text of theirs."""
    entre_guillemets = re.compile(f"[`\"']({'|'.join(map(re.escape, mots))})[`\"']")
    scripts = (Path(streamlit.__file__).parent / "static" / "static" / "js").glob("*.js")
    connus = {m for f in scripts for m in entre_guillemets.findall(f.read_text(encoding="utf-8"))}
    return set(mots) - connus


def test_every_text_put_into_french_is_one_of_streamlits() -> None:
    textes = (BROWSER / "french_words.js").read_text(encoding="utf-8").split("PATTERNS")[0]
    mots = [json.loads(m) for m in re.findall(r'^  ("(?:[^"\\]|\\.)*"):', textes, re.MULTILINE)]
    assert len(mots) == textes.count('":')  # each line was read
    assert unknown([*mots, "Never printed"]) == {*COMPOSED, "Never printed"}
