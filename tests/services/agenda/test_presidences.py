"""Who chairs: at the date of the meeting, an intérim first; what is written up keeps it, whatever changes since."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from docx import Document
from sqlmodel import Session, col, select

from documents.champs import exemple
from documents.releve import texte
from models import Journal, Reunion
from models.lists import EtatReunion, GenreModele, TypeReunion
from services.agenda import presidences, programmation, reunions
from services.agenda.presidences import Saisie, sous_la_presidence
from services.convocation import composition, convocations, modeles
from services.convocation.convocations import Acte, Options
from services.releves import circuit, lecture, releve_public, vie_releve
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Forbidden, Invalid
from services.socle.horloge import utcnow
from tests import scene
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor
from tests.services.outils_releve import NOW, TODAY, poser
from ui.convocation.documents import de_la_maison, piece, recueil

CLAIRE = Saisie(
    nom="Mme Claire Exemple",
    qualite="adjointe au maire déléguée à la tranquillité publique",
    debut=date(2026, 1, 1),
)
PAUL = Saisie(nom="M. Paul Exemple", qualite="premier adjoint", debut=date(2026, 1, 1))
DITE = "Mme Claire Exemple, adjointe au maire déléguée à la tranquillité publique"
G = GenreModele


def preside(session: Session, by: Acteur, saisie: Saisie = CLAIRE, **autres: Any) -> int:
    return presidences.creer(session, saisie=replace(saisie, **autres), jeton=uuid4().hex, by=by)


def changer(session: Session, id: int, saisie: Saisie, by: Acteur) -> None:
    version = next(p.version for p in presidences.liste(session) if p.id == id)
    presidences.modifier(session, id=id, saisie=saisie, version=version, by=by)


def mots(octets: bytes) -> str:
    """The text of a Word file, spaces made plain."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        xml = archive.read("word/document.xml").decode()
    return " ".join(re.sub(r"<[^>]+>", " ", xml).split())


# --- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quand", "qui"),
    [
        (datetime(2025, 12, 31, 14), ""),
        (datetime(2026, 1, 1, 8), DITE),
        (datetime(2026, 6, 30, 23), DITE),
        (datetime(2026, 7, 1, 0), "M. Paul Exemple, premier adjoint, par intérim"),
        (datetime(2026, 8, 31, 18), "M. Paul Exemple, premier adjoint, par intérim"),
        (datetime(2026, 9, 1, 0), DITE),
        (datetime(2026, 12, 31, 23), DITE),
        (datetime(2027, 1, 1, 0), ""),
    ],
)
def test_dates_are_included_and_the_interim_wins_while_it_lasts(
    session: Session, cast: Cast, quand: datetime, qui: str
) -> None:
    preside(session, cast.secretaire, fin=date(2026, 12, 31))
    preside(session, cast.secretaire, PAUL, interim=True, debut=date(2026, 7, 1), fin=date(2026, 8, 31))
    assert presidences.qui_preside(session, reunion_id=creer_reunion(session, cast, debut=quand)) == qui


def test_what_is_said_most_closely_wins_and_only_cellules_are_chaired_unless_said(session: Session, cast: Cast) -> None:
    d, by = decor(session), cast.secretaire
    mireuil = creer_instance(session, cast, d)
    centre = creer_instance(session, cast, d, nom="Centre", secteur_id=d.centre)
    technique = creer_instance(
        session, cast, d, nom="Technique", type=TypeReunion.TECHNIQUE, quartier_ids=[d.quartier_mireuil]
    )
    ids = {
        "mireuil": creer_reunion(session, cast, instance_id=mireuil),
        "centre": creer_reunion(session, cast, instance_id=centre),
        "sans instance": creer_reunion(session, cast),
        "technique": creer_reunion(session, cast, instance_id=technique, type=TypeReunion.TECHNIQUE),
        "autre": creer_reunion(session, cast, type=TypeReunion.AUTRE),
    }

    def qui() -> dict[str, str]:
        return {nom: presidences.qui_preside(session, reunion_id=id).split(",")[0] for nom, id in ids.items()}

    preside(session, by, nom="Ville")
    assert qui() == {"mireuil": "Ville", "centre": "Ville", "sans instance": "Ville", "technique": "", "autre": ""}
    preside(session, by, nom="Secteur", secteur_id=d.mireuil)
    preside(session, by, nom="Instance", instance_id=technique)
    assert qui() == {
        "mireuil": "Secteur", "centre": "Ville", "sans instance": "Ville", "technique": "Instance", "autre": "",
    }  # fmt: skip
    preside(session, by, nom="Intérim", interim=True, fin=date(2026, 12, 31))
    assert qui()["mireuil"] == qui()["centre"] == "Intérim"
    assert qui()["technique"] == "Instance"
    assert presidences.qui_president(session, ids=ids.values()).keys() == set(ids.values()) - {ids["autre"]}


