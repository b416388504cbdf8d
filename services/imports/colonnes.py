"""Which column of a file is which field: by its title, by what it holds, by hand, and as it was last time.

Tests: tests/services/imports/test_fichiers.py.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from sqlmodel import Session

from models import ColonnesRetenues
from services.imports.fichiers import Feuille
from services.partenaires.champs import COLONNES, LIBELLES
from services.partenaires.fiches import uai_valide
from services.socle.acteur import Acteur, Droit, require
from services.socle.texte import folded

_ENTETE_MAX = 30  # rows above the titles, at most
_INCONNUES = 20  # categories put in front of staff at a time
_TEMOINS = 200  # rows looked at to guess by content


class Nature(StrEnum):
    """What the lines of a file are."""

    CARNET = "carnet"
    ACTIONS = "actions"
    REUNIONS = "reunions"
    BILANS = "bilans"
    AGENDA = "agenda"


@dataclass(frozen=True)
class Champ:
    """A field that a column can be: its label, and the titles it is known by. `joint`: several columns add up."""

    cle: str
    libelle: str
    titres: tuple[str, ...]
    joint: bool = False


def _champ(cle: str, libelle: str, titres: str, *, joint: bool = False) -> Champ:
    return Champ(cle, libelle, tuple(folded(t) for t in (libelle, *titres.split(" | ")) if t), joint)


# In each field, the first titles are those that win when several columns are given.
CHAMPS: dict[Nature, tuple[Champ, ...]] = {
    Nature.CARNET: (
        _champ("organisme", "Partenaire (organisme)",
               "Partenaire | Organisme | Société | Structure | Organisation | Entreprise | Établissement"
               " | Raison sociale | Nom du partenaire | Nom de l’organisme | Nom de la structure"
               " | Nom de l’établissement | Appellation officielle | Company | Organization"),
        _champ("sigle", "Sigle", "Acronyme | Abréviation | Nom court"),
        _champ("categorie", "Catégorie", "Famille | Type | Type de partenaire | Type de structure | Catégories"),
        _champ("sous_categorie", "Sous-catégorie", "Sous-famille"),
        _champ("nom", "Nom de la personne",
               "Nom | Nom de famille | Nom du contact | Contact | Last Name | Interlocuteur"),
        _champ("prenom", "Prénom", "Prénom du contact | First Name"),
        _champ("fonction", "Fonction",
               "Titre professionnel | Poste | Qualité | Intitulé du poste | Profession | Job Title | Rôle"),
        _champ("courriel", "Courriel",
               "Adresse de messagerie | Adresse e-mail | E-mail | Email | Mail | Mél | Adresse mail"
               " | Adresse électronique | Courriel professionnel | Mail pro | Adresse e-mail 1 | E-mail Address"
               " | Adresse de messagerie 2 | Adresse de messagerie 3 | Autres courriels"),
        _champ("telephone", "Téléphone",
               "Téléphone (bureau) | Tél. (bureau) | Téléphone bureau | Tél | Tel | Téléphone fixe | Fixe"
               " | Ligne directe | Téléphone professionnel | N° de téléphone | Numéro de téléphone"
               " | Téléphone principal | Business Phone | Tél. mobile | Téléphone mobile | Téléphone (mobile)"
               " | Mobile | Portable | Téléphone portable | Téléphone 2 | Téléphone 2 (bureau) | Tél. 2 (bureau)"
               " | Téléphone 3 | Mobile Phone | Autres téléphones"),
        _champ("courriel_organisme", "Courriel du partenaire",
               "Courriel de l’organisme | Courriel accueil | Courriel structure"),
        _champ("telephone_organisme", "Téléphone du partenaire",
               "Téléphone société | Tél. société | Standard | Téléphone (standard) | Téléphone accueil"
               " | Company Main Phone"),
        _champ("adresse", "Adresse",
               "Rue (bureau) | Rue | Adresse postale | Adresse (bureau) | Voie | Rue 2 (bureau) | Rue 3 (bureau)"
               " | Adresse 1 | Adresse 2 | Complément d’adresse | Business Street", joint=True),
        _champ("code_postal", "Code postal", "Code postal (bureau) | CP | Business Postal Code"),
        _champ("commune", "Commune", "Ville (bureau) | Ville | Localité | Business City | Nom commune"),
        _champ("site", "Site", "Page Web | Site web | Site internet | Web | URL | Web Page"),
        _champ("note", "Note", "Notes | Remarque | Remarques | Commentaire | Commentaires | Observations"),
        _champ("uai", "UAI", "Code UAI | RNE | N° UAI | Numéro UAI | Identifiant de l’établissement"),
        _champ("statut", "Statut du collège", "Statut | Secteur public ou privé | Public ou privé"),
    ),
    Nature.ACTIONS: (
        _champ("quoi", "Action", "Actions | Décision | Décisions | Intitulé | Intitulé de l’action | Quoi | Objet"
                                 " | Description | À faire | Action décidée | Libellé"),
        _champ("pilote", "Pilote", "Porteur | Partenaire pilote | Qui | Structure pilote | Responsable"),
        _champ("echeance", "Échéance", "Date limite | Pour le | Délai | Quand | Date d’échéance | Date butoir"),
        _champ("etat", "État", "Statut | Avancement | État d’avancement | Suivi"),
        _champ("terminee", "Terminée le", "Réalisée le | Date de réalisation | Fait le | Date de fin"),
        _champ("motif", "Motif d’abandon", "Motif | Raison"),
        _champ("instance", "Instance", "Réunion | Cellule | Cellule de veille | Issue de | Origine"),
    ),
    Nature.REUNIONS: (
        _champ("instance", "Instance", "Réunion | Cellule | Cellule de veille | Réunion technique | Nom de la réunion"),
        _champ("date", "Date", "Date de la réunion | Jour | Le | Date de réunion"),
        _champ("debut", "Heure de début", "Heure | Début | Horaire | De"),
        _champ("fin", "Heure de fin", "Fin | À"),
        _champ("lieu", "Lieu", "Salle | Lieu de réunion"),
        _champ("habitants", "Nombre d’habitants", "Habitants | Nb habitants | Habitants présents"),
        _champ("presents", "Présents", "Partenaires présents | Participants | Présent", joint=True),
        _champ("excuses", "Excusés", "Partenaires excusés | Excusé", joint=True),
        _champ("absents", "Absents", "Partenaires absents | Absent", joint=True),
        _champ("partenaire", "Partenaire", "Organisme | Structure | Société | Membre"),
        _champ("presence", "Présence", "Présence du partenaire | Présent ou excusé"),
    ),
    Nature.BILANS: (
        _champ("annee", "Année scolaire", "Année | Années | Rentrée | Année de l’action"),
        _champ("college", "Collège", "Établissement | Nom du collège | Collèges | UAI | Code UAI | Nom"),
        _champ("classes", "Classes", "Nombre de classes | Nb classes | Nb de classes | Classes de 4e"),
        _champ("eleves", "Élèves des classes",
               "Élèves | Nombre d’élèves | Nb élèves | Nb d’élèves | Effectif | Effectifs | Élèves de 4e"),
        _champ("presents", "Élèves présents",
               "Présents | Élèves rencontrés | Élèves ayant participé | Participants | Nombre de présents"),
        _champ("seances", "Séances réalisées",
               "Séances | Nombre de séances | Nb séances | Nb de séances | Interventions | Animations"),
    ),
    Nature.AGENDA: (  # what `services/imports/lecteur_agenda.py` writes
        _champ("uid", "UID", ""),
        _champ("titre", "Titre", ""),
        _champ("debut", "Début", ""),
        _champ("fin", "Fin", ""),
        _champ("lieu", "Lieu", ""),
        _champ("etat", "État", ""),
        _champ("refus", "Refus", ""),
    ),
}  # fmt: skip
_DITS = {c.cle for c in CHAMPS[Nature.CARNET]}
# Any other text of a partenaire is known by its label.
CHAMPS[Nature.CARNET] += tuple(_champ(c, LIBELLES[c], "") for c in COLONNES if c not in _DITS)
PLUSIEURS = ("courriel", "telephone")  # of which a person may have several
_PREFERE = {n: {t: rang for c in champs for rang, t in enumerate(c.titres)} for n, champs in CHAMPS.items()}

Choix = dict[int, str]  # column, from 0 -> field


@dataclass(frozen=True)
class Tableau:
    """The lines of a sheet under their titles. `lignes`: number in the file, then the cells."""

    entete: int  # number of the row of titles, 0 if there is none
    titres: list[str]
    lignes: list[tuple[int, list[str]]]


def tableau(feuille: Feuille, *, entete: int | None = None) -> Tableau:
    """The lines of a sheet; the row of titles is looked for, unless given (0: none)."""
    if entete is None:
        entete = _ligne_des_titres(feuille.lignes)
    largeur = max(len(ligne) for ligne in feuille.lignes)
    titres = feuille.lignes[entete - 1] if 0 < entete <= len(feuille.lignes) else []
    if entete > 1:  # titles on two rows: a merged cell is empty but in its first row
        dessus = feuille.lignes[entete - 2]
        titres = [t.strip() or d for t, d in zip_longest(titres, dessus, fillvalue="")]
    titres = [t.strip() or f"Colonne {n}" for n, t in enumerate([*titres, *[""] * (largeur - len(titres))], 1)]
    lignes = [
        (n, [*ligne, *[""] * (largeur - len(ligne))])
        for n, ligne in enumerate(feuille.lignes, 1)
        if n > entete and any(c.strip() for c in ligne)
    ]
    return Tableau(entete, titres, lignes)


def _ligne_des_titres(lignes: Sequence[Sequence[str]]) -> int:
    """The row where most cells are known titles; else the first full row, if nothing in it looks like data."""
    connus = {t for n, c in CHAMPS.items() if n is not Nature.AGENDA for champ in c for t in champ.titres}
    debut = list(enumerate(lignes[:_ENTETE_MAX], 1))
    scores = [(len({folded(c) for c in ligne} & connus), -n) for n, ligne in debut]
    meilleur, n = max(scores)
    if meilleur >= 2 or (meilleur and max(map(len, lignes)) <= 2):
        suite = next((score for score, m in scores if m == n - 1), 0)
        return -n + (suite >= 2)  # a second row of titles, under merged cells
    largeur = max(sum(bool(c.strip()) for c in ligne) for _, ligne in debut)
    for n, ligne in debut:
        pleines = [c for c in ligne if c.strip()]
        if len(pleines) * 2 > largeur:
            return 0 if any(re.search(r"@|\d{4}", c) for c in pleines) else n
    return 0


# --- guessing -------------------------------------------------------------------------------------------------------


def nature(t: Tableau) -> Nature:
    """What the lines probably are: the nature whose titles are met most."""
    titres = {folded(x) for x in t.titres}

    def connus(n: Nature) -> int:
        return sum(bool(titres & set(champ.titres)) for champ in CHAMPS[n])

    propres = {
        Nature.ACTIONS: {"echeance", "quoi"},
        Nature.REUNIONS: {"date", "presents", "presence"},
        Nature.BILANS: {"annee", "classes", "eleves", "presents", "seances"},
    }
    for n, champs in propres.items():
        reconnus = {c.cle for c in CHAMPS[n] if titres & set(c.titres)}
        if len(reconnus & champs) >= 2 and connus(n) >= connus(Nature.CARNET):
            return n
    return Nature.CARNET


def deviner(t: Tableau, nature: Nature, *, categories: Collection[str] = ()) -> Choix:
    """Columns recognised by their title, then by what they hold."""
    choix: Choix = {}
    par_titre = {titre: champ.cle for champ in CHAMPS[nature] for titre in champ.titres}
    for n, titre in enumerate(t.titres):
        if cle := par_titre.get(folded(re.sub(r"\*|\(\*\)", "", titre))):
            choix[n] = cle
    if nature is not Nature.CARNET:
        return choix
    _ecarter_categories(t, choix, categories)
    for champ, juste in _CONTENUS.items():
        if champ in choix.values():
            continue
        for n in range(len(t.titres)):
            valeurs = _temoins(t, n)
            personnel = re.search(r"domicile|personnel|fax|copie|home", folded(t.titres[n]))
            if (
                n not in choix
                and not personnel
                and valeurs
                and sum(bool(juste(v)) for v in valeurs) > 0.7 * len(valeurs)
            ):
                choix[n] = champ
                break
    champs = set(choix.values())
    if "organisme" not in champs and "prenom" not in champs:
        # "Nom" alone in a list of organisations is theirs.
        for n, cle in choix.items():
            if cle == "nom":
                choix[n] = "organisme"
                break
    return choix


def _ecarter_categories(t: Tableau, choix: Choix, categories: Collection[str]) -> None:
    """A column of Outlook's colours ("Catégorie rouge") is left out, and an empty one."""
    connues = {folded(c) for c in categories}
    for n, cle in list(choix.items()):
        plis = [folded(v) for v in _temoins(t, n)]
        if cle == "categorie" and all(re.match("categorie ", v) and v not in connues for v in plis):
            del choix[n]


