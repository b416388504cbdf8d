"""The entry screen's fields: each one is in the shared draft as soon as it is left, and shows what a colleague wrote.

Widgets keep their own value in the browser; the draft row keeps the truth. A field is written only when it says itself
that it changed (and, for texts, by frappe.js while one types). `EcranSaisie` remembers, for this tab, which version
of each field it has seen, so that a field changed by a colleague is shown, and one changed by both is asked.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from services.agenda import reunions
from services.releves import enregistrement, phrases, saisie
from services.releves.saisie import Saisie
from services.socle import brouillons
from services.socle.brouillons import Champ, Ecrit, Reste
from services.socle.erreurs import BusinessError, Invalid, Unavailable
from services.socle.horloge import aujourdhui, maintenant
from ui.commun import panne
from ui.commun.access import reading, writing
from ui.commun.adresse import aller
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import on_screen, tab

_ECRAN = "saisie"
A_TRANCHER = "Un collègue a écrit autre chose au même endroit : choisissez le texte à garder."
DEJA_SAUVEE = "Un collègue vient d’enregistrer ce relevé : ce que vous écriviez est gardé, et vous attend ici."
TEXTES = ("note", "reponse", "public", "quoi", "lieu")  # where two texts can follow one another


@dataclass
class EcranSaisie:
    """What this tab knows of the draft `jeton`."""

    jeton: str
    reunion_id: int
    vues: dict[str, int] = field(default_factory=dict)  # field -> version seen, or written here
    nes: dict[str, int] = field(default_factory=dict)  # field -> version its widget was born with, in its key
    champs: dict[str, Champ] = field(default_factory=dict)  # the draft as last read
    ecarts: dict[str, Any] = field(default_factory=dict)  # fields a colleague wrote too -> one's own text
    en_attente: dict[str, tuple[Any, int]] = field(default_factory=dict)  # what the base did not take -> version seen
    a_montrer: set[str] = field(default_factory=set)  # fields set by a button, to be shown at the next run
    version: int = 0  # of the meeting, as last read
    frais: bool = False  # the page has just read `champs`: the watcher's first look need not
    erreurs: dict[str, str] = field(default_factory=dict)
    alerte: str = ""
    rang: int = 0  # which moment of the séance this tab shows


def ecran(jeton: str, reunion_id: int) -> EcranSaisie:
    """The state of this tab for that draft; a new draft starts a new one."""
    courant = st.session_state.get(_ECRAN)
    if not isinstance(courant, EcranSaisie) or courant.jeton != jeton:
        courant = st.session_state[_ECRAN] = EcranSaisie(jeton, reunion_id)
    return courant


def suivre(e: EcranSaisie, s: Saisie) -> None:
    """Take the draft as the page has just read it."""
    e.champs, e.version, e.frais = s.champs, s.reunion.version, True
    e.ecarts = {champ: c.valeur for champ, c in s.ecarts.items()}


def cle(e: EcranSaisie, champ: str) -> str:
    """The widget key of a field of the draft. It carries the version the widget was born with: a colleague's text is
    shown by a new widget, so that what leaves the old one is never taken for a change of the new text."""
    return f"{e.jeton}.{champ}_v{e.nes[champ]}" if champ in e.nes else f"{e.jeton}.{champ}"


def _brut(valeur: Any) -> Any:
    """A widget's value as the draft stores it: JSON, None for empty."""
    if isinstance(valeur, date):
        return valeur.isoformat()
    return None if valeur in ("", []) else valeur


