"""The form that this tab shows, apart from the same agent's other tabs: each keeps its token and the version it read.

The draft row of `open_form` is one per agent; a second tab would take it over and the first would lose its text.
"""

import streamlit as st

from services.brouillons import Formulaire
from ui.formulaire import key, open_form

_FORMULAIRES = "formulaires_d_onglet"  # name -> (object, form)


def tab_form(nom: str, *, champ: str, objet_id: int | None = None, version: int | None = None) -> Formulaire:
    """The form `nom` of this tab on that object, opened afresh when another object or another page was shown.

    Args:
        champ: a field always shown. Its value, when the server restarted, comes back from the browser under the token
            of the draft: the form is then taken up where it was.
        version: version of the object read just now, kept as shown when the form is opened.
    """
    ouverts: dict[str, tuple[int | None, Formulaire] | None] = st.session_state.setdefault(_FORMULAIRES, {})
    connu = ouverts.get(nom)
    if connu and connu[0] == objet_id and key(connu[1], champ) in st.session_state:
        return connu[1]
    ferme = nom in ouverts and connu is None
    form = open_form(nom, objet_id=objet_id, version=version, neuf=ferme)
    if not ferme and key(form, champ) not in st.session_state:
        form = open_form(nom, objet_id=objet_id, version=version, neuf=True)
    ouverts[nom] = (objet_id, form)
    return form


def close_form(nom: str, jeton: str | None = None) -> None:
    """Forget the form of this tab: sent, or given up for a fresh version.

    Args:
        jeton: only if this is still the form shown; the second click of a double click closes nothing.
    """
    ouverts = st.session_state.setdefault(_FORMULAIRES, {})
    connu = ouverts.get(nom)
    if jeton is None or (connu and connu[1].jeton == jeton):
        ouverts[nom] = None
