"""Figures: equal to a base counted by hand, and to a count in Python of every row of a random one."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from models import (
    Action,
    Categorie,
    Classe,
    College,
    Etape,
    EvenementAction,
    Instance,
    InstanceQuartier,
    Partenaire,
    PartenaireSecteur,
    Participation,
    Point,
    Presence,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
    Theme,
)
from models.lists import (
    ETATS_REUNION_SAISIE,
    EtatAction,
    EtatPresence,
    EtatReunion,
    EtatSeance,
    Frequence,
    SensEtape,
    TypeReunion,
    Volet,
)
from services.agenda.plan import Marque
from services.pilotage import statistiques, statistiques_actions
from services.pilotage.statistiques import Filtre
from services.pilotage.statistiques_actions import Age, Situation
from services.socle.horloge import utcnow

TODAY = date(2026, 11, 23)
S2 = Filtre(date(2026, 7, 1), date(2027, 1, 1))
S1 = Filtre(date(2026, 1, 1), date(2026, 7, 1))
TENUE, CLOSE = EtatReunion.TENUE, EtatReunion.CLOSE
CELLULE, TECHNIQUE, AUTRE = TypeReunion.CELLULE, TypeReunion.TECHNIQUE, TypeReunion.AUTRE


class Base:
    """Two secteurs with a quartier each, a cellule for each, a réunion technique of the quartier of the first."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.nord, self.sud = self.add(SecteurVeille(nom="Nord")), self.add(SecteurVeille(nom="Sud"))
        self.add(SecteurVeille(nom="Ancien", archive=True))
        self.q_nord = self.add(Quartier(nom="Mireuil", secteur_id=self.nord))
        self.q_sud = self.add(Quartier(nom="Tasdon", secteur_id=self.sud))
        self.cellule_nord = self.instance("Cellule Nord", CELLULE, Frequence.SEMESTRIELLE, self.nord)
        self.cellule_sud = self.instance("Cellule Sud", CELLULE, Frequence.SEMESTRIELLE, self.sud)
        self.technique = self.instance("Technique Mireuil", TECHNIQUE, Frequence.MENSUELLE, None)
        session.add(InstanceQuartier(instance_id=self.technique, quartier_id=self.q_nord))
        self.police_cat, self.bailleur_cat = self.add(Categorie(nom="Police")), self.add(Categorie(nom="Bailleur"))
        self.pm = self.add(Partenaire(nom="Police municipale", sigle="PM", categorie_id=self.police_cat))
        self.pn = self.add(Partenaire(nom="Police nationale", categorie_id=self.police_cat))
        self.oph = self.add(Partenaire(nom="Office public", sigle="OPH", categorie_id=self.bailleur_cat))
        self.bruit = self.add(Theme(libelle="Bruit", rubrique="Nuisances", recherche="", ordre=1))
        self.rodeo = self.add(Theme(libelle="Rodéo", rubrique="Circulation", recherche="", ordre=2))
        self.tapage = self.add(Theme(libelle="Tapage", rubrique="Nuisances", recherche="", ordre=3))

    def add(self, row: object) -> int:
        self.session.add(row)
        self.session.flush()
        return int(row.id)  # type: ignore[attr-defined]

    def instance(self, nom: str, type_: TypeReunion, frequence: Frequence, secteur_id: int | None) -> int:
        return self.add(Instance(nom=nom, type=type_, frequence=frequence, secteur_id=secteur_id))

    def reunion(
        self,
        debut: str,
        type_: TypeReunion,
        instance_id: int | None,
        etat: EtatReunion = TENUE,
        **presences: EtatPresence,
    ) -> int:
        quand = datetime.fromisoformat(debut)
        id = self.add(
            Reunion(
                type=type_, instance_id=instance_id, titre="R", debut=quand, fin=quand + timedelta(hours=1), etat=etat
            )
        )
        for qui, etat_presence in presences.items():
            self.add(Presence(reunion_id=id, partenaire_id=getattr(self, qui), etat=etat_presence))
        return id

    def point(self, reunion_id: int | None, theme_id: int, quartier_id: int | None = None) -> int:
        return self.add(Point(reunion_id=reunion_id, theme_id=theme_id, quartier_id=quartier_id, cree_le=utcnow()))

    def action(self, etat: EtatAction, echeance: str, **champs: object) -> int:
        return self.add(
            Action(quoi="Agir", etat=etat, echeance=date.fromisoformat(echeance), **({"pilote_id": self.pm} | champs))
        )


@pytest.fixture
def base(session: Session) -> Base:
    return Base(session)


