"""A row that a command needs: loaded, or refused because it is gone or because a colleague changed it meanwhile. The
words of both refusals stand here, once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlmodel import Session, SQLModel

from models import (
    Action,
    Agent,
    Categorie,
    Classe,
    Etape,
    Fonction,
    Instance,
    JalonType,
    JourEvite,
    Lieu,
    Origine,
    Partenaire,
    Participation,
    Personne,
    Phrase,
    PieceJointe,
    Point,
    Presidence,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
    Theme,
)
from models.base import Versioned
from services.socle.erreurs import Conflict, NotFound

# Table -> what a refusal calls its row, and what it says when the row is gone.
MOTS: dict[type[SQLModel], tuple[str, str]] = {
    Action: ("cette action", "Cette action n’existe plus. Rechargez la liste."),
    Agent: ("ce compte", "Ce compte n’existe pas. Revenez à la liste des comptes."),
    Categorie: ("cette catégorie", "Cette catégorie n’existe plus. Rechargez la liste."),
    Classe: ("cette classe", "Cette classe n’existe plus. Rechargez la page."),
    Etape: ("cette étape", "Cette étape n’existe plus. Rechargez la liste."),
    Fonction: ("cette personne ou sa fonction", "Cette fonction n’existe plus. Rechargez la fiche du partenaire."),
    Instance: ("cette instance", "Cette instance n’existe pas ou plus. Revenez à la liste des instances."),
    JalonType: ("cette étape", "Cette étape n’existe plus. Rechargez la liste."),
    JourEvite: ("ces jours à éviter", "Ces jours à éviter n’existent plus. Rechargez la liste."),
    Lieu: ("ce lieu", "Ce lieu n’existe plus. Choisissez-en un autre."),
    Origine: ("cette origine", "Cette origine n’existe plus. Rechargez la liste."),
    Partenaire: (
        "ce partenaire",
        "Ce partenaire n’existe pas ou plus. Retrouvez-le depuis la liste des partenaires.",
    ),
    Participation: (
        "ce collège",
        "Ce collège n’est plus invité cette année-là. Revenez à la liste des collèges.",
    ),
    Personne: ("cette personne", "Cette personne n’existe plus. Choisissez-en une autre."),
    Phrase: ("cette phrase", "Cette phrase n’existe plus. Rechargez la liste."),
    PieceJointe: ("cette pièce jointe", "Cette pièce jointe n’existe pas ou plus."),
    Point: ("ce point", "Ce point a été retiré. Rechargez la liste."),
    Presidence: ("cette présidence", "Cette présidence n’existe plus. Rechargez la liste."),
    Quartier: ("ce quartier", "Ce quartier n’existe plus. Rechargez la liste."),
    Reunion: ("cette réunion", "Cette réunion n’existe pas ou plus. Revenez au calendrier."),
    Seance: ("cette séance", "Cette séance n’existe plus. Rechargez la page."),
    SecteurVeille: ("ce secteur de veille", "Ce secteur de veille n’existe plus. Rechargez la liste."),
    Theme: ("ce thème", "Ce thème n’existe plus. Rechargez la liste."),
}
RECOMMENCER = "Relisez, puis recommencez."
# A version no row ever has: a form whose token was spent on other texts is stale, whatever it shows.
DEPASSEE = 0

T = TypeVar("T", bound=SQLModel)
V = TypeVar("V", bound=Versioned)


def introuvable(table: type[SQLModel]) -> NotFound:
    """The refusal when a row of this table is gone."""
    return NotFound(MOTS[table][1])


def charger(session: Session, table: type[T], id: int) -> T:
    """That row.

    Raises:
        NotFound: it is gone.
    """
    row = session.get(table, id)
    if row is None:
        raise introuvable(table)
    return row


def exiger_a_jour(row: V, version: int, actuel: Callable[[V], Mapping[str, str]] | None = None, quoi: str = "") -> None:
    """Before a change of this row.

    Args:
        version: the one its form showed.
        actuel: the present values by field, shown beside those typed.
        quoi: what to call it, when its own name says more than its table's.

    Raises:
        Conflict: a colleague changed it since.
    """
    if row.version == version:
        return
    quoi = quoi or MOTS[type(row)][0]
    raise Conflict(
        f"Un collègue vient de modifier {quoi} : rien n’a été écrasé. {RECOMMENCER}",
        actuel=actuel(row) if actuel else None,
        version=row.version,
    )


def charger_a_jour(
    session: Session, table: type[V], id: int, version: int, actuel: Callable[[V], Mapping[str, str]] | None = None
) -> V:
    """That row, as its form showed it.

    Raises:
        NotFound: it is gone.
        Conflict: a colleague changed it since.
    """
    row = charger(session, table, id)
    exiger_a_jour(row, version, actuel)
    return row
