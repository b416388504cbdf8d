"""Lists to write to: who answers a filter of the directory, at which address, and who has none.

What a line says is what the page of a partenaire shows to whoever may read it (Droit.LIRE), less its note, which is not
for a file that goes round. A role without that right gets nothing at all.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func
from sqlmodel import Session, col, select

from models import Categorie, Fonction, Instance, Partenaire, PartenaireSecteur, Personne, SecteurVeille
from services.commun import exports
from services.commun.exports import Format
from services.partenaires import annuaire, champs, fonctions
from services.partenaires.annuaire import Filtre
from services.partenaires.autres_coordonnees import Autre, des_personnes
from services.partenaires.sieges import membres
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import postale
from services.socle.erreurs import Invalid
from services.socle.texte import nom_complet


class Qui(StrEnum):
    """Whom to write to. A partenaire where nobody is found is written to itself, and so is reached by any of them."""

    MEMBRES = "membres"
    PERSONNES = "personnes"
    ORGANISATIONS = "organisations"


LIBELLES = {
    Qui.MEMBRES: "Les membres de l’instance",
    Qui.PERSONNES: "Les personnes en fonction",
    Qui.ORGANISATIONS: "Les organisations",
}


@dataclass(frozen=True)
class Demande:
    """Which list: those of `filtre`, in function at `today`."""

    filtre: Filtre
    qui: Qui
    today: date


@dataclass(frozen=True)
class Destinataire:
    """A person in function at a partenaire, or the partenaire itself (`personne_id` None). `secteurs` empty: the whole
    town. `courriel`, `telephone` and `autres` are the person's own."""

    partenaire_id: int
    partenaire: str
    sigle: str = ""
    categorie: str = ""
    sous_categorie: str = ""
    secteurs: tuple[str, ...] = ()
    personne_id: int | None = None
    nom: str = ""
    prenom: str = ""
    fonction: str = ""
    courriel: str = ""
    telephone: str = ""
    autres: tuple[Autre, ...] = ()
    courriel_partenaire: str = ""
    telephone_partenaire: str = ""
    adresse: str = ""
    commune: str = ""
    site: str = ""
    suite: tuple[str, ...] = ()  # the texts SUITE of the partenaire

    @property
    def personne(self) -> str:
        return nom_complet(self.prenom, self.nom)

    @property
    def ecrire_a(self) -> str:
        """The address to write to: the person's, else the partenaire's; "" if there is none."""
        return self.courriel or self.courriel_partenaire

    @property
    def nom_affiche(self) -> str:
        """Whose address that is."""
        return (self.courriel and self.personne) or self.partenaire

    @property
    def postale(self) -> tuple[str, str, str]:
        """Street lines, postal code, town."""
        return postale(self.adresse, self.commune)


# The texts of a partenaire that have no place of their own above; its note stays here.
SUITE = tuple(c for c in champs.COLONNES if c not in {f.name for f in fields(Destinataire)} | {"note"})


@dataclass(frozen=True)
class Compte:
    """How many recipients, of which `relayes` through the address of their partenaire; `adresses` each counted once."""

    destinataires: int
    adresses: int
    sans_adresse: int
    relayes: int
    postales: int

    @property
    def doubles(self) -> int:
        return self.destinataires - self.sans_adresse - self.adresses


@dataclass(frozen=True)
class SansAdresse:
    """Someone a message would not reach; `personne` "" for the partenaire itself."""

    partenaire_id: int
    partenaire: str
    personne: str


# --- queries --------------------------------------------------------------------------------------------------------

# A person's own address, else that of the partenaire.
_ECRIRE_A: ColumnElement[str] = func.coalesce(func.nullif(col(Personne.courriel), ""), col(Partenaire.courriel))


def compter(session: Session, *, demande: Demande, by: Acteur) -> Compte:
    """Counted by the base: nothing else of the list is read."""
    require(by, Droit.LIRE)
    relaye = and_(col(Personne.courriel) == "", col(Partenaire.courriel) != "")
    lignes = (
        _lignes(session, demande)
        .with_only_columns(
            col(Partenaire.id),
            col(Personne.id).label("personne_id"),
            func.lower(_ECRIRE_A).label("adresse"),
            case((relaye, 1), else_=0).label("relaye"),
            case((col(Partenaire.adresse) != "", 1), else_=0).label("postale"),
        )
        .distinct()  # two functions of a person at one place are one recipient
        .subquery()
    )
    adresse = func.nullif(lignes.c.adresse, "")
    n, adressees, adresses, relayes, postales = session.execute(
        select(  # type: ignore[call-overload]
            func.count(),
            func.count(adresse),
            func.count(distinct(adresse)),
            func.coalesce(func.sum(lignes.c.relaye), 0),
            func.coalesce(func.sum(lignes.c.postale), 0),
        ).select_from(lignes)
    ).one()
    return Compte(n, adresses, n - adressees, int(relayes), int(postales))


