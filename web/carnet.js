// The little that Streamlit's page needs and no Python can give.
(() => {
  "use strict";

  // Ctrl+S and Ctrl+Enter act on what was typed: the field is left, hence committed, before Streamlit's own
  // shortcut sees the key. The browser's "save page" dialog never opens.
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const save = event.key === "s" || event.key === "S";
    if (!save && event.key !== "Enter") return;
    if (save) event.preventDefault();
    const field = document.activeElement;
    if (field instanceof HTMLElement && field.matches("input, textarea")) field.blur();
  }, true);

  // Signed out elsewhere, or for too long: this tab leads to sign-in, and comes back here afterwards.
  let asking = false;
  const check = async () => {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch("/session", { cache: "no-store" });
      if (answer.status === 401) {
        const back = encodeURIComponent(location.pathname + location.search);
        location.replace(`/connexion?ferme&suite=${back}`);
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
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("close", check);
    }
  };

  // Links of the frame to our own plain pages open here, not in a new tab.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.origin === location.origin && ["/deconnexion", "/connexion", "/mot-de-passe"].includes(link.pathname)) {
      event.preventDefault();
      location.assign(link.href);
    }
  }, true);
})();
