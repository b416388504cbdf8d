"""Write the next migration from the models: `uv run python -m models.migrations.nouvelle "what changes"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from services.socle import schema
from services.socle.db import make_engine


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'm.db'}")
        schema.migrate(engine)
        with engine.connect() as connection:
            config = schema.alembic_config()
            config.attributes["connection"] = connection
            numero = len(list(schema.MIGRATIONS.glob("versions/*.py"))) + 1
            command.revision(config, message, autogenerate=True, rev_id=f"{numero:04d}")


if __name__ == "__main__":
    main(sys.argv[1])
