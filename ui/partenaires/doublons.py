"""The screens of duplicates: a pair in the list, two records side by side, the last merges."""

from typing import Any

import streamlit as st

from services.partenaires import doublons
from services.partenaires.doublons import Comparaison, Cote, Famille, FusionVue, Paire
from services.socle import mots, temps
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.texte import first_words
from ui.commun import operations, question, suite
from ui.commun.access import reading, writing
from ui.commun.adresse import cle
from ui.commun.feedback import announce, field_error, forget_refusals, md, named, refusals, refused
from ui.commun.formulaire import key, on_screen, open_form
from ui.commun.navigation import page_path
from ui.partenaires.fiche import FICHE, LIBELLES

PAGE = page_path("partenaires/doublons.py")
A_L_ECRAN = 25
FAMILLES = {Famille.PARTENAIRE: "Partenaires", Famille.PERSONNE: "Personnes"}
_LISTE = "doublons.liste"  # the last scan of this visit: a base of 5,000 takes seconds


# --- the list ---------------------------------------------------------------------------------------------------------


def paires(famille: Famille) -> tuple[list[Paire], str]:
    """The pairs of the last scan of this visit, and its hour; scans if there is none."""
    liste = st.session_state.get(_LISTE)
    if not liste or liste[0] is not famille:
        with st.spinner("Analyse en cours…"), reading() as session:
            liste = (
                famille,
                doublons.scanner(session, famille=famille, today=aujourdhui()),
                temps.heure(civil(utcnow())),
            )
        st.session_state[_LISTE] = liste
    return liste[1], liste[2]


def relancer() -> None:
    """Forget the last scan."""
    st.session_state.pop(_LISTE, None)


def _oublier(*ids: int) -> None:
    """Take out of the list what was just decided: these two together, or all pairs of a record that is gone."""
    liste = st.session_state.get(_LISTE)
    if liste:
        reste = [p for p in liste[1] if not set(ids) <= {p.a.id, p.b.id}]
        st.session_state[_LISTE] = (liste[0], reste, liste[2])


def _pas_un_doublon(famille: Famille, a: int, b: int) -> None:
    with refusals("doublons"), writing() as (session, by):
        doublons.ecarter(session, famille=famille, a=a, b=b, by=by)
    if not refused("doublons").erreurs:
        _oublier(a, b)
        announce("Ces deux fiches ne seront plus proposées ensemble.")
        retour()


def retour() -> None:
    """The list comes next."""
    for nom in ("a", "b"):
        st.query_params.pop(nom, None)


