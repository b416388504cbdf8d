"""The entry screen's fields: each one is in the shared draft as soon as it is left, and shows what a colleague wrote.

Widgets keep their own value in the browser; the draft row keeps the truth. `EcranSaisie` remembers, for this tab, which
version of each field it has seen, so that a field changed by a colleague is shown, and one changed by both is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from services import brouillons, phrases, saisie
from services.brouillons import Champ
from services.erreurs import BusinessError, Invalid
from services.horloge import aujourdhui, maintenant
from services.saisie import Saisie
from ui.access import reading, writing
from ui.feedback import announce, md
from ui.formulaire import on_screen
from ui.navigation import page_path

_ECRAN = "saisie"
A_TRANCHER = "Un collègue a écrit autre chose au même endroit : choisissez le texte à garder."


@dataclass
class EcranSaisie:
    """What this tab knows of the draft `jeton`."""

    jeton: str
    reunion_id: int
    vues: dict[str, int] = field(default_factory=dict)  # field -> version seen
    connus: dict[str, Any] = field(default_factory=dict)  # field -> value then shown (the draft's, or a default)
    signature: dict[str, int] = field(default_factory=dict)  # every field of the draft -> version, for the watcher
    lus: dict[str, Champ] | None = None  # the fields as the page has just read them, for the watcher's first look
    divergents: dict[str, Champ] = field(default_factory=dict)  # fields a colleague changed to something else
    a_montrer: dict[str, Any] = field(default_factory=dict)  # fields set by a button, to be shown at the next run
    erreurs: dict[str, str] = field(default_factory=dict)
    alerte: str = ""
    enregistree: bool = False
    rang: int = 0  # which moment of the séance this tab shows


def ecran(jeton: str, reunion_id: int) -> EcranSaisie:
    """The state of this tab for that draft; a new draft starts a new one."""
    courant = st.session_state.get(_ECRAN)
    if not isinstance(courant, EcranSaisie) or courant.jeton != jeton:
        courant = st.session_state[_ECRAN] = EcranSaisie(jeton, reunion_id)
    return courant


def cle(e: EcranSaisie, champ: str) -> str:
    """The widget key of a field of the draft."""
    return f"{e.jeton}.{champ}"


def _brut(valeur: Any) -> Any:
    """A widget's value as the draft stores it: JSON, None for empty."""
    if isinstance(valeur, date):
        return valeur.isoformat()
    return None if valeur in ("", []) else valeur


def lie(e: EcranSaisie, s: Saisie, champ: str, *, lire: Callable[[Any], Any] = lambda v: v) -> dict[str, Any]:
    """Keyword arguments that tie a widget to a field of the draft: key, callback, and `value` to start from.

    `value` is what the draft holds; after a restart of the server the browser's own text, typed since, wins over it.
    """
    k, valeur = cle(e, champ), s.valeur(champ)
    version = s.champs[champ].version if champ in s.champs else 0
    kwargs: dict[str, Any] = {"key": k, "on_change": quitter, "args": (e,)}
    montre = lire(valeur)
    if champ in e.a_montrer:
        del e.a_montrer[champ]
        e.vues[champ], e.connus[champ] = version, _brut(montre)
        st.session_state[k] = montre
    elif champ not in e.vues or k not in st.session_state:  # first shown, or shown again after another took its place
        e.vues[champ], e.connus[champ] = version, _brut(montre)
    elif version > e.vues[champ] and champ not in e.divergents and _brut(st.session_state.get(k)) == e.connus[champ]:
        e.vues[champ], e.connus[champ] = version, _brut(montre)
        st.session_state[k] = montre
    if k not in st.session_state:
        kwargs["value"] = montre
    return kwargs


