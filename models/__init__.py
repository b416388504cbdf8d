"""Tables, one file per family. Importing this package registers them all on `Base.metadata`."""

from models.acces import Agent, Journal, SessionAgent
from models.action import Action, EvenementAction
from models.base import Base
from models.convocation import Destinataire, Envoi, Flux, Modele
from models.filtre import FiltreGarde
from models.fusion import Fusion, PaireEcartee
from models.importation import ColonnesRetenues, Operation, OperationLigne
from models.instance import Instance, InstanceQuartier, Presidence, Siege
from models.partenaire import College, Coordonnee, Fonction, Partenaire, PartenaireSecteur, Personne
from models.plan import JalonFait, JalonType, JourEvite, Serie
from models.projet import BilanCollege, Classe, Etape, Participation, Seance, SeancePartenaire
from models.reference import (
    Categorie,
    Lieu,
    Origine,
    Parametre,
    Quartier,
    SecteurVeille,
    Theme,
    ValeurImportee,
)
from models.releve import EvenementReleve, Phrase, PieceJointe, Releve, VersionReleve
from models.reunion import Point, PointPartenaire, Presence, Reunion
from models.saisie import Brouillon, ChampBrouillon, JetonUtilise
from models.tache import Tache

__all__ = [
    "Action",
    "Agent",
    "Base",
    "BilanCollege",
    "Brouillon",
    "Categorie",
    "ChampBrouillon",
    "Classe",
    "College",
    "ColonnesRetenues",
    "Coordonnee",
    "Destinataire",
    "Envoi",
    "Etape",
    "EvenementAction",
    "EvenementReleve",
    "FiltreGarde",
    "Flux",
    "Fonction",
    "Fusion",
    "Instance",
    "InstanceQuartier",
    "JalonFait",
    "JalonType",
    "JetonUtilise",
    "JourEvite",
    "Journal",
    "Lieu",
    "Modele",
    "Operation",
    "OperationLigne",
    "Origine",
    "PaireEcartee",
    "Parametre",
    "Partenaire",
    "PartenaireSecteur",
    "Participation",
    "Personne",
    "Phrase",
    "PieceJointe",
    "Point",
    "PointPartenaire",
    "Presence",
    "Presidence",
    "Quartier",
    "Releve",
    "Reunion",
    "Seance",
    "SeancePartenaire",
    "SecteurVeille",
    "Serie",
    "SessionAgent",
    "Siege",
    "Tache",
    "Theme",
    "ValeurImportee",
    "VersionReleve",
]
