"""The sheet of a relevé: what its Word says, in the same order, on screen and on paper."""

import base64
import re

import streamlit as st

from documents.contextes import Contexte
from models.lists import EtatAction
from services.convocation.dossier import EnTete
from services.socle.texte import insecables
from settings import ROOT
from ui.commun import feedback

RESERVE = "Ce relevé est réservé aux membres qui ont signé la charte."
PIED = "Diffusion restreinte aux membres ayant signé la charte – ne pas transmettre"
_COULEURS = {
    EtatAction.A_FAIRE.libelle: "gray",
    EtatAction.EN_COURS.libelle: "blue",
    EtatAction.REALISEE.libelle: "green",
    EtatAction.ABANDONNEE.libelle: "orange",
}


# Told apart without their colours too.
_SIGNES = {
    EtatAction.REALISEE.libelle: ":material/check_circle: ",
    EtatAction.ABANDONNEE.libelle: ":material/block: ",
}


def md(texte: str) -> str:
    """As typed, set as the Word sets it."""
    return feedback.md(insecables(texte))


def montrer(c: Contexte) -> None:
    """Draw it from the values its Word is made of."""
    r = c["reunion"]
    st.title("Relevé de conclusions" + (f" – {c['version']}" if c["version"] else ""), anchor=False)
    st.markdown(f"## {md(r['titre'])}")
    ou = ", ".join(x for x in (r["lieu"], r["adresse"].replace("\n", ", ")) if x)
    st.markdown(md(f"{r['date'].capitalize()}, {r['horaires']}" + (f" – {ou}" if ou else "")))
    if r["presidence"]:
        st.markdown(md(r["presidence"]))
    st.markdown(f":orange-badge[:material/lock: Diffusion restreinte] {RESERVE} {md(c['statut'])}")
    for x in c["presences"]:
        st.markdown(f"**{x['etat']}\u00a0:** {md(' ; '.join(x['qui']))}")
    if c["habitants"]:
        st.markdown(f"**Habitants présents\u00a0:** {c['habitants']}")
    if c["suites"]:
        st.header("Suites du précédent relevé", anchor=False)
        _tableau(
            ("Action", "Pilote", "État"),
            [
                (md(s["quoi"]), md(s["pilote"]), _etat(s["etat"]) + (f" {md(s['motif'])}" if s["motif"] else ""))
                for s in c["suites"]
            ],
        )
    for theme in c["themes"]:
        st.header(md(theme["titre"]), anchor=False)
        for p in theme["points"]:
            _point(p)
    if not c["themes"]:
        st.markdown("Aucun point noté à cette réunion.")
    if c["prochaine"]:
        st.header("Prochaine réunion", anchor=False)
        st.markdown(md(c["prochaine"]))


def _point(p: Contexte) -> None:
    lieu = f" – {md(p['lieu'])}" if p["lieu"] else ""
    lignes = [f"**{p['numero']}\\. {md(p['theme'])}{lieu}**"]
    lignes += [f"Signalé par\u00a0: {md(p['origine'])}"] if p["origine"] else []
    lignes += [md(p["note"])] if p["note"] else []
    lignes += [f"**Réponse\u00a0:** {md(p['reponse'])}"] if p["reponse"] else []
    lignes += [f"**Partenaires concernés\u00a0:** {md(p['partenaires'])}"] if p["partenaires"] else []
    st.markdown("  \n".join(lignes).replace("\n", "  \n").replace("    \n", "  \n"))
    if p["actions"]:
        _tableau(
            ("Action décidée", "Pilote", "Échéance", "État"),
            [
                (
                    md(a["quoi"]),
                    md(a["pilote"]),
                    a["echeance"] + (" :red-badge[en retard]" if a["retard"] else ""),
                    _etat(a["etat"]),
                )
                for a in p["actions"]
            ],
        )


def _etat(libelle: str) -> str:
    return f":{_COULEURS[libelle]}-badge[{_SIGNES.get(libelle, '')}{libelle}]"


def _tableau(titres: tuple[str, ...], lignes: list[tuple[str, ...]]) -> None:
    rangs = [titres, tuple("---" for _ in titres), *lignes]
    st.markdown("\n".join(f"| {' | '.join(rang)} |" for rang in rangs))


# --- on paper -------------------------------------------------------------------------------------------------------


def sur_papier(entete: EnTete) -> None:
    """What only the printed sheet has, as the Word's head and foot: issuer, logo, who may read it, page numbers."""
    logo = "none"
    if entete.logo:
        octets = base64.b64encode(entete.logo).decode()
        genre = "png" if entete.logo.startswith(b"\x89PNG") else "jpeg"
        logo = f'url("data:image/{genre};base64,{octets}")'
    st.html(ROOT / "web" / "browser" / "releve.css")
    st.html(f"<style>:root {{--emetteur: {_css(entete.emetteur)}; --logo: {logo}; --pied: {_css(PIED)}}}</style>")


def _css(texte: str) -> str:
    """A CSS string: whatever is not a letter or a digit by its code, so that nothing of it closes the string."""
    return '"' + re.sub(r"[^A-Za-z0-9 ]", lambda m: f"\\{ord(m[0]):06x}", texte) + '"'
