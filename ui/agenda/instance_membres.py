"""The standing members of an instance: in order, added several in a row, each change written at once."""

from functools import partial

import streamlit as st

from services.agenda.instances import InstanceVue
from services.partenaires import sieges
from services.partenaires.inattendus import Venu
from services.partenaires.sieges import Membre
from services.socle.brouillons import Formulaire
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, forget_refusals, md, refusals
from ui.commun.formulaire import TOUTE_DATE, key, on_screen, open_form
from ui.partenaires.choix import pick_partenaire
from ui.partenaires.inattendu import inattendu

_MEMBRES = "instance.membres"


def membres(vue: InstanceVue, *, modifiable: bool) -> None:
    """The list, then the line that adds."""
    with reading() as session:
        lignes = sieges.membres(session, instance_id=vue.id, today=aujourdhui())
    st.markdown(f"**Membres permanents** ({len(lignes)})")
    field_error(_MEMBRES, "membres")
    field_error(_MEMBRES, "fonction")
    field_error(_MEMBRES, "charte")
    field_error(_MEMBRES, "")
    forget_refusals(_MEMBRES)
    if not lignes:
        st.caption("Aucun membre pour l’instant : cherchez un partenaire ci-dessous et ajoutez-le.")
    for rang, membre in enumerate(lignes):
        _ligne(membre, rang, len(lignes), modifiable)
    if modifiable:
        _ajout(vue)


def _ligne(membre: Membre, rang: int, n: int, modifiable: bool) -> None:
    nom = f"**{md(membre.partenaire)}**" + (f" ({md(membre.sigle)})" if membre.sigle else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"siege_{membre.siege_id}"):
        with st.container(width="stretch", gap=None):
            st.markdown(" ".join([nom, *_badges(membre)]))
            st.caption(md(membre.personne) or "Personne à préciser")
        if not modifiable:
            st.markdown(md(membre.fonction))
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width=390):
            # The version of the title is in the key: a colleague's change shows at once.
            champ = f"siege.{membre.siege_id}.{membre.fonction}"
            st.text_input(
                f"Fonction de {md(membre.partenaire)}",
                value=membre.fonction,
                key=champ,
                placeholder="Fonction qui vient",
                label_visibility="collapsed",
                on_change=_renommer,
                args=(membre, champ),
                width="stretch",
            )
            for icone, aide, sens in (("arrow_upward", "Monter", -1), ("arrow_downward", "Descendre", 1)):
                st.button(
                    f"{aide} : {md(membre.partenaire)}",
                    icon=f":material/{icone}:",
                    key=f"icone.siege.{membre.siege_id}.{sens}",
                    type="tertiary",
                    disabled=not 0 <= rang + sens < n,
                    on_click=_deplacer,
                    args=(membre.siege_id, sens),
                )
            _reglages(membre)
            st.button(
                f"Retirer : {md(membre.partenaire)}",
                icon=":material/close:",
                key=f"icone.siege.{membre.siege_id}.retirer",
                type="tertiary",
                on_click=_retirer,
                args=(membre,),
            )


def _badges(membre: Membre) -> list[str]:
    badges = [":violet-badge[Invité]"] if membre.invite else []
    if membre.charte_signee_le:
        badges.append(":green-badge[:material/verified_user: Charte]")
    if membre.charte_a_verifier:
        badges.append(":orange-badge[:material/help: Charte : signée par qui ?]")
    return badges


def _reglages(membre: Membre) -> None:
    """Invited or convoqué, and the charte that opens restricted relevés."""
    # Another person, other fields: what one signed is never proposed for the next.
    nom = f"siege.{membre.siege_id}.{membre.personne_id}.{membre.invite}.{membre.charte_signee_le}"
    with st.popover(
        f"Régler : {md(membre.partenaire)}",
        icon=":material/tune:",
        type="tertiary",
        key=f"icone.siege.{membre.siege_id}.regler",
    ):
        st.markdown(f"**{md(membre.partenaire)}**")
        if membre.charte_a_verifier:
            _a_qui(membre)
        invite, charte = f"{nom}.invite", f"{nom}.charte"
        st.session_state.setdefault(charte, membre.charte_signee_le)
        with st.form(f"{nom}.reglages", border=False):
            st.toggle("Invité, jamais convoqué (un procureur…)", value=membre.invite, key=invite)
            qui = f" par {membre.personne}" if membre.personne else ""
            st.date_input(f"Charte de confidentialité signée{md(qui)} le", key=charte, **TOUTE_DATE)
            st.form_submit_button("Enregistrer", on_click=_regler, args=(membre, invite, charte))


