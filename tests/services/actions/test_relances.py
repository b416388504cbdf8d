"""What leaves by itself: the digest of the morning, late actions to their pilote; and an action it agreed to."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlmodel import Session, select

from models import Agent, Envoi, EvenementAction, Partenaire, Point, Theme
from models.lists import EtatAction, EtatEnvoi, EtatReunion, GenreEnvoi
from services.actions import avancement, relances, suivi
from services.agenda import programmation, reunions
from services.aujourdhui import recapitulatif
from services.courrier import envois
from services.partenaires import mouvements
from services.partenaires.personnes import Identite
from services.socle.acteur import SYSTEME
from services.socle.erreurs import Conflict, Forbidden, Invalid
from settings import get_settings
from tests.cast import Cast
from tests.services.outils_agenda import Decor, creer_instance, creer_reunion, decor

TODAY = date(2026, 11, 24)  # a Tuesday
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CIVIL = datetime(2026, 11, 24, 9)


@pytest.fixture
def relais(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_EXPEDITEUR", "carnet@ville.example")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def d(session: Session) -> Decor:
    return decor(session)


def action(session: Session, cast: Cast, quoi: str, pilote: int, jours: int, **autres: object) -> int:
    return avancement.creer(
        session, quoi=quoi, pilote_id=pilote, echeance=TODAY + timedelta(days=jours), today=TODAY, by=cast.secretaire,
        **({"instance_id": None} | autres),
    )  # fmt: skip


def messages(session: Session, genre: GenreEnvoi) -> list[tuple[str, str]]:
    """To whom, and the text."""
    lus = []
    for e in session.exec(select(Envoi).where(Envoi.genre == genre).order_by(Envoi.id)).all():
        corps = message_from_bytes(e.message or b"", policy=policy.default).get_body()
        lus.append((e.courriel, corps.get_content() if corps else ""))
    return lus


def choisir(session: Session, cast: Cast, partenaire_id: int, courriel: str = "") -> None:
    p = session.get_one(Partenaire, partenaire_id)
    p.courriel = courriel
    session.flush()
    relances.choisir(session, partenaire_id=partenaire_id, relance=True, version=p.version, by=cast.secretaire)


# --- late actions ----------------------------------------------------------------------------------------------------


def test_each_that_chose_it_gets_its_own_late_actions_and_nothing_of_the_points(
    session: Session, cast: Cast, d: Decor
) -> None:
    theme = Theme(libelle="Tapage", rubrique="Bruit", recherche="tapage")
    session.add(theme)
    session.flush()
    point = Point(theme_id=theme.id, note="Constat restreint", cree_le=NOW)
    session.add(point)
    session.flush()
    choisir(session, cast, d.oph, "accueil@oph.example")
    choisir(session, cast, d.police, "commissariat@police.example")
    action(session, cast, "Réparer la porte du hall", d.oph, -6, point_id=point.id)
    action(session, cast, "Passer le soir", d.police, -2)
    action(session, cast, "Pas encore due", d.oph, 6)
    dit = relances.deposer(session, now=NOW, by=SYSTEME)
    assert dit == "2 messages en file"
    (a_oph, texte), (a_police, _) = sorted(messages(session, GenreEnvoi.RELANCE))
    assert (a_oph, a_police) == ("accueil@oph.example", "commissariat@police.example")
    assert "Réparer la porte du hall" in texte
    assert "mercredi 18\u00a0novembre\u00a02026, en retard de 6\u00a0jours" in texte
    assert "répondez à ce message" in texte
    for tu in ("Passer le soir", "Pas encore due", "restreint", "Tapage"):
        assert tu not in texte


def test_once_a_week_and_never_without_being_chosen(session: Session, cast: Cast, d: Decor) -> None:
    action(session, cast, "Passer le soir", d.police, -2)
    assert relances.deposer(session, now=NOW, by=SYSTEME) == "Aucune action en retard à relancer"
    choisir(session, cast, d.police, "commissariat@police.example")
    relances.deposer(session, now=NOW, by=SYSTEME)
    relances.deposer(session, now=NOW + timedelta(days=2), by=SYSTEME)
    assert len(messages(session, GenreEnvoi.RELANCE)) == 1
    relances.deposer(session, now=datetime.now(UTC) + timedelta(days=8), by=SYSTEME)
    assert len(messages(session, GenreEnvoi.RELANCE)) == 2


@pytest.mark.parametrize(("depuis", "dit"), [(5, "Aucune action en retard à relancer"), (6, "1 message en file")])
def test_six_days_between_two(session: Session, cast: Cast, d: Decor, depuis: int, dit: str) -> None:
    action(session, cast, "Passer le soir", d.police, -20)
    choisir(session, cast, d.police, "commissariat@police.example")
    relances.deposer(session, now=NOW, by=SYSTEME)
    (envoi,) = session.exec(select(Envoi)).all()
    envoi.cree_le = NOW - timedelta(days=depuis)
    session.flush()
    assert relances.deposer(session, now=NOW, by=SYSTEME) == dit


def test_one_that_was_archived_gets_nothing_more(session: Session, cast: Cast, d: Decor) -> None:
    action(session, cast, "Passer le soir", d.police, -2)
    choisir(session, cast, d.police, "commissariat@police.example")
    session.get_one(Partenaire, d.police).archive_le = NOW
    session.flush()
    assert relances.deposer(session, now=NOW, by=SYSTEME) == "Aucune action en retard à relancer"


@pytest.mark.parametrize(("arrive", "dit"), [(0, "1 message en file"), (1, "1 partenaire sans adresse")])
def test_it_goes_to_somebody_in_function(session: Session, cast: Cast, d: Decor, arrive: int, dit: str) -> None:
    choisir(session, cast, d.oph)
    mouvements.creer(
        session, partenaire_id=d.oph, identite=Identite("Exemple", "Claire", "claire@oph.example"), jeton="j",
        intitule="Directrice", debut=TODAY + timedelta(days=arrive), by=cast.secretaire,
    )  # fmt: skip
    action(session, cast, "Réparer la porte", d.oph, -6)
    assert dit in relances.deposer(session, now=NOW, by=SYSTEME)


def test_one_without_an_address_is_said(session: Session, cast: Cast, d: Decor) -> None:
    choisir(session, cast, d.oph)
    action(session, cast, "Réparer la porte", d.oph, -6)
    assert "1 partenaire sans adresse" in relances.deposer(session, now=NOW, by=SYSTEME)


def test_the_choice_is_versioned_and_for_those_who_write(session: Session, cast: Cast, d: Decor) -> None:
    version = session.get_one(Partenaire, d.oph).version
    with pytest.raises(Forbidden):
        relances.choisir(session, partenaire_id=d.oph, relance=True, version=version, by=cast.elu)
    with pytest.raises(Conflict):
        relances.choisir(session, partenaire_id=d.oph, relance=True, version=version - 1, by=cast.secretaire)


def test_whom_to_call_first(session: Session, cast: Cast, d: Decor) -> None:
    action(session, cast, "a", d.oph, 5)
    action(session, cast, "b", d.police, -5)
    action(session, cast, "c", d.police, 5)
    vus = relances.pilotages(session, today=TODAY)
    assert [(p.nom, p.ouvertes, p.en_retard) for p in vus] == [
        ("Police nationale", 2, 1),
        ("OPH – Office public de l’habitat", 1, 0),
    ]


# --- an action its pilote agreed to ----------------------------------------------------------------------------------


def test_accepted_in_one_click_taken_back_by_another(session: Session, cast: Cast, d: Decor) -> None:
    id = action(session, cast, "Réparer", d.oph, 5)

    def lue() -> suivi.ActionVue:
        return suivi.par_ids(session, ids=[id], today=TODAY)[0]

    perimee = lue().version
    avancement.accepter(session, id=id, version=perimee, le=TODAY, by=cast.secretaire)
    assert lue().acceptee_le == TODAY
    with pytest.raises(Conflict):
        avancement.accepter(session, id=id, version=perimee, le=None, by=cast.secretaire)
    avancement.accepter(session, id=id, version=lue().version, le=None, by=cast.secretaire)
    assert lue().acceptee_le is None
    motifs = [e.motif for e in session.exec(select(EvenementAction).order_by(EvenementAction.id)).all()]
    assert motifs == ["", "Acceptée par son pilote le 24/11/2026", "Acceptation retirée"]
    avancement.changer(session, id=id, version=lue().version, etat=EtatAction.REALISEE, today=TODAY, by=cast.secretaire)
    with pytest.raises(Invalid):
        avancement.accepter(session, id=id, version=lue().version, le=TODAY, by=cast.secretaire)


def test_it_comes_back_at_the_next_meeting_of_its_instance(session: Session, cast: Cast, d: Decor) -> None:
    instance = creer_instance(session, cast, d)
    ici, ailleurs = (action(session, cast, quoi, d.oph, 5, instance_id=i) for quoi, i in (("a", instance), ("b", None)))
    annulee = creer_reunion(session, cast, instance_id=instance, debut=datetime(2026, 12, 1, 14))
    prochaine = datetime(2026, 12, 8, 14)
    creer_reunion(session, cast, instance_id=instance, debut=prochaine)
    programmation.changer_etat(
        session, id=annulee, etat=EtatReunion.ANNULEE, motif="grève",
        version=reunions.get(session, id=annulee).version, by=cast.secretaire,
    )  # fmt: skip
    vues = suivi.par_ids(session, ids=[ici, ailleurs], today=TODAY)
    assert suivi.retours(session, vues=vues, now=CIVIL) == {ici: prochaine}


# --- the digest ------------------------------------------------------------------------------------------------------


def test_the_digest_says_the_day_what_waits_and_to_the_elu_the_meetings_only(
    session: Session, cast: Cast, d: Decor
) -> None:
    creer_reunion(session, cast, titre="Cellule du jour", debut=datetime(2026, 11, 24, 18))
    creer_reunion(session, cast, titre="Celle de jeudi", debut=datetime(2026, 11, 26, 10))
    creer_reunion(session, cast, titre="Tenue hier", debut=datetime(2026, 11, 23, 10))
    action(session, cast, "Réparer la porte", d.oph, -3)
    assert recapitulatif.deposer(session, now=CIVIL, by=SYSTEME) == "Personne n’a choisi de le recevoir"
    recapitulatif.choisir(session, courriel="sarah@ville.example", oui=True, by=cast.secretaire)
    recapitulatif.choisir(session, courriel="elie@ville.example", oui=True, by=cast.elu)
    assert recapitulatif.deposer(session, now=CIVIL, by=SYSTEME) == "2 messages en file"
    textes = dict(messages(session, GenreEnvoi.RECAPITULATIF))
    for attendu in ("18\u00a0h\u00a000, Cellule du jour", "Celle de jeudi", "Tenue hier", "Réparer la porte (OPH)"):
        assert attendu in textes["sarah@ville.example"]
    assert "Cellule du jour" in textes["elie@ville.example"]
    assert "Réparer" not in textes["elie@ville.example"]
    assert "À saisir" not in textes["elie@ville.example"]


def test_no_digest_on_a_day_off_nor_when_nothing_waits_nor_to_a_closed_account(session: Session, cast: Cast) -> None:
    recapitulatif.choisir(session, courriel="sarah@ville.example", oui=True, by=cast.secretaire)
    assert recapitulatif.deposer(session, now=CIVIL, by=SYSTEME) == "Rien n’attendait personne"
    creer_reunion(session, cast, titre="Fériée", debut=datetime(2026, 12, 25, 18))
    assert recapitulatif.deposer(session, now=datetime(2026, 12, 25, 7, 30), by=SYSTEME).startswith("Jour non ouvré")
    session.get_one(Agent, cast.secretaire.id).actif = False
    session.flush()
    assert recapitulatif.deposer(session, now=CIVIL, by=SYSTEME) == "Personne n’a choisi de le recevoir"


def test_it_asks_for_a_right_address(session: Session, cast: Cast) -> None:
    for faux in ("", "sarah"):
        with pytest.raises(Invalid):
            recapitulatif.choisir(session, courriel=faux, oui=True, by=cast.secretaire)


# --- messages that have not left -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("relais")
def test_a_message_given_up_is_tried_again_when_asked(session: Session, cast: Cast) -> None:
    id = envois.deposer(
        session, genre=GenreEnvoi.RELANCE, courriel="a@b.example", objet="o", texte="t", by=cast.secretaire
    )
    maintenant = datetime.now(UTC)
    envois.prendre(session, now=maintenant)
    assert envois.reessayer(session, ids=[id], now=maintenant, by=cast.secretaire) == []  # it is being sent
    envois.echec(session, id=id, phrase="Adresse refusée", definitif=True, now=maintenant)
    (vu,) = envois.en_souffrance(session, depuis=maintenant - timedelta(days=1))
    assert (vu.etat, vu.erreur) == (EtatEnvoi.ECHEC, "Adresse refusée")
    with pytest.raises(Forbidden):
        envois.reessayer(session, ids=[id], now=maintenant, by=cast.elu)
    assert envois.reessayer(session, ids=[id], now=maintenant, by=cast.secretaire) == [id]
    assert [x.id for x in envois.prendre(session, now=maintenant)] == [id]


def test_without_a_relay_trying_again_says_why_not(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        envois.reessayer(session, ids=[1], now=NOW, by=cast.secretaire)
