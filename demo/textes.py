"""The words of the demo year. Organisations are real and public; people, facts and places within quartiers are not."""

PRENOMS = ("Camille", "Dominique", "Claude", "Maxime", "Sacha", "Alix", "Charlie", "Lou", "Morgan", "Andréa", "Eden")
NOMS = ("Exemple", "Fictif", "Essai", "Modèle", "Gabarit", "Factice", "Démo", "Témoin", "Imaginaire", "Spécimen")

# Category of the partenaire -> who comes.
FONCTIONS = {
    "Ville": "Chef·fe de service",
    "Forces de sécurité de l’État": "Officier référent",
    "Forces de sécurité de l'État": "Officier référent",
    "Justice": "Magistrat·e référent·e",
    "Bailleur social": "Responsable de secteur",
    "Éducation nationale": "Principal·e",
    "Association": "Coordinateur·rice",
    "Structure socio-éducative": "Directeur·rice",
    "Habitants": "Président·e",
}
FONCTION = "Référent·e prévention"

LIEUX = (
    "place du Marché",
    "rue des Tamaris",
    "square des Mouettes",
    "allée du Marais",
    "parking de la mairie de proximité",
    "arrêt de bus central",
    "parvis du centre social",
    "aire de jeux",
    "abords du collège",
    "résidence des Dunes",
    "passage des Sauniers",
    "piste cyclable du canal",
)

# Heading -> what is noted, and what is decided: (what, who pilots it).
PM, PN = "Ville de La Rochelle - Police municipale", "Police nationale - commissariat de La Rochelle"
OPH, H17 = "Office public de l'habitat de l'agglomération de La Rochelle", "Habitat 17"
ALPMS, ADEI = "Agence locale de prévention et de médiation sociale (ALPMS)", "ADEI 17"
SERVICE = "Ville de La Rochelle - Secteur Tranquillité publique"
CDA = "Communauté d'Agglomération de La Rochelle - prévention de la délinquance"
DSDEN = "Éducation nationale - DSDEN de la Charente-Maritime"
# Plainly fictional, those who stop coming: their name, and how long ago.
PARTIS = {"Amicale fictive des résidents": 130, "Association fictive Passerelle": 170, "Club fictif du Marais": 210}
PREFET = "Délégué du préfet (politique de la ville)"

