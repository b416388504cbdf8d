"""Word documents made of templates: bytes in, bytes out. A template that staff uploaded runs in a process of its own.

A template is code. Here it can read its values and nothing else: no attribute of a Python object, no call, few filters.
"""

import base64
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from typing import Any

from docx import Document
from docx.image.image import Image
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from services.socle.erreurs import Invalid
from services.socle.texte import insecables

log = logging.getLogger("carnet.word")

MEMOIRE = 1_000_000_000
SECONDES, SECONDES_ESSAI = 10, 3  # of the processor: to make a document, to try a template
LOGO_MM = (50, 18)  # at most, width and height
RACINE = Path(__file__).resolve().parent.parent  # not from the settings: the process apart starts three times sooner

_FILTRES = frozenset(
    (
        *("batch", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "groupby", "int", "join"),
        *("last", "length", "list", "lower", "map", "reject", "rejectattr", "replace", "reverse", "round", "select"),
        *("selectattr", "sort", "sum", "title", "trim", "truncate", "unique", "upper"),
    )
)
_INTERDITS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold
_TROP_LONG = (
    "Ce modèle demande trop de temps ou de mémoire : il est refusé. Repartez du modèle de la maison, puis recommencez."
)
_MAL_ECRITE = "Une balise est mal écrite : {{ champ }}, {% for … %} ou {% if … %}."
_MAL_PLACEE = (
    "Une balise qui commence par {%p ou {%tr doit être seule dans son paragraphe, ou seule dans sa ligne de tableau."
)
_RESTE = re.compile(r"\{\{|\}\}|\{%|%\}")
_ABIME = "Ce modèle est abîmé. Ouvrez-le dans Word, enregistrez-le au format .docx, puis recommencez."
_PROPRIETES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/%s"/>'
)


class _Environnement(ImmutableSandboxedEnvironment):
    """Values, conditions and loops; nothing of the objects behind them."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        return False


class _Gabarit(DocxTemplate):  # type: ignore[misc]
    """Keeps the text being rendered, to say which paragraph of it is wrong."""

    source = ""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        self.source = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)  # as docxtpl does: a line a paragraph
        xml: str = super().render_xml_part(src_xml, part, context, jinja_env)
        return xml


def rendre(modele: bytes, contexte: Mapping[str, Any], *, quand: datetime, logo: bytes = b"", titre: str = "") -> bytes:
    """The document that a template of ours makes of these values, `quand`. `logo` stands where it says `logo`.

    Raises:
        Invalid: the template is broken; the sentence says where.
    """
    gabarit = _Gabarit(io.BytesIO(modele))
    gabarit.render_init()
    env = _Environnement(autoescape=True, undefined=StrictUndefined)
    env.filters = {nom: f for nom, f in env.filters.items() if nom in _FILTRES}
    env.globals.clear()
    try:
        gabarit.render({**_propre(contexte), "logo": _image(gabarit, logo)}, env, autoescape=True)
        _composer(gabarit)
        _sans_auteur(gabarit, titre, quand)
    except TemplateError as error:
        raise Invalid({"modele": _phrase(error, gabarit.source)}) from error
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        if not any(_est_modele(frame) for frame, _ in walk_tb(error.__traceback__)):
            raise  # not the template's fault
        raise Invalid({"modele": _phrase(error, gabarit.source)}) from error
    except etree.XMLSyntaxError as error:
        raise Invalid({"modele": f"Le document produit ne s’ouvrirait pas. {_MAL_PLACEE}"}) from error
    octets = io.BytesIO()
    gabarit.save(octets)
    return octets.getvalue()


def rendre_a_part(
    modele: bytes, contexte: Mapping[str, Any], *, quand: datetime, logo: bytes = b"", titre: str = ""
) -> bytes:
    """The same for a template that staff uploaded: in a process of its own, with limits, which dies alone.

    Raises:
        Invalid: the template is broken, or asks for too much.
    """
    return _a_part(modele, [contexte], quand=quand, logo=logo, titre=titre)


def essayer(modele: bytes, contextes: Sequence[Mapping[str, Any]], *, quand: datetime) -> None:
    """Render a template with each of these values, none of which holds a brace: one that is left is a tag misspelt.

    Raises:
        Invalid: the template is broken, or asks for too much.
    """
    _a_part(modele, contextes, quand=quand, essai=True)


def _a_part(
    modele: bytes,
    contextes: Sequence[Mapping[str, Any]],
    *,
    quand: datetime,
    logo: bytes = b"",
    titre: str = "",
    essai: bool = False,
) -> bytes:
    demande = {
        "modele": base64.b64encode(modele).decode(),
        "contextes": contextes,
        "quand": quand.isoformat(),
        "logo": base64.b64encode(logo).decode(),
        "titre": titre,
        "essai": essai,
    }
    try:
        fini = subprocess.run(
            [sys.executable, "-m", "documents.word"],
            input=json.dumps(demande).encode(),
            cwd=RACINE,
            env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},  # nothing of ours to read there
            capture_output=True,
            timeout=2 * SECONDES,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        depasse = error.returncode < 0 or b"MemoryError" in error.stderr
        log.warning("template refused: %s", error.stderr[-500:].decode(errors="replace"))
        raise Invalid({"modele": _TROP_LONG if depasse else _ABIME}) from error
    except subprocess.TimeoutExpired as error:
        raise Invalid({"modele": _TROP_LONG}) from error
    if fini.stdout.startswith(b"PK"):
        return fini.stdout
    raise Invalid({"modele": fini.stdout.decode()})


def page(titre: str, *paragraphes: str) -> bytes:
    """A plain page: a heading and its paragraphs."""
    feuille = Document()
    feuille.add_heading(_propre(titre), level=1)
    for paragraphe in paragraphes:
        feuille.add_paragraph(_propre(paragraphe))
    feuille.core_properties.author = feuille.core_properties.comments = ""
    octets = io.BytesIO()
    feuille.save(octets)
    return octets.getvalue()


# --- inside ---------------------------------------------------------------------------------------------------------


def _image(gabarit: _Gabarit, logo: bytes) -> InlineImage | None:
    """The logo, as large as its place."""
    if not logo:
        return None
    lue, (largeur, hauteur) = Image.from_blob(logo), LOGO_MM
    large = lue.px_width * hauteur > lue.px_height * largeur
    taille = {"width": Mm(largeur)} if large else {"height": Mm(hauteur)}
    return InlineImage(gabarit, io.BytesIO(logo), **taille)


def _propre(valeur: Any) -> Any:
    """Without the characters that no XML may hold."""
    if isinstance(valeur, str):
        return _INTERDITS.sub("", valeur)
    if isinstance(valeur, Mapping):
        return {cle: _propre(v) for cle, v in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [_propre(v) for v in valeur]
    return valeur


def _sans_auteur(gabarit: _Gabarit, titre: str, quand: datetime) -> None:
    """The file's properties say what it is, never who wrote its template."""
    p = gabarit.docx.core_properties
    for nom in ("author", "last_modified_by", "comments", "keywords", "subject", "category", "content_status"):
        setattr(p, nom, "")
    p.title, p.language, p.revision = _propre(titre)[:255], "fr-FR", 1
    p.created = p.modified = p.last_printed = quand.astimezone(UTC).replace(tzinfo=None)
    for part in gabarit.docx.part.package.iter_parts():
        for nom in ("extended", "custom"):
            if part.content_type.endswith(f"{nom}-properties+xml"):
                part._blob = _PROPRIETES % f"{nom}-properties".encode()


