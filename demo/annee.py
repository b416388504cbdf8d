"""Fill a base with the demo year: rows written in bulk, the same ones for the same date, scale and seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo import textes
from demo.lignes import inserer
from demo.plan import preparer
from demo.projet import annees_13_18
from demo.vie import faire_vivre
from models import (
    Action,
    Categorie,
    Coordonnee,
    EvenementAction,
    Fonction,
    Instance,
    InstanceQuartier,
    Journal,
    Lieu,
    Origine,
    Partenaire,
    Personne,
    Point,
    Presence,
    Presidence,
    Quartier,
    Reunion,
    Siege,
    Theme,
)
from models.lists import EtatAction, EtatPresence, EtatReunion, GenreCoordonnee, Role, TypeReunion
from services.commun import comptes, filtres
from services.imports import reference
from services.imports.importation import Demande, importer
from services.imports.imports_carnet import preparer_carnet
from services.socle import conges, pli
from services.socle.acteur import SYSTEME, Acteur
from services.socle.coordonnees import chiffres
from services.socle.horloge import utcnow
from services.socle.periodes import plus_mois, semestre
from services.socle.texte import folded

GRAINE = 17
MOT_DE_PASSE = "Demonstration-2026"
COMPTES = {
    "responsable": "Rachel Responsable (démo)",
    "collaborateur": "Colin Collaborateur (démo)",
    "secretaire": "Sarah Secrétaire (démo)",
    "lecture": "Élie Élu (démo)",
}
HEURES_CELLULE = (time(18), time(20))
HEURES = ((time(14), time(15, 30)), (time(9, 30), time(11)), (time(16, 30), time(18)))
SALLES_MAIRIE = (
    "Hôtel de ville",
    "Mairie de proximité de Mireuil",
    "Mairie de proximité de Villeneuve",
    "Maison des associations",
)
QPV = ("Mireuil", "Port-Neuf", "Villeneuve-les-Salines")


@dataclass
class Ville:
    """What the year is played with: ids of the reference data, by name."""

    today: date
    hasard: Random
    partenaires: dict[str, int]
    quartiers: dict[int, str]
    themes: dict[int, tuple[str, str]]  # id -> heading, label
    origines: list[int]
    lieux: list[int]
    instances: list[Instance]
    places: dict[int, list[int]]  # instance -> quartiers
    agent_id: int

    def instant(self, jour: date, heure: int = 21) -> datetime:
        return datetime.combine(jour, time(heure), UTC)


def remplir(session: Session, *, today: date, scale: int = 1, graine: int = GRAINE) -> None:
    """Accounts, reference data and a year that ends at `today`, `scale` times as many meetings, in an empty base."""
    reference.charger_reference(session, by=SYSTEME)
    for role, nom in COMPTES.items():
        comptes.creer(session, identifiant=role, nom=nom, role=Role(role), mot_de_passe=MOT_DE_PASSE, by=SYSTEME)
    _presidences(session, today)
    ville = _ville(session, today, Random(graine))
    _associations(session, ville, scale)
    _coordonnees(session, ville)
    _personnes(session, ville)
    _verifications(session, ville)
    _instances(session, ville)
    reunions = [r for copie in range(scale) for r in _reunions(ville, copie)]
    _tenir(session, ville, reunions)
    preparer(session, today=today, hasard=Random(graine), agent_id=ville.agent_id)
    faire_vivre(session, today=today, hasard=Random(graine), agent_id=ville.agent_id)
    _a_inscrire(session, ville)
    _filtres(session)
    _doublons(session, ville)
    annees_13_18(
        session,
        today=today,
        hasard=ville.hasard,
        animateurs=[i for nom, i in ville.partenaires.items() if nom.startswith(("Centre s", "Structure jeunesse"))],
        scale=scale,
    )


def _presidences(session: Session, today: date) -> None:
    """The élu chairs all cellules de veille; somebody else did for three weeks."""
    jour = timedelta(days=1)
    elu = Presidence(
        nom="M. Élie Élu",
        qualite="adjoint au maire délégué à la tranquillité publique",
        agent_id=comptes.par_identifiant(session, identifiant="lecture"),
        debut=today - 900 * jour,
    )
    interim = Presidence(
        nom="Mme Aline Adjointe",
        qualite="première adjointe au maire",
        interim=True,
        debut=today - 70 * jour,
        fin=today - 49 * jour,
    )
    session.add_all([elu, interim])


def _ville(session: Session, today: date, hasard: Random) -> Ville:
    places: dict[int, list[int]] = {}
    for lien in session.exec(
        select(InstanceQuartier).order_by(col(InstanceQuartier.quartier_id), col(InstanceQuartier.instance_id))
    ).all():
        places.setdefault(lien.instance_id, []).append(lien.quartier_id)
    return Ville(
        today=today,
        hasard=hasard,
        partenaires={p.nom: p.id for p in session.exec(select(Partenaire).order_by(col(Partenaire.id))).all()},
        quartiers={q.id: q.nom for q in session.exec(select(Quartier).order_by(col(Quartier.id))).all()},
        themes={
            t.id: (t.rubrique, t.libelle)
            for t in session.exec(select(Theme).order_by(col(Theme.ordre), col(Theme.id))).all()
        },
        origines=[i or 0 for i in session.exec(select(Origine.id).order_by(col(Origine.ordre), col(Origine.id))).all()],
        lieux=inserer(session, Lieu, [_salle(rang, nom) for rang, nom in enumerate(SALLES_MAIRIE)]),
        instances=list(session.exec(select(Instance).order_by(col(Instance.id))).all()),
        places=places,
        agent_id=comptes.par_identifiant(session, identifiant="secretaire"),
    )


def _salle(rang: int, nom: str) -> dict[str, Any]:
    contact = {"contact": "Accueil", "telephone": f"05 36 49 95 0{rang}", "courriel": f"salles{rang}@example.org"}
    return {"nom": nom, "adresse": f"{rang + 1} place de la Démonstration", "capacite": 40 + 20 * rang} | contact


def _associations(session: Session, ville: Ville, scale: int) -> None:
    """More partenaires, for a base as large as `scale` asks: plainly numbered associations. And those who will stop
    coming."""
    categorie = session.exec(select(Categorie.id).where(Categorie.nom == "Association")).one() or 0
    noms = [f"Association fictive {n:04d}" for n in range(1, 40 * (scale - 1) + 1)]
    inserer(
        session,
        Partenaire,
        [_partenaire(nom, categorie) for nom in noms],
    )
    partis = inserer(session, Partenaire, [_partenaire(nom, categorie) for nom in textes.PARTIS])
    ville.partenaires |= dict(zip(textes.PARTIS, partis, strict=True))


def _partenaire(nom: str, categorie_id: int) -> dict[str, Any]:
    vides = dict.fromkeys(("sigle", "sous_categorie", "adresse", "telephone", "courriel", "site", "note"), "")
    recherche = pli.partenaire(nom, "", "Association", "")
    return vides | {"nom": nom, "categorie_id": categorie_id, "commune": "La Rochelle", "recherche": recherche}


def _coordonnees(session: Session, ville: Ville) -> None:
    """A postal address for four partenaires in five, and for two in three an address to write to."""
    for n, id in enumerate(ville.partenaires.values(), 1):
        partenaire = session.get_one(Partenaire, id)
        partenaire.telephone = f"05 36 49 90 {n % 100:02d}"
        partenaire.courriel = f"accueil{n}@example.org" if n % 3 else ""
        partenaire.adresse = f"{n} rue de la Démonstration, 17000" if n % 5 else ""
        partenaire.recherche += f" {chiffres(partenaire.telephone)}"
        session.add(partenaire)


def _personnes(session: Session, ville: Ville) -> None:
    """One or two people a partenaire; one in ten was replaced during the year."""
    h = ville.hasard
    categories = dict(
        session.exec(
            select(Partenaire.id, Categorie.nom).join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        ).all()
    )
    personnes: list[dict[str, Any]] = []
    fonctions: list[dict[str, Any]] = []
    for partenaire_id in ville.partenaires.values():
        intitule = textes.FONCTIONS.get(categories[partenaire_id], textes.FONCTION)
        for rang in range(h.choice((1, 1, 2))):
            nombre = 2 if rang == 0 and h.random() < 0.1 else 1
            passage = ville.today - timedelta(days=h.randint(40, 300))
            for n in range(nombre):
                numero = len(personnes) + 1
                telephone = f"05 36 49 {numero // 100 % 100:02d} {numero % 100:02d}"
                prenom, nom = h.choice(textes.PRENOMS), f"{h.choice(textes.NOMS)}-{numero:03d}"
                personnes.append(
                    {
                        "prenom": prenom,
                        "nom": nom,
                        "courriel": f"contact{numero}@example.org" if numero % 7 else "",
                        "telephone": telephone,
                        "recherche": pli.personne(nom, prenom, [telephone, *_standard(numero)]),
                    }
                )
                dernier = n == nombre - 1
                fonctions.append(
                    {
                        "partenaire_id": partenaire_id,
                        "intitule": intitule if rang == 0 else "Adjoint·e",
                        "debut": passage if n else ville.today - timedelta(days=h.randint(400, 2500)),
                        "fin": None if dernier else passage - timedelta(days=1),
                    }
                )
    ids = inserer(session, Personne, personnes)
    inserer(
        session,
        Coordonnee,
        [
            {"personne_id": id, "genre": GenreCoordonnee.TELEPHONE, "valeur": standard, "libelle": "standard"}
            for numero, id in enumerate(ids, 1)
            for standard in _standard(numero)
        ]
        + [
            {
                "personne_id": id,
                "genre": GenreCoordonnee.COURRIEL,
                "valeur": f"secretariat{numero}@example.org",
                "libelle": "secrétariat",
            }
            for numero, id in enumerate(ids, 1)
            if numero % 9 == 0
        ],
    )
    inserer(session, Fonction, [{**f, "personne_id": i} for f, i in zip(fonctions, ids, strict=True)])


def _standard(numero: int) -> list[str]:
    """One person in three has the number of their front desk too."""
    return [f"05 36 49 {90 + numero // 100 % 10:02d} {numero % 100:02d}"] if numero % 3 == 0 else []


def _verifications(session: Session, ville: Ville) -> None:
    """One page in three was checked this year, one before that, one never."""
    lignes: list[dict[str, Any]] = []
    for p in session.exec(select(Partenaire).order_by(col(Partenaire.id))).all():
        numero = p.id
        if numero % 3 == 0:
            continue
        p.verifie_le = ville.today - timedelta(days=1 + 7 * numero % 350 + (370 if numero % 3 == 1 else 0))
        session.add(p)
        lignes.append(
            {
                "quand": ville.instant(p.verifie_le, 10),
                "agent_id": ville.agent_id,
                "acte": "verifier",
                "objet": "partenaire",
                "objet_id": numero,
                "resume": f"Fiche vérifiée : {p.nom}",
            }
        )
    inserer(session, Journal, sorted(lignes, key=lambda x: x["quand"]))  # the journal is read by id


def _instances(session: Session, ville: Ville) -> None:
    """Usual day, hour and place, and the standing members."""
    h = ville.hasard
    sieges: list[dict[str, Any]] = []
    fonctions = {
        f.partenaire_id: f
        for f in session.exec(
            select(Fonction).where(col(Fonction.fin).is_(None)).order_by(col(Fonction.id).desc())
        ).all()
    }
    commun = [textes.SERVICE, textes.PM, textes.PN, textes.ALPMS]
    for rang, instance in enumerate(ville.instances):
        cellule = instance.type is TypeReunion.CELLULE
        instance.cree_le = ville.instant(ville.today - timedelta(days=365), 9)
        instance.jour, instance.rang = (3 if cellule else rang % 5), rang // 5 % 4 + 1
        instance.heure_debut, instance.heure_fin = HEURES_CELLULE if cellule else HEURES[rang % 3]
        instance.lieu_id = ville.lieux[rang % len(ville.lieux)]
        session.add(instance)
        noms = {ville.quartiers[q] for q in ville.places.get(instance.id, [])}
        membres = [*commun, textes.CDA] if cellule else [*commun, textes.OPH, textes.H17, textes.DSDEN]
        membres += [textes.PREFET] if noms & set(QPV) else []
        membres += [
            p
            for p in ville.partenaires
            if p.startswith(("Centre s", "Comité de quartier", "Collectif", "Mairie de proximité"))
            and any(folded(q) in folded(p) for q in noms)
        ]
        membres += [] if cellule else [parti for n, parti in enumerate(textes.PARTIS) if rang % 9 in (n, n + 4)]
        jamais = ("Collège", "Structure", *textes.PARTIS)
        reste = [p for p in ville.partenaires if p not in membres and not p.startswith(jamais)]
        membres += h.sample(reste, max(0, 9 - len(membres)))
        for ordre, nom in enumerate(membres):
            fonction = fonctions.get(ville.partenaires[nom])
            sieges.append(
                {
                    "instance_id": instance.id,
                    "partenaire_id": ville.partenaires[nom],
                    "fonction": fonction.intitule if fonction else "",
                    "fonction_id": fonction.id if fonction else None,
                    "ordre": ordre,
                }
            )
    session.flush()
    inserer(session, Siege, sieges)


# --- meetings -------------------------------------------------------------------------------------------------------


def _jour_du_mois(mois: date, jour: int, rang: int) -> date:
    """The `rang`-th such weekday of the month."""
    premier = mois.replace(day=1)
    return premier + timedelta(days=(jour - premier.weekday()) % 7 + 7 * (rang - 1))


def _hors_conges(jour: date) -> date:
    """That day, or the same one of the first week after without holidays."""
    while conges.entre(jour, jour + timedelta(days=1)):
        jour += timedelta(days=7)
    return jour


def _reunions(ville: Ville, copie: int) -> Iterator[dict[str, Any]]:
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


def _tenir(session: Session, ville: Ville, reunions: list[dict[str, Any]]) -> None:
    """Who came, what was said and what was decided, at each meeting held."""
    membres: dict[int | None, list[tuple[int, str]]] = {}
    for siege in session.exec(select(Siege).order_by(col(Siege.ordre))).all():
        membres.setdefault(siege.instance_id, []).append((siege.partenaire_id, siege.fonction))
    assidus = {p: ville.hasard.uniform(0.5, 0.97) for p in ville.partenaires.values()}
    departs = {ville.partenaires[nom]: ville.today - timedelta(days=jours) for nom, jours in textes.PARTIS.items()}
    fonctions: dict[tuple[int, str], list[Fonction]] = {}
    for f in session.exec(select(Fonction).order_by(col(Fonction.debut))).all():
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
    _points(session, ville, tenues)


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


def _points(session: Session, ville: Ville, tenues: list[tuple[int, dict[str, Any]]]) -> None:
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
    _actions(session, ville, [(i, *d) for i, d in zip(ids, decisions, strict=True)], points)


def _actions(session: Session, ville: Ville, decisions: list[Any], points: list[dict[str, Any]]) -> None:
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


def _a_inscrire(session: Session, ville: Ville) -> None:
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


def _filtres(session: Session) -> None:
    """Filters kept under a name: one's own, and for all."""
    for identifiant, ecran, nom, parametres in (
        ("secretaire", "partenaires", "Bailleurs sociaux", {"categorie": "Bailleur social", "etat": "actifs"}),
        ("responsable", "partenaires", "Associations archivées", {"categorie": "Association", "etat": "archives"}),
        ("responsable", "actions", "Tous les retards", {"voir": "En retard"}),
    ):
        id = comptes.par_identifiant(session, identifiant=identifiant)
        by = Acteur(id, COMPTES[identifiant], Role(identifiant))
        partage = identifiant == "responsable"
        filtres.garder(session, ecran=ecran, nom=nom, parametres=parametres, partage=partage, by=by)


def _doublons(session: Session, ville: Ville) -> None:
    """One association again, under its acronym, with the same person: they came by a file, to merge or to undo."""
    connue = session.get_one(Partenaire, ville.partenaires["Association fictive Passerelle"])
    personne = session.exec(
        select(Personne)
        .join(Fonction)
        .where(Fonction.partenaire_id == connue.id, col(Fonction.fin).is_(None))
        .order_by(col(Personne.id))
    ).all()[0]
    ligne = {"organisme": "AFP", "sigle": "AFP", "categorie": "Association", "commune": connue.commune}
    ligne |= {"telephone_organisme": connue.telephone, "nom": personne.nom, "prenom": personne.prenom}
    ligne |= {"courriel": "afp@example.org", "telephone": personne.telephone, "fonction": "Coordination"}
    demande = Demande([(2, ligne)], ville.today)
    importer(
        session,
        preparer=preparer_carnet,
        demande=demande,
        vu=preparer_carnet(session, demande).essai,
        fichier="associations.csv",
        jeton="demo",
        now=utcnow(),
        by=Acteur(ville.agent_id, COMPTES["secretaire"], Role.SECRETAIRE),
    )
