"""Pages of partenaires checked with them: the button that says so, and a row of those that wait."""

from datetime import date
from urllib.parse import urlencode

import streamlit as st

from services.partenaires import verification
from services.partenaires.verification import LigneAVerifier
from services.socle import temps
from services.socle.horloge import aujourdhui
from ui.commun.access import writing
from ui.commun.adresse import cle
from ui.commun.feedback import field_error, md, named, refusals, refused
from ui.partenaires.fiche import EDITION, FICHE, joindre

_FAITES = "verifiees"  # partenaires checked in this visit -> the date they had, to take it back


def faites() -> dict[int, date | None]:
    """Those checked in this visit, and the date they had."""
    dates: dict[int, date | None] = st.session_state.get(_FAITES, {})
    return dates


def oublier_faites() -> None:
    """In a callback: the list shows what is left."""
    st.session_state.pop(_FAITES, None)


def _verifier(id: int, version: int, avant: date | None) -> None:
    with refusals(_form(id)), writing() as (session, by):
        verification.verifier(session, id=id, today=aujourdhui(), version=version, by=by)
    if not refused(_form(id)).erreurs:
        st.session_state[_FAITES] = faites() | {id: avant}


def _annuler(id: int, version: int, avant: date | None) -> None:
    with refusals(_form(id)), writing() as (session, by):
        verification.annuler(session, id=id, avant=avant, version=version, by=by)
    if not refused(_form(id)).erreurs:
        st.session_state[_FAITES] = {i: le for i, le in faites().items() if i != id}


def _form(id: int) -> str:
    return f"verification.{id}"


def erreur_verification(id: int) -> None:
    """Why the last click was refused, if it was."""
    field_error(_form(id), "")


def verifiee(id: int, version: int, verifie_le: date | None, today: date, *, nom: str = "") -> None:
    """One click says that the page was checked today; the button stays there, spent, for a second click."""
    st.button(
        named("Vérifiée aujourd’hui", nom),
        icon=":material/fact_check:",
        key=cle("verifier", id),
        on_click=_verifier,
        args=(id, version, verifie_le),
        disabled=verifie_le == today,
    )


def annulable(id: int, version: int, verifie_le: date | None, today: date, *, nom: str = "") -> None:
    """Take back a check made in this visit."""
    if verifie_le == today and id in faites():
        st.button(
            named("Annuler la vérification", nom),
            icon=":material/undo:",
            key=cle("annuler", id),
            type="tertiary",
            on_click=_annuler,
            args=(id, version, faites()[id]),
        )


def ligne(x: LigneAVerifier, today: date) -> None:
    """Whom to call and at which number, then what came of it."""
    with st.container(border=True, gap="xsmall"):
        gauche, droite = st.columns([3, 2], vertical_alignment="center")
        sigle = f" :blue-badge[{md(x.sigle)}]" if x.sigle and x.sigle not in x.nom else ""
        gauche.page_link(FICHE, label=f"**{md(x.nom)}**{sigle} {_etat(x, today)}", icon="", query_params=_vers(x.id))
        with droite.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
            vers = _vers(x.id) | {"retour": urlencode(st.query_params.to_dict())}
            st.page_link(EDITION, label=named("Modifier", x.nom), icon=":material/edit:", query_params=vers)
            verifiee(x.id, x.version, x.verifie_le, today, nom=x.nom)
        erreur_verification(x.id)
        accueil = " · ".join(md(t) for t in (x.telephone, x.courriel) if t)
        gens = [f"**{md(f.personne)}**, {md(f.intitule)} · {joindre(f)}" for f in x.personnes]
        for texte in [f"Accueil : {accueil}"] * bool(accueil) + gens:
            st.markdown(texte)
        if not accueil and not gens:
            st.caption("Ni numéro, ni courriel, ni personne en fonction.")
        annulable(x.id, x.version, x.verifie_le, today, nom=x.nom)  # below, so that nothing moves under the pointer


def _vers(id: int) -> dict[str, str]:
    return {"id": str(id)}


def _etat(x: LigneAVerifier, today: date) -> str:
    """Since when, and what is at stake, in badges."""
    if x.verifie_le == today:
        return ":green-badge[:material/check: Vérifiée aujourd’hui]"
    le = f"vérifiée le {temps.jour(x.verifie_le, annee_de=today)}" if x.verifie_le else "jamais vérifiée"
    enjeux = [(x.sieges, "siège"), (x.actions, "action ouverte")]
    badges = [f":gray-badge[{n} {nom}]" if n == 1 else f":gray-badge[{n} {_pluriel(nom)}]" for n, nom in enjeux if n]
    return " ".join([f":orange-badge[{le}]", *badges])


def _pluriel(nom: str) -> str:
    return " ".join(f"{mot}s" for mot in nom.split())
