"""The ground: the engine, who acts, refusals, clock, texts, journal, drafts, periods. No rule of a section."""
