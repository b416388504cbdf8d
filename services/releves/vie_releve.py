"""The life of a relevé de conclusions: projet, validé, diffusé; then its meeting is locked until it is reopened, which
begins its next version. What was sent is never erased, and what was done is added to its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models import (
    Agent,
    Envoi,
    EvenementReleve,
    Partenaire,
    Personne,
    Presence,
    Releve,
    Reunion,
    VersionReleve,
)
from models.lists import ActeReleve, EtatEnvoi, EtatReleve, GenreEnvoi
from services.commun import etats_releve
from services.commun.etats_releve import VERROU as VERROU
from services.commun.etats_releve import verrouillee as verrouillee
from services.courrier import envois
from services.courrier.envois import EnvoiVu
from services.partenaires import sieges
from services.socle import chargement, temps
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import NotFound
from services.socle.horloge import civil

MOTIF_MAX = 200


PARTIS = (EtatEnvoi.ENVOYE, EtatEnvoi.REMIS)


@dataclass(frozen=True)
class EvenementVu:
    """One line of the story of a relevé."""

    numero: int
    acte: ActeReleve
    quand: datetime
    agent: str
    motif: str


@dataclass(frozen=True)
class VersionVue:
    """A version that was sent: when, by whom, the file kept (`garde`), its messages; and, once, why it was reopened.

    `remplace_le` is when the version it replaces was sent, None for the first.
    """

    numero: int
    diffuse_le: datetime
    diffuse_par: str
    valide_le: datetime | None
    valide_par: str
    rouvert: EvenementVu | None
    remplace_le: datetime | None
    garde: bool
    envois: list[EnvoiVu]

    @property
    def partis(self) -> list[EnvoiVu]:
        """The messages by which it is held."""
        return [e for e in self.envois if e.etat in PARTIS]

    @property
    def statut(self) -> str:
        """What its document says of it."""
        return statut(self.numero, self.remplace_le, self.valide_le)


@dataclass(frozen=True)
class VieReleve:
    """Where a relevé stands. `numero` is the version in hand, `versions` those sent, the last first, `evenements` all
    that was done, `envois` the messages that left or wait. `marque` is handed back to the commands; `a_remettre`:
    messages to send by hand."""

    etat: EtatReleve
    numero: int
    valide_le: datetime | None
    valide_par: str
    diffuse_le: datetime | None
    diffuse_par: str
    versions: list[VersionVue]
    evenements: list[EvenementVu]
    envois: list[EnvoiVu]
    marque: str

    def version(self, numero: int) -> VersionVue | None:
        """That version, if it was sent."""
        return next((v for v in self.versions if v.numero == numero), None)

    def lue(self, numero: int | None) -> VersionVue | None:
        """What to read when that version is asked for: as it was sent; None: what is in hand, not sent.

        Raises:
            NotFound: there is no such version.
        """
        if numero is None and self.etat is not EtatReleve.DIFFUSE:
            return None
        version = self.version(self.numero if numero is None else numero)
        if version is None and numero is not None:
            raise NotFound(f"Ce relevé n’a pas de version {numero} : ses versions sont listées sur sa page.")
        return version

    @property
    def a_remettre(self) -> list[EnvoiVu]:
        if self.etat is EtatReleve.PROJET:
            return []
        return [e for e in self.envois if e.etat is EtatEnvoi.A_ENVOYER and e.prochain_essai is None]

    @property
    def rouvert(self) -> EvenementVu | None:
        """Why the version in hand was begun, until it is sent."""
        return self.versions[0].rouvert if self.versions and self.etat is not EtatReleve.DIFFUSE else None

    @property
    def statut(self) -> str:
        """What its document says of it, at the head."""
        if self.etat is EtatReleve.DIFFUSE and self.versions:
            return self.versions[0].statut
        valide_le = self.valide_le if self.etat is not EtatReleve.PROJET else None
        return statut(self.numero, self.versions[0].diffuse_le if self.versions else None, valide_le)

    @property
    def en_reste(self) -> list[EnvoiVu]:
        """Who holds an earlier version and was not sent the one in hand: the last message of each."""
        a_jour = {
            e.courriel.casefold()
            for e in self.envois
            if e.version_releve == self.numero and e.etat in (*PARTIS, EtatEnvoi.A_ENVOYER)
        }
        anciens: dict[str, EnvoiVu] = {}
        for e in self.envois:  # last first
            if e.etat in PARTIS and e.version_releve and e.courriel.casefold() not in a_jour:
                anciens.setdefault(e.courriel.casefold(), e)
        return list(anciens.values())


def mention(numero: int, remplace_le: datetime | None) -> str:
    """version 2, remplace celle du jeudi 12 novembre 2026; "" for the first."""
    if numero < 2 or remplace_le is None:
        return ""
    return f"version {numero}, remplace celle du {temps.jour_long(civil(remplace_le).date())}"


def statut(numero: int, remplace_le: datetime | None, valide_le: datetime | None) -> str:
    """Version 2, remplace celle du… Validé le…"""
    quoi = mention(numero, remplace_le)
    fin = f"Validé le {temps.jour_long(civil(valide_le).date())}." if valide_le else "Projet, non validé."
    return f"{quoi.capitalize()}. {fin}" if quoi else fin


@dataclass(frozen=True)
class DestinataireReleve:
    """Who may be sent a relevé: a member, or (`membre` False) another who came or who holds an earlier version.
    `charte`: signed since then. `detient`: the version that this address holds, 0 for none."""

    cle: str
    partenaire_id: int
    partenaire: str
    fonction: str
    courriel: str
    membre: bool
    charte: date | None
    detient: int = 0


# --- queries --------------------------------------------------------------------------------------------------------


def lire(session: Session, *, reunion_id: int) -> VieReleve:
    """The life of the relevé of a meeting.

    Raises:
        NotFound: no such meeting.
    """
    reunion = chargement.charger(session, Reunion, reunion_id)
    releve = session.get(Releve, reunion_id)
    noms = dict(session.exec(select(Agent.id, Agent.nom)).all()) if releve else {}
    evenements = [
        EvenementVu(e.numero, e.acte, e.quand, noms.get(e.agent_id or 0, ""), e.motif)
        for e in session.exec(
            select(EvenementReleve).where(EvenementReleve.reunion_id == reunion_id).order_by(col(EvenementReleve.id))
        ).all()
    ]
    messages = [e for e in envois.journal_de(session, reunion_id=reunion_id) if e.genre is GenreEnvoi.RELEVE]
    return VieReleve(
        etat=releve.etat if releve else EtatReleve.PROJET,
        numero=etats_releve.numero(session, reunion_id, releve),
        valide_le=releve.valide_le if releve else None,
        valide_par=noms.get(releve.valide_par or 0, "") if releve else "",
        diffuse_le=releve.diffuse_le if releve else None,
        diffuse_par=noms.get(releve.diffuse_par or 0, "") if releve else "",
        versions=_versions(session, reunion_id, evenements, messages),
        evenements=evenements,
        envois=[e for e in messages if e.etat is not EtatEnvoi.RETIRE],
        marque=marque_de(reunion, releve),
    )


def _versions(
    session: Session, reunion_id: int, evenements: Sequence[EvenementVu], messages: Sequence[EnvoiVu]
) -> list[VersionVue]:
    def dernier(numero: int, acte: ActeReleve) -> EvenementVu | None:
        return next((e for e in reversed(evenements) if (e.numero, e.acte) == (numero, acte)), None)

    vues: list[VersionVue] = []
    for numero, diffuse_le, garde in session.exec(
        select(VersionReleve.numero, VersionReleve.diffuse_le, col(VersionReleve.document).is_not(None))
        .where(VersionReleve.reunion_id == reunion_id)
        .order_by(col(VersionReleve.numero))
    ).all():
        if diffuse_le is None:
            continue  # prepared only
        valide, diffuse = dernier(numero, ActeReleve.VALIDER), dernier(numero, ActeReleve.DIFFUSER)
        vues.append(
            VersionVue(
                numero=numero,
                diffuse_le=diffuse_le,
                diffuse_par=diffuse.agent if diffuse else "",
                valide_le=valide.quand if valide else None,
                valide_par=valide.agent if valide else "",
                rouvert=dernier(numero, ActeReleve.ROUVRIR),
                remplace_le=vues[-1].diffuse_le if vues else None,
                garde=bool(garde),
                envois=[e for e in messages if e.version_releve == numero],
            )
        )
    return vues[::-1]


def document(session: Session, *, reunion_id: int, numero: int) -> bytes | None:
    """The Word file of that version as it was sent; None for one that was not, or whose file was not kept."""
    v = etats_releve.version(session, reunion_id, numero)
    return v.document if v and v.diffuse_le else None


def destinataires(session: Session, *, reunion_id: int, today: date) -> list[DestinataireReleve]:
    """Members in the order of their list, then others who came, each with the one address to write to."""
    reunion = chargement.charger(session, Reunion, reunion_id)
    membres = sieges.membres(session, instance_id=reunion.instance_id, today=today) if reunion.instance_id else []
    lignes = [(f"s{m.siege_id}", m.partenaire_id, m.fonction, m.personne_id, True, m.charte_signee_le) for m in membres]
    signees = sieges.signatures(session, instance_id=reunion.instance_id)
    connus = {(m.partenaire_id, m.fonction) for m in membres}
    for p in session.exec(
        select(Presence).where(Presence.reunion_id == reunion_id).order_by(col(Presence.ordre), col(Presence.id))
    ).all():
        if (p.partenaire_id, p.fonction) not in connus:
            lignes.append((f"p{p.id}", p.partenaire_id, p.fonction, p.personne_id, False, signees.get(p.personne_id)))
    tenues: dict[str, Envoi] = {
        e.courriel.casefold(): e
        for e in session.exec(
            select(Envoi)
            .where(Envoi.reunion_id == reunion_id, Envoi.genre == GenreEnvoi.RELEVE, col(Envoi.etat).in_(PARTIS))
            .order_by(col(Envoi.id))
        ).all()
    }
    organisations = {
        p.id: p for p in session.exec(select(Partenaire).where(col(Partenaire.id).in_({x[1] for x in lignes}))).all()
    }
    adresses = dict(
        session.exec(select(Personne.id, Personne.courriel).where(col(Personne.id).in_({x[3] for x in lignes}))).all()
    )
    possibles = [
        DestinataireReleve(
            cle=cle,
            partenaire_id=partenaire_id,
            partenaire=organisations[partenaire_id].nom,
            fonction=fonction,
            courriel=courriel,
            membre=membre,
            charte=charte,
            detient=_tenue(tenues.get(courriel.casefold())),
        )
        for cle, partenaire_id, fonction, personne_id, membre, charte in lignes
        for courriel in [adresses.get(personne_id or 0) or organisations[partenaire_id].courriel]
    ]
    connues = {d.courriel.casefold() for d in possibles}
    return possibles + [_detenteur(session, e) for adresse, e in tenues.items() if adresse not in connues]


def _tenue(envoi: Envoi | None) -> int:
    return (envoi.version_releve or 0) if envoi else 0


def _detenteur(session: Session, envoi: Envoi) -> DestinataireReleve:
    """Who was sent the relevé and is on no list any more, or at another address."""
    nom = session.exec(select(Partenaire.nom).where(Partenaire.id == envoi.partenaire_id)).first() or envoi.courriel
    return DestinataireReleve(
        cle=f"e{envoi.id}",
        partenaire_id=envoi.partenaire_id or 0,
        partenaire=nom,
        fonction="",
        courriel=envoi.courriel,
        membre=False,
        charte=None,
        detient=_tenue(envoi),
    )


def a_remettre(session: Session, *, reunion_id: int, by: Acteur) -> list[tuple[str, bytes]]:
    """The messages prepared and not sent, as files for a mail program: name, bytes."""
    require(by, Droit.LIRE)
    return [
        (f"{n:02d} {e.courriel}.eml", e.message or b"") for n, e in enumerate(messages_prepares(session, reunion_id), 1)
    ]


# --- inside ---------------------------------------------------------------------------------------------------------


def marque_de(reunion: Reunion, releve: Releve | None) -> str:
    return f"{reunion.version}.{releve.version if releve else 0}"


def messages_prepares(session: Session, reunion_id: int) -> Sequence[Envoi]:
    """Messages of this relevé that wait for a hand (those that wait for a relay have a next try)."""
    return session.exec(
        select(Envoi)
        .where(
            Envoi.reunion_id == reunion_id,
            Envoi.genre == GenreEnvoi.RELEVE,
            Envoi.etat == EtatEnvoi.A_ENVOYER,
            col(Envoi.prochain_essai).is_(None),
        )
        .order_by(col(Envoi.id))
    ).all()
