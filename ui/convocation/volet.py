"""Who is called to a meeting, what they answered, what was sent."""

from datetime import datetime

import streamlit as st

from models.lists import EtatReunion
from services.agenda.reunions import ReunionVue
from services.convocation import convocations, destinataires, rappels, reponses
from services.convocation.convocations import Acte, Situation
from services.convocation.reponses import Compte
from services.courrier import envois
from services.socle.acteur import Acteur, Droit
from services.socle.texte import accord
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, refusals
from ui.commun.formulaire import on_screen
from ui.convocation import envoi, liste, suivi

_RAPPEL = "convocation.rappel"


def montrer(r: ReunionVue, agent: Acteur, now: datetime) -> None:
    """Draw it, inside the meeting's screen: what is to be done, the list, who answered, what was sent."""
    modifiable = agent.peut(Droit.ECRIRE) and not r.ecrite
    with reading() as session:
        s = convocations.situation(session, reunion_id=r.id, now=now)
        depuis = (
            destinataires.membres_depuis(session, reunion_id=r.id, today=now.date())
            if modifiable and r.debut > now
            else []
        )
    with st.container(horizontal=True, vertical_alignment="center", key="convocation_tete"):
        st.markdown(resume(r, reponses.compter(s.convies), convoquee=s.convoquee), width="stretch")
        if modifiable:
            _gestes(r, s, agent, now)
    suivi.a_la_main(r)
    liste.liste(r, s, depuis, now, modifiable=modifiable)
    if modifiable and (s.convoquee or r.etat is EtatReunion.CONVOQUEE):
        liste.reponses_recues(r)
    suivi.journal(r)
    if modifiable:
        envoi.montrer(r, now)


def resume(r: ReunionVue, c: Compte, *, convoquee: bool) -> str:
    """12 convoqués · 7 viennent · 2 excusés · 3 sans réponse."""
    if not c.appeles:
        return ":gray[Personne à convoquer pour l’instant.]"
    if not convoquee and r.etat is not EtatReunion.CONVOQUEE and c.sans_reponse == c.appeles:
        return f"**{accord(c.appeles, 'destinataire')}**, rien n’a encore été envoyé"
    appeles = " · ".join(accord(n, mot) for n, mot in ((c.convoques, "convoqué"), (c.invites, "invité")) if n)
    return " · ".join([f"**{appeles}**", *_detail(c)])


def _detail(c: Compte) -> list[str]:
    return [
        f":green[{c.viennent} {'viennent' if c.viennent > 1 else 'vient'}]",
        *([f":blue[{accord(c.remplaces, 'remplacé')}]"] if c.remplaces else []),
        f":orange[{accord(c.excuses, 'excusé')}]",
        f"{c.sans_reponse} sans réponse",
    ]


def _gestes(r: ReunionVue, s: Situation, agent: Acteur, now: datetime) -> None:
    """The one thing to do now as the main button, then the others."""
    if r.debut <= now:
        st.caption("Réunion passée : rien ne peut plus être envoyé.")
        return
    nouveaux = [c for c in s.appeles if not c.informe and not c.en_erreur]
    tenable = r.etat in (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE)
    libelle = ""
    if s.a_annuler and not (tenable and (s.perimes or nouveaux)):
        libelle = "Envoyer l’annulation"
    elif tenable:
        if s.perimes:
            libelle = "Envoyer la mise à jour"
        elif nouveaux:
            libelle = f"Convoquer les nouveaux ({len(nouveaux)})" if s.convoquee else "Convoquer"
    if libelle:
        _bouton(libelle, "send", Acte.ENVOYER, r, principal=True)
    muets = [c for c in s.appeles if c.reponse not in reponses.PRESENCES]
    sans = [c for c in muets if c.joint]
    if s.convoquee and sans and not s.perimes and r.etat is EtatReunion.CONVOQUEE:
        combien = f"{len(sans)} sur {len(muets)}" if len(sans) < len(muets) else len(sans)
        _bouton(f"Relancer ceux qui n’ont pas répondu ({combien})", "notifications", Acte.RELANCER, r)
    if s.convoquee and not libelle and r.etat in (EtatReunion.BROUILLON, EtatReunion.CONVOQUEE):
        _bouton("Envoyer de nouveau…", "forward_to_inbox", Acte.RENVOYER, r)
    if s.convoquee:
        _rappel(agent)


def _bouton(libelle: str, icone: str, acte: Acte, r: ReunionVue, *, principal: bool = False) -> None:
    st.button(
        libelle,
        icon=f":material/{icone}:",
        key=f"convocation.{acte}",
        type="primary" if principal else "secondary",
        on_click=envoi.ouvrir,
        args=(r.id, acte),
    )


# --- the reminder that leaves by itself -----------------------------------------------------------------------------


def _rappel(agent: Acteur) -> None:
    with reading() as session:
        reglage = rappels.rappel(session)
    jours = accord(reglage.jours, "jour")
    titre = f"Rappel : {jours} avant" if reglage.actif else "Rappel : non"
    with st.popover(titre, icon=":material/alarm:"):
        st.markdown("Un rappel part à qui n’a pas répondu, une seule fois, pour toutes les réunions convoquées.")
        if not envois.relais():
            st.caption("Le carnet n’envoie pas de courriel lui-même : aucun rappel ne part tout seul.")
        if not agent.peut(Droit.COMPTES):
            st.caption("La personne responsable du service le règle.")
            return
        with st.form("rappel", border=False):
            st.toggle("Envoyer un rappel automatique", value=reglage.actif, key=f"{_RAPPEL}.actif")
            st.number_input(
                "Jours avant la réunion", 1, rappels.RAPPEL_MAX, value=reglage.jours, key=f"{_RAPPEL}.jours"
            )
            field_error(_RAPPEL, "jours")
            st.form_submit_button("Enregistrer", on_click=_regler)


def _regler() -> None:
    lu = on_screen()
    with refusals(_RAPPEL):
        with writing(Droit.COMPTES) as (session, by):
            rappels.regler_rappel(
                session,
                actif=bool(lu.get(f"{_RAPPEL}.actif")),
                jours=int(lu.get(f"{_RAPPEL}.jours") or 0),
                by=by,
            )
        announce("Rappel automatique enregistré.")
