"""Merge two records that are one: everything that points to the second follows to the first, and it can be undone.

Each row changed is kept as it was, so that the merge is undone by replaying it backwards, as long as what points to
the result is what the merge left. A table that comes to point to a partenaire or a person is added to REGLES (a test
says so).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, TypeDecorator, and_, delete, insert, select, update
from sqlmodel import Session, col
from sqlmodel import select as sql_select

from models import Base, Fusion
from models.lists import EtatPresence, Reponse, SensEtape
from services.socle.horloge import aujourdhui
from services.socle.texte import folded

_TABLES = Base.metadata.tables
Ligne = Mapping[str, Any]

# Best first: who came, then who said they would not.
_PRESENCES = (EtatPresence.PRESENT, EtatPresence.REPRESENTE, EtatPresence.EXCUSE, EtatPresence.ABSENT)
# Columns that hold the id of a record without saying so to the base.
_IDS_SOUPLES = ("objet_id", "a_id", "b_id")


class Registre:
    """Changes rows and remembers them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.operations: list[dict[str, Any]] = []

    def lignes(self, nom: str, /, **egales: Any) -> list[Ligne]:
        """The rows of a table where these columns have these values."""
        table = _TABLES[nom]
        choix = select(table).where(_ou(table, egales)).order_by(*table.primary_key)
        return [row._asdict() for row in self.session.execute(choix)]

    def modifier(self, nom: str, row: Ligne, /, **valeurs: Any) -> None:
        table = _TABLES[nom]
        change = {c: v for c, v in valeurs.items() if row[c] != v}
        if not change:
            return
        plus = {"version": table.c.version + 1} if "version" in table.c else {}
        self.session.execute(update(table).where(_ou(table, _cle(table, row))).values(change | plus))
        cle = _cle(table, {**row, **change})
        avant = {c: row[c] for c in change}
        self.operations.append({"table": nom, "cle": _brut(cle), "avant": _brut(avant), "apres": _brut(change)})

    def supprimer(self, nom: str, row: Ligne) -> None:
        table = _TABLES[nom]
        self.session.execute(delete(table).where(_ou(table, _cle(table, row))))
        self.operations.append({"table": nom, "ligne": _brut(row)})

    def creer(self, nom: str, /, **valeurs: Any) -> None:
        """A new row; the base gives its key, unless it is given."""
        table = _TABLES[nom]
        ajout = insert(table).values(valeurs | ({"version": 1} if "version" in table.c else {}))
        cle = self.session.execute(ajout.returning(*table.primary_key)).one()._asdict()
        self.operations.append({"table": nom, "cle": _brut(cle)})


# --- what points to a record ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Regle:
    """How the rows of a table follow. Those with the same `par` that are `memes` become one, made by `reunir`."""

    par: str = ""
    memes: Callable[[Ligne, Ligne], bool] = lambda _garde, _autre: True
    reunir: Callable[[Registre, Ligne, Ligne], None] = lambda _registre, _garde, _autre: None


def _meme_titre(a: Ligne, b: Ligne) -> bool:
    """The same function, or one of the two says none."""
    return not a["fonction"] or not b["fonction"] or folded(a["fonction"]) == folded(b["fonction"])


