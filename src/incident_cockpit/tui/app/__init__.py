"""The app: terminal safety, keys, type-ahead, themes, live updates."""
