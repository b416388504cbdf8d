"""The form of a point "à inscrire", to note one or to change one, and what it sends."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from services.agenda import instances, points
from services.agenda.points import PointVu
from services.commun import listes
from services.socle import vigilance
from services.socle.brouillons import Formulaire
from services.socle.horloge import civil
from services.socle.temps import jour
from ui.commun.access import reading, writing
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import kept, key, on_screen, open_form, values
from ui.releves.choix_theme import theme_pills

LIBELLES = {
    "instance": "Instance",
    "theme": "Thème",
    "quartier": "Quartier",
    "lieu": "Lieu",
    "origine": "Origine",
    "note": "Note",
}


def form_point(form: Formulaire, point: PointVu | None = None) -> None:
    """The fields, prefilled from `point` when one is changed. Warnings stand below the button: it must not move."""
    instance_id = _instance(form, point)
    with reading() as session:
        themes = listes.themes(session)
        vraisemblables = points.themes_vraisemblables(session, instance_id=instance_id)
        couverts = instances.quartiers(session, instance_id=instance_id) if instance_id else []
        quartiers = {q.id: q.nom for q in listes.quartiers(session)}
        origines = {o.id: o.libelle for o in listes.origines(session)}
    if point:
        themes = themes if point.theme_id in {t.id for t in themes} else [*themes, _theme_archive(point)]
        st.session_state.setdefault(key(form, "theme.choix"), point.theme_id)
    theme_pills("Thème", form, "theme", vraisemblables=vraisemblables, themes=themes)
    field_error(form.jeton, "theme_id")
    _quartier(form, point, instance_id, couverts, quartiers)
    gauche, droite = st.columns([3, 2])
    with gauche:
        st.text_input(
            "Lieu",
            value=point.lieu if point else "",
            key=key(form, "lieu"),
            placeholder="Rue, place, résidence, école… sans numéro",
        )
        field_error(form.jeton, "lieu")
    with droite:
        ids = list(origines) + ([point.origine_id] if point and point.origine_id not in (None, *origines) else [])
        st.selectbox(
            "Origine",
            ids,
            index=ids.index(point.origine_id) if point and point.origine_id in ids else None,
            format_func=lambda i: origines.get(i, point.origine if point else ""),
            **kept(form, "origine_id", ids),
            placeholder="D’où vient ce point ?",
        )
        field_error(form.jeton, "origine_id")
    st.text_area(
        "Note",
        value=point.note if point else "",
        key=key(form, "note"),
        placeholder="Les faits, en une ou deux phrases : quoi, quand, combien de fois. Aucun nom d’habitant.",
        height=80,
    )
    field_error(form.jeton, "note")


def _instance(form: Formulaire, point: PointVu | None) -> int | None:
    with reading() as session:
        noms = {i.id: i.nom for i in instances.liste(session)}
    if point and point.instance_id is not None:
        noms.setdefault(point.instance_id, point.instance)
    ids = list(noms)
    choisie: int | None = st.selectbox(
        "Instance",
        ids,
        index=ids.index(point.instance_id) if point and point.instance_id in ids else None,
        format_func=lambda i: noms[i],
        **kept(form, "instance_id", ids),
        placeholder="Qui en parlera ?",
        filter_mode="contains",
    )
    field_error(form.jeton, "instance_id")
    if not ids:
        st.caption("Aucune instance pour le moment : créez-la d’abord dans Agenda, Instances.")
    return choisie


def _quartier(
    form: Formulaire, point: PointVu | None, instance_id: int | None, couverts: list[int], noms: dict[int, str]
) -> None:
    """The quartiers of the instance as pills; chosen already when there is one only."""
    avant = point.quartier_id if point else None
    ids = [i for i in couverts if i in noms]
    if avant is not None and avant not in ids:
        ids = [*ids, avant]
    if not ids:
        return
    st.pills(
        "Quartier",
        ids,
        default=avant if point else ids[0] if len(ids) == 1 else None,
        format_func=lambda i: md(noms.get(i, point.quartier if point else "")),
        **kept(form, f"quartier.{instance_id}", ids),
    )
    field_error(form.jeton, "quartier_id")


def _cle_quartier(form: Formulaire, instance_id: Any) -> str:
    """One widget an instance: another instance has other quartiers, and its own default."""
    return key(form, f"quartier.{instance_id}")


def _theme_archive(point: PointVu) -> listes.ThemeVu:
    return listes.ThemeVu(point.theme_id, point.theme, "Archivé", "", archive=True)


def sent(form: Formulaire) -> dict[str, Any]:
    """What the fields hold now, as the services take it."""
    etat = on_screen()
    v = {champ: etat.get(key(form, champ)) for champ in ("instance_id", "lieu", "note", "origine_id", "theme.choix")}
    return {
        "instance_id": v["instance_id"],
        "theme_id": v["theme.choix"],
        "quartier_id": etat.get(_cle_quartier(form, v["instance_id"])),
        "lieu": v["lieu"] or "",
        "note": v["note"] or "",
        "origine_id": v["origine_id"],
    }


def en_texte(form: Formulaire) -> dict[str, str]:
    """What is chosen in it, as the service says it."""
    v = sent(form)
    with reading() as session:
        noms = {
            "instance": {i.id: i.nom for i in instances.liste(session)},
            "theme": {t.id: t.libelle for t in listes.themes(session, archives=True)},
            "quartier": {q.id: q.nom for q in listes.quartiers(session, archives=True)},
            "origine": {o.id: o.libelle for o in listes.origines(session, archives=True)},
        }
    return {champ: connus.get(v[f"{champ}_id"], "") for champ, connus in noms.items()}


def warnings_of(form: Formulaire) -> list[str]:
    """What in the texts being typed looks personal."""
    v = sent(form)
    return vigilance.avertissements(f"{v['lieu']}\n{v['note']}")


def carry_over(id: int) -> None:
    """A colleague withdrew the point being changed: what was typed goes on in the form of a new one."""
    ancien, nouveau = open_form("point", objet_id=id), open_form("point")
    v = values(ancien, "lieu", "note", "instance_id", "origine_id", "theme.choix")
    st.warning(
        "Ce point n’attend plus : un collègue l’a retiré, ou une réunion l’a pris. "
        + ("Votre texte est repris ci-dessous." if v["lieu"] or v["note"] else ""),
        icon=":material/info:",
    )
    for champ, valeur in v.items():
        if valeur is not None:
            st.session_state[key(nouveau, champ)] = valeur


# --- a point that waits ---------------------------------------------------------------------------------------------


def _retirer(point: PointVu) -> None:
    """Withdraw a point."""
    with refusals(f"point:{point.id}"), writing() as (session, by):
        points.retirer(session, id=point.id, version=point.version, by=by)
    if not refused(f"point:{point.id}").erreurs:
        announce("Point retiré.")


def ligne(point: PointVu, *, modifier: Callable[[PointVu | None], None] | None) -> None:
    """A point that waits, and what one may do with it; nothing without `modifier`, which opens its form."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xxsmall", width="stretch"):
            ou = " · ".join(md(x) for x in (point.quartier, point.lieu) if x)
            st.markdown(f"**{md(point.theme)}**" + (f" · {ou}" if ou else ""))
            if point.note:
                st.text(point.note)
            origine = f"{md(point.origine)} · " if point.origine else ""
            st.caption(f"{origine}noté le {jour(civil(point.cree_le).date())} par {md(point.cree_par or 'Système')}")
            field_error(f"point:{point.id}", "")
        if modifier:
            quoi = ", ".join(x for x in (point.theme, point.lieu or point.quartier, point.note) if x)
            st.button(named("Modifier", quoi), type="tertiary", key=f"m{point.id}", on_click=modifier, args=(point,))
            with st.popover(named("Retirer", quoi), type="tertiary", key=f"r{point.id}"):
                st.caption("Le point disparaît : aucune réunion n’en parlera.")
                st.button("Retirer ce point", key=f"rr{point.id}", on_click=_retirer, args=(point,))
