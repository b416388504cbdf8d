"""The life of the meetings of the demo year: chartes signed, relevés validated and sent, convocations and replies."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from demo import textes
from demo.lignes import inserer
from models import CharteSignee, Destinataire, Envoi, EvenementReleve, Lieu, Releve, Reunion, Siege, VersionReleve
from models.lists import ActeReleve, EtatEnvoi, EtatReleve, EtatReunion, GenreEnvoi, Reponse, Role
from services.actions import relances
from services.agenda import reunions
from services.convocation import composition, destinataires
from services.convocation.courriers import Textes
from services.convocation.destinataires import Convie
from services.courrier import envois
from services.partenaires import sieges
from services.releves import vie_releve
from services.socle.acteur import Acteur

VALIDE, DIFFUSE = timedelta(days=6), timedelta(days=9)  # after the meeting
OUBLIES = timedelta(days=28)  # a younger relevé may have been forgotten: still a projet, or validated and not sent
JOURNAL = timedelta(days=60)  # to whom older relevés went is not told
SANS_CHARTE, OUBLIS, REFUS = 5, 6, 29  # one in so many
SANS_NOUVELLES = 0.35
REPONSES = {Reponse.VIENT: 7, Reponse.EXCUSE: 2, Reponse.REMPLACE: 1}
BOITE_FERMEE = "Adresse refusée par le relais (550 boîte aux lettres inconnue)."


def faire_vivre(session: Session, *, today: date, hasard: Random, agent_id: int) -> None:
    """From the charte to the replies. Rooms and places are settled by then: messages tell them."""
    _chartes(session, today)
    _releves(session, today, hasard, agent_id)
    _convocations(session, today, hasard, agent_id)
    _relances(session, today, agent_id)


def _a(jour: date, heure: int) -> datetime:
    """That hour of that day, or of the Friday before it."""
    return datetime.combine(jour - timedelta(days=max(0, jour.weekday() - 4)), time(heure), UTC)


def _chartes(session: Session, today: date) -> None:
    for instance_id, membres in sieges.par_instance(session, today=today).items():
        for m in membres:
            le = today - timedelta(days=200 + m.siege_id % 90)
            if m.siege_id % SANS_CHARTE and m.personne_id is None:
                session.get_one(Siege, m.siege_id).charte_signee_le = le
            elif m.siege_id % SANS_CHARTE:
                session.merge(CharteSignee(personne_id=m.personne_id or 0, instance_id=instance_id, signee_le=le))
    session.flush()


def _releves(session: Session, today: date, h: Random, agent_id: int) -> None:
    """Those of past meetings are sent; of the last ones, some are only validated, or a projet."""
    vies: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    evenements: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for id, titre, debut in session.exec(
        select(Reunion.id, Reunion.titre, Reunion.debut)
        .where(Reunion.etat == EtatReunion.TENUE)
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all():
        jour = debut.date()
        oubli = h.randint(1, OUBLIS) if jour + OUBLIES > today else 0
        if jour + VALIDE > today or oubli == 1:
            continue
        diffuse = jour + DIFFUSE <= today and oubli != 2
        vies.append(
            {
                "reunion_id": id,
                "etat": EtatReleve.DIFFUSE if diffuse else EtatReleve.VALIDE,
                "valide_le": _a(jour + VALIDE, 9),
                "valide_par": agent_id,
                "diffuse_le": _a(jour + DIFFUSE, 10) if diffuse else None,
                "diffuse_par": agent_id if diffuse else None,
            }
        )
        actes = [(ActeReleve.VALIDER, jour + VALIDE, 9)] + [(ActeReleve.DIFFUSER, jour + DIFFUSE, 10)] * diffuse
        evenements += [
            {"reunion_id": id, "numero": 1, "acte": acte, "quand": _a(le, heure), "agent_id": agent_id, "motif": ""}
            for acte, le, heure in actes
        ]
        if diffuse:
            vide = {"contenu": "", "public": "", "document": None}
            versions.append(vide | {"reunion_id": id, "numero": 1, "diffuse_le": _a(jour + DIFFUSE, 10)})
        if diffuse and jour + JOURNAL > today:
            a_qui = vie_releve.destinataires(session, reunion_id=id or 0, today=today)
            messages += [
                _message(GenreEnvoi.RELEVE, f"Relevé de conclusions – {titre}", d.courriel, _a(jour + DIFFUSE, 10))
                | {
                    "reunion_id": id,
                    "partenaire_id": d.partenaire_id,
                    "version_releve": 1,
                    "cree_par": agent_id,
                }
                for d in {x.courriel: x for x in a_qui if x.charte and x.courriel}.values()
            ]
    inserer(session, Releve, vies)
    inserer(session, VersionReleve, versions)
    inserer(session, EvenementReleve, evenements)
    _inserer_messages(session, messages)


def _convocations(session: Session, today: date, h: Random, agent_id: int) -> None:
    """Whom the meetings to come were announced to, whose address was refused, and who answered."""
    messages: list[dict[str, Any]] = []
    for r in session.exec(
        select(Reunion)
        .where(Reunion.etat == EtatReunion.CONVOQUEE, Reunion.debut >= datetime.combine(today, time()))
        .order_by(col(Reunion.debut), col(Reunion.id))
    ).all():
        id = r.id
        le = _a(min(r.debut.date() - timedelta(days=12), today - timedelta(days=1)), 8)
        composition.figer(session, reunion_id=id, today=today)
        convies = [c for c in destinataires.gardes(session, reunion_id=id) if c.courriel]
        mots = Textes(session, reunions.get(session, id=id), now=datetime.combine(today, time()))
        ici = envois.annonce(r, session.get(Lieu, r.lieu_id) if r.lieu_id else None)
        for c in convies:
            message = _message(GenreEnvoi.CONVOCATION, mots.objet(c, GenreEnvoi.CONVOCATION), c.courriel, le)
            message |= {"reunion_id": id, "destinataire_id": c.id, "partenaire_id": c.partenaire_id, "annonce": ici}
            message["texte"] = mots.texte(c, GenreEnvoi.CONVOCATION)
            refuse = len(messages) % REFUS == 5
            if refuse:
                message |= {"etat": EtatEnvoi.ECHEC, "envoye_le": None, "erreur": BOITE_FERMEE}
            messages.append(message | {"cree_par": agent_id})
            if not refuse:
                _repondre(session, c, le, h)
    _inserer_messages(session, messages)


def _repondre(session: Session, c: Convie, convoque_le: datetime, h: Random) -> None:
    if h.random() < SANS_NOUVELLES:
        return
    row = session.get_one(Destinataire, c.id)
    (row.reponse,) = h.choices(list(REPONSES), list(REPONSES.values()))
    row.remplacant = h.choice(textes.REMPLACANTS) if row.reponse is Reponse.REMPLACE else ""
    row.repondu_le = convoque_le + timedelta(hours=h.randint(1, 20))
    session.add(row)


def _message(genre: GenreEnvoi, objet: str, courriel: str, quand: datetime) -> dict[str, Any]:
    """A message that left; its bytes are forgotten, as the relay's yes makes them."""
    vide = dict.fromkeys(("destinataire_id", "agent_id", "message", "prochain_essai", "version_releve"))
    return vide | {
        "genre": genre,
        "objet": objet[:200],
        "courriel": courriel,
        "sequence": 0,
        "annonce": "",
        "texte": "",
        "etat": EtatEnvoi.ENVOYE,
        "erreur": "",
        "essais": 1,
        "cree_le": quand,
        "envoye_le": quand + timedelta(minutes=1),
    }


def _inserer_messages(session: Session, messages: list[dict[str, Any]]) -> None:
    inserer(
        session,
        Envoi,
        [m | {"message_id": f"<demo-{m['genre']}-{n}@carnet.invalid>"} for n, m in enumerate(messages)],
    )


def _relances(session: Session, today: date, agent_id: int) -> None:
    """Two partenaires with late actions asked for them by mail."""
    by = Acteur(agent_id, "", Role.SECRETAIRE)
    avec_retard = [p for p in relances.pilotages(session, today=today) if p.en_retard and p.ecrire_a]
    for p in avec_retard[:2]:
        relances.choisir(session, partenaire_id=p.partenaire_id, relance=True, version=p.version, by=by)
