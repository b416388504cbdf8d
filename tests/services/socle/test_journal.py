"""The journal as it is read: filters, pages, links, rights."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from models import Categorie, Journal, Partenaire
from services.commun import operations
from services.commun.listes import Famille
from services.partenaires import fiches
from services.partenaires.fiches import Saisie
from services.socle import journal
from services.socle.erreurs import Forbidden
from services.socle.horloge import utcnow
from services.socle.journal import FAMILLES, Filtre
from tests.cast import Cast
from tests.sources import sources


@pytest.fixture
def regie(session: Session, cast: Cast) -> int:
    session.add(categorie := Categorie(nom="Associations"))
    session.flush()
    saisie = Saisie(nom="Régie de l’Îlot", categorie_id=categorie.id)
    return fiches.creer(session, saisie=saisie, jeton="r", by=cast.secretaire)


def resumes(session: Session, cast: Cast, **filtre: object) -> list[str]:
    page = journal.chercher(session, filtre=Filtre(**filtre), by=cast.responsable)  # type: ignore[arg-type]
    return [x.resume for x in page.lignes]


def test_latest_first_by_page_with_who_and_a_link(session: Session, cast: Cast, regie: int) -> None:
    for n in range(30):
        journal.note(session, by=cast.collaborateur, acte="x", objet="theme", objet_id=n, resume=f"Thème {n}")
    premiere, suivante = (journal.chercher(session, filtre=Filtre(), by=cast.secretaire, page=n) for n in (1, 2))
    assert premiere.total == 31
    assert [x.resume for x in premiere.lignes] == [f"Thème {n}" for n in range(29, 4, -1)]
    derniere = suivante.lignes[-1]
    assert (derniere.agent, derniere.vers) == (cast.secretaire.nom, ("partenaire", regie))
    assert premiere.lignes[0].vers is None


def test_filters(session: Session, cast: Cast, regie: int) -> None:
    journal.note(session, by=cast.collaborateur, acte="x", objet="theme", objet_id=1, resume="Thème Œuvre ajouté")
    assert len(resumes(session, cast, texte="regie ilot")) == 1
    assert resumes(session, cast, texte="OEUVRE theme") == ["Thème Œuvre ajouté"]
    assert resumes(session, cast, agent_id=cast.collaborateur.id) == ["Thème Œuvre ajouté"]
    assert resumes(session, cast, famille="Listes") == ["Thème Œuvre ajouté"]
    assert resumes(session, cast, depuis=utcnow() + timedelta(minutes=1)) == []
    assert len(resumes(session, cast, depuis=utcnow() - timedelta(minutes=1))) == 2
    assert not resumes(session, cast, texte="100%_")


def test_a_deleted_object_has_no_link(session: Session, cast: Cast, regie: int) -> None:
    session.delete(session.get_one(Partenaire, regie))
    session.flush()
    assert journal.chercher(session, filtre=Filtre(), by=cast.secretaire).lignes[0].vers is None


def test_accounts_are_for_those_who_keep_them_and_the_elue_reads_nothing(session: Session, cast: Cast) -> None:
    journal.note(session, by=cast.responsable, acte="x", objet="agent", objet_id=1, resume="Compte verrouillé")
    assert resumes(session, cast) == ["Compte verrouillé"]
    assert not journal.chercher(session, filtre=Filtre(), by=cast.secretaire).total
    with pytest.raises(Forbidden):
        journal.chercher(session, filtre=Filtre(), by=cast.elu)


def test_every_object_is_in_the_filter_once() -> None:
    connus = [objet for objets in FAMILLES.values() for objet in objets]
    dits = {o for f in sources("services") for o in re.findall(r'\bobjet="([a-z_]+)"', f.read_text())}
    assert {f.value for f in Famille} | dits <= set(connus)
    assert len(connus) == len(set(connus))


def test_an_act_is_spelt_one_way(session: Session, cast: Cast) -> None:
    """The verb where it is written, "objet.verbe" where it is kept."""
    journal.note(session, by=cast.secretaire, acte="creer", objet="theme", objet_id=1, resume="x")
    journal.note(session, by=cast.secretaire, acte="piece.retirer", objet="reunion", objet_id=1, resume="x")
    assert session.exec(select(Journal.acte).order_by(col(Journal.id))).all() == ["theme.creer", "piece.retirer"]
    for f in sources("services"):
        for acte, objet in re.findall(r'acte=f?"([a-z_]+)\.[^"]*",\s+objet="([a-z_]+)"', f.read_text()):
            assert acte != objet, f"{f.name} : acte=« {acte}.… » répète objet=« {objet} »"


def test_a_large_change_is_known_by_its_line_and_says_what_would_come_back(
    session: Session, cast: Cast, regie: int
) -> None:
    with operations.suivre(session, acte="importer", resume="Import", now=utcnow(), by=cast.secretaire) as suivi:
        row = session.get_one(Partenaire, regie)
        suivi.retenir(row)
        row.commune = "Aytré"
        neuf = Partenaire(nom="Neuf", categorie_id=row.categorie_id)
        session.add(neuf)
        suivi.ajouter(neuf)
    assert operations.ce_qui_reviendrait(session, id=suivi.id) == (
        "retirés : 1 partenaire ; remis comme avant : 1 partenaire"
    )
    operations.annuler(session, id=suivi.id, now=utcnow(), by=cast.secretaire)
    annulation, faite, _ = journal.chercher(session, filtre=Filtre(), by=cast.secretaire).lignes
    assert (annulation.operation_id, faite.operation_id) == (None, suivi.id)
    assert faite.annulee_le
