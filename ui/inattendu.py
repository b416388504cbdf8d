"""Who is not known yet: an organisation, somebody of it, noted in one line without leaving the screen one is on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from services import inattendus, listes, partenaires
from services.brouillons import Formulaire
from services.erreurs import Duplicate
from services.horloge import aujourdhui
from services.inattendus import Inattendu
from services.partenaires import ChoixPartenaire
from ui import adresse
from ui.access import reading, writing
from ui.feedback import announce, field_error, md, refusals
from ui.formulaire import key, on_screen, open_form

NOUVELLE = 0
_PARTIES = {"prenom": "prénom", "nom": "nom", "intitule": "fonction"}


@dataclass(frozen=True)
class Ajout:
    """Where somebody new is added, and in which words.

    Args:
        nom, objet_id: the form, and the record it is of.
        ajouter: what is done with who was just noted, named by the key `inattendus.noter` gives.
        volet, quoi, bouton: what opens the line, what it asks for, what sends it.
        fait: what is told then, after "Ajouté au carnet".
    """

    nom: str
    objet_id: int
    ajouter: Callable[[str], None]
    volet: str = "Quelqu’un d’autre"
    quoi: str = "Qui : organisation, prénom nom, fonction"
    bouton: str = "Ajouter"
    fait: str = ""


def inattendu(a: Ajout, cherche: str) -> None:
    """A button; opened, one line for whoever it is, and what was understood of it. It waits there for the next one.

    Args:
        cherche: what was typed in the search that did not find.
    """
    volet = st.popover(
        a.volet, icon=":material/person_add:", key=adresse.cle("inattendu", a.nom, a.objet_id), on_change="rerun"
    )
    if not volet.open:
        return
    form = open_form(a.nom, objet_id=a.objet_id)
    with volet:
        st.session_state.setdefault(key(form, "ligne"), cherche)
        qui = inattendus.lire_ligne(
            st.text_input(
                a.quoi,
                key=key(form, "ligne"),
                live="200ms",
                placeholder="Mission locale, Anna Exemple, conseillère",
            )
        )
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
            "C’est un autre : ajouter" if semblable else a.bouton,
            type="primary",
            key=key(form, "ajouter"),
            on_click=_ajouter,
            args=(a, form, semblable),
        )


def _offertes(qui: Inattendu) -> dict[int, str]:
    """The known organisations that match, and a new one of that name."""
    if not qui.organisation:
        return {}
    with reading() as session:
        trouves: list[ChoixPartenaire] = partenaires.choix(session, texte=qui.organisation, limite=5)
    return {t.id: t.sigle or t.nom for t in trouves} | {NOUVELLE: f"Nouvelle : {qui.organisation}"}


def _cle_choix(form: Formulaire, qui: Inattendu) -> str:
    return key(form, f"partenaire.{qui.organisation}")


def _choisie(form: Formulaire, qui: Inattendu, offertes: dict[int, str]) -> int | None:
    """The one that was clicked for that text, else the first: also for a line sent before its answers were shown."""
    return on_screen().get(_cle_choix(form, qui), next(iter(offertes), None))


def _ajouter(a: Ajout, form: Formulaire, confirme: bool) -> None:
    qui = inattendus.lire_ligne(on_screen().get(key(form, "ligne")) or "")
    offertes = _offertes(qui)
    choisie = _choisie(form, qui, offertes)
    qui = replace(qui, partenaire_id=choisie or None, categorie_id=on_screen().get(key(form, "categorie_id")))
    membre, semblable = "", False
    with refusals(form.jeton):
        try:
            with writing() as (session, by):
                membre = inattendus.noter(
                    session, qui=qui, today=aujourdhui(), confirme=confirme, jeton=form.jeton, by=by
                )
        except Duplicate:
            semblable = True
            raise
    st.session_state[key(form, "semblable")] = semblable
    if membre:
        dits = (f"{qui.prenom} {qui.nom}".strip(), qui.intitule, offertes[choisie] if choisie else qui.organisation)
        announce(f"Ajouté au carnet{a.fait} : {', '.join(filter(None, dits))}.")
        a.ajouter(membre)