def _une_presence(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    """The best of the two states, and whichever person and function are known."""
    mieux = min(garde, autre, key=lambda p: _PRESENCES.index(p["etat"]))
    registre.modifier(
        "presence",
        garde,
        etat=mieux["etat"],
        personne_id=mieux["personne_id"] or garde["personne_id"] or autre["personne_id"],
        fonction=garde["fonction"] or autre["fonction"],
        remplacant=mieux["remplacant"],
    )


def _un_siege(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    registre.modifier(
        "siege",
        garde,
        fonction=garde["fonction"] or autre["fonction"],
        fonction_id=garde["fonction_id"] or autre["fonction_id"],
        invite=garde["invite"] and autre["invite"],
        charte_signee_le=garde["charte_signee_le"] or autre["charte_signee_le"],
    )
    suivre_brouillons(registre, f"s{autre['id']}", f"s{garde['id']}")


def _un_destinataire(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    """Called if one of them was, with the answer that was given; what was sent to the second follows."""
    repond = autre if garde["reponse"] is Reponse.SANS_REPONSE else garde
    registre.modifier(
        "destinataire",
        garde,
        fonction=garde["fonction"] or autre["fonction"],
        personne_id=garde["personne_id"] or autre["personne_id"],
        courriel=garde["courriel"] or autre["courriel"],
        retenu=garde["retenu"] or autre["retenu"],
        **{c: repond[c] for c in ("reponse", "remplacant", "repondu_le")},
    )
    for envoi in registre.lignes("envoi", destinataire_id=autre["id"]):
        registre.modifier("envoi", envoi, destinataire_id=garde["id"])
    suivre_brouillons(registre, f"d{autre['id']}", f"d{garde['id']}")


def _meme_fonction(a: Ligne, b: Ligne) -> bool:
    """Neither is over: a departure to come, known on one record only, is that of both."""
    hier = aujourdhui() - timedelta(days=1)
    return min(f["fin"] or date.max for f in (a, b)) > hier and folded(a["intitule"]) == folded(b["intitule"])


def _une_fonction(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    fins = [f["fin"] for f in (garde, autre) if f["fin"]]
    registre.modifier(
        "fonction",
        garde,
        debut=min(garde["debut"], autre["debut"]),
        fin=max(fins, default=None),
        remplace_id=garde["remplace_id"] or autre["remplace_id"],
    )
    for siege in registre.lignes("siege", fonction_id=autre["id"]):
        registre.modifier("siege", siege, fonction_id=garde["id"])
    for suivante in registre.lignes("fonction", remplace_id=autre["id"]):
        registre.modifier("fonction", suivante, remplace_id=garde["id"])
    suivre_brouillons(registre, f"f{autre['id']}", f"f{garde['id']}")


def _une_participation(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    """The steps of the first, those of the second where the first has not begun; the classes of both."""
    sens = {e["id"]: e["sens"] for e in registre.lignes("etape")}
    etapes = {
        volet: autre[volet] if sens[garde[volet]] is SensEtape.DEBUT else garde[volet]
        for volet in ("contact_id", "convention_id", "planning_id")
    }
    notes = "\n".join(dict.fromkeys(n for n in (garde["note"], autre["note"]) if n))
    registre.modifier("participation", garde, **etapes, note=notes[:1000])
    classes = {c["cle"]: c for c in registre.lignes("classe", participation_id=garde["id"])}
    for classe in registre.lignes("classe", participation_id=autre["id"]):
        meme = classes.get(classe["cle"])
        if meme is None:
            registre.modifier("classe", classe, participation_id=garde["id"])
            continue
        for seance in registre.lignes("seance", classe_id=classe["id"]):
            registre.modifier("seance", seance, classe_id=meme["id"])
        registre.supprimer("classe", classe)


def _une_signature(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    registre.modifier("charte_signee", garde, signee_le=min(garde["signee_le"], autre["signee_le"]))


def _une_coordonnee(registre: Registre, garde: Ligne, autre: Ligne) -> None:
    registre.modifier("coordonnee", garde, libelle=garde["libelle"] or autre["libelle"])


# Family -> "table.column" that points to it -> how its rows follow. `partenaires/doublons.py` moves the collège itself
# and the secteurs, which are fields of a partenaire.
REGLES: dict[str, dict[str, Regle]] = {
    "partenaire": {
        "fonction.partenaire_id": Regle("personne_id", _meme_fonction, _une_fonction),
        "siege.partenaire_id": Regle("instance_id", _meme_titre, _un_siege),
        "presence.partenaire_id": Regle("reunion_id", _meme_titre, _une_presence),
        "destinataire.partenaire_id": Regle("reunion_id", _meme_titre, _un_destinataire),
        "envoi.partenaire_id": Regle(),
        "point_partenaire.partenaire_id": Regle("point_id"),
        "action.pilote_id": Regle(),
        "seance_partenaire.partenaire_id": Regle("seance_id"),
        "participation.college_id": Regle("annee", reunir=_une_participation),
        "bilan_college.college_id": Regle("annee"),
    },
    "personne": {
        "fonction.personne_id": Regle("partenaire_id", _meme_fonction, _une_fonction),
        "presence.personne_id": Regle(),
        "destinataire.personne_id": Regle(),
        "coordonnee.personne_id": Regle("valeur", reunir=_une_coordonnee),
        "charte_signee.personne_id": Regle("instance_id", reunir=_une_signature),
    },
}


def deplacer(registre: Registre, famille: str, *, garde: int, absorbe: int) -> None:
    """Everything that points to `absorbe` points to `garde`; what would then be there twice becomes one."""
    for nom, regle in REGLES[famille].items():
        table, colonne = nom.split(".")
        for row in registre.lignes(table, **{colonne: absorbe}):
            # Read again each time: a row may have been made one with an earlier one.
            voisines = registre.lignes(table, **{colonne: garde, regle.par: row[regle.par]}) if regle.par else []
            titre = folded(row.get("fonction", ""))
            voisines.sort(key=lambda v: folded(v.get("fonction", "")) != titre)  # the same title before none
            meme = next((v for v in voisines if regle.memes(v, row)), None)
            if meme is None:
                registre.modifier(table, row, **{colonne: garde})
                continue
            regle.reunir(registre, meme, row)
            registre.supprimer(table, row)
    if famille == "partenaire":
        _citer(registre, absorbe, garde)
        _suivre_formulaires(registre, absorbe, garde)
    for table, ou in (
        ("journal", {"objet": famille}),
        ("jeton_utilise", {"objet": famille}),
        ("valeur_importee", {"famille": famille}),
    ):
        for row in registre.lignes(table, objet_id=absorbe, **ou):
            registre.modifier(table, row, objet_id=garde)
    for cote, autre in (("a_id", "b_id"), ("b_id", "a_id")):
        for row in registre.lignes("paire_ecartee", famille=famille, **{cote: absorbe}):
            registre.supprimer("paire_ecartee", row)
            a, b = sorted((garde, row[autre]))
            if a != b and not registre.lignes("paire_ecartee", famille=famille, a_id=a, b_id=b):
                registre.creer("paire_ecartee", **{**row, "a_id": a, "b_id": b})


def suivre_brouillons(registre: Registre, de: str, vers: str) -> None:
    """Entries being typed name who came by a key ("a9" partenaire 9, "f7" function 7, "s3" seat 3): it follows."""
    champs = _TABLES["champ_brouillon"]
    cites = select(champs).where(champs.c.champ.in_([f"presence.{de}", f"ajoute.{de}"]))
    for row in [r._asdict() for r in registre.session.execute(cites)]:
        nouveau = row["champ"].replace(f".{de}", f".{vers}")
        if registre.lignes("champ_brouillon", brouillon_id=row["brouillon_id"], champ=nouveau):
            registre.supprimer("champ_brouillon", row)
        else:
            registre.modifier("champ_brouillon", row, champ=nouveau)


def _suivre_formulaires(registre: Registre, de: int, vers: int) -> None:
    """What a colleague types in the form of the record that goes waits in the same form of the one that stays."""
    brouillons = _TABLES["brouillon"]
    for nom in ("partenaire", "personne.ajouter"):
        siens = select(brouillons).where(brouillons.c.cle.like(f"{nom}:{de}:%"))
        for row in [r._asdict() for r in registre.session.execute(siens)]:
            nouvelle = row["cle"].replace(f":{de}:", f":{vers}:", 1)
            if not registre.lignes("brouillon", cle=nouvelle):
                registre.modifier("brouillon", row, cle=nouvelle)


def _citer(registre: Registre, de: int, vers: int) -> None:
    """Entries being typed that name a partenaire by its number: who came, who pilots, who is concerned."""
    suivre_brouillons(registre, f"a{de}", f"a{vers}")
    champs = _TABLES["champ_brouillon"]
    lignes = select(champs).where(champs.c.champ.like("point.%.p%"))
    for row in [r._asdict() for r in registre.session.execute(lignes)]:
        valeur = json.loads(row["valeur"])
        if row["champ"].endswith(".pilote") and valeur == de:
            registre.modifier("champ_brouillon", row, valeur=json.dumps(vers))
        if row["champ"].endswith(".partenaires") and valeur and de in valeur:
            cites = dict.fromkeys(vers if i == de else i for i in valeur)
            registre.modifier("champ_brouillon", row, valeur=json.dumps(list(cites)))


# --- what the result was, and undoing ---------------------------------------------------------------------------------

# What may change afterwards without the merge being any harder to undo.
_SOUPLES = {
    "journal", "jeton_utilise", "valeur_importee", "paire_ecartee", "brouillon", "champ_brouillon", "parametre",
    "envoi",
}  # fmt: skip


def empreintes(session: Session, famille: str, garde: int, operations: list[dict[str, Any]]) -> dict[str, str]:
    """A mark of what the result is, table by table: what points to it, and the rows that the merge changed."""
    registre = Registre(session)
    rows: dict[str, dict[str, Ligne]] = {}

    def voir(table: str, /, **egales: Any) -> None:
        for row in registre.lignes(table, **egales):
            rows.setdefault(table, {})[str(_cle(_TABLES[table], row))] = row

    voir(famille, id=garde)
    for nom in REGLES[famille]:
        table, colonne = nom.split(".")
        if table not in _SOUPLES:
            voir(table, **{colonne: garde})
    if famille == "partenaire":
        voir("partenaire_secteur", partenaire_id=garde)
        voir("college", partenaire_id=garde)
    for o in operations:
        if "cle" in o and o["table"] not in _SOUPLES:
            voir(o["table"], **_lu(o["table"], o["cle"]))
    marques = {}
    for table, lignes in rows.items():
        # Neither a version nor a check with the partenaire makes the merge harder to undo.
        sues = [_brut({**lignes[cle], "version": 0, "verifie_le": None}) for cle in sorted(lignes)]
        texte = json.dumps(sues, sort_keys=True)
        marques[table] = hashlib.sha256(texte.encode()).hexdigest()[:16]
    return marques


def rejouer_a_l_envers(session: Session, famille: str, operations: list[dict[str, Any]]) -> None:
    """Put each row back. One whose id was given to another row since comes back under a new id."""
    nouveaux: dict[tuple[str, Any], Any] = {}

    def actuel(table: Table, valeurs: dict[str, Any]) -> dict[str, Any]:
        lues = _lu(table.name, valeurs)
        for nom in lues:
            colonne = table.c[nom]
            cibles = [fk.column.table.name for fk in colonne.foreign_keys]
            cibles += [famille] if nom in _IDS_SOUPLES else []
            for cible in cibles:
                lues[nom] = nouveaux.get((cible, lues[nom]), lues[nom])
            if colonne.primary_key:
                lues[nom] = nouveaux.get((table.name, lues[nom]), lues[nom])
        return lues

    for o in reversed(operations):
        table = _TABLES[o["table"]]
        if "ligne" in o:
            row = actuel(table, o["ligne"])
            cle: list[Column[Any]] = list(table.primary_key)
            if "version" in row:
                row["version"] += 1  # a form opened before the merge is stale
            if session.execute(select(*cle).where(_ou(table, _cle(table, row)))).first() and "id" in row:
                ancien = row.pop("id")
                nouveaux[table.name, ancien] = session.execute(insert(table).values(row).returning(cle[0])).scalar_one()
                continue
            session.execute(insert(table).values(row))
            if len(cle) == 1 and row[cle[0].name] != _lu(table.name, o["ligne"])[cle[0].name]:
                nouveaux[table.name, o["ligne"][cle[0].name]] = row[cle[0].name]
        elif "avant" in o:
            plus = {"version": table.c.version + 1} if "version" in table.c else {}
            ici = _ou(table, actuel(table, o["cle"] | o["apres"]))  # a draft changed since is left as it is
            session.execute(update(table).where(ici).values(actuel(table, o["avant"]) | plus))
        else:
            session.execute(delete(table).where(_ou(table, actuel(table, o["cle"]))))
    session.expire_all()


def noms_anciens(session: Session) -> dict[str, int]:
    """Names, folded, that merged partenaires bore -> the partenaire they now are."""
    noms: dict[str, int] = {}
    devenus: dict[int, int] = {}
    for f in session.exec(
        sql_select(Fusion)
        .where(Fusion.famille == "partenaire", col(Fusion.annulee_le).is_(None), Fusion.operations != "")
        .order_by(col(Fusion.id).desc())
    ):
        devenus[f.absorbe_id] = id = devenus.get(f.garde_id, f.garde_id)
        for o in json.loads(f.operations):
            if o["table"] == "partenaire" and (nom := o.get("ligne", o.get("avant", {})).get("nom")):
                noms.setdefault(folded(nom), id)
    return noms


# --- rows as JSON -----------------------------------------------------------------------------------------------------


def _ou(table: Table, valeurs: Ligne) -> Any:
    return and_(True, *(table.c[nom] == valeur for nom, valeur in valeurs.items()))


def _cle(table: Table, row: Ligne) -> dict[str, Any]:
    return {c.name: row[c.name] for c in table.primary_key}


def _brut(row: Ligne) -> dict[str, Any]:
    return {c: v.isoformat() if isinstance(v, date | time) else v for c, v in row.items()}


def _lu(nom: str, row: Ligne) -> dict[str, Any]:
    return {c: _valeur(_TABLES[nom].c[c], v) for c, v in row.items()}


def _valeur(colonne: Column[Any], valeur: Any) -> Any:
    type_ = colonne.type
    sorte = type_.impl_instance.python_type if isinstance(type_, TypeDecorator) else type_.python_type
    if valeur is None:
        return None
    if issubclass(sorte, datetime | date | time):
        return sorte.fromisoformat(valeur)
    return sorte(valeur) if issubclass(sorte, Enum) else valeur
