"""Ready phrases: a few to begin with, changed by staff, inserted without losing a letter."""

import pytest
from sqlmodel import Session, select

from models import Phrase
from models.lists import GenrePhrase
from services.releves import phrases
from services.releves.phrases import inserer
from services.socle import brouillons
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid
from tests.cast import Cast
from tests.scene import jeton


def test_a_few_are_there_at_the_first_start_and_never_come_back(session: Session, cast: Cast) -> None:
    phrases.semer(session)
    toutes = phrases.liste(session)
    assert all(len(toutes[genre]) >= 3 for genre in GenrePhrase)
    assert max(len(p.texte) for liste in toutes.values() for p in liste) < 100
    for liste in toutes.values():
        for p in liste:
            phrases.archiver(session, id=p.id, version=p.version, by=cast.secretaire)
    phrases.semer(session)
    assert not any(phrases.liste(session).values())


def test_added_changed_archived_restored(session: Session, cast: Cast) -> None:
    by, genre = cast.secretaire, GenrePhrase.NOTE
    un = jeton(session)
    id = phrases.ajouter(session, genre=genre, texte=" Rien à signaler. ", jeton=un, by=by)
    assert phrases.ajouter(session, genre=genre, texte="Rien à signaler.", jeton=un, by=by) == id, "counts once"
    with pytest.raises(Duplicate):
        phrases.ajouter(session, genre=genre, texte="rien a signaler", jeton=jeton(session), by=by)
    autre = phrases.ajouter(
        session, genre=GenrePhrase.REPONSE, texte="Rien à signaler.", jeton=jeton(session), by=by
    )  # the same words elsewhere
    phrases.modifier(session, id=id, texte="Rien de nouveau.", version=1, by=by)
    with pytest.raises(Conflict) as refus:
        phrases.modifier(session, id=id, texte="Autre", version=1, by=cast.collaborateur)
    assert refus.value.actuel == {"texte": "Rien de nouveau."}
    phrases.archiver(session, id=id, version=2, by=by)
    assert [p.id for liste in phrases.liste(session).values() for p in liste] == [autre]
    assert [(p.id, p.archive) for p in phrases.liste(session, archives=True)[genre]] == [(id, True)]
    phrases.archiver(session, id=id, version=3, archive=False, by=by)
    assert [p.texte for p in phrases.liste(session)[genre]] == ["Rien de nouveau."]


@pytest.mark.parametrize("texte", ["", "  ", "…", "x" * 501])
def test_a_phrase_is_words(session: Session, cast: Cast, texte: str) -> None:
    with pytest.raises(Invalid):
        phrases.ajouter(session, genre=GenrePhrase.NOTE, texte=texte, jeton=jeton(session), by=cast.secretaire)
    assert session.exec(select(Phrase)).all() == []


def test_the_elu_changes_none(session: Session, cast: Cast) -> None:
    form = brouillons.ouvrir(session, cle="essai")
    with pytest.raises(Forbidden):
        phrases.ajouter(session, genre=GenrePhrase.NOTE, texte="Bonjour", jeton=form.jeton, by=cast.elu)


@pytest.mark.parametrize(
    ("avant", "apres"),
    [
        ("", "Fait."),
        ("Deux bancs", "Deux bancs Fait."),
        ("Deux bancs ", "Deux bancs Fait."),
        ("Deux\n", "Deux\nFait."),
        ("   ", "Fait."),
    ],
)
def test_what_was_typed_stays_before_the_phrase(avant: str, apres: str) -> None:
    assert inserer(avant, "Fait.") == apres
