"""Many partenaires at once: rows ticked across pages and filters, what to do to them, the preview, the last ones."""

from dataclasses import dataclass, field

import streamlit as st

from services.agenda import instances
from services.commun import listes
from services.partenaires import annuaire, lots
from services.partenaires.annuaire import Filtre, LignePartenaire
from services.partenaires.lots import Changement, EssaiLot, Geste, LigneLot, Sort
from services.socle.brouillons import Formulaire
from services.socle.horloge import utcnow
from services.socle.texte import accord
from ui.commun.access import reading, writing
from ui.commun.adresse import OUI_NON, lie
from ui.commun.feedback import field_error, forget_refusals, md, refusals, shown_errors
from ui.commun.formulaire import key, on_screen, open_form
from ui.commun.operations import dernieres, faite
from ui.partenaires.fiche import ligne

PAR_PAGE = 25
MODE = "plusieurs"
_REFUS = "lot"
_CHAMPS = {
    Geste.CATEGORIE: "Catégorie",
    Geste.SOUS_CATEGORIE: "Sous-catégorie",
    Geste.COMMUNE: "Commune",
    Geste.AJOUTER_SECTEURS: "Secteurs de veille : en ajouter",
    Geste.RETIRER_SECTEURS: "Secteurs de veille : en retirer",
    Geste.REMPLACER_SECTEURS: "Secteurs de veille : les remplacer",
}
_BADGES = {
    Sort.CHANGE: ":orange-badge[:material/edit: Change]",
    Sort.DEJA: ":gray-badge[:material/check: Déjà ainsi]",
    Sort.REFUSE: ":red-badge[:material/block: Refusé]",
}
_VUES = {Sort.CHANGE: "Changent", Sort.DEJA: "Déjà ainsi", Sort.REFUSE: "Refusés"}


@dataclass
class Lot:
    """What this tab has ticked, and what it is about to do. `essai` is made again once a refusal has taken it away."""

    coches: set[int] = field(default_factory=set)
    changement: Changement | None = None
    form: Formulaire | None = None
    essai: EssaiLot | None = None
    geste: Geste | None = None  # the last one asked for: a refusal stands under its own field
    operation_id: int = 0


def lot() -> Lot:
    """The one of this visit."""
    garde: Lot = st.session_state.setdefault("lot", Lot())
    return garde


# --- ticking --------------------------------------------------------------------------------------------------------


def basculer() -> None:
    """The switch between one at a time, where a click opens a page, and many at once."""
    st.toggle("Plusieurs à la fois", on_change=_oublier_refus, **lie(MODE, OUI_NON))


def a_cocher(p: LignePartenaire) -> None:
    """A row of the directory with its box. The state is set only where it differs: a click made meanwhile stands."""
    cle, coche = f"coche.{p.id}", p.id in lot().coches
    if st.session_state.get(cle) != coche:
        st.session_state[cle] = coche
    st.checkbox(ligne(p), key=cle, on_change=_cocher, args=(p.id,), width="stretch")


def _cocher(id: int) -> None:
    coche = on_screen().get(f"coche.{id}")
    (lot().coches.add if coche else lot().coches.discard)(id)


def _tout_cocher(filtre: Filtre) -> None:
    with reading() as session:
        trouves = annuaire.ids(session, filtre=filtre)
    lot().coches.update(trouves)


def _tout_decocher() -> None:
    lot().coches.clear()


def _oublier_refus() -> None:
    forget_refusals(_REFUS)


# --- what to do -----------------------------------------------------------------------------------------------------


