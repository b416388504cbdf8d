"""The subjects of the charts: for each, its key figures, then its charts. The page gives the period and the filters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from models.lists import TypeReunion
from services import periodes, statistiques
from services.statistiques import MOIS_MAX, TOP, Filtre, Presences, pourcentage
from ui import charts
from ui.access import reading
from ui.charts import chart_block, nombre, pour_cent
from ui.feedback import md


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


def chiffres(d: Demande, *chiffres: tuple[str, float | None, float | None]) -> None:
    """Key figures: (label, figure, the same before). A percentage is a float; None where n is too small."""
    en_cours, entier = (", en cours", " (période entière)") if d.filtre.dernier > d.today else ("", "")
    st.caption(md(f"{d.periode[:1].upper()}{d.periode[1:]}{en_cours}, comparé à : {periodes.nom(d.avant)}{entier}"))
    with st.container(horizontal=True, gap="small"):
        for libelle, valeur, avant in chiffres:
            taux = not isinstance(valeur, int)  # a percentage, or too few cases for one
            ecart = None if valeur is None or avant is None else round(valeur) - round(avant)
            st.metric(
                libelle,
                pour_cent(valeur) if taux else nombre(valeur or 0),
                None
                if ecart is None
                else f"{'+' * (ecart > 0)}{nombre(ecart)}{' points' if taux else ''}"
                if ecart
                else 0,
                delta_color="off",  # more meetings or more situations is neither good nor bad in itself
                delta_description="" if ecart is None else f"contre {pour_cent(avant) if taux else nombre(avant or 0)}",
            )


def vide(phrase: str, icone: str) -> None:
    st.info(phrase, icon=f":material/{icone}:")


# --- réunions ------------------------------------------------------------------------------------------------------

_COULEURS_TYPES = {t.libelle: c for t, c in zip(TypeReunion, charts.PALETTE, strict=False)}


def reunions(d: Demande) -> None:
    """Meetings held, by month and kind."""
    with reading() as session:
        lignes = statistiques.reunions_par_mois(session, filtre=d.filtre)
        avant = statistiques.reunions_par_mois(session, filtre=d.avant)

    def total(rows: Sequence[statistiques.ReunionsDuMois], *types: TypeReunion) -> int:
        return sum(r.n for r in rows if not types or r.type in types)

    chiffres(
        d,
        ("Réunions tenues", total(lignes), total(avant)),
        ("Cellules de veille", total(lignes, TypeReunion.CELLULE), total(avant, TypeReunion.CELLULE)),
        ("Réunions techniques", total(lignes, TypeReunion.TECHNIQUE), total(avant, TypeReunion.TECHNIQUE)),
        ("Autres réunions", total(lignes, *_AUTRES), total(avant, *_AUTRES)),
    )
    if not lignes:
        vide("Aucune réunion tenue dans cette période. Chaque réunion saisie viendra ici, à son mois.", "groups")
        return
    ordre = [periodes.nom_mois(m) for m in periodes.mois_entiers(d.filtre)]
    chart_block(
        "Réunions tenues par mois",
        charts.colonnes(
            [(periodes.nom_mois(r.mois), r.type.libelle, r.n) for r in lignes],
            ordre=ordre,
            couleurs=_COULEURS_TYPES,
            serie="Type",
        ),
        periode=d.periode,
        n=total(lignes),
        definition="Réunions saisies (tenues ou closes), à la date de leur début.",
        description=f"Réunions tenues par mois et par type, {d.periode} : {total(lignes)} en tout",
        tableau=[{"Mois": periodes.nom_mois(r.mois), "Type": r.type.libelle, "Réunions": r.n} for r in lignes],
        fichier=d.fichier("reunions"),
    )


_AUTRES = (TypeReunion.EXCEPTIONNELLE, TypeReunion.PROJET, TypeReunion.AUTRE)


# --- couverture ----------------------------------------------------------------------------------------------------


def couverture(d: Demande) -> None:
    """Where cellules de veille and réunions techniques were held, and where not."""
    with reading() as session:
        cellules = statistiques.couverture_secteurs(session, filtre=d.filtre)
        avant = statistiques.couverture_secteurs(session, filtre=d.avant)
        instances = statistiques.couverture_instances(session, filtre=d.filtre, today=d.today)
        instances_avant = statistiques.couverture_instances(session, filtre=d.avant, today=d.today)

    def couverts(rows: Sequence[statistiques.CellulesDuSemestre]) -> int:
        return len({c.secteur for c in rows if c.n})

    def cases(rows: Sequence[statistiques.CouvertureInstance]) -> int:
        return sum(i.tenues > 0 for i in rows)

    chiffres(
        d,
        ("Secteurs de veille réunis", couverts(cellules), couverts(avant)),
        ("Cellules de veille tenues", sum(c.n for c in cellules), sum(c.n for c in avant)),
        ("Instances réunies", cases(instances), cases(instances_avant)),
    )
    if not cellules and not instances:
        vide("Aucun secteur de veille. Ajoutez-les dans les listes : leurs cellules viendront ici.", "map")
        return
    ordre = [periodes.nom_semestre(s) for s in sorted({c.semestre for c in cellules})]
    semestres = [(c.secteur, periodes.nom_semestre(c.semestre), c.n) for c in cellules]
    if semestres:
        chart_block(
            "Cellules de veille par secteur",
            charts.grille(semestres, rangees=list(dict.fromkeys(s for s, _, _ in semestres)), ordre=ordre, coupe=" - "),
            periode=d.periode,
            n=sum(c.n for c in cellules),
            definition="Cellules tenues dans les semestres touchés, pris entiers.",
            description=f"Cellules de veille tenues, par secteur et semestre, {d.periode} : {couverts(cellules)} "
            f"secteurs sur {len({c.secteur for c in cellules})} réunis",
            tableau=[{"Secteur de veille": s, "Semestre": p, "Cellules tenues": n} for s, p, n in semestres],
            fichier=d.fichier("cellules-par-secteur"),
        )
    if not instances:
        return
    noms = {i.nom: f"{i.nom} · {i.tenues}{f' / {i.attendues}' if i.attendues else ''}" for i in instances}
    mois = [(noms[i.nom], periodes.nom_mois(m), n) for i in instances for m, n in i.par_mois]
    chart_block(
        "Réunions par instance et par mois",
        charts.grille(mois, rangees=list(noms.values()), ordre=list(dict.fromkeys(m for _, m, _ in mois)), coupe=" "),
        periode=d.periode,
        n=sum(i.tenues for i in instances),
        definition="Après le nom : tenues / attendues par la fréquence, sur les mois finis"
        + (f" ; les {MOIS_MAX} derniers mois." if len(periodes.mois_entiers(d.filtre)) > MOIS_MAX else "."),
        description=f"Réunions tenues par instance et par mois, {d.periode} : {cases(instances)} instances sur "
        f"{len(instances)} réunies",
        tableau=[
            {"Instance": i.nom, "Tenues": i.tenues, "Attendues": i.attendues}
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
    tout, avant = statistiques.total(lignes), statistiques.total(lignes_avant)
    chiffres(
        d,
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
        lignes = statistiques.points(session, filtre=d.filtre)
        avant = statistiques.points(session, filtre=d.avant)
    n = sum(x.n for x in lignes)
    chiffres(
        d,
        ("Situations évoquées", n, sum(x.n for x in avant)),
        ("Rubriques concernées", len({x.rubrique for x in lignes}), len({x.rubrique for x in avant})),
    )
    if not lignes:
        vide("Aucune situation évoquée dans cette période. Les points des réunions saisies viendront ici.", "forum")
        return
    cases, themes = Counter[tuple[str, str]](), Counter[str]()
    for x in lignes:
        cases[x.rubrique, x.secteur or _SANS_SECTEUR] += x.n
        themes[x.theme] += x.n
    sens = "Points des réunions tenues : ce qui a été dit, non ce qui s’est passé."
    chart_block(
        "Situations évoquées par secteur de veille",
        charts.grille(
            [(r, s, nb) for (r, s), nb in cases.items()],
            rangees=list(dict.fromkeys(r for r, _ in cases)),
            ordre=sorted({s for _, s in cases}, key=lambda s: (s == _SANS_SECTEUR, s)),
            coupe=" - ",
        ),
        periode=d.periode,
        n=n,
        definition=sens,
        description=f"Situations évoquées par rubrique et secteur de veille, {d.periode} : {n} en tout",
        tableau=[{"Rubrique": r, "Secteur de veille": s, "Situations évoquées": nb} for (r, s), nb in cases.items()],
        fichier=d.fichier("situations-par-secteur"),
        restreint=True,
    )
    comptes = themes.most_common(TOP)
    reste = n - sum(nb for _, nb in comptes)
    chart_block(
        "Situations évoquées par thème",
        charts.barres(comptes),
        periode=d.periode,
        n=n,
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
