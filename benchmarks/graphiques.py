"""What the charts cost the server on a base of 20,000 meetings."""

import sys

from benchmarks._base import duree, sur_20000

PAGE = "pages/pilotage/graphiques.py"
SUJETS = ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions")
PERIODES: dict[str, dict[str, str]] = {
    "12 mois": {"periode": "12 derniers mois"},
    "dix ans": {"periode": "Dates libres", "du": "2000-01-01", "au": "2035-12-31"},
}


def figures() -> dict[str, float]:
    """`charts_20000_ms`: one run of the slowest chart screen, over a year and over all meetings; median of seven."""
    with sur_20000():
        durees = {f"{s}, {p}": duree(PAGE, sujet=s, **demande) for s in SUJETS for p, demande in PERIODES.items()}
    print(*(f"{nom} : {ms:.0f} ms" for nom, ms in durees.items()), sep="\n", file=sys.stderr)
    return {"charts_20000_ms": round(max(durees.values()))}
