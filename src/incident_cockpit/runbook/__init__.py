"""Runbooks: Markdown read as sections and steps that remember their bytes; knows no incident."""
