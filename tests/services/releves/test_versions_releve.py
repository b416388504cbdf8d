"""The versions of a relevé: what partenaires hold is never erased, and the next one says that it replaces it."""

import io
from datetime import timedelta

import pytest
from docx import Document
from sqlmodel import Session, select

from documents import contextes
from documents.releve import texte
from models import Envoi, Partenaire, Point, Reunion, Theme, VersionReleve
from models.lists import ActeReleve, EtatEnvoi, EtatReleve, EtatReunion, GenreModele
from services.commun import edition_listes
from services.courrier.messages import Piece
from services.releves import circuit, lecture, releve_public, vie_releve
from services.releves.lecture import par_theme
from services.socle.erreurs import Conflict, NotFound
from services.socle.horloge import utcnow
from tests import scene
from tests.cast import Cast
from tests.services.outils_agenda import creer_reunion
from tests.services.outils_releve import NOW, PUBLIC, TODAY, Scene, poser
from tests.services.releves.test_vie_releve import a_la_main, diffuser, marque, valider
from ui.convocation.documents import piece, preparer, recueil

CORRIGE = "Une note corrigée"
CORRIGE_PUBLIC = "L’éclairage est réparé et la date corrigée."
MOTIF = "Une date était fausse"


@pytest.fixture
def s(session: Session, cast: Cast) -> Scene:
    return poser(session, cast)


def mots(document: bytes) -> str:
    lu = Document(io.BytesIO(document))
    return "\n".join(str(t.text) for t in lu.element.iter() if t.tag.endswith("}t") and t.text)


def lire(session: Session, s: Scene) -> vie_releve.VieReleve:
    return vie_releve.lire(session, reunion_id=s.reunion)


def fichier(session: Session, s: Scene, cast: Cast, version: int | None = None) -> Piece:
    return preparer(
        session, reunion_id=s.reunion, genre=GenreModele.RELEVE, today=TODAY, by=cast.secretaire, version=version
    ).faire()


def envoyer(session: Session, s: Scene, cast: Cast, *noms: str, oui: bool = False) -> None:
    """Validated, sent by hand with its true file, said so."""
    if lire(session, s).etat is EtatReleve.PROJET:
        valider(session, s, cast.secretaire)
    diffuser(session, s, cast.secretaire, *noms, oui=oui, piece=fichier(session, s, cast))
    circuit.remis(session, reunion_id=s.reunion, marque=marque(session, s), now=utcnow(), by=cast.secretaire)


def rouvrir_et_corriger(session: Session, s: Scene, cast: Cast) -> None:
    circuit.rouvrir(session, reunion_id=s.reunion, motif=MOTIF, marque=marque(session, s), by=cast.responsable)
    point = session.exec(select(Point).where(Point.reunion_id == s.reunion, Point.texte_public != "")).one()
    champs = {f"point.{point.id}.note": CORRIGE, f"point.{point.id}.public": CORRIGE_PUBLIC}
    scene.saisir(session, s.reunion, champs, cast.secretaire, now=NOW)


def test_what_partenaires_hold_outlives_the_reopening(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "oph")
    avant = lire(session, s)
    premier = fichier(session, s, cast).contenu
    dit = lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)
    rouvrir_et_corriger(session, s, cast)
    vie = lire(session, s)
    assert (vie.etat, vie.numero) == (EtatReleve.PROJET, 2)
    (v1,) = vie.versions
    assert (v1.valide_le, v1.valide_par) == (avant.valide_le, "Sarah Secrétaire")
    assert (v1.diffuse_le, v1.diffuse_par) == (avant.diffuse_le, "Sarah Secrétaire")
    assert v1.rouvert is not None
    assert (v1.rouvert.agent, v1.rouvert.motif) == ("Rachel Responsable", MOTIF)
    assert vie.rouvert == v1.rouvert
    assert [e.courriel for e in v1.partis] == ["zephyrine@oph.invalid.fr"]
    assert "ci-joint le relevé de conclusions" in v1.partis[0].texte, "what the message said is kept"
    assert fichier(session, s, cast, version=1).contenu == premier
    relu = lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)
    assert (relu.points, relu.presences, relu.habitants) == (dit.points, dit.presences, dit.habitants)
    assert CORRIGE in mots(fichier(session, s, cast).contenu)
    assert CORRIGE not in mots(premier)
    assert [e.acte for e in vie.evenements] == [ActeReleve.VALIDER, ActeReleve.DIFFUSER, ActeReleve.ROUVRIR]