@pytest.fixture
def comptee(base: Base) -> Base:
    """Eight meetings; the figures of the tests below were counted on this list by hand."""
    p, r, e, a = EtatPresence.PRESENT, EtatPresence.REPRESENTE, EtatPresence.EXCUSE, EtatPresence.ABSENT
    base.reunion("2026-06-30T23:00", CELLULE, base.cellule_nord, pm=p, oph=p)  # the last hour of a semestre
    un = base.reunion("2026-07-01T00:00", CELLULE, base.cellule_nord, pm=p, pn=r, oph=e)  # the first of the next
    deux = base.reunion("2026-09-08T10:00", TECHNIQUE, base.technique, pm=p, oph=a)
    trois = base.reunion("2026-09-22T10:00", TECHNIQUE, base.technique, CLOSE, pm=p, pn=p)
    quatre = base.reunion("2026-10-01T18:00", AUTRE, None)
    annulee = base.reunion("2026-10-06T10:00", TECHNIQUE, base.technique, EtatReunion.ANNULEE, pm=p)
    prevue = base.reunion("2026-11-24T10:00", CELLULE, base.cellule_sud, EtatReunion.CONVOQUEE)
    base.reunion("2027-01-01T00:00", CELLULE, base.cellule_sud)
    base.point(un, base.bruit)  # no quartier: the secteur of its instance, Nord
    base.point(un, base.bruit, base.q_sud)  # its own quartier counts first
    base.point(deux, base.rodeo, base.q_nord)
    base.point(trois, base.tapage)  # neither
    base.point(quatre, base.rodeo, base.q_sud)
    base.point(annulee, base.bruit)
    base.point(None, base.bruit)
    base.action(EtatAction.REALISEE, "2026-08-01", reunion_id=un, instance_id=base.cellule_nord)
    base.action(EtatAction.A_FAIRE, "2026-11-22", reunion_id=un, instance_id=base.cellule_nord)  # late by a day
    base.action(EtatAction.EN_COURS, "2026-11-23", reunion_id=deux, instance_id=base.technique)  # due today: not late
    base.action(EtatAction.A_FAIRE, "2026-12-01", reunion_id=trois, instance_id=base.technique, pilote_id=base.oph)
    base.action(EtatAction.ABANDONNEE, "2026-10-01", reunion_id=trois, instance_id=base.technique)
    base.action(EtatAction.A_FAIRE, "2026-10-01", reunion_id=prevue, pilote_id=base.oph)
    return base


def test_meetings_by_month_and_kind(comptee: Base, session: Session) -> None:
    assert [(r.mois, r.type, r.n) for r in statistiques.reunions_par_mois(session, filtre=S2)] == [
        (date(2026, 7, 1), CELLULE, 1),
        (date(2026, 9, 1), TECHNIQUE, 2),
        (date(2026, 10, 1), AUTRE, 1),
    ]
    assert [(r.mois, r.n) for r in statistiques.reunions_par_mois(session, filtre=S1)] == [(date(2026, 6, 1), 1)]
    du_nord = replace(S2, secteur_id=comptee.nord)  # its cellule, and the technique of its quartier
    assert sum(r.n for r in statistiques.reunions_par_mois(session, filtre=du_nord)) == 3
    assert statistiques.reunions_par_mois(session, filtre=replace(S2, secteur_id=comptee.sud)) == []
    techniques = replace(S2, types=(TECHNIQUE,))
    assert [r.n for r in statistiques.reunions_par_mois(session, filtre=techniques)] == [2]


def test_coverage_of_the_secteurs(comptee: Base, session: Session) -> None:
    annee = Filtre(date(2026, 6, 15), date(2026, 9, 1))  # touches both semestres, which are taken whole
    lues = statistiques.couverture_secteurs(session, filtre=annee, today=TODAY)
    assert [(c.secteur, c.semestre.month, c.nombre, c.tenues) for c in lues] == [
        ("Nord", 1, 1, 1),
        ("Nord", 7, 1, 1),
        ("Sud", 1, Marque.SANS_DONNEE, 0),
        ("Sud", 7, Marque.PREVUE, 0),
    ]


