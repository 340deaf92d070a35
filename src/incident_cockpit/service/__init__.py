"""The one door through which every front end reaches incidents."""