def categories_inconnues(t: Tableau, colonne: int, *, categories: Collection[str]) -> list[str]:
    """The first values of a column of categories that are none of ours, as the file writes them."""
    connues = {folded(c) for c in categories}
    valeurs = {folded(v): v for _, cellules in reversed(t.lignes) if (v := cellules[colonne].strip())}
    return sorted((v for plie, v in valeurs.items() if plie not in connues), key=folded)[:_INCONNUES]


_CONTENUS: dict[str, Callable[[str], object]] = {
    "courriel": lambda v: re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", v),
    "uai": lambda v: uai_valide(v.upper()),
    "telephone": lambda v: re.fullmatch(r"(\+33|0033|0)?\s?[1-9]([\s.-]?\d\d){4}", v),
    "site": lambda v: re.match(r"(https?://|www\.)", v),
}


def _temoins(t: Tableau, colonne: int) -> list[str]:
    return [v for _, cellules in t.lignes[:_TEMOINS] if (v := cellules[colonne].strip())]


def exemple(t: Tableau, colonne: int) -> str:
    """What a column holds: its first values."""
    return " · ".join(dict.fromkeys(v[:40] for v in _temoins(t, colonne)[:3]))


# --- reading lines --------------------------------------------------------------------------------------------------


def lire(t: Tableau, choix: Mapping[int, str], nature: Nature) -> list[tuple[int, dict[str, str]]]:
    """Each line as fields. Of several columns for one field, the first not empty counts, or all if they add up; of
    numbers and addresses, one a line, the first is the most likely to be of use."""
    joints = {c.cle for c in CHAMPS[nature] if c.joint}
    rangs = _PREFERE[nature]
    colonnes = sorted(choix, key=lambda n: (choix[n] not in joints and rangs.get(folded(t.titres[n]), 99), n))
    lues = []
    for numero, cellules in t.lignes:
        valeurs: dict[str, str] = {}
        for n in colonnes:
            valeur, cle = _sans_apostrophe(cellules[n].strip()), choix[n]
            if not valeur or _FORMULE_FAUSSE.fullmatch(valeur):
                continue
            if cle in valeurs and (cle in joints or cle in PLUSIEURS):
                valeurs[cle] += f", {valeur}" if cle in joints else f"\n{valeur}"
            else:
                valeurs.setdefault(cle, valeur)
        lues.append((numero, valeurs))
    return lues


