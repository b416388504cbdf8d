"""Meetings of a calendar file (.ics): each event found again by its UID, so that the same file twice adds nothing.

A meeting that the notebook knows already, at the same hour under the same name, is that one.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, select

from models import Instance, Lieu, Reunion
from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, EtatReunion, TypeReunion
from services.agenda.reunions import ANNEES, DEBUT, DUREE, conflits
from services.agenda.salles import A_RESERVER
from services.commun import etats_releve
from services.commun.operations import Suivi
from services.imports.importation import ChampVu, Demande, Etat, LigneEssai, Travail
from services.imports.imports_actions import Reperes
from services.socle.acteur import Acteur
from services.socle.erreurs import BusinessError
from services.socle.horloge import utcnow
from services.socle.temps import moment, periode
from services.socle.texte import clean, folded

_DU_CARNET = re.compile(r"(reunion|seance)-\d+@carnet-de-veille")
_ADRESSE = re.compile(r"https?://\S*")
_ECRITE = "Cette réunion a déjà son relevé, à une autre date : le fichier ne la déplace pas."


@dataclass
class Vue:
    """What an event says of a meeting, and the meeting of the notebook that it is, if any."""

    uid: str
    titre: str
    instance: Instance | None
    type: TypeReunion
    debut: datetime
    fin: datetime
    lieu: str
    annulee: bool
    connue: Reunion | None


def preparer_agenda(session: Session, demande: Demande) -> Travail:
    """What these events would do. Reads only."""
    return _Agenda(session, demande.today).travail(demande)


class _Agenda:
    def __init__(self, session: Session, today: date) -> None:
        self.session, self.today = session, today
        self.reperes = Reperes(session)
        self.lieux = {x.id: x.nom for x in session.exec(select(Lieu)).all()}
        self.par_lieu = {folded(nom): id for id, nom in self.lieux.items()}
        connues = session.exec(select(Reunion)).all()
        self.par_uid = {r.uid_externe: r for r in connues if r.uid_externe}
        self.par_heure = {(r.debut, r.instance_id or folded(r.titre)): r for r in connues}
        self.verrouillees = etats_releve.verrouillees(session)
        self.vus: set[str] = set()
        self.prises: list[tuple[Vue, int | None, str]] = []  # to come: what, of what instance, in what place
        self.nouvelles: list[Vue] = []
        self.changees: list[tuple[Reunion, Vue]] = []

    def travail(self, demande: Demande) -> Travail:
        return Travail([self._ligne(n, v) for n, v in demande.lues], [self._ecrire])

    def _ligne(self, numero: int, valeurs: Mapping[str, str]) -> LigneEssai:
        titre = clean(valeurs.get("titre"))[:200]
        if motif := self._motif(valeurs, titre):
            return LigneEssai(numero, Etat.REFUSE, titre or "Sans titre", motif=motif)
        if _DU_CARNET.fullmatch(valeurs.get("uid", "")):
            return LigneEssai(numero, Etat.IDENTIQUE, titre)  # the notebook's own feed
        vue = self._vue(valeurs, titre)
        nom = f"{titre}, {moment(vue.debut, annee_de=self.today)}"
        cle = vue.uid or nom
        if cle in self.vus:
            return LigneEssai(numero, Etat.REFUSE, nom, motif="Cet événement est déjà plus haut dans le fichier.")
        self.vus.add(cle)
        if vue.connue is None:
            self.nouvelles.append(vue)
            return LigneEssai(numero, Etat.NOUVEAU, nom, tuple(self._annonce(vue, valeurs)), avis=self._avis(vue))
        champs = self._ecarts(vue.connue, vue)
        if not champs:
            return LigneEssai(numero, Etat.IDENTIQUE, nom)
        if vue.connue.etat in ETATS_REUNION_SAISIE and (vue.debut, vue.fin) != (vue.connue.debut, vue.connue.fin):
            return LigneEssai(numero, Etat.REFUSE, nom, motif=_ECRITE)
        if vue.connue.id in self.verrouillees:
            return LigneEssai(numero, Etat.REFUSE, nom, motif=etats_releve.VERROU_IMPORT)
        self.changees.append((vue.connue, vue))
        return LigneEssai(numero, Etat.MODIFIE, nom, tuple(champs), avis=self._avis(vue))

    def _avis(self, vue: Vue) -> tuple[str, ...]:
        """What it would overlap, in the notebook or higher in the file; what is past or called off overlaps nothing."""
        connue = vue.connue
        if self._etat(vue) is not EtatReunion.BROUILLON or (connue and connue.etat not in ETATS_REUNION_A_SAISIR):
            return ()
        instance_id = connue.instance_id if connue else vue.instance.id if vue.instance else None
        source = connue or vue.instance
        lieu = folded(vue.lieu or (self.lieux.get(source.lieu_id or 0, "") if source else ""))
        dits = conflits(
            self.session,
            debut=vue.debut,
            fin=vue.fin,
            instance_id=instance_id,
            lieu_id=self.par_lieu.get(lieu),
            sauf=connue.id if connue else None,
        )
        for autre, son_instance, son_lieu in self.prises:
            if autre.debut < vue.fin and vue.debut < autre.fin:
                quand = f"plus haut dans le fichier : {periode(autre.debut, autre.fin)}."
                if instance_id is not None and instance_id == son_instance:
                    dits.append(f"La même instance a déjà une réunion, {quand}")
                if lieu and lieu == son_lieu:
                    dits.append(f"Le même lieu est déjà pris par « {autre.titre} », {quand}")
        self.prises.append((vue, instance_id, lieu))
        return tuple(dits)

    def _motif(self, valeurs: Mapping[str, str], titre: str) -> str:
        if valeurs.get("refus"):
            return valeurs["refus"]
        if not titre:
            return "Cet événement n’a pas de titre."
        if not ANNEES[0] <= _lu(valeurs["debut"])[0].year <= ANNEES[1]:
            return f"Sa date n’est pas entre {ANNEES[0]} et {ANNEES[1]}."
        return ""

    def _vue(self, valeurs: Mapping[str, str], titre: str) -> Vue:
        uid = valeurs.get("uid", "")
        uid = uid if len(uid) <= 255 else hashlib.sha256(uid.encode()).hexdigest()
        instance = self._instance(titre)
        debut, journee = _lu(valeurs["debut"])
        connue = self.par_uid.get(uid)
        if journee:  # the day only: the usual hours, or those that staff set since
            garde = connue if connue and connue.debut.date() == debut.date() else None
            debut = garde.debut if garde else _a(debut, instance.heure_debut if instance else None)
            fin = garde.fin if garde else _fin(debut, instance)
        else:
            fin = _lu(valeurs["fin"])[0] if valeurs.get("fin") else _fin(debut, instance)
        connue = connue or self.par_heure.get((debut, instance.id if instance and instance.id else folded(titre)))
        if connue and uid and connue.uid_externe not in ("", uid):
            connue = None  # another event of the file, at the same hour
        return Vue(
            uid=uid,
            titre=titre,
            instance=instance,
            type=instance.type if instance else _type(titre),
            debut=debut,
            fin=fin,
            lieu=clean(_ADRESSE.sub("", valeurs.get("lieu", "")))[:160],
            annulee=bool(valeurs.get("etat")),
            connue=connue,
        )

    def _instance(self, titre: str) -> Instance | None:
        try:
            return self.reperes.instances[self.reperes.instance(titre)]
        except BusinessError:
            return None

    def _annonce(self, vue: Vue, valeurs: Mapping[str, str]) -> list[ChampVu]:
        a_verifier = "" if ":" in valeurs["debut"] else " (toute la journée dans le fichier : heures à vérifier)"
        champs = [ChampVu("Quand", "", periode(vue.debut, vue.fin) + a_verifier)]
        if vue.instance:
            champs.append(ChampVu("Instance", "", vue.instance.nom))
        if vue.lieu:
            champs.append(ChampVu("Lieu", "", vue.lieu))
        return [*champs, ChampVu("État", "", self._etat(vue).libelle)]

    def _etat(self, vue: Vue) -> EtatReunion:
        """A past meeting was held, as far as a calendar tells: nobody is asked to write it up."""
        if vue.annulee:
            return EtatReunion.ANNULEE
        return EtatReunion.TENUE if vue.debut.date() < self.today else EtatReunion.BROUILLON

    def _ecarts(self, connue: Reunion, vue: Vue) -> list[ChampVu]:
        """What the file says otherwise; what it does not say is left as it is."""
        champs = []
        if (connue.debut, connue.fin) != (vue.debut, vue.fin):
            champs.append(ChampVu("Quand", periode(connue.debut, connue.fin), periode(vue.debut, vue.fin)))
        if connue.uid_externe and connue.instance_id is None and connue.titre != vue.titre:
            champs.append(ChampVu("Titre", connue.titre, vue.titre))
        lieu = self.lieux.get(connue.lieu_id or 0, "")
        if vue.lieu and folded(lieu) != folded(vue.lieu):
            champs.append(ChampVu("Lieu", lieu, vue.lieu))
        if vue.annulee and connue.etat not in (EtatReunion.ANNULEE, *ETATS_REUNION_SAISIE):
            champs.append(ChampVu("État", connue.etat.libelle, EtatReunion.ANNULEE.libelle))
        return champs

    def _ecrire(self, suivi: Suivi, by: Acteur) -> None:
        lieux: dict[str, Any] = {folded(x.nom): x for x in self.session.exec(select(Lieu)).all()}
        for vue in [*self.nouvelles, *(v for _, v in self.changees)]:
            if vue.lieu and folded(vue.lieu) not in lieux:
                lieux[folded(vue.lieu)] = lieu = Lieu(nom=vue.lieu)
                self.session.add(lieu)
                suivi.ajouter(lieu)
        self.session.flush()
        for vue in self.nouvelles:
            reunion = self._reunion(vue, lieux, by)
            self.session.add(reunion)
            suivi.ajouter(reunion)
        for connue, vue in self.changees:
            suivi.retenir(connue)
            avant = connue.debut, connue.fin, connue.lieu_id
            connue.debut, connue.fin = vue.debut, vue.fin
            if connue.uid_externe and connue.instance_id is None:
                connue.titre = vue.titre
            if vue.lieu:
                connue.lieu_id = lieux[folded(vue.lieu)].id
            if avant != (connue.debut, connue.fin, connue.lieu_id):
                connue.salle = A_RESERVER  # what was booked was another hour, or another room
            if vue.annulee and connue.etat not in ETATS_REUNION_SAISIE:
                connue.etat = EtatReunion.ANNULEE
            connue.uid_externe = vue.uid or connue.uid_externe
            self.session.add(connue)
            etats_releve.corrige(self.session, reunion_id=connue.id, by=by)

    def _reunion(self, vue: Vue, lieux: Mapping[str, Any], by: Acteur) -> Reunion:
        etat = self._etat(vue)
        tenue = etat is EtatReunion.TENUE
        return Reunion(
            type=vue.type,
            instance_id=vue.instance.id if vue.instance else None,
            titre=vue.instance.nom if vue.instance else vue.titre,
            debut=vue.debut,
            fin=vue.fin,
            lieu_id=lieux[folded(vue.lieu)].id if vue.lieu else vue.instance.lieu_id if vue.instance else None,
            etat=etat,
            saisie_le=utcnow() if tenue else None,
            saisie_par=by.id if tenue else None,
            uid_externe=vue.uid,
        )


def _lu(texte: str) -> tuple[datetime, bool]:
    """As `lecteur_agenda` wrote it; whether it is a day without hours."""
    journee = ":" not in texte
    lu = datetime.strptime(texte, "%d/%m/%Y" if journee else "%d/%m/%Y %H:%M")  # noqa: DTZ007 - civil time
    return lu, journee


def _a(jour: datetime, heure: time | None) -> datetime:
    return datetime.combine(jour.date(), heure or DEBUT)


def _fin(debut: datetime, instance: Instance | None) -> datetime:
    """When the file does not say: as long as the instance's meetings usually are."""
    if instance and instance.heure_debut and instance.heure_fin and instance.heure_fin > instance.heure_debut:
        jour = date(2000, 1, 1)
        return debut + (datetime.combine(jour, instance.heure_fin) - datetime.combine(jour, instance.heure_debut))
    return debut + DUREE


def _type(titre: str) -> TypeReunion:
    plie = folded(titre)
    return next((t for t in TypeReunion if folded(t.libelle) in plie and t is not TypeReunion.AUTRE), TypeReunion.AUTRE)
