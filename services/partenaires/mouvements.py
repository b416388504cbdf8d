"""Who takes a function, leaves it, hands it over: what is done to what services/partenaires/personnes.py reads.

Tests: tests/services/partenaires/test_personnes.py.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from models import Fonction, Partenaire, Personne, Siege
from models.lists import GenreCoordonnee
from services.partenaires import autres_coordonnees, fiches, fonctions
from services.partenaires.personnes import (
    ANNEES,
    AVENIR,
    TROP_TARD,
    Identite,
    doublons_probables,
    en_texte,
    fonction,
    fonctions_vues,
)
from services.socle import brouillons, chargement, journal, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import courriel_valide, telephone_valide
from services.socle.erreurs import BusinessError, Duplicate, Invalid
from services.socle.texte import clean, folded


def creer(
    session: Session,
    *,
    partenaire_id: int,
    identite: Identite | None = None,
    personne_id: int | None = None,
    intitule: str,
    debut: date | None,
    confirme: bool = False,
    jeton: str,
    by: Acteur,
) -> int:
    """Give a function at a partenaire to a new person (`identite`) or to a known one (`personne_id`); its id.

    Args:
        confirme: the agent read the probable duplicates and says it is somebody else.

    Raises:
        Invalid: one sentence per wrong field.
        Duplicate: a person who looks like this one is known, and `confirme` was not given.
        NotFound: no such partenaire or person.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    partenaire = _partenaire(session, partenaire_id)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    erreurs |= _debut(debut)
    if erreurs or debut is None:
        raise Invalid(erreurs)
    titulaire = _personne(session, identite=propre, personne_id=personne_id, confirme=confirme, today=debut)
    _pas_deja(session, personne_id=titulaire, partenaire_id=partenaire_id, intitule=intitule, debut=debut)
    row = Fonction(personne_id=titulaire, partenaire_id=partenaire_id, intitule=intitule, debut=debut)
    session.add(row)
    session.flush()
    brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=row.id)
    journal.note(
        session,
        by=by,
        acte="creer",
        objet="fonction",
        objet_id=row.id,
        resume=f"Fonction ajoutée chez {partenaire.nom} : {intitule}",
    )
    return row.id


def remplacer(
    session: Session,
    *,
    fonction_id: int,
    version: int,
    identite: Identite | None = None,
    personne_id: int | None = None,
    intitule: str,
    le: date | None,
    today: date,
    confirme: bool = False,
    jeton: str,
    by: Acteur,
) -> int:
    """End a function the day before `le` (that day, if it began then), begin the next one, give it the seats; its id.
    A day to come is kept: until then nothing changes, and from then on who holds what is read by the date.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: one sentence per wrong field.
        Duplicate: a person who looks like this one is known, and `confirme` was not given.
        NotFound: no such function or person.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    ancienne = _a_jour(session, fonction_id, version)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    erreurs |= _reprise(session, ancienne, le, today)
    if erreurs or le is None:
        raise Invalid(erreurs)
    titulaire = _personne(session, identite=propre, personne_id=personne_id, confirme=confirme, today=today)
    if titulaire == ancienne.personne_id:
        raise Invalid({"nom": "C’est la personne à remplacer : choisissez-en une autre."})
    ancienne.fin = max(ancienne.debut, le - timedelta(days=1))
    nouvelle = Fonction(
        personne_id=titulaire,
        partenaire_id=ancienne.partenaire_id,
        intitule=intitule,
        debut=le,
        remplace_id=fonction_id,
    )
    session.add_all((ancienne, nouvelle))
    session.flush()
    deplaces = _rendre_sieges(session, fonction_id=fonction_id, a=nouvelle.id if le <= today else fonction_id)
    brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=nouvelle.id)
    partenaire = _partenaire(session, ancienne.partenaire_id)
    suite = f", {deplaces} siège(s) repris" if deplaces else ""
    quand = f" à partir du {le:%d/%m/%Y}" if le > today else ""
    journal.note(
        session,
        by=by,
        acte="remplacer",
        objet="fonction",
        objet_id=nouvelle.id,
        resume=f"Titulaire remplacé{quand} chez {partenaire.nom} : {intitule}{suite}",
    )
    return nouvelle.id


def terminer(session: Session, *, fonction_id: int, version: int, fin: date | None, today: date, by: Acteur) -> None:
    """End a function; `fin` is its last day, which may be to come. Its seats keep the title of the function, without a
    person from then on.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: the date is missing, too far away, or before the function began.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    if fonction(session, id=fonction_id).fin == fin is not None:
        return
    row = _a_jour(session, fonction_id, version)
    if row.fin is not None:
        raise Invalid({"fin": "Cette fonction est déjà terminée."})
    if fin is None:
        raise Invalid({"fin": "Indiquez le dernier jour de la fonction."})
    if fin > today + AVENIR:
        raise Invalid({"fin": TROP_TARD})
    if fin < row.debut:
        raise Invalid({"fin": "Le dernier jour doit suivre le début de la fonction."})
    row.fin = fin
    session.add(row)
    _rendre_sieges(session, fonction_id=fonction_id, a=None if fin < today else fonction_id)
    session.flush()
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="terminer",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"Fonction terminée chez {partenaire.nom} : {row.intitule}",
    )


