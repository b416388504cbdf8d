"""The `carnet` command line: standard input, what is printed, the exit code. Twice as IT runs it, in a process."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

import cli
from models import Agent, Journal
from services.commun import connexions
from services.socle import schema
from services.socle.db import make_engine
from settings import ROOT, VERSION
from tests.bases import free_port, oublier_la_base

MOT = "Mot-de-passe-solide-2026"


@dataclass
class Sortie:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def carnet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`carnet("compte", "liste", entree="…", **env)` on a base that never existed; `processus=True` for a real one."""

    def lancer(*args: str, entree: str = "", processus: bool = False, **env: str) -> Sortie:
        with monkeypatch.context() as ici:
            for nom in ("DATABASE_URL", "PORT"):
                ici.delenv(nom, raising=False)
            for nom, valeur in {"DATA_DIR": str(tmp_path), **env}.items():
                ici.setenv(nom, valeur)
            if processus:
                fini = subprocess.run(
                    [sys.executable, "-m", "cli", *args],
                    cwd=ROOT, input=entree, capture_output=True, text=True, check=False, timeout=120,
                )  # fmt: skip
                return Sortie(fini.returncode, fini.stdout, fini.stderr)
            oublier_la_base()
            resultat = CliRunner().invoke(cli.main, args, input=entree, prog_name="carnet")
        oublier_la_base()
        assert resultat.exception is None or isinstance(resultat.exception, SystemExit), resultat.exception
        return Sortie(resultat.exit_code, resultat.stdout, resultat.stderr)

    return lancer


@pytest.fixture
def contenu(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'carnet.db'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def creer(carnet, identifiant: str = "Zoé.Durand", entree: str = MOT + "\n", **env):
    return carnet("compte", "creer", identifiant, "--nom", "Zoé Durand", "--role", "secretaire", entree=entree, **env)


def test_an_account_is_created_before_the_application_ever_started(carnet, contenu):
    sortie = creer(carnet, processus=True)
    assert (sortie.returncode, sortie.stderr) == (0, "")
    assert sortie.stdout == "Compte zoe.durand créé (Secrétaire).\n"
    agent = contenu.exec(select(Agent)).one()
    assert connexions.verifier(MOT, agent.mot_de_passe)
    assert [(j.acte, j.agent_id) for j in contenu.exec(select(Journal)).all()] == [("agent.creer", None)]


def test_a_refusal_is_one_sentence_and_exit_code_1(carnet):
    assert creer(carnet).returncode == 0
    for sortie, attendu in (
        (creer(carnet), "déjà pris"),
        (creer(carnet, "autre", entree="court\n"), "au moins 12 caractères"),
        (creer(carnet, "autre", entree=""), "au moins 12 caractères"),
        (carnet("compte", "mot-de-passe", "inconnu", entree=MOT), "Aucun compte « inconnu »"),
    ):
        assert (sortie.returncode, sortie.stdout) == (1, "")
        assert attendu in sortie.stderr
        assert len(sortie.stderr.strip().splitlines()) == 1
        assert "Traceback" not in sortie.stderr


def test_a_wrong_command_says_how(carnet):
    for args in (("compte", "creer"), ("inconnue",), ("compte", "creer", "x", "--nom", "X", "--role", "chef")):
        sortie = carnet(*args)
        assert sortie.returncode == 2
        assert "--help" in sortie.stderr
        for anglais in ("Error", "Missing", "Usage", "No such"):
            assert anglais not in sortie.stderr


def test_a_new_password_opens_and_the_old_one_does_not(carnet, contenu):
    creer(carnet)
    nouveau = "Un-autre-mot-de-passe-2026"
    assert carnet("compte", "mot-de-passe", "zoe.durand", entree=nouveau + "\r\n").returncode == 0
    agent = contenu.exec(select(Agent)).one()
    assert connexions.verifier(nouveau, agent.mot_de_passe)
    assert not connexions.verifier(MOT, agent.mot_de_passe)


def test_the_list_names_accounts_and_no_hash(carnet):
    assert "Aucun compte" in carnet("compte", "liste").stdout
    creer(carnet)
    liste = carnet("compte", "liste").stdout
    assert liste == "zoe.durand\tZoé Durand\tSecrétaire\touvert\tjamais connecté·e\n"


def test_settings_are_checked_and_shown_without_secrets(carnet, tmp_path):
    sortie = carnet("reglages")
    assert sortie.returncode == 0
    assert f"DATABASE_URL=sqlite:///{tmp_path}/carnet.db" in sortie.stdout
    assert "Réglages valides ; la base répond (schéma pas encore créé)." in sortie.stdout
    creer(carnet)
    assert f"(schéma {schema.head()})" in carnet("reglages").stdout

    absente = carnet("reglages", DATABASE_URL=f"postgresql://agent:tres-secret@127.0.0.1:{free_port()}/carnet")
    assert absente.returncode == 1
    assert "la base ne répond pas" in absente.stderr
    assert "tres-secret" not in absente.stdout + absente.stderr

    fausse = carnet("reglages", processus=True, PORT="abc")
    assert fausse.returncode == 1
    assert fausse.stderr.startswith("Réglage PORT=abc refusé : doit être un nombre entier.")


def test_help_is_in_french(carnet):
    for args in ((), ("compte",), ("compte", "creer"), ("reglages",)):
        aide = carnet(*args, "--help").stdout
        assert "Montre cette aide." in aide
        assert "Show this message" not in aide
    assert VERSION in carnet("--version").stdout
