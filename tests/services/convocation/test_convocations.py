"""Convening: who is called, what leaves, once, to whom it is true; through a real relay, read back by others."""

import secrets
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, select

from documents import contextes
from documents.icalendrier import invitation
from models import Destinataire, Envoi, Fonction, Journal, Partenaire, Personne, Reunion, Siege
from models.lists import EtatEnvoi, EtatReunion, EtatSalle, GenreEnvoi, Reponse
from services.agenda import instances, programmation
from services.convocation import composition, convocations, destinataires, dossier, rappels, reponses
from services.convocation.convocations import Acte, Options
from services.courrier import envois, expedition
from services.courrier.messages import Piece
from services.partenaires.sieges import SiegeVoulu
from services.socle import db
from services.socle.erreurs import BusinessError, Conflict, Forbidden, Invalid
from services.socle.horloge import civil, utcnow
from services.socle.temps import jour_long
from settings import get_settings
from tests.bases import Base, oublier_la_base
from tests.cast import Cast
from tests.relais import Relais, agenda, port_libre, relais
from tests.services.outils_agenda import creer_instance, creer_reunion, decor

NOW = datetime(2026, 11, 25, 9)
DEBUT = datetime(2026, 12, 8, 14)
EXPEDITEUR = "tranquillite@ville.example"
CALENDRIER = partial(invitation, zone=get_settings().zone)


@pytest.fixture
def avec_relais(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings name a relay; nothing listens there."""
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(port_libre()))
    monkeypatch.setenv("SMTP_EXPEDITEUR", EXPEDITEUR)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def poste(base: Base, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relais]:
    """The town's relay, listening; settings name it."""
    with relais() as r:
        monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(r.port))
        monkeypatch.setenv("SMTP_EXPEDITEUR", EXPEDITEUR)
        oublier_la_base()
        yield r


def poser(session: Session, cast: Cast) -> int:
    """A meeting of an instance of three: a person with an address, an organisation with one, one with none."""
    d = decor(session)
    police, oph = session.get_one(Partenaire, d.police), session.get_one(Partenaire, d.oph)
    police.courriel = "commissariat@police.example"
    mairie = Partenaire(nom="Parquet de La Rochelle", recherche="parquet", categorie_id=oph.categorie_id)
    claire = Personne(nom="Exemple", prenom="Claire", courriel="c.exemple@oph.example", recherche="claire exemple")
    session.add_all([police, mairie, claire])
    session.flush()
    fonction = Fonction(
        personne_id=claire.id, partenaire_id=d.oph, intitule="Directrice d’agence", debut=date(2020, 1, 1)
    )
    session.add(fonction)
    session.flush()
    instance = creer_instance(session, cast, d)
    instances.definir_membres(
        session,
        instance_id=instance,
        sieges=[
            SiegeVoulu(d.oph, "Directrice d’agence", fonction.id),
            SiegeVoulu(d.police),
            SiegeVoulu(mairie.id, "Procureure"),
        ],
        by=cast.secretaire,
    )
    parquet = session.exec(select(Siege).where(Siege.partenaire_id == mairie.id)).one()
    parquet.invite = True
    session.add(parquet)
    session.flush()
    return creer_reunion(
        session, cast, instance_id=instance, titre="Cellule de veille – Mireuil", debut=DEBUT,
        lieu_nom="Salle de l’Oratoire",
    )  # fmt: skip


def envoyer(
    session: Session,
    reunion_id: int,
    by: Any,
    *,
    acte: Acte = Acte.ENVOYER,
    options: Options | None = None,
    **plus: Any,
) -> list[int]:
    """Look, then send what was shown."""
    options, now = options or Options(), plus.pop("now", NOW)
    vu = convocations.apercu(session, reunion_id=reunion_id, acte=acte, options=options, now=now)
    valeurs = {"empreinte": vu.empreinte, "jeton": secrets.token_hex(16), "calendrier": CALENDRIER} | plus
    return convocations.envoyer(session, reunion_id=reunion_id, acte=acte, options=options, now=now, by=by, **valeurs)


def convoquer(cast: Cast) -> int:
    """A meeting whose messages are in line, for real; returns its id."""
    with db.writing() as session:
        r = poser(session, cast)
        envoyer(session, r, cast.secretaire)
    return r


def liste(session: Session, reunion_id: int) -> dict[str, destinataires.Convie]:
    return {c.partenaire: c for c in destinataires.lister(session, reunion_id=reunion_id, today=NOW.date())}


def deplacer(session: Session, reunion_id: int, by: Any, jours: int = 7) -> None:
    r = session.get_one(Reunion, reunion_id)
    programmation.deplacer(session, id=reunion_id, debut=r.debut + timedelta(days=jours), version=r.version, by=by)


def partir(session: Session) -> None:
    """What waits has left."""
    for x in envois.prendre(session, now=utcnow()):
        envois.parti(session, id=x.id, now=utcnow())


