"""What is one's own: the digest of each morning, the addresses for one's calendar program, the password."""

import streamlit as st

from services.administration import taches
from services.aujourdhui import recapitulatif
from services.courrier import envois
from services.socle import temps
from services.socle.acteur import Droit
from ui.administration.flux import agendas
from ui.commun.access import reading, require_agent, writing
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import on_screen

FORM = "mon_compte"
agent = require_agent(Droit.CONSULTER)
with reading() as session:
    choix = recapitulatif.choix(session, by=agent)
    heure = taches.heure_recapitulatif(session)


def enregistrer() -> None:
    etat = on_screen()
    courriel, oui = str(etat.get("mon_compte.courriel") or ""), bool(etat.get("mon_compte.recapitulatif"))
    with refusals(FORM), writing(Droit.CONSULTER) as (session, by):
        recapitulatif.choisir(session, courriel=courriel, oui=oui, by=by)
    if not refused(FORM).erreurs:
        announce("C’est noté." if oui else "C’est noté : plus de récapitulatif.")


st.title("Mon compte", anchor=False)
st.caption(f"{md(agent.nom)} · {agent.role.libelle}")

st.header("Récapitulatif du matin", anchor=False)
st.caption(
    f"Chaque jour ouvré à {temps.heure(heure)}, par courriel : les réunions du jour et de la semaine, ce qui est "
    "à saisir, les actions en retard. Rien ne part quand rien n’attend."
)
with st.form("mon_compte", border=False):
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Mon courriel", value=choix.courriel, key="mon_compte.courriel", autocomplete="email", width=340)
        st.toggle("Le recevoir", value=choix.recapitulatif, key="mon_compte.recapitulatif")
        st.form_submit_button("Enregistrer", type="primary", on_click=enregistrer)
    field_error(FORM, "courriel")
    field_error(FORM, "")
if choix.recapitulatif and not envois.relais():
    st.warning("L’envoi de courriels n’est pas réglé : rien ne part pour le moment.", icon=":material/mail_off:")

agendas(agent)

st.header("Mot de passe", anchor=False)
st.markdown("[Changer mon mot de passe](/mot-de-passe)")
