"""The séances of «13-18»: a class, a moment, a room, the structures that animate it, and what came of it.

Tests: tests/services/projets/test_participations.py.
"""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import case, or_
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, func, select

from models import Classe, Partenaire, Participation, Seance, SeancePartenaire
from models.lists import EtatSeance
from services.commun import operations
from services.partenaires.fiches import ChoixPartenaire
from services.projets.classes import eleves_faux
from services.projets.creneaux import CONFIRMER, LigneSeance, SeanceVue, propre, verifier, vues
from services.projets.participations import VIVANTES
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.periodes import nom_annee_scolaire
from services.socle.temps import heure, moment
from services.socle.texte import clean

MATIN, APRES_MIDI = time(9), time(14)
MOTIF_MAX = 300
CREER_SEMAINE = "seance.creer_semaine"
# Folded beginnings of what a structure that may animate is called, when it has not animated yet.
_STRUCTURES = ("centre soci", "structure jeunesse", "service jeunesse", "centre de loisirs", "maison de quartier")


# --- queries ---------------------------------------------------------------------------------------------------------


def entre(session: Session, *, debut: datetime, fin: datetime, limite: int | None = None) -> list[SeanceVue]:
    """The séances that touch [debut, fin[, first ones first; one put off shows at its new date only."""
    touche = (Seance.fin > debut, Seance.debut < fin, col(Seance.etat) != EtatSeance.REPORTEE)
    return vues(session, *touche, limite=limite)


def de_la_participation(session: Session, *, participation_id: int) -> list[SeanceVue]:
    """The séances of a collège that year, first ones first."""
    return vues(session, Classe.participation_id == participation_id)


def get(session: Session, *, id: int) -> SeanceVue:
    """One séance.

    Raises:
        NotFound: no such séance.
    """
    trouvees = vues(session, Seance.id == id)
    if not trouvees:
        raise chargement.introuvable(Seance)
    return trouvees[0]


def structures_probables(
    session: Session, *, college_id: int, exclus: Sequence[int] = (), limite: int = 15
) -> list[ChoixPartenaire]:
    """Who probably animates: those who did in this collège, then elsewhere, then centres sociaux and the like."""
    ici = func.sum(case((col(Participation.college_id) == college_id, 1), else_=0))
    fois = (
        select(
            SeancePartenaire.partenaire_id,
            ici.label("ici"),
            func.count().label("partout"),
        )
        .join(Seance, col(Seance.id) == SeancePartenaire.seance_id)
        .join(Classe, col(Classe.id) == Seance.classe_id)
        .join(Participation, col(Participation.id) == Classe.participation_id)
        .group_by(col(SeancePartenaire.partenaire_id))
        .subquery()
    )
    recherche = col(Partenaire.recherche)
    probable = or_(fois.c.partout.is_not(None), *(recherche.like(f"%{mot}%") for mot in _STRUCTURES))
    rows = session.exec(
        select(Partenaire.id, Partenaire.nom, Partenaire.sigle)
        .join(fois, fois.c.partenaire_id == col(Partenaire.id), isouter=True)
        .where(probable, col(Partenaire.archive_le).is_(None), col(Partenaire.id).not_in(exclus))
        .order_by(
            func.coalesce(fois.c.ici, 0).desc(), func.coalesce(fois.c.partout, 0).desc(), recherche, col(Partenaire.id)
        )
        .limit(limite)
    ).all()
    return [ChoixPartenaire(i or 0, nom, sigle) for i, nom, sigle in rows]


# --- what every command checks ---------------------------------------------------------------------------------------


def _a_jour(session: Session, id: int, version: int) -> tuple[Seance, SeanceVue, Participation]:
    vue = get(session, id=id)

    def actuel(_: Seance) -> dict[str, str]:
        return {
            "etat": vue.etat.libelle,
            "debut": moment(vue.debut),
            "fin": f"{vue.fin:%H:%M}",
            "salle": vue.salle,
            "attendus": "" if vue.attendus is None else str(vue.attendus),
            "structures": ", ".join(sorted(vue.structures.values())),
            "presents": "" if vue.presents is None else str(vue.presents),
            "motif": vue.motif,
        }

    row = chargement.charger_a_jour(session, Seance, id, version, actuel)
    return row, vue, chargement.charger(session, Participation, vue.participation_id)


