"""Standing bodies: cellules de veille, réunions techniques, and who sits there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from models import (
    Instance,
    InstanceQuartier,
    Lieu,
    Quartier,
    SecteurVeille,
    Siege,
)
from models.lists import Frequence, TypeReunion
from services.agenda import rythmes
from services.agenda.rythmes import Rythme
from services.commun import edition_listes, operations
from services.partenaires.sieges import Membre, SiegeVoulu, definir_membres, membres
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, folded, matches

__all__ = [
    "Membre",
    "SiegeVoulu",
    "definir_membres",
    "membres",
]  # of services/partenaires/sieges.py: one door for the agenda

TYPES_INSTANCE = (TypeReunion.CELLULE, TypeReunion.TECHNIQUE, TypeReunion.PROJET, TypeReunion.AUTRE)
TEXTE_MAX = 2000
CREER_MANQUANTES = "instance.creer_manquantes"


@dataclass(frozen=True)
class InstanceVue:
    """A standing body as lists and forms show it."""

    id: int
    nom: str
    type: TypeReunion
    secteur_id: int | None
    secteur: str
    frequence: Frequence
    jour: int | None
    rang: int | None
    rang_bis: int | None
    jour_du_mois: int | None
    heure_debut: time | None
    heure_fin: time | None
    lieu_id: int | None
    lieu: str
    archive: bool
    nb_membres: int
    version: int
    texte_convocation: str = ""
    texte_invitation: str = ""


# --- queries -------------------------------------------------------------------------------------------------------


def frequence_usuelle(type: TypeReunion) -> Frequence:
    """How often such an instance meets, unless said otherwise: cellules once a semestre, the others each month."""
    return Frequence.SEMESTRIELLE if type is TypeReunion.CELLULE else Frequence.MENSUELLE


def liste(
    session: Session,
    *,
    texte: str = "",
    types: Sequence[TypeReunion] | None = None,
    secteur_id: int | None = None,
    archives: bool = False,
) -> list[InstanceVue]:
    """Instances by type, then name; the archived ones too if `archives`."""
    membres = (
        select(col(Siege.instance_id), func.count().label("n")).group_by(col(Siege.instance_id)).subquery("membres")
    )
    requete = (
        select(Instance, SecteurVeille.nom, Lieu.nom, membres.c.n)
        .join(SecteurVeille, col(SecteurVeille.id) == Instance.secteur_id, isouter=True)
        .join(Lieu, col(Lieu.id) == Instance.lieu_id, isouter=True)
        .join(membres, membres.c.instance_id == Instance.id, isouter=True)
        .order_by(col(Instance.nom))
    )
    if not archives:
        requete = requete.where(col(Instance.archive).is_(False))
    if types:
        requete = requete.where(col(Instance.type).in_(types))
    if secteur_id is not None:
        requete = requete.where(col(Instance.secteur_id) == secteur_id)
    vues = [_vue(i, secteur, lieu, n) for i, secteur, lieu, n in session.exec(requete).all()]
    if texte:
        vues = [v for v in vues if matches(folded(v.nom, v.type.libelle, v.secteur, v.lieu), texte)]
    ordre = list(TypeReunion)
    return sorted(vues, key=lambda v: (v.archive, ordre.index(v.type), folded(v.nom)))


def get(session: Session, *, id: int) -> InstanceVue:
    """One instance.

    Raises:
        NotFound: no such instance.
    """
    instance = chargement.charger(session, Instance, id)
    n = session.exec(select(func.count()).select_from(Siege).where(Siege.instance_id == id)).one()
    secteur = session.get(SecteurVeille, instance.secteur_id) if instance.secteur_id else None
    lieu = session.get(Lieu, instance.lieu_id) if instance.lieu_id else None
    return _vue(instance, secteur.nom if secteur else None, lieu.nom if lieu else None, n)


def quartiers_choisis(session: Session, *, instance_id: int) -> list[int]:
    """The quartiers chosen for an instance, by name; none means its whole secteur."""
    return list(
        session.exec(
            select(InstanceQuartier.quartier_id)
            .join(Quartier, col(Quartier.id) == InstanceQuartier.quartier_id)
            .where(InstanceQuartier.instance_id == instance_id)
            .order_by(col(Quartier.nom))
        ).all()
    )


def quartiers(session: Session, *, instance_id: int) -> list[int]:
    """The quartiers an instance covers: its own, or all those of its secteur when none was chosen."""
    if choisis := quartiers_choisis(session, instance_id=instance_id):
        return choisis
    return [
        id
        for id in session.exec(
            select(Quartier.id)
            .join(Instance, col(Instance.secteur_id) == Quartier.secteur_id)
            .where(Instance.id == instance_id, col(Quartier.archive).is_(False))
            .order_by(col(Quartier.nom))
        ).all()
        if id is not None
    ]


def jour_habituel(vue: InstanceVue) -> str:
    """3e mardi du mois; "" if not set."""
    return rythmes.de(vue).jour_habituel


def prochain_jour(vue: InstanceVue, *, apres: date) -> date | None:
    """The next usual day on or after `apres`; None when the instance has no usual day."""
    return rythmes.prochain(rythmes.de(vue), apres=apres)


def manquantes(session: Session) -> list[tuple[TypeReunion, str, int, int | None]]:
    """What the town should have and the base has not: (type, name, secteur, quartier). One cellule de veille a
    secteur, one réunion technique a quartier; an archived one counts as there."""
    cellules = set(
        session.exec(select(Instance.secteur_id).where(Instance.type == TypeReunion.CELLULE)).all(),
    )
    techniques = set(
        session.exec(
            select(InstanceQuartier.quartier_id)
            .join(Instance, col(Instance.id) == InstanceQuartier.instance_id)
            .where(Instance.type == TypeReunion.TECHNIQUE)
        ).all()
    )
    noms = {folded(n) for n in session.exec(select(Instance.nom)).all()}
    secteurs = session.exec(
        select(SecteurVeille).where(col(SecteurVeille.archive).is_(False)).order_by(col(SecteurVeille.nom))
    ).all()
    actifs = {s.id for s in secteurs}
    places = session.exec(select(Quartier).where(col(Quartier.archive).is_(False)).order_by(col(Quartier.nom))).all()
    voulues: list[tuple[TypeReunion, str, int, int | None]] = [
        (TypeReunion.CELLULE, f"Cellule de veille – {s.nom}"[:160], s.id, None)
        for s in secteurs
        if s.id not in cellules
    ]
    voulues += [
        (TypeReunion.TECHNIQUE, f"Réunion technique – {q.nom}"[:160], q.secteur_id, q.id)
        for q in places
        if q.id not in techniques and q.secteur_id in actifs
    ]
    return [v for v in voulues if folded(v[1]) not in noms]


# --- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saisie:
    """What a form says of an instance. `lieu_nom` names a place that may not exist yet; it wins over `lieu_id`."""

    nom: str
    type: TypeReunion
    frequence: Frequence
    secteur_id: int | None = None
    quartier_ids: Sequence[int] = ()
    jour: int | None = None
    rang: int | None = None
    rang_bis: int | None = None
    jour_du_mois: int | None = None
    heure_debut: time | None = None
    heure_fin: time | None = None
    lieu_id: int | None = None
    lieu_nom: str = ""

    @property
    def rythme(self) -> Rythme:
        return Rythme(self.frequence, self.jour, self.rang, self.rang_bis, self.jour_du_mois)


def creer(session: Session, *, saisie: Saisie, jeton: str, by: Acteur) -> int:
    """Create an instance.

    Raises:
        Invalid: a field is missing or wrong.
        Duplicate: an instance has this name.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    instance = Instance(nom="", type=saisie.type, frequence=saisie.frequence, cree_le=utcnow())
    choisis = _remplir(session, instance, saisie, by=by)
    session.add(instance)
    session.flush()
    id = instance.id
    _poser_quartiers(session, id, choisis)
    journal.note(session, by=by, acte="creer", objet="instance", objet_id=id, resume=f"Instance créée : {instance.nom}")
    brouillons.consommer(session, jeton=jeton, objet="instance", objet_id=id)
    return id


