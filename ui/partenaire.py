"""What the screens of partenaires share: where they are, one person's row, and one's own text beside a colleague's."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from services import temps
from services.brouillons import Formulaire
from services.partenaires import Doublon, FichePartenaire, LignePartenaire
from services.personnes import FonctionVue, PersonneVue
from ui.feedback import field_error, md, refused
from ui.formulaire import TOUTE_DATE, key, open_form
from ui.navigation import page_path

ANNUAIRE = page_path("partenaires/annuaire.py")
FICHE = page_path("partenaires/fiche.py")
EDITION = page_path("partenaires/edition.py")
PERSONNE = page_path("partenaires/personne.py")

# Field -> its label on screen.
LIBELLES = {
    "nom": "Nom",
    "sigle": "Sigle",
    "categorie_id": "Catégorie",
    "sous_categorie": "Sous-catégorie",
    "secteurs": "Secteurs de veille",
    "commune": "Commune",
    "adresse": "Adresse",
    "telephone": "Téléphone",
    "courriel": "Courriel",
    "site": "Site",
    "note": "Note",
    "uai": "UAI",
    "statut": "Statut du collège",
    "prenom": "Prénom",
    "intitule": "Fonction",
    "debut": "Depuis le",
}


def url_id(nom: str) -> int | None:
    """The number that the address gives under that name, if it is one."""
    texte = str(st.query_params.get(nom, ""))
    return int(texte) if texte.isascii() and texte.isdecimal() and len(texte) < 10 else None


def quitter_pour_fiche(id: int) -> None:
    """In a callback: the page of that partenaire comes next."""
    st.session_state["fiche_suivante"] = id


def suivre() -> None:
    """At the top of a screen with a form: go where its callback said. (Pages are not known yet inside a callback.)"""
    id = st.session_state.pop("fiche_suivante", None)
    if id is not None:
        st.switch_page(FICHE, query_params={"id": str(id)})


def secteurs_en_texte(secteurs: Iterable[str]) -> str:
    return ", ".join(secteurs) or "Toute la ville"


def ligne(p: LignePartenaire) -> str:
    """A row of the directory, as the label of its link."""
    badges = [f":blue-badge[{md(p.sigle)}]"] if p.sigle and p.sigle not in p.nom else []
    badges.append(f":gray-badge[{md(p.categorie)}]")
    if p.actions_ouvertes:
        s = "s" if p.actions_ouvertes > 1 else ""
        badges.append(f":orange-badge[{p.actions_ouvertes} action{s} ouverte{s}]")
    if p.archive:
        badges.append(":red-badge[:material/archive: Archivé]")
    suite = " · ".join(md(t) for t in (p.sous_categorie, p.commune, secteurs_en_texte(p.secteurs)) if t)
    return f"**{md(p.nom)}** {' '.join(badges)} :gray[{suite}]"


def badges(p: FichePartenaire, today: date) -> str:
    """What a partenaire is, in badges."""
    textes = [f":blue-badge[{md(p.sigle)}]"] if p.sigle else []
    textes += [f":gray-badge[{md(t)}]" for t in (p.categorie, p.sous_categorie) if t]
    textes.append(f":gray-badge[:material/location_on: {md(secteurs_en_texte(p.secteurs.values()))}]")
    if p.archive_le:
        textes.append(f":red-badge[:material/archive: Archivé le {temps.jour(p.archive_le.date(), annee_de=today)}]")
    return " ".join(textes)


def personne(f: FonctionVue, *, today: date, gestes: bool) -> None:
    """One person in a function, and what can be done of it."""
    debut = temps.jour(f.debut, annee_de=today)
    periode = f"{debut} – {temps.jour(f.fin, annee_de=today)}" if f.fin else f"depuis {debut}"
    suite = " · ".join(md(t) for t in (f.telephone, f.courriel, periode) if t)
    texte, droite = st.columns([1, 1], vertical_alignment="top")
    texte.markdown(f"**{md(f.personne)}** · {md(f.intitule)}  \n:small[{suite}]")
    possibles = {"corriger": "Corriger"}
    if not f.fin:
        possibles = {"remplacer": "Remplacer par…", "terminer": "Terminer"} | possibles
    with droite.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        for geste, libelle in possibles.items() if gestes else ():
            st.page_link(PERSONNE, label=libelle, icon="", query_params={"fonction": str(f.id), "geste": geste})


def coordonnees(p: FichePartenaire) -> None:
    """How to reach a partenaire, on one line."""
    uai = f"UAI {p.uai} · collège {p.statut.libelle.lower()}" if p.uai and p.statut else ""
    adresse = ", ".join(t for t in (p.adresse.replace("\n", ", "), p.commune) if t)
    lignes = {"call": p.telephone, "mail": p.courriel, "home": adresse, "school": uai}
    textes = [f":material/{icone}: {md(valeur)}" for icone, valeur in lignes.items() if valeur]
    if p.site:
        textes.append(f":material/language: [{md(p.site)}](<{p.site}>)")
    with st.container(horizontal=True, gap="medium"):
        for texte in textes or [":gray[Aucune coordonnée pour le moment.]"]:
            st.markdown(texte, width="content")
    if p.note:
        st.text(p.note)


# --- forms ----------------------------------------------------------------------------------------------------------


def formulaire(nom: str, *, objet_id: int | None = None, version: int | None = None, temoin: str = "nom") -> Formulaire:
    """The open form. One left behind in an earlier visit, on an older version, starts afresh: its text is gone anyway.

    Args:
        temoin: a field of the form; its widget exists while the form is on this screen.
    """
    form = open_form(nom, objet_id=objet_id, version=version)
    if form.version != version and key(form, temoin) not in st.session_state:
        form = open_form(nom, objet_id=objet_id, version=version, neuf=True)
    return form


def champ_texte(form: Formulaire, champ: str, valeur: str = "", **options: Any) -> None:
    """A text field, and under it what was refused of it."""
    st.text_input(LIBELLES[champ], value=valeur, key=key(form, champ), **options)
    field_error(form.jeton, champ)


def champ_jour(form: Formulaire, champ: str, libelle: str, valeur: date) -> None:
    """A date field, and under it what was refused of it."""
    st.session_state.setdefault(key(form, champ), valeur)
    st.date_input(libelle, key=key(form, champ), **TOUTE_DATE)
    field_error(form.jeton, champ)


def deux_textes(
    form: Formulaire,
    *,
    miens: Mapping[str, str],
    actuels: Mapping[str, str],
    prendre: Callable[[], None],
    garder: Callable[[], None] | None,
) -> None:
    """What the whole form was refused. After a Conflict: both texts of each field that differs, and the ways out.

    Args:
        garder: save one's own text over the version shown here; None where that makes no sense.
    """
    field_error(form.jeton, "")
    if not refused(form.jeton).actuel:
        return
    with st.container(border=True):
        differents = {c: mien for c, mien in miens.items() if mien != actuels.get(c, "")}
        if differents:
            for titre, colonne in zip(("Champ", "Votre texte", "Sa version"), st.columns([1, 2, 2]), strict=True):
                colonne.caption(titre)
        for champ, mien in differents.items():
            libelle, a_moi, a_lui = st.columns([1, 2, 2])
            libelle.caption(LIBELLES[champ])
            a_moi.text(mien or "—")
            a_lui.text(actuels.get(champ) or "—")
        with st.container(horizontal=True):
            st.button("Prendre sa version", key=key(form, "prendre"), on_click=prendre)
            if garder:
                st.button("Enregistrer mon texte à la place", key=key(form, "garder"), on_click=garder)


def partenaires_semblables(form: Formulaire, doublons: Iterable[Doublon], *, ajouter: Callable[..., None]) -> None:
    """The partenaires that are probably the one being typed, and how to say it is another."""
    with st.container(border=True):
        st.markdown(":orange[:material/content_copy: **Déjà au carnet ?**]")
        for d in doublons:
            st.markdown(md(d.nom) + (" :gray-badge[Archivé]" if d.archive else ""))
            st.page_link(FICHE, label="Ouvrir sa fiche", icon="", query_params={"id": str(d.id)})
        autre = {"confirme": True}
        st.button("C’est un autre : ajouter", key=key(form, "confirmer"), on_click=ajouter, kwargs=autre)


def personnes_semblables(form: Formulaire, connues: Iterable[PersonneVue], *, ajouter: Callable[..., None]) -> None:
    """The people who are probably the one being typed, to be chosen, and how to say it is somebody else."""
    with st.container(border=True):
        st.markdown(":orange[:material/person_search: **Déjà au carnet ?**]")
        for p in connues:
            st.markdown(f"**{md(p.complet)}**  \n:small[{md(p.fonctions)}]")
            elle = {"personne_id": p.id}
            st.button("C’est cette personne", key=key(form, f"connue.{p.id}"), on_click=ajouter, kwargs=elle)
        autre = {"confirme": True}
        st.button("C’est quelqu’un d’autre", key=key(form, "confirmer"), on_click=ajouter, kwargs=autre)


def boutons(form: Formulaire, libelle: str, enregistrer: Callable[[], None], *, retour: int | None) -> None:
    """Save, or go back without saving (to the page of partenaire `retour`, else to the directory)."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(libelle, key=key(form, "enregistrer"), type="primary", on_click=enregistrer)
        page, vers = (FICHE, {"id": str(retour)}) if retour else (ANNUAIRE, None)
        st.page_link(page, label="Annuler", icon="", query_params=vers)
