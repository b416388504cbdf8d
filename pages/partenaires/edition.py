"""Add a partenaire, or change one (`?id=`). What looks like it is named while one types."""

from typing import Any

import streamlit as st

from models.lists import StatutCollege
from services.commun import listes
from services.partenaires import fiches, verification
from services.partenaires.champs import TEXTES
from services.partenaires.fiches import Saisie
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, require_agent, writing
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, refusals, refused
from ui.commun.formulaire import kept, key, repris, values
from ui.partenaires import fiche as ecran

require_agent(Droit.ECRIRE)
partenaire_id = ecran.url_id("id")

with reading() as session:
    fiche = fiches.get(session, id=partenaire_id) if partenaire_id else None
    categories = {c.id: c.nom for c in listes.categories(session)}
    secteurs = {s.id: s.nom for s in listes.secteurs(session)}
version = fiche.version if fiche else None
if fiche:  # what was archived since stays selectable where it is used
    categories |= {fiche.categorie_id: fiche.categorie}
    secteurs |= fiche.secteurs
form = fresh_form("partenaire", partenaire_id, version, "nom")


def lue() -> Saisie:
    """What the fields hold now."""
    v = values(form, *TEXTES, "categorie_id", "secteurs", "statut")
    textes: dict[str, Any] = {champ: str(v[champ] or "") for champ in TEXTES}
    choisis: dict[str, Any] = {"secteurs": v["secteurs"] or (), "statut": v["statut"] or StatutCollege.PUBLIC}
    return Saisie(**textes, categorie_id=v["categorie_id"], **choisis)


def enregistrer(form: Formulaire = form, *, confirme: bool = False) -> None:
    """Create or change, then open the page of the partenaire."""
    saisie, id, verifiee = lue(), partenaire_id, values(form, "verifiee")["verifiee"]
    with refusals(form.jeton), writing() as (session, by):
        if id is None:
            id = fiches.creer(session, saisie=saisie, confirme=confirme, jeton=form.jeton, by=by)
        else:
            fiches.modifier(session, id=id, saisie=saisie, version=form.version or 0, jeton=form.jeton, by=by)
        if verifiee:
            ecrite = fiches.get(session, id=id).version
            verification.verifier(session, id=id, today=aujourdhui(), version=ecrite, by=by)
    if not refused(form.jeton).erreurs:
        announce(f"{saisie.nom.strip()} : enregistré.")
        ecran.quitter_pour_fiche(id)


def texte(champ: str, **options: bool | str) -> None:
    ecran.champ_texte(form, champ, getattr(fiche, champ) if fiche else "", **options)


def liste(champ: str) -> None:
    """One choice among categories, or several among secteurs."""
    noms = categories if champ == "categorie_id" else secteurs
    commun: dict[str, Any] = {"label": ecran.LIBELLES[champ], "options": list(noms), **kept(form, champ, noms)}
    commun["format_func"] = lambda i: noms.get(i, "")
    with st.container(gap="xsmall"):
        if champ == "categorie_id":
            rang = list(categories).index(fiche.categorie_id) if fiche else None
            st.selectbox(index=rang, placeholder="Choisir une catégorie", **commun)
        else:
            siens = list(fiche.secteurs) if fiche else []
            st.multiselect(default=siens, placeholder="Toute la ville", select_all=False, **commun)
        field_error(form.jeton, champ)


ecran.titre(fiche.nom if fiche else "Ajouter un partenaire")
champs, voisins = st.columns([2.4, 1], gap="large")
with champs:
    mien = lue()
    miens = {c: getattr(mien, c) for c in TEXTES} | {"categorie_id": categories.get(mien.categorie_id or 0, "")}
    miens["secteurs"] = ecran.secteurs_en_texte(secteurs.get(i, "?") for i in mien.secteurs)
    repris(form)
    for champ, colonne in zip(("nom", "sigle"), st.columns([3, 1]), strict=True):
        with colonne:
            texte(champ, live=True)
    with st.grid(2, min_column_width=240, gap="small"):  # line by line, as Tab goes
        liste("categorie_id")
        texte("sous_categorie")
        liste("secteurs")
        for champ in ("commune", "telephone", "courriel", "site", "adresse"):
            texte(champ)
        texte("uai", placeholder="Collège seulement : 0170035W")
        st.segmented_control(
            ecran.LIBELLES["statut"],
            list(StatutCollege),
            default=(fiche.statut if fiche else None) or StatutCollege.PUBLIC,
            required=True,
            format_func=lambda s: s.libelle,
            **kept(form, "statut", list(StatutCollege)),
        )
    st.text_area(ecran.LIBELLES["note"], value=fiche.note if fiche else "", key=key(form, "note"), height=80)
    field_error(form.jeton, "note")
    st.checkbox("Fiche vérifiée auprès du partenaire", key=key(form, "verifiee"))
    ecran.boutons(form, "Enregistrer", enregistrer, retour=partenaire_id)
    siens = {c: ecran.LIBELLES[c] for c in miens}
    deux_textes(form, libelles=siens, garder=enregistrer, miens=lambda: miens)

# Of a partenaire already there, only what was changed is compared.
compares = {c: miens[c] for c in ("nom", "sigle", "courriel", "telephone") if miens[c] != getattr(fiche, c, "")}
with voisins, reading() as session:
    if doublons := fiches.doublons_probables(session, **compares, sauf=partenaire_id):
        ecran.partenaires_semblables(form, doublons, ajouter=enregistrer, partenaire_id=partenaire_id)
