"""The Word documents of a meeting."""

from datetime import datetime

import streamlit as st

from models.lists import GenreModele, TypeReunion
from services.agenda.reunions import ReunionVue
from services.releves import vie_releve
from services.socle.acteur import Acteur, Droit
from ui.commun.access import reading
from ui.commun.feedback import named
from ui.commun.navigation import page_path
from ui.convocation.documents import bouton
from ui.releves.releve import COULEUR_VIE

_AVANT = (
    (GenreModele.ORDRE_DU_JOUR, "Les actions encore ouvertes, puis les points inscrits : thèmes et lieux, sans note."),
    (GenreModele.EMARGEMENT, "Une ligne par partenaire appelé ; chacun écrit son nom et signe."),
    (GenreModele.CHEVALETS, "Une feuille A4 par partenaire, à plier en deux dans la longueur."),
)


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen: what is printed before, then the relevé."""
    today = now.date()
    with st.container(border=True, gap="small"):
        st.markdown("**Avant la réunion**")
        with _ligne(GenreModele.CONVOCATION.libelle, "Une lettre par destinataire, à imprimer ; « invitation » pour "
                    "ceux que l’on invite."):  # fmt: skip
            bouton(r, GenreModele.CONVOCATION, today=today, libelle="Télécharger", une_page_chacun=True)
        if r.type is TypeReunion.CELLULE:
            with _ligne(GenreModele.INVITATION.libelle, "Une affiche publique : secteur, date et lieu, aucun nom."):
                bouton(r, GenreModele.INVITATION, today=today, libelle="Télécharger")
        for genre, explication in _AVANT[r.ecrite :]:  # what was on the ordre du jour is in the relevé by then
            with _ligne(genre.libelle, explication):
                bouton(r, genre, today=today, libelle="Télécharger")
    with st.container(border=True, gap="small"):
        st.markdown("**Après la réunion**")
        if not r.ecrite:
            st.caption("Le relevé de conclusions se téléchargera ici, une fois la réunion saisie.")
        else:
            with reading() as session:
                vie = vie_releve.lire(session, reunion_id=r.id)
            with _ligne("Relevé de conclusions", "Restreint : pour les membres qui ont signé la charte."):
                st.badge(vie.etat.libelle, color=COULEUR_VIE[vie.etat])
                st.page_link(
                    page_path("aujourdhui/releve.py"),
                    label=named("Ouvrir", "relevé de conclusions"),
                    icon=":material/description:",
                    query_params={"reunion": str(r.id)},
                )
                bouton(r, GenreModele.RELEVE, today=today, libelle="Télécharger")
    if agent.peut(Droit.ECRIRE):
        st.page_link(
            page_path("administration/modeles.py"),
            label="Changer l’émetteur, le logo ou un modèle Word",
            icon=":material/edit_document:",
        )


def _ligne(titre: str, explication: str) -> "st.delta_generator.DeltaGenerator":
    """A row: what the document is, then its buttons on the right."""
    ligne = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with ligne, st.container(width="stretch", gap=None):
        st.markdown(titre)
        st.caption(explication)
    return ligne
