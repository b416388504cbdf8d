"""What is in a file, read in a process of its own: bytes on standard input, JSON on standard output.

A file may be made to fill the memory or to take for ever (a 20 kB .ods can ask for a billion cells). Here it meets the
limits of this process, which dies alone; `services/imports/fichiers.py` then says what happened.

Tests: tests/services/imports/test_fichiers.py.
"""

import csv
import io
import json
import quopri
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MEMOIRE = 1_000_000_000
SECONDES = 8
SECONDES_AGENDA = 4  # a series may be written so as never to end
DEPLIE = 60_000_000  # bytes of an archive once unfolded
LIGNES, COLONNES, CELLULE = 20_000, 200, 32_767

Lignes = list[list[str]]
Feuilles = list[tuple[str, Lignes]]

_ENREGISTREZ = "Ouvrez-le dans votre tableur et enregistrez-le au format Excel."
_ABIME = f"Ce fichier est abîmé ou incomplet. {_ENREGISTREZ}"
_AUTRE = "Ce fichier n’est pas un tableau. Choisissez un tableau, des cartes de visite ou un agenda."
_TROP_GRAND = f"Ce tableau est trop grand : {LIGNES} lignes et {COLONNES} colonnes au plus. Coupez-le en plusieurs."


class Refus(Exception):
    """Why the file is not read: a sentence for the user."""


# --- what it is, by its content -------------------------------------------------------------------------------------


def lire(contenu: bytes) -> Feuilles:
    """The sheets of a file, each a list of rows of text; the name of the file says nothing.

    Raises:
        Refus: it is not a table or a list of cards, or it is made to do harm.
    """
    if not contenu.strip():
        raise Refus("Ce fichier est vide.")
    if contenu.startswith(b"PK\x03\x04"):
        _verifier_archive(contenu)
        return _classeur(contenu)
    if contenu.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _verifier_ancien(contenu)
        return _classeur(contenu)
    if re.match(rb"(\xef\xbb\xbf)?\s*BEGIN:VCALENDAR", contenu, re.IGNORECASE):
        return [("iCalendar", _agenda(contenu))]
    texte = _texte(contenu)
    if re.match(r"\s*BEGIN:VCARD", texte, re.IGNORECASE):
        return [("vCard", _cartes(texte))]
    if re.match(r"\s*<(!doctype|html|\?xml|table|script)", texte, re.IGNORECASE):
        raise Refus(f"Ce fichier est une page web, pas un tableau. {_ENREGISTREZ}")
    return [("CSV", _csv(texte))]


def _verifier_archive(contenu: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            noms = set(archive.namelist())
            if any(n.lower().endswith("vbaproject.bin") for n in noms) or "Basic/script-lc.xml" in noms:
                raise Refus(f"Ce classeur contient des macros. {_ENREGISTREZ}")
            ods = "mimetype" in noms and archive.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument.spreadsheet"
            )
            if not ods and "xl/workbook.xml" not in noms:
                raise Refus(
                    "Ce fichier n’est pas un tableau. Choisissez un tableau, des cartes de visite ou un agenda."
                )
            # Unfolded for real: the sizes that an archive announces may lie (then its checksum does not hold).
            total = 0
            for info in archive.infolist():
                with archive.open(info) as membre:
                    while morceau := membre.read(1_000_000):
                        total += len(morceau)
                        if total > DEPLIE:
                            raise Refus(_TROP_GRAND)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Refus(_ABIME) from error


def _verifier_ancien(contenu: bytes) -> None:
    def contient(nom: str) -> bool:
        return nom.encode("utf-16-le") in contenu

    if contient("EncryptedPackage"):
        raise Refus("Ce classeur est protégé par un mot de passe. Retirez-le, puis recommencez.")
    if contient("_VBA_PROJECT"):
        raise Refus(f"Ce classeur contient des macros. {_ENREGISTREZ}")
    if not contient("Workbook") and not contient("Book"):
        raise Refus(_AUTRE)


# --- workbooks ------------------------------------------------------------------------------------------------------


def _classeur(contenu: bytes) -> Feuilles:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        classeur = CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        feuilles: Feuilles = []
        montrees = [m.name for m in classeur.sheets_metadata if m.visible is SheetVisibleEnum.Visible]
        for nom in montrees or classeur.sheet_names:
            feuille = classeur.get_sheet_by_name(nom)
            if feuille.total_height > LIGNES or feuille.total_width > COLONNES:
                raise Refus(_TROP_GRAND)
            feuilles.append((nom, [[_cellule(c) for c in ligne] for ligne in feuille.to_python(skip_empty_area=False)]))
    except (CalamineError, ValueError, OSError) as error:
        raise Refus(_ABIME) from error
    return [(nom, lignes) for nom, lignes in feuilles if any(any(ligne) for ligne in lignes)]


