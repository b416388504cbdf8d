"""Many partenaires at once: what a change would do to each, then all of it in one step that is undone as one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, func, select

from models import Categorie, Instance, Partenaire, PartenaireSecteur, SecteurVeille, Siege
from services.commun import operations
from services.commun.operations import Suivi
from services.partenaires.champs import LIMITES
from services.partenaires.fiches import secteurs_de
from services.partenaires.sieges import MEMBRES_MAX
from services.socle import brouillons, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import BusinessError, Conflict, Invalid
from services.socle.texte import clean

ACTE = "lot"
LIMITE = 5000  # at once: nobody else writes meanwhile
_TOUTE_LA_VILLE = "Toute la ville"
_PAQUET = 500
_NOMMES = 3


class Geste(StrEnum):
    """What is done to each of them."""

    CATEGORIE = "categorie"
    SOUS_CATEGORIE = "sous_categorie"
    COMMUNE = "commune"
    REMPLACER_SECTEURS = "remplacer_secteurs"
    AJOUTER_SECTEURS = "ajouter_secteurs"
    RETIRER_SECTEURS = "retirer_secteurs"
    INSTANCE = "instance"
    ARCHIVER = "archiver"
    RESTAURER = "restaurer"


_SECTEURS = (Geste.REMPLACER_SECTEURS, Geste.AJOUTER_SECTEURS, Geste.RETIRER_SECTEURS)
_TEXTES = (Geste.SOUS_CATEGORIE, Geste.COMMUNE)


class Sort(StrEnum):
    """What becomes of one of them."""

    CHANGE = "change"
    DEJA = "deja"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Changement:
    """A gesture and what it takes: ids of a category, an instance or secteurs, or the text of a field."""

    geste: Geste
    ids: tuple[int, ...] = ()
    texte: str = ""


@dataclass(frozen=True)
class LigneLot:
    """What becomes of one partenaire. `motif` says why it is refused, or why it stays as it is."""

    id: int
    version: int
    nom: str
    sort: Sort
    avant: str = ""
    apres: str = ""
    motif: str = ""


@dataclass(frozen=True)
class EssaiLot:
    """What a change would do, before anything is written. `resume` says it in a few words."""

    changement: Changement
    resume: str
    lignes: tuple[LigneLot, ...]

    def nombres(self) -> dict[Sort, int]:
        """How many of each kind."""
        comptes = Counter(ligne.sort for ligne in self.lignes)
        return {sort: comptes[sort] for sort in Sort}


# --- before anything is written -------------------------------------------------------------------------------------


def essai(session: Session, *, changement: Changement, ids: Iterable[int]) -> EssaiLot:
    """What the change would do to these partenaires, by name; those that are gone are left out.

    Raises:
        Invalid: nothing ticked, too many, or no value given.
    """
    return _essai(session, changement, _lus(session, ids))


def _essai(session: Session, changement: Changement, rows: Sequence[Partenaire]) -> EssaiLot:
    changement, resume, valeur = _valider(session, changement)
    if not rows:
        raise Invalid({"ids": "Cochez au moins un partenaire."})
    geste, choisis = changement.geste, set(changement.ids)
    secteurs: dict[int, dict[int, str]] = {}
    noms: dict[int, str] = {}
    siegent: set[int] = set()
    places = MEMBRES_MAX
    if geste in _SECTEURS:
        secteurs = _secteurs(session, rows)
        noms = _noms_secteurs(session)
    elif geste is Geste.CATEGORIE:
        noms = {i or 0: nom for i, nom in session.exec(select(Categorie.id, Categorie.nom)).all()}
    elif geste is Geste.INSTANCE:
        sieges = session.exec(select(Siege.partenaire_id).where(Siege.instance_id == changement.ids[0])).all()
        siegent, places = set(sieges), MEMBRES_MAX - len(sieges)
    lignes = []
    for p in rows:
        id, archive = p.id, p.archive_le is not None
        avant, apres, motif, sort = "", valeur, "", Sort.CHANGE
        if geste is Geste.CATEGORIE:
            avant = noms.get(p.categorie_id, "")
        elif geste in _TEXTES:
            avant = getattr(p, geste.value)
        elif geste in _SECTEURS:
            actuels = secteurs.get(id, {})
            voulus = _voulus(geste, set(actuels), choisis)
            avant, apres = _liste(noms, actuels), _liste(noms, voulus)
            if geste is Geste.AJOUTER_SECTEURS and not actuels:
                avant = apres = _TOUTE_LA_VILLE
                motif = "agit déjà dans toute la ville"
            elif geste is Geste.RETIRER_SECTEURS and actuels and not voulus:
                sort, motif = Sort.REFUSE, "n’agirait plus dans aucun secteur : remplacez plutôt ses secteurs"
        elif geste is Geste.INSTANCE:
            if id in siegent:
                avant, motif = apres, "y siège déjà"
            elif archive:
                sort, motif = Sort.REFUSE, "est archivé : restaurez-le d’abord"
            elif places <= 0:
                sort, motif = Sort.REFUSE, f"l’instance compterait plus de {MEMBRES_MAX} membres"
            else:
                places -= 1
        else:
            avant = "Archivé" if archive else "Actif"
        if sort is Sort.CHANGE and avant == apres:
            sort = Sort.DEJA
        lignes.append(LigneLot(id, p.version, p.nom, sort, avant, apres, motif))
    return EssaiLot(changement, resume, tuple(lignes))


def _valider(session: Session, c: Changement) -> tuple[Changement, str, str]:
    """The change with its text cleaned, how a sentence says it, and the value it gives."""
    if c.geste in _TEXTES:
        texte, (maximum, mot) = clean(c.texte), LIMITES[c.geste.value]
        if not texte:
            raise Invalid({"valeur": f"Indiquez {mot}."})
        if len(texte) > maximum:
            raise Invalid({"valeur": f"Raccourcissez {mot} : {maximum} caractères au plus."})
        nom = "sous-catégorie" if c.geste is Geste.SOUS_CATEGORIE else "commune"
        return Changement(c.geste, texte=texte), f"{nom} « {texte} »", texte
    if c.geste in (Geste.ARCHIVER, Geste.RESTAURER):
        archive = c.geste is Geste.ARCHIVER
        return Changement(c.geste), "archivage" if archive else "restauration", "Archivé" if archive else "Actif"
    if c.geste in _SECTEURS:
        noms = _noms_secteurs(session)
        if not set(c.ids) <= set(noms) or not (c.ids or c.geste is Geste.REMPLACER_SECTEURS):
            raise Invalid({"valeur": "Choisissez un secteur de veille dans la liste."})
        mot = {Geste.AJOUTER_SECTEURS: "ajouté", Geste.RETIRER_SECTEURS: "retiré"}.get(c.geste, "de veille")
        return Changement(c.geste, ids=c.ids), f"secteur {mot} : {_liste(noms, c.ids)}", ""
    row: Categorie | Instance | None
    if c.geste is Geste.CATEGORIE:
        row, quoi, dit = session.get(Categorie, (*c.ids, 0)[0]), "une catégorie", "catégorie"
    else:
        row, quoi, dit = session.get(Instance, (*c.ids, 0)[0]), "une instance", "ajout à l’instance"
    if row is None or row.archive:
        raise Invalid({"valeur": f"Choisissez {quoi} dans la liste."})
    return Changement(c.geste, ids=c.ids[:1]), f"{dit} « {row.nom} »", row.nom


def _voulus(geste: Geste, actuels: set[int], choisis: set[int]) -> set[int]:
    if geste is Geste.AJOUTER_SECTEURS:
        return actuels | choisis
    return actuels - choisis if geste is Geste.RETIRER_SECTEURS else choisis


def _liste(noms: dict[int, str], ids: Iterable[int]) -> str:
    return ", ".join(sorted(noms[i] for i in ids)) or _TOUTE_LA_VILLE


# --- the change -----------------------------------------------------------------------------------------------------


def appliquer(session: Session, *, vu: EssaiLot, jeton: str, now: datetime, by: Acteur) -> int:
    """Write what `vu` announced, all of it or nothing; the id of the operation, which undoes it. `now` is UTC.

    Raises:
        Conflict: a partenaire, or what it was to become, changed since; the sentence names it.
        Invalid: there is nothing to write.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    rows = _lus(session, (ligne.id for ligne in vu.lignes))
    _verifier(session, vu, rows)
    change = {ligne.id for ligne in vu.lignes if ligne.sort is Sort.CHANGE}
    if not change:
        raise Invalid({"ids": "Rien à appliquer : aucun de ces partenaires ne changerait."})
    s = "s" if len(change) > 1 else ""
    resume = f"{len(change)} partenaire{s} : {vu.resume}"
    with operations.suivre(session, acte=ACTE, resume=resume, now=now, by=by) as suivi, session.no_autoflush:
        _ecrire(session, vu.changement, [p for p in rows if p.id in change], now, suivi)
    brouillons.consommer(session, jeton=jeton, objet="operation", objet_id=suivi.id)
    return suivi.id


