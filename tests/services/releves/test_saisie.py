"""Writing up a meeting: what the draft becomes, what is refused, and that it counts once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from models import Action, EvenementAction, Journal, Point, Presence, Reunion
from models.lists import EtatAction, EtatPresence, EtatReunion
from services.actions import suivi
from services.agenda import points, reunions
from services.partenaires import mouvements, personnes
from services.releves import enregistrement, lecture, saisie
from services.socle import brouillons
from services.socle.acteur import Acteur
from services.socle.erreurs import Conflict, Forbidden, Invalid
from tests import scene
from tests.cast import Cast

NOW = datetime(2026, 11, 22, 21, 0)  # civil time of the town


@pytest.fixture
def cas(reference: None, session: Session, cast: Cast) -> int:
    return scene.poser_cas(session, now=NOW, by=cast.secretaire, histoire=False)


def compte(session: Session, table: type[Any]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def enregistrer(session: Session, reunion_id: int, jeton: str, by: Acteur, now: datetime = NOW) -> int:
    return enregistrement.enregistrer(session, reunion_id=reunion_id, jeton=jeton, today=now.date(), now=now, by=by)


def test_the_case_becomes_facts(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    scene.saisir(session, cas, scene.valeurs_du_cas(session, cas, by), by, now=NOW)
    releve = lecture.lire(session, reunion_id=cas, today=NOW.date())

    assert releve.reunion.etat == EtatReunion.TENUE
    assert {e: len(p) for e, p in releve.presences.items()} == {
        EtatPresence.PRESENT: 7,
        EtatPresence.EXCUSE: 1,
        EtatPresence.ABSENT: 1,
        EtatPresence.REPRESENTE: 0,
    }
    assert [p.partenaire for p in releve.presences[EtatPresence.EXCUSE]] == [
        "Protection judiciaire de la jeunesse (PJJ)"
    ]
    assert [(s.quoi, s.etat) for s in releve.suites] == [
        ("Réparer l'éclairage du passage entre les deux résidences", EtatAction.REALISEE)
    ]
    assert [(p.theme, p.note) for p in releve.points] == [(p["theme"], p["note"]) for p in scene.CAS["points"]]
    assert [p.quartier for p in releve.points] == ["Mireuil"] * 3, "the quartier is given by the instance"
    decidees = [a for p in releve.points for a in p.actions]
    assert [(a.quoi, a.pilote_nom) for a in decidees] == [
        (p["action"]["what"], p["action"]["structure"]) for p in scene.CAS["points"] if "action" in p
    ]
    assert {a.echeance for a in decidees} == {releve.reunion.debut.date() + timedelta(days=30)}
    assert reunions.a_saisir(session, now=NOW) == []


def test_nobody_is_present_by_default(session: Session, cast: Cast, cas: int) -> None:
    scene.saisir(session, cas, {}, cast.secretaire, now=NOW)
    assert compte(session, Presence) == 0


def test_the_same_token_writes_once(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    brouillons.ecrire(session, jeton=form.jeton, valeurs=scene.valeurs_du_cas(session, cas, by), vues={}, by=by)
    assert enregistrer(session, cas, form.jeton, by) == cas
    avant = (compte(session, Point), compte(session, Action), compte(session, Presence))
    assert enregistrer(session, cas, form.jeton, by) == cas
    assert (compte(session, Point), compte(session, Action), compte(session, Presence)) == avant == (3, 3, 9)


@pytest.mark.parametrize(
    ("champs", "fautif"),
    [
        ({"note": "Deux voitures brûlées"}, "theme"),
        ({"theme": 1, "quoi": "Installer un arceau"}, "pilote"),
        ({"theme": 1, "pilote": 1}, "quoi"),
        ({"theme": 1, "quoi": "Installer un arceau", "pilote": 1, "echeance": "2020-01-01"}, "echeance"),
        ({"theme": 1, "note": "x" * 2001}, "note"),
        ({"theme": 1, "lieu": "x" * 201}, "lieu"),
        ({"theme": 1, "quoi": "x" * 501, "pilote": 1}, "quoi"),
    ],
)
def test_bad_lines_are_named_and_nothing_is_written(
    session: Session, cast: Cast, cas: int, champs: dict[str, Any], fautif: str
) -> None:
    by = cast.secretaire
    reel = {"theme": scene.theme(session, "Rodéo motorisé"), "pilote": scene.partenaire(session, "Habitat 17")}
    valeurs = {f"point.n{by.id}-1.{c}": reel.get(c, v) for c, v in champs.items()}
    with pytest.raises(Invalid) as refus:
        scene.saisir(session, cas, valeurs, by, now=NOW)
    assert list(refus.value.erreurs) == [f"point.n{by.id}-1.{fautif}"]
    assert compte(session, Point) == 0
    assert reunions.get(session, id=cas).etat == EtatReunion.BROUILLON
    assert len(brouillons.champs(session, cle=saisie.cle_brouillon(cas))) == len(valeurs), "the draft keeps all"


def test_an_action_may_be_due_the_very_day(session: Session, cast: Cast, cas: int) -> None:
    by, jour = cast.secretaire, reunions.get(session, id=cas).debut.date()
    p = f"point.n{by.id}-1"
    valeurs: dict[str, Any] = {
        f"{p}.theme": scene.theme(session, "Rodéo motorisé"),
        f"{p}.quoi": "Passer ce soir",
        f"{p}.pilote": scene.partenaire(session, "Habitat 17"),
        f"{p}.echeance": (jour - timedelta(days=1)).isoformat(),
    }
    with pytest.raises(Invalid, match="après la réunion"):
        scene.saisir(session, cas, valeurs, by, now=NOW)
    scene.saisir(session, cas, {f"{p}.echeance": jour.isoformat()}, by, now=NOW)
    (point,) = lecture.lire(session, reunion_id=cas, today=NOW.date()).points
    assert [a.echeance for a in point.actions] == [jour]


def test_whom_a_point_concerns(session: Session, cast: Cast, cas: int) -> None:
    by, oph = cast.secretaire, scene.partenaire(session, "Habitat 17")
    p = f"point.n{by.id}-1"
    valeurs = {f"{p}.theme": scene.theme(session, "Rodéo motorisé"), f"{p}.partenaires": [oph]}
    scene.saisir(session, cas, valeurs, by, now=NOW)
    (point,) = lecture.lire(session, reunion_id=cas, today=NOW.date()).points
    assert point.partenaires == ["Habitat 17"]
    assert saisie.noms_courts(session, ids=[oph]) == {oph: ("Habitat 17", scene.sigles(session)["Habitat 17"])}
    scene.saisir(session, cas, {f"point.{point.id}.partenaires": []}, by, now=NOW)
    (point,) = lecture.lire(session, reunion_id=cas, today=NOW.date()).points
    assert point.partenaires == []


def test_abandoning_needs_a_reason(session: Session, cast: Cast, cas: int) -> None:
    ouverte = session.exec(select(Action)).one()
    with pytest.raises(Invalid) as refus:
        scene.saisir(session, cas, {f"suite.{ouverte.id}": "abandonnee"}, cast.secretaire, now=NOW)
    assert list(refus.value.erreurs) == [f"motif.{ouverte.id}"]
    scene.saisir(session, cas, {f"motif.{ouverte.id}": "Passage fermé par le bailleur"}, cast.secretaire, now=NOW)
    assert (ouverte.etat, ouverte.motif) == (EtatAction.ABANDONNEE, "Passage fermé par le bailleur")
    evenement = session.exec(select(EvenementAction).where(EvenementAction.reunion_id == cas)).one()
    assert evenement.etat == EtatAction.ABANDONNEE


def test_refused_before_it_begins_and_once_cancelled(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    debut = reunions.get(session, id=cas).debut
    with pytest.raises(Conflict, match="pas encore commencé"):
        enregistrer(session, cas, form.jeton, by, now=debut - timedelta(minutes=1))
    session.get_one(Reunion, cas).etat = EtatReunion.ANNULEE
    session.flush()
    with pytest.raises(Conflict, match="annulée"):
        enregistrer(session, cas, form.jeton, by)


def test_the_elu_cannot_write(session: Session, cast: Cast, cas: int) -> None:
    with pytest.raises(Forbidden):
        saisie.ouvrir(session, reunion_id=cas, by=cast.elu)


def test_two_agents_fill_different_fields_and_are_told_of_the_same(session: Session, cast: Cast, cas: int) -> None:
    form = saisie.ouvrir(session, reunion_id=cas, by=cast.secretaire)
    meme = saisie.ouvrir(session, reunion_id=cas, by=cast.collaborateur)
    assert meme == form

    def ecrire(by: Acteur, vues: dict[str, int], tranche: bool = False, **valeurs: Any) -> brouillons.Ecrit:
        return brouillons.ecrire(session, jeton=form.jeton, valeurs=valeurs, vues=vues, by=by, tranche=tranche)

    assert ecrire(cast.secretaire, {}, habitants=12).versions == {"habitants": 1}
    refus = ecrire(cast.collaborateur, {}, habitants=15)
    assert (refus.divergents["habitants"].valeur, refus.divergents["habitants"].agent) == (12, cast.secretaire.nom)
    assert brouillons.champs(session, cle=form.cle)["habitants"].valeur == 12, "nothing overwritten"
    assert ecrire(cast.collaborateur, {"habitants": 1}, habitants=15).versions == {}, "asked first"
    assert ecrire(cast.collaborateur, {"habitants": 1}, habitants=15, tranche=True).versions == {"habitants": 2}


def test_new_lines_of_two_agents_do_not_mix(session: Session, cast: Cast, cas: int) -> None:
    vides = []
    for by in (cast.secretaire, cast.collaborateur):
        form = saisie.ouvrir(session, reunion_id=cas, by=by)
        vides.append(
            saisie.lire(session, reunion=reunions.get(session, id=cas), form=form, by=by, today=NOW.date())
            .lignes[-1]
            .cle
        )
    assert vides[0] != vides[1]


def test_correcting_updates_in_place(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    scene.saisir(session, cas, scene.valeurs_du_cas(session, cas, by), by, now=NOW)
    avant = lecture.lire(session, reunion_id=cas, today=NOW.date())
    premier, deuxieme, _ = avant.points
    scene.saisir(
        session,
        cas,
        {
            f"point.{premier.id}.note": "Passages répétés entre 17 h et 19 h",
            f"point.{premier.id}.quoi": "Présence conjointe pendant trois semaines",
            f"point.{deuxieme.id}.retire": True,
            "habitants": 4,
        },
        cast.collaborateur,
        now=NOW + timedelta(days=1),
    )
    apres = lecture.lire(session, reunion_id=cas, today=NOW.date())
    assert [p.id for p in apres.points] == [premier.id, avant.points[2].id]
    assert apres.points[0].note == "Passages répétés entre 17 h et 19 h"
    assert [a.id for a in apres.points[0].actions] == [a.id for a in premier.actions]
    assert apres.points[0].actions[0].quoi == "Présence conjointe pendant trois semaines"
    assert apres.habitants == 4
    assert apres.presences == avant.presences
    assert apres.reunion.etat == EtatReunion.TENUE
    lignes = session.exec(select(Journal).where(Journal.objet == "point")).all()
    assert [(j.objet_id, j.agent_id) for j in lignes] == [(deuxieme.id, cast.collaborateur.id)]


def test_a_point_noted_before_waits_for_the_next_meeting_only(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    instance_id = scene.instance(session, scene.CAS["instance"])
    note = points.noter(
        session,
        instance_id=instance_id,
        theme_id=scene.theme(session, "Dépôt sauvage"),
        quartier_id=None,
        lieu="Place de l’Europe",
        note="Encombrants chaque lundi",
        origine_id=None,
        jeton=scene.jeton(session),
        by=by,
    )
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    lu = saisie.lire(session, reunion=reunions.get(session, id=cas), form=form, by=by, today=NOW.date())
    assert [x.point_id for x in lu.lignes if x.a_inscrire] == [], "noted after that meeting: it waits for the next"
    suivante = scene.tenir(session, scene.CAS["instance"], datetime(2099, 1, 5, 14, 0), by)
    form = saisie.ouvrir(session, reunion_id=suivante, by=by)
    lu = saisie.lire(session, reunion=reunions.get(session, id=suivante), form=form, by=by, today=NOW.date())
    assert [x.point_id for x in lu.lignes if x.a_inscrire] == [note]


def test_likely_themes_and_pilots_come_from_history(reference: None, session: Session, cast: Cast) -> None:
    cas = scene.poser_cas(session, now=NOW, by=cast.secretaire)
    instance_id = session.get_one(Reunion, cas).instance_id
    quartiers = [scene.quartier(session, "Mireuil")]
    likely = points.themes_vraisemblables(session, instance_id=instance_id, quartier_ids=quartiers, completes=True)
    assert {scene.theme(session, p["theme"]) for p in scene.CAS["points"]} <= set(likely)
    assert len(likely) == 8
    membres = [scene.partenaire(session, m["structure"]) for m in scene.CAS["members"]]
    pilotes = saisie.pilotes_vraisemblables(session, instance_id=instance_id, membres=membres)
    assert pilotes[0] == scene.partenaire(session, "Ville de La Rochelle - Police municipale")
    assert set(pilotes) <= set(membres)


def test_an_action_taken_back_at_the_correction_is_abandoned_not_erased(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    scene.saisir(session, cas, scene.valeurs_du_cas(session, cas, by), by, now=NOW)
    point = lecture.lire(session, reunion_id=cas, today=NOW.date()).points[0]
    scene.saisir(session, cas, {f"point.{point.id}.quoi": None, f"point.{point.id}.pilote": None}, by, now=NOW)
    action = suivi.par_ids(session, ids=[point.actions[0].id], today=NOW.date())[0]
    assert (action.etat, bool(action.motif)) == (EtatAction.ABANDONNEE, True)


def test_someone_who_is_not_a_member_can_be_added(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    tremplin = scene.partenaire(session, "Tremplin 17")
    mouvements.creer(
        session,
        partenaire_id=tremplin,
        identite=personnes.Identite(nom="Exemple", prenom="Camille"),
        intitule="Éducatrice",
        debut=NOW.date(),
        jeton=scene.jeton(session),
        by=by,
    )
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    lu = saisie.lire(session, reunion=reunions.get(session, id=cas), form=form, by=by, today=NOW.date())
    trouves = saisie.venus_possibles(session, saisie=lu, texte="exemple camille")
    [trouve] = trouves
    assert (trouve.personne, trouve.fonction, trouve.partenaire) == ("Camille Exemple", "Éducatrice", "Tremplin 17")
    assert [m.partenaire for m in saisie.venus_possibles(session, saisie=lu, texte="habitat 17")] == [], "already there"
    cle = trouves[0].cle
    scene.saisir(session, cas, {f"ajoute.{cle}": True, f"presence.{cle}": "present"}, by, now=NOW)
    [presence] = session.exec(select(Presence)).all()
    assert (presence.partenaire_id, presence.fonction, presence.personne_id is not None) == (
        tremplin,
        "Éducatrice",
        True,
    )
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    lu = saisie.lire(session, reunion=reunions.get(session, id=cas), form=form, by=by, today=NOW.date())
    assert lu.base[f"presence.p{presence.id}"] == "present", "still there at the correction"
    scene.saisir(session, cas, {"habitants": 3}, by, now=NOW)
    assert len(session.exec(select(Presence)).all()) == 1


def test_several_actions_on_one_point(session: Session, cast: Cast, cas: int) -> None:
    """Each with its pilot and its day; corrected apart; one taken back leaves the other."""
    by = cast.secretaire
    valeurs = scene.valeurs_du_cas(session, cas, by)
    p = next(champ.rpartition(".")[0] for champ in valeurs if champ.endswith(".quoi"))
    oph = scene.partenaire(session, "Habitat 17")
    valeurs |= {f"{p}.quoi2": "Poser une caméra", f"{p}.pilote2": oph, f"{p}.echeance2": "2027-05-03"}
    scene.saisir(session, cas, valeurs, by, now=NOW)

    def actions_() -> list[tuple[str, str]]:
        releve = lecture.lire(session, reunion_id=cas, today=NOW.date())
        return [(a.quoi, a.etat.value) for point in releve.points for a in point.actions]

    avant = actions_()
    assert ("Poser une caméra", EtatAction.A_FAIRE.value) in avant
    form = saisie.ouvrir(session, reunion_id=cas, by=by)
    s = saisie.lire(session, reunion=reunions.get(session, id=cas), form=form, by=by, today=NOW.date())
    deux = next(x.cle for x in s.lignes if len(s.decisions(x.cle)) == 2)
    assert (s.valeur(f"point.{deux}.quoi2"), s.valeur(f"point.{deux}.pilote2")) == ("Poser une caméra", oph)
    scene.saisir(session, cas, {f"point.{deux}.quoi2": "Poser deux caméras"}, by, now=NOW)
    assert sorted(actions_()) == sorted([(q.replace("une caméra", "deux caméras"), e) for q, e in avant])


def test_the_second_action_of_a_point_is_judged_as_the_first(session: Session, cast: Cast, cas: int) -> None:
    by = cast.secretaire
    p = f"point.n{by.id}-1"
    theme = scene.theme(session, "Dépôt sauvage")
    with pytest.raises(Invalid) as refus:
        scene.saisir(session, cas, {f"{p}.theme": theme, f"{p}.quoi3": "x" * 501}, by, now=NOW)
    assert set(refus.value.erreurs) == {f"{p}.quoi3", f"{p}.pilote3"}


def test_an_action_is_due_on_a_working_day() -> None:
    assert saisie.echeance_usuelle(date(2026, 11, 24)) == date(2026, 12, 24)
    assert saisie.echeance_usuelle(date(2026, 11, 25)) == date(2026, 12, 28), "Christmas, then a week-end"
