"""Lists to write to: who is in, at which address, who is out; and who may take a file."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from models import Categorie, Fonction, Instance, Journal, Partenaire, PartenaireSecteur, Personne, SecteurVeille, Siege
from models.lists import Frequence, TypeReunion
from services.actions import avancement, suivi
from services.commun import exports
from services.commun.exports import Format
from services.partenaires import autres_coordonnees, diffusion
from services.partenaires.annuaire import Filtre
from services.partenaires.autres_coordonnees import Autre
from services.partenaires.diffusion import Compte, Demande, Destinataire, Qui, SansAdresse
from services.socle import journal, pli
from services.socle.erreurs import Forbidden, Invalid
from tests.cast import ROLES, Cast

TODAY = date(2026, 11, 24)
HIER, DEMAIN = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


class Carnet:
    """A few partenaires and people, written as the commands would."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.bailleur, self.autre = Categorie(nom="Bailleur social"), Categorie(nom="Association")
        self.mireuil = SecteurVeille(nom="Mireuil")
        session.add_all([self.bailleur, self.autre, self.mireuil])
        session.flush()
        self.instance = Instance(nom="Cellule", type=TypeReunion.CELLULE, frequence=Frequence.SEMESTRIELLE)
        session.add(self.instance)
        session.flush()

    def partenaire(self, nom: str, *, categorie: Categorie | None = None, **champs: Any) -> int:
        c = categorie or self.autre
        row = Partenaire(nom=nom, categorie_id=c.id, recherche=pli.partenaire(nom, "", c.nom, ""), **champs)
        self.session.add(row)
        self.session.flush()
        return row.id

    def personne(
        self, partenaire_id: int, nom: str, courriel: str = "", *, debut: date = HIER, fin: date | None = None,
        intitule: str = "Contact", id: int | None = None,
    ) -> tuple[int, int]:  # fmt: skip
        if id is None:
            row = Personne(nom=nom, prenom="P", courriel=courriel, recherche=nom.lower())
            self.session.add(row)
            self.session.flush()
            id = row.id
        f = Fonction(personne_id=id, partenaire_id=partenaire_id, intitule=intitule, debut=debut, fin=fin)
        self.session.add(f)
        self.session.flush()
        return id, f.id

    def siege(self, partenaire_id: int, fonction: str = "", fonction_id: int | None = None) -> None:
        self.session.add(
            Siege(
                instance_id=self.instance.id,
                partenaire_id=partenaire_id,
                fonction=fonction,
                fonction_id=fonction_id,
            )
        )
        self.session.flush()


@pytest.fixture
def carnet(session: Session) -> Carnet:
    return Carnet(session)


@pytest.fixture
def lus(session: Session, cast: Cast) -> Callable[..., list[Destinataire]]:
    def lire(qui: Qui = Qui.PERSONNES, **filtre: Any) -> list[Destinataire]:
        return diffusion.destinataires(session, demande=Demande(Filtre(**filtre), qui, TODAY), by=cast.secretaire)

    return lire


def compte(session: Session, cast: Cast, qui: Qui = Qui.PERSONNES, **filtre: Any) -> Compte:
    return diffusion.compter(session, demande=Demande(Filtre(**filtre), qui, TODAY), by=cast.secretaire)


def adresses(destinataires: list[Destinataire]) -> list[str]:
    return [d.ecrire_a for d in destinataires]


def test_people_in_function_and_the_partenaire_where_there_is_none(carnet: Carnet, lus: Any) -> None:
    oph = carnet.partenaire("OPH", courriel="oph@x.fr")
    carnet.personne(oph, "Actuelle", "actuelle@x.fr")
    carnet.personne(oph, "Partie", "partie@x.fr", fin=HIER)
    carnet.personne(oph, "Dernier jour", "dernier@x.fr", fin=TODAY)
    carnet.personne(oph, "A venir", "avenir@x.fr", debut=DEMAIN)
    vide = carnet.partenaire("Vide", courriel="vide@x.fr")
    carnet.personne(vide, "Partie aussi", "partie2@x.fr", fin=HIER)
    assert adresses(lus()) == ["actuelle@x.fr", "dernier@x.fr", "vide@x.fr"]
    assert adresses(lus(Qui.ORGANISATIONS)) == ["oph@x.fr", "vide@x.fr"]


def test_archived_are_out_whatever_the_filter(carnet: Carnet, session: Session, cast: Cast, lus: Any) -> None:
    archive = carnet.partenaire("Archivé", courriel="a@x.fr", archive_le=datetime(2026, 1, 1, tzinfo=UTC))
    carnet.personne(archive, "Restée", "restee@x.fr")
    carnet.partenaire("Actif", courriel="b@x.fr")
    for etat in ("actifs", "tous"):
        assert adresses(lus(etat=etat)) == ["b@x.fr"]
    assert lus(etat="archives") == []
    assert compte(session, cast, etat="archives") == Compte(0, 0, 0, 0, 0)


