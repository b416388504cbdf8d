"""The pages of the house, and their addresses. (Apart from `ui/frame.py`, which is a script: importing it runs it.)"""

from pathlib import Path

from services.socle.acteur import Droit
from settings import ROOT

# Section -> (script under pages/, title, icon, address, right asked, in the menu?). Adding a screen is one line here.
PAGES: dict[str, list[tuple[str, str, str, str, Droit, bool]]] = {
    "Aujourd’hui": [
        ("aujourdhui/accueil.py", "Accueil", "home", "accueil", Droit.CONSULTER, True),
        ("aujourdhui/saisie.py", "Saisie après réunion", "edit_note", "saisie", Droit.LIRE, True),
        ("aujourdhui/en_seance.py", "En séance", "co_present", "en-seance", Droit.ECRIRE, False),
        ("aujourdhui/a_inscrire.py", "À inscrire", "post_add", "a-inscrire", Droit.LIRE, True),
        ("aujourdhui/releve.py", "Relevé de conclusions", "description", "releve", Droit.LIRE, False),
    ],
    "Agenda": [
        ("agenda/calendrier.py", "Calendrier", "calendar_month", "calendrier", Droit.CONSULTER, True),
        ("agenda/plan.py", "Plan", "view_timeline", "plan", Droit.CONSULTER, True),
        ("agenda/planifier.py", "Planifier des réunions", "calendar_add_on", "planifier", Droit.ECRIRE, False),
        ("agenda/reunion.py", "Réunion", "event", "reunion", Droit.LIRE, False),
        ("agenda/reponses.py", "Qui appelle ?", "call", "reponses", Droit.ECRIRE, True),
        ("agenda/instances.py", "Instances", "groups", "instances", Droit.LIRE, True),
        ("agenda/releves.py", "Relevés de l’année", "menu_book", "releves", Droit.CONSULTER, True),
    ],
    "Partenaires": [
        ("partenaires/annuaire.py", "Partenaires", "contacts", "partenaires", Droit.LIRE, True),
        ("partenaires/reseau.py", "Réseau", "hub", "reseau", Droit.CONSULTER, True),
        ("partenaires/diffusion.py", "Liste de diffusion", "forward_to_inbox", "diffusion", Droit.LIRE, True),
        ("partenaires/a_verifier.py", "Fiches à vérifier", "fact_check", "a-verifier", Droit.ECRIRE, True),
        ("partenaires/import.py", "Importer un fichier", "upload_file", "import", Droit.ECRIRE, True),
        ("partenaires/fiche.py", "Fiche partenaire", "badge", "partenaire", Droit.LIRE, False),
        ("partenaires/edition.py", "Partenaire à compléter", "edit", "partenaire-edition", Droit.ECRIRE, False),
        ("partenaires/doublons.py", "Doublons", "content_copy", "doublons", Droit.ECRIRE, True),
        ("partenaires/personne.py", "Personne et fonction", "person", "personne", Droit.ECRIRE, False),
    ],
    "Actions": [
        ("actions/suivi.py", "Actions", "task_alt", "actions", Droit.LIRE, True),
        ("actions/partenaire.py", "Actions d’un partenaire", "call", "actions-partenaire", Droit.LIRE, True),
    ],
    "Projets": [
        ("projets/questions_de_justice.py", "13-18, Questions de Justice", "balance", "13-18", Droit.CONSULTER, True),
        ("projets/college_13_18.py", "Collège, 13-18", "school", "13-18-college", Droit.LIRE, False),
        ("projets/semaine_13_18.py", "Semaine de séances, 13-18", "date_range", "13-18-semaine", Droit.ECRIRE, False),
    ],
    "Pilotage": [
        ("pilotage/graphiques.py", "Graphiques", "bar_chart", "graphiques", Droit.CONSULTER, True),
    ],
    "Administration": [
        ("administration/listes.py", "Listes", "list_alt", "listes", Droit.ECRIRE, True),
        ("administration/modeles.py", "Modèles et émetteur", "edit_document", "modeles", Droit.ECRIRE, True),
        ("administration/journal.py", "Journal", "history", "journal", Droit.ECRIRE, True),
        ("administration/taches.py", "Tâches et envois", "schedule_send", "taches", Droit.ECRIRE, True),
        ("administration/mon_compte.py", "Mon compte", "account_circle", "mon-compte", Droit.CONSULTER, True),
        ("administration/guide.py", "Guide", "help", "guide", Droit.CONSULTER, True),
        ("administration/comptes.py", "Comptes", "manage_accounts", "comptes", Droit.COMPTES, True),
    ],
}


def page_path(script: str) -> Path:
    """Absolute path of a script under `pages/`, as `st.switch_page` and `st.page_link` take it."""
    return ROOT / "pages" / script


def adresse_de(script: str) -> str:
    """The address of that script."""
    return next(url for pages in PAGES.values() for s, _, _, url, *_ in pages if s == script)
