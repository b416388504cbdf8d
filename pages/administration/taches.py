"""What runs by itself, what it did last; the messages that have not left; the settings of both."""

from datetime import timedelta

import streamlit as st

from services.administration import flux, taches
from services.courrier import envois
from services.socle.acteur import Droit
from services.socle.horloge import utcnow
from services.socle.texte import accord
from ui.administration import taches as ecran
from ui.commun import question, suite
from ui.commun.access import reading, require_agent
from ui.commun.feedback import field_error

MONTRES = 50

agent = require_agent(Droit.ECRIRE)
now = utcnow()
il_y_a_un_mois = now - timedelta(days=30)
with reading() as session:
    toutes = taches.liste(session, now=now)
    en_souffrance = envois.en_souffrance(session, depuis=il_y_a_un_mois)
    envoyes = envois.nombre_envoyes(session, depuis=il_y_a_un_mois)
    agendas, heure = flux.actifs(session), taches.heure_recapitulatif(session)

st.title("Tâches et envois", anchor=False)
if not envois.relais():
    st.info(
        "L’envoi de courriels n’est pas réglé : rien ne part tout seul. Demandez-le à l’informatique ; d’ici là, "
        "les convocations se remettent en fichiers à votre messagerie.",
        icon=":material/mail_off:",
    )
gauche, droite = st.columns([3, 2], gap="large")
with gauche, st.container(gap="small"):
    st.header("Ce qui se fait tout seul", anchor=False)
    for t in toutes:
        ecran.carte(t, modifiable=agent.peut(Droit.ECRIRE))
with droite, st.container(gap="small"):
    st.header("Réglages", anchor=False)
    ecran.reglages(heure=heure, agendas=agendas, modifiable=agent.peut(Droit.COMPTES))

with st.container(horizontal=True, vertical_alignment="center"):
    st.header("Messages qui ne sont pas partis", width="stretch", anchor=False)
    st.caption(f"{accord(envoyes, 'message')} parti{'s' if envoyes > 1 else ''} depuis trente jours", width="content")
    if en_souffrance and envois.relais():
        question.bouton(
            "Tout réessayer maintenant",
            f"Réessayer {accord(len(en_souffrance), 'message')} ?",
            "Cela ne s’annule pas : un message parti ne se rappelle pas.",
            ecran.reessayer,
            ([e.id for e in en_souffrance],),
            si=len(en_souffrance) > question.BEAUCOUP,
            icon=":material/refresh:",
        )
field_error(ecran.FORM, "")
visibles = en_souffrance[: suite.montres("souffrance", MONTRES)]
for e in visibles:
    ecran.ligne(e, modifiable=envois.relais())
suite.autres("souffrance", len(visibles), len(en_souffrance))
if not en_souffrance:
    st.success("Aucun : tout ce qui devait partir est parti.", icon=":material/task_alt:")
