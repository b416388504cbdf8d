"""The quick entry of a week of séances: one row for each class that waits, one more at the end; saved all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from services.projets import seances, semaines
from services.projets.classes import ClasseVue
from services.projets.creneaux import CONFIRMER, LigneSeance, SeanceVue
from services.projets.participations import ParticipationVue, bornes
from services.projets.seances import APRES_MIDI, MATIN
from services.socle import conges
from services.socle.brouillons import Formulaire
from services.socle.horloge import utcnow
from services.socle.temps import JOURS_COURTS, moment
from services.socle.texte import accord
from ui.commun import question
from ui.commun.access import writing
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import TOUTE_DATE, kept, key, on_screen, open_form, values
from ui.commun.operations import recentes
from ui.projets.couverture import structures_offertes

DEMI = {"Matin": MATIN, "Après-midi": APRES_MIDI}


@dataclass(frozen=True)
class Rang:
    """A row: of a class that waits for its séance, or (None) of one to choose."""

    cle: str
    classe: ClasseVue | None


def lundi_de(le: date | None, annee: int, today: date) -> date:
    """The Monday of that day; by default that of the coming week, within the school year."""
    premier, dernier = bornes(annee)
    le = le or min(max(today + timedelta(days=7), premier), dernier)
    return le - timedelta(days=le.weekday())


def rangs(form: Formulaire, classes: Sequence[ClasseVue]) -> list[Rang]:
    """The classes without séance (one being filled in stays), then those chosen, and an empty row."""
    etat = on_screen()
    lignes = [Rang(f"c{c.id}", c) for c in classes if not c.seances or etat.get(key(form, f"c{c.id}.jour")) is not None]
    n = 0
    while etat.get(key(form, f"x{n}.classe")) is not None:
        lignes.append(Rang(f"x{n}", None))
        n += 1
    return [*lignes, Rang(f"x{n}", None)]


def _lignes(
    form: Formulaire, etat: dict[str, Any], lundi: date, rangs: Sequence[Rang], classes: Sequence[ClasseVue]
) -> list[LigneSeance]:
    """The séances that the rows ask for: those whose day is chosen."""

    def lu(champ: str, defaut: Any = None) -> Any:
        valeur = etat.get(key(form, champ))
        return defaut if valeur in (None, "", []) else valeur

    effectifs = {c.id: c.effectif for c in classes}
    lignes = []
    for r in rangs:
        rang = lu(f"{r.cle}.jour")
        if rang is None:
            continue
        classe_id = r.classe.id if r.classe else lu(f"{r.cle}.classe")
        demi = lu(f"{r.cle}.demi", "Matin")
        attendus = key(form, f"{r.cle}.attendus.{classe_id}")
        lignes.append(
            LigneSeance(
                cle=r.cle,
                classe_id=classe_id,
                debut=datetime.combine(lundi + timedelta(days=rang), lu(f"{r.cle}.debut.{demi}", DEMI[demi])),
                salle=lu(f"{r.cle}.salle", lu("salle", "")),
                attendus=etat.get(attendus, effectifs.get(classe_id)),
                structures=lu(f"{r.cle}.structures", lu("structures", [])),
            )
        )
    return lignes


def demandees(form: Formulaire, rangs: Sequence[Rang]) -> int:
    """How many séances the rows ask for."""
    etat = on_screen()
    return sum(etat.get(key(form, f"{r.cle}.jour")) is not None for r in rangs)


def enregistrer(
    form: Formulaire,
    p: ParticipationVue,
    rangs: Sequence[Rang],
    classes: Sequence[ClasseVue],
    today: date,
    confirme: bool = False,
) -> None:
    """In a callback: all the rows, or none."""
    etat = on_screen()
    lignes = _lignes(form, etat, lundi_de(etat.get("semaine"), p.annee, today), rangs, classes)
    with refusals(form.jeton), writing() as (session, by):
        seances.creer_semaine(session, participation_id=p.id, lignes=lignes, confirme=confirme, jeton=form.jeton, by=by)
    if not refused(form.jeton).erreurs:
        pluriel = "s" if len(lignes) > 1 else ""
        announce(f"{accord(len(lignes), 'séance')} enregistrée{pluriel}.")


# --- what is drawn ---------------------------------------------------------------------------------------------------


def deja(prevues: Sequence[SeanceVue], lundi: date) -> None:
    """What that week holds already, and its days off."""
    debut, fin = lundi, lundi + timedelta(days=7)
    for s in prevues:
        if debut <= s.debut.date() < fin:
            st.caption(f"Déjà là : {moment(s.debut)} · {md(s.classe)} · {s.etat.libelle.lower()}")
    for periode in conges.entre(debut, fin):
        nom = f"{periode.nom} (zone {conges.ZONE})" if periode.genre is conges.Genre.VACANCES else periode.nom
        st.markdown(f":orange[:material/beach_access: Semaine avec des jours sans classe : {md(nom)}]")


def _deplacer(
    form: Formulaire, p: ParticipationVue, siennes: Sequence[SeanceVue], lundi: date, confirme: bool = False
) -> None:
    vers = values(form, "vers")["vers"]
    n = 0
    with refusals(form.jeton), writing() as (session, by):
        n = semaines.deplacer(
            session,
            participation_id=p.id,
            versions={s.id: s.version for s in siennes},
            de=lundi,
            vers=vers,
            confirme=confirme,
            jeton=form.jeton,
            now=utcnow(),
            by=by,
        )
    if n:
        st.session_state["semaine"] = vers


def deplacer(p: ParticipationVue, prevues: Sequence[SeanceVue], lundi: date) -> None:
    """Move what is to come in that week to another one; what was just moved, with its undo."""
    recentes(semaines.ACTE)
    siennes = semaines.a_deplacer(prevues, lundi)
    if not siennes:
        return
    form = open_form("semaine_deplacee", objet_id=p.id)
    erreurs = refused(form.jeton).erreurs
    with st.expander(
        f"Déplacer {accord(len(siennes), 'séance')} vers une autre semaine",
        icon=":material/move_item:",
        expanded=bool(erreurs),
    ):
        st.caption("Mêmes jours, mêmes heures. Les séances déjà faites, reportées ou annulées ne bougent pas.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input("Un jour de la nouvelle semaine", key=key(form, "vers"), width=200, **TOUTE_DATE)
            st.button(
                f"Déplacer {accord(len(siennes), 'séance')}",
                key=key(form, "deplacer"),
                on_click=_deplacer,
                args=(form, p, siennes, lundi),
            )
            if CONFIRMER in erreurs:
                st.button(
                    "Déplacer quand même",
                    key=key(form, "forcer"),
                    on_click=_deplacer,
                    args=(form, p, siennes, lundi, True),
                )
        noms = {f"s{s.id}": f"{s.classe}, {moment(s.debut)} : " for s in siennes}
        for champ, phrase in erreurs.items():
            st.markdown(f":small[:red[:material/error: {md(noms.get(champ.partition('.')[0], '') + phrase)}]]")


def _choisies(form: Formulaire, rangs: Sequence[Rang]) -> set[int]:
    """The structures chosen anywhere on screen."""
    etat = on_screen()
    champs = ["structures", *(f"{r.cle}.structures" for r in rangs)]
    return {i for champ in champs for i in etat.get(key(form, champ)) or []}


def communs(form: Formulaire, college_id: int, rangs: Sequence[Rang], salle: str) -> dict[int, str]:
    """What all the rows take unless they say otherwise; returns the structures that rows choose from."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Salle, pour toutes", value=salle, key=key(form, "salle"), placeholder="CDI, salle 12…", width=180
        )
        place = st.container(width="stretch")
        offertes = structures_offertes(college_id, _choisies(form, rangs), key=key(form, "cherche"))
        with place:
            _structures("Structures animatrices, pour toutes", form, "structures", offertes, "Choisir les structures")
    return offertes


