"""The relevés of a secteur's year, as the public reads them; to download as one collection."""

from functools import partial

import streamlit as st

from services.commun import listes
from services.releves import releve_public
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie
from ui.commun.feedback import md
from ui.commun.filtres import filtres_plies
from ui.convocation import documents

agent = require_agent(Droit.CONSULTER)
today = aujourdhui()

st.title("Relevés de l’année")
with reading() as session:
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}
if not secteurs:
    st.info("Les relevés s’affichent ici par secteur de veille : créez-en un dans les listes.", icon=":material/map:")
    st.stop()
annees = range(today.year, today.year - 6, -1)
secteur_id: int
annee: int
with filtres_plies("releves", {}, mot=lambda: f"{secteurs[secteur_id]}, {annee}"):
    secteur_id = st.selectbox(
        "Secteur de veille",
        list(secteurs),
        format_func=lambda i: secteurs[i],
        **lie("secteur", secteurs.values()),
    )
    annee = st.selectbox("Année", annees, width=140, **lie("annee", annees))
with reading() as session:
    publics = releve_public.du_secteur(session, secteur_id=secteur_id, annee=annee)

with st.container(horizontal=True):
    for restreint, libelle in ((False, "Recueil public (Word)"), (True, "Recueil restreint (Word)")):
        if not restreint or agent.peut(Droit.LIRE):
            documents.telecharger(
                libelle,
                partial(documents.recueil, secteur_id=secteur_id, annee=annee, restreint=restreint, today=today),
                nom=documents.nom_du_recueil(secteurs[secteur_id], annee, restreint=restreint),
                key=f"recueil.{restreint}",
                droit=Droit.LIRE if restreint else Droit.CONSULTER,
            )
if agent.peut(Droit.LIRE):
    st.caption("Le recueil restreint contient tous les relevés validés du secteur, réunions techniques comprises.")

if not publics:
    st.info(
        "Aucun relevé public cette année dans ce secteur. Celui d’une cellule de veille paraît ici une fois validé.",
        icon=":material/public:",
    )
for releve in publics:
    with st.container(border=True):
        st.markdown(f"**{md(releve.titre)}** · {temps.jour_long(releve.debut.date())}")
        if releve.presidence:
            st.caption(f"Présidée par {md(releve.presidence)}")
        if releve.presents:
            st.caption(f"Étaient présents : {md(' ; '.join(releve.presents))}")
        if releve.habitants is not None:
            st.caption(f"Habitants présents : {releve.habitants}")
        for point in releve.points:
            st.markdown(f"- **{md(point.rubrique)}** : {md(point.texte)}".replace("\n", "  \n"))
        if not releve.points:
            st.caption("Aucun point n’a été rendu public.")
