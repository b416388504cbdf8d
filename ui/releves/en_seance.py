"""The entry while the meeting is held: who comes, then the suites and each point in turn; one thing at a time, for a
tablet. Its fields are those of the entry screen, in the same draft."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal

import streamlit as st

from models.lists import EtatAction, EtatPresence
from services.agenda import ordre_du_jour
from services.agenda.reunions import ReunionVue
from services.releves import en_seance
from services.releves.saisie import Ligne, MembreAttendu, Saisie
from services.socle.horloge import maintenant
from services.socle.texte import accord
from ui.commun.access import reading, writing
from ui.commun.feedback import field_error, md, refusals
from ui.commun.navigation import page_path
from ui.releves.lignes import Contexte, ligne, suite
from ui.releves.presences import participants, representes, une_presence
from ui.releves.saisie import EcranSaisie, cle, deposer, enregistrer, poser

PRESENCES, SUITES, FIN = "presences", "suites", "fin"
BANDEAU = "Diffusion restreinte – ne pas projeter"


def lien_seance(r: ReunionVue) -> None:
    """The way to the séance of a meeting, from another screen."""
    st.page_link(
        page_path("aujourdhui/en_seance.py"),
        label="En séance",
        icon=":material/co_present:",
        query_params={"reunion": str(r.id)},
    )


# --- before ---------------------------------------------------------------------------------------------------------


def _ouvrir(reunion_id: int) -> None:
    with refusals(f"seance:{reunion_id}"), writing() as (session, by):
        en_seance.ouvrir(session, reunion_id=reunion_id, now=maintenant(), by=by)


def a_ouvrir(r: ReunionVue, today: date) -> None:
    """What the meeting will go through, and the button that opens it."""
    with reading() as session:
        ordre = ordre_du_jour.lire(session, reunion=r, today=today)
    st.markdown(
        f"À l’ordre du jour : {accord(len(ordre.suites), 'action')} à suivre, {accord(len(ordre.points), 'point')} en "
        "attente."
    )
    st.button(
        "Ouvrir la séance",
        type="primary",
        icon=":material/play_arrow:",
        key="ouvrir-seance",
        on_click=_ouvrir,
        args=(r.id,),
        help="La réunion passe « En séance » : vos collègues voient ce que vous notez, et vous ce qu’ils notent.",
    )
    field_error(f"seance:{r.id}", "")


# --- where one stands -----------------------------------------------------------------------------------------------


def moments(s: Saisie, ici: str) -> list[str]:
    """What the séance goes through: presences, suites, lines (the empty one only once asked for), the end."""
    lignes = [x.cle for x in s.lignes if not x.vide or x.cle == ici]
    return [PRESENCES, *([SUITES] if s.suites else []), *lignes, FIN]


def moment_courant(e: EcranSaisie, s: Saisie) -> str:
    """What the address says; a line just taken out leaves its place to the next one."""
    ici = str(st.query_params.get("ici", ""))
    tous = moments(s, ici)
    if ici not in tous:
        ici = tous[min(e.rang, len(tous) - 1)]
    e.rang = moments(s, ici).index(ici)
    return ici


def aller(e: EcranSaisie, vers: str) -> None:
    """Show another moment, once what is on screen is in the draft."""
    if deposer(e):
        st.query_params["ici"] = vers


def _terminer(e: EcranSaisie) -> None:
    """Save the entry; what is missing is shown where it is missing."""
    enregistrer(e)
    for champ in e.erreurs:
        genre, _, reste = champ.partition(".")
        ou = {"point": reste.split(".")[0], "motif": SUITES, "habitants": PRESENCES}.get(genre)
        if ou:
            st.query_params["ici"] = ou
            return


def _touchee(s: Saisie, une: Ligne) -> bool:
    """Something was noted on this line, at this meeting."""
    return any(champ.startswith(f"point.{une.cle}.") for champ in s.champs)


def fil(e: EcranSaisie, s: Saisie, ici: str, c: Contexte) -> None:
    """Every moment, to jump to in one tap."""
    notees = sum(bool(s.valeur(f"presence.{m.cle}")) for m in s.membres)
    etapes: list[tuple[str, str, bool]] = [(PRESENCES, "Présences", bool(s.membres) and notees == len(s.membres))]
    if s.suites:
        etapes.append((SUITES, "Suites", all(f"suite.{a.id}" in s.champs for a in s.suites)))
    for n, une in enumerate(s.lignes, 1):
        if not une.vide:
            theme = c.themes.get(s.valeur(f"point.{une.cle}.theme") or 0)
            etapes.append((une.cle, f"{n}. {md(theme.libelle) if theme else 'sans thème'}", _touchee(s, une)))
    nouvelle = next(x.cle for x in s.lignes if x.vide)
    with st.container(horizontal=True, gap="xsmall", key="fil"):
        for vers, nom, fait in etapes:
            _bouton(e, vers, nom, ici, ":material/check:" if fait else None)
        _bouton(e, nouvelle, "Ajouter un point", ici, ":material/add:")
        _bouton(e, FIN, "Terminer", ici, ":material/flag:")


def _bouton(e: EcranSaisie, vers: str, nom: str, ici: str, icone: str | None) -> None:
    st.button(
        nom,
        icon=icone,
        type="primary" if vers == ici else "secondary",
        key=cle(e, f"aller.{vers}"),
        on_click=aller,
        args=(e, vers),
    )


# --- each moment ----------------------------------------------------------------------------------------------------


@st.fragment
def presences(e: EcranSaisie, s: Saisie, deja: Sequence[str]) -> None:
    """A tap as each one comes in, and how many are there. A fragment: nothing is typed here; who came instead of those
    represented (`deja`: already then) is asked out of it."""
    tete = st.container(horizontal=True, gap="small")
    if not s.membres:
        st.caption("Aucun membre permanent : ajoutez ci-dessous qui est venu.")
    etats = []
    with st.grid(2, min_column_width=330, gap="small"):
        for m in s.membres:
            with st.container(gap="xsmall"):  # what a colleague put there stays under its own line
                etats.append(une_presence(e, s, m, width="stretch"))
    _comptes(tete, etats)
    if representes(e, s) != deja:
        st.rerun()


COULEURS: dict[EtatPresence, Literal["green", "orange", "red", "blue"]] = {
    EtatPresence.PRESENT: "green",
    EtatPresence.EXCUSE: "orange",
    EtatPresence.ABSENT: "red",
    EtatPresence.REPRESENTE: "blue",
}


def _comptes(ou: st.delta_generator.DeltaGenerator, etats: Sequence[EtatPresence | None]) -> None:
    compte = Counter(etats)
    for etat, couleur in COULEURS.items():
        if compte[etat] or etat is EtatPresence.PRESENT:
            ou.badge(accord(compte[etat], etat.libelle.lower()), color=couleur)
    if compte[None]:
        ou.badge(f"{compte[None]} à noter", icon=":material/pending:", color="gray")


def montrer(
    e: EcranSaisie, s: Saisie, ici: str, c: Contexte, today: date, trouves: Sequence[MembreAttendu] | None
) -> None:
    """The moment one stands at."""
    if ici == PRESENCES:
        st.header("Présences", anchor=False)
        presences(e, s, representes(e, s))
        participants(e, s, trouves)
    elif ici == SUITES:
        st.header("Suites de la dernière fois", anchor=False)
        for action in s.suites:
            with st.container(border=True):
                suite(e, s, action, today)
    elif ici == FIN:
        _fin(e, s, c)
    else:
        numero, une = next((n, x) for n, x in enumerate(s.lignes, 1) if x.cle == ici)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            total = sum(not x.vide for x in s.lignes)
            st.header(f"Point {numero}" if une.vide else f"Point {numero} sur {total}", anchor=False)
            if une.a_inscrire:
                st.badge("En attente, à inscrire", icon=":material/post_add:", color="blue")
        ligne(e, s, une, numero, c)
        if une.a_inscrire:
            st.button(
                "Laisser en attente",
                icon=":material/schedule:",
                key=cle(e, f"attendre.{une.cle}"),
                on_click=poser,
                args=(e, {f"point.{une.cle}.retire": True}),
                help="Ce point n’est pas abordé aujourd’hui : il reste à inscrire.",
            )


def _fin(e: EcranSaisie, s: Saisie, c: Contexte) -> None:
    """What was noted, and what was not, before the entry becomes the relevé."""
    st.header("Terminer", anchor=False)
    etats = [EtatPresence(v) if (v := s.valeur(f"presence.{m.cle}")) else None for m in s.membres]
    _comptes(st.container(horizontal=True, gap="small"), etats)
    for action in s.suites:
        etat = EtatAction(s.valeur(f"suite.{action.id}") or action.etat)
        st.markdown(f"- {md(action.quoi)} :gray-badge[{etat.libelle}]")
    for n, une in enumerate(s.lignes, 1):
        if une.vide:
            continue
        p = f"point.{une.cle}"
        theme = c.themes.get(s.valeur(f"{p}.theme") or 0)
        quoi = " ; ".join(q for fin in s.decisions(une.cle) if (q := s.valeur(f"{p}.quoi{fin}")))
        manque = "" if theme else " :red-badge[:material/error: thème à choisir]"
        rien = "" if _touchee(s, une) or not une.a_inscrire else " :orange-badge[rien de noté aujourd’hui]"
        decision = f" :small[→ {md(quoi)}]" if quoi else ""
        st.markdown(f"**{n}. {md(theme.libelle) if theme else 'Point'}**{manque}{rien}{decision}")
    st.caption(
        "Un point en attente entre au relevé, même si rien n’y a été noté. S’il n’a pas été abordé, ouvrez-le et "
        "choisissez « Laisser en attente »."
    )


def pied(e: EcranSaisie, s: Saisie, ici: str) -> None:
    """Always in sight: what may not be shown, and the way on."""
    tous = moments(s, ici)
    n = tous.index(ici)
    with st.bottom:
        with st.container():
            if e.alerte:
                st.error(md(e.alerte), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="center", key="pied-seance"):
            st.markdown(f":orange-badge[:material/lock: {BANDEAU}]", width="stretch")
            if n:
                _pas(e, "Précédent", tous[n - 1], ":material/arrow_back:")
            if ici == FIN:
                st.button(
                    "Terminer et enregistrer",
                    type="primary",
                    icon=":material/save:",
                    key=cle(e, "terminer"),
                    on_click=_terminer,
                    args=(e,),
                )
            else:
                _pas(e, "Suivant", tous[n + 1], ":material/arrow_forward:", primaire=True)


def _pas(e: EcranSaisie, nom: str, vers: str, icone: str, *, primaire: bool = False) -> None:
    st.button(
        nom,
        type="primary" if primaire else "secondary",
        icon=icone,
        key=cle(e, nom),
        on_click=aller,
        args=(e, vers),
    )
