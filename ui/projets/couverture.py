"""What the screens of «13-18» share: a collège's steps changed in place, its row, one form open at a time."""

from collections.abc import Iterable
from functools import partial

import streamlit as st

from models.lists import EtatSeance, SensEtape, Volet
from services.partenaires import fiches
from services.partenaires.inattendus import Venu
from services.projets import participations, seances
from services.projets.etapes import EtapeVue
from services.projets.participations import Avertissement, Bilan, BilanImporte, ParticipationVue
from services.socle.periodes import nom_annee_scolaire
from services.socle.temps import jour
from services.socle.texte import accord
from ui.commun import suite
from ui.commun.access import reading, writing
from ui.commun.adresse import cle
from ui.commun.charts import nombre
from ui.commun.feedback import announce, field_error, md, named, refusals, refused
from ui.commun.formulaire import on_screen
from ui.commun.navigation import page_path
from ui.partenaires.inattendu import inattendu

COUVERTURE = page_path("projets/questions_de_justice.py")
COLLEGE = page_path("projets/college_13_18.py")
SEMAINE = page_path("projets/semaine_13_18.py")
COULEUR_SENS = {
    SensEtape.DEBUT: "gray",
    SensEtape.EN_COURS: "blue",
    SensEtape.ABOUTI: "green",
    SensEtape.REFUSE: "red",
}
COULEUR_ETAT = {
    EtatSeance.PREVUE: "blue",
    EtatSeance.REALISEE: "green",
    EtatSeance.REPORTEE: "orange",
    EtatSeance.ANNULEE: "red",
}
ICONE_ETAT = {
    EtatSeance.PREVUE: ":material/event:",
    EtatSeance.REALISEE: ":material/check_circle:",
    EtatSeance.REPORTEE: ":material/event_repeat:",
    EtatSeance.ANNULEE: ":material/block:",
}
_SIGNE = {SensEtape.DEBUT: "○", SensEtape.EN_COURS: "◐", SensEtape.ABOUTI: "●", SensEtape.REFUSE: "✕"}


# --- a collège -------------------------------------------------------------------------------------------------------


def _changer_etape(p: ParticipationVue, volet: Volet) -> None:
    etape = on_screen().get(cle(f"etape{p.id}", volet.value))
    with refusals(f"13-18:{p.id}"), writing() as (session, by):
        participations.changer_etape(session, id=p.id, volet=volet, etape_id=etape, version=p.version, by=by)


def etape(p: ParticipationVue, volet: Volet, choix: Iterable[EtapeVue], *, nommer: bool, fige: bool = False) -> None:
    """The step where a collège stands, changed in one choice."""
    actuelle = p.etapes[volet]
    etapes = {e.id: e for e in choix}
    if actuelle.id not in etapes:  # archived meanwhile
        etapes = {actuelle.id: actuelle} | etapes
    k = cle(f"etape{p.id}", volet.value)
    if st.session_state.get(k) != actuelle.id:
        st.session_state[k] = actuelle.id  # also brings back what a refusal left wrong
    st.selectbox(
        volet.libelle if nommer else f"{volet.libelle}, {md(p.college)}",
        list(etapes),
        format_func=lambda i: f"{_SIGNE[etapes[i].sens]} {etapes[i].libelle}",
        key=k,
        placeholder="Choisir une étape",
        label_visibility="visible" if nommer else "collapsed",
        width=150,
        disabled=fige,
        on_change=_changer_etape,
        args=(p, volet),
    )


def retards(p: ParticipationVue) -> str:
    """A badge for each step that is late."""
    return " ".join(
        f":red-badge[:material/schedule: {volet.libelle} : en retard depuis le {limite:%d/%m}]"
        for volet, limite in p.retards.items()
    )


def _comptes(p: ParticipationVue) -> str:
    eleves = "effectif inconnu" if p.eleves is None else accord(p.eleves, "élève")
    textes = [accord(p.classes, "classe"), eleves] if p.classes else ["aucune classe"]
    if p.seances_prevues:
        textes.append(f"{accord(p.seances_realisees, 'séance')} sur {p.seances_prevues}")
    if p.premiere:
        textes.append(f"première {jour(p.premiere.date())}")
    return " · ".join(textes)


