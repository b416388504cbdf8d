"""`/pieces/<id>`: who opens an attached file, under what name and policy, and what is said when it is not there."""

from urllib.parse import quote

import pytest
from sqlmodel import select

from models import Agent, PieceJointe
from services.commun import pieces
from services.commun.fichiers_joints import ranger
from services.socle.acteur import Acteur
from services.socle.horloge import maintenant
from settings import get_settings
from tests.cast import Cast
from tests.fichiers.pieces import PDF, PNG
from tests.serveur import Serveur
from tests.services.outils_agenda import creer_reunion
from tests.web.outils import csrf, entrer, visiteur

NOM = 'Relevé « d’été » n° 2; x="y".pdf'


@pytest.fixture(scope="module")
def jointes(serveur: Serveur) -> dict[str, int]:
    """A PDF and an image of a meeting, their bytes in the server's own folder."""
    with pytest.MonkeyPatch.context() as patch, serveur.session() as session:
        patch.setattr(get_settings(), "data_dir", serveur.data_dir)
        agent = session.exec(select(Agent).where(Agent.identifiant == "secretaire")).one()
        by = Acteur(agent.id, agent.nom, agent.role)
        id = creer_reunion(session, Cast(by, by, by, by), debut=maintenant().replace(second=0, microsecond=0))
        return {
            nom: pieces.joindre(session, fichier=ranger(nom, contenu), reunion_id=id, by=by)
            for nom, contenu in ((NOM, PDF), ("banc.png", PNG))
        }


@pytest.mark.deux_bases
def test_an_agent_gets_the_bytes_under_their_exact_name(serveur: Serveur, jointes: dict[str, int]) -> None:
    with entrer(serveur, "secretaire") as agent:
        reponse = agent.get(f"/pieces/{jointes[NOM]}")
    assert (reponse.status_code, reponse.content) == (200, PDF)
    assert reponse.headers["content-type"] == "application/pdf"
    assert reponse.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote(NOM)}"
    assert reponse.headers["x-content-type-options"] == "nosniff"
    assert reponse.headers["cache-control"] == "private, no-store"
    assert reponse.headers["content-security-policy"].startswith("default-src 'none'")
    assert "sandbox" in reponse.headers["content-security-policy"]


def test_an_image_is_shown_under_a_policy_that_runs_nothing(serveur: Serveur, jointes: dict[str, int]) -> None:
    with entrer(serveur, "secretaire") as agent:
        reponse = agent.get(f"/pieces/{jointes['banc.png']}")
    assert reponse.headers["content-disposition"] == 'inline; filename="banc.png"'
    assert "sandbox" in reponse.headers["content-security-policy"]
    assert reponse.content == PNG


def test_logged_out_the_elu_and_a_closed_session_get_nothing(serveur: Serveur, jointes: dict[str, int]) -> None:
    adresse = f"/pieces/{jointes[NOM]}"
    with visiteur(serveur) as personne:
        reponse = personne.get(adresse)
        assert (reponse.status_code, reponse.headers["location"]) == (
            303,
            f"/connexion?suite={quote(adresse, safe='')}",
        )
        assert personne.get(adresse, headers={"X-Carnet-Session": "1"}).status_code == 303
    with entrer(serveur, "elu") as elu:
        reponse = elu.get(adresse)
        assert reponse.status_code == 403
        assert PDF not in reponse.content
    with entrer(serveur, "secretaire") as agent:
        agent.post("/deconnexion", data={"csrf": csrf(agent.get("/deconnexion").text)})
        assert agent.get(adresse).status_code == 303


@pytest.mark.parametrize("numero", ["0", "999999", "99999999999", "-1", "abc", "1e3", "²", "1.pdf"])
def test_a_wrong_address_is_one_french_sentence(serveur: Serveur, jointes: dict[str, int], numero: str) -> None:
    with entrer(serveur, "secretaire") as agent:
        reponse = agent.get(f"/pieces/{numero}")
    assert reponse.status_code == 404
    assert "pièce jointe" in reponse.text


def test_a_file_that_is_gone_from_the_disk_is_said_and_logged(serveur: Serveur, jointes: dict[str, int]) -> None:
    with serveur.session() as session:
        empreinte = session.get_one(PieceJointe, jointes["banc.png"]).empreinte
    chemin = serveur.data_dir / "pieces" / empreinte
    octets = chemin.read_bytes()
    chemin.unlink()
    with entrer(serveur, "secretaire") as agent:
        reponse = agent.get(f"/pieces/{jointes['banc.png']}")
        assert reponse.status_code == 404
        assert "manque sur le serveur" in reponse.text
        assert "Fichier absent du disque" in serveur.log()
        chemin.write_bytes(octets)
        assert agent.get(f"/pieces/{jointes['banc.png']}").content == PNG


def test_a_restart_keeps_the_files(serveur: Serveur, jointes: dict[str, int]) -> None:
    serveur.kill()
    serveur.start()
    with entrer(serveur, "collaborateur") as agent:
        assert agent.get(f"/pieces/{jointes[NOM]}").content == PDF


def test_nothing_of_the_folder_is_served_otherwise(serveur: Serveur, jointes: dict[str, int]) -> None:
    with serveur.session() as session:
        empreinte = session.get_one(PieceJointe, jointes[NOM]).empreinte
    with entrer(serveur, "secretaire") as agent:
        for adresse in (f"/pieces/{empreinte}", f"/data/pieces/{empreinte}", f"/pieces/..%2f{empreinte}"):
            assert PDF not in agent.get(adresse).content
