"""Why a meeting should not stand on a day or at an hour: one French reason each, read from the base once for a span.

Tests: tests/services/agenda/test_series.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from models import Instance, JourEvite, Lieu, Reunion
from models.lists import ETATS_REUNION_SANS_SUITE, Frequence, GenreJourEvite, TypeReunion
from services.agenda import frequences
from services.partenaires import sieges
from services.socle import conges, temps
from services.socle.periodes import plus_mois
from services.socle.texte import folded

PASSEE = "date passée"


@dataclass(frozen=True)
class Obstacle:
    """A reason. `ferme`: nobody may go over it; otherwise staff may, once they have read it."""

    phrase: str
    ferme: bool = False


@dataclass(frozen=True)
class Creneau:
    """Where a meeting would stand."""

    instance_id: int
    debut: datetime
    fin: datetime
    lieu_id: int | None


@dataclass(frozen=True)
class _Prise:
    """A meeting there already, or one that is being proposed."""

    instance_id: int | None
    type: TypeReunion
    titre: str
    debut: datetime
    fin: datetime
    lieu_id: int | None


class Occupation:
    """What stands in the way from `debut` to `fin`, both included. `prendre` adds what is being planned."""

    def __init__(self, session: Session, *, debut: date, fin: date, now: datetime, sauf: Collection[int] = ()) -> None:
        # A yearly frequency looks at its whole year; nothing looks further.
        self._now = now
        de, a = plus_mois(debut, -12), plus_mois(fin, 12)
        rows = session.exec(
            select(Reunion).where(
                Reunion.fin > datetime.combine(de, time()),
                Reunion.debut < datetime.combine(a, time()),
                col(Reunion.etat).not_in(ETATS_REUNION_SANS_SUITE),
            )
        ).all()
        self._lieux = {lieu.id: lieu.nom for lieu in session.exec(select(Lieu)).all()}
        self.instances = {i.id: i for i in session.exec(select(Instance)).all()}
        self._par_jour: dict[date, list[_Prise]] = {}
        self._par_instance: dict[int, list[date]] = {}
        for r in rows:
            if r.id not in sauf:
                self._ajouter(_Prise(r.instance_id, r.type, r.titre, r.debut, r.fin, r.lieu_id))
        self._conges = {
            p.debut + timedelta(days=n): p
            for p in conges.entre(debut, fin + timedelta(days=1))
            for n in range(_duree(p))
        }
        self._evites = session.exec(select(JourEvite).where(JourEvite.debut <= fin, JourEvite.fin >= debut)).all()
        # A seat that nobody is known to hold goes by its organisation and function.
        self._membres = {
            instance_id: {m.personne_id or (m.partenaire_id, folded(m.fonction)): m.partenaire for m in membres}
            for instance_id, membres in sieges.par_instance(session, today=now.date()).items()
        }

    def prendre(self, creneau: Creneau) -> None:
        """Count this one too from now on."""
        instance = self.instances[creneau.instance_id]
        self._ajouter(
            _Prise(creneau.instance_id, instance.type, instance.nom, creneau.debut, creneau.fin, creneau.lieu_id)
        )

    def _ajouter(self, prise: _Prise) -> None:
        for jour in {prise.debut.date(), prise.fin.date()}:
            self._par_jour.setdefault(jour, []).append(prise)
        if prise.instance_id is not None:
            self._par_instance.setdefault(prise.instance_id, []).append(prise.debut.date())

    # --- reasons -----------------------------------------------------------------------------------------------------

    def du_jour(self, jour: date, *, cellule: bool) -> str:
        """Why no meeting is proposed that day, "" if nothing is against it. The élu chairs the cellules only."""
        if jour < self._now.date():
            return PASSEE
        if conge := self._conges.get(jour):
            if conge.genre is conges.Genre.FERIE:
                return f"jour férié ({conge.nom})"
            return f"{conge.nom[0].lower()}{conge.nom[1:]}"
        for evite in self._evites:
            if evite.debut <= jour <= evite.fin and (cellule or evite.genre is GenreJourEvite.EVENEMENT):
                return evite.libelle
        return ""

    def servie(self, instance_id: int, jour: date) -> date | None:
        """The day of a meeting that already answers what the instance's frequency expects around that day."""
        periode = frequences.autour(Frequence(self.instances[instance_id].frequence), jour)
        if periode is None:
            return None
        jours = (j for j in self._par_instance.get(instance_id, ()) if periode.debut <= j < periode.fin)
        return min(jours, key=lambda j: abs(j - jour), default=None)

    def derniere(self, instance_id: int, *, avant: date) -> date | None:
        """The last day on which the instance met, or is to meet, before that one."""
        return max((j for j in self._par_instance.get(instance_id, ()) if j < avant), default=None)

    def du_creneau(self, creneau: Creneau) -> list[Obstacle]:
        """Every reason against it, the firm ones first."""
        instance = self.instances[creneau.instance_id]
        cellule = instance.type is TypeReunion.CELLULE
        jour = creneau.debut.date()
        fermes, autres = [], []
        if creneau.debut <= self._now:
            fermes.append(PASSEE)
        elif raison := self.du_jour(jour, cellule=cellule):
            autres.append(raison)
        for prise in self._par_jour.get(jour, ()):
            if prise.instance_id == creneau.instance_id:
                fermes.append(f"« {instance.nom} » se réunit déjà ce jour-là, à {temps.heure(prise.debut)}")
                continue
            if prise.fin <= creneau.debut or prise.debut >= creneau.fin:
                continue
            if creneau.lieu_id is not None and prise.lieu_id == creneau.lieu_id:
                fermes.append(f"{self._lieux[creneau.lieu_id]} : lieu déjà pris par « {prise.titre} »")
            if cellule and prise.type is TypeReunion.CELLULE:
                autres.append(f"l’élu·e préside « {prise.titre} » à la même heure")
            if communs := self._communs(creneau.instance_id, prise.instance_id):
                autres.append(f"{communs} « {prise.titre} » à la même heure")
        if not fermes and (deja := self.servie(creneau.instance_id, jour)):
            autres.append(f"déjà une réunion {self._attendue(instance)} : {temps.jour(deja, annee_de=jour)}")
        return [Obstacle(p, ferme=True) for p in dict.fromkeys(fermes)] + [Obstacle(p) for p in dict.fromkeys(autres)]

    def _attendue(self, instance: Instance) -> str:
        return frequences.DANS_LA_PERIODE[Frequence(instance.frequence)]

    def _communs(self, une: int, autre: int | None) -> str:
        """Who sits in both, by organisation: "Police municipale siège à", "3 membres (…) siègent à"."""
        if autre is None:
            return ""
        siens = self._membres.get(autre, {})
        noms = list(dict.fromkeys(p for i, p in self._membres.get(une, {}).items() if i in siens))
        if not noms:
            return ""
        if len(noms) == 1:
            return f"{noms[0]} siège à"
        suite = "…" if len(noms) > 2 else ""
        return f"{len(noms)} membres ({', '.join(noms[:2])}{suite}) siègent à"


def _duree(p: conges.Periode) -> int:
    return (p.fin - p.debut).days + 1
