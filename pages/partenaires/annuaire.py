"""Partenaires: search as one types, filters in the address, one click opens the page of one; or many at once."""

from math import ceil

import streamlit as st

from services.partenaires import annuaire
from services.socle.acteur import Droit
from ui.commun.access import reading, require_agent
from ui.commun.adresse import aller, feuille, lu, nom, url_id
from ui.commun.feedback import md
from ui.partenaires import lot
from ui.partenaires.annuaire import CHAMPS, filtres
from ui.partenaires.fiche import DIFFUSION, FICHE, ligne

PAR_PAGE = 25

agent = require_agent()
ecrit = agent.peut(Droit.ECRIRE)

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Partenaires", width="content", anchor=False)
    if ecrit:
        st.button(
            "Ajouter un partenaire",
            icon=":material/add:",
            type="primary",
            on_click=aller,
            args=("partenaires/edition.py",),
        )

if ecrit and lot.apercu():
    st.stop()
filtre = filtres()
page = st.session_state.get(nom("page")) or url_id("page") or 1
with reading() as session:
    trouves = annuaire.chercher(session, filtre=filtre, page=page, par_page=PAR_PAGE)
    nombre = max(1, ceil(trouves.total / PAR_PAGE))
    if page > nombre:  # an old link: the list has grown shorter
        trouves = annuaire.chercher(session, filtre=filtre, page=nombre, par_page=PAR_PAGE)
with st.container(horizontal=True, vertical_alignment="center"):
    s = "s" if trouves.total > 1 else ""
    pour = f" pour « {md(filtre.texte)} »" if filtre.texte else ""
    st.caption(f"{trouves.total} partenaire{s}{pour}", width="stretch")
    ecrire = {nom(champ, sur="diffusion"): lu(champ) for champ in CHAMPS if lu(champ)}
    st.page_link(DIFFUSION, label="Leur écrire", icon=":material/forward_to_inbox:", query_params=ecrire)
    if ecrit:
        lot.basculer()
a_plusieurs = ecrit and st.session_state.get(lot.MODE)
if a_plusieurs:
    lot.barre(filtre, trouves.total)
with st.container(gap="xsmall", key="trouves"):
    for p in trouves.lignes:
        if a_plusieurs:
            lot.a_cocher(p)
        else:
            st.page_link(FICHE, label=ligne(p), icon="", query_params={"id": str(p.id)}, width="stretch")
if not trouves.total:
    st.info(
        "Aucun partenaire ne correspond. Vérifiez l’orthographe ou retirez un filtre ; "
        "s’il manque au carnet, ajoutez-le avec le bouton ci-dessus.",
        icon=":material/search_off:",
    )
if nombre > 1:
    st.pagination(nombre, **feuille(nombre))
if a_plusieurs:
    lot.derniers()
