"""The lists of the administration as staff change them; services/commun/listes.py reads them.

Tests: tests/services/commun/test_listes.py.
"""

from typing import Any

from sqlmodel import Session, func, select

from models import (
    Categorie,
    Lieu,
    Origine,
    Partenaire,
    Quartier,
    SecteurVeille,
    Theme,
)
from models.base import libelles
from services.commun.listes import Famille, quartiers
from services.socle import brouillons, chargement, journal, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import courriel_valide, telephone_valide
from services.socle.erreurs import Duplicate, Invalid
from services.socle.texte import accord, clean, folded

_Row = Theme | Categorie | Origine | Lieu | SecteurVeille | Quartier


_TABLES: dict[Famille, Any] = {  # Any: the checker sees only the common parent in a union of classes
    Famille.THEME: Theme,
    Famille.CATEGORIE: Categorie,
    Famille.ORIGINE: Origine,
    Famille.LIEU: Lieu,
    Famille.SECTEUR: SecteurVeille,
    Famille.QUARTIER: Quartier,
}


# "le thème", as sentences need it.
_ARTICLE = {
    Famille.THEME: "Le thème",
    Famille.CATEGORIE: "La catégorie",
    Famille.ORIGINE: "L’origine",
    Famille.LIEU: "Le lieu",
    Famille.SECTEUR: "Le secteur de veille",
    Famille.QUARTIER: "Le quartier",
}


_FEMININ = (Famille.CATEGORIE, Famille.ORIGINE)


def _nom(row: _Row) -> str:
    return row.libelle if isinstance(row, Theme | Origine) else row.nom


def _exiger_a_jour(session: Session, row: _Row, version: int) -> None:
    def actuel(row: _Row) -> dict[str, str]:
        dits = {"nom": _nom(row)}
        if isinstance(row, Theme):
            dits["rubrique"] = row.rubrique
        if isinstance(row, Lieu):
            dits |= {c: "" if (v := getattr(row, c)) is None else str(v) for c in libelles(Lieu)}
        if isinstance(row, Quartier):
            secteur = session.get(SecteurVeille, row.secteur_id)
            dits["secteur_id"] = secteur.nom if secteur else ""
        return dits

    chargement.exiger_a_jour(row, version, actuel, quoi=f"« {_nom(row)} »")


def _nom_verifie(session: Session, famille: Famille, nom: str, *, sauf: int | None = None) -> str:
    """The cleaned name. Raises Invalid, or Duplicate when another row of the list has it but for case and accents."""
    propre = clean(nom)
    limite = 160 if famille is Famille.LIEU else 120
    if not folded(propre):
        raise Invalid({"nom": "Écrivez un nom : lettres ou chiffres."})
    if len(propre) > limite:
        raise Invalid({"nom": f"Raccourcissez ce nom : {limite} caractères au plus, il en compte {len(propre)}."})
    for row in session.exec(select(_TABLES[famille])).all():
        if row.id != sauf and folded(_nom(row)) == folded(propre):
            e = "e" if famille in _FEMININ else ""
            suite = (
                f" mais archivé{e} : restaurez-l{'a' if e else 'e'}." if row.archive else ". Choisissez un autre nom."
            )
            raise Duplicate(f"« {_nom(row)} » existe déjà{suite}", champ="nom", objet_id=row.id)
    return propre


def _creer(session: Session, famille: Famille, row: _Row, *, jeton: str | None, by: Acteur) -> int:
    session.add(row)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="creer",
        objet=famille.value,
        objet_id=row.id,
        resume=f"{_ARTICLE[famille]} « {_nom(row)} » est ajouté{'e' if famille in _FEMININ else ''}",
    )
    if jeton is not None:
        brouillons.consommer(session, jeton=jeton, objet=famille.value, objet_id=row.id)
    return row.id


def _deja(session: Session, jeton: str | None) -> bool:
    return jeton is not None and brouillons.deja_fait(session, jeton=jeton) is not None


def _clore(session: Session, famille: Famille, id: int, jeton: str | None) -> None:
    """Spend the token of the form that changed a row, if it came from one."""
    if jeton is not None:
        brouillons.consommer(session, jeton=jeton, objet=famille.value, objet_id=id)


