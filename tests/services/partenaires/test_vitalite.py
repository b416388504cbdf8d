"""Who comes and who has stopped: equal to a base counted by hand, and to a count in Python of a random one."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from models import (
    Action,
    Categorie,
    Fonction,
    Instance,
    Partenaire,
    PartenaireSecteur,
    Personne,
    Presence,
    Reunion,
    SecteurVeille,
    Siege,
)
from models.lists import ETATS_REUNION_SAISIE, EtatAction, EtatPresence, EtatReunion, Frequence, TypeReunion
from services.partenaires import doublons, vitalite
from services.partenaires.annuaire import Filtre
from services.partenaires.vitalite import Vue
from services.pilotage import statistiques
from services.socle import pli
from services.socle.horloge import utcnow
from services.socle.periodes import Preset, du_preset
from tests.cast import Cast

TODAY = date(2026, 11, 23)
TOUS = Filtre()
P, R, E, A = EtatPresence.PRESENT, EtatPresence.REPRESENTE, EtatPresence.EXCUSE, EtatPresence.ABSENT
CELLULE, TECHNIQUE = TypeReunion.CELLULE, TypeReunion.TECHNIQUE


class Base:
    """Two categories, a secteur, a cellule de veille and a réunion technique."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.police, self.bailleur = self.add(Categorie(nom="Police")), self.add(Categorie(nom="Bailleur"))
        self.nord = self.add(SecteurVeille(nom="Nord"))
        self.cellule = self.add(Instance(nom="Cellule Nord", type=CELLULE, frequence=Frequence.SEMESTRIELLE))
        self.technique = self.add(Instance(nom="Technique", type=TECHNIQUE, frequence=Frequence.MENSUELLE))

    def add(self, row: Any) -> int:
        self.session.add(row)
        self.session.flush()
        return int(row.id)

    def partenaire(self, nom: str, categorie_id: int | None = None, **champs: Any) -> int:
        champs |= {"recherche": pli.partenaire(nom, "", "", "")}
        return self.add(Partenaire(nom=nom, categorie_id=categorie_id or self.police, **champs))

    def reunion(
        self,
        debut: str,
        *presences: tuple[int, EtatPresence] | Presence,
        etat: EtatReunion = EtatReunion.TENUE,
        type_: TypeReunion = TECHNIQUE,
    ) -> int:
        quand = datetime.fromisoformat(debut)
        instance = {CELLULE: self.cellule, TECHNIQUE: self.technique}.get(type_)
        fin = quand + timedelta(hours=1)
        id = self.add(
            Reunion(type=type_, instance_id=instance, titre=f"Réunion du {debut[:10]}", debut=quand, fin=fin, etat=etat)
        )
        for p in presences:
            ligne = p if isinstance(p, Presence) else Presence(partenaire_id=p[0], etat=p[1], reunion_id=id)
            ligne.reunion_id = id
            self.add(ligne)
        return id

    def suite(self, partenaire: int, *venues: tuple[str, EtatPresence], **options: Any) -> None:
        """Meetings where this partenaire is noted so."""
        for jour, etat in venues:
            self.reunion(f"{jour}T14:00", (partenaire, etat), **options)


@pytest.fixture
def base(session: Session) -> Base:
    return Base(session)


def lue(base: Base, id: int) -> tuple[int, int, datetime | None, int, int, bool]:
    v = vitalite.du_partenaire(base.session, id=id, today=TODAY)
    return v.venu, v.attendu, v.derniere, v.manquees, v.excusees, v.ne_vient_plus


# --- one partenaire -------------------------------------------------------------------------------------------------


def test_twelve_months_and_the_last_attendance(base: Base) -> None:
    pm = base.partenaire("Police municipale")
    base.suite(pm, ("2025-11-23", P), ("2025-11-24", A), ("2026-03-02", R), ("2026-06-01", E), ("2026-11-23", A))
    assert lue(base, pm) == (1, 4, datetime(2026, 3, 2, 14), 2, 1, False)
    an = du_preset(Preset.DOUZE_MOIS, today=TODAY)
    graphiques = statistiques.presences(base.session, filtre=statistiques.Filtre(an.debut, an.fin))
    assert [(p.venus, p.n) for p in graphiques] == [(1, 4)], "the charts' twelve months, and their words"
    venues = vitalite.venues(base.session, id=pm, today=TODAY)
    assert [(v.titre, v.presence) for v in venues] == [("Réunion du 2026-03-02", R), ("Réunion du 2025-11-23", P)]


