"""Runs at every visit: page config, who is here, the menu, notices, then the page."""

from datetime import timedelta

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from services.socle import journal, temps
from services.socle.acteur import Acteur, Droit
from services.socle.erreurs import Unavailable
from services.socle.horloge import civil, utcnow
from services.socle.texte import first_words
from settings import ROOT, get_settings
from ui.aujourdhui.recherche import search_button
from ui.commun import panne, question
from ui.commun.access import DECONNECTE, current_agent, reading
from ui.commun.adresse import arriver, chercher_formulaire, intituler, rejoindre
from ui.commun.feedback import md, show_announcements, shown_errors
from ui.commun.guide import chapitre_de
from ui.commun.navigation import PAGES, page_path


def menu_of(agent: Acteur | None) -> dict[str, list[st.Page]]:
    """The pages this agent may open; all of them when signed out, so that a deep link is known (and then refused)."""
    menu = {
        section: [
            st.Page(
                page_path(script),
                title=title,
                icon=f":material/{icon}:",
                url_path=url,
                default=url == "accueil",
                visibility="visible" if visible and agent else "hidden",
            )
            for script, title, icon, url, droit, visible in pages
            if agent is None or agent.peut(droit)
        ]
        for section, pages in PAGES.items()
    }
    return {section: pages for section, pages in menu.items() if pages}


def last_saved(agent: Acteur) -> str:
    """What this agent wrote last: after a cut, the browser may not have had the answer."""
    with reading() as session:
        ligne = journal.dernier(session, agent_id=agent.id or 0, depuis=utcnow() - timedelta(hours=4))
    return f"Enregistré à {temps.heure(civil(ligne.quand))} : {first_words([ligne.resume])}" if ligne else ""


def wake_fields() -> None:
    """Draw each kind of field once with the first screen of a visit: the browser is late by a third of a second for
    each kind it draws for the first time, and that would fall on the agent's first click."""
    if st.session_state.setdefault("eveil", False):
        return
    st.session_state["eveil"] = True
    st.number_input("Nombre", key="eveil.nombre")
    st.date_input("Date", value=None, key="eveil.date", format="DD/MM/YYYY")
    st.text_area("Texte", key="eveil.texte")
    st.selectbox("Choix", [""], key="eveil.choix")
    st.pills("Pastilles", [""], key="eveil.pastilles")


@st.fragment(run_every="12h")
def come_back() -> None:
    """Nothing. When a lost connection returns, Streamlit runs the page again only if something on it runs by itself;
    else the first click after a restart of the server would be lost."""


def visite() -> None:
    """Who is here, the menu, notices, then the page."""
    agent = current_agent()
    page = st.navigation(menu_of(agent), expanded=True)
    intituler(page.title)
    if agent is None:
        st.error(DECONNECTE, icon=":material/lock:")
        st.markdown("[Se connecter](/connexion)")
        st.stop()
        return
    with st.sidebar:
        search_button(agent)
        st.caption(f"{md(agent.nom)} · {agent.role.libelle}")
        st.markdown(":small[[Mon mot de passe](/mot-de-passe)]  \n:small[[Se déconnecter](/deconnexion)]")
        aide = {"chapitre": chapitre_de(page.url_path or "accueil")}
        st.page_link(
            page_path("administration/guide.py"), label="Aide sur cet écran", icon=":material/help:", query_params=aide
        )
        st.caption(md(last_saved(agent)))
    with st.container(key=f"coulisses-{agent.id}"):  # hidden; also tells web/browser/session.js who types
        if agent.peut(Droit.ECRIRE):
            st.button("Relire", key="relire")  # pressed by frappe.js: a colleague wrote where one types
        wake_fields()
        come_back()
    if get_settings().demonstration:
        st.markdown(
            ":orange-badge[:material/theater_comedy: Démonstration] Tout est fictif : personnes, faits, chiffres."
        )
    show_announcements()
    ici = page.url_path or "accueil"
    with rejoindre(ici):
        arriver(ici, st.empty())
        question.montrer()
        with shown_errors():
            page.run()
    chercher_formulaire()


def main() -> None:
    st.set_page_config(
        page_title="Carnet de veille",
        page_icon=str(ROOT / "static" / "favicon.png"),
        layout="wide",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )
    st.html('<div class="en-cours" role="status">En cours…</div>')
    avis = st.container(key="panne")
    panne.reprendre()
    try:
        visite()
    except (Unavailable, StopException):
        panne.attendre(avis)
        raise
    panne.attendre(avis)


main()