def _enregistrer(
    session: Session, famille: Famille, row: _Row, *, resume: str, acte: str = "modifier", by: Acteur
) -> None:
    session.add(row)
    session.flush()
    journal.note(session, by=by, acte=acte, objet=famille.value, objet_id=row.id, resume=resume)


# --- themes ----------------------------------------------------------------------------------------------------------


def _rubrique(rubrique: str) -> str:
    propre = clean(rubrique)
    if not folded(propre):
        raise Invalid({"rubrique": "Choisissez la rubrique du thème."})
    if len(propre) > 120:
        raise Invalid({"rubrique": "Raccourcissez la rubrique : 120 caractères au plus."})
    return propre


def _place_theme(session: Session, theme: Theme) -> None:
    """Put the theme last of its heading, and fold its words."""
    theme.recherche = folded(theme.libelle, theme.rubrique)[:300]
    derniers = select(func.max(Theme.ordre)).where(Theme.rubrique == theme.rubrique)
    if theme.id is not None:
        derniers = derniers.where(Theme.id != theme.id)
    dernier = session.exec(derniers).one()
    if dernier is None:
        dernier = (session.exec(select(func.max(Theme.ordre))).one() or 0) + 1
    theme.ordre = dernier


def ajouter_theme(session: Session, *, libelle: str, rubrique: str, jeton: str, by: Acteur) -> int:
    """Add a theme under a heading (a new heading is one that no theme had)."""
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    theme = Theme(
        libelle=_nom_verifie(session, Famille.THEME, libelle), rubrique=_rubrique(rubrique), recherche="", ordre=0
    )
    _place_theme(session, theme)
    return _creer(session, Famille.THEME, theme, jeton=jeton, by=by)


def modifier_theme(
    session: Session, *, id: int, libelle: str, rubrique: str, version: int, jeton: str | None = None, by: Acteur
) -> None:
    """Rename a theme or put it under another heading."""
    require(by, Droit.ECRIRE)
    if _deja(session, jeton):
        return
    theme = chargement.charger(session, Theme, id)
    _exiger_a_jour(session, theme, version)
    libelle = _nom_verifie(session, Famille.THEME, libelle, sauf=id)
    rubrique = _rubrique(rubrique)
    _clore(session, Famille.THEME, id, jeton)
    if (libelle, rubrique) == (theme.libelle, theme.rubrique):
        return
    resume = f"Le thème « {theme.libelle} » devient « {libelle} » (rubrique « {rubrique} »)"
    deplace = rubrique != theme.rubrique
    theme.libelle, theme.rubrique = libelle, rubrique
    if deplace:
        _place_theme(session, theme)
    theme.recherche = folded(libelle, rubrique)[:300]
    _enregistrer(session, Famille.THEME, theme, resume=resume, by=by)


# --- lists of names --------------------------------------------------------------------------------------------------


def ajouter(session: Session, *, famille: Famille, nom: str, jeton: str, by: Acteur) -> int:
    """Add a category, an origin or a secteur de veille (which staff know: nothing left to confirm)."""
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    nom = _nom_verifie(session, famille, nom)
    row: _Row
    if famille is Famille.CATEGORIE:
        row = Categorie(nom=nom)
    elif famille is Famille.SECTEUR:
        row = SecteurVeille(nom=nom, a_valider=False)
    elif famille is Famille.ORIGINE:
        row = Origine(libelle=nom, ordre=(session.exec(select(func.max(Origine.ordre))).one() or 0) + 1)
    else:
        raise ValueError(f"{famille} has a command of its own")
    return _creer(session, famille, row, jeton=jeton, by=by)


def renommer(
    session: Session, *, famille: Famille, id: int, nom: str, version: int, jeton: str | None = None, by: Acteur
) -> None:
    """Rename a category, an origin or a secteur de veille."""
    require(by, Droit.ECRIRE)
    if _deja(session, jeton):
        return
    row = chargement.charger(session, _TABLES[famille], id)
    _exiger_a_jour(session, row, version)
    nom = _nom_verifie(session, famille, nom, sauf=id)
    ancien = _nom(row)
    _clore(session, famille, id, jeton)
    if nom == ancien:
        return
    if isinstance(row, Origine):
        row.libelle = nom
    elif isinstance(row, Categorie | SecteurVeille):
        row.nom = nom
    else:
        raise ValueError(f"{famille} has a command of its own")
    _enregistrer(session, famille, row, resume=f"{_ARTICLE[famille]} « {ancien} » devient « {nom} »", by=by)
    if famille is Famille.CATEGORIE:
        _refold_partenaires(session, categorie_id=id, nom=nom)


