"""The rest of a series, seen from one of its meetings: moved together, or cancelled together."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from models.lists import EtatReunion
from services import listes, suites
from services.brouillons import Formulaire
from services.horloge import maintenant
from services.reunions import ReunionVue
from services.suites import Deplacement
from services.temps import heure, jour
from services.texte import accord
from ui.access import reading, writing
from ui.feedback import announce, field_error, md, refusals, refused
from ui.formulaire import TOUTE_DATE, key, open_form, values

_CHAMPS = ("jour", "debut", "fin", "lieu")
DEPLACER, ANNULER = "Déplacer", "Annuler"


def suite_de_la_serie(r: ReunionVue, now: datetime) -> None:
    """What may be done to this meeting and those of its series after it; nothing when it is the last."""
    with reading() as session:
        reste = suites.suite(session, reunion=r)
        lieux = {x.id: x.nom for x in listes.lieux(session)}
    if not r.mobile or len(reste) < 2:
        return
    with st.container(border=True, gap="small"):
        st.header(f"La suite de la série : {accord(len(reste), 'réunion')}", anchor=False)
        dates = ", ".join(jour(x.debut.date(), annee_de=now.date()) for x in reste)
        st.caption(f"Celle-ci et les suivantes : {dates}. Pour celle-ci seule, passez par le calendrier.")
        geste = st.segmented_control(
            "Pour toutes ces réunions", [DEPLACER, ANNULER], key=f"serie.{r.id}.geste", label_visibility="collapsed"
        )
        form = open_form("suite", objet_id=r.id)
        if geste == DEPLACER:
            _deplacer(form, r, lieux, now)
        elif geste == ANNULER:
            _annuler(form, r, reste)
        field_error(form.jeton, "")


def _deplacer(form: Formulaire, r: ReunionVue, lieux: dict[int, str], now: datetime) -> None:
    depart = {"jour": r.debut.date(), "debut": r.debut.time(), "fin": r.fin.time(), "lieu": r.lieu_id}
    for champ, valeur in depart.items():
        st.session_state.setdefault(key(form, champ), valeur)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.date_input("Nouvelle date de celle-ci", key=key(form, "jour"), width=170, **TOUTE_DATE)
        st.time_input("Début", value=None, key=key(form, "debut"), width=120)
        st.time_input("Fin", value=None, key=key(form, "fin"), width=120)
        if r.lieu_id and r.lieu_id not in lieux:
            lieux = lieux | {r.lieu_id: r.lieu}
        st.selectbox(
            "Lieu",
            list(lieux),
            index=None,
            format_func=lambda i: lieux.get(i, "?"),
            key=key(form, "lieu"),
            placeholder="À fixer",
            filter_mode="contains",
            width=260,
        )
    v = values(form, *_CHAMPS)
    prevu: list[Deplacement] = []
    refus = f"{form.jeton}.demande"
    if v == depart:
        st.caption("Changez la date, l’heure ou le lieu : chaque réunion suivante montrera ici sa nouvelle date.")
        return
    with refusals(refus), reading() as session:
        prevu = suites.proposer(
            session,
            reunion=r,
            jour=v["jour"],
            heure_debut=v["debut"],
            heure_fin=v["fin"],
            lieu_id=v["lieu"],
            now=now,
        )
    for champ in ("jour", "heure_debut", "heure_fin", ""):
        field_error(refus, champ)
    for d in prevu:
        _prevu(d, now)
    bougent = [d for d in prevu if not d.impossible]
    if bougent:
        st.button(
            f"Déplacer {accord(len(bougent), 'réunion')}",
            type="primary",
            icon=":material/event_repeat:",
            key=key(form, "deplacer"),
            on_click=_faire_deplacer,
            args=(form, tuple(bougent)),
        )


def _prevu(d: Deplacement, now: datetime) -> None:
    today = now.date()
    avant = f"{jour(d.reunion.debut.date(), annee_de=today)}, {heure(d.reunion.debut)}"
    if d.impossible:
        st.markdown(f"{avant} :red-badge[:material/block: {d.impossible}]")
    else:
        st.markdown(f":gray[{avant}] → **{jour(d.debut.date(), annee_de=today)}, {heure(d.debut)} – {heure(d.fin)}**")
    if d.ecarts:
        ecartees = " ; ".join(e.phrase(annee_de=today) for e in d.ecarts)
        st.caption(f":material/event_busy: Écartée{'s' if len(d.ecarts) > 1 else ''} : {md(ecartees)}")


def _faire_deplacer(form: Formulaire, prevu: tuple[Deplacement, ...]) -> None:
    with refusals(form.jeton), writing() as (session, by):
        suites.deplacer(session, deplacements=prevu, jeton=form.jeton, now=maintenant(), by=by)
    if not refused(form.jeton).erreurs:
        announce(
            f"{accord(len(prevu), 'réunion')} déplacée{'s' if len(prevu) > 1 else ''}. Réservez de nouveau la salle."
        )
        _prevenir([d.reunion for d in prevu])


def _annuler(form: Formulaire, r: ReunionVue, reste: Sequence[ReunionVue]) -> None:
    with st.form(key(form, "annuler"), border=False):
        st.text_input(
            "Motif", key=key(form, "motif"), placeholder="Par exemple : instance suspendue jusqu’à la rentrée"
        )
        field_error(form.jeton, "motif")
        st.form_submit_button(
            f"Annuler {accord(len(reste), 'réunion')}",
            icon=":material/event_busy:",
            on_click=_faire_annuler,
            args=(form, tuple(reste)),
        )


def _faire_annuler(form: Formulaire, reste: tuple[ReunionVue, ...]) -> None:
    motif = str(values(form, "motif")["motif"] or "")
    with refusals(form.jeton), writing() as (session, by):
        suites.annuler(session, versions={x.id: x.version for x in reste}, motif=motif, jeton=form.jeton, by=by)
    if not refused(form.jeton).erreurs:
        announce(f"{accord(len(reste), 'réunion')} annulée{'s' if len(reste) > 1 else ''}.")
        _prevenir(reste)


def _prevenir(touchees: Sequence[ReunionVue]) -> None:
    if any(x.etat is EtatReunion.CONVOQUEE for x in touchees):
        announce("Des partenaires sont déjà convoqués : prévenez-les.", icon=":material/campaign:")