def _attend(vue: SeanceVue, *etats: EtatSeance) -> None:
    """Refuse what does not follow from the state of the séance."""
    if vue.etat not in etats:
        suite = (
            "elle a été remplacée par une autre séance."
            if vue.etat is EtatSeance.REPORTEE
            else "remettez-la d’abord en « Prévue »."
        )
        raise Invalid({"": f"Cette séance est notée « {vue.etat.libelle} » : {suite}"})


def _motif(motif: str) -> str:
    motif = clean(motif)
    if not motif:
        raise Invalid({"motif": "Écrivez le motif en quelques mots, sans nom de personne."})
    if len(motif) > MOTIF_MAX:
        raise Invalid({"motif": f"Raccourcissez le motif : {MOTIF_MAX} caractères au plus."})
    return motif


def _ecrire(session: Session, seance: Seance | None, x: LigneSeance) -> Seance:
    """Write a checked row in the séance, or in a new one."""
    assert x.classe_id is not None and x.debut is not None and x.fin is not None  # noqa: S101, PT018 - checked
    seance = seance or Seance(classe_id=x.classe_id, debut=x.debut, fin=x.fin)
    seance.classe_id, seance.debut, seance.fin = x.classe_id, x.debut, x.fin
    seance.salle, seance.attendus = x.salle, x.attendus
    session.add(seance)
    session.flush()
    liens = session.exec(select(SeancePartenaire).where(SeancePartenaire.seance_id == seance.id)).all()
    for lien in liens:
        if lien.partenaire_id not in x.structures:
            session.delete(lien)
    deja = {lien.partenaire_id for lien in liens}
    session.add_all(SeancePartenaire(seance_id=seance.id, partenaire_id=i) for i in x.structures if i not in deja)
    session.flush()
    return seance


def _noter(session: Session, by: Acteur, acte: str, vue: SeanceVue, resume: str) -> None:
    resume = f"Séance 13-18, {vue.college}, {vue.classe}, {moment(vue.debut)} : {resume}"
    journal.note(session, by=by, acte=acte, objet="seance", objet_id=vue.id, resume=resume)


# --- commands --------------------------------------------------------------------------------------------------------


