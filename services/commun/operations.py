"""Large changes undone in one step: what each row held before and after, kept with the change itself.

`with suivre(...) as suivi` around the writes of a command: `suivi.retenir(row)` before a row is changed or deleted,
`suivi.ajouter(row)` once a new one is in the session. Everything else is done here.

Tests: tests/services/imports/test_imports_carnet.py.
"""

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, TypeDecorator, bindparam, insert, inspect, tuple_, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, func, select

from models import Agent, Base, Operation, OperationLigne, Partenaire
from services.commun.etats_releve import VERROU, verrouillees
from services.socle import journal, mots
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, NotFound
from services.socle.horloge import utcnow

RETENUE = timedelta(days=90)  # what rows held may be personal: after that it is forgotten, and no undo is offered
_NOMMES = 3
_PAQUET = 500
# What a form shows beside the row whose version it knows: table, its column -> that row's table, its column.
_MONTRES = (
    ("partenaire_secteur", "partenaire_id", "partenaire", "id"),
    ("college", "partenaire_id", "partenaire", "id"),
    ("personne", "id", "fonction", "personne_id"),
    ("coordonnee", "personne_id", "fonction", "personne_id"),
)

Cle = tuple[Any, ...]


@dataclass(frozen=True)
class OperationVue:
    """A large change, as a list shows it."""

    id: int
    acte: str
    quand: datetime
    agent: str
    resume: str
    annulee_le: datetime | None


# --- recording ------------------------------------------------------------------------------------------------------


class Suivi:
    """What one operation touches. `id` is that of the operation, once its block is left."""

    def __init__(self) -> None:
        self.id = 0
        self._avant: dict[int, tuple[Base, str | None]] = {}

    def retenir(self, *rows: Base) -> None:
        """Remember what these rows hold: call it before they are changed or deleted."""
        for row in rows:
            if id(row) not in self._avant:
                self._avant[id(row)] = (row, _en_json(row))

    def ajouter(self, *rows: Base) -> None:
        """These rows are new."""
        for row in rows:
            self._avant.setdefault(id(row), (row, None))

    def lignes(self) -> Iterator[dict[str, Any]]:
        """What became of each row; those that did not change are left out."""
        for row, avant in self._avant.values():
            apres = None if inspect(row).deleted else _en_json(row)
            if avant is None or apres is None or _sans_version(avant) != _sans_version(apres):
                yield {"objet": row.__tablename__, "avant": avant, "apres": apres}


@contextmanager
def suivre(session: Session, *, acte: str, resume: str, now: datetime, by: Acteur) -> Iterator[Suivi]:
    """Around the writes of a command: at the end, one operation and one journal line, `resume`. `now` is UTC."""
    require(by, Droit.ECRIRE)
    suivi = Suivi()
    yield suivi
    session.flush()
    operation = Operation(quand=now, agent_id=by.id, acte=acte, resume=resume[:300])
    session.add(operation)
    session.flush()
    suivi.id = operation.id
    lignes = [{"operation_id": suivi.id} | ligne for ligne in suivi.lignes()]
    if lignes:
        session.execute(insert(OperationLigne), lignes)
    journal.note(session, by=by, acte=acte, objet="operation", objet_id=suivi.id, resume=resume)


def retirer(session: Session, *rows: Base, acte: str, resume: str, by: Acteur) -> None:
    """Delete these rows, children first, so that it can be undone."""
    with suivre(session, acte=acte, resume=resume, now=utcnow(), by=by) as suivi:
        suivi.retenir(*rows)
        for row in rows:
            session.delete(row)
            session.flush()


def _en_json(row: Base) -> str:
    etat = inspect(row)
    valeurs = {a.columns[0].name: getattr(row, a.key) for a in etat.mapper.column_attrs}
    return json.dumps(valeurs, default=_texte, ensure_ascii=False)


def _texte(valeur: Any) -> str:
    if isinstance(valeur, bytes):
        return b64encode(valeur).decode()
    return str(valeur.value) if isinstance(valeur, Enum) else str(valeur.isoformat())


def _sans_version(ligne: str) -> dict[str, Any]:
    return {c: v for c, v in json.loads(ligne).items() if c != "version"}


# --- queries --------------------------------------------------------------------------------------------------------


def dernieres(session: Session, *, acte: str, now: datetime, limite: int = 5) -> list[OperationVue]:
    """The last operations of that kind that can still be undone, or were; latest first."""
    rows = session.exec(
        select(Operation, Agent.nom)
        .join(Agent, col(Agent.id) == Operation.agent_id, isouter=True)
        .where(Operation.acte == acte, col(Operation.quand) > now - RETENUE)
        .order_by(col(Operation.id).desc())
        .limit(limite)
    ).all()
    return [OperationVue(o.id, o.acte, o.quand, agent or "Système", o.resume, o.annulee_le) for o, agent in rows]


