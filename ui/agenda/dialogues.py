"""What opens over the calendar: a meeting, its form, its states, and the question before an overlap."""

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from models.lists import ETATS_REUNION_SANS_SUITE, EtatReunion, EtatSalle
from services.agenda import presidences, programmation, reunions
from services.agenda.reunions import ReunionVue
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui, maintenant
from services.socle.temps import periode
from ui.agenda.evenements import Choisir, Deplacer, Ouvrir, OuvrirSeance, lire
from ui.agenda.fenetre import (
    Fenetre,
    alerte,
    alerter,
    etat_key,
    fenetre,
    fermer,
    modifier,
    ouvrir,
    poser,
    proposer,
    redessiner,
)
from ui.agenda.formulaire_reunion import demander, formulaire, malgre
from ui.commun import panne
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import aller
from ui.commun.feedback import announce, field_error, md, refusals, refused, show_announcements
from ui.commun.formulaire import forget, key, open_form, values
from ui.commun.navigation import page_path

COULEUR_ETAT: dict[EtatReunion, Any] = {
    EtatReunion.BROUILLON: "gray",
    EtatReunion.CONVOQUEE: "blue",
    EtatReunion.EN_SEANCE: "orange",
    EtatReunion.TENUE: "green",
    EtatReunion.CLOSE: "green",
    EtatReunion.REPORTEE: "orange",
    EtatReunion.ANNULEE: "red",
    EtatReunion.PAS_EU_LIEU: "red",
}
COULEUR_SALLE: dict[EtatSalle, Any] = {
    EtatSalle.A_RESERVER: "orange",
    EtatSalle.DEMANDEE: "blue",
    EtatSalle.CONFIRMEE: "green",
}
_CALENDRIER = "calendrier"  # refusals of a move belong to the calendar itself


def suivre(valeur: Any, *, modifiable: bool, instance_id: int | None) -> None:
    """Act once on each answer of the component: open, propose a new meeting, or move."""
    if not valeur or valeur == st.session_state.get("agenda_vu"):
        return
    geste = lire(valeur)
    if isinstance(geste, Deplacer) and modifiable:
        if panne.reprise():  # dragged while the base was away: said then not to be saved, it goes back
            redessiner()
        else:
            deplacer(geste)
        show_announcements()  # the frame has already shown those of this run
    st.session_state["agenda_vu"] = valeur
    if isinstance(geste, Ouvrir):
        ouvrir(geste.id)
    elif isinstance(geste, OuvrirSeance) and require_agent(Droit.CONSULTER).peut(Droit.LIRE):
        redessiner()  # back here, a click on the same séance is a new answer
        aller("projets/college_13_18.py", participation=str(geste.participation_id))
        st.rerun()
    elif isinstance(geste, Choisir) and modifiable:
        proposer(debut=geste.debut, fin=None if geste.journee else geste.fin, instance_id=instance_id)


def deplacer(geste: Deplacer, *, vus: tuple[str, ...] = ()) -> None:
    """Move a meeting as dragged or stretched. Refused: it goes back. Overlapping: a question first."""
    redessiner()
    with refusals(_CALENDRIER):
        try:
            with writing() as (session, by):
                programmation.deplacer(
                    session, id=geste.id, debut=geste.debut, fin=geste.fin, vus=vus, version=geste.version, by=by
                )
        except programmation.Chevauchement as refus:
            quoi = (geste.id, geste.debut, geste.fin)
            poser(Fenetre("deplacer", *quoi, version=geste.version, avertis=refus.phrases))
            return
        announce(f"Réunion déplacée : {periode(geste.debut, geste.fin)}.")
        alerter(geste.id)
    for phrase in refused(_CALENDRIER).erreurs.values():
        announce(phrase, icon=":material/undo:")  # a notice, not a box that would push the calendar down


def montrer() -> None:
    """Draw what is open, if anything. Called last by the page."""
    ouverte = fenetre()
    if ouverte is None:
        return
    titres = {
        "voir": "Réunion",
        "creer": "Nouvelle réunion",
        "modifier": "Modifier la réunion",
        "deplacer": "Chevauchement",
    }
    corps = {"voir": _voir, "creer": formulaire, "modifier": formulaire, "deplacer": _confirmer}
    mode = ouverte.mode
    if ouverte.mode == "voir":
        with reading() as session:
            titres["voir"] = md(reunions.get(session, id=ouverte.reunion_id or 0).titre)

    @st.dialog(titres[mode], width="medium", on_dismiss=fermer)
    def dialogue() -> None:
        actuelle = fenetre()
        if actuelle is None or actuelle.mode != mode:
            st.rerun()  # closed, or another window: the page draws it
        else:
            corps[mode](actuelle)

    dialogue()


