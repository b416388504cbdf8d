"""E-mail addresses, ready to paste into a message."""

import re
from collections.abc import Iterable
from email.headerregistry import Address
from urllib.parse import quote

from services.partenaires.diffusion import Destinataire
from services.socle.texte import clean

_MAILTO = 1900  # characters: some mail programs cut what is longer


def adresses(destinataires: Iterable[Destinataire], *, noms: bool) -> list[str]:
    """Each address once, as `Prénom Nom <a@b.fr>` or bare."""
    uniques: dict[str, str] = {}
    for d in destinataires:
        if d.ecrire_a:
            # Programs differ on a separator between quotation marks: none is left in a name.
            nom = clean(re.sub(r'[",;<>\\]', " ", d.nom_affiche)) if noms else ""
            boite, _, domaine = clean(d.ecrire_a).rpartition("@")
            uniques.setdefault(d.ecrire_a.lower(), str(Address(nom, boite, domaine)))
    return list(uniques.values())


def mailto(bruts: Iterable[str], separateur: str) -> str:
    """A link that opens a new message with these bare addresses in Cci, "" if it would be too long."""
    lien = "mailto:?bcc=" + quote(separateur.strip().join(bruts), safe="@,;")
    return lien if len(lien) <= _MAILTO else ""
