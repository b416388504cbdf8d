"""Accounts: the list, and beside it the one chosen (`?compte=`) or a new one. For whoever is responsable."""

from functools import partial
from typing import Any

import streamlit as st

from models.lists import Role
from services.commun import comptes
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import utcnow
from ui.administration.comptes import ligne
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import choisi
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import kept, key, open_form, repris, values

agent = require_agent(Droit.COMPTES)
AIDE = f"Au moins {comptes.LONGUEUR_MINIMALE} caractères. Donnez-le de vive voix ; la personne le changera elle-même."
SECRET: dict[str, Any] = {"type": "password", "help": AIDE, "autocomplete": "new-password"}
LIBELLES = {"nom": "Prénom et nom", "role": "Rôle", "etat": "Compte"}
with reading() as session:
    tous = comptes.liste(session, now=utcnow())
compte = choisi("compte", {str(c.id): c for c in tous})
version = compte.version if compte else None
form = fresh_form("compte", compte.id if compte else None, version)


def creer() -> None:
    v = values(form, "identifiant", "nom", "role", "mot_de_passe")
    identifiant, nom, mot_de_passe = (str(v[c] or "") for c in ("identifiant", "nom", "mot_de_passe"))
    role = Role(str(v["role"] or Role.SECRETAIRE))
    with refusals(form.jeton), writing(Droit.COMPTES) as (session, by):
        comptes.creer(
            session, identifiant=identifiant, nom=nom, role=role, mot_de_passe=mot_de_passe, jeton=form.jeton, by=by
        )
    if not refused(form.jeton).erreurs:
        announce(f"Compte créé pour {nom}.")


def modifier(id: int, form: Formulaire) -> None:
    v = values(form, "nom", "role")
    nom, role = str(v["nom"] or ""), Role(str(v["role"] or Role.SECRETAIRE))
    with refusals(form.jeton), writing(Droit.COMPTES) as (session, by):
        comptes.modifier(session, id=id, nom=nom, role=role, version=form.version or 0, jeton=form.jeton, by=by)
    if not refused(form.jeton).erreurs:
        announce(f"Compte de {nom} : enregistré.")


def reinitialiser(id: int, nom: str) -> None:
    mot_de_passe = str(values(secret, "mot_de_passe")["mot_de_passe"] or "")
    with refusals(secret.jeton), writing(Droit.COMPTES) as (session, by):
        comptes.reinitialiser_mot_de_passe(
            session, id=id, mot_de_passe=mot_de_passe, jeton=secret.jeton, by=by, now=utcnow()
        )
    if not refused(secret.jeton).erreurs:
        announce(f"Nouveau mot de passe pour {nom} : ses sessions sont fermées.")


def ouvrir_ou_fermer(c: comptes.CompteVu) -> None:
    with refusals(form.jeton), writing(Droit.COMPTES) as (session, by):
        if c.actif:
            comptes.fermer(session, id=c.id, version=c.version, by=by, now=utcnow())
        else:
            comptes.rouvrir(session, id=c.id, version=c.version, by=by)
    if not refused(form.jeton).erreurs:
        announce(f"Compte de {c.nom} : {'fermé, sans rien effacer de son travail' if c.actif else 'rouvert'}.")


def choisir(id: int | None = None) -> None:
    st.query_params.from_dict({"compte": str(id)} if id else {})


def nom_et_role() -> None:
    st.text_input("Prénom et nom", value=compte.nom if compte else "", key=key(form, "nom"))
    field_error(form.jeton, "nom")
    rang = list(Role).index(compte.role if compte else Role.SECRETAIRE)
    st.radio("Rôle", list(Role), index=rang, format_func=lambda r: str(r.libelle), **kept(form, "role", list(Role)))
    field_error(form.jeton, "role")


st.title("Comptes")
cote_a_cote = st.container(horizontal=True, gap="large")
gauche, droite = cote_a_cote.container(width="stretch"), cote_a_cote.container(width=380, border=True)
with gauche:
    for c in tous:
        ligne(c, choisir, choisi=c == compte)
with droite:
    if compte is None:
        st.header("Ajouter un compte")
        repris(form)
        field_error(form.jeton, "")
        st.text_input("Identifiant", key=key(form, "identifiant"), placeholder="prenom.nom", autocomplete="off")
        field_error(form.jeton, "identifiant")
        nom_et_role()
        st.text_input("Mot de passe provisoire", key=key(form, "mot_de_passe"), **SECRET)
        field_error(form.jeton, "mot_de_passe")
        st.button("Créer le compte", key=key(form, "creer"), type="primary", on_click=creer)
    else:
        st.header(md(compte.nom))
        repris(form)
        nom_et_role()
        with st.container(horizontal=True):
            st.button("Enregistrer", key=key(form, "ok"), type="primary", on_click=modifier, args=(compte.id, form))
            geste, icone = ("Fermer le compte", "block") if compte.actif else ("Rouvrir le compte", "lock_open")
            st.button(
                geste, key=key(form, "bascule"), icon=f":material/{icone}:", on_click=ouvrir_ou_fermer, args=(compte,)
            )
        deux_textes(form, libelles=LIBELLES, garder=partial(modifier, compte.id))
        secret = open_form("compte_mdp", objet_id=compte.id)
        with st.expander("Donner un nouveau mot de passe", expanded=bool(refused(secret.jeton).erreurs)):
            st.text_input("Nouveau mot de passe", key=key(secret, "mot_de_passe"), **SECRET)
            field_error(secret.jeton, "mot_de_passe")
            qui = (compte.id, compte.nom)
            st.button("Donner ce mot de passe", key=key(secret, "ok"), on_click=reinitialiser, args=qui)
        st.button("Ajouter un autre compte", icon=":material/person_add:", type="tertiary", on_click=choisir)
