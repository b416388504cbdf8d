"""What the screen « Tâches et envois » is made of: a card a task, a line a message."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import streamlit as st

from models.lists import EtatEnvoi
from services.administration import flux, taches
from services.administration.taches import TacheVue
from services.courrier import envois, expedition
from services.courrier.envois import EnvoiVu
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.temps import moment
from services.socle.texte import accord
from ui.commun import question
from ui.commun.access import reading, require_agent, writing
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import on_screen

FORM = "taches"
ATTENTE_S = 8  # a relay that answers has taken a message by then; a slow one goes on by itself
_BADGES = {
    EtatEnvoi.A_ENVOYER: ":orange-badge[:material/hourglass_empty: En attente]",
    EtatEnvoi.ECHEC: ":red-badge[:material/error: Adresse en erreur]",
}


def _quand(instant: datetime | None) -> str:
    return moment(civil(instant), annee_de=aujourdhui()) if instant else ""


def carte(t: TacheVue, *, modifiable: bool) -> None:
    """A task: whether all is well, what it did last, when it comes next."""
    if t.en_pause:
        badge = ":gray-badge[:material/pause: En pause]"
    elif t.erreur:
        badge = ":red-badge[:material/error: En erreur]"
    elif t.en_cours:
        badge = ":blue-badge[:material/sync: En cours]"
    else:
        badge = ":green-badge[:material/check: En service]"
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t.libelle}** {badge}", width="stretch")
            if t.a_lancer and modifiable:
                st.button(
                    "Lancer maintenant",
                    icon=":material/play_arrow:",
                    key=f"lancer.{t.nom}",
                    on_click=_lancer,
                    args=(t,),
                )
        passee = f"{_quand(t.finie_le)} : {md(t.resultat)}" if t.finie_le else "jamais"
        suite = "" if t.en_pause or not t.prochaine else f" · prochaine fois {_quand(t.prochaine)}"
        st.markdown(f":small[Dernière fois : {passee}{suite}]")
        if t.erreur:
            st.markdown(f":small[:red[{md(t.erreur)} Elle sera tentée à nouveau.]]")
        field_error(f"lancer.{t.nom}", "")


def _lancer(t: TacheVue) -> None:
    """Run it, and say what it did; what lasts goes on by itself, and its card says so."""
    by = require_agent(Droit.ECRIRE)
    fil = ThreadPoolExecutor(max_workers=1)
    try:
        with refusals(f"lancer.{t.nom}"):
            fait = fil.submit(taches.lancer, t.nom, now=utcnow(), by=by).result(ATTENTE_S)
            announce(f"{t.libelle} : {fait[:1].lower()}{fait[1:]}.")
    except TimeoutError:
        announce(f"{t.libelle} : c’est lancé, et continue. Sa carte dira ce qui a été fait.", icon=":material/sync:")
    finally:
        fil.shutdown(wait=False)


def ligne(e: EnvoiVu, *, modifiable: bool) -> None:
    """A message that has not left: to whom, what about, why, and when it is tried again."""
    with st.container(horizontal=True, vertical_alignment="center"):
        essais = f" · {accord(e.essais, 'essai')}" if e.essais else ""
        suite = f" · prochain essai {_quand(e.prochain_essai)}" if e.prochain_essai else ""
        pourquoi = f"  \n:small[:red[{md(e.erreur)}]]" if e.erreur else ""
        qui = md(e.a_qui) if e.a_qui == e.courriel else f"{md(e.a_qui)}, {md(e.courriel)}"
        st.markdown(
            f"{_BADGES[e.etat]} **{md(e.objet)}**  \n"
            f":small[{e.quoi} · {qui} · {_quand(e.cree_le)}{essais}{suite}]{pourquoi}",
            width="stretch",
        )
        if modifiable:
            nom = named("Réessayer", f"{e.objet}, {e.a_qui}")
            st.button(nom, key=f"envoi.{e.id}", icon=":material/refresh:", on_click=reessayer, args=([e.id],))


def reessayer(ids: list[int]) -> None:
    """Try these at once, and say what became of them."""
    with refusals(FORM):
        with writing() as (session, by):
            dus = envois.reessayer(session, ids=ids, now=utcnow(), by=by)
        expedition.lancer(ids=dus).join(ATTENTE_S)
        with reading() as session:
            partis = envois.combien_partis(session, ids=dus)
        reste = f", {len(dus) - partis} toujours en attente" if partis < len(dus) else ""
        announce(f"{accord(partis, 'message')} parti{'s' if partis > 1 else ''}{reste}.")


def _regler_heure() -> None:
    heure = on_screen().get("recapitulatif.heure")
    with refusals("recapitulatif"), writing(Droit.COMPTES) as (session, by):
        taches.regler_recapitulatif(session, heure=heure, now=utcnow(), by=by)
    if not refused("recapitulatif").erreurs and heure:
        announce(f"Le récapitulatif partira à {temps.heure(heure)}.")


def _ouvrir_agendas() -> None:
    oui = bool(on_screen().get("flux.actifs"))
    with reading() as session:
        n = flux.combien(session)
    if oui or n <= question.BEAUCOUP:
        _regler_agendas(oui)
    else:
        question.poser(
            f"Fermer {accord(n, 'adresse')} d’agenda ?",
            "Les programmes qui les lisent ne recevront plus rien. Rouvrir les agendas leur rend tout.",
            "Fermer les agendas",
            _regler_agendas,
            (False,),
        )


def _regler_agendas(oui: bool) -> None:
    with refusals("flux.actifs"), writing(Droit.COMPTES) as (session, by):
        flux.activer(session, oui=oui, by=by)
    if not refused("flux.actifs").erreurs:
        announce("Agendas ouverts." if oui else "Agendas fermés : plus aucune adresse ne répond.")


def reglages(*, heure: object, agendas: bool, modifiable: bool) -> None:
    """The two settings of this screen, for the responsable."""
    if st.session_state.get("flux.actifs") != agendas:
        st.session_state["flux.actifs"] = agendas
    st.toggle(
        "Les programmes d’agenda peuvent lire les réunions",
        key="flux.actifs",
        disabled=not modifiable,
        help="Chacun crée alors ses adresses dans « Mon compte ». Elles ne donnent que le genre, le lieu et l’heure.",
        on_change=_ouvrir_agendas,
    )
    field_error("flux.actifs", "")
    if st.session_state.get("recapitulatif.heure") != heure:
        st.session_state["recapitulatif.heure"] = heure
    st.time_input(
        "Heure du récapitulatif du matin",
        key="recapitulatif.heure",
        step=900,
        disabled=not modifiable,
        width=260,
        on_change=_regler_heure,
    )
    field_error("recapitulatif", "heure")
    if not modifiable:
        st.caption("La personne responsable change ces deux réglages.")
