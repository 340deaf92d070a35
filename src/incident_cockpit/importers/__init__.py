"""Importers of outside text: chat threads become entries with author and time."""
