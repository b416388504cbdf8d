"""Two more subjects of the charts: actions, and «13-18, Questions de Justice»."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from models.lists import EtatSeance
from services.pilotage import statistiques_actions
from services.pilotage.statistiques import TOP, pourcentage
from services.pilotage.statistiques_actions import ActionsDe, College1318, Situation
from services.projets import participations
from services.socle import periodes
from services.socle.texte import accord
from ui.commun import charts
from ui.commun.access import reading
from ui.commun.charts import chart_block, ecart, nombre
from ui.pilotage.graphiques import Demande, chiffres, vide

_COULEURS = {
    Situation.REALISEE.value: charts.VERT,
    Situation.EN_COURS.value: charts.BLEU,
    Situation.A_FAIRE.value: charts.CIEL,
    Situation.EN_RETARD.value: charts.VERMILLON,
    Situation.ABANDONNEE.value: charts.CREUX,
}
_DECIDEES = "Décidées dans la période, en leur état d’aujourd’hui"


def actions(d: Demande) -> None:
    """What was decided, and what became of it."""
    with reading() as session:
        tout = statistiques_actions.actions_par_situation(session, filtre=d.filtre, today=d.today)
        avant = statistiques_actions.actions_par_situation(session, filtre=d.avant, today=d.today)
        depuis = statistiques_actions.depuis(session)
        pilotes = statistiques_actions.actions_par_pilote(session, filtre=d.filtre, today=d.today)
        ages = statistiques_actions.actions_par_age(session, filtre=d.filtre, today=d.today)
    chiffres(
        d,
        depuis,
        ("Actions décidées", tout.n, avant.n),
        ("Taux de résolution", pourcentage(*tout.resolution), pourcentage(*avant.resolution)),
        ("Ouvertes", tout.ouvertes, avant.ouvertes),
        *(
            (s.value + "s" * (s is not Situation.EN_RETARD), tout.par_situation[s], avant.par_situation[s])
            for s in (Situation.EN_RETARD, Situation.ABANDONNEE)
        ),
    )
    if not tout.n:
        vide("Aucune action décidée dans cette période. Celles des réunions saisies viendront ici.", "task_alt")
        return
    etats = [(s.value, n) for s, n in tout.par_situation.items()]
    chart_block(
        "Actions par état",
        charts.barres(etats, couleurs=_COULEURS),
        periode=d.periode,
        n=tout.n,
        definition=f"{_DECIDEES}. Taux : réalisées / (réalisées + ouvertes), sans les abandonnées.",
        description=f"Actions par état, {d.periode} : " + ", ".join(f"{n} {etat.lower()}" for etat, n in etats),
        tableau=[{"État": etat, "Actions": n} for etat, n in etats],
        fichier=d.fichier("actions-etats"),
        restreint=True,
    )
    _situations(d, "Actions ouvertes par âge", ages, "ages", tout.ouvertes, "Âge : depuis leur décision.")
    _situations(d, "Actions par pilote", pilotes, "pilotes", tout.n, "")


def _situations(d: Demande, titre: str, lignes: Sequence[ActionsDe], fichier: str, n: int, suite: str) -> None:
    """Lines of stacked situations; `n` may count more than the lines do: the others are said."""
    if not n:
        return
    reste = n - sum(x.n for x in lignes)
    if reste:
        suite = f"Les {TOP} premiers ; tous les autres : {nombre(reste)}."
    chart_block(
        titre,
        charts.bandes(
            [(x.nom, s.value, nb) for x in lignes for s, nb in x.par_situation.items() if nb],
            couleurs=_COULEURS,
            notes={x.nom: nombre(x.n) for x in lignes},
            serie="État",
        ),
        periode=d.periode,
        n=n,
        definition=f"{_DECIDEES}. {suite}",
        description=f"{titre}, {d.periode} : {n} actions, dont "
        f"{sum(x.par_situation[Situation.EN_RETARD] for x in lignes)} en retard",
        tableau=[{"Nom": x.nom, "Actions": x.n} | {s.value: nb for s, nb in x.par_situation.items()} for x in lignes],
        fichier=d.fichier(f"actions-{fichier}"),
        restreint=True,
    )


# --- 13-18 ---------------------------------------------------------------------------------------------------------

_COULEURS_SEANCES = {
    EtatSeance.REALISEE.libelle: charts.VERT,
    EtatSeance.PREVUE.libelle: charts.CIEL,
    EtatSeance.REPORTEE.libelle: charts.ORANGE,
    EtatSeance.ANNULEE.libelle: charts.CREUX,
}
_ANNEES_MONTREES = 5
_LIBELLES = {
    "classes": "Classes",
    "presents": "Élèves présents",
    "realisees": "Séances réalisées",
    "programmees": "Séances programmées",
}


def treize_dix_huit(d: Demande) -> None:
    """«13-18»: séances by collège in the school years of the period, and the last years side by side."""
    annees = periodes.annees_scolaires(d.filtre)
    annees_avant = [a - len(annees) for a in annees]
    suite = range(annees[-1] - _ANNEES_MONTREES + 1, annees[-1] + 1)
    with reading() as session:
        lus = statistiques_actions.colleges_1318(
            session, annees=sorted({*annees, *annees_avant, *suite}), secteur_id=d.filtre.secteur_id
        )
    invites, avant = ([c for c in lus if c.annee in a] for a in (annees, annees_avant))
    _chiffres_annuels(invites, avant, annees, annees_avant, d.today)
    lignes = [c for c in invites if c.participe or c.programmees]
    if not invites:
        vide("Aucun collège inscrit à « 13-18 » pour ces années scolaires. Ceux des projets viendront ici.", "school")
        return
    quand = f"{'année scolaire' if len(annees) == 1 else 'années scolaires'} {_noms(annees)}"
    if lignes:
        _seances(d, lignes, invites, quand)
    eleves = [(a, _total([c for c in lus if c.annee == a], "presents")) for a in suite]
    barres = [(_annee(a, d.today), n) for a, n in eleves if n is not None]
    if not any(n for _, n in barres):
        return
    chart_block(
        "Élèves présents par année scolaire",
        charts.barres(barres),
        periode=f"de {barres[0][0]} à {barres[-1][0]}",
        n=sum(n for _, n in barres),
        definition="Élèves présents aux séances réalisées." + _reserves([c for c in lus if c.annee in suite]),
        description="Élèves présents aux séances réalisées : " + ", ".join(f"{n} en {a}" for a, n in barres),
        tableau=_table([c for c in lus if c.annee in suite]),
        fichier=d.fichier("13-18-annees"),
    )


def _total(lignes: Sequence[College1318], champ: str) -> int | None:
    """None: nobody noted it, or there was nothing then; of what was planned, when one of them does not tell."""
    lues = [getattr(c, champ) for c in lignes]
    return None if champ == "programmees" and None in lues else participations.somme(*lues)


def _participants(lignes: Sequence[College1318]) -> int:
    """Each counted once, whatever the number of years."""
    return len({c.college for c in lignes if c.participe})


def _chiffres_annuels(
    lignes: Sequence[College1318],
    avant: Sequence[College1318],
    annees: Sequence[int],
    annees_avant: Sequence[int],
    today: date,
) -> None:
    """Whole school years, as the screen of the year shows them: the former figure, not a difference."""
    en_cours = any(participations.bornes(a)[1] >= today for a in annees)
    st.caption(
        f"13-18 en {' et '.join(_annee(a, today) for a in annees)}, "
        + (f"comparé à {_noms(annees_avant)} (entier)" if avant else f"rien de connu en {_noms(annees_avant)}")
    )
    if not lignes:
        return
    chiffres: list[tuple[str, int | None, int | None]] = [
        ("Collèges participants", _participants(lignes), _participants(avant) if avant else None),
        *((libelle, _total(lignes, champ), _total(avant, champ)) for champ, libelle in _LIBELLES.items()),
    ]
    with st.container(horizontal=True, gap="small"):
        for libelle, n, ancien in chiffres:
            delta: str | int | None = None
            contre = ""
            if n is not None and ancien is not None:
                delta, contre = "en cours" if en_cours else ecart(n - ancien), f"contre {nombre(ancien)}"
            st.metric(
                libelle,
                "inconnu" if n is None else nombre(n),
                delta,
                delta_color="off",
                delta_arrow="off" if en_cours else "auto",
                delta_description=contre,
            )


def _seances(d: Demande, lignes: Sequence[College1318], invites: Sequence[College1318], quand: str) -> None:
    seule = len({c.annee for c in lignes}) == 1

    def nom(c: College1318) -> str:
        return c.college if seule else f"{c.college} ({periodes.nom_annee_scolaire(c.annee)})"

    def note(c: College1318) -> str:
        return "inconnu" if c.realisees is None else f"{c.realisees}" + f" / {c.programmees}" * (not c.importe)

    participants, tous = _participants(invites), len({c.college for c in invites})
    connues = sum((c.realisees if c.importe else c.programmees) or 0 for c in lignes)
    chart_block(
        "Séances de « 13-18 » par collège",
        charts.bandes(
            [(nom(c), etat.libelle, n) for c in lignes for etat, n in c.par_etat.items() if n],
            couleurs=_COULEURS_SEANCES,
            notes={nom(c): note(c) for c in lignes},
            serie="Séances",
        ),
        periode=quand,
        n=connues,
        definition=f"Collèges participants : {participants} sur {accord(tous, 'invité')}. Années scolaires "
        "entières. Après la barre : réalisées / programmées (prévues, réalisées ou annulées ; une séance reportée "
        "compte à sa nouvelle date)." + _reserves(lignes),
        description=f"Séances de 13-18 par collège, {quand} : {_total(lignes, 'realisees') or 0} réalisées sur "
        f"{connues} programmées",
        tableau=_table(invites),
        fichier=d.fichier("13-18-colleges"),
    )


def _noms(annees: Sequence[int]) -> str:
    return " et ".join(periodes.nom_annee_scolaire(a) for a in annees)


def _annee(annee: int, today: date) -> str:
    """2026-2027, and whether it is over."""
    debut, fin = participations.bornes(annee)
    return periodes.nom_annee_scolaire(annee) + (" (en cours)" if debut <= today <= fin else "")


def _reserves(lignes: Sequence[College1318]) -> str:
    """What these figures leave out."""
    sans = sum(c.sans_compte for c in lignes)
    return _importees(lignes) + (f" Élèves non comptés à {accord(sans, 'séance')}." if sans else "")


def _importees(lignes: Sequence[College1318]) -> str:
    """Which years are known by their imported totals only."""
    annees = sorted({c.annee for c in lignes if c.importe})
    noms = ", ".join(map(periodes.nom_annee_scolaire, annees))
    return f" {noms} : d’après le bilan importé." if annees else ""


def _table(lignes: Sequence[College1318]) -> list[charts.Ligne]:
    return [
        {
            "Année scolaire": periodes.nom_annee_scolaire(c.annee),
            "Collège": c.college,
            "Participe": "oui" if c.participe else "non",
            "Classes": c.classes,
            "Élèves des classes": c.effectif,
            "Élèves présents": c.presents,
        }
        | {f"Séances {etat.libelle.lower()}s": n for etat, n in c.par_etat.items()}
        | {"Source": "bilan importé" if c.importe else "carnet"}
        for c in lignes
    ]