def ce_qui_reviendrait(session: Session, *, id: int) -> str:
    """What undoing the operation would do, in one sentence."""
    rows = session.exec(
        select(
            OperationLigne.objet,
            col(OperationLigne.avant).is_(None),
            col(OperationLigne.apres).is_(None),
            func.count(),
        )
        .where(OperationLigne.operation_id == id)
        .group_by(col(OperationLigne.objet), col(OperationLigne.avant).is_(None), col(OperationLigne.apres).is_(None))
    ).all()
    comptes: dict[str, list[str]] = {"retirés": [], "remis comme avant": [], "rétablis": []}
    for objet, neuf, parti, n in sorted(rows, key=lambda r: -r[3]):
        comptes["retirés" if neuf else "rétablis" if parti else "remis comme avant"].append(mots.compte(objet, n))
    return " ; ".join(f"{geste} : {', '.join(quoi)}" for geste, quoi in comptes.items() if quoi)


# --- commands -------------------------------------------------------------------------------------------------------


def annuler(session: Session, *, id: int, now: datetime, by: Acteur) -> None:
    """Put every row back as it was before the operation, or none of them.

    Raises:
        Conflict: a row was changed or used since; the sentence names it.
        NotFound: no such operation, or it is too old to be undone.
    """
    require(by, Droit.ECRIRE)
    operation = session.get(Operation, id)
    # Columns, not rows of the session: expired below, each would be read again by itself.
    lignes = session.exec(
        select(OperationLigne.objet, OperationLigne.avant, OperationLigne.apres)
        .where(OperationLigne.operation_id == id)
        .order_by(col(OperationLigne.id))
    ).all()
    if operation is None or operation.quand <= now - RETENUE:
        raise NotFound("Cette opération est trop ancienne pour être annulée.")
    if operation.annulee_le is not None:
        return
    session.expire_all()
    touches = _Touchees(session, lignes)
    touches.verifier()
    touches.remettre()
    session.expire_all()
    operation.annulee_le = now
    session.add(operation)
    journal.note(
        session, by=by, acte="annuler", objet="operation", objet_id=id, resume=f"Annulation : {operation.resume}"
    )


def purger(session: Session, *, now: datetime) -> None:
    """Forget what rows held, once the operation is too old to be undone."""
    vieilles = select(Operation.id).where(col(Operation.quand) <= now - RETENUE)
    session.exec(delete(OperationLigne).where(col(OperationLigne.operation_id).in_(vieilles)))


# --- putting back ---------------------------------------------------------------------------------------------------