def _voir(ouverte: Fenetre) -> None:
    agent = require_agent(Droit.CONSULTER)
    with reading() as session:
        vue = reunions.get(session, id=ouverte.reunion_id or 0)
        preside = presidences.qui_preside(session, reunion_id=vue.id)
    ecrire = agent.peut(Droit.ECRIRE)
    with st.container(horizontal=True, gap="small"):
        st.badge(vue.etat.libelle, color=COULEUR_ETAT[vue.etat])
        if ecrire and vue.lieu_id and vue.mobile:
            libelle = f"Salle {vue.salle.libelle.lower()}"
            st.badge(libelle, icon=":material/meeting_room:", color=COULEUR_SALLE[vue.salle])
    lieu = " – ".join(t for t in (vue.lieu, vue.adresse) if t)
    instance = f" · {md(vue.instance)}" if vue.instance and vue.instance != vue.titre else ""
    lignes = [
        f":material/schedule: {periode(vue.debut, vue.fin)}",
        f":material/location_on: {md(lieu) if lieu else 'Lieu à fixer'}",
        f":material/groups: {vue.type.libelle}{instance}",
    ]
    if preside:
        lignes.append(f":material/person: Présidée par {md(preside)}")
    if vue.motif and ecrire:
        lignes.append(f":material/info: Motif : {md(vue.motif)}")
    st.markdown("  \n".join(lignes))
    if not ecrire:
        return
    with reading() as session:
        phrase = alerte(session, vue.id)
    if phrase:
        st.warning(md(phrase), icon=":material/campaign:")
    _gestes(vue, phrase)
    _etats(vue, ouverte)


def _gestes(vue: ReunionVue, phrase: str) -> None:
    """What can be done of it now, here or on its screens."""
    with st.container(horizontal=True):
        st.button("Modifier", icon=":material/edit:", key="agenda.modifier", on_click=modifier, args=(vue,))
        parametres = {"reunion": str(vue.id)}
        st.page_link(
            page_path("agenda/reunion.py"),
            label="Préparer",
            icon=":material/event:",
            query_params={"id": str(vue.id)},
        )
        if vue.debut > maintenant() and (vue.mobile or phrase):
            st.page_link(
                page_path("agenda/reunion.py"),
                label="Réponses, envois" if vue.etat is EtatReunion.CONVOQUEE or phrase else "Convoquer",
                icon=":material/forward_to_inbox:",
                query_params={"id": str(vue.id), "volet": "Convoquer"},
            )
        if vue.ecrite:
            st.page_link(
                page_path("aujourdhui/releve.py"),
                label="Voir le relevé",
                icon=":material/description:",
                query_params=parametres,
            )
        elif vue.mobile and vue.debut <= maintenant():
            st.page_link(
                page_path("aujourdhui/saisie.py"),
                label="Saisir le relevé",
                icon=":material/edit_note:",
                query_params=parametres,
            )
        elif vue.etat in ETATS_REUNION_SANS_SUITE:
            st.button(
                "Fixer une nouvelle date",
                icon=":material/event_repeat:",
                key="agenda.nouvelle_date",
                on_click=_nouvelle_date,
                args=(vue,),
            )


def _etats(vue: ReunionVue, ouverte: Fenetre) -> None:
    possibles = reunions.etats_possibles(vue, now=maintenant())
    if not possibles:
        return
    nom, form = etat_key(vue.id), open_form("reunion.etat", objet_id=vue.id)
    with st.form(key(form, "form"), border=True):
        st.segmented_control(
            "Changer l’état",
            possibles,
            format_func=lambda e: e.libelle,
            key=key(form, "etat"),
        )
        field_error(nom, "etat")
        if any(e in ETATS_REUNION_SANS_SUITE for e in possibles):
            st.text_input(
                "Motif (réunion reportée, annulée ou qui n’a pas eu lieu)",
                key=key(form, "motif"),
                placeholder="Par exemple : salle indisponible",
            )
            field_error(nom, "motif")
        field_error(nom, "")
        if ouverte.avertis:
            malgre(form, ouverte.avertis)
        st.form_submit_button(
            "Enregistrer l’état", on_click=_changer_etat, args=(vue, form, ouverte), key=key(form, "valider")
        )


def _changer_etat(vue: ReunionVue, form: Formulaire, ouverte: Fenetre) -> None:
    lu = values(form, "etat", "motif", "malgre")
    etat, motif, vus = lu["etat"], str(lu["motif"] or ""), ouverte.avertis if lu["malgre"] else ()
    fait = False
    with refusals(etat_key(vue.id)):
        if etat is None:
            raise Invalid({"etat": "Choisissez le nouvel état."})
        try:
            with writing() as (session, by):
                programmation.changer_etat(
                    session, id=vue.id, etat=EtatReunion(etat), motif=motif, vus=vus, version=vue.version, by=by
                )
            fait = True
        except programmation.Chevauchement as refus:
            demander(form, ouverte, refus)
    if fait:
        forget(form.jeton)
        announce(f"Réunion notée « {EtatReunion(etat).libelle} ».")
        alerter(vue.id)
        fermer()


def _nouvelle_date(vue: ReunionVue) -> None:
    proposer(
        debut=datetime.combine(aujourdhui() + timedelta(days=7), vue.debut.time()),
        fin=datetime.combine(aujourdhui() + timedelta(days=7), vue.debut.time()) + (vue.fin - vue.debut),
        instance_id=vue.instance_id,
    )


def _confirmer(ouverte: Fenetre) -> None:
    if ouverte.debut is None or ouverte.fin is None:
        return
    st.warning("\n\n".join(md(p) for p in ouverte.avertis), icon=":material/event_busy:")
    st.markdown(f"Déplacer quand même : {periode(ouverte.debut, ouverte.fin)} ?")
    with st.container(horizontal=True):
        st.button("Déplacer quand même", type="primary", key="agenda.malgre", on_click=_malgre, args=(ouverte,))
        st.button("Laisser à sa place", key="agenda.laisser", on_click=fermer)


def _malgre(ouverte: Fenetre) -> None:
    if ouverte.debut and ouverte.fin:
        fermer()
        geste = Deplacer(ouverte.reunion_id or 0, ouverte.version, ouverte.debut, ouverte.fin)
        deplacer(geste, vus=ouverte.avertis)
