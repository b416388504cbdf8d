"""The stage "Convoquer" of a meeting: what it says, who is left out, what leaves at a click; who is calling."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Destinataire, Envoi, Modele, Partenaire, Reunion
from models.lists import EtatEnvoi, EtatReunion, EtatSalle, GenreModele, Reponse
from services.agenda import programmation
from services.convocation import composition
from services.socle import db
from services.socle.erreurs import Unavailable
from services.socle.horloge import maintenant, utcnow
from tests.cast import Cast
from tests.pages.test_agenda import textes
from tests.services.convocation.test_convocations import deplacer, poser
from tests.services.convocation.test_modeles import avec
from ui.convocation import documents

REUNION, APPELS = "pages/agenda/reunion.py", "pages/agenda/reponses.py"
Ecran = Callable[..., AppTest]


@pytest.fixture
def r(cast_base: Cast) -> int:
    """A meeting to come, in brouillon: two who have an address, one who has none."""
    with db.writing() as session:
        id = poser(session, cast_base)
        reunion = session.get_one(Reunion, id)
        reunion.debut = maintenant().replace(microsecond=0) + timedelta(days=6)
        reunion.fin = reunion.debut + timedelta(hours=2)
        session.add(reunion)
        return id


def bouton(at: AppTest, texte: str) -> AppTest:
    trouves = [b for b in at.button if b.label.startswith(texte)]
    assert trouves, f"pas de bouton « {texte} » parmi {[b.label for b in at.button]}"
    at = trouves[0].click().run()
    assert not at.exception, at.exception
    return at


def test_the_room_confirmed_or_another_president_after_the_letters_is_said_where_it_is_done(
    ecran: Ecran, cast_base: Cast, r: int
) -> None:
    bouton(bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Convoquer"), "Préparer 2 messages")
    at = ecran(REUNION, id=str(r))
    assert "depuis l’envoi" not in textes(at)
    (salle,) = [c for c in at.segmented_control if c.label == "État de la salle"]
    at = salle.set_value(EtatSalle.CONFIRMEE).run()
    assert "La salle est confirmée depuis l’envoi (2 destinataires" in textes(at)
    with db.writing() as session:
        reunion = session.get_one(Reunion, r)
        programmation.presider(session, id=r, qui="Mme Zoé Fictive", version=reunion.version, by=cast_base.secretaire)
    at = ecran(REUNION, id=str(r), volet="Documents")
    assert "Qui préside a changé depuis l’envoi (2 destinataires). La salle est confirmée" in textes(at)


def test_without_a_relay_from_the_list_to_done(ecran: Ecran, cast_base: Cast, r: int) -> None:
    at = ecran(REUNION, id=str(r), volet="Convoquer")
    assert not at.exception, at.exception
    assert "3 destinataires" in textes(at)
    police = next(c for c in at.checkbox if "Police nationale" in c.label)
    at = police.uncheck().run()
    assert "Pas cette fois" in "".join(c.label for c in at.checkbox)
    at = bouton(at, "Convoquer")
    at = bouton(at, "Préparer 1 message")
    assert "1 message à envoyer avec votre messagerie" in textes(at)
    with db.reading() as session:
        assert session.get_one(Reunion, r).etat is EtatReunion.CONVOQUEE
        (envoi,) = session.exec(select(Envoi)).all()
        assert (envoi.etat, envoi.courriel) == (EtatEnvoi.A_ENVOYER, "c.exemple@oph.example")
        assert b"X-Unsent: 1" in (envoi.message or b"")
        assert b".docx" in (envoi.message or b"")
    at = bouton(at, "C’est envoyé")
    assert "à envoyer avec votre messagerie" not in textes(at)
    with db.writing() as session:
        deplacer(session, r, cast_base.secretaire)
    at = ecran(REUNION, id=str(r), volet="Convoquer")
    assert "Les invités ont l’ancienne date (1 destinataire) : envoyez la mise à jour." in textes(at)
    at = bouton(bouton(at, "Envoyer la mise à jour"), "Préparer 1 message")
    with db.writing() as session:
        deplacer(session, r, cast_base.secretaire)
    at = ecran(REUNION, id=str(r), volet="Convoquer")
    assert "depuis, ne les envoyez pas" in textes(at)
    assert "à envoyer avec votre messagerie" not in textes(at)
    bouton(at, "Déjà envoyés")
    with db.reading() as session:
        assert {e.etat for e in session.exec(select(Envoi)).all()} == {EtatEnvoi.REMIS}


def test_the_letter_of_who_is_invited_is_an_invitation(cast_base: Cast, r: int) -> None:
    with db.writing() as session:
        composition.figer(session, reunion_id=r, today=maintenant().date())
    with db.reading() as session:
        parquet = session.exec(select(Destinataire).where(Destinataire.invite)).one()
        lettre = documents.preparer(
            session, reunion_id=r, genre=GenreModele.CONVOCATION, today=maintenant().date(), by=cast_base.secretaire,
            destinataire_id=parquet.id,
        )  # fmt: skip
    assert lettre.nom.startswith("Invitation - Cellule de veille")


def test_a_template_that_fails_is_said_before_anything_leaves(ecran: Ecran, r: int) -> None:
    with db.writing() as session:
        session.add(
            Modele(genre=GenreModele.CONVOCATION, nom="a.docx", contenu=avec("{{ reunion.titr }}"), depose_le=utcnow())
        )
    at = bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Convoquer")
    at = bouton(at, "Préparer 2 messages")
    assert "titr » n’existe pas" in textes(at).replace("\\", "")
    with db.reading() as session:
        assert session.exec(select(Envoi)).all() == []


def test_one_click_a_reply_and_who_is_calling(ecran: Ecran, r: int) -> None:
    at = bouton(bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Convoquer"), "Préparer 2 messages")
    at = ecran(APPELS)
    assert "2 convoqués · 1 invité**" in textes(at)
    at = ecran(APPELS, appel="claire")
    (controle,) = [c for c in at.segmented_control if c.label.startswith("Réponse : Office")]
    at = controle.set_value(Reponse.EXCUSE).run()
    assert not at.exception, at.exception
    with db.reading() as session:
        donnees = session.exec(
            select(Partenaire.sigle, Destinataire.reponse)
            .join(Destinataire)
            .where(Destinataire.reponse != Reponse.SANS_REPONSE)
        ).all()
    assert [tuple(x) for x in donnees] == [("OPH", Reponse.EXCUSE)]
    at = ecran(APPELS, appel="claire")
    (controle,) = [c for c in at.segmented_control if c.label.startswith("Réponse : Office")]
    at = controle.set_value(Reponse.REMPLACE).run()
    (champ,) = [c for c in at.text_input if c.placeholder == "Fonction, jamais un nom"]
    at = champ.set_value("x" * 161).run()
    assert "La fonction est trop longue" in textes(at)


def test_a_base_that_does_not_answer_refuses_one_answer_not_the_screen(
    ecran: Ecran, cast_base: Cast, r: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ecran(REUNION, id=str(r), volet="Convoquer")
    at = bouton(bouton(at, "Convoquer"), "Préparer 2 messages")
    monkeypatch.setattr(
        "services.convocation.reponses.recevoir", Mock(side_effect=Unavailable("La base ne répond pas."))
    )
    at.file_uploader[0].set_value(("réponse.ics", b"BEGIN:VCALENDAR", "text/calendar"))
    at = at.run()
    assert not at.exception, at.exception
    assert "La base ne répond pas" in "".join(str(e.value) for e in at.error).replace("\\", "")


def test_before_a_message_leaves_its_room_its_words_and_its_files_are_judged(
    ecran: Ecran, cast_base: Cast, r: int
) -> None:
    at = bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Convoquer")
    assert "La salle est à réserver : les messages diront « lieu à confirmer »" in textes(at)
    (mot,) = [t for t in at.text_area if t.label.startswith("Mot ajouté")]
    mot.set_value("M. Dupont viendra, programme ci-joint.")
    next(c for c in at.checkbox if c.label.startswith("Joindre")).uncheck()
    at = bouton(at, "Préparer 2 messages")
    dit = textes(at).replace("\\", "")
    assert "semble nommer une personne" in dit
    assert "annonce une pièce jointe, et rien n’est joint" in dit
    with db.reading() as session:
        assert not session.exec(select(Envoi)).all()  # said before they leave
    at = bouton(at, "Préparer 2 messages")
    with db.reading() as session:
        assert len(session.exec(select(Envoi)).all()) == 2


def test_a_cancellation_takes_a_word(ecran: Ecran, cast_base: Cast, r: int) -> None:
    at = bouton(bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Convoquer"), "Préparer 2 messages")
    bouton(at, "C’est envoyé")
    with db.writing() as session:
        reunion = session.get_one(Reunion, r)
        programmation.changer_etat(
            session, id=r, etat=EtatReunion.ANNULEE, motif="Salle prise", version=reunion.version,
            by=cast_base.secretaire,
        )  # fmt: skip
    at = bouton(ecran(REUNION, id=str(r), volet="Convoquer"), "Envoyer l’annulation")  # one has no address
    assert "qui ne part pas : Salle prise" in textes(at)
    (mot,) = [t for t in at.text_area if t.label.startswith("Mot ajouté")]
    mot.set_value("Une autre date suivra.")
    at = bouton(at, "Préparer 2 messages")
    assert "« Une autre date suivra." in textes(at).replace("\\", "")