def lie(e: EcranSaisie, s: Saisie, champ: str, *, lire: Callable[[Any], Any] = lambda v: v) -> dict[str, Any]:
    """Keyword arguments that tie a widget to a field of the draft: key, callback, and `value`, what it holds now: a
    widget that another page took down comes back with its text.

    A colleague's version takes the place of this one, unless something of one's own is still to be settled or sent.
    """
    c = s.champs.get(champ)
    version = c.version if c else 0
    a_nous = c is not None and bool(c.onglet) and c.onglet == tab()
    # What was seen of a field dies with its widget.
    nouveau = champ not in e.vues or champ in e.a_montrer or cle(e, champ) not in st.session_state
    # Born with a colleague's text; then came one's own words, that waited in the tab: both are shown.
    nouveau |= champ in e.ecarts and e.nes.get(champ) == version
    if nouveau or (version > e.vues[champ] and not a_nous and champ not in e.ecarts and champ not in e.en_attente):
        e.vues[champ] = e.nes[champ] = version - 1 if champ in e.ecarts else version
    elif a_nous:
        e.vues[champ] = max(version, e.vues[champ])
    k = cle(e, champ)
    montre = lire(e.ecarts.get(champ, s.valeur(champ)))
    if champ in e.a_montrer and k in st.session_state:
        st.session_state[k] = montre
    e.a_montrer.discard(champ)
    kwargs: dict[str, Any] = {"key": k, "on_change": quitter, "args": (e, champ, k, e.nes[champ])}
    kwargs["value"] = st.session_state.get(k, montre)
    return kwargs


def montree(e: EcranSaisie, s: Saisie, champ: str) -> Any:
    """What the widget of this field shows, drawn or about to be."""
    k = cle(e, champ)
    return _brut(st.session_state[k]) if k in st.session_state else e.ecarts.get(champ, s.valeur(champ))


