"""A relevé from projet to diffusé: who may, what is locked then, who receives it, and how it opens again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models import Envoi, Journal, Partenaire, Point, Releve, Reunion
from models.lists import EtatAction, EtatEnvoi, EtatReleve, GenreModele, TypeReunion
from services.actions import avancement, suivi
from services.agenda import programmation, reunions
from services.courrier.messages import Piece
from services.releves import circuit, enregistrement, lecture, saisie, vie_releve
from services.socle import brouillons
from services.socle.acteur import Acteur
from services.socle.erreurs import BusinessError, Conflict, Forbidden, Invalid
from services.socle.horloge import utcnow
from settings import get_settings
from tests import scene
from tests.cast import Cast
from tests.services.outils_releve import NOW, TODAY, Scene, poser
from ui.convocation.documents import piece

PIECE = Piece("Relevé.docx", "application/octet-stream", b"octets du relev\xc3\xa9")


@pytest.fixture
def s(session: Session, cast: Cast) -> Scene:
    return poser(session, cast)


def marque(session: Session, s: Scene) -> str:
    return vie_releve.lire(session, reunion_id=s.reunion).marque


def valider(session: Session, s: Scene, by: Acteur) -> None:
    circuit.valider(session, reunion_id=s.reunion, marque=marque(session, s), now=utcnow(), by=by)


def diffuser(session: Session, s: Scene, by: Acteur, *noms: str, oui: bool = False, **autres: Any) -> list[int]:
    valeurs: dict[str, Any] = {
        "cles": [f"s{s.sieges[n]}" for n in noms],
        "oui": oui,
        "piece": PIECE,
        "marque": marque(session, s),
        "jeton": brouillons.ouvrir(session, cle=f"diffuser:{len(noms)}").jeton,
        "today": TODAY,
        "now": utcnow(),
        "by": by,
    }
    return circuit.diffuser(session, reunion_id=s.reunion, **(valeurs | autres))


def a_la_main(session: Session, s: Scene, by: Acteur) -> None:
    """Validated, sent by hand, said so."""
    valider(session, s, by)
    diffuser(session, s, by, "oph")
    circuit.remis(session, reunion_id=s.reunion, marque=marque(session, s), now=utcnow(), by=by)


def corriger(session: Session, s: Scene, by: Acteur) -> None:
    point = session.exec(select(Point).where(Point.reunion_id == s.reunion)).first()
    assert point is not None
    scene.saisir(session, s.reunion, {f"point.{point.id}.note": "Une autre note"}, by, now=NOW)


def renommer(session: Session, s: Scene, by: Acteur) -> None:
    r = reunions.get(session, id=s.reunion)
    saisie = programmation.Saisie(r.type, r.instance_id, "Autre titre", r.debut, r.fin, r.lieu_id)
    programmation.modifier(session, id=r.id, saisie=saisie, version=r.version, by=by)


def test_without_a_relay_it_is_sent_once_the_agent_says_so(session: Session, cast: Cast, s: Scene) -> None:
    by = cast.secretaire
    valider(session, s, by)
    (id,) = diffuser(session, s, by, "oph")
    vie = vie_releve.lire(session, reunion_id=s.reunion)
    assert (vie.etat, vie.valide_par, len(vie.a_remettre)) == (EtatReleve.VALIDE, by.nom, 1)
    ((nom, octets),) = vie_releve.a_remettre(session, reunion_id=s.reunion, by=by)
    assert nom.endswith(".eml")
    assert b"zephyrine@oph.invalid.fr" in octets
    circuit.remis(session, reunion_id=s.reunion, marque=vie.marque, now=utcnow(), by=by)
    vie = vie_releve.lire(session, reunion_id=s.reunion)
    assert (vie.etat, vie.diffuse_par, vie.a_remettre) == (EtatReleve.DIFFUSE, by.nom, [])
    assert session.get_one(Envoi, id).etat is EtatEnvoi.REMIS
    assert vie.envois[0].a_qui.startswith("Office public de l’habitat")
    assert vie.envois[0].envoye_le is not None


def test_through_a_relay_it_is_sent_at_once(
    session: Session, cast: Cast, s: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOTE", "127.0.0.1")
    monkeypatch.setenv("SMTP_EXPEDITEUR", "carnet@ville.fr")
    get_settings.cache_clear()
    try:
        valider(session, s, cast.secretaire)
        diffuser(session, s, cast.secretaire, "oph")
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
    assert vie_releve.lire(session, reunion_id=s.reunion).etat is EtatReleve.DIFFUSE


@pytest.mark.parametrize("ecrire", [corriger, renommer])
def test_once_sent_nothing_changes_until_the_responsable_reopens_it(
    session: Session, cast: Cast, s: Scene, ecrire: Callable[..., None]
) -> None:
    a_la_main(session, s, cast.secretaire)
    with pytest.raises(Conflict, match="diffusé"):
        ecrire(session, s, cast.responsable)
    with pytest.raises(Forbidden):
        circuit.rouvrir(session, reunion_id=s.reunion, motif="Erreur", marque=marque(session, s), by=cast.secretaire)
    with pytest.raises(Invalid, match="pourquoi"):
        circuit.rouvrir(session, reunion_id=s.reunion, motif=" ", marque=marque(session, s), by=cast.responsable)
    circuit.rouvrir(
        session, reunion_id=s.reunion, motif="Une date fausse", marque=marque(session, s), by=cast.responsable
    )
    assert "Une date fausse" in (session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or "")
    ecrire(session, s, cast.secretaire)
    vie = vie_releve.lire(session, reunion_id=s.reunion)
    assert vie.etat is EtatReleve.PROJET
    assert len(vie.envois) == 1, "who received it stays in the log"


def test_an_action_lives_on_and_the_releve_sent_says_what_it_said(session: Session, cast: Cast, s: Scene) -> None:
    def dites() -> list[tuple[EtatAction, date]]:
        points = lecture.lire(session, reunion_id=s.reunion, today=TODAY).points
        return [(a.etat, a.echeance) for p in points for a in p.actions]

    def changer(echeance: date, etat: EtatAction) -> None:
        a = suivi.de_la_reunion(session, reunion_id=s.reunion, today=TODAY)[0]
        avancement.changer(
            session, id=a.id, version=a.version, etat=etat, echeance=echeance, today=TODAY, by=cast.secretaire
        )

    changer(date(2027, 1, 5), EtatAction.EN_COURS)
    a_la_main(session, s, cast.secretaire)
    envoye = dites()
    assert envoye[0] == (EtatAction.EN_COURS, date(2027, 1, 5))
    changer(date(2027, 3, 1), EtatAction.REALISEE)
    assert dites() == envoye
    assert suivi.de_la_reunion(session, reunion_id=s.reunion, today=TODAY)[0].etat is EtatAction.REALISEE
    circuit.rouvrir(session, reunion_id=s.reunion, motif="x", marque=marque(session, s), by=cast.responsable)
    assert dites()[0] == (EtatAction.REALISEE, date(2027, 3, 1))


def test_what_was_sent_is_kept_whatever_is_renamed_since(session: Session, cast: Cast, s: Scene) -> None:
    def telecharge() -> bytes:
        return piece(session, reunion_id=s.reunion, genre=GenreModele.RELEVE, today=TODAY, by=cast.secretaire).contenu

    a_la_main(session, s, cast.secretaire)
    for partenaire in session.exec(select(Partenaire)).all():
        partenaire.nom = f"{partenaire.nom} (renommé)"
        session.add(partenaire)
    assert telecharge() == PIECE.contenu
    circuit.rouvrir(session, reunion_id=s.reunion, motif="Une erreur", marque=marque(session, s), by=cast.responsable)
    assert telecharge() != PIECE.contenu


@pytest.mark.parametrize("ecrire", [corriger, renommer])
def test_a_correction_undoes_the_validation_and_its_messages(
    session: Session, cast: Cast, s: Scene, ecrire: Callable[..., None]
) -> None:
    valider(session, s, cast.secretaire)
    diffuser(session, s, cast.secretaire, "oph")
    ecrire(session, s, cast.collaborateur)
    vie = vie_releve.lire(session, reunion_id=s.reunion)
    assert (vie.etat, vie.valide_le, vie.envois) == (EtatReleve.PROJET, None, [])


def test_who_has_not_signed_needs_a_yes(session: Session, cast: Cast, s: Scene) -> None:
    qui = vie_releve.destinataires(session, reunion_id=s.reunion, today=TODAY)
    assert [(d.partenaire, d.membre, d.charte is not None) for d in qui] == [
        ("Office public de l’habitat", True, True),
        ("Police nationale", True, False),
        ("Comité de quartier", False, False),
    ]
    valider(session, s, cast.secretaire)
    with pytest.raises(Invalid, match="charte"):
        diffuser(session, s, cast.secretaire, "oph", "police")
    assert session.exec(select(Envoi)).all() == []
    assert len(diffuser(session, s, cast.secretaire, "oph", "police", oui=True)) == 2


def test_no_address_and_nobody_are_said(session: Session, cast: Cast, s: Scene) -> None:
    valider(session, s, cast.secretaire)
    with pytest.raises(Invalid, match="au moins un"):
        diffuser(session, s, cast.secretaire)
    comite = next(d for d in vie_releve.destinataires(session, reunion_id=s.reunion, today=TODAY) if not d.membre)
    with pytest.raises(Invalid, match="Comité de quartier"):
        diffuser(session, s, cast.secretaire, cles=[comite.cle], oui=True)


def test_the_same_form_sends_once_and_a_stale_one_not_at_all(session: Session, cast: Cast, s: Scene) -> None:
    by = cast.secretaire
    vieille = marque(session, s)
    corriger(session, s, cast.collaborateur)
    with pytest.raises(Conflict):
        circuit.valider(session, reunion_id=s.reunion, marque=vieille, now=utcnow(), by=by)
    valider(session, s, by)
    jeton, m = brouillons.ouvrir(session, cle="x").jeton, marque(session, s)
    assert len(diffuser(session, s, by, "oph", jeton=jeton, marque=m)) == 1
    assert diffuser(session, s, by, "oph", jeton=jeton, marque=m) == []
    with pytest.raises(Conflict):
        diffuser(session, s, by, "oph", "police", oui=True)
    assert len(session.exec(select(Envoi)).all()) == 1


ROLES = ("responsable", "collaborateur", "secretaire", "elu")
MATRICE: dict[str, tuple[Callable[[Session, Scene, Acteur], object], tuple[bool, ...]]] = {
    "valider": (valider, (True, True, True, False)),
    "diffuser": (lambda x, s, by: diffuser(x, s, by, "oph"), (True, True, True, False)),
    "remis": (
        lambda x, s, by: circuit.remis(x, reunion_id=s.reunion, marque=marque(x, s), now=utcnow(), by=by),
        (True, True, True, False),
    ),
    "rouvrir": (
        lambda x, s, by: circuit.rouvrir(x, reunion_id=s.reunion, motif="Erreur", marque=marque(x, s), by=by),
        (True, False, False, False),
    ),
    "a_remettre": (lambda x, s, by: vie_releve.a_remettre(x, reunion_id=s.reunion, by=by), (True, True, True, False)),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("commande", MATRICE)
def test_rights(session: Session, cast: Cast, s: Scene, commande: str, role: str) -> None:
    faire, permis = MATRICE[commande]
    acces: type[BusinessError] | None = None
    try:
        faire(session, s, getattr(cast, role))
    except BusinessError as error:
        acces = type(error)
    assert (acces is not Forbidden) is permis[ROLES.index(role)]


def test_a_meeting_not_written_up_has_nothing_to_validate(session: Session, cast: Cast, s: Scene) -> None:
    session.get_one(Reunion, s.reunion).etat = "convoquee"  # type: ignore[assignment]
    session.flush()
    with pytest.raises(Conflict, match="pas encore saisie"):
        valider(session, s, cast.secretaire)
    assert session.get(Releve, s.reunion) is None


def test_the_entry_says_so_before_it_writes(session: Session, cast: Cast, s: Scene) -> None:
    form = saisie.ouvrir(session, reunion_id=s.reunion, by=cast.secretaire)
    a_la_main(session, s, cast.secretaire)
    with pytest.raises(Conflict, match="rouvrir"):
        enregistrement.enregistrer(
            session, reunion_id=s.reunion, jeton=form.jeton, today=TODAY, now=NOW, by=cast.secretaire
        )


def test_type_technique_lives_the_same(session: Session, cast: Cast) -> None:
    technique = poser(session, cast, type=TypeReunion.TECHNIQUE)
    a_la_main(session, technique, cast.secretaire)
    assert vie_releve.verrouillee(session, reunion_id=technique.reunion)