def etats(session: Session) -> list[tuple[GenreEnvoi, EtatEnvoi, str]]:
    return [(e.genre, e.etat, e.courriel) for e in session.exec(select(Envoi).order_by(Envoi.id)).all()]  # type: ignore[arg-type]


# --- the list -------------------------------------------------------------------------------------------------------


def test_list_comes_from_the_instance_and_never_changes_it(session: Session, cast: Cast) -> None:
    r = poser(session, cast)
    vus = liste(session, r)
    assert [(c.courriel, c.invite, c.personne) for c in vus.values()] == [
        ("c.exemple@oph.example", False, "Claire Exemple"),
        ("commissariat@police.example", False, ""),
        ("", True, ""),
    ]
    assert session.exec(select(Destinataire)).all() == []  # looking writes nothing
    police = vus["Police nationale"]
    composition.retenir(session, reunion_id=r, cle=police.cle, retenu=False, today=NOW.date(), by=cast.secretaire)
    trouves = destinataires.possibles(
        session, texte="exemple", today=NOW.date(), sauf=[c.cle for c in vus.values() if c.personne != "Claire Exemple"]
    )
    assert [(c.personne, c.fonction, c.courriel) for c in trouves] == [
        ("Claire Exemple", "Directrice d’agence", "c.exemple@oph.example")
    ]
    organisation = destinataires.possibles(
        session, texte="habitat", today=NOW.date(), sauf=[c.cle for c in vus.values()]
    )
    composition.ajouter(session, reunion_id=r, candidat=organisation[0], today=NOW.date(), by=cast.secretaire)
    with pytest.raises(BusinessError, match="Déjà dans la liste"):
        composition.ajouter(session, reunion_id=r, candidat=organisation[0], today=NOW.date(), by=cast.secretaire)
    assert [(c.fonction, c.retenu) for c in destinataires.lister(session, reunion_id=r, today=NOW.date())] == [
        ("Directrice d’agence", True), ("", False), ("Procureure", True), ("", True),
    ]  # fmt: skip
    assert len(session.exec(select(Siege)).all()) == 3
    assert len(session.exec(select(Journal).where(Journal.acte == "reunion.destinataire")).all()) == 2


def test_a_kept_list_proposes_who_joined_the_instance_since(session: Session, cast: Cast) -> None:
    id = poser(session, cast)
    depuis = partial(destinataires.membres_depuis, session, reunion_id=id, today=NOW.date())
    assert depuis() == []  # the list is still that of the instance
    envoyer(session, id, cast.secretaire)
    assert depuis() == []
    siege = session.exec(select(Siege).where(Siege.invite)).one()
    parquet = session.get_one(Partenaire, siege.partenaire_id)
    nouveau = Partenaire(nom="Préfecture", recherche="prefecture", categorie_id=parquet.categorie_id)
    session.add(nouveau)
    session.flush()
    session.add(Siege(instance_id=siege.instance_id, partenaire_id=nouveau.id, invite=True, ordre=9))
    session.flush()
    (prefecture,) = depuis()
    composition.ajouter(session, reunion_id=id, candidat=prefecture, today=NOW.date(), by=cast.secretaire)
    assert depuis() == []
    assert liste(session, id)["Préfecture"].invite


def test_a_kept_list_says_who_left_since(session: Session, cast: Cast, avec_relais: None) -> None:
    id = poser(session, cast)
    envoyer(session, id, cast.secretaire)
    assert {c.doute for c in liste(session, id).values()} == {""}
    session.exec(select(Fonction)).one().fin = NOW.date() - timedelta(days=1)
    session.exec(select(Partenaire).where(Partenaire.nom == "Police nationale")).one().archive_le = utcnow()
    session.flush()
    doutes = {nom: c.doute for nom, c in liste(session, id).items() if c.doute}
    assert doutes == {"Office public de l’habitat": "N’est plus en fonction", "Police nationale": "Partenaire archivé"}


def test_the_log_says_invitation_of_who_is_invited(session: Session, cast: Cast) -> None:
    id = poser(session, cast)
    session.exec(select(Partenaire).where(Partenaire.recherche == "parquet")).one().courriel = "parquet@justice.example"
    ids = envoyer(session, id, cast.secretaire)
    quoi = {e.a_qui.split(" – ")[0]: e.quoi for e in envois.journal_de(session, reunion_id=id)}
    assert (quoi["Parquet de La Rochelle"], quoi["Police nationale"]) == ("Invitation", "Convocation")
    noms = [p.nom for p in envois.fichiers(session, ids=ids, by=cast.secretaire)]
    assert [n.split(" ")[1] for n in noms if "parquet" in n] == ["Invitation"]


def test_one_address_of_the_directory_for_this_once(session: Session, cast: Cast) -> None:
    r = poser(session, cast)
    c = liste(session, r)["Office public de l’habitat"]
    session.get_one(Partenaire, c.partenaire_id).courriel = "accueil@oph.example"
    session.flush()
    assert liste(session, r)["Office public de l’habitat"].connues == ("c.exemple@oph.example", "accueil@oph.example")
    changer = partial(
        composition.changer_adresse, session, reunion_id=r, cle=c.cle, today=NOW.date(), by=cast.secretaire
    )
    with pytest.raises(Invalid, match="au carnet"):
        changer(courriel="ailleurs@exemple.fr")
    changer(courriel="accueil@oph.example")
    assert liste(session, r)["Office public de l’habitat"].courriel == "accueil@oph.example"


