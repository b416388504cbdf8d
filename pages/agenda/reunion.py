"""One meeting, from its preparation to its relevé: what is done at each stage, one stage shown at a time."""

import streamlit as st

from services.agenda import reunions
from services.convocation import convocations
from services.releves import en_seance, saisie
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.erreurs import NotFound
from services.socle.horloge import maintenant
from ui.agenda import reunion_pieces, reunion_preparation
from ui.agenda.dialogues import COULEUR_ETAT, COULEUR_SALLE
from ui.agenda.presidences import presidence
from ui.commun.access import reading, require_agent
from ui.commun.adresse import intituler, lie, url_id
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.convocation import volet as reunion_convocation
from ui.releves import reunion_documents
from ui.releves.en_seance import lien_seance

agent = require_agent(Droit.LIRE)
now = maintenant()

reunion_id = url_id("id", dire=False)
if reunion_id is None:
    raise NotFound("Cette adresse ne désigne aucune réunion. Ouvrez-la depuis le calendrier.")
with reading() as session:
    r = reunions.get(session, id=reunion_id)
    alerte = convocations.situation(session, reunion_id=r.id, now=now).alerte if r.debut > now else ""
intituler(r.titre)

with st.container(horizontal=True, vertical_alignment="center"):
    st.title(md(r.titre), width="stretch", anchor=False)
    if agent.peut(Droit.ECRIRE) and en_seance.du_moment([r], now=now):
        lien_seance(r)
    if r.ecrite or not saisie.empechement(r, now=now):
        st.page_link(
            page_path("aujourdhui/saisie.py"),
            label="Relevé" if r.ecrite else "Saisir",
            icon=":material/description:" if r.ecrite else ":material/edit_note:",
            query_params={"reunion": str(r.id)},
        )
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.badge(r.etat.libelle, color=COULEUR_ETAT[r.etat])
    if r.mobile:
        salle = f"Salle {r.salle.libelle.lower()}" if r.lieu_id else "Lieu à choisir"
        st.badge(salle, icon=":material/meeting_room:", color=COULEUR_SALLE[r.salle])
    lieu = f" · {md(r.lieu)}" if r.lieu else ""
    st.markdown(f"{r.type.libelle} · {temps.moment(r.debut, annee_de=now.date())} – {temps.heure(r.fin)}{lieu}")

presidence(r, agent)
with st.container():  # its place is there before it appears
    if alerte:
        st.warning(md(alerte), icon=":material/campaign:")

VOLETS = {
    "Préparer": reunion_preparation.montrer,
    "Convoquer": reunion_convocation.montrer,
    "Documents": reunion_documents.montrer,
    "Pièces jointes": reunion_pieces.montrer,
}
volet = st.segmented_control(
    "Étape",
    list(VOLETS),
    default="Préparer",
    required=True,
    label_visibility="collapsed",
    **lie("volet", VOLETS),
)
VOLETS[volet or "Préparer"](r, agent, now)
