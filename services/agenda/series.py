"""Several meetings at once: dates are proposed, every one left out is explained, then they are created together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import DAILY, rrule
from sqlmodel import Session, col, select

from models import Instance, Lieu, Reunion, Serie
from models.lists import JOURS, EtatReunion, Frequence, TypeReunion
from services.agenda import frequences, reunions, rythmes
from services.agenda.obstacles import Creneau, Obstacle, Occupation
from services.agenda.rythmes import Rythme
from services.commun import operations
from services.socle import brouillons, conges, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.periodes import plus_mois
from services.socle.texte import accord

CREER = "serie.creer"
DATES_MAX = 120
DUREE_MAX = timedelta(days=800)
REPORT_SEMAINES, REPORT_JOURS = 8, 20  # how far a skipped date is put off, of a weekday and of a day of the month
SAMEDI = 5


@dataclass(frozen=True)
class Ecart:
    """A day left out, and why."""

    jour: date
    raison: str

    def phrase(self, annee_de: date | None = None) -> str:
        """mar. 20 oct. : vacances de la Toussaint."""
        return f"{temps.jour(self.jour, annee_de=annee_de)} : {self.raison}"


@dataclass(frozen=True)
class Ligne:
    """A date proposed for an instance; `ecarts` are those tried before it."""

    instance_id: int
    instance: str
    debut: datetime
    fin: datetime
    lieu_id: int | None
    lieu: str
    ecarts: tuple[Ecart, ...] = ()

    @property
    def creneau(self) -> Creneau:
        return Creneau(self.instance_id, self.debut, self.fin, self.lieu_id)


@dataclass(frozen=True)
class Manque:
    """An instance for which no date was found, and why. `prevue`: it has one already."""

    instance: str
    raison: str
    ecarts: tuple[Ecart, ...] = ()
    prevue: bool = False


@dataclass(frozen=True)
class Proposition:
    """What may be created. `ecarts`: days left out for every instance, or in a month off; `connu`: the last day of the
    school calendar, when the span goes beyond it."""

    lignes: list[Ligne]
    manques: list[Manque]
    ecarts: list[Ecart]
    connu: date | None


@dataclass(frozen=True)
class Soirees:
    """Which days of the week, at what hours, and where (None: each instance's usual place)."""

    jours: Collection[int]
    heure_debut: time | None
    heure_fin: time | None
    lieu_id: int | None = None


# --- proposals -------------------------------------------------------------------------------------------------------


def selon_rythme(
    session: Session, *, instance_ids: Sequence[int], debut: date, fin: date, now: datetime
) -> Proposition:
    """The dates that each instance's own rhythm gives from `debut` to `fin`; a date left out is put off a week or more,
    never beyond the next one.

    Raises:
        Invalid: no instance, an empty or past span, or far too many dates.
    """
    debut = _verifier_fenetre(instance_ids, debut, fin, now)
    occupation = Occupation(session, debut=debut, fin=fin, now=now)
    lieux = _lieux(session)
    lignes: list[Ligne] = []
    manques: list[Manque] = []
    relache: set[Ecart] = set()
    for instance in _instances(occupation, instance_ids):
        rythme = rythmes.de(instance)
        if rythme.regle is None:
            manques.append(Manque(instance.nom, _sans_rythme(instance)))
            continue
        heures = _heures(instance)
        deja: list[date] = []
        for essais in _occurrences(session, occupation, instance, debut, fin):
            if prevue := occupation.servie(instance.id, essais[0]):
                deja.append(prevue)
                continue
            ecarts: list[Ecart] = []
            for essai in essais:
                creneau = _creneau(instance, essai, heures, instance.lieu_id)
                if raison := contre(occupation, creneau, rythme):
                    ecarts.append(Ecart(essai, raison))
                    continue
                occupation.prendre(creneau)
                lignes.append(_ligne(instance, creneau, lieux, ecarts))
                break
            else:
                attendue = frequences.autour(rythme.frequence, essais[0])
                if rythme.frequence in frequences.SOUVENT or (attendue and frequences.de_relache(attendue)):
                    relache.update(ecarts)
                else:
                    manques.append(Manque(instance.nom, _en_bref(ecarts), tuple(ecarts)))
        if deja:
            manques.append(Manque(instance.nom, _deja(deja), prevue=True))
        if len(lignes) > DATES_MAX:
            raise Invalid(
                {"fin": f"Plus de {DATES_MAX} dates : choisissez moins d’instances ou une période plus courte."}
            )
    lignes.sort(key=lambda x: (x.debut, x.instance))
    ecartes = sorted(relache, key=lambda e: (e.jour, e.raison))
    return Proposition(lignes, manques, ecartes, conges.inconnues_apres(debut, fin + timedelta(days=1)))


def en_soirees(
    session: Session, *, instance_ids: Sequence[int], soirees: Soirees, debut: date, fin: date, now: datetime
) -> Proposition:
    """One date for each instance, on these days of the week, spread over the span.

    Raises:
        Invalid: no instance, an empty or past span, no day, hours missing or in disorder.
    """
    debut = _verifier_fenetre(instance_ids, debut, fin, now)
    heures = _verifier_soirees(soirees)
    occupation = Occupation(session, debut=debut, fin=fin, now=now)
    lieux = _lieux(session)
    instances = _instances(occupation, instance_ids)
    cellules = all(i.type is TypeReunion.CELLULE for i in instances)
    jours = [
        d.date()
        for d in rrule(
            DAILY, datetime.combine(debut, time()), until=datetime.combine(fin, time()), byweekday=sorted(soirees.jours)
        )
    ]
    raisons = {j: occupation.du_jour(j, cellule=cellules) for j in jours}
    ecarts = [Ecart(j, raison) for j, raison in raisons.items() if raison]
    libres = [j for j in jours if not raisons[j]]
    lignes: list[Ligne] = []
    manques: list[Manque] = []
    for rang, instance in enumerate(instances):
        lieu_id = soirees.lieu_id if soirees.lieu_id is not None else instance.lieu_id
        a_servir = [j for j in libres if not occupation.servie(instance.id, j)]
        tries: list[Ecart] = []
        depart = (2 * rang + 1) * len(a_servir) // (2 * len(instances))
        for jour in [*a_servir[depart:], *reversed(a_servir[:depart])]:
            creneau = _creneau(instance, jour, heures, lieu_id)
            if obstacles := occupation.du_creneau(creneau):
                tries.append(Ecart(jour, _raison(obstacles)))
                continue
            occupation.prendre(creneau)
            lignes.append(_ligne(instance, creneau, lieux, tries))
            break
        else:
            manques.append(_aucune(occupation, instance, libres, tries))
    lignes.sort(key=lambda x: (x.debut, x.instance))
    return Proposition(lignes, manques, ecarts, conges.inconnues_apres(debut, fin + timedelta(days=1)))


def verifier(
    session: Session, *, creneaux: Sequence[Creneau], now: datetime, sauf: Collection[int] = ()
) -> list[list[Obstacle]]:
    """What stands against each of these, the earlier ones of the list counted."""
    if not creneaux:
        return []
    occupation = Occupation(
        session,
        debut=min(c.debut for c in creneaux).date(),
        fin=max(c.fin for c in creneaux).date(),
        now=now,
        sauf=sauf,
    )
    constats = []
    for creneau in creneaux:
        constats.append(occupation.du_creneau(creneau))
        occupation.prendre(creneau)
    return constats


# --- commands --------------------------------------------------------------------------------------------------------


def creer(
    session: Session, *, creneaux: Sequence[Creneau], vus: Collection[str] = (), jeton: str, now: datetime, by: Acteur
) -> int:
    """Create these meetings, all or none; the id of the first. An instance with several dates and a rhythm gets its
    series.

    Args:
        vus: the reasons against these dates that staff have read, and go over.

    Raises:
        Invalid: none is left, hours in disorder, an instance or place gone, or a date taken meanwhile.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    if not creneaux:
        raise Invalid({"": "Gardez au moins une date."})
    if len(creneaux) > DATES_MAX:
        raise Invalid({"": f"Au plus {DATES_MAX} dates à la fois : décochez-en."})
    creneaux = sorted(creneaux, key=lambda c: c.debut)
    refuser(session, creneaux, vus=vus, now=now)
    instances = {i: session.get_one(Instance, i) for i in dict.fromkeys(c.instance_id for c in creneaux)}
    resume = (
        f"{accord(len(creneaux), 'réunion')} planifiée{'s' if len(creneaux) > 1 else ''} : "
        f"{', '.join(i.nom for i in instances.values())}"
    )
    premiere = 0
    with operations.suivre(session, acte=CREER, resume=resume, now=utcnow(), by=by) as suivi:
        for instance_id, instance in instances.items():
            siens = [c for c in creneaux if c.instance_id == instance_id]
            serie = _serie(session, instance, siens, by)
            if serie:
                suivi.ajouter(serie)
            for c in siens:
                reunion = Reunion(
                    type=instance.type,
                    instance_id=instance_id,
                    titre=instance.nom,
                    debut=c.debut,
                    fin=c.fin,
                    lieu_id=c.lieu_id,
                    etat=EtatReunion.BROUILLON,
                    serie_id=serie.id if serie else None,
                )
                session.add(reunion)
                session.flush()
                suivi.ajouter(reunion)
                premiere = premiere or reunion.id
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=premiere)
    return premiere


def _serie(session: Session, instance: Instance, creneaux: Sequence[Creneau], by: Acteur) -> Serie | None:
    """The series that these dates make, when they are several and the instance has a rhythm."""
    regle = rythmes.de(instance).regle
    if not regle or len(creneaux) < 2:
        return None
    serie = Serie(instance_id=instance.id, regle=regle, debut=creneaux[0].debut, creee_le=utcnow(), creee_par=by.id)
    session.add(serie)
    session.flush()
    return serie


def refuser(
    session: Session,
    creneaux: Sequence[Creneau],
    *,
    vus: Collection[str],
    now: datetime,
    sauf: Collection[int] = (),
) -> None:
    """Raise Invalid on the first date that may not stand."""
    for c in creneaux:
        instance = session.get(Instance, c.instance_id)
        if instance is None or instance.archive:
            raise Invalid({"": "Une de ces instances n’existe plus ou est archivée : proposez de nouveau."})
        if c.lieu_id is not None and session.get(Lieu, c.lieu_id) is None:
            raise Invalid({"": "Un de ces lieux n’existe plus : choisissez-en un autre."})
        if erreurs := reunions.erreurs_horaires(c.debut, c.fin):
            raise Invalid({"": f"{instance.nom} : {next(iter(erreurs.values()))}"})
    for c, obstacles in zip(creneaux, verifier(session, creneaux=creneaux, now=now, sauf=sauf), strict=True):
        for obstacle in obstacles:
            if obstacle.ferme or obstacle.phrase not in vus:
                nom = session.get_one(Instance, c.instance_id).nom
                raise Invalid(
                    {
                        "": f"{nom}, {temps.moment(c.debut, annee_de=now.date())} : {obstacle.phrase}. "
                        "Rien n’a été enregistré : relisez les dates ci-dessous."
                    }
                )


# --- inside ----------------------------------------------------------------------------------------------------------


def _verifier_fenetre(instance_ids: Sequence[int], debut: date, fin: date, now: datetime) -> date:
    """The first day that may be proposed: never one that is past."""
    if not instance_ids:
        raise Invalid({"instances": "Choisissez au moins une instance."})
    if fin < debut:
        raise Invalid({"fin": "La fin de la période doit venir après son début."})
    if fin <= now.date():
        raise Invalid({"fin": "Cette période est passée : choisissez des dates à venir."})
    debut = max(debut, now.date() + timedelta(days=1))
    if fin - debut > DUREE_MAX or fin.year > reunions.ANNEES[1]:
        raise Invalid({"fin": "Deux ans au plus à la fois : avancez la fin."})
    return debut


def _verifier_soirees(soirees: Soirees) -> tuple[time, time]:
    erreurs = {}
    if not soirees.jours:
        erreurs["jours"] = "Choisissez au moins un jour de la semaine."
    if soirees.heure_debut is None:
        erreurs["heure_debut"] = "Donnez l’heure de début."
    if soirees.heure_fin is None:
        erreurs["heure_fin"] = "Donnez l’heure de fin."
    if erreurs or soirees.heure_debut is None or soirees.heure_fin is None:
        raise Invalid(erreurs)
    if soirees.heure_fin <= soirees.heure_debut:
        raise Invalid({"heure_fin": "La fin doit venir après le début."})
    return soirees.heure_debut, soirees.heure_fin


def _instances(occupation: Occupation, ids: Sequence[int]) -> list[Instance]:
    connues = [occupation.instances[i] for i in dict.fromkeys(ids) if i in occupation.instances]
    vivantes = [i for i in connues if not i.archive]
    if not vivantes:
        raise Invalid({"instances": "Ces instances n’existent plus ou sont archivées : choisissez-en d’autres."})
    return vivantes


def _sans_rythme(instance: Instance) -> str:
    if not rythmes.de(instance).jour_habituel:
        return "pas de jour habituel : donnez-le dans sa fiche, ou choisissez des soirées"
    return "elle se réunit à la demande : choisissez des soirées"


def _occurrences(
    session: Session, occupation: Occupation, instance: Instance, debut: date, fin: date
) -> list[list[date]]:
    """The days of the rhythm in the span, each followed by those it may be put off to. It goes on from the last
    meeting, if its next one is still to come; every fortnight, from the first one of the last series."""
    rythme = rythmes.de(instance)
    depuis = debut.replace(day=1)
    derniere = occupation.derniere(instance.id, avant=debut)
    if rythme.frequence in rythmes.SEMAINES:
        lancee = select(Serie.debut).where(Serie.instance_id == instance.id, Serie.regle == rythme.regle)
        premiere = session.exec(lancee.order_by(col(Serie.id).desc()).limit(1)).first()
        depuis = premiere.date() if premiere else derniere or debut
    elif derniere and rythme.frequence is not Frequence.BIMENSUELLE:
        depuis = max(depuis, plus_mois(derniere.replace(day=1), rythmes.MOIS[rythme.frequence]))
    return [essais(j, rythme, debut=debut, fin=fin) for j in rythmes.dates(rythme, debut=debut, fin=fin, depuis=depuis)]


def essais(jour: date, rythme: Rythme, *, debut: date, fin: date) -> list[date]:
    """The day itself, the same day of the weeks after, then of the weeks before, within the months in which one
    meeting is expected; the days after, then before, a day of the month; only the week after, when the rhythm is
    every fortnight or twice a month; nothing else when it is every week."""
    if rythme.frequence in frequences.SOUVENT:
        return [e for e in (jour, jour + timedelta(weeks=1)) if e == jour or _reste(rythme, e, fin)]
    periode = frequences.periode(rythme.frequence, jour)
    if periode is None:
        return [jour]
    pas, n = (timedelta(days=1), REPORT_JOURS) if rythme.jour_du_mois else (timedelta(weeks=1), REPORT_SEMAINES)
    suite = [jour, *(jour + pas * i for i in range(1, n + 1)), *(jour - pas * i for i in range(1, n + 1))]
    return [e for e in suite if max(debut, periode.debut) <= e <= min(fin, periode.dernier)]


def _reste(rythme: Rythme, jour: date, fin: date) -> bool:
    """A day that may take the place of the one a week before: the rhythm itself does not meet then."""
    if rythme.frequence is Frequence.HEBDOMADAIRE or jour > fin:
        return False
    return rythme.frequence is Frequence.QUINZAINE or jour not in rythmes.dates(
        rythme, debut=jour, fin=jour, depuis=jour
    )


def contre(occupation: Occupation, creneau: Creneau, rythme: Rythme | None) -> str:
    """Why this slot is not proposed, "" when it is: a fixed day of the month never falls on a week-end."""
    jour = creneau.debut.date()
    if rythme and rythme.jour_du_mois and jour.weekday() >= SAMEDI:
        return JOURS[jour.weekday()]
    obstacles = occupation.du_creneau(creneau)
    return obstacles[0].phrase if obstacles else ""


def _heures(instance: Instance) -> tuple[time, time]:
    debut = instance.heure_debut or reunions.DEBUT
    if instance.heure_fin and instance.heure_fin > debut:
        return debut, instance.heure_fin
    return debut, (datetime.combine(date.min, debut) + reunions.DUREE).time()


def _creneau(instance: Instance, jour: date, heures: tuple[time, time], lieu_id: int | None) -> Creneau:
    """That day at these civil hours; a meeting that goes past midnight ends the next day."""
    debut, fin = (datetime.combine(jour, h) for h in heures)
    return Creneau(instance.id, debut, fin if fin > debut else fin + timedelta(days=1), lieu_id)


def _ligne(instance: Instance, creneau: Creneau, lieux: dict[int, str], ecarts: Sequence[Ecart]) -> Ligne:
    lieu = lieux.get(creneau.lieu_id, "") if creneau.lieu_id is not None else ""
    return Ligne(creneau.instance_id, instance.nom, creneau.debut, creneau.fin, creneau.lieu_id, lieu, tuple(ecarts))


def _lieux(session: Session) -> dict[int, str]:
    return {i or 0: nom for i, nom in session.exec(select(Lieu.id, Lieu.nom).order_by(col(Lieu.nom))).all()}


def _raison(obstacles: Sequence[Obstacle]) -> str:
    return obstacles[0].phrase


def _en_bref(ecarts: Sequence[Ecart]) -> str:
    return " ; ".join(e.phrase() for e in ecarts)


def _deja(jours: Sequence[date]) -> str:
    """déjà une réunion : mar. 12 janv., mar. 9 févr. 2027."""
    return f"déjà une réunion : {', '.join(temps.jour(j, annee_de=jours[0]) for j in jours)}"


def _aucune(occupation: Occupation, instance: Instance, libres: Sequence[date], tries: Sequence[Ecart]) -> Manque:
    """Why none of the free days suits this instance."""
    if not libres:
        return Manque(instance.nom, "aucun jour possible dans cette période")
    if not tries and (deja := occupation.servie(instance.id, libres[0])):
        quand = frequences.DANS_LA_PERIODE[Frequence(instance.frequence)]
        raison = f"déjà une réunion {quand} : {temps.jour(deja, annee_de=libres[0])}"
        return Manque(instance.nom, raison, prevue=True)
    return Manque(instance.nom, "aucun jour possible dans cette période", tuple(tries))
