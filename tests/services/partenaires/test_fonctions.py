"""One rule for who is there, by day: a function is held through its last day; one to come is known already."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from models import Fonction, Instance, Partenaire, Reunion
from models.lists import EtatReunion, TypeReunion
from services.aujourdhui import recherche
from services.convocation import reponses
from services.imports.importation import Demande, Etat
from services.imports.imports_carnet import preparer_carnet
from services.partenaires import annuaire, diffusion, mouvements, personnes, sieges
from services.partenaires.annuaire import Filtre
from services.partenaires.diffusion import Qui
from services.partenaires.personnes import Identite
from services.socle.erreurs import Invalid
from tests.cast import Cast
from tests.services.partenaires.test_personnes import AUJOURDHUI, ajouter, asseoir, oph  # noqa: F401 - a fixture

AVANT, APRES = AUJOURDHUI - timedelta(days=10), AUJOURDHUI + timedelta(days=10)
ZELIE = Identite(nom="Quérou", prenom="Zélie", courriel="z.querou@exemple.fr", telephone="06 99 88 77 66")
INSTANCE = "Réunion technique – Mireuil"


def trouvee(session: Session, cast: Cast, oph: int, today: date) -> dict[str, bool]:  # noqa: F811
    """Wherever people are looked for: is she among those in function, on that day?"""
    nom, instance = session.get_one(Partenaire, oph).nom, session.exec(select(Instance).filter_by(nom=INSTANCE)).one()
    ligne = {"organisme": nom, "nom": ZELIE.nom, "prenom": ZELIE.prenom, "fonction": "Cheffe d’agence"}
    (essai,) = preparer_carnet(session, Demande([(2, ligne)], today)).essai.lignes
    demande = diffusion.Demande(Filtre(texte=nom), Qui.PERSONNES, today)
    return {
        "annuaire": annuaire.chercher(session, filtre=Filtre(texte="querou", today=today)).total == 1,
        "son numéro": annuaire.chercher(session, filtre=Filtre(texte="06 99 88", today=today)).total == 1,
        "Ctrl+K": not recherche.partout(session, texte="zelie querou", by=cast.secretaire, today=today)[0].archive,
        "qui appelle": bool(reponses.qui_appelle(session, texte="querou", now=datetime.combine(today, time(9)))),
        "ses fonctions": "sans" not in personnes.choix(session, texte="querou", today=today)[0].fonctions,
        "fiche": not personnes.du_partenaire(session, partenaire_id=oph, today=today)[0].finie(today),
        "en fonction": bool(personnes.en_fonction(session, partenaire_ids=[oph], today=today)),
        "écrire": ZELIE.courriel
        in [d.courriel for d in diffusion.destinataires(session, demande=demande, by=cast.secretaire)],
        "import": essai.etat is Etat.IDENTIQUE,
        "siège": any(m.personne for m in sieges.membres(session, instance_id=instance.id, today=today)),
    }


@pytest.mark.parametrize(
    ("fin", "la"),
    [
        pytest.param(None, [True, True, True], id="no end known"),
        pytest.param(AVANT, [True, False, False], id="left"),
        pytest.param(AUJOURDHUI, [True, True, False], id="today is the last day"),
        pytest.param(APRES, [True, True, True], id="a departure to come"),
    ],
)
def test_who_is_there_is_told_by_the_day(
    session: Session,
    cast: Cast,
    oph: int,  # noqa: F811
    fin: date | None,
    la: list[bool],
) -> None:
    f = ajouter(session, cast, oph, ZELIE, debut=AVANT - timedelta(days=90))
    asseoir(session, oph, f, titre="Cheffe d’agence", instance=INSTANCE)
    instance = session.exec(select(Instance).filter_by(nom=INSTANCE)).one()
    debut = datetime.combine(APRES + timedelta(days=30), time(14))
    session.add(
        Reunion(
            type=TypeReunion.TECHNIQUE, instance_id=instance.id, titre=INSTANCE, debut=debut,
            fin=debut + timedelta(hours=2), etat=EtatReunion.CONVOQUEE,
        )
    )  # fmt: skip
    if fin:
        mouvements.terminer(session, fonction_id=f, version=1, fin=fin, today=AUJOURDHUI, by=cast.secretaire)
    for today, attendu in zip((AVANT, AUJOURDHUI, APRES), la, strict=True):
        vus = trouvee(session, cast, oph, today)
        # A seat loses its person for good once the end is written down after the day.
        assert vus == dict.fromkeys(vus, attendu) | ({"siège": vus["siège"]} if fin == AVANT else {}), (fin, today)


def test_one_function_at_a_time_unless_the_first_is_to_end(session: Session, cast: Cast, oph: int) -> None:  # noqa: F811
    """She leaves in ten days and comes back later: no refusal; before that she already holds it."""
    f = ajouter(session, cast, oph, ZELIE)
    mouvements.terminer(session, fonction_id=f, version=1, fin=APRES, today=AUJOURDHUI, by=cast.secretaire)
    la = {"identite": None, "personne_id": session.get_one(Fonction, f).personne_id}
    with pytest.raises(Invalid):
        ajouter(session, cast, oph, debut=APRES, jeton="b", **la)
    ajouter(session, cast, oph, debut=APRES + timedelta(days=1), jeton="c", **la)
