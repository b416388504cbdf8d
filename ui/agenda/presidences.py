"""Who chairs: the dated list on the screen of lists, and the lines of one meeting, where another name may be given."""

from datetime import date
from functools import partial

import streamlit as st

from services.agenda import instances, presidences, programmation
from services.agenda.presidences import QUI_MAX, TOUTES, PresidenceVue, Saisie
from services.agenda.reunions import ReunionVue
from services.commun import comptes, listes
from services.releves import vie_releve
from services.socle import temps
from services.socle.acteur import Acteur, Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui, utcnow
from ui.commun.access import reading, writing
from ui.commun.adresse import fermer, ouvert, ouvrir, renoncer
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import TOUTE_DATE, forget, key, open_form, repris, values

LIBELLES = {
    "nom": "Qui préside",
    "qualite": "Qualité",
    "agent_id": "Son compte dans le carnet",
    "portee": "Ce qui est présidé",
    "interim": "Par intérim",
    "debut": "À partir du",
    "fin": "Jusqu’au (compris)",
}
_EXEMPLES = {"nom": "Mme Claire Exemple", "qualite": "adjointe au maire déléguée à la tranquillité publique"}


# --- the list -------------------------------------------------------------------------------------------------------


def presidences_datees() -> None:
    """Who chairs what and when, the latest first, and the form that says who comes next."""
    with reading() as session:
        toutes = presidences.liste(session)
    st.caption(
        "Selon la date de la réunion, la convocation, l’ordre du jour, la feuille d’émargement et le relevé disent qui "
        "préside. Un relevé déjà saisi ne change plus. Une réunion technique n’est présidée que si vous la choisissez."
    )
    with st.expander("Dire qui préside", icon=":material/add:", expanded=not toutes):
        form = open_form("presidence")
        field_error(form.jeton, "")
        _form(form, None)
    if not toutes:
        st.caption("Personne ne préside pour l’instant : l’élu·e et ses dates viendront ici.")
        return
    with st.container(border=True, gap="xxsmall"):
        for p in toutes:
            _ligne(p)


def _ligne(p: PresidenceVue) -> None:
    if ouvert("presidence", p.id):
        with st.container(border=True):
            form = fresh_form("presidence", p.id, p.version, "nom")
            repris(form)
            _form(form, p)
        return
    today = aujourdhui()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badges = " :orange-badge[par intérim]" if p.interim else ""
        if p.fin and p.fin < today:
            badges += " :gray-badge[terminée]"
        elif p.debut > today:
            badges += " :blue-badge[à venir]"
        qualite = f", {md(p.qualite)}" if p.qualite else ""
        st.markdown(f"**{md(p.nom)}**{qualite}{badges}  \n:small[:gray[{md(p.portee)} · {p.periode}]]", width="stretch")
        aide = md(p.nom)
        ouverture = ("presidence", p.id, p.version)
        st.button("Modifier", type="tertiary", help=aide, key=f"pres{p.id}.m", on_click=ouvrir, args=ouverture)
        with st.popover("Retirer", type="tertiary", key=f"pres{p.id}.r"):
            st.caption("Saisie par erreur ? Pour une présidence qui s’achève, donnez-lui plutôt un dernier jour.")
            st.button("Retirer", key=f"pres{p.id}.oui", on_click=_supprimer, args=(p,))
    field_error(f"presidence:{p.id}", "")


def _supprimer(p: PresidenceVue) -> None:
    with refusals(f"presidence:{p.id}"), writing() as (session, by):
        presidences.supprimer(session, id=p.id, version=p.version, by=by)
    if not refused(f"presidence:{p.id}").erreurs:
        announce(f"{p.nom} : présidence retirée. Les relevés déjà saisis ne changent pas.")


def _offerts(p: PresidenceVue | None) -> tuple[dict[int, str], dict[str, str]]:
    """The accounts, and what may be chaired."""
    with reading() as session:
        agents = {c.id: c.nom for c in comptes.liste(session, now=utcnow()) if c.actif or (p and p.agent_id == c.id)}
        portees = {"": TOUTES}
        portees |= {f"s{s.id}": f"Cellules de veille, secteur {s.nom}" for s in listes.secteurs(session)}
        portees |= {f"i{i.id}": i.nom for i in instances.liste(session)}
    if p:
        portees.setdefault(_portee(p), p.portee)
    return agents, portees


def _miens(form: Formulaire, p: PresidenceVue) -> dict[str, str]:
    """What the form says by numbers, as the service says it."""
    agents, portees = _offerts(p)
    v = values(form, "agent_id", "portee")
    return {"agent_id": agents.get(v["agent_id"], ""), "portee": portees.get(v["portee"] or "", "")}