def modifier(session: Session, *, id: int, saisie: Saisie, version: int, jeton: str = "", by: Acteur) -> None:
    """Change an instance. `jeton`, if given, is that of the form, closed by this command.

    Raises:
        Conflict: a colleague changed it since `version` was read.
        NotFound, Invalid, Duplicate.
    """
    require(by, Droit.ECRIRE)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        vue = get(session, id=id)
        voulu = (clean(saisie.nom), saisie.type, saisie.secteur_id, saisie.heure_debut, saisie.heure_fin)
        actuel = (vue.nom, vue.type, vue.secteur_id, vue.heure_debut, vue.heure_fin)
        if (*voulu, saisie.rythme) == (*actuel, rythmes.de(vue)):
            return  # the same form sent again; another text under a spent token is a stale form
        version = chargement.DEPASSEE
    instance = _a_jour(session, id, version)
    choisis = _remplir(session, instance, saisie, by=by)
    flag_modified(instance, "archive")  # quartiers live in another table: raise the version all the same
    session.add(instance)
    _poser_quartiers(session, id, choisis)
    resume = f"Instance modifiée : {instance.nom}"
    journal.note(session, by=by, acte="modifier", objet="instance", objet_id=id, resume=resume)
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="instance", objet_id=id)


def definir_textes(
    session: Session, *, id: int, convocation: str, invitation: str, version: int, jeton: str = "", by: Acteur
) -> None:
    """The opening words of its convocations and invitations; "" for the usual ones.

    Raises:
        Conflict: a colleague changed it since `version` was read.
        NotFound, Invalid.
    """
    require(by, Droit.ECRIRE)
    textes = {"texte_convocation": clean(convocation, lignes=True), "texte_invitation": clean(invitation, lignes=True)}
    instance = session.get(Instance, id)
    if instance and all(getattr(instance, champ) == texte for champ, texte in textes.items()):
        return  # the same form sent again
    instance = chargement.charger_a_jour(
        session, Instance, id, version, lambda i: {champ: getattr(i, champ) for champ in textes}
    )
    trop_long = f"Ce texte est trop long : {TEXTE_MAX} caractères au plus."
    erreurs = {champ: trop_long for champ, texte in textes.items() if len(texte) > TEXTE_MAX}
    if erreurs:
        raise Invalid(erreurs)
    instance.texte_convocation, instance.texte_invitation = textes["texte_convocation"], textes["texte_invitation"]
    session.add(instance)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="textes",
        objet="instance",
        objet_id=id,
        resume=f"Textes de convocation modifiés : {instance.nom}",
    )
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="instance", objet_id=id)


