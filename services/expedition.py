"""Hands waiting messages to the city's relay. It opens its own transactions: the network never holds the write lock."""

import logging
import smtplib
import ssl
from collections.abc import Sequence

from services import db, envois
from services.envois import AExpedier
from services.horloge import utcnow
from settings import Settings, get_settings

log = logging.getLogger("carnet.expedition")

DELAI_S = 20
PANNE = "Le relais de messagerie ne répond pas : l’envoi sera tenté à nouveau."


def partir(*, ids: Sequence[int] | None = None, limite: int = 200) -> tuple[int, int]:
    """Send what is due (`ids`: those only); how many left, how many did not. Nothing without a relay.

    Killed between the relay's yes and ours, a message may leave twice, under the same Message-ID.
    """
    reglages = get_settings()
    partis = rates = 0
    while reglages.smtp_hote and partis + rates < limite:
        with db.writing() as session:
            lot = envois.prendre(session, now=utcnow(), ids=ids, limite=min(20, limite - partis - rates))
        if not lot:
            break
        n = _expedier(lot, reglages)
        partis, rates = partis + n, rates + len(lot) - n
    return partis, rates


def _expedier(lot: Sequence[AExpedier], reglages: Settings) -> int:
    """One connection for the batch; each message's fate is written as soon as it is known."""
    partis = 0
    try:
        with _connexion(reglages) as relais:
            for x in lot:
                try:
                    relais.sendmail(reglages.smtp_expediteur, [x.courriel], x.message)
                except smtplib.SMTPRecipientsRefused as error:
                    code, texte = error.recipients[x.courriel]
                    _rate(x, f"Adresse refusée par le relais ({code} {_lisible(texte)}).", definitif=code >= 500)
                except smtplib.SMTPResponseException as error:
                    phrase = f"Refusé par le relais ({error.smtp_code} {_lisible(error.smtp_error)})."
                    _rate(x, phrase, definitif=error.smtp_code >= 500)
                else:
                    partis += 1
                    with db.writing() as session:
                        envois.parti(session, id=x.id, now=utcnow())
    except (OSError, smtplib.SMTPException) as error:
        log.warning("relay: %s", error)
        for x in lot:
            _rate(x, PANNE, definitif=False)
    return partis


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
    return relais


def _rate(x: AExpedier, phrase: str, *, definitif: bool) -> None:
    with db.writing() as session:
        envois.echec(session, id=x.id, phrase=phrase, definitif=definitif, now=utcnow())


def _lisible(texte: bytes | str) -> str:
    return (texte.decode("utf-8", "replace") if isinstance(texte, bytes) else texte).splitlines()[0][:200]
