"""What is done to a relevé: validated, sent, handed over, reopened. services/releves/vie_releve.py reads it.

Tests: tests/services/releves/test_vie_releve.py.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session

from models import (
    Releve,
    Reunion,
    VersionReleve,
)
from models.lists import ETATS_REUNION_SAISIE, ActeReleve, EtatReleve, GenreEnvoi
from services.agenda import presidences
from services.commun import etats_releve
from services.commun.etats_releve import VERROU as VERROU
from services.commun.etats_releve import verrouillee as verrouillee
from services.courrier import envois
from services.courrier.messages import Piece
from services.releves import lecture, releve_public
from services.releves.vie_releve import (
    MOTIF_MAX,
    DestinataireReleve,
    destinataires,
    marque_de,
    mention,
    messages_prepares,
)
from services.socle import brouillons, chargement, journal, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import civil, utcnow
from services.socle.texte import accord, clean

_PERIME = "Un collègue vient de changer ce relevé : rien n’a été fait. Relisez-le, puis recommencez."


def valider(session: Session, *, reunion_id: int, marque: str, now: datetime, by: Acteur) -> None:
    """The relevé as it was shown is right.

    Raises:
        Conflict: it changed since, or there is none yet.
    """
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.PROJET:
        raise Conflict(_PERIME)
    releve.etat, releve.valide_le, releve.valide_par = EtatReleve.VALIDE, now, by.id
    presidences.retenir(session, reunion=reunion, definitif=True)
    session.add(releve)
    etats_releve.ajouter(session, releve, ActeReleve.VALIDER, now, by)
    _noter(session, by, "valider", reunion, "Relevé validé")


def diffuser(
    session: Session,
    *,
    reunion_id: int,
    cles: Sequence[str],
    oui: bool,
    piece: Piece,
    marque: str,
    jeton: str,
    today: date,
    now: datetime,
    by: Acteur,
) -> list[int]:
    """Put one message in line for each recipient; return their ids. Sent through a relay, the relevé is diffusé at
    once; without one, it is once `remis` says so. Already diffusé, the same version goes to others.

    Args:
        oui: the agent said yes to recipients who have not signed the charte.
        piece: its Word file, kept as the version that was sent; that one again for others.

    Raises:
        Conflict: the relevé changed since, or is a projet.
        Invalid: nobody, no address, or a yes is missing.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return []
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is EtatReleve.PROJET or messages_prepares(session, reunion_id):
        raise Conflict(_PERIME)
    numero = etats_releve.numero(session, reunion_id, releve)
    tous = destinataires(session, reunion_id=reunion_id, today=today)
    choisis = _choisis([d for d in tous if d.cle in cles and d.detient != numero], oui)
    version = etats_releve.version(session, reunion_id, numero) or VersionReleve(reunion_id=reunion_id, numero=numero)
    remplace = mention(numero, _diffusion(session, reunion_id, numero - 1))
    if version.diffuse_le is None:
        _garder_les_mots(session, version, remplace, today)
        version.document = piece.contenu
    objet, texte = _message(reunion, remplace, emetteur=envois.emetteur(session))
    ids = [
        envois.deposer(
            session,
            genre=GenreEnvoi.RELEVE,
            courriel=d.courriel,
            objet=objet,
            texte=texte,
            reunion_id=reunion_id,
            partenaire_id=d.partenaire_id or None,
            version_releve=numero,
            pieces=[piece],
            by=by,
        )
        for d in choisis
    ]
    flag_modified(releve, "etat")  # its version rises: who sends at the same moment is told
    session.add(releve)
    if envois.relais():
        _diffuse(session, reunion, releve, len(ids), now=now, by=by)
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=reunion_id)
    return ids


def _choisis(choisis: Sequence[DestinataireReleve], oui: bool) -> list[DestinataireReleve]:
    """These, if all may have it: one an address."""
    if not choisis:
        raise Invalid({"destinataires": "Choisissez au moins un destinataire."})
    if sans := [d.partenaire for d in choisis if not d.courriel]:
        raise Invalid({"destinataires": f"Sans adresse dans l’annuaire : {', '.join(sans)}. Complétez, ou décochez."})
    if not oui and any(d.charte is None for d in choisis):
        raise Invalid({"oui": "Dites oui pour envoyer ce relevé restreint à qui n’a pas signé la charte."})
    return list({d.courriel.casefold(): d for d in choisis}.values())


def _message(reunion: Reunion, remplace: str, *, emetteur: str) -> tuple[str, str]:
    """Subject and text of the message that carries a relevé."""
    quand = temps.jour_long(reunion.debut.date())
    debut, fin = f"Relevé de conclusions{f' ({remplace})' if remplace else ''} – ", f", {quand}"
    objet = debut + reunion.titre[: 200 - len(debut) - len(fin)] + fin  # neither the version nor the date is cut
    ceci = f"C’est la {remplace} : merci de ne plus vous servir de la précédente.\n\n" if remplace else ""
    return objet, (
        "Bonjour,\n\n"
        f"Vous trouverez ci-joint le relevé de conclusions de la réunion « {reunion.titre} » du {quand}.\n\n"
        f"{ceci}Sa diffusion est restreinte : merci de ne pas le transmettre.\n\n"
        f"{emetteur}\n"
    )


