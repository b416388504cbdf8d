"""People at partner organisations, and the dated functions they hold there. Professionals only, never residents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from models import Coordonnee, Fonction, Instance, Partenaire, Personne
from services.partenaires import autres_coordonnees, fonctions
from services.partenaires import sieges as places
from services.partenaires.autres_coordonnees import Autre
from services.socle import chargement
from services.socle.coordonnees import requete
from services.socle.texte import clean, folded, like_patterns, nom_complet

_RESSEMBLANCE = 90
ANNEES = (1950, 2099)  # of the beginning of a function
AVENIR = timedelta(days=730)  # a departure is known at most so long before
TROP_TARD = "Cette date est à plus de deux ans : vérifiez l’année."


@dataclass(frozen=True)
class FonctionVue:
    """A person in a function, at a partenaire. `suivie_par`: who takes over, from `suivie_le` on."""

    id: int
    intitule: str
    debut: date
    fin: date | None
    partenaire_id: int
    partenaire: str
    personne_id: int
    personne: str
    nom: str
    prenom: str
    courriel: str
    telephone: str
    autres: tuple[Autre, ...]
    version: int
    remplace_id: int | None = None
    suivie_par: str = ""
    suivie_le: date | None = None

    def finie(self, today: date) -> bool:
        """Its last day is past."""
        return self.fin is not None and self.fin < today


@dataclass(frozen=True)
class PersonneVue:
    """A person and what they do now, to be recognised ("chef de service, PJJ")."""

    id: int
    nom: str
    prenom: str
    courriel: str
    fonctions: str
    version: int

    @property
    def complet(self) -> str:
        return nom_complet(self.prenom, self.nom)


@dataclass(frozen=True)
class SiegeVu:
    """A seat that a partenaire holds in an instance."""

    instance_id: int
    instance: str
    fonction: str
    fonction_id: int | None
    personne: str


@dataclass(frozen=True)
class Identite:
    """What the form of a person holds, as typed."""

    nom: str
    prenom: str = ""
    courriel: str = ""
    telephone: str = ""
    autres: tuple[Autre, ...] = ()


# --- queries --------------------------------------------------------------------------------------------------------


def du_partenaire(session: Session, *, partenaire_id: int, today: date = date.max) -> list[FonctionVue]:
    """Everyone's functions there: current ones and those to come first, by name; then past ones, the latest first."""
    vues = fonctions_vues(session, col(Fonction.partenaire_id) == partenaire_id)
    en_cours = [f for f in vues if not f.finie(today)]
    passees = [f for f in vues if f.finie(today)]
    en_cours.sort(key=lambda f: (folded(f.nom, f.prenom), f.id))
    passees.sort(key=lambda f: (f.fin or date.min, f.id), reverse=True)
    return en_cours + passees


def en_fonction(session: Session, *, partenaire_ids: Iterable[int], today: date) -> dict[int, list[FonctionVue]]:
    """Who is in function at each of these partenaires, by name."""
    ici = col(Fonction.partenaire_id).in_(list(partenaire_ids))
    vues = fonctions_vues(session, ici, fonctions.en_cours(today))
    par_partenaire: dict[int, list[FonctionVue]] = {}
    for f in sorted(vues, key=lambda f: (folded(f.nom, f.prenom), f.id)):
        par_partenaire.setdefault(f.partenaire_id, []).append(f)
    return par_partenaire


def fonction(session: Session, *, id: int) -> FonctionVue:
    """One function.

    Raises:
        NotFound: no such function.
    """
    vues = fonctions_vues(session, col(Fonction.id) == id)
    if not vues:
        raise chargement.introuvable(Fonction)
    return vues[0]


def autres_fonctions(
    session: Session, *, personne_id: int, partenaire_id: int, today: date = date.max
) -> list[FonctionVue]:
    """What the same person does now elsewhere."""
    return fonctions_vues(
        session,
        col(Fonction.personne_id) == personne_id,
        col(Fonction.partenaire_id) != partenaire_id,
        fonctions.pas_finie(today),
    )


def sieges(session: Session, *, partenaire_id: int, today: date | None = None) -> list[SiegeVu]:
    """The seats of a partenaire in instances that are not archived, with who holds them."""
    les_siens = places.du_partenaire(session, partenaire_id=partenaire_id, today=today)
    la = (col(Instance.id).in_(les_siens), col(Instance.archive).is_(False))
    return [
        SiegeVu(i.id, i.nom, m.fonction, m.fonction_id, m.personne)
        for i in session.exec(select(Instance).where(*la).order_by(col(Instance.nom)))
        for m in les_siens[i.id]
    ]


