"""Accueil, and the search everywhere."""
