"""Every command of services/, held to one contract: the right, the journal line, the token, the version.

A command is a public function that takes `session` and `by`. One row each in TABLE, under the family of its journal
line (as the filter of the screen Journal says it): the command, and a valid call of it on the scene. Whatever is not as
the others says why (`sauf`).
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

import services
from models import (
    BilanCollege,
    FiltreGarde,
    Flux,
    Journal,
    Modele,
    Presidence,
    Reunion,
)  # fmt: skip
from models.lists import (
    EtatAction,
    EtatReunion,
    EtatSalle,
    EtatSeance,
    GenreJourEvite,
    GenreModele,
    GenrePhrase,
    Reponse,
    Role,
    SensEtape,
    SensJalon,
    TypeReunion,
    Volet,
)
from services.actions import avancement, relances, suivi
from services.administration import flux, taches
from services.agenda import (
    instances,
    jalons,
    jalons_types,
    jours_evites,
    points,
    presidences,
    programmation,
    salles,
    series,
    suites,
)
from services.aujourdhui import recapitulatif, recherche
from services.commun import comptes, edition_listes, etats_releve, exports, filtres, operations, pieces
from services.commun.exports import Format
from services.commun.fichiers_joints import Fichier
from services.commun.listes import Famille
from services.convocation import composition, convocations, modeles, rappels, reponses
from services.courrier import envois
from services.imports import colonnes, importation, reference
from services.partenaires import diffusion, doublons, fiches, inattendus, lots, mouvements, sieges, verification
from services.partenaires.personnes import Identite
from services.partenaires.sieges import SiegeVoulu
from services.projets import classes, etapes, participations, seances, semaines
from services.releves import circuit, en_seance, enregistrement, phrases, saisie, vie_releve
from services.socle import brouillons, journal
from services.socle.acteur import DROITS, SYSTEME, Acteur, Droit
from services.socle.erreurs import Conflict, Forbidden
from tests.cast import Cast
from tests.services.agenda import test_programmation
from tests.services.convocation.test_convocations import avec_relais as avec_relais
from tests.services.convocation.test_modeles import de_la_maison
from tests.services.imports.test_reference import contenu
from tests.services.outils_commandes import DEBUT, JOUR, LUNDI, NOW, UTC_NOW, Scene

# What a call shows of what it changes -> the same, as it was before a colleague's change.
PERIMES: dict[str, Callable[[Any], Any]] = {
    "version": lambda v: v - 1 if isinstance(v, int) else "autre",
    "versions": lambda vues: {id: v - 1 for id, v in vues.items()},
    "marque": lambda _: "0.0",
    "empreinte": lambda _: "autre",
    "vue": lambda vue: Reponse.REMPLACE if isinstance(vue, Reponse) else "autre",
    "vu": lambda vu: replace(vu, **({"lignes": ()} if hasattr(vu, "lignes") else {"personne_id": 9})),
}
Appel = Callable[[Scene], dict[str, Any]]


@dataclass(frozen=True)
class Ligne:
    """`droit` None: its own check, which refuses the system. `lignes`: how many of the journal. `vue`: the parameter
    that says what was shown. `repris`: the tables that a refusal over it may leave changed. `relais`: with a relay."""

    commande: Callable[..., Any]
    appel: Appel
    droit: Droit | None = Droit.ECRIRE
    lignes: int = 1
    vue: str = ""
    repris: tuple[str, ...] = ()
    relais: bool = False
    sauf: str = ""

    @property
    def nom(self) -> str:
        return f"{self.commande.__module__.removeprefix('services.')}.{self.commande.__name__}"


def c(commande: Callable[..., Any], appel: Appel, **autres: Any) -> Ligne:
    vue = next((p for p in PERIMES if p in inspect.signature(commande).parameters), "")
    return Ligne(commande, appel, **({"vue": vue} | autres))


SANS_LIGNE = "a draft that is not saved yet, or a convenience of one agent: nothing of the notebook changes"
LISTE = "who is called is written down before it is looked at, and taken back with the transaction of a refusal"
TABLE: dict[str, list[Ligne]] = {
    "Actions": [
        c(avancement.creer, lambda s: {"quoi": "Réparer", "pilote_id": s.oph.id, "echeance": JOUR,
                                    "instance_id": s.instance.id, "today": JOUR}),
        c(avancement.changer, lambda s: s.de(s.action) | {"etat": EtatAction.REALISEE, "today": JOUR}),
        c(avancement.accepter, lambda s: s.de(s.action) | {"le": JOUR}),
        c(avancement.corriger, lambda s: s.de(s.action) | {"quoi": "Refaire", "pilote_id": s.oph.id}),
    ],
    "13-18": [
        c(classes.ajouter, lambda s: {"participation_id": s.participation.id, "nom": "4e B", "effectif": 20,
                                      "jeton": s.jeton}),
        c(classes.modifier, lambda s: s.de(s.classe) | {"nom": "4e C", "effectif": 20}),
        c(classes.supprimer, lambda s: s.de(s.classe)),
        c(etapes.ajouter, lambda s: {"volet": Volet.CONTACT, "libelle": "Relancé", "sens": SensEtape.EN_COURS,
                                     "jeton": s.jeton}),
        c(etapes.modifier, lambda s: s.de(s.suivante) | {"libelle": "Joint", "sens": SensEtape.EN_COURS,
                                                         "limite": ""}),
        c(etapes.monter, lambda s: s.de(s.suivante)),
        c(etapes.archiver, lambda s: s.de(s.suivante)),
        c(participations.inviter, lambda s: {"annee": 2026, "college_ids": [s.etapes and s.college.id]}),
        c(participations.changer_etape, lambda s: s.de(s.participation) | {"volet": Volet.CONTACT,
                                                                    "etape_id": s.suivante.id}),
        c(participations.annoter, lambda s: s.de(s.participation) | {"note": "À rappeler"}),
        c(participations.retirer, lambda s: s.de(s.participation)),
        c(participations.retirer_bilan, lambda s: {"id": s.mis(BilanCollege(annee=2025, college_id=s.college.id)).id}),
        c(seances.creer_semaine, lambda s: {"participation_id": s.participation.id, "lignes": s.lignes(),
                                            "jeton": s.jeton}),
        c(seances.modifier, lambda s: s.de(s.seance) | {"debut": s.seance.debut, "fin": s.seance.fin, "salle": "CDI",
                                                        "attendus": 28, "structures": []}),
        c(seances.noter, lambda s: s.de(s.seance) | {"presents": 20, "today": LUNDI}),
        c(seances.reporter, lambda s: s.de(s.seance) | {"debut": DEBUT, "motif": "Grève", "jeton": s.jeton}),
        c(seances.annuler, lambda s: s.de(s.seance) | {"motif": "Grève"}),
        c(seances.remettre, lambda s: s.de(s.tel(s.seance, etat=EtatSeance.ANNULEE))),
        c(semaines.deplacer, lambda s: {"participation_id": s.participation.id, "versions": {s.seance.id: 1},
                                        "de": LUNDI, "vers": LUNDI + timedelta(7), "jeton": s.jeton, "now": UTC_NOW}),
    ],
    "Comptes": [
        c(comptes.creer, lambda s: {"identifiant": "c.exemple", "nom": "Claire Exemple", "role": Role.SECRETAIRE,
                                    "mot_de_passe": "quatre mots sans lien", "jeton": s.jeton}, droit=Droit.COMPTES),
        c(comptes.modifier, lambda s: s.de(s.compte) | {"nom": "Élia Élue", "role": Role.LECTURE, "jeton": s.jeton},
          droit=Droit.COMPTES),
        c(comptes.fermer, lambda s: s.de(s.compte) | {"now": UTC_NOW}, droit=Droit.COMPTES),
        c(comptes.rouvrir, lambda s: s.de(s.tel(s.compte, actif=False)), droit=Droit.COMPTES),
        c(comptes.reinitialiser_mot_de_passe, lambda s: {"id": s.compte.id, "mot_de_passe": "quatre mots sans lien",
                                                         "jeton": s.jeton, "now": UTC_NOW}, droit=Droit.COMPTES),
        c(comptes.changer_mot_de_passe, lambda s: {"nouveau": "quatre mots sans lien", "now": UTC_NOW,
                                                   "session_id": s.session_du_secretaire},
          droit=None, sauf="each changes their own, whatever their role"),
        c(recapitulatif.choisir, lambda s: {"courriel": "c@exemple.fr", "oui": True}, droit=Droit.CONSULTER),
    ],
    "Réglages, agendas et envois": [
        c(rappels.regler_rappel, lambda s: {"actif": True, "jours": 4}, droit=Droit.COMPTES),
        c(envois.reessayer, lambda s: {"ids": [s.envoi()], "now": UTC_NOW}, relais=True),
        c(filtres.garder, lambda s: {"ecran": "annuaire", "nom": "Justice", "parametres": {"categorie": "Justice"}}),
        c(filtres.supprimer, lambda s: {"id": s.mis(
            FiltreGarde(nom="A", ecran="annuaire", parametres="", partage=True, agent_id=s.cast.secretaire.id)).id}),
        c(flux.activer, lambda s: {"oui": True}, droit=Droit.COMPTES),
        c(flux.creer, lambda s: {"jeton": s.ouvre_les_agendas() or s.jeton, "now": UTC_NOW}, droit=Droit.CONSULTER),
        c(flux.revoquer, lambda s: {"now": UTC_NOW, "id": s.mis(
            Flux(agent_id=s.cast.secretaire.id, empreinte="e", cree_le=UTC_NOW)).id}, droit=Droit.CONSULTER),
        c(taches.regler_recapitulatif, lambda s: {"heure": time(8), "now": UTC_NOW}, droit=Droit.COMPTES),
    ],
    "Réunions et saisies": [
        c(convocations.envoyer, lambda s: s.convocation(), repris=("destinataire",), sauf=LISTE),
        c(composition.retenir, lambda s: s.pour_un_convie() | {"retenu": False}),
        c(composition.inviter, lambda s: s.pour_un_convie() | {"invite": True}),
        c(composition.changer_adresse, lambda s: s.autre_adresse() | {"courriel": "autre@exemple.fr"}),
        c(composition.ajouter, lambda s: {"reunion_id": s.convies.id, "candidat": s.candidat(), "today": JOUR}),
        c(en_seance.ouvrir, lambda s: {"reunion_id": s.tenue.id, "now": NOW}),
        c(envois.remis, lambda s: {"ids": [s.envoi()], "now": UTC_NOW}),
        c(jalons.cocher, lambda s: {"reunion_id": s.reunion.id, "type_id": s.jalon.id, "fait": True, "today": JOUR}),
        c(pieces.joindre, lambda s: {"fichier": Fichier("plan.pdf", "application/pdf", 9, "e"),
                                     "reunion_id": s.reunion.id}),
        c(pieces.retirer, lambda s: s.de(s.piece)),
        c(pieces.remettre, lambda s: s.de(s.tel(s.piece, retire_le=UTC_NOW))),
        c(points.noter, lambda s: s.du_point()),
        c(points.modifier, lambda s: s.de(s.point) | s.du_point(note="Dit trois fois")),
        c(points.retirer, lambda s: s.de(s.point)),
        c(reponses.noter, lambda s: s.repondant() | {"reponse": Reponse.VIENT, "vue": Reponse.SANS_REPONSE,
                                                     "now": NOW}, repris=("destinataire",), sauf=LISTE),
        c(reponses.deposer, lambda s: {"contenu": s.reponse(), "now": NOW}),
        c(reponses.recevoir, lambda s: {"fichiers": [("oui.ics", s.reponse())]}, lignes=2,
          sauf="one line for each answer, under that of the whole, by which they are undone"),
        c(programmation.creer, lambda s: {
            "saisie": programmation.Saisie(TypeReunion.CELLULE, s.instance.id, "", DEBUT), "jeton": s.jeton}),
        c(programmation.deplacer, lambda s: s.de(s.reunion) | {"debut": DEBUT + timedelta(1)}),
        c(programmation.modifier, lambda s: s.de(s.reunion) | {
            "saisie": programmation.Saisie(s.reunion.type, s.instance.id, "Autre titre", DEBUT), "jeton": s.jeton}),
        c(programmation.changer_etat, lambda s: s.de(s.reunion) | {"etat": EtatReunion.ANNULEE, "motif": "Grève"}),
        c(programmation.presider, lambda s: s.de(s.reunion) | {"qui": "Mme Exemple"}),
        c(enregistrement.enregistrer, lambda s: {"reunion_id": s.tenue.id, "jeton": s.brouillon.jeton, "today": JOUR,
                                         "now": NOW}),
        c(salles.noter, lambda s: s.de(s.reunion) | {"salle": EtatSalle.CONFIRMEE}),
        c(series.creer, lambda s: {"creneaux": s.creneaux(), "jeton": s.jeton, "now": NOW}),
        c(suites.deplacer, lambda s: {"deplacements": s.deplacements(), "jeton": s.jeton, "now": NOW}),
        c(suites.annuler, lambda s: {"versions": s.serie(), "motif": "Grève", "jeton": s.jeton}),
        c(circuit.valider, lambda s: s.marque | {"now": UTC_NOW}),
        c(circuit.diffuser, lambda s: s.diffusion(), relais=True),
        c(circuit.remis, lambda s: s.prepare() or s.marque | {"now": UTC_NOW}),
        c(circuit.renoncer, lambda s: s.prepare() or s.marque),
        c(circuit.rouvrir, lambda s: s.diffuse() or s.marque | {"motif": "Erreur"}, droit=Droit.COMPTES),
    ],
    "Instances": [
        c(instances.creer, lambda s: {"saisie": s.groupe(), "jeton": s.jeton}),
        c(instances.modifier, lambda s: s.de(s.instance) | {"saisie": s.groupe(), "jeton": s.jeton}),
        c(instances.definir_textes, lambda s: s.de(s.instance) | {"convocation": "Bonjour,", "invitation": "",
                                                                  "jeton": s.jeton}),
        c(instances.archiver, lambda s: s.de(s.instance)),
        c(instances.restaurer, lambda s: s.de(s.tel(s.instance, archive=True))),
        c(instances.creer_manquantes, lambda s: s.decor and {}),
        c(presidences.creer, lambda s: {"saisie": s.presidence(), "jeton": s.jeton}),
        c(presidences.modifier, lambda s: s.de(s.mis(Presidence(nom="M. Exemple", debut=date(2026, 1, 1))))
          | {"saisie": s.presidence()}),
        c(presidences.supprimer, lambda s: s.de(s.mis(Presidence(nom="M. Exemple", debut=JOUR)))),
        c(sieges.definir_membres, lambda s: {
            "instance_id": s.instance.id, "sieges": [SiegeVoulu(s.oph.id)],
            "version": sieges.version_membres([])}),
        c(sieges.ajouter_membre, lambda s: {"instance_id": s.instance.id, "partenaire_id": s.oph.id,
                                            "jeton": s.jeton}),
        c(sieges.retirer_membre, lambda s: {"siege_id": s.siege.id}),
        c(sieges.deplacer_membre, lambda s: {"siege_id": s.siege.id, "sens": 1}),
        c(sieges.renommer_fonction, lambda s: {"siege_id": s.siege.id, "fonction": "Directrice", "vue": ""}),
        c(sieges.regler_membre, lambda s: {"siege_id": s.siege.id, "invite": True, "charte_signee_le": JOUR,
                                           "today": JOUR, "vu": s.membre()}),
        c(sieges.attribuer_signature, lambda s: {"vu": s.membre(signee=True), "a_la_personne": False, "today": JOUR}),
    ],
    "Partenaires et personnes": [
        c(doublons.ecarter, lambda s: {"a": s.oph.id, "b": s.police.id}),
        c(doublons.fusionner, lambda s: {"garde": s.oph.id, "absorbe": s.police.id, "champs": {}, "jeton": s.jeton,
                                         "versions": {p.id: p.version for p in (s.oph, s.police)}}),
        c(doublons.annuler_fusion, lambda s: {"id": s.fusion()}),
        c(inattendus.noter, lambda s: {"qui": s.inattendu(), "today": JOUR, "jeton": s.jeton}),
        c(lots.appliquer, lambda s: {"vu": s.lot(), "jeton": s.jeton, "now": UTC_NOW}),
        c(fiches.creer, lambda s: {"saisie": s.fiche("Amicale"), "jeton": s.jeton}),
        c(fiches.modifier, lambda s: s.de(s.oph) | {"saisie": s.fiche("Office"), "jeton": s.jeton}),
        c(fiches.archiver, lambda s: s.de(s.oph) | {"now": UTC_NOW}),
        c(fiches.restaurer, lambda s: s.de(s.tel(s.oph, archive_le=UTC_NOW))),
        c(mouvements.creer, lambda s: {"partenaire_id": s.oph.id, "identite": Identite("Exemple", "Cléo"),
                                      "intitule": "Gardien", "debut": JOUR, "jeton": s.jeton}),
        c(mouvements.remplacer, lambda s: s.de_la_fonction() | {"identite": Identite("Essai", "Cléo"), "today": JOUR,
                                                               "intitule": "Directeur", "le": JOUR,
                                                               "jeton": s.jeton}),
        c(mouvements.terminer, lambda s: s.de_la_fonction() | {"fin": JOUR, "today": JOUR}),
        c(mouvements.annuler_depart, lambda s: s.de_la_fonction(fin=JOUR) | {"today": JOUR}),
        c(mouvements.modifier, lambda s: s.de_la_fonction() | {"identite": Identite("Exemple", "Cléo"),
                                                              "intitule": "Adjointe", "debut": JOUR,
                                                              "jeton": s.jeton}),
        c(relances.choisir, lambda s: {"partenaire_id": s.oph.id, "version": s.oph.version, "relance": True}),
        c(verification.verifier, lambda s: s.de(s.oph) | {"today": JOUR}),
        c(verification.annuler, lambda s: s.de(s.tel(s.oph, verifie_le=JOUR)) | {"avant": None}),
    ],
    "Listes": [
        c(jalons_types.ajouter, lambda s: {"type": TypeReunion.CELLULE, "libelle": "Afficher", "jours": -7,
                                             "sens": SensJalon.MANUEL, "jeton": s.jeton}),
        c(jalons_types.modifier, lambda s: s.de(s.jalon) | {"libelle": "Coller", "jours": -7,
                                                              "sens": SensJalon.MANUEL}),
        c(jalons_types.archiver, lambda s: s.de(s.jalon)),
        c(jours_evites.ajouter, lambda s: {"genre": GenreJourEvite.EVENEMENT, "libelle": "Francofolies", "debut": JOUR,
                                           "fin": None, "jeton": s.jeton}),
        c(jours_evites.modifier, lambda s: s.de(s.jour_evite) | {"genre": GenreJourEvite.EVENEMENT, "libelle": "Fête",
                                                                 "debut": JOUR, "fin": None}),
        c(jours_evites.supprimer, lambda s: s.de(s.jour_evite)),
        c(edition_listes.ajouter_theme, lambda s: {"libelle": "Bruit", "rubrique": "Cadre de vie", "jeton": s.jeton}),
        c(edition_listes.modifier_theme, lambda s: s.de(s.theme) | {"libelle": "Bruit", "rubrique": "Cadre de vie",
                                                            "jeton": s.jeton}),
        c(edition_listes.ajouter, lambda s: {"famille": Famille.CATEGORIE, "nom": "Bailleurs", "jeton": s.jeton}),
        c(edition_listes.renommer, lambda s: s.de(s.categorie) | {"famille": Famille.CATEGORIE, "nom": "Bailleurs",
                                                          "jeton": s.jeton}),
        c(edition_listes.archiver, lambda s: s.de(s.origine) | {"famille": Famille.ORIGINE}),
        c(edition_listes.restaurer, lambda s: s.de(s.tel(s.origine, archive=True)) | {"famille": Famille.ORIGINE}),
        c(edition_listes.ajouter_lieu, lambda s: {"nom": "Mairie", "jeton": s.jeton}),
        c(edition_listes.modifier_lieu, lambda s: s.de(s.lieu) | {"nom": "Mairie", "adresse": "", "capacite": 20,
                                                          "jeton": s.jeton}),
        c(edition_listes.lieu_nomme, lambda s: {"nom": "Mairie"}),
        c(edition_listes.valider_secteur, lambda s: s.de(s.secteur)),
        c(edition_listes.ajouter_quartier, lambda s: {"nom": "Tasdon", "secteur_id": s.secteur.id, "jeton": s.jeton}),
        c(edition_listes.modifier_quartier, lambda s: s.de(s.quartier) | {"nom": "Tasdon", "secteur_id": s.secteur.id,
                                                                  "jeton": s.jeton}),
        c(phrases.ajouter, lambda s: {"genre": GenrePhrase.NOTE, "texte": "Rien à dire.", "jeton": s.jeton}),
        c(phrases.modifier, lambda s: s.de(s.phrase) | {"texte": "Rien de neuf."}),
        c(phrases.archiver, lambda s: s.de(s.phrase)),
    ],
    "Modèles et émetteur": [
        c(modeles.deposer, lambda s: {"genre": GenreModele.EMARGEMENT, "instance_id": None, "nom": "m.docx",
                                      "octets": de_la_maison(GenreModele.EMARGEMENT), "now": UTC_NOW}),
        c(modeles.retirer, lambda s: {"id": s.mis(
            Modele(genre=GenreModele.EMARGEMENT, nom="m.docx", contenu=b"m", depose_le=UTC_NOW)).id}),
        c(modeles.nommer_emetteur, lambda s: {"emetteur": "La ville"}, droit=Droit.COMPTES),
        c(modeles.poser_logo, lambda s: {"octets": s.image()}, droit=Droit.COMPTES),
        c(modeles.retirer_logo, lambda s: s.fait(modeles.poser_logo, octets=s.image()) or {}, droit=Droit.COMPTES),
    ],
    "Imports": [
        c(importation.importer, lambda s: s.un_import()),
        c(reference.charger_reference, lambda s: {}),
        c(operations.annuler, lambda s: {"id": s.fait(importation.importer, **s.un_import()), "now": UTC_NOW}),
    ],
    "Exports": [
        c(suivi.exporter, lambda s: {"format": Format.CSV, "today": JOUR}, droit=Droit.LIRE),
        c(diffusion.exporter, lambda s: {"format": Format.CSV, "demande": s.liste()}, droit=Droit.LIRE),
        c(exports.noter, lambda s: {"quoi": "annuaire", "format": Format.CSV, "lignes": 1}, droit=Droit.LIRE),
        c(exports.noter_document, lambda s: {"quoi": "convocation", "droit": Droit.LIRE}, droit=Droit.LIRE),
    ],
    "": [
        c(brouillons.amener, lambda s: s.laisse(), lignes=0, sauf=SANS_LIGNE),
        c(brouillons.ecrire, lambda s: {"jeton": s.brouillon.jeton, "valeurs": {"habitants": 3}, "vues": {}},
          lignes=0, sauf=SANS_LIGNE),
        c(brouillons.oublier_ecart, lambda s: {"jeton": s.ecart(), "champ": "point.n1.note"}, lignes=0,
          sauf=SANS_LIGNE),
        c(brouillons.oublier_reste, lambda s: {"id": s.reste().id}, lignes=0, sauf=SANS_LIGNE),
        c(colonnes.retenir, lambda s: {"titres": ["Nom"], "nature": colonnes.Nature.CARNET, "choix": {0: "nom"},
                                       "now": UTC_NOW}, lignes=0, sauf=SANS_LIGNE),
        c(saisie.ouvrir, lambda s: {"reunion_id": s.tenue.id}, lignes=0, sauf=SANS_LIGNE),
        c(saisie.reprendre, lambda s: {"reunion_id": s.tenue.id, "reste": s.reste(), "today": JOUR}, lignes=0,
          sauf=SANS_LIGNE),
        c(recapitulatif.deposer, lambda s: s.attend_le_recapitulatif() or {"now": NOW}, lignes=0,
          sauf="the scheduler's: its task says what was done"),
        c(relances.deposer, lambda s: s.doit_etre_relancee() or {"now": UTC_NOW}, lignes=0,
          sauf="the scheduler's: its task says what was done"),
    ],
}  # fmt: skip

LIGNES = [(famille, ligne) for famille, lignes in TABLE.items() for ligne in lignes]
# They take `session` and `by`, and are no command.
LECTURES: set[Callable[..., Any]] = {
    diffusion.compter, diffusion.destinataires, diffusion.sans_adresse, envois.fichiers, filtres.liste, flux.liste,
    journal.chercher, pieces.ouvrir, recapitulatif.choix, recherche.partout, saisie.lire, vie_releve.a_remettre,
}  # fmt: skip
# What gives a meeting a time or a place: tests/services/agenda/test_programmation.py, and what takes back a step.
PLACENT: set[Callable[..., Any]] = {*(cas.commande for cas in test_programmation.CAS), operations.annuler}
MORCEAUX: set[Callable[..., Any]] = {  # of a command, which asks the right and has the journal line
    composition.ligne, convocations.deposer, envois.deposer, etats_releve.ajouter, etats_releve.corrige, journal.note,
    operations.retirer, operations.suivre, participations.noter,
}  # fmt: skip


def publiques() -> Iterator[Callable[..., Any]]:
    """The public functions of services/ that take `session` and `by`."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        for nom, f in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            pris = inspect.signature(f).parameters
            if f.__module__ == module.name and not nom.startswith("_") and {"session", "by"} <= pris.keys():
                yield f


