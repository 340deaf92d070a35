"""The panes of the cockpit screen, one a file."""
