"""A row of the list of actions: state and date changed in place, history on demand. Nothing moves under the pointer."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import streamlit as st

from documents import tableaux
from documents.tableur import csv_octets, xlsx_octets
from models.lists import ETATS_ACTION_OUVERTS, EtatAction
from services.actions import avancement, suivi
from services.actions.suivi import ActionVue
from services.commun.exports import Format
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui, civil, maintenant
from services.socle.temps import jour, jours_de_retard, moment
from ui.commun.access import reading, writing
from ui.commun.adresse import cle, posee, poser
from ui.commun.feedback import announce, field_error, forget_refusals, md, named, refusals, refused
from ui.commun.formulaire import forget, key, on_screen, open_form, values
from ui.commun.navigation import page_path
from ui.commun.pieces import panneau
from ui.commun.telechargement import telecharger

_A_ABANDONNER = "action.abandon"  # the action whose reason is being asked, if any


def _cle(id: int, champ: str) -> str:
    return cle(f"action{id}", champ)


def held_ids(signature: object, ids: list[int], total: int) -> tuple[list[int], int]:
    """The rows on screen: those of the first run of this visit with these filters, whatever changed in them since."""
    tenues = st.session_state.get("actions_tenues")
    # The widgets of a row live as long as the screen shows it: gone, this is another visit.
    if tenues and tenues[0] == signature and (not tenues[1] or _cle(tenues[1][0], "etat") in st.session_state):
        return tenues[1], tenues[2]
    st.session_state["actions_tenues"] = (signature, ids, total)
    return ids, total


def one_action(id: int, *, today: date, modifiable: bool) -> bool:
    """Only the action that the search everywhere found, and the way to all; False if it is not there any more."""
    with reading() as session:
        trouvees = suivi.par_ids(session, ids=[id], today=today)
        retours = suivi.retours(session, vues=trouvees, now=maintenant())
    for action in trouvees:
        with st.container(border=True, gap="xxsmall"):
            action_row(action, modifiable=modifiable, retour=retours.get(action.id))
        st.button("Voir toutes les actions", type="tertiary", on_click=_toutes)
    return bool(trouvees)


def _toutes() -> None:
    st.query_params.pop("action", None)


def release() -> None:
    """Forget the rows held: the next run shows the list as it is."""
    st.session_state.pop("actions_tenues", None)


def lien_du_pilote(pilote_id: int) -> None:
    """To the screen that goes through the actions of one partenaire."""
    st.page_link(
        page_path("actions/partenaire.py"),
        label="Faire le point avec ce partenaire",
        icon=":material/call:",
        query_params={"partenaire": str(pilote_id)},
    )


def download_buttons(criteres: Mapping[str, Any]) -> None:
    """All the actions of these filters, as a table. `criteres`: the arguments of `actions.liste`."""
    titres, table = tableaux.ACTIONS, tableaux.actions
    for libelle, format, ecrire in (
        ("Excel", Format.EXCEL, lambda a: xlsx_octets(titres, table(a), feuille="Actions")),
        ("Autre tableur", Format.CSV, lambda a: csv_octets(titres, table(a))),
    ):
        telecharger(
            libelle,
            format,
            nom=f"actions-{criteres['today']}",
            lire=partial(suivi.exporter, **criteres, format=format),
            ecrire=ecrire,
            icon=":material/download:",
            type="tertiary",
        )


def _changer(action: ActionVue, champ: str) -> None:
    """A state or a date was chosen. An action is abandoned once its reason is given."""
    valeur = on_screen().get(_cle(action.id, champ))
    if champ == "etat" and valeur == EtatAction.ABANDONNEE and action.etat is not EtatAction.ABANDONNEE:
        poser(_A_ABANDONNER, action.id)
        return
    with refusals(f"action:{action.id}"), writing() as (session, by):
        avancement.changer(
            session,
            id=action.id,
            version=action.version,
            etat=EtatAction(valeur) if champ == "etat" and valeur else None,
            echeance=valeur if champ == "echeance" else None,
            today=aujourdhui(),
            by=by,
        )
    if posee(_A_ABANDONNER) == action.id:
        poser(_A_ABANDONNER, None)


def _abandonner(action: ActionVue, form: Formulaire) -> None:
    motif = values(form, "motif")["motif"] or ""
    with refusals(f"action:{action.id}"), writing() as (session, by):
        avancement.changer(
            session,
            id=action.id,
            version=action.version,
            etat=EtatAction.ABANDONNEE,
            motif=motif,
            today=aujourdhui(),
            by=by,
        )
    if not refused(f"action:{action.id}").erreurs:
        _garder(action, form)
        announce("Action abandonnée.")


def _garder(action: ActionVue, form: Formulaire) -> None:
    poser(_A_ABANDONNER, None)
    forget_refusals(f"action:{action.id}")
    forget(form.jeton)


def _accepter(action: ActionVue) -> None:
    """The pilote agreed today; another click takes it back."""
    le = None if action.acceptee_le else aujourdhui()
    with refusals(f"action:{action.id}"), writing() as (session, by):
        avancement.accepter(session, id=action.id, version=action.version, le=le, by=by)


def action_row(
    action: ActionVue, *, modifiable: bool, retour: datetime | None = None, chez_le_pilote: bool = False
) -> None:
    """One action: what, and how late; then its state, its date, its history, who pilots it and where it was decided.

    Args:
        retour: when the next meeting of its instance brings it up again.
        chez_le_pilote: on the screen of its pilote, who is asked whether it agrees.
    """
    retard = ""
    if action.retard_jours:
        retard = f" :red-badge[:material/schedule: {jours_de_retard(action.retard_jours)}]"
    acceptee = ""
    if action.acceptee_le:
        le = jour(action.acceptee_le, annee_de=aujourdhui())
        acceptee = f" :green-badge[:material/handshake: acceptée le {le}]"
    motif = f"  \n:gray[Motif : {md(action.motif)}]" if action.motif else ""
    jointes = f" :gray-badge[:material/attach_file: {action.pieces}]" if action.pieces else ""
    st.markdown(f"{md(action.quoi)}{retard}{acceptee}{jointes} {_origine(action)}{_retour(retour)}{motif}")
    attend_motif = posee(_A_ABANDONNER) == action.id
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _etat(action, modifiable=modifiable, attend_motif=attend_motif)
        _echeance(action, modifiable=modifiable)
        if chez_le_pilote and action.etat in ETATS_ACTION_OUVERTS:
            st.button(
                named("Pas acceptée" if action.acceptee_le else "Acceptée aujourd’hui", _nom(action)),
                icon=":material/undo:" if action.acceptee_le else ":material/handshake:",
                key=_cle(action.id, "acceptee"),
                help="Le partenaire s’est engagé à la faire",
                disabled=not modifiable,
                on_click=_accepter,
                args=(action,),
            )
        _historique(action)
        _pieces(action, modifiable=modifiable)
        _liens(action, pilote=not chez_le_pilote)
    field_error(f"action:{action.id}", "echeance")
    field_error(f"action:{action.id}", "")
    if attend_motif:
        _motif(action)


def _nom(action: ActionVue) -> str:
    """What tells an action from another that says the same, for those who listen."""
    ou = action.instance or action.reunion
    le = jour(action.reunion_debut.date()) if action.reunion_debut else ""
    return ", ".join(t for t in (action.quoi, action.pilote, ou, le) if t)


def _origine(action: ActionVue) -> str:
    """Where it was decided."""
    ou = md(action.instance or action.reunion)
    if action.reunion_debut is not None:
        ou += f", {jour(action.reunion_debut.date(), annee_de=aujourdhui())}"
    return f":small[:gray[{ou}]]" if ou else ""


def _retour(retour: datetime | None) -> str:
    return f":small[:gray[ · reviendra à la réunion du {jour(retour.date(), annee_de=aujourdhui())}]]" if retour else ""


def _liens(action: ActionVue, *, pilote: bool) -> None:
    if pilote:
        st.page_link(
            page_path("partenaires/fiche.py"),
            label=md(action.pilote),
            icon=":material/person_pin_circle:",
            query_params={"id": str(action.pilote_id)},
        )
    if action.reunion_id is not None:
        st.page_link(
            page_path("aujourdhui/releve.py"),
            label=named(
                "Relevé", f"{action.reunion}, {jour(action.reunion_debut.date())}" if action.reunion_debut else ""
            ),
            icon=":material/description:",
            query_params={"reunion": str(action.reunion_id)},
        )


def _etat(action: ActionVue, *, modifiable: bool, attend_motif: bool) -> None:
    k = _cle(action.id, "etat")
    if not attend_motif and st.session_state.get(k) != action.etat:
        st.session_state[k] = action.etat  # also brings back what a refusal left wrong
    st.segmented_control(
        f"État de l’action : {md(_nom(action))}",
        list(EtatAction),
        format_func=lambda e: e.libelle,
        required=True,
        key=k,
        label_visibility="collapsed",
        disabled=not modifiable,
        on_change=_changer,
        args=(action, "etat"),
    )


def _echeance(action: ActionVue, *, modifiable: bool) -> None:
    k = _cle(action.id, "echeance")
    annee = aujourdhui().year
    if st.session_state.get(k) != action.echeance:
        st.session_state[k] = action.echeance
    st.date_input(
        f"Échéance de l’action : {md(_nom(action))}",
        min_value=min(action.echeance, date(annee - 10, 1, 1)),
        max_value=max(action.echeance, date(annee + 10, 12, 31)),
        key=k,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        width=145,
        disabled=not modifiable,
        on_change=_changer,
        args=(action, "echeance"),
    )


def _historique(action: ActionVue) -> None:
    """Who changed what, when: read when it is opened."""
    volet = st.popover(
        named("Historique", _nom(action)),
        icon=":material/history:",
        type="tertiary",
        key=_cle(action.id, "h"),
        on_change="rerun",
    )
    if not volet.open:
        return
    with reading() as session:
        lignes = suivi.historique(session, id=action.id)
    with volet:
        for e in lignes:
            ou = f" · {md(e.reunion)}" if e.reunion else ""
            motif = f" :gray[– {md(e.motif)}]" if e.motif else ""
            st.markdown(
                f"**{e.etat.libelle}**, échéance {jour(e.echeance, annee_de=aujourdhui())}{motif}  \n"
                f":gray[:small[{moment(civil(e.quand), annee_de=aujourdhui())} · {md(e.agent)}{ou}]]"
            )


def _pieces(action: ActionVue, *, modifiable: bool) -> None:
    """The files of an action: read when it is opened."""
    volet = st.popover(
        named("Pièces jointes", _nom(action)),
        icon=":material/attach_file:",
        type="tertiary",
        key=_cle(action.id, "pieces"),
        on_change="rerun",
    )
    if volet.open:
        with volet:
            vide = "Aucune pièce. Joignez une photo, un devis, un courrier qui concerne cette action."
            panneau(action_id=action.id, modifiable=modifiable, vide=vide)


def _motif(action: ActionVue) -> None:
    """A form: the reason comes along with a quick click, and with Enter."""
    form = open_form("abandon", objet_id=action.id)
    with st.form(key(form, "form"), border=True):
        st.text_input(
            "Pourquoi cette action est-elle abandonnée ?",
            key=key(form, "motif"),
            placeholder="Un motif court, sans nom de personne",
        )
        field_error(f"action:{action.id}", "motif")
        with st.container(horizontal=True):
            st.form_submit_button("Abandonner l’action", type="primary", on_click=_abandonner, args=(action, form))
            st.form_submit_button("Ne pas abandonner", on_click=_garder, args=(action, form))
