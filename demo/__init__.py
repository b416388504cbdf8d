"""A plausible, wholly fictional year, in a base of its own: to show, to try, to measure. `make demo` serves it."""
