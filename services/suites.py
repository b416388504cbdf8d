"""The rest of a series, from one meeting on: moved together, or cancelled together. What is written up never moves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from models import Reunion
from models.lists import ETATS_REUNION_A_SAISIR, EtatReunion
from services import brouillons, journal, reunions, salles, temps
from services.acteur import Acteur, Droit, require
from services.erreurs import Conflict, Invalid
from services.obstacles import Creneau, Occupation
from services.reunions import ReunionVue
from services.series import REPORT_SEMAINES, Ecart, refuser
from services.texte import accord, clean

_PERIMEE = "Un collègue vient de modifier une réunion de cette série : rien n’a été changé. Relisez la liste."


@dataclass(frozen=True)
class Deplacement:
    """One meeting of the rest, and where it would go; `ecarts` are the days tried before."""

    reunion: ReunionVue
    debut: datetime
    fin: datetime
    lieu_id: int | None
    ecarts: tuple[Ecart, ...] = ()
    impossible: str = ""

    @property
    def creneau(self) -> Creneau:
        return Creneau(self.reunion.instance_id or 0, self.debut, self.fin, self.lieu_id)


# --- queries -------------------------------------------------------------------------------------------------------


def suite(session: Session, *, reunion: ReunionVue) -> list[ReunionVue]:
    """The meetings of the same series from this one on that may still move, first ones first."""
    if reunion.serie_id is None:
        return []
    fin = datetime(reunions.ANNEES[1] + 1, 1, 1)  # noqa: DTZ001 - civil time
    apres = reunions.entre(session, debut=reunion.debut, fin=fin, instance_id=reunion.instance_id)
    return [r for r in apres if r.serie_id == reunion.serie_id and r.debut >= reunion.debut and r.mobile]


def proposer(
    session: Session,
    *,
    reunion: ReunionVue,
    jour: date | None,
    heure_debut: time | None,
    heure_fin: time | None,
    lieu_id: int | None,
    now: datetime,
) -> list[Deplacement]:
    """Where the rest of the series goes when this meeting goes to that day: as many days later, at these hours, in that
    place; a date that cannot be is put off a week or more, and says why. Hours or a place left as they are for this
    meeting are left as they are for each of the others.

    Raises:
        Invalid: a field is missing, the hours are in disorder, the day is past, or nothing is left to move.
    """
    fin_le = _verifier(reunion, jour, heure_debut, heure_fin, now)
    reste = suite(session, reunion=reunion)
    if not reste or jour is None or heure_debut is None or heure_fin is None:
        raise Invalid({"": "Aucune réunion de cette série ne peut plus être déplacée."})
    decalage = jour - reunion.debut.date()
    dernier = max(reste[-1].debut.date(), reste[-1].debut.date() + decalage) + timedelta(weeks=REPORT_SEMAINES + 1)
    occupation = Occupation(session, debut=min(jour, now.date()), fin=dernier, now=now, sauf={r.id for r in reste})
    sortie = []
    heures_changent = (heure_debut, heure_fin) != (reunion.debut.time(), reunion.fin.time())
    for r in reste:
        voulu, lieu = r.debut.date() + decalage, r.lieu_id if lieu_id == reunion.lieu_id else lieu_id
        debut, fin = datetime.combine(voulu, heure_debut), datetime.combine(voulu + fin_le, heure_fin)
        if not heures_changent:
            debut, fin = r.debut + decalage, r.fin + decalage
        ecarts: list[Ecart] = []
        for plus in (timedelta(weeks=n) for n in range(REPORT_SEMAINES + 1)):
            creneau = Creneau(r.instance_id or 0, debut + plus, fin + plus, lieu)
            obstacles = occupation.du_creneau(creneau)
            if not obstacles:
                occupation.prendre(creneau)
                sortie.append(Deplacement(r, creneau.debut, creneau.fin, lieu, tuple(ecarts)))
                break
            ecarts.append(Ecart(voulu + plus, obstacles[0].phrase))
        else:
            sortie.append(Deplacement(r, r.debut, r.fin, r.lieu_id, tuple(ecarts), "aucune date possible : elle reste"))
    return sortie


# --- commands ------------------------------------------------------------------------------------------------------


def deplacer(
    session: Session,
    *,
    deplacements: Sequence[Deplacement],
    vus: Collection[str] = (),
    jeton: str,
    now: datetime,
    by: Acteur,
) -> int:
    """Move these meetings, all or none; how many moved. A room asked for or confirmed is to be booked again.

    Raises:
        Conflict: a colleague changed one of them since.
        Invalid: one is written up, or its date was taken meanwhile.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return 0
    voulus = [d for d in deplacements if not d.impossible]
    if not voulus:
        raise Invalid({"": "Aucune de ces réunions ne peut aller à une autre date."})
    rows = _charger(session, {d.reunion.id: d.reunion.version for d in voulus})
    refuser(session, [d.creneau for d in voulus], vus=vus, now=now, sauf={d.reunion.id for d in voulus})
    for d, row in zip(voulus, rows, strict=True):
        if (row.debut, row.fin, row.lieu_id) != (d.debut, d.fin, d.lieu_id):
            row.debut, row.fin, row.lieu_id = d.debut, d.fin, d.lieu_id
            row.salle = salles.A_RESERVER
            session.add(row)
    session.flush()
    debut = temps.jour(voulus[0].debut.date(), annee_de=now.date())
    titre = rows[0].titre
    resume = f"Série déplacée à partir du {debut}, {accord(len(voulus), 'réunion')} : {titre}"
    journal.note(session, by=by, acte="serie.deplacer", objet="reunion", objet_id=rows[0].id, resume=resume)
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=rows[0].id or 0)
    return len(voulus)


