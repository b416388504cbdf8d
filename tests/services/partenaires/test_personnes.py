"""People and their dated functions: added, replaced with their seats, ended, corrected."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, func, select

from models import Fonction, Instance, Journal, Partenaire, Personne, Siege
from services.agenda import instances
from services.partenaires import mouvements, personnes, sieges
from services.partenaires.personnes import Identite
from services.socle.acteur import SYSTEME
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from tests.cast import Cast

AUJOURDHUI = date(2026, 11, 22)
RENTREE = date(2026, 9, 1)
CLAIRE = Identite(nom="Martin", prenom="Claire", courriel="claire.martin@exemple.fr", telephone="0546515151")
JEAN = Identite(nom="Durand", prenom="Jean")


@pytest.fixture
def oph(reference: None, session: Session) -> int:
    return id_de(session, "Office public de l'habitat de l'agglomération de La Rochelle")


def id_de(session: Session, nom: str) -> int:
    return session.exec(select(Partenaire.id).where(Partenaire.nom == nom)).one()


def ajouter(session: Session, cast: Cast, partenaire_id: int, identite: Identite = CLAIRE, **suite: object) -> int:
    return mouvements.creer(
        session,
        **{"partenaire_id": partenaire_id, "identite": identite, "intitule": "Cheffe d’agence", "debut": RENTREE,
           "jeton": "ajouter", "by": cast.secretaire} | suite,
    )  # fmt: skip


def remplacer(session: Session, cast: Cast, fonction_id: int, **suite: object) -> int:
    return mouvements.remplacer(
        session,
        **{"fonction_id": fonction_id, "version": 1, "identite": JEAN, "intitule": "Chef d’agence", "le": AUJOURDHUI,
           "today": AUJOURDHUI, "jeton": "remplacer", "by": cast.secretaire} | suite,
    )  # fmt: skip


def asseoir(session: Session, partenaire_id: int, fonction_id: int, *, titre: str, instance: str) -> int:
    row = session.exec(select(Instance).where(Instance.nom == instance)).one()
    siege = Siege(instance_id=row.id, partenaire_id=partenaire_id, fonction=titre, fonction_id=fonction_id)
    session.add(siege)
    session.flush()
    return siege.id


def dernier(session: Session) -> str:
    """The last line of the journal."""
    return session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or ""


# --- add ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annee", [1, 1850, 2200])
def test_a_year_mistyped_is_refused(session: Session, cast: Cast, oph: int, annee: int) -> None:
    with pytest.raises(Invalid, match=rf"\({annee}\)"):
        ajouter(session, cast, oph, debut=date(annee, 9, 1))
    id = ajouter(session, cast, oph)
    with pytest.raises(Invalid, match=rf"\({annee}\)"):
        mouvements.modifier(
            session, fonction_id=id, identite=CLAIRE, intitule="Cheffe", debut=date(annee, 9, 1), version=1, by=SYSTEME
        )


def test_person_and_function_in_one_step(session: Session, cast: Cast, oph: int) -> None:
    id = ajouter(session, cast, oph)
    (f,) = personnes.du_partenaire(session, partenaire_id=oph)
    assert (f.id, f.personne, f.intitule, f.debut, f.fin) == (id, "Claire Martin", "Cheffe d’agence", RENTREE, None)
    assert f.telephone == "05 46 51 51 51"


def test_journal_never_names_the_person(session: Session, cast: Cast, oph: int) -> None:
    id = ajouter(session, cast, oph)
    remplacer(session, cast, id)
    lignes = session.exec(select(Journal).where(Journal.objet == "fonction")).all()
    assert len(lignes) == 2
    assert not any(nom in ligne.resume for ligne in lignes for nom in ("Martin", "Claire", "Durand", "Jean"))


def test_same_token_twice_is_one_person(session: Session, cast: Cast, oph: int) -> None:
    assert ajouter(session, cast, oph) == ajouter(session, cast, oph)
    assert session.exec(select(func.count()).select_from(Personne)).one() == 1


def test_same_person_in_two_partenaires(session: Session, cast: Cast, oph: int) -> None:
    premiere = personnes.fonction(session, id=ajouter(session, cast, oph))
    habitat = id_de(session, "Habitat 17")
    ajouter(session, cast, habitat, personne_id=premiere.personne_id, identite=None, jeton="2", intitule="Déléguée")
    assert session.exec(select(func.count()).select_from(Personne)).one() == 1
    (ailleurs,) = personnes.autres_fonctions(session, personne_id=premiere.personne_id, partenaire_id=oph)
    assert (ailleurs.partenaire, ailleurs.intitule) == ("Habitat 17", "Déléguée")


@pytest.mark.parametrize(
    "identite",
    [Identite(nom="MARTIN", prenom="claire"), Identite(nom="Claire", prenom="Martin"),
     Identite(nom="Martain", prenom="Claire"), Identite(nom="Autre", courriel="Claire.Martin@exemple.fr")],
)  # fmt: skip
def test_probable_duplicate_is_named_until_confirmed(
    session: Session, cast: Cast, oph: int, identite: Identite
) -> None:
    connue = personnes.fonction(session, id=ajouter(session, cast, oph)).personne_id
    with pytest.raises(Duplicate, match="Claire Martin") as refus:
        ajouter(session, cast, oph, identite, jeton="2", intitule="Gardienne")
    assert refus.value.objet_id == connue
    assert session.exec(select(func.count()).select_from(Personne)).one() == 1
    ajouter(session, cast, oph, identite, jeton="2", intitule="Gardienne", confirme=True)
    assert session.exec(select(func.count()).select_from(Personne)).one() == 2


def test_another_first_name_is_somebody_else(session: Session, cast: Cast, oph: int) -> None:
    ajouter(session, cast, oph)
    assert personnes.doublons_probables(session, identite=Identite(nom="Martin", prenom="Sophie")) == []


def test_same_function_twice_at_once_is_refused(session: Session, cast: Cast, oph: int) -> None:
    personne_id = personnes.fonction(session, id=ajouter(session, cast, oph)).personne_id
    with pytest.raises(Invalid) as refus:
        ajouter(session, cast, oph, personne_id=personne_id, identite=None, jeton="2", intitule="CHEFFE D'AGENCE")
    assert set(refus.value.erreurs) == {"intitule"}


@pytest.mark.parametrize(
    ("suite", "champ"),
    [
        ({"identite": Identite(nom=" ")}, "nom"),
        ({"identite": Identite(nom="x" * 121)}, "nom"),
        ({"identite": Identite(nom="A", courriel="a@")}, "courriel"),
        ({"identite": Identite(nom="A", telephone="12")}, "telephone"),
        ({"intitule": " "}, "intitule"),
        ({"intitule": "x" * 161}, "intitule"),
        ({"debut": None}, "debut"),
    ],
)
def test_bad_input_names_its_field(session: Session, cast: Cast, oph: int, suite: dict, champ: str) -> None:
    with pytest.raises(Invalid) as refus:
        ajouter(session, cast, oph, **suite)
    assert set(refus.value.erreurs) == {champ}


def test_reader_and_unknown_are_refused(session: Session, cast: Cast, oph: int) -> None:
    with pytest.raises(Forbidden):
        ajouter(session, cast, oph, by=cast.elu)
    with pytest.raises(NotFound):
        ajouter(session, cast, 9999)
    with pytest.raises(NotFound):
        personnes.fonction(session, id=9999)


# --- replace --------------------------------------------------------------------------------------------------------


def test_replace_ends_one_begins_the_next_and_moves_the_seats(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    technique, cellule = "Réunion technique – Mireuil", "Cellule de veille – Mireuil"
    asseoir(session, oph, claire, titre="Cheffe d’agence", instance=technique)
    asseoir(session, oph, claire, titre="", instance=cellule)
    jean = remplacer(session, cast, claire)
    assert dernier(session).startswith("Titulaire remplacé chez Office public")
    assert "Chef d’agence, 2 siège(s) repris" in dernier(session)
    avant, apres = personnes.fonction(session, id=claire), personnes.fonction(session, id=jean)
    assert (avant.fin, apres.debut, apres.fin) == (date(2026, 11, 21), AUJOURDHUI, None)
    assert apres.personne == "Jean Durand"
    places = personnes.sieges(session, partenaire_id=oph)
    assert [(s.instance, s.fonction, s.personne) for s in places] == [
        (cellule, "Cheffe d’agence", "Jean Durand"),
        (technique, "Cheffe d’agence", "Jean Durand"),
    ]
    instance = session.exec(select(Instance).where(Instance.nom == technique)).one()
    (membre,) = instances.membres(session, instance_id=instance.id)
    assert (membre.personne, membre.fonction_id) == ("Jean Durand", jean)


def test_replace_sent_twice_is_one_replacement(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    assert remplacer(session, cast, claire) == remplacer(session, cast, claire)
    assert session.exec(select(func.count()).select_from(Fonction)).one() == 2


def test_replace_by_a_known_person(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    habitat = id_de(session, "Habitat 17")
    connu = personnes.fonction(session, id=ajouter(session, cast, habitat, JEAN, jeton="2")).personne_id
    with pytest.raises(Duplicate):
        remplacer(session, cast, claire)
    remplacer(session, cast, claire, identite=None, personne_id=connu)
    assert session.exec(select(func.count()).select_from(Personne)).one() == 2


def test_replaced_the_day_it_began(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph, debut=AUJOURDHUI)
    remplacer(session, cast, claire)
    assert personnes.fonction(session, id=claire).fin == AUJOURDHUI


@pytest.mark.parametrize(
    ("suite", "champ"),
    [({"le": None}, "debut"), ({"le": date(2028, 11, 23)}, "debut"), ({"le": date(2026, 8, 31)}, "debut"),
     ({"intitule": ""}, "intitule")],
)  # fmt: skip
def test_replacement_that_cannot_be(session: Session, cast: Cast, oph: int, suite: dict, champ: str) -> None:
    claire = ajouter(session, cast, oph)
    with pytest.raises(Invalid) as refus:
        remplacer(session, cast, claire, **suite)
    assert set(refus.value.erreurs) == {champ}
    assert personnes.fonction(session, id=claire).fin is None


def test_nobody_replaces_herself(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    personne_id = personnes.fonction(session, id=claire).personne_id
    with pytest.raises(Invalid):
        remplacer(session, cast, claire, identite=None, personne_id=personne_id)


def test_stale_replacement_is_refused(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    remplacer(session, cast, claire)
    with pytest.raises(Conflict):
        remplacer(session, cast, claire, jeton="autre", identite=Identite(nom="Petit"))
    assert session.exec(select(func.count()).select_from(Fonction)).one() == 2


# --- a day to come ----------------------------------------------------------------------------------------------------

BIENTOT, VEILLE = date(2026, 12, 15), date(2026, 12, 14)


def qui(session: Session, instance_id: int, le: date, *, today: date = AUJOURDHUI) -> str:
    (membre,) = sieges.membres(session, instance_id=instance_id, today=today, le=le)
    return membre.personne


def test_a_replacement_to_come_is_kept_for_its_day(session: Session, cast: Cast, oph: int) -> None:
    """No job runs: until the eve she sits there, from that day on he does, at meetings as on the page."""
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="", instance="Réunion technique – Mireuil")
    instance = session.exec(select(Siege.instance_id)).one()
    jean = remplacer(session, cast, claire, le=BIENTOT)
    assert "Titulaire remplacé à partir du 15/12/2026 chez" in dernier(session)
    avant, apres = personnes.fonction(session, id=claire), personnes.fonction(session, id=jean)
    assert (avant.fin, avant.suivie_par, avant.suivie_le, apres.debut) == (VEILLE, "Jean Durand", BIENTOT, BIENTOT)
    assert [qui(session, instance, le) for le in (RENTREE, AUJOURDHUI, VEILLE, BIENTOT)] == [
        "Claire Martin", "Claire Martin", "Claire Martin", "Jean Durand",
    ]  # fmt: skip
    assert [qui(session, instance, le, today=BIENTOT) for le in (VEILLE, BIENTOT)] == ["Claire Martin", "Jean Durand"]
    for today, nom in ((AUJOURDHUI, "Claire Martin"), (BIENTOT, "Jean Durand")):
        (siege,) = personnes.sieges(session, partenaire_id=oph, today=today)
        assert siege.personne == nom
        (la,) = personnes.en_fonction(session, partenaire_ids=[oph], today=today)[oph]
        assert la.personne == nom
    assert not avant.finie(VEILLE)
    assert avant.finie(BIENTOT)


def test_a_replacement_to_come_is_cancelled(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="", instance="Réunion technique – Mireuil")
    instance = session.exec(select(Siege.instance_id)).one()
    remplacer(session, cast, claire, le=BIENTOT)
    version = personnes.fonction(session, id=claire).version
    with pytest.raises(Invalid):  # too late once the day has come
        mouvements.annuler_depart(session, fonction_id=claire, version=version, today=BIENTOT, by=cast.secretaire)
    with pytest.raises(Invalid):  # nor a second one
        remplacer(session, cast, claire, le=BIENTOT, identite=Identite(nom="Petit"), jeton="b", version=version)
    mouvements.annuler_depart(session, fonction_id=claire, version=version, today=AUJOURDHUI, by=cast.secretaire)
    assert personnes.fonction(session, id=claire).fin is None
    assert [f.personne for f in personnes.du_partenaire(session, partenaire_id=oph)] == ["Claire Martin"]
    assert qui(session, instance, BIENTOT) == "Claire Martin"


def test_an_end_to_come_leaves_the_seat_on_its_day(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="", instance="Réunion technique – Mireuil")
    instance = session.exec(select(Siege.instance_id)).one()
    mouvements.terminer(session, fonction_id=claire, version=1, fin=VEILLE, today=AUJOURDHUI, by=cast.secretaire)
    assert [qui(session, instance, le) for le in (AUJOURDHUI, VEILLE, BIENTOT)] == [
        "Claire Martin",
        "Claire Martin",
        "",
    ]
    version = personnes.fonction(session, id=claire).version
    mouvements.annuler_depart(session, fonction_id=claire, version=version, today=AUJOURDHUI, by=cast.secretaire)
    assert qui(session, instance, BIENTOT) == "Claire Martin"


# --- the charte goes with who signed it -----------------------------------------------------------------------------


def charte(session: Session, instance_id: int, *, today: date = AUJOURDHUI) -> tuple[date | None, date | None]:
    (m,) = sieges.membres(session, instance_id=instance_id, today=today)
    return m.charte_signee_le, m.charte_a_verifier


def test_who_signed_nothing_carries_no_signature(session: Session, cast: Cast, oph: int) -> None:
    """Replaced, ended, come back, replaced on a day to come: the signature is hers, and waits for her."""
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="Cheffe d’agence", instance="Réunion technique – Mireuil")
    instance = session.exec(select(Siege.instance_id)).one()
    (membre,) = sieges.membres(session, instance_id=instance, today=AUJOURDHUI)
    sieges.regler_membre(
        session, siege_id=membre.siege_id, invite=False, charte_signee_le=RENTREE, today=AUJOURDHUI, by=cast.secretaire,
        vu=membre,
    )  # fmt: skip
    assert charte(session, instance) == (RENTREE, None)
    jean = remplacer(session, cast, claire, le=BIENTOT)
    assert charte(session, instance) == (RENTREE, None)
    assert charte(session, instance, today=BIENTOT) == (None, None)
    personne_id = personnes.fonction(session, id=claire).personne_id
    revenue = remplacer(
        session, cast, jean, le=date(2027, 3, 1), today=date(2027, 3, 1), identite=None, personne_id=personne_id,
        jeton="c",
    )  # fmt: skip
    assert charte(session, instance, today=date(2027, 3, 1)) == (RENTREE, None)
    mouvements.terminer(
        session, fonction_id=revenue, version=1, fin=date(2027, 4, 1), today=date(2027, 4, 1), by=cast.secretaire
    )
    assert charte(session, instance, today=date(2027, 4, 2)) == (None, None)


def test_a_signature_goes_to_who_is_on_screen(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="Cheffe d’agence", instance="Réunion technique – Mireuil")
    instance = session.exec(select(Siege.instance_id)).one()
    (vu,) = sieges.membres(session, instance_id=instance, today=AUJOURDHUI)
    remplacer(session, cast, claire)
    with pytest.raises(Conflict):
        sieges.regler_membre(
            session, siege_id=vu.siege_id, invite=False, charte_signee_le=RENTREE, today=AUJOURDHUI,
            by=cast.secretaire, vu=vu,
        )  # fmt: skip


@pytest.mark.parametrize("sienne", [True, False])
def test_a_signature_of_nobody_known_is_asked(session: Session, cast: Cast, oph: int, sienne: bool) -> None:
    """Noted while nobody was known on the seat; somebody is since: nothing is guessed."""
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="Cheffe d’agence", instance="Réunion technique – Mireuil")
    siege = session.exec(select(Siege)).one()
    siege.charte_signee_le = RENTREE
    session.flush()
    assert charte(session, siege.instance_id) == (None, RENTREE)
    (vu,) = sieges.membres(session, instance_id=siege.instance_id, today=AUJOURDHUI)
    sieges.attribuer_signature(session, vu=vu, a_la_personne=sienne, today=AUJOURDHUI, by=cast.secretaire)
    assert charte(session, siege.instance_id) == (RENTREE if sienne else None, None)
    with pytest.raises(Conflict):
        sieges.attribuer_signature(session, vu=vu, a_la_personne=sienne, today=AUJOURDHUI, by=cast.secretaire)


# --- end, correct -----------------------------------------------------------------------------------------------------


def test_end_leaves_the_seat_with_its_title_and_nobody(session: Session, cast: Cast, oph: int) -> None:
    claire, hier = ajouter(session, cast, oph), AUJOURDHUI - timedelta(days=1)
    asseoir(session, oph, claire, titre="", instance="Réunion technique – Mireuil")
    for _ in range(2):  # a double click
        mouvements.terminer(session, fonction_id=claire, version=1, fin=hier, today=AUJOURDHUI, by=cast.secretaire)
    (siege,) = personnes.sieges(session, partenaire_id=oph)
    assert (siege.fonction, siege.personne, siege.fonction_id) == ("Cheffe d’agence", "", None)
    assert personnes.fonction(session, id=claire).fin == hier


def test_a_title_is_kept_by_one_seat_only(session: Session, cast: Cast, oph: int) -> None:
    """One seat a title: the seat that only the function named keeps none when another has it already."""
    claire, hier = ajouter(session, cast, oph), AUJOURDHUI - timedelta(days=1)
    mireuil = "Réunion technique – Mireuil"
    titre = asseoir(session, oph, claire, titre="Cheffe d’agence", instance=mireuil)
    sans = asseoir(session, oph, claire, titre="", instance=mireuil)
    mouvements.terminer(session, fonction_id=claire, version=1, fin=hier, today=AUJOURDHUI, by=cast.secretaire)
    assert [session.get_one(Siege, id).fonction for id in (titre, sans)] == ["Cheffe d’agence", ""]


def test_the_last_day_is_still_in_function_and_can_be_taken_back(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    asseoir(session, oph, claire, titre="", instance="Réunion technique – Mireuil")
    mouvements.terminer(session, fonction_id=claire, version=1, fin=AUJOURDHUI, today=AUJOURDHUI, by=cast.secretaire)
    (siege,) = personnes.sieges(session, partenaire_id=oph, today=AUJOURDHUI)
    assert siege.personne == "Claire Martin"
    assert personnes.sieges(session, partenaire_id=oph, today=AUJOURDHUI + timedelta(days=1))[0].personne == ""
    version = personnes.fonction(session, id=claire).version
    mouvements.annuler_depart(session, fonction_id=claire, version=version, today=AUJOURDHUI, by=cast.secretaire)
    assert personnes.fonction(session, id=claire).fin is None


@pytest.mark.parametrize("fin", [None, date(2028, 11, 23), date(2026, 8, 31)])
def test_end_date_must_make_sense(session: Session, cast: Cast, oph: int, fin: date | None) -> None:
    claire = ajouter(session, cast, oph)
    with pytest.raises(Invalid) as refus:
        mouvements.terminer(session, fonction_id=claire, version=1, fin=fin, today=AUJOURDHUI, by=cast.secretaire)
    assert set(refus.value.erreurs) == {"fin"}


def corriger(session: Session, cast: Cast, fonction_id: int, identite: Identite, *, version: int) -> None:
    mouvements.modifier(
        session, fonction_id=fonction_id, identite=identite, intitule="Directrice", debut=RENTREE, version=version,
        by=cast.secretaire,
    )  # fmt: skip


def test_when_one_comes_later_the_one_before_stays_until_then(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    jean = remplacer(session, cast, claire)

    def commence(debut: date) -> date | None:
        version = personnes.fonction(session, id=jean).version
        mouvements.modifier(
            session, fonction_id=jean, identite=JEAN, intitule="Chef", debut=debut, version=version, by=cast.secretaire
        )
        return personnes.fonction(session, id=claire).fin

    assert commence(date(2026, 12, 1)) == date(2026, 11, 30)
    assert commence(date(2026, 10, 1)) == date(2026, 9, 30)
    assert commence(date(2026, 8, 1)) == RENTREE, "never before she came"


def test_correct_a_person_and_her_function(session: Session, cast: Cast, oph: int) -> None:
    claire = ajouter(session, cast, oph)
    corriger(session, cast, claire, Identite(nom="Martin-Roy", prenom="Claire"), version=1)
    f = personnes.fonction(session, id=claire)
    assert (f.personne, f.intitule, f.telephone) == ("Claire Martin-Roy", "Directrice", "")
    assert [p.complet for p in personnes.choix(session, texte="roy CLAIRE")] == ["Claire Martin-Roy"]


def test_stale_correction_shows_the_colleague_s(session: Session, cast: Cast, oph: int) -> None:
    """The person was corrected from the page of another partenaire: this form is stale too."""
    claire = ajouter(session, cast, oph)
    personne_id = personnes.fonction(session, id=claire).personne_id
    habitat = id_de(session, "Habitat 17")
    ailleurs = ajouter(session, cast, habitat, personne_id=personne_id, identite=None, jeton="2")
    corriger(session, cast, ailleurs, Identite(nom="Roy", prenom="Claire"), version=1)
    with pytest.raises(Conflict) as refus:
        corriger(session, cast, claire, Identite(nom="Petit", prenom="Claire"), version=1)
    assert refus.value.actuel["nom"] == "Roy"
    assert personnes.fonction(session, id=claire).nom == "Roy"


def test_past_functions_come_last(session: Session, cast: Cast, oph: int) -> None:
    remplacer(session, cast, ajouter(session, cast, oph))
    assert [f.nom for f in personnes.du_partenaire(session, partenaire_id=oph)] == ["Durand", "Martin"]
