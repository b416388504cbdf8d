"""Files made when they are clicked, by whoever is signed in then: nothing is prepared for those who only look."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from services.commun.exports import Format
from services.socle.acteur import Droit
from ui.commun.access import writing_later
from ui.commun.adresse import cle

_MIMES = {
    Format.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.VCARD: "text/vcard",
    Format.ETIQUETTES: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
T = TypeVar("T")


def telecharger(
    libelle: str,
    format: Format,
    *,
    nom: str,
    lire: Callable[..., T],
    ecrire: Callable[[T], bytes],
    **options: Any,
) -> None:
    """A button that downloads a file.

    Args:
        lire: the command that notes the export in the journal and returns its lines.
        ecrire: makes the file of them, once the base is left to others.
    """
    ecriture = writing_later(Droit.LIRE)

    def octets() -> bytes:
        with ecriture() as (session, by):
            lignes = lire(session, by=by)
        return ecrire(lignes)

    st.download_button(
        libelle,
        octets,
        file_name=f"{nom}.{format}",
        mime=_MIMES[format],
        on_click="ignore",
        key=cle("telecharger", format),
        **options,
    )
