"""Who came without being known: an organisation, somebody of it, noted without leaving the entry."""

from collections.abc import Callable, Sequence

import streamlit as st

from services import inattendus, listes, partenaires
from services.brouillons import Formulaire
from services.erreurs import Duplicate
from services.horloge import aujourdhui
from services.inattendus import Inattendu
from services.partenaires import ChoixPartenaire
from ui.access import reading, writing
from ui.feedback import announce, field_error, md, refusals
from ui.formulaire import key, open_form, values
from ui.saisie import EcranSaisie, cle

NOUVELLE = 0


def inattendu(e: EcranSaisie, cherche: str, ajouter: Callable[[EcranSaisie, str], None]) -> None:
    """A button; opened, the organisation (what was searched, already), then who came for it, if one knows.

    Args:
        cherche: what was typed in the search of participants.
        ajouter: note a participant, named by its key, present.
    """
    volet = st.popover("Quelqu’un d’autre", icon=":material/person_add:", key=cle(e, "inattendu"), on_change="rerun")
    if not volet.open:
        return
    form = open_form("inattendu", objet_id=e.reunion_id)
    with volet:
        st.session_state.setdefault(key(form, "organisation"), cherche)
        texte = st.text_input(
            "Son organisation",
            key=key(form, "organisation"),
            type="search",
            live="200ms",
            placeholder="Nom, sigle…",
        )
        with reading() as session:
            trouves = partenaires.choix(session, texte=texte, limite=5) if texte else []
            categories = {c.id: c.nom for c in listes.categories(session)}
        choisi = _organisation(form, texte, trouves)
        field_error(form.jeton, "organisation")
        with st.form(key(form, "form"), border=False):
            if choisi == NOUVELLE:
                st.selectbox(
                    "Sa catégorie",
                    list(categories),
                    index=None,
                    format_func=lambda i: categories[i],
                    key=key(form, "categorie_id"),
                    placeholder="Choisir une catégorie",
                    filter_mode="contains",
                )
                field_error(form.jeton, "categorie_id")
            for champ, libelle in (("prenom", "Prénom"), ("nom", "Nom"), ("intitule", "Fonction")):
                st.text_input(libelle, key=key(form, champ), placeholder=f"{libelle} (si quelqu’un est venu)")
                field_error(form.jeton, champ)
            field_error(form.jeton, "")
            semblable = bool(st.session_state.get(key(form, "semblable")))
            st.form_submit_button(
                "C’est un autre : ajouter" if semblable else "Ajouter, présent",
                type="primary",
                on_click=_ajouter,
                args=(e, form, choisi, semblable, ajouter),
                disabled=choisi is None,
            )


def _organisation(form: Formulaire, texte: str, trouves: Sequence[ChoixPartenaire]) -> int | None:
    """The known ones that match, and a new one of that name; the first is chosen."""
    noms = {t.id: t.sigle or t.nom for t in trouves}
    if texte:
        noms[NOUVELLE] = f"Nouvelle : {texte}"
    if not noms:
        return None
    choisi: int | None = st.pills(
        "Laquelle",
        list(noms),
        default=next(iter(noms)),
        format_func=lambda i: md(noms[i]),
        key=key(form, f"partenaire.{texte}"),
        label_visibility="collapsed",
        required=True,
    )
    return choisi


def _ajouter(
    e: EcranSaisie,
    form: Formulaire,
    choisi: int | None,
    confirme: bool,
    ajouter: Callable[[EcranSaisie, str], None],
) -> None:
    v = values(form, "organisation", "categorie_id", "prenom", "nom", "intitule")
    textes = {c: str(v[c] or "") for c in ("organisation", "prenom", "nom", "intitule")}
    qui = Inattendu(partenaire_id=choisi or None, categorie_id=v["categorie_id"], **textes)
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
        announce("Ajouté au carnet, et noté présent.")
        ajouter(e, membre)
        st.session_state[cle(e, "inattendu")] = False
