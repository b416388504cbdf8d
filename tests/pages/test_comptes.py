"""The screen of accounts."""

import pytest
from sqlmodel import select

from models import Agent, SessionAgent
from models.lists import Role
from services.commun import comptes, connexions
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.horloge import utcnow
from settings import ROOT
from tests.pages.test_conflits import compares

PAGE = "pages/administration/comptes.py"


def champ(at, libelle):
    return next(w for w in at.text_input if w.label == libelle)


def bouton(at, libelle):
    return next(w for w in at.button if w.label == libelle)


def lire(identifiant: str) -> Agent:
    with db.reading() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == identifiant)).one()
        session.expunge(agent)
        return agent


def test_one_who_loses_the_right_while_the_screen_is_open_can_do_nothing_more(ecran):
    at = ecran(PAGE, role="responsable")
    champ(at, "Identifiant").input("paul.durand")
    champ(at, "Prénom et nom").input("Paul Durand")
    champ(at, "Mot de passe provisoire").input("Un-autre-mot-de-passe-2026")
    with db.writing() as session:
        agent = session.exec(select(Agent).where(Agent.identifiant == "responsable")).one()
        agent.role = Role.SECRETAIRE
        session.add(agent)
    bouton(at, "Créer le compte").click().run()
    with db.reading() as session:
        assert len(comptes.liste(session, now=utcnow())) == 4
    assert not [w for w in at.text_input if w.label == "Identifiant"]
    assert not [b for b in at.button if "Rachel" in b.label]


@pytest.mark.parametrize("role", ["collaborateur", "secretaire", "elu"])
def test_the_screen_is_not_in_the_menu_of_the_others(ecran, role):
    at = ecran(role=role)
    with pytest.raises(ValueError, match="comptes"):
        at.switch_page(str(ROOT / PAGE))


def test_the_list_shows_everyone_with_role_and_state(ecran):
    at = ecran(PAGE, role="responsable")
    noms = [b.label.replace("\\", "") for b in at.button]
    for nom in ("Rachel Responsable", "Colin Collaborateur", "Sarah Secrétaire", "Élie Élu"):
        assert nom in noms
    assert any("Lecture seule" in m.value for m in at.markdown)


def test_bad_input_is_said_beside_its_field_and_the_rest_is_kept(ecran):
    at = ecran(PAGE, role="responsable")
    champ(at, "Prénom et nom").input("Paul Durand")
    champ(at, "Mot de passe provisoire").input("court")
    bouton(at, "Créer le compte").click().run()
    dit = " ".join(m.value for m in at.markdown)
    assert "Choisissez un identifiant" in dit
    assert "au moins 12 caractères" in dit
    assert champ(at, "Prénom et nom").value == "Paul Durand"
    with db.reading() as session:
        assert len(comptes.liste(session, now=utcnow())) == 4


def test_a_stale_form_shows_both_texts_and_overwrites_nothing(ecran):
    sarah = lire("secretaire")
    at = ecran(PAGE, role="responsable", compte=str(sarah.id))
    champ(at, "Prénom et nom").input("Mon texte")
    with db.writing() as session:
        comptes.modifier(
            session, id=sarah.id, nom="Texte du collègue", role=Role.SECRETAIRE, version=sarah.version, by=SYSTEME
        )
    bouton(at, "Enregistrer").click().run()
    assert lire("secretaire").nom == "Texte du collègue"
    assert champ(at, "Prénom et nom").value == "Mon texte"
    assert compares(at) == {"Prénom et nom": ("Mon texte", "Texte du collègue"), "Compte": ("", "Ouvert")}
    bouton(at, "Prendre sa version").click().run()
    assert champ(at, "Prénom et nom").value == "Texte du collègue"
    assert not at.table


def test_after_both_texts_were_shown_ones_own_may_be_kept(ecran):
    sarah = lire("secretaire")
    at = ecran(PAGE, role="responsable", compte=str(sarah.id))
    champ(at, "Prénom et nom").input("Mon texte")
    with db.writing() as session:
        comptes.modifier(session, id=sarah.id, nom="Autre", role=Role.LECTURE, version=sarah.version, by=SYSTEME)
    bouton(at, "Enregistrer").click().run()
    bouton(at, "Enregistrer mon texte à la place").click().run()
    assert (lire("secretaire").nom, lire("secretaire").role) == ("Mon texte", Role.SECRETAIRE)


def test_two_changes_in_a_row_are_no_conflict(ecran):
    at = ecran(PAGE, role="responsable", compte=str(lire("secretaire").id))
    for nom in ("Premier nom", "Second nom"):
        champ(at, "Prénom et nom").input(nom)
        bouton(at, "Enregistrer").click().run()
        assert lire("secretaire").nom == nom
    bouton(at, "Fermer le compte").click().run()
    bouton(at, "Rouvrir le compte").click().run()
    champ(at, "Prénom et nom").input("Troisième nom")
    bouton(at, "Enregistrer").click().run()
    assert lire("secretaire").nom == "Troisième nom"


def test_a_new_password_is_given_and_its_field_emptied(ecran):
    sarah = lire("secretaire")
    ecran(role="secretaire")
    at = ecran(PAGE, role="responsable", compte=str(sarah.id))
    champ(at, "Nouveau mot de passe").input("Un-autre-mot-de-passe-2026")
    bouton(at, "Donner ce mot de passe").click().run()
    assert connexions.verifier("Un-autre-mot-de-passe-2026", lire("secretaire").mot_de_passe)
    assert champ(at, "Nouveau mot de passe").value == ""
    with db.reading() as session:
        ouvertes = select(SessionAgent).where(SessionAgent.agent_id == sarah.id, SessionAgent.fermee_le.is_(None))
        assert not session.exec(ouvertes).all()
