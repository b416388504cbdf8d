"""A form on a record that a colleague changed meanwhile: what was typed beside what stands now, and two ways out."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from typing import Any

import streamlit as st

from services.socle import brouillons
from services.socle.brouillons import Formulaire
from services.socle.chargement import RECOMMENCER
from services.socle.erreurs import BusinessError
from services.socle.texte import insecables
from ui.commun.access import writing
from ui.commun.feedback import Refus, field_error, md, refusals, refused
from ui.commun.formulaire import key, on_screen, open_form


def fresh_form(nom: str, objet_id: int | None, version: int | None, temoin: str = "") -> Formulaire:
    """The form that changes an object. One left behind in an earlier visit, on an older version, starts afresh, unless
    it holds words.

    Args:
        temoin: a field of the form: its widget exists while the form is on screen; "" where the draft keeps all the
            fields: then it starts afresh on screen too, as soon as the object changed.
    """
    form = open_form(nom, objet_id=objet_id, version=version)
    laisse = key(form, temoin) not in st.session_state if temoin else not refused(form.jeton).actuel
    if form.version != version and laisse:
        form = open_form(nom, objet_id=objet_id, version=version, neuf=True)
    return form


def deux_textes(
    form: Formulaire,
    *,
    libelles: Mapping[str, str],
    garder: Callable[[Formulaire], None],
    miens: Callable[[], Mapping[str, str]] = dict,
    effacer: Callable[[], None] | None = None,
    bouton: Callable[..., bool] = st.button,
) -> None:
    """What the whole form was refused, under its button: on a phone its first field is out of sight. After a Conflict:
    both texts of each field that differs, and the ways out.

    Args:
        garder: save this form, on the version shown here: one's own text takes its place.
        miens: one's own text, where no field has the name that the service gives it.
        bouton: `st.form_submit_button` within a block: what is typed in it after that comes along.
        effacer: what else must be done when the form is emptied, where the screen keeps the one it shows.
    """
    with st.container():  # its place is there before it appears
        refus = refused(form.jeton)
        if not refus.actuel:
            field_error(form.jeton, "")
            return
        with st.container(border=True):
            _comparer(refus, libelles, {**_a_l_ecran(form), **miens()})
            with st.container(horizontal=True):
                sienne = (form, refus.version, effacer)
                bouton("Prendre sa version", key=key(form, "prendre"), on_click=_prendre, args=sienne)
                mienne = (replace(form, version=refus.version), garder)
                libelle = "Enregistrer mon texte à la place"
                bouton(libelle, key=key(form, "garder"), on_click=_garder, args=mienne)


def _comparer(refus: Refus, libelles: Mapping[str, str], miens: Mapping[str, str]) -> None:
    siens = {champ: sien for champ, sien in refus.actuel.items() if champ in libelles and miens.get(champ, "") != sien}
    suite = "Comparez, puis choisissez." if siens else "Vos deux textes disent la même chose."
    phrase = refus.erreurs.get("", "").removesuffix(RECOMMENCER) + suite
    st.warning(md(insecables(phrase)), icon=":material/group:")
    if siens:
        lignes = {
            "Champ": [libelles[champ] for champ in siens],
            "Votre texte": [_cellule(miens[champ]) if champ in miens else "" for champ in siens],
            "Sa version": [_cellule(sien) for sien in siens.values()],
        }
        st.table(lignes, border="horizontal")


def _a_l_ecran(form: Formulaire) -> dict[str, str]:
    """What the fields hold, as the services say it."""
    debut = key(form, "")
    return {cle.removeprefix(debut): dit(v) for cle, v in on_screen().items() if cle.startswith(debut)}


def dit(valeur: Any) -> str:
    """What a field holds, as the services say it."""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if isinstance(valeur, date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, time):
        return f"{valeur:%H:%M}"
    return str(getattr(valeur, "libelle", "" if valeur is None else valeur))


def _cellule(texte: str) -> str:
    return md(texte).replace("\n", "  \n") or "—"


def _garder(form: Formulaire, garder: Callable[[Formulaire], None]) -> None:
    garder(form)
    if refused(form.jeton).erreurs:  # a field is wrong: once it is mended, the button of the form saves
        with suppress(BusinessError), writing() as (session, _):
            brouillons.relire(session, jeton=form.jeton, version=form.version)


def _prendre(form: Formulaire, version: int | None, effacer: Callable[[], None] | None) -> None:
    with refusals(form.jeton), writing() as (session, _):
        brouillons.abandonner(session, jeton=form.jeton)
        brouillons.ouvrir(session, cle=form.cle, version=version)
    if effacer:
        effacer()
