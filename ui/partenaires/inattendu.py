"""Who is not known yet: an organisation, somebody of it, noted in one line wherever a name is searched."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from services.commun import listes
from services.partenaires import fiches, inattendus
from services.partenaires.fiches import ChoixPartenaire
from services.partenaires.inattendus import Inattendu, Venu
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Duplicate
from services.socle.horloge import aujourdhui
from services.socle.texte import nom_complet
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, md, refusals
from ui.commun.formulaire import key, on_screen, open_form

NOUVELLE = 0
_PARTIES = {"prenom": "prénom", "nom": "nom", "intitule": "fonction"}


def inattendu(
    nom: str,
    *,
    place: str,
    objet_id: int,
    cherche: str,
    apres: Callable[[Venu], None],
    bouton: str = "Ajouter au carnet",
    **panneau: Any,
) -> None:
    """A button; opened, one line for whoever it is, and what was understood of it. It waits there for the next one.

    Args:
        nom: what is searched there; with `objet_id`, what is being written, it names the draft of the line.
        place: key of the panel: `apres` closes it by `st.session_state[place] = False`.
        cherche: what was typed in the search beside it.
        apres: in a callback, once it is noted.
    """
    volet = st.popover("Quelqu’un d’autre", icon=":material/person_add:", key=place, on_change="rerun", **panneau)
    if not volet.open:
        return
    form = open_form(f"inattendu.{nom}", objet_id=objet_id)
    with volet:
        st.session_state.setdefault(key(form, "ligne"), cherche)
        qui = inattendus.lire_ligne(
            st.text_input(
                "Qui : organisation, prénom nom, fonction",
                key=key(form, "ligne"),
                live="200ms",
                placeholder="Mission locale, Anna Exemple, conseillère",
            )
        )
        _organisation(form, qui)
        compris = [f"{libelle} **{md(dit)}**" for champ, libelle in _PARTIES.items() if (dit := getattr(qui, champ))]
        with st.container():  # what appears has its place before it appears
            if compris:
                en_capitales = " :small[(un nom composé s’écrit en capitales)]" * (
                    " " in qui.nom and not qui.nom.isupper()
                )
                st.caption(f"Compris : {' · '.join(compris)}{en_capitales}")
        for champ in ("organisation", "categorie_id", *_PARTIES, ""):
            field_error(form.jeton, champ)
        semblable = bool(st.session_state.get(key(form, "semblable")))
        st.button(
            "C’est un autre : ajouter" if semblable else bouton,
            type="primary",
            key=key(form, "ajouter"),
            on_click=_ajouter,
            args=(form, semblable, apres),
        )


def _organisation(form: Formulaire, qui: Inattendu) -> None:
    """Which one it is and, of a new one, its category."""
    offertes = _offertes(qui)
    if offertes:
        st.pills(
            "Laquelle",
            list(offertes),
            default=next(iter(offertes)),
            format_func=lambda i: md(offertes[i]),
            key=_cle_choix(form, qui),
            label_visibility="collapsed",
            required=True,
        )
    if _choisie(form, qui, offertes) == NOUVELLE:
        with reading() as session:
            categories = {c.id: c.nom for c in listes.categories(session)}
        st.pills(
            "Sa catégorie",
            list(categories),
            format_func=lambda i: md(categories[i]),
            key=key(form, "categorie_id"),
        )


def _offertes(qui: Inattendu) -> dict[int, str]:
    """The known organisations that match, and a new one of that name."""
    if not qui.organisation:
        return {}
    with reading() as session:
        trouves: list[ChoixPartenaire] = fiches.choix(session, texte=qui.organisation, limite=5)
    return {t.id: t.sigle or t.nom for t in trouves} | {NOUVELLE: f"Nouvelle : {qui.organisation}"}


def _cle_choix(form: Formulaire, qui: Inattendu) -> str:
    return key(form, f"partenaire.{qui.organisation}")


def _choisie(form: Formulaire, qui: Inattendu, offertes: dict[int, str]) -> int | None:
    """The one that was clicked for that text, else the first: also for a line sent before its answers were shown."""
    return on_screen().get(_cle_choix(form, qui), next(iter(offertes), None))


def _ajouter(form: Formulaire, confirme: bool, apres: Callable[[Venu], None]) -> None:
    etat = on_screen()
    qui = inattendus.lire_ligne(etat.get(key(form, "ligne")) or "")
    offertes = _offertes(qui)
    choisie = _choisie(form, qui, offertes)
    qui = replace(qui, partenaire_id=choisie or None, categorie_id=etat.get(key(form, "categorie_id")))
    venu, semblable = None, False
    with refusals(form.jeton):
        try:
            with writing() as (session, by):
                venu = inattendus.noter(
                    session, qui=qui, today=aujourdhui(), confirme=confirme, jeton=form.jeton, by=by
                )
        except Duplicate:
            semblable = True
            raise
    st.session_state[key(form, "semblable")] = semblable
    if venu:
        dits = (nom_complet(qui.prenom, qui.nom), qui.intitule, offertes[choisie] if choisie else qui.organisation)
        announce(f"Au carnet : {', '.join(filter(None, dits))}.")
        apres(venu)