def choix(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same, for pills and segmented controls, which say `default`."""
    kwargs["default"] = kwargs.pop("value")
    return kwargs


# --- commands -------------------------------------------------------------------------------------------------------


def _deposer(
    e: EcranSaisie, valeurs: dict[str, Any], vues: Mapping[str, int] | None = None, *, tranche: bool = False
) -> bool:
    """Write fields into the draft, with those it has not taken yet; False when something must be asked or said first.

    Args:
        vues: the versions they were typed over, where it is not the last that this tab has seen.
    """
    e.en_attente |= {champ: (valeur, (vues or e.vues).get(champ, 0)) for champ, valeur in valeurs.items()}
    refuses: Mapping[str, str] = {}
    try:
        ecrit = _ecrire(e, tranche)
    except Invalid as error:  # far too long a text does not keep the others out of the draft
        refuses = error.erreurs
        ecrit = _ecrire(e, tranche, sans=refuses)
    except BusinessError as error:
        e.alerte = error.phrase
        if isinstance(error, Unavailable):
            panne.plus_tard(e.jeton, partial(_deposer, e, {}))
        return False
    for champ, version in ecrit.versions.items():
        e.vues[champ] = version
        e.erreurs.pop(champ, None)
        e.ecarts.pop(champ, None)
    for champ, sien in ecrit.divergents.items():
        e.champs = {**e.champs, champ: sien}
        e.ecarts[champ] = e.en_attente[champ][0]
    e.en_attente = {champ: v for champ, v in e.en_attente.items() if champ in refuses}
    e.erreurs |= refuses
    e.alerte = next(iter(refuses.values()), DEJA_SAUVEE if ecrit.envoye else "")
    return not (e.ecarts or refuses or ecrit.envoye)


def _ecrire(e: EcranSaisie, tranche: bool, sans: Collection[str] = ()) -> Ecrit:
    partent = {champ: v for champ, v in e.en_attente.items() if champ not in sans}
    if not partent:
        return Ecrit({}, {})
    valeurs, vues = ({champ: v[i] for champ, v in partent.items()} for i in (0, 1))
    if not (tranche or e.ecarts):
        with reading() as session:  # what was typed is mostly there already (web/frappe.py): nothing waits for a writer
            if all(brouillons.contient(session, jeton=e.jeton, champ=c, valeur=v) for c, v in valeurs.items()):
                return Ecrit({champ: e.vues.get(champ, 0) for champ in valeurs}, {})
    with writing() as (session, by):
        return brouillons.ecrire(
            session, jeton=e.jeton, valeurs=valeurs, vues=vues, by=by, onglet=tab(), tranche=tranche
        )


def quitter(e: EcranSaisie, champ: str, k: str, nee: int) -> None:
    """A field was left: put it in the draft. Only what this field itself says is written.

    Args:
        k, nee: the widget that speaks, and the version it was born with.
    """
    etat = on_screen()
    if k not in etat:
        return
    _deposer(e, {champ: _brut(etat[k])}, None if k == cle(e, champ) else {champ: nee})
    if saisie.sorte(champ) in ("theme", "pilote"):
        st.session_state[cle(e, f"cherche.{champ}")] = ""


def deposer(e: EcranSaisie) -> bool:
    """What was left is in the draft, before other fields take its place; False when something must be settled."""
    if _deposer(e, {}):
        return True
    e.alerte = e.alerte or A_TRANCHER
    return False


def poser(e: EcranSaisie, valeurs: dict[str, Any], *, tranche: bool = False) -> None:
    """Set fields from a button (the others present, a line taken out, a participant added)."""
    _deposer(e, valeurs, tranche=tranche)
    e.a_montrer.update(valeurs)


def inserer(e: EcranSaisie, champ: str, version: int, actuel: str, phrase: str) -> None:
    """Put a ready phrase after what the field holds, drawn or not.

    Args:
        version, actuel: the field as the draft held it when the phrase was offered.
    """
    etat = on_screen()
    if cle(e, champ) not in etat:  # the field is folded away: what was offered is what was seen
        e.vues[champ] = version
    texte = etat.get(cle(e, champ), actuel)
    poser(e, {champ: phrases.inserer(texte or "", phrase)})
    st.session_state[cle(e, f"phrases.{champ.rpartition('.')[0]}")] = False


MIEN, SIEN, DEUX = "Garder le mien", "Prendre le sien", "Garder les deux"


def trancher(e: EcranSaisie, champ: str, geste: str) -> None:
    """Settle a field two agents wrote: one's own text, the colleague's, or one after the other."""
    mien, sien = e.ecarts.pop(champ), e.champs[champ]
    e.vues[champ] = sien.version
    if geste == SIEN:
        with refusals(e.jeton), writing() as (session, by):
            brouillons.oublier_ecart(session, jeton=e.jeton, champ=champ, by=by)
        e.a_montrer.add(champ)
    else:
        poser(e, {champ: mien if geste == MIEN else f"{sien.valeur}\n{mien}"}, tranche=True)
    e.alerte = A_TRANCHER if e.ecarts else ""


def enregistrer(e: EcranSaisie) -> None:
    """Save the entry: what is on screen goes into the draft, then the draft becomes a fact and the relevé is shown."""
    if not deposer(e):
        return
    try:
        with writing() as (session, by):
            enregistrement.enregistrer(
                session,
                reunion_id=e.reunion_id,
                jeton=e.jeton,
                today=aujourdhui(),
                now=maintenant(),
                by=by,
                onglet=tab(),
            )
    except Invalid as error:
        e.erreurs = error.erreurs
        e.alerte = f"Il reste à compléter avant d’enregistrer (rien n’est perdu) : {error.phrase}"
        return
    except BusinessError as error:
        e.alerte = error.phrase
        return
    del st.session_state[_ECRAN]
    announce("Relevé enregistré : la réunion est notée « tenue ».")
    aller("aujourdhui/releve.py", reunion=str(e.reunion_id))


# --- what is shown beside a field ---------------------------------------------------------------------------------


_NOMS = {
    "note": "constat",
    "quoi": "action décidée",
    "reponse": "réponse apportée",
    "public": "texte public",
    "lieu": "lieu",
    "habitants": "habitants présents",
    "motif": "motif d’abandon",
}
_CHOIX = {
    "theme": "thème",
    "pilote": "pilote",
    "echeance": "échéance",
    "quartier": "quartier",
    "origine": "origine",
    "partenaires": "partenaires concernés",
}


def sous_champ(e: EcranSaisie, champ: str, montrer: Callable[[Any], str] = str) -> None:
    """Under a field: why it was refused, or a colleague's text to choose from. What appears there has its place
    before it appears: the next field is not made again under the caret."""
    with st.container(gap="small"):
        if champ in e.erreurs:
            st.markdown(f":red[:material/error: {md(e.erreurs[champ])}]")
        if champ not in e.ecarts or champ not in e.champs:
            return
        mien, sien = e.ecarts[champ], e.champs[champ]
        with st.container(border=True):
            texte = montrer(sien.valeur) if sien.valeur not in (None, "", []) else "(vide)"
            st.markdown(f":orange[:material/group: {md(sien.agent)} a mis entre-temps :] {md(texte)}")
            deux = all(isinstance(v, str) for v in (mien, sien.valeur)) and saisie.sorte(champ) in TEXTES
            with st.container(horizontal=True):
                for geste in (MIEN, SIEN, *([DEUX] if deux else [])):
                    dit = (_NOMS | _CHOIX).get(saisie.sorte(champ), "présence")
                    args = (e, champ, geste)
                    st.button(named(geste, dit), key=cle(e, f"{geste}.{champ}"), on_click=trancher, args=args)


def _des_autres(champs: Mapping[str, Champ]) -> dict[str, int]:
    """What may have to be shown: the versions of all that this tab did not write itself."""
    ici = tab()
    return {nom: c.version for nom, c in champs.items() if not ici or c.onglet != ici or nom.startswith("ecart.")}


@st.fragment(run_every="4s")
def guetter(e: EcranSaisie, agent_id: int | None) -> None:
    """Watch the shared draft and its meeting: show at once what a colleague wrote, who is there; send what the base did
    not take."""
    frais, e.frais = e.frais, False
    if not frais:  # by the clock: the page did not read it just now
        if e.en_attente:
            deposer(e)
        with reading() as session:
            form = brouillons.lire(session, cle=saisie.cle_brouillon(e.reunion_id))
            change = reunions.get(session, id=e.reunion_id).version != e.version  # moved, cancelled…
        if change or form is None or form.jeton != e.jeton or _des_autres(form.champs) != _des_autres(e.champs):
            st.rerun()
    autres = sorted({c.agent for c in e.champs.values() if c.agent_id != agent_id})
    if autres:
        st.badge(f"Avec {md(', '.join(autres))}", icon=":material/group:", color="blue")


# --- what one was typing when a colleague saved -----------------------------------------------------------------------


def restes(reunion_id: int, agent_id: int | None, *, ouvert: bool) -> None:
    """One's own words that came too late for the relevé a colleague saved, each with a way to add it.

    Args:
        ouvert: the relevé may still be corrected.
    """
    with reading() as session:
        tous = brouillons.restes(session, cle=saisie.cle_brouillon(reunion_id), agent_id=agent_id)
    for r in tous:
        genre, fin = r.champ.split(".")[0], saisie.sorte(r.champ)
        nom = _NOMS.get(fin if genre == "point" else genre)
        if nom is None:  # a choice, made again in a click
            continue
        with st.container(border=True):
            st.markdown(
                f":orange[:material/edit_note: Vous écriviez ({nom}) pendant qu’un collègue enregistrait :]  \n"
                + md(str(r.valeur))
            )
            with st.container(horizontal=True):
                if ouvert:
                    st.button(
                        "Ajouter au relevé",
                        type="primary",
                        icon=":material/add:",
                        key=f"reste{r.id}.ajouter",
                        on_click=_reprendre,
                        args=(reunion_id, r),
                    )
                st.button("Laisser", key=f"reste{r.id}.laisser", on_click=_laisser, args=(r,))
            field_error(f"reste:{r.id}", "")


def _reprendre(reunion_id: int, reste: Reste) -> None:
    with refusals(f"reste:{reste.id}"), writing() as (session, by):
        saisie.reprendre(session, reunion_id=reunion_id, reste=reste, today=aujourdhui(), by=by)
    if not refused(f"reste:{reste.id}").erreurs:
        st.query_params["corriger"] = "1"


def _laisser(reste: Reste) -> None:
    with refusals(f"reste:{reste.id}"), writing() as (session, by):
        brouillons.oublier_reste(session, id=reste.id, by=by)