def test_the_second_version_says_that_it_replaces_the_first(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "oph", "police", oui=True)
    le = f"remplace celle du {lire(session, s).versions[0].diffuse_le:%Y}"[:18]
    rouvrir_et_corriger(session, s, cast)
    assert lire(session, s).statut.startswith("Version 2, remplace celle du ")
    assert "Projet, non validé" in mots(fichier(session, s, cast).contenu)
    envoyer(session, s, cast, "oph")
    faite = fichier(session, s, cast)
    assert faite.nom.endswith("version 2.docx")
    assert "Relevé de conclusions – version 2" in mots(faite.contenu)
    assert f"Version 2, {le}" in mots(faite.contenu)
    vie = lire(session, s)
    assert (vie.etat, vie.numero, [v.numero for v in vie.versions]) == (EtatReleve.DIFFUSE, 2, [2, 1])
    (message,) = vie.versions[0].envois
    assert f"(version 2, {le}" in message.objet
    assert "merci de ne plus vous servir de la précédente" in message.texte
    assert [(e.courriel, e.version_releve) for e in vie.en_reste] == [("police@exemple.fr", 1)]
    assert fichier(session, s, cast, version=1).nom.endswith("2026-11-24.docx"), "the first says no number"


def test_who_was_left_with_the_first_is_sent_the_second(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "oph", "police", oui=True)
    rouvrir_et_corriger(session, s, cast)
    envoyer(session, s, cast, "oph")
    qui = {d.courriel: d.detient for d in vie_releve.destinataires(session, reunion_id=s.reunion, today=TODAY)}
    assert qui == {"zephyrine@oph.invalid.fr": 2, "police@exemple.fr": 1, "": 0}
    envoyer(session, s, cast, "police", oui=True)
    vie = lire(session, s)
    assert vie.en_reste == []
    assert {e.courriel for e in vie.versions[0].partis} == {"zephyrine@oph.invalid.fr", "police@exemple.fr"}
    assert (vie.etat, len(vie.versions)) == (EtatReleve.DIFFUSE, 2)


def test_who_left_the_list_still_holds_it(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "police", oui=True)
    police = session.exec(select(Partenaire).where(Partenaire.nom == "Police nationale")).one()
    police.courriel = "autre@exemple.fr"
    session.flush()
    rouvrir_et_corriger(session, s, cast)
    possibles = vie_releve.destinataires(session, reunion_id=s.reunion, today=TODAY)
    assert [(d.partenaire, d.detient) for d in possibles if d.courriel == "police@exemple.fr"] == [
        ("Police nationale", 1)
    ]


def test_the_public_follows_the_version_sent_last(session: Session, cast: Cast, s: Scene) -> None:
    def publies() -> list[str]:
        de_l_annee = releve_public.du_secteur(session, secteur_id=s.secteur, annee=2026)
        assert de_l_annee == [releve_public.lire(session, reunion_id=s.reunion)]
        return [p.texte for p in de_l_annee[0].points]

    envoyer(session, s, cast, "oph")
    rouvrir_et_corriger(session, s, cast)
    assert publies() == [PUBLIC], "the correction in hand is nobody's yet"
    valider(session, s, cast.secretaire)
    assert publies() == [PUBLIC]
    faite = piece(session, reunion_id=s.reunion, genre=GenreModele.RELEVE_PUBLIC, today=TODAY, by=cast.secretaire)
    assert PUBLIC in mots(faite.contenu)
    restreint = recueil(session, secteur_id=s.secteur, annee=2026, restreint=True, today=TODAY, by=cast.secretaire)
    assert CORRIGE not in mots(restreint.faire().contenu)
    envoyer(session, s, cast, "oph")
    assert publies() == [CORRIGE_PUBLIC]
    faite = piece(session, reunion_id=s.reunion, genre=GenreModele.RELEVE_PUBLIC, today=TODAY, by=cast.secretaire)
    assert "Version 2, remplace celle du" in mots(faite.contenu)
    assert faite.nom.endswith("version 2.docx")
    restreint = recueil(session, secteur_id=s.secteur, annee=2026, restreint=True, today=TODAY, by=cast.secretaire)
    assert CORRIGE in mots(restreint.faire().contenu)
    assert "Version 2, remplace celle du" in mots(restreint.faire().contenu)


@pytest.mark.parametrize(("habitants", "dit"), [(None, ""), (0, "0"), (1, "moins de 5"), (4, "moins de 5"), (5, "5")])
def test_few_residents_are_not_counted_in_public(session: Session, s: Scene, habitants: int | None, dit: str) -> None:
    """In a small number, somebody is known."""
    session.get_one(Reunion, s.reunion).habitants = habitants
    session.flush()
    assert releve_public.lire(session, reunion_id=s.reunion, apercu=True).habitants == dit