@pytest.mark.parametrize(
    ("autre", "refuse"),
    [
        ({}, "y préside déjà depuis le jeudi 1er\u00a0janvier\u00a02026"),
        ({"debut": date(2025, 1, 1), "fin": date(2026, 1, 1)}, "y préside déjà"),
        ({"debut": date(2025, 1, 1), "fin": date(2025, 12, 31)}, ""),
        ({"interim": True}, ""),
        ({"secteur_id": 1}, ""),
    ],
)
def test_an_overlap_is_refused_with_what_to_do(
    session: Session, cast: Cast, autre: dict[str, Any], refuse: str
) -> None:
    d = decor(session)
    if "secteur_id" in autre:
        autre = {"secteur_id": d.mireuil}
    id = preside(session, cast.secretaire)
    if not refuse:
        preside(session, cast.secretaire, PAUL, **autre)
        return
    with pytest.raises(Invalid) as refus:
        preside(session, cast.secretaire, PAUL, **autre)
    assert refuse in refus.value.erreurs["debut"]
    assert "Mme Claire Exemple" in refus.value.erreurs["debut"]
    changer(session, id, replace(CLAIRE, qualite="maire"), cast.secretaire)  # not in its own way


@pytest.mark.parametrize(
    ("saisie", "champ"),
    [
        ({"nom": " "}, "nom"),
        ({"nom": "x" * 121}, "nom"),
        ({"qualite": "x" * 161}, "qualite"),
        ({"debut": None}, "debut"),
        ({"debut": date(1999, 1, 1)}, "debut"),
        ({"fin": date(2025, 1, 1)}, "fin"),
        ({"instance_id": 999}, "portee"),
        ({"agent_id": 999}, "agent_id"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    session: Session, cast: Cast, saisie: dict[str, Any], champ: str
) -> None:
    with pytest.raises(Invalid) as refus:
        preside(session, cast.secretaire, **saisie)
    assert champ in refus.value.erreurs
    assert presidences.liste(session) == []


def test_an_account_gives_its_name_a_form_counts_once_and_the_elue_changes_nothing(
    session: Session, cast: Cast
) -> None:
    ids = {
        presidences.creer(
            session, saisie=replace(CLAIRE, nom="", agent_id=cast.elu.id), jeton="une fois", by=cast.secretaire
        )
        for _ in range(2)
    }
    (vue,) = presidences.liste(session)
    assert (ids, vue.nom, vue.agent, vue.portee) == ({vue.id}, cast.elu.nom, cast.elu.nom, presidences.TOUTES)
    with pytest.raises(Conflict):
        presidences.modifier(session, id=vue.id, saisie=CLAIRE, version=vue.version + 1, by=cast.secretaire)
    for commande in (
        lambda: preside(session, cast.elu),
        lambda: changer(session, vue.id, CLAIRE, cast.elu),
        lambda: presidences.supprimer(session, id=vue.id, version=vue.version, by=cast.elu),
        lambda: programmation.presider(session, id=creer_reunion(session, cast), qui="Moi", version=1, by=cast.elu),
    ):
        with pytest.raises(Forbidden):
            commande()


# --- the past is not rewritten ---------------------------------------------------------------------------------------


def test_a_releve_keeps_who_chaired_whatever_changes_since(session: Session, cast: Cast) -> None:
    by = cast.secretaire
    id = preside(session, by)
    s = poser(session, cast)
    session.get_one(Reunion, s.reunion).etat = EtatReunion.CONVOQUEE
    session.flush()
    scene.saisir(session, s.reunion, {"habitants": 3}, by, now=NOW)
    assert reunions.get(session, id=s.reunion).habitants == 3
    a_venir = creer_reunion(session, cast, instance_id=s.instance, debut=datetime(2027, 3, 2, 14))

    def dites() -> tuple[str, str]:
        releve = lecture.lire(session, reunion_id=s.reunion, today=TODAY)
        return releve.presidence, presidences.qui_preside(session, reunion_id=a_venir)

    assert dites() == (DITE, DITE)
    changer(session, id, replace(CLAIRE, fin=date(2026, 2, 1)), by)
    preside(session, by, PAUL, debut=date(2026, 2, 2))
    assert dites() == (DITE, "M. Paul Exemple, premier adjoint")
    preside(session, by, PAUL, nom="M. Autre", interim=True)
    assert dites()[0] == DITE
    for vue in presidences.liste(session):
        presidences.supprimer(session, id=vue.id, version=vue.version, by=by)
    assert dites() == (DITE, "")


def test_a_meeting_written_up_before_anybody_was_set_takes_the_first_said_and_keeps_it(
    session: Session, cast: Cast
) -> None:
    s, by = poser(session, cast), cast.secretaire
    assert presidences.qui_preside(session, reunion_id=s.reunion) == ""
    id = preside(session, by)
    assert presidences.qui_preside(session, reunion_id=s.reunion) == DITE
    changer(session, id, replace(PAUL, nom="M. Autre"), by)
    assert presidences.qui_preside(session, reunion_id=s.reunion) == DITE


def test_a_releve_validated_without_anybody_stays_so(session: Session, cast: Cast) -> None:
    s, by = poser(session, cast), cast.secretaire
    marque = vie_releve.lire(session, reunion_id=s.reunion).marque
    circuit.valider(session, reunion_id=s.reunion, marque=marque, now=utcnow(), by=by)
    preside(session, by)
    assert presidences.qui_preside(session, reunion_id=s.reunion) == ""


def test_somebody_else_in_fact_presided(session: Session, cast: Cast) -> None:
    s, by = poser(session, cast), cast.secretaire
    preside(session, by)

    def dire(qui: str) -> str:
        version = reunions.get(session, id=s.reunion).version
        programmation.presider(session, id=s.reunion, qui=qui, version=version, by=by)
        return presidences.qui_preside(session, reunion_id=s.reunion)

    assert dire(" Mme  Autre, conseillère ") == "Mme Autre, conseillère"
    resume = session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first()
    assert f"{DITE} → Mme Autre, conseillère" in (resume or "")
    with pytest.raises(Conflict):
        programmation.presider(session, id=s.reunion, qui="M. Tiers", version=0, by=by)
    with pytest.raises(Invalid):
        dire("x" * 300)
    assert dire("") == DITE
    marque = vie_releve.lire(session, reunion_id=s.reunion).marque
    circuit.valider(session, reunion_id=s.reunion, marque=marque, now=utcnow(), by=by)
    dire("Mme Autre")
    assert vie_releve.lire(session, reunion_id=s.reunion).valide_le is None, "the relevé is a projet again"


# --- on paper, by mail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qui", "phrase"),
    [
        ("Mme Claire Exemple", "Sous la présidence de Mme Claire Exemple"),
        ("Aline Exemple", "Sous la présidence d’Aline Exemple"),
        ("Élie Élu", "Sous la présidence d’Élie Élu"),
        ("Hubert Exemple", "Sous la présidence d’Hubert Exemple"),
        ("Yves Exemple", "Sous la présidence d’Yves Exemple"),
        ("Yann Exemple", "Sous la présidence de Yann Exemple"),
        ("le maire", "Sous la présidence du maire"),
        ("la maire", "Sous la présidence de la maire"),
        ("", ""),
    ],
)
def test_french(qui: str, phrase: str) -> None:
    assert sous_la_presidence(qui) == phrase


@pytest.mark.parametrize("interim", [False, True])
def test_every_document_of_the_meeting_says_it(session: Session, cast: Cast, interim: bool) -> None:
    s, by = poser(session, cast), cast.secretaire
    for genre in GenreModele:  # nobody chairs: nothing is said
        if genre not in (G.RECUEIL, G.RELEVE_PUBLIC):
            assert (
                "présidence"
                not in mots(piece(session, reunion_id=s.reunion, genre=genre, today=TODAY, by=by).contenu).lower()
            )
    preside(session, by, interim=interim)
    marque = vie_releve.lire(session, reunion_id=s.reunion).marque
    circuit.valider(session, reunion_id=s.reunion, marque=marque, now=utcnow(), by=by)
    qui = f"{DITE}{', par intérim' if interim else ''}"
    for genre in GenreModele:
        if genre is G.RECUEIL:
            for restreint in (True, False):
                fait = recueil(
                    session, secteur_id=s.secteur, annee=2026, restreint=restreint, today=TODAY, by=by
                ).faire()
                assert f"Sous la présidence de {qui}" in mots(fait.contenu)
            continue
        dit = mots(piece(session, reunion_id=s.reunion, genre=genre, today=TODAY, by=by).contenu)
        if genre is G.CHEVALETS:
            assert dit.startswith(f"Mme Claire Exemple {qui.removeprefix('Mme Claire Exemple, ')}")
            continue
        assert f"Sous la présidence de {qui}" in dit, genre
        if genre is G.EMARGEMENT:
            assert dit.split("Signature")[1].strip().startswith(f"Présidence {qui}")
    assert f"Sous la présidence de {qui}" in texte(lecture.lire(session, reunion_id=s.reunion, today=TODAY))
    assert releve_public.lire(session, reunion_id=s.reunion).presidence == qui


def test_messages_say_it(session: Session, cast: Cast) -> None:
    s, by = poser(session, cast), cast.secretaire
    preside(session, by)
    a_venir = creer_reunion(session, cast, instance_id=s.instance, debut=datetime(2027, 3, 2, 14))
    composition.figer(session, reunion_id=a_venir, today=TODAY)
    vu = convocations.apercu(session, reunion_id=a_venir, acte=Acte.ENVOYER, options=Options(), now=NOW)
    assert vu.departs
    assert all(f"Sous la présidence de {DITE}\n" in d.texte for d in vu.departs)


def test_a_template_of_long_ago_still_works_and_is_told_what_it_lacks(session: Session, cast: Cast) -> None:
    s, by = poser(session, cast), cast.secretaire
    preside(session, by)
    for genre in (G.CONVOCATION, G.EMARGEMENT, G.RELEVE):
        ancien = _sans_presidence(de_la_maison(genre))
        modeles.deposer(session, genre=genre, instance_id=None, nom="ancien.docx", octets=ancien, now=utcnow(), by=by)
        dit = mots(piece(session, reunion_id=s.reunion, genre=genre, today=TODAY, by=by).contenu)
        assert "Sous la présidence" not in dit
        if genre is G.EMARGEMENT:
            assert f"Présidence {DITE}" in dit, "a row is a row: who chairs signs on an old sheet too"
    assert "presidence" in exemple(G.CONVOCATION)["reunion"]


def _sans_presidence(modele: bytes) -> bytes:
    """The house's template as it was before anybody chaired."""
    document = Document(io.BytesIO(modele))
    paragraphes = list(document.paragraphs)
    for n, p in enumerate(paragraphes):
        if p.text == "{%p if reunion.presidence %}":
            for de_trop in paragraphes[n : n + 3]:
                de_trop._p.getparent().remove(de_trop._p)
    sortie = io.BytesIO()
    document.save(sortie)
    return sortie.getvalue()


def test_nobody_chairs_two_meetings_at_once_without_a_word(session: Session, cast: Cast) -> None:
    d = decor(session)
    mireuil = creer_instance(session, cast, d)
    centre = creer_instance(session, cast, d, nom="Centre", secteur_id=d.centre)
    le = datetime(2026, 11, 5, 18)
    deja = creer_reunion(session, cast, instance_id=mireuil, titre="Cellule Mireuil", debut=le)

    def dits(debut: datetime, **autres: Any) -> list[str]:
        fin = debut.replace(hour=debut.hour + 2)
        voulu = {"instance_id": centre, "lieu_id": None} | autres
        return reunions.conflits(session, debut=debut, fin=fin, **voulu)

    assert dits(le) == []  # nobody is in charge
    id = preside(session, cast.secretaire)
    (dit,) = dits(le)
    assert dit.startswith("Mme Claire Exemple préside déjà « Cellule Mireuil » : jeudi 5\xa0novembre\xa02026, 18")
    assert dits(le.replace(hour=20)) == []
    assert dits(le, instance_id=mireuil, sauf=deja) == []  # itself
    preside(session, cast.secretaire, PAUL, secteur_id=d.centre)
    assert dits(le) == []  # each has its own
    changer(session, id, replace(CLAIRE, fin=date(2026, 6, 30)), cast.secretaire)
    assert dits(le) == []
