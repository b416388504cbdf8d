"""Who chairs, on screen: said in the lists, read on the meeting, changed for one meeting."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from streamlit.testing.v1 import AppTest

from models import Reunion
from models.lists import EtatReunion
from services.agenda import presidences
from services.agenda.presidences import Saisie
from services.socle import db
from services.socle.horloge import maintenant
from tests.cast import Cast
from tests.pages.test_partenaires import bouton, textes
from tests.services.outils_agenda import creer_reunion

Ecran = Callable[..., AppTest]
LISTES, REUNION, RELEVE = "pages/administration/listes.py", "pages/agenda/reunion.py", "pages/aujourdhui/releve.py"


def champ(at: AppTest, label: str) -> object:
    return next(x for x in [*at.text_input, *at.date_input, *at.selectbox, *at.checkbox] if x.label == label)


def une_cellule(cast: Cast, debut: datetime, **valeurs: object) -> int:
    with db.writing() as session:
        presidences.creer(
            session,
            saisie=Saisie(nom="Mme Claire Exemple", qualite="adjointe au maire", debut=date(2020, 1, 1)),
            jeton="p",
            by=cast.secretaire,
        )
        id = creer_reunion(session, cast, titre="Cellule Nord", debut=debut)
        for nom, valeur in valeurs.items():
            setattr(session.get_one(Reunion, id), nom, valeur)
    return id


def test_said_in_the_lists_then_an_overlap_keeps_what_was_typed(ecran: Ecran) -> None:
    at = ecran(LISTES, liste="Présidence")
    for _ in range(2):
        champ(at, "Qui préside").input("Mme Claire Exemple")  # type: ignore[attr-defined]
        champ(at, "À partir du").set_value(date(2026, 1, 1))  # type: ignore[attr-defined]
        bouton(at, "Ajouter").click()
        at.run()
    assert not at.exception
    assert "Toutes les cellules de veille · depuis le jeudi 1er\u00a0janvier\u00a02026" in textes(at)
    assert "Mme Claire Exemple y préside déjà" in textes(at)
    assert champ(at, "Qui préside").value == "Mme Claire Exemple"  # type: ignore[attr-defined]
    with db.reading() as session:
        assert len(presidences.liste(session)) == 1


def test_the_meeting_says_it_and_somebody_else_may_be_named(ecran: Ecran, cast_base: Cast) -> None:
    id = une_cellule(cast_base, maintenant() + timedelta(days=3))
    at = ecran(REUNION, id=str(id))
    assert "Présidée par Mme Claire Exemple, adjointe au maire" in textes(at)
    at.session_state[f"presidence.reunion.{id}.ouvrir"] = True  # the panel, which AppTest cannot click
    at.run()
    champ(at, "Présidée par").input("M. Paul Exemple")  # type: ignore[attr-defined]
    bouton(at, "Enregistrer").click()
    at.run()
    assert not at.exception
    assert "Présidée par M. Paul Exemple" in textes(at)


def test_the_releve_says_it(ecran: Ecran, cast_base: Cast) -> None:
    id = une_cellule(cast_base, maintenant() - timedelta(days=3), etat=EtatReunion.TENUE)
    assert "**Présidée par** Mme Claire Exemple, adjointe au maire" in textes(ecran(RELEVE, reunion=str(id)))


def test_the_elu_finds_what_they_chair_and_nothing_restricted(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        presidences.creer(
            session,
            saisie=Saisie(nom="M. Élie Élu", debut=date(2020, 1, 1), agent_id=cast_base.elu.id),
            jeton="p",
            by=cast_base.secretaire,
        )
        for titre, jours in (("Cellule à venir", 3), ("Cellule passée", -6)):
            creer_reunion(session, cast_base, titre=titre, debut=maintenant() + timedelta(days=jours))
    at = ecran("pages/aujourdhui/accueil.py", role="elu")
    assert not at.exception
    dit = textes(at) + "\n".join(str(e.proto.label) for e in at.get("page_link"))
    assert "Vos prochaines réunions" in dit
    assert "Cellule à venir" in dit
    assert "Convocations pas encore envoyées · rien à l’ordre du jour" in dit
    assert "relevé pas encore écrit, en retard de 6\u00a0jours" in dit
    assert "Cette semaine" not in dit


def test_the_entry_and_the_meeting_under_way_say_who_chairs(ecran: Ecran, cast_base: Cast) -> None:
    id = une_cellule(cast_base, maintenant() - timedelta(hours=1))
    for page in ("saisie", "en_seance"):
        at = ecran(f"pages/aujourdhui/{page}.py", reunion=str(id))
        assert "présidée par Mme Claire Exemple, adjointe au maire" in textes(at), page
