"""The closed lists of the trade, with the words shown on screen (shared/domain §7)."""

from enum import StrEnum


class _Liste(StrEnum):
    """A value stored as text; `.libelle` is what the screen shows."""

    libelle: str

    def __new__(cls, value: str, libelle: str = "") -> "_Liste":
        member = str.__new__(cls, value)
        member._value_ = value
        member.libelle = libelle
        return member


class Role(_Liste):
    RESPONSABLE = "responsable", "Responsable"
    COLLABORATEUR = "collaborateur", "Collaborateur·rice"
    SECRETAIRE = "secretaire", "Secrétaire"
    LECTURE = "lecture", "Lecture seule (élu·e)"


class TypeReunion(_Liste):
    CELLULE = "cellule_veille", "Cellule de veille"
    TECHNIQUE = "reunion_technique", "Réunion technique"
    EXCEPTIONNELLE = "reunion_exceptionnelle", "Réunion exceptionnelle de partenaires"
    PROJET = "reunion_projet", "Réunion de projet"
    AUTRE = "autre", "Autre réunion"


class EtatReunion(_Liste):
    BROUILLON = "brouillon", "Brouillon"
    CONVOQUEE = "convoquee", "Convoquée"
    EN_SEANCE = "en_seance", "En séance"
    TENUE = "tenue", "Tenue"
    CLOSE = "close", "Close"
    REPORTEE = "reportee", "Reportée"
    ANNULEE = "annulee", "Annulée"
    PAS_EU_LIEU = "pas_eu_lieu", "N’a pas eu lieu"


class EtatPresence(_Liste):
    PRESENT = "present", "Présent"
    EXCUSE = "excuse", "Excusé"
    ABSENT = "absent", "Absent"
    REPRESENTE = "represente", "Représenté"


class EtatAction(_Liste):
    A_FAIRE = "a_faire", "À faire"
    EN_COURS = "en_cours", "En cours"
    REALISEE = "realisee", "Réalisée"
    ABANDONNEE = "abandonnee", "Abandonnée"


class Frequence(_Liste):
    MENSUELLE = "mensuelle", "Mensuelle"
    BIMESTRIELLE = "bimestrielle", "Tous les deux mois"
    TRIMESTRIELLE = "trimestrielle", "Trimestrielle"
    SEMESTRIELLE = "semestrielle", "Semestrielle"
    ANNUELLE = "annuelle", "Annuelle"
    A_LA_DEMANDE = "a_la_demande", "À la demande"


class StatutCollege(_Liste):
    PUBLIC = "public", "Public"
    PRIVE = "prive", "Privé"


class GenreCoordonnee(_Liste):
    TELEPHONE = "telephone", "Téléphone"
    COURRIEL = "courriel", "Courriel"


class Volet(_Liste):
    """What is followed apart for each collège of «13-18»."""

    CONTACT = "contact", "Contact"
    CONVENTION = "convention", "Convention"
    PLANNING = "planning", "Planning"


class SensEtape(_Liste):
    """What a step means, whatever its words."""

    DEBUT = "debut", "À commencer"
    EN_COURS = "en_cours", "En cours"
    ABOUTI = "abouti", "Abouti"
    REFUSE = "refuse", "Refusé"


class EtatSeance(_Liste):
    PREVUE = "prevue", "Prévue"
    REALISEE = "realisee", "Réalisée"
    REPORTEE = "reportee", "Reportée"
    ANNULEE = "annulee", "Annulée"


ETATS_ACTION_OUVERTS = (EtatAction.A_FAIRE, EtatAction.EN_COURS)
# A meeting in one of these states, once its start is past, waits to be written up.
ETATS_REUNION_A_SAISIR = (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE, EtatReunion.EN_SEANCE)
ETATS_REUNION_SAISIE = (EtatReunion.TENUE, EtatReunion.CLOSE)
ETATS_REUNION_SANS_SUITE = (EtatReunion.REPORTEE, EtatReunion.ANNULEE, EtatReunion.PAS_EU_LIEU)
# Who came, whoever it sent.
ETATS_PRESENCE_VENU = (EtatPresence.PRESENT, EtatPresence.REPRESENTE)

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")  # weekday() 0 to 6
