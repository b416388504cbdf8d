"""Each field has its place in a form; of a partenaire, on its page too. The lists of services: tests/services."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import Enum
from sqlmodel import Session, select
from streamlit.testing.v1 import AppTest

from models import Categorie, Participation
from models.lists import Frequence, TypeReunion
from services.partenaires.champs import LIBELLES, TEXTES
from services.partenaires.fiches import Saisie, creer
from services.socle import db, ecarts
from tests.cast import Cast
from tests.pages.test_conflits import CAS, COLLEGE
from tests.pages.test_conflits import fiches as fiches
from tests.services.partenaires.test_champs import valeurs
from tests.services.test_champs import FICHES, Fiche

Ecran = Callable[..., AppTest]


def test_each_text_has_its_place_in_the_form_and_on_the_page(ecran: Ecran, cast_base: Cast) -> None:
    dits = valeurs(1) | {"uai": "0170035W"}
    with db.writing() as session:
        session.add(Categorie(nom="Associations"))
        session.flush()
        categorie = session.exec(select(Categorie.id)).one()
        saisie: Any = Saisie(categorie_id=categorie, **dits)
        id = creer(session, saisie=saisie, jeton="a", by=cast_base.secretaire)

    def places(at: AppTest) -> str:
        assert not at.exception
        return "\n".join(str(e.value) for e in (*at.title, *at.markdown, *at.text)).replace("\\", "")

    fiche = places(ecran("pages/partenaires/fiche.py", id=str(id)))
    assert [c for c in TEXTES if dits[c] not in fiche] == []
    form = ecran("pages/partenaires/edition.py", id=str(id))
    tenus = {e.label: e.value for e in (*form.text_input, *form.text_area)}
    libelles = LIBELLES | {"uai": "UAI"}
    assert [c for c in TEXTES if tenus.get(libelles[c]) != dits[c]] == []


# --- the other records ----------------------------------------------------------------------------------------------

A_PART = "an act with a button of its own"
HORS_FORME = {
    "action": dict.fromkeys(ecarts.LIBELLES["action"], "changed in its line of the list"),
    "agent": {"actif": A_PART},
    "instance": {"jour_du_mois": "in the place of the day and the rank"},
    "presidence": {"instance_id": "in the place of the secteur"},
    "reunion": {"etat": A_PART},
    "seance": {"etat": A_PART, "presents": A_PART, "motif": A_PART},
}
# What a form shows that any other value would not let it show.
CHOISIES: dict[str, dict[str, Any]] = {
    "etape": {"limite_mois": 10, "limite_jour": 15},
    "seance": {"debut": datetime(2027, 3, 1, 9, 1), "fin": datetime(2027, 3, 1, 11, 2)},
    "instance": {"type": TypeReunion.CELLULE, "frequence": Frequence.BIMENSUELLE, "jour": 2, "rang": 1, "rang_bis": 3},
}
# What a form says in one widget.
ECRITES: dict[tuple[str, str], Callable[[Any], str]] = {
    ("etape", "limite_mois"): lambda mois: f"15/{mois}",
    ("etape", "limite_jour"): lambda jour: f"{jour}/10",
    ("presidence", "secteur_id"): lambda id: f"s{id}",
}


def autre(session: Session, colonne: Any, n: int) -> Any:
    """A value that this column may hold, of its own."""
    if colonne.foreign_keys:
        (cle,) = colonne.foreign_keys
        return session.exec(select(cle.column).order_by(cle.column.desc())).first()
    if isinstance(colonne.type, Enum):
        return list(colonne.type.enum_class)[-1]  # type: ignore[arg-type]
    genre = getattr(colonne.type, "impl_instance", colonne.type).python_type
    return {
        str: f"{colonne.name}{n}", int: 20 + n, bool: True, date: date(2027, 3, 1 + n), time: time(9, n),
        datetime: datetime(2027, 3, 1 + n, 9, n),
    }[genre]  # fmt: skip


def tenue(nom: str, champ: str, valeur: Any) -> list[Any]:
    """As the widgets of a form hold it."""
    if ecrite := ECRITES.get((nom, champ)):
        return [ecrite(valeur)]
    return [valeur.date(), valeur.time()] if isinstance(valeur, datetime) else [valeur]


@pytest.mark.parametrize("fiche", FICHES, ids=lambda f: f.table.__tablename__)
def test_each_field_has_its_place_in_a_form(ecran: Ecran, fiches: dict[Any, int], fiche: Fiche) -> None:
    nom = str(fiche.table.__tablename__)
    hors = {*fiche.ailleurs, *fiche.tus, *HORS_FORME.get(nom, ())}
    champs = [c for c in ecarts.LIBELLES[nom] if c not in hors]
    with db.writing() as session:
        row = session.get_one(fiche.table, fiches[fiche.table]) if champs else None
        for n, champ in enumerate(champs):
            valeur = CHOISIES.get(nom, {}).get(champ) or autre(session, fiche.table.__table__.c[champ], n)  # type: ignore[attr-defined]
            setattr(row, champ, valeur)
        voulus = {c: tenue(nom, c, getattr(row, c)) for c in champs}
    tenus: list[Any] = []
    for cas in (c for c in CAS if c.table is fiche.table):
        id = fiches[cas.table]
        adresse = {"participation": str(fiches[Participation])} if cas.page == COLLEGE else cas.adresse(id)
        at = cas.ouvrir(ecran(cas.page, role=cas.role, **adresse), id)
        assert not at.exception
        widgets = (
            at.text_input, at.text_area, at.selectbox, at.number_input, at.date_input, at.time_input, at.checkbox,
            at.toggle, at.radio, at.segmented_control, at.pills,
        )  # fmt: skip
        tenus += [w.value for genre in widgets for w in genre]
    assert [c for c, voulu in voulus.items() if any(v not in tenus for v in voulu)] == []
