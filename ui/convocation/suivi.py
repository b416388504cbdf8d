"""What was sent about a meeting, what waits, what failed; and, without a relay, the files to send by hand."""

from datetime import timedelta
from typing import Any

import streamlit as st

from documents.archives import zip_octets
from models.lists import EtatEnvoi
from services.agenda.reunions import ReunionVue
from services.courrier import envois
from services.courrier.envois import EnvoiVu
from services.courrier.messages import Piece
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.texte import accord, folded
from ui.commun import question
from ui.commun.access import reading, writing, writing_later
from ui.commun.feedback import announce, md, refusals

_REMIS = "convocation.remis"
_COULEURS = {
    EtatEnvoi.A_ENVOYER: ("orange", "schedule"),
    EtatEnvoi.ENVOYE: ("green", "check"),
    EtatEnvoi.REMIS: ("green", "check"),
    EtatEnvoi.ECHEC: ("red", "error"),
    EtatEnvoi.RETIRE: ("gray", "block"),
}
_TOUT_DE_SUITE = timedelta(minutes=2)


def journal(r: ReunionVue) -> None:
    """The log, last first; it follows by itself what is leaving now."""
    with reading() as session:
        lignes = envois.journal_de(session, reunion_id=r.id)
    if not lignes:
        return
    en_cours = any(_part(e) for e in lignes)
    suivi = st.fragment(_lignes, run_every="2s" if en_cours else None)
    suivi(r, en_cours)


def _part(e: EnvoiVu) -> bool:
    """In the relay's hands right now."""
    attend = e.etat is EtatEnvoi.A_ENVOYER and e.prochain_essai is not None and not e.erreur
    return attend and utcnow() - e.cree_le < _TOUT_DE_SUITE


def _lignes(r: ReunionVue, en_cours: bool) -> None:
    with reading() as session:
        lignes = envois.journal_de(session, reunion_id=r.id)
    if en_cours and not any(_part(e) for e in lignes):
        st.rerun()  # all left: the list and the counts say so too
    attente = [e for e in lignes if e.etat is EtatEnvoi.A_ENVOYER and e.erreur]
    if attente:
        prochain = min((e.prochain_essai for e in attente if e.prochain_essai), default=None)
        quand = f", nouvel essai à {temps.heure(civil(prochain))}" if prochain else ""
        st.warning(f"{accord(len(attente), 'message')} en attente{quand}. {md(attente[0].erreur)}")
    tiroir = st.expander(f"Journal des envois ({len(lignes)})", icon=":material/history:", expanded=en_cours)
    with tiroir, st.container(gap="xsmall"):
        for e in lignes:
            st.markdown(_ligne(e))


def _ligne(e: EnvoiVu) -> str:
    couleur, icone = _COULEURS[e.etat]
    etat = e.etat.libelle
    if _part(e):
        etat = "Part maintenant"
    elif e.etat is EtatEnvoi.A_ENVOYER and e.prochain_essai is None:
        etat = "À envoyer à la main"
    elif e.etat is EtatEnvoi.A_ENVOYER and e.prochain_essai:
        etat = f"En attente, nouvel essai à {temps.heure(civil(e.prochain_essai))}"
    elif e.abandonne:
        etat = "Abandonné après tous les essais"
    quand = temps.moment(civil(e.envoye_le or e.cree_le), annee_de=aujourdhui())
    par = f" par {md(e.cree_par)}" if e.cree_par else " (automatique)"
    mot = f"  \n:small[« {md(' '.join(e.mot.split()))} »]" if e.mot else ""
    erreur = f"  \n:small[{md(e.erreur)}]" if e.erreur and e.etat is not EtatEnvoi.A_ENVOYER else ""
    return (
        f":{couleur}-badge[:material/{icone}: {etat}] {e.quoi} · **{md(e.a_qui)}** "
        f":small[:gray[{md(e.courriel)} · {quand}{par}]]{mot}{erreur}"
    )


# --- without a relay ------------------------------------------------------------------------------------------------


def a_la_main(r: ReunionVue) -> None:
    """The messages to send with the agent's own mail program: files, addresses, and "done"."""
    with reading() as session:
        toutes = envois.a_la_main(session, reunion_id=r.id)
    if perimes := [e.id for e in toutes if e.perime]:
        _perimes(perimes)
    lignes = [e for e in toutes if not e.perime]
    if not lignes:
        return
    ids = [e.id for e in lignes]
    with st.container(border=True, key="a_la_main"):
        st.markdown(
            f":material/outgoing_mail: **{accord(len(ids), 'message')} à envoyer avec votre messagerie** : "
            "le carnet n’envoie pas de courriel lui-même. Chaque fichier s’ouvre comme un brouillon prêt à partir."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            un = len(ids) == 1
            st.download_button(
                "Télécharger le message" if un else "Télécharger les messages (.zip)",
                _fichiers(ids),
                file_name=f"{folded(r.titre).replace(' ', '-')[:60]}.{'eml' if un else 'zip'}",
                mime="message/rfc822" if un else "application/zip",
                icon=":material/download:",
                type="primary",
                key="a_la_main.fichiers",
                on_click="ignore",
            )
            _bouton_remis("C’est envoyé", ids, icon=":material/check:", key="a_la_main.fait")
        st.caption("Ou écrivez vous-même, une adresse à la fois ou en **Cci** :")
        adresses = list(dict.fromkeys(e.courriel for e in reversed(lignes)))
        with st.container(key="copie"):
            st.code("; ".join(adresses), language=None, wrap_lines=True)


def _perimes(ids: list[int]) -> None:
    """Prepared before the meeting or its list changed: whoever did get them is to be told."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="perimes"):
        st.markdown(
            f":material/cancel_schedule_send: **{accord(len(ids), 'message')}** : la réunion ou sa liste a changé "
            "depuis, ne les envoyez pas. Si vous les avez déjà envoyés, dites-le : vous pourrez prévenir.",
            width="stretch",
        )
        _bouton_remis("Déjà envoyés", ids, icon=":material/check:", key="perimes.fait")


def _bouton_remis(libelle: str, ids: list[int], **forme: Any) -> None:
    question.bouton(
        libelle,
        f"Noter {accord(len(ids), 'message')} comme envoyé{'s' if len(ids) > 1 else ''} ?",
        "Leurs fichiers ne seront plus proposés. Cela ne s’annule pas : un message parti n’est plus gardé.",
        _remis,
        (ids,),
        si=len(ids) > question.BEAUCOUP,
        **forme,
    )


def _fichiers(ids: list[int]):  # type: ignore[no-untyped-def]
    ecriture = writing_later(Droit.ECRIRE)

    def octets() -> bytes:
        with ecriture() as (session, by):
            pieces: list[Piece] = envois.fichiers(session, ids=ids, by=by)
        return pieces[0].contenu if len(pieces) == 1 else zip_octets(pieces)

    return octets


def _remis(ids: list[int]) -> None:
    with refusals(_REMIS):
        with writing() as (session, by):
            envois.remis(session, ids=ids, now=utcnow(), by=by)
        announce(f"{accord(len(ids), 'message')} : noté comme envoyé{'s' if len(ids) > 1 else ''}.")
