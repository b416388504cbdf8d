"""What the README promises: the settings and their defaults, the files it names."""

import re

from settings import ROOT, Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_true() -> None:
    section = README.split("## Settings")[1].split("\n## ")[0]
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", section, re.MULTILINE))

    def shown(valeur: object) -> str:
        return {True: "true", False: "false"}.get(valeur, str(valeur)) if isinstance(valeur, bool) else str(valeur)

    attendue = {nom.upper(): shown(champ.default) for nom, champ in Settings.model_fields.items()}
    attendue["DATA_DIR"] = "data"  # shown as it stands in the project
    assert table == attendue


def test_what_it_names_exists() -> None:
    liens = re.findall(r"\]\(((?!http)[^)]+)\)", README)
    plan = re.findall(r"^([a-z]+(?:\.py|/)) ", README.split("## Layout")[1].split("\n## ")[0], re.MULTILINE)
    assert len(liens) >= 6
    assert len(plan) >= 10
    assert [chemin for chemin in [*liens, *plan] if not (ROOT / chemin).exists()] == []


def test_the_make_targets_it_names_exist() -> None:
    cibles = set(re.findall(r"`?make ([a-z]+)", README)) - {"sure"}
    assert cibles >= {"run", "test", "check", "bench"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [c for c in cibles if not re.search(rf"^{c}:", makefile, re.MULTILINE)] == []
