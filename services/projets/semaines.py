"""A week of séances of a collège, moved to another week in one gesture: the exposition has one place at a time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col

from models import Participation, Seance
from models.lists import EtatSeance
from services.commun import operations
from services.projets.creneaux import CONFIRMER, LigneSeance, SeanceVue, verifier, vues
from services.projets.participations import VIVANTES
from services.socle import brouillons, chargement, conges
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.temps import jour
from services.socle.texte import accord

ACTE = "semaine.deplacer"
_SEMAINE = timedelta(days=7)


def a_deplacer(seances: Sequence[SeanceVue], lundi: date) -> list[SeanceVue]:
    """Those of these séances that are to come and stand in the week of that Monday."""
    return [s for s in seances if lundi <= s.debut.date() < lundi + _SEMAINE and s.etat is EtatSeance.PREVUE]


def deplacer(
    session: Session,
    *,
    participation_id: int,
    versions: Mapping[int, int],
    de: date,
    vers: date | None,
    confirme: bool = False,
    jeton: str,
    now: datetime,
    by: Acteur,
) -> int:
    """Move the séances to come of the week of Monday `de` to the week of `vers`: same days, same hours, all or none.

    Args:
        versions: the séances as they were shown, by their version.
        vers: any day of the week they go to.
        now: UTC, when the operation that can be undone was done.

    Returns:
        How many moved.

    Raises:
        Conflict: a colleague changed one of them, added or took one away since.
        Invalid: with the key `CONFIRMER`, it may be sent again with `confirme=True`.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return 0
    p = chargement.charger(session, Participation, participation_id)
    if vers is None or vers - timedelta(days=vers.weekday()) == de:
        raise Invalid({"vers": "Choisissez un jour d’une autre semaine."})
    lundi = vers - timedelta(days=vers.weekday())
    trouvees = a_deplacer(vues(session, Seance.debut >= _minuit(de), Seance.debut < _minuit(de + _SEMAINE)), de)
    siennes = [s for s in trouvees if s.participation_id == p.id]
    if {s.id: s.version for s in siennes} != dict(versions):
        raise Conflict("Un collègue vient de changer une séance de cette semaine. Relisez-la, puis recommencez.")
    if not siennes:
        raise Invalid({"": "Aucune séance à venir dans cette semaine."})
    lignes = [
        LigneSeance(
            f"s{s.id}", s.classe_id, s.debut + (lundi - de), s.fin + (lundi - de), s.salle, s.attendus, [*s.structures]
        )
        for s in siennes
    ]
    _verifier(session, p, lignes, lundi, confirme=confirme, sauf=[s.id for s in siennes])
    resume = (
        f"13-18, {siennes[0].college}, {accord(len(siennes), 'séance')} : "
        f"de la semaine du {jour(de)} à celle du {jour(lundi)}"
    )
    with operations.suivre(session, acte=ACTE, resume=resume, now=now, by=by) as suivi:
        for s in siennes:
            row = session.get_one(Seance, s.id)
            suivi.retenir(row)
            row.debut, row.fin = row.debut + (lundi - de), row.fin + (lundi - de)
            session.add(row)
    brouillons.consommer(session, jeton=jeton, objet="operation", objet_id=suivi.id)
    return len(siennes)


def _minuit(jour_: date) -> datetime:
    return datetime.combine(jour_, time.min)


def _verifier(
    session: Session, p: Participation, lignes: Sequence[LigneSeance], lundi: date, *, confirme: bool, sauf: list[int]
) -> None:
    """Refuse what cannot be; ask, all at once, about what is unusual."""
    questions: dict[str, str] = {}
    try:
        verifier(session, p, lignes, confirme=False, sauf=sauf)
    except Invalid as error:
        if CONFIRMER not in error.erreurs:
            raise
        questions |= error.erreurs
    la = vues(
        session,
        Seance.debut >= _minuit(lundi),
        Seance.debut < _minuit(lundi + _SEMAINE),
        col(Seance.etat).in_(VIVANTES),
    )
    if ailleurs := sorted({s.college for s in la if s.participation_id != p.id}):
        questions["exposition"] = f"L’exposition est déjà ailleurs cette semaine-là : {', '.join(ailleurs)}."
    jours = {x.debut.date() for x in lignes if x.debut}
    chomes = {c.nom for c in conges.entre(lundi, lundi + _SEMAINE) if any(c.debut <= j <= c.fin for j in jours)}
    if chomes:
        questions["jours"] = f"Des séances tomberaient un jour sans classe : {', '.join(sorted(chomes))}."
    if questions and not confirme:
        raise Invalid({**questions, CONFIRMER: "Vérifiez ce qui est signalé, ou déplacez quand même."})