def annuler_depart(session: Session, *, fonction_id: int, version: int, today: date, by: Acteur) -> None:
    """What was planned is not: a function that was to end, or to be taken over, goes on; whoever was to come does not.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: the day has come.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    row = _a_jour(session, fonction_id, version)
    if row.fin is None:
        return
    suivante = _suivante(session, fonction_id)
    if suivante.debut <= today if suivante else row.fin < today:
        raise Invalid({"": "Ce départ a eu lieu : ajoutez plutôt une personne."})
    row.fin = None
    session.add(row)
    if suivante:
        _rendre_sieges(session, fonction_id=suivante.id, a=fonction_id)
        session.delete(suivante)
    session.flush()
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="annuler",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"{'Remplacement' if suivante else 'Départ'} annulé chez {partenaire.nom} : {row.intitule}",
    )


def modifier(
    session: Session,
    *,
    fonction_id: int,
    identite: Identite,
    intitule: str,
    debut: date | None,
    version: int,
    jeton: str | None = None,
    by: Acteur,
) -> None:
    """Correct a person and their function, as one form shows them. The form sent again (`jeton`) does nothing more.

    Raises:
        Conflict: a colleague changed one of the two since it was shown; `actuel` holds what they say now.
        Invalid: one sentence per wrong field.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    row = _a_jour(session, fonction_id, version)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    erreurs |= _debut(debut)
    if debut and row.fin is not None and debut > row.fin:
        erreurs["debut"] = "Le début doit précéder la fin de la fonction."
    if erreurs or debut is None or propre is None:
        raise Invalid(erreurs)
    personne = session.get(Personne, row.personne_id)
    assert personne is not None  # noqa: S101 - foreign key
    _poser(session, personne, propre)
    avant = session.get(Fonction, row.remplace_id or 0)
    if avant and avant.fin == row.debut - timedelta(days=1) and debut != row.debut:  # one leaves when the other comes
        avant.fin = max(avant.debut, debut - timedelta(days=1))
        session.add(avant)
    row.intitule, row.debut = intitule, debut
    session.add_all((personne, row))
    session.flush()
    perimer(session, ids=[row.personne_id])
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=fonction_id)
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="modifier",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"Personne ou fonction corrigée chez {partenaire.nom} : {intitule}",
    )


def perimer(session: Session, *, ids: Iterable[int]) -> None:
    """The form of each function of these people shows the person: it is stale now."""
    siennes = col(Fonction.personne_id).in_(set(ids))
    session.execute(update(Fonction).where(siennes).values(version=col(Fonction.version) + 1))


def _partenaire(session: Session, id: int) -> Partenaire:
    row = session.get(Partenaire, id)
    if row is None:
        raise fiches.introuvable(session, id)
    return row


def _a_jour(session: Session, id: int, version: int) -> Fonction:
    return chargement.charger_a_jour(session, Fonction, id, version, lambda _: en_texte(fonction(session, id=id)))


def _identite(identite: Identite | None) -> tuple[Identite | None, dict[str, str]]:
    """The entry cleaned and normalised, and one sentence per wrong field."""
    if identite is None:
        return None, {}
    erreurs: dict[str, str] = {}
    nom, prenom = clean(identite.nom), clean(identite.prenom)
    if not folded(nom):
        erreurs["nom"] = "Indiquez le nom de la personne."
    for champ, texte in (("nom", nom), ("prenom", prenom)):
        if len(texte) > 120:
            erreurs[champ] = "Ce texte est trop long : 120 caractères au plus."
    courriel = telephone = ""
    try:
        courriel = courriel_valide(identite.courriel)
    except BusinessError as refus:
        erreurs["courriel"] = refus.phrase
    try:
        telephone = telephone_valide(identite.telephone)
    except BusinessError as refus:
        erreurs["telephone"] = refus.phrase
    courriel, telephone, autres, fausses = autres_coordonnees.valider(
        identite.autres, courriel=courriel, telephone=telephone
    )
    return Identite(nom, prenom, courriel, telephone, autres), erreurs | fausses


