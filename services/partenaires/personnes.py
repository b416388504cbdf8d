"""People at partner organisations, and the dated functions they hold there. Professionals only, never residents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlmodel import Session, col, select

from models import Coordonnee, Fonction, Instance, Partenaire, Personne, Siege
from models.lists import GenreCoordonnee
from services.partenaires import autres_coordonnees, fiches, fonctions
from services.partenaires import sieges as places
from services.partenaires.autres_coordonnees import Autre
from services.socle import brouillons, chargement, journal, pli
from services.socle.acteur import Acteur, Droit, require
from services.socle.coordonnees import courriel_valide, requete, telephone_valide
from services.socle.erreurs import BusinessError, Duplicate, Invalid
from services.socle.texte import clean, folded, like_patterns

_RESSEMBLANCE = 90
ANNEES = (1950, 2099)  # of the beginning of a function
AVENIR = timedelta(days=730)  # a departure is known at most so long before
TROP_TARD = "Cette date est à plus de deux ans : vérifiez l’année."


@dataclass(frozen=True)
class FonctionVue:
    """A person in a function, at a partenaire. `suivie_par`: who takes over, from `suivie_le` on."""

    id: int
    intitule: str
    debut: date
    fin: date | None
    partenaire_id: int
    partenaire: str
    personne_id: int
    personne: str
    nom: str
    prenom: str
    courriel: str
    telephone: str
    autres: tuple[Autre, ...]
    version: int
    remplace_id: int | None = None
    suivie_par: str = ""
    suivie_le: date | None = None

    def finie(self, today: date) -> bool:
        """Its last day is past."""
        return self.fin is not None and self.fin < today


@dataclass(frozen=True)
class PersonneVue:
    """A person and what they do now, to be recognised ("chef de service, PJJ")."""

    id: int
    nom: str
    prenom: str
    courriel: str
    fonctions: str
    version: int

    @property
    def complet(self) -> str:
        return f"{self.prenom} {self.nom}".strip()


@dataclass(frozen=True)
class SiegeVu:
    """A seat that a partenaire holds in an instance."""

    instance_id: int
    instance: str
    fonction: str
    fonction_id: int | None
    personne: str


@dataclass(frozen=True)
class Identite:
    """What the form of a person holds, as typed."""

    nom: str
    prenom: str = ""
    courriel: str = ""
    telephone: str = ""
    autres: tuple[Autre, ...] = ()


# --- queries --------------------------------------------------------------------------------------------------------


def du_partenaire(session: Session, *, partenaire_id: int, today: date = date.max) -> list[FonctionVue]:
    """Everyone's functions there: current ones and those to come first, by name; then past ones, the latest first."""
    vues = _fonctions(session, col(Fonction.partenaire_id) == partenaire_id)
    en_cours = [f for f in vues if not f.finie(today)]
    passees = [f for f in vues if f.finie(today)]
    en_cours.sort(key=lambda f: (folded(f.nom, f.prenom), f.id))
    passees.sort(key=lambda f: (f.fin or date.min, f.id), reverse=True)
    return en_cours + passees


def en_fonction(session: Session, *, partenaire_ids: Iterable[int], today: date) -> dict[int, list[FonctionVue]]:
    """Who is in function at each of these partenaires, by name."""
    ici = col(Fonction.partenaire_id).in_(list(partenaire_ids))
    vues = _fonctions(session, ici, fonctions.en_cours(today))
    par_partenaire: dict[int, list[FonctionVue]] = {}
    for f in sorted(vues, key=lambda f: (folded(f.nom, f.prenom), f.id)):
        par_partenaire.setdefault(f.partenaire_id, []).append(f)
    return par_partenaire


def fonction(session: Session, *, id: int) -> FonctionVue:
    """One function.

    Raises:
        NotFound: no such function.
    """
    vues = _fonctions(session, col(Fonction.id) == id)
    if not vues:
        raise chargement.introuvable(Fonction)
    return vues[0]


