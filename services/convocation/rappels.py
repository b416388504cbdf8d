"""The reminder to whoever has not answered, some days before a meeting.

Tests: tests/services/convocation/test_convocations.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from models import Reunion
from models.lists import EtatReunion
from services.convocation.convocations import Acte, Options, apercu, deposer
from services.convocation.destinataires import Convie
from services.courrier import envois
from services.socle import journal, parametres
from services.socle.acteur import SYSTEME, Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.horloge import civil
from services.socle.texte import accord

RAPPEL_JOURS, RAPPEL_ACTIF = "rappel_jours", "rappel_actif"
RAPPEL_DEFAUT, RAPPEL_MAX = 3, 30


@dataclass(frozen=True)
class Rappel:
    """The reminder that leaves by itself, `jours` before a meeting."""

    actif: bool
    jours: int


def rappel(session: Session) -> Rappel:
    """The setting of the reminder: off until the responsable turns it on."""
    return Rappel(
        actif=parametres.lire(session, RAPPEL_ACTIF) == parametres.OUI,
        jours=int(parametres.lire(session, RAPPEL_JOURS, str(RAPPEL_DEFAUT))),
    )


def rappels(session: Session, *, now: datetime) -> int:
    """Put a reminder in line for whoever has not answered, some days before; how many. Once for each date.

    For the scheduler: without a relay nothing leaves by itself. Nobody is reminded on the day they were told.
    """
    reglage = rappel(session)
    if not reglage.actif or not envois.relais():
        return 0
    fin = datetime.combine(now.date() + timedelta(days=reglage.jours + 1), datetime.min.time())
    proches = session.exec(
        select(Reunion)
        .where(Reunion.etat == EtatReunion.CONVOQUEE, Reunion.debut > now, Reunion.debut < fin)
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all()
    n = 0
    for reunion in proches:
        vu = apercu(session, reunion_id=reunion.id, acte=Acte.RELANCER, options=Options(), now=now)
        dus = [d for d in vu.departs if _a_rappeler(d.convie, now)]
        for d in dus:
            deposer(session, reunion, vu, d, None, lambda _: (), "", SYSTEME)
        if dus:
            journal.note(
                session,
                by=SYSTEME,
                acte="rappel",
                objet="reunion",
                objet_id=reunion.id,
                resume=f"Rappels envoyés : {reunion.titre}, {accord(len(dus), 'destinataire')}",
            )
        n += len(dus)
    return n


def regler_rappel(session: Session, *, actif: bool, jours: int, by: Acteur) -> None:
    """Turn the reminder on or off, and say how many days before.

    Raises:
        Invalid: not a number of days.
    """
    require(by, Droit.COMPTES)
    if not 1 <= jours <= RAPPEL_MAX:
        raise Invalid({"jours": f"Choisissez entre 1 et {RAPPEL_MAX} jours."})
    avant = rappel(session)
    parametres.ecrire(session, RAPPEL_ACTIF, parametres.OUI if actif else "non")
    parametres.ecrire(session, RAPPEL_JOURS, str(jours))
    de, a = (f"{accord(r.jours, 'jour')} avant" if r.actif else "désactivé" for r in (avant, Rappel(actif, jours)))
    resume = f"Rappel des réunions : {de} → {a}"
    journal.note(session, by=by, acte="regler", objet="parametre", objet_id=None, resume=resume)


def _a_rappeler(c: Convie, now: datetime) -> bool:
    """Told before today, and not reminded since."""
    return c.dit is not None and civil(c.dit.quand).date() < now.date() and c.rappele_le is None
