"""Refusals: one family, whose text is the French sentence the user reads and says what to do.

Tests: tests/services/socle/test_db.py.
"""

from collections.abc import Mapping


class BusinessError(Exception):
    """A refusal. `champ` names the field it stands beside, if any."""

    def __init__(self, phrase: str, *, champ: str | None = None) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.champ = champ


class Invalid(BusinessError):
    """Bad input: one sentence per field."""

    def __init__(self, erreurs: Mapping[str, str]) -> None:
        champ, phrase = next(iter(erreurs.items()))
        super().__init__(phrase, champ=champ)
        self.erreurs = dict(erreurs)


class Duplicate(BusinessError):
    """It exists already. `objet_id` is the one that does."""

    def __init__(self, phrase: str, *, champ: str | None = None, objet_id: int | None = None) -> None:
        super().__init__(phrase, champ=champ)
        self.objet_id = objet_id


class NotFound(BusinessError):
    """No such object (any more)."""


class Forbidden(BusinessError):
    """This agent may not do that, or is no longer signed in."""


class Conflict(BusinessError):
    """A colleague changed it meanwhile. `actuel` holds the current values, by field, to show beside one's own, and
    `version` is the one that has them."""

    def __init__(
        self,
        phrase: str,
        *,
        actuel: Mapping[str, str] | None = None,
        version: int | None = None,
        champ: str | None = None,
    ) -> None:
        super().__init__(phrase, champ=champ)
        self.actuel = dict(actuel or {})
        self.version = version


class Unavailable(BusinessError):
    """The database cannot be written for now; what was typed is kept."""
