"""How long a user waits for the application to come back."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bases import Base
from tests.serveur import Serveur

ESSAIS = 5


def figures() -> dict[str, float]:
    """`start_s`: process start to /sante 200 on a base that has served before (SQLite), median of five."""
    with tempfile.TemporaryDirectory() as dossier:
        serveur = Serveur(Base("sqlite", f"sqlite:///{dossier}/carnet.db", Path(dossier)))
        serveur.start()
        serveur.stop()
        durees = []
        for _ in range(ESSAIS):
            debut = time.perf_counter()
            serveur.start()
            durees.append(time.perf_counter() - debut)
            serveur.stop()
    print("start_s:", " ".join(f"{d:.2f}" for d in durees), file=sys.stderr)
    return {"start_s": round(statistics.median(durees), 2)}
