"""The parts of a list to write to: how many, the addresses to copy, the files, who has no address."""

from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Any

import streamlit as st

from documents import cartes, etiquettes, tableaux
from documents.adresses import adresses, mailto
from documents.tableur import csv_octets, xlsx_octets
from services.commun.exports import Format
from services.partenaires import diffusion
from services.partenaires.diffusion import Compte, Demande
from services.socle.acteur import Acteur
from services.socle.texte import accord, folded
from ui.commun.access import reading
from ui.commun.adresse import feuille
from ui.commun.feedback import md
from ui.commun.telechargement import telecharger
from ui.partenaires.fiche import FICHE

PAR_PAGE = 25
_D_OFFICE = 300  # addresses read with the screen; more are read when they are asked for
_SEPARATEURS = {"Outlook ( ; )": "; ", "Thunderbird, Gmail ( , )": ", "}


def resume(compte: Compte) -> str:
    """How many addresses, and what became of the others."""
    suite = [accord(compte.destinataires, "destinataire")]
    if compte.relayes:
        suite.append(f"{accord(compte.relayes, 'personne')} à l’adresse de l’organisation")
    if compte.doubles:
        suite.append(f"{compte.doubles} en double, compté{'s' if compte.doubles > 1 else ''} une fois")
    if compte.sans_adresse:
        suite.append(f":orange[{compte.sans_adresse} sans adresse]")
    return f"**{accord(compte.adresses, 'adresse')}** · {' · '.join(suite)}"


def a_copier(demande: Demande, compte: Compte, *, by: Acteur) -> None:
    """The addresses, for each mail program; read only if there are few or if they are asked for."""
    volet = st.expander(
        "Adresses à copier", expanded=compte.adresses <= _D_OFFICE, on_change="rerun", icon=":material/content_copy:"
    )
    if not volet.open:
        return
    with reading() as session:
        trouves = diffusion.destinataires(session, demande=demande, by=by)
    with volet, st.container(key="copie"):
        with st.container(horizontal=True, vertical_alignment="center"):
            pour = st.segmented_control(
                "Messagerie",
                list(_SEPARATEURS),
                default=next(iter(_SEPARATEURS)),
                required=True,
                key="messagerie",
                label_visibility="collapsed",
            )
            noms = st.toggle("Avec les noms", value=True, key="noms")
        separateur = _SEPARATEURS[pour or next(iter(_SEPARATEURS))]
        hauteur: Any = 160 if compte.adresses > 10 else "content"
        st.code(separateur.join(adresses(trouves, noms=noms)), language=None, wrap_lines=True, height=hauteur)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("Collez-les dans **Cci** : ainsi personne ne voit les adresses des autres.", width="content")
            if lien := mailto(adresses(trouves, noms=False), separateur):
                st.link_button("Ouvrir un message, adresses en Cci", lien, icon=":material/edit_square:")


def fichiers(demande: Demande, compte: Compte, intitule: str) -> None:
    """The list as a file, in each format."""
    nom = folded(intitule).replace(" ", "-")[:80]
    titres, table = tableaux.DIFFUSION, tableaux.diffusion

    def bouton(libelle: str, icone: str, format: Format, ecrire: Callable[[Any], bytes], **options: Any) -> None:
        lire = partial(diffusion.exporter, demande=demande, format=format)
        telecharger(libelle, format, nom=nom, lire=lire, ecrire=ecrire, icon=f":material/{icone}:", **options)

    with st.container(horizontal=True, vertical_alignment="center"):
        bouton("Excel", "table", Format.EXCEL, lambda d: xlsx_octets(titres, table(d), feuille="Liste de diffusion"))
        bouton("Autre tableur", "csv", Format.CSV, lambda d: csv_octets(titres, table(d)))
        bouton("Cartes de visite", "contact_page", Format.VCARD, cartes.vcf_octets)
        etiquette = f"Étiquettes ({compte.postales})"
        bouton(etiquette, "label", Format.ETIQUETTES, etiquettes.docx_octets, disabled=not compte.postales)
    st.caption(
        "Étiquettes : planche A4 de 24, 70 × 37 mm, pour qui a une adresse postale. Chaque téléchargement est inscrit "
        "au journal ; supprimez le fichier quand il a servi."
    )


def sans_adresse(demande: Demande, compte: Compte, *, by: Acteur) -> None:
    """Those a message would not reach, each a link to the page where the address can be written."""
    st.header(f"Sans adresse ({compte.sans_adresse})", anchor=False)
    st.caption("Ouvrez la fiche pour compléter.")
    liste = st.container(gap="xsmall")
    page, pages = 1, ceil(compte.sans_adresse / PAR_PAGE)
    if pages > 1:
        page = st.pagination(pages, **feuille(pages))
    with reading() as session:
        lignes = diffusion.sans_adresse(session, demande=demande, page=page, par_page=PAR_PAGE, by=by)
    for s in lignes:
        libelle = f"**{md(s.personne)}** :gray[{md(s.partenaire)}]" if s.personne else f"**{md(s.partenaire)}**"
        liste.page_link(FICHE, label=libelle, icon="", query_params={"id": str(s.partenaire_id)}, width="stretch")
