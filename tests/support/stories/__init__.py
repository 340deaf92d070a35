"""Whole incidents, told once through commands or at real terminals."""
