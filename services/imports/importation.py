"""Files of staff's own: a dry run line by line, then the whole import or nothing, undone as one step.

What a line says and which rows it means is the business of one module a nature (`imports_carnet`…): each turns lines
into a `Travail`. Here is what they share.

Tests: tests/services/imports/test_imports_carnet.py.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from sqlmodel import Session

from services.commun import operations
from services.commun.operations import Suivi
from services.imports.familles import Famille, Ligne
from services.socle import brouillons, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import courriel_valide, telephone_valide
from services.socle.erreurs import BusinessError, Conflict, Invalid
from services.socle.texte import clean, folded

ACTE = "importer"
Lues = Sequence[tuple[int, dict[str, str]]]
Avance = Callable[[float], None]
Normalise = Callable[[str], str]
Cellules = dict[tuple[Normalise, str], tuple[str, str]]  # a cell -> how it is written, or why it is refused


class Etat(StrEnum):
    """What becomes of a line."""

    NOUVEAU = "nouveau"
    MODIFIE = "modifie"
    IDENTIQUE = "identique"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ChampVu:
    """What one field becomes, as the dry run shows it."""

    libelle: str
    avant: str
    apres: str


@dataclass(frozen=True)
class LigneEssai:
    """What becomes of one line of the file; `motif` says why it is refused, `avis` what is to be known before."""

    numero: int
    etat: Etat
    titre: str
    champs: tuple[ChampVu, ...] = ()
    motif: str = ""
    avis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Essai:
    """What an import would do, before anything is written."""

    lignes: tuple[LigneEssai, ...]

    def nombres(self) -> dict[Etat, int]:
        """How many lines of each kind."""
        comptes = Counter(ligne.etat for ligne in self.lignes)
        return {etat: comptes[etat] for etat in Etat}

    @property
    def ecrit(self) -> int:
        """How many lines would write something."""
        nombres = self.nombres()
        return nombres[Etat.NOUVEAU] + nombres[Etat.MODIFIE]


@dataclass
class Travail:
    """A dry run, and the steps that write what it says, once a `Suivi` and who acts are given."""

    lignes: list[LigneEssai]
    etapes: list[Callable[[Suivi, Acteur], None]] = field(default_factory=list)

    @property
    def essai(self) -> Essai:
        return Essai(tuple(sorted(self.lignes, key=lambda x: x.numero)))


@dataclass(frozen=True)
class Demande:
    """What staff chose on screen besides the columns."""

    lues: Lues
    today: date
    categorie_id: int | None = None  # of the new partenaires that do not say theirs
    cellules: Cellules = field(default_factory=dict, compare=False, repr=False)  # checked once, dry run and import


Preparer = Callable[[Session, Demande], Travail]


def importer(
    session: Session,
    *,
    preparer: Preparer,
    demande: Demande,
    vu: Essai,
    fichier: str,
    jeton: str,
    now: datetime,
    by: Acteur,
    avance: Avance = lambda _: None,
) -> int:
    """Write what the dry run `vu` announced; the id of the operation. Refused lines are left out. `now` is UTC.

    Raises:
        Conflict: the notebook changed since the dry run, which would now say something else.
        Invalid: there is nothing to write.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    travail = preparer(session, demande)
    if travail.essai != vu:
        raise Conflict("Le carnet a changé depuis l’essai : rien n’a été importé. Relisez-le, puis importez.")
    if not vu.ecrit:
        raise Invalid({"fichier": "Rien à importer : aucune ligne n’est nouvelle ni modifiée."})
    nombres = vu.nombres()
    faits = [
        pluriel(nombres[etat], *mots)
        for etat, mots in (
            (Etat.NOUVEAU, ("ligne nouvelle", "lignes nouvelles")),
            (Etat.MODIFIE, ("ligne modifiée", "lignes modifiées")),
            (Etat.REFUSE, ("ligne refusée", "lignes refusées")),
        )
        if nombres[etat]
    ]
    resume = f"Import de « {clean(fichier)[:80]} » : {', '.join(faits)}"
    avance(0.3)
    with operations.suivre(session, acte=ACTE, resume=resume, now=now, by=by) as suivi, session.no_autoflush:
        for n, etape in enumerate(travail.etapes, 1):
            etape(suivi, by)
            avance(0.3 + 0.5 * n / len(travail.etapes))
    brouillons.consommer(session, jeton=jeton, objet="operation", objet_id=suivi.id)
    avance(0.95)
    return suivi.id


def pluriel(n: int, un: str, plusieurs: str) -> str:
    """1 ligne nouvelle, 2 lignes nouvelles."""
    return f"{n} {plusieurs if n > 1 else un}"


# --- the rows that lines are -----------------------------------------------------------------------------------------

_CASSE = {"nom", "prenom", "sigle", "commune", "sous_categorie", "intitule"}  # "DURAND" says no more than "Durand"


