"""«13-18, Questions de Justice»: the collèges of a school year, their three steps, their classes, the figures.

The steps are in `projets/etapes.py`, the classes in `projets/classes.py`, the séances in `projets/seances.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from models import BilanCollege, Classe, College, Etape, Partenaire, Participation, Seance
from models.lists import EtatSeance, SensEtape, Volet
from services.commun import operations
from services.projets import etapes
from services.projets.etapes import EtapeVue
from services.socle import chargement, conges, journal, periodes
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid, NotFound
from services.socle.horloge import utcnow
from services.socle.temps import jour
from services.socle.texte import clean, folded

ANNEES = (2006, 2099)  # the action began in 2006
ELEVES_CONSEILLES = 30  # the exposition holds no more at a time
NOTE_MAX = 1000
INVITER = "participation.inviter"
RETIRER_BILAN = "bilan.retirer"
_AVANT_SEANCE = timedelta(days=14)
# A séance that takes place, or took place.
VIVANTES = (EtatSeance.PREVUE, EtatSeance.REALISEE)


@dataclass(frozen=True)
class ParticipationVue:
    """A collège invited for a school year, where it stands, and its figures.

    `eleves`: None if no class has a number. `retards` says since when a current step is late. `seances_prevues`: all
    but those put off, which count at their new date. `premiere` is when its first séance takes place.
    """

    id: int
    annee: int
    college_id: int
    college: str
    etapes: dict[Volet, EtapeVue]
    retards: dict[Volet, date]
    note: str
    classes: int
    eleves: int | None
    seances_prevues: int
    seances_realisees: int
    premiere: datetime | None
    version: int

    @property
    def refusee(self) -> bool:
        return self.etapes[Volet.CONTACT].sens is SensEtape.REFUSE


@dataclass(frozen=True)
class CollegeVu:
    id: int
    nom: str


@dataclass(frozen=True)
class Bilan:
    """The figures of a school year: None when nobody noted it, which is not 0. `importes`: how many of its collèges are
    known by their imported totals only."""

    invites: int
    participants: int
    refus: int
    classes: int | None
    eleves: int | None
    eleves_presents: int | None
    seances_prevues: int | None  # totals do not tell
    seances_realisees: int | None
    importes: int = 0


@dataclass(frozen=True)
class BilanImporte:
    """The totals of a collège in a school year before the tool. None: the file did not tell."""

    id: int
    annee: int
    college_id: int
    college: str
    classes: int | None
    eleves: int | None
    presents: int | None
    seances: int | None


@dataclass(frozen=True)
class EtapeEnRetard:
    """A collège that still stands at a step after its day."""

    participation_id: int
    college: str
    volet: Volet
    etape: str
    limite: date


@dataclass(frozen=True)
class Avertissement:
    """Something to look at in a collège, in one sentence."""

    participation_id: int
    college: str
    phrase: str


# --- the school year -------------------------------------------------------------------------------------------------


def annee_scolaire(jour: date) -> int:
    """2026 from 1 September 2026 to 31 August 2027."""
    return periodes.annee_scolaire(jour).debut.year


def bornes(annee: int) -> tuple[date, date]:
    """The first and the last day of a school year."""
    periode = periodes.annee_scolaire(date(annee, 12, 31))
    return periode.debut, periode.dernier


# --- queries ---------------------------------------------------------------------------------------------------------

_PREVUE: ColumnElement[int] = case((col(Seance.etat) != EtatSeance.REPORTEE, 1), else_=0)
_REALISEE: ColumnElement[int] = case((col(Seance.etat) == EtatSeance.REALISEE, 1), else_=0)


def annees(session: Session) -> list[int]:
    """The school years with collèges invited or imported, the last one first."""
    lues = [session.exec(select(annee).distinct()).all() for annee in (Participation.annee, BilanCollege.annee)]
    return sorted({annee for rows in lues for annee in rows}, reverse=True)


def participations(session: Session, *, annee: int, today: date) -> list[ParticipationVue]:
    """The collèges invited that year, by name."""
    vues = _participations(session, Participation.annee == annee, today)
    return sorted(vues, key=lambda p: (folded(p.college), p.id))


def une(session: Session, *, id: int, today: date) -> ParticipationVue:
    """A collège in a school year.

    Raises:
        NotFound: it is not invited (any more).
    """
    vues = _participations(session, Participation.id == id, today)
    if not vues:
        raise NotFound("Ce collège n’est pas, ou plus, invité cette année-là. Revenez à la liste des collèges.")
    return vues[0]


def _participations(session: Session, critere: Any, today: date) -> list[ParticipationVue]:
    contact, convention, planning = aliased(Etape), aliased(Etape), aliased(Etape)
    rows = session.exec(
        select(Participation, Partenaire.nom, contact, convention, planning)  # type: ignore[call-overload]
        .join(Partenaire, col(Partenaire.id) == Participation.college_id)
        .join(contact, contact.id == Participation.contact_id)
        .join(convention, convention.id == Participation.convention_id)
        .join(planning, planning.id == Participation.planning_id)
        .where(critere)
    ).all()
    ids = [row[0].id for row in rows]
    classes = {
        i: (n, eleves)
        for i, n, eleves in session.exec(
            select(Classe.participation_id, func.count(), func.sum(Classe.effectif))
            .where(col(Classe.participation_id).in_(ids))
            .group_by(col(Classe.participation_id))
        ).all()
    }
    seances = {
        i: (prevues, realisees, premiere)
        for i, prevues, realisees, premiere in session.exec(
            select(
                Classe.participation_id,
                func.sum(_PREVUE),
                func.sum(_REALISEE),
                func.min(case((col(Seance.etat).in_(VIVANTES), col(Seance.debut)))),
            )
            .join(Seance, col(Seance.classe_id) == Classe.id)
            .where(col(Classe.participation_id).in_(ids))
            .group_by(col(Classe.participation_id))
        ).all()
    }
    return [
        _vue(p, college, [etapes.vue(e) for e in suite], classes.get(p.id), seances.get(p.id), today)
        for p, college, *suite in rows
    ]


def _vue(
    p: Participation,
    college: str,
    suite: list[EtapeVue],
    classes: Sequence[int | None] | None,
    seances: tuple[int, int, datetime | None] | None,
    today: date,
) -> ParticipationVue:
    ou = dict(zip(Volet, suite, strict=True))
    contact = ou[Volet.CONTACT].sens
    suivis = {SensEtape.ABOUTI: list(Volet), SensEtape.REFUSE: []}.get(contact, [Volet.CONTACT])
    finie = bornes(p.annee)[1] < today  # what was not done in a year gone by is no longer late
    limites = {volet: ou[volet].echeance(p.annee) for volet in suivis if not finie}
    return ParticipationVue(
        id=p.id,
        annee=p.annee,
        college_id=p.college_id,
        college=college,
        etapes=ou,
        retards={volet: limite for volet, limite in limites.items() if limite and limite < today},
        note=p.note,
        classes=classes[0] or 0 if classes else 0,
        eleves=classes[1] if classes else 0,
        seances_prevues=seances[0] if seances else 0,
        seances_realisees=seances[1] if seances else 0,
        premiere=seances[2] if seances else None,
        version=p.version,
    )


def a_inviter(session: Session, *, annee: int) -> list[CollegeVu]:
    """The active collèges not invited that year, nor known by their totals, by name."""
    deja = select(Participation.college_id).where(Participation.annee == annee)
    comptes = select(BilanCollege.college_id).where(BilanCollege.annee == annee)
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom)
        .join(College, col(College.partenaire_id) == Partenaire.id)
        .where(col(Partenaire.archive_le).is_(None), col(Partenaire.id).not_in(deja.union(comptes)))
    ).all()
    return sorted((CollegeVu(i or 0, nom) for i, nom in rows), key=lambda c: (folded(c.nom), c.id))


def bilan(session: Session, *, annee: int) -> Bilan:
    """The figures of a school year."""
    accepte = case((col(Etape.sens) == SensEtape.ABOUTI, 1), else_=0)
    refus = case((col(Etape.sens) == SensEtape.REFUSE, 1), else_=0)
    invites = session.exec(
        select(func.count(), func.sum(accepte), func.sum(refus))
        .select_from(Participation)
        .join(Etape, col(Etape.id) == Participation.contact_id)
        .where(Participation.annee == annee)
    ).one()
    eleves = session.exec(
        select(func.count(), func.sum(Classe.effectif))
        .select_from(Classe)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .where(Participation.annee == annee)
    ).one()
    presents = case((col(Seance.etat) == EtatSeance.REALISEE, col(Seance.presents)))
    seances = session.exec(
        select(func.sum(presents), func.sum(_PREVUE), func.sum(_REALISEE))
        .select_from(Seance)
        .join(Classe, col(Classe.id) == Seance.classe_id)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .where(Participation.annee == annee)
    ).one()
    importes = bilans_importes(session, annees=[annee])
    n, acceptes, refuses = (int(x or 0) for x in invites)
    classes, effectif = eleves
    presents, prevues, realisees = seances

    def avec(champ: str, lus: int | None, *, compte: bool) -> int | None:
        """With the imported totals; of what is read, None when there was something to count."""
        lus = int(lus) if lus is not None else None if compte else 0
        return somme(*(getattr(b, champ) for b in importes), *([lus] if n or not importes else []))

    return Bilan(
        invites=n + len(importes),
        participants=acceptes + len(importes),
        refus=refuses,
        classes=avec("classes", classes, compte=False),
        eleves=avec("eleves", effectif, compte=bool(classes)),
        eleves_presents=avec("presents", presents, compte=bool(realisees)),
        seances_prevues=None if importes else int(prevues or 0),
        seances_realisees=avec("seances", realisees, compte=False),
        importes=len(importes),
    )


def somme(*nombres: int | None) -> int | None:
    """The sum of those that are known; None when none is."""
    connus = [n for n in nombres if n is not None]
    return sum(connus) if connus else None


def bilans_importes(session: Session, *, annees: Sequence[int], critere: Any = None) -> list[BilanImporte]:
    """The imported totals of these school years, by year then name. A collège invited that year counts by its own
    séances: never both (a merge of two collèges may leave both)."""
    invite = select(Participation.id).where(
        Participation.annee == BilanCollege.annee, Participation.college_id == BilanCollege.college_id
    )
    rows = session.exec(
        select(BilanCollege, Partenaire.nom)
        .join(Partenaire, col(Partenaire.id) == BilanCollege.college_id)
        .where(col(BilanCollege.annee).in_(annees), ~invite.exists(), true() if critere is None else critere)
    ).all()
    vus = [
        BilanImporte(b.id, b.annee, b.college_id, nom, b.classes, b.eleves, b.presents, b.seances) for b, nom in rows
    ]
    return sorted(vus, key=lambda b: (b.annee, folded(b.college), b.id))


def etapes_en_retard(session: Session, *, today: date) -> list[EtapeEnRetard]:
    """The steps that are late this school year, the oldest first."""
    vues = participations(session, annee=annee_scolaire(today), today=today)
    retards = [
        EtapeEnRetard(p.id, p.college, volet, p.etapes[volet].libelle, limite)
        for p in vues
        for volet, limite in p.retards.items()
    ]
    return sorted(retards, key=lambda r: r.limite)


def avertissements(session: Session, *, annee: int, today: date) -> list[Avertissement]:
    """What to look at, collège by collège; nothing once the year is over, nor of a collège that refused."""
    if bornes(annee)[1] < today:
        return []
    rows = session.exec(
        select(Classe, Seance)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .join(Seance, (col(Seance.classe_id) == Classe.id) & col(Seance.etat).in_(VIVANTES), isouter=True)
        .where(Participation.annee == annee)
        .order_by(col(Classe.cle), col(Seance.debut), col(Seance.id))
    ).all()
    trouves = []
    for p in participations(session, annee=annee, today=today):
        if not p.refusee:
            ici = [(c, s) for c, s in rows if c.participation_id == p.id]
            trouves += [Avertissement(p.id, p.college, phrase) for phrase in _phrases(p, ici, today)]
    return trouves


def _phrases(p: ParticipationVue, rows: Sequence[tuple[Classe, Seance | None]], today: date) -> list[str]:
    phrases = []
    if sans := [c.nom for c, s in rows if s is None]:
        phrases.append(f"Aucune séance pour {', '.join(sans)}.")
    signee = p.etapes[Volet.CONVENTION].sens is SensEtape.ABOUTI
    if p.premiere and not signee and today >= p.premiere.date() - _AVANT_SEANCE:
        phrases.append(f"Première séance {jour(p.premiere.date(), annee_de=today)}, convention non signée.")
    for nom, effectif in {c.nom: c.effectif for c, _ in rows}.items():
        if effectif and effectif > ELEVES_CONSEILLES:
            phrases.append(f"{nom} : {effectif} élèves, plus de {ELEVES_CONSEILLES} pour une séance.")
    for c, s in rows:
        if s is None or s.etat is not EtatSeance.PREVUE:
            continue
        le = s.debut.date()
        quand = f"{c.nom}, {jour(le, annee_de=today)}"
        if s.attendus and s.attendus > ELEVES_CONSEILLES and s.attendus != c.effectif:
            phrases.append(f"{quand} : {s.attendus} élèves attendus, plus de {ELEVES_CONSEILLES} pour une séance.")
        if off := conges.entre(le, le + timedelta(days=1)):
            zone = f" (zone {conges.ZONE})" if off[-1].genre is conges.Genre.VACANCES else ""
            phrases.append(f"{quand} : séance un jour sans classe, {off[-1].nom}{zone}.")
    return phrases


# --- commands: collèges ----------------------------------------------------------------------------------------------


def _a_jour(session: Session, id: int, version: int) -> Participation:
    return chargement.charger_a_jour(session, Participation, id, version, lambda p: {"note": p.note})


def noter(session: Session, by: Acteur, acte: str, p: Participation, resume: str) -> None:
    """The journal line of what is done to a collège."""
    journal.note(session, by=by, acte=acte, objet="participation", objet_id=p.id, resume=phrase(session, p, resume))


def phrase(session: Session, p: Participation, resume: str) -> str:
    """What was done to a collège, with its year and its name."""
    return f"13-18 {periodes.nom_annee_scolaire(p.annee)}, {session.get_one(Partenaire, p.college_id).nom} : {resume}"


def inviter(session: Session, *, annee: int, college_ids: Sequence[int] | None = None, by: Acteur) -> int:
    """Invite these collèges for a school year, or (None) every active one; those already invited are left as they are.

    Returns:
        How many were invited now.
    """
    require(by, Droit.ECRIRE)
    if not ANNEES[0] <= annee <= ANNEES[1]:
        raise Invalid({"annee": f"Choisissez une année scolaire entre {ANNEES[0]} et {ANNEES[1]}."})
    nouveaux = [c for c in a_inviter(session, annee=annee) if college_ids is None or c.id in college_ids]
    if not nouveaux:
        return 0
    contact, convention, planning = (etapes.premiere(session, volet=volet) for volet in Volet)
    invites = [
        Participation(annee=annee, college_id=c.id, contact_id=contact, convention_id=convention, planning_id=planning)
        for c in nouveaux
    ]
    noms = ", ".join(c.nom for c in nouveaux)
    resume = f"13-18 {periodes.nom_annee_scolaire(annee)}, invités ({len(nouveaux)}) : {noms}"
    with operations.suivre(session, acte=INVITER, resume=resume, now=utcnow(), by=by) as suivi:
        session.add_all(invites)
        suivi.ajouter(*invites)
    return len(nouveaux)


def changer_etape(session: Session, *, id: int, volet: Volet, etape_id: int | None, version: int, by: Acteur) -> None:
    """Move a collège to another step of a volet."""
    require(by, Droit.ECRIRE)
    p = _a_jour(session, id, version)
    colonne = f"{volet.value}_id"
    if getattr(p, colonne) == etape_id:
        return
    etape = session.get(Etape, etape_id) if etape_id is not None else None
    if etape is None or etape.volet is not volet or etape.archive:
        raise Invalid({volet.value: "Cette étape n’est plus proposée. Choisissez-en une autre."})
    setattr(p, colonne, etape_id)
    session.add(p)
    session.flush()
    noter(session, by, "changer_etape", p, f"{volet.libelle.lower()}, {etape.libelle}")


def annoter(session: Session, *, id: int, note: str, version: int, by: Acteur) -> None:
    """Write the note of a collège."""
    require(by, Droit.ECRIRE)
    p = _a_jour(session, id, version)
    note = clean(note, lignes=True)
    if len(note) > NOTE_MAX:
        raise Invalid({"note": f"Raccourcissez la note : {NOTE_MAX} caractères au plus, elle en compte {len(note)}."})
    if note == p.note:
        return
    p.note = note
    session.add(p)
    session.flush()
    noter(session, by, "annoter", p, "note modifiée")


def retirer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take back the invitation of a collège that has no class."""
    require(by, Droit.ECRIRE)
    p = _a_jour(session, id, version)
    if session.exec(select(Classe.id).where(Classe.participation_id == id)).first() is not None:
        raise Invalid({"": "Ce collège a des classes : supprimez-les d’abord, ou notez qu’il a refusé."})
    resume = phrase(session, p, "invitation retirée")
    operations.retirer(session, p, acte="participation.retirer", resume=resume, by=by)


def retirer_bilan(session: Session, *, id: int, by: Acteur) -> None:
    """Take out the imported totals of a collège: its séances can then be entered."""
    require(by, Droit.ECRIRE)
    bilan = session.get(BilanCollege, id)
    if bilan is None:
        return
    college = session.get_one(Partenaire, bilan.college_id).nom
    resume = f"13-18 {periodes.nom_annee_scolaire(bilan.annee)}, {college} : bilan importé retiré"
    operations.retirer(session, bilan, acte=RETIRER_BILAN, resume=resume, by=by)
