"""Lists that staff edit: added, renamed, archived, moved, confirmed; nothing twice, nothing deleted."""

from uuid import uuid4

import pytest
from sqlmodel import Session, select

from models import Categorie, Instance, InstanceQuartier, Journal, Lieu, Partenaire, Quartier, SecteurVeille, Theme
from models.lists import Frequence, TypeReunion
from services.commun import edition_listes, listes
from services.commun.listes import Famille
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from services.socle.texte import matches
from tests.cast import Cast


def jeton() -> str:
    return uuid4().hex


def journal(session: Session) -> list[str]:
    return list(session.exec(select(Journal.resume).order_by(Journal.id)).all())


def ajouter_theme(session: Session, cast: Cast, libelle: str, rubrique: str) -> int:
    return edition_listes.ajouter_theme(session, libelle=libelle, rubrique=rubrique, jeton=jeton(), by=cast.secretaire)


# --- themes ----------------------------------------------------------------------------------------------------------


def test_a_theme_is_found_without_accents_by_its_heading_too(session: Session, cast: Cast) -> None:
    ajouter_theme(session, cast, "Rodéo motorisé", "Circulation et stationnement")
    (theme,) = listes.themes(session)
    assert matches(theme.recherche, "rodeo")
    assert matches(theme.recherche, "CIRCULATION rod")
    assert not matches(theme.recherche, "tapage")


def test_a_theme_added_later_stands_last_under_its_heading(session: Session, cast: Cast) -> None:
    for libelle, rubrique in [("Tapage", "Bruit"), ("Rodéo", "Circulation"), ("Musique", "Bruit"), ("Feu", "Autre")]:
        ajouter_theme(session, cast, libelle, rubrique)
    assert [t.libelle for t in listes.themes(session)] == ["Tapage", "Musique", "Rodéo", "Feu"]
    assert listes.rubriques(session) == ["Bruit", "Circulation", "Autre"]


def test_a_theme_moved_is_found_under_its_new_heading(session: Session, cast: Cast) -> None:
    ajouter_theme(session, cast, "Tapage", "Bruit")
    deplace = ajouter_theme(session, cast, "Rodéo", "Circulation")
    edition_listes.modifier_theme(session, id=deplace, libelle="Rodéo", rubrique="Bruit", version=1, by=cast.secretaire)
    themes = listes.themes(session)
    assert [(t.libelle, t.rubrique) for t in themes] == [("Tapage", "Bruit"), ("Rodéo", "Bruit")]
    assert matches(themes[1].recherche, "bruit")


