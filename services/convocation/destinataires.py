"""Who is called to one meeting: the members of its instance, changed for this once without touching the instance.

Until something is changed or sent, the list is that of the instance as it is today; then it is kept, line by line.
A line is named by its partenaire and the function called (`Cle`).

Tests: tests/services/convocation/test_convocations.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import or_
from sqlmodel import Session, col, select

from models import Agent, Coordonnee, Destinataire, Envoi, Fonction, Partenaire, Personne, Reunion
from models.lists import EtatEnvoi, GenreCoordonnee, GenreEnvoi, Reponse
from services.courrier import envois
from services.partenaires import fiches, fonctions, personnes, sieges
from services.socle import chargement
from services.socle.texte import folded, nom_complet

Cle = tuple[int, str]
ANNONCES = (GenreEnvoi.CONVOCATION, GenreEnvoi.MISE_A_JOUR, GenreEnvoi.ANNULATION)
POSSIBLES_MAX = 500  # people, and partenaires, that a word of a few letters finds
Table = TypeVar("Table", Partenaire, Personne)


@dataclass(frozen=True)
class Dit:
    """The last message about a meeting that was put in line for somebody."""

    genre: GenreEnvoi
    etat: EtatEnvoi
    annonce: str
    courriel: str
    sequence: int
    quand: datetime
    par: str
    erreur: str
    definitif: bool  # the address itself was refused
    texte: str = ""


@dataclass(frozen=True)
class Convie:
    """A line of the list. `courriel` is where a message would go now, "" if nowhere.

    `dit` is what they were told last (what failed apart), `rate` the failure that came after it, if any; `rappele_le`
    is of that round: a reminder of another date, or before the last message, is none.
    """

    id: int | None
    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str
    personne_id: int | None
    personne: str
    courriel: str
    habituel: str  # where it goes unless another address is chosen for this once
    connues: tuple[str, ...]  # the addresses of the directory: the person's, their others, the organisation's
    invite: bool
    retenu: bool
    reponse: Reponse
    remplacant: str
    repondu_le: datetime | None
    dit: Dit | None = None
    rate: Dit | None = None
    rappele_le: datetime | None = None
    doute: str = ""  # why this line, kept some time ago, may be wrong today

    @property
    def cle(self) -> Cle:
        return self.partenaire_id, self.fonction

    @property
    def a_qui(self) -> str:
        """The organisation, and the function called."""
        return " – ".join(x for x in (self.partenaire, self.fonction) if x)

    @property
    def informe(self) -> bool:
        """Holds an invitation that was not called off."""
        return self.dit is not None and self.dit.genre is not GenreEnvoi.ANNULATION

    @property
    def joint(self) -> bool:
        """That invitation has left: they may be asked for an answer."""
        return self.informe and self.dit is not None and self.dit.etat is not EtatEnvoi.A_ENVOYER

    @property
    def en_erreur(self) -> bool:
        """The address they are to be written to was refused for good."""
        return self.rate is not None and self.rate.definitif and self.rate.courriel.lower() == self.courriel.lower()


@dataclass(frozen=True)
class Candidat:
    """Somebody who may be added: a person in function, or a partenaire itself."""

    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str
    personne_id: int | None
    personne: str
    courriel: str
    invite: bool = False


# --- queries --------------------------------------------------------------------------------------------------------


def lister(session: Session, *, reunion_id: int, today: date) -> list[Convie]:
    """The list of a meeting, in order, each with what they were told and what they answered.

    Raises:
        NotFound: no such meeting.
    """
    reunion = chargement.charger(session, Reunion, reunion_id)
    return gardes(session, reunion_id=reunion_id, today=today) or proposes(session, reunion, today)


def gardes(session: Session, *, reunion_id: int, today: date | None = None) -> list[Convie]:
    """The list once it is kept; empty while it is still that of the instance. With `today`, `doute` is said."""
    rows = rows_de(session, reunion_id)
    return gardes_de(session, reunion_id, rows, today) if rows else []


def possibles(session: Session, *, texte: str, today: date, sauf: Iterable[Cle]) -> list[Candidat]:
    """Who may be added, found by name: people in function, then partenaires, none of those there already."""
    la = {(p, folded(f)) for p, f in sauf}
    en_poste = session.exec(
        select(Fonction, Personne, Partenaire)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .join(Partenaire, col(Partenaire.id) == Fonction.partenaire_id)
        .where(
            or_(personnes.correspond(texte), fiches.correspond(texte)),
            fonctions.en_cours(today),
            col(Partenaire.archive_le).is_(None),
        )
        .order_by(col(Personne.recherche), col(Fonction.id))
        .limit(POSSIBLES_MAX)
    ).all()
    trouves = [_candidat(o, f, p) for f, p, o in en_poste]
    ids = [p.id for p in fiches.choix(session, texte=texte, limite=POSSIBLES_MAX)]
    trouves += [
        _candidat(o)
        for o in session.exec(
            select(Partenaire).where(col(Partenaire.id).in_(ids)).order_by(col(Partenaire.nom), col(Partenaire.id))
        )
    ]
    return [c for c in trouves if (c.partenaire_id, folded(c.fonction)) not in la]


def candidat(session: Session, *, partenaire_id: int, fonction_id: int | None) -> Candidat:
    """A partenaire, or somebody in function there, as one who may be added."""
    o = session.get_one(Partenaire, partenaire_id)
    if fonction_id is None:
        return _candidat(o)
    f = session.get_one(Fonction, fonction_id)
    return _candidat(o, f, session.get_one(Personne, f.personne_id))


def _candidat(o: Partenaire, f: Fonction | None = None, p: Personne | None = None) -> Candidat:
    qui = (
        (f.intitule, p.id, nom_complet(p.prenom, p.nom), p.courriel or o.courriel)
        if f and p
        else ("", None, "", o.courriel)
    )
    return Candidat(o.id, o.nom, o.sigle, *qui)


def membres_depuis(session: Session, *, reunion_id: int, today: date) -> list[Candidat]:
    """The members of the instance that its list, once kept, does not hold: they joined since, or hold another function.

    Raises:
        NotFound: no such meeting.
    """
    reunion = chargement.charger(session, Reunion, reunion_id)
    la = {(r.partenaire_id, folded(r.fonction)) for r in rows_de(session, reunion_id)}
    if not la:
        return []
    return [
        Candidat(c.partenaire_id, c.partenaire, c.sigle, c.fonction, c.personne_id, c.personne, c.courriel, c.invite)
        for c in proposes(session, reunion, today)
        if (c.partenaire_id, folded(c.fonction)) not in la
    ]


# --- inside ---------------------------------------------------------------------------------------------------------


def rows_de(session: Session, reunion_id: int) -> list[Destinataire]:
    return list(
        session.exec(
            select(Destinataire)
            .where(Destinataire.reunion_id == reunion_id)
            .order_by(col(Destinataire.ordre), col(Destinataire.id))
        ).all()
    )


def proposes(session: Session, reunion: Reunion, today: date) -> list[Convie]:
    """The members of the instance, with who holds the function on the day of the meeting."""
    if reunion.instance_id is None:
        return []
    membres = sieges.membres(session, instance_id=reunion.instance_id, today=today, le=reunion.debut.date())
    par_p = _par_id(session, Partenaire, [m.partenaire_id for m in membres])
    par_q = _par_id(session, Personne, [m.personne_id for m in membres])
    autres = _autres(session, par_q)
    return [
        _convie(
            Destinataire(
                reunion_id=reunion.id,
                partenaire_id=m.partenaire_id,
                personne_id=m.personne_id,
                fonction=m.fonction,
                invite=m.invite,
            ),
            par_p[m.partenaire_id],
            par_q.get(m.personne_id or 0),
            autres.get(m.personne_id or 0, []),
        )
        for m in membres
        if par_p[m.partenaire_id].archive_le is None
    ]


def gardes_de(session: Session, reunion_id: int, rows: Sequence[Destinataire], today: date | None) -> list[Convie]:
    par_p = _par_id(session, Partenaire, [r.partenaire_id for r in rows])
    par_q = _par_id(session, Personne, [r.personne_id for r in rows])
    autres = _autres(session, par_q)
    reunion = chargement.charger(session, Reunion, reunion_id)
    ici = envois.annonce_actuelle(session, reunion)
    dits = _dits(session, reunion_id)
    en_poste = _en_poste(session, rows, max(today, reunion.debut.date())) if today else None
    convies = []
    for r in rows:
        siens = dits.get(r.id, [])
        annonces = [d for d in siens if d.genre in ANNONCES]
        passes = [d for d in annonces if d.etat is not EtatEnvoi.ECHEC]
        convies.append(
            _convie(
                r,
                par_p[r.partenaire_id],
                par_q.get(r.personne_id or 0),
                autres.get(r.personne_id or 0, []),
                dit=passes[-1] if passes else None,
                rate=annonces[-1] if annonces and annonces[-1].etat is EtatEnvoi.ECHEC else None,
                rappele_le=_rappele_le(siens, ici),
                doute=_doute(r, par_p[r.partenaire_id], en_poste),
            )
        )
    return convies


def _rappele_le(siens: Sequence[Dit], ici: str) -> datetime | None:
    """When they were last reminded of the meeting as it stands now, since they were last told of it."""
    le = None
    for d in siens:
        if d.etat is EtatEnvoi.ECHEC:
            continue
        if d.genre is not GenreEnvoi.RAPPEL:
            le = None
        elif d.annonce == ici:
            le = d.quand
    return le


def _autres(session: Session, personne_ids: Iterable[int]) -> dict[int, list[str]]:
    """The other addresses of people."""
    rows = session.exec(
        select(Coordonnee.personne_id, Coordonnee.valeur)
        .where(col(Coordonnee.personne_id).in_(personne_ids), Coordonnee.genre == GenreCoordonnee.COURRIEL)
        .order_by(col(Coordonnee.id))
    ).all()
    autres: dict[int, list[str]] = {}
    for id, valeur in rows:
        autres.setdefault(id or 0, []).append(valeur)
    return autres


def _en_poste(session: Session, rows: Sequence[Destinataire], le: date) -> set[tuple[int, int]]:
    """Who of them works for whom on that day."""
    trouves = session.exec(
        select(Fonction.personne_id, Fonction.partenaire_id).where(
            col(Fonction.personne_id).in_({r.personne_id for r in rows if r.personne_id is not None}),
            fonctions.pas_finie(le),
        )
    ).all()
    return {(p, o) for p, o in trouves}


def _doute(r: Destinataire, partenaire: Partenaire, en_poste: set[tuple[int, int]] | None) -> str:
    if en_poste is None:
        return ""
    if partenaire.archive_le is not None:
        return "Partenaire archivé"
    partie = r.personne_id is not None and (r.personne_id, r.partenaire_id) not in en_poste
    return "N’est plus en fonction" if partie else ""


def _convie(
    r: Destinataire,
    partenaire: Partenaire,
    personne: Personne | None,
    autres: Sequence[str],
    *,
    dit: Dit | None = None,
    rate: Dit | None = None,
    rappele_le: datetime | None = None,
    doute: str = "",
) -> Convie:
    sien = personne.courriel if personne else ""
    return Convie(
        id=r.id,
        partenaire_id=r.partenaire_id,
        partenaire=partenaire.nom,
        sigle=partenaire.sigle,
        fonction=r.fonction,
        personne_id=r.personne_id,
        personne=nom_complet(personne.prenom, personne.nom) if personne else "",
        courriel=r.courriel or sien or partenaire.courriel,
        habituel=sien or partenaire.courriel,
        connues=tuple(dict.fromkeys(a for a in (sien, *autres, partenaire.courriel) if a)),
        invite=r.invite,
        retenu=r.retenu,
        reponse=r.reponse,
        remplacant=r.remplacant,
        repondu_le=r.repondu_le,
        dit=dit,
        rate=rate,
        rappele_le=rappele_le,
        doute=doute,
    )


def _dits(session: Session, reunion_id: int) -> dict[int, list[Dit]]:
    """What was put in line for each, first ones first; apart from what was taken out of the line, or will be."""
    reunion = session.get_one(Reunion, reunion_id)
    ici = envois.annonce_actuelle(session, reunion)
    rows = session.exec(
        select(Envoi, Destinataire, Agent.nom)
        .join(Destinataire, col(Destinataire.id) == Envoi.destinataire_id)
        .outerjoin(Agent, col(Agent.id) == Envoi.cree_par)
        .where(
            Envoi.reunion_id == reunion_id,
            col(Envoi.genre).in_((*ANNONCES, GenreEnvoi.RAPPEL)),
            Envoi.etat != EtatEnvoi.RETIRE,
        )
        .order_by(col(Envoi.id))
    ).all()
    dits: dict[int, list[Dit]] = {}
    for e, d, par in rows:
        if envois.perime(e, reunion, ici, d):
            continue
        dits.setdefault(e.destinataire_id or 0, []).append(
            Dit(
                genre=e.genre,
                etat=e.etat,
                annonce=e.annonce,
                courriel=e.courriel,
                sequence=e.sequence,
                quand=e.envoye_le or e.cree_le,
                par=par or "",
                erreur=e.erreur,
                definitif=e.etat is EtatEnvoi.ECHEC and e.essais <= len(envois.ATTENTES),
                texte=e.texte,
            )
        )
    return dits


def _par_id(session: Session, table: type[Table], ids: Iterable[int | None]) -> dict[int, Table]:
    uniques = {i for i in ids if i is not None}
    rows = session.exec(select(table).where(col(table.id).in_(uniques))).all() if uniques else []
    return {x.id: x for x in rows}
