"""Saisie après réunion: the queue of meetings to write up, the first one open, every field kept as it is left."""

import streamlit as st

from models.lists import ETATS_REUNION_SAISIE, EtatReleve
from services.agenda import reunions
from services.releves import saisie, vie_releve
from services.socle import brouillons, temps
from services.socle.horloge import aujourdhui, maintenant
from ui.agenda.presidences import entete
from ui.commun import suite as file_longue
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import lu, url_id
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.releves.lignes import contexte, ligne, suite
from ui.releves.presences import participants, presences, representes
from ui.releves.saisie import cle, ecran, enregistrer, guetter, restes, suivre

agent = require_agent()
today = aujourdhui()

with reading() as session:
    file = reunions.a_saisir(session, now=maintenant())
    reunion_id = url_id("reunion") or (file[0].id if file else None)
    reunion = reunions.get(session, id=reunion_id) if reunion_id else None
    form = brouillons.lire(session, cle=saisie.cle_brouillon(reunion.id)) if reunion else None
    vie = vie_releve.lire(session, reunion_id=reunion.id) if reunion else None

titre, etat = st.columns([3, 1], vertical_alignment="center")
titre.title("Saisie après réunion")
if reunion is None:
    st.info(
        "Aucune réunion à saisir. Les réunions passées et non rédigées apparaîtront ici, la plus récente d’abord.",
        icon=":material/task_alt:",
    )
    st.page_link(page_path("agenda/calendrier.py"), label="Ouvrir le calendrier", icon=":material/calendar_month:")
    st.stop()

if lu("reunion") != str(reunion.id):
    st.query_params["reunion"] = str(reunion.id)
if len(file) > 1:
    with st.container(horizontal=True, gap="small"):
        for r in file[: file_longue.montres("file", 6)]:
            st.page_link(
                page_path("aujourdhui/saisie.py"),
                label=f"{temps.jour(r.debut.date())} · {md(r.titre)}",
                query_params={"reunion": str(r.id)},
                icon=":material/radio_button_checked:" if r.id == reunion.id else ":material/radio_button_unchecked:",
            )
        file_longue.autres("file", file_longue.montres("file", 6), len(file))

st.markdown(f"**{md(reunion.titre)}** · {entete(reunion, today)}")
restes(reunion.id, agent.id, ouvert=not (vie and vie.etat is EtatReleve.DIFFUSE))
if reunion.etat in ETATS_REUNION_SAISIE and "corriger" not in st.query_params:
    st.success("Cette réunion est saisie : son relevé est enregistré.", icon=":material/task_alt:")
    ici = {"reunion": str(reunion.id)}
    releve, corriger = page_path("aujourdhui/releve.py"), page_path("aujourdhui/saisie.py")
    st.page_link(releve, label="Voir le relevé", icon=":material/description:", query_params=ici)
    st.page_link(corriger, label="Corriger", icon=":material/edit:", query_params={**ici, "corriger": "1"})
    st.stop()

if vie and vie.etat is EtatReleve.DIFFUSE:
    st.warning(vie_releve.VERROU + (" Ce qui y était tapé est gardé." if form else ""), icon=":material/lock:")
    st.stop()
if vie and vie.etat is EtatReleve.VALIDE:
    st.info("Ce relevé est validé : l’enregistrer le remettra en projet, à valider de nouveau.", icon=":material/info:")

with st.container():  # said before anything is typed, and as soon as a colleague cancels or moves the meeting
    if refus := saisie.empechement(reunion, now=maintenant()):
        st.warning(refus, icon=":material/event_busy:")
        st.page_link(page_path("agenda/calendrier.py"), label="Ouvrir le calendrier", icon=":material/calendar_month:")
if refus and form is None:
    st.stop()
if form is None:
    with writing() as (session, by):
        form = saisie.ouvrir(session, reunion_id=reunion.id, by=by)
e = ecran(form.jeton, reunion.id)

with reading() as session:
    s = saisie.lire(session, reunion=reunion, form=form, by=agent, today=today)
    suivre(e, s)
    c = contexte(session, e, s, today)
    cherche = st.session_state.get(cle(e, "cherche.ajout"), "")
    trouves = saisie.venus_possibles(session, saisie=s, texte=cherche) if cherche else None
with etat:
    guetter(e, agent.id)

st.header("Présences", anchor=False)
presences(e, s, representes(e, s))
participants(e, s, trouves)

if s.suites:
    st.header("Suites de la dernière fois", anchor=False)
    for action in s.suites:
        suite(e, s, action, today)

st.header("Points", anchor=False)
with st.container(key="points"):
    for numero, une in enumerate(s.lignes, 1):
        ligne(e, s, une, numero, c)

with st.bottom:
    with st.container():
        if e.alerte:
            st.error(md(e.alerte), icon=":material/error:")
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption("Brouillon gardé à chaque champ quitté, partagé avec vos collègues.")
        st.button(
            "Enregistrer le relevé",
            type="primary",
            icon=":material/save:",
            key=cle(e, "enregistrer"),
            on_click=enregistrer,
            args=(e,),
            shortcut="Ctrl+S",
        )