def test_only_meetings_written_up_until_today_count(base: Base) -> None:
    pm = base.partenaire("Police municipale")
    for etat in set(EtatReunion) - set(ETATS_REUNION_SAISIE):
        base.suite(pm, ("2026-06-01", P), etat=etat)
    base.suite(pm, ("2026-11-24", P))
    assert lue(base, pm) == (0, 0, None, 0, 0, False)
    assert vitalite.venues(base.session, id=pm, today=TODAY) == []
    base.suite(pm, ("2026-06-01", P), etat=EtatReunion.CLOSE)
    assert lue(base, pm)[:2] == (1, 1)


def test_two_functions_at_one_meeting_count_once(base: Base) -> None:
    pm = base.partenaire("Police municipale")
    deux = [Presence(partenaire_id=pm, fonction=f, etat=e, reunion_id=0) for f, e in (("Chef", A), ("Adjoint", P))]
    base.reunion("2026-06-01T14:00", *deux)
    deux = [Presence(partenaire_id=pm, fonction=f, etat=e, reunion_id=0) for f, e in (("Chef", E), ("Adjoint", A))]
    base.reunion("2026-07-01T14:00", *deux)
    assert lue(base, pm) == (1, 2, datetime(2026, 6, 1, 14), 1, 1, False)


def test_open_and_late_actions(base: Base) -> None:
    pm = base.partenaire("Police municipale")
    for jour, etat in (
        ("2026-11-22", EtatAction.A_FAIRE),
        ("2026-11-23", EtatAction.EN_COURS),
        ("2026-11-01", EtatAction.REALISEE),
        ("2026-11-01", EtatAction.ABANDONNEE),
    ):
        base.add(Action(quoi="Agir", pilote_id=pm, echeance=date.fromisoformat(jour), etat=etat))
    v = vitalite.du_partenaire(base.session, id=pm, today=TODAY)
    assert (v.ouvertes, v.en_retard) == (2, 1)


# --- who has stopped coming -----------------------------------------------------------------------------------------

VENU = [("2026-04-01", P), ("2026-05-04", R)]  # came twice


@pytest.mark.parametrize(
    ("suite", "absent"),
    [
        ([*VENU, ("2026-06-01", A), ("2026-07-01", E), ("2026-09-01", A)], True),
        ([*VENU, ("2026-06-01", A), ("2026-07-01", E)], False),  # two missed
        ([*VENU, ("2026-06-01", A), ("2026-07-01", E), ("2026-09-01", A), ("2026-11-02", R)], False),  # back
        ([*VENU[:1], ("2026-06-01", A), ("2026-07-01", A), ("2026-09-01", A)], False),  # came once only
        ([("2026-06-01", A), ("2026-07-01", A), ("2026-09-01", A), ("2026-10-01", A)], False),  # never came
        # Three missed: exactly three months is already more than the last three months.
        ([VENU[0], ("2026-08-23", P), ("2026-09-01", A), ("2026-10-01", A), ("2026-11-02", A)], True),
        ([VENU[0], ("2026-08-24", P), ("2026-09-01", A), ("2026-10-01", A), ("2026-11-02", A)], False),
        # Twice a year, at a cellule de veille: two missed in more than a year.
        ([("2025-05-05", P), ("2025-11-23", P), ("2026-05-04", A), ("2026-11-02", E)], True),
        ([("2025-05-05", P), ("2025-11-24", P), ("2026-05-04", A), ("2026-11-02", E)], False),
        # Nobody waits for it any more.
        ([("2023-01-09", P), ("2023-02-06", P), ("2023-03-06", A), ("2023-04-03", A), ("2023-05-01", A)], False),
        ([("2023-01-09", P), ("2023-02-06", P), ("2023-03-06", A), ("2023-04-03", A), ("2026-05-01", A)], True),
    ],
)
def test_the_rule(base: Base, suite: list[tuple[str, EtatPresence]], absent: bool) -> None:
    pm = base.partenaire("Police municipale")
    base.suite(pm, *suite)
    assert lue(base, pm)[-1] is absent
    page = vitalite.ne_viennent_plus(base.session, filtre=TOUS, today=TODAY)
    assert [x.id for x in page.lignes] == [pm] * absent
    assert page.total == int(absent)


