"""All screens together, on the demo year: nothing of one shows on another, what an address asks is said."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select
from streamlit.elements.lib.utils import user_key_from_element_id
from streamlit.testing.v1 import AppTest

from demo.annee import remplir
from models import Action, Agent, Base, Fonction, Instance, Participation, Reunion
from models.lists import EtatReunion
from services.socle import db
from services.socle.db import make_engine
from services.socle.horloge import aujourdhui
from settings import ROOT
from tests.bases import oublier_la_base
from tests.cast import open_session
from ui.commun.navigation import PAGES

SCRIPTS = {url: f"pages/{script}" for pages in PAGES.values() for script, _, _, url, *_ in pages}
Adresse = tuple[str, dict[str, str]]  # a screen, what its address says


@pytest.fixture(scope="module")
def annee(tmp_path_factory: pytest.TempPathFactory, _sqlite_modele: Path) -> Path:
    """The demo year, written once."""
    dossier = tmp_path_factory.mktemp("annee")
    shutil.copyfile(_sqlite_modele, dossier / "carnet.db")
    engine = make_engine(f"sqlite:///{dossier / 'carnet.db'}")
    with engine.connect().execution_options(writer=True) as connection, Session(connection) as session:
        remplir(session, today=aujourdhui())
        session.commit()
    engine.dispose()
    return dossier


@pytest.fixture
def onglet(annee: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """`onglet()`: a new tab of the responsable (or of `role`), on Accueil."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{annee / 'carnet.db'}")
    monkeypatch.setenv("DATA_DIR", str(annee))
    oublier_la_base()

    def ouvrir(role: str = "responsable") -> AppTest:
        at = AppTest.from_file(str(ROOT / "ui" / "frame.py"), default_timeout=60)
        with db.writing() as session:
            agent = session.exec(select(Agent).where(Agent.identifiant == role)).one()
            at.user = {"session": str(open_session(session, agent))}  # type: ignore[arg-type]
        return at.run()

    yield ouvrir
    oublier_la_base()


def aller(at: AppTest, adresse: Adresse) -> AppTest:
    """In the same tab, as a link does: another screen, and only what that address says."""
    url, query = adresse
    at.query_params.clear()
    at.query_params.update(query)
    at.switch_page(str(ROOT / SCRIPTS[url]))
    at.run()
    assert not at.exception, adresse
    return at


def affiches(at: AppTest) -> Iterator[Any]:
    """Every element of the screen."""
    for bloc in at._tree.children.values():
        if bloc is not at.sidebar:
            yield from bloc


def cles(at: AppTest) -> set[str]:
    """The keys of its fields and buttons, those of the frame apart."""
    ids = (getattr(getattr(n, "proto", None), "id", "") for n in affiches(at))
    trouvees = {k for i in ids if isinstance(i, str) and (k := user_key_from_element_id(i)) and k in at.session_state}
    return {k for k in trouvees if not k.startswith("eveil.") and k not in ("onglet", "relire")}


def valeurs(at: AppTest) -> list[tuple[str, str, Any]]:
    """What it shows: every text, and what every field holds."""
    vues = []
    for n in affiches(at):
        try:
            vues.append((n.type, getattr(n, "label", ""), n.value))
        except (AttributeError, KeyError, NotImplementedError, ValueError):
            continue
    return [v for v in vues if v[1] != "Onglet"]


# --- two screens ----------------------------------------------------------------------------------------------------


