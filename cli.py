"""The `carnet` command line: what IT does without a browser."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from models.lists import Role
from services.commun import comptes, connexions, pieces
from services.socle import db, schema, temps
from services.socle.acteur import SYSTEME
from services.socle.erreurs import BusinessError, Invalid
from services.socle.horloge import utcnow
from settings import VERSION, get_settings

ROLES = [role.value for role in Role]


@contextmanager
def base_prete() -> Iterator[None]:
    """The base, at its newest schema even if the application never started; a refusal is one sentence, exit code 1."""
    get_settings()
    try:
        schema.migrate(db.engine())
        yield
    except Invalid as error:
        raise click.ClickException(" ".join(error.erreurs.values())) from error
    except BusinessError as error:
        raise click.ClickException(error.phrase) from error
    except (SQLAlchemyError, OSError) as error:
        raise click.ClickException("La base ne répond pas : vérifiez DATABASE_URL ou DATA_DIR.") from error


def lire_mot_de_passe() -> str:
    """From standard input: asked twice on a terminal, one line otherwise (never an argument: others can read those)."""
    if sys.stdin.isatty():
        premier: str = click.prompt("Mot de passe", hide_input=True)
        if click.prompt("Encore une fois", hide_input=True) != premier:
            raise click.ClickException("Les deux mots de passe diffèrent. Recommencez.")
        return premier
    return sys.stdin.readline().rstrip("\r\n")


class Francaise(click.Command):
    """A command whose help option speaks French."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Montre cette aide."
        return option


class Groupe(Francaise, click.Group):
    """Click says "Error:" in English before a refusal, and speaks English of its own mistakes."""

    command_class = Francaise
    group_class = type

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **{**kwargs, "standalone_mode": False})
        except click.exceptions.Abort:
            click.echo("Abandonné.", err=True)
            sys.exit(1)
        except click.UsageError as error:
            ou = error.ctx.command_path if error.ctx else "carnet"
            manque = (
                error.param.human_readable_name if isinstance(error, click.MissingParameter) and error.param else ""
            )
            phrase = f"Il manque {manque}." if manque else "Commande, option ou valeur inconnue."
            click.echo(f"{phrase} Pour voir comment faire : {ou} --help", err=True)
            sys.exit(2)
        except click.ClickException as error:
            click.echo(error.message, err=True)
            sys.exit(1)


@click.group(
    cls=Groupe,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Carnet de veille, sans navigateur.",
)
@click.version_option(VERSION, message="Carnet de veille %(version)s", help="Montre la version.")
def main() -> None:
    """The group itself does nothing."""


@main.group(help="Créer un compte, changer un mot de passe, voir la liste.")
def compte() -> None:
    """Accounts."""


@compte.command("creer", help="Crée un compte. Le mot de passe est lu sur l’entrée standard.")
@click.argument("identifiant")
@click.option("--nom", required=True, help="Prénom et nom.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Ce que la personne pourra faire.")
def creer(identifiant: str, nom: str, role: str) -> None:
    mot_de_passe = lire_mot_de_passe()
    with base_prete(), db.writing() as session:
        comptes.creer(session, identifiant=identifiant, nom=nom, role=Role(role), mot_de_passe=mot_de_passe, by=SYSTEME)
    click.echo(f"Compte {connexions.plier_identifiant(identifiant)} créé ({Role(role).libelle}).")


@compte.command(
    "mot-de-passe", help="Donne un nouveau mot de passe (entrée standard), déverrouille, ferme les sessions."
)
@click.argument("identifiant")
def mot_de_passe(identifiant: str) -> None:
    nouveau = lire_mot_de_passe()
    with base_prete(), db.writing() as session:
        agent_id = comptes.par_identifiant(session, identifiant=identifiant)
        comptes.reinitialiser_mot_de_passe(session, id=agent_id, mot_de_passe=nouveau, by=SYSTEME, now=utcnow())
    click.echo(f"Mot de passe changé ; les sessions de {connexions.plier_identifiant(identifiant)} sont fermées.")


@compte.command("liste", help="Liste les comptes.")
def liste() -> None:
    with base_prete(), db.reading() as session:
        tous = comptes.liste(session, now=utcnow())
    if not tous:
        click.echo("Aucun compte. Créez le premier : carnet compte creer prenom.nom --nom « … » --role responsable")
    for c in tous:
        etat = "fermé" if not c.actif else "verrouillé" if c.verrouille else "ouvert"
        vu = temps.moment(c.derniere_connexion) if c.derniere_connexion else "jamais connecté·e"
        click.echo(f"{c.identifiant}\t{c.nom}\t{c.role.libelle}\t{etat}\t{vu}")


@main.group("pieces", help="Les pièces jointes.")
def pieces_jointes() -> None:
    """Attached files."""


@pieces_jointes.command(
    "purger", help="Oublie les pièces retirées depuis plus de trente jours et les fichiers orphelins."
)
def purger_pieces() -> None:
    with base_prete(), db.writing() as session:
        oubliees = pieces.purger(session, now=utcnow())
    with db.reading() as session:  # once it is sure that no row names them
        effaces = pieces.balayer(session, now=utcnow())
    click.echo(f"Pièces oubliées : {oubliees} ; fichiers effacés : {effaces}.")


@main.command("reglages", help="Vérifie les réglages et la base, et les montre sans les secrets.")
def reglages() -> None:
    s = get_settings()
    valeurs = {nom.upper(): valeur for nom, valeur in s.model_dump().items()}
    valeurs["DATABASE_URL"] = make_url(s.url).render_as_string(hide_password=True)
    for nom, valeur in valeurs.items():
        click.echo(f"{nom}={valeur}")
    try:
        version = schema.version(db.engine()) if schema.existe(s.url) else None
    except (SQLAlchemyError, OSError) as error:
        raise click.ClickException("Réglages valides, mais la base ne répond pas : vérifiez-la.") from error
    click.echo(f"Réglages valides ; la base répond (schéma {version or 'pas encore créé'}).")


if __name__ == "__main__":
    main()
