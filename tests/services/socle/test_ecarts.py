"""Each command that changes a record writes one line: what it is about, and each field, from what to what."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models import (
    Agent,
    Classe,
    College,
    Etape,
    Fonction,
    Instance,
    JalonType,
    Journal,
    Lieu,
    Origine,
    Partenaire,
    Participation,
    Personne,
    Phrase,
    Point,
    Reunion,
    Seance,
    Siege,
    Theme,
)
from models.base import Base
from models.lists import (
    EtatReunion,
    EtatSalle,
    Frequence,
    GenreJourEvite,
    GenrePhrase,
    Reponse,
    Role,
    SensEtape,
    SensJalon,
    TypeReunion,
    Volet,
)
from services.actions import avancement, relances
from services.administration import taches
from services.agenda import instances, jalons_types, jours_evites, points, presidences, programmation, reunions, salles
from services.commun import comptes, edition_listes
from services.commun.listes import Famille
from services.convocation import composition, modeles, rappels, reponses
from services.partenaires import fiches, mouvements, personnes, sieges
from services.projets import classes, etapes, participations, seances
from services.releves import phrases
from services.socle import ecarts
from services.socle.horloge import utcnow
from tests.cast import Cast
from tests.services.outils_agenda import creer_instance, creer_reunion, decor

NOW, TODAY = datetime(2026, 11, 25, 10), date(2026, 11, 25)


@pytest.fixture
def m(session: Session, cast: Cast) -> Any:
    """One of each."""
    d = decor(session)
    m = SimpleNamespace(s=session, cast=cast, by=cast.secretaire, chef=cast.responsable, d=d)

    def poser(**rows: Base) -> None:
        for nom, row in rows.items():
            session.add(row)
            session.flush()
            setattr(m, nom, row)

    m.instance = session.get_one(Instance, creer_instance(session, cast, d, quartier_ids=[d.quartier_mireuil]))
    poser(
        lieu=Lieu(nom="Salle A"), theme=Theme(libelle="Bruit", rubrique="Cadre de vie", recherche="bruit"),
        autre_theme=Theme(libelle="Rodéo", rubrique="Circulation", recherche="rodeo"), origine=Origine(libelle="Appel"),
        personne=Personne(nom="Martin", prenom="Claire", telephone="05 46 00 00 01"),
        phrase=Phrase(genre=GenrePhrase.ACTION, texte="Vérifier l’éclairage"),
        jalon=JalonType(type=TypeReunion.CELLULE, libelle="Affiches posées", jours=-15),
        etape=Etape(volet=Volet.CONTACT, libelle="À contacter", sens=SensEtape.DEBUT),
        convention=Etape(volet=Volet.CONVENTION, libelle="À envoyer", sens=SensEtape.DEBUT),
        planning=Etape(volet=Volet.PLANNING, libelle="À planifier", sens=SensEtape.DEBUT),
        suite=Etape(volet=Volet.CONTACT, libelle="Contacté", sens=SensEtape.EN_COURS, ordre=1),
    )  # fmt: skip
    poser(
        fonction=Fonction(personne_id=m.personne.id, partenaire_id=d.oph, intitule="Cheffe", debut=date(2020, 1, 1)),
        siege=Siege(instance_id=m.instance.id, partenaire_id=d.oph, fonction="Cheffe"),
        point=Point(instance_id=m.instance.id, theme_id=m.theme.id, lieu="Square", note="Bruit le soir",
                    cree_le=utcnow()),
        college=College(partenaire_id=d.police, uai="0170035W"),
        reunion=session.get_one(Reunion, creer_reunion(session, cast, instance_id=m.instance.id, lieu_id=m.lieu.id,
                                                       debut=datetime(2026, 12, 24, 14), titre="Cellule Mireuil")),
    )  # fmt: skip
    poser(
        participation=Participation(
            annee=2026,
            college_id=d.police,
            contact_id=m.etape.id,
            convention_id=m.convention.id,
            planning_id=m.planning.id,
        )
    )
    poser(classe=Classe(participation_id=m.participation.id, nom="4e A", cle="4ea", effectif=25))
    poser(seance=Seance(classe_id=m.classe.id, debut=datetime(2027, 1, 12, 10), fin=datetime(2027, 1, 12, 12)))
    m.action = avancement.creer(
        session, quoi="Réparer le portail", pilote_id=d.oph, echeance=date(2026, 12, 24), instance_id=m.instance.id,
        reunion_id=m.reunion.id, point_id=None, today=TODAY, by=cast.secretaire,
    )  # fmt: skip
    m.evite = jours_evites.ajouter(
        session, genre=GenreJourEvite.EVENEMENT, libelle="Francofolies", debut=date(2027, 7, 10), fin=None,
        jeton="e", by=cast.secretaire,
    )  # fmt: skip
    m.presidence = presidences.creer(
        session, saisie=presidences.Saisie(nom="Mme Claire", debut=date(2026, 1, 1)), jeton="pr", by=cast.secretaire
    )
    composition.figer(session, reunion_id=m.reunion.id, today=TODAY)
    session.info.clear()
    return m


def partenaire(m: Any, **champs: Any) -> None:
    row = m.s.get_one(Partenaire, m.d.oph)
    saisie = fiches.Saisie(nom=row.nom, categorie_id=row.categorie_id, sigle=row.sigle)
    fiches.modifier(m.s, id=m.d.oph, saisie=replace(saisie, **champs), version=row.version, by=m.by)


def fonction(m: Any, intitule: str = "Cheffe", **champs: Any) -> None:
    identite = personnes.Identite(**{"nom": "Martin", "prenom": "Claire", "telephone": "05 46 00 00 01"} | champs)
    mouvements.modifier(
        m.s, fonction_id=m.fonction.id, identite=identite, intitule=intitule, debut=date(2020, 1, 1),
        version=m.fonction.version, by=m.by,
    )  # fmt: skip


def instance(m: Any, **champs: Any) -> None:
    base: dict[str, Any] = {
        "nom": m.instance.nom, "type": TypeReunion.CELLULE, "frequence": Frequence.SEMESTRIELLE,
        "secteur_id": m.d.mireuil, "quartier_ids": [m.d.quartier_mireuil],
    }  # fmt: skip
    saisie = instances.Saisie(**(base | champs))
    instances.modifier(m.s, id=m.instance.id, saisie=saisie, version=m.instance.version, by=m.by)


def monter_en_tete(m: Any) -> None:
    second = Siege(instance_id=m.instance.id, partenaire_id=m.d.police, ordre=1)
    m.s.add(second)
    m.s.flush()
    m.s.info.clear()
    sieges.deplacer_membre(m.s, siege_id=second.id, sens=-1, by=m.by)
    sieges.deplacer_membre(m.s, siege_id=second.id, sens=-1, by=m.by)  # first already: nothing was done


def reunion(m: Any, **champs: Any) -> None:
    r = reunions.get(m.s, id=m.reunion.id)
    base = {"type": r.type, "instance_id": r.instance_id, "titre": r.titre, "debut": r.debut, "fin": r.fin,
            "lieu_id": r.lieu_id}  # fmt: skip
    saisie = programmation.Saisie(**(base | champs))  # type: ignore[arg-type]
    programmation.modifier(m.s, id=r.id, saisie=saisie, version=r.version, by=m.by)


def point(m: Any, **champs: Any) -> None:
    p = m.point
    base = {c: getattr(p, c) for c in ("instance_id", "theme_id", "quartier_id", "lieu", "note", "origine_id")}
    points.modifier(m.s, id=p.id, version=p.version, **(base | champs), by=m.by)


def seance(m: Any, **champs: Any) -> None:
    base = {"debut": m.seance.debut, "fin": m.seance.fin, "salle": "", "attendus": None, "structures": []}
    seances.modifier(m.s, id=m.seance.id, **(base | champs), confirme=True, version=m.seance.version, by=m.by)


def version(m: Any, table: type[Base], id: int) -> int:
    return int(m.s.get_one(table, id).version)


@dataclass(frozen=True)
class Cas:
    nom: str
    faire: Callable[[Any], object]
    dit: list[str] = field(default_factory=list)


CAS = [
    Cas("compte, rôle et nom", lambda m: comptes.modifier(
        m.s, id=m.by.id, nom="Sarah Autre", role=Role.COLLABORATEUR, version=version(m, Agent, m.by.id), by=m.chef),
        ["Compte modifié : Sarah Secrétaire", "Nom : Sarah Secrétaire → Sarah Autre",
         "Rôle : Secrétaire → Collaborateur·rice"]),
    Cas("compte fermé", lambda m: comptes.fermer(
        m.s, id=m.by.id, version=version(m, Agent, m.by.id), by=m.chef, now=utcnow()),
        ["Compte fermé : Sarah Secrétaire", "Compte ouvert : oui → non"]),
    Cas("mot de passe", lambda m: comptes.reinitialiser_mot_de_passe(
        m.s, id=m.by.id, mot_de_passe="Un-nouveau-secret-2026", by=m.chef, now=utcnow()),
        ["Mot de passe réinitialisé : Sarah Secrétaire"]),
    Cas("partenaire", lambda m: partenaire(m, telephone="05 46 51 51 51", sigle="", secteurs=[m.d.centre]),
        ["Partenaire modifié : Office public de l’habitat", "Téléphone : vide → 05 46 51 51 51", "Sigle : OPH → vide",
         "Secteur ajouté : Centre-ville"]),
    Cas("partenaire, rappel", lambda m: relances.choisir(
        m.s, partenaire_id=m.d.oph, relance=True, version=version(m, Partenaire, m.d.oph), by=m.by),
        ["Office public de l’habitat", "Rappel d’actions : non → oui"]),
    Cas("personne et fonction", lambda m: fonction(m, "Directrice", telephone="05 46 00 00 02", nom="Durand"),
        ["chez Office public de l’habitat", "Fonction : Cheffe → Directrice",
         "Téléphone : 05 46 00 00 01 → 05 46 00 00 02", "Nom : changé"]),
    Cas("fonction terminée", lambda m: mouvements.terminer(
        m.s, fonction_id=m.fonction.id, version=m.fonction.version, fin=date(2026, 10, 1), today=TODAY, by=m.by),
        ["Fonction terminée chez Office public de l’habitat", "Fin : vide → 01/10/2026"]),
    Cas("instance", lambda m: instance(m, nom="Cellule Ouest", frequence=Frequence.ANNUELLE, quartier_ids=[],
                                       heure_debut=time(18), heure_fin=time(20)),
        ["Instance modifiée : Cellule Ouest", "Nom : Cellule de veille Mireuil → Cellule Ouest",
         "Fréquence : Semestrielle → Annuelle", "Heure de début : vide → 18\xa0h\xa000", "Quartier retiré : Mireuil"]),
    Cas("textes d’une instance", lambda m: instances.definir_textes(
        m.s, id=m.instance.id, convocation="Bonjour.", invitation="", version=m.instance.version, by=m.by),
        ["Textes de convocation modifiés : Cellule de veille Mireuil", "Texte des convocations : vide → Bonjour."]),
    Cas("membre ajouté", lambda m: sieges.ajouter_membre(
        m.s, instance_id=m.instance.id, partenaire_id=m.d.police, jeton="a", by=m.by),
        ["Cellule de veille Mireuil", "Membre ajouté : Police nationale"]),
    Cas("membre, charte", lambda m: sieges.regler_membre(
        m.s, siege_id=m.siege.id, invite=True, charte_signee_le=date(2026, 1, 15), today=TODAY, by=m.by),
        ["Membre invité, charte signée le 15/01/2026 : Office public de l’habitat", "Invité : non → oui",
         "Charte : non signée → signée le 15/01/2026"]),
    Cas("membre, place", lambda m: monter_en_tete(m),
        ["Membre déplacé du rang 2 au rang 1 : Police nationale", "Cellule de veille Mireuil"]),
    Cas("membre, fonction", lambda m: sieges.renommer_fonction(
        m.s, siege_id=m.siege.id, fonction="Gardien", vue="Cheffe", by=m.by),
        ["Cellule de veille Mireuil", "Office public de l’habitat – Gardien – Fonction : Cheffe → Gardien"]),
    Cas("réunion", lambda m: reunion(m, titre="Cellule d’hiver", lieu_id=None, type=TypeReunion.AUTRE),
        ["Cellule d’hiver", "Titre : Cellule Mireuil → Cellule d’hiver", "Lieu : Salle A → vide",
         "Type : Cellule de veille → Autre réunion"]),
    Cas("réunion déplacée", lambda m: programmation.deplacer(
        m.s, id=m.reunion.id, debut=datetime(2026, 12, 23, 9), version=m.reunion.version, by=m.by),
        ["Cellule Mireuil", "Début : 24/12/2026, 14\xa0h\xa000 → 23/12/2026, 9\xa0h\xa000"]),
    Cas("état d’une réunion", lambda m: programmation.changer_etat(
        m.s, id=m.reunion.id, etat=EtatReunion.ANNULEE, motif="Salle fermée", version=m.reunion.version, by=m.by),
        ["Cellule Mireuil", "État : Brouillon → Annulée", "Motif : vide → Salle fermée"]),
    Cas("salle", lambda m: salles.noter(
        m.s, id=m.reunion.id, salle=EtatSalle.DEMANDEE, version=m.reunion.version, by=m.by),
        ["Cellule Mireuil", "Salle : À réserver → Demandée"]),
    Cas("présidence d’une réunion", lambda m: programmation.presider(
        m.s, id=m.reunion.id, qui="M. Paul", version=m.reunion.version, by=m.by),
        ["Cellule Mireuil", "Mme Claire → M. Paul"]),
    Cas("destinataire", lambda m: composition.retenir(
        m.s, reunion_id=m.reunion.id, cle=(m.d.oph, "Cheffe"), retenu=False, today=TODAY, by=m.by),
        ["Office public de l’habitat", "Appelé : oui → non"]),
    Cas("réponse", lambda m: reponses.noter(
        m.s, reunion_id=m.reunion.id, cle=(m.d.oph, "Cheffe"), reponse=Reponse.EXCUSE, vue=Reponse.SANS_REPONSE,
        now=NOW, by=m.by),
        ["Office public de l’habitat", "Réponse : Sans réponse → Excusé"]),
    Cas("présidence", lambda m: presidences.modifier(
        m.s, id=m.presidence, saisie=presidences.Saisie(nom="Mme Claire", qualite="maire", debut=date(2026, 1, 1),
        fin=date(2026, 12, 31), secteur_id=m.d.centre), version=1, by=m.by),
        ["Mme Claire", "Qualité : vide → maire", "Jusqu’au : vide → 31/12/2026",
         "Secteur de veille : vide → Centre-ville"]),
    Cas("thème", lambda m: edition_listes.modifier_theme(
        m.s, id=m.theme.id, libelle="Tapage", rubrique="Nuits", version=m.theme.version, by=m.by),
        ["Bruit", "Tapage", "Rubrique : Cadre de vie → Nuits"]),
    Cas("origine", lambda m: edition_listes.renommer(
        m.s, famille=Famille.ORIGINE, id=m.origine.id, nom="Courrier", version=m.origine.version, by=m.by),
        ["« Appel »", "« Courrier »"]),
    Cas("lieu", lambda m: edition_listes.modifier_lieu(
        m.s, id=m.lieu.id, nom="Salle B", adresse="1 place", capacite=40, version=m.lieu.version, by=m.by),
        ["« Salle A »", "« Salle B »", "Adresse : vide → 1 place", "Places : vide → 40"]),
    Cas("quartier", lambda m: edition_listes.modifier_quartier(
        m.s, id=m.d.gabut, nom="Gabut", secteur_id=m.d.mireuil, version=1, by=m.by),
        ["Gabut", "Secteur de veille : Centre-ville → Mireuil"]),
    Cas("phrase", lambda m: phrases.modifier(
        m.s, id=m.phrase.id, texte="Vérifier les lampes", version=m.phrase.version, by=m.by),
        ["Vérifier les lampes", "Texte : Vérifier l’éclairage → Vérifier les lampes"]),
    Cas("étape de réunion", lambda m: jalons_types.modifier(
        m.s, id=m.jalon.id, libelle="Affiches", jours=-10, sens=SensJalon.MANUEL, version=m.jalon.version, by=m.by),
        ["Affiches", "Étape : Affiches posées → Affiches", "Jours : -15 → -10"]),
    Cas("étape 13-18", lambda m: etapes.modifier(
        m.s, id=m.suite.id, libelle="Joint", sens=SensEtape.ABOUTI, limite="15/10", version=m.suite.version, by=m.by),
        ["Joint", "Nom : Contacté → Joint", "Limite, mois : vide → octobre", "Limite, jour : vide → 15"]),
    Cas("jours à éviter", lambda m: jours_evites.modifier(
        m.s, id=m.evite, genre=GenreJourEvite.EVENEMENT, libelle="Francofolies", debut=date(2027, 7, 10),
        fin=date(2027, 7, 14), version=1, by=m.by),
        ["Francofolies", "Au : 10/07/2027 → 14/07/2027"]),
    Cas("collège 13-18, étape", lambda m: participations.changer_etape(
        m.s, id=m.participation.id, volet=Volet.CONTACT, etape_id=m.suite.id, version=m.participation.version, by=m.by),
        ["Police nationale", "Contact : À contacter → Contacté"]),
    Cas("collège 13-18, note", lambda m: participations.annoter(
        m.s, id=m.participation.id, note="Rappeler en janvier", version=m.participation.version, by=m.by),
        ["Police nationale", "Note : vide → Rappeler en janvier"]),
    Cas("classe", lambda m: classes.modifier(
        m.s, id=m.classe.id, nom="4e B", effectif=26, version=m.classe.version, by=m.by),
        ["Police nationale", "Nom : 4e A → 4e B", "Effectif : 25 → 26"]),
    Cas("séance", lambda m: seance(m, salle="CDI", attendus=24, structures=[m.d.oph]),
        ["4e A", "Salle : vide → CDI", "Élèves attendus : vide → 24",
         "Structure ajoutée : Office public de l’habitat"]),
    Cas("action", lambda m: avancement.corriger(
        m.s, id=m.action, version=1, quoi="Réparer la porte", pilote_id=m.d.police, by=m.by),
        ["Réparer la porte", "Action : Réparer le portail → Réparer la porte",
         "Pilote : Office public de l’habitat → Police nationale"]),
    Cas("échéance d’une action", lambda m: avancement.changer(
        m.s, id=m.action, version=1, echeance=date(2027, 1, 15), today=TODAY, by=m.by),
        ["Réparer le portail", "Échéance : 24/12/2026 → 15/01/2027"]),
    Cas("point", lambda m: point(m, theme_id=m.autre_theme.id, lieu="Parking", note="Autre constat"),
        ["Rodéo", "Thème : Bruit → Rodéo", "Lieu : Square → Parking", "Constat : changé"]),
    Cas("émetteur", lambda m: modeles.nommer_emetteur(m.s, emetteur="La Ville", by=m.chef),
        ["Émetteur des documents : celui d’origine → La Ville"]),
    Cas("rappel des réunions", lambda m: rappels.regler_rappel(m.s, actif=True, jours=2, by=m.chef),
        ["Rappel des réunions : désactivé → 2 jours avant"]),
    Cas("récapitulatif", lambda m: taches.regler_recapitulatif(m.s, heure=time(6, 45), now=utcnow(), by=m.chef),
        ["→ 06:45"]),
]  # fmt: skip


@pytest.mark.parametrize("cas", CAS, ids=lambda c: c.nom)
def test_one_line_says_what_and_each_field_from_what_to_what(session: Session, m: Any, cas: Cas) -> None:
    avant = len(session.exec(select(Journal.id)).all())
    cas.faire(m)
    lignes = session.exec(select(Journal).order_by(col(Journal.id))).all()[avant:]
    assert len(lignes) == 1, [x.resume for x in lignes]
    for morceau in cas.dit:
        assert morceau in lignes[0].resume, lignes[0].resume
    for jamais in ("argon2", "secret", "Martin", "Durand", "constat", "Bruit le soir"):
        assert jamais not in lignes[0].resume


def test_every_column_is_told_or_silent_for_a_reason() -> None:
    for table in Base.metadata.tables.values():
        if table.name in ecarts.MUETTES:
            assert table.name not in ecarts.LIBELLES
            continue
        dits = set(ecarts.LIBELLES.get(table.name, ()))
        tus = ecarts.TUS.get(table.name, set()) | ecarts.TUS["*"]
        muets = set(table.c.keys()) - dits - tus
        assert not muets, f"{table.name}: give them a `title` in models/, or a place in TUS of services/socle/ecarts.py"
        assert dits <= set(table.c.keys())
        assert not dits & tus
    assert set(ecarts.TUS) - {"*"} <= set(ecarts.LIBELLES)


def test_a_long_text_is_cut_what_looks_personal_is_not_repeated_and_many_changes_are_counted(
    session: Session, m: Any
) -> None:
    partenaire(m, note="Écrire à Jean DUPONT", adresse="x" * 190)
    resume = session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or ""
    assert "Note : vide → (texte non recopié)" in resume
    assert "x" * 89 + "…" in resume
    assert "x" * 95 not in resume
    for n in range(15):
        session.get_one(Lieu, m.lieu.id)
        session.add(neuf := Lieu(nom=f"Lieu {n}"))
        session.flush()
        session.info.pop("ecarts")
        m.lieux = [*getattr(m, "lieux", []), neuf]
    for lieu in m.lieux:
        lieu.capacite = 12
    partenaire(m, sigle="AUTRE")
    resume = session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or ""
    assert resume.split("\n")[1].startswith("Sigle : ")
    assert "et 6 autres" in resume


def test_what_was_thrown_away_is_not_told(session: Session, m: Any, cast: Cast) -> None:
    m.lieu.capacite = 99
    session.flush()
    with session.begin_nested() as point:
        point.rollback()
    session.info.clear()
    partenaire(m, sigle="AUTRE")
    resume = session.exec(select(Journal.resume).order_by(col(Journal.id).desc())).first() or ""
    assert "99" not in resume
