"""Rows of actions."""
