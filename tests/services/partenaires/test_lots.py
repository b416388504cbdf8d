"""Many partenaires at once: what is announced, what is written, what is refused, and back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from models import Instance, JetonUtilise, Journal, Operation, Partenaire, PartenaireSecteur, Siege
from models.lists import Frequence, TypeReunion
from services.commun import listes, operations
from services.partenaires import annuaire, fiches, lots, sieges
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie
from services.partenaires.lots import Changement, EssaiLot, Geste, Sort
from services.socle.erreurs import BusinessError, Conflict, Forbidden, Invalid
from tests.cast import Cast
from tests.services.imports.test_imports_carnet import tout

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CENTRES = Filtre(texte="centre social")


pytestmark = pytest.mark.usefixtures("reference")


def categorie(session: Session, nom: str) -> int:
    return next(c.id for c in listes.categories(session) if c.nom == nom)


def secteur(session: Session, nom: str) -> int:
    return next(s.id for s in listes.secteurs(session) if s.nom == nom)


def instance(session: Session) -> int:
    row = Instance(nom="Groupe essai", type=TypeReunion.AUTRE, frequence=Frequence.MENSUELLE)
    session.add(row)
    session.flush()
    return row.id


def row(session: Session, nom: str) -> Partenaire:
    return session.exec(select(Partenaire).where(Partenaire.nom == nom)).one()


def essai(session: Session, geste: Geste, *noms: str, ids: tuple[int, ...] = (), texte: str = "") -> EssaiLot:
    """The dry run on these partenaires; on the centres sociaux if none is named."""
    voulus = [row(session, n).id for n in noms] or annuaire.ids(session, filtre=CENTRES)
    return lots.essai(session, changement=Changement(geste, ids, texte), ids=voulus)


def appliquer(session: Session, cast: Cast, vu: EssaiLot, jeton: str = "j", **autre: Any) -> int:
    return lots.appliquer(session, vu=vu, jeton=jeton, now=NOW, **({"by": cast.secretaire} | autre))


def annuler(session: Session, cast: Cast, id: int) -> None:
    operations.annuler(session, id=id, now=NOW, by=cast.secretaire)


def vus(essai: EssaiLot) -> list[tuple[str, Sort, str, str]]:
    return [(x.nom, x.sort, x.avant, x.apres) for x in essai.lignes]


# --- one field --------------------------------------------------------------------------------------------------------


def test_a_category_is_changed_found_journaled_once_and_undone(session: Session, cast: Cast) -> None:
    avant = tout(session)
    vu = essai(session, Geste.CATEGORIE, "Erilia", "Habitat 17", "Tremplin 17", ids=(categorie(session, "Justice"),))
    assert vus(vu)[0] == ("Erilia", Sort.CHANGE, "Bailleur social", "Justice")
    assert tout(session) == avant  # a dry run writes nothing
    version = row(session, "Erilia").version
    id = appliquer(session, cast, vu)
    erilia = row(session, "Erilia")
    assert (erilia.categorie_id, erilia.version) == (categorie(session, "Justice"), version + 1)
    assert "Erilia" in [p.nom for p in annuaire.chercher(session, filtre=Filtre(texte="erilia justice")).lignes]
    lignes = session.exec(select(Journal).where(Journal.acte == "operation.lot")).all()
    assert [x.resume for x in lignes] == ["3 partenaires : catégorie « Justice »"]
    annuler(session, cast, id)
    assert tout(session) == avant
    assert row(session, "Erilia").version == version + 2  # a form opened meanwhile does not save over it


def test_those_already_so_are_said_and_left_alone(session: Session, cast: Cast) -> None:
    version = row(session, "Erilia").version
    vu = essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte=f" {row(session, 'Erilia').commune} ")
    assert {x.nom: x.sort for x in vu.lignes}["Erilia"] is Sort.DEJA
    session.exec(select(Partenaire).where(Partenaire.nom == "Habitat 17")).one().commune = "Ailleurs"
    session.flush()
    vu = essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte=row(session, "Erilia").commune)
    assert vu.nombres() == {Sort.CHANGE: 1, Sort.DEJA: 1, Sort.REFUSE: 0}
    appliquer(session, cast, vu)
    assert row(session, "Habitat 17").commune == row(session, "Erilia").commune
    assert row(session, "Erilia").version == version
    with pytest.raises(Invalid, match="Rien à appliquer"):
        appliquer(session, cast, essai(session, Geste.COMMUNE, "Erilia", texte=row(session, "Erilia").commune), "k")


def test_a_sub_category_is_searched_at_once(session: Session, cast: Cast) -> None:
    appliquer(session, cast, essai(session, Geste.SOUS_CATEGORIE, "Erilia", texte="Résidence étudiante"))
    assert [p.nom for p in annuaire.chercher(session, filtre=Filtre(texte="etudiante")).lignes] == ["Erilia"]


# --- secteurs ---------------------------------------------------------------------------------------------------------


def poser(session: Session, nom: str, *secteurs: str) -> None:
    id = row(session, nom).id
    for lien in session.exec(select(PartenaireSecteur).where(PartenaireSecteur.partenaire_id == id)).all():
        session.delete(lien)
    session.flush()
    session.add_all(PartenaireSecteur(partenaire_id=id, secteur_id=secteur(session, s)) for s in secteurs)
    session.flush()


MIREUIL = "Mireuil"


@pytest.mark.parametrize(
    ("geste", "attendus"),
    [
        (
            Geste.AJOUTER_SECTEURS,
            {"un": (Sort.CHANGE, "{T}", "{M}, {T}"), "deux": (Sort.DEJA, "{M}, {T}", "{M}, {T}"), "ville": Sort.DEJA},
        ),
        (
            Geste.RETIRER_SECTEURS,
            {"un": (Sort.DEJA, "{T}", "{T}"), "deux": (Sort.CHANGE, "{M}, {T}", "{T}"), "ville": Sort.DEJA},
        ),
        (
            Geste.REMPLACER_SECTEURS,
            {"un": (Sort.CHANGE, "{T}", "{M}"), "deux": (Sort.CHANGE, "{M}, {T}", "{M}"), "ville": Sort.CHANGE},
        ),
    ],
)
def test_secteurs_are_added_taken_away_or_replaced(
    session: Session, cast: Cast, geste: Geste, attendus: dict[str, Any]
) -> None:
    noms = {s.nom for s in listes.secteurs(session)}
    m, t = MIREUIL, next(n for n in noms if n.startswith("Tasdon"))
    for nom, places in (("Erilia", (t,)), ("Habitat 17", (m, t)), ("Tremplin 17", ())):
        poser(session, nom, *places)
    avant = tout(session)
    version = row(session, "Habitat 17").version
    vu = essai(session, geste, "Erilia", "Habitat 17", "Tremplin 17", ids=(secteur(session, m),))
    lignes = {x.nom: x for x in vu.lignes}
    for part, nom in (("un", "Erilia"), ("deux", "Habitat 17")):
        sort, de, vers = attendus[part]
        x = lignes[nom]
        assert (x.sort, x.avant, x.apres) == (sort, de.format(M=m, T=t), vers.format(M=m, T=t))
    assert lignes["Tremplin 17"].sort is attendus["ville"]
    id = appliquer(session, cast, vu)
    for x in vu.lignes:
        textes = fiches.en_texte(fiches.get(session, id=x.id))["secteurs"]
        assert textes == x.apres
    appliquee = version + (lignes["Habitat 17"].sort is Sort.CHANGE)
    assert row(session, "Habitat 17").version == appliquee
    annuler(session, cast, id)
    assert tout(session) == avant
    # A form opened between the two shows secteurs that are no longer there: it may not save them.
    assert (row(session, "Habitat 17").version > appliquee) is (lignes["Habitat 17"].sort is Sort.CHANGE)


def test_the_last_secteur_is_not_taken_away_for_that_would_mean_the_whole_town(session: Session, cast: Cast) -> None:
    poser(session, "Erilia", MIREUIL)
    vu = essai(session, Geste.RETIRER_SECTEURS, "Erilia", ids=(secteur(session, MIREUIL),))
    assert vu.lignes[0].sort is Sort.REFUSE
    assert "plus dans aucun secteur" in vu.lignes[0].motif


# --- instance, archive ------------------------------------------------------------------------------------------------


def test_seats_there_stay_archived_ones_are_refused_the_rest_come_last(session: Session, cast: Cast) -> None:
    id = instance(session)
    for nom in ("Habitat 17", "Erilia"):
        session.add(Siege(instance_id=id, partenaire_id=row(session, nom).id, fonction="Cheffe d’agence", ordre=4))
    assert essai(session, Geste.ARCHIVER, "Tremplin 17").resume == "archivage"
    assert essai(session, Geste.RESTAURER, "Tremplin 17").resume == "restauration"
    appliquer(session, cast, essai(session, Geste.ARCHIVER, "Tremplin 17"), "a")
    avant = tout(session)
    vu = essai(session, Geste.INSTANCE, "Habitat 17", "Tremplin 17", "Caisse d'allocations familiales", ids=(id,))
    assert {x.nom: x.sort for x in vu.lignes} == {
        "Habitat 17": Sort.DEJA,
        "Tremplin 17": Sort.REFUSE,
        "Caisse d'allocations familiales": Sort.CHANGE,
    }
    assert next(x.motif for x in vu.lignes if x.sort is Sort.REFUSE) == "est archivé : restaurez-le d’abord"
    operation = appliquer(session, cast, vu)
    membres = sieges.membres(session, instance_id=id)
    assert [(m.partenaire, m.fonction) for m in membres][2:] == [("Caisse d'allocations familiales", "")]
    annuler(session, cast, operation)
    assert tout(session) == avant


def test_an_instance_takes_no_more_than_its_members(session: Session, cast: Cast) -> None:
    id = instance(session)
    tous = annuaire.ids(session, filtre=Filtre())
    session.add_all(Siege(instance_id=id, partenaire_id=tous[0], fonction=f"f{n}") for n in range(58))
    session.flush()
    vu = lots.essai(session, changement=Changement(Geste.INSTANCE, (id,)), ids=tous[:5])
    assert vu.nombres() == {Sort.CHANGE: 2, Sort.DEJA: 1, Sort.REFUSE: 2}
    appliquer(session, cast, vu)
    assert len(sieges.membres(session, instance_id=id)) == sieges.MEMBRES_MAX


def test_archive_then_restore(session: Session, cast: Cast) -> None:
    appliquer(session, cast, essai(session, Geste.ARCHIVER, "Erilia"), "a")
    assert row(session, "Erilia").archive_le == NOW
    vu = essai(session, Geste.ARCHIVER, "Erilia", "Habitat 17")
    assert [x.sort for x in vu.lignes] == [Sort.DEJA, Sort.CHANGE]
    appliquer(session, cast, essai(session, Geste.RESTAURER, "Erilia"), "b")
    assert row(session, "Erilia").archive_le is None


# --- what is refused --------------------------------------------------------------------------------------------------


def modifier(session: Session, cast: Cast, nom: str, **champs: Any) -> None:
    f = fiches.get(session, id=row(session, nom).id)
    saisie = Saisie(nom=f.nom, categorie_id=f.categorie_id, secteurs=list(f.secteurs), **champs)
    fiches.modifier(session, id=f.id, saisie=saisie, version=f.version, by=cast.collaborateur)


def test_one_changed_by_a_colleague_since_refuses_all_by_name(session: Session, cast: Cast) -> None:
    vu = essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte="Aytré")
    modifier(session, cast, "Erilia", note="Revue")
    avant = tout(session)
    with pytest.raises(Conflict, match="« Erilia »"):
        appliquer(session, cast, vu)
    assert tout(session) == avant
    assert not session.get(JetonUtilise, "j")
    appliquer(session, cast, essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte="Aytré"))  # read again
    assert row(session, "Erilia").commune == "Aytré"


def test_what_it_was_to_become_may_have_gone(session: Session, cast: Cast) -> None:
    id = instance(session)
    vu = essai(session, Geste.INSTANCE, "Erilia", ids=(id,))
    session.get_one(Instance, id).archive = True
    session.flush()
    with pytest.raises(Conflict, match="Le carnet a changé"):
        appliquer(session, cast, vu)


def test_a_second_click_writes_nothing_more(session: Session, cast: Cast) -> None:
    vu = essai(session, Geste.COMMUNE, "Erilia", texte="Aytré")
    assert appliquer(session, cast, vu) == appliquer(session, cast, vu)
    assert session.exec(select(func.count()).select_from(Operation)).one() == 1


def test_undo_is_refused_by_the_name_of_what_a_colleague_changed(session: Session, cast: Cast) -> None:
    id = appliquer(session, cast, essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte="Aytré"))
    modifier(session, cast, "Habitat 17", commune="Périgny")
    with pytest.raises(Conflict, match="« Habitat 17 »"):
        annuler(session, cast, id)
    assert row(session, "Erilia").commune == "Aytré"


@pytest.mark.parametrize("geste", [Geste.AJOUTER_SECTEURS, Geste.INSTANCE])
def test_undo_names_the_partenaire_whose_secteur_or_seat_went(session: Session, cast: Cast, geste: Geste) -> None:
    poser(session, "Erilia", next(s.nom for s in listes.secteurs(session) if s.nom != MIREUIL))
    but = instance(session) if geste is Geste.INSTANCE else secteur(session, MIREUIL)
    id = appliquer(session, cast, essai(session, geste, "Erilia", ids=(but,)))
    table: Any = Siege if geste is Geste.INSTANCE else PartenaireSecteur
    ou = col(table.instance_id if geste is Geste.INSTANCE else table.secteur_id) == but
    session.delete(session.exec(select(table).where(ou, table.partenaire_id == row(session, "Erilia").id)).one())
    session.flush()
    with pytest.raises(Conflict, match="« Erilia »"):
        annuler(session, cast, id)


@pytest.mark.parametrize(
    ("geste", "donnees", "dit"),
    [
        (Geste.CATEGORIE, {}, "une catégorie"),
        (Geste.CATEGORIE, {"ids": (99999,)}, "une catégorie"),
        (Geste.INSTANCE, {}, "une instance"),
        (Geste.AJOUTER_SECTEURS, {}, "un secteur"),
        (Geste.COMMUNE, {"texte": "  "}, "Indiquez la commune"),
        (Geste.SOUS_CATEGORIE, {"texte": "x" * 121}, "120 caractères"),
    ],
)
def test_a_change_without_a_value_is_refused(session: Session, geste: Geste, donnees: dict[str, Any], dit: str) -> None:
    with pytest.raises(Invalid, match=dit):
        essai(session, geste, "Erilia", **donnees)


def test_none_or_too_many(session: Session) -> None:
    for ids, dit in (([], "Cochez"), (range(1, lots.LIMITE + 2), "5 000")):
        with pytest.raises(Invalid, match=dit):
            lots.essai(session, changement=Changement(Geste.ARCHIVER), ids=ids)


def test_who_may_not_write_changes_nothing(session: Session, cast: Cast) -> None:
    vu = essai(session, Geste.ARCHIVER, "Erilia")
    with pytest.raises(Forbidden):
        appliquer(session, cast, vu, by=cast.elu)


def test_one_merged_away_meanwhile_is_named(session: Session, cast: Cast) -> None:
    vu = essai(session, Geste.COMMUNE, "Erilia", "Habitat 17", texte="Aytré")
    session.execute(PartenaireSecteur.__table__.delete())
    session.delete(row(session, "Erilia"))
    session.flush()
    with pytest.raises(BusinessError, match="« Erilia »"):
        appliquer(session, cast, vu)