def _refold_partenaires(session: Session, *, categorie_id: int, nom: str) -> None:
    """A partenaire is found by the name of its category: fold it again."""
    for p in session.exec(select(Partenaire).where(Partenaire.categorie_id == categorie_id)).all():
        p.recherche = pli.du_partenaire(p, nom)
        session.add(p)
    session.flush()


def archiver(session: Session, *, famille: Famille, id: int, version: int, by: Acteur) -> None:
    """Take a row out of the choices; what uses it keeps it."""
    require(by, Droit.ECRIRE)
    row = chargement.charger(session, _TABLES[famille], id)
    _exiger_a_jour(session, row, version)
    if row.archive:
        return
    if isinstance(row, SecteurVeille):
        restants = [q.nom for q in quartiers(session, secteur_id=id)]
        if restants:
            raise Invalid(
                {
                    "": f"« {row.nom} » compte encore {accord(len(restants), 'quartier')} : "
                    "déplacez-les vers un autre secteur de veille avant de l’archiver."
                }
            )
    row.archive = True
    e = "e" if famille in _FEMININ else ""
    resume = f"{_ARTICLE[famille]} « {_nom(row)} » est archivé{e}"
    _enregistrer(session, famille, row, resume=resume, acte="archiver", by=by)


def restaurer(session: Session, *, famille: Famille, id: int, version: int, by: Acteur) -> None:
    """Bring an archived row back into the choices."""
    require(by, Droit.ECRIRE)
    row = chargement.charger(session, _TABLES[famille], id)
    _exiger_a_jour(session, row, version)
    if not row.archive:
        return
    if isinstance(row, Quartier):
        secteur = session.get(SecteurVeille, row.secteur_id)
        if secteur is not None and secteur.archive:
            raise Invalid({"": f"Restaurez d’abord le secteur de veille « {secteur.nom} », qui est archivé."})
    row.archive = False
    e = "e" if famille in _FEMININ else ""
    resume = f"{_ARTICLE[famille]} « {_nom(row)} » est restauré{e}"
    _enregistrer(session, famille, row, resume=resume, acte="restaurer", by=by)


# --- places ----------------------------------------------------------------------------------------------------------


def _lieu_verifie(
    adresse: str, capacite: int | None, contact: str, telephone: str, courriel: str
) -> tuple[str, str, str, str]:
    adresse, contact = clean(adresse), clean(contact)
    erreurs: dict[str, str] = {}
    if len(adresse) > 200:
        erreurs["adresse"] = "Raccourcissez l’adresse : 200 caractères au plus."
    if capacite is not None and not 1 <= capacite <= 10000:
        erreurs["capacite"] = "Donnez un nombre de places entre 1 et 10 000, ou laissez vide."
    if len(contact) > 120:
        erreurs["contact"] = "Raccourcissez le contact : 120 caractères au plus."
    try:
        telephone = telephone_valide(telephone)
    except Invalid as refus:
        erreurs |= refus.erreurs
    try:
        courriel = courriel_valide(courriel)
    except Invalid as refus:
        erreurs |= refus.erreurs
    if erreurs:
        raise Invalid(erreurs)
    return adresse, contact, telephone, courriel


def ajouter_lieu(
    session: Session,
    *,
    nom: str,
    adresse: str = "",
    capacite: int | None = None,
    contact: str = "",
    telephone: str = "",
    courriel: str = "",
    jeton: str,
    by: Acteur,
) -> int:
    """Add a meeting place, and whom to ask for it: a service or a function."""
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    nom = _nom_verifie(session, Famille.LIEU, nom)
    adresse, contact, telephone, courriel = _lieu_verifie(adresse, capacite, contact, telephone, courriel)
    lieu = Lieu(nom=nom, adresse=adresse, capacite=capacite, contact=contact, telephone=telephone, courriel=courriel)
    return _creer(session, Famille.LIEU, lieu, jeton=jeton, by=by)