def remis(session: Session, *, reunion_id: int, marque: str, now: datetime, by: Acteur) -> None:
    """The agent sent the prepared messages by hand: the relevé is diffusé."""
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    prepares = messages_prepares(session, reunion_id)
    if releve.etat is EtatReleve.PROJET or not prepares:
        raise Conflict(_PERIME)
    envois.noter_remis(session, ids=[e.id for e in prepares], now=now)
    _diffuse(session, reunion, releve, len(prepares), now=now, by=by)


def renoncer(session: Session, *, reunion_id: int, marque: str, by: Acteur) -> None:
    """Take back the prepared messages: they will be prepared again, for others perhaps."""
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.PROJET and messages_prepares(session, reunion_id):
        etats_releve.ajouter(session, releve, ActeReleve.RENONCER, utcnow(), by)
        etats_releve.retirer(session, reunion_id, "Retiré par l’agent avant l’envoi.")
        session.add(releve)
        _noter(session, by, "renoncer", reunion, "Messages du relevé retirés avant envoi")


def rouvrir(session: Session, *, reunion_id: int, motif: str, marque: str, by: Acteur) -> None:
    """Begin the next version of a relevé already sent; its responsable says why. The one that partenaires hold is kept
    as they have it; what of it still waits for the relay does not leave.

    Raises:
        Invalid: the reason is missing or too long.
    """
    require(by, Droit.COMPTES)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.DIFFUSE:
        raise Conflict(_PERIME)
    motif = clean(motif)
    if not motif:
        raise Invalid({"motif": "Écrivez pourquoi ce relevé est rouvert, sans nom de personne."})
    if len(motif) > MOTIF_MAX:
        raise Invalid({"motif": f"Raccourcissez le motif : {MOTIF_MAX} caractères au plus, il en compte {len(motif)}."})
    now, numero = utcnow(), etats_releve.numero(session, reunion_id, releve)
    version = etats_releve.version(session, reunion_id, numero)
    if version and not version.contenu:  # sent before the tool kept its words: nothing has changed since
        _garder_les_mots(
            session, version, mention(numero, _diffusion(session, reunion_id, numero - 1)), civil(now).date()
        )
    etats_releve.ajouter(session, releve, ActeReleve.ROUVRIR, now, by, motif)
    etats_releve.retirer(session, reunion_id, "Le relevé a été rouvert avant l’envoi.")
    etats_releve.en_projet(session, releve)
    _noter(session, by, "rouvrir", reunion, f"Relevé rouvert ({motif})")


def _charger(session: Session, reunion_id: int, marque: str) -> tuple[Reunion, Releve]:
    reunion = chargement.charger(session, Reunion, reunion_id)
    releve = session.get(Releve, reunion_id)
    if reunion.etat not in ETATS_REUNION_SAISIE:
        raise Conflict("Cette réunion n’est pas encore saisie : elle n’a pas de relevé.")
    if marque != marque_de(reunion, releve):
        raise Conflict(_PERIME)
    return reunion, releve or Releve(reunion_id=reunion_id)


def _diffusion(session: Session, reunion_id: int, numero: int) -> datetime | None:
    version = etats_releve.version(session, reunion_id, numero)
    return version.diffuse_le if version else None


def _garder_les_mots(session: Session, version: VersionReleve, remplace: str, today: date) -> None:
    releve = lecture.lire(session, reunion_id=version.reunion_id, today=today)
    version.contenu = lecture.figer(releve, version=remplace)
    version.public = releve_public.figer(
        session, reunion_id=version.reunion_id, numero=version.numero, version=remplace
    )
    session.add(version)


def _diffuse(session: Session, reunion: Reunion, releve: Releve, n: int, *, now: datetime, by: Acteur) -> None:
    etats_releve.ajouter(session, releve, ActeReleve.DIFFUSER, now, by)
    version = etats_releve.version(session, releve.reunion_id, etats_releve.numero(session, releve.reunion_id, releve))
    if version and version.diffuse_le is None:
        version.diffuse_le = now
        releve.etat, releve.diffuse_le, releve.diffuse_par = EtatReleve.DIFFUSE, now, by.id
        session.add(version)
    session.add(releve)
    _noter(session, by, "diffuser", reunion, f"Relevé diffusé à {accord(n, 'destinataire')}")


def _noter(session: Session, by: Acteur, acte: str, reunion: Reunion, resume: str) -> None:
    session.flush()
    journal.note(
        session,
        by=by,
        acte=f"releve.{acte}",
        objet="reunion",
        objet_id=reunion.id,
        resume=f"{resume} : {reunion.titre}",
    )
