"""Calendar addresses: who makes one, when it answers, and what it never says."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from models import Agent, Flux, Journal, Lieu
from models.lists import EtatReunion
from services.administration import flux
from services.agenda import programmation, reunions
from services.socle import journal
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Forbidden, Invalid, NotFound
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def ouverts(session: Session, cast: Cast) -> None:
    flux.activer(session, oui=True, by=cast.responsable)


def creer(session: Session, by: Acteur, **quoi: object) -> str:
    return flux.creer(session, jeton=uuid4().hex, now=NOW, by=by, **quoi)  # type: ignore[arg-type]


def ouvrir(session: Session, secret: str) -> flux.FluxOuvert | None:
    return flux.ouvrir(session, secret=secret, now=NOW)


def test_off_until_the_responsable_turns_them_on_and_off_again(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        creer(session, cast.secretaire)
    with pytest.raises(Forbidden):
        flux.activer(session, oui=True, by=cast.collaborateur)
    flux.activer(session, oui=True, by=cast.responsable)
    secret = creer(session, cast.secretaire)
    assert ouvrir(session, secret)
    flux.activer(session, oui=False, by=cast.responsable)
    assert ouvrir(session, secret) is None


@pytest.mark.usefixtures("ouverts")
def test_the_secret_is_long_told_once_and_kept_nowhere(session: Session, cast: Cast) -> None:
    secret = flux.creer(session, jeton="j", now=NOW, by=cast.secretaire)
    assert len(secret) == 43  # 256 bits
    assert flux.creer(session, jeton="j", now=NOW, by=cast.secretaire) == ""  # a second click makes no second one
    rows = session.exec(select(Flux)).all()
    assert len(rows) == 1
    assert secret not in str(rows[0].model_dump())
    assert not any(secret in j.resume for j in session.exec(select(Journal)).all())
    assert ouvrir(session, secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None


@pytest.mark.usefixtures("ouverts")
def test_it_dies_when_revoked_or_with_its_account(session: Session, cast: Cast) -> None:
    secret, autre = creer(session, cast.secretaire), creer(session, cast.elu)
    (le_mien,) = flux.liste(session, by=cast.secretaire)
    (celui_de_l_elu,) = flux.liste(session, by=cast.elu)
    with pytest.raises(NotFound):
        flux.revoquer(session, id=celui_de_l_elu.id, now=NOW, by=cast.secretaire)
    flux.revoquer(session, id=le_mien.id, now=NOW, by=cast.secretaire)
    assert ouvrir(session, secret) is None
    assert ouvrir(session, autre)
    session.get_one(Agent, cast.elu.id).actif = False
    session.flush()
    assert ouvrir(session, autre) is None


@pytest.mark.usefixtures("ouverts")
def test_twenty_each_the_revoked_apart(session: Session, cast: Cast) -> None:
    for _ in range(flux.MAX_VIVANTS):
        creer(session, cast.secretaire)
    with pytest.raises(Invalid, match="déjà 20 adresses"):
        creer(session, cast.secretaire)
    creer(session, cast.elu)  # each has their own
    flux.revoquer(session, id=flux.liste(session, by=cast.secretaire)[0].id, now=NOW, by=cast.secretaire)
    assert creer(session, cast.secretaire)


@pytest.mark.usefixtures("ouverts")
def test_one_to_share_is_the_responsables_to_make(session: Session, cast: Cast) -> None:
    d = decor(session)
    with pytest.raises(Forbidden):
        creer(session, cast.collaborateur, secteur_id=d.mireuil, personnel=False)
    creer(session, cast.responsable, secteur_id=d.mireuil, personnel=False)
    creer(session, cast.secretaire)
    assert [(f.quoi, f.qui) for f in flux.liste(session, by=cast.responsable)] == [
        ("Toute la ville", "Sarah Secrétaire"),
        ("Secteur Mireuil", ""),
    ]


@pytest.mark.usefixtures("ouverts")
def test_kind_place_and_time_only(session: Session, cast: Cast) -> None:
    d = decor(session)
    mireuil = creer_instance(session, cast, d, nom="Cellule de veille – Mireuil")
    lieu = Lieu(nom="Salle du Gabut", adresse="1 rue du Port")
    session.add(lieu)
    session.flush()
    quand = datetime(2026, 12, 8, 18)
    de_mireuil = creer_reunion(
        session, cast, instance_id=mireuil, titre="Au sujet de Jean Secret", lieu_id=lieu.id, debut=quand
    )
    creer_reunion(session, cast, titre="Voir Mme Secret", debut=quand + timedelta(days=1))
    creer_reunion(session, cast, titre="Trop vieille", debut=quand - timedelta(days=500))
    programmation.changer_etat(
        session,
        id=de_mireuil,
        etat=EtatReunion.ANNULEE,
        motif="M. Secret est malade",
        version=reunions.get(session, id=de_mireuil).version,
        by=cast.secretaire,
    )
    tout = ouvrir(session, creer(session, cast.secretaire))
    secteur = ouvrir(session, creer(session, cast.responsable, secteur_id=d.mireuil, personnel=False))
    assert tout
    assert secteur
    vus = flux.rendez_vous(session, flux=tout, now=NOW)
    assert "Secret" not in str(vus)
    assert [(r.titre, r.lieu, r.annule) for r in vus] == [
        ("Annulée : Cellule de veille – Mireuil", "Salle du Gabut, 1 rue du Port", True),
        ("Cellule de veille", "", False),
    ]
    assert [r.id for r in flux.rendez_vous(session, flux=secteur, now=NOW)] == [de_mireuil]


@pytest.mark.usefixtures("ouverts")
def test_a_change_is_dated_later_and_a_line_of_the_journal_is_no_change(session: Session, cast: Cast) -> None:
    id = creer_reunion(session, cast, debut=datetime(2026, 12, 8, 18))
    ouvert = ouvrir(session, creer(session, cast.secretaire))
    assert ouvert

    def lu() -> datetime:
        (r,) = flux.rendez_vous(session, flux=ouvert, now=NOW)
        return r.modifie_le

    avant = lu()
    journal.note(session, by=cast.secretaire, acte="reunion.jalon", objet="reunion", objet_id=id, resume="Étape faite")
    assert lu() == avant
    vue = reunions.get(session, id=id)
    programmation.changer_etat(
        session, id=id, etat=EtatReunion.ANNULEE, motif="Salle prise", version=vue.version, by=cast.secretaire
    )
    assert lu() > avant
