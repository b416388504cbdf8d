import { FIELD_BUTTONS, PATTERNS, TEXTS } from "./french_words.js";
import { arrange } from "./screen.js";

// One question for most texts, which are ours.
const ANY = new RegExp(PATTERNS.map(([pattern]) => pattern.source).join("|"));
const dated = (day, parts) => new Date(/\d/.test(day) ? day : `${day} 1, 2000`).toLocaleDateString("fr-FR", parts);
const french = (text) => {
  const trimmed = text.trim();
  if (trimmed.length < 2 || trimmed.length > 400) return null;
  if (Object.hasOwn(TEXTS, trimmed)) return TEXTS[trimmed];
  if (!ANY.test(trimmed)) return null;
  const [pattern, by, date] = PATTERNS.find(([pattern]) => pattern.test(trimmed));
  return trimmed.replace(pattern, date ? (_, day) => by.replace("$1", dated(day, date)) : by);
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
const SMALL = new Set(FIELD_BUTTONS);
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
  arrange(root);
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