def ligne(p: ParticipationVue, etapes: dict[Volet, list[EtapeVue]], *, ouvrable: bool, modifiable: bool) -> None:
    """A collège of the year: name and figures, then its three steps."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"college13-{p.id}"):
        comptes = f"  \n:small[:gray[{_comptes(p)}]] {retards(p)}".rstrip()
        titre = f"**{md(p.college)}**"
        if not modifiable:
            titre += "".join(
                f" :{COULEUR_SENS[e.sens]}-badge[{volet.libelle} : {md(e.libelle)}]" for volet, e in p.etapes.items()
            )
        if ouvrable:
            query = {"participation": str(p.id)}
            st.page_link(COLLEGE, label=titre + comptes, icon="", query_params=query, width="stretch")
        else:
            st.markdown(titre + comptes, width="stretch")
        for volet in Volet if modifiable else ():
            etape(p, volet, etapes[volet], nommer=False)
    field_error(f"13-18:{p.id}", "")


# --- a year ----------------------------------------------------------------------------------------------------------


def chiffres(b: Bilan, avant: Bilan, annee: int) -> None:
    """Coverage at a glance, last year's figure under each."""
    an_dernier = nom_annee_scolaire(annee - 1)

    def sur(n: int | None, total: int | None) -> str:
        return ou_inconnu(n) if total is None else f"{ou_inconnu(n)} sur {total}"

    def ou_inconnu(n: int | None) -> str:
        return "inconnu" if n is None else nombre(n)

    with st.grid(4, min_column_width=190, gap="small"):
        for nom, valeur, passee in (
            ("Collèges participants", sur(b.participants, b.invites), sur(avant.participants, avant.invites)),
            ("Classes", ou_inconnu(b.classes), ou_inconnu(avant.classes)),
            ("Élèves de ces classes", ou_inconnu(b.eleves), ou_inconnu(avant.eleves)),
            (
                "Séances réalisées",
                sur(b.seances_realisees, b.seances_prevues),
                sur(avant.seances_realisees, avant.seances_prevues),
            ),
        ):
            delta = f"{passee} en {an_dernier}" if avant.invites else f"rien de connu en {an_dernier}"
            st.metric(nom, valeur, delta=delta, delta_color="off", delta_arrow="off", border=True)
    if avant.importes:
        st.caption(f":material/upload_file: {an_dernier} : d’après le bilan importé.")


def imports(bilans: Iterable[BilanImporte], *, modifiable: bool) -> None:
    """The collèges of a year known by its totals."""
    with st.container(border=True, gap="xsmall"):
        st.caption(":material/upload_file: D’après le bilan importé : des totaux, sans classes ni séances.")
        for b in bilans:
            dits = ((b.classes, "classe"), (b.eleves, "élève"), (b.presents, "présent"), (b.seances, "séance"))
            textes = [accord(n, mot) for n, mot in dits if n is not None]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{md(b.college)}**  \n:small[:gray[{' · '.join(textes)}]]", width="stretch")
                if modifiable:
                    st.button(
                        named("Retirer", b.college),
                        key=f"retirer.{b.id}",
                        type="tertiary",
                        icon=":material/delete:",
                        on_click=_retirer_bilan,
                        args=(b,),
                    )


def _retirer_bilan(b: BilanImporte) -> None:
    nom = f"13-18:{b.annee}"
    with refusals(nom), writing() as (session, by):
        participations.retirer_bilan(session, id=b.id, by=by)
    if not refused(nom).erreurs:
        announce(f"{b.college} : bilan de {nom_annee_scolaire(b.annee)} retiré.")


def a_surveiller(trouves: list[Avertissement], *, ouvrable: bool) -> None:
    """The warnings of the year, by collège, folded when there are many."""
    if not trouves:
        return
    with st.expander(f"À surveiller ({len(trouves)})", icon=":material/warning:", expanded=len(trouves) <= 4):
        par_college: dict[tuple[int, str], list[str]] = {}
        for a in trouves:
            par_college.setdefault((a.participation_id, a.college), []).append(a.phrase)
        for (id, college), phrases in par_college.items():
            texte = f"**{md(college)}** – {md(' '.join(phrases))}"
            if ouvrable:
                query = {"participation": str(id)}
                st.page_link(COLLEGE, label=texte, icon="", query_params=query, width="stretch")
            else:
                st.markdown(texte)


def inviter(annee: int, college_ids: list[int] | None = None) -> None:
    """In a callback: invite these collèges, or all of them."""
    nom = f"13-18:{annee}"
    n = 0
    with refusals(nom), writing() as (session, by):
        n = participations.inviter(session, annee=annee, college_ids=college_ids, by=by)
    if n:  # a second click invites nobody
        announce(f"{accord(n, 'collège')} invité{'s' if n > 1 else ''} pour {nom_annee_scolaire(annee)}.")


# --- structures ------------------------------------------------------------------------------------------------------


def structures_offertes(college_id: int, choisies: Iterable[int], *, key: str) -> dict[int, str]:
    """What a choice of structures offers: those already chosen, what the search box drawn here finds, likely ones."""
    texte = st.text_input(
        "Chercher une autre structure",
        key=key,
        type="search",
        live="200ms",
        placeholder="Autre structure…",
        width=220,
    )
    with reading() as session:
        noms = fiches.noms(session, ids=choisies)
        n = suite.montres(f"{key}.{texte}", 8)
        trouvees = fiches.choix(session, texte=texte, limite=n) if texte else []
        total = fiches.combien(session, texte=texte) if len(trouvees) == n else 0
        probables = seances.structures_probables(session, college_id=college_id)
    if texte and not trouvees:
        st.caption("Aucun partenaire ne correspond : essayez un autre mot, ou ajoutez-le.")
    if texte:
        inattendu(
            "structure", place=f"{key}.inattendu", objet_id=college_id, cherche=texte, apres=partial(_chercher, key)
        )
    suite.autres(f"{key}.{texte}", len(trouvees), total)
    return noms | {x.id: x.nom for x in [*trouvees, *probables] if x.id not in noms}


def _chercher(key: str, venu: Venu) -> None:
    """The choice of structures offers the one that was just noted."""
    with reading() as session:
        st.session_state[key] = fiches.noms(session, ids=[venu.partenaire_id])[venu.partenaire_id]
    st.session_state[f"{key}.inattendu"] = False
