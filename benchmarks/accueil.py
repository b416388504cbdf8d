"""What Accueil costs the server on a base of 20,000 meetings."""

from benchmarks._base import duree, sur_20000

PAGE = "pages/aujourdhui/accueil.py"


def figures() -> dict[str, float]:
    """`accueil_20000_ms`: one run of Accueil, server time, median of seven."""
    with sur_20000():
        return {"accueil_20000_ms": round(duree(PAGE))}
