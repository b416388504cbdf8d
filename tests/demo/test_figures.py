"""The figures of the charts on the demo year, against a plain count of its rows."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from models import Action, Classe, Participation, Point, Presence, Reunion, Seance, Theme
from models.lists import ETATS_REUNION_SAISIE, EtatAction, EtatPresence, EtatSeance
from services.pilotage import statistiques, statistiques_actions
from services.pilotage.statistiques import Filtre
from services.pilotage.statistiques_actions import Situation
from services.projets import participations
from services.socle.periodes import Preset, du_preset
from tests import compte

FIN = date(2026, 6, 12)


def toutes(session: Session, table: Any) -> list[Any]:
    return list(session.exec(select(table)).all())


def test_the_demo_year_counted_by_hand(annee_2026: None, session: Session) -> None:
    periode = du_preset(Preset.DOUZE_MOIS, today=FIN)
    filtre = Filtre(periode.debut, periode.fin)
    reunions = {
        r.id: r
        for r in toutes(session, Reunion)
        if r.etat in ETATS_REUNION_SAISIE and periode.debut <= r.debut.date() < periode.fin
    }
    assert len(reunions) > 150

    assert {
        (m.mois.year, m.mois.month, m.type): m.n for m in statistiques.reunions_par_mois(session, filtre=filtre)
    } == Counter((r.debut.year, r.debut.month, r.type) for r in reunions.values())

    venus = [p for p in toutes(session, Presence) if p.reunion_id in reunions]
    lues = statistiques.presences(session, filtre=filtre)
    assert statistiques.total(lues).presents == sum(p.etat is EtatPresence.PRESENT for p in venus)
    assert sum(x.n for x in lues) == len(venus)
    assert len(lues) == len({p.partenaire_id for p in venus})

    themes = {t.id: t.libelle for t in toutes(session, Theme)}
    par_theme: Counter[str] = Counter()
    for ligne in statistiques.points(session, filtre=filtre):
        par_theme[ligne.theme] += ligne.n
    assert par_theme == Counter(themes[p.theme_id] for p in toutes(session, Point) if p.reunion_id in reunions)

    actions = [a for a in toutes(session, Action) if a.reunion_id in reunions]
    situation = statistiques_actions.actions_par_situation(session, filtre=filtre, today=FIN)
    ouvertes = [a for a in actions if a.etat in (EtatAction.A_FAIRE, EtatAction.EN_COURS)]
    assert situation.par_situation[Situation.EN_RETARD] == sum(a.echeance < FIN for a in ouvertes)
    assert situation.par_situation[Situation.REALISEE] == sum(a.etat is EtatAction.REALISEE for a in actions)
    assert situation.par_situation[Situation.ABANDONNEE] == sum(a.etat is EtatAction.ABANDONNEE for a in actions)


@pytest.mark.parametrize("preset", list(Preset)[:5])
def test_coverage_and_situations_of_the_demo_year_counted_by_hand(
    annee_2026: None, session: Session, preset: Preset
) -> None:
    p = du_preset(preset, today=FIN)
    filtre = Filtre(p.debut, p.fin)
    par_nom = compte.instances(session, debut=p.debut, fin=p.dernier, today=FIN)
    lues = statistiques.couverture_instances(session, filtre=filtre, today=FIN)
    assert {x.nom: ({(m.year, m.month): n for m, n in x.par_mois}, x.tenues, x.attendues) for x in lues} == {
        nom: (c.mois, c.tenues, c.attendues) for nom, c in par_nom.items()
    }
    assert {
        (c.secteur, c.semestre): c.nombre for c in statistiques.couverture_secteurs(session, filtre=filtre, today=FIN)
    } == compte.secteurs(session, debut=p.debut, fin=p.dernier, today=FIN)
    situations, sources = compte.situations(session, debut=p.debut, fin=p.dernier)
    assert sum(x.n for x in statistiques.points(session, filtre=filtre)) == situations.total()
    lu = statistiques.sources(session, filtre=filtre)
    assert {s: n for s, n in lu.par_secteur.items() if n} == {s: len(r) for s, r in sources.items()}
    assert lu.reunions == len({r for x in sources.values() for r in x})


def test_13_18_of_the_demo_year_counted_by_hand(annee_2026: None, session: Session) -> None:
    for annee in (2024, 2025):
        invites = {p.id: p for p in toutes(session, Participation) if p.annee == annee}
        classes = {c.id: c for c in toutes(session, Classe) if c.participation_id in invites}
        seances = [s for s in toutes(session, Seance) if s.classe_id in classes]
        bilan = participations.bilan(session, annee=annee)
        assert (bilan.invites, bilan.classes) == (len(invites), len(classes))
        assert bilan.eleves == sum(c.effectif for c in classes.values())
        assert bilan.seances_prevues == sum(s.etat is not EtatSeance.REPORTEE for s in seances)
        assert bilan.seances_realisees == sum(s.etat is EtatSeance.REALISEE for s in seances)
        assert bilan.eleves_presents == sum(s.presents or 0 for s in seances if s.etat is EtatSeance.REALISEE)
        lus = statistiques_actions.colleges_1318(session, annees=[annee])
        assert sum(x.presents or 0 for x in lus) == bilan.eleves_presents
        assert sum(x.realisees or 0 for x in lus) == bilan.seances_realisees
        assert sum(x.programmees or 0 for x in lus) == bilan.seances_prevues
        assert (len(lus), sum(x.participe for x in lus)) == (bilan.invites, bilan.participants)
