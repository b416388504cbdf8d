"""Moved to services/temps.py."""

from services.temps import *  # noqa: F403
