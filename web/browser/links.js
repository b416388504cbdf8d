import { arrive } from "./screen.js";

// Links to our own plain pages open here, not in a new tab.
addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.origin === location.origin && ["/deconnexion", "/connexion", "/mot-de-passe"].includes(link.pathname)) {
    event.preventDefault();
    location.assign(link.href);
  }
}, true);

// A link of the application is followed as "Back" is: the address changes first, then Streamlit is told of it. So the
// screen shows what its address says, all of it, and nothing stays there of the screen one leaves.
const push = history.pushState;
let half = false;
addEventListener("click", (event) => {
  half = false;
  const link = event.target instanceof Element
    && event.target.closest('[data-testid="stPageLink"] a[href], [data-testid="stSidebarNav"] a[href]');
  const app = document.querySelector('[data-testid="stApp"]');
  if (!link || link.matches('[disabled], [aria-disabled="true"]') || app?.dataset.testConnectionState !== "CONNECTED") return;
  if (link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (link.href !== location.href) push.call(history, {}, "", link.href);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  if (link.matches('[data-testid="stSidebarNavLink"]')) arrive();
}, true);
addEventListener("keydown", () => { half = false; }, true);
// When the server changes the screen, Streamlit writes two addresses: the new query under the path one leaves, then
// the whole. The second takes the place of the first.
history.pushState = function (state, title, url) {
  const elsewhere = new URL(url ?? "", location.href).pathname !== location.pathname;
  const replaces = half && elsewhere;
  half = !elsewhere;
  return replaces ? this.replaceState(state, title, url) : push.call(this, state, title, url);
};
