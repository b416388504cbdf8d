"""The life of a relevé de conclusions: projet, validé, diffusé; then its meeting is locked until it is reopened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models import Agent, Envoi, Partenaire, Personne, Presence, Releve, Reunion
from models.lists import ETATS_REUNION_SAISIE, EtatEnvoi, EtatReleve, GenreEnvoi
from services import brouillons, envois, journal, presidences, sieges, temps
from services.acteur import Acteur, Droit, require
from services.envois import EnvoiVu
from services.erreurs import Conflict, Invalid, NotFound
from services.messages import Piece
from services.texte import accord, clean

MOTIF_MAX = 200
VERROU = (
    "Ce relevé est diffusé : cette réunion ne change plus. "
    "Demandez à la personne responsable du service de le rouvrir, puis corrigez-le."
)
VERROU_IMPORT = "Son relevé est diffusé : le fichier n’y change plus rien. La responsable peut le rouvrir."
_PERIME = "Un collègue vient de changer ce relevé : rien n’a été fait. Relisez-le, puis recommencez."


@dataclass(frozen=True)
class VieReleve:
    """Where a relevé stands. `garde`: its file is kept as it was sent. `marque` is handed back to the commands;
    `a_remettre`: messages to send by hand."""

    etat: EtatReleve
    valide_le: datetime | None
    valide_par: str
    diffuse_le: datetime | None
    diffuse_par: str
    garde: bool
    envois: list[EnvoiVu]
    marque: str

    @property
    def a_remettre(self) -> list[EnvoiVu]:
        if self.etat is not EtatReleve.VALIDE:
            return []
        return [e for e in self.envois if e.etat is EtatEnvoi.A_ENVOYER]


@dataclass(frozen=True)
class DestinataireReleve:
    """Who may be sent a relevé: a member, or (`membre` False) another who came. `charte`: signed since then."""

    cle: str
    partenaire_id: int
    partenaire: str
    fonction: str
    courriel: str
    membre: bool
    charte: date | None


# --- queries --------------------------------------------------------------------------------------------------------


def lire(session: Session, *, reunion_id: int) -> VieReleve:
    """The life of the relevé of a meeting.

    Raises:
        NotFound: no such meeting.
    """
    reunion = _reunion(session, reunion_id)
    releve = session.get(Releve, reunion_id)
    noms = dict(session.exec(select(Agent.id, Agent.nom)).all()) if releve else {}
    return VieReleve(
        etat=releve.etat if releve else EtatReleve.PROJET,
        valide_le=releve.valide_le if releve else None,
        valide_par=noms.get(releve.valide_par, "") if releve else "",
        diffuse_le=releve.diffuse_le if releve else None,
        diffuse_par=noms.get(releve.diffuse_par, "") if releve else "",
        garde=bool(releve and releve.document),
        envois=[e for e in envois.journal_de(session, reunion_id=reunion_id) if e.genre is GenreEnvoi.RELEVE],
        marque=_marque(reunion, releve),
    )


def document(session: Session, *, reunion_id: int) -> bytes | None:
    """The Word file of a relevé as it was sent; None for one that was not."""
    requete = select(Releve.document).where(Releve.reunion_id == reunion_id, Releve.etat == EtatReleve.DIFFUSE)
    return session.exec(requete).first()


def verrouillee(session: Session, *, reunion_id: int) -> bool:
    """Was its relevé sent? Then nothing of the meeting changes any more."""
    return bool(verrouillees(session, ids=[reunion_id]))


def verrouillees(session: Session, *, ids: Iterable[int] | None = None) -> set[int]:
    """Those of these meetings (None: of all) whose relevé was sent."""
    requete = select(Releve.reunion_id).where(Releve.etat == EtatReleve.DIFFUSE)
    if ids is not None:
        requete = requete.where(col(Releve.reunion_id).in_(ids))
    return set(session.exec(requete).all())


def destinataires(session: Session, *, reunion_id: int, today: date) -> list[DestinataireReleve]:
    """Members in the order of their list, then others who came, each with the one address to write to."""
    reunion = _reunion(session, reunion_id)
    membres = sieges.membres(session, instance_id=reunion.instance_id, today=today) if reunion.instance_id else []
    lignes = [(f"s{m.siege_id}", m.partenaire_id, m.fonction, m.personne_id, True, m.charte_signee_le) for m in membres]
    signees = sieges.signatures(session, instance_id=reunion.instance_id)
    connus = {(m.partenaire_id, m.fonction) for m in membres}
    for p in session.exec(
        select(Presence).where(Presence.reunion_id == reunion_id).order_by(col(Presence.ordre), col(Presence.id))
    ).all():
        if (p.partenaire_id, p.fonction) not in connus:
            lignes.append((f"p{p.id}", p.partenaire_id, p.fonction, p.personne_id, False, signees.get(p.personne_id)))
    organisations = {
        p.id: p for p in session.exec(select(Partenaire).where(col(Partenaire.id).in_({x[1] for x in lignes}))).all()
    }
    adresses = dict(
        session.exec(select(Personne.id, Personne.courriel).where(col(Personne.id).in_({x[3] for x in lignes}))).all()
    )
    return [
        DestinataireReleve(
            cle=cle,
            partenaire_id=partenaire_id,
            partenaire=organisations[partenaire_id].nom,
            fonction=fonction,
            courriel=adresses.get(personne_id) or organisations[partenaire_id].courriel,
            membre=membre,
            charte=charte,
        )
        for cle, partenaire_id, fonction, personne_id, membre, charte in lignes
    ]


def a_remettre(session: Session, *, reunion_id: int, by: Acteur) -> list[tuple[str, bytes]]:
    """The messages prepared and not sent, as files for a mail program: name, bytes."""
    require(by, Droit.LIRE)
    return [(f"{n:02d} {e.courriel}.eml", e.message or b"") for n, e in enumerate(_prepares(session, reunion_id), 1)]


# --- what other commands ask ----------------------------------------------------------------------------------------


def exiger_modifiable(session: Session, *, reunion_id: int) -> None:
    """Before a change of a meeting or of what was said there.

    Raises:
        Conflict: its relevé was sent.
    """
    if verrouillee(session, reunion_id=reunion_id):
        raise Conflict(VERROU)


def corrige(session: Session, *, reunion_id: int) -> bool:
    """The relevé was written anew: validated, it is a projet again, and messages prepared are thrown away."""
    releve = session.get(Releve, reunion_id)
    if releve is None or releve.etat is not EtatReleve.VALIDE:
        return False
    _en_projet(session, releve)
    return True


# --- commands -------------------------------------------------------------------------------------------------------


def valider(session: Session, *, reunion_id: int, marque: str, now: datetime, by: Acteur) -> None:
    """The relevé as it was shown is right.

    Raises:
        Conflict: it changed since, or there is none yet.
    """
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.PROJET:
        raise Conflict(_PERIME)
    releve.etat, releve.valide_le, releve.valide_par = EtatReleve.VALIDE, now, by.id
    presidences.retenir(session, reunion=reunion, definitif=True)
    session.add(releve)
    _noter(session, by, "valider", reunion, "Relevé validé")


def diffuser(
    session: Session,
    *,
    reunion_id: int,
    cles: Sequence[str],
    oui: bool,
    piece: Piece,
    marque: str,
    jeton: str,
    today: date,
    now: datetime,
    by: Acteur,
) -> list[int]:
    """Put one message in line for each recipient; return their ids. Sent through a relay, the relevé is diffusé at
    once; without one, it is once `remis` says so.

    Args:
        oui: the agent said yes to recipients who have not signed the charte.

    Raises:
        Conflict: the relevé changed since, or is not validé.
        Invalid: nobody, no address, or a yes is missing.
    """
    require(by, Droit.ECRIRE)
    if brouillons.deja_fait(session, jeton=jeton) is not None:
        return []
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.VALIDE or _prepares(session, reunion_id):
        raise Conflict(_PERIME)
    choisis = [d for d in destinataires(session, reunion_id=reunion_id, today=today) if d.cle in cles]
    if not choisis:
        raise Invalid({"destinataires": "Choisissez au moins un destinataire."})
    if sans := [d.partenaire for d in choisis if not d.courriel]:
        raise Invalid({"destinataires": f"Sans adresse dans l’annuaire : {', '.join(sans)}. Complétez, ou décochez."})
    if not oui and any(d.charte is None for d in choisis):
        raise Invalid({"oui": "Dites oui pour envoyer ce relevé restreint à qui n’a pas signé la charte."})
    quand = temps.jour_long(reunion.debut.date())
    texte = (
        "Bonjour,\n\n"
        f"Vous trouverez ci-joint le relevé de conclusions de la réunion « {reunion.titre} » du {quand}.\n\n"
        "Sa diffusion est restreinte : merci de ne pas le transmettre.\n\n"
        f"{envois.emetteur(session)}\n"
    )
    par_adresse = {d.courriel.casefold(): d for d in choisis}  # one message an address
    ids = [
        envois.deposer(
            session,
            genre=GenreEnvoi.RELEVE,
            courriel=d.courriel,
            objet=f"Relevé de conclusions – {reunion.titre}, {quand}",
            texte=texte,
            reunion_id=reunion_id,
            partenaire_id=d.partenaire_id,
            pieces=[piece],
            by=by,
        )
        for d in par_adresse.values()
    ]
    releve.document = piece.contenu
    session.add(releve)
    if envois.relais():
        _diffuse(session, reunion, releve, len(ids), now=now, by=by)
    brouillons.consommer(session, jeton=jeton, objet="reunion", objet_id=reunion_id)
    return ids


def remis(session: Session, *, reunion_id: int, marque: str, now: datetime, by: Acteur) -> None:
    """The agent sent the prepared messages by hand: the relevé is diffusé."""
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    prepares = _prepares(session, reunion_id)
    if releve.etat is not EtatReleve.VALIDE or not prepares:
        raise Conflict(_PERIME)
    envois.remis(session, ids=[e.id or 0 for e in prepares], now=now, by=by)
    _diffuse(session, reunion, releve, len(prepares), now=now, by=by)


def renoncer(session: Session, *, reunion_id: int, marque: str, by: Acteur) -> None:
    """Throw away the prepared messages: they will be prepared again, for others perhaps."""
    require(by, Droit.ECRIRE)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is EtatReleve.VALIDE:
        for envoi in _prepares(session, reunion_id):
            session.delete(envoi)
        releve.document = None
        session.add(releve)
        _noter(session, by, "renoncer", reunion, "Messages du relevé retirés avant envoi")


def rouvrir(session: Session, *, reunion_id: int, motif: str, marque: str, by: Acteur) -> None:
    """Make a relevé already sent a projet again; its responsable says why. The log keeps who received it.

    Raises:
        Invalid: the reason is missing or too long.
    """
    require(by, Droit.COMPTES)
    reunion, releve = _charger(session, reunion_id, marque)
    if releve.etat is not EtatReleve.DIFFUSE:
        raise Conflict(_PERIME)
    motif = clean(motif)
    if not motif:
        raise Invalid({"motif": "Écrivez pourquoi ce relevé est rouvert, sans nom de personne."})
    if len(motif) > MOTIF_MAX:
        raise Invalid({"motif": f"Raccourcissez le motif : {MOTIF_MAX} caractères au plus, il en compte {len(motif)}."})
    _en_projet(session, releve)
    _noter(session, by, "rouvrir", reunion, f"Relevé rouvert ({motif})")


# --- inside ---------------------------------------------------------------------------------------------------------


def _reunion(session: Session, id: int) -> Reunion:
    reunion = session.get(Reunion, id)
    if reunion is None:
        raise NotFound("Cette réunion n’existe pas ou plus. Revenez au calendrier.")
    return reunion


def _marque(reunion: Reunion, releve: Releve | None) -> str:
    return f"{reunion.version}.{releve.version if releve else 0}"


def _charger(session: Session, reunion_id: int, marque: str) -> tuple[Reunion, Releve]:
    reunion = _reunion(session, reunion_id)
    releve = session.get(Releve, reunion_id)
    if reunion.etat not in ETATS_REUNION_SAISIE:
        raise Conflict("Cette réunion n’est pas encore saisie : elle n’a pas de relevé.")
    if marque != _marque(reunion, releve):
        raise Conflict(_PERIME)
    return reunion, releve or Releve(reunion_id=reunion_id)


def _prepares(session: Session, reunion_id: int) -> Sequence[Envoi]:
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


def _diffuse(session: Session, reunion: Reunion, releve: Releve, n: int, *, now: datetime, by: Acteur) -> None:
    releve.etat, releve.diffuse_le, releve.diffuse_par = EtatReleve.DIFFUSE, now, by.id
    session.add(releve)
    _noter(session, by, "diffuser", reunion, f"Relevé diffusé à {accord(n, 'destinataire')}")


def _en_projet(session: Session, releve: Releve) -> None:
    for envoi in _prepares(session, releve.reunion_id):
        session.delete(envoi)
    releve.etat, releve.valide_le, releve.valide_par = EtatReleve.PROJET, None, None
    releve.diffuse_le, releve.diffuse_par, releve.document = None, None, None
    session.add(releve)


def _noter(session: Session, by: Acteur, acte: str, reunion: Reunion, resume: str) -> None:
    session.flush()
    journal.note(
        session,
        by=by,
        acte=f"releve.{acte}",
        objet="reunion",
        objet_id=reunion.id,
        resume=f"{resume} : {reunion.titre}",
    )
