"""The ready phrases on the screen of lists: added, changed, archived in place."""

import streamlit as st

from models.lists import GenrePhrase
from services.releves import phrases
from services.releves.phrases import PhraseVue
from services.socle.brouillons import Formulaire
from ui.commun.access import reading, writing
from ui.commun.adresse import fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import key, open_form, repris, values

OFFERTES = {
    GenrePhrase.NOTE: "le constat d’un point",
    GenrePhrase.REPONSE: "la réponse apportée",
    GenrePhrase.ACTION: "l’action décidée",
}


def _enregistrer(form: Formulaire, p: PhraseVue | None, genre: GenrePhrase) -> None:
    texte = values(form, "texte")["texte"] or ""
    with refusals(form.jeton), writing() as (session, by):
        if p is None:
            phrases.ajouter(session, genre=genre, texte=texte, jeton=form.jeton, by=by)
        else:
            phrases.modifier(session, id=p.id, texte=texte, version=form.version or 0, by=by)
    if not refused(form.jeton).erreurs:
        announce("Phrase ajoutée." if p is None else "Phrase enregistrée.")
        fermer()


def _basculer(p: PhraseVue) -> None:
    with refusals(f"phrase:{p.id}"), writing() as (session, by):
        phrases.archiver(session, id=p.id, version=p.version, archive=not p.archive, by=by)


def _form(form: Formulaire, p: PhraseVue | None, genre: GenrePhrase) -> None:
    with st.form(key(form, "form"), border=False):
        st.text_input(
            "Phrase",
            value=p.texte if p else "",
            key=key(form, "texte"),
            placeholder="Une phrase courte, sans nom de personne ni adresse",
        )
        field_error(form.jeton, "texte")
        with st.container(horizontal=True):
            bouton = "Enregistrer" if p else "Ajouter"
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, p, genre))
            if p:
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
        if p:
            deux_textes(
                form,
                libelles={"texte": "Phrase"},
                garder=lambda f: _enregistrer(f, p, p.genre),
                bouton=st.form_submit_button,
            )


def _ligne(p: PhraseVue) -> None:
    if ouvert("phrase", p.id):
        with st.container(border=True):
            form = fresh_form("phrase", p.id, p.version, "texte")
            repris(form)
            _form(form, p, p.genre)
        return
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        archive = " :gray-badge[:material/archive: archivée]" if p.archive else ""
        st.markdown(f"{md(p.texte)}{archive}", width="stretch")
        if not p.archive:
            st.button(
                named("Modifier", p.texte),
                type="tertiary",
                key=f"phrase{p.id}.m",
                on_click=ouvrir,
                args=("phrase", p.id, p.version),
            )
        geste = named("Restaurer" if p.archive else "Archiver", p.texte)
        st.button(geste, type="tertiary", key=f"phrase{p.id}.a", on_click=_basculer, args=(p,))
    field_error(f"phrase:{p.id}", "")


def phrases_pretes(*, archives: bool) -> None:
    """The phrases of each kind, and the form that adds one."""
    with reading() as session:
        toutes = phrases.liste(session, archives=archives)
    st.caption("Insérées d’un clic pendant la saisie, par le bouton « Phrases » de chaque point.")
    for genre, lignes in toutes.items():
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**Pour {OFFERTES[genre]}**")
            for p in lignes:
                _ligne(p)
            if not lignes:
                st.caption("Aucune phrase. Celles que vous ajouterez seront proposées dans la saisie.")
            with st.expander(f"Ajouter une phrase pour {OFFERTES[genre]}", icon=":material/add:"):
                form = open_form(f"phrase.{genre.value}")
                field_error(form.jeton, "")
                _form(form, None, genre)
