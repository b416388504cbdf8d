"""Someone at a partenaire: add (`?partenaire=`), or replace, end, correct (`?fonction=&geste=`)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from services.partenaires import autres_coordonnees, fiches, mouvements, personnes
from services.partenaires.personnes import Identite
from services.socle.acteur import Droit
from services.socle.brouillons import Formulaire
from services.socle.horloge import aujourdhui
from ui.commun.access import reading, require_agent, writing
from ui.commun.conflit import deux_textes, fresh_form
from ui.commun.feedback import announce, field_error, md, refusals, refused
from ui.commun.formulaire import forget, repris, values
from ui.partenaires import fiche as ecran

require_agent(Droit.ECRIRE)
today = aujourdhui()
fonction_id, partenaire_id = ecran.url_id("fonction", dire=False), ecran.url_id("partenaire", dire=False)
geste = str(st.query_params.get("geste", "")) if fonction_id else "ajouter"
# What can be done -> title, button, what is said once it is done.
GESTES = {
    "ajouter": ("Ajouter une personne", "Enregistrer", "Personne ajoutée"),
    "remplacer": ("Remplacer par…", "Enregistrer le remplacement", "Remplacement enregistré"),
    "terminer": ("Terminer une fonction", "Terminer la fonction", "Fonction terminée"),
    "rester": ("Annuler ce départ", "Oui, cette personne reste", "Départ annulé"),
    "corriger": ("Corriger", "Enregistrer", "Correction enregistrée"),
}
IDENTITE = ("nom", "prenom", "courriel", "telephone")
if geste not in GESTES or (fonction_id is None and partenaire_id is None):
    ecran.nulle_part()
titre, bouton, fait = GESTES[geste]

with reading() as session:
    f = personnes.fonction(session, id=fonction_id) if fonction_id else None
    fiche = fiches.get(session, id=f.partenaire_id if f else partenaire_id or 0)
    sieges = [s for s in personnes.sieges(session, partenaire_id=fiche.id, today=today) if f and s.fonction_id == f.id]
version, objet_id = (f.version, f.id) if f else (None, fiche.id)
temoin = "fin" if geste == "terminer" else "nom"
form = fresh_form(f"personne.{geste}", objet_id, version, temoin)
if geste != "corriger":  # only a correction holds what the person was: the others act on what is shown
    form = replace(form, version=version)


def lue() -> tuple[Identite, str, date | None, date | None]:
    """The person, the function and its dates, as the fields hold them."""
    v = values(form, *IDENTITE, "intitule", "debut", "fin")
    debut, fin = (d if isinstance(d, date) else None for d in (v["debut"], v["fin"]))
    qui: dict[str, Any] = {c: str(v[c] or "") for c in IDENTITE}
    return Identite(**qui, autres=ecran.autres_saisies(form)), str(v["intitule"] or ""), debut, fin


def enregistrer(form: Formulaire = form, *, personne_id: int | None = None, confirme: bool = False) -> None:
    """Do what the screen is for, then go back to the page of the partenaire."""
    identite, intitule, debut, fin = lue()
    version = form.version or 0
    tout: dict[str, Any] = {"intitule": intitule, "jeton": form.jeton}
    qui: dict[str, Any] = {"identite": None if personne_id else identite, "personne_id": personne_id}
    with refusals(form.jeton), writing() as (session, by):
        tout |= {"by": by}
        if f is None:
            mouvements.creer(session, partenaire_id=fiche.id, debut=debut, confirme=confirme, **qui, **tout)
        elif geste == "remplacer":
            qui |= {"le": debut, "today": today, "confirme": confirme}
            mouvements.remplacer(session, fonction_id=f.id, version=version, **qui, **tout)
        elif geste == "rester":
            mouvements.annuler_depart(session, fonction_id=f.id, version=version, today=today, by=by)
        elif geste == "terminer":
            mouvements.terminer(session, fonction_id=f.id, version=version, fin=fin, today=today, by=by)
        else:
            tout |= {"identite": identite, "debut": debut, "version": version}
            mouvements.modifier(session, fonction_id=f.id, **tout)
    if not refused(form.jeton).erreurs:
        forget(form.jeton)  # ending a function takes no token
        announce(f"{fait} : {fiche.nom}.")
        ecran.quitter_pour_fiche(fiche.id)


st.page_link(ecran.FICHE, label=md(fiche.nom), icon=":material/arrow_back:", query_params={"id": str(fiche.id)})
ecran.titre(titre, de=fiche.nom)
ecran.annonce(f, geste, [s.instance for s in sieges], today)

identite, intitule, debut, _ = lue()
jour = f"{debut:%d/%m/%Y}" if debut else ""
miens = {c: getattr(identite, c) for c in IDENTITE} | {"intitule": intitule, "debut": jour}
miens["autres"] = autres_coordonnees.en_texte(identite.autres)
repris(form)

champs, voisins = st.columns([3, 1.6], gap="large")
with champs:
    if geste == "terminer":
        ecran.champ_jour(form, "fin", "Dernier jour", today)
    elif geste != "rester":
        connu = f if f and geste == "corriger" else None
        libelle = "À partir du" if geste == "remplacer" else "Depuis le"
        with st.grid(2, min_column_width=240, gap="small"):  # line by line, as Tab goes
            ecran.champ_texte(form, "prenom", connu.prenom if connu else "", live=not connu)
            ecran.champ_texte(form, "nom", connu.nom if connu else "", live=not connu)
            ecran.champ_texte(form, "intitule", f.intitule if f else "", placeholder="Par exemple : principal")
            lendemain = f.fin + timedelta(days=1) if f and f.fin and geste == "remplacer" else today
            ecran.champ_jour(form, "debut", libelle, connu.debut if connu else lendemain)
            ecran.champ_texte(form, "telephone", connu.telephone if connu else "")
            ecran.champ_texte(form, "courriel", connu.courriel if connu else "")
        ecran.autres_coordonnees(form, connu.autres if connu else ())
    ecran.boutons(form, bouton, enregistrer, retour=fiche.id)
    if geste == "corriger":
        siens = {c: ecran.LIBELLES[c] for c in miens}
        deux_textes(form, libelles=siens, garder=enregistrer, miens=lambda: miens)
    else:
        field_error(form.jeton, "")

if geste in ("ajouter", "remplacer"):
    with voisins, reading() as session:
        if semblables := personnes.doublons_probables(session, identite=identite, today=today):
            ecran.personnes_semblables(form, semblables, ajouter=enregistrer)