def choix(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same, for pills and segmented controls, which say `default`."""
    if "value" in kwargs:
        kwargs["default"] = kwargs.pop("value")
    return kwargs


# --- commands -------------------------------------------------------------------------------------------------------


def _lus(e: EcranSaisie) -> dict[str, Any]:
    """Fields of this tab that differ from what it knows of the draft."""
    etat = on_screen()
    lus = {champ: _brut(etat[cle(e, champ)]) for champ in e.connus if cle(e, champ) in etat}
    return {champ: valeur for champ, valeur in lus.items() if valeur != e.connus[champ] and champ not in e.a_montrer}


def _deposer(e: EcranSaisie, valeurs: dict[str, Any]) -> bool:
    """Write fields into the draft; False when something must be asked or said first."""
    if not valeurs:
        return not e.divergents
    try:
        with writing() as (session, by):
            ecrit = brouillons.ecrire(session, jeton=e.jeton, valeurs=valeurs, vues=e.vues, by=by)
    except Invalid as error:  # far too long a text does not keep the others out of the draft
        _deposer(e, {champ: valeur for champ, valeur in valeurs.items() if champ not in error.erreurs})
        e.erreurs |= error.erreurs
        e.alerte = error.phrase
        return False
    except BusinessError as error:
        e.alerte = error.phrase
        return False
    e.alerte = ""
    for champ, version in ecrit.versions.items():
        e.vues[champ] = e.signature[champ] = version
        e.connus[champ] = valeurs[champ]
        e.erreurs.pop(champ, None)
    e.divergents = {**{c: d for c, d in e.divergents.items() if c not in valeurs}, **ecrit.divergents}
    return not e.divergents


def quitter(e: EcranSaisie) -> None:
    """A field was left: put it in the draft."""
    valeurs = _lus(e)
    _deposer(e, valeurs)
    for champ in valeurs:
        if champ.endswith((".theme", ".pilote")):
            st.session_state[cle(e, f"cherche.{champ}")] = ""


def deposer(e: EcranSaisie) -> bool:
    """Put what is on screen in the draft before other fields take its place; False when something must be settled."""
    if _deposer(e, _lus(e)):
        return True
    e.alerte = e.alerte or A_TRANCHER
    return False


def poser(e: EcranSaisie, valeurs: dict[str, Any]) -> None:
    """Set fields from a button (the others present, a line taken out, a participant added)."""
    _deposer(e, {**_lus(e), **valeurs})
    e.a_montrer.update(dict.fromkeys(valeurs))


def inserer(e: EcranSaisie, champ: str, version: int, actuel: str, phrase: str) -> None:
    """Put a ready phrase after what the field holds: what was typed since comes along, drawn or not.

    Args:
        version, actuel: the field as the draft held it when the phrase was offered.
    """
    ecran_ = on_screen()
    k = cle(e, champ)
    if k not in ecran_:  # the field is folded away: what was offered is what was seen
        e.vues[champ], e.connus[champ] = version, _brut(actuel)
    texte = ecran_.get(k, actuel)
    valeur = phrases.inserer(texte or "", phrase)
    if _deposer(e, {**_lus(e), champ: valeur}):
        e.a_montrer[champ] = None
    st.session_state[cle(e, f"phrases.{champ.rpartition('.')[0]}")] = False


def trancher(e: EcranSaisie, champ: str, garder: bool) -> None:
    """Settle a field two agents changed: keep one's own text, or take the colleague's."""
    mien = _brut(on_screen().get(cle(e, champ)))
    sien = e.divergents.pop(champ)
    e.vues[champ], e.connus[champ] = sien.version, sien.valeur
    if garder:
        _deposer(e, {champ: mien})
    else:
        e.a_montrer[champ] = None


def enregistrer(e: EcranSaisie) -> None:
    """Save the entry: what is on screen goes into the draft, then the draft becomes a fact and the relevé is shown."""
    if not _deposer(e, _lus(e)):
        e.alerte = e.alerte or A_TRANCHER
        return
    try:
        with writing() as (session, by):
            saisie.enregistrer(
                session, reunion_id=e.reunion_id, jeton=e.jeton, today=aujourdhui(), now=maintenant(), by=by
            )
    except Invalid as error:
        e.erreurs = error.erreurs
        e.alerte = f"Il reste à compléter avant d’enregistrer (rien n’est perdu) : {error.phrase}"
        return
    except BusinessError as error:
        e.alerte = error.phrase
        return
    e.enregistree = True


def show_releve_once_saved() -> None:
    """Go to the relevé of the entry just saved; not from the callback, which a restarted server runs without pages."""
    e = st.session_state.get(_ECRAN)
    if isinstance(e, EcranSaisie) and e.enregistree:
        del st.session_state[_ECRAN]
        announce("Relevé enregistré : la réunion est notée « tenue ».")
        st.switch_page(page_path("aujourdhui/releve.py"), query_params={"reunion": str(e.reunion_id)})


# --- what is shown beside a field ---------------------------------------------------------------------------------


def sous_champ(e: EcranSaisie, champ: str, montrer: Callable[[Any], str] = str) -> None:
    """Under a field: why it was refused, or a colleague's text to choose from."""
    if champ in e.erreurs:
        st.markdown(f":red[:material/error: {md(e.erreurs[champ])}]")
    if champ in e.divergents:
        d = e.divergents[champ]
        with st.container(border=True):
            texte = montrer(d.valeur) if d.valeur not in (None, "", []) else "(vide)"
            st.markdown(f":orange[:material/group: {md(d.agent)} a mis entre-temps :] {md(texte)}")
            with st.container(horizontal=True):
                st.button("Garder le mien", key=cle(e, f"mien.{champ}"), on_click=trancher, args=(e, champ, True))
                st.button("Prendre le sien", key=cle(e, f"sien.{champ}"), on_click=trancher, args=(e, champ, False))


@st.fragment(run_every="4s")
def guetter(e: EcranSaisie, agent_id: int | None) -> None:
    """Watch the shared draft: show at once what a colleague wrote, and who is there."""
    champs, e.lus = e.lus, None
    if champs is None:  # by the clock: the page did not read them just now
        with reading() as session:
            form = brouillons.lire(session, cle=saisie.cle_brouillon(e.reunion_id))
            champs = brouillons.champs(session, cle=saisie.cle_brouillon(e.reunion_id))
        if form is None or form.jeton != e.jeton or {n: c.version for n, c in champs.items()} != e.signature:
            st.rerun()
    autres = sorted({c.agent for c in champs.values() if c.agent_id != agent_id})
    if autres:
        st.badge(f"Avec {md(', '.join(autres))}", icon=":material/group:", color="blue")
