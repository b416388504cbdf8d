"""The words of convocations: subjects and texts, from the instance's own or the usual ones.

Tests: tests/services/convocation/test_convocations.py.
"""

import re
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from models import Instance
from models.lists import EtatReunion, EtatSalle, GenreEnvoi
from services.agenda.ordre_du_jour import lire as odj_lire
from services.agenda.presidences import qui_preside, sous_la_presidence
from services.agenda.reunions import ReunionVue
from services.convocation.destinataires import Convie
from services.courrier import envois
from services.socle.horloge import civil
from services.socle.temps import jour_long, periode
from services.socle.texte import accord, clean
from settings import get_settings

TEXTE_CONVOCATION = "Madame, Monsieur,\n\nJ’ai l’honneur de vous convoquer à la réunion suivante."
TEXTE_INVITATION = "Madame, Monsieur,\n\nJ’ai l’honneur de vous inviter à la réunion suivante."
POINTS_MAX = 6  # of the ordre du jour, in a message
DECALEES = (EtatReunion.ANNULEE, EtatReunion.REPORTEE)
_MOTS = "« présent », « excusé » ou « remplacé par », suivi de la fonction de la personne"
_REPONDRE = f"répondez simplement à ce message ({_MOTS})."
A_CONFIRMER = "lieu à confirmer"
# Who chairs, and that the place is to be confirmed, in a text as `Textes._quand` writes it.
_PRESIDENCE = re.compile(r"^(Sous la présidence .+)\nDate : ", re.MULTILINE)
_A_CONFIRMER = re.compile(rf"^Lieu : .+ \({A_CONFIRMER}\)$", re.MULTILINE)
# What announces a file that goes with a text.
_PIECE = re.compile(r"ci[ -]joint|pièces? jointe|en annexe", re.IGNORECASE)


def ancienne_date(annonce: str, debut: datetime, fin: datetime) -> str:
    """The date that was told, in full, when it is not that of the meeting any more; else ""."""
    de, a, *_ = annonce.split("|")
    quand = datetime.fromisoformat(de), datetime.fromisoformat(a)
    return "" if quand == (debut, fin) else periode(*quand)


def sans_lieu(annonce: str) -> bool:
    """No place was told."""
    return annonce.endswith("||")


def presidence_dite(texte: str) -> str:
    """« Sous la présidence de… », as a message said it; "" if it named nobody."""
    dite = _PRESIDENCE.search(texte)
    return dite[1] if dite else ""


def dit_a_confirmer(texte: str) -> bool:
    """A message said that the place was to be confirmed."""
    return _A_CONFIRMER.search(texte) is not None


def exemple(texte_convocation: str, *, titre: str, jour: date) -> str:
    """What a message looks like with these words."""
    ouverture = clean(texte_convocation, lignes=True) or TEXTE_CONVOCATION
    debut = datetime.combine(jour, time(14))
    quand = f"{titre}\nDate : {periode(debut, debut + timedelta(hours=2))}\nLieu : Hôtel de ville"
    return f"{ouverture}\n\n{quand}\n\n{_comment_repondre('l’invitation ci-jointe')}"


def _comment_repondre(invitation: str) -> str:
    """How to answer; `invitation`: where the one that a calendar accepts is, if calendars can answer us."""
    if not (get_settings().smtp_expediteur and envois.relais()):
        return f"Pour répondre : {_REPONDRE}"
    return f"Pour répondre : acceptez ou refusez {invitation} dans votre agenda, ou {_REPONDRE}"


def annonce_une_piece(texte: str) -> bool:
    """Do these words say that a file goes with them? That of the calendar apart, which does."""
    return bool(_PIECE.search(texte.replace("l’invitation ci-jointe", "")))


def lieu_a_confirmer(vue: ReunionVue) -> bool:
    """The place is chosen, its room is not ours yet."""
    return vue.lieu_id is not None and vue.salle is not EtatSalle.CONFIRMEE