def autres_fonctions(
    session: Session, *, personne_id: int, partenaire_id: int, today: date = date.max
) -> list[FonctionVue]:
    """What the same person does now elsewhere."""
    return _fonctions(
        session,
        col(Fonction.personne_id) == personne_id,
        col(Fonction.partenaire_id) != partenaire_id,
        fonctions.pas_finie(today),
    )


def sieges(session: Session, *, partenaire_id: int, today: date | None = None) -> list[SiegeVu]:
    """The seats of a partenaire in instances that are not archived, with who holds them."""
    les_siens = places.du_partenaire(session, partenaire_id=partenaire_id, today=today)
    la = (col(Instance.id).in_(les_siens), col(Instance.archive).is_(False))
    return [
        SiegeVu(i.id or 0, i.nom, m.fonction, m.fonction_id, m.personne)
        for i in session.exec(select(Instance).where(*la).order_by(col(Instance.nom)))
        for m in les_siens[i.id or 0]
    ]


def correspond(texte: str) -> ColumnElement[bool]:
    """Every word of `texte` stands in a person's name and numbers; with an @, in one of their addresses.

    Apart, or "ville" would find all who write from ville.fr.
    """
    if "@" not in texte:
        return and_(True, *(col(Personne.recherche).like(motif) for motif in like_patterns(requete(texte))))
    bout = clean(texte).lower()
    autres = select(Coordonnee.id).where(
        Coordonnee.personne_id == Personne.id, func.lower(col(Coordonnee.valeur)).contains(bout, autoescape=True)
    )
    return or_(func.lower(col(Personne.courriel)).contains(bout, autoescape=True), autres.exists())


def choix(session: Session, *, texte: str, today: date = date.max) -> list[PersonneVue]:
    """The people that match, by name."""
    rows = session.exec(
        select(Personne).where(correspond(texte)).order_by(col(Personne.recherche), col(Personne.id))
    ).all()
    return decrire(session, rows, today=today)


def doublons_probables(
    session: Session, *, identite: Identite, sauf: int | None = None, today: date = date.max
) -> list[PersonneVue]:
    """People who are probably the one typed: an address in common, or nearly the same name, in whatever order."""
    plie = folded(identite.nom, identite.prenom)
    adresses = {clean(t).lower() for t in (identite.courriel, *(a.valeur for a in identite.autres)) if "@" in t}
    if not plie:
        return []
    ailleurs = set(
        session.exec(select(Coordonnee.personne_id).where(func.lower(col(Coordonnee.valeur)).in_(adresses)))
        if adresses
        else ()
    )
    trouves = []
    rows = session.exec(select(Personne.id, Personne.recherche, Personne.courriel)).all()
    for id, recherche, autre_courriel in rows:
        if id == sauf:
            continue
        meme_adresse = id in ailleurs or autre_courriel.lower() in adresses
        if meme_adresse or fuzz.token_sort_ratio(plie, recherche.split(" | ")[0]) >= _RESSEMBLANCE:
            trouves.append(id)
    if not trouves:
        return []
    connus = session.exec(select(Personne).where(col(Personne.id).in_(trouves))).all()
    return decrire(session, connus, today=today)


def _complet(p: Personne) -> str:
    return f"{p.prenom} {p.nom}".strip()