def test_coverage_of_the_instances_against_their_frequency(comptee: Base, session: Session) -> None:
    lignes = statistiques.couverture_instances(session, filtre=S2, today=TODAY)
    assert [(i.nom, i.tenues, i.attendues) for i in lignes] == [
        ("Cellule Nord", 0, 0),  # a semestre is not over, on neither side
        ("Cellule Sud", 0, 0),
        ("Technique Mireuil", 1, 2),  # September, met twice, and October: it began in September
    ]
    rien, venir = Marque.SANS_DONNEE, Marque.A_VENIR
    assert [n for _, n in lignes[2].par_mois] == [rien, rien, 2, 0, venir, venir]
    finie = statistiques.couverture_instances(session, filtre=S2, today=date(2027, 1, 1))
    assert [(i.tenues, i.attendues) for i in finie] == [(1, 1), (0, 0), (1, 4)]  # the cellule of Sud is not written up


def test_attendance(comptee: Base, session: Session) -> None:
    lignes = statistiques.presences(session, filtre=S2)
    assert [(p.nom, p.n, p.presents, p.representes, p.excuses, p.absents) for p in lignes] == [
        ("PM", 3, 3, 0, 0, 0),
        ("OPH", 2, 0, 0, 1, 1),
        ("Police nationale", 2, 1, 1, 0, 0),
    ]
    assert [(c.nom, c.venus, c.n) for c in statistiques.par_categorie(lignes)] == [("Police", 5, 5), ("Bailleur", 0, 2)]
    assert (statistiques.total(lignes).venus, statistiques.total(lignes).n) == (5, 7)


def test_no_percentage_of_a_few_cases() -> None:
    assert statistiques.pourcentage(19, 19) is None
    assert statistiques.pourcentage(15, 20) == 75


def test_the_first_partenaires_then_all_the_others(session: Session, base: Base) -> None:
    reunion = base.reunion("2026-09-08T10:00", TECHNIQUE, base.technique)
    for n in range(17):
        partenaire = base.add(Partenaire(nom=f"Structure {n:02}", sigle="S", categorie_id=base.police_cat))
        base.add(Presence(reunion_id=reunion, partenaire_id=partenaire, etat=EtatPresence.PRESENT))
    lignes = statistiques.premiers(statistiques.presences(session, filtre=S2))
    assert [(p.nom, p.n) for p in lignes[-2:]] == [("Structure 14", 1), ("Les 2 autres", 2)]
    assert len({p.nom for p in lignes}) == 16  # an acronym of several does not name one


def test_situations(comptee: Base, session: Session) -> None:
    lignes = statistiques.points(session, filtre=S2)
    assert [(x.theme, x.rubrique, x.secteur, x.n) for x in lignes] == [
        ("Bruit", "Nuisances", "Nord", 1),
        ("Bruit", "Nuisances", "Sud", 1),
        ("Rodéo", "Circulation", "Nord", 1),
        ("Rodéo", "Circulation", "Sud", 1),
        ("Tapage", "Nuisances", "", 1),
    ]
    du_sud = statistiques.points(session, filtre=replace(S2, secteur_id=comptee.sud))
    assert [(x.theme, x.n) for x in du_sud] == [("Bruit", 1), ("Rodéo", 1)]


def test_actions(comptee: Base, session: Session) -> None:
    tout = statistiques_actions.actions_par_situation(session, filtre=S2, today=TODAY)
    assert tout.par_situation == {
        Situation.REALISEE: 1,
        Situation.EN_COURS: 1,
        Situation.A_FAIRE: 1,
        Situation.EN_RETARD: 2,
        Situation.ABANDONNEE: 1,
    }
    assert (tout.n, tout.ouvertes, tout.resolution) == (6, 4, (1, 5))
    pilotes = statistiques_actions.actions_par_pilote(session, filtre=S2, today=TODAY)
    assert [(x.nom, x.n, x.par_situation[Situation.EN_RETARD]) for x in pilotes] == [("PM", 4, 1), ("OPH", 2, 1)]
    ages = statistiques_actions.actions_par_age(session, filtre=S2, today=TODAY)
    assert {x.nom: x.n for x in ages} == {
        Age.UN_MOIS: 1,  # decided at tomorrow's meeting: prepared
        Age.TROIS_MOIS: 2,
        Age.SIX_MOIS: 1,
        Age.UN_AN: 0,
        Age.PLUS: 0,
    }
    nord = statistiques_actions.actions_par_situation(session, filtre=replace(S2, secteur_id=comptee.nord), today=TODAY)
    assert nord.n == 2  # as the list of actions: those of the instances of the secteur
    cellules = statistiques_actions.actions_par_situation(session, filtre=replace(S2, types=(CELLULE,)), today=TODAY)
    assert cellules.n == 3


