"""The lists of the administration: what each one holds, its rows, and the small form that opens in place of a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import streamlit as st
from sqlmodel import Session

from services.commun import edition_listes, listes
from services.commun.listes import Famille
from services.socle.acteur import Acteur
from services.socle.brouillons import Formulaire
from ui.commun.access import reading, writing
from ui.commun.adresse import a_modifier
from ui.commun.conflit import deux_textes, dit, fresh_form
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import forget, key, open_form, repris, values

LIBELLES = {
    "nom": "Nom",
    "rubrique": "Rubrique",
    "adresse": "Adresse",
    "capacite": "Places",
    "contact": "Qui contacter",
    "telephone": "Téléphone",
    "courriel": "Courriel",
    "secteur_id": "Secteur de veille",
}
PAR_RANGEE = 3  # fields side by side
CHAMPS: dict[Famille, tuple[str, ...]] = {
    Famille.THEME: ("nom", "rubrique"),
    Famille.CATEGORIE: ("nom",),
    Famille.ORIGINE: ("nom",),
    Famille.LIEU: ("nom", "adresse", "capacite", "contact", "telephone", "courriel"),
    Famille.SECTEUR: ("nom",),
    Famille.QUARTIER: ("nom", "secteur_id"),
}


@dataclass(frozen=True)
class Ligne:
    """A row of any list: its values by field, and what is said in grey after its name."""

    famille: Famille
    id: int
    version: int
    valeurs: Mapping[str, Any]
    archive: bool = False
    detail: str = ""
    badge: str = ""
    choix: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)  # field -> its closed choices

    @property
    def cle(self) -> str:
        """How the address names the row being changed."""
        return f"{self.famille.value}-{self.id}"


# --- commands --------------------------------------------------------------------------------------------------------


def _ajouter(session: Session, famille: Famille, v: Mapping[str, Any], jeton: str, by: Acteur) -> None:
    nom = v["nom"] or ""
    if famille is Famille.THEME:
        edition_listes.ajouter_theme(session, libelle=nom, rubrique=v["rubrique"] or "", jeton=jeton, by=by)
    elif famille is Famille.LIEU:
        edition_listes.ajouter_lieu(session, nom=nom, **_lieu(v), jeton=jeton, by=by)
    elif famille is Famille.QUARTIER:
        edition_listes.ajouter_quartier(session, nom=nom, secteur_id=v["secteur_id"], jeton=jeton, by=by)
    else:
        edition_listes.ajouter(session, famille=famille, nom=nom, jeton=jeton, by=by)


def _lieu(v: Mapping[str, Any]) -> dict[str, Any]:
    return {c: v[c] if c == "capacite" else v[c] or "" for c in CHAMPS[Famille.LIEU] if c != "nom"}


def _modifier(
    session: Session, famille: Famille, id: int, v: Mapping[str, Any], version: int, jeton: str, by: Acteur
) -> None:
    nom = v["nom"] or ""
    qui: dict[str, Any] = {"id": id, "version": version, "jeton": jeton, "by": by}
    if famille is Famille.THEME:
        edition_listes.modifier_theme(session, libelle=nom, rubrique=v["rubrique"] or "", **qui)
    elif famille is Famille.LIEU:
        edition_listes.modifier_lieu(session, nom=nom, **_lieu(v), **qui)
    elif famille is Famille.QUARTIER:
        edition_listes.modifier_quartier(session, nom=nom, secteur_id=v["secteur_id"], **qui)
    else:
        edition_listes.renommer(session, famille=famille, nom=nom, **qui)


def _enregistrer(form: Formulaire, famille: Famille, ligne: Ligne | None) -> None:
    v = values(form, *CHAMPS[famille])
    a_revoir: list[str] = []
    with refusals(form.jeton), writing() as (session, by):
        if ligne is None:
            _ajouter(session, famille, v, form.jeton, by)
        else:
            _modifier(session, famille, ligne.id, v, form.version or 0, form.jeton, by)
            if famille is Famille.QUARTIER and v["secteur_id"] != ligne.valeurs["secteur_id"]:
                a_revoir = listes.instances_du_quartier(session, quartier_id=ligne.id)
    if refused(form.jeton).erreurs:
        return
    announce(f"{v['nom']} : {'ajouté' if ligne is None else 'enregistré'}.")
    if a_revoir:
        announce(f"Instances à revoir, qui couvrent ce quartier : {', '.join(a_revoir)}.", icon=":material/groups:")
    st.query_params.pop("modifier", None)


def _basculer(ligne: Ligne) -> None:
    """Archive, or restore."""
    commande = edition_listes.restaurer if ligne.archive else edition_listes.archiver
    with refusals(ligne.cle), writing() as (session, by):
        commande(session, famille=ligne.famille, id=ligne.id, version=ligne.version, by=by)
    if not refused(ligne.cle).erreurs:
        announce(f"{ligne.valeurs['nom']} : {'restauré' if ligne.archive else 'archivé'}.")


def _valider(ligne: Ligne) -> None:
    with refusals(ligne.cle), writing() as (session, by):
        edition_listes.valider_secteur(session, id=ligne.id, version=ligne.version, by=by)
    if not refused(ligne.cle).erreurs:
        announce(f"{ligne.valeurs['nom']} : validé.")


def _ouvrir(ligne: Ligne | None) -> None:
    """Open the form in place of this row, on its fresh version; None closes it."""
    if ligne is None:
        st.query_params.pop("modifier", None)
        return
    open_form(ligne.famille.value, objet_id=ligne.id, version=ligne.version, neuf=True)
    st.query_params["modifier"] = ligne.cle


# --- what is drawn -------------------------------------------------------------------------------------------------


def _champ(form: Formulaire, champ: str, valeur: Any, choix: Mapping[Any, str] | None) -> None:
    k, libelle = key(form, champ), LIBELLES[champ]
    if choix is not None:
        ids = list(choix)
        st.selectbox(
            libelle,
            ids,
            index=ids.index(valeur) if valeur in ids else None,
            format_func=lambda i: choix.get(i, str(i)),
            accept_new_options=champ == "rubrique",
            key=k,
            placeholder="Choisir ou écrire une rubrique" if champ == "rubrique" else "Choisir un secteur de veille",
            filter_mode="contains",
        )
    elif champ == "capacite":
        st.number_input(libelle, value=valeur, step=1, format="%d", key=k, placeholder="Nombre de places")
    else:
        st.text_input(libelle, value=valeur or "", key=k, placeholder=libelle)
    field_error(form.jeton, champ)


def _form(
    form: Formulaire, famille: Famille, ligne: Ligne | None, choix: Mapping[str, Mapping[Any, str]], bouton: str
) -> None:
    """Inside a form, Enter and a quick click carry the last letter typed."""
    champs = CHAMPS[famille]
    with st.form(key(form, "form"), border=False):
        for rang in range(0, len(champs), PAR_RANGEE):
            rangee = champs[rang : rang + PAR_RANGEE]
            for colonne, champ in zip(st.columns(len(rangee)), rangee, strict=True):
                with colonne:
                    _champ(form, champ, ligne.valeurs.get(champ) if ligne else None, choix.get(champ))
        with st.container(horizontal=True):
            st.form_submit_button(bouton, type="primary", on_click=_enregistrer, args=(form, famille, ligne))
            if ligne:
                st.form_submit_button("Annuler", on_click=_annuler, args=(form,))
        if ligne:
            garder = partial(_enregistrer, famille=famille, ligne=ligne)
            deux_textes(
                form, libelles=LIBELLES, garder=garder, miens=partial(_miens, form, ligne), bouton=st.form_submit_button
            )


def add_form(famille: Famille, choix: Mapping[str, Mapping[Any, str]], libelle: str) -> None:
    """The form that adds a row, folded until asked."""
    with st.expander(libelle, icon=":material/add:"):
        form = open_form(famille.value)
        repris(form)
        field_error(form.jeton, "")
        _form(form, famille, None, choix, "Ajouter")


def row(ligne: Ligne) -> None:
    """A row: its name, what is said of it, and its buttons; or its form, if the address says so."""
    if _changed(ligne):
        with st.container(border=True):
            form = fresh_form(ligne.famille.value, ligne.id, ligne.version, "nom")
            repris(form)
            _form(form, ligne.famille, ligne, ligne.choix, "Enregistrer")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        nom = md(str(ligne.valeurs["nom"]))
        nom = f"**{nom}**" if ligne.famille is Famille.SECTEUR else nom
        detail = f" :small[:gray[{md(ligne.detail)}]]" if ligne.detail else ""
        archive = " :gray-badge[:material/archive: archivé]" if ligne.archive else ""
        st.markdown(f"{nom}{ligne.badge}{archive}{detail}", width="stretch")
        aide = str(ligne.valeurs["nom"])
        with st.container(horizontal=True, width="content", gap="small"):  # on a narrow screen they go under, together
            if ligne.badge:
                st.button(
                    named(":blue[**Valider**]", aide),
                    type="tertiary",
                    help=f"Ce secteur contient les bons quartiers : {nom}",
                    key=f"{ligne.cle}.v",
                    on_click=_valider,
                    args=(ligne,),
                )
            if not ligne.archive:
                modifier = named("Modifier", aide)
                st.button(modifier, type="tertiary", key=f"{ligne.cle}.m", on_click=_ouvrir, args=(ligne,))
            geste = named("Restaurer" if ligne.archive else "Archiver", aide)
            st.button(geste, type="tertiary", key=f"{ligne.cle}.a", on_click=_basculer, args=(ligne,))
    field_error(ligne.cle, "")


def _miens(form: Formulaire, ligne: Ligne) -> dict[str, str]:
    """What is chosen, as the service says it."""
    choisis = values(form, *ligne.choix)
    return {champ: noms.get(choisis[champ], dit(choisis[champ])) for champ, noms in ligne.choix.items()}


def _annuler(form: Formulaire) -> None:
    forget(form.jeton)
    _ouvrir(None)


def used(session: Session, famille: Famille, un: str, plusieurs: str) -> dict[int, str]:
    """ "12 points", by row."""
    return {i: f"{n} {plusieurs if n > 1 else un}" for i, n in listes.emplois(session, famille=famille).items()}


def _detail(*morceaux: str) -> str:
    return " · ".join(m for m in morceaux if m)


def rows_of(famille: Famille, *, archives: bool) -> list[Ligne]:
    """The rows of a list of names: the archived ones if asked, and the one being changed in any case."""
    with reading() as session:
        if famille is Famille.THEME:
            n = used(session, famille, "point", "points")
            rubriques = {"rubrique": {r: r for r in listes.rubriques(session)}}
            lignes = [
                Ligne(famille, t.id, t.version, {"nom": t.libelle, "rubrique": t.rubrique}, t.archive, choix=rubriques)
                for t in listes.themes(session, archives=True)
            ]
        elif famille is Famille.LIEU:
            n = used(session, famille, "réunion", "réunions")
            lignes = [
                Ligne(
                    famille,
                    x.id,
                    x.version,
                    {c: getattr(x, c) for c in CHAMPS[famille]},
                    x.archive,
                    _detail(x.adresse, f"{x.capacite} places" if x.capacite else "", x.contact, x.telephone),
                )
                for x in listes.lieux(session, archives=True)
            ]
        elif famille is Famille.CATEGORIE:
            n = used(session, famille, "partenaire", "partenaires")
            lignes = [
                Ligne(famille, c.id, c.version, {"nom": c.nom}, c.archive)
                for c in listes.categories(session, archives=True)
            ]
        else:
            n = used(session, famille, "point", "points")
            lignes = [
                Ligne(famille, o.id, o.version, {"nom": o.libelle}, o.archive)
                for o in listes.origines(session, archives=True)
            ]
    return [
        replace(x, detail=_detail(x.detail, n.get(x.id, "")))
        for x in lignes
        if archives or not x.archive or _changed(x)
    ]


def map_rows(*, archives: bool) -> list[tuple[Ligne, list[Ligne]]]:
    """Each secteur de veille with its quartiers."""
    with reading() as session:
        secteurs = listes.secteurs(session, archives=True)
        quartiers = listes.quartiers(session, archives=True)
    vivants = {"secteur_id": {s.id: s.nom for s in secteurs if not s.archive}}
    carte = []
    for s in secteurs:
        badge = " :orange-badge[:material/help: à valider]" if s.a_valider else ""
        lignes = [
            Ligne(
                Famille.QUARTIER, q.id, q.version, {"nom": q.nom, "secteur_id": q.secteur_id}, q.archive, choix=vivants
            )
            for q in quartiers
            if q.secteur_id == s.id
        ]
        ligne = Ligne(Famille.SECTEUR, s.id, s.version, {"nom": s.nom}, s.archive, badge=badge)
        visibles = [x for x in lignes if archives or not x.archive or _changed(x)]
        if archives or not s.archive or _changed(ligne) or visibles:
            carte.append((ligne, visibles))
    return carte


def _changed(ligne: Ligne) -> bool:
    """The address says that this row is being changed: shown even if a colleague just archived it."""
    return a_modifier(ligne.cle)
