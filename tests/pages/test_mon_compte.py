"""One's own account: the digest, and calendar addresses shown once; and the screen that turns them on."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Agent, Flux, Tache
from models.lists import GenreEnvoi
from services.administration import flux, taches
from services.commun import connexions
from services.courrier import envois
from services.socle import db
from services.socle.horloge import utcnow
from settings import ROOT, get_settings
from tests.cast import Cast

Ecran = Callable[..., AppTest]
COMPTE, TACHES = "pages/administration/mon_compte.py", "pages/administration/taches.py"


def said(at: AppTest) -> str:
    blocs = [*at.markdown, *at.caption, *at.info, *at.error, *at.warning, *at.success, *at.code]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def bouton(at: AppTest, libelle: str) -> object:
    return next(b for b in at.button if b.label.split(" ~~")[0] == libelle)


@pytest.fixture
def ouverts(cast_base: Cast) -> None:
    with db.writing() as session:
        flux.activer(session, oui=True, by=cast_base.responsable)


@pytest.mark.parametrize("role", ["responsable", "secretaire", "elu"])
def test_everyone_has_one_and_closed_calendars_say_who_opens_them(ecran: Ecran, role: str) -> None:
    at = ecran(COMPTE, role=role)
    assert not at.exception
    assert "jour ouvré à 7\u00a0h\u00a030" in said(at)
    assert "La personne responsable les active dans « Tâches et envois »" in said(at)
    assert not any("adresse" in b.label for b in at.button)


def test_the_digest_is_chosen_and_a_wrong_address_is_said(ecran: Ecran, cast_base: Cast) -> None:
    at = ecran(COMPTE)
    at.text_input(key="mon_compte.courriel").set_value("sarah")
    at.toggle(key="mon_compte.recapitulatif").set_value(True)
    bouton(at, "Enregistrer").click().run()
    assert "courriel" in said(at)
    assert at.text_input(key="mon_compte.courriel").value == "sarah"
    at.text_input(key="mon_compte.courriel").set_value("sarah@ville.example")
    bouton(at, "Enregistrer").click().run()
    with db.reading() as session:
        agent = session.get_one(Agent, cast_base.secretaire.id)
        assert (agent.courriel, agent.recapitulatif) == ("sarah@ville.example", True)


@pytest.mark.usefixtures("ouverts")
def test_an_address_left_on_screen_is_not_shown_again(ecran: Ecran) -> None:
    at = ecran(COMPTE)
    bouton(at, "Créer mon adresse").click().run()
    assert [c.value for c in at.code] != []
    at.switch_page(str(ROOT / "pages/aujourdhui/accueil.py")).run()
    at.switch_page(str(ROOT / COMPTE)).run()
    assert not at.exception
    assert [c.value for c in at.code] == []


@pytest.mark.usefixtures("ouverts")
def test_an_address_is_shown_once_then_only_that_it_exists(ecran: Ecran) -> None:
    at = ecran(COMPTE, role="elu")
    assert "Aucune adresse pour le moment." in said(at)
    assert not any(b.label == "Créer une adresse à partager" for b in at.button)
    bouton(at, "Créer mon adresse").click().run()
    (adresse,) = [c.value for c in at.code]
    secret = adresse.split("/agenda/")[1].removesuffix(".ics")
    with db.reading() as session:
        assert session.exec(select(Flux)).one().empreinte == connexions.empreinte(secret)
    bouton(at, "C’est copié").click().run()
    assert secret not in said(at)
    assert "Toute la ville" in said(at)
    bouton(at, "Révoquer").click().run()
    assert "Toute la ville" in said(at)  # asked first
    at.button(key="question.oui").click().run()
    assert "Aucune adresse pour le moment." in said(at)


def test_the_responsable_opens_calendars_and_sets_the_hour(ecran: Ecran) -> None:
    at = ecran(TACHES, role="responsable")
    assert "L’envoi de courriels n’est pas réglé" in said(at)
    assert said(at).count("En pause") == len(taches.TACHES)
    at.toggle(key="flux.actifs").set_value(True).run()
    at.time_input(key="recapitulatif.heure").set_value(time(8, 15)).run()
    with db.reading() as session:
        assert flux.actifs(session)
        assert taches.heure_recapitulatif(session) == time(8, 15)
    colonne = ecran(TACHES, role="secretaire")
    assert colonne.toggle(key="flux.actifs").disabled
    assert colonne.time_input(key="recapitulatif.heure").disabled


def test_messages_that_wait_are_listed(ecran: Ecran, cast_base: Cast) -> None:
    at = ecran(TACHES)
    assert "tout ce qui devait partir est parti" in said(at)
    with db.writing() as session:
        envois.deposer(
            session, genre=GenreEnvoi.RELANCE, courriel="a@b.example", objet="Une *action*", texte="t",
            by=cast_base.secretaire,
        )  # fmt: skip
    at = ecran(TACHES)
    assert "Une *action*" in said(at)
    assert "En attente" in said(at)


def test_a_task_that_is_due_is_run_from_its_card(
    ecran: Ecran, cast_base: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", "9")
    monkeypatch.setenv("SMTP_EXPEDITEUR", "tranquillite@ville.example")
    get_settings.cache_clear()
    with db.writing() as session:
        session.add(Tache(nom="relances", prochaine=utcnow() - timedelta(minutes=5)))
        session.add(Tache(nom="rappels", prochaine=utcnow() + timedelta(hours=5)))
    at = ecran(TACHES)
    assert [b.key for b in at.button if b.label == "Lancer maintenant"] == ["lancer.relances"]
    at = at.button(key="lancer.relances").click().run()
    assert not at.exception
    assert "Relance des actions en retard : aucune action en retard à relancer." in at.toast[0].value.replace("\\", "")
    assert "Lancer maintenant" not in [b.label for b in at.button]
    get_settings.cache_clear()
