"""What Accueil is made of: one line per thing that waits, each leading to where it is dealt with."""

from datetime import date

import streamlit as st

from models.lists import ETATS_REUNION_A_SAISIR, ETATS_REUNION_SAISIE, ETATS_REUNION_SANS_SUITE, EtatReunion
from services.agenda.jalons import RetardReunion
from services.agenda.reunions import ReunionVue
from services.aujourdhui.accueil import Attente, Pas, Semaine
from services.projets.creneaux import SeanceVue
from services.socle.periodes import Periode, nom
from services.socle.temps import heure, jour, moment, retard
from services.socle.texte import accord
from ui.agenda.plan import planifier
from ui.commun import suite
from ui.commun.feedback import md
from ui.commun.navigation import page_path

MAX_SEMAINE = 25
MAX_LIGNES = 4  # of each list of things to plan; the rest is counted


def lien(script: str, label: str, icone: str, **query: str) -> None:
    """A whole line that leads to where it is dealt with."""
    st.page_link(page_path(script), label=label, icon=f":material/{icone}:", query_params=query)


PAS = {
    Pas.CONTACTS: (
        "partenaires/import.py",
        "Importer vos contacts",
        "un carnet d’adresses ou un tableau ; ou une personne à la fois, depuis la fiche de son partenaire",
        "upload_file",
    ),
    Pas.MEMBRES: ("agenda/instances.py", "Dire qui siège dans chaque instance", "les membres à convoquer", "groups"),
    Pas.REUNION: (
        "agenda/calendrier.py",
        "Prévoir une première réunion",
        "ou toute une série",
        "calendar_add_on",
    ),
}


def premiers_pas(restants: list[Pas]) -> None:
    """Where to begin: each step is a link, and goes once it is taken."""
    st.header("Par où commencer", anchor=False)
    if len(restants) == len(Pas):
        st.caption("Les partenaires, les secteurs et les collèges de la ville sont déjà là.")
    for pas in restants:
        script, quoi, comment, icone = PAS[pas]
        lien(script, f"**{quoi}** :gray[· {comment}]", icone)


def maintenant_en_seance(reunions: list[ReunionVue]) -> None:
    """The meetings that are about to begin, or being held."""
    st.header("C’est maintenant", anchor=False)
    for r in reunions:
        badge = (
            f":green-badge[{r.etat.libelle}]" if r.etat is EtatReunion.EN_SEANCE else ":blue-badge[Ouvrir la séance]"
        )
        lieu = f" · {md(r.lieu)}" if r.lieu else ""
        texte = f"**{md(r.titre)}** :gray[· {heure(r.debut)} – {heure(r.fin)}{lieu}] {badge}"
        lien("aujourdhui/en_seance.py", texte, "co_present", reunion=str(r.id))


def a_saisir(attente: Attente, today: date) -> None:
    """The meetings held and not written up."""
    st.header(f"À saisir : {accord(attente.nb_a_saisir, 'réunion')}", anchor=False)
    for r in attente.a_saisir:
        quand = moment(r.debut, annee_de=today)
        lien("aujourdhui/saisie.py", f"**{md(r.titre)}** :gray[· {quand}]", "edit_note", reunion=str(r.id))
    if autres := attente.nb_a_saisir - len(attente.a_saisir):
        lien("aujourdhui/saisie.py", f"Et {accord(autres, 'autre')}", "more_horiz")


def en_retard(attente: Attente, today: date) -> None:
    """The oldest late actions."""
    st.header(f"En retard : {accord(attente.nb_en_retard, 'action')}", anchor=False)
    for a in attente.en_retard:
        texte = f"{md(a.quoi)} :gray[· {md(a.pilote)}] :red-badge[{retard(a.echeance, today)}]"
        lien("actions/partenaire.py", texte, "call", partenaire=str(a.pilote_id))
    if autres := attente.nb_en_retard - len(attente.en_retard):
        lien("actions/suivi.py", f"Et {accord(autres, 'autre')} en retard", "more_horiz", voir="En retard")


def preparations(attente: Attente, today: date) -> None:
    """The meetings whose échéancier is late, the most late first."""
    st.header(f"À préparer : {accord(len(attente.preparations), 'réunion')} en retard", anchor=False)
    for p in attente.preparations[:MAX_LIGNES]:
        _preparation(p, today)
    if reste := attente.preparations[MAX_LIGNES:]:
        with st.expander(f"Et {accord(len(reste), 'autre')}"):
            for p in reste:
                _preparation(p, today)


