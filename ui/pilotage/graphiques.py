"""The subjects of the charts: for each, its key figures, then its charts. The page gives the period and the filters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from models import Point, Presence
from models.lists import TypeReunion
from services.agenda.plan import Marque, Nombre
from services.pilotage import statistiques
from services.pilotage.statistiques import INSTANCES_MAX, MOIS_MAX, TOP, Filtre, Points, Presences, pourcentage
from services.socle import periodes
from services.socle.periodes import Periode
from services.socle.texte import accord
from ui.agenda.calendrier import etroit
from ui.commun import charts
from ui.commun.access import reading
from ui.commun.charts import chart_block, ecart, nombre, pour_cent
from ui.commun.feedback import md


@dataclass(frozen=True)
class Demande:
    """What is asked: the period with its filters, the one compared to it, today, and the secteur's name (or "")."""

    filtre: Filtre
    avant: Filtre
    today: date
    secteur: str

    @property
    def periode(self) -> str:
        """What stands beside each n, as plain text."""
        return periodes.nom(self.filtre) + (f" · {self.secteur}" if self.secteur else "")

    def fichier(self, nom: str) -> str:
        return f"{nom}_{self.filtre.debut}_{self.filtre.dernier}"


def chiffres(d: Demande, depuis: date | None, *chiffres: tuple[str, float | None, float | None]) -> None:
    """Key figures: (label, figure, the same before). A percentage is a float; None where n is too small.

    Args:
        depuis: since when there is something to count; before it a figure is not 0, there is none.
    """
    rien = sans_chiffre(d, depuis)
    compare = depuis is not None and depuis <= d.avant.debut + (d.avant.fin - d.avant.debut) / 2
    st.caption(md(_comparaison(d, depuis, compare=compare)))
    with st.container(horizontal=True, gap="small"):
        for libelle, valeur, avant in chiffres:
            taux = not isinstance(valeur, int)  # a percentage, or too few cases for one
            change = None if valeur is None or avant is None or rien or not compare else round(valeur) - round(avant)
            avant_dit = pour_cent(avant) if taux else nombre(avant or 0)
            st.metric(
                libelle,
                rien or (pour_cent(valeur) if taux else nombre(valeur or 0)),
                None if change is None else ecart(change, "point" if taux else ""),
                delta_color="off",  # more meetings or more situations is neither good nor bad in itself
                delta_description="" if change is None else f"contre {avant_dit}",
            )


def sans_chiffre(d: Demande, depuis: date | None) -> str:
    """Why the period has no figure at all, "" if it has."""
    if d.filtre.debut > d.today:
        return Marque.A_VENIR.value
    return Marque.SANS_DONNEE.value if depuis is None or d.filtre.fin <= depuis else ""


def _comparaison(d: Demande, depuis: date | None, *, compare: bool) -> str:
    """The period, and what it is compared to, if it is."""
    en_cours = d.filtre.debut <= d.today < d.filtre.dernier
    periode = f"{d.periode[:1].upper()}{d.periode[1:]}{', en cours' if en_cours else ''}"
    if d.filtre.debut > d.today:
        return f"{periode} : cette période n’a pas commencé."
    if depuis is None:
        return f"{periode} : rien à compter pour le moment."
    if not compare:
        return f"{periode}. Pas de comparaison : rien n’était suivi avant le {depuis:%d/%m/%Y}."
    memes = ", les mêmes jours" if en_cours else ""
    partie = f", suivi depuis le {depuis:%d/%m/%Y}" if depuis.replace(day=1) > d.avant.debut else ""
    return f"{periode}, comparé à : {periodes.nom(d.avant)}{memes}{partie}"


def vide(phrase: str, icone: str) -> None:
    st.info(phrase, icon=f":material/{icone}:")


# --- réunions ------------------------------------------------------------------------------------------------------

_COULEURS_TYPES = {t.libelle: c for t, c in zip(TypeReunion, charts.PALETTE, strict=False)}


