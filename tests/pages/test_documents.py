"""The screens of a relevé's life, of a meeting's documents and of the templates."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models.lists import EtatReleve, GenreModele, TypeReunion
from services.convocation import modeles
from services.releves import circuit, vie_releve
from services.socle import db
from services.socle.horloge import utcnow
from settings import get_settings
from tests.cast import Cast
from tests.fichiers.pieces import PDF
from tests.services.convocation.test_modeles import avec
from tests.services.outils_releve import Scene, poser

RELEVE, SAISIE, REUNION = "pages/aujourdhui/releve.py", "pages/aujourdhui/saisie.py", "pages/agenda/reunion.py"
MODELES, RELEVES = "pages/administration/modeles.py", "pages/agenda/releves.py"
Ecran = Callable[..., AppTest]


@pytest.fixture
def s(cast_base: Cast) -> Scene:
    with db.writing() as session:
        return poser(session, cast_base)


def dit(at: AppTest) -> str:
    groupes: tuple[Any, ...] = (at.markdown, at.caption, at.warning, at.info, at.error, at.title, at.expander)
    return "\n".join(str(getattr(e, "value", None) or getattr(e, "label", "")) for groupe in groupes for e in groupe)


def boutons(at: AppTest) -> set[str]:
    return {b.label.split(" ~~")[0] for b in at.button}


def etat(s: Scene) -> EtatReleve:
    with db.reading() as session:
        return vie_releve.lire(session, reunion_id=s.reunion).etat


def test_validated_sent_locked_then_reopened(ecran: Ecran, cast_base: Cast, s: Scene) -> None:
    at = ecran(RELEVE, reunion=str(s.reunion))
    assert "Relisez ce relevé" in dit(at)
    at.button(key="releve.valider").click().run()
    assert etat(s) is EtatReleve.VALIDE
    choix = {c.label.split(" – ")[0]: c for c in at.checkbox}
    assert [c.value for c in choix.values()] == [True, False, False]
    at = choix["Police nationale"].check().run()
    assert "n’a pas signé la charte" in dit(at)
    (envoyer,) = (b for b in at.button if b.label.startswith("Préparer les messages pour 2"))
    at = envoyer.click().run()
    assert "Dites oui" in dit(at), "refused beside the box"
    assert etat(s) is EtatReleve.VALIDE
    (oui,) = (c for c in at.checkbox if c.label.startswith("Oui"))
    at = oui.check().run()
    (envoyer,) = (b for b in at.button if b.label.startswith("Préparer les messages pour 2"))
    at = envoyer.click().run()
    assert "**2 messages à envoyer depuis votre messagerie**" in dit(at)
    at = at.button(key="releve.remis").click().run()
    assert etat(s) is EtatReleve.DIFFUSE
    assert "À qui ce relevé a été envoyé (2)" in dit(at)
    assert "Le Word à télécharger est celui qui a été envoyé" in dit(at)
    assert "Rouvrir le relevé" not in boutons(at), "a secrétaire may not"

    at = ecran(SAISIE, reunion=str(s.reunion), corriger="1")
    assert vie_releve.VERROU in dit(at)
    assert "Enregistrer le relevé" not in boutons(at)

    at = ecran(RELEVE, role="responsable", reunion=str(s.reunion))
    at = at.button(key="releve.rouvrir").click().run()
    assert "Écrivez pourquoi" in dit(at)
    (motif,) = (t for t in at.text_input if t.label.startswith("Pourquoi rouvrir"))
    motif.input("Une date fausse")
    at = at.button(key="releve.rouvrir").click().run()
    assert not at.exception
    assert etat(s) is EtatReleve.PROJET


def test_the_entry_warns_that_a_correction_undoes_the_validation(ecran: Ecran, cast_base: Cast, s: Scene) -> None:
    with db.writing() as session:
        marque = vie_releve.lire(session, reunion_id=s.reunion).marque
        circuit.valider(session, reunion_id=s.reunion, marque=marque, now=utcnow(), by=cast_base.secretaire)
    at = ecran(SAISIE, reunion=str(s.reunion), corriger="1")
    assert "le remettra en projet" in dit(at)


@pytest.mark.parametrize(("type", "publie"), [(TypeReunion.CELLULE, True), (TypeReunion.TECHNIQUE, False)])
def test_only_a_cellule_shows_a_public_version(ecran: Ecran, cast_base: Cast, type: TypeReunion, publie: bool) -> None:
    with db.writing() as session:
        s = poser(session, cast_base, type=type)
    at = ecran(RELEVE, reunion=str(s.reunion))
    assert not at.exception
    assert ("Version publique (1 point)" in dit(at)) is publie
    at = ecran(REUNION, id=str(s.reunion), volet="Documents")
    assert not at.exception
    assert ("Invitation des habitants" in dit(at)) is publie


@pytest.mark.parametrize("role", ["elu", "secretaire"])
def test_the_year_is_public(ecran: Ecran, cast_base: Cast, s: Scene, role: str) -> None:
    at = ecran(RELEVES, role=role, annee="2026", secteur="Mireuil")
    assert "Aucun relevé public" in dit(at)
    with db.writing() as session:
        marque = vie_releve.lire(session, reunion_id=s.reunion).marque
        circuit.valider(session, reunion_id=s.reunion, marque=marque, now=utcnow(), by=cast_base.collaborateur)
    at = ecran(RELEVES, role=role)
    at = at.selectbox(key="secteur").select_index(1).run()
    assert not at.exception
    assert "L’éclairage du square" in dit(at)
    assert "Note" not in "".join(str(m.value) for m in at.main.markdown)


def test_a_template_is_tried_put_in_place_and_taken_back(ecran: Ecran, cast_base: Cast) -> None:
    at = ecran(MODELES)
    at = at.selectbox(key="modele.genre").select(GenreModele.EMARGEMENT).run()
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    at.file_uploader[0].set_value(("Le nôtre.docx", avec("{{ reunion.titr }}"), word))
    at = at.button(key="modele.deposer").click().run()
    assert "titr » n’existe pas" in dit(at).replace("\\", "")
    at.file_uploader[0].set_value(("Le nôtre.docx", avec("Notre feuille"), word))
    at = at.button(key="modele.deposer").click().run()
    assert not at.exception
    with db.reading() as session:
        (m,) = modeles.liste(session)
    assert (m.nom, m.genre) == ("Le nôtre.docx", GenreModele.EMARGEMENT)
    at = at.button(key=f"modele.retirer.{m.id}").click().run()
    at = at.button(key="question.oui").click().run()
    with db.reading() as session:
        assert modeles.liste(session) == []


def test_a_file_taken_away_is_put_back_from_another_tab(
    ecran: Ecran, cast_base: Cast, s: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "data_dir", tmp_path)
    at = ecran(REUNION, id=str(s.reunion), volet="Pièces jointes")
    at.file_uploader[0].set_value(("plan.pdf", PDF, "application/pdf"))
    at = at.run()
    (retirer,) = (b for b in at.button if b.label.startswith("Retirer ~~"))
    at = retirer.click().run()
    assert "retirée" in dit(at), "struck out where it was"
    at = ecran(REUNION, id=str(s.reunion), volet="Pièces jointes")
    assert "Retirées depuis moins de 30 jours (1)" in dit(at)
    (remettre,) = (b for b in at.button if b.label.startswith("Annuler le retrait"))
    at = remettre.click().run()
    assert not at.exception
    assert "Retirer" in boutons(at)
    assert "Retirées depuis" not in dit(at)


def test_the_issuer_is_the_responsable_s(ecran: Ecran, cast_base: Cast) -> None:
    assert "Enregistrer l’émetteur" not in boutons(ecran(MODELES))
    at = ecran(MODELES, role="responsable")
    (champ,) = (t for t in at.text_input if t.label.startswith("Émetteur"))
    champ.input("Ville fictive")
    at = at.button(key="emetteur.enregistrer").click().run()
    assert not at.exception
    assert "Ville fictive" in {t.value for t in ecran(MODELES, role="responsable").text_input}


def envoyer(ecran: Ecran, s: Scene, *noms: str) -> AppTest:
    """Validated and sent by hand from its screen, to these partenaires."""
    at = ecran(RELEVE, reunion=str(s.reunion))
    at = at.button(key="releve.valider").click().run()
    for case in at.checkbox:
        nom = case.label.split(" – ")[0]
        if nom in ("Police nationale", "Office public de l’habitat"):
            case.set_value(nom in noms)
    at = at.run()
    for oui in (c for c in at.checkbox if c.label.startswith("Oui")):
        oui.check()
    (preparer,) = (b for b in at.button if b.label.startswith("Préparer les messages"))
    at = preparer.click().run()
    return at.button(key="releve.remis").click().run()


def test_reopened_its_screen_says_why_and_every_version_is_read(ecran: Ecran, cast_base: Cast, s: Scene) -> None:
    envoyer(ecran, s, "Police nationale", "Office public de l’habitat")
    at = ecran(RELEVE, role="responsable", reunion=str(s.reunion))
    (motif,) = (t for t in at.text_input if t.label.startswith("Pourquoi rouvrir"))
    motif.input("Une date fausse")
    at.button(key="releve.rouvrir").click().run()

    at = ecran(RELEVE, reunion=str(s.reunion))
    dits = dit(at).replace("\u00a0", " ")
    assert "Rouvert par Rachel Responsable le " in dits
    assert "Une date fausse" in dits
    assert "La version 1 reste celle de ses 2 destinataires" in dits
    assert "Relevé de conclusions – version 2" in dits
    assert "Version 1 : à qui elle a été envoyée (2)" in dits
    assert "Version 2, remplace celle du " in dits.replace("\\", "")
    at = ecran(RELEVE, reunion=str(s.reunion), version="1")
    assert not at.exception
    assert "Vous lisez la version 1" in dit(at)
    assert "releve.valider" not in {b.key for b in at.button}, "what was sent is only read"
    assert "n’a pas de version 7" in dit(ecran(RELEVE, reunion=str(s.reunion), version="7"))
    autre = dit(ecran(RELEVE, reunion=str(s.reunion), version="abc"))  # no number: said, and what is in hand is shown
    assert "Cette adresse demande « abc »" in autre
    assert "n’a pas de version" not in autre

    at = envoyer(ecran, s, "Office public de l’habitat")
    dits = dit(at).replace("\u00a0", " ").replace("\\", "")
    assert "N’ont pas reçu la version 2, et gardent une version plus ancienne : Police nationale" in dits
    assert "Version 2 : à qui elle a été envoyée (1)" in dits
    assert "Relevé de conclusions – version 2" in dits


def test_who_represented_is_asked_where_somebody_is_represented(ecran: Ecran, cast_base: Cast, s: Scene) -> None:
    at = ecran(SAISIE, reunion=str(s.reunion), corriger="1")
    demandes = {t.label: t for t in at.text_input if t.label.startswith("Qui a représenté")}
    (comite,) = demandes.values()
    at = comite.input("Vice-présidente").run()
    (enregistrer,) = (b for b in at.button if b.label == "Enregistrer le relevé")
    at = enregistrer.click().run()
    dits = dit(ecran(RELEVE, reunion=str(s.reunion))).replace("\u00a0", " ")
    assert "**Représentés :** Comité de quartier, par Vice" in dits
