"""Pages of partenaires checked with them: the rule of a year, the order of the calls, and a check taken back."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from models import Action, Categorie, Fonction, Instance, Journal, Partenaire, Personne, SecteurVeille, Siege
from models.lists import EtatAction
from models.partenaire import PartenaireSecteur
from services.partenaires import fiches, verification
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie
from services.socle.erreurs import Conflict, Forbidden, NotFound
from services.socle.horloge import aujourdhui, utcnow
from tests.cast import Cast

TODAY = date(2026, 11, 24)
AN = timedelta(days=365)


@pytest.fixture
def quatre(session: Session) -> dict[str, int]:
    """Never checked; long ago; long ago but with a seat; a year ago to the day."""
    categorie = Categorie(nom="Association")
    session.add(categorie)
    session.flush()
    dates = {"Neuf": None, "Vieux": TODAY - 3 * AN, "Assis": TODAY - AN - timedelta(days=1), "Limite": TODAY - AN}
    rows = [
        Partenaire(nom=nom, recherche=f"{nom.lower()} |  | ", categorie_id=categorie.id, verifie_le=le)
        for nom, le in dates.items()
    ]
    session.add_all(rows)
    session.flush()
    ids = {p.nom: p.id for p in rows}
    instance = Instance(nom="Cellule", type="cellule_veille", frequence="mensuelle")
    session.add(instance)
    session.flush()
    session.add(Siege(instance_id=instance.id, partenaire_id=ids["Assis"]))
    session.flush()
    return ids


def noms(session: Session, **options: object) -> list[str]:
    return [x.nom for x in verification.liste(session, today=TODAY, **options).lignes]  # type: ignore[arg-type]


def version(session: Session, id: int) -> int:
    return fiches.get(session, id=id).version


def test_what_is_at_stake_then_the_oldest_and_a_year_is_not_over_on_its_day(
    session: Session, quatre: dict[str, int]
) -> None:
    assert noms(session) == ["Assis", "Neuf", "Vieux"]
    assert verification.nombre(session, today=TODAY) == 3
    assert verification.nombre(session, today=TODAY + timedelta(days=1)) == 4
    session.add(Action(quoi="Agir", pilote_id=quatre["Vieux"], echeance=TODAY))
    session.add(Action(quoi="Fait", pilote_id=quatre["Neuf"], echeance=TODAY, etat=EtatAction.REALISEE))
    session.flush()
    page = verification.liste(session, today=TODAY)
    assert [(x.nom, x.sieges, x.actions) for x in page.lignes] == [("Vieux", 0, 1), ("Assis", 1, 0), ("Neuf", 0, 0)]


def test_archived_ones_and_those_elsewhere_are_left_out(session: Session, quatre: dict[str, int]) -> None:
    session.get_one(Partenaire, quatre["Neuf"]).archive_le = utcnow()
    nord, sud = SecteurVeille(nom="Nord"), SecteurVeille(nom="Sud")
    session.add_all((nord, sud))
    session.flush()
    session.add(PartenaireSecteur(partenaire_id=quatre["Vieux"], secteur_id=nord.id))
    session.flush()
    assert noms(session) == ["Assis", "Vieux"]
    assert noms(session, filtre=Filtre(secteur_id=sud.id)) == ["Assis"]
    assert verification.nombre(session, today=TODAY, filtre=Filtre(secteur_id=nord.id)) == 2


def test_whom_to_call_is_on_the_row(session: Session, quatre: dict[str, int]) -> None:
    claire, jean = Personne(nom="Martin", prenom="Claire", telephone="05 46 51 51 51"), Personne(nom="Durand")
    session.add_all((claire, jean))
    session.flush()
    commun = {"partenaire_id": quatre["Neuf"], "debut": TODAY}
    session.add(Fonction(personne_id=claire.id, intitule="Directrice", **commun))
    session.add(Fonction(personne_id=jean.id, intitule="Directeur", fin=TODAY - timedelta(days=1), **commun))
    session.flush()
    neuf = next(x for x in verification.liste(session, today=TODAY).lignes if x.nom == "Neuf")
    assert [(f.personne, f.telephone) for f in neuf.personnes] == [("Claire Martin", "05 46 51 51 51")]


def test_rows_just_checked_keep_their_place(session: Session, cast: Cast, quatre: dict[str, int]) -> None:
    id = quatre["Assis"]
    avant = session.get_one(Partenaire, id).verifie_le
    verification.verifier(session, id=id, today=TODAY, version=version(session, id), by=cast.secretaire)
    assert noms(session) == ["Neuf", "Vieux"]
    page = verification.liste(session, today=TODAY, faites={id: avant}, par_page=2)
    assert [x.nom for x in page.lignes] == ["Assis", "Neuf"]
    assert (page.total, page.reste) == (3, 2)
    assert noms(session, faites={id: avant}, par_page=2, page=2) == ["Vieux"]


def test_checked_journaled_once_and_taken_back(session: Session, cast: Cast, quatre: dict[str, int]) -> None:
    id, today = quatre["Vieux"], aujourdhui()
    avant, vue = session.get_one(Partenaire, id).verifie_le, version(session, id)
    for _ in range(2):
        verification.verifier(session, id=id, today=today, version=vue, by=cast.secretaire)
    assert fiches.get(session, id=id).verifie_le == today
    assert verification.par(session, id=id, le=today) == cast.secretaire.nom
    verification.annuler(session, id=id, avant=avant, version=vue, by=cast.secretaire)
    assert fiches.get(session, id=id).verifie_le == avant
    assert verification.par(session, id=id, le=avant or today) == ""
    assert [j.acte for j in session.exec(select(Journal).where(Journal.objet_id == id).order_by(Journal.id))] == [
        "partenaire.verifier",
        "partenaire.annuler",
    ]


def test_what_a_colleague_changed_is_not_what_was_checked(session: Session, cast: Cast, quatre: dict[str, int]) -> None:
    id = quatre["Vieux"]
    fiche = fiches.get(session, id=id)
    nouvelle = Saisie(nom="Vieux", categorie_id=fiche.categorie_id, commune="Aytré")
    fiches.modifier(session, id=id, saisie=nouvelle, version=fiche.version, by=cast.collaborateur)
    with pytest.raises(Conflict, match="Vieux"):
        verification.verifier(session, id=id, today=TODAY, version=fiche.version, by=cast.secretaire)
    assert fiches.get(session, id=id).verifie_le == fiche.verifie_le, "nor did saving check anything"


def test_a_check_leaves_open_forms_alone(session: Session, cast: Cast, quatre: dict[str, int]) -> None:
    id = quatre["Neuf"]
    fiche = fiches.get(session, id=id)
    verification.verifier(session, id=id, today=TODAY, version=fiche.version, by=cast.secretaire)
    saisie = Saisie(nom="Neuf", categorie_id=fiche.categorie_id, commune="Aytré")
    fiches.modifier(session, id=id, saisie=saisie, version=fiche.version, by=cast.collaborateur)
    apres = fiches.get(session, id=id)
    assert (apres.commune, apres.verifie_le) == ("Aytré", TODAY)


def test_who_reads_only_checks_nothing(session: Session, cast: Cast, quatre: dict[str, int]) -> None:
    with pytest.raises(Forbidden):
        verification.verifier(session, id=quatre["Neuf"], today=TODAY, version=1, by=cast.elu)
    with pytest.raises(NotFound):
        verification.verifier(session, id=99_999, today=TODAY, version=1, by=cast.secretaire)


def test_an_import_checks_nothing(reference: None, session: Session) -> None:
    assert not session.exec(select(Partenaire).where(Partenaire.verifie_le != None)).all()  # noqa: E711