def sans_adresse(
    session: Session, *, demande: Demande, page: int = 1, par_page: int = 25, by: Acteur
) -> list[SansAdresse]:
    """A page of those without any address, by partenaire; `page` counts from 1."""
    require(by, Droit.LIRE)
    rows = session.execute(
        _lignes(session, demande)
        .with_only_columns(
            Partenaire.id, Partenaire.nom, Partenaire.recherche, Personne.id, Personne.prenom, Personne.nom
        )
        .where(_ECRIRE_A == "")
        .distinct()
        .order_by(col(Partenaire.recherche), col(Partenaire.id), col(Personne.nom), col(Personne.id))
        .limit(par_page)
        .offset((max(page, 1) - 1) * par_page)
    ).all()
    return [SansAdresse(id, nom, f"{p_prenom or ''} {p_nom or ''}".strip()) for id, nom, _, _, p_prenom, p_nom in rows]


def destinataires(session: Session, *, demande: Demande, by: Acteur) -> list[Destinataire]:
    """All of them, by partenaire then person."""
    require(by, Droit.LIRE)
    rows = session.execute(
        _lignes(session, demande)
        .join(Categorie, col(Categorie.id) == Partenaire.categorie_id)
        .with_only_columns(Partenaire, Categorie.nom, Fonction.intitule, Personne)
        .order_by(
            col(Partenaire.recherche), col(Partenaire.id), col(Personne.recherche), col(Personne.id), col(Fonction.id)
        )
    ).all()
    secteurs: dict[int, list[str]] = {}
    for id, nom in session.exec(
        select(PartenaireSecteur.partenaire_id, SecteurVeille.nom)
        .join(SecteurVeille, col(SecteurVeille.id) == PartenaireSecteur.secteur_id)
        .order_by(col(SecteurVeille.nom))
    ):
        secteurs.setdefault(id, []).append(nom)
    autres = des_personnes(session)
    fonctions: dict[tuple[Any, Any], list[str]] = {}
    uniques: dict[tuple[Any, Any], tuple[Partenaire, str, Personne]] = {}
    for partenaire, categorie, intitule, personne in rows:
        cle = partenaire.id, personne and personne.id
        fonctions.setdefault(cle, []).append(intitule or "")
        uniques[cle] = partenaire, categorie, personne or Personne(nom="")
    return [
        Destinataire(
            partenaire_id=o.id,
            partenaire=o.nom,
            sigle=o.sigle,
            categorie=categorie,
            sous_categorie=o.sous_categorie,
            secteurs=tuple(secteurs.get(o.id, ())),
            personne_id=p.id,
            nom=p.nom,
            prenom=p.prenom,
            fonction=", ".join(fonctions[cle]),
            courriel=p.courriel,
            telephone=p.telephone,
            autres=autres.get(p.id, ()),
            courriel_partenaire=o.courriel,
            telephone_partenaire=o.telephone,
            adresse=o.adresse,
            commune=o.commune,
            site=o.site,
            suite=tuple(getattr(o, c) for c in SUITE),
        )
        for cle, (o, categorie, p) in uniques.items()
    ]


def intitule(session: Session, *, demande: Demande) -> str:
    """What the list is, for its title and the journal; the words searched are left out, they may be anyone's name."""
    noms = [LIBELLES[demande.qui]]
    filtre = demande.filtre
    choisis: tuple[tuple[Any, int | None], ...] = (
        (Instance, filtre.instance_id),
        (Categorie, filtre.categorie_id),
        (SecteurVeille, filtre.secteur_id),
    )
    for table, id in choisis:
        if id is not None and (row := session.get(table, id)):
            noms.append(row.nom)
    return " – ".join(noms)


# --- command --------------------------------------------------------------------------------------------------------


def exporter(session: Session, *, demande: Demande, format: Format, by: Acteur) -> list[Destinataire]:
    """The list that goes into a file, noted in the journal; labels are for those with a postal address."""
    trouves = destinataires(session, demande=demande, by=by)
    if format is Format.ETIQUETTES:
        trouves = [d for d in trouves if d.adresse]
    quoi = f"liste de diffusion « {intitule(session, demande=demande)} »"
    exports.noter(session, quoi=quoi, format=format, lignes=len(trouves), by=by)
    return trouves


# --- inside ---------------------------------------------------------------------------------------------------------


def _lignes(session: Session, demande: Demande) -> Any:
    """Each active partenaire of the filter with each function that is written to, or with none."""
    en_poste = and_(
        col(Fonction.partenaire_id) == Partenaire.id,
        fonctions.en_cours(demande.today),
    )
    if demande.qui is Qui.ORGANISATIONS:
        en_poste = col(Fonction.id) == 0  # none: ON false would have SQLite read them all for each partenaire
    elif demande.qui is Qui.MEMBRES:
        if demande.filtre.instance_id is None:
            raise Invalid({"qui": "Choisissez d’abord l’instance dont vous voulez joindre les membres."})
        sieges = membres(session, instance_id=demande.filtre.instance_id, today=demande.today)
        en_poste = and_(en_poste, col(Fonction.id).in_([s.fonction_id for s in sieges if s.fonction_id]))
    return (
        select(Partenaire.id)
        .join(Fonction, en_poste, isouter=True)
        .join(Personne, col(Personne.id) == Fonction.personne_id, isouter=True)
        .where(*annuaire.conditions(demande.filtre), col(Partenaire.archive_le).is_(None))
    )
