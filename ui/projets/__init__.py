"""«13-18, Questions de Justice»."""
