"""Past meetings with who came: one line a meeting (lists of names), or one line a presence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, col, select

from models import Lieu, Presence, Reunion
from models.lists import ETATS_REUNION_SAISIE, EtatPresence, EtatReunion
from services.agenda.reunions import DEBUT, DUREE
from services.commun import etats_releve
from services.commun.operations import Suivi
from services.imports.importation import ChampVu, Demande, Etat, LigneEssai, Motifs, Travail, heure, jour
from services.imports.imports_actions import Reperes
from services.socle.acteur import Acteur
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.temps import jour_long
from services.socle.texte import clean, folded

_LISTES = {"presents": EtatPresence.PRESENT, "excuses": EtatPresence.EXCUSE, "absents": EtatPresence.ABSENT}
_MOTS = {
    EtatPresence.PRESENT: "present presente presents presentes oui x p 1",
    EtatPresence.EXCUSE: "excuse excusee excuses excusees e",
    EtatPresence.ABSENT: "absent absente absents absentes non a 0",
    EtatPresence.REPRESENTE: "represente representee r",
}
_PAR_MOT = {mot: etat for etat, mots in _MOTS.items() for mot in mots.split()}


@dataclass
class Seance:
    """A meeting of the file: that of the notebook on the same day, or a new one."""

    instance_id: int
    debut: datetime
    fin: datetime
    lieu: str
    habitants: int | None
    connue: Reunion | None
    presences: dict[int, EtatPresence] = field(default_factory=dict)  # to add
    changees: dict[int, tuple[Presence, EtatPresence]] = field(default_factory=dict)


def preparer_reunions(session: Session, demande: Demande) -> Travail:
    """What these lines would do. Reads only."""
    return _Reunions(session, demande.today).travail(demande)


class _Reunions:
    def __init__(self, session: Session, today: date) -> None:
        self.session, self.today = session, today
        self.reperes = Reperes(session)
        self.seances: dict[tuple[int, date], Seance] = {}
        rows = session.exec(select(Reunion).where(col(Reunion.instance_id).is_not(None))).all()
        self.connues = {(r.instance_id, r.debut.date()): r for r in rows}
        self.verrouillees = etats_releve.verrouillees(session)
        self.presences: dict[int, dict[int, Presence]] = {}
        for p in session.exec(select(Presence)).all():
            self.presences.setdefault(p.reunion_id, {}).setdefault(p.partenaire_id, p)

    def travail(self, demande: Demande) -> Travail:
        lignes = [self._ligne(numero, valeurs) for numero, valeurs in demande.lues]
        return Travail(lignes, [self._ecrire])

    def _ligne(self, numero: int, valeurs: Mapping[str, str]) -> LigneEssai:
        motifs = Motifs({})
        instance = motifs.essayer(lambda t: str(self.reperes.instance(t)), valeurs.get("instance", ""))
        quand = motifs.essayer(lambda t: f"{jour(t):%d/%m/%Y}", valeurs.get("date", ""))
        for texte, cellule, phrase in (
            (instance, "instance", "Indiquez l’instance."),
            (quand, "date", "Indiquez la date de la réunion."),
        ):
            if not texte and not valeurs.get(cellule):
                motifs.phrases.append(phrase)
        if quand and jour(quand) > self.today:
            motifs.phrases.append("Cette réunion est à venir : créez-la depuis le calendrier.")
        textes = {c: valeurs.get(c, "") for c in ("debut", "fin")}
        if m := re.fullmatch(r"(.*?\d[\sh:\d]*?)\s*(?:[-–]|à)\s*(\d.*)", textes["debut"]):  # "14h30-16h"
            textes = {"debut": m[1], "fin": textes["fin"] or m[2]}
        heures = {c: self._heure(motifs, t) for c, t in textes.items()}
        if not valeurs.get("debut") and (m := re.search(r"\b\d{1,2}:\d{2}$", valeurs.get("date", ""))):
            heures["debut"] = self._heure(motifs, m[0])
        habitants = motifs.essayer(_nombre, valeurs.get("habitants", ""))
        presences = self._presences(motifs, valeurs)
        nom = self.reperes.instances[int(instance)].nom if instance else clean(valeurs.get("instance"))
        titre = f"{nom}, {jour_long(jour(quand))}" if quand else nom
        if motifs.phrases:
            return LigneEssai(numero, Etat.REFUSE, titre, motif=str(motifs))
        cle = (int(instance), jour(quand))
        nouvelle = cle not in self.seances and cle not in self.connues
        connue = self.connues.get(cle)
        if connue and connue.etat not in ETATS_REUNION_SAISIE:
            motif = "Cette réunion est déjà au calendrier, sans relevé : faites sa saisie après réunion."
            return LigneEssai(numero, Etat.REFUSE, titre, motif=motif)
        if cle not in self.seances:
            self.seances[cle] = self._seance(cle, heures, valeurs, habitants, connue)
        champs = self._venus(self.seances[cle], presences)
        if champs and connue and connue.id in self.verrouillees:
            self.seances.pop(cle)
            return LigneEssai(numero, Etat.REFUSE, titre, motif=etats_releve.VERROU_IMPORT)
        if nouvelle:
            champs += [ChampVu(mot, "", clean(valeurs[c])) for c, mot in (("lieu", "Lieu"),) if valeurs.get(c)]
        etat = Etat.NOUVEAU if nouvelle else Etat.MODIFIE if champs else Etat.IDENTIQUE
        return LigneEssai(numero, etat, titre, tuple(champs))

    def _heure(self, motifs: Motifs, texte: str) -> time | None:
        lue = motifs.essayer(lambda t: heure(t).isoformat(), texte)
        return time.fromisoformat(lue) if lue else None

    def _seance(
        self,
        cle: tuple[int, date],
        heures: Mapping[str, time | None],
        valeurs: Mapping[str, str],
        habitants: str,
        connue: Reunion | None,
    ) -> Seance:
        instance = self.reperes.instances[cle[0]]
        debut = datetime.combine(cle[1], heures["debut"] or instance.heure_debut or DEBUT)
        fin = datetime.combine(cle[1], heures["fin"] or time()) if heures["fin"] else debut + DUREE
        lieu, nombre = clean(valeurs.get("lieu"))[:160], int(habitants) if habitants else None
        return Seance(cle[0], debut, max(fin, debut), lieu, nombre, connue)

    def _presences(self, motifs: Motifs, valeurs: Mapping[str, str]) -> dict[int, EtatPresence]:
        """Who came, by partenaire; names are separated by commas, semicolons or lines."""
        presences: dict[int, EtatPresence] = {}
        noms = [(n, etat) for c, etat in _LISTES.items() for n in re.split(r"[;,\n]", valeurs.get(c, ""))]
        if valeurs.get("partenaire"):
            etat = motifs.essayer(_etat, valeurs.get("presence", "")) or EtatPresence.PRESENT.value
            noms.append((valeurs["partenaire"], next(e for e in EtatPresence if e.value == etat)))
        for nom, etat_lu in noms:
            if folded(nom) and (id := motifs.essayer(lambda t: str(self.reperes.partenaire(t)), nom.strip())):
                presences.setdefault(int(id), etat_lu)
        return presences

    def _venus(self, seance: Seance, presences: Mapping[int, EtatPresence]) -> list[ChampVu]:
        """Keep the presences of a line, and show those that are new or other than in the notebook."""
        deja = self.presences.get(seance.connue.id, {}) if seance.connue else {}
        champs = []
        for id, etat in presences.items():
            avant = deja.get(id)
            if id in seance.presences or id in seance.changees or (avant and avant.etat is etat):
                continue
            if avant:
                seance.changees[id] = (avant, etat)
            else:
                seance.presences[id] = etat
            champs.append(ChampVu(self.reperes.nom(id), avant.etat.libelle if avant else "", etat.libelle))
        return champs

    def _ecrire(self, suivi: Suivi, by: Acteur) -> None:
        lieux = {folded(x.nom): x for x in self.session.exec(select(Lieu)).all()}
        nouvelles: list[tuple[Seance, Reunion]] = []
        for s in self.seances.values():
            if s.lieu and s.connue is None and folded(s.lieu) not in lieux:
                lieux[folded(s.lieu)] = lieu = Lieu(nom=s.lieu)
                self.session.add(lieu)
                suivi.ajouter(lieu)
        self.session.flush()
        for s in self.seances.values():
            if s.connue is None:
                reunion = self._reunion(s, lieux, by)
                self.session.add(reunion)
                nouvelles.append((s, reunion))
                suivi.ajouter(reunion)
        self.session.flush()
        ids = {id(s): r.id for s, r in nouvelles}
        for s in self.seances.values():
            reunion_id = ids.get(id(s)) or (s.connue.id if s.connue else 0) or 0
            ordre = len(self.presences.get(reunion_id, {}))
            for n, (partenaire_id, etat) in enumerate(s.presences.items(), ordre):
                presence = Presence(reunion_id=reunion_id, partenaire_id=partenaire_id, etat=etat, ordre=n)
                self.session.add(presence)
                suivi.ajouter(presence)
            for ancienne, etat in s.changees.values():
                suivi.retenir(ancienne)
                ancienne.etat = etat
                self.session.add(ancienne)
            if s.presences or s.changees:
                etats_releve.corrige(self.session, reunion_id=reunion_id, by=by)

    def _reunion(self, s: Seance, lieux: Mapping[str, Lieu], by: Acteur) -> Reunion:
        instance = self.reperes.instances[s.instance_id]
        lieu: Any = lieux.get(folded(s.lieu))
        return Reunion(
            type=instance.type, instance_id=s.instance_id, titre=instance.nom, debut=s.debut, fin=s.fin,
            lieu_id=lieu.id if lieu else None, etat=EtatReunion.TENUE, habitants=s.habitants, saisie_le=utcnow(),
            saisie_par=by.id,
        )  # fmt: skip


def _nombre(texte: str) -> str:
    if not re.fullmatch(r"\d{1,4}", clean(texte)):
        raise Invalid({"habitants": "Donnez un nombre, sans nom."})
    return clean(texte)


def _etat(texte: str) -> str:
    if etat := _PAR_MOT.get(folded(texte)):
        return etat.value
    raise Invalid({"presence": "Cette présence n’est pas connue. Écrivez Présent, Excusé, Absent ou Représenté."})
