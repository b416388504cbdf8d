"""Two steps of an import: what each column is, then what would become of each line."""

import streamlit as st

from services.commun import listes
from services.imports import colonnes, importation
from services.imports.colonnes import CHAMPS, Nature
from services.imports.importation import Demande, Etat, LigneEssai
from services.socle.erreurs import Invalid
from services.socle.horloge import aujourdhui, utcnow
from services.socle.texte import first_words, folded
from ui.commun.access import reading, writing
from ui.commun.feedback import field_error, md, refusals
from ui.commun.formulaire import key, on_screen
from ui.imports.importation import NATURES, Chantier, autre_fichier, bouton_refusees, dire_refus, lancer

PAR_PAGE = 25
_BADGES = {
    Etat.NOUVEAU: ":green-badge[:material/add: Nouvelle]",
    Etat.MODIFIE: ":orange-badge[:material/edit: Modifiée]",
    Etat.IDENTIQUE: ":gray-badge[:material/check: Identique]",
    Etat.REFUSE: ":red-badge[:material/block: Refusée]",
}
_FILTRES = {Etat.NOUVEAU: "Nouvelles", Etat.MODIFIE: "Modifiées", Etat.IDENTIQUE: "Identiques", Etat.REFUSE: "Refusées"}


# --- the columns ----------------------------------------------------------------------------------------------------


def choisir_colonnes(c: Chantier) -> None:
    """Which sheet, what its lines are, and which field each column is."""
    t = c.tableau
    _nature(c)
    with st.container(horizontal=True):
        st.button(
            "Faire un essai",
            type="primary",
            icon=":material/preview:",
            disabled=not t.lignes,
            on_click=_essayer,
            args=(c,),
        )
        st.button("Choisir un autre fichier", on_click=autre_fichier)
    if not t.lignes:
        st.warning(
            "Aucune ligne sous les titres : choisissez un fichier qui en a, une autre feuille, ou corrigez "
            "la ligne des titres.",
            icon=":material/warning:",
        )
    field_error(c.form.jeton, "colonnes")
    traduites = st.container()
    _colonnes(c, [n for n in range(len(t.titres)) if n in c.choix])
    autres = [n for n in range(len(t.titres)) if n not in c.choix]
    if autres:
        s = "s" if len(autres) > 1 else ""
        with st.expander(f"{len(autres)} colonne{s} laissée{s} de côté", expanded=not c.choix):
            _colonnes(c, autres)
    if c.nature is Nature.CARNET:
        with traduites:
            _categories(c)


