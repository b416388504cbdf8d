"""Who came instead of somebody: announced, typed, told in presence, relevé, Word, émargement; never to the public."""

import io

import pytest
from docx import Document
from sqlmodel import Session, col, select

from documents.releve import texte
from models import Destinataire, Presence, Reunion
from models.lists import EtatPresence, EtatReunion, GenreModele, Reponse
from services.agenda import reunions
from services.convocation import composition, reponses, reponses_lues
from services.releves import lecture, releve_public, saisie
from services.socle.erreurs import Invalid
from tests import scene
from tests.cast import Cast
from tests.services.outils_releve import FONCTION, NOW, TODAY, Scene, poser
from ui.convocation.documents import piece

QUI = "Responsable d’équipe"


@pytest.fixture
def s(session: Session, cast: Cast) -> Scene:
    """Convoked, nothing written up; the OPH announced that somebody comes instead."""
    scene_ = poser(session, cast)
    reunion = session.get_one(Reunion, scene_.reunion)
    for presence in session.exec(select(Presence)).all():
        session.delete(presence)
    reunion.etat = EtatReunion.CONVOQUEE
    session.flush()
    composition.figer(session, reunion_id=scene_.reunion, today=TODAY)
    oph = session.exec(select(Destinataire).where(Destinataire.fonction == FONCTION)).one()
    reponses.noter(
        session,
        reunion_id=scene_.reunion,
        cle=(oph.partenaire_id, oph.fonction),
        reponse=Reponse.REMPLACE,
        vue=Reponse.SANS_REPONSE,
        remplacant=QUI,
        now=reunion.debut.replace(hour=8),
        by=cast.secretaire,
    )
    return scene_


def mots(session: Session, s: Scene, cast: Cast, genre: GenreModele) -> str:
    octets = piece(session, reunion_id=s.reunion, genre=genre, today=TODAY, by=cast.secretaire).contenu
    return "\n".join(
        str(t.text) for t in Document(io.BytesIO(octets)).element.iter() if t.tag.endswith("}t") and t.text
    )


def ecrire(session: Session, s: Scene, cast: Cast, champs: dict[str, object]) -> Presence:
    scene.saisir(session, s.reunion, champs, cast.secretaire, now=NOW)
    return session.exec(select(Presence).where(col(Presence.fonction) == FONCTION)).one()


def test_what_was_announced_is_what_the_releve_says(session: Session, cast: Cast, s: Scene) -> None:
    presence = ecrire(session, s, cast, {})
    assert (presence.etat, presence.remplacant) == (EtatPresence.REPRESENTE, QUI)
    dite = f"Office public de l’habitat ({FONCTION}), par {QUI}"
    releve = lecture.lire(session, reunion_id=s.reunion, today=TODAY)
    assert f"Représentés\u00a0: {dite}" in texte(releve)
    assert dite in mots(session, s, cast, GenreModele.RELEVE)
    public = releve_public.lire(session, reunion_id=s.reunion, apercu=True)
    assert public.presents == ["Office public de l’habitat"], "the public reads organisations only"


def test_what_is_typed_wins_and_a_correction_keeps_it(session: Session, cast: Cast, s: Scene) -> None:
    cle = f"s{s.sieges['oph']}"
    presence = ecrire(session, s, cast, {f"remplacant.{cle}": "  Chef de  secteur "})
    assert presence.remplacant == "Chef de secteur"
    assert ecrire(session, s, cast, {"habitants": 4}).remplacant == "Chef de secteur"
    presence = ecrire(session, s, cast, {f"presence.{cle}": EtatPresence.PRESENT.value})
    assert presence.remplacant == "", "who came in person was replaced by nobody"


def test_too_long_is_said(session: Session, cast: Cast, s: Scene) -> None:
    with pytest.raises(Invalid, match="160 au plus"):
        ecrire(session, s, cast, {f"remplacant.s{s.sieges['oph']}": "x" * 161})


def test_the_sheets_of_the_meeting_say_who_comes(session: Session, cast: Cast, s: Scene) -> None:
    assert f"{FONCTION}, représenté par {QUI}" in mots(session, s, cast, GenreModele.EMARGEMENT)
    tente = mots(session, s, cast, GenreModele.CHEVALETS)
    assert QUI in tente
    assert FONCTION not in tente


def test_a_delegation_by_calendar_names_the_delegate() -> None:
    reponse = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:reunion-1@carnet-de-veille\r\n"
        "DTSTAMP:20261101T080000Z\r\n"
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:b@x.fr":mailto:a@x.fr\r\n'
        'ATTENDEE;CN="Responsable équipe";DELEGATED-FROM="mailto:a@x.fr":mailto:b@x.fr\r\n'
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (lue,) = reponses_lues.lire(reponse.encode())
    assert (lue.courriel, lue.reponse, lue.remplacant) == ("a@x.fr", Reponse.REMPLACE, "Responsable équipe")


@pytest.mark.parametrize(("etat", "attendu"), [("excuse", ""), ("represente", QUI)])
def test_the_entry_shows_what_was_announced(session: Session, cast: Cast, s: Scene, etat: str, attendu: str) -> None:
    """Kept with the state only: the words wait in the field while somebody is noted otherwise."""
    cle = f"s{s.sieges['oph']}"
    form = saisie.ouvrir(session, reunion_id=s.reunion, by=cast.secretaire)
    lue = saisie.lire(session, reunion=reunions.get(session, id=s.reunion), form=form, by=cast.secretaire, today=TODAY)
    assert lue.valeur(f"remplacant.{cle}") == QUI
    assert ecrire(session, s, cast, {f"presence.{cle}": etat}).remplacant == attendu
