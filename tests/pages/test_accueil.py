"""Home: what needs me; the élu sees the week only. And points noted before a meeting."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from models import Fonction, Instance, InstanceQuartier, Personne, Point, Quartier, SecteurVeille, Siege, Theme
from models.lists import Frequence, TypeReunion
from services.actions import avancement
from services.agenda import points, programmation
from services.commun import edition_listes
from services.commun.listes import Famille
from services.partenaires import fiches
from services.socle import db
from services.socle.horloge import aujourdhui, maintenant, utcnow
from tests.cast import Cast
from ui.commun.feedback import md

Ecran = Callable[..., AppTest]
ACCUEIL, A_INSCRIRE = "pages/aujourdhui/accueil.py", "pages/aujourdhui/a_inscrire.py"


def said(at: AppTest) -> str:
    """All that a screen says."""
    blocs = [*at.title, *at.header, *at.markdown, *at.caption, *at.text, *at.info, *at.warning, *at.error]
    blocs += at.success
    return "\n".join(str(b.value) for b in blocs)


@pytest.fixture
def decor(cast_base: Cast) -> dict[str, int]:
    """An instance with one quartier, two themes, one origin, one partenaire; committed."""
    with db.writing() as session:
        by = cast_base.secretaire
        secteur = SecteurVeille(nom="Nord")
        session.add(secteur)
        session.flush()
        quartier = Quartier(nom="Mireuil", secteur_id=secteur.id)
        instance = Instance(
            nom="RT Mireuil", type=TypeReunion.TECHNIQUE, frequence=Frequence.MENSUELLE, secteur_id=secteur.id
        )
        session.add_all([quartier, instance])
        session.flush()
        session.add(InstanceQuartier(instance_id=instance.id, quartier_id=quartier.id))
        ids = {"instance": instance.id, "quartier": quartier.id, "secteur": secteur.id}
        for nom, rubrique in (("Rodéo motorisé", "Circulation"), ("Tapage nocturne", "Bruit")):
            ids[nom] = edition_listes.ajouter_theme(session, libelle=nom, rubrique=rubrique, jeton=uuid4().hex, by=by)
        ids["origine"] = edition_listes.ajouter(
            session, famille=Famille.ORIGINE, nom="Appel d’habitant", jeton=uuid4().hex, by=by
        )
        ids["categorie"] = edition_listes.ajouter(
            session, famille=Famille.CATEGORIE, nom="Police", jeton=uuid4().hex, by=by
        )
        ids["partenaire"] = fiches.creer(
            session,
            saisie=fiches.Saisie(nom="Police municipale", categorie_id=ids["categorie"]),
            jeton=uuid4().hex,
            by=by,
        )
    return ids


def reunion(cast: Cast, titre: str, debut: datetime) -> int:
    with db.writing() as session:
        saisie = programmation.Saisie(TypeReunion.AUTRE, None, titre, debut, debut + timedelta(hours=1))
        return programmation.creer(session, saisie=saisie, jeton=uuid4().hex, by=cast.secretaire)


# --- home ------------------------------------------------------------------------------------------------------------


def test_an_empty_home_says_what_will_stand_there(ecran: Ecran) -> None:
    at = ecran(ACCUEIL)
    assert not at.exception
    assert "Rien ne vous attend" not in said(at)  # nothing is there yet: where to begin is what there is to say
    assert "Par où commencer" in said(at)
    assert "aucune réunion. Celles du calendrier viendront ici" in said(at)


def test_the_first_steps_go_one_by_one(ecran: Ecran, cast_base: Cast, decor: dict[str, int]) -> None:
    """Contacts, members, a meeting: each is a link until it is done, in whatever order."""

    def pas() -> list[str]:
        at = ecran(ACCUEIL)
        assert not at.exception
        libelles = [str(e.proto.label) for e in at.get("page_link")]
        mots = ("Importer vos contacts", "Dire qui siège", "Prévoir une première réunion")
        return [mot for mot in mots if any(mot in libelle for libelle in libelles)]

    assert pas() == ["Importer vos contacts", "Dire qui siège", "Prévoir une première réunion"]
    assert "Par où commencer" not in said(ecran(ACCUEIL, role="elu"))
    reunion(cast_base, "Réunion de rentrée", datetime.combine(aujourdhui() + timedelta(days=20), time(14)))
    assert pas() == ["Importer vos contacts", "Dire qui siège"]
    with db.writing() as session:
        personne = Personne(nom="Exemple", prenom="Claude", recherche="exemple claude")
        session.add(personne)
        session.flush()
        session.add(
            Fonction(
                personne_id=personne.id,
                partenaire_id=decor["partenaire"],
                intitule="Chef de poste",
                debut=aujourdhui(),
            )
        )
        session.add(Siege(instance_id=decor["instance"], partenaire_id=decor["partenaire"]))
    assert pas() == []
    assert "Par où commencer" not in said(ecran(ACCUEIL))


def test_home_names_what_waits(ecran: Ecran, cast_base: Cast, decor: dict[str, int]) -> None:
    reunion(cast_base, "Cellule [à écrire](http://x)", maintenant() - timedelta(days=8))
    with db.writing() as session:
        for jours in (-3, -2, 4):
            avancement.creer(
                session,
                quoi="x",
                pilote_id=decor["partenaire"],
                echeance=aujourdhui() + timedelta(days=jours),
                instance_id=decor["instance"],
                today=aujourdhui(),
                by=cast_base.secretaire,
            )
    at = ecran(ACCUEIL)
    assert "À saisir : 1 réunion" in said(at)
    assert "En retard : 2 actions" in said(at)
    liens = [str(e.proto.label) for e in at.get("page_link")]
    assert any(md("Cellule [à écrire](http://x)") in lien for lien in liens)
    assert [lien.split(":red-badge")[1] for lien in liens if ":red-badge" in lien] == [
        "[en retard de 3\u00a0jours]",
        "[en retard de 2\u00a0jours]",
    ]
    assert "1 action dans les temps" in liens
    assert "Noter un point" in liens
    assert any("Cellule de veille – Nord" in lien and "ni tenue ni prévue" in lien for lien in liens)
    assert any("RT Mireuil" in lien and "jamais réunie, aucune prévue" in lien for lien in liens)


def test_a_quiet_day_says_what_comes_next(ecran: Ecran, cast_base: Cast) -> None:
    reunion(cast_base, "Réunion de rentrée", datetime.combine(aujourdhui() + timedelta(days=20), time(14)))
    assert "Prochaine réunion : Réunion de rentrée, " in said(ecran(ACCUEIL)).replace("\\", "")


def test_the_elu_sees_the_week_and_nothing_restricted(ecran: Ecran, cast_base: Cast, decor: dict[str, int]) -> None:
    reunion(cast_base, "Réunion passée non écrite", maintenant() - timedelta(days=20))
    reunion(cast_base, "Réunion de ce jour", datetime.combine(aujourdhui(), time(10)))
    at = ecran(ACCUEIL, role="elu")
    liens = [str(e.proto.label) for e in at.get("page_link")]
    assert liens[0] == "Calendrier"
    assert any("Réunion de ce jour" in lien for lien in liens)
    assert not any("non écrite" in lien or "prévue" in lien for lien in liens)


# --- points to inscribe ----------------------------------------------------------------------------------------------


def champ(at: AppTest, fin: str, kind: str) -> object:
    """The widget of that kind whose key ends so."""
    return next(w for w in at.get(kind) if str(w.key).endswith(fin))


def noter(at: AppTest, decor: dict[str, int], note: str = "", lieu: str = "") -> AppTest:
    champ(at, ".instance_id", "selectbox").set_value(decor["instance"]).run()  # type: ignore[attr-defined]
    champ(at, ".theme.texte", "text_input").set_value("rodeo").run()  # type: ignore[attr-defined]
    champ(at, ".theme.choix", "button_group").set_value(decor["Rodéo motorisé"]).run()  # type: ignore[attr-defined]
    champ(at, ".lieu", "text_input").set_value(lieu)  # type: ignore[attr-defined]
    champ(at, ".note", "text_area").set_value(note)  # type: ignore[attr-defined]
    return champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined, no-any-return]


def waiting() -> list[points.PointVu]:
    with db.reading() as session:
        return points.a_inscrire(session)


def test_a_call_is_noted(ecran: Ecran, decor: dict[str, int]) -> None:
    at = noter(ecran(A_INSCRIRE), decor, note="Deux scooters, 18 h", lieu="Place du Marché")
    assert not at.exception
    (point,) = waiting()
    assert (point.theme, point.quartier, point.lieu, point.note) == (
        "Rodéo motorisé",
        "Mireuil",
        "Place du Marché",
        "Deux scooters, 18 h",
    )
    assert "Deux scooters, 18 h" in said(at)
    assert champ(at, ".note", "text_area").value == ""  # type: ignore[attr-defined]


def test_without_history_the_headings_come_first(ecran: Ecran, decor: dict[str, int]) -> None:
    at = ecran(A_INSCRIRE)
    rubriques = champ(at, ".theme.rubrique", "button_group")
    assert list(rubriques.options) == ["Circulation", "Bruit"]  # type: ignore[attr-defined]
    rubriques.set_value("Bruit").run()  # type: ignore[attr-defined]
    assert list(champ(at, ".theme.choix", "button_group").options) == ["Tapage nocturne"]  # type: ignore[attr-defined]


def test_what_is_missing_is_said_and_the_text_stays(ecran: Ecran, decor: dict[str, int]) -> None:
    at = ecran(A_INSCRIRE)
    champ(at, ".note", "text_area").set_value("Deux scooters")  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert "Choisissez l’instance qui en parlera" in said(at).replace("\\", "")
    assert "Choisissez un thème" in said(at).replace("\\", "")
    assert champ(at, ".note", "text_area").value == "Deux scooters"  # type: ignore[attr-defined]
    assert waiting() == []


def test_what_looks_personal_is_said_and_does_not_prevent(ecran: Ecran, decor: dict[str, int]) -> None:
    at = noter(ecran(A_INSCRIRE), decor, note="Rappeler au 06 12 34 56 78")
    assert len(waiting()) == 1
    assert any("téléphone" in str(t.value) for t in at.toast)


def test_a_point_is_changed_then_withdrawn(ecran: Ecran, decor: dict[str, int]) -> None:
    at = noter(ecran(A_INSCRIRE), decor, note="Avant")
    i = waiting()[0].id
    at.button(key=f"m{i}").click().run()
    assert champ(at, ".theme.choix", "button_group").value == decor["Rodéo motorisé"]  # type: ignore[attr-defined]
    champ(at, ".note", "text_area").set_value("Après")  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert [p.note for p in waiting()] == ["Après"]
    at.button(key=f"rr{i}").click().run()
    assert not at.exception
    assert waiting() == []


def change_elsewhere(cast: Cast, note: str) -> None:
    p = waiting()[0]
    with db.writing() as session:
        points.modifier(
            session,
            id=p.id,
            version=p.version,
            instance_id=p.instance_id,
            theme_id=p.theme_id,
            quartier_id=p.quartier_id,
            lieu=p.lieu,
            note=note,
            origine_id=p.origine_id,
            by=cast.collaborateur,
        )


def test_a_stale_change_shows_both_texts(ecran: Ecran, decor: dict[str, int], cast_base: Cast) -> None:
    at = noter(ecran(A_INSCRIRE), decor, note="Avant")
    at.button(key=f"m{waiting()[0].id}").click().run()
    change_elsewhere(cast_base, "Texte du collègue")
    champ(at, ".note", "text_area").set_value("Mon texte")  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert [p.note for p in waiting()] == ["Texte du collègue"]
    assert "Texte du collègue" in said(at)
    assert champ(at, ".note", "text_area").value == "Mon texte"  # type: ignore[attr-defined]
    champ(at, ".prendre", "button").click().run()  # type: ignore[attr-defined]
    assert champ(at, ".note", "text_area").value == "Texte du collègue"  # type: ignore[attr-defined]
    champ(at, ".note", "text_area").set_value("Les deux")  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert [p.note for p in waiting()] == ["Les deux"]


def test_a_point_withdrawn_meanwhile_gives_back_what_was_typed(
    ecran: Ecran, decor: dict[str, int], cast_base: Cast
) -> None:
    at = noter(ecran(A_INSCRIRE), decor, note="Avant")
    point = waiting()[0]
    at.button(key=f"m{point.id}").click().run()
    with db.writing() as session:
        points.retirer(session, id=point.id, version=point.version, by=cast_base.collaborateur)
    champ(at, ".note", "text_area").set_value("Mon texte")  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert not at.exception
    assert "Ce point n’attend plus" in said(at)
    assert champ(at, ".note", "text_area").value == "Mon texte"  # type: ignore[attr-defined]
    champ(at, ".ok", "button").click().run()  # type: ignore[attr-defined]
    assert [p.note for p in waiting()] == ["Mon texte"]


def test_likely_themes_come_first_once_there_is_history(ecran: Ecran, decor: dict[str, int]) -> None:
    with db.writing() as session:
        theme = session.get(Theme, decor["Tapage nocturne"])
        assert theme is not None
        session.add(Point(instance_id=decor["instance"], theme_id=theme.id, cree_le=utcnow()))
    at = ecran(A_INSCRIRE)
    assert list(champ(at, ".theme.choix", "button_group").options) == ["Tapage nocturne"]  # type: ignore[attr-defined]
