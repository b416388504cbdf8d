"""Tables, one file per family. Importing this package registers them all on `Base.metadata`."""

from models.acces import Agent, Journal, SessionAgent
from models.action import Action, EvenementAction
from models.base import Base
from models.filtre import FiltreGarde
from models.fusion import Fusion, PaireEcartee
from models.importation import ColonnesRetenues, Operation, OperationLigne
from models.instance import Instance, InstanceQuartier, Siege
from models.partenaire import College, Coordonnee, Fonction, Partenaire, PartenaireSecteur, Personne
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
from models.reunion import Point, PointPartenaire, Presence, Reunion
from models.saisie import Brouillon, ChampBrouillon, JetonUtilise

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
    "Etape",
    "EvenementAction",
    "FiltreGarde",
    "Fonction",
    "Fusion",
    "Instance",
    "InstanceQuartier",
    "JetonUtilise",
    "Journal",
    "Lieu",
    "Operation",
    "OperationLigne",
    "Origine",
    "PaireEcartee",
    "Parametre",
    "Partenaire",
    "PartenaireSecteur",
    "Participation",
    "Personne",
    "Point",
    "PointPartenaire",
    "Presence",
    "Quartier",
    "Reunion",
    "Seance",
    "SeancePartenaire",
    "SecteurVeille",
    "SessionAgent",
    "Siege",
    "Theme",
    "ValeurImportee",
]
