"""The one gate: who gets in, by which door, with which identity."""

import time

import httpx
import pytest
from sqlmodel import select
from websockets.exceptions import InvalidStatus

from models import Agent, Journal, SessionAgent
from settings import ROOT
from tests.sources import sources
from tests.web.outils import cookie, coupe, entrer, lancer_ecran, poster, socket, visiteur
from ui.commun.navigation import PAGES
from web.statiques import NOTRES, STATIQUES

ECRANS = [f"/{url}" for pages in PAGES.values() for _, _, _, url, *_ in pages]
FICHIERS = [f"/{f.relative_to(ROOT)}" for f in sources("pages", "ui")]
AUTRES = [
    "/",
    "/?page=comptes",
    "/inconnue",
    "/comptes/",
    "/comptes/x/y",
    "//comptes",
    "/./comptes",
    "/comptes;x",
    "/%63omptes",
    "/mot-de-passe",
    "/index.html",
    "/manifest.json",
    "/app.py",
    "/data/carnet.db",
    "/.streamlit/config.toml",
]
FERMEES = [
    "/media/0123456789abcdef.csv",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/stream",
    "/_stcore/agent/openapi.json",
    "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/script-health-check",
    "/component/streamlit_calendar.calendar/index.html",
    "/app/static/x.png",
    "/auth/login",
    "/oauth2callback",
]


@pytest.fixture(scope="module")
def neuf(lancer):
    """A server just started, that nobody ever signed in to."""
    return lancer()


# --- logged out ----------------------------------------------------------------------------------------------------


def test_logged_out_every_address_leads_to_sign_in_first_thing_after_a_start(neuf):
    with visiteur(neuf) as client:
        for adresse in [*ECRANS, *FICHIERS, *AUTRES]:
            reponse = client.get(adresse)
            assert reponse.status_code == 303, adresse
            assert reponse.headers["location"].split("?")[0] == "/connexion", adresse
            assert not reponse.text, adresse
    assert "Traceback" not in neuf.log(500)


def test_logged_out_streamlits_own_doors_are_closed(neuf):
    with visiteur(neuf) as client:
        for adresse in FERMEES:
            for methode in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
                reponse = client.request(methode, adresse)
                assert reponse.status_code == 401, (methode, adresse)
                assert reponse.text == "Connectez-vous.", (methode, adresse)


def test_logged_out_nothing_can_be_uploaded(neuf):
    with visiteur(neuf) as client:
        for methode in ("PUT", "POST", "DELETE"):
            fichier = {"file": ("x.csv", b"a;b" * 1000)}
            assert client.request(methode, "/_stcore/upload_file/x/y", files=fichier).status_code == 401


def test_logged_out_no_page_can_be_posted_to(neuf):
    with visiteur(neuf) as client:
        for adresse in ("/", "/comptes", "/mot-de-passe"):
            assert client.post(adresse).status_code == 401


def test_logged_out_the_websocket_is_refused(neuf):
    for jeton in (None, "", "x", "x" * 43, "../../etc/passwd", "é" * 30, "x" * 5000):
        with pytest.raises(InvalidStatus) as refus, socket(neuf, jeton.encode().decode("latin-1") if jeton else jeton):
            pass
        assert refus.value.response.status_code == 403


def test_only_streamlits_files_are_open_under_static(neuf):
    with visiteur(neuf) as client:
        assert client.get(min(STATIQUES)).status_code == 200
        for adresse in (
            "/static/",
            "/static/inconnu.js",
            "/static/js/%2e%2e/%2e%2e/index.html",
            "/static/../index.html",
        ):
            reponse = client.get(adresse)
            assert reponse.status_code in (303, 404), adresse
            assert "<html" not in reponse.text, adresse
        assert client.post(min(STATIQUES)).status_code == 404


def test_what_the_sign_in_page_needs_is_open(neuf):
    with visiteur(neuf) as client:
        for adresse in (
            "/connexion",
            "/sante",
            "/favicon.png",
            f"{NOTRES}/porte.css",
            f"{NOTRES}/carnet.js",
            "/deconnexion",
        ):
            assert client.get(adresse).status_code == 200, adresse
        assert client.get("/session").status_code == 401
        assert client.get("/premier-compte").headers["location"] == "/connexion"  # there are accounts already


# --- one identity --------------------------------------------------------------------------------------------------


