"""Settings: what each accepts, and the one sentence that refuses the rest."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT, Settings, get_settings


@pytest.fixture
def regle(monkeypatch, tmp_path: Path):
    """`regle(PORT="80")` reads the settings of that environment and of nothing else."""
    for nom in Settings.model_fields:
        monkeypatch.delenv(nom.upper(), raising=False)

    def lire(**env: str) -> Settings:
        get_settings.cache_clear()
        for nom, valeur in ({"DATA_DIR": str(tmp_path / "d")} | env).items():
            monkeypatch.setenv(nom, valeur)
        return get_settings()

    yield lire
    get_settings.cache_clear()


def test_without_anything_a_sqlite_file_of_ones_own_is_used(regle, tmp_path):
    s = regle()
    assert s.url == f"sqlite:///{tmp_path / 'd' / 'carnet.db'}"
    assert (tmp_path / "d").is_dir()
    assert (s.port, s.adresse_ecoute, s.fuseau, s.https) == (8501, "127.0.0.1", "Europe/Paris", False)


@pytest.mark.parametrize("prefixe", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_any_usual_address_of_postgresql_is_understood(regle, prefixe):
    assert regle(DATABASE_URL=f"{prefixe}u:p@h:5432/b").url == "postgresql+psycopg://u:p@h:5432/b"


def test_origins_are_a_list(regle):
    s = regle(ORIGINES="https://Carnet.ville.fr, http://autre:8080")
    assert s.origines_admises == {"https://carnet.ville.fr", "http://autre:8080"}
    assert regle(ORIGINES="").origines_admises == frozenset()


@pytest.mark.parametrize(
    ("nom", "valeur", "pourquoi"),
    [
        ("PORT", "abc", "doit être un nombre entier"),
        ("PORT", "", "doit être un nombre entier"),
        ("PORT", "0", "est trop petit (minimum 1)"),
        ("PORT", "70000", "est trop grand (maximum 65535)"),
        ("HTTPS", "peut-être", "doit être true ou false"),
        ("FUSEAU", "Europe/Saintes", "doit être un fuseau horaire connu"),
        ("FUSEAU", "../../etc/passwd", "doit être un fuseau horaire connu"),
        ("DATABASE_URL", "mysql://u@h/b", "doit commencer par postgresql:// ou sqlite:///"),
        ("DATABASE_URL", "postgresql://u:p@h:port/b", "est illisible"),
        ("DATABASE_URL", "postgresql://u:p@h:5432", "doit finir par le nom de la base"),
        ("ORIGINES", "carnet.ville.fr", "doit être une liste d’adresses"),
        ("ORIGINES", "https://carnet.ville.fr/x", "doit être une liste d’adresses"),
        ("SESSION_MAX_HEURES", "0", "est trop petit"),
        ("SESSION_INACTIVE_MINUTES", "9999", "est trop grand"),
        ("ATTENTE_BASE_S", "-1", "est trop petit"),
        ("ADRESSE_ECOUTE", "partout", "doit être une adresse IP"),
    ],
)
def test_a_wrong_value_is_one_french_sentence_that_names_it(regle, nom, valeur, pourquoi):
    with pytest.raises(SystemExit) as arret:
        regle(**{nom: valeur})
    phrase = str(arret.value)
    assert phrase.startswith(f"Réglage {nom}")
    assert pourquoi in phrase
    assert "\n" not in phrase
    assert phrase.endswith("puis relancez.")


@pytest.mark.parametrize("url", ["mysql://u:tres-secret@h/b", "postgresql://u:tres-secret@h:port/b"])
def test_a_refused_address_does_not_print_its_password(regle, url):
    with pytest.raises(SystemExit) as arret:
        regle(DATABASE_URL=url)
    assert "tres-secret" not in str(arret.value)


def test_a_folder_that_cannot_be_written_is_said(regle, tmp_path):
    fichier = tmp_path / "fichier"
    fichier.write_text("")
    with pytest.raises(SystemExit) as arret:
        regle(DATA_DIR=str(fichier / "data"))
    assert "Réglage DATA_DIR" in str(arret.value)


def test_a_wrong_value_stops_the_start_with_that_sentence_alone(tmp_path):
    sortie = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port=8619"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(tmp_path), "FUSEAU": "Mars/Olympus"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert sortie.returncode != 0
    assert "Réglage FUSEAU=Mars/Olympus refusé" in sortie.stdout + sortie.stderr
    assert "Traceback" not in sortie.stdout + sortie.stderr


def test_every_setting_stands_in_the_deployment_guide():
    guide = (ROOT / "docs" / "deploiement.md").read_text()
    decrits = set(re.findall(r"^\| `([A-Z_]+)`", guide, flags=re.MULTILINE))
    assert decrits == {nom.upper() for nom in Settings.model_fields}
