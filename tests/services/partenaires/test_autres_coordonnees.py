"""The other numbers and addresses of a person: written one way, one for convocations, found by the search."""

from datetime import date

import pytest
from sqlmodel import Session, select

from models import Coordonnee, Partenaire, Personne
from services.aujourdhui import recherche
from services.aujourdhui.recherche import Genre
from services.commun import listes
from services.partenaires import fiches, mouvements, personnes
from services.partenaires.autres_coordonnees import Autre
from services.partenaires.fiches import Saisie
from services.partenaires.personnes import FonctionVue, Identite
from services.socle import pli
from services.socle.erreurs import Conflict, Duplicate, Invalid
from tests.cast import Cast

RENTREE = date(2026, 9, 1)
CLAIRE = Identite(
    nom="Martin",
    prenom="Claire",
    courriel="claire.martin@exemple.fr",
    telephone="0546515151",
    autres=(Autre("+33 6 12 34 56 01", " portable "), Autre("accueil@Agence.exemple.fr", "secrétariat"), Autre("")),
)


@pytest.fixture
def oph(reference: None, session: Session) -> int:
    return session.exec(select(Partenaire.id).where(Partenaire.nom == "Habitat 17")).one() or 0


def ajouter(
    session: Session, cast: Cast, partenaire_id: int, identite: Identite = CLAIRE, *, jeton: str = "j"
) -> FonctionVue:
    commun = {"intitule": "Cheffe", "debut": RENTREE, "jeton": jeton, "by": cast.secretaire}
    id = mouvements.creer(session, partenaire_id=partenaire_id, identite=identite, **commun)
    return personnes.fonction(session, id=id)


def corriger(session: Session, cast: Cast, f: FonctionVue, *, version: int | None = None, **champs: object) -> None:
    tout = {c: getattr(f, c) for c in ("nom", "prenom", "courriel", "telephone", "autres")} | champs
    mouvements.modifier(
        session,
        fonction_id=f.id,
        identite=Identite(**tout),
        intitule=f.intitule,
        debut=f.debut,
        version=version or f.version,
        by=cast.secretaire,
    )


def trouvees(session: Session, cast: Cast, texte: str, genre: Genre = Genre.PERSONNE) -> list[str]:
    return [r.titre for r in recherche.partout(session, texte=texte, by=cast.secretaire) if r.genre is genre]


def test_each_is_written_one_way_and_kept_apart_from_the_one_for_convocations(
    session: Session, cast: Cast, oph: int
) -> None:
    f = ajouter(session, cast, oph)
    assert (f.telephone, f.courriel) == ("05 46 51 51 51", "claire.martin@exemple.fr")
    assert f.autres == (Autre("06 12 34 56 01", "portable"), Autre("accueil@agence.exemple.fr", "secrétariat"))


def test_said_twice_is_once_and_alone_is_for_convocations(session: Session, cast: Cast, oph: int) -> None:
    saisies = (Autre("c@exemple.fr"), Autre("06 12 34 56 01"), Autre("C@exemple.fr"), Autre("0612345601", "bis"))
    f = ajouter(session, cast, oph, Identite(nom="Martin", telephone="05 46 51 51 51", autres=saisies))
    assert (f.courriel, f.autres) == ("c@exemple.fr", (Autre("06 12 34 56 01"),))


def test_a_wrong_one_names_its_line(session: Session, cast: Cast, oph: int) -> None:
    saisies = (Autre("06 12 34 56 01", "x" * 41), Autre("12 34"), Autre("c@"), Autre("prenom nom"))
    with pytest.raises(Invalid) as refus:
        ajouter(session, cast, oph, Identite(nom="Martin", autres=saisies))
    assert set(refus.value.erreurs) == {"libelle.0", "autre.1", "autre.2", "autre.3"}
    assert "adresse" in refus.value.erreurs["autre.3"]


