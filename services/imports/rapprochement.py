"""Which row of the notebook a line of a file means: a partenaire, a person, a function.

Tests: tests/services/imports/test_imports_carnet.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models import Coordonnee, Fonction, Partenaire, Personne
from models.lists import GenreCoordonnee
from services.imports.familles import ImportPartenaire, Ligne, Renvoi
from services.imports.importation import DuFichier
from services.partenaires import fonctions, fusions
from services.partenaires.champs import COLONNES
from services.socle import pli
from services.socle.erreurs import Invalid
from services.socle.texte import folded


class ImportOrganisme(DuFichier, ImportPartenaire):
    """Partenaires, found by UAI, name, e-mail, then acronym. `faibles`: the fields that only a contact's line gives."""

    nom = "organisme"
    champs = ("nom", "categorie", *COLONNES[1:])  # type: ignore[assignment]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.categories = Renvoi({nom: id for id, nom in self.noms_categories.items() if id})
        self.faibles: set[tuple[str, str]] = set()
        self.rows = {p.id: p for p in session.exec(select(Partenaire).order_by(col(Partenaire.id))).all()}
        self._uai = {c.uai: c.partenaire_id for c in self.colleges.values()}
        self._nom = _index(self.rows, lambda p: folded(p.nom))
        # A file may still say the name that a merge took away.
        self._anciens = {nom: id for nom, id in fusions.noms_anciens(session).items() if nom not in self._nom}
        self._nom |= {nom: [id] for nom, id in self._anciens.items() if id in self.rows}
        self._sigle = _index(self.rows, lambda p: folded(p.sigle))
        self._courriel = _index(self.rows, lambda p: p.courriel.lower())

    def remplace(self, ligne: Ligne, champ: str, avant: str, apres: str) -> bool:
        """A contact's line completes what is known of the organisation, it does not correct it."""
        return super().remplace(ligne, champ, avant, apres) and not (avant and (ligne.cle, champ) in self.faibles)

    def juger(self, o: Mapping[str, str], *, seul_courriel: bool) -> int | None:
        """The partenaire that these fields mean, None for a new one.

        Args:
            seul_courriel: no other line of the file bears this address.

        Raises:
            Invalid: several may be meant.
        """
        nom, sigle = folded(o.get("nom", "")), folded(o.get("sigle", ""))
        if o.get("uai") in self._uai:
            return self._uai[o["uai"]]
        for memes, mot in ((self._nom.get(nom), "ce nom"), (self._sigle.get(nom), "ce sigle")):
            if nom and memes:
                return self._le_seul(memes, mot)
        memes = self._courriel.get(o.get("courriel", "").lower(), [])
        if o.get("courriel") and seul_courriel and len(memes) == 1:
            return memes[0]
        memes = [i for i in self._sigle.get(sigle, []) if self._meme_commune(i, o)] if sigle else []
        return self._le_seul(memes, "ce sigle") if memes else None

    def garder_nom(self, o: Mapping[str, str], id: int) -> bool:
        """Found by its acronym, or by a name from before a merge, a partenaire keeps its full name."""
        row = self.rows[id]
        sigle = folded(row.sigle)
        if folded(o.get("nom", "")) in self._anciens:
            return True
        autre = folded(o.get("nom", "")) == sigle or (sigle == folded(o.get("sigle", "")) and bool(sigle))
        memes = row.courriel and row.courriel.lower() == o.get("courriel", "").lower()
        return autre and not memes and o.get("uai") not in self._uai

    def _meme_commune(self, id: int, o: Mapping[str, str]) -> bool:
        """The CCAS of one town is not that of another."""
        la, ici = folded(self.rows[id].commune), folded(o.get("commune", ""))
        return not la or not ici or la == ici

    def _le_seul(self, ids: list[int], mot: str) -> int:
        actifs = [i for i in ids if self.rows[i].archive_le is None] or ids
        if len(actifs) > 1:
            raise Invalid({"nom": f"Plusieurs partenaires du carnet portent {mot} : précisez lequel par son nom."})
        return actifs[0]


