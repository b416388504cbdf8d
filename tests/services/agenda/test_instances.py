"""Instances: their fields, their members in order, who holds each function, and stale forms."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, func, select

from models import Fonction, Instance, Lieu, Personne, Siege
from models.lists import Frequence, TypeReunion
from services.agenda import instances
from services.partenaires import sieges
from services.partenaires.sieges import SiegeVoulu
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.cast import Cast
from tests.services.outils_agenda import Decor, creer_instance, decor, envoi

HIER, DEMAIN = date(2026, 11, 21), date(2026, 11, 23)
AUJOURDHUI = date(2026, 11, 22)


@pytest.fixture
def d(session: Session) -> Decor:
    return decor(session)


def test_created_with_everything(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(
        session,
        cast,
        d,
        nom="  Réunion technique   Gabut ",
        type=TypeReunion.TECHNIQUE,
        frequence=Frequence.MENSUELLE,
        secteur_id=d.centre,
        quartier_ids=[d.verdun, d.gabut, d.gabut],
        jour=1,
        rang=2,
        heure_debut=time(9, 30),
        heure_fin=time(11),
        lieu_nom="Mairie annexe",
    )
    vue = instances.get(session, id=id)
    assert (vue.nom, vue.secteur, vue.lieu) == ("Réunion technique Gabut", "Centre-ville", "Mairie annexe")
    assert (vue.heure_debut, vue.heure_fin, vue.nb_membres, vue.archive) == (time(9, 30), time(11), 0, False)
    assert instances.jour_habituel(vue) == "2e mardi du mois"
    assert instances.quartiers(session, instance_id=id) == [d.gabut, d.verdun]
    assert session.exec(select(func.count()).select_from(Lieu)).one() == 1


def test_without_quartier_the_whole_secteur(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d, nom="Cellule Centre", secteur_id=d.centre)
    assert instances.quartiers(session, instance_id=id) == [d.gabut, d.verdun]
    assert instances.quartiers_choisis(session, instance_id=id) == []


def test_one_token_one_row(session: Session, cast: Cast, d: Decor) -> None:
    un = creer_instance(session, cast, d, jeton="b" * 32)
    assert creer_instance(session, cast, d, jeton="b" * 32) == un
    assert session.exec(select(func.count()).select_from(Instance)).one() == 1


@pytest.mark.parametrize(
    ("champ", "valeurs"),
    [
        ("nom", {"nom": "  "}),
        ("nom", {"nom": "x" * 161}),
        ("type", {"type": TypeReunion.EXCEPTIONNELLE}),
        ("secteur", {"secteur_id": None}),
        ("secteur", {"secteur_id": 999_999}),
        ("quartiers", {"type": TypeReunion.TECHNIQUE}),
        ("quartiers", {"quartier_ids": [999_999]}),
        ("jour", {"rang": 2}),
        ("jour", {"jour": 7}),
        ("jour", {"jour": 1, "rang": 6}),
        ("heures", {"heure_debut": time(9)}),
        ("heures", {"heure_debut": time(11), "heure_fin": time(9)}),
        ("heures", {"heure_debut": time(9), "heure_fin": time(9)}),
        ("lieu", {"lieu_id": 999_999}),
        ("lieu", {"lieu_nom": "x" * 161}),
    ],
)
def test_bad_field_gets_its_sentence(
    session: Session, cast: Cast, d: Decor, champ: str, valeurs: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as refus:
        creer_instance(session, cast, d, **valeurs)
    assert list(refus.value.erreurs) == [champ]
    assert session.exec(select(func.count()).select_from(Instance)).one() == 0


def test_quartier_of_another_secteur_is_refused(session: Session, cast: Cast, d: Decor) -> None:
    with pytest.raises(Invalid) as refus:
        creer_instance(session, cast, d, quartier_ids=[d.quartier_mireuil, d.gabut])
    assert list(refus.value.erreurs) == ["quartiers"]


def test_same_name_but_for_case_and_accents_is_refused(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d, nom="Cellule de veille Été")
    with pytest.raises(Duplicate) as refus:
        creer_instance(session, cast, d, nom="CELLULE DE VEILLE ETE")
    assert refus.value.objet_id == id
    _modifier(session, cast, id, nom="Cellule de veille ÉTÉ")  # itself is no duplicate
    assert instances.get(session, id=id).nom == "Cellule de veille ÉTÉ"


def test_stale_form_is_refused_with_the_colleague_s_values(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    _modifier(session, cast, id, quartier_ids=[d.quartier_mireuil])  # only in another table: the version still rises
    with pytest.raises(Conflict) as refus:
        _modifier(session, cast, id, nom="Mon nom", version=1)
    assert refus.value.actuel["quartiers"] == "Mireuil"
    assert instances.get(session, id=id).nom == "Cellule de veille Mireuil"


def test_form_sent_again_is_silent_another_text_is_not(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    for _ in range(2):
        _modifier(session, cast, id, nom="Nouveau nom", version=1, jeton="f" * 32)
    assert instances.get(session, id=id).version == 2
    with pytest.raises(Conflict):
        _modifier(session, cast, id, nom="Autre nom", version=1, jeton="f" * 32)


def test_archived_is_kept_out_of_the_list_and_comes_back(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    instances.archiver(session, id=id, version=1, by=cast.secretaire)
    assert instances.liste(session) == []
    assert [i.archive for i in instances.liste(session, archives=True)] == [True]
    with pytest.raises(Conflict):
        instances.restaurer(session, id=id, version=1, by=cast.secretaire)
    instances.restaurer(session, id=id, version=2, by=cast.secretaire)
    assert [i.id for i in instances.liste(session)] == [id]


def test_list_by_type_then_name_and_folded_search(session: Session, cast: Cast, d: Decor) -> None:
    creer_instance(
        session, cast, d, nom="Zone technique", type=TypeReunion.TECHNIQUE, quartier_ids=[d.quartier_mireuil]
    )
    creer_instance(session, cast, d, nom="École et quartier", secteur_id=d.centre)
    creer_instance(session, cast, d, nom="Bilan")
    assert [i.nom for i in instances.liste(session)] == ["Bilan", "École et quartier", "Zone technique"]
    assert [i.nom for i in instances.liste(session, texte="ecole")] == ["École et quartier"]
    assert [i.nom for i in instances.liste(session, texte="reunion tech mireuil")] == ["Zone technique"]
    assert [i.nom for i in instances.liste(session, types=[TypeReunion.TECHNIQUE])] == ["Zone technique"]
    assert [i.nom for i in instances.liste(session, secteur_id=d.centre)] == ["École et quartier"]


@pytest.mark.parametrize(
    ("jour", "rang", "apres", "attendu"),
    [
        (1, 3, date(2026, 11, 1), date(2026, 11, 17)),
        (1, 3, date(2026, 11, 17), date(2026, 11, 17)),
        (1, 3, date(2026, 11, 18), date(2026, 12, 15)),
        (0, 5, date(2026, 11, 22), date(2026, 11, 30)),
        (3, 1, date(2026, 12, 20), date(2027, 1, 7)),
        (4, None, date(2026, 11, 22), date(2026, 11, 27)),
        (None, None, date(2026, 11, 22), None),
    ],
)
def test_next_usual_day(
    session: Session, cast: Cast, d: Decor, jour: int | None, rang: int | None, apres: date, attendu: date | None
) -> None:
    vue = instances.get(session, id=creer_instance(session, cast, d, jour=jour, rang=rang))
    assert instances.prochain_jour(vue, apres=apres) == attendu


def test_what_secteurs_and_quartiers_call_for_is_created_once(session: Session, cast: Cast, d: Decor) -> None:
    creer_instance(session, cast, d)
    assert instances.creer_manquantes(session, by=cast.secretaire) == 4  # one cellule, three réunions techniques
    assert instances.creer_manquantes(session, by=cast.secretaire) == 0
    vues = instances.liste(session)
    assert [v.frequence for v in vues if v.type is TypeReunion.TECHNIQUE] == [Frequence.MENSUELLE] * 3
    gabut = next(v for v in vues if "Gabut" in v.nom)
    assert instances.quartiers(session, instance_id=gabut.id) == [d.gabut]
    assert gabut.secteur_id == d.centre


# --- members -------------------------------------------------------------------------------------------------------


def fonction(session: Session, partenaire_id: int, nom: str, titre: str, fin: date | None = None) -> int:
    personne = Personne(nom=nom, prenom="Anne")
    session.add(personne)
    session.flush()
    row = Fonction(
        personne_id=personne.id, partenaire_id=partenaire_id, intitule=titre, debut=date(2020, 1, 1), fin=fin
    )
    session.add(row)
    session.flush()
    assert row.id
    return row.id


def test_members_with_who_holds_the_function_now(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    tenue = fonction(session, d.oph, "Martin", "Directrice")
    finie = fonction(session, d.police, "Ancien", "Commissaire", fin=HIER)
    instances.definir_membres(
        session,
        instance_id=id,
        sieges=[SiegeVoulu(d.police, "Commissaire", finie), SiegeVoulu(d.oph, "Directrice", tenue)],
        by=cast.secretaire,
    )
    vus = instances.membres(session, instance_id=id, today=AUJOURDHUI)
    assert [(m.partenaire, m.sigle, m.fonction, m.personne) for m in vus] == [
        ("Police nationale", "", "Commissaire", ""),
        ("Office public de l’habitat", "OPH", "Directrice", "Anne Martin"),
    ]
    # A successor with the same title is shown without touching the seat; two of them: nobody is guessed.
    fonction(session, d.police, "Neuve", "commissaire")
    assert instances.membres(session, instance_id=id, today=AUJOURDHUI)[0].personne == "Anne Neuve"
    fonction(session, d.police, "Autre", "Commissaire")
    assert instances.membres(session, instance_id=id, today=AUJOURDHUI)[0].personne == ""


def test_members_are_replaced_in_order_and_keep_their_seat(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    instances.definir_membres(
        session, instance_id=id, sieges=[SiegeVoulu(d.oph, "A"), SiegeVoulu(d.police, "B")], by=cast.secretaire
    )
    avant = {m.fonction: m.siege_id for m in instances.membres(session, instance_id=id)}
    instances.definir_membres(
        session, instance_id=id, sieges=[SiegeVoulu(d.police, "B"), SiegeVoulu(d.oph, "C")], by=cast.secretaire
    )
    apres = instances.membres(session, instance_id=id)
    assert [m.fonction for m in apres] == ["B", "C"]
    assert apres[0].siege_id == avant["B"]
    assert session.exec(select(func.count()).select_from(Siege)).one() == 2


def test_stale_list_of_members_is_refused(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    vue = sieges.version_membres(instances.membres(session, instance_id=id))
    _ajouter(session, cast, id, d.oph)
    with pytest.raises(Conflict):
        instances.definir_membres(session, instance_id=id, sieges=[], version=vue, by=cast.secretaire)
    assert len(instances.membres(session, instance_id=id)) == 1


def test_added_one_by_one_moved_removed(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    a = _ajouter(session, cast, id, d.oph, "A")
    b = _ajouter(session, cast, id, d.oph, "B")
    c = _ajouter(session, cast, id, d.police, "C")

    def ordre() -> list[int]:
        return [m.siege_id for m in instances.membres(session, instance_id=id)]

    sieges.deplacer_membre(session, siege_id=c, sens=-1, by=cast.secretaire)
    assert ordre() == [a, c, b]
    sieges.deplacer_membre(session, siege_id=a, sens=-1, by=cast.secretaire)  # first already
    assert ordre() == [a, c, b]
    sieges.retirer_membre(session, siege_id=c, by=cast.secretaire)
    sieges.retirer_membre(session, siege_id=c, by=cast.collaborateur)  # gone already
    assert ordre() == [a, b]
    with pytest.raises(Conflict):
        sieges.deplacer_membre(session, siege_id=c, sens=1, by=cast.secretaire)


def test_sixty_members_and_no_more(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    voulus = [SiegeVoulu(d.oph, f"Fonction {n}") for n in range(sieges.MEMBRES_MAX - 1)]
    instances.definir_membres(session, instance_id=id, sieges=voulus, by=cast.secretaire)
    _ajouter(session, cast, id, d.police)
    for _ in range(2):
        with pytest.raises(Invalid, match="au plus 60 membres"):
            _ajouter(session, cast, id, d.police, "Une de trop")
    assert len(instances.membres(session, instance_id=id)) == sieges.MEMBRES_MAX == 60


@pytest.mark.parametrize(("le", "juste"), [(AUJOURDHUI, True), (DEMAIN, False), (date(1999, 12, 31), False)])
def test_the_charte_was_signed_already(session: Session, cast: Cast, d: Decor, le: date, juste: bool) -> None:
    id = creer_instance(session, cast, d)
    siege = _ajouter(session, cast, id, d.oph)

    def signer() -> None:
        sieges.regler_membre(
            session, siege_id=siege, invite=False, charte_signee_le=le, today=AUJOURDHUI, by=cast.secretaire
        )

    if juste:
        signer()
    else:
        with pytest.raises(Invalid, match="date de signature"):
            signer()
    (membre,) = instances.membres(session, instance_id=id)
    assert membre.charte_signee_le == (le if juste else None)


def test_same_click_twice_adds_one(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    un = _ajouter(session, cast, id, d.oph, "A", jeton="c" * 32)
    assert _ajouter(session, cast, id, d.oph, "A", jeton="c" * 32) == un
    with pytest.raises(Duplicate):
        _ajouter(session, cast, id, d.oph, " a ")
    with pytest.raises(Invalid):
        _ajouter(session, cast, id, d.oph, "x" * 161)
    with pytest.raises(Invalid):
        _ajouter(session, cast, id, 999_999)


def test_function_is_renamed_not_over_a_colleague(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    siege = _ajouter(session, cast, id, d.oph, "Directrice")
    sieges.renommer_fonction(session, siege_id=siege, fonction="Cheffe", vue="Directrice", by=cast.collaborateur)
    with pytest.raises(Conflict) as refus:
        sieges.renommer_fonction(session, siege_id=siege, fonction="Adjointe", vue="Directrice", by=cast.secretaire)
    assert refus.value.actuel == {"fonction": "Cheffe"}
    assert instances.membres(session, instance_id=id)[0].fonction == "Cheffe"


def test_seat_is_tied_only_to_a_function_of_that_partenaire(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    autre = fonction(session, d.police, "Martin", "Commissaire")
    _ajouter(session, cast, id, d.oph, "Commissaire", fonction_id=autre)
    assert session.exec(select(Siege.fonction_id)).all() == [None]
    assert instances.membres(session, instance_id=id)[0].personne == ""


def test_suggested_functions_are_those_held_now(session: Session, cast: Cast, d: Decor) -> None:
    tenue = fonction(session, d.oph, "Martin", "Directrice")
    fonction(session, d.oph, "Ancienne", "Cheffe", fin=HIER)
    fonction(session, d.oph, "Sortante", "Adjointe", fin=DEMAIN)
    proposees = sieges.fonctions_possibles(session, partenaire_id=d.oph, today=AUJOURDHUI)
    assert [(t, p) for t, _, p in proposees] == [("Adjointe", "Anne Sortante"), ("Directrice", "Anne Martin")]
    assert proposees[1][1] == tenue
    assert sieges.fonctions_possibles(session, partenaire_id=d.oph, today=HIER - timedelta(days=4000)) == []


def test_reader_changes_nothing(session: Session, cast: Cast, d: Decor) -> None:
    id = creer_instance(session, cast, d)
    siege = _ajouter(session, cast, id, d.oph)
    for commande in (
        lambda: creer_instance(session, cast, d, nom="X", by=cast.elu),
        lambda: _modifier(session, cast, id, nom="X", by=cast.elu),
        lambda: instances.archiver(session, id=id, version=1, by=cast.elu),
        lambda: instances.restaurer(session, id=id, version=1, by=cast.elu),
        lambda: instances.definir_membres(session, instance_id=id, sieges=[], by=cast.elu),
        lambda: instances.creer_manquantes(session, by=cast.elu),
        lambda: sieges.retirer_membre(session, siege_id=siege, by=cast.elu),
        lambda: sieges.deplacer_membre(session, siege_id=siege, sens=1, by=cast.elu),
        lambda: sieges.renommer_fonction(session, siege_id=siege, fonction="X", vue="", by=cast.elu),
        lambda: _ajouter(session, cast, id, d.police, by=cast.elu),
    ):
        with pytest.raises(Forbidden):
            commande()
    assert len(instances.membres(session, instance_id=id)) == 1


def test_unknown_instance(session: Session, cast: Cast, d: Decor) -> None:
    with pytest.raises(NotFound):
        instances.get(session, id=999_999)
    with pytest.raises(NotFound):
        _ajouter(session, cast, 999_999, d.oph)


def _ajouter(
    session: Session, cast: Cast, instance_id: int, partenaire_id: int, fonction: str = "", **autres: object
) -> int:
    n = session.exec(select(func.count()).select_from(Siege)).one()
    valeurs: dict[str, object] = {
        "jeton": f"jeton{n}{instance_id}{partenaire_id}{fonction}"[:32],
        "by": cast.secretaire,
    }
    return sieges.ajouter_membre(
        session,
        instance_id=instance_id,
        partenaire_id=partenaire_id,
        fonction=fonction,
        **(valeurs | autres),  # type: ignore[arg-type]
    )


def _modifier(session: Session, cast: Cast, id: int, **change: object) -> None:
    vue = instances.get(session, id=id)
    valeurs: dict[str, object] = {
        "nom": vue.nom,
        "type": vue.type,
        "frequence": vue.frequence,
        "secteur_id": vue.secteur_id,
        "version": vue.version,
        "jeton": "",
    }
    instances.modifier(session, id=id, **envoi(instances.Saisie, cast, valeurs | change))
