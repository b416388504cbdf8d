"""The rest of a series, seen from one of its meetings: moved together, or cancelled together."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from models.lists import EtatReunion
from services.agenda import instances, rythmes, suites
from services.agenda.reunions import ReunionVue
from services.agenda.rythmes import Rythme
from services.agenda.suites import Deplacement
from services.commun import listes
from services.socle.brouillons import Formulaire
from services.socle.horloge import maintenant
from services.socle.temps import heure, jour
from services.socle.texte import accord
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import TOUTE_DATE, key, open_form, values
from ui.commun.operations import recentes

_CHAMPS = ("jour", "debut", "fin", "lieu")
DEPLACER, ANNULER = "Déplacer", "Annuler"


def suite_de_la_serie(r: ReunionVue, now: datetime) -> None:
    """What may be done to this meeting and those of its series after it; nothing when it is the last."""
    with reading() as session:
        reste = suites.suite(session, reunion=r)
        rythme = suites.rythme(session, reunion=r)
        lieux = {x.id: x.nom for x in listes.lieux(session)}
    if r.serie_id is not None:
        recentes(suites.DEPLACER, suites.ANNULER)
    if not r.mobile or len(reste) < 2:
        return
    with st.container(border=True, gap="small"):
        st.header(f"La suite de la série : {accord(len(reste), 'réunion')}", anchor=False)
        dates = ", ".join(jour(x.debut.date(), annee_de=now.date()) for x in reste)
        suit = f", {rythme.phrase}" if rythme else ""
        st.caption(f"Celle-ci et les suivantes{suit} : {dates}. Pour celle-ci seule, passez par le calendrier.")
        geste = st.segmented_control(
            "Pour toutes ces réunions", [DEPLACER, ANNULER], key=f"serie.{r.id}.geste", label_visibility="collapsed"
        )
        form = open_form("suite", objet_id=r.id)
        if geste == DEPLACER:
            _deplacer(form, r, lieux, now)
        elif geste == ANNULER:
            _annuler(form, r, reste, now)
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
    if v == depart:
        st.caption("Changez la date, l’heure ou le lieu : chaque réunion suivante montrera ici sa nouvelle date.")
        return
    nouveau, habituel = _rythme(form, r, v["jour"])
    prevu: list[Deplacement] = []
    refus = f"{form.jeton}.demande"
    with refusals(refus), reading() as session:
        prevu = suites.proposer(
            session,
            reunion=r,
            jour=v["jour"],
            heure_debut=v["debut"],
            heure_fin=v["fin"],
            lieu_id=v["lieu"],
            voulu=nouveau,
            now=now,
        )
    for champ in ("jour", "heure_debut", "heure_fin", ""):
        field_error(refus, champ)
    for d in prevu:
        _prevu(d, now)
    n = sum(d.change for d in prevu)
    if n:
        with st.popover("Déplacer la suite…", icon=":material/event_repeat:", type="primary"):
            suivent = f" Elles suivront désormais le {nouveau.phrase.removeprefix('le ')}." if nouveau else ""
            st.markdown(
                f"**{accord(n, 'réunion')} {'changeront' if n > 1 else 'changera'}**, comme ci-dessus.{suivent}"
            )
            st.button(
                f"Déplacer {accord(n, 'réunion')}",
                type="primary",
                key=key(form, "deplacer"),
                on_click=_faire_deplacer,
                args=(form, tuple(prevu), nouveau, habituel),
            )


def _rythme(form: Formulaire, r: ReunionVue, jour_voulu: date | None) -> tuple[Rythme | None, bool]:
    """The rhythm from now on, asked when the day may be said in several ways; and is it the usual one too?"""
    with reading() as session:
        possibles = suites.rythmes_possibles(session, reunion=r, jour=jour_voulu)
        avant = suites.rythme(session, reunion=r)
        instance = instances.get(session, id=r.instance_id) if r.instance_id else None
    if not possibles:
        return None, False
    par_phrase = {x.phrase: x for x in possibles}
    choix = st.segmented_control(
        "Désormais", list(par_phrase), default=possibles[0].phrase, required=True, key=key(form, f"rythme.{jour_voulu}")
    )
    nouveau = par_phrase[choix or possibles[0].phrase]
    habituel = False
    if instance and avant and rythmes.de(instance) == avant:
        habituel = st.checkbox(
            f"C’est aussi le nouveau jour habituel de l’instance (aujourd’hui : {avant.phrase})",
            key=key(form, "habituel"),
        )
    return nouveau, habituel


def _prevu(d: Deplacement, now: datetime) -> None:
    today = now.date()
    avant = f"{jour(d.reunion.debut.date(), annee_de=today)}, {heure(d.reunion.debut)}"
    if d.impossible:
        st.markdown(f"{avant} :red-badge[:material/block: {md(d.impossible)}]")
    elif not d.change:
        st.markdown(f"{avant} :gray-badge[{d.reste or 'inchangée'}]")
    else:
        st.markdown(f":gray[{avant}] → **{jour(d.debut.date(), annee_de=today)}, {heure(d.debut)} – {heure(d.fin)}**")
    if d.change and d.reste:
        st.caption(d.reste)
    for avis in d.avis:
        st.caption(f":material/warning: {md(avis)}")
    if d.ecarts:
        ecartees = " ; ".join(e.phrase(annee_de=today) for e in d.ecarts)
        st.caption(f":material/event_busy: Écartée{'s' if len(d.ecarts) > 1 else ''} : {md(ecartees)}")


def _faire_deplacer(form: Formulaire, prevu: tuple[Deplacement, ...], nouveau: Rythme | None, habituel: bool) -> None:
    n = 0
    with refusals(form.jeton), writing() as (session, by):
        n = suites.deplacer(
            session,
            deplacements=prevu,
            nouveau=nouveau,
            habituel=habituel,
            jeton=form.jeton,
            now=maintenant(),
            by=by,
        )
    if n:
        announce(f"{accord(n, 'réunion')} déplacée{'s' if n > 1 else ''}. Réservez de nouveau la salle.")
        _prevenir([d.reunion for d in prevu if d.change])


def _annuler(form: Formulaire, r: ReunionVue, reste: Sequence[ReunionVue], now: datetime) -> None:
    n = accord(len(reste), "réunion")
    au = f", jusqu’au {jour(reste[-1].debut.date(), annee_de=now.date())}"
    with st.popover("Annuler la suite…", icon=":material/event_busy:"), st.form(key(form, "annuler"), border=False):
        st.markdown(f"**{n} {'seront annulées' if len(reste) > 1 else 'sera annulée'}**{au}.")
        st.text_input(
            "Motif", key=key(form, "motif"), placeholder="Par exemple : instance suspendue jusqu’à la rentrée"
        )
        field_error(form.jeton, "motif")
        st.form_submit_button(f"Annuler {n}", on_click=_faire_annuler, args=(form, tuple(reste)))


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
