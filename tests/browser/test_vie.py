"""The whole life of a cellule de veille in a real browser: planned, convened, answered, held, validated, sent; then the
action it decided comes first at the next one. What was said there in confidence is in nothing that is public."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session, col, select

from models import Fonction, Instance, Partenaire, Personne, Reunion
from models.lists import EtatReleve, EtatReunion, TypeReunion
from services.administration import flux
from services.agenda import instances, points
from services.agenda.instances import SiegeVoulu
from services.partenaires import sieges
from services.releves import lecture, vie_releve
from services.socle.horloge import aujourdhui, maintenant, utcnow
from services.socle.periodes import plus_mois, semestre
from tests import scene
from tests.browser.operateur import Operateur, choix, planifier_le_semestre
from tests.browser.outils import aller, pret, until
from tests.browser.test_en_seance import acteur
from tests.browser.test_releve import deplie, telecharge
from tests.relais import Relais, agenda, relais
from tests.serveur import Serveur

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]  # ten screens: over 180 s on a loaded machine
SUIVANT = semestre(plus_mois(semestre(aujourdhui()).debut, 6))
SECRET, NOM = "Sentinelle-restreinte", "Zéphyrine"  # what was said in confidence, and of whom
PUBLIC = "L’éclairage du square est réparé."
ACTION = f"Réparer la porte du hall, {SECRET}"
THEME, EN_ATTENTE = "Rodéo motorisé", "Dépôt sauvage"


@dataclass(frozen=True)
class Cellule:
    """An instance of four members: the first two signed the charte; the first one is held by somebody of that name."""

    instance: int
    nom: str
    membres: list[str]


@pytest.fixture(scope="module")
def poste() -> Iterator[Relais]:
    with relais() as r:
        yield r


@pytest.fixture(scope="module")
def serveur(poste: Relais, lancer: Callable[..., Serveur]) -> Serveur:
    return lancer(SMTP_HOTE="127.0.0.1", SMTP_PORT=str(poste.port), SMTP_EXPEDITEUR="tranquillite@ville.example")


@pytest.fixture
def cellule(serveur: Serveur) -> Cellule:
    with serveur.session() as session:
        instance = session.exec(select(Instance).where(Instance.type == TypeReunion.CELLULE)).first()
        assert instance
        tous = session.exec(select(Partenaire).order_by(Partenaire.nom)).all()
        membres = [p for p in tous if re.fullmatch(r"[\w ]{1,18}", p.nom) and not p.sigle][:4]
        for n, p in enumerate(membres, 1):
            p.courriel = f"membre{n}@exemple.fr"
        personne = Personne(nom="Essai", prenom=NOM, courriel="premier@exemple.fr")
        session.add_all([*membres, personne])
        session.flush()
        tenue = Fonction(
            personne_id=personne.id, partenaire_id=membres[0].id, intitule="Direction",
            debut=date(2020, 1, 1),
        )  # fmt: skip
        session.add(tenue)
        session.flush()
        id, by = instance.id, acteur(session)
        instances.definir_membres(
            session,
            instance_id=id,
            sieges=[
                SiegeVoulu(p.id, "Direction" if n == 0 else "", tenue.id if n == 0 else None)
                for n, p in enumerate(membres)
            ],
            by=by,
        )
        for m in sieges.membres(session, instance_id=id)[:2]:
            sieges.regler_membre(
                session, siege_id=m.siege_id, invite=False, charte_signee_le=date(2026, 1, 15), today=aujourdhui(),
                by=by,
            )  # fmt: skip
        return Cellule(id, instance.nom, [p.nom for p in membres])


def mot(page: Page, genre: str) -> Locator:
    """The button of a Word document on « Documents »."""
    return page.locator(f"[class*='-word-'][class*='{genre}']").get_by_role("button")


def word(page: Page, bouton: Locator) -> str:
    with page.expect_download() as attendu:
        bouton.click()
    return deplie(attendu.value.path().read_bytes())


def la_reunion(session: Session, c: Cellule) -> Reunion:
    return session.exec(select(Reunion).where(Reunion.instance_id == c.instance).order_by(col(Reunion.debut))).first()  # type: ignore[return-value]


def convoquer_puis_repondre(page: Page, serveur: Serveur, poste: Relais, c: Cellule, id: int) -> None:
    aller(page, f"{serveur.url}/reunion?id={id}&volet=Convoquer")
    page.get_by_role("button", name="Convoquer", exact=True).click()
    page.get_by_role("button", name="Envoyer 4 messages").click()
    assert until(lambda: len(poste.recus) == 4)
    assert agenda(poste.a("premier@exemple.fr")[0]).method.value == "REQUEST"
    expect(page.get_by_text("4 convoqués").first).to_be_visible()
    for nom, reponse in zip(c.membres, ("Vient", "Excusé", "Remplacé par…"), strict=False):
        choix(page, f"Réponse : {nom}", reponse).click()
        pret(page)
    expect(page.get_by_text("1 sans réponse")).to_be_visible()


def tenir_sur_tablette(page: Page, serveur: Serveur, c: Cellule, id: int) -> None:
    """Present and excused as they answered; one point, its public wording, what is decided."""
    page.set_viewport_size({"width": 820, "height": 1180})
    aller(page, f"{serveur.url}/en-seance?reunion={id}")
    page.get_by_role("button", name="Ouvrir la séance").click()
    for nom, etat in zip(c.membres, ("Présent", "Excusé", "Représenté"), strict=False):
        expect(choix(page, nom, etat)).to_be_checked()
    page.get_by_role("button", name="Les autres présents").click()
    pret(page)
    expect(choix(page, c.membres[3], "Présent")).to_be_checked()
    page.get_by_role("button", name="Ajouter un point").click()
    pret(page)
    page.get_by_role("searchbox", name="Point 1 : chercher un autre thème").fill(THEME[:5])
    choix(page, "Point 1 : thème", THEME).click()
    page.get_by_role("textbox", name="Point 1 : constat").fill(f"{SECRET} : {NOM} signale le hall")
    page.get_by_role("textbox", name="Point 1 : lieu").fill(f"rue {SECRET}")
    page.get_by_role("textbox", name="Point 1 : action décidée").fill(ACTION)
    choix(page, "Point 1 : pilote", c.membres[1]).click()
    page.get_by_text("Origine, réponse, partenaires, texte public").click()
    page.get_by_label("Réponse apportée").fill(f"Réponse {SECRET}")
    page.get_by_label("Texte public").fill(PUBLIC)
    page.get_by_role("button", name="Terminer", exact=True).click()
    expect(page.get_by_text(ACTION)).to_be_visible()
    page.get_by_role("button", name="Terminer et enregistrer").click()
    page.wait_for_url("**/releve?reunion=*")
    page.set_viewport_size({"width": 1366, "height": 768})
    pret(page)
    with serveur.session() as session:
        lu = lecture.lire(session, reunion_id=id, today=aujourdhui())
    assert lu.reunion.etat is EtatReunion.TENUE
    assert [len(p) for p in lu.presences.values()] == [2, 1, 0, 1]
    assert [a.quoi for p in lu.points for a in p.actions] == [ACTION]


def valider_puis_diffuser(page: Page, serveur: Serveur, poste: Relais, c: Cellule, id: int) -> None:
    """To the two who signed the charte, and to the third once the agent said yes."""

    def etat() -> EtatReleve:
        with serveur.session() as session:
            return vie_releve.lire(session, reunion_id=id).etat

    page.get_by_role("button", name="Valider").click()
    assert until(lambda: etat() is EtatReleve.VALIDE)
    pret(page)
    page.get_by_text("Diffuser…").click()
    page.get_by_text(c.membres[2], exact=True).last.click()
    page.get_by_role("button", name="Diffuser à 3 destinataires").click()
    expect(page.get_by_text("Dites oui pour envoyer")).to_be_visible()
    assert etat() is EtatReleve.VALIDE
    page.get_by_text("Oui, je l’envoie aussi sans charte signée").click()
    page.get_by_role("button", name="Diffuser à 3 destinataires").click()
    assert until(lambda: etat() is EtatReleve.DIFFUSE and len(poste.recus) == 7)
    (message,) = [m for m in poste.a("membre2@exemple.fr") if "Relevé" in m["Subject"]]
    (piece,) = message.iter_attachments()
    assert SECRET in deplie(piece.get_content())  # type: ignore[attr-defined]
    assert not [m for m in poste.a("membre4@exemple.fr") if "Relevé" in m["Subject"]]


def la_suivante(serveur: Serveur, c: Cellule, debut: datetime) -> int:
    """The next meeting of this cellule, and a point that waits for it."""
    with serveur.session() as session:
        by = acteur(session)
        points.noter(
            session, theme_id=scene.theme(session, EN_ATTENTE), instance_id=c.instance, quartier_id=None, lieu="",
            note=SECRET, origine_id=None, jeton=scene.jeton(session), by=by,
        )  # fmt: skip
        return scene.tenir(session, c.nom, debut, by)


def publics(page: Page, serveur: Serveur, ids: tuple[int, int]) -> dict[str, str]:
    """Everything public that this life produced, as plain text."""
    sortis: dict[str, str] = {}
    aller(page, f"{serveur.url}/releve?reunion={ids[0]}")
    page.get_by_text("Version publique (1 point)").click()
    sortis["relevé"] = deplie(telecharge(page, "Télécharger Word (public)"))
    for n, id in enumerate(ids):
        aller(page, f"{serveur.url}/reunion?id={id}&volet=Documents")
        sortis[f"invitation {n}"] = word(page, mot(page, "invitation"))
    with serveur.session() as session:
        secteur = session.exec(select(Instance.secteur_id).join(Reunion).where(Reunion.id == ids[0])).one()
        by = acteur(session, "responsable")
        flux.activer(session, oui=True, by=by)
        secrets = [
            flux.creer(
                session, secteur_id=s, personnel=False, jeton=scene.jeton(session), now=utcnow(), by=by
            )
            for s in (None, secteur)
        ]  # fmt: skip
    aller(page, f"{serveur.url}/releves?secteur={secteur}&annee={aujourdhui().year}")
    expect(page.get_by_text(PUBLIC)).to_be_visible()
    sortis["recueil à l’écran"] = page.locator("body").inner_text()
    sortis["recueil"] = deplie(telecharge(page, "Recueil public (Word)"))
    for n, secret in enumerate(secrets):
        sortis[f"flux {n}"] = httpx.get(f"{serveur.url}/agenda/{secret}.ics").text.replace("\r\n ", "")
    return sortis


def test_from_the_plan_to_the_action_that_comes_first(
    serveur: Serveur, poste: Relais, cellule: Cellule, page: Page, connexion: Callable[..., None]
) -> None:
    connexion(page)
    planifier_le_semestre(Operateur(page), f"{SUIVANT.debut}")
    with serveur.session() as session:
        reunion = la_reunion(session, cellule)
        id, prevue = reunion.id, reunion.debut
    convoquer_puis_repondre(page, serveur, poste, cellule, id)

    with serveur.session() as session:  # its day comes
        reunion = session.get_one(Reunion, id)
        reunion.debut = maintenant().replace(second=0, microsecond=0)
        reunion.fin = reunion.debut + timedelta(hours=2)
        session.add(reunion)
    tenir_sur_tablette(page, serveur, cellule, id)
    valider_puis_diffuser(page, serveur, poste, cellule, id)

    suivante = la_suivante(serveur, cellule, prevue)
    aller(page, f"{serveur.url}/reunion?id={suivante}")
    expect(page.get_by_text(EN_ATTENTE)).to_be_visible()
    vu = page.get_by_test_id("stMain").inner_text()
    assert vu.index("1. Suites des réunions précédentes") < vu.index(ACTION) < vu.index(f"2. {EN_ATTENTE}")
    aller(page, f"{serveur.url}/reunion?id={suivante}&volet=Documents")
    ordre = word(page, mot(page, "ordre_du_jour"))
    assert ordre.index(ACTION) < ordre.index(EN_ATTENTE)

    sortis = publics(page, serveur, (id, suivante))
    assert PUBLIC in sortis["relevé"]
    assert PUBLIC in sortis["recueil"]
    assert all("VEVENT" in sortis[f"flux {n}"] for n in (0, 1))
    for quoi, texte in sortis.items():
        assert SECRET not in texte, quoi
        assert NOM not in texte, quoi