def partir(base: Base, nom: str, mois: int = 6, **champs: Any) -> int:
    """A partenaire that came in January and at the first of that month of 2026, and then missed three meetings."""
    id = base.partenaire(nom, **champs)
    manquees = [(f"2026-{mois:02}-{jour}", A) for jour in (10, 17, 24)]
    base.suite(id, ("2026-01-05", P), (f"2026-{mois:02}-01", P), *manquees)
    return id


def test_the_latest_to_stop_comes_first_and_the_filter_holds(base: Base) -> None:
    juin, mars = partir(base, "Juin"), partir(base, "Mars", 3, categorie_id=base.bailleur)
    page = vitalite.ne_viennent_plus(base.session, filtre=TOUS, today=TODAY)
    assert [x.id for x in page.lignes] == [juin, mars]
    bailleurs = Filtre(categorie_id=base.bailleur)
    assert [x.nom for x in vitalite.ne_viennent_plus(base.session, filtre=bailleurs, today=TODAY).lignes] == ["Mars"]


def test_an_archived_partenaire_is_no_longer_waited_for(base: Base) -> None:
    juin = partir(base, "Juin", archive_le=utcnow())
    assert vitalite.ne_viennent_plus(base.session, filtre=TOUS, today=TODAY).total == 0
    archives = Filtre(etat="archives")
    assert vitalite.ne_viennent_plus(base.session, filtre=archives, today=TODAY).total == 0
    assert lue(base, juin) == (2, 5, datetime(2026, 6, 1, 14), 3, 0, False)
    assert sum(g.partenaires for g in reseau(base, Vue.CATEGORIE)) == 0
    assert [x.id for x in vitalite.tous(base.session, filtre=archives, today=TODAY).lignes] == [juin]


def test_a_merged_partenaire_goes_on_with_the_attendance_of_both(base: Base, cast: Cast) -> None:
    parti, revenu = partir(base, "Amicale du Nord"), base.partenaire("Amicale Nord")
    base.suite(revenu, ("2026-11-02", P))
    assert lue(base, parti)[-1] is True
    paire = doublons.comparer(base.session, a=parti, b=revenu)
    doublons.fusionner(
        base.session,
        garde=parti,
        absorbe=revenu,
        champs={},
        versions={c.id: c.version for c in (paire.garde, paire.absorbe)},
        jeton=uuid4().hex,
        by=cast.secretaire,
    )
    base.session.expire_all()
    assert lue(base, parti) == (3, 6, datetime(2026, 11, 2, 14), 0, 0, False)


@pytest.fixture
def poste(base: Base) -> Callable[..., int]:
    def ajouter(partenaire: int, nom: str, intitule: str, fin: date | None = None, **champs: str) -> int:
        personne = base.add(Personne(nom=nom, prenom="Alix", **champs))
        debut = date(2020, 1, 1)
        base.add(Fonction(personne_id=personne, partenaire_id=partenaire, intitule=intitule, debut=debut, fin=fin))
        return personne

    return ajouter


@pytest.mark.parametrize(
    ("fin", "attendu"),
    [(None, "Alix Venue"), (date(2026, 8, 1), "Alix Successeur")],  # replaced: who holds that function now
)
def test_whom_to_call(base: Base, poste: Callable[..., int], fin: date | None, attendu: str) -> None:
    juin = partir(base, "Juin", telephone="05 36 49 00 01")
    poste(juin, "Adjoint", "Adjoint", telephone="05 36 49 00 02")
    venue = poste(juin, "Venue", "Directeur", fin, telephone="05 36 49 00 03")
    poste(juin, "Successeur", "Directeur", telephone="05 36 49 00 04")
    for presence in base.session.exec(select(Presence)).all():
        presence.personne_id, presence.fonction = venue, "Directeur"
        base.add(presence)
    [ligne] = vitalite.ne_viennent_plus(base.session, filtre=TOUS, today=TODAY).lignes
    assert ligne.venue is not None
    assert (ligne.venue.personne, ligne.venue.titre) == ("Alix Venue", "Réunion du 2026-06-01")
    assert ligne.a_joindre is not None
    assert ligne.a_joindre.personne == attendu