def _cellule(valeur: Any) -> str:
    """A cell as one would type it."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float):
        return str(int(valeur)) if valeur.is_integer() and abs(valeur) < 1e15 else repr(valeur)
    if isinstance(valeur, datetime):
        return f"{valeur:%d/%m/%Y}" if valeur.time() == time() else f"{valeur:%d/%m/%Y %H:%M}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, time):
        return f"{valeur:%H:%M}"
    if isinstance(valeur, timedelta):
        return f"{valeur.seconds // 3600:02d}:{valeur.seconds % 3600 // 60:02d}"
    return str(valeur)[:CELLULE]


# --- text -----------------------------------------------------------------------------------------------------------


def _texte(contenu: bytes) -> str:
    """UTF-8 if it is, else Windows-1252: nothing else is met here, and guessing among thirty gets French wrong."""
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        return contenu.decode("utf-16", errors="replace")
    if contenu.startswith((b"MZ", b"\x7fELF", b"%PDF")) or re.search(rb"[\x00-\x08\x0e-\x1a]", contenu):
        raise Refus(_AUTRE)
    try:
        return contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        return contenu.decode("cp1252", errors="replace")


def _csv(texte: str) -> Lignes:
    if entete := re.match(r"sep=(.)\r?\n", texte, re.IGNORECASE):
        return list(_enregistrements(texte[entete.end() :], entete[1]))
    debut = texte[:20_000].rsplit("\n", 1)[0] if len(texte) > 20_000 else texte
    return list(_enregistrements(texte, max(";,\t|", key=lambda d: _regularite(debut, d))))


def _regularite(texte: str, delimiteur: str) -> tuple[int, int]:
    """How many of the first rows have the same number of cells, and how many cells that is."""
    largeurs: Counter[int] = Counter()
    try:
        for ligne in csv.reader(io.StringIO(texte, newline=""), delimiter=delimiteur):
            largeurs[len(ligne)] += len(ligne) > 1
    except csv.Error:
        pass
    largeur, lignes = max(largeurs.items(), key=lambda x: (x[1], x[0]), default=(0, 0))
    return lignes, largeur


def _enregistrements(texte: str, delimiteur: str) -> Iterator[list[str]]:
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=delimiteur, strict=True)
    try:
        for n, ligne in enumerate(lecteur, 1):
            if n > LIGNES or len(ligne) > COLONNES:
                raise Refus(_TROP_GRAND)
            yield ligne
    except csv.Error as error:
        # Read on, one missing quotation mark would swallow the rest of the file in silence.
        raise Refus(
            f"Vers la ligne {lecteur.line_num}, les guillemets ne se correspondent pas. {_ENREGISTREZ}"
        ) from error


# --- vCard 2.1, 3.0, 4.0 --------------------------------------------------------------------------------------------

_ENTETE_CARTES = [
    "Nom", "Prénom", "Société", "Fonction", "Adresse de messagerie", "Adresse de messagerie 2",
    "Adresse de messagerie 3", "Téléphone", "Téléphone 2", "Téléphone 3",
    "Rue", "Code postal", "Ville", "Page Web", "Notes",
]  # fmt: skip
_PROPRIETE = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.DOTALL)


def _cartes(texte: str) -> Lignes:
    """One row a card, under the words that `imports/colonnes.py` knows. What is of the home is left where it is."""
    texte = texte.replace("\r\n", "\n").replace("\r", "\n")
    texte = re.sub(r"\n[ \t]", "", texte)  # a line goes on after a line break and a blank
    lignes = [_ENTETE_CARTES]
    for carte in re.findall(r"^BEGIN:VCARD[ \t]*$(.*?)^END:VCARD[ \t]*$", texte, re.DOTALL | re.MULTILINE | re.I):
        if len(lignes) > LIGNES:
            raise Refus(_TROP_GRAND)
        lignes.append(_carte(carte))
    if len(lignes) == 1:
        raise Refus("Aucune carte complète dans ce fichier. Exportez-le de nouveau.")
    return lignes


def _carte(carte: str) -> list[str]:
    lus: dict[str, list[tuple[set[str], str]]] = {}
    if "QUOTED-PRINTABLE" in carte.upper():
        carte = re.sub(r"=\n", "", carte)
    proprietes = [m for ligne in carte.split("\n") if (m := _PROPRIETE.fullmatch(ligne))]
    # Apple says what a line is on another line of its group: "item2.X-ABLabel:_$!<Home>!$_".
    prives = {m[1] for m in proprietes if m[2].upper() == "X-ABLABEL" and re.search("home|domicile", m[4].lower())}
    for m in proprietes:
        if not m[1] or m[1] not in prives:
            nom, parametres, valeur = m[2].upper(), set(re.split(r"[;,=\"]", m[3].upper())), m[4]
            if "QUOTED-PRINTABLE" in parametres:
                lettres = "cp1252" if parametres & {"WINDOWS-1252", "ISO-8859-1"} else "utf-8"
                valeur = quopri.decodestring(valeur.encode()).decode(lettres, errors="replace")
            lus.setdefault(nom, []).append((parametres, valeur))

    def valeurs(nom: str) -> list[str]:
        """Preferred ones first, then professional ones; those of the home never."""
        trouvees = [(p, v) for p, v in lus.get(nom, []) if "HOME" not in p and "FAX" not in p and v]
        return [v for p, v in sorted(trouvees, key=lambda x: (_preference(x[0]), "WORK" not in x[0]))]

    def premier(nom: str) -> str:
        return next(iter(valeurs(nom)), "")

    n, adresse = ([_lisible(x) for x in _morceaux(premier(c)) + [""] * 7] for c in ("N", "ADR"))
    societe, entier = _lisible(_morceaux(premier("ORG"))[0]), _lisible(premier("FN"))
    nom, prenom = n[0], n[1]
    if "ORG" in premier("KIND").upper() or (not nom and not prenom and entier == societe):
        societe, nom, prenom = societe or entier, "", ""
    elif not nom and not prenom:
        prenom, _, nom = entier.rpartition(" ")
    telephones, courriels = (
        [re.sub(r"^(tel|mailto):", "", _lisible(v), flags=re.IGNORECASE) for v in valeurs(x)] + [""] * 3
        for x in ("TEL", "EMAIL")
    )
    fonction = _lisible(premier("TITLE") or premier("ROLE"))
    rue, ville, code = adresse[2], adresse[3], adresse[5]
    return [
        nom, prenom, societe, fonction, *courriels[:3], *telephones[:3],
        rue, code, ville, _lisible(premier("URL")), _lisible(premier("NOTE")),
    ]  # fmt: skip


def _preference(parametres: set[str]) -> int:
    """1 to 100 as vCard 4 writes it (PREF=1), 1 as older ones do (TYPE=PREF), 101 without."""
    if "PREF" not in parametres:
        return 101
    return min((int(p) for p in parametres if p.isdecimal() and len(p) < 4), default=1)


def _morceaux(valeur: str) -> list[str]:
    return re.findall(r";((?:\\.|[^;])*)", f";{valeur}", re.DOTALL)


def _lisible(valeur: str) -> str:
    """Without the backslashes of the format."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], valeur).strip()


