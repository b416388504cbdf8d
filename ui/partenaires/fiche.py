"""What the screens of partenaires share: where they are, one person's row, and one's own text beside a colleague's."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import streamlit as st

from models import College, Fonction, Partenaire, Personne
from models.base import libelles
from models.lists import GenreCoordonnee
from services.partenaires.annuaire import LignePartenaire
from services.partenaires.autres_coordonnees import Autre
from services.partenaires.fiches import Doublon, FichePartenaire
from services.partenaires.personnes import FonctionVue, PersonneVue
from services.socle import temps
from services.socle.brouillons import Formulaire
from services.socle.erreurs import NotFound
from ui.commun import suite
from ui.commun.adresse import aller, intituler
from ui.commun.adresse import url_id as url_id
from ui.commun.feedback import field_error, md, named
from ui.commun.formulaire import TOUTE_DATE, forget, kept, key, on_screen, values
from ui.commun.navigation import page_path

ANNUAIRE = page_path("partenaires/annuaire.py")
FICHE = page_path("partenaires/fiche.py")
EDITION = page_path("partenaires/edition.py")
DIFFUSION = page_path("partenaires/diffusion.py")
PERSONNE = page_path("partenaires/personne.py")
A_VERIFIER = page_path("partenaires/a_verifier.py")
DOUBLONS = page_path("partenaires/doublons.py")

SEMBLABLES = 5  # of those that look like the one typed, shown first
T = TypeVar("T")

# Field -> its label on screen.
LIBELLES = libelles(Personne) | libelles(Fonction) | libelles(Partenaire) | libelles(College)
LIBELLES |= {"secteurs": "Secteurs de veille", "debut": "Depuis le", "autres": "Autres numéros et courriels"}


def titre(texte: str, *, de: str = "") -> None:
    """The title of the screen, and of the tab of the browser, which says of whom."""
    intituler(f"{texte}, {de}" if de else texte)
    st.title(md(texte), anchor=False)


def nulle_part() -> NoReturn:
    """The address names no record: said if it meant to, else the directory comes.

    Raises:
        NotFound: what it says leads nowhere.
    """
    if st.query_params:
        raise NotFound("Cette adresse ne désigne aucune fiche, ou rien à y faire. Partez de la liste des partenaires.")
    st.switch_page(ANNUAIRE)


def quitter_pour_fiche(id: int | None) -> None:
    """In a callback: the list of pages to check comes next, as it was (`?retour=`), else the page of that partenaire,
    else the directory."""
    if "retour" in st.query_params:
        aller("partenaires/a_verifier.py", **dict(parse_qsl(st.query_params["retour"])))
    elif id:
        aller("partenaires/fiche.py", id=str(id))
    else:
        aller("partenaires/annuaire.py")


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
    if p.motif:
        badges.append(f":blue-badge[:material/person_search: {md(p.motif)}]")
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
    if f.debut > today:
        periode = f"à partir du {debut}"
    if f.fin and not f.finie(today):
        badge = f"Remplacé·e par {md(f.suivie_par)} à partir du" if f.suivie_le else "Dernier jour :"
        le = temps.jour(f.suivie_le or f.fin, annee_de=today)
        periode += f"  \n:blue-badge[:material/event_upcoming: {badge} {le}]"
    suite = f"{joindre(f)} · {periode}" if joindre(f) else periode
    texte, droite = st.columns([1, 1], vertical_alignment="top")
    texte.markdown(f"**{md(f.personne)}** · {md(f.intitule)}  \n:small[{suite}]")
    possibles = {"corriger": "Corriger"}
    if f.fin and not f.finie(today) and not (f.suivie_le and f.suivie_le <= today):
        if not f.suivie_le and f.debut <= today:  # who comes after is known later, often
            possibles = {"remplacer": "Remplacer par…"} | possibles
        possibles |= {"rester": "Annuler ce remplacement" if f.suivie_le else "Annuler ce départ"}
    elif not f.fin and f.debut <= today:
        possibles = {"remplacer": "Remplacer par…", "terminer": "Terminer"} | possibles
    with droite.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        for geste, libelle in possibles.items() if gestes else ():
            nom = named(libelle, f"{f.personne}, {f.intitule}")
            st.page_link(PERSONNE, label=nom, icon="", query_params={"fonction": str(f.id), "geste": geste})


def annonce(f: FonctionVue | None, geste: str, sieges: Sequence[str], today: date) -> None:
    """Whom a departure is about, and what becomes of the seats."""
    if f is None or geste == "corriger":
        return
    texte = f"**{md(f.personne)}** · {md(f.intitule)}, depuis {temps.jour(f.debut, annee_de=today)}"
    suites = {"remplacer": "Sièges repris", "terminer": "Sièges qui restent, sans personne"}
    if geste == "rester":
        le = temps.jour(f.suivie_le or f.fin or today, annee_de=today)
        texte += f"  \nLe départ prévu le {le} est annulé."
        texte += f" {md(f.suivie_par)} ne lui succédera pas." if f.suivie_par else ""
    elif sieges:
        texte += f"  \n{suites[geste]} : {', '.join(md(s) for s in sieges)}"
    st.markdown(texte)


def joindre(f: FonctionVue) -> str:
    """Every number and address of a person; the address for convocations is marked where there are several."""
    plusieurs = any(a.genre is GenreCoordonnee.COURRIEL for a in f.autres)
    courriel = md(f.courriel) + " :blue-badge[:material/mark_email_read: Convocations]" * plusieurs
    numeros = [md(a.texte) for a in f.autres if a.genre is GenreCoordonnee.TELEPHONE]
    adresses = [md(a.texte) for a in f.autres if a.genre is GenreCoordonnee.COURRIEL]
    return " · ".join(t for t in (md(f.telephone), *numeros, courriel, *adresses) if t)


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


def champ_texte(form: Formulaire, champ: str, valeur: str = "", **options: Any) -> None:
    """A text field, and under it what was refused of it."""
    k = key(form, champ)
    with st.container(gap="xsmall"):
        st.text_input(LIBELLES[champ], value=st.session_state.get(k, valeur), key=k, **options)
        field_error(form.jeton, champ)


def champ_jour(form: Formulaire, champ: str, libelle: str, valeur: date) -> None:
    """A date field, and under it what was refused of it."""
    st.session_state.setdefault(key(form, champ), valeur)
    with st.container(gap="xsmall"):
        st.date_input(libelle, **kept(form, champ), **TOUTE_DATE)
        field_error(form.jeton, champ)


def _premiers(form: Formulaire, tous: Sequence[T]) -> Iterator[T]:
    """The first of them; under these, how many more there are."""
    cle = key(form, "semblables")
    visibles = tous[: suite.montres(cle, SEMBLABLES)]
    yield from visibles
    suite.autres(cle, len(visibles), len(tous))


def partenaires_semblables(
    form: Formulaire, doublons: Sequence[Doublon], *, ajouter: Callable[..., None], partenaire_id: int | None
) -> None:
    """The partenaires that are probably the one being typed, and how to say it is another; or to make one of two."""
    with st.container(border=True):
        st.markdown(":orange[:material/content_copy: **Déjà au carnet ?**]")
        for d in _premiers(form, doublons):
            st.markdown(md(d.nom) + (" :gray-badge[Archivé]" if d.archive else ""))
            st.page_link(FICHE, label=named("Ouvrir sa fiche", d.nom), icon="", query_params={"id": str(d.id)})
            if partenaire_id:
                deux = {"a": str(partenaire_id), "b": str(d.id)}
                st.page_link(DOUBLONS, label=named("Comparer et fusionner", d.nom), icon="", query_params=deux)
        if partenaire_id:
            return
        autre = {"confirme": True}
        st.button("C’est un autre : ajouter", key=key(form, "confirmer"), on_click=ajouter, kwargs=autre)


def personnes_semblables(form: Formulaire, connues: Sequence[PersonneVue], *, ajouter: Callable[..., None]) -> None:
    """The people who are probably the one being typed, to be chosen, and how to say it is somebody else."""
    with st.container(border=True):
        st.markdown(":orange[:material/person_search: **Déjà au carnet ?**]")
        for p in _premiers(form, connues):
            st.markdown(f"**{md(p.complet)}**  \n:small[{md(p.fonctions)}]")
            elle = {"personne_id": p.id}
            st.button(
                named("C’est cette personne", p.complet), key=key(form, f"connue.{p.id}"), on_click=ajouter, kwargs=elle
            )
        autre = {"confirme": True}
        st.button("C’est quelqu’un d’autre", key=key(form, "confirmer"), on_click=ajouter, kwargs=autre)


def autres_coordonnees(form: Formulaire, connues: Sequence[Autre]) -> None:
    """The other numbers and addresses: a line each, and an empty one that comes as the one before is being typed."""
    lignes = max(len(connues), st.session_state.get(key(form, "lignes"), 0))
    with st.expander(LIBELLES["autres"], expanded=lignes > 0):
        st.caption("Les convocations partent au courriel ci-dessus.")
        n = 0
        while n <= lignes:
            a = connues[n] if n < len(connues) else Autre("")
            if _autre(form, n, a).strip():
                lignes = max(lignes, n + 1)
            n += 1
    st.session_state[key(form, "lignes")] = lignes


def _autre(form: Formulaire, n: int, a: Autre) -> str:
    """One line; what its field holds."""
    rang = f" {n + 1}" if n else ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        # Live: the next line is there before the hand goes to a button.
        texte = st.text_input(
            f"Numéro ou adresse{rang}", value=a.valeur, key=key(form, f"autre.{n}"), live=True, width=215
        )
        cle, exemple = key(form, f"libelle.{n}"), "Portable…"
        st.text_input(f"Précision{rang}", value=a.libelle, key=cle, placeholder=exemple, width=140)
        if texte.strip():
            genre = Autre(texte).genre
            nom = "Pour les convocations" if genre is GenreCoordonnee.COURRIEL else "Numéro principal"
            cle, ici = key(form, f"principal.{n}"), (form, n, genre.value)
            st.button(named(nom, texte), icon=":material/star:", key=cle, type="tertiary", on_click=_echanger, args=ici)
            cle = f"icone.{key(form, f'retirer.{n}')}"
            st.button(
                named("Retirer", texte),
                icon=":material/close:",
                key=cle,
                type="tertiary",
                on_click=_retirer,
                args=(form, n),
            )
    for champ in ("autre", "libelle"):
        field_error(form.jeton, f"{champ}.{n}")
    return str(texte)


def _echanger(form: Formulaire, n: int, principal: str) -> None:
    """This one becomes the one for convocations (or the first number), which takes its line."""
    v = values(form, principal, f"autre.{n}")
    st.session_state[key(form, principal)] = v[f"autre.{n}"]
    st.session_state[key(form, f"autre.{n}")] = v[principal] or ""
    st.session_state[key(form, f"libelle.{n}")] = ""


def _retirer(form: Formulaire, n: int) -> None:
    for champ in ("autre", "libelle"):
        st.session_state[key(form, f"{champ}.{n}")] = ""


def autres_saisies(form: Formulaire) -> tuple[Autre, ...]:
    """What these lines hold. First thing in a callback."""
    etat = on_screen()
    nombre = int(etat.get(key(form, "lignes")) or 0) + 1
    return tuple(
        Autre(*(str(etat.get(key(form, f"{champ}.{n}")) or "") for champ in ("autre", "libelle")))
        for n in range(nombre)
    )


def boutons(form: Formulaire, libelle: str, enregistrer: Callable[[], None], *, retour: int | None) -> None:
    """Save, or go back without saving."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(libelle, key=key(form, "enregistrer"), type="primary", on_click=enregistrer)
        st.button("Annuler", key=key(form, "annuler"), on_click=_annuler, args=(form, retour))


def _annuler(form: Formulaire, retour: int | None) -> None:
    forget(form.jeton)
    quitter_pour_fiche(retour)
