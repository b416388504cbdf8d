"""What needs me today, then the week. The élu·e sees what he or she chairs, or the week alone."""

import streamlit as st

from services.aujourdhui import accueil, presidees
from services.aujourdhui.accueil import Pas
from services.releves import en_seance
from services.socle import periodes
from services.socle.acteur import Droit
from services.socle.horloge import maintenant
from services.socle.temps import jour_long, moment
from services.socle.texte import accord
from ui.aujourdhui.accueil import (
    a_prevoir,
    a_saisir,
    cette_semaine,
    en_retard,
    lien,
    maintenant_en_seance,
    premiers_pas,
    preparations,
)
from ui.aujourdhui.presidees import presidees as ecran_presidees
from ui.commun.access import reading, require_agent
from ui.commun.feedback import md

agent = require_agent(Droit.CONSULTER)
restreint = agent.peut(Droit.LIRE)
now = maintenant()
today = now.date()

with reading() as session:
    semaine = accueil.semaine(session, today=today)
    attente = accueil.attente(session, now=now) if restreint else None
    pas = accueil.premiers_pas(session) if agent.peut(Droit.ECRIRE) else []
    siennes = None if restreint else presidees.lire(session, agent_id=agent.id, now=now)

st.title(f"Bonjour {md(agent.nom)}")
st.caption(jour_long(today).capitalize())
if attente:
    with st.container(horizontal=True, vertical_alignment="center"):
        dans_les_temps = attente.ouvertes - attente.nb_en_retard
        ouvertes = f"{accord(dans_les_temps, 'action')} dans les temps" if attente.ouvertes else "Aucune action ouverte"
        lien("actions/suivi.py", ouvertes, "task_alt")
        points = f"{accord(attente.a_inscrire, 'point')} à inscrire" if attente.a_inscrire else "Noter un point"
        lien("aujourdhui/a_inscrire.py", points, "post_add")
        if attente.a_verifier and agent.peut(Droit.ECRIRE):
            lien("partenaires/a_verifier.py", f"{accord(attente.a_verifier, 'fiche')} à vérifier", "fact_check")
        lien("agenda/calendrier.py", "Prévoir une réunion", "calendar_add_on")

if agent.peut(Droit.ECRIRE) and (du_moment := en_seance.du_moment(semaine.reunions, now=now)):
    with st.container(border=True, gap="small"):
        maintenant_en_seance(du_moment)
if siennes:
    ecran_presidees(siennes, periodes.semestre(today), today)
    st.stop()
with st.grid(2, min_column_width=420, gap="medium"):
    gauche, droite = st.container(), st.container()
with gauche:
    if pas:
        with st.container(border=True, gap="small"):
            premiers_pas(pas)
    if attente and attente.vide and len(pas) < len(Pas):
        suite = ""
        if attente.prochaine:
            quand = moment(attente.prochaine.debut, annee_de=today)
            suite = f" Prochaine réunion : {md(attente.prochaine.titre)}, {quand}."
        st.success(
            f"Rien ne vous attend : tout est saisi, rien n’est en retard.{suite}",
            icon=":material/task_alt:",
        )
    elif attente and not attente.vide:
        if attente.nb_a_saisir:
            with st.container(border=True, gap="small"):
                a_saisir(attente, today)
        if attente.nb_en_retard:
            with st.container(border=True, gap="small"):
                en_retard(attente, today)
        if attente.preparations:
            with st.container(border=True, gap="small"):
                preparations(attente, today)
        if attente.secteurs or attente.instances or attente.colleges:
            with st.container(border=True, gap="small"):
                a_prevoir(attente, periodes.semestre(today), today)
with droite, st.container(border=True, gap="small"):
    cette_semaine(semaine, today, restreint=restreint)
