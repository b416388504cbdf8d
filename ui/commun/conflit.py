"""A stale form: the user's text stays in the fields, the colleague's stands beside it, with a way to take it."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from services.socle.brouillons import Formulaire
from ui.commun.feedback import field_error, md, refused
from ui.commun.formulaire import forget, key, open_form, repris


def stale_form(form: Formulaire, *, libelles: Mapping[str, str], prendre: Callable[..., None], args: Any = ()) -> None:
    """What `form` was refused as a whole; after a Conflict, the colleague's values too, and a button to take them."""
    repris(form)
    field_error(form.jeton, "")
    with st.container():
        _la_sienne(form, libelles, prendre, args)


def _la_sienne(form: Formulaire, libelles: Mapping[str, str], prendre: Callable[..., None], args: Any) -> None:
    actuel = refused(form.jeton).actuel
    if not actuel:
        return
    with st.container(border=True):
        st.caption("Version du collègue")
        for champ, valeur in actuel.items():
            nom, texte = st.columns([1, 5])
            nom.caption(md(libelles.get(champ, champ)))
            texte.text(valeur or "—")
        st.button(
            "Prendre la version du collègue",
            icon=":material/sync:",
            key=key(form, "prendre"),
            on_click=_prendre,
            args=(form, prendre, args),
        )


def _prendre(form: Formulaire, prendre: Callable[..., None], args: Any) -> None:
    forget(form.jeton)
    prendre(*args)


def fresh_form(nom: str, objet_id: int, version: int, temoin: str) -> Formulaire:
    """The form that changes an object. One left behind in an earlier visit, on an older version, starts afresh.

    Args:
        temoin: a field of the form: its widget exists while the form is on screen.
    """
    form = open_form(nom, objet_id=objet_id, version=version)
    if form.version != version and key(form, temoin) not in st.session_state:
        form = open_form(nom, objet_id=objet_id, version=version, neuf=True)
    return form
