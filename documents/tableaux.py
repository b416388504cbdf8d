"""The columns of the tables that leave the notebook. Their titles are those that the import knows."""

from collections.abc import Sequence

from documents.tableur import Valeur
from models.lists import GenreCoordonnee
from services.actions.suivi import ActionVue
from services.partenaires.champs import LIBELLES
from services.partenaires.diffusion import SUITE, Destinataire

DIFFUSION = (
    "Partenaire", "Sigle", "Catégorie", "Sous-catégorie", "Secteurs de veille", "Nom", "Prénom", "Fonction", "Écrire à",
    "Courriel", "Téléphone", "Autres courriels", "Autres téléphones", "Courriel du partenaire",
    "Téléphone du partenaire", "Adresse", "Code postal", "Commune", "Site", *(LIBELLES[c] for c in SUITE),
)  # fmt: skip
ACTIONS = (
    "Action", "Pilote", "Échéance", "État", "Jours de retard", "Motif d’abandon", "Terminée le", "Instance", "Réunion",
    "Date de la réunion",
)  # fmt: skip


def diffusion(lignes: Sequence[Destinataire]) -> list[list[Valeur]]:
    """One row a recipient."""
    return [_destinataire(d) for d in lignes]


def _destinataire(d: Destinataire) -> list[Valeur]:
    rue, code, ville = d.postale
    courriels, telephones = (
        ", ".join(a.valeur for a in d.autres if a.genre is genre)
        for genre in (GenreCoordonnee.COURRIEL, GenreCoordonnee.TELEPHONE)
    )
    return [
        d.partenaire, d.sigle, d.categorie, d.sous_categorie, ", ".join(d.secteurs) or "Toute la ville",
        d.nom, d.prenom, d.fonction, d.ecrire_a, d.courriel, d.telephone, courriels, telephones,
        d.courriel_partenaire, d.telephone_partenaire, rue.replace("\n", ", "), code, ville, d.site, *d.suite,
    ]  # fmt: skip


def actions(lignes: Sequence[ActionVue]) -> list[list[Valeur]]:
    """One row an action."""
    return [
        [
            a.quoi,
            a.pilote_nom,
            a.echeance,
            a.etat.libelle,
            a.retard_jours or "",
            a.motif,
            a.terminee_le or "",
            a.instance,
            a.reunion,
            a.reunion_debut.date() if a.reunion_debut else "",
        ]
        for a in lignes
    ]
