"""The panes of the cockpit screen, one per file."""
