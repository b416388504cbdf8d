"""A week of séances of a collège, planned in one go."""

from datetime import timedelta

import streamlit as st

from services.projets import classes, participations, seances
from services.projets.participations import bornes
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from services.socle.periodes import nom_annee_scolaire
from services.socle.temps import jour_long
from ui.commun import operations
from ui.commun.access import reading, require_agent
from ui.commun.adresse import intituler, lie, un_jour, url_id
from ui.commun.feedback import md
from ui.commun.formulaire import open_form, repris
from ui.projets import semaine
from ui.projets.couverture import COLLEGE, COUVERTURE

agent = require_agent(Droit.ECRIRE)
today = aujourdhui()
id = url_id("participation")
if id is None:
    st.title("Semaine de séances")
    st.info("Choisissez d’abord un collège dans la liste de l’année scolaire.", icon=":material/school:")
    st.page_link(COUVERTURE, label="Les collèges de l’année", icon=":material/arrow_back:")
    st.stop()
with reading() as session:
    p = participations.une(session, id=id or 0, today=today)
    les_classes = classes.liste(session, participation_id=p.id)
    prevues = seances.de_la_participation(session, participation_id=p.id)

intituler(f"Semaine de séances, {p.college}")
st.page_link(
    COLLEGE,
    label=f"{md(p.college)}, {nom_annee_scolaire(p.annee)}",
    icon=":material/arrow_back:",
    query_params={"participation": str(p.id)},
)
st.title("Semaine de séances")
if not les_classes:
    st.info("Ajoutez d’abord les classes du collège : chacune aura sa ligne ici.", icon=":material/groups:")
    adresse = {"participation": str(p.id)}
    st.page_link(COLLEGE, label="Ajouter les classes", icon=":material/group_add:", query_params=adresse)
    st.stop()

premier, dernier = bornes(p.annee)
form = open_form("semaine", objet_id=p.id)
rangs = semaine.rangs(form, les_classes)
with st.container(horizontal=True, vertical_alignment="bottom"):
    choisi = st.date_input(
        "Un jour de la semaine",
        value=semaine.lundi_de(None, p.annee, today),
        min_value=premier,
        max_value=dernier,
        format="DD/MM/YYYY",
        width=170,
        **lie("semaine", juge=un_jour(premier, dernier)),
    )
    lundi = semaine.lundi_de(choisi, p.annee, today)
    vendredi = lundi + timedelta(days=4)
    st.markdown(f"Du **{jour_long(lundi)}** au **{jour_long(vendredi)}**", width="stretch")
repris(form)
semaine.deja(prevues, lundi)
semaine.deplacer(p, prevues, lundi)
derniere_salle = next((s.salle for s in reversed(prevues) if s.salle), "")
offertes = semaine.communs(form, p.college_id, rangs, derniere_salle)
st.caption("Une ligne sans jour n’est pas enregistrée. Une séance dure deux heures.")
for r in rangs:
    semaine.rang(form, r, les_classes, offertes)
semaine.bouton(form, p, rangs, les_classes, today)
operations.dernieres(seances.CREER_SEMAINE, "Dernières semaines saisies")