# What a spreadsheet shows for a formula that fails.
_FORMULE_FAUSSE = re.compile(r"#(DIV/0|N/A|NOMBRE|NUL|NULL|NUM|REF|VALEUR|VALUE)!?|#(NAME|NOM)\?|Err:\d{3}")


def _sans_apostrophe(valeur: str) -> str:
    """Our own exports put an apostrophe before what a spreadsheet would take for a formula."""
    return valeur[1:] if re.match(r"'[=+\-@]", valeur) else valeur


# --- remembered -----------------------------------------------------------------------------------------------------


def retenues(session: Session, *, titres: Sequence[str]) -> tuple[Nature, Choix] | None:
    """What was chosen last time for a file with these titles."""
    row = session.get(ColonnesRetenues, _signature(titres))
    if row is None:
        return None
    garde = json.loads(row.choix)
    nature = Nature(garde["nature"])
    connus = {c.cle for c in CHAMPS[nature]}
    return nature, {int(n): cle for n, cle in garde["choix"].items() if cle in connus}


def categories_retenues(session: Session, *, titres: Sequence[str]) -> dict[str, str]:
    """Category of such a file, folded -> the one of ours that was chosen for it."""
    row = session.get(ColonnesRetenues, _signature(titres))
    return dict(json.loads(row.choix).get("categories", {})) if row else {}


def retenir(
    session: Session,
    *,
    titres: Sequence[str],
    nature: Nature,
    choix: Choix,
    categories: Mapping[str, str] | None = None,
    now: datetime,
    by: Acteur,
) -> None:
    """Remember how the columns of such a file were read, and its categories. `now` is an instant (UTC)."""
    require(by, Droit.ECRIRE)
    signature = _signature(titres)
    row = session.get(ColonnesRetenues, signature) or ColonnesRetenues(signature=signature, choix="", quand=now)
    toutes = categories_retenues(session, titres=titres) if row.choix else {}
    row.choix = json.dumps({"nature": nature, "choix": choix, "categories": toutes | dict(categories or {})})
    row.quand = now
    session.add(row)


def _signature(titres: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(folded(t) for t in titres).encode()).hexdigest()
