"""Write the next migration from the models: `.venv/bin/python -m models.migrations.nouvelle "what changes"`."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.operations.ops import AddColumnOp, CreateIndexOp, DropColumnOp, DropIndexOp, ModifyTableOps
from sqlalchemy import DefaultClause

from services.socle import schema
from services.socle.db import make_engine

_EN_PLACE = (AddColumnOp, DropColumnOp, CreateIndexOp, DropIndexOp)


def main(message: str) -> None:
    numero = f"{len(list(schema.MIGRATIONS.glob('versions/*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'm.db'}")
        schema.migrate(engine)
        with engine.connect() as connection:
            config = schema.alembic_config()
            config.attributes["connection"] = connection
            command.revision(
                config, message, autogenerate=True, rev_id=numero, process_revision_directives=_pour_une_base_remplie
            )
    ecrite = next(schema.MIGRATIONS.glob(f"versions/{numero}_*.py"))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", ecrite], check=True)  # noqa: S603


def _pour_une_base_remplie(_contexte: Any, _revision: Any, scripts: Iterable[Any]) -> None:
    """Columns come and go in place (on SQLite a batch copies the table, and drops one that others point to), and one
    that is never empty gives the rows there already the default of the model: the base refuses it otherwise."""
    for script in scripts:
        for sens in (script.upgrade_ops, script.downgrade_ops):
            sens.ops = [simple for op in sens.ops for simple in (op.ops if _en_place(op) else [op])]
        for op in script.upgrade_ops.ops:
            for ajout in op.ops if isinstance(op, ModifyTableOps) else [op]:
                if isinstance(ajout, AddColumnOp) and not ajout.column.nullable:
                    _donner_un_defaut(ajout)


def _en_place(op: Any) -> bool:
    return isinstance(op, ModifyTableOps) and all(isinstance(x, _EN_PLACE) for x in op.ops)


def _donner_un_defaut(ajout: AddColumnOp) -> None:
    defaut: Any = ajout.column.default
    if defaut is None or not defaut.is_scalar:
        raise SystemExit(f"{ajout.table_name}.{ajout.column.name}: make it optional, or give the model its default.")
    ajout.column.server_default = DefaultClause(str(int(defaut.arg) if isinstance(defaut.arg, bool) else defaut.arg))


if __name__ == "__main__":
    main(sys.argv[1])
