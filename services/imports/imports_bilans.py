"""Yearly totals of «13-18» from before the tool: one line a collège and a school year."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models import BilanCollege, College, Partenaire, Participation
from services.commun.operations import Suivi
from services.imports.familles import Changement, appliquer, preparer
from services.imports.importation import ChampVu, Demande, DuFichier, Etat, LigneEssai, Motifs, Travail
from services.projets.participations import ANNEES, annee_scolaire
from services.socle import periodes
from services.socle.acteur import Acteur
from services.socle.erreurs import Invalid
from services.socle.texte import clean, folded, matches

NOMBRES = {
    "classes": "Classes",
    "eleves": "Élèves des classes",
    "presents": "Élèves présents",
    "seances": "Séances réalisées",
}
_MAXIMUM = 5000  # of one collège in a year: more is the total of several, or a slip of the finger


def annee(texte: str) -> int:
    """The year a school year begins: 2019-2020, 2019/20, « année scolaire 2019 - 2020 », 2019.

    Raises:
        Invalid: not a school year.
    """
    m = re.fullmatch(r"\D*(\d{4})(?:\s*[-–/]\s*(\d{4}|\d{2}))?\D*", clean(texte))
    if m is None or (m[2] and (int(m[1]) + 1) % 100 != int(m[2]) % 100) or not ANNEES[0] <= int(m[1]) <= ANNEES[1]:
        raise Invalid({"annee": f"Écrivez l’année scolaire comme 2019-2020, à partir de {ANNEES[0]}."})
    return int(m[1])


def _nombre(texte: str) -> str:
    texte = re.sub(r"\s", "", texte)
    if not texte.isdecimal() or len(texte) > 9 or int(texte) > _MAXIMUM:
        raise Invalid({"nombre": f"Donnez un nombre entier, {_MAXIMUM} au plus."})
    return str(int(texte))


class ImportBilan(DuFichier):
    """Totals, found by collège and school year."""

    nom, table, champs = "bilan", BilanCollege, ("annee", "college_id", *NOMBRES)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        rows = session.exec(
            select(College.partenaire_id, College.uai, Partenaire.nom, Partenaire.sigle).join(
                Partenaire, col(Partenaire.id) == College.partenaire_id
            )
        ).all()
        self.noms = {id: nom for id, _, nom, _ in rows}
        self._uai = {uai: id for id, uai, _, _ in rows}
        self._plies = {id: (_sans_college(nom), _sans_college(sigle)) for id, _, nom, sigle in rows}
        self.suivis = set(session.exec(select(Participation.annee, Participation.college_id)).all())
        self.connus = {(b.annee, b.college_id): b.id for b in session.exec(select(BilanCollege)).all()}

    def college(self, texte: str) -> int:
        """The collège of that UAI, or that name, or the only one whose name holds these words.

        Raises:
            Invalid: none, or several.
        """
        uai, plie = clean(texte).upper().replace(" ", ""), _sans_college(texte)
        if uai in self._uai:
            return self._uai[uai]
        trouves = [id for id, noms in self._plies.items() if plie and plie in noms]
        trouves = trouves or [id for id, (nom, _) in self._plies.items() if plie and matches(nom, plie)]
        if len(trouves) == 1:
            return trouves[0]
        manque = "Plusieurs collèges répondent à ce nom" if trouves else "Aucun collège du carnet ne porte ce nom"
        raise Invalid({"college": f"{manque} : écrivez son nom comme dans l’annuaire, ou son UAI."})

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        setattr(objet, champ, int(valeur))


def preparer_bilans(session: Session, demande: Demande) -> Travail:
    """What these lines would do. Reads only."""
    famille = ImportBilan(session)
    titres: dict[int, str] = {}
    refus: dict[int, str] = {}
    for numero, valeurs in demande.lues:
        titres[numero] = ", ".join(clean(valeurs[c]) for c in ("college", "annee") if c in valeurs)
        motifs = Motifs({})
        titre = _placer(famille, numero, valeurs, motifs, demande.today)
        if motifs.phrases:
            refus[numero] = str(motifs)
        titres[numero] = titre or titres[numero]
    plan = preparer(famille, famille.lignes.values())
    par_ligne = {famille.premiere[c.ligne.cle]: c for c in plan.changements}

    def ecrire(suivi: Suivi, by: Acteur) -> None:
        famille.suivi = suivi
        appliquer(famille, plan, by=by)

    lignes = [_ligne(numero, titre, refus.get(numero, ""), par_ligne.get(numero)) for numero, titre in titres.items()]
    return Travail(lignes, [ecrire])


def _placer(famille: ImportBilan, numero: int, valeurs: Mapping[str, str], motifs: Motifs, today: date) -> str:
    """Keep the line in the plan, or say why not; what the line is about."""
    for champ, phrase in (("annee", "Indiquez l’année scolaire."), ("college", "Indiquez le collège.")):
        if not valeurs.get(champ):
            motifs.phrases.append(phrase)
    quand = motifs.essayer(lambda t: str(annee(t)), valeurs.get("annee", ""))
    ou = motifs.essayer(lambda t: str(famille.college(t)), valeurs.get("college", ""))
    nombres = {champ: motifs.essayer(_nombre, valeurs.get(champ, "")) for champ in NOMBRES}
    if not any(int(n or 0) for n in nombres.values()) and not motifs.phrases:
        motifs.phrases.append(
            "Donnez au moins un nombre : un collège qui n’a rien fait cette année-là n’a pas de ligne."
        )
    if not quand or not ou:
        return ""
    nom = periodes.nom_annee_scolaire(int(quand))
    titre, ici = f"{famille.noms[int(ou)]}, {nom}", (int(quand), int(ou))
    cle = f"{quand}|{ou}"
    if int(quand) >= annee_scolaire(today):
        motifs.phrases.append(f"L’année {nom} n’est pas finie : elle se suit dans l’écran 13-18.")
    elif ici in famille.suivis:
        motifs.phrases.append(f"Ce collège est déjà suivi en {nom} : ses séances comptent, pas ce bilan.")
    if cle in famille.lignes:
        motifs.phrases.append(f"Même collège et même année qu’à la ligne {famille.premiere[cle]}.")
    if not motifs.phrases:
        ligne = {champ: n for champ, n in nombres.items() if n}
        connu = famille.connus.get(ici)
        famille.poser(cle, connu, ligne if connu else {"annee": quand, "college_id": ou} | ligne, numero)
    return titre


def _ligne(numero: int, titre: str, refus: str, c: Changement | None) -> LigneEssai:
    if refus or c is None:
        return LigneEssai(numero, Etat.REFUSE, titre, motif=refus)
    champs = tuple(ChampVu(NOMBRES[x.champ], x.avant, x.apres) for x in c.champs if x.champ in NOMBRES)
    etat = Etat.NOUVEAU if c.objet_id is None else Etat.MODIFIE if champs else Etat.IDENTIQUE
    return LigneEssai(numero, etat, titre, champs)


def _sans_college(nom: str) -> str:
    """ "Collège Missy" and "Clg Missy" are "missy"."""
    return " ".join(mot for mot in folded(nom).split() if mot not in ("college", "clg"))
