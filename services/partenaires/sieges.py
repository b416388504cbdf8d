"""Who sits in an instance: a partenaire, the function that comes, and who holds it now.

Tests: tests/services/agenda/test_instances.py.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import true
from sqlmodel import Session, col, select

from models import CharteSignee, Fonction, Instance, Partenaire, Personne, Siege
from services.partenaires import fonctions
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Duplicate, Invalid
from services.socle.texte import clean, folded, nom_complet

MEMBRES_MAX = 60

_MEMBRES_PERIMES = "Un collègue vient de modifier les membres : voici la liste à jour. Recommencez votre changement."


@dataclass(frozen=True)
class Membre:
    """A standing member, in the order of the list; `personne` is who holds the function now, "" if unknown.

    `invite`: invited, never convoqué. `charte_signee_le`: that person (or, when nobody is known, somebody on that seat)
    signed then; `charte_a_verifier`: a signature noted on the seat, of which nothing says that it is that person's.
    """

    siege_id: int
    partenaire_id: int
    partenaire: str
    sigle: str
    fonction: str
    fonction_id: int | None
    personne_id: int | None
    personne: str
    invite: bool = False
    charte_signee_le: date | None = None
    charte_a_verifier: date | None = None


@dataclass(frozen=True)
class SiegeVoulu:
    """A seat as `definir_membres` takes it. `fonction_id` ties it to the person who holds that function."""

    partenaire_id: int
    fonction: str = ""
    fonction_id: int | None = None


# --- queries -------------------------------------------------------------------------------------------------------


def membres(session: Session, *, instance_id: int, today: date | None = None, le: date | None = None) -> list[Membre]:
    """The standing members, in order, each with who holds the function on `le` (the day of a meeting; `today` if not
    given). Without dates, who holds it for good."""
    return _membres(session, Siege.instance_id == instance_id, today=today, le=le).get(instance_id, [])


def du_partenaire(session: Session, *, partenaire_id: int, today: date | None = None) -> dict[int, list[Membre]]:
    """The seats of a partenaire, by instance."""
    return _membres(session, Siege.partenaire_id == partenaire_id, today=today)


def par_instance(session: Session, *, today: date | None = None) -> dict[int, list[Membre]]:
    """The standing members of every instance that has some."""
    return _membres(session, true(), today=today)


def signatures(session: Session, *, instance_id: int | None) -> dict[int | None, date]:
    """Who signed the charte of that instance, and when: person -> day."""
    rows = session.exec(select(CharteSignee).where(CharteSignee.instance_id == instance_id)).all()
    return {s.personne_id: s.signee_le for s in rows}


def _membres(session: Session, lesquels: Any, *, today: date | None, le: date | None = None) -> dict[int, list[Membre]]:
    rows = session.exec(
        select(Siege, Partenaire.nom, Partenaire.sigle)
        .join(Partenaire, col(Partenaire.id) == Siege.partenaire_id)
        .where(lesquels)
        .order_by(col(Siege.ordre), col(Siege.id))
    ).all()
    if not rows:
        return {}
    tenants = _Tenants(session, lesquels, today=today, le=le)
    signees = {
        (s.personne_id, s.instance_id): s.signee_le
        for s in session.exec(
            select(CharteSignee).where(col(CharteSignee.instance_id).in_({s.instance_id for s, *_ in rows}))
        ).all()
    }
    vus: dict[int, list[Membre]] = {}
    for siege, nom, sigle in rows:
        fonction, personne = tenants.du_siege(siege)
        signee = signees.get((personne.id, siege.instance_id)) if personne else siege.charte_signee_le
        vus.setdefault(siege.instance_id, []).append(
            Membre(
                siege_id=siege.id,
                partenaire_id=siege.partenaire_id,
                partenaire=nom,
                sigle=sigle,
                fonction=siege.fonction,
                fonction_id=fonction.id if fonction else None,
                personne_id=personne.id if personne else None,
                personne=nom_complet(personne.prenom, personne.nom) if personne else "",
                invite=siege.invite,
                charte_signee_le=signee,
                charte_a_verifier=siege.charte_signee_le if personne else None,
            )
        )
    return vus


class _Tenants:
    """Who holds the seats of these instances on a day."""

    def __init__(self, session: Session, lesquels: Any, *, today: date | None, le: date | None) -> None:
        chez = col(Fonction.partenaire_id).in_(select(Siege.partenaire_id).where(lesquels))
        lues = session.exec(
            select(Fonction, Personne)
            .join(Personne, col(Personne.id) == Fonction.personne_id)
            .where(chez)
            .order_by(col(Fonction.debut).desc(), col(Fonction.id))
        ).all()
        self.par_id = {f.id: f for f, _ in lues}
        self.suites = {f.remplace_id: f for f, _ in lues if f.remplace_id}
        self.gens = {f.id: p for f, p in lues}
        self.le = le or today or date.max
        # Somebody written down late came all the same; somebody to come did not.
        self.commencee = max(self.le, today) if today else date.max
        self.par_titre: dict[tuple[int, str], list[Fonction]] = {}
        for f, _ in lues:
            if self._la(f):
                self.par_titre.setdefault((f.partenaire_id, folded(f.intitule)), []).append(f)

    def _la(self, f: Fonction) -> bool:
        return f.debut <= self.commencee and (f.fin is None or f.fin >= self.le)

    def du_siege(self, siege: Siege) -> tuple[Fonction | None, Personne | None]:
        liee = self.par_id.get(siege.fonction_id or 0)
        tenue = fonctions.tenant(liee, par_id=self.par_id, suites=self.suites, le=self.le)
        if tenue is None or not self._la(tenue):
            # A seat tied to a function that ended, or to none, shows the only holder of a function of that title.
            memes = self.par_titre.get((siege.partenaire_id, folded(siege.fonction)), []) if siege.fonction else []
            tenue = memes[0] if len(memes) == 1 else None
        return tenue, self.gens[tenue.id] if tenue else None


def version_membres(membres: Sequence[Membre]) -> str:
    """A mark of the list as shown, to hand back to `definir_membres`."""
    texte = "|".join(f"{m.siege_id}:{m.partenaire_id}:{m.fonction}" for m in membres)
    return hashlib.sha256(texte.encode()).hexdigest()[:16]


def fonctions_possibles(session: Session, *, partenaire_id: int, today: date) -> list[tuple[str, int, str]]:
    """The functions held now in a partenaire: (title, function id, person), by title."""
    rows = session.exec(
        select(Fonction, Personne)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .where(Fonction.partenaire_id == partenaire_id, fonctions.en_cours(today))
        .order_by(col(Fonction.intitule), col(Personne.nom), col(Fonction.id))
    ).all()
    return [(f.intitule, f.id, nom_complet(p.prenom, p.nom)) for f, p in rows]


# --- commands ------------------------------------------------------------------------------------------------------


def definir_membres(
    session: Session, *, instance_id: int, sieges: Sequence[SiegeVoulu], by: Acteur, version: str | None = None
) -> None:
    """Set the standing members, in this order. Seats kept keep their id.

    Args:
        version: `version_membres` of the list that was shown; None overwrites whatever is there.

    Raises:
        Conflict: a colleague changed the members since.
        Invalid: too many, twice the same, a title too long, an unknown partenaire.
    """
    require(by, Droit.ECRIRE)
    instance = chargement.charger(session, Instance, instance_id)
    if version is not None and version != version_membres(membres(session, instance_id=instance_id)):
        raise Conflict(_MEMBRES_PERIMES)
    if len(sieges) > MEMBRES_MAX:
        raise Invalid({"membres": f"Une instance compte au plus {MEMBRES_MAX} membres. Retirez-en."})
    voulus: dict[tuple[int, str], SiegeVoulu] = {}
    vus: set[tuple[int, str]] = set()
    connus = set(
        session.exec(select(Partenaire.id).where(col(Partenaire.id).in_({s.partenaire_id for s in sieges}))).all()
    )
    for siege in sieges:
        titre = clean(siege.fonction)
        if siege.partenaire_id not in connus:
            raise Invalid({"membres": "Ce partenaire n’existe plus. Choisissez-en un autre."})
        if len(titre) > 160:
            raise Invalid({"fonction": "La fonction est trop longue : 160 caractères au plus."})
        if (siege.partenaire_id, folded(titre)) in vus:
            raise Invalid({"membres": "Ce partenaire siège déjà avec cette fonction. Précisez une autre fonction."})
        vus.add((siege.partenaire_id, folded(titre)))
        voulus[siege.partenaire_id, titre] = siege
    anciens = {
        (s.partenaire_id, s.fonction): s
        for s in session.exec(select(Siege).where(Siege.instance_id == instance_id)).all()
    }
    for cle, siege_ancien in anciens.items():
        if cle not in voulus:
            session.delete(siege_ancien)
    session.flush()  # the UNIQUE of the table: out before in
    for ordre, ((partenaire_id, titre), voulu) in enumerate(voulus.items()):
        row = anciens.get((partenaire_id, titre)) or Siege(
            instance_id=instance_id, partenaire_id=partenaire_id, fonction=titre
        )
        row.fonction_id = _fonction_de(session, voulu)
        row.ordre = ordre
        session.add(row)
    session.flush()
    journal.note(
        session,
        by=by,
        acte="membres",
        objet="instance",
        objet_id=instance_id,
        resume=f"Membres de l’instance {instance.nom} : {len(voulus)}",
    )


def ajouter_membre(
    session: Session,
    *,
    instance_id: int,
    partenaire_id: int,
    fonction: str = "",
    fonction_id: int | None = None,
    jeton: str,
    by: Acteur,
) -> int:
    """Add a seat at the end of the list; return its id.

    Raises:
        Invalid: an unknown partenaire, a title too long, too many members.
        Duplicate: this partenaire already sits there with that function.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    instance = chargement.charger(session, Instance, instance_id)
    if session.get(Partenaire, partenaire_id) is None:
        raise Invalid({"membres": "Ce partenaire n’existe plus. Choisissez-en un autre."})
    sieges = _sieges(session, instance_id)
    if len(sieges) >= MEMBRES_MAX:
        raise Invalid({"membres": f"Une instance compte au plus {MEMBRES_MAX} membres. Retirez-en."})
    titre = _titre_libre(sieges, partenaire_id, fonction)
    voulu = SiegeVoulu(partenaire_id, titre, fonction_id)
    siege = Siege(
        instance_id=instance_id,
        partenaire_id=partenaire_id,
        fonction=titre,
        fonction_id=_fonction_de(session, voulu),
        ordre=max((s.ordre for s in sieges), default=-1) + 1,
    )
    session.add(siege)
    session.flush()
    _noter_membres(session, by, "ajouter", instance)
    brouillons.consommer(session, jeton=jeton, objet="siege", objet_id=siege.id)
    return siege.id