@pytest.mark.parametrize(("jour", "age"), [("2026-10-23", Age.TROIS_MOIS), ("2026-10-24", Age.UN_MOIS)])
def test_a_month_old_is_no_longer_less_than_a_month(base: Base, session: Session, jour: str, age: Age) -> None:
    reunion = base.reunion(f"{jour}T14:00", TECHNIQUE, base.technique)
    base.action(EtatAction.A_FAIRE, "2026-12-01", reunion_id=reunion)
    ages = statistiques_actions.actions_par_age(session, filtre=S2, today=TODAY)
    assert [x.nom for x in ages if x.n] == [age]


@pytest.mark.parametrize(("instant", "semestre"), [("2026-06-30T21:59", S1), ("2026-06-30T22:00", S2)])
def test_an_action_without_meeting_counts_from_its_first_line_in_civil_time(
    base: Base, session: Session, instant: str, semestre: Filtre
) -> None:
    """22 h in UTC is midnight in the town."""
    action = base.action(EtatAction.A_FAIRE, "2026-12-01")
    quand = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    for retard in (0, 90):
        base.add(
            EvenementAction(
                action_id=action,
                quand=quand + timedelta(days=retard),
                etat=EtatAction.A_FAIRE,
                echeance=date(2026, 12, 1),
            )
        )
    lu = {f: statistiques_actions.actions_par_situation(session, filtre=f, today=TODAY).n for f in (S1, S2)}
    assert lu == {S1: int(semestre is S1), S2: int(semestre is S2)}


def test_13_18(base: Base, session: Session) -> None:
    etapes = [base.add(Etape(volet=v, libelle="Début", sens=SensEtape.DEBUT, ordre=1)) for v in Volet]
    for nom, uai in (("Collège A", "0170001A"), ("Collège B", "0170002B")):
        partenaire = base.add(Partenaire(nom=nom, categorie_id=base.police_cat))
        session.add(College(partenaire_id=partenaire, uai=uai))
        session.flush()
        participation = base.add(
            Participation(
                annee=2026, college_id=partenaire, contact_id=etapes[0], convention_id=etapes[1], planning_id=etapes[2]
            )
        )
        if nom == "Collège B":
            session.add(PartenaireSecteur(partenaire_id=partenaire, secteur_id=base.sud))
            continue
        for classe, effectif, etats in (
            ("4e A", 25, [(EtatSeance.REALISEE, 24), (EtatSeance.REALISEE, 22), (EtatSeance.REPORTEE, None)]),
            ("4e B", None, [(EtatSeance.PREVUE, 99), (EtatSeance.ANNULEE, None)]),
        ):
            id = base.add(Classe(participation_id=participation, nom=classe, cle=classe, effectif=effectif))
            for jour, (etat, presents) in enumerate(etats, 1):
                debut = datetime(2026, 10, jour, 9)
                base.add(
                    Seance(classe_id=id, debut=debut, fin=debut + timedelta(hours=2), etat=etat, presents=presents)
                )
    a, b = statistiques_actions.colleges_1318(session, annees=[2025, 2026])
    assert (a.college, a.annee, a.classes, a.effectif, a.presents) == ("Collège A", 2026, 2, 25, 46)
    assert (a.realisees, a.programmees, a.par_etat[EtatSeance.REPORTEE]) == (2, 4, 1)
    assert (b.college, b.classes, b.effectif, b.presents, b.programmees) == ("Collège B", 0, 0, 0, 0)
    assert statistiques_actions.colleges_1318(session, annees=[2025]) == []
    du_nord = statistiques_actions.colleges_1318(session, annees=[2026], secteur_id=base.nord)
    assert [c.college for c in du_nord] == ["Collège A"]


# --- against a count in Python ---------------------------------------------------------------------------------------


@pytest.fixture
def hasardeuse(base: Base, session: Session) -> Base:
    """Three hundred meetings over two years, many of them at the borders of months, semestres and days."""
    hasard = random.Random(1318)  # noqa: S311
    lieux = [(CELLULE, base.cellule_nord), (CELLULE, base.cellule_sud), (TECHNIQUE, base.technique), (AUTRE, None)]
    for _ in range(300):
        jour = date(2025, 7, 1) + timedelta(days=hasard.choice([0, 183, 184, 364, 365, hasard.randrange(730)]))
        type_, instance_id = hasard.choice(lieux)
        debut = f"{jour}T{hasard.choice(['00:00', '12:30', '23:00', '23:59'])}"
        reunion = base.reunion(
            debut,
            type_,
            instance_id,
            hasard.choice([TENUE, TENUE, CLOSE, *EtatReunion]),
            **{q: hasard.choice(list(EtatPresence)) for q in hasard.sample(["pm", "pn", "oph"], hasard.randrange(4))},
        )
        for _ in range(hasard.randrange(3)):
            themes = [base.bruit, base.rodeo, base.tapage]
            base.point(reunion, hasard.choice(themes), hasard.choice([None, base.q_nord, base.q_sud]))
        echeance = TODAY + timedelta(days=hasard.randrange(-20, 20))
        base.action(hasard.choice(list(EtatAction)), str(echeance), reunion_id=reunion, instance_id=instance_id)
    return base


