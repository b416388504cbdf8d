"""The list of a meeting: who is called, at which address, what they answer; who is added; answers dropped in."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import streamlit as st

from models.lists import ETATS_REUNION_A_SAISIR, EtatReunion, Reponse
from services.agenda.reunions import ReunionVue
from services.convocation import composition, destinataires, reponses
from services.convocation.convocations import Situation
from services.convocation.destinataires import Candidat, Cle, Convie
from services.partenaires.inattendus import Venu
from services.socle.erreurs import Invalid
from services.socle.horloge import maintenant
from ui.commun import adresse, operations, question, suite
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, forget_refusals, md, refusals, refused
from ui.commun.formulaire import on_screen
from ui.partenaires.fiche import FICHE
from ui.partenaires.inattendu import inattendu

_LISTE, _FICHIER = "convocation.liste", "convocation.fichier"
LIBELLES = {Reponse.VIENT: "Vient", Reponse.EXCUSE: "Excusé", Reponse.REMPLACE: "Remplacé par…"}


def liste(r: ReunionVue, s: Situation, depuis: Sequence[Candidat], now: datetime, *, modifiable: bool) -> None:
    """One line each; then the members who joined the instance since (`depuis`), and the box that adds."""
    refus()
    if not s.convies:
        st.info(
            "Les membres permanents de l’instance apparaîtront ici. Ajoutez ci-dessous qui convoquer pour cette fois."
            if r.instance_id
            else "Cette réunion n’a pas d’instance : ajoutez ci-dessous qui convoquer.",
            icon=":material/group_add:",
        )
    with st.container(gap="xsmall", key="convocation_liste"):
        for n, c in enumerate(s.convies):
            _ligne(r, c, n, now, modifiable)
    if modifiable:
        if depuis:
            st.caption("Membres de l’instance qui ne sont pas dans cette liste :")
            _candidats(r, depuis, f"depuis.{r.id}", now)
        _ajout(r, s, now)


def refus() -> None:
    """Why the last change of a line was refused, if it was."""
    for champ in ("", "courriel", "ajout", "remplacant"):
        field_error(_LISTE, champ)
    forget_refusals(_LISTE)


def _ligne(r: ReunionVue, c: Convie, n: int, now: datetime, modifiable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"convie_{n}"):
        with st.container(width="stretch", gap=None, key=f"qui_{n}"):
            _qui(r, c, n, now, modifiable)
        if c.retenu and (c.informe or r.etat is EtatReunion.CONVOQUEE or c.reponse is not Reponse.SANS_REPONSE):
            ouverte = modifiable and r.etat in ETATS_REUNION_A_SAISIR
            choix_reponse(r.id, c.cle, c.partenaire, c.reponse, c.remplacant, modifiable=ouverte)
        if modifiable:
            _reglages(r, c, n, now)


def _qui(r: ReunionVue, c: Convie, n: int, now: datetime, modifiable: bool) -> None:
    """Ticked when called; the person and the address under the name."""
    badges = _badges(c)
    nom = f"**{md(c.partenaire)}**" + (f" · {md(c.fonction)}" if c.fonction else "")
    coche = f"convie.{r.id}.{n}.{c.cle}"
    st.session_state[coche] = c.retenu
    st.checkbox(
        f"{nom} {badges}".strip(),
        key=coche,
        disabled=not modifiable,
        on_change=_retenir,
        args=(r.id, c.cle, coche, now),
    )
    detail = " · ".join(md(x) for x in (c.personne, c.courriel) if x)
    if detail:
        st.caption(f"&emsp;&ensp;{detail}")
    if c.retenu and (not c.courriel or c.en_erreur):
        st.page_link(
            FICHE,
            label=":red[Adresse refusée : la corriger]" if c.courriel else ":orange[Sans adresse : compléter la fiche]",
            icon=":material/alternate_email:",
            query_params={"id": str(c.partenaire_id)},
        )


def _badges(c: Convie) -> str:
    badges = [":violet-badge[Invité]"] if c.invite else []
    if c.retenu and c.en_erreur:
        badges.append(":red-badge[:material/error: Adresse en erreur]")
    elif c.retenu and c.dit is None and c.rate is not None:
        badges.append(":orange-badge[:material/schedule: Envoi abandonné]")
    if not c.retenu:
        badges.append(":orange-badge[À décommander]" if c.informe else ":gray-badge[Pas cette fois]")
    if c.retenu and c.doute:
        badges.append(f":orange-badge[:material/help: {c.doute}]")
    if c.rappele_le and c.reponse is Reponse.SANS_REPONSE:
        badges.append(":gray-badge[:material/notifications: Relancé]")
    return " ".join(badges)


def choix_reponse(
    reunion_id: int, cle: Cle, partenaire: str, reponse: Reponse, remplacant: str, *, modifiable: bool = True
) -> None:
    """One click a reply; a second click on it takes it back."""
    nom = adresse.cle("reponse", reunion_id, *cle)
    st.session_state[nom] = reponse if reponse in LIBELLES else None
    st.segmented_control(
        f"Réponse : {md(partenaire)}",
        list(LIBELLES),
        format_func=lambda x: LIBELLES[x],
        key=nom,
        disabled=not modifiable,
        label_visibility="collapsed",
        on_change=_noter,
        args=(reunion_id, cle, nom, reponse),
    )
    if reponse is Reponse.REMPLACE:
        champ = adresse.cle("remplacant", reunion_id, *cle)
        st.session_state.setdefault(champ, remplacant)
        st.text_input(
            f"Remplacé par : {md(partenaire)}",
            key=champ,
            placeholder="Fonction, jamais un nom",
            label_visibility="collapsed",
            disabled=not modifiable,
            on_change=_remplacer,
            args=(reunion_id, cle, champ),
            width=200,
        )


def _reglages(r: ReunionVue, c: Convie, n: int, now: datetime) -> None:
    """What is changed for this once: invited rather than convoqué, another of the known addresses."""
    with st.popover(
        f"Régler : {md(c.partenaire)}", icon=":material/tune:", type="tertiary", key=f"icone.regler.{r.id}.{n}"
    ):
        st.markdown("**Pour cette réunion seulement**")
        cle = f"invite.{r.id}.{n}.{c.cle}"
        st.session_state[cle] = c.invite
        st.toggle(
            "Invité, plutôt que convoqué", key=cle, on_change=_inviter, args=(r.id, c.cle, cle, now), disabled=c.informe
        )
        if len(c.connues) > 1:
            cle = f"adresse.{r.id}.{n}.{c.cle}"
            st.session_state[cle] = c.courriel if c.courriel in c.connues else c.connues[0]
            st.radio("Écrire à", c.connues, format_func=md, key=cle, on_change=_adresser, args=(r.id, c.cle, cle, now))
        st.page_link(FICHE, label="Ouvrir la fiche", icon=":material/badge:", query_params={"id": str(c.partenaire_id)})


def _ajout(r: ReunionVue, s: Situation, now: datetime) -> None:
    """Search, then one click adds."""
    champ = f"ajout.{r.id}"
    texte = st.text_input(
        "Ajouter pour cette fois",
        key=champ,
        type="search",
        live="200ms",
        placeholder="Une personne, un partenaire",
        width=420,
    )
    if not texte:
        return
    place = f"{champ}.inattendu"
    inattendu("convie", place=place, objet_id=r.id, cherche=texte, apres=partial(_ajouter_nouveau, r.id, champ, now))
    with reading() as session:
        la = [c.cle for c in s.convies if c.retenu]
        trouves = destinataires.possibles(session, texte=texte, today=now.date(), sauf=la)
    cherche = f"{champ}.{texte}"
    visibles = trouves[: suite.montres(cherche, 12)]
    _candidats(r, visibles, champ, now)
    suite.autres(cherche, len(visibles), len(trouves))
    if not trouves:
        st.caption("Personne d’autre ne correspond dans l’annuaire.")


def _candidats(r: ReunionVue, candidats: Sequence[Candidat], champ: str, now: datetime) -> None:
    """One button each; `champ` is emptied once one is added."""
    with st.container(horizontal=True):
        for k, candidat in enumerate(candidats):
            qui = " · ".join(x for x in (candidat.personne, candidat.fonction, candidat.partenaire) if x)
            st.button(
                md(qui) + ("" if candidat.courriel else " :gray[(sans adresse)]"),
                icon=":material/add:",
                key=f"{champ}.{k}.{candidat.partenaire_id}.{candidat.personne_id}",
                on_click=_ajouter,
                args=(r.id, candidat, champ, now),
            )


def reponses_recues(r: ReunionVue) -> None:
    """Answers that calendar programs send, dropped in."""
    with st.expander("Réponses reçues par messagerie", icon=":material/mark_email_read:"):
        st.caption(
            "Enregistrez la réponse depuis votre messagerie, puis déposez-la ici : "
            "la réunion et le destinataire sont retrouvés tout seuls."
        )
        cle = f"reponses.{r.id}.{st.session_state.get('reponses_lues', 0)}"
        st.file_uploader(
            "Réponses reçues",
            type=["ics", "eml", "msg"],
            accept_multiple_files=True,
            key=cle,
            on_change=_recevoir,
            args=(cle,),
            max_upload_size=5,
            label_visibility="collapsed",
        )
        for phrase in refused(_FICHIER).erreurs.values():
            for ligne in phrase.split("\n"):
                st.error(md(ligne), icon=":material/error:")
        operations.dernieres(reponses.RECUES, "Dernières réponses reçues")


# --- callbacks ------------------------------------------------------------------------------------------------------


def _retenir(reunion_id: int, cle: Cle, champ: str, now: datetime) -> None:
    retenu = bool(on_screen().get(champ))
    with refusals(_LISTE), writing() as (session, by):
        composition.retenir(session, reunion_id=reunion_id, cle=cle, retenu=retenu, today=now.date(), by=by)


def _inviter(reunion_id: int, cle: Cle, champ: str, now: datetime) -> None:
    invite = bool(on_screen().get(champ))
    with refusals(_LISTE), writing() as (session, by):
        composition.inviter(session, reunion_id=reunion_id, cle=cle, invite=invite, today=now.date(), by=by)


def _adresser(reunion_id: int, cle: Cle, champ: str, now: datetime) -> None:
    courriel = str(on_screen().get(champ) or "")
    with refusals(_LISTE), writing() as (session, by):
        composition.changer_adresse(session, reunion_id=reunion_id, cle=cle, courriel=courriel, today=now.date(), by=by)


def _ajouter(reunion_id: int, candidat: Candidat, champ: str, now: datetime) -> None:
    with refusals(_LISTE):
        with writing() as (session, by):
            composition.ajouter(session, reunion_id=reunion_id, candidat=candidat, today=now.date(), by=by)
        st.session_state[champ] = ""


def _ajouter_nouveau(reunion_id: int, champ: str, now: datetime, venu: Venu) -> None:
    with reading() as session:
        candidat = destinataires.candidat(session, partenaire_id=venu.partenaire_id, fonction_id=venu.fonction_id)
    _ajouter(reunion_id, candidat, champ, now)


def _noter(reunion_id: int, cle: Cle, champ: str, vue: Reponse) -> None:
    choisi = on_screen().get(champ)
    reponse = Reponse(choisi) if choisi else Reponse.SANS_REPONSE
    with refusals(_LISTE), writing() as (session, by):
        reponses.noter(session, reunion_id=reunion_id, cle=cle, reponse=reponse, vue=vue, now=maintenant(), by=by)


def _remplacer(reunion_id: int, cle: Cle, champ: str) -> None:
    texte = str(on_screen().get(champ) or "")
    with refusals(_LISTE), writing() as (session, by):
        reponses.noter(
            session,
            reunion_id=reunion_id,
            cle=cle,
            reponse=Reponse.REMPLACE,
            vue=Reponse.REMPLACE,
            remplacant=texte,
            now=maintenant(),
            by=by,
        )


def _recevoir(cle: str) -> None:
    n = len(on_screen().get(cle) or [])
    if n <= question.BEAUCOUP:
        _deposer(cle)
    else:
        question.poser(
            f"Noter les réponses de {n} fichiers ?", question.DANS_LE_JOURNAL, "Noter ces réponses", _deposer, (cle,)
        )


def _deposer(cle: str) -> None:
    """Each file by itself: one that is refused does not take the others with it."""
    fichiers = [(f.name, f.getvalue()) for f in on_screen().get(cle) or []]
    notees: list[str] = []
    with refusals(_FICHIER):
        with writing() as (session, by):
            notees, refus = reponses.recevoir(session, fichiers=fichiers, by=by)
        if refus:
            raise Invalid({"fichier": "\n".join(f"{nom} : {phrase}" for nom, phrase in refus.items())})
    st.session_state["reponses_lues"] = st.session_state.get("reponses_lues", 0) + 1
    for phrase in notees:
        announce(phrase)