# --- what leaves ----------------------------------------------------------------------------------------------------


def test_preview_says_whom_and_why_not(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(mot="Café à 13 h 45."), now=NOW)
    assert [d.convie.courriel for d in vu.departs] == ["c.exemple@oph.example", "commissariat@police.example"]
    assert [c.partenaire for c in vu.sans_adresse] == ["Parquet de La Rochelle"]
    assert vu.refus == ""
    texte = vu.departs[0].texte
    assert vu.departs[0].objet == "Convocation : Cellule de veille – Mireuil, mardi 8\u00a0décembre\u00a02026"
    for attendu in ("vous convoquer", "mardi 8\u00a0décembre\u00a02026, 14\u00a0h\u00a000", "Salle de l’Oratoire",
                    "Café à", "Pour répondre", "Tranquillité publique"):  # fmt: skip
        assert attendu in texte
    parquet = session.get_one(Partenaire, vu.sans_adresse[0].partenaire_id)
    parquet.courriel = "pas une adresse"
    session.flush()
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert [c.partenaire for c in vu.en_erreur] == ["Parquet de La Rochelle"]
    parquet.courriel = "parquet@justice.example"
    session.flush()
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert vu.departs[2].objet.startswith("Invitation : ")
    assert "vous inviter" in vu.departs[2].texte
    assert "convoquer" not in vu.departs[2].texte


def test_the_words_of_the_instance(session: Session, cast: Cast) -> None:
    r = poser(session, cast)
    vue = instances.get(session, id=session.get_one(Reunion, r).instance_id or 0)
    definir = partial(instances.definir_textes, session, id=vue.id, by=cast.secretaire)
    definir(convocation="Chers partenaires,\r\nà bientôt.", invitation="", version=vue.version)
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert vu.departs[0].texte.startswith("Chers partenaires,\nà bientôt.\n\nCellule de veille – Mireuil\nDate : ")
    with pytest.raises(Conflict):
        definir(convocation="Autre", invitation="", version=vue.version)
    with pytest.raises(Invalid, match="2000"):
        definir(convocation="x" * 2001, invitation="", version=vue.version + 1)


def test_a_long_title_never_cuts_the_date_out_of_the_subject(session: Session, cast: Cast) -> None:
    r = poser(session, cast)
    session.get_one(Reunion, r).titre = "Cellule " * 25
    session.flush()
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert vu.departs[0].objet.endswith(", mardi 8\u00a0décembre\u00a02026")
    assert len(vu.departs[0].objet) <= 200


