import { writeOnce } from "./caret.js";

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
