"""The user's settings, keys, themes and folders, all checked on load."""
