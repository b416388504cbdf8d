"""The after-meeting case (tests/cas/after-meeting.json) set up through the services: the meeting to write up, its
members, what is open from last time and, for the warm case, six earlier meetings of other instances."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlmodel import Session, select

from models import Instance, Partenaire, Quartier, Reunion, Theme
from services.actions import avancement, suivi
from services.agenda import instances, programmation
from services.agenda.instances import SiegeVoulu
from services.releves import enregistrement, saisie
from services.socle import brouillons
from services.socle.acteur import Acteur


def _cas(nom: str) -> dict[str, Any]:
    cas: dict[str, Any] = json.loads((Path(__file__).parent / "cas" / nom).read_text(encoding="utf-8"))
    for point in cas["points"]:
        point.setdefault("actions", [point["action"]] if "action" in point else [])
    return cas


CAS = _cas("after-meeting.json")
# The same meeting, as it went that evening: people nobody expected, more to write down.
SOIREE = CAS | _cas("evening-21h.json")

# The stated mix: what six earlier meetings of other instances talked about, four points each.
PASSE: dict[str, list[tuple[str, str]]] = {
    "Réunion technique – Port-Neuf": [
        ("Tapage nocturne sur la voie publique", "Ville de La Rochelle - Police municipale"),
        ("Rodéo motorisé", "Police nationale - commissariat de La Rochelle"),
        ("Occupation de hall ou de parties communes", "Office public de l'habitat de l'agglomération de La Rochelle"),
        ("Stationnement gênant", "Ville de La Rochelle - Police municipale"),
    ],
    "Réunion technique – Villeneuve-les-Salines": [
        ("Rodéo motorisé", "Ville de La Rochelle - Police municipale"),
        ("Dépôt sauvage", "Office public de l'habitat de l'agglomération de La Rochelle"),
        ("Occupation de hall ou de parties communes", "Habitat 17"),
        ("Dégradation de mobilier urbain", "Ville de La Rochelle - Police municipale"),
    ],
    "Réunion technique – Saint-Éloi": [
        ("Tapage nocturne sur la voie publique", "Ville de La Rochelle - Police municipale"),
        ("Vitesse excessive", "Police nationale - commissariat de La Rochelle"),
        ("Dépôt sauvage", "Habitat 17"),
        ("Rassemblement sur l'espace public", "Agence locale de prévention et de médiation sociale (ALPMS)"),
    ],
    "Réunion technique – Tasdon": [
        ("Stationnement gênant", "Ville de La Rochelle - Police municipale"),
        ("Rodéo motorisé", "Police nationale - commissariat de La Rochelle"),
        ("Tapage nocturne sur la voie publique", "Ville de La Rochelle - Police municipale"),
        ("Dégradation de mobilier urbain", "Ville de La Rochelle - Police municipale"),
    ],
    "Cellule de veille – Centre-ville": [
        ("Terrasse ou débit de boissons bruyant", "Ville de La Rochelle - Police municipale"),
        ("Tapage nocturne sur la voie publique", "Ville de La Rochelle - Police municipale"),
        ("Stationnement gênant", "Ville de La Rochelle - Police municipale"),
        ("Rassemblement sur l'espace public", "Agence locale de prévention et de médiation sociale (ALPMS)"),
    ],
    "Réunion technique – Laleu": [
        ("Vitesse excessive", "Police nationale - commissariat de La Rochelle"),
        ("Rodéo motorisé", "Ville de La Rochelle - Police municipale"),
        ("Dépôt sauvage", "Office public de l'habitat de l'agglomération de La Rochelle"),
        ("Occupation de hall ou de parties communes", "Office public de l'habitat de l'agglomération de La Rochelle"),
    ],
}


def partenaire(session: Session, nom: str) -> int:
    return session.exec(select(Partenaire.id).where(Partenaire.nom == nom)).one() or 0


def theme(session: Session, libelle: str) -> int:
    return session.exec(select(Theme.id).where(Theme.libelle == libelle)).one() or 0


def instance(session: Session, nom: str) -> int:
    return session.exec(select(Instance.id).where(Instance.nom == nom)).one() or 0


def jeton(session: Session) -> str:
    return brouillons.ouvrir(session, cle=f"essai:{uuid4().hex[:8]}").jeton


def tenir(session: Session, nom: str, debut: datetime, by: Acteur, *, lieu: str = "") -> int:
    """Create a meeting of this instance, over those that other tests put there; returns its id."""
    instance_id = instance(session, nom)
    saisie = programmation.Saisie(
        type=instances.get(session, id=instance_id).type,
        instance_id=instance_id,
        titre="",
        debut=debut,
        fin=debut + timedelta(minutes=90),
        lieu_nom=lieu,
    )
    le_jeton = jeton(session)
    try:
        return programmation.creer(session, saisie=saisie, jeton=le_jeton, by=by)
    except programmation.Chevauchement as refus:
        return programmation.creer(session, saisie=saisie, vus=refus.phrases, jeton=le_jeton, by=by)


def saisir(session: Session, reunion_id: int, valeurs: dict[str, Any], by: Acteur, *, now: datetime) -> int:
    """Write a meeting up in one go, through the draft."""
    form = saisie.ouvrir(session, reunion_id=reunion_id, by=by)
    vues = {c: x.version for c, x in brouillons.champs(session, cle=form.cle).items()}
    brouillons.ecrire(session, jeton=form.jeton, valeurs=valeurs, vues=vues, by=by)
    return enregistrement.enregistrer(
        session, reunion_id=reunion_id, jeton=form.jeton, today=now.date(), now=now, by=by
    )


def poser_cas(session: Session, *, now: datetime, by: Acteur, histoire: bool = True) -> int:
    """The case, ready to be written up: its meeting was held last Tuesday. Returns its id."""
    if histoire:
        for semaine, (nom, points) in enumerate(PASSE.items(), 2):
            reunion_id = tenir(session, nom, now - timedelta(weeks=semaine), by)
            valeurs: dict[str, Any] = {}
            for n, (libelle, pilote) in enumerate(points, 1):
                p = f"point.n{by.id}-{n}"
                valeurs |= {
                    f"{p}.theme": theme(session, libelle),
                    f"{p}.note": "Situation signalée à plusieurs reprises, en soirée",
                    f"{p}.quoi": "Passages réguliers en soirée",
                    f"{p}.pilote": partenaire(session, pilote),
                }
            saisir(session, reunion_id, valeurs, by, now=now)
    nom = CAS["instance"]
    instance_id = instance(session, nom)
    instances.definir_membres(
        session,
        instance_id=instance_id,
        sieges=[SiegeVoulu(partenaire(session, m["structure"])) for m in CAS["members"]],
        by=by,
    )
    for ouverte in CAS["open_from_last_time"]:
        avancement.creer(
            session,
            quoi=ouverte["what"],
            pilote_id=partenaire(session, ouverte["structure"]),
            echeance=now.date() + timedelta(days=6),
            instance_id=instance_id,
            today=now.date(),
            by=by,
        )
    jours = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    recul = (now.weekday() - jours.index(CAS["held"]["weekday"])) % 7 or 7
    heure, minute = map(int, CAS["held"]["start"].split(":"))
    debut = (now - timedelta(days=recul)).replace(hour=heure, minute=minute, second=0, microsecond=0)
    return tenir(session, nom, debut, by, lieu=CAS["held"]["place"])


def valeurs_du_cas(session: Session, reunion_id: int, by: Acteur) -> dict[str, Any]:
    """What the agent notes, as fields of the draft."""
    instance_id = session.get_one(Reunion, reunion_id).instance_id or 0
    etats = {"présent": "present", "excusé": "excuse", "absent": "absent"}
    par_nom = {m["structure"]: etats[m["presence"]] for m in CAS["members"]}
    valeurs: dict[str, Any] = {
        f"presence.s{m.siege_id}": par_nom[m.partenaire] for m in instances.membres(session, instance_id=instance_id)
    }
    for ouverte in suivi.ouvertes(
        session, instance_id=instance_id, today=session.get_one(Reunion, reunion_id).debut.date()
    ):
        valeurs[f"suite.{ouverte.id}"] = "realisee"
    for n, point in enumerate(CAS["points"], 1):
        p = f"point.n{by.id}-{n}"
        valeurs |= {f"{p}.theme": theme(session, point["theme"]), f"{p}.note": point["note"]}
        if "action" in point:
            valeurs |= {
                f"{p}.quoi": point["action"]["what"],
                f"{p}.pilote": partenaire(session, point["action"]["structure"]),
            }
    return valeurs


def quartier(session: Session, nom: str) -> int:
    return session.exec(select(Quartier.id).where(Quartier.nom == nom)).one() or 0


def sigles(session: Session) -> dict[str, str]:
    return {p.nom: p.sigle for p in session.exec(select(Partenaire)).all()}


def poser_convocation(session: Session, *, now: datetime, by: Acteur, n: int = 12) -> int:
    """A meeting of this week, in brouillon, of an instance of `n` members who all have an address. Returns its id."""
    nom = "Réunion technique – Port-Neuf"
    membres = session.exec(select(Partenaire).order_by(Partenaire.nom).limit(n)).all()
    for i, p in enumerate(membres, 1):
        p.courriel = f"partenaire{i}@exemple.fr"
        session.add(p)
    session.flush()
    instances.definir_membres(
        session, instance_id=instance(session, nom), sieges=[SiegeVoulu(p.id) for p in membres], by=by
    )
    demain = now + timedelta(days=1)  # on a Sunday, tonight: the calendar opens on this week
    debut = now.replace(hour=23, minute=0) if now.weekday() == 6 else demain.replace(hour=14, minute=0)
    return tenir(session, nom, debut.replace(second=0, microsecond=0), by, lieu="Mairie annexe")
