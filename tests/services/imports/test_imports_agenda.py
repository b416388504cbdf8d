"""Calendar files: what comes in, once; what is never kept; what is refused, and fast."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import Session, select

from models import Lieu, Releve, Reunion
from models.lists import EtatReleve, EtatReunion, EtatSalle, TypeReunion
from services.commun import operations
from services.imports import colonnes, fichiers
from services.imports.colonnes import Nature
from services.imports.importation import Demande, Essai, importer
from services.imports.imports_agenda import preparer_agenda
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui, utcnow
from tests.cast import Cast
from tests.services.imports.test_imports_carnet import etats, tout

AN = aujourdhui().year + 1  # unfolded around today: the file of next year


def agenda(*evenements: str) -> bytes:
    corps = "".join(f"BEGIN:VEVENT\n{e}\nEND:VEVENT\n" for e in evenements)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:essai\n{corps}END:VCALENDAR\n".encode()


def demande(octets: bytes) -> Demande:
    t = colonnes.tableau(fichiers.lire(octets)[0], entete=1)
    return Demande(colonnes.lire(t, colonnes.deviner(t, Nature.AGENDA), Nature.AGENDA), aujourdhui())


def essai(session: Session, octets: bytes) -> Essai:
    return preparer_agenda(session, demande(octets)).essai


def ecrire(session: Session, octets: bytes, cast: Cast, *, jeton: str = "j") -> int:
    return importer(
        session, preparer=preparer_agenda, demande=demande(octets), vu=essai(session, octets), fichier="a.ics",
        jeton=jeton, now=utcnow(), by=cast.secretaire,
    )  # fmt: skip


SIMPLE = agenda(
    f"UID:un@ville\nDTSTART:{AN}0702T120000Z\nDTEND:{AN}0702T140000Z\nSUMMARY:Cellule de veille – Centre-ville\n"
    "LOCATION:Salle du Gabut https://visio.example/secret\nDESCRIPTION:Au sujet de\n  Jean Secret\n"
    "ATTENDEE;CN=Jean Secret:mailto:jean.secret@example.org\nORGANIZER:mailto:marie.secret@example.org",
    f"UID:deux@ville\nDTSTART;VALUE=DATE:{AN}0703\nSUMMARY:Réunion technique – Mireuil",
    f"UID:trois@ville\nDTSTART:{AN}0704T090000\nDURATION:PT45M\nSUMMARY:Point budget",
)


def test_events_come_in_once_without_what_speaks_of_people_and_go_again(
    reference: None, session: Session, cast: Cast
) -> None:
    avant = tout(session)
    assert etats(essai(session, SIMPLE)) == ["nouveau"] * 3
    id = ecrire(session, SIMPLE, cast)
    cellule, technique, budget = session.exec(select(Reunion).order_by(Reunion.debut)).all()
    assert (cellule.debut, cellule.fin) == (datetime(AN, 7, 2, 14), datetime(AN, 7, 2, 16))  # 12:00 UTC, in summer
    assert (cellule.type, cellule.etat, cellule.uid_externe) == (TypeReunion.CELLULE, EtatReunion.BROUILLON, "un@ville")
    assert cellule.instance_id
    assert session.get_one(Lieu, cellule.lieu_id).nom == "Salle du Gabut"
    assert technique.debut.date() == date(AN, 7, 3)
    assert (budget.type, budget.titre) == (TypeReunion.AUTRE, "Point budget")
    assert (budget.debut, budget.fin) == (datetime(AN, 7, 4, 9), datetime(AN, 7, 4, 9, 45))
    assert "Secret" not in str(tout(session))
    assert etats(essai(session, SIMPLE)) == ["identique"] * 3
    operations.annuler(session, id=id, now=utcnow(), by=cast.secretaire)
    assert tout(session) == avant


def test_what_changed_in_the_file_moves_the_same_meeting(reference: None, session: Session, cast: Cast) -> None:
    ecrire(session, SIMPLE, cast)
    deplacee = SIMPLE.replace(b"0704T090000\n", b"0705T103000\nSTATUS:CANCELLED\n")
    lignes = essai(session, deplacee).lignes
    assert [x.etat.value for x in lignes] == ["identique", "identique", "modifie"]
    assert [c.libelle for c in lignes[2].champs] == ["Quand", "État"]
    ecrire(session, deplacee, cast, jeton="k")
    budget = session.exec(select(Reunion).where(Reunion.uid_externe == "trois@ville")).one()
    assert (budget.debut, budget.etat) == (datetime(AN, 7, 5, 10, 30), EtatReunion.ANNULEE)
    assert len(session.exec(select(Reunion)).all()) == 3


def test_a_past_meeting_was_held_that_of_today_is_to_come(session: Session, cast: Cast) -> None:
    octets = agenda(*(f"UID:{j}@ville\nDTSTART:202611{j}T080000\nSUMMARY:Point" for j in (23, 24)))
    d = replace(demande(octets), today=date(2026, 11, 24))
    importer(
        session, preparer=preparer_agenda, demande=d, vu=preparer_agenda(session, d).essai, fichier="a.ics", jeton="j",
        now=utcnow(), by=cast.secretaire,
    )  # fmt: skip
    etats_ = [r.etat for r in session.exec(select(Reunion).order_by(Reunion.debut)).all()]
    assert etats_ == [EtatReunion.TENUE, EtatReunion.BROUILLON]


def test_a_series_is_unfolded_with_its_exceptions_and_keeps_its_hour(session: Session) -> None:
    paris = "TZID=Europe/Paris"
    serie = agenda(
        f"UID:s\nDTSTART;{paris}:{AN}0105T140000\nDTEND;{paris}:{AN}0105T153000\nRRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=6\n"
        f"EXDATE;{paris}:{AN}0202T140000\nSUMMARY:Suivi",
        f"UID:s\nRECURRENCE-ID;{paris}:{AN}0302T140000\nDTSTART;{paris}:{AN}0303T170000\n"
        f"DTEND;{paris}:{AN}0303T180000\nSUMMARY:Suivi déplacé",
    )
    lues = [(v["titre"], v["debut"]) for _, v in demande(serie).lues]
    assert len(lues) == 6 - (AN == 2027)  # the 2 February of that year is its first Tuesday
    assert ("Suivi déplacé", f"03/03/{AN} 17:00") in lues
    assert all(debut.endswith("14:00") for titre, debut in lues if titre == "Suivi")  # winter and summer alike


def test_one_date_of_a_series_sent_alone_is_that_date(reference: None, session: Session, cast: Cast) -> None:
    """What Outlook sends when one date is moved, or cancelled: the event alone, without the rule."""
    serie = agenda(f"UID:s\nDTSTART:{AN}0105T140000\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Suivi")
    ecrire(session, serie, cast)
    seule = f"UID:s\nRECURRENCE-ID:{AN}0112T140000\nDTSTART:{AN}0113T100000\nSUMMARY:Suivi"
    ecrire(session, agenda(seule), cast, jeton="k")
    assert [r.debut for r in session.exec(select(Reunion).order_by(Reunion.debut)).all()] == [
        datetime(AN, 1, 5, 14), datetime(AN, 1, 13, 10), datetime(AN, 1, 19, 14),
    ]  # fmt: skip
    annulation = agenda(seule).replace(b"VERSION:2.0", b"VERSION:2.0\nMETHOD:CANCEL")
    ecrire(session, annulation, cast, jeton="l")
    annulees = session.exec(select(Reunion.debut).where(Reunion.etat == EtatReunion.ANNULEE)).all()
    assert annulees == [datetime(AN, 1, 13, 10)]


def test_events_without_identifier_are_known_by_their_hour_and_name(
    reference: None, session: Session, cast: Cast
) -> None:
    """Never by their rank: the first of another file is another meeting."""
    premier = f"DTSTART:{AN}0105T140000\nSUMMARY:Suivi"
    ecrire(session, agenda(premier), cast)
    lignes = essai(session, agenda(f"DTSTART:{AN}0106T090000\nSUMMARY:Jury", premier, premier)).lignes
    assert [x.etat.value for x in lignes] == ["nouveau", "identique", "refuse"]
    assert len(session.exec(select(Reunion)).all()) == 1


def test_a_meeting_moved_by_the_file_has_its_room_to_book_again(reference: None, session: Session, cast: Cast) -> None:
    ecrire(session, SIMPLE, cast)
    budget = session.exec(select(Reunion).where(Reunion.uid_externe == "trois@ville")).one()
    budget.salle = EtatSalle.CONFIRMEE
    session.flush()
    ecrire(session, SIMPLE.replace(b"0704T090000", b"0704T100000"), cast, jeton="k")
    assert (budget.debut.hour, budget.salle) == (10, EtatSalle.A_RESERVER)


def test_what_is_no_meeting_is_refused_line_by_line(session: Session) -> None:
    lignes = essai(
        session,
        agenda(
            f"UID:a\nDTSTART;VALUE=DATE:{AN}0710\nDTEND;VALUE=DATE:{AN}0715\nSUMMARY:Francofolies",
            f"UID:b\nDTSTART:{AN}0710T100000\nCLASS:PRIVATE\nSUMMARY:Dentiste de Jean",
            "UID:c\nDTSTART:demain\nSUMMARY:Cassé",
            f"UID:d\nDTSTART:{AN}0710T100000\nRRULE:FREQ=SECONDLY\nSUMMARY:Sans fin",
            f"UID:e\nDTSTART:{AN}0710T100000",
            f"UID:f\nDTSTART:{AN}0710T100000\nDTEND:{AN}0710T090000\nSUMMARY:À rebours",
        ),
    ).lignes
    assert [x.etat.value for x in lignes] == ["refuse"] * 6
    motifs = " ".join(x.motif for x in lignes)
    for mot in ("plusieurs jours", "privé", "date de début", "plusieurs fois par jour", "pas de titre", "avant son"):
        assert mot in motifs
    assert "Dentiste" not in str(lignes)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("octets", "mot"),
    [
        (agenda(), "Aucun événement"),
        (
            agenda("UID:a\nDTSTART:20260101T100000\nSUMMARY:é").decode().encode("latin-1"),
            "lettres que le carnet ne sait pas lire",
        ),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", "abîmé"),
        (agenda(*["UID:a\nDTSTART:20260101T100000"] * 4000), "trop d’événements"),
        (agenda("UID:a\nDTSTART:20260101T100000\nRRULE:FREQ=DAILY;BYDAY=" + "MO," * 4000), "démesurée"),
        (agenda(*[f"UID:{n}\nDTSTART:20200101T100000\nRRULE:FREQ=DAILY" for n in range(400)]), "trop d’événements"),
    ],
    ids=["empty", "latin-1", "cut", "many", "long rule", "long series"],
)
def test_hostile_files_are_refused(octets: bytes, mot: str) -> None:
    with pytest.raises(Invalid, match=mot):
        fichiers.lire(octets)


def test_a_meeting_whose_releve_was_sent_is_left_as_it_is(reference: None, session: Session, cast: Cast) -> None:
    ecrire(session, SIMPLE, cast)
    cellule = session.exec(select(Reunion).order_by(Reunion.debut)).first()
    assert cellule is not None
    cellule.etat = EtatReunion.TENUE
    session.add(Releve(reunion_id=cellule.id, etat=EtatReleve.DIFFUSE))
    session.flush()
    ligne = essai(session, SIMPLE.replace(b"Salle du Gabut", b"Ailleurs")).lignes[0]
    assert (ligne.etat.value, "diffusé" in ligne.motif) == ("refuse", True)


def test_a_place_is_kept_up_to_what_the_notebook_holds(reference: None, session: Session, cast: Cast) -> None:
    long = "S" * 200
    ecrire(
        session,
        agenda(f"UID:un@ville\nDTSTART:{AN}0704T090000\nDURATION:PT45M\nSUMMARY:Point\nLOCATION:{long}"),
        cast,
    )
    assert session.exec(select(Lieu.nom).where(Lieu.nom.startswith("SSS"))).all() == ["S" * 160]  # type: ignore[attr-defined]
