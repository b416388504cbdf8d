"""README's « Add a field » and « Add a screen », done on a copy to the letter: the tests there find both."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

PARTIES = (
    "benchmarks", "demo", "docs", "documents", "models", "pages", "reference", "scripts", "services", "static", "tests",
    "ui", "web",
)  # fmt: skip
README = (ROOT / "README.md").read_text(encoding="utf-8")
# File -> what stands right after the line that the recipe adds there.
APRES = {
    "models/partenaire.py": "    note: str",
    "services/partenaires/champs.py": "    note: str",
    "pages/partenaires/edition.py": '        texte("uai"',
    "ui/partenaires/fiche.py": '        textes.append(f":material/language',
    "ui/commun/navigation.py": '        ("partenaires/fiche.py"',
    "docs/guide.md": "## Actions",
}


@pytest.fixture
def copie(tmp_path: Path) -> Path:
    for dossier in PARTIES:
        shutil.copytree(ROOT / dossier, tmp_path / dossier, ignore=shutil.ignore_patterns("__pycache__"))
    for fichier in [f for f in ROOT.iterdir() if f.suffix in (".py", ".md", ".toml", ".lock") or f.name == "Makefile"]:
        shutil.copyfile(fichier, tmp_path / fichier.name)
    shutil.copytree(ROOT / ".streamlit", tmp_path / ".streamlit")
    return tmp_path


def lignes(recette: str) -> list[tuple[str, str]]:
    """File and line of each row of the table under that heading."""
    section = README.split(f"## {recette}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \| `(.+)` \|$", section, re.MULTILINE)


def ajouter(copie: Path, fichier: str, ligne: str) -> None:
    chemin, repere = copie / fichier, APRES[fichier]
    source = chemin.read_text(encoding="utf-8")
    assert source.count(f"\n{repere}") == 1, fichier
    marge = repere[: len(repere) - len(repere.lstrip())]
    chemin.write_text(source.replace(f"\n{repere}", f"\n{marge}{ligne}\n{repere}", 1), encoding="utf-8")


def lancer(copie: Path, *mots: str) -> subprocess.CompletedProcess[str]:
    commande = [sys.executable, "-m", *mots]
    return subprocess.run(commande, cwd=copie, capture_output=True, text=True, check=False)


def passer(copie: Path, *mots: str) -> None:
    fait = lancer(copie, *mots)
    assert fait.returncode == 0, fait.stdout[-3000:] + fait.stderr[-1000:]


def test_a_field_of_a_partenaire(copie: Path) -> None:
    """Kept when created, changed and merged; in conflicts, the journal, imports, exports and the search."""
    etapes = lignes("Add a field")
    modele = [e for e in etapes if e[0].startswith("models/")]
    for fichier, ligne in modele:
        ajouter(copie, fichier, ligne)
    passer(copie, "models.migrations.nouvelle", "the opening hours of a partenaire")
    champs = "tests/services/partenaires/test_champs.py"
    oubli = lancer(copie, "pytest", "-q", "-k", "sqlite or of_the_table", champs)
    assert oubli.returncode == 1
    assert "'horaires'" in oubli.stdout
    for fichier, ligne in etapes:
        if fichier not in dict(modele):
            ajouter(copie, fichier, ligne)
    cherches = copie / "models" / "partenaire.py"
    source = cherches.read_text(encoding="utf-8")
    cherches.write_text(source.replace('("sous_categorie",)', '("sous_categorie", "horaires")'), encoding="utf-8")
    passer(copie, "ruff", "check", "models", "services/partenaires", "pages/partenaires", "ui/partenaires")
    passer(copie, "ruff", "format", "--check", "models", "services/partenaires", "pages/partenaires", "ui/partenaires")
    tests = [champs, "tests/pages/test_champs.py", "tests/test_migrations.py::test_models_match_migrations"]
    passer(copie, "pytest", "-q", "-k", "not postgresql", *tests)


def test_a_screen(copie: Path) -> None:
    """Its guard, its address, its chapter and its ways on are asked by tests that name no screen."""
    section = README.split("## Add a screen\n")[1].split("\n## ")[0]
    (script,) = re.findall(r"```python\n# (\S+)\n(.*?)```", section, re.DOTALL)
    ecran = copie / script[0]
    ecran.write_text(script[1], encoding="utf-8")
    for fichier, ligne in lignes("Add a screen"):
        ajouter(copie, fichier, ligne)
    tests = ["tests/test_imports.py", *(f"tests/pages/test_{sujet}.py" for sujet in ("guide", "impasses", "panne"))]
    vus = lancer(copie, "pytest", "-q", "-k", f"{ecran.stem} and not every_link", "-rA", *tests)
    assert vus.returncode == 0, vus.stdout[-3000:]
    assert set(tests) == set(re.findall(rf"^PASSED (\S+?)::\S*{ecran.stem}", vus.stdout, re.MULTILINE))
