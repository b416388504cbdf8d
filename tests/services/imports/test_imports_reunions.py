"""Past actions and past meetings that come in from tables."""

from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from models import Action, EvenementAction, Instance, Lieu, Partenaire, Presence, Releve, Reunion
from models.lists import EtatAction, EtatPresence, EtatReleve, EtatReunion
from services.actions import suivi
from services.commun import operations
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.imports.importation import Demande, Essai, Etat, heure, importer, jour
from services.imports.imports_actions import preparer_actions
from services.imports.imports_reunions import preparer_reunions
from services.socle.erreurs import Conflict
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.imports.test_imports_carnet import FICHIERS, etats, tout

TODAY = date(2026, 11, 24)
PREPARER = {Nature.ACTIONS: preparer_actions, Nature.REUNIONS: preparer_reunions}
ACTIONS = (
    "Action;Pilote;Échéance;État;Réunion;Motif\n"
    "Réparer la lampe du passage;PM;14/03/2025;Réalisée;Technique Mireuil;\n"
    "Fermer le hall;Habitat 17;3 avril 2025;abandonnée;;Plus d’occupation\n"
    "Poser un banc;PM;2027-01-31;;;\n"
)
REUNIONS = (
    "Instance;Date;Heure;Salle;Présents;Excusés;Habitants\n"
    "Réunion technique – Mireuil;14/03/2025;9h30;Maison de quartier;PM, Habitat 17;;\n"
    "Cellule de veille – Centre-ville;2 avril 2025;;;PM;Habitat 17;12\n"
)
EXCUSE = "Instance;Date;Heure;Présents;Excusés\nRéunion technique – Mireuil;14/03/2025;9h30;;PM\n"


pytestmark = pytest.mark.usefixtures("reference")


def demande(texte: str) -> tuple[Nature, Demande]:
    t = colonnes.tableau(fichiers.lire(texte.encode())[0])
    nature = colonnes.nature(t)
    return nature, Demande(colonnes.lire(t, colonnes.deviner(t, nature), nature), TODAY)


def essai(session: Session, texte: str) -> Essai:
    nature, d = demande(texte)
    return PREPARER[nature](session, d).essai


def ecrire(session: Session, texte: str, cast: Cast, *, jeton: str = "j") -> int:
    nature, d = demande(texte)
    return importer(
        session, preparer=PREPARER[nature], demande=d, vu=essai(session, texte), fichier="f.csv", jeton=jeton,
        now=utcnow(), by=cast.secretaire,
    )  # fmt: skip


def test_actions_come_in_with_their_state_and_history_and_go_again(session: Session, cast: Cast) -> None:
    avant = tout(session)
    assert etats(essai(session, ACTIONS)) == ["nouveau"] * 3
    id = ecrire(session, ACTIONS, cast)
    lampe, hall, banc = session.exec(select(Action).order_by(Action.echeance)).all()
    assert (lampe.etat, lampe.terminee_le) == (EtatAction.REALISEE, date(2025, 3, 14))
    assert session.get_one(Instance, lampe.instance_id).nom == "Réunion technique – Mireuil"
    assert (hall.etat, hall.motif) == (EtatAction.ABANDONNEE, "Plus d’occupation")
    assert (banc.etat, banc.terminee_le, banc.instance_id) == (EtatAction.A_FAIRE, None, None)
    assert len(session.exec(select(EvenementAction)).all()) == 3
    assert etats(essai(session, ACTIONS)) == ["identique"] * 3
    operations.annuler(session, id=id, now=utcnow(), by=cast.secretaire)
    assert tout(session) == avant


def test_a_partenaire_goes_by_a_part_of_its_name_and_a_near_one_is_told(session: Session) -> None:
    """« Police nationale » is the commissariat: told to add it, staff would make a second one."""
    qui = ("Police nationale", "Police municipale / OPH", "Centre social", "Inconnue SARL")
    e = essai(session, "Action;Pilote;Échéance\n" + "".join(f"Agir {n};{q};14/03/2025\n" for n, q in enumerate(qui)))
    assert etats(e) == ["nouveau", "refuse", "refuse", "refuse"]
    assert e.lignes[0].champs[0].apres == "Police nationale - commissariat de La Rochelle"
    assert "écrivez « Ville de La Rochelle - Police municipale » ou « " in e.lignes[1].motif
    assert e.lignes[2].motif.count("« Centre soci") == 4, "the cell, then three to choose from"
    assert e.lignes[3].motif.endswith("ajoutez-le d’abord.")


