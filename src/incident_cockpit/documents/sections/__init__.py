"""Sections of the postmortem, one file a group of subjects."""
