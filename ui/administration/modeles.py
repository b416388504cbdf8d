"""Who signs the documents, and the Word templates: what is in use, the way back, a new one tried and put in place."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from documents import word
from documents.champs import CHAMPS, exemple, oublies
from models.lists import GenreModele
from services.agenda import instances
from services.convocation import dossier, modeles
from services.convocation.modeles import ModeleVu
from services.courrier import envois
from services.socle import temps
from services.socle.acteur import Acteur, Droit
from services.socle.erreurs import Invalid
from services.socle.horloge import civil, utcnow
from ui.commun import operations, question
from ui.commun.access import reading, require_agent, writing, writing_later
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import forget, key, on_screen, open_form, repris
from ui.convocation.documents import WORD, de_la_maison, nom_de_fichier

_LOGO_PERDU = "le carnet n’en garde qu’un. Il vous faudra le fichier pour le remettre."


def emetteur_et_logo(agent: Acteur) -> None:
    """What stands at the head of every document; the responsable changes it."""
    form = open_form("emetteur")
    with reading() as session:
        entete = dossier.entete(session)
    if not agent.peut(Droit.COMPTES):
        st.markdown(f"Émetteur : **{md(entete.emetteur)}**")
        st.caption("La personne responsable du service peut changer l’émetteur et le logo.")
        return
    repris(form)
    gauche, droite = st.columns(2, gap="large")
    with gauche:
        st.text_input("Émetteur des documents et des messages", value=entete.emetteur, key=key(form, "emetteur"))
        field_error(form.jeton, "emetteur")
        st.button("Enregistrer l’émetteur", key="emetteur.enregistrer", on_click=_nommer, args=(form.jeton,))
        st.caption(f"Vide : « {envois.EMETTEUR_DEFAUT} ».")
    with droite:
        if entete.logo:
            st.image(entete.logo, width=160, alt="Logo des documents")
            question.bouton(
                "Retirer le logo",
                "Retirer le logo des documents ?",
                f"Cela ne s’annule pas : {_LOGO_PERDU}",
                _retirer_logo,
                icon=":material/close:",
                key="logo.retirer",
            )
        st.file_uploader("Logo (PNG ou JPEG)", type=["png", "jpg", "jpeg"], max_upload_size=1, key=key(form, "logo"))
        field_error(form.jeton, "logo")
        question.bouton(
            "Mettre ce logo",
            "Remplacer le logo des documents ?",
            f"Cela ne s’annule pas : {_LOGO_PERDU}",
            _poser_logo,
            (form.jeton,),
            si=bool(entete.logo),
            key="logo.mettre",
        )
    field_error(form.jeton, "")


def _nommer(jeton: str) -> None:
    emetteur = str(on_screen().get(f"{jeton}.emetteur") or "")
    with refusals(jeton), writing(Droit.COMPTES) as (session, by):
        modeles.nommer_emetteur(session, emetteur=emetteur, by=by)
    if not refused(jeton).erreurs:
        forget(jeton)
        announce("Émetteur enregistré.")


def _poser_logo(jeton: str) -> None:
    depose = on_screen().get(f"{jeton}.logo")
    with refusals(jeton):
        if depose is None:
            raise Invalid({"logo": "Choisissez d’abord une image."})
        with writing(Droit.COMPTES) as (session, by):
            modeles.poser_logo(session, octets=depose.getvalue(), by=by)
    if not refused(jeton).erreurs:
        open_form("emetteur", neuf=True)
        announce("Logo enregistré : il figurera en tête des documents.")


def _retirer_logo() -> None:
    with refusals("logo"), writing(Droit.COMPTES) as (session, by):
        modeles.retirer_logo(session, by=by)


# --- templates ------------------------------------------------------------------------------------------------------


def les_modeles(today: date) -> None:
    """A line a kind: which template is in use, to download, and the way back to the house's own."""
    with reading() as session:
        deposes = modeles.liste(session)
        octets = {m.id: modeles.contenu(session, genre=m.genre, instance_id=m.instance_id) or b"" for m in deposes}
    field_error("modeles", "")
    for genre in GenreModele:
        with st.container(border=True, gap="xxsmall"):
            siens = [m for m in deposes if m.genre is genre]
            general = next((m for m in siens if m.instance_id is None), None)
            for m in (general, *(m for m in siens if m.instance_id is not None)):
                _ligne(genre, m, today)
                if m is not None:
                    _manques(m, oublies(genre, octets[m.id], de_la_maison(genre)))


