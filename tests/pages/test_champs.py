"""Each text of a partenaire has its place in the form and on the page; services' lists: tests/services/partenaires."""

from collections.abc import Callable
from typing import Any

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from models import Categorie
from services.partenaires import fiches
from services.partenaires.champs import LIBELLES, TEXTES
from services.partenaires.fiches import Saisie
from services.socle import db
from tests.cast import Cast
from tests.services.partenaires.test_champs import valeurs

Ecran = Callable[..., AppTest]


def test_each_text_has_its_place_in_the_form_and_on_the_page(ecran: Ecran, cast_base: Cast) -> None:
    dits = valeurs(1) | {"uai": "0170035W"}
    with db.writing() as session:
        session.add(Categorie(nom="Associations"))
        session.flush()
        categorie = session.exec(select(Categorie.id)).one()
        saisie: Any = Saisie(categorie_id=categorie, **dits)
        id = fiches.creer(session, saisie=saisie, jeton="a", by=cast_base.secretaire)

    def places(at: AppTest) -> str:
        assert not at.exception
        return "\n".join(str(e.value) for e in (*at.title, *at.markdown, *at.text)).replace("\\", "")

    fiche = places(ecran("pages/partenaires/fiche.py", id=str(id)))
    assert [c for c in TEXTES if dits[c] not in fiche] == []
    form = ecran("pages/partenaires/edition.py", id=str(id))
    tenus = {e.label: e.value for e in (*form.text_input, *form.text_area)}
    libelles = LIBELLES | {"uai": "UAI"}
    assert [c for c in TEXTES if tenus.get(libelles[c]) != dits[c]] == []
