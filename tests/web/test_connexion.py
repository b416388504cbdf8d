"""Sign-in, first account, sign-out, one's own password: plain pages, in French, without JavaScript."""

import re

import httpx
import pytest
from sqlmodel import select

from models import Agent, Journal
from models.lists import Role
from tests.cast import MOT_DE_PASSE
from tests.web.outils import cookie, csrf, entrer, poster, visiteur
from web.porte import suite_sure

NOUVEAU = "Un-autre-mot-de-passe-2026"


@pytest.fixture(scope="module")
def a_part(lancer):
    """A server whose accounts these tests may spoil: each takes another one."""
    return lancer()


# --- back to the address asked for, and nowhere else ----------------------------------------------------------------


@pytest.mark.parametrize(
    "adresse",
    ["/saisie?reunion=12", "/partenaires?q=oph&etat=tous", "/", "/calendrier", "/partenaire?q=%2F%2Fevil.example"],
)
def test_a_path_of_ours_is_where_sign_in_leads(adresse):
    assert suite_sure(adresse) == adresse


@pytest.mark.parametrize(
    "adresse",
    [
        None,
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "/x\x00",
        " //evil.example",
        "evil.example",
        "/deconnexion",
        "/connexion?suite=/x",
        "/media/x.csv",
        "/_stcore/metrics",
    ],
)
def test_any_other_address_leads_home(adresse):
    assert suite_sure(adresse) == "/"


@pytest.mark.parametrize("suite", ["//evil.example", "/\\evil.example", "https://evil.example/x"])
def test_no_open_redirect_through_the_form_nor_the_address(serveur, suite):
    with visiteur(serveur) as client:
        page = client.get("/connexion", params={"suite": suite}).text
        assert "evil" not in page
        reponse = client.post(
            "/connexion",
            data={"csrf": csrf(page), "identifiant": "elu", "mot_de_passe": MOT_DE_PASSE, "suite": suite},
        )
        assert (reponse.status_code, reponse.headers["location"]) == (303, "/")
        assert client.get("/connexion", params={"suite": suite}).headers["location"] == "/"  # already in


def test_a_deep_link_comes_back_after_sign_in(serveur):
    with visiteur(serveur) as client:
        vers = client.get("/partenaires?q=oph&etat=tous").headers["location"]
        page = client.get(vers).text
        suite = re.search(r'name="suite" value="([^"]+)"', page)[1].replace("&amp;", "&")
        reponse = client.post(
            "/connexion",
            data={"csrf": csrf(page), "identifiant": "elu", "mot_de_passe": MOT_DE_PASSE, "suite": suite},
        )
        assert reponse.headers["location"] == "/partenaires?q=oph&etat=tous"
        assert client.get(reponse.headers["location"]).status_code == 200


# --- sign-in -------------------------------------------------------------------------------------------------------


def test_the_cookie_is_opaque_and_guarded(serveur):
    with visiteur(serveur) as client:
        reponse = poster(client, "/connexion", identifiant=" ÉLU ", mot_de_passe=MOT_DE_PASSE)
        posee = next(c for c in reponse.headers.get_list("set-cookie") if c.startswith("carnet="))
    assert "HttpOnly" in posee
    assert "SameSite=lax" in posee
    assert "Path=/" in posee
    assert len(posee.split("=")[1].split(";")[0]) >= 43
    assert reponse.headers["cache-control"] == "no-store"


def test_behind_tls_the_cookie_is_secure_and_the_browser_told_to_stay_there(lancer):
    serveur = lancer(HTTPS="true")
    origine = {"Origin": serveur.url.replace("http", "https")}
    with visiteur(serveur, **origine) as client:
        page = client.get("/connexion")
        jeton = page.headers["set-cookie"].split(";")[0]
        assert "Secure" in page.headers["set-cookie"]
        donnees = {"csrf": csrf(page.text), "identifiant": "elu", "mot_de_passe": MOT_DE_PASSE}
        reponse = client.post("/connexion", data=donnees, headers={"Cookie": jeton})
        posee = next(c for c in reponse.headers.get_list("set-cookie") if c.startswith("__Host-carnet="))
        assert "Secure" in posee
        assert "HttpOnly" in posee
        assert page.headers["strict-transport-security"].startswith("max-age=")
        clair = client.post("/connexion", data=donnees, headers={"Cookie": jeton, "Origin": serveur.url})
        assert clair.text == "Origine refusée."


