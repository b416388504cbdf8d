"""Tables for a spreadsheet, CSV and Excel: no cell is a live formula, and a telephone stays a telephone."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

import phonenumbers
import xlsxwriter

Valeur = str | int | date
_TELEPHONE = re.compile(r"(\+|00)[1-9]\d{6,14}|0[1-9]\d{8}")
_FORMULE = re.compile(r"\s*[=+\-@]|[\t\r]")
_LARGEUR = 380  # pixels, of the widest column: longer texts go on under
_CELLULE = 32_767  # characters, Excel's own limit


def xlsx_octets(titres: Sequence[str], lignes: Iterable[Sequence[Valeur]], *, feuille: str) -> bytes:
    """A sheet with its titles held in place and filters on, ready to print. Text is always written as text."""
    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets, {"in_memory": True}) as classeur:
        f = classeur.add_worksheet(feuille)
        titre = classeur.add_format({"bold": True, "bg_color": "#e4ebf2", "bottom": 1})
        commun = {"valign": "top", "text_wrap": True}
        texte = classeur.add_format(commun)
        telephone = classeur.add_format(commun | {"num_format": "@"})  # still text once it is typed again
        formule = classeur.add_format(commun | {"quote_prefix": True})  # idem, "=1+1" shown without an apostrophe
        jour = classeur.add_format(commun | {"num_format": "dd/mm/yyyy", "align": "left"})
        for colonne, t in enumerate(titres):
            f.write_string(0, colonne, t, titre)
        derniere = 0
        for derniere, ligne in enumerate(lignes, 1):
            for colonne, v in enumerate(ligne):
                if isinstance(v, date):
                    f.write_datetime(derniere, colonne, v, jour)
                elif isinstance(v, int):
                    f.write_number(derniere, colonne, v, texte)
                elif numero := _telephone(v):
                    f.write_string(derniere, colonne, numero, telephone)
                elif v:
                    f.write_string(derniere, colonne, v[:_CELLULE], formule if _FORMULE.match(v) else texte)
        f.freeze_panes(1, 0)
        f.autofilter(0, 0, derniere, len(titres) - 1)
        f.autofit(_LARGEUR)
        f.set_landscape()
        f.set_paper(9)  # A4
        f.fit_to_pages(1, 0)
        f.repeat_rows(0)
    return octets.getvalue()


def csv_octets(titres: Sequence[str], lignes: Iterable[Sequence[Valeur | float | None]]) -> bytes:
    """What a French spreadsheet opens with a double click: `;`, and UTF-8 that says so."""
    texte = io.StringIO()
    ecrit = csv.writer(texte, delimiter=";", lineterminator="\r\n")
    ecrit.writerow([cellule(t) for t in titres])
    ecrit.writerows([cellule(c) for c in ligne] for ligne in lignes)
    return texte.getvalue().encode("utf-8-sig")


def cellule(valeur: Valeur | float | None) -> str:
    """The value as a cell that nothing computes. "0546515151" would lose its zero, "+33…" would be added up."""
    if valeur is None:
        return ""
    if isinstance(valeur, int | float):
        return str(round(valeur, 1)).replace(".", ",")
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    return _telephone(valeur) or (f"'{valeur}" if _FORMULE.match(valeur) else valeur)


def _telephone(texte: str) -> str:
    """The number as one reads it, "" if the text is not one."""
    nu = re.sub(r"[\s.\-()]", "", texte)
    if not _TELEPHONE.fullmatch(nu):
        return ""
    try:
        numero = phonenumbers.parse(nu, "FR")
    except phonenumbers.NumberParseException:
        return "00 " + nu.removeprefix("+").removeprefix("00")
    if numero.country_code == 33:
        return phonenumbers.format_number(numero, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "00 " + phonenumbers.format_number(numero, phonenumbers.PhoneNumberFormat.INTERNATIONAL).removeprefix("+")
