"""A séance of «13-18» as it stands and as it is asked for; what may not be, and what asks to be confirmed.

Tests: tests/services/projets/test_participations.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models import Classe, Partenaire, Participation, Seance, SeancePartenaire
from models.lists import EtatSeance
from services.projets.classes import eleves_faux
from services.projets.participations import VIVANTES, bornes
from services.socle.erreurs import Invalid
from services.socle.periodes import nom_annee_scolaire
from services.socle.temps import moment
from services.socle.texte import clean, folded

DUREE = timedelta(hours=2)
SALLE_MAX = 80
# The key of the question in a refusal that another call with `confirme=True` overrides.
CONFIRMER = "confirme"


@dataclass(frozen=True)
class SeanceVue:
    """A séance as screens show it."""

    id: int
    participation_id: int
    annee: int
    college: str
    classe_id: int
    classe: str
    debut: datetime
    fin: datetime
    salle: str
    attendus: int | None
    presents: int | None
    etat: EtatSeance
    motif: str
    structures: dict[int, str]
    version: int


@dataclass(frozen=True)
class LigneSeance:
    """A séance asked for. `cle` names its row on screen, whose refusals are "{cle}.debut" and so on; "": no row."""

    cle: str
    classe_id: int | None
    debut: datetime | None
    fin: datetime | None = None
    salle: str = ""
    attendus: int | None = None
    structures: Sequence[int] = ()


def vues(session: Session, *criteres: Any, limite: int | None = None) -> list[SeanceVue]:
    rows = session.exec(
        select(Seance, Classe, Participation, Partenaire.nom)
        .join(Classe, col(Classe.id) == Seance.classe_id)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .join(Partenaire, col(Partenaire.id) == Participation.college_id)
        .where(*criteres)
        .order_by(col(Seance.debut), col(Seance.id))
        .limit(limite)
    ).all()
    structures: dict[int, dict[int, str]] = {}
    for seance_id, id, nom, sigle in session.exec(
        select(SeancePartenaire.seance_id, Partenaire.id, Partenaire.nom, Partenaire.sigle)
        .join(Partenaire, col(Partenaire.id) == SeancePartenaire.partenaire_id)
        .where(col(SeancePartenaire.seance_id).in_([s.id for s, *_ in rows]))
        .order_by(col(Partenaire.nom), col(Partenaire.id))
    ).all():
        structures.setdefault(seance_id, {})[id or 0] = sigle or nom
    return [
        SeanceVue(
            id=s.id,
            participation_id=p.id,
            annee=p.annee,
            college=college,
            classe_id=s.classe_id,
            classe=c.nom,
            debut=s.debut,
            fin=s.fin,
            salle=s.salle,
            attendus=s.attendus,
            presents=s.presents,
            etat=s.etat,
            motif=s.motif,
            structures=structures.get(s.id, {}),
            version=s.version,
        )
        for s, c, p, college in rows
    ]


def _horaires_faux(debut: datetime | None, fin: datetime | None, annee: int) -> dict[str, str]:
    premier, dernier = bornes(annee)
    if debut is None or fin is None:
        return {"debut": "Choisissez le jour et l’heure."}
    if not premier <= debut.date() <= dernier:
        return {
            "debut": f"Cette date n’est pas dans l’année scolaire {nom_annee_scolaire(annee)} : "
            f"du {premier:%d/%m/%Y} au {dernier:%d/%m/%Y}."
        }
    if fin <= debut:
        return {"fin": "La fin doit venir après le début."}
    if fin.date() != debut.date():
        return {"fin": "Une séance tient dans la journée : avancez la fin."}
    return {}


def _champ(x: LigneSeance, nom: str) -> str:
    """The field of a row, or of a form that holds one séance."""
    return f"{x.cle}.{nom}" if x.cle else nom


def _ligne_fausse(session: Session, p: Participation, x: LigneSeance) -> dict[str, str]:
    """One sentence for each wrong field of a séance asked for."""
    erreurs = _horaires_faux(x.debut, x.fin, p.annee)
    classe = session.get(Classe, x.classe_id) if x.classe_id is not None else None
    if classe is None or classe.participation_id != p.id:
        erreurs["classe"] = "Choisissez la classe."
    if len(x.salle) > SALLE_MAX:
        erreurs["salle"] = f"Raccourcissez le nom de la salle : {SALLE_MAX} caractères au plus."
    if phrase := eleves_faux(x.attendus):
        erreurs["attendus"] = phrase
    connus = session.exec(select(Partenaire.id).where(col(Partenaire.id).in_(x.structures))).all()
    if len(connus) != len(set(x.structures)):
        erreurs["structures"] = "Une de ces structures n’est plus dans le carnet. Choisissez-la à nouveau."
    return erreurs


def _ensemble(a: LigneSeance | SeanceVue, b: LigneSeance | SeanceVue) -> bool:
    """At the same time, for a part at least."""
    return bool(a.debut and a.fin and b.debut and b.fin and a.debut < b.fin and b.debut < a.fin)


def _rencontres(
    session: Session, p: Participation, lignes: Sequence[LigneSeance], *, sauf: Collection[int] = ()
) -> tuple[dict[str, str], dict[str, str]]:
    """What overlaps, with the other rows and with what is planned: refused (a class twice), to confirm (the rest)."""
    debut = min(x.debut for x in lignes if x.debut)
    fin = max(x.fin for x in lignes if x.fin)
    criteres = [Seance.fin > debut, Seance.debut < fin, col(Seance.etat).in_(VIVANTES)]
    prises = [s for s in vues(session, *criteres) if s.id not in sauf]
    noms = dict(session.exec(select(Classe.id, Classe.nom).where(Classe.participation_id == p.id)).all())
    structures = {i for x in lignes for i in x.structures}
    animatrices = dict(
        session.exec(select(Partenaire.id, Partenaire.nom).where(col(Partenaire.id).in_(structures))).all()
    )
    refus: dict[str, str] = {}
    questions: dict[str, str] = {}
    for n, x in enumerate(lignes):
        autres: list[LigneSeance | SeanceVue] = [y for y in lignes[:n] if _ensemble(x, y)]
        autres += [s for s in prises if _ensemble(x, s)]
        for y in autres:
            assert y.debut is not None  # noqa: S101 - they overlap
            nom = y.classe if isinstance(y, SeanceVue) else noms.get(y.classe_id or 0, "")
            ici = isinstance(y, LigneSeance) or y.participation_id == p.id
            quand = f"{nom if ici else y.college} ({moment(y.debut)})"  # type: ignore[union-attr]
            if y.classe_id == x.classe_id:
                refus[_champ(x, "debut")] = f"Cette classe a déjà une séance à ce moment : {moment(y.debut)}."
            if ici and folded(x.salle) and folded(x.salle) == folded(y.salle):
                questions[_champ(x, "salle")] = f"Cette salle est déjà prise par {quand}."
            if communes := set(x.structures) & set(y.structures):
                qui = ", ".join(sorted(animatrices[i] for i in communes))
                questions[_champ(x, "structures")] = f"Déjà avec {quand} : {qui}."
    return refus, questions


def verifier(
    session: Session,
    p: Participation,
    lignes: Sequence[LigneSeance],
    *,
    confirme: bool,
    sauf: Collection[int] = (),
) -> None:
    """Refuse what cannot be, and (unless `confirme`) what overlaps a room or a structure."""
    erreurs = {_champ(x, nom): phrase for x in lignes for nom, phrase in _ligne_fausse(session, p, x).items()}
    if not erreurs:
        erreurs, questions = _rencontres(session, p, lignes, sauf=sauf)
        if questions and not erreurs and not confirme:
            erreurs = questions | {CONFIRMER: "Vérifiez ce qui est signalé, ou enregistrez quand même."}
    if erreurs:
        raise Invalid(erreurs)


def propre(x: LigneSeance) -> LigneSeance:
    """The row, cleaned, with an end: two hours unless it says otherwise."""
    fin = x.fin or (x.debut + DUREE if x.debut else None)
    return LigneSeance(x.cle, x.classe_id, x.debut, fin, clean(x.salle), x.attendus, tuple(dict.fromkeys(x.structures)))
