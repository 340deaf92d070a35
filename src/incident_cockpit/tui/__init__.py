"""The terminal screens: they read the incident and the time, draw, and hand on what a person wants."""
