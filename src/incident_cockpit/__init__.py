"""The incident cockpit: a keyboard-driven terminal tool for the person in command of an outage."""

__version__ = "0.1.0"