def annuler(session: Session, *, versions: Mapping[int, int], motif: str, jeton: str, by: Acteur) -> int:
    """Cancel these meetings of a series (id -> version shown), with one reason; how many were.

    Raises:
        Conflict: a colleague changed one of them since.
        Invalid: none, one is written up, or the reason is missing or too long.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return 0
    motif = clean(motif)
    if not motif:
        raise Invalid({"motif": "Indiquez le motif en quelques mots, sans nom de personne."})
    if len(motif) > 300:
        raise Invalid({"motif": "Le motif est trop long : 300 caractères au plus."})
    if not versions:
        raise Invalid({"": "Aucune réunion de cette série ne peut plus être annulée."})
    rows = _charger(session, versions)
    for row in rows:
        row.etat, row.motif = EtatReunion.ANNULEE, motif
        session.add(row)
    session.flush()
    nombre = accord(len(rows), "réunion")
    resume = f"Fin de série annulée, {nombre} : {rows[0].titre}"
    journal.note(session, by=by, acte="serie.annuler", objet="reunion", objet_id=rows[0].id, resume=resume)
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=rows[0].id or 0)
    return len(rows)


# --- inside ----------------------------------------------------------------------------------------------------------


def _verifier(
    reunion: ReunionVue, jour: date | None, heure_debut: time | None, heure_fin: time | None, now: datetime
) -> timedelta:
    """Nothing, or one day when the meeting ends the day after."""
    erreurs = {}
    if jour is None:
        erreurs["jour"] = "Choisissez la nouvelle date de la réunion."
    elif not now.date() < jour <= date(reunions.ANNEES[1], 1, 1):
        erreurs["jour"] = "Choisissez une date à venir."
    if heure_debut is None:
        erreurs["heure_debut"] = "Donnez l’heure de début."
    if heure_fin is None:
        erreurs["heure_fin"] = "Donnez l’heure de fin."
    if heure_debut and heure_fin and heure_fin <= heure_debut and reunion.fin.date() == reunion.debut.date():
        erreurs["heure_fin"] = "La fin doit venir après le début."
    if erreurs:
        raise Invalid(erreurs)
    return reunion.fin.date() - reunion.debut.date()


def _charger(session: Session, versions: Mapping[int, int]) -> list[Reunion]:
    rows = []
    for id, version in versions.items():
        row = session.get(Reunion, id)
        if row is None or row.version != version:
            raise Conflict(_PERIMEE)
        if row.etat not in ETATS_REUNION_A_SAISIR:
            raise Invalid({"": f"« {row.titre} » est {row.etat.libelle.lower()} : elle ne change plus de date."})
        rows.append(row)
    return rows
