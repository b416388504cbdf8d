"""The relevé de conclusions as plain text, to paste into a message. Restricted, like the screen it comes from."""

from collections.abc import Sequence

from models.lists import EtatPresence
from services.agenda.presidences import sous_la_presidence
from services.releves.lecture import PointReleve, PresenceVue, Releve
from services.socle import temps
from services.socle.texte import insecables

TITRES = {
    EtatPresence.PRESENT: "Présents",
    EtatPresence.REPRESENTE: "Représentés",
    EtatPresence.EXCUSE: "Excusés",
    EtatPresence.ABSENT: "Absents",
}


def qui(presence: PresenceVue) -> str:
    """An organisation, with the function called and who came instead: Police nationale (Officier référent), par
    responsable d’équipe."""
    appele = f"{presence.partenaire} ({presence.fonction})" if presence.fonction else presence.partenaire
    return f"{appele}, par {presence.remplacant}" if presence.remplacant else appele


def situation(point: PointReleve) -> str:
    """Where a point takes place and who raised it."""
    return " · ".join(x for x in (point.quartier, point.lieu, point.origine) if x)


def texte(releve: Releve) -> str:
    """The whole relevé, lines of plain text in French."""
    r = releve.reunion
    quand = f"{temps.jour_long(r.debut.date())}, {temps.heure(r.debut)} – {temps.heure(r.fin)}"
    blocs: list[Sequence[str]] = [
        ["RELEVÉ DE CONCLUSIONS – diffusion restreinte", r.titre, f"{quand}, {r.lieu}" if r.lieu else quand]
        + [sous_la_presidence(qui) for qui in [releve.presidence] if qui],
        [
            f"{titre} : {' ; '.join(qui(p) for p in releve.presences[etat])}"
            for etat, titre in TITRES.items()
            if releve.presences[etat]
        ]
        + ([f"Habitants : {releve.habitants}"] if releve.habitants is not None else []),
    ]
    if releve.suites:
        blocs.append(
            ["SUITES DU PRÉCÉDENT RELEVÉ"]
            + [
                f"- {s.quoi} ({s.pilote}) : {s.etat.libelle.lower()}{f' – {s.motif}' if s.motif else ''}"
                for s in releve.suites
            ]
        )
    for n, point in enumerate(releve.points, 1):
        bloc = [f"{n}. {point.theme}" + (f" ({situation(point)})" if situation(point) else "")]
        bloc += [t for t in (point.note, point.reponse and f"Réponse : {point.reponse}") if t]
        if point.partenaires:
            bloc.append(f"Partenaires concernés : {', '.join(point.partenaires)}")
        bloc += [
            f"→ {a.quoi} – pilote : {a.pilote_nom}, échéance : {temps.jour_long(a.echeance)} ({a.etat.libelle.lower()})"
            for a in point.actions
        ]
        blocs.append(bloc)
    return insecables("\n\n".join("\n".join(bloc) for bloc in blocs if bloc) + "\n")