def groupes(session: Session) -> dict[str, list[Adresse]]:
    """Kind -> the screens that show a same record, and the same screens on another one."""

    def deux(table: type[Base], *ou: Any) -> list[int]:
        return list(session.exec(select(col(table.id)).where(*ou).order_by(col(table.id).desc()).limit(2)))  # type: ignore[attr-defined]

    rangs = session.exec(
        select(Participation).order_by(col(Participation.contact_id).desc(), col(Participation.id)).limit(2)
    ).all()
    tenues = deux(Reunion, col(Reunion.etat) == EtatReunion.TENUE)
    actions = session.exec(select(Action).order_by(col(Action.id).desc()).limit(2)).all()
    prevues = deux(Reunion, col(Reunion.etat) == EtatReunion.CONVOQUEE)
    fonctions = session.exec(select(Fonction).order_by(col(Fonction.id)).limit(2)).all()
    instances = deux(Instance)
    return {
        "13-18": [
            ("13-18", {"annee": str(rangs[0].annee)}),
            *(("13-18-college", {"participation": str(p.id)}) for p in rangs),
            *(("13-18-semaine", {"participation": str(p.id)}) for p in rangs),
            ("partenaire", {"id": str(rangs[0].college_id)}),
            ("plan", {}),
        ],
        "réunions": [
            *(("releve", {"reunion": str(i)}) for i in tenues),
            *(("saisie", {"reunion": str(i), "corriger": "1"}) for i in tenues),
            ("reunion", {"id": str(prevues[0])}),
            ("reunion", {"id": str(prevues[1]), "volet": "Convoquer"}),
            ("reponses", {}),
            ("calendrier", {"vue": "Mois"}),
        ],
        "actions": [
            ("actions", {}),
            *(("actions", {"action": str(a.id)}) for a in actions),
            *(("actions-partenaire", {"partenaire": str(a.pilote_id)}) for a in actions),
            *(("partenaire", {"id": str(a.pilote_id)}) for a in actions),
        ],
        "partenaires": [
            ("partenaires", {}),
            ("reseau", {}),
            ("diffusion", {}),
            ("a-verifier", {}),
            *(("partenaire", {"id": str(f.partenaire_id)}) for f in fonctions),
            *(("partenaire-edition", {"id": str(f.partenaire_id)}) for f in fonctions),
            *(("personne", {"fonction": str(f.id), "geste": "corriger"}) for f in fonctions),
        ],
        "listes": [
            ("calendrier", {}),
            ("plan", {}),
            ("releves", {}),
            ("graphiques", {}),
            ("journal", {}),
            *(("instances", {"instance": str(i)}) for i in instances),
            *(("planifier", {"instances": str(i)}) for i in instances),
        ],
    }


KINDS = ("13-18", "réunions", "actions", "partenaires", "listes")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("genre", KINDS)
def test_a_screen_shows_the_same_whatever_was_opened_before(onglet: Callable[..., AppTest], genre: str) -> None:
    """Every screen after every other, in both orders, in one tab, beside itself opened alone."""
    onglet()
    with db.reading() as session:
        adresses = groupes(session)[genre]
    seuls = [valeurs(aller(onglet(), a)) for a in adresses]
    at, fautes = onglet(), []
    for i, avant in enumerate(adresses):
        for j, apres in enumerate(adresses[:i]):
            for n, ici in ((i, avant), (j, apres), (i, avant)):
                vus = valeurs(aller(at, ici))
                if vus != seuls[n]:
                    autres = [(v, w) for v, w in zip(vus, seuls[n], strict=False) if v != w][:3]
                    fautes.append(f"{ici}, entre {avant} et {apres} : {autres or (len(vus), len(seuls[n]))}")
    assert not fautes, "\n".join(fautes)


@pytest.mark.timeout(600)
def test_a_key_belongs_to_one_screen(onglet: Callable[..., AppTest]) -> None:
    at, ecrans = onglet(), defaultdict(set)
    with db.reading() as session:
        adresses = [a for g in groupes(session).values() for a in g]
    for adresse in [*((url, {}) for url in SCRIPTS), *adresses]:
        aller(at, adresse)
        la = at.session_state["adresse"].ecran  # some screens lead to another without a record
        for k in cles(at):
            ecrans[k].add(la)
    communes = {k: sorted(la) for k, la in ecrans.items() if len(la) > 1}
    assert not communes


# --- what an address asks in vain -----------------------------------------------------------------------------------

