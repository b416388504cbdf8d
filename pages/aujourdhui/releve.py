"""The relevé de conclusions of one meeting: read, copied, printed, corrected."""

import streamlit as st

from documents.releve import TITRES, qui, situation, texte
from models.lists import ETATS_REUNION_SAISIE, EtatAction, EtatReleve
from services import pieces, releves, saisie, temps, vie_releve
from services.erreurs import NotFound
from services.horloge import aujourdhui, civil, maintenant
from ui.access import reading, require_agent
from ui.adresse import intituler, url_id
from ui.feedback import md
from ui.navigation import page_path
from ui.pieces import liens
from ui.releve import COULEUR_VIE, ICONE_VIE, gestes, resume

agent = require_agent()
today = aujourdhui()
COULEURS = {
    EtatAction.A_FAIRE: "gray",
    EtatAction.EN_COURS: "blue",
    EtatAction.REALISEE: "green",
    EtatAction.ABANDONNEE: "orange",
}

reunion_id = url_id("reunion", dire=False)
if reunion_id is None:
    raise NotFound("Cette adresse ne désigne aucune réunion. Ouvrez un relevé depuis le calendrier.")
with reading() as session:
    releve = releves.lire(session, reunion_id=reunion_id, today=today)
    jointes = pieces.liste(session, reunion_id=reunion_id)
    vie = vie_releve.lire(session, reunion_id=reunion_id)
r = releve.reunion
intituler(f"Relevé, {r.titre}")

if r.etat not in ETATS_REUNION_SAISIE:
    st.title("Relevé de conclusions")
    refus = saisie.empechement(r, now=maintenant())
    suite = refus or "Elle n’est pas encore saisie : son relevé s’affichera ici."
    st.info(f"{md(r.titre)}, {temps.moment(r.debut, annee_de=today)}. {suite}", icon=":material/edit_note:")
    if refus:
        st.stop()
    st.page_link(
        page_path("aujourdhui/saisie.py"), label="Saisir", icon=":material/edit:", query_params={"reunion": str(r.id)}
    )
    st.stop()

with st.container(key="ecran"):
    st.caption(md(resume(vie, today)))
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if vie.etat is not EtatReleve.DIFFUSE:
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
    gestes(r, vie, agent, today)

with st.container(key="releve"):
    st.title("Relevé de conclusions", anchor=False)
    st.markdown(f"### {md(r.titre)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(vie.etat.libelle, icon=f":material/{ICONE_VIE[vie.etat]}:", color=COULEUR_VIE[vie.etat])
        st.badge("Diffusion restreinte", icon=":material/lock:", color="orange")
        lieu = f" · {md(r.lieu)}" if r.lieu else ""
        st.markdown(f"{temps.jour_long(r.debut.date())}, {temps.heure(r.debut)} – {temps.heure(r.fin)}{lieu}")

    for etat, titre in TITRES.items():
        if releve.presences[etat]:
            st.markdown(f"**{titre} :** {md(' ; '.join(qui(p) for p in releve.presences[etat]))}")
    if releve.habitants is not None:
        st.markdown(f"**Habitants :** {releve.habitants}")

    if releve.suites:
        st.subheader("Suites du précédent relevé", anchor=False)
        for s in releve.suites:
            motif = f" · {md(s.motif)}" if s.motif else ""
            st.markdown(
                f"- {md(s.quoi)} :small[:gray[{md(s.pilote)}]] :{COULEURS[s.etat]}-badge[{s.etat.libelle}]{motif}"
            )

    st.subheader("Points", anchor=False)
    if not releve.points:
        st.caption("Aucun point noté à cette réunion.")
    for n, point in enumerate(releve.points, 1):
        ou = f"  \n:small[:gray[{md(situation(point))}]]" if situation(point) else ""
        st.markdown(f"**{n}. {md(point.theme)}**{ou}")
        if point.note:
            st.markdown(md(point.note).replace("\n", "  \n"))
        if point.reponse:
            st.markdown(f"**Réponse :** {md(point.reponse)}".replace("\n", "  \n"))
        if point.partenaires:
            st.markdown(f"Partenaires concernés : {md(', '.join(point.partenaires))}")
        for a in point.actions:
            retard = f" :red-badge[{temps.retard(a.echeance, today)}]" if a.retard_jours else ""
            st.markdown(
                f":material/arrow_forward: {md(a.quoi)} — **{md(a.pilote_nom)}**, "
                f"avant le {temps.jour_long(a.echeance)} :{COULEURS[a.etat]}-badge[{a.etat.libelle}]{retard}"
            )
        if point.texte_public:
            st.caption(f":material/public: Texte public : {md(point.texte_public)}")
    liens(jointes)
    if releve.saisie_le:
        quand = temps.moment(civil(releve.saisie_le), annee_de=today)
        st.caption(f"Saisi par {md(releve.saisie_par)}, {quand}.")
