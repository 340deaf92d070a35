"""Widgets: lists, fields, frames and bars."""
