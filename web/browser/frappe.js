import { tab, who } from "./session.js";

// Nothing typed is lost. What is typed in a field of a form goes to /frappe a moment later, whatever becomes of the field: Streamlit hears of
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
const left = new Set(typed.keys()); // what an earlier document of this tab had no time, or no right, to send
let sending = Promise.resolve();
let pause = 0;
const remember = () => sessionStorage.setItem("frappes", JSON.stringify([...typed]));

const send = async (cle, by = who()) => {
  const name = `${by} ${cle}`;
  if (!typed.has(name)) return null;
  const valeur = typed.get(name);
  let garde = null;
  try {
    const answer = await fetch("/frappe", {
      method: "POST", keepalive: true, headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ cle, valeur, onglet: tab, agent: by }),
    });
    if (answer.status === 401 || answer.status === 403 || answer.status >= 500) throw new Error("later");
    garde = answer.ok && (await answer.json()).garde;
    if (typed.get(name) === valeur) typed.delete(name);
    remember();
    if (answer.ok && !garde) document.querySelector(".st-key-relire button")?.click();
    if (left.delete(name) && garde && shown(cle, valeur) === false) location.reload(); // drawn before: once more, with it
  } catch {
    wait(3000); // the server is away, or one must sign in again: the text waits in this tab
  }
  return garde;
};
// Whether the field of that key, if it is drawn, holds that text.
const shown = (cle, valeur) => {
  const field = document.querySelector(`.st-key-${cle} :is(input, textarea)`);
  return field && field.value === `${valeur ?? ""}`;
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
// It goes at once, in the name of who typed it, so that the form opens with it.
[...left].map((name) => name.split(" ")).forEach(([by, cle]) => { sending = sending.then(() => send(cle, +by)); });

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
  left.delete(`${who()} ${cle}`);
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
