"""The life of a relevé, on its page: validate it, send it, publish it, reopen it."""

import io
import zipfile
from datetime import date
from threading import Thread
from typing import Any

import streamlit as st

from models.lists import EtatReleve, GenreModele, TypeReunion
from services.agenda.reunions import ReunionVue
from services.courrier import envois, expedition
from services.releves import circuit, releve_public, vie_releve
from services.releves.vie_releve import DestinataireReleve, VieReleve
from services.socle import temps
from services.socle.acteur import Acteur, Droit
from services.socle.horloge import aujourdhui, civil, utcnow
from services.socle.texte import accord
from ui.commun.access import reading, require_agent, writing, writing_later
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import forget, key, on_screen, open_form
from ui.convocation import documents
from ui.convocation.documents import bouton
from ui.partenaires.fiche import FICHE

COULEUR_VIE: dict[EtatReleve, Any] = {
    EtatReleve.PROJET: "orange",
    EtatReleve.VALIDE: "blue",
    EtatReleve.DIFFUSE: "green",
}
_GARDE = "Le Word à télécharger est celui qui a été envoyé, et l’écran dit ce qu’il disait."
ICONE_VIE = {EtatReleve.PROJET: "edit", EtatReleve.VALIDE: "verified", EtatReleve.DIFFUSE: "lock"}


def resume(vie: VieReleve, today: date) -> str:
    """Who validated it and who sent it, in a sentence."""
    if vie.etat is EtatReleve.PROJET or vie.valide_le is None:
        return "Relisez ce relevé, puis validez-le : il pourra alors être diffusé."
    valide = f"Validé par {vie.valide_par} {_le(civil(vie.valide_le).date())}."
    if vie.diffuse_le is None:
        return f"{valide} Le corriger le remet en projet."
    diffuse = f"{valide} Diffusé par {vie.diffuse_par} {_le(civil(vie.diffuse_le).date())} : plus rien n’y change."
    envoyee = vie.version(vie.numero)
    return f"{diffuse} {_GARDE}" if envoyee and envoyee.garde else diffuse


def _le(jour: date) -> str:
    return f"le {temps.jour_long(jour)}"


