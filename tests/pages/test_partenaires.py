"""The screens of partenaires, run from the frame."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Action, Fonction, Instance, Partenaire, Siege
from services.commun import listes
from services.partenaires import fiches, mouvements, personnes
from services.partenaires.fiches import Saisie
from services.partenaires.personnes import Identite
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from settings import ROOT
from tests.pages.test_conflits import compares

ANNUAIRE = "pages/partenaires/annuaire.py"
FICHE = "pages/partenaires/fiche.py"
EDITION = "pages/partenaires/edition.py"
PERSONNE = "pages/partenaires/personne.py"
A_VERIFIER = "pages/partenaires/a_verifier.py"
OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
HOSTILES = ["![x](http://evil.example/x.png)", ":red[rouge]", "$x$", "=1+1", "<script>alert(1)</script>", "**gras**"]

Ecran = Callable[..., AppTest]


@pytest.fixture
def oph(reference: None) -> int:
    with db.reading() as session:
        return session.exec(select(Partenaire.id).where(Partenaire.nom == OPH)).one()


def une_categorie() -> int:
    with db.reading() as session:
        return listes.categories(session)[0].id


def champ(at: AppTest, libelle: str, famille: str = "text_input") -> Any:
    return next(w for w in getattr(at, famille) if w.label == libelle)


def bouton(at: AppTest, libelle: str) -> Any:
    return next(b for b in at.button if b.label.split(" ~~")[0] == libelle)


def liens(at: AppTest) -> list[str]:
    """The labels of the page links as they are seen, without the escapes that keep user text plain."""
    tous = [e for e in at.main if e.type == "page_link"] + list(at.get("page_link"))
    return [e.proto.label.replace("\\", "").split(" ~~")[0] for e in tous]


def textes(at: AppTest) -> str:
    """Everything written on the page, escapes removed."""
    tout = [
        e.value
        for famille in ("markdown", "title", "header", "caption", "text", "error", "info")
        for e in getattr(at, famille)
    ]
    return "\n".join([*map(str, tout), *liens(at)]).replace("\\", "")


def test_directory_shows_a_page_and_the_count(ecran: Ecran, reference: None) -> None:
    at = ecran(ANNUAIRE)
    assert not at.exception
    assert "58 partenaires" in textes(at)
    assert sum(OPH in lien or "Collège" in lien for lien in liens(at)) > 0
    assert len(at.main.get("page_link")) == 25 + 1


def test_directory_is_searched_from_its_address(ecran: Ecran, reference: None) -> None:
    at = ecran(ANNUAIRE, q="oph")
    trouves = [lien for lien in liens(at) if "**" in lien]
    assert OPH in trouves[0]
    assert "Habitat 17" in trouves[1]
    assert "2 partenaires pour « oph »" in textes(at)


def test_nothing_found_says_what_to_do(ecran: Ecran, reference: None) -> None:
    at = ecran(ANNUAIRE, q="zzzz")
    assert "Aucun partenaire ne correspond" in at.info[0].value


def test_another_search_starts_at_its_first_page(ecran: Ecran, reference: None) -> None:
    at = ecran()
    at.query_params["page"] = "3"
    at.switch_page(str(ROOT / ANNUAIRE)).run()
    assert len(at.main.get("page_link")) == 8 + 1
    champ(at, "Rechercher").set_value("collège").run()
    assert not at.exception
    assert len(at.main.get("page_link")) == 13 + 1


def test_create_then_open_its_page(ecran: Ecran, reference: None) -> None:
    at = ecran(EDITION)
    champ(at, "Nom").set_value("Régie de quartier")
    champ(at, "Catégorie", "selectbox").set_value(une_categorie())
    champ(at, "Téléphone").set_value("0546515151")
    bouton(at, "Enregistrer").click().run()
    assert not at.exception
    assert at.title[0].value == "Régie de quartier"
    assert "05 46 51 51 51" in textes(at)


def test_refusals_stand_beside_their_field_and_keep_the_rest(ecran: Ecran, reference: None) -> None:
    at = ecran(EDITION)
    champ(at, "Nom").set_value("Régie de quartier")
    champ(at, "Site").set_value("javascript:alert(1)")
    bouton(at, "Enregistrer").click().run()
    ecrit = textes(at)
    assert "Choisissez une catégorie" in ecrit
    assert "n’est pas celle d’un site" in ecrit
    assert champ(at, "Nom").value == "Régie de quartier"
    assert champ(at, "Site").value == "javascript:alert(1)"


def test_duplicate_is_named_while_typing_and_created_only_when_confirmed(ecran: Ecran, reference: None) -> None:
    at = ecran(EDITION)
    champ(at, "Nom").set_value("office public habitat").run()
    assert "Déjà au carnet" in textes(at)
    assert OPH in textes(at)
    champ(at, "Catégorie", "selectbox").set_value(une_categorie())
    bouton(at, "Enregistrer").click().run()
    assert "confirmez que c’est un autre" in textes(at)
    bouton(at, "C’est un autre : ajouter").click().run()
    assert at.title[0].value == "office public habitat"


def test_stale_edition_shows_both_texts_and_each_way_out(ecran: Ecran, oph: int) -> None:
    at = ecran(EDITION, id=str(oph))
    champ(at, "Commune").set_value("Aytré")
    collegue = ecran(EDITION, role="collaborateur", id=str(oph))
    champ(collegue, "Commune").set_value("Périgny")
    bouton(collegue, "Enregistrer").click().run()

    bouton(at, "Enregistrer").click().run()
    assert compares(at) == {"Commune": ("Aytré", "Périgny")}
    assert champ(at, "Commune").value == "Aytré"
    with db.reading() as session:
        assert fiches.get(session, id=oph).commune == "Périgny"

    bouton(at, "Enregistrer mon texte à la place").click().run()
    assert not at.exception
    with db.reading() as session:
        assert fiches.get(session, id=oph).commune == "Aytré"


def test_colleague_s_version_can_be_taken(ecran: Ecran, oph: int) -> None:
    at = ecran(EDITION, id=str(oph))
    champ(at, "Commune").set_value("Aytré")
    collegue = ecran(EDITION, role="collaborateur", id=str(oph))
    champ(collegue, "Commune").set_value("Périgny")
    bouton(collegue, "Enregistrer").click().run()
    bouton(at, "Enregistrer").click().run()
    bouton(at, "Prendre sa version").click().run()
    assert champ(at, "Commune").value == "Périgny"
    champ(at, "Commune").set_value("Lagord")
    bouton(at, "Enregistrer").click().run()
    with db.reading() as session:
        assert fiches.get(session, id=oph).commune == "Lagord"


def test_edition_opened_again_later_is_not_stale(ecran: Ecran, oph: int) -> None:
    """Left unfinished, changed by a colleague, opened again: it shows and saves the fresh version."""
    ecran(EDITION, id=str(oph))
    collegue = ecran(EDITION, role="collaborateur", id=str(oph))
    champ(collegue, "Commune").set_value("Périgny")
    bouton(collegue, "Enregistrer").click().run()
    at = ecran(EDITION, id=str(oph))
    assert champ(at, "Commune").value == "Périgny"
    champ(at, "Commune").set_value("Lagord")
    bouton(at, "Enregistrer").click().run()
    assert at.title[0].value == OPH
    with db.reading() as session:
        assert fiches.get(session, id=oph).commune == "Lagord"


def test_archive_and_restore(ecran: Ecran, oph: int) -> None:
    at = ecran(FICHE, id=str(oph))
    bouton(at, "Archiver").click().run()
    assert "Archivé le" in textes(at)
    bouton(at, "Restaurer").click().run()
    assert "Archivé le" not in textes(at)


def test_add_then_replace_then_end(ecran: Ecran, oph: int) -> None:
    at = ecran(PERSONNE, partenaire=str(oph))
    champ(at, "Prénom").set_value("Claire")
    champ(at, "Nom").set_value("Martin")
    champ(at, "Fonction").set_value("Cheffe d’agence")
    champ(at, "Depuis le", "date_input").set_value(date(2026, 1, 5))
    bouton(at, "Enregistrer").click().run()
    assert not at.exception
    assert "Claire Martin" in textes(at)
    with db.writing() as session:
        f = session.exec(select(Fonction)).one()
        instance = session.exec(select(Instance).where(Instance.nom == "Réunion technique – Mireuil")).one()
        session.add(Siege(instance_id=instance.id, partenaire_id=oph, fonction=f.intitule, fonction_id=f.id))
        claire = f.id

    at = ecran(PERSONNE, fonction=str(claire), geste="remplacer")
    assert "Réunion technique – Mireuil" in textes(at)
    assert champ(at, "Fonction").value == "Cheffe d’agence"
    champ(at, "Nom").set_value("Durand")
    bouton(at, "Enregistrer le remplacement").click().run()
    assert not at.exception
    ecrit = textes(at)
    assert "Fonctions passées (1)" in [e.label for e in at.expander]
    assert "Cheffe d’agence · Durand" in ecrit, "the seat shows who holds it now"

    with db.reading() as session:
        jean = next(f for f in personnes.du_partenaire(session, partenaire_id=oph) if f.fin is None)
    at = ecran(PERSONNE, fonction=str(jean.id), geste="terminer")
    bouton(at, "Terminer la fonction").click().run()
    assert not at.exception
    assert "Dernier jour : " in textes(at), "there until this evening"
    assert "Annuler ce départ" in textes(at)
    # Who comes after is known later: no need to cancel the departure first; the day after it is proposed.
    assert any("Remplacer par…" in e.label for e in at.main.get("page_link"))
    at = ecran(PERSONNE, fonction=str(jean.id), geste="remplacer")
    champ(at, "Nom").set_value("Petit")
    bouton(at, "Enregistrer le remplacement").click().run()
    with db.reading() as session:
        (zoe,) = [f for f in personnes.du_partenaire(session, partenaire_id=oph) if f.nom == "Petit"]
        assert zoe.debut == personnes.fonction(session, id=jean.id).fin + timedelta(days=1)
        (siege,) = personnes.sieges(session, partenaire_id=oph, today=zoe.debut)
    assert siege.personne == "Petit"


def test_known_person_is_proposed_and_chosen(ecran: Ecran, oph: int) -> None:
    with db.writing() as session:
        habitat = session.exec(select(Partenaire.id).where(Partenaire.nom == "Habitat 17")).one()
        mouvements.creer(
            session, partenaire_id=habitat, identite=Identite(nom="Martin", prenom="Claire"), intitule="Déléguée",
            debut=date(2026, 1, 5), jeton="a", by=SYSTEME,
        )  # fmt: skip
    at = ecran(PERSONNE, partenaire=str(oph))
    champ(at, "Nom").set_value("martin")
    champ(at, "Prénom").set_value("claire").run()
    assert "Déléguée, Habitat 17" in textes(at)
    champ(at, "Fonction").set_value("Administratrice")
    bouton(at, "C’est cette personne").click().run()
    with db.reading() as session:
        assert len({f.personne_id for f in session.exec(select(Fonction)).all()}) == 1


def test_stale_correction_of_a_person_shows_both_texts(ecran: Ecran, oph: int) -> None:
    with db.writing() as session:
        id = mouvements.creer(
            session, partenaire_id=oph, identite=Identite(nom="Martin"), intitule="Cheffe", debut=date(2026, 1, 5),
            jeton="a", by=SYSTEME,
        )  # fmt: skip
    at = ecran(PERSONNE, fonction=str(id), geste="corriger")
    collegue = ecran(PERSONNE, role="collaborateur", fonction=str(id), geste="corriger")
    champ(collegue, "Nom").set_value("Martin-Roy")
    bouton(collegue, "Enregistrer").click().run()
    champ(at, "Nom").set_value("Martine")
    bouton(at, "Enregistrer").click().run()
    assert compares(at) == {"Nom": ("Martine", "Martin-Roy")}
    with db.reading() as session:
        assert personnes.fonction(session, id=id).nom == "Martin-Roy"


def test_other_numbers_are_added_marked_and_taken_out(ecran: Ecran, oph: int) -> None:
    at = ecran(PERSONNE, partenaire=str(oph))
    champ(at, "Nom").set_value("Martin")
    champ(at, "Fonction").set_value("Cheffe")
    champ(at, "Courriel").set_value("claire@exemple.fr")
    champ(at, "Numéro ou adresse").set_value("accueil@exemple.fr").run()
    assert not at.exception
    assert not at.warning
    lignes = [w for w in at.text_input if w.label.startswith("Numéro ou adresse")]
    assert [w.value for w in lignes] == ["accueil@exemple.fr", ""], "the next line is there"
    lignes[1].set_value("0546515151").run()
    bouton(at, "Pour les convocations").click().run()
    assert champ(at, "Courriel").value == "accueil@exemple.fr"
    assert champ(at, "Numéro ou adresse").value == "claire@exemple.fr"
    bouton(at, "Enregistrer").click().run()
    assert not at.exception
    assert "Convocations" in textes(at)
    with db.reading() as session:
        f = personnes.fonction(session, id=session.exec(select(Fonction.id)).one())
    assert (f.courriel, f.telephone, [a.valeur for a in f.autres]) == (
        "accueil@exemple.fr", "05 46 51 51 51", ["claire@exemple.fr"])  # fmt: skip
    at = ecran(PERSONNE, fonction=str(f.id), geste="corriger")
    bouton(at, "Retirer").click().run()
    bouton(at, "Enregistrer").click().run()
    with db.reading() as session:
        assert personnes.fonction(session, id=f.id).autres == ()


def test_a_wrong_other_number_is_said_on_its_line(ecran: Ecran, oph: int) -> None:
    at = ecran(PERSONNE, partenaire=str(oph))
    champ(at, "Nom").set_value("Martin")
    champ(at, "Numéro ou adresse").set_value("12 34").run()
    bouton(at, "Enregistrer").click().run()
    assert "Ce numéro n’est pas valable" in textes(at)
    assert champ(at, "Numéro ou adresse").value == "12 34"


def test_a_change_that_looks_like_another_partenaire_is_said(ecran: Ecran, oph: int) -> None:
    with db.reading() as session:
        habitat = session.exec(select(Partenaire.id).where(Partenaire.nom == "Habitat 17")).one()
    at = ecran(EDITION, id=str(habitat))
    champ(at, "Commune").set_value("Aytré").run()
    assert "Déjà au carnet" not in textes(at)
    champ(at, "Nom").set_value("office public habitat").run()
    assert "Déjà au carnet" in textes(at)
    assert OPH in textes(at)
    assert "Comparer et fusionner" in liens(at)
    bouton(at, "Enregistrer").click().run()
    assert at.title[0].value == "office public habitat", "said, not refused"


def test_a_page_is_checked_and_the_check_taken_back(ecran: Ecran, oph: int, cast_base: Any) -> None:
    at = ecran(FICHE, id=str(oph))
    assert "Jamais vérifiée" in textes(at)
    bouton(at, "Vérifiée aujourd’hui").click().run()
    assert not at.exception
    assert f"par {cast_base.secretaire.nom}" in textes(at)
    assert bouton(at, "Vérifiée aujourd’hui").disabled
    bouton(at, "Annuler la vérification").click().run()
    assert "Jamais vérifiée" in textes(at)


def test_saving_a_page_checks_it_only_when_said(ecran: Ecran, oph: int) -> None:
    def date_lue() -> date | None:
        with db.reading() as session:
            return fiches.get(session, id=oph).verifie_le

    at = ecran(EDITION, id=str(oph))
    champ(at, "Commune").set_value("Aytré")
    bouton(at, "Enregistrer").click().run()
    assert date_lue() is None
    at = ecran(EDITION, id=str(oph))
    champ(at, "Fiche vérifiée auprès du partenaire", "checkbox").check()
    bouton(at, "Enregistrer").click().run()
    assert not at.exception
    assert date_lue() == aujourdhui()


def test_pages_to_check_are_called_one_by_one(ecran: Ecran, reference: None) -> None:
    at = ecran(A_VERIFIER)
    assert not at.exception
    assert "58 fiches jamais vérifiées" in textes(at)
    premiere = next(lien for lien in liens(at) if lien.startswith("**"))
    boutons = [b for b in at.button if b.label.startswith("Vérifiée aujourd’hui")]
    assert len(boutons) == 25
    boutons[0].click().run()
    assert "57 fiches" in textes(at)
    assert next(lien for lien in liens(at) if lien.startswith("**")).split("**")[1] == premiere.split("**")[1]
    assert "Vérifiée aujourd’hui" in next(lien for lien in liens(at) if lien.startswith("**"))
    bouton(at, "Actualiser").click().run()
    assert next(lien for lien in liens(at) if lien.startswith("**")).split("**")[1] != premiere.split("**")[1]


def test_pages_to_check_by_category_then_back_from_the_form(ecran: Ecran, oph: int) -> None:
    at = ecran(A_VERIFIER, categorie="Bailleur social")
    assert OPH in textes(at)
    assert "Habitat 17" in textes(at)
    assert not any("Collège" in lien for lien in liens(at))
    at = ecran(EDITION, id=str(oph), retour="categorie=Bailleur+social")
    champ(at, "Commune").set_value("Aytré")
    bouton(at, "Enregistrer").click().run()
    assert at.title[0].value == "Fiches à vérifier"
    assert champ(at, "Catégorie", "selectbox").value == "Bailleur social"


def test_late_action_says_how_late(ecran: Ecran, oph: int) -> None:
    with db.writing() as session:
        session.add(Action(quoi="Réparer l’éclairage", pilote_id=oph, echeance=date(2020, 1, 1)))
    ecrit = textes(ecran(FICHE, id=str(oph)))
    assert "Réparer l’éclairage" in ecrit
    assert "en retard de" in ecrit
    assert "1 action ouverte" in textes(ecran(ANNUAIRE, q="oph"))


@pytest.mark.parametrize("page", [ANNUAIRE, A_VERIFIER, FICHE, EDITION, PERSONNE])
def test_reader_is_offered_none_of_it(ecran: Ecran, oph: int, page: str) -> None:
    with pytest.raises(ValueError, match="navigation page"):
        ecran(page, role="elu", id=str(oph), partenaire=str(oph))


@pytest.mark.parametrize(
    ("page", "query"),
    [(FICHE, {"id": "99999"}), (FICHE, {"id": "x"}), (FICHE, {}), (EDITION, {"id": "99999"}), (PERSONNE, {}),
     (PERSONNE, {"fonction": "99999", "geste": "remplacer"}), (PERSONNE, {"fonction": "1", "geste": "x"})],
)  # fmt: skip
def test_wrong_address_is_a_sentence_or_the_directory(
    ecran: Ecran, reference: None, page: str, query: dict[str, str]
) -> None:
    at = ecran(page, **query)
    assert not at.exception
    assert at.error or at.title[0].value == "Partenaires"


def test_hostile_names_are_shown_as_typed(ecran: Ecran, reference: None, cast_base: Any) -> None:
    nom = " ".join(HOSTILES)
    with db.writing() as session:
        categorie = session.exec(select(Partenaire.categorie_id)).first()
        saisie = Saisie(nom=nom, categorie_id=categorie, sigle=":red[x]", note=nom, commune=nom)
        id = fiches.creer(session, saisie=saisie, jeton="a", confirme=True, by=SYSTEME)
    at = ecran(FICHE, id=str(id))
    assert not at.exception
    titre = at.title[0].value
    assert titre.replace("\\", "").replace("\u2060", "") == nom
    assert "![x](" not in titre
    assert all("![x](" not in m.value for m in at.markdown)


def test_a_text_too_long_for_the_draft_is_said_before_it_is_sent(ecran: Ecran, oph: int) -> None:
    """Thrice as long as any field: after F5, the text of before was back without a word."""
    at = ecran("pages/partenaires/edition.py", id=str(oph))
    at = champ(at, "Nom").set_value("mot " * 5000).run()
    assert "Raccourcissez ce texte : 8000 caractères au plus." in textes(at)
    at = champ(at, "Nom").set_value("Un nom").run()
    assert "Raccourcissez" not in textes(at)
