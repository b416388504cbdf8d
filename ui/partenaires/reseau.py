"""The network: who has stopped coming and whom to call, who comes and how often, and the groups in a chart."""

from collections.abc import Callable
from datetime import date, datetime
from math import ceil

import streamlit as st

from models import Presence
from models.lists import EtatPresence
from services.partenaires import vitalite
from services.partenaires.annuaire import Filtre
from services.partenaires.vitalite import LigneReseau, PageReseau, Vitalite, Vue
from services.pilotage import statistiques
from services.socle import periodes
from services.socle.periodes import Preset
from services.socle.temps import MOIS, jour
from ui.commun import charts
from ui.commun.access import reading
from ui.commun.adresse import feuille
from ui.commun.charts import chart_block, nombre, pour_cent
from ui.commun.feedback import md
from ui.partenaires.fiche import FICHE

REGLE = (
    "Un partenaire toujours attendu, venu au moins deux fois, puis à aucune réunion : au moins trois manquées "
    "en plus de trois mois, ou deux en plus d’un an. Excusé, il manque aussi."
)
COULEURS = {"Actifs": charts.BLEU, "En sommeil": charts.ORANGE, "Pas attendus": charts.GRIS}
_DEFINITIONS = {
    Vue.CATEGORIE: "",
    Vue.SECTEUR: " Un partenaire compte dans chacun de ses secteurs de veille.",
    Vue.DISPOSITIF: " Un partenaire compte dans chaque dispositif où il siège ou fut attendu.",
    Vue.INSTANCE: " Un partenaire compte dans chaque instance où il siège ou fut attendu.",
}


def s(n: int) -> str:
    """The plural."""
    return "s" if n > 1 else ""


def absence(v: Vitalite) -> str:
    """The badge of one that has stopped coming, "" for the others."""
    if not v.ne_vient_plus or v.derniere is None:
        return ""
    return f":orange-badge[:material/person_off: Ne vient plus depuis {MOIS[v.derniere.month - 1]} {v.derniere.year}]"


def presence(v: Vitalite, today: date) -> str:
    """Its last attendance and its twelve months, in words."""
    derniere = f"dernière venue {_le(v.derniere, today)}" if v.derniere else "jamais venu"
    phrase = f"Attendu à aucune réunion depuis douze mois, {derniere}" if v.derniere else "Jamais attendu à une réunion"
    if v.attendu:
        phrase = f"Venu à {v.venu} réunion{s(v.venu)} sur {v.attendu} en douze mois, {derniere}"
    return phrase.removesuffix(".") + "."  # a date may end with "oct."


def nombres(v: Vitalite, unite: str = "") -> str:
    """How many open and late actions it pilots, in badges."""
    ouvertes = f":gray-badge[{v.ouvertes}{unite}]" if v.ouvertes else ""
    return ouvertes + (f" :red-badge[{v.en_retard} en retard]" if v.en_retard else "")


def _actions(v: Vitalite) -> str:
    return nombres(v, f" action{s(v.ouvertes)} ouverte{s(v.ouvertes)}")


def _le(quand: datetime, today: date) -> str:
    return jour(quand.date(), annee_de=today)


# --- lists ----------------------------------------------------------------------------------------------------------


def ne_viennent_plus(filtre: Filtre, today: date) -> None:
    """Whom to call."""

    if _depuis() is None:  # nobody is missing where nobody was noted
        st.info(
            "Aucune présence n’est encore notée : on ne sait pas qui vient. La saisie après réunion les apporte ici.",
            icon=":material/how_to_reg:",
        )
        return

    def titre(total: int) -> None:
        st.header(f"{total} partenaire{s(total)} ne {'viennent' if total > 1 else 'vient'} plus", anchor=False)
        st.caption(REGLE)

    _liste(vitalite.ne_viennent_plus, filtre, today, titre, _a_appeler)


def tous(filtre: Filtre, today: date) -> None:
    """Everyone, with how often they come."""

    def titre(total: int) -> None:
        st.header(f"{total} partenaire{s(total)}", anchor=False)
        st.caption(
            "Sur les douze derniers mois, ceux qui viennent le moins d’abord. Attendu : noté aux présences d’une "
            "réunion saisie ; venu : présent ou représenté." + _moins_de_douze_mois(today)
        )

    _liste(vitalite.tous, filtre, today, titre, _assiduite)


def _depuis() -> date | None:
    """Since when presences are noted."""
    with reading() as session:
        return statistiques.depuis(session, avec=Presence)


def _moins_de_douze_mois(today: date) -> str:
    """Said when the twelve months spoken of are not all known."""
    depuis = _depuis()
    if depuis is None or depuis <= periodes.du_preset(Preset.DOUZE_MOIS, today=today).debut:
        return ""
    return f" Les présences sont notées depuis le {depuis:%d/%m/%Y}."