def _fonctions(session: Session, *filtres: ColumnElement[bool]) -> list[FonctionVue]:
    rows = session.exec(
        select(Fonction, Personne, Partenaire.nom)
        .join(Personne, col(Personne.id) == Fonction.personne_id)
        .join(Partenaire, col(Partenaire.id) == Fonction.partenaire_id)
        .where(*filtres)
        .order_by(col(Fonction.debut), col(Fonction.id))
    ).all()
    autres = autres_coordonnees.des_personnes(session, ids=[f.personne_id for f, *_ in rows]) if rows else {}
    suivantes = {
        f.remplace_id: (f, p)
        for f, p in session.exec(
            select(Fonction, Personne)
            .join(Personne, col(Personne.id) == Fonction.personne_id)
            .where(col(Fonction.remplace_id).in_([f.id for f, *_ in rows if f.fin]))
        ).all()
    }
    return [
        FonctionVue(
            id=f.id or 0,
            intitule=f.intitule,
            debut=f.debut,
            fin=f.fin,
            partenaire_id=f.partenaire_id,
            partenaire=partenaire,
            personne_id=f.personne_id,
            personne=_complet(p),
            nom=p.nom,
            prenom=p.prenom,
            courriel=p.courriel,
            telephone=p.telephone,
            autres=autres.get(f.personne_id, ()),
            version=f.version,
            remplace_id=f.remplace_id,
            suivie_par=_complet(suivantes[f.id][1]) if f.id in suivantes else "",
            suivie_le=suivantes[f.id][0].debut if f.id in suivantes else None,
        )
        for f, p, partenaire in rows
    ]


def decrire(session: Session, personnes: Iterable[Personne], *, today: date = date.max) -> list[PersonneVue]:
    personnes = list(personnes)
    ids = [p.id for p in personnes if p.id is not None]
    en_cours = _fonctions(session, col(Fonction.personne_id).in_(ids), fonctions.pas_finie(today)) if ids else []
    textes: dict[int, list[str]] = {}
    for f in en_cours:
        textes.setdefault(f.personne_id, []).append(f"{f.intitule}, {f.partenaire}")
    return [
        PersonneVue(
            id=p.id or 0,
            nom=p.nom,
            prenom=p.prenom,
            courriel=p.courriel,
            fonctions=" ; ".join(textes.get(p.id or 0, [])) or "sans fonction en cours",
            version=p.version,
        )
        for p in personnes
    ]


# --- commands -------------------------------------------------------------------------------------------------------


