"""The filters of the directory, in the address: every screen that takes "these partenaires" draws them."""

import streamlit as st

from services.agenda import instances
from services.commun import listes
from services.partenaires.annuaire import ETATS, Filtre
from services.socle.horloge import aujourdhui
from ui.commun.access import reading
from ui.commun.adresse import lie, nom
from ui.commun.filtres import Champs, filtres_gardes, filtres_plies

CHAMPS = ("q", "categorie", "secteur", "instance", "etat")
_LIBELLES = dict(zip(ETATS, ("Actifs", "Archivés", "Tous"), strict=True))


def premiere_page() -> None:
    """Another search starts at its first page."""
    st.session_state[nom("page")] = 1


def filtres() -> Filtre:
    """Draw them, and say what they hold."""
    with reading() as session:
        categories = {c.nom: c.id for c in listes.categories(session)}
        secteurs = {s.nom: s.id for s in listes.secteurs(session)}
        siegent = {i.nom: i.id for i in instances.liste(session)}
    ligne = st.container(horizontal=True, vertical_alignment="bottom")
    texte = ligne.text_input(
        "Rechercher",
        width=330,
        type="search",
        live=True,
        placeholder="Nom, sigle, catégorie, personne, téléphone",
        on_change=premiere_page,
        **lie("q"),
    )
    menu = ligne.container(width="content")
    with filtres_plies("annuaire", {"categorie": "", "secteur": "", "instance": "", "etat": "actifs"}):
        choisis, etat = _plies(categories, secteurs, siegent)
    with menu:
        champs: Champs = {"q": None, "categorie": categories, "secteur": secteurs, "instance": siegent, "etat": ETATS}
        filtres_gardes("partenaires", champs, apres=premiere_page)
    choix = choisis["categorie"], choisis["secteur"], choisis["instance"]
    return Filtre(texte or "", *choix, etat, today=aujourdhui())


def _plies(
    categories: dict[str, int], secteurs: dict[str, int], siegent: dict[str, int]
) -> tuple[dict[str, int | None], str]:
    """The filters but the text: what each holds, and the state."""
    choisis: dict[str, int | None] = {}
    for champ, libelle, options, vide in (
        ("categorie", "Catégorie", categories, "Toutes"),
        ("secteur", "Secteur de veille", secteurs, "Tous"),
        ("instance", "Siège à", siegent, "Toutes les instances"),
    ):
        choix = st.selectbox(
            libelle,
            list(options),
            index=None,
            placeholder=vide,
            width=210,
            on_change=premiere_page,
            **lie(champ, options),
        )
        choisis[champ] = options.get(choix or "")
    etat = st.segmented_control(
        "État",
        list(ETATS),
        default="actifs",
        required=True,
        format_func=_LIBELLES.__getitem__,
        on_change=premiere_page,
        **lie("etat", _LIBELLES.values()),
    )
    return choisis, etat or "actifs"