def _debut(debut: date | None) -> dict[str, str]:
    if debut is None:
        return {"debut": "Indiquez la date de début de la fonction."}
    if not ANNEES[0] <= debut.year <= ANNEES[1]:
        return {"debut": f"Vérifiez l’année ({debut.year}) : entre {ANNEES[0]} et {ANNEES[1]}."}
    return {}


def _reprise(session: Session, ancienne: Fonction, le: date | None, today: date) -> dict[str, str]:
    """May another take over that day?"""
    if (fin := ancienne.fin) and (fin < today or _suivante(session, ancienne.id)):
        return {"debut": "Cette fonction est déjà terminée, ou déjà reprise : ajoutez plutôt une personne."}
    if le is None:
        return {"debut": "Indiquez la date du remplacement."}
    if le > today + AVENIR:
        return {"debut": TROP_TARD}
    if le < ancienne.debut:
        return {
            "debut": f"Cette fonction a commencé le {ancienne.debut:%d/%m/%Y} : indiquez ce jour ou un jour suivant."
        }
    return {}


def _intitule(intitule: str, erreurs: dict[str, str]) -> str:
    propre = clean(intitule)
    if not propre:
        erreurs["intitule"] = "Indiquez la fonction, par exemple « responsable de secteur »."
    elif len(propre) > 160:
        erreurs["intitule"] = "La fonction est trop longue : 160 caractères au plus."
    return propre


def _poser(session: Session, personne: Personne, identite: Identite) -> None:
    personne.nom, personne.prenom = identite.nom, identite.prenom
    personne.courriel, personne.telephone = identite.courriel, identite.telephone
    numeros = [a.valeur for a in identite.autres if a.genre is GenreCoordonnee.TELEPHONE]
    personne.recherche = pli.personne(identite.nom, identite.prenom, [identite.telephone, *numeros])
    session.add(personne)
    session.flush()
    autres_coordonnees.poser(session, personne_id=personne.id, autres=identite.autres)


def _personne(
    session: Session, *, identite: Identite | None, personne_id: int | None, confirme: bool, today: date
) -> int:
    """The id of the person chosen, or of the one just created."""
    if personne_id is not None:
        chargement.charger(session, Personne, personne_id)
        return personne_id
    if identite is None:
        raise Invalid({"nom": "Indiquez le nom de la personne."})
    if not confirme:
        connus = doublons_probables(session, identite=identite, today=today)
        if connus:
            c = connus[0]
            raise Duplicate(
                f"{c.complet} ({c.fonctions}) est déjà dans le carnet. "
                "Choisissez cette personne, ou confirmez que c’en est une autre.",
                champ="nom",
                objet_id=c.id,
            )
    row = Personne(nom="")
    _poser(session, row, identite)
    return row.id


def _pas_deja(session: Session, *, personne_id: int, partenaire_id: int, intitule: str, debut: date) -> None:
    """Refuse the same function twice at once for one person."""
    for f in fonctions_vues(
        session,
        col(Fonction.personne_id) == personne_id,
        col(Fonction.partenaire_id) == partenaire_id,
        fonctions.pas_finie(debut),
    ):
        if folded(f.intitule) == folded(intitule):
            raise Invalid({"intitule": f"{f.personne} exerce déjà cette fonction ici."})


def _suivante(session: Session, fonction_id: int) -> Fonction | None:
    """The function that takes over from this one."""
    return session.exec(select(Fonction).where(Fonction.remplace_id == fonction_id).order_by(col(Fonction.id))).first()


def _rendre_sieges(session: Session, *, fonction_id: int, a: int | None) -> int:
    """Hand the seats of a function to another (or to nobody); they keep its title. How many."""
    ancienne = session.get(Fonction, fonction_id)
    places = session.exec(select(Siege).where(Siege.fonction_id == fonction_id)).all()
    for siege in places:
        if not siege.fonction and ancienne and not _pris(session, siege, ancienne.intitule):
            siege.fonction = ancienne.intitule
        siege.fonction_id = a
        session.add(siege)
    session.flush()
    return len(places)


def _pris(session: Session, siege: Siege, titre: str) -> bool:
    """That partenaire has another seat of that title in the same instance (one seat a title)."""
    meme = select(Siege.id).where(
        Siege.instance_id == siege.instance_id, Siege.partenaire_id == siege.partenaire_id, Siege.fonction == titre
    )
    return session.exec(meme).first() is not None
