"""Who came, as the entry asks it: members, others, who stood in for whom."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from models.lists import EtatPresence
from services.releves.saisie import MembreAttendu, Saisie
from ui.commun import suite as file_longue
from ui.commun.feedback import md
from ui.commun.formulaire import on_screen
from ui.partenaires.inattendu import inattendu
from ui.releves.lignes import TROUVES, court, en_texte
from ui.releves.saisie import EcranSaisie, choix, cle, lie, montree, poser, sous_champ


@st.fragment
def presences(e: EcranSaisie, s: Saisie, deja: Sequence[str]) -> None:
    """One control per member, none chosen at first: a presence nobody noted would be charted as a fact.

    A fragment, for nothing is typed here: a click draws these lines again and not the whole screen,
    unless somebody is represented now who was not (`deja`): who came instead is then asked, out of the fragment.
    """
    if not s.membres:
        st.caption("Aucun membre permanent : ajoutez-les dans l’instance, ou ajoutez ci-dessous qui est venu.")
    with st.grid(3, min_column_width=310, gap="small"):
        for m in s.membres:
            with st.container(gap="xsmall"):  # what a colleague put there stays under its own line
                une_presence(e, s, m)
    if representes(e, s) != deja:
        st.rerun()


def representes(e: EcranSaisie, s: Saisie) -> list[str]:
    """The members shown as represented."""
    return [m.cle for m in s.membres if montree(e, s, f"presence.{m.cle}") == EtatPresence.REPRESENTE]


def _remplacants(e: EcranSaisie, s: Saisie) -> None:
    """Who came instead of those who are represented; what was announced is there already."""
    ici = representes(e, s)
    for m in (m for m in s.membres if m.cle in ici):
        qui = " – ".join(x for x in (court(m.partenaire, m.sigle), m.fonction) if x)
        st.text_input(
            f"Qui a représenté {md(qui)} ?",
            placeholder="Sa fonction, par exemple : responsable d’équipe",
            width=460,
            **lie(e, s, f"remplacant.{m.cle}", lire=en_texte),
        )
        sous_champ(e, f"remplacant.{m.cle}")


def une_presence(
    e: EcranSaisie, s: Saisie, m: MembreAttendu, *, width: Literal["content", "stretch"] = "content"
) -> EtatPresence | None:
    """The control of one member, and what it says."""
    qui = f"**{md(court(m.partenaire, m.sigle))}**"
    detail = " · ".join(md(x) for x in (m.fonction, m.personne) if x)
    if s.valeur(f"annonce.{m.cle}") and f"presence.{m.cle}" not in s.champs:
        detail += " :blue-badge[:material/forum: selon sa réponse]"
    etat = st.segmented_control(
        f"{qui} {detail}".strip(),
        list(EtatPresence),
        format_func=lambda etat: EtatPresence(etat).libelle,
        help=md(m.partenaire) if court(m.partenaire, m.sigle) != m.partenaire else None,
        width=width,
        **choix(lie(e, s, f"presence.{m.cle}", lire=lambda v: EtatPresence(v) if v else None)),
    )
    sous_champ(e, f"presence.{m.cle}", lambda v: EtatPresence(v).libelle)
    return EtatPresence(etat) if etat else None


def sans_presence(s: Saisie) -> list[MembreAttendu]:
    """Members for whom nothing was noted yet."""
    return [m for m in s.membres if not s.valeur(f"presence.{m.cle}")]


def les_autres_presents(e: EcranSaisie, membres: Sequence[MembreAttendu]) -> None:
    """Mark present all those for whom nothing was chosen on this screen."""
    etat = on_screen()
    restants = [f"presence.{m.cle}" for m in membres if not etat.get(cle(e, f"presence.{m.cle}"))]
    poser(e, dict.fromkeys(restants, EtatPresence.PRESENT))


def participants(e: EcranSaisie, s: Saisie, trouves: Sequence[MembreAttendu] | None) -> None:
    """Under the list: all the others at once, who was not expected (`trouves`, None without a search), residents."""
    _remplacants(e, s)
    restants = sans_presence(s)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Les autres présents" if restants else "Toutes les présences sont notées",
            icon=":material/done_all:",
            key=cle(e, "autres"),
            on_click=les_autres_presents,
            args=(e, s.membres),
            disabled=not restants,
            shortcut="Alt+P",
        )
        st.text_input(
            "Ajouter un partenaire ou une personne",
            key=cle(e, "cherche.ajout"),
            type="search",
            live="200ms",
            placeholder="Ajouter qui est venu…",
            label_visibility="collapsed",
            width=280,
        )
        st.number_input(
            "Habitants présents",
            min_value=0,
            max_value=5000,
            placeholder="Habitants (nombre)",
            label_visibility="collapsed",
            width=190,
            **lie(e, s, "habitants"),
        )
        for m in (trouves or [])[:TROUVES]:
            st.button(
                md(" · ".join(x for x in (m.personne, m.fonction, court(m.partenaire, m.sigle)) if x)),
                icon=":material/add:",
                key=cle(e, f"ajout.{m.cle}"),
                on_click=ajouter,
                args=(e, m.cle),
            )
        file_longue.precisez(len(trouves or []) - TROUVES)
        inattendu(
            "venu",
            place=cle(e, "inattendu"),
            objet_id=e.reunion_id,
            cherche=str(st.session_state.get(cle(e, "cherche.ajout")) or ""),
            apres=lambda venu: ajouter(e, venu.membre),
            bouton="Ajouter, présent",
        )
    sous_champ(e, "habitants")


def ajouter(e: EcranSaisie, membre: str) -> None:
    """Add a partenaire or a person who is not a standing member, present."""
    poser(e, {f"ajoute.{membre}": True, f"presence.{membre}": EtatPresence.PRESENT})
    st.session_state[cle(e, "cherche.ajout")] = ""
