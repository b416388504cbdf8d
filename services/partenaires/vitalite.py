"""How alive the network is: who comes to the meetings, who has stopped coming, by category, secteur and dispositif.

A partenaire was expected at a meeting written up (tenue or close) when its presence was noted there, and came when it
was present or represented; two functions at one meeting count once. The twelve months are those of the charts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, union
from sqlmodel import Session, col, select

from models import (
    Action,
    Categorie,
    Instance,
    Partenaire,
    PartenaireSecteur,
    Personne,
    Presence,
    Reunion,
    SecteurVeille,
    Siege,
)
from models.lists import (
    ETATS_ACTION_OUVERTS,
    ETATS_PRESENCE_VENU,
    ETATS_REUNION_SAISIE,
    EtatPresence,
    TypeReunion,
)
from services.partenaires import personnes
from services.partenaires.annuaire import Filtre, conditions
from services.partenaires.personnes import FonctionVue
from services.socle.periodes import plus_mois
from services.socle.texte import folded, nom_complet

PAR_PAGE = 25
MOIS = 12
# Has stopped coming: it came often enough, then missed so many meetings in a row over more than so many months. The
# second pair is for those expected twice a year only, at a cellule de veille.
FOIS_MIN = 2
MANQUEES = ((3, 3), (2, 12))  # meetings, months
RECENT = min(mois for _, mois in MANQUEES)


class Vue(StrEnum):
    """By what the network is seen; the value is what the screen shows."""

    CATEGORIE = "Par catégorie"
    SECTEUR = "Par secteur de veille"
    DISPOSITIF = "Par dispositif"
    INSTANCE = "Par instance"


@dataclass(frozen=True)
class _Parcours:
    """What attendance alone tells of a partenaire; `fois`: the meetings it came to, in all that was read."""

    derniere: datetime | None = None
    attendu: int = 0
    venu: int = 0
    fois: int = 0
    manquees: int = 0
    excusees: int = 0


@dataclass(frozen=True)
class Vitalite:
    """A partenaire: meetings that expected it and to which it came in twelve months; when it came last, how many
    meetings it missed since, and was excused of; the actions it pilots."""

    attendu: int = 0
    venu: int = 0
    derniere: datetime | None = None
    manquees: int = 0
    excusees: int = 0
    ne_vient_plus: bool = False
    ouvertes: int = 0
    en_retard: int = 0


@dataclass(frozen=True)
class Venue:
    """A meeting to which a partenaire came, and who is noted ("" if nobody is)."""

    reunion_id: int
    titre: str
    debut: datetime
    presence: EtatPresence
    personne_id: int | None
    personne: str
    fonction: str
    remplacant: str = ""


@dataclass(frozen=True)
class LigneReseau:
    """A partenaire in a list: its last attendance, and whom to call (None: its own telephone and address)."""

    id: int
    nom: str
    sigle: str
    categorie: str
    telephone: str
    courriel: str
    vitalite: Vitalite
    venue: Venue | None
    a_joindre: FonctionVue | None


@dataclass(frozen=True)
class PageReseau:
    lignes: list[LigneReseau]
    total: int


@dataclass(frozen=True)
class Groupe:
    """The partenaires of a category, a secteur, a dispositif or an instance, over twelve months: actifs came once at
    least, those en_sommeil were expected and never came; attendu and venu count meetings, once for each partenaire."""

    nom: str
    partenaires: int
    actifs: int
    en_sommeil: int
    ne_viennent_plus: int
    attendu: int
    venu: int

    @property
    def pas_attendus(self) -> int:
        return self.partenaires - self.actifs - self.en_sommeil


@dataclass(frozen=True)
class Reseau:
    """The groups, the largest first, and how many partenaires they hold, each counted once."""

    partenaires: int
    groupes: list[Groupe]


# --- one partenaire -------------------------------------------------------------------------------------------------


def du_partenaire(session: Session, *, id: int, today: date) -> Vitalite:
    return _vitalites(session, [id], _tous_parcours(session, today, [id]), today)[id]


def venues(session: Session, *, id: int, today: date) -> list[Venue]:
    """The meetings that a partenaire came to, the latest first."""
    rows = session.exec(_venues(today).where(col(Presence.partenaire_id) == id)).all()
    return [_venue(row) for row in rows]


# --- lists ----------------------------------------------------------------------------------------------------------


def ne_viennent_plus(session: Session, *, filtre: Filtre, today: date, page: int = 1) -> PageReseau:
    """Who has stopped coming, the latest first: a call is still easy."""
    parcours = _tous_parcours(session, today)
    return _page(session, _absents(session, parcours, today, filtre), parcours, today, page)


def tous(session: Session, *, filtre: Filtre, today: date, page: int = 1) -> PageReseau:
    """All that answer the filter: those that come least over twelve months first, those not expected last."""
    passe = _de_l_annee(today).subquery().c
    recents = (
        select(passe.partenaire_id, func.count().label("attendu"), func.sum(passe.venu).label("venu"))
        .group_by(passe.partenaire_id)
        .subquery()
    )
    r = recents.c
    ids = (
        select(Partenaire.id)
        .join(recents, r.partenaire_id == col(Partenaire.id), isouter=True)
        .where(*conditions(filtre))
        .order_by(
            r.attendu.is_(None),
            1.0 * r.venu / r.attendu,
            r.attendu.desc(),
            col(Partenaire.recherche),
            col(Partenaire.id),
        )
    )
    return _page(session, [i for i in session.exec(ids).all() if i], None, today, page)


def _page(
    session: Session, ids: Sequence[int], parcours: dict[int, _Parcours] | None, today: date, page: int
) -> PageReseau:
    """That page of `ids`; `parcours`: theirs, if it is known."""
    debut = (max(page, 1) - 1) * PAR_PAGE
    de_la_page = ids[debut : debut + PAR_PAGE]
    lus = _tous_parcours(session, today, de_la_page) if parcours is None else parcours
    return PageReseau(_lignes(session, de_la_page, lus, today), len(ids))


def _lignes(session: Session, ids: Sequence[int], parcours: dict[int, _Parcours], today: date) -> list[LigneReseau]:
    """These partenaires, in that order."""
    vitalites = _vitalites(session, ids, parcours, today)
    # The latest of those days is its own: the first row of each is the one.
    dernieres = col(Reunion.debut).in_({v.derniere for v in vitalites.values() if v.derniere})
    venues: dict[int, Venue] = {}
    for row in session.exec(_venues(today).where(dernieres, col(Presence.partenaire_id).in_(ids))).all():
        venues.setdefault(row[0].partenaire_id, _venue(row))
    en_fonction = personnes.en_fonction(session, partenaire_ids=ids, today=today)
    lus = {
        p.id: (p, categorie)
        for p, categorie in session.exec(
            select(Partenaire, Categorie.nom)
            .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
            .where(col(Partenaire.id).in_(ids))
        ).all()
    }
    return [
        LigneReseau(
            id=i,
            nom=p.nom,
            sigle=p.sigle,
            categorie=categorie,
            telephone=p.telephone,
            courriel=p.courriel,
            vitalite=vitalites[i],
            venue=venues.get(i),
            a_joindre=_a_joindre(venues.get(i), en_fonction.get(i, [])),
        )
        for i in ids
        for p, categorie in [lus[i]]
    ]


def _a_joindre(venue: Venue | None, en_fonction: Iterable[FonctionVue]) -> FonctionVue | None:
    """Who came last if still there, else who holds that function now, else who can be reached; the longest there."""

    def rang(f: FonctionVue) -> tuple[bool | date, ...]:
        return (
            venue is None or f.personne_id != venue.personne_id,
            venue is None or folded(f.intitule) != folded(venue.fonction),
            not f.telephone,
            not f.courriel,
            f.debut,
        )

    return min(en_fonction, key=rang, default=None)


# --- the network ----------------------------------------------------------------------------------------------------


def reseau(session: Session, *, vue: Vue, filtre: Filtre, today: date) -> Reseau:
    """The partenaires by group. One is in each of its secteurs (none: the whole town), and in each dispositif or
    instance where it sits or was expected; of its meetings, only those of that dispositif or instance count there."""
    passe = _de_l_annee(today).cte("passe")
    membres, groupe = _membres(vue, passe.c)
    m = membres.c
    ses_reunions = passe.c.partenaire_id == m.partenaire_id
    p = (
        select(
            m.cle,
            m.partenaire_id,
            func.count(passe.c.reunion_id).label("attendu"),
            func.coalesce(func.sum(passe.c.venu), 0).label("venu"),
        )
        .join(Partenaire, col(Partenaire.id) == m.partenaire_id)
        .join(passe, ses_reunions if groupe is None else and_(ses_reunions, groupe == m.cle), isouter=True)
        .where(*conditions(filtre))
        .group_by(m.cle, m.partenaire_id)
        .cte("par_partenaire")
    ).c
    absents = _absents(session, _tous_parcours(session, today), today, filtre)
    nombres: list[Any] = [
        func.count(),
        func.count(case((p.venu > 0, 1))),
        func.count(case((and_(p.attendu > 0, p.venu == 0), 1))),
        func.count(case((p.partenaire_id.in_(absents), 1))),
        func.sum(p.attendu),
        func.sum(p.venu),
    ]
    rows = session.execute(select(p.cle, *nombres).group_by(p.cle)).all()
    noms = _noms(session, vue)
    groupes = [Groupe(noms[cle], *map(int, nombres)) for cle, *nombres in rows]
    return Reseau(
        partenaires=session.execute(select(func.count(func.distinct(p.partenaire_id)))).scalar_one(),
        groupes=sorted(groupes, key=lambda g: (-g.partenaires, g.nom)),
    )


def _membres(vue: Vue, passe: Any) -> tuple[Any, Any]:
    """Pairs of a group (`cle`) and a partenaire; and the group of a meeting, if the groups are bodies that meet."""
    partenaire_id: Any = col(Partenaire.id).label("partenaire_id")
    if vue is Vue.CATEGORIE:
        return select(col(Partenaire.categorie_id).label("cle"), partenaire_id).subquery(), None
    if vue is Vue.SECTEUR:
        places: Any = select(col(PartenaireSecteur.secteur_id).label("cle"), partenaire_id).select_from(Partenaire)
        return places.join(PartenaireSecteur, isouter=True).subquery(), None
    siege, reunion = (
        (col(Instance.type), passe.type) if vue is Vue.DISPOSITIF else (col(Instance.id), passe.instance_id)
    )
    sieges: Any = (
        select(siege.label("cle"), col(Siege.partenaire_id).label("partenaire_id"))
        .join(Siege, col(Siege.instance_id) == Instance.id)
        .where(col(Instance.archive).is_(False))
    )
    return union(sieges, select(reunion, passe.partenaire_id).where(reunion.is_not(None))).subquery(), reunion


def _noms(session: Session, vue: Vue) -> dict[Any, str]:
    if vue is Vue.DISPOSITIF:
        return {t: t.libelle for t in TypeReunion}
    table: Any = {Vue.CATEGORIE: Categorie, Vue.SECTEUR: SecteurVeille, Vue.INSTANCE: Instance}[vue]
    return {None: "Toute la ville"} | dict(session.exec(select(table.id, table.nom)).all())


# --- inside ---------------------------------------------------------------------------------------------------------


def _il_y_a(today: date, mois: int) -> datetime:
    """The first instant of the last so many months; today is the last of their days."""
    return datetime.combine(plus_mois(today + timedelta(days=1), -mois), time())


def _saisie(today: date) -> tuple[ColumnElement[bool], ...]:
    """Meetings written up until today."""
    return col(Reunion.etat).in_(ETATS_REUNION_SAISIE), col(Reunion.debut) < _il_y_a(today, 0)


def _par_reunion(today: date, *criteres: ColumnElement[bool], ids: Sequence[int] | None = None) -> Any:
    """One row for each partenaire (of `ids`) expected at a meeting written up until today: did it come, was it excused.

    The presences of `ids` are read first, by their index: SQLite would else look for each of them at each meeting.
    """
    lues: Any = select(Presence.partenaire_id, Presence.reunion_id, Presence.etat)
    if ids is None:
        lues = lues.subquery()
    else:
        lues = lues.where(col(Presence.partenaire_id).in_(ids)).cte("lues").prefix_with("MATERIALIZED")
    p = lues.c
    colonnes: list[Any] = [
        p.partenaire_id,
        col(Reunion.id).label("reunion_id"),
        col(Reunion.debut),
        col(Reunion.type),
        col(Reunion.instance_id),
        func.max(case((p.etat.in_(ETATS_PRESENCE_VENU), 1), else_=0)).label("venu"),
        func.max(case((p.etat == EtatPresence.EXCUSE, 1), else_=0)).label("excuse"),
    ]
    return (
        select(*colonnes)
        .join(Reunion, col(Reunion.id) == p.reunion_id)
        .where(*_saisie(today), *criteres)
        .group_by(p.partenaire_id, col(Reunion.id))
    )


def _de_l_annee(today: date) -> Any:
    return _par_reunion(today, col(Reunion.debut) >= _il_y_a(today, MOIS))


def _parcours(session: Session, passe: Any, today: date) -> dict[int, _Parcours]:
    """What these rows of `_par_reunion` tell of each partenaire."""
    derniere = func.max(case((passe.c.venu == 1, passe.c.debut))).over(partition_by=passe.c.partenaire_id)
    p = select(passe, derniere.label("derniere")).subquery().c
    recente, manquee = p.debut >= _il_y_a(today, MOIS), p.debut > p.derniere
    nombres: list[Any] = [
        func.count(case((recente, 1))),
        func.count(case((and_(recente, p.venu == 1), 1))),
        func.sum(p.venu),
        func.count(case((manquee, 1))),
        func.count(case((and_(manquee, p.excuse == 1), 1))),
    ]
    rows = session.execute(select(p.partenaire_id, p.derniere, *nombres).group_by(p.partenaire_id, p.derniere)).all()
    return {id: _Parcours(*reste) for id, *reste in rows}


def _tous_parcours(session: Session, today: date, ids: Sequence[int] | None = None) -> dict[int, _Parcours]:
    """Of all those expected in the year, and of `ids` too. The whole past is read only of those who did not come
    lately: the others did not stop."""
    lus = _parcours(session, _de_l_annee(today).subquery(), today)
    venus = {i for i, p in lus.items() if p.derniere and p.derniere >= _il_y_a(today, RECENT)}
    loin = [i for i in (lus if ids is None else ids) if i not in venus]
    return lus | (_parcours(session, _par_reunion(today, ids=loin).subquery(), today) if loin else {})


def _ne_vient_plus(p: _Parcours, today: date) -> bool:
    """The rule: still expected, it came, then missed so many meetings in a row over so many months."""
    return (
        p.attendu > 0
        and p.fois >= FOIS_MIN
        and p.derniere is not None
        and any(p.manquees >= n and p.derniere < _il_y_a(today, mois) for n, mois in MANQUEES)
    )


def _absents(session: Session, parcours: dict[int, _Parcours], today: date, filtre: Filtre) -> list[int]:
    """Those who have stopped coming, the latest first; one archived is no longer waited for."""
    derniere = {i: p.derniere for i, p in parcours.items() if _ne_vient_plus(p, today)}
    ids = session.exec(
        select(Partenaire.id).where(
            col(Partenaire.id).in_(list(derniere)), col(Partenaire.archive_le).is_(None), *conditions(filtre)
        )
    ).all()
    return sorted((i for i in ids if i), key=lambda i: (derniere[i], -i), reverse=True)


def _vitalites(
    session: Session, ids: Sequence[int], parcours: dict[int, _Parcours], today: date
) -> dict[int, Vitalite]:
    archives = set(
        session.exec(select(Partenaire.id).where(col(Partenaire.id).in_(ids), col(Partenaire.archive_le).is_not(None)))
    )
    actions = {
        pilote: (n, tard)
        for pilote, n, tard in session.exec(
            select(Action.pilote_id, func.count(), func.count(case((col(Action.echeance) < today, 1))))
            .where(col(Action.pilote_id).in_(ids), col(Action.etat).in_(ETATS_ACTION_OUVERTS))
            .group_by(col(Action.pilote_id))
        ).all()
    }
    vues = {}
    for i in ids:
        p = parcours.get(i, _Parcours())
        absent = i not in archives and _ne_vient_plus(p, today)
        vues[i] = Vitalite(p.attendu, p.venu, p.derniere, p.manquees, p.excusees, absent, *actions.get(i, (0, 0)))
    return vues


def _venues(today: date) -> Any:
    """Attendances until today, the latest first; at one meeting, who came before who was represented."""
    return (
        select(Presence, Reunion, Personne)
        .join(Reunion, col(Reunion.id) == Presence.reunion_id)
        .join(Personne, col(Personne.id) == Presence.personne_id, isouter=True)
        .where(*_saisie(today), col(Presence.etat).in_(ETATS_PRESENCE_VENU))
        .order_by(
            col(Reunion.debut).desc(),
            case((col(Presence.etat) == EtatPresence.PRESENT, 0), else_=1),
            col(Presence.ordre),
            col(Presence.id),
        )
    )


def _venue(row: Any) -> Venue:
    presence, reunion, personne = row
    return Venue(
        reunion_id=reunion.id,
        titre=reunion.titre,
        debut=reunion.debut,
        presence=presence.etat,
        personne_id=presence.personne_id,
        personne=nom_complet(personne.prenom, personne.nom) if personne else "",
        fonction=presence.fonction,
        remplacant=presence.remplacant,
    )
