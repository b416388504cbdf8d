"""Who signs the documents, and the Word templates they are made from."""

import streamlit as st

from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from ui.administration.modeles import champs, deposer, derniers_changements, emetteur_et_logo, les_modeles
from ui.commun.access import require_agent

agent = require_agent(Droit.ECRIRE)

st.title("Modèles et émetteur")
st.header("Émetteur et logo", anchor=False)
emetteur_et_logo(agent)
st.header("Modèles Word", anchor=False)
st.caption(
    "Téléchargez un modèle, changez-le dans Word, déposez-le : il est essayé, puis sert aussitôt. "
    "Le modèle de la maison reste à portée d’un clic."
)
les_modeles(aujourdhui())
st.header("Déposer un modèle", anchor=False)
champs(deposer())
derniers_changements()
