"""Pick a partenaire among thousands: a search box and the first 20 results, the others one click away."""

from collections.abc import Iterable

import streamlit as st

from services.partenaires import fiches
from ui.commun import suite
from ui.commun.access import reading
from ui.commun.feedback import md

MONTRES = 20


def pick_partenaire(label: str, *, key: str, exclus: Iterable[int] = ()) -> int | None:
    """A search box (`{key}.texte`) and its results as pills (`{key}.choix`); the id chosen, or None.

    What was chosen stays shown while another text is typed. Give another `key` to start afresh. A callback reads the
    choice in `st.session_state[f"{key}.choix"]`.
    """
    choisi: int | None = st.session_state.get(f"{key}.choix")
    texte = st.text_input(
        label,
        key=f"{key}.texte",
        type="search",
        live=True,
        placeholder="Nom, sigle ou catégorie du partenaire",
    )
    exclus, cherche = list(exclus), f"{key}.{texte}"
    with reading() as session:
        n = suite.montres(cherche, MONTRES)
        trouves = fiches.choix(session, texte=texte or "", exclus=exclus, limite=n) if texte else []
        total = fiches.combien(session, texte=texte, exclus=exclus) if texte and len(trouves) == n else 0
        noms = {p.id: f"{p.sigle} · {p.nom}" if p.sigle and p.sigle not in p.nom else p.nom for p in trouves}
        if choisi is not None and choisi not in noms:
            noms = fiches.noms(session, ids=[choisi]) | noms
    if texte and not trouves:
        st.caption(f"Aucun partenaire actif ne correspond à « {md(texte)} ».")
    if not noms:
        return None
    choix: int | None = st.pills(
        f"{label} : résultats",
        list(noms),
        format_func=lambda i: md(noms[i]),
        key=f"{key}.choix",
        label_visibility="collapsed",
    )
    suite.autres(cherche, len(trouves), total)
    return choix
