"""A relevé in a real browser: validated, downloaded for all and for members, sent by hand, locked, reopened."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlmodel import select

from models import Agent, Quartier, Releve, SecteurVeille
from models.lists import EtatReleve
from services.convocation import modeles
from services.socle.acteur import Acteur
from tests.browser.outils import aller, pret, until
from tests.cast import ROLES, Cast
from tests.serveur import Serveur
from tests.services.convocation.test_modeles import image
from tests.services.outils_releve import PERSONNE, PUBLIC, SECRET, Scene, poser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def s(serveur: Serveur) -> Scene:
    """The planted cellule, beside the reference data, which has some of its names."""
    with serveur.session() as session:
        for table in (SecteurVeille, Quartier):
            for row in session.exec(select(table)).all():
                row.nom += " (référence)"
        session.flush()
        agents = {a.identifiant: Acteur(a.id, a.nom, a.role) for a in session.exec(select(Agent)).all()}
        return poser(session, Cast(**{role: agents[role] for role in ROLES}))


def telecharge(page: Page, bouton: str) -> bytes:
    pret(page)  # the part it stands in may be unfolding, and would carry the button away
    with page.expect_download() as attendu:
        page.get_by_role("button", name=bouton).click()
    return attendu.value.path().read_bytes()


def deplie(octets: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        return "\n".join(archive.read(n).decode("utf-8", "replace") for n in archive.namelist())


def test_a_releve_from_projet_to_reopened(
    serveur: Serveur, page: Page, connexion: Callable[..., None], s: Scene
) -> None:
    def etat() -> Any:
        with serveur.session() as session:
            return session.exec(select(Releve.etat).where(Releve.reunion_id == s.reunion)).first()

    connexion(page, suite=f"releve?reunion={s.reunion}")
    page.get_by_role("button", name="Valider").click()
    assert until(lambda: etat() == EtatReleve.VALIDE)
    pret(page)
    assert f"Note {SECRET}" in deplie(telecharge(page, "Télécharger Word (restreint)"))
    page.get_by_text("Version publique (1 point)").click()
    public = deplie(telecharge(page, "Télécharger Word (public)"))
    assert PUBLIC.replace("&", "&amp;") in public
    assert SECRET not in public
    assert PERSONNE not in public

    page.get_by_text("Diffuser…").click()
    pret(page)
    page.get_by_role("button", name="Préparer les messages pour 1 destinataire").click()
    assert "zephyrine@oph.invalid.fr" in deplie(telecharge(page, "Télécharger les messages"))
    page.get_by_role("button", name="C’est envoyé").click()
    assert until(lambda: etat() == EtatReleve.DIFFUSE)
    aller(page, f"{serveur.url}/saisie?reunion={s.reunion}&corriger=1")
    expect(page.get_by_text("Ce relevé est diffusé")).to_be_visible()
    expect(page.get_by_role("button", name="Enregistrer le relevé")).to_have_count(0)

    page.context.clear_cookies()
    connexion(page, "responsable", suite=f"releve?reunion={s.reunion}")
    page.get_by_role("button", name="Rouvrir…").click()
    page.get_by_label("Pourquoi rouvrir ce relevé ?").fill("Une date fausse")
    page.get_by_role("button", name="Rouvrir le relevé").click()
    assert until(lambda: etat() == EtatReleve.PROJET)


def test_the_printed_sheet_is_that_of_the_word(
    serveur: Serveur, page: Page, connexion: Callable[..., None], s: Scene
) -> None:
    """Issuer, logo and page numbers on each page, the same words in the same order, and no notice."""
    with serveur.session() as session:
        responsable = session.exec(select(Agent).where(Agent.identifiant == "responsable")).one()
        modeles.poser_logo(session, octets=image("PNG"), by=Acteur(responsable.id, responsable.nom, responsable.role))
    connexion(page, suite=f"releve?reunion={s.reunion}")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_test_id("stToast")).to_be_visible()
    pret(page)  # the foot of the sheet is drawn last
    feuille = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    dits = [" ".join(p.extract_text().split()) for p in feuille.pages]
    for n, dit in enumerate(dits, 1):
        assert f"Page {n} sur {len(dits)}" in dit
        assert "Prévention de la délinquance" in dit
        assert "ne pas transmettre" in dit
    entier = " ".join(dits)
    assert "Relevé validé." not in entier, "the notice"
    assert "Télécharger" not in entier
    assert "Diffuser" not in entier
    assert feuille.pages[0].images, "the logo"
    rangs = [entier.index(x) for x in ("Relevé de", "réservé aux", "Excusés", "Cadre de vie", "Prochaine")]
    assert rangs == sorted(rangs)
    page.set_viewport_size({"width": 1366, "height": 768})
    avis = page.get_by_test_id("stToast").bounding_box()
    for nom in ("Corriger", "Imprimer", "Copier"):
        bouton = page.get_by_text(nom, exact=True).first.bounding_box()
        assert bouton
        assert avis is None or not _couvre(avis, bouton), f"the notice covers {nom}"


def _couvre(a: Any, b: Any) -> bool:
    return bool(
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )
