"""The command of the entry: what was typed becomes presences, points, actions, and a relevé.

Tests: tests/services/releves/test_saisie.py.
"""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from models import (
    Action,
    Point,
    PointPartenaire,
    Presence,
    Reunion,
)
from models.lists import ETATS_REUNION_SAISIE, EtatAction, EtatPresence, EtatReunion
from services.actions import avancement, suivi
from services.agenda import presidences, reunions
from services.commun import etats_releve
from services.convocation import reponses
from services.releves.saisie import TEXTES, Ligne, Saisie, cle_brouillon, echeance_usuelle, empechement, lire
from services.socle import brouillons
from services.socle.acteur import Acteur, Droit, require
from services.socle.erreurs import Conflict, Invalid
from services.socle.horloge import utcnow
from services.socle.journal import note
from services.socle.texte import clean

_CHAMPS_POINT = ("theme", "quartier", "origine", "lieu", "note", "reponse", "public", "partenaires")


def enregistrer(
    session: Session, *, reunion_id: int, jeton: str, today: date, now: datetime, by: Acteur, onglet: str = ""
) -> int:
    """Make the draft a fact: presences, follow-ups, points, actions; the meeting becomes "tenue". Returns its id.

    The same token sent again returns the meeting and writes nothing.

    Args:
        onglet: the tab that saves: what it typed is in the draft; what others still type is kept beside.

    Raises:
        Invalid: one sentence per field of the draft; nothing is written.
        Conflict: the meeting was cancelled or put off meanwhile, is not over yet, or its relevé was sent.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    etats_releve.exiger_modifiable(session, reunion_id=reunion_id)
    form = brouillons.lire(session, cle=cle_brouillon(reunion_id))
    if form is None or form.jeton != jeton:
        raise Conflict("Cette saisie a été fermée entre-temps. Rechargez la page.")
    saisie = lire(session, reunion=reunions.get(session, id=reunion_id), form=form, by=by, today=today)
    reunion = session.get_one(Reunion, reunion_id)
    if refus := empechement(saisie.reunion, now=now):
        raise Conflict(refus)
    erreurs = _erreurs(saisie)
    if erreurs:
        raise Invalid(erreurs)
    _ecrire_presences(session, saisie)
    _ecrire_suites(session, saisie, today=today, by=by)
    devenus: dict[str, int] = {}
    for ligne in saisie.lignes:
        if _remplie(saisie, ligne):
            ordre = len(devenus) + 1
            devenus[ligne.cle] = _ecrire_ligne(session, saisie, ligne, ordre=ordre, today=today, by=by)
    _retirer(session, saisie, by=by)
    habitants = saisie.valeur("habitants")
    premiere = reunion.etat not in ETATS_REUNION_SAISIE
    reunion.habitants = int(habitants) if habitants is not None else None
    if premiere:
        reunion.etat = EtatReunion.TENUE
    presidences.retenir(session, reunion=reunion)
    reunion.saisie_le, reunion.saisie_par = utcnow(), by.id
    session.add(reunion)
    fait = "Relevé saisi" if premiere else "Relevé corrigé"
    if etats_releve.corrige(session, reunion_id=reunion_id, by=by):
        fait += ", de nouveau en projet"
    note(
        session,
        by=by,
        acte="saisir" if premiere else "corriger",
        objet="reunion",
        objet_id=reunion_id,
        resume=f"{fait} : {reunion.titre}, {len(devenus)} point(s)",
    )
    brouillons.consommer(
        session, jeton=jeton, objet="reunion", objet_id=reunion_id, partage=by, onglet=onglet, devenus=devenus
    )
    return reunion_id


def _remplie(saisie: Saisie, ligne: Ligne) -> bool:
    """A line counts once something was typed or chosen in it (the quartier alone is given by the instance)."""
    champs = [c for c in _CHAMPS_POINT if c != "quartier"]
    champs += [f"{c}{fin}" for fin in saisie.decisions(ligne.cle) for c in ("quoi", "pilote")]
    return ligne.point_id is not None or any(saisie.valeur(f"point.{ligne.cle}.{c}") for c in champs)


def _erreurs(saisie: Saisie) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    habitants = saisie.valeur("habitants")
    if habitants is not None and not 0 <= int(habitants) <= 5000:
        erreurs["habitants"] = "Indiquez un nombre d’habitants entre 0 et 5 000."
    for membre in saisie.membres:
        champ = f"remplacant.{membre.cle}"
        if (n := len(clean(saisie.valeur(champ)))) > reponses.REMPLACANT_MAX:
            erreurs[champ] = f"Raccourcissez ce texte : {n} caractères, {reponses.REMPLACANT_MAX} au plus."
    for suite in saisie.suites:
        etat = saisie.valeur(f"suite.{suite.id}")
        if etat == EtatAction.ABANDONNEE and not clean(saisie.valeur(f"motif.{suite.id}")):
            erreurs[f"motif.{suite.id}"] = "Dites en quelques mots pourquoi l’action est abandonnée."
        elif (n := len(clean(saisie.valeur(f"motif.{suite.id}")))) > suivi.MOTIF_MAX:
            erreurs[f"motif.{suite.id}"] = f"Raccourcissez ce texte : {n} caractères, {suivi.MOTIF_MAX} au plus."
    for ligne in saisie.lignes:
        if not _remplie(saisie, ligne):
            continue
        p = f"point.{ligne.cle}"
        if not saisie.valeur(f"{p}.theme"):
            erreurs[f"{p}.theme"] = "Choisissez le thème de ce point."
        fins = saisie.decisions(ligne.cle)
        maxima = {f"{p}.{champ}{fin}": m for champ, m in TEXTES.items() for fin in (fins if champ == "quoi" else [""])}
        for champ, maximum in maxima.items():
            n = len(clean(saisie.valeur(champ), lignes=True))
            if n > maximum:
                erreurs[champ] = f"Raccourcissez ce texte : {n} caractères, {maximum} au plus."
        for fin in fins:
            erreurs |= _erreurs_decision(saisie, p, fin)
    return erreurs


def _erreurs_decision(saisie: Saisie, p: str, fin: str) -> dict[str, str]:
    erreurs: dict[str, str] = {}
    quoi, pilote = clean(saisie.valeur(f"{p}.quoi{fin}")), saisie.valeur(f"{p}.pilote{fin}")
    if quoi and not pilote:
        erreurs[f"{p}.pilote{fin}"] = "Choisissez le pilote de cette action."
    if pilote and not quoi:
        erreurs[f"{p}.quoi{fin}"] = "Écrivez l’action décidée, ou retirez son pilote."
    echeance = saisie.valeur(f"{p}.echeance{fin}")
    if quoi and echeance and date.fromisoformat(echeance) < saisie.reunion.debut.date():
        erreurs[f"{p}.echeance{fin}"] = "Choisissez une échéance après la réunion."
    return erreurs


def _ecrire_presences(session: Session, saisie: Saisie) -> None:
    actuelles = {
        (p.partenaire_id, p.fonction): p
        for p in session.exec(select(Presence).where(Presence.reunion_id == saisie.reunion.id)).all()
    }
    for ordre, membre in enumerate(saisie.membres):
        etat = saisie.valeur(f"presence.{membre.cle}")
        presence = actuelles.pop((membre.partenaire_id, membre.fonction), None)
        if not etat:
            if presence:
                session.delete(presence)
            continue
        if presence is None:
            presence = Presence(
                reunion_id=saisie.reunion.id,
                partenaire_id=membre.partenaire_id,
                personne_id=membre.personne_id,
                fonction=membre.fonction,
                etat=EtatPresence(etat),
            )
        presence.etat, presence.ordre = EtatPresence(etat), ordre
        represente = presence.etat is EtatPresence.REPRESENTE
        presence.remplacant = clean(saisie.valeur(f"remplacant.{membre.cle}")) if represente else ""
        session.add(presence)


def _ecrire_suites(session: Session, saisie: Saisie, *, today: date, by: Acteur) -> None:
    """What became of the actions decided before."""
    for suite in saisie.suites:
        etat = saisie.valeur(f"suite.{suite.id}")
        if etat and EtatAction(etat) != suite.etat:
            avancement.changer(
                session,
                id=suite.id,
                version=suite.version,
                etat=EtatAction(etat),
                motif=clean(saisie.valeur(f"motif.{suite.id}")),
                reunion_id=saisie.reunion.id,
                today=today,
                by=by,
            )


def _ecrire_ligne(session: Session, saisie: Saisie, ligne: Ligne, *, ordre: int, today: date, by: Acteur) -> int:
    def v(champ: str) -> Any:
        return saisie.valeur(f"point.{ligne.cle}.{champ}")

    point = session.get(Point, ligne.point_id) if ligne.point_id else None
    if point is None:
        point = Point(
            instance_id=saisie.reunion.instance_id, theme_id=int(v("theme")), cree_le=utcnow(), cree_par=by.id
        )
    point.instance_id, point.reunion_id, point.ordre = saisie.reunion.instance_id, saisie.reunion.id, ordre
    point.theme_id = int(v("theme"))
    quartier = v("quartier")
    if quartier is None and ligne.point_id is None and len(saisie.quartier_ids) == 1:
        quartier = saisie.quartier_ids[0]
    point.quartier_id = quartier
    point.origine_id = v("origine")
    point.lieu, point.note = clean(v("lieu")), clean(v("note"), lignes=True)
    point.reponse, point.texte_public = clean(v("reponse"), lignes=True), clean(v("public"), lignes=True)
    session.add(point)
    session.flush()
    liens = {
        lien.partenaire_id: lien
        for lien in session.exec(select(PointPartenaire).where(PointPartenaire.point_id == point.id)).all()
    }
    voulus = {int(p) for p in v("partenaires") or []}
    for partenaire_id in voulus - liens.keys():
        session.add(PointPartenaire(point_id=point.id, partenaire_id=partenaire_id))
    for partenaire_id in liens.keys() - voulus:
        session.delete(liens[partenaire_id])
    faites = session.exec(
        select(Action)
        .where(Action.point_id == point.id, Action.reunion_id == saisie.reunion.id)
        .order_by(col(Action.id))
    ).all()
    for rang, fin in enumerate(saisie.decisions(ligne.cle)):
        _ecrire_action(
            session,
            saisie,
            point,
            faites[rang] if rang < len(faites) else None,
            quoi=clean(v(f"quoi{fin}")),
            pilote=v(f"pilote{fin}"),
            echeance=v(f"echeance{fin}"),
            today=today,
            by=by,
        )
    return point.id


def _ecrire_action(
    session: Session,
    saisie: Saisie,
    point: Point,
    action: Action | None,
    *,
    quoi: str,
    pilote: int | None,
    echeance: str | None,
    today: date,
    by: Acteur,
) -> None:
    """Create, correct or take back an action of a line."""
    quand = date.fromisoformat(echeance) if echeance else echeance_usuelle(saisie.reunion.debut.date())
    if not quoi or pilote is None:
        if action and action.etat in (EtatAction.A_FAIRE, EtatAction.EN_COURS):
            avancement.changer(
                session,
                id=action.id,
                version=action.version,
                etat=EtatAction.ABANDONNEE,
                motif="Retirée du relevé à la correction",
                today=today,
                by=by,
            )
    elif action is None:
        avancement.creer(
            session,
            quoi=quoi,
            pilote_id=pilote,
            echeance=quand,
            instance_id=saisie.reunion.instance_id,
            reunion_id=saisie.reunion.id,
            point_id=point.id,
            today=today,
            by=by,
        )
    else:
        avancement.corriger(session, id=action.id, version=action.version, quoi=quoi, pilote_id=pilote, by=by)
        if action.echeance != quand:
            avancement.changer(session, id=action.id, version=action.version, echeance=quand, today=today, by=by)


def _retirer(session: Session, saisie: Saisie, *, by: Acteur) -> None:
    """Lines taken out: a point of this meeting is deleted with its links, one that waited goes on waiting."""
    for champ, c in saisie.champs.items():
        morceaux = champ.split(".")
        if morceaux[0] != "point" or morceaux[2] != "retire" or not c.valeur or not morceaux[1].isdecimal():
            continue
        point = session.get(Point, int(morceaux[1]))
        if point is None or point.reunion_id != saisie.reunion.id:
            continue
        for lien in session.exec(select(PointPartenaire).where(PointPartenaire.point_id == point.id)).all():
            session.delete(lien)
        for action in session.exec(select(Action).where(Action.point_id == point.id)).all():
            action.point_id = None
            session.add(action)
        session.flush()
        session.delete(point)
        note(session, by=by, acte="retirer", objet="point", objet_id=point.id, resume="Point retiré du relevé")
