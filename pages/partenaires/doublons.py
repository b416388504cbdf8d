"""Duplicates: the pairs found in the whole base, then two records side by side (`?a=&b=`); the last merges, to undo."""

import streamlit as st

from services.partenaires import doublons
from services.partenaires.doublons import Famille
from services.socle.acteur import Droit
from services.socle.erreurs import NotFound
from services.socle.horloge import aujourdhui
from ui.commun import suite
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie, url_id
from ui.commun.feedback import field_error
from ui.partenaires import doublons as ecran

require_agent(Droit.ECRIRE)
a, b = url_id("a"), url_id("b")

st.title("Doublons", anchor=False)
voir = st.segmented_control(
    "Chercher parmi",
    list(ecran.FAMILLES.values()),
    default=ecran.FAMILLES[Famille.PARTENAIRE],
    required=True,
    on_change=ecran.retour,
    label_visibility="collapsed",
    **lie("famille", ecran.FAMILLES.values()),
)
famille = next((f for f, libelle in ecran.FAMILLES.items() if libelle == voir), Famille.PARTENAIRE)
field_error("doublons", "")
if a and b and a != b:
    try:
        with reading() as session:
            paire = doublons.comparer(session, famille=famille, a=a, b=b, today=aujourdhui())
    except NotFound as partie:  # merged by a colleague: back to the list, read again
        st.warning(partie.phrase, icon=":material/group:")
        ecran.relancer()
        ecran.retour()
    else:
        ecran.cote_a_cote(famille, paire)
        st.stop()

trouvees, heure = ecran.paires(famille)
with st.container(horizontal=True, vertical_alignment="center"):
    n = len(trouvees)
    s, plus = "s" if n > 1 else "", ", les plus probables d’abord" if n > ecran.A_L_ECRAN else ""
    st.caption(f"{n} paire{s} à vérifier{plus} · analyse de {heure}", width="stretch")
    st.button("Relancer l’analyse", icon=":material/refresh:", type="tertiary", on_click=ecran.relancer)
visibles = trouvees[: suite.montres(f"paires.{famille}", ecran.A_L_ECRAN)]
for p in visibles:
    ecran.paire(p, famille)
suite.autres(f"paires.{famille}", len(visibles), len(trouvees))
if not trouvees:
    st.info(
        "Aucun doublon probable : noms, sigles, courriels, téléphones et adresses ont été comparés.",
        icon=":material/check_circle:",
    )
with reading() as session:
    fusions = doublons.dernieres(session)
if fusions:
    ecran.dernieres(fusions)
ecran.dernieres_ecartees()
