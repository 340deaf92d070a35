"""The commands, one file a group of the help."""