def test_the_screen_runs_as_the_cookies_agent(serveur):
    with entrer(serveur, "elu") as client, socket(serveur, cookie(client)) as ws:
        dit, _ = lancer_ecran(ws)
    assert "Élie Élu" in dit


@pytest.mark.parametrize("nom", ["X-Carnet-Session", "x-carnet-session", "X-CARNET-SESSION", "X_Carnet_Session"])
def test_an_identity_header_sent_by_the_browser_is_ignored(serveur, nom):
    with entrer(serveur, "responsable") as chef, entrer(serveur, "elu") as elu:
        with serveur.session() as session:
            du_chef = session.exec(select(SessionAgent.id).join(Agent).where(Agent.identifiant == "responsable")).all()[
                -1
            ]
        assert elu.get("/comptes", headers={nom: str(du_chef)}).status_code == 200
        with socket(serveur, cookie(elu), **{nom: str(du_chef)}) as ws:
            dit, _ = lancer_ecran(ws)
        assert "Élie Élu" in dit
        assert "Rachel Responsable" not in dit
        with visiteur(serveur) as dehors:
            assert dehors.get("/comptes", headers={nom: str(du_chef)}).status_code == 303
        assert chef.get("/session").status_code == 204


def test_a_doubled_identity_header_is_ignored_too(serveur):
    with entrer(serveur, "elu") as elu:
        entetes = [("X-Carnet-Session", "1"), ("x-carnet-session", "2"), ("Cookie", f"carnet={cookie(elu)}")]
        demande = httpx.Request("GET", f"{serveur.url}/mot-de-passe", headers=entetes)
        assert elu.send(demande).status_code == 200
        demande = httpx.Request("GET", f"{serveur.url}/mot-de-passe", headers=entetes[:2])
        with visiteur(serveur) as dehors:
            assert dehors.send(demande).status_code == 303


def test_another_persons_streamlit_session_cannot_be_taken_over(serveur):
    with entrer(serveur, "responsable") as chef, entrer(serveur, "elu") as elu:
        with socket(serveur, cookie(chef)) as ws:
            _, session = lancer_ecran(ws, "comptes")
        with socket(serveur, cookie(elu), session=session) as ws:
            dit, obtenue = lancer_ecran(ws)
        assert obtenue
        assert obtenue != session
        assert "Rachel Responsable" not in dit
        with socket(serveur, cookie(chef), session=session) as ws:  # its owner gets it back after a cut
            assert lancer_ecran(ws)[1] == session


def test_two_different_cookies_of_that_name_open_nothing(serveur):
    with entrer(serveur, "elu") as elu:
        bon, faux = f"carnet={cookie(elu)}", "carnet=" + "x" * 43
        for entete in (f"{faux}; {bon}", f"{bon}; {faux}"):
            reponse = httpx.get(f"{serveur.url}/comptes", headers={"Cookie": entete})
            assert reponse.status_code == 303
        assert httpx.get(f"{serveur.url}/comptes", headers={"Cookie": f"{bon}; {bon}; autre=1"}).status_code == 200


# --- signing out acts at once, everywhere --------------------------------------------------------------------------


