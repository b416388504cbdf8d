"""Whatever gives a meeting a time and a place is refused over what it would overlap, until staff say they have read it.

What else these commands do: tests/services/agenda/test_reunions.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models import Reunion
from models.lists import EtatReunion, TypeReunion
from services.agenda import programmation, series, suites
from services.agenda.obstacles import Creneau
from services.agenda.programmation import Chevauchement, Saisie
from services.imports.importation import importer
from services.imports.imports_agenda import preparer_agenda
from services.socle.erreurs import Conflict, Invalid
from tests.cast import Cast
from tests.services.imports.test_imports_agenda import agenda, demande
from tests.services.imports.test_reference import contenu
from tests.services.outils_agenda import creer_reunion
from tests.services.outils_commandes import DEBUT, NOW, UTC_NOW, Scene

FIN = DEBUT + timedelta(hours=3)


def saisie(s: Scene, **valeurs: Any) -> Saisie:
    return Saisie(**{"type": TypeReunion.CELLULE, "instance_id": None, "titre": "Point", "debut": DEBUT} | valeurs)


def ailleurs(s: Scene, **valeurs: Any) -> dict[str, int]:
    """A meeting that overlaps nothing yet, as it is shown."""
    id = creer_reunion(s.session, s.cast, **{"debut": DEBUT + timedelta(days=1), "lieu_id": s.lieu.id} | valeurs)
    return s.de(s.session.get_one(Reunion, id))


def annulee(s: Scene) -> dict[str, int]:
    row = s.session.get_one(Reunion, ailleurs(s, debut=DEBUT)["id"])
    return s.de(s.tel(row, etat=EtatReunion.ANNULEE))


def fichier(s: Scene) -> dict[str, Any]:
    octets = agenda(f"UID:u\nDTSTART:{DEBUT:%Y%m%dT%H%M%S}\nSUMMARY:Point\nLOCATION:{s.lieu.nom}")
    lue = replace(demande(octets), today=NOW.date())
    return {
        "preparer": preparer_agenda, "demande": lue, "vu": preparer_agenda(s.session, lue).essai, "fichier": "a.ics",
        "jeton": s.jeton, "now": UTC_NOW,
    }  # fmt: skip


Dit = Callable[[Scene, dict[str, Any], Any], dict[str, Any]]


def ce_qui_est_dit(s: Scene, appel: dict[str, Any], refus: Chevauchement) -> dict[str, Any]:
    return {"vus": refus.phrases}


def sous_la_date(s: Scene, appel: dict[str, Any], refus: Invalid) -> dict[str, Any]:
    lu = "l’élu·e préside « Jury » à la même heure"
    assert lu in refus.phrase
    return {"vus": [lu]}


def l_essai_refait(s: Scene, appel: dict[str, Any], refus: Conflict) -> dict[str, Any]:
    essai = preparer_agenda(s.session, appel["demande"]).essai
    assert "« Jury »" in essai.lignes[0].avis[0]
    return {"vu": essai}


@dataclass(frozen=True)
class Cas:
    """`appel`: a call that overlaps nothing, until a colleague's meeting is put there. `dit`: what then says that
    staff have read it."""

    nom: str
    commande: Callable[..., Any]
    appel: Callable[[Scene], dict[str, Any]]
    refus: type[Exception] = Chevauchement
    dit: Dit = ce_qui_est_dit


p = programmation
CAS = [
    Cas("created there", p.creer, lambda s: {"saisie": saisie(s, lieu_id=s.lieu.id), "jeton": s.jeton}),
    Cas("created there, its place by its name", p.creer, lambda s: {
        "saisie": saisie(s, lieu_nom=s.lieu.nom.upper()), "jeton": s.jeton}),
    Cas("moved there", p.deplacer, lambda s: ailleurs(s) | {"debut": DEBUT}),
    Cas("stretched until there", p.deplacer, lambda s: ailleurs(s, debut=DEBUT - timedelta(hours=2)) | {
        "debut": DEBUT - timedelta(hours=2), "fin": DEBUT + timedelta(minutes=15)}),
    Cas("its hours changed", p.modifier, lambda s: ailleurs(s) | {"saisie": saisie(s, lieu_id=s.lieu.id)}),
    Cas("its place changed", p.modifier, lambda s: ailleurs(s, debut=DEBUT, lieu_id=None) | {
        "saisie": saisie(s, lieu_id=s.lieu.id)}),
    Cas("put back where it was", p.changer_etat, lambda s: annulee(s) | {"etat": EtatReunion.BROUILLON}),
    Cas("planned there", series.creer, lambda s: {
        "creneaux": [Creneau(s.instance.id, DEBUT, FIN, None)], "jeton": s.jeton, "now": NOW}, Invalid, sous_la_date),
    Cas("its series moved there", suites.deplacer, lambda s: {
        "deplacements": s.deplacements(), "jeton": s.jeton, "now": NOW}, Invalid, sous_la_date),
    Cas("imported there", importer, fichier, Conflict, l_essai_refait),
]  # fmt: skip


@pytest.mark.parametrize("cas", CAS, ids=lambda c: c.nom)
def test_an_overlap_is_refused_until_it_is_read(session: Session, cast: Cast, cas: Cas) -> None:
    s = Scene(session, cast)
    appel = cas.appel(s)
    creer_reunion(session, cast, titre="Jury", debut=DEBUT, fin=FIN, lieu_id=s.lieu.id)
    avant = contenu(session)
    with pytest.raises(cas.refus) as refus:
        cas.commande(session, **appel, by=cast.secretaire)
    assert contenu(session) == avant, "a refusal leaves everything as it was"
    cas.commande(session, **appel | cas.dit(s, appel, refus.value), by=cast.secretaire)
    la = select(Reunion.titre).where(
        Reunion.debut < FIN, Reunion.fin > DEBUT, col(Reunion.etat) == EtatReunion.BROUILLON
    )
    assert len(session.exec(la).all()) == 2


def test_what_came_since_is_asked_about_in_its_turn(session: Session, cast: Cast) -> None:
    s = Scene(session, cast)
    appel, vus = ailleurs(s) | {"debut": DEBUT}, ()
    for titre in ("Jury", "Concert"):
        creer_reunion(session, cast, titre=titre, debut=DEBUT, lieu_id=s.lieu.id, vus=vus)
        with pytest.raises(Chevauchement) as refus:
            programmation.deplacer(session, **appel, vus=vus, by=cast.secretaire)
        vus = refus.value.phrases
        assert titre in vus[-1]


def test_nothing_is_asked_where_it_stands_already(session: Session, cast: Cast) -> None:
    """Two meetings that were said to overlap stay so: the title of one changes."""
    s = Scene(session, cast)
    appel = ailleurs(s, debut=DEBUT)
    with pytest.raises(Chevauchement) as refus:
        ailleurs(s, debut=DEBUT)
    ailleurs(s, debut=DEBUT, vus=refus.value.phrases)
    programmation.modifier(
        session, **appel, saisie=saisie(s, titre="Autre titre", lieu_id=s.lieu.id), by=cast.secretaire
    )


def test_the_lines_of_one_file_overlap_too(session: Session, cast: Cast) -> None:
    lieu = Scene(session, cast).lieu.nom
    heures = (("un", 9), ("deux", 10), ("trois", 11))  # two hours each
    octets = agenda(
        *(f"UID:{t}\nDTSTART:{DEBUT:%Y%m%d}T{h:02}0000\nSUMMARY:Point {t}\nLOCATION:{lieu}" for t, h in heures),
        f"UID:x\nDTSTART:{DEBUT:%Y%m%d}T090000\nSUMMARY:Ailleurs\nLOCATION:Autre salle",
        f"UID:y\nDTSTART:{DEBUT:%Y%m%d}T090000\nSUMMARY:Annulée\nLOCATION:{lieu}\nSTATUS:CANCELLED",
        f"UID:z\nDTSTART:20261101T090000\nSUMMARY:Passée\nLOCATION:{lieu}",
        f"UID:zz\nDTSTART:20261101T090000\nSUMMARY:Passée aussi\nLOCATION:{lieu}",
    )
    essai = preparer_agenda(session, replace(demande(octets), today=NOW.date())).essai
    dits = [[x.split(",")[0] for x in ligne.avis] for ligne in essai.lignes]
    deja = "Le même lieu est déjà pris par « Point"
    assert dits == [[], [f"{deja} un »"], [f"{deja} deux »"], [], [], [], []]