def modifier_lieu(
    session: Session,
    *,
    id: int,
    nom: str,
    adresse: str,
    capacite: int | None,
    contact: str = "",
    telephone: str = "",
    courriel: str = "",
    version: int,
    jeton: str | None = None,
    by: Acteur,
) -> None:
    """Change a place's name, address, number of seats, or whom to ask for it."""
    require(by, Droit.ECRIRE)
    if _deja(session, jeton):
        return
    lieu = chargement.charger(session, Lieu, id)
    _exiger_a_jour(session, lieu, version)
    nom = _nom_verifie(session, Famille.LIEU, nom, sauf=id)
    ancien = lieu.nom
    adresse, contact, telephone, courriel = _lieu_verifie(adresse, capacite, contact, telephone, courriel)
    _clore(session, Famille.LIEU, id, jeton)
    lieu.nom, lieu.adresse, lieu.capacite = nom, adresse, capacite
    lieu.contact, lieu.telephone, lieu.courriel = contact, telephone, courriel
    if not session.is_modified(lieu):
        return
    resume = f"Le lieu « {ancien} » est modifié" + (f" : il devient « {nom} »" if nom != ancien else "")
    _enregistrer(session, Famille.LIEU, lieu, resume=resume, by=by)


def lieu_nomme(session: Session, *, nom: str, by: Acteur) -> int:
    """The place of that name (case and accents ignored), created if there is none, restored if archived."""
    require(by, Droit.ECRIRE)
    cle = folded(nom)
    for lieu in session.exec(select(Lieu)).all():
        if cle and folded(lieu.nom) == cle and lieu.id is not None:
            if lieu.archive:
                restaurer(session, famille=Famille.LIEU, id=lieu.id, version=lieu.version, by=by)
            return lieu.id
    return _creer(session, Famille.LIEU, Lieu(nom=_nom_verifie(session, Famille.LIEU, nom)), jeton=None, by=by)


# --- secteurs and quartiers ------------------------------------------------------------------------------------------


def valider_secteur(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Staff confirm that a secteur holds the right quartiers."""
    require(by, Droit.ECRIRE)
    secteur = chargement.charger(session, SecteurVeille, id)
    _exiger_a_jour(session, secteur, version)
    if not secteur.a_valider:
        return
    secteur.a_valider = False
    resume = f"Le secteur de veille « {secteur.nom} » est validé"
    _enregistrer(session, Famille.SECTEUR, secteur, resume=resume, acte="valider", by=by)


def _secteur_verifie(session: Session, secteur_id: int | None) -> SecteurVeille:
    secteur = session.get(SecteurVeille, secteur_id) if secteur_id is not None else None
    if secteur is None or secteur.archive:
        raise Invalid({"secteur_id": "Choisissez le secteur de veille du quartier."})
    return secteur


def ajouter_quartier(session: Session, *, nom: str, secteur_id: int | None, jeton: str, by: Acteur) -> int:
    """Add a quartier to a secteur."""
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    nom = _nom_verifie(session, Famille.QUARTIER, nom)
    secteur = _secteur_verifie(session, secteur_id)
    return _creer(session, Famille.QUARTIER, Quartier(nom=nom, secteur_id=secteur.id), jeton=jeton, by=by)


def modifier_quartier(
    session: Session, *, id: int, nom: str, secteur_id: int | None, version: int, jeton: str | None = None, by: Acteur
) -> None:
    """Rename a quartier or move it to another secteur."""
    require(by, Droit.ECRIRE)
    if _deja(session, jeton):
        return
    quartier = chargement.charger(session, Quartier, id)
    _exiger_a_jour(session, quartier, version)
    nom = _nom_verifie(session, Famille.QUARTIER, nom, sauf=id)
    secteur = _secteur_verifie(session, secteur_id)
    _clore(session, Famille.QUARTIER, id, jeton)
    if (nom, secteur.id) == (quartier.nom, quartier.secteur_id):
        return
    resume = f"Le quartier « {quartier.nom} »"
    resume += f" devient « {nom} »" if nom != quartier.nom else ""
    resume += f" passe dans « {secteur.nom} »" if secteur.id != quartier.secteur_id else ""
    quartier.nom, quartier.secteur_id = nom, secteur.id
    _enregistrer(session, Famille.QUARTIER, quartier, resume=resume, by=by)
