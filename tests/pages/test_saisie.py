"""The entry screen and the relevé: addresses, and meetings that cannot be written up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import Theme
from models.lists import EtatReunion
from services.agenda import programmation
from services.commun import listes
from services.partenaires import fiches
from services.releves import saisie
from services.socle import brouillons, db
from services.socle.horloge import maintenant
from services.socle.texte import matches
from tests import scene
from tests.cast import Cast
from tests.services.outils_agenda import creer_reunion

SAISIE, RELEVE = "pages/aujourdhui/saisie.py", "pages/aujourdhui/releve.py"
Ecran = Callable[..., AppTest]


def une_reunion(cast: Cast, *, jours: int = -1, etat: EtatReunion | None = None) -> int:
    with db.writing() as session:
        debut = maintenant().replace(second=0, microsecond=0) + timedelta(days=jours)
        id = creer_reunion(session, cast, titre="Réunion de quartier", debut=debut)
        if etat:
            programmation.changer_etat(session, id=id, etat=etat, motif="Salle prise", version=1, by=cast.secretaire)
    return id


def said(at: AppTest) -> str:
    groupes: tuple[Any, ...] = (at.markdown, at.warning, at.info, at.error, at.success)
    return "\n".join(str(e.value) for groupe in groupes for e in groupe)


@pytest.mark.parametrize("adresse", ["abc", "-1", "0", "1e9", "²", "9" * 10, "9" * 30])
def test_a_wrong_address_is_no_incident(ecran: Ecran, cast_base: Cast, adresse: str) -> None:
    une_reunion(cast_base)
    at = ecran(SAISIE, reunion=adresse)
    assert not at.exception
    assert "Réunion de quartier" in said(at), "the first of the queue"
    at = ecran(RELEVE, reunion=adresse)
    assert not at.exception
    assert "calendrier" in said(at)


@pytest.mark.parametrize(("jours", "etat", "phrase"), [
    (-1, EtatReunion.ANNULEE, "notée « annulée »"),
    (-1, EtatReunion.PAS_EU_LIEU, "notée « n’a pas eu lieu »"),
    (2, None, "n’a pas encore commencé"),
])  # fmt: skip
def test_what_cannot_be_saved_is_said_before_it_is_typed(
    ecran: Ecran, cast_base: Cast, jours: int, etat: EtatReunion | None, phrase: str
) -> None:
    id = une_reunion(cast_base, jours=jours, etat=etat)
    at = ecran(SAISIE, reunion=str(id))
    assert phrase in said(at)
    assert "Enregistrer le relevé" not in {b.label for b in at.button}
    at = ecran(RELEVE, reunion=str(id))
    assert phrase in said(at)
    assert "n’est pas encore saisie" not in said(at)


def test_a_meeting_cancelled_while_it_is_written_up_keeps_what_was_typed(ecran: Ecran, cast_base: Cast) -> None:
    id = une_reunion(cast_base)
    with db.writing() as session:
        form = saisie.ouvrir(session, reunion_id=id, by=cast_base.secretaire)
        valeurs = {"habitants": 42}
        brouillons.ecrire(session, jeton=form.jeton, valeurs=valeurs, vues={}, by=cast_base.secretaire)
        annulee = EtatReunion.ANNULEE
        programmation.changer_etat(session, id=id, etat=annulee, motif="Doublon", version=1, by=cast_base.responsable)
    at = ecran(SAISIE, reunion=str(id))
    assert "notée « annulée »" in said(at)
    assert 42 in {n.value for n in at.number_input}


@pytest.mark.sqlite  # where one writer keeps the others waiting
def test_a_field_left_waits_for_no_writer_when_the_draft_holds_it_already(ecran: Ecran, cast_base: Cast) -> None:
    """web/frappe.py wrote it while it was typed."""
    at = ecran(SAISIE, reunion=str(une_reunion(cast_base)))
    nombre = next(n for n in at.number_input if n.label == "Habitants présents")
    jeton = str(nombre.key).split(".")[0]
    with db.writing() as session:
        brouillons.ecrire(session, jeton=jeton, valeurs={"habitants": 42}, vues={}, by=cast_base.secretaire)
    with db.writing() as session:  # a long one
        brouillons.champs(session, cle="")
        nombre.set_value(42).run()
    assert not at.error
    assert next(n for n in at.number_input if n.label == "Habitants présents").value == 42


@pytest.mark.parametrize("quand", ["avant d’ouvrir", "pendant"])
@pytest.mark.parametrize(("champ", "qui"), [("theme", "Tension entre quartiers"), ("pilote", "Erilia")])
def test_what_a_colleague_searched_for_is_shown(
    reference: None, ecran: Ecran, cast_base: Cast, champ: str, qui: str, quand: str
) -> None:
    """Pills offer a few likely choices, and the one that a colleague searched for is not among them."""
    id = une_reunion(cast_base)
    with db.writing() as session:
        jeton = saisie.ouvrir(session, reunion_id=id, by=cast_base.responsable).jeton
        brouillons.ecrire(
            session, jeton=jeton, valeurs={"point.n9-1.note": "Deux bancs abîmés"}, vues={}, by=cast_base.responsable
        )

    def choisir() -> None:
        with db.writing() as session:
            choisi = scene.theme(session, qui) if champ == "theme" else scene.partenaire(session, qui)
            valeurs = {f"point.n9-1.{champ}": choisi}
            brouillons.ecrire(session, jeton=jeton, valeurs=valeurs, vues={}, by=cast_base.responsable)

    if quand == "pendant":
        at = ecran(SAISIE, reunion=str(id))
        choisir()
        at.run()
    else:
        choisir()
        at = ecran(SAISIE, reunion=str(id))
    assert not at.exception
    pastilles = next(g for g in at.get("button_group") if g.label == f"Point 1 : {champ.replace('theme', 'thème')}")
    assert qui in {str(o) for o in pastilles.options}, pastilles.options
    assert pastilles.value


def test_a_search_says_how_many_it_does_not_show(reference: None, ecran: Ecran, cast_base: Cast) -> None:
    at = ecran(SAISIE, reunion=str(une_reunion(cast_base)))
    for champ, texte, autant in (
        ("Ajouter un partenaire ou une personne", "de", 8),
        ("Point 1 : chercher un autre pilote", "de", 8),
        ("Point 1 : chercher un autre thème", "e", 12),
    ):
        with db.reading() as session:
            if "thème" in champ:
                trouves = len([t for t in listes.themes(session) if matches(t.recherche, texte)])
            else:
                trouves = fiches.combien(session, texte=texte)
        assert trouves > autant
        next(t for t in at.text_input if t.label == champ).set_value(texte).run()
        assert f"Et {trouves - autant} autres : précisez." in {c.value for c in at.caption}, champ
        next(t for t in at.text_input if t.label == champ).set_value("").run()


def test_an_archived_theme_is_not_offered(reference: None, ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        session.get_one(Theme, scene.theme(session, "Cambriolage")).archive = True
    at = ecran(SAISIE, reunion=str(une_reunion(cast_base)))
    next(t for t in at.text_input if t.label == "Point 1 : chercher un autre thème").set_value("cambrio").run()
    assert "Aucun thème ne correspond : essayez un autre mot." in {c.value for c in at.caption}