@pytest.mark.parametrize(
    ("secteur", "types"), [(None, ()), ("nord", ()), ("sud", ()), (None, (CELLULE,)), ("nord", (TECHNIQUE, AUTRE))]
)
def test_the_same_as_a_count_in_python(
    hasardeuse: Base, session: Session, secteur: str | None, types: tuple[TypeReunion, ...]
) -> None:
    base, total = hasardeuse, 0
    secteur_id = getattr(base, secteur) if secteur else None
    noms = {base.nord: "Nord", base.sud: "Sud", None: ""}
    du_quartier = {None: None, base.q_nord: base.nord, base.q_sud: base.sud}
    siens = {None: {None}, base.cellule_nord: {base.nord}, base.cellule_sud: {base.sud}, base.technique: {base.nord}}
    de_l_instance = {None: None, base.cellule_nord: base.nord, base.cellule_sud: base.sud, base.technique: None}
    reunions = {r.id: r for r in session.exec(select(Reunion)).all()}
    for debut, fin in [
        (date(2025, 7, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 7, 1)),
        (date(2026, 6, 30), date(2026, 7, 1)),
        (date(2025, 12, 15), date(2026, 12, 31)),
    ]:
        filtre = Filtre(debut, fin, secteur_id, types)
        dedans = {i: r for i, r in reunions.items() if debut <= r.debut.date() < fin and (not types or r.type in types)}
        tenues = {i: r for i, r in dedans.items() if r.etat in ETATS_REUNION_SAISIE}
        ici = {i: r for i, r in tenues.items() if not secteur_id or secteur_id in siens[r.instance_id]}
        par_mois = Counter((r.debut.year, r.debut.month, r.type) for r in ici.values())
        assert {
            (x.mois.year, x.mois.month, x.type): x.n for x in statistiques.reunions_par_mois(session, filtre=filtre)
        } == par_mois

        presences = Counter(p.etat for p in session.exec(select(Presence)).all() if p.reunion_id in ici)
        somme = statistiques.total(statistiques.presences(session, filtre=filtre))
        assert (somme.presents, somme.representes, somme.excuses, somme.absents) == tuple(
            presences[e]
            for e in (EtatPresence.PRESENT, EtatPresence.REPRESENTE, EtatPresence.EXCUSE, EtatPresence.ABSENT)
        )

        themes = {t.id: t.libelle for t in session.exec(select(Theme)).all()}
        points: Counter[tuple[str, str]] = Counter()
        for p in session.exec(select(Point)).all():
            if p.reunion_id in tenues:
                son_secteur = du_quartier[p.quartier_id] or de_l_instance[tenues[p.reunion_id].instance_id]
                if secteur_id in (None, son_secteur):
                    points[themes[p.theme_id], noms[son_secteur]] += 1
        assert {(x.theme, x.secteur): x.n for x in statistiques.points(session, filtre=filtre)} == points

        quartier_du_point = {p.id: du_quartier[p.quartier_id] for p in session.exec(select(Point)).all()}
        actions = [
            a
            for a in session.exec(select(Action)).all()
            if a.reunion_id in dedans
            and (not secteur_id or secteur_id in (de_l_instance[a.instance_id], quartier_du_point.get(a.point_id)))
        ]
        lues = statistiques_actions.actions_par_situation(session, filtre=filtre, today=TODAY)
        ouvertes = [a for a in actions if a.etat in (EtatAction.A_FAIRE, EtatAction.EN_COURS)]
        assert (lues.n, lues.ouvertes) == (len(actions), len(ouvertes))
        assert lues.par_situation[Situation.EN_RETARD] == sum(a.echeance < TODAY for a in ouvertes)
        ages = statistiques_actions.actions_par_age(session, filtre=filtre, today=TODAY)
        assert sum(x.n for x in ages) == len(ouvertes)
        pilotes = statistiques_actions.actions_par_pilote(session, filtre=filtre, today=TODAY)
        assert sum(x.n for x in pilotes) == len(actions)
        total += sum(par_mois.values())
    assert total > 20
