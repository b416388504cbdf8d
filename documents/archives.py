"""Several files as one."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from services.courrier.messages import Piece


def zip_octets(pieces: Sequence[Piece]) -> bytes:
    """A .zip of these files, their names in UTF-8."""
    tampon = BytesIO()
    with ZipFile(tampon, "w", ZIP_DEFLATED) as archive:
        for piece in pieces:
            archive.writestr(piece.nom.replace("/", "-").replace("\\", "-"), piece.contenu)
    return tampon.getvalue()
