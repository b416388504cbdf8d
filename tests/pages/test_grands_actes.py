"""Every act that touches many records, or is final: it asks with the number; it is undone, or says that it cannot be.

Acts of a few records that a click takes back (archive, close, tick) ask nothing. Those that show first all that they
will do (imports, many at once, merges, messages) are asked about by that screen: see `APERCUS`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, SQLModel, func, select
from streamlit.testing.v1 import AppTest

from models import (
    Destinataire,
    Envoi,
    Flux,
    Instance,
    JourEvite,
    Modele,
    PaireEcartee,
    Parametre,
    Partenaire,
    Participation,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
)
from models.lists import EtatEnvoi, Frequence, GenreEnvoi, GenreModele, Reponse, TypeReunion
from services.administration import flux
from services.commun import operations
from services.convocation.dossier import LOGO
from services.courrier import envois
from services.imports import reference
from services.partenaires import fiches
from services.partenaires.fiches import Saisie
from services.projets import classes, participations
from services.projets.participations import annee_scolaire
from services.socle import db, parametres
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui, maintenant, utcnow
from settings import ROOT, get_settings
from tests.cast import Cast
from tests.pages.test_convocation import bouton
from tests.services.convocation.test_convocations import envoyer, poser
from tests.services.convocation.test_modeles import avec
from tests.services.convocation.test_reponses import reponse_ics

Ecran = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _sans_relais(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    get_settings.cache_clear()


@dataclass(frozen=True)
class Acte:
    """`preparer` fills the base and says where the act is; `presser` presses its button; `compter` what it changes.

    `retour`: the act, in the words of the journal of operations, or why it cannot be undone.
    """

    preparer: Callable[[Session, Cast], tuple[str, dict[str, str]]]
    presser: Callable[[AppTest], AppTest]
    demande: str
    compter: Callable[[Session], Any]
    retour: str
    annulable: bool = True
    role: str = "secretaire"


def nombre(table: type[SQLModel], *criteres: Any) -> Callable[[Session], int]:
    return lambda session: session.exec(select(func.count()).select_from(table).where(*criteres)).one()


def sur(libelle: str) -> Callable[[AppTest], AppTest]:
    return lambda at: bouton(at, libelle)


# --- each ------------------------------------------------------------------------------------------------------------


def _quatre_instances(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    rows = [
        Instance(nom=f"Réunion technique – {n}", type=TypeReunion.TECHNIQUE, frequence=Frequence.MENSUELLE, jour=n,
                 rang=2, heure_debut=time(9), heure_fin=time(10))
        for n in range(4)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    debut = aujourdhui() + timedelta(days=40)
    return "pages/agenda/planifier.py", {
        "instances": ",".join(str(r.id) for r in rows),
        "debut": debut.isoformat(),
        "fin": (debut + timedelta(days=75)).isoformat(),
    }


def _secteurs(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    nord = SecteurVeille(nom="Nord")
    session.add_all([nord, *(SecteurVeille(nom=f"Secteur {n}") for n in range(4))])
    session.flush()
    session.add(Quartier(nom="Le Port", secteur_id=nord.id))
    return "pages/agenda/instances.py", {}


def _colleges(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    reference.charger_reference(session, by=SYSTEME)
    return "pages/projets/questions_de_justice.py", {}


def _classes(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    reference.charger_reference(session, by=SYSTEME)
    participations.inviter(session, annee=annee_scolaire(aujourdhui()), by=SYSTEME)
    p = session.exec(select(Participation)).first()
    assert p
    for n in "ABCD":
        classes.ajouter(session, participation_id=p.id, nom=f"4e {n}", effectif=25, jeton=uuid4().hex, by=SYSTEME)
    return "pages/projets/semaine_13_18.py", {"participation": str(p.id)}


def _semaine(at: AppTest) -> AppTest:
    for n, lettre in enumerate("ABCD"):
        next(s for s in at.segmented_control if s.label == f"Jour, 4e {lettre}").set_value(n).run()
    return bouton(at, "Enregistrer 4 séances")


def _paire(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    reference.charger_reference(session, by=SYSTEME)
    categorie = session.exec(select(Partenaire.categorie_id)).first()
    for nom in ("Régie du port", "RÉGIE DU PORT"):
        fiches.creer(
            session, saisie=Saisie(nom=nom, categorie_id=categorie), confirme=True, jeton=uuid4().hex, by=SYSTEME
        )
    return "pages/partenaires/doublons.py", {}


def _modele(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    session.add(
        Modele(genre=GenreModele.CONVOCATION, nom="Le nôtre.docx", contenu=avec("Notre feuille"), depose_le=utcnow())
    )
    return "pages/administration/modeles.py", {}


def _logo(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    parametres.ecrire(session, LOGO, "image/png", contenu=UN_POINT)
    return "pages/administration/modeles.py", {}


def _adresses(session: Session, cast: Cast, n: int = 1) -> None:
    flux.activer(session, oui=True, by=cast.responsable)
    for _ in range(n):
        flux.creer(session, jeton=uuid4().hex, now=utcnow(), by=cast.secretaire)


def _une_adresse(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    _adresses(session, cast)
    return "pages/administration/mon_compte.py", {}


def _quatre_adresses(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    _adresses(session, cast, 4)
    return "pages/administration/taches.py", {}


def _convoquee(session: Session, cast: Cast, plus: int = 2) -> int:
    """A meeting whose messages are ready, to two and as many again."""
    r = poser(session, cast)
    reunion = session.get_one(Reunion, r)
    reunion.debut = maintenant().replace(microsecond=0) + timedelta(days=6)
    reunion.fin = reunion.debut + timedelta(hours=2)
    modele = session.exec(select(Partenaire)).first()
    assert modele
    for n in range(plus):
        p = Partenaire(nom=f"Structure {n}", recherche=f"structure {n}", categorie_id=modele.categorie_id,
                       courriel=f"s{n}@exemple.fr")  # fmt: skip
        session.add(p)
        session.flush()
        session.add(Destinataire(reunion_id=r, partenaire_id=p.id, ordre=9 + n))
    session.flush()
    envoyer(session, r, cast.secretaire, now=maintenant())
    return r


def _messages_prets(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    return "pages/agenda/reunion.py", {"id": str(_convoquee(session, cast, plus=5)), "volet": "Convoquer"}


def _convoques(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    r = _convoquee(session, cast, plus=5)
    for e in session.exec(select(Envoi)).all():
        e.etat = EtatEnvoi.REMIS
    return "pages/agenda/reunion.py", {"id": str(r), "volet": "Convoquer"}


def _fichiers(at: AppTest) -> AppTest:
    with db.reading() as session:
        r = session.exec(select(Reunion.id)).one()
    at.file_uploader[0].set_value(
        [(f"{n}.ics", reponse_ics(r or 0, f"s{n}@exemple.fr"), "text/calendar") for n in range(4)]
    )
    return at.run()


def _en_panne(session: Session, cast: Cast) -> tuple[str, dict[str, str]]:
    for n in range(4):
        id = envois.deposer(
            session, genre=GenreEnvoi.RELANCE, courriel=f"s{n}@exemple.fr", objet="Essai", texte="Essai", by=SYSTEME
        )
        e = session.get_one(Envoi, id)
        e.erreur, e.essais = "Le relais ne répond pas.", 1
    return "pages/administration/taches.py", {}


UN_POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea7355b"
    "810000000049454e44ae426082"
)
ACTES = {
    "planifier": Acte(_quatre_instances, sur("Créer "), "Créer {n} réunions ?", nombre(Reunion), "serie.creer"),
    "instances manquantes": Acte(
        _secteurs, sur("Créer ce qui manque"), "Créer {n} instances ?", nombre(Instance), "instance.creer_manquantes"
    ),
    "inviter les collèges": Acte(
        _colleges, sur("Inviter les"), "Inviter {n} collèges ?", nombre(Participation), "participation.inviter"
    ),
    "semaine de séances": Acte(_classes, _semaine, "Enregistrer {n} séances ?", nombre(Seance), "seance.creer_semaine"),
    "pas un doublon": Acte(
        _paire,
        sur("Pas un doublon"),
        "Ne plus proposer ces 2 fiches ensemble ?",
        nombre(PaireEcartee),
        "doublon.ecarter",
    ),
    "modèle de la maison": Acte(
        _modele, sur("Revenir au modèle"), "Revenir au modèle de la maison ?", nombre(Modele), "modele.changer"
    ),
    "réponses reçues": Acte(
        _convoques,
        _fichiers,
        "Noter les réponses de 4 fichiers ?",
        nombre(Destinataire, Destinataire.reponse != Reponse.SANS_REPONSE),
        "reponses.recues",
    ),
    "logo": Acte(
        _logo,
        sur("Retirer le logo"),
        "Retirer le logo des documents ?",
        nombre(Parametre, Parametre.nom == LOGO, Parametre.contenu != None),  # noqa: E711 - SQL
        "Cela ne s’annule pas : le carnet n’en garde qu’un",
        annulable=False,
        role="responsable",
    ),
    "révoquer": Acte(
        _une_adresse,
        sur("Révoquer"),
        "Révoquer 1 adresse d’agenda ?",
        nombre(Flux, Flux.revoque_le == None),  # noqa: E711 - SQL
        "Cela ne s’annule pas, pour qu’une adresse perdue ne revienne jamais",
        annulable=False,
    ),
    "fermer les agendas": Acte(
        _quatre_adresses,
        lambda at: at.toggle(key="flux.actifs").set_value(False).run(),
        "Fermer 4 adresses d’agenda ?",
        lambda session: flux.actifs(session),
        "Rouvrir les agendas leur rend tout",
        annulable=False,
        role="responsable",
    ),
    "messages envoyés à la main": Acte(
        _messages_prets,
        sur("C’est envoyé"),
        "Noter {n} messages comme envoyés ?",
        nombre(Envoi, Envoi.etat == EtatEnvoi.REMIS),
        "Cela ne s’annule pas : un message parti n’est plus gardé",
        annulable=False,
    ),
}


def ecart(avant: Any, apres: Any) -> int:
    return abs(int(apres) - int(avant))


def dit(at: AppTest) -> str:
    groupes = (at.markdown, at.caption, at.warning, at.error, at.info, at.success)
    return "\n".join(str(e.value) for g in groupes for e in g).replace("\\", "")


@pytest.mark.parametrize("nom", list(ACTES))
def test_it_asks_then_does_then_is_undone_or_says_why_not(ecran: Ecran, cast_base: Cast, nom: str) -> None:
    acte = ACTES[nom]
    with db.writing() as session:
        page, adresse = acte.preparer(session, cast_base)
    with db.reading() as session:
        avant = acte.compter(session)
    at = acte.presser(ecran(page, role=acte.role, **adresse))
    assert not at.exception, at.exception
    with db.reading() as session:
        assert acte.compter(session) == avant, "done before it was asked"
    if not acte.annulable:
        assert acte.retour in dit(at)
    at = at.button(key="question.non").click().run()
    with db.reading() as session:
        assert acte.compter(session) == avant
    assert "question.oui" not in [b.key for b in at.button]
    at = acte.presser(at)
    titre = at.session_state["adresse"].posees["question"].titre
    at = at.button(key="question.oui").click().run()
    assert not at.exception, at.exception
    with db.reading() as session:
        apres = acte.compter(session)
    assert apres != avant
    assert titre == acte.demande.format(n=ecart(avant, apres))
    if acte.annulable:
        with db.reading() as session:
            (faite,) = operations.dernieres(session, acte=acte.retour, now=utcnow())
        at = ecran(page, role=acte.role, **adresse)
        at = next(b for b in at.button if str(b.key).endswith(f".annuler.{faite.id}")).click().run()
        assert not at.exception, at.exception
        with db.reading() as session:
            assert acte.compter(session) == avant


def test_messages_tried_again_are_asked_about(ecran: Ecran, cast_base: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with a relay: what leaves is not undone, and that is said."""
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", "9")
    monkeypatch.setenv("SMTP_EXPEDITEUR", "tranquillite@ville.example")
    get_settings.cache_clear()
    with db.writing() as session:
        page, adresse = _en_panne(session, cast_base)
    at = bouton(ecran(page, **adresse), "Tout réessayer")
    assert at.session_state["adresse"].posees["question"].titre == "Réessayer 4 messages ?"
    assert "un message parti ne se rappelle pas" in dit(at)