def test_every_command_has_its_row() -> None:
    connues = {ligne.commande for _, ligne in LIGNES} | LECTURES | MORCEAUX
    inconnues = [f"{f.__module__}.{f.__name__}" for f in publiques() if f not in connues]
    assert not inconnues, (
        f"{', '.join(inconnues)}: takes `session` and `by`. Give it a row in TABLE, or say in LECTURES or MORCEAUX "
        "that it is no command"
    )
    assert not {f.__name__ for f in connues.difference(publiques())}, "no longer a function of services/"
    a_part = [x for _, x in LIGNES if x.lignes != 1 or x.droit is None or x.repris]
    assert [x.nom for x in a_part if not x.sauf] == [], "not as the others: say why"


def refuser(
    session: Session,
    ligne: Ligne,
    appel: dict[str, Any],
    by: Acteur,
    refus: type[Exception],
    *,
    sauf: Sequence[str] = (),
) -> None:
    avant = contenu(session)
    with pytest.raises(refus):
        ligne.commande(session, **appel, by=by)
    apres = contenu(session)
    assert {t for t, rows in apres.items() if rows != avant[t]} <= {*sauf}, "a refusal leaves everything as it was"


@pytest.mark.sqlite  # what each base does with these rows is what the other tests of services/ are about
@pytest.mark.parametrize(("famille", "ligne"), LIGNES, ids=[x.nom for _, x in LIGNES])
def test_the_contract(
    session: Session,
    cast: Cast,
    famille: str,
    ligne: Ligne,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if ligne.relais:
        request.getfixturevalue("avec_relais")
    by = cast.responsable if ligne.droit is Droit.COMPTES else cast.secretaire
    appel = ligne.appel(Scene(session, cast))
    parametres = inspect.signature(ligne.commande).parameters
    # without the right, and with all others
    monkeypatch.setitem(DROITS, Role.LECTURE, frozenset(Droit) - {ligne.droit})
    refuser(session, ligne, appel, cast.elu if ligne.droit else SYSTEME, Forbidden)
    # over what a colleague changed since
    if ligne.vue:
        perime = appel | {ligne.vue: PERIMES[ligne.vue](appel[ligne.vue])}
        refuser(session, ligne, perime, by, Conflict, sauf=ligne.repris)
    # done
    avant, deja = contenu(session), _derniere(session)
    ligne.commande(session, **appel, by=by)
    apres = contenu(session)
    assert apres != avant
    if places(apres) - places(avant):
        assert ligne.commande in PLACENT, "it gives a meeting a time or a place: over what it overlaps, it asks first"
    lignes = session.exec(select(Journal).where(col(Journal.id) > deja)).all()
    assert [x.agent_id for x in lignes] == [by.id] * ligne.lignes
    if ligne.lignes:
        lues = journal.chercher(session, filtre=journal.Filtre(famille=famille), by=cast.responsable).lignes
        assert {x.id for x in lignes} <= {e.id for e in lues}, f"not all found under « {famille} »: {lignes}"
    # sent again
    if "jeton" in parametres:
        ligne.commande(session, **appel, by=by)
        assert contenu(session) == apres, "a spent token does nothing twice"


def places(lu: dict[str, list[tuple[object, ...]]]) -> set[tuple[object, ...]]:
    """When and where each meeting stands."""
    colonnes = [c.name for c in Reunion.__table__.columns]  # type: ignore[attr-defined]
    rangs = [colonnes.index(c) for c in ("id", "debut", "fin", "instance_id", "lieu_id")]
    return {tuple(row[n] for n in rangs) for row in lu["reunion"]}


def _derniere(session: Session) -> int:
    return session.exec(select(func.max(Journal.id))).one() or 0