def _composer(gabarit: _Gabarit) -> None:
    """Signs and units keep to their line, whoever wrote the words: the template, the house or the agents."""
    for part in gabarit.docx.part.package.iter_parts():
        for texte in part.element.iter(qn("w:t")) if isinstance(part, XmlPart) else ():
            texte.text = insecables(texte.text or "")


def _phrase(error: Exception, source: str) -> str:
    """What is wrong, in which paragraph."""
    ligne = error.lineno if isinstance(error, TemplateSyntaxError) else None
    if ligne is None:
        ligne = next((n for f, n in reversed(list(walk_tb(error.__traceback__))) if _est_modele(f)), None)
    paragraphe = ""
    if ligne and ligne <= len(lignes := source.splitlines()):
        paragraphe = " ".join(re.sub(r"<[^>]+>", " ", lignes[ligne - 1]).split())
    ou = f" Paragraphe : « {paragraphe[:160]} »." if paragraphe else ""
    message = str(error)
    if isinstance(error, SecurityError):
        quoi = "Ce modèle demande ce qu’un modèle n’a pas le droit de lire : il est refusé."
    elif isinstance(error, UndefinedError) and (m := re.search(r"'([^']*)' is undefined|attribute '([^']*)'", message)):
        quoi = f"Le champ « {m[1] or m[2]} » n’existe pas : voyez la liste des champs de ce modèle."
    elif re.search(r"unknown tag '(p|tr|tc|r)'", message):
        quoi = _MAL_PLACEE
    elif m := re.search(r"unknown tag '(\w+)'|No filter named '(\w+)'", message):
        quoi = f"La balise « {m[1] or m[2]} » n’existe pas, ou est en trop."
    elif "end of template" in message or "end of print" in message:
        quoi = "Une balise n’est pas fermée : {% for … %} finit par {% endfor %}, {% if … %} par {% endif %}."
    else:
        quoi = _MAL_ECRITE
    return quoi + ou


def _sans_reste(document: bytes) -> None:
    """No brace of a tag is left in what was written.

    Raises:
        Invalid: one is, and where.
    """
    for part in Document(io.BytesIO(document)).part.package.iter_parts():
        for paragraphe in part.element.iter(qn("w:p")) if isinstance(part, XmlPart) else ():
            texte = "".join(t.text or "" for t in paragraphe.iter(qn("w:t")))
            if _RESTE.search(texte):
                raise Invalid({"modele": f"{_MAL_ECRITE} Paragraphe : « {texte[:160]} »."})


def _est_modele(frame: Any) -> bool:
    return bool(frame.f_code.co_filename == "<template>")


def main() -> None:
    """The process apart: JSON on standard input; the document, or a sentence, on standard output."""
    from services.imports.lecteur import limiter

    demande = json.loads(sys.stdin.buffer.read())
    limiter(MEMOIRE, SECONDES_ESSAI if demande["essai"] else SECONDES)
    reponse = b""
    try:
        for contexte in demande["contextes"]:
            reponse = rendre(
                base64.b64decode(demande["modele"]),
                contexte,
                quand=datetime.fromisoformat(demande["quand"]),
                logo=base64.b64decode(demande["logo"]),
                titre=demande["titre"],
            )
            if demande["essai"]:
                _sans_reste(reponse)
    except Invalid as error:
        reponse = error.phrase.encode()
    sys.stdout.buffer.write(reponse)


if __name__ == "__main__":
    main()
