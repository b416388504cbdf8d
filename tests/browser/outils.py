"""What every journey needs: Chromium's flags, waiting for Streamlit to be idle, signing in."""

import re
from collections.abc import Callable
from time import monotonic, sleep

from playwright.sync_api import Page, expect

from tests.cast import MOT_DE_PASSE
from tests.serveur import Serveur

CHROMIUM = "/usr/bin/chromium-headless-shell"  # Debian's, a third less processor than the one with windows
DRAPEAUX = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--process-per-site",  # a new tab finds the code of the last one compiled: a quarter less processor per screen
    "--js-flags=--no-opt --no-maglev",  # pages live for seconds: code that is optimized does not pay for it
]  # fmt: skip

expect.set_options(timeout=15_000)  # a loaded machine is not a failure

# Words Streamlit would print that no French sentence holds.
ANGLAIS = re.compile(
    r"\b(the|and|with|you|your|Help|Close|Search|Choose|Select|Clear|Show|Hide|Press|Enter to|Download|Remove|Add|View|"
    r"results|Please|Loading|Running|Connecting|Settings|Rerun|Previous|Next|Deploy|Expand|Collapse|Sidebar|Skip|"
    r"Main menu|day,|year,|hour,|Streamlit|Fullscreen|month|week|today|all-day|"
    r"Empty|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Link to|Drag|Upload|Browse|Limit|Sort|Pin|Column|No results)\b"
)
# Everything a person reads or hears: visible text, and what a screen reader says.
DIT = """() => {
  const dit = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    // An icon is drawn from the letters of its English name.
    if (!parent.closest('script, style, [data-testid="stIconMaterial"], [translate="no"], .material-icons')) {
      dit.push(walker.currentNode.data);
    }
  }
  for (const nom of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-roledescription',
    'aria-valuetext']) {
    for (const e of document.querySelectorAll(`[${nom}]`)) dit.push(e.getAttribute(nom));
  }
  return dit.map((t) => t.trim()).filter(Boolean);
}"""

# For every page of a context: when something was last asked of the server, and when it last answered.
SUIVI = """(() => {
  const envoyer = WebSocket.prototype.send;
  WebSocket.prototype.send = function (message) {
    window.__demande = performance.now();
    if (!this.__suivi) {
      this.__suivi = true;
      this.addEventListener('message', () => { window.__reponse = performance.now(); });
    }
    return envoyer.call(this, message);
  };
  // What unfolds does so at once: on a loaded machine it would carry a button away between the aim and the click.
  const animer = Element.prototype.animate;
  Element.prototype.animate = function (cles, options) {
    return animer.call(this, cles, { ...(typeof options === 'object' ? options : {}), duration: 0 });
  };
})()"""

# Idle for 150 ms on end: a click reaches the server a few milliseconds after it is made; a loaded server has answered.
# Nothing moves either: a part that unfolds carries its buttons away from the pointer, colours that change pass by grey.
_IDLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const now = performance.now();
  const attend = window.__demande > (window.__reponse ?? 0) && now - window.__demande < 5000;
  const bouge = () => document.getAnimations().some((a) =>
    a.playState === 'running' && a.effect.getComputedTiming().endTime <= 2000);
  const idle = app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !attend && !document.querySelector('[data-testid="stAppSkeleton"], [data-testid="stSkeleton"]') && !bouge();
  if (!idle) { window.__depuis = now; return false; }
  window.__depuis = window.__depuis ?? now;
  return now - window.__depuis >= 150;
}"""


def pret(page: Page, *, attente: float = 20_000) -> None:
    """Wait until the screen is drawn and nothing runs any more."""
    page.evaluate("() => { window.__depuis = performance.now() }")
    page.wait_for_function(_IDLE, timeout=attente, polling=50)


def charger(page: Page, adresse: str) -> None:
    """Load an address of the application in this tab, as one typed in the browser's bar, and wait for its screen."""
    page.goto(adresse)
    pret(page)


# True once the address has changed and Streamlit is about to ask for its screen.
_SUIVRE = """adresse => {
  const app = document.querySelector('[data-testid="stApp"]');
  const ici = app?.dataset.testConnectionState === 'CONNECTED' && new URL(adresse).origin === location.origin;
  if (!ici || !window.__demande || location.href === new URL(adresse).href) return false;
  window.__demande = 0;
  History.prototype.pushState.call(history, {}, '', adresse);
  dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  return true;
}"""


def aller(page: Page, adresse: str) -> None:
    """Show an address of the application: followed as a link of its own where this tab is in it (web/carnet.js), which
    takes a third of the processor that loading does; loaded otherwise."""
    if not page.evaluate(_SUIVRE, adresse):
        return charger(page, adresse)
    page.wait_for_function("() => window.__demande")
    return pret(page)


def until(vrai: Callable[[], bool], *, attente: float = 10) -> bool:
    """True as soon as it is: what was clicked is in the base a moment later."""
    fin = monotonic() + attente
    while not vrai() and monotonic() < fin:
        sleep(0.1)
    return vrai()


def redemarrer(page: Page, serveur: Serveur, *, annonce: bool = False) -> None:
    """Kill the server and start it again; wait until this tab has come back by itself and has been answered.

    Args:
        annonce: not before the page said that the server is away, which takes the caret from the field being typed in.
    """
    with page.expect_websocket(timeout=60_000) as retour:
        serveur.kill()
        if annonce:
            expect(page.get_by_role("dialog")).to_be_visible()
        serveur.start()
    retour.value.wait_for_event("framereceived", timeout=20_000)
    pret(page)


def se_connecter(page: Page, url: str, identifiant: str, mot_de_passe: str = MOT_DE_PASSE, *, suite: str = "") -> None:
    """Sign in through the real page, and wait for the screen that follows."""
    page.goto(f"{url}/{suite}" if suite else f"{url}/connexion")
    page.fill('input[name="identifiant"]', identifiant)
    page.fill('input[name="mot_de_passe"]', mot_de_passe)
    page.click('button[type="submit"]')
    page.wait_for_selector('[data-testid="stApp"]')
    pret(page)
