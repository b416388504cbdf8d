"""The Word templates that staff uploaded in place of the house's own, and who signs: the issuer and its logo.

A file is looked at here without being opened as a document; documents/word.py tries it in a process of its own.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from lxml import etree
from PIL import Image, UnidentifiedImageError
from sqlmodel import Session, col, select

from models import Agent, Instance, Modele
from models.lists import GenreModele
from services.commun import operations
from services.convocation.dossier import LOGO
from services.courrier.envois import EMETTEUR
from services.socle import journal, parametres
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Invalid
from services.socle.horloge import utcnow
from services.socle.texte import clean

OCTETS = 5_000_000
CHANGER = "modele.changer"
DEPLIE, XML = 30_000_000, 10_000_000  # bytes of a template once unfolded, and of its text alone
MEMBRES, ELEMENTS = 2000, 100_000
LOGO_OCTETS = 1_000_000
LOGO_PIXELS = 4000

_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PAS_WORD = "Ce fichier n’est pas un document Word .docx. Enregistrez-le au format « Document Word (.docx) »."
_ABIME = "Ce fichier est abîmé ou incomplet. Ouvrez-le dans Word et enregistrez-le de nouveau au format .docx."
_TROP_GRAND = "Ce modèle est trop grand une fois déplié : il est refusé. Repartez du modèle de la maison."
_MACROS = "Ce document contient des macros ou des objets incorporés : enregistrez-le au format .docx, sans eux."
_DEHORS = "Ce document va chercher quelque chose hors de lui ({quoi}) : il est refusé. {remede}"
_SUIVI = (
    "Ce document garde des commentaires ou des modifications suivies : acceptez-les ou supprimez-les, puis déposez-le."
)
# What a document may fetch or run when it is opened, as a field of Word says it.
_CHAMPS = re.compile(r"\b(INCLUDEPICTURE|INCLUDETEXT|DDEAUTO|DDE|IMPORT|DATABASE|LINK|RD|MACROBUTTON)\b")
_SUR = re.compile("https?://|mailto:", re.IGNORECASE)
_SUIVIS = {"ins", "del", "moveFrom", "moveTo", "comment"}


@dataclass(frozen=True)
class ModeleVu:
    """A template in use. `instance` "": for all of them."""

    id: int
    genre: GenreModele
    instance_id: int | None
    instance: str
    nom: str
    depose_le: datetime
    depose_par: str


# --- queries --------------------------------------------------------------------------------------------------------


def contenu(session: Session, *, genre: GenreModele, instance_id: int | None) -> bytes | None:
    """The template uploaded for this instance, else for all; None: the house's own."""
    rows = session.exec(
        select(Modele)
        .where(Modele.genre == genre, (col(Modele.instance_id) == instance_id) | col(Modele.instance_id).is_(None))
        .order_by(col(Modele.instance_id).is_(None))
    ).all()
    return rows[0].contenu if rows else None


def liste(session: Session) -> list[ModeleVu]:
    """The templates uploaded; of a kind, that of all instances first."""
    rows = session.exec(
        select(Modele, Instance.nom, Agent.nom)
        .outerjoin(Instance, col(Instance.id) == Modele.instance_id)
        .outerjoin(Agent, col(Agent.id) == Modele.depose_par)
        .order_by(col(Modele.instance_id).is_not(None), col(Instance.nom))
    ).all()
    return [
        ModeleVu(m.id, m.genre, m.instance_id, instance or "", m.nom, m.depose_le, agent or "")
        for m, instance, agent in rows
    ]


# --- is it fit to be a template? ------------------------------------------------------------------------------------


