"""Handlers of actions, one file a pane."""