def retirer_membre(session: Session, *, siege_id: int, by: Acteur) -> None:
    """Remove a seat. Meetings already held keep who came. Removed already: nothing to do."""
    require(by, Droit.ECRIRE)
    siege = session.get(Siege, siege_id)
    if siege is None:
        return
    instance = session.get(Instance, siege.instance_id)
    session.delete(siege)
    session.flush()
    if instance:
        _noter_membres(session, by, "retirer", instance)


def deplacer_membre(session: Session, *, siege_id: int, sens: int, by: Acteur) -> None:
    """Move a seat one place up (-1) or down (1) in the list as it is now.

    Raises:
        Conflict: a colleague removed that seat.
    """
    require(by, Droit.ECRIRE)
    siege, sieges = _siege(session, siege_id)
    rang = sieges.index(siege)
    if not 0 <= rang + sens < len(sieges):
        return
    sieges[rang], sieges[rang + sens] = sieges[rang + sens], sieges[rang]
    for ordre, s in enumerate(sieges):
        s.ordre = ordre
        session.add(s)
    session.flush()
    _noter_reglage(session, by, siege, f"Membre déplacé du rang {rang + 1} au rang {rang + sens + 1}", acte="deplacer")


def renommer_fonction(session: Session, *, siege_id: int, fonction: str, vue: str, by: Acteur) -> None:
    """Change the function that comes. The seat is tied to its holder again if only one person has that title.

    Args:
        vue: the title that was shown; a colleague's other title is not overwritten.

    Raises:
        Conflict, Duplicate, Invalid.
    """
    require(by, Droit.ECRIRE)
    siege, sieges = _siege(session, siege_id)
    if folded(siege.fonction) == folded(fonction):
        return
    if siege.fonction != vue:
        raise Conflict(_MEMBRES_PERIMES, actuel={"fonction": siege.fonction}, champ="membres")
    siege.fonction = _titre_libre([s for s in sieges if s is not siege], siege.partenaire_id, fonction)
    siege.fonction_id = None
    session.add(siege)
    session.flush()
    instance = session.get(Instance, siege.instance_id)
    if instance:
        _noter_membres(session, by, "fonction", instance)


