"""A collège of «13-18»: its note, its classes added in a row, its séances noted in place."""

from datetime import date, datetime, time
from functools import partial
from typing import Any

import streamlit as st

from models.lists import EtatSeance
from services.partenaires import fiches
from services.projets import classes, participations, seances
from services.projets.classes import ClasseVue
from services.projets.creneaux import CONFIRMER, SeanceVue
from services.projets.participations import VIVANTES, ParticipationVue
from services.socle import vigilance
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui
from services.socle.temps import heure, moment
from services.socle.texte import accord
from ui.commun.access import reading, writing
from ui.commun.adresse import aller, fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import key, on_screen, open_form, repris, values
from ui.projets.couverture import COULEUR_ETAT, ICONE_ETAT, structures_offertes

LIBELLES = {
    "note": "Note",
    "nom": "Classe",
    "effectif": "Effectif",
    "etat": "État",
    "debut": "Début",
    "fin": "Fin",
    "salle": "Salle",
    "attendus": "Élèves attendus",
    "structures": "Structures animatrices",
    "presents": "Présents",
    "motif": "Motif",
}


def _fait(nom: str, phrase: str) -> None:
    """After a command: if it went through, say so and close its form."""
    if not refused(nom).erreurs:
        announce(phrase)
        fermer()


# --- the collège -----------------------------------------------------------------------------------------------------


def _annoter(p: ParticipationVue, form: Formulaire) -> None:
    texte = values(form, "note")["note"] or ""
    with refusals(form.jeton), writing() as (session, by):
        participations.annoter(session, id=p.id, note=texte, version=form.version or 0, by=by)
    _fait(form.jeton, "Note enregistrée.")


def _retirer(p: ParticipationVue) -> None:
    with refusals(f"13-18:{p.id}"), writing() as (session, by):
        participations.retirer(session, id=p.id, version=p.version, by=by)
    if not refused(f"13-18:{p.id}").erreurs:
        announce(f"{p.college} : invitation retirée.")
        aller("projets/questions_de_justice.py", annee=str(p.annee))


def note(p: ParticipationVue, *, modifiable: bool) -> None:
    """The note as text, or its form in its place."""
    if modifiable and ouvert("note", p.id):
        form = fresh_form("note", p.id, p.version, "note")
        repris(form)
        with st.form(key(form, "form"), border=False):
            st.text_area(
                "Note",
                value=p.note,
                key=key(form, "note"),
                placeholder="Ce qu’il faut savoir de l’accueil, du matériel… jamais de nom d’élève",
            )
            field_error(form.jeton, "note")
            with st.container(horizontal=True):
                st.form_submit_button("Enregistrer la note", type="primary", on_click=_annoter, args=(p, form))
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
            garder = partial(_annoter, p)
            deux_textes(form, libelles=LIBELLES, garder=garder, bouton=st.form_submit_button)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if p.note:
            st.text(p.note, width="stretch")
        if modifiable:
            st.button(
                "Modifier la note" if p.note else "Ajouter une note",
                icon=":material/edit_note:",
                type="tertiary",
                on_click=ouvrir,
                args=("note", p.id, p.version),
            )
            if not p.classes:
                st.button(
                    "Retirer l’invitation", icon=":material/delete:", type="tertiary", on_click=_retirer, args=(p,)
                )
    for phrase in vigilance.avertissements(p.note):
        st.markdown(f":orange[:material/privacy_tip: {md(phrase)}]")


# --- classes ---------------------------------------------------------------------------------------------------------


def _ajouter(p: ParticipationVue, form: Formulaire) -> None:
    etat = on_screen()
    nom, effectif = etat.get("suite.nom") or "", etat.get("suite.effectif")
    with refusals(form.jeton), writing() as (session, by):
        classes.ajouter(session, participation_id=p.id, nom=nom, effectif=effectif, jeton=form.jeton, by=by)
    if not refused(form.jeton).erreurs:
        # The fields stay the same ones, emptied: the focus does not leave the row (caret.js).
        st.session_state["suite.nom"], st.session_state["suite.effectif"] = "", None