def gestes(r: ReunionVue, vie: VieReleve, agent: Acteur, today: date) -> None:
    """What can be done with the relevé now. The page keeps it off the printed sheet."""
    form = open_form("releve", objet_id=r.id)
    field_error(form.jeton, "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if vie.etat is EtatReleve.PROJET and agent.peut(Droit.ECRIRE):
            st.button(
                "Valider",
                type="primary",
                icon=":material/verified:",
                key="releve.valider",
                on_click=_valider,
                args=(form.jeton, r.id, vie.marque),
            )
        bouton(r, GenreModele.RELEVE, today=today, version=vie.numero, libelle="Télécharger Word (restreint)")
        if vie.etat is EtatReleve.DIFFUSE and agent.peut(Droit.COMPTES):
            with st.popover("Rouvrir…", icon=":material/lock_open:"):
                st.caption(
                    f"La version {vie.numero} reste celle que détiennent ses destinataires ; corrigée, la suivante "
                    "dira qu’elle la remplace."
                )
                st.text_input("Pourquoi rouvrir ce relevé ?", key=key(form, "motif"), max_chars=vie_releve.MOTIF_MAX)
                field_error(form.jeton, "motif")
                st.button(
                    "Rouvrir le relevé",
                    key="releve.rouvrir",
                    on_click=_rouvrir,
                    args=(form.jeton, r.id, vie.marque),
                )
    if vie.etat is not EtatReleve.PROJET and agent.peut(Droit.ECRIRE):
        if vie.a_remettre:
            _a_remettre(form.jeton, r, vie)
        else:
            _diffusion(r, vie, today)
    if r.type is TypeReunion.CELLULE:
        _public(r, vie, today)


def _valider(jeton: str, reunion_id: int, marque: str) -> None:
    with refusals(jeton), writing() as (session, by):
        circuit.valider(session, reunion_id=reunion_id, marque=marque, now=utcnow(), by=by)
    if not refused(jeton).erreurs:
        announce("Relevé validé.")


def _rouvrir(jeton: str, reunion_id: int, marque: str) -> None:
    motif = str(on_screen().get(f"{jeton}.motif") or "")
    with refusals(jeton), writing(Droit.COMPTES) as (session, by):
        circuit.rouvrir(session, reunion_id=reunion_id, motif=motif, marque=marque, by=by)
    if not refused(jeton).erreurs:
        forget(jeton)
        announce("Relevé rouvert : sa version suivante est en projet. Celle qui a été envoyée est gardée.")


# --- send -----------------------------------------------------------------------------------------------------------


def _diffusion(r: ReunionVue, vie: VieReleve, today: date) -> None:
    form = open_form("diffuser", objet_id=r.id)
    with reading() as session:
        possibles = vie_releve.destinataires(session, reunion_id=r.id, today=today)
    possibles = [d for d in possibles if d.detient != vie.numero]
    encore = vie.etat is EtatReleve.DIFFUSE
    if encore and not possibles:
        return
    quoi = "Envoyer aussi à…" if encore else "Diffuser…" if vie.numero == 1 else f"Diffuser la version {vie.numero}…"
    with st.expander(quoi, icon=":material/send:", expanded=bool(refused(form.jeton).erreurs)):
        signes = [d for d in possibles if d.charte]
        autres = [d for d in possibles if not d.charte]
        st.markdown(f"**Membres qui ont signé la charte** ({len(signes)})")
        if not signes and not encore:
            st.caption("Aucun : la date de signature se note avec les membres de l’instance.")
        choisis = [d for d in signes if _case(form.jeton, d, coche=bool(d.courriel) and (not encore or d.detient > 0))]
        if autres:
            st.markdown(f"**Sans charte signée** ({len(autres)})")
            choisis += [d for d in autres if _case(form.jeton, d, coche=False)]
        sans = [d.partenaire for d in choisis if not d.charte]
        if sans:
            st.warning(
                f"Ce relevé est restreint, et {md(', '.join(sans))} n’a pas signé la charte. "
                "Ce qui y est dit ne doit pas parvenir à des tiers.",
                icon=":material/warning:",
            )
            st.checkbox("Oui, je l’envoie aussi sans charte signée", key=key(form, "oui"))
            field_error(form.jeton, "oui")
        if oublies := [d.partenaire for d in possibles if d.detient and d not in choisis]:
            st.warning(
                f"{md(', '.join(oublies))} : a reçu une version plus ancienne, et ne recevra pas celle-ci.",
                icon=":material/mark_email_unread:",
            )
        field_error(form.jeton, "destinataires")
        field_error(form.jeton, "modele")
        field_error(form.jeton, "courriel")
        field_error(form.jeton, "")
        n = len(choisis)
        verbe = ("Envoyer à" if encore else "Diffuser à") if envois.relais() else "Préparer les messages pour"
        st.button(
            f"{verbe} {accord(n, 'destinataire')}",
            type="primary",
            icon=":material/send:",
            key=key(form, "diffuser"),
            disabled=not n,
            on_click=_diffuser,
            args=(form.jeton, r.id, vie.marque, [d.cle for d in possibles]),
        )


def _case(jeton: str, d: DestinataireReleve, *, coche: bool) -> bool:
    fonction = f" – {d.fonction}" if d.fonction else ""
    cle = f"{jeton}.qui.{d.cle}"
    st.session_state.setdefault(cle, coche)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        oui = st.checkbox(
            md(f"{d.partenaire}{fonction}"),
            key=cle,
            disabled=not d.courriel,
        )
        if not d.courriel:
            st.badge("Sans adresse", color="orange", icon=":material/mail_off:")
            st.page_link(FICHE, label="Compléter", query_params={"id": str(d.partenaire_id)})
        elif not d.membre:
            st.badge("Hors instance", color="gray")
        if d.detient:
            st.badge(f"A la version {d.detient}", color="blue", icon=":material/history:")
    return bool(oui) and bool(d.courriel)


def _diffuser(jeton: str, reunion_id: int, marque: str, cles: list[str]) -> None:
    etat = on_screen()
    choisis = [c for c in cles if etat.get(f"{jeton}.qui.{c}")]
    oui = bool(etat.get(f"{jeton}.oui"))
    ids: list[int] = []
    with refusals(jeton):
        agent, today = require_agent(Droit.ECRIRE), aujourdhui()
        with reading() as session:
            a_faire = documents.preparer(
                session, reunion_id=reunion_id, genre=GenreModele.RELEVE, today=today, by=agent
            )
        piece = a_faire.faire()
        with writing() as (session, by):
            ids = circuit.diffuser(
                session,
                reunion_id=reunion_id,
                cles=choisis,
                oui=oui,
                piece=piece,
                marque=marque,
                jeton=jeton,
                today=today,
                now=utcnow(),
                by=by,
            )
    if refused(jeton).erreurs:
        return
    if ids and envois.relais():
        Thread(target=expedition.partir, kwargs={"ids": ids}, daemon=True).start()  # the relay may take its time
        announce("Les messages partent : le relevé est diffusé, la réunion ne change plus.")
    else:
        announce("Messages prêts : envoyez-les, puis cliquez sur « C’est envoyé ».")


def _a_remettre(jeton: str, r: ReunionVue, vie: VieReleve) -> None:
    """Without a relay: the messages as files, and the agent's word that they left."""
    n = len(vie.a_remettre)
    with st.container(border=True):
        st.markdown(f"**{accord(n, 'message')} à envoyer depuis votre messagerie**")
        st.caption(
            "Ouvrez chaque message téléchargé et envoyez-le ; ou copiez les adresses en copie cachée "
            "et joignez le relevé Word."
        )
        st.code("; ".join(e.courriel for e in vie.a_remettre), language=None, wrap_lines=True)
        with st.container(horizontal=True):
            ecriture = writing_later(Droit.LIRE)

            def archive() -> bytes:
                with ecriture() as (session, by):
                    fichiers = vie_releve.a_remettre(session, reunion_id=r.id, by=by)
                octets = io.BytesIO()
                with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as z:
                    for nom, contenu in fichiers:
                        z.writestr(nom, contenu)
                return octets.getvalue()

            st.download_button(
                "Télécharger les messages",
                archive,
                file_name=f"messages-releve-{r.debut:%Y-%m-%d}{f'-version-{vie.numero}' * (vie.numero > 1)}.zip",
                mime="application/zip",
                on_click="ignore",
                key="releve.eml",
                icon=":material/download:",
            )
            st.button(
                "C’est envoyé",
                type="primary",
                icon=":material/check:",
                key="releve.remis",
                on_click=_remis,
                args=(jeton, r.id, vie.marque),
            )
            st.button("Changer les destinataires", key="releve.renoncer", on_click=_renoncer,
                      args=(jeton, r.id, vie.marque))  # fmt: skip


def _remis(jeton: str, reunion_id: int, marque: str) -> None:
    with refusals(jeton), writing() as (session, by):
        circuit.remis(session, reunion_id=reunion_id, marque=marque, now=utcnow(), by=by)
    if not refused(jeton).erreurs:
        announce("Relevé diffusé : la réunion ne change plus.")


def _renoncer(jeton: str, reunion_id: int, marque: str) -> None:
    with refusals(jeton), writing() as (session, by):
        circuit.renoncer(session, reunion_id=reunion_id, marque=marque, by=by)


# --- publish --------------------------------------------------------------------------------------------------------


def _public(r: ReunionVue, vie: VieReleve, today: date) -> None:
    """The public version as it would be, what looks personal in it, and its file once the relevé is validated."""
    with reading() as session:
        public = releve_public.lire(session, reunion_id=r.id, apercu=True)
    n = len(public.points)
    with st.expander(f"Version publique ({accord(n, 'point')})", icon=":material/public:"):
        st.caption("Seuls ces textes, qui a présidé, les organisations présentes et le nombre d’habitants y figurent.")
        if public.presidence:
            st.markdown(f"**Présidée par** {md(public.presidence)}")
        for point in public.points:
            st.markdown(f"**{md(point.rubrique)}** · {md(point.texte)}".replace("\n", "  \n"))
        if not n:
            st.caption("Aucun texte public pour l’instant : on l’écrit sous chaque point, en corrigeant le relevé.")
        confirme = True
        for phrase in public.alertes:
            st.warning(md(phrase), icon=":material/privacy_tip:")
        if public.alertes:
            confirme = st.checkbox("J’ai relu : rien ici ne désigne une personne", key=f"public.relu.{vie.marque}")
        envoyee = vie.versions[0].numero if vie.versions else 0
        if vie.etat is EtatReleve.PROJET and not envoyee:
            st.caption("Validez le relevé pour télécharger sa version publique.")
            return
        if vie.rouvert:
            st.caption(f"Le public garde la version {envoyee} : celle-ci la remplacera une fois diffusée.")
        bouton(
            r,
            GenreModele.RELEVE_PUBLIC,
            today=today,
            libelle="Télécharger Word (public)" if not vie.rouvert else f"Télécharger Word (public), version {envoyee}",
            disabled=not confirme and not vie.rouvert,
            version=envoyee or None,
        )