def regler_membre(
    session: Session,
    *,
    siege_id: int,
    invite: bool,
    charte_signee_le: date | None,
    today: date,
    by: Acteur,
    vu: Membre | None = None,
) -> None:
    """Say whether a member is invited rather than convoqué, and when the person who sits there signed the charte (None:
    they did not). Where nobody is known, the seat keeps the date.

    Args:
        vu: the member as shown; a signature never goes to somebody else than the person on screen.

    Raises:
        Conflict: a colleague removed that seat, or somebody else holds it.
        Invalid: a signature to come, or before the year 2000.
    """
    require(by, Droit.ECRIRE)
    siege, _ = _siege(session, siege_id)
    if charte_signee_le and not date(2000, 1, 1) <= charte_signee_le <= today:
        raise Invalid({"charte": "La date de signature de la charte doit être passée, et après 2000."})
    (membre,) = _membres(session, Siege.id == siege_id, today=today)[siege.instance_id]
    if vu and vu.personne_id != membre.personne_id:
        raise Conflict(_MEMBRES_PERIMES, champ="membres")
    signee = membre.charte_signee_le
    if (membre.invite, signee) == (invite, charte_signee_le):
        return
    siege.invite = invite
    if membre.personne_id is None:
        siege.charte_signee_le = charte_signee_le
    elif charte_signee_le != signee:
        siege.charte_signee_le = None
        _signer(session, membre.personne_id, siege.instance_id, charte_signee_le)
    session.add(siege)
    session.flush()
    avant, apres = (f"signée le {le:%d/%m/%Y}" if le else "non signée" for le in (signee, charte_signee_le))
    _noter_reglage(
        session, by, siege, f"Membre {'invité' if invite else 'convoqué'}, charte {apres}",
        suite=f"\nCharte : {avant} → {apres}" if avant != apres else "",
    )  # fmt: skip


