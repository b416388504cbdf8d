"""Tasks that run by themselves, and calendar feeds."""
