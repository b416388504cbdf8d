"""Word documents: every kind opens and says what it must; the public ones say nothing else, down to their last byte."""

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from pypdf import PdfReader
from sqlmodel import Session, select

from documents import contextes
from documents.champs import CHAMPS, exemple
from models import Destinataire, Instance, Point, Reunion, Siege
from models.lists import GenreModele, TypeReunion
from services.convocation import composition, dossier, modeles
from services.convocation.dossier import Invite
from services.courrier.messages import Piece
from services.releves import circuit, releve_public, vie_releve
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Forbidden
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.convocation.test_modeles import image
from tests.services.outils_releve import FONCTION, PERSONNE, PUBLIC, SECRET, TODAY, Scene, poser
from ui.convocation.documents import APreparer, piece, preparer, recueil

SOFFICE = Path("/usr/bin/soffice")
G = GenreModele
PUBLICS = (G.INVITATION, G.RELEVE_PUBLIC, G.RECUEIL)


@pytest.fixture
def s(session: Session, cast: Cast) -> Scene:
    """Written up and validated."""
    scene = poser(session, cast)
    marque = vie_releve.lire(session, reunion_id=scene.reunion).marque
    circuit.valider(session, reunion_id=scene.reunion, marque=marque, now=utcnow(), by=cast.secretaire)
    return scene


def faire(session: Session, s: Scene, genre: GenreModele, by: Acteur, *, restreint: bool = False) -> Piece:
    if genre is G.RECUEIL:
        a_faire = recueil(session, secteur_id=s.secteur, annee=2026, restreint=restreint, today=TODAY, by=by)
        return a_faire.faire()
    return piece(session, reunion_id=s.reunion, genre=genre, today=TODAY, by=by)


def octets(p: Piece) -> bytes:
    """Everything in the file, unfolded, and its name."""
    with zipfile.ZipFile(io.BytesIO(p.contenu)) as archive:
        return b"\n".join([p.nom.encode(), *(n.encode() + archive.read(n) for n in archive.namelist())])


def texte(p: Piece) -> str:
    document = Document(io.BytesIO(p.contenu))
    return "\n".join(str(t.text) for t in document.element.iter() if t.tag.endswith("}t") and t.text)


@pytest.mark.parametrize("genre", GenreModele, ids=[g.value for g in GenreModele])
def test_each_kind_opens_and_no_tag_is_left(session: Session, cast: Cast, s: Scene, genre: GenreModele) -> None:
    session.get_one(Reunion, s.reunion).titre = "Titre <b> & {{ emetteur }} \x0b"
    session.flush()
    faite = faire(session, s, genre, cast.secretaire, restreint=True)
    assert faite.nom.endswith(".docx")
    assert "{%" not in texte(faite)
    proprietes = Document(io.BytesIO(faite.contenu)).core_properties
    assert (proprietes.author, proprietes.last_modified_by) == ("", "")
    if genre not in (*PUBLICS, G.CHEVALETS):
        assert "Titre <b> & {{ emetteur }}" in texte(faite), "user text is shown as typed"


def test_the_restricted_releve_says_it_all(session: Session, cast: Cast, s: Scene) -> None:
    lu = texte(faire(session, s, G.RELEVE, cast.secretaire))
    for attendu in (
        "Présents", "Représentés", "Excusés", f"Office public de l’habitat ({FONCTION})", "Cadre de vie",
        f"Note {SECRET} {PERSONNE}", f"Réponse {SECRET}", f"Action {SECRET} {PERSONNE}",
        "jeudi 24\u00a0décembre\u00a02026", "Validé le", "Diffusion restreinte",
    ):  # fmt: skip
        assert attendu in lu
    assert f"{PERSONNE}-Nom" not in lu, "who came is an organisation and a function"


@pytest.mark.parametrize("genre", PUBLICS, ids=[g.value for g in PUBLICS])
def test_nothing_restricted_is_in_a_public_document(session: Session, cast: Cast, s: Scene, genre: GenreModele) -> None:
    modeles.poser_logo(session, octets=image("JPEG"), by=cast.responsable)
    faite = faire(session, s, genre, cast.secretaire)
    tout = octets(faite).decode("utf-8", "replace")
    for interdit in (SECRET, PERSONNE, FONCTION, "zephyrine", "Gabut", "Police nationale"):
        assert interdit not in tout
    lu = texte(faite)
    if genre is G.INVITATION:
        assert "Maison de quartier" in lu
        assert "place du Marché" in lu
    else:
        assert PUBLIC in lu
        assert "Office public de l’habitat" in lu
        assert "moins de 5" in lu
        assert "Cellule de veille – Mireuil" in lu


