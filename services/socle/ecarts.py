"""What a command changed, from what to what, in words: remembered at each flush, told by the next line of the journal.

A command has nothing to do for it: whatever an ORM row held before is kept until `journal.note`, or the end of the
transaction. A column that has a `title` is told; a test holds that any other is in TUS, or its table in MUETTES. Rows
that hang on another (a secteur of a partenaire, a member of an instance) are told as added or taken out.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as SASession
from sqlmodel import Session

from models import Partenaire, Quartier, SecteurVeille
from models.base import Base, libelles
from models.lists import JOURS
from services.socle import temps, vigilance
from services.socle.horloge import civil
from services.socle.texte import accord, first_words

Cle = tuple[str, Any]  # table, primary key
Valeurs = dict[str, Any]
LONGUEUR = 90  # of a value; longer ones are cut
LIGNES = 12  # of one line of the journal; the others are counted
COURT = 30  # longer than that, a value stands between quotes
INCONNU = "…"  # what was not read before it was changed
_CLE = "ecarts"
_NOMS = ("nom", "titre", "libelle", "intitule", "quoi", "uai")
RANGS = {1: "1er", 2: "2e", 3: "3e", 4: "4e", 5: "dernier"}
MOIS = dict(enumerate(temps.MOIS, 1))

# Table -> column -> what people call it, the `title` of its column.
LIBELLES = {str(table.__tablename__): dits for table in Base.__subclasses__() if (dits := libelles(table))}

# What is changed without a word: the machinery, and what its own line or another column says.
TUS = {
    "*": {"id", "version", "recherche", "cle", "ordre", "archive", "archive_le", "verifie_le"},
    "action": {"terminee_le", "reunion_id", "point_id"},
    "agent": {"mot_de_passe", "echecs", "verrouille_jusqua", "derniere_connexion"},  # secrets, and every sign-in
    "bilan_college": {"annee", "college_id"},
    "classe": {"participation_id"},
    "college": {"partenaire_id"},
    "coordonnee": {"personne_id"},
    "destinataire": {"reunion_id", "partenaire_id", "personne_id", "repondu_le"},
    "filtre_garde": {"ecran", "agent_id"},
    "instance": {"cree_le"},
    "fonction": {"personne_id", "partenaire_id", "remplace_id"},
    "modele": {"genre", "instance_id", "depose_le", "depose_par"},
    "participation": {"annee", "college_id"},
    "piece_jointe": {"reunion_id", "action_id", "type_mime", "taille", "empreinte", "depose_le", "depose_par"},
    "point": {"cree_le", "cree_par"},
    "presence": {"reunion_id", "partenaire_id", "personne_id"},
    "reunion": {"presidee_par", "saisie_le", "saisie_par", "serie_id", "sequence", "uid_externe"},
    "seance": {"classe_id"},
    "secteur_veille": {"a_valider", "source"},
    "serie": {"instance_id", "creee_le", "creee_par"},
    "siege": {"instance_id", "partenaire_id"},
}
# The journal names no person of the directory, and repeats nothing of what was said at a meeting; another free text, if
# nothing in it looks personal.
_SANS_VALEUR = {
    ("personne", "nom"), ("personne", "prenom"), ("point", "note"), ("point", "reponse"), ("point", "texte_public"),
}  # fmt: skip
_PRUDENTS = {"note", "quoi", "motif"}
_MOTS: dict[tuple[str, str], dict[int, str]] = {
    ("instance", "jour"): dict(enumerate(JOURS)),
    ("instance", "rang"): RANGS,
    ("instance", "rang_bis"): RANGS,
    ("etape", "limite_mois"): MOIS,
}
# Their own lines say it, or nobody changes them by hand.
MUETTES = {
    "brouillon", "champ_brouillon", "charte_signee", "colonnes_retenues", "envoi", "evenement_action",
    "evenement_releve", "flux", "fusion",
    "instance_quartier", "jalon_fait", "jeton_utilise", "journal", "operation", "operation_ligne", "paire_ecartee",
    "parametre", "partenaire_secteur", "point_partenaire", "releve", "seance_partenaire", "session_agent", "tache",
    "valeur_importee", "version_releve",
}  # fmt: skip
# The objects whose table has another name.
_TABLES = {"secteur": "secteur_veille", "filtre": "filtre_garde"}


def _partenaire(session: Session, v: Valeurs) -> str:
    return nom_de(session, Partenaire, v["partenaire_id"])


# Rows that hang on another: what one is called, and how it reads.
_LIENS: dict[str, tuple[str, Callable[[Session, Valeurs], str]]] = {
    "partenaire_secteur": ("Secteur", lambda s, v: nom_de(s, SecteurVeille, v["secteur_id"])),
    "instance_quartier": ("Quartier", lambda s, v: nom_de(s, Quartier, v["quartier_id"])),
    "point_partenaire": ("Partenaire concerné", _partenaire),
    "seance_partenaire": ("Structure", _partenaire),
    "coordonnee": ("Autre coordonnée", lambda _, v: str(v["valeur"])),
    "college": ("UAI", lambda _, v: str(v["uai"])),
    "siege": ("Membre", lambda s, v: " – ".join(x for x in (_partenaire(s, v), v["fonction"]) if x)),
}


_FEMININS = ("Structure", "Autre coordonnée")


class _Memoire:
    """What a transaction changed since the last line of the journal: values alone, for rows come and go."""

    def __init__(self) -> None:
        self.changes: dict[Cle, dict[str, tuple[Any, Any]]] = {}  # column -> before, now
        self.lignes: dict[Cle, Valeurs] = {}
        self.neufs: set[Cle] = set()
        self.liens: list[tuple[str, str, Valeurs]] = []  # "ajouté" or "retiré", its table, what it held


@event.listens_for(Session, "after_flush")
def _retenir(session: SASession, _contexte: Any) -> None:
    memoire: _Memoire = session.info.setdefault(_CLE, _Memoire())
    for row in session.dirty:
        noms, etat = LIBELLES.get(row.__tablename__, {}), inspect(row)
        for colonne in noms:
            historique = etat.attrs[colonne].history
            if historique.has_changes():
                ancien = historique.deleted[0] if historique.deleted else INCONNU
                changes = memoire.changes.setdefault(_cle(row), {})
                changes[colonne] = (changes.get(colonne, (ancien,))[0], etat.dict[colonne])
                memoire.lignes[_cle(row)] = dict(etat.dict)
    memoire.neufs |= {_cle(row) for row in session.new}
    for mot, rows in (("ajouté", session.new), ("retiré", session.deleted)):
        memoire.liens += [(mot, r.__tablename__, dict(inspect(r).dict)) for r in rows if r.__tablename__ in _LIENS]


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _oublier(session: SASession) -> None:
    session.info.pop(_CLE, None)


def _cle(row: Any) -> Cle:
    return row.__tablename__, tuple(inspect(row).mapper.primary_key_from_instance(row))


def prendre(session: Session, *, objet: str, objet_id: int | None, deja: str = "") -> list[str]:
    """« Rôle : Secrétaire → Responsable », a line a change since the last call, those of this object first; what `deja`
    says from what to what is not said twice."""
    session.flush()
    memoire: _Memoire = session.info.pop(_CLE, None) or _Memoire()
    if objet == "operation":  # a large change keeps the rows it touched, apart
        return []
    sien = (_TABLES.get(objet, objet), (objet_id,))
    lignes: list[str] = []
    for cle in sorted(memoire.changes, key=lambda cle: cle != sien):
        if cle == sien or cle not in memoire.neufs:
            qui = "" if cle == sien else _qui(session, cle[0], memoire.lignes[cle])
            ecarts = _lignes(session, cle[0], memoire.changes[cle], deja)
            lignes += [f"{qui} – {x}" if qui else x for x in ecarts]
    if sien not in memoire.neufs:
        for mot, table, valeurs in memoire.liens:
            nom, dire = _LIENS[table]
            e = "e" if nom in _FEMININS else ""
            lignes.append(f"{nom} {mot}{e} : {dire(session, valeurs)}")
    lignes = list(dict.fromkeys(lignes))
    reste = len(lignes) - LIGNES
    return lignes if reste <= 0 else [*lignes[:LIGNES], f"et {accord(reste, 'autre')}"]


def _lignes(session: Session, table: str, changes: dict[str, tuple[Any, Any]], deja: str) -> Iterator[str]:
    for colonne, nom in LIBELLES[table].items():  # in the order of the table
        ancien, neuf = changes.get(colonne, (None, None))
        if ancien == neuf:
            continue
        if (table, colonne) in _SANS_VALEUR or isinstance(ancien or neuf, bytes):
            yield f"{nom} : changé"
            continue
        dits = [_texte(session, table, colonne, x) for x in (ancien, neuf)]
        if not all(f"« {x} »" in deja for x in dits):
            yield f"{nom} : {' → '.join(dits)}"


def _texte(session: Session, table: str, colonne: str, valeur: Any) -> str:
    if valeur is None or valeur == "":
        return "vide"
    if valeur == INCONNU:
        return INCONNU
    for etrangere in Base.metadata.tables[table].c[colonne].foreign_keys:
        return nom_de(session, _classe(etrangere.column.table.name), valeur)
    if mots := _MOTS.get((table, colonne)):
        return mots.get(valeur, str(valeur))
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, Enum):
        return str(getattr(valeur, "libelle", valeur.value))
    if isinstance(valeur, datetime):
        valeur = civil(valeur) if valeur.tzinfo else valeur
        return f"{valeur:%d/%m/%Y}, {temps.heure(valeur)}"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, time):
        return temps.heure(valeur)
    texte = " ".join(str(valeur).split())
    if colonne in _PRUDENTS and vigilance.avertissements(texte):
        return "(texte non recopié)"
    return f"« {first_words([texte], LONGUEUR)} »" if len(texte) > COURT else texte


def _qui(session: Session, table: str, v: Valeurs) -> str:
    """What another row than the named one is called; nobody is named."""
    if table in ("personne", "coordonnee", "college"):
        return ""
    if "partenaire_id" in v and table != "fonction":
        return " – ".join(x for x in (_partenaire(session, v), v.get("fonction")) if x)
    return _nom(v)


def nom_de(session: Session, classe: type[Base], id: Any) -> str:
    """What a row is called, though it may be gone."""
    row = session.get(classe, id)
    return _nom(row.model_dump()) if row is not None else "supprimé"


def _nom(v: Valeurs) -> str:
    return next((first_words([str(v[c])], 60) for c in _NOMS if v.get(c)), "")


def _classe(table: str) -> type[Base]:
    return next(m.class_ for m in Base._sa_registry.mappers if m.class_.__tablename__ == table)
