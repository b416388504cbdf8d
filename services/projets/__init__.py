"""«13-18, Questions de Justice»: participations, classes, séances, steps."""
