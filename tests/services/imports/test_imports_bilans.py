"""Totals of «13-18» from before the tool: what is read, what counts, never twice."""

from datetime import date

import pytest
from sqlmodel import Session, select

from models import BilanCollege, College, Participation
from services.commun import operations
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.imports.importation import Demande, Essai, Etat, importer
from services.imports.imports_bilans import annee, preparer_bilans
from services.pilotage import statistiques_actions
from services.projets import participations
from services.socle.erreurs import Conflict, Forbidden, Invalid
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.imports.test_imports_carnet import etats, tout

TODAY = date(2026, 11, 24)
BILAN = (
    "Bilan 13-18;;;;;\n\n"
    "Année scolaire;Collège;Nb classes;Nb élèves;Élèves présents;Nb séances\n"
    "2024-2025;Collège Missy;4;101;97;8\n"
    "2024/25;Beauregard;3;75;;6\n"
    "2023;0170088D;5;120;118;10\n"
)


pytestmark = pytest.mark.usefixtures("reference")


def demande(texte: str) -> Demande:
    t = colonnes.tableau(fichiers.lire(texte.encode("cp1252"))[0])
    assert colonnes.nature(t) is Nature.BILANS
    return Demande(colonnes.lire(t, colonnes.deviner(t, Nature.BILANS), Nature.BILANS), TODAY)


def essai(session: Session, texte: str) -> Essai:
    return preparer_bilans(session, demande(texte)).essai


def ecrire(session: Session, texte: str, cast: Cast, *, jeton: str = "j") -> int:
    return importer(
        session, preparer=preparer_bilans, demande=demande(texte), vu=essai(session, texte), fichier="f.csv",
        jeton=jeton, now=utcnow(), by=cast.secretaire,
    )  # fmt: skip


def missy(session: Session) -> int:
    return session.exec(select(College.partenaire_id).where(College.uai == "0170088D")).one()


def test_past_years_are_compared_and_go_again(session: Session, cast: Cast) -> None:
    avant = tout(session)
    assert [x.titre for x in essai(session, BILAN).lignes][2] == "Collège Missy, 2023-2024"
    id = ecrire(session, BILAN, cast)
    assert participations.annees(session) == [2024, 2023]
    bilan = participations.bilan(session, annee=2024)
    assert (bilan.participants, bilan.classes, bilan.eleves, bilan.eleves_presents) == (2, 7, 176, 97)
    assert (bilan.seances_realisees, bilan.importes) == (14, 2)
    lus = statistiques_actions.colleges_1318(session, annees=[2023, 2024, 2025])
    assert [(c.annee, c.college, c.effectif, c.presents, c.realisees, c.importe) for c in lus] == [
        (2023, "Collège Missy", 120, 118, 10, True),
        (2024, "Collège Beauregard", 75, None, 6, True),
        (2024, "Collège Missy", 101, 97, 8, True),
    ]
    assert etats(essai(session, BILAN)) == ["identique"] * 3
    corrige = BILAN.replace("101", "99")
    (ligne,) = [x for x in essai(session, corrige).lignes if x.etat is Etat.MODIFIE]
    assert [(c.libelle, c.avant, c.apres) for c in ligne.champs] == [("Élèves des classes", "101", "99")]
    operations.annuler(session, id=id, now=utcnow(), by=cast.secretaire)
    assert tout(session) == avant


def test_a_year_counts_by_its_seances_or_its_totals_never_both(session: Session, cast: Cast) -> None:
    ecrire(session, BILAN, cast)
    assert missy(session) not in {c.id for c in participations.a_inviter(session, annee=2024)}
    participations.inviter(session, annee=2024, by=cast.secretaire)
    assert not session.exec(
        select(Participation).where(Participation.annee == 2024, Participation.college_id == missy(session))
    ).all()
    assert len(statistiques_actions.colleges_1318(session, annees=[2024])) == 12
    (ligne, *_) = essai(session, BILAN.replace("Collège Missy", "Fénelon")).lignes
    assert "déjà suivi en 2024-2025" in ligne.motif
    # Two collèges merged may leave an invitation and totals in one year: the séances count.
    beauregard = session.exec(select(Participation).where(Participation.annee == 2024)).all()[0]
    beauregard.college_id = missy(session)
    session.flush()
    assert [b.college for b in participations.bilans_importes(session, annees=[2024])] == ["Collège Beauregard"]


def test_totals_are_taken_out_then_the_seances_may_come(session: Session, cast: Cast) -> None:
    operation = ecrire(session, BILAN, cast)
    (b,) = participations.bilans_importes(session, annees=[2023])
    with pytest.raises(Forbidden):
        participations.retirer_bilan(session, id=b.id, by=cast.elu)
    participations.retirer_bilan(session, id=b.id, by=cast.secretaire)
    assert participations.inviter(session, annee=2023, college_ids=[b.college_id], by=cast.secretaire) == 1
    with pytest.raises(Conflict):
        operations.annuler(session, id=operation, now=utcnow(), by=cast.secretaire)
    assert len(session.exec(select(BilanCollege)).all()) == 2


@pytest.mark.parametrize(
    ("ligne", "mot"),
    [
        ("2019-2021;Missy;4;;;", "2019-2020"),
        ("1998-1999;Missy;4;;;", "à partir de 2006"),
        (";Missy;4;;;", "l’année scolaire"),
        ("2024-2025;;4;;;", "Indiquez le collège"),
        ("2024-2025;TOTAL;40;;;", "ucun collège"),
        ("2024-2025;e;40;;;", "lusieurs collèges"),
        ("2024-2025;Missy;quatre;;;", "nombre entier"),
        ("2024-2025;Missy;-4;;;", "nombre entier"),
        ("2024-2025;Missy;0;;;", "au moins un nombre"),
        ("2026-2027;Missy;4;;;", "n’est pas finie"),
        ("2024-2025;Missy;4;;;\n2024;Clg Missy;4;;;", "ligne 2"),
    ],
)
def test_a_line_is_refused_with_its_reason(session: Session, ligne: str, mot: str) -> None:
    x = essai(session, f"Année scolaire;Collège;Classes;Élèves;Présents;Séances\n{ligne}\n").lignes[-1]
    assert x.etat is Etat.REFUSE
    assert mot in x.motif


@pytest.mark.parametrize("texte", ["2019-2020", "2019/2020", "2019 – 2020", "2019-20", "2019", "année 2019-2020"])
def test_school_years_as_people_write_them(texte: str) -> None:
    assert annee(texte) == 2019


@pytest.mark.parametrize("texte", ["19-20", "2019-2019", "septembre", "20192020"])
def test_what_is_no_school_year(texte: str) -> None:
    with pytest.raises(Invalid):
        annee(texte)
