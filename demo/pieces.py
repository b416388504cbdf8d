"""Two harmless files beside meetings of the demo year: a picture and a PDF, drawn here."""

import io
from datetime import datetime

from PIL import Image, ImageDraw
from sqlmodel import Session, col, select

from models import Reunion
from models.lists import EtatReunion, Role
from services.commun import comptes, pieces
from services.commun.fichiers_joints import ranger
from services.socle.acteur import Acteur


def joindre(session: Session, *, now: datetime) -> None:
    """To the next meeting convened and to the last one held. Writes in DATA_DIR."""
    agent_id = comptes.par_identifiant(session, identifiant="secretaire")
    by = Acteur(agent_id, "", Role.SECRETAIRE)
    for etat, ordre in ((EtatReunion.CONVOQUEE, col(Reunion.debut)), (EtatReunion.TENUE, col(Reunion.debut).desc())):
        ids = select(Reunion.id).where(Reunion.etat == etat).order_by(ordre, col(Reunion.id))
        if etat is EtatReunion.CONVOQUEE:
            ids = ids.where(Reunion.debut > now)
        reunion_id = session.exec(ids).first()
        for nom, format in (("Plan du square (fictif).png", "PNG"), ("Fiche travaux (fictive).pdf", "PDF")):
            if reunion_id:
                fichier = ranger(nom, _dessin(nom.rsplit(".", 1)[0], format))
                pieces.joindre(session, fichier=fichier, reunion_id=reunion_id, by=by)


def _dessin(titre: str, format: str) -> bytes:
    image = Image.new("RGB", (900, 600), "white")
    crayon = ImageDraw.Draw(image)
    crayon.rectangle((60, 110, 840, 540), outline="#0b5394", width=4)
    crayon.ellipse((380, 250, 520, 390), outline="#38761d", width=4)
    crayon.text((60, 40), titre, fill="black", font_size=36)
    octets = io.BytesIO()
    image.save(octets, format)
    return octets.getvalue()
