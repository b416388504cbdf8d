"""`/sante`, a base that is away at start or later, and what an error shows."""

import re
import threading

import httpx
import pytest
from sqlalchemy import text

from services.socle import schema
from settings import ROOT, VERSION
from tests.bases import Base, Postgres, unique_name
from tests.serveur import Serveur, data_dir
from tests.web.outils import cookie, entrer, lancer_ecran, poster, socket, visiteur

CLES = {"statut", "version", "base", "schema"}


@pytest.fixture(scope="module")
def grappe():
    """A PostgreSQL of its own: it is stopped here."""
    try:
        cluster = Postgres()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    yield cluster
    cluster.start() if not en_marche(cluster) else None
    cluster.close()


def en_marche(grappe: Postgres) -> bool:
    return (grappe.dossier / "d" / "postmaster.pid").exists()


@pytest.fixture
def sur_postgres(grappe, tmp_path_factory):
    """A server on a base of that PostgreSQL, not started yet."""
    if not en_marche(grappe):
        grappe.start()
    dossier = data_dir(tmp_path_factory.mktemp("sante"))
    serveur = Serveur(Base(sgbd="postgresql", url=grappe.create(unique_name()), dossier=dossier))
    yield serveur
    serveur.close()


def sante(serveur: Serveur) -> httpx.Response:
    return httpx.get(f"{serveur.url}/sante", timeout=20)


def jusqu_a(condition) -> None:
    """Ask again until it holds, half a minute at most."""
    for _ in range(150):
        if condition():
            return
        threading.Event().wait(0.2)
    pytest.fail("toujours pas, au bout d’une demi-minute")


def test_sante_says_what_runs_and_nothing_of_where(serveur):
    reponse = sante(serveur)
    assert reponse.json() == {"statut": "ok", "version": VERSION, "base": "sqlite", "schema": schema.head()}
    assert reponse.status_code == 200


def test_a_base_that_stops_is_said_and_its_return_needs_no_restart(sur_postgres, grappe):
    serveur = sur_postgres
    serveur.start()
    serveur.create_accounts()
    client = entrer(serveur, "secretaire")
    with socket(serveur, cookie(client)) as ws:
        lancer_ecran(ws)
        grappe.stop()
        reponse = sante(serveur)
        assert reponse.status_code == 503
        assert reponse.json()["statut"] == "base_injoignable"
        assert set(reponse.json()) == CLES
        for secret in ("127.0.0.1", str(grappe.port), "postgres@", "psycopg", str(ROOT), "Traceback"):
            assert secret not in reponse.text
        page = client.get("/partenaires")
        assert page.status_code == 503
        assert "La base ne répond pas" in page.text
        with visiteur(serveur) as dehors:
            assert dehors.get("/connexion").status_code == 503
        dit, _ = lancer_ecran(ws)  # the tab that was open says it too, and is not signed out
        assert "La base ne répond pas" in dit
        assert "Traceback" not in dit
        grappe.start()
        jusqu_a(lambda: sante(serveur).status_code == 200)
        assert client.get("/partenaires").status_code == 200
        dit, _ = lancer_ecran(ws)
        assert "Sarah Secrétaire" in dit


def test_a_base_down_at_start_is_waited_for(sur_postgres, grappe):
    serveur = sur_postgres
    grappe.stop()
    fil = threading.Thread(target=serveur.start)
    fil.start()

    def repond() -> bool:
        try:
            return sante(serveur).status_code == 503
        except httpx.TransportError:
            return False

    jusqu_a(repond)
    assert sante(serveur).json()["statut"] == "demarrage"
    with visiteur(serveur) as client:
        page = client.get("/comptes")
        assert page.status_code == 503
        assert "Démarrage en cours" in page.text
        assert client.get("/media/x").status_code == 503
    with pytest.raises(Exception, match="403"), socket(serveur, "x" * 43):
        pass
    assert "La base ne répond pas" in serveur.log()
    grappe.start()
    fil.join(timeout=60)
    assert sante(serveur).json()["schema"] == schema.head()
    with visiteur(serveur) as client:
        assert client.get("/comptes").status_code == 303


def test_a_start_that_waited_long_enough_stops_with_one_sentence(sur_postgres, grappe):
    serveur = sur_postgres
    serveur.env["ATTENTE_BASE_S"] = "1"
    grappe.stop()
    with pytest.raises(RuntimeError):
        serveur.start()
    assert "Démarrage arrêté : la base ne répond pas depuis 1 s (ATTENTE_BASE_S)." in serveur.log()


def test_a_base_of_a_later_version_stops_the_start_with_one_sentence(lancer):
    serveur = lancer()
    serveur.stop()
    with serveur.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RuntimeError):
        serveur.start()
    assert "version plus récente de l’application" in serveur.log()


def test_an_error_nobody_foresaw_shows_one_sentence_and_its_reference(sur_postgres):
    serveur = sur_postgres
    serveur.start()
    serveur.create_accounts()
    client = entrer(serveur, "secretaire")
    with serveur.session() as session:
        session.execute(text("DROP TABLE categorie CASCADE"))
    with socket(serveur, cookie(client)) as ws:
        dit, _ = lancer_ecran(ws, "partenaires")
    reference = re.search(r"donnez la référence ([0-9A-F]{8}) au service informatique", dit)
    assert reference, dit
    assert dit.count("problème imprévu") == 1
    for secret in (str(ROOT), "Traceback", "psycopg", "categorie", ".py", "SELECT", "http://", "https://"):
        assert secret not in dit.replace(serveur.url, ""), secret
    assert f"Erreur {reference[1]}" in serveur.log(1000)
    assert "UndefinedTable" in serveur.log(1000)


def test_a_refused_form_leaves_no_password_in_the_log(serveur):
    with visiteur(serveur) as client:
        poster(client, "/connexion", identifiant="elu", mot_de_passe="Mon-secret-a-moi-2026")
    assert "Mon-secret" not in serveur.log(1000)