def creer_semaine(
    session: Session,
    *,
    participation_id: int,
    lignes: Sequence[LigneSeance],
    confirme: bool = False,
    jeton: str,
    by: Acteur,
) -> int:
    """Plan several séances of a collège, all or none.

    Args:
        confirme: a room or a structure taken at the same time was shown, and accepted.

    Returns:
        The collège's participation.

    Raises:
        Invalid: by row ("{cle}.champ"); with the key `CONFIRMER`, it may be sent again with `confirme=True`.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    p = chargement.charger(session, Participation, participation_id)
    lignes = [propre(x) for x in lignes]
    if not lignes:
        raise Invalid({"": "Choisissez le jour d’une séance au moins."})
    verifier(session, p, lignes, confirme=confirme)
    college = session.get_one(Partenaire, p.college_id).nom
    combien = f"{len(lignes)} séances prévues" if len(lignes) > 1 else "1 séance prévue"
    resume = f"13-18 {nom_annee_scolaire(p.annee)}, {college} : {combien}"
    with operations.suivre(session, acte=CREER_SEMAINE, resume=resume, now=utcnow(), by=by) as suivi:
        for x in lignes:
            seance = _ecrire(session, None, x)
            suivi.ajouter(seance)
            suivi.ajouter(*session.exec(select(SeancePartenaire).where(SeancePartenaire.seance_id == seance.id)).all())
    brouillons.consommer(session, jeton=jeton, objet="seance", objet_id=participation_id)
    return participation_id


def modifier(
    session: Session,
    *,
    id: int,
    debut: datetime | None,
    fin: datetime | None,
    salle: str,
    attendus: int | None,
    structures: Sequence[int],
    confirme: bool = False,
    version: int,
    by: Acteur,
) -> None:
    """Change a séance to come or held; one put off or cancelled stays as it was."""
    require(by, Droit.ECRIRE)
    seance, vue, p = _a_jour(session, id, version)
    _attend(vue, *VIVANTES)
    x = propre(LigneSeance("", vue.classe_id, debut, fin, salle, attendus, structures))
    verifier(session, p, [x], confirme=confirme, sauf=[id])
    if (x.debut, x.fin, x.salle, x.attendus) == (vue.debut, vue.fin, vue.salle, vue.attendus) and set(
        x.structures
    ) == set(vue.structures):
        return
    flag_modified(seance, "classe_id")  # a new version, even if its structures only change
    _ecrire(session, seance, x)
    _noter(session, by, "modifier", vue, f"modifiée, {moment(seance.debut)} – {heure(seance.fin)}")


def noter(
    session: Session,
    *,
    id: int,
    presents: int | None,
    confirme: bool = False,
    today: date,
    version: int,
    by: Acteur,
) -> None:
    """A séance was held: how many pupils came. Again, to correct the number.

    Raises:
        Invalid: with the key `CONFIRMER` when more came than expected: send it again with `confirme=True`.
    """
    require(by, Droit.ECRIRE)
    actuelle = session.get(Seance, id)
    if actuelle and actuelle.etat is EtatSeance.REALISEE and presents is not None and actuelle.presents == presents:
        return  # sent twice
    seance, vue, _ = _a_jour(session, id, version)
    _attend(vue, *VIVANTES)
    if presents is None:
        raise Invalid({"presents": "Écrivez le nombre d’élèves présents."})
    if phrase := eleves_faux(presents):
        raise Invalid({"presents": phrase})
    if vue.debut.date() > today:
        raise Invalid({"presents": f"Cette séance n’a lieu que {moment(vue.debut, annee_de=today)}."})
    attendus = vue.attendus if vue.attendus is not None else session.get_one(Classe, vue.classe_id).effectif
    if attendus is not None and presents > attendus and not confirme:
        raise Invalid(
            {
                "presents": f"{presents} présents pour {attendus} attendus.",
                CONFIRMER: "Vérifiez ce nombre, ou enregistrez quand même.",
            }
        )
    seance.presents, seance.etat = presents, EtatSeance.REALISEE
    session.add(seance)
    session.flush()
    _noter(session, by, "noter", vue, f"réalisée, {presents} élèves présents")


def reporter(
    session: Session,
    *,
    id: int,
    debut: datetime | None,
    fin: datetime | None = None,
    motif: str,
    confirme: bool = False,
    version: int,
    jeton: str,
    by: Acteur,
) -> int:
    """Put a séance off: it keeps its date and its reason, another takes its place at the new one.

    Returns:
        The new séance.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    seance, vue, p = _a_jour(session, id, version)
    _attend(vue, EtatSeance.PREVUE)
    fin = fin or (debut + (vue.fin - vue.debut) if debut else None)
    x = propre(LigneSeance("", vue.classe_id, debut, fin, vue.salle, vue.attendus, tuple(vue.structures)))
    motif = _motif(motif)
    verifier(session, p, [x], confirme=confirme, sauf=[id])
    seance.etat, seance.motif = EtatSeance.REPORTEE, motif
    session.add(seance)
    nouvelle = _ecrire(session, None, x)
    _noter(session, by, "reporter", vue, f"reportée au {moment(nouvelle.debut)} ({motif})")
    brouillons.consommer(session, jeton=jeton, objet="seance", objet_id=nouvelle.id)
    return nouvelle.id


def annuler(session: Session, *, id: int, motif: str, version: int, by: Acteur) -> None:
    """Cancel a séance to come, with the reason."""
    require(by, Droit.ECRIRE)
    seance, vue, _ = _a_jour(session, id, version)
    _attend(vue, EtatSeance.PREVUE)
    seance.etat, seance.motif = EtatSeance.ANNULEE, _motif(motif)
    session.add(seance)
    session.flush()
    _noter(session, by, "annuler", vue, f"annulée ({seance.motif})")


def remettre(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """A séance held or cancelled by mistake is to come again."""
    require(by, Droit.ECRIRE)
    seance, vue, p = _a_jour(session, id, version)
    _attend(vue, EtatSeance.REALISEE, EtatSeance.ANNULEE)
    x = LigneSeance("", vue.classe_id, vue.debut, vue.fin, vue.salle, vue.attendus, tuple(vue.structures))
    verifier(session, p, [x], confirme=True, sauf=[id])
    seance.etat, seance.motif, seance.presents = EtatSeance.PREVUE, "", None
    session.add(seance)
    session.flush()
    _noter(session, by, "remettre", vue, "remise en prévue")