def test_with_nobody_in_function_the_partenaire_itself_is_called(base: Base, poste: Callable[..., int]) -> None:
    juin = partir(base, "Juin", telephone="05 36 49 00 01")
    poste(juin, "Parti", "Directeur", date(2026, 8, 1))
    [ligne] = vitalite.ne_viennent_plus(base.session, filtre=TOUS, today=TODAY).lignes
    assert (ligne.a_joindre, ligne.telephone) == (None, "05 36 49 00 01")


def test_those_who_come_least_first_then_those_not_expected(base: Base) -> None:
    moitie, assidu, jamais, _ = (base.partenaire(n) for n in ("Moitié", "Assidu", "Jamais", "Hors réunion"))
    base.reunion("2026-06-01T14:00", (moitie, P), (assidu, P), (jamais, A))
    base.reunion("2026-07-01T14:00", (moitie, A), (assidu, P))
    lignes = vitalite.tous(base.session, filtre=TOUS, today=TODAY).lignes
    assert [(x.nom, x.vitalite.venu, x.vitalite.attendu) for x in lignes] == [
        ("Jamais", 0, 1),
        ("Moitié", 1, 2),
        ("Assidu", 2, 2),
        ("Hors réunion", 0, 0),
    ]


def test_pages_of_twenty_five(base: Base) -> None:
    for n in range(30):
        base.partenaire(f"Structure {n:02}")
    page = vitalite.tous(base.session, filtre=TOUS, today=TODAY, page=2)
    assert ([x.nom for x in page.lignes], page.total) == ([f"Structure {n:02}" for n in range(25, 30)], 30)


# --- the network ----------------------------------------------------------------------------------------------------


def reseau(base: Base, vue: Vue, filtre: Filtre = TOUS) -> list[vitalite.Groupe]:
    return vitalite.reseau(base.session, vue=vue, filtre=filtre, today=TODAY).groupes


def figures(g: vitalite.Groupe) -> tuple[str, int, int, int, int, int, int, int]:
    return (
        g.nom, g.partenaires, g.actifs, g.en_sommeil, g.pas_attendus, g.ne_viennent_plus, g.venu, g.attendu
    )  # fmt: skip


def test_the_network_counted_by_hand(base: Base, session: Session) -> None:
    pm, pn, oph = base.partenaire("PM"), base.partenaire("PN"), base.partenaire("OPH", base.bailleur)
    hors = base.partenaire("Hors réunion", base.bailleur)
    session.add(PartenaireSecteur(partenaire_id=pm, secteur_id=base.nord))
    base.add(Siege(instance_id=base.cellule, partenaire_id=hors))
    base.reunion("2026-06-01T18:00", (pm, P), (pn, A), type_=CELLULE)
    base.reunion("2026-07-01T14:00", (pm, A), (oph, R))
    base.reunion("2026-07-02T14:00", (pm, E), type_=TypeReunion.AUTRE)
    base.reunion("2025-11-23T14:00", (pn, P))  # a day too old
    for n in (1, 8, 15):
        base.reunion(f"2026-08-{n:02}T14:00", (oph, A))
    base.suite(oph, ("2025-10-01", P))
    # nom, partenaires, actifs, en sommeil, pas attendus, ne viennent plus, venus, attendus
    assert [figures(g) for g in reseau(base, Vue.CATEGORIE)] == [
        ("Bailleur", 2, 1, 0, 1, 1, 1, 4),
        ("Police", 2, 1, 1, 0, 0, 1, 4),
    ]
    assert [figures(g) for g in reseau(base, Vue.SECTEUR)] == [
        ("Toute la ville", 3, 1, 1, 1, 1, 1, 5),
        ("Nord", 1, 1, 0, 0, 0, 1, 3),
    ]
    assert [figures(g) for g in reseau(base, Vue.DISPOSITIF)] == [
        ("Cellule de veille", 3, 1, 1, 1, 0, 1, 2),
        ("Réunion technique", 2, 1, 1, 0, 1, 1, 5),
        ("Autre réunion", 1, 0, 1, 0, 0, 0, 1),
    ]
    assert [figures(g) for g in reseau(base, Vue.INSTANCE)] == [
        ("Cellule Nord", 3, 1, 1, 1, 0, 1, 2),
        ("Technique", 2, 1, 1, 0, 1, 1, 5),
    ]
    assert vitalite.reseau(session, vue=Vue.DISPOSITIF, filtre=TOUS, today=TODAY).partenaires == 4
    bailleurs = Filtre(categorie_id=base.bailleur)
    assert [g.nom for g in reseau(base, Vue.CATEGORIE, bailleurs)] == ["Bailleur"]


