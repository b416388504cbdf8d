"""The screen of a séance: who may open it, what it says, where one stands in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models.lists import EtatReunion
from services.agenda import reunions
from services.releves import saisie
from services.socle import db
from services.socle.horloge import maintenant
from tests.cast import Cast
from tests.services.outils_agenda import creer_reunion
from ui.releves.en_seance import BANDEAU

SEANCE, ACCUEIL, REUNION = "pages/aujourdhui/en_seance.py", "pages/aujourdhui/accueil.py", "pages/agenda/reunion.py"
Ecran = Callable[..., AppTest]


def une_reunion(cast: Cast, *, dans: timedelta = timedelta(minutes=20)) -> int:
    with db.writing() as session:
        debut = maintenant().replace(second=0, microsecond=0) + dans
        return creer_reunion(session, cast, titre="Réunion de quartier", debut=debut)


def dit(at: AppTest) -> str:
    groupes: tuple[Any, ...] = (at.markdown, at.warning, at.info, at.error, at.title, at.header)
    return "\n".join(str(e.value) for groupe in groupes for e in groupe)


def test_the_elu_has_no_way_to_it(ecran: Ecran, cast_base: Cast) -> None:
    """Neither a link, nor a page that answers."""
    une_reunion(cast_base)
    assert "C’est maintenant" not in dit(ecran(ACCUEIL, role="elu"))
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        ecran(SEANCE, role="elu")


def test_opened_then_written_up_one_moment_at_a_time(ecran: Ecran, cast_base: Cast) -> None:
    id = une_reunion(cast_base)
    at = ecran(SEANCE, reunion=str(id))
    assert BANDEAU in dit(at)
    at.button(key="ouvrir-seance").click().run()
    with db.reading() as session:
        assert reunions.get(session, id=id).etat is EtatReunion.EN_SEANCE
    assert BANDEAU in dit(at)
    assert at.query_params.get("ici") is None
    suivant = next(b for b in at.button if b.label == "Suivant")
    suivant.click().run()  # no member, no suite, no point waits: the end
    assert "Terminer et enregistrer" in {b.label for b in at.button}
    next(b for b in at.button if b.label == "Ajouter un point").click().run()
    assert "Point 1 : constat" in {t.label for t in at.text_area}
    at.text_area[0].input("Deux bancs abîmés").run()
    with db.reading() as session:
        form = saisie.brouillons.lire(session, cle=saisie.cle_brouillon(id))
        assert form
        champs = saisie.brouillons.champs(session, cle=form.cle)
    assert "Deux bancs abîmés" in {c.valeur for c in champs.values()}
    next(b for b in at.button if b.label == "Terminer").click().run()
    next(b for b in at.button if b.label == "Terminer et enregistrer").click().run()
    assert "Choisissez le thème de ce point" in dit(at), "and one is led to the point where it is missing"
    assert at.text_area[0].value == "Deux bancs abîmés"


def test_too_early_or_another_day_it_says_when(ecran: Ecran, cast_base: Cast) -> None:
    tot = ecran(SEANCE, reunion=str(une_reunion(cast_base, dans=timedelta(days=3))))
    assert "pourra s’ouvrir" in dit(tot)
    passee = ecran(SEANCE, reunion=str(une_reunion(cast_base, dans=-timedelta(days=3))))
    assert "est passée" in dit(passee)
    assert "Ouvrir la séance" not in {b.label for at in (tot, passee) for b in at.button}


def test_accueil_and_the_meeting_lead_to_it(ecran: Ecran, cast_base: Cast) -> None:
    id = une_reunion(cast_base)
    assert "C’est maintenant" in dit(ecran(ACCUEIL))
    liens = [e.proto.label for e in ecran(REUNION, id=str(id)).main.get("page_link")]
    assert "En séance" in liens


def test_a_wrong_address_is_no_incident(ecran: Ecran) -> None:
    for adresse in ("", "abc", "99999"):
        at = ecran(SEANCE, reunion=adresse)
        assert not at.exception
        assert "calendrier" in dit(at)
