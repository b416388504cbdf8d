"""Messages to send: put in line by the commands, taken by the relay later (`courrier/expedition.py`), kept as a log.

Tests: tests/services/convocation/test_convocations.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, and_, col, func, or_, select

from models import Agent, Destinataire, Envoi, Lieu, Partenaire, Reunion
from models.lists import ETATS_REUNION_SANS_SUITE, EtatEnvoi, EtatReunion, GenreEnvoi
from services.courrier.messages import Evenement, Piece, message
from services.socle import journal, parametres
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, folded
from settings import get_settings

BAIL = timedelta(minutes=10)  # a process killed while it sends frees its messages after that
# Waits between two tries; then the message is given up, and said so.
ATTENTES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
EMETTEUR = "emetteur"
EMETTEUR_DEFAUT = "Service Tranquillité publique – Prévention de la délinquance"


@dataclass(frozen=True)
class EnvoiVu:
    """A line of the log. `a_qui` is the organisation (with its function) or the agent it went to."""

    id: int
    genre: GenreEnvoi
    a_qui: str
    destinataire_id: int | None
    courriel: str
    objet: str
    sequence: int
    etat: EtatEnvoi
    erreur: str
    essais: int
    prochain_essai: datetime | None
    cree_le: datetime
    cree_par: str
    envoye_le: datetime | None
    mot: str = ""
    invite: bool = False
    perime: bool = False  # waits, and is no longer true: it will not leave
    texte: str = ""
    version_releve: int | None = None  # of the relevé it carried

    @property
    def quoi(self) -> str:
        """What it is, as its subject says it."""
        return _quoi(self.genre, invite=self.invite)

    @property
    def abandonne(self) -> bool:
        """Given up after every try: the relay never took it, the address may be right."""
        return self.etat is EtatEnvoi.ECHEC and self.essais > len(ATTENTES)


@dataclass(frozen=True)
class AExpedier:
    """A message taken out of the line, for one try."""

    id: int
    courriel: str
    message: bytes


def relais() -> bool:
    """Is there a relay to send through? Without one, messages are handed over as files."""
    return bool(get_settings().smtp_hote)


def emetteur(session: Session) -> str:
    """Who signs: the service's name, a setting that staff change."""
    return parametres.lire(session, EMETTEUR, EMETTEUR_DEFAUT)


