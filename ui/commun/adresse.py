"""The address of a screen: the names in it, what they may hold, what is said of the rest; and the keys of its fields.

What a screen shows is in its address (filters, page, record, open form): it can be kept, sent, and found again by F5
or "Back". Streamlit takes what a key holds from one screen to the next, and the name of a field in the address is its
key: so a key, and a name, belong to one screen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.socle.brouillons import Formulaire
from ui.commun.feedback import md
from ui.commun.formulaire import forget, open_form
from ui.commun.navigation import adresse_de, page_path

_VISITE, _VISITES, _VOULU = "adresse", "adresse.visites", "adresse.voulu"
_TARD = 2.0  # seconds: what a screen one has left says after this one was drawn; a link back there is slower
_LONGUEUR = 80  # of what an address asked for in vain, as it is said
T = TypeVar("T")

# Screen -> the names it has in common with another: there they begin with the screen. The short ones are understood
# too, in an address typed or kept from before.
PARTAGES: dict[str, tuple[str, ...]] = {
    "calendrier": ("secteur",),
    "plan": ("type", "annee"),
    "releves": ("annee",),
    "partenaires": ("secteur", "instance"),
    "diffusion": ("q", "categorie", "secteur", "instance", "etat", "page"),
    "reseau": ("q", "categorie", "secteur", "instance", "etat", "page", "vue"),
    "a-verifier": ("categorie", "secteur", "page"),
    "actions": ("instance",),
    "graphiques": ("type", "secteur"),
    "journal": ("q", "page"),
}


@dataclass
class Visite:
    """The screen that is shown: what its address asked for in vain, its fields there, the records it named, the forms
    that this run could open, what acts laid over it, and the place above it."""

    ecran: str = ""
    inconnus: dict[str, str] = field(default_factory=dict)
    lies: set[str] = field(default_factory=set)
    fiches: dict[str, str] = field(default_factory=dict)
    formulaires: set[str] = field(default_factory=set)
    posees: dict[str, Any] = field(default_factory=dict)
    dessus: DeltaGenerator | None = None

    def oublier(self) -> None:
        """What its fields hold: Streamlit would give it to the next record, over what the address says."""
        for cle in self.lies:
            st.session_state.pop(cle, None)


def _visite() -> Visite:
    if _VISITE not in st.session_state:
        st.session_state[_VISITE] = Visite()
    vue: Visite = st.session_state[_VISITE]
    return vue


def ecran() -> str:
    """The screen that is shown, by its address."""
    return _visite().ecran


def cle(*morceaux: object) -> str:
    """The widget key of a field that several screens draw: `cle("action", action.id, "etat")`."""
    return ".".join((ecran(), *map(str, morceaux)))


def nom(court: str, *, sur: str = "") -> str:
    """What `court` is called in the address of this screen, or of the screen `sur`."""
    sur = sur or ecran()
    return f"{sur}.{court}" if court in PARTAGES.get(sur, ()) else court


def de_maintenant(url: str, dit: str) -> str:
    """What an address of the screen `url` says, in the names of now; "" if none of those of before is in it."""
    lus = parse_qsl(dit, keep_blank_values=True)
    return urlencode([(nom(n, sur=url), v) for n, v in lus]) if any(n in PARTAGES.get(url, ()) for n, _ in lus) else ""


# --- leaving ---------------------------------------------------------------------------------------------------------


@dataclass
class _Voulu:
    """The screen that an act leads to and what its address says, from which address; when it was drawn, if it was."""

    script: str
    demande: dict[str, str]
    depuis: tuple[str, dict[str, str]]
    dessine: float | None = None


def aller(script: str, /, **demande: str) -> None:
    """In a callback: `script` (under pages/) comes next. Pages are not known yet there; and a run may be cut by the
    event of a field, and with it the change of page that it began: the frame goes there until the screen is drawn."""
    st.session_state[_VOULU] = _Voulu(script, demande, (ecran(), st.query_params.to_dict()))


@contextmanager
def rejoindre(url: str) -> Iterator[None]:
    """By the frame, around the screen: go where an act led.

    A busy browser still says something from the screen one has left: for a moment, what comes from there leads on
    too, unless one went "Back" there.
    """
    voulu: _Voulu | None = st.session_state.get(_VOULU)
    if voulu:
        ici, la = (url, st.query_params.to_dict()), adresse_de(voulu.script)
        if voulu.dessine is None:
            part = ici != (la, voulu.demande)
        else:
            part = ici == voulu.depuis and monotonic() < voulu.dessine + _TARD and not _par_retour()
            if not part and url != la:  # one has gone on, or back
                del st.session_state[_VOULU]
        if part:
            voulu.dessine = None
            st.switch_page(page_path(voulu.script), query_params=voulu.demande)
    try:
        yield
    finally:
        if voulu and voulu.dessine is None:
            voulu.dessine = monotonic()


def _par_retour() -> bool:
    """This run was asked by the browser's "Back" or "Forward"."""
    ctx = get_script_run_ctx()
    return bool(ctx and ctx.is_history_navigation)