def ajout_classe(p: ParticipationVue) -> None:
    """The row that adds a class; Enter adds it and goes back to the name."""
    form = open_form("classe_ajoutee", objet_id=p.id)
    field_error(form.jeton, "")
    with (
        st.form("suite.classe", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        with st.container(gap=None, width=150):
            st.text_input("Nouvelle classe", key="suite.nom", placeholder="4e A")
            field_error(form.jeton, "nom")
        with st.container(gap=None, width=130):
            st.number_input("Effectif", value=None, step=1, format="%d", key="suite.effectif", placeholder="Élèves")
            field_error(form.jeton, "effectif")
        st.form_submit_button("Ajouter", icon=":material/add:", on_click=_ajouter, args=(p, form))


def _modifier_classe(c: ClasseVue, form: Formulaire) -> None:
    v = values(form, "nom", "effectif")
    with refusals(form.jeton), writing() as (session, by):
        classes.modifier(session, id=c.id, nom=v["nom"] or "", effectif=v["effectif"], version=form.version or 0, by=by)
    _fait(form.jeton, f"Classe {v['nom']} enregistrée.")


def _supprimer_classe(c: ClasseVue) -> None:
    with refusals(f"classe:{c.id}"), writing() as (session, by):
        classes.supprimer(session, id=c.id, version=c.version, by=by)
    _fait(f"classe:{c.id}", f"Classe {c.nom} supprimée.")


def classe(c: ClasseVue, *, modifiable: bool) -> None:
    """A class, or its form in its place."""
    if modifiable and ouvert("classe", c.id):
        form = fresh_form("classe", c.id, c.version, "nom")
        repris(form)
        with st.form(key(form, "form"), border=True):
            with st.container(horizontal=True):
                st.text_input("Classe", value=c.nom, key=key(form, "nom"), placeholder="4e A", width=150)
                st.number_input(
                    "Effectif",
                    value=c.effectif,
                    step=1,
                    format="%d",
                    key=key(form, "effectif"),
                    placeholder="Élèves",
                    width=130,
                )
            field_error(form.jeton, "nom")
            field_error(form.jeton, "effectif")
            with st.container(horizontal=True):
                st.form_submit_button("Enregistrer", type="primary", on_click=_modifier_classe, args=(c, form))
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
            garder = partial(_modifier_classe, c)
            deux_textes(form, libelles=LIBELLES, garder=garder, bouton=st.form_submit_button)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        effectif = accord(c.effectif, "élève") if c.effectif is not None else "effectif à compléter"
        suite = accord(c.seances, "séance") if c.seances else ":orange[aucune séance]"
        st.markdown(f"**{md(c.nom)}** :gray[· {effectif} ·] {suite}", width="stretch")
        if modifiable:
            st.button(
                named("Modifier", c.nom),
                type="tertiary",
                key=f"classe{c.id}.m",
                on_click=ouvrir,
                args=("classe", c.id, c.version),
            )
            if not c.seances:
                supprimer = named("Supprimer", c.nom)
                st.button(supprimer, type="tertiary", key=f"classe{c.id}.s", on_click=_supprimer_classe, args=(c,))
    field_error(f"classe:{c.id}", "")


# --- séances ---------------------------------------------------------------------------------------------------------

_GESTES = {
    "presents": "Corriger les présents",
    "modifier": "Modifier",
    "reporter": "Reporter",
    "annuler": "Annuler la séance",
    "remettre": "Remettre en « Prévue »",
}
_POSSIBLES = {
    EtatSeance.PREVUE: ("modifier", "reporter", "annuler"),
    EtatSeance.REALISEE: ("presents", "modifier", "remettre"),
    EtatSeance.ANNULEE: ("remettre",),
    EtatSeance.REPORTEE: (),
}


def _menu(s: SeanceVue) -> None:
    geste = on_screen().get(f"seance{s.id}.menu")
    if geste == "remettre":
        with refusals(f"seance:{s.id}"), writing() as (session, by):
            seances.remettre(session, id=s.id, version=s.version, by=by)
    elif geste:
        ouvrir(f"seance.{geste}", s.id, s.version)


def _noter(s: SeanceVue, confirme: bool = False) -> None:
    presents = on_screen().get(f"seance{s.id}.presents")
    with refusals(f"seance:{s.id}"), writing() as (session, by):
        seances.noter(
            session, id=s.id, presents=presents, confirme=confirme, today=aujourdhui(), version=s.version, by=by
        )
    _fait(f"seance:{s.id}", f"{s.classe} : {accord(presents or 0, 'présent')}.")


def _enregistrer(geste: str, s: SeanceVue, form: Formulaire, confirme: bool = False) -> None:
    v = values(form, "jour", "debut", "fin", "salle", "attendus", "structures", "motif")
    qui: dict[str, Any] = {"id": s.id, "version": form.version or 0}
    with refusals(form.jeton), writing() as (session, by):
        if geste == "annuler":
            seances.annuler(session, motif=v["motif"] or "", by=by, **qui)
        elif geste == "reporter":
            quand = _a(v["jour"], v["debut"])
            motif = v["motif"] or ""
            seances.reporter(session, debut=quand, motif=motif, confirme=confirme, jeton=form.jeton, by=by, **qui)
        else:
            seances.modifier(
                session,
                debut=_a(v["jour"], v["debut"]),
                fin=_a(v["jour"], v["fin"]),
                salle=v["salle"] or "",
                attendus=v["attendus"],
                structures=v["structures"] or [],
                confirme=confirme,
                by=by,
                **qui,
            )
    _fait(form.jeton, f"{s.classe}, {moment(s.debut)} : enregistré.")


def _a(le: date | None, a: time | None) -> datetime | None:
    return datetime.combine(le, a) if le and a else None


def seance(s: SeanceVue, college_id: int, *, modifiable: bool) -> None:
    """A séance: when, which class, its state; who came is noted in place, the rest in a small form."""
    today = aujourdhui()
    presents = ""
    if s.etat is EtatSeance.REALISEE:  # nobody may have counted them
        presents = ", présents non comptés" if s.presents is None else f", {accord(s.presents, 'présent')}"
    sur = f" sur {s.attendus}" if presents and s.presents is not None and s.attendus is not None else ""
    badge = f":{COULEUR_ETAT[s.etat]}-badge[{ICONE_ETAT[s.etat]} {s.etat.libelle}{presents}{sur}]"
    barre = "" if s.etat in VIVANTES else "~~"
    details = [md(s.salle)] if s.salle else []
    if s.attendus is not None and not presents:
        details.append(f"{accord(s.attendus, 'élève')} attendu{'s' if s.attendus > 1 else ''}")
    details += [md(nom) for nom in s.structures.values()] + ([f"Motif : {md(s.motif)}"] if s.motif else [])
    titre = f"{barre}**{moment(s.debut, annee_de=today)}** – {heure(s.fin)} · **{md(s.classe)}**{barre} {badge}"
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.markdown(f"{titre}  \n:small[:gray[{' · '.join(details)}]]" if details else titre, width="stretch")
        if modifiable and (gestes := _POSSIBLES[s.etat]):
            st.menu_button(
                named("Autre", f"{moment(s.debut)}, {s.classe}"),
                list(gestes),
                format_func=lambda g: _GESTES[g],
                type="tertiary",
                key=f"seance{s.id}.menu",
                on_click=_menu,
                args=(s,),
            )
    geste = next((g for g in _GESTES if ouvert(f"seance.{g}", s.id)), "")
    a_noter = s.etat is EtatSeance.PREVUE and s.debut.date() <= today and not geste
    if modifiable and (a_noter or geste == "presents"):
        _presents(s)
    field_error(f"seance:{s.id}", "")
    field_error(f"seance:{s.id}", "debut")
    if modifiable and geste and geste != "presents":
        _formulaire(geste, s, college_id)


def _presents(s: SeanceVue) -> None:
    """Type the number, Enter: the séance is held."""
    nom = f"seance:{s.id}"
    with st.form(f"seance{s.id}.noter", border=False):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.number_input(
                f"Élèves présents, {md(s.classe)}, {moment(s.debut)}",
                value=s.presents,
                step=1,
                format="%d",
                key=f"seance{s.id}.presents",
                placeholder="Présents" if s.attendus is None else f"Présents sur {s.attendus}",
                label_visibility="collapsed",
                width=170,
            )
            quoi = f"{moment(s.debut)}, {s.classe}"
            st.form_submit_button(named("Noter", quoi), key=f"seance{s.id}.ok", on_click=_noter, args=(s,))
            if CONFIRMER in refused(nom).erreurs:
                st.form_submit_button(
                    named("Noter quand même", quoi), key=f"seance{s.id}.force", on_click=_noter, args=(s, True)
                )
        field_error(nom, "presents")
        field_error(nom, CONFIRMER)


def _formulaire(geste: str, s: SeanceVue, college_id: int) -> None:
    """The small form under a séance: what to change, when instead, or why not."""
    temoin = "motif" if geste == "annuler" else "jour"
    form = fresh_form(f"seance.{geste}", s.id, s.version, temoin)
    with st.container(border=True):
        repris(form)
        offertes: dict[int, str] = {}
        if geste == "modifier":
            choisies = {*s.structures, *(st.session_state.get(key(form, "structures")) or [])}
            offertes = structures_offertes(college_id, choisies, key=key(form, "cherche"))
        with st.form(key(form, "form"), border=False):
            if geste != "annuler":
                _quand(geste, s, form)
            if geste == "modifier":
                _ou_et_qui(s, form, offertes)
            else:
                st.text_input("Motif", key=key(form, "motif"), placeholder="Un motif court, sans nom de personne")
                field_error(form.jeton, "motif")
                field_error(form.jeton, "salle")
                field_error(form.jeton, "structures")
            field_error(form.jeton, CONFIRMER)
            with st.container(horizontal=True):
                libelle = {"modifier": "Enregistrer", "reporter": "Reporter", "annuler": "Annuler la séance"}[geste]
                st.form_submit_button(libelle, type="primary", on_click=_enregistrer, args=(geste, s, form))
                if CONFIRMER in refused(form.jeton).erreurs:
                    st.form_submit_button(f"{libelle} quand même", on_click=_enregistrer, args=(geste, s, form, True))
                st.form_submit_button("Fermer", on_click=fermer)
            garder, miens = partial(_enregistrer, geste, s), partial(_miens, form, geste)
            deux_textes(form, libelles=LIBELLES, garder=garder, miens=miens, bouton=st.form_submit_button)


def _miens(form: Formulaire, geste: str) -> dict[str, str]:
    """What the form says, as the service says it."""
    v = values(form, "jour", "debut", "structures")
    quand = _a(v["jour"], v["debut"])
    dits = {"debut": moment(quand) if quand else ""} if geste != "annuler" else {}
    if geste == "modifier":
        with reading() as session:
            dits["structures"] = ", ".join(sorted(fiches.noms(session, ids=v["structures"] or []).values()))
    return dits


def _quand(geste: str, s: SeanceVue, form: Formulaire) -> None:
    with st.container(horizontal=True):
        nouvelle = geste == "reporter"
        st.date_input(
            "Nouvelle date" if nouvelle else "Date",
            value=None if nouvelle else s.debut.date(),
            format="DD/MM/YYYY",
            key=key(form, "jour"),
            width=150,
        )
        st.time_input("Début", value=s.debut.time(), key=key(form, "debut"), width=110)
        if not nouvelle:
            st.time_input("Fin", value=s.fin.time(), key=key(form, "fin"), width=110)
    field_error(form.jeton, "debut")
    field_error(form.jeton, "fin")


def _ou_et_qui(s: SeanceVue, form: Formulaire, offertes: dict[int, str]) -> None:
    with st.container(horizontal=True):
        st.text_input("Salle", value=s.salle, key=key(form, "salle"), placeholder="CDI, salle 12…", width=180)
        st.number_input(
            "Élèves attendus",
            value=s.attendus,
            step=1,
            format="%d",
            key=key(form, "attendus"),
            placeholder="Nombre",
            width=150,
        )
    field_error(form.jeton, "salle")
    field_error(form.jeton, "attendus")
    st.multiselect(
        "Structures animatrices",
        list(offertes),
        default=list(s.structures),
        format_func=lambda i: offertes[i],
        key=key(form, "structures"),
        placeholder="Choisir les structures",
        select_all=False,
    )
    field_error(form.jeton, "structures")