def test_by_category_and_secteur(carnet: Carnet, session: Session, lus: Any) -> None:
    ici = carnet.partenaire("Bailleur d’ici", categorie=carnet.bailleur, courriel="ici@x.fr")
    session.add(PartenaireSecteur(partenaire_id=ici, secteur_id=carnet.mireuil.id))
    carnet.partenaire("Bailleur de toute la ville", categorie=carnet.bailleur, courriel="ville@x.fr")
    carnet.partenaire("Association", courriel="asso@x.fr")
    trouves = lus(Qui.ORGANISATIONS, categorie_id=carnet.bailleur.id, secteur_id=carnet.mireuil.id)
    assert adresses(trouves) == ["ici@x.fr", "ville@x.fr"]
    assert trouves[0].secteurs == ("Mireuil",)
    assert trouves[0].categorie == "Bailleur social"


def test_members_are_who_holds_the_seats_else_the_partenaire(carnet: Carnet, lus: Any) -> None:
    tenu, libre, dehors = (carnet.partenaire(n, courriel=f"{n}@x.fr") for n in ("tenu", "libre", "dehors"))
    _, titulaire = carnet.personne(tenu, "Titulaire", "titulaire@x.fr", intitule="Directrice")
    carnet.personne(tenu, "Collègue", "collegue@x.fr")
    _, partie = carnet.personne(libre, "Partie", "partie@x.fr", fin=HIER)
    carnet.personne(dehors, "Dehors", "dehors2@x.fr")
    carnet.siege(tenu, "Directrice", titulaire)
    carnet.siege(libre, "Chef", partie)
    assert adresses(lus(Qui.MEMBRES, instance_id=carnet.instance.id)) == ["libre@x.fr", "titulaire@x.fr"]
    assert set(adresses(lus(Qui.PERSONNES, instance_id=carnet.instance.id))) == {
        "titulaire@x.fr", "collegue@x.fr", "libre@x.fr",
    }  # fmt: skip


def test_every_number_of_a_person_is_there(carnet: Carnet, session: Session, lus: Any) -> None:
    """A list taken along on a telephone without the mobile numbers would be of no use."""
    id, _ = carnet.personne(carnet.partenaire("OPH"), "Exemple", "e@x.fr")
    autres_coordonnees.poser(session, personne_id=id, autres=[Autre("06 11 22 33 44", "portable"), Autre("b@x.fr")])
    (d,) = lus()
    assert [a.valeur for a in d.autres] == ["06 11 22 33 44", "b@x.fr"]
    assert d.ecrire_a == "e@x.fr"


def test_members_of_no_instance_are_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="Choisissez d’abord l’instance"):
        compte(session, cast, Qui.MEMBRES)


def test_counts_each_address_once_and_names_who_has_none(carnet: Carnet, session: Session, cast: Cast) -> None:
    oph = carnet.partenaire("OPH", courriel="Accueil@x.fr", adresse="1 rue X, 17000")
    carnet.personne(oph, "Propre", "propre@x.fr")
    carnet.personne(oph, "Sans", "")
    carnet.personne(oph, "Double", "accueil@X.fr")
    muet = carnet.partenaire("Muet")
    carnet.personne(muet, "Injoignable", "")
    carnet.partenaire("Vide")
    assert compte(session, cast) == Compte(destinataires=5, adresses=2, sans_adresse=2, relayes=1, postales=3)
    assert compte(session, cast).doubles == 1
    demande = Demande(Filtre(), Qui.PERSONNES, TODAY)
    lire = diffusion.sans_adresse
    assert lire(session, demande=demande, by=cast.secretaire) == [
        SansAdresse(muet, "Muet", "P Injoignable"), SansAdresse(muet + 1, "Vide", ""),
    ]  # fmt: skip
    assert [s.partenaire for s in lire(session, demande=demande, page=2, par_page=1, by=cast.secretaire)] == ["Vide"]


def test_two_functions_at_one_place_are_one_recipient(carnet: Carnet, session: Session, cast: Cast, lus: Any) -> None:
    oph, autre = carnet.partenaire("OPH"), carnet.partenaire("Autre")
    id, _ = carnet.personne(oph, "Double", "d@x.fr", intitule="Directrice")
    carnet.personne(oph, "Double", intitule="Référente", id=id)
    carnet.personne(autre, "Double", intitule="Trésorière", id=id)
    assert [(d.partenaire, d.fonction) for d in lus()] == [("Autre", "Trésorière"), ("OPH", "Directrice, Référente")]
    assert compte(session, cast) == Compte(2, 1, 0, 0, 0)


def ordres(session: Session, faire: Callable[[], object]) -> list[tuple[str, Any]]:
    """What a query says to the base: each statement and its parameters."""
    dits: list[tuple[str, Any]] = []
    moteur = session.connection().engine

    def noter(*args: Any) -> None:
        dits.append((args[2], args[3]))

    event.listen(moteur, "before_cursor_execute", noter)
    try:
        faire()
    finally:
        event.remove(moteur, "before_cursor_execute", noter)
    return dits