def controler(octets: bytes) -> None:
    """Refuse what is not a plain .docx, in bounded memory and time.

    Raises:
        Invalid: why, and what to do.
    """
    if len(octets) > OCTETS:
        raise Invalid({"modele": "Ce fichier est trop lourd : 5 Mo au plus. Réduisez ses images."})
    if not octets:
        raise Invalid({"modele": "Ce fichier est vide. Enregistrez-le de nouveau dans Word, puis déposez-le."})
    if not octets.startswith(b"PK\x03\x04"):
        raise Invalid({"modele": _PAS_WORD})
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            membres = _deplier(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise Invalid({"modele": _ABIME}) from error
    types = membres.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types or any(re.search("vba|activeX/|embeddings/", nom, re.I) for nom in membres):
        raise Invalid({"modele": _MACROS})
    if "word/document.xml" not in membres or _WORD not in types:
        raise Invalid({"modele": _PAS_WORD})
    if sum(len(texte) for texte in membres.values()) > XML:
        raise Invalid({"modele": _TROP_GRAND})
    vus = count()
    try:
        for nom, texte in membres.items():
            if nom.endswith(".rels"):
                _controler_liens(_elements(texte, vus))
            elif nom.endswith(".xml"):
                _controler_texte(_elements(texte, vus))
    except etree.XMLSyntaxError as error:
        raise Invalid({"modele": _ABIME}) from error


def _deplier(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Unfolded for real, up to a limit: the sizes that an archive announces may lie. Images are counted, not kept."""
    membres: dict[str, bytes] = {}
    total = 0
    infos = archive.infolist()
    if len(infos) > MEMBRES:
        raise Invalid({"modele": _TROP_GRAND})
    for info in infos:
        morceaux = []
        with archive.open(info) as membre:
            while morceau := membre.read(1_000_000):
                total += len(morceau)
                if total > DEPLIE:
                    raise Invalid({"modele": _TROP_GRAND})
                if info.filename.endswith((".xml", ".rels")):
                    morceaux.append(morceau)
        if info.filename in membres:
            raise Invalid({"modele": _ABIME})
        membres[info.filename] = b"".join(morceaux)
    return membres


def _elements(texte: bytes, vus: Iterator[int]) -> Iterator[Any]:
    """The elements of a file of the archive, each forgotten once seen; `vus` counts those of the whole archive."""
    for n, (_, element) in enumerate(
        etree.iterparse(io.BytesIO(texte), resolve_entities=False, no_network=True, huge_tree=False)
    ):
        if n == 0 and element.getroottree().docinfo.doctype:
            raise Invalid({"modele": _ABIME})
        if next(vus) > ELEMENTS:
            raise Invalid({"modele": _TROP_GRAND})
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _controler_liens(elements: Iterator[Any]) -> None:
    """Nothing is fetched from outside: no linked image, no template elsewhere. A link to click on is no fetching."""
    for lien in elements:
        genre, dehors = lien.get("Type", ""), lien.get("TargetMode", "").lower() == "external"
        if genre.endswith("/attachedTemplate"):
            raise _dehors("un modèle attaché", "Dans Word : Développeur, Modèle de document, choisissez Normal.")
        if genre.endswith("/aFChunk"):
            raise Invalid({"modele": _MACROS})
        if dehors and not genre.endswith("/hyperlink"):
            raise _dehors("une image ou un fichier lié", "Insérez l’image dans le document au lieu de la lier.")
        if dehors and not _SUR.match(lien.get("Target", "")):
            raise _dehors("un lien vers un fichier", "Retirez ce lien, ou remplacez-le par une adresse https.")


def _controler_texte(elements: Iterator[Any]) -> None:
    instructions = []  # of fields: a name may be cut in pieces, which are put together first
    for element in elements:
        nom = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if nom in _SUIVIS and element.tag.endswith(f"wordprocessingml/2006/main}}{nom}"):
            raise Invalid({"modele": _SUIVI})
        if nom == "instrText":
            instructions.append(element.text or "")
        instructions += [
            f" {valeur} " for cle, valeur in element.attrib.items() if etree.QName(cle).localname == "instr"
        ]
    if trouve := _CHAMPS.search("".join(instructions).upper()):
        raise _dehors(f"un champ {trouve[1]}", "Retirez ce champ du document.")


def _dehors(quoi: str, remede: str) -> Invalid:
    return Invalid({"modele": _DEHORS.format(quoi=quoi, remede=remede)})


# --- commands -------------------------------------------------------------------------------------------------------


def deposer(
    session: Session,
    *,
    genre: GenreModele,
    instance_id: int | None,
    nom: str,
    octets: bytes,
    now: datetime,
    by: Acteur,
) -> int:
    """Put a template in place of the one in use, for one instance or (None) for all. Tried first: see `controler`.

    Raises:
        Invalid: it is not fit to be a template.
    """
    require(by, Droit.ECRIRE)
    controler(octets)
    instance = session.get(Instance, instance_id) if instance_id is not None else None
    if instance_id is not None and instance is None:
        raise Invalid({"instance": "Cette instance n’existe plus. Choisissez-en une autre."})
    pour = f" pour « {instance.nom} »" if instance else ""
    resume = f"Modèle Word déposé{pour} : {genre.libelle}"
    with operations.suivre(session, acte=CHANGER, resume=resume, now=utcnow(), by=by) as suivi:
        modele = _en_place(session, genre, instance_id)
        if modele is None:
            modele = Modele(genre=genre, instance_id=instance_id, nom="", contenu=b"", depose_le=now)
            suivi.ajouter(modele)
        else:
            suivi.retenir(modele)
        modele.nom, modele.contenu = clean(nom)[:200] or "modèle.docx", octets
        modele.depose_le, modele.depose_par = now, by.id
        session.add(modele)
    return modele.id


def retirer(session: Session, *, id: int, by: Acteur) -> None:
    """Go back to the template behind: that of all instances, else the house's own. Gone already: nothing to do."""
    require(by, Droit.ECRIRE)
    modele = session.get(Modele, id)
    if modele is None:
        return
    instance = session.get(Instance, modele.instance_id) if modele.instance_id else None
    pour = f" pour « {instance.nom} »" if instance else ""
    resume = f"Retour au modèle de la maison{pour} : {modele.genre.libelle}, à la place de « {modele.nom} »"
    operations.retirer(session, modele, acte=CHANGER, resume=resume, by=by)


def nommer_emetteur(session: Session, *, emetteur: str, by: Acteur) -> None:
    """Say who signs documents and messages.

    Raises:
        Invalid: it is too long.
    """
    require(by, Droit.COMPTES)
    emetteur = clean(emetteur)
    if len(emetteur) > 120:
        raise Invalid({"emetteur": "Raccourcissez l’émetteur : 120 caractères au plus."})
    avant = parametres.lire(session, EMETTEUR)
    if avant == emetteur:
        return
    parametres.ecrire(session, EMETTEUR, emetteur)
    de, a = (x or "celui d’origine" for x in (avant, emetteur))
    _noter(session, by, "parametre.emetteur", None, f"Émetteur des documents : {de} → {a}")


def poser_logo(session: Session, *, octets: bytes, by: Acteur) -> None:
    """Print this image at the head of documents: PNG or JPEG by its content, written anew without what it hides.

    Raises:
        Invalid: it is not such an image, or too large a one.
    """
    require(by, Droit.COMPTES)
    if len(octets) > LOGO_OCTETS:
        raise Invalid({"logo": "Ce logo est trop lourd : 1 Mo au plus."})
    try:
        with Image.open(io.BytesIO(octets), formats=("PNG", "JPEG")) as image:
            if max(image.size) > LOGO_PIXELS:
                raise Invalid({"logo": f"Ce logo est trop grand : {LOGO_PIXELS} points de côté au plus."})
            genre = image.format or "PNG"
            propre = io.BytesIO()
            image.convert("RGB" if genre == "JPEG" else "RGBA").save(propre, genre)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(
            {"logo": "Ce fichier n’est pas une image PNG ou JPEG. Enregistrez le logo dans ce format."}
        ) from error
    parametres.ecrire(session, LOGO, f"image/{genre.lower()}", contenu=propre.getvalue())
    _noter(session, by, "parametre.logo", None, "Logo des documents changé")


def retirer_logo(session: Session, *, by: Acteur) -> None:
    """Print no logo any more."""
    require(by, Droit.COMPTES)
    if parametres.contenu(session, LOGO):
        parametres.ecrire(session, LOGO, "")
        _noter(session, by, "parametre.logo", None, "Logo des documents retiré")


# --- inside ---------------------------------------------------------------------------------------------------------


def _en_place(session: Session, genre: GenreModele, instance_id: int | None) -> Modele | None:
    # UNIQUE lets two rows without an instance be: writers come one after the other, this query sees the other's.
    return session.exec(
        select(Modele).where(Modele.genre == genre, col(Modele.instance_id).is_not_distinct_from(instance_id))
    ).first()


def _noter(session: Session, by: Acteur, acte: str, id: int | None, resume: str) -> None:
    journal.note(session, by=by, acte=acte, objet="modele", objet_id=id, resume=resume)