def rang(form: Formulaire, r: Rang, classes: Sequence[ClasseVue], offertes: dict[int, str]) -> None:
    """A row: class, day, half-day and hour; then pupils, room, structures."""
    noms = {c.id: c for c in classes}
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if r.classe:
                classe: ClasseVue | None = r.classe
                st.markdown(f"**{md(r.classe.nom)}**", width=140)
            else:
                choisie = st.selectbox(
                    "Classe",
                    list(noms),
                    index=None,
                    format_func=lambda i: noms[i].nom,
                    **kept(form, f"{r.cle}.classe", noms),
                    placeholder="Autre séance…",
                    label_visibility="collapsed",
                    width=140,
                )
                classe = noms.get(choisie or 0)
            nom = classe.nom if classe else "autre séance"
            st.segmented_control(
                f"Jour, {md(nom)}",
                range(5),
                # Without their dates: a click sends the words clicked, which another week would no longer hold.
                format_func=JOURS_COURTS.__getitem__,
                **kept(form, f"{r.cle}.jour", range(5)),
                label_visibility="collapsed",
            )
            demi = st.segmented_control(
                f"Demi-journée, {md(nom)}",
                list(DEMI),
                default="Matin",
                required=True,
                **kept(form, f"{r.cle}.demi", list(DEMI)),
                label_visibility="collapsed",
            )
            demi = demi or "Matin"
            st.time_input(
                f"Début, {md(nom)}",
                value=DEMI[demi],
                **kept(form, f"{r.cle}.debut.{demi}"),  # each half-day has its own usual hour
                label_visibility="collapsed",
                width=100,
            )
        for champ in ("classe", "debut", "fin"):
            field_error(form.jeton, f"{r.cle}.{champ}")
        if classe:
            _accueil(form, r.cle, classe, offertes)