def _nature(c: Chantier) -> None:
    """Which sheet, what its lines are, and where they begin."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(c.feuilles) > 1:
            st.selectbox(
                "Feuille",
                range(len(c.feuilles)),
                index=c.feuille,
                format_func=lambda n: c.feuilles[n].nom,
                key=key(c.form, "feuille"),
                width=220,
                on_change=_relire,
                args=(c, "feuille"),
            )
        if len(NATURES) > 1:
            st.segmented_control(
                "Chaque ligne est",
                list(NATURES),
                default=c.nature,
                required=True,
                format_func=lambda n: NATURES[n][0],
                key=key(c.form, "nature"),
                on_change=_relire,
                args=(c, "nature"),
            )
        st.number_input(
            "Ligne des titres (0 : aucune)",
            min_value=0,
            max_value=len(c.feuilles[c.feuille].lignes),
            value=c.tableau.entete,
            key=key(c.form, "entete"),
            width=220,
            on_change=_relire,
            args=(c, "entete"),
        )
        if c.nature is Nature.CARNET:
            with reading() as session:
                categories = {x.id: x.nom for x in listes.categories(session)}
            st.selectbox(
                "Catégorie des nouveaux partenaires, si le fichier n’en dit rien",
                list(categories),
                index=list(categories).index(c.categorie_id) if c.categorie_id in categories else None,
                format_func=lambda i: categories.get(i, ""),
                placeholder="Choisir une catégorie",
                key=key(c.form, "categorie"),
                width=420,
            )


def _colonnes(c: Chantier, numeros: list[int]) -> None:
    champs = {x.cle: x.libelle for x in CHAMPS[c.nature]}
    with st.container(gap="xxsmall"):
        for n in numeros:
            titre, exemple, choix = st.columns([2, 3, 2], vertical_alignment="center")
            titre.markdown(f"**{md(c.tableau.titres[n])}**")
            exemple.markdown(f":small[{md(colonnes.exemple(c.tableau, n)) or ':gray[vide]'}]")
            choix.selectbox(
                f"Champ de la colonne {md(c.tableau.titres[n])}",
                list(champs),
                index=list(champs).index(c.choix[n]) if n in c.choix else None,
                format_func=lambda x: champs.get(x, ""),
                placeholder="Ne pas importer",
                key=_cle_colonne(c, n),
                label_visibility="collapsed",
            )


def _categories(c: Chantier) -> None:
    """Which of ours is each category of the file that the notebook does not know."""
    ecran = on_screen()
    n = next((n for n in range(len(c.tableau.titres)) if ecran.get(_cle_colonne(c, n)) == "categorie"), None)
    if n is None:
        return
    with reading() as session:
        noms = [x.nom for x in listes.categories(session)]
        retenues = colonnes.categories_retenues(session, titres=c.tableau.titres)
    inconnues = colonnes.categories_inconnues(c.tableau, n, categories=noms)
    if not inconnues:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Catégories que le carnet ne connaît pas** : dites laquelle c’est, il s’en souviendra.")
        st.caption("Sans choix, leurs lignes sont refusées. Une catégorie nouvelle s’ajoute d’abord dans Listes.")
        for valeur in inconnues:
            texte, choix = st.columns([2, 5], vertical_alignment="center")
            texte.markdown(md(valeur[:60]))
            retenue = retenues.get(folded(valeur))
            choix.selectbox(
                f"Catégorie du carnet pour {md(valeur[:60])}",
                noms,
                index=noms.index(retenue) if retenue in noms else None,
                placeholder="Choisir une catégorie",
                key=key(c.form, f"categorie.{folded(valeur)}"),
                label_visibility="collapsed",
                width=420,
            )


def _cle_colonne(c: Chantier, n: int) -> str:
    return key(c.form, f"{c.nature}.{c.feuille}.{c.tableau.entete}.{n}")


def _relire(c: Chantier, quoi: str) -> None:
    """Another sheet, another kind of lines or another row of titles: the columns are looked at again."""
    valeur = on_screen().get(key(c.form, quoi))
    if quoi == "feuille":
        c.feuille = int(valeur or 0)
        c.lire_colonnes()
    elif quoi == "nature" and valeur:
        c.lire_colonnes(entete=c.tableau.entete, nature=valeur)
    elif quoi == "entete":
        c.lire_colonnes(entete=int(valeur or 0), nature=c.nature)


def _essayer(c: Chantier) -> None:
    """The columns are settled: remember them, and read the lines."""
    ecran = on_screen()
    choisies = {n: ecran.get(_cle_colonne(c, n)) for n in range(len(c.tableau.titres))}
    c.choix = {n: str(champ) for n, champ in choisies.items() if champ}
    categorie = ecran.get(key(c.form, "categorie"))
    debut = key(c.form, "categorie.")
    traduites = {cle.removeprefix(debut): str(nom) for cle, nom in ecran.items() if cle.startswith(debut) and nom}
    with refusals(c.form.jeton):
        for groupe in NATURES[c.nature][2]:
            if not groupe & set(c.choix.values()):
                libelles = [x.libelle for x in CHAMPS[c.nature] if x.cle in groupe]
                raise Invalid({"colonnes": f"Dites quelle colonne est : {' ou '.join(libelles)}."})
        with writing() as (session, by):
            colonnes.retenir(
                session,
                titres=c.tableau.titres,
                nature=c.nature,
                choix=c.choix,
                categories=traduites,
                now=utcnow(),
                by=by,
            )
        lues = colonnes.lire(c.tableau, c.choix, c.nature)
        for _, valeurs in lues:
            if nom := traduites.get(folded(valeurs.get("categorie", ""))):
                valeurs["categorie"] = nom
        c.categorie_id = int(categorie) if categorie else None
        c.demande = Demande(lues, aujourdhui(), c.categorie_id)
        c.essai = None


# --- the dry run ----------------------------------------------------------------------------------------------------


def montrer_essai(c: Chantier, demande: Demande) -> None:
    """What would happen, line by line; then the import, or back to the columns."""
    if c.essai is None:
        with st.spinner("Essai : comparaison avec le carnet…"), reading() as session:
            c.essai = c.preparer(session, demande).essai
    if c.tache:
        dire_refus(c.tache)
    nombres, lignes = c.essai.nombres(), c.essai.lignes
    with st.container(horizontal=True, vertical_alignment="center"):
        ecrit = c.essai.ecrit
        st.button(
            f"Importer {importation.pluriel(ecrit, 'ligne', 'lignes')}" if ecrit else "Rien à importer",
            type="primary",
            icon=":material/upload:",
            disabled=not ecrit,
            on_click=lancer,
            args=(c,),
        )
        if c.nature is not Nature.AGENDA:
            st.button("Revoir les colonnes", on_click=_revoir, args=(c,))
        bouton_refusees(c)
        st.button("Choisir un autre fichier", on_click=autre_fichier)
    st.caption("Rien n’est encore écrit. L’import se fait en entier ou pas du tout, et s’annule d’un clic.")
    if chevauchent := [str(x.numero) for x in lignes if x.avis]:
        s = "s" if len(chevauchent) > 1 else ""
        st.warning(
            f"Ligne{s} {', '.join(chevauchent)} : à la même heure qu’une autre réunion, dite sous la ligne. "
            "L’import la garde telle quelle : s’il ne le faut pas, corrigez le fichier d’abord.",
            icon=":material/event_busy:",
        )
    voir = st.segmented_control(
        "Voir",
        ["", *Etat],
        default="",
        required=True,
        format_func=lambda e: f"{_FILTRES[Etat(e)]} ({nombres[Etat(e)]})" if e else f"Toutes ({len(lignes)})",
        key=key(c.form, "voir"),
        label_visibility="collapsed",
    )
    vues = [x for x in lignes if not voir or x.etat == voir]
    pages = max(1, -(-len(vues) // PAR_PAGE))
    corps = st.container(gap="xsmall")
    page = st.pagination(pages, key=key(c.form, f"page.{voir}")) if pages > 1 else 1
    with corps:
        for x in vues[(page - 1) * PAR_PAGE : page * PAR_PAGE]:
            st.markdown(_ligne(x))
        if not vues:
            st.info("Aucune ligne de cette sorte dans le fichier.")


def _ligne(x: LigneEssai) -> str:
    """A line of the dry run: its state, its number, what it is; the old text struck beside the new one."""
    champs = " · ".join(
        f"{v.libelle} : {f':red[~~{md(v.avant)}~~] ' if v.avant else ''}:green[{md(v.apres)}]" for v in x.champs
    )
    avis = "".join(f"  \n:orange-badge[:material/event_busy: {md(a)}]" for a in x.avis)
    suite = f":red[{md(x.motif)}]" if x.motif else champs
    return (
        f"{_BADGES[x.etat]} :gray[ligne {x.numero}] **{md(first_words([x.titre], 120)) or '—'}**"
        + (f"  \n:small[{suite}]" if suite else "")
        + avis
    )


def _revoir(c: Chantier) -> None:
    c.demande = c.essai = None