def test_a_theme_needs_a_heading(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refus:
        ajouter_theme(session, cast, "Tapage", " ")
    assert refus.value.erreurs == {"rubrique": "Choisissez la rubrique du thème."}


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nom", ["École  SIMONE veil", "ecole simone veil", "École Simone-Veil"])
def test_a_name_that_differs_by_case_accents_or_blanks_is_refused(session: Session, cast: Cast, nom: str) -> None:
    premier = edition_listes.ajouter_lieu(session, nom="École Simone Veil", jeton=jeton(), by=cast.secretaire)
    with pytest.raises(Duplicate) as refus:
        edition_listes.ajouter_lieu(session, nom=nom, jeton=jeton(), by=cast.secretaire)
    assert (refus.value.objet_id, refus.value.champ) == (premier, "nom")
    assert refus.value.phrase == "« École Simone Veil » existe déjà. Choisissez un autre nom."


def test_an_archived_twin_is_named_so_that_it_is_restored(session: Session, cast: Cast) -> None:
    ancienne = edition_listes.ajouter(session, famille=Famille.ORIGINE, nom="Appel", jeton=jeton(), by=cast.secretaire)
    edition_listes.archiver(session, famille=Famille.ORIGINE, id=ancienne, version=1, by=cast.secretaire)
    with pytest.raises(Duplicate, match="existe déjà mais archivée : restaurez-la"):
        edition_listes.ajouter(session, famille=Famille.ORIGINE, nom="appel", jeton=jeton(), by=cast.secretaire)


@pytest.mark.parametrize(("nom", "phrase"), [("  ", "Écrivez un nom"), ("…", "Écrivez un nom"), ("x" * 121, "120")])
def test_an_empty_or_endless_name_is_refused(session: Session, cast: Cast, nom: str, phrase: str) -> None:
    with pytest.raises(Invalid) as refus:
        edition_listes.ajouter(session, famille=Famille.CATEGORIE, nom=nom, jeton=jeton(), by=cast.secretaire)
    assert phrase in refus.value.erreurs["nom"]
    assert listes.categories(session) == []


def test_a_name_may_change_by_its_accents_only(session: Session, cast: Cast) -> None:
    i = edition_listes.ajouter(session, famille=Famille.CATEGORIE, nom="Sante", jeton=jeton(), by=cast.secretaire)
    edition_listes.renommer(session, famille=Famille.CATEGORIE, id=i, nom="Santé", version=1, by=cast.secretaire)
    assert [c.nom for c in listes.categories(session)] == ["Santé"]
    assert journal(session)[-1] == "La catégorie « Sante » devient « Santé »"


def test_a_partenaire_is_found_by_the_new_name_of_its_category(session: Session, cast: Cast) -> None:
    i = edition_listes.ajouter(session, famille=Famille.CATEGORIE, nom="Logement", jeton=jeton(), by=cast.secretaire)
    session.add(Partenaire(nom="Habitat 17", categorie_id=i, recherche="habitat 17 logement"))
    session.flush()
    edition_listes.renommer(session, famille=Famille.CATEGORIE, id=i, nom="Bailleur", version=1, by=cast.secretaire)
    assert matches(session.exec(select(Partenaire.recherche)).one(), "bailleur habitat")


def test_the_same_form_sent_twice_writes_once(session: Session, cast: Cast) -> None:
    t = jeton()
    ids = {
        edition_listes.ajouter(session, famille=Famille.ORIGINE, nom="Courrier", jeton=t, by=cast.secretaire)
        for _ in range(3)
    }
    assert len(ids) == len(listes.origines(session)) == len(journal(session)) == 1


def test_a_stale_rename_is_refused_and_says_what_stands_now(session: Session, cast: Cast) -> None:
    i = edition_listes.ajouter(session, famille=Famille.ORIGINE, nom="Courrier", jeton=jeton(), by=cast.secretaire)
    edition_listes.renommer(session, famille=Famille.ORIGINE, id=i, nom="Lettre", version=1, by=cast.secretaire)
    with pytest.raises(Conflict) as refus:
        edition_listes.renommer(session, famille=Famille.ORIGINE, id=i, nom="Pli", version=1, by=cast.collaborateur)
    assert refus.value.actuel == {"nom": "Lettre"}
    assert [(o.libelle, o.version) for o in listes.origines(session)] == [("Lettre", 2)]


@pytest.mark.parametrize("famille", Famille)
def test_a_row_that_does_not_exist_is_said(session: Session, cast: Cast, famille: Famille) -> None:
    with pytest.raises(NotFound, match=r"^(Ce|Cette) [\w ]+ n’existe plus\."):
        edition_listes.archiver(session, famille=famille, id=99, version=1, by=cast.secretaire)


def test_archived_leaves_the_choices_and_comes_back(session: Session, cast: Cast) -> None:
    i = ajouter_theme(session, cast, "Tapage", "Bruit")
    edition_listes.archiver(session, famille=Famille.THEME, id=i, version=1, by=cast.secretaire)
    assert listes.themes(session) == []
    assert [t.archive for t in listes.themes(session, archives=True)] == [True]
    edition_listes.restaurer(session, famille=Famille.THEME, id=i, version=2, by=cast.secretaire)
    assert [t.libelle for t in listes.themes(session)] == ["Tapage"]
    assert journal(session)[1:] == ["Le thème « Tapage » est archivé", "Le thème « Tapage » est restauré"]


def test_who_only_consults_changes_nothing(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        edition_listes.ajouter(session, famille=Famille.ORIGINE, nom="Courrier", jeton=jeton(), by=cast.elu)
    with pytest.raises(Forbidden):
        edition_listes.lieu_nomme(session, nom="Salle", by=cast.elu)
    assert journal(session) == []


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_place_named_again_is_the_same(session: Session, cast: Cast) -> None:
    premier = edition_listes.lieu_nomme(session, nom="Mairie de proximité", by=cast.secretaire)
    assert edition_listes.lieu_nomme(session, nom="mairie de  PROXIMITE", by=cast.secretaire) == premier
    assert edition_listes.lieu_nomme(session, nom="Centre social", by=cast.secretaire) != premier
    assert [x.nom for x in listes.lieux(session)] == ["Centre social", "Mairie de proximité"]


def test_a_place_named_again_after_it_was_archived_is_restored(session: Session, cast: Cast) -> None:
    i = edition_listes.lieu_nomme(session, nom="Mairie", by=cast.secretaire)
    edition_listes.archiver(session, famille=Famille.LIEU, id=i, version=1, by=cast.secretaire)
    assert edition_listes.lieu_nomme(session, nom="mairie", by=cast.secretaire) == i
    assert [x.nom for x in listes.lieux(session)] == ["Mairie"]


@pytest.mark.parametrize("capacite", [0, -3, 10001])
def test_an_absurd_number_of_seats_is_refused(session: Session, cast: Cast, capacite: int) -> None:
    with pytest.raises(Invalid) as refus:
        edition_listes.ajouter_lieu(session, nom="Salle", capacite=capacite, jeton=jeton(), by=cast.secretaire)
    assert list(refus.value.erreurs) == ["capacite"]


def test_a_stale_place_shows_all_that_a_colleague_wrote(session: Session, cast: Cast) -> None:
    i = edition_listes.lieu_nomme(session, nom="Salle", by=cast.secretaire)
    edition_listes.modifier_lieu(
        session, id=i, nom="Salle", adresse="Place de Verdun", capacite=30, version=1, by=cast.secretaire
    )
    with pytest.raises(Conflict) as refus:
        edition_listes.modifier_lieu(
            session, id=i, nom="Salle A", adresse="", capacite=None, version=1, by=cast.collaborateur
        )
    vides = dict.fromkeys(("contact", "telephone", "courriel"), "")
    assert refus.value.actuel == vides | {"nom": "Salle", "adresse": "Place de Verdun", "capacite": "30"}


def test_whom_to_ask_for_a_place(session: Session, cast: Cast) -> None:
    contact = {"contact": "Accueil", "telephone": "0536490000", "courriel": "accueil@Example.org"}
    i = edition_listes.ajouter_lieu(session, nom="Salle", jeton=jeton(), by=cast.secretaire, **contact)
    (vu,) = listes.lieux(session)
    assert (vu.contact, vu.telephone, vu.courriel) == ("Accueil", "05 36 49 00 00", "accueil@example.org")
    faux = {"contact": "x" * 121, "telephone": "12", "courriel": "accueil"}
    with pytest.raises(Invalid) as refus:
        edition_listes.modifier_lieu(
            session, id=i, nom="Salle", adresse="", capacite=None, version=1, by=cast.secretaire, **faux
        )
    assert set(refus.value.erreurs) == {"contact", "telephone", "courriel"}


# --- secteurs and quartiers ------------------------------------------------------------------------------------------


@pytest.fixture
def carte(session: Session) -> tuple[SecteurVeille, SecteurVeille, Quartier]:
    """Two secteurs to confirm, a quartier in the first."""
    nord, sud = SecteurVeille(nom="Nord"), SecteurVeille(nom="Sud")
    session.add_all([nord, sud])
    session.flush()
    quartier = Quartier(nom="Mireuil", secteur_id=nord.id)
    session.add(quartier)
    session.flush()
    return nord, sud, quartier


def test_an_imported_secteur_waits_until_staff_confirm_it(session: Session, cast: Cast, carte: tuple) -> None:
    nord, _, _ = carte
    nord.source = "Carte de la ville"
    assert [(s.a_valider, s.source) for s in listes.secteurs(session)] == [(True, "Carte de la ville"), (True, "")]
    edition_listes.valider_secteur(session, id=nord.id, version=2, by=cast.secretaire)
    assert [s.a_valider for s in listes.secteurs(session)] == [False, True]
    assert journal(session) == ["Le secteur de veille « Nord » est validé"]


def test_a_secteur_that_staff_add_needs_no_confirmation(session: Session, cast: Cast) -> None:
    edition_listes.ajouter(session, famille=Famille.SECTEUR, nom="Littoral", jeton=jeton(), by=cast.secretaire)
    assert [s.a_valider for s in listes.secteurs(session)] == [False]


def test_a_quartier_moves_and_the_instances_that_cover_it_are_known(session: Session, cast: Cast, carte: tuple) -> None:
    nord, sud, quartier = carte
    instance = Instance(
        nom="Réunion technique – Mireuil", type=TypeReunion.TECHNIQUE, frequence=Frequence.MENSUELLE, secteur_id=nord.id
    )
    session.add(instance)
    session.flush()
    session.add(InstanceQuartier(instance_id=instance.id, quartier_id=quartier.id))
    edition_listes.modifier_quartier(
        session, id=quartier.id, nom="Mireuil", secteur_id=sud.id, version=1, by=cast.secretaire
    )
    assert listes.quartiers(session, secteur_id=nord.id) == []
    assert [q.nom for q in listes.quartiers(session, secteur_id=sud.id)] == ["Mireuil"]
    assert listes.instances_du_quartier(session, quartier_id=quartier.id) == ["Réunion technique – Mireuil"]
    assert journal(session) == ["Le quartier « Mireuil » passe dans « Sud »\nSecteur de veille : Nord → Sud"]
    with pytest.raises(Conflict) as refus:  # shown before it moved
        edition_listes.modifier_quartier(
            session, id=quartier.id, nom="Mireuil", secteur_id=nord.id, version=1, by=cast.secretaire
        )
    assert refus.value.actuel == {"nom": "Mireuil", "secteur_id": "Sud"}


def test_a_secteur_that_still_holds_quartiers_is_not_archived(session: Session, cast: Cast, carte: tuple) -> None:
    nord, sud, quartier = carte
    with pytest.raises(Invalid, match="compte encore 1 quartier : déplacez-les"):
        edition_listes.archiver(session, famille=Famille.SECTEUR, id=nord.id, version=1, by=cast.secretaire)
    edition_listes.archiver(session, famille=Famille.SECTEUR, id=sud.id, version=1, by=cast.secretaire)
    with pytest.raises(Invalid) as refus:
        edition_listes.modifier_quartier(
            session, id=quartier.id, nom="Mireuil", secteur_id=sud.id, version=1, by=cast.secretaire
        )
    assert list(refus.value.erreurs) == ["secteur_id"]


def test_a_quartier_is_not_restored_into_an_archived_secteur(session: Session, cast: Cast, carte: tuple) -> None:
    nord, _, quartier = carte
    edition_listes.archiver(session, famille=Famille.QUARTIER, id=quartier.id, version=1, by=cast.secretaire)
    edition_listes.archiver(session, famille=Famille.SECTEUR, id=nord.id, version=1, by=cast.secretaire)
    with pytest.raises(Invalid, match="Restaurez d’abord le secteur de veille « Nord »"):
        edition_listes.restaurer(session, famille=Famille.QUARTIER, id=quartier.id, version=2, by=cast.secretaire)


def test_how_much_a_row_is_used(session: Session, cast: Cast, carte: tuple) -> None:
    nord, sud, _ = carte
    session.add(Quartier(nom="Ancien quartier", secteur_id=nord.id or 0, archive=True))
    session.flush()
    assert listes.emplois(session, famille=Famille.SECTEUR) == {nord.id: 1}, "live ones only"
    categorie = Categorie(nom="Santé")
    session.add(categorie)
    session.flush()
    session.add_all([Partenaire(nom=n, categorie_id=categorie.id) for n in ("A", "B")])
    session.flush()
    assert listes.emplois(session, famille=Famille.CATEGORIE) == {categorie.id: 2}
    assert listes.emplois(session, famille=Famille.LIEU) == {}
    assert sud.id not in listes.emplois(session, famille=Famille.SECTEUR)


def test_no_row_is_ever_deleted(session: Session, cast: Cast, carte: tuple) -> None:
    """Archiving every family keeps every row."""
    _, sud, quartier = carte
    ids = {
        Famille.THEME: ajouter_theme(session, cast, "Tapage", "Bruit"),
        Famille.LIEU: edition_listes.lieu_nomme(session, nom="Salle", by=cast.secretaire),
        Famille.QUARTIER: quartier.id,
        Famille.SECTEUR: sud.id,
    }
    for famille, i in ids.items():
        edition_listes.archiver(session, famille=famille, id=i, version=1, by=cast.secretaire)
    session.expire_all()
    for table, famille in ((Theme, Famille.THEME), (Lieu, Famille.LIEU), (Quartier, Famille.QUARTIER)):
        row = session.get(table, ids[famille])
        assert row is not None
        assert row.archive
