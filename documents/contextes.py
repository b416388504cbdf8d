"""The values that each kind of Word template may use: plain text, lists and yes or no, all ready to print.

Their names are what staff write between braces in Word; `documents/champs.py` describes them on screen.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from documents.releve import TITRES, qui
from models.lists import EtatPresence
from services.actions.suivi import ActionVue
from services.agenda.presidences import sous_la_presidence
from services.agenda.reunions import ReunionVue
from services.convocation import courriers
from services.convocation.dossier import Dossier, EnTete, Invite
from services.releves.lecture import ActionReleve, PointReleve, Releve
from services.releves.releve_public import Invitation, RelevePublic
from services.socle import temps

Contexte = dict[str, Any]


def horaires(debut: datetime, fin: datetime) -> str:
    """de 14 h 00 à 16 h 00."""
    return f"de {temps.heure(debut)} à {temps.heure(fin)}"


def _commun(entete: EnTete, today: date) -> Contexte:
    return {"emetteur": entete.emetteur, "date_du_jour": temps.jour_long(today)}


def _reunion(r: ReunionVue, presidence: str, secteur: str = "") -> Contexte:
    return {
        "titre": r.titre,
        "type": r.type.libelle,
        "instance": r.instance,
        "secteur": secteur,
        "date": temps.jour_long(r.debut.date()),
        "horaires": horaires(r.debut, r.fin),
        "lieu": r.lieu,
        "adresse": r.adresse,
        "presidence": sous_la_presidence(presidence),
    }


def _lieu_annonce(r: ReunionVue) -> Contexte:
    return {"lieu": f"{r.lieu} ({courriers.A_CONFIRMER})"} if courriers.lieu_a_confirmer(r) else {}


def _action(a: ActionVue | ActionReleve) -> Contexte:
    return {
        "quoi": a.quoi,
        "pilote": a.pilote_nom,
        "echeance": temps.jour_long(a.echeance),
        "etat": a.etat.libelle,
        "retard": a.retard_jours > 0,
    }


# --- before the meeting ---------------------------------------------------------------------------------------------


def convocation(d: Dossier, *, lettres: Sequence[Invite], today: date) -> Contexte:
    """One letter a page; a letter without organisation is for all of them. Who is invited never reads `texte`."""
    return {
        **_commun(d.entete, today),
        "reunion": _reunion(d.reunion, d.presidence, d.secteur) | _lieu_annonce(d.reunion),
        "texte": "" if all(x.invite for x in lettres) else d.texte_convocation,
        "ordre_du_jour": _titres(d),
        "lettres": [{"partenaire": x.partenaire, "fonction": x.fonction, "invite": x.invite} for x in lettres],
    }


def _titres(d: Dossier) -> list[str]:
    """The headings of the ordre du jour, as a letter says them: themes and places, no note."""
    suites = ["Suites des réunions précédentes"] if d.ordre_du_jour.suites else []
    return suites + [_sujet(p.theme, p.quartier, p.lieu) for p in d.ordre_du_jour.points]


def _sujet(theme: str, *ou: str) -> str:
    lieu = ", ".join(x for x in ou if x)
    return f"{theme} ({lieu})" if lieu else theme


def ordre_du_jour(d: Dossier, *, today: date) -> Contexte:
    """Open actions are its first point."""
    avant = 1 if d.ordre_du_jour.suites else 0
    return {
        **_commun(d.entete, today),
        "reunion": _reunion(d.reunion, d.presidence, d.secteur),
        "suites": [_action(a) for a in d.ordre_du_jour.suites],
        "points": [
            {"numero": n, "theme": p.theme, "lieu": ", ".join(x for x in (p.quartier, p.lieu) if x)}
            for n, p in enumerate(d.ordre_du_jour.points, 1 + avant)
        ],
    }


def _president(d: Dossier) -> list[str]:
    return [d.presidence] if d.presidence else []


def emargement(d: Dossier, *, today: date) -> Contexte:
    """Who chairs, then a row each, those of one partenaire together; other names are written by those who sign."""
    rangs = list(dict.fromkeys(x.partenaire for x in d.invites))
    invites = sorted(d.invites, key=lambda x: rangs.index(x.partenaire))
    return {
        **_commun(d.entete, today),
        "reunion": _reunion(d.reunion, d.presidence, d.secteur),
        "lignes": [{"partenaire": "Présidence", "sigle": "", "fonction": qui} for qui in _president(d)]
        + (
            [{"partenaire": x.partenaire, "sigle": x.sigle, "fonction": _a_signer(x)} for x in invites]
            or [{"partenaire": "", "sigle": "", "fonction": ""}] * 12
        ),
    }


def _a_signer(x: Invite) -> str:
    if not x.remplacant:
        return x.fonction
    return f"{x.fonction}, représenté par {x.remplacant}" if x.fonction else f"Représenté par {x.remplacant}"


def chevalets(d: Dossier, *, today: date) -> Contexte:
    """A table tent each, who chairs first, then in the order of the list; a name in two parts is cut between them."""
    president = [qui.partition(", ") for qui in _president(d)]
    return {
        **_commun(d.entete, today),
        "reunion": _reunion(d.reunion, d.presidence, d.secteur),
        "chevalets": [
            {"nom": nom, "court": False, "partenaire": "", "fonction": qualite} for nom, _, qualite in president
        ]
        + [
            {
                "nom": (x.sigle or x.partenaire).replace(" - ", "\n"),
                "court": len(x.sigle or x.partenaire) <= 12,
                "partenaire": x.partenaire if x.sigle else "",
                "fonction": x.remplacant or x.fonction,
            }
            for x in d.invites
        ],
    }


# --- after it, restricted -------------------------------------------------------------------------------------------


def releve(r: Releve, *, entete: EnTete, numero: int = 1, statut: str, today: date) -> Contexte:
    """The restricted relevé; `statut` says which version it is, and whether it is still a projet."""
    version = f"version {numero}" if numero > 1 else ""
    return {**_commun(entete, today), "statut": statut, "version": version, **_releve(r)}


def _releve(r: Releve) -> Contexte:
    return {
        "reunion": _reunion(r.reunion, r.presidence),
        "presences": [
            {"etat": titre, "qui": [qui(p) for p in r.presences[etat]]}
            for etat, titre in TITRES.items()
            if r.presences[etat]
        ],
        "presents": [qui(p) for p in r.presences[EtatPresence.PRESENT]],
        "habitants": "" if r.habitants is None else str(r.habitants),
        "suites": [{"quoi": s.quoi, "pilote": s.pilote, "etat": s.etat.libelle, "motif": s.motif} for s in r.suites],
        "themes": _themes(r.points),
        "prochaine": prochaine(r),
    }


def prochaine(r: Releve) -> str:
    """When the instance meets next: Mardi 15 décembre 2026, de 14 h 00 à 16 h 00, maison de quartier; "À fixer" while
    it is not planned, "" for a meeting of no instance."""
    if r.prochaine is None:
        return "À fixer" if r.reunion.instance_id is not None else ""
    p = r.prochaine
    return ", ".join(x for x in (temps.jour_long(p.debut.date()).capitalize(), horaires(p.debut, p.fin), p.lieu) if x)


def _themes(points: Sequence[PointReleve]) -> list[Contexte]:
    """Points under the heading of their theme, numbered as they are read."""
    return [
        {"titre": rubrique, "points": [_point(n, p) for n, p in groupe]}
        for rubrique, groupe in groupby(enumerate(points, 1), key=lambda x: x[1].rubrique)
    ]


def _point(numero: int, p: PointReleve) -> Contexte:
    return {
        "numero": numero,
        "theme": p.theme,
        "lieu": ", ".join(x for x in (p.quartier, p.lieu) if x),
        "origine": p.origine,
        "note": p.note,
        "reponse": p.reponse,
        "partenaires": ", ".join(p.partenaires),
        "actions": [_action(a) for a in p.actions],
    }


# --- public ---------------------------------------------------------------------------------------------------------


def releve_public(r: RelevePublic, *, entete: EnTete, today: date) -> Contexte:
    """The public relevé: nothing comes in but what `services/releves/releve_public.py` took."""
    return {**_commun(entete, today), **_releve_public(r)}


def _releve_public(r: RelevePublic) -> Contexte:
    rubriques = list(dict.fromkeys(p.rubrique for p in r.points))
    return {
        "reunion": {
            "titre": r.titre,
            "date": temps.jour_long(r.debut.date()),
            "presidence": sous_la_presidence(r.presidence),
        },
        "version": r.version,
        "presents": r.presents,
        "habitants": r.habitants,
        "themes": [{"titre": x, "textes": [p.texte for p in r.points if p.rubrique == x]} for x in rubriques],
    }


def invitation(i: Invitation, *, today: date) -> Contexte:
    """The invitation of residents."""
    return {
        **_commun(i.entete, today),
        "reunion": {
            "titre": i.titre,
            "date": temps.jour_long(i.debut.date()),
            "horaires": horaires(i.debut, i.fin),
            "lieu": i.lieu,
            "adresse": i.adresse,
            "presidence": sous_la_presidence(i.presidence),
        },
        "texte": i.texte,
    }


def recueil(
    releves: Sequence[Releve] | Sequence[RelevePublic],
    *,
    secteur: str,
    annee: int,
    restreint: bool,
    entete: EnTete,
    today: date,
) -> Contexte:
    """A year's relevés of a secteur: all restricted or all public."""
    return {
        **_commun(entete, today),
        "secteur": secteur,
        "annee": annee,
        "restreint": restreint,
        "releves": [_du_recueil(r) for r in releves],
    }


def _du_recueil(r: Releve | RelevePublic) -> Contexte:
    """The same fields for both kinds, but for what stands under a theme."""
    if isinstance(r, RelevePublic):
        return _releve_public(r)
    entier = _releve(r)
    reunion = {nom: entier["reunion"][nom] for nom in ("titre", "date", "presidence")}
    return {
        "reunion": reunion,
        "version": r.version,
        **{nom: entier[nom] for nom in ("presents", "habitants", "themes")},
    }
