"""What will leave, shown before it does: to whom, under which subject, with which words and files; then one click."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from documents.icalendrier import invitation
from models.lists import EtatReunion, GenreEnvoi, GenreModele
from services.agenda.reunions import ReunionVue
from services.convocation import composition, convocations, courriers, destinataires
from services.convocation.convocations import Acte, Apercu, Options
from services.convocation.courriers import ancienne_date
from services.convocation.destinataires import Cle, Convie
from services.courrier import envois, expedition
from services.courrier.messages import Piece
from services.socle import temps, vigilance
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import civil, maintenant
from services.socle.texte import accord
from settings import get_settings
from ui.commun import adresse
from ui.commun.access import reading, require_agent, writing
from ui.commun.feedback import announce, field_error, md, refusals
from ui.commun.formulaire import key, open_form, values
from ui.convocation import documents

_FENETRE = "convocation.fenetre"
_RELU = "convocation_relu"  # the words whose warning was shown
_TITRES = {Acte.ENVOYER: "Ce qui va partir", Acte.RENVOYER: "Envoyer de nouveau", Acte.RELANCER: "Relancer"}


@dataclass(frozen=True)
class Fenetre:
    """What is open over the screen of this meeting."""

    reunion_id: int
    acte: Acte
    form: Formulaire


def fenetre() -> Fenetre | None:
    """What is open now."""
    ouverte: Fenetre | None = adresse.posee(_FENETRE)
    return ouverte


def ouvrir(reunion_id: int, acte: Acte) -> None:
    """In a callback: show what would leave."""
    form = open_form(f"convocation.{acte}", objet_id=reunion_id, neuf=True)
    adresse.poser(_FENETRE, Fenetre(reunion_id, acte, form))


def fermer() -> None:
    adresse.poser(_FENETRE, None)


def montrer(r: ReunionVue, now: datetime) -> None:
    """Draw what is open, if anything. Last on the screen."""
    ouverte = fenetre()
    if ouverte is None or ouverte.reunion_id != r.id:
        return

    @st.dialog(_TITRES[ouverte.acte], width="large", on_dismiss=fermer)
    def dialogue() -> None:
        if fenetre() is None:
            st.rerun()
        else:
            _corps(ouverte, now)

    dialogue()


def _corps(f: Fenetre, now: datetime) -> None:
    seulement = _choisis(f, now) if f.acte is Acte.RENVOYER else None
    if seulement == ():
        st.caption("Choisissez à qui envoyer de nouveau : vous verrez ce qui partira, et quand chacun l’a déjà reçu.")
        return
    options = _options(f, seulement)
    with reading() as session:
        vu = convocations.apercu(session, reunion_id=f.reunion_id, acte=f.acte, options=options, now=now)
    for champ in ("", "modele", "courriel"):
        field_error(f.form.jeton, champ)
    if vu.refus:
        st.warning(md(vu.refus), icon=":material/block:")
    else:
        _dire_les_suites(vu)
    _laisses(vu)
    if vu.refus:
        return
    _reglages(f, vu)
    _messages(vu)
    n = accord(len(vu.departs), "message")
    if envois.relais():
        st.caption("Un message parti ne se rappelle pas : une erreur se corrige par un autre message.")
    st.button(
        f"Envoyer {n}" if envois.relais() else f"Préparer {n}",
        type="primary",
        icon=":material/send:",
        key=key(f.form, "envoyer"),
        on_click=_envoyer,
        args=(f, vu.empreinte, options.seulement),
    )


def _dire_les_suites(vu: Apercu) -> None:
    """What this act does beyond sending."""
    annulation = all(d.genre is GenreEnvoi.ANNULATION for d in vu.departs)
    if not annulation and courriers.lieu_a_confirmer(vu.reunion):
        salle = vu.reunion.salle.libelle.lower()
        st.warning(
            f"La salle est {salle} : les messages diront « {courriers.A_CONFIRMER} ».", icon=":material/meeting_room:"
        )
    elif not annulation and vu.reunion.lieu_id is None:
        st.warning("Le lieu n’est pas fixé : les messages diront « à préciser ».", icon=":material/meeting_room:")
    if vu.reunion.etat is EtatReunion.BROUILLON:
        st.info("La réunion est en brouillon : l’envoi la fait passer à « Convoquée ».", icon=":material/info:")
    anciennes = [
        d.convie
        for d in vu.departs
        if d.genre is GenreEnvoi.MISE_A_JOUR
        and d.convie.repondu_le
        and d.convie.dit
        and ancienne_date(d.convie.dit.annonce, vu.reunion.debut, vu.reunion.fin)
    ]
    if anciennes:
        st.info("Les réponses données à l’ancienne date sont effacées.", icon=":material/restart_alt:")
    deja = [d.convie for d in vu.departs if vu.acte is Acte.RENVOYER and d.convie.informe]
    if deja:
        lignes = "\n".join(f"- {md(c.a_qui)} : {_quand(c)}" for c in deja)
        st.warning(f"Ces destinataires l’ont déjà reçue :\n\n{lignes}", icon=":material/forward_to_inbox:")
    rappeles = [d.convie for d in vu.departs if vu.acte is Acte.RELANCER and d.convie.rappele_le]
    if rappeles:
        lignes = "\n".join(f"- {md(c.a_qui)} : {temps.moment(civil(c.rappele_le))}" for c in rappeles if c.rappele_le)
        st.warning(f"Déjà relancés :\n\n{lignes}", icon=":material/notifications:")


def _quand(c: Convie) -> str:
    if c.dit is None:
        return ""
    par = f", par {md(c.dit.par)}" if c.dit.par else ""
    return f"{temps.moment(civil(c.dit.quand))}{par}"


def _laisses(vu: Apercu) -> None:
    """Whom nothing would reach, and why."""
    douteux = [d.convie for d in vu.departs if d.convie.doute]
    if douteux:
        noms = "\n".join(f"- {md(c.a_qui)} ({md(c.personne or c.courriel)}) : {c.doute.lower()}" for c in douteux)
        st.warning(f"À vérifier avant d’envoyer :\n\n{noms}", icon=":material/help:")
    for titre, groupe in (("Sans adresse", vu.sans_adresse), ("Adresse en erreur", vu.en_erreur)):
        if groupe:
            noms = ", ".join(md(c.a_qui) for c in groupe)
            st.markdown(f":orange-badge[:material/alternate_email: {titre} ({len(groupe)})] {noms}")


def _choisis(f: Fenetre, now: datetime) -> tuple[Cle, ...]:
    """Whom to write to again: nobody is chosen at first."""
    with reading() as session:
        s = convocations.situation(session, reunion_id=f.reunion_id, now=now)
    connus = {c.cle: c for c in s.appeles}
    choisis = st.pills(
        "À qui ?",
        list(connus),
        format_func=lambda cle: md(connus[cle].a_qui),
        selection_mode="multi",
        key=key(f.form, "qui"),
        wrap=True,
    )
    return tuple(choisis or ())


def _reglages(f: Fenetre, vu: Apercu) -> None:
    """What goes with the words of the instance. The text area waits for the click, which carries it along."""
    annulation = all(d.genre is GenreEnvoi.ANNULATION for d in vu.departs)
    joindre = False
    if not annulation and f.acte is not Acte.RELANCER:
        with st.container(horizontal=True, gap="medium"):
            joindre = st.checkbox("Joindre la convocation Word", value=True, key=key(f.form, "word"))
            st.checkbox("Écrire l’ordre du jour dans le message", key=key(f.form, "odj"))
    if not joindre and any(courriers.annonce_une_piece(d.texte) for d in vu.departs):
        st.warning(
            "Le texte annonce une pièce jointe, et rien n’est joint : joignez la convocation Word, ou corrigez-le.",
            icon=":material/attach_file_off:",
        )
    st.text_area(
        "Mot ajouté après la première phrase (facultatif)",
        key=key(f.form, "mot"),
        height=68,
        placeholder="Par exemple : la salle est fermée, une autre date vous sera proposée"
        if annulation
        else "Par exemple : accueil café à partir de 13 h 45",
        on_change="ignore",
    )
    if annulation and vu.reunion.motif:
        st.caption(f"Motif noté dans le carnet, qui ne part pas : {md(vu.reunion.motif)}")
    field_error(f.form.jeton, "mot")
    for phrase in vigilance.avertissements(str(values(f.form, "mot")["mot"] or "")):
        st.warning(f"{md(phrase)} S’il doit partir tel quel, envoyez.", icon=":material/privacy_tip:")


def _options(f: Fenetre, seulement: tuple[Cle, ...] | None) -> Options:
    lu = values(f.form, "odj", "mot")
    return Options(ordre_du_jour=bool(lu["odj"]), mot=str(lu["mot"] or ""), seulement=seulement)


def _messages(vu: Apercu) -> None:
    """To whom, at which address; beside it the words, once for each kind of message."""
    gauche, droite = st.columns([2, 3])
    gauche.markdown(f"**{accord(len(vu.departs), 'message')}, un par destinataire**")
    lignes = [f"{md(d.convie.a_qui)}  \n:small[:gray[{md(d.convie.courriel)}]]" for d in vu.departs]
    with gauche.container(height=250, border=False, gap="xsmall"):
        for ligne in lignes:
            st.markdown(ligne)
    montres: dict[tuple[str, str], GenreEnvoi] = {}
    for d in vu.departs:
        montres.setdefault((d.objet, d.texte), d.genre)
    with droite.container(height=285, border=True):
        for (objet, texte), genre in montres.items():
            st.markdown(f":material/mail: **{md(objet)}**")
            st.text(texte)
            if genre is GenreEnvoi.ANNULATION:
                st.caption(":material/event_busy: Avec de quoi retirer la réunion de leur agenda.")
            elif genre is not GenreEnvoi.RAPPEL:
                st.caption(":material/event: Avec l’invitation pour l’agenda (Outlook, Thunderbird, téléphones).")


def _envoyer(f: Fenetre, empreinte: str, seulement: tuple[Cle, ...] | None) -> None:
    lu = values(f.form, "word", "odj", "mot")
    options = Options(ordre_du_jour=bool(lu["odj"]), mot=str(lu["mot"] or ""), seulement=seulement)
    ids: list[int] | None = None
    if vigilance.avertissements(options.mot) and st.session_state.get(_RELU) != options.mot:
        st.session_state[_RELU] = options.mot  # said under the words, before they leave: the next click sends
        return
    with refusals(f.form.jeton):
        now = maintenant()
        pieces = _pieces(f, now) if lu["word"] and f.acte is not Acte.RELANCER else _sans_piece
        with writing() as (session, by):
            ids = convocations.envoyer(
                session,
                reunion_id=f.reunion_id,
                acte=f.acte,
                options=options,
                empreinte=empreinte,
                calendrier=partial(invitation, zone=get_settings().zone),
                pieces=pieces,
                jeton=f.form.jeton,
                now=now,
                by=by,
            )
    if ids is None:
        return
    fermer()
    if not ids:
        return  # the same click again: said already
    if envois.relais():
        expedition.lancer(ids=ids)
        announce(f"{accord(len(ids), 'message')} en route : suivez l’envoi dans le journal.")
    else:
        prets = "prêts : envoyez-les" if len(ids) > 1 else "prêt : envoyez-le"
        announce(f"{accord(len(ids), 'message')} {prets} avec votre messagerie.")


def _sans_piece(_: Convie) -> Sequence[Piece]:
    return ()


def _pieces(f: Fenetre, now: datetime) -> Callable[[Convie], Sequence[Piece]]:
    """The Word letter, made before anything is locked: one for all who are convoqués, one for each who is invited."""
    by = require_agent(Droit.ECRIRE)
    with writing() as (session, _):
        composition.figer(session, reunion_id=f.reunion_id, today=now.date())
    with reading() as session:
        convies = [c for c in destinataires.gardes(session, reunion_id=f.reunion_id) if c.retenu]
        preparer = partial(
            documents.preparer,
            session,
            reunion_id=f.reunion_id,
            genre=GenreModele.CONVOCATION,
            today=now.date(),
            by=by,
        )
        invites = {c.cle: preparer(destinataire_id=c.id) for c in convies if c.invite}
        premier = next((c for c in convies if not c.invite), None)
        pour_tous = preparer(destinataire_id=None) if premier else None
    lettres = {cle: [a.faire()] for cle, a in invites.items()}
    commune = [pour_tous.faire()] if pour_tous else []
    return lambda c: lettres.get(c.cle, commune)