def _verifier(session: Session, vu: EssaiLot, rows: Sequence[Partenaire]) -> None:
    """Refuse if the same dry run would now say something else."""
    versions = {p.id: p.version for p in rows}
    noms = [ligne.nom for ligne in vu.lignes if versions.get(ligne.id) != ligne.version]
    if noms:
        suite = f" et {len(noms) - _NOMMES} autres" if len(noms) > _NOMMES else ""
        raise Conflict(
            f"Un collègue a modifié entre-temps : {', '.join(f'« {n} »' for n in noms[:_NOMMES])}{suite}. "
            "Rien n’a été changé : relisez l’aperçu, puis appliquez."
        )
    try:
        pareil = _essai(session, vu.changement, rows) == vu
    except BusinessError:
        pareil = False
    if not pareil:
        raise Conflict("Le carnet a changé depuis l’aperçu : rien n’a été changé. Relisez-le, puis appliquez.")


def _ecrire(session: Session, c: Changement, rows: Sequence[Partenaire], now: datetime, suivi: Suivi) -> None:
    if c.geste is Geste.INSTANCE:
        dernier = session.exec(select(func.max(Siege.ordre)).where(Siege.instance_id == c.ids[0])).one()
        for ordre, p in enumerate(rows, 0 if dernier is None else dernier + 1):
            siege = Siege(instance_id=c.ids[0], partenaire_id=p.id, ordre=ordre)
            session.add(siege)
            suivi.ajouter(siege)
        return
    suivi.retenir(*rows)
    if c.geste in _SECTEURS:
        _poser_secteurs(session, c, rows, suivi)
        return
    categories = dict(session.exec(select(Categorie.id, Categorie.nom)).all())
    for p in rows:
        if c.geste is Geste.CATEGORIE:
            p.categorie_id = c.ids[0]
        elif c.geste in _TEXTES:
            setattr(p, c.geste.value, c.texte)
        else:
            p.archive_le = now if c.geste is Geste.ARCHIVER else None
        p.recherche = pli.du_partenaire(p, categories.get(p.categorie_id, ""))


