"""The steps of «13-18» on the screen of lists: renamed, ordered, dated, archived in place."""

from typing import Any

import streamlit as st

from models.lists import SensEtape, Volet
from services.projets import etapes
from services.projets.etapes import EtapeVue
from services.socle.brouillons import Formulaire
from ui.commun.access import reading, writing
from ui.commun.adresse import fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import key, open_form, repris, values
from ui.projets.couverture import COULEUR_SENS

LIBELLES = {"libelle": "Étape", "sens": "Ce qu’elle veut dire", "limite": "En retard après le"}


def _enregistrer(form: Formulaire, e: EtapeVue | None, volet: Volet) -> None:
    v = values(form, *LIBELLES)
    champs: dict[str, Any] = {
        "libelle": v["libelle"] or "",
        "sens": v["sens"] or SensEtape.EN_COURS,
        "limite": v["limite"] or "",
    }
    with refusals(form.jeton), writing() as (session, by):
        if e is None:
            etapes.ajouter(session, volet=volet, jeton=form.jeton, by=by, **champs)
        else:
            etapes.modifier(session, id=e.id, version=form.version or 0, by=by, **champs)
    if not refused(form.jeton).erreurs:
        announce(f"{champs['libelle']} : enregistré.")
        fermer()


def _geste(e: EtapeVue, geste: str) -> None:
    """Move up, archive, restore."""
    with refusals(f"etape:{e.id}"), writing() as (session, by):
        if geste == "monter":
            etapes.monter(session, id=e.id, version=e.version, by=by)
        else:
            etapes.archiver(session, id=e.id, version=e.version, archive=not e.archive, by=by)


def _form(form: Formulaire, e: EtapeVue | None, volet: Volet) -> None:
    with st.form(key(form, "form"), border=False):
        colonnes = st.columns(3)
        with colonnes[0]:
            libelle = e.libelle if e else ""
            st.text_input(
                LIBELLES["libelle"], value=libelle, key=key(form, "libelle"), placeholder="Relue par la DSDEN"
            )
            field_error(form.jeton, "libelle")
        with colonnes[1]:
            st.selectbox(
                LIBELLES["sens"],
                list(SensEtape),
                index=list(SensEtape).index(e.sens if e else SensEtape.EN_COURS),
                format_func=lambda s: s.libelle,
                key=key(form, "sens"),
                placeholder="Choisir",
            )
            field_error(form.jeton, "sens")
        with colonnes[2]:
            limite = e.limite if e else ""
            st.text_input(LIBELLES["limite"], value=limite, key=key(form, "limite"), placeholder="15/10, ou rien")
            field_error(form.jeton, "limite")
        with st.container(horizontal=True):
            bouton = "Enregistrer" if e else "Ajouter"
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, e, volet))
            if e:
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
        if e:
            deux_textes(
                form, libelles=LIBELLES, garder=lambda f: _enregistrer(f, e, e.volet), bouton=st.form_submit_button
            )


def _ligne(e: EtapeVue, *, premiere: bool) -> None:
    if ouvert("etape", e.id):
        with st.container(border=True):
            form = fresh_form("etape", e.id, e.version, "libelle")
            repris(form)
            _form(form, e, e.volet)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        limite = f" :small[:gray[en retard après le {e.limite}]]" if e.limite else ""
        archive = " :gray-badge[:material/archive: archivée]" if e.archive else ""
        st.markdown(
            f"{md(e.libelle)} :{COULEUR_SENS[e.sens]}-badge[{e.sens.libelle}]{archive}{limite}", width="stretch"
        )
        nom = f"{e.libelle}, {e.volet.libelle}"
        if not e.archive:
            if not premiere:
                monter = named("Monter", nom)
                st.button(monter, type="tertiary", key=f"etape{e.id}.h", on_click=_geste, args=(e, "monter"))
            ouverture = ("etape", e.id, e.version)
            modifier = named("Modifier", nom)
            st.button(modifier, type="tertiary", key=f"etape{e.id}.m", on_click=ouvrir, args=ouverture)
        geste = named("Restaurer" if e.archive else "Archiver", nom)
        st.button(geste, type="tertiary", key=f"etape{e.id}.a", on_click=_geste, args=(e, "archiver"))
    field_error(f"etape:{e.id}", "")


def etapes_13_18(*, archives: bool) -> None:
    """The steps of each volet, in order, and the form that adds one."""
    with reading() as session:
        toutes = etapes.liste(session, archives=archives)
    st.caption("Par où passe chaque collège de « 13-18, Questions de Justice » : contact, convention, planning.")
    for volet, lignes in toutes.items():
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{volet.libelle}**")
            for n, e in enumerate(lignes):
                _ligne(e, premiere=n == 0)
            with st.expander(f"Ajouter une étape à « {volet.libelle} »", icon=":material/add:"):
                form = open_form(f"etape.{volet.value}")
                field_error(form.jeton, "")
                _form(form, None, volet)
