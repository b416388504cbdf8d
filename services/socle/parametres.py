"""Settings that staff change on screen, by name (`settings.py` has those that IT sets).

Tests: tests/services/convocation/test_modeles.py.
"""

from sqlmodel import Session

from models import Parametre

OUI = "oui"


def lire(session: Session, nom: str, defaut: str = "") -> str:
    """What the setting holds; `defaut` while nobody chose."""
    parametre = session.get(Parametre, nom)
    return parametre.valeur if parametre and parametre.valeur else defaut


def contenu(session: Session, nom: str) -> bytes:
    """The file that the setting holds (a logo); b"" for none."""
    parametre = session.get(Parametre, nom)
    return (parametre.contenu if parametre else None) or b""


def ecrire(session: Session, nom: str, valeur: str, *, contenu: bytes | None = None) -> None:
    """Keep it. Rights and the journal line are the business of the command that calls."""
    parametre = session.get(Parametre, nom) or Parametre(nom=nom, valeur="")
    parametre.valeur, parametre.contenu = valeur, contenu
    session.add(parametre)
    session.flush()