def _liste(
    lire: Callable[..., PageReseau],
    filtre: Filtre,
    today: date,
    titre: Callable[[int], None],
    rangee: Callable[[LigneReseau, date], None],
) -> None:
    """A page of rows, its number in the address."""
    with reading() as session:
        lus = lire(session, filtre=filtre, today=today)
    pages = max(1, ceil(lus.total / vitalite.PAR_PAGE))
    titre(lus.total)
    liste = st.container(gap="small")
    if pages > 1:
        page = st.pagination(pages, **feuille(pages))
        if page > 1:
            with reading() as session:
                lus = lire(session, filtre=filtre, today=today, page=page)
    with liste:
        for ligne in lus.lignes:
            rangee(ligne, today)
    if not lus.total:
        liste.success("Personne ne manque : aucun partenaire de ce filtre.", icon=":material/task_alt:")


def _nom(ligne: LigneReseau, *suite: str) -> None:
    """The line that opens its page."""
    label = " ".join([f"**{md(ligne.nom)}**", f":gray-badge[{md(ligne.categorie)}]", *(t for t in suite if t)])
    st.page_link(FICHE, label=label, icon="", query_params={"id": str(ligne.id)}, width="stretch")


def _derniere(ligne: LigneReseau, today: date) -> str:
    """Its last attendance: when, where, who."""
    v = ligne.venue
    if v is None:
        return ""
    represente = "représenté" if v.presence is EtatPresence.REPRESENTE else ""
    qui = "" if represente else v.personne
    return ", ".join(md(t) for t in (_le(v.debut, today), v.titre, represente or qui) if t)


def _a_appeler(ligne: LigneReseau, today: date) -> None:
    v, f = ligne.vitalite, ligne.a_joindre
    with st.container(gap=None):
        _nom(ligne, absence(v), _actions(v))
        excusees = f", dont {v.excusees} excusée{s(v.excusees)}" if v.excusees else ", aucune excusée"
        st.caption(f"Dernière venue : {_derniere(ligne, today)}. Depuis : {v.manquees} réunions manquées{excusees}.")
        qui = [f"**{md(f.personne)}**", md(f.intitule)] if f else ["Le service"]
        ou = (f.telephone, f.courriel) if f and (f.telephone or f.courriel) else (ligne.telephone, ligne.courriel)
        joindre = " · ".join([*qui, *(md(t) for t in ou if t)])
        st.markdown(f":material/call: {joindre}" if f or any(ou) else ":gray[Aucune coordonnée pour le moment.]")


def _assiduite(ligne: LigneReseau, today: date) -> None:
    v = ligne.vitalite
    gauche, droite = st.columns([4, 1], vertical_alignment="center")
    derniere = (
        f"dernière venue {_le(ligne.venue.debut, today)}, {md(ligne.venue.titre)}" if ligne.venue else "jamais venu"
    )
    with gauche:
        _nom(ligne, absence(v), _actions(v), f":gray[{derniere}]")
    if v.attendu:
        droite.progress(v.venu / v.attendu, text=f"{v.venu} sur {v.attendu}")
    else:
        droite.caption("Pas attendu")


# --- the chart ------------------------------------------------------------------------------------------------------


def groupes(vue: Vue, filtre: Filtre, today: date) -> None:
    """How many partenaires of each group are alive, and how often they come."""
    with reading() as session:
        lu = vitalite.reseau(session, vue=vue, filtre=filtre, today=today)
    if not lu.groupes:
        st.info("Aucun partenaire de ce filtre : retirez-en un, ou ajoutez des partenaires.", icon=":material/hub:")
        return
    periode = periodes.nom(periodes.du_preset(Preset.DOUZE_MOIS, today=today))
    taux = {g.nom: statistiques.pourcentage(g.venu, g.attendu) for g in lu.groupes}
    chart_block(
        f"Réseau {vue[0].lower()}{vue[1:]}",
        charts.bandes(
            [
                (g.nom, serie, n)
                for g in lu.groupes
                for serie, n in zip(COULEURS, (g.actifs, g.en_sommeil, g.pas_attendus), strict=True)
                if n
            ],
            couleurs=COULEURS,
            notes={g.nom: f"{pour_cent(taux[g.nom])} (n = {nombre(g.attendu)})" for g in lu.groupes},
            serie="Partenaires",
        ),
        periode=periode,
        n=lu.partenaires,
        definition="Partenaires actifs : venus une fois au moins ; en sommeil : attendus, jamais venus. Après la "
        f"barre : leurs venues, sur les réunions qui les attendaient, à partir de 20.{_DEFINITIONS[vue]}"
        + _moins_de_douze_mois(today),
        description=f"Partenaires {vue[0].lower()}{vue[1:]}, {periode} : actifs, en sommeil et pas attendus, sur "
        f"{lu.partenaires} partenaires",
        tableau=[
            {
                vue.removeprefix("Par ").capitalize(): g.nom,
                "Partenaires": g.partenaires,
                "Actifs": g.actifs,
                "En sommeil": g.en_sommeil,
                "Pas attendus": g.pas_attendus,
                "Ne viennent plus": g.ne_viennent_plus,
                "Attendus": g.attendu,
                "Présents ou représentés": g.venu,
                "Présents ou représentés (%)": taux[g.nom],
            }
            for g in lu.groupes
        ],
        fichier=f"reseau-{vue.name.lower()}_{today}",
        restreint=True,
    )
