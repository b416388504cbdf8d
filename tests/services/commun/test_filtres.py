"""Filters kept under a name: one's own, those of all, and who may delete them."""

import pytest
from sqlmodel import Session

from services.commun import filtres
from services.socle.acteur import Acteur
from services.socle.erreurs import Duplicate, Forbidden, Invalid
from tests.cast import Cast

JUSTICE = {"q": "écoles & co", "categorie": "Justice", "secteur": "", "etat": "actifs"}


def garder(session: Session, by: Acteur, nom: str = "Les miens", **autre: object) -> int:
    return filtres.garder(session, **({"ecran": "partenaires", "nom": nom, "parametres": JUSTICE, "by": by} | autre))  # type: ignore[arg-type]


def noms(session: Session, by: Acteur, ecran: str = "partenaires") -> list[str]:
    return [f.nom for f in filtres.liste(session, ecran=ecran, by=by)]


def test_a_filter_comes_back_as_it_was(session: Session, cast: Cast) -> None:
    garder(session, cast.secretaire)
    garder(session, cast.secretaire, "Actions d’ici", ecran="actions")
    (vu,) = filtres.liste(session, ecran="partenaires", by=cast.secretaire)
    assert vu.parametres == {"q": "écoles & co", "categorie": "Justice", "etat": "actifs"}
    assert (vu.nom, vu.partage, vu.agent, vu.supprimable) == ("Les miens", False, "", True)


def test_own_ones_are_one_s_own_shared_ones_are_for_all(session: Session, cast: Cast) -> None:
    garder(session, cast.secretaire, "Pour moi")
    garder(session, cast.secretaire, "Pour tous", partage=True)
    garder(session, cast.collaborateur, "à lui")
    assert noms(session, cast.secretaire) == ["Pour moi", "Pour tous"]
    assert noms(session, cast.collaborateur) == ["à lui", "Pour tous"]
    vu = filtres.liste(session, ecran="partenaires", by=cast.collaborateur)[1]
    assert (vu.agent, vu.supprimable) == ("Sarah Secrétaire", False)


def test_the_same_filter_kept_twice_is_one_another_of_that_name_is_refused(session: Session, cast: Cast) -> None:
    assert garder(session, cast.secretaire) == garder(session, cast.secretaire, " les MIENS ")
    with pytest.raises(Duplicate, match="« Les miens »"):
        garder(session, cast.secretaire, parametres={"q": "oph"})
    garder(session, cast.collaborateur, parametres={"q": "oph"})


@pytest.mark.parametrize(("nom", "dit"), [("  ", "Donnez un nom"), ("x" * 61, "60 caractères")])
def test_a_name_is_asked(session: Session, cast: Cast, nom: str, dit: str) -> None:
    with pytest.raises(Invalid, match=dit):
        garder(session, cast.secretaire, nom)


def test_only_its_owner_deletes_it_and_the_responsable_those_of_all(session: Session, cast: Cast) -> None:
    mien, commun = garder(session, cast.secretaire), garder(session, cast.secretaire, "Commun", partage=True)
    for id, by in ((mien, cast.responsable), (mien, cast.collaborateur), (commun, cast.collaborateur)):
        with pytest.raises(Forbidden):
            filtres.supprimer(session, id=id, by=by)
    filtres.supprimer(session, id=commun, by=cast.responsable)
    filtres.supprimer(session, id=mien, by=cast.secretaire)
    filtres.supprimer(session, id=mien, by=cast.secretaire)  # gone already
    assert noms(session, cast.secretaire) == []


def test_who_may_not_write_keeps_nothing(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        garder(session, cast.elu)
