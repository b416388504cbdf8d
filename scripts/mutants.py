"""`make mutants`: what the tests of services/ do not see. mutmut changes one thing at a time in a copy, `mutants/`, and
runs the tests that pass through the function it changed; this draws which changes, and prints the share killed.

What only changes the words of a text is put aside, and counted: how a sentence is worded is no rule. Everything else
that survives is printed and counts against us, even what changes nothing that can be told (an equivalent mutant).
"""

import argparse
import ast
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

COPY = Path("mutants")
FIRST = "services.socle.texte.x_clean__mutmut_1"  # any: with it mutmut makes them all, and times each test
KILLED = {"killed", "timeout", "segfault"}


def mutmut(*args: str, shown: bool = False) -> str:
    """Run mutmut; what it prints, unless it is shown as it goes."""
    command = [str(Path(sys.executable).with_name("mutmut")), *args]
    done = subprocess.run(command, stdout=None if shown else subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])}: {done.stdout or 'failed'}")
    return done.stdout or ""


def states() -> dict[str, str]:
    """Each mutant -> what became of it."""
    lines = (line.strip().rpartition(": ") for line in mutmut("results", "--all", "true").splitlines())
    return {name: state for name, _, state in lines}


@cache
def functions(module: str) -> dict[str, str]:
    """The functions of a module of the copy, original and mutated, by name and without their words."""
    read = {}
    for node in ast.walk(ast.parse((COPY / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name:
            name, node.name, node.decorator_list = node.name, "", []
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    part.value = ""
            read[name] = ast.dump(node)
    return read


def words_only(mutant: str) -> bool:
    module, _, function = mutant.rpartition(".")
    return functions(module)[function] == functions(module)[f"{function.rpartition('_')[0]}_orig"]


def draw(seed: int, n: int, among: list[str]) -> tuple[list[str], int]:
    """`n` of these mutants, and how many were put aside on the way."""
    drawn: list[str] = []
    for tried, mutant in enumerate(random.Random(seed).sample(among, len(among))):
        if len(drawn) == n:
            return drawn, tried - n
        if not words_only(mutant):
            drawn.append(mutant)
    return drawn, len(among) - len(drawn)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--seed", type=int, default=random.randrange(1000))
    parser.add_argument("-n", type=int, default=60)
    asked = parser.parse_args()
    mutmut("run", FIRST, shown=True)
    everything = sorted(states())
    drawn, aside = draw(asked.seed, asked.n, everything)
    mutmut("run", *drawn, shown=True)
    became = states()
    alive = [mutant for mutant in drawn if became[mutant] not in KILLED]
    for mutant in alive:
        print(f"\n{mutmut('show', mutant)}")
    killed = len(drawn) - len(alive)
    print(f"mutants_seed={asked.seed}\nmutants_all={len(everything)}\nmutants_words_put_aside={aside}")
    print(f"mutants_drawn={len(drawn)}\nmutants_killed={killed}\nmutants_share={killed / len(drawn):.3f}")


if __name__ == "__main__":
    main()
