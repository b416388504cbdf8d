"""Tables, one file per family. Importing this package registers them all on `Base.metadata`."""

from models.acces import Agent, Journal, SessionAgent
from models.action import Action, EvenementAction
from models.base import Base
from models.instance import Instance, InstanceQuartier, Siege
from models.partenaire import College, Fonction, Partenaire, PartenaireSecteur, Personne
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
    "Brouillon",
    "Categorie",
    "ChampBrouillon",
    "College",
    "EvenementAction",
    "Fonction",
    "Instance",
    "InstanceQuartier",
    "JetonUtilise",
    "Journal",
    "Lieu",
    "Origine",
    "Parametre",
    "Partenaire",
    "PartenaireSecteur",
    "Personne",
    "Point",
    "PointPartenaire",
    "Presence",
    "Quartier",
    "Reunion",
    "SecteurVeille",
    "SessionAgent",
    "Siege",
    "Theme",
    "ValeurImportee",
]
