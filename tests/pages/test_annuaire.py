"""The directory: kept filters, and many partenaires at once."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from models import Categorie, FiltreGarde, Journal, Partenaire
from services.commun import filtres
from services.partenaires import fiches
from services.partenaires.fiches import Saisie
from services.socle import db
from settings import ROOT
from tests.cast import Cast
from tests.pages.test_partenaires import ANNUAIRE, bouton, champ, textes

ACTIONS = "pages/actions/suivi.py"
Ecran = Callable[..., AppTest]


pytestmark = pytest.mark.usefixtures("reference")


def boutons(at: AppTest) -> list[str]:
    return [b.label.replace("\\", "") for b in at.button]


def cocher(at: AppTest, *noms: str) -> None:
    for nom in noms:
        next(c for c in at.checkbox if nom in c.label).check().run()


def prevoir(at: AppTest, commune: str) -> None:
    champ(at, "Champ", "selectbox").set_value("commune").run()
    champ(at, "Nouvelle commune").set_value(commune)
    bouton(at, "Voir l’aperçu").click().run()
    assert not at.exception


def categorie(nom: str) -> int:
    with db.reading() as session:
        return session.exec(select(Categorie.id).where(Categorie.nom == nom)).one() or 0


def communes(*noms: str) -> list[str]:
    with db.reading() as session:
        return [session.exec(select(Partenaire.commune).where(Partenaire.nom == n)).one() for n in noms]


# --- kept filters -----------------------------------------------------------------------------------------------------


def test_a_filter_is_kept_then_put_back_in_the_address(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, categorie="Bailleur social")
    champ(at, "Garder les filtres d’ici sous le nom").set_value("Bailleurs")
    bouton(at, "Garder").click().run()
    assert "Filtre gardé : Bailleurs" in at.toast[0].value.replace("\\", "")
    champ(at, "Rechercher").set_value("habitat").run()
    champ(at, "Catégorie", "selectbox").set_value(None).run()
    bouton(at, "Bailleurs").click().run()
    assert (champ(at, "Catégorie", "selectbox").value, champ(at, "Rechercher").value) == ("Bailleur social", "")
    assert "3 partenaires" in textes(at)
    assert at.query_params["categorie"] == "Bailleur social"


def test_a_filter_without_a_name_is_refused_under_its_field(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE)
    bouton(at, "Garder").click().run()
    assert "Donnez un nom à ce filtre" in textes(at)


def test_what_is_no_longer_in_the_lists_is_said_and_the_rest_shown(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        garde = {"q": "office", "categorie": "Bailleur social", "etat": "tous"}
        filtres.garder(session, ecran="partenaires", nom="Vieux", parametres=garde, by=cast_base.secretaire)
        session.exec(select(Categorie).where(Categorie.nom == "Bailleur social")).one().nom = "Logement"
    at = ecran(ANNUAIRE)
    bouton(at, "Vieux").click().run()
    assert not at.exception
    assert "« Bailleur social » n’est plus dans les listes" in at.toast[0].value
    assert champ(at, "Rechercher").value == "office"
    assert "pour « office »" in textes(at)


def test_a_shared_filter_is_deleted_by_its_owner_or_the_responsable(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        for nom, partage in (("Commun", True), ("Privé", False)):
            filtres.garder(
                session, ecran="partenaires", nom=nom, parametres={"q": "x"}, partage=partage, by=cast_base.secretaire
            )
    at = ecran(ANNUAIRE, role="collaborateur")
    assert "Commun :gray[:small[Sarah Secrétaire]]" in boutons(at)
    assert not [b for b in boutons(at) if "Privé" in b or b.startswith("Supprimer")]
    bouton(ecran(ANNUAIRE, role="responsable"), "Supprimer Commun").click().run()
    with db.reading() as session:
        assert session.exec(select(FiltreGarde.nom)).all() == ["Privé"]


def test_the_list_of_actions_keeps_filters_too(ecran: Ecran) -> None:
    at = ecran(ACTIONS, voir="En retard")
    champ(at, "Garder les filtres d’ici sous le nom").set_value("Retards")
    bouton(at, "Garder").click().run()
    at = ecran(ACTIONS)
    bouton(at, "Retards").click().run()
    assert not at.exception
    assert at.query_params["voir"] == "En retard"
    assert "Retards" not in str(boutons(ecran(ANNUAIRE)))


# --- many at once -----------------------------------------------------------------------------------------------------


def test_one_click_still_opens_a_page_unless_many_is_asked(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE)
    assert (len(at.checkbox), len(at.main.get("page_link"))) == (0, 25 + 1)
    champ(at, "Plusieurs à la fois", "toggle").set_value(True).run()
    assert (len(at.checkbox), [e.proto.label for e in at.main.get("page_link")]) == (25, ["Leur écrire"])


def test_ticks_outlive_pages_and_filters_and_all_found_are_ticked(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "ADEI 17", "CEMÉA")
    champ(at, "Rechercher").set_value("collège").run()
    assert "2 cochés" in textes(at)
    bouton(at, "Tout cocher : les 13 trouvés").click().run()
    assert "15 cochés" in textes(at)
    assert all(c.value for c in at.checkbox)
    champ(at, "Rechercher").set_value("").run()
    at.switch_page(str(ROOT / ACTIONS)).run()
    at.switch_page(str(ROOT / ANNUAIRE)).run()
    assert "15 cochés" in textes(at)
    assert next(c for c in at.checkbox if "ADEI 17" in c.label).value
    bouton(at, "Tout décocher").click().run()
    assert not any(c.value for c in at.checkbox)


def test_previewed_applied_once_undone_from_where_it_was_done(ecran: Ecran) -> None:
    avant = communes("ADEI 17", "CEMÉA")
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "ADEI 17", "CEMÉA")
    prevoir(at, "Aytré")
    assert communes("ADEI 17", "CEMÉA") == avant
    assert "Aperçu : commune « Aytré »" in textes(at)
    assert ":green[Aytré]" in textes(at)
    bouton(at, "Appliquer à 1 partenaire").click().run()  # ADEI 17 is there already
    assert communes("ADEI 17", "CEMÉA") == ["Aytré", "Aytré"]
    assert "C’est fait. 1 partenaire : commune « Aytré »." in at.success[0].value.replace("\\", "")
    assert "0 coché" in textes(at)
    bouton(at, "Annuler").click().run()
    assert communes("ADEI 17", "CEMÉA") == avant
    assert ":gray-badge[:material/undo: Annulé]" in [m.value for m in at.markdown]
    with db.reading() as session:
        actes = session.exec(
            select(Journal.acte)
            .where(col(Journal.acte).in_(("operation.lot", "operation.annuler")))
            .order_by(col(Journal.id))
        ).all()
    assert actes == ["operation.lot", "operation.annuler"]


def test_a_colleague_s_change_refuses_all_and_the_preview_is_read_again(ecran: Ecran, cast_base: Cast) -> None:
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "ADEI 17", "CEMÉA")
    prevoir(at, "Périgny")
    with db.writing() as session:
        f = session.exec(select(Partenaire).where(Partenaire.nom == "CEMÉA")).one()
        saisie = Saisie(nom="CEMÉA", categorie_id=f.categorie_id, commune="Rochefort")
        fiches.modifier(session, id=f.id, saisie=saisie, version=f.version, by=cast_base.collaborateur)
    bouton(at, "Appliquer à 2 partenaires").click().run()
    assert "« CEMÉA »" in at.error[0].value
    assert ":red[~~Rochefort~~] :green[Périgny]" in textes(at)
    assert communes("ADEI 17", "CEMÉA") == ["Aytré", "Rochefort"]
    bouton(at, "Appliquer à 2 partenaires").click().run()
    assert communes("ADEI 17", "CEMÉA") == ["Périgny", "Périgny"]


def test_what_they_were_to_become_gone_there_is_a_way_back(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "CEMÉA")
    champ(at, "Nouvelle catégorie", "selectbox").set_value(choix := categorie("Justice")).run()
    bouton(at, "Voir l’aperçu").click().run()
    with db.writing() as session:
        session.get_one(Categorie, choix).archive = True
    bouton(at, "Appliquer à 1 partenaire").click().run()
    assert "Choisissez une catégorie dans la liste" in at.error[-1].value
    bouton(at, "Revenir à la liste").click().run()
    assert "1 coché" in textes(at)


def test_an_undo_refused_names_who_changed_right_where_it_was_asked(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "CEMÉA")
    prevoir(at, "Périgny")
    bouton(at, "Appliquer à 1 partenaire").click().run()
    with db.writing() as session:
        session.exec(select(Partenaire).where(Partenaire.nom == "CEMÉA")).one().commune = "Rochefort"
    bouton(at, "Annuler").click().run()
    assert ["« CEMÉA »" in e.value for e in at.error] == [True]
    assert communes("CEMÉA") == ["Rochefort"]


def test_back_from_the_preview_nothing_is_lost(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, plusieurs="true", categorie="Bailleur social")
    cocher(at, "Erilia")
    bouton(at, "Archiver").click().run()
    assert "Aperçu : archivage" in textes(at)
    bouton(at, "Revenir à la liste").click().run()
    assert "1 coché" in textes(at)
    assert champ(at, "Catégorie", "selectbox").value == "Bailleur social"


def test_a_change_without_a_value_says_so_under_its_field(ecran: Ecran) -> None:
    at = ecran(ANNUAIRE, plusieurs="true")
    cocher(at, "CEMÉA")
    prevoir(at, " ")
    assert textes(at).count("Indiquez la commune.") == 1
