"""A form that counts once. Widget keys carry its token: once it is sent, the next form is empty, and a second click
meets no button any more."""

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from services.socle import brouillons, temps
from services.socle.brouillons import Formulaire, Laisse
from services.socle.erreurs import BusinessError, Unavailable
from services.socle.horloge import aujourdhui, civil
from ui.commun import panne
from ui.commun.access import reading, require_agent, writing
from ui.commun.feedback import forget_refusals, refusals

# For a date among fields that a button sends. Between bounds, Streamlit keeps the date before in place of the one
# typed, and the button saves it; without them what was typed comes, and the service says what is wrong with it.
# Its value is set in the state, for a date born with one cannot be emptied.
TOUTE_DATE: dict[str, Any] = {"value": None, "min_value": date.min, "max_value": date.max, "format": "DD/MM/YYYY"}


def tab() -> str:
    """This browser tab, the same whatever the way in, after F5 and after a restart (session.js names it as it opens
    the WebSocket); "" for a client that does not say."""
    onglet = str(st.user.get("onglet") or "")
    return onglet if re.fullmatch(r"[0-9a-f]{8}", onglet) else ""


def open_form(
    nom: str, *, objet_id: int | None = None, version: int | None = None, neuf: bool = False, oublier: bool = False
) -> Formulaire:
    """The form `nom` of this agent, in this tab, on that object, with its token and the version it was opened on. What
    was typed in it and not sent is put back in its fields.

    Args:
        neuf: start afresh (a click on "Modifier" or "Ajouter"), forgetting the version shown before, unless it holds
            words.
        oublier: start afresh in any case ("Annuler", "Prendre la version du collègue").
    """
    agent = require_agent()
    cle = f"{nom}:{objet_id or 'nouveau'}:{agent.id}:{tab() or '?'}"
    with reading() as session:
        ouvert = brouillons.lire(session, cle=cle)
    if ouvert and not (neuf or oublier):
        return _rendre(ouvert)
    with writing() as (session, _):
        if ouvert and oublier:
            brouillons.abandonner(session, jeton=ouvert.jeton)
        form = brouillons.ouvrir(session, cle=cle, version=version, neuf=neuf)
    if neuf or oublier:
        forget_refusals(form.jeton)
    return _rendre(form)


# --- what is typed and not sent yet ---------------------------------------------------------------------------------
# web/browser/frappe.js sends texts and numbers to web/frappe.py while they are typed; choices come by `kept`.


def _rendre(form: Formulaire) -> Formulaire:
    """Put what was typed back in fields that this visit has not drawn yet."""
    perdus = {key(form, nom): c for nom, c in form.champs.items() if key(form, nom) not in st.session_state}
    for k, c in perdus.items():
        st.session_state[k] = _lu(c.valeur)
    if perdus:
        st.session_state[key(form, "repris")] = max(c.modifie_le for c in perdus.values())
    return form


def kept(form: Formulaire, champ: str, options: Collection[Any] | None = None) -> dict[str, Any]:
    """Keyword arguments of a choice, a date or an hour that the draft keeps as it changes.

    Args:
        options: of a choice, what may be chosen now: something else, kept earlier, is forgotten.
    """
    k = key(form, champ)
    valeur = st.session_state.get(k)
    if options is not None and valeur is not None:
        possibles = {o: o for o in options}  # a draft holds the text of a choice: here is the choice itself
        choisis = [possibles[v] for v in (valeur if isinstance(valeur, list) else [valeur]) if v in possibles]
        voulu = choisis if isinstance(valeur, list) else choisis[0] if choisis else None
        if voulu != valeur or type(voulu) is not type(valeur):  # set for nothing, it would undo a choice being made
            st.session_state[k] = voulu
    return {"key": k, "on_change": _garder, "args": (form.jeton, champ, k)}


def _garder(jeton: str, champ: str, k: str) -> None:
    _deposer(jeton, champ, _ecrit(on_screen().get(k)))


def _deposer(jeton: str, champ: str, valeur: Any) -> None:
    # Without its draft, the field still holds its value: it is the command that says what is wrong.
    with suppress(BusinessError):
        try:
            with writing() as (session, by):
                brouillons.ecrire(
                    session, jeton=jeton, valeurs={champ: valeur}, vues={champ: None}, by=by, onglet=tab()
                )
        except Unavailable:
            panne.plus_tard(f"{jeton}.{champ}", partial(_deposer, jeton, champ, valeur))


def _ecrit(valeur: Any) -> Any:
    """A widget's value as JSON holds it."""
    if isinstance(valeur, date):
        return {"jour": valeur.isoformat()}
    return {"heure": valeur.isoformat()} if isinstance(valeur, time) else valeur


def _lu(valeur: Any) -> Any:
    if isinstance(valeur, dict):
        return date.fromisoformat(valeur["jour"]) if "jour" in valeur else time.fromisoformat(valeur["heure"])
    return valeur


def repris(form: Formulaire, *, effacer: Callable[[], None] | None = None) -> None:
    """Say that the fields hold what was typed earlier, and offer to do without; or, in an empty form, that a tab left a
    draft of it. What appears has its place.

    Args:
        effacer: what else must be done then, where the screen keeps the form it shows.
    """
    with st.container():
        quand = st.session_state.get(key(form, "repris"))
        if quand is None:
            if not form.champs:
                _laisse(form, effacer)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            dit = temps.moment(civil(quand), annee_de=aujourdhui())
            st.caption(f":material/history_edu: Votre brouillon du {dit} est repris : rien n’en est enregistré.")
            quoi = (form.jeton, effacer)
            st.button("Effacer ce brouillon", type="tertiary", key=key(form, "effacer"), on_click=_effacer, args=quoi)


def _laisse(form: Formulaire, apres: Callable[[], None] | None) -> None:
    with reading() as session:
        autre = brouillons.laisse(session, form=form)
    if autre is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        dit = temps.moment(civil(autre.quand), annee_de=aujourdhui())
        st.caption(f":material/history_edu: Un autre onglet garde votre brouillon du {dit}.")
        st.button("Le reprendre", type="tertiary", key=key(form, "amener"), on_click=_amener, args=(form, autre, apres))
        quoi = (autre.jeton, None)
        st.button("L’effacer", type="tertiary", key=key(form, "effacer"), on_click=_effacer, args=quoi)


def _amener(form: Formulaire, autre: Laisse, apres: Callable[[], None] | None) -> None:
    with refusals(form.jeton), writing() as (session, by):
        brouillons.amener(session, jeton=autre.jeton, form=form, by=by)
    if apres:
        apres()


def _effacer(jeton: str, apres: Callable[[], None] | None) -> None:
    forget(jeton)
    if apres:
        apres()


def forget(jeton: str) -> None:
    """Forget what was typed in this form: the next one is empty. Also after a command that takes no token."""
    with refusals(jeton), writing() as (session, _):
        brouillons.abandonner(session, jeton=jeton)


def key(form: Formulaire, champ: str) -> str:
    """The widget key of a field of this form."""
    return f"{form.jeton}.{champ}"


def on_screen() -> dict[str, Any]:
    """What every field of this tab holds now, by widget key. First thing in a callback: a run, and with it the click
    that began it, can be cut at each access to `st.session_state`, but not here."""
    return {str(cle): valeur for cle, valeur in st.session_state.to_dict().items()}


def values(form: Formulaire, *champs: str) -> dict[str, Any]:
    """What the fields of this form hold now, read at once. First thing in a callback."""
    etat = on_screen()
    return {champ: etat.get(key(form, champ)) for champ in champs}