def test_a_cookie_replayed_after_sign_out_opens_nothing(serveur):
    client = entrer(serveur, "secretaire")
    jeton = cookie(client)
    assert client.get("/comptes").status_code == 200
    assert client.get("/deconnexion", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert "carnet" not in client.cookies
    rejoue = {"Cookie": f"carnet={jeton}"}
    assert httpx.get(f"{serveur.url}/comptes", headers=rejoue).status_code == 303
    assert httpx.get(f"{serveur.url}/session", headers=rejoue).status_code == 401
    assert httpx.get(f"{serveur.url}/media/x.csv", headers=rejoue).status_code == 401
    with pytest.raises(InvalidStatus), socket(serveur, jeton):
        pass


def test_a_tab_left_open_runs_nothing_more_after_sign_out(serveur):
    client = entrer(serveur, "secretaire")
    with socket(serveur, cookie(client)) as ws:
        lancer_ecran(ws)
        client.get("/deconnexion", headers={"Sec-Fetch-Site": "same-origin"})
        assert coupe(ws) == 1008


def test_a_closed_account_is_out_at_once(neuf):
    serveur = neuf
    client = entrer(serveur, "secretaire")
    with socket(serveur, cookie(client)) as ws:
        lancer_ecran(ws)
        with serveur.session() as session:
            agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
            agent.actif = False
            session.add(agent)
        assert coupe(ws) == 1008
    assert client.get("/").status_code == 303


# --- Origin --------------------------------------------------------------------------------------------------------


ETRANGERES = [
    "http://evil.example",
    "https://evil.example:8501",
    "http://localhost:8501",
    "http://127.0.0.1:1",
    "http://127.0.0.1",
    "null",
    "file://",
    "http://127.0.0.1.evil.example",
    "http://user@127.0.0.1",
    "http://[::1]:8501",
]


def test_ten_foreign_origins_are_refused_and_the_server_stays_quick(serveur):
    with entrer(serveur, "elu") as client:
        jeton = cookie(client)
        debut = time.monotonic()
        for origine in ETRANGERES:
            with pytest.raises(InvalidStatus) as refus, socket(serveur, jeton, origine=origine):
                pass
            assert refus.value.response.status_code == 403, origine
        assert client.get("/sante").status_code == 200
        # Streamlit's own refusal calls an outside host: about 2 s each behind a closed firewall.
        assert time.monotonic() - debut < 10
    assert "disallowed Origin" not in serveur.log(500)  # never asked


def test_a_websocket_without_an_origin_or_with_two_is_refused(serveur):
    with entrer(serveur, "elu") as client:
        with pytest.raises(InvalidStatus), socket(serveur, cookie(client), origine=None):
            pass
        with pytest.raises(InvalidStatus), socket(serveur, cookie(client), Origin="http://evil.example"):
            pass


def test_a_write_without_our_origin_is_refused_before_anything(serveur):
    with entrer(serveur, "elu") as client:
        del client.headers["Origin"]
        for origine in [None, *ETRANGERES]:
            entetes = {"Origin": origine} if origine else {}
            for adresse in ("/connexion", "/deconnexion", "/mot-de-passe", "/_stcore/upload_file/a/b", "/"):
                reponse = client.post(adresse, headers=entetes)
                assert (reponse.status_code, reponse.text) == (403, "Origine refusée."), (origine, adresse)
        assert client.get("/session").status_code == 204  # none of them signed out


def test_a_foreign_origin_on_a_read_gets_no_permission_to_read_it(serveur):
    with entrer(serveur, "elu") as client:
        for adresse in ("/", "/_stcore/host-config", "/_stcore/health", min(STATIQUES)):
            reponse = client.get(adresse, headers={"Origin": "http://evil.example"})
            assert "access-control-allow-origin" not in reponse.headers, adresse


def test_an_origin_named_in_the_settings_is_accepted(lancer):
    serveur = lancer(ORIGINES="https://carnet.ville.example, https://autre.ville.example")
    with entrer(serveur, "elu") as client:
        with socket(serveur, cookie(client), origine="https://carnet.ville.example") as ws:
            assert "Élie Élu" in lancer_ecran(ws)[0]
        with pytest.raises(InvalidStatus), socket(serveur, cookie(client), origine="https://ville.example"):
            pass


# --- doors nobody needs ---------------------------------------------------------------------------------------------


def test_signed_in_too_metrics_and_the_agent_api_are_closed(serveur):
    with entrer(serveur, "responsable") as client:
        for adresse in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact", "/auth/login"):
            assert client.get(adresse).status_code == 404
            assert client.post(adresse).status_code == 404


def test_refused_guesses_are_slowed_locked_and_journaled_and_tell_nothing(serveur):
    with visiteur(serveur) as client:
        reponses = {}
        for qui in ("collaborateur", "inconnue"):
            reponses[qui] = [
                poster(client, "/connexion", identifiant=qui, mot_de_passe="pas le bon mot").status_code
                for _ in range(6)
            ]
        assert reponses["collaborateur"] == [401, 401, 401, 401, 401, 429]
        assert reponses["inconnue"] == reponses["collaborateur"]
        juste = poster(client, "/connexion", identifiant="collaborateur", mot_de_passe="Mot-de-passe-solide-2026")
        assert juste.status_code == 429  # locked: even the right one
        assert "carnet" not in client.cookies
    with serveur.session() as session:
        verrous = session.exec(select(Journal).where(Journal.acte == "agent.verrouiller").order_by(Journal.id)).all()
        agent = session.exec(select(Agent.id).where(Agent.identifiant == "collaborateur")).one()
        assert [v.objet_id for v in verrous] == [agent, None]
        assert "inconnue" not in "".join(v.resume for v in verrous).replace("identifiant inconnu", "")
