"""What needs me today, then the week. The élu sees the week only."""

import streamlit as st

from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, ETATS_REUNION_SANS_SUITE
from services import accueil
from services.acteur import Droit
from services.horloge import maintenant
from services.reunions import ReunionVue
from ui.access import reading, require_agent
from ui.feedback import md
from ui.navigation import page_path
from ui.temps import heure, jour, jour_long, moment

agent = require_agent(Droit.CONSULTER)
restreint = agent.peut(Droit.LIRE)
now = maintenant()


def a_saisir(reunion: ReunionVue) -> None:
    """A meeting that waits for its relevé."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md(reunion.titre)}**  \n:gray[{moment(reunion.debut, annee_de=now.date())}]", width="stretch")
        st.page_link(
            page_path("aujourdhui/saisie.py"),
            label="Saisir",
            icon=":material/edit_note:",
            query_params={"reunion": str(reunion.id)},
        )


def de_la_semaine(reunion: ReunionVue) -> None:
    """A meeting of the week: when, which, where, and its state if it is not simply to come."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{heure(reunion.debut)} – {heure(reunion.fin)}", width=130)
        barre = "~~" if reunion.etat in ETATS_REUNION_SANS_SUITE else ""
        lieu = f"  \n:gray[{md(reunion.lieu)}]" if reunion.lieu else ""
        st.markdown(f"{barre}**{md(reunion.titre)}**{barre}{lieu}", width="stretch")
        if reunion.etat not in ETATS_REUNION_A_SAISIR:
            st.badge(reunion.etat.libelle, color="green" if reunion.etat in ETATS_REUNION_SAISIE else "gray")
        if restreint and reunion.etat in ETATS_REUNION_SAISIE:
            st.page_link(page_path("aujourdhui/releve.py"), label="Relevé", query_params={"reunion": str(reunion.id)})


st.title(f"Bonjour {md(agent.nom)}")
st.caption(jour_long(now.date()).capitalize())
with reading() as session:
    semaine = accueil.semaine(session, today=now.date())
    attente = accueil.attente(session, now=now) if restreint else None

if attente:
    gauche, droite = st.columns([3, 2], gap="medium")
    with gauche.container(border=True):
        s = "s" if attente.nb_a_saisir > 1 else ""
        st.subheader(f"À saisir : {attente.nb_a_saisir} réunion{s}" if attente.nb_a_saisir else "À saisir")
        for reunion in attente.a_saisir:
            a_saisir(reunion)
        if attente.nb_a_saisir > len(attente.a_saisir):
            reste = attente.nb_a_saisir - len(attente.a_saisir)
            st.page_link(page_path("aujourdhui/saisie.py"), label=f"Et {reste} autre{'s' if reste > 1 else ''}")
        if not attente.a_saisir:
            st.caption("Toutes les réunions tenues ont leur relevé. Les prochaines viendront ici dès leur début.")
    with droite.container(border=True):
        st.subheader("À suivre")
        if attente.en_retard:
            s = "s" if attente.en_retard > 1 else ""
            st.page_link(
                page_path("actions/suivi.py"),
                label=f":red[**{attente.en_retard} action{s} en retard**]",
                icon=":material/schedule:",
                query_params={"voir": "En retard"},
            )
        autres = attente.ouvertes - attente.en_retard
        s = "s" if autres > 1 else ""
        st.page_link(
            page_path("actions/suivi.py"),
            label=f"{autres} action{s} dans les temps" if attente.ouvertes else "Aucune action ouverte",
            icon=":material/task_alt:",
        )
        s = "s" if attente.a_inscrire > 1 else ""
        st.page_link(
            page_path("aujourdhui/a_inscrire.py"),
            label=f"{attente.a_inscrire} point{s} à inscrire" if attente.a_inscrire else "Noter un point à inscrire",
            icon=":material/post_add:",
        )

with st.container(border=True):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("La semaine qui vient" if semaine.suivante else "Cette semaine", width="stretch")
        st.page_link(page_path("agenda/calendrier.py"), label="Calendrier", icon=":material/calendar_month:")
    date = None
    for reunion in semaine.reunions:
        if reunion.debut.date() != date:
            date = reunion.debut.date()
            st.markdown(f":gray[{jour(date)}]" + (" :blue-badge[aujourd’hui]" if date == now.date() else ""))
        de_la_semaine(reunion)
    if not semaine.reunions:
        st.caption(
            f"Aucune réunion du {jour(semaine.debut)} au {jour(semaine.fin)}. "
            "Celles du calendrier viendront ici, avec leur heure et leur lieu."
        )
