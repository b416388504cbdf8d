// What stands on the screen, for who has no mouse, no sight or little room.

// A screen chosen in the menu is where the keyboard goes on; on a phone, the menu leaves it the place.
const PHONE = matchMedia("(max-width: 767.98px)");
const narrow = () => { document.cookie = `etroit=${+PHONE.matches}; path=/; SameSite=Lax`; }; // for ui/agenda/calendrier.py
narrow();
PHONE.addEventListener("change", narrow);
const main = () => document.querySelector('[data-testid="stMain"]');
export const arrive = () => {
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

// What Streamlit has just drawn, arranged for who hears it, or reads it by keyboard.
export const arrange = (root) => {
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
};
