"""A chat thread that was copied becomes timed, authored lines: its rows, names and times, and the form it keeps to."""
