"""Start here: the ASGI application. HTTP routes, start-up (migrate, reference data), then the frame."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from settings import get_settings

# A wrong value stops the start here, with one sentence. "Today" is the town's for Streamlit's own fields too.
os.environ["TZ"] = get_settings().fuseau
time.tzset()

from ui.commun.erreur import montrer_erreur  # noqa: E402
from web.demarrage import demarrage  # noqa: E402
from web.entetes import taire_le_serveur  # noqa: E402
from web.planificateur import planificateur  # noqa: E402
from web.routes import COUCHES, ROUTES  # noqa: E402


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    taire_le_serveur()
    demarrage.lancer()
    yield {}
    planificateur.arreter()


app = st.App(
    Path(__file__).parent / "ui" / "frame.py",
    routes=ROUTES,
    middleware=COUCHES,
    lifespan=lifespan,
    on_script_error=montrer_erreur,
)

if __name__ == "__main__":
    app.run(config={"server.port": get_settings().port, "server.address": get_settings().adresse_ecoute})
