"""An agent at the screen, who counts: each click and each key pressed other than the letters of a note or of an action,
and the time from each of them (as the page receives it) until the screen is ready for the next."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page

from tests.scene import CAS
from ui.releves.lignes import court

# Busy: a script runs, a part of the page still loads, or the page changed in this very frame.
_VEILLE = """() => {
  if (window.__veille) return;
  window.__veille = true; window.__occupe = performance.now();
  for (const geste of ["pointerdown", "keydown"])
    addEventListener(geste, () => { window.__geste = performance.now(); }, true);
  const note = () => { window.__occupe = performance.now(); };
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
  const tour = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    const pret = app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
      && !document.querySelector('[data-testid="stAppSkeleton"], [data-testid="stMain"] [data-testid="stSkeleton"]');
    if (!pret) note();
    requestAnimationFrame(tour);
  };
  tour();
}"""
# Calm for 200 ms, once the answer began; or nothing within 600 ms: nothing runs.
_CALME = """() => {
  const now = performance.now(), debut = window.__geste;
  return now - window.__occupe >= 200 && (window.__occupe > debut + 5 || now - debut >= 600);
}"""


@dataclass
class Operateur:
    """Counts what `page` costs its user. `operations`, and `attentes` in seconds, one for each."""

    page: Page
    attentes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.evaluate(_VEILLE)

    @property
    def operations(self) -> int:
        return len(self.attentes)

    @property
    def attente(self) -> float:
        return sum(self.attentes)

    def _compte(self, agir: Any, n: int = 1) -> None:
        agir()
        self.page.wait_for_function(_CALME, polling=20, timeout=30_000)
        debut, fini = self.page.evaluate("() => [window.__geste, window.__occupe]")
        self.attentes += [max(0.0, fini - debut) / 1000, *[0.0] * (n - 1)]

    def clic(self, cible: Locator) -> None:
        """One click, mouse down and up at once, without a pause after what was typed before."""
        cible.scroll_into_view_if_needed()
        self._compte(lambda: cible.click(delay=0))

    def clic_dans_cadre(self, cible: Locator) -> None:
        """One click inside the calendar's frame, whose own page does not tell when it was made."""
        self.page.evaluate("() => { window.__geste = performance.now() }")
        self.clic(cible)

    def ecrire_dans(self, champ: Locator) -> None:
        """One click in a text field, none where the caret is already: it is ready once it has the focus, for letters
        typed during a run are kept (tests/browser/test_saisie.py types at once); what still runs then counts with the
        next operation."""
        ici = champ.and_(self.page.locator(":focus"))
        if ici.count():
            return
        champ.scroll_into_view_if_needed()
        champ.click(delay=0)
        ici.wait_for()
        self.attentes.append(self.page.evaluate("() => performance.now() - window.__geste") / 1000)

    def touche(self, touche: str) -> None:
        """One key (or chord)."""
        self._compte(lambda: self.page.keyboard.press(touche))

    def dicte(self, texte: str) -> None:
        """The letters of a note or an action: not counted."""
        self.page.keyboard.type(texte)

    def tape(self, texte: str) -> None:
        """Letters typed to choose from a list: each one counts."""
        self._compte(lambda: self.page.keyboard.type(texte), n=len(texte))


def groupe(page: Page, nom: str) -> Locator:
    """The pills or segmented control whose label begins with `nom`."""
    return page.get_by_role("radiogroup", name=nom).or_(page.get_by_role("group", name=nom)).first


def choix(page: Page, nom: str, option: str) -> Locator:
    """One option of it."""
    zone = groupe(page, nom)
    return zone.get_by_role("radio", name=option, exact=True).or_(zone.get_by_role("button", name=option, exact=True))