def creer(
    session: Session,
    *,
    partenaire_id: int,
    identite: Identite | None = None,
    personne_id: int | None = None,
    intitule: str,
    debut: date | None,
    confirme: bool = False,
    jeton: str,
    by: Acteur,
) -> int:
    """Give a function at a partenaire to a new person (`identite`) or to a known one (`personne_id`); its id.

    Args:
        confirme: the agent read the probable duplicates and says it is somebody else.

    Raises:
        Invalid: one sentence per wrong field.
        Duplicate: a person who looks like this one is known, and `confirme` was not given.
        NotFound: no such partenaire or person.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    partenaire = _partenaire(session, partenaire_id)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    erreurs |= _debut(debut)
    if erreurs or debut is None:
        raise Invalid(erreurs)
    titulaire = _personne(session, identite=propre, personne_id=personne_id, confirme=confirme, today=debut)
    _pas_deja(session, personne_id=titulaire, partenaire_id=partenaire_id, intitule=intitule, debut=debut)
    row = Fonction(personne_id=titulaire, partenaire_id=partenaire_id, intitule=intitule, debut=debut)
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - just flushed
    brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=row.id)
    journal.note(
        session,
        by=by,
        acte="creer",
        objet="fonction",
        objet_id=row.id,
        resume=f"Fonction ajoutée chez {partenaire.nom} : {intitule}",
    )
    return row.id


def remplacer(
    session: Session,
    *,
    fonction_id: int,
    version: int,
    identite: Identite | None = None,
    personne_id: int | None = None,
    intitule: str,
    le: date | None,
    today: date,
    confirme: bool = False,
    jeton: str,
    by: Acteur,
) -> int:
    """End a function the day before `le` (that day, if it began then), begin the next one, give it the seats; its id.
    A day to come is kept: until then nothing changes, and from then on who holds what is read by the date.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: one sentence per wrong field.
        Duplicate: a person who looks like this one is known, and `confirme` was not given.
        NotFound: no such function or person.
    """
    require(by, Droit.ECRIRE)
    deja = brouillons.deja_fait(session, jeton=jeton)
    if deja is not None:
        return deja
    ancienne = _a_jour(session, fonction_id, version)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    if (fin := ancienne.fin) and (fin < today or _suivante(session, fonction_id)):
        erreurs["debut"] = "Cette fonction est déjà terminée, ou déjà reprise : ajoutez plutôt une personne."
    elif le is None:
        erreurs["debut"] = "Indiquez la date du remplacement."
    elif le > today + AVENIR:
        erreurs["debut"] = TROP_TARD
    elif le < ancienne.debut:
        erreurs["debut"] = (
            f"Cette fonction a commencé le {ancienne.debut:%d/%m/%Y} : indiquez ce jour ou un jour suivant."
        )
    if erreurs or le is None:
        raise Invalid(erreurs)
    titulaire = _personne(session, identite=propre, personne_id=personne_id, confirme=confirme, today=today)
    if titulaire == ancienne.personne_id:
        raise Invalid({"nom": "C’est la personne à remplacer : choisissez-en une autre."})
    ancienne.fin = max(ancienne.debut, le - timedelta(days=1))
    nouvelle = Fonction(
        personne_id=titulaire,
        partenaire_id=ancienne.partenaire_id,
        intitule=intitule,
        debut=le,
        remplace_id=fonction_id,
    )
    session.add_all((ancienne, nouvelle))
    session.flush()
    assert nouvelle.id is not None  # noqa: S101 - just flushed
    deplaces = _rendre_sieges(session, fonction_id=fonction_id, a=nouvelle.id if le <= today else fonction_id)
    brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=nouvelle.id)
    partenaire = _partenaire(session, ancienne.partenaire_id)
    suite = f", {deplaces} siège(s) repris" if deplaces else ""
    quand = f" à partir du {le:%d/%m/%Y}" if le > today else ""
    journal.note(
        session,
        by=by,
        acte="remplacer",
        objet="fonction",
        objet_id=nouvelle.id,
        resume=f"Titulaire remplacé{quand} chez {partenaire.nom} : {intitule}{suite}",
    )
    return nouvelle.id


def terminer(session: Session, *, fonction_id: int, version: int, fin: date | None, today: date, by: Acteur) -> None:
    """End a function; `fin` is its last day, which may be to come. Its seats keep the title of the function, without a
    person from then on.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: the date is missing, too far away, or before the function began.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    if fonction(session, id=fonction_id).fin == fin is not None:
        return
    row = _a_jour(session, fonction_id, version)
    if row.fin is not None:
        raise Invalid({"fin": "Cette fonction est déjà terminée."})
    if fin is None:
        raise Invalid({"fin": "Indiquez le dernier jour de la fonction."})
    if fin > today + AVENIR:
        raise Invalid({"fin": TROP_TARD})
    if fin < row.debut:
        raise Invalid({"fin": "Le dernier jour doit suivre le début de la fonction."})
    row.fin = fin
    session.add(row)
    _rendre_sieges(session, fonction_id=fonction_id, a=None if fin < today else fonction_id)
    session.flush()
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="terminer",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"Fonction terminée chez {partenaire.nom} : {row.intitule}",
    )


