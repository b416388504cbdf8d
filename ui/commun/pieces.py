"""Files kept beside a meeting or an action: to open, to attach, to take away and put back."""

from typing import Any

import streamlit as st

from services.commun import fichiers_joints, pieces
from services.commun.pieces import PieceVue
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.erreurs import BusinessError
from services.socle.horloge import civil
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import cle
from ui.commun.feedback import announce, field_error, md, named, refusals, refused

ICONES = {"application/pdf": "picture_as_pdf", "image": "image"}


def _cle(ou: dict[str, int]) -> str:
    return cle("pieces", *(f"{nom}{id}" for nom, id in ou.items()))


def _icone(piece: PieceVue) -> str:
    genre = piece.type_mime if piece.type_mime in ICONES else piece.type_mime.split("/")[0]
    return f":material/{ICONES.get(genre, 'description')}:"


def poids(octets: int) -> str:
    """ "350 ko", "1,2 Mo"."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}\u00a0ko"
    return f"{octets / 1_000_000:.1f}\u00a0Mo".replace(".", ",")


def _deposer(ou: dict[str, int], depot: str) -> None:
    """Files were chosen: attach each one, or say why not; the field is then ready for others."""
    k = _cle(ou)
    deposes: list[Any] = st.session_state.get(depot) or []
    rang = st.session_state.get(f"{k}.rang", 0)
    refus: list[str] = []
    for depose in deposes:
        try:
            require_agent(Droit.ECRIRE)
            fichier = fichiers_joints.ranger(depose.name, depose.getvalue())
            with writing() as (session, by):
                pieces.joindre(session, fichier=fichier, by=by, **ou)
        except BusinessError as error:
            refus.append(f"**{md(depose.name)}** : {md(error.phrase)}")
        else:
            announce(f"{fichier.nom} : joint.")
    st.session_state[f"{k}.rang"] = rang + 1
    st.session_state[f"{k}.refus"] = refus


def _basculer(piece: PieceVue) -> None:
    commande = pieces.remettre if piece.retiree else pieces.retirer
    with refusals(f"piece:{piece.id}"), writing() as (session, by):
        commande(session, id=piece.id, version=piece.version, by=by)
    if not refused(f"piece:{piece.id}").erreurs and not piece.retiree:
        retirees: set[int] = st.session_state.setdefault("pieces_retirees", set())
        retirees.add(piece.id)


def lien(piece: PieceVue) -> None:
    """Open or download it, in another tab."""
    st.link_button(f"{md(piece.nom)}", f"/pieces/{piece.id}", icon=_icone(piece), type="tertiary")


def liens(jointes: list[PieceVue]) -> None:
    """The files of a meeting, at the end of its relevé."""
    if not jointes:
        return
    st.header("Pièces jointes", anchor=False)
    with st.container(horizontal=True):
        for piece in jointes:
            lien(piece)


def _rangee(piece: PieceVue, *, modifiable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            if piece.retiree:
                st.markdown(f"~~{md(piece.nom)}~~ :gray-badge[retirée]")
            else:
                lien(piece)
            st.caption(f"{poids(piece.taille)} · {md(piece.depose_par)}, {temps.moment(civil(piece.depose_le))}")
        if modifiable:
            st.button(
                named("Annuler le retrait" if piece.retiree else "Retirer", piece.nom),
                type="tertiary",
                icon=":material/undo:" if piece.retiree else ":material/delete:",
                key=cle("piece", piece.id, "bascule"),
                on_click=_basculer,
                args=(piece,),
            )
    field_error(f"piece:{piece.id}", "")


def panneau(*, modifiable: bool, vide: str, **ou: int) -> None:
    """The files of `reunion_id=` or `action_id=`; for who may write, the field that adds some and those taken away."""
    ici: set[int] = st.session_state.get("pieces_retirees", set())  # in this tab: they stay in their place
    with reading() as session:
        toutes = pieces.liste(session, retirees=modifiable, **ou)
    montrees = [p for p in toutes if not p.retiree or p.id in ici]
    for piece in montrees:
        _rangee(piece, modifiable=modifiable)
    if not montrees:
        st.caption(vide)
    if not modifiable:
        return
    k = _cle(ou)
    depot = f"{k}.{st.session_state.get(f'{k}.rang', 0)}"  # after each deposit another key: empty, ready for the next
    st.file_uploader(
        "Joindre des fichiers : PDF, Word, Excel ou images, 20 Mo au plus",
        accept_multiple_files=True,
        max_upload_size=20,
        key=depot,
        on_change=_deposer,
        args=(ou, depot),
    )
    for phrase in st.session_state.get(f"{k}.refus", []):
        st.error(phrase, icon=":material/error:")
    if retirees := [p for p in toutes if p not in montrees]:
        with st.expander(f"Retirées depuis moins de {pieces.RETENUE.days} jours ({len(retirees)})"):
            for piece in retirees:
                _rangee(piece, modifiable=True)
