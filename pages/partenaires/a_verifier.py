"""Partenaires to call: their page was never checked with them, or not for a year. Filters and page in the address."""

from math import ceil

import streamlit as st

from services.commun import listes
from services.partenaires import verification
from services.partenaires.annuaire import Filtre
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, require_agent
from ui.commun.adresse import feuille, lie, nom, url_id
from ui.commun.filtres import filtres_plies
from ui.partenaires.annuaire import premiere_page
from ui.partenaires.verification import faites, ligne, oublier_faites

PAR_PAGE = 25

require_agent(Droit.ECRIRE)
today = aujourdhui()


def autre_filtre() -> None:
    """Another list: from its first page, without what was just checked."""
    premiere_page()
    oublier_faites()


st.title("Fiches à vérifier", anchor=False)
with reading() as session:
    categories = {c.nom: c.id for c in listes.categories(session)}
    secteurs = {s.nom: s.id for s in listes.secteurs(session)}
choisis: list[int | None] = []
with filtres_plies("a_verifier", {"categorie": "", "secteur": ""}):
    for champ, libelle, options, vide in (
        ("categorie", "Catégorie", categories, "Toutes"),
        ("secteur", "Secteur de veille", secteurs, "Tous"),
    ):
        choix = st.selectbox(
            libelle,
            list(options),
            index=None,
            placeholder=vide,
            width=260,
            on_change=autre_filtre,
            **lie(champ, options),
        )
        choisis.append(options.get(choix or ""))
filtre = Filtre(categorie_id=choisis[0], secteur_id=choisis[1])
page = st.session_state.get(nom("page")) or url_id("page") or 1
with reading() as session:
    vue = verification.liste(session, today=today, filtre=filtre, page=page, par_page=PAR_PAGE, faites=faites())
    if page > 1 and not vue.lignes:  # an old link: the list has grown shorter
        vue = verification.liste(session, today=today, filtre=filtre, par_page=PAR_PAGE, faites=faites())

with st.container(horizontal=True, vertical_alignment="center"):
    s = "s" if vue.reste > 1 else ""
    st.caption(f"{vue.reste} fiche{s} jamais vérifiée{s}, ou pas depuis un an", width="stretch")
    st.button("Actualiser", icon=":material/refresh:", type="tertiary", on_click=autre_filtre)
for x in vue.lignes:
    ligne(x, today)
if not vue.lignes:
    st.success("Toutes ces fiches ont été vérifiées depuis moins d’un an.", icon=":material/task_alt:")
if vue.total > PAR_PAGE:
    nombre = ceil(vue.total / PAR_PAGE)
    st.pagination(nombre, **feuille(nombre))
