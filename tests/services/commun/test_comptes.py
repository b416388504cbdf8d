"""Accounts, passwords and sign-in sessions."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models import Agent, Journal, SessionAgent
from models.lists import Role
from services.commun import comptes, connexions
from services.socle import brouillons
from services.socle.acteur import SYSTEME
from services.socle.erreurs import BusinessError, Conflict, Duplicate, Forbidden, Invalid, NotFound
from services.socle.horloge import utcnow
from tests.cast import MOT_DE_PASSE, Cast

NOW = utcnow()
AUTRE = "Un-autre-mot-de-passe-2026"


def actes(session: Session) -> list[str]:
    return [j.acte for j in session.exec(select(Journal).order_by(Journal.id)).all()]


def creer(session: Session, identifiant: str = "lea.martin", **autres: object) -> int:
    valeurs = {"nom": "Léa Martin", "role": Role.SECRETAIRE, "mot_de_passe": MOT_DE_PASSE, "by": SYSTEME} | autres
    return comptes.creer(session, identifiant=identifiant, **valeurs)


def version(session: Session, id: int) -> int:
    return comptes.get(session, id=id, now=NOW).version


# --- accounts ------------------------------------------------------------------------------------------------------


def test_an_account_is_created_folded_hashed_and_journaled(session):
    agent = session.get(Agent, creer(session, " Léa.MARTIN "))
    assert agent.identifiant == "lea.martin"
    assert agent.mot_de_passe.startswith("$argon2id$")
    assert MOT_DE_PASSE not in agent.mot_de_passe
    assert actes(session) == ["agent.creer"]


@pytest.mark.parametrize(
    ("champ", "valeurs"),
    [
        ("identifiant", {"identifiant": "a"}),
        ("identifiant", {"identifiant": "avec espace"}),
        ("identifiant", {"identifiant": "x" * 61}),
        ("identifiant", {"identifiant": "<script>"}),
        ("nom", {"nom": "  "}),
        ("nom", {"nom": "x" * 121}),
        ("mot_de_passe", {"mot_de_passe": "x7!" * 3}),
        ("mot_de_passe", {"mot_de_passe": "aA3-" * 51}),
        ("mot_de_passe", {"mot_de_passe": "aaaaaaaaaaaaaa"}),
        ("mot_de_passe", {"identifiant": "secretariat.mairie", "mot_de_passe": "Secrétariat.Mairie"}),
    ],
)
def test_bad_input_is_refused_field_by_field(session, champ, valeurs):
    with pytest.raises(Invalid) as refus:
        creer(session, **valeurs)
    assert list(refus.value.erreurs) == [champ]
    assert not actes(session)


def test_several_faults_are_all_said_at_once(session):
    with pytest.raises(Invalid) as refus:
        creer(session, "a", nom="", mot_de_passe="court")
    assert set(refus.value.erreurs) == {"identifiant", "nom", "mot_de_passe"}


def test_a_taken_identifier_is_refused_whatever_its_case(session):
    premier = creer(session)
    with pytest.raises(Duplicate) as refus:
        creer(session, "LÉA.Martin")
    assert (refus.value.objet_id, refus.value.champ) == (premier, "identifiant")


def test_the_same_form_sent_twice_makes_one_account(session):
    form = brouillons.ouvrir(session, cle="compte:nouveau:1")
    premier = creer(session, jeton=form.jeton)
    assert creer(session, jeton=form.jeton) == premier
    assert actes(session) == ["agent.creer"]


@pytest.mark.parametrize("role", ["collaborateur", "secretaire", "elu"])
def test_only_a_responsable_manages_accounts(session, cast: Cast, role):
    by = getattr(cast, role)
    vise = cast.secretaire.id
    v = version(session, vise)
    for commande in (
        lambda: creer(session, by=by),
        lambda: comptes.modifier(session, id=vise, nom="X", role=Role.RESPONSABLE, version=v, by=by),
        lambda: comptes.fermer(session, id=vise, version=v, by=by, now=NOW),
        lambda: comptes.rouvrir(session, id=vise, version=v, by=by),
        lambda: comptes.reinitialiser_mot_de_passe(session, id=vise, mot_de_passe=AUTRE, by=by, now=NOW),
    ):
        with pytest.raises(Forbidden):
            commande()
    assert not actes(session)


def test_role_and_name_change_and_the_journal_says_so(session, cast: Cast):
    vise = cast.secretaire.id
    comptes.modifier(
        session,
        id=vise,
        nom="Sarah S.",
        role=Role.COLLABORATEUR,
        version=version(session, vise),
        by=cast.responsable,
    )
    vu = comptes.get(session, id=vise, now=NOW)
    assert (vu.nom, vu.role) == ("Sarah S.", Role.COLLABORATEUR)
    assert actes(session) == ["agent.modifier"]


def test_a_stale_change_is_refused_with_what_stands_now(session, cast: Cast):
    vise, v = cast.secretaire.id, version(session, cast.secretaire.id)
    by = cast.responsable
    comptes.modifier(session, id=vise, nom="Version d’abord", role=Role.SECRETAIRE, version=v, by=by)
    with pytest.raises(Conflict) as refus:
        comptes.modifier(session, id=vise, nom="Version ensuite", role=Role.SECRETAIRE, version=v, by=by)
    assert refus.value.actuel["nom"] == "Version d’abord"
    for commande in (
        lambda: comptes.fermer(session, id=vise, version=v, by=by, now=NOW),
        lambda: comptes.rouvrir(session, id=vise, version=v, by=by),
    ):
        with pytest.raises(Conflict):
            commande()


def test_signing_in_does_not_make_an_open_account_form_stale(session, cast: Cast):
    v = version(session, cast.secretaire.id)
    connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW)
    connexions.noter_echec(session, agent_id=cast.secretaire.id, now=NOW)
    assert version(session, cast.secretaire.id) == v


def test_the_last_open_responsable_can_be_neither_closed_nor_demoted(session, cast: Cast):
    chef, by = cast.responsable.id, cast.responsable
    with pytest.raises(Conflict) as refus:
        comptes.fermer(session, id=chef, version=version(session, chef), by=by, now=NOW)
    assert "dernier compte responsable" in refus.value.phrase
    with pytest.raises(Conflict) as refus:
        comptes.modifier(session, id=chef, nom="R", role=Role.LECTURE, version=version(session, chef), by=by)
    assert refus.value.champ == "role"

    second = creer(session, role=Role.RESPONSABLE)
    comptes.fermer(session, id=second, version=version(session, second), by=by, now=NOW)
    with pytest.raises(Conflict):  # a closed one does not count
        comptes.fermer(session, id=chef, version=version(session, chef), by=by, now=NOW)
    comptes.rouvrir(session, id=second, version=version(session, second), by=by)
    comptes.fermer(session, id=chef, version=version(session, chef), by=by, now=NOW)
    assert not comptes.get(session, id=chef, now=NOW).actif


def test_an_unknown_account_is_said(session):
    for commande in (
        lambda: comptes.get(session, id=999, now=NOW),
        lambda: comptes.par_identifiant(session, identifiant="personne"),
    ):
        with pytest.raises(NotFound):
            commande()


def test_the_first_account_is_responsable_and_there_is_one_first(session):
    assert comptes.aucun(session)
    premier = comptes.creer_premier(session, identifiant="chef", nom="Le Chef", mot_de_passe=MOT_DE_PASSE)
    assert comptes.get(session, id=premier, now=NOW).role is Role.RESPONSABLE
    assert not comptes.aucun(session)
    with pytest.raises(Forbidden):
        comptes.creer_premier(session, identifiant="autre", nom="Un Autre", mot_de_passe=MOT_DE_PASSE)


def test_the_list_shows_open_accounts_first_and_civil_times(session, cast: Cast):
    connexions.ouvrir_session(session, agent_id=cast.elu.id, now=NOW)
    vise = cast.collaborateur.id
    comptes.fermer(session, id=vise, version=version(session, vise), by=cast.responsable, now=NOW)
    vus = comptes.liste(session, now=NOW)
    assert [v.actif for v in vus] == [True, True, True, False]
    connexion = next(v for v in vus if v.id == cast.elu.id).derniere_connexion
    assert connexion.tzinfo is None
    assert connexion - NOW.replace(tzinfo=None) in (timedelta(hours=1), timedelta(hours=2))


# --- sessions ------------------------------------------------------------------------------------------------------


def vivante(session: Session, jeton: str, now=NOW) -> bool:
    return connexions.session_du_cookie(session, jeton=jeton, now=now) is not None


def test_a_session_opens_with_a_token_the_base_does_not_hold(session, cast: Cast):
    jeton = connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW)
    ouverte = connexions.session_du_cookie(session, jeton=jeton, now=NOW)
    assert ouverte.acteur.id == cast.secretaire.id
    row = session.get(SessionAgent, ouverte.id)
    assert jeton not in row.empreinte
    assert len(row.empreinte) == 64
    assert not vivante(session, row.empreinte)  # what a stolen copy of the base holds opens nothing
    assert connexions.acteur(session, session_id=ouverte.id, now=NOW).acteur.nom == cast.secretaire.nom


def test_a_cookie_replayed_after_sign_out_opens_nothing(session, cast: Cast):
    jeton = connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW)
    ouverte = connexions.session_du_cookie(session, jeton=jeton, now=NOW)
    connexions.fermer_session(session, jeton=jeton, now=NOW)
    connexions.fermer_session(session, jeton=jeton, now=NOW)
    connexions.fermer_session(session, jeton="jamais vu", now=NOW)
    assert not vivante(session, jeton)
    assert connexions.acteur(session, session_id=ouverte.id, now=NOW) is None
    assert actes(session) == ["agent.connexion", "agent.deconnexion"]


def test_a_session_ends_when_idle_or_too_old(session, cast: Cast, monkeypatch):
    jeton = connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW)
    session_id = connexions.session_du_cookie(session, jeton=jeton, now=NOW).id
    assert vivante(session, jeton, NOW + timedelta(minutes=479))
    assert not vivante(session, jeton, NOW + timedelta(minutes=481))
    for heures in (7, 11):
        connexions.toucher(session, session_id=session_id, now=NOW + timedelta(hours=heures))
    assert vivante(session, jeton, NOW + timedelta(hours=11, minutes=59))
    assert not vivante(session, jeton, NOW + timedelta(hours=12, minutes=1))


def test_closing_an_account_or_resetting_its_password_closes_its_sessions(session, cast: Cast):
    vise, by = cast.secretaire.id, cast.responsable
    autre = connexions.ouvrir_session(session, agent_id=cast.elu.id, now=NOW)
    jeton = connexions.ouvrir_session(session, agent_id=vise, now=NOW)
    comptes.reinitialiser_mot_de_passe(session, id=vise, mot_de_passe=AUTRE, by=by, now=NOW)
    assert not vivante(session, jeton)
    jeton = connexions.ouvrir_session(session, agent_id=vise, now=NOW)
    comptes.fermer(session, id=vise, version=version(session, vise), by=by, now=NOW)
    assert not vivante(session, jeton)
    comptes.rouvrir(session, id=vise, version=version(session, vise), by=by)
    assert not vivante(session, jeton)  # reopening the account does not bring the session back
    assert vivante(session, autre)


def test_a_closed_account_opens_no_session(session, cast: Cast):
    vise = cast.secretaire.id
    comptes.fermer(session, id=vise, version=version(session, vise), by=cast.responsable, now=NOW)
    with pytest.raises(Forbidden):
        connexions.ouvrir_session(session, agent_id=vise, now=NOW)
    assert connexions.candidat(session, identifiant="secretaire", now=NOW).agent_id is None


def test_sessions_of_last_month_are_forgotten(session, cast: Cast):
    vieille = connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW - timedelta(days=31))
    connexions.ouvrir_session(session, agent_id=cast.secretaire.id, now=NOW)
    empreintes = set(session.exec(select(SessionAgent.empreinte)).all())
    assert connexions.empreinte(vieille) not in empreintes
    assert len(empreintes) == 1


# --- passwords -----------------------------------------------------------------------------------------------------


def test_a_password_is_verified_by_its_hash(session, cast: Cast):
    candidat = connexions.candidat(session, identifiant=" SECRÉTAIRE ", now=NOW)
    assert candidat.agent_id == cast.secretaire.id
    assert connexions.verifier(MOT_DE_PASSE, candidat.hache)
    assert not connexions.verifier(MOT_DE_PASSE.lower(), candidat.hache)
    assert not connexions.verifier("", candidat.hache)
    assert not connexions.verifier(MOT_DE_PASSE, "pas un hachage")


def test_an_unknown_identifier_costs_as_much_to_refuse(session):
    inconnu = connexions.candidat(session, identifiant="personne", now=NOW)
    assert inconnu.agent_id is None
    parametres = connexions.hacher("x").rsplit("$", 2)[0]
    assert inconnu.hache.rsplit("$", 2)[0] == parametres  # same work, same time
    assert not connexions.verifier(MOT_DE_PASSE, inconnu.hache)


def test_five_failures_lock_for_a_quarter_of_an_hour_and_are_journaled(session, cast: Cast):
    vise = cast.secretaire.id
    verrous = [connexions.noter_echec(session, agent_id=vise, now=NOW) for _ in range(5)]
    assert verrous == [False, False, False, False, True]
    assert connexions.candidat(session, identifiant="secretaire", now=NOW).verrouille
    with pytest.raises(Forbidden):  # the right password, verified while the lock was being set
        connexions.ouvrir_session(session, agent_id=vise, now=NOW)
    apres = NOW + timedelta(minutes=16)
    assert not connexions.candidat(session, identifiant="secretaire", now=apres).verrouille
    connexions.ouvrir_session(session, agent_id=vise, now=apres)
    lignes = session.exec(select(Journal).where(Journal.acte == "agent.verrouiller")).all()
    assert [ligne.objet_id for ligne in lignes] == [vise]


def test_a_right_password_forgets_the_failures_before_it(session, cast: Cast):
    for _ in range(4):
        connexions.noter_echec(session, agent_id=cast.elu.id, now=NOW)
    connexions.ouvrir_session(session, agent_id=cast.elu.id, now=NOW)
    assert not connexions.noter_echec(session, agent_id=cast.elu.id, now=NOW)


def test_a_reset_unlocks_and_the_new_password_counts(session, cast: Cast):
    vise = cast.secretaire.id
    for _ in range(5):
        connexions.noter_echec(session, agent_id=vise, now=NOW)
    comptes.reinitialiser_mot_de_passe(session, id=vise, mot_de_passe=AUTRE, by=cast.responsable, now=NOW)
    candidat = connexions.candidat(session, identifiant="secretaire", now=NOW)
    assert not candidat.verrouille
    assert connexions.verifier(AUTRE, candidat.hache)
    assert not connexions.verifier(MOT_DE_PASSE, candidat.hache)


def test_a_reset_sent_twice_counts_once(session, cast: Cast):
    form = brouillons.ouvrir(session, cle="compte_mdp:1:1")
    for _ in range(2):
        comptes.reinitialiser_mot_de_passe(
            session, id=cast.elu.id, mot_de_passe=AUTRE, jeton=form.jeton, by=cast.responsable, now=NOW
        )
    assert actes(session) == ["agent.mot_de_passe"]


def test_ones_own_change_closes_ones_other_sessions_only(session, cast: Cast):
    ici, ailleurs = (connexions.ouvrir_session(session, agent_id=cast.elu.id, now=NOW) for _ in range(2))
    session_id = connexions.session_du_cookie(session, jeton=ici, now=NOW).id
    comptes.changer_mot_de_passe(session, nouveau=AUTRE, session_id=session_id, by=cast.elu, now=NOW)
    assert vivante(session, ici)
    assert not vivante(session, ailleurs)
    assert connexions.verifier(AUTRE, connexions.candidat_de(session, id=cast.elu.id, now=NOW).hache)
    with pytest.raises(Invalid):
        comptes.changer_mot_de_passe(session, nouveau="court", session_id=session_id, by=cast.elu, now=NOW)


def test_no_refusal_names_a_password(session, cast: Cast):
    secret = "Tres-secret-et-trop-long-" * 20
    with pytest.raises(BusinessError) as refus:
        creer(session, mot_de_passe=secret)
    assert secret not in refus.value.phrase
    connexions.noter_verrou(session, agent_id=None)
    assert all(MOT_DE_PASSE not in j.resume for j in session.exec(select(Journal)).all())
