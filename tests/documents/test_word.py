"""Word documents: every template of the house makes a file that opens, from what the base holds."""

import io
import zipfile
from datetime import date

import pytest
from docx import Document
from sqlmodel import Session

from models.lists import GenreModele
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor
from ui.documents_reunion import piece

TODAY = date(2026, 11, 25)
AVANT = [g for g in GenreModele if g not in (GenreModele.RECUEIL, GenreModele.RELEVE_PUBLIC)]


@pytest.mark.parametrize("genre", AVANT, ids=[g.value for g in AVANT])
def test_each_kind_is_a_word_file_that_opens(session: Session, cast: Cast, genre: GenreModele) -> None:
    d = decor(session)
    instance = creer_instance(session, cast, d)
    reunion = creer_reunion(session, cast, instance_id=instance, titre="Réunion <b> & Cie {{ x }}")
    faite = piece(session, reunion_id=reunion, genre=genre, today=TODAY, by=cast.secretaire)
    assert faite.nom.endswith("2026-11-24.docx")
    document = Document(io.BytesIO(faite.contenu))
    with zipfile.ZipFile(io.BytesIO(faite.contenu)) as archive:
        texte = archive.read("word/document.xml").decode()
    assert "{%" not in texte
    assert document.core_properties.author == ""
