"""Run every `figures()` of this package; one `name=value` line each on standard output, last. The rest is on stderr."""

import importlib
import os
import pkgutil
import sys
import time
import traceback

import benchmarks


def main() -> int:
    sortie = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a server or a browser prints must not be taken for a figure
    figures: dict[str, float] = {}
    echecs = 0
    for module in sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")):
        mesure = getattr(importlib.import_module(f"benchmarks.{module}"), "figures", None)
        if mesure is None:
            continue
        debut = time.monotonic()
        try:
            figures |= mesure()
        except Exception:  # noqa: BLE001 - one figure that fails must not hide the others
            echecs += 1
            traceback.print_exc()
        print(f"benchmarks.{module}: {time.monotonic() - debut:.0f} s", file=sys.stderr)
    for nom, valeur in figures.items():
        print(f"{nom}={valeur:g}", file=sortie)
    sortie.close()
    return 1 if echecs else 0


if __name__ == "__main__":
    sys.exit(main())