def test_another_becomes_the_one_for_convocations(session: Session, cast: Cast, oph: int) -> None:
    f = ajouter(session, cast, oph)
    portable, accueil = f.autres
    corriger(session, cast, f, courriel=accueil.valeur, autres=(portable, Autre(f.courriel, "directe")))
    lue = personnes.fonction(session, id=f.id)
    assert lue.courriel == "accueil@agence.exemple.fr"
    assert lue.autres == (portable, Autre("claire.martin@exemple.fr", "directe"))
    assert session.exec(select(Personne.courriel)).one() == lue.courriel
    corriger(session, cast, lue, autres=())
    assert session.exec(select(Coordonnee)).all() == []


def test_a_colleague_s_other_number_is_told_and_kept(session: Session, cast: Cast, oph: int) -> None:
    f = ajouter(session, cast, oph)
    corriger(session, cast, f, autres=(*f.autres, Autre("07 56 00 00 01")))
    with pytest.raises(Conflict) as refus:
        corriger(session, cast, f, nom="Autre", version=f.version)
    assert "07 56 00 00 01" in refus.value.actuel["autres"]
    assert len(personnes.fonction(session, id=f.id).autres) == 3


@pytest.mark.parametrize(
    "appel",
    ["06 12 34 56 01", "0612345601", "+33612345601", "+33 (0)6 12 34 56 01", "0033612345601", "06.12.34.56"],
)
def test_who_calls_is_found_by_the_number_that_shows(session: Session, cast: Cast, oph: int, appel: str) -> None:
    ajouter(session, cast, oph)
    ajouter(session, cast, oph, Identite(nom="Autre", telephone="06 34 12 01 56"), jeton="2")
    assert trouvees(session, cast, appel) == ["Claire Martin"]
    assert [p.complet for p in personnes.choix(session, texte=appel)] == ["Claire Martin"]


def test_addresses_are_found_whole_and_leave_names_alone(session: Session, cast: Cast, oph: int) -> None:
    ajouter(session, cast, oph)
    assert trouvees(session, cast, "ACCUEIL@agence") == ["Claire Martin"]
    assert trouvees(session, cast, "martin@exemple.fr") == ["Claire Martin"]
    assert trouvees(session, cast, "exemple") == []
    assert trouvees(session, cast, "100%@") == []


def test_a_partenaire_is_found_by_its_number_and_keeps_its_name_apart(session: Session, cast: Cast, oph: int) -> None:
    categorie = listes.categories(session)[0].id
    carte = Saisie(nom="Zeste", categorie_id=categorie, telephone="0546515151", courriel="jardin@zeste.exemple")
    fiches.creer(session, saisie=carte, jeton="z", by=cast.secretaire)
    assert trouvees(session, cast, "+33 5 46 51 51 51", Genre.PARTENAIRE) == ["Zeste"]
    assert trouvees(session, cast, "jardin@", Genre.PARTENAIRE) == ["Zeste"]
    assert [p.nom for p in fiches.choix(session, texte="05 46 51")] == ["Zeste"]
    assert [d.nom for d in fiches.doublons_probables(session, nom="zestes")] == ["Zeste"]


def test_an_address_known_among_the_others_is_a_probable_duplicate(session: Session, cast: Cast, oph: int) -> None:
    ajouter(session, cast, oph)
    for nouvelle in (
        Identite(nom="Durand", courriel="Accueil@agence.exemple.fr"),
        Identite(nom="Durand", autres=(Autre("claire.martin@exemple.fr"),)),
    ):
        with pytest.raises(Duplicate, match="Claire Martin"):
            ajouter(session, cast, oph, nouvelle, jeton="2")
    assert personnes.doublons_probables(session, identite=Identite(nom="MARTIN", prenom="claire"))


def test_the_folded_text_never_outgrows_its_column() -> None:
    assert len(pli.personne("x" * 120, "y" * 120, [f"06 12 34 {n:02d} 00" for n in range(40)])) <= 400
