"""What needs me today, then the week. The élu sees the week only."""

import streamlit as st

from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, ETATS_REUNION_SANS_SUITE
from services import accueil
from services.acteur import Droit
from services.horloge import maintenant
from services.reunions import ReunionVue
from services.temps import heure, jour, jour_long, moment
from ui.access import reading, require_agent
from ui.feedback import md
from ui.navigation import page_path

agent = require_agent(Droit.CONSULTER)
restreint = agent.peut(Droit.LIRE)
now = maintenant()


def accord(n: int, nom: str) -> str:
    """2 réunions."""
    return f"{n} {nom}{'s' if n > 1 else ''}"


def a_saisir(reunion: ReunionVue) -> None:
    """A meeting that waits for its relevé."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md(reunion.titre)}** :gray[· {moment(reunion.debut, annee_de=now.date())}]", width="stretch")
        st.page_link(
            page_path("aujourdhui/saisie.py"),
            label="Saisir",
            icon=":material/edit_note:",
            query_params={"reunion": str(reunion.id)},
        )


def de_la_semaine(reunion: ReunionVue) -> None:
    """A meeting of the week: when, which, where, and its state if it is not simply to come."""
    quand, quoi = st.columns([1, 3], gap="small")
    date = reunion.debut.date()
    le = ":blue[**aujourd’hui**]" if date == now.date() else jour(date)
    quand.markdown(f"{le}  \n:gray[{heure(reunion.debut)} – {heure(reunion.fin)}]")
    with quoi, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        barre = "~~" if reunion.etat in ETATS_REUNION_SANS_SUITE else ""
        badge = ""
        if reunion.etat not in ETATS_REUNION_A_SAISIR:
            couleur = "green" if reunion.etat in ETATS_REUNION_SAISIE else "gray"
            badge = f" :{couleur}-badge[{reunion.etat.libelle}]"
        lieu = f"  \n:gray[{md(reunion.lieu)}]" if reunion.lieu else ""
        st.markdown(f"{barre}**{md(reunion.titre)}**{barre}{badge}{lieu}", width="stretch")
        if restreint and reunion.etat in ETATS_REUNION_SAISIE:
            st.page_link(page_path("aujourdhui/releve.py"), label="Relevé", query_params={"reunion": str(reunion.id)})


def lien(script: str, label: str, icone: str, **query: str) -> None:
    st.page_link(page_path(script), label=label, icon=f":material/{icone}:", query_params=query)


st.title(f"Bonjour {md(agent.nom)}")
st.caption(jour_long(now.date()).capitalize())
with reading() as session:
    semaine = accueil.semaine(session, today=now.date())
    attente = accueil.attente(session, now=now) if restreint else None

if attente:
    with st.container(border=True, gap="small"):
        st.subheader(f"À saisir : {accord(attente.nb_a_saisir, 'réunion')}" if attente.nb_a_saisir else "À saisir")
        for reunion in attente.a_saisir:
            a_saisir(reunion)
        if attente.nb_a_saisir > len(attente.a_saisir):
            lien(
                "aujourdhui/saisie.py",
                f"Et {accord(attente.nb_a_saisir - len(attente.a_saisir), 'autre')}",
                "more_horiz",
            )
        if not attente.a_saisir:
            st.caption("Toutes les réunions tenues ont leur relevé. Les prochaines viendront ici dès leur début.")
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if attente.en_retard:
            retard = f":red[**{accord(attente.en_retard, 'action')} en retard**]"
            lien("actions/suivi.py", retard, "schedule", voir="En retard")
        autres = attente.ouvertes - attente.en_retard
        ouvertes = f"{accord(autres, 'action')} dans les temps" if attente.ouvertes else "Aucune action ouverte"
        lien("actions/suivi.py", ouvertes, "task_alt")
        points = (
            f"{accord(attente.a_inscrire, 'point')} à inscrire" if attente.a_inscrire else "Noter un point à inscrire"
        )
        lien("aujourdhui/a_inscrire.py", points, "post_add")

with st.container(border=True, gap="small"):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("La semaine qui vient" if semaine.suivante else "Cette semaine", width="stretch")
        st.page_link(page_path("agenda/calendrier.py"), label="Calendrier", icon=":material/calendar_month:")
    for reunion in semaine.reunions:
        de_la_semaine(reunion)
    if not semaine.reunions:
        st.caption(
            f"Du {jour(semaine.debut)} au {jour(semaine.fin)} : aucune réunion. "
            "Celles du calendrier viendront ici, avec leur heure et leur lieu."
        )
