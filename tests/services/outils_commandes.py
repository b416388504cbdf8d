"""A small town on which every command can be called: each thing is made when it is first asked for."""

import io
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from PIL import Image
from sqlmodel import Session, col, select

from documents.icalendrier import invitation
from models import (
    Action,
    Agent,
    Base,
    Categorie,
    Classe,
    College,
    Coordonnee,
    Envoi,
    Etape,
    Fonction,
    Instance,
    JalonType,
    JourEvite,
    Lieu,
    Origine,
    Partenaire,
    Participation,
    Personne,
    Phrase,
    PieceJointe,
    Point,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
    Siege,
    Theme,
)
from models.lists import (
    Frequence,
    GenreCoordonnee,
    GenreEnvoi,
    GenreJourEvite,
    GenrePhrase,
    SensEtape,
    StatutCollege,
    TypeReunion,
    Volet,
)
from services.administration.flux import ACTIFS
from services.agenda import instances, reunions, series, suites
from services.agenda.obstacles import Creneau
from services.agenda.presidences import Saisie as SaisiePresidence
from services.convocation import convocations
from services.convocation.convocations import Acte, Options
from services.convocation.destinataires import Candidat
from services.courrier.messages import Piece
from services.imports import colonnes, fichiers, imports_carnet
from services.imports.colonnes import Nature
from services.imports.importation import Demande
from services.partenaires import diffusion, doublons, lots, sieges
from services.partenaires.annuaire import Filtre
from services.partenaires.fiches import Saisie as SaisiePartenaire
from services.partenaires.inattendus import Inattendu
from services.partenaires.sieges import SiegeVoulu
from services.projets.creneaux import LigneSeance
from services.releves import circuit, enregistrement, saisie, vie_releve
from services.socle import brouillons, parametres
from services.socle.brouillons import Formulaire
from services.socle.horloge import utcnow
from settings import get_settings
from tests.cast import Cast, open_session
from tests.services import outils_agenda, outils_releve
from tests.services.convocation.test_reponses import reponse_ics

JOUR, NOW, UTC_NOW = date(2026, 11, 25), datetime(2026, 11, 25, 10), utcnow()
DEBUT = datetime(2026, 12, 8, 14)
LUNDI = date(2026, 11, 30)
CALENDRIER = partial(invitation, zone=get_settings().zone)
PIECE = Piece("Relevé.docx", "application/octet-stream", b"octets")
T = TypeVar("T", bound=Base)


