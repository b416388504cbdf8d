"""Answers: noted on the phone, read from what calendar programs send, carried to the entry screen."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import Session, select

from models import Destinataire, Envoi, Presence, Reunion
from models.lists import EtatEnvoi, EtatPresence, EtatReunion, Reponse
from services.agenda import reunions
from services.convocation import composition, destinataires, reponses
from services.convocation.reponses import Compte
from services.releves import saisie
from services.socle import brouillons
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Invalid
from tests.cast import Cast
from tests.scene import saisir
from tests.services.convocation.test_convocations import DEBUT, NOW, deplacer, envoyer, liste, poser
from tests.services.convocation.test_convocations import avec_relais as avec_relais

OPH, POLICE = "c.exemple@oph.example", "commissariat@police.example"


@pytest.fixture
def r(session: Session, cast: Cast, avec_relais: None) -> int:
    """A meeting, convened; both messages left."""
    id = poser(session, cast)
    envoyer(session, id, cast.secretaire)
    for e in session.exec(select(Envoi)).all():
        e.etat = EtatEnvoi.ENVOYE
    session.flush()
    return id


def noter(session: Session, r: int, qui: str, reponse: Reponse, by: Acteur, **plus: object) -> None:
    c = liste(session, r)[qui]
    valeurs = {"vue": c.reponse, "now": NOW} | plus
    reponses.noter(session, reunion_id=r, cle=c.cle, reponse=reponse, by=by, **valeurs)  # type: ignore[arg-type]


def reponse_ics(
    r: int, courriel: str = OPH, partstat: str = "ACCEPTED", *, methode: str = "REPLY", sequence: int = 0, uid: str = ""
) -> bytes:
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Autre//FR", f"METHOD:{methode}", "BEGIN:VEVENT",
            f"UID:{uid or f'reunion-{r}@carnet-de-veille'}", f"SEQUENCE:{sequence}", "DTSTAMP:20261126T080000Z",
            "DTSTART:20261208T130000Z", "DTEND:20261208T150000Z", "SUMMARY:Accepté : Cellule",
            f'ATTENDEE;CN="Exemple Claire";PARTSTAT={partstat}:MAILTO:{courriel.upper()}',
            "END:VEVENT", "END:VCALENDAR", "",
        ]
    ).encode()  # fmt: skip


OUTLOOK = b"\r\n".join(
    [
        b"BEGIN:VTIMEZONE", b"TZID:Romance Standard Time",
        b"BEGIN:STANDARD", b"DTSTART:16010101T030000", b"TZOFFSETFROM:+0200", b"TZOFFSETTO:+0100",
        b"RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10", b"END:STANDARD", b"END:VTIMEZONE",
        b"BEGIN:VEVENT", b"X-MICROSOFT-CDO-BUSYSTATUS:BUSY", b"X-MICROSOFT-DISALLOW-COUNTER:FALSE",
    ]
)  # fmt: skip


def courriel_avec(agenda: bytes) -> bytes:
    """As Outlook answers: the answer as an alternative, here in Latin-1 letters around it."""
    m = EmailMessage()
    m["From"], m["To"], m["Subject"] = OPH, "tranquillite@ville.example", "Accepté : Cellule de veille"
    m.set_content("Je viendrai, à bientôt.", charset="iso-8859-1")
    m.add_alternative(agenda, maintype="text", subtype="calendar")
    return m.as_bytes()


# --- on the phone ---------------------------------------------------------------------------------------------------


def test_counts_follow_what_is_noted(session: Session, cast: Cast, r: int) -> None:
    noter(session, r, "Office public de l’habitat", Reponse.VIENT, cast.secretaire)
    noter(session, r, "Police nationale", Reponse.REMPLACE, cast.secretaire, remplacant="  Capitaine\n")
    vus = destinataires.lister(session, reunion_id=r, today=NOW.date())
    compte = Compte(convoques=2, invites=1, viennent=1, remplaces=1, excuses=0, sans_reponse=1)
    assert reponses.compter(vus) == compte
    assert reponses.comptes(session, reunion_ids=[r], today=NOW.date()) == {r: compte}
    assert [c.remplacant for c in vus] == ["", "Capitaine", ""]
    noter(session, r, "Police nationale", Reponse.SANS_REPONSE, cast.secretaire)
    c = liste(session, r)["Police nationale"]
    assert (c.reponse, c.remplacant, c.repondu_le) == (Reponse.SANS_REPONSE, "", None)


def test_a_colleagues_answer_is_not_overwritten(session: Session, cast: Cast, r: int) -> None:
    noter(session, r, "Police nationale", Reponse.VIENT, cast.secretaire)
    with pytest.raises(Conflict, match="« Vient »"):
        noter(session, r, "Police nationale", Reponse.EXCUSE, cast.responsable, vue=Reponse.SANS_REPONSE)
    noter(session, r, "Police nationale", Reponse.VIENT, cast.responsable, vue=Reponse.SANS_REPONSE)  # the same: fine


def test_no_answer_to_a_meeting_called_off(session: Session, cast: Cast, r: int) -> None:
    session.get_one(Reunion, r).etat = EtatReunion.ANNULEE
    with pytest.raises(Invalid, match="Annulée"):
        noter(session, r, "Police nationale", Reponse.VIENT, cast.secretaire)


def test_who_is_calling(session: Session, cast: Cast, r: int) -> None:
    for texte in ("oph", "claire", "habitat"):
        (a,) = reponses.qui_appelle(session, texte=texte, now=NOW)
        assert (a.reunion_id, a.partenaire, a.personne) == (r, "Office public de l’habitat", "Claire Exemple")
    assert reponses.qui_appelle(session, texte="", now=NOW) == []
    assert reponses.qui_appelle(session, texte="oph", now=DEBUT) == []


def test_who_is_calling_for_a_meeting_convened_without_the_tool(session: Session, cast: Cast) -> None:
    """Its list is that of its instance, until it begins."""
    r = poser(session, cast)
    session.get_one(Reunion, r).etat = EtatReunion.CONVOQUEE
    session.flush()
    avant = DEBUT - timedelta(minutes=1)
    assert [a.reunion_id for a in reponses.qui_appelle(session, texte="police", now=avant)] == [r]
    assert reponses.qui_appelle(session, texte="police", now=DEBUT) == []


# --- read from a file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partstat", "attendue"),
    [("ACCEPTED", Reponse.VIENT), ("DECLINED", Reponse.EXCUSE), ("DELEGATED", Reponse.REMPLACE)],
)
def test_answer_of_a_calendar_program(session: Session, cast: Cast, r: int, partstat: str, attendue: Reponse) -> None:
    for contenu in (reponse_ics(r, partstat=partstat), courriel_avec(reponse_ics(r, partstat=partstat))):
        dit = reponses.deposer(session, contenu=contenu, now=NOW, by=cast.secretaire)
        assert dit == [f"Office public de l’habitat : {attendue.libelle.lower()} – Cellule de veille – Mireuil"]
    assert liste(session, r)["Office public de l’habitat"].reponse is attendue


def test_who_delegates_names_the_delegate_too(session: Session, cast: Cast, r: int) -> None:
    delegue = b'ATTENDEE;PARTSTAT=NEEDS-ACTION;DELEGATED-FROM="mailto:%s":mailto:x@y.fr\r\nEND:VEVENT' % OPH.encode()
    contenu = reponse_ics(r, partstat="DELEGATED").replace(b"END:VEVENT", delegue)
    reponses.deposer(session, contenu=contenu, now=NOW, by=cast.secretaire)
    assert liste(session, r)["Office public de l’habitat"].reponse is Reponse.REMPLACE


def test_refused_with_the_reason(session: Session, cast: Cast, r: int) -> None:
    profond = b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: message/rfc822\n\n" * 3000
    cas = {
        b"": "vide",
        b"\xd0\xcf\x11\xe0" + b"x" * 100: "Outlook",
        b"%PDF-1.7\n%\x00\x00": "ni un message",
        b"PK\x03\x04" + b"\0" * 40: "ni un message",
        b"x" * 5_000_001: "trop lourd",
        b"From: a@b.fr\r\nSubject: Oui\r\n\r\nJe viens": "ne contient pas de réponse",
        profond: "refusé",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 300: "",
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + b"X-A:" + b"y" * 300_000: "trop lourd",
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n": "aucune réunion",
        reponse_ics(r, methode="REQUEST"): "est une invitation",
        reponse_ics(r, methode="COUNTER"): "autre date",
        reponse_ics(r, partstat="TENTATIVE"): "peut-être",
        reponse_ics(r, partstat="BIDULE"): "ni oui ni non",
        reponse_ics(r, uid="reunion-999999@carnet-de-veille"): "ne connaît pas",
        reponse_ics(r, uid="autre@ailleurs"): "ne connaît pas",
        reponse_ics(r, courriel="inconnu@exemple.fr"): "pas été convoquée",
        reponse_ics(r).replace(b"END:VEVENT", b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.fr\r\nEND:VEVENT"): "plusieurs",
    }  # fmt: skip
    for contenu, raison in cas.items():
        with pytest.raises(Invalid) as refus:
            reponses.deposer(session, contenu=contenu, now=NOW, by=cast.secretaire)
        assert raison in refus.value.erreurs["fichier"], contenu[:60]
    assert {c.reponse for c in liste(session, r).values()} == {Reponse.SANS_REPONSE}


def test_an_answer_of_outlook(session: Session, cast: Cast, r: int) -> None:
    """Its own time zone, its X- lines, quotes and accents in the name; a DTSTAMP nobody can read is done without."""
    nom = b'CN="Exemple Claire"', 'CN="Éxemple, Claire (OPH)"'.encode()
    outlook = reponse_ics(r).replace(b"BEGIN:VEVENT", OUTLOOK).replace(*nom)
    for fichier in (outlook.replace(b"20261126T080000Z", b"hier"), courriel_avec(outlook)):
        assert "vient" in reponses.deposer(session, contenu=fichier, now=NOW, by=cast.secretaire)[0]


def test_answer_to_the_former_date(session: Session, cast: Cast, r: int) -> None:
    deplacer(session, r, cast.secretaire)
    with pytest.raises(Invalid, match="ancienne date"):
        reponses.deposer(session, contenu=reponse_ics(r), now=NOW, by=cast.secretaire)
    envoyer(session, r, cast.secretaire)
    with pytest.raises(Invalid, match="ancienne date"):
        reponses.deposer(session, contenu=reponse_ics(r), now=NOW, by=cast.secretaire)
    reponses.deposer(session, contenu=reponse_ics(r, sequence=1), now=NOW, by=cast.secretaire)


def test_an_older_answer_does_not_undo_a_later_one(session: Session, cast: Cast, r: int) -> None:
    """The file says that it was written on 26 November at 8:00 UTC."""
    oph, ecrite = "Office public de l’habitat", datetime(2026, 11, 26, 8, tzinfo=UTC)
    noter(session, r, oph, Reponse.VIENT, cast.secretaire)
    row = session.get_one(Destinataire, liste(session, r)[oph].id)
    row.repondu_le = ecrite + timedelta(minutes=1)
    session.flush()
    with pytest.raises(Invalid, match="a répondu « Vient » depuis"):
        reponses.deposer(session, contenu=reponse_ics(r, partstat="DECLINED"), now=NOW, by=cast.secretaire)
    assert row.reponse is Reponse.VIENT
    row.repondu_le = ecrite
    session.flush()
    reponses.deposer(session, contenu=reponse_ics(r, partstat="DECLINED"), now=NOW, by=cast.secretaire)
    assert row.reponse is Reponse.EXCUSE


# --- carried to the entry screen ------------------------------------------------------------------------------------


def test_answers_prefill_the_presences(session: Session, cast: Cast, r: int) -> None:
    by = cast.secretaire
    noter(session, r, "Office public de l’habitat", Reponse.VIENT, by)
    noter(session, r, "Police nationale", Reponse.EXCUSE, by)
    habitat = destinataires.possibles(session, texte="habitat", today=NOW.date(), sauf=[])
    autre = next(c for c in habitat if not c.fonction)
    composition.ajouter(session, reunion_id=r, candidat=autre, today=NOW.date(), by=by)
    apres = DEBUT + timedelta(hours=3)
    form = saisie.ouvrir(session, reunion_id=r, by=by)

    def lue() -> dict[str, object]:
        s = saisie.lire(session, reunion=reunions.get(session, id=r), form=form, by=by, today=apres.date())
        return {f"{m.partenaire} {m.fonction}".strip(): s.valeur(f"presence.{m.cle}") for m in s.membres}

    assert lue() == {
        "Office public de l’habitat Directrice d’agence": "present",
        "Police nationale": "excuse",
        "Parquet de La Rochelle Procureure": None,
        "Office public de l’habitat": None,
    }
    s = saisie.lire(session, reunion=reunions.get(session, id=r), form=form, by=by, today=apres.date())
    police = next(m for m in s.membres if m.partenaire == "Police nationale")
    brouillons.ecrire(session, jeton=form.jeton, valeurs={f"presence.{police.cle}": "absent"}, vues={}, by=by)
    assert lue()["Police nationale"] == "absent"  # what was seen wins over what was announced
    saisir(session, r, {}, by, now=apres)
    notees = {p.partenaire_id: p.etat for p in session.exec(select(Presence)).all()}
    assert sorted(notees.values()) == [EtatPresence.ABSENT, EtatPresence.PRESENT]
    form = saisie.ouvrir(session, reunion_id=r, by=by)
    assert lue()["Parquet de La Rochelle Procureure"] is None  # written up: answers no longer count
