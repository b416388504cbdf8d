"""The words of an instance's convocations, and of its invitations to residents."""

from functools import partial
from typing import Any

import streamlit as st

from models.lists import TypeReunion
from services.agenda import instances
from services.agenda.instances import InstanceVue
from services.convocation import courriers
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui
from ui.commun.access import writing
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, refusals
from ui.commun.formulaire import key, repris, values

LIBELLES = {
    "texte_convocation": "Début du message et de la lettre de convocation",
    "texte_invitation": "Invitation des habitants (document Word)",
}


def textes(vue: InstanceVue) -> None:
    """Empty: the usual words, shown in the field. What surrounds them is shown below."""
    siens = vue.texte_convocation or vue.texte_invitation
    with st.expander("Textes des convocations", icon=":material/edit_note:", expanded=bool(siens)):
        form = fresh_form("instance_textes", vue.id, vue.version)
        repris(form)
        with st.form(f"textes.{form.jeton}", border=False):
            st.text_area(
                LIBELLES["texte_convocation"],
                value=vue.texte_convocation,
                key=key(form, "texte_convocation"),
                placeholder=courriers.TEXTE_CONVOCATION,
                height=110,
            )
            field_error(form.jeton, "texte_convocation")
            st.caption("Un membre invité, jamais convoqué, reçoit : « J’ai l’honneur de vous inviter… ».")
            if vue.type is TypeReunion.CELLULE:
                st.text_area(
                    LIBELLES["texte_invitation"],
                    value=vue.texte_invitation,
                    key=key(form, "texte_invitation"),
                    placeholder="Laissez vide pour le texte habituel",
                    height=110,
                )
                field_error(form.jeton, "texte_invitation")
            st.form_submit_button("Enregistrer les textes", on_click=_enregistrer, args=(form, vue))
            garder = partial(_enregistrer, vue=vue)
            deux_textes(form, libelles=LIBELLES, garder=garder, bouton=st.form_submit_button)
        st.markdown("**Aperçu du message**")
        with st.container(border=True):
            st.text(courriers.exemple(vue.texte_convocation, titre=vue.nom, jour=aujourdhui()))


def _enregistrer(form: Formulaire, vue: InstanceVue) -> None:
    lu: dict[str, Any] = values(form, "texte_convocation", "texte_invitation")
    fait = False
    with refusals(form.jeton):
        with writing() as (session, by):
            instances.definir_textes(
                session,
                id=vue.id,
                convocation=str(lu["texte_convocation"] or ""),
                invitation=str(lu["texte_invitation"] or ""),
                version=form.version or 0,
                jeton=form.jeton,
                by=by,
            )
        fait = True
    if fait:
        announce(f"Textes enregistrés : {vue.nom}.")
