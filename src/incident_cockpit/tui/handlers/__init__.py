"""Handlers of actions: one file per pane, and one each for navigation, documents, updates and declaring."""
