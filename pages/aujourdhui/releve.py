"""The relevé de conclusions of one meeting: read, copied, printed, corrected; and its versions that were sent."""

import streamlit as st

from documents.contextes import releve as contexte
from documents.releve import texte
from models.lists import ETATS_REUNION_SAISIE, EtatReleve
from services.agenda import reunions
from services.commun import pieces
from services.convocation import dossier
from services.releves import lecture, saisie, vie_releve
from services.socle import temps
from services.socle.erreurs import NotFound
from services.socle.horloge import aujourdhui, civil, maintenant
from ui.agenda.presidences import presidence
from ui.commun.access import reading, require_agent
from ui.commun.adresse import intituler, url_id
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.commun.pieces import liens
from ui.releves import feuille, versions
from ui.releves.releve import COULEUR_VIE, ICONE_VIE, gestes, resume

agent = require_agent()
today = aujourdhui()

reunion_id = url_id("reunion", dire=False)
if reunion_id is None:
    raise NotFound("Cette adresse ne désigne aucune réunion. Ouvrez un relevé depuis le calendrier.")
with reading() as session:
    r = reunions.get(session, id=reunion_id)
    vie = vie_releve.lire(session, reunion_id=reunion_id)
    lue = vie.lue(url_id("version"))
    if lue:
        releve = lecture.version(session, reunion_id=reunion_id, numero=lue.numero, today=today)
    else:
        releve = lecture.lire(session, reunion_id=reunion_id, today=today)
    jointes = pieces.liste(session, reunion_id=reunion_id)
    entete = dossier.entete(session)
intituler(f"Relevé, {r.titre}")

if r.etat not in ETATS_REUNION_SAISIE:
    st.title("Relevé de conclusions")
    refus = saisie.empechement(r, now=maintenant())
    suite = refus or "Elle n’est pas encore saisie : son relevé s’affichera ici."
    st.info(f"{md(r.titre)}, {temps.moment(r.debut, annee_de=today)}. {suite}", icon=":material/edit_note:")
    if refus:
        st.page_link(
            page_path("agenda/reunion.py"), label="La réunion", icon=":material/event:", query_params={"id": str(r.id)}
        )
    else:
        adresse = {"reunion": str(r.id)}
        st.page_link(page_path("aujourdhui/saisie.py"), label="Saisir", icon=":material/edit:", query_params=adresse)
    st.stop()

ancienne = lue is not None and (lue.numero != vie.numero or vie.etat is not EtatReleve.DIFFUSE)
with st.container(key="ecran"):
    versions.annoncer(r, vie, lue if ancienne else None)
    if not ancienne:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(vie.etat.libelle, icon=f":material/{ICONE_VIE[vie.etat]}:", color=COULEUR_VIE[vie.etat])
            st.caption(md(resume(vie, today)))
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if vie.etat is not EtatReleve.DIFFUSE and not ancienne:
            st.page_link(
                page_path("aujourdhui/saisie.py"),
                label="Corriger",
                icon=":material/edit:",
                query_params={"reunion": str(r.id), "corriger": "1"},
            )
        st.button("Imprimer", icon=":material/print:", key="imprimer")
        with st.popover("Copier", icon=":material/content_copy:"):
            st.caption("Le bouton en haut à droite du texte copie tout.")
            st.code(texte(releve), language=None, wrap_lines=True, height=320)
    if not ancienne:
        gestes(r, vie, agent, today)
        if vie.etat is not EtatReleve.DIFFUSE:
            presidence(r, agent)

feuille.sur_papier(entete)
with st.container(key="releve"):
    montree = lue or vie
    feuille.montrer(contexte(releve, entete=entete, numero=montree.numero, statut=montree.statut, today=today))
with st.container(key="ecran-suite"):
    versions.montrer(r, vie, agent, today)
    liens(jointes)
    if releve.saisie_le:
        quand = temps.moment(civil(releve.saisie_le), annee_de=today)
        st.caption(f"Saisi par {md(releve.saisie_par)}, {quand}.")
