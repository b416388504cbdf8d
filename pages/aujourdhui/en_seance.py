"""En séance: a meeting written up while it is held, one moment at a time. Restricted: never projected."""

import streamlit as st

from models.lists import ETATS_REUNION_SAISIE, EtatReunion
from services.agenda import reunions
from services.releves import en_seance, saisie
from services.socle import brouillons
from services.socle.acteur import Droit
from services.socle.erreurs import NotFound
from services.socle.horloge import maintenant
from ui.agenda.presidences import entete
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import intituler, url_id
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.releves.en_seance import BANDEAU, PRESENCES, a_ouvrir, fil, moment_courant, montrer, pied
from ui.releves.lignes import contexte
from ui.releves.saisie import cle, ecran, guetter, restes, suivre

agent = require_agent(Droit.ECRIRE)
st.set_page_config(initial_sidebar_state="collapsed")  # a tablet's width goes to what is noted
now = maintenant()
today = now.date()

reunion_id = url_id("reunion", dire=False)
if reunion_id is None:
    raise NotFound("Cette adresse ne désigne aucune réunion. Ouvrez la séance depuis le calendrier.")
with reading() as session:
    reunion = reunions.get(session, id=reunion_id)
    form = brouillons.lire(session, cle=saisie.cle_brouillon(reunion.id))

intituler(f"En séance, {reunion.titre}")
titre, etat = st.columns([3, 1], vertical_alignment="center")
titre.title(md(reunion.titre), anchor=False)
titre.markdown(entete(reunion, today))
st.warning(f"**{BANDEAU}**", icon=":material/visibility_off:")

if refus := en_seance.refus(reunion, now=now):
    restes(reunion.id, agent.id, ouvert=False)
    st.info(refus, icon=":material/event_upcoming:")
    if reunion.etat in ETATS_REUNION_SAISIE:
        script, label, icone, nom = "aujourdhui/releve.py", "Voir le relevé", "description", "reunion"
    elif saisie.empechement(reunion, now=now):
        script, label, icone, nom = "agenda/reunion.py", "La réunion", "event", "id"
    else:
        script, label, icone, nom = "aujourdhui/saisie.py", "Saisie après réunion", "edit_note", "reunion"
    st.page_link(page_path(script), label=label, icon=f":material/{icone}:", query_params={nom: str(reunion.id)})
    st.stop()
if reunion.etat is not EtatReunion.EN_SEANCE:
    a_ouvrir(reunion, today)
    st.stop()
if form is None:
    with writing() as (session, by):
        form = saisie.ouvrir(session, reunion_id=reunion.id, by=by)
e = ecran(form.jeton, reunion.id)

with reading() as session:
    s = saisie.lire(session, reunion=reunion, form=form, by=agent, today=today)
    suivre(e, s)
    ici = moment_courant(e, s)
    c = contexte(session, e, s, today)
    cherche = st.session_state.get(cle(e, "cherche.ajout"), "") if ici == PRESENCES else ""
    trouves = saisie.venus_possibles(session, saisie=s, texte=cherche) if cherche else None
with etat:
    guetter(e, agent.id)

with st.container(key="seance"):
    fil(e, s, ici, c)
    montrer(e, s, ici, c, today, trouves)
pied(e, s, ici)
