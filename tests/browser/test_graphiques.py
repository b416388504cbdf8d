"""Charts in a real browser: the address, the files, the words, the keyboard."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from models import Action, Instance, Partenaire, Point, Presence, Quartier, Reunion, Theme
from models.lists import EtatAction, EtatPresence, EtatReunion
from services.socle.horloge import aujourdhui, utcnow
from tests.browser.acces import TAILLES
from tests.browser.outils import ANGLAIS, DIT, aller, charger, pret
from tests.serveur import Serveur

pytestmark = pytest.mark.browser
Connexion = Callable[..., None]
GRAPHIQUE = '[data-testid="stVegaLiteChart"] svg'
# What Vega and Streamlit's toolbar would say by themselves.
ANGLAIS_DES_GRAPHIQUES = re.compile(r"\b(visualization|chart|spec|data|legend|axis|titled|Tue|Feb|Aug)\b")


@pytest.fixture(scope="module", autouse=True)
def _rempli(serveur: Serveur) -> None:
    """Twenty-five meetings held this year and the last, with what they bring."""
    with serveur.session() as session:
        instance = session.exec(select(Instance).order_by(Instance.nom)).first()  # type: ignore[arg-type]
        qui = session.exec(select(Partenaire.id).order_by(Partenaire.id)).all()[:3]  # type: ignore[arg-type]
        theme = session.exec(select(Theme.id)).first()
        quartier = session.exec(select(Quartier.id)).first()
        assert instance
        assert theme
        for n in range(25):
            jour = aujourdhui() - timedelta(days=12 * n)
            debut = datetime(jour.year, jour.month, jour.day, 14)
            reunion = Reunion(
                type=instance.type,
                instance_id=instance.id,
                titre="Réunion",
                debut=debut,
                fin=debut + timedelta(hours=1),
                etat=EtatReunion.TENUE,
            )
            session.add(reunion)
            session.flush()
            for p in qui:
                session.add(Presence(reunion_id=reunion.id, partenaire_id=p, etat=EtatPresence.PRESENT))
            session.add(Point(reunion_id=reunion.id, theme_id=theme, quartier_id=quartier, cree_le=utcnow()))
            session.add(
                Action(reunion_id=reunion.id, instance_id=instance.id, quoi="Agir", pilote_id=qui[0], echeance=jour,
                       etat=list(EtatAction)[n % 4])
            )  # fmt: skip


def metrique(page: Page, libelle: str) -> Any:
    return page.get_by_test_id("stMetric").filter(has_text=libelle).get_by_test_id("stMetricValue")


def test_filters_live_in_the_address_and_survive_a_reload(page: Page, connexion: Connexion) -> None:
    connexion(page, "elu", suite="graphiques")
    page.get_by_role("radio", name="Actions").click()
    pret(page)
    page.get_by_role("combobox", name="Période").click()
    page.get_by_role("option", name="12 derniers mois").click()
    pret(page)
    page.get_by_role("combobox", name="Comparaison").click()
    page.get_by_role("option", name="Comparé à un an avant").click()
    pret(page)
    expect(metrique(page, "Actions décidées")).to_have_text("25")
    assert "sujet=Actions" in page.url
    page.reload()
    pret(page)
    expect(metrique(page, "Actions décidées")).to_have_text("25")
    expect(page.get_by_role("radio", name="Actions")).to_be_checked()
    expect(page.get_by_role("heading", name="Actions par état")).to_be_visible()
    expect(page.get_by_role("combobox", name="Comparaison")).to_have_value("Comparé à un an avant")


def test_the_table_comes_as_a_file(page: Page, connexion: Connexion, tmp_path: Path) -> None:
    connexion(page, "secretaire", suite="graphiques?periode=12%20derniers%20mois")
    page.get_by_text("Tableau", exact=True).click()
    with page.expect_download() as fichier:
        page.get_by_role("button", name="Télécharger le tableau").click()
    assert re.fullmatch(r"reunions_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.csv", fichier.value.suggested_filename)
    fichier.value.save_as(tmp_path / "t.csv")
    brut = (tmp_path / "t.csv").read_bytes()
    assert brut.startswith(b"\xef\xbb\xbf")
    lignes = list(csv.DictReader(io.StringIO(brut.decode("utf-8-sig")), delimiter=";"))
    assert sum(int(n) for ligne in lignes if (n := ligne["Réunions"]).isdigit()) == 25
    assert {n for ligne in lignes if not (n := ligne["Réunions"]).isdigit()} <= {"sans donnée", "à venir"}
    montrees = page.get_by_role("table").get_by_role("row")
    assert montrees.count() == len(lignes) + 1


def test_the_chart_comes_as_an_image(page: Page, connexion: Connexion, tmp_path: Path) -> None:
    connexion(page, "secretaire", suite="graphiques")
    page.locator(GRAPHIQUE).first.hover()
    with page.expect_download() as fichier:
        page.get_by_role("button", name="Télécharger en image").first.click()
    assert fichier.value.suggested_filename.endswith(".png")
    fichier.value.save_as(tmp_path / "g.png")
    brut = (tmp_path / "g.png").read_bytes()
    assert brut.startswith(b"\x89PNG")
    assert int.from_bytes(brut[16:20]) > 1500  # wide enough for a report


@pytest.mark.parametrize("sujet", ["Réunions", "Couverture", "Participation", "Situations évoquées", "Actions"])
def test_first_chart_without_scrolling_and_all_in_french(page: Page, connexion: Connexion, sujet: str) -> None:
    plaintes: list[str] = []
    page.on("console", lambda m: plaintes.append(m.text) if m.type == "error" else None)
    connexion(page, "responsable", suite=f"graphiques?sujet={sujet}&periode=12%20derniers%20mois")
    graphique = page.locator(GRAPHIQUE).first
    graphique.wait_for()
    boite = graphique.bounding_box()
    assert boite
    assert boite["y"] + boite["height"] <= 768
    graphique.hover()
    page.get_by_role("button", name="Télécharger en image").first.wait_for()
    dits = [t for t in page.evaluate(DIT) if ANGLAIS.search(t) or ANGLAIS_DES_GRAPHIQUES.search(t)]
    assert not dits
    descriptions = page.locator('[data-testid="stVegaLiteChart"]').evaluate_all(
        "l => l.map((e) => e.ariaLabel ?? e.querySelector('[aria-label]')?.ariaLabel)"
    )
    assert all(descriptions)
    assert not plaintes


def test_by_keyboard(page: Page, connexion: Connexion) -> None:
    connexion(page, "secretaire", suite="graphiques")
    page.get_by_role("radio", name="Réunions").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    pret(page)
    expect(page.get_by_role("heading", name="Participation par catégorie")).to_be_visible()
    page.get_by_role("combobox", name="Période").focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    pret(page)
    expect(metrique(page, "Présences notées")).to_have_text("75")
    expect(metrique(page, "Présents ou représentés")).to_have_text("100\u00a0%")


def test_a_period_upside_down_keeps_the_dates(page: Page, connexion: Connexion, serveur: Serveur) -> None:
    connexion(page, "secretaire")
    aller(page, f"{serveur.url}/graphiques?periode=Dates%20libres&du=2026-06-30&au=2026-01-01")
    expect(page.get_by_text("choisissez une fin à partir du 30/06/2026")).to_be_visible()
    page.reload()
    pret(page)
    expect(page.get_by_text("choisissez une fin à partir du 30/06/2026")).to_be_visible()
    assert page.locator(GRAPHIQUE).count() == 0


def test_a_phone_shows_the_filters_once_asked(page: Page, connexion: Connexion) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    connexion(page, "elu", suite="graphiques?periode=12%20derniers%20mois")
    periode = page.get_by_role("combobox", name="Période")
    expect(page.get_by_role("heading", name="Réunions tenues par mois")).to_be_visible()
    expect(periode).to_be_hidden()
    boite = page.locator(GRAPHIQUE).first.bounding_box()
    assert boite
    assert boite["y"] < 844
    page.get_by_role("button", name="Filtres (1)").click()
    expect(periode).to_have_value("12 derniers mois")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.get_by_role("button", name="Replier les filtres")).to_be_hidden()
    expect(periode).to_be_visible()


_COUPES = """() => [...document.querySelectorAll('[data-testid="stVegaLiteChart"] svg')].flatMap((svg) => {
  const cadre = svg.getBoundingClientRect();
  const textes = [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim());
  const dits = textes.filter((t) => {
    const r = t.getBoundingClientRect();
    return /.…$/.test(t.textContent) || r.left < cadre.left - 1 || r.right > cadre.right + 1 || r.top < cadre.top - 20;
  });
  const tetes = [...svg.querySelectorAll('.role-axis-label text')].map((t) => [t, t.getBoundingClientRect()]);
  const meles = tetes.filter(([t, r]) => tetes.some(([u, s]) => u.textContent !== t.textContent && r.left < s.right - 1
    && s.left < r.right - 1 && r.top < s.bottom - 3 && s.top < r.bottom - 3));
  return [...dits.map((t) => t.textContent), ...meles.map(([t]) => `${t.textContent} (mêlé)`)];
})"""


@pytest.mark.parametrize("taille", list(TAILLES))
def test_no_word_of_a_chart_is_cut_at_any_size(page: Page, connexion: Connexion, serveur: Serveur, taille: str) -> None:
    connexion(page, "elu")
    page.set_viewport_size(dict(zip(("width", "height"), TAILLES[taille], strict=True)))  # type: ignore[arg-type]
    fautes = []
    for sujet in ("Réunions", "Couverture", "Participation", "Situations évoquées", "Actions"):
        charger(page, f"{serveur.url}/graphiques?periode=12 derniers mois&sujet={sujet}")  # no chart of another subject
        expect(page.locator(GRAPHIQUE).first).to_be_visible()
        fautes += [f"{sujet} : {t}" for t in page.evaluate(_COUPES)]
    assert not fautes, "\n".join(fautes)