def reunions(d: Demande) -> None:
    """Meetings held, by month and kind."""
    with reading() as session:
        lignes = statistiques.reunions_par_mois(session, filtre=d.filtre)
        avant = statistiques.reunions_par_mois(session, filtre=d.avant)
        depuis = statistiques.depuis(session)

    def total(rows: Sequence[statistiques.ReunionsDuMois], *types: TypeReunion) -> int:
        return sum(r.n for r in rows if not types or r.type in types)

    chiffres(
        d,
        depuis,
        ("Réunions tenues", total(lignes), total(avant)),
        ("Cellules de veille", total(lignes, TypeReunion.CELLULE), total(avant, TypeReunion.CELLULE)),
        ("Réunions techniques", total(lignes, TypeReunion.TECHNIQUE), total(avant, TypeReunion.TECHNIQUE)),
        ("Autres réunions", total(lignes, *_AUTRES), total(avant, *_AUTRES)),
    )
    if not lignes:
        vide("Aucune réunion tenue dans cette période. Chaque réunion saisie viendra ici, à son mois.", "groups")
        return
    par_mois = Counter(dict.fromkeys(periodes.mois_entiers(d.filtre), 0))
    for r in lignes:
        par_mois[r.mois] += r.n
    nombres = {m: n or statistiques.sans_reunion(m, depuis=depuis, today=d.today) for m, n in par_mois.items()}
    chart_block(
        "Réunions tenues par mois",
        charts.colonnes(
            [(_mois(d, r.mois), r.type.libelle, r.n) for r in lignes],
            ordre={_mois(d, m): n for m, n in nombres.items()},
            couleurs=_COULEURS_TYPES,
            serie="Type",
        ),
        periode=d.periode,
        n=total(lignes),
        definition="Réunions saisies (tenues ou closes), à la date de leur début." + charts.legende(nombres.values()),
        description=f"Réunions tenues par mois et par type, {d.periode} : {total(lignes)} en tout",
        tableau=[
            {"Mois": _mois(d, m), "Type": type_, "Réunions": n}
            for m, rien in nombres.items()
            for type_, n in {r.type.libelle: r.n for r in lignes if r.mois == m}.items() or [("–", rien)]
        ],
        fichier=d.fichier("reunions"),
    )


def _mois(d: Demande, mois: date) -> str:
    """nov. 2026, and which part of it is counted: its third line in a chart."""
    entier = Periode(mois, periodes.plus_mois(mois, 1))
    if entier.debut <= d.today < min(entier.fin, d.filtre.fin) - timedelta(days=1):
        partie = " en\u00a0cours"
    elif entier.debut < d.filtre.debut:
        partie = f" dès\u00a0le\u00a0{d.filtre.debut.day}"
    else:
        partie = f" jusqu’au\u00a0{d.filtre.dernier.day}" if d.filtre.fin < entier.fin else ""
    return periodes.nom_mois(mois) + partie


MOIS_AU_TELEPHONE = 6  # columns of a phone; the table has them all
_AUTRES = (TypeReunion.EXCEPTIONNELLE, TypeReunion.PROJET, TypeReunion.AUTRE)


# --- couverture ----------------------------------------------------------------------------------------------------


def couverture(d: Demande) -> None:
    """Where cellules de veille and réunions techniques were held, and where not."""
    with reading() as session:
        cellules = statistiques.couverture_secteurs(session, filtre=d.filtre, today=d.today)
        avant = statistiques.couverture_secteurs(session, filtre=d.avant, today=d.today)
        instances = statistiques.couverture_instances(session, filtre=d.filtre, today=d.today)
        instances_avant = statistiques.couverture_instances(session, filtre=d.avant, today=d.today)
        depuis = statistiques.depuis(session)

    def reunis(rows: Sequence[statistiques.CelluleDuSemestre]) -> int:
        return len({c.secteur for c in rows if c.tenues})

    chiffres(
        d,
        depuis,
        ("Secteurs de veille réunis", reunis(cellules), reunis(avant)),
        ("Cellules de veille tenues", sum(c.tenues for c in cellules), sum(c.tenues for c in avant)),
        ("Instances réunies", sum(i.reunie for i in instances), sum(i.reunie for i in instances_avant)),
    )
    if not cellules and not instances:
        vide("Aucun secteur de veille. Ajoutez-les dans les listes : leurs cellules viendront ici.", "map")
        return
    if cellules:
        _cellules(d, cellules)
    if instances:
        _instances(d, instances)


def _cellules(d: Demande, cellules: Sequence[statistiques.CelluleDuSemestre]) -> None:
    """Secteurs × semestres."""
    debuts = sorted({c.semestre for c in cellules})
    semestres = [(c.secteur, periodes.nom_semestre(c.semestre), c.nombre) for c in cellules]
    tenues = sum(n for _, _, n in semestres if isinstance(n, int))
    reunis = {s for s, _, n in semestres if isinstance(n, int) and n}
    secteurs = list(dict.fromkeys(s for s, _, _ in semestres))
    quand = " au ".join(dict.fromkeys(periodes.nom_semestre(s) for s in (debuts[0], debuts[-1])))
    quand += f" · {d.secteur}" if d.secteur else ""
    chart_block(
        "Cellules de veille par secteur",
        charts.grille(semestres, rangees=secteurs, ordre=[periodes.nom_semestre(s) for s in debuts], coupe=" - "),
        periode=quand,
        n=tenues,
        definition="Cellules tenues, semestres entiers." + charts.legende(n for _, _, n in semestres),
        description=f"Cellules de veille tenues, par secteur et semestre, {quand} : {len(reunis)} "
        f"secteurs sur {len(secteurs)} réunis",
        tableau=[{"Secteur de veille": s, "Semestre": p, "Cellules tenues": n} for s, p, n in semestres],
        fichier=d.fichier("cellules-par-secteur"),
    )


