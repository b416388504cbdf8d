"""A partenaire's open actions on one screen (`?partenaire=`), to go through with it on the phone; or whom to call."""

import streamlit as st

from services.actions import relances, suivi
from services.socle.acteur import Droit
from services.socle.erreurs import NotFound
from services.socle.horloge import aujourdhui, maintenant
from services.socle.texte import accord
from ui.actions.lignes import action_row, held_ids, release
from ui.actions.relances import choix_relance
from ui.commun.access import reading, require_agent
from ui.commun.adresse import intituler, url_id
from ui.commun.feedback import md
from ui.commun.navigation import page_path

agent = require_agent()
FICHE = page_path("partenaires/fiche.py")
ecrit = agent.peut(Droit.ECRIRE)
today = aujourdhui()
partenaire_id = url_id("partenaire")


def ouvrir(id: int | None = None) -> None:
    """Another partenaire, or all of them; the address says which."""
    st.query_params.from_dict({"partenaire": str(id)} if id else {})


if partenaire_id is None:
    with reading() as session:
        pilotages = relances.pilotages(session, today=today)
    st.title("Actions d’un partenaire")
    st.caption("Ceux qui pilotent des actions ouvertes, les plus en retard d’abord. Ouvrez-en un pour faire le point.")
    for p in pilotages:
        retard = f" :red-badge[:material/schedule: {p.en_retard} en retard]" if p.en_retard else ""
        relance = " :gray-badge[:material/forward_to_inbox: relance par courriel]" if p.relance else ""
        st.button(
            f"**{md(p.nom)}** :gray[· {accord(p.ouvertes, 'action')}]{retard}{relance}",
            key=f"pilote.{p.partenaire_id}",
            icon=":material/call:",
            type="tertiary",
            on_click=ouvrir,
            args=(p.partenaire_id,),
        )
    if not pilotages:
        st.info(
            "Aucune action ouverte. Les partenaires à qui vous confierez une action dans la saisie après réunion "
            "viendront ici.",
            icon=":material/task_alt:",
        )
    st.stop()

with reading() as session:
    pilotage = next(iter(relances.pilotages(session, today=today, partenaire_id=partenaire_id)), None)
    if pilotage is None:
        raise NotFound("Ce partenaire n’existe plus. Revenez à la liste des actions.")
    ouvertes = suivi.liste(session, today=today, pilote_id=partenaire_id, par_page=None).lignes
    ids, _ = held_ids((today, "partenaire", partenaire_id), [a.id for a in ouvertes], len(ouvertes))
    lignes = suivi.par_ids(session, ids=ids, today=today)
    retours = suivi.retours(session, vues=lignes, now=maintenant())

st.button("Tous les pilotes", icon=":material/arrow_back:", type="tertiary", on_click=ouvrir)
intituler(f"Actions de {pilotage.nom}")
st.title(f"Actions de {md(pilotage.nom)}", anchor=False)
with st.container(horizontal=True, vertical_alignment="center"):
    if pilotage.telephone:
        st.markdown(f":material/call: **{md(pilotage.telephone)}**", width="content")
    st.page_link(FICHE, label="Fiche et personnes", icon=":material/contacts:", query_params={"id": str(partenaire_id)})
    st.button("Actualiser", icon=":material/refresh:", type="tertiary", on_click=release)
dites = f" · {accord(pilotage.acceptees, 'acceptée')}" if pilotage.acceptees else ""
en_retard = f" · :red[**{pilotage.en_retard} en retard**]" if pilotage.en_retard else ""
st.markdown(f"{accord(pilotage.ouvertes, 'action')} en cours ou à faire{en_retard}{dites}")
choix_relance(pilotage, today=today, modifiable=ecrit)
for action in lignes:
    with st.container(border=True, gap="xxsmall"):
        action_row(action, modifiable=ecrit, retour=retours.get(action.id), chez_le_pilote=True)
if not lignes:
    st.info("Aucune action ouverte. Celles que ce partenaire pilotera viendront ici.", icon=":material/task_alt:")
