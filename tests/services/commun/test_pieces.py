"""Attached files: what is admitted, where it lies, who may, and what is never lost."""

import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from models import Journal, PieceJointe
from services.actions import avancement, suivi
from services.commun import fichiers_joints, pieces
from services.commun.fichiers_joints import examiner, ranger
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid, NotFound
from services.socle.horloge import utcnow
from settings import get_settings
from tests.cast import Cast
from tests.fichiers.pieces import BONS, DOCX, PDF, mauvais
from tests.services.outils_agenda import creer_reunion, decor

MAUVAIS = mauvais()


@pytest.fixture
def dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A DATA_DIR of its own, that does not exist yet (as with PostgreSQL)."""
    monkeypatch.setattr(get_settings(), "data_dir", tmp_path / "neuf")
    return tmp_path / "neuf" / "pieces"


@pytest.fixture
def reunion(session: Session, cast: Cast) -> int:
    return creer_reunion(session, cast, titre="Réunion de quartier")


def joindre(session: Session, reunion: int, by: Acteur, nom: str = "plan.pdf", contenu: bytes = PDF) -> int:
    return pieces.joindre(session, fichier=ranger(nom, contenu), reunion_id=reunion, by=by)


@pytest.mark.parametrize("nom", BONS)
def test_what_staff_bring_is_admitted(nom: str) -> None:
    assert examiner(nom, BONS[nom])[0] == nom


@pytest.mark.parametrize("cas", MAUVAIS)
def test_what_is_hostile_is_refused_and_said_within_two_seconds(cas: str) -> None:
    nom, contenu, dit = MAUVAIS[cas]
    debut = time.process_time()
    with pytest.raises(Invalid, match=dit):
        examiner(nom, contenu)
    assert time.process_time() - debut < 2


def test_a_path_in_the_name_is_only_a_name(dossier: Path) -> None:
    assert ranger(r"..\..\etc\plan.pdf", PDF).nom == "plan.pdf"
    assert ranger("../../plan.pdf", PDF).nom == "plan.pdf"
    assert [f.name for f in dossier.iterdir()] == [ranger("a.pdf", PDF).empreinte], "named after its bytes, kept once"


def test_its_bytes_are_on_the_disk_before_its_row_for_the_owner_alone(
    session: Session, cast: Cast, reunion: int, dossier: Path
) -> None:
    fichier = ranger("plan.pdf", PDF)
    chemin = fichiers_joints.chemin(fichier.empreinte)
    assert chemin.read_bytes() == PDF
    assert stat.S_IMODE(chemin.stat().st_mode) == 0o600
    assert stat.S_IMODE(dossier.stat().st_mode) == 0o700
    assert session.exec(select(PieceJointe)).all() == []
    id = pieces.joindre(session, fichier=fichier, reunion_id=reunion, by=cast.secretaire)
    assert pieces.ouvrir(session, id=id, by=cast.secretaire).empreinte == fichier.empreinte
    ligne = session.exec(select(Journal).where(Journal.acte == "piece.joindre")).one()
    assert (ligne.objet, ligne.objet_id) == ("reunion", reunion)


def test_the_same_bytes_are_attached_once(session: Session, cast: Cast, reunion: int, dossier: Path) -> None:
    joindre(session, reunion, cast.secretaire)
    with pytest.raises(Duplicate, match="déjà joint, sous le nom « plan"):
        joindre(session, reunion, cast.collaborateur, "autre nom.pdf")
    assert len(pieces.liste(session, reunion_id=reunion)) == 1


def test_the_elu_neither_opens_nor_attaches(session: Session, cast: Cast, reunion: int, dossier: Path) -> None:
    id = joindre(session, reunion, cast.secretaire)
    with pytest.raises(Forbidden):
        pieces.ouvrir(session, id=id, by=cast.elu)
    with pytest.raises(Forbidden):
        joindre(session, reunion, cast.elu, contenu=DOCX, nom="a.docx")
    with pytest.raises(Forbidden):
        pieces.retirer(session, id=id, version=1, by=cast.elu)


def test_taken_away_then_put_back(session: Session, cast: Cast, reunion: int, dossier: Path) -> None:
    id = joindre(session, reunion, cast.secretaire)
    pieces.retirer(session, id=id, version=1, by=cast.secretaire)
    pieces.retirer(session, id=id, version=1, by=cast.collaborateur)  # both clicked: done
    assert pieces.liste(session, reunion_id=reunion) == []
    with pytest.raises(NotFound):
        pieces.ouvrir(session, id=id, by=cast.secretaire)
    with pytest.raises(Conflict):
        pieces.remettre(session, id=id, version=1, by=cast.secretaire)
    pieces.remettre(session, id=id, version=2, by=cast.secretaire)
    assert [p.nom for p in pieces.liste(session, reunion_id=reunion)] == ["plan.pdf"]
    ecrits = select(Journal.acte).where(Journal.objet == "reunion", Journal.acte != "reunion.creer")
    actes = session.exec(ecrits.order_by(Journal.id)).all()
    assert actes == ["piece.joindre", "piece.retirer", "piece.remettre"]


def test_the_sweep_forgets_only_what_no_row_names(session: Session, cast: Cast, reunion: int, dossier: Path) -> None:
    gardee = joindre(session, reunion, cast.secretaire)
    retiree = joindre(session, reunion, cast.secretaire, "a.docx", DOCX)
    orphelin = ranger("orphelin.xlsx", BONS["chiffres.XLSX"])
    pieces.retirer(session, id=retiree, version=1, by=cast.secretaire)
    demain = utcnow() + timedelta(days=2)
    assert pieces.purger(session, now=demain) == 0, "a month to put it back"
    assert pieces.balayer(session, now=utcnow()) == 0, "its row may be about to come"
    assert pieces.balayer(session, now=demain) == 1
    assert not fichiers_joints.chemin(orphelin.empreinte).exists()
    plus_tard = utcnow() + timedelta(days=40)
    assert pieces.purger(session, now=plus_tard) == 1
    session.flush()
    assert pieces.balayer(session, now=plus_tard) == 1
    assert fichiers_joints.chemin(pieces.ouvrir(session, id=gardee, by=cast.secretaire).empreinte).exists()


def test_a_full_disk_is_said_and_leaves_nothing(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def plein(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", plein)
    with pytest.raises(Invalid, match="disque plein"):
        ranger("plan.pdf", PDF)
    assert list(dossier.iterdir()) == []


def test_the_files_of_an_action_are_counted_on_its_row(session: Session, cast: Cast, dossier: Path) -> None:
    today = utcnow().date()
    oph = decor(session).oph
    id = avancement.creer(
        session,
        quoi="Réparer le banc",
        pilote_id=oph,
        echeance=today,
        instance_id=None,
        today=today,
        by=cast.secretaire,
    )
    pieces.joindre(session, fichier=ranger("plan.pdf", PDF), action_id=id, by=cast.secretaire)
    retiree = pieces.joindre(session, fichier=ranger("a.docx", DOCX), action_id=id, by=cast.secretaire)
    pieces.retirer(session, id=retiree, version=1, by=cast.secretaire)
    assert [a.pieces for a in suivi.par_ids(session, ids=[id], today=today)] == [1]
    assert [p.nom for p in pieces.liste(session, action_id=id)] == ["plan.pdf"]