def paire(p: Paire, famille: Famille) -> None:
    """One pair: who, why, and what can be done."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        badges = " ".join(f":gray-badge[{md(r)}]" for r in p.raisons)
        st.markdown(f"{_qui(p.a)}  \n{_qui(p.b)}  \n:blue-badge[{p.score} / 100] {badges}", width="stretch")
        vers = {"famille": FAMILLES[famille], "a": str(p.a.id), "b": str(p.b.id)}
        quoi = f"{p.a.nom} et {p.b.nom}"
        st.page_link(PAGE, label=named("Comparer", quoi), icon=":material/compare_arrows:", query_params=vers)
        _bouton_ecarter(famille, p.a, p.b, key=f"ecarter.{p.a.id}.{p.b.id}", type="tertiary")


def _bouton_ecarter(famille: Famille, a: Cote, b: Cote, **forme: Any) -> None:
    question.bouton(
        "Pas un doublon",
        "Ne plus proposer ces 2 fiches ensemble ?",
        f"{a.nom} et {b.nom} restent deux fiches. {question.DANS_LE_JOURNAL}",
        _pas_un_doublon,
        (famille, a.id, b.id),
        objet=f"{a.nom} et {b.nom}",
        **forme,
    )


def _qui(c: Cote) -> str:
    archive = " :red-badge[:material/archive: Archivé]" if c.archive else ""
    return f"**{md(c.nom)}**{archive} :gray[{md(c.suite)}]"


# --- side by side -----------------------------------------------------------------------------------------------------


def cote_a_cote(famille: Famille, c: Comparaison) -> None:
    """The two records, field by field, with what to keep of each, and how to decide."""
    a, b = c.garde, c.absorbe
    form = open_form(f"fusion.{famille.value}.{a.id}.{b.id}")
    field_error(form.jeton, "")
    with st.container(key="fusion", gap="small"):
        libelle, cotes = st.columns([1, 5])
        libelle.caption("Choisissez, champ par champ, ce qui reste.")
        for cote, colonne in zip((a, b), cotes.columns(2), strict=True):
            with colonne, st.container(gap="xsmall"):
                st.markdown(_qui(cote))
                st.caption(_compte(cote))
                if famille is Famille.PARTENAIRE:
                    st.page_link(
                        FICHE, label=named("Ouvrir sa fiche", cote.nom), icon="", query_params={"id": str(cote.id)}
                    )
        for champ in c.differents:
            libelle, choix = st.columns([1, 5])
            libelle.caption(LIBELLES[champ])
            # A word joiner: an address stays plain, a click on it must choose it.
            bruts = {x.id: first_words([x.champs[champ]], 300).replace("@", "\u2060@") for x in (a, b)}
            textes = {i: md(t) or ":gray[(vide)]" for i, t in bruts.items()}
            choix.radio(
                LIBELLES[champ],
                list(textes),
                index=0 if a.champs[champ] else 1,
                format_func=textes.__getitem__,
                key=key(form, champ),
                horizontal=True,
                label_visibility="collapsed",
                width="stretch",
            )
    if c.communs:
        pareils = " · ".join(f"{LIBELLES[x]} : {md(first_words([a.champs[x]]))}" for x in c.communs)
        st.caption(f"Identiques : {pareils}")
    if famille is Famille.PERSONNE:
        st.caption(
            "Les convocations iront au courriel choisi ; les autres numéros et courriels restent sur la fiche réunie."
        )
    st.caption("Personnes, sièges, présences, points, actions et historique des deux fiches sont réunis sur une seule.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Fusionner",
            icon=":material/merge:",
            type="primary",
            key=key(form, "fusionner"),
            on_click=_fusionner,
            args=(form, famille, c),
        )
        _bouton_ecarter(famille, a, b, key=key(form, "ecarter"))
        st.page_link(PAGE, label="Retour à la liste", icon="", query_params={"famille": FAMILLES[famille]})


def _fusionner(form: Formulaire, famille: Famille, c: Comparaison) -> None:
    a, b = c.garde, c.absorbe
    etat = on_screen()
    champs = {champ: int(etat.get(key(form, champ)) or a.id) for champ in c.differents}
    with refusals(form.jeton), writing() as (session, by):
        doublons.fusionner(
            session,
            famille=famille,
            garde=a.id,
            absorbe=b.id,
            champs=champs,
            versions={a.id: a.version, b.id: b.version},
            jeton=form.jeton,
            by=by,
        )
    if not refused(form.jeton).erreurs:
        forget_refusals("fusions")
        _oublier(b.id)
        announce("Fiches fusionnées. La fusion peut s’annuler sous la liste.")
        retour()


def _compte(c: Cote) -> str:
    comptes = [mots.compte(table, n) for table, n in c.liens.items() if n]
    return ", ".join(comptes) or "Rien ne s’y rattache."


# --- undo -------------------------------------------------------------------------------------------------------------


def _annuler(id: int) -> None:
    with refusals("fusions"), writing() as (session, by):
        doublons.annuler_fusion(session, id=id, by=by)
    if not refused("fusions").erreurs:
        relancer()
        announce("Fusion annulée : les deux fiches sont de retour.")


def dernieres_ecartees() -> None:
    """The last pairs said not to be one, to undo."""
    operations.dernieres(doublons.ECARTER, "Derniers « pas un doublon »", apres=relancer)


def dernieres(fusions: list[FusionVue]) -> None:
    """The merges that may still be undone."""
    st.header("Dernières fusions", anchor=False)
    field_error("fusions", "")
    visibles = fusions[: suite.montres("fusions", 10)]
    for f in visibles:
        with st.container(horizontal=True, vertical_alignment="center"):
            quand = temps.moment(civil(f.quand), annee_de=civil(utcnow()).date())
            st.markdown(f"{md(f.absorbe)} → **{md(f.garde)}** :gray[{quand} · {md(f.agent)}]", width="stretch")
            st.button(
                "Annuler la fusion", icon=":material/undo:", key=cle("annuler", f.id), on_click=_annuler, args=(f.id,)
            )
    suite.autres("fusions", len(visibles), len(fusions))
    st.caption("Une fusion s’annule tant que rien n’a changé depuis sur la fiche réunie.")
