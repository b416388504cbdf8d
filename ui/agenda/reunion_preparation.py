"""The preparation of a meeting: its room, the steps of its échéancier, its ordre du jour."""

from datetime import date, datetime

import streamlit as st

from models.lists import ETATS_REUNION_SANS_SUITE, EtatSalle
from services.agenda import jalons, ordre_du_jour, salles
from services.agenda.jalons import Jalon
from services.agenda.ordre_du_jour import OrdreDuJour
from services.agenda.reunions import ReunionVue
from services.convocation import reponses
from services.socle.acteur import Acteur, Droit
from services.socle.temps import jour, jours_de_retard, retard
from services.socle.texte import accord
from ui.agenda.dialogues import COULEUR_SALLE
from ui.agenda.reunion_serie import suite_de_la_serie
from ui.commun.access import reading, writing
from ui.commun.feedback import field_error, md, named, refusals
from ui.commun.formulaire import on_screen
from ui.commun.navigation import page_path


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen."""
    ecrire, today = agent.peut(Droit.ECRIRE), now.date()
    with reading() as session:
        etapes = jalons.de_la_reunion(session, reunion=r)
        ordre = ordre_du_jour.lire(session, reunion=r, today=today)
        salle = salles.du_lieu(session, lieu_id=r.lieu_id) if r.lieu_id else None
        capacite = salle.capacite if salle else None
        appeles = reponses.comptes(session, reunion_ids=[r.id], today=today)[r.id].appeles if capacite else 0
    with st.grid(2, min_column_width=420, gap="medium"):
        gauche, droite = st.container(gap="medium"), st.container(gap="medium")
    with gauche:
        with st.container(border=True, gap="small"):
            _salle(r, salle, appeles, ecrire=ecrire and r.mobile)
        with st.container(border=True, gap="small"):
            _echeancier(r, etapes, today, ecrire=ecrire and r.etat not in ETATS_REUNION_SANS_SUITE)
    with droite, st.container(border=True, gap="small"):
        _ordre_du_jour(r, ordre, today, ecrire=ecrire)
    if ecrire:
        suite_de_la_serie(r, now)


# --- the room ------------------------------------------------------------------------------------------------------


def _salle(r: ReunionVue, salle: salles.Salle | None, convies: int, *, ecrire: bool) -> None:
    st.header("Salle", anchor=False)
    if salle is None:
        st.caption("Le lieu n’est pas encore choisi. Ouvrez la réunion dans le calendrier, puis « Modifier ».")
        st.page_link(
            page_path("agenda/calendrier.py"),
            label="Choisir le lieu dans le calendrier",
            icon=":material/location_on:",
            query_params={"vue": "Jour", "jour": r.debut.date().isoformat()},
        )
        return
    places = f" · {accord(salle.capacite, 'place')}" if salle.capacite else ""
    adresse = f" · {md(salle.adresse)}" if salle.adresse else ""
    trop = ""
    if salle.capacite and convies > salle.capacite:
        trop = f" :orange-badge[:material/warning: {accord(convies, 'destinataire')} à convoquer : trop petit]"
    st.markdown(f"**{md(salle.nom)}**{adresse}{places}{trop}")
    cle = f"salle.{r.id}"
    if ecrire:
        st.session_state[cle] = r.salle  # what the base holds, a colleague's choice too
        st.segmented_control(
            "État de la salle",
            list(EtatSalle),
            format_func=lambda e: e.libelle,
            required=True,
            key=cle,
            label_visibility="collapsed",
            on_change=_noter_salle,
            args=(r,),
        )
        field_error(cle, "salle")
        field_error(cle, "")
    else:
        st.badge(r.salle.libelle, color=COULEUR_SALLE[r.salle])
    qui = [
        f":material/person: {md(salle.contact)}" if salle.contact else "",
        f":material/call: {md(salle.telephone)}" if salle.telephone else "",
        f":material/mail: {md(salle.courriel)}" if salle.courriel else "",
    ]
    if any(qui):
        st.markdown("  \n".join(x for x in qui if x))
    else:
        st.page_link(
            page_path("administration/listes.py"),
            label="Noter qui contacter pour cette salle",
            icon=":material/contact_phone:",
            query_params={"liste": "Lieux"},
            disabled=not ecrire,
        )


def _noter_salle(r: ReunionVue) -> None:
    cle = f"salle.{r.id}"
    voulu = on_screen().get(cle) or r.salle
    with refusals(cle), writing() as (session, by):
        salles.noter(session, id=r.id, salle=EtatSalle(voulu), version=r.version, by=by)


# --- the steps -----------------------------------------------------------------------------------------------------


def _echeancier(r: ReunionVue, etapes: list[Jalon], today: date, *, ecrire: bool) -> None:
    faites = sum(not e.ouvert for e in etapes)
    suite = f" :gray[:small[{faites} sur {len(etapes)}]]" if etapes else ""
    st.header(f"Échéancier{suite}", anchor=False)
    if not etapes:
        st.caption("Ce type de réunion n’a pas d’étapes. Elles se règlent dans « Listes », « Étapes des réunions ».")
        return
    for e in etapes:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_texte(e, today), width="stretch")
            if ecrire and not e.de_lui_meme:
                _gestes(r, e, today)
    field_error(f"jalons.{r.id}", "")


def _texte(e: Jalon, today: date) -> str:
    quand = jour(e.limite, annee_de=today)
    if e.sans_objet:
        return f":gray[:material/do_not_disturb_on: ~~{md(e.libelle)}~~] :gray-badge[sans objet]"
    if e.fait:
        le = f"le {jour(e.fait_le, annee_de=today)}" if e.fait_le else "fait"
        return f":green[:material/check_circle:] {md(e.libelle)} :green-badge[{le}]"
    if e.en_retard(today):
        return f":red[:material/schedule:] {md(e.libelle)} :red-badge[{retard(e.limite, today)}]"
    if (e.limite - today).days <= 7:
        dans = "aujourd’hui" if e.limite == today else quand
        return f":orange[:material/radio_button_unchecked:] {md(e.libelle)} :orange-badge[{dans}]"
    return f":gray[:material/radio_button_unchecked:] {md(e.libelle)} :gray[:small[{quand}]]"


def _gestes(r: ReunionVue, e: Jalon, today: date) -> None:
    """Tick, say it is not needed, open again; each button says of which step to those who listen."""
    cle = f"jalon.{r.id}.{e.type_id}"
    if not e.ouvert:
        rouvrir = named("Rouvrir", e.libelle)
        st.button(rouvrir, type="tertiary", key=f"{cle}.o", on_click=_cocher, args=(r, e, today, "o"))
        return
    st.button(named("Fait", e.libelle), key=f"{cle}.f", on_click=_cocher, args=(r, e, today, "f"))
    st.button(
        f"Sans objet : {md(e.libelle)}",
        icon=":material/do_not_disturb_on:",
        type="tertiary",
        help="Sans objet pour cette réunion",
        key=f"icone.{cle}.s",
        on_click=_cocher,
        args=(r, e, today, "s"),
    )


def _cocher(r: ReunionVue, e: Jalon, today: date, geste: str) -> None:
    with refusals(f"jalons.{r.id}"), writing() as (session, by):
        jalons.cocher(
            session,
            reunion_id=r.id,
            type_id=e.type_id,
            fait=geste == "f",
            sans_objet=geste == "s",
            today=today,
            by=by,
        )


# --- what the meeting goes through ---------------------------------------------------------------------------------


def _ordre_du_jour(r: ReunionVue, ordre: OrdreDuJour, today: date, *, ecrire: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Ordre du jour", anchor=False, width="stretch")
        if ecrire and r.instance_id and not r.ecrite:
            st.page_link(page_path("aujourdhui/a_inscrire.py"), label="Ajouter un point", icon=":material/post_add:")
    if r.instance_id is None:
        st.caption("Cette réunion n’a pas d’instance : ni actions à suivre, ni points à inscrire.")
        return
    if r.ecrite:
        st.caption("Tel qu’il était au début de la réunion. Ce qui s’y est dit est dans son relevé.")
    n = len(ordre.suites)
    st.markdown(
        f"**1. Suites des réunions précédentes** :gray[:small[{accord(n, 'action') if n else 'aucune action'}]]"
    )
    for a in ordre.suites:
        tard = f":red-badge[{jours_de_retard(a.retard_jours)}]" if a.retard_jours else ""
        echeance = f":gray[:small[{md(a.pilote)} · {jour(a.echeance, annee_de=today)}]]"
        st.markdown(f"- {md(a.quoi)} {echeance} {tard}")
    for rang, p in enumerate(ordre.points, 2):
        ou = " · ".join(t for t in (p.quartier, p.lieu) if t)
        st.markdown(f"**{rang}. {md(p.theme)}** :gray[:small[{md(ou)}]]")
        if p.note:
            st.caption(md(p.note))
    if not ordre.points and not r.ecrite:
        st.caption("Les points à inscrire de l’instance viendront ici, à la suite, jusqu’à la réunion.")