@pytest.mark.parametrize("horaire", ["14h30-16h", "de 14 h 30 à 16 h", "14:30 – 16:00"])
def test_both_hours_in_one_cell(horaire: str, session: Session, cast: Cast) -> None:
    ecrire(session, f"Instance;Date;Heure;Présents\nRéunion technique – Mireuil;14/03/2025;{horaire};PM\n", cast)
    r = session.exec(select(Reunion)).one()
    assert (r.debut, r.fin) == (datetime(2025, 3, 14, 14, 30), datetime(2025, 3, 14, 16, 0))


def test_a_known_action_moves_on_and_none_is_opened_again(session: Session, cast: Cast) -> None:
    ecrire(session, ACTIONS, cast)
    suite = "Action;Pilote;Échéance\nréparer la lampe du passage;PM;14/03/2025\nPoser un banc;PM;15/02/2027\n"
    lignes = essai(session, suite).lignes
    assert [x.etat for x in lignes] == [Etat.IDENTIQUE, Etat.MODIFIE]
    assert [(c.libelle, c.avant, c.apres) for c in lignes[1].champs] == [("Échéance", "31/01/2027", "15/02/2027")]
    ecrire(session, suite, cast, jeton="k")
    banc = session.exec(select(Action).where(Action.quoi == "Poser un banc")).one()
    assert len(suivi.historique(session, id=banc.id)) == 2


@pytest.mark.parametrize(
    ("ligne", "mot"),
    [
        ("X;Inconnu;14/03/2025;;", "« Inconnu » : aucun partenaire"),
        ("X;PM;bientôt;;", "date n’est pas comprise"),
        ("X;PM;;;", "échéance"),
        (";PM;14/03/2025;;", "ce qui est décidé"),
        ("X;PM;14/03/2025;peut-être;", "À faire, En cours"),
        ("X;PM;14/03/2025;Abandonnée;", "pourquoi"),
        ("X;PM;14/03/1902;;", "Vérifiez l’année"),
        ("X;PM;14/03/2025;;Mireuil", "lusieurs instances"),
    ],
)
def test_an_action_is_refused_with_its_reason(session: Session, ligne: str, mot: str) -> None:
    (x,) = essai(session, f"Action;Pilote;Échéance;État;Instance\n{ligne}\n").lignes
    assert x.etat is Etat.REFUSE
    assert mot in x.motif


def test_past_meetings_come_in_with_presences_and_go_again(session: Session, cast: Cast) -> None:
    avant = tout(session)
    id = ecrire(session, REUNIONS, cast)
    technique, cellule = session.exec(select(Reunion).order_by(Reunion.debut)).all()
    assert (technique.debut, technique.etat) == (datetime(2025, 3, 14, 9, 30), EtatReunion.TENUE)
    assert session.get_one(Lieu, technique.lieu_id).nom == "Maison de quartier"
    assert cellule.habitants == 12
    venus = session.exec(
        select(Partenaire.nom, Presence.etat).join(Presence).where(Presence.reunion_id == cellule.id)
    ).all()
    assert sorted(venus) == [("Habitat 17", EtatPresence.EXCUSE),
                             ("Ville de La Rochelle - Police municipale", EtatPresence.PRESENT)]  # fmt: skip
    assert etats(essai(session, REUNIONS)) == ["identique"] * 2
    operations.annuler(session, id=id, now=utcnow(), by=cast.secretaire)
    assert tout(session) == avant


def test_a_releve_already_sent_is_rewritten_by_no_file_and_by_no_undo(session: Session, cast: Cast) -> None:
    ecrire(session, REUNIONS, cast)
    corrige = "Instance;Date;Heure;Présents\nRéunion technique – Mireuil;14/03/2025;9h30;Police nationale\n"
    id = ecrire(session, corrige, cast, jeton="k")
    technique = session.exec(select(Reunion).order_by(Reunion.debut)).first()
    assert technique is not None
    session.add(Releve(reunion_id=technique.id, etat=EtatReleve.DIFFUSE))
    session.flush()
    assert etats(essai(session, REUNIONS)) == ["identique"] * 2
    (ligne,) = essai(session, EXCUSE).lignes
    assert (ligne.etat, "diffusé" in ligne.motif) == (Etat.REFUSE, True)
    with pytest.raises(Conflict, match="diffusé"):
        operations.annuler(session, id=id, now=utcnow(), by=cast.secretaire)


