"""The lists that the other screens choose from: one section at a time, changed in place."""

from itertools import groupby

import streamlit as st

from services.commun.listes import Famille
from services.socle.acteur import Droit
from ui.administration.etapes import etapes_13_18
from ui.administration.etapes_reunion import etapes_reunion
from ui.administration.jours_evites import jours_evites
from ui.administration.listes import add_form, map_rows, row, rows_of
from ui.administration.phrases import phrases_pretes
from ui.agenda.presidences import presidences_datees
from ui.commun.access import require_agent
from ui.commun.adresse import OUI_NON, lie
from ui.commun.feedback import md
from ui.commun.filtres import filtres_plies

agent = require_agent(Droit.ECRIRE)
CARTE = "Secteurs et quartiers"
ETAPES = "Étapes 13-18"
ECHEANCIER = "Étapes des réunions"
EVITES = "Jours à éviter"
PHRASES = "Phrases prêtes"
PRESIDENCE = "Présidence"
SECTIONS = {
    "Thèmes": (Famille.THEME, "Ajouter un thème"),
    "Catégories": (Famille.CATEGORIE, "Ajouter une catégorie de partenaires"),
    "Origines": (Famille.ORIGINE, "Ajouter une origine"),
    "Lieux": (Famille.LIEU, "Ajouter un lieu de réunion"),
}
LISTES = [*SECTIONS, CARTE, PRESIDENCE, ECHEANCIER, EVITES, PHRASES, ETAPES]


def carte(*, archives: bool) -> None:
    """Secteurs with their quartiers; an approximation until staff confirm it."""
    secteurs = map_rows(archives=archives)
    if any(s.badge for s, _ in secteurs):
        st.info(
            "Cette carte est une approximation : le vrai découpage n’est pas public. Placez chaque quartier dans son "
            "secteur, puis cliquez sur « Valider » quand un secteur est juste.",
            icon=":material/map:",
        )
    vivants = {s.id: str(s.valeurs["nom"]) for s, _ in secteurs if not s.archive}
    add_form(Famille.QUARTIER, {"secteur_id": vivants}, "Ajouter un quartier")
    add_form(Famille.SECTEUR, {}, "Ajouter un secteur de veille")
    for secteur, quartiers in secteurs:
        with st.container(border=True, gap="xxsmall"):
            row(secteur)
            for quartier in quartiers:
                row(quartier)
            if not quartiers:
                st.caption("Aucun quartier dans ce secteur.")


st.title("Listes")
section: str | None
with filtres_plies(
    "listes",
    {"archives": None},
    mot=lambda: f"Liste : {section}",
    vertical_alignment="center",
    horizontal_alignment="distribute",
):
    section = st.segmented_control(
        "Liste",
        LISTES,
        default="Thèmes",
        required=True,
        label_visibility="collapsed",
        wrap=True,
        **lie("liste", LISTES),
    )
    archives = st.toggle("Voir les archivés", **lie("archives", OUI_NON))

if section == CARTE:
    carte(archives=archives)
elif section == ETAPES:
    etapes_13_18(archives=archives)
elif section == ECHEANCIER:
    etapes_reunion(archives=archives)
elif section == EVITES:
    jours_evites()
elif section == PRESIDENCE:
    presidences_datees()
elif section == PHRASES:
    phrases_pretes(archives=archives)
else:
    famille, ajouter = SECTIONS[section or "Thèmes"]
    lignes = rows_of(famille, archives=archives)
    add_form(famille, lignes[0].choix if lignes else {"rubrique": {}}, ajouter)
    for rubrique, groupe in groupby(lignes, key=lambda x: x.valeurs.get("rubrique", "")):
        with st.container(border=True, gap="xxsmall"):
            if rubrique:
                st.markdown(f"**{md(str(rubrique))}**")
            for ligne in groupe:
                row(ligne)
    if not lignes:
        st.caption("Cette liste est vide. Ce que vous ajouterez ici pourra être choisi dans les autres écrans.")