INCONNUS: list[tuple[str, dict[str, str]]] = [
    ("actions", {"voir": "Perdues"}),
    ("actions", {"pilote": "Personne"}),
    ("actions", {"pilote": "99999"}),
    ("actions", {"instance": "Nulle part"}),
    ("actions", {"feuille": "99"}),
    ("actions", {"action": "99999"}),
    ("actions-partenaire", {"partenaire": "99999"}),
    ("actions-partenaire", {"partenaire": "x"}),
    ("saisie", {"reunion": "99999"}),
    ("saisie", {"reunion": "x"}),
    ("en-seance", {"reunion": "99999"}),
    ("releve", {"reunion": "99999"}),
    ("releve", {"reunion": "x"}),
    ("a-inscrire", {"point": "99999"}),
    ("a-inscrire", {"point": "x"}),
    ("calendrier", {"vue": "Trimestre"}),
    ("calendrier", {"jour": "2026-13-45"}),
    ("calendrier", {"type": "Banquet"}),
    ("calendrier", {"secteur": "Nulle part"}),
    ("calendrier", {"inst": "Nulle part"}),
    ("plan", {"annee": "Année lumière"}),
    ("plan", {"laquelle": "Dernière"}),
    ("plan", {"type": "Banquet"}),
    ("planifier", {"instances": "99999"}),
    ("planifier", {"debut": "demain"}),
    ("reunion", {"id": "99999"}),
    ("reunion", {"id": "x"}),
    ("instances", {"instance": "99999"}),
    ("instances", {"instance": "x"}),
    ("releves", {"secteur": "Nulle part"}),
    ("releves", {"annee": "1789"}),
    ("partenaires", {"categorie": "Fantômes"}),
    ("partenaires", {"secteur": "Nulle part"}),
    ("partenaires", {"etat": "Perdus"}),
    ("partenaires", {"page": "77"}),
    ("partenaires", {"plusieurs": "oui"}),
    ("reseau", {"vue": "Étoiles"}),
    ("diffusion", {"qui": "Personne"}),
    ("a-verifier", {"categorie": "Fantômes"}),
    ("a-verifier", {"page": "77"}),
    ("partenaire", {"id": "99999"}),
    ("partenaire", {"id": "x"}),
    ("partenaire-edition", {"id": "99999"}),
    ("personne", {"fonction": "99999", "geste": "corriger"}),
    ("personne", {"fonction": "1", "geste": "danser"}),
    ("doublons", {"famille": "Chats"}),
    ("doublons", {"a": "99999", "b": "99998"}),
    ("13-18", {"annee": "1789"}),
    ("13-18-college", {"participation": "99999"}),
    ("13-18-semaine", {"participation": "99999"}),
    ("graphiques", {"sujet": "Rien"}),
    ("graphiques", {"periode": "Toujours"}),
    ("graphiques", {"comparer": "À rien"}),
    ("graphiques", {"secteur": "Nulle part"}),
    ("graphiques", {"type": "Banquet"}),
    ("graphiques", {"periode": "Dates libres", "du": "hier"}),
    ("listes", {"liste": "Absente"}),
    ("listes", {"modifier": "theme-99999"}),
    ("journal", {"agent": "Personne"}),
    ("journal", {"sur": "Rien"}),
    ("journal", {"depuis": "hier"}),
    ("journal", {"page": "9999"}),
    ("comptes", {"compte": "99999"}),
]


@pytest.mark.timeout(600)
def test_what_an_address_asks_in_vain_is_said_and_the_screen_is_there(onglet: Callable[..., AppTest]) -> None:
    at, muets = onglet(), []
    for adresse in INCONNUS:
        aller(at, ("mon-compte", {}))  # each address is opened on its own
        aller(at, adresse)
        dit = " ".join(str(x.value) for x in [*at.warning, *at.error, *at.toast, *at.info])
        if not any(
            mot in dit for mot in ("n’exist", "ne désigne", "ne dit pas", "n’attend plus", "n’est pas, ou plus")
        ):
            muets.append(f"{adresse} : {dit}")
    assert not muets, "\n".join(muets)


def test_an_address_that_is_right_says_nothing(onglet: Callable[..., AppTest]) -> None:
    at = onglet()
    secteurs = aller(at, ("partenaires", {})).selectbox(key="partenaires.secteur").options
    justes: list[Adresse] = [
        ("calendrier", {"vue": "Liste", "jour": "2026-12-01", "secteur": secteurs[0]}),
        ("graphiques", {"sujet": "Couverture", "secteur": secteurs[0], "periode": "Année scolaire"}),
        ("diffusion", {"q": "police", "etat": "Tous"}),
        ("releves", {"secteur": secteurs[0], "annee": str(aujourdhui().year)}),
        ("partenaires", {"page": "2", "plusieurs": "true"}),
    ]
    for adresse in justes:
        aller(at, adresse)
        assert not at.warning, adresse