class _Touchees:
    """The rows of an operation, by table and key, as they were, as it left them, and as they are now."""

    def __init__(self, session: Session, lignes: Iterable[tuple[str, str | None, str | None]]) -> None:
        self.session = session
        self.avant: dict[str, dict[Cle, dict[str, Any] | None]] = {}
        self.apres: dict[str, dict[Cle, dict[str, Any] | None]] = {}
        for objet, *textes in lignes:
            table = Base.metadata.tables[objet]
            avant, apres = (_lue(table, t) for t in textes)
            cle = tuple((apres or avant or {})[c.name] for c in table.primary_key)
            self.avant.setdefault(objet, {})[cle] = avant
            self.apres.setdefault(objet, {})[cle] = apres
        # Parents first, whatever the order in which the operation wrote.
        self.tables = [t for t in Base.metadata.sorted_tables if t.name in self.avant]

    def verifier(self) -> None:
        """Refuse if a row is no longer as the operation left it, or if something else now stands on a new one."""
        noms: list[str] = []
        if verrouillees(self.session, ids=self._reunions()):
            raise Conflict(f"{VERROU} Rien n’a été annulé.")
        for table in self.tables:
            actuelles = self._actuelles(table)
            for cle, apres in self.apres[table.name].items():
                if not _pareilles(actuelles.get(cle), apres):
                    noms.append(self._nomme(actuelles.get(cle) or apres or self.avant[table.name][cle] or {}))
            if not noms:
                noms += self._utilisees(table)
        if noms:
            distincts = list(Counter(n for n in noms if n)) or ["une ligne sans nom"]
            suite = f" et {len(distincts) - _NOMMES} autres" if len(distincts) > _NOMMES else ""
            raise Conflict(
                f"Modifié ou utilisé depuis : {', '.join(f'« {n} »' for n in distincts[:_NOMMES])}{suite}. "
                "Rien n’a été annulé : corrigez les fiches une à une."
            )

    def _reunions(self) -> set[Any]:
        """The meetings whose relevé says something else once these rows are put back."""
        cites = (("reunion", "id"), ("presence", "reunion_id"), ("point", "reunion_id"))
        avant, apres = self.avant, self.apres
        return {
            v[colonne]
            for t, colonne in cites
            for c, a in avant.get(t, {}).items()
            if (v := a or apres[t][c]) is not None
        }

    def remettre(self) -> None:
        """Deleted rows come back, changed ones take their old values, new ones go."""
        for table in self.tables:
            avant, apres = self.avant[table.name], self.apres[table.name]
            revenues = [v for cle, v in avant.items() if v is not None and apres[cle] is None]
            if revenues:
                self.session.execute(insert(table), revenues)
            changees = [v for cle, v in avant.items() if v is not None and apres[cle] is not None]
            if changees:
                self.session.execute(
                    _remise(table, changees[0]), [{f"a_{c}": x for c, x in v.items()} for v in changees]
                )
        for table in reversed(self.tables):
            nouvelles = [cle for cle, v in self.avant[table.name].items() if v is None]
            for paquet in _paquets(nouvelles):
                self.session.execute(sql_delete(table).where(_parmi(table, paquet)))
        self._perimer()

    def _perimer(self) -> None:
        """A form opened meanwhile must not save over what it shows of other rows: their undo raises its version."""
        for objet, colonne, tenue, cle in _MONTRES:
            avant, table = self.avant.get(objet, {}), Base.metadata.tables[tenue]
            ids = {v[colonne] for c, a in avant.items() if (v := a or self.apres[objet][c])}
            for paquet in _paquets([(i,) for i in ids]):
                siennes = table.c[cle].in_([i for (i,) in paquet])
                self.session.execute(update(table).where(siennes).values(version=table.c.version + 1))

    def _actuelles(self, table: Table) -> dict[Cle, dict[str, Any]]:
        trouvees: dict[Cle, dict[str, Any]] = {}
        for paquet in _paquets(list(self.apres[table.name])):
            for row in self.session.execute(sql_select(table).where(_parmi(table, paquet))).mappings():
                trouvees[tuple(row[c.name] for c in table.primary_key)] = dict(row)
        return trouvees

    def _nomme(self, valeurs: dict[str, Any]) -> str:
        """What people call a row; what only ties a partenaire (a seat, a secteur) goes by the name of that one."""
        nom = _nom(valeurs)
        tenu = None if nom else self.session.get(Partenaire, valeurs.get("partenaire_id") or 0)
        return tenu.nom if tenu else nom

    def _utilisees(self, table: Table) -> list[str]:
        """Names of new rows that a row from elsewhere now points to."""
        nouvelles = {cle[0]: v for cle, v in self.apres[table.name].items() if self.avant[table.name][cle] is None}
        noms = []
        for autre in Base.metadata.sorted_tables:
            for lien in autre.foreign_keys:
                if lien.column.table is not table or not nouvelles:
                    continue
                siennes = self.avant.get(autre.name, {})  # as the operation left them, and put back with the rest
                cles = list(autre.primary_key)
                for paquet in _paquets([(i,) for i in nouvelles]):
                    ou = lien.parent.in_([i for (i,) in paquet])
                    for cible, *cle in self.session.execute(sql_select(lien.parent, *cles).where(ou)):
                        if tuple(cle) not in siennes:
                            noms.append(_nom(nouvelles[cible] or {}))
        return noms


def _lue(table: Table, texte: str | None) -> dict[str, Any] | None:
    """The columns of a row, from the text that keeps them."""
    if texte is None:
        return None
    return {c: _valeur(table.c[c], v) for c, v in json.loads(texte).items() if c in table.c}


def _valeur(colonne: Column[Any], valeur: Any) -> Any:
    if valeur is None:
        return None
    sorte = colonne.type
    genre = (sorte.impl_instance if isinstance(sorte, TypeDecorator) else sorte).python_type
    if genre in (date, datetime, time):
        return genre.fromisoformat(valeur)
    if genre is bytes:
        return b64decode(valeur)
    return genre(valeur) if issubclass(genre, Enum) else valeur


def _pareilles(a: dict[str, Any] | None, b: dict[str, Any] | None) -> bool:
    """The same but for the version, which rises when what hangs on a row changes, and for the folded text."""
    if a is None or b is None:
        return a is b
    return all(a.get(c) == v for c, v in b.items() if c not in ("version", "recherche"))


def _nom(valeurs: dict[str, Any]) -> str:
    """What people call a row."""
    if "prenom" in valeurs:
        return f"{valeurs['prenom']} {valeurs['nom']}".strip()
    return next(
        (str(valeurs[c]) for c in ("nom", "titre", "quoi", "valeur", "libelle", "intitule") if valeurs.get(c)), ""
    )


def _remise(table: Table, colonnes: Iterable[str]) -> Any:
    """The statement that puts a row back, one for all the rows of a table; their values are named `a_…`."""
    valeurs: dict[str, Any] = {c: bindparam(f"a_{c}") for c in colonnes if c not in table.primary_key.columns}
    if "version" in valeurs:  # a form opened meanwhile must not save over this
        valeurs["version"] = table.c.version + 1
    return update(table).where(*(c == bindparam(f"a_{c.name}") for c in table.primary_key)).values(valeurs)


def _parmi(table: Table, cles: list[Cle]) -> Any:
    colonnes = list(table.primary_key)
    if len(colonnes) == 1:
        return colonnes[0].in_([cle[0] for cle in cles])
    return tuple_(*colonnes).in_(cles)


def _paquets(cles: list[Cle]) -> Iterator[list[Cle]]:
    for i in range(0, len(cles), _PAQUET):
        yield cles[i : i + _PAQUET]
