"""Duplicates: found, set aside, merged with all that points to them, and made two again."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from models import (
    Action,
    Base,
    Brouillon,
    ChampBrouillon,
    CharteSignee,
    Classe,
    College,
    Coordonnee,
    Etape,
    Fonction,
    Fusion,
    Instance,
    Journal,
    PaireEcartee,
    Parametre,
    Partenaire,
    PartenaireSecteur,
    Participation,
    Personne,
    Point,
    PointPartenaire,
    Presence,
    Reunion,
    Seance,
    SeancePartenaire,
    SecteurVeille,
    Siege,
    Theme,
    ValeurImportee,
)
from models.lists import EtatPresence, EtatReunion, GenreCoordonnee, SensEtape, TypeReunion, Volet
from services.actions import avancement
from services.commun import listes
from services.partenaires import annuaire, doublons, fiches, fusions, verification
from services.partenaires.annuaire import Filtre
from services.partenaires.doublons import Famille, annuler_fusion, comparer, ecarter, fusionner, scanner
from services.partenaires.fiches import Saisie, doublons_probables
from services.partenaires.ressemblance import Trait, rapprocher, son
from services.socle import brouillons
from services.socle.erreurs import Conflict, Forbidden, NotFound
from services.socle.horloge import utcnow
from tests.cast import Cast

JOUR = date(2026, 11, 20)
DEBUT = datetime(2026, 11, 20, 14, 0)


@pytest.fixture
def carnet(reference: None, session: Session) -> Session:
    return session


def creer(session: Session, cast: Cast, nom: str, **champs: Any) -> int:
    categorie = next(c.id for c in listes.categories(session) if c.nom == "Association")
    saisie = Saisie(**({"nom": nom, "categorie_id": categorie} | champs))
    return fiches.creer(session, saisie=saisie, jeton=uuid4().hex, confirme=True, by=cast.secretaire)


def poser(session: Session, *rows: Any) -> None:
    session.add_all(rows)
    session.flush()


def unir(session: Session, cast: Cast, garde: int, absorbe: int, **options: Any) -> int:
    famille = options.pop("famille", Famille.PARTENAIRE)
    paire = comparer(session, famille=famille, a=garde, b=absorbe)
    versions = {c.id: c.version for c in (paire.garde, paire.absorbe)}
    return fusionner(
        session,
        **{"famille": famille, "garde": garde, "absorbe": absorbe, "champs": {}, "versions": versions,
           "jeton": f"{garde} {absorbe}", "by": cast.secretaire} | options,
    )  # fmt: skip


def annuler(session: Session, cast: Cast) -> None:
    annuler_fusion(session, id=doublons.dernieres(session)[0].id, by=cast.secretaire)


def photo(session: Session) -> dict[str, list[Any]]:
    """All the rows of the base, versions apart, but what only says what was done."""
    session.flush()
    tout = {}
    for nom, table in Base.metadata.tables.items():
        if nom not in ("fusion", "jeton_utilise", "brouillon"):
            rows = [{**r._asdict(), "version": 0} for r in session.execute(select(table).order_by(*table.primary_key))]
            tout[nom] = [r for r in rows if not (nom == "journal" and r["acte"].startswith("doublon."))]
    return tout


# --- found ----------------------------------------------------------------------------------------------------------


def test_the_reference_data_holds_no_sure_duplicate(carnet: Session) -> None:
    assert [(p.a.nom, p.b.nom, p.score) for p in scanner(carnet) if p.score >= 60] == []


@pytest.mark.parametrize(
    ("un", "autre", "raison"),
    [
        ({"nom": "Régie de quartier Diagonales"}, {"nom": "REGIE DE QUARTIER DIAGONALES"}, "même nom"),
        ({"nom": "Régie de quartier Diagonales"}, {"nom": "Régie de quartier Diagonale"}, "noms proches"),
        ({"nom": "Clg Sainte-Soline"}, {"nom": "Collège Ste Soline"}, "même nom"),
        ({"nom": "Fondation Dupond"}, {"nom": "Fondation Duppont"}, "noms proches"),
        ({"nom": "Atelier Laurent"}, {"nom": "Atelier Lorand"}, "noms proches"),
        ({"nom": "AVF"}, {"nom": "Accueil villes françaises", "sigle": "AVF"}, ""),
        ({"nom": "Les Jardins", "courriel": "jardin@exemple.fr"}, {"nom": "Potager du Nord", "courriel":
          "Jardin@exemple.fr"}, "même courriel"),
    ],
)  # fmt: skip
def test_scan_finds_and_says_why(
    carnet: Session, cast: Cast, un: dict[str, str], autre: dict[str, str], raison: str
) -> None:
    if not raison:
        un["sigle"] = "AVF"
    ids = {creer(carnet, cast, **un), creer(carnet, cast, **autre)}
    trouvee = next(p for p in scanner(carnet) if {p.a.id, p.b.id} == ids)
    assert any(r.startswith(raison) for r in trouvee.raisons)
    assert 50 <= trouvee.score <= 100


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ({"nom": "Comité de quartier de Saint-Cloud"}, {"nom": "Comité de quartier de Saint-Roch"}),
        ({"nom": "Crèche municipale 1"}, {"nom": "Crèche municipale 2"}),
        ({"nom": "Service des sports", "telephone": "0546515151"}, {"nom": "Urbanisme", "telephone": "0546515151"}),
    ],
)
def test_scan_leaves_alone_what_only_resembles(
    carnet: Session, cast: Cast, un: dict[str, str], autre: dict[str, str]
) -> None:
    ids = {creer(carnet, cast, **un), creer(carnet, cast, **autre)}
    assert not [p for p in scanner(carnet) if {p.a.id, p.b.id} == ids]


def test_the_surest_come_first_and_a_common_word_costs_nothing() -> None:
    traits = [Trait(i, ("association", f"mot{i:05d}x")) for i in range(1, 3000)]
    traits += [Trait(9001, ("police", "port")), Trait(9002, ("police", "port"), courriels=frozenset({"a@b.fr"}))]
    traits += [Trait(9003, ("police", "ports"), courriels=frozenset({"a@b.fr"}))]
    trouves = [r for r in rapprocher(traits) if r.a_id > 9000]
    assert {(r.a_id, r.b_id) for r in trouves[:2]} == {(9001, 9002), (9002, 9003)}
    assert len(trouves) == 3
    assert sorted((r.score for r in trouves), reverse=True) == [r.score for r in trouves]


def test_sounds() -> None:
    assert son("philippe") == son("filipe")
    assert son("laurent") != son("lorient")
    assert son("quai") == son("kai")


def test_typing_warns_of_the_same_address_or_number(carnet: Session, cast: Cast) -> None:
    id = creer(carnet, cast, "Les Jardins", courriel="jardin@exemple.fr", telephone="0546515151")
    assert [d.id for d in doublons_probables(carnet, nom="Zeste", courriel="JARDIN@exemple.fr ")] == [id]
    assert [d.id for d in doublons_probables(carnet, nom="Zeste", telephone="+33 5 46 51 51 51")] == [id]
    assert doublons_probables(carnet, nom="Zeste", telephone="17") == []
    assert doublons_probables(carnet, nom="Zeste", courriel="autre@exemple.fr") == []


def test_set_aside_is_remembered(carnet: Session, cast: Cast) -> None:
    a, b = creer(carnet, cast, "Régie Diagonales"), creer(carnet, cast, "Régie Diagonale")
    assert [(p.a.id, p.b.id) for p in scanner(carnet) if p.score > 60] == [(a, b)]
    for _ in range(2):
        ecarter(carnet, a=b, b=a, by=cast.secretaire)
    assert [p for p in scanner(carnet) if p.score > 60] == []
    assert [j.acte for j in carnet.exec(select(Journal).where(Journal.acte == "doublon.ecarter"))] == [
        "doublon.ecarter"
    ]


# --- merged ---------------------------------------------------------------------------------------------------------


def test_every_table_that_points_to_one_follows() -> None:
    """A table that comes to point to a partenaire or a person is added to REGLES."""
    vers = {"partenaire": {"partenaire", "college"}, "personne": {"personne"}}
    for famille, cibles in vers.items():
        pointent = {
            f"{t.name}.{fk.parent.name}"
            for t in Base.metadata.tables.values()
            for fk in t.foreign_keys
            if fk.column.table.name in cibles
        }
        ailleurs = {"partenaire_secteur.partenaire_id", "college.partenaire_id"}  # fields of a partenaire
        assert pointent - ailleurs == set(fusions.REGLES[famille])


@pytest.fixture
def deux(carnet: Session, cast: Cast) -> tuple[int, int]:
    """Two records of one partenaire, both with something of everything that can point to them."""
    s = carnet
    a = creer(s, cast, "Régie de quartier Diagonales", sigle="RQD", note="La première")
    b = creer(s, cast, "Régie Diagonales", courriel="regie@exemple.fr", commune="Aytré", note="La seconde")
    autre = creer(s, cast, "Zeste de nord")
    instances = s.exec(select(Instance).limit(2)).all()
    theme = s.exec(select(Theme)).first()
    secteurs = s.exec(select(SecteurVeille)).all()
    agents = {"cree_par": cast.secretaire.id}
    claire = Personne(nom="Martin", prenom="Claire", recherche="martin claire")
    jean = Personne(nom="Durand", prenom="Jean", recherche="durand jean")
    reunions = [
        Reunion(type=TypeReunion.TECHNIQUE, instance_id=instances[0].id, titre=f"Réunion {i}", etat=EtatReunion.TENUE,
                debut=DEBUT + timedelta(days=i), fin=DEBUT + timedelta(days=i, hours=1))
        for i in range(3)
    ]  # fmt: skip
    points = [Point(theme_id=theme.id, reunion_id=None, cree_le=utcnow(), **agents) for _ in range(2)]
    poser(s, claire, jean, *reunions, *points)
    fonctions = [
        Fonction(personne_id=claire.id, partenaire_id=a, intitule="Directrice", debut=JOUR),
        Fonction(personne_id=claire.id, partenaire_id=b, intitule="directrice", debut=date(2020, 1, 1)),
        Fonction(personne_id=jean.id, partenaire_id=b, intitule="Médiateur", debut=JOUR),
    ]
    poser(s, *fonctions)
    r = [x.id for x in reunions]
    poser(
        s,
        PartenaireSecteur(partenaire_id=a, secteur_id=secteurs[0].id),
        PartenaireSecteur(partenaire_id=b, secteur_id=secteurs[0].id),
        PartenaireSecteur(partenaire_id=b, secteur_id=secteurs[1].id),
        Siege(instance_id=instances[0].id, partenaire_id=a, fonction="", ordre=1),
        Siege(instance_id=instances[0].id, partenaire_id=b, fonction="Directrice", fonction_id=fonctions[1].id),
        Siege(instance_id=instances[1].id, partenaire_id=b, fonction="Médiateur", fonction_id=fonctions[2].id),
        Presence(reunion_id=r[0], partenaire_id=a, etat=EtatPresence.ABSENT),
        Presence(reunion_id=r[0], partenaire_id=b, etat=EtatPresence.PRESENT, fonction="Médiateur",
                 personne_id=jean.id),
        Presence(reunion_id=r[1], partenaire_id=a, etat=EtatPresence.REPRESENTE, fonction="Directrice"),
        Presence(reunion_id=r[1], partenaire_id=b, etat=EtatPresence.EXCUSE, fonction="Médiateur"),
        Presence(reunion_id=r[2], partenaire_id=b, etat=EtatPresence.EXCUSE),
        PointPartenaire(point_id=points[0].id, partenaire_id=a),
        PointPartenaire(point_id=points[0].id, partenaire_id=b),
        PointPartenaire(point_id=points[1].id, partenaire_id=b),
        Action(quoi="Réparer", pilote_id=a, echeance=JOUR),
        Action(quoi="Repeindre", pilote_id=b, echeance=JOUR),
        ValeurImportee(famille="partenaire", cle="regie", champ="nom", valeur="Régie", objet_id=b),
        PaireEcartee(famille="partenaire", a_id=b, b_id=autre, quand=utcnow()),
        Parametre(nom="service_partenaire_id", valeur=str(b)) if not s.get(Parametre, "service_partenaire_id")
        else s.get(Parametre, "service_partenaire_id"),
    )  # fmt: skip
    s.get(Parametre, "service_partenaire_id").valeur = str(b)
    s.flush()
    return a, b


def reste(session: Session, table: Any, **egales: Any) -> list[Any]:
    session.expire_all()
    return list(session.exec(select(table).filter_by(**egales)).all())


def test_everything_follows_and_nothing_is_there_twice(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    pris = {"courriel": b, "secteurs": b, "nom": a, "commune": b}
    assert unir(carnet, cast, a, b, champs=pris) == a
    for nom in fusions.REGLES["partenaire"]:
        table, colonne = nom.split(".")
        t = Base.metadata.tables[table]
        assert carnet.execute(select(t).where(t.c[colonne] == b)).all() == [], nom
    (p,) = reste(carnet, Partenaire, id=a)
    assert (p.nom, p.sigle, p.courriel, p.commune, p.note) == (
        "Régie de quartier Diagonales", "RQD", "regie@exemple.fr", "Aytré", "La première")  # fmt: skip
    assert reste(carnet, Partenaire, id=b) == []
    assert len(reste(carnet, PartenaireSecteur, partenaire_id=a)) == 2
    assert sorted((f.intitule, f.debut) for f in reste(carnet, Fonction, partenaire_id=a)) == [
        ("Directrice", date(2020, 1, 1)), ("Médiateur", JOUR)]  # fmt: skip
    sieges = reste(carnet, Siege, partenaire_id=a)
    assert sorted(s.fonction for s in sieges) == ["Directrice", "Médiateur"]
    assert all(carnet.get(Fonction, s.fonction_id).intitule == s.fonction for s in sieges)
    presences = sorted((p.reunion_id, p.etat, p.fonction) for p in reste(carnet, Presence, partenaire_id=a))
    assert [(e, f) for _, e, f in presences] == [
        (EtatPresence.PRESENT, "Médiateur"),  # the best of both, with who came
        (EtatPresence.EXCUSE, "Médiateur"), (EtatPresence.REPRESENTE, "Directrice"),  # two functions
        (EtatPresence.EXCUSE, ""),
    ]  # fmt: skip
    assert len(reste(carnet, PointPartenaire, partenaire_id=a)) == 2
    assert {x.quoi for x in reste(carnet, Action, pilote_id=a)} == {"Réparer", "Repeindre"}
    assert [v.objet_id for v in reste(carnet, ValeurImportee, cle="regie")] == [a]
    assert carnet.get(Parametre, "service_partenaire_id").valeur == str(a)
    assert a in {i for e in reste(carnet, PaireEcartee) for i in (e.a_id, e.b_id)}
    assert "Partenaire ajouté : Régie Diagonales" in [
        j.resume for j in reste(carnet, Journal, objet="partenaire", objet_id=a)
    ]
    assert annuaire.chercher(carnet, filtre=Filtre(texte="rqd")).lignes[0].id == a


def test_undone_all_is_as_it_was(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    avant = photo(carnet)
    unir(carnet, cast, a, b, champs=dict.fromkeys(("nom", "courriel", "secteurs", "commune", "note"), b))
    assert photo(carnet) != avant
    annuler(carnet, cast)
    apres = photo(carnet)
    assert {t: r for t, r in apres.items() if r != avant[t]} == {}
    assert doublons.dernieres(carnet) == []


def test_undone_in_turn(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    c = creer(carnet, cast, "Diagonales régie de quartier")
    avant = photo(carnet)
    unir(carnet, cast, a, b)
    unir(carnet, cast, c, a)
    premiere = doublons.dernieres(carnet)[1].id
    with pytest.raises(Conflict, match="annulez d’abord"):
        annuler_fusion(carnet, id=premiere, by=cast.secretaire)
    annuler(carnet, cast)
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


def test_an_id_given_again_since_does_not_hinder(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    """SQLite gives the highest id again once its row is gone."""
    a, _ = deux
    b = creer(carnet, cast, "Régie des Diagonales")
    poser(carnet, Action(quoi="Balayer", pilote_id=b, echeance=JOUR))
    unir(carnet, cast, a, b)
    poser(carnet, Partenaire(id=b, nom="Tout autre", categorie_id=carnet.get(Partenaire, a).categorie_id))
    annuler(carnet, cast)
    (revenue,) = reste(carnet, Partenaire, nom="Régie des Diagonales")
    assert revenue.id != b
    assert [x.quoi for x in reste(carnet, Action, pilote_id=revenue.id)] == ["Balayer"]


@pytest.mark.parametrize("touche", ["fiche", "action", "nouvelle", "presence"])
def test_not_undone_once_it_has_served(carnet: Session, cast: Cast, deux: tuple[int, int], touche: str) -> None:
    a, b = deux
    unir(carnet, cast, a, b)
    if touche == "fiche":
        carnet.get(Partenaire, a).note = "Autre chose"
    elif touche == "action":
        action = carnet.exec(select(Action).where(Action.quoi == "Repeindre")).one()
        avancement.corriger(carnet, id=action.id, version=action.version, quoi="Repeindre tout", pilote_id=a,
                         by=cast.secretaire)  # fmt: skip
    elif touche == "nouvelle":
        carnet.add(Action(quoi="Nouvelle", pilote_id=a, echeance=JOUR))
    else:
        carnet.delete(carnet.exec(select(Presence).where(Presence.partenaire_id == a)).first())
    carnet.flush()
    mot = {"fiche": "sa fiche", "presence": "ses présences"}.get(touche, "ses actions")
    with pytest.raises(Conflict, match=mot):
        annuler(carnet, cast)
    assert carnet.get(Partenaire, b) is None


def test_what_is_elsewhere_may_change(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    unir(carnet, cast, a, b)
    creer(carnet, cast, "Sans rapport")
    annuler(carnet, cast)
    assert [p.nom for p in reste(carnet, Partenaire, id=b)] == ["Régie Diagonales"]


def test_stale_twice_and_forbidden(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    with pytest.raises(Forbidden):
        unir(carnet, cast, a, b, by=cast.elu)
    with pytest.raises(Conflict):
        unir(carnet, cast, a, b, versions={a: 1, b: 99})
    for _ in range(2):  # the same form sent twice
        assert (
            fusionner(carnet, garde=a, absorbe=b, champs={}, versions={a: 1, b: 1}, jeton="x", by=cast.secretaire) == a
        )
    with pytest.raises(NotFound):
        comparer(carnet, a=a, b=b)
    assert len(carnet.exec(select(Fusion)).all()) == 1


def test_archived_gives_way_to_active(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    version = carnet.get(Partenaire, b).version
    fiches.archiver(carnet, id=b, version=version, now=utcnow(), by=cast.secretaire)
    paire = comparer(carnet, a=b, b=a)
    assert (paire.garde.id, paire.absorbe.id) == (a, b)
    assert paire.differents[:2] == ("nom", "sigle")
    unir(carnet, cast, b, a)
    assert carnet.get(Partenaire, b).archive_le is None


def test_entry_being_typed_follows(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    siege = carnet.exec(select(Siege).where(Siege.partenaire_id == b, Siege.fonction == "Directrice")).one().id
    garde = carnet.exec(select(Siege).where(Siege.partenaire_id == a)).one().id
    form = brouillons.ouvrir(carnet, cle="saisie:1")
    valeurs = {
        "point.n1.pilote": b,
        "point.n1.partenaires": [b, a],
        f"ajoute.a{b}": True,
        f"presence.s{siege}": "excuse",
    }
    brouillons.ecrire(carnet, jeton=form.jeton, valeurs=valeurs, vues={}, by=cast.secretaire)
    unir(carnet, cast, a, b)
    suivi = {c: v.valeur for c, v in brouillons.champs(carnet, cle="saisie:1").items()}
    assert suivi == {
        "point.n1.pilote": a, "point.n1.partenaires": [a], f"ajoute.a{a}": True, f"presence.s{garde}": "excuse"
    }  # fmt: skip
    annuler(carnet, cast)
    assert {c: v.valeur for c, v in brouillons.champs(carnet, cle="saisie:1").items()} == valeurs
    assert carnet.exec(select(Brouillon)).all()
    assert carnet.exec(select(ChampBrouillon)).all()


def test_what_is_typed_in_the_form_of_the_record_that_goes_follows(
    carnet: Session, cast: Cast, deux: tuple[int, int]
) -> None:
    a, b = deux
    qui = cast.secretaire
    for nom, champ in (("partenaire", "note"), ("personne.ajouter", "intitule")):
        form = brouillons.ouvrir(carnet, cle=f"{nom}:{b}:{qui.id}:aaaaaaaa")
        brouillons.ecrire(carnet, jeton=form.jeton, valeurs={champ: "Mots"}, vues={}, by=qui)
    unir(carnet, cast, a, b)
    suivis = [f"{nom}:{a}:{qui.id}:aaaaaaaa" for nom in ("partenaire", "personne.ajouter")]
    assert [next(iter(brouillons.champs(carnet, cle=c).values())).valeur for c in suivis] == ["Mots", "Mots"]
    with pytest.raises(NotFound, match="a été réuni à"):
        fiches.get(carnet, id=b)
    annuler(carnet, cast)
    assert fiches.get(carnet, id=b)
    assert [brouillons.champs(carnet, cle=c) for c in suivis] == [{}, {}]


def test_two_colleges_of_the_same_year(carnet: Session, cast: Cast) -> None:
    a, b = carnet.exec(select(College).order_by(col(College.partenaire_id)).limit(2)).all()
    a_id, b_id, uai = a.partenaire_id, b.partenaire_id, b.uai
    etapes = {(e.volet, e.sens): e.id for e in carnet.exec(select(Etape).order_by(col(Etape.id).desc()))}
    debut = {f"{v.value}_id": etapes[v, SensEtape.DEBUT] for v in Volet}
    abouti = etapes[Volet.CONTACT, SensEtape.ABOUTI]
    premiere, seconde = (
        Participation(annee=2026, college_id=a_id, **debut),
        Participation(annee=2026, college_id=b_id, **debut | {"contact_id": abouti}),
    )
    poser(carnet, premiere, seconde, Participation(annee=2025, college_id=b_id, **debut))
    classes = [
        Classe(participation_id=premiere.id, nom="4e A", cle="4ea"),
        Classe(participation_id=seconde.id, nom="4eA", cle="4ea"),
        Classe(participation_id=seconde.id, nom="4e B", cle="4eb"),
    ]
    poser(carnet, *classes)
    seances = [Seance(classe_id=c.id, debut=DEBUT, fin=DEBUT + timedelta(hours=2)) for c in classes]
    poser(carnet, *seances)
    poser(
        carnet,
        SeancePartenaire(seance_id=seances[0].id, partenaire_id=a_id),
        SeancePartenaire(seance_id=seances[0].id, partenaire_id=b_id),
    )
    avant = photo(carnet)
    unir(carnet, cast, a_id, b_id, champs={"uai": b_id})
    assert [(c.partenaire_id, c.uai) for c in reste(carnet, College, uai=uai)] == [(a_id, uai)]
    la = {p.annee: p for p in reste(carnet, Participation, college_id=a_id)}
    assert set(la) == {2025, 2026}
    assert la[2026].contact_id == abouti
    assert sorted(c.cle for c in reste(carnet, Classe, participation_id=la[2026].id)) == ["4ea", "4eb"]
    assert len(reste(carnet, Seance)) == 3
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


def test_a_college_absorbed_makes_a_college(carnet: Session, cast: Cast) -> None:
    college = carnet.exec(select(College)).first()
    b, uai = college.partenaire_id, college.uai
    a = creer(carnet, cast, "Le collège, sans son UAI")
    avant = photo(carnet)
    unir(carnet, cast, a, b)
    assert [c.partenaire_id for c in reste(carnet, College, uai=uai)] == [a]
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


# --- people ---------------------------------------------------------------------------------------------------------


def test_people_are_found_merged_and_made_two_again(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    claire = carnet.exec(select(Personne).where(Personne.nom == "Martin")).one()
    jumelle = Personne(nom="Martin", prenom="Claire", courriel="c.martin@exemple.fr", recherche="martin claire")
    poser(carnet, jumelle)
    poser(
        carnet,
        Fonction(personne_id=jumelle.id, partenaire_id=deux[0], intitule="Directrice", debut=JOUR),
        Fonction(personne_id=jumelle.id, partenaire_id=deux[1], intitule="Trésorière", debut=JOUR),
    )
    presence = carnet.exec(select(Presence)).first()
    presence.personne_id = jumelle.id
    carnet.flush()
    (paire,) = scanner(carnet, famille=Famille.PERSONNE)
    assert {paire.a.id, paire.b.id} == {claire.id, jumelle.id}
    avant, a, b, p = photo(carnet), claire.id, jumelle.id, presence.id
    unir(carnet, cast, a, b, famille=Famille.PERSONNE, champs={"courriel": b})
    assert carnet.get(Personne, a).courriel == "c.martin@exemple.fr"
    assert carnet.get(Presence, p).personne_id == a
    assert sorted(f.intitule for f in reste(carnet, Fonction, personne_id=a)) == [
        "Directrice", "Trésorière", "directrice"]  # fmt: skip
    assert not [j for j in reste(carnet, Journal) if "Martin" in j.resume]
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


def test_two_people_keep_every_number_and_address(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    """What was not chosen joins the others, each once; undone, each has its own again."""
    claire = carnet.exec(select(Personne).where(Personne.nom == "Martin")).one()
    claire.telephone, claire.courriel = "05 46 51 51 51", "claire@exemple.fr"
    jumelle = Personne(
        nom="Martin", prenom="Claire", courriel="c.martin@exemple.fr", telephone="05 46 00 00 02",
        recherche="martin claire | 0546000002",
    )  # fmt: skip
    poser(carnet, jumelle)
    mobile = {"genre": GenreCoordonnee.TELEPHONE, "valeur": "06 12 34 56 01"}
    poser(
        carnet,
        Fonction(personne_id=jumelle.id, partenaire_id=deux[0], intitule="Trésorière", debut=JOUR),
        Coordonnee(personne_id=claire.id, **mobile),
        Coordonnee(personne_id=claire.id, genre=GenreCoordonnee.COURRIEL, valeur="c.martin@exemple.fr"),
        Coordonnee(personne_id=jumelle.id, **mobile, libelle="portable"),
    )
    avant, a, b = photo(carnet), claire.id, jumelle.id
    unir(carnet, cast, a, b, famille=Famille.PERSONNE, champs={"courriel": b})
    garde = carnet.get_one(Personne, a)
    assert (garde.courriel, garde.telephone) == ("c.martin@exemple.fr", "05 46 51 51 51")
    assert {(c.valeur, c.libelle) for c in reste(carnet, Coordonnee, personne_id=a)} == {
        ("06 12 34 56 01", "portable"), ("claire@exemple.fr", ""), ("05 46 00 00 02", "")}  # fmt: skip
    assert reste(carnet, Coordonnee, personne_id=b) == []
    assert set(garde.recherche.split(" | ")[1].split()) == {"0546515151", "0612345601", "0546000002"}
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


@pytest.mark.parametrize(
    ("un", "autre", "reste_fin"),
    [
        (None, None, [None]),
        (date(2190, 1, 1), None, [date(2190, 1, 1)]),
        (None, date(2190, 1, 1), [date(2190, 1, 1)]),
        (date(2190, 1, 1), date(2191, 1, 1), [date(2191, 1, 1)]),
        (date(2026, 1, 31), None, [date(2026, 1, 31), None]),  # she had left, and is back, or the other was not told
    ],
)
def test_a_departure_to_come_makes_no_second_function_and_the_first_signature_stays(
    carnet: Session, cast: Cast, deux: tuple[int, int], un: date | None, autre: date | None, reste_fin: list[date]
) -> None:
    instance = carnet.exec(select(Instance.id)).first()
    gens = [Personne(nom="Petit", prenom="Zoé", recherche="petit zoe"), Personne(nom="Petit", recherche="petit")]
    poser(carnet, *gens)
    for p, fin, le in zip(gens, (un, autre), (JOUR, date(2025, 3, 4)), strict=True):
        f = Fonction(personne_id=p.id, partenaire_id=deux[0], intitule="Gardienne", debut=date(2020, 1, 1), fin=fin)
        poser(carnet, f, CharteSignee(personne_id=p.id, instance_id=instance, signee_le=le))
        poser(carnet, Siege(instance_id=instance, partenaire_id=deux[0], fonction=f"Siège {p.id}", fonction_id=f.id))
    avant, (a, b) = photo(carnet), [p.id for p in gens]
    unir(carnet, cast, a, b, famille=Famille.PERSONNE)
    assert sorted((f.fin for f in reste(carnet, Fonction, personne_id=a)), key=str) == sorted(reste_fin, key=str)
    assert [s.signee_le for s in reste(carnet, CharteSignee, personne_id=a)] == [date(2025, 3, 4)]
    assert not reste(carnet, CharteSignee, personne_id=b)
    annuler(carnet, cast)
    assert {t: r for t, r in photo(carnet).items() if r != avant[t]} == {}


def test_a_merge_of_people_that_served_since_is_not_undone(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = carnet.exec(select(Personne.id).where(col(Personne.nom).in_(["Martin", "Durand"]))).all()
    unir(carnet, cast, a, b, famille=Famille.PERSONNE)
    poser(carnet, Coordonnee(personne_id=a, genre=GenreCoordonnee.TELEPHONE, valeur="06 12 34 56 01"))
    with pytest.raises(Conflict, match="ses coordonnées"):
        annuler(carnet, cast)


def test_two_people_with_one_address_among_others_are_compared(carnet: Session) -> None:
    a, b = (Personne(nom=n, prenom="Claire", recherche=f"{n.lower()} claire | 17") for n in ("Martin", "Marti"))
    a.courriel = "claire@exemple.fr"
    poser(carnet, a, b)
    poser(carnet, Coordonnee(personne_id=b.id, genre=GenreCoordonnee.COURRIEL, valeur="Claire@exemple.fr"))
    (paire,) = scanner(carnet, famille=Famille.PERSONNE)
    assert "même courriel" in paire.raisons


def test_a_check_does_not_hinder_the_undo(carnet: Session, cast: Cast, deux: tuple[int, int]) -> None:
    a, b = deux
    unir(carnet, cast, a, b)
    vue = fiches.get(carnet, id=a).version
    verification.verifier(carnet, id=a, today=JOUR, version=vue, by=cast.secretaire)
    annuler(carnet, cast)
    assert carnet.get(Partenaire, b) is not None
