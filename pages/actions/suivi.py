"""All actions, late ones first; filters in the address; state and date changed in place."""

from functools import partial
from math import ceil
from typing import Any

import streamlit as st

from services.actions import suivi
from services.actions.suivi import PAR_PAGE, Filtre
from services.agenda import instances
from services.commun import listes
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, maintenant
from services.socle.texte import accord
from ui.actions.lignes import action_row, download_buttons, held_ids, lien_du_pilote, one_action, release
from ui.commun.access import reading, require_agent
from ui.commun.adresse import feuille, inconnu, lie, lu, nom, url_id
from ui.commun.filtres import Champs, filtres_gardes, filtres_plies

agent = require_agent()
today = aujourdhui()
FILTRES = {
    "Ouvertes": Filtre.OUVERTES,
    "En retard": Filtre.EN_RETARD,
    "À faire": Filtre.A_FAIRE,
    "En cours": Filtre.EN_COURS,
    "Réalisées": Filtre.REALISEES,
    "Abandonnées": Filtre.ABANDONNEES,
    "Toutes": Filtre.TOUTES,
}


def premiere_page() -> None:
    """Another filter: its first page, read afresh."""
    st.session_state[nom("feuille")] = 1


with reading() as session:
    pilotes = {nom: i for i, nom in suivi.pilotes(session)}
    secteurs = {s.nom: s.id for s in listes.secteurs(session)}
    les_instances = {i.nom: i.id for i in instances.liste(session)}

st.title("Actions")
if (seule := url_id("action")) and one_action(seule, today=today, modifiable=agent.peut(Droit.ECRIRE)):
    st.stop()
if seule:
    inconnu("action", f"l’action nº {seule}")
with filtres_plies("actions", {"voir": "Ouvertes", "pilote": "", "zone": "", "instance": ""}, horizontal=False):
    voir = st.segmented_control(
        "Voir",
        list(FILTRES),
        default="Ouvertes",
        required=True,
        on_change=premiere_page,
        label_visibility="collapsed",
        **lie("voir", FILTRES),
    )
    filtres = {}
    for colonne, (champ, libelle, choix, tous) in zip(
        st.columns(3),
        [
            ("pilote", "Pilote", pilotes, "Tous les pilotes"),
            ("zone", "Secteur de veille", secteurs, "Toute la ville"),
            ("instance", "Instance", les_instances, "Toutes les instances"),
        ],
        strict=True,
    ):
        # A link from another screen gives the number; the address then says the name.
        if demande := next((titre for titre, id in choix.items() if str(id) == lu(champ)), None):
            st.session_state[nom(champ)] = demande
        choisi = colonne.selectbox(
            libelle,
            list(choix),
            index=None,
            placeholder=tous,
            filter_mode="contains",
            on_change=premiere_page,
            label_visibility="collapsed",
            **lie(champ, [*choix, *choix.values()]),
        )
        filtres[champ] = choix.get(choisi or "")

page = st.session_state.get(nom("feuille")) or url_id("feuille") or 1
criteres: dict[str, Any] = {"today": today, "etat": FILTRES[voir or "Ouvertes"]}
criteres |= {"pilote_id": filtres["pilote"], "secteur_id": filtres["zone"], "instance_id": filtres["instance"]}
with reading() as session:
    lire = partial(suivi.liste, session, **criteres)
    trouvees = lire(page=page)
    if page > 1 and not trouvees.lignes:  # an old link: the list has grown shorter
        page, trouvees = 1, lire(page=1)
    ids, total = held_ids((today, voir, *filtres.values(), page), [a.id for a in trouvees.lignes], trouvees.total)
    lignes = suivi.par_ids(session, ids=ids, today=today)
    retours = suivi.retours(session, vues=lignes, now=maintenant())

with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(accord(total, "action"), width="stretch")
    champs: Champs = {"voir": FILTRES, "pilote": pilotes, "zone": secteurs, "instance": les_instances}
    filtres_gardes("actions", champs, apres=premiere_page)
    if total:
        download_buttons(criteres)
    if filtres["pilote"]:
        lien_du_pilote(filtres["pilote"])
    st.button("Actualiser", icon=":material/refresh:", type="tertiary", on_click=release)
for action in lignes:
    with st.container(border=True, gap="xxsmall"):
        action_row(action, modifiable=agent.peut(Droit.ECRIRE), retour=retours.get(action.id))
if not lignes:
    if any(filtres.values()) or voir != "Ouvertes":
        st.info("Aucune action ne correspond à ces filtres. Élargissez-les pour en voir d’autres.")
    else:
        st.info(
            "Aucune action ouverte. Celles que vous écrirez dans la saisie après réunion viendront ici, "
            "avec leur pilote et leur échéance.",
            icon=":material/task_alt:",
        )
if total > PAR_PAGE:
    feuilles = ceil(total / PAR_PAGE)
    st.pagination(feuilles, **feuille(feuilles, "feuille"))