def annuler_depart(session: Session, *, fonction_id: int, version: int, today: date, by: Acteur) -> None:
    """What was planned is not: a function that was to end, or to be taken over, goes on; whoever was to come does not.

    Raises:
        Conflict: a colleague changed the function since `version` was shown.
        Invalid: the day has come.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    row = _a_jour(session, fonction_id, version)
    if row.fin is None:
        return
    suivante = _suivante(session, fonction_id)
    if suivante.debut <= today if suivante else row.fin < today:
        raise Invalid({"": "Ce départ a eu lieu : ajoutez plutôt une personne."})
    row.fin = None
    session.add(row)
    if suivante:
        _rendre_sieges(session, fonction_id=suivante.id or 0, a=fonction_id)
        session.delete(suivante)
    session.flush()
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="annuler",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"{'Remplacement' if suivante else 'Départ'} annulé chez {partenaire.nom} : {row.intitule}",
    )


def modifier(
    session: Session,
    *,
    fonction_id: int,
    identite: Identite,
    intitule: str,
    debut: date | None,
    version: int,
    jeton: str | None = None,
    by: Acteur,
) -> None:
    """Correct a person and their function, as one form shows them. The form sent again (`jeton`) does nothing more.

    Raises:
        Conflict: a colleague changed one of the two since it was shown; `actuel` holds what they say now.
        Invalid: one sentence per wrong field.
        NotFound: no such function.
    """
    require(by, Droit.ECRIRE)
    if jeton and brouillons.deja_fait(session, jeton=jeton) is not None:
        return
    row = _a_jour(session, fonction_id, version)
    propre, erreurs = _identite(identite)
    intitule = _intitule(intitule, erreurs)
    erreurs |= _debut(debut)
    if debut and row.fin is not None and debut > row.fin:
        erreurs["debut"] = "Le début doit précéder la fin de la fonction."
    if erreurs or debut is None or propre is None:
        raise Invalid(erreurs)
    personne = session.get(Personne, row.personne_id)
    assert personne is not None  # noqa: S101 - foreign key
    _poser(session, personne, propre)
    avant = session.get(Fonction, row.remplace_id or 0)
    if avant and avant.fin == row.debut - timedelta(days=1) and debut != row.debut:  # one leaves when the other comes
        avant.fin = max(avant.debut, debut - timedelta(days=1))
        session.add(avant)
    row.intitule, row.debut = intitule, debut
    session.add_all((personne, row))
    session.flush()
    perimer(session, ids=[row.personne_id])
    if jeton:
        brouillons.consommer(session, jeton=jeton, objet="fonction", objet_id=fonction_id)
    partenaire = _partenaire(session, row.partenaire_id)
    journal.note(
        session,
        by=by,
        acte="modifier",
        objet="fonction",
        objet_id=fonction_id,
        resume=f"Personne ou fonction corrigée chez {partenaire.nom} : {intitule}",
    )


def perimer(session: Session, *, ids: Iterable[int]) -> None:
    """The form of each function of these people shows the person: it is stale now."""
    siennes = col(Fonction.personne_id).in_(set(ids))
    session.execute(update(Fonction).where(siennes).values(version=col(Fonction.version) + 1))


def _partenaire(session: Session, id: int) -> Partenaire:
    row = session.get(Partenaire, id)
    if row is None:
        raise fiches.introuvable(session, id)
    return row


def _a_jour(session: Session, id: int, version: int) -> Fonction:
    return chargement.charger_a_jour(session, Fonction, id, version, lambda _: en_texte(fonction(session, id=id)))


def en_texte(f: FonctionVue) -> dict[str, str]:
    """The fields as the screen prints them, to be read beside one's own."""
    return {
        "nom": f.nom,
        "prenom": f.prenom,
        "intitule": f.intitule,
        "debut": f"{f.debut:%d/%m/%Y}",
        "courriel": f.courriel,
        "telephone": f.telephone,
        "autres": autres_coordonnees.en_texte(f.autres),
    }


def _identite(identite: Identite | None) -> tuple[Identite | None, dict[str, str]]:
    """The entry cleaned and normalised, and one sentence per wrong field."""
    if identite is None:
        return None, {}
    erreurs: dict[str, str] = {}
    nom, prenom = clean(identite.nom), clean(identite.prenom)
    if not folded(nom):
        erreurs["nom"] = "Indiquez le nom de la personne."
    for champ, texte in (("nom", nom), ("prenom", prenom)):
        if len(texte) > 120:
            erreurs[champ] = "Ce texte est trop long : 120 caractères au plus."
    courriel = telephone = ""
    try:
        courriel = courriel_valide(identite.courriel)
    except BusinessError as refus:
        erreurs["courriel"] = refus.phrase
    try:
        telephone = telephone_valide(identite.telephone)
    except BusinessError as refus:
        erreurs["telephone"] = refus.phrase
    courriel, telephone, autres, fausses = autres_coordonnees.valider(
        identite.autres, courriel=courriel, telephone=telephone
    )
    return Identite(nom, prenom, courriel, telephone, autres), erreurs | fausses


