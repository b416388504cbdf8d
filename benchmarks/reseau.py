"""What the network costs the server on a base of 20,000 meetings."""

import sys

from benchmarks._base import duree, sur_20000

PAGE = "pages/partenaires/reseau.py"
VUES = ("Ne viennent plus", "Tous", "Par catégorie", "Par secteur de veille", "Par dispositif", "Par instance")


def figures() -> dict[str, float]:
    """`reseau_20000_ms`: one run of the slowest view, server time, median of seven."""
    with sur_20000():
        durees = {vue: duree(PAGE, vue=vue) for vue in VUES}
    print(*(f"{vue} : {ms:.0f} ms" for vue, ms in durees.items()), sep="\n", file=sys.stderr)
    return {"reseau_20000_ms": round(max(durees.values()))}
