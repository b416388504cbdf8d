"""The journal: who did what, when, to what; large changes are undone from here, as one step."""

from datetime import datetime, time
from math import ceil

import streamlit as st

from services.commun import comptes
from services.socle import journal
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, utcnow
from services.socle.journal import FAMILLES, Filtre
from services.socle.texte import accord
from settings import get_settings
from ui.administration import journal as ecran
from ui.agenda.evenements import PREMIER
from ui.commun.access import reading, require_agent
from ui.commun.adresse import feuille, lie, un_jour
from ui.commun.filtres import filtres_plies
from ui.partenaires.annuaire import premiere_page

PAR_PAGE = 25

agent = require_agent(Droit.ECRIRE)
familles = [f for f in FAMILLES if f != "Comptes" or agent.peut(Droit.COMPTES)]
with reading() as session:
    agents = {c.id: c.nom for c in comptes.liste(session, now=utcnow())}

st.title("Journal", anchor=False)
with filtres_plies("journal", {"q": "", "agent": "", "sur": "", "depuis": None}):
    texte = st.text_input(
        "Rechercher",
        type="search",
        live=True,
        placeholder="Un mot : partenaire, fichier, réunion…",
        width=330,
        on_change=premiere_page,
        **lie("q"),
    )
    qui = st.selectbox(
        "Par",
        list(agents.values()),
        index=None,
        placeholder="Tout le monde",
        width=220,
        on_change=premiere_page,
        **lie("agent", agents.values()),
    )
    famille = st.selectbox(
        "Sur",
        familles,
        index=None,
        placeholder="Tout",
        width=220,
        on_change=premiere_page,
        **lie("sur", familles),
    )
    jour = st.date_input(
        "Depuis le",
        value=None,
        min_value=PREMIER,
        max_value=aujourdhui(),
        format="DD/MM/YYYY",
        width=150,
        on_change=premiere_page,
        **lie("depuis", juge=un_jour(PREMIER, aujourdhui())),
    )
depuis = datetime.combine(jour, time(), get_settings().zone) if jour else None
filtre = Filtre(texte or "", next((i for i, nom in agents.items() if nom == qui), None), famille or "", depuis)
with reading() as session:
    page = journal.chercher(session, filtre=filtre, by=agent, par_page=PAR_PAGE)
nombre = max(1, ceil(page.total / PAR_PAGE))
st.caption(accord(page.total, "ligne"))
lignes = st.container(gap="xsmall")
if nombre > 1:
    numero = st.pagination(nombre, **feuille(nombre))
    if numero > 1:
        with reading() as session:
            page = journal.chercher(session, filtre=filtre, by=agent, page=numero, par_page=PAR_PAGE)
with lignes:
    for entree in page.lignes:
        ecran.ligne(entree)
    if not page.total:
        st.info("Rien dans le journal pour ces filtres : retirez-en un.", icon=":material/search_off:")
