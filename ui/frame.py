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

# Streamlit prints "Press Enter to apply" in English under a field being typed in; no argument removes it.
CSS = """<style>
[data-testid="InputInstructions"] {display: none;}
[data-testid="stToolbarActions"], [data-testid="stAppDeployButton"] {display: none;}
[class*="st-key-coulisses-"] {display: none;}
/* While the base is away: said above everything, moving nothing, and the fields one goes on writing in do not fade. */
.st-key-panne {position: fixed; top: 0.5rem; left: 50%; transform: translateX(-50%); width: min(44rem, 94vw);
  z-index: 1000100; background: Canvas; border-radius: 0.4rem;}
[data-testid="stApp"]:has(.st-key-panne [role="alert"]) [data-stale="true"] {opacity: 1 !important;}
[data-testid="stApp"]:has(.st-key-panne [role="alert"]) .en-cours {display: none;}
[data-testid="stMainBlockContainer"], [data-testid="stBottomBlockContainer"] {
  padding-left: clamp(1rem, 2.5vw, 3rem); padding-right: clamp(1rem, 2.5vw, 3rem); max-width: 1500px;
}
/* Streamlit fades captions to 4:1; this keeps them quiet and readable in both themes. */
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] :is(p, span) {color: inherit; opacity: 1;}
[data-testid="stCaptionContainer"] {opacity: 0.8;}
/* The line that unfolds a part of a screen is faded too, below 4.5:1. */
[data-testid="stExpander"] summary {opacity: 0.85 !important;}
/* A link of a screen is a whole line of text: it wraps. */
:is([data-testid="stMain"], .st-key-recherche) [data-testid="stPageLink"] :is(a, p, span) {
  white-space: normal; height: auto;
}
/* The chosen option is written in the primary colour: 3.3:1 in the dark theme. */
[data-testid="stButtonGroup"] button:is([aria-checked="true"], [aria-pressed="true"]) {color: inherit !important;}
/* So is an icon under the pointer, and one whose panel is open, darker still. */
button[kind="tertiary"]:is(:hover, :active, [aria-expanded="true"]) {color: inherit !important;}
/* Whom a line is about keeps room for its words: on a narrow screen, what is chosen for it goes under, close to it. */
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-qui_"]) {min-width: min(20rem, 100%);}
:is([class*="st-key-convie_"], [class*="st-key-attendu_"]) {row-gap: 0;}
@media (max-width: 1000px) {:is([class*="st-key-convie_"], [class*="st-key-attendu_"]) {padding-bottom: 0.6rem;}}
button kbd {color: inherit !important; opacity: 0.9 !important;}
/* A button shown as its icon only: its words stay for those who listen (keys that begin with "icone"). So does what a
   control is about, where its line says it to the eye (`named`). */
[class*="st-key-icone"] button [data-testid="stMarkdownContainer"] p, :is(button, a, summary, label) del {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
/* The search everywhere stands above the menu, beside what folds it. */
.st-key-partout {position: absolute; top: 0.9rem; left: 1rem; right: 3.5rem; width: auto; z-index: 1;}
/* What to keep of each of two records: each choice under its own. */
.st-key-fusion [role="radiogroup"] {display: grid; grid-template-columns: 1fr 1fr; gap: 1rem;}
/* The button that copies addresses is the point of its screen: always there, and with its word. */
.st-key-copie [data-testid="stCode"] > div {opacity: 1; visibility: visible;}
.st-key-copie [data-testid="stCode"] button {width: auto; padding: 0.3rem 0.7rem; gap: 0.3rem; color: inherit;}
.st-key-copie [data-testid="stCode"] button::after {content: "Copier";}
.st-key-copie [data-testid="stCode"] pre {padding-right: 7rem;}
/* Written up while the meeting is held, on a tablet: targets for a thumb. */
:is(.st-key-seance, .st-key-pied-seance) button {min-height: 3rem;}
@media (max-width: 1000px) {
  [class*="st-key-themes-"] {flex-wrap: wrap;}
  [class*="st-key-themes-"] > :first-child {flex-basis: 100%;}
}
/* What takes the focus is never under the head of the screen, nor under its foot (carnet.js tells its height). */
[data-testid="stMain"] {scroll-padding: 4.5rem 0 calc(var(--foot, 0px) + 1rem);}
[data-testid="stMain"]:focus {outline: none;}
/* Notices stand in the corner of the menu, on a phone above the foot; a click goes through them. */
[data-testid="stToastContainer"] {
  top: auto !important; right: auto !important; left: 0.75rem !important; pointer-events: none;
  bottom: calc(var(--foot, 0px) + 0.75rem) !important; width: min(16rem, 100vw - 1.5rem) !important;
}
[data-testid="stToast"] {width: 100% !important; padding: 0.6rem 0.8rem !important;}
[data-testid="stToast"] button {pointer-events: auto; min-width: 24px; min-height: 24px;}
@media (max-width: 767.98px) {[data-testid="stToastContainer"] {width: calc(100vw - 1.5rem) !important;}}
/* On a phone, the filters of a list stand behind one button. */
@media (min-width: 768px) {[class*="st-key-plier_"] {display: none;}}
@media (max-width: 767.98px) {
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-filtres_plies_"]),
  body:has(.st-key-filtres_plies_calendrier) .st-key-type {display: none;}
}
/* A phone has no width for the air of a table, nor height for that of the foot. */
@media (max-width: 767.98px) {
  [data-testid="stMarkdownContainer"] :is(th, td) {padding: 0.25rem 0.35rem; font-size: 0.85rem;}
  [data-testid="stBottomBlockContainer"] {padding-bottom: 1rem;}
}
/* Headings lead nowhere: their link is one more stop for the keyboard. */
[data-testid="stHeaderActionElements"] {display: none;}
/* A date keeps room for its year, beside the buttons that empty it and open the month. */
[data-testid="stElementContainer"]:has(> [data-testid="stDateInput"]) {min-width: 150px;}
[data-testid="stElementContainer"]:has(
  > [data-testid="stDateInput"] :is([data-testid="stDateInputClearButton"], [data-placeholder])) {min-width: 180px;}
/* A target is at least 24 px high and wide. */
:where(button, summary, [data-testid="stRadioOption"], [data-testid="stCheckbox"] label) {
  min-height: 24px; min-width: 24px;
}
:is([data-testid="stDateInput"], [data-testid="stTimeInput"], [data-testid="stDateTimeInput"]) [role="spinbutton"] {
  display: inline-block; min-width: 24px; min-height: 24px; line-height: 24px; text-align: center;
}
:is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]) a {
  display: inline-block; min-height: 24px; line-height: 24px;
}
/* The way to the points of a meeting (carnet.js), for the keyboard. */
.passer {position: fixed; top: 0.5rem; left: 0.5rem; z-index: 1000001; padding: 0.5rem 0.9rem; border-radius: 0.4rem;
  background: var(--st-primary-color, #0b5394); color: #fff;}
.passer:not(:focus) {width: 1px; height: 1px; padding: 0; overflow: hidden; clip-path: inset(50%);}
/* What runs says so, whatever it is (a page, a callback before any page, a file being made): nothing else shows while a
   callback runs. Not before a moment, so that small acts do not blink. */
.en-cours {
  position: fixed; top: 0.6rem; left: 50%; transform: translateX(-50%); z-index: 1000001; visibility: hidden;
  padding: 0.3rem 1rem; border-radius: 1rem; background: #0b5394; color: #fff; font-size: 0.9rem; pointer-events: none;
}
:is(
  [data-testid="stApp"]:is([data-test-script-state="running"], [data-test-script-state="rerunRequested"]),
  body:has([data-testid="stDownloadButton"] [data-testid="stSpinnerIcon"])
) .en-cours {animation: en-cours 0s 0.7s forwards;}
@keyframes en-cours {to {visibility: visible;}}
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > .en-cours) {position: absolute;}
@media print {
  .en-cours {display: none;}
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stBottom"], [data-testid="stToast"] {
    display: none !important;
  }
  /* Of a relevé, its sheet alone: whatever else the screen shows around it, notices and banners, is not printed. */
  [data-testid="stMain"]:has(.st-key-releve) .stMainBlockContainer > .stVerticalBlock > :not(:has(.st-key-releve)) {
    display: none !important;
  }
  [data-testid="stMain"], [data-testid="stAppViewContainer"], [data-testid="stApp"] {
    position: static; overflow: visible;
  }
}
</style>"""


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
    question.montrer(page.url_path)
    with st.sidebar:
        search_button(agent)
        st.caption(f"{md(agent.nom)} · {agent.role.libelle}")
        st.markdown(":small[[Mon mot de passe](/mot-de-passe)]  \n:small[[Se déconnecter](/deconnexion)]")
        aide = {"chapitre": chapitre_de(page.url_path or "accueil")}
        st.page_link(
            page_path("administration/guide.py"), label="Aide sur cet écran", icon=":material/help:", query_params=aide
        )
        st.caption(md(last_saved(agent)))
    with st.container(key=f"coulisses-{agent.id}"):  # hidden; also tells web/carnet.js who types
        if agent.peut(Droit.ECRIRE):
            st.button("Relire", key="relire")  # pressed by web/carnet.js: a colleague wrote where one types
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
    st.html(CSS)
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
