"""Placeholder until the screen is built."""

import streamlit as st

from ui.access import require_agent

agent = require_agent()
st.title("Relevé")
