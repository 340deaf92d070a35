"""The manual: Markdown pages that are shipped with the program."""
