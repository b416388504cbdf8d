"""No word of IT in what the trade reads: the sentences of every screen, read in the sources."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT
from tests.sources import sources

MOTS = re.compile(
    r"\b(URLs?|UID|tokens?|jetons?|CSV|ICS|iCalendar|JSON|XML|SMTP\w*|IMAP|UTF-?8|HTML|HTTPS?|API|IDs?|vCards?|MIME"
    r"|relais|timeout|logs?|bugs?|upload|backup|cache|SQL\w*|PostgreSQL|regex)\b|\.(?:eml|ics|csv|json|vcf)\b"
)
# Where such a word is the right one, and why.
ADMIS = {
    "ui/administration/flux.py": "the menus of other programs, as they print them",
    "ui/frame.py": "arguments of Streamlit, shown to nobody",
    "services/imports/colonnes.py": "headings of other programs' files",
    "services/convocation/reponses_lues.py": "what one chooses in the window where a message is saved",
}
DOSSIERS = ("ui", "pages", "services", "documents")


def phrases(source: Path) -> Iterator[tuple[int, str]]:
    """What this file may print: its strings that are not documentation, code or a line of the log."""
    arbre = ast.parse(source.read_text(encoding="utf-8"))
    hors: set[int] = set()
    for n in ast.walk(arbre):
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant):
            hors.add(id(n.value))
        elif isinstance(n, ast.Call) and re.match(r"log\.|.*\.(compile|execute)$", ast.unparse(n.func)):
            hors.update(id(m) for m in ast.walk(n))
    for n in ast.walk(arbre):
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in hors:
            yield n.lineno, n.value


def lisible(texte: str) -> bool:
    """A sentence, or a label: not a key, a path, a style sheet or a statement."""
    phrase = " " in texte.strip() and re.search(r"[a-zàâçéèêëîïôûù]{2,} ", texte)
    return bool(phrase) and not re.search(r"<style>|SELECT |PRAGMA|[{};]\s*$|^\s*[\[.@]|\\b", texte)


def etiquettes(source: Path) -> Iterator[tuple[int, str]]:
    """The first argument of what draws: a label of one word counts too."""
    for n in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(n, ast.Call) and n.args and isinstance(n.args[0], ast.Constant):
            appelee = n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
            if re.search(r"button|bouton|caption|markdown|title|header|info|_input|toggle|checkbox", appelee):
                yield n.lineno, str(n.args[0].value)


def test_no_word_of_it_on_the_screens_of_the_trade() -> None:
    fautes = []
    for source in sources(*DOSSIERS):
        nom = str(source.relative_to(ROOT))
        if nom in ADMIS:
            continue
        lues = {*((n, t) for n, t in phrases(source) if lisible(t)), *etiquettes(source)}
        fautes += [f"{nom}:{n} « {m[0]} » : {t[:90]}" for n, t in sorted(lues) if (m := MOTS.search(t))]
    assert not fautes, "\n".join(fautes)


@pytest.mark.parametrize("nom", ADMIS)
def test_what_is_admitted_still_needs_it(nom: str) -> None:
    assert any(MOTS.search(t) for _, t in phrases(ROOT / nom))
