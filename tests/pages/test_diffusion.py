"""The screen of lists to write to, and the files of the list of actions, run from the frame."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from models import Categorie, Fonction, Instance, Journal, Partenaire, Personne, Siege
from services.actions import avancement
from services.socle import db, pli
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from settings import ROOT
from tests.pages.test_partenaires import bouton, textes

DIFFUSION = "pages/partenaires/diffusion.py"
SUIVI = "pages/actions/suivi.py"
Ecran = Callable[..., AppTest]


@pytest.fixture
def bailleurs(reference: None) -> str:
    """An address for one of the bailleurs, a person at another; one of them sits in an instance, whose name this is."""
    with db.writing() as session:
        ids = session.exec(
            select(Partenaire)
            .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
            .where(Categorie.nom == "Bailleur social")
            .order_by(Partenaire.recherche)
        ).all()
        ids[0].courriel = "premier@exemple.fr"
        claire = Personne(nom="Exemple", prenom="Claire", courriel="claire@exemple.fr", recherche="exemple claire")
        session.add(claire)
        session.flush()
        fonction = Fonction(personne_id=claire.id, partenaire_id=ids[1].id, intitule="Directrice", debut=aujourdhui())
        session.add(fonction)
        session.flush()
        instance = session.exec(select(Instance).order_by(Instance.nom)).first()
        assert instance
        siege = Siege(instance_id=instance.id, partenaire_id=ids[1].id, fonction="Directrice", fonction_id=fonction.id)
        session.add(siege)
        return instance.nom


def fichiers(at: AppTest) -> dict[str, bool]:
    """The labels of the download buttons, and whether they can be pressed."""
    return {e.proto.label: not e.proto.disabled for e in at.get("download_button")}


def journal() -> int:
    with db.reading() as session:
        return len(session.exec(select(Journal.id).where(Journal.objet == "export")).all())


def test_a_filter_gives_its_addresses_and_who_has_none(ecran: Ecran, bailleurs: str) -> None:
    at = ecran(DIFFUSION, categorie="Bailleur social")
    assert not at.exception
    lues = at.code[0].value.split("; ")
    assert "Claire Exemple <claire@exemple.fr>" in lues
    assert lues[0].endswith("<premier@exemple.fr>")
    assert "**2 adresses**" in textes(at)
    assert "Sans adresse" in textes(at)
    assert "Cci" in textes(at)
    assert fichiers(at) == {"Excel": True, "Autre tableur": True, "Cartes de visite": True, "Étiquettes (0)": False}
    assert journal() == 0  # to look is not to take


def test_the_separator_and_the_names_are_a_choice(ecran: Ecran, bailleurs: str) -> None:
    at = ecran(DIFFUSION, categorie="Bailleur social")
    at.segmented_control(key="messagerie").set_value("Thunderbird, Gmail ( , )").run()
    at.toggle(key="noms").set_value(False).run()
    assert set(at.code[0].value.split(", ")) == {"claire@exemple.fr", "premier@exemple.fr"}


def test_an_instance_offers_its_members_first(ecran: Ecran, bailleurs: str) -> None:
    at = ecran(DIFFUSION, instance=bailleurs)
    assert at.segmented_control(key="membres").value == "membres"
    assert at.code[0].value == "Claire Exemple <claire@exemple.fr>"
    at = ecran(DIFFUSION)
    assert at.segmented_control(key="qui").value == "personnes"


def test_those_without_address_come_a_page_at_a_time(ecran: Ecran, reference: None) -> None:
    at = ecran(DIFFUSION)
    assert not at.code
    assert "Sans adresse (58)" in textes(at)
    assert len(at.main.get("page_link")) == 25
    at = ecran()
    at.query_params["page"] = "3"
    at.switch_page(str(ROOT / DIFFUSION)).run()
    assert len(at.main.get("page_link")) == 8


def test_nobody_to_write_to_says_what_to_do(ecran: Ecran, reference: None) -> None:
    at = ecran(DIFFUSION, q="zzzz")
    assert "retirez un filtre" in at.info[0].value
    assert not fichiers(at)


def test_thousands_are_not_sent_unless_asked_for(ecran: Ecran, reference: None) -> None:
    with db.writing() as session:
        categorie = session.exec(select(Categorie.id)).first()
        noms = [f"Association {n:04}" for n in range(400)]
        session.add_all(
            Partenaire(
                nom=nom, categorie_id=categorie, courriel=f"a{n}@exemple.fr", recherche=pli.partenaire(nom, "", "", "")
            )
            for n, nom in enumerate(noms)
        )
    at = ecran(DIFFUSION, q="association")
    assert "**400 adresses**" in textes(at)
    assert not at.code
    assert not any("exemple.fr" in t for t in textes(at).splitlines())


def test_user_text_is_shown_as_typed(ecran: Ecran, reference: None) -> None:
    with db.writing() as session:
        row = session.exec(select(Partenaire).order_by(Partenaire.recherche)).first()
        assert row
        row.nom = "![x](http://evil.example/x.png)"
    at = ecran(DIFFUSION)
    assert r"\!\[x\]\(" in "\n".join(e.proto.label for e in at.get("page_link"))


@pytest.mark.parametrize("page", [DIFFUSION, SUIVI])
def test_an_elu_sees_no_list_and_no_file(ecran: Ecran, bailleurs: str, page: str) -> None:
    with pytest.raises(ValueError, match="navigation page"):  # not in its menu, nor behind its address
        ecran(page, role="elu")


def test_actions_come_as_files(ecran: Ecran, bailleurs: str) -> None:
    assert not fichiers(ecran(SUIVI))
    with db.writing() as session:
        avancement.creer(
            session,
            quoi="Tailler la haie",
            pilote_id=session.exec(select(Partenaire.id)).first(),
            echeance=aujourdhui() + timedelta(days=9),
            instance_id=None,
            today=aujourdhui(),
            by=SYSTEME,
        )
    at = ecran(SUIVI)
    assert not at.exception
    assert fichiers(at) == {"Excel": True, "Autre tableur": True}
    assert bouton(at, "Actualiser")
