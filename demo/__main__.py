"""`make demo`: write the demo base afresh, say where it is served and who may enter. Never touches another base."""

from datetime import datetime, time

import click

from demo import pieces
from demo.annee import GRAINE, remplir
from demo.ville import COMPTES, MOT_DE_PASSE
from services.socle import db, schema
from services.socle.horloge import aujourdhui
from settings import get_settings


@click.command(help="Écrit la base de démonstration : une année fictive qui finit aujourd’hui.")
@click.option("--date", "jour", type=click.DateTime(["%Y-%m-%d"]), help="Dernier jour de l’année (AAAA-MM-JJ).")
@click.option("--scale", type=click.IntRange(1, 200), default=1, help="Multiplie réunions, points, actions, classes.")
@click.option("--graine", type=int, default=GRAINE, help="Une autre graine donne une autre année.")
def main(jour: datetime | None, scale: int, graine: int) -> None:
    reglages = get_settings()
    if not reglages.demonstration or reglages.database_url:
        raise click.ClickException("Lancez `make demo` : cette commande efface la base qu’elle remplit.")
    for fichier in reglages.data_dir.glob("carnet.db*"):
        fichier.unlink()
    schema.migrate(db.engine())
    with db.writing() as session:
        fin = jour.date() if jour else aujourdhui()
        remplir(session, today=fin, scale=scale, graine=graine)
        pieces.joindre(session, now=datetime.combine(fin, time(23)))
    db.engine().dispose()
    click.echo(f"\n  Démonstration, année fictive : http://127.0.0.1:{reglages.port}")
    click.echo(f"  Comptes : {', '.join(COMPTES)}    Mot de passe : {MOT_DE_PASSE}\n")


if __name__ == "__main__":
    main()