class Textes:
    """Subjects and texts of the messages about one meeting."""

    def __init__(
        self, session: Session, vue: ReunionVue, *, mot: str = "", ordre_du_jour: bool = False, now: datetime
    ) -> None:
        instance = session.get(Instance, vue.instance_id) if vue.instance_id else None
        self.vue = vue
        siens = clean(instance.texte_convocation, lignes=True) if instance else ""
        # `texte_invitation` is for residents, in Word: a member who is invited gets the usual words.
        self.ouvertures = {True: TEXTE_INVITATION, False: siens or TEXTE_CONVOCATION}
        self.mot = clean(mot, lignes=True)
        self.points = _points(session, vue, now) if ordre_du_jour else []
        self.presidence = sous_la_presidence(qui_preside(session, reunion_id=vue.id))
        self.signature = envois.emetteur(session)

    def objet(self, c: Convie, genre: GenreEnvoi) -> str:
        mots = {
            GenreEnvoi.CONVOCATION: "Invitation" if c.invite else "Convocation",
            GenreEnvoi.MISE_A_JOUR: self._nouveau(c)[0],
            GenreEnvoi.ANNULATION: "Report" if self.vue.etat is EtatReunion.REPORTEE else "Annulation",
            GenreEnvoi.RAPPEL: "Rappel",
        }
        quand = f", {jour_long(self.vue.debut.date())}"
        return f"{mots[genre]} : {clean(self.vue.titre)}"[: 200 - len(quand)] + quand  # the date is never cut

    def texte(self, c: Convie, genre: GenreEnvoi) -> str:
        if genre is GenreEnvoi.ANNULATION:
            corps = [self._annulation(c)]
        else:
            corps = [self._ouverture(c, genre), self._quand()]
            if self.points and genre is not GenreEnvoi.RAPPEL:
                corps.append("\n".join(["Ordre du jour :", *(f"– {p}" for p in self.points)]))
            corps.append(_comment_repondre(self._invitation(c, genre)))
        if self.mot:
            corps.insert(1, self.mot)
        return "\n\n".join([*corps, self.signature]) + "\n"

    def _invitation(self, c: Convie, genre: GenreEnvoi) -> str:
        """A reminder carries none: the one to accept is that which was received."""
        if genre is not GenreEnvoi.RAPPEL or c.dit is None:
            return "l’invitation ci-jointe"
        return f"l’invitation reçue le {jour_long(civil(c.dit.quand).date())}"

    def _ancienne(self, c: Convie) -> str:
        return ancienne_date(c.dit.annonce, self.vue.debut, self.vue.fin) if c.dit else ""

    def _nouveau(self, c: Convie) -> tuple[str, str]:
        """What an update says is new: in its subject, in its first sentence."""
        if avant := self._ancienne(c):
            return "Nouvelle date", f"La réunion prévue le {avant} a une nouvelle date."
        if c.dit and sans_lieu(c.dit.annonce):
            return "Lieu de la réunion", "Le lieu de la réunion est fixé."
        return "Changement de lieu", "La réunion change de lieu."

    def _ouverture(self, c: Convie, genre: GenreEnvoi) -> str:
        if genre is GenreEnvoi.MISE_A_JOUR:
            return f"Madame, Monsieur,\n\n{self._nouveau(c)[1]}"
        if genre is GenreEnvoi.RAPPEL:
            quoi = "de l’invitation" if c.invite else "de la convocation"
            return f"Madame, Monsieur,\n\nVotre réponse n’est pas encore arrivée au sujet {quoi} à la réunion suivante."
        return self.ouvertures[c.invite]

    def _quand(self) -> str:
        v = self.vue
        lieu = ", ".join(x for x in (v.lieu, v.adresse.replace("\n", ", ")) if x) or "à préciser"
        preside = f"\n{self.presidence}" if self.presidence else ""
        doute = f" ({A_CONFIRMER})" if lieu_a_confirmer(v) else ""
        return f"{v.titre}{preside}\nDate : {periode(v.debut, v.fin)}\nLieu : {lieu}{doute}"

    def _annulation(self, c: Convie) -> str:
        v = self.vue
        if v.etat in DECALEES:
            quoi = (
                "est reportée : une nouvelle date vous sera proposée"
                if v.etat is EtatReunion.REPORTEE
                else "est annulée"
            )
        else:
            quoi = "se tiendra sans vous : votre présence n’est plus demandée"
        avant = self._ancienne(c) or periode(v.debut, v.fin)
        return f"Madame, Monsieur,\n\nLa réunion « {v.titre} » prévue le {avant} {quoi}."


def _points(session: Session, vue: ReunionVue, now: datetime) -> list[str]:
    """The first lines of the ordre du jour: themes and quartiers, never what was noted of them."""
    odj = odj_lire(session, reunion=vue, today=now.date())
    lignes = [f"Suites de la réunion précédente : {accord(len(odj.suites), 'action')}"] if odj.suites else []
    lignes += dict.fromkeys(" – ".join(x for x in (p.theme, p.quartier) if x) for p in odj.points)
    reste = len(lignes) - POINTS_MAX
    return [*lignes[:POINTS_MAX], *([f"et {accord(reste, 'autre')}"] if reste > 0 else [])]