CONSTATS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "Nuisances sonores et tapages": (
        (
            "Nuisances entre 22 h et 1 h, surtout du jeudi au samedi",
            "Musique et éclats de voix en soirée, moins fréquents depuis la rentrée",
            "Trois fins de semaine de suite, retour au calme après passage",
        ),
        (
            ("Passages en soirée du jeudi au samedi pendant un mois", PM),
            ("Rencontre avec les exploitants et rappel des horaires", SERVICE),
            ("Tournée de médiation en soirée", ALPMS),
        ),
    ),
    "Occupation de l'espace public et des parties communes": (
        (
            "Deux entrées occupées en fin de journée, portes endommagées",
            "Regroupements l’après-midi, passage difficile pour les riverains",
            "Occupation en soirée, déchets au sol le matin",
        ),
        (
            ("Réparation des portes et contrôle des accès", OPH),
            ("Passage des médiateurs le vendredi et le samedi soir", ALPMS),
            ("Présence éducative de rue deux fois par semaine", ADEI),
        ),
    ),
    "Circulation et stationnement": (
        (
            "Passages répétés entre 18 h et 20 h, bruit et insécurité pour les piétons",
            "Vitesse élevée aux heures d’entrée et de sortie de l’école",
            "Stationnement sur les trottoirs, poussettes sur la chaussée",
        ),
        (
            ("Contrôles de vitesse conjoints pendant deux semaines", PN),
            ("Présence en fin d’après-midi et verbalisation", PM),
            ("Étude d’un ralentisseur", SERVICE),
        ),
    ),
    "Dégradations et atteintes aux biens": (
        (
            "Mobilier abîmé deux fois en un mois, remplacé",
            "Conteneurs brûlés pendant la nuit, sans propagation",
            "Tags nouveaux sur les façades côté rue",
        ),
        (
            ("Dépôt de plainte et remplacement du mobilier", SERVICE),
            ("Nettoyage des façades sous huit jours", H17),
            ("Passages de nuit renforcés", PN),
        ),
    ),
    "Incivilités et conflits d'usage": (
        (
            "Tensions entre usagers du terrain et riverains",
            "Jets d’objets depuis les balcons signalés plusieurs fois",
            "Chiens non tenus aux abords de l’aire de jeux",
        ),
        (
            ("Médiation entre usagers et riverains", ALPMS),
            ("Rappel du règlement de résidence par courrier", OPH),
            ("Panneau et rappel des règles sur place", SERVICE),
        ),
    ),
    "Atteintes aux personnes": (
        ("Échauffourée brève en fin d’après-midi, sans suite connue", "Menaces verbales rapportées à deux reprises"),
        (
            ("Point de situation avec les partenaires sous quinze jours", PN),
            ("Présence visible en sortie de cours", PM),
        ),
    ),
    "Stupéfiants et conduites à risque": (
        (
            "Va-et-vient quotidiens signalés par les gardiens",
            "Consommation visible en journée, matériel abandonné",
            "Alcool consommé par des groupes en soirée",
        ),
        (
            ("Transmission des éléments et passages ciblés", PN),
            ("Maraude de prévention des conduites à risque", "Tremplin 17"),
            ("Nettoyage et éclairage du passage", OPH),
        ),
    ),
    "Milieu scolaire et abords": (
        ("Attroupements à la sortie de 17 h", "Bousculades à l’arrêt de bus, deux signalements de l’établissement"),
        (("Présence aux abords à la sortie des cours", PM), ("Intervention en classe sur le respect", DSDEN)),
    ),
    "Cadre de vie": (
        (
            "Encombrants déposés hors des jours de collecte",
            "Éclairage éteint depuis trois semaines dans le passage",
            "Végétation haute, visibilité réduite",
        ),
        (
            ("Enlèvement sous 48 h et rappel des jours de collecte", SERVICE),
            ("Réparation de l’éclairage", H17),
            ("Taille des haies avant la prochaine réunion", SERVICE),
        ),
    ),
    "Violences urbaines et événements exceptionnels": (
        ("Tirs de mortiers d’artifice un soir de fête, sans blessé",),
        (("Retour d’expérience entre partenaires", PREFET), ("Sécurisation du site et présence le soir", PN)),
    ),
    "Sentiment d'insécurité": (
        (
            "Demande de présence en soirée exprimée par le comité de quartier",
            "Inquiétude après plusieurs incidents rapprochés",
        ),
        (("Marche exploratoire avec les habitants", CDA), ("Passages à pied en fin de journée", PM)),
    ),
}

REPONSES = (
    "Passages effectués, situation plus calme.",
    "Travaux commandés, réalisation attendue sous un mois.",
    "Rappel des règles fait sur place avec le partenaire.",
)
PUBLICS = (
    "Les passages de la police municipale ont été renforcés en soirée.",
    "Les réparations demandées ont été faites.",
    "Une médiation est en cours avec les usagers du lieu.",
)
REMPLACANTS = ("adjoint·e de direction", "chargé·e de mission", "responsable d’équipe")
MOTIFS_ANNULATION = ("Quorum de partenaires non atteint", "Salle indisponible", "Intempéries")
MOTIFS_ABANDON = ("Sans objet : le site a été réaménagé", "Remplacée par une autre action")
MOTIFS_SEANCE = ("Sortie scolaire le même jour", "Absence de l’équipe d’animation", "Grève des transports")
A_INSCRIRE = (
    ("Stationnement gênant", "Appel d’un gardien : camionnettes devant l’accès des secours"),
    ("Éclairage public défaillant", "Courrier du comité de quartier : passage sans lumière depuis dix jours"),
    ("Tapage nocturne sur la voie publique", "Appel reçu lundi : trois nuits de suite"),
    ("Dépôt sauvage", "Signalé par le centre social : encombrants derrière le gymnase"),
    ("Demande de médiation", "Le bailleur demande une médiation entre deux cages d’escalier"),
)
SALLES = ("CDI", "salle polyvalente", "salle 12", "salle de permanence", "foyer")
