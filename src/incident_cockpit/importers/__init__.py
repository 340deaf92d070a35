"""Importers of outside text: chat threads become timed, authored entries."""
