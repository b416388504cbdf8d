// This tab and who is here, for the server.

// Streamlit otherwise looks for its server under the page's own path first, in vain, at every deep link.
window.__streamlit = { BACKEND_BASE_URL: location.origin };

// A tab keeps its name over F5 and a restart of the server: the forms being filled in are found again by it. A tab
// made by duplicating another has the other's name in its storage, but no word that the other was closed.
const newName = () => [...crypto.getRandomValues(new Uint8Array(4))].map((b) => b.toString(16).padStart(2, "0")).join("");
export const tab = (sessionStorage.getItem("onglet.libre") && sessionStorage.getItem("onglet")) || newName();
sessionStorage.setItem("onglet", tab);
sessionStorage.removeItem("onglet.libre");
addEventListener("pagehide", () => sessionStorage.setItem("onglet.libre", "1"));
addEventListener("pageshow", () => sessionStorage.removeItem("onglet.libre"));

// Who is here, as the screen says. What an ended session leaves in the tab waits for its agent, whoever signs in next.
let agent = null;
export const who = () => {
  const shown = document.querySelector('[class*="st-key-coulisses-"]')?.className.match(/st-key-coulisses-(\d+)/);
  return (agent = shown ? +shown[1] : agent);
};

// Signed out elsewhere, or for too long: this tab leads to sign-in, and comes back here afterwards. If a colleague
// signed in beside it, it shows the colleague's screen.
let asking = false;
const check = async () => {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/session", { cache: "no-store" });
    if (answer.status === 401) {
      const back = encodeURIComponent(location.pathname + location.search);
      location.replace(`/connexion?ferme&suite=${back}`);
    } else if (answer.ok && who() && answer.headers.get("X-Carnet-Agent") !== `${who()}`) {
      location.reload();
    }
  } catch {
    // the server is away: Streamlit says so itself
  } finally {
    asking = false;
  }
};
addEventListener("focus", check);
addEventListener("pageshow", (event) => { if (event.persisted) check(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });

export let sentAt = 0; // when this tab last said something to the server
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(url, ...args) {
    const named = new URL(url, location.href);
    named.searchParams.set("onglet", tab);
    if (who()) named.searchParams.set("agent", who());
    super(named, ...args);
    this.addEventListener("close", check);
  }
  send(...args) {
    sentAt = performance.now();
    super.send(...args);
  }
};
