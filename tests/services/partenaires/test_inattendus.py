"""Who came without being known: one act makes the organisation, the person, or both, once."""

from datetime import date

import pytest
from sqlmodel import Session, func, select

from models import Categorie, Fonction, Partenaire
from services.partenaires import inattendus
from services.partenaires.inattendus import Inattendu
from services.socle.erreurs import Duplicate, Forbidden, Invalid
from tests import scene
from tests.cast import Cast

TODAY = date(2026, 11, 24)


def categorie(session: Session) -> int:
    une = Categorie(nom="Association")
    session.add(une)
    session.flush()
    return une.id


def nombre(session: Session) -> tuple[int, int]:
    return tuple(session.exec(select(func.count()).select_from(t)).one() for t in (Partenaire, Fonction))  # type: ignore[return-value]


def test_each_of_the_three_ways_once(session: Session, cast: Cast) -> None:
    categorie_id = categorie(session)
    neuve = Inattendu(organisation="Amicale des Tilleuls", categorie_id=categorie_id)
    for qui, attendu, de_plus in (
        (neuve, "a", (1, 0)),
        (
            Inattendu(organisation="Club Zéphyr", categorie_id=categorie_id, nom="Exemple", intitule="président"),
            "f",
            (1, 1),
        ),
    ):
        avant, jeton = nombre(session), scene.jeton(session)
        cles = {inattendus.noter(session, qui=qui, today=TODAY, jeton=jeton, by=cast.secretaire) for _ in range(2)}
        assert [c.membre[0] for c in cles] == [attendu], "sent twice, made once"
        assert nombre(session) == (avant[0] + de_plus[0], avant[1] + de_plus[1])
    connu = session.exec(select(Partenaire.id).where(Partenaire.nom == "Amicale des Tilleuls")).one()
    avant = nombre(session)
    venu = inattendus.noter(
        session,
        qui=Inattendu(partenaire_id=connu, prenom="Lou", nom="Modèle", intitule="trésorière"),
        today=TODAY,
        jeton=scene.jeton(session),
        by=cast.secretaire,
    )
    assert (venu.membre[0], nombre(session)) == ("f", (avant[0], avant[1] + 1))


@pytest.mark.parametrize(("ligne", "organisation", "prenom", "nom", "fonction"), [
    ("", "", "", "", ""),
    ("Amicale des Tilleuls", "Amicale des Tilleuls", "", "", ""),
    ("alp, Anna Exemple, médiatrice", "alp", "Anna", "Exemple", "médiatrice"),
    ("  alp ,Anna   Exemple ,  médiatrice ", "alp", "Anna", "Exemple", "médiatrice"),
    ("alp, Anna Exemple", "alp", "Anna", "Exemple", ""),
    ("alp, médiatrice", "alp", "", "", "médiatrice"),
    ("alp,, Médiatrice", "alp", "", "", "Médiatrice"),
    ("alp, Exemple, médiatrice", "alp", "", "Exemple", "médiatrice"),
    ("alp, EXEMPLE", "alp", "", "EXEMPLE", ""),
    ("alp, anna exemple, médiatrice", "alp", "anna", "exemple", "médiatrice"),
    ("alp, EXEMPLE Anna, médiatrice", "alp", "Anna", "EXEMPLE", "médiatrice"),
    ("alp, Marie Anne EXEMPLE FICTIF, médiatrice", "alp", "Marie Anne", "EXEMPLE FICTIF", "médiatrice"),
    ("alp, Anna de l’Exemple, médiatrice", "alp", "Anna", "de l’Exemple", "médiatrice"),
    ("alp, Élise Exemple, médiatrice, de nuit", "alp", "Élise", "Exemple", "médiatrice, de nuit"),
    (",,", "", "", "", ""),
    (", Anna Exemple", "", "Anna", "Exemple", ""),
])  # fmt: skip
def test_a_line_says_who_and_as_what(ligne: str, organisation: str, prenom: str, nom: str, fonction: str) -> None:
    assert inattendus.lire_ligne(ligne) == Inattendu(
        organisation=organisation, prenom=prenom, nom=nom, intitule=fonction
    )


@pytest.mark.parametrize(("qui", "champ"), [
    (Inattendu(), "organisation"),
    (Inattendu(organisation="Club Zéphyr"), "categorie_id"),
])  # fmt: skip
def test_what_is_missing_is_said_beside_its_field(session: Session, cast: Cast, qui: Inattendu, champ: str) -> None:
    with pytest.raises(Invalid) as refus:
        inattendus.noter(session, qui=qui, today=TODAY, jeton=scene.jeton(session), by=cast.secretaire)
    assert set(refus.value.erreurs) == {champ}


def test_one_that_looks_alike_is_asked_first(session: Session, cast: Cast) -> None:
    qui = Inattendu(organisation="Amicale des Tilleuls", categorie_id=categorie(session))
    inattendus.noter(session, qui=qui, today=TODAY, jeton=scene.jeton(session), by=cast.secretaire)
    jeton = scene.jeton(session)
    with pytest.raises(Duplicate) as refus:
        inattendus.noter(session, qui=qui, today=TODAY, jeton=jeton, by=cast.secretaire)
    assert refus.value.champ == "organisation"
    assert (
        inattendus.noter(session, qui=qui, today=TODAY, confirme=True, jeton=jeton, by=cast.secretaire).fonction_id
        is None
    )


def test_a_reader_notes_nobody(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        inattendus.noter(session, qui=Inattendu(), today=TODAY, jeton=scene.jeton(session), by=cast.elu)
