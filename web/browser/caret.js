// Where the caret goes, so that one writes on without the mouse.

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
export const writeOnce = (field) => {
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
