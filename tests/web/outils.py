"""A browser's HTTP side without a browser: sign in, post forms, speak Streamlit's WebSocket."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.cast import MOT_DE_PASSE
from tests.serveur import Serveur


def visiteur(serveur: Serveur, **entetes: str) -> httpx.Client:
    """Someone without a cookie, whose browser tells where it comes from."""
    return httpx.Client(base_url=serveur.url, headers={"Origin": serveur.url, **entetes}, timeout=30)


def csrf(page: str) -> str:
    return re.search(r'name="csrf" value="([0-9a-f]{64})"', page)[1]


def poster(client: httpx.Client, adresse: str, **champs: str) -> httpx.Response:
    """Open the page of a form, then send it."""
    return client.post(adresse, data={"csrf": csrf(client.get(adresse).text), **champs})


def entrer(serveur: Serveur, identifiant: str, mot_de_passe: str = MOT_DE_PASSE) -> httpx.Client:
    """A client signed in through the real page."""
    with visiteur(serveur) as client:
        reponse = poster(client, "/connexion", identifiant=identifiant, mot_de_passe=mot_de_passe)
        assert reponse.status_code == 303, reponse.text
    entre = visiteur(serveur)
    entre.cookies = client.cookies
    return entre


def cookie(client: httpx.Client) -> str:
    return client.cookies["carnet"]


@contextmanager
def socket(
    serveur: Serveur, jeton: str | None = None, *, origine: str | None = "", session: str = "", **entetes: str
) -> Iterator[ClientConnection]:
    """Streamlit's WebSocket. `origine` None sends none; `session` asks for a session by its id."""
    protocoles = ["streamlit", "PLACEHOLDER", session] if session else ["streamlit", "PLACEHOLDER"]
    tous = dict(entetes)
    if jeton is not None:
        tous["Cookie"] = f"carnet={jeton}"
    adresse = serveur.url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        adresse,
        origin=serveur.url if origine == "" else origine,
        subprotocols=protocoles,
        additional_headers=tous,
        max_size=None,
        proxy=None,
    ) as ws:
        yield ws


def lancer_ecran(ws: ClientConnection, page: str = "", query: str = "") -> tuple[str, str]:
    """Run a screen; all it said, as text, and the id of its Streamlit session."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    ws.send(message.SerializeToString())
    dit, session = [], ""
    while True:
        brut = ws.recv(timeout=30)
        recu = ForwardMsg()
        recu.ParseFromString(brut)
        if recu.HasField("new_session"):  # Streamlit's own business, which no screen shows
            session = recu.new_session.initialize.session_id
            continue
        dit.append(str(recu).encode().decode("unicode_escape").encode("latin-1", "ignore").decode("utf-8", "ignore"))
        if recu.HasField("script_finished"):
            return "\n".join(dit), session


def coupe(ws: ClientConnection) -> int:
    """Ask for one more run; the code the server closed with. Fails if a script runs."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    ws.send(message.SerializeToString())
    while True:
        try:
            brut = ws.recv(timeout=30)
        except ConnectionClosed as fin:
            return fin.rcvd.code if fin.rcvd else 0
        recu = ForwardMsg()
        recu.ParseFromString(brut)
        assert not recu.HasField("new_session"), "un écran s’est exécuté"
