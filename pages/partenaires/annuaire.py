"""Partenaires: search as one types, filters in the address, one click opens the page of one."""

from math import ceil

import streamlit as st

from services import listes, partenaires
from services.acteur import Droit
from ui.access import reading, require_agent
from ui.feedback import md
from ui.partenaire import EDITION, FICHE, ligne

PAR_PAGE = 25
ETATS = {"actifs": "Actifs", "archives": "Archivés", "tous": "Tous"}

agent = require_agent()


def premiere_page() -> None:
    """Another search starts at its first page."""
    st.session_state["page"] = 1


with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Partenaires", width="content", anchor=False)
    if agent.peut(Droit.ECRIRE) and st.button("Ajouter un partenaire", icon=":material/add:", type="primary"):
        st.switch_page(EDITION)

with reading() as session:
    categories = {c.nom: c.id for c in listes.categories(session)}
    secteurs = {s.nom: s.id for s in listes.secteurs(session)}

filtres = st.container(horizontal=True, vertical_alignment="bottom")
q = filtres.text_input(
    "Rechercher",
    width=330,
    key="q",
    bind="query-params",
    type="search",
    live=True,
    placeholder="Nom, sigle, catégorie, sous-catégorie",
    on_change=premiere_page,
)
choix_categorie = filtres.selectbox(
    "Catégorie",
    list(categories),
    index=None,
    key="categorie",
    bind="query-params",
    placeholder="Toutes",
    width=210,
    on_change=premiere_page,
)
choix_secteur = filtres.selectbox(
    "Secteur de veille",
    list(secteurs),
    index=None,
    key="secteur",
    bind="query-params",
    placeholder="Tous",
    width=210,
    on_change=premiere_page,
)
choix_etat = filtres.segmented_control(
    "État",
    list(ETATS),
    default="actifs",
    required=True,
    format_func=ETATS.__getitem__,
    key="etat",
    bind="query-params",
    on_change=premiere_page,
)

filtre = {
    "texte": q or "",
    "categorie_id": categories.get(choix_categorie or ""),
    "secteur_id": secteurs.get(choix_secteur or ""),
    "etat": choix_etat or "actifs",
}
with reading() as session:
    trouves = partenaires.search(session, **filtre, par_page=PAR_PAGE)  # type: ignore[arg-type]
pages = max(1, ceil(trouves.total / PAR_PAGE))
s = "s" if trouves.total > 1 else ""
st.caption(f"{trouves.total} partenaire{s}" + (f" pour « {md(q)} »" if q else ""))
liste = st.container(gap="xsmall")
if pages > 1:
    if st.session_state.get("page", 1) > pages:
        st.session_state["page"] = pages
    page = st.pagination(pages, key="page", bind="query-params")
    if page > 1:
        with reading() as session:
            trouves = partenaires.search(session, **filtre, page=page, par_page=PAR_PAGE)  # type: ignore[arg-type]
for p in trouves.lignes:
    liste.page_link(FICHE, label=ligne(p), icon="", query_params={"id": str(p.id)}, width="stretch")
if not trouves.total:
    liste.info(
        "Aucun partenaire ne correspond. Vérifiez l’orthographe ou retirez un filtre ; "
        "s’il manque au carnet, ajoutez-le avec le bouton ci-dessus.",
        icon=":material/search_off:",
    )
