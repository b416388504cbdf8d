"""What opens over the calendar: a meeting, its form, its states, and the question before an overlap.

Which one is open, the component's last answer and a counter that redraws events: the three keys kept in the session.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from models.lists import ETATS_REUNION_SANS_SUITE, EtatReunion, EtatSalle, TypeReunion
from services.agenda import instances, presidences, programmation, reunions
from services.agenda.reunions import ReunionVue
from services.commun import listes
from services.convocation import convocations
from services.socle import brouillons
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui, maintenant
from services.socle.temps import periode
from services.socle.texte import folded
from ui.agenda.evenements import Choisir, Deplacer, Ouvrir, OuvrirSeance, lire
from ui.commun import panne
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import aller
from ui.commun.feedback import announce, field_error, forget_refusals, md, refusals, refused, show_announcements
from ui.commun.formulaire import TOUTE_DATE, forget, key, open_form, repris, values
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
_CHAMPS = ("type", "titre", "date", "debut", "fin", "date_fin", "lieu", "lieu_nom", "malgre")
_CALENDRIER = "calendrier"  # refusals of a move belong to the calendar itself


@dataclass(frozen=True)
class Fenetre:
    """What is open over the calendar. `mode`: voir, creer, modifier, deplacer."""

    mode: str
    reunion_id: int | None = None
    debut: datetime | None = None
    fin: datetime | None = None
    jour_choisi: bool = False  # by the slot: an instance's usual day does not replace it
    heures_choisies: bool = False  # the same for its usual hours
    instance_id: int | None = None
    version: int = 0
    avertis: tuple[str, ...] = ()
    form: Formulaire | None = None  # this tab's own: another tab of the same agent opens another


# --- the three keys ------------------------------------------------------------------------------------------------


def fenetre() -> Fenetre | None:
    """What is open now."""
    ouverte: Fenetre | None = st.session_state.get("agenda_fenetre")
    return ouverte


def _poser(ouverte: Fenetre | None) -> None:
    st.session_state["agenda_fenetre"] = ouverte


def tour() -> int:
    """The counter sent with every event; raised, it redraws them where the base says."""
    return int(st.session_state.get("agenda_tour", 0))


def redessiner() -> None:
    st.session_state["agenda_tour"] = tour() + 1


def fermer() -> None:
    """Close what is open; the next click on the same meeting or slot is then a new answer."""
    _poser(None)
    redessiner()


def retour_a_effacer() -> bool:
    """The component still holds the slot of a closed window: ask it to answer something else (`eventsSet`)."""
    vu = st.session_state.get("agenda_vu") or {}
    return fenetre() is None and vu.get("callback") == "select"


# --- acting on the component's answer --------------------------------------------------------------------------------


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


def deplacer(geste: Deplacer, *, malgre: bool = False) -> None:
    """Move a meeting as dragged or stretched. Refused: it goes back. Overlapping: a question first."""
    with reading() as session:
        vue = reunions.get(session, id=geste.id)
        avertis = reunions.conflits(
            session,
            debut=geste.debut,
            fin=geste.fin,
            instance_id=vue.instance_id,
            lieu_id=vue.lieu_id,
            sauf=vue.id,
        )
    redessiner()
    if avertis and not malgre and vue.version == geste.version and vue.mobile:
        _poser(Fenetre("deplacer", vue.id, geste.debut, geste.fin, version=geste.version, avertis=tuple(avertis)))
        return
    with refusals(_CALENDRIER):
        with writing() as (session, by):
            programmation.deplacer(session, id=geste.id, debut=geste.debut, fin=geste.fin, version=geste.version, by=by)
        announce(f"Réunion déplacée : {periode(geste.debut, geste.fin)}.")
        _alerter(geste.id)
    for phrase in refused(_CALENDRIER).erreurs.values():
        announce(phrase, icon=":material/undo:")  # a notice, not a box that would push the calendar down


def _alerter(reunion_id: int) -> None:
    """Say at once what those who were convened now hold that is no longer so."""
    with reading() as session:
        if phrase := convocations.situation(session, reunion_id=reunion_id, now=maintenant()).alerte:
            announce(phrase, icon=":material/campaign:")


def ouvrir(id: int) -> None:
    forget_refusals(_etat_key(id))
    _poser(Fenetre("voir", id))


def proposer(*, debut: datetime | None = None, fin: datetime | None = None, instance_id: int | None = None) -> None:
    """Open the form of a new meeting: on that slot, that day (no `fin`), or the usual day of the instance."""
    form = open_form("reunion", neuf=True)
    if debut is None and instance_id is not None:
        with reading() as session:
            vue = instances.get(session, id=instance_id)
        habituel = instances.prochain_jour(vue, apres=aujourdhui())
        debut = datetime.combine(habituel, time()) if habituel else None
    _poser(
        Fenetre(
            "creer",
            debut=debut or datetime.combine(aujourdhui(), time()),
            fin=fin,
            jour_choisi=debut is not None,
            heures_choisies=fin is not None,
            instance_id=instance_id,
            form=form,
        )
    )


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
    corps = {"voir": _voir, "creer": _formulaire, "modifier": _formulaire, "deplacer": _confirmer}
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


# --- a meeting -------------------------------------------------------------------------------------------------------


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
        alerte = convocations.situation(session, reunion_id=vue.id, now=maintenant()).alerte
    if alerte:
        st.warning(md(alerte), icon=":material/campaign:")
    with st.container(horizontal=True):
        st.button("Modifier", icon=":material/edit:", key="agenda.modifier", on_click=_modifier, args=(vue,))
        parametres = {"reunion": str(vue.id)}
        st.page_link(
            page_path("agenda/reunion.py"),
            label="Préparer",
            icon=":material/event:",
            query_params={"id": str(vue.id)},
        )
        if vue.debut > maintenant() and (vue.mobile or alerte):
            st.page_link(
                page_path("agenda/reunion.py"),
                label="Réponses, envois" if vue.etat is EtatReunion.CONVOQUEE or alerte else "Convoquer",
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
    _etats(vue)


def _etats(vue: ReunionVue) -> None:
    possibles = reunions.etats_possibles(vue, now=maintenant())
    if not possibles:
        return
    nom, form = _etat_key(vue.id), open_form("reunion.etat", objet_id=vue.id)
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
        st.form_submit_button("Enregistrer l’état", on_click=_changer_etat, args=(vue, form), key=key(form, "valider"))


def _etat_key(id: int) -> str:
    return f"agenda.etat.{id}"


def _changer_etat(vue: ReunionVue, form: Formulaire) -> None:
    lu = values(form, "etat", "motif")
    etat, motif = lu["etat"], str(lu["motif"] or "")
    fait = False
    with refusals(_etat_key(vue.id)):
        if etat is None:
            raise Invalid({"etat": "Choisissez le nouvel état."})
        with writing() as (session, by):
            programmation.changer_etat(
                session, id=vue.id, etat=EtatReunion(etat), motif=motif, version=vue.version, by=by
            )
        fait = True
    if fait:
        forget(form.jeton)
        announce(f"Réunion notée « {EtatReunion(etat).libelle} ».")
        _alerter(vue.id)
        fermer()


def _rouvrir(ouverte: Fenetre, vue: ReunionVue | None) -> None:
    """The same window, on an empty form."""
    version = vue.version if vue else None
    _poser(replace(ouverte, form=open_form("reunion", objet_id=ouverte.reunion_id, version=version)))


def _modifier(vue: ReunionVue) -> None:
    form = open_form("reunion", objet_id=vue.id, version=vue.version, neuf=True)
    _poser(Fenetre("modifier", vue.id, form=form))


def _nouvelle_date(vue: ReunionVue) -> None:
    proposer(
        debut=datetime.combine(aujourdhui() + timedelta(days=7), vue.debut.time()),
        fin=datetime.combine(aujourdhui() + timedelta(days=7), vue.debut.time()) + (vue.fin - vue.debut),
        instance_id=vue.instance_id,
    )


# --- the form --------------------------------------------------------------------------------------------------------


def _formulaire(ouverte: Fenetre) -> None:
    """One form for a new meeting and for a change. The instance stands above it: choosing it fills the rest."""
    form = ouverte.form
    if form is None:
        return
    with reading() as session:
        vue = reunions.get(session, id=ouverte.reunion_id) if ouverte.reunion_id else None
        toutes = {i.id: i for i in instances.liste(session)}
        if vue and vue.instance_id and vue.instance_id not in toutes:
            toutes[vue.instance_id] = instances.get(session, id=vue.instance_id)
        salles = {lieu.id: lieu.nom for lieu in listes.lieux(session)}
        jour = (ouverte.debut or maintenant()).date()
        base = reunions.defauts(session, instance_id=ouverte.instance_id, jour=jour)
    perime = refused(form.jeton).actuel
    fige = bool(vue and vue.ecrite)
    debut = vue.debut if vue else (ouverte.debut if ouverte.heures_choisies else None) or base.debut
    fin = vue.fin if vue else (ouverte.fin if ouverte.heures_choisies else None) or base.fin
    if vue and vue.lieu_id and vue.lieu_id not in salles:
        salles[vue.lieu_id] = vue.lieu
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
    repris(form, effacer=lambda: _rouvrir(ouverte, vue))
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
        disabled=fige,
    )
    field_error(form.jeton, "instance")
    with st.form(f"formulaire.{form.jeton}", border=False):
        st.text_input(
            "Titre",
            key=key(form, "titre"),
            placeholder="Par défaut, le nom de l’instance",
        )
        field_error(form.jeton, "titre")
        with st.container(horizontal=True):
            st.date_input("Date", key=key(form, "date"), disabled=fige, width=150, **TOUTE_DATE)
            st.time_input("Début", value=None, key=key(form, "debut"), disabled=fige, width=120)
            st.time_input("Fin", value=None, key=key(form, "fin"), disabled=fige, width=120)
            if fin.date() != debut.date():
                st.date_input("Date de fin", key=key(form, "date_fin"), disabled=fige, width=150, **TOUTE_DATE)
        field_error(form.jeton, "debut")
        field_error(form.jeton, "fin")
        gauche, droite = st.columns(2)
        gauche.selectbox(
            "Lieu",
            list(salles),
            index=None,
            format_func=lambda i: salles[i],
            key=key(form, "lieu"),
            placeholder="À fixer",
            filter_mode="contains",
        )
        droite.text_input("ou un nouveau lieu", key=key(form, "lieu_nom"), placeholder="Nom de la salle")
        field_error(form.jeton, "lieu")
        st.selectbox(
            "Type",
            list(TypeReunion),
            format_func=lambda t: t.libelle,
            key=key(form, "type"),
            filter_mode=None,
            disabled=fige,
        )
        if perime:
            _autre_version(perime, form, ouverte)
        else:
            field_error(form.jeton, "")
        if ouverte.avertis:
            st.warning("\n\n".join(md(p) for p in ouverte.avertis), icon=":material/event_busy:")
            st.checkbox("Enregistrer malgré ce chevauchement", key=key(form, "malgre"))
            field_error(form.jeton, "malgre")
        st.form_submit_button(
            "Enregistrer" if vue else "Créer la réunion",
            type="primary",
            key=key(form, "valider"),
            on_click=_enregistrer,
            args=(form, ouverte, vue),
        )
    if perime:
        st.button(
            "Reprendre la version de mon collègue",
            key=key(form, "reprendre"),
            on_click=_reprendre,
            args=(ouverte.reunion_id, form),
        )


_LIBELLES = {
    "titre": "Titre",
    "type": "Type",
    "instance": "Instance",
    "debut": "Début",
    "fin": "Fin",
    "lieu": "Lieu",
    "etat": "État",
}


def _autre_version(actuel: Any, form: Formulaire, ouverte: Fenetre) -> None:
    lignes = "\n".join(f"- {_LIBELLES[c]} : **{md(v) or '—'}**" for c, v in actuel.items() if c in _LIBELLES)
    st.warning(
        "Un collègue vient de modifier cette réunion : rien n’a été écrasé. "
        f"Votre texte est resté ci-dessus ; sa version :\n\n{lignes}",
        icon=":material/group:",
    )


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
        saisi = {
            "type": TypeReunion(lu["type"] or TypeReunion.AUTRE),
            "instance_id": lu["instance"],
            "titre": str(lu["titre"] or ""),
            "debut": debut,
            "fin": fin,
            "lieu_id": lu["lieu"],
            "lieu_nom": str(lu["lieu_nom"] or ""),
        }
        avertis = _chevauchements(saisi, vue, form)
        if avertis and not (lu["malgre"] and avertis == ouverte.avertis):
            _poser(replace(ouverte, avertis=avertis))
            st.session_state[key(form, "malgre")] = False
            return
        with writing() as (session, by):
            if vue is None:
                programmation.creer(session, **saisi, jeton=form.jeton, by=by)
            else:
                programmation.modifier(session, id=vue.id, **saisi, version=form.version or 0, jeton=form.jeton, by=by)
        fait = f"Réunion enregistrée : {periode(debut, fin)}."
    if fait:
        announce(fait)
        if vue:
            _alerter(vue.id)
        elif debut <= maintenant():
            announce("Cette date est passée : la réunion attend maintenant d’être saisie.", icon=":material/history:")
        fermer()


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


def _chevauchements(saisi: dict[str, Any], vue: ReunionVue | None, form: Formulaire) -> tuple[str, ...]:
    """Overlaps of what is about to be saved, unless neither hours, instance nor place change."""
    with reading() as session:
        if brouillons.deja_fait(session, jeton=form.jeton) is not None:
            return ()  # a second click: what it would overlap is the meeting that the first one created
        lieu_id = saisi["lieu_id"]
        if saisi["lieu_nom"]:
            memes = [lieu.id for lieu in listes.lieux(session) if folded(lieu.nom) == folded(saisi["lieu_nom"])]
            lieu_id = memes[0] if memes else None
        if vue and (vue.debut, vue.fin, vue.instance_id, vue.lieu_id) == (
            saisi["debut"],
            saisi["fin"],
            saisi["instance_id"],
            lieu_id,
        ):
            return ()
        return tuple(
            reunions.conflits(
                session,
                debut=saisi["debut"],
                fin=saisi["fin"],
                instance_id=saisi["instance_id"],
                lieu_id=lieu_id,
                sauf=vue.id if vue else None,
            )
        )


def _reprendre(reunion_id: int, form: Formulaire) -> None:
    forget(form.jeton)
    with reading() as session:
        vue = reunions.get(session, id=reunion_id)
    _modifier(vue)


# --- the question before an overlap ----------------------------------------------------------------------------------


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
        deplacer(Deplacer(ouverte.reunion_id or 0, ouverte.version, ouverte.debut, ouverte.fin), malgre=True)
