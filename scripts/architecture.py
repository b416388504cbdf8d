"""Draw who imports whom, read from the code, into docs/architecture.md.

.venv/bin/python -m scripts.architecture
"""

import ast
from functools import cache
from pathlib import Path

from settings import ROOT

DOCUMENT = ROOT / "docs" / "architecture.md"
ETAGES = ("app", "cli", "demo", "web", "ui", "pages", "documents", "services", "models")
TEXTE = """# Who imports whom

Written by `.venv/bin/python -m scripts.architecture` from the code; a test refuses it once it is out of date. An arrow
goes to what is imported; one that a longer way already says is left out: `ui` reads `services` too, by way of
`documents`. What each room is for is in the [README](../README.md#layout); `tests/test_imports.py` holds the
directions.

## Floors

```mermaid
{etages}
```

## Rooms of `services`

```mermaid
{services}
```

## Rooms of `ui`, among themselves

```mermaid
{ui}
```
"""


@cache
def arbre(fichier: Path) -> ast.Module:
    """The file, parsed once."""
    return ast.parse(fichier.read_text(encoding="utf-8"), str(fichier))


def importes(fichier: Path) -> list[tuple[int, str]]:
    """Line and dotted name of every import, wherever it stands: inside a function too.

    Raises:
        ValueError: a relative import.
    """
    noms: list[tuple[int, str]] = []
    for noeud in ast.walk(arbre(fichier)):
        if isinstance(noeud, ast.Import):
            noms += [(noeud.lineno, alias.name) for alias in noeud.names]
        elif isinstance(noeud, ast.ImportFrom):
            if noeud.level:
                raise ValueError(f"{fichier}:{noeud.lineno} : a relative import, write the whole path")
            noms += [(noeud.lineno, f"{noeud.module}.{alias.name}") for alias in noeud.names]
    return noms


def _sources(nom: str) -> list[Path]:
    seul = ROOT / f"{nom}.py"
    return [seul] if seul.exists() else sorted(f for f in (ROOT / nom).rglob("*.py") if "migrations" not in f.parts)


def _fleches(noeuds: dict[str, list[Path]], prefixe: str = "") -> set[tuple[str, str]]:
    return {
        (de, vers)
        for de, fichiers in noeuds.items()
        for fichier in fichiers
        for _, nom in importes(fichier)
        for vers in noeuds
        if de != vers and f"{nom}.".startswith(f"{prefixe}{vers}.")
    }


def _sans_detours(fleches: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without those that a longer way already says (only where arrows make no circle)."""

    def mene(de: str, vers: str, sauf: tuple[str, str], vus: frozenset[str] = frozenset()) -> bool:
        return any(
            b == vers or mene(b, vers, sauf, vus | {b})
            for a, b in fleches
            if a == de and (a, b) != sauf and b not in vus
        )

    return sorted(f for f in fleches if not mene(*f, sauf=f))


def _mermaid(fleches: list[tuple[str, str]]) -> str:
    return "\n".join(["flowchart TD", *(f"  {de} --> {vers}" for de, vers in fleches)])


def _sections(etage: str) -> dict[str, list[Path]]:
    return {d.name: sorted(d.glob("*.py")) for d in sorted((ROOT / etage).iterdir()) if (d / "__init__.py").exists()}


def dessin() -> str:
    """The whole document."""
    services, ui = _sections("services"), _sections("ui")
    return TEXTE.format(
        etages=_mermaid(_sans_detours(_fleches({nom: _sources(nom) for nom in ETAGES}))),
        services=_mermaid(_sans_detours(_fleches(services, "services."))),
        ui=_mermaid(_sans_detours(_fleches(ui, "ui."))),
    )


if __name__ == "__main__":
    DOCUMENT.write_text(dessin(), encoding="utf-8")
