"""The import of a file: what this tab has read of it, the columns, the dry run, and the import beside the screen.

The rows stay in the memory of this session, and nowhere else; a restart of the server asks for the file again.
"""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import date
from threading import Thread

import streamlit as st

from documents.tableur import csv_octets
from services.commun import listes
from services.imports import colonnes, fichiers, importation
from services.imports.colonnes import CHAMPS, Choix, Nature, Tableau
from services.imports.fichiers import Feuille
from services.imports.importation import Demande, Essai, Etat, Preparer
from services.imports.imports_actions import preparer_actions
from services.imports.imports_agenda import preparer_agenda
from services.imports.imports_bilans import preparer_bilans
from services.imports.imports_carnet import preparer_carnet
from services.imports.imports_reunions import preparer_reunions
from services.socle import db
from services.socle.acteur import Acteur, Droit
from services.socle.brouillons import Formulaire
from services.socle.erreurs import BusinessError
from services.socle.horloge import aujourdhui, utcnow
from ui.commun.access import reading, require_agent
from ui.commun.feedback import md
from ui.commun.formulaire import open_form
from ui.commun.operations import faite

log = logging.getLogger("carnet.import")

NATURES: dict[Nature, tuple[str, Preparer, tuple[frozenset[str], ...]]] = {
    # label, dry run, and the fields of which one at least must have a column
    Nature.CARNET: ("Partenaires et personnes", preparer_carnet, (frozenset({"organisme", "sigle", "nom"}),)),
    Nature.ACTIONS: ("Actions", preparer_actions, tuple(frozenset({c}) for c in ("quoi", "pilote", "echeance"))),
    Nature.REUNIONS: ("Réunions et présences", preparer_reunions, tuple(frozenset({c}) for c in ("instance", "date"))),
    Nature.BILANS: (
        "Bilans 13-18",
        preparer_bilans,
        (frozenset({"annee"}), frozenset({"college"}), frozenset({"classes", "eleves", "presents", "seances"})),
    ),
}
AGENDA = "iCalendar"  # the one sheet of a calendar file: its columns are known, nobody is asked about them


@dataclass
class Tache:
    """An import under way beside the screen: a click or a reload of the page does not cut it."""

    part: float = 0.0
    operation_id: int = 0
    refus: str = ""
    dite: bool = False  # the refusal was shown

    @property
    def finie(self) -> bool:
        return bool(self.operation_id or self.refus)


_LANCEES: dict[int, Tache] = {}  # the last import of each agent, whatever becomes of the tab


@dataclass
class Chantier:
    """A file being imported in this tab. `choix` are the columns; `essai` comes once they are settled."""

    nom: str
    feuilles: list[Feuille]
    form: Formulaire
    feuille: int = 0
    tableau: Tableau = field(init=False)
    nature: Nature = Nature.CARNET
    choix: Choix = field(default_factory=dict)
    categorie_id: int | None = None
    demande: Demande | None = None
    essai: Essai | None = None
    tache: Tache | None = None

    def lire_colonnes(self, *, entete: int | None = None, nature: Nature | None = None) -> None:
        """Find the titles, and what each column is: as last time, else by name and content."""
        self.tableau = colonnes.tableau(self.feuilles[self.feuille], entete=entete)
        with reading() as session:
            retenu = colonnes.retenues(session, titres=self.tableau.titres)
            categories = [c.nom for c in listes.categories(session)]
        if retenu and nature in (None, retenu[0]) and retenu[0] in NATURES:
            self.nature, self.choix = retenu
            return
        devinee = colonnes.nature(self.tableau)
        self.nature = nature or (devinee if devinee in NATURES else Nature.CARNET)
        self.choix = colonnes.deviner(self.tableau, self.nature, categories=categories)

    def lire_agenda(self, today: date) -> None:
        """A calendar file: straight to the dry run."""
        self.nature, self.tableau = Nature.AGENDA, colonnes.tableau(self.feuilles[0], entete=1)
        self.choix = colonnes.deviner(self.tableau, self.nature)
        self.demande = Demande(colonnes.lire(self.tableau, self.choix, self.nature), today)

    @property
    def preparer(self) -> Preparer:
        return preparer_agenda if self.nature is Nature.AGENDA else NATURES[self.nature][1]


def chantier() -> Chantier | None:
    """What this tab is importing, if anything."""
    garde: Chantier | None = st.session_state.get("import")
    return garde


def apres_rechargement(by: Acteur) -> bool:
    """The import that this agent launched goes on after a reload of the page: its bar, or why it was refused."""
    tache = _LANCEES.get(by.id or 0)
    if tache is None or tache.finie:
        if tache and not tache.dite:
            dire_refus(tache)
        return False
    progression(tache)
    return True


