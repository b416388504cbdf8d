"""Who acts, and what each role may do: the one table of rights.

Tests: tests/pages/test_ecrans.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.lists import Role
from services.socle.erreurs import Forbidden


class Droit(StrEnum):
    """What a command or a screen asks for."""

    LIRE = "lire"  # everything restricted: partenaires, entry, actions, notes
    ECRIRE = "ecrire"
    COMPTES = "comptes"  # accounts and settings
    CONSULTER = "consulter"  # charts, calendar, public relevés


DROITS: dict[Role, frozenset[Droit]] = {
    Role.RESPONSABLE: frozenset(Droit),
    Role.COLLABORATEUR: frozenset({Droit.LIRE, Droit.ECRIRE, Droit.CONSULTER}),
    Role.SECRETAIRE: frozenset({Droit.LIRE, Droit.ECRIRE, Droit.CONSULTER}),
    Role.LECTURE: frozenset({Droit.CONSULTER}),
}


@dataclass(frozen=True)
class Acteur:
    """The signed-in agent, read again from the base for each command. `id` None: the command line or an import."""

    id: int | None
    nom: str
    role: Role

    def peut(self, droit: Droit) -> bool:
        return droit in DROITS[self.role]


SYSTEME = Acteur(id=None, nom="Système", role=Role.RESPONSABLE)


def require(by: Acteur, droit: Droit) -> None:
    """Raise Forbidden unless the role of `by` carries `droit`."""
    if not by.peut(droit):
        raise Forbidden("Votre rôle ne permet pas cette action. Demandez à la personne responsable du service.")
