"""Ready phrases: short, impersonal texts inserted in one click while one writes up. Archived, never deleted."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from models import Phrase
from models.lists import GenrePhrase
from services.socle import brouillons, chargement, journal
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Duplicate, Invalid
from services.socle.texte import clean, first_words, folded

TEXTE_MAX = 500
DEFAUTS: dict[GenrePhrase, tuple[str, ...]] = {
    GenrePhrase.NOTE: (
        "Situation signalée à plusieurs reprises, surtout en soirée et le week-end.",
        "Amélioration constatée depuis la dernière réunion.",
        "Situation inchangée depuis la dernière réunion.",
        "Aucun nouveau signalement depuis la dernière réunion.",
        "Regroupements en soirée : bruit, déchets laissés sur place.",
    ),
    GenrePhrase.REPONSE: (
        "Passages renforcés aux heures signalées.",
        "Intervention faite, situation rétablie.",
        "Signalement transmis au service compétent ; réponse attendue.",
        "Rappel du règlement affiché dans les halls.",
        "En cas d’urgence, appeler le 17 au moment des faits.",
    ),
    GenrePhrase.ACTION: (
        "Renforcer les passages aux heures signalées",
        "Faire enlever les dépôts et vérifier les conteneurs",
        "Vérifier et réparer l’éclairage",
        "Organiser une visite sur place avec les partenaires concernés",
        "Présenter un point d’étape à la prochaine réunion",
    ),
}


@dataclass(frozen=True)
class PhraseVue:
    """A ready phrase, and where it is offered."""

    id: int
    genre: GenrePhrase
    texte: str
    archive: bool
    version: int


def liste(session: Session, *, archives: bool = False) -> dict[GenrePhrase, list[PhraseVue]]:
    """The phrases of each kind, in the order they were added; the archived ones too if `archives`."""
    query = select(Phrase).order_by(col(Phrase.ordre), col(Phrase.id))
    rows = session.exec(query if archives else query.where(col(Phrase.archive).is_(False))).all()
    vues = [PhraseVue(p.id, p.genre, p.texte, p.archive, p.version) for p in rows]
    return {genre: [p for p in vues if p.genre is genre] for genre in GenrePhrase}


def semer(session: Session) -> None:
    """At the first start, a few to begin with; never again, even if staff archive them all."""
    if session.exec(select(Phrase.id).limit(1)).first() is None:
        for genre, textes in DEFAUTS.items():
            session.add_all(Phrase(genre=genre, texte=texte, ordre=n) for n, texte in enumerate(textes, 1))
        session.flush()


def inserer(texte: str, phrase: str) -> str:
    """The text with the phrase after it: nothing typed is lost, no blank is doubled."""
    texte = texte.rstrip(" ")
    return f"{texte}{'' if not texte or texte.endswith(chr(10)) else ' '}{phrase}"


# --- commands ------------------------------------------------------------------------------------------------------


def _a_jour(session: Session, id: int, version: int) -> Phrase:
    return chargement.charger_a_jour(session, Phrase, id, version, lambda phrase: {"texte": phrase.texte})


def _verifie(session: Session, texte: str, genre: GenrePhrase, *, sauf: int | None = None) -> str:
    propre = clean(texte)
    if not folded(propre):
        raise Invalid({"texte": "Écrivez la phrase : lettres ou chiffres."})
    if len(propre) > TEXTE_MAX:
        raise Invalid({"texte": f"Raccourcissez cette phrase : {TEXTE_MAX} caractères au plus."})
    for autre in session.exec(select(Phrase).where(Phrase.genre == genre)).all():
        if autre.id != sauf and folded(autre.texte) == folded(propre):
            suite = " mais archivée : restaurez-la." if autre.archive else "."
            raise Duplicate(f"Cette phrase existe déjà{suite}", champ="texte", objet_id=autre.id)
    return propre


def _ecrire(session: Session, phrase: Phrase, acte: str, mot: str, by: Acteur) -> int:
    session.add(phrase)
    session.flush()
    resume = f"Phrase prête ({phrase.genre.libelle.lower()}) {mot} : {first_words([phrase.texte])}"
    journal.note(session, by=by, acte=acte, objet="phrase", objet_id=phrase.id, resume=resume)
    return phrase.id


def ajouter(session: Session, *, genre: GenrePhrase, texte: str, jeton: str, by: Acteur) -> int:
    """Add a phrase, the last of its kind.

    Raises:
        Duplicate: it is there already.
        Invalid: it is empty or too long.
    """
    require(by, Droit.ECRIRE)
    if (fait := brouillons.deja_fait(session, jeton=jeton)) is not None:
        return fait
    propre = _verifie(session, texte, genre)
    dernier = session.exec(select(func.max(Phrase.ordre)).where(Phrase.genre == genre)).one() or 0
    id = _ecrire(session, Phrase(genre=genre, texte=propre, ordre=dernier + 1), "creer", "ajoutée", by)
    brouillons.consommer(session, jeton=jeton, objet="phrase", objet_id=id)
    return id


def modifier(session: Session, *, id: int, texte: str, version: int, by: Acteur) -> None:
    """Change its words; what was written with it does not change."""
    require(by, Droit.ECRIRE)
    phrase = _a_jour(session, id, version)
    phrase.texte = _verifie(session, texte, phrase.genre, sauf=id)
    if session.is_modified(phrase):
        _ecrire(session, phrase, "modifier", "modifiée", by)


def archiver(session: Session, *, id: int, version: int, archive: bool = True, by: Acteur) -> None:
    """Take a phrase out of the choices, or bring it back."""
    require(by, Droit.ECRIRE)
    phrase = _a_jour(session, id, version)
    if phrase.archive != archive:
        phrase.archive = archive
        acte, mot = ("archiver", "archivée") if archive else ("restaurer", "restaurée")
        _ecrire(session, phrase, acte, mot, by)
