"""Lists, accounts, templates, feeds, journal, tasks."""
