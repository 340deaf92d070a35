"""The app itself: safety at the terminal's edge, keys, type-ahead, theme, live updates."""
