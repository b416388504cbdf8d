"""The rest of a series, from one meeting on: moved together by its rhythm, or cancelled together. What is written up
never moves; a date put by hand stays as it was put.

Tests: tests/services/agenda/test_series.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from models import Instance, Reunion, Serie
from models.lists import ETATS_REUNION_A_SAISIR, EtatReunion, Frequence
from services.agenda import reunions, rythmes, salles
from services.agenda.obstacles import Creneau, Occupation
from services.agenda.reunions import ReunionVue
from services.agenda.rythmes import Rythme
from services.agenda.series import Ecart, contre, essais, refuser
from services.commun import operations
from services.socle import brouillons, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from services.socle.periodes import plus_mois
from services.socle.texte import accord, clean

DEPLACER, ANNULER = "serie.deplacer", "serie.annuler"
_PERIMEE = "Un collègue vient de modifier une réunion de cette série : rien n’a été changé. Relisez la liste."


@dataclass(frozen=True)
class Deplacement:
    """One meeting of the rest, and where it would go; `ecarts` are the days tried before. `avis`: what there is against
    its date, and always was; `reste`: why that date does not change."""

    reunion: ReunionVue
    debut: datetime
    fin: datetime
    lieu_id: int | None
    ecarts: tuple[Ecart, ...] = ()
    impossible: str = ""
    avis: tuple[str, ...] = ()
    reste: str = ""

    @property
    def creneau(self) -> Creneau:
        return Creneau(self.reunion.instance_id or 0, self.debut, self.fin, self.lieu_id)

    @property
    def change(self) -> bool:
        """Does anything of that meeting change?"""
        r = self.reunion
        return (self.debut, self.fin, self.lieu_id) != (r.debut, r.fin, r.lieu_id)


# --- queries -------------------------------------------------------------------------------------------------------


def suite(session: Session, *, reunion: ReunionVue) -> list[ReunionVue]:
    """The meetings of the same series from this one on that may still move, first ones first."""
    if reunion.serie_id is None:
        return []
    fin = datetime(reunions.ANNEES[1] + 1, 1, 1)  # noqa: DTZ001 - civil time
    apres = reunions.entre(session, debut=reunion.debut, fin=fin, instance_id=reunion.instance_id)
    return [r for r in apres if r.serie_id == reunion.serie_id and r.debut >= reunion.debut and r.mobile]


def rythme(session: Session, *, reunion: ReunionVue) -> Rythme | None:
    """The rhythm of the series of that meeting; None without one that is understood."""
    serie = session.get(Serie, reunion.serie_id) if reunion.serie_id else None
    return rythmes.lire(serie.regle) if serie else None


def rythmes_possibles(session: Session, *, reunion: ReunionVue, jour: date | None) -> list[Rythme]:
    """What the rhythm of the series may become when this meeting goes to that day, the likeliest first; none when the
    day does not change."""
    actuel = rythme(session, reunion=reunion)
    if actuel is None or jour is None or jour == reunion.debut.date():
        return []
    return actuel.vers(jour, depuis=reunion.debut.date())


def proposer(
    session: Session,
    *,
    reunion: ReunionVue,
    jour: date | None,
    heure_debut: time | None,
    heure_fin: time | None,
    lieu_id: int | None,
    voulu: Rythme | None = None,
    now: datetime,
) -> list[Deplacement]:
    """Where the rest of the series goes when this meeting goes to that day: each to the day of the new rhythm (`voulu`,
    or the likeliest) that answers its own, at these hours, in that place; a date that cannot be is put off as at
    planning, and says why. A date put by hand stays; so do all when the day does not change. Hours or a place left as
    they are for this meeting are left as they are for each of the others.

    Raises:
        Invalid: a field is missing, the hours are in disorder, the day is past, nothing is left to move, or the rhythm
            of the series is not known.
    """
    _verifier(reunion, jour, heure_debut, heure_fin, now)
    reste = suite(session, reunion=reunion)
    if not reste or jour is None or heure_debut is None or heure_fin is None:
        raise Invalid({"": "Aucune réunion de cette série ne peut plus être déplacée."})
    heures = None if (heure_debut, heure_fin) == _heures(reunion) else (heure_debut, heure_fin)
    decalage = max(jour - reunion.debut.date(), timedelta())
    fin = plus_mois(reste[-1].debut.date() + decalage, rythmes.MOIS[Frequence.ANNUELLE])
    occupation = Occupation(session, debut=min(jour, now.date()), fin=fin, now=now, sauf={r.id for r in reste})
    nouveau, places = _jours(session, occupation, reste, jour, voulu)
    faits: dict[int, Deplacement] = {}
    for en_place in (True, False):  # those that stay first: the others go around them
        for r, (jours, pourquoi) in zip(reste, places, strict=True):
            if (jours == [r.debut.date()]) is en_place:
                lieu = r.lieu_id if lieu_id == reunion.lieu_id else lieu_id
                if en_place:
                    faits[r.id] = _sur_place(occupation, r, heures, lieu, pourquoi)
                else:
                    faits[r.id] = _placer(occupation, r, jours, heures, lieu, nouveau)
    return [faits[r.id] for r in reste]


# --- commands ------------------------------------------------------------------------------------------------------


def deplacer(
    session: Session,
    *,
    deplacements: Sequence[Deplacement],
    nouveau: Rythme | None = None,
    habituel: bool = False,
    vus: Collection[str] = (),
    jeton: str,
    now: datetime,
    by: Acteur,
) -> int:
    """Move these meetings, all or none; how many moved. A room asked for or confirmed is to be booked again.

    Args:
        nouveau: the rhythm they follow now; the series keeps it.
        habituel: it is also the usual one of the instance from now on.

    Raises:
        Conflict: a colleague changed one of them since.
        Invalid: one is written up, or its date was taken meanwhile.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return 0
    voulus = [d for d in deplacements if d.change and not d.impossible]
    if not voulus:
        raise Invalid({"": "Aucune de ces réunions ne peut aller à une autre date."})
    rows = _toutes_a_jour(session, {d.reunion.id: d.reunion.version for d in voulus})
    lus = {*vus, *(a for d in voulus for a in d.avis)}
    refuser(session, [d.creneau for d in voulus], vus=lus, now=now, sauf={d.reunion.id for d in voulus})
    resume = (
        f"Série déplacée à partir du {temps.jour(voulus[0].debut.date(), annee_de=now.date())}, "
        f"{accord(len(voulus), 'réunion')}{f', {nouveau.phrase}' if nouveau else ''} : {rows[0].titre}"
    )
    with operations.suivre(session, acte=DEPLACER, resume=resume, now=utcnow(), by=by) as suivi:
        suivi.retenir(*rows)
        for d, row in zip(voulus, rows, strict=True):
            row.debut, row.fin, row.lieu_id = d.debut, d.fin, d.lieu_id
            row.salle = salles.A_RESERVER
            session.add(row)
        serie = session.get(Serie, voulus[0].reunion.serie_id or 0)
        if nouveau and serie:
            suivi.retenir(serie)
            premiere = deplacements[0]
            depart = premiere.ecarts[0].jour if premiere.ecarts else premiere.debut.date()  # a day off is no beginning
            serie.regle = nouveau.regle or serie.regle
            serie.debut = datetime.combine(depart, premiere.debut.time())
            session.add(serie)
        instance = session.get(Instance, voulus[0].reunion.instance_id or 0)
        if nouveau and habituel and instance:
            suivi.retenir(instance)
            instance.jour, instance.rang, instance.rang_bis = nouveau.jour, nouveau.rang, nouveau.rang_bis
            instance.jour_du_mois = nouveau.jour_du_mois
            session.add(instance)
    brouillons.consommer(session, jeton=jeton, objet="operation", objet_id=suivi.id)
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
    rows = _toutes_a_jour(session, versions)
    resume = f"Fin de série annulée, {accord(len(rows), 'réunion')} : {rows[0].titre}"
    with operations.suivre(session, acte=ANNULER, resume=resume, now=utcnow(), by=by) as suivi:
        suivi.retenir(*rows)
        for row in rows:
            row.etat, row.motif = EtatReunion.ANNULEE, motif
            session.add(row)
    brouillons.consommer(session, jeton=jeton, objet="operation", objet_id=suivi.id)
    return len(rows)


