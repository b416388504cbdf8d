"""The closed lists of the trade, with the words shown on screen."""

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
    HEBDOMADAIRE = "hebdomadaire", "Toutes les semaines"
    QUINZAINE = "quinzaine", "Tous les quinze jours"
    BIMENSUELLE = "bimensuelle", "Deux fois par mois"
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


class EtatSalle(_Liste):
    A_RESERVER = "a_reserver", "À réserver"
    DEMANDEE = "demandee", "Demandée"
    CONFIRMEE = "confirmee", "Confirmée"


class GenreJourEvite(_Liste):
    ELU = "elu", "Indisponibilité de l’élu·e"
    EVENEMENT = "evenement", "Événement"


class SensJalon(_Liste):
    """What a step of the échéancier means, whatever its words: what the tool sees done by itself."""

    MANUEL = "manuel", "Coché à la main"
    SALLE_DEMANDEE = "salle_demandee", "Salle demandée"
    SALLE_CONFIRMEE = "salle_confirmee", "Salle confirmée"
    CONVOCATION = "convocation", "Convocation envoyée"
    RELEVE_VALIDE = "releve_valide", "Relevé validé"
    RELEVE_DIFFUSE = "releve_diffuse", "Relevé diffusé"


class Reponse(_Liste):
    """What an invitee answered."""

    SANS_REPONSE = "sans_reponse", "Sans réponse"
    VIENT = "vient", "Vient"
    EXCUSE = "excuse", "Excusé"
    REMPLACE = "remplace", "Remplacé"


class GenreModele(_Liste):
    """A document made from a Word template."""

    CONVOCATION = "convocation", "Convocation"
    INVITATION = "invitation", "Invitation des habitants"
    ORDRE_DU_JOUR = "ordre_du_jour", "Ordre du jour"
    EMARGEMENT = "emargement", "Feuille d’émargement"
    CHEVALETS = "chevalets", "Chevalets"
    RELEVE = "releve", "Relevé de conclusions (restreint)"
    RELEVE_PUBLIC = "releve_public", "Relevé de conclusions (public)"
    RECUEIL = "recueil", "Recueil de l’année d’un secteur"


class GenreEnvoi(_Liste):
    CONVOCATION = "convocation", "Convocation"
    MISE_A_JOUR = "mise_a_jour", "Mise à jour"
    ANNULATION = "annulation", "Annulation"
    RAPPEL = "rappel", "Rappel"
    RELEVE = "releve", "Relevé de conclusions"
    RELANCE = "relance", "Relance d’actions"
    RECAPITULATIF = "recapitulatif", "Récapitulatif du jour"


class EtatEnvoi(_Liste):
    """A message: waiting for the relay, accepted by it, refused for good, handed to the agent's mail program, or taken
    out of the line because its meeting changed first."""

    A_ENVOYER = "a_envoyer", "En attente"
    ENVOYE = "envoye", "Envoyé"
    ECHEC = "echec", "Adresse en erreur"
    REMIS = "remis", "Envoyé à la main"
    RETIRE = "retire", "Retiré avant l’envoi"


class EtatReleve(_Liste):
    PROJET = "projet", "Projet"
    VALIDE = "valide", "Validé"
    DIFFUSE = "diffuse", "Diffusé"


class ActeReleve(_Liste):
    """What was done of a relevé, in the order it happens."""

    VALIDER = "valider", "Validé"
    CORRIGER = "corriger", "Remis en projet par une correction"
    RENONCER = "renoncer", "Messages retirés avant l’envoi"
    DIFFUSER = "diffuser", "Diffusé"
    ROUVRIR = "rouvrir", "Rouvert"


class GenrePhrase(_Liste):
    """Where a ready phrase is offered."""

    NOTE = "note", "Constat"
    REPONSE = "reponse", "Réponse"
    ACTION = "action", "Action décidée"


ETATS_ACTION_OUVERTS = (EtatAction.A_FAIRE, EtatAction.EN_COURS)
# A meeting in one of these states, once its start is past, waits to be written up.
ETATS_REUNION_A_SAISIR = (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE, EtatReunion.EN_SEANCE)
ETATS_REUNION_SAISIE = (EtatReunion.TENUE, EtatReunion.CLOSE)
ETATS_REUNION_SANS_SUITE = (EtatReunion.REPORTEE, EtatReunion.ANNULEE, EtatReunion.PAS_EU_LIEU)
# Who came, whoever it sent.
ETATS_PRESENCE_VENU = (EtatPresence.PRESENT, EtatPresence.REPRESENTE)

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")  # weekday() 0 to 6