def barre(filtre: Filtre, total: int) -> None:
    """How many are ticked, and what can be done to them. Its buttons do not move when one more is."""
    n = len(lot().coches)
    if lot().operation_id:
        faite(lots.ACTE, lot().operation_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{accord(n, 'coché')}**", width=85)
        st.button(
            f"Tout cocher : {'les ' if total > 1 else ''}{accord(total, 'trouvé')}",
            icon=":material/select_all:",
            disabled=not total,
            on_click=_tout_cocher,
            args=(filtre,),
        )
        st.button("Tout décocher", icon=":material/deselect:", disabled=not n, on_click=_tout_decocher)
        with st.popover("Changer un champ", icon=":material/edit:", disabled=not n):
            _changer_un_champ()
        with st.popover("Ajouter à une instance", icon=":material/group_add:", disabled=not n):
            _ajouter_a_une_instance()
        for geste, libelle, icone, sans_objet in (
            (Geste.ARCHIVER, "Archiver", ":material/archive:", "archives"),
            (Geste.RESTAURER, "Restaurer", ":material/unarchive:", "actifs"),
        ):
            if filtre.etat != sans_objet:
                st.button(libelle, icon=icone, disabled=not n, on_click=_prevoir, args=(geste,), key=f"lot.{geste}")
    field_error(_REFUS, "ids")
    field_error(_REFUS, "")


def _changer_un_champ() -> None:
    geste = st.selectbox("Champ", list(_CHAMPS), format_func=_CHAMPS.__getitem__, key="lot.champ")
    with reading() as session:
        categories = {c.id: c.nom for c in listes.categories(session)}
        secteurs = {s.id: s.nom for s in listes.secteurs(session)}
    if geste is Geste.CATEGORIE:
        _un_choix("Nouvelle catégorie", categories, "Choisir une catégorie", geste)
    elif geste in (Geste.SOUS_CATEGORIE, Geste.COMMUNE):
        with st.form(f"lot.form.{geste}", border=False):
            st.text_input(f"Nouvelle {_CHAMPS[geste].lower()}", key=f"lot.valeur.{geste}")
            _refus(geste)
            st.form_submit_button("Voir l’aperçu", type="primary", on_click=_prevoir, args=(geste,))
    else:
        st.multiselect(
            "Secteurs de veille",
            list(secteurs),
            format_func=lambda i: secteurs.get(i, ""),
            placeholder="Toute la ville" if geste is Geste.REMPLACER_SECTEURS else "Choisir des secteurs",
            key=f"lot.valeur.{geste}",
        )
        _refus(geste)
        st.button("Voir l’aperçu", type="primary", on_click=_prevoir, args=(geste,), key="lot.apercu.champ")


def _ajouter_a_une_instance() -> None:
    with reading() as session:
        choix = {i.id: i.nom for i in instances.liste(session)}
    _un_choix("Instance", choix, "Choisir une instance", Geste.INSTANCE)


def _un_choix(libelle: str, choix: dict[int, str], vide: str, geste: Geste) -> None:
    st.selectbox(
        libelle,
        list(choix),
        index=None,
        format_func=lambda i: choix.get(i, ""),
        placeholder=vide,
        key=f"lot.valeur.{geste}",
    )
    _refus(geste)
    st.button("Voir l’aperçu", type="primary", on_click=_prevoir, args=(geste,), key=f"lot.apercu.{geste}")


def _refus(geste: Geste) -> None:
    if lot().geste is geste:
        field_error(_REFUS, "valeur")


def _prevoir(geste: Geste) -> None:
    """The dry run of a gesture on what is ticked, and the form whose token lets it be applied once."""
    valeur = on_screen().get(f"lot.valeur.{geste}")
    if isinstance(valeur, str):
        changement = Changement(geste, texte=valeur)
    else:
        changement = Changement(geste, tuple(valeur) if isinstance(valeur, list) else (valeur,) if valeur else ())
    ce_lot = lot()
    ce_lot.geste, essai = geste, None
    with refusals(_REFUS), reading() as session:
        essai = lots.essai(session, changement=changement, ids=ce_lot.coches)
    if essai:
        ce_lot.changement, ce_lot.essai, ce_lot.operation_id = essai.changement, essai, 0
        ce_lot.form = open_form("lot", neuf=True)


# --- the preview ----------------------------------------------------------------------------------------------------


def apercu() -> bool:
    """What would happen, one by one, then the change or back; False if nothing is being previewed."""
    ce_lot = lot()
    if ce_lot.changement is None or ce_lot.form is None:
        return False
    form = ce_lot.form
    if ce_lot.essai is None:  # a colleague changed something: read again
        with shown_errors(), reading() as session:
            ce_lot.essai = lots.essai(session, changement=ce_lot.changement, ids=ce_lot.coches)
        if ce_lot.essai is None:  # what they were to become is gone
            st.button("Revenir à la liste", on_click=_revenir, args=(ce_lot,))
            return True
    essai, nombres = ce_lot.essai, ce_lot.essai.nombres()
    n = nombres[Sort.CHANGE]
    st.header(f"Aperçu : {md(essai.resume)}", anchor=False)
    field_error(form.jeton, "")
    field_error(form.jeton, "ids")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Appliquer à {accord(n, 'partenaire')}" if n else "Rien à appliquer",
            type="primary",
            icon=":material/done_all:",
            disabled=not n,
            key=key(form, "appliquer"),
            on_click=_appliquer,
            args=(ce_lot, essai, form),
        )
        st.button("Revenir à la liste", key=key(form, "revenir"), on_click=_revenir, args=(ce_lot,))
    st.caption("Rien n’est encore écrit. Tout se fait en une fois ou pas du tout, et s’annule d’un clic.")
    voir = st.segmented_control(
        "Voir",
        ["", *Sort],
        default="",
        required=True,
        format_func=lambda s: f"{_VUES[Sort(s)]} ({nombres[Sort(s)]})" if s else f"Tous ({len(essai.lignes)})",
        key=key(form, "voir"),
        label_visibility="collapsed",
    )
    vues = [x for x in essai.lignes if not voir or x.sort == voir]
    corps = st.container(gap="xsmall")
    pages = -(-len(vues) // PAR_PAGE)
    page = st.pagination(pages, key=key(form, f"page.{voir}")) if pages > 1 else 1
    with corps:
        for x in vues[(page - 1) * PAR_PAGE : page * PAR_PAGE]:
            st.markdown(_ligne(x))
        if not vues:
            st.info("Aucun partenaire dans ce cas.")
    return True


def _ligne(x: LigneLot) -> str:
    """One partenaire: what becomes of it, the old text struck beside the new one."""
    if x.sort is Sort.CHANGE:
        suite = f"{f':red[~~{md(x.avant)}~~] ' if x.avant else ''}:green[{md(x.apres)}]"
    elif x.sort is Sort.REFUSE:
        suite = f":red[{md(x.motif)}]"
    else:
        suite = f":gray[{md(x.motif or x.avant)}]"
    return f"{_BADGES[x.sort]} **{md(x.nom)}** {suite}"


def _appliquer(ce_lot: Lot, vu: EssaiLot, form: Formulaire) -> None:
    id = 0
    with refusals(form.jeton), writing() as (session, by):
        id = lots.appliquer(session, vu=vu, jeton=form.jeton, now=utcnow(), by=by)
    if not id:
        ce_lot.essai = None
        return
    ce_lot.operation_id = id
    ce_lot.coches.clear()
    _revenir(ce_lot)


def _revenir(ce_lot: Lot) -> None:
    ce_lot.changement = ce_lot.form = ce_lot.essai = None


def derniers() -> None:
    """The last changes of many, to undo."""
    dernieres(lots.ACTE, "Derniers changements à plusieurs")
