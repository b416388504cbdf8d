"""Charts, by subject; the subject, the period and the filters live in the address."""

from datetime import date, timedelta

import streamlit as st

from models.lists import TypeReunion
from services.commun import listes
from services.pilotage.statistiques import Filtre
from services.socle import periodes
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui
from services.socle.periodes import Periode, Preset
from ui.agenda.calendrier import filtre as un_filtre
from ui.commun.access import reading, require_agent
from ui.commun.adresse import lie, un_jour
from ui.commun.filtres import filtres_plies
from ui.pilotage import graphiques, graphiques_actions

agent = require_agent(Droit.CONSULTER)
today = aujourdhui()
SUJETS = {
    "Réunions": graphiques.reunions,
    "Couverture": graphiques.couverture,
    "Participation": graphiques.participation,
    "Situations évoquées": graphiques.situations,
    "Actions": graphiques_actions.actions,
    "13-18": graphiques_actions.treize_dix_huit,
}
TYPES = [t.libelle for t in TypeReunion]
COMPARAISONS = {
    "Comparé à la période précédente": periodes.precedente,
    "Comparé à un an avant": periodes.un_an_avant,
}
REPOS = {"periode": Preset.SEMESTRE, "secteur": None, "type": None, "comparer": next(iter(COMPARAISONS))}


def dates_libres() -> Periode | str:
    """Two dates, both included; or what to do about them, in one sentence."""
    depart = periodes.du_preset(Preset.LIBRE, today=today)
    bornes: list[date | None] = []
    premier, dernier = date(2000, 1, 1), date(today.year + 10, 12, 31)
    for label, champ, valeur in (("Du", "du", depart.debut), ("Au", "au", depart.dernier)):
        bornes.append(
            st.date_input(
                label,
                value=valeur,
                min_value=premier,
                max_value=dernier,
                format="DD/MM/YYYY",
                label_visibility="collapsed",
                width=125,
                **lie(champ, juge=un_jour(premier, dernier)),
            )
        )
    du, au = bornes
    if du is None or au is None:
        return "Choisissez les deux dates de la période : son premier et son dernier jour."
    if au < du:
        return f"La fin vient avant le début : choisissez une fin à partir du {du:%d/%m/%Y}."
    return Periode(du, au + timedelta(days=1))


with reading() as session:
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Graphiques", width="stretch")
    sujet = st.segmented_control(
        "Sujet",
        list(SUJETS),
        default="Réunions",
        required=True,
        label_visibility="collapsed",
        wrap=True,
        **lie("sujet", SUJETS),
    )
with filtres_plies("graphiques", REPOS, vertical_alignment="center", gap="small"):
    preset = st.selectbox("Période", list(Preset), label_visibility="collapsed", width=190, **lie("periode", Preset))
    periode = (
        dates_libres() if preset == Preset.LIBRE else periodes.du_preset(Preset(preset or Preset.SEMESTRE), today=today)
    )
    secteur = un_filtre("Secteur de veille", secteurs, "secteur", "Toute la ville")
    types = st.multiselect(
        "Types de réunion",
        TYPES,
        placeholder="Tous les types de réunion",
        label_visibility="collapsed",
        disabled=sujet == "13-18",
        width=260,
        **lie("type", TYPES),
    )
    comparaison = st.selectbox(
        "Comparaison",
        list(COMPARAISONS),
        label_visibility="collapsed",
        width=270,
        **lie("comparer", COMPARAISONS),
    )

if isinstance(periode, str):
    st.error(periode, icon=":material/error:")
    st.stop()
demande = Filtre(periode.debut, periode.fin, secteur, tuple(t for t in TypeReunion if t.libelle in types))
avant = periodes.a_ce_jour(demande, COMPARAISONS[comparaison](demande), today=today)
SUJETS[sujet or "Réunions"](graphiques.Demande(demande, avant, today=today, secteur=secteurs.get(secteur or 0, "")))
