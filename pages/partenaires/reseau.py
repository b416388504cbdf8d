"""The network: who has stopped coming, how often each comes, and the whole by category, secteur and dispositif. The
élu sees the groups only."""

from functools import partial

import streamlit as st

from services.partenaires.annuaire import Filtre
from services.partenaires.vitalite import Vue
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from ui.commun.access import require_agent
from ui.commun.adresse import lie
from ui.partenaires.annuaire import filtres, premiere_page
from ui.partenaires.reseau import groupes, ne_viennent_plus, tous

agent = require_agent(Droit.CONSULTER)
restreint = agent.peut(Droit.LIRE)
listes = {"Ne viennent plus": ne_viennent_plus, "Tous": tous} if restreint else {}
VUES = listes | {vue.value: partial(groupes, vue) for vue in Vue}

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Réseau", width="stretch", anchor=False)
    vue = st.segmented_control(
        "Vue",
        list(VUES),
        default=next(iter(VUES)),
        required=True,
        label_visibility="collapsed",
        wrap=True,
        on_change=premiere_page,
        **lie("vue", VUES),
    )
VUES[vue or next(iter(VUES))](filtres() if restreint else Filtre(), aujourdhui())
