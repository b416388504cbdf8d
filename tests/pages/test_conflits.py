"""A colleague changed what a form shows: one drawing everywhere, nothing typed is lost, both ways out work."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select
from streamlit.testing.v1 import AppTest

from models import (
    Agent,
    Brouillon,
    Categorie,
    Classe,
    Etape,
    Fonction,
    Instance,
    JalonType,
    JourEvite,
    Lieu,
    Origine,
    Partenaire,
    Participation,
    Personne,
    Phrase,
    Point,
    Presidence,
    Quartier,
    Reunion,
    Seance,
    SecteurVeille,
    Theme,
)
from models.lists import Frequence, GenreJourEvite, GenrePhrase, TypeReunion
from scripts.architecture import arbre
from services.agenda import points
from services.projets import classes, participations, seances
from services.projets.creneaux import LigneSeance
from services.socle import db
from services.socle.acteur import SYSTEME
from services.socle.horloge import aujourdhui, maintenant
from tests.cast import Cast
from tests.services.outils_agenda import creer_reunion
from tests.sources import sources

Ecran = Callable[..., AppTest]
MIEN, SIEN, APRES = "Mon texte", "Le texte du collègue", "Un autre texte"
LISTES, COLLEGE = "pages/administration/listes.py", "pages/projets/college_13_18.py"


def clic(at: AppTest, libelle: str) -> AppTest:
    return next(b for b in at.button if b.label.split(" ~~")[0] == libelle).click().run()  # type: ignore[no-any-return]


def en_place(nom: str) -> Callable[[AppTest, int], AppTest]:
    """The address opens it."""

    def ouvrir(at: AppTest, id: int) -> AppTest:
        at.query_params["modifier"] = f"{nom}-{id}"
        return at.run()

    return ouvrir


def volet(at: AppTest, id: int) -> AppTest:
    at.session_state[f"presidence.reunion.{id}.ouvrir"] = True  # a panel, which AppTest cannot click
    return at.run()


def fenetre(at: AppTest, id: int) -> AppTest:
    at.session_state["calendrier"] = {"callback": "eventClick", "eventClick": {"event": {"id": str(id)}}}
    return clic(at.run(), "Modifier")


@dataclass(frozen=True)
class Cas:
    """A form on a record: where it is, the field typed in, the column a colleague changes, the button that saves."""

    form: str
    table: Any
    colonne: str
    page: str
    adresse: Callable[[int], dict[str, str]]
    champ: str
    bouton: str = "Enregistrer"
    ouvrir: Callable[[AppTest, int], AppTest] = field(default=lambda at, id: at)
    sienne: str = ""  # the column that a colleague changes, when it is another
    role: str = "secretaire"


def liste(form: str, table: Any, colonne: str, section: str, champ: str = "nom") -> Cas:
    return Cas(form, table, colonne, LISTES, lambda id: {"liste": section}, champ, ouvrir=en_place(form))


def college(form: str, table: Any, colonne: str, champ: str, bouton: str, sienne: str = "") -> Cas:
    return Cas(form, table, colonne, COLLEGE, lambda id: {}, champ, bouton, en_place(form), sienne)


def de(nom: str) -> Callable[[int], dict[str, str]]:
    return lambda id: {nom: str(id)}


# What the address of the screen names is the record, or (13-18) the only collège invited.
CAS = [
    liste("theme", Theme, "libelle", "Thèmes"),
    liste("categorie", Categorie, "nom", "Catégories"),
    liste("origine", Origine, "libelle", "Origines"),
    liste("lieu", Lieu, "nom", "Lieux"),
    liste("secteur", SecteurVeille, "nom", "Secteurs et quartiers"),
    liste("quartier", Quartier, "nom", "Secteurs et quartiers"),
    liste("presidence", Presidence, "qualite", "Présidence", "qualite"),
    liste("jalon_type", JalonType, "libelle", "Étapes des réunions", "libelle"),
    liste("jour_evite", JourEvite, "libelle", "Jours à éviter", "libelle"),
    liste("phrase", Phrase, "texte", "Phrases prêtes", "texte"),
    liste("etape", Etape, "libelle", "Étapes 13-18", "libelle"),
    college("note", Participation, "note", "note", "Enregistrer la note"),
    college("classe", Classe, "nom", "nom", "Enregistrer"),
    college("seance.modifier", Seance, "salle", "salle", "Enregistrer"),
    college("seance.annuler", Seance, "motif", "motif", "Annuler la séance", sienne="salle"),
    Cas("instance", Instance, "nom", "pages/agenda/instances.py", de("instance"), "nom"),
    Cas(
        "instance_textes",
        Instance,
        "texte_convocation",
        "pages/agenda/instances.py",
        de("instance"),
        "texte_convocation",
        "Enregistrer les textes",
    ),
    Cas("presidence.reunion", Reunion, "presidee_par", "pages/agenda/reunion.py", de("id"), "qui", ouvrir=volet),
    Cas("reunion", Reunion, "titre", "pages/agenda/calendrier.py", lambda id: {}, "titre", ouvrir=fenetre),
    Cas("partenaire", Partenaire, "commune", "pages/partenaires/edition.py", de("id"), "commune"),
    Cas(
        "personne.corriger",
        Fonction,
        "intitule",
        "pages/partenaires/personne.py",
        lambda id: {"fonction": str(id), "geste": "corriger"},
        "intitule",
    ),
    Cas("compte", Agent, "nom", "pages/administration/comptes.py", de("compte"), "nom", role="responsable"),
    Cas("point", Point, "note", "pages/aujourdhui/a_inscrire.py", de("point"), "note"),
]


@pytest.fixture
def fiches(cast_base: Cast, reference: None) -> dict[Any, int]:
    """One record of each table, by table; those that the reference data holds are taken there."""
    with db.writing() as session:
        tous = {t: session.exec(select(t.id).order_by(t.id)).first() for t in {c.table for c in CAS}}
        partenaire = tous[Partenaire]
        instance = Instance(
            nom="Cellule", type=TypeReunion.CELLULE, frequence=Frequence.MENSUELLE, secteur_id=tous[SecteurVeille]
        )
        personne = Personne(nom="Exemple")
        session.add_all([instance, personne])
        session.flush()
        neufs = [
            instance,
            Fonction(personne_id=personne.id, partenaire_id=partenaire, intitule="Directrice", debut=date(2020, 1, 1)),
            Presidence(nom="Mme Exemple", debut=date(2020, 1, 1)),
            JourEvite(libelle="Fête", genre=GenreJourEvite.EVENEMENT, debut=date(2026, 7, 1), fin=date(2026, 7, 2)),
            Lieu(nom="Salle du conseil"),
            Phrase(genre=GenrePhrase.NOTE, texte="Rien à signaler", ordre=1),
        ]
        session.add_all(neufs)
        session.flush()
        tous |= {type(x): x.id for x in neufs} | {Agent: cast_base.elu.id}
        tous[Reunion] = creer_reunion(session, cast_base, titre="Réunion", debut=maintenant() + timedelta(days=9))
        tous[Point] = points.noter(
            session,
            instance_id=instance.id,
            theme_id=tous[Theme],
            quartier_id=None,
            lieu="",
            note="Note",
            origine_id=None,
            jeton="point",
            by=SYSTEME,
        )
        annee = participations.annee_scolaire(aujourdhui())
        participations.inviter(session, annee=annee, by=SYSTEME)
        p = session.exec(select(Participation.id).order_by(col(Participation.id))).first() or 0
        classe = classes.ajouter(session, participation_id=p, nom="4e A", effectif=28, jeton="classe", by=SYSTEME)
        lignes = [LigneSeance("s", classe, datetime.combine(aujourdhui() + timedelta(days=2), time(8)))]
        seances.creer_semaine(session, participation_id=p, lignes=lignes, jeton="seance", by=SYSTEME)
        seance = session.exec(select(Seance.id)).one()
        return tous | {Participation: p, Classe: classe, Seance: seance}


def lire(cas: Cas, id: int) -> str:
    with db.reading() as session:
        return str(getattr(session.get_one(cas.table, id), cas.colonne))


def le_champ(cas: Cas, at: AppTest, id: int) -> Any:
    with db.reading() as session:
        debut = f"{cas.form}:{id}:"
        jeton = session.exec(select(Brouillon.jeton).where(col(Brouillon.cle).startswith(debut))).one()
    return next(w for w in [*at.text_input, *at.text_area] if w.key == f"{jeton}.{cas.champ}")


def compares(at: AppTest) -> dict[str, tuple[str, str]]:
    """What is shown after a conflict: by field, one's own text and the colleague's."""
    (table,) = at.table
    lignes = [[str(x).replace("\\", "") for x in ligne] for ligne in table.value.itertuples(index=False)]
    return {champ: (mien, sien) for champ, mien, sien in lignes}


def changer(session: Session, cas: Cas, id: int) -> None:
    setattr(session.get_one(cas.table, id), cas.sienne or cas.colonne, SIEN)


@pytest.mark.parametrize("cas", CAS, ids=lambda c: c.form)
@pytest.mark.parametrize("issue", ["Prendre sa version", "Enregistrer mon texte à la place"])
def test_a_colleague_changed_it_meanwhile(ecran: Ecran, fiches: dict[Any, int], cas: Cas, issue: str) -> None:
    id = fiches[cas.table]
    adresse = {"participation": str(fiches[Participation])} if cas.page == COLLEGE else cas.adresse(id)
    at = cas.ouvrir(ecran(cas.page, role=cas.role, **adresse), id)
    avant = le_champ(cas, at, id).value
    le_champ(cas, at, id).set_value(MIEN)
    with db.writing() as session:
        changer(session, cas, id)
    at = clic(at, cas.bouton)
    assert not at.exception

    assert le_champ(cas, at, id).value == MIEN, "what was typed stays in its field"
    assert lire(cas, id) == (avant if cas.sienne else SIEN), "nothing is written"
    phrases = [str(b.value) for b in [*at.warning, *at.error] if "Un collègue vient de modifier" in str(b.value)]
    assert len(phrases) == 1
    assert "rien n’a été écrasé. Comparez, puis choisissez." in phrases[0].replace("\\", "")
    deux = compares(at)
    assert SIEN in [sien for _, sien in deux.values()], "the colleague's stands there"
    assert [x for x in deux.values() if x[0]] == [(MIEN, "—" if cas.sienne else SIEN)], (
        "of what was typed, what differs"
    )

    at = clic(at, issue)
    assert not at.exception
    if issue == "Enregistrer mon texte à la place":
        assert lire(cas, id) == MIEN
        assert not at.table
    else:
        assert le_champ(cas, at, id).value == (avant if cas.sienne else SIEN)
        assert not at.table
        le_champ(cas, at, id).set_value(APRES)
        clic(at, cas.bouton)
        assert lire(cas, id) == APRES


def test_ones_own_text_chosen_then_mended(ecran: Ecran, fiches: dict[Any, int]) -> None:
    """Both texts were seen: once the wrong field is mended, the usual button saves."""
    cas, id = next(c for c in CAS if c.table is Lieu), fiches[Lieu]
    at = cas.ouvrir(ecran(cas.page, **cas.adresse(id)), id)
    le_champ(cas, at, id).set_value(MIEN)
    with db.writing() as session:
        changer(session, cas, id)
    at = clic(at, cas.bouton)
    le_champ(cas, at, id).set_value("")
    at = clic(at, "Enregistrer mon texte à la place")
    assert lire(cas, id) == SIEN
    assert not at.table
    le_champ(cas, at, id).set_value(APRES)
    clic(at, cas.bouton)
    assert lire(cas, id) == APRES


def test_who_comes_after_somebody_corrected_meanwhile(ecran: Ecran, fiches: dict[Any, int]) -> None:
    """Nothing typed speaks of that person: it is said, it stays, and the same button then does it."""
    id = fiches[Fonction]
    at = ecran("pages/partenaires/personne.py", fonction=str(id), geste="remplacer")
    next(w for w in at.text_input if w.label == "Nom").set_value("Suivante")
    with db.writing() as session:
        session.get_one(Fonction, id).intitule = SIEN
    at = clic(at, "Enregistrer le remplacement")
    assert [str(e.value).replace("\\", "").rpartition(". ")[2] for e in at.error] == ["Relisez, puis recommencez."]
    assert SIEN in "".join(str(m.value) for m in at.markdown)
    assert next(w for w in at.text_input if w.label == "Nom").value == "Suivante"
    clic(at, "Enregistrer le remplacement")
    with db.reading() as session:
        assert session.exec(select(Fonction).where(Fonction.remplace_id == id)).one()


def test_one_drawing() -> None:
    """Whoever opens a form on the version of a record shows its conflict by `deux_textes`, which alone reads it."""
    for fichier in sources("ui", "pages"):
        if fichier.name in ("conflit.py", "feedback.py"):
            continue
        noeuds = list(ast.walk(arbre(fichier)))
        appels = [n.func.id for n in noeuds if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        assert appels.count("fresh_form") <= appels.count("deux_textes"), fichier
        assert not any(isinstance(n, ast.Attribute) and n.attr == "actuel" for n in noeuds), fichier