@dataclass
class Scene:
    session: Session
    cast: Cast

    # --- what rows of the table say it with ---

    def mis(self, row: T) -> T:
        self.session.add(row)
        self.session.flush()
        return row

    @property
    def jeton(self) -> str:
        return secrets.token_hex(16)

    @staticmethod
    def de(row: Any) -> dict[str, int]:
        """That row, as it is shown."""
        return {"id": row.id, "version": row.version}

    def tel(self, row: T, **valeurs: Any) -> T:
        """That row, in that state."""
        for champ, valeur in valeurs.items():
            setattr(row, champ, valeur)
        return self.mis(row)

    def fait(self, commande: Any, **appel: Any) -> Any:
        """What was done before the command."""
        return commande(self.session, **({"by": self.cast.responsable} | appel))

    # --- the town ---

    @cached_property
    def decor(self) -> outils_agenda.Decor:
        return outils_agenda.decor(self.session)

    @cached_property
    def oph(self) -> Partenaire:
        oph = self.session.get_one(Partenaire, self.decor.oph)
        oph.courriel = "oph@exemple.fr"
        return self.mis(oph)

    @cached_property
    def police(self) -> Partenaire:
        return self.session.get_one(Partenaire, self.decor.police)

    @cached_property
    def categorie(self) -> Categorie:
        return self.session.get_one(Categorie, self.oph.categorie_id)

    @cached_property
    def fonction(self) -> Fonction:
        personne = self.mis(Personne(nom="Exemple", prenom="Claire", courriel="claire@exemple.fr"))
        return self.mis(
            Fonction(
                personne_id=personne.id or 0, partenaire_id=self.oph.id or 0, intitule="Directrice",
                debut=date(2020, 1, 1),
            )
        )  # fmt: skip

    def de_la_fonction(self, **valeurs: Any) -> dict[str, Any]:
        f = self.tel(self.fonction, **valeurs)
        return {"fonction_id": f.id, "version": f.version}

    def fiche(self, nom: str) -> SaisiePartenaire:
        return SaisiePartenaire(nom=nom, categorie_id=self.categorie.id)

    def inattendu(self) -> Inattendu:
        return Inattendu(organisation="Amicale", categorie_id=self.categorie.id)

    def lot(self) -> lots.EssaiLot:
        changement = lots.Changement(lots.Geste.COMMUNE, texte="La Rochelle")
        return lots.essai(self.session, changement=changement, ids=[self.oph.id or 0])

    def fusion(self) -> int:
        versions = {p.id or 0: p.version for p in (self.oph, self.police)}
        deux = {"garde": self.oph.id, "absorbe": self.police.id}
        self.fait(doublons.fusionner, **deux, champs={}, versions=versions, jeton=self.jeton)
        return doublons.dernieres(self.session)[0].id

    def liste(self) -> diffusion.Demande:
        return diffusion.Demande(Filtre(), diffusion.Qui.PERSONNES, JOUR)

    def doit_etre_relancee(self) -> None:
        self.tel(self.action, echeance=date(2026, 1, 2))
        self.tel(self.oph, relance_actions=True)

    @cached_property
    def secteur(self) -> SecteurVeille:
        return self.session.get_one(SecteurVeille, self.decor.mireuil)

    @cached_property
    def quartier(self) -> Quartier:
        return self.session.get_one(Quartier, self.decor.gabut)

    @cached_property
    def theme(self) -> Theme:
        return self.mis(Theme(libelle="Éclairage défaillant", rubrique="Cadre de vie", recherche="eclairage"))

    @cached_property
    def lieu(self) -> Lieu:
        return self.mis(Lieu(nom="Maison de quartier"))

    @cached_property
    def origine(self) -> Origine:
        return self.mis(Origine(libelle="Bailleur"))

    @cached_property
    def compte(self) -> Agent:
        """That of the élu."""
        return self.session.get_one(Agent, self.cast.elu.id)

    @cached_property
    def session_du_secretaire(self) -> int:
        return open_session(self.session, self.cast.secretaire)

    def attend_le_recapitulatif(self) -> None:
        self.tel(self.compte, courriel="e@exemple.fr", recapitulatif=True)
        outils_agenda.creer_reunion(self.session, self.cast, debut=NOW)

    def laisse(self) -> dict[str, Any]:
        """A draft of the secretaire in a closed tab, and the empty one that is open."""
        laisse, form = (
            brouillons.ouvrir(self.session, cle=f"point:neuf:{self.cast.secretaire.id}:{onglet}") for onglet in "ab"
        )
        return {"jeton": laisse.jeton, "form": form}

    # --- the agenda ---

    @cached_property
    def instance(self) -> Instance:
        id = outils_agenda.creer_instance(
            self.session, self.cast, self.decor, jour=1, rang=2, heure_debut=time(14), heure_fin=time(16)
        )
        return self.session.get_one(Instance, id)

    @cached_property
    def siege(self) -> Siege:
        """The first of the two members; nobody is known on it."""
        self.fait(
            instances.definir_membres,
            instance_id=self.instance.id,
            sieges=[SiegeVoulu(self.oph.id or 0), SiegeVoulu(self.police.id or 0)],
        )
        return self.session.exec(select(Siege).where(Siege.partenaire_id == self.oph.id)).one()

    @cached_property
    def reunion(self) -> Reunion:
        """To come, of the instance, in the place, and not convoquée yet."""
        id = outils_agenda.creer_reunion(
            self.session, self.cast, instance_id=self.instance.id, debut=DEBUT, lieu_id=self.lieu.id
        )
        return self.session.get_one(Reunion, id)

    @cached_property
    def convies(self) -> Reunion:
        """The same, with two people to convene, one of whom has an address."""
        assert self.siege
        return self.reunion

    def pour_un_convie(self) -> dict[str, Any]:
        return self.repondant() | {"today": JOUR}

    def repondant(self) -> dict[str, Any]:
        return {"reunion_id": self.convies.id, "cle": (self.oph.id, "")}

    def convocation(self) -> dict[str, Any]:
        vu = convocations.apercu(
            self.session, reunion_id=self.convies.id or 0, acte=Acte.ENVOYER, options=Options(), now=NOW
        )
        return {
            "reunion_id": self.convies.id, "acte": Acte.ENVOYER, "options": Options(), "empreinte": vu.empreinte,
            "calendrier": CALENDRIER, "jeton": self.jeton, "now": NOW,
        }  # fmt: skip

    def autre_adresse(self) -> dict[str, Any]:
        """Somebody of the OPH is called, who may be written to elsewhere."""
        self.siege.fonction, self.siege.fonction_id = "Directrice", self.fonction.id
        personne = self.session.get_one(Personne, self.fonction.personne_id)
        self.mis(Coordonnee(personne_id=personne.id or 0, genre=GenreCoordonnee.COURRIEL, valeur="autre@exemple.fr"))
        return {"reunion_id": self.convies.id, "cle": (self.oph.id, "Directrice"), "today": JOUR}

    def candidat(self) -> Candidat:
        mairie = self.mis(Partenaire(nom="Mairie", recherche="mairie", categorie_id=self.categorie.id or 0))
        return Candidat(mairie.id or 0, "Mairie", "", "", None, "", "")

    def envoi(self) -> int:
        """A message that waits."""
        return self.mis(
            Envoi(
                genre=GenreEnvoi.CONVOCATION, reunion_id=self.reunion.id, courriel="oph@exemple.fr", objet="Réunion",
                message_id="m", message=b"m", cree_le=UTC_NOW,
            )
        ).id or 0  # fmt: skip

    def reponse(self) -> bytes:
        """That of the OPH, which was convened."""
        self.fait(convocations.envoyer, **self.convocation())
        return reponse_ics(self.convies.id or 0, "oph@exemple.fr")

    def creneaux(self) -> list[Creneau]:
        dates = (DEBUT, datetime(2027, 1, 12, 14))
        return [Creneau(self.instance.id or 0, d, d + timedelta(hours=2), None) for d in dates]

    def serie(self) -> dict[int, int]:
        """The meetings of a series, by id, and their version."""
        self.fait(series.creer, creneaux=self.creneaux(), jeton=self.jeton, now=NOW)
        return {r.id or 0: r.version for r in self.session.exec(select(Reunion).order_by(col(Reunion.debut)))}

    def deplacements(self) -> list[suites.Deplacement]:
        """The same, an hour later."""
        premiere = reunions.get(self.session, id=next(iter(self.serie())))
        return suites.proposer(
            self.session, reunion=premiere, jour=premiere.debut.date(), heure_debut=time(15), heure_fin=time(17),
            lieu_id=None, now=NOW,
        )  # fmt: skip

    def membre(self, *, signee: bool = False) -> sieges.Membre:
        self.siege.charte_signee_le = JOUR if signee else None
        self.mis(self.siege)
        return sieges.membres(self.session, instance_id=self.instance.id or 0)[0]

    @cached_property
    def jalon(self) -> JalonType:
        return self.mis(JalonType(type=TypeReunion.CELLULE, libelle="Afficher", jours=-8))

    @cached_property
    def piece(self) -> PieceJointe:
        return self.mis(
            PieceJointe(
                reunion_id=self.reunion.id, nom="plan.pdf", type_mime="application/pdf", taille=9, empreinte="e",
                depose_le=UTC_NOW,
            )
        )  # fmt: skip

    @cached_property
    def jour_evite(self) -> JourEvite:
        return self.mis(JourEvite(genre=GenreJourEvite.EVENEMENT, libelle="Marathon", debut=JOUR, fin=JOUR))

    @cached_property
    def phrase(self) -> Phrase:
        return self.mis(Phrase(genre=GenrePhrase.NOTE, texte="Rien à signaler."))

    @cached_property
    def action(self) -> Action:
        return self.mis(
            Action(quoi="Réparer l’éclairage", pilote_id=self.oph.id or 0, echeance=JOUR, instance_id=self.instance.id)
        )

    @cached_property
    def point(self) -> Point:
        return self.mis(Point(instance_id=self.instance.id, theme_id=self.theme.id or 0, cree_le=UTC_NOW))

    def du_point(self, **autres: Any) -> dict[str, Any]:
        return {
            "instance_id": self.instance.id, "theme_id": self.theme.id, "quartier_id": None, "lieu": "Square",
            "note": "", "origine_id": None, "jeton": self.jeton,
        } | autres  # fmt: skip

    # --- the relevé ---

    @cached_property
    def releve(self) -> outils_releve.Scene:
        """A meeting written up, its relevé a projet."""
        return outils_releve.poser(self.session, self.cast)

    @property
    def marque(self) -> dict[str, Any]:
        vie = vie_releve.lire(self.session, reunion_id=self.releve.reunion)
        return {"reunion_id": self.releve.reunion, "marque": vie.marque}

    def valide(self) -> None:
        self.fait(circuit.valider, **self.marque, now=UTC_NOW)

    def diffusion(self) -> dict[str, Any]:
        self.valide()
        return {
            **self.marque, "cles": [f"s{self.releve.sieges['oph']}"], "oui": True, "piece": PIECE, "jeton": self.jeton,
            "today": JOUR, "now": UTC_NOW,
        }  # fmt: skip

    def prepare(self) -> None:
        self.fait(circuit.diffuser, **self.diffusion())

    def diffuse(self) -> None:
        self.prepare()
        self.fait(circuit.remis, **self.marque, now=UTC_NOW)

    @cached_property
    def tenue(self) -> Reunion:
        """Over, not written up."""
        id = outils_agenda.creer_reunion(
            self.session, self.cast, instance_id=self.instance.id, debut=NOW - timedelta(hours=3)
        )
        return self.session.get_one(Reunion, id)

    @cached_property
    def brouillon(self) -> Formulaire:
        """Its draft, where the secretaire typed a point."""
        form = self.fait(saisie.ouvrir, reunion_id=self.tenue.id)
        self.fait(
            brouillons.ecrire,
            jeton=form.jeton,
            valeurs={"point.n1.theme": self.theme.id},
            vues={},
            by=self.cast.secretaire,
        )
        return form

    def ecart(self) -> str:
        """What the secretaire wrote in that draft where a colleague had written, kept beside; its token."""
        for by, note in ((self.cast.responsable, "une note"), (self.cast.secretaire, "une autre")):
            self.fait(brouillons.ecrire, jeton=self.brouillon.jeton, valeurs={"point.n1.note": note}, vues={}, by=by)
        return self.brouillon.jeton

    def reste(self) -> brouillons.Reste:
        """What the secretaire was typing when a colleague saved."""
        jeton = self.brouillon.jeton
        self.fait(enregistrement.enregistrer, reunion_id=self.tenue.id, jeton=jeton, today=JOUR, now=NOW)
        self.fait(brouillons.ecrire, jeton=jeton, valeurs={"habitants": 3}, vues={}, by=self.cast.secretaire)
        cle = saisie.cle_brouillon(self.tenue.id or 0)
        (reste,) = brouillons.restes(self.session, cle=cle, agent_id=self.cast.secretaire.id)
        return reste

    # --- 13-18 ---

    @cached_property
    def college(self) -> Partenaire:
        college = self.mis(Partenaire(nom="Collège Fénelon", recherche="college", categorie_id=self.categorie.id or 0))
        self.mis(College(partenaire_id=college.id or 0, uai="0170001A", statut=StatutCollege.PUBLIC))
        return college

    @cached_property
    def etapes(self) -> dict[Volet, Etape]:
        """The first step of each volet."""
        return {v: self.mis(Etape(volet=v, libelle="À faire", sens=SensEtape.DEBUT, ordre=1)) for v in Volet}

    @cached_property
    def suivante(self) -> Etape:
        """Another step, of the contact."""
        assert self.etapes
        return self.mis(Etape(volet=Volet.CONTACT, libelle="Contacté", sens=SensEtape.EN_COURS, ordre=2))

    @cached_property
    def participation(self) -> Participation:
        contact, convention, planning = (self.etapes[v].id or 0 for v in Volet)
        return self.mis(
            Participation(
                annee=2026, college_id=self.college.id or 0, contact_id=contact, convention_id=convention,
                planning_id=planning,
            )
        )  # fmt: skip

    @cached_property
    def classe(self) -> Classe:
        return self.mis(Classe(participation_id=self.participation.id or 0, nom="4e A", cle="4ea", effectif=28))

    @cached_property
    def seance(self) -> Seance:
        debut = datetime.combine(LUNDI, time(9))
        return self.mis(Seance(classe_id=self.classe.id or 0, debut=debut, fin=debut + timedelta(hours=2)))

    def lignes(self) -> list[LigneSeance]:
        return [LigneSeance("s", self.classe.id, datetime.combine(LUNDI, time(14)))]

    # --- the rest ---

    def ouvre_les_agendas(self) -> None:
        parametres.ecrire(self.session, ACTIFS, parametres.OUI)

    def demande(self) -> Demande:
        """A file of one new partenaire."""
        t = colonnes.tableau(fichiers.lire(b"Nom;Commune\nAmicale;La Rochelle\n")[0])
        choix = colonnes.deviner(t, Nature.CARNET, categories=[])
        return Demande(colonnes.lire(t, choix, Nature.CARNET), JOUR, self.categorie.id)

    def un_import(self) -> dict[str, Any]:
        demande = self.demande()
        return {
            "preparer": imports_carnet.preparer_carnet, "demande": demande, "fichier": "p.csv", "jeton": self.jeton,
            "vu": imports_carnet.preparer_carnet(self.session, demande).essai, "now": UTC_NOW,
        }  # fmt: skip

    def presidence(self) -> SaisiePresidence:
        return SaisiePresidence(nom="Mme Exemple", qualite="adjointe", debut=JOUR)

    def groupe(self) -> instances.Saisie:
        return instances.Saisie("Groupe", TypeReunion.CELLULE, Frequence.MENSUELLE, self.decor.mireuil)

    @staticmethod
    def image() -> bytes:
        octets = io.BytesIO()
        Image.new("RGB", (8, 8)).save(octets, "PNG")
        return octets.getvalue()
