"""What is true of every screen for who listens, or uses the keyboard or a thumb."""

import re
from collections import defaultdict
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

from tests.browser.outils import pret

TAILLES = {"poste": (1366, 768), "tablette": (820, 1180), "téléphone": (390, 844)}
_ROLES = (
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "switch", "radiogroup", "group", "toolbar",
    "spinbutton", "tab", "menuitem", "slider",
)  # fmt: skip
# Markdown that would be read aloud: stars, icons, colours, escapes, joiners.
_BRUT = re.compile(r"\*\*|~~|:material/|:[a-z]+(-[a-z]+)?\[|\\|\u2060")
_VISIBLE = """
  const vu = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !e.closest('[class*="st-key-coulisses-"], [data-a11y-ignore], [inert]');
  const ecran = document.querySelector('[data-testid="stMain"]');
  const dit = (e) => (e.getAttribute('aria-label') || e.innerText || e.tagName).trim().slice(0, 60);
"""
_TITRES = f"""() => {{ {_VISIBLE}
  return [...ecran.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(vu).map((e) => [+e.tagName[1], e.innerText]);
}}"""
_ATTRIBUTS = """() => ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'].flatMap((nom) =>
  [...document.querySelectorAll(`[${nom}]`)].map((e) => e.getAttribute(nom)))"""
# From one field to the next, the eye never goes back up. (Two parts side by side may: what is noted, what is decided.)
_ORDRE = f"""() => {{ {_VISIBLE}
  const champ = ['TextInput', 'TextArea', 'Selectbox', 'MultiSelect', 'DateInput', 'TimeInput', 'NumberInput',
    'ButtonGroup', 'Checkbox', 'Radio'].map((n) => `[data-testid="st${{n}}"]`).join();
  const tous = [...ecran.querySelectorAll('[data-testid="stElementContainer"]')]
    .filter((e) => vu(e) && e.querySelector('a, button, input, textarea, summary, [tabindex="0"]'));
  const fautes = [];
  tous.slice(1).forEach((e, i) => {{
    const [avant, apres] = [tous[i].getBoundingClientRect(), e.getBoundingClientRect()];
    const champs = [tous[i], e].every((x) => x.querySelector(champ) && !x.closest('[class*="st-key-ligne-"]'));
    if (champs && apres.bottom <= avant.top)
      fautes.push(`${{tous[i].className}} -> ${{e.className}}`);
  }});
  return fautes;
}}"""
_CIBLES = f"""() => {{ {_VISIBLE}
  const cibles = 'a[href], button, input, textarea, summary, [role="spinbutton"], [role="radio"], [role="tab"]';
  return [...document.querySelectorAll(cibles)].filter(vu).map((e) =>
      e.matches('[type="checkbox"], [type="radio"]') ? e.closest('label') : e)
    .filter((e) => e && !e.matches('[type="file"], [data-testid="stSkipToContent"], .passer')
      && !e.closest('[data-testid="stSidebar"][data-collapsed="true"], [style*="clip:"]'))
    .filter((e) => {{
      const {{width, height}} = e.getBoundingClientRect();
      return width && height && (Math.round(width) < 24 || Math.round(height) < 24);
    }})
    .map((e) => {{
      const {{width, height}} = e.getBoundingClientRect();
      return `${{dit(e)}} ${{Math.round(width)}}×${{Math.round(height)}}`;
    }});
}}"""
# A date is shown whole: its year is not under the button that empties it.
_DATES = f"""() => {{ {_VISIBLE}
  return [...document.querySelectorAll('[data-testid="stDateInputFieldsScroller"]')].filter(vu)
    .filter((e) => e.scrollWidth > e.clientWidth)
    .map((e) => `${{dit(e.closest('[data-testid="stDateInput"]').querySelector('[role="group"]'))}}`);
}}"""
# So are the choices that stand side by side.
_CHOIX = f"""() => {{ {_VISIBLE}
  return [...ecran.querySelectorAll('[data-testid="stButtonGroup"] button')].filter(vu).filter((e) => {{
    const place = e.closest('[data-testid="stButtonGroup"]').getBoundingClientRect();
    return e.getBoundingClientRect().right > place.right + 1;
  }}).map(dit);
}}"""
# Whatever takes the focus is seen: its middle is not under the head nor under the foot of the screen.
_FOCUS = f"""async () => {{ {_VISIBLE}
  const caches = [];
  const cibles = 'a[href], button, input, textarea, summary, [role="spinbutton"], [tabindex="0"]';
  for (const e of ecran.querySelectorAll(cibles)) {{
    if (!vu(e) || e.disabled || e.tabIndex < 0) continue;
    e.focus();
    await new Promise((suite) => setTimeout(suite));
    const r = (e.matches('[type="checkbox"], [type="radio"]') ? e.closest('label') : e).getBoundingClientRect();
    const tete = document.querySelector('[data-testid="stHeader"] button') ? 56 : 0;
    const pied = document.querySelector('[data-testid="stBottom"]')?.getBoundingClientRect().top ?? innerHeight;
    const dedans = ecran.querySelector('[data-testid="stBottom"]')?.contains(e);
    if (!dedans && (r.top + r.height / 2 > pied || r.bottom < tete || (r.height < 200 && r.bottom > pied + 1)))
      caches.push(`${{dit(e)}} (${{Math.round(r.top)}}–${{Math.round(r.bottom)}}, pied à ${{Math.round(pied)}})`);
  }}
  document.activeElement.blur();
  ecran.scrollTo(0, 0);
  return caches;
}}"""
_DEBORDE = """() => {
  const ecran = document.querySelector('[data-testid="stMain"]');
  return [document.documentElement, ecran].some((e) => e.scrollWidth > e.clientWidth + 1);
}"""


