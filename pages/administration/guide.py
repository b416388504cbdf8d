"""The guide, from the application: the chapter of the screen one comes from, any other, or those that hold a word."""

import streamlit as st

from services.socle.acteur import Droit
from ui.commun.access import require_agent
from ui.commun.adresse import intituler, lie
from ui.commun.feedback import md
from ui.commun.guide import chapitres, cherches, lus

require_agent(Droit.CONSULTER)
tous = chapitres()
st.title("Guide", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    titre = st.selectbox(
        "Chapitre",
        [c.titre for c in tous],
        filter_mode="contains",
        width=360,
        **lie("chapitre", [c.titre for c in tous]),
    )
    mots = st.text_input(
        "Chercher dans le guide", type="search", live=True, placeholder="Un mot : brouillon, convocation…", width=330
    )

if mots:
    trouves = cherches(mots)
    if not trouves:
        st.info(f"Aucun chapitre ne parle de « {md(mots)} » : essayez un autre mot.")
else:
    trouves = lus(titre)
    intituler(f"Guide, {titre}")
for c in trouves:
    st.header(c.titre, anchor=False)
    st.markdown(c.texte)
