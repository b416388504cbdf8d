"""Partenaires: search, commands, what is refused, probable duplicates."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, func, select

from models import Action, College, Fonction, Journal, Partenaire, Personne
from models.lists import EtatAction, StatutCollege
from services.commun import edition_listes, listes
from services.partenaires import annuaire, fiches, mouvements
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie, doublons_probables, uai_valide
from services.partenaires.personnes import Identite
from services.socle.coordonnees import courriel_valide, site_valide, telephone_valide
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.cast import Cast

OPH = "Office public de l'habitat de l'agglomération de La Rochelle"
MAINTENANT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def carnet(reference: None, session: Session) -> Session:
    return session


def categorie(session: Session, nom: str = "Association") -> int:
    return next(c.id for c in listes.categories(session) if c.nom == nom)


def secteur(session: Session, nom: str) -> int:
    return next(s.id for s in listes.secteurs(session) if s.nom == nom)


def noms(session: Session, **filtres: Any) -> list[str]:
    return [p.nom for p in annuaire.chercher(session, filtre=Filtre(**filtres), par_page=100).lignes]


def id_de(session: Session, nom: str) -> int:
    return session.exec(select(Partenaire.id).where(Partenaire.nom == nom)).one()


def ajouter(session: Session, cast: Cast, nom: str, *, jeton: str = "", **champs: object) -> int:
    saisie = Saisie(nom=nom, **({"categorie_id": categorie(session)} | champs))
    return fiches.creer(session, saisie=saisie, jeton=jeton or nom, confirme=True, by=cast.secretaire)


# --- search ---------------------------------------------------------------------------------------------------------


def test_oph_finds_the_offices_exact_acronym_first(carnet: Session) -> None:
    assert noms(carnet, texte="oph") == [OPH, "Habitat 17"]


@pytest.mark.parametrize("texte", ["habitat office", "HABITAT  Office", "agglomeration oph", "l’habitat public"])
def test_case_accents_and_word_order_are_ignored(carnet: Session, texte: str) -> None:
    assert OPH in noms(carnet, texte=texte)


def test_school_is_found_with_and_without_accents(carnet: Session, cast: Cast) -> None:
    ajouter(carnet, cast, "École Lavoisier")
    assert noms(carnet, texte="ecole") == noms(carnet, texte="École") == ["École Lavoisier"]


def test_search_reads_category_and_sub_category(carnet: Session) -> None:
    assert (
        annuaire.chercher(carnet, filtre=Filtre(texte="collège")).total == 13
    )  # 12 and the Département's sub-category
    assert "Tribunal judiciaire de La Rochelle" in noms(carnet, texte="justice tribunal")


def test_most_useful_first(carnet: Session, cast: Cast) -> None:
    ajouter(carnet, cast, "Amis de la CAF")
    ajouter(carnet, cast, "CAFétéria solidaire")
    assert noms(carnet, texte="caf")[:3] == ["Caisse d'allocations familiales", "CAFétéria solidaire", "Amis de la CAF"]


def test_like_wildcards_and_quotes_are_plain_text(carnet: Session) -> None:
    tous = annuaire.chercher(carnet, filtre=Filtre()).total
    assert annuaire.chercher(carnet, filtre=Filtre(texte="zz%")).total == 0
    assert (
        annuaire.chercher(carnet, filtre=Filtre(texte="%")).total == tous
    )  # nothing but punctuation: no word to look for
    assert annuaire.chercher(carnet, filtre=Filtre(texte="'; DROP TABLE partenaire; --")).total == 0


def test_pages_hold_every_partenaire_once(carnet: Session) -> None:
    pages = [annuaire.chercher(carnet, filtre=Filtre(), page=n) for n in (1, 2, 3, 4)]
    assert [len(p.lignes) for p in pages] == [25, 25, 8, 0]
    assert {p.total for p in pages} == {58}
    assert len({ligne.id for p in pages for ligne in p.lignes}) == 58


def test_filters(carnet: Session, cast: Cast) -> None:
    bailleurs = categorie(carnet, "Bailleur social")
    assert noms(carnet, categorie_id=bailleurs) == ["Erilia", "Habitat 17", OPH]
    fiches.archiver(carnet, id=id_de(carnet, "Erilia"), version=1, now=MAINTENANT, by=cast.secretaire)
    assert noms(carnet, categorie_id=bailleurs) == ["Habitat 17", OPH]
    assert noms(carnet, etat="archives") == ["Erilia"]
    assert noms(carnet, categorie_id=bailleurs, etat="tous") == ["Erilia", "Habitat 17", OPH]


def test_secteur_filter_keeps_those_of_the_whole_town(carnet: Session, cast: Cast) -> None:
    mireuil, centre = secteur(carnet, "Mireuil"), secteur(carnet, "Centre-ville")
    ajouter(carnet, cast, "Régie de Mireuil", secteurs=[mireuil])
    ajouter(carnet, cast, "Commerçants du port", secteurs=[centre])
    ici = noms(carnet, secteur_id=mireuil)
    assert {"Régie de Mireuil", OPH} <= set(ici)
    assert "Commerçants du port" not in ici
    assert annuaire.chercher(carnet, filtre=Filtre(texte="regie")).lignes[0].secteurs == ("Mireuil",)


def test_row_counts_open_actions_only(carnet: Session) -> None:
    id = id_de(carnet, OPH)
    for etat in (EtatAction.A_FAIRE, EtatAction.EN_COURS, EtatAction.REALISEE):
        carnet.add(Action(quoi="Réparer", pilote_id=id, echeance=date(2026, 12, 1), etat=etat))
    carnet.flush()
    assert annuaire.chercher(carnet, filtre=Filtre(texte="oph")).lignes[0].actions_ouvertes == 2


def test_choices_are_active_only_and_limited(carnet: Session, cast: Cast) -> None:
    fiches.archiver(carnet, id=id_de(carnet, "Habitat 17"), version=1, now=MAINTENANT, by=cast.secretaire)
    assert [c.nom for c in fiches.choix(carnet, texte="oph")] == [OPH]
    assert len(fiches.choix(carnet)) == 20
    assert fiches.choix(carnet, texte="oph", exclus=[id_de(carnet, OPH)]) == []
    ids = [id_de(carnet, "Habitat 17")]
    assert fiches.noms(carnet, ids=ids) == {ids[0]: "Habitat 17"}


def test_renaming_a_category_changes_what_is_found(carnet: Session, cast: Cast) -> None:
    bailleurs = next(c for c in listes.categories(carnet) if c.nom == "Bailleur social")
    edition_listes.renommer(
        carnet, famille=listes.Famille.CATEGORIE, id=bailleurs.id, nom="Logement", version=1, by=cast.secretaire
    )
    assert noms(carnet, texte="logement") == ["Erilia", "Habitat 17", OPH]
    assert noms(carnet, texte="oph")[0] == OPH, "the exact acronym still comes first"


# --- create ---------------------------------------------------------------------------------------------------------


def test_create_normalises_and_journals_once(carnet: Session, cast: Cast) -> None:
    avant = carnet.exec(select(func.count()).select_from(Journal)).one()
    id = ajouter(
        carnet, cast, "  Régie   de quartier ", telephone="+33546515151", site="www.regie.example.fr/x",
        courriel="Contact@Regie.Example.FR", secteurs=[secteur(carnet, "Mireuil")], note="Ligne 1\r\nLigne 2",
    )  # fmt: skip
    f = fiches.get(carnet, id=id)
    assert (f.nom, f.telephone, f.site) == ("Régie de quartier", "05 46 51 51 51", "https://www.regie.example.fr/x")
    assert (f.courriel, f.note) == ("Contact@regie.example.fr", "Ligne 1\nLigne 2")
    assert list(f.secteurs.values()) == ["Mireuil"]
    assert carnet.exec(select(func.count()).select_from(Journal)).one() == avant + 1


def test_same_token_twice_is_one_row(carnet: Session, cast: Cast) -> None:
    premier = ajouter(carnet, cast, "Régie", jeton="a" * 32)
    assert ajouter(carnet, cast, "Régie", jeton="a" * 32) == premier
    assert len(noms(carnet, texte="regie")) == 1


def test_reader_may_not_write(carnet: Session, cast: Cast) -> None:
    saisie = Saisie(nom="Régie", categorie_id=categorie(carnet))
    with pytest.raises(Forbidden):
        fiches.creer(carnet, saisie=saisie, jeton="a", by=cast.elu)
    with pytest.raises(Forbidden):
        fiches.modifier(carnet, id=1, saisie=saisie, version=1, by=cast.elu)
    with pytest.raises(Forbidden):
        fiches.archiver(carnet, id=1, version=1, now=MAINTENANT, by=cast.elu)


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        ("nom", " \u200b "),
        ("nom", "x" * 201),
        ("sigle", "x" * 41),
        ("note", "x" * 2001),
        ("categorie_id", None),
        ("categorie_id", 9999),
        ("telephone", "05 46"),
        ("courriel", "a@b@c"),
        ("site", "javascript:alert(1)"),
        ("secteurs", [9999]),
        ("uai", "0170035A"),
    ],
)
def test_bad_input_names_its_field(carnet: Session, cast: Cast, champ: str, valeur: object) -> None:
    champs = {"nom": "Régie", "categorie_id": categorie(carnet)} | {champ: valeur}
    with pytest.raises(Invalid) as refus:
        fiches.creer(carnet, saisie=Saisie(**champs), jeton="a", by=cast.secretaire)
    assert set(refus.value.erreurs) == {champ}


def test_every_wrong_field_is_named_at_once(carnet: Session, cast: Cast) -> None:
    saisie = Saisie(nom="", categorie_id=None, telephone="x", courriel="y", site="data:text/html,z")
    with pytest.raises(Invalid) as refus:
        fiches.creer(carnet, saisie=saisie, jeton="a", by=cast.secretaire)
    assert set(refus.value.erreurs) == {"nom", "categorie_id", "telephone", "courriel", "site"}


# --- college --------------------------------------------------------------------------------------------------------


def test_a_text_too_long_is_said_in_good_french(carnet: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refus:
        ajouter(carnet, cast, "Amicale", sous_categorie="z" * 121, adresse="z" * 301)
    assert refus.value.erreurs == {
        "sous_categorie": "Raccourcissez la sous-catégorie : 120 caractères au plus.",
        "adresse": "Raccourcissez l’adresse : 300 caractères au plus.",
    }


@pytest.mark.parametrize(("uai", "valable"), [("0170035W", True), ("0170035A", False), ("017003W", False), ("", False)])
def test_uai_check_letter(uai: str, valable: bool) -> None:
    assert uai_valide(uai) is valable


def test_college_is_a_partenaire_with_a_row_of_its_own(carnet: Session, cast: Cast) -> None:
    scolaire = categorie(carnet, "Éducation nationale")
    saisie = Saisie(nom="Collège Neuf", categorie_id=scolaire, uai="017 0001j", statut=StatutCollege.PRIVE)
    assert uai_valide("0170001J")
    id = fiches.creer(carnet, saisie=saisie, jeton="a", confirme=True, by=cast.secretaire)
    college = carnet.get(College, id)
    assert (college.uai, college.statut) == ("0170001J", StatutCollege.PRIVE)
    version = fiches.get(carnet, id=id).version
    fiches.modifier(
        carnet, id=id, saisie=Saisie(nom="Foyer Neuf", categorie_id=scolaire), version=version, by=cast.secretaire
    )
    assert carnet.get(College, id) is None


def test_uai_of_another_is_refused_by_name(carnet: Session, cast: Cast) -> None:
    saisie = Saisie(nom="Annexe", categorie_id=categorie(carnet), uai="0170035W")
    with pytest.raises(Invalid) as refus:
        fiches.creer(carnet, saisie=saisie, jeton="a", by=cast.secretaire)
    assert "Collège Beauregard" in refus.value.erreurs["uai"]


# --- duplicates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("OPH", OPH),
        ("Office public habitat La Rochelle", OPH),
        ("Comité quartier St Eloi", "Comité de quartier de Saint-Éloi"),
        ("Collège Missi", "Collège Missy"),
        ("caisse d’allocation familiale", "Caisse d'allocations familiales"),
        ("Protection judiciaire de la jeunesse", "Protection judiciaire de la jeunesse (PJJ)"),
        ("PJJ La Rochelle", "Protection judiciaire de la jeunesse (PJJ)"),
        ("SDIS", "Sapeurs-pompiers (SDIS 17)"),
        ("Francofolies", "Les Francofolies"),
    ],
)
def test_probable_duplicates_are_named(carnet: Session, nom: str, attendu: str) -> None:
    assert doublons_probables(carnet, nom=nom)[0].nom == attendu


@pytest.mark.parametrize(
    "nom",
    ["Comité de quartier de Saint-Louis", "Collège Jean Moulin", "Habitat 27", "Structure jeunesse de Lagord", "P"],
)
def test_neighbours_are_not_duplicates(carnet: Session, nom: str) -> None:
    assert doublons_probables(carnet, nom=nom) == []


def test_duplicate_is_refused_until_confirmed(carnet: Session, cast: Cast) -> None:
    saisie = Saisie(nom="Office de l’habitat", sigle="OPH", categorie_id=categorie(carnet))
    with pytest.raises(Duplicate) as refus:
        fiches.creer(carnet, saisie=saisie, jeton="a", by=cast.secretaire)
    assert (refus.value.champ, refus.value.objet_id) == ("nom", id_de(carnet, OPH))
    assert OPH in refus.value.phrase
    id = fiches.creer(carnet, saisie=saisie, jeton="a", confirme=True, by=cast.secretaire)
    assert fiches.get(carnet, id=id).sigle == "OPH"


def test_archived_duplicate_is_named_as_such(carnet: Session, cast: Cast) -> None:
    fiches.archiver(carnet, id=id_de(carnet, "Erilia"), version=1, now=MAINTENANT, by=cast.secretaire)
    with pytest.raises(Duplicate, match="archivé"):
        fiches.creer(carnet, saisie=Saisie(nom="ERILIA", categorie_id=categorie(carnet)), jeton="a", by=cast.secretaire)


# --- change ---------------------------------------------------------------------------------------------------------


def test_stale_change_is_refused_and_shows_the_colleague_s(carnet: Session, cast: Cast) -> None:
    id = ajouter(carnet, cast, "Régie", commune="La Rochelle")
    vue = fiches.get(carnet, id=id).version
    cat = categorie(carnet)
    mien = Saisie(nom="Régie", categorie_id=cat, commune="Aytré")
    fiches.modifier(carnet, id=id, saisie=mien, version=vue, by=cast.collaborateur)
    with pytest.raises(Conflict) as refus:
        fiches.modifier(
            carnet,
            id=id,
            saisie=Saisie(nom="Régie", categorie_id=cat, commune="Lagord"),
            version=vue,
            by=cast.secretaire,
        )
    assert refus.value.actuel["commune"] == "Aytré"
    assert fiches.get(carnet, id=id).commune == "Aytré"


def test_changing_secteurs_alone_makes_other_forms_stale(carnet: Session, cast: Cast) -> None:
    id, cat = ajouter(carnet, cast, "Régie"), categorie(carnet)
    vue = fiches.get(carnet, id=id).version
    la = Saisie(nom="Régie", categorie_id=cat, secteurs=[secteur(carnet, "Mireuil")])
    fiches.modifier(carnet, id=id, saisie=la, version=vue, by=cast.collaborateur)
    with pytest.raises(Conflict) as refus:
        fiches.modifier(carnet, id=id, saisie=Saisie(nom="Régie", categorie_id=cat), version=vue, by=cast.secretaire)
    assert refus.value.actuel["secteurs"] == "Mireuil"


def test_same_change_sent_twice_is_not_a_conflict(carnet: Session, cast: Cast) -> None:
    id, cat = ajouter(carnet, cast, "Régie"), categorie(carnet)
    vue = fiches.get(carnet, id=id).version
    for _ in range(3):
        fiches.modifier(
            carnet, id=id, saisie=Saisie(nom="Régie B", categorie_id=cat), version=vue, jeton="z", by=cast.secretaire
        )
    assert fiches.get(carnet, id=id).version == vue + 1


def test_archive_and_restore(carnet: Session, cast: Cast) -> None:
    id = ajouter(carnet, cast, "Régie")
    for _ in range(2):  # a double click
        fiches.archiver(carnet, id=id, version=1, now=MAINTENANT, by=cast.secretaire)
    assert fiches.get(carnet, id=id).archive_le == MAINTENANT
    with pytest.raises(Conflict):
        fiches.restaurer(carnet, id=id, version=1, by=cast.secretaire)
    fiches.restaurer(carnet, id=id, version=2, by=cast.secretaire)
    assert fiches.get(carnet, id=id).archive_le is None


def test_unknown_partenaire(carnet: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        fiches.get(carnet, id=9999)
    with pytest.raises(NotFound):
        fiches.archiver(carnet, id=9999, version=1, now=MAINTENANT, by=cast.secretaire)


# --- coordinates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("0546515151", "05 46 51 51 51"), ("+33 5 46 51 51 51", "05 46 51 51 51"), ("17", "17"), ("3018", "3018"),
     ("+44 20 7946 0958", "+44 20 7946 0958"), ("", "")],
)  # fmt: skip
def test_phone_is_written_one_way(texte: str, attendu: str) -> None:
    assert telephone_valide(texte) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("www.a.fr", "https://www.a.fr"),
        ("HTTP://A.fr/X", "http://a.fr/X"),
        ("a.fr:8080/x", "https://a.fr:8080/x"),
        ("", ""),
    ],
)
def test_site_is_written_one_way(texte: str, attendu: str) -> None:
    assert site_valide(texte) == attendu


@pytest.mark.parametrize(
    "texte",
    ["javascript:alert(1)", "JavaScript://%0aalert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x",
     "file:///etc/passwd", "//evil.fr", "https://moi@x.fr", "http://[::1",
     "https://a.fr/<script>", "https://a .fr", "x"],
)  # fmt: skip
def test_anything_but_a_site_is_refused(texte: str) -> None:
    with pytest.raises(Invalid):
        site_valide(texte)


def test_email_asks_no_network() -> None:
    assert courriel_valide("  Jean.Dupont@Domaine-Inconnu.Example  ".replace("Example", "fr")) == (
        "Jean.Dupont@domaine-inconnu.fr"
    )


# --- the directory: by people, by phone -------------------------------------------------------------------------------


def engager(session: Session, cast: Cast, nom: str, prenom: str, famille: str, telephone: str = "", **f: Any) -> None:
    mouvements.creer(
        session,
        partenaire_id=id_de(session, nom),
        identite=Identite(nom=famille, prenom=prenom, telephone=telephone),
        intitule=f.get("intitule", "Principale"),
        debut=date(2026, 1, 5),
        confirme=True,
        jeton=f"{prenom} {famille} {nom}"[:32],
        by=cast.secretaire,
    )


def trouves(session: Session, texte: str) -> dict[str, str]:
    lignes = annuaire.chercher(session, filtre=Filtre(texte=texte), par_page=100).lignes
    return {p.nom: p.motif for p in lignes}


def test_who_works_there_finds_it_and_the_row_says_who(carnet: Session, cast: Cast) -> None:
    engager(carnet, cast, "Erilia", "Zélie", "Quérou", intitule="Cheffe d’agence")
    engager(carnet, cast, "Habitat 17", "Zélie", "Autre")
    assert trouves(carnet, "quérou") == {"Erilia": "Zélie Quérou, Cheffe d’agence"}
    assert trouves(carnet, "zélie q") == trouves(carnet, "QUEROU Zélie") == trouves(carnet, "quérou")
    assert annuaire.ids(carnet, filtre=Filtre(texte="zélie quérou")) == [id_de(carnet, "Erilia")]


def test_its_own_words_come_first_and_say_no_more(carnet: Session, cast: Cast) -> None:
    engager(carnet, cast, "Habitat 17", "Claire", "Erilia")
    assert list(trouves(carnet, "erilia").items()) == [("Erilia", ""), ("Habitat 17", "Claire Erilia, Principale")]


def test_a_name_counts_from_its_beginning_and_while_it_is_held(carnet: Session, cast: Cast) -> None:
    engager(carnet, cast, "Erilia", "Sophie", "Quérou")
    assert "Erilia" not in trouves(carnet, "oph") | trouves(carnet, "q")
    f = carnet.exec(select(Fonction).where(Fonction.partenaire_id == id_de(carnet, "Erilia"))).one()
    mouvements.terminer(
        carnet,
        fonction_id=f.id,
        version=f.version,
        fin=date(2026, 2, 1),
        today=date(2026, 3, 1),
        by=cast.secretaire,
    )
    assert trouves(carnet, "quérou") == {}


@pytest.mark.parametrize("texte", ["05 46 51 99 51", "0546519951", "+33 5 46 51 99 51", "0033546519951", "05.46.51.99"])
def test_a_number_finds_the_partenaire_or_who_answers(carnet: Session, cast: Cast, texte: str) -> None:
    ajouter(carnet, cast, "Régie du Port", telephone="05 46 51 99 51")
    engager(carnet, cast, "Erilia", "Zélie", "Quérou", telephone="05 46 51 99 51")
    assert trouves(carnet, texte) == {
        "Erilia": "Zélie Quérou, Principale, 05 46 51 99 51",
        "Régie du Port": "05 46 51 99 51",
    }


def test_a_number_in_the_folded_text_of_a_person_is_found_too(carnet: Session, cast: Cast) -> None:
    engager(carnet, cast, "Erilia", "Zélie", "Quérou")
    carnet.exec(select(Personne).where(Personne.nom == "Quérou")).one().recherche = "querou zelie 0612345678"
    carnet.flush()
    assert list(trouves(carnet, "06 12 34 56")) == list(trouves(carnet, "querou")) == ["Erilia"]


def test_a_number_in_a_name_is_a_word(carnet: Session, cast: Cast) -> None:
    ajouter(carnet, cast, "Amicale 1789", telephone="05 46 51 99 51")
    assert trouves(carnet, "05 99 46") == {}
    assert trouves(carnet, "1789") == {"Amicale 1789": ""}
