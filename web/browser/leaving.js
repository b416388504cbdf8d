import { sentAt } from "./session.js";

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
  const asked = location.href;
  await settled();
  // The answer came from the screen one leaves: Streamlit has put its address back, above the one asked for.
  if (location.href !== asked) history.back();
  else dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}, true);
