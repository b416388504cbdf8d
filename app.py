"""Start here: the ASGI application. HTTP routes, start-up (migrate, reference data), then the frame."""

from pathlib import Path

import streamlit as st

from services import db, schema
from settings import get_settings

get_settings()
schema.migrate(db.engine())

app = st.App(Path(__file__).parent / "ui" / "frame.py")
