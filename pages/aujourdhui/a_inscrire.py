"""Note a point from a call or a letter; see those that wait for the next meeting of their instance."""

from functools import partial
from itertools import groupby

import streamlit as st

from services.agenda import points, reunions
from services.agenda.points import PointVu
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import maintenant
from services.socle.temps import moment
from ui.commun.access import reading, require_agent, writing
from ui.commun.adresse import url_id
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, md, refusals, refused
from ui.commun.formulaire import forget, key, open_form, repris
from ui.releves.point import LIBELLES, carry_over, en_texte, form_point, ligne, sent, warnings_of

agent = require_agent()
now = maintenant()


def enregistrer(form: Formulaire, point: PointVu | None) -> None:
    """Note the point, or change it. What looks personal is said, never refused."""
    champs, alertes = sent(form), warnings_of(form)
    with refusals(form.jeton), writing() as (session, by):
        if point is None:
            points.noter(session, **champs, jeton=form.jeton, by=by)
        else:
            points.modifier(session, id=point.id, version=form.version or 0, **champs, jeton=form.jeton, by=by)
    if refused(form.jeton).erreurs:
        return
    announce("Point noté : il attend la prochaine réunion." if point is None else "Point modifié.")
    for phrase in alertes:
        announce(phrase, icon=":material/privacy_tip:")
    st.query_params.pop("point", None)


def ouvrir(point: PointVu | None) -> None:
    """Show the form of this point, on its fresh version; None: the empty form."""
    if point is None:
        st.query_params.pop("point", None)
        return
    open_form("point", objet_id=point.id, version=point.version, neuf=True)
    st.query_params["point"] = str(point.id)


def annuler(form: Formulaire) -> None:
    """Leave the point as it is."""
    forget(form.jeton)
    ouvrir(None)


st.title("À inscrire")
with reading() as session:
    attendus = points.a_inscrire(session)
    prochaines = {
        i: reunions.prochaines(session, now=now, instance_id=i, limite=1)
        for i in {p.instance_id for p in attendus if p.instance_id is not None}
    }
demande = url_id("point")
modifie = next((p for p in attendus if p.id == demande), None)
if demande and not modifie:
    carry_over(demande)
    st.query_params.pop("point")

with st.container(border=True):
    if modifie:
        form = fresh_form("point", modifie.id, modifie.version, "lieu")
        st.header("Modifier le point")
    else:
        form = open_form("point")
        st.caption("D’un appel ou d’un courrier : le point attend la prochaine réunion de son instance.")
    repris(form)
    form_point(form, modifie)
    with st.container(horizontal=True):
        verbe = "Enregistrer" if modifie else "Noter le point"
        st.button(verbe, type="primary", key=key(form, "ok"), on_click=enregistrer, args=(form, modifie))
        if modifie:
            st.button("Annuler", key=key(form, "annuler"), on_click=annuler, args=(form,))
    garder = partial(enregistrer, point=modifie)
    deux_textes(form, libelles=LIBELLES, garder=garder, miens=partial(en_texte, form))
    for phrase in warnings_of(form):
        st.warning(md(phrase), icon=":material/privacy_tip:")

for (instance_id, instance), groupe in groupby(attendus, key=lambda p: (p.instance_id, p.instance)):
    with st.container(border=True, gap="small"):
        suivante = prochaines.get(instance_id or 0)
        quand = moment(suivante[0].debut, annee_de=now.date()) if suivante else "aucune date au calendrier"
        st.markdown(f"**{md(instance or 'Sans instance')}** :gray[· prochaine réunion : {quand}]")
        for point in groupe:
            ligne(point, modifier=ouvrir if agent.peut(Droit.ECRIRE) else None)
if not attendus:
    st.caption("Aucun point n’attend. Ceux que vous noterez seront rangés ici, par instance, jusqu’à leur réunion.")
