"""What the tests of the agenda start from."""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from models import Categorie, Partenaire, Quartier, SecteurVeille
from models.lists import Frequence, TypeReunion
from services.agenda import instances, programmation
from tests.cast import Cast

QUATORZE = datetime(2026, 11, 24, 14)


@dataclass(frozen=True)
class Decor:
    """Ids of two secteurs, three quartiers, two partenaires."""

    mireuil: int
    centre: int
    quartier_mireuil: int
    gabut: int
    verdun: int
    oph: int
    police: int


def decor(session: Session) -> Decor:
    secteurs = {n: SecteurVeille(nom=n) for n in ("Mireuil", "Centre-ville")}
    session.add_all(secteurs.values())
    session.flush()
    quartiers = {
        "Mireuil": Quartier(nom="Mireuil", secteur_id=secteurs["Mireuil"].id),
        "Gabut": Quartier(nom="Gabut", secteur_id=secteurs["Centre-ville"].id),
        "Verdun": Quartier(nom="Verdun", secteur_id=secteurs["Centre-ville"].id),
    }
    categorie = Categorie(nom="Divers")
    session.add_all([*quartiers.values(), categorie])
    session.flush()
    partenaires = [
        Partenaire(
            nom="Office public de l’habitat",
            sigle="OPH",
            recherche="office public de l habitat oph",
            categorie_id=categorie.id,
        ),
        Partenaire(nom="Police nationale", recherche="police nationale", categorie_id=categorie.id),
    ]
    session.add_all(partenaires)
    session.flush()
    return Decor(
        mireuil=secteurs["Mireuil"].id,  # type: ignore[arg-type]
        centre=secteurs["Centre-ville"].id,  # type: ignore[arg-type]
        quartier_mireuil=quartiers["Mireuil"].id,  # type: ignore[arg-type]
        gabut=quartiers["Gabut"].id,  # type: ignore[arg-type]
        verdun=quartiers["Verdun"].id,  # type: ignore[arg-type]
        oph=partenaires[0].id,  # type: ignore[arg-type]
        police=partenaires[1].id,  # type: ignore[arg-type]
    )


def envoi(saisie: type[Any], cast: Cast, valeurs: dict[str, object]) -> dict[str, Any]:
    """What a form sends to a command: its fields as one `saisie`, its token, who acts."""
    champs = {f.name for f in fields(saisie)}
    reste = {c: v for c, v in valeurs.items() if c not in champs}
    saisi = saisie(**{c: v for c, v in valeurs.items() if c in champs})
    return {"saisie": saisi, "jeton": secrets.token_hex(16), "by": cast.secretaire} | reste


def creer_instance(session: Session, cast: Cast, d: Decor, **valeurs: object) -> int:
    defaut: dict[str, object] = {
        "nom": "Cellule de veille Mireuil",
        "type": TypeReunion.CELLULE,
        "frequence": Frequence.SEMESTRIELLE,
        "secteur_id": d.mireuil,
    }
    return instances.creer(session, **envoi(instances.Saisie, cast, defaut | valeurs))


def creer_reunion(session: Session, cast: Cast, **valeurs: object) -> int:
    debut = valeurs.get("debut", QUATORZE)
    defaut: dict[str, object] = {
        "type": TypeReunion.CELLULE,
        "instance_id": None,
        "titre": "Réunion",
        "debut": debut,
        "fin": debut + timedelta(hours=2),  # type: ignore[operator]
    }
    return programmation.creer(session, **envoi(programmation.Saisie, cast, defaut | valeurs))
