"""The assistant that plans several meetings: what is asked, the dates proposed (each may be changed), then all at
once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

import streamlit as st
from sqlmodel import Session

from models.lists import JOURS, TypeReunion
from services.agenda import rythmes, series
from services.agenda.instances import InstanceVue
from services.agenda.obstacles import Creneau, Obstacle
from services.agenda.series import Ligne, Proposition, Soirees
from services.socle import conges, periodes
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.horloge import maintenant
from services.socle.temps import heure, jour
from services.socle.texte import accord
from ui.agenda.evenements import DERNIER, PREMIER
from ui.commun import question
from ui.commun.access import reading, writing
from ui.commun.adresse import aller, inconnu, lu, un_id, un_jour
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import TOUTE_DATE, kept, key, on_screen, repris, values

SOIREES, RYTHME = "Une date pour chacune, en soirée", "Selon le rythme de chacune"
CHAMPS = ("instances", "mode", "debut", "fin", "jours", "heure_debut", "heure_fin", "lieu")
DELAI = timedelta(days=21)  # time to book a room and to convene
SANS_QUESTION = 6  # a semestre of cellules, all seen on one screen: the number on the button is enough
_UN_JOUR = un_jour(PREMIER, DERNIER)
_SANS_DATE = ":orange-badge[:material/event_busy: sans date]"


@dataclass(frozen=True)
class Depart:
    """What the address asks for: instances, and the first and last day."""

    instances: list[int]
    debut: date | None
    fin: date | None

    @property
    def formulaire(self) -> str:
        """The name of the form that it opens: asked for from elsewhere, it is not what was filled in then."""
        return f"serie{crc32(repr(self).encode()):08x}"


def depart() -> Depart:
    """The address, as far as it can be read."""
    ids = [i for i in map(un_id, lu("instances").split(",")) if i][:200]
    bornes = {nom: date.fromisoformat(lu(nom)) if _UN_JOUR(lu(nom)) else None for nom in ("debut", "fin")}
    for nom in (n for n, le in bornes.items() if lu(n) and le is None):
        inconnu(nom, f"« {lu(nom)} »")
    return Depart(ids, **bornes)


def premier_jour(voulu: date | None, fin: date, today: date) -> date:
    """Where the search begins: in three weeks; sooner if nothing is left then, or holidays alone."""
    dans_trois_semaines = max(voulu or today, today + DELAI)
    if conges.jour_possible(dans_trois_semaines, fin):
        return dans_trois_semaines
    return min(max(voulu or today, today + timedelta(days=1)), fin)


def preparer(form: Formulaire, voulu: Depart, toutes: dict[int, InstanceVue], today: date) -> None:
    """Fill the fields of a form just opened: what the address says, else the rest of this semestre."""
    choisies = [toutes[i] for i in voulu.instances if i in toutes]
    if lu("instances") and len(choisies) < len(lu("instances").split(",")):
        inconnu("instances", "une instance")
    habituels = sorted({i.jour for i in choisies if i.jour is not None})
    heures = next(((i.heure_debut, i.heure_fin) for i in choisies if i.heure_debut and i.heure_fin), None)
    rythmees = [i for i in choisies if i.jour is not None and i.type is not TypeReunion.CELLULE]
    semestre = periodes.semestre(today + 2 * DELAI)
    valeurs: dict[str, Any] = {
        "instances": [i.id for i in choisies],
        "mode": RYTHME if rythmees else SOIREES,
        "debut": premier_jour(voulu.debut, voulu.fin or semestre.dernier, today),
        "fin": voulu.fin or semestre.dernier,
        "jours": [JOURS[j] for j in habituels or (1, 3)],
        "heure_debut": heures[0] if heures else time(18),
        "heure_fin": heures[1] if heures else time(20),
        "lieu": None,
    }
    for champ, valeur in valeurs.items():
        st.session_state.setdefault(key(form, champ), valeur)


def proposer(session: Session, form: Formulaire, now: datetime) -> Proposition | None:
    """The dates that what stands in the fields gives; None when one of them is wrong (said beside it)."""
    v = values(form, *CHAMPS)
    proposition = None
    if not v["instances"]:
        return None
    with refusals(_demande(form)):
        if not v["debut"] or not v["fin"]:
            raise Invalid({"debut" if not v["debut"] else "fin": "Choisissez la période."})
        commun = {"instance_ids": v["instances"] or [], "debut": v["debut"], "fin": v["fin"], "now": now}
        if v["mode"] == RYTHME:
            proposition = series.selon_rythme(session, **commun)
        else:
            jours = tuple(JOURS.index(j) for j in v["jours"] or ())
            soirees = Soirees(jours, v["heure_debut"], v["heure_fin"], v["lieu"])
            proposition = series.en_soirees(session, soirees=soirees, **commun)
    return proposition


def _demande(form: Formulaire) -> str:
    return f"{form.jeton}.demande"


# --- what is asked -------------------------------------------------------------------------------------------------


def demander(form: Formulaire, toutes: dict[int, InstanceVue], lieux: dict[int, str]) -> None:
    """The fields: which instances, when, on which evenings."""
    refus = _demande(form)
    repris(form)
    with st.container(border=True, gap="small"):
        st.multiselect(
            "Instances",
            list(toutes),
            format_func=lambda i: toutes[i].nom if i in toutes else "?",
            **kept(form, "instances", toutes),
            placeholder="Choisir une ou plusieurs instances",
            filter_mode="contains",
        )
        field_error(refus, "instances")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            mode = st.segmented_control(
                "Comment choisir les dates", [SOIREES, RYTHME], required=True, wrap=True, **kept(form, "mode")
            )
            st.date_input("Du", **kept(form, "debut"), width=150, **TOUTE_DATE)
            st.date_input("Au", **kept(form, "fin"), width=150, **TOUTE_DATE)
        field_error(refus, "debut")
        field_error(refus, "fin")
        if mode == RYTHME:
            choisies = values(form, "instances")["instances"] or []
            phrases = {rythmes.de(toutes[i]).phrase or "sans jour habituel" for i in choisies if i in toutes}
            if phrases:
                st.caption(f"Rythme : {md(', '.join(sorted(phrases)))}. Il se règle dans la fiche de l’instance.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.pills("Jours", list(JOURS), selection_mode="multi", **kept(form, "jours"), wrap=True)
            st.time_input("Début", value=None, **kept(form, "heure_debut"), width=120)
            st.time_input("Fin", value=None, **kept(form, "heure_fin"), width=120)
            st.selectbox(
                "Lieu",
                list(lieux),
                index=None,
                format_func=lambda i: lieux.get(i, "?"),
                **kept(form, "lieu", lieux),
                placeholder="Le lieu habituel de chacune",
                filter_mode="contains",
                width=260,
            )
        for champ in ("jours", "heure_debut", "heure_fin"):
            field_error(refus, champ)


# --- what is proposed ----------------------------------------------------------------------------------------------


def _nom(ligne: Ligne, champ: str) -> str:
    return f"{champ}.{ligne.instance_id}.{ligne.debut:%Y%m%d%H%M}.{ligne.fin:%H%M}.{ligne.lieu_id or 0}"


def _cle(form: Formulaire, ligne: Ligne, champ: str) -> str:
    return key(form, _nom(ligne, champ))


def _sur_ecran(form: Formulaire, lignes: Sequence[Ligne], etat: dict[str, Any]) -> list[tuple[Ligne, Creneau | None]]:
    """Each line, with where it stands now: None once unticked, its date or its hour emptied. Its length is kept."""
    sortie: list[tuple[Ligne, Creneau | None]] = []
    for ligne in lignes:
        garde = etat.get(_cle(form, ligne, "garde"), True)
        jour_voulu = etat.get(_cle(form, ligne, "date"), ligne.debut.date())
        heure_voulue = etat.get(_cle(form, ligne, "heure"), ligne.debut.time())
        creneau = None
        if garde and jour_voulu is not None and heure_voulue is not None:
            debut = datetime.combine(jour_voulu, heure_voulue)
            creneau = replace(ligne.creneau, debut=debut, fin=debut + (ligne.fin - ligne.debut))
        sortie.append((ligne, creneau))
    return sortie


def apercu(form: Formulaire, proposition: Proposition, now: datetime) -> None:
    """The dates, each with what stands against it; and one button that creates them."""
    montrees = _sur_ecran(form, proposition.lignes, on_screen())
    gardees = [c for _, c in montrees if c]
    with reading() as session:
        constats = iter(series.verifier(session, creneaux=gardees, now=now))
    par_ligne: list[tuple[Ligne, Creneau | None, list[Obstacle]]] = [
        (ligne, c, next(constats) if c else []) for ligne, c in montrees
    ]
    vus = tuple({o.phrase for _, _, obstacles in par_ligne for o in obstacles})
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(
            f"{accord(len(proposition.lignes), 'date')} proposée{_s(proposition.lignes)}", anchor=False, width="stretch"
        )
        n = accord(len(gardees), "réunion")
        question.bouton(
            f"Créer {n}" if gardees else "Créer les réunions",
            f"Créer {n} ?",
            _suite(gardees, now.date()) if gardees else "",
            _creer,
            (form, proposition.lignes, vus),
            si=len(gardees) > SANS_QUESTION,
            type="primary",
            icon=":material/event_available:",
            key=key(form, "creer"),
            disabled=not gardees,
        )
    field_error(form.jeton, "")
    if proposition.connu:
        st.warning(
            f"Les vacances scolaires ne sont publiées que jusqu’au {proposition.connu:%d/%m/%Y} : au-delà, vérifiez.",
            icon=":material/help:",
        )
    with st.container(border=bool(par_ligne), gap="xsmall"):
        for ligne, creneau, obstacles in par_ligne:
            _ligne(form, ligne, creneau, obstacles, now.date())
    _sans_date(proposition, now.date())


def _suite(creneaux: Sequence[Creneau], today: date) -> str:
    """Pour 27 instances, du … au … Cela s’annule…"""
    du, au = (jour(f(c.debut for c in creneaux).date(), annee_de=today) for f in (min, max))
    combien = accord(len({c.instance_id for c in creneaux}), "instance")
    return f"Pour {combien}, du {du} au {au}. {question.DANS_LE_JOURNAL}"


def _s(lignes: Sequence[Ligne]) -> str:
    return "s" if len(lignes) > 1 else ""


def _ligne(form: Formulaire, ligne: Ligne, creneau: Creneau | None, obstacles: Sequence[Obstacle], today: date) -> None:
    for champ, valeur in (("garde", True), ("date", ligne.debut.date()), ("heure", ligne.debut.time())):
        st.session_state.setdefault(_cle(form, ligne, champ), valeur)
    nom, garde = md(ligne.instance), st.session_state[_cle(form, ligne, "garde")]
    texte = ":gray[ne sera pas créée]"
    if creneau:
        lieu = md(ligne.lieu) if ligne.lieu else "lieu à fixer"
        le = jour(creneau.debut.date(), annee_de=today)
        texte = f"{le}, {heure(creneau.debut)} – {heure(creneau.fin)} :gray[· {lieu}]"
    for o in obstacles:
        badge, icone = ("red", "block") if o.ferme else ("orange", "warning")
        texte += f"  \n:{badge}-badge[:material/{icone}: {md(o.phrase)}]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.checkbox(f"**{nom}**", **kept(form, _nom(ligne, "garde")))
            st.markdown(texte)
        st.date_input(
            f"Date de {nom}",
            **kept(form, _nom(ligne, "date")),
            label_visibility="collapsed",
            width=150,
            disabled=not garde,
            **TOUTE_DATE,
        )
        st.time_input(
            f"Heure de {nom}",
            value=None,
            **kept(form, _nom(ligne, "heure")),
            label_visibility="collapsed",
            width=110,
            disabled=not garde,
        )
    if ligne.ecarts:
        ecartees = " ; ".join(e.phrase(annee_de=today) for e in ligne.ecarts)
        st.caption(f":material/event_busy: Écartée{'s' if len(ligne.ecarts) > 1 else ''} : {md(ecartees)}")


def _sans_date(proposition: Proposition, today: date) -> None:
    for manque in proposition.manques:
        mot = ":blue-badge[:material/event: déjà prévue]" if manque.prevue else _SANS_DATE
        st.markdown(f"{mot} **{md(manque.instance)}** : {md(manque.raison)}")
        if manque.ecarts and manque.raison != " ; ".join(e.phrase() for e in manque.ecarts):
            st.caption(md(" ; ".join(e.phrase(annee_de=today) for e in manque.ecarts)))
    if proposition.ecarts:
        n = len(proposition.ecarts)
        with st.expander(f"{accord(n, 'jour')} écarté{'s' if n > 1 else ''}", icon=":material/event_busy:"):
            st.markdown("\n".join(f"- {md(e.phrase(annee_de=today))}" for e in proposition.ecarts))
    if not proposition.lignes and not proposition.manques:
        st.info("Aucune date possible dans cette période : élargissez-la, ou choisissez d’autres jours.")


# --- creating --------------------------------------------------------------------------------------------------------


def _creer(form: Formulaire, lignes: Sequence[Ligne], vus: tuple[str, ...]) -> None:
    creneaux = [c for _, c in _sur_ecran(form, lignes, on_screen()) if c]
    with refusals(form.jeton), writing() as (session, by):
        series.creer(session, creneaux=creneaux, vus=vus, jeton=form.jeton, now=maintenant(), by=by)
    if not refused(form.jeton).erreurs:
        n = len(creneaux)
        announce(f"{accord(n, 'réunion')} créée{'s' if n > 1 else ''} : à préparer depuis le plan ou le calendrier.")
        aller("agenda/plan.py")
