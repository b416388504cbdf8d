"""Contacts as vCard 3.0: the one version that telephones, Outlook, Thunderbird and Gmail all read."""

from collections.abc import Iterable

from models.lists import GenreCoordonnee
from services.partenaires.autres_coordonnees import Autre
from services.partenaires.diffusion import Destinataire
from services.socle.texte import clean

_OCTETS = 75  # of a line, its break apart


def vcf_octets(destinataires: Iterable[Destinataire]) -> bytes:
    """One card a recipient, in UTF-8."""
    return b"".join(_plie(ligne) for d in destinataires for ligne in _carte(d))


def _carte(d: Destinataire) -> list[str]:
    rue, code, ville = (_texte(t) for t in d.postale)
    personne = d.personne_id is not None
    courriel, telephone = (d.courriel, d.telephone) if personne else (d.courriel_partenaire, d.telephone_partenaire)
    lignes = ["BEGIN:VCARD", "VERSION:3.0", f"N:{_texte(d.nom)};{_texte(d.prenom)};;;"]
    for propriete, valeur in (
        ("FN", _texte(d.personne if personne else d.partenaire)),
        ("ORG", _texte(d.partenaire)),
        ("TITLE", _texte(d.fonction)),
        ("EMAIL;TYPE=INTERNET,WORK", _texte(courriel)),
        ("TEL;TYPE=WORK,VOICE", _texte(telephone)),
        ("ADR;TYPE=WORK", f";;{rue};{ville};;{code};" if rue or code or ville else ""),
        ("CATEGORIES", _texte(d.categorie)),
        ("URL", "" if personne else clean(d.site)),
    ):
        if valeur:
            lignes.append(f"{propriete}:{valeur}")
    lignes += [f"{_genre(a)}:{_texte(a.valeur)}" for a in d.autres]
    return [*lignes, "END:VCARD"]


def _genre(a: Autre) -> str:
    if a.genre is GenreCoordonnee.COURRIEL:
        return "EMAIL;TYPE=INTERNET,WORK"
    return "TEL;TYPE=CELL,VOICE" if a.valeur.startswith(("06", "07")) else "TEL;TYPE=WORK,VOICE"


def _texte(valeur: str) -> str:
    """A value in which nothing can end its line, its property or its part."""
    propre = "\n".join(clean(valeur, lignes=True).splitlines())
    for brut, ecrit in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        propre = propre.replace(brut, ecrit)
    return propre


def _plie(ligne: str) -> bytes:
    """The line and its break, gone on after a blank where it is too long; no letter is cut in two."""
    morceaux, morceau = [], b""
    for lettre in ligne:
        octets = lettre.encode()
        if len(morceau) + len(octets) > _OCTETS:
            morceaux.append(morceau)
            morceau = b" "
        morceau += octets
    return b"\r\n".join([*morceaux, morceau]) + b"\r\n"