# --- inside ----------------------------------------------------------------------------------------------------------


def _verifier(
    reunion: ReunionVue, jour: date | None, heure_debut: time | None, heure_fin: time | None, now: datetime
) -> None:
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


def _heures(r: ReunionVue) -> tuple[time, time]:
    return r.debut.time(), r.fin.time()


def _jours(
    session: Session, occupation: Occupation, reste: Sequence[ReunionVue], jour: date, voulu: Rythme | None
) -> tuple[Rythme | None, list[tuple[list[date], str]]]:
    """The rhythm from now on, and for each meeting the days it may go to, the one to try first: its own alone when it
    does not move, with the reason."""
    premiere, dernier = reste[0].debut.date(), reste[-1].debut.date()
    if jour == premiere:
        return None, [([r.debut.date()], "") for r in reste]
    actuel = rythme(session, reunion=reste[0])
    if actuel is None:
        raise Invalid(
            {"": "Le rythme de cette série n’est pas connu : déplacez ses réunions une à une, au calendrier."}
        )
    nouveau = voulu or actuel.vers(jour, depuis=premiere)[0]
    anciens = _autour(actuel, [r.debut.date() for r in reste])
    fin = plus_mois(max(dernier, jour) + (dernier - premiere), 2 * rythmes.MOIS[Frequence.ANNUELLE])
    suivants = rythmes.dates(nouveau, debut=jour.replace(day=1), fin=fin, depuis=jour)
    decalage = _proche(suivants, jour) - _proche(anciens, premiere)
    places = []
    for r in reste:
        rang = _proche(anciens, r.debut.date())
        if r is not reste[0] and _a_la_main(occupation, r, anciens[rang], actuel):
            places.append(([r.debut.date()], "déplacée à la main : sa date reste"))
        else:
            neuf = suivants[max(0, rang + decalage)]
            places.append((essais(neuf, nouveau, debut=date.min, fin=date.max), ""))
    return nouveau, places


