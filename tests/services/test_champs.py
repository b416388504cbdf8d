"""No field of a record that people change is forgotten: a command keeps it, and the version of a colleague shows it.

The fields are those that the journal tells (`ecarts.LIBELLES`, complete by tests/services/socle/test_ecarts.py). Those
of a partenaire and of people: tests/services/partenaires/test_champs.py. A failure names what a list is missing; what
is left out on purpose says why.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from documents import tableaux
from models import (
    Action,
    Agent,
    Base,
    Categorie,
    Classe,
    Etape,
    Instance,
    JalonType,
    JourEvite,
    Lieu,
    Origine,
    Partenaire,
    Participation,
    Phrase,
    Point,
    Presidence,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
    Theme,
)
from models.lists import (
    EtatAction,
    EtatReunion,
    EtatSalle,
    Frequence,
    GenreJourEvite,
    Role,
    SensEtape,
    SensJalon,
    TypeReunion,
    Volet,
)
from services.actions import avancement, suivi
from services.agenda import instances, jalons_types, jours_evites, points, presidences, programmation, salles
from services.commun import comptes, edition_listes
from services.commun.exports import Format
from services.commun.listes import Famille
from services.projets import classes, etapes, participations, seances
from services.releves import phrases
from services.socle import ecarts
from services.socle.erreurs import Conflict
from services.socle.horloge import utcnow
from tests.services.socle.test_ecarts import TODAY
from tests.services.socle.test_ecarts import m as m

Geste = Callable[[Any, int, int], object]  # the town, the id of the record, the version shown


@dataclass(frozen=True)
class Fiche:
    """`gestes` give every field another value, by the commands of its screens. `ailleurs`: fields that no form sets.
    `tus`: those that the version of a colleague does not show. `dits`: shown there in other words."""

    table: type[Base]
    id: Callable[[Any], int]
    gestes: list[Geste]
    ailleurs: dict[str, str] = field(default_factory=dict)
    tus: dict[str, str] = field(default_factory=dict)
    dits: dict[str, str] = field(default_factory=dict)


ENTREE = "written by the entry after the meeting, a draft of which keeps both texts"
UN_CLIC = "one click on a list, which is read again"
UNE_FOIS = "chosen when it is made"
LE_SIEN = "each agent's own, who alone changes it"
# Records without a form of several fields, or held elsewhere.
AUTRES = {
    "bilan_college": "comes by an import, which gives all of it",
    "college": "tests/services/partenaires/test_champs.py",
    "coordonnee": "added or taken out, never changed",
    "destinataire": "a click each on the list of who is called",
    "filtre_garde": "kept again under its name",
    "fonction": "tests/services/partenaires/test_champs.py",
    "modele": "a file put in the place of another",
    "partenaire": "tests/services/partenaires/test_champs.py",
    "personne": "tests/services/partenaires/test_champs.py",
    "piece_jointe": "a file, added or taken out",
    "presence": ENTREE,
    "serie": "made and moved by its rhythm, never typed",
    "siege": "a click each on the list of members",
}


def renommer(famille: Famille) -> Geste:
    return lambda m, id, v: edition_listes.renommer(m.s, famille=famille, id=id, nom="Autre nom", version=v, by=m.by)


def avancer(m: Any, id: int, v: int, *, volet: Volet) -> None:
    etape = Etape(volet=volet, libelle=f"Suite {v}", sens=SensEtape.EN_COURS, ordre=9)
    m.s.add(etape)
    m.s.flush()
    participations.changer_etape(m.s, id=id, volet=volet, etape_id=etape.id, version=v, by=m.by)


def autre_instance(m: Any, n: int) -> int:
    row = Instance(nom=f"Groupe {n}", type=TypeReunion.PROJET, frequence=Frequence.MENSUELLE)
    m.s.add(row)
    m.s.flush()
    return row.id


def instance(m: Any, id: int, v: int, **rythme: Any) -> None:
    saisie = instances.Saisie(
        nom="Groupe", type=TypeReunion.TECHNIQUE, secteur_id=m.d.centre, heure_debut=time(9), heure_fin=time(11),
        lieu_id=m.lieu.id, quartier_ids=[m.d.gabut], **rythme,
    )  # fmt: skip
    instances.modifier(m.s, id=id, saisie=saisie, version=v, by=m.by)


def presidence(m: Any, id: int, v: int, **portee: Any) -> None:
    saisie = presidences.Saisie(
        nom="M. Paul", qualite="maire", agent_id=m.cast.elu.id, interim=True, debut=date(2026, 2, 1),
        fin=date(2026, 12, 31), **portee,
    )  # fmt: skip
    presidences.modifier(m.s, id=id, saisie=saisie, version=v, by=m.by)


FICHES = [
    Fiche(Reunion, lambda m: m.reunion.id, [
        lambda m, id, v: programmation.modifier(m.s, id=id, version=v, by=m.by, saisie=programmation.Saisie(
            TypeReunion.AUTRE, None, "Autre titre", datetime(2026, 12, 23, 9), datetime(2026, 12, 23, 12),
            lieu_nom="Salle C")),
        lambda m, id, v: salles.noter(m.s, id=id, salle=EtatSalle.DEMANDEE, version=v, by=m.by),
        lambda m, id, v: programmation.changer_etat(
            m.s, id=id, etat=EtatReunion.ANNULEE, motif="Grève", version=v, by=m.by),
    ], {"habitants": ENTREE}, {"salle": UN_CLIC, "motif": "goes with the state, which is shown"}),
    Fiche(Instance, lambda m: m.instance.id, [
        lambda m, id, v: instance(m, id, v, frequence=Frequence.BIMENSUELLE, jour=2, rang=1, rang_bis=3),
        lambda m, id, v: instance(m, id, v, frequence=Frequence.MENSUELLE, jour_du_mois=15),
        lambda m, id, v: instances.definir_textes(
            m.s, id=id, convocation="Bonjour.", invitation="Venez.", version=v, by=m.by),
    ], dits={"rang": "jour", "rang_bis": "jour", "jour_du_mois": "jour", "heure_debut": "heures",
             "heure_fin": "heures"}),
    Fiche(Action, lambda m: m.action, [
        lambda m, id, v: avancement.accepter(m.s, id=id, version=v, le=date(2026, 11, 20), by=m.by),
        lambda m, id, v: avancement.corriger(m.s, id=id, version=v, quoi="Refaire", pilote_id=m.d.police, by=m.by),
        lambda m, id, v: avancement.changer(m.s, id=id, version=v, etat=EtatAction.ABANDONNEE, motif="Sans objet",
                                            echeance=date(2027, 1, 15), today=TODAY, by=m.by),
    ], {"instance_id": UNE_FOIS}, {"pilote_id": ENTREE, "acceptee_le": UN_CLIC}),
    Fiche(Lieu, lambda m: m.lieu.id, [lambda m, id, v: edition_listes.modifier_lieu(
        m.s, id=id, nom="Salle B", adresse="1 place", capacite=40, contact="Accueil", telephone="05 46 51 51 51",
        courriel="salles@exemple.fr", version=v, by=m.by)]),
    Fiche(Participation, lambda m: m.participation.id, [
        *(partial(avancer, volet=volet) for volet in Volet),
        lambda m, id, v: participations.annoter(m.s, id=id, note="Rappeler", version=v, by=m.by),
    ], tus={"contact_id": UN_CLIC, "convention_id": UN_CLIC, "planning_id": UN_CLIC}),
    Fiche(Classe, lambda m: m.classe.id, [
        lambda m, id, v: classes.modifier(m.s, id=id, nom="4e B", effectif=26, version=v, by=m.by)]),
    Fiche(Seance, lambda m: m.seance.id, [
        lambda m, id, v: seances.modifier(
            m.s, id=id, debut=datetime(2027, 1, 14, 9), fin=datetime(2027, 1, 14, 12), salle="CDI", attendus=24,
            structures=[m.d.oph], confirme=True, version=v, by=m.by),
        lambda m, id, v: seances.noter(m.s, id=id, presents=20, today=date(2027, 1, 15), version=v, by=m.by),
        lambda m, id, v: seances.remettre(m.s, id=id, version=v, by=m.by),
        lambda m, id, v: seances.annuler(m.s, id=id, motif="Grève", version=v, by=m.by),
    ]),
    Fiche(Point, lambda m: m.point.id, [lambda m, id, v: points.modifier(
        m.s, id=id, instance_id=autre_instance(m, v), theme_id=m.autre_theme.id, quartier_id=m.d.gabut, lieu="Parking",
        note="Autre constat", origine_id=m.origine.id, version=v, by=m.by)],
        {"reponse": ENTREE, "texte_public": ENTREE, "reunion_id": ENTREE}),
    Fiche(Presidence, lambda m: m.presidence, [
        lambda m, id, v: presidence(m, id, v, secteur_id=m.d.centre),
        lambda m, id, v: presidence(m, id, v, instance_id=m.instance.id),
    ], dits={"secteur_id": "portee", "instance_id": "portee"}),
    Fiche(JourEvite, lambda m: m.evite, [lambda m, id, v: jours_evites.modifier(
        m.s, id=id, genre=GenreJourEvite.ELU, libelle="Absence", debut=date(2027, 7, 11), fin=date(2027, 7, 14),
        version=v, by=m.by)]),
    Fiche(JalonType, lambda m: m.jalon.id, [lambda m, id, v: jalons_types.modifier(
        m.s, id=id, libelle="Salle", jours=-10, sens=SensJalon.SALLE_DEMANDEE, version=v, by=m.by)],
        {"type": UNE_FOIS}),
    Fiche(Etape, lambda m: m.suite.id, [lambda m, id, v: etapes.modifier(
        m.s, id=id, libelle="Joint", sens=SensEtape.ABOUTI, limite="15/10", version=v, by=m.by)],
        {"volet": UNE_FOIS}, dits={"limite_mois": "limite", "limite_jour": "limite"}),
    Fiche(Quartier, lambda m: m.d.gabut, [lambda m, id, v: edition_listes.modifier_quartier(
        m.s, id=id, nom="Port", secteur_id=m.d.mireuil, version=v, by=m.by)]),
    Fiche(Theme, lambda m: m.theme.id, [lambda m, id, v: edition_listes.modifier_theme(
        m.s, id=id, libelle="Tapage", rubrique="Nuits", version=v, by=m.by)], dits={"libelle": "nom"}),
    Fiche(Phrase, lambda m: m.phrase.id, [
        lambda m, id, v: phrases.modifier(m.s, id=id, texte="Vérifier les lampes", version=v, by=m.by)],
        {"genre": UNE_FOIS}),
    Fiche(Origine, lambda m: m.origine.id, [renommer(Famille.ORIGINE)], dits={"libelle": "nom"}),
    Fiche(SecteurVeille, lambda m: m.d.centre, [renommer(Famille.SECTEUR)]),
    Fiche(Categorie, lambda m: m.s.get_one(Partenaire, m.d.oph).categorie_id, [renommer(Famille.CATEGORIE)]),
    Fiche(Agent, lambda m: m.by.id, [
        lambda m, id, v: comptes.modifier(
            m.s, id=id, nom="Sarah Autre", role=Role.COLLABORATEUR, version=v, by=m.chef),
        lambda m, id, v: comptes.fermer(m.s, id=id, version=v, now=utcnow(), by=m.chef),
    ], {"identifiant": UNE_FOIS, "courriel": LE_SIEN, "recapitulatif": LE_SIEN}, dits={"actif": "etat"}),
]  # fmt: skip


def test_every_record_is_here_or_said_to_be_elsewhere() -> None:
    tables = {str(f.table.__tablename__) for f in FICHES}
    assert tables | AUTRES.keys() == ecarts.LIBELLES.keys()
    assert not tables & AUTRES.keys()


@pytest.mark.sqlite
@pytest.mark.parametrize("fiche", FICHES, ids=lambda f: f.table.__tablename__)
def test_each_field_is_kept_and_stands_in_the_version_of_the_colleague(session: Session, m: Any, fiche: Fiche) -> None:
    id = fiche.id(m)
    gardes: set[str] = set()
    montres: set[str] = set()
    for geste in fiche.gestes:
        session.flush()
        row = session.get_one(fiche.table, id)
        with pytest.raises(Conflict) as refus:
            geste(m, id, row.version - 1)
        avant = row.model_dump()
        geste(m, id, row.version)
        session.refresh(row)
        changes = {c for c, v in row.model_dump().items() if v != avant[c]}
        gardes |= changes
        dits = refus.value.actuel
        montres |= {c for c in changes if {c, c.removesuffix("_id"), fiche.dits.get(c, c)} & set(dits)}
    champs = set(ecarts.LIBELLES[str(fiche.table.__tablename__)])
    assert champs - gardes == set(fiche.ailleurs), "no command of the screens sets it"
    assert champs - montres - set(fiche.ailleurs) == set(fiche.tus), "missing from what a colleague's version shows"


def test_each_field_of_an_action_leaves_in_its_file(session: Session, m: Any) -> None:
    pas_dans_le_fichier = {"acceptee_le"}  # said between the service and its pilote, and often not noted
    fiche = next(f for f in FICHES if f.table is Action)
    row = session.get_one(Action, fiche.id(m))
    for geste in fiche.gestes:
        geste(m, row.id, row.version)
    lignes = suivi.exporter(session, format=Format.CSV, etat=suivi.Filtre.TOUTES, today=TODAY, by=m.by)
    (ligne,) = tableaux.actions(lignes)
    noms = {"pilote_id": m.s.get_one(Partenaire, row.pilote_id).nom, "instance_id": m.instance.nom}
    voulus = {c: noms.get(c, getattr(row, c)) for c in ecarts.LIBELLES["action"]}
    assert {c for c, v in voulus.items() if getattr(v, "libelle", v) not in ligne} == pas_dans_le_fichier
