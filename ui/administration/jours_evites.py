"""Days to avoid on the screen of lists: the élu away, the events of the town."""

from typing import Any

import streamlit as st

from models.lists import GenreJourEvite
from services.agenda import jours_evites as evites
from services.agenda.jours_evites import JourEviteVu
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui
from services.socle.temps import jour
from ui.commun.access import reading, writing
from ui.commun.adresse import fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import TOUTE_DATE, key, open_form, repris, values

LIBELLES = {"libelle": "Pourquoi", "genre": "Ce que c’est", "debut": "Du", "fin": "Au (compris)"}


def _enregistrer(form: Formulaire, e: JourEviteVu | None) -> None:
    v = values(form, *LIBELLES)
    champs: dict[str, Any] = {
        "genre": v["genre"] or GenreJourEvite.EVENEMENT,
        "libelle": v["libelle"] or "",
        "debut": v["debut"],
        "fin": v["fin"],
    }
    with refusals(form.jeton), writing() as (session, by):
        if e is None:
            evites.ajouter(session, jeton=form.jeton, by=by, **champs)
        else:
            evites.modifier(session, id=e.id, version=form.version or 0, by=by, **champs)
    if not refused(form.jeton).erreurs:
        announce(f"{champs['libelle']} : enregistré.")
        fermer()


def _supprimer(e: JourEviteVu) -> None:
    with refusals(f"jour_evite:{e.id}"), writing() as (session, by):
        evites.supprimer(session, id=e.id, version=e.version, by=by)
    if not refused(f"jour_evite:{e.id}").erreurs:
        announce(f"{e.libelle} : ces jours sont de nouveau libres.")


def _form(form: Formulaire, e: JourEviteVu | None) -> None:
    if e:
        st.session_state.setdefault(key(form, "debut"), e.debut)
        st.session_state.setdefault(key(form, "fin"), e.fin)
    with st.form(key(form, "form"), border=False):
        colonnes = st.columns([4, 3, 2, 2])
        with colonnes[0]:
            st.text_input(
                LIBELLES["libelle"],
                value=e.libelle if e else "",
                key=key(form, "libelle"),
                placeholder="Francofolies",
            )
            field_error(form.jeton, "libelle")
        with colonnes[1]:
            st.selectbox(
                LIBELLES["genre"],
                list(GenreJourEvite),
                index=list(GenreJourEvite).index(e.genre if e else GenreJourEvite.EVENEMENT),
                format_func=lambda g: g.libelle,
                key=key(form, "genre"),
            )
        with colonnes[2]:
            st.date_input(LIBELLES["debut"], key=key(form, "debut"), **TOUTE_DATE)
            field_error(form.jeton, "debut")
        with colonnes[3]:
            st.date_input(LIBELLES["fin"], key=key(form, "fin"), **TOUTE_DATE)
            field_error(form.jeton, "fin")
        with st.container(horizontal=True):
            bouton = "Enregistrer" if e else "Ajouter"
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, e))
            if e:
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
        if e:
            deux_textes(form, libelles=LIBELLES, garder=lambda f: _enregistrer(f, e), bouton=st.form_submit_button)


def _ligne(e: JourEviteVu) -> None:
    if ouvert("jour_evite", e.id):
        with st.container(border=True):
            form = fresh_form("jour_evite", e.id, e.version, "libelle")
            repris(form)
            _form(form, e)
        return
    today = aujourdhui()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        quand = jour(e.debut, annee_de=today)
        if e.fin != e.debut:
            quand = f"du {quand} au {jour(e.fin, annee_de=today)}"
        couleur = "blue" if e.genre is GenreJourEvite.ELU else "gray"
        passe = " :gray-badge[passé]" if e.fin < today else ""
        st.markdown(
            f"{md(e.libelle)} :{couleur}-badge[{e.genre.libelle}]{passe} :small[:gray[{quand}]]", width="stretch"
        )
        ouverture, quoi = ("jour_evite", e.id, e.version), f"{e.libelle}, {quand}"
        modifier, retirer = named("Modifier", quoi), named("Retirer", quoi)
        st.button(modifier, type="tertiary", key=f"je{e.id}.m", on_click=ouvrir, args=ouverture)
        st.button(retirer, type="tertiary", key=f"je{e.id}.r", on_click=_supprimer, args=(e,))
    field_error(f"jour_evite:{e.id}", "")


def jours_evites() -> None:
    """Days to avoid, first ones first, and the form that adds some."""
    with reading() as session:
        tous = evites.liste(session)
    st.caption(
        "Aucune réunion n’est proposée un jour d’événement. L’absence de l’élu·e n’écarte que les cellules de veille."
    )
    with st.expander("Ajouter des jours à éviter", icon=":material/add:"):
        form = open_form("jour_evite")
        field_error(form.jeton, "")
        _form(form, None)
    if not tous:
        st.caption("Aucun jour à éviter. Les absences de l’élu·e et les événements de la ville viendront ici.")
        return
    with st.container(border=True, gap="xxsmall"):
        for e in tous:
            _ligne(e)