def _sur_place(
    occupation: Occupation, r: ReunionVue, heures: tuple[time, time] | None, lieu: int | None, pourquoi: str
) -> Deplacement:
    """The same day, at these hours, in that place: only what nobody may go over stands against it."""
    debut, fin = _le(r, r.debut.date(), heures)
    d = Deplacement(r, debut, fin, lieu, reste=pourquoi)
    obstacles = occupation.du_creneau(d.creneau) if d.change else []
    if fermes := [o.phrase for o in obstacles if o.ferme]:
        occupation.prendre(Creneau(r.instance_id or 0, r.debut, r.fin, r.lieu_id))
        return Deplacement(r, r.debut, r.fin, r.lieu_id, impossible=f"{fermes[0]} : elle reste comme elle est")
    occupation.prendre(d.creneau)
    return replace(d, avis=tuple(o.phrase for o in obstacles))


def _placer(
    occupation: Occupation,
    r: ReunionVue,
    jours: Sequence[date],
    heures: tuple[time, time] | None,
    lieu: int | None,
    nouveau: Rythme | None,
) -> Deplacement:
    """On the first of these days that nothing stands against."""
    ecarts: list[Ecart] = []
    for jour in jours:
        creneau = Creneau(r.instance_id or 0, *_le(r, jour, heures), lieu)
        raison = contre(occupation, creneau, nouveau)
        if not raison:
            occupation.prendre(creneau)
            return Deplacement(r, creneau.debut, creneau.fin, lieu, tuple(ecarts))
        ecarts.append(Ecart(jour, raison))
    occupation.prendre(Creneau(r.instance_id or 0, r.debut, r.fin, r.lieu_id))
    return Deplacement(r, r.debut, r.fin, r.lieu_id, tuple(ecarts), "aucune date possible : elle reste")


def _autour(actuel: Rythme, jours: Sequence[date]) -> list[date]:
    """The days of the rhythm around those. A rhythm of every second month, or week, has two ways to run: the one that
    most of these days follow."""
    pas = rythmes.SEMAINES.get(actuel.frequence) or rythmes.MOIS.get(actuel.frequence, 1)
    debut, fin = plus_mois(jours[0].replace(day=1), -pas), plus_mois(jours[-1], pas + 1)
    hebdo = actuel.frequence in rythmes.SEMAINES
    departs = [debut + timedelta(weeks=n) if hebdo else plus_mois(debut, n) for n in range(pas)]
    suites = [rythmes.dates(actuel, debut=debut, fin=fin, depuis=d) for d in departs]
    return max(suites, key=lambda s: len(set(s).intersection(jours)))


def _proche(jours: Sequence[date], jour: date) -> int:
    return min(range(len(jours)), key=lambda i: abs((jours[i] - jour).days))


def _a_la_main(occupation: Occupation, r: ReunionVue, prevu: date, actuel: Rythme) -> bool:
    """Was this date put by hand? Neither the rhythm's own, nor one it was put off to because of a day off."""
    jour = r.debut.date()
    if jour == prevu:
        return False
    reporte = jour in essais(prevu, actuel, debut=date.min, fin=date.max)
    creneau = Creneau(r.instance_id or 0, *_le(r, prevu, None), r.lieu_id)
    return not (reporte and contre(occupation, creneau, actuel))


def _le(r: ReunionVue, jour: date, heures: tuple[time, time] | None) -> tuple[datetime, datetime]:
    """That meeting on that day, at its hours or at these; one that ends the day after still does."""
    debut, fin = heures or _heures(r)
    nuit = r.fin.date() - r.debut.date()
    return datetime.combine(jour, debut), datetime.combine(jour + nuit, fin)


def _toutes_a_jour(session: Session, versions: Mapping[int, int]) -> list[Reunion]:
    rows = []
    for id, version in versions.items():
        row = session.get(Reunion, id)
        if row is None or row.version != version:
            raise Conflict(_PERIMEE)
        if row.etat not in ETATS_REUNION_A_SAISIR:
            raise Invalid({"": f"« {row.titre} » est {row.etat.libelle.lower()} : elle ne change plus de date."})
        rows.append(row)
    return rows