def _form(form: Formulaire, p: PresidenceVue | None) -> None:
    agents, portees = _offerts(p)
    if p:
        st.session_state.setdefault(key(form, "debut"), p.debut)
        st.session_state.setdefault(key(form, "fin"), p.fin)
    with st.form(key(form, "form"), border=False):
        for (champ, exemple), colonne in zip(_EXEMPLES.items(), st.columns(2), strict=True):
            with colonne:
                valeur = getattr(p, champ) if p else ""
                st.text_input(LIBELLES[champ], value=valeur, key=key(form, champ), placeholder=exemple)
                field_error(form.jeton, champ)
        gauche, droite = st.columns(2)
        with gauche:
            st.selectbox(
                LIBELLES["portee"],
                list(portees),
                index=list(portees).index(_portee(p)) if p else 0,
                format_func=lambda c: portees[c],
                key=key(form, "portee"),
                filter_mode="contains",
            )
            field_error(form.jeton, "portee")
        with droite:
            st.selectbox(
                LIBELLES["agent_id"],
                list(agents),
                index=list(agents).index(p.agent_id) if p and p.agent_id in agents else None,
                format_func=lambda i: agents[i],
                key=key(form, "agent_id"),
                placeholder="Aucun : rien ne change sur un Accueil",
                help="Ses cellules à venir et en retard s’affichent alors sur son Accueil.",
                filter_mode="contains",
            )
            field_error(form.jeton, "agent_id")
        debut, fin, interim = st.columns(3, vertical_alignment="bottom")
        with debut:
            st.date_input(LIBELLES["debut"], key=key(form, "debut"), **TOUTE_DATE)
        with fin:
            st.date_input(LIBELLES["fin"], key=key(form, "fin"), **TOUTE_DATE)
        with interim:
            st.checkbox(
                LIBELLES["interim"],
                value=bool(p and p.interim),
                key=key(form, "interim"),
                help="Le temps de l’intérim, cette personne préside à la place de toute autre.",
            )
        field_error(form.jeton, "debut")
        field_error(form.jeton, "fin")
        with st.container(horizontal=True):
            bouton = "Enregistrer" if p else "Ajouter"
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, p))
            if p:
                st.form_submit_button("Annuler", on_click=renoncer, args=(form,))
        if p:
            garder = partial(_enregistrer, p=p)
            deux_textes(
                form, libelles=LIBELLES, garder=garder, miens=partial(_miens, form, p), bouton=st.form_submit_button
            )


def _portee(p: PresidenceVue) -> str:
    return f"s{p.secteur_id}" if p.secteur_id else f"i{p.instance_id}" if p.instance_id else ""


def _enregistrer(form: Formulaire, p: PresidenceVue | None) -> None:
    v = values(form, *LIBELLES)
    portee = str(v["portee"] or "")
    saisie = Saisie(
        nom=v["nom"] or "",
        qualite=v["qualite"] or "",
        agent_id=v["agent_id"],
        secteur_id=int(portee[1:]) if portee.startswith("s") else None,
        instance_id=int(portee[1:]) if portee.startswith("i") else None,
        interim=bool(v["interim"]),
        debut=v["debut"],
        fin=v["fin"],
    )
    with refusals(form.jeton), writing() as (session, by):
        if p is None:
            presidences.creer(session, saisie=saisie, jeton=form.jeton, by=by)
        else:
            presidences.modifier(session, id=p.id, saisie=saisie, version=form.version or 0, by=by)
    if not refused(form.jeton).erreurs:
        announce("Présidence enregistrée.")
        fermer()


# --- one meeting ----------------------------------------------------------------------------------------------------


def entete(r: ReunionVue, today: date) -> str:
    """When a meeting is, where, and who chairs it."""
    with reading() as session:
        qui = presidences.qui_preside(session, reunion_id=r.id)
    quand = f"{temps.moment(r.debut, annee_de=today)} – {temps.heure(r.fin)}"
    return " · ".join([quand, *[md(r.lieu)] * bool(r.lieu), *[f"présidée par {md(qui)}"] * bool(qui)])


def presidence(r: ReunionVue, agent: Acteur) -> None:
    """Who chairs this meeting, and the way to say that it was somebody else."""
    with reading() as session:
        qui = presidences.qui_preside(session, reunion_id=r.id)
        verrou = vie_releve.verrouillee(session, reunion_id=r.id)
    place = f"presidence.reunion.{r.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if qui:
            st.markdown(f"Présidée par {md(qui)}", width="content")
        if not agent.peut(Droit.ECRIRE) or verrou:
            return
        # The same words whoever chairs: with others, Streamlit takes the panel for a new one, and closes it.
        volet = st.popover("Qui préside", type="tertiary", key=f"{place}.ouvrir", on_change="rerun")
        if not volet.open:
            return
        garde = fresh_form("presidence.reunion", r.id, r.version)
        with volet:
            repris(garde)
        with volet, st.form(f"{place}.form", border=False):
            st.text_input(
                "Présidée par",
                value=qui,
                key=key(garde, "qui"),
                max_chars=QUI_MAX,
                placeholder="Mme Claire Exemple, adjointe au maire",
                help="Vide : qui préside à cette date, selon Administration › Listes › Présidence.",
            )
            field_error(garde.jeton, "qui")
            st.form_submit_button("Enregistrer", on_click=_presider, args=(r, garde))
            libelles, garder = {"qui": "Présidée par"}, partial(_presider, r)
            deux_textes(garde, libelles=libelles, garder=garder, bouton=st.form_submit_button)


def _presider(r: ReunionVue, form: Formulaire) -> None:
    qui = str(values(form, "qui")["qui"] or "")
    with refusals(form.jeton), writing() as (session, by):
        programmation.presider(session, id=r.id, qui=qui, version=form.version or 0, by=by)
    if not refused(form.jeton).erreurs:
        forget(form.jeton)
        st.session_state[f"presidence.reunion.{r.id}.ouvrir"] = False
        announce("Présidence de la réunion enregistrée.")