# --- against a count in Python --------------------------------------------------------------------------------------


@pytest.mark.parametrize("graine", range(4))
def test_the_same_as_a_count_in_python(base: Base, session: Session, graine: int) -> None:
    hasard = random.Random(graine)  # noqa: S311
    qui = [base.partenaire(f"P{n}", hasard.choice([base.police, base.bailleur])) for n in range(12)]
    departs = {p: TODAY - timedelta(days=hasard.choice([-1, 92, 200, 366])) for p in qui}
    for _ in range(120):
        recul = hasard.choice([0, 90, 91, 92, 364, 365, hasard.randrange(-20, 900)])
        jour = TODAY - timedelta(days=recul)
        attendus = hasard.sample(qui, 4)
        base.reunion(
            f"{jour}T{hasard.choice(['00:00', '23:59'])}",
            *(
                Presence(
                    partenaire_id=p,
                    fonction=str(n),
                    reunion_id=0,
                    etat=hasard.choice([P, R])
                    if hasard.random() < (0.8 if jour < departs[p] else 0.03)
                    else hasard.choice([E, A]),
                )
                for n, p in enumerate([*attendus, attendus[0]])
            ),
            etat=hasard.choice([*[EtatReunion.TENUE] * 6, *EtatReunion]),
            type_=hasard.choice([CELLULE, TECHNIQUE]),
        )
    saisies = sorted(
        (r for r in session.exec(select(Reunion)).all() if r.etat in ETATS_REUNION_SAISIE and r.debut.date() <= TODAY),
        key=lambda r: r.debut,
    )
    notees: dict[tuple[int, int], set[EtatPresence]] = {}
    for x in session.exec(select(Presence)).all():
        notees.setdefault((x.partenaire_id, x.reunion_id), set()).add(x.etat)
    absents, actifs, en_sommeil = set(), 0, 0
    for p in qui:
        siennes = [(r.debut, notees[p, r.id]) for r in saisies if (p, r.id) in notees]
        an = [etats for debut, etats in siennes if debut.date() > date(2025, 11, 23)]
        venues = [debut for debut, etats in siennes if etats & {P, R}]
        derniere = venues[-1] if venues else None
        depuis = [etats for debut, etats in siennes if derniere and debut > derniere]
        venu = sum(bool(etats & {P, R}) for etats in an)
        stop = bool(
            an
            and derniere
            and len(venues) >= 2
            and (
                (len(depuis) >= 3 and derniere.date() <= date(2026, 8, 23))
                or (len(depuis) >= 2 and derniere.date() <= date(2025, 11, 23))
            )
        )
        assert lue(base, p) == (venu, len(an), derniere, len(depuis), sum(E in etats for etats in depuis), stop)
        absents |= {p} if stop else set()
        actifs, en_sommeil = actifs + (venu > 0), en_sommeil + (len(an) > 0 and venu == 0)
    page = vitalite.ne_viennent_plus(session, filtre=TOUS, today=TODAY)
    assert {x.id for x in page.lignes} == absents != set()
    groupes = reseau(base, Vue.CATEGORIE)
    assert (sum(g.actifs for g in groupes), sum(g.en_sommeil for g in groupes)) == (actifs, en_sommeil)
    assert sum(g.ne_viennent_plus for g in groupes) == len(absents)
    par_type = reseau(base, Vue.DISPOSITIF)
    assert sum(g.attendu for g in par_type) == sum(g.attendu for g in groupes)
    assert sum(g.venu for g in par_type) == sum(g.venu for g in groupes)