def test_a_question_is_forgotten_with_its_screen(ecran: Ecran, cast_base: Cast) -> None:
    with db.writing() as session:
        page, adresse = _une_adresse(session, cast_base)
    at = bouton(ecran(page, **adresse), "Révoquer")
    for ailleurs in ("pages/aujourdhui/accueil.py", page):
        at.switch_page(str(ROOT / ailleurs)).run()
        assert not at.exception
        assert "question.oui" not in [b.key for b in at.button]


# --- a single row that goes, without a question: it comes back from the journal --------------------------------------


def test_what_a_click_deletes_comes_back(ecran: Ecran, cast_base: Cast) -> None:
    from models.lists import GenreJourEvite
    from services.agenda import jours_evites

    with db.writing() as session:
        id = jours_evites.ajouter(
            session, genre=GenreJourEvite.EVENEMENT, libelle="Fête du port", debut=date(2027, 7, 1),
            fin=date(2027, 7, 4), jeton=uuid4().hex, by=cast_base.secretaire,
        )  # fmt: skip
        jours_evites.supprimer(session, id=id, version=1, by=cast_base.secretaire)
    at = bouton(ecran("pages/administration/journal.py"), "Annuler")
    for ailleurs in ("pages/aujourdhui/accueil.py", "pages/administration/journal.py"):
        at.switch_page(str(ROOT / ailleurs)).run()
        assert "annuler.oui" not in [b.key for b in at.button]  # left unanswered, it is not asked again
    at = bouton(bouton(at, "Annuler"), "Tout annuler")
    assert not at.exception
    with db.reading() as session:
        assert session.get_one(JourEvite, id).libelle == "Fête du port"