def _noms(page: Page) -> list[str]:
    """Controls of one name that do not do the same, and those without a name, as the browser tells a screen reader."""
    cdp = page.context.new_cdp_session(page)
    vus: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for noeud in cdp.send("Accessibility.getFullAXTree")["nodes"]:
        role, nom = noeud.get("role", {}).get("value"), noeud.get("name", {}).get("value", "")
        if noeud.get("ignored") or role not in _ROLES or (role in ("group", "toolbar") and not nom):
            continue
        url = next((p["value"]["value"] for p in noeud.get("properties", []) if p["name"] == "url"), None)
        vus[role, nom].add(url or noeud["nodeId"])
    cdp.detach()
    return [f"{role} « {nom} » ×{len(qui)}" for (role, nom), qui in vus.items() if len(qui) > 1 or not nom]


def fautes_d_acces(page: Page) -> list[str]:
    """What is wrong with the screen shown, at the three sizes; it is left at the first."""
    page.wait_for_function('() => !document.querySelector(\'[data-testid="stMain"] [data-testid="stSkeleton"]\')')
    fautes = [f"même nom : {x}" for x in _noms(page)]
    titres = page.evaluate(_TITRES)
    if [n for n, _ in titres].count(1) != 1:
        fautes.append(f"titres de premier rang : {titres}")
    fautes += [f"saut de titre : {b} après {a}" for a, b in pairwise(titres) if b[0] > a[0] + 1]
    fautes += [f"dit avec son Markdown : {t}" for t in page.evaluate(_ATTRIBUTS) if _BRUT.search(t)]
    fautes += [f"Tab remonte : {x}" for x in page.evaluate(_ORDRE)]
    for nom, (largeur, hauteur) in reversed(TAILLES.items()):
        page.set_viewport_size({"width": largeur, "height": hauteur})
        pret(page)
        fautes += [f"{nom}, cible trop petite : {x}" for x in page.evaluate(_CIBLES)]
        fautes += [f"{nom}, date coupée : {x}" for x in page.evaluate(_DATES)]
        fautes += [f"{nom}, choix coupé : {x}" for x in page.evaluate(_CHOIX)]
        fautes += [f"{nom}, focus caché : {x}" for x in page.evaluate(_FOCUS)]
        if page.evaluate(_DEBORDE):
            fautes.append(f"{nom} : défile de côté")
    return fautes