def adresse_sure(courriel: str) -> str:
    """The address as every relay takes it (a domain with accents in its ASCII form).

    Raises:
        Invalid: it is missing or wrong.
    """
    try:
        vue = validate_email(courriel, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Invalid(
            {"courriel": f"Adresse absente ou incorrecte : « {courriel} ». Corrigez-la dans l’annuaire."}
        ) from error
    return vue.ascii_email or vue.normalized


def deposer(
    session: Session,
    *,
    genre: GenreEnvoi,
    courriel: str,
    objet: str,
    texte: str,
    reunion_id: int | None = None,
    destinataire_id: int | None = None,
    partenaire_id: int | None = None,
    agent_id: int | None = None,
    sequence: int = 0,
    annonce: str = "",
    version_releve: int | None = None,
    pieces: Sequence[Piece] = (),
    evenement: Evenement | None = None,
    mot: str = "",
    by: Acteur,
) -> int:
    """Put one message in line; return its id. `mot`: the words that the agent added, kept in the log.

    Without a relay it waits as a file that the agent sends by hand.

    Raises:
        Invalid: the address is missing or wrong.
    """
    require(by, Droit.ECRIRE)
    courriel = adresse_sure(courriel)
    now = utcnow()
    de = get_settings().smtp_expediteur
    envoi = Envoi(
        genre=genre,
        reunion_id=reunion_id,
        destinataire_id=destinataire_id,
        partenaire_id=partenaire_id,
        agent_id=agent_id,
        courriel=courriel,
        objet=clean(objet)[:200],
        sequence=sequence,
        annonce=annonce,
        texte=texte,
        version_releve=version_releve,
        message_id=f"{uuid4().hex}@{de.split('@')[1] if de else 'carnet-de-veille.invalid'}",
        mot=mot,
        prochain_essai=now if relais() else None,
        cree_le=now,
        cree_par=by.id,
    )
    envoi.message = _octets(session, envoi, pieces, evenement)
    session.add(envoi)
    session.flush()
    return envoi.id


def _octets(session: Session, envoi: Envoi, pieces: Sequence[Piece], evenement: Evenement | None) -> bytes:
    return message(
        de=get_settings().smtp_expediteur,
        nom_de=emetteur(session),
        a=envoi.courriel,
        objet=envoi.objet,
        texte=envoi.texte,
        le=envoi.cree_le,
        message_id=envoi.message_id,
        pieces=pieces,
        evenement=evenement,
        brouillon=not relais(),
    )


def journal_de(session: Session, *, reunion_id: int) -> list[EnvoiVu]:
    """What was sent about a meeting, last first."""
    return _vus(session, Envoi.reunion_id == reunion_id)


def en_souffrance(session: Session, *, depuis: datetime) -> list[EnvoiVu]:
    """What waits for the relay, or was given up since that instant; last first."""
    abandonnes = and_(col(Envoi.etat) == EtatEnvoi.ECHEC, col(Envoi.cree_le) >= depuis)
    critere = or_(col(Envoi.etat) == EtatEnvoi.A_ENVOYER, abandonnes)
    return _vus(session, critere)


def nombre_envoyes(session: Session, *, depuis: datetime) -> int:
    """How many messages the relay took since that instant."""
    return session.exec(select(func.count()).select_from(Envoi).where(col(Envoi.envoye_le) >= depuis)).one()


def combien_partis(session: Session, *, ids: Sequence[int]) -> int:
    """How many of these the relay has taken."""
    requete = select(func.count()).select_from(Envoi).where(col(Envoi.id).in_(ids), Envoi.etat == EtatEnvoi.ENVOYE)
    return session.exec(requete).one()


def _vus(session: Session, *criteres: object) -> list[EnvoiVu]:
    rows = session.exec(
        select(  # type: ignore[call-overload]  # more columns than it has signatures for
            Envoi, Destinataire, Partenaire.nom, Agent.nom, Reunion, Lieu
        )
        .outerjoin(Destinataire, col(Destinataire.id) == Envoi.destinataire_id)
        .outerjoin(Partenaire, col(Partenaire.id) == Envoi.partenaire_id)
        .outerjoin(Agent, col(Agent.id) == Envoi.cree_par)
        .outerjoin(Reunion, col(Reunion.id) == Envoi.reunion_id)
        .outerjoin(Lieu, col(Lieu.id) == Reunion.lieu_id)
        .where(*criteres)
        .order_by(col(Envoi.id).desc())
    ).all()
    return [
        EnvoiVu(
            id=e.id,
            genre=e.genre,
            a_qui=" – ".join(x for x in (nom, d.fonction if d else "") if x) or e.courriel,
            destinataire_id=e.destinataire_id,
            courriel=e.courriel,
            objet=e.objet,
            sequence=e.sequence,
            etat=e.etat,
            erreur=e.erreur,
            essais=e.essais,
            prochain_essai=e.prochain_essai,
            cree_le=e.cree_le,
            cree_par=par or "",
            envoye_le=e.envoye_le,
            mot=e.mot,
            invite=bool(d and d.invite),
            texte=e.texte,
            version_releve=e.version_releve,
            perime=reunion is not None and perime(e, reunion, annonce(reunion, lieu), d),
        )
        for e, d, nom, par, reunion, lieu in rows
    ]


def _quoi(genre: GenreEnvoi, *, invite: bool) -> str:
    return "Invitation" if invite and genre is GenreEnvoi.CONVOCATION else genre.libelle


def annonce(reunion: Reunion, lieu: Lieu | None) -> str:
    """When and where, as one text: what a message said of a meeting is compared with what it is now."""
    ou = (lieu.nom, lieu.adresse) if lieu else ("", "")
    return f"{reunion.debut:%Y-%m-%dT%H:%M}|{reunion.fin:%Y-%m-%dT%H:%M}|{ou[0]}|{ou[1]}"[:400]


def annonce_actuelle(session: Session, reunion: Reunion) -> str:
    """The same for a meeting whose place is not read yet."""
    return annonce(reunion, session.get(Lieu, reunion.lieu_id) if reunion.lieu_id else None)


# --- without a relay: files for the agent's mail program ------------------------------------------------------------


def a_la_main(session: Session, *, reunion_id: int) -> list[EnvoiVu]:
    """The messages of a meeting that wait to be sent by hand."""
    return _vus(
        session,
        Envoi.reunion_id == reunion_id,
        Envoi.etat == EtatEnvoi.A_ENVOYER,
        col(Envoi.prochain_essai).is_(None),
        col(Envoi.message).is_not(None),
    )


def fichiers(session: Session, *, ids: Sequence[int], by: Acteur) -> list[Piece]:
    """These messages as .eml files, which a mail program opens ready to send."""
    require(by, Droit.ECRIRE)
    rows = session.exec(
        select(Envoi, Partenaire.nom, Destinataire.invite)
        .outerjoin(Partenaire, col(Partenaire.id) == Envoi.partenaire_id)
        .outerjoin(Destinataire, col(Destinataire.id) == Envoi.destinataire_id)
        .where(col(Envoi.id).in_(ids), col(Envoi.message).is_not(None))
        .order_by(col(Envoi.id))
    ).all()
    return [
        Piece(
            f"{n:02d} {_quoi(e.genre, invite=bool(invite))} {folded(nom or 'sans nom')[:60].strip()}.eml",
            "message/rfc822",
            e.message or b"",
        )
        for n, (e, nom, invite) in enumerate(rows, 1)
    ]


# --- the line, as the expedition takes it --------------------------------------------------------------------------


def prendre(session: Session, *, now: datetime, ids: Sequence[int] | None = None, limite: int = 20) -> list[AExpedier]:
    """Take messages that are due, for BAIL: another process does not see them meanwhile. `ids`: those only.

    One whose meeting is no longer what it says is taken out of the line instead.
    """
    requete = (
        select(Envoi, Reunion, Lieu, Destinataire)
        .outerjoin(Reunion, col(Reunion.id) == Envoi.reunion_id)
        .outerjoin(Lieu, col(Lieu.id) == Reunion.lieu_id)
        .outerjoin(Destinataire, col(Destinataire.id) == Envoi.destinataire_id)
        .where(Envoi.etat == EtatEnvoi.A_ENVOYER, col(Envoi.prochain_essai) <= now, col(Envoi.message).is_not(None))
        .order_by(col(Envoi.prochain_essai), col(Envoi.id))
        .limit(limite)
    )
    if ids is not None:
        requete = requete.where(col(Envoi.id).in_(ids))
    pris = []
    for envoi, reunion, lieu, d in session.exec(requete).all():
        session.add(envoi)
        if reunion is not None and perime(envoi, reunion, annonce(reunion, lieu), d):
            ecarter(envoi, "La réunion ou sa liste a changé avant l’envoi.")
            continue
        envoi.prochain_essai = now + BAIL
        envoi.essais += 1
        pris.append(AExpedier(envoi.id, envoi.courriel, envoi.message or b""))
    session.flush()
    return pris


_INVITATIONS = (GenreEnvoi.CONVOCATION, GenreEnvoi.MISE_A_JOUR, GenreEnvoi.RAPPEL)


def perime(envoi: Envoi, reunion: Reunion, ici: str, d: Destinataire | None) -> bool:
    """It waits, and says what is not so any more: it invites to a meeting that is not convoked (any more), or somebody
    left out, or says another date or place than `ici`, what would be announced now; it calls off what stands."""
    if envoi.etat is not EtatEnvoi.A_ENVOYER:
        return False
    if envoi.genre is GenreEnvoi.ANNULATION:
        return d is not None and d.retenu and reunion.etat not in ETATS_REUNION_SANS_SUITE
    if envoi.genre not in _INVITATIONS:
        return False
    attendu = reunion.etat is EtatReunion.CONVOQUEE and (d is None or d.retenu)
    return not attendu or envoi.annonce != ici


def retirer(session: Session, *, destinataire_ids: Sequence[int]) -> None:
    """Take out of the line what waits for these invitees: another message replaces it. Part of a command."""
    rows = session.exec(
        select(Envoi).where(col(Envoi.destinataire_id).in_(destinataire_ids), Envoi.etat == EtatEnvoi.A_ENVOYER)
    ).all()
    for envoi in rows:
        ecarter(envoi, "Remplacé par un autre message.")
        session.add(envoi)
    session.flush()


def ecarter(envoi: Envoi, pourquoi: str) -> None:
    """Out of the line, with its line in the log. Part of a command."""
    envoi.etat, envoi.erreur, envoi.message, envoi.prochain_essai = EtatEnvoi.RETIRE, pourquoi, None, None


def parti(session: Session, *, id: int, now: datetime) -> None:
    """The relay took it: its bytes are forgotten, its line stays."""
    envoi = session.get_one(Envoi, id)
    envoi.etat, envoi.envoye_le, envoi.erreur = EtatEnvoi.ENVOYE, now, ""
    envoi.message, envoi.prochain_essai = None, None
    session.add(envoi)


def rendre(session: Session, *, ids: Sequence[int], now: datetime) -> None:
    """Taken but not tried: due again at once, and no try is counted."""
    rows = session.exec(select(Envoi).where(col(Envoi.id).in_(ids), Envoi.etat == EtatEnvoi.A_ENVOYER)).all()
    for envoi in rows:
        envoi.essais, envoi.prochain_essai = max(envoi.essais - 1, 0), now
        session.add(envoi)


def echec(session: Session, *, id: int, phrase: str, definitif: bool, now: datetime) -> None:
    """The relay did not take it: tried again later, unless the address is refused or every try was spent."""
    envoi = session.get_one(Envoi, id)
    if envoi.etat is not EtatEnvoi.A_ENVOYER:
        return  # taken out of the line meanwhile
    envoi.erreur = phrase[:300]
    if definitif or envoi.essais > len(ATTENTES):
        envoi.etat, envoi.prochain_essai = EtatEnvoi.ECHEC, None
    else:
        envoi.prochain_essai = now + ATTENTES[envoi.essais - 1]
    session.add(envoi)


def remis(session: Session, *, ids: Sequence[int], now: datetime, by: Acteur) -> None:
    """The agent sent these by hand, with the files."""
    require(by, Droit.ECRIRE)
    rows = noter_remis(session, ids=ids, now=now)
    if rows:
        reunion = session.get(Reunion, rows[0].reunion_id or 0)
        resume = f"Messages notés comme envoyés : {len(rows)}" + (f" – {reunion.titre}" if reunion else "")
        objet, objet_id = ("reunion", reunion.id) if reunion else ("envoi", None)
        journal.note(session, by=by, acte="remis", objet=objet, objet_id=objet_id, resume=resume)


def noter_remis(session: Session, *, ids: Sequence[int], now: datetime) -> Sequence[Envoi]:
    """Those of these that waited are now with their readers. Part of a command."""
    attendent = select(Envoi).where(col(Envoi.id).in_(ids), Envoi.etat == EtatEnvoi.A_ENVOYER)
    rows = session.exec(attendent.order_by(col(Envoi.id))).all()
    for envoi in rows:
        envoi.etat, envoi.envoye_le, envoi.prochain_essai = EtatEnvoi.REMIS, now, None
        envoi.message = None
        session.add(envoi)
    session.flush()
    return rows


def reessayer(session: Session, *, ids: Sequence[int], now: datetime, by: Acteur) -> list[int]:
    """Make these due at once, as if never tried; the ids of those that were waiting or given up.

    Raises:
        Conflict: there is no relay to send through.
    """
    require(by, Droit.ECRIRE)
    if not relais():
        raise Conflict("L’envoi de courriels n’est pas réglé : demandez-le au service informatique.")
    rows = session.exec(
        select(Envoi).where(
            col(Envoi.id).in_(ids),
            col(Envoi.etat).in_((EtatEnvoi.A_ENVOYER, EtatEnvoi.ECHEC)),
            col(Envoi.message).is_not(None),
            (col(Envoi.essais) == 0) | (Envoi.erreur != ""),  # the others are being sent just now
        )
    ).all()
    for envoi in rows:
        envoi.etat, envoi.essais, envoi.prochain_essai = EtatEnvoi.A_ENVOYER, 0, now
        session.add(envoi)
    session.flush()
    if rows:
        resume = f"Messages à renvoyer : {len(rows)}"
        journal.note(session, by=by, acte="reessayer", objet="envoi", objet_id=None, resume=resume)
    return [envoi.id for envoi in rows]