def test_sending_makes_it_convoquee_and_is_done_once(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    ids = envoyer(session, r, cast.secretaire, jeton="j" * 32)
    assert len(ids) == 2
    assert session.get_one(Reunion, r).etat is EtatReunion.CONVOQUEE
    assert envoyer(session, r, cast.secretaire, jeton="j" * 32) == []  # the same click twice
    with pytest.raises(Conflict, match="Sarah Secrétaire a déjà envoyé"):
        envoyer(session, r, cast.responsable, empreinte=vu.empreinte)
    assert len(session.exec(select(Envoi)).all()) == 2
    lignes = session.exec(select(Journal.resume).where(Journal.acte == "reunion.envoyer")).all()
    assert lignes == [
        "Convocations envoyées : Cellule de veille – Mireuil, 2 destinataires ; réunion convoquée\n"
        "État : Brouillon → Convoquée"
    ]


def test_again_only_on_purpose(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert (vu.departs, vu.refus, len(vu.deja)) == ([], "Il n’y a rien à envoyer.", 2)
    une = liste(session, r)["Police nationale"].cle
    assert len(envoyer(session, r, cast.secretaire, acte=Acte.RENVOYER, options=Options(seulement=(une,)))) == 1
    assert session.get_one(Reunion, r).sequence == 0  # nothing new for calendars


@pytest.mark.parametrize("etat", [EtatReunion.EN_SEANCE, EtatReunion.TENUE, EtatReunion.CLOSE, EtatReunion.PAS_EU_LIEU])
def test_states_in_which_nothing_leaves(session: Session, cast: Cast, etat: EtatReunion, avec_relais: None) -> None:
    r = poser(session, cast)
    session.get_one(Reunion, r).etat = etat
    session.flush()
    with pytest.raises(Invalid, match="rien ne peut être envoyé"):
        envoyer(session, r, cast.secretaire)


def test_past_meeting_and_called_off_meeting(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    with pytest.raises(Invalid, match="passée"):
        envoyer(session, r, cast.secretaire, now=DEBUT)
    session.get_one(Reunion, r).etat = EtatReunion.ANNULEE
    session.flush()
    with pytest.raises(Invalid, match="rien à envoyer"):
        envoyer(session, r, cast.secretaire)
    assert session.exec(select(Envoi)).all() == []


def test_what_waits_never_leaves_once_it_is_false(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    deplacer(session, r, cast.secretaire)
    assert envois.prendre(session, now=utcnow()) == []
    assert {e for _, e, _ in etats(session)} == {EtatEnvoi.RETIRE}
    envoyer(session, r, cast.secretaire)
    session.get_one(Reunion, r).etat = EtatReunion.BROUILLON
    session.flush()
    assert envois.prendre(session, now=utcnow()) == []


def test_moved_then_called_off(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    partir(session)
    une = liste(session, r)["Police nationale"].cle
    reponses.noter(session, reunion_id=r, cle=une, reponse=Reponse.VIENT, vue=Reponse.SANS_REPONSE, now=NOW,
                   by=cast.secretaire)  # fmt: skip
    assert convocations.situation(session, reunion_id=r, now=NOW).alerte == ""
    deplacer(session, r, cast.secretaire)
    assert "ancienne date (2 destinataires)" in convocations.situation(session, reunion_id=r, now=NOW).alerte
    envoyer(session, r, cast.secretaire)
    partir(session)
    assert [g for g, _, _ in etats(session)][2:] == [GenreEnvoi.MISE_A_JOUR] * 2
    assert session.get_one(Reunion, r).sequence == 1
    assert liste(session, r)["Police nationale"].reponse is Reponse.SANS_REPONSE  # it was for another day
    session.get_one(Reunion, r).etat = EtatReunion.ANNULEE
    session.flush()
    assert "annulée (2 destinataires)" in convocations.situation(session, reunion_id=r, now=NOW).alerte
    envoyer(session, r, cast.secretaire)
    assert [g for g, _, _ in etats(session)][4:] == [GenreEnvoi.ANNULATION] * 2
    assert session.get_one(Reunion, r).sequence == 2
    assert convocations.situation(session, reunion_id=r, now=NOW).alerte == ""


def test_a_place_found_after_the_convocation(session: Session, cast: Cast, avec_relais: None) -> None:
    id = poser(session, cast)
    reunion = session.get_one(Reunion, id)
    lieu, reunion.lieu_id = reunion.lieu_id, None
    envoyer(session, id, cast.secretaire)
    partir(session)
    reunion.lieu_id = lieu
    session.flush()
    assert "n’ont pas le lieu" in convocations.situation(session, reunion_id=id, now=NOW).alerte
    vu = convocations.apercu(session, reunion_id=id, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert vu.departs[0].objet.startswith("Lieu de la réunion : ")
    assert "Le lieu de la réunion est fixé." in vu.departs[0].texte
    assert "change de lieu" not in vu.departs[0].texte


@pytest.mark.parametrize("quoi", ["présidence", "salle"])
def test_what_changed_beside_the_date_and_the_place_is_said(
    session: Session, cast: Cast, avec_relais: None, quoi: str
) -> None:
    """Who chairs, the room confirmed since: nothing is sent by itself, the screen says that the letters are old."""
    r = poser(session, cast)
    reunion = session.get_one(Reunion, r)
    reunion.salle = EtatSalle.DEMANDEE

    def alerte() -> str:
        return convocations.situation(session, reunion_id=r, now=NOW).alerte

    def changer(pour_de_bon: bool) -> None:
        reunion.presidee_par = "Mme Claire Exemple, adjointe" if pour_de_bon and quoi == "présidence" else None
        reunion.salle = EtatSalle.CONFIRMEE if pour_de_bon and quoi == "salle" else EtatSalle.DEMANDEE
        session.flush()

    changer(pour_de_bon=True)
    assert alerte() == ""  # nobody was told anything
    changer(pour_de_bon=False)
    envoyer(session, r, cast.secretaire)
    partir(session)
    assert alerte() == ""
    changer(pour_de_bon=True)
    dit = "La salle est confirmée depuis l’envoi" if quoi == "salle" else "Qui préside a changé depuis l’envoi"
    assert alerte().startswith(dit)
    assert "2 destinataires" in alerte()
    changer(pour_de_bon=False)
    assert alerte() == ""
    changer(pour_de_bon=True)
    envoyer(session, r, cast.secretaire, acte=Acte.RENVOYER)
    assert alerte() == ""
    changer(pour_de_bon=False)  # and back: the last letter is what counts
    assert "depuis l’envoi" in alerte()
    deplacer(session, r, cast.secretaire)
    assert "l’ancienne date" in alerte()  # the update will carry all


def test_messages_sent_by_hand_leave_a_line_in_the_journal(session: Session, cast: Cast) -> None:
    r = poser(session, cast)
    ids = envoyer(session, r, cast.secretaire)
    for _ in range(2):  # a double click
        envois.remis(session, ids=ids, now=utcnow(), by=cast.secretaire)
    lignes = session.exec(select(Journal).where(Journal.acte == "reunion.remis")).all()
    assert [(x.objet, x.objet_id, x.resume) for x in lignes] == [
        ("reunion", r, f"Messages notés comme envoyés : {len(ids)} – Cellule de veille – Mireuil")
    ]


def test_who_got_nothing_is_told_nothing_of_a_change(session: Session, cast: Cast, avec_relais: None) -> None:
    """The relay is down: the convocation still waits when the meeting moves, then is called off, then is not."""
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    deplacer(session, r, cast.secretaire)
    assert convocations.situation(session, reunion_id=r, now=NOW).alerte == ""
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert {d.genre for d in vu.departs} == {GenreEnvoi.CONVOCATION}
    session.get_one(Reunion, r).etat = EtatReunion.ANNULEE
    session.flush()
    assert convocations.situation(session, reunion_id=r, now=NOW).alerte == ""
    with pytest.raises(Invalid, match="rien à envoyer"):
        envoyer(session, r, cast.secretaire)


def test_a_cancellation_that_waits_never_leaves_once_the_meeting_stands_again(
    session: Session, cast: Cast, avec_relais: None
) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    partir(session)
    session.get_one(Reunion, r).etat = EtatReunion.ANNULEE
    session.flush()
    envoyer(session, r, cast.secretaire)
    session.get_one(Reunion, r).etat = EtatReunion.CONVOQUEE
    session.flush()
    assert envois.prendre(session, now=utcnow()) == []
    assert all(c.informe for c in liste(session, r).values() if c.courriel)


def test_back_to_the_first_date_nothing_to_say(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    deplacer(session, r, cast.secretaire)
    deplacer(session, r, cast.secretaire, jours=-7)
    assert convocations.situation(session, reunion_id=r, now=NOW).alerte == ""


def test_no_alert_once_it_has_begun(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    partir(session)
    deplacer(session, r, cast.secretaire)
    debut = session.get_one(Reunion, r).debut
    juste_avant = convocations.situation(session, reunion_id=r, now=debut - timedelta(minutes=1))
    assert "ancienne date" in juste_avant.alerte
    assert convocations.situation(session, reunion_id=r, now=debut).alerte == ""


def test_left_out_after_being_called(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    une = liste(session, r)["Police nationale"].cle
    retenir = partial(composition.retenir, session, reunion_id=r, cle=une, today=NOW.date(), by=cast.secretaire)
    retenir(retenu=False)
    assert not liste(session, r)["Police nationale"].informe  # what waits for it will not leave
    retenir(retenu=True)
    partir(session)
    retenir(retenu=False)
    envoyer(session, r, cast.secretaire)
    assert etats(session)[-1] == (GenreEnvoi.ANNULATION, EtatEnvoi.A_ENVOYER, "commissariat@police.example")


@pytest.mark.parametrize("role", ["responsable", "collaborateur", "secretaire", "elu"])
def test_who_may(session: Session, cast: Cast, role: str, avec_relais: None) -> None:
    r, by = poser(session, cast), getattr(cast, role)
    cle = liste(session, r)["Police nationale"].cle
    today = NOW.date()
    commandes = {
        "envoyer": partial(envoyer, session, r, by),
        "retenir": partial(composition.retenir, session, reunion_id=r, cle=cle, retenu=False, today=today, by=by),
        "noter": partial(reponses.noter, session, reunion_id=r, cle=cle, reponse=Reponse.VIENT,
                         vue=Reponse.SANS_REPONSE, now=NOW, by=by),
        "regler": partial(rappels.regler_rappel, session, actif=True, jours=3, by=by),
    }  # fmt: skip
    permis = {
        "responsable": {*commandes}, "collaborateur": {*commandes} - {"regler"},
        "secretaire": {*commandes} - {"regler"}, "elu": set(),
    }[role]  # fmt: skip
    for nom, commande in commandes.items():
        if nom in permis:
            commande()
        else:
            with pytest.raises(Forbidden):
                commande()


def test_nobody_is_asked_again_for_what_has_not_left(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    with pytest.raises(Invalid, match="rien à envoyer"):
        envoyer(session, r, cast.secretaire, acte=Acte.RELANCER)
    partir(session)
    assert len(envoyer(session, r, cast.secretaire, acte=Acte.RELANCER)) == 2


# --- the reminder ---------------------------------------------------------------------------------------------------


def test_reminder_is_off_until_turned_on_and_leaves_once(session: Session, cast: Cast, avec_relais: None) -> None:
    r = poser(session, cast)
    session.get_one(Reunion, r).debut = DEBUT
    envoyer(session, r, cast.secretaire)
    for e in session.exec(select(Envoi)).all():
        e.etat, e.envoye_le = EtatEnvoi.ENVOYE, utcnow() - timedelta(days=2)
    une = liste(session, r)["Police nationale"].cle
    reponses.noter(session, reunion_id=r, cle=une, reponse=Reponse.EXCUSE, vue=Reponse.SANS_REPONSE, now=NOW,
                   by=cast.secretaire)  # fmt: skip
    veille = datetime.combine(utcnow().date() + timedelta(days=1), DEBUT.time())
    reunion = session.get_one(Reunion, r)
    reunion.debut, reunion.fin = veille + timedelta(days=3), veille + timedelta(days=3, hours=2)
    session.flush()
    ici = envois.annonce(reunion, None)
    reunion.lieu_id = None
    for e in session.exec(select(Envoi)).all():
        e.annonce = ici
    session.flush()
    assert rappels.rappels(session, now=veille) == 0
    rappels.regler_rappel(session, actif=True, jours=3, by=cast.responsable)
    assert rappels.rappels(session, now=veille - timedelta(days=1)) == 0  # too early
    assert rappels.rappels(session, now=veille) == 1
    assert rappels.rappels(session, now=veille + timedelta(hours=1)) == 0
    assert etats(session)[-1] == (GenreEnvoi.RAPPEL, EtatEnvoi.A_ENVOYER, "c.exemple@oph.example")


def test_a_reminder_says_where_the_invitation_is_and_belongs_to_its_date(
    session: Session, cast: Cast, avec_relais: None
) -> None:
    r = poser(session, cast)
    envoyer(session, r, cast.secretaire)
    partir(session)
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.RELANCER, options=Options(), now=NOW)
    le = jour_long(civil(utcnow()).date())
    assert {f"l’invitation reçue le {le}" in d.texte for d in vu.departs} == {True}
    assert "ci-joint" not in "".join(d.texte for d in vu.departs)
    envoyer(session, r, cast.secretaire, acte=Acte.RELANCER)
    partir(session)
    assert [bool(c.rappele_le) for c in liste(session, r).values()] == [True, True, False]
    deplacer(session, r, cast.secretaire)
    assert not any(c.rappele_le for c in liste(session, r).values())  # that of another date
    envoyer(session, r, cast.secretaire)
    partir(session)
    deplacer(session, r, cast.secretaire, jours=-7)
    envoyer(session, r, cast.secretaire)
    partir(session)
    assert not any(c.rappele_le for c in liste(session, r).values())  # the same date, of a round before


@pytest.mark.parametrize("acte", list(Acte))
def test_what_a_text_announces_goes_with_it(session: Session, cast: Cast, avec_relais: None, acte: Acte) -> None:
    """Whatever is sent, once convoked, moved and called off: « ci-joint » only where something is."""
    r = poser(session, cast)
    for etape in ("premiere", "deplacee", "annulee"):
        reunion = session.get_one(Reunion, r)
        if etape == "deplacee":
            deplacer(session, r, cast.secretaire)
        elif etape == "annulee":
            programmation.changer_etat(
                session, id=r, etat=EtatReunion.ANNULEE, motif="Salle", version=reunion.version, by=cast.secretaire
            )
        for quoi in (Acte.ENVOYER, acte):
            if not convocations.apercu(session, reunion_id=r, acte=quoi, options=Options(), now=NOW).refus:
                envoyer(session, r, cast.secretaire, acte=quoi)
        for e in session.exec(select(Envoi).where(Envoi.etat == EtatEnvoi.A_ENVOYER)).all():
            m = message_from_bytes(e.message or b"", policy=default)
            texte = m.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            joints = [p for p in m.walk() if p.get_content_type() == "text/calendar" or p.get_filename()]
            assert "ci-joint" not in texte or joints, (etape, quoi, e.genre)
            assert ("ci-jointe" in texte) == (e.genre in (GenreEnvoi.CONVOCATION, GenreEnvoi.MISE_A_JOUR))
        partir(session)


@pytest.mark.parametrize("salle", list(EtatSalle))
def test_a_room_that_is_not_ours_yet_is_said(session: Session, cast: Cast, salle: EtatSalle) -> None:
    r = poser(session, cast)
    reunion = session.get_one(Reunion, r)
    reunion.salle = salle
    session.flush()
    vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    attendu = salle is not EtatSalle.CONFIRMEE
    assert {("Lieu : Salle de l’Oratoire (lieu à confirmer)" in d.texte) for d in vu.departs} == {attendu}
    lettre = contextes.convocation(dossier.lire(session, reunion_id=r, today=NOW.date()), lettres=[], today=NOW.date())
    assert ("lieu à confirmer" in lettre["reunion"]["lieu"]) is attendu


def test_a_cancellation_carries_a_word_to_its_readers_and_to_the_log(cast_base: Cast, poste: Relais) -> None:
    by = cast_base.secretaire
    r = convoquer(cast_base)
    assert expedition.partir() == (2, 0)
    mot = "La salle est fermée.\nUne autre date vous sera proposée en janvier."
    with db.writing() as session:
        reunion = session.get_one(Reunion, r)
        programmation.changer_etat(
            session, id=r, etat=EtatReunion.ANNULEE, motif="Salle", version=reunion.version, by=by
        )
        envoyer(session, r, by, options=Options(mot=mot))
    assert expedition.partir() == (2, 0)
    message = poste.a("c.exemple@oph.example")[-1]
    assert mot in message.get_body(("plain",)).get_content().replace("\r", "")  # type: ignore[union-attr]
    assert agenda(message).vevent.comment.value == mot
    with db.reading() as session:
        assert [e.mot for e in envois.journal_de(session, reunion_id=r)] == [mot, mot, "", ""]


# --- through the relay ----------------------------------------------------------------------------------------------


def test_convocation_update_and_cancellation_at_the_other_end(cast_base: Cast, poste: Relais) -> None:
    by = cast_base.secretaire
    with db.writing() as session:
        r = poser(session, cast_base)
        ids = envoyer(session, r, by, pieces=lambda _: [Piece("Convocation é.docx", "application/msword", b"PK")])
    assert expedition.partir(ids=ids) == (2, 0)
    with db.writing() as session:
        deplacer(session, r, by)
        ids = envoyer(session, r, by)
    assert expedition.partir() == (2, 0)
    with db.writing() as session:
        reunion = session.get_one(Reunion, r)
        programmation.changer_etat(
            session, id=r, etat=EtatReunion.ANNULEE, motif="Salle", version=reunion.version, by=by
        )
        envoyer(session, r, by)
    expedition.lancer(ids=list(range(1, 20))).join()
    messages = poste.a("c.exemple@oph.example")
    agendas = [agenda(m) for m in messages]
    assert [a.method.value for a in agendas] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [a.vevent.sequence.value for a in agendas] == ["0", "1", "2"]
    assert {a.vevent.uid.value for a in agendas} == {f"reunion-{r}@carnet-de-veille"}
    assert [a.vevent.dtstart.value.replace(tzinfo=None) for a in agendas] == [
        DEBUT, DEBUT + timedelta(days=7), DEBUT + timedelta(days=7),
    ]  # fmt: skip
    assert agendas[0].vevent.attendee.value == "mailto:c.exemple@oph.example"
    assert agendas[0].vevent.organizer.value == f"mailto:{EXPEDITEUR}"
    assert agendas[0].vevent.location.value == "Salle de l’Oratoire"
    assert agendas[2].vevent.status.value == "CANCELLED"
    premier = messages[0]
    assert premier["To"] == "c.exemple@oph.example"  # nobody else's address
    assert premier["From"].addresses[0].addr_spec == EXPEDITEUR
    assert premier["Subject"] == "Convocation : Cellule de veille – Mireuil, mardi 8 décembre 2026"
    (agendas_mime,) = [p for p in premier.walk() if p.get_content_type() == "text/calendar"]
    assert agendas_mime["Content-Type"].params["method"] == "REQUEST"
    assert premier.get_content_type() == "multipart/mixed"
    assert [p.get_filename() for p in premier.iter_attachments()] == ["Convocation é.docx"]
    assert "J’ai l’honneur" in premier.get_body().get_content()  # type: ignore[union-attr]
    assert "reportée" not in messages[2].get_body().get_content()  # type: ignore[union-attr]
    assert poste.recus[0].mail_from == EXPEDITEUR
    assert all(len(e.rcpt_tos) == 1 for e in poste.recus)
    with db.reading() as session:
        assert all(e.message is None for e in session.exec(select(Envoi)).all())


def test_relay_down_then_up_one_message_under_one_name(
    base: Base, cast_base: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = port_libre()
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(port))
    monkeypatch.setenv("SMTP_EXPEDITEUR", EXPEDITEUR)
    oublier_la_base()
    with db.writing() as session:
        r = poser(session, cast_base)
        ids = envoyer(session, r, cast_base.secretaire)
        noms = {e.courriel: e.message_id for e in session.exec(select(Envoi)).all()}
    assert expedition.partir(ids=ids) == (0, 2)
    with db.reading() as session:
        (vu, *_) = envois.journal_de(session, reunion_id=r)
        assert (vu.etat, vu.essais) == (EtatEnvoi.A_ENVOYER, 1)
        assert "ne répond pas" in vu.erreur
        assert vu.prochain_essai is not None
        assert utcnow() < vu.prochain_essai <= utcnow() + envois.ATTENTES[0]
    with relais(port=port) as r2:
        assert expedition.partir() == (0, 0)  # not yet due
        with db.writing() as session:
            for e in session.exec(select(Envoi)).all():
                e.prochain_essai = utcnow()
        assert expedition.partir() == (2, 0)
        assert expedition.partir() == (0, 0)
        assert {a: r2.a(a)[0]["Message-ID"].strip("<>") for a in noms} == noms


def test_refused_address_is_said_and_not_tried_again(cast_base: Cast, poste: Relais) -> None:
    poste.refuse = {"commissariat@police.example": "550 5.1.1 inconnu\r\n"}
    r = convoquer(cast_base)
    assert expedition.partir() == (1, 1)
    with db.writing() as session:
        c = liste(session, r)["Police nationale"]
        assert c.en_erreur
        assert not c.informe
        vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
        assert [c.partenaire for c in vu.en_erreur] == ["Police nationale"]
        assert vu.departs == []
        session.get_one(Partenaire, c.partenaire_id).courriel = "accueil@police.example"
        session.flush()
        envoyer(session, r, cast_base.secretaire)
    assert expedition.partir() == (1, 0)
    assert len(poste.a("accueil@police.example")) == 1
    poste.refuse = {"accueil@police.example": "451 plus tard"}


def test_a_message_on_which_the_relay_hangs_up_holds_back_no_other(cast_base: Cast, poste: Relais) -> None:
    """Of two, the first makes the relay hang up, each time."""
    poste.raccroche = "c.exemple@oph.example"
    convoquer(cast_base)
    assert expedition.partir() == (1, 1)
    with db.reading() as session:
        essais = {e.courriel: (e.essais, e.erreur) for e in session.exec(select(Envoi)).all()}
    assert essais == {"c.exemple@oph.example": (1, expedition.PANNE), "commissariat@police.example": (1, "")}
    assert len(poste.a("commissariat@police.example")) == 1


def test_a_message_put_off_is_not_said_refused(cast_base: Cast, poste: Relais) -> None:
    poste.refuse = {"commissariat@police.example": "450 4.2.1 plus tard"}
    convoquer(cast_base)
    assert expedition.partir() == (1, 1)
    with db.reading() as session:
        attend = session.exec(select(Envoi).where(Envoi.etat == EtatEnvoi.A_ENVOYER)).one()
        assert attend.erreur == "La messagerie de la ville remet ce message à plus tard (450 4.2.1 plus tard)."


def test_a_slow_relay_gets_the_rest_later(cast_base: Cast, poste: Relais, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else another process would take what this one still holds, and it would leave twice."""
    convoquer(cast_base)
    monkeypatch.setattr(envois, "BAIL", timedelta(microseconds=1))
    assert expedition.partir() == (1, 1)
    assert len(poste.recus) == 1
    with db.reading() as session:
        reste = session.exec(select(Envoi).where(Envoi.etat == EtatEnvoi.A_ENVOYER)).one()
        assert reste.erreur == expedition.LENT


def test_two_agents_at_once_one_message_each(cast_base: Cast, poste: Relais) -> None:
    with db.writing() as session:
        r = poser(session, cast_base)
    with db.reading() as session:
        vu = convocations.apercu(session, reunion_id=r, acte=Acte.ENVOYER, options=Options(), now=NOW)
    depart, dits = threading.Barrier(2), []

    def agent(by: Any) -> None:
        depart.wait()
        try:
            with db.writing() as session:
                envoyer(session, r, by, empreinte=vu.empreinte)
        except Conflict as refus:
            dits.append(refus.phrase)

    fils = [threading.Thread(target=agent, args=(by,)) for by in (cast_base.secretaire, cast_base.responsable)]
    for f in fils:
        f.start()
    for f in fils:
        f.join()
    assert len(dits) == 1
    assert "déjà envoyé ces messages" in dits[0]
    expedition.partir()
    assert len(poste.recus) == 2


def test_line_breaks_inject_nothing(cast_base: Cast, poste: Relais) -> None:
    with db.writing() as session:
        r = poser(session, cast_base)
        session.get_one(Reunion, r).titre = "Cellule\r\nBcc: x@y.example\r\n\r\nfaux corps"
        police = session.exec(select(Partenaire).where(Partenaire.nom == "Police nationale")).one()
        police.nom = "Police\r\nATTENDEE:mailto:x@y.example"
        session.flush()
        envoyer(
            session,
            r,
            cast_base.secretaire,
            pieces=lambda _: [Piece("a\r\nX-Faux: 1.docx", "application/msword", b"PK")],
        )
    assert expedition.partir() == (2, 0)
    (m,) = poste.a("commissariat@police.example")
    assert m["Bcc"] is None
    assert m["X-Faux"] is None
    assert m["Subject"].startswith("Convocation : Cellule Bcc: x@y.example faux corps")
    assert [a.value for a in agenda(m).vevent.attendee_list] == ["mailto:commissariat@police.example"]


def test_without_a_relay_files_then_done_by_hand(session: Session, cast: Cast) -> None:
    from email import message_from_bytes
    from email.policy import default

    r = poser(session, cast)
    ids = envoyer(session, r, cast.secretaire)
    assert envois.prendre(session, now=utcnow()) == []
    assert [e.id for e in envois.a_la_main(session, reunion_id=r)] == ids[::-1]
    fichiers = envois.fichiers(session, ids=ids, by=cast.secretaire)
    assert [f.nom for f in fichiers] == [
        "01 Convocation office public de l habitat.eml",
        "02 Convocation police nationale.eml",
    ]
    lu: Any = message_from_bytes(fichiers[0].contenu, policy=default)
    assert (lu["X-Unsent"], lu["To"], lu["From"]) == ("1", "c.exemple@oph.example", None)
    assert [p.get_filename() for p in lu.iter_attachments()] == ["invitation.ics"]
    assert "DTSTART;TZID=Europe/Paris:20261208T140000" in next(lu.iter_attachments()).get_content()
    envois.remis(session, ids=ids, now=utcnow(), by=cast.secretaire)
    assert {e for _, e, _ in etats(session)} == {EtatEnvoi.REMIS}
    assert all(c.informe for c in liste(session, r).values() if c.courriel)
