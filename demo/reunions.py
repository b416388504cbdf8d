"""The meetings of the fictional year: planned, held, what was said there and who was to do what."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo import textes
from demo.lignes import inserer
from demo.ville import Ville
from models import (
    Action,
    EvenementAction,
    Fonction,
    Instance,
    Point,
    Presence,
    Reunion,
    Siege,
)
from models.lists import EtatAction, EtatPresence, EtatReunion, TypeReunion
from services.socle import conges
from services.socle.periodes import plus_mois, semestre


def _jour_du_mois(mois: date, jour: int, rang: int) -> date:
    """The `rang`-th such weekday of the month."""
    premier = mois.replace(day=1)
    return premier + timedelta(days=(jour - premier.weekday()) % 7 + 7 * (rang - 1))


def _hors_conges(jour: date) -> date:
    """That day, or the same one of the first week after without holidays."""
    while conges.entre(jour, jour + timedelta(days=1)):
        jour += timedelta(days=7)
    return jour


def prevoir(ville: Ville, copie: int) -> Iterator[dict[str, Any]]:
    """Every meeting of the year and of the two months to come. A copy is one of the nine years before, then each again,
    its days moved a little."""
    h, recul = ville.hasard, copie % 10
    today = plus_mois(ville.today, -12 * recul)
    fin = today if recul else today + timedelta(days=60)
    mois = [plus_mois(today.replace(day=1), n) for n in range(-12, 3)]
    cellules = [i for i in ville.instances if i.type is TypeReunion.CELLULE]
    techniques = [i for i in ville.instances if i.type is TypeReunion.TECHNIQUE]
    arretees = techniques[3::9] if copie == 0 else []  # their frequency is not kept any more
    for instance in techniques:
        for m in mois:
            jour = _jour_du_mois(m, instance.jour or 0, instance.rang or 1) + timedelta(days=copie and h.randint(-3, 3))
            oubli = instance in arretees and jour > today - timedelta(days=80)
            if jour.month == 8 or oubli or not today - timedelta(days=365) < jour <= fin:
                continue
            libre = _hors_conges(jour)
            if (libre.year, libre.month) == (jour.year, jour.month):  # else a month off
                yield _reunion(ville, instance, libre)
    debut_semestre = semestre(today).debut
    for rang, instance in enumerate(cellules):
        for debut in (plus_mois(debut_semestre, -12), plus_mois(debut_semestre, -6), debut_semestre):
            jour = debut + timedelta(days=(75 if debut.month == 7 else 30) + 17 * rang + (copie and h.randint(-10, 10)))
            jour += timedelta(days=(3 - jour.weekday()) % 7)
            if (debut == debut_semestre and copie == 0 and rang % 3 == 1) or not (
                today - timedelta(days=365) < jour <= fin
            ):
                continue  # neither held nor planned: Accueil says so
            yield _reunion(ville, instance, _hors_conges(jour))
    for jours in (150, 48):
        jour = conges.premier_ouvre(today - timedelta(days=jours))
        autre = {"type": TypeReunion.EXCEPTIONNELLE, "titre": "Réunion exceptionnelle de partenaires"}
        yield _reunion(ville, h.choice(techniques), jour) | autre | {"instance_id": None}


def _reunion(ville: Ville, instance: Instance, jour: date) -> dict[str, Any]:
    """A meeting of this instance on that day, in a state its date explains."""
    h, age = ville.hasard, (ville.today - jour).days
    etat, motif = EtatReunion.TENUE, ""
    if age <= 0:
        etat = EtatReunion.CONVOQUEE if age > -20 else EtatReunion.BROUILLON
    elif age <= 9 and h.random() < 0.5:
        etat = EtatReunion.CONVOQUEE  # held, not written up yet
    elif h.random() < 0.08:
        etat = h.choice((EtatReunion.ANNULEE, EtatReunion.REPORTEE, EtatReunion.PAS_EU_LIEU))
        motif = h.choice(textes.MOTIFS_ANNULATION)
    debut, fin = instance.heure_debut or time(14), instance.heure_fin or time(16)
    tenue = etat is EtatReunion.TENUE
    cellule = instance.type is TypeReunion.CELLULE
    return {
        "type": instance.type,
        "instance_id": instance.id,
        "titre": instance.nom,
        "debut": datetime.combine(jour, debut),
        "fin": datetime.combine(jour, fin),
        "lieu_id": instance.lieu_id,
        "etat": etat,
        "motif": motif,
        "habitants": h.randint(8, 35) if tenue and cellule else None,
        "saisie_le": ville.instant(jour) if tenue else None,
        "saisie_par": ville.agent_id if tenue else None,
    }


def tenir(session: Session, ville: Ville, reunions: list[dict[str, Any]]) -> None:
    """Who came, what was said and what was decided, at each meeting held."""
    membres: dict[int | None, list[tuple[int, str]]] = {}
    for siege in session.exec(select(Siege).order_by(col(Siege.ordre), col(Siege.id))).all():
        membres.setdefault(siege.instance_id, []).append((siege.partenaire_id, siege.fonction))
    assidus = {p: ville.hasard.uniform(0.5, 0.97) for p in ville.partenaires.values()}
    departs = {ville.partenaires[nom]: ville.today - timedelta(days=jours) for nom, jours in textes.PARTIS.items()}
    fonctions: dict[tuple[int, str], list[Fonction]] = {}
    for f in session.exec(select(Fonction).order_by(col(Fonction.debut), col(Fonction.id))).all():
        fonctions.setdefault((f.partenaire_id, f.intitule), []).append(f)
    ids = inserer(session, Reunion, reunions)
    tenues = [(i, r) for i, r in zip(ids, reunions, strict=True) if r["etat"] is EtatReunion.TENUE]
    defaut = next(iter(membres.values()))
    inserer(
        session,
        Presence,
        [
            {
                "reunion_id": i,
                "partenaire_id": p,
                "personne_id": _titulaire(fonctions.get((p, fonction), ()), r["debut"].date()),
                "fonction": fonction,
                "etat": _presence(ville.hasard, assidus[p] if r["debut"].date() < departs.get(p, date.max) else None),
                "ordre": ordre,
            }
            for i, r in tenues
            for ordre, (p, fonction) in enumerate(membres.get(r["instance_id"], defaut))
        ],
    )
    poser_points(session, ville, tenues)


def _titulaire(fonctions: Iterable[Fonction], jour: date) -> int | None:
    """Who held that function then."""
    return next((f.personne_id for f in fonctions if f.debut <= jour <= (f.fin or jour)), None)


def _presence(h: Random, assidu: float | None) -> EtatPresence:
    """None: it has stopped coming."""
    if assidu is None:
        return h.choices((EtatPresence.ABSENT, EtatPresence.EXCUSE), (3, 1))[0]
    if h.random() < assidu:
        return EtatPresence.PRESENT
    return h.choices((EtatPresence.EXCUSE, EtatPresence.ABSENT, EtatPresence.REPRESENTE), (5, 3, 2))[0]


def poser_points(session: Session, ville: Ville, tenues: list[tuple[int, dict[str, Any]]]) -> None:
    h = ville.hasard
    gouts = {q: h.sample(list(ville.themes), 8) for q in ville.quartiers}  # what comes again and again there
    points, decisions = [], []
    for reunion_id, r in tenues:
        jour = r["debut"].date()
        quartiers = ville.places.get(r["instance_id"], []) or list(ville.quartiers)
        cellule = r["type"] is TypeReunion.CELLULE
        for ordre in range(1, h.randint(3, 6) if cellule else h.randint(2, 5)):
            quartier = h.choice(quartiers)
            theme = h.choice(gouts[quartier]) if h.random() < 0.75 else h.choice(list(ville.themes))
            constats, suites = textes.CONSTATS[ville.themes[theme][0]]
            points.append(
                {
                    "instance_id": r["instance_id"],
                    "reunion_id": reunion_id,
                    "ordre": ordre,
                    "theme_id": theme,
                    "quartier_id": quartier,
                    "lieu": h.choice(textes.LIEUX) if h.random() < 0.8 else "",
                    "note": h.choice(constats),
                    "origine_id": h.choice(ville.origines),
                    "reponse": h.choice(textes.REPONSES) if h.random() < 0.4 else "",
                    "texte_public": h.choice(textes.PUBLICS) if cellule and h.random() < 0.6 else "",
                    "cree_le": ville.instant(jour),
                    "cree_par": ville.agent_id,
                }
            )
            decisions.append((r, jour, h.choice(suites) if h.random() < 0.55 else None))
    ids = inserer(session, Point, points)
    poser_actions(session, ville, [(i, *d) for i, d in zip(ids, decisions, strict=True)], points)


def poser_actions(session: Session, ville: Ville, decisions: list[Any], points: list[dict[str, Any]]) -> None:
    """Each decision, and every change since: the older, the more of them are done."""
    h, today = ville.hasard, ville.today
    actions, suivis = [], []
    for (point_id, r, jour, suite), point in zip(decisions, points, strict=True):
        if suite is None:
            continue
        quoi, pilote = suite
        echeance = jour + timedelta(days=h.choice((14, 30, 30, 30, 60)))
        age = (today - jour).days
        hasard = h.random()
        fin: date | None = None
        etat = EtatAction.EN_COURS if hasard < 0.5 else EtatAction.A_FAIRE
        if age > 25 and hasard < min(0.99, 0.55 + age / 250):
            fin = min(today, jour + timedelta(days=h.randint(10, max(11, min(age, 75)))))
            etat = EtatAction.ABANDONNEE if h.random() < 0.08 else EtatAction.REALISEE
        motif = h.choice(textes.MOTIFS_ABANDON) if etat is EtatAction.ABANDONNEE else ""
        actions.append(
            {
                "instance_id": r["instance_id"],
                "reunion_id": point["reunion_id"],
                "point_id": point_id,
                "quoi": quoi,
                "pilote_id": ville.partenaires[pilote],
                "echeance": echeance,
                "etat": etat,
                "motif": motif,
                "terminee_le": fin,
            }
        )
        suivi = [(jour, EtatAction.A_FAIRE, "")]
        suivi += (
            [(jour + timedelta(days=7), EtatAction.EN_COURS, "")] if etat is EtatAction.EN_COURS and age > 7 else []
        )
        suivis.append(suivi + ([(fin, etat, motif)] if fin else []))
    ids = inserer(session, Action, actions)
    inserer(
        session,
        EvenementAction,
        [
            {
                "action_id": i,
                "quand": ville.instant(jour),
                "agent_id": ville.agent_id,
                "reunion_id": None,
                "etat": etat,
                "echeance": action["echeance"],
                "motif": motif,
            }
            for i, action, suivi in zip(ids, actions, suivis, strict=True)
            for jour, etat, motif in suivi
        ],
    )


def poser_a_inscrire(session: Session, ville: Ville) -> None:
    """Points noted from calls and letters, which wait for their instance's next meeting."""
    par_libelle = {libelle: i for i, (_, libelle) in ville.themes.items()}
    techniques = [i for i in ville.instances if i.type is TypeReunion.TECHNIQUE]
    inserer(
        session,
        Point,
        [
            {
                "instance_id": instance.id,
                "reunion_id": None,
                "ordre": 0,
                "theme_id": par_libelle[libelle],
                "quartier_id": ville.places[instance.id][0],
                "lieu": ville.hasard.choice(textes.LIEUX),
                "note": note,
                "origine_id": ville.hasard.choice(ville.origines),
                "reponse": "",
                "texte_public": "",
                "cree_le": ville.instant(ville.today - timedelta(days=rang + 1), 9),
                "cree_par": ville.agent_id,
            }
            for rang, ((libelle, note), instance) in enumerate(zip(textes.A_INSCRIRE, techniques, strict=False))
        ],
    )
