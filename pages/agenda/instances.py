"""Instances: the list on the left, the chosen one (`?instance=`) beside it, edited in place with its members."""

import streamlit as st

from models.lists import TypeReunion
from services.agenda import instances, reunions
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, maintenant
from services.socle.temps import moment
from ui.agenda.instance import archiver, ce_qui_manque, choisie, choisir, fiche, nouvelle, repliee, restaurer
from ui.agenda.instance_membres import membres
from ui.agenda.instance_textes import textes
from ui.commun.access import reading, require_agent
from ui.commun.adresse import inconnu, intituler
from ui.commun.feedback import md, named
from ui.commun.navigation import page_path

agent = require_agent()
modifiable = agent.peut(Droit.ECRIRE)

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Instances", width="stretch")
    if modifiable:
        st.button("Nouvelle instance", icon=":material/add:", type="primary", key="inst.nouvelle", on_click=nouvelle)

id = choisie()
with reading() as session:
    toutes = instances.liste(session, archives=True)
    manquantes = instances.manquantes(session)
actives = [i for i in toutes if not i.archive]
vue = next((i for i in toutes if i.id == id), None)
if vue:
    intituler(vue.nom)
elif id:
    inconnu("instance", f"l’instance nº {id}")

gauche, droite = st.columns([3, 7], gap="medium")

# --- the list ---
with gauche, repliee(vue is not None or id == 0):
    texte = st.text_input(
        "Rechercher une instance",
        key="inst.recherche",
        type="search",
        live=True,
        placeholder="Nom, secteur, lieu",
        label_visibility="collapsed",
    )
    archives = st.toggle("Avec les archivées", key="inst.archives") if len(actives) < len(toutes) else False
    with reading() as session:
        trouvees = instances.liste(session, texte=texte or "", archives=archives)
    with st.container(height=560, border=False, gap="xxsmall", key="inst_liste"):
        for type_ in TypeReunion:
            groupe = [i for i in trouvees if i.type is type_]
            if groupe:
                st.caption(f"{type_.libelle} ({len(groupe)})")
            for i in groupe:
                st.button(
                    named(md(i.nom.removeprefix(f"{type_.libelle} – ")), type_.libelle) + " (archivée)" * i.archive,
                    key=f"inst.{i.id}",
                    type="secondary" if i.id == id else "tertiary",
                    on_click=choisir,
                    args=(i.id,),
                    width="stretch",
                )
        if not trouvees:
            st.caption("Aucune instance ne correspond." if texte else "Aucune instance pour l’instant.")
    if modifiable:
        ce_qui_manque(len(manquantes))

# --- the chosen one ---
with droite:
    if vue is None and not (modifiable and id == 0):
        st.info(
            "Choisissez une instance dans la liste pour voir son rythme, son lieu et ses membres permanents.",
            icon=":material/groups:",
        )
        st.stop()
    if vue is None:
        st.header("Nouvelle instance", anchor=False)
        fiche(None)
        st.stop()
    with reading() as session:
        suivantes = reunions.prochaines(session, now=maintenant(), instance_id=vue.id, limite=1)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(md(vue.nom), anchor=False, width="content")
        if vue.archive:
            st.badge("Archivée", color="gray")
    with st.container(horizontal=True, vertical_alignment="center"):
        if suivantes:
            st.caption(f"Prochaine réunion : {moment(suivantes[0].debut, annee_de=aujourdhui())}")
        else:
            st.caption("Aucune réunion à venir")
        st.page_link(
            page_path("agenda/calendrier.py"),
            label="Voir dans le calendrier",
            icon=":material/calendar_month:",
            query_params={"inst": vue.nom, "vue": "Liste"},
        )
        if modifiable and not vue.archive:
            st.page_link(
                page_path("agenda/planifier.py"),
                label="Planifier",
                icon=":material/calendar_add_on:",
                query_params={"instances": str(vue.id)},
            )
        if modifiable and vue.archive:
            st.button("Restaurer", key="inst.restaurer", on_click=restaurer, args=(vue,))
        elif modifiable:
            st.button("Archiver", key="inst.archiver", icon=":material/archive:", on_click=archiver, args=(vue,))
    membres(vue, modifiable=modifiable and not vue.archive)
    if modifiable:
        textes(vue)
        fiche(vue)
