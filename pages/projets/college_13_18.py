"""A collège of «13-18» in a school year: its steps, its note, its classes, its séances."""

import streamlit as st

from models.lists import EtatSeance, Volet
from services.projets import classes, etapes, participations, seances
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from services.socle.periodes import nom_annee_scolaire
from ui.commun.access import reading, require_agent
from ui.commun.adresse import intituler, ouvert, url_id
from ui.commun.feedback import field_error, md
from ui.partenaires.fiche import FICHE
from ui.projets.college import ajout_classe, classe, note, seance
from ui.projets.couverture import COUVERTURE, SEMAINE, etape, retards

agent = require_agent()
modifiable = agent.peut(Droit.ECRIRE)
id = url_id("participation")
if id is None:
    st.title("13-18, Questions de Justice")
    st.info("Choisissez un collège dans la liste de l’année scolaire.", icon=":material/school:")
    st.page_link(COUVERTURE, label="Les collèges de l’année", icon=":material/arrow_back:")
    st.stop()
with reading() as session:
    p = participations.une(session, id=id or 0, today=aujourdhui())
    les_etapes = etapes.liste(session)
    les_classes = classes.liste(session, participation_id=p.id)
    les_seances = seances.de_la_participation(session, participation_id=p.id)

intituler(f"13-18, {p.college}")
with st.container(horizontal=True, vertical_alignment="center"):
    st.page_link(
        COUVERTURE,
        label=f"13-18, {nom_annee_scolaire(p.annee)}",
        icon=":material/arrow_back:",
        query_params={"annee": str(p.annee)},
    )
    st.page_link(FICHE, label="Fiche du collège", icon=":material/badge:", query_params={"id": str(p.college_id)})
st.title(md(p.college))
with st.container(horizontal=True, vertical_alignment="bottom"):
    for volet in Volet:
        # While its note is being written, a step would make that form stale.
        etape(p, volet, les_etapes[volet], nommer=True, fige=not modifiable or ouvert("note", p.id))
    st.markdown(retards(p), width="content")
field_error(f"13-18:{p.id}", "")
note(p, modifiable=modifiable)

with st.grid(2, min_column_width=430, gap="medium"):
    with st.container(border=True, gap="xsmall"):
        st.header("Classes")
        for c in les_classes:
            classe(c, modifiable=modifiable)
        if not les_classes:
            st.caption("Les classes de 4e qui participent viendront ici, avec leur effectif.")
        if modifiable:
            ajout_classe(p)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header("Séances", width="stretch")
            if modifiable and les_classes:
                st.page_link(
                    SEMAINE,
                    label="Saisir une semaine",
                    icon=":material/date_range:",
                    query_params={"participation": str(p.id)},
                )
                if a_venir := next((s for s in les_seances if s.etat is EtatSeance.PREVUE), None):
                    st.page_link(
                        SEMAINE,
                        label="Déplacer une semaine",
                        icon=":material/move_item:",
                        query_params={"participation": str(p.id), "semaine": a_venir.debut.date().isoformat()},
                    )
        for s in les_seances:
            seance(s, p.college_id, modifiable=modifiable)
        if not les_seances:
            st.caption("Les séances viendront ici, dans l’ordre des dates. Ajoutez d’abord les classes.")