def _poser_secteurs(session: Session, c: Changement, rows: Sequence[Partenaire], suivi: Suivi) -> None:
    par_partenaire: dict[int, dict[int, PartenaireSecteur]] = {p.id: {} for p in rows}
    for paquet in _paquets(list(par_partenaire)):
        for lien in session.exec(select(PartenaireSecteur).where(col(PartenaireSecteur.partenaire_id).in_(paquet))):
            par_partenaire[lien.partenaire_id][lien.secteur_id] = lien
    for p in rows:
        actuels = par_partenaire[p.id]
        voulus = _voulus(c.geste, set(actuels), set(c.ids))
        for id in actuels.keys() - voulus:
            suivi.retenir(actuels[id])
            session.delete(actuels[id])
        neufs = [PartenaireSecteur(partenaire_id=p.id, secteur_id=id) for id in voulus - actuels.keys()]
        session.add_all(neufs)
        suivi.ajouter(*neufs)
        flag_modified(p, "nom")  # secteurs live elsewhere: the version goes up all the same


# --- reading in bulk ------------------------------------------------------------------------------------------------


def _lus(session: Session, ids: Iterable[int]) -> list[Partenaire]:
    """These partenaires, by name."""
    voulus = sorted(set(ids))
    if len(voulus) > LIMITE:
        raise Invalid({"ids": "Au plus 5 000 partenaires à la fois : décochez-en, puis recommencez avec les autres."})
    rows: list[Partenaire] = []
    for paquet in _paquets(voulus):
        rows += session.exec(select(Partenaire).where(col(Partenaire.id).in_(paquet))).all()
    return sorted(rows, key=lambda p: (p.recherche, p.id))


def _secteurs(session: Session, rows: Sequence[Partenaire]) -> dict[int, dict[int, str]]:
    trouves: dict[int, dict[int, str]] = {}
    for paquet in _paquets([p.id for p in rows]):
        trouves |= secteurs_de(session, paquet)
    return trouves


def _noms_secteurs(session: Session) -> dict[int, str]:
    return {i or 0: nom for i, nom in session.exec(select(SecteurVeille.id, SecteurVeille.nom)).all()}


def _paquets(ids: list[int]) -> Iterator[list[int]]:
    for i in range(0, len(ids), _PAQUET):
        yield ids[i : i + _PAQUET]
