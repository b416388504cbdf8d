"""A list to write to, from the filters of the directory: addresses to copy, files, and who has no address."""

import streamlit as st

from services.partenaires import diffusion
from services.partenaires.diffusion import LIBELLES, Demande, Qui
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie
from ui.partenaires.annuaire import filtres, premiere_page
from ui.partenaires.diffusion import a_copier, fichiers, resume, sans_adresse

agent = require_agent()

st.title("Liste de diffusion", anchor=False)
filtre = filtres()
choix = [q for q in Qui if q is not Qui.MEMBRES or filtre.instance_id is not None]
# Two keys: once an instance is chosen, its members come first.
qui = st.segmented_control(
    "À qui écrire",
    choix,
    default=choix[0],
    required=True,
    format_func=LIBELLES.__getitem__,
    on_change=premiere_page,
    **lie("qui" if filtre.instance_id is None else "membres", [LIBELLES[q] for q in choix]),
)
demande = Demande(filtre, qui or choix[0], aujourdhui())
with reading() as session:
    compte = diffusion.compter(session, demande=demande, by=agent)
    intitule = diffusion.intitule(session, demande=demande)

if not compte.destinataires:
    st.info(
        "Personne à qui écrire. Vérifiez l’orthographe ou retirez un filtre ; les partenaires archivés et les gens "
        "qui ont quitté leur fonction ne sont jamais dans une liste de diffusion.",
        icon=":material/search_off:",
    )
    st.stop()
st.markdown(resume(compte))
if compte.adresses:
    a_copier(demande, compte, by=agent)
fichiers(demande, compte, intitule)
if compte.sans_adresse:
    sans_adresse(demande, compte, by=agent)