def _ligne(genre: GenreModele, modele: ModeleVu | None, today: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            instance = f" · pour {md(modele.instance)}" if modele and modele.instance else ""
            st.markdown(f"**{genre.libelle}**{instance}")
            if modele:
                quand = temps.jour(civil(modele.depose_le).date(), annee_de=today)
                st.caption(f"{md(modele.nom)}, déposé par {md(modele.depose_par)}, {quand}")
        if modele is None:
            st.badge("Modèle de la maison", color="gray")
        else:
            st.badge("Votre modèle", icon=":material/edit_document:", color="blue")
        n = modele.id if modele else 0
        ecriture = writing_later(Droit.ECRIRE)

        def octets() -> bytes:
            if modele is None:
                return de_la_maison(genre)
            with ecriture() as (session, _):
                return modeles.contenu(session, genre=genre, instance_id=modele.instance_id) or de_la_maison(genre)

        quoi = f"{genre.libelle}, {modele.instance}" if modele and modele.instance else genre.libelle
        _telecharger(named("Télécharger", quoi), octets, genre, n)
        if modele:
            libelle = "Retirer ce modèle" if modele.instance else "Revenir au modèle de la maison"
            question.bouton(
                libelle,
                f"{libelle} ?",
                f"1 modèle, « {modele.nom} », ne servira plus. {question.DANS_LE_JOURNAL}",
                _retirer,
                (modele.id, genre.libelle),
                objet=quoi,
                icon=":material/undo:",
                key=f"modele.retirer.{n}",
            )


def derniers_changements() -> None:
    """The last templates put in place or taken out, to undo."""
    operations.dernieres(modeles.CHANGER, "Derniers changements de modèle")


def _manques(modele: ModeleVu, manques: list[str]) -> None:
    """What the house's own template has and this one has not: taken out on purpose, or come since."""
    if not manques:
        return
    with st.expander(f"Ce qu’il n’a pas du modèle de la maison ({len(manques)})", icon=":material/difference:"):
        st.caption("Rien à faire si c’est voulu. Sinon, recopiez dans Word ce qui manque, ou repartez de la maison.")
        st.code("\n".join(manques), language=None, wrap_lines=True)
        _telecharger("Télécharger celui de la maison", partial(de_la_maison, modele.genre), modele.genre, modele.id)


def _telecharger(libelle: str, octets: Callable[[], bytes], genre: GenreModele, n: int) -> None:
    st.download_button(
        libelle,
        octets,
        file_name=nom_de_fichier(f"Modèle - {genre.libelle}"),
        mime=WORD,
        on_click="ignore",
        key=f"{libelle}.{genre.value}.{n}",
        icon=":material/download:",
    )


def _retirer(id: int, libelle: str) -> None:
    with refusals("modeles"), writing() as (session, by):
        modeles.retirer(session, id=id, by=by)
    if not refused("modeles").erreurs:
        announce(f"{libelle} : votre modèle ne sert plus, le précédent est de retour.")


def deposer() -> GenreModele:
    """The form that tries a template and puts it in place; returns the kind chosen."""
    form = open_form("modele")
    with reading() as session:
        noms = {i.id: i.nom for i in instances.liste(session)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        genre = st.selectbox(
            "Document", list(GenreModele), format_func=lambda g: g.libelle, key="modele.genre", width="stretch"
        )
        st.selectbox(
            "Pour",
            [None, *noms],
            format_func=lambda i: noms.get(i, "Toutes les instances"),
            key="modele.instance",
            width="stretch",
        )
    field_error(form.jeton, "instance")
    st.file_uploader("Votre modèle Word (.docx)", type=["docx"], max_upload_size=5, key=key(form, "fichier"))
    field_error(form.jeton, "modele")
    field_error(form.jeton, "")
    st.button(
        "Essayer ce modèle et le mettre en place",
        type="primary",
        icon=":material/check:",
        key="modele.deposer",
        on_click=_deposer,
        args=(form.jeton,),
    )
    return genre or GenreModele.CONVOCATION


def _deposer(jeton: str) -> None:
    etat = on_screen()
    depose, genre = etat.get(f"{jeton}.fichier"), GenreModele(str(etat.get("modele.genre")))
    instance_id = etat.get("modele.instance")
    with refusals(jeton):
        require_agent(Droit.ECRIRE)
        if depose is None:
            raise Invalid({"modele": "Choisissez d’abord un fichier Word."})
        octets = depose.getvalue()
        modeles.controler(octets)
        essayer(genre, octets)
        with writing() as (session, by):
            modeles.deposer(
                session, genre=genre, instance_id=instance_id, nom=depose.name, octets=octets, now=utcnow(), by=by
            )
    if not refused(jeton).erreurs:
        open_form("modele", neuf=True)
        manque = " Il n’a pas tout ce que celui de la maison a : voyez sa ligne."
        announce(
            f"{genre.libelle} : votre modèle est en place."
            + (manque if oublies(genre, octets, de_la_maison(genre)) else "")
        )


def essayer(genre: GenreModele, octets: bytes) -> None:
    """Render the template with every field filled, then with empty lists, as a first meeting has.

    Raises:
        Invalid: it is broken; the sentence says where.
    """
    essais: Sequence[dict[str, Any]] = [exemple(genre)]
    if genre is GenreModele.RECUEIL:
        essais = [*essais, exemple(genre, restreint=False)]
    vides = {k: [] if isinstance(v, list) else v for k, v in essais[0].items()}
    word.essayer(octets, [*essais, vides], quand=utcnow())


def champs(genre: GenreModele) -> None:
    """The fields that may be written in that template."""
    with st.expander(f"Champs du modèle « {genre.libelle} »", icon=":material/data_object:"):
        st.markdown(
            "Écrivez un champ entre doubles accolades : `{{ reunion.date }}`. Pour une liste : "
            "`{%p for a in suites %}`, une ligne avec `{{ a.quoi }}`, puis `{%p endfor %}` ; dans un tableau, "
            "`{%tr for … %}` et `{%tr endfor %}` chacun seul sur sa ligne. Le plus sûr : partez du modèle téléchargé."
        )
        st.dataframe(
            [{"Champ": c, "Ce que c’est": q} for c, q in CHAMPS[genre].items()], hide_index=True, width="stretch"
        )
