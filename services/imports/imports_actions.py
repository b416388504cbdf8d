"""Tables of past actions: what was decided, who piloted it, by when, and what became of it.

Tests: tests/services/imports/test_imports_reunions.py.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rapidfuzz import process
from sqlmodel import Session, col, select

from models import Action, EvenementAction, Instance
from models.lists import ETATS_ACTION_OUVERTS, EtatAction
from services.actions.suivi import MOTIF_MAX, QUOI_MAX
from services.commun.operations import Suivi
from services.imports.familles import Changement, appliquer, preparer
from services.imports.importation import ChampVu, Demande, DuFichier, Etat, LigneEssai, Motifs, Travail, jour
from services.imports.rapprochement import ImportOrganisme
from services.socle.acteur import Acteur
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean, folded, matches

_LIBELLES = {
    "quoi": "Action", "pilote": "Pilote", "echeance": "Échéance", "etat": "État", "terminee": "Terminée le",
    "motif": "Motif", "instance": "Instance",
}  # fmt: skip
_ETATS = {
    EtatAction.REALISEE: "realise realisee realises fait faite termine terminee ok oui clos close cloture cloturee "
    "solde soldee traite traitee resolu resolue",
    EtatAction.EN_COURS: "encours demarre demarree commence commencee engage engagee",
    EtatAction.A_FAIRE: "non ouvert ouverte prevu prevue planifie planifiee",
    EtatAction.ABANDONNEE: "abandonne annule annulee abandon",
}
_PAR_MOT = {mot: etat for etat, mots in _ETATS.items() for mot in mots.split()}
_PAR_MOT |= {folded(etat.libelle): etat for etat in EtatAction}


def etat_action(texte: str) -> str:
    """The word of our list.

    Raises:
        Invalid: not a state we know.
    """
    if etat := _PAR_MOT.get(folded(texte)):
        return etat.libelle
    libelles = ", ".join(e.libelle for e in EtatAction)
    raise Invalid({"etat": f"Cet état n’est pas connu. Écrivez l’un de ceux-ci : {libelles}."})


class Reperes:
    """Names in a cell -> partenaires and instances of the notebook."""

    def __init__(self, session: Session) -> None:
        self._organismes = ImportOrganisme(session)
        self._noms = {i: folded(p.nom) for i, p in self._organismes.rows.items() if p.archive_le is None}
        rows = session.exec(select(Instance).where(col(Instance.archive).is_(False))).all()
        self.instances = {i.id: i for i in rows}

    def partenaire(self, texte: str) -> int:
        """The partenaire of that name or acronym, or the only one whose name holds these words.

        Raises:
            Invalid: none, or several; the sentence names those it may be.
        """
        id = self._organismes.juger({"nom": clean(texte)}, seul_courriel=False)
        if id is not None:
            return id
        mots, noms = set(folded(texte).split()), self._noms
        memes = [i for i, plie in noms.items() if len(folded(texte)) > 3 and mots <= set(plie.split())]
        if len(memes) == 1:
            return memes[0]
        proches = memes[:3] or [i for *_, i in process.extract(folded(texte), noms, score_cutoff=80, limit=3)]
        if not proches:
            raise Invalid({"partenaire": "Aucun partenaire ne porte ce nom ni ce sigle : ajoutez-le d’abord."})
        lesquels = " ou ".join(f"« {self.nom(i)} »" for i in proches)
        raise Invalid({"partenaire": f"Aucun partenaire ne porte exactement ce nom : écrivez {lesquels}."})

    def nom(self, partenaire_id: int) -> str:
        return self._organismes.rows[partenaire_id].nom

    def instance(self, texte: str) -> int:
        """The instance of that name, or the only one whose name holds these words.

        Raises:
            Invalid: none, or several.
        """
        plie = folded(texte)
        exactes = [i for i, row in self.instances.items() if folded(row.nom) == plie]
        trouvees = exactes or [i for i, row in self.instances.items() if plie and matches(folded(row.nom), texte)]
        if len(trouvees) == 1:
            return trouvees[0]
        manque = "Aucune instance ne porte ce nom" if not trouvees else "Plusieurs instances répondent à ce nom"
        raise Invalid({"instance": f"{manque} : écrivez-le comme dans l’écran Instances."})


class ImportAction(DuFichier):
    """Actions, found by what is decided and who pilots it, then by date."""

    nom, table = "action", Action
    champs = ("quoi", "pilote", "echeance", "etat", "terminee", "motif", "instance")

    def __init__(self, session: Session, reperes: Reperes) -> None:
        super().__init__(session)
        self.reperes = reperes
        self.pilotes: dict[str, int] = {}
        self.noms_instances = {row.nom: id for id, row in reperes.instances.items()}
        self._rows = {a.id: a for a in session.exec(select(Action)).all()}
        self._connues: dict[tuple[str, int], list[Action]] = {}
        for a in self._rows.values():
            self._connues.setdefault((folded(a.quoi), a.pilote_id), []).append(a)

    def juger(self, quoi: str, pilote: int, echeance: date) -> int | None:
        """The action of that date; else the only open one, whose date was moved."""
        prises = set(self.trouves.values())
        memes = [a for a in self._connues.get((folded(quoi), pilote), []) if a.id not in prises]
        du_jour = [a.id for a in memes if a.echeance == echeance]
        ouvertes = [a.id for a in memes if a.etat in ETATS_ACTION_OUVERTS]
        return du_jour[0] if du_jour else ouvertes[0] if len(ouvertes) == 1 else None

    def finie(self, id: int) -> bool:
        return self._rows[id].etat not in ETATS_ACTION_OUVERTS

    def lire(self, objet: Any, champ: str) -> str:
        if champ == "pilote":
            return self.reperes.nom(objet.pilote_id)
        if champ == "instance":
            return self.reperes.instances[objet.instance_id].nom if objet.instance_id in self.reperes.instances else ""
        if champ == "etat":
            return str(objet.etat.libelle)
        if champ in ("echeance", "terminee"):
            valeur = objet.echeance if champ == "echeance" else objet.terminee_le
            return f"{valeur:%d/%m/%Y}" if valeur else ""
        return super().lire(objet, champ)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "pilote":
            objet.pilote_id = self.pilotes[valeur]
        elif champ == "instance":
            objet.instance_id = self.noms_instances.get(valeur)
        elif champ == "etat":
            objet.etat = next(e for e in EtatAction if e.libelle == valeur)
        elif champ == "echeance":
            objet.echeance = jour(valeur)
        elif champ == "terminee":
            objet.terminee_le = jour(valeur) if valeur else None
        else:
            super().ecrire(objet, champ, valeur)

    def achever(self, objet: Action) -> None:
        if objet.etat in ETATS_ACTION_OUVERTS:
            objet.terminee_le, objet.motif = None, ""


def preparer_actions(session: Session, demande: Demande) -> Travail:
    """What these lines would do. Reads only."""
    famille = ImportAction(session, Reperes(session))
    titres: dict[int, str] = {}
    refus: dict[int, str] = {}
    for numero, valeurs in demande.lues:
        titres[numero] = clean(valeurs.get("quoi"))[:120]
        motifs = Motifs({})
        _placer(famille, numero, valeurs, motifs, demande.today)
        if motifs.phrases:
            refus[numero] = str(motifs)
    plan = preparer(famille, famille.lignes.values())
    par_ligne = {famille.premiere[c.ligne.cle]: c for c in plan.changements}

    def ecrire(suivi: Suivi, by: Acteur) -> None:
        famille.suivi = suivi
        ids = appliquer(famille, plan, by=by)
        for c in plan.changements:
            if c.objet_id is None or c.champs:
                suivi.ajouter(_evenement(session, ids[c.ligne.cle], by))

    lignes = [_ligne(numero, titre, refus.get(numero, ""), par_ligne.get(numero)) for numero, titre in titres.items()]
    return Travail(lignes, [ecrire])


def _placer(famille: ImportAction, numero: int, valeurs: Mapping[str, str], motifs: Motifs, today: date) -> None:
    """Keep the line in the plan, or say why not."""
    reperes = famille.reperes
    quoi = clean(valeurs.get("quoi"), lignes=True)
    motif = clean(valeurs.get("motif"))
    if not quoi:
        motifs.phrases.append("Écrivez ce qui est décidé.")
    for texte, maximum, mot in ((quoi, QUOI_MAX, "l’action"), (motif, MOTIF_MAX, "le motif")):
        if len(texte) > maximum:
            motifs.phrases.append(f"Raccourcissez {mot} : {maximum} caractères au plus.")
    for champ, phrase in (("pilote", "Indiquez le pilote."), ("echeance", "Donnez une échéance : une date.")):
        if not valeurs.get(champ):
            motifs.phrases.append(phrase)
    pilote = motifs.essayer(lambda t: str(reperes.partenaire(t)), valeurs.get("pilote", ""))
    echeance = motifs.essayer(_texte_jour, valeurs.get("echeance", ""))
    terminee = motifs.essayer(_texte_jour, valeurs.get("terminee", ""))
    etat = motifs.essayer(etat_action, valeurs.get("etat", ""))
    instance = motifs.essayer(lambda t: reperes.instances[reperes.instance(t)].nom, valeurs.get("instance", ""))
    if echeance and not today.year - 30 <= jour(echeance).year <= today.year + 10:
        motifs.phrases.append(f"Vérifiez l’année de l’échéance ({jour(echeance).year}).")
    dit = bool(etat or terminee)
    etat = etat or (EtatAction.REALISEE if terminee else EtatAction.A_FAIRE).libelle
    if etat == EtatAction.ABANDONNEE.libelle and not motif:
        motifs.phrases.append("Écrivez pourquoi l’action est abandonnée.")
    if motifs.phrases:
        return
    cle = f"{folded(quoi)}|{pilote}|{echeance}|{instance}"
    if cle in famille.lignes:
        motifs.phrases.append(f"Même action qu’à la ligne {famille.premiere[cle]}.")
        return
    connue = famille.juger(quoi, int(pilote), jour(echeance))
    finie = etat not in {e.libelle for e in ETATS_ACTION_OUVERTS}
    if finie and not terminee and not (connue and famille.finie(connue)):
        terminee = f"{min(jour(echeance), today):%d/%m/%Y}"
    nom = reperes.nom(int(pilote))
    famille.pilotes[nom] = int(pilote)
    ligne = {"pilote": nom, "echeance": echeance, "instance": instance}
    if dit or not connue:  # a table without states does not reopen what is done
        ligne |= {"etat": etat, "terminee": terminee if finie else "", "motif": motif if finie else ""}
    famille.poser(cle, connue, ligne if connue else {"quoi": quoi} | ligne, numero)


def _texte_jour(texte: str) -> str:
    return f"{jour(texte):%d/%m/%Y}"


def _evenement(session: Session, id: int, by: Acteur) -> EvenementAction:
    """The line of history of an action imported or changed by an import."""
    action = session.get_one(Action, id)
    evenement = EvenementAction(
        action_id=id, quand=utcnow(), agent_id=by.id, etat=action.etat, echeance=action.echeance, motif=action.motif
    )
    session.add(evenement)
    return evenement


def _ligne(numero: int, titre: str, refus: str, c: Changement | None) -> LigneEssai:
    if refus or c is None:
        return LigneEssai(numero, Etat.REFUSE, titre, motif=refus)
    champs = tuple(
        ChampVu(_LIBELLES[x.champ], x.avant, x.apres)
        for x in c.champs
        if x.apres and not (c.objet_id is None and x.champ == "quoi")
    )
    etat = Etat.NOUVEAU if c.objet_id is None else Etat.MODIFIE if champs else Etat.IDENTIQUE
    return LigneEssai(numero, etat, titre, champs)
