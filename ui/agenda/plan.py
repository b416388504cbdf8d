"""The board of the plan: the cellules of each semestre as cards, instances × months as a table."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from models.lists import TypeReunion
from services.agenda.plan import Case, Etat, LigneInstance, PlanSecteurs
from services.socle.periodes import Periode, mois_entiers, nom, plus_mois
from services.socle.temps import MOIS_COURTS, jour
from services.socle.texte import accord
from ui.commun.adresse import aller
from ui.commun.feedback import md
from ui.commun.navigation import page_path

COULEUR: dict[Etat, Any] = {
    Etat.TENUE: "green",
    Etat.A_SAISIR: "orange",
    Etat.PREVUE: "blue",
    Etat.A_PLANIFIER: "orange",
    Etat.EN_RETARD: "red",
    Etat.REPORTEE: "orange",
    Etat.NON_TENUE: "gray",
    Etat.SANS_DONNEE: "gray",
    Etat.RELACHE: "gray",
}
ICONE = {
    Etat.TENUE: "check_circle",
    Etat.A_SAISIR: "edit_note",
    Etat.PREVUE: "event",
    Etat.A_PLANIFIER: "calendar_add_on",
    Etat.EN_RETARD: "schedule",
    Etat.REPORTEE: "event_repeat",
    Etat.NON_TENUE: "remove",
    Etat.SANS_DONNEE: "history",
}


def _vers(case: Case, *, restreint: bool) -> tuple[str, dict[str, str]]:
    """Where a meeting of a cell is dealt with: the script, and its address."""
    r = case.premiere
    if not restreint:
        return "agenda/calendrier.py", {"vue": "Jour", "jour": r.debut.date().isoformat()}
    if r.etat is Etat.A_SAISIR:
        return "aujourdhui/saisie.py", {"reunion": str(r.id)}
    if r.etat is Etat.TENUE:
        return "aujourdhui/releve.py", {"reunion": str(r.id)}
    return "agenda/reunion.py", {"id": str(r.id)}


def planifier(instance_ids: Sequence[int], periode: Periode) -> dict[str, str]:
    """The address of the assistant with these instances chosen."""
    return {
        "instances": ",".join(str(i) for i in instance_ids),
        "debut": periode.debut.isoformat(),
        "fin": periode.dernier.isoformat(),
    }


# --- secteurs × semestres ------------------------------------------------------------------------------------------


def secteurs(plan: PlanSecteurs, today: date, *, ecrire: bool, restreint: bool) -> None:
    """A card a semestre, each with the same secteurs in the same order."""
    with st.grid(4, min_column_width=225, gap="small"):
        for rang, semestre in enumerate(plan.semestres):
            with st.container(border=True, gap="xsmall"):
                _semestre(plan, rang, semestre, today, ecrire=ecrire, restreint=restreint)


def _semestre(plan: PlanSecteurs, rang: int, p: Periode, today: date, *, ecrire: bool, restreint: bool) -> None:
    en_cours = p.debut <= today < p.fin
    prises, total = plan.compte(rang)
    mot = ":blue-badge[en cours]" if en_cours else ""
    compte = f"{prises} sur {total} {_tenues(p, today)}" if total else "rien n’était encore suivi"
    st.markdown(f"**{plan.nom(rang)}** {mot}  \n:small[{compte}]")
    for ligne in plan.lignes:
        _cellule(ligne.secteur, ligne.cases[rang], p, ecrire=ecrire, restreint=restreint)
    if ecrire and (manquantes := plan.a_planifier(rang)):
        n = len(manquantes)
        libelle = "Planifier la manquante" if n == 1 else f"Planifier les {n} manquantes"
        st.button(
            libelle,
            icon=":material/calendar_add_on:",
            key=f"plan.{p.debut}",
            type="primary" if en_cours else "secondary",
            width="stretch",
            on_click=aller,
            args=("agenda/planifier.py",),
            kwargs=planifier(manquantes, p),
        )


def _tenues(p: Periode, today: date) -> str:
    return "tenues" if p.fin <= today else "tenues ou prévues"


def _cellule(secteur: str, case: Case, p: Periode, *, ecrire: bool, restreint: bool) -> None:
    etat = f":{COULEUR[case.etat]}-badge[:material/{ICONE[case.etat]}: {case.etat.value}]"
    if case.reunions:
        quand = jour(case.premiere.debut.date(), annee_de=p.debut)
        autres = f" (+{len(case.reunions) - 1})" if len(case.reunions) > 1 else ""
        script, adresse = _vers(case, restreint=restreint)
        st.page_link(page_path(script), label=f"{md(secteur)}  \n{etat} {quand}{autres}", query_params=adresse)
    elif ecrire and case.etat not in (Etat.NON_TENUE, Etat.SANS_DONNEE):
        script, adresse = "agenda/instances.py", {"instance": "0"}
        if case.instance_id:
            script, adresse = "agenda/planifier.py", planifier([case.instance_id], p)
        st.page_link(page_path(script), label=f"{md(secteur)}  \n{etat}", query_params=adresse)
    else:
        st.page_link(
            page_path("agenda/calendrier.py"),
            label=f"{md(secteur)}  \n{etat}",
            query_params={"vue": "Mois", "jour": p.debut.isoformat()},
        )


# --- instances × months --------------------------------------------------------------------------------------------


def legende() -> str:
    """The words of the table, each in its colour."""
    etats = (Etat.TENUE, Etat.A_SAISIR, Etat.PREVUE, Etat.A_PLANIFIER, Etat.EN_RETARD, Etat.REPORTEE, Etat.NON_TENUE)
    return " ".join(f":{COULEUR[e]}-badge[{e.value}]" for e in etats)


def instances(lignes: Sequence[LigneInstance], periode: Periode, today: date, *, ecrire: bool, restreint: bool) -> None:
    """One line an instance, one column a month; a cell leads to its meeting, or to the assistant."""
    mois = mois_entiers(periode)
    tetes = "".join(
        f'<th scope="col"{_present(m, today)}>{MOIS_COURTS[m.month - 1]}<small>{m.year}</small></th>' for m in mois
    )
    corps: list[str] = []
    type_: TypeReunion | None = None
    for ligne in lignes:
        if ligne.type is not type_:
            type_ = ligne.type
            corps.append(f'<tr class="type"><td colspan="{len(mois) + 1}">{escape(type_.libelle)}</td></tr>')
        court = ligne.nom.removeprefix(f"{ligne.type.libelle} – ")
        cases = "".join(
            f"<td>{_case(c, m, ligne, today, ecrire=ecrire, restreint=restreint)}</td>"
            for c, m in zip(ligne.cases, mois, strict=True)
        )
        tenues = f" · {ligne.tenues} sur {ligne.attendues} tenues" if ligne.attendues else ""
        frequence = f"<small>{escape(ligne.frequence.libelle.lower())}{tenues}</small>"
        corps.append(f'<tr><th scope="row">{escape(court)}{frequence}</th>{cases}</tr>')
    titre = f"Instances par mois, {nom(periode)}"
    st.html(
        f'<div class="plan" tabindex="0" role="region" aria-label="{escape(titre)}"><table>'
        f'<thead><tr><th scope="col">Instance</th>{tetes}</tr></thead><tbody>{"".join(corps)}</tbody></table></div>'
    )


def _present(m: date, today: date) -> str:
    return ' class="present" aria-current="date"' if (m.year, m.month) == (today.year, today.month) else ""


def _case(case: Case, m: date, ligne: LigneInstance, today: date, *, ecrire: bool, restreint: bool) -> str:
    if case.etat is Etat.RIEN:
        return '<span class="vide">·</span>'
    if case.etat is Etat.RELACHE:
        return '<span class="vide"><small>vacances</small></span>'
    if case.etat is Etat.SANS_DONNEE:
        return '<span class="vide">–<small>sans donnée</small></span>'
    teinte = COULEUR[case.etat]
    jours = ", ".join(str(r.debut.day) for r in case.reunions)
    compte = f"{len(case.reunions)} sur {case.attendues}" if len(case.reunions) < case.attendues else ""
    if case.reunions and case.etat is not Etat.A_PLANIFIER:
        texte = f"{jours}<small>{compte or _COURT[case.etat]}</small>"
        script, adresse = _vers(case, restreint=restreint)
    else:
        texte = f"{jours or '–'}<small>{_COURT[case.etat]}</small>"
        if not ecrire or case.etat is Etat.NON_TENUE:
            return f'<span class="mot {teinte}">{texte}</span>'
        script, adresse = "agenda/planifier.py", planifier([ligne.id], Periode(m, plus_mois(m, 1)))
    loin = " loin" if case.etat is Etat.A_PLANIFIER and m > plus_mois(today, 2) else ""  # not pressing
    detail = ", ".join(f"{r.debut.day} {_COURT[r.etat]}" for r in case.reunions) or _COURT[case.etat]
    suite = f", {compte} attendues" if compte else ""
    titre = escape(f"{ligne.nom}, {MOIS_COURTS[m.month - 1]} {m.year} : {detail}{suite}")
    href = escape(f"/{_URL[script]}?" + "&".join(f"{c}={v}" for c, v in adresse.items()))
    return f'<a href="{href}" title="{titre}" aria-label="{titre}" class="{teinte}{loin}">{texte}</a>'


_COURT = {
    Etat.TENUE: "tenue",
    Etat.A_SAISIR: "à saisir",
    Etat.PREVUE: "prévue",
    Etat.A_PLANIFIER: "à planifier",
    Etat.EN_RETARD: "en retard",
    Etat.REPORTEE: "reportée",
    Etat.NON_TENUE: "non tenue",
}
_URL = {
    "agenda/calendrier.py": "calendrier",
    "aujourdhui/saisie.py": "saisie",
    "aujourdhui/releve.py": "releve",
    "agenda/reunion.py": "reunion",
    "agenda/planifier.py": "planifier",
}


def resume(lignes: Sequence[LigneInstance]) -> str:
    """3 instances attendent une date."""
    n = sum(x.a_planifier for x in lignes)
    return f"{accord(n, 'instance')} attend{'ent' if n > 1 else ''} une date" if n else "Tout a une date"
