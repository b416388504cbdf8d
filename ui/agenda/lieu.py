"""Where one meets: a known place, or a new one by its name."""

from typing import Any

import streamlit as st
from sqlmodel import Session

from services.agenda.instances import InstanceVue
from services.agenda.reunions import ReunionVue
from services.commun import listes
from services.socle.brouillons import Formulaire
from ui.commun.feedback import field_error
from ui.commun.formulaire import key


def salles_offertes(session: Session, vue: InstanceVue | ReunionVue | None) -> dict[int, str]:
    """The places, with the one it has, archived since or not."""
    salles = {lieu.id: lieu.nom for lieu in listes.lieux(session)}
    if vue and vue.lieu_id:
        salles.setdefault(vue.lieu_id, vue.lieu)
    return salles


def choisir_lieu(form: Formulaire, salles: dict[int, str], **champ: Any) -> None:
    """The two fields, and what was refused of them."""
    gauche, droite = st.columns(2)
    gauche.selectbox(
        "Lieu",
        list(salles),
        format_func=lambda i: salles[i],
        placeholder="À fixer",
        filter_mode="contains",
        **champ,
    )
    droite.text_input("ou un nouveau lieu", key=key(form, "lieu_nom"), placeholder="Nom de la salle")
    field_error(form.jeton, "lieu")
