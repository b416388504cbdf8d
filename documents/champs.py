"""What each kind of template may print: every field, what it is, and the values a template is tried with."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from models.lists import GenreModele

_G = GenreModele

# Field -> what it is. "x.y": y of x; "liste[].x": x of each line of the list, inside {% for … in liste %}.
_COMMUNS = {
    "emetteur": "Le service qui signe",
    "logo": "Le logo, s’il y en a un : {% if logo %}{{ logo }}{% endif %}",
    "date_du_jour": "La date du document",
}
_REUNION = {
    "reunion.titre": "Le titre de la réunion",
    "reunion.type": "Cellule de veille, réunion technique…",
    "reunion.instance": "L’instance",
    "reunion.secteur": "Le secteur de veille",
    "reunion.date": "mardi 24 novembre 2026",
    "reunion.horaires": "de 14 h 00 à 16 h 00",
    "reunion.lieu": "Le lieu",
    "reunion.adresse": "L’adresse du lieu",
    "reunion.presidence": "Sous la présidence de…, vide si personne ne préside",
}
_ACTION = {
    "quoi": "L’action décidée",
    "pilote": "Le partenaire qui la pilote",
    "echeance": "Son échéance",
    "etat": "À faire, En cours, Réalisée, Abandonnée",
    "retard": "Oui si l’échéance est passée, pour {% if … %}",
}
_POINT = {
    "numero": "Le numéro du point",
    "theme": "Le thème",
    "lieu": "Le quartier et le lieu",
    "origine": "Qui l’a signalé",
    "note": "Le constat",
    "reponse": "La réponse",
    "partenaires": "Les partenaires concernés",
}
_PUBLIC = {
    "reunion.titre": "Cellule de veille et secteur",
    "reunion.date": "La date de la réunion",
    "reunion.presidence": _REUNION["reunion.presidence"],
}

_VERSION = {"version": "« version 2, remplace celle du… » à partir de la deuxième, vide avant"}


def _dans(liste: str, champs: Mapping[str, str]) -> dict[str, str]:
    return {f"{liste}[].{nom}": quoi for nom, quoi in champs.items()}


_PRESENTS = {"presents[]": "Les organisations présentes", "habitants": "Le nombre d’habitants, vide si non compté"}
_THEMES = {
    "themes[].titre": "La rubrique",
    **_dans("themes[].points", _POINT),
    **_dans("themes[].points[].actions", _ACTION),
}
_THEMES_PUBLICS = {"themes[].titre": "La rubrique", "themes[].textes[]": "Un texte public"}
CHAMPS: dict[GenreModele, dict[str, str]] = {
    _G.CONVOCATION: {
        **_COMMUNS,
        **_REUNION,
        "texte": "Les mots propres à l’instance, vide pour ceux d’usage",
        "ordre_du_jour[]": "Un point de l’ordre du jour",
        "lettres[].partenaire": "Le destinataire",
        "lettres[].fonction": "La fonction qui vient",
        "lettres[].invite": "Oui si l’on invite au lieu de convoquer, pour {% if … %}",
    },
    _G.INVITATION: {
        **_COMMUNS,
        **_PUBLIC,
        **{k: v for k, v in _REUNION.items() if k.endswith(("horaires", "lieu", "adresse"))},
        "texte": "Les mots propres à l’instance, vide pour ceux d’usage",
    },
    _G.ORDRE_DU_JOUR: {
        **_COMMUNS,
        **_REUNION,
        **_dans("suites", _ACTION),
        **_dans("points", {k: _POINT[k] for k in ("numero", "theme", "lieu")}),
    },
    _G.EMARGEMENT: {
        **_COMMUNS,
        **_REUNION,
        **_dans("lignes", {"partenaire": "Le partenaire", "sigle": "Son sigle", "fonction": "La fonction qui vient"}),
    },
    _G.CHEVALETS: {
        **_COMMUNS,
        **_REUNION,
        **_dans(
            "chevalets",
            {
                "nom": "Le sigle, ou le nom",
                "court": "Oui si ce nom tient en très grand, pour {% if … %}",
                "partenaire": "Le nom en entier, s’il y a un sigle",
                "fonction": "La fonction qui vient",
            },
        ),
    },
    _G.RELEVE: {
        **_COMMUNS,
        **_REUNION,
        "statut": "Quelle version, projet ou validée et quand",
        "version": "« version 2 » à partir de la deuxième, vide avant",
        "presences[].etat": "Présents, Représentés, Excusés, Absents",
        "presences[].qui[]": "Les organisations et fonctions de cet état",
        **_PRESENTS,
        **_dans("suites", {**{k: _ACTION[k] for k in ("quoi", "pilote", "etat")}, "motif": "Pourquoi elle s’arrête"}),
        **_THEMES,
        "prochaine": "La date de la prochaine réunion de l’instance, ou « à fixer »",
    },
    _G.RELEVE_PUBLIC: {**_COMMUNS, **_PUBLIC, **_VERSION, **_PRESENTS, **_THEMES_PUBLICS},
    _G.RECUEIL: {
        **_COMMUNS,
        "secteur": "Le secteur de veille",
        "annee": "L’année",
        "restreint": "Oui pour le recueil des agents, pour {% if … %}",
        **_dans("releves", {**_PUBLIC, **_VERSION, **_PRESENTS, **_THEMES}),
        "releves[].themes[].textes[]": "Un texte public (recueil public)",
    },
}
_TEXTES = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_BALISE = re.compile(r"\{[{%](?:(?:p|tr|tc|r) )?(.*?)[%}]\}")
_EXEMPLES = {
    "numero": 1,
    "annee": 2026,
    "invite": True,
    "court": True,
    "retard": True,
    "date": "mardi 24 novembre 2026",
    "echeance": "jeudi 24 décembre 2026",
    "habitants": "12",
}


def exemple(genre: GenreModele, *, restreint: bool = True) -> dict[str, Any]:
    """Values to try a template with: every field filled, two lines a list."""
    contexte: dict[str, Any] = {}
    for champ, quoi in CHAMPS[genre].items():
        if champ != "logo":
            _poser(contexte, champ.split("."), quoi)
    if genre is GenreModele.RECUEIL:
        contexte["restreint"] = restreint
    return contexte


def _poser(dans: dict[str, Any], chemin: Sequence[str], quoi: str) -> None:
    nom, suite = chemin[0], chemin[1:]
    if nom.endswith("[]"):
        if not suite:
            dans[nom[:-2]] = [quoi, quoi]
            return
        for ligne in dans.setdefault(nom[:-2], [{}, {}]):
            _poser(ligne, suite, quoi)
    elif suite:
        _poser(dans.setdefault(nom, {}), suite, quoi)
    else:
        dans[nom] = _EXEMPLES.get(nom, quoi)


def oublies(genre: GenreModele, modele: bytes, maison: bytes) -> list[str]:
    """Fields, then conditions, that the house's own template has and this one has not: staff may have taken them out;
    or it was downloaded before they came."""
    siennes, nos_balises = _balises(modele), _balises(maison)
    siens, notres = (_champs(genre, balises) for balises in (siennes, nos_balises))
    conditions = [b for b in nos_balises if b.startswith("if ") and b not in siennes]
    return [f"{{{{ {c} }}}} : {quoi}" for c, quoi in CHAMPS[genre].items() if c in notres - siens] + [
        f"{{% {c} %}}" for c in conditions
    ]


def _balises(modele: bytes) -> list[str]:
    """What stands between the braces of a template, each once."""
    with zipfile.ZipFile(io.BytesIO(modele)) as archive:
        textes = [archive.read(nom).decode(errors="replace") for nom in archive.namelist() if _TEXTES.fullmatch(nom)]
    nus = [unescape(re.sub(r"<[^>]+>", "", texte)) for texte in textes]
    trouvees = [" ".join(b.split()) for nu in nus for b in _BALISE.findall(nu)]
    return list(dict.fromkeys(trouvees))


def _champs(genre: GenreModele, balises: Sequence[str]) -> set[str]:
    mots = {mot for balise in balises for mot in re.findall(r"[\w.]+", balise)}
    fins = {mot.rpartition(".")[2] for mot in mots if "." in mot}
    return {
        champ
        for champ in CHAMPS[genre]
        if (champ.split(".")[-1].removesuffix("[]") in fins if "[]." in champ else champ.removesuffix("[]") in mots)
    }