# --- arriving --------------------------------------------------------------------------------------------------------


def arriver(url: str, dessus: DeltaGenerator) -> None:
    """By the frame, before the screen runs: which it is, the place above it; names of before become those of now.

    A screen asked for without more, from the menu, is as this tab left it, and its address then says so. A link is
    followed as "Back" is, where the address alone counts: the second run gives the fields what they held.
    """
    if ecran() != url:
        visites = st.session_state.setdefault(_VISITES, {})
        visites[ecran()] = _visite()
        avant = visites.get(url, Visite())
        st.session_state[_VISITE] = Visite(url)
        if st.query_params:
            avant.oublier()
        elif any(cle in st.session_state for cle in avant.lies):
            st.rerun()
    elif _par_retour():  # another address of the same screen: what the last one asked for in vain, this one does not
        _visite().inconnus.clear()
    ici = _visite()
    ici.dessus = dessus
    ici.formulaires.clear()
    _dire_inconnus()
    courts = [c for c in PARTAGES.get(url, ()) if c in st.query_params]
    if courts:
        tout = {nom(n) if n in courts else n: st.query_params.get_all(n) for n in st.query_params}
        st.query_params.from_dict(tout)
        st.rerun()


def intituler(titre: str) -> None:
    """Name the tab of the browser: the screen, or the record that is open."""
    st.set_page_config(page_title=f"{titre} – Carnet de veille")


# --- reading ---------------------------------------------------------------------------------------------------------


def lu(court: str) -> str:
    """What the address says under that name, "" if nothing."""
    return str(st.query_params.get(nom(court), ""))


def un_id(texte: str) -> int | None:
    """The number of a record, as an address writes it."""
    return int(texte) or None if texte.isascii() and texte.isdecimal() and len(texte) < 10 else None


def url_id(court: str, *, dire: bool = True) -> int | None:
    """The number that the address gives under that name. Anything else is said to be unknown; `dire=False`: the screen
    says it."""
    texte, ici = lu(court), _visite()
    if nom(court) not in ici.lies and ici.fiches.setdefault(court, texte) != texte:
        ici.oublier()
        ici.posees.clear()
        ici.inconnus.pop(court, None)
        ici.fiches[court] = texte
        _dire_inconnus()
    if (nombre := un_id(texte)) is None and texte and dire:
        inconnu(court, f"« {texte} »")
    return nombre


def lie(
    court: str, choix: Iterable[object] | None = None, *, juge: Callable[[str], bool] | None = None
) -> dict[str, Any]:
    """The arguments by which a field lives in the address: `st.pills("Type", types, **lie("type", types))`.

    Args:
        choix: what the field offers, as it prints it.
        juge: or what judges a text of the address. Without either, any text will do.
    """
    cle = nom(court)
    if choix is not None:
        juge = {str(c) for c in choix}.__contains__
    for valeur in st.query_params.get_all(cle) if juge else ():
        if juge and not juge(valeur):
            inconnu(court, f"« {valeur} »")
    _visite().lies.add(cle)
    return {"key": cle, "bind": "query-params"}