def _instances(d: Demande, toutes: Sequence[statistiques.CouvertureInstance]) -> None:
    """Instances × months."""
    instances = toutes[:INSTANCES_MAX]
    noms = {i.nom: f"{i.nom} · {i.tenues} / {i.attendues}" if i.attendues else i.nom for i in instances}
    montres = MOIS_AU_TELEPHONE if etroit() else MOIS_MAX
    mois = [(noms[i.nom], periodes.nom_mois(m), n) for i in instances for m, n in i.par_mois[-montres:]]
    coupes = [
        f" Les {montres} derniers mois." * (len(periodes.mois_entiers(d.filtre)) > montres),
        f" Les {INSTANCES_MAX} premières instances, sur {len(toutes)}." * (len(toutes) > INSTANCES_MAX),
    ]
    reunies = sum(i.reunions > 0 for i in instances)
    chart_block(
        "Réunions par instance et par mois",
        charts.grille(mois, rangees=list(noms.values()), ordre=list(dict.fromkeys(m for _, m, _ in mois)), coupe=" "),
        periode=d.periode,
        n=sum(i.reunions for i in instances),
        definition="Mois entiers. Après le nom : tenues / attendues par la fréquence, comme dans le plan ; ce qui est "
        "en cours ne compte pas encore, ni juillet ni août." + "".join(coupes) + charts.legende(n for _, _, n in mois),
        description=f"Réunions tenues par instance et par mois, {d.periode} : {reunies} instances sur "
        f"{len(instances)} réunies",
        tableau=[
            {"Instance": i.nom, "Réunions": i.reunions, "Attendues": i.attendues}
            | {"Dont tenues": None if i.attendues is None else i.tenues}
            | {periodes.nom_mois(m): n for m, n in i.par_mois}
            for i in instances
        ],
        fichier=d.fichier("instances-par-mois"),
    )


# --- participation -------------------------------------------------------------------------------------------------

_COULEURS_PRESENCE = {
    "Présents": charts.BLEU,
    "Représentés": charts.CIEL,
    "Excusés": charts.ORANGE,
    "Absents": charts.GRIS,
}
_NOTEES = "Présences notées aux réunions tenues ; le taux : présents et représentés, à partir de 20 présences notées."


def participation(d: Demande) -> None:
    """Who comes: by category, then by partenaire."""
    with reading() as session:
        lignes = statistiques.presences(session, filtre=d.filtre)
        lignes_avant = statistiques.presences(session, filtre=d.avant)
        depuis = statistiques.depuis(session, avec=Presence)
    tout, avant = statistiques.total(lignes), statistiques.total(lignes_avant)
    chiffres(
        d,
        depuis,
        ("Présents ou représentés", pourcentage(tout.venus, tout.n), pourcentage(avant.venus, avant.n)),
        ("Présences notées", tout.n, avant.n),
        ("Partenaires venus", sum(x.venus > 0 for x in lignes), sum(x.venus > 0 for x in lignes_avant)),
    )
    if not lignes:
        vide("Aucune présence notée dans cette période. La saisie après réunion les apporte ici.", "how_to_reg")
        return
    _presences(d, "Participation par catégorie", statistiques.par_categorie(lignes), "categories")
    _presences(d, "Participation par partenaire", lignes, "partenaires", restreint=True)


def _presences(d: Demande, titre: str, lignes: Sequence[Presences], fichier: str, *, restreint: bool = False) -> None:
    """The TOP lines drawn, all the others counted in the definition and in the table."""
    n, dessinees, reste = statistiques.total(lignes).n, lignes[:TOP], statistiques.total(lignes[TOP:]).n
    chart_block(
        titre,
        charts.bandes(
            [
                (p.nom, serie, valeur)
                for p in dessinees
                for serie, valeur in zip(
                    _COULEURS_PRESENCE, (p.presents, p.representes, p.excuses, p.absents), strict=True
                )
                if valeur
            ],
            couleurs=_COULEURS_PRESENCE,
            notes={p.nom: f"{pour_cent(pourcentage(p.venus, p.n))} (n = {nombre(p.n)})" for p in dessinees},
            serie="Présence",
        ),
        periode=d.periode,
        n=n,
        definition=_NOTEES + (f" Les {TOP} premiers ; tous les autres : n = {nombre(reste)}." if reste else ""),
        description=f"{titre}, {d.periode} : présents, représentés, excusés et absents, sur {n} présences notées",
        tableau=[
            {
                "Nom": p.nom,
                "Présences notées": p.n,
                "Présents": p.presents,
                "Représentés": p.representes,
                "Excusés": p.excuses,
                "Absents": p.absents,
                "Présents ou représentés (%)": pourcentage(p.venus, p.n),
            }
            for p in statistiques.premiers(lignes)
        ],
        fichier=d.fichier(f"participation-{fichier}"),
        restreint=restreint,
    )


