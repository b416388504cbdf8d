"""Two more subjects of the charts: actions, and «13-18, Questions de Justice»."""

from collections.abc import Sequence

from models.lists import EtatSeance
from services import periodes, statistiques_actions
from services.statistiques import TOP, pourcentage
from services.statistiques_actions import ActionsDe, College1318, Situation
from ui import charts
from ui.access import reading
from ui.charts import chart_block, nombre
from ui.graphiques import Demande, chiffres, vide

_COULEURS = {
    Situation.REALISEE.value: charts.VERT,
    Situation.EN_COURS.value: charts.BLEU,
    Situation.A_FAIRE.value: charts.CIEL,
    Situation.EN_RETARD.value: charts.VERMILLON,
    Situation.ABANDONNEE.value: charts.GRIS,
}
_DECIDEES = "Décidées dans la période, en leur état d’aujourd’hui"


def actions(d: Demande) -> None:
    """What was decided, and what became of it."""
    with reading() as session:
        tout = statistiques_actions.actions_par_situation(session, filtre=d.filtre, today=d.today)
        avant = statistiques_actions.actions_par_situation(session, filtre=d.avant, today=d.today)
        pilotes = statistiques_actions.actions_par_pilote(session, filtre=d.filtre, today=d.today)
        ages = statistiques_actions.actions_par_age(session, filtre=d.filtre, today=d.today)
    chiffres(
        d,
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
    EtatSeance.ANNULEE.libelle: charts.GRIS,
}
_ANNEES_MONTREES = 5


def treize_dix_huit(d: Demande) -> None:
    """«13-18»: séances by collège in the school years of the period, and the last years side by side."""
    annees, annees_avant = periodes.annees_scolaires(d.filtre), periodes.annees_scolaires(d.avant)
    suite = range(annees[-1] - _ANNEES_MONTREES + 1, annees[-1] + 1)
    with reading() as session:
        lus = statistiques_actions.colleges_1318(
            session, annees=sorted({*annees, *annees_avant, *suite}), secteur_id=d.filtre.secteur_id
        )
    lignes, avant = ([c for c in lus if c.annee in a] for a in (annees, annees_avant))

    def total(rows: Sequence[College1318], champ: str) -> int:
        return sum(getattr(c, champ) for c in rows)

    libelles = {
        "classes": "Classes",
        "presents": "Élèves présents",
        "realisees": "Séances réalisées",
        "programmees": "Séances programmées",
    }

    def connu(rows: Sequence[College1318], champ: str) -> bool:
        """Imported totals may leave a figure out: it is then not 0, it is unknown."""
        return not rows or not all(c.importe for c in rows) or bool(total(rows, champ) and champ != "programmees")

    chiffres(
        d,
        ("Collèges", len({c.college for c in lignes}), len({c.college for c in avant})),
        *(
            (libelle, total(lignes, champ), total(avant, champ) if connu(avant, champ) else None)
            for champ, libelle in libelles.items()
            if connu(lignes, champ)
        ),
    )
    if not lignes:
        vide("Aucun collège inscrit à « 13-18 » pour ces années scolaires. Ceux des projets viendront ici.", "school")
        return
    quand = f"{'année scolaire' if len(annees) == 1 else 'années scolaires'} " + " et ".join(
        periodes.nom_annee_scolaire(a) for a in annees
    )

    def nom(c: College1318) -> str:
        return c.college if len(annees) == 1 else f"{c.college} ({periodes.nom_annee_scolaire(c.annee)})"

    chart_block(
        "Séances de « 13-18 » par collège",
        charts.bandes(
            [(nom(c), etat.libelle, n) for c in lignes for etat, n in c.par_etat.items() if n],
            couleurs=_COULEURS_SEANCES,
            notes={nom(c): f"{c.realisees}" if c.importe else f"{c.realisees} / {c.programmees}" for c in lignes},
            serie="Séances",
        ),
        periode=quand,
        n=total(lignes, "programmees"),
        definition="Années scolaires entières. Après la barre : réalisées / programmées (prévues, réalisées ou "
        "annulées ; une séance reportée compte à sa nouvelle date)." + _importees(lignes),
        description=f"Séances de 13-18 par collège, {quand} : {total(lignes, 'realisees')} réalisées sur "
        f"{total(lignes, 'programmees')} programmées",
        tableau=_table(lignes),
        fichier=d.fichier("13-18-colleges"),
    )
    eleves = [(periodes.nom_annee_scolaire(a), sum(c.presents for c in lus if c.annee == a)) for a in suite]
    eleves = [(a, n) for a, n in eleves if n]
    if not eleves:
        return
    chart_block(
        "Élèves présents par année scolaire",
        charts.barres(eleves),
        periode=f"de {eleves[0][0]} à {eleves[-1][0]}",
        n=sum(n for _, n in eleves),
        definition="Élèves présents aux séances réalisées." + _importees([c for c in lus if c.annee in suite]),
        description="Élèves présents aux séances réalisées : " + ", ".join(f"{n} en {a}" for a, n in eleves),
        tableau=_table([c for c in lus if c.annee in suite]),
        fichier=d.fichier("13-18-annees"),
    )


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
            "Classes": c.classes,
            "Élèves des classes": c.effectif,
            "Élèves présents": c.presents,
        }
        | {f"Séances {etat.libelle.lower()}s": n for etat, n in c.par_etat.items()}
        | {"Source": "bilan importé" if c.importe else "carnet"}
        for c in lignes
    ]