def test_a_wrong_password_says_one_sentence_and_keeps_the_identifier(serveur):
    with visiteur(serveur) as client:
        reponse = poster(client, "/connexion", identifiant="<b>élu</b>\"'", mot_de_passe="faux", suite="/calendrier")
    assert reponse.status_code == 401
    assert reponse.text.count("Identifiant ou mot de passe incorrect") == 1
    assert "&lt;b&gt;élu&lt;/b&gt;" in reponse.text
    assert "<b>élu" not in reponse.text
    assert 'value="/calendrier"' in reponse.text
    assert "faux" not in reponse.text


def test_empty_fields_are_said(serveur):
    with visiteur(serveur) as client:
        reponse = poster(client, "/connexion", identifiant=" ", mot_de_passe="")
    assert reponse.status_code == 422
    assert "Écrivez votre identifiant" in reponse.text


def test_a_form_without_its_hidden_field_or_cookie_is_refused(serveur):
    bons = {"identifiant": "elu", "mot_de_passe": MOT_DE_PASSE}
    with visiteur(serveur) as client:
        bon = csrf(client.get("/connexion").text)
        for champ in ("", "0" * 64, bon[:-1] + ("0" if bon[-1] != "0" else "1")):
            assert client.post("/connexion", data={"csrf": champ, **bons}).status_code == 403
        assert client.post("/connexion", data=bons).status_code == 403
        with visiteur(serveur) as sans_cookie:
            assert sans_cookie.post("/connexion", data={"csrf": bon, **bons}).status_code == 403
        assert "carnet" not in client.cookies
        assert client.post("/connexion", data={"csrf": bon, **bons}).status_code == 303


def test_a_closed_account_is_answered_like_an_unknown_one(a_part):
    serveur = a_part
    with serveur.session() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
        agent.actif = False
        session.add(agent)
    with visiteur(serveur) as client:
        reponse = poster(client, "/connexion", identifiant="secretaire", mot_de_passe=MOT_DE_PASSE)
    assert reponse.status_code == 401
    assert "Identifiant ou mot de passe incorrect" in reponse.text


def test_a_body_too_big_for_a_form_is_refused(serveur):
    with visiteur(serveur) as client:
        reponse = client.post("/connexion", content=b"a=" + b"x" * 1_000_000)
    assert reponse.status_code == 403
    assert "trop volumineux" in reponse.text


def test_the_pages_are_french_labelled_and_need_no_script(serveur):
    with visiteur(serveur) as client:
        page = client.get("/connexion").text
    assert '<html lang="fr">' in page
    assert "<script" not in page
    assert "style=" not in page
    for nom, remplissage in (("identifiant", "username"), ("mot_de_passe", "current-password")):
        assert f'<label for="{nom}">' in page
        assert re.search(rf'<input id="{nom}"[^>]*autocomplete="{remplissage}"', page)
    assert page.count("autofocus") == 1


# --- first account -------------------------------------------------------------------------------------------------


