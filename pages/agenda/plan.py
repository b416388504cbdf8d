"""The plan: the cellules of each secteur by semestre, then every instance by month; what is missing, one click away."""

import streamlit as st

from models.lists import TypeReunion
from services.agenda import plan, series
from services.socle import periodes
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from services.socle.periodes import Periode
from ui.agenda.plan import instances, legende, planifier, resume, secteurs
from ui.commun.access import reading, require_agent
from ui.commun.adresse import aller, lie
from ui.commun.feedback import md
from ui.commun.filtres import filtres_plies
from ui.commun.navigation import page_path
from ui.commun.operations import recentes

agent = require_agent(Droit.CONSULTER)
droits = {"ecrire": agent.peut(Droit.ECRIRE), "restreint": agent.peut(Droit.LIRE)}
today = aujourdhui()
SCOLAIRE, CIVILE = "Année scolaire", "Année civile"
DECALAGES = {"Précédente": -12, "En cours": 0, "Suivante": 12}  # in months
TYPES = [t.libelle for t in TypeReunion if t is not TypeReunion.EXCEPTIONNELLE]

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Plan", width="stretch")
    if droits["ecrire"]:
        st.page_link(
            page_path("agenda/planifier.py"), label="Planifier des réunions", icon=":material/calendar_add_on:"
        )

if droits["ecrire"]:
    recentes(series.CREER)

# --- secteurs × semestres ---
with reading() as session:
    par_secteur = plan.par_secteur(session, today=today)
st.header("Cellules de veille, par secteur et par semestre", anchor=False)
if par_secteur.lignes:
    secteurs(par_secteur, today, **droits)
else:
    st.info("Chaque secteur de veille aura ici sa cellule de chaque semestre. Ajoutez-les dans « Listes ».")

# --- instances × months ---
st.header("Instances, mois par mois", anchor=False)
with filtres_plies("plan", {"type": None, "annee": SCOLAIRE, "laquelle": "En cours"}, vertical_alignment="center"):
    montres = st.pills(
        "Types de réunion", TYPES, selection_mode="multi", label_visibility="collapsed", wrap=True, **lie("type", TYPES)
    )
    sorte = st.segmented_control(
        "Année",
        [SCOLAIRE, CIVILE],
        default=SCOLAIRE,
        required=True,
        label_visibility="collapsed",
        **lie("annee", [SCOLAIRE, CIVILE]),
    )
    decalage = st.segmented_control(
        "Laquelle",
        list(DECALAGES),
        default="En cours",
        required=True,
        label_visibility="collapsed",
        **lie("laquelle", DECALAGES),
    )
st.markdown(legende())

base = periodes.annee_scolaire(today) if sorte == SCOLAIRE else Periode(today.replace(month=1, day=1), today)
debut = periodes.plus_mois(base.debut, DECALAGES[decalage or "En cours"])
periode = Periode(debut, periodes.plus_mois(debut, 12))
with reading() as session:
    lignes = plan.par_instance(
        session, periode=periode, today=today, types=[t for t in TypeReunion if t.libelle in montres]
    )

if not lignes:
    st.info("Aucune instance de ce type. Celles que vous créerez dans « Instances » auront ici une ligne.")
    st.stop()
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(f"{md(periodes.nom(periode).capitalize())} · {resume(lignes)}", width="stretch")
    manquantes = [x.id for x in lignes if x.a_planifier]
    if droits["ecrire"] and manquantes:
        st.button(
            "Planifier ce qui manque",
            icon=":material/calendar_add_on:",
            on_click=aller,
            args=("agenda/planifier.py",),
            kwargs=planifier(manquantes, periode),
        )
instances(lignes, periode, today, **droits)