def _preparation(p: RetardReunion, today: date) -> None:
    autres = f" et {accord(p.autres, 'autre')}" if p.autres else ""
    quand = jour(p.debut.date(), annee_de=today)
    texte = f"**{md(p.titre)}** :gray[· {quand} · {md(p.libelle.lower())}{autres}]"
    lien("agenda/reunion.py", f"{texte} :red-badge[{retard(p.limite, today)}]", "checklist", id=str(p.reunion_id))


def a_prevoir(attente: Attente, semestre: Periode, today: date) -> None:
    """Cellules without a date, instances that meet too rarely, collèges that wait."""
    st.header("À prévoir", anchor=False)
    for s in attente.secteurs:  # six at most: all of them are shown
        mot = "reportée, sans nouvelle date" if s.reportee else "ni tenue ni prévue"
        texte = f"**{md(f'Cellule de veille – {s.secteur}')}** :gray[· {nom(semestre)}] :orange-badge[{mot}]"
        if s.instance_id:
            lien("agenda/planifier.py", texte, "groups", **planifier([s.instance_id], semestre))
        else:
            lien("agenda/plan.py", texte, "groups")
    for i in attente.instances[:MAX_LIGNES]:
        derniere = f"dernière {jour(i.derniere, annee_de=today)}" if i.derniere else "jamais réunie"
        texte = f"**{md(i.nom)}** :gray[· {i.frequence.libelle.lower()}] :orange-badge[{derniere}, aucune prévue]"
        lien("agenda/planifier.py", texte, "calendar_month", instances=str(i.instance_id))
    if autres := len(attente.instances[MAX_LIGNES:]):
        lien("agenda/instances.py", f"Et {accord(autres, 'autre')} sans réunion prévue", "more_horiz")
    for c in attente.colleges[:MAX_LIGNES]:
        etape = f"13-18, {c.volet.libelle.lower()} : {md(c.etape.lower())}"
        texte = f"**{md(c.college)}** :gray[· {etape}] :orange-badge[{retard(c.limite, today)}]"
        lien("projets/college_13_18.py", texte, "school", participation=str(c.participation_id))
    if autres := len(attente.colleges[MAX_LIGNES:]):
        etapes = f"Et {accord(autres, 'autre')} étape{'s' if autres > 1 else ''} en retard"
        lien("projets/questions_de_justice.py", etapes, "more_horiz")


def cette_semaine(semaine: Semaine, today: date, *, restreint: bool) -> None:
    """The meetings and the séances of the week, in order; each leads to its day, or to its relevé."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("La semaine qui vient" if semaine.suivante else "Cette semaine", width="stretch", anchor=False)
        lien("agenda/calendrier.py", "Calendrier", "calendar_month")
    evenements: list[ReunionVue | SeanceVue] = sorted([*semaine.reunions, *semaine.seances], key=lambda e: e.debut)
    visibles = evenements[: suite.montres("semaine", MAX_SEMAINE)]
    for e in visibles:
        le = ":blue[**Aujourd’hui**]" if e.debut.date() == today else jour(e.debut.date()).capitalize()
        quand = f"{le}, {heure(e.debut)}"
        if isinstance(e, SeanceVue):
            texte = f"{quand} · 13-18, **{md(e.college)}**, {md(e.classe)}"
            lien("agenda/calendrier.py", texte, "school", vue="Jour", jour=e.debut.date().isoformat())
        elif restreint and e.etat in ETATS_REUNION_SAISIE:
            texte = f"{quand} · **{md(e.titre)}** :green-badge[{e.etat.libelle}]"
            lien("aujourdhui/releve.py", texte, "description", reunion=str(e.id))
        else:
            barre = "~~" if e.etat in ETATS_REUNION_SANS_SUITE else ""
            badge = "" if e.etat in ETATS_REUNION_A_SAISIR else f" :gray-badge[{e.etat.libelle}]"
            lieu = f" :gray[· {md(e.lieu)}]" if e.lieu else ""
            texte = f"{quand} · {barre}**{md(e.titre)}**{barre}{lieu}{badge}"
            lien("agenda/calendrier.py", texte, "event", vue="Jour", jour=e.debut.date().isoformat())
    suite.autres("semaine", len(visibles), len(evenements))
    if not evenements:
        st.caption(
            f"Du {jour(semaine.debut)} au {jour(semaine.fin)} : aucune réunion. "
            "Celles du calendrier viendront ici, avec leur heure et leur lieu."
        )