def _a_qui(membre: Membre) -> None:
    """A signature noted on the seat: is it that of the person who sits there now?"""
    st.markdown(
        f"Une signature de la charte est notée le {membre.charte_a_verifier:%d/%m/%Y} sur ce siège, sans dire de qui."
    )
    choix = {True: f"C’est celle de {md(membre.personne)}", False: "C’est celle de quelqu’un d’autre"}
    for sienne, libelle in choix.items():
        cle = f"siege.{membre.siege_id}.signature.{sienne}"
        st.button(libelle, key=cle, on_click=_attribuer, args=(membre, sienne))


def _ajout(vue: InstanceVue) -> None:
    """Search, pick, choose or type the function, add: the form is then empty for the next one."""
    form = open_form("siege", objet_id=vue.id)
    partenaire_id = pick_partenaire("Ajouter un partenaire", key=key(form, "partenaire"))
    inattendu(
        "siege",
        place=key(form, "inattendu"),
        objet_id=vue.id,
        cherche=st.session_state.get(key(form, "partenaire.texte")) or "",
        apres=partial(_choisir, form),
    )
    if partenaire_id is None:
        return
    with reading() as session:
        possibles = sieges.fonctions_possibles(session, partenaire_id=partenaire_id, today=aujourdhui())
    titres = {id: f"{titre} ({personne})" for titre, id, personne in possibles}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if titres:
            st.pills(
                "Fonction qui vient",
                list(titres),
                format_func=lambda i: md(titres[i]),
                key=key(form, f"fonction.{partenaire_id}"),
                wrap=True,
            )
        st.text_input(
            "ou une autre fonction" if titres else "Fonction qui vient",
            key=key(form, "titre"),
            placeholder="Par exemple : directrice d’agence",
            width=280,
        )
        st.button(
            "Ajouter",
            type="primary",
            icon=":material/add:",
            key=key(form, "ajouter"),
            on_click=_ajouter,
            args=(form.jeton, vue.id, partenaire_id, {id: titre for titre, id, _ in possibles}),
        )


def _choisir(form: Formulaire, venu: Venu) -> None:
    """Who was just noted is the one to add."""
    st.session_state[key(form, "partenaire.choix")] = venu.partenaire_id
    st.session_state[key(form, f"fonction.{venu.partenaire_id}")] = venu.fonction_id
    st.session_state[key(form, "inattendu")] = False


def _ajouter(jeton: str, instance_id: int, partenaire_id: int, titres: dict[int, str]) -> None:
    etat = on_screen()
    fonction_id = etat.get(f"{jeton}.fonction.{partenaire_id}")
    titre = str(etat.get(f"{jeton}.titre") or "").strip()
    with refusals(_MEMBRES):
        if titre:
            fonction_id = None
        elif fonction_id in titres:
            titre = titres[fonction_id]
        elif titres:
            raise Invalid({"fonction": "Choisissez la fonction qui vient, ou écrivez-en une autre."})
        with writing() as (session, by):
            sieges.ajouter_membre(
                session,
                instance_id=instance_id,
                partenaire_id=partenaire_id,
                fonction=titre,
                fonction_id=fonction_id,
                jeton=jeton,
                by=by,
            )


def _renommer(membre: Membre, champ: str) -> None:
    titre = str(on_screen().get(champ) or "")
    with refusals(_MEMBRES), writing() as (session, by):
        sieges.renommer_fonction(session, siege_id=membre.siege_id, fonction=titre, vue=membre.fonction, by=by)


def _regler(membre: Membre, invite: str, charte: str) -> None:
    lu = on_screen()
    with refusals(_MEMBRES), writing() as (session, by):
        sieges.regler_membre(
            session,
            siege_id=membre.siege_id,
            invite=bool(lu.get(invite)),
            charte_signee_le=lu.get(charte),
            today=aujourdhui(),
            by=by,
            vu=membre,
        )


def _attribuer(membre: Membre, sienne: bool) -> None:
    with refusals(_MEMBRES), writing() as (session, by):
        sieges.attribuer_signature(session, vu=membre, a_la_personne=sienne, today=aujourdhui(), by=by)


def _deplacer(siege_id: int, sens: int) -> None:
    with refusals(_MEMBRES), writing() as (session, by):
        sieges.deplacer_membre(session, siege_id=siege_id, sens=sens, by=by)


def _retirer(membre: Membre) -> None:
    with refusals(_MEMBRES):
        with writing() as (session, by):
            sieges.retirer_membre(session, siege_id=membre.siege_id, by=by)
        announce(f"Retiré des membres : {membre.partenaire}.")
