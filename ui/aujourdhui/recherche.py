"""The search everywhere: a button above the menu, Ctrl+K from any screen, answers as links."""

from collections import Counter

import streamlit as st

from services.aujourdhui import recherche
from services.aujourdhui.recherche import Genre, Resultat
from services.socle import temps
from services.socle.acteur import Acteur, Droit
from services.socle.horloge import aujourdhui
from ui.commun import question, suite
from ui.commun.access import reading, require_agent
from ui.commun.feedback import md, shown_errors
from ui.commun.navigation import page_path

# Kind -> its heading, its icon.
GENRES = {
    Genre.PARTENAIRE: ("Partenaires", "contacts"),
    Genre.PERSONNE: ("Personnes", "person"),
    Genre.REUNION: ("Réunions", "groups"),
    Genre.ACTION: ("Actions", "task_alt"),
    Genre.POINT: ("Points", "location_on"),
    Genre.COLLEGE: ("Collèges, 13-18", "school"),
}


def search_button(agent: Acteur) -> None:
    """By the frame, in the sidebar. Nothing is read until it is pressed."""
    if (
        agent.peut(Droit.LIRE)
        and st.button("Rechercher", icon=":material/search:", shortcut="Ctrl+K", key="partout", width="stretch")
        and not question.ouverte()  # one dialogue at a time
    ):
        st.session_state["recherche.texte"] = ""  # what is typed now would be added to the search before
        _dialog()


@st.dialog("Rechercher partout", width="medium")
def _dialog() -> None:
    with st.container(key="recherche", gap="xsmall"):
        texte = st.text_input(
            "Rechercher partout",
            key="recherche.texte",
            type="search",
            live=True,
            placeholder="Partenaire, personne, réunion, action, point, collège",
            label_visibility="collapsed",
        )
        with shown_errors():
            _answers(texte or "")


def _answers(texte: str) -> None:
    by = require_agent()  # a dialog runs alone: who asks is asked again
    with reading() as session:
        trouves = recherche.partout(session, texte=texte, by=by, today=aujourdhui())
        par_genre = Counter(r.genre for r in trouves)
        coupee = len(trouves) == recherche.EN_TOUT or recherche.PAR_GENRE in par_genre.values()
        tous = trouves
        if coupee:
            tous = recherche.partout(session, texte=texte, by=by, tout=True, today=aujourdhui())
    if not trouves:
        absents = (
            f"Rien ne correspond à « {md(texte)} »." if len(texte.strip()) > 1 else "Écrivez au moins deux lettres."
        )
        st.caption(absents)
        return
    genre, total = None, len(tous)
    if (n := suite.montres(f"partout.{texte}", len(trouves))) > len(trouves):
        trouves = tous[:n]
    for r in trouves:
        if r.genre is not genre:
            genre = r.genre
            st.caption(f"**{GENRES[genre][0]}**")
        _link(r)
    suite.autres(f"partout.{texte}", len(trouves), total)
    if recherche.MAXIMUM in Counter(r.genre for r in tous).values():
        st.caption(f"Plus de {recherche.MAXIMUM} réponses d’une sorte : écrivez un mot de plus.")


def _link(r: Resultat) -> None:
    """One answer, and where it leads."""
    quand = temps.jour(r.jour, annee_de=aujourdhui()) if r.jour else ""
    badge = ""
    if r.archive and r.genre is Genre.PARTENAIRE:
        badge = " :gray-badge[Archivé]"
    elif r.archive and r.genre is Genre.PERSONNE:
        badge = " :gray-badge[Fonction passée]"
    suite = " · ".join(md(t) for t in (quand, r.suite) if t)
    script, adresse = _target(r)
    st.page_link(
        page_path(script),
        label=f"**{md(r.titre)}**{badge} :gray[{suite}]",
        icon=f":material/{GENRES[r.genre][1]}:",
        query_params=adresse,
        width="stretch",
    )


def _target(r: Resultat) -> tuple[str, dict[str, str]]:
    if r.genre is Genre.ACTION:
        return "actions/suivi.py", {"action": str(r.id)}
    if r.genre is Genre.COLLEGE:
        return "projets/college_13_18.py", {"participation": str(r.vers_id)}
    if r.genre in (Genre.PARTENAIRE, Genre.PERSONNE):
        return "partenaires/fiche.py", {"id": str(r.vers_id or r.id)}
    if r.vers_id:
        return "aujourdhui/releve.py", {"reunion": str(r.vers_id)}
    if r.jour:
        return "agenda/calendrier.py", {"vue": "Jour", "jour": r.jour.isoformat()}
    return "aujourdhui/a_inscrire.py", {}