def _debut(debut: date | None) -> dict[str, str]:
    if debut is None:
        return {"debut": "Indiquez la date de début de la fonction."}
    if not ANNEES[0] <= debut.year <= ANNEES[1]:
        return {"debut": f"Vérifiez l’année ({debut.year}) : entre {ANNEES[0]} et {ANNEES[1]}."}
    return {}


def _intitule(intitule: str, erreurs: dict[str, str]) -> str:
    propre = clean(intitule)
    if not propre:
        erreurs["intitule"] = "Indiquez la fonction, par exemple « responsable de secteur »."
    elif len(propre) > 160:
        erreurs["intitule"] = "La fonction est trop longue : 160 caractères au plus."
    return propre


def _poser(session: Session, personne: Personne, identite: Identite) -> None:
    personne.nom, personne.prenom = identite.nom, identite.prenom
    personne.courriel, personne.telephone = identite.courriel, identite.telephone
    numeros = [a.valeur for a in identite.autres if a.genre is GenreCoordonnee.TELEPHONE]
    personne.recherche = pli.personne(identite.nom, identite.prenom, [identite.telephone, *numeros])
    session.add(personne)
    session.flush()
    autres_coordonnees.poser(session, personne_id=personne.id or 0, autres=identite.autres)


def _personne(
    session: Session, *, identite: Identite | None, personne_id: int | None, confirme: bool, today: date
) -> int:
    """The id of the person chosen, or of the one just created."""
    if personne_id is not None:
        chargement.charger(session, Personne, personne_id)
        return personne_id
    if identite is None:
        raise Invalid({"nom": "Indiquez le nom de la personne."})
    if not confirme:
        connus = doublons_probables(session, identite=identite, today=today)
        if connus:
            c = connus[0]
            raise Duplicate(
                f"{c.complet} ({c.fonctions}) est déjà dans le carnet. "
                "Choisissez cette personne, ou confirmez que c’en est une autre.",
                champ="nom",
                objet_id=c.id,
            )
    row = Personne(nom="")
    _poser(session, row, identite)
    assert row.id is not None  # noqa: S101 - just flushed
    return row.id


def _pas_deja(session: Session, *, personne_id: int, partenaire_id: int, intitule: str, debut: date) -> None:
    """Refuse the same function twice at once for one person."""
    for f in _fonctions(
        session,
        col(Fonction.personne_id) == personne_id,
        col(Fonction.partenaire_id) == partenaire_id,
        fonctions.pas_finie(debut),
    ):
        if folded(f.intitule) == folded(intitule):
            raise Invalid({"intitule": f"{f.personne} exerce déjà cette fonction ici."})


def _suivante(session: Session, fonction_id: int) -> Fonction | None:
    """The function that takes over from this one."""
    return session.exec(select(Fonction).where(Fonction.remplace_id == fonction_id)).first()


def _rendre_sieges(session: Session, *, fonction_id: int, a: int | None) -> int:
    """Hand the seats of a function to another (or to nobody); they keep its title. How many."""
    ancienne = session.get(Fonction, fonction_id)
    places = session.exec(select(Siege).where(Siege.fonction_id == fonction_id)).all()
    for siege in places:
        if not siege.fonction and ancienne and not _pris(session, siege, ancienne.intitule):
            siege.fonction = ancienne.intitule
        siege.fonction_id = a
        session.add(siege)
    session.flush()
    return len(places)


def _pris(session: Session, siege: Siege, titre: str) -> bool:
    """That partenaire has another seat of that title in the same instance (one seat a title)."""
    meme = select(Siege.id).where(
        Siege.instance_id == siege.instance_id, Siege.partenaire_id == siege.partenaire_id, Siege.fonction == titre
    )
    return session.exec(meme).first() is not None
