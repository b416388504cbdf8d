"""The choice of mailing its late actions to a partenaire, and what stands beside it."""

from datetime import date

import streamlit as st

from services.actions import relances
from services.actions.relances import PilotageVu
from services.socle.temps import jour
from ui.commun.access import writing
from ui.commun.adresse import cle
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import on_screen


def _choisir(p: PilotageVu) -> None:
    oui = bool(on_screen().get(cle("relance", p.partenaire_id)))
    with refusals(f"relance.{p.partenaire_id}"), writing() as (session, by):
        relances.choisir(session, partenaire_id=p.partenaire_id, relance=oui, version=p.version, by=by)
    if not refused(f"relance.{p.partenaire_id}").erreurs:
        announce("Relance hebdomadaire activée." if oui else "Plus de relance hebdomadaire.")


def choix_relance(p: PilotageVu, *, today: date, modifiable: bool) -> None:
    """A switch: once a week, what is late is mailed to it."""
    k = cle("relance", p.partenaire_id)
    if st.session_state.get(k) != p.relance:
        st.session_state[k] = p.relance
    st.toggle(
        "Lui envoyer ses actions en retard, une fois par semaine",
        key=k,
        disabled=not modifiable,
        help="Le message ne contient que ses propres actions, leur échéance, et comment répondre.",
        on_change=_choisir,
        args=(p,),
    )
    field_error(f"relance.{p.partenaire_id}", "")
    if p.relance:
        if not p.ecrire_a:
            st.warning("Ce partenaire n’a pas d’adresse : ajoutez-en une à sa fiche.", icon=":material/mail_off:")
            return
        dernier = f" · dernier envoi {jour(p.derniere, annee_de=today)}" if p.derniere else ""
        st.caption(f"À {md(p.ecrire_a)}{dernier}")
