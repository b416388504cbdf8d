"""A partenaire (`?id=`): how to reach it, its people, the meetings it came to, what it pilots, where it sits."""

import streamlit as st

from models.lists import EtatPresence
from services.actions import suivi
from services.partenaires import fiches, personnes, verification, vitalite
from services.socle import temps
from services.socle.acteur import Droit
from services.socle.horloge import aujourdhui, utcnow
from services.socle.texte import accord
from ui.actions.lignes import lien_du_pilote
from ui.commun import suite
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import intituler, url_id
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.navigation import page_path
from ui.partenaires import reseau
from ui.partenaires.fiche import ANNUAIRE, EDITION, PERSONNE, badges, coordonnees, nulle_part, personne
from ui.partenaires.verification import annulable, erreur_verification, verifiee

agent = require_agent()
today = aujourdhui()
partenaire_id = url_id("id", dire=False)
if partenaire_id is None:
    nulle_part()

with reading() as session:
    p = fiches.get(session, id=partenaire_id)
    verifiee_par = verification.par(session, id=p.id, le=p.verifie_le) if p.verifie_le else ""
    fonctions = personnes.du_partenaire(session, partenaire_id=p.id, today=today)
    sieges = personnes.sieges(session, partenaire_id=p.id, today=today)
    v = vitalite.du_partenaire(session, id=p.id, today=today)
    venues = vitalite.venues(session, id=p.id, today=today)
    pilotees = suivi.du_partenaire(session, partenaire_id=p.id, today=today)
intituler(p.nom)
ecrit = agent.peut(Droit.ECRIRE)
FORM = f"fiche.{p.id}"


def ranger() -> None:
    """Archive, or take out of the archive."""
    with refusals(FORM), writing() as (session, by):
        if p.archive_le:
            fiches.restaurer(session, id=p.id, version=p.version, by=by)
        else:
            fiches.archiver(session, id=p.id, version=p.version, now=utcnow(), by=by)
    if not refused(FORM).erreurs:
        announce(f"{p.nom} : {'de retour dans le carnet' if p.archive_le else 'archivé'}.")


st.page_link(ANNUAIRE, label="Partenaires", icon=":material/arrow_back:")
st.title(md(p.nom), anchor=False)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.markdown(f"{badges(p, today)} {reseau.absence(v)}", width="content")
    if ecrit:
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            verifiee(p.id, p.version, p.verifie_le, today)
            st.page_link(EDITION, label="Modifier", icon=":material/edit:", query_params={"id": str(p.id)})
            geste, icone = ("Restaurer", "unarchive") if p.archive_le else ("Archiver", "archive")
            st.button(geste, icon=f":material/{icone}:", on_click=ranger, key=f"ranger.{p.id}", type="tertiary")
field_error(FORM, "")
erreur_verification(p.id)

coordonnees(p)
quand = f"Fiche vérifiée le {temps.jour(p.verifie_le, annee_de=today)}" if p.verifie_le else "Jamais vérifiée"
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(f"{quand} par {md(verifiee_par)}" if verifiee_par else quand, width="content")
    if ecrit:
        annulable(p.id, p.version, p.verifie_le, today)

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.header("Personnes", width="content", anchor=False)
    if ecrit:
        vers = {"partenaire": str(p.id)}
        st.page_link(PERSONNE, label="Ajouter une personne", icon=":material/person_add:", query_params=vers)
passees = [f for f in fonctions if f.finie(today)]
for f in fonctions:
    if not f.finie(today):
        personne(f, today=today, gestes=ecrit)
if len(passees) == len(fonctions):
    st.caption("Personne en fonction pour le moment. Ajoutez la personne que le service contacte.")
if passees:
    with st.expander(f"Fonctions passées ({len(passees)})"):
        for f in passees:
            personne(f, today=today, gestes=ecrit)

st.header(f"Actions ouvertes {reseau.nombres(v)}", anchor=False)
for a in pilotees:
    retard = f":red-badge[{temps.retard(a.echeance, today)}]" if a.retard_jours else ""
    detail = " · ".join(t for t in (f"pour {temps.jour(a.echeance, annee_de=today)}", md(a.instance)) if t)
    st.markdown(f"{md(a.quoi)} :gray-badge[{a.etat.libelle}] {retard} :gray[{detail}]")
if reste := v.ouvertes - len(pilotees):
    st.caption(f"Et {accord(reste, 'autre')}, aux échéances plus lointaines :")
if pilotees:
    lien_du_pilote(p.id)
else:
    st.caption("Aucune action ouverte pilotée par ce partenaire.")

gauche, droite = st.columns(2, gap="large")
with gauche, st.container(gap="xsmall"):
    st.header("Réunions", anchor=False)
    st.caption(reseau.presence(v, today))
    visibles = venues[: suite.montres(f"venues.{p.id}", 8)]
    for r in visibles:
        par = f" par {md(r.remplacant)}" if r.remplacant else ""
        presence = f" :gray-badge[Représenté{par}]" if r.presence is EtatPresence.REPRESENTE else ""
        libelle = f"{temps.jour(r.debut.date(), annee_de=today)} · {md(r.titre)}{presence}"
        st.page_link(
            page_path("aujourdhui/releve.py"), label=libelle, icon="", query_params={"reunion": str(r.reunion_id)}
        )
    suite.autres(f"venues.{p.id}", len(visibles), len(venues))
with droite, st.container(gap="xsmall"):
    st.header("Sièges", anchor=False)
    for s in sieges:
        vers = {"instance": str(s.instance_id)}
        st.page_link(
            page_path("agenda/instances.py"), label=md(s.instance), icon=":material/groups:", query_params=vers
        )
        if tenu := " · ".join(t for t in (s.fonction, s.personne) if t):
            st.caption(md(tenu))
    if not sieges:
        st.caption("Ce partenaire ne siège dans aucune instance.")
