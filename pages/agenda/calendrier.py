"""Calendar of meetings: month, week, day, list."""

import streamlit as st
from streamlit_calendar import calendar

from models.lists import TypeReunion
from services import conges, instances, listes, reunions
from services.acteur import Droit
from services.horloge import aujourdhui, maintenant
from ui import agenda, agenda_dialogs
from ui.access import reading, require_agent
from ui.agenda import Vue
from ui.feedback import md

agent = require_agent(Droit.CONSULTER)
modifiable = agent.peut(Droit.ECRIRE)


def aller(sens: int) -> None:
    """One step back or forward; 0 is today."""
    vue, jour = Vue(st.session_state["vue"]), st.session_state["jour"] or aujourdhui()
    st.session_state["jour"] = agenda.decaler(vue, jour, sens) if sens else aujourdhui()


with reading() as session:
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}
    les_instances = {i.id: i.nom for i in instances.liste(session)}

# --- where: all of it in the address ---
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Calendrier", width="stretch")
    if modifiable:
        nouvelle = st.button("Nouvelle réunion", icon=":material/add:", type="primary", key="agenda.nouvelle")
with st.container(horizontal=True, vertical_alignment="center"):
    st.button("", icon=":material/chevron_left:", help="Précédent", key="avant", on_click=aller, args=(-1,))
    st.button("Aujourd’hui", key="ce_jour", on_click=aller, args=(0,))
    st.button("", icon=":material/chevron_right:", help="Suivant", key="apres", on_click=aller, args=(1,))
    jour = (
        st.date_input(
            "Jour montré",
            value=aujourdhui(),
            format="DD/MM/YYYY",
            key="jour",
            bind="query-params",
            label_visibility="collapsed",
            width=140,
        )
        or aujourdhui()
    )
    place_titre = st.container(width="stretch")
    vue = Vue(
        st.segmented_control(
            "Vue",
            [v.value for v in Vue],
            default=Vue.SEMAINE.value,
            required=True,
            key="vue",
            bind="query-params",
            label_visibility="collapsed",
        )
        or Vue.SEMAINE
    )
with st.container(horizontal=True, vertical_alignment="center"):
    types = st.pills(
        "Types de réunion",
        [t.libelle for t in TypeReunion],
        selection_mode="multi",
        key="type",
        bind="query-params",
        label_visibility="collapsed",
        width="stretch",
    )
    secteur = st.selectbox(
        "Secteur de veille",
        list(secteurs),
        index=None,
        format_func=lambda i: secteurs[i],
        key="secteur",
        bind="query-params",
        placeholder="Tous les secteurs",
        label_visibility="collapsed",
        filter_mode="contains",
        width=220,
    )
    instance = st.selectbox(
        "Instance",
        list(les_instances),
        index=None,
        format_func=lambda i: les_instances[i],
        key="inst",
        bind="query-params",
        placeholder="Toutes les instances",
        label_visibility="collapsed",
        filter_mode="contains",
        width=260,
    )

# --- what the user just did in the calendar, before it is drawn again ---
if modifiable and nouvelle:
    agenda_dialogs.proposer(jour=jour, instance_id=instance)
agenda_dialogs.suivre(st.session_state.get("calendrier"), modifiable=modifiable, instance_id=instance)
agenda_dialogs.refus_du_calendrier()

debut, fin = agenda.plage(vue, jour)
with reading() as session:
    montrees = reunions.entre(
        session,
        debut=agenda.minuit(debut),
        fin=agenda.minuit(fin),
        types=[t for t in TypeReunion if t.libelle in types],
        secteur_id=secteur,
        instance_id=instance,
        limite=agenda.EVENEMENTS_MAX + 1,
    )
periodes = conges.entre(debut, fin)
with place_titre:
    st.markdown(f"**{agenda.titre(vue, jour)}**")

st.html(agenda.legende())
notes = [md(agenda.noms_conges(periodes))] if periodes else []
if connu := conges.inconnues_apres(debut, fin):
    notes.append(f"Vacances scolaires connues jusqu’au {connu:%d/%m/%Y} seulement.")
if len(montrees) > agenda.EVENEMENTS_MAX:
    notes.append(f"Seules les {agenda.EVENEMENTS_MAX} premières réunions sont montrées : filtrez, ou changez de vue.")
st.caption(" · ".join(notes) or "Ni vacances scolaires (zone A) ni jour férié dans cette période.")

tour = agenda_dialogs.tour()
montrees = montrees[: agenda.EVENEMENTS_MAX]
calendar(
    events=[
        *agenda.evenements(montrees, tour=tour, modifiable=modifiable),
        *agenda.fonds(periodes, vue),
        agenda.temoin(tour),
    ],
    options=agenda.options(vue, jour, now=maintenant(), modifiable=modifiable, reunions=montrees),
    custom_css=agenda.css(vue, jour),
    callbacks=[*agenda.REPERES, *(["eventsSet"] if agenda_dialogs.retour_a_effacer() else [])],
    key="calendrier",
)
agenda_dialogs.montrer()
