"""Lines of partenaires and people: what each means, which rows it is, and what it would change.

A line with a person's name is that person at their organisation; without one it is the organisation itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process
from sqlmodel import Session, col, select

from models import Categorie, Partenaire
from models.base import libelles
from services.commun.operations import Suivi
from services.imports.familles import Champ, Changement, Famille, appliquer, preparer
from services.imports.importation import (
    Cellules,
    ChampVu,
    Demande,
    DuFichier,
    Etat,
    LigneEssai,
    Motifs,
    Travail,
    courriel,
    suivants,
    telephone,
)
from services.imports.rapprochement import ImportCoordonnee, ImportFonction, ImportOrganisme, ImportPersonne
from services.partenaires.champs import LIGNES, LIMITES
from services.partenaires.fiches import uai_valide
from services.partenaires.mouvements import perimer
from services.socle.acteur import Acteur
from services.socle.coordonnees import site_valide
from services.socle.erreurs import Invalid
from services.socle.texte import clean, folded

SANS_FONCTION = "Contact"  # the function of a person whose line gives none
_LIBELLES = {
    "nom": "Nom", "prenom": "Prénom", "sigle": "Sigle", "categorie": "Catégorie", **libelles(Partenaire),
    "uai": "UAI", "statut": "Statut", "intitule": "Fonction", "valeur": "Aussi",
}  # fmt: skip
_RANG = {champ: n for n, champ in enumerate(_LIBELLES)}


@dataclass
class Entree:
    """A line cleaned: the fields of each row it speaks of, and why it is refused, if it is."""

    numero: int
    organisme: dict[str, str] = field(default_factory=dict)
    personne: dict[str, str] = field(default_factory=dict)
    autres: dict[str, list[str]] = field(default_factory=dict)  # telephone, courriel -> those after the first
    fonction: str = ""
    connu: str = ""  # the name in the notebook of an organisation that the line calls by another
    motif: str = ""

    @property
    def titre(self) -> str:
        qui = f"{self.personne.get('prenom', '')} {self.personne.get('nom', '')}".strip()
        ou = self.organisme.get("nom") or self.organisme.get("sigle", "")
        ou += f" ({self.connu})" if self.connu else ""
        return " – ".join(t for t in (qui, ou) if t)

    @cached_property
    def cle_organisme(self) -> str:
        return folded(self.organisme.get("nom", "")) or folded(self.organisme.get("sigle", ""))

    @cached_property
    def cle_personne(self) -> str:
        """Two lines with the same name and address, or the same name at one place, are one person."""
        nom = folded(self.personne.get("nom", ""), self.personne.get("prenom", ""))
        return f"{nom} {self.personne.get('courriel', '').lower() or self.cle_organisme}"


# --- a line, cleaned ------------------------------------------------------------------------------------------------


class Nettoyeur:
    """Cells as they should be written; the categories are those of the notebook."""

    def __init__(self, session: Session, cellules: Cellules) -> None:
        self.cellules = cellules
        noms = session.exec(select(Categorie.nom).where(col(Categorie.archive).is_(False))).all()
        self.categories = {folded(n): n for n in noms}

    def entree(self, numero: int, valeurs: Mapping[str, str]) -> Entree:
        motifs = Motifs(self.cellules)
        e = Entree(numero)
        e.personne = {c: clean(valeurs[c]) for c in ("nom", "prenom") if clean(valeurs.get(c))}
        textes = {c: clean(valeurs.get(c), lignes=c in LIGNES) for c in LIMITES if c != "nom"}
        textes["nom"] = clean(valeurs.get("organisme"))
        if code := clean(valeurs.get("code_postal")):
            textes["adresse"] = f"{textes['adresse']}, {code}" if textes["adresse"] else ""
        if e.personne:
            del textes["note"]  # that of a contact speaks of the person, and none is kept on people
        for champ, (maximum, mot) in LIMITES.items():
            if len(textes.get(champ, "")) > maximum:
                motifs.phrases.append(f"Raccourcissez {mot} : {maximum} caractères au plus.")
        if any(len(v) > 120 for v in e.personne.values()):
            motifs.phrases.append("Le nom de la personne est trop long : 120 caractères au plus.")
        direct = {
            "telephone": motifs.essayer(telephone, valeurs.get("telephone", "")),
            "courriel": motifs.essayer(courriel, valeurs.get("courriel", "")),
        }
        standard = {
            "telephone": motifs.essayer(telephone, valeurs.get("telephone_organisme", "")),
            "courriel": motifs.essayer(courriel, valeurs.get("courriel_organisme", "")),
        }
        textes["site"] = motifs.essayer(site_valide, valeurs.get("site", ""))
        textes["categorie"] = motifs.essayer(self._categorie, valeurs.get("categorie", ""))
        textes["uai"] = motifs.essayer(_uai, valeurs.get("uai", ""))
        if textes["uai"]:
            textes["statut"] = "prive" if "priv" in folded(valeurs.get("statut", "")) else "public"
        if e.personne:
            for champ, normalise in (("telephone", telephone), ("courriel", courriel)):
                e.autres[champ] = suivants(normalise, valeurs.get(champ, ""))
                if not direct[champ] and e.autres[champ]:  # its first cell was an internal address
                    direct[champ] = e.autres[champ].pop(0)
            e.personne |= {c: v for c, v in direct.items() if v}
            e.fonction = clean(valeurs.get("fonction"))[:160]
        else:
            standard = {c: v or direct[c] for c, v in standard.items()}
        e.organisme = {c: v for c, v in (textes | standard).items() if v}
        if not e.cle_organisme and not e.personne:
            motifs.phrases.append("Indiquez au moins le nom du partenaire ou de la personne.")
        elif e.personne and not folded(*e.personne.values()):
            motifs.phrases.append("Indiquez le nom de la personne.")
        e.motif = str(motifs)
        return e

    def _categorie(self, texte: str) -> str:
        plie = folded(texte)
        if not plie or plie in self.categories:
            return self.categories.get(plie, "")
        proche = process.extractOne(plie, list(self.categories), scorer=fuzz.ratio, score_cutoff=60)
        conseil = f"écrivez « {self.categories[proche[0]]} », ou " if proche else ""
        raise Invalid(
            {"categorie": f"Cette catégorie n’est pas dans la liste : {conseil}ajoutez-la d’abord dans Listes."}
        )


def _uai(texte: str) -> str:
    uai = clean(texte).upper().replace(" ", "")
    if uai and not uai_valide(uai):
        raise Invalid({"uai": "Cet UAI n’est pas valable : sept chiffres et la lettre de contrôle."})
    return uai


# --- the dry run ----------------------------------------------------------------------------------------------------


def preparer_carnet(session: Session, demande: Demande) -> Travail:
    """What these lines would do. Reads only."""
    nettoyeur = Nettoyeur(session, demande.cellules)
    entrees = [nettoyeur.entree(numero, valeurs) for numero, valeurs in demande.lues]
    return _Carnet(session, demande).travail(entrees)


class _Carnet:
    def __init__(self, session: Session, demande: Demande) -> None:
        self.organismes, self.personnes = ImportOrganisme(session), ImportPersonne(session, demande.today)
        self.fonctions = ImportFonction(session, demande.today)
        self.coordonnees = ImportCoordonnee(session, self.personnes)
        self.coordonnees.ids = self.fonctions.ids
        categorie = session.get(Categorie, demande.categorie_id) if demande.categorie_id else None
        self.categorie, self.today = categorie.nom if categorie else "", demande.today
        self.adresses: dict[str, set[str]] = {}  # e-mail of an organisation -> the names it goes with in the file
        self.connus: dict[str, int | None] = {}

    def travail(self, entrees: list[Entree]) -> Travail:
        for e in entrees:
            if adresse := e.organisme.get("courriel", "").lower():
                self.adresses.setdefault(adresse, set()).add(e.cle_organisme)
        # Lines of organisations first, wherever they stand: a contact's line only completes what they say.
        for e in sorted(entrees, key=lambda e: bool(e.personne)):
            if not e.motif:
                try:
                    self._placer(e)
                except Invalid as refus:
                    e.motif = refus.phrase
        familles: tuple[DuFichier, ...] = (self.organismes, self.personnes, self.fonctions, self.coordonnees)
        plans = [preparer(f, f.lignes.values()) for f in familles]
        par_ligne: dict[int, list[tuple[Famille, Changement]]] = {}
        for famille, plan in zip(familles, plans, strict=True):
            for c in plan.changements:
                par_ligne.setdefault(famille.premiere[c.ligne.cle], []).append((famille, c))

        def etape(rang: int) -> Callable[[Suivi, Acteur], None]:
            def ecrire(suivi: Suivi, by: Acteur) -> None:
                familles[rang].suivi = suivi
                self.fonctions.ids[familles[rang].nom] = appliquer(familles[rang], plans[rang], by=by)
                if familles[rang] is self.coordonnees:
                    perimees = {c.ligne.cle for c in plans[1].changements if c.champs and c.objet_id}
                    perimees |= {c.ligne.valeurs["personne"] for c in plans[rang].changements}
                    perimer(self.personnes.session, ids=[self.fonctions.ids["personne"][cle] for cle in perimees])

            return ecrire

        etapes = [etape(rang) for rang in range(len(familles))]
        return Travail([_ligne(e, par_ligne.get(e.numero, [])) for e in entrees], etapes)

    def _placer(self, e: Entree) -> None:
        """Say which rows the line means, before anything is kept of it.

        Raises:
            Invalid: it cannot be said, or another line already speaks of them.
        """
        la = self._organisme_connu(e) if e.cle_organisme else None
        ou = f"#{la}" if la else e.cle_organisme
        if not e.personne:
            if ou in self.organismes.premiere:
                raise Invalid({"nom": f"Même partenaire qu’à la ligne {self.organismes.premiere[ou]}."})
            self._garder_organisme(e, ou, la)
            return
        id = self.personnes.juger(e.personne, la=la)
        if not e.cle_organisme and id is None:
            raise Invalid({"organisme": "Indiquez l’organisme de cette personne : elle n’est pas encore au carnet."})
        qui = f"#{id}" if id else e.cle_personne
        deja = self.personnes.premiere.get(qui)
        if deja and (not ou or f"{qui}|{ou}" in self.fonctions.lignes):
            raise Invalid({"nom": f"Même personne qu’à la ligne {deja}."})
        if not deja:
            self.personnes.poser(qui, id, e.personne, e.numero)
            for champ, valeurs in e.autres.items():
                self.coordonnees.placer(qui, id, champ, [e.personne.get(champ, ""), *valeurs], e.numero)
        if ou:
            self._garder_organisme(e, ou, la)
            self._garder_fonction(e, qui, id, ou, la)

    def _organisme_connu(self, e: Entree) -> int | None:
        cle = e.cle_organisme
        if cle not in self.connus:
            seul = len(self.adresses.get(e.organisme.get("courriel", "").lower(), ())) < 2
            self.connus[cle] = self.organismes.juger(e.organisme, seul_courriel=seul)
        id = self.connus[cle]
        if id is None and cle not in self.organismes.premiere:
            if "nom" not in e.organisme:
                raise Invalid({"nom": "Aucun partenaire du carnet n’a ce sigle : indiquez aussi son nom."})
            if not e.organisme.get("categorie") and not self.categorie:
                ou = "dans le fichier, ou pour tous les nouveaux en revoyant les colonnes"
                raise Invalid({"categorie": f"Indiquez la catégorie de ce nouveau partenaire : {ou}."})
        return id

    def _garder_organisme(self, e: Entree, cle: str, id: int | None) -> None:
        """One line of the plan for each partenaire of the file; later lines fill what the first left empty."""
        famille, valeurs = self.organismes, dict(e.organisme)
        if id is not None and (famille.garder_nom(valeurs, id) or "nom" not in valeurs):
            valeurs.pop("nom", None)
            nom = famille.rows[id].nom
            e.connu = "" if folded(nom) == e.cle_organisme else nom
        if id is None:
            valeurs.setdefault("categorie", self.categorie)
        deja = dict(famille.lignes[cle].valeurs) if cle in famille.lignes else {}
        if e.personne:
            famille.faibles |= {(cle, champ) for champ in valeurs if champ not in deja}
        famille.poser(cle, id, valeurs | deja, famille.premiere.get(cle, e.numero))

    def _garder_fonction(self, e: Entree, qui: str, personne: int | None, ou: str, la: int | None) -> None:
        id = self.fonctions.juger(personne, la, e.fonction)
        valeurs = {"intitule": e.fonction}
        if id is None:
            valeurs = {"intitule": e.fonction or SANS_FONCTION, "personne": qui, "organisme": ou}
            valeurs["debut"] = self.today.isoformat()
        self.fonctions.poser(f"{qui}|{ou}", id, valeurs, e.numero)


def _ligne(e: Entree, changements: list[tuple[Famille, Changement]]) -> LigneEssai:
    if e.motif:
        return LigneEssai(e.numero, Etat.REFUSE, e.titre, motif=e.motif)
    champs = tuple(
        ChampVu(_libelle(famille, champ, e, neuf=c.objet_id is None), x.avant, _montre(x))
        for famille, c in changements
        for champ, x in sorted(((x.champ, x) for x in c.champs if x.champ in _LIBELLES), key=lambda y: _RANG[y[0]])
        if x.apres and x.avant != x.apres and not (c.objet_id is None and _dans_le_titre(famille, champ, e))
    )
    if any(c.objet_id is None for famille, c in changements if famille.nom != "coordonnee"):
        etat = Etat.NOUVEAU
    else:
        etat = Etat.MODIFIE if champs else Etat.IDENTIQUE
    return LigneEssai(e.numero, etat, e.titre, champs)


def _libelle(famille: Famille, champ: str, e: Entree, *, neuf: bool) -> str:
    """On the line of a person, fields of their organisation say so."""
    libelle = _LIBELLES[champ]
    if not e.personne or famille.nom != "organisme":
        return libelle
    return "Nouveau partenaire" if neuf and champ == "nom" else f"{libelle} du partenaire"


def _dans_le_titre(famille: Famille, champ: str, e: Entree) -> bool:
    """The name of what is new stands above already."""
    return champ in ("nom", "prenom") and (famille.nom == "personne" or not e.personne)


def _montre(x: Champ) -> str:
    return {"prive": "Privé", "public": "Public"}.get(x.apres, x.apres) if x.champ == "statut" else x.apres
