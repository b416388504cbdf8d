"""Large changes already done: what they were, and one button that undoes each."""

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from services.commun import operations
from services.commun.operations import OperationVue
from services.socle import temps
from services.socle.horloge import aujourdhui, civil, utcnow
from ui.commun.access import reading, writing
from ui.commun.adresse import cle
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.navigation import page_path

DERNIERES = 5

RECENTE = timedelta(hours=1)


def dernieres(acte: str, titre: str, *, apres: Callable[[], None] = lambda: None) -> None:
    """The last five of that kind, each with its undo, after which `apres` runs; the journal has the others."""
    with reading() as session:
        vues = operations.dernieres(session, acte=acte, now=utcnow(), limite=DERNIERES)
    if vues:
        st.header(titre, anchor=False)
    for vue in vues:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            quand = temps.moment(civil(vue.quand), annee_de=aujourdhui())
            st.markdown(f"{md(vue.resume)}  \n:small[:gray[{quand} · {md(vue.agent)}]]", width="stretch")
            _bouton(vue, cle("annuler", vue.id), apres)
        field_error(cle("annuler", vue.id), "")
    if len(vues) == DERNIERES:
        st.page_link(page_path("administration/journal.py"), label="Les précédents sont au journal", icon="")


def faite(acte: str, id: int) -> None:
    """What was just done, with its undo right there, or that it was undone."""
    with reading() as session:
        vues = operations.dernieres(session, acte=acte, now=utcnow(), limite=50)
    vue = next((v for v in vues if v.id == id), None)
    if vue is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if vue.annulee_le is None:
            st.success(f"C’est fait. {md(vue.resume)}.", icon=":material/check_circle:")
        else:
            st.info(f"{md(vue.resume)}.")
        _bouton(vue, cle("defaire", vue.id), lambda: None)
    field_error(cle("defaire", vue.id), "")


def recentes(*actes: str) -> None:
    """What was done of these kinds within the hour, latest first, each with its undo: where one is led after it."""
    with reading() as session:
        vues = [v for acte in actes for v in operations.dernieres(session, acte=acte, now=utcnow(), limite=1)]
    for vue in vues:
        if vue.quand > utcnow() - RECENTE:
            faite(vue.acte, vue.id)


def _bouton(vue: OperationVue, bouton: str, apres: Callable[[], None]) -> None:
    if vue.annulee_le is not None:
        st.markdown(":gray-badge[:material/undo: Annulé]", width="content")
    else:
        st.button(
            named("Annuler", f"{vue.resume}, {temps.moment(civil(vue.quand))}"),
            icon=":material/undo:",
            key=bouton,
            on_click=_annuler,
            args=(vue.id, bouton, apres),
        )


def _annuler(id: int, form: str, apres: Callable[[], None]) -> None:
    with refusals(form), writing() as (session, by):
        operations.annuler(session, id=id, now=utcnow(), by=by)
    if not refused(form).erreurs:
        apres()
        announce("Annulé : le carnet est comme avant.", icon=":material/undo:")
