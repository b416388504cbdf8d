"""A cellule de veille written up, with something that must not leave planted in every field that is not public."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models import (
    CharteSignee,
    Fonction,
    Instance,
    Lieu,
    Origine,
    Partenaire,
    Personne,
    Point,
    PointPartenaire,
    Presence,
    Reunion,
    Siege,
    Theme,
)  # fmt: skip
from models.lists import EtatPresence, TypeReunion
from services.actions import avancement
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor

TODAY, NOW = date(2026, 11, 25), datetime(2026, 11, 25, 10)
SECRET, PERSONNE, FONCTION = "Sentinelle-restreinte", "Zéphyrine", "Directrice-sentinelle"
PUBLIC = "L’éclairage du square est réparé & contrôlé."


@dataclass(frozen=True)
class Scene:
    reunion: int
    instance: int
    secteur: int
    sieges: dict[str, int]


def poser(session: Session, cast: Cast, *, type: TypeReunion = TypeReunion.CELLULE) -> Scene:
    """Two members (one signed the charte) and a third who came; one public point among two."""
    d = decor(session)
    instance = creer_instance(session, cast, d, type=type, nom=f"Instance {SECRET}",
                             quartier_ids=[d.quartier_mireuil])  # fmt: skip
    lieu = Lieu(nom="Maison de quartier", adresse="place du Marché", contact=f"{PERSONNE} {SECRET}")
    theme = Theme(libelle="Éclairage défaillant", rubrique="Cadre de vie", recherche="eclairage")
    origine = Origine(libelle=f"Origine {SECRET}")
    invite = Partenaire(nom="Comité de quartier", categorie_id=session.get_one(Partenaire, d.oph).categorie_id)
    personne = Personne(nom=f"{PERSONNE}-Nom", prenom=PERSONNE, courriel="zephyrine@oph.invalid.fr")
    session.add_all([lieu, theme, origine, invite, personne])
    session.flush()
    fonction = Fonction(personne_id=personne.id, partenaire_id=d.oph, intitule=FONCTION, debut=date(2020, 1, 1))  # type: ignore[arg-type]
    session.add(fonction)
    session.get_one(Partenaire, d.police).courriel = "police@exemple.fr"
    session.flush()
    sieges = {
        "oph": Siege(instance_id=instance, partenaire_id=d.oph, fonction=FONCTION, fonction_id=fonction.id),
        "police": Siege(instance_id=instance, partenaire_id=d.police, ordre=1),
    }  # fmt: skip
    session.add_all(sieges.values())
    session.add(CharteSignee(personne_id=personne.id, instance_id=instance, signee_le=date(2026, 1, 15)))
    id = creer_reunion(
        session, cast, type=type, instance_id=instance, lieu_id=lieu.id, titre=f"Réunion avec {PERSONNE} {SECRET}"
    )
    reunion = session.get_one(Reunion, id)
    reunion.habitants, reunion.etat = 3, "tenue"  # type: ignore[assignment]
    for ordre, (partenaire, etat) in enumerate(
        ((d.oph, EtatPresence.PRESENT), (invite.id, EtatPresence.REPRESENTE), (d.police, EtatPresence.EXCUSE))
    ):
        la = partenaire == d.oph
        presence = Presence(reunion_id=id, partenaire_id=partenaire or 0, etat=etat, ordre=ordre)
        presence.personne_id, presence.fonction = (personne.id, FONCTION) if la else (None, "")
        session.add(presence)
    for ordre, public in enumerate((PUBLIC, "")):
        point = Point(
            instance_id=instance, reunion_id=id, ordre=ordre, theme_id=theme.id, quartier_id=d.gabut,
            lieu=f"Lieu {SECRET}", note=f"Note {SECRET} {PERSONNE}", reponse=f"Réponse {SECRET}",
            origine_id=origine.id, texte_public=public, cree_le=utcnow(),
        )  # fmt: skip
        session.add(point)
        session.flush()
        session.add(PointPartenaire(point_id=point.id, partenaire_id=d.police))
        avancement.creer(
            session, quoi=f"Action {SECRET} {PERSONNE}", pilote_id=d.oph, echeance=date(2026, 12, 24),
            instance_id=instance, reunion_id=id, point_id=point.id, today=TODAY, by=cast.secretaire,
        )  # fmt: skip
    session.get_one(Instance, instance).texte_convocation = f"Convocation {SECRET}"
    session.flush()
    return Scene(id, instance, d.mireuil, {nom: s.id for nom, s in sieges.items()})
