"""Plan several meetings: choose instances and days, read the dates proposed, create them all at once."""

import streamlit as st

from services.agenda import instances
from services.agenda.series import CREER
from services.commun import listes
from services.socle.acteur import Droit
from services.socle.horloge import maintenant
from ui.agenda.planifier import apercu, demander, depart, preparer, proposer
from ui.commun import operations
from ui.commun.access import reading, require_agent
from ui.commun.formulaire import open_form
from ui.commun.navigation import page_path

agent = require_agent(Droit.ECRIRE)
now = maintenant()

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("Planifier des réunions", width="stretch")
    st.page_link(page_path("agenda/plan.py"), label="Plan", icon=":material/view_timeline:")

with reading() as session:
    toutes = {i.id: i for i in instances.liste(session)}
    lieux = {x.id: x.nom for x in listes.lieux(session)}

voulu = depart()
form = open_form(voulu.formulaire)
preparer(form, voulu, toutes, now.date())
with reading() as session:
    proposition = proposer(session, form, now)
demander(form, toutes, lieux)
if proposition is None:
    st.caption(
        "Les dates proposées viendront ici. Vacances scolaires (zone A), jours fériés, jours à éviter, lieux pris et "
        "membres déjà en réunion sont écartés, et chaque date écartée dit pourquoi."
    )
else:
    apercu(form, proposition, now)
operations.dernieres(CREER, "Dernières planifications")
