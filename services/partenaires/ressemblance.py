"""What makes two names, or two records, look like one: words, acronyms, sounds, letters, ways to be reached.

Tests: tests/services/partenaires/test_doublons.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from sqlmodel import Session, col, select

from models import College, Coordonnee, Partenaire, Personne
from services.socle.texte import folded

# Words that say nothing of which organisation it is.
_MOTS_VIDES = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "rochelle"])
# What staff write for short, in full.
ALIAS: dict[str, str] = {
    "ass": "association",
    "asso": "association",
    "assoc": "association",
    "caf": "caisse allocations familiales",
    "cda": "communaute agglomeration",
    "clg": "college",
    "coll": "college",
    "cpam": "caisse primaire assurance maladie",
    "cs": "centre social",
    "ctre": "centre",
    "dept": "departement",
    "dpt": "departement",
    "mjc": "maison jeunes culture",
    "oph": "office public habitat",
    "pj": "police judiciaire",
    "pjj": "protection judiciaire jeunesse",
    "pm": "police municipale",
    "pn": "police nationale",
    "pref": "prefecture",
    "res": "residence",
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
}
_SONS = [(re.compile(de), vers) for de, vers in (
    ("ph", "f"), ("e?aux?", "o"), ("qu|k|ck|c(?=[^eiyh]|$)", "k"), ("c(?=[eiy])|z|ss", "s"), ("g(?=[eiy])", "j"),
    ("y", "i"), ("h", ""), ("[ae][mn](?=[^aeiou]|$)", "an"), (r"(.)\1+", r"\1"), ("[estxd]+$", ""),
)]  # fmt: skip
_RESSEMBLANCE = 80
_BLOC_MAX = 40  # a key that more records share says nothing
# What each thing in common is worth: the chance that it is not by accident.
_POIDS = {"nom": 0.85, "proche": 0.7, "sigle": 0.55, "courriel": 0.6, "telephone": 0.35, "adresse": 0.2}
_SEUIL = 0.5


@dataclass(frozen=True)
class Trait:
    """What is compared of a record, all of it folded."""

    id: int
    mots: tuple[str, ...]
    sigle: str = ""
    courriels: frozenset[str] = frozenset()
    telephones: frozenset[str] = frozenset()
    adresse: str = ""
    commune: str = ""
    uai: str = ""


@dataclass(frozen=True)
class Rapprochement:
    """Two records that are probably one: `score` of 100, and why."""

    a_id: int
    b_id: int
    score: int
    raisons: tuple[str, ...]


# --- names ----------------------------------------------------------------------------------------------------------


def mots(plie: str) -> list[str]:
    """The words of a folded name that say which organisation it is, in full."""
    return [m for mot in plie.split() if mot not in _MOTS_VIDES for m in ALIAS.get(mot, mot).split()]


def initiales(des_mots: Sequence[str]) -> str:
    return "".join(mot[0] for mot in des_mots)


@cache
def son(mot: str) -> str:
    """Roughly how a French word sounds: "Laurent" and "Lorand" are one."""
    for motif, par in _SONS:
        mot = motif.sub(par, mot)
    return mot


def se_ressemblent(a: Sequence[str], b: Sequence[str]) -> bool:
    """The words that only one of the two names has are nearly the same, or one name is most of the other.

    Whole strings would say that "Comité de quartier de Saint-Éloi" is "Comité de quartier de Saint-Louis".
    """
    if not a or not b:
        return False
    seuls_a = sorted(m for m in a if m not in b)
    seuls_b = sorted(m for m in b if m not in a)
    if seuls_a and seuls_b:
        x, y = "".join(seuls_a), "".join(seuls_b)
        longs = min(len(x), len(y)) > 3
        une_lettre = longs and Levenshtein.distance(x, y, score_cutoff=1) == 1
        meme_son = longs and [son(m) for m in seuls_a] == [son(m) for m in seuls_b]
        return une_lettre or meme_son or fuzz.ratio(x, y, score_cutoff=_RESSEMBLANCE) > 0
    court, long = sorted(("".join(a), "".join(b)), key=len)
    return len(court) >= len(long) / 2


def chiffres(telephone: str) -> str:
    """The nine digits that tell a French number, "" for a short one."""
    nus = re.sub(r"\D", "", telephone)
    return nus[-9:] if len(nus) >= 9 else ""


# --- a whole base ---------------------------------------------------------------------------------------------------


def des_partenaires(session: Session) -> list[Trait]:
    """All of them, archived ones too."""
    rows = session.exec(
        select(  # type: ignore[call-overload]
            Partenaire.id,
            Partenaire.recherche,
            Partenaire.courriel,
            Partenaire.telephone,
            Partenaire.adresse,
            Partenaire.commune,
            College.uai,
        )
        .join(College, col(College.partenaire_id) == Partenaire.id, isouter=True)
        .order_by(col(Partenaire.id))
    ).all()
    traits = []
    for id, recherche, courriel, telephone, adresse, commune, uai in rows:
        nom, sigle = [*recherche.split(" | "), ""][:2]
        ou = folded(commune)
        la = " ".join(mots(folded(adresse)))
        traits.append(
            Trait(
                id=id,
                mots=tuple(mots(nom)),
                sigle=sigle,
                courriels=frozenset({courriel.lower()} - {""}),
                telephones=frozenset({chiffres(telephone)} - {""}),
                adresse=f"{la} {ou}" if la else "",
                commune=ou,
                uai=uai or "",
            )
        )
    return traits


def des_personnes(session: Session) -> list[Trait]:
    """All of them, with every number and address of each."""
    autres: dict[int, set[str]] = defaultdict(set)
    for id, valeur in session.exec(select(Coordonnee.personne_id, Coordonnee.valeur)):
        autres[id].add(valeur)
    rows = session.exec(
        select(Personne.id, Personne.recherche, Personne.courriel, Personne.telephone).order_by(col(Personne.id))
    ).all()
    return [
        Trait(
            id=id or 0,
            mots=tuple(recherche.split(" | ")[0].split()),
            courriels=frozenset(v.lower() for v in (courriel, *autres.get(id or 0, ())) if "@" in v),
            telephones=frozenset(
                n for v in (telephone, *autres.get(id or 0, ())) if "@" not in v and (n := chiffres(v))
            ),
        )
        for id, recherche, courriel, telephone in rows
    ]


def rapprocher(traits: Iterable[Trait]) -> list[Rapprochement]:
    """The pairs that are probably one record, the surest first. Only records that share a rare key are compared."""
    blocs: dict[tuple[str, str], list[Trait]] = defaultdict(list)
    for trait in traits:
        for cle in _cles(trait):
            blocs[cle].append(trait)
    vues: set[tuple[int, int]] = set()
    trouves = []
    for (genre, _), bloc in blocs.items():
        if len(bloc) <= _BLOC_MAX:
            paires: Iterable[tuple[Trait, Trait]] = combinations(bloc, 2)
        elif genre in ("nom", "courriel"):  # forty times the same name: each with the first
            paires = ((bloc[0], autre) for autre in bloc[1:])
        else:
            continue
        for a, b in paires:
            ids = (a.id, b.id) if a.id < b.id else (b.id, a.id)
            if ids in vues:
                continue
            vues.add(ids)
            score, raisons = _comparer(a, b)
            if score >= _SEUIL:
                trouves.append(Rapprochement(*ids, round(100 * score), raisons))
    return sorted(trouves, key=lambda r: (-r.score, r.a_id, r.b_id))


def _cles(t: Trait) -> set[tuple[str, str]]:
    """What a record is found by: each word and the whole name, with a letter less, and as it sounds."""
    tout = "".join(sorted(t.mots))
    cles = {("nom", tout)} | {("lettre", c) for c in _un_de_moins(tout)} if tout else set()
    for mot in t.mots:
        cles |= {("mot", mot), ("son", son(mot))} | {("mot", c) for c in _un_de_moins(mot)}
    sigles = {t.sigle, initiales(t.mots) if len(t.mots) > 2 else ""}
    cles |= {("sigle", s) for s in sigles if len(s) > 1}
    cles |= {("courriel", v) for v in t.courriels} | {("telephone", v) for v in t.telephones}
    if t.adresse:
        cles.add(("adresse", t.adresse))
    return cles


def _un_de_moins(mot: str) -> Iterator[str]:
    """The word with one letter less: two words one mistake apart share one of these."""
    if len(mot) > 3:
        yield from (mot[:i] + mot[i + 1 :] for i in range(len(mot)))


def _comparer(a: Trait, b: Trait) -> tuple[float, tuple[str, ...]]:
    """What two records have in common, weighed together, and said in French."""
    poids: dict[str, float] = {}
    if a.mots and sorted(a.mots) == sorted(b.mots):
        poids["même nom"] = _POIDS["nom"]
    elif se_ressemblent(a.mots, b.mots):
        part = fuzz.ratio("".join(sorted(a.mots)), "".join(sorted(b.mots)))
        poids[f"noms proches à {part:.0f} %"] = _POIDS["proche"] * part / 100
    sigles = [{t.sigle, initiales(t.mots) if len(t.mots) > 2 else ""} - {""} for t in (a, b)]
    if (a.sigle or b.sigle) and sigles[0] & sigles[1]:
        poids["même sigle" if a.sigle == b.sigle else "sigle et initiales identiques"] = _POIDS["sigle"]
    for champ, mot, meme in (
        ("courriel", "même courriel", a.courriels & b.courriels),
        ("telephone", "même téléphone", a.telephones & b.telephones),
        ("adresse", "même adresse", a.adresse and a.adresse == b.adresse),
    ):
        if meme:
            poids[mot] = _POIDS[champ]
    hasard = 1.0
    for p in poids.values():
        hasard *= 1 - p
    score = 1 - hasard
    if a.commune and b.commune and a.commune != b.commune:
        score *= 0.8
    if a.uai and b.uai:  # two collèges
        score *= 0.2
    return score, tuple(poids)
