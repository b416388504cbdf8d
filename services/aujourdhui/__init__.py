"""What gathers all sections: Accueil, the digest, the search everywhere."""
