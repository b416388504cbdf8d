"""The town of the demo year: its places, partenaires, people, instances. Nobody in it is real."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo import textes
from demo.lignes import inserer
from models import (
    Categorie,
    Coordonnee,
    Fonction,
    Instance,
    InstanceQuartier,
    Journal,
    Lieu,
    Origine,
    Partenaire,
    Personne,
    Presidence,
    Quartier,
    Siege,
    Theme,
)
from models.lists import GenreCoordonnee, Role, TypeReunion
from services.commun import comptes, filtres
from services.imports.importation import Demande, importer
from services.imports.imports_carnet import preparer_carnet
from services.socle import pli
from services.socle.acteur import Acteur
from services.socle.coordonnees import chiffres
from services.socle.horloge import utcnow
from services.socle.texte import folded

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


def poser_presidences(session: Session, today: date) -> None:
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


def fonder(session: Session, today: date, hasard: Random) -> Ville:
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


def poser_associations(session: Session, ville: Ville, scale: int) -> None:
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


def poser_coordonnees(session: Session, ville: Ville) -> None:
    """A postal address for four partenaires in five, and for two in three an address to write to."""
    for n, id in enumerate(ville.partenaires.values(), 1):
        partenaire = session.get_one(Partenaire, id)
        partenaire.telephone = f"05 36 49 90 {n % 100:02d}"
        partenaire.courriel = f"accueil{n}@example.org" if n % 3 else ""
        partenaire.adresse = f"{n} rue de la Démonstration, 17000" if n % 5 else ""
        partenaire.recherche += f" {chiffres(partenaire.telephone)}"
        session.add(partenaire)


def poser_personnes(session: Session, ville: Ville) -> None:
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


def poser_verifications(session: Session, ville: Ville) -> None:
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


def poser_instances(session: Session, ville: Ville) -> None:
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


def poser_filtres(session: Session) -> None:
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


def poser_doublons(session: Session, ville: Ville) -> None:
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
