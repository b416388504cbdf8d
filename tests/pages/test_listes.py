"""The lists of the administration: one section in the address, changed in place."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models import Instance, InstanceQuartier, Quartier, SecteurVeille
from models.lists import Frequence, GenrePhrase, TypeReunion
from services.commun import edition_listes, listes
from services.commun.listes import Famille
from services.releves import phrases
from services.socle import db
from tests.cast import Cast
from tests.pages.test_conflits import compares

Ecran = Callable[..., AppTest]
PAGE = "pages/administration/listes.py"
CARTE = "Secteurs et quartiers"


def said(at: AppTest) -> str:
    ecran = at.main
    blocs = [*ecran.markdown, *ecran.caption, *ecran.text, *ecran.info, *ecran.warning, *ecran.error]
    return "\n".join(str(b.value) for b in blocs).replace("\\", "")


def widget(at: AppTest, kind: str, fin: str, rang: int = 0) -> AppTest:
    """The widget of that kind whose key ends so."""
    return [w for w in at.get(kind) if str(w.key).endswith(fin)][rang]  # type: ignore[no-any-return]


def submit(at: AppTest, label: str) -> AppTest:
    """Press the submit button of that label."""
    return next(b for b in at.button if b.label == label).click().run()  # type: ignore[no-any-return]


@pytest.fixture
def ids(cast_base: Cast) -> dict[str, int]:
    """A theme, a place, two secteurs to confirm and a quartier that an instance covers."""
    by = cast_base.secretaire
    with db.writing() as session:
        nord, sud = SecteurVeille(nom="Nord"), SecteurVeille(nom="Sud")
        session.add_all([nord, sud])
        session.flush()
        quartier = Quartier(nom="Mireuil", secteur_id=nord.id)
        instance = Instance(
            nom="RT Mireuil", type=TypeReunion.TECHNIQUE, frequence=Frequence.MENSUELLE, secteur_id=nord.id
        )
        session.add_all([quartier, instance])
        session.flush()
        session.add(InstanceQuartier(instance_id=instance.id, quartier_id=quartier.id))
        return {
            "theme": edition_listes.ajouter_theme(
                session, libelle="Tapage", rubrique="Bruit", jeton=uuid4().hex, by=by
            ),
            "lieu": edition_listes.lieu_nomme(session, nom="Mairie", by=by),
            "nord": nord.id,
            "sud": sud.id,
            "quartier": quartier.id,
        }


def test_the_section_is_in_the_address(ecran: Ecran, ids: dict[str, int]) -> None:
    assert "Tapage" in said(ecran(PAGE))
    at = ecran(PAGE, liste="Lieux")
    assert "Mairie" in said(at)
    assert "Tapage" not in said(at)


def test_an_empty_list_says_what_it_is_for(ecran: Ecran) -> None:
    assert "Cette liste est vide" in said(ecran(PAGE, liste="Origines"))


def test_the_elu_does_not_reach_the_lists(ecran: Ecran) -> None:
    at = ecran(role="elu")
    assert all("listes" not in str(e) for e in at.get("page_link"))
    with pytest.raises(Exception, match=r"not found|Could not find"):
        ecran(PAGE, role="elu")


def test_a_theme_is_added_under_a_heading(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE)
    widget(at, "text_input", ".nom").set_value("Rodéo")  # type: ignore[attr-defined]
    widget(at, "selectbox", ".rubrique").set_value("Bruit")  # type: ignore[attr-defined]
    at = submit(at, "Ajouter")
    assert not at.exception
    with db.reading() as session:
        assert [(t.libelle, t.rubrique) for t in listes.themes(session)] == [
            ("Tapage", "Bruit"),
            ("Rodéo", "Bruit"),
        ]
    assert widget(at, "text_input", ".nom").value == ""  # type: ignore[attr-defined]


def test_a_duplicate_is_said_beside_the_name_and_kept(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE, liste="Lieux")
    widget(at, "text_input", ".nom").set_value("MAIRIE")  # type: ignore[attr-defined]
    at = submit(at, "Ajouter")
    assert "« Mairie » existe déjà. Choisissez un autre nom." in said(at)
    assert widget(at, "text_input", ".nom").value == "MAIRIE"  # type: ignore[attr-defined]


def test_a_place_is_changed_in_place(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE, liste="Lieux")
    at.button(key=f"lieu-{ids['lieu']}.m").click().run()
    widget(at, "text_input", ".adresse", 1).set_value("Place de Verdun")  # type: ignore[attr-defined]
    widget(at, "number_input", ".capacite", 1).set_value(30)  # type: ignore[attr-defined]
    at = submit(at, "Enregistrer")
    assert "Place de Verdun · 30 places" in said(at)
    assert [b.label for b in at.button if b.label == "Enregistrer"] == []


def test_a_stale_change_shows_both_texts(ecran: Ecran, ids: dict[str, int], cast_base: Cast) -> None:
    at = ecran(PAGE, liste="Lieux")
    at.button(key=f"lieu-{ids['lieu']}.m").click().run()
    with db.writing() as session:
        edition_listes.modifier_lieu(
            session,
            id=ids["lieu"],
            nom="Mairie centrale",
            adresse="",
            capacite=None,
            version=1,
            by=cast_base.collaborateur,
        )
    widget(at, "text_input", ".nom", 1).set_value("Mairie annexe")  # type: ignore[attr-defined]
    at = submit(at, "Enregistrer")
    assert compares(at) == {"Nom": ("Mairie annexe", "Mairie centrale")}
    assert widget(at, "text_input", ".nom", 1).value == "Mairie annexe"  # type: ignore[attr-defined]
    at = submit(at, "Prendre sa version")
    assert widget(at, "text_input", ".nom", 1).value == "Mairie centrale"  # type: ignore[attr-defined]
    widget(at, "text_input", ".nom", 1).set_value("Mairie annexe")  # type: ignore[attr-defined]
    submit(at, "Enregistrer")
    with db.reading() as session:
        assert [x.nom for x in listes.lieux(session)] == ["Mairie annexe"]


def test_a_row_archived_by_a_colleague_while_it_is_changed_is_told(
    ecran: Ecran, ids: dict[str, int], cast_base: Cast
) -> None:
    at = ecran(PAGE, liste="Lieux")
    at.button(key=f"lieu-{ids['lieu']}.m").click().run()
    with db.writing() as session:
        edition_listes.archiver(session, famille=Famille.LIEU, id=ids["lieu"], version=1, by=cast_base.collaborateur)
    widget(at, "text_input", ".nom", 1).set_value("Mairie annexe")  # type: ignore[attr-defined]
    at = submit(at, "Enregistrer")
    assert "Un collègue vient de modifier" in said(at)
    assert widget(at, "text_input", ".nom", 1).value == "Mairie annexe"  # type: ignore[attr-defined]


def test_archived_then_seen_then_restored(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE)
    at.button(key=f"theme-{ids['theme']}.a").click().run()
    assert "Tapage" not in said(at)
    at.toggle(key="archives").set_value(True).run()
    assert "archivé" in said(at)
    at.button(key=f"theme-{ids['theme']}.a").click().run()
    at.toggle(key="archives").set_value(False).run()
    assert "Tapage" in said(at)


def test_the_map_says_that_it_is_an_approximation_until_confirmed(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE, liste=CARTE)
    assert "Cette carte est une approximation" in said(at)
    assert said(at).count("à valider") == 2
    for secteur in ("nord", "sud"):
        at.button(key=f"secteur-{ids[secteur]}.v").click().run()
    assert "approximation" not in said(at)
    assert "à valider" not in said(at)


def test_a_quartier_moves_and_its_instances_are_named(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE, liste=CARTE)
    at.button(key=f"quartier-{ids['quartier']}.m").click().run()
    widget(at, "selectbox", ".secteur_id", 1).set_value(ids["sud"])  # type: ignore[attr-defined]
    at = submit(at, "Enregistrer")
    with db.reading() as session:
        assert [q.nom for q in listes.quartiers(session, secteur_id=ids["sud"])] == ["Mireuil"]
    assert any("RT Mireuil" in str(t.value) for t in at.toast)


def test_a_secteur_with_quartiers_is_not_archived_and_it_is_said(ecran: Ecran, ids: dict[str, int]) -> None:
    at = ecran(PAGE, liste=CARTE)
    at.button(key=f"secteur-{ids['nord']}.a").click().run()
    assert "« Nord » compte encore 1 quartier" in said(at)


def test_user_text_stays_text(ecran: Ecran, ids: dict[str, int], cast_base: Cast) -> None:
    with db.writing() as session:
        edition_listes.lieu_nomme(session, nom="![x](http://dehors) :red[a]", by=cast_base.secretaire)
    at = ecran(PAGE, liste="Lieux")
    textes = [str(m.value) for m in at.markdown] + [str(b.help) for b in at.button]
    assert not any("![x]" in t or ":red[" in t for t in textes)


def test_a_ready_phrase_is_added_changed_and_archived(ecran: Ecran) -> None:
    at = ecran(PAGE, liste="Phrases prêtes")
    widget(at, "text_input", ".texte").input("Rien à signaler.")
    submit(at, "Ajouter")
    with db.reading() as session:
        (p,) = phrases.liste(session)[GenrePhrase.NOTE]
    at.button(key=f"phrase{p.id}.m").click().run()
    widget(at, "text_input", ".texte").input("Rien de nouveau.")
    submit(at, "Enregistrer")
    at.button(key=f"phrase{p.id}.a").click().run()
    with db.reading() as session:
        assert not any(phrases.liste(session).values())
        assert [x.texte for x in phrases.liste(session, archives=True)[GenrePhrase.NOTE]] == ["Rien de nouveau."]