def correspond(texte: str) -> ColumnElement[bool]:
    """Every word of `texte` stands in a person's name and numbers; with an @, in one of their addresses.

    Apart, or "ville" would find all who write from ville.fr.
    """
    if "@" not in texte:
        return and_(True, *(col(Personne.recherche).like(motif) for motif in like_patterns(requete(texte))))
    bout = clean(texte).lower()
    autres = select(Coordonnee.id).where(
        Coordonnee.personne_id == Personne.id, func.lower(col(Coordonnee.valeur)).contains(bout, autoescape=True)
    )
    return or_(func.lower(col(Personne.courriel)).contains(bout, autoescape=True), autres.exists())


def choix(session: Session, *, texte: str, today: date = date.max) -> list[PersonneVue]:
    """The people that match, by name."""
    rows = session.exec(
        select(Personne).where(correspond(texte)).order_by(col(Personne.recherche), col(Personne.id))
    ).all()
    return decrire(session, rows, today=today)


def doublons_probables(
    session: Session, *, identite: Identite, sauf: int | None = None, today: date = date.max
) -> list[PersonneVue]:
    """People who are probably the one typed: an address in common, or nearly the same name, in whatever order."""
    plie = folded(identite.nom, identite.prenom)
    adresses = {clean(t).lower() for t in (identite.courriel, *(a.valeur for a in identite.autres)) if "@" in t}
    if not plie:
        return []
    ailleurs = set(
        session.exec(select(Coordonnee.personne_id).where(func.lower(col(Coordonnee.valeur)).in_(adresses)))
        if adresses
        else ()
    )
    trouves = []
    rows = session.exec(select(Personne.id, Personne.recherche, Personne.courriel)).all()
    for id, recherche, autre_courriel in rows:
        if id == sauf:
            continue
        meme_adresse = id in ailleurs or autre_courriel.lower() in adresses
        if meme_adresse or fuzz.token_sort_ratio(plie, recherche.split(" | ")[0]) >= _RESSEMBLANCE:
            trouves.append(id)
    if not trouves:
        return []
    connus = session.exec(select(Personne).where(col(Personne.id).in_(trouves)).order_by(col(Personne.id))).all()
    return decrire(session, connus, today=today)


def fonctions_vues(session: Session, *filtres: ColumnElement[bool]) -> list[FonctionVue]:
    rows = session.exec(
        select(Fonction, Personne, Partenaire.nom)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .join(Partenaire, col(Partenaire.id) == Fonction.partenaire_id)
        .where(*filtres)
        .order_by(col(Fonction.debut), col(Fonction.id))
    ).all()
    autres = autres_coordonnees.des_personnes(session, ids=[f.personne_id for f, *_ in rows]) if rows else {}
    suivantes = {
        f.remplace_id: (f, p)
        for f, p in session.exec(
            select(Fonction, Personne)
            .join(Personne, col(Personne.id) == Fonction.personne_id)
            .where(col(Fonction.remplace_id).in_([f.id for f, *_ in rows if f.fin]))
        ).all()
    }
    return [
        FonctionVue(
            id=f.id,
            intitule=f.intitule,
            debut=f.debut,
            fin=f.fin,
            partenaire_id=f.partenaire_id,
            partenaire=partenaire,
            personne_id=f.personne_id,
            personne=nom_complet(p.prenom, p.nom),
            nom=p.nom,
            prenom=p.prenom,
            courriel=p.courriel,
            telephone=p.telephone,
            autres=autres.get(f.personne_id, ()),
            version=f.version,
            remplace_id=f.remplace_id,
            suivie_par=nom_complet(suivantes[f.id][1].prenom, suivantes[f.id][1].nom) if f.id in suivantes else "",
            suivie_le=suivantes[f.id][0].debut if f.id in suivantes else None,
        )
        for f, p, partenaire in rows
    ]


def decrire(session: Session, personnes: Iterable[Personne], *, today: date = date.max) -> list[PersonneVue]:
    personnes = list(personnes)
    ids = [p.id for p in personnes if p.id is not None]
    en_cours = fonctions_vues(session, col(Fonction.personne_id).in_(ids), fonctions.pas_finie(today)) if ids else []
    textes: dict[int, list[str]] = {}
    for f in en_cours:
        textes.setdefault(f.personne_id, []).append(f"{f.intitule}, {f.partenaire}")
    return [
        PersonneVue(
            id=p.id,
            nom=p.nom,
            prenom=p.prenom,
            courriel=p.courriel,
            fonctions=" ; ".join(textes.get(p.id, [])) or "sans fonction en cours",
            version=p.version,
        )
        for p in personnes
    ]


def en_texte(f: FonctionVue) -> dict[str, str]:
    """The fields as the screen prints them, to be read beside one's own."""
    return {
        "nom": f.nom,
        "prenom": f.prenom,
        "intitule": f.intitule,
        "debut": f"{f.debut:%d/%m/%Y}",
        "courriel": f.courriel,
        "telephone": f.telephone,
        "autres": autres_coordonnees.en_texte(f.autres),
    }
