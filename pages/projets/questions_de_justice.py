"""«13-18, Questions de Justice»: a school year at a glance, then each collège and where it stands."""

import streamlit as st

from models.lists import Volet
from services.projets import etapes, participations
from services.projets.participations import ANNEES, annee_scolaire
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from services.socle.periodes import nom_annee_scolaire
from services.socle.texte import accord
from ui.commun import operations, question
from ui.commun.access import reading, require_agent
from ui.commun.adresse import inconnu, url_id
from ui.commun.feedback import field_error, md
from ui.projets.couverture import a_surveiller, chiffres, imports, inviter, ligne

agent = require_agent(Droit.CONSULTER)
ouvrable, modifiable = agent.peut(Droit.LIRE), agent.peut(Droit.ECRIRE)
today = aujourdhui()


def changer_annee() -> None:
    """The address says the year."""
    st.query_params["annee"] = str(st.session_state["annee_scolaire"])


annee = url_id("annee") or 0
if not ANNEES[0] <= annee <= ANNEES[1]:
    if annee:
        inconnu("annee", f"l’année {annee}")
    annee = annee_scolaire(today)
with reading() as session:
    connues = {*participations.annees(session), annee, annee_scolaire(today), annee_scolaire(today) + 1}
    importes = participations.bilans_importes(session, annees=[annee])
    invites = participations.participations(session, annee=annee, today=today)
    autres = participations.a_inviter(session, annee=annee)
    bilan, avant = participations.bilan(session, annee=annee), participations.bilan(session, annee=annee - 1)
    alertes = participations.avertissements(session, annee=annee, today=today)
    les_etapes = etapes.liste(session)

with st.container(horizontal=True, vertical_alignment="bottom"):
    st.title("13-18, Questions de Justice", width="stretch")
    st.session_state["annee_scolaire"] = annee
    st.selectbox(
        "Année scolaire",
        sorted(connues, reverse=True),
        format_func=nom_annee_scolaire,
        key="annee_scolaire",
        placeholder="Choisir une année scolaire",
        width=160,
        on_change=changer_annee,
    )
field_error(f"13-18:{annee}", "")
field_error(f"13-18:{annee}", "annee")

if not invites and not importes:
    st.info(
        f"Aucun collège n’est encore invité pour {nom_annee_scolaire(annee)}. Ils viendront ici, chacun avec son "
        "contact, sa convention, son planning, ses classes et ses séances.",
        icon=":material/school:",
    )
    if modifiable and autres:
        question.bouton(
            f"Inviter les {len(autres)} collèges" if len(autres) > 1 else f"Inviter {md(autres[0].nom)}",
            f"Inviter {accord(len(autres), 'collège')} ?",
            f"Rien ne leur est envoyé. {question.DANS_LE_JOURNAL}",
            inviter,
            (annee,),
            si=len(autres) > question.BEAUCOUP,
            icon=":material/mail:",
            type="primary",
            key="inviter",
        )
        operations.dernieres(participations.INVITER, "Dernières invitations")
    st.stop()

chiffres(bilan, avant, annee)
a_surveiller(alertes, ouvrable=ouvrable)
if importes:
    imports(importes, modifiable=modifiable)
with st.container(border=True, gap="xsmall") if invites else st.empty():
    if modifiable and invites:
        with st.container(horizontal=True, key="tetes13"):
            refus = f", {bilan.refus} refus" if bilan.refus else ""
            st.caption(f"{accord(bilan.invites, 'collège')} invité{'s' if bilan.invites > 1 else ''}{refus}")
            for volet in Volet:
                st.caption(volet.libelle, width=150)
    for p in invites:
        ligne(p, les_etapes, ouvrable=ouvrable, modifiable=modifiable)
if modifiable and autres:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Non invités :", width="content")
        for c in autres:
            st.button(
                f"Inviter {md(c.nom)}", type="tertiary", key=f"inviter.{c.id}", on_click=inviter, args=(annee, [c.id])
            )
if modifiable:
    operations.dernieres(participations.INVITER, "Dernières invitations")
    operations.dernieres(participations.RETIRER_BILAN, "Bilans retirés")
