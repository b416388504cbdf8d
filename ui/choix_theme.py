"""Pick a theme among all: likely ones as pills, or heading by heading, and our own folded search."""

from collections.abc import Sequence

import streamlit as st

from services.listes import ThemeVu
from services.texte import matches
from ui import suite
from ui.feedback import md

_LIMITE = 20


def theme_pills(label: str, *, key: str, vraisemblables: Sequence[int], themes: Sequence[ThemeVu]) -> int | None:
    """A search box (`{key}.texte`) over all themes and pills (`{key}.choix`); the id chosen, or None.

    Without a search, the likely ones; without any likely one, the headings, then the themes of the heading clicked.
    What was chosen stays shown. A callback reads it in `st.session_state[f"{key}.choix"]`.
    """
    par_id = {t.id: t for t in themes}
    choisi: int | None = st.session_state.get(f"{key}.choix")
    reste = 0, 0
    texte = st.text_input(
        label,
        key=f"{key}.texte",
        type="search",
        live=True,
        placeholder=f"Chercher parmi les {len(themes)} thèmes : rodéo, hall, bruit…",
    )
    if texte:
        trouves = [t.id for t in themes if matches(t.recherche, texte)]
        ids = trouves[: suite.montres(f"{key}.{texte}", _LIMITE)]
        reste = len(ids), len(trouves)
        if not ids:
            st.caption(f"Aucun thème ne correspond à « {md(texte)} ». Essayez un autre mot.")
    elif vraisemblables:
        ids = [i for i in vraisemblables if i in par_id]
    else:
        rubrique = st.pills(
            f"{label} : rubrique",
            list(dict.fromkeys(t.rubrique for t in themes)),
            format_func=md,
            key=f"{key}.rubrique",
            label_visibility="collapsed",
        )
        ids = [t.id for t in themes if t.rubrique == rubrique]
    if choisi in par_id and choisi not in ids:
        ids = [choisi, *ids]
    if not ids:
        return None
    choix: int | None = st.pills(
        f"{label} : choix",
        ids,
        format_func=lambda i: md(par_id[i].libelle),
        key=f"{key}.choix",
        label_visibility="collapsed",
    )
    suite.autres(f"{key}.{texte}", *reste)
    return choix