def test_a_validation_taken_back_stays_in_the_story(session: Session, cast: Cast, s: Scene) -> None:
    valider(session, s, cast.secretaire)
    (id,) = diffuser(session, s, cast.secretaire, "oph")
    point = session.exec(select(Point).where(Point.reunion_id == s.reunion)).first()
    assert point is not None
    scene.saisir(session, s.reunion, {f"point.{point.id}.note": CORRIGE}, cast.collaborateur, now=NOW)
    vie = lire(session, s)
    assert [(e.acte, e.agent) for e in vie.evenements] == [
        (ActeReleve.VALIDER, cast.secretaire.nom),
        (ActeReleve.CORRIGER, cast.collaborateur.nom),
    ]
    envoi = session.get_one(Envoi, id)
    assert (envoi.etat, envoi.message) == (EtatEnvoi.RETIRE, None), "its line stays, it will not leave"
    assert session.exec(select(VersionReleve)).all() == [], "nobody has that version"


def test_messages_taken_back_stay_in_the_story(session: Session, cast: Cast, s: Scene) -> None:
    valider(session, s, cast.secretaire)
    (id,) = diffuser(session, s, cast.secretaire, "oph")
    circuit.renoncer(session, reunion_id=s.reunion, marque=marque(session, s), by=cast.secretaire)
    assert session.get_one(Envoi, id).etat is EtatEnvoi.RETIRE
    assert lire(session, s).evenements[-1].acte is ActeReleve.RENONCER
    assert len(diffuser(session, s, cast.secretaire, "oph", "police", oui=True)) == 2


def test_a_version_prepared_says_what_its_file_says(session: Session, cast: Cast, s: Scene) -> None:
    """Without a relay the file is made before it is sent; what changes elsewhere meanwhile is not in it."""
    valider(session, s, cast.secretaire)
    diffuser(session, s, cast.secretaire, "oph")
    for theme in session.exec(select(Theme)).all():
        theme.libelle = "Autre thème"
    session.flush()
    circuit.remis(session, reunion_id=s.reunion, marque=marque(session, s), now=utcnow(), by=cast.secretaire)
    dit = lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)
    assert {p.theme for p in dit.points} == {"Éclairage défaillant"}


def test_a_version_sent_before_they_were_kept_is_kept_when_it_is_reopened(
    session: Session, cast: Cast, s: Scene
) -> None:
    a_la_main(session, s, cast.secretaire)
    version = session.exec(select(VersionReleve)).one()
    version.contenu = version.public = ""
    session.flush()
    dit = lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)
    rouvrir_et_corriger(session, s, cast)
    assert lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY).points == dit.points
    assert [p.texte for p in releve_public.lire(session, reunion_id=s.reunion).points] == [PUBLIC]
    version.contenu = ""
    session.flush()
    with pytest.raises(NotFound, match="n’a pas été gardé"):
        lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)


def test_no_version_of_that_number(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "oph")
    for numero in (0, 2, 7):
        with pytest.raises(NotFound, match="version"):
            lecture.version(session, reunion_id=s.reunion, numero=numero, today=TODAY)
        with pytest.raises(NotFound, match="version"):
            lire(session, s).lue(numero)


def test_a_stale_screen_sends_nothing_more(session: Session, cast: Cast, s: Scene) -> None:
    envoyer(session, s, cast, "oph")
    vieille = marque(session, s)
    envoyer(session, s, cast, "police", oui=True)
    with pytest.raises(Conflict):
        diffuser(session, s, cast.secretaire, "police", oui=True, marque=vieille)


@pytest.mark.sqlite
def test_a_version_kept_today_is_read_by_later_code(session: Session, cast: Cast, s: Scene) -> None:
    """A field added to what a relevé is made of has a default; none is renamed."""
    envoyer(session, s, cast, "oph")
    version = session.exec(select(VersionReleve)).one()
    version.contenu = ANCIEN
    session.flush()
    lu = lecture.version(session, reunion_id=s.reunion, numero=1, today=TODAY)
    assert (lu.reunion.titre, lu.points[0].note, lu.points[0].actions[0].quoi) == (
        "Un titre",
        "Un constat",
        "Une action",
    )
    assert lu.suites[0].quoi == "Une suite"


