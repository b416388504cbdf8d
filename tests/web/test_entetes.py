"""What every answer carries."""

import re
from pathlib import Path

import pytest
from streamlit import config

from settings import ROOT
from tests.web.outils import entrer, visiteur
from web.entetes import page_francaise
from web.precharge import ELEMENTS, fichiers
from web.statiques import NOTRES, STATIQUES

ATTENDUS = {
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
SCRIPT = next(s for s in sorted(STATIQUES) if re.search(r"/index\.[\w-]+\.js$", s))
CALENDRIER = "/component/streamlit_calendar.calendar"


def test_every_answer_carries_the_guards(serveur):
    with visiteur(serveur) as dehors, entrer(serveur, "elu") as dedans:
        for client, adresse in (
            (dehors, "/connexion"),
            (dehors, "/sante"),
            (dehors, "/comptes"),
            (dehors, "/_stcore/metrics"),
            (dehors, SCRIPT),
            (dehors, f"{NOTRES}/carnet.js"),
            (dedans, "/"),
            (dedans, "/mot-de-passe"),
            (dedans, "/_stcore/health"),
            (dedans, "/media/inconnu.csv"),
            (dedans, f"{CALENDRIER}/index.html"),
        ):
            reponse = client.get(adresse)
            for nom, valeur in ATTENDUS.items():
                assert reponse.headers[nom] == valeur, (adresse, nom)
            politique = reponse.headers["content-security-policy"].split("; ")
            assert "script-src 'self' 'wasm-unsafe-eval'" in politique
            assert "frame-ancestors 'self'" in politique
            assert "object-src 'none'" in politique
            assert "camera=()" in reponse.headers["permissions-policy"]
            assert "strict-transport-security" not in reponse.headers  # plain HTTP here
            assert "access-control-allow-origin" not in reponse.headers, adresse
            assert "server" not in reponse.headers, adresse


def test_the_page_is_french_and_names_no_agent_api(serveur):
    with entrer(serveur, "elu") as client:
        for adresse in ("/", "/partenaires", "/inconnue"):
            page = client.get(adresse).text
            assert '<html lang="fr">' in page
            assert "<title>Carnet de veille</title>" in page
            assert "_stcore/agent" not in page
            assert "JavaScript pour afficher" in page
            assert page.index(f'"{NOTRES}/carnet.js"') < page.index(f'"{SCRIPT}"')  # modules run in this order
            assert "<script>" not in page  # inline: the policy would refuse it
            for anglais in ("You need to enable", "Reading this", "Streamlit<"):
                assert anglais not in page


def test_the_page_is_whole_whatever_the_browser_asks(serveur):
    with entrer(serveur, "elu") as client:
        entiere = client.get("/").content
        for entetes in (
            {"Range": "bytes=0-99"},
            {"If-Modified-Since": "Wed, 01 Jan 2098 00:00:00 GMT"},
            {"If-None-Match": "*"},
            {"Accept-Encoding": "identity"},
            {"Accept-Encoding": "gzip, br"},
        ):
            reponse = client.get("/partenaires", headers=entetes)
            assert (reponse.status_code, reponse.content) == (200, entiere), entetes
        assert client.head("/").content == b""


def test_a_streamlit_page_that_changes_shape_is_noticed():
    page = page_francaise('<html lang="en"><title>Streamlit</title><script type="module" src="./static/a.js">')
    assert page.startswith('<html lang="fr"><title>Carnet de veille</title><script type="module" src="/static/')


def test_every_element_asked_for_early_has_its_file():
    noms = {nom.split(".")[0] for nom in fichiers()}
    assert set(ELEMENTS) <= noms
    assert all(f"/static/js/{nom}" in STATIQUES for nom in fichiers())


def test_text_is_compressed_and_named_files_are_kept(serveur):
    with visiteur(serveur) as client:
        reponse = client.get(SCRIPT, headers={"Accept-Encoding": "gzip"})
        assert reponse.headers["content-encoding"] == "gzip"
        assert int(reponse.headers.get("content-length", 0)) < len(reponse.content) / 2
        assert "immutable" in reponse.headers["cache-control"]
        assert "max-age=31536000" in reponse.headers["cache-control"]
        assert "content-encoding" not in client.get(SCRIPT, headers={"Accept-Encoding": "identity"}).headers


def test_our_own_files_are_named_by_our_pages_and_kept(serveur):
    with entrer(serveur, "elu") as client:
        for page in (client.get("/").text, client.get("/mot-de-passe").text):
            notres = re.findall(rf'"({NOTRES}/[^"]+)"', page)
            assert any(f.endswith(".css") for f in notres)
            for fichier in notres:
                reponse = client.get(fichier)
                assert reponse.status_code == 200, fichier
                assert "immutable" in reponse.headers["cache-control"], fichier
                genre = reponse.headers["content-type"].split("/")[1].split(";")[0]
                assert genre == {".css": "css", ".js": "javascript"}[Path(fichier).suffix], fichier


def test_the_calendars_files_are_kept_by_this_browser_only(serveur):
    with entrer(serveur, "elu") as client:
        page = client.get(f"{CALENDRIER}/index.html")
        assert page.status_code == 200  # declared at start: imported outside a screen, it would not be
        assert page.headers["cache-control"] == "private, max-age=3600"
        assert "/carnet.js" not in page.text  # the component's own page, as it is
        fichiers = re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css))"', page.text)
        assert fichiers
        for fichier in fichiers:
            cache = client.get(f"{CALENDRIER}/{fichier}").headers["cache-control"]
            assert cache == "private, immutable, max-age=31536000", fichier


def test_our_own_pages_are_never_kept(serveur):
    with entrer(serveur, "elu") as client:
        for adresse in ("/deconnexion", "/mot-de-passe", "/session", "/sante"):
            assert client.get(adresse).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("option", "valeur"),
    [
        ("runner.postScriptGC", False),
        ("server.trustedUserHeaders", {"X-Carnet-Session": "session", "X-Carnet-Onglet": "onglet"}),
        ("server.enableStaticServing", False),
        ("server.enableXsrfProtection", True),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "minimal"),
        ("browser.gatherUsageStats", False),
    ],
)
def test_streamlit_reads_the_settings_we_stand_on(option, valeur):
    assert config.get_option(option) == valeur


def test_streamlit_is_pinned():
    assert '"streamlit==1.67.*"' in (ROOT / "pyproject.toml").read_text()
