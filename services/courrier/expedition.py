"""Hands waiting messages to the city's relay. It opens its own transactions: the network never holds the write lock.

Tests: tests/services/convocation/test_convocations.py.
"""

import logging
import smtplib
import ssl
import threading
from collections.abc import Sequence
from time import monotonic

from services.courrier import envois
from services.courrier.envois import AExpedier
from services.socle import db
from services.socle.erreurs import BusinessError
from services.socle.horloge import utcnow
from services.socle.texte import clean
from settings import Settings, get_settings

log = logging.getLogger("carnet.expedition")

DELAI_S = 20  # to get through
REPONSE_S = 120  # to take a message: one that scans it may be slow, and a yes not waited for is a message given twice
PANNE = "La messagerie de la ville ne répond pas : l’envoi sera tenté à nouveau."
LENT = "La messagerie de la ville est trop lente : l’envoi sera tenté à nouveau."
PLUS_TARD = "La messagerie de la ville remet ce message à plus tard ({detail})."
REFUS = (
    "La messagerie de la ville refuse le service ({detail}) : prévenez l’informatique. L’envoi sera tenté à nouveau."
)


def lancer(*, ids: Sequence[int]) -> threading.Thread:
    """Send these now, beside what the screen does. Killed meanwhile, they stay in line for the next round."""
    fil = threading.Thread(target=_partir_en_paix, args=(ids,), name="expedition", daemon=True)
    fil.start()
    return fil


def _partir_en_paix(ids: Sequence[int]) -> None:
    try:
        partir(ids=ids)
    except BusinessError as error:  # the base does not answer: the scheduler takes them later
        log.warning("expedition put off: %s", error)


def partir(*, ids: Sequence[int] | None = None, limite: int = 200) -> tuple[int, int]:
    """Send what is due (`ids`: those only); how many left, how many did not. Nothing without a relay.

    Killed between the relay's yes and ours, a message may leave twice, under the same Message-ID.
    """
    reglages = get_settings()
    partis = rates = 0
    fin = monotonic() + envois.BAIL.total_seconds() / 2
    while reglages.smtp_hote and partis + rates < limite:
        with db.writing() as session:
            lot = envois.prendre(session, now=utcnow(), ids=ids, limite=min(20, limite - partis - rates))
        if not lot:
            break
        n, m = _expedier(lot, reglages, fin)
        partis, rates = partis + n, rates + m
        if monotonic() > fin:
            break
    return partis, rates


def _expedier(lot: Sequence[AExpedier], reglages: Settings, fin: float) -> tuple[int, int]:
    """One connection for the batch; each message's fate is written as soon as it is known. How many left, how many did
    not; fewer than the batch when the relay hung up on a message: that one waits alone, those behind it are due again.

    Past `fin`, what is left waits, before others might take it: nothing leaves twice.
    """
    partis, restent, sur_un_message = 0, list(lot), False
    try:
        with _connexion(reglages) as relais:
            while restent:
                x, sur_un_message = restent[0], True
                if _un(relais, reglages.smtp_expediteur, x):
                    partis += 1
                restent.pop(0)
                sur_un_message = False
                if monotonic() > fin:
                    break
        _en_attente(restent, LENT)
    except smtplib.SMTPResponseException as error:  # our own address, or our password: no fault of who is written to
        _en_attente(restent, REFUS.format(detail=f"{error.smtp_code} {_lisible(error.smtp_error)}"))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("relay: %s", error)
        _en_attente(restent[:1] if sur_un_message else restent, PANNE)
        if sur_un_message:
            with db.writing() as session:
                envois.rendre(session, ids=[x.id for x in restent[1:]], now=utcnow())
            return partis, len(lot) - len(restent) + 1 - partis
    return partis, len(lot) - partis


def _un(relais: smtplib.SMTP, expediteur: str, x: AExpedier) -> bool:
    """Hand one message over; its fate is written at once.

    Raises:
        SMTPException, OSError: the relay serves nobody for now.
    """
    try:
        relais.sendmail(expediteur, [x.courriel], x.message)
    except smtplib.SMTPRecipientsRefused as error:
        code, texte = error.recipients[x.courriel]
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_lisible(texte)) from error
        _refuse(x, "Adresse refusée", code, texte)
    except smtplib.SMTPDataError as error:
        _refuse(x, "Message refusé", error.smtp_code, error.smtp_error)
    else:
        with db.writing() as session:
            envois.parti(session, id=x.id, now=utcnow())
        return True
    return False


def _refuse(x: AExpedier, quoi: str, code: int, texte: bytes | str) -> None:
    detail = f"{code} {_lisible(texte)}"
    if code >= 500:
        _rate(x, f"{quoi} par la messagerie de la ville ({detail}).", definitif=True)
    else:
        _rate(x, PLUS_TARD.format(detail=detail), definitif=False)


def _en_attente(lot: Sequence[AExpedier], phrase: str) -> None:
    for x in lot:
        _rate(x, phrase, definitif=False)


def _connexion(reglages: Settings) -> smtplib.SMTP:
    hote, port = reglages.smtp_hote, reglages.smtp_port
    if reglages.smtp_securite == "tls":
        relais: smtplib.SMTP = smtplib.SMTP_SSL(hote, port, timeout=DELAI_S, context=ssl.create_default_context())
    else:
        relais = smtplib.SMTP(hote, port, timeout=DELAI_S)
    if reglages.smtp_securite == "starttls":
        relais.starttls(context=ssl.create_default_context())
    if reglages.smtp_utilisateur:
        relais.login(reglages.smtp_utilisateur, reglages.smtp_mot_de_passe.get_secret_value())
    if relais.sock:
        relais.sock.settimeout(REPONSE_S)
    return relais


def _rate(x: AExpedier, phrase: str, *, definitif: bool) -> None:
    with db.writing() as session:
        envois.echec(session, id=x.id, phrase=phrase, definitif=definitif, now=utcnow())


def _lisible(texte: bytes | str) -> str:
    texte = texte.decode("utf-8", "replace") if isinstance(texte, bytes) else texte
    return clean(texte)[:200]
