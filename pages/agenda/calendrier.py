"""Calendar of meetings and of the séances of «13-18»: month, week, day, list."""

import streamlit as st

from models.lists import TypeReunion
from services import conges, instances, listes, reunions, seances
from services.acteur import Droit
from services.horloge import maintenant
from ui import agenda, agenda_dialogs
from ui.access import reading, require_agent
from ui.adresse import lie
from ui.agenda import Vue
from ui.calendrier import barre, calendrier, etroit, filtre
from ui.feedback import md
from ui.filtres import filtres_plies

agent = require_agent(Droit.CONSULTER)
modifiable = agent.peut(Droit.ECRIRE)


with reading() as session:
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}
    les_instances = {i.id: i.nom for i in instances.liste(session)}

# --- where: all of it in the address ---
st.html(agenda.legende())
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Calendrier", width="stretch")
    with filtres_plies("calendrier", {"secteur": None, "inst": None, "type": None}, width="content"):
        secteur = filtre("Secteur de veille", secteurs, "secteur", "Tous les secteurs")
        instance = filtre("Instance", les_instances, "inst", "Toutes les instances")
    if modifiable:
        nouvelle = st.button("Nouvelle réunion", icon=":material/add:", type="primary", key="agenda.nouvelle")
vue, jour = barre()
liste = vue is Vue.JOUR and etroit()  # on a phone, hours side by side leave no room for words
TYPES = [*(t.libelle for t in TypeReunion), agenda.SEANCES]
types = st.pills(
    "Types de réunion", TYPES, selection_mode="multi", label_visibility="collapsed", wrap=True, **lie("type", TYPES)
)

# --- what the user just did in the calendar, before it is drawn again ---
if modifiable and nouvelle:
    agenda_dialogs.proposer(instance_id=instance)
agenda_dialogs.suivre(st.session_state.get("calendrier"), modifiable=modifiable, instance_id=instance)

debut, fin = agenda.plage(vue, jour)
with reading() as session:
    montrees = reunions.entre(
        session,
        debut=agenda.minuit(debut),
        fin=agenda.minuit(fin),
        types=[t for t in TypeReunion if t.libelle in types],
        secteur_id=secteur,
        instance_id=instance,
    )
    des_13_18 = seances.entre(session, debut=agenda.minuit(debut), fin=agenda.minuit(fin))
if types == [agenda.SEANCES]:
    montrees = []
elif (types and agenda.SEANCES not in types) or secteur or instance:  # a séance belongs to neither of them
    des_13_18 = []
periodes = conges.entre(debut, fin)

notes = [md(agenda.noms_conges(periodes))] if periodes else []
if connu := conges.inconnues_apres(debut, fin):
    notes.append(f"Vacances scolaires connues jusqu’au {connu:%d/%m/%Y} seulement.")
for quoi, tous in (("réunions", montrees), ("séances", des_13_18)):
    if (n := len(tous)) > (premieres := agenda.EVENEMENTS_MAX):
        notes.append(f"Seules les {premieres} premières {quoi} sont montrées, sur {n} : filtrez, ou changez de vue.")
st.caption(" · ".join(notes) or "Ni vacances scolaires (zone A) ni jour férié dans cette période.")

tour = agenda_dialogs.tour()
montrees, des_13_18 = montrees[: agenda.EVENEMENTS_MAX], des_13_18[: agenda.EVENEMENTS_MAX]
calendrier(
    events=[
        *agenda.evenements(montrees, tour=tour, modifiable=modifiable),
        *agenda.evenements_seances(des_13_18, tour=tour),
        *agenda.fonds(periodes, Vue.LISTE if liste else vue),
        agenda.temoin(tour),
    ],
    options=agenda.options(
        vue, jour, now=maintenant(), modifiable=modifiable, reunions=[*montrees, *des_13_18], liste=liste
    ),
    custom_css=agenda.css(jour),
    callbacks=[*agenda.REPERES, *(["eventsSet"] if agenda_dialogs.retour_a_effacer() else [])],
    key="calendrier",
)
agenda_dialogs.montrer()
