"""Calendar addresses: made once and shown once, with how to add one to each program."""

import secrets

import streamlit as st

from services.administration import flux
from services.administration.flux import FluxVu
from services.commun import listes
from services.socle.acteur import Acteur, Droit
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.temps import jour, moment
from settings import get_settings
from ui.commun import question
from ui.commun.access import reading, writing
from ui.commun.adresse import posee, poser
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import on_screen

_MONTRE = "flux.montre"  # the address just made: what it opens, and its secret
_JETON = "flux_jeton"
TOUTE_LA_VILLE = "Toute la ville"
MODE_D_EMPLOI = {
    "Outlook": "Calendrier › Ajouter un calendrier › S’abonner à partir du web.\nCollez l’adresse, donnez un nom, "
    "validez. Outlook la relit plusieurs fois par jour.",
    "Thunderbird": "Agenda › Nouvel agenda › Sur le réseau, sans identifiant.\nCollez l’adresse dans « Emplacement », "
    "puis choisissez iCalendar (ICS).",
    "iPhone": "Réglages › Calendrier › Comptes › Ajouter › Autre › S’abonner à un calendrier.\nCollez l’adresse, "
    "puis Suivant et Enregistrer.",
    "Android": "Sur un ordinateur, agenda.google.com › Autres agendas › + › À partir de l’URL.\nCollez l’adresse : "
    "le téléphone la montre ensuite. Il faut que le carnet soit joignable depuis Internet.",
}


def adresse(secret: str) -> str:
    """As the browser reaches this server."""
    protocole = "https" if get_settings().https else "http"
    return f"{protocole}://{st.context.headers.get('Host') or 'localhost'}/agenda/{secret}.ics"


def _jeton() -> str:
    """What makes the next address count once, however often its button is pressed."""
    return str(st.session_state.setdefault(_JETON, secrets.token_hex(16)))


def _creer(jeton: str, secteurs: dict[str, int], personnel: bool) -> None:
    choisi = str(on_screen().get("flux.secteur") or TOUTE_LA_VILLE)
    secret = ""
    with refusals("flux"), writing(Droit.CONSULTER) as (session, by):
        secret = flux.creer(
            session, secteur_id=secteurs.get(choisi), personnel=personnel, jeton=jeton, now=utcnow(), by=by
        )
    if secret and not refused("flux").erreurs:
        poser(_MONTRE, (choisi, secret))
        st.session_state[_JETON] = secrets.token_hex(16)


def _revoquer(f: FluxVu) -> None:
    with refusals(f"flux.{f.id}"), writing(Droit.CONSULTER) as (session, by):
        flux.revoquer(session, id=f.id, now=utcnow(), by=by)
    if not refused(f"flux.{f.id}").erreurs:
        poser(_MONTRE, None)
        announce("Adresse révoquée : elle ne répond plus.")


def _oublier() -> None:
    poser(_MONTRE, None)


def agendas(agent: Acteur) -> None:
    """The section « Mes agendas »."""
    st.header("Mes agendas", anchor=False)
    st.caption(
        "Une adresse qu’Outlook, Thunderbird ou un téléphone relit tout seul : le genre de chaque réunion, son lieu, "
        "son heure, et rien d’autre. Qui a l’adresse lit l’agenda : gardez-la pour vous."
    )
    with reading() as session:
        actifs = flux.actifs(session)
        siens = flux.liste(session, by=agent)
        secteurs = {s.nom: s.id for s in listes.secteurs(session)}
    if not actifs:
        st.info(flux.ETEINTS, icon=":material/lock:")
    if montre := posee(_MONTRE):
        _montrer(*montre)
    elif actifs:
        _nouvelle(agent, secteurs)
    for f in siens:
        _ligne(f, agent)
    if not siens and actifs:
        st.caption("Aucune adresse pour le moment.")


def _nouvelle(agent: Acteur, secteurs: dict[str, int]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Réunions de", [TOUTE_LA_VILLE, *secteurs], key="flux.secteur", width=300)
        st.button(
            "Créer mon adresse",
            type="primary",
            icon=":material/add_link:",
            on_click=_creer,
            args=(_jeton(), secteurs, True),
        )
        if agent.peut(Droit.COMPTES):
            st.button(
                "Créer une adresse à partager",
                icon=":material/share:",
                help="Pour un agenda commun ou un·e élu·e : elle ne dépend pas de votre compte.",
                on_click=_creer,
                args=(_jeton(), secteurs, False),
            )
    field_error("flux", "secteur")
    field_error("flux", "")


def _montrer(choisi: str, secret: str) -> None:
    """The address, this once, and what to do with it."""
    with st.container(border=True, key="copie"):
        st.markdown(f"**Adresse de l’agenda · {md(choisi)}**")
        st.code(adresse(secret), language=None, wrap_lines=True)
        st.warning("Copiez-la maintenant : elle ne sera plus jamais affichée.", icon=":material/visibility_off:")
        for onglet, (programme, texte) in zip(st.tabs(list(MODE_D_EMPLOI)), MODE_D_EMPLOI.items(), strict=True):
            onglet.caption(f"{programme} : {md(texte)}".replace("\n", "  \n"))
        st.button("C’est copié", icon=":material/check:", on_click=_oublier)


def _ligne(f: FluxVu, agent: Acteur) -> None:
    """An address: what it opens, whose it is, when it was last read."""
    with st.container(horizontal=True, vertical_alignment="center"):
        today = aujourdhui()
        lu = f"lue {moment(civil(f.lu_le), annee_de=today)}" if f.lu_le else "jamais lue"
        a_qui_texte = f"de {f.qui}" if f.qui and f.qui != agent.nom else "personnelle" if f.qui else "à partager"
        a_qui = md(a_qui_texte)
        cree = jour(civil(f.cree_le).date(), annee_de=today)
        st.markdown(f"**{md(f.quoi)}** :gray[· {a_qui} · créée {cree} · {lu}]", width="content")
        question.bouton(
            "Révoquer",
            "Révoquer 1 adresse d’agenda ?",
            f"{f.quoi}, {a_qui_texte} : les programmes qui la lisent ne recevront plus rien. Cela ne s’annule pas, "
            "pour qu’une adresse perdue ne revienne jamais : vous pourrez en créer une autre.",
            _revoquer,
            (f,),
            objet=f"{f.quoi}, {a_qui_texte}, créée {cree}",
            key=f"revoquer.{f.id}",
            icon=":material/link_off:",
            type="tertiary",
        )
    field_error(f"flux.{f.id}", "")
