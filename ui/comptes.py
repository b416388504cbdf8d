"""What the screen of accounts shows of each."""

from services import temps
from services.comptes import CompteVu
from services.horloge import aujourdhui
from ui.feedback import md


def ligne(c: CompteVu) -> str:
    """A row of the list, as the label of its link."""
    badges = [f":blue-badge[{c.role.libelle}]"]
    badges += [":red-badge[:material/lock: Verrouillé]"] if c.verrouille else []
    badges += [] if c.actif else [":gray-badge[:material/block: Fermé]"]
    vu = c.derniere_connexion
    derniere = f"connexion {temps.moment(vu, annee_de=aujourdhui())}" if vu else "jamais connecté·e"
    return f"**{md(c.nom)}** {' '.join(badges)} :small[:gray[{md(c.identifiant)} · {derniere}]]"