class ImportPersonne(DuFichier):
    """People, found by e-mail, then by name at the same organisation, then by name."""

    nom, table, champs = "personne", Personne, ("nom", "prenom", "courriel", "telephone")

    def __init__(self, session: Session, today: date) -> None:
        super().__init__(session)
        self.rows = {p.id: p for p in session.exec(select(Personne).order_by(col(Personne.id))).all()}
        self.autres: dict[int, dict[str, str]] = {}  # person -> the other numbers and addresses, folded -> as written
        for id, valeur in session.exec(select(Coordonnee.personne_id, Coordonnee.valeur).order_by(col(Coordonnee.id))):
            self.autres.setdefault(id, {})[valeur.lower()] = valeur
        self._courriel = _index(self.rows, lambda p: p.courriel.lower())
        for id, valeurs in self.autres.items():
            for valeur in valeurs:
                self._courriel.setdefault(valeur, []).append(id)
        self._nom = _index(self.rows, lambda p: _mots(p.nom, p.prenom))
        self.places: dict[int, set[int]] = {}
        for id, la in session.exec(
            select(Fonction.personne_id, Fonction.partenaire_id).where(fonctions.pas_finie(today))
        ):
            self.places.setdefault(id, set()).add(la)

    def juger(self, p: Mapping[str, str], *, la: int | None) -> int | None:
        """The person that these fields mean, at the partenaire `la` if it is known; None for a new one.

        Raises:
            Invalid: somebody else has this address, or several people this name.
        """
        mots, adresse = _mots(p.get("nom", ""), p.get("prenom", "")), p.get("courriel", "").lower()
        meme_adresse = self._courriel.get(adresse, []) if adresse else []
        for id in meme_adresse:
            row = self.rows[id]
            if set(mots.split()) & set(_mots(row.nom, row.prenom).split()):
                return id
        if meme_adresse:
            row = self.rows[meme_adresse[0]]
            raise Invalid(
                {"courriel": f"Cette adresse est celle de {row.prenom} {row.nom} : corrigez l’adresse ou le nom."}
            )
        homonymes = self._nom.get(mots, [])
        ici = [i for i in homonymes if la is not None and la in self.places.get(i, ())]
        if len(ici) == 1:
            return ici[0]
        # Elsewhere, two addresses that differ are two people.
        possibles = [i for i in homonymes if not (adresse and self.rows[i].courriel)]
        if len(possibles) > 1:
            raise Invalid({"nom": "Plusieurs personnes du carnet portent ce nom : ajoutez son adresse de messagerie."})
        return possibles[0] if possibles else None

    def remplace(self, ligne: Ligne, champ: str, avant: str, apres: str) -> bool:
        """A number or address already among the others does not become the one for convocations: staff chose."""
        connue = apres.lower() in self.autres.get(self.trouves[ligne.cle] or 0, {})
        return super().remplace(ligne, champ, avant, apres) and not (avant and connue)

    def principale(self, id: int | None, champ: str, du_fichier: str) -> str:
        """The number or address for convocations once the file is read."""
        if id is None or (du_fichier and du_fichier.lower() not in self.autres.get(id, {})):
            return du_fichier
        return str(getattr(self.rows[id], champ)) or du_fichier

    def achever(self, objet: Personne) -> None:
        numeros = [v for v in self.autres.get(objet.id, {}).values() if "@" not in v]
        objet.recherche = pli.personne(objet.nom, objet.prenom, [objet.telephone, *numeros])


class ImportCoordonnee(DuFichier):
    """The other numbers and addresses of people, written after them."""

    nom, table, champs = "coordonnee", Coordonnee, ("valeur",)

    def __init__(self, session: Session, personnes: ImportPersonne) -> None:
        super().__init__(session)
        self.personnes = personnes
        self.ids: dict[str, dict[str, int]] = {}  # what the families before this one wrote

    def placer(self, qui: str, id: int | None, champ: str, valeurs: Sequence[str], numero: int) -> None:
        """Those of one line for one person, `valeurs[0]` being the first of the file: what is not known yet."""
        sues = {self.personnes.principale(id, champ, valeurs[0]).lower(), *self.personnes.autres.get(id or 0, {})}
        for valeur in valeurs:
            if valeur and valeur.lower() not in sues:
                sues.add(valeur.lower())
                self.poser(f"{qui}|{valeur}", None, {"valeur": valeur, "genre": champ, "personne": qui}, numero)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "personne":
            objet.personne_id = self.ids["personne"][valeur]
        elif champ == "genre":
            objet.genre = GenreCoordonnee(valeur)
        else:
            objet.valeur, objet.libelle = valeur, "portable" if re.match("0[67]", valeur) else ""

    def achever(self, objet: Coordonnee) -> None:
        """The search finds the person by this number too."""
        personne = self.session.get(Personne, objet.personne_id)
        if personne is not None and self.suivi:
            self.suivi.retenir(personne)
            self.personnes.autres.setdefault(objet.personne_id, {})[objet.valeur.lower()] = objet.valeur
            self.personnes.achever(personne)


class ImportFonction(DuFichier):
    """What a person does at a partenaire. Both are keys of the file until they have their id."""

    nom, table, champs = "fonction", Fonction, ("intitule",)

    def __init__(self, session: Session, today: date) -> None:
        super().__init__(session)
        self.ids: dict[str, dict[str, int]] = {}  # what the families before this one wrote
        self.en_cours: dict[tuple[int, int], list[Fonction]] = {}
        for f in session.exec(select(Fonction).where(fonctions.pas_finie(today)).order_by(col(Fonction.id))).all():
            self.en_cours.setdefault((f.personne_id, f.partenaire_id), []).append(f)

    def ecrire(self, objet: Any, champ: str, valeur: str) -> None:
        if champ == "personne":
            objet.personne_id = self.ids["personne"][valeur]
        elif champ == "organisme":
            objet.partenaire_id = self.ids["organisme"][valeur]
        elif champ == "debut":
            objet.debut = date.fromisoformat(valeur)
        else:
            super().ecrire(objet, champ, valeur)

    def juger(self, personne: int | None, la: int | None, intitule: str) -> int | None:
        """The function this person has there now: the one of that title, else the only one."""
        toutes = self.en_cours.get((personne or 0, la or 0), [])
        meme = [f.id for f in toutes if folded(f.intitule) == folded(intitule)]
        return meme[0] if meme else toutes[0].id if len(toutes) == 1 or (toutes and not intitule) else None


def _index(rows: Mapping[int, Any], cle: Callable[[Any], str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for id, row in rows.items():
        if valeur := cle(row):
            index.setdefault(valeur, []).append(id)
    return index


def _mots(*textes: str) -> str:
    """The words of a name in one order: "Durand Jean" is "Jean Durand"."""
    return " ".join(sorted(folded(*textes).split()))
