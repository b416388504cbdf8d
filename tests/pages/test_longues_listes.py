"""Nothing is cut without a word: a list that shows its first rows says how many more there are, and leads to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from models import (
    Categorie,
    Destinataire,
    Envoi,
    Fusion,
    Lieu,
    Partenaire,
    Presence,
    Reunion,
)
from models.lists import EtatEnvoi, EtatPresence, EtatReunion, GenreEnvoi, TypeReunion
from services.agenda import reunions
from services.socle import db
from services.socle.horloge import maintenant, utcnow
from tests.cast import Cast

Ecran = Callable[..., AppTest]


@dataclass(frozen=True)
class Liste:
    """`remplir` puts `total` rows there and says what the address asks; `vues` counts those on screen."""

    page: str
    remplir: Callable[[Session, int], dict[str, str]]
    vues: Callable[[AppTest], int]
    total: int


def _reunions(session: Session, n: int, *, etat: EtatReunion, jours: int) -> list[Reunion]:
    debut = maintenant().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=jours)
    rows = [
        Reunion(type=TypeReunion.AUTRE, titre=f"Essai {i:02d}", debut=debut + timedelta(minutes=i),
                fin=debut + timedelta(hours=1, minutes=i), etat=etat)
        for i in range(n)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows


def _partenaire(session: Session, nom: str = "Regie du port") -> Partenaire:
    categorie = session.exec(select(Categorie)).first() or Categorie(nom="Bailleur", recherche="bailleur")
    session.add(categorie)
    session.flush()
    p = Partenaire(nom=nom, recherche=nom.lower(), categorie_id=categorie.id)
    session.add(p)
    session.flush()
    return p


def _appels(session: Session, n: int) -> dict[str, str]:
    p = _partenaire(session)
    for r in _reunions(session, n, etat=EtatReunion.CONVOQUEE, jours=3):
        session.add(Destinataire(reunion_id=r.id, partenaire_id=p.id))
    return {"appel": "regie"}


def _suivies(session: Session, n: int) -> dict[str, str]:
    _reunions(session, n, etat=EtatReunion.CONVOQUEE, jours=3)
    return {}


def _a_saisir(session: Session, n: int) -> dict[str, str]:
    _reunions(session, n, etat=EtatReunion.BROUILLON, jours=-3)
    return {}


def _semaine(session: Session, n: int) -> dict[str, str]:
    _reunions(session, n, etat=EtatReunion.BROUILLON, jours=0)
    return {}


def _venues(session: Session, n: int) -> dict[str, str]:
    p = _partenaire(session)
    for r in _reunions(session, n, etat=EtatReunion.TENUE, jours=-3):
        session.add(Presence(reunion_id=r.id, partenaire_id=p.id, etat=EtatPresence.PRESENT))
    return {"id": str(p.id)}


def _souffrance(session: Session, n: int) -> dict[str, str]:
    session.add_all(
        Envoi(genre=GenreEnvoi.RELANCE, courriel=f"s{i}@exemple.fr", objet=f"Essai {i:02d}", message_id=f"{i}@essai",
              etat=EtatEnvoi.ECHEC, cree_le=utcnow())
        for i in range(n)
    )  # fmt: skip
    return {}


def _fusions(session: Session, n: int) -> dict[str, str]:
    session.add_all(
        Fusion(
            famille="partenaire",
            quand=utcnow(),
            garde_id=1,
            absorbe_id=9 + i,
            garde="Un",
            absorbe=f"Essai {i:02d}",
            operations="[]",
            empreintes="{}",
        )
        for i in range(n)
    )
    return {}


def liens(at: AppTest) -> int:
    """The links of the screen to a meeting of the test."""
    return sum("Essai" in str(x.proto.label) for x in at.main.get("page_link"))


def lignes(at: AppTest) -> int:
    return sum("Essai" in str(x.value) for x in [*at.main.markdown, *at.main.caption])


LISTES = {
    "Qui appelle ?": Liste("pages/agenda/reponses.py", _appels, lignes, 17),
    "Réponses suivies": Liste("pages/agenda/reponses.py", _suivies, lignes, 17),
    "File de la saisie": Liste("pages/aujourdhui/saisie.py", _a_saisir, liens, 9),
    "Cette semaine": Liste("pages/aujourdhui/accueil.py", _semaine, liens, 31),
    "Venues d’un partenaire": Liste("pages/partenaires/fiche.py", _venues, liens, 12),
    "Messages qui ne sont pas partis": Liste("pages/administration/taches.py", _souffrance, lignes, 60),
    "Dernières fusions": Liste("pages/partenaires/doublons.py", _fusions, lignes, 14),
}


@pytest.mark.parametrize("nom", list(LISTES))
def test_the_rest_is_counted_and_one_click_away(ecran: Ecran, cast_base: Cast, nom: str) -> None:
    liste = LISTES[nom]
    with db.writing() as session:
        adresse = liste.remplir(session, liste.total)
    at = ecran(liste.page, **adresse)
    assert not at.exception, at.exception
    bouton = next(b for b in at.button if str(b.key).endswith(".plus"))
    visibles = int(liste.total) - int("".join(c for c in bouton.label if c.isdigit()))
    assert 0 < visibles < liste.total
    avant = liste.vues(at)
    at = bouton.click().run()
    assert not at.exception, at.exception
    assert liste.vues(at) - avant == liste.total - visibles
    assert not [b for b in at.button if str(b.key).endswith(".plus")]


def test_a_picker_finds_all_that_it_counts(ecran: Ecran, cast_base: Cast) -> None:
    """Thirty structures of one name for a point: twenty, then all."""
    with db.writing() as session:
        for n in range(30):
            _partenaire(session, f"Essai {n:02d}")
    from services.partenaires import fiches

    with db.reading() as session:
        assert len(fiches.choix(session, texte="essai")) == 20
        assert fiches.combien(session, texte="essai") == 30


def test_the_search_everywhere_says_how_many_more(session: Session, cast: Cast) -> None:
    from services.aujourdhui import recherche

    for n in range(9):
        _partenaire(session, f"Essai {n:02d}")
    _reunions(session, 3, etat=EtatReunion.BROUILLON, jours=3)
    assert len(recherche.partout(session, texte="essai", by=cast.secretaire)) == 8
    assert len(recherche.partout(session, texte="essai", by=cast.secretaire, tout=True)) == 12


def test_who_looks_like_the_one_typed_is_counted_and_one_click_away(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        for _ in range(9):
            _partenaire(session, "Régie du port")
    at = ecran("pages/partenaires/edition.py")
    at = next(x for x in at.text_input if x.label == "Nom").set_value("Régie du port").run()
    assert "Ouvrir sa fiche" in str([x.proto.label for x in at.main.get("page_link")][4])
    assert len(at.main.get("page_link")) == 5
    at = next(b for b in at.button if b.label == "Voir les 4 autres").click().run()
    assert len(at.main.get("page_link")) == 9


def test_every_meeting_in_the_way_is_named(session: Session, cast: Cast) -> None:
    lieu = Lieu(nom="Salle")
    session.add(lieu)
    session.flush()
    rows = _reunions(session, 14, etat=EtatReunion.BROUILLON, jours=3)
    for r in rows:
        r.lieu_id = lieu.id
    session.flush()
    dites = reunions.conflits(
        session, debut=rows[0].debut, fin=rows[0].debut + timedelta(hours=2), instance_id=None, lieu_id=lieu.id
    )
    assert len(dites) == 14