def attribuer_signature(session: Session, *, vu: Membre, a_la_personne: bool, today: date, by: Acteur) -> None:
    """Say whose is the signature noted on a seat: of the person who holds it now, or of somebody else (it goes).

    Raises:
        Conflict: a colleague removed that seat, somebody else holds it, or it was settled already.
    """
    require(by, Droit.ECRIRE)
    siege, _ = _siege(session, vu.siege_id)
    (membre,) = _membres(session, Siege.id == vu.siege_id, today=today)[siege.instance_id]
    if (membre.personne_id, membre.charte_a_verifier) != (vu.personne_id, vu.charte_a_verifier):
        raise Conflict(_MEMBRES_PERIMES, champ="membres")
    if a_la_personne and membre.personne_id and membre.charte_signee_le is None:
        _signer(session, membre.personne_id, siege.instance_id, siege.charte_signee_le)
    siege.charte_signee_le = None
    session.add(siege)
    session.flush()
    qui = "de la personne qui siège" if a_la_personne else "retirée du siège"
    _noter_reglage(session, by, siege, f"Signature de la charte {qui}")


# --- inside --------------------------------------------------------------------------------------------------------


def _fonction_de(session: Session, voulu: SiegeVoulu) -> int | None:
    """The function a seat is tied to, if it is one of that partenaire."""
    fonction = session.get(Fonction, voulu.fonction_id) if voulu.fonction_id else None
    return fonction.id if fonction and fonction.partenaire_id == voulu.partenaire_id else None


def _sieges(session: Session, instance_id: int) -> list[Siege]:
    return list(
        session.exec(
            select(Siege).where(Siege.instance_id == instance_id).order_by(col(Siege.ordre), col(Siege.id))
        ).all()
    )


def _siege(session: Session, siege_id: int) -> tuple[Siege, list[Siege]]:
    """A seat and all those of its instance, in order."""
    siege = session.get(Siege, siege_id)
    if siege is None:
        raise Conflict(_MEMBRES_PERIMES, champ="membres")
    return siege, _sieges(session, siege.instance_id)


def _titre_libre(autres: Sequence[Siege], partenaire_id: int, fonction: str) -> str:
    """The title cleaned, once sure that this partenaire has no other seat with it."""
    titre = clean(fonction)
    if len(titre) > 160:
        raise Invalid({"fonction": "La fonction est trop longue : 160 caractères au plus."})
    if any(s.partenaire_id == partenaire_id and folded(s.fonction) == folded(titre) for s in autres):
        raise Duplicate(
            "Ce partenaire siège déjà avec cette fonction. Précisez une autre fonction, ou choisissez un autre "
            "partenaire.",
            champ="membres",
        )
    return titre


def _signer(session: Session, personne_id: int, instance_id: int, le: date | None) -> None:
    row = session.get(CharteSignee, (personne_id, instance_id))
    if le is None:
        if row:
            session.delete(row)
        return
    row = row or CharteSignee(personne_id=personne_id, instance_id=instance_id, signee_le=le)
    row.signee_le = le
    session.add(row)


def _noter_reglage(
    session: Session, by: Acteur, siege: Siege, quoi: str, *, acte: str = "regler", suite: str = ""
) -> None:
    instance = session.get_one(Instance, siege.instance_id)
    partenaire = session.get_one(Partenaire, siege.partenaire_id)
    _noter(session, by, acte, instance, f"{quoi} : {partenaire.nom} – {instance.nom}{suite}")


def _noter_membres(session: Session, by: Acteur, acte: str, instance: Instance) -> None:
    n = len(_sieges(session, instance.id))
    _noter(session, by, acte, instance, f"Membres de l’instance {instance.nom} : {n}")


def _noter(session: Session, by: Acteur, acte: str, instance: Instance, resume: str) -> None:
    acte, id = f"instance.membre.{acte}", instance.id
    journal.note(session, by=by, acte=acte, objet="instance", objet_id=id, resume=resume)
