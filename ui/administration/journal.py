"""A line of the journal: where it leads, and the large change it undoes."""

import streamlit as st

from services.commun import operations
from services.socle import temps
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.journal import Entree
from ui.commun.access import reading, writing
from ui.commun.adresse import cle, posee, poser
from ui.commun.feedback import announce, field_error, forget_refusals, md, named, refusals, refused
from ui.commun.navigation import page_path

# What a line leads to -> the screen, and the name its address gives the id.
_ADRESSES = {
    "partenaire": ("partenaires/fiche.py", "id"),
    "reunion": ("aujourdhui/releve.py", "reunion"),
    "action": ("actions/suivi.py", "action"),
    "instance": ("agenda/instances.py", "instance"),
    "participation": ("projets/college_13_18.py", "participation"),
    "agent": ("administration/comptes.py", "compte"),
}
_A_CONFIRMER = "journal.annuler"  # the operation whose undoing is asked


MONTRES = 4  # changes told under their line; more are folded


def ligne(e: Entree) -> None:
    """Who, when, what; a link to what it is about; a large change can be undone."""
    quand = temps.moment(civil(e.quand), annee_de=aujourdhui())
    texte = f"{md(e.resume)}  \n:small[:gray[{quand} · {md(e.agent)}]]"
    montres = e.changements if len(e.changements) <= MONTRES else []
    with st.container(horizontal=True, vertical_alignment="center"):
        if e.vers:
            script, nom = _ADRESSES[e.vers[0]]
            query = {nom: str(e.vers[1])}
            st.page_link(page_path(script), label=texte, icon="", query_params=query, width="stretch")
        else:
            with st.container(key=f"sans_lien_{e.id}"):
                st.markdown(texte)
        if e.annulee_le:
            jour = temps.jour(civil(e.annulee_le).date(), annee_de=aujourdhui())
            st.markdown(f":gray-badge[:material/undo: Annulée le {jour}]", width="content")
        elif e.operation_id and e.quand > utcnow() - operations.RETENUE:
            st.button(
                named("Annuler", f"{e.resume}, {quand}"),
                icon=":material/undo:",
                key=cle("annuler", e.id),
                on_click=_demander,
                args=(e.operation_id,),
            )
    if montres:
        _changements(e, montres)
    elif e.changements:
        with st.expander(f"{len(e.changements)} changements", type="compact"):
            _changements(e, e.changements)
    if e.operation_id:
        _confirmation(e.operation_id)


def _changements(e: Entree, lignes: list[str]) -> None:
    """From what to what, a line each."""
    with st.container(key=f"changements_{e.id}"):
        st.markdown("  \n".join(f":small[{md(x)}]" for x in lignes))


def _confirmation(id: int) -> None:
    """Under its line: what would be put back, then the one step; or why it cannot be."""
    field_error(f"annuler:{id}", "")
    if posee(_A_CONFIRMER) != id:
        return
    with reading() as session:
        phrase = operations.ce_qui_reviendrait(session, id=id)
    with st.container(border=True):
        st.markdown(f"**Annuler en une fois ?** Seront {md(phrase)}." if phrase else "**Annuler en une fois ?**")
        with st.container(horizontal=True):
            st.button(
                "Tout annuler", type="primary", icon=":material/undo:", key="annuler.oui", on_click=_annuler, args=(id,)
            )
            st.button("Ne rien changer", key="annuler.non", on_click=_demander, args=(0,))


def _demander(id: int) -> None:
    forget_refusals(f"annuler:{id}")
    poser(_A_CONFIRMER, id)


def _annuler(id: int) -> None:
    with refusals(f"annuler:{id}"), writing() as (session, by):
        operations.annuler(session, id=id, now=utcnow(), by=by)
    poser(_A_CONFIRMER, None)
    if not refused(f"annuler:{id}").erreurs:
        announce("Opération annulée : le carnet est comme avant.", icon=":material/undo:")