@pytest.mark.parametrize("type", [t for t in TypeReunion if t is not TypeReunion.CELLULE], ids=lambda t: t.value)
def test_only_a_cellule_de_veille_publishes(session: Session, cast: Cast, type: TypeReunion) -> None:
    s = poser(session, cast)
    session.get_one(Reunion, s.reunion).type = type
    session.flush()
    for genre in (G.RELEVE_PUBLIC, G.INVITATION):
        with pytest.raises(Conflict, match=r"cellules? de veille"):
            faire(session, s, genre, cast.responsable)
    assert releve_public.du_secteur(session, secteur_id=s.secteur, annee=2026) == []


def test_nothing_is_published_before_it_is_validated(session: Session, cast: Cast) -> None:
    s = poser(session, cast)
    with pytest.raises(Conflict, match="Validez d’abord"):
        faire(session, s, G.RELEVE_PUBLIC, cast.responsable)
    assert PUBLIC not in texte(faire(session, s, G.RECUEIL, cast.responsable))
    assert SECRET not in texte(faire(session, s, G.RECUEIL, cast.responsable, restreint=True))


def test_what_looks_personal_is_pointed_out_before_it_is_published(session: Session, cast: Cast, s: Scene) -> None:
    assert releve_public.lire(session, reunion_id=s.reunion).alertes == []
    point = session.exec(select(Point).where(Point.texte_public != "")).one()
    point.texte_public = "Vu avec M. Dupont au 06 12 34 56 78."
    session.flush()
    assert len(releve_public.lire(session, reunion_id=s.reunion).alertes) == 2


@pytest.mark.sqlite
def test_rights(session: Session, cast: Cast, s: Scene) -> None:
    for genre in GenreModele:
        if genre is not G.RECUEIL:
            with pytest.raises(Forbidden):
                faire(session, s, genre, cast.elu)
    with pytest.raises(Forbidden):
        faire(session, s, G.RECUEIL, cast.elu, restreint=True)
    assert PUBLIC in texte(faire(session, s, G.RECUEIL, cast.elu))


def test_who_is_invited_is_not_convoque(session: Session, cast: Cast, s: Scene) -> None:
    session.get_one(Instance, s.instance).texte_convocation = "Madame, Monsieur,\n\nJ’ai l’honneur de vous convoquer."
    lettres = {}
    for nom, invite in (("police", True), ("oph", False)):
        partenaire_id = session.get_one(Siege, s.sieges[nom]).partenaire_id
        d = Destinataire(reunion_id=s.reunion, partenaire_id=partenaire_id, invite=invite)
        session.add(d)
        session.flush()
        lettres[d.id] = invite
    lettre = partial(piece, session, reunion_id=s.reunion, genre=G.CONVOCATION, today=TODAY, by=cast.secretaire)
    for id, invite in lettres.items():
        faite = lettre(destinataire_id=id)
        lu = texte(faite)
        assert ("Invitation" in lu, "Convocation\n" in lu) == (invite, not invite)
        assert ("J’ai l’honneur de vous convoquer" in lu) == (not invite)
        assert not invite or not re.search(rb"convo[cq]", octets(faite), re.IGNORECASE), "not even the file’s name"
    assert "Police nationale" not in texte(lettre()), "for all of them, unnamed"
    chacun = preparer(
        session, reunion_id=s.reunion, genre=G.CONVOCATION, today=TODAY, by=cast.secretaire, une_page_chacun=True
    )
    ensemble = texte(chacun.faire())
    assert "Police nationale" in ensemble
    assert ensemble.count("vous convoquer") == 1, "printed together too"
    assert ensemble.count("Madame, Monsieur,") == 4, "once to begin each letter, once to end it"


@pytest.mark.parametrize("genre", [G.CONVOCATION, G.EMARGEMENT, G.CHEVALETS], ids=["lettre", "emargement", "chevalets"])
def test_who_is_left_out_is_on_no_document(session: Session, cast: Cast, s: Scene, genre: GenreModele) -> None:
    police = session.get_one(Siege, s.sieges["police"]).partenaire_id
    composition.retenir(session, reunion_id=s.reunion, cle=(police, ""), retenu=False, today=TODAY, by=cast.secretaire)
    faite = preparer(
        session, reunion_id=s.reunion, genre=genre, today=TODAY, by=cast.secretaire, une_page_chacun=True
    ).faire()
    assert "Office public de l’habitat" in texte(faite)
    assert "Police nationale" not in texte(faite)


def forme(valeur: object, nom: str = "") -> set[str]:
    """The fields of some values, as CHAMPS writes them."""
    if isinstance(valeur, dict):
        return set().union(*(forme(v, f"{nom}.{k}" if nom else k) for k, v in valeur.items()))
    if isinstance(valeur, list):
        return forme(valeur[0], f"{nom}[]") if valeur else set()
    return {nom}