def test_the_first_account_needs_the_code_printed_at_start_once(lancer):
    serveur = lancer(modele=None)
    code = re.search(r"usage unique : ([A-Z0-9-]{14})", serveur.log())[1]
    assert f"{serveur.url}/premier-compte" in serveur.log()
    bons = {"identifiant": "chef", "nom": "Le Chef", "mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}
    with visiteur(serveur) as client:
        assert client.get("/").headers["location"] == "/connexion"
        assert client.get("/connexion").headers["location"] == "/premier-compte"
        for faux in ("", "AAAA-AAAA-AAAA", code[:-1]):
            reponse = poster(client, "/premier-compte", code=faux, **bons)
            assert reponse.status_code == 403
            assert "Ce code n’est pas" in reponse.text
        mauvais = poster(client, "/premier-compte", code=code, **{**bons, "confirmation": "autre"})
        assert "Les deux mots de passe diffèrent" in mauvais.text
        court = poster(client, "/premier-compte", code=code, **{**bons, "mot_de_passe": "x", "confirmation": "x"})
        assert court.status_code == 422
        assert 'value="Le Chef"' in court.text
        reponse = poster(client, "/premier-compte", code=code.lower().replace("-", " "), **bons)
        assert (reponse.status_code, reponse.headers["location"]) == (303, "/")
        assert client.get("/comptes").status_code == 200
    with visiteur(serveur) as autre:
        assert autre.get("/premier-compte").headers["location"] == "/connexion"
        page = autre.get("/connexion").text
        encore = autre.post("/premier-compte", data={"csrf": csrf(page), "code": code, **bons})
        assert encore.headers["location"] == "/connexion"
    with serveur.session() as session:
        assert [a.role for a in session.exec(select(Agent)).all()] == [Role.RESPONSABLE]
        assert [j.acte for j in session.exec(select(Journal).where(Journal.objet == "agent").order_by(Journal.id))] == [
            "agent.creer",
            "agent.connexion",
        ]
        assert MOT_DE_PASSE not in "".join(str(a) for a in session.exec(select(Agent)).all())
    assert MOT_DE_PASSE not in serveur.log(500)


# --- sign-out ------------------------------------------------------------------------------------------------------


def test_a_link_from_another_site_does_not_sign_out_but_offers_to(serveur):
    with entrer(serveur, "elu") as client:
        for entetes in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}):
            page = client.get("/deconnexion", headers=entetes)
            assert "Se déconnecter ?" in page.text
            assert client.get("/session").status_code == 204
        avance = client.get("/deconnexion", headers={"Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch"})
        assert "Se déconnecter ?" in avance.text
        assert client.post("/deconnexion", data={"csrf": "0" * 64}).status_code == 403
        assert client.get("/session").status_code == 204
        fait = client.post("/deconnexion", data={"csrf": csrf(page.text)})
        assert "Vous êtes déconnecté·e" in fait.text
        assert client.get("/session").status_code == 401


def test_signing_out_twice_or_logged_out_is_no_error(serveur):
    with entrer(serveur, "elu") as client:
        for _ in range(2):
            reponse = client.get("/deconnexion", headers={"Sec-Fetch-Site": "none"})
            assert "Vous êtes déconnecté·e" in reponse.text


# --- one's own password --------------------------------------------------------------------------------------------


def test_one_changes_ones_password_with_the_present_one(a_part):
    serveur = a_part
    with entrer(serveur, "elu") as ici, entrer(serveur, "elu") as ailleurs:
        bons = {"ancien": MOT_DE_PASSE, "nouveau": NOUVEAU, "confirmation": NOUVEAU}
        assert "pas votre mot de passe actuel" in poster(ici, "/mot-de-passe", **{**bons, "ancien": "faux"}).text
        assert "diffèrent" in poster(ici, "/mot-de-passe", **{**bons, "confirmation": "x"}).text
        court = poster(ici, "/mot-de-passe", **{**bons, "nouveau": "court", "confirmation": "court"})
        assert "au moins 12" in court.text
        assert ici.post("/mot-de-passe", data={"csrf": "0" * 64, **bons}).status_code == 403
        assert ailleurs.get("/session").status_code == 204
        assert "Mot de passe changé" in poster(ici, "/mot-de-passe", **bons).text
        assert ici.get("/session").status_code == 204
        assert ailleurs.get("/session").status_code == 401
    with visiteur(serveur) as client:
        assert poster(client, "/connexion", identifiant="elu", mot_de_passe=MOT_DE_PASSE).status_code == 401
        assert poster(client, "/connexion", identifiant="elu", mot_de_passe=NOUVEAU).status_code == 303


def test_a_stolen_session_cannot_guess_the_password(a_part):
    with entrer(a_part, "collaborateur") as client:
        faux = {"ancien": "faux", "nouveau": NOUVEAU, "confirmation": NOUVEAU}
        statuts = [poster(client, "/mot-de-passe", **faux).status_code for _ in range(6)]
    assert statuts == [403, 403, 403, 403, 403, 429]


def test_the_session_survives_a_restart_of_the_server(a_part):
    serveur = a_part
    with entrer(serveur, "responsable") as client:
        jeton = cookie(client)
        serveur.kill()
        serveur.start()
        assert httpx.get(f"{serveur.url}/session", headers={"Cookie": f"carnet={jeton}"}).status_code == 204