# --- calendars ------------------------------------------------------------------------------------------------------


def _agenda(contenu: bytes) -> Lignes:
    from services.imports import lecteur_agenda
    from services.socle.horloge import aujourdhui

    limiter(MEMOIRE, SECONDES_AGENDA)
    try:
        return lecteur_agenda.rangs(contenu, today=aujourdhui())
    except lecteur_agenda.Illisible as error:
        raise Refus(str(error)) from error


# --- the process ----------------------------------------------------------------------------------------------------


def limiter(memoire: int, secondes: int) -> None:
    """From here on this process has that much memory (bytes) and time of the processor; more kills it."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CPU, (secondes, secondes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sans_fin(feuilles: Iterable[tuple[str, Lignes]]) -> Feuilles:
    """Without the blank rows that a sheet ends with."""
    coupees = []
    for nom, lignes in feuilles:
        while lignes and not any(c.strip() for c in lignes[-1]):
            lignes.pop()
        if lignes:
            coupees.append((nom, lignes))
    return coupees


def main() -> None:
    limiter(MEMOIRE, SECONDES)
    try:
        feuilles = _sans_fin(lire(sys.stdin.buffer.read()))
        if not feuilles:
            raise Refus("Ce fichier est vide.")
        reponse: dict[str, Any] = {"feuilles": feuilles}
    except Refus as refus:
        reponse = {"refus": str(refus)}
    except MemoryError:
        reponse = {"refus": _TROP_GRAND}
    sys.stdout.buffer.write(json.dumps(reponse).encode())


if __name__ == "__main__":
    main()