def saisir_le_cas(
    op: Operateur, sigles: dict[str, str], *, cas: dict[str, Any] = CAS, cherche: dict[str, str] | None = None
) -> None:
    """Write up a case of tests/cas from Accueil to the relevé.

    Args:
        sigles: acronym by partenaire, "" where there is none.
        cherche: what is typed to find a theme that is not among the likely ones, where the case does not say.
    """
    page = op.page
    nom = {m["structure"]: court(m["structure"], sigles.get(m["structure"], "")) for m in cas["members"]}
    op.clic(page.get_by_role("link", name="Saisie après réunion"))
    for membre in cas["members"]:
        if membre["presence"] != "présent":
            op.clic(choix(page, nom[membre["structure"]], membre["presence"].capitalize()))
    op.clic(page.get_by_role("button", name="Les autres présents"))
    _inattendus(op, cas.get("unexpected", []))
    for ouverte in cas["open_from_last_time"]:
        op.clic(choix(page, f"État de l’action : {ouverte['what']}", ouverte["state_now"].capitalize()))
    for n, point in enumerate(cas["points"], 1):
        theme = choix(page, f"Point {n} : thème", point["theme"])
        if theme.count() == 0:
            op.clic(page.get_by_role("searchbox", name=f"Point {n} : chercher un autre thème"))
            op.tape(point.get("typed") or (cherche or {})[point["theme"]])
        op.clic(theme)
        op.ecrire_dans(page.get_by_role("textbox", name=f"Point {n} : constat"))
        op.dicte(point["note"])
        for rang, action in enumerate(point["actions"], 1):
            titre = f"Point {n}, action {rang}" if rang > 1 else f"Point {n}"
            if rang > 1:
                op.clic(page.get_by_role("button", name=f"Autre action : Point {n}"))
            op.ecrire_dans(page.get_by_role("textbox", name=f"{titre} : action décidée"))
            op.dicte(action["what"])
            op.clic(choix(page, f"{titre} : pilote", nom[action["structure"]]))
    op.clic(page.get_by_role("button", name="Enregistrer le relevé"))
    page.locator('[data-testid="stMarkdownContainer"]', has_text=re.compile(r"Projet$")).first.wait_for()


def _inattendus(op: Operateur, venus: list[dict[str, str]]) -> None:
    """Who nobody expected: one line each, one after the other in the same panel."""
    page = op.page
    ligne = page.get_by_role("textbox", name="Qui : organisation, prénom nom, fonction")
    for venu in venus:
        if ligne.count() == 0:
            op.clic(page.get_by_role("button", name="Quelqu’un d’autre"))
        op.ecrire_dans(ligne)
        if "typed" in venu:
            op.tape(venu["typed"])
            op.dicte(f", {venu['who']}")
            op.touche("Enter")
        else:
            op.dicte(venu["structure"])
            op.clic(choix(page, "Sa catégorie", venu["category"]))
            op.clic(page.get_by_role("button", name="Ajouter, présent"))
        page.get_by_text(f"Au carnet : {venu.get('who') or venu['structure']}").first.wait_for()


def convoquer(op: Operateur, titre: str, n: int) -> None:
    """From Accueil, convene the `n` invitees of a meeting of this week."""
    page = op.page
    op.clic(page.get_by_role("link", name="Calendrier", exact=True).first)
    op.clic_dans_cadre(_dans_le_calendrier(page, titre))
    op.clic(page.get_by_role("link", name="Convoquer"))
    op.clic(page.get_by_role("button", name="Convoquer", exact=True))
    op.clic(page.get_by_role("button", name=f"Envoyer {n} messages"))
    page.get_by_text(f"{n} convoqués").first.wait_for()


def noter_une_reponse(op: Operateur, titre: str, partenaire: str, reponse: str) -> None:
    """From the calendar, open at that meeting's week: what somebody answers on the phone."""
    page = op.page
    op.clic_dans_cadre(_dans_le_calendrier(page, titre))
    op.clic(page.get_by_role("link", name="Réponses"))
    op.clic(choix(page, f"Réponse : {partenaire}", reponse))


def _dans_le_calendrier(page: Page, titre: str) -> Locator:
    cadre = page.frame_locator("iframe[title='streamlit_calendar.calendar']")
    return cadre.locator(".fc-event:not(.fc-bg-event)", has_text=titre).first


def planifier_le_semestre(op: Operateur, semestre: str) -> None:
    """Plan the six cellules of a semestre from Accueil: two evenings a week, one hour, the dates read, all created.

    Args:
        semestre: first day of the semestre, as its button on the board is keyed.
    """
    page = op.page
    op.clic(page.get_by_role("link", name="Plan", exact=True))
    op.clic(page.locator(f".st-key-plan\\.{semestre} button").or_(page.locator(f".st-key-plan-{semestre} button")))
    voulus = {"mardi", "jeudi"}
    for jour in ("lundi", "mardi", "mercredi", "jeudi", "vendredi"):
        jours = page.get_by_role("toolbar", name="Jours").or_(page.get_by_role("group", name="Jours")).first
        option = jours.get_by_role("button", name=jour, exact=True)
        if (option.get_attribute("aria-pressed") == "true") is not (jour in voulus):
            op.clic(option)
    page.get_by_text("6 dates proposées").wait_for()
    op.clic(page.get_by_role("button", name="Créer 6 réunions"))
    page.get_by_text("6 sur 6 tenues ou prévues").first.wait_for()