class DuFichier(Famille):
    """What these families share: the file is right, and the row of a line is found before the plan is made."""

    fait_foi = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.trouves: dict[str, int | None] = {}  # key of a line of the plan -> the row it is
        self.lignes: dict[str, Ligne] = {}
        self.premiere: dict[str, int] = {}  # -> the line of the file that first speaks of it

    def rapprocher(self, ligne: Ligne) -> int | None:
        return self.trouves[ligne.cle]

    def poser(self, cle: str, id: int | None, valeurs: Mapping[str, str], numero: int) -> None:
        """One more line of the plan."""
        self.trouves[cle] = id
        self.lignes[cle] = Ligne(cle, valeurs)
        self.premiere[cle] = numero

    def remplace(self, ligne: Ligne, champ: str, avant: str, apres: str) -> bool:
        memes_mots = folded(avant) == folded(apres) and (avant.casefold() == apres.casefold() or apres.isupper())
        return bool(apres) and avant != apres and not (avant and memes_mots and champ in _CASSE)


# --- one cell, as it should be written ------------------------------------------------------------------------------

_SEPARE = re.compile(r"[/;,\n]| ou | et ")


def telephone(texte: str) -> str:
    """The first number of a cell; a spreadsheet may have dropped its leading zero or its +.

    Raises:
        Invalid: not a phone number.
    """
    premier = _SEPARE.split(clean(texte, lignes=True))[0].strip()
    chiffres = re.sub(r"\D", "", premier)
    if len(chiffres) == 9 and chiffres[0] != "0" and not premier.startswith("+"):
        premier = f"0{premier}"
    elif len(chiffres) == 11 and chiffres.startswith("33"):
        premier = f"+{chiffres}"
    return telephone_valide(premier)


def courriel(texte: str) -> str:
    """The first address of a cell; "" for an internal address of a mail server ("/o=…").

    Raises:
        Invalid: not an e-mail address.
    """
    texte = clean(texte, lignes=True).split("\n")[0]
    if texte.lower().startswith("/o="):
        return ""
    if m := re.search(r"<([^<>\s]+@[^<>\s]+)>", texte):
        texte = m[1]
    return courriel_valide(re.sub(r"^mailto:", "", re.split(r"[;,\s]", texte)[0], flags=re.IGNORECASE))


def suivants(normalise: Normalise, texte: str) -> list[str]:
    """The numbers or addresses that a field holds after its first one; what is none is left out."""
    trouves = []
    for morceau in _SEPARE.split(clean(texte, lignes=True))[1:]:
        with suppress(BusinessError):
            trouves.append(normalise(morceau))
    return [t for t in trouves if len(t) > 5]  # the "17" of "05 46 51 51 16/17" is no short number


class Motifs:
    """Why a line is refused: every reason, in order."""

    def __init__(self, cellules: Cellules) -> None:
        self.phrases: list[str] = []
        self._cellules = cellules

    def essayer(self, normalise: Normalise, texte: str) -> str:
        """The cell normalised, or "" and one more reason."""
        if not texte:
            return ""
        cle = (normalise, texte)
        if cle not in self._cellules:
            self._cellules[cle] = _essayee(normalise, texte)
        valeur, refus = self._cellules[cle]
        if refus:
            self.phrases.append(refus)
        return valeur

    def __str__(self) -> str:
        return " ".join(self.phrases)


def _essayee(normalise: Normalise, texte: str) -> tuple[str, str]:
    try:
        return normalise(texte), ""
    except BusinessError as refus:
        return "", f"« {clean(texte)[:60]} » : {refus.phrase[0].lower()}{refus.phrase[1:]}"


def jour(texte: str) -> date:
    """A day as people write it: 14/03/2025, 14/3/25, 2025-03-14, 14 mars 2025.

    Raises:
        Invalid: not a day.
    """
    texte = clean(texte).lower()
    m = re.match(r"(?:\D*\s)?(\d{1,2})(?:er)?\s*[/.\-\s]\s*(\d{1,2}|[^\W\d]+\.?)\s*[/.\-\s]\s*(\d{4}|\d{2})\b", texte)
    try:
        if m is None:
            return date.fromisoformat(texte[:10])
        mois = int(m[2]) if m[2].isdecimal() else _MOIS[folded(m[2])]
        return date(int(m[3]) + (2000 if len(m[3]) == 2 else 0), mois, int(m[1]))
    except (ValueError, KeyError) as error:
        raise Invalid({"date": "Cette date n’est pas comprise. Écrivez-la comme 14/03/2025."}) from error


def heure(texte: str) -> time:
    """An hour as people write it: 14 h, 14h30, 14:30.

    Raises:
        Invalid: not an hour.
    """
    m = re.fullmatch(r"(?:de |à )?(\d{1,2})\s*(?:h|:)\s*(\d{2})?(?::\d{2})?", clean(texte).lower())
    if m is None or int(m[1]) > 23 or int(m[2] or 0) > 59:
        raise Invalid({"heure": "Cette heure n’est pas comprise. Écrivez-la comme 14 h 30."})
    return time(int(m[1]), int(m[2] or 0))


_MOIS = {folded(nom): n for noms in (temps.MOIS, temps.MOIS_COURTS) for n, nom in enumerate(noms, 1)}
