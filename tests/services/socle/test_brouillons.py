"""A form counts once, and a shared draft loses nobody's words."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from models import Brouillon, ChampBrouillon, JetonUtilise
from services.socle import brouillons, db
from services.socle.erreurs import Conflict, Forbidden
from services.socle.horloge import utcnow
from tests.cast import Cast


def age(session: Session, cle: str, depuis: timedelta) -> None:
    """Make the form look opened that long ago."""
    session.exec(select(Brouillon).where(Brouillon.cle == cle)).one().ouvert_le = utcnow() - depuis
    session.flush()


# --- forms -------------------------------------------------------------------------------------------------------


def test_a_form_is_the_same_until_it_is_sent(session: Session) -> None:
    un = brouillons.ouvrir(session, cle="partenaire:7:1", version=3)
    assert brouillons.ouvrir(session, cle="partenaire:7:1", version=4) == un
    assert brouillons.lire(session, cle="partenaire:7:1") == un
    assert un.version == 3


def test_each_form_has_its_own_token(session: Session) -> None:
    un = brouillons.ouvrir(session, cle="partenaire:7:1")
    deux = brouillons.ouvrir(session, cle="partenaire:7:2")
    assert un.jeton != deux.jeton


def test_a_form_opened_anew_shows_the_version_of_now(session: Session) -> None:
    un = brouillons.ouvrir(session, cle="partenaire:7:1", version=3)
    deux = brouillons.ouvrir(session, cle="partenaire:7:1", version=4, neuf=True)
    assert (deux.version, deux.jeton == un.jeton) == (4, False)


def test_a_form_left_open_over_a_day_starts_afresh(session: Session) -> None:
    un = brouillons.ouvrir(session, cle="partenaire:7:1", version=3)
    age(session, "partenaire:7:1", timedelta(hours=23))
    assert brouillons.ouvrir(session, cle="partenaire:7:1", version=4) == un
    age(session, "partenaire:7:1", timedelta(hours=25))
    assert brouillons.ouvrir(session, cle="partenaire:7:1", version=4).version == 4


def test_a_draft_with_words_in_it_never_starts_afresh(session: Session, cast: Cast) -> None:
    un = brouillons.ouvrir(session, cle="saisie:12")
    brouillons.ecrire(session, jeton=un.jeton, valeurs={"note": "Rodéos"}, vues={}, by=cast.secretaire)
    age(session, "saisie:12", timedelta(days=30))
    assert brouillons.ouvrir(session, cle="saisie:12", neuf=True) == un
    assert brouillons.champs(session, cle="saisie:12")["note"].valeur == "Rodéos"


def test_a_form_takes_the_words_of_its_agent_alone(session: Session, cast: Cast) -> None:
    un = brouillons.ouvrir(session, cle=f"partenaire:7:{cast.secretaire.id}:aaaaaaaa")
    with pytest.raises(Forbidden):
        brouillons.ecrire(session, jeton=un.jeton, valeurs={"nom": "x"}, vues={}, by=cast.responsable)
    brouillons.ecrire(session, jeton=un.jeton, valeurs={"nom": "y"}, vues={}, by=cast.secretaire)
    assert brouillons.champs(session, cle=un.cle)["nom"].valeur == "y"


def test_a_draft_left_in_another_tab_is_found_and_taken(session: Session, cast: Cast) -> None:
    """The last one with words in it, of the same form and agent; an empty form takes its place."""
    qui = cast.secretaire
    for debut, tab, nom in (
        (f"partenaire:nouveau:{qui.id}", "aaaaaaaa", "Amicale"),
        (f"partenaire:nouveau:{qui.id}", "bbbbbbbb", None),
        (f"partenaire:nouveau:{cast.responsable.id}", "cccccccc", "d’une autre"),
        (f"partenaire:7:{qui.id}", "aaaaaaaa", "d’une autre fiche"),
    ):
        form = brouillons.ouvrir(session, cle=f"{debut}:{tab}")
        if nom:
            by = cast.responsable if str(cast.responsable.id) in debut.split(":") else qui
            brouillons.ecrire(session, jeton=form.jeton, valeurs={"nom": nom}, vues={}, by=by)
    ici = brouillons.ouvrir(session, cle=f"partenaire:nouveau:{qui.id}:dddddddd")
    trouve = brouillons.laisse(session, form=ici)
    assert trouve is not None
    with pytest.raises(Conflict):
        brouillons.amener(session, jeton=trouve.jeton, form=ici, by=cast.responsable)
    brouillons.amener(session, jeton=trouve.jeton, form=ici, by=qui)
    pris = brouillons.ouvrir(session, cle=ici.cle)
    assert (pris.jeton, pris.champs["nom"].valeur) == (trouve.jeton, "Amicale")
    assert brouillons.laisse(session, form=pris) is None


def test_a_token_says_what_it_wrote_and_closes_its_form(session: Session, cast: Cast) -> None:
    form = brouillons.ouvrir(session, cle="saisie:12")
    brouillons.ecrire(session, jeton=form.jeton, valeurs={"note": "Rodéos"}, vues={}, by=cast.secretaire)
    assert brouillons.deja_fait(session, jeton=form.jeton) is None
    brouillons.consommer(session, jeton=form.jeton, objet="reunion", objet_id=12)
    assert brouillons.deja_fait(session, jeton=form.jeton) == 12
    assert brouillons.lire(session, cle="saisie:12") is None
    assert session.exec(select(ChampBrouillon)).all() == []
    assert brouillons.ouvrir(session, cle="saisie:12").jeton != form.jeton


@pytest.mark.usefixtures("base")
def test_a_token_is_spent_once_whatever_happens() -> None:
    """Two sendings that both found the token unused (two processes): the base itself refuses the second."""

    def depenser(objet_id: int) -> None:
        with db.writing() as session:
            brouillons.consommer(session, jeton="a" * 32, objet="partenaire", objet_id=objet_id)

    depenser(1)
    with pytest.raises(Conflict):
        depenser(2)
    with db.reading() as session:
        assert session.exec(select(col(JetonUtilise.objet_id))).all() == [1]


# --- the shared draft --------------------------------------------------------------------------------------------


@pytest.fixture
def jeton(session: Session) -> str:
    return brouillons.ouvrir(session, cle="saisie:12").jeton


def test_what_one_writes_the_other_sees(session: Session, cast: Cast, jeton: str) -> None:
    valeurs = {"note": "Une note, « avec » des guillemets", "themes": [3, 5], "ouvert": True, "rien": None}
    ecrit = brouillons.ecrire(session, jeton=jeton, valeurs=valeurs, vues={}, by=cast.secretaire)
    champs = brouillons.champs(session, cle="saisie:12")
    assert {nom: c.valeur for nom, c in champs.items()} == valeurs
    assert {c.agent for c in champs.values()} == {cast.secretaire.nom}
    assert ecrit.versions == dict.fromkeys(valeurs, 1)
    assert ecrit.divergents == {}


def test_two_agents_write_different_fields(session: Session, cast: Cast, jeton: str) -> None:
    brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.secretaire)
    brouillons.ecrire(session, jeton=jeton, valeurs={"lieu": "B"}, vues={}, by=cast.collaborateur)
    champs = brouillons.champs(session, cle="saisie:12")
    assert (champs["note"].agent_id, champs["lieu"].agent_id) == (cast.secretaire.id, cast.collaborateur.id)


def test_a_field_seen_may_be_changed_by_the_other(session: Session, cast: Cast, jeton: str) -> None:
    un = brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.secretaire)
    deux = brouillons.ecrire(session, jeton=jeton, valeurs={"note": "B"}, vues=un.versions, by=cast.collaborateur)
    assert deux.versions == {"note": 2}
    assert brouillons.champs(session, cle="saisie:12")["note"].valeur == "B"


def test_a_field_changed_meanwhile_is_not_overwritten(session: Session, cast: Cast, jeton: str) -> None:
    un = brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.secretaire)
    brouillons.ecrire(session, jeton=jeton, valeurs={"note": "B"}, vues=un.versions, by=cast.collaborateur)
    ecrit = brouillons.ecrire(
        session, jeton=jeton, valeurs={"note": "C", "lieu": "Place"}, vues=un.versions, by=cast.secretaire
    )
    assert {nom: (c.valeur, c.agent) for nom, c in ecrit.divergents.items()} == {"note": ("B", cast.collaborateur.nom)}
    champs = brouillons.champs(session, cle="saisie:12")
    assert (champs["note"].valeur, champs["lieu"].valeur) == ("B", "Place")


def test_the_same_words_twice_are_no_conflict(session: Session, cast: Cast, jeton: str) -> None:
    brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.secretaire)
    ecrit = brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.collaborateur)
    assert (ecrit.versions, ecrit.divergents) == ({"note": 1}, {})


def test_a_draft_already_sent_takes_no_more(session: Session, cast: Cast, jeton: str) -> None:
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=12)
    with pytest.raises(Conflict, match="déjà été enregistrée"):
        brouillons.ecrire(session, jeton=jeton, valeurs={"note": "tard"}, vues={}, by=cast.secretaire)


def test_a_reader_writes_no_draft(session: Session, cast: Cast, jeton: str) -> None:
    with pytest.raises(Forbidden):
        brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.elu)
    assert brouillons.champs(session, cle="saisie:12") == {}


def test_what_differs_is_kept_beside_until_it_is_settled(session: Session, cast: Cast, jeton: str) -> None:
    def mien() -> dict[str, str]:
        champs = brouillons.champs(session, cle="saisie:12")
        return {nom: c.valeur for nom, c in brouillons.ecarts(champs, agent_id=cast.collaborateur.id).items()}

    def ecrire(texte: str, vue: int, **options: bool) -> brouillons.Ecrit:
        return brouillons.ecrire(
            session, jeton=jeton, valeurs={"note": texte}, vues={"note": vue}, by=cast.collaborateur, **options
        )

    brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A"}, vues={}, by=cast.secretaire)
    assert (ecrire("B", 0).versions, mien()) == ({}, {"note": "B"})
    assert (ecrire("B, suite", 1).versions, mien()) == ({}, {"note": "B, suite"}), "seen is not settled"
    assert ecrire("B, suite", 1, tranche=True).versions == {"note": 2}
    assert mien() == {}
    brouillons.ecrire(session, jeton=jeton, valeurs={"note": "A2"}, vues={"note": 2}, by=cast.secretaire)
    ecrire("B2", 2)
    brouillons.oublier_ecart(session, jeton=jeton, champ="note", by=cast.collaborateur)
    assert mien() == {}
    assert brouillons.champs(session, cle="saisie:12")["note"].valeur == "A2"


def test_a_tab_has_seen_what_it_wrote_itself(session: Session, cast: Cast, jeton: str) -> None:
    """web/browser/frappe.js and the field's own event write one after the other, over the version it was born with."""
    for texte in ("Des", "Des bancs", "Des bancs abîmés"):
        ecrit = brouillons.ecrire(
            session, jeton=jeton, valeurs={"note": texte}, vues={"note": 0}, by=cast.secretaire, onglet="aaaaaaaa"
        )
    assert ecrit.versions == {"note": 3}
    autre = brouillons.ecrire(
        session, jeton=jeton, valeurs={"note": "X"}, vues={"note": 0}, by=cast.secretaire, onglet="bbbbbbbb"
    )
    assert autre.divergents["note"].valeur == "Des bancs abîmés"


