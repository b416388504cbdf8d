"""Pick a theme among all: likely ones as pills, or heading by heading, and our own folded search."""

from collections.abc import Sequence

import streamlit as st

from services.commun.listes import ThemeVu
from services.socle.brouillons import Formulaire
from services.socle.texte import matches
from ui.commun import suite
from ui.commun.feedback import md
from ui.commun.formulaire import kept, key

_LIMITE = 20


def theme_pills(
    label: str, form: Formulaire, champ: str, *, vraisemblables: Sequence[int], themes: Sequence[ThemeVu]
) -> int | None:
    """A search box (`champ.texte`) over all themes and pills (`champ.choix`, kept); the id chosen, or None.

    Without a search, the likely ones; without any likely one, the headings, then the themes of the heading clicked.
    What was chosen stays shown.
    """
    cle = key(form, champ)
    par_id = {t.id: t for t in themes}
    choisi: int | None = st.session_state.get(f"{cle}.choix")
    reste = 0, 0
    texte = st.text_input(
        label,
        key=f"{cle}.texte",
        type="search",
        live=True,
        placeholder=f"Chercher parmi les {len(themes)} thèmes : rodéo, hall, bruit…",
    )
    rien = st.container()
    if texte:
        trouves = [t.id for t in themes if matches(t.recherche, texte)]
        ids = trouves[: suite.montres(f"{cle}.{texte}", _LIMITE)]
        reste = len(ids), len(trouves)
        if not ids:
            rien.caption(f"Aucun thème ne correspond à « {md(texte)} ». Essayez un autre mot.")
    elif vraisemblables:
        ids = [i for i in vraisemblables if i in par_id]
    else:
        rubrique = st.pills(
            f"{label} : rubrique",
            list(dict.fromkeys(t.rubrique for t in themes)),
            format_func=md,
            key=f"{cle}.rubrique",
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
        label_visibility="collapsed",
        **kept(form, f"{champ}.choix", ids),
    )
    suite.autres(f"{cle}.{texte}", *reste)
    return choix
