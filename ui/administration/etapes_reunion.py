"""The steps of each type of meeting on the screen of lists: named, dated back from the meeting, archived in place."""

from functools import partial
from typing import Any

import streamlit as st

from models.lists import SensJalon, TypeReunion
from services.agenda import jalons_types as etapes
from services.agenda.jalons_types import JalonTypeVu
from services.socle.brouillons import Formulaire
from ui.commun.access import reading, writing
from ui.commun.adresse import fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import key, open_form, repris, values

LIBELLES = {"libelle": "Étape", "jours": "Jours", "quand": "Avant ou après", "sens": "Se coche toute seule ?"}
AVANT, APRES = "avant la réunion", "après la réunion"


def _jours(form: Formulaire) -> int | None:
    """From the day of the meeting, negative before."""
    v = values(form, "jours", "quand")
    jours: int | None = v["jours"]
    return jours if jours is None or v["quand"] == APRES else -jours


def _miens(form: Formulaire) -> dict[str, str]:
    """What two fields say, as the service says it."""
    jours = _jours(form)
    return {"jours": "" if jours is None else etapes.quand(jours)}


def _enregistrer(form: Formulaire, e: JalonTypeVu | None, type_: TypeReunion) -> None:
    v, jours = values(form, *LIBELLES), _jours(form)
    champs: dict[str, Any] = {"libelle": v["libelle"] or "", "jours": jours, "sens": v["sens"] or SensJalon.MANUEL}
    with refusals(form.jeton), writing() as (session, by):
        if e is None:
            etapes.ajouter(session, type=type_, jeton=form.jeton, by=by, **champs)
        else:
            etapes.modifier(session, id=e.id, version=form.version or 0, by=by, **champs)
    if not refused(form.jeton).erreurs:
        announce(f"{champs['libelle']} : enregistré.")
        fermer()


def _basculer(e: JalonTypeVu) -> None:
    """Archive, or restore."""
    with refusals(f"jalon_type:{e.id}"), writing() as (session, by):
        etapes.archiver(session, id=e.id, version=e.version, archive=not e.archive, by=by)


def _form(form: Formulaire, e: JalonTypeVu | None, type_: TypeReunion) -> None:
    with st.form(key(form, "form"), border=False):
        colonnes = st.columns([4, 2, 3, 3])
        with colonnes[0]:
            libelle = e.libelle if e else ""
            st.text_input(LIBELLES["libelle"], value=libelle, key=key(form, "libelle"), placeholder="Affiches posées")
            field_error(form.jeton, "libelle")
        with colonnes[1]:
            jours = abs(e.jours) if e else None
            st.number_input(
                LIBELLES["jours"], value=jours, step=1, min_value=0, key=key(form, "jours"), placeholder="15"
            )
            field_error(form.jeton, "jours")
        with colonnes[2]:
            st.selectbox(LIBELLES["quand"], [AVANT, APRES], index=1 if e and e.jours > 0 else 0, key=key(form, "quand"))
        with colonnes[3]:
            st.selectbox(
                LIBELLES["sens"],
                list(SensJalon),
                index=list(SensJalon).index(e.sens if e else SensJalon.MANUEL),
                format_func=lambda s: "Non, à la main" if s is SensJalon.MANUEL else s.libelle,
                key=key(form, "sens"),
            )
        with st.container(horizontal=True):
            bouton = "Enregistrer" if e else "Ajouter"
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, e, type_))
            if e:
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
        if e:
            garder = partial(_enregistrer, e=e, type_=e.type)
            deux_textes(
                form, libelles=LIBELLES, garder=garder, miens=partial(_miens, form), bouton=st.form_submit_button
            )


def _ligne(e: JalonTypeVu) -> None:
    if ouvert("jalon_type", e.id):
        with st.container(border=True):
            form = fresh_form("jalon_type", e.id, e.version, "libelle")
            repris(form)
            _form(form, e, e.type)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        archive = " :gray-badge[:material/archive: archivée]" if e.archive else ""
        seule = "" if e.sens is SensJalon.MANUEL else " :green-badge[:material/bolt: se coche seule]"
        st.markdown(f"{md(e.libelle)} :gray-badge[{e.quand}]{seule}{archive}", width="stretch")
        nom = f"{e.libelle}, {e.type.libelle}"
        if not e.archive:
            st.button(
                named("Modifier", nom),
                type="tertiary",
                key=f"jt{e.id}.m",
                on_click=ouvrir,
                args=("jalon_type", e.id, e.version),
            )
        geste = named("Restaurer" if e.archive else "Archiver", nom)
        st.button(geste, type="tertiary", key=f"jt{e.id}.a", on_click=_basculer, args=(e,))
    field_error(f"jalon_type:{e.id}", "")


def etapes_reunion(*, archives: bool) -> None:
    """The steps of each type of meeting, first due first, and the form that adds one."""
    with reading() as session:
        toutes = etapes.liste(session, archives=archives)
    st.caption(
        "Chaque réunion reçoit les étapes de son type, datées à partir de son jour. Celles qui sont en retard viennent "
        "sur Accueil."
    )
    for type_, lignes in toutes.items():
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{type_.libelle}**")
            for e in lignes:
                _ligne(e)
            if not lignes:
                st.caption("Aucune étape : rien n’est à préparer pour ce type de réunion.")
            with st.expander(f"Ajouter une étape à « {type_.libelle} »", icon=":material/add:"):
                form = open_form(f"jalon_type.{type_.value}")
                field_error(form.jeton, "")
                _form(form, None, type_)
