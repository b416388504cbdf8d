"""What looks personal in a free text is pointed out; ordinary sentences of the trade are left in peace."""

import pytest

from services.socle import vigilance
from services.socle.vigilance import ADRESSE, COURRIEL, NAISSANCE, PLAQUE, TELEPHONE, avertissements

SUSPECTS = [
    ("Rappeler au 06 12 34 56 78 ce soir", TELEPHONE),
    ("Rappeler au 0612345678", TELEPHONE),
    ("tél. 05.46.51.51.51", TELEPHONE),
    ("tél. 05-46-51-51-51", TELEPHONE),
    ("joignable au +33 6 12 34 56 78", TELEPHONE),
    ("joignable au 0033 612345678", TELEPHONE),
    ("joignable au +33(0)612345678", TELEPHONE),
    ("écrire à gardien.immeuble@exemple.fr", COURRIEL),
    ("écrire à gardien @ exemple.fr", COURRIEL),
    ("mineur né le 12/03/2011", NAISSANCE),
    ("une jeune fille née le 1er avril 2009", NAISSANCE),
    ("né(e) en 1998", NAISSANCE),
    ("deux frères nés le 3.4.2010", NAISSANCE),
    ("NÉ LE 12/03/2011", NAISSANCE),
    ("date de naissance inconnue", NAISSANCE),
    ("suivi depuis 14/07/1987", NAISSANCE),
    ("scooter AB-123-CD garé devant le hall", PLAQUE),
    ("scooter AB 123 CD", PLAQUE),
    ("scooter AB123CD", PLAQUE),
    ("scooter ab-123-cd", PLAQUE),
    ("épave 1234 AB 17", PLAQUE),
    ("épave 1234AB17", PLAQUE),
    ("épave 123 ABC 2A", PLAQUE),
    ("tapage au 12 rue des Gonthières", ADRESSE),
    ("tapage au 12, rue des Gonthières", ADRESSE),
    ("tapage au 3 bis avenue de Mulhouse", ADRESSE),
    ("tapage au 3bis, AVENUE de Mulhouse", ADRESSE),
    ("au 14B boulevard Joffre", ADRESSE),
    ("au 5 place de Verdun", ADRESSE),
    ("au 7 de la rue Léonce Vieljeux", ADRESSE),
]


@pytest.mark.parametrize(("texte", "phrase"), SUSPECTS)
def test_personal_data_is_pointed_out(texte: str, phrase: str) -> None:
    assert avertissements(texte) == [phrase]


@pytest.mark.parametrize(
    ("texte", "nom"),
    [
        ("M. Durand se plaint du bruit", "M. Durand"),
        ("M Durand se plaint du bruit", "M Durand"),
        ("Mme Martin et son fils", "Mme Martin"),
        ("appel de madame Lefèvre", "madame Lefèvre"),
        ("Mlle de La Tour", "Mlle de La"),
        ("appel de Monsieur d’Argenson", "Monsieur d’Argenson"),
        ("plainte de Mme N’Diaye", "Mme N’Diaye"),
        ("le jeune Karim BENALI est connu", "Karim BENALI"),
        ("Jean-Pierre LE GOFF", "Jean-Pierre LE GOFF"),
        ("signalé par DUPONT Élodie", "DUPONT Élodie"),
        ("Zoé MARTIN-DUBOIS", "Zoé MARTIN-DUBOIS"),
    ],
)
def test_a_name_is_pointed_out(texte: str, nom: str) -> None:
    assert avertissements(texte) == [vigilance.NOM.format(nom=nom)]


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "Passages répétés entre 18 h et 20 h devant la place, trois fois par semaine, bruit",
        "Deux entrées concernées le week-end ; portes remplacées, fermeture automatique posée",
        "Abribus et deux bancs abîmés, remplacés ; pas de nouvelle dégradation depuis dix jours",
        "Rodéos sur la RN 11 et la RD 735, à 18 h 30",
        "RN 11 17 signalements en 2026",
        "La Police Nationale et la Police Municipale passent à La Rochelle",
        "POLICE Nationale et police MUNICIPALE",
        "Travaux estimés à 30 000 euros, soit 12 500 € par hall",
        "Amende de 135 €, 24 verbalisations",
        "Le 12 novembre 2026, place de Verdun",
        "Le 03/11/2026 à 14:00, 25 personnes sur la place",
        "Depuis le 14.09.2026, école Simone Veil",
        "Rue de la Scierie et avenue Jean Guiton, angle du parking",
        "3 places de stationnement supprimées ; 2 rues fermées ; 4 passages par nuit",
        "Vers 23 h rue du Minage",
        "De 14 h à 16 h, place du Marché",
        "Collège Pierre Mendès France : 12 élèves exclus deux jours",
        "Résidence Saint-Éloi, bâtiment B, hall 3",
        "Bailleur OPH prévenu ; Habitat 17 change la porte",
        "Médiation OPH le vendredi, Centre PJJ informé",
        "Commissariat et CCAS, GPO le 4 décembre",
        "Madame la Maire et M. le Préfet sont saisis",
        "Monsieur le Procureur a demandé une présence",
        "Réunion du CLSPD en 2025-2026, 1 200 habitants concernés",
        "Quartier MIREUIL, secteur de VILLENEUVE",
        "Intervention de nuit né d’un conflit d’usage",
        "Le problème est né en fin d’été",
        "Code postal 17000, dossier 2026-114",
        "Bus ligne 4, arrêt Place de Verdun à 17 h 15",
        "Jets de projectiles sur le BUS Illico",
        "TRÈS bruyant, Plusieurs NUITS de suite",
        "Un 4 x 4 et 3 scooters, 50 cm3",
        "Le mardi 24 place est faite aux médiateurs",
        "L’article L132-2 du code",
        "3 avenues en travaux",
    ],
)
def test_ordinary_sentences_are_left_in_peace(texte: str) -> None:
    assert avertissements(texte) == []


def test_each_kind_is_said_once() -> None:
    texte = "M. Durand, 12 rue Basse, 06 12 34 56 78 ou 06 98 76 54 32, durand@exemple.fr, né le 1/2/1990, AB-123-CD"
    assert avertissements(texte) == [
        TELEPHONE,
        COURRIEL,
        NAISSANCE,
        PLAQUE,
        ADRESSE,
        vigilance.NOM.format(nom="M. Durand"),
    ]


def test_a_long_text_is_read_quickly() -> None:
    """No pattern may run away on a hostile text (the note's 2,000 characters are read at each change)."""
    for motif in ("A", "1 ", "Aa ", "AA-", "a.", "12 rue ", "né le "):
        assert isinstance(avertissements(motif * 2000), list)
