// The little that Streamlit's page needs and no Python can give.
(() => {
  "use strict";

  // Streamlit otherwise looks for its server under the page's own path first, in vain, at every deep link.
  window.__streamlit = { BACKEND_BASE_URL: location.origin };

  // A tab keeps its name over F5 and a restart of the server: the forms being filled in are found again by it. A tab
  // made by duplicating another has the other's name in its storage, but no word that the other was closed.
  const newName = () => [...crypto.getRandomValues(new Uint8Array(4))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const tab = (sessionStorage.getItem("onglet.libre") && sessionStorage.getItem("onglet")) || newName();
  sessionStorage.setItem("onglet", tab);
  sessionStorage.removeItem("onglet.libre");
  addEventListener("pagehide", () => sessionStorage.setItem("onglet.libre", "1"));
  addEventListener("pageshow", () => sessionStorage.removeItem("onglet.libre"));

  // A hasty second click, on the button of a dialog that is gone or going already, would fall on what lay behind it.
  let answered = null;
  for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
    addEventListener(type, (event) => {
      const { clientX: x, clientY: y, timeStamp: at, detail: rank } = event;
      const second = answered && (rank > 1 || at - answered.at < 500) && Math.hypot(x - answered.x, y - answered.y) < 8;
      if (second && !answered.dialog.contains(event.target)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else if (type === "click") {
        const dialog = event.target instanceof Element && event.target.closest("button")?.closest('[role="dialog"]');
        answered = dialog && { dialog, at, x, y };
      }
    }, true);

  // --- Nothing typed is lost ---
  // What is typed in a field of a form goes to /frappe a moment later, whatever becomes of the field: Streamlit hears of
  // it when it is left, and never if it goes first (another page, F5, a colleague who saves).
  const nameOf = (field) => {
    if (!(field instanceof Element) || !field.matches("textarea, input")) return null;
    if (!field.closest('[data-testid="stTextInput"], [data-testid="stTextArea"], [data-testid="stNumberInput"]')) return null;
    return field.closest('[data-testid="stElementContainer"]')?.className.match(/\bst-key-([\w-]+)/)?.[1] ?? null;
  };
  // A form's own field: its key begins with the token of the form.
  const keyOf = (field) => {
    const name = nameOf(field);
    return name && /^[0-9a-f]{32}-/.test(name) && !field.matches('[type="password"], [type="search"]') ? name : null;
  };
  const typed = new Map(JSON.parse(sessionStorage.getItem("frappes") ?? "[]")); // "agent key" -> value the server has not taken yet
  let sending = Promise.resolve();
  let pause = 0;
  const remember = () => sessionStorage.setItem("frappes", JSON.stringify([...typed]));
  // Who is here, as the screen says. What an ended session leaves in the tab waits for its agent, whoever signs in next.
  let agent = null;
  const who = () => {
    const shown = document.querySelector('[class*="st-key-coulisses-"]')?.className.match(/st-key-coulisses-(\d+)/);
    return (agent = shown ? +shown[1] : agent);
  };
  const send = async (cle) => {
    const name = `${who()} ${cle}`;
    if (!typed.has(name)) return null;
    const valeur = typed.get(name);
    let garde = null;
    try {
      const answer = await fetch("/frappe", {
        method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ cle, valeur, onglet: tab, agent }),
      });
      if (answer.status === 401 || answer.status === 403 || answer.status >= 500) throw new Error("later");
      garde = answer.ok && (await answer.json()).garde;
      if (typed.get(name) === valeur) typed.delete(name);
      remember();
      if (answer.ok && !garde) document.querySelector(".st-key-relire button")?.click();
    } catch {
      wait(3000); // the server is away, or one must sign in again: the text waits in this tab
    }
    return garde;
  };
  const sendNow = (cle) => (sending = sending.then(() => send(cle)));
  const waiting = () => [...typed.keys()].map((name) => name.split(" ")).filter(([by]) => +by === who()).map(([, cle]) => cle);
  function sendAll() {
    clearTimeout(pause);
    if (typed.size && !who()) return wait(800); // the screen is not drawn yet
    waiting().forEach(sendNow);
  }
  function wait(ms) {
    clearTimeout(pause);
    pause = setTimeout(sendAll, ms);
  }
  if (typed.size) sendAll();

  const over = new Map(); // key of a field made again with a colleague's text -> key of the one that was typed in
  const based = (field) => over.get(keyOf(field)) ?? keyOf(field);
  let held = null; // the field with the caret: what it holds would go with it
  const hold = (field) => {
    const name = nameOf(field);
    held = name && { field, name, cle: based(field), value: field.value, typed: false };
  };
  addEventListener("focusin", ({ target }) => hold(target));
  addEventListener("input", ({ target }) => {
    const cle = based(target);
    if (held?.field !== target) hold(target);
    if (held) Object.assign(held, { value: target.value, typed: true });
    if (!cle) return;
    const number = target.type === "number";
    if (number && target.value !== "" && !Number.isInteger(target.valueAsNumber)) return;
    typed.set(`${who()} ${cle}`, number ? (target.value === "" ? null : target.valueAsNumber) : target.value);
    remember();
    wait(800);
  }, true);
  addEventListener("focusout", ({ target }) => {
    const cle = based(target);
    if (cle) sendNow(cle);
    setTimeout(() => { if (held?.field === target && target.isConnected) held = null; });
  }, true);
  addEventListener("pagehide", () => waiting().forEach(send)); // each at once: nothing waits any more
  document.addEventListener("visibilitychange", () => { if (document.hidden) sendAll(); });

  // A field made again under the caret (a line that appears above it, a colleague's text in it): the caret goes back
  // there, with what was typed; over a colleague's text, the server keeps it beside, and asks.
  const again = () => {
    if (!held || held.field.isConnected) return;
    const { name, cle, value, typed: dirty } = held;
    if (![document.body, null].includes(document.activeElement)) return void (held = null);
    const base = name.replace(/_v-?\d+$/, "");
    const field = [...document.querySelectorAll(`[class*="st-key-${base}"] :is(input, textarea)`)]
      .find((f) => nameOf(f)?.replace(/_v-?\d+$/, "") === base);
    if (!field || field.disabled) return;
    const caret = field.value.length;
    field.focus();
    hold(field);
    if (!dirty) return field.setSelectionRange?.(caret, caret);
    if (cle && keyOf(field) !== cle) over.set(keyOf(field), cle);
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (cle) sendNow(cle).then((garde) => { if (garde) over.delete(keyOf(field)); });
  };
  new MutationObserver(again).observe(document, { subtree: true, childList: true });

  // A link followed right after a field was typed in: Streamlit would first ask for the other page, then for this one
  // with what was typed, and stay here. The link waits for the answer to what was typed.
  const busy = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "notRunning";
  let typing = null;
  let leftAt = -1e9;
  addEventListener("input", ({ target }) => { typing = target; }, true);
  addEventListener("keydown", ({ target }) => {
    if (target instanceof Element && target.matches('[role="spinbutton"]')) typing = target;
  }, true);
  addEventListener("focusout", ({ target }) => {
    if (target === typing) [typing, leftAt] = [null, performance.now()];
  }, true);
  let sentAt = 0; // when this tab last said something to the server
  const settled = async () => {
    if (typing) typing.blur();
    const left = leftAt;
    const pass = () => new Promise((done) => setTimeout(done, 40));
    await pass();
    while (sentAt < left && performance.now() < left + 500) await pass(); // a busy browser says it some moments later
    while (busy() && performance.now() < left + 4000) await pass();
    leftAt = -1e9;
  };
  const justTyped = () => typing?.isConnected || performance.now() - leftAt < 800;
  addEventListener("click", async (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || link.origin !== location.origin || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!justTyped()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const href = link.getAttribute("href");
    await settled();
    (link.isConnected ? link : [...document.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === href))?.click();
  }, true);
  addEventListener("popstate", async (event) => {
    if (!justTyped()) return;
    event.stopImmediatePropagation();
    await settled();
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }, true);

  let searchAsked = false;

  // Ctrl+S, Ctrl+Enter and Ctrl+K act on what was typed: the field is left, hence committed, before Streamlit's own
  // shortcut sees the key. The browser's own "save page" and "search the web" never open.
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const ours = ["s", "k"].includes(event.key.toLowerCase());
    if (!ours && event.key !== "Enter") return;
    if (ours) event.preventDefault();
    // One dialog at a time: the search would close the one being filled in.
    if (event.key.toLowerCase() === "k" && document.querySelector('[role="dialog"]')) {
      event.stopImmediatePropagation();
      return;
    }
    const field = document.activeElement;
    if (field instanceof HTMLElement && field.matches("input, textarea")) field.blur();
    // Streamlit hears a shortcut some moments after it has drawn its button, or not at all: the button is pressed here.
    if (!ours) return;
    const key = event.key.toUpperCase();
    const button =
      key === "K"
        ? document.querySelector(".st-key-partout button")
        : [...document.querySelectorAll("button:not(:disabled) kbd")]
            .filter((kbd) => kbd.textContent.endsWith(`+ ${key}`) && kbd.checkVisibility())
            .at(-1)?.closest("button");
    if (button || key === "K") event.stopImmediatePropagation();
    button?.click();
    searchAsked = key === "K" && !button; // the screen is not drawn yet
  }, true);

  // A row that adds rows (keys that begin with "suite"): Enter sends it, then its first field waits for the next one.
  addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !(field instanceof HTMLInputElement)) return;
    const row = field.closest('[class*="st-key-suite"]') && field.closest('[data-testid="stForm"]');
    if (row) setTimeout(() => row.querySelector("input")?.focus());
  });

  // The caret goes where one writes next: in the first field of a panel that begins with one, in the note of a point
  // whose theme was just clicked, in the line that "Autre action" adds. Not under a thumb: a keyboard would rise.
  const writeIn = (find, ms = 3000) => {
    const until = performance.now() + ms;
    const look = () => {
      const field = find();
      if (field && !field.disabled) field.focus();
      else if (performance.now() < until) setTimeout(look, 30);
    };
    look();
  };
  const writeOnce = (field) => {
    if (!field || field.dataset.seen) return;
    field.dataset.seen = "true";
    setTimeout(() => field.focus());
  };
  let thumb = false;
  addEventListener("pointerdown", (event) => { thumb = event.pointerType === "touch"; }, true);
  addEventListener("click", ({ target, detail }) => {
    const button = target instanceof Element && target.closest("button");
    const line = button && button.closest('[class*="st-key-ligne-"]');
    if (!line || thumb) return;
    const actions = () => [...line.querySelectorAll('[class*="-quoi"] input')];
    if (button.closest('[class*="-autre-"]')) {
      const before = actions().length;
      writeIn(() => actions()[before]);
    } else if (detail && button.closest('[class*="st-key-themes-"]')) {
      writeIn(() => [...line.querySelectorAll('[class*="-note"] textarea')].find((note) => note.value === ""), 0);
    }
  }, true);
  const panel = '[data-testid="stPopoverBody"]';
  new MutationObserver(() => {
    for (const body of thumb ? [] : document.querySelectorAll(panel)) {
      const first = body.querySelector("input, textarea, button");
      if (first?.matches('input[type="text"], input[type="search"]')) writeOnce(first);
    }
  }).observe(document, { subtree: true, childList: true });
  // Enter there does what the panel is for, once what was typed has left.
  addEventListener("keydown", ({ key, target }) => {
    const body = key === "Enter" && target instanceof HTMLInputElement && !target.closest('[data-testid="stForm"]') && target.closest(panel);
    if (body) setTimeout(() => body.querySelector('button[kind="primary"]:not(:disabled)')?.click());
  });

  // The search everywhere: it waits for the text; down and Enter go to the first answer, the arrows from one to another.
  new MutationObserver(() => {
    const button = searchAsked && document.querySelector(".st-key-partout button");
    if (button) {
      searchAsked = false;
      button.click();
    }
    writeOnce(document.querySelector(".st-key-recherche input"));
  }).observe(document, { subtree: true, childList: true });
  addEventListener("keydown", (event) => {
    const field = document.querySelector(".st-key-recherche input");
    const links = [...document.querySelectorAll(".st-key-recherche a")];
    const rank = [field, ...links].indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: rank === 0 ? 1 : 0 }[event.key];
    if (!field || rank < 0 || !step) return;
    event.preventDefault();
    [field, ...links][Math.min(Math.max(rank + step, 0), links.length)].focus();
  });

  // From a password, Tab goes to the eye beside it: Streamlit takes that for staying in the field, and never hears that
  // it was left. It is told when the eye is.
  addEventListener("focusout", ({ target, relatedTarget }) => {
    const field = target instanceof HTMLButtonElement && target.closest('[data-testid="stTextInput"]');
    if (!field || field.contains(relatedTarget)) return;
    field.querySelector("input")?.dispatchEvent(new FocusEvent("focusout", { bubbles: true, relatedTarget }));
  });

  // While the server is away, fields are disabled and a notice takes the caret: Streamlit never hears that the field was
  // left, and would lose its text at the next click. The caret goes back there as soon as the server answers.
  let left = null;
  addEventListener("focusout", ({ target }) => { if (target.disabled) left = target; });
  new MutationObserver(() => {
    if (!left || left.disabled || document.querySelector('[role="dialog"]')) return;
    if (document.activeElement === document.body) left.focus(); // in vain as long as the page is inert
    if (document.activeElement !== document.body) left = null;
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["disabled", "inert"] });

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
      } else if (answer.ok && who() && answer.headers.get("X-Carnet-Agent") !== `${agent}`) {
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
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, ...args) {
      const named = new URL(url, location.href);
      named.searchParams.set("onglet", tab);
      if (who()) named.searchParams.set("agent", agent);
      super(named, ...args);
      this.addEventListener("close", check);
    }
    send(...args) {
      sentAt = performance.now();
      super.send(...args);
    }
  };

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

  // A screen chosen in the menu is where the keyboard goes on; on a phone, the menu leaves it the place.
  const PHONE = matchMedia("(max-width: 767.98px)");
  const narrow = () => { document.cookie = `etroit=${+PHONE.matches}; path=/; SameSite=Lax`; }; // for ui/agenda/calendrier.py
  narrow();
  PHONE.addEventListener("change", narrow);
  const main = () => document.querySelector('[data-testid="stMain"]');
  const arrive = () => {
    if (PHONE.matches) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
    setTimeout(() => main()?.focus({ preventScroll: true }));
  };

  // Before the menu and all that precedes them, a way to the points of a meeting: seen once it has the focus.
  const skip = document.createElement("a");
  Object.assign(skip, { href: "#points", className: "passer", textContent: "Aller aux points", hidden: true });
  const points = () => document.querySelector(".st-key-points");
  addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    if (!skip.isConnected) document.body.prepend(skip);
    skip.hidden = !points();
  }, true);
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    points()?.querySelector('input, textarea, [tabindex="0"], button')?.focus();
  });

  // What takes the focus stays clear of the foot of the screen, however high it is (--foot, in screens.css).
  const foot = new ResizeObserver(([{ target }]) => {
    document.documentElement.style.setProperty("--foot", `${target.isConnected ? target.offsetHeight : 0}px`);
    if (main()?.contains(document.activeElement) && document.activeElement !== main())
      document.activeElement.scrollIntoView({ block: "nearest" });
  });

  // Nor does a field one writes in, whose caret alone the browser shows; once the mouse is up, for nothing moves under it.
  let pressed = false;
  for (const type of ["pointerdown", "pointerup", "pointercancel"])
    addEventListener(type, () => { pressed = type === "pointerdown"; }, true);
  addEventListener("focusin", ({ target }) => {
    if (!target.matches("input, textarea")) return;
    const show = () => {
      if (target === document.activeElement && main()?.contains(target)) target.scrollIntoView({ block: "nearest" });
    };
    if (pressed) addEventListener("pointerup", () => setTimeout(show), { once: true });
    else setTimeout(show);
  });

  // The button "Imprimer" of a screen.
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".st-key-imprimer button")) print();
  });

  // What Streamlit prints itself, with no argument to change it. Whole texts only: never a word within a text.
  const FRENCH = {
    "About": "À propos",
    "Add files": "Ajouter des fichiers",
    "Add row": "Ajouter une ligne",
    "All selected options have been cleared.": "Tous les choix ont été retirés.",
    "An error has occurred, please try again.": "Une erreur est survenue : recommencez.",
    "App pages": "Écrans",
    "Autosize": "Ajuster la largeur",
    "Automatic": "Automatique",
    "dd": "jj",
    "yyyy": "aaaa",
    "Button action menu": "Menu du bouton",
    "Cancel": "Annuler",
    "Cancel (Escape)": "Annuler (Échap)",
    "Choose an option": "Choisir",
    "Choose options": "Choisir",
    "Choose date": "Choisir une date",
    "Choose date and time": "Choisir une date et une heure",
    "Choose date range": "Choisir une période",
    "Clear all": "Tout retirer",
    "Clear date": "Effacer la date",
    "Clear date and time": "Effacer la date et l’heure",
    "Clear dates": "Effacer les dates",
    "Clear entry": "Effacer",
    "Clear selection": "Effacer la sélection",
    "Clear time": "Effacer l’heure",
    "Clear value": "Effacer",
    "Close": "Fermer",
    "Close Search": "Fermer la recherche",
    "Close fullscreen": "Quitter le plein écran",
    "Copy Vega-Lite spec": "Copier la définition du graphique",
    "Close sidebar": "Fermer le menu",
    "Collapse sidebar": "Replier le menu",
    "Connecting": "Connexion…",
    "Connecting to Streamlit server": "Connexion au serveur",
    "Connection error": "Le serveur ne répond plus",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "Connexion perdue. Attendez qu’elle revienne, puis recommencez.",
    "Connection timed out.": "Le serveur ne répond pas. Votre texte reste à l’écran : la page se reconnectera seule.",
    "Copied!": "Copié",
    "Copy": "Copier",
    "Copy column name": "Copier le nom de la colonne",
    "Copy to clipboard": "Copier",
    "Data View": "Tableau",
    "Dataframe column menu": "Menu de la colonne",
    "Date range": "Période",
    "Decrement": "Diminuer",
    "Delete row(s)": "Supprimer les lignes",
    "Dismiss": "Fermer",
    "Download as CSV": "Télécharger en CSV",
    "Download as PNG": "Télécharger en image",
    "Error:": "Erreur :",
    "file upload": "fichier",
    "add icon": "ajouter",
    "Download failed": "Le fichier n’est pas arrivé. Recommencez.",
    "Failed to generate file for download":
      "Le fichier n’a pas pu être préparé. Rechargez la page (reconnectez-vous si elle le demande), puis recommencez.",
    "Empty": "vide",
    "Drag and drop file here": "Déposez le fichier ici",
    "Drag and drop a file here": "Déposez le fichier ici",
    "Drag and drop files here": "Déposez les fichiers ici",
    "Error": "Erreur",
    "Expand sidebar": "Déplier le menu",
    "Format": "Format",
    "Fullscreen": "Plein écran",
    "Hide column": "Masquer la colonne",
    "Hide password": "Masquer le mot de passe",
    "Hours must be 0–23": "L’heure va de 0 à 23",
    "Hours must be 0–23.": "L’heure va de 0 à 23.",
    "Increment": "Augmenter",
    "Invalid input.": "Saisie non valable.",
    "Invalid time format. Please use HH:MM.": "Écrivez l’heure ainsi : 14:00.",
    "Invalid time format. Please use HH:MM:SS or HH:MM.": "Écrivez l’heure ainsi : 14:00.",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Votre texte reste à l’écran : la page se reconnectera seule. Si cela dure, prévenez le service informatique.",
    "Link to heading": "Lien vers ce titre",
    "Main menu": "Menu de l’application",
    "Minutes must be 0–59.": "Les minutes vont de 0 à 59.",
    "Multiselect options": "Choix possibles",
    "Next Result": "Résultat suivant",
    "Next month": "Mois suivant",
    "Next page": "Page suivante",
    "No data": "Aucune donnée",
    "No options": "Aucun choix",
    "No results": "Aucun résultat",
    "Number is above the allowed range.": "Ce nombre est trop grand.",
    "Number is below the allowed range.": "Ce nombre est trop petit.",
    "Open": "Ouvrir",
    "Open sidebar": "Ouvrir le menu",
    "Page not found": "Page introuvable",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "Cette page n’existe pas, ou votre rôle ne la donne pas. Voici l’accueil.",
    "Pagination": "Pages",
    "Pin column": "Figer la colonne",
    "Please wait...": "Patientez…",
    "Previous Result": "Résultat précédent",
    "Previous month": "Mois précédent",
    "Previous page": "Page précédente",
    "Print": "Imprimer",
    "Quick select a date range": "Choisir une période courante",
    "Record a screencast": "Filmer l’écran",
    "Remove": "Retirer",
    "Rerun": "Actualiser",
    "Reset": "Rétablir",
    "Running...": "En cours…",
    "Script execution error": "Un problème imprévu est survenu",
    "Scroll tabs left": "Onglets précédents",
    "Scroll tabs right": "Onglets suivants",
    "Search": "Rechercher",
    "Select all": "Tout choisir",
    "Select...": "Choisir…",
    "Selectbox options": "Choix possibles",
    "Selected values": "Choix faits",
    "Settings": "Réglages",
    "Show chart": "Voir le graphique",
    "Show data": "Voir le tableau",
    "Show password": "Montrer le mot de passe",
    "Show/hide columns": "Montrer ou masquer des colonnes",
    "Sidebar": "Menu",
    "Skip to main content": "Aller au contenu",
    "Sort ascending": "Trier par ordre croissant",
    "Sort descending": "Trier par ordre décroissant",
    "Statistics": "Statistiques",
    "Stop": "Arrêter",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Le serveur ne répond pas. Votre texte reste à l’écran : la page se reconnectera seule.",
    "Theme": "Thème",
    "Dark": "Sombre",
    "Light": "Clair",
    "System": "Selon le poste",
    "Use system setting": "Selon le poste",
    "Toggle fullscreen": "Plein écran",
    "Type to search": "Rechercher",
    "Unknown error": "Erreur inconnue",
    "Unpin column": "Ne plus figer la colonne",
    "Upload": "Choisir un fichier",
    "Browse files": "Choisir un fichier",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Flèches pour changer de jour, Entrée pour choisir, Échap pour fermer.",
    "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
      "Flèches pour se déplacer, Entrée pour choisir, Tab pour passer du jour à l’heure, Échap pour fermer.",
    "View less": "Voir moins",
    "view less": "voir moins",
    "view more": "voir plus",
    "visualization": "graphique",
    "View more": "Voir plus",
    "Your app is having trouble loading the component.": "Ce module tarde à se charger. Rechargez la page.",
  };
  const dated = (day, parts) => new Date(day).toLocaleDateString("fr-FR", parts);
  const PATTERNS = [
    [/^\d\d – ([A-Z][a-z]+)$/, (_, month) => dated(`${month} 1, 2000`, { month: "long" })],
    [/^Selected Date: (.+)$/, (_, day) => `Date choisie : ${dated(day, { dateStyle: "long" })}`],
    [/^Page (\d+)$/, "Page $1"],
    [/^Add: (.+)$/, "Ajouter : $1"],
    [/^Remove (.+)$/, "Retirer $1"],
    [/^(\d+)([KMG])B per file(.*)$/, "$1 $2o par fichier$3"],
    [/^(\d+)\.\dB$/, "$1 octets"],
    [/^(\d+)\.(\d)KB$/, "$1,$2 ko"],
    [/^(\d+)\.(\d)([MG])B$/, "$1,$2 $3o"],
    [/^\S+ files are not allowed\.$/, "Ce type de fichier n’est pas admis."],
    [/^File must be (\d+)(?:\.\d)?([KMG])B or smaller\.$/, "Fichier trop lourd : $1 $2o au plus."],
    [/^Limit (\d+)([KMG])B per file(.*)$/, "$1 $2o par fichier$3"],
    [/^View (\d+) more$/, "Voir $1 de plus"],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "Au plus $1 choix : retirez-en un d’abord."],
    [/^Select (\d+) matches$/, "Choisir les $1 résultats"],
    [/^Shortcut (.+)$/, "Raccourci $1"],
    [/^Choose date, (.+)$/, "Choisir une date, $1"],
    [/^X-axis(?: titled '(.*?)')? for .*$/, "Axe horizontal $1"],
    [/^Y-axis(?: titled '(.*?)')? for .*$/, "Axe vertical $1"],
    [/^(?:Symbol|Gradient) legend(?: titled '(.*?)')? for .*$/, "Légende $1"],
    [/^Show data: (.+)$/, "Voir le tableau : $1"],
    [/^Show chart: (.+)$/, "Voir le graphique : $1"],
    [/^Download as PNG: (.+)$/, "Télécharger en image : $1"],
    [/^Download as CSV: (.+)$/, "Télécharger en CSV : $1"],
    [/^Copy Vega-Lite spec: (.+)$/, "Copier la définition du graphique : $1"],
    [/^Fullscreen: (.+)$/, "Plein écran : $1"],
    [/^Close fullscreen: (.+)$/, "Quitter le plein écran : $1"],
    [/^Search: (.+)$/, "Rechercher : $1"],
    [/^day, (.+)$/, "jour, $1"],
    [/^month, (.+)$/, "mois, $1"],
    [/^year, (.+)$/, "année, $1"],
    [/^hour, (.+)$/, "heures, $1"],
    [/^minute, (.+)$/, "minutes, $1"],
    [/^Help for (.+)$/, "Aide : $1"],
    [/^Date must be (.+)$/, "Date hors des bornes"],
    [/^Error: Date set outside .+ between (\S+) and (\S+)\.$/, "Choisissez une date entre le $1 et le $2."],
    [/^Error: Date set outside .+ on or before (\S+)\.$/, "Choisissez une date au plus tard le $1."],
    [/^Error: Date set outside .+ on or after (\S+)\.$/, "Choisissez une date à partir du $1."],
  ];
  const BEGINS = new RegExp(
    "^(\\d\\d – |Page|Add:|Remove|[\\d.]+[KMG]?B|\\S+ files are|Limit|View|You can|Select|Shortcut|Help for|Date must|File must|Error: Date|Choose date|"
      + "[XY]-axis|Symbol|Gradient|Show |Download|Copy |Fullscreen|Close |Search|day,|month,|year,|hour,|minute,)"
  );
  const french = (text) => {
    const trimmed = text.trim();
    if (trimmed.length < 2 || trimmed.length > 400) return null;
    if (Object.hasOwn(FRENCH, trimmed)) return FRENCH[trimmed];
    // Cheap first: our own texts rarely begin like these.
    if (!BEGINS.test(trimmed)) return null;
    for (const [pattern, by] of PATTERNS) if (pattern.test(trimmed)) return trimmed.replace(pattern, by);
    return null;
  };
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "aria-description", "aria-roledescription", "aria-valuetext"];
  const MARKED = ATTRIBUTES.map((name) => `[${name}]`).join();
  // A label written in Markdown names its field: it is read aloud without its stars, colours, icons and escapes.
  const plain = (text) => text
    .replace(/\\([!-/:-@[-`{-~])/g, (_, sign) => String.fromCharCode(0xe000 + sign.charCodeAt(0)))
    .replace(/:material\/\w+:|\*\*|~~|`|\u2060/g, "")
    .replace(/\]\([^)]*\)|:[a-z]+(?:-[a-z]+)?\[|[[\]]/g, "")
    .replace(/[\ue000-\ue07f]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xe000))
    .replace(/\s+/g, " ").trim();
  // The small buttons of every field bear the same words: they say of which field they are.
  const SMALL = new Set([
    "Ouvrir", "Effacer", "Effacer la date", "Effacer les dates", "Effacer l’heure", "Effacer la date et l’heure",
    "Choisir une date", "Choisir une période", "Choisir une date et une heure", "Montrer le mot de passe",
    "Masquer le mot de passe", "Augmenter", "Diminuer", "Tout retirer", "fichier",
  ]);
  const named = (element, text) => {
    const field = SMALL.has(text) && element.closest('[data-testid="stElementContainer"]');
    const label = field && field.querySelector('[data-testid="stWidgetLabel"]')?.textContent.trim();
    return label ? `${text} : ${label}` : text;
  };
  const oneAttribute = (element, name) => {
    const value = element.getAttribute(name);
    if (!value) return;
    let by = french(value) ?? value;
    if (name === "aria-label") by = named(element, /[\\*~`[\u2060]|:material/.test(by) ? plain(by) : by);
    if (by !== value) element.setAttribute(name, by);
  };
  const oneText = (node) => {
    const by = french(node.data);
    if (by && by !== node.data) node.data = by;
  };
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return oneText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    for (const element of [root, ...root.querySelectorAll(MARKED)])
      for (const name of ATTRIBUTES) oneAttribute(element, name);
    // Streamlit puts the sections of its menu between the list and its items: each section is the list.
    for (const section of root.querySelectorAll('[data-testid="stSidebarNavItems"] > div')) {
      section.parentElement.role = "presentation";
      section.role = "list";
    }
    const bottom = root.closest('[data-testid="stBottom"]') ?? root.querySelector('[data-testid="stBottom"]');
    if (bottom) foot.observe(bottom);
    for (const zone of root.querySelectorAll('[data-testid="stFileUploaderDropzone"]'))
      zone.querySelector("button")?.setAttribute("aria-label", `Choisir un fichier : ${zone.ariaLabel}`);
    // Read by keyboard, a text that scrolls must take the focus.
    for (const text of root.querySelectorAll('[data-testid="stCode"] pre')) text.tabIndex = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) oneText(walker.currentNode);
  };
  // Typing changes a field's value, which this does not observe: it costs nothing there.
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(all);
      else if (change.type === "attributes") oneAttribute(change.target, change.attributeName);
      else oneText(change.target);
    }
  }).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