def dire_refus(tache: Tache) -> None:
    """Why the import was refused, if it was."""
    tache.dite = True
    if tache.refus:
        st.error(md(tache.refus), icon=":material/error:")


def autre_fichier() -> None:
    """In a callback: forget this file."""
    st.session_state.pop("import", None)


# --- the file -------------------------------------------------------------------------------------------------------


def choisir_fichier() -> None:
    """Where the file is dropped, and what was refused of it."""
    st.markdown(
        "Un **tableau** (Excel, LibreOffice ou autre tableur), l’**export d’Outlook** tel quel, des **cartes de "
        "visite** d’un téléphone ou de Gmail, ou les réunions d’un **agenda**, 20 Mo au plus. Rien n’est écrit avant "
        "que vous ayez lu ce qui changerait."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Modèles à remplir, avec toutes les colonnes comprises :", width="content")
        for nature, (libelle, *_) in NATURES.items():
            st.download_button(
                libelle,
                csv_octets([champ.libelle for champ in CHAMPS[nature]], []),
                file_name=f"modele-{nature}.csv",
                mime="text/csv",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
                key=f"modele.{nature}",
            )
    rang, refus = st.session_state.get("import_refus", (0, ""))
    # After a refusal, an uploader of another key: empty again, ready for the next file.
    depose = st.file_uploader("Fichier à importer", label_visibility="collapsed", key=f"depot.{rang}")
    if refus:
        st.error(refus, icon=":material/error:")
    if depose is None:
        return
    try:
        with st.spinner("Lecture du fichier…"):
            feuilles = fichiers.lire(depose.getvalue())
        neuf = Chantier(depose.name, feuilles, open_form("import", neuf=True))
        if feuilles[0].nom == AGENDA:
            neuf.lire_agenda(aujourdhui())
        else:
            neuf.feuille = max(range(len(feuilles)), key=lambda n: len(feuilles[n].lignes))
            neuf.lire_colonnes()
    except BusinessError as error:
        st.session_state["import_refus"] = (rang + 1, f"**{md(depose.name)}** : {md(error.phrase)}")
    else:
        st.session_state["import_refus"] = (rang + 1, "")
        st.session_state["import"] = neuf
    st.rerun()


# --- the import -----------------------------------------------------------------------------------------------------


def lancer(c: Chantier) -> None:
    """Start the import. A second click finds it started."""
    if c.tache and not c.tache.refus:
        return
    by = require_agent(Droit.ECRIRE)
    c.tache = _LANCEES[by.id or 0] = Tache()
    Thread(target=_travailler, args=(c, c.tache, by), name="import", daemon=True).start()


def _travailler(c: Chantier, tache: Tache, by: Acteur) -> None:
    """Beside the screen: no `st` here. The right to write was asked at the click, by `require_agent`."""
    assert c.demande is not None  # noqa: S101 - the button shows after the dry run
    assert c.essai is not None  # noqa: S101 - idem

    def avance(part: float) -> None:
        tache.part = part

    try:
        with db.writing() as session:
            id = importation.importer(
                session,
                preparer=c.preparer,
                demande=c.demande,
                vu=c.essai,
                fichier=c.nom,
                jeton=c.form.jeton,
                now=utcnow(),
                by=by,
                avance=avance,
            )
        tache.operation_id = id
    except BusinessError as error:
        tache.refus, c.essai = error.phrase, None  # the dry run is made again
    except Exception as error:  # nobody else would say it
        reference = secrets.token_hex(4).upper()
        log.error("Erreur %s", reference, exc_info=error)
        tache.refus = (
            "Un problème imprévu est survenu : rien n’a été importé. "
            f"Recommencez ; si cela se répète, donnez la référence {reference} au service informatique."
        )


@st.fragment(run_every="400ms")
def progression(tache: Tache) -> None:
    """The bar, until the import is over."""
    st.progress(tache.part, text="Import en cours…")
    if tache.finie:
        st.rerun()


def montrer_resultat(c: Chantier, operation_id: int) -> None:
    """What was done, how to undo it, and the lines to correct."""
    faite(importation.ACTE, operation_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        bouton_refusees(c)
        st.button("Importer un autre fichier", on_click=autre_fichier)


def bouton_refusees(c: Chantier) -> None:
    refusees = {x.numero: x.motif for x in c.essai.lignes if x.etat is Etat.REFUSE} if c.essai else {}
    if not refusees:
        return

    def octets() -> bytes:
        lignes = [[str(n), refusees[n], *cellules] for n, cellules in c.tableau.lignes if n in refusees]
        return csv_octets(["Ligne", "Motif du refus", *c.tableau.titres], lignes)

    st.download_button(
        f"Lignes refusées ({len(refusees)})",
        octets,
        file_name="lignes-refusees.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
