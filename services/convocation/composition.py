"""The list of a meeting as the agent composes it: who is kept, invited, added, written to at which address.

Tests: tests/services/convocation/test_convocations.py.
"""

from datetime import date

from sqlmodel import Session, select

from models import Destinataire, Partenaire, Reunion
from services.convocation.destinataires import Candidat, Cle, gardes_de, proposes, rows_de
from services.socle import chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Duplicate, Invalid
from services.socle.texte import clean, folded

LIGNES_MAX = 100


_PARTIE = "Un collègue vient de retirer cette ligne de la liste. La voici à jour : recommencez votre changement."


def figer(session: Session, *, reunion_id: int, today: date) -> None:
    """Keep the list as it is now: from here on the instance may change without it. Part of a command."""
    reunion = chargement.charger(session, Reunion, reunion_id)
    if rows_de(session, reunion_id):
        return
    for ordre, c in enumerate(proposes(session, reunion, today)):
        session.add(
            Destinataire(
                reunion_id=reunion_id,
                partenaire_id=c.partenaire_id,
                personne_id=c.personne_id,
                fonction=c.fonction,
                invite=c.invite,
                ordre=ordre,
            )
        )
    session.flush()


def retenir(session: Session, *, reunion_id: int, cle: Cle, retenu: bool, today: date, by: Acteur) -> None:
    """Take somebody in, or leave them out this time.

    Raises:
        Conflict: a colleague took that line out.
    """
    row = ligne(session, reunion_id=reunion_id, cle=cle, today=today, by=by)
    quoi = "repris dans la liste" if retenu else "laissé de côté pour cette fois"
    _changer(session, row, "retenu", retenu, quoi=quoi, by=by)


def inviter(session: Session, *, reunion_id: int, cle: Cle, invite: bool, today: date, by: Acteur) -> None:
    """Invite rather than convoke, for this once; or the other way round."""
    row = ligne(session, reunion_id=reunion_id, cle=cle, today=today, by=by)
    _changer(session, row, "invite", invite, quoi="invité" if invite else "convoqué", by=by)


def changer_adresse(session: Session, *, reunion_id: int, cle: Cle, courriel: str, today: date, by: Acteur) -> None:
    """Write to another of the known addresses for this once; "": to the usual one again.

    Raises:
        Invalid: not an address that the directory holds for this line.
    """
    row = ligne(session, reunion_id=reunion_id, cle=cle, today=today, by=by)
    (c,) = gardes_de(session, reunion_id, [row], None)
    if courriel and courriel not in c.connues:
        raise Invalid({"courriel": "Cette adresse n’est pas au carnet : ajoutez-la d’abord à la fiche."})
    _changer(
        session,
        row,
        "courriel",
        "" if courriel == c.habituel else courriel,
        quoi="autre adresse pour cette fois",
        by=by,
    )


def ajouter(session: Session, *, reunion_id: int, candidat: Candidat, today: date, by: Acteur) -> None:
    """Add a person in function or an organisation, for this once. There already but left out: taken in.

    Raises:
        Duplicate: already in the list.
        Invalid: the list is full, or this partenaire is gone.
    """
    require(by, Droit.ECRIRE)
    figer(session, reunion_id=reunion_id, today=today)
    rows = rows_de(session, reunion_id)
    titre = clean(candidat.fonction)[:160]
    meme = [r for r in rows if r.partenaire_id == candidat.partenaire_id and folded(r.fonction) == folded(titre)]
    if meme and meme[0].retenu:
        raise Duplicate("Déjà dans la liste des destinataires.", champ="ajout", objet_id=meme[0].id)
    if meme:
        retenir(session, reunion_id=reunion_id, cle=(meme[0].partenaire_id, meme[0].fonction), retenu=True,
                today=today, by=by)  # fmt: skip
        return
    if len(rows) >= LIGNES_MAX:
        raise Invalid({"ajout": f"Une réunion compte au plus {LIGNES_MAX} destinataires."})
    if session.get(Partenaire, candidat.partenaire_id) is None:
        raise Invalid({"ajout": "Ce partenaire n’existe plus. Choisissez-en un autre."})
    row = Destinataire(
        reunion_id=reunion_id,
        partenaire_id=candidat.partenaire_id,
        personne_id=candidat.personne_id,
        fonction=titre,
        invite=candidat.invite,
        ordre=max((r.ordre for r in rows), default=-1) + 1,
    )
    session.add(row)
    session.flush()
    _noter(session, by, row, "ajouté pour cette fois")


def ligne(session: Session, *, reunion_id: int, cle: Cle, today: date, by: Acteur) -> Destinataire:
    """The row of a line, kept from now on. Part of a command.

    Raises:
        Conflict: a colleague took that line out.
    """
    require(by, Droit.ECRIRE)
    figer(session, reunion_id=reunion_id, today=today)
    row = session.exec(
        select(Destinataire).where(
            Destinataire.reunion_id == reunion_id,
            Destinataire.partenaire_id == cle[0],
            Destinataire.fonction == cle[1],
        )
    ).first()
    if row is None:
        raise Conflict(_PARTIE)
    return row


def _changer(session: Session, row: Destinataire, champ: str, valeur: bool | str, *, quoi: str, by: Acteur) -> None:
    if getattr(row, champ) == valeur:
        return
    setattr(row, champ, valeur)
    session.add(row)
    session.flush()
    _noter(session, by, row, quoi)


def _noter(session: Session, by: Acteur, row: Destinataire, quoi: str) -> None:
    reunion, partenaire = session.get_one(Reunion, row.reunion_id), session.get_one(Partenaire, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="destinataire",
        objet="reunion",
        objet_id=row.reunion_id,
        resume=f"Destinataire {quoi} : {partenaire.nom} – {reunion.titre}",
    )