@pytest.mark.sqlite
@pytest.mark.parametrize("genre", GenreModele, ids=[g.value for g in GenreModele])
def test_the_fields_said_on_screen_are_those_there_are(
    session: Session, cast: Cast, s: Scene, genre: GenreModele
) -> None:
    """A template is tried with every field of the list: one that is not there would pass, then fail for real."""
    if genre is G.RECUEIL:
        a_faire: APreparer = recueil(
            session, secteur_id=s.secteur, annee=2026, restreint=True, today=TODAY, by=cast.secretaire
        )
    else:
        a_faire = preparer(
            session, reunion_id=s.reunion, genre=genre, today=TODAY, by=cast.secretaire, une_page_chacun=True
        )
    assert forme(a_faire.contexte) <= forme(exemple(genre)), "said on screen"
    listes_vides = {c for c in a_faire.contexte if a_faire.contexte[c] == []}
    absents = {c for c in forme(exemple(genre)) - forme(a_faire.contexte) if c.split("[]")[0] not in listes_vides}
    assert not {c for c in absents if ".textes" not in c and "suites" not in c}, "said, and not there"
    assert set(CHAMPS[genre]) - {"logo"} == forme(exemple(genre))


def test_those_of_a_partenaire_sign_together_and_nobody_is_said(session: Session, cast: Cast, s: Scene) -> None:
    d = dossier.lire(session, reunion_id=s.reunion, today=TODAY)
    invites = [Invite(p, "", f, invite=False) for p, f in (("OPH", "Gardien"), ("Police", "Officier"), ("OPH", "Chef"))]
    feuille = contextes.emargement(replace(d, invites=invites), today=TODAY)
    assert [ligne["fonction"] for ligne in feuille["lignes"]] == ["Gardien", "Chef", "Officier"]
    personne = replace(d, invites=[])
    for genre, contexte in (
        (G.CONVOCATION, contextes.convocation(personne, lettres=[], today=TODAY)),
        (G.CHEVALETS, contextes.chevalets(personne, today=TODAY)),
    ):
        assert "Personne n’est encore sur la liste" in texte(APreparer("", "", genre, None, contexte, b"").faire())


@pytest.mark.sqlite
@pytest.mark.parametrize("taille", [(4000, 100), (100, 4000), (40, 40)])
def test_a_logo_of_any_shape_keeps_to_its_place(
    session: Session, cast: Cast, s: Scene, taille: tuple[int, int]
) -> None:
    modeles.poser_logo(session, octets=image("PNG", taille), by=cast.responsable)
    faite = faire(session, s, G.ORDRE_DU_JOUR, cast.secretaire)
    (entete,) = Document(io.BytesIO(faite.contenu)).sections[0].header.part.element.iter(qn("wp:extent"))
    assert int(entete.get("cx")) <= Mm(50)
    assert int(entete.get("cy")) <= Mm(18)


@pytest.mark.sqlite
@pytest.mark.skipif(not SOFFICE.exists(), reason="LibreOffice n’est pas installé")
def test_a_word_processor_reads_them_all(session: Session, cast: Cast, s: Scene, tmp_path: Path) -> None:
    """One run of LibreOffice for every document: their pages, read back from the PDF."""
    modeles.poser_logo(session, octets=image("PNG"), by=cast.responsable)
    for genre in GenreModele:
        (tmp_path / f"{genre.value}.docx").write_bytes(faire(session, s, genre, cast.secretaire).contenu)
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profil", "--headless", "--convert-to", "pdf",
         "--outdir", tmp_path, *sorted(tmp_path.glob("*.docx"))],
        check=True, capture_output=True, timeout=150,
    )  # fmt: skip
    lus = {g: PdfReader(tmp_path / f"{g.value}.pdf") for g in GenreModele}
    textes = {g: " ".join(" ".join(p.extract_text() for p in pdf.pages).split()) for g, pdf in lus.items()}
    pages = {g: len(pdf.pages) for g, pdf in lus.items()}
    assert pages == dict.fromkeys(GenreModele, 1) | {G.CHEVALETS: 2, G.RECUEIL: 2}
    largeur, hauteur = lus[G.EMARGEMENT].pages[0].mediabox[2:]
    assert largeur > hauteur, "landscape"
    assert "Page 1 sur 1" in textes[G.RELEVE]
    assert "Page" not in textes[G.CONVOCATION], "letters printed together are not the pages of one document"
    assert "Signature" in textes[G.EMARGEMENT]
    assert textes[G.CHEVALETS].count("OPH") == 2, "one face each"
    assert "Suites des réunions précédentes" not in textes[G.ORDRE_DU_JOUR], (
        "this meeting's own actions are not open yet"
    )
    for genre in PUBLICS:
        for interdit in (SECRET, PERSONNE, FONCTION):
            assert interdit not in textes[genre].replace(" ", "")
    assert date(2026, 11, 24).strftime("24 novembre 2026") in textes[G.RELEVE_PUBLIC]
