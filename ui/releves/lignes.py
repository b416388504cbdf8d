"""The three lists of the entry screen: who came, what was open last time, the points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st
from sqlmodel import Session

from models.lists import EtatAction, GenrePhrase
from services.actions.suivi import ActionVue
from services.agenda import points
from services.commun import listes
from services.commun.listes import OrigineVu, QuartierVu, ThemeVu
from services.partenaires import fiches as partenaires
from services.partenaires.fiches import ChoixPartenaire
from services.releves import phrases, saisie
from services.releves.saisie import Ligne, Saisie
from services.socle import temps, vigilance
from services.socle.texte import matches
from ui.commun import suite as file_longue
from ui.commun.access import reading
from ui.commun.feedback import md, named
from ui.partenaires.inattendu import inattendu
from ui.releves.saisie import EcranSaisie, choix, cle, inserer, lie, montree, poser, sous_champ

COURT = 34  # characters of a pill before it is cut
TROUVES, _THEMES = 8, 12  # what a search shows


def court(nom: str, sigle: str = "") -> str:
    """A partenaire's name as a pill shows it: its acronym, or the head of its name, without the town's."""
    if sigle:
        return sigle
    nom = nom.removeprefix("Ville de La Rochelle - ")
    if len(nom) > COURT:
        nom = nom.split(" - ")[0].split(" (")[0]
    return nom if len(nom) <= COURT else nom[: COURT - 1].rstrip() + "…"


def courts(noms: dict[int, tuple[str, str]]) -> dict[int, str]:
    """Short names by id; in full for those that would look the same."""
    abreges = {i: court(*nom) for i, nom in noms.items()}
    doubles = {a for a in abreges.values() if list(abreges.values()).count(a) > 1}
    return {i: noms[i][0] if a in doubles else a for i, a in abreges.items()}


@dataclass(frozen=True)
class Contexte:
    """What lines choose from."""

    themes: dict[int, ThemeVu]
    vraisemblables: Sequence[int]
    partenaires: dict[int, str]  # id -> short name, of members, pilots and all that is already chosen
    pilotes: Sequence[int]
    trouves: dict[str, list[ChoixPartenaire]]  # field -> what its search found
    quartiers: dict[int, QuartierVu]
    origines: dict[int, OrigineVu]
    today: date


def contexte(session: Session, e: EcranSaisie, s: Saisie, today: date) -> Contexte:
    """Read what the lines choose from: a dozen short queries, whatever the number of lines."""
    membres = [m.partenaire_id for m in s.membres]
    pilotes = saisie.pilotes_vraisemblables(session, instance_id=s.reunion.instance_id, membres=membres)
    champs = {*s.base, *s.champs}
    pilotage = [n for n in champs if saisie.sorte(n) == "pilote"]
    nommes = {v for n in pilotage for v in (s.valeur(n), montree(e, s, n))} - {None}
    plusieurs = [v for n in champs if n.endswith(".partenaires") for v in (s.valeur(n), montree(e, s, n)) if v]
    nommes |= {i for ids in plusieurs for i in ids}
    noms = saisie.noms_courts(session, ids=[*membres, *pilotes, *nommes])
    cherches = {
        champ: st.session_state.get(cle(e, f"cherche.{champ}"))
        for champ in (f"point.{x.cle}.pilote{fin}" for x in s.lignes for fin in s.decisions(x.cle))
    }
    return Contexte(
        themes={t.id: t for t in listes.themes(session, archives=True)},
        vraisemblables=points.themes_vraisemblables(
            session, instance_id=s.reunion.instance_id, quartier_ids=s.quartier_ids, completes=True
        ),
        partenaires=courts(noms),
        pilotes=pilotes,
        trouves={champ: partenaires.choix(session, texte=q, limite=100) for champ, q in cherches.items() if q},
        quartiers={q.id: q for q in listes.quartiers(session)},
        origines={o.id: o for o in listes.origines(session)},
        today=today,
    )


# --- what was open last time ----------------------------------------------------------------------------------------


def suite(e: EcranSaisie, s: Saisie, action: ActionVue, today: date) -> None:
    """An open action of this instance, to be moved on in one click."""
    gauche, droite = st.columns([5, 4], vertical_alignment="center")
    retard = f" :red-badge[{temps.retard(action.echeance, today)}]" if action.retard_jours else ""
    gauche.markdown(f"{md(action.quoi)}  \n:small[:gray[{md(action.pilote)} · {temps.jour(action.echeance)}]]{retard}")
    with droite:
        champ = f"suite.{action.id}"
        st.segmented_control(
            f"État de l’action : {md(action.quoi)}",
            list(EtatAction),
            format_func=lambda etat: EtatAction(etat).libelle,
            label_visibility="collapsed",
            wrap=True,
            **choix(lie(e, s, champ, lire=lambda v: EtatAction(v or action.etat))) | {"required": True},
        )
        sous_champ(e, champ, lambda v: EtatAction(v).libelle)
        if s.valeur(champ) == EtatAction.ABANDONNEE:
            st.text_input(
                f"Motif de l’abandon : {md(action.quoi)}",
                placeholder="Pourquoi l’action est-elle abandonnée ?",
                label_visibility="collapsed",
                **lie(e, s, f"motif.{action.id}", lire=lambda v: v or ""),
            )
            sous_champ(e, f"motif.{action.id}")


# --- the points -----------------------------------------------------------------------------------------------------


def en_texte(v: Any) -> str:
    return v or ""


def ligne(e: EcranSaisie, s: Saisie, une: Ligne, numero: int, c: Contexte) -> None:
    """A point: theme, note and place on the left; what is decided, by whom and when, on the right."""
    p = f"point.{une.cle}"
    titre = f"Point {numero}"
    with st.container(border=True, key=f"ligne-{une.cle}", gap="small"):
        _theme(e, s, p, titre, c)
        constat, decision = st.columns(2, gap="medium")
        with constat:
            st.text_area(
                f"{titre} : constat",
                placeholder="Constat : des faits, des lieux, jamais de nom de personne",
                height=80,
                label_visibility="collapsed",
                **lie(e, s, f"{p}.note", lire=en_texte),
            )
            sous_champ(e, f"{p}.note")
            with st.container(gap="small"):  # what appears has its place before it appears
                for phrase in vigilance.avertissements(s.valeur(f"{p}.note") or ""):
                    st.markdown(f":orange[:material/privacy_tip: {md(phrase)}]")
            _lieu(e, s, p, titre, c)
        with decision:
            fins = s.decisions(une.cle)
            for rang, fin in enumerate(fins):
                _decision(e, s, p, fin, f"{titre}, action {rang + 1}" if rang else titre, c)
            derniere = fins[-1]
            if s.valeur(f"{p}.quoi{derniere}") and s.valeur(f"{p}.pilote{derniere}"):
                st.button(
                    named("Autre action", titre),
                    icon=":material/add:",
                    type="tertiary",
                    key=cle(e, f"autre.{p}"),
                    on_click=poser,
                    args=(e, {f"{p}.quoi{saisie.fin_decision(len(fins))}": None}),
                )
        _details(e, s, p, titre, une, c)


def _decision(e: EcranSaisie, s: Saisie, p: str, fin: str, titre: str, c: Contexte) -> None:
    """An action decided on that point: what, by whom, for when."""
    st.text_input(
        f"{titre} : action décidée",
        placeholder="Autre action décidée" if fin else "Action décidée (facultatif)",
        label_visibility="collapsed",
        **lie(e, s, f"{p}.quoi{fin}", lire=en_texte),
    )
    sous_champ(e, f"{p}.quoi{fin}")
    _pilote(e, s, p, fin, titre, c)


def _theme(e: EcranSaisie, s: Saisie, p: str, titre: str, c: Contexte) -> None:
    pastilles = choix(lie(e, s, f"{p}.theme"))
    choisi = pastilles["default"]  # of a colleague as well: it may be none of those offered
    cherche = st.session_state.get(cle(e, f"cherche.{p}.theme"), "")
    tous = [t.id for t in c.themes.values() if cherche and not t.archive and matches(t.recherche, cherche)]
    options = tous[:_THEMES] if cherche else list(c.vraisemblables)
    if choisi and choisi not in options:
        options.insert(0, choisi)
    with st.container(horizontal=True, wrap=False, gap="small", key=f"themes-{p}"):
        st.pills(
            f"{titre} : thème",
            options,
            format_func=lambda i: md(c.themes[i].libelle),
            label_visibility="collapsed",
            wrap=True,
            width="stretch",
            **pastilles,
        )
        st.text_input(
            f"{titre} : chercher un autre thème",
            key=cle(e, f"cherche.{p}.theme"),
            type="search",
            live="200ms",
            placeholder="Autre thème…",
            label_visibility="collapsed",
            width=200,
        )
    with st.container():
        if cherche and not options:
            st.caption("Aucun thème ne correspond : essayez un autre mot.")
        file_longue.precisez(len(tous) - _THEMES)
    sous_champ(e, f"{p}.theme", lambda i: c.themes[i].libelle)


def _lieu(e: EcranSaisie, s: Saisie, p: str, titre: str, c: Contexte) -> None:
    """Where: the quartier is asked here only when the instance has several; given by it, it is in the folded part."""
    with st.container(horizontal=True, wrap=False):
        st.text_input(
            f"{titre} : lieu",
            placeholder="Lieu : rue ou place, sans numéro",
            label_visibility="collapsed",
            **lie(e, s, f"{p}.lieu", lire=en_texte),
        )
        if len(s.quartier_ids) != 1:
            _quartier(e, s, p, titre, c, label_visibility="collapsed")
        _phrases(e, s, p, titre)
    sous_champ(e, f"{p}.lieu")
    sous_champ(e, f"{p}.quartier", lambda i: c.quartiers[i].nom)


_DANS = {GenrePhrase.NOTE: "note", GenrePhrase.REPONSE: "reponse", GenrePhrase.ACTION: "quoi"}


def _phrases(e: EcranSaisie, s: Saisie, p: str, titre: str) -> None:
    """The ready phrases, read once they are asked for: closed, it is one button."""
    volet = st.popover(
        named("Phrases", titre), icon=":material/short_text:", key=cle(e, f"phrases.{p}"), on_change="rerun"
    )
    if not volet.open:
        return
    with reading() as session:
        toutes = phrases.liste(session)
    with volet, st.container(gap="xxsmall"):
        for genre, offertes in toutes.items():
            champ = f"{p}.{_DANS[genre]}"
            version = s.champs[champ].version if champ in s.champs else 0
            st.markdown(f"**{genre.libelle}**")
            for x in offertes:
                st.button(
                    md(x.texte),
                    key=cle(e, f"phrase.{p}.{x.id}"),
                    type="tertiary",
                    on_click=inserer,
                    args=(e, champ, version, s.valeur(champ) or "", x.texte),
                )
            if not offertes:
                st.caption("Aucune phrase : ajoutez-en dans Listes, « Phrases prêtes ».")


def _quartier(e: EcranSaisie, s: Saisie, p: str, titre: str, c: Contexte, **kwargs: Any) -> None:
    seul = s.quartier_ids[0] if len(s.quartier_ids) == 1 else None
    proches = [q for q in s.quartier_ids if q in c.quartiers]
    ordre = proches + [q for q in c.quartiers if q not in proches]
    kwargs |= lie(e, s, f"{p}.quartier", lire=lambda v: v or seul)
    valeur = kwargs.pop("value")
    kwargs["index"] = ordre.index(valeur) if valeur in ordre else None
    st.selectbox(
        f"{titre} : quartier", ordre, format_func=lambda i: md(c.quartiers[i].nom), placeholder="Quartier", **kwargs
    )


def _pilote(e: EcranSaisie, s: Saisie, p: str, fin: str, titre: str, c: Contexte) -> None:
    champ = f"{p}.pilote{fin}"
    pastilles = choix(lie(e, s, champ))
    choisi = pastilles["default"]
    trouves = c.trouves.get(champ)
    options = [t.id for t in trouves[:TROUVES]] if trouves is not None else list(c.pilotes)
    if choisi and choisi not in options:
        options.insert(0, choisi)
    noms = courts({t.id: (t.nom, t.sigle) for t in trouves or []}) | c.partenaires
    st.pills(
        f"{titre} : pilote",
        options,
        format_func=lambda i: md(noms[i]),
        label_visibility="collapsed",
        wrap=True,
        **pastilles,
    )
    with st.container():
        if trouves == []:
            st.caption("Aucun partenaire ne correspond : essayez un autre mot, ou ajoutez-le.")
        file_longue.precisez(len(trouves or []) - TROUVES)
    sous_champ(e, champ, lambda i: noms.get(i, ""))
    defaut = saisie.echeance_usuelle(s.reunion.debut.date())
    with st.container(horizontal=True):
        st.text_input(
            f"{titre} : chercher un autre pilote",
            key=cle(e, f"cherche.{champ}"),
            type="search",
            live="200ms",
            placeholder="Autre pilote…",
            label_visibility="collapsed",
        )
        if cherche := st.session_state.get(cle(e, f"cherche.{champ}")):
            inattendu(
                champ,
                place=cle(e, f"inattendu.{champ}"),
                objet_id=e.reunion_id,
                cherche=cherche,
                apres=lambda venu: _piloter(e, champ, venu.partenaire_id),
            )
        st.date_input(
            f"{titre} : échéance",
            format="DD/MM/YYYY",
            min_value=date.min,  # between bounds, Streamlit would keep the date before the one typed
            max_value=date.max,
            label_visibility="collapsed",
            help="Échéance de l’action",
            width=170,
            **lie(e, s, f"{p}.echeance{fin}", lire=lambda v: date.fromisoformat(v) if v else defaut),
        )
    sous_champ(e, f"{p}.echeance{fin}", lambda v: temps.jour_long(date.fromisoformat(v)))


def _piloter(e: EcranSaisie, champ: str, partenaire_id: int) -> None:
    """Who was just noted leads that action."""
    poser(e, {champ: partenaire_id})
    st.session_state[cle(e, f"cherche.{champ}")] = ""


def _details(e: EcranSaisie, s: Saisie, p: str, titre: str, une: Ligne, c: Contexte) -> None:
    """Folded: origin, answer given, partenaires concerned, public wording, taking the line out."""
    resume = [c.origines[i].libelle for i in [s.valeur(f"{p}.origine")] if i in c.origines]
    resume += ["réponse"] * bool(s.valeur(f"{p}.reponse")) + ["texte public"] * bool(s.valeur(f"{p}.public"))
    # The same always: with another, it would close itself.
    etiquette = named("Origine, réponse, partenaires, texte public", titre)
    volet = st.expander(etiquette, key=cle(e, f"volet.{p}"), type="compact", on_change="rerun")
    dits: dict[str, tuple[str, Callable[[Any], str]]] = {
        "origine": ("Origine", lambda i: c.origines[i].libelle),
        "reponse": ("Réponse apportée", str),
        "public": ("Texte public", str),
        "partenaires": ("Partenaires concernés", lambda ids: ", ".join(c.partenaires.get(i, "?") for i in ids)),
    }
    for champ, (libelle, montrer) in dits.items():  # outside the folded part: what must be settled is seen
        if f"{p}.{champ}" in (e.erreurs | e.ecarts):
            st.markdown(f":small[{libelle}]")
            sous_champ(e, f"{p}.{champ}", montrer)
    if not volet.open:
        if resume:
            st.caption(f"Rempli : {md(', '.join(resume))}")
        return
    with volet:
        if len(s.quartier_ids) == 1:
            _quartier(e, s, p, titre, c)
        st.pills(
            f"{titre} : origine",
            list(c.origines),
            format_func=lambda i: md(c.origines[i].libelle),
            wrap=True,
            **choix(lie(e, s, f"{p}.origine")),
        )
        gauche, droite = st.columns(2)
        gauche.text_area(f"{titre} : réponse apportée", height=80, **lie(e, s, f"{p}.reponse", lire=en_texte))
        droite.text_area(
            f"{titre} : texte public (vide : rien n’est publié)",
            height=80,
            placeholder="Rédigé pour les habitants, sans rien de confidentiel",
            **lie(e, s, f"{p}.public", lire=en_texte),
        )
        st.pills(
            f"{titre} : partenaires concernés",
            list(c.partenaires),
            selection_mode="multi",
            format_func=lambda i: md(c.partenaires[i]),
            wrap=True,
            **choix(lie(e, s, f"{p}.partenaires", lire=lambda v: v or [])),
        )
        if not une.vide:
            st.button(
                named("Laisser en attente" if une.a_inscrire else "Retirer ce point", titre),
                icon=":material/delete:",
                key=cle(e, f"retirer.{p}"),
                on_click=poser,
                args=(e, {f"{p}.retire": True}),
            )
