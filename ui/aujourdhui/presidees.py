"""Accueil of whoever chairs: their meetings to come, what is late, and the ways on. Calm: it may be on a wall."""

from datetime import date

import streamlit as st

from services.aujourdhui.presidees import AVenir, Presidees
from services.socle.periodes import Periode, nom
from services.socle.temps import heure, jour_long, retard
from services.socle.texte import accord
from ui.aujourdhui.accueil import lien
from ui.commun.feedback import md

MAX_A_VENIR = 4


def presidees(p: Presidees, semestre: Periode, today: date) -> None:
    """What one chairs: to come on the left, late on the right."""
    with st.grid(2, min_column_width=420, gap="medium"):
        gauche, droite = st.container(), st.container()
    with gauche, st.container(border=True, gap="small"):
        st.header("Vos prochaines réunions", anchor=False)
        for a in p.a_venir[:MAX_A_VENIR]:
            _a_venir(a)
        if autres := len(p.a_venir[MAX_A_VENIR:]):
            lien("agenda/calendrier.py", f"Et {accord(autres, 'autre')}, dans le calendrier", "more_horiz", vue="Liste")
        if not p.a_venir:
            st.caption("Aucune réunion que vous présidez n’est prévue pour l’instant.")
    with droite:
        with st.container(border=True, gap="small"):
            _en_retard(p, semestre, today)
        with st.container(border=True, gap="small"):
            st.header("Pour vous préparer", anchor=False)
            lien("agenda/calendrier.py", "Calendrier de toutes les réunions", "calendar_month")
            lien("agenda/releves.py", "Relevés publics de l’année", "menu_book")
            lien("pilotage/graphiques.py", "Graphiques", "bar_chart")


def _a_venir(a: AVenir) -> None:
    """When and where, then how ready it is."""
    r = a.reunion
    lieu = md(r.lieu) if r.lieu else "lieu à fixer"
    texte = f"**{md(r.titre)}**  \n{jour_long(r.debut.date()).capitalize()}, {heure(r.debut)} – {heure(r.fin)} · {lieu}"
    lien("agenda/calendrier.py", texte, "event", vue="Jour", jour=r.debut.date().isoformat())
    if a.appeles:
        pret = (
            f"{accord(a.appeles, 'partenaire')} appelé{'s' if a.appeles > 1 else ''}, {accord(a.reponses, 'réponse')}"
        )
    else:
        pret = "convocations pas encore envoyées"
    points = accord(a.points, "point") if a.points else "rien"
    st.caption(f"{pret.capitalize()} · {points} à l’ordre du jour")


def _en_retard(p: Presidees, semestre: Periode, today: date) -> None:
    st.header(f"En retard : {p.en_retard}" if p.en_retard else "Rien n’est en retard", anchor=False)
    for s in p.sans_date:
        etat = f"{s.decalee.libelle.lower()}, sans nouvelle date" if s.decalee else "ni tenue ni prévue"
        texte = f"**{md(f'Cellule de veille – {s.secteur}')}** :gray[· {nom(semestre)}] :orange-badge[{etat}]"
        lien("agenda/plan.py", texte, "groups")
    for r in p.sans_releve:
        quand = f":gray[· {jour_long(r.debut.date())}]"
        texte = f"**{md(r.titre)}** {quand} :red-badge[relevé pas encore écrit, {retard(r.debut.date(), today)}]"
        lien("agenda/calendrier.py", texte, "edit_note", vue="Jour", jour=r.debut.date().isoformat())
    if not p.en_retard:
        st.caption("Chaque cellule du semestre est tenue ou prévue, et chaque relevé est écrit.")
