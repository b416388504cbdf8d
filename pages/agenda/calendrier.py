"""Calendar of meetings and of the séances of «13-18»: month, week, day, list."""

import streamlit as st

from models.lists import TypeReunion
from services.agenda import instances, reunions
from services.commun import listes
from services.projets import seances
from services.socle import conges
from services.socle.acteur import Droit
from services.socle.horloge import maintenant
from ui.agenda import dialogues, evenements, fenetre
from ui.agenda.calendrier import barre, calendrier, etroit, filtre
from ui.agenda.evenements import Vue
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie
from ui.commun.feedback import md
from ui.commun.filtres import filtres_plies

agent = require_agent(Droit.CONSULTER)
modifiable = agent.peut(Droit.ECRIRE)


with reading() as session:
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}
    les_instances = {i.id: i.nom for i in instances.liste(session)}

# --- where: all of it in the address ---
st.html(evenements.legende())
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Calendrier", width="stretch")
    with filtres_plies("calendrier", {"secteur": None, "inst": None, "type": None}, width="content"):
        secteur = filtre("Secteur de veille", secteurs, "secteur", "Tous les secteurs")
        instance = filtre("Instance", les_instances, "inst", "Toutes les instances")
    if modifiable:
        nouvelle = st.button("Nouvelle réunion", icon=":material/add:", type="primary", key="agenda.nouvelle")
vue, jour = barre()
liste = vue is Vue.JOUR and etroit()  # on a phone, hours side by side leave no room for words
TYPES = [*(t.libelle for t in TypeReunion), evenements.SEANCES]
types = st.pills(
    "Types de réunion", TYPES, selection_mode="multi", label_visibility="collapsed", wrap=True, **lie("type", TYPES)
)

# --- what the user just did in the calendar, before it is drawn again ---
if modifiable and nouvelle:
    fenetre.proposer(instance_id=instance)
dialogues.suivre(st.session_state.get("calendrier"), modifiable=modifiable, instance_id=instance)

debut, fin = evenements.plage(vue, jour)
with reading() as session:
    montrees = reunions.entre(
        session,
        debut=evenements.minuit(debut),
        fin=evenements.minuit(fin),
        types=[t for t in TypeReunion if t.libelle in types],
        secteur_id=secteur,
        instance_id=instance,
    )
    des_13_18 = seances.entre(session, debut=evenements.minuit(debut), fin=evenements.minuit(fin))
if types == [evenements.SEANCES]:
    montrees = []
elif (types and evenements.SEANCES not in types) or secteur or instance:  # a séance belongs to neither of them
    des_13_18 = []
periodes = conges.entre(debut, fin)

notes = [md(evenements.noms_conges(periodes))] if periodes else []
if connu := conges.inconnues_apres(debut, fin):
    notes.append(f"Vacances scolaires connues jusqu’au {connu:%d/%m/%Y} seulement.")
for quoi, tous in (("réunions", montrees), ("séances", des_13_18)):
    if (n := len(tous)) > (premieres := evenements.EVENEMENTS_MAX):
        notes.append(f"Seules les {premieres} premières {quoi} sont montrées, sur {n} : filtrez, ou changez de vue.")
st.caption(" · ".join(notes) or "Ni vacances scolaires (zone A) ni jour férié dans cette période.")

tour = fenetre.tour()
montrees, des_13_18 = montrees[: evenements.EVENEMENTS_MAX], des_13_18[: evenements.EVENEMENTS_MAX]
calendrier(
    events=[
        *evenements.evenements(montrees, tour=tour, modifiable=modifiable),
        *evenements.evenements_seances(des_13_18, tour=tour),
        *evenements.fonds(periodes, Vue.LISTE if liste else vue),
        evenements.temoin(tour),
    ],
    options=evenements.options(
        vue, jour, now=maintenant(), modifiable=modifiable, reunions=[*montrees, *des_13_18], liste=liste
    ),
    custom_css=evenements.css(jour),
    callbacks=[*evenements.REPERES, *(["eventsSet"] if fenetre.retour_a_effacer() else [])],
    key="calendrier",
)
dialogues.montrer()
