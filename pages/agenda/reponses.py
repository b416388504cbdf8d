"""A partner on the phone: find it, its next meetings, and note its answer in one click."""

import streamlit as st

from services.agenda import reunions
from services.convocation import reponses
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.horloge import maintenant
from ui.commun import suite
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie
from ui.commun.feedback import md, named
from ui.commun.navigation import page_path
from ui.convocation import liste
from ui.convocation.volet import resume

agent = require_agent(Droit.ECRIRE)
now = maintenant()
PROCHAINES = 10

st.title("Qui appelle ?", anchor=False)
texte = st.text_input(
    "Partenaire, personne ou fonction",
    type="search",
    live="200ms",
    placeholder="Partenaire, sigle ou personne",
    label_visibility="collapsed",
    width=520,
    **lie("appel"),
)
liste.refus()
if texte:
    with reading() as session:
        attendus = reponses.qui_appelle(session, texte=texte, now=now)
    cle = f"appel.{texte}"
    visibles = attendus[: suite.montres(cle, PROCHAINES)]
    for n, a in enumerate(visibles):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"attendu_{n}"):
            with st.container(width="stretch", gap=None, key=f"qui_{n}"):
                st.markdown(f"**{md(a.partenaire)}**" + (f" · {md(a.fonction)}" if a.fonction else ""))
                st.caption(f"{md(a.titre)} · **{temps.moment(a.debut, annee_de=now.date())}**")
            liste.choix_reponse(a.reunion_id, a.cle, a.partenaire, a.reponse, a.remplacant)
    suite.autres(cle, len(visibles), len(attendus))
    if not attendus:
        st.info("Aucun destinataire d’une réunion convoquée à venir ne correspond.", icon=":material/search_off:")
    st.stop()

with reading() as session:
    toutes = reponses.convoquees(session, now=now)
    ids = toutes[: suite.montres("suivies", PROCHAINES)]
    comptes = reponses.comptes(session, reunion_ids=ids, today=now.date())
    suivies = [(reunions.get(session, id=id), comptes[id]) for id in ids]
if not suivies:
    st.info(
        "Les réunions convoquées et leurs réponses apparaîtront ici. Convoquez depuis le calendrier.",
        icon=":material/call:",
    )
for r, compte in suivies:
    with st.container(horizontal=True, vertical_alignment="center", key=f"suivie_{r.id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{md(r.titre)}** · {temps.moment(r.debut, annee_de=now.date())}")
            st.markdown(f":small[{resume(r, compte, convoquee=True)}]")
        st.page_link(
            page_path("agenda/reunion.py"),
            label=named("Réponses", f"{r.titre}, {temps.jour(r.debut.date())}"),
            icon=":material/forward_to_inbox:",
            query_params={"id": str(r.id), "volet": "Convoquer"},
        )
suite.autres("suivies", len(ids), len(toutes))
