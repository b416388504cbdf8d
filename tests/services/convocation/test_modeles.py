"""Word templates that staff upload: what is refused and why, what is put in place, and the way back."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from PIL import Image
from sqlmodel import Session

from documents.champs import oublies
from models.lists import GenreModele
from services.convocation import dossier, modeles
from services.courrier import envois
from services.socle.acteur import Acteur
from services.socle.erreurs import Forbidden, Invalid
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, decor
from ui.administration.modeles import essayer
from ui.convocation.documents import APreparer, de_la_maison, ou_pourquoi

G = GenreModele.EMARGEMENT


def change(*, ajouts: dict[str, bytes] | None = None, **remplace: tuple[str, str]) -> bytes:
    """The house's template with a text replaced in a member ("document", "rels", "types"), or members more."""
    noms = {
        "document": "word/document.xml",
        "rels": "word/_rels/document.xml.rels",
        "types": "[Content_Types].xml",
    }
    voulus = {noms[k]: v for k, v in remplace.items()}
    octets = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(de_la_maison(G))) as lue,
        zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as z,
    ):
        for info in lue.infolist():
            contenu = lue.read(info).decode("utf-8", "surrogateescape")
            if info.filename in voulus:
                avant, apres = voulus[info.filename]
                assert avant in contenu
                contenu = contenu.replace(avant, apres, 1)
            z.writestr(info.filename, contenu.encode("utf-8", "surrogateescape"))
        for nom, octets_ in (ajouts or {}).items():
            z.writestr(nom, octets_)
    return octets.getvalue()


TITRE = "Feuille d’émargement"


def avec(balise: str) -> bytes:
    return change(document=(TITRE, balise))


def lien(genre: str, cible: str) -> bytes:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    return change(
        rels=(
            "</Relationships>",
            f'<Relationship Id="rX" Type="{base}{genre}" Target="{cible}" TargetMode="Ext&#101;rnal"/></Relationships>',
        )
    )


def champ(instruction: str) -> bytes:
    debut, fin = instruction[:4], instruction[4:]
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{x}</w:instrText></w:r>' for x in (debut, fin))
    return change(document=("<w:body>", f"<w:body><w:p>{runs}</w:p>"))


def fourmiliere() -> bytes:
    """Few bytes once unfolded, and elements that take a minute to go through one by one."""
    return change(ajouts={"word/media/a.xml": b"<a>" + b"<b/>" * 2_000_000 + b"</a>"})


def bombe() -> bytes:
    return change(ajouts={f"word/media/{n}.xml": b" " * 20_000_000 for n in range(3)})


HOSTILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "vide": (lambda: b"", "est vide"),
    "texte": (lambda: b"Bonjour", "pas un document Word"),
    "lourd": (lambda: b"PK\x03\x04" + b"0" * 5_000_001, "5 Mo"),
    "coupe": (lambda: de_la_maison(G)[:9000], "abîmé"),
    "classeur": (lambda: change(types=("wordprocessingml.document.main", "spreadsheetml.sheet.main")), "pas un doc"),
    "macros": (lambda: change(ajouts={"word/vbaProject.bin": b"x"}), "macros"),
    "docm": (
        lambda: change(
            types=(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                "application/vnd.ms-word.document.macroEnabled.main+xml",
            )
        ),
        "macros",
    ),
    "objet": (lambda: change(ajouts={"word/embeddings/oleObject1.bin": b"x"}), "macros"),
    "image distante": (lambda: lien("image", "http://ailleurs.example/x.png"), "hors de lui"),
    "modèle attaché": (lambda: lien("attachedTemplate", "http://ailleurs.example/x.dotm"), "modèle attaché"),
    "lien de fichier": (lambda: lien("hyperlink", "file:///etc/passwd"), "lien vers un fichier"),
    "includepicture": (lambda: champ('INCLUDEPICTURE "http://ailleurs.example/x"'), "INCLUDEPICTURE"),
    "dde": (lambda: champ('DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"'), "DDEAUTO"),
    "commentaires": (
        lambda: change(document=("<w:body>", '<w:body><w:p><w:ins w:id="1" w:author="X"/></w:p>')),
        "modifications suivies",
    ),
    "entités": (lambda: change(document=("<w:document ", '<!DOCTYPE w [<!ENTITY a "b">]><w:document ')), "abîmé"),
    "bombe": (bombe, "trop grand"),
    "fourmilière": (fourmiliere, "trop grand"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("cas", HOSTILES)
def test_what_is_not_a_plain_word_document_is_refused(session: Session, cast: Cast, cas: str) -> None:
    fabrique, phrase = HOSTILES[cas]
    octets = fabrique()
    debut = time.process_time()
    with pytest.raises(Invalid, match=phrase):
        modeles.deposer(
            session, genre=G, instance_id=None, nom="x.docx", octets=octets, now=utcnow(), by=cast.secretaire
        )
    assert time.process_time() - debut < 2, "said at once"
    assert modeles.liste(session) == []


CASSES = {
    "champ inconnu": ("Bonjour {{ reunion.titr }}", "« titr » n’existe pas.*Paragraphe : « Bonjour"),
    "champ inconnu en tête": ("{{ inconnu }}", "« inconnu » n’existe pas"),
    "boucle ouverte": ("{% for a in lignes %}{{ a.sigle }}", "n’est pas fermée"),
    "balise inconnue": ("{% boucle %}", "« boucle » n’existe pas"),
    "balise de tableau hors d’un tableau": ("{%tr for l in lignes %}x{%tr endfor %}", "doit être seule"),
    "accolade": ("{{ reunion. }}", "mal écrite"),
    "accolade fermée seule": ("Le reunion.date }}", "mal écrite.*Paragraphe : « Le reunion.date }}"),
    "classe": ("{{ ''.__class__.__mro__ }}", "n’a pas le droit"),
    "attribut": ("{{ emetteur.upper }}", "n’a pas le droit"),
    "gabarit du logo": ("{{ reunion.__init__.__globals__ }}", "n’a pas le droit"),
    "filtre attr": ("{{ ''|attr('__class__') }}", "« attr » n’existe pas"),
    "filtre safe": ("{{ emetteur|safe }}", "« safe » n’existe pas"),
    "appel": ("{{ range(9) }}", "n’a pas le droit"),
    "fichier": ("{% include '/etc/passwd' %}", "mal écrite"),
    "calcul": ("{{ 1 / 0 }}", "mal écrite.*Paragraphe"),
    "mémoire": ("{{ 'x' * 9999999999 }}", "trop de temps ou de mémoire"),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("cas", CASSES)
def test_a_broken_or_hostile_tag_is_named_in_french(cas: str) -> None:
    balise, phrase = CASSES[cas]
    with pytest.raises(Invalid, match=phrase):
        essayer(G, avec(balise))


@pytest.mark.sqlite
def test_time_is_bounded() -> None:
    boucles = "".join("{% for a" + str(n) + " in 'abcdefghijklmnopqrstuvwxyz0123456789' %}" for n in range(7))
    with pytest.raises(Invalid, match="trop de temps"):
        essayer(G, avec(boucles + "{% endfor %}" * 7))


@pytest.mark.sqlite
@pytest.mark.parametrize("genre", GenreModele, ids=[g.value for g in GenreModele])
def test_what_is_downloaded_may_be_uploaded(session: Session, cast: Cast, genre: GenreModele) -> None:
    maison = de_la_maison(genre)
    essayer(genre, maison)
    modeles.deposer(
        session, genre=genre, instance_id=None, nom="x.docx", octets=maison, now=utcnow(), by=cast.secretaire
    )
    assert modeles.contenu(session, genre=genre, instance_id=None) == maison
    assert oublies(genre, maison, maison) == []


def test_a_template_of_long_ago_is_told_what_the_house_s_own_has_since() -> None:
    """Downloaded before « invitation » was told from « convocation », put back later."""
    maison = de_la_maison(GenreModele.CONVOCATION)
    ancien = Document(io.BytesIO(maison))
    for p in ancien.paragraphs:
        p.text = p.text.replace("texte and not lettre.invite", "texte").replace("lettre.invite", "texte")
    octets = io.BytesIO()
    ancien.save(octets)
    manques = oublies(GenreModele.CONVOCATION, octets.getvalue(), maison)
    assert "{{ lettres[].invite }} : Oui si l’on invite au lieu de convoquer, pour {% if … %}" in manques
    assert "{% if texte and not lettre.invite %}" in manques
    assert not any("ordre_du_jour" in m for m in manques)


def test_for_one_instance_then_for_all_then_the_house_s_own(session: Session, cast: Cast) -> None:
    instance = creer_instance(session, cast, decor(session))

    def en_place(pour: int | None) -> bytes | None:
        return modeles.contenu(session, genre=G, instance_id=pour)

    def deposer(pour: int | None, octets: bytes, by: Acteur = cast.secretaire) -> int:
        return modeles.deposer(
            session, genre=G, instance_id=pour, nom="Le nôtre.docx", octets=octets, now=utcnow(), by=by
        )

    tous, propre, autre = avec("Tous"), avec("Propre"), avec("Autre")
    assert en_place(instance) is None
    a = deposer(None, tous)
    b = deposer(instance, propre)
    assert (en_place(instance), en_place(None)) == (propre, tous)
    assert deposer(None, autre) == a, "a second one takes the place of the first"
    assert [(m.nom, m.instance, m.depose_par) for m in modeles.liste(session)] == [
        ("Le nôtre.docx", "", cast.secretaire.nom),
        ("Le nôtre.docx", "Cellule de veille Mireuil", cast.secretaire.nom),
    ]
    modeles.retirer(session, id=b, by=cast.secretaire)
    assert en_place(instance) == autre
    modeles.retirer(session, id=a, by=cast.secretaire)
    assert en_place(instance) is None
    with pytest.raises(Forbidden):
        deposer(None, tous, cast.elu)


def image(format: str, taille: tuple[int, int] = (40, 20)) -> bytes:
    octets = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Zéphyrine"
    Image.new("RGB", taille, "navy").save(octets, format, exif=exif)
    return octets.getvalue()


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_issuer_and_logo_are_the_responsable_s(session: Session, cast: Cast, format: str) -> None:
    modeles.nommer_emetteur(session, emetteur="Ville fictive", by=cast.responsable)
    modeles.poser_logo(session, octets=image(format), by=cast.responsable)
    entete = dossier.entete(session)
    assert entete.emetteur == "Ville fictive"
    assert b"phyrine" not in entete.logo, "what the image hides is left out"
    assert Image.open(io.BytesIO(entete.logo)).format == format
    for refuse in (b"GIF89a", b"<svg/>", b"", b"\xff\xd8\xff", b"0" * 1_000_001):
        with pytest.raises(Invalid):
            modeles.poser_logo(session, octets=refuse, by=cast.responsable)
    modeles.poser_logo(session, octets=image(format).ljust(modeles.LOGO_OCTETS, b"\0"), by=cast.responsable)
    with pytest.raises(Invalid, match="trop lourd"):
        modeles.poser_logo(session, octets=image(format).ljust(modeles.LOGO_OCTETS + 1, b"\0"), by=cast.responsable)
    with pytest.raises(Invalid, match="points de côté"):
        modeles.poser_logo(session, octets=image("PNG", (5000, 2)), by=cast.responsable)
    with pytest.raises(Forbidden):
        modeles.poser_logo(session, octets=image(format), by=cast.secretaire)
    with pytest.raises(Forbidden):
        modeles.nommer_emetteur(session, emetteur="X", by=cast.secretaire)
    modeles.retirer_logo(session, by=cast.responsable)
    modeles.nommer_emetteur(session, emetteur="", by=cast.responsable)
    assert dossier.entete(session) == dossier.EnTete(envois.EMETTEUR_DEFAUT, b"")


@pytest.mark.sqlite
def test_a_template_that_fails_on_real_values_downloads_as_the_sentence_that_says_so() -> None:
    """Its trial went well on others: here, nobody is expected."""
    pret = APreparer("Feuille", "f.docx", G, avec("{{ lignes[0].partenaire }}"), {"lignes": []}, b"")
    lu = "\n".join(p.text for p in Document(io.BytesIO(ou_pourquoi(pret))).paragraphs)
    assert "document non produit" in lu
    assert "n’existe pas" in lu or "mal écrite" in lu
    assert "modèle de la maison" in lu
