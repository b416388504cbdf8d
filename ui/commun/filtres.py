"""Filters of a list: folded on a phone, kept under a name on any screen whose filters live in the address."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from services.commun import filtres
from services.commun.filtres import FiltreVu
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import cle, nom
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import on_screen

Champs = Mapping[str, Collection[str] | None]  # key in the address -> what may be chosen there, None: any text


@contextmanager
def filtres_plies(
    ecran: str, repos: Mapping[str, Any], *, mot: Callable[[], str] = lambda: "Filtres", **place: Any
) -> Iterator[None]:
    """Around the filters of a list: on a phone they stand behind one button, which tells how many are set.

    Args:
        repos: name in the address -> what it holds when nothing is asked ("" or None: empty).
        mot: what the button says, once they are drawn.
        place: where the filters stand, as `st.container` takes it.
    """
    etat = cle("filtres", "ouverts")
    ouverts = bool(st.session_state.get(etat))
    bouton = st.empty()
    classe = f"filtres_{'ouverts' if ouverts else 'plies'}_{ecran}"  # screens.css knows which screen is narrow
    ainsi: dict[str, Any] = {"horizontal": True, "vertical_alignment": "bottom"} | place
    with st.container(key=classe, **ainsi):
        yield
    mis = sum((st.session_state.get(nom(champ)) or None) not in (None, vide) for champ, vide in repos.items())
    libelle = "Replier les filtres" if ouverts else f"{mot()} ({mis})" if mis else mot()
    bouton.button(libelle, icon=":material/tune:", key=f"plier_{cle(ecran)}", on_click=_plier, args=(etat, not ouverts))


def _plier(cle: str, ouverts: bool) -> None:
    st.session_state[cle] = ouverts


def replier() -> None:
    """In a callback: fold them again."""
    _plier(cle("filtres", "ouverts"), ouverts=False)


def filtres_gardes(ecran: str, champs: Champs, *, apres: Callable[[], None]) -> None:
    """A menu: put one of the kept filters back in the address, keep the present one, delete. `apres` runs once put."""
    agent = require_agent()
    menu = cle("filtres")
    with reading() as session:
        gardes = filtres.liste(session, ecran=ecran, by=agent)
    present = {c: str(v) for c in champs if (v := st.session_state.get(nom(c)))}
    with st.popover("Filtres gardés", icon=":material/bookmarks:", key=menu, on_change="rerun"):
        for f in gardes:
            _un_filtre(f, ecran, champs, apres, actuel=f.parametres == present)
        if not gardes:
            st.caption("Choisissez des filtres, puis donnez-leur un nom : un clic les remettra.")
        # A form: the name comes along with a quick click, and with Enter.
        with st.form(f"{menu}.garder", border=False):
            st.text_input("Garder les filtres d’ici sous le nom", key=f"{menu}.nom", placeholder="Bailleurs de Mireuil")
            field_error(menu, "nom")
            st.segmented_control(
                "Pour qui",
                ["Pour moi", "Pour tous"],
                default="Pour moi",
                required=True,
                key=f"{menu}.pour",
                label_visibility="collapsed",
            )
            st.form_submit_button(
                "Garder", icon=":material/bookmark_add:", on_click=_garder, args=(ecran, menu, list(champs))
            )
        field_error(menu, "")


def _un_filtre(f: FiltreVu, ecran: str, champs: Champs, apres: Callable[[], None], *, actuel: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        qui = f" :gray[:small[{md(f.agent) or 'pour tous'}]]" if f.partage else ""
        st.button(
            f"{md(f.nom)}{qui}",
            icon=":material/check:" if actuel else ":material/filter_alt:",
            key=cle("filtre", f.id),
            type="tertiary",
            on_click=_remettre,
            args=(f, ecran, champs, apres),
        )
        if f.supprimable:
            st.button(
                f"Supprimer {md(f.nom)}",
                icon=":material/delete:",
                key=f"icone.{cle('filtre', f.id)}",
                type="tertiary",
                on_click=_supprimer,
                args=(f.id, cle("filtres")),
            )


def _remettre(f: FiltreVu, ecran: str, champs: Champs, apres: Callable[[], None]) -> None:
    """Fill the fields of the screen, hence its address; what is no longer in the lists is said, and left out."""
    disparus = [v for c, v in f.parametres.items() if (choix := champs.get(c)) is not None and v not in choix]
    for c, choix in champs.items():
        voulu = f.parametres.get(c, "" if choix is None else None)
        valeur = None if voulu in disparus else voulu
        if st.session_state.get(nom(c)) != valeur:
            st.session_state[nom(c)] = valeur
    st.session_state[cle("filtres")] = False  # the menu closes
    apres()
    if disparus:
        noms = ", ".join(f"« {d} »" for d in disparus)
        announce(f"{noms} n’est plus dans les listes : le reste du filtre est là.", icon=":material/filter_alt_off:")


def _garder(ecran: str, menu: str, champs: list[str]) -> None:
    etat = on_screen()
    titre, partage = str(etat.get(f"{menu}.nom") or ""), etat.get(f"{menu}.pour") == "Pour tous"
    parametres = {c: str(valeur) for c in champs if (valeur := etat.get(nom(c)))}
    with refusals(menu), writing() as (session, by):
        filtres.garder(session, ecran=ecran, nom=titre, parametres=parametres, partage=partage, by=by)
    if not refused(menu).erreurs:
        st.session_state[f"{menu}.nom"] = ""
        announce(f"Filtre gardé : {titre.strip()}")


def _supprimer(id: int, menu: str) -> None:
    with refusals(menu), writing() as (session, by):
        filtres.supprimer(session, id=id, by=by)