def test_a_file_that_changes_presences_makes_a_validated_releve_a_projet(session: Session, cast: Cast) -> None:
    ecrire(session, REUNIONS, cast)
    technique = session.exec(select(Reunion).order_by(Reunion.debut)).first()
    assert technique is not None
    releve = Releve(reunion_id=technique.id, etat=EtatReleve.VALIDE)
    session.add(releve)
    session.flush()
    ecrire(
        session,
        EXCUSE,
        cast,
        jeton="k",
    )
    assert releve.etat is EtatReleve.PROJET


def test_one_line_a_presence(session: Session, cast: Cast) -> None:
    table = (
        "Instance;Date;Partenaire;Présence\nRéunion technique – Mireuil;14/03/2025;PM;Présent\n"
        "Réunion technique – Mireuil;14/03/2025;Habitat 17;excusé\n"
    )
    assert etats(essai(session, table)) == ["nouveau", "modifie"]
    ecrire(session, table, cast)
    assert len(session.exec(select(Reunion)).all()) == 1
    assert len(session.exec(select(Presence)).all()) == 2
    corrige = table.replace("excusé", "présent")
    (_, ligne) = essai(session, corrige).lignes
    assert [(c.libelle, c.avant, c.apres) for c in ligne.champs] == [("Habitat 17", "Excusé", "Présent")]


@pytest.mark.parametrize(
    ("ligne", "mot"),
    [
        ("Réunion technique – Mireuil;14/03/2027;PM;", "à venir"),
        ("Réunion technique – Mireuil;;PM;", "date"),
        ("Rien de tel;14/03/2025;PM;", "ucune instance"),
        ("Réunion technique – Mireuil;14/03/2025;PM, Zorglub;", "« Zorglub »"),
        ("Réunion technique – Mireuil;14/03/2025;PM;Mme Durand", "nombre"),
    ],
)
def test_a_meeting_is_refused_with_its_reason(session: Session, ligne: str, mot: str) -> None:
    (x,) = essai(session, f"Instance;Date;Présents;Habitants\n{ligne}\n").lignes
    assert (x.etat, x.numero) == (Etat.REFUSE, 2)
    assert ligne.split(";")[0] in x.titre
    assert mot in x.motif


@pytest.mark.parametrize(
    "texte",
    ["14/03/2025", "14/3/25", "14.03.2025", "2025-03-14", "14 mars 2025", "ven. 14 mars 2025", "14/03/2025 09:00"],
)
def test_days_as_people_write_them(texte: str) -> None:
    assert jour(texte) == date(2025, 3, 14)


def test_hours_as_people_write_them() -> None:
    assert {heure(t).isoformat() for t in ("9h", "9 h 00", "09:00", "09:00:00")} == {"09:00:00"}


@pytest.mark.parametrize("sorte", ["xlsx", "xls", "ods"])
def test_a_sheet_of_meetings_from_libreoffice(session: Session, cast: Cast, sorte: str) -> None:
    """Dates and hours are cells of their own kind; an hour may be told with the date."""
    feuille = fichiers.lire((FICHIERS / f"libreoffice.{sorte}").read_bytes())[1]
    t = colonnes.tableau(feuille)
    d = Demande(colonnes.lire(t, colonnes.deviner(t, Nature.REUNIONS), Nature.REUNIONS), TODAY)
    vu = preparer_reunions(session, d).essai
    importer(
        session, preparer=preparer_reunions, demande=d, vu=vu, fichier="f", jeton="j", now=utcnow(), by=cast.secretaire
    )
    debuts = session.exec(select(Reunion.debut).order_by(Reunion.debut)).all()
    assert debuts == [datetime(2025, 3, 14, 9, 30), datetime(2025, 4, 11, 14)]
