"""The `carnet` command line: what IT does without a browser."""

import click


@click.group()
def main() -> None:
    """Carnet de veille, sans navigateur."""