def test_counting_reads_no_list(carnet: Carnet, session: Session, cast: Cast) -> None:
    """One statement, one row: a directory of thousands opens as fast."""
    for n in range(30):
        carnet.partenaire(f"P{n:02}", courriel=f"p{n}@x.fr")
    assert len(ordres(session, lambda: compte(session, cast))) == 1


@pytest.mark.sqlite
@pytest.mark.parametrize("qui", [Qui.PERSONNES, Qui.ORGANISATIONS])
def test_counting_reads_no_table_for_each_partenaire(qui: Qui, carnet: Carnet, session: Session, cast: Cast) -> None:
    ((ordre, valeurs),) = ordres(session, lambda: compte(session, cast, qui))
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {ordre}", valeurs).all()
    etapes = [str(ligne[3]) for ligne in plan]
    assert any("SEARCH fonction" in e for e in etapes), etapes
    assert not any("SCAN fonction" in e or "SCAN personne" in e for e in etapes), etapes


# --- files ----------------------------------------------------------------------------------------------------------


def test_an_export_is_in_the_journal_without_any_name(carnet: Carnet, session: Session, cast: Cast) -> None:
    oph = carnet.partenaire("OPH", categorie=carnet.bailleur, courriel="oph@x.fr")
    carnet.personne(oph, "Nominative", "n@x.fr")
    demande = Demande(Filtre(texte="oph", categorie_id=carnet.bailleur.id), Qui.PERSONNES, TODAY)
    diffusion.exporter(session, demande=demande, format=Format.EXCEL, by=cast.collaborateur)
    session.flush()
    (ligne,) = session.exec(select(Journal)).all()
    assert (ligne.agent_id, ligne.acte, ligne.objet) == (cast.collaborateur.id, "export.exporter", "export")
    attendu = "Export Excel : liste de diffusion « Les personnes en fonction – Bailleur social », 1 ligne"
    assert ligne.resume == attendu
    depuis = datetime(2000, 1, 1, tzinfo=UTC)
    assert journal.dernier(session, agent_id=cast.collaborateur.id, depuis=depuis) is None


def test_labels_are_for_those_with_a_postal_address(carnet: Carnet, session: Session, cast: Cast) -> None:
    carnet.partenaire("Avec", adresse="1 rue X")
    carnet.partenaire("Sans", courriel="s@x.fr")
    demande = Demande(Filtre(), Qui.ORGANISATIONS, TODAY)
    faire = diffusion.exporter
    assert [d.partenaire for d in faire(session, demande=demande, format=Format.ETIQUETTES, by=cast.secretaire)] == [
        "Avec"
    ]
    assert len(faire(session, demande=demande, format=Format.CSV, by=cast.secretaire)) == 2


def test_actions_exported_are_all_those_of_the_filter(carnet: Carnet, session: Session, cast: Cast) -> None:
    oph = carnet.partenaire("OPH")
    for n in range(30):
        avancement.creer(
            session, quoi=f"Action {n}", pilote_id=oph, echeance=HIER, instance_id=None, today=TODAY, by=cast.secretaire
        )
    lire = suivi.exporter
    assert len(lire(session, format=Format.CSV, by=cast.secretaire, today=TODAY, etat=suivi.Filtre.EN_RETARD)) == 30
    assert lire(session, format=Format.CSV, by=cast.secretaire, today=TODAY, etat=suivi.Filtre.REALISEES) == []
    resumes = session.exec(select(Journal.resume).where(Journal.objet == "export").order_by(Journal.id)).all()
    assert list(resumes) == ["Export CSV : actions, 30 lignes", "Export CSV : actions, 0 ligne"]


@pytest.mark.parametrize("role", list(ROLES))
def test_who_may_take_what(role: str, carnet: Carnet, session: Session, cast: Cast) -> None:
    carnet.partenaire("OPH", courriel="oph@x.fr")
    by = getattr(cast, role)
    demande = Demande(Filtre(), Qui.PERSONNES, TODAY)
    gestes: list[Callable[[], object]] = [
        lambda: diffusion.compter(session, demande=demande, by=by),
        lambda: diffusion.destinataires(session, demande=demande, by=by),
        lambda: diffusion.sans_adresse(session, demande=demande, by=by),
        *(lambda f=f: diffusion.exporter(session, demande=demande, format=f, by=by) for f in Format),  # type: ignore[misc]
        lambda: suivi.exporter(session, today=TODAY, format=Format.EXCEL, by=by),
        lambda: exports.noter(session, quoi="autre", format=Format.CSV, lignes=1, by=by),
    ]
    for geste in gestes:
        if role == "elu":
            with pytest.raises(Forbidden):
                geste()
        else:
            geste()
    session.flush()
    assert len(session.exec(select(Journal)).all()) == (0 if role == "elu" else len(Format) + 2)


def test_the_note_of_a_partenaire_stays_at_home(carnet: Carnet, lus: Any) -> None:
    carnet.partenaire("OPH", courriel="oph@x.fr", note="à ne pas diffuser")
    (d,) = lus()
    assert "à ne pas diffuser" not in repr(d)