def _accueil(form: Formulaire, cle: str, classe: ClasseVue, offertes: dict[int, str]) -> None:
    """How many pupils, which room, which structures."""
    nom = md(classe.nom)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.number_input(
            f"Élèves attendus, {nom}",
            value=classe.effectif,
            step=1,
            format="%d",
            key=key(form, f"{cle}.attendus.{classe.id}"),
            placeholder="Élèves",
            label_visibility="collapsed",
            width=140,
        )
        st.text_input(
            f"Salle, {nom}",
            key=key(form, f"{cle}.salle"),
            placeholder="Autre salle",
            label_visibility="collapsed",
            width=160,
        )
        _structures(
            f"Structures, {nom}",
            form,
            f"{cle}.structures",
            offertes,
            "Autres structures",
            label_visibility="collapsed",
        )
    for champ in ("attendus", "salle", "structures"):
        field_error(form.jeton, f"{cle}.{champ}")


def _structures(
    label: str, form: Formulaire, champ: str, offertes: dict[int, str], placeholder: str, **options: Any
) -> None:
    st.multiselect(
        label,
        list(offertes),
        format_func=lambda i: offertes[i],
        **kept(form, champ, offertes),
        placeholder=placeholder,
        select_all=False,
        **options,
    )


def bouton(
    form: Formulaire, p: ParticipationVue, rangs: Sequence[Rang], classes: Sequence[ClasseVue], today: date
) -> None:
    """One button, which says how many séances it saves; after a warning, another that saves all the same."""
    n = demandees(form, rangs)
    field_error(form.jeton, "")
    field_error(form.jeton, CONFIRMER)
    with st.container(horizontal=True):
        question.bouton(
            f"Enregistrer {accord(n, 'séance')}" if n else "Enregistrer",
            f"Enregistrer {accord(n, 'séance')} ?",
            question.DANS_LE_JOURNAL,
            enregistrer,
            (form, p, rangs, classes, today),
            si=n > question.BEAUCOUP,
            type="primary",
            key=key(form, "enregistrer"),
        )
        if CONFIRMER in refused(form.jeton).erreurs:
            st.button(
                "Enregistrer quand même",
                key=key(form, "forcer"),
                on_click=enregistrer,
                args=(form, p, rangs, classes, today, True),
            )