ANCIEN = (
    '{"reunion": {"type": "cellule_veille", "titre": "Un titre", "instance": "Une instance", '
    '"debut": "2026-11-24T14:00:00", "fin": "2026-11-24T16:00:00", "lieu": "Un lieu", "adresse": ""}, '
    '"presences": {"present": [{"partenaire_id": 1, "partenaire": "Un partenaire", "sigle": "", "fonction": ""}], '
    '"excuse": [], "absent": [], "represente": []}, "habitants": 3, "suites": [{"action_id": 1, "quoi": "Une suite", '
    '"pilote": "Un pilote", "etat": "realisee", "motif": ""}], "points": [{"id": 1, "theme": "Un thème", '
    '"rubrique": "Une rubrique", "quartier": "", "lieu": "", "origine": "", "note": "Un constat", "reponse": "", '
    '"texte_public": "", "partenaires": [], "actions": [{"id": 1, "quoi": "Une action", "pilote_nom": "Un pilote", '
    '"echeance": "2026-12-24", "etat": "a_faire", "retard_jours": 0}]}], "saisie_le": "2026-11-24T20:00:00Z", '
    '"saisie_par": "Une agente"}'
)


# --- in which order, and what comes next ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dits", "lus"),
    [
        ("", ""),
        ("Aa Ab Aa", "Aa Aa Ab"),
        ("Aa Ba Ab Ba Aa", "Aa Aa Ab Ba Ba"),
        ("Bx Ay Bz Bx", "Bx Bx Bz Ay"),
    ],
)
def test_points_of_one_theme_are_together(dits: str, lus: str) -> None:
    sujets = [(mot[0], mot) for mot in dits.split()]
    ordre = par_theme(sujets)
    assert [sujets[i][1] for i in ordre] == lus.split()
    assert [i for i in ordre if sujets[i] == sujets[ordre[0]]] == sorted(
        i for i in ordre if sujets[i] == sujets[ordre[0]]
    ), "as they were said, within a theme"


def test_screen_and_word_number_the_points_alike(session: Session, cast: Cast, s: Scene) -> None:
    autre = Theme(libelle="Tapage", rubrique="Nuisances", recherche="tapage")
    session.add(autre)
    session.flush()
    premier = session.exec(select(Point).where(Point.reunion_id == s.reunion, Point.ordre == 0)).one()
    session.add(
        Point(
            reunion_id=s.reunion,
            instance_id=s.instance,
            ordre=0,
            theme_id=autre.id,
            note="Entre",
            cree_le=utcnow(),
        )
    )
    premier.ordre = -1
    session.flush()
    releve = lecture.lire(session, reunion_id=s.reunion, today=TODAY)
    assert [p.theme for p in releve.points] == ["Éclairage défaillant", "Éclairage défaillant", "Tapage"]
    themes = contextes._releve(releve)["themes"]
    assert [(t["titre"], [p["numero"] for p in t["points"]]) for t in themes] == [
        ("Cadre de vie", [1, 2]),
        ("Nuisances", [3]),
    ]
    assert "3. Tapage" in texte(releve)


@pytest.mark.parametrize(
    ("suite", "attendue"),
    [
        ({}, "À fixer"),
        ({7: EtatReunion.ANNULEE}, "À fixer"),
        ({7: EtatReunion.REPORTEE, 14: EtatReunion.BROUILLON}, "Mardi 8 décembre 2026"),
        ({-7: EtatReunion.TENUE, 21: EtatReunion.CONVOQUEE, 14: EtatReunion.CONVOQUEE}, "Mardi 8 décembre 2026"),
    ],
)
def test_the_next_meeting_is_told(
    session: Session, cast: Cast, s: Scene, suite: dict[int, EtatReunion], attendue: str
) -> None:
    debut = session.get_one(Reunion, s.reunion).debut
    edition_listes.lieu_nomme(session, nom="Ailleurs", by=cast.secretaire)
    for jours, etat in suite.items():
        id = creer_reunion(session, cast, instance_id=s.instance, titre="Autre", debut=debut + timedelta(days=jours),
                           fin=debut + timedelta(days=jours, hours=2), lieu_nom="Salle du conseil")  # fmt: skip
        session.get_one(Reunion, id).etat = etat
    session.flush()
    dit = mots(fichier(session, s, cast).contenu).replace("\u00a0", " ")
    assert f"Prochaine réunion\n{attendue}" in dit
    assert "Ailleurs" not in dit
    assert ("Salle du conseil" in dit) is (attendue != "À fixer")


def test_the_subject_is_never_cut_of_its_date_nor_of_its_version(session: Session, cast: Cast, s: Scene) -> None:
    session.get_one(Reunion, s.reunion).titre = "Réunion " * 24
    session.flush()
    envoyer(session, s, cast, "oph")
    rouvrir_et_corriger(session, s, cast)
    envoyer(session, s, cast, "oph")
    for version in lire(session, s).versions:
        (message,) = version.envois
        assert message.objet.replace("\u00a0", " ").endswith("mardi 24 novembre 2026")
        assert ("version 2" in message.objet) is (version.numero == 2)
    assert fichier(session, s, cast).nom.endswith("2026-11-24 - version 2.docx")
