"""The form of a meeting, over the calendar: a new one, or a change."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from models.lists import TypeReunion
from services.agenda import instances, programmation, reunions
from services.agenda.reunions import ReunionVue
from services.commun import listes
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui, maintenant
from services.socle.temps import periode
from ui.agenda.fenetre import Fenetre, alerter, fermer, poser, rouvrir
from ui.agenda.lieu import choisir_lieu, salles_offertes
from ui.commun.access import reading, writing
from ui.commun.conflit import deux_textes, dit
from ui.commun.feedback import announce, field_error, md, refusals
from ui.commun.formulaire import TOUTE_DATE, key, repris, values

_CHAMPS = ("type", "titre", "date", "debut", "fin", "date_fin", "lieu", "lieu_nom", "malgre")


def formulaire(ouverte: Fenetre) -> None:
    """One form for a new meeting and for a change. The instance stands above it: choosing it fills the rest."""
    form = ouverte.form
    if form is None:
        return
    with reading() as session:
        vue = reunions.get(session, id=ouverte.reunion_id) if ouverte.reunion_id else None
        salles = salles_offertes(session, vue)
        jour = (ouverte.debut or maintenant()).date()
        base = reunions.defauts(session, instance_id=ouverte.instance_id, jour=jour)
    fige = bool(vue and vue.ecrite)
    plusieurs_jours = _preremplir(form, ouverte, vue, base)
    vider = partial(rouvrir, ouverte, vue)
    repris(form, effacer=vider)
    _instance(form, ouverte, vue)
    with st.form(f"formulaire.{form.jeton}", border=False):
        st.text_input(
            "Titre",
            key=key(form, "titre"),
            placeholder="Par défaut, le nom de l’instance",
        )
        field_error(form.jeton, "titre")
        _quand(form, fige, plusieurs_jours)
        choisir_lieu(form, salles, index=None, key=key(form, "lieu"))
        st.selectbox(
            "Type",
            list(TypeReunion),
            format_func=lambda t: t.libelle,
            key=key(form, "type"),
            filter_mode=None,
            disabled=fige,
        )
        if ouverte.avertis:
            malgre(form, ouverte.avertis)
        st.form_submit_button(
            "Enregistrer" if vue else "Créer la réunion",
            type="primary",
            key=key(form, "valider"),
            on_click=_enregistrer,
            args=(form, ouverte, vue),
        )
        deux_textes(
            form,
            libelles=_LIBELLES,
            garder=partial(_enregistrer, ouverte=ouverte, vue=vue),
            miens=partial(_miens, form),
            effacer=vider,
            bouton=st.form_submit_button,
        )


def _instance(form: Formulaire, ouverte: Fenetre, vue: ReunionVue | None) -> None:
    with reading() as session:
        toutes = {i.id: i for i in instances.liste(session)}
        if vue and vue.instance_id and vue.instance_id not in toutes:
            toutes[vue.instance_id] = instances.get(session, id=vue.instance_id)
    st.selectbox(
        "Instance",
        list(toutes),
        index=_rang(list(toutes), vue.instance_id if vue else ouverte.instance_id),
        format_func=lambda i: toutes[i].nom,
        key=key(form, "instance"),
        placeholder="Aucune : réunion exceptionnelle, de projet ou autre",
        filter_mode="contains",
        on_change=_instance_choisie,
        args=(form, ouverte),
        disabled=bool(vue and vue.ecrite),
    )
    field_error(form.jeton, "instance")


def _preremplir(form: Formulaire, ouverte: Fenetre, vue: ReunionVue | None, base: reunions.Defauts) -> bool:
    """What the fields hold at first: the meeting, else the slot and what is usual. Does it end another day?"""
    debut = vue.debut if vue else (ouverte.debut if ouverte.heures_choisies else None) or base.debut
    fin = vue.fin if vue else (ouverte.fin if ouverte.heures_choisies else None) or base.fin
    # Not by `value=`: choosing the instance sets them too, and a date born with a value cannot be emptied (Streamlit
    # puts it back, and saves it).
    depart: dict[str, Any] = {
        "titre": vue.titre if vue else base.titre,
        "date": debut.date(),
        "debut": debut.time(),
        "fin": fin.time(),
        "lieu": vue.lieu_id if vue else base.lieu_id,
        "type": vue.type if vue else base.type,
    }
    if fin.date() != debut.date():
        depart["date_fin"] = fin.date()
    for champ, valeur in depart.items():
        st.session_state.setdefault(key(form, champ), valeur)
    return "date_fin" in depart


def _quand(form: Formulaire, fige: bool, plusieurs_jours: bool) -> None:
    with st.container(horizontal=True):
        st.date_input("Date", key=key(form, "date"), disabled=fige, width=150, **TOUTE_DATE)
        st.time_input("Début", value=None, key=key(form, "debut"), disabled=fige, width=120)
        st.time_input("Fin", value=None, key=key(form, "fin"), disabled=fige, width=120)
        if plusieurs_jours:
            st.date_input("Date de fin", key=key(form, "date_fin"), disabled=fige, width=150, **TOUTE_DATE)
    field_error(form.jeton, "debut")
    field_error(form.jeton, "fin")


_LIBELLES = {
    "titre": "Titre",
    "type": "Type",
    "instance": "Instance",
    "debut": "Début",
    "fin": "Fin",
    "lieu": "Lieu",
    "etat": "État",
}


def _miens(form: Formulaire) -> dict[str, str]:
    """What the form says by numbers or in several fields, as the service says it."""
    v = values(form, "instance", "date", "debut", "fin", "date_fin", "lieu", "lieu_nom")
    with reading() as session:
        instance = instances.get(session, id=v["instance"]).nom if v["instance"] else ""
        salles = {lieu.id: lieu.nom for lieu in listes.lieux(session, archives=True)}
    return {
        "instance": instance,
        "debut": " ".join(dit(v[c]) for c in ("date", "debut") if v[c]),
        "fin": " ".join(dit(x) for x in (v["date_fin"] or v["date"], v["fin"]) if x),
        "lieu": v["lieu_nom"] or salles.get(v["lieu"], ""),
    }


def _rang(ids: list[int], id: int | None) -> int | None:
    return ids.index(id) if id in ids else None


def _instance_choisie(form: Formulaire, ouverte: Fenetre) -> None:
    """The chosen instance fills the title, the type, the place, and the hours when no slot gave them."""
    lu = values(form, "instance", "date")
    instance_id, jour = lu["instance"], lu["date"] or aujourdhui()
    if instance_id is None:
        return
    with reading() as session:
        base = reunions.defauts(session, instance_id=instance_id, jour=jour)
        habituel = instances.prochain_jour(instances.get(session, id=instance_id), apres=aujourdhui())
    remplis: dict[str, Any] = {"titre": base.titre, "type": base.type, "lieu": base.lieu_id}
    if not ouverte.heures_choisies and ouverte.reunion_id is None:
        remplis |= {"debut": base.debut.time(), "fin": base.fin.time()}
    if not ouverte.jour_choisi and ouverte.reunion_id is None and habituel:
        remplis["date"] = habituel
    for champ, valeur in remplis.items():
        st.session_state[key(form, champ)] = valeur


def _enregistrer(form: Formulaire, ouverte: Fenetre, vue: ReunionVue | None) -> None:
    lu: dict[str, Any] = values(form, "instance", *_CHAMPS)
    fait = ""
    with refusals(form.jeton):
        debut, fin = _horaires(lu)
        saisie = programmation.Saisie(
            type=TypeReunion(lu["type"] or TypeReunion.AUTRE),
            instance_id=lu["instance"],
            titre=str(lu["titre"] or ""),
            debut=debut,
            fin=fin,
            lieu_id=lu["lieu"],
            lieu_nom=str(lu["lieu_nom"] or ""),
        )
        vus = ouverte.avertis if lu["malgre"] else ()
        try:
            with writing() as (session, by):
                if vue is None:
                    programmation.creer(session, saisie=saisie, vus=vus, jeton=form.jeton, by=by)
                else:
                    programmation.modifier(
                        session, id=vue.id, saisie=saisie, vus=vus, version=form.version or 0, jeton=form.jeton, by=by
                    )
        except programmation.Chevauchement as refus:
            demander(form, replace(ouverte, form=form), refus)
        else:
            fait = f"Réunion enregistrée : {periode(debut, fin)}."
    if fait:
        announce(fait)
        if vue:
            alerter(vue.id)
        elif debut <= maintenant():
            announce("Cette date est passée : la réunion attend maintenant d’être saisie.", icon=":material/history:")
        fermer()


def malgre(form: Formulaire, avertis: tuple[str, ...]) -> None:
    """What it would overlap, and the box that goes over it."""
    st.warning("\n\n".join(md(p) for p in avertis), icon=":material/event_busy:")
    st.checkbox("Enregistrer malgré ce chevauchement", key=key(form, "malgre"))


def demander(form: Formulaire, ouverte: Fenetre, refus: programmation.Chevauchement) -> None:
    """Ask in the window that is open, the box not ticked."""
    poser(replace(ouverte, avertis=refus.phrases))
    st.session_state[key(form, "malgre")] = False


def _horaires(lu: dict[str, Any]) -> tuple[datetime, datetime]:
    erreurs = {}
    if lu["date"] is None:
        erreurs["debut"] = "Choisissez la date de la réunion."
    elif lu["debut"] is None:
        erreurs["debut"] = "Donnez l’heure de début."
    if lu["fin"] is None:
        erreurs["fin"] = "Donnez l’heure de fin."
    if erreurs:
        raise Invalid(erreurs)
    debut = datetime.combine(lu["date"], lu["debut"])
    return debut, datetime.combine(lu["date_fin"] or lu["date"], lu["fin"])
