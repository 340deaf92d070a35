"""One text, written for each place it can be sent to: every target has its file, its limits and its own escaping."""
