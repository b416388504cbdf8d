"""The form of an instance, for a new one and for a change."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import streamlit as st

from models.lists import JOURS, Frequence, TypeReunion
from services.agenda import instances, rythmes
from services.agenda.instances import InstanceVue
from services.agenda.rythmes import Rythme
from services.commun import listes
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.texte import accord
from ui.agenda.lieu import choisir_lieu, salles_offertes
from ui.commun import operations, question
from ui.commun.access import reading, writing
from ui.commun.adresse import lu, url_id
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.filtres import filtres_plies, replier
from ui.commun.formulaire import kept, key, repris, values

_RYTHME = ("rang", "rang_bis", "jour", "jour_du_mois")
_CHAMPS = ("nom", "type", "frequence", "secteur", "quartiers", *_RYTHME, "debut", "fin", "lieu", "lieu_nom")
_LIBELLES = {
    "nom": "Nom",
    "type": "Type",
    "secteur": "Secteur",
    "quartiers": "Quartiers",
    "frequence": "Fréquence",
    "jour": "Jour habituel",
    "heures": "Heures",
    "lieu": "Lieu",
}
DATE_FIXE = 0  # in the list of ranks: « le 15 du mois »
_ARCHIVAGE = "instance.archivage"


# --- the chosen instance lives in the address ------------------------------------------------------------------------


def choisie() -> int | None:
    """The instance of the address; 0 is a new one, None none."""
    return 0 if lu("instance") == "nouvelle" else url_id("instance")


def repliee(ouverte: bool) -> AbstractContextManager[None]:
    """Around the list: on a phone it gives way to the instance that is open."""
    if not ouverte:
        return nullcontext()
    return filtres_plies("instances", {}, mot=lambda: "Choisir une autre instance", horizontal=False)


def choisir(id: int) -> None:
    st.query_params["instance"] = str(id)
    replier()


def nouvelle() -> None:
    st.query_params["instance"] = "nouvelle"
    replier()


# --- the form --------------------------------------------------------------------------------------------------------


def fiche(vue: InstanceVue | None) -> None:
    """Name, kind, where, when. The secteur is not in a form block: its quartiers follow it."""
    form = fresh_form("instance", vue.id if vue else None, vue.version if vue else None, "nom")
    with reading() as session:
        salles = salles_offertes(session, vue)
    if vue:
        st.markdown("**Rythme et lieu**")
    repris(form)
    type_ = _nom_et_type(form, vue)
    frequence = _territoire_et_frequence(form, vue, type_)
    with st.container(horizontal=True):
        _rythme(form, frequence, vue)
        st.time_input("Début", value=vue.heure_debut if vue else None, width=110, **kept(form, "debut"))
        st.time_input("Fin", value=vue.heure_fin if vue else None, width=110, **kept(form, "fin"))
    field_error(form.jeton, "jour")
    field_error(form.jeton, "heures")
    choisir_lieu(
        form,
        salles,
        index=list(salles).index(vue.lieu_id) if vue and vue.lieu_id in salles else None,
        **kept(form, "lieu", salles),
    )
    st.button(
        "Enregistrer" if vue else "Créer l’instance",
        type="primary",
        key=key(form, "valider"),
        on_click=_enregistrer,
        args=(form, vue),
    )
    deux_textes(form, libelles=_LIBELLES, garder=partial(_enregistrer, vue=vue), miens=partial(_miens, form))


def _nom_et_type(form: Formulaire, vue: InstanceVue | None) -> TypeReunion:
    gauche, droite = st.columns([3, 2])
    gauche.text_input(
        "Nom",
        value=vue.nom if vue else "",
        key=key(form, "nom"),
        placeholder="Par exemple : Cellule de veille – Mireuil",
    )
    type_: TypeReunion = droite.selectbox(
        "Type",
        list(instances.TYPES_INSTANCE),
        index=list(instances.TYPES_INSTANCE).index(vue.type) if vue else 0,
        format_func=lambda t: t.libelle,
        **kept(form, "type", instances.TYPES_INSTANCE),
        filter_mode=None,
    )
    for champ in ("nom", "type"):
        field_error(form.jeton, champ)
    return type_


def _territoire_et_frequence(form: Formulaire, vue: InstanceVue | None, type_: TypeReunion) -> Frequence | None:
    """The secteur and, of it, the quartiers."""
    with reading() as session:
        secteurs = {s.id: s for s in listes.secteurs(session)}
        siens = instances.quartiers_choisis(session, instance_id=vue.id) if vue else []
        tous = listes.quartiers(session)
    gauche, droite = st.columns([3, 2])
    secteur = gauche.selectbox(
        "Secteur de veille",
        list(secteurs),
        index=list(secteurs).index(vue.secteur_id) if vue and vue.secteur_id in secteurs else None,
        format_func=lambda i: secteurs[i].nom + (" (à valider)" if secteurs[i].a_valider else ""),
        **kept(form, "secteur", secteurs),
        placeholder="Toute la ville",
        filter_mode="contains",
    )
    frequence = droite.selectbox(
        "Fréquence",
        list(Frequence),
        index=list(Frequence).index(vue.frequence) if vue else _frequence(type_),
        format_func=lambda f: f.libelle,
        **kept(form, "frequence", list(Frequence)),
        filter_mode=None,
    )
    field_error(form.jeton, "secteur")
    du_secteur = {q.id: q.nom for q in tous if q.secteur_id == secteur or (q.id in siens and secteur is None)}
    if du_secteur:
        st.pills(
            "Quartiers (aucun choisi : tout le secteur)",
            list(du_secteur),
            format_func=lambda i: md(du_secteur[i]),
            selection_mode="multi",
            default=[q for q in siens if q in du_secteur],
            **kept(form, "quartiers", du_secteur),
            wrap=True,
        )
    field_error(form.jeton, "quartiers")
    return Frequence(frequence) if frequence else None


def _rythme(form: Formulaire, frequence: Frequence | None, vue: InstanceVue | None) -> None:
    """The usual day, as the frequency says it: a weekday, its rank in the month, two ranks, or a fixed day."""
    habituel = rythmes.de(vue) if vue else Rythme(Frequence.A_LA_DEMANDE)
    rang = DATE_FIXE if habituel.jour_du_mois else habituel.rang
    if frequence is Frequence.BIMENSUELLE:
        _choix(form, "Rang dans le mois", "rang", rythmes.RANGS, habituel.rang)
        _choix(form, "et", "rang_bis", rythmes.RANGS, habituel.rang_bis)
    elif frequence not in rythmes.SEMAINES:
        rangs = rythmes.RANGS | {DATE_FIXE: "date fixe"}
        if _choix(form, "Rang dans le mois", "rang", rangs, rang) == DATE_FIXE:
            st.number_input(
                "Jour du mois",
                1,
                31,
                value=habituel.jour_du_mois,
                key=key(form, "jour_du_mois"),
                placeholder="15",
                help="Si cette date est un samedi, un dimanche ou un jour férié, l’assistant propose un jour voisin.",
                width=150,
            )
            return
    _choix(form, "Jour habituel", "jour", dict(enumerate(JOURS)), habituel.jour)


def _choix(form: Formulaire, libelle: str, champ: str, choix: dict[int, str], valeur: int | None) -> int | None:
    """Its value is set in the state: a list born with one cannot be emptied."""
    if st.session_state.setdefault(key(form, champ), valeur) not in choix:
        st.session_state[key(form, champ)] = None
    return st.selectbox(
        libelle,
        list(choix),
        index=None,
        format_func=lambda x: choix[x],
        key=key(form, champ),
        placeholder="Libre",
        filter_mode=None,
        width=150,
    )


def _frequence(type_: TypeReunion) -> int:
    return list(Frequence).index(instances.frequence_usuelle(type_))


def _saisie(form: Formulaire) -> instances.Saisie | None:
    """What the fields hold; None without a type and a frequency."""
    lu: dict[str, Any] = values(form, *_CHAMPS)
    if lu["type"] is None or lu["frequence"] is None:
        return None
    return instances.Saisie(
        nom=str(lu["nom"] or ""),
        type=TypeReunion(lu["type"]),
        frequence=Frequence(lu["frequence"]),
        secteur_id=lu["secteur"],
        quartier_ids=list(lu["quartiers"] or []),
        jour=lu["jour"],
        rang=lu["rang"] or None,  # neither free nor DATE_FIXE
        rang_bis=lu["rang_bis"],
        jour_du_mois=lu["jour_du_mois"],
        heure_debut=lu["debut"],
        heure_fin=lu["fin"],
        lieu_id=lu["lieu"],
        lieu_nom=str(lu["lieu_nom"] or ""),
    )


def _miens(form: Formulaire) -> dict[str, str]:
    """What the form says by numbers or in several fields, as the service says it."""
    saisie = _saisie(form)
    if saisie is None:
        return {}
    with reading() as session:
        return instances.en_texte(session, saisie)


def _enregistrer(form: Formulaire, vue: InstanceVue | None) -> None:
    saisie, id = _saisie(form), None
    with refusals(form.jeton):
        if saisie is None:
            raise Invalid({"type": "Choisissez le type et la fréquence."})
        with writing() as (session, by):
            if vue is None:
                id = instances.creer(session, saisie=saisie, jeton=form.jeton, by=by)
            else:
                instances.modifier(
                    session, id=vue.id, saisie=saisie, version=form.version or 0, jeton=form.jeton, by=by
                )
                id = vue.id
    if id is not None:
        announce("Instance enregistrée." if vue else "Instance créée : ajoutez ses membres.")
        choisir(id)


# --- archive, and complete -------------------------------------------------------------------------------------------


def archiver(vue: InstanceVue) -> None:
    with refusals(_ARCHIVAGE):
        with writing() as (session, by):
            instances.archiver(session, id=vue.id, version=vue.version, by=by)
        announce("Instance archivée : ses réunions restent, elle n’est plus proposée.")
    _dire_refus()


def restaurer(vue: InstanceVue) -> None:
    with refusals(_ARCHIVAGE):
        with writing() as (session, by):
            instances.restaurer(session, id=vue.id, version=vue.version, by=by)
        announce("Instance restaurée.")
    _dire_refus()


def ce_qui_manque(n: int) -> None:
    """The `n` instances that secteurs and quartiers call for, created at once; and the last ones created so."""
    if n:
        s = "s" if n > 1 else ""
        st.caption(f"{n} secteur{s} ou quartier{s} sans instance.")
        question.bouton(
            "Créer ce qui manque",
            f"Créer {accord(n, 'instance')} ?",
            question.DANS_LE_JOURNAL,
            completer,
            si=n > question.BEAUCOUP,
            key="inst.completer",
            icon=":material/playlist_add:",
        )
    operations.dernieres(instances.CREER_MANQUANTES, "Instances créées à la fois")


def completer() -> None:
    """Create the instances that secteurs and quartiers call for."""
    with refusals(_ARCHIVAGE):
        with writing() as (session, by):
            n = instances.creer_manquantes(session, by=by)
        announce(f"{accord(n, 'instance')} créée{'s' if n > 1 else ''}.")
    _dire_refus()


def _dire_refus() -> None:
    for phrase in refused(_ARCHIVAGE).erreurs.values():
        announce(phrase, icon=":material/error:")
