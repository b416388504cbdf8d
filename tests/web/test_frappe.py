"""What is typed goes to the draft it was typed in, under the name of who typed it."""

import pytest
from sqlmodel import select

from models import Agent, Brouillon, ChampBrouillon
from services.socle import brouillons
from tests.web.outils import entrer

ONGLET = "aaaaaaaa"


@pytest.fixture
def qui(serveur):
    with serveur.session() as session:
        return {a.identifiant: a.id for a in session.exec(select(Agent)).all()}


def poster(client, form, agent, valeur, champ="note"):
    corps = {"cle": f"{form.jeton}-{champ}", "valeur": valeur, "onglet": ONGLET, "agent": agent}
    return client.post("/frappe", json=corps).status_code


def ouvrir(serveur, cle):
    with serveur.session() as session:
        return brouillons.ouvrir(session, cle=cle)


def tenu(serveur, form):
    with serveur.session() as session:
        champs = select(ChampBrouillon.valeur).join(Brouillon).where(Brouillon.jeton == form.jeton)
        champs = champs.order_by(ChampBrouillon.id)
        return session.exec(champs).all()


def test_a_form_is_open_to_its_agent_alone(serveur, qui):
    form = ouvrir(serveur, f"partenaire:7:{qui['secretaire']}:{ONGLET}")
    with entrer(serveur, "secretaire") as elle, entrer(serveur, "collaborateur") as lui:
        assert poster(lui, form, qui["collaborateur"], "d’un autre") == 403
        assert poster(elle, form, qui["secretaire"], "d’elle") == 200
    assert tenu(serveur, form) == ['"d’elle"']


def test_an_entry_is_open_to_whoever_may_write(serveur, qui):
    form = ouvrir(serveur, "saisie:7")
    with entrer(serveur, "secretaire") as elle, entrer(serveur, "collaborateur") as lui, entrer(serveur, "elu") as elu:
        assert poster(elle, form, qui["secretaire"], 4, "habitants") == 200
        assert poster(elu, form, qui["elu"], 5, "habitants") == 403
        assert poster(lui, form, qui["collaborateur"], 6, "point-n2-1-lieu") == 409  # a number is no place
        assert poster(lui, form, qui["collaborateur"], "Quai", "point-n2-1-lieu") == 200
    assert tenu(serveur, form) == ["4", '"Quai"']


def test_words_are_taken_from_who_typed_them_alone(serveur, qui):
    """What an ended session leaves in a tab is not of whoever signs in there next."""
    form = ouvrir(serveur, "saisie:8")
    with entrer(serveur, "collaborateur") as lui:
        assert poster(lui, form, qui["secretaire"], "d’elle", "point-n2-1-lieu") == 403
        assert poster(lui, form, None, "de personne", "point-n2-1-lieu") == 409
    assert tenu(serveur, form) == []