# --- situations évoquées -------------------------------------------------------------------------------------------


def situations(d: Demande) -> None:
    """What was raised: a heat table of headings by secteur, then the themes."""
    with reading() as session:
        lignes, avant = (statistiques.points(session, filtre=f) for f in (d.filtre, d.avant))
        sources, sources_avant = (statistiques.sources(session, filtre=f) for f in (d.filtre, d.avant))
        depuis = statistiques.depuis(session, avec=Point)
    n = sum(x.n for x in lignes)
    chiffres(
        d,
        depuis,
        ("Situations évoquées", n, sum(x.n for x in avant)),
        ("Réunions où elles l’ont été", sources.reunions, sources_avant.reunions),
        ("Rubriques concernées", len({x.rubrique for x in lignes}), len({x.rubrique for x in avant})),
    )
    if not lignes:
        vide("Aucune situation évoquée dans cette période. Les points des réunions saisies viendront ici.", "forum")
        return
    sens = f"Points de {accord(sources.reunions, 'réunion')} : ce qui a été dit, non ce qui s’est passé."
    _par_secteur(d, lignes, sources.par_secteur, sens)
    _par_theme(d, lignes, sens)


def _par_secteur(d: Demande, lignes: Sequence[Points], reunions: dict[str, int | None], sens: str) -> None:
    """Headings × secteurs, with the number of meetings that each secteur's situations come from."""
    compte: Counter[tuple[str, str]] = Counter()
    for x in lignes:
        compte[x.rubrique, x.secteur] += x.n
    rubriques = list(dict.fromkeys(r for r, _ in compte))
    tetes = {
        s: f"{s or _SANS_SECTEUR} - {'aucune réunion' if n is None else accord(n, 'réunion')}"
        for s, n in reunions.items()
    }
    cases: dict[tuple[str, str], Nombre] = {
        (r, s): Marque.SANS_DONNEE if n is None else compte[r, s] for r in rubriques for s, n in reunions.items()
    }
    chart_block(
        "Situations évoquées par secteur de veille",
        charts.grille(
            [(r, tetes[s], n) for (r, s), n in cases.items()],
            rangees=rubriques,
            ordre=list(tetes.values()),
            coupe=" - ",
        ),
        periode=d.periode,
        n=compte.total(),
        definition=f"{sens} Sous chaque secteur : de combien de réunions les siennes viennent."
        + (" « – » : aucune réunion tenue." if None in reunions.values() else ""),
        description=f"Situations évoquées par rubrique et secteur de veille, {d.periode} : {compte.total()} en tout",
        tableau=[
            {"Rubrique": r, "Secteur de veille": s or _SANS_SECTEUR, "Situations évoquées": n}
            | {"Réunions du secteur": reunions[s] or 0}
            for (r, s), n in cases.items()
        ],
        fichier=d.fichier("situations-par-secteur"),
        restreint=True,
    )


def _par_theme(d: Demande, lignes: Sequence[Points], sens: str) -> None:
    themes: Counter[str] = Counter()
    for x in lignes:
        themes[x.theme] += x.n
    comptes = themes.most_common(TOP)
    reste = themes.total() - sum(nb for _, nb in comptes)
    chart_block(
        "Situations évoquées par thème",
        charts.barres(comptes),
        periode=d.periode,
        n=themes.total(),
        definition=sens + (f" Les {TOP} premiers ; tous les autres thèmes : {nombre(reste)}." if reste else ""),
        description=f"Situations évoquées par thème, {d.periode} : d’abord {comptes[0][0]}, {comptes[0][1]} fois",
        tableau=[
            {"Thème": nom, "Situations évoquées": nb}
            for nom, nb in [*comptes, *[("Tous les autres thèmes", reste)] * bool(reste)]
        ],
        fichier=d.fichier("situations-par-theme"),
        restreint=True,
    )


_SANS_SECTEUR = "Sans secteur"
