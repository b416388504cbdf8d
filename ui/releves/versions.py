"""The versions of a relevé, on its page: which one is read, why it was reopened, who holds which, what was done."""

from datetime import date, datetime

import streamlit as st

from models.lists import EtatEnvoi, EtatReleve, GenreModele
from services.agenda.reunions import ReunionVue
from services.courrier.envois import EnvoiVu
from services.releves.vie_releve import VersionVue, VieReleve
from services.socle import temps
from services.socle.acteur import Acteur, Droit
from services.socle.horloge import civil
from services.socle.texte import accord
from ui.commun.feedback import md
from ui.commun.navigation import page_path
from ui.convocation.documents import bouton

RELEVE = page_path("aujourdhui/releve.py")
_COULEUR_ENVOI = {EtatEnvoi.ENVOYE: "green", EtatEnvoi.ECHEC: "red", EtatEnvoi.REMIS: "green"}


def le(quand: datetime) -> str:
    """le mardi 24 novembre 2026 à 14 h 00."""
    return f"le {temps.jour_long(civil(quand).date())} à {temps.heure(civil(quand))}"


def annoncer(r: ReunionVue, vie: VieReleve, ancienne: VersionVue | None) -> None:
    """Above the relevé: that an earlier version is read; else why it was reopened, or who holds an older one."""
    if ancienne:
        quand = f"telle qu’elle a été diffusée {le(ancienne.diffuse_le)}"
        st.info(f"Vous lisez la version {ancienne.numero}, {quand}. {_suite(ancienne)}", icon=":material/history:")
        st.page_link(
            RELEVE, label="Revenir au relevé d’aujourd’hui", icon=":material/undo:", query_params={"reunion": str(r.id)}
        )
        return
    if vie.rouvert:
        avant = vie.versions[0]
        st.warning(
            f"Rouvert par {md(vie.rouvert.agent)} {le(vie.rouvert.quand)} : {md(vie.rouvert.motif)}. La version "
            f"{avant.numero} reste celle de ses {accord(len(avant.partis), 'destinataire')}, jusqu’à ce que la version "
            f"{vie.numero} soit diffusée.",
            icon=":material/lock_open:",
        )
    elif vie.etat is EtatReleve.DIFFUSE and vie.en_reste:
        qui = ", ".join(f"{e.a_qui} ({e.courriel}, version {e.version_releve})" for e in vie.en_reste)
        st.warning(f"N’ont pas reçu la version {vie.numero}, et gardent une version plus ancienne : {md(qui)}.",
                   icon=":material/mark_email_unread:")  # fmt: skip


def _suite(v: VersionVue) -> str:
    if v.rouvert is None:
        return ""
    return f"Rouverte par {md(v.rouvert.agent)} {le(v.rouvert.quand)} : {md(v.rouvert.motif)}."


def montrer(r: ReunionVue, vie: VieReleve, agent: Acteur, today: date) -> None:
    """Each version that was sent, the last first: who holds it, its file, its text; then all that was done."""
    seule = len(vie.versions) == 1 and vie.etat is EtatReleve.DIFFUSE
    for v in vie.versions:
        titre = "À qui ce relevé a été envoyé" if seule else f"Version {v.numero} : à qui elle a été envoyée"
        with st.expander(f"{titre} ({len(v.partis)})", icon=":material/outbox:"):
            par = f" par {md(v.diffuse_par)}" if v.diffuse_par else ""
            valide = f", validée par {md(v.valide_par)} {le(v.valide_le)}" if v.valide_le and v.valide_par else ""
            st.caption(f"Diffusée{par} {le(v.diffuse_le)}{valide}. {_suite(v)}")
            if not seule:
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.page_link(RELEVE, label=f"Lire la version {v.numero}", icon=":material/description:",
                                 query_params={"reunion": str(r.id), "version": str(v.numero)})  # fmt: skip
                    if agent.peut(Droit.LIRE):
                        bouton(r, GenreModele.RELEVE, today=today, version=v.numero, key=f"word.version.{v.numero}",
                               libelle=f"Télécharger Word, version {v.numero}")  # fmt: skip
            _messages(v.envois, today)
    if len(vie.evenements) > 1:
        with st.expander("Ce qui a été fait de ce relevé", icon=":material/history:"):
            for e in vie.evenements:
                motif = f" : {md(e.motif)}" if e.motif else ""
                version = f"version {e.numero}, " if vie.numero > 1 else ""
                st.markdown(f"- {e.acte.libelle}, {version}{le(e.quand)}, par {md(e.agent or 'Système')}{motif}")


def _messages(envois: list[EnvoiVu], today: date) -> None:
    """To whom, when, what failed; and what the message said, the same for all."""
    for e in envois:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            quand = temps.moment(civil(e.envoye_le or e.cree_le), annee_de=today)
            st.markdown(f"{md(e.a_qui)} :small[:gray[{md(e.courriel)}, {quand}]]", width="stretch")
            st.badge(e.etat.libelle, color=_COULEUR_ENVOI.get(e.etat, "gray"))  # type: ignore[arg-type]
        if e.erreur:
            st.caption(md(e.erreur))
    dits = next((e for e in envois if e.texte), None)
    if dits:
        with st.popover("Le message", icon=":material/mail:"):
            st.markdown(f"**{md(dits.objet)}**")
            st.text(dits.texte)