def archiver(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Put an instance away: its meetings stay, it is no longer proposed.

    Raises:
        Conflict, NotFound.
    """
    _ranger(session, id=id, version=version, by=by, archive=True)


def restaurer(session: Session, *, id: int, version: int, by: Acteur) -> None:
    """Take an archived instance back.

    Raises:
        Conflict, NotFound.
    """
    _ranger(session, id=id, version=version, by=by, archive=False)


def creer_manquantes(session: Session, *, by: Acteur) -> int:
    """Create one cellule de veille a secteur and one réunion technique a quartier where there is none yet.

    Returns:
        How many were created; 0 the second time.
    """
    require(by, Droit.ECRIRE)
    voulues = manquantes(session)
    if not voulues:
        return 0
    resume = f"Instances créées d’après les secteurs et quartiers : {len(voulues)}"
    with operations.suivre(session, acte=CREER_MANQUANTES, resume=resume, now=utcnow(), by=by) as suivi:
        for type_, nom, secteur_id, quartier_id in voulues:
            instance = Instance(
                nom=nom,
                type=type_,
                secteur_id=secteur_id,
                frequence=frequence_usuelle(type_),
                cree_le=utcnow(),
            )
            session.add(instance)
            session.flush()
            suivi.ajouter(instance)
            if quartier_id is not None:
                quartier = InstanceQuartier(instance_id=instance.id, quartier_id=quartier_id)
                session.add(quartier)
                suivi.ajouter(quartier)
    return len(voulues)


# --- inside --------------------------------------------------------------------------------------------------------


def _vue(instance: Instance, secteur: str | None, lieu: str | None, n: int | None) -> InstanceVue:
    return InstanceVue(
        id=instance.id,
        nom=instance.nom,
        type=instance.type,
        secteur_id=instance.secteur_id,
        secteur=secteur or "",
        frequence=instance.frequence,
        jour=instance.jour,
        rang=instance.rang,
        rang_bis=instance.rang_bis,
        jour_du_mois=instance.jour_du_mois,
        heure_debut=instance.heure_debut,
        heure_fin=instance.heure_fin,
        lieu_id=instance.lieu_id,
        lieu=lieu or "",
        archive=instance.archive,
        nb_membres=n or 0,
        version=instance.version,
        texte_convocation=instance.texte_convocation,
        texte_invitation=instance.texte_invitation,
    )


def en_texte(session: Session, s: Saisie) -> dict[str, str]:
    """What an entry says, field by field, to be read beside what another says."""
    secteur = session.get(SecteurVeille, s.secteur_id) if s.secteur_id else None
    lieu = session.get(Lieu, s.lieu_id) if s.lieu_id else None
    noms = session.exec(select(Quartier.nom).where(col(Quartier.id).in_(s.quartier_ids)).order_by(Quartier.nom)).all()
    return {
        "nom": s.nom,
        "type": s.type.libelle,
        "secteur": secteur.nom if secteur else "",
        "quartiers": ", ".join(noms),
        "frequence": s.frequence.libelle,
        "jour": s.rythme.jour_habituel,
        "heures": " – ".join(h.strftime("%H:%M") for h in (s.heure_debut, s.heure_fin) if h),
        "lieu": s.lieu_nom or (lieu.nom if lieu else ""),
    }


def _a_jour(session: Session, id: int, version: int) -> Instance:
    def actuel(_: Instance) -> dict[str, str]:
        vue = get(session, id=id)
        return en_texte(
            session,
            Saisie(
                nom=vue.nom,
                type=vue.type,
                frequence=vue.frequence,
                secteur_id=vue.secteur_id,
                quartier_ids=quartiers_choisis(session, instance_id=id),
                jour=vue.jour,
                rang=vue.rang,
                rang_bis=vue.rang_bis,
                jour_du_mois=vue.jour_du_mois,
                heure_debut=vue.heure_debut,
                heure_fin=vue.heure_fin,
                lieu_id=vue.lieu_id,
            ),
        )

    return chargement.charger_a_jour(session, Instance, id, version, actuel)


def _remplir(session: Session, instance: Instance, s: Saisie, *, by: Acteur) -> list[int]:
    """Check every field, then write them in the row; return the quartiers to keep."""
    nom, lieu_nom, lieu_id = clean(s.nom), clean(s.lieu_nom), s.lieu_id
    choisis = list(dict.fromkeys(s.quartier_ids))
    if erreurs := _erreurs(session, s, nom, lieu_nom, choisis):
        raise Invalid(erreurs)
    for autre_id, autre in session.exec(select(Instance.id, Instance.nom)).all():
        if autre_id != instance.id and folded(autre) == folded(nom):
            raise Duplicate(
                f"L’instance « {autre} » existe déjà. Modifiez-la, ou donnez un autre nom.",
                champ="nom",
                objet_id=autre_id,
            )
    if lieu_nom:
        lieu_id = edition_listes.lieu_nomme(session, nom=lieu_nom, by=by)
    instance.nom, instance.type, instance.frequence = nom, s.type, s.frequence
    instance.secteur_id, instance.lieu_id = s.secteur_id, lieu_id
    instance.jour, instance.rang, instance.rang_bis = s.jour, s.rang, s.rang_bis
    instance.jour_du_mois = s.jour_du_mois
    instance.heure_debut, instance.heure_fin = s.heure_debut, s.heure_fin
    return choisis


def _erreurs(session: Session, s: Saisie, nom: str, lieu_nom: str, choisis: list[int]) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    if not nom:
        erreurs["nom"] = "Donnez un nom à l’instance."
    elif len(nom) > 160:
        erreurs["nom"] = "Le nom est trop long : 160 caractères au plus."
    if s.type not in TYPES_INSTANCE:
        erreurs["type"] = "Choisissez le type de l’instance."
    if s.type in (TypeReunion.CELLULE, TypeReunion.TECHNIQUE) and s.secteur_id is None:
        erreurs["secteur"] = "Choisissez le secteur de veille."
    elif s.secteur_id is not None and session.get(SecteurVeille, s.secteur_id) is None:
        erreurs["secteur"] = "Ce secteur de veille n’existe plus. Choisissez-en un autre."
    if s.type is TypeReunion.TECHNIQUE and not choisis:
        erreurs["quartiers"] = "Choisissez le quartier de cette réunion technique."
    elif choisis:
        connus = session.exec(select(Quartier).where(col(Quartier.id).in_(choisis))).all()
        if len(connus) != len(choisis) or (s.secteur_id and any(q.secteur_id != s.secteur_id for q in connus)):
            erreurs["quartiers"] = "Choisissez des quartiers de ce secteur de veille."
    if faux := rythmes.erreur(s.rythme):
        erreurs["jour"] = faux
    if (s.heure_debut is None) != (s.heure_fin is None):
        erreurs["heures"] = "Donnez l’heure de début et l’heure de fin, ou aucune."
    elif s.heure_debut and s.heure_fin and s.heure_fin <= s.heure_debut:
        erreurs["heures"] = "L’heure de fin doit venir après l’heure de début."
    if lieu_nom and len(lieu_nom) > 160:
        erreurs["lieu"] = "Le nom du lieu est trop long : 160 caractères au plus."
    elif not lieu_nom and s.lieu_id is not None and session.get(Lieu, s.lieu_id) is None:
        erreurs["lieu"] = "Ce lieu n’existe plus. Choisissez-en un autre."
    return erreurs


def _poser_quartiers(session: Session, instance_id: int, choisis: Sequence[int]) -> None:
    liens = session.exec(select(InstanceQuartier).where(InstanceQuartier.instance_id == instance_id)).all()
    for lien in liens:
        if lien.quartier_id not in choisis:
            session.delete(lien)
    for quartier_id in set(choisis) - {lien.quartier_id for lien in liens}:
        session.add(InstanceQuartier(instance_id=instance_id, quartier_id=quartier_id))
    session.flush()


def _ranger(session: Session, *, id: int, version: int, by: Acteur, archive: bool) -> None:
    require(by, Droit.ECRIRE)
    instance = _a_jour(session, id, version)
    instance.archive, instance.archive_le = archive, utcnow() if archive else None
    session.add(instance)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="archiver" if archive else "restaurer",
        objet="instance",
        objet_id=id,
        resume=f"Instance {'archivée' if archive else 'restaurée'} : {instance.nom}",
    )
