"""Addresses and numbers, checked and written one way. Nothing here asks the network.

Tests: tests/services/partenaires/test_fiches.py.
"""

import re
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, shortnumberinfo

from services.socle.erreurs import Invalid
from services.socle.texte import clean


def telephone_valide(texte: str) -> str:
    """The number as French people write it ("05 46 51 51 51"), "" if none, short numbers too ("17").

    Raises:
        Invalid: not a phone number.
    """
    texte = clean(texte)
    if not texte:
        return ""
    try:
        numero = phonenumbers.parse(texte, "FR")
    except NumberParseException:
        numero = None
    if numero and phonenumbers.is_valid_number(numero):
        francais = numero.country_code == 33
        return phonenumbers.format_number(
            numero, PhoneNumberFormat.NATIONAL if francais else PhoneNumberFormat.INTERNATIONAL
        )
    chiffres = re.sub(r"[\s.]", "", texte)
    if numero and chiffres.isdecimal() and shortnumberinfo.is_valid_short_number_for_region(numero, "FR"):
        return chiffres
    raise Invalid({"telephone": "Ce numéro n’est pas valable. Écrivez-le comme 05 46 51 51 51."})


def chiffres(telephone: str) -> str:
    """The digits dialled from France: "+33 5 46…", "0033 5 46…" and "05 46…" are one."""
    nus = re.sub(r"[^\d+]", "", telephone.replace("(0)", ""))
    return re.sub(r"^(?:\+|00)", "", re.sub(r"^(?:\+|00)33", "0", nus))


def requete(texte: str) -> str:
    """What is searched among folded texts: a number, however it is typed, is its digits."""
    return chiffres(texte) if re.fullmatch(r"\s*[+0][\d\s.()/-]{4,}", texte) else texte


def courriel_valide(texte: str) -> str:
    """The address with its domain in lower case, "" if none.

    Raises:
        Invalid: not an e-mail address.
    """
    texte = clean(texte)
    if not texte:
        return ""
    try:
        adresse = validate_email(texte, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid(
            {"courriel": "Cette adresse n’est pas valable. Écrivez-la comme prenom.nom@exemple.fr."}
        ) from error
    if len(adresse) > 200:
        raise Invalid({"courriel": "Cette adresse est trop longue : 200 caractères au plus."})
    return adresse


def site_valide(texte: str) -> str:
    """The address of a site, with https:// unless another was given, "" if none.

    Raises:
        Invalid: not the address of a site (`javascript:`, `data:` and the like are refused).
    """
    texte = clean(texte)
    if not texte:
        return ""
    refus = Invalid({"site": "Cette adresse n’est pas celle d’un site. Écrivez-la comme https://www.exemple.fr."})
    if not re.match(r"[a-z][a-z0-9+.-]*://", texte, re.IGNORECASE):
        if re.match(r"[a-z][a-z0-9+-]*:(?![0-9])", texte, re.IGNORECASE):
            raise refus
        texte = f"https://{texte}"
    try:
        parties = urlsplit(texte)
        hote, _ = parties.hostname, parties.port
    except ValueError as error:
        raise refus from error
    if (
        parties.scheme.lower() not in ("http", "https")
        or not hote
        or parties.username
        or re.search(r"[\s<>\"\\]", texte)
    ):
        raise refus
    if not re.fullmatch(r"[^.]+(\.[^.]+)+", hote):
        raise refus
    if len(texte) > 300:
        raise Invalid({"site": "Cette adresse est trop longue : 300 caractères au plus."})
    return parties._replace(scheme=parties.scheme.lower(), netloc=parties.netloc.lower()).geturl()


def postale(adresse: str, commune: str) -> tuple[str, str, str]:
    """A postal address in three: street lines, postal code, town. The end of `adresse` may hold the last two."""
    fin = re.search(r"(?:^|[\s,])(\d{5})(?: +([^\W\d][^\n,]*))?[\s,]*$", adresse)
    if fin is None:
        return adresse.strip(), "", commune
    return adresse[: fin.start()].strip(" ,\n"), fin[1], (fin[2] or commune).strip()