@pytest.mark.parametrize(("tard", "garde"), [
    ("Un mot de plus", True), ("Le constat", False), ("Le con", False), ("", False),
])  # fmt: skip
def test_words_that_come_after_a_colleague_saved_are_kept(
    session: Session, cast: Cast, jeton: str, tard: str, garde: bool
) -> None:
    """But not those the relevé holds already, nor their beginning, on its way since."""
    by = cast.collaborateur
    brouillons.ecrire(session, jeton=jeton, valeurs={"point.n2-1.note": "Le constat"}, vues={}, by=by)
    brouillons.consommer(
        session, jeton=jeton, objet="reunion", objet_id=12, partage=cast.secretaire, devenus={"n2-1": 41}
    )
    assert brouillons.lire(session, cle="saisie:12") is None
    avant = utcnow()
    ecrit = brouillons.ecrire(session, jeton=jeton, valeurs={"point.n2-1.note": tard}, vues={}, by=by)
    assert ecrit.envoye
    restes = brouillons.restes(session, cle="saisie:12", agent_id=by.id)
    assert [(r.champ, r.valeur, r.devenu) for r in restes] == [("point.n2-1.note", tard, 41)] * garde
    assert all(avant <= r.quand <= utcnow() for r in restes)
    assert brouillons.restes(session, cle="saisie:1", agent_id=by.id) == []
    assert brouillons.restes(session, cle="saisie:12", agent_id=cast.secretaire.id) == []
    for r in restes:
        brouillons.oublier_reste(session, id=r.id, by=cast.secretaire)  # not his
        assert brouillons.restes(session, cle="saisie:12", agent_id=by.id) == restes
        brouillons.oublier_reste(session, id=r.id, by=by)
    assert brouillons.restes(session, cle="saisie:12", agent_id=by.id) == []


def test_what_nobody_came_back_to_is_forgotten_but_an_entry(session: Session, cast: Cast) -> None:
    sien, autre = (f"partenaire:{id}:{cast.secretaire.id}:aaaaaaaa" for id in (7, 8))
    for cle, depuis in (("saisie:1", 90), (sien, 90), (autre, 10)):
        form = brouillons.ouvrir(session, cle=cle)
        brouillons.ecrire(session, jeton=form.jeton, valeurs={"nom": "x"}, vues={}, by=cast.secretaire)
        age(session, cle, timedelta(days=depuis))
        for c in session.exec(select(ChampBrouillon).join(Brouillon).where(Brouillon.cle == cle)).all():
            c.modifie_le = utcnow() - timedelta(days=depuis)
    session.flush()
    brouillons.purger(session)
    assert set(session.exec(select(Brouillon.cle)).all()) == {"saisie:1", autre}