def un_jour(premier: date = date.min, dernier: date = date.max) -> Callable[[str], bool]:
    """What judges a day of the address, between these two."""

    def juger(texte: str) -> bool:
        try:
            return premier <= date.fromisoformat(texte) <= dernier
        except ValueError:
            return False

    return juger


OUI_NON = ("true", "false")


def un_nombre(dernier: int) -> Callable[[str], bool]:
    """What judges a whole number of the address, from 1 to this one."""
    return lambda texte: texte.isascii() and texte.isdecimal() and 1 <= int(texte[:9]) <= dernier


def feuille(nombre: int, court: str = "page") -> dict[str, Any]:
    """`lie`, for the number of a page among so many; the last one, if the list has grown shorter."""
    cle = nom(court)
    if st.session_state.get(cle, 1) > nombre:
        st.session_state[cle] = nombre
    if not un_nombre(nombre)(lu(court) or "1"):
        inconnu(court, f"la page {lu(court)}")
    return lie(court)


def choisi(court: str, offerts: Mapping[str, T]) -> T | None:
    """What the address names among these, None if nothing."""
    texte = lu(court)
    if texte and texte not in offerts:
        inconnu(court, f"« {texte} »")
    return offerts.get(texte)


# --- what is not there -----------------------------------------------------------------------------------------------


def inconnu(court: str, quoi: str) -> None:
    """What the address asks for under that name is not there (any more): said above the screen while it is shown."""
    _visite().inconnus[court] = quoi if len(quoi) <= _LONGUEUR else f"{quoi[:_LONGUEUR]}… »"
    _dire_inconnus()


def _dire_inconnus() -> None:
    """At once: a screen may stop anywhere."""
    ici = _visite()
    if not ici.dessus:
        return
    ici.dessus.empty()
    if ici.inconnus:
        existe = "existent" if len(ici.inconnus) > 1 else "existe"
        demande = " et ".join(ici.inconnus.values())
        phrase = f"Cette adresse demande {demande}, qui n’{existe} pas ou plus : voici l’écran sans cela."
        ici.dessus.warning(md(phrase), icon=":material/link_off:")


# --- what an act lays over the screen --------------------------------------------------------------------------------


def poser(nom: str, quoi: Any) -> None:
    """Lay this over the screen (a window, a question, what is shown once), or None. Leaving the screen, or its record,
    takes it away: it does not open by itself when one comes back."""
    _visite().posees[nom] = quoi


def posee(nom: str) -> Any:
    """What is laid there under that name, None if nothing."""
    return _visite().posees.get(nom)


# --- one form open at a time: the address says which -----------------------------------------------------------------


def ouvrir(nom: str, id: int, version: int) -> None:
    """In a callback: open the form `nom` of that object, on its fresh version."""
    open_form(nom, objet_id=id, version=version, neuf=True)
    st.query_params["modifier"] = f"{nom}-{id}"


def fermer() -> None:
    """In a callback: close it."""
    st.query_params.pop("modifier", None)


def renoncer(form: Formulaire) -> None:
    """In a callback: close the form, and forget what was typed in it."""
    forget(form.jeton)
    fermer()


def ouvert(nom: str, id: int) -> bool:
    """The address says that this form is open."""
    return a_modifier(f"{nom}-{id}")


def chercher_formulaire() -> None:
    """By the frame, after the screen: the form that the address opens may not be there any more."""
    ici = _visite()
    if ici.formulaires and (voulu := lu("modifier")) and voulu not in ici.formulaires:
        inconnu("modifier", "ce qui était à modifier")


def a_modifier(cle: str) -> bool:
    """The address says that this is being changed."""
    _visite().formulaires.add(cle)
    return lu("modifier") == cle
