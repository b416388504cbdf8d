"""Who came without being expected, nor known: noted on the spot, in one act, from the entry of a meeting."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from services.partenaires import fiches, mouvements
from services.partenaires.personnes import Identite
from services.socle import brouillons
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid


@dataclass(frozen=True)
class Inattendu:
    """What is typed of somebody: a known organisation, or the name and the category of a new one; then, if someone
    came for it, who, and as what."""

    partenaire_id: int | None = None
    organisation: str = ""
    categorie_id: int | None = None
    prenom: str = ""
    nom: str = ""
    intitule: str = ""


@dataclass(frozen=True)
class Venu:
    """What was made, or found: an organisation, and the function of somebody there."""

    partenaire_id: int
    fonction_id: int | None

    @property
    def membre(self) -> str:
        """Its key among the participants of an entry."""
        return f"f{self.fonction_id}" if self.fonction_id else f"a{self.partenaire_id}"


def lire_ligne(ligne: str) -> Inattendu:
    """What an agent typed in one go: "organisation, prénom nom, fonction".

    A part that begins with a capital is somebody, any other one a function. The words in capitals are the surname;
    without any, all that follows the first word. The screen says what was read before anything is made.
    """
    organisation, *suite = (" ".join(partie.split()) for partie in ligne.split(",", 2))
    qui = suite.pop(0) if suite and (len(suite) == 2 or suite[0][:1].isupper()) else ""
    mots = qui.split()
    capitales = [m for m in mots if len(m) > 1 and m.isupper()]
    noms = capitales if capitales and len(capitales) < len(mots) else mots[1:] or mots
    prenoms = [m for m in mots if m not in noms]
    return Inattendu(
        organisation=organisation, prenom=" ".join(prenoms), nom=" ".join(noms), intitule=", ".join(filter(None, suite))
    )


def noter(session: Session, *, qui: Inattendu, today: date, confirme: bool = False, jeton: str, by: Acteur) -> Venu:
    """Make the organisation, the person, or both.

    Args:
        confirme: the agent read who looks alike, and says it is another.

    Raises:
        Invalid: one sentence per wrong field, under the names of `Inattendu`.
        Duplicate: an organisation or a person that looks alike is known.
    """
    require(by, Droit.ECRIRE)
    quelquun = bool(qui.prenom.strip() or qui.nom.strip() or qui.intitule.strip())
    if qui.partenaire_id is None and not qui.organisation.strip():
        raise Invalid({"organisation": "Dites de quelle organisation il s’agit."})
    id = qui.partenaire_id
    if id is None:
        # One token for each of the two things made: the form sent again makes neither twice.
        sien = hashlib.blake2b(jeton.encode(), digest_size=16).hexdigest() if quelquun else jeton
        id = _creer(session, qui, confirme=confirme, jeton=sien, by=by)
    if not quelquun:
        if qui.partenaire_id is not None:
            brouillons.consommer(session, jeton=jeton, objet="partenaire", objet_id=id)
        return Venu(id, None)
    fonction = mouvements.creer(
        session,
        partenaire_id=id,
        identite=Identite(nom=qui.nom, prenom=qui.prenom),
        intitule=qui.intitule,
        debut=today,
        confirme=confirme,
        jeton=jeton,
        by=by,
    )
    return Venu(id, fonction)


def _creer(session: Session, qui: Inattendu, *, confirme: bool, jeton: str, by: Acteur) -> int:
    saisie = fiches.Saisie(nom=qui.organisation, categorie_id=qui.categorie_id)
    try:
        return fiches.creer(session, saisie=saisie, confirme=confirme, jeton=jeton, by=by)
    except Duplicate as error:
        raise Duplicate(error.phrase, champ="organisation", objet_id=error.objet_id) from error
    except Invalid as error:
        noms = {"nom": "organisation"}
        raise Invalid({noms.get(champ, champ): phrase for champ, phrase in error.erreurs.items()}) from error
