"""The screens of duplicates and of the search everywhere, run from the frame."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Action, Destinataire, Partenaire, Personne, Reunion
from models.lists import TypeReunion
from services.imports.reference import charger_reference
from services.partenaires import doublons, fiches
from services.partenaires.fiches import Saisie
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui
from tests.pages.test_partenaires import bouton, liens, textes

PAGE = "pages/partenaires/doublons.py"
Ecran = Callable[..., AppTest]
MALIN = "Régie :red[rouge] ![x](http://evil.example/x.png)"


@pytest.fixture
def deux(reference: None, base: Any) -> tuple[int, int]:
    with db.writing() as session:
        categorie = session.exec(select(Partenaire.categorie_id)).first()
        return tuple(
            fiches.creer(session, saisie=Saisie(nom=nom, categorie_id=categorie, **champs), confirme=True,
                              jeton=nom[:32], by=SYSTEME)
            for nom, champs in ((MALIN, {"note": "La première"}), (MALIN.upper(), {"courriel": "regie@exemple.fr"}))
        )  # type: ignore[return-value]  # fmt: skip


def lire(id: int) -> Partenaire | None:
    with db.reading() as session:
        p = session.get(Partenaire, id)
        if p:
            session.expunge(p)
        return p


def test_list_says_who_and_why(ecran: Ecran, deux: tuple[int, int]) -> None:
    at = ecran(PAGE)
    assert not at.exception
    assert "1 paire à vérifier" in textes(at)
    assert "même nom" in textes(at)
    assert MALIN in textes(at).replace("\u2060", "")
    assert "Comparer" in liens(at)


def test_a_pair_merged_by_a_colleague_leads_back_to_the_list(ecran: Ecran, deux: tuple[int, int]) -> None:
    a, b = deux
    at = ecran(PAGE)
    with db.writing() as session:
        doublons.fusionner(session, garde=a, absorbe=b, champs={}, versions={a: 1, b: 1}, jeton="collegue", by=SYSTEME)
    at.query_params["a"], at.query_params["b"] = str(a), str(b)
    at.run()
    assert "déjà fusionnée" in at.warning[0].value
    assert "0 paire" in textes(at), "the list is read again"
    assert "Annuler la fusion" in [x.label for x in at.button]
    assert "a" not in at.query_params


def test_not_a_duplicate_is_said_once(ecran: Ecran, deux: tuple[int, int]) -> None:
    at = ecran(PAGE)
    bouton(at, "Pas un doublon").click().run()
    at.button(key="question.oui").click().run()
    assert "0 paire" in textes(at)
    assert "Aucun doublon probable" in textes(at)
    assert "0 paire" in textes(ecran(PAGE))


def test_merge_field_by_field_then_undo(ecran: Ecran, deux: tuple[int, int]) -> None:
    a, b = deux
    at = ecran(PAGE, a=str(b), b=str(a))
    assert [r.label for r in at.radio] == ["Nom", "Courriel", "Note"]
    # What one of the two leaves empty is taken from the other.
    assert [r.value for r in at.radio] == [a, b, a]
    at.radio[0].set_value(b)
    bouton(at, "Fusionner").click().run()
    assert not at.exception
    garde = lire(a)
    assert garde is not None
    assert (garde.nom, garde.note, garde.courriel) == (MALIN.upper(), "La première", "regie@exemple.fr")
    assert lire(b) is None
    assert "a" not in at.query_params
    bouton(at, "Annuler la fusion").click().run()
    assert not at.exception
    revenue, garde = lire(b), lire(a)
    assert revenue is not None
    assert garde is not None
    assert (garde.nom, garde.courriel, revenue.courriel) == (MALIN, "", "regie@exemple.fr")
    assert "Dernières fusions" not in textes(at)


def test_people_too(ecran: Ecran, deux: tuple[int, int]) -> None:
    with db.writing() as session:
        gens = [Personne(nom="Martin", prenom="Claire", recherche="martin claire", telephone=t) for t in ("", "17")]
        session.add_all(gens)
        session.flush()
        ids = [p.id for p in gens]
    at = ecran(PAGE, famille="Personnes")
    assert "1 paire à vérifier" in textes(at)
    at = ecran(PAGE, famille="Personnes", a=str(ids[0]), b=str(ids[1]))
    assert [r.label for r in at.radio] == ["Téléphone"]
    bouton(at, "Fusionner").click().run()
    assert not at.exception
    with db.reading() as session:
        assert [p.telephone for p in session.exec(select(Personne))] == ["17"]
    assert "Claire Martin" in textes(at)


def test_undo_is_refused_once_it_served(ecran: Ecran, deux: tuple[int, int]) -> None:
    a, b = deux
    at = ecran(PAGE, a=str(a), b=str(b))
    bouton(at, "Fusionner").click().run()
    with db.writing() as session:
        session.add(Action(quoi="Agir", pilote_id=a, echeance=aujourdhui()))
    bouton(at, "Annuler la fusion").click().run()
    assert "a servi depuis la fusion (ses actions)" in textes(at).replace("\u2060", "")


def test_a_colleague_changed_one_meanwhile(ecran: Ecran, deux: tuple[int, int]) -> None:
    a, b = deux
    at = ecran(PAGE, a=str(a), b=str(b))
    with db.writing() as session:
        session.get(Partenaire, b).note = "Autre"
    at.radio[0].set_value(b)
    bouton(at, "Fusionner").click().run()
    assert "rien n’a été fusionné" in textes(at)
    assert at.radio[0].value == b  # nothing chosen is lost
    assert lire(b) is not None
    bouton(at, "Fusionner").click().run()
    assert lire(b) is None


def test_the_elu_has_no_search(ecran: Ecran, base: Any) -> None:
    assert "Rechercher" in [b.label for b in ecran().sidebar.button]
    assert "Rechercher" not in [b.label for b in ecran(role="elu").sidebar.button]


def test_search_leads_to_an_action(ecran: Ecran, deux: tuple[int, int]) -> None:
    with db.writing() as session:
        ids = []
        for quoi in ("Agir ici", "Agir là"):
            row = Action(quoi=quoi, pilote_id=deux[0], echeance=aujourdhui())
            session.add(row)
            session.flush()
            ids.append(row.id)
    at = ecran("pages/actions/suivi.py", action=str(ids[1]))
    assert not at.exception
    assert "Agir là" in textes(at)
    assert "Agir ici" not in textes(at)
    bouton(at, "Voir toutes les actions").click().run()
    assert "Agir ici" in textes(at)
    assert "Agir ici" in textes(ecran("pages/actions/suivi.py", action="999999"))


def test_the_button_answers(ecran: Ecran, deux: tuple[int, int]) -> None:
    at = ecran()
    next(b for b in at.sidebar.button if b.label == "Rechercher").click().run()
    assert not at.exception
    assert "Écrivez au moins deux lettres" in textes(at)
    at.text_input(key="recherche.texte").set_value("oph").run()
    assert not at.exception


@pytest.mark.parametrize("famille", ["Partenaires", "Personnes"])
def test_those_who_were_convened_are_compared_like_the_others(ecran: Ecran, base: Any, famille: str) -> None:
    """Whatever points to a partenaire or a person is counted in words: each table of the merge has its own."""
    a, b = convies(famille)
    at = ecran(PAGE, famille=famille, a=str(a), b=str(b))
    assert not at.exception
    assert "1 convocation" in textes(at)
    assert "Fusionner" in [x.label for x in at.button]


def convies(famille: str) -> tuple[int, int]:
    """Two partenaires, or two people of theirs, both invited to the same meeting."""
    with db.writing() as session:
        charger_reference(session, by=SYSTEME)
        reunion = Reunion(type=TypeReunion.TECHNIQUE, titre="Essai", debut=datetime(2026, 3, 3, 14),
                          fin=datetime(2026, 3, 3, 16))  # fmt: skip
        gens = [Personne(nom="Martin", prenom="Claire", recherche="martin claire") for _ in range(2)]
        structures = session.exec(select(Partenaire).limit(2)).all()
        session.add_all([reunion, *gens])
        session.flush()
        for p, qui in zip(structures, gens, strict=True):
            session.add(Destinataire(reunion_id=reunion.id, partenaire_id=p.id, personne_id=qui.id))
        a, b = (x.id for x in (structures if famille == "Partenaires" else gens))
        return a, b
