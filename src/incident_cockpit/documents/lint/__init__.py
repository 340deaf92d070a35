"""Checks of a text before it is sent: promises, causes, names, gaps, length; all of them warn, none blocks."""
