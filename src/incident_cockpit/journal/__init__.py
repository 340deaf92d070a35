"""The append-only store of events, the single source of truth, in one SQLite file."""
