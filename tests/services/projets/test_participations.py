"""«13-18»: a school year from the invitation to its figures, and all that is refused on the way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, func, select

from models import Categorie, Classe, College, Etape, Journal, Partenaire, Participation, Seance
from models.lists import EtatSeance, SensEtape, Volet
from services.projets import classes, etapes, participations, seances
from services.projets.creneaux import CONFIRMER, LigneSeance
from services.projets.participations import Bilan, ParticipationVue
from services.socle import periodes
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Duplicate, Forbidden, Invalid
from services.socle.horloge import utcnow
from tests.cast import Cast

TODAY = date(2026, 11, 23)  # a Monday
MARDI = datetime(2026, 11, 24, 9)
ETAPES = [
    (Volet.CONTACT, "À contacter", SensEtape.DEBUT, "15/10"),
    (Volet.CONTACT, "Contacté", SensEtape.EN_COURS, "30/11"),
    (Volet.CONTACT, "Accepté", SensEtape.ABOUTI, ""),
    (Volet.CONTACT, "Refusé", SensEtape.REFUSE, ""),
    (Volet.CONVENTION, "À envoyer", SensEtape.DEBUT, "15/12"),
    (Volet.CONVENTION, "Signée", SensEtape.ABOUTI, ""),
    (Volet.PLANNING, "À planifier", SensEtape.DEBUT, "31/12"),
    (Volet.PLANNING, "Réalisé", SensEtape.EN_COURS, "05/07"),
]


@dataclass
class Decor:
    """Two collèges, two structures, the steps; and a hand for each command."""

    session: Session
    by: Acteur
    fenelon: int
    missy: int
    centre: int
    police: int

    def inviter(self, annee: int = 2026) -> int:
        participations.inviter(self.session, annee=annee, by=self.by)
        return self.une("Missy", annee).id

    def une(self, nom: str = "Missy", annee: int = 2026, today: date = TODAY) -> ParticipationVue:
        vues = participations.participations(self.session, annee=annee, today=today)
        return next(p for p in vues if nom in p.college)

    def etape(self, libelle: str) -> int:
        return self.session.exec(select(Etape.id).where(Etape.libelle == libelle)).one() or 0

    def passer(self, volet: Volet, libelle: str, nom: str = "Missy", annee: int = 2026) -> None:
        p = self.une(nom, annee)
        participations.changer_etape(
            self.session, id=p.id, volet=volet, etape_id=self.etape(libelle), version=p.version, by=self.by
        )

    def classe(self, nom: str, effectif: int | None = 28, p: int | None = None) -> int:
        p = p or self.une().id
        return classes.ajouter(
            self.session, participation_id=p, nom=nom, effectif=effectif, jeton=uuid4().hex, by=self.by
        )

    def semaine(self, *lignes: LigneSeance, p: int | None = None, confirme: bool = False, jeton: str = "") -> int:
        return seances.creer_semaine(
            self.session,
            participation_id=p or self.une().id,
            lignes=lignes,
            confirme=confirme,
            jeton=jeton or uuid4().hex,
            by=self.by,
        )

    def seance(self, classe: int, debut: datetime = MARDI, **autres: object) -> int:
        """One séance, and its id."""
        self.semaine(LigneSeance("s", classe, debut, **autres), confirme=True)  # type: ignore[arg-type]
        return self.session.exec(select(func.max(Seance.id))).one() or 0

    def version(self, seance: int) -> int:
        return seances.get(self.session, id=seance).version

    def noter(
        self, seance: int, presents: int | None, *, confirme: bool = False, today: date = date(2027, 8, 1)
    ) -> None:
        seances.noter(
            self.session,
            id=seance,
            presents=presents,
            confirme=confirme,
            today=today,
            version=self.version(seance),
            by=self.by,
        )

    def phrases(self, today: date = TODAY) -> list[str]:
        return [a.phrase for a in participations.avertissements(self.session, annee=2026, today=today)]


@pytest.fixture
def decor(session: Session, cast: Cast) -> Decor:
    categorie = Categorie(nom="Structure socio-éducative")
    session.add(categorie)
    session.flush()
    noms = ["Collège Fénelon", "Collège Missy", "Collège Fermé", "Centre social Port-Neuf", "Police municipale"]
    rows = [Partenaire(nom=n, recherche=n.lower(), categorie_id=categorie.id) for n in noms]
    rows[2].archive_le = utcnow()
    session.add_all(rows)
    session.flush()
    session.add_all(College(partenaire_id=p.id, uai=f"017000{n}A") for n, p in enumerate(rows[:3]))
    session.add_all(
        Etape(
            volet=volet,
            libelle=libelle,
            sens=sens,
            ordre=n,
            limite_jour=int(limite[:2]) if limite else None,
            limite_mois=int(limite[3:]) if limite else None,
        )
        for n, (volet, libelle, sens, limite) in enumerate(ETAPES, 1)
    )
    session.flush()
    ids = [p.id for p in rows]
    return Decor(session, cast.secretaire, ids[0], ids[1], ids[3], ids[4])


def refuse(appel: object, **erreurs: str) -> None:
    """`appel` was refused on exactly these fields, each sentence holding those words."""
    assert isinstance(appel, pytest.ExceptionInfo)
    assert appel.value.erreurs.keys() == erreurs.keys()
    for champ, mots in erreurs.items():
        assert mots in appel.value.erreurs[champ]


# --- the school year -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jour", "annee"),
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026), (date(2027, 8, 31), 2026)],
)
def test_a_school_year_begins_in_september(jour: date, annee: int) -> None:
    assert participations.annee_scolaire(jour) == annee
    assert periodes.nom_annee_scolaire(2026) == "2026-2027"


def test_a_year_in_miniature(decor: Decor, session: Session) -> None:
    assert participations.bilan(session, annee=2026) == Bilan(0, 0, 0, 0, 0, 0, 0, 0)
    p = decor.inviter()
    assert [x.college for x in participations.participations(session, annee=2026, today=TODAY)] == [
        "Collège Fénelon",
        "Collège Missy",
    ]  # the archived one is not invited
    decor.passer(Volet.CONTACT, "Accepté")
    decor.passer(Volet.CONTACT, "Refusé", "Fénelon")
    decor.passer(Volet.CONVENTION, "Signée")
    a, b = decor.classe("4e A", 28), decor.classe("4e B", None)
    decor.semaine(
        LigneSeance("1", a, MARDI, attendus=28, structures=[decor.centre]),
        LigneSeance("2", b, MARDI + timedelta(days=1)),
    )
    tenue, reportee = seances.de_la_participation(session, participation_id=p)
    assert (tenue.fin - tenue.debut, tenue.structures) == (
        timedelta(hours=2),
        {decor.centre: "Centre social Port-Neuf"},
    )
    decor.noter(tenue.id, 26)
    nouvelle = seances.reporter(
        session,
        id=reportee.id,
        debut=MARDI + timedelta(days=8),
        motif="Grève",
        version=reportee.version,
        jeton="report",
        by=decor.by,
    )
    assert participations.bilan(session, annee=2026) == Bilan(
        invites=2,
        participants=1,
        refus=1,
        classes=2,
        eleves=28,
        eleves_presents=26,
        seances_prevues=2,
        seances_realisees=1,
    )
    vue = decor.une()
    assert (vue.classes, vue.eleves, vue.seances_prevues, vue.seances_realisees) == (2, 28, 2, 1)
    assert vue.premiere == MARDI
    etats = {s.id: s.etat for s in seances.de_la_participation(session, participation_id=p)}
    assert etats == {
        tenue.id: EtatSeance.REALISEE,
        reportee.id: EtatSeance.REPORTEE,
        nouvelle: EtatSeance.PREVUE,
    }
    with pytest.raises(Invalid, match="notée « Reportée » : elle a été remplacée par une autre séance"):
        decor.noter(reportee.id, 20)
    assert participations.annees(session) == [2026]
    assert participations.bilan(session, annee=2025).invites == 0
    participations.inviter(session, annee=2025, college_ids=[decor.missy], by=decor.by)
    assert participations.bilan(session, annee=2025) == Bilan(1, 0, 0, 0, 0, 0, 0, 0), "a year counts its own classes"


# --- collèges and steps ----------------------------------------------------------------------------------------------


def test_nobody_is_invited_twice(decor: Decor, session: Session) -> None:
    assert participations.inviter(session, annee=2026, college_ids=[decor.missy], by=decor.by) == 1
    assert [c.nom for c in participations.a_inviter(session, annee=2026)] == ["Collège Fénelon"]
    assert participations.inviter(session, annee=2026, by=decor.by) == 1
    assert participations.inviter(session, annee=2026, by=decor.by) == 0
    assert participations.inviter(session, annee=2027, by=decor.by) == 2
    assert len(session.exec(select(Participation)).all()) == 4
    with pytest.raises(Invalid):
        participations.inviter(session, annee=20260, by=decor.by)


def test_a_stale_step_is_refused_and_the_same_one_writes_nothing(decor: Decor, session: Session) -> None:
    decor.inviter()
    avant = decor.une()
    decor.passer(Volet.CONTACT, "Contacté")
    with pytest.raises(Conflict):
        participations.changer_etape(
            session,
            id=avant.id,
            volet=Volet.CONTACT,
            etape_id=decor.etape("Accepté"),
            version=avant.version,
            by=decor.by,
        )
    lignes = len(session.exec(select(Journal)).all())
    decor.passer(Volet.CONTACT, "Contacté")
    assert len(session.exec(select(Journal)).all()) == lignes
    with pytest.raises(Invalid):
        decor.passer(Volet.CONTACT, "Signée")  # a step of another volet


def test_late_steps_wait_for_the_contact(decor: Decor, session: Session) -> None:
    decor.inviter()

    def retards(today: date) -> list[tuple[str, Volet, date]]:
        return [(r.college, r.volet, r.limite) for r in participations.etapes_en_retard(session, today=today)]

    assert retards(date(2026, 10, 15)) == []
    assert {v for _, v, _ in retards(date(2026, 10, 16))} == {Volet.CONTACT}
    decor.passer(Volet.CONTACT, "Refusé", "Fénelon")
    decor.passer(Volet.CONTACT, "Accepté")
    assert retards(TODAY) == []
    assert retards(date(2027, 1, 2)) == [
        ("Collège Missy", Volet.CONVENTION, date(2026, 12, 15)),
        ("Collège Missy", Volet.PLANNING, date(2026, 12, 31)),
    ]
    decor.passer(Volet.PLANNING, "Réalisé")
    decor.passer(Volet.CONVENTION, "Signée")
    assert retards(date(2027, 7, 5)) == []
    assert retards(date(2027, 7, 6)) == [("Collège Missy", Volet.PLANNING, date(2027, 7, 5))]
    assert decor.une(today=date(2027, 8, 31)).retards
    assert not decor.une(today=date(2027, 9, 1)).retards  # a year gone by


def test_a_collège_with_a_class_stays(decor: Decor, session: Session) -> None:
    p = decor.inviter()
    classe = decor.classe("4e A")
    with pytest.raises(Invalid):
        participations.retirer(session, id=p, version=decor.une().version, by=decor.by)
    classes.supprimer(session, id=classe, version=1, by=decor.by)
    participations.retirer(session, id=p, version=decor.une().version, by=decor.by)
    assert [c.nom for c in participations.a_inviter(session, annee=2026)] == ["Collège Missy"]


def test_a_note_too_long_or_stale(decor: Decor, session: Session) -> None:
    p = decor.inviter()
    participations.annoter(session, id=p, note="Exposition au CDI\r\nen mai", version=1, by=decor.by)
    assert decor.une().note == "Exposition au CDI\nen mai"
    with pytest.raises(Conflict) as refus:
        participations.annoter(session, id=p, note="Autre", version=1, by=decor.by)
    assert refus.value.actuel["note"] == "Exposition au CDI\nen mai"
    with pytest.raises(Invalid):
        participations.annoter(session, id=p, note="x" * 1001, version=2, by=decor.by)


# --- classes ---------------------------------------------------------------------------------------------------------


def test_a_class_has_one_name_and_counts_once(decor: Decor, session: Session) -> None:
    p = decor.inviter()
    a = classes.ajouter(session, participation_id=p, nom="4e A", effectif=28, jeton="j", by=decor.by)
    assert classes.ajouter(session, participation_id=p, nom="4e A", effectif=28, jeton="j", by=decor.by) == a
    for nom in ("4e A", "4eA", " 4E  a "):
        with pytest.raises(Duplicate) as refus:
            decor.classe(nom)
        assert (refus.value.champ, refus.value.objet_id) == ("nom", a)
    b = decor.classe("4e B")
    with pytest.raises(Duplicate):
        classes.modifier(session, id=b, nom="4ea", effectif=20, version=1, by=decor.by)
    classes.modifier(session, id=a, nom="4eA", effectif=29, version=1, by=decor.by)
    with pytest.raises(Conflict):
        classes.modifier(session, id=a, nom="4e A", effectif=27, version=1, by=decor.by)
    assert [(c.nom, c.effectif) for c in classes.liste(session, participation_id=p)] == [("4eA", 29), ("4e B", 28)]


@pytest.mark.parametrize(
    ("nom", "effectif", "champ"),
    [("", 28, "nom"), (" ! ", 28, "nom"), ("4e A", -1, "effectif"), ("4e A", 61, "effectif")],
)
def test_a_class_needs_a_name_and_a_likely_number(decor: Decor, nom: str, effectif: int, champ: str) -> None:
    decor.inviter()
    with pytest.raises(Invalid) as refus:
        decor.classe(nom, effectif)
    assert list(refus.value.erreurs) == [champ]


def test_a_class_with_a_séance_is_not_deleted(decor: Decor, session: Session) -> None:
    decor.inviter()
    a = decor.classe("4e A")
    decor.seance(a)
    with pytest.raises(Invalid):
        classes.supprimer(session, id=a, version=1, by=decor.by)


# --- séances ---------------------------------------------------------------------------------------------------------


def test_a_week_is_written_whole_or_not_at_all(decor: Decor, session: Session) -> None:
    decor.inviter()
    a, b = decor.classe("4e A"), decor.classe("4e B")
    bonne = LigneSeance("a", a, MARDI)
    with pytest.raises(Invalid) as refus:
        decor.semaine(
            bonne,
            LigneSeance("b", b, MARDI.replace(year=2025), attendus=61),
            LigneSeance("c", None, None, salle="x" * 81, structures=[987]),
        )
    refuse(
        refus,
        **{
            "b.debut": "année scolaire 2026-2027",
            "b.attendus": "de 0 à 60",
            "c.debut": "Choisissez le jour",
            "c.classe": "Choisissez la classe",
            "c.salle": "Raccourcissez",
            "c.structures": "n’est plus dans le carnet",
        },
    )
    assert session.exec(select(Seance)).all() == []
    decor.semaine(bonne, LigneSeance("b", b, MARDI), jeton="semaine")
    decor.semaine(bonne, LigneSeance("b", b, MARDI), jeton="semaine")  # a second click
    assert len(session.exec(select(Seance)).all()) == 2
    with pytest.raises(Invalid):
        decor.semaine()


@pytest.mark.parametrize(
    ("debut", "fin", "champ"),
    [
        (datetime(2026, 8, 31, 9), None, "x.debut"),
        (datetime(2027, 9, 1, 9), None, "x.debut"),
        (MARDI, MARDI, "x.fin"),
        (MARDI, MARDI - timedelta(minutes=15), "x.fin"),
        (MARDI, MARDI + timedelta(days=1), "x.fin"),
    ],
)
def test_hours_that_cannot_be(decor: Decor, debut: datetime, fin: datetime | None, champ: str) -> None:
    decor.inviter()
    with pytest.raises(Invalid) as refus:
        decor.semaine(LigneSeance("x", decor.classe("4e A"), debut, fin))
    assert list(refus.value.erreurs) == [champ]


def test_the_same_class_twice_at_once_is_refused_whatever_is_confirmed(decor: Decor, session: Session) -> None:
    decor.inviter()
    a = decor.classe("4e A")
    une_heure = MARDI + timedelta(hours=1)
    with pytest.raises(Invalid) as refus:
        decor.semaine(LigneSeance("x", a, MARDI), LigneSeance("y", a, une_heure), confirme=True)
    refuse(refus, **{"y.debut": "déjà une séance"})
    decor.seance(a)
    with pytest.raises(Invalid):
        decor.semaine(LigneSeance("y", a, une_heure), confirme=True)
    suite = [LigneSeance(str(n), a, MARDI + timedelta(hours=n)) for n in (2, 4)]
    decor.semaine(*suite)  # one after the other


def test_a_room_or_a_structure_taken_asks_to_confirm(decor: Decor, session: Session) -> None:
    decor.inviter()
    a, b = decor.classe("4e A"), decor.classe("4e B")
    decor.seance(a, salle="CDI", structures=[decor.centre])
    ligne = LigneSeance("y", b, MARDI, salle="cdi", structures=[decor.police, decor.centre])
    with pytest.raises(Invalid) as refus:
        decor.semaine(ligne)
    refuse(
        refus,
        **{
            "y.salle": "4e A (mar.\u00a024\u00a0nov.",
            "y.structures": "Centre social Port-Neuf",
            CONFIRMER: "quand même",
        },
    )
    ailleurs = decor.une("Fénelon").id
    loin = LigneSeance("z", decor.classe("4e A", p=ailleurs), MARDI, salle="CDI", structures=[decor.centre])
    with pytest.raises(Invalid) as refus:
        decor.semaine(loin, p=ailleurs)  # another collège's room is another room; a structure is in one place only
    refuse(refus, **{"z.structures": "Collège Missy", CONFIRMER: "quand même"})
    decor.semaine(ligne, confirme=True)
    assert len(session.exec(select(Seance)).all()) == 2


def test_more_present_than_expected_asks_to_confirm(decor: Decor, session: Session) -> None:
    decor.inviter()
    s = decor.seance(decor.classe("4e A", 28))
    with pytest.raises(Invalid) as refus:
        decor.noter(s, 29)
    refuse(refus, presents="29 présents pour 28 attendus", **{CONFIRMER: "quand même"})
    for faux in (None, -1, 61):
        with pytest.raises(Invalid):
            decor.noter(s, faux, confirme=True)
    with pytest.raises(Invalid) as refus:
        decor.noter(s, 20, today=date(2026, 11, 23))
    refuse(refus, presents="n’a lieu que mar.\u00a024\u00a0nov.")
    decor.noter(s, 29, confirme=True)
    seances.noter(session, id=s, presents=29, today=TODAY, version=1, by=decor.by)  # a second click
    vue = seances.get(session, id=s)
    assert (vue.etat, vue.presents) == (EtatSeance.REALISEE, 29)
    with pytest.raises(Conflict):
        seances.noter(session, id=s, presents=27, today=TODAY, version=1, by=decor.by)


def test_put_off_counts_once_and_cancelled_needs_a_reason(decor: Decor, session: Session) -> None:
    decor.inviter()
    a = decor.classe("4e A")
    s = decor.seance(a, salle="CDI", attendus=25, structures=[decor.centre])
    plus_tard = MARDI + timedelta(days=7)

    def reporter(**autres: object) -> int:
        champs: dict = {"debut": plus_tard, "motif": "Grève", "version": decor.version(s), "jeton": "r"} | autres
        return seances.reporter(session, id=s, by=decor.by, **champs)

    with pytest.raises(Invalid) as refus:
        reporter(motif=" ")
    refuse(refus, motif="motif")
    with pytest.raises(Invalid) as refus:
        reporter(debut=None)
    refuse(refus, debut="Choisissez le jour")
    with pytest.raises(Conflict):
        reporter(version=9)
    n = reporter()
    assert reporter() == n
    vue = seances.get(session, id=n)
    assert (vue.debut, vue.fin - vue.debut, vue.salle, vue.attendus) == (plus_tard, timedelta(hours=2), "CDI", 25)
    assert list(vue.structures) == [decor.centre]
    with pytest.raises(Invalid):
        seances.remettre(session, id=s, version=decor.version(s), by=decor.by)
    with pytest.raises(Invalid):
        decor.noter(s, 20)
    with pytest.raises(Invalid):
        seances.annuler(session, id=n, motif="", version=1, by=decor.by)
    seances.annuler(session, id=n, motif="Salle fermée", version=1, by=decor.by)
    assert participations.bilan(session, annee=2026).seances_prevues == 1
    seances.remettre(session, id=n, version=2, by=decor.by)
    assert (seances.get(session, id=n).etat, seances.get(session, id=n).motif) == (EtatSeance.PREVUE, "")


def test_changed_and_stale(decor: Decor, session: Session) -> None:
    decor.inviter()
    s = decor.seance(decor.classe("4e A"), structures=[decor.centre])

    def modifier(version: int, **autres: object) -> None:
        champs: dict = {"debut": MARDI, "fin": MARDI + timedelta(hours=1), "salle": "", "attendus": None}
        champs |= {"structures": [decor.centre]} | autres
        seances.modifier(session, id=s, version=version, by=decor.by, **champs)

    with pytest.raises(Invalid) as refus:
        modifier(1, fin=MARDI)
    refuse(refus, fin="après le début")
    modifier(1)
    modifier(2, structures=[decor.centre, decor.police])  # nothing but a structure: a change all the same
    assert set(seances.get(session, id=s).structures) == {decor.centre, decor.police}
    with pytest.raises(Conflict) as conflit:
        modifier(2)
    assert conflit.value.actuel["debut"] == "mar.\u00a024\u00a0nov., 9\u00a0h\u00a000"


def test_the_calendar_shows_a_séance_at_its_new_date_only(decor: Decor, session: Session) -> None:
    decor.inviter()
    s = decor.seance(decor.classe("4e A"))
    n = seances.reporter(
        session, id=s, debut=MARDI + timedelta(days=1), motif="Grève", version=1, jeton="r", by=decor.by
    )
    lundi = datetime(2026, 11, 23)
    assert [x.id for x in seances.entre(session, debut=lundi, fin=lundi + timedelta(days=7))] == [n]
    assert seances.entre(session, debut=lundi, fin=lundi + timedelta(days=2)) == []


def test_likely_structures_are_those_that_animated_here(decor: Decor, session: Session) -> None:
    decor.inviter()

    def probables() -> list[str]:
        return [x.nom for x in seances.structures_probables(session, college_id=decor.missy)]

    assert probables() == ["Centre social Port-Neuf"]
    decor.seance(decor.classe("4e A"), structures=[decor.police])
    assert probables() == ["Police municipale", "Centre social Port-Neuf"]


# --- what to look at -------------------------------------------------------------------------------------------------


def test_warnings(decor: Decor, session: Session) -> None:
    decor.inviter()
    assert decor.phrases() == []
    a, b = decor.classe("4e A", 31), decor.classe("4e B", None)
    decor.classe("4e C", 25)
    decor.seance(a, datetime(2026, 12, 22, 9))  # Christmas holidays
    decor.seance(b, datetime(2026, 11, 11, 9), attendus=40)  # public holiday
    assert decor.phrases() == [
        "Aucune séance pour 4e C.",
        "Première séance mer.\u00a011\u00a0nov., convention non signée.",
        "4e A : 31 élèves, plus de 30 pour une séance.",
        "4e A, mar.\u00a022\u00a0déc. : séance un jour sans classe, Vacances de Noël (zone A).",
        "4e B, mer.\u00a011\u00a0nov. : 40 élèves attendus, plus de 30 pour une séance.",
        "4e B, mer.\u00a011\u00a0nov. : séance un jour sans classe, Armistice.",
    ]
    assert decor.phrases(date(2027, 9, 1)) == []
    decor.passer(Volet.CONTACT, "Refusé")
    assert decor.phrases() == []


def test_the_convention_is_due_a_fortnight_before(decor: Decor) -> None:
    decor.inviter()
    decor.seance(decor.classe("4e A"), datetime(2026, 12, 8, 9))
    assert decor.phrases(date(2026, 11, 23)) == []
    assert len(decor.phrases(date(2026, 11, 24))) == 1
    decor.passer(Volet.CONVENTION, "Signée")
    assert decor.phrases(date(2026, 11, 24)) == []


# --- the steps themselves --------------------------------------------------------------------------------------------


def test_steps_are_renamed_ordered_dated_archived(decor: Decor, session: Session) -> None:
    def libelles() -> list[str]:
        return [e.libelle for e in etapes.liste(session)[Volet.CONVENTION]]

    i = etapes.ajouter(
        session,
        volet=Volet.CONVENTION,
        libelle="Relue",
        sens=SensEtape.EN_COURS,
        limite="29/02",
        jeton="e",
        by=decor.by,
    )
    assert libelles() == ["À envoyer", "Signée", "Relue"]
    etapes.monter(session, id=i, version=1, by=decor.by)
    assert libelles() == ["À envoyer", "Relue", "Signée"]
    etapes.modifier(
        session, id=i, libelle="Relue par la DSDEN", sens=SensEtape.EN_COURS, limite="29/02", version=2, by=decor.by
    )
    relue = etapes.liste(session)[Volet.CONVENTION][1]
    assert (relue.limite, relue.echeance(2026), relue.echeance(2027)) == ("29/02", date(2027, 2, 28), date(2028, 2, 29))
    etapes.archiver(session, id=i, version=relue.version, by=decor.by)
    assert libelles() == ["À envoyer", "Signée"]
    with pytest.raises(Duplicate):
        etapes.modifier(
            session,
            id=decor.etape("Signée"),
            libelle="relue par la dsden",
            sens=SensEtape.ABOUTI,
            limite="",
            version=2,
            by=decor.by,
        )


@pytest.mark.parametrize(
    ("libelle", "limite", "champ"), [("", "", "libelle"), ("Relue", "31/02", "limite"), ("Relue", "mai", "limite")]
)
def test_a_step_needs_a_name_and_a_true_day(
    decor: Decor, session: Session, libelle: str, limite: str, champ: str
) -> None:
    with pytest.raises(Invalid) as refus:
        etapes.ajouter(
            session,
            volet=Volet.CONTACT,
            libelle=libelle,
            sens=SensEtape.EN_COURS,
            limite=limite,
            jeton="e",
            by=decor.by,
        )
    assert list(refus.value.erreurs) == [champ]


def test_the_last_first_step_stays(decor: Decor, session: Session) -> None:
    i = decor.etape("À envoyer")
    with pytest.raises(Invalid):
        etapes.archiver(session, id=i, version=1, by=decor.by)
    with pytest.raises(Invalid) as refus:
        etapes.modifier(session, id=i, libelle="À envoyer", sens=SensEtape.EN_COURS, limite="", version=1, by=decor.by)
    assert list(refus.value.erreurs) == ["sens"]
    etapes.archiver(session, id=decor.etape("Signée"), version=1, by=decor.by)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_the_elu_changes_nothing(decor: Decor, session: Session, cast: Cast) -> None:
    p = decor.inviter()
    a = decor.classe("4e A")
    s = decor.seance(a)
    elu = cast.elu
    qui: dict = {"version": 1, "by": elu}
    commandes = [
        lambda: participations.inviter(session, annee=2027, by=elu),
        lambda: participations.changer_etape(
            session, id=p, volet=Volet.CONTACT, etape_id=decor.etape("Accepté"), **qui
        ),
        lambda: participations.annoter(session, id=p, note="x", **qui),
        lambda: participations.retirer(session, id=p, **qui),
        lambda: classes.ajouter(session, participation_id=p, nom="4e B", effectif=2, jeton="x", by=elu),
        lambda: classes.modifier(session, id=a, nom="4e B", effectif=2, **qui),
        lambda: classes.supprimer(session, id=a, **qui),
        lambda: seances.creer_semaine(session, participation_id=p, lignes=[], jeton="x", by=elu),
        lambda: seances.modifier(session, id=s, debut=MARDI, fin=None, salle="x", attendus=None, structures=[], **qui),
        lambda: seances.noter(session, id=s, presents=2, today=TODAY, **qui),
        lambda: seances.reporter(session, id=s, debut=MARDI, motif="x", jeton="x", **qui),
        lambda: seances.annuler(session, id=s, motif="x", **qui),
        lambda: seances.remettre(session, id=s, **qui),
        lambda: etapes.monter(session, id=decor.etape("Signée"), **qui),
        lambda: etapes.archiver(session, id=decor.etape("Signée"), **qui),
        lambda: etapes.modifier(session, id=1, libelle="x", sens=SensEtape.DEBUT, limite="", **qui),
        lambda: etapes.ajouter(session, volet=Volet.CONTACT, libelle="x", sens=SensEtape.DEBUT, jeton="x", by=elu),
    ]
    for commande in commandes:
        with pytest.raises(Forbidden):
            commande()
    assert session.exec(select(func.count()).select_from(Classe)).one() == 1
