"""Import a file: choose it, say what its columns are, read the dry run, import; one screen, one step at a time."""

import streamlit as st

from services.imports.colonnes import Nature
from services.imports.importation import ACTE
from services.socle.acteur import Droit
from services.socle.texte import accord
from ui.commun.access import require_agent
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.commun.operations import dernieres
from ui.imports import importation, importation_essai
from ui.partenaires.fiche import ANNUAIRE

agent = require_agent(Droit.ECRIRE)
chantier = importation.chantier()

st.title("Importer un fichier", anchor=False)
if chantier is None:
    if not importation.apres_rechargement(agent):
        importation.choisir_fichier()
    dernieres(ACTE, "Derniers imports")
else:
    lignes = len(chantier.tableau.lignes)
    st.caption(f":material/draft: {md(chantier.nom)} · {accord(lignes, 'ligne')}")
    if chantier.tache and chantier.tache.operation_id:
        importation.montrer_resultat(chantier, chantier.tache.operation_id)
        if chantier.nature is Nature.AGENDA:
            st.page_link(
                page_path("agenda/calendrier.py"), label="Voir le calendrier", icon=":material/calendar_month:"
            )
        else:
            st.page_link(ANNUAIRE, label="Voir les partenaires", icon=":material/contacts:")
    elif chantier.tache and not chantier.tache.finie:
        importation.progression(chantier.tache)
    elif chantier.demande is None:
        importation_essai.choisir_colonnes(chantier)
    else:
        importation_essai.montrer_essai(chantier, chantier.demande)
